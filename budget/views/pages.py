"""The pages of the budget: a year, the years, a line, and the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from budget import figures, queries, said, shapes, stated, wording
from budget.filters import EntryFilters
from budget.tables import EntryTable
from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.kit import charts
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import NotADay, parse_year, year_name, year_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections
from cc2h.kit.together import Asking, together

NEWEST = 10  # entries on a line's page


def _crumbs(asat: AsAt, commissioner: Any, year: int) -> list[Mapping[str, str]]:
    text = f"Budget {year_name(year)}, {commissioner.short_name}"
    return [{"text": text, "href": link(asat, "budget:budget", commissioner.ods_code, year)}]


def _commissioner(request: HttpRequest, ods_code: str) -> tuple[Any, list[Any]]:
    """The commissioner, and those with a budget to choose from; 404 where its budget is not to be seen."""
    seen = queries.commissioners(request.user)
    found = next((one for one in seen if one.ods_code == ods_code.upper()), None)
    if found is None:
        raise Http404
    return found, [one for one in seen if one.has_lines or one is found]


@require_safe
@reads(shapes.home)
def home(request: HttpRequest) -> HttpResponse:
    """The budgets a reader may see, and what is delegated to their CHINs."""
    require(request.user, Action.VIEW_BUDGET)
    asat, user = asat_of(request), request.user
    seen = queries.commissioners(user)
    year = year_of(asat.day)
    budgets = [
        link(asat, "budget:budget", one.ods_code, queries.year_to_open(queries.lines_of(user, one), year))
        for one in seen
        if one.has_lines
    ]
    if budgets and call_of(request) is None:
        return redirect(budgets[0])
    context = {
        "budgets": budgets,
        "whole": bool(seen),
        "delegated": figures.delegated_rows(queries.delegated_to(user, asat), asat),
    }
    return show(request, "budget/home.html", context)


@require_safe
@reads(shapes.budget)
def budget(request: HttpRequest, ods_code: str, year: int) -> HttpResponse:
    """The budget of a commissioner for a financial year, as at the day."""
    asat, user = asat_of(request), request.user
    commissioner, choices = _commissioner(request, ods_code)
    years, found = queries.budget(user, commissioner, year, asat)
    asked: list[Asking[Any]] = [
        queries.documents_asked([row.line.pk for row in found.inside], asat, year),
        said.of_year(commissioner.pk, year),
    ]
    papers, say = together(asked)
    code = commissioner.ods_code
    entries = figures.Entries(asat, figures.places_of(row.sums for row in (*found.inside, *found.outside)))

    def table(rows: Sequence[queries.Row], total: queries.Total, *, inside: bool) -> figures.Table:
        return figures.table(rows, total, entries, year, figures.whole_of(code, year, inside=inside))

    waterfall = figures.of_budget(found, entries, code, papers) if found.inside else []
    [chart] = charts.keep([figures.chart(waterfall, commissioner.short_name, year) if waterfall else None])
    context = {
        "commissioner": commissioner,
        "choices": choices,
        "budget": found,
        "year": year,
        "years": years,
        "waterfall": waterfall,
        "chart": chart,
        "inside": table(found.inside, found.total, inside=True),
        "outside": table(found.outside, found.total_outside, inside=False),
        "grows": _grows((row.line for row in (*found.inside, *found.outside)), year),
        "papers": papers,
        "said": stated.beside(say, found, asat),
        "may_change": bool(can(user, Action.CHANGE_BUDGET, commissioner)),
    }
    return show(request, "budget/budget.html", context)


def _grows(lines: Iterable[Any], year: int) -> dict[int, str]:
    """By line, what it is assumed to grow by after the year, in words."""
    return {pk: wording.grows(growth) for pk, growth in queries.growing(lines, year).items()}


@require_safe
@reads(shapes.sources)
def source_list(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Who gives the commissioner money, on what legal basis, and by which agreement."""
    asat, user = asat_of(request), request.user
    commissioner, _ = _commissioner(request, ods_code)
    sources = queries.sources_of(user, commissioner)
    context = {
        "commissioner": commissioner,
        "sources": sources,
        "history": queries.sources_history(sources) if can(user, Action.VIEW_HISTORY, commissioner) else None,
        "may_change": bool(can(user, Action.CHANGE_BUDGET, commissioner)),
        "breadcrumbs": _crumbs(asat, commissioner, year_of(asat.day)),
    }
    return show(request, "budget/sources.html", context)


@require_safe
@reads(shapes.profile)
def profile(request: HttpRequest, ods_code: str) -> HttpResponse:
    """The lines over the years, and what falls away when they end."""
    asat, user = asat_of(request), request.user
    commissioner, choices = _commissioner(request, ods_code)
    lines = queries.lines_of(user, commissioner)
    span = queries.years_of(lines)
    years = list(range(span.first, span.last + 1)) if span else []
    runs = queries.runs(lines, span, asat) if span else []

    def part(*, inside: bool) -> figures.Profile:
        of_it = [run for run in runs if run.line.inside is inside]
        return figures.profile(of_it, queries.endings(of_it), years, asat, commissioner.ods_code, inside=inside)

    context = {
        "commissioner": commissioner,
        "choices": choices,
        "years": years,
        "this_year": year_of(asat.day),
        "inside": part(inside=True),
        "outside": part(inside=False),
        "grows": _grows((run.line for run in runs), 0),
        "breadcrumbs": _crumbs(asat, commissioner, span.nearest(year_of(asat.day)) if span else year_of(asat.day)),
    }
    return show(request, "budget/profile.html", context)


@require_safe
@reads(shapes.line, year="the financial year, like 2018-19; the one of the day, or the nearest the line runs in")
def line_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A line of the budget: what it is, and what has become of it."""
    asat, user = asat_of(request), request.user
    line = get_object_or_404(queries.find_line(user, slug))
    sums = queries.years_of_line(line, asat)
    year = _year_asked(request, sums, year_of(asat.day))
    row = queries.Row(line, sums.get(year, queries.Sums()))
    delegated = queries.delegation(line, year, asat)
    papers = queries.documents([line.pk], asat, year)
    newest = queries.newest_entries(user, line, year, asat, NEWEST)
    growth = queries.growing([line])[line.pk]
    context = {
        "line": line,
        "commissioner": line.commissioner,
        "year": year,
        "sums": sums,
        "row": row,
        "waterfall": figures.of_line_figures(row, year, delegated, asat, papers),
        "years": figures.year_rows(row, sums, asat),
        "delegated": figures.delegated_rows(delegated, asat),
        "newest": newest,
        "newest_places": figures.places(one.signed for one in newest),
        "may_change": bool(can(user, Action.CHANGE_BUDGET, line)),
        "reversible": queries.reversible(line, year),
        "entries_url": link(asat, "budget:entry_list", query=figures.of_line(row, year)),
        "documents": queries.documents([line.pk], asat),
        "duration": wording.duration(line),
        "runs": wording.runs(line),
        "ends": wording.ends(line),
        "grows": wording.grows(growth),
        "growth_because": " ".join(dict.fromkeys(one.basis for one in growth if one.basis)),
        "history": queries.line_history(line) if can(user, Action.VIEW_HISTORY, line) else None,
        "sections": sections(request, "budget-line", line.slug, _record(line)),
        "breadcrumbs": _crumbs(asat, line.commissioner, year),
    }
    return show(request, "budget/line.html", context)


def _record(line: Any) -> Record:
    return Record("budget-line", line.slug, line.name, line.authority_target())


def _year_asked(request: HttpRequest, sums: Mapping[int, Any], otherwise: int) -> int:
    """`?year=`, or the nearest of the line's years to the page's day."""
    asked = request.GET.get("year", "")
    if not asked:
        return min(max(otherwise, min(sums)), max(sums))
    try:
        return parse_year(asked)
    except NotADay as wrong:
        raise BadRequest(str(wrong)) from None


class EntryList(ListPage):
    """The ledger: every entry the reader may see, the newest first."""

    title = "Ledger"
    noun = ("entry", "entries")
    filterset_class = EntryFilters
    table_class = EntryTable
    default_sort = "-day"
    shape = shapes.LedgerItem
    template_name = "budget/entries.html"
    csv_columns = {
        "day": "day",
        "commissioner": "line__commissioner__ods_code",
        "line": "line__slug",
        "line_name": "line__name",
        "financial_year": "year",
        "inside": "line__inside",
        "kind": "kind",
        **{of: of for of in figures.NAMES},
        "chin": "chin__slug",
        "chin_name": "chin__name",
        "reason": "reason",
        "document": "document",
        "entered_by": "by__name",
        "agreed_by": "agreed_by__name",
        "recorded": "recorded_at",
        "reverses": "reverses",
    }

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_BUDGET)

    def queryset(self) -> Any:
        return queries.entries(self.request.user, self.asat)

    def numbered(self, ordered: Any) -> Iterable[Sequence[Any]]:
        """The financial year as it is written."""
        at = 1 + [*self.csv_columns].index("financial_year")
        return ((*row[:at], year_name(row[at]), *row[at + 1 :]) for row in super().numbered(ordered))

    def exclude(self, filterset: EntryFilters) -> Sequence[str]:
        """Columns in which every row says the same."""
        asked = filterset.form.cleaned_data if filterset.is_valid() else {}
        return [name for name in ("kind", "chin") if asked.get(name)]

    def table(self, filterset: Any, rows: Sequence[Any]) -> Any:
        table: Any = super().table(filterset, rows)
        table.places = figures.places(one.signed for one in rows)
        return table

    def context(self) -> dict[str, Any]:
        return {"breadcrumbs": [{"text": "Budget", "href": link(self.asat, "budget:home")}]}
