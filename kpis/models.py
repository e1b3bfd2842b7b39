"""What is measured, as defined from a day, and its values by practice and by area, as published or sent in.

A value is a numerator and a denominator of one practice and period. A later file may revise it: the earlier one stays,
with `superseded_at`. What groups of practices have (`RollUp`) is worked out from values, never typed.
"""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cc2h.accounts.authority import Role
from cc2h.kit.dated import Dated, guards, one_truth
from cc2h.kit.history import NEVER_EMPTIED, governed
from cc2h.kit.models import Import
from kpis.querysets import MeasureQuerySet, PracticeValueQuerySet
from practices.models import Practice

CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
NO_CODE = "The code of a measure is small letters, digits and hyphens, like diabetes-prevalence."
SAYS = r"\S"  # more than white space


class Initiative(models.TextChoices):
    """What a measure or a benefit is evidence for."""

    CHINS = "chins", "CHINs"
    QISTS = "qists", "QISTs"
    EXTENDED_ACCESS = "extended_access", "Extended access"
    BUSINESS_CASES = "business_cases", "Business cases"
    CLOSER_TO_HOME = "closer_to_home", "Care closer to home as a whole"


class Impact(models.Model):
    """An impact that a paper expects, in the portal's words: what measures are to be evidence of."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    initiative = models.CharField(max_length=20, choices=Initiative)
    paper = models.CharField("paper that names it", max_length=200, blank=True)
    place = models.PositiveSmallIntegerField("place in the paper", default=0)
    remark = models.CharField("what to know of it", max_length=300, blank=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        ordering = ["paper", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                name="kpis_impact_known_initiative",
                condition=Q(initiative__in=Initiative.values),
                violation_error_message="That is not an initiative of the programme.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@governed
class Measure(models.Model):
    """Something measured, by its code. What exactly is counted is its definition, from a day."""

    code = models.CharField(max_length=60, unique=True, validators=[RegexValidator(CODE, NO_CODE)])
    initiative = models.CharField(max_length=20, choices=Initiative)
    impacts = models.ManyToManyField(Impact, blank=True, related_name="measures")
    paper = models.CharField("paper that names it", max_length=200, blank=True)
    external_codes = ArrayField(  # QOF's DM, Fingertips' 91547: by which a publisher's file names it
        models.CharField(max_length=120), default=list, blank=True, verbose_name="codes in publishers’ files"
    )

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="kpis_measure_code_shape", condition=Q(code__regex=CODE), violation_error_message=NO_CODE
            ),
            models.CheckConstraint(
                name="kpis_measure_known_initiative",
                condition=Q(initiative__in=Initiative.values),
                violation_error_message="That is not an initiative of the programme.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class MeasureKind(models.TextChoices):
    PROPORTION = "proportion", "Proportion"
    RATE = "rate", "Rate"
    RATIO = "ratio", "Ratio of observed to expected"
    COUNT = "count", "Count"
    MEAN = "mean", "Mean"
    TIME_BETWEEN = "time_between", "Time between"
    DSR = "dsr", "Directly standardised rate"


class Better(models.TextChoices):
    """Which way is an improvement."""

    UP = "up", "Higher is better"
    DOWN = "down", "Lower is better"
    NEITHER = "neither", "Neither way is better"


class Periodicity(models.IntegerChoices):
    """How many months a period has."""

    MONTH = 1, "Every month"
    QUARTER = 3, "Every quarter"
    HALF_YEAR = 6, "Every half year"
    YEAR = 12, "Every year"


class Unit(models.TextChoices):
    PERCENT = "%", "per cent"
    POUNDS = "£", "pounds"
    PATIENTS = "patients", "patients"
    MINUTES = "minutes", "minutes"
    DAYS = "days", "days"
    POINTS = "points", "points"
    EVENTS = "events", "events"


@governed
class Definition(Dated):
    """What a measure counts and how it is read, from a day. `breaks`: values before and after can't be compared,

    so that a series never runs across its first day. Small numbers: counts below `suppress_below` are not shown in public.
    """

    Kind = MeasureKind

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="definitions")
    name = models.CharField(max_length=150)
    meaning = models.TextField("what it means")
    why = models.TextField("why it matters", blank=True)
    numerator = models.CharField("what is counted", max_length=300)
    denominator = models.CharField("out of what", max_length=300, blank=True)
    kind = models.CharField(max_length=12, choices=MeasureKind)
    multiplier = models.DecimalField(max_digits=9, decimal_places=2, default=100)
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.PERCENT)
    places = models.PositiveSmallIntegerField("decimal places shown", default=1)
    better = models.CharField("which way is better", max_length=7, choices=Better)
    months = models.PositiveSmallIntegerField("how often", choices=Periodicity, default=Periodicity.YEAR)
    source = models.CharField("where values come from", max_length=200, blank=True)
    suppress_below = models.PositiveSmallIntegerField("counts not shown in public below", default=5)
    owner = models.CharField("owner’s post", max_length=22, choices=Role, blank=True)
    checked_by = models.CharField("checked by", max_length=22, choices=Role, blank=True)
    review_on = models.DateField("to be reviewed on", null=True, blank=True)
    breaks = models.BooleanField("can’t be compared with before", default=False)

    class Meta(Dated.Meta):
        constraints = [
            *guards("kpis_definition"),
            one_truth(
                "kpis_definition_one_a_day",
                "measure",
                message="The measure already has a definition for some of these days.",
            ),
            models.CheckConstraint(
                name="kpis_definition_known_words",
                condition=Q(kind__in=MeasureKind.values, better__in=Better.values, unit__in=Unit.values)
                & Q(months__in=Periodicity.values, multiplier__gt=0, places__lte=4),
                violation_error_message="A definition’s kind, unit, direction and periodicity are of those listed.",
            ),
            models.CheckConstraint(
                name="kpis_definition_says",
                condition=Q(name__regex=SAYS, meaning__regex=SAYS, numerator__regex=SAYS),
                violation_error_message="A definition has a name, says what it means and what is counted.",
            ),
            models.CheckConstraint(
                name="kpis_definition_out_of_what",
                condition=Q(kind__in=[MeasureKind.COUNT, MeasureKind.TIME_BETWEEN]) | Q(denominator__regex=SAYS),
                violation_error_message="Say out of what it is counted: only a count and a time between have no denominator.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfAPeriod(models.Model):
    """A value of a period: its last day, and how many months it has.

    Numerator and denominator are as published; `value` only where these are not (a score). Suppressed: the
    publisher has the number and does not tell it. Provenance is the import and the row in its file.
    """

    ends = models.DateField("last day of the period")
    months = models.SmallIntegerField("months", choices=Periodicity)
    numerator = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    value = models.FloatField(null=True)
    suppressed = models.BooleanField(default=False)
    published = models.BooleanField(default=True)
    source = models.ForeignKey(Import, models.PROTECT, related_name="+", null=True, db_index=False)
    row_number = models.IntegerField("row in the file", null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


_FACTS = "ends, months, numerator, denominator, value, suppressed, published, source_id, row_number, recorded_at"


def _possible(table: str) -> list[models.BaseConstraint]:
    """What every table of values has. SQL's NaN and infinity are numbers of no period."""
    return [
        models.CheckConstraint(
            name=f"{table}_suppressed_or_told",
            condition=Q(suppressed=True, numerator=None, value=None)
            | (Q(suppressed=False) & (Q(numerator__isnull=False) | Q(value__isnull=False))),
            violation_error_message="A value is suppressed, or has a number.",
        ),
        models.CheckConstraint(
            name=f"{table}_known_period",
            condition=Q(months__in=Periodicity.values),
            violation_error_message="A period has 1, 3, 6 or 12 months.",
        ),
        models.CheckConstraint(
            name=f"{table}_denominator_not_negative",
            condition=Q(denominator__isnull=True) | Q(denominator__gte=0),
            violation_error_message="A denominator is not below 0.",
        ),
        models.CheckConstraint(
            name=f"{table}_value_finite",
            condition=Q(value__isnull=True) | Q(value__gt=float("-1e15"), value__lt=float("1e15")),
            violation_error_message="A value is a number, and not without end.",
        ),
    ]


def _only_superseded(table: str, whose: str) -> list[pgtrigger.Trigger]:
    old, new = (
        ", ".join(f"{side}.{column.strip()}" for column in f"{whose}, {_FACTS}".split(",")) for side in ("OLD", "NEW")
    )
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        NEVER_EMPTIED,
        pgtrigger.Trigger(
            name="only_superseded_once",
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            func=f"""
                IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL OR ({new}) IS DISTINCT FROM ({old}) THEN
                    RAISE EXCEPTION 'A value is superseded once and never changed.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_only_superseded';
                END IF;
                RETURN NEW;
            """,
        ),
    ]


class PracticeValue(OfAPeriod):
    """What a practice had in a period. Twenty million of them: no event of history each, as they are never changed."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="practice_values", db_index=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="values", db_index=False)

    objects = PracticeValueQuerySet.as_manager()

    class Meta:
        constraints = [
            *_possible("kpis_practicevalue"),
            models.UniqueConstraint(
                fields=["measure", "practice", "ends"],
                condition=Q(superseded_at__isnull=True),
                name="kpis_practicevalue_one_a_period",
                violation_error_message="The practice already has a value of this measure for this period.",
            ),
        ]
        indexes = [
            models.Index(  # a funnel, a league table, a roll-up: everybody's of one period
                fields=["measure", "ends"],
                condition=Q(superseded_at__isnull=True),
                name="kpis_practicevalue_by_period",
            ),
        ]
        triggers = _only_superseded("kpis_practicevalue", "measure_id, practice_id")

    def __str__(self) -> str:
        return f"{self.measure_id} of {self.practice_id}, {self.ends}"


class AreaValue(OfAPeriod):
    """What was published of a whole area: England, an integrated care board, a commissioner. Never added up."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="area_values", db_index=False)
    area_code = models.CharField("code", max_length=12)
    area_name = models.CharField("area", max_length=150)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            *_possible("kpis_areavalue"),
            models.UniqueConstraint(
                fields=["measure", "area_code", "ends"],
                condition=Q(superseded_at__isnull=True),
                name="kpis_areavalue_one_a_period",
                violation_error_message="The area already has a value of this measure for this period.",
            ),
        ]
        triggers = _only_superseded("kpis_areavalue", "measure_id, area_code, area_name")

    def __str__(self) -> str:
        return f"{self.measure_id} of {self.area_name}, {self.ends}"


class Level(models.TextChoices):
    CHIN = "chin", "CHIN"
    COMMISSIONER = "commissioner", "Commissioner"
    PROGRAMME = "programme", "North Central London"


class RollUp(models.Model):
    """A group's numerator and denominator of a period, of the practices that were in it on its last day.

    Worked out from values by a worker, never typed; see `rollup.py`. `practices` and `patients` are all that were in the
    group, `with_value` those of them that had a number; group is the CHIN's or commissioner's id, 0 for the programme.
    """

    # One index in all, as there are millions: a group's measures are found by it, and a measure's groups by skipping. For
    # the same reason no foreign key is asked row by row: a trigger of the measure removes what was worked out of it.
    pk = models.CompositePrimaryKey("level", "group", "measure", "ends")
    level = models.CharField(max_length=12, choices=Level)
    group = models.IntegerField(db_column="group_id")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="roll_ups", db_index=False, db_constraint=False)
    ends = models.DateField("last day of the period")
    months = models.SmallIntegerField("months", choices=Periodicity)
    numerator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    practices = models.IntegerField()
    practices_with_value = models.IntegerField()
    patients = models.BigIntegerField()
    patients_with_value = models.BigIntegerField()
    unpublished = models.IntegerField("how many values are unpublished", default=0)
    computed_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="kpis_rollup_not_more_than_all",
                condition=Q(practices_with_value__lte=F("practices"), patients_with_value__lte=F("patients")),
                violation_error_message="No more practices have a value than there are.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} of {self.level} {self.group}, {self.ends}"


class RolledUp(models.Model):
    """When a measure's roll-ups last became others: what pages keep of them holds until then."""

    measure = models.OneToOneField(Measure, models.CASCADE, primary_key=True, related_name="+")
    changed_at = models.DateTimeField()

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return f"{self.measure_id}, {self.changed_at}"


class QofIndicator(models.Model):
    """What a code of a year's QOF means, as its file says; of two files of a year the later one counts.

    register: the group it belongs to, which has the prevalence. patients: out of which it is counted, as the QOF says it.
    """

    ends = models.DateField("last day of the year")
    code = models.CharField("indicator", max_length=20)
    points = models.SmallIntegerField("points")
    register = models.CharField("register", max_length=20)
    register_name = models.CharField("what it is of", max_length=150)
    domain = models.CharField("domain", max_length=100, blank=True)
    patients = models.CharField("out of which patients", max_length=20, blank=True)
    source = models.ForeignKey(Import, models.PROTECT, related_name="+")

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = "indicator of the QOF"
        verbose_name_plural = "indicators of the QOF"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "code"],
                name="kpis_qofindicator_once_a_file",
                violation_error_message="The file already says what this indicator is.",
            ),
            models.CheckConstraint(
                name="kpis_qofindicator_points",
                condition=Q(points__gte=0),
                violation_error_message="Points are 0 or more.",
            ),
        ]
        indexes = [models.Index(fields=["code", "ends"], name="kpis_qofindicator_by_code")]

    def __str__(self) -> str:
        return f"{self.code}, {self.ends}"


class OutcomeKind(models.TextChoices):
    """The three kinds of outcome that a CHIN or a QIST agrees on."""

    EFFICIENCY = "efficiency", "System efficiency"
    HEALTH = "health", "Health"
    EXPERIENCE = "experience", "Experience"


@governed
class Objective(Dated):
    """What a CHIN or a QIST agreed to bring about, from a day. No target is not yet agreed, which is not 0.

    kind and key name the record: see cc2h.accounts.records. The target is in the unit of the measure.
    """

    kind = models.CharField("kind of record", max_length=12)
    key = models.CharField("its code", max_length=80)
    outcome = models.CharField("kind of outcome", max_length=10, choices=OutcomeKind)
    text = models.CharField("what is to be brought about", max_length=300)
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="objectives")
    target = models.DecimalField("target", max_digits=14, decimal_places=4, null=True, blank=True)
    agreed_by = models.CharField("agreed by", max_length=300)

    class Meta(Dated.Meta):
        constraints = [
            *guards("kpis_objective"),
            one_truth(
                "kpis_objective_one_a_day",
                "kind",
                "key",
                "outcome",
                "measure",
                message="This measure already has an objective of this kind for some of these days.",
            ),
            models.CheckConstraint(
                name="kpis_objective_known_words",
                condition=Q(kind__in=["chin", "qist"], outcome__in=OutcomeKind.values),
                violation_error_message="A CHIN or a QIST agrees on outcomes of three kinds: system efficiency, health, experience.",
            ),
            models.CheckConstraint(
                name="kpis_objective_says",
                condition=Q(text__regex=SAYS, agreed_by__regex=SAYS),
                violation_error_message="An objective says what is to be brought about, and who agreed.",
            ),
        ]

    def __str__(self) -> str:
        return self.text
