"""Where the programme's money comes from, its lines, and the ledger: every pound an entry, and no entry ever changed."""

from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budget.guards import (
    BALANCES_FOLLOW,
    ENTRY_FITS,
    LINE_STAYS,
    ONLY_BY_ENTRIES,
    PERIOD_IN_ORDER,
    PERIOD_REOPENED_ONCE,
    REQUEST_BEGINS,
    REQUEST_DECIDED_ONCE,
)
from budget.kinds import MOVING, OF_TWO, EntryKind
from budget.querysets import (
    BalanceQuerySet,
    EntryQuerySet,
    LineQuerySet,
    PeriodQuerySet,
    RefusalQuerySet,
    RequestQuerySet,
    SourceQuerySet,
)
from cc2h.accounts.authority import Target
from cc2h.kit.days import FIRST_YEAR, LAST_YEAR, LONDON, year_name
from cc2h.kit.history import NEVER_EMPTIED, governed
from chins.models import Chin, Post
from practices.models import Commissioner

POUNDS: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


def years_known(name: str, *fields: str) -> models.CheckConstraint:
    """Each of the fields is a financial year, or is not stated."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__range": (FIRST_YEAR, LAST_YEAR)})
    return models.CheckConstraint(
        name=name, condition=condition, violation_error_message="That financial year is none the portal knows."
    )


class Funder(models.TextChoices):
    NHS_ENGLAND = "nhs_england", "NHS England"
    CCG = "ccg", "CCG"
    COUNCIL = "council", "Council"


class LegalBasis(models.TextChoices):
    OWN = "own", "Own allocation"
    POOLED = "section_75", "Section 75, pooled"
    TO_COUNCIL = "section_256", "Section 256, transfer to the council"
    FROM_COUNCIL = "section_76", "Section 76, transfer from the council"


@governed
class Source(models.Model):
    """Who gives money, on what legal basis, and under which agreement."""

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="money_sources")
    name = models.CharField(max_length=150)
    funder = models.CharField(max_length=11, choices=Funder)
    legal_basis = models.CharField("legal basis", max_length=11, choices=LegalBasis, default=LegalBasis.OWN)
    agreement = models.CharField("agreement", max_length=300, blank=True)
    agreed_from = models.DateField("agreement from", null=True, blank=True)
    agreed_to = models.DateField("agreement to", null=True, blank=True)

    objects: ClassVar[Any] = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = "source"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "name"],
                name="budget_source_name_once",
                violation_error_message="This commissioner already has a source of that name.",
            ),
            models.CheckConstraint(
                name="budget_source_known_funder",
                condition=Q(funder__in=Funder.values),
                violation_error_message="A funder is NHS England, a CCG or a council.",
            ),
            models.CheckConstraint(
                name="budget_source_known_basis",
                condition=Q(legal_basis__in=LegalBasis.values),
                violation_error_message="The legal basis is an own allocation, or section 75, 76 or 256.",
            ),
            models.CheckConstraint(
                name="budget_source_agreement_in_order",
                condition=Q(agreed_from=None) | Q(agreed_to=None) | Q(agreed_to__gte=F("agreed_from")),
                violation_error_message="An agreement ends on or after the day it begins.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


@governed
class Contribution(models.Model):
    """What one party to a source's agreement puts in for a financial year; no amount: not stated."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="contributions")
    party = models.CharField(max_length=150)
    year = models.PositiveSmallIntegerField("financial year")
    amount = models.DecimalField(**POUNDS, null=True, blank=True)

    class Meta:
        ordering = ["year", "party", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "party", "year"],
                name="budget_contribution_once",
                violation_error_message="What this party puts in for that year is recorded already.",
            ),
            models.CheckConstraint(
                name="budget_contribution_possible",
                condition=Q(amount=None) | Q(amount__gt=0),
                violation_error_message="A contribution is more than £0.00, or not stated.",
            ),
            years_known("budget_contribution_year", "year"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.party}, {year_name(self.year)}"


class LineKind(models.TextChoices):
    RECURRENT = "recurrent", "Recurrent"
    NON_RECURRENT = "non-recurrent", "Non-recurrent"


@governed
class Line(models.Model):
    """A line of the budget: what money is for, from whom, whose it is, from its first to its last financial year."""

    Kind = LineKind

    slug = models.SlugField(max_length=80, unique=True)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="budget_lines")
    name = models.CharField(max_length=150)
    source = models.ForeignKey(Source, models.PROTECT, related_name="lines")
    owner = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="budget_lines", verbose_name="owner’s post"
    )
    kind = models.CharField("type", max_length=13, choices=LineKind)
    first_year = models.PositiveSmallIntegerField("first financial year")
    last_year = models.PositiveSmallIntegerField("last financial year", null=True, blank=True)
    inside = models.BooleanField("part of the programme budget", default=True)
    cost_centre = models.CharField("cost centre", max_length=20, blank=True)
    subjective_code = models.CharField("subjective code", max_length=20, blank=True)
    note = models.CharField("note", max_length=500, blank=True)
    place = models.PositiveSmallIntegerField("place in the table", default=100)

    objects: ClassVar[Any] = LineQuerySet.as_manager()

    class Meta:
        verbose_name = "budget line"
        ordering = ["place", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "name", "first_year"],
                name="budget_line_name_once",
                violation_error_message="This commissioner already has a line of that name from that year.",
            ),
            models.CheckConstraint(
                name="budget_line_known_kind",
                condition=Q(kind__in=LineKind.values),
                violation_error_message="A line is recurrent or non-recurrent.",
            ),
            models.CheckConstraint(
                name="budget_line_years_in_order",
                condition=Q(last_year=None) | Q(last_year__gte=F("first_year")),
                violation_error_message="A line’s last year must not be before its first.",
            ),
            models.CheckConstraint(
                name="budget_line_non_recurrent_is_one_year",
                condition=~Q(kind=LineKind.NON_RECURRENT) | Q(last_year__isnull=False),
                violation_error_message="A non-recurrent line has a last year.",
            ),
            years_known("budget_line_years", "first_year", "last_year"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="stays", operation=pgtrigger.Update, when=pgtrigger.Before, func=LINE_STAYS),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def duration_years(self) -> int | None:
        """How many years a recurrent line runs; None where that is not stated, or it is not recurrent."""
        if self.kind == LineKind.NON_RECURRENT or self.last_year is None:
            return None
        return self.last_year - self.first_year + 1

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


@governed
class Growth(models.Model):
    """By how much a line is assumed to grow into a financial year; no percentage: to grow, by how much not stated."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="growth")
    year = models.PositiveSmallIntegerField("financial year")
    percent = models.DecimalField("growth on the year before, percent", max_digits=5, decimal_places=2, null=True)
    basis = models.CharField("why", max_length=300, blank=True)

    class Meta:
        verbose_name = "growth assumption"
        ordering = ["year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "year"],
                name="budget_growth_once",
                violation_error_message="This line’s growth into that year is recorded already.",
            ),
            models.CheckConstraint(
                name="budget_growth_possible",
                condition=Q(percent=None) | Q(percent__range=(-100, 500)),
                violation_error_message="Growth is between −100% and 500%.",
            ),
            years_known("budget_growth_year", "year"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.line}, {year_name(self.year)}"


class RequestKind(models.TextChoices):
    VIREMENT = "virement", "Virement"
    CUT = "cut", "Cut of the allocation"


class RequestState(models.TextChoices):
    ASKED = "asked", "Asked for"
    AGREED = "agreed", "Agreed"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


@governed
class Request(models.Model):
    """A virement or a cut that one person asks for. It becomes entries when another agrees it, once."""

    Kind, State = RequestKind, RequestState

    kind = models.CharField(max_length=8, choices=RequestKind)
    line = models.ForeignKey(Line, models.PROTECT, related_name="requests")
    taking = models.ForeignKey(
        Line, models.PROTECT, null=True, blank=True, related_name="requests_taking", verbose_name="line that takes it"
    )
    year = models.PositiveSmallIntegerField("financial year")
    amount = models.DecimalField(**POUNDS)
    reason = models.CharField("reason", max_length=500)
    document = models.CharField("document", max_length=300, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="asked for by"
    )
    asked_on = models.DateField("asked for on")
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.ASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="decided by"
    )
    decided_on = models.DateField("decided on", null=True, blank=True)
    why = models.CharField("why", max_length=500, blank=True)

    objects: ClassVar[Any] = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="budget_request_known_kind",
                condition=Q(kind__in=RequestKind.values),
                violation_error_message="One asks for a virement or for a cut.",
            ),
            models.CheckConstraint(
                name="budget_request_known_state",
                condition=Q(state__in=RequestState.values),
                violation_error_message="A request is asked for, agreed, declined or withdrawn.",
            ),
            models.CheckConstraint(
                name="budget_request_amount",
                condition=Q(amount__gt=0),
                violation_error_message="A request is for more than £0.00.",
            ),
            models.CheckConstraint(
                name="budget_request_says_why",
                condition=~Q(reason=""),
                violation_error_message="Say why.",
            ),
            models.CheckConstraint(
                name="budget_request_between_two_lines",
                condition=(Q(kind=RequestKind.VIREMENT, taking__isnull=False) & ~Q(taking=F("line")))
                | Q(kind=RequestKind.CUT, taking=None),
                violation_error_message="A virement is from one line to another; a cut is of one line.",
            ),
            models.CheckConstraint(
                name="budget_request_decided",
                condition=Q(state=RequestState.ASKED, decided_by=None, decided_on=None, why="")
                | (~Q(state=RequestState.ASKED) & Q(decided_by__isnull=False, decided_on__isnull=False)),
                violation_error_message="A request that is decided says by whom and when.",
            ),
            models.CheckConstraint(
                name="budget_request_decided_by_another",
                condition=Q(state__in=(RequestState.ASKED, RequestState.WITHDRAWN)) | ~Q(decided_by=F("asked_by")),
                violation_error_message="Somebody else decides on what one asks for.",
            ),
            models.CheckConstraint(
                name="budget_request_declined_with_a_reason",
                condition=~Q(state=RequestState.DECLINED) | ~Q(why=""),
                violation_error_message="Say why it is declined.",
            ),
            years_known("budget_request_year", "year"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="begins", operation=pgtrigger.Insert, when=pgtrigger.Before, func=REQUEST_BEGINS),
            pgtrigger.Trigger(
                name="decided_once", operation=pgtrigger.Update, when=pgtrigger.Before, func=REQUEST_DECIDED_ONCE
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.line}, {year_name(self.year)}"

    def authority_target(self) -> Target:
        return self.line.authority_target()


class Balance(models.Model):
    """What the entries of a line, a financial year and, where money is delegated, a CHIN come to.

    Written by the ledger's trigger alone. Its row is what two people meet who commit at once: the second waits, and the
    constraints are asked anew. allocated: None where no allocation is stated, which is not 0.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="balances")
    year = models.PositiveSmallIntegerField("financial year")
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, related_name="balances")
    allocated = models.DecimalField(**POUNDS, null=True)
    earmarked = models.DecimalField(**POUNDS, db_default=0)
    committed = models.DecimalField(**POUNDS, db_default=0)
    paid = models.DecimalField(**POUNDS, db_default=0)
    overcommitted = models.BooleanField(db_default=False)

    objects: ClassVar[Any] = BalanceQuerySet.as_manager()

    class Meta:
        ordering = ["line", "year", "chin", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "year", "chin"],
                name="budget_balance_once",
                nulls_distinct=False,
                violation_error_message="There is one balance for a line, a year and a CHIN.",
            ),
            models.CheckConstraint(
                name="budget_balance_allocation_left",
                condition=Q(allocated=None) | Q(allocated__gte=0),
                violation_error_message="That is more than the line has.",
            ),
            models.CheckConstraint(
                name="budget_balance_stated",
                condition=Q(allocated__isnull=False) | Q(earmarked=0, committed=0, paid=0),
                violation_error_message="No allocation is stated for this line and year, so nothing can be committed on "
                "it. Enter the allocation first.",
            ),
            models.CheckConstraint(
                name="budget_balance_within_allocation",
                condition=Q(overcommitted=True) | Q(allocated=None) | Q(allocated__gte=F("earmarked") + F("committed")),
                violation_error_message="That is more than is left of the line’s allocation.",
            ),
            models.CheckConstraint(
                name="budget_balance_within_commitment",
                condition=Q(paid__lte=F("committed")),
                violation_error_message="That would be more paid than is committed.",
            ),
            models.CheckConstraint(
                name="budget_balance_none_below_nothing",
                condition=Q(earmarked__gte=0, committed__gte=0, paid__gte=0),
                violation_error_message="That takes off more than there is.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_by_entries",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
                func=ONLY_BY_ENTRIES,
            )
        ]

    def __str__(self) -> str:
        return f"{self.line}, {year_name(self.year)}"


class Entry(models.Model):
    """A line of the ledger: so many pounds, of what kind, on which line, for which year, on which day, by whom and why.

    amount is always more than 0; its kind says what it does (budget.kinds). year: the financial year it is charged to,
    the one it begins in. day: of the cash, or from which it holds. A mistake is put right by a second entry.
    """

    Kind = EntryKind

    line = models.ForeignKey(Line, models.PROTECT, related_name="entries")
    year = models.PositiveSmallIntegerField("year charged")
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, blank=True, related_name="entries")
    kind = models.CharField(max_length=18, choices=EntryKind)
    amount = models.DecimalField(**POUNDS)
    day = models.DateField("day")
    recorded_at = models.DateTimeField("recorded", db_default=Now())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="entered by"
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="agreed by"
    )
    reason = models.CharField("reason", max_length=500)
    document = models.CharField("document", max_length=300, blank=True)
    transfer = models.UUIDField("transfer", null=True, blank=True)
    request = models.ForeignKey(Request, models.PROTECT, null=True, blank=True, related_name="entries")
    reverses = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    objects: ClassVar[Any] = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "entry"
        verbose_name_plural = "entries"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="budget_entry_known_kind",
                condition=Q(kind__in=EntryKind.values),
                violation_error_message="That is no kind of entry.",
            ),
            models.CheckConstraint(
                name="budget_entry_amount",
                condition=Q(amount__gt=0),
                violation_error_message="An entry is of more than £0.00.",
            ),
            models.CheckConstraint(
                name="budget_entry_says_why",
                condition=~Q(reason=""),
                violation_error_message="Say why.",
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                name="budget_entry_reversed_once",
                violation_error_message="That entry has been reversed already.",
            ),
            models.UniqueConstraint(
                fields=["request", "kind"],
                name="budget_entry_of_a_request_once",
                violation_error_message="What was asked for has been entered already.",
            ),
            models.CheckConstraint(
                name="budget_entry_of_two",
                condition=~Q(kind__in=OF_TWO) | (Q(by__isnull=False, agreed_by__isnull=False) & ~Q(agreed_by=F("by"))),
                violation_error_message="A virement, a cut and what lapses or is carried forward are asked for by one person "
                "and agreed by another.",
            ),
            models.CheckConstraint(
                name="budget_entry_moves_have_two_sides",
                condition=Q(kind__in=MOVING, transfer__isnull=False) | (~Q(kind__in=MOVING) & Q(transfer=None)),
                violation_error_message="Money that moves has two sides, written together.",
            ),
            models.CheckConstraint(
                name="budget_entry_delegated_to_a_chin",
                condition=(~Q(kind=EntryKind.DELEGATED_IN) | Q(chin__isnull=False))
                & (~Q(kind=EntryKind.DELEGATED_OUT) | Q(chin=None)),
                violation_error_message="Money is delegated from a line to a CHIN.",
            ),
            years_known("budget_entry_year", "year"),
        ]
        indexes = [
            models.Index(
                fields=["line", "year", "chin", "kind", "day"],
                include=["amount", "recorded_at"],
                name="budget_entry_sums",
            ),
            models.Index(fields=["day", "id"], name="budget_entry_by_day"),
            models.Index(fields=["transfer"], condition=Q(transfer__isnull=False), name="budget_entry_transfer"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_EMPTIED,
            pgtrigger.Trigger(
                name="fits",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=ENTRY_FITS,
            ),
            pgtrigger.Trigger(
                name="balances_follow",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="entered"),
                declare=[("refused", "text")],
                func=BALANCES_FOLLOW,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.line}, {year_name(self.year)}"


class Refusal(models.Model):
    """Something about money that was tried and refused: what, by whom, and in which words. Never changed.

    about: the record it was to be done to, like claim:12, line:chin-infrastructure or run:3; name: as it was called then.
    """

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="refusals")
    what = models.CharField("what was tried", max_length=60)
    about = models.CharField(max_length=100)
    name = models.CharField("of what", max_length=300)
    said = models.CharField("why it was refused", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="by")
    at = models.DateTimeField("when", db_default=Now())

    objects: ClassVar[Any] = RefusalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["commissioner", "-id"], name="budget_refusal_newest_first")]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_EMPTIED,
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.name}"


@governed
class Period(models.Model):
    """A month of a commissioner’s budget that somebody closed: it takes no entry, nor does any month before it.

    month: its first day. closed_as: the post by which. It is reopened once, by somebody else; closed again, it is
    another row.
    """

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="periods")
    month = models.DateField("month")
    closed_at = models.DateTimeField("closed", db_default=Now())
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="closed by")
    closed_as = models.CharField("by which post", max_length=150)
    reopened_at = models.DateTimeField("reopened", null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="reopened by"
    )
    reopened_as = models.CharField("reopened by which post", max_length=150, blank=True)
    why = models.CharField("why", max_length=500, blank=True)

    objects: ClassVar[Any] = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "closed month"
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "month"],
                condition=Q(reopened_at=None),
                name="budget_period_once",
                violation_error_message="This month is closed already.",
            ),
            models.CheckConstraint(
                name="budget_period_is_a_month",
                condition=Q(month__day=1),
                violation_error_message="A month is named by its first day.",
            ),
            models.CheckConstraint(
                name="budget_period_names_a_post",
                condition=~Q(closed_as=""),
                violation_error_message="A month is closed by the holder of a post.",
            ),
            models.CheckConstraint(
                name="budget_period_reopened",
                condition=Q(reopened_at=None, reopened_by=None, reopened_as="", why="")
                | (Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(why="")),
                violation_error_message="A month is reopened by somebody, who says why.",
            ),
            models.CheckConstraint(
                name="budget_period_reopened_by_another",
                condition=Q(reopened_by=None) | ~Q(reopened_by=F("closed_by")),
                violation_error_message="Somebody else reopens a month than closed it.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="in_order", operation=pgtrigger.Insert, when=pgtrigger.Before, func=PERIOD_IN_ORDER),
            pgtrigger.Trigger(
                name="reopened_once", operation=pgtrigger.Update, when=pgtrigger.Before, func=PERIOD_REOPENED_ONCE
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}, {self.commissioner}"

    @property
    def closed_on(self) -> date:
        return self.closed_at.astimezone(LONDON).date()

    @property
    def reopened_on(self) -> date | None:
        return self.reopened_at.astimezone(LONDON).date() if self.reopened_at else None

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))
