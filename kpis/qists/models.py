"""Quality Improvement Support Teams: host, staff, the CHINs they serve, their targets, what they did, and what a review found."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cc2h.accounts.authority import Target
from cc2h.kit.dated import Dated, guards, one_truth
from cc2h.kit.history import NEVER_EMPTIED, governed
from chins.models import Chin
from kpis.models import Measure
from kpis.qists.guards import REVIEWED_WHILE_THERE, SUPPORTED_WHILE_SERVED
from kpis.qists.querysets import QistQuerySet, SupportQuerySet
from practices.models import Commissioner, Practice

SAYS = r"\S"  # more than white space
NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


class Condition(models.TextChoices):
    """What QISTs manage: three in stp-2017, and chronic kidney disease in hwb-2018-01."""

    HYPERTENSION = "hypertension", "High blood pressure"
    AF = "atrial_fibrillation", "Atrial fibrillation"
    DIABETES = "diabetes", "Diabetes"
    CKD = "ckd", "Chronic kidney disease"


class Profession(models.TextChoices):
    GP = "gp", "GPs"
    NURSE = "nurse", "Nurses"
    PHARMACIST = "pharmacist", "Pharmacists"
    DIETITIAN = "dietitian", "Dietitians"
    ANALYST = "analyst", "Analysts"
    MANAGER = "manager", "Managers"
    ADMINISTRATOR = "administrator", "Administrators"


class Basis(models.TextChoices):
    IN_PLACE = "in_place", "In place"
    PLANNED = "planned", "Planned"
    FUNDED = "funded", "Funded"


class SupportKind(models.TextChoices):
    VISIT = "visit", "Visit"
    CLINIC = "clinic", "Joint clinic"
    SEARCH = "search", "Search of records"
    TRAINING = "training", "Training"
    CALL = "call", "Call"


class Scale(models.TextChoices):
    """What a review decides."""

    GO_ON = "go_on", "Go on as it is"
    SPREAD = "spread", "Spread to further CHINs"
    CHANGE = "change", "Change, and review again"
    STOP = "stop", "Stop"


def says(name: str, field: str, words: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__regex": SAYS}), violation_error_message=words)


@governed
class Qist(models.Model):
    """A team: who hosts it, what it manages, and what pays it. Its staff, CHINs and targets are dated."""

    slug = models.SlugField(max_length=80, unique=True)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="qists")
    name = models.CharField("name", max_length=150)
    host = models.CharField("host", max_length=200)
    conditions = ArrayField(
        models.CharField(max_length=20, choices=Condition), default=list, blank=True, verbose_name="what it manages"
    )
    prototype = models.BooleanField("prototype", default=False)
    opens_on = models.DateField("works from")
    ended_on = models.DateField("last day", null=True, blank=True)
    funding = models.DecimalField("funding", max_digits=12, decimal_places=2, null=True, blank=True)
    funding_remark = models.CharField("about the funding", max_length=300, blank=True)

    objects: ClassVar[Any] = QistQuerySet.as_manager()

    class Meta:
        verbose_name = "QIST"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "name"],
                name="qists_qist_name_once",
                violation_error_message="This commissioner already has a QIST of that name.",
            ),
            says("qists_qist_named", "name", "Give the QIST a name."),
            says("qists_qist_hosted", "host", "Say who hosts the QIST."),
            models.CheckConstraint(
                name="qists_qist_days_in_order",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("opens_on")),
                violation_error_message="The last day must not be before the day the QIST began.",
            ),
            models.CheckConstraint(
                name="qists_qist_funding_not_negative",
                condition=Q(funding__isnull=True) | Q(funding__gte=0),
                violation_error_message="Funding is £0.00 or more, or not stated.",
            ),
            models.CheckConstraint(
                name="qists_qist_known_conditions",
                condition=Q(conditions__contained_by=[one.value for one in Condition]),
                violation_error_message="A QIST manages high blood pressure, atrial fibrillation, diabetes or kidney disease.",
            ),
        ]
        triggers = [NEVER_DELETED]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))

    @property
    def managed(self) -> list[str]:
        return [str(Condition(one).label) for one in self.conditions]


@governed
class Serves(Dated):
    """A QIST served a CHIN, from a day."""

    qist = models.ForeignKey(Qist, models.PROTECT, related_name="serves")
    chin = models.ForeignKey(Chin, models.PROTECT, related_name="served_by")

    class Meta(Dated.Meta):
        verbose_name = "CHIN served"
        constraints = [
            *guards("qists_serves"),
            one_truth(
                "qists_serves_once",
                "qist",
                "chin",
                message="The QIST already serves this CHIN on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qist}, {self.chin}"


@governed
class Staffing(Dated):
    """Whole time equivalents of a profession, from a day: in place, planned or funded."""

    qist = models.ForeignKey(Qist, models.PROTECT, related_name="staffing")
    profession = models.CharField("profession", max_length=13, choices=Profession)
    basis = models.CharField("what it is", max_length=8, choices=Basis)
    wte = models.DecimalField("whole time equivalents", max_digits=5, decimal_places=2)

    class Meta(Dated.Meta):
        verbose_name = "staff"
        constraints = [
            *guards("qists_staffing"),
            one_truth(
                "qists_staffing_one_a_day",
                "qist",
                "profession",
                "basis",
                message="The staff of this profession is already recorded for some of these days.",
            ),
            models.CheckConstraint(
                name="qists_staffing_known_words",
                condition=Q(profession__in=Profession.values, basis__in=Basis.values),
                violation_error_message="Staff are of a profession listed, in place, planned or funded.",
            ),
            models.CheckConstraint(
                name="qists_staffing_wte_possible",
                condition=Q(wte__gte=0, wte__lte=500),
                violation_error_message="Whole time equivalents are from 0 to 500.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_profession_display()}, {self.get_basis_display().lower()}"


@governed
class TargetMeasure(Dated):
    """A measure that a QIST is to move, from a day."""

    qist = models.ForeignKey(Qist, models.PROTECT, related_name="targets")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="qist_targets")

    class Meta(Dated.Meta):
        verbose_name = "target measure"
        constraints = [
            *guards("qists_targetmeasure"),
            one_truth(
                "qists_targetmeasure_once",
                "qist",
                "measure",
                message="The measure is already a target of this QIST on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}"


@governed
class Support(models.Model):
    """What a QIST did for a practice on a day, what both agreed, and, once it is known, what came of it."""

    qist = models.ForeignKey(Qist, models.PROTECT, related_name="support")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="qist_support")
    day = models.DateField("day")
    kind = models.CharField("kind", max_length=8, choices=SupportKind)
    what = models.CharField("what was done", max_length=1000)
    agreed = models.CharField("what was agreed", max_length=1000, blank=True)
    result = models.CharField("what came of it", max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = SupportQuerySet.as_manager()

    class Meta:
        verbose_name = "support"
        ordering = ["-day", "-pk"]
        constraints = [
            says("qists_support_said", "what", "Say what was done."),
            models.CheckConstraint(
                name="qists_support_known_kind",
                condition=Q(kind__in=SupportKind.values),
                violation_error_message="Support is a visit, a joint clinic, a search of records, training or a call.",
            ),
        ]
        indexes = [models.Index(fields=["practice", "day"], name="qists_support_of_practice")]
        triggers = [
            NEVER_DELETED,
            NEVER_EMPTIED,
            pgtrigger.Trigger(
                name="while_served",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=SUPPORTED_WHILE_SERVED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.day:%-d %B %Y}"


@governed
class Review(models.Model):
    """What a review of a QIST found, and what was decided. Never changed: another review says otherwise."""

    qist = models.ForeignKey(Qist, models.PROTECT, related_name="reviews")
    day = models.DateField("day")
    found = models.CharField("what was found", max_length=2000)
    decision = models.CharField("decision", max_length=6, choices=Scale)
    why = models.CharField("why", max_length=1000)
    decided_by = models.CharField("who decided", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            says("qists_review_found", "found", "Say what the review found."),
            says("qists_review_why", "why", "Say why that was decided."),
            says("qists_review_decided_by", "decided_by", "Say who decided."),
            models.CheckConstraint(
                name="qists_review_known_decision",
                condition=Q(decision__in=Scale.values),
                violation_error_message="A review decides to go on, to spread, to change or to stop.",
            ),
            models.UniqueConstraint(
                fields=["qist", "day"],
                name="qists_review_once_a_day",
                violation_error_message="There is a review of that day already.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="while_there", operation=pgtrigger.Insert, when=pgtrigger.Before, func=REVIEWED_WHILE_THERE
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.day:%-d %B %Y}"
