"""CHINs side by side, and the lists behind a CHIN's numbers there."""

from collections.abc import Sequence
from decimal import Decimal
from textwrap import fill
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, require
from cc2h.kit import charts, exports, words
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.figures import Part
from cc2h.kit.links import link, this_page, with_query
from cc2h.kit.sparks import profile, sparkline
from chins import queries, shapes
from chins.beside import MOST, Beside, MemberLists, chosen, member_lists, side_by_side
from chins.figures import age_parts, aged_part, beside_figures
from chins.forms import BesideForm
from chins.views.finding import crumbs, find
from practices.models import AGE_BANDS
from practices.queries import band_words, visible_practices

BESIDE_COLUMNS = (
    *(
        "slug",
        "name",
        "commissioner",
        "status",
        "practices",
        "patients",
        "without_list",
        "band",
        "band_low",
        "band_high",
    ),
    *("share_percent", "compared_practices", "before", "growth", "growth_percent"),
    *("ages_from", "ages_to", "practices_with_ages", "patients_with_ages", "patients_without_ages"),
    *(f"age_{band}" for band in AGE_BANDS),
)
LABEL = 20  # characters of a name that a line at a line's end has room for
SEXES = ("male", "female")
LIST_COLUMNS = (
    *("ods_code", "name", "patients", "list_day", "compared", "before", "before_day", "change", "ages_day", "aged"),
    *(f"{sex} {band}" for band in AGE_BANDS for sex in SEXES),
)


@require_safe
@reads(shapes.side_by_side, chin=f"a CHIN by its slug; once for each, up to {MOST}")
def chins_beside(request: HttpRequest) -> HttpResponseBase:
    """Up to six CHINs, a column each, as at the day."""
    require(request.user, Action.VIEW_REGISTER)
    asat, asked = asat_of(request), [slug for slug in request.GET.getlist("chin") if slug]
    found = chosen(request.user, asked)
    if len(found) < len(set(asked)):
        raise Http404
    shown = side_by_side(found[:MOST], request.user, asat)
    if exports.wanted(request):
        rows = [_row(one) for one in shown]
        return exports.table_response(request, "CHINs side by side", asat.day, BESIDE_COLUMNS, rows)
    counting = [one for one in shown if one.counts]
    sized = [one for one in counting if one.patients is not None]
    patients_chart, history_chart = charts.keep([_patients_chart(sized, asat), _history_chart(sized, asat)])
    slugs = [one.chin.slug for one in shown]
    most = max((age.percent for one in counting for age in one.ages if age.percent), default=Decimal())
    context = {
        "shown": shown,
        "left_out": [chin.name for chin in found[MOST:]],
        "form": BesideForm(queries.beside_choices(request.user, asat, slugs)) if len(shown) < MOST else None,
        "slugs": slugs,
        "chips": [
            (one.chin.name, this_page(request, chin=[slug for slug in slugs if slug != one.chin.slug] or None))
            for one in shown
        ],
        "columns": [_column(one, asat, most) for one in shown],
        "bands": AGE_BANDS,
        "patients_chart": patients_chart,
        "history_chart": history_chart,
        "history": _history_table(sized, asat),
        "breadcrumbs": crumbs(asat),
    }
    return show(request, "chins/side_by_side.html", context)


def _column(one: Beside, asat: AsAt, most: Decimal) -> dict[str, Any]:
    """What a CHIN's column shows besides its facts. most: the largest share of any age band on the page."""
    days = sorted(one.history)
    line = [((day - days[0]).days, patients) for day in days if (patients := one.history[day][1]) is not None]
    return {
        "one": one,
        "figures": beside_figures(one, asat) if one.counts else None,
        "band_words": band_words(one.chin.commissioner),
        "line": sparkline(days[0], line) if days else words.DASH,
        "profile": profile([(age.band, age.percent) for age in one.ages if age.percent is not None], most),
        "aged": aged_part(one, asat),
        "ages": [age_parts(one, age, asat) for age in one.ages],
    }


def _patients_chart(shown: Sequence[Beside], asat: AsAt) -> charts.Chart | None:
    """Populations, against the band where all have the same."""
    if not shown:
        return None
    whose = {one.chin.commissioner for one in shown}
    band = next(iter(whose)) if len(whose) == 1 else None
    planned = band_words(band) if band else ""
    said = words.listed(f"{one.chin.name} {words.number(one.patients)}" for one in shown)
    return charts.bars(
        title=f"CHINs by registered patients, {words.day(asat.day)}",
        alt=f"Bar chart of registered patients: {said}.{f' Planned: {planned}.' if planned else ''}",
        rows=[{"name": one.chin.name, "patients": one.patients} for one in shown],
        label="name",
        value="patients",
        axis=f"Registered patients{f' (grey: planned, {planned})' if planned else ''}",
        band=(band.band_low, band.band_high) if band else (None, None),
    )


def _history_chart(shown: Sequence[Beside], asat: AsAt) -> charts.Chart | None:
    """Registered patients of each on the month-ends on which it counted, and on the day."""
    days = sorted({day for one in shown for day in one.history})
    if len(days) < 2:
        return None
    last = {one.chin.name: one.history[max(one.history)][1] for one in shown if one.history}
    return charts.lines(
        title=f"Registered patients by CHIN, {words.month(days[0])} to {words.month(days[-1])}",
        alt=f"Line chart of registered patients by CHIN. At the end: "
        f"{words.listed(f'{name} {words.number(patients)}' for name, patients in last.items())}. The table has every month.",
        rows=[{"Day": day} | {one.chin.name: one.history.get(day, (0, None))[1] for one in shown} for day in days],
        x="Day",
        series=[charts.Series(column=name, label=fill(name, LABEL)) for name in last],
    )


def _history_table(shown: Sequence[Beside], asat: AsAt) -> list[list[Any]]:
    """The chart's rows, the newest first: a day, and by CHIN the patients then, which lead to its page of that day."""
    days = sorted({day for one in shown for day in one.history}, reverse=True)
    return [[day, *(_then(one, day, asat) for one in shown)] for day in days]


def _then(one: Beside, day: Any, asat: AsAt) -> Part | None:
    if day not in one.history:
        return None
    page = link(AsAt(day, asat.known, asat.today), "chins:chin_detail", one.chin.slug)
    return Part(name=f"{one.chin.name}, {words.day(day)}", value=one.history[day][1], unit="patients", url=page)


def _row(one: Beside) -> list[Any]:
    chin, days = one.chin, one.ages_days
    whole = [chin.slug, chin.name, chin.commissioner.ods_code, one.status]
    if not one.counts:
        return whole + [None] * (len(BESIDE_COLUMNS) - len(whole))
    ages = {age.band: age.patients for age in one.ages}
    return [
        *(*whole, len(one.members), one.patients, one.without_list),
        *(one.band, chin.commissioner.band_low, chin.commissioner.band_high, one.share),
        *(len(one.compared), one.before if one.compared else None, one.growth, one.growth_percent),
        *(days[0] if days else None, days[-1] if days else None, len(one.with_ages), one.aged, one.not_aged),
        *(ages.get(band) for band in AGE_BANDS),
    ]


@require_safe
@reads(shapes.chin_lists, band="only the patients of this age band, such as 75+")
def chin_lists(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The lists of a CHIN's practices: on the day, a year before, and by age. band: `aged` is of that age band."""
    asat, chin, band = asat_of(request), find(request, slug), request.GET.get("band", "")
    if band and band not in AGE_BANDS:
        raise BadRequest(f"An age band is {words.listed(AGE_BANDS, 'or')}.")
    state = queries.state_on(chin, asat)
    members = member_lists([chin], asat)
    seen = visible_practices(request.user, asat, [one.practice_id for one in members])
    shown = [one for one in members if one.practice_id in seen]
    if exports.wanted(request):
        rows = (_list_row(one, band) for one in shown)
        return exports.table_response(request, f"{chin.slug} lists", asat.day, LIST_COLUMNS, rows)
    here = request.get_full_path()

    def total(column: str, values: Sequence[int | None]) -> Part:
        known = [value for value in values if value is not None]
        csv = with_query(here, {"format": "csv"})
        return Part(
            name=f"Total, {column}", value=sum(known) if known else None, url=here, csv=csv, measure=f"sum:{column}"
        )

    context = {
        "chin": chin,
        "commissioner": chin.commissioner,
        "state": state,
        "band": band,
        "bands": AGE_BANDS,
        "members": shown,
        "hidden": len(members) - len(shown),
        "totals": [
            total("patients", [one.patients for one in shown]),
            total("before", [one.before for one in shown]),
            total("change", [one.change for one in shown]),
            total("aged", [one.aged(band) for one in shown]),
        ],
        "breadcrumbs": crumbs(asat, chin),
    }
    return show(request, "chins/lists.html", context)


def _list_row(one: MemberLists, band: str) -> list[Any]:
    ages: Sequence[int | None] = one.ages or len(AGE_BANDS) * len(SEXES) * (None,)
    return [
        *(one.ods_code, one.name, one.patients, one.list_day, one.compared, one.before, one.before_day, one.change),
        *(one.ages_day, one.aged(band), *ages),
    ]
