"""The months of a year, the report of one, its accruals, two beside each other; and the end of a year."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from budget import queries as budget
from budget.months import figures, queries, shapes
from cc2h.accounts.authority import Action, can, require
from cc2h.kit import exports, words
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import first_of_year, year_in_address, year_name, year_of
from cc2h.kit.links import link

OF_ACCRUALS = {
    "line": "the slug of a budget line: what is owed of it alone",
    "year": "a financial year, as in 2018-19: what is charged to it alone",
    "inside": "yes or no: what is owed of lines inside the programme's budget alone, or outside it",
}
FILE = "csv or xlsx: the table as a file"
LINE_COLUMNS = (
    *("line", "line_name", "inside", "financial_year", "allocated", "budget_month", "paid_month", "budget_to_date"),
    *("paid_to_date", "committed", "owed", "variance_to_date", "outturn", "variance", "reason"),
)
ACCRUAL_COLUMNS = (
    *("line", "line_name", "inside", "financial_year", "chin", "cost_centre", "subjective_code", "committed", "paid"),
    *("unpaid", "adjustment", "owed", "reason"),
)


def commissioner_of(request: HttpRequest, ods_code: str) -> Any:
    """The commissioner whose whole budget this person may see; 404 where it is not."""
    found = next((one for one in budget.commissioners(request.user) if one.ods_code == ods_code.upper()), None)
    if found is None:
        raise Http404
    return found


def crumbs(asat: AsAt, commissioner: Any, year: int, month: date | None = None) -> list[Mapping[str, str]]:
    """The budget of the year, its months and, where the page is about something of one, that month."""
    code = commissioner.ods_code
    found: list[Mapping[str, str]] = [
        {
            "text": f"Budget {year_name(year)}, {commissioner.short_name}",
            "href": link(asat, "budget:budget", code, year),
        },
        {"text": "Months", "href": link(asat, "months:month_list", code, year)},
    ]
    if month is not None:
        found.append({"text": words.month(month), "href": link(asat, "months:report", code, month)})
    return found


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The months of the year that the budget opens with."""
    require(request.user, Action.VIEW_BUDGET)
    asat = asat_of(request)
    seen = budget.commissioners(request.user)
    one = next((one for one in seen if one.has_lines), next(iter(seen), None))
    if one is None:
        raise PermissionDenied("Months are of the budget of a whole commissioner.")
    year = budget.year_to_open(budget.lines_of(request.user, one), year_of(asat.day))
    return redirect(link(asat, "months:month_list", one.ods_code, year))


@require_safe
@reads(shapes.months)
def month_list(request: HttpRequest, ods_code: str, year: int) -> HttpResponseBase:
    """Which months of the year are open, which closed, by which post, and which were reopened."""
    asat = asat_of(request)
    commissioner = commissioner_of(request, ods_code)
    context = {
        "commissioner": commissioner,
        "year": year,
        "months": queries.months(commissioner, year, asat),
        "may_close": bool(can(request.user, Action.CLOSE_MONTH, commissioner)),
        "breadcrumbs": crumbs(asat, commissioner, year)[:1],
    }
    return show(request, "months/list.html", context)


def _report(request: HttpRequest, found: queries.MonthReport, *, linked: bool = True) -> HttpResponseBase:
    asat, commissioner = asat_of(request), found.commissioner
    if exports.wanted(request) and call_of(request) is None:
        name = f"Month {found.month:%Y-%m} {commissioner.short_name}"
        return exports.table_response(request, name, found.to, LINE_COLUMNS, _lines(found.lines))
    amounts = figures.Amounts(found, asat, linked=linked)
    user = request.user
    context = {
        "report": found,
        "commissioner": commissioner,
        "to_date": figures.TO_DATE,
        "of_year": figures.OF_YEAR,
        "inside": amounts.table(found.inside, inside=True),
        "outside": amounts.table(found.outside, inside=False),
        "earlier": amounts.table(found.earlier, inside=None),
        "cards": figures.cards(found, asat) if linked and found.inside else [],
        "may_say": found.period is None and bool(can(user, Action.CHANGE_BUDGET, commissioner)),
        "may_close": bool(can(user, Action.CLOSE_MONTH, commissioner)),
        "month": _month(commissioner, found.month, asat),
        "before": queries.before(found.month),
        "breadcrumbs": crumbs(asat, commissioner, found.year),
    }
    return show(request, "months/report.html", context)


def _month(commissioner: Any, month: date, asat: AsAt) -> queries.Month:
    return next(one for one in queries.months(commissioner, year_of(month), asat) if one.first == month)


def _lines(rows: Iterable[queries.LineRow]) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            *(row.slug, row.name, row.inside, year_name(row.year), row.allocated, row.budget_month, row.paid_month),
            *(row.budget_to_date, row.paid_to_date, row.committed, row.accrued, row.variance_to_date, row.outturn),
            *(row.variance, row.reason),
        ]


@require_safe
@reads(shapes.report, format=FILE)
def report(request: HttpRequest, ods_code: str, month: date) -> HttpResponseBase:
    """Budget, payments, what is owed and what is forecast, line by line; frozen once the month is closed."""
    return _report(request, queries.report(commissioner_of(request, ods_code), month, asat_of(request)))


@require_safe
@reads(shapes.report, format=FILE)
def closing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The report as it was frozen by one closing of the month, also where that was reopened since."""
    period = get_object_or_404(queries.periods(request.user), pk=pk)
    return _report(request, queries.frozen(period), linked=period.reopened_at is None)


@require_safe
@reads(shapes.accruals, format=FILE, **OF_ACCRUALS)
def accruals(request: HttpRequest, ods_code: str, month: date) -> HttpResponseBase:
    """What is committed and not paid at the month's end, and how much of it is owed."""
    asat = asat_of(request)
    commissioner = commissioner_of(request, ods_code)
    found = queries.report(commissioner, month, asat)
    rows = [row for row in found.accruals if _asked(row, request.GET)]
    if exports.wanted(request) and call_of(request) is None:
        name = f"Accruals {month:%Y-%m} {commissioner.short_name}"
        return exports.table_response(request, name, found.to, ACCRUAL_COLUMNS, _accruals(rows))
    context = {
        "report": found,
        "accruals": rows,
        "commissioner": commissioner,
        "may_judge": found.period is None and bool(can(request.user, Action.CLOSE_MONTH, commissioner)),
        "breadcrumbs": crumbs(asat, commissioner, found.year, month),
    }
    return show(request, "months/accruals.html", context)


def _asked(row: queries.AccrualRow, query: Mapping[str, str]) -> bool:
    """Whether the row is one of those that OF_ACCRUALS ask for; all are where nothing is asked."""
    says = {"line": row.slug, "year": year_in_address(row.year), "inside": "yes" if row.inside else "no"}
    return all(query.get(name, "") in ("", said) for name, said in says.items())


def _accruals(rows: Iterable[queries.AccrualRow]) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            *(row.slug, row.name, row.inside, year_name(row.year), row.chin_name, row.cost_centre, row.subjective_code),
            *(row.committed, row.paid, row.unpaid, row.adjustment, row.accrued, row.reason),
        ]


@require_safe
@reads(shapes.beside)
def beside(request: HttpRequest, ods_code: str, month: date, other: date) -> HttpResponseBase:
    """Two months beside each other, line by line."""
    asat = asat_of(request)
    commissioner = commissioner_of(request, ods_code)
    earlier, later = sorted((month, other))
    one, two = queries.report(commissioner, earlier, asat), queries.report(commissioner, later, asat)
    names = [words.month(earlier), words.month(later), "Difference"]
    context = {
        "commissioner": commissioner,
        "month": earlier,
        "other": later,
        "reports": [one, two],
        "groups": list(figures.BESIDE.values()),
        "columns": [f"{group}, {name}" for group in figures.BESIDE.values() for name in names],
        "rows": figures.beside(one, two),
        "breadcrumbs": crumbs(asat, commissioner, year_of(later)),
    }
    return show(request, "months/beside.html", context)


@require_safe
@reads(shapes.year_end)
def year_end(request: HttpRequest, ods_code: str, year: int) -> HttpResponseBase:
    """What is left of each line at the end of the year, and what was chosen to become of it."""
    asat, user = asat_of(request), request.user
    commissioner = commissioner_of(request, ods_code)
    context = {
        "commissioner": commissioner,
        "year": year,
        "begins": first_of_year(year + 1),
        "end": queries.year_end(budget.lines_of(user, commissioner), year, asat),
        "may_choose": bool(can(user, Action.CLOSE_MONTH, commissioner)),
        "breadcrumbs": crumbs(asat, commissioner, year),
    }
    return show(request, "months/year_end.html", context)


@require_safe
@reads(shapes.choice)
def choice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What somebody asked to become of what was left, who may agree it, and what was decided."""
    asat, user = asat_of(request), request.user
    asked = get_object_or_404(queries.choices(user), pk=pk)
    waiting = asked.state == asked.State.ASKED
    may = bool(can(user, Action.CLOSE_MONTH, asked))
    end = {
        "text": "End of the year",
        "href": link(asat, "months:year_end", asked.line.commissioner.ods_code, asked.year),
    }
    context = {
        "choice": asked,
        "agreeing": budget.who_may(Action.CLOSE_MONTH, asked.line, asat, but=asked.asked_by) if waiting else [],
        "may_agree": waiting and may and asked.asked_by_id != user.pk,
        "may_withdraw": waiting and asked.asked_by_id == user.pk,
        "breadcrumbs": [*crumbs(asat, asked.line.commissioner, asked.year), end],
    }
    return show(request, "months/choice.html", context)
