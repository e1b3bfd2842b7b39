"""What pays for a case, what is committed for it year by year, its tranches, and what was given back."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from budget.models import Entry, Line, years_known
from budget.payments.models import Payee
from cc2h.accounts.authority import Target
from cc2h.cases.funding.guards import (
    COMMITMENT_FITS,
    GIVEBACK_FITS,
    PAYER_ADDS_UP,
    PAYER_BELONGS,
    TRANCHE_BEGINS,
    TRANCHE_CHANGES,
    WITHIN,
)
from cc2h.cases.funding.querysets import GivebackQuerySet, ShareQuerySet, TrancheQuerySet
from cc2h.cases.funding.states import TrancheState
from cc2h.cases.models import NEVER_CHANGED, NEVER_DELETED, POUNDS, SAYS, Case, Submission
from cc2h.cases.route.models import Condition
from cc2h.kit.days import year_name
from cc2h.kit.history import governed

USER = settings.AUTH_USER_MODEL


def more_than_nothing(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name, condition=Q(amount__gt=0), violation_error_message="An amount is more than £0.00."
    )


def within(name: str, operation: Any) -> pgtrigger.Trigger:
    """No case has more in tranches for a year than is committed for it and not given back."""
    return pgtrigger.Trigger(name=name, operation=operation, when=pgtrigger.After, func=WITHIN)


class Payer(models.Model):
    """The line that pays what a submission asks for, as finance named it at its check. Never changed.

    delegated: of the sum delegated to the case’s CHIN.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="payer")
    line = models.ForeignKey(Line, models.PROTECT, related_name="+", verbose_name="budget line")
    delegated = models.BooleanField("from what is delegated to the CHIN", default=False)
    day = models.DateField("named on")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    class Meta:
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="belongs", operation=pgtrigger.Insert, when=pgtrigger.Before, func=PAYER_BELONGS),
            pgtrigger.Trigger(
                name="adds_up",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=PAYER_ADDS_UP,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission}, paid by {self.line}"


class Share(models.Model):
    """How much of it is charged to a financial year. Never changed."""

    payer = models.ForeignKey(Payer, models.PROTECT, related_name="shares")
    year = models.PositiveSmallIntegerField("financial year")
    amount = models.DecimalField(**POUNDS)

    objects: ClassVar[Any] = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = "year’s money of a case"
        ordering = ["payer", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "year"],
                name="funding_share_once",
                violation_error_message="That year is there already.",
            ),
            more_than_nothing("funding_share_amount"),
            years_known("funding_share_year", "year"),
        ]
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.payer}, {year_name(self.year)}"


class Commitment(models.Model):
    """A year’s share was committed on the ledger when the case was approved. Never changed."""

    share = models.OneToOneField(Share, models.PROTECT, related_name="commitment")
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=COMMITMENT_FITS),
        ]

    def __str__(self) -> str:
        return str(self.share)


@governed
class Tranche(models.Model):
    """A part of a case’s money, to a payee, when it is released. condition: without which it is not."""

    State = TrancheState

    case = models.ForeignKey(Case, models.PROTECT, related_name="tranches")
    number = models.PositiveSmallIntegerField("tranche")
    year = models.PositiveSmallIntegerField("financial year")
    amount = models.DecimalField(**POUNDS)
    what = models.CharField("what for", max_length=300)
    payee = models.ForeignKey(Payee, models.PROTECT, related_name="+", verbose_name="payee")
    condition = models.ForeignKey(
        Condition, models.PROTECT, null=True, blank=True, related_name="tranches", verbose_name="waits for"
    )
    due_on = models.DateField("planned for", null=True, blank=True)
    state = models.CharField(max_length=9, choices=TrancheState, default=TrancheState.PLANNED)
    planned_on = models.DateField("planned on")
    released_on = models.DateField("released on", null=True, blank=True)
    released_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    paid_on = models.DateField("paid on", null=True, blank=True)
    ended_on = models.DateField("dropped on", null=True, blank=True)
    why = models.CharField("why", max_length=500, blank=True)

    objects: ClassVar[Any] = TrancheQuerySet.as_manager()

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number"],
                name="funding_tranche_once",
                violation_error_message="Somebody else has planned a tranche meanwhile. Look at it again.",
            ),
            more_than_nothing("funding_tranche_amount"),
            years_known("funding_tranche_year", "year"),
            models.CheckConstraint(
                name="funding_tranche_says_what_for",
                condition=Q(what__regex=SAYS),
                violation_error_message="Say what the tranche is for.",
            ),
            models.CheckConstraint(
                name="funding_tranche_known_state",
                condition=Q(state__in=TrancheState.values),
                violation_error_message="A tranche is planned, released, paid, came back or was dropped.",
            ),
            models.CheckConstraint(
                name="funding_tranche_released_by_somebody",
                condition=Q(state__in=["planned", "dropped"], released_on=None, released_by=None)
                | Q(state__in=["released", "paid", "came_back"], released_on__isnull=False, released_by__isnull=False),
                violation_error_message="What is released says by whom and when.",
            ),
            models.CheckConstraint(
                name="funding_tranche_paid_has_a_day",
                condition=Q(state="paid", paid_on__isnull=False) | (~Q(state="paid") & Q(paid_on=None)),
                violation_error_message="What is paid says on which day.",
            ),
            models.CheckConstraint(
                name="funding_tranche_dropped_with_a_reason",
                condition=(Q(state="dropped", ended_on__isnull=False) & ~Q(why=""))
                | (~Q(state="dropped") & Q(ended_on=None)),
                violation_error_message="Say why the tranche is dropped.",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="funding_tranche_by_state")]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(name="begins", operation=pgtrigger.Insert, when=pgtrigger.Before, func=TRANCHE_BEGINS),
            pgtrigger.Trigger(name="changes", operation=pgtrigger.Update, when=pgtrigger.Before, func=TRANCHE_CHANGES),
            within("within", pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.case}, tranche {self.number}"

    def authority_target(self) -> Target:
        return self.case.authority_target()


class Giveback(models.Model):
    """So much of a year’s commitment is not needed, and returned to its line. Never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="givebacks")
    year = models.PositiveSmallIntegerField("financial year")
    amount = models.DecimalField(**POUNDS)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    day = models.DateField("day")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    why = models.CharField("why", max_length=500)

    objects: ClassVar[Any] = GivebackQuerySet.as_manager()

    class Meta:
        verbose_name = "sum given back"
        verbose_name_plural = "sums given back"
        ordering = ["pk"]
        constraints = [
            more_than_nothing("funding_giveback_amount"),
            models.CheckConstraint(
                name="funding_giveback_says_why",
                condition=Q(why__regex=SAYS),
                violation_error_message="Say why it is given back.",
            ),
        ]
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=GIVEBACK_FITS),
            within("within", pgtrigger.Insert),
        ]

    def __str__(self) -> str:
        return f"{self.case}, {year_name(self.year)}: given back"
