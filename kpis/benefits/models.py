"""Benefits: what an initiative is to be worth by financial year, what is forecast now, and what somebody else validated.

What is expected and validated are dated rows, so that every page can be read as at a day. An amount that is None is not
stated, which is not 0.
"""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from cc2h.accounts.authority import Target
from cc2h.kit.dated import Dated, DatedQuerySet, guards, one_truth
from cc2h.kit.days import FIRST_YEAR, LAST_YEAR
from cc2h.kit.history import governed
from chins.models import Chin, Post
from kpis.benefits.guards import (
    CHIN_OF_ITS_COMMISSIONER,
    ENTERED_BY_ANOTHER,
    OF_ITS_YEARS,
    OF_THE_YEAR,
    OWNER_HAS_NOT_VALIDATED,
    PLANNED_FIRST,
    VALIDATED_BY_ANOTHER,
    before,
    leaves_work,
)
from kpis.benefits.querysets import BenefitQuerySet, KeptQuerySet, ProfileQuerySet
from kpis.models import SAYS, Initiative, Measure
from practices.models import Commissioner

USER = settings.AUTH_USER_MODEL
POUNDS: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "null": True, "blank": True}
ACTIVITY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2, "null": True, "blank": True}
HRG = r"^[A-Z]{2}[0-9]{2}[A-Z]?$"


class PointOfDelivery(models.TextChoices):
    """Where activity is counted, as contracts do."""

    A_AND_E = "a_and_e", "A&E"
    EMERGENCY = "emergency", "Emergency admissions"
    ELECTIVE = "elective", "Elective admissions"
    OUTPATIENT = "outpatient", "Outpatients"


def _year_known(table: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{table}_known_year",
        condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)),
        violation_error_message="That financial year is none the portal knows.",
    )


def _not_below(table: str, *fields: str) -> models.CheckConstraint:
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0})
    return models.CheckConstraint(
        name=f"{table}_not_below_nothing",
        condition=condition,
        violation_error_message="A saving or an investment is £0.00 or more, or not stated.",
    )


@governed
class Benefit(models.Model):
    """What an initiative is to bring, whose it is, and what shows it. commissioner empty: the programme's as a whole.

    record_kind, record_key: what it is of besides, such as a business case. due: the last day of the quarter in which
    it is to be validated first.
    """

    PointOfDelivery = PointOfDelivery

    slug = models.SlugField(max_length=80, unique=True)
    initiative = models.CharField(max_length=20, choices=Initiative)
    title = models.CharField("benefit", max_length=200)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, null=True, blank=True, related_name="benefits")
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, blank=True, related_name="benefits", verbose_name="CHIN")
    owner = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="owner’s post"
    )
    measures = models.ManyToManyField(Measure, through="Evidence", related_name="benefits")
    point_of_delivery = models.CharField("point of delivery", max_length=10, choices=PointOfDelivery, blank=True)
    hrg = models.CharField("HRG", max_length=5, blank=True)
    unit_price = models.DecimalField("unit price", **POUNDS)
    price_source = models.CharField("where the unit price is from", max_length=200, blank=True)
    price_year = models.PositiveSmallIntegerField("year of the unit price", null=True, blank=True)
    qipp = models.CharField("QIPP scheme", max_length=100, blank=True)
    paper = models.CharField("paper", max_length=200, blank=True)
    note = models.CharField("note", max_length=500, blank=True)
    due = models.DateField("to be validated by", null=True, blank=True)
    record_kind = models.CharField(max_length=20, blank=True)
    record_key = models.CharField("business case", max_length=80, blank=True)
    added_on = models.DateField("added on")
    added_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="added by")

    objects: ClassVar[Any] = BenefitQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                name="benefits_benefit_known_words",
                condition=Q(initiative__in=Initiative.values, point_of_delivery__in=["", *PointOfDelivery.values]),
                violation_error_message="A benefit’s initiative and point of delivery are of those listed.",
            ),
            models.CheckConstraint(
                name="benefits_benefit_says",
                condition=Q(title__regex=SAYS),
                violation_error_message="Say what the benefit is.",
            ),
            models.CheckConstraint(
                name="benefits_benefit_chin_has_a_commissioner",
                condition=Q(chin=None) | Q(commissioner__isnull=False),
                violation_error_message="A CHIN’s benefit is also its commissioner’s.",
            ),
            models.CheckConstraint(
                name="benefits_benefit_hrg_shape",
                condition=Q(hrg="") | (Q(hrg__regex=HRG) & ~Q(point_of_delivery="")),
                violation_error_message="An HRG is written like DZ11 or DZ11P, and goes with a point of delivery.",
            ),
            models.CheckConstraint(
                name="benefits_benefit_price_has_a_source",
                condition=Q(unit_price=None) | (Q(unit_price__gt=0, price_year__isnull=False) & ~Q(price_source="")),
                violation_error_message="A unit price is more than £0.00, and says where it is from and of which year.",
            ),
            models.CheckConstraint(
                name="benefits_benefit_of_a_whole_record",
                condition=Q(record_kind="", record_key="") | (~Q(record_kind="") & ~Q(record_key="")),
                violation_error_message="What it is of besides is named by its kind and its name in addresses.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            before("chin_of_its_commissioner", pgtrigger.Insert | pgtrigger.Update, CHIN_OF_ITS_COMMISSIONER),
            before("owner_has_not_validated", pgtrigger.UpdateOf("owner_id"), OWNER_HAS_NOT_VALIDATED),
            *leaves_work(OF_ITS_YEARS.format(columns="c.id")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def whose(self) -> str:
        """The organisation it is of."""
        one = self.chin or self.commissioner
        return (one.name if isinstance(one, Chin) else one.short_name) if one else "North Central London"

    def authority_target(self) -> Target:
        """The programme's is kept by any of its commissioners."""
        if self.commissioner_id is None:
            of_programme = Commissioner.objects.filter(in_programme=True)
            return Target(commissioner_ids=frozenset(of_programme.values_list("pk", flat=True)))
        chins = frozenset() if self.chin_id is None else frozenset({self.chin_id})
        return Target(commissioner_ids=frozenset({self.commissioner_id}), chin_ids=chins)


@governed
class Evidence(models.Model):
    """A measure that is to show the benefit."""

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="evidence")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        ordering = ["benefit", "measure"]
        constraints = [
            models.UniqueConstraint(
                fields=["benefit", "measure"],
                name="benefits_evidence_once",
                violation_error_message="The measure evidences this benefit already.",
            ),
        ]
        triggers = leaves_work(OF_ITS_YEARS.format(columns="c.benefit_id"), deleted=True)

    def __str__(self) -> str:
        return f"{self.measure} of {self.benefit}"


class OfAYear(Dated):
    """What is said of a benefit and a financial year, from a day."""

    benefit: models.ForeignKey[Any, Any]
    year = models.PositiveSmallIntegerField("financial year")

    class Meta(Dated.Meta):
        abstract = True


@governed
class Profile(OfAYear):
    """What is planned: the change of activity (fewer is less than 0), the gross saving, and what is invested for it."""

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="profiles")
    activity = models.DecimalField("planned change of activity", **ACTIVITY)
    saving = models.DecimalField("planned gross saving", **POUNDS)
    recurrent = models.DecimalField("recurrent investment", **POUNDS)
    non_recurrent = models.DecimalField("non-recurrent investment", **POUNDS)
    source = models.CharField("where it is stated", max_length=200, blank=True)

    objects: ClassVar[Any] = ProfileQuerySet.as_manager()

    class Meta(OfAYear.Meta):
        constraints = [
            *guards("benefits_profile"),
            one_truth(
                "benefits_profile_one_a_day",
                "benefit",
                "year",
                message="The benefit already has a profile of that financial year for some of these days.",
            ),
            _year_known("benefits_profile"),
            _not_below("benefits_profile", "saving", "recurrent", "non_recurrent"),
        ]
        triggers = [
            *OfAYear.Meta.triggers,
            before("entered_by_another", pgtrigger.Insert, ENTERED_BY_ANOTHER),
            *leaves_work(OF_THE_YEAR),
        ]

    def __str__(self) -> str:
        return f"{self.benefit}"


@governed
class Forecast(OfAYear):
    """What is expected now, where that may be other than what was planned."""

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="forecasts")
    activity = models.DecimalField("forecast change of activity", **ACTIVITY)
    saving = models.DecimalField("forecast gross saving", **POUNDS)

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta(OfAYear.Meta):
        constraints = [
            *guards("benefits_forecast"),
            one_truth(
                "benefits_forecast_one_a_day",
                "benefit",
                "year",
                message="The benefit already has a forecast of that financial year for some of these days.",
            ),
            _year_known("benefits_forecast"),
            _not_below("benefits_forecast", "saving"),
        ]
        triggers = [
            *OfAYear.Meta.triggers,
            before("entered_by_another", pgtrigger.Insert, ENTERED_BY_ANOTHER),
            before("planned_first", pgtrigger.Insert, PLANNED_FIRST),
            *leaves_work(OF_THE_YEAR),
        ]

    def __str__(self) -> str:
        return f"{self.benefit}"


@governed
class Validation(OfAYear):
    """That a saving was made, as somebody says who neither planned it nor owns it. Its period ends when it is withdrawn."""

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="validations")
    first_quarter = models.PositiveSmallIntegerField("from quarter")
    last_quarter = models.PositiveSmallIntegerField("to quarter")
    activity = models.DecimalField("change of activity", **ACTIVITY)
    saving = models.DecimalField("validated gross saving", max_digits=14, decimal_places=2)
    evidence = models.CharField("evidence", max_length=500)
    validated_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="validated by")

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta(OfAYear.Meta):
        constraints = [
            *guards("benefits_validation"),
            ExclusionConstraint(
                name="benefits_validation_once",
                expressions=[
                    ("benefit", RangeOperators.EQUAL),
                    ("year", RangeOperators.EQUAL),
                    (
                        Func(F("first_quarter"), F("last_quarter"), Value("[]"), function="int4range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                    ("held", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Some of these quarters are validated already. Withdraw that validation first.",
            ),
            _year_known("benefits_validation"),
            models.CheckConstraint(
                name="benefits_validation_possible",
                condition=Q(first_quarter__range=(1, 4), last_quarter__range=(1, 4), saving__gte=0)
                & Q(last_quarter__gte=F("first_quarter"), evidence__regex=SAYS),
                violation_error_message="A validation is of quarters of a year, of £0.00 or more, and names its evidence.",
            ),
        ]
        triggers = [
            *OfAYear.Meta.triggers,
            before("validated_by_another", pgtrigger.Insert, VALIDATED_BY_ANOTHER),
            before("planned_first", pgtrigger.Insert, PLANNED_FIRST),
            *leaves_work(OF_THE_YEAR),
        ]

    def __str__(self) -> str:
        return f"{self.benefit}"

    @property
    def quarters(self) -> str:
        """Whole year, or Q1 to Q2."""
        return quarters_in_words(self.first_quarter, self.last_quarter)


def quarters_in_words(first: int, last: int) -> str:
    if (first, last) == (1, 4):
        return "whole year"
    return f"Q{first}" if first == last else f"Q{first} to Q{last}"


@governed
class Split(Dated):
    """How much counts of each of two benefits that overlap, as a named person says: percent of its saving.

    `one` is the one that was added first. The reason and who said it are the dated record's.
    """

    one = models.ForeignKey(Benefit, models.PROTECT, related_name="+")
    other = models.ForeignKey(Benefit, models.PROTECT, related_name="+")
    one_percent = models.DecimalField("counts of the first, percent", max_digits=5, decimal_places=2)
    other_percent = models.DecimalField("counts of the second, percent", max_digits=5, decimal_places=2)

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        constraints = [
            *guards("benefits_split"),
            one_truth(
                "benefits_split_one_a_day",
                "one",
                "other",
                message="The overlap is split already for some of these days.",
            ),
            models.CheckConstraint(
                name="benefits_split_possible",
                condition=Q(one__lt=F("other"), one_percent__range=(0, 100), other_percent__range=(0, 100))
                & Q(reason__regex=SAYS),
                violation_error_message="A split says how many percent count of each of two benefits, 0 to 100, and why.",
            ),
        ]
        triggers = [
            *Dated.Meta.triggers,
            *leaves_work(OF_ITS_YEARS.format(columns="c.one_id, c.other_id")),
        ]

    def __str__(self) -> str:
        return f"{self.one} and {self.other}"


class Overlap(models.Model):
    """A view: two benefits that may be one saving counted twice. Each pair stands in it both ways round."""

    id = models.BigIntegerField(primary_key=True)
    benefit = models.ForeignKey(Benefit, models.DO_NOTHING, related_name="overlaps")
    other = models.ForeignKey(Benefit, models.DO_NOTHING, related_name="+")
    by_point = models.BooleanField()
    by_measure = models.BooleanField()

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        managed = False
        db_table = "benefits_overlap"

    def __str__(self) -> str:
        return f"{self.benefit_id} and {self.other_id}"


class Kept(models.Model):
    """What a benefit comes to in a financial year as at the day of the run: worked out by the worker, never typed.

    The names are those of ProfileQuerySet.standing, which it is a copy of. No foreign keys are asked: it is replaced.
    """

    profile = models.OneToOneField(
        Profile, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+", db_column="id"
    )
    benefit = models.ForeignKey(Benefit, models.DO_NOTHING, db_constraint=False, related_name="+")
    year = models.PositiveSmallIntegerField()
    activity = models.DecimalField(**ACTIVITY)
    saving = models.DecimalField(**POUNDS)
    recurrent = models.DecimalField(**POUNDS)
    non_recurrent = models.DecimalField(**POUNDS)
    forecast_activity = models.DecimalField(**ACTIVITY)
    forecast_saving = models.DecimalField(**POUNDS)
    validated_activity = models.DecimalField(**ACTIVITY)
    validated_saving = models.DecimalField(**POUNDS)
    counted_activity = models.DecimalField(**ACTIVITY)
    counted_saving = models.DecimalField(**POUNDS)
    counted_forecast_activity = models.DecimalField(**ACTIVITY)
    counted_forecast_saving = models.DecimalField(**POUNDS)
    counted_validated_activity = models.DecimalField(**ACTIVITY)
    counted_validated_saving = models.DecimalField(**POUNDS)

    objects: ClassVar[Any] = KeptQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["year"], name="benefits_kept_of_year")]

    def __str__(self) -> str:
        return f"{self.benefit_id} in {self.year}"


class Run(models.Model):
    """When a financial year's rows were last worked out, and as at which day."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    day = models.DateField()
    computed_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return f"{self.year} as at {self.day}"
