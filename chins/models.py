"""CHINs, their states, who is in them, who holds which post, and the coverage worked out from all of it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from cc2h.accounts.authority import ROLE_SCOPE, Role, Scope, Target
from cc2h.kit.dated import Dated, guards, one_truth
from cc2h.kit.history import governed
from cc2h.kit.search import trigrams
from chins.querysets import ChinQuerySet, PostQuerySet
from chins.workflow import FIRST, TRANSITIONS, ChinStatus
from practices.models import Commissioner, Federation, Practice

ODS_NETWORK = r"^U[0-9]{5}$"
NO_NETWORK = "The code of a primary care network is U and five digits, like U40115."


class ChinKind(models.TextChoices):
    CHIN = "chin", "CHIN"
    PCN = "pcn", "Primary care network"


@governed
class Chin(models.Model):
    """A group of practices serving a population; or a primary care network, which is one under another name."""

    Kind = ChinKind

    slug = models.SlugField(max_length=80, unique=True)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="chins")
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.CHIN)
    code = models.CharField(
        "ODS code of the network", max_length=6, blank=True, validators=[RegexValidator(ODS_NETWORK, NO_NETWORK)]
    )
    name = models.CharField(max_length=150)
    footprint = models.CharField("area it serves", max_length=200, blank=True)
    focus_areas = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")

    objects = ChinQuerySet.as_manager()

    class Meta:
        verbose_name = "CHIN"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="chins_chin_code_once",
                violation_error_message="Another network has this code.",
            ),
            models.CheckConstraint(
                name="chins_chin_code_shape",
                condition=Q(code="") | Q(code__regex=ODS_NETWORK),
                violation_error_message=NO_NETWORK,
            ),
            models.CheckConstraint(
                name="chins_chin_known_kind",
                condition=Q(kind__in=ChinKind.values),
                violation_error_message="It is a CHIN or a primary care network.",
            ),
            models.UniqueConstraint(
                fields=["commissioner", "name"],
                name="chins_chin_name_once",
                violation_error_message="This commissioner already has a CHIN of that name.",
            ),
        ]
        indexes = [trigrams("chins_chin_trigrams", "name", "footprint")]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}), chin_ids=frozenset({self.pk}))


_allowed = ", ".join(f"('{before}', '{after}')" for before, afters in TRANSITIONS.items() for after in afters)
_first = ", ".join(f"('{kind}', '{status}')" for kind, statuses in FIRST.items() for status in statuses)

# Both ways round: a membership in a closed practice or CHIN, and a practice or CHIN closing under a membership.
MEMBERSHIP_FITS = """
    IF NOT upper_inf(NEW.held) THEN RETURN NULL; END IF;
    PERFORM 1 FROM {locked} WHERE id = NEW.{key} FOR {strength};
    IF EXISTS (
        SELECT FROM chins_membership m
        WHERE m.{key} = NEW.{key} AND upper_inf(m.held) AND EXISTS (
            SELECT FROM practices_practicestanding s
            WHERE s.practice_id = m.practice_id AND upper_inf(s.held) AND s.status = 'closed'
              AND s.period && m.period)
    ) THEN
        RAISE EXCEPTION 'A practice can''t be in a CHIN after it has closed.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_open_practice';
    END IF;
    IF EXISTS (
        SELECT FROM chins_membership m
        WHERE m.{key} = NEW.{key} AND upper_inf(m.held) AND NOT (
            coalesce((SELECT range_agg(s.period) FROM chins_chinstate s
                      WHERE s.chin_id = m.chin_id AND upper_inf(s.held)
                        AND s.status IN ('proposed', 'approved', 'operational')), '{{}}'::datemultirange)
            @> m.period)
    ) THEN
        RAISE EXCEPTION 'A practice can be in a CHIN only while the CHIN is proposed, approved or operational.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_living_chin';
    END IF;
    RETURN NULL;
"""


def membership_fits(key: str, locked: str, strength: str) -> pgtrigger.Trigger:
    """A check at commit that no membership outlives its practice or its CHIN.

    The lock makes two wait for each other who change both sides at once. That of a CHIN (UPDATE) waits for the
    foreign keys of memberships on their way, so that these need no lock on it among themselves.
    """
    return pgtrigger.Trigger(
        name="membership_fits",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        func=MEMBERSHIP_FITS.format(key=key, locked=locked, strength=strength),
    )


@governed
class ChinState(Dated):
    """What state a CHIN was in, from a day. A planned state is one whose period has not begun."""

    chin = models.ForeignKey(Chin, models.PROTECT, related_name="states")
    status = models.CharField(max_length=11, choices=ChinStatus)

    class Meta(Dated.Meta):
        verbose_name = "CHIN state"
        constraints = [
            *guards("chins_chinstate"),
            one_truth(
                "chins_chinstate_one_a_day",
                "chin",
                message="The CHIN already has a state for some of these days.",
            ),
            models.CheckConstraint(
                name="chins_chinstate_known_status",
                condition=Q(status__in=ChinStatus.values),
                violation_error_message="That is not a state a CHIN can be in.",
            ),
        ]
        triggers = [
            *Dated.Meta.triggers,
            membership_fits("chin_id", "chins_chin", "UPDATE"),
            pgtrigger.Trigger(
                name="follows_the_route",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=f"""
                    IF EXISTS (
                        SELECT FROM (
                            SELECT s.status, c.kind, lower(s.period) AS first,
                                   lag(s.status) OVER w AS before, lag(upper(s.period)) OVER w AS until
                            FROM chins_chinstate s JOIN chins_chin c ON c.id = s.chin_id
                            WHERE s.chin_id = NEW.chin_id AND upper_inf(s.held)
                            WINDOW w AS (ORDER BY lower(s.period))
                        ) AS life
                        WHERE CASE WHEN before IS NULL THEN (kind, status) NOT IN ({_first})
                                   ELSE until IS DISTINCT FROM first OR (before, status) NOT IN ({_allowed}) END
                    ) THEN
                        RAISE EXCEPTION 'A CHIN goes from proposed to approved to operational to merged or closed, '
                            'or is declined or withdrawn before that, without a gap.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_chinstate_follows_the_route';
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608 - the two lists are the transition table above
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()


@governed
class Membership(Dated):
    """A practice was in a CHIN. One whose period has not begun is a planned join."""

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="memberships")
    chin = models.ForeignKey(Chin, models.PROTECT, related_name="memberships")

    class Meta(Dated.Meta):
        constraints = [
            *guards("chins_membership"),
            one_truth(
                "chins_membership_one_chin_a_day",
                "practice",
                message="The practice is already in a CHIN for some of these days.",
            ),
        ]
        indexes = [
            models.Index(fields=["chin", "practice"], condition=Q(held__upper_inf=True), name="chins_membership_held"),
        ]
        triggers = [*Dated.Meta.triggers, membership_fits("practice_id", "practices_practice", "NO KEY UPDATE")]

    def __str__(self) -> str:
        return f"{self.practice} in {self.chin}"


_SCOPE_COLUMNS = {
    Scope.COMMISSIONER: "commissioner",
    Scope.CHIN: "chin",
    Scope.PRACTICE: "practice",
    Scope.FEDERATION: "federation",
}


def _scope_condition() -> Q:
    """Exactly the column that a post's role asks for is filled."""
    condition = Q(pk__in=[])
    for scope in Scope:
        roles = [role.value for role, of in ROLE_SCOPE.items() if of is scope]
        columns = {f"{column}__isnull": of is not scope for of, column in _SCOPE_COLUMNS.items()}
        condition |= Q(role__in=roles, **columns)
    return condition


@governed
class Post(models.Model):
    """A seat that gives authority, held by somebody from a day or vacant: “CHIN lead, Edgware and Burnt Oak”."""

    role = models.CharField(max_length=30, choices=Role)
    title = models.CharField(max_length=150)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, null=True, blank=True, related_name="posts")
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, blank=True, related_name="posts")
    practice = models.ForeignKey(Practice, models.PROTECT, null=True, blank=True, related_name="posts")
    federation = models.ForeignKey(Federation, models.PROTECT, null=True, blank=True, related_name="posts")

    objects = PostQuerySet.as_manager()
    whose: int | None  # its commissioner, by with_commissioner
    acting: list[str]  # its deputies, by queries.with_deputies

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                name="chins_post_has_its_scope",
                condition=_scope_condition(),
                violation_error_message="This kind of post belongs to exactly one thing of its own kind.",
            ),
        ]
        indexes = [trigrams("chins_post_trigrams", "title")]

    def __str__(self) -> str:
        return self.title

    def authority_target(self) -> Target:
        """Of a post that with_commissioner has read."""

        def one(pk: int | None) -> frozenset[int]:
            return frozenset() if pk is None else frozenset({pk})

        return Target(one(self.whose), one(self.chin_id), one(self.practice_id), one(self.federation_id))


@governed
class PostHolding(Dated):
    """Somebody held a post."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="post_holdings")

    class Meta(Dated.Meta):
        constraints = [
            *guards("chins_postholding"),
            one_truth(
                "chins_postholding_one_a_day",
                "post",
                message="Somebody already holds this post on some of these days.",
            ),
        ]
        indexes = [
            models.Index(fields=["holder"], condition=Q(held__upper_inf=True), name="chins_postholding_by_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.holder}, {self.post}"


@governed
class Deputy(Dated):
    """Somebody may act for the holder of a post; both names show."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputising")

    class Meta(Dated.Meta):
        constraints = [
            *guards("chins_deputy"),
            one_truth("chins_deputy_once", "post", "deputy", message="They already deputise on some of these days."),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.post}"


class PartnerSector(models.TextChoices):
    GPS = "gps", "GPs"
    ACUTE = "acute", "Acute trust"
    COMMUNITY = "community", "Community provider"
    MENTAL_HEALTH = "mental_health", "Mental health trust"
    COUNCIL = "council", "Council"
    VOLUNTARY = "voluntary", "Voluntary sector"
    EDUCATION = "education", "Education provider network"
    LMC = "lmc", "Local medical committee"
    SUPPORT = "support", "Commissioning support"
    HEALTHWATCH = "healthwatch", "Healthwatch"
    NHS_ENGLAND = "nhs_england", "NHS England"


@governed
class Partner(Dated):
    """An organisation in a CHIN's planning group."""

    Sector = PartnerSector

    chin = models.ForeignKey(Chin, models.PROTECT, related_name="partners")
    organisation = models.CharField(max_length=150)
    sector = models.CharField(max_length=13, choices=Sector)

    class Meta(Dated.Meta):
        constraints = [
            *guards("chins_partner"),
            one_truth(
                "chins_partner_once",
                "chin",
                "organisation",
                message="This organisation is already a partner on some of these days.",
            ),
            models.CheckConstraint(
                name="chins_partner_known_sector",
                condition=Q(sector__in=PartnerSector.values),
                violation_error_message="That is not a sector the portal knows.",
            ),
        ]

    def __str__(self) -> str:
        return self.organisation


class CoverageSnapshot(models.Model):
    """Coverage of a commissioner (chin empty) or one CHIN on a month-end or today, with what it rests on.

    Derived: no foreign keys, replaced by the worker (chins.coverage). Patients are persons on registered lists.
    """

    commissioner = models.ForeignKey(Commissioner, models.DO_NOTHING, db_constraint=False, db_index=False)
    chin = models.ForeignKey(Chin, models.DO_NOTHING, null=True, db_constraint=False, db_index=False)
    day = models.DateField()
    status = models.CharField(max_length=11, blank=True)
    practices = models.IntegerField()
    patients = models.BigIntegerField()
    covered_practices = models.IntegerField()
    covered_patients = models.BigIntegerField()
    operational_practices = models.IntegerField()
    operational_patients = models.BigIntegerField()
    approved_practices = models.IntegerField()
    approved_patients = models.BigIntegerField()
    proposed_practices = models.IntegerField()
    proposed_patients = models.BigIntegerField()
    carried_forward = models.IntegerField()
    without_list = models.IntegerField()
    extract_day = models.DateField(null=True)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "day", "chin"],
                nulls_distinct=False,
                name="chins_coveragesnapshot_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commissioner_id}/{self.chin_id or 'all'} {self.day}"


class CoverageRun(models.Model):
    """When a commissioner's snapshots were last brought up to date, and from which day."""

    commissioner = models.OneToOneField(Commissioner, models.CASCADE, related_name="coverage_run")
    computed_at = models.DateTimeField()
    from_day = models.DateField(null=True)
    milliseconds = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.commissioner_id} at {self.computed_at}"


# Expressions of interest have a package of their own; their models are found by Django here.
from chins.interest.models import Criterion, Expression, ExpressionPractice, Score  # noqa: E402, F401
