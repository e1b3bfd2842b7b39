"""A judged series as a chart, with its words: what it shows, how it was judged, and its table."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from cc2h.kit import charts
from kpis.statistics.attributes import Run
from kpis.statistics.series import TRIAL_BELOW, Flag, Judged, Point, Rule, Settings

Unit = Literal["", "%", "£"]

RULES = {
    Rule.ASTRONOMICAL: "outside a limit",
    Rule.TREND: "part of a trend",
    Rule.TWO_OF_THREE: "two of three near a limit",
    Rule.SHIFT: "part of a shift",
}
FLAGS = {
    Flag.COMMON: "Common cause",
    Flag.IMPROVEMENT: "Improvement",
    Flag.CONCERN: "Concern",
    Flag.NEITHER_HIGH: "High",
    Flag.NEITHER_LOW: "Low",
}
_SIGNS = {Flag.IMPROVEMENT: "better", Flag.CONCERN: "worse", Flag.NEITHER_HIGH: "other", Flag.NEITHER_LOW: "other"}


def shown(value: float, unit: Unit = "", places: int = 1) -> str:
    """A number of the series in words."""
    text = f"{value:,.{places}f}".replace("-", "−")
    return {"%": f"{text}%", "£": f"£{text}"}.get(unit, text)


def sign_of(point: Point) -> charts.Sign:
    if point.flag is Flag.COMMON:
        return ""
    return f"{_SIGNS[point.flag]}_{'high' if point.high else 'low'}"  # type: ignore[return-value]  # the six there are


def control_chart(
    judged: Judged,
    days: Sequence[date],
    *,
    title: str,
    name: str,
    unit: Unit = "",
    places: int = 1,
    bands: Sequence[charts.Band] = (),
    trajectory: Mapping[date, float] | None = None,
) -> charts.Chart:
    """An XmR chart. days: of each point, in order; name: of the value's column; trajectory: what was to be by a day."""
    rows: list[charts.Row] = []
    pieces: list[int] = []
    for day, point in zip(days, judged.points, strict=True):
        segment = judged.segment_of(point.index)
        pieces.append(segment.first)
        rows.append(
            {
                "Day": day,
                name: point.value,
                "Mean": segment.mean,
                "Lower limit": segment.lower,
                "Upper limit": segment.upper,
                "What it is": FLAGS[point.flag],
                "Why": ", ".join(RULES[rule] for rule in point.rules),
            }
        )
    last, settings = judged.segments[-1], judged.settings
    target = None if settings.target is None else (settings.target, f"Target {shown(settings.target, unit, places)}")
    return charts.control(
        title=title,
        alt=f"{title}. {in_words(judged, days, unit=unit, places=places)}",
        rows=rows,
        x="Day",
        value=name,
        signs=[sign_of(point) for point in judged.points],
        levels=[
            charts.Level(column="Mean", label=f"Mean {shown(last.mean, unit, places)}"),
            charts.Level(column="Upper limit", label=f"Upper limit {shown(last.upper, unit, places)}", dashed=True),
            charts.Level(column="Lower limit", label=f"Lower limit {shown(last.lower, unit, places)}", dashed=True),
            *_on_the_way(rows, days, trajectory),
        ],
        pieces=pieces,
        unit=unit,
        target=target,
        bands=bands,
    )


def run_chart(
    run: Run,
    values: Sequence[float],
    days: Sequence[date],
    *,
    title: str,
    name: str,
    unit: Unit = "",
    places: int = 1,
    target: float | None = None,
    bands: Sequence[charts.Band] = (),
    trajectory: Mapping[date, float] | None = None,
    pieces: Sequence[int] | None = None,
) -> charts.Chart:
    """A run chart: the values and their median, without limits."""
    level = f"Median {shown(run.median, unit, places)}"
    rows: list[charts.Row] = [
        {"Day": day, name: value, "Median": run.median} for day, value in zip(days, values, strict=True)
    ]
    return charts.control(
        title=title,
        alt=f"{title}. {len(values)} points, median {shown(run.median, unit, places)}. {too_few(len(values))}",
        rows=rows,
        x="Day",
        value=name,
        signs=[""] * len(values),
        levels=[charts.Level(column="Median", label=level), *_on_the_way(rows, days, trajectory)],
        pieces=list(pieces or [0] * len(values)),
        unit=unit,
        target=None if target is None else (target, f"Target {shown(target, unit, places)}"),
        bands=bands,
    )


def _on_the_way(
    rows: list[charts.Row], days: Sequence[date], trajectory: Mapping[date, float] | None
) -> list[charts.Level]:
    """The trajectory as a line, its values in the rows; none where it has none on any of the days."""
    if not trajectory or not any(day in trajectory for day in days):
        return []
    rows[:] = [{**row, "Trajectory": trajectory.get(day)} for row, day in zip(rows, days, strict=True)]
    return [charts.Level(column="Trajectory", label="Trajectory", dashed=True)]


def too_few(count: int) -> str:
    """What can't be concluded from so few points."""
    if count >= TRIAL_BELOW:
        return ""
    return (
        f"With {count} of the {TRIAL_BELOW} points that limits need, a change can’t be told from chance: "
        "what looks like one may be none."
    )


def in_words(judged: Judged, days: Sequence[date], *, unit: Unit = "", places: int = 1) -> str:
    """What the series shows, in sentences."""
    if not judged.points:
        return "There are no values yet."
    last, segment = judged.points[-1], judged.segments[-1]
    limits = f"{shown(segment.lower, unit, places)} to {shown(segment.upper, unit, places)}"
    said = f"Mean {shown(segment.mean, unit, places)}, limits {limits}."
    special = [point for point in judged.points if point.rules]
    if not special:
        return f"{said} Nothing but common cause: no point stands out."
    reason = f": {RULES[last.rules[0]]}" if last.rules else ""
    points = "1 point stands out" if len(special) == 1 else f"{len(special)} points stand out"
    return f"{said} {points}, last that of {days[special[-1].index - 1]:%-d %B %Y}. The latest is {FLAGS[last.flag].lower()}{reason}."


def settings_in_words(settings: Settings) -> str:
    """How the series is judged, as every chart of it says."""
    better = {"up": "higher is better", "down": "lower is better", "neither": "neither way is better"}
    parts = [
        better[settings.improvement],
        f"baseline of the first {settings.fixed} points" if settings.fixed else "all points are the baseline",
        f"{settings.run} points make a trend or a shift",
        "outlying moving ranges left out" if settings.screened else "every moving range counted",
    ]
    if settings.rebased:
        parts.append("new baseline from point " + ", ".join(map(str, settings.rebased)))
    return f"{'; '.join(parts)}."
