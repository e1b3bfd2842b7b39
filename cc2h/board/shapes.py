"""What the API answers about dashboards, papers and board days."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.board import pages
from cc2h.kit.api.problems import Problem
from cc2h.kit.api.shapes import EntryShape, FigureShape, Number, entries, figures, number
from cc2h.kit.asat import AsAt


class StatementItem(msgspec.Struct):
    """What a paper states, beside what the records give."""

    id: int
    reference: str
    commissioner: str
    says: str
    paper: str
    paper_day: date | None
    as_at: date
    day_assumed: bool
    states: Number
    records_give: Number
    difference: int | float | None
    settled: str
    reason: str
    basis: str
    discrepancy: str


class BoardDayItem(msgspec.Struct):
    """A day a board meets."""

    id: int
    day: date
    board: str
    commissioner: str


class Point(msgspec.Struct):
    """Coverage at a month's end, or on the day itself."""

    day: date
    practices: int
    patients: int
    covered_practices: int
    covered_patients: int
    population_percent: float | None
    practices_percent: float | None


class DashboardShape(msgspec.Struct):
    """A commissioner's dashboard: its figures, what they were on the day changes are counted from, the trend."""

    commissioner: str
    as_at: date
    since: date
    figures: list[FigureShape]
    now: Point
    then: Point
    trend: list[Point]
    full_coverage: date | None


class ChangeLine(msgspec.Struct):
    """A practice's part in a change, or a CHIN's new state, with the columns of the page's CSV."""

    basis: str
    kind: str
    ods_code: str
    name: str
    chin: str
    before: str
    after: str
    day: date | None
    practices: int
    change: int


class ChangesShape(msgspec.Struct):
    """Every change between two days, a row each."""

    commissioner: str
    since: date
    as_at: date
    rows: list[ChangeLine]


class StillLine(msgspec.Struct):
    """A practice in no CHIN; or, for who may not see names, how many with the same planned day."""

    ods_code: str
    name: str
    practices: int
    patients: int
    joins: date | None
    chin: str | None


class StillShape(msgspec.Struct):
    """Practices in no CHIN on the day, with their plans."""

    commissioner: str
    figures: list[FigureShape]
    rows: list[StillLine]


class PaperShape(msgspec.Struct):
    """What a paper says, what the records give, and how it was settled."""

    reference: str
    says: str
    states: str
    paper: str
    figures: list[FigureShape]
    difference: int | float | None
    settled: str
    reason: str
    history: list[EntryShape]


def _point(one: Any) -> Point:
    return Point(
        one.day,
        one.practices,
        one.patients,
        one.covered_practices,
        one.covered_patients,
        number(one.population_percent),
        number(one.practices_percent),
    )


def dashboard(context: Mapping[str, Any], asat: AsAt) -> DashboardShape:
    """What templates/board/dashboard.html shows."""
    found = context["found"]
    if found.since.problem:
        raise Problem(400, found.since.problem)
    return DashboardShape(
        commissioner=found.commissioner.ods_code,
        as_at=found.asat.day,
        since=found.since.day,
        figures=figures(card.figure for card in context["cards"]),
        now=_point(found.now),
        then=_point(found.then),
        trend=[_point(point) for point in found.points],
        full_coverage=found.projection.day,
    )


def changes(context: Mapping[str, Any], asat: AsAt) -> ChangesShape:
    """What templates/board/changes.html shows."""
    found = context["found"]
    if found.since.problem:
        raise Problem(400, found.since.problem)
    lines = [ChangeLine(*line) for line in pages.change_lines(found, **context["asked"])]
    return ChangesShape(found.commissioner.ods_code, found.since.day, found.asat.day, lines)


def still_to_join(context: Mapping[str, Any], asat: AsAt) -> StillShape:
    """What templates/board/still_to_join.html shows."""
    found = context["found"]
    rows = [StillLine(*line[:6]) for line in pages.still_out_lines(found)]
    return StillShape(found.commissioner.ods_code, figures([context["figure"]]), rows)


def statement(context: Mapping[str, Any], asat: AsAt) -> PaperShape:
    """What templates/board/statement.html shows."""
    comparison = context["comparison"]
    one, settled = comparison.statement, comparison.settlement
    return PaperShape(
        one.reference,
        one.says,
        comparison.states,
        comparison.cited,
        figures([comparison.figure] if comparison.figure else []),
        number(comparison.difference),
        settled.choice if settled else "",
        settled.reason if settled else "",
        entries(context["history"]),
    )
