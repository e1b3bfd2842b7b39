"""What people say of a month (forecasts, phasing, accruals), its report as it was when it closed, and how years end."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budget.guards import REQUEST_BEGINS
from budget.models import POUNDS, Line, Period, RequestState, years_known
from budget.months.guards import MONTH_STILL_OPEN, PERCENTS_ADD_UP, YEAR_CHOICE_DECIDED_ONCE
from budget.months.querysets import YearChoiceQuerySet
from cc2h.accounts.authority import Target
from cc2h.kit.history import governed
from chins.models import Chin

USER = settings.AUTH_USER_MODEL


@governed
class Forecast(models.Model):
    """What a person expects a line to come to by the end of the financial year, as of a month, and why.

    outturn: None where nobody has stated one, though somebody gave a reason for the month.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="forecasts")
    month = models.DateField("month")
    outturn = models.DecimalField("forecast outturn", **POUNDS, null=True, blank=True)
    reason = models.CharField("reason", max_length=500)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="entered by")

    class Meta:
        ordering = ["line", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "month"],
                name="months_forecast_once",
                violation_error_message="There is a forecast of this line for that month.",
            ),
            models.CheckConstraint(
                name="months_forecast_possible",
                condition=Q(outturn=None) | Q(outturn__gte=0),
                violation_error_message="A forecast is of £0.00 or more, or not stated.",
            ),
            models.CheckConstraint(
                name="months_forecast_says_why", condition=~Q(reason=""), violation_error_message="Say why."
            ),
            models.CheckConstraint(
                name="months_forecast_of_a_month",
                condition=Q(month__day=1),
                violation_error_message="A month is named by its first day.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="month_open",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=MONTH_STILL_OPEN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}, {self.month:%B %Y}"


@governed
class Phasing(models.Model):
    """How much of a line’s allocation each month of a financial year is to have, in percent, April first.

    Without one it is a twelfth a month.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="phasings")
    year = models.PositiveSmallIntegerField("financial year")
    percents = ArrayField(models.DecimalField(max_digits=5, decimal_places=2), size=12, verbose_name="percent a month")
    reason = models.CharField("reason", max_length=500)

    class Meta:
        ordering = ["line", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "year"],
                name="months_phasing_once",
                violation_error_message="The months of this line and year are phased.",
            ),
            models.CheckConstraint(
                name="months_phasing_of_twelve",
                condition=Q(percents__len=12),
                violation_error_message="A financial year has twelve months.",
            ),
            models.CheckConstraint(
                name="months_phasing_says_why", condition=~Q(reason=""), violation_error_message="Say why."
            ),
            years_known("months_phasing_year", "year"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="adds_up",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=PERCENTS_ADD_UP,
            ),
        ]

    def __str__(self) -> str:
        return f"Phasing of {self.line}"


@governed
class Accrual(models.Model):
    """How much of what is committed and not paid at a month’s end is owed for work done by then, as a person judged it."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="accruals")
    year = models.PositiveSmallIntegerField("year charged")
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, blank=True, related_name="+")
    month = models.DateField("month")
    accrued = models.DecimalField("accrued", **POUNDS)
    reason = models.CharField("reason", max_length=500)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="entered by")

    class Meta:
        ordering = ["line", "year", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "year", "chin", "month"],
                name="months_accrual_once",
                nulls_distinct=False,
                violation_error_message="That accrual is adjusted already.",
            ),
            models.CheckConstraint(
                name="months_accrual_possible",
                condition=Q(accrued__gte=0),
                violation_error_message="An accrual is of £0.00 or more.",
            ),
            models.CheckConstraint(
                name="months_accrual_says_why", condition=~Q(reason=""), violation_error_message="Say why."
            ),
            models.CheckConstraint(
                name="months_accrual_of_a_month",
                condition=Q(month__day=1),
                violation_error_message="A month is named by its first day.",
            ),
            years_known("months_accrual_year", "year"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="month_open",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=MONTH_STILL_OPEN,
            ),
        ]

    def __str__(self) -> str:
        return f"Accrual of {self.line}, {self.month:%B %Y}"


class Report(models.Model):
    """The report of a month as it was when the month closed. sha256: of its rows, as `freezing.fingerprint` writes them."""

    period = models.OneToOneField(Period, models.PROTECT, related_name="report")
    sha256 = models.CharField("SHA-256", max_length=64)
    frozen_at = models.DateTimeField("frozen", db_default=Now())

    class Meta:
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Report of {self.period}"


class ReportLine(models.Model):
    """A line of a frozen report; what it says of the line is what held when the month closed."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    inside = models.BooleanField()
    year = models.PositiveSmallIntegerField()
    allocated = models.DecimalField(**POUNDS, null=True)
    budget_month = models.DecimalField(**POUNDS, null=True)
    budget_to_date = models.DecimalField(**POUNDS, null=True)
    paid_month = models.DecimalField(**POUNDS)
    paid_to_date = models.DecimalField(**POUNDS)
    committed = models.DecimalField(**POUNDS)
    accrued = models.DecimalField(**POUNDS)
    outturn = models.DecimalField(**POUNDS, null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["report", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="months_reportline_once")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name


class ReportAccrual(models.Model):
    """An accrual of a frozen report."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="accruals")
    number = models.PositiveSmallIntegerField()
    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    inside = models.BooleanField()
    year = models.PositiveSmallIntegerField()
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, related_name="+")
    chin_name = models.CharField(max_length=150, blank=True)
    cost_centre = models.CharField(max_length=20, blank=True)
    subjective_code = models.CharField(max_length=20, blank=True)
    committed = models.DecimalField(**POUNDS)
    paid = models.DecimalField(**POUNDS)
    accrued = models.DecimalField(**POUNDS)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["report", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="months_reportaccrual_once")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name


@governed
class YearChoice(models.Model):
    """What becomes of what is left of a line, or of a CHIN’s part of it, when its financial year has ended.

    One person asks, another agrees, and only then is it entered. carried: how much goes to the next year; the rest of
    `left`, what was left when it was asked, goes back to the funder.
    """

    State = RequestState

    line = models.ForeignKey(Line, models.PROTECT, related_name="year_choices")
    year = models.PositiveSmallIntegerField("financial year")
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, blank=True, related_name="+")
    left = models.DecimalField("left", **POUNDS)
    carried = models.DecimalField("carried forward", **POUNDS)
    reason = models.CharField("reason", max_length=500)
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="asked for by")
    asked_on = models.DateField("asked for on")
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.ASKED)
    decided_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="decided by"
    )
    decided_on = models.DateField("decided on", null=True, blank=True)
    why = models.CharField("why", max_length=500, blank=True)

    objects: ClassVar[Any] = YearChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "choice at the end of a year"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "year", "chin"],
                condition=Q(state=RequestState.ASKED),
                nulls_distinct=False,
                name="months_choice_asked_once",
                violation_error_message="What becomes of it has been asked for already, and waits to be agreed.",
            ),
            models.CheckConstraint(
                name="months_choice_possible",
                condition=Q(left__gt=0, carried__gte=0, carried__lte=F("left")),
                violation_error_message="Of what is left nothing, a part or all is carried forward.",
            ),
            models.CheckConstraint(
                name="months_choice_says_why", condition=~Q(reason=""), violation_error_message="Say why."
            ),
            models.CheckConstraint(
                name="months_choice_known_state",
                condition=Q(state__in=RequestState.values),
                violation_error_message="A choice is asked for, agreed, declined or withdrawn.",
            ),
            models.CheckConstraint(
                name="months_choice_decided",
                condition=Q(state=RequestState.ASKED, decided_by=None, decided_on=None, why="")
                | (~Q(state=RequestState.ASKED) & Q(decided_by__isnull=False, decided_on__isnull=False)),
                violation_error_message="A choice that is decided says by whom and when.",
            ),
            models.CheckConstraint(
                name="months_choice_decided_by_another",
                condition=Q(state__in=(RequestState.ASKED, RequestState.WITHDRAWN)) | ~Q(decided_by=F("asked_by")),
                violation_error_message="Somebody else decides on what one asks for.",
            ),
            models.CheckConstraint(
                name="months_choice_declined_with_a_reason",
                condition=~Q(state=RequestState.DECLINED) | ~Q(why=""),
                violation_error_message="Say why it is declined.",
            ),
            years_known("months_choice_year", "year"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="begins", operation=pgtrigger.Insert, when=pgtrigger.Before, func=REQUEST_BEGINS),
            pgtrigger.Trigger(
                name="decided_once", operation=pgtrigger.Update, when=pgtrigger.Before, func=YEAR_CHOICE_DECIDED_ONCE
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}, end of {self.year}"

    @property
    def returned(self) -> Any:
        """How much goes back to the funder."""
        return self.left - self.carried

    def authority_target(self) -> Target:
        return self.line.authority_target()
