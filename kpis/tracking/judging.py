"""One engine for page, table, document, API and command: a series, how it is judged, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kpis import drawing
from kpis.drawing import FLAGS, RULES
from kpis.models import Definition, Unit
from kpis.series import Series, SeriesPoint
from kpis.statistics.attributes import Run, run_chart
from kpis.statistics.series import TRIAL_BELOW, Flag, Improvement, Judged, Point, Rule, Segment, Settings, Variation
from kpis.statistics.xmr import xmr


@dataclass(frozen=True, slots=True)
class NewBaseline:
    """A baseline that was approved: from which day, why, and by whom."""

    day: date
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class How:
    """How a series is judged, as stored with it; `own`: the settings are its own and not those of every organisation."""

    fixed: int | None = None
    run: int = 7
    screened: bool = False
    kinder: bool = False
    target: float | None = None
    baselines: Sequence[NewBaseline] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A period of the series, as every way of showing it has it. Without a value there is nothing to judge."""

    index: int | None  # of the points that are judged, from 1
    point: SeriesPoint
    found: Point | None = None
    segment: Segment | None = None

    @property
    def flag(self) -> str:
        return self.found.flag.value if self.found else ""

    @property
    def rules(self) -> list[str]:
        return [rule.value for rule in self.found.rules] if self.found else []

    @property
    def trial(self) -> bool:
        return self.segment is not None and self.segment.trial

    @property
    def in_words(self) -> str:
        """What it is, and why; that limits are trial limits stands beside it."""
        if self.found is None:
            return "Not told: too small" if self.point.suppressed else "No value"
        said = FLAGS[self.found.flag]
        if self.found.rules:
            said += ": " + ", ".join(RULES[rule] for rule in self.found.rules)
        return f"{said} (trial limits)" if self.trial else said


@dataclass(frozen=True)
class Tracked:
    """A series as it was judged. starts: the points from 1 that begin a segment because the definition changed."""

    series: Series
    how: How
    settings: Settings
    judged: Judged
    starts: Sequence[int]
    unused: str = ""  # what of the settings could not be followed, in a sentence

    @cached_property
    def told(self) -> Sequence[SeriesPoint]:
        return self.series.told

    @property
    def days(self) -> list[date]:
        return [point.ends for point in self.told]

    @property
    def values(self) -> list[float]:
        return [point.value for point in self.told if point.value is not None]

    @property
    def few(self) -> bool:
        """Too few points for a control chart: a run chart is drawn."""
        return len(self.told) < TRIAL_BELOW

    @property
    def trial(self) -> bool:
        """Whether the latest limits rest on too few points to conclude from."""
        return bool(self.judged.segments) and self.judged.segments[-1].trial

    @property
    def run(self) -> Run | None:
        return run_chart(self.values)

    @property
    def latest(self) -> SeriesPoint | None:
        return self.told[-1] if self.told else None

    @property
    def variation(self) -> Variation:
        return self.judged.variation

    @cached_property
    def lines(self) -> list[Line]:
        """Every period, oldest first."""
        found, index = [], 0
        for point in self.series.points:
            if point.value is None:
                found.append(Line(None, point))
                continue
            index += 1
            found.append(Line(index, point, self.judged.points[index - 1], self.judged.segment_of(index)))
        return found

    @property
    def unit(self) -> str:
        return self.series.definition.unit

    @property
    def annual(self) -> bool:
        return bool(self.told) and all(point.months == 12 for point in self.told)


def settings_of(series: Series, how: How) -> tuple[Settings, list[int], str]:
    """How so many points are judged: with the points that begin a segment as the definition changed, and what can't be done."""
    ends = [point.ends for point in series.told]
    firsts = [series.points[place].ends for place in series.breaks]
    broken = sorted({place for first in firsts if (place := _place(ends, first))})
    rebased = {place for one in how.baselines if (place := _place(ends, one.day))} | set(broken)
    starts = tuple(sorted(rebased))
    first_length = (starts[0] - 1) if starts else len(ends)
    fixed, unused = how.fixed, ""
    if fixed is not None and fixed > first_length:
        unused = f"Its baseline is to be {fixed} points, and there are {first_length} yet: all of them are used."
        fixed = None
    settings = Settings(
        improvement=Improvement(series.better),
        target=how.target,
        fixed=fixed,
        rebased=starts,
        screened=how.screened,
        run=how.run,
        kinder=how.kinder,
    )
    return settings, broken, unused


def _place(ends: Sequence[date], day: date) -> int | None:
    """Which point (from 1) is the first that ends on the day or later; None for the first of all, or where none does."""
    place = next((number for number, end in enumerate(ends, start=1) if end >= day), 1)
    return place if place > 1 else None


def judge(series: Series, how: How) -> Tracked:
    """The series, judged by its settings."""
    settings, broken, unused = settings_of(series, how)
    judged = xmr([point.value for point in series.told if point.value is not None], settings)
    return Tracked(series, how, settings, judged, broken, unused)


@dataclass(frozen=True, slots=True)
class Special:
    """Something that is no common cause: points in a row on one side, and the rule that says most of them.

    found: the last day of the period with which the rule held first; its points before did not stand out until then.
    """

    rule: Rule
    flag: Flag
    high: bool
    points: Sequence[SeriesPoint]
    found: date

    @property
    def latest(self) -> SeriesPoint:
        return self.points[-1]


SAYS_MOST = (Rule.SHIFT, Rule.TREND)  # of points that several rules hold of


def specials(tracked: Tracked, since: date) -> list[Special]:
    """The special causes with a point that ended after the day, the latest first. None of trial limits: nothing can be concluded."""
    found: list[Special] = []
    current: list[tuple[SeriesPoint, Point]] = []
    before: Line | None = None
    for line in (one for one in tracked.lines if one.found is not None):
        if current and not _together(before, line):
            found.append(_special(current, tracked.settings.run))
            current = []
        if line.found is not None and line.rules and not line.trial:
            current.append((line.point, line.found))
        before = line
    if current:
        found.append(_special(current, tracked.settings.run))
    return [one for one in reversed(found) if one.latest.ends > since]


def _special(group: Sequence[tuple[SeriesPoint, Point]], run: int) -> Special:
    latest = group[-1][1]
    rule = next((rule for rule in SAYS_MOST if rule in latest.rules), latest.rules[0])
    points = [point for point, found in group if rule in found.rules]
    needed = {Rule.SHIFT: run, Rule.TREND: run, Rule.TWO_OF_THREE: 2}.get(rule, 1)
    return Special(rule, latest.flag, latest.high, points, points[min(needed, len(points)) - 1].ends)


def _together(before: Line | None, line: Line) -> bool:
    """Whether two points that follow each other stand out to the same side of the same limits."""
    if before is None or before.found is None or line.found is None or not line.rules:
        return False
    return before.segment == line.segment and before.found.high is line.found.high


def chart_unit(definition: Definition) -> drawing.Unit:
    """The unit as it stands beside a number; what is not a percentage or money stands in the title."""
    match definition.unit:
        case Unit.PERCENT:
            return "%"
        case Unit.POUNDS:
            return "£"
    return ""


def shown(value: float | None, definition: Definition) -> str:
    """A value in the unit of its measure, in words."""
    return "not known" if value is None else drawing.shown(value, chart_unit(definition), definition.places)
