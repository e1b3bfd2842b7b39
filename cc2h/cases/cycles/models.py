"""Plan-Do-Study-Act cycles of a case, week by week; what each study found, frozen; and what is proposed after the last."""

from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budget.models import Line, LineKind, Source, years_known
from cc2h.accounts.authority import Target
from cc2h.cases.cycles import guards
from cc2h.cases.cycles.querysets import CycleQuerySet, OfCycle, ReadingQuerySet
from cc2h.cases.cycles.states import Act, CycleState, Verdict, Way
from cc2h.cases.models import NEVER_CHANGED, NEVER_DELETED, SAYS, Case, Submission, is_an_object
from cc2h.kit.history import governed
from kpis.models import Measure
from practices.models import Practice

USER = settings.AUTH_USER_MODEL
UNITS = [("", "A plain number"), ("%", "Percent"), ("£", "Pounds")]


def says(name: str, field: str, words: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__regex": SAYS}), violation_error_message=words)


def on_insert(name: str, func: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(name=name, operation=pgtrigger.Insert, when=pgtrigger.Before, func=func)


@governed
class Cycle(models.Model):
    """A cycle of a case: the question it asks, who does it and where. Its days are Dates, its numbers Predictions."""

    State = CycleState

    case = models.ForeignKey(Case, models.PROTECT, related_name="cycles")
    number = models.PositiveSmallIntegerField("cycle")
    title = models.CharField("title", max_length=100)
    question = models.CharField("question", max_length=1000)
    who = models.CharField("who", max_length=300)
    place = models.CharField("where", max_length=300)
    state = models.CharField(max_length=5, choices=CycleState, default=CycleState.PLAN)
    planned_on = models.DateField("planned on")
    began_on = models.DateField("began on", null=True, blank=True)

    objects: ClassVar[Any] = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number"],
                name="cycles_cycle_once",
                violation_error_message="Somebody else has planned a cycle meanwhile. Look at it again.",
            ),
            says("cycles_cycle_asks", "question", "Say which question the cycle asks."),
            says("cycles_cycle_titled", "title", "Give the cycle a title."),
            models.CheckConstraint(
                name="cycles_cycle_began",
                condition=Q(state=CycleState.PLAN, began_on=None)
                | (~Q(state=CycleState.PLAN) & Q(began_on__isnull=False)),
                violation_error_message="A cycle that goes on began on a day.",
            ),
        ]
        indexes = [models.Index(fields=["state", "case"], name="cycles_cycle_by_state")]
        triggers = [
            NEVER_DELETED,
            on_insert("begins", guards.CYCLE_BEGINS),
            pgtrigger.Trigger(
                name="changes", operation=pgtrigger.Update, when=pgtrigger.Before, func=guards.CYCLE_CHANGES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}, cycle {self.number}"

    def authority_target(self) -> Target:
        return self.case.authority_target()


class Dates(models.Model):
    """From when to when a cycle runs, as it was planned or replanned: the first stays readable. Never changed."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="dates")
    number = models.PositiveSmallIntegerField()
    first = models.DateField("from")
    last = models.DateField("to")
    why = models.CharField("why", max_length=500, blank=True)
    day = models.DateField("said on")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = OfCycle.as_manager()

    class Meta:
        ordering = ["cycle", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "number"],
                name="cycles_dates_once",
                violation_error_message="Somebody else has changed the days meanwhile. Look at it again.",
            ),
            models.CheckConstraint(
                name="cycles_dates_in_order",
                condition=Q(last__gte=F("first")),
                violation_error_message="The last day of a cycle must not be before its first.",
            ),
            models.CheckConstraint(
                name="cycles_dates_slip_with_a_reason",
                condition=Q(number=1) | Q(why__regex=SAYS),
                violation_error_message="Say why the days change.",
            ),
        ]
        triggers = [NEVER_CHANGED, on_insert("follow", guards.DATES_FOLLOW)]

    def __str__(self) -> str:
        return f"{self.first:%-d %B %Y} to {self.last:%-d %B %Y}"


class Prediction(models.Model):
    """A number that the cycle is expected to bring. Never changed.

    library: the measure of the library whose series of the CHIN it is about; then no number is entered by hand.
    way: which way the measure should go. target: what would be good enough, where it is not the prediction.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="predictions")
    position = models.PositiveSmallIntegerField()
    measure = models.CharField("measure", max_length=200)
    library = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="measure of the library"
    )
    unit = models.CharField("unit", max_length=1, choices=UNITS, blank=True)
    way = models.CharField("should go", max_length=4, choices=Way)
    baseline = models.DecimalField("now", max_digits=14, decimal_places=4, null=True, blank=True)
    predicted = models.DecimalField("expected", max_digits=14, decimal_places=4)
    target = models.DecimalField("target", max_digits=14, decimal_places=4, null=True, blank=True)
    weekly = models.BooleanField("asked every week", default=True)

    objects: ClassVar[Any] = OfCycle.as_manager()

    class Meta:
        ordering = ["cycle", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "position"],
                name="cycles_prediction_once",
                violation_error_message="There is a prediction at that place already.",
            ),
            says("cycles_prediction_measures", "measure", "Say what you will measure."),
            models.CheckConstraint(
                name="cycles_prediction_of_the_library",
                condition=Q(library=None) | Q(weekly=False),
                violation_error_message="What the library has is not asked for every week.",
            ),
            models.CheckConstraint(
                name="cycles_prediction_known_way",
                condition=Q(way__in=Way.values),
                violation_error_message="Say whether it should go up or down.",
            ),
        ]
        triggers = [NEVER_CHANGED, on_insert("before", guards.PREDICTED_BEFORE)]

    def __str__(self) -> str:
        return self.measure

    def shown(self, value: str) -> Decimal:
        """A number as pages show it: what was entered as it is, what the library works out to two decimals."""
        return Decimal(value) if self.library_id is None else round(Decimal(value), 2)

    @property
    def how_often(self) -> str:
        """How its numbers come: as they are entered, or as the library has them."""
        return "week by week" if self.library_id is None else "period by period"


class Reading(models.Model):
    """A measure’s number for a week (its Monday). Entered anew, it is another version. Never changed."""

    prediction = models.ForeignKey(Prediction, models.PROTECT, related_name="readings")
    day = models.DateField("week from")
    version = models.PositiveSmallIntegerField(default=1)
    value = models.DecimalField("number", max_digits=14, decimal_places=4, null=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ["prediction", "day", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "day", "version"],
                name="cycles_reading_once",
                violation_error_message="Somebody else has entered that number meanwhile. Look at it again.",
            ),
            models.CheckConstraint(
                name="cycles_reading_of_a_week",
                condition=Q(day__iso_week_day=1),
                violation_error_message="A week is named by its Monday.",
            ),
        ]
        triggers = [NEVER_CHANGED, on_insert("while_doing", guards.READ_WHILE_DOING)]

    def __str__(self) -> str:
        return f"{self.prediction}, week of {self.day:%-d %B %Y}"


class Note(models.Model):
    """What was seen in a week, and what went wrong. Never changed: what is added stands under it."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="notes")
    week = models.DateField("week from")
    seen = models.CharField("what you saw", max_length=2000, blank=True)
    problems = models.CharField("what went wrong", max_length=2000, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = OfCycle.as_manager()

    class Meta:
        ordering = ["cycle", "week", "pk"]
        constraints = [
            models.CheckConstraint(
                name="cycles_note_says_something",
                condition=Q(seen__regex=SAYS) | Q(problems__regex=SAYS),
                violation_error_message="Say what you saw, or what went wrong.",
            ),
        ]
        triggers = [NEVER_CHANGED, on_insert("while_doing", guards.NOTED_WHILE_DOING)]

    def __str__(self) -> str:
        return f"{self.cycle}, week of {self.week:%-d %B %Y}"


class Study(models.Model):
    """What a cycle taught, once it was done. Never changed."""

    cycle = models.OneToOneField(Cycle, models.PROTECT, related_name="study")
    summary = models.CharField("what was found", max_length=4000)
    learned = models.CharField("what was learned", max_length=1000)
    day = models.DateField("studied on")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    post = models.CharField("in the post", max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "studies"
        constraints = [
            says("cycles_study_says_what", "summary", "Say what was found."),
            says("cycles_study_teaches", "learned", "Say what was learned, in a sentence."),
        ]
        triggers = [NEVER_CHANGED, on_insert("after_doing", guards.STUDIED_WHILE_DOING)]

    def __str__(self) -> str:
        return f"Study of {self.cycle}"


class Finding(models.Model):
    """Whether a prediction held, with its values and its chart frozen as they were studied. Never changed.

    evidence: {"kind": "control" | "run", "unit", "days", "values", "settings", "segments", "points", "said"};
    sha256: of its canonical JSON.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="findings")
    prediction = models.OneToOneField(Prediction, models.PROTECT, related_name="finding")
    verdict = models.CharField(max_length=9, choices=Verdict)
    why = models.CharField("why", max_length=1000)
    evidence = models.JSONField()
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        ordering = ["study", "prediction__position"]
        constraints = [
            says("cycles_finding_says_why", "why", "Say why."),
            models.CheckConstraint(
                name="cycles_finding_known_verdict",
                condition=Q(verdict__in=Verdict.values, sha256__regex="^[0-9a-f]{64}$"),
                violation_error_message="A prediction held, did not hold, or it is not shown either way.",
            ),
            is_an_object("cycles_finding_is_an_object", "evidence"),
        ]
        triggers = [NEVER_CHANGED, on_insert("of_its_own", guards.FOUND_OF_ITS_OWN)]

    def __str__(self) -> str:
        return f"{self.prediction}: {self.get_verdict_display()}"


class Conclusion(models.Model):
    """What follows from a cycle: adopt, adapt (with the next cycle’s seed) or abandon. Never changed."""

    cycle = models.OneToOneField(Cycle, models.PROTECT, related_name="conclusion")
    act = models.CharField("what follows", max_length=7, choices=Act)
    why = models.CharField("why", max_length=2000)
    seed = models.CharField("what the next cycle asks", max_length=1000, blank=True)
    day = models.DateField("decided on")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    post = models.CharField("in the post", max_length=200, blank=True)

    class Meta:
        constraints = [
            says("cycles_conclusion_says_why", "why", "Say why."),
            models.CheckConstraint(
                name="cycles_conclusion_known_act",
                condition=Q(act__in=Act.values) & (~Q(act=Act.ADAPT) | Q(seed__regex=SAYS)),
                violation_error_message="Say what the next cycle asks.",
            ),
        ]
        triggers = [NEVER_CHANGED, on_insert("after_the_study", guards.CONCLUDED_AFTER_STUDY)]

    def __str__(self) -> str:
        return f"{self.cycle}: {self.get_act_display()}"


class Proposal(models.Model):
    """To scale what was tested borough-wide, on a line of its own outside the programme budget. Never changed.

    Its submission has the evidence of all cycles, frozen. amounts: pounds by financial year, as text with two decimals.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="proposal")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="source of its money")
    line_name = models.CharField("name of its line", max_length=150)
    kind = models.CharField("type", max_length=13, choices=LineKind)
    first_year = models.PositiveSmallIntegerField("first financial year")
    last_year = models.PositiveSmallIntegerField("last financial year")
    amounts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cycles_proposal_years_in_order",
                condition=Q(last_year__gte=F("first_year")),
                violation_error_message="The last year must not be before the first.",
            ),
            says("cycles_proposal_names_its_line", "line_name", "Give the line a name."),
            years_known("cycles_proposal_years", "first_year", "last_year"),
            is_an_object("cycles_proposal_amounts", "amounts"),
        ]
        triggers = [NEVER_CHANGED, on_insert("fits", guards.PROPOSED_FITS)]

    def __str__(self) -> str:
        return f"{self.submission}: {self.line_name}"


class RollOut(models.Model):
    """A practice begins with what is scaled, in a month. Never changed: it is part of the proposal."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="roll_out")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    month = models.DateField("month")

    class Meta:
        ordering = ["month", "practice"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "practice"],
                name="cycles_rollout_once",
                violation_error_message="That practice is in the plan already.",
            ),
            models.CheckConstraint(
                name="cycles_rollout_of_a_month",
                condition=Q(month__day=1),
                violation_error_message="A month is named by its first day.",
            ),
        ]
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.practice}, {self.month:%B %Y}"


class Opened(models.Model):
    """The line that was opened when a proposal was approved. Never changed."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="opened")
    line = models.OneToOneField(Line, models.PROTECT, related_name="+")
    day = models.DateField("day")

    class Meta:
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return str(self.line)
