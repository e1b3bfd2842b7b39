"""Variation as charts, with their words; their rows are the CSV."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import cast

from cc2h.kit import charts, words
from kpis.drawing import Unit, shown
from kpis.models import Definition
from kpis.statistics.funnels import Funnel, Verdict
from kpis.statistics.intervals import Level
from kpis.variation.compare import Own, Values
from kpis.variation.groups import Fifth, Spread
from kpis.variation.judging import Judged, Judging, in_words, sign_of

DRAWN: tuple[tuple[Level, bool], ...] = (("95", True), ("99.8", False))  # limits, and whether they are dashed
STEPS = 60  # points of a limit's curve
LABELLED = 6  # points that have their names beside them


def unit_of(definition: Definition) -> Unit:
    """The unit that a chart’s axis bears; others stand in its words."""
    return cast(Unit, definition.unit if definition.unit in ("%", "£") else "")


def said(definition: Definition, value: float | None) -> str:
    """A value of the measure: 62.5%, 14.2 days."""
    if value is None:
        return "not known"
    unit = unit_of(definition)
    text = shown(value, unit, definition.places)
    return text if unit else f"{text} {definition.unit}".strip()


def _signs(judging: Judging, rows: Sequence[Judged], wide: bool) -> list[charts.Sign]:
    better = judging.values.better
    return [cast(charts.Sign, sign_of(row.wide_verdict if wide else row.verdict, better)) for row in rows]


def _labels(rows: Sequence[Judged], signs: Sequence[str], own: Sequence[str]) -> list[str]:
    """The names of one’s own, and of those furthest out."""
    placed = [row for row, sign in zip(rows, signs, strict=True) if sign and row.plain]
    placed.sort(key=_far, reverse=True)
    told = {*own, *(row.own.code for row in placed[: LABELLED if len(rows) <= 400 else 0])}
    return [row.own.name if row.own.code in told else "" for row in rows]


def _far(row: Judged) -> float:
    """By how many standard errors, nearly: what is left between a point and the limit it is beyond."""
    one = row.plain
    if one is None:
        return 0.0
    return max(one.value - one.upper_95, one.lower_95 - one.value) * sqrt(one.size)


def _curve(
    funnel: Funnel, smallest: float, biggest: float, scale: float, level: Level, side: int
) -> list[tuple[float, float]]:
    """It begins a little left of the smallest: further left, the limits’ mouth would leave no room for the points."""
    first = smallest * 0.6
    sizes = [first * (biggest / first) ** (step / (STEPS - 1)) for step in range(STEPS)]
    return [(size, funnel.limits(size, level)[side] * scale) for size in sizes]


def funnel_chart(judging: Judging, title: str, *, wide: bool, own: Sequence[str] = ()) -> charts.Chart | None:
    """The funnel; wide: with overdispersed limits. own: the codes of practices to name. None where there is none."""
    funnel = judging.wide if wide else judging.plain
    rows = [row for row in judging.named if row.plain]
    if funnel is None or not rows:
        return None
    values, scale = judging.values, judging.scale
    definition, unit = values.definition, unit_of(values.definition)
    by = definition.denominator if judging.values.kind == "proportion" else "number expected"
    x, y = by[:1].upper() + by[1:], "Value"
    signs = _signs(judging, rows, wide)
    biggest = max(row.plain.size for row in rows if row.plain)
    smallest = min(row.plain.size for row in rows if row.plain)
    curves = [
        charts.Curve(points=_curve(funnel, smallest, biggest, scale, level, side), label=label, dashed=dashed)
        for level, dashed in DRAWN
        for side, label in ((0, ""), (1, f"{level}% limit"))
    ]
    centre = funnel.centre * scale
    return charts.funnel(
        title=title,
        alt=f"{title}. {summary(judging)}",
        rows=[
            {
                "Code": row.own.code,
                "Practice": row.own.name,
                x: row.plain.size if row.plain else None,
                y: row.own.value,
                "Verdict": in_words(row.verdict, values.better),
                "Allowing for what all vary": in_words(row.wide_verdict, values.better),
            }
            for row in rows
        ],
        x=x,
        y=y,
        signs=signs,
        labels=_labels(rows, signs, own),
        curves=curves,
        centre=(centre, f"Average {shown(centre, unit, definition.places)}"),
        unit=unit,
    )


def summary(judging: Judging) -> str:
    """What a funnel shows, in a sentence or two."""
    if judging.refused or judging.plain is None:
        return judging.refused or "There is nothing to compare."
    count = len(judging.named)
    first = (
        f"Of {words.plural(count, 'practice')} shown, {len(judging.outside)} "
        f"{'lies' if len(judging.outside) == 1 else 'lie'} outside the 95% limits around the average "
        f"of {said(judging.values.definition, judging.average)}"
    )
    return f"{first}, {len(judging.truly)} also when what all vary is allowed for."


def about_the_spread(judging: Judging) -> str:
    """What φ says."""
    funnel = judging.wide
    if funnel is None:
        return ""
    if not funnel.tau2:
        return f"φ is {funnel.phi:.2f}: practices vary no more than chance alone would have it, so both kinds of limits are nearly the same."
    return (
        f"φ is {funnel.phi:.2f}: practices vary {funnel.phi:.1f} times as much as chance alone would have it. "
        "Overdispersed limits allow for that (τ² "
        f"{funnel.tau2:.5f}); who is outside them differs from what is usual here, not only from the average."
    )


def caterpillar(judging: Judging, title: str, *, wide: bool) -> charts.Chart | None:
    """Values between their intervals’ ends, the lowest first."""
    rows = sorted((row for row in judging.named if row.interval), key=lambda row: (row.own.value, row.own.code))
    if not rows:
        return None
    definition = judging.values.definition
    return charts.intervals(
        title=title,
        alt=f"{title}. {words.plural(len(rows), 'practice')}, from {said(definition, rows[0].own.value)} to "
        f"{said(definition, rows[-1].own.value)}. {summary(judging)}",
        rows=[
            {
                "Code": row.own.code,
                "Practice": row.own.name,
                "Value": row.own.value,
                "From": row.interval.lower if row.interval else None,
                "To": row.interval.upper if row.interval else None,
            }
            for row in rows
        ],
        label="Practice",
        value="Value",
        lower="From",
        upper="To",
        signs=_signs(judging, rows, wide),
        centre=_centre(definition, judging.average),
        unit=unit_of(definition),
    )


def _centre(definition: Definition, value: float | None, called: str = "Average") -> tuple[float, str] | None:
    return None if value is None else (value, f"{called} {shown(value, unit_of(definition), definition.places)}")


def by_chin_chart(judging: Judging, groups: Sequence[Spread], title: str) -> charts.Chart | None:
    """Each practice in the lane of its CHIN."""
    shown_rows = {row.own.practice_id: row for row in judging.named}
    if not groups:
        return None
    definition = judging.values.definition
    lanes = [(group, row) for group in groups for row in group.rows if row.practice_id in shown_rows]
    told = "; ".join(f"{group.name}: median {said(definition, group.middle)}" for group in groups)
    return charts.strip(
        title=title,
        alt=f"{title}. {told}.",
        rows=[{"CHIN": group.name, "Code": row.code, "Practice": row.name, "Value": row.value} for group, row in lanes],
        group="CHIN",
        value="Value",
        signs=_signs(judging, [shown_rows[row.practice_id] for _, row in lanes], wide=False),
        boxes=[
            charts.Box(name=group.name, lower=group.lower, middle=group.middle, upper=group.upper) for group in groups
        ],
        centre=_centre(definition, judging.average),
        unit=unit_of(definition),
    )


def fifths_chart(values: Values, found: Sequence[Fifth], average: float | None, title: str) -> charts.Chart | None:
    """The fifths by deprivation, each with its interval."""
    if not found:
        return None
    definition = values.definition
    told = "; ".join(f"{one.name}: {said(definition, _level(one))}" for one in found)
    return charts.intervals(
        title=title,
        alt=f"{title}. {told}.",
        rows=[
            {
                "Fifth": one.name,
                "Value": _level(one),
                "From": one.spread.interval.lower if one.spread.interval else None,
                "To": one.spread.interval.upper if one.spread.interval else None,
            }
            for one in found
        ],
        label="Fifth",
        value="Value",
        lower="From",
        upper="To",
        signs=[""] * len(found),
        centre=_centre(definition, average),
        unit=unit_of(definition),
    )


def _level(one: Fifth) -> float:
    """What a fifth has together; its median practice where its numbers can’t be added up."""
    return one.spread.middle if one.spread.together is None else one.spread.together


def compared_chart(definition: Definition, lines: Sequence[Mapping[str, object]], title: str) -> charts.Chart | None:
    """A practice beside groups: rows with name, value, lower, upper."""
    rows = [line for line in lines if line["value"] is not None]
    if not rows:
        return None
    told = "; ".join(f"{line['name']}: {said(definition, cast(float, line['value']))}" for line in rows)
    return charts.intervals(
        title=title,
        alt=f"{title}. {told}.",
        rows=[
            {
                "Who": str(line["name"]),
                "Value": cast(float, line["value"]),
                "From": cast("float | None", line["lower"]),
                "To": cast("float | None", line["upper"]),
            }
            for line in rows
        ],
        label="Who",
        value="Value",
        lower="From",
        upper="To",
        signs=["other_high" if not place else "" for place in range(len(rows))],
        centre=None,
        unit=unit_of(definition),
    )


def scatter_chart(
    pairs: Sequence[tuple[Own, Own]], definitions: tuple[Definition, Definition], title: str, told: str
) -> charts.Chart | None:
    """Practices by two measures: the first across, the second up."""
    if not pairs:
        return None
    first, second = (_axis(definition) for definition in definitions)
    second = second if second != first else f"{second} (second)"
    return charts.scatter(
        title=title,
        alt=f"{title}. {told}",
        rows=[{"Code": one.code, "Practice": one.name, first: one.value, second: other.value} for one, other in pairs],
        x=first,
        y=second,
        signs=[""] * len(pairs),
        labels=[""] * len(pairs),
        units=(unit_of(definitions[0]), unit_of(definitions[1])),
    )


def _axis(definition: Definition) -> str:
    unit = unit_of(definition) or definition.unit
    return f"{definition.name} ({unit})" if unit else definition.name


def verdict_counts(judging: Judging, wide: bool) -> Mapping[Verdict, int]:
    """How many of those shown have each verdict."""
    found = dict.fromkeys(Verdict, 0)
    for row in judging.named:
        verdict = row.wide_verdict if wide else row.verdict
        if verdict is not None:
            found[verdict] += 1
    return found
