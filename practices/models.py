"""Commissioners, practices and what was true of them from day to day, federations, registered list sizes."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cc2h.accounts.authority import Target
from cc2h.kit.dated import Dated, guards, one_truth
from cc2h.kit.history import governed
from cc2h.kit.models import Import
from cc2h.kit.search import trigrams
from practices.querysets import CommissionerQuerySet, FederationQuerySet, ListSizeQuerySet, PracticeQuerySet

LARGEST_LIST = 200_000
ODS_PRACTICE = r"^[A-Z]\d{5}$"
NO_PRACTICE = "An ODS code of a practice is a letter and five digits, like E83035."
ODS_COMMISSIONER = r"^([0-9A-Z]{3}|[A-Z][0-9][A-Z][0-9][A-Z])$"  # 07M, 93C, QMJ; since 2020 also D9Y0V
NO_COMMISSIONER = "The code of a commissioner is three letters and digits, like 07M or QMJ, or five like D9Y0V."
ILLUSTRATIVE_CODE = r"^Z99\d{3}$"  # no real practice has such a code
AGE_BANDS = ("0-4", "5-14", "15-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")  # of the quarterly files
ILLUSTRATIVE_AREA = r"^Z99\d{6}$"  # nor has a real area


@governed
class Commissioner(models.Model):
    """A Clinical Commissioning Group, or what followed it, by ODS code (07M); with its words and settings."""

    ods_code = models.CharField(
        "ODS code", max_length=5, unique=True, validators=[RegexValidator(ODS_COMMISSIONER, NO_COMMISSIONER)]
    )
    name = models.CharField(max_length=150)
    short_name = models.CharField(max_length=80)
    opened = models.DateField(null=True, blank=True)
    closed = models.DateField("last day", null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    local_word = models.CharField("word for a CHIN", max_length=60, default="CHIN")
    local_word_plural = models.CharField("word for several CHINs", max_length=60, default="CHINs")
    band_low = models.PositiveIntegerField("size band from", null=True, blank=True)
    band_high = models.PositiveIntegerField("size band to", null=True, blank=True)
    band_source = models.CharField("where the band comes from", max_length=200, blank=True)
    target_day = models.DateField("full coverage due", null=True, blank=True)
    in_programme = models.BooleanField("takes part in the programme", default=False)

    objects = CommissionerQuerySet.as_manager()

    class Meta:
        ordering = ["short_name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="practices_commissioner_ods_code_shape",
                condition=Q(ods_code__regex=ODS_COMMISSIONER),
                violation_error_message=NO_COMMISSIONER,
            ),
            models.CheckConstraint(
                name="practices_commissioner_band_in_order",
                condition=Q(band_low__isnull=True) | Q(band_high__isnull=True) | Q(band_low__lte=F("band_high")),
                violation_error_message="The size band's lower end must not be above its upper end.",
            ),
            models.CheckConstraint(
                name="practices_commissioner_closed_after_opened",
                condition=Q(opened__isnull=True) | Q(closed__isnull=True) | Q(opened__lte=F("closed")),
                violation_error_message="The last day must not be before the day it opened.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.short_name} ({self.ods_code})"

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.pk}))


@governed
class Practice(models.Model):
    """A GP practice: its ODS code, which is never reused. Everything else about it is dated."""

    ods_code = models.CharField(
        "ODS code",
        max_length=6,
        unique=True,
        validators=[RegexValidator(ODS_PRACTICE, NO_PRACTICE)],
    )
    illustrative = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["ods_code"]
        constraints = [
            models.CheckConstraint(
                name="practices_practice_ods_code_shape",
                condition=Q(ods_code__regex=ODS_PRACTICE),
                violation_error_message=NO_PRACTICE,
            ),
            models.CheckConstraint(
                name="practices_practice_illustrative_codes",
                condition=Q(illustrative=True, ods_code__regex=ILLUSTRATIVE_CODE)
                | (Q(illustrative=False) & ~Q(ods_code__regex=ILLUSTRATIVE_CODE)),
                violation_error_message="Codes from Z99000 to Z99999 are for illustrative practices alone.",
            ),
            ExclusionConstraint(
                name="practices_practice_never_mixed",
                expressions=[("illustrative", RangeOperators.NOT_EQUAL)],
                violation_error_message="Illustrative and real practices can’t be in one database.",
            ),
        ]

    def __str__(self) -> str:
        return self.ods_code


class Status(models.TextChoices):
    ACTIVE = "active", "Active"
    DORMANT = "dormant", "Dormant"
    CLOSED = "closed", "Closed"
    PROPOSED = "proposed", "Proposed"


@governed
class PracticeDetail(Dated):
    """What a practice was called and where it was, from a day."""

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="details")
    name = models.CharField(max_length=200)
    address = models.CharField("address, without the postcode", max_length=400, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    mailbox = models.EmailField("shared mailbox", blank=True)
    borough = models.CharField(max_length=60, blank=True)
    prescribing_setting = models.CharField(max_length=3, default="4")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta(Dated.Meta):
        constraints = [
            *guards("practices_practicedetail"),
            one_truth(
                "practices_practicedetail_one_a_day",
                "practice",
                message="The practice already has a name and address for some of these days.",
            ),
        ]
        indexes = [
            models.Index(fields=["name"], condition=Q(held__upper_inf=True), name="practices_detail_by_name"),
            trigrams("practices_detail_trigrams", "name", condition=Q(held__upper_inf=True)),
        ]

    def __str__(self) -> str:
        return self.name


@governed
class PracticeStanding(Dated):
    """Whether a practice was open, and for which commissioner, from a day."""

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="standings")
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="standings")
    status = models.CharField(max_length=8, choices=Status)

    class Meta(Dated.Meta):
        constraints = [
            *guards("practices_practicestanding"),
            one_truth(
                "practices_practicestanding_one_a_day",
                "practice",
                message="The practice already has a status and a commissioner for some of these days.",
            ),
            models.CheckConstraint(
                name="practices_practicestanding_known_status",
                condition=Q(status__in=Status.values),
                violation_error_message="A practice is active, dormant, closed or proposed.",
            ),
        ]
        indexes = [
            models.Index(  # all that lists and coverage ask of thousands of rows, without reading the rows
                fields=["commissioner", "practice"],
                include=["status", "period"],
                condition=Q(held__upper_inf=True),
                name="practices_standing_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}, {self.commissioner}"


class SuccessionKind(models.TextChoices):
    MERGER = "merger", "Merger"
    SPLIT = "split", "Split"


@governed
class Succession(Dated):
    """Patients of a practice are another's from `period`'s first day: all of them in a merger, some in a split.

    A practice of which another split off goes on, or closes the day before. What is split off begins with that day.
    """

    Kind = SuccessionKind

    predecessor = models.ForeignKey(Practice, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Practice, models.PROTECT, related_name="successions_from")
    kind = models.CharField(max_length=6, choices=SuccessionKind, default=SuccessionKind.MERGER, db_default="merger")

    class Meta(Dated.Meta):
        constraints = [
            *guards("practices_succession"),
            one_truth(
                "practices_succession_once",
                "predecessor",
                "successor",
                "kind",
                message="This is already recorded.",
            ),
            models.CheckConstraint(
                name="practices_succession_not_itself",
                condition=~Q(predecessor=F("successor")),
                violation_error_message="A practice can’t merge into itself.",
            ),
            models.CheckConstraint(
                name="practices_succession_known_kind",
                condition=Q(kind__in=SuccessionKind.values),
                violation_error_message="Practices merge, or one splits.",
            ),
            ExclusionConstraint(
                name="practices_succession_split_off_one",
                expressions=[
                    ("successor", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                    ("held", RangeOperators.OVERLAPS),
                ],
                condition=Q(kind=SuccessionKind.SPLIT),
                violation_error_message="It has already split off from a practice.",
            ),
        ]
        triggers = [
            *Dated.Meta.triggers,
            pgtrigger.Trigger(
                name="splits_off_on_its_first_day",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__kind="split"),
                func="""
                    IF lower(NEW.period) IS DISTINCT FROM (
                        SELECT min(lower(s.period)) FROM practices_practicestanding s
                        WHERE s.practice_id = NEW.successor_id AND upper_inf(s.held)
                    ) OR NOT EXISTS (
                        SELECT FROM practices_practicestanding s
                        WHERE s.practice_id = NEW.predecessor_id AND upper_inf(s.held)
                          AND s.period @> lower(NEW.period) - 1 AND s.status IN ('active', 'dormant')
                    ) THEN
                        RAISE EXCEPTION 'A practice splits while it is open, and what splits off begins with that day.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'practices_succession_split_off_first_day';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="no_circle",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__kind="merger"),  # what split off may merge back
                func="""
                    PERFORM pg_advisory_xact_lock(hashtext('practices_succession'));
                    IF EXISTS (
                        WITH RECURSIVE after(practice_id) AS (
                            SELECT NEW.successor_id
                            UNION
                            SELECT s.successor_id FROM practices_succession s JOIN after a
                                ON s.predecessor_id = a.practice_id AND upper_inf(s.held) AND s.kind = 'merger'
                        )
                        SELECT FROM after WHERE practice_id = NEW.predecessor_id
                    ) THEN
                        RAISE EXCEPTION 'Practices can''t merge in a circle.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'practices_succession_no_circle';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} into {self.successor}"


@governed
class Federation(models.Model):
    """A company of practices, such as Barnet Federated GPs."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=150)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="federations")

    objects = FederationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}), federation_ids=frozenset({self.pk}))


@governed
class FederationMembership(Dated):
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="federation_memberships")
    federation = models.ForeignKey(Federation, models.PROTECT, related_name="memberships")

    class Meta(Dated.Meta):
        constraints = [
            *guards("practices_federationmembership"),
            one_truth(
                "practices_federationmembership_one_a_day",
                "practice",
                message="The practice is already in a federation for some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practice} in {self.federation}"


class AddUp(models.Func):
    """SQL: the array has a whole number of patients for each sex and age, and together they are so many.

    A part that is not there makes the sum NULL, which a check would let through.
    """

    places = range(1, 2 * len(AGE_BANDS) + 1)
    output_field = models.BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        (ages, _), (patients, _) = map(compiler.compile, self.source_expressions)
        added = " + ".join(f"{ages}[{place}]" for place in self.places)
        shaped = f"array_ndims({ages}) = 1 AND cardinality({ages}) = {len(self.places)} AND 0 <= ALL({ages})"
        return f"coalesce({shaped} AND {added} = {patients}, false)", ()


class ListSize(models.Model):
    """Registered patients of a practice on an extract day, by one import. A later import may revise the day:

    the earlier value stays, with `superseded_at`. Provenance is the import and the row in its file; what has neither
    is a share of the last list of a practice that closed by splitting. Where the file tells them, `ages` are its
    patients by sex and age: male, then female, of each of AGE_BANDS.
    """

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="list_sizes", db_index=False)
    day = models.DateField("extract day")
    patients = models.IntegerField()
    ages = ArrayField(models.IntegerField(), size=2 * len(AGE_BANDS), null=True)
    source = models.ForeignKey(Import, models.PROTECT, related_name="list_sizes", null=True)
    row_number = models.IntegerField("row in the file")
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    objects = ListSizeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "day"],
                condition=Q(superseded_at__isnull=True),
                include=["patients"],
                name="practices_listsize_one_a_day",
                violation_error_message="The practice already has a list size for this day.",
            ),
            models.CheckConstraint(
                name="practices_listsize_possible",
                condition=Q(patients__gte=0, patients__lte=LARGEST_LIST),
                violation_error_message=f"A list size is a whole number from 0 to {LARGEST_LIST:,}.",
            ),
            models.CheckConstraint(
                name="practices_listsize_ages_add_up",
                condition=Q(ages__isnull=True) | Q(AddUp(F("ages"), F("patients"))),
                violation_error_message="The patients of all ages are as many as the list has.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["day", "practice"],
                include=["patients"],
                condition=Q(superseded_at__isnull=True),
                name="practices_listsize_by_day",
            ),
            models.Index(
                fields=["practice", "day"], condition=Q(ages__isnull=False), name="practices_listsize_with_ages"
            ),
            models.Index(
                fields=["day", "practice"], condition=Q(ages__isnull=False), name="practices_listsize_ages_by_day"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_superseded_once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
                       OR (NEW.practice_id, NEW.day, NEW.patients, NEW.ages, NEW.source_id, NEW.row_number, NEW.recorded_at)
                          IS DISTINCT FROM
                          (OLD.practice_id, OLD.day, OLD.patients, OLD.ages, OLD.source_id, OLD.row_number, OLD.recorded_at)
                    THEN
                        RAISE EXCEPTION 'A list size is superseded once and never changed.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'practices_listsize_only_superseded';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practice} {self.day}: {self.patients}"


@governed
class Contact(models.Model):
    """Somebody spoke to a practice: when, who, what came of it, what is next."""

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="contacts")
    day = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    spoke_to = models.CharField("spoke to", max_length=100, blank=True)
    outcome = models.CharField(max_length=300)
    next_step = models.CharField(max_length=300, blank=True)
    next_day = models.DateField("next step by", null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_reason = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["-day", "-pk"]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.day}: {self.outcome}"


class OutlineKind(models.TextChoices):
    BOROUGH = "borough", "Borough"
    WARD = "ward", "Ward"


class Outline(models.Model):
    """The outline of a borough or a ward, for maps alone: of each code the newest import's. See cc2h.kit.geometry."""

    Kind = OutlineKind

    kind = models.CharField(max_length=7, choices=OutlineKind)
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    shape = models.JSONField()  # a geometry.Shape
    west, south, east, north = (models.FloatField() for _ in range(4))  # the box around it
    source = models.ForeignKey(Import, models.PROTECT, related_name="outlines", null=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                name="practices_outline_once",
                violation_error_message="This area already has an outline.",
            ),
            models.CheckConstraint(
                name="practices_outline_known_kind",
                condition=Q(kind__in=OutlineKind.values),
                violation_error_message="An outline is one of a borough or a ward.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


@governed
class NamesRelease(Dated):
    """A manager lets the board see which practices are not in a CHIN, while `period` lasts."""

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="names_releases")

    class Meta(Dated.Meta):
        constraints = [
            *guards("practices_namesrelease"),
            one_truth("practices_namesrelease_one_a_day", "commissioner", message="The names are already released."),
        ]

    def __str__(self) -> str:
        return f"Names released, {self.commissioner}"
