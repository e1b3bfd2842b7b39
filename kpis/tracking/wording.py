"""What series show, in words, and their charts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cc2h.kit import charts, words
from kpis import drawing
from kpis.rollup import missing_in_words
from kpis.series import SeriesPoint
from kpis.statistics.series import TRIAL_BELOW, Assurance, Flag, Rule, Variation
from kpis.tracking.judging import Special, Tracked, chart_unit, shown
from kpis.tracking.marks import Mark
from kpis.tracking.models import RebaseState

APART = 40  # marks nearer to each other than this part of the axis share a number

# What an icon is called, its shape (macro `icon` in templates/tracking/icons.html), and its colour.
VARIATIONS: dict[Variation, tuple[str, str, str]] = {
    Variation.COMMON_CAUSE: ("Common cause", "wave", "grey"),
    Variation.IMPROVEMENT_HIGH: ("Improving, higher", "up", "blue"),
    Variation.IMPROVEMENT_LOW: ("Improving, lower", "down", "blue"),
    Variation.CONCERN_HIGH: ("Concern, higher", "up", "orange"),
    Variation.CONCERN_LOW: ("Concern, lower", "down", "orange"),
    Variation.NEITHER_HIGH: ("Changed, higher", "up", "purple"),
    Variation.NEITHER_LOW: ("Changed, lower", "down", "purple"),
    Variation.EMPTY: ("No values", "none", "grey"),
}
TOO_FEW = ("Too few points", "few", "grey")
ASSURANCES: dict[Assurance, tuple[str, str, str]] = {
    Assurance.PASS: ("Will meet its target", "pass", "blue"),
    Assurance.FAIL: ("Will miss its target", "fail", "orange"),
    Assurance.HIT_OR_MISS: ("May meet its target or miss it", "either", "grey"),
}
RULES_SINCE = {
    Rule.ASTRONOMICAL: "outside the limits",
    Rule.TREND: "a trend",
    Rule.TWO_OF_THREE: "two of three near a limit",
    Rule.SHIFT: "a shift",
}
FLAGS = {
    Flag.IMPROVEMENT: "an improvement",
    Flag.CONCERN: "a concern",
    Flag.NEITHER_HIGH: "higher, which is neither better nor worse",
    Flag.NEITHER_LOW: "lower, which is neither better nor worse",
}
STATES = {
    RebaseState.PROPOSED: "asked",
    RebaseState.APPROVED: "approved",
    RebaseState.DECLINED: "declined",
    RebaseState.TAKEN_BACK: "withdrawn",
}


def variation(tracked: Tracked) -> tuple[str, str, str]:
    """The icon of the latest point; that of too few points where its limits are trial limits."""
    if tracked.latest is not None and tracked.trial:
        return TOO_FEW
    return VARIATIONS[tracked.variation]


def assurance(tracked: Tracked) -> tuple[str, str, str] | None:
    """The icon of the target against the latest limits; none without a target, or of trial limits."""
    found = tracked.judged.assurance
    return None if found is None or tracked.trial else ASSURANCES[found]


def period(point: SeriesPoint) -> str:
    """The period in words: a month by its name, a longer one by its last day."""
    if point.months == 1:
        return words.month(point.ends)
    length = {3: "quarter", 6: "half year", 12: "year"}[point.months]
    return f"{length} to {words.short_day(point.ends)}"


def title(tracked: Tracked) -> str:
    definition = tracked.series.definition
    unit = f", {definition.get_unit_display()}" if not chart_unit(definition) else ""
    return f"{definition.name}{unit}: {tracked.series.whose.name}"


def says(tracked: Tracked) -> str:
    """What the series shows, in sentences, and what can't be concluded."""
    definition, count = tracked.series.definition, len(tracked.told)
    if tracked.latest is None:
        return "There are no values yet."
    latest = f"{shown(tracked.latest.value, definition)} in the {period(tracked.latest)}."
    if tracked.latest.months == 1:
        latest = f"{shown(tracked.latest.value, definition)} in {period(tracked.latest)}."
    if tracked.few:
        return f"{latest} {drawing.too_few(count)}"
    said = drawing.in_words(tracked.judged, tracked.days, unit=chart_unit(definition), places=definition.places)
    if tracked.trial:
        last = tracked.judged.segments[-1]
        number = last.last - last.first + 1
        said += (
            f" The latest limits rest on {number} of the {TRIAL_BELOW} points that limits need: they are trial limits, "
            "and nothing can be concluded from them yet."
        )
    return f"{latest} {said}"


def judged_by(tracked: Tracked) -> str:
    """How the series is judged, as its chart prints it."""
    said = drawing.settings_in_words(tracked.settings)
    parts = [said[:1].upper() + said[1:]]
    if tracked.settings.kinder:
        parts.append("Of opposite rules on a point, improvement holds.")
    if tracked.unused:
        parts.append(tracked.unused)
    if tracked.starts:
        parts.append(
            "The measure is defined anew from point "
            + words.listed(map(str, tracked.starts))
            + ": what is before and after can’t be compared, and the line breaks there."
        )
    if tracked.annual:
        parts.append("Annual values: a point is a year.")
    return " ".join(parts)


def missing(tracked: Tracked) -> str:
    """How many practices of a group had no number in the latest period; never averaged is said where none can have."""
    point = tracked.series.points[-1] if tracked.series.points else None
    if point is None or tracked.series.whose.is_practice:
        return ""
    if point.practices and not point.practices_with_value:
        return (
            f"None of {words.plural(point.practices, 'practice')} has a number that can be added up: what is published is a "
            "value without what it is made of, and values are never averaged."
        )
    return missing_in_words(point.practices, point.practices_with_value, point.patients, point.patients_with_value)


def delivery(tracked: Tracked, points: Mapping[date, float]) -> str:
    """The latest value against the trajectory of its month; empty where it has none."""
    latest = tracked.latest
    if latest is None or latest.value is None or latest.ends not in points:
        return ""
    definition, planned = tracked.series.definition, points[latest.ends]
    difference = latest.value - planned
    beside = (
        "as planned"
        if round(difference, definition.places) == 0
        else (f"{shown(abs(difference), definition)} {'above' if difference > 0 else 'below'} the trajectory")
    )
    return (
        f"Delivery: {shown(latest.value, definition)} in {period(latest)}; the trajectory has {shown(planned, definition)}: "
        f"{beside}."
    )


def special_in_words(tracked: Tracked, special: Special) -> str:
    """“CHIN 1: A&E attendances: a shift above the mean, from April 2018, 8 points; an improvement.”"""
    definition, latest = tracked.series.definition, special.latest
    side = "up" if special.high else "down"
    match special.rule:
        case Rule.ASTRONOMICAL:
            where = "above the upper limit" if special.high else "below the lower limit"
            what = f"{shown(latest.value, definition)} in {period(latest)} is {where}"
        case Rule.TREND:
            what = f"{len(special.points)} points in a row went {side}, from {period(special.points[0])} to {period(latest)}"
        case Rule.TWO_OF_THREE:
            where = "upper" if special.high else "lower"
            what = f"values close to the {where} limit, latest {shown(latest.value, definition)} in {period(latest)}"
        case Rule.SHIFT:
            where = "above" if special.high else "below"
            what = (
                f"{len(special.points)} points in a row are {where} the mean, from {period(special.points[0])} "
                f"to {period(latest)}"
            )
    return f"{what}: {FLAGS[special.flag]}."


def numbered(tracked: Tracked, marks: Sequence[Mark]) -> list[int | None]:
    """The number of each mark on the chart, marks close together sharing one; None where it is not drawn."""
    days = tracked.days
    found: list[int | None] = []
    number, since = 0, date.min
    for mark in marks:
        if not days or mark.first > days[-1] or mark.last < days[0]:
            found.append(None)
            continue
        begins = max(mark.first, days[0])
        if not number or (begins - since) * APART > days[-1] - days[0]:
            number, since = number + 1, begins
        found.append(number)
    return found


def chart(tracked: Tracked, marks: Sequence[Mark], trajectory: Mapping[date, float]) -> charts.Chart | None:
    """The control chart, or with few points a run chart; None of an empty series."""
    if tracked.latest is None:
        return None
    definition, days = tracked.series.definition, tracked.days
    # the axis is the series' own: what began before it is shaded from its first point on
    numbers = numbered(tracked, marks)
    several = max(filter(None, numbers), default=0) > 1
    labelled: set[int] = set()
    bands = []
    for mark, number in zip(marks, numbers, strict=True):
        if number is not None:
            label = "" if number in labelled else str(number) if several else mark.text
            labelled.add(number)
            bands.append(charts.Band(first=max(mark.first, days[0]), last=min(mark.last, days[-1]), label=label))
    common: dict[str, Any] = {
        "title": title(tracked),
        "name": "Value",
        "unit": chart_unit(definition),
        "places": definition.places,
        "bands": bands,
        "trajectory": trajectory,
    }
    if tracked.few:
        run = tracked.run
        assert run is not None
        pieces = [tracked.judged.segment_of(point.index).first for point in tracked.judged.points]
        return drawing.run_chart(run, tracked.values, days, target=tracked.how.target, pieces=pieces, **common)
    return drawing.control_chart(tracked.judged, days, **common)
