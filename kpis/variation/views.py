"""How practices vary in a measure: a funnel, intervals, a table without ranks, CHINs, one practice, two measures, gaps."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, require
from cc2h.kit import charts, exports, words
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.figures import Figure, Part
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage, ListTable
from kpis.models import Better, Definition, Measure, MeasureKind
from kpis.statistics.funnels import Verdict
from kpis.statistics.intervals import Interval
from kpis.variation import drawing, groups, kept, queries, shapes
from kpis.variation.alike import NEAREST, alike, facts_of
from kpis.variation.alike import deprivation as deprivation_scores
from kpis.variation.compare import Own, Values
from kpis.variation.filters import PracticeFilters
from kpis.variation.forms import WIDE, GapForm, OneForm, TwoForm, VariationForm, offered
from kpis.variation.judging import (
    AGAINST,
    COMMISSIONER,
    DIFFERS,
    PROGRAMME,
    REGISTER,
    Asked,
    Judging,
    NotAsked,
    in_words,
    interval_of,
    judge,
    together,
)
from kpis.variation.tables import PracticeTable, numbers

TABS = (
    ("variation:funnel", "Funnel"),
    ("variation:intervals", "Intervals"),
    ("variation:practice_list", "Table"),
    ("variation:chins", "CHINs"),
    ("variation:compare", "One practice"),
    ("variation:two", "Two measures"),
    ("variation:gap", "Prevalence gap"),
    ("variation:deprivation", "Deprivation"),
)
SHARED = ("ends", "commissioner", "chin", "against", "limits")  # what goes along from one to the other
ALL_SHOWN = 60  # lines of a chart's table; of more practices the table page has every one
QUERY = {
    "ends": "the last day of a period, as 2018-03-31; the newest otherwise",
    "commissioner": "only the practices of this commissioner, by its code",
    "chin": "only the practices of this CHIN, by its slug",
    "against": "whose average and limits: programme, register, commissioner or chin",
}
LIMITS_QUERY = {"limits": "unadjusted or overdispersed, for what the page draws; both verdicts are told"}


@dataclass(frozen=True)
class Read:
    """What a page of variation stands on."""

    told: queries.Told
    asked: Asked
    judging: Judging | None
    form: Any
    wide: bool

    @property
    def measure(self) -> Measure:
        return self.told.measure

    @property
    def definition(self) -> Definition:
        return self.told.definition

    @property
    def values(self) -> Values | None:
        return self.told.values

    @property
    def against(self) -> str:
        """Whose average it is, in words."""
        values, judging = self.values, self.judging
        if values is None or judging is None:
            return ""
        row = judging.compared[0] if judging.compared else None
        match self.asked.against:
            case "chin":
                return row.chin_name if row else ""
            case "commissioner":
                return row.commissioner_name if row else ""
        return AGAINST[self.asked.against]


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"“ends” is the last day of a period, like 2018-03-31, not “{text}”.") from None


@dataclass(frozen=True)
class Begun:
    """What was asked for: a measure and a period that has values (None: it has none). No value was read."""

    measure: Measure
    definition: Definition
    periods: Sequence[date]
    ends: date | None
    asked: Asked


def _begin(request: HttpRequest, code: str, against: str = "") -> Begun:
    """Raises BadRequest for a period without values, Http404 for no such measure."""
    require(request.user, Action.VIEW_REGISTER)
    asat, given = asat_of(request), request.GET
    measure = get_object_or_404(queries.measures_seen(request.user), code=code)
    ends = _day(given.get("ends", ""))
    try:
        definition, periods, ends = queries.period_of(measure, ends, asat)
    except LookupError:
        raise BadRequest(f"There are no values of a period that ended on {words.day(ends)}.") from None
    except Definition.DoesNotExist:
        raise Http404 from None
    asked = Asked(
        given.get("commissioner", ""), given.get("chin", ""), against or given.get("against", "") or PROGRAMME
    )
    return Begun(measure, definition, periods, ends, asked)


def _read(request: HttpRequest, code: str, form: Callable[..., Any] = VariationForm, against: str = "") -> Read:
    """The measure and its values, judged. Raises BadRequest for what can’t be asked, Http404 for no such measure."""
    begun, asat, given = _begin(request, code, against), asat_of(request), request.GET
    found = queries.told(begun.measure, begun.definition, begun.periods, begun.ends, request.user, asat)
    try:
        judging = judge(found.values, begun.asked) if found.values else None
    except NotAsked as wrong:
        raise BadRequest(str(wrong)) from None
    shown = _valid(form(given, found.periods, found.values))
    return Read(found, begun.asked, judging, shown, given.get("limits", "") == WIDE)


def _valid(form: Any) -> Any:
    """The form, if what was chosen is among its choices. Raises BadRequest."""
    if not form.is_valid():
        said = " ".join(f"{form[name].label}: {' '.join(errors)}" for name, errors in form.errors.items())
        raise BadRequest(said)
    return form


def _around(request: HttpRequest, measure: Measure, definition: Definition) -> dict[str, Any]:
    """What stands around what is shown: the way here, and the other ways to look."""
    asat = asat_of(request)
    here = request.resolver_match.view_name if request.resolver_match else ""
    along = {name: request.GET.get(name) for name in SHARED if request.GET.get(name)}
    return {
        "measure": measure,
        "definition": definition,
        "tabs": [
            {"text": text, "href": link(asat, name, measure.code, query=along), "current": name == here}
            for name, text in TABS
        ],
        "breadcrumbs": [
            {"text": "Measures", "href": link(asat, "kpis:measure_list")},
            {"text": definition.name, "href": link(asat, "kpis:measure_detail", measure.code)},
        ],
    }


def _context(request: HttpRequest, read: Read, says: Iterable[str] = (), **more: Any) -> dict[str, Any]:
    """What every one of these pages is given. says: sentences under the chart, and of the API."""
    values, judging = read.values, read.judging
    return {
        **_around(request, read.measure, read.definition),
        "values": values,
        "judging": judging,
        "form": read.form,
        "asked": read.asked,
        "against": read.against,
        "wide": read.wide,
        "period": _period(values) if values else "",
        "says": [one for one in says if one],
        "notes": _notes(judging) if judging else [],
        **more,
    }


def _period(values: Values) -> str:
    called = {1: "Month", 3: "Quarter", 6: "Half year", 12: "Year"}.get(values.months, "Period")
    return f"{called} to {words.day(values.ends)}"


def _in_title(values: Values) -> str:
    """The period after other words."""
    said = _period(values)
    return said[:1].lower() + said[1:]


def _notes(judging: Judging) -> list[str]:
    """Who is not shown, or not counted, and why."""
    found, left = [], judging.values.left_out
    if judging.hidden:
        found.append(
            f"{words.plural(judging.hidden, 'practice')} that you may not be told by name "
            f"{'counts' if judging.hidden == 1 else 'count'} in the average and the limits and "
            f"{'is' if judging.hidden == 1 else 'are'} not shown."
        )
    for count, why in (
        (left.suppressed, "not told by the publisher (small number)"),
        (left.no_denominator, "without a denominator"),
        (left.impossible, "with more counted than there are"),
        (left.not_open, "not open on the period’s last day"),
        (left.secret, "unpublished, and too few to be counted without showing them"),
    ):
        if count:
            found.append(f"Left out: {words.plural(count, 'practice')} {why}.")
    return found


def _between(definition: Definition, interval: Interval | None) -> str | None:
    """An interval in words; None where there is none."""
    if interval is None:
        return None
    return f"{drawing.said(definition, interval.lower)} to {drawing.said(definition, interval.upper)}"


def _row(row: Any, asat: AsAt, definition: Definition) -> list[Any]:
    """A practice as a line of a chart’s table."""
    own, better = row.own, Better(definition.better)
    return [
        {"text": own.name, "href": link(asat, "practices:practice_detail", own.code)},
        own.chin_name or "None",
        f"{numbers(own.numerator)} of {numbers(own.denominator)}" if own.denominator else numbers(own.numerator),
        drawing.said(definition, own.value),
        _between(definition, row.interval),
        in_words(row.verdict, better),
        in_words(row.wide_verdict, better),
    ]


COLUMNS: Sequence[Any] = (
    "Practice",
    "CHIN",
    {"text": "Numbers", "numeric": True},
    {"text": "Value", "numeric": True},
    {"text": "95% interval", "numeric": True},
    "Unadjusted",
    "Overdispersed",
)


def _table(judging: Judging | None, asat: AsAt) -> tuple[list[list[Any]], bool]:
    """The lines of a chart’s table: all by name, or of very many those furthest out; and whether all."""
    if judging is None:
        return [], True
    rows, everybody = judging.named, len(judging.named) <= ALL_SHOWN
    if not everybody:
        outside = [row for row in rows if row.depends or row.verdict not in (None, Verdict.NOT_SIGNIFICANT)]
        rows = sorted(outside, key=drawing.far, reverse=True)[:ALL_SHOWN]
    rows = sorted(rows, key=lambda row: (row.own.name, row.own.code))
    return [_row(row, asat, judging.values.definition) for row in rows], everybody


def _one(chart: charts.Chart | None) -> charts.Chart | None:
    return charts.keep([chart])[0] if chart else None


def _depending(judging: Judging) -> str:
    """For whom the two kinds of limits say otherwise."""
    if judging.plain is None:
        return ""
    found = judging.depending
    if not found:
        return "Both kinds of limits give everybody the same verdict."
    named = [f"{row.own.name} ({_short(row.verdict)}; overdispersed, {_short(row.wide_verdict)})" for row in found[:8]]
    more = [f"{len(found) - 8} more"] if len(found) > 8 else []
    return f"The verdict depends on the limits for {words.listed([*named, *more])}."


def _short(verdict: Verdict | None) -> str:
    return DIFFERS[verdict].lower() if verdict else "no verdict"


# Pages -------------------------------------------------------------------------------------------------


@require_safe
@reads(shapes.funnel, **QUERY, **LIMITS_QUERY)
def funnel(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who truly differs: the funnel, unadjusted or overdispersed, and for whom that matters."""
    asat, user = asat_of(request), request.user
    if exports.wanted(request) or call_of(request):  # every practice
        read = _read(request, code)
        if exports.wanted(request) and read.judging:
            return _export(request, read.judging, asat)
        return show(request, "variation/funnel.html", _context(request, read) | _who_differs(request, read))
    begun = _begin(request, code)
    if begun.ends is None:
        return show(request, "variation/funnel.html", _context(request, _read(request, code)))

    def make() -> Mapping[str, Any]:
        return _who_differs(request, _read(request, code))

    limits = request.GET.get("limits", "")
    keep = asat.known is None  # what was known on another day is asked for seldom
    key = kept.key(begun.measure, begun.ends, user, asat, begun.asked, limits) if keep else ""
    made = kept.shown(key, make) if keep else make()
    form = _valid(VariationForm(request.GET, begun.periods, None, made["offered"]))
    around = _around(request, begun.measure, begun.definition)
    return show(request, "variation/funnel.html", {**around, **made, "form": form, "values": True})


def _who_differs(request: HttpRequest, read: Read) -> dict[str, Any]:
    """What the funnel’s page says and shows of values. Stores its chart."""
    asat, judging, values = asat_of(request), read.judging, read.values
    title = f"{read.definition.name}, {_in_title(values)}" if values else ""
    own = [row.code for row in values.rows if row.practice_id in queries.own_practices(request.user)] if values else []
    chart = drawing.funnel_chart(judging, title, wide=read.wide, own=own) if judging else None
    rows, everybody = _table(judging, asat)
    says = [drawing.summary(judging), _depending(judging), drawing.about_the_spread(judging)] if judging else []
    return {
        "chart": _one(chart),
        "rows": rows,
        "everybody": everybody,
        "columns": COLUMNS,
        "says": [one for one in says if one],
        "notes": _notes(judging) if judging else [],
        "refused": judging.refused if judging else "",
        "against": read.against,
        "wide": read.wide,
        "period": _period(values) if values else "",
        "offered": offered(values, read.asked.commissioner, read.asked.chin),
    }


def _export(request: HttpRequest, judging: Judging, asat: AsAt) -> HttpResponseBase:
    """The practices as the command `funnel` takes them, with what it says of each."""
    shares = judging.values.kind == MeasureKind.PROPORTION
    two_columns = ("numerator", "denominator") if shares else ("observed", "expected")
    header = ("id", "name", "chin", "commissioner", *two_columns, "value", "lower", "upper", "verdict", "overdispersed")
    rows = [
        [
            *(row.own.code, row.own.name, row.own.chin, row.own.commissioner, row.own.numerator),
            *(row.own.denominator if shares or row.plain is None else row.plain.size, row.own.value),
            *((row.interval.lower, row.interval.upper) if row.interval else (None, None)),
            *(str(row.verdict or ""), str(row.wide_verdict or "")),
        ]
        for row in judging.named
    ]
    return exports.table_response(request, f"{judging.values.measure.code} variation", asat.day, header, rows)


@require_safe
@reads(shapes.funnel, **QUERY, **LIMITS_QUERY)
def intervals(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every practice’s value with its 95% interval, the lowest first."""
    asat, read = asat_of(request), _read(request, code)
    judging = read.judging
    if exports.wanted(request) and judging:
        return _export(request, judging, asat)
    title = f"{read.definition.name}, {_in_title(read.values)}" if read.values else ""
    chart = drawing.caterpillar(judging, title, wide=read.wide) if judging else None
    rows, everybody = _table(judging, asat)
    how = (
        "Byar’s method, for counts" if read.definition.kind != MeasureKind.PROPORTION else "Wilson’s score, for shares"
    )
    says = [
        f"Intervals are 95%, by {how}: where the true value may well lie." if chart else "",
        "Two intervals that overlap do not show that two practices are alike; the funnel tells who differs."
        if chart
        else "",
    ]
    context = _context(request, read, says, chart=_one(chart), rows=rows, everybody=everybody, columns=COLUMNS)
    return show(request, "variation/intervals.html", context)


class PracticeList(ListPage):
    """The practices with interval and verdict, sorted as the reader likes, and without a rank."""

    title = "Practices"
    noun = ("practice", "practices")
    filterset_class = PracticeFilters
    table_class = PracticeTable
    default_sort = "name"
    shape = shapes.PracticeItem
    template_name = "variation/practices.html"
    csv_columns = {
        "ods_code": "code",
        "name": "name",
        "chin": "chin_slug",
        "commissioner": "commissioner_code",
        "numerator": "numerator",
        "denominator": "denominator",
        "value": "level",
        "lower": "pk",
        "upper": "pk",
        "verdict": "pk",
        "overdispersed_verdict": "pk",
        "to_upper_quartile": "pk",
    }
    empty_title = "No practice matches"
    empty_text = "There are no values of this measure yet, or the filters let none through."

    @cached_property
    def read(self) -> Read:
        return _read(self.request, self.kwargs["code"])

    @cached_property
    def judged(self) -> Mapping[int, Any]:
        return {row.own.practice_id: row for row in (self.read.judging.named if self.read.judging else ())}

    @cached_property
    def aim(self) -> groups.Aim | None:
        judging = self.read.judging
        shown = [row.own for row in self.judged.values()]
        return groups.best_quarter(judging.values, judging.compared, shown) if judging else None

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> Any:
        read = self.read
        rows: Any = (
            queries.rows_of(read.values, list(self.judged), self.asat) if read.values else queries.none_of(read.measure)
        )
        rows.judging, rows.form = read.judging, read.form
        return rows

    def rows(self, ordered: Any, start: int, stop: int) -> Sequence[Any]:
        return [self.judged[pk] for pk in ordered.values_list("practice_id", flat=True)[start:stop]]

    def numbered(self, ordered: Any) -> Iterable[Sequence[Any]]:
        for pk, practice_id in ordered.values_list("pk", "practice_id"):
            row = self.judged[practice_id]
            own, more = row.own, self.aim.more.get(practice_id) if self.aim else None
            yield (
                *(
                    pk,
                    own.code,
                    own.name,
                    own.chin or None,
                    own.commissioner,
                    own.numerator,
                    own.denominator,
                    own.value,
                ),
                *((row.interval.lower, row.interval.upper) if row.interval else (None, None)),
                *(str(row.verdict or ""), str(row.wide_verdict or ""), more),
            )

    def exclude(self, filterset: Any) -> Sequence[str]:
        values = self.read.values
        return ("commissioner",) if values is None or len(values.commissioners) < 2 else ()

    def table(self, filterset: Any, rows: Sequence[Any]) -> ListTable:
        table = super().table(filterset, rows)
        table.definition = self.read.definition
        return table

    def context(self) -> dict[str, Any]:
        read = self.read
        return _context(self.request, read) | {"heading": read.definition.name, "caption": "Variation", "form": None}


@require_safe
@reads(shapes.groups, **QUERY)
def chins(request: HttpRequest, code: str) -> HttpResponseBase:
    """How values are spread within each CHIN."""
    asat, read = asat_of(request), _read(request, code)
    judging = read.judging
    found = groups.by_chin(judging.values, [row.own for row in judging.named]) if judging else []
    title = f"{read.definition.name} by CHIN, {_in_title(read.values)}" if read.values else ""
    chart = drawing.by_chin_chart(judging, found, title) if judging else None
    definition = read.definition
    rows = [
        [
            {"text": one.name, "href": link(asat, "chins:chin_detail", one.key)} if one.key else one.name,
            str(len(one.rows)),
            *(drawing.said(definition, level) for level in (one.lowest, one.lower, one.middle, one.upper, one.highest)),
            drawing.said(definition, one.together),
            _between(definition, one.interval),
        ]
        for one in found
    ]
    says = [
        "The shaded part is the middle half of each CHIN’s practices, the line in it the median." if chart else "",
        "What a CHIN has together is its practices’ numerators over their denominators, of those shown.",
    ]
    context = _context(request, read, says, chart=_one(chart), rows=rows, groups=[(one.name, one) for one in found])
    return show(request, "variation/chins.html", context)


@require_safe
@reads(shapes.compare, ends=QUERY["ends"], practice="a practice, by its code; one’s own otherwise")
def compare(request: HttpRequest, code: str) -> HttpResponseBase:
    """One practice beside its CHIN, its commissioner, North Central London, practices like it, and the upper quartile."""
    asat, read = asat_of(request), _read(request, code, OneForm, REGISTER)
    values = read.values
    own = _chosen(request, values) if values else None
    lines: list[dict[str, Any]] = []
    like = aim = chart = None
    says: list[str] = []
    if values and own:
        _, scores = deprivation_scores(asat)
        like = alike(own, values, facts_of([row for row in values.rows if row.named], values.ends, asat, scores))
        lines = _lines(values, own, [one.own for one in like.nearest] if like else [])
        title = f"{own.name}: {read.definition.name}, {_in_title(values)}"
        chart = drawing.compared_chart(read.definition, lines, title)
        aim, level = _aim(request, read, own)
        if level is not None:
            lines.append(_line("Upper quartile" if read.definition.better == "up" else "Best quarter", level, 0))
        says = [_beside(read.definition, lines)]
    context = _context(
        request,
        read,
        says,
        own=own,
        lines=lines,
        like=like,
        aim=aim,
        k=NEAREST,
        chart=_one(chart),
        said=drawing.said,
        numbers=numbers,
    )
    return show(request, "variation/compare.html", context)


def _chosen(request: HttpRequest, values: Values) -> Own | None:
    """The practice asked for, or one’s own. Raises BadRequest for one that has no value the reader may be told."""
    asked, named = request.GET.get("practice", ""), [row for row in values.rows if row.named]
    if asked:
        found = next((row for row in named if row.code == asked), None)
        if found is None:
            raise BadRequest(f"There is no value of the practice “{asked}” of this period that you may be told.")
        return found
    mine = queries.own_practices(request.user)
    return next((row for row in named if row.practice_id in mine), None)


def _line(name: str, value: float | None, practices: int, interval: Any = None, href: str = "") -> dict[str, Any]:
    lower, upper = (interval.lower, interval.upper) if interval else (None, None)
    return {"name": name, "value": value, "lower": lower, "upper": upper, "practices": practices, "href": href}


def _lines(values: Values, own: Own, like: Sequence[Own]) -> list[dict[str, Any]]:
    """The practice, and whom it stands beside."""
    several = [
        (own.chin_name, [row for row in values.rows if own.chin and row.chin == own.chin]),
        (own.commissioner_name, [row for row in values.rows if row.commissioner == own.commissioner]),
        (AGAINST[PROGRAMME], [row for row in values.rows if row.in_programme]),
        (f"The {len(like)} like it", like),
    ]
    lines = [_line(own.name, own.value, 1, interval_of(values, own.x, own.n))]
    for name, rows in several:
        if rows:
            interval = interval_of(values, sum(row.x for row in rows), sum(row.n for row in rows))
            lines.append(_line(name, together(values, rows), len(rows), interval))
    return lines


def _beside(definition: Definition, lines: Sequence[Mapping[str, Any]]) -> str:
    first, *others = lines
    known = [line for line in others if line["value"] is not None]
    if not known:
        return ""
    told = words.listed(f"{line['name']} {drawing.said(definition, line['value'])}" for line in known)
    return f"{first['name']} has {drawing.said(definition, first['value'])}; {told}."


def _aim(request: HttpRequest, read: Read, own: Own) -> tuple[Figure | None, float | None]:
    """How many more patients there would be if every practice of its commissioner reached the best quarter."""
    asat, values = asat_of(request), read.values
    if values is None:
        return None, None
    compared = [row for row in values.rows if row.commissioner == own.commissioner]
    named = [row for row in compared if row.named]
    found = groups.best_quarter(values, compared, named)
    if found is None:
        return None, None
    definition, way = read.definition, "fewer" if found.fewer else "more"
    query = {"commissioner": own.commissioner, "against": COMMISSIONER, "ends": values.ends.isoformat()}
    page = link(asat, "variation:practice_list", read.measure.code, query=query)
    rows = link(asat, "variation:practice_list", read.measure.code, query=query | {"format": "csv"})
    part = Part(
        name=f"{way.capitalize()} in each practice of {own.commissioner_name}",
        value=found.total,
        unit=definition.numerator,
        url=page,
        csv=rows,
        measure="sum:to_upper_quartile",
    )
    level = drawing.said(definition, found.level)
    figure = Figure(
        key="to-upper-quartile",
        label=f"How many {way} if every practice reached {level}",
        kind="count",
        value=words.half_up(found.total, 0),
        unit=definition.numerator,
        as_at=values.ends,
        formula=(
            f"The best quarter of the practices of {own.commissioner_name} begins at {level} (linear between the two "
            f"nearest). For every practice that has not reached it: {level} × its denominator "
            + ("taken off its numerator" if found.fewer else "less its numerator")
            + ", to two decimals, and these added up."
        ),
        parts=(part,),
        note=f"For {own.name} alone: {words.number(found.more.get(own.practice_id), 1)}.",
    )
    return figure, found.level


@require_safe
@reads(
    shapes.two,
    ends=QUERY["ends"],
    commissioner=QUERY["commissioner"],
    chin=QUERY["chin"],
    other="another measure, by its code",
)
def two(request: HttpRequest, code: str) -> HttpResponseBase:
    """Practices by two measures."""
    asat, user = asat_of(request), request.user
    require(user, Action.VIEW_REGISTER)
    measure = get_object_or_404(queries.measures_seen(user), code=code)
    choices = queries.others_with_values(measure, asat)
    read = _read(request, code, lambda data, periods, values: TwoForm(data, periods, values, choices))
    asked = request.GET.get("other", "")
    other = None
    pairs: list[tuple[Own, Own]] = []
    says: list[str] = []
    chart = None
    rank: float | None = None
    if asked and read.judging and read.values:
        beside = get_object_or_404(queries.measures_seen(user), code=asked)
        periods = queries.periods_of(beside, asat)
        nearest = next((day for day in periods if day <= read.values.ends), periods[-1] if periods else None)
        other = queries.values_of(beside, nearest, user, asat) if nearest else None
    if other and read.judging:
        theirs = {row.practice_id: row for row in other.rows if row.named}
        named = [row.own for row in read.judging.named]
        pairs = [(one, theirs[one.practice_id]) for one in named if one.practice_id in theirs]
        rank = groups.correlation([(one.value, another.value) for one, another in pairs])
        says = [
            _related(rank, len(pairs)),
            "That two measures go together does not show that one brings about the other.",
        ]
        title = f"{read.definition.name} and {other.definition.name}"
        chart = drawing.scatter_chart(pairs, (read.definition, other.definition), title, says[0])
    rows = [
        [
            {"text": one.name, "href": link(asat, "practices:practice_detail", one.code)},
            drawing.said(read.definition, one.value),
            drawing.said(other.definition, another.value) if other else "",
        ]
        for one, another in sorted(pairs, key=lambda pair: pair[0].name)
    ]
    context = _context(
        request, read, says, other=other, pairs=pairs, correlation=rank, chart=_one(chart), rows=rows,
        other_period=_period(other) if other else "",
    )  # fmt: skip
    return show(request, "variation/two.html", context)


def _related(rank: float | None, count: int) -> str:
    said = f"Of {words.plural(count, 'practice')} with both"
    if rank is None:
        return f"{said}: too few, or all alike, to say how they go together."
    strength = (
        "hardly" if abs(rank) < 0.2 else "weakly" if abs(rank) < 0.4 else "moderately" if abs(rank) < 0.7 else "closely"
    )
    way = (
        ""
        if abs(rank) < 0.2
        else ": where one is higher, so is the other"
        if rank > 0
        else ": where one is higher, the other is lower"
    )
    return f"{said}, the two orders agree {strength} (Spearman’s ρ {words.number(rank, 2)}){way}."


@require_safe
@reads(
    shapes.gap,
    **{name: QUERY[name] for name in ("ends", "commissioner", "chin")},
    modelled="percent of the population that a model expects",
)
def gap(request: HttpRequest, code: str) -> HttpResponseBase:
    """Registers against what a model expects: how many people are still to be found."""
    asat = asat_of(request)
    read = _read(request, code, GapForm)
    ratio = read.definition.kind == MeasureKind.RATIO
    share = read.definition.kind == MeasureKind.PROPORTION
    modelled: Decimal | None = None if ratio else read.form.cleaned_data.get("modelled")
    if ratio:
        del read.form.fields["modelled"]
    found: list[groups.Gap] = []
    if read.judging and (ratio or (share and modelled is not None)):
        for row in read.judging.named:
            own = row.own
            if own.numerator is None or not own.denominator:
                continue
            if modelled is None:
                found.append(groups.Gap(own, own.denominator, own.denominator, own.numerator))
            else:
                found.append(groups.gap(own, own.denominator, modelled, own.numerator))
    found.sort(key=lambda one: (-one.gap, one.own.code if one.own else ""))
    total = groups.add_up(found) if found else None
    says = _gap_words(total, found, modelled) if total else []
    rows = [
        [
            {"text": one.own.name, "href": link(asat, "practices:practice_detail", one.own.code)},
            numbers(one.population) if share else None,
            words.number(one.expected, 2),
            numbers(one.register),
            words.number(one.gap, 2),
            words.percent1(one.percent),
        ]
        for one in found
        if one.own
    ]
    context = _context(
        request, read, says, gaps=found, total=total, modelled=modelled, rows=rows, ratio=ratio, share=share
    )  # fmt: skip
    return show(request, "variation/gap.html", context)


def _gap_words(total: groups.Gap, found: Sequence[groups.Gap], modelled: Decimal | None) -> list[str]:
    more = sum(one.gap < 0 for one in found)
    how = (
        f"{words.number(modelled, 2).rstrip('0').rstrip('.')}% of the population"
        if modelled is not None
        else "what a model expects of each practice"
    )
    return [
        f"{words.number(total.expected, 2)} people are expected ({how}), {numbers(total.register)} are on registers: "
        f"a gap of {words.number(total.gap, 2)}, or {words.percent1(total.percent)} of those expected are known.",
        f"In {words.plural(more, 'practice')} more are on the register than were expected." if more else "",
        "Registers are crude: some are limited by age or treatment, and then not directly comparable with a model.",
    ]


@require_safe
@reads(shapes.groups, **QUERY)
def deprivation(request: HttpRequest, code: str) -> HttpResponseBase:
    """Fifths of practices by how deprived their patients are, from the most to the least."""
    asat, read = asat_of(request), _read(request, code)
    judging = read.judging
    told, scores = deprivation_scores(asat)
    found = groups.fifths(judging.values, [row.own for row in judging.named], scores) if judging else []
    definition = read.definition
    title = f"{definition.name} by deprivation, {_in_title(read.values)}" if read.values else ""
    chart = drawing.fifths_chart(judging.values, found, judging.average, title) if judging else None
    rows = [
        [
            one.name,
            str(len(one.spread.rows)),
            f"{words.number(one.least, 1)} to {words.number(one.most, 1)}",
            drawing.said(definition, one.spread.together),
            _between(definition, one.spread.interval),
            drawing.said(definition, one.spread.middle),
        ]
        for one in found
    ]
    says = _gradient(definition, found, told) if found else []
    context = _context(
        request, read, says, chart=_one(chart), rows=rows, told=told, groups=[(one.name, one.spread) for one in found]
    )
    return show(request, "variation/deprivation.html", context)


def _gradient(definition: Definition, found: Sequence[groups.Fifth], told: date | None) -> list[str]:
    most, least = found[0].spread, found[-1].spread
    says = []
    if most.together is not None and least.together is not None and most.interval and least.interval:
        apart = most.interval.lower > least.interval.upper or least.interval.lower > most.interval.upper
        says.append(
            f"The most deprived fifth has {drawing.said(definition, most.together)}, the least deprived "
            f"{drawing.said(definition, least.together)}: {drawing.said(definition, abs(most.together - least.together))} "
            f"{'more' if most.together > least.together else 'less'}. "
            + ("Their intervals lie apart." if apart else "Their intervals overlap: chance may explain it.")
        )
    says.append(
        "Fifths are of equally many of the practices shown, by their patients’ deprivation score"
        + (f" of {words.day(told)}." if told else ".")
    )
    return says
