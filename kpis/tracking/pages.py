"""What the templates of series, grids and changes are given, made from what was read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cc2h.kit import charts, words
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link
from chins.models import Chin
from kpis import rollup, untold
from kpis.models import Level, Measure
from kpis.rollup import Way
from kpis.series import SeriesPoint, value_of
from kpis.tracking import queries, wording
from kpis.tracking.judging import Special, Tracked, judge, shown, specials
from kpis.whose import Whose
from practices.models import Commissioner

AT_ONCE = 10  # measures of a grid
FORM = 1  # raise it when what is kept of a grid is made otherwise
KEPT_SECONDS = 86_400
COLUMNS = (
    "index",
    "ends",
    "months",
    "numerator",
    "denominator",
    "value",
    "suppressed",
    "flag",
    "rules",
    "mean",
    "lower",
    "upper",
    "trial",
    "practices",
    "practices_with_value",
)


def series_url(asat: AsAt | None, measure: str, whose: Whose, name: str = "series", **query: Any) -> str:
    return link(asat, f"tracking:{name}", measure, str(whose.kind), whose.key, query=query)


def lines(tracked: Tracked) -> Iterable[list[Any]]:
    """The series as rows of COLUMNS."""
    for line in tracked.lines:
        point, segment = line.point, line.segment
        limits = (segment.mean, segment.lower, segment.upper) if segment else (None, None, None)
        yield [
            line.index,
            point.ends,
            point.months,
            point.numerator,
            point.denominator,
            point.value,
            point.suppressed,
            line.flag,
            " ".join(line.rules),
            *limits,
            line.trial if segment else None,
            point.practices,
            point.practices_with_value,
        ]


def by_way(tracked: Tracked, way: Way, today: date, user: Any) -> Tracked:
    """The series of a group by another way of adding up, judged the same."""
    series = tracked.series
    if way is Way.LAST_DAY or series.whose.is_practice:
        return tracked
    definition, whose = series.definition, series.whose
    answers = rollup.answer(series.measure, str(whose.kind), whose.pk, way, today=today)
    if any(one.unpublished for one in answers) and not untold.sees_each(user, {(str(whose.kind), whose.pk)}):
        # beside the ordinary way this one tells what those practices have who came or went
        answers = [replace(one, numerator=None, denominator=None) if one.unpublished else one for one in answers]
    points = [
        SeriesPoint(
            ends=one.ends,
            months=one.months,
            numerator=one.numerator,
            denominator=one.denominator,
            value=value_of(definition, one.numerator, one.denominator),
            suppressed=one.numerator is None and bool(one.practices_with_value),
            practices=one.practices,
            practices_with_value=one.practices_with_value,
            patients=one.patients,
            patients_with_value=one.patients_with_value,
            unpublished=one.unpublished,
        )
        for one in answers
    ]
    ends = series.points[-1].ends if series.points else date.max
    points = [point for point in points if point.ends <= ends]
    firsts = [series.points[place].ends for place in series.breaks]
    breaks = tuple(sorted({n for first in firsts for n, point in enumerate(points) if point.ends == first} - {0}))
    return judge(replace(series, points=points, breaks=breaks), tracked.how)


def series(tracked: Tracked, asat: AsAt, way: Way) -> dict[str, Any]:
    """The context of templates/tracking/series.html without what the reader may do. Stores its chart."""
    measure, whose, definition = tracked.series.measure, tracked.series.whose, tracked.series.definition
    on = queries.on_series(measure, whose, asat)
    marks, trajectory, target = on.marks, on.trajectory, on.target
    on_the_way = {point.month: point.value for point in on.points}
    (chart,) = charts.keep([wording.chart(tracked, marks, on_the_way)])
    group = not whose.is_practice
    columns: list[Any] = ["Period", {"text": "Value", "numeric": True}]
    columns += [{"text": "Counted", "numeric": True}, {"text": "Out of", "numeric": True}]
    columns += [{"text": "With a number", "numeric": True}] if group else []
    columns += [{"text": name, "numeric": True} for name in ("Mean", "Lower limit", "Upper limit")] + ["What it is"]
    rows = []
    for line in reversed(tracked.lines):
        point, segment = line.point, line.segment
        row: list[Any] = [
            wording.period(point)[:1].upper() + wording.period(point)[1:],
            shown(point.value, definition) if point.value is not None else None,
            words.number(point.numerator),
            words.number(point.denominator),
        ]
        row += [f"{point.practices_with_value} of {point.practices}"] if group else []
        limits = (segment.mean, segment.lower, segment.upper) if segment else (None, None, None)
        row += [None if value is None else shown(value, definition) for value in limits]
        rows.append([*row, line.in_words])
    return {
        "tracked": tracked,
        "measure": measure,
        "definition": definition,
        "whose": whose,
        "says": wording.says(tracked),
        "judged_by": wording.judged_by(tracked),
        "missing": wording.missing(tracked),
        "variation": wording.variation(tracked),
        "assurance": wording.assurance(tracked),
        "delivery": wording.delivery(tracked, on_the_way),
        "chart": chart,
        "columns": columns,
        "rows": rows,
        "notes": on.notes,
        "marks": marks[::-1],
        "rebases": [(one, wording.STATES[one.State(one.state)]) for one in on.rebases],
        "target": target,
        "target_shown": shown(float(target.value), definition) if target else "",
        "trajectory": trajectory,
        "trajectory_rows": [[words.month(point.month), shown(point.value, definition)] for point in on.points],
        "way": way,
        "ways": [(one, one.label, series_url(asat, measure.code, whose, way=one.value)) for one in Way]
        if group
        else [],
    }


# The grid -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """A series in the grid: its icons and its latest value; a measure without a definition has none."""

    tracked: Tracked | None
    url: str = ""
    variation: tuple[str, str, str] | None = None
    assurance: tuple[str, str, str] | None = None
    value: str = ""
    period: str = ""

    @property
    def untold(self) -> bool:
        """Whether there are values, and the newest may not be told."""
        return (
            self.tracked is not None and bool(self.tracked.series.points) and self.tracked.series.points[-1].suppressed
        )


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    url: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """Measures across, organisations down."""

    kind: str
    columns: Sequence[tuple[str, str]]  # name and code of each measure
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Table:
    """A grid as it stands on a page, and how many measures and organisations it has."""

    html: SafeString
    columns: int
    rows: int


def table(
    measures: Sequence[Measure],
    whose: Sequence[Whose],
    asat: AsAt,
    user: Any,
    kind: str,
    *,
    caption: str,
    urls: Sequence[str] = (),
) -> Table:
    """The grid, kept by the content it was made of: hundreds of series are judged once, until one of them changes.

    Whoever may be told the same is shown the same. What each may be told is asked anew, as posts and CHINs change hands.
    """

    def make() -> Table:
        made = grid(measures, whose, asat, user, kind, urls)
        html = render_to_string("tracking/icon_grid.html", {"grid": made, "caption": caption})
        return Table(mark_safe(html), len(made.columns), len(made.rows))  # noqa: S308 - a template of ours, which escapes

    if asat.known is not None or any(one.is_practice for one in whose):
        return make()
    told = sorted(untold.sees_each(user, {(str(one.kind), one.pk) for one in whose}))
    state = queries.state_of_groups(measures)
    content = (FORM, kind, caption, asat, told, whose, urls, [(one.pk, one.code) for one in measures], state)
    key = f"kpis.grid:{sha256(repr(content).encode()).hexdigest()}"
    found = cache.get(key)
    if isinstance(found, Table):
        return found
    made = make()
    if queries.state_of_groups(measures) == state:  # else it may be of what came meanwhile
        cache.set(key, made, KEPT_SECONDS)
    return made


def grid(
    measures: Sequence[Measure], whose: Sequence[Whose], asat: AsAt, user: Any, kind: str, urls: Sequence[str] = ()
) -> Grid:
    """The icons of each measure of each organisation."""
    found = queries.many_tracked(measures, whose, asat, user)
    names = {key[0]: tracked.series.definition.name for key, tracked in found.items()}
    shown_measures = [measure for measure in measures if measure.pk in names]
    rows = []
    for number, one in enumerate(whose):
        cells = [_cell(found.get((measure.pk, one)), asat) for measure in shown_measures]
        rows.append(Row(one.name, urls[number] if urls else "", cells))
    return Grid(kind, [(names[measure.pk], measure.code) for measure in shown_measures], rows)


def _cell(tracked: Tracked | None, asat: AsAt) -> Cell:
    if tracked is None or tracked.latest is None:
        return Cell(tracked)
    return Cell(
        tracked,
        series_url(asat, tracked.series.measure.code, tracked.series.whose),
        wording.variation(tracked),
        wording.assurance(tracked),
        shown(tracked.latest.value, tracked.series.definition),
        wording.period(tracked.latest),
    )


def of_chins(chins: Sequence[Chin], commissioners: Sequence[Commissioner]) -> list[Whose]:
    """CHINs, after their commissioners where there are several; the programme first."""
    return [*map(Whose.of, commissioners), *map(Whose.of, chins)]


def of_board(
    user: Any, commissioner: Commissioner, chins: Iterable[tuple[int, str, str]], asat: AsAt, caption: str
) -> Table | None:
    """The grid on a dashboard: at most ten measures that something can be concluded from; None where there are none.

    chins: id, slug and name of each.
    """
    measures = queries.to_conclude_from(user, commissioner, asat, AT_ONCE)
    if not measures:
        return None
    whose = [Whose.of(commissioner), *(Whose(Level.CHIN, pk, slug, name) for pk, slug, name in chins)]
    urls = ["", *(link(asat, "chins:chin_detail", one.key) for one in whose[1:])]
    return table(measures, whose, asat, user, Level.CHIN, caption=caption, urls=urls)


# What changed -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A special cause of a series since a day, in a sentence."""

    tracked: Tracked
    special: Special
    sentence: str
    url: str

    @property
    def sign(self) -> tuple[str, str, str]:
        """Its icon: what it is called, its shape and its colour."""
        names = {"improvement": ("Improvement", "blue"), "concern": ("Concern", "orange")}
        name, colour = names.get(self.special.flag.value, ("Changed", "purple"))
        return name, "up" if self.special.high else "down", colour


def changed(measures: Sequence[Measure], whose: Sequence[Whose], asat: AsAt, user: Any, since: date) -> list[Found]:
    """The special causes with a point after the day, the latest first; of the same day as measures and organisations are."""
    found = [
        Found(
            tracked,
            special,
            wording.special_in_words(tracked, special),
            series_url(asat, tracked.series.measure.code, tracked.series.whose),
        )
        for tracked in queries.many_tracked(measures, whose, asat, user).values()
        for special in specials(tracked, since)
    ]
    return sorted(found, key=lambda one: one.special.latest.ends, reverse=True)


def level_word(kind: str) -> str:
    return {"practice": "Practice", **{level.value: str(level.label) for level in Level}}[kind]
