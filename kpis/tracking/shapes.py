"""What the API answers about series, and the command prints: the same, made of the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.kit.asat import AsAt
from kpis.tracking.judging import Line, Tracked


class SegmentShape(msgspec.Struct, rename={"first": "from", "last": "to"}):
    """Points judged against the same limits. `trial`: fewer than 13, from which nothing can be concluded."""

    first: int
    last: int
    n: int
    mean: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    trial: bool
    new_definition: bool


class PointShape(msgspec.Struct):
    """A period. `index`: which point it is, null where there is no value to judge."""

    index: int | None
    ends: date
    months: int
    numerator: float | None
    denominator: float | None
    value: float | None
    suppressed: bool
    practices: int
    practices_with_value: int
    flag: str
    rules: list[str]
    trial: bool


class SettingsShape(msgspec.Struct):
    """How the series is judged. `rebased`: the first day of each further baseline."""

    improvement: str
    fix: int | None
    run: int
    mode: str
    opposite_rules: str
    target: float | None
    rebased: list[date]


class SeriesShape(msgspec.Struct):
    """A measure of one organisation, judged."""

    measure: str
    name: str
    kind: str
    key: str
    organisation: str
    unit: str
    settings: SettingsShape
    segments: list[SegmentShape]
    points: list[PointShape]
    variation: str
    assurance: str | None
    trial: bool
    says: str


class CellShape(msgspec.Struct):
    """The latest of one series. An empty `variation`: there is no value; `trial`: too few points to conclude from."""

    measure: str
    key: str
    ends: date | None
    value: float | None
    variation: str
    assurance: str | None
    trial: bool


class GridShape(msgspec.Struct):
    """What a grid shows: a cell for each measure and organisation."""

    kind: str
    cells: list[CellShape]


class ChangedItem(msgspec.Struct):
    """A special cause, in a sentence. `first` and `last`: the days that its points' periods end on.

    found: the last day of the period with which it was found; on the day asked for or before, it goes on since then.
    """

    measure: str
    kind: str
    key: str
    rule: str
    flag: str
    first: date
    last: date
    points: int
    says: str
    found: date


class ChangedShape(msgspec.Struct):
    """What truly changed since a day."""

    since: date
    found: list[ChangedItem]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _point(line: Line) -> PointShape:
    one = line.point
    return PointShape(
        index=line.index,
        ends=one.ends,
        months=one.months,
        numerator=_number(one.numerator),
        denominator=_number(one.denominator),
        value=one.value,
        suppressed=one.suppressed,
        practices=one.practices,
        practices_with_value=one.practices_with_value,
        flag=line.flag,
        rules=line.rules,
        trial=line.trial,
    )


def series_shape(tracked: Tracked, says: str) -> SeriesShape:
    """A judged series, for the API and the command."""
    series, how, judged = tracked.series, tracked.how, tracked.judged
    return SeriesShape(
        measure=series.measure.code,
        name=series.definition.name,
        kind=str(series.whose.kind),
        key=series.whose.key,
        organisation=series.whose.name,
        unit=series.definition.unit,
        settings=SettingsShape(
            improvement=tracked.settings.improvement.value,
            fix=tracked.settings.fixed,
            run=how.run,
            mode="screened" if how.screened else "mdc",
            opposite_rules="improvement" if how.kinder else "first",
            target=how.target,
            rebased=[one.day for one in how.baselines],
        ),
        segments=[
            SegmentShape(
                one.first,
                one.last,
                one.n,
                one.mean,
                one.lower,
                one.upper,
                one.near_lower,
                one.near_upper,
                one.trial,
                one.first in tracked.starts,
            )
            for one in judged.segments
        ],
        points=[_point(line) for line in tracked.lines],
        variation=judged.variation.value,
        assurance=judged.assurance.value if judged.assurance else None,
        trial=tracked.trial,
        says=says,
    )


def series(context: Mapping[str, Any], asat: AsAt) -> SeriesShape:
    """What templates/tracking/series.html shows."""
    return series_shape(context["tracked"], context["says"])


def grid(context: Mapping[str, Any], asat: AsAt) -> GridShape:
    """What templates/tracking/grid.html shows."""
    cells = [
        CellShape(
            measure=cell.tracked.series.measure.code,
            key=cell.tracked.series.whose.key,
            ends=cell.tracked.latest.ends if cell.tracked.latest else None,
            value=cell.tracked.latest.value if cell.tracked.latest else None,
            variation=cell.tracked.variation.value if cell.tracked.latest else "",
            assurance=cell.tracked.judged.assurance.value if cell.tracked.judged.assurance else None,
            trial=cell.tracked.trial,
        )
        for row in context["grid"].rows
        for cell in row.cells
        if cell.tracked is not None
    ]
    return GridShape(context["grid"].kind, cells)


def changed(context: Mapping[str, Any], asat: AsAt) -> ChangedShape:
    """What templates/tracking/changed.html shows."""
    found = [
        ChangedItem(
            measure=one.tracked.series.measure.code,
            kind=str(one.tracked.series.whose.kind),
            key=one.tracked.series.whose.key,
            rule=one.special.rule.value,
            flag=one.special.flag.value,
            first=one.special.points[0].ends,
            last=one.special.latest.ends,
            points=len(one.special.points),
            says=one.sentence,
            found=one.special.found,
        )
        for one in context["found"]
    ]
    return ChangedShape(context["since"], found)
