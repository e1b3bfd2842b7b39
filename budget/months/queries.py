"""Reading the report of a month, of entries while it is open and as it was frozen when it closed; and the end of a year."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from budget import queries as budget
from budget.kinds import stated_in_sql, sum_in_sql
from budget.models import Line, Period, RequestState
from budget.months.models import Accrual, Forecast, Phasing, Report, ReportAccrual, ReportLine, YearChoice
from budget.queries import NOTHING, Sums
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import last_of_year, month_end, year_of
from chins.models import Chin
from practices.models import Commissioner

MONTHS = 12


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line in a month, charged to a financial year. None: not stated, which is not 0."""

    line_id: int
    slug: str
    name: str
    inside: bool
    year: int
    allocated: Decimal | None
    budget_month: Decimal | None
    budget_to_date: Decimal | None
    paid_month: Decimal
    paid_to_date: Decimal
    committed: Decimal
    accrued: Decimal
    outturn: Decimal | None
    reason: str

    @property
    def variance_to_date(self) -> Decimal | None:
        """What has been paid and is owed, less the budget to date."""
        return None if self.budget_to_date is None else self.paid_to_date + self.accrued - self.budget_to_date

    @property
    def variance(self) -> Decimal | None:
        """The forecast outturn, less what is allocated for the year."""
        return None if self.outturn is None or self.allocated is None else self.outturn - self.allocated


@dataclass(frozen=True, slots=True)
class AccrualRow:
    """What is committed on a line, or a CHIN’s part of it, and not paid at the month’s end; and how much of it is owed."""

    line_id: int
    slug: str
    name: str
    inside: bool
    year: int
    chin_id: int | None
    chin_name: str
    cost_centre: str
    subjective_code: str
    committed: Decimal
    paid: Decimal
    accrued: Decimal
    reason: str

    @property
    def unpaid(self) -> Decimal:
        return self.committed - self.paid

    @property
    def adjustment(self) -> Decimal:
        return self.accrued - self.unpaid


AMOUNTS = (
    *("allocated", "budget_month", "paid_month", "budget_to_date", "paid_to_date", "accrued", "variance_to_date"),
    *("committed", "outturn", "variance"),
)


@dataclass(frozen=True, slots=True)
class Totals:
    """The sum of each of AMOUNTS over lines of which it is stated, and of how many it is not."""

    amounts: Mapping[str, Decimal | None]
    unknown: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MonthReport:
    """period: how it was closed; None while it is open. to: the last day whose entries count."""

    commissioner: Commissioner
    month: date
    to: date
    lines: Sequence[LineRow]
    accruals: Sequence[AccrualRow]
    period: Period | None = None
    sha256: str = ""

    @property
    def year(self) -> int:
        return year_of(self.month)

    @property
    def inside(self) -> list[LineRow]:
        return [row for row in self.lines if row.inside and row.year == self.year]

    @property
    def outside(self) -> list[LineRow]:
        return [row for row in self.lines if not row.inside and row.year == self.year]

    @property
    def earlier(self) -> list[LineRow]:
        """What was paid in the month, or is owed, and charged to an earlier financial year."""
        return [row for row in self.lines if row.year != self.year]

    @property
    def as_frozen(self) -> bool:
        """Whether the rows give the SHA-256 that was kept with them."""
        return self.sha256 == fingerprint(self.lines, self.accruals)


def totals(rows: Iterable[LineRow]) -> Totals:
    several = list(rows)
    amounts: dict[str, Decimal | None] = {}
    unknown: dict[str, int] = {}
    for name in AMOUNTS:
        stated = [value for row in several if (value := getattr(row, name)) is not None]
        amounts[name] = sum(stated, NOTHING) if stated else None
        unknown[name] = len(several) - len(stated)
    return Totals(amounts, unknown)


def fingerprint(lines: Sequence[LineRow], accruals: Sequence[AccrualRow]) -> str:
    """The SHA-256 of the rows, written as JSON in their order; numbers of records, which may differ elsewhere, left out."""
    kept = [[_plain(row, *("line_id",)) for row in lines], [_plain(row, "line_id", "chin_id") for row in accruals]]
    return hashlib.sha256(json.dumps(kept, separators=(",", ":")).encode()).hexdigest()


def _plain(row: Any, *but: str) -> list[Any]:
    values = (getattr(row, field.name) for field in fields(row) if field.name not in but)
    return [f"{value:.2f}" if isinstance(value, Decimal) else value for value in values]


# Reading a month --------------------------------------------------------------------------------------

_SUMS = f"""
    SELECT line_id, year, chin_id, CASE WHEN {stated_in_sql()} THEN {sum_in_sql("allocated")} END,
           {sum_in_sql("committed")}, {sum_in_sql("paid")},
           coalesce(sum(CASE WHEN day < %(first)s THEN 0 WHEN kind = 'payment' THEN amount
                             WHEN kind = 'payment_reversed' THEN -amount END), 0)
    FROM budget_entry
    WHERE line_id = ANY(%(lines)s) AND year <= %(year)s AND day <= %(to)s
      AND (%(known)s::timestamptz IS NULL OR recorded_at < %(known)s)
    GROUP BY line_id, year, chin_id
"""  # noqa: S608 - the sums are constants of ours


@dataclass(frozen=True, slots=True)
class _Found:
    allocated: Decimal | None
    committed: Decimal
    paid: Decimal
    paid_month: Decimal


def report(commissioner: Commissioner, month: date, asat: AsAt) -> MonthReport:
    """The report of a month as the page's day has it: frozen once it was closed, else what the entries come to."""
    period = Period.objects.closed(asat).filter(commissioner=commissioner, month=month).first()
    return frozen(period) if period is not None else of_entries(commissioner, month, asat)


def frozen(period: Period) -> MonthReport:
    """The report as it was kept when the month closed."""
    kept = Report.objects.get(period=period)
    lines = [
        _stored(LineRow, row, slug=row.line.slug)
        for row in ReportLine.objects.filter(report=kept).select_related("line").order_by("number")
    ]
    accruals = [
        _stored(AccrualRow, row, slug=row.line.slug)
        for row in ReportAccrual.objects.filter(report=kept).select_related("line").order_by("number")
    ]
    to = month_end(period.month)
    return MonthReport(period.commissioner, period.month, to, lines, accruals, period, kept.sha256)


def _stored(kind: Callable[..., Any], row: Any, **given: Any) -> Any:
    names = (field.name for field in fields(kind))  # type: ignore[arg-type]
    return kind(**{name: given[name] if name in given else getattr(row, name) for name in names})


def of_entries(commissioner: Commissioner, month: date, asat: AsAt | None = None) -> MonthReport:
    """The report that the entries give, up to the month's end or the page's day where that is earlier."""
    to, year = month_end(month), year_of(month)
    if asat is not None:
        to = min(to, asat.day)
    lines = list(Line.objects.filter(commissioner=commissioner).order_by("place", "name", "pk"))
    found = _sums(lines, month, to, year, asat)
    forecasts = {one.line_id: one for one in Forecast.objects.filter(line__in=lines, month=month)}
    phased = {one.line_id: one for one in Phasing.objects.filter(line__in=lines, year=year)}
    accruals = _accruals(lines, month, found)
    owed: dict[tuple[int, int], Decimal] = {}
    for one in accruals:
        owed[one.line_id, one.year] = owed.get((one.line_id, one.year), NOTHING) + one.accrued
    by_line: dict[int, dict[int, list[_Found]]] = {}
    for (line, charged, _), amounts in found.items():
        by_line.setdefault(line, {}).setdefault(charged, []).append(amounts)
    rows = []
    for its in lines:
        years = by_line.get(its.pk, {})
        for charged in sorted({*years, *([year] if _runs(its, year) else [])}, reverse=True):
            several, owing = years.get(charged, []), owed.get((its.pk, charged))
            row = _row(its, charged, several, month, phased.get(its.pk), forecasts.get(its.pk), owing)
            if charged == year or row.paid_month or row.committed != row.paid_to_date or row.accrued:
                rows.append(row)
    return MonthReport(commissioner, month, to, rows, accruals)


def _runs(line: Line, year: int) -> bool:
    return line.first_year <= year <= (year if line.last_year is None else line.last_year)


def _sums(
    lines: Sequence[Line], month: date, to: date, year: int, asat: AsAt | None
) -> dict[tuple[int, int, int | None], _Found]:
    given: dict[str, Any] = {"lines": [line.pk for line in lines], "first": month, "to": to, "year": year}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, given | {"known": asat.known_at if asat else None})
        return {(line, charged, chin): _Found(*amounts) for line, charged, chin, *amounts in cursor.fetchall()}


def _row(
    line: Line,
    charged: int,
    several: Sequence[_Found],
    month: date,
    phasing: Phasing | None,
    forecast: Forecast | None,
    accrued: Decimal | None,
) -> LineRow:
    stated = [one.allocated for one in several if one.allocated is not None]
    allocated = sum(stated, NOTHING) if stated else None
    of_the_year = charged == year_of(month)
    to_date = before = allocated
    if of_the_year and allocated is not None:
        number = place_of(month)
        to_date = phased(allocated, phasing, number)
        before = phased(allocated, phasing, number - 1)
    return LineRow(
        line_id=line.pk,
        slug=line.slug,
        name=line.name,
        inside=line.inside,
        year=charged,
        allocated=allocated,
        budget_month=None if to_date is None or before is None else to_date - before,
        budget_to_date=to_date,
        paid_month=sum((one.paid_month for one in several), NOTHING),
        paid_to_date=sum((one.paid for one in several), NOTHING),
        committed=sum((one.committed for one in several), NOTHING),
        accrued=NOTHING if accrued is None else accrued,
        outturn=forecast.outturn if forecast and of_the_year else None,
        reason=forecast.reason if forecast and of_the_year else "",
    )


def place_of(month: date) -> int:
    """Which month of its financial year it is: April is 1."""
    return (month.month - 4) % MONTHS + 1


def phased(allocated: Decimal, phasing: Phasing | None, number: int) -> Decimal:
    """What of an allocation the first so many months have: twelfths, unless a person phased them. All twelve have all."""
    if phasing is None:
        return words.half_up(allocated * number / MONTHS, 2)
    return words.half_up(allocated * sum(phasing.percents[:number], NOTHING) / 100, 2)


def _accruals(
    lines: Sequence[Line], month: date, found: Mapping[tuple[int, int, int | None], _Found]
) -> list[AccrualRow]:
    """What is committed and not paid, all of it owed unless a person judged otherwise."""
    judged = {(one.line_id, one.year, one.chin_id): one for one in Accrual.objects.filter(line__in=lines, month=month)}
    owing = {key for key, one in found.items() if one.committed != one.paid} | {*judged}
    chins = dict(Chin.objects.filter(pk__in=[chin for _, _, chin in owing if chin]).values_list("pk", "name"))
    rows = []
    for line in lines:
        of_it = sorted(
            (key for key in owing if key[0] == line.pk), key=lambda key: (-key[1], chins.get(key[2] or 0, ""))
        )
        for key in of_it:
            one, by_person = found.get(key), judged.get(key)
            committed, paid = (one.committed, one.paid) if one else (NOTHING, NOTHING)
            rows.append(
                AccrualRow(
                    line_id=line.pk,
                    slug=line.slug,
                    name=line.name,
                    inside=line.inside,
                    year=key[1],
                    chin_id=key[2],
                    chin_name=chins.get(key[2] or 0, ""),
                    cost_centre=line.cost_centre,
                    subjective_code=line.subjective_code,
                    committed=committed,
                    paid=paid,
                    accrued=by_person.accrued if by_person else committed - paid,
                    reason=by_person.reason if by_person else "",
                )
            )
    return rows


# The months of a year ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a financial year: open, closed, closed with a later one, or not over yet."""

    first: date
    state: str
    period: Period | None = None  # by which it is closed
    reopened: Sequence[Period] = ()  # earlier closings of it
    next: bool = False  # it can be closed now

    @property
    def last(self) -> date:
        return month_end(self.first)


def months(commissioner: Commissioner, year: int, asat: AsAt) -> list[Month]:
    """The months of the year, the newest first, as the page's day has them."""
    closed = list(Period.objects.closed(asat).filter(commissioner=commissioner).select_related("closed_by"))
    all_of_them = Period.objects.filter(commissioner=commissioner, reopened_at__isnull=False)
    reopened = list(all_of_them.select_related("closed_by", "reopened_by").order_by("pk"))
    newest = max((one.month for one in closed), default=None)
    found = []
    for number in reversed(range(MONTHS)):
        first = nth_month(year, number)
        by = min((one for one in closed if one.month >= first), key=lambda one: one.month, default=None)
        over = month_end(first) < asat.day
        state = "open" if over else "not_over"
        if by is not None:
            state = "closed" if by.month == first else "closed_with"
        found.append(
            Month(
                first,
                state,
                by,
                [one for one in reopened if one.month == first],
                next=over and by is None and (newest is None or first == following(newest)),
            )
        )
    return found


def nth_month(year: int, number: int) -> date:
    """The first day of a month of the financial year, April being 0."""
    return date(year + (number + 3) // 12, (number + 3) % 12 + 1, 1)


def following(month: date) -> date:
    return month_end(month) + timedelta(days=1)


def before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def newest_closed(commissioner: Commissioner) -> Period | None:
    """The month that is closed last, today."""
    found: Period | None = Period.objects.closed().filter(commissioner=commissioner).order_by("-month").first()
    return found


def closed_period(commissioner: Commissioner, month: date) -> Period | None:
    """By which the month is closed today; None while it is open."""
    found: Period | None = Period.objects.closed().filter(commissioner=commissioner, month=month).first()
    return found


def periods(user: Any) -> Any:
    """The closings that this person may see, also those of months reopened since."""
    return Period.objects.visible_to(user).select_related("commissioner", "closed_by", "reopened_by")


def forecast_of(line: Line, month: date) -> Forecast | None:
    found: Forecast | None = Forecast.objects.filter(line=line, month=month).first()
    return found


def phasing_of(line: Line, year: int) -> Phasing | None:
    found: Phasing | None = Phasing.objects.filter(line=line, year=year).first()
    return found


def pots_owing(line: Line, month: date) -> list[AccrualRow]:
    """The accruals of one line, that a person can judge."""
    of_all = of_entries(line.commissioner, month).accruals
    return [one for one in of_all if one.line_id == line.pk]


# The end of a year ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pot:
    """A line in a financial year, or a CHIN’s part of it: what is left, and what is chosen to become of that."""

    line: Line
    chin: Chin | None
    sums: Sums
    choices: Sequence[YearChoice]  # asked or agreed, the newest first

    @property
    def waiting(self) -> YearChoice | None:
        return next((one for one in self.choices if one.state == RequestState.ASKED), None)

    @property
    def agreed(self) -> list[YearChoice]:
        return [one for one in self.choices if one.state == RequestState.AGREED]

    @property
    def open(self) -> bool:
        """Whether something is left for which nothing is agreed."""
        return bool(self.sums.left and self.sums.left > 0)

    @property
    def state(self) -> str:
        if self.waiting:
            return "waiting"
        if self.open:
            return "to_choose"
        if self.sums.left is None:
            return "not_stated"
        return "chosen" if self.agreed else "nothing_left"


@dataclass(frozen=True, slots=True)
class YearEnd:
    """The end of a financial year: each pot, and whether it is over and every one of them chosen."""

    year: int
    pots: Sequence[Pot]
    over: bool

    @property
    def to_choose(self) -> int:
        return sum(pot.open for pot in self.pots)

    @property
    def ended(self) -> bool:
        return self.over and not self.to_choose


def year_end(lines: Any, year: int, asat: AsAt) -> YearEnd:
    """What is left of the lines that run in the year, and what was chosen, as at the day."""
    running = list(lines.running(year).order_by("place", "name", "pk"))
    keys = [line.pk for line in running]
    sums = budget.sums_by("line_id", "chin_id", asat=asat, lines=keys, year=year)
    chins = {chin.pk: chin for chin in Chin.objects.filter(pk__in=[chin for _, chin in sums if chin])}
    asked = YearChoice.objects.filter(line__in=keys, year=year, asked_on__lte=asat.day)
    asked = asked.filter(state__in=[RequestState.ASKED, RequestState.AGREED]).select_related("asked_by", "decided_by")
    choices: dict[tuple[int, int | None], list[YearChoice]] = {}
    for one in asked.order_by("-pk"):
        choices.setdefault((one.line_id, one.chin_id), []).append(one)
    pots = []
    for line in running:
        of_it = sorted((chin for pk, chin in sums if pk == line.pk), key=lambda pk: chins[pk].name if pk else "")
        for chin in of_it or [None]:
            key = (line.pk, chin)
            pots.append(Pot(line, chins.get(chin) if chin else None, sums.get(key, Sums()), choices.get(key, [])))
    return YearEnd(year, pots, asat.day > last_of_year(year))


def choices(user: Any) -> Any:
    """What was asked for the end of a year, as far as this person may see it."""
    with_names = ("line", "line__commissioner", "chin", "asked_by", "decided_by")
    return YearChoice.objects.visible_to(user).select_related(*with_names)


def pots_of(line: Line, year: int, asat: AsAt) -> list[Pot]:
    """The parts of one line of which something is left and nothing asked for."""
    now = AsAt(asat.today, None, asat.today)
    found = year_end(Line.objects.filter(pk=line.pk), year, now).pots
    return [pot for pot in found if pot.open and not pot.waiting]


def chin_of(pk: int | None) -> Chin | None:
    return Chin.objects.get(pk=pk) if pk else None
