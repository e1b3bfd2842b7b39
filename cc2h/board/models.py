"""What the board is told: its days, what the papers state, and how a disagreement was settled."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cc2h.accounts.authority import Target
from cc2h.board.querysets import BoardDayQuerySet, StatementQuerySet
from cc2h.kit.dated import Dated, guards, one_truth
from cc2h.kit.history import governed
from practices.models import Commissioner


@governed
class BoardDay(Dated):
    """A day the board meets: “what changed since the last board day” counts from it."""

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="board_days")
    day = models.DateField()
    title = models.CharField(max_length=120)

    objects: ClassVar[Any] = BoardDayQuerySet.as_manager()

    class Meta(Dated.Meta):
        constraints = [
            *guards("board_boardday"),
            one_truth("board_boardday_once", "commissioner", "day", message="This board day is already in the list."),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.day:%-d %B %Y}"

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


class Measure(models.TextChoices):
    """What a statement is about."""

    POPULATION_PERCENT = "population_percent", "Patients in a CHIN, percent"
    PRACTICES_PERCENT = "practices_percent", "Practices in a CHIN, percent"
    PRACTICES_TOTAL = "practices_total", "Open practices"
    PRACTICES_COVERED = "practices_covered", "Practices in a CHIN"
    PRACTICES_ANSWERED = "practices_answered", "Practices that answered the LCS"
    PATIENTS_TOTAL = "patients_total", "Registered patients"
    CHINS = "chins", "CHINs"
    CHIN_PATIENTS = "chin_patients", "Patients of one CHIN"
    CHIN_SHARE = "chin_share", "Share of patients in one CHIN, percent"
    CHIN_PRACTICES = "chin_practices", "Practices in one CHIN"
    FULL_COVERAGE_DAY = "full_coverage_day", "Day of full coverage"
    CHIN_OPENING = "chin_opening", "Day a CHIN became operational"
    BUDGET = "budget", "Programme budget of the year"
    BUDGET_LOCAL = "budget_local", "Local money in the programme budget of the year"
    BUDGET_RECURRENT = "budget_recurrent", "Recurrent money of NHS England in the programme budget of the year"
    BUDGET_LINE = "budget_line", "Allocation of one budget line in the year"
    MONEY = "money", "Money the portal does not work out"
    OTHER = "other", "Something the portal does not work out"


@governed
class Statement(models.Model):
    """A figure a paper states: its own words, date and basis. Both it and the records' figure are shown."""

    reference = models.SlugField(max_length=60, unique=True)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="statements")
    chin_slug = models.SlugField(max_length=80, blank=True)
    line_slug = models.SlugField("budget line", max_length=80, blank=True)
    measure = models.CharField(max_length=20, choices=Measure)
    as_at = models.DateField("day it is about")
    day_assumed = models.BooleanField("that day is the portal's own assumption", default=False)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    value_day = models.DateField(null=True)
    says = models.CharField("what it says, in a few words", max_length=300)
    paper = models.CharField(max_length=60)
    paper_day = models.DateField(null=True)
    basis = models.CharField("how it seems to be worked out", max_length=400, blank=True)
    discrepancy = models.CharField("place in the list of disagreements", max_length=4, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["as_at", "reference"]
        constraints = [
            models.CheckConstraint(
                name="board_statement_one_value",
                condition=Q(value__isnull=True) | Q(value_day__isnull=True),
                violation_error_message="A statement has a number or a day, not both.",
            ),
            models.CheckConstraint(name="board_statement_known_measure", condition=Q(measure__in=Measure.values)),
        ]

    def __str__(self) -> str:
        return self.says

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


class Choice(models.TextChoices):
    """What to go by."""

    RECORDS = "records", "Go by the records"
    PAPER = "paper", "Go by the paper"
    NEITHER = "neither", "Neither is right"


@governed
class Settlement(models.Model):
    """A named person decided what to go by where a paper and the records disagree, and why."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="settlements")
    choice = models.CharField(max_length=8, choices=Choice)
    reason = models.TextField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(db_default=Now())
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reopened_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(reopened_at__isnull=True),
                name="board_settlement_one_open",
                violation_error_message="Somebody has already settled this.",
            ),
            models.CheckConstraint(name="board_settlement_known_choice", condition=Q(choice__in=Choice.values)),
        ]

    def __str__(self) -> str:
        return f"{self.statement}: {self.get_choice_display()}"


class Digest(models.Model):
    """Somebody was told in the morning of a day what waits for them: kept, so that nobody is told twice."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField()
    items = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day"],
                name="board_digest_once",
                violation_error_message="They have been told today.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.day}"
