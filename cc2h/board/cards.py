"""The dashboard's figures, charts and tables, made from what was read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import dropwhile

from cc2h.board import figures
from cc2h.board.figures import Rows, word
from cc2h.board.models import Statement
from cc2h.board.papers import Comparison, settled
from cc2h.board.queries import Dashboard
from cc2h.board.waiting import Item
from cc2h.kit import charts, words
from cc2h.kit import figures as kit
from cc2h.kit.asat import AsAt
from chins.coverage import ChinCoverage, Projection
from chins.queries import against_band, band_words
from chins.workflow import COUNTED

Measure = Statement.Measure
TARGET_IN_SIGHT = timedelta(days=365)  # a target further ahead would squeeze the chart


@dataclass(frozen=True, slots=True)
class Card:
    """A figure with the sentences under its number; `shown` where the number itself needs other words.

    says: what papers say, in words. more: where to read on.
    """

    figure: kit.Figure
    lines: Sequence[str] = ()
    says: Sequence[str] = ()
    shown: str = ""
    more: Item | None = None


@dataclass(frozen=True, slots=True)
class ChinRow:
    """A line of the table of CHINs: its size now, and how much that is more or less than on the other day."""

    chin: ChinCoverage
    url: str
    practices: kit.Part
    change: str
    band: str


def cards(found: Dashboard, rows: Rows) -> list[Card]:
    """The five figures of the dashboard."""
    return [
        _population(found, rows),
        _practices(found, rows),
        _chins(found, rows),
        _still_to_join(found, rows),
        _full_coverage(found, rows),
    ]


def _said(found: Dashboard, measure: Statement.Measure, figure: kit.Figure | None = None) -> list[kit.Statement]:
    """What papers say of a measure; compared with the figure when it is of the same day."""
    return [
        Comparison(
            statement=statement,
            figure=figure if statement.as_at == found.asat.day else None,
            settlement=settled(statement),
        ).as_said(found.asat)
        for statement in found.statements.get(measure, ())
    ]


def _population(found: Dashboard, rows: Rows) -> Card:
    figure = figures.population(found.now, rows)
    figure = figures.population(found.now, rows, _said(found, Measure.POPULATION_PERCENT, figure))
    return Card(figure, [points(found.now.population_percent, found.then.population_percent, found.then.day)])


def points(now: Decimal | None, then: Decimal | None, day: date) -> str:
    """How many points more or fewer than on a day; blank when either is not known."""
    if now is None or then is None:
        return ""
    if now == then:
        return f"as on {words.short_day(day)}"
    return f"{'up' if now > then else 'down'} {abs(now - then)} points since {words.short_day(day)}"


def _practices(found: Dashboard, rows: Rows) -> Card:
    """The papers' counts of practices stand here in words: “Paper says 48” alone would not say of what."""
    all_of_them = figures.all_practices(found.now, rows)
    counts = _said(found, Measure.PRACTICES_TOTAL, all_of_them)
    answered = _said(found, Measure.PRACTICES_ANSWERED)
    own = figures.practices(found.now, rows)
    statements = _said(found, Measure.PRACTICES_PERCENT, own)
    says = []
    if counts:
        says.append(f"Paper says {words.listed(s.display for s in counts)} practices")
    if answered:
        says.append(f"Paper says {words.listed(s.display for s in answered)} answered the LCS: another fact")
    in_words = [replace(statement, value=None) for statement in (*counts, *answered)]
    figure = figures.practices(found.now, rows, [*statements, *in_words])
    then = f"{words.number(found.then.covered_practices)} of {words.number(found.then.practices)}"
    return Card(figure, [f"{then} on {words.short_day(found.then.day)}"], says)


def _chins(found: Dashboard, rows: Rows) -> Card:
    figure = figures.chins(found.now, rows)
    figure = figures.chins(found.now, rows, _said(found, Measure.CHINS, figure))
    by_state = [
        f"{words.number(number)} {status.label.lower()}"
        for status in COUNTED
        if (number := sum(chin.status == status for chin in found.now.chins))
    ]
    then = f"{words.number(len(found.then.chins))} on {words.short_day(found.then.day)}"
    return Card(figure, [", ".join(by_state) or "none yet", then])


def _still_to_join(found: Dashboard, rows: Rows) -> Card:
    then = f"{words.number(found.then.uncovered_practices)} on {words.short_day(found.then.day)}"
    return Card(figures.still_to_join(found.now, rows), [words.plural(found.now.uncovered_patients, "patient"), then])


def _full_coverage(found: Dashboard, rows: Rows) -> Card:
    projected = found.projection
    figure = figures.full_coverage(projected, rows)
    figure = figures.full_coverage(projected, rows, _said(found, Measure.FULL_COVERAGE_DAY, figure))
    lines = []
    if found.commissioner.target_day:
        lines.append(f"target {words.day(found.commissioner.target_day)}")
    if projected.undated:
        lines.append(f"{projected.undated} of {words.plural(len(projected.out), 'practice')} without a planned join")
    elif projected.day:
        lines.append("the last planned join")
    if figures.in_hindsight(found.asat) and projected.out:
        lines.append("by the plans held today")
    if projected.trend_day and not projected.complete:
        lines.append(f"the trend alone: {words.short_day(projected.trend_day)}")
    return Card(figure, lines, shown=shown_day(projected, found.now.practices))


def shown_day(projected: Projection, practices: int) -> str:
    """The day of full coverage of so many practices, or in words that it is reached or has no date."""
    if projected.day:
        return words.short_day(projected.day)
    return "Reached" if projected.complete and practices else "No date"


# Charts ----------------------------------------------------------------------------------------------


def _as_at(asat: AsAt) -> str:
    """The days the chart is seen by, in words; no line break divides a day."""
    days = f"as at {_unbroken(asat.day)}"
    return f"{days}, as known on {_unbroken(asat.known)}" if asat.known else days


def _unbroken(day: date) -> str:
    return words.day(day).replace(" ", "\u00a0")


def coverage_chart(found: Dashboard) -> charts.Chart:
    """Patients and practices in a CHIN at each month's end and on the day itself."""
    name, now = word(found.commissioner), found.now
    patients, practices = f"Patients in a {name}, %", f"Practices in a {name}, %"
    target = found.commissioner.target_day
    in_sight = target is not None and target <= found.asat.day + TARGET_IN_SIGHT
    points = list(dropwhile(lambda point: point.population_percent is None, found.points)) or [now]
    first, last = points[0], points[-1]
    return charts.lines(
        title=f"{found.commissioner.short_name}: patients and practices in a {name}, {_as_at(found.asat)}",
        alt=(
            f"Line chart. From {words.day(first.day)} to {words.day(last.day)}, patients in a {name} went from "
            f"{_percent(first.population_percent)} to {_percent(last.population_percent)}, practices from "
            f"{_percent(first.practices_percent)} to {_percent(last.practices_percent)}. The table has every month."
        ),
        rows=[
            {"Day": point.day, patients: point.population_percent, practices: point.practices_percent}
            for point in points
        ],
        x="Day",
        series=[
            charts.Series(column=patients, label=f"{_percent(now.population_percent)} of patients"),
            charts.Series(column=practices, label=f"{_percent(now.practices_percent)} of practices", dashed=True),
        ],
        unit="%",
        steps=True,
        last_day=target if in_sight else None,
        target=(100, f"Target: every practice by {words.day(target)}") if target else None,
    )


def _percent(value: Decimal | None) -> str:
    return "not known" if value is None else f"{value}%"


def chin_chart(found: Dashboard) -> charts.Chart:
    """CHINs by registered patients, the largest first, against the band the commissioner planned."""
    names = word(found.commissioner, 2)
    chins = sorted(found.now.chins, key=lambda chin: (-chin.patients, chin.name))
    band = band_words(found.commissioner)
    states = [against_band(chin.patients, found.commissioner) for chin in chins]
    outside = sum(state in ("above", "below") for state in states)
    finding = f" {words.number(outside)} of them {'is' if outside == 1 else 'are'} outside the planned size, {band}."
    return charts.bars(
        title=f"{found.commissioner.short_name}: {names} by registered patients, {_as_at(found.asat)}",
        alt=(
            f"Bar chart of {words.plural(len(chins), word(found.commissioner), names)}: "
            f"{chins[0].name} is the largest with {words.plural(chins[0].patients, 'patient')}, "
            f"{chins[-1].name} the smallest with {words.number(chins[-1].patients)}.{finding if band else ''}"
        ),
        rows=[{"name": chin.name, "status": chin.status, "patients": chin.patients} for chin in chins],
        label="name",
        value="patients",
        axis=f"Registered patients{f' (grey: planned, {band})' if band else ''}",
        band=(found.commissioner.band_low, found.commissioner.band_high),
    )


# Tables ----------------------------------------------------------------------------------------------


def chin_rows(found: Dashboard, rows: Rows) -> list[ChinRow]:
    """The table of CHINs, by name."""
    before = {chin.chin_id: chin for chin in found.then.chins}
    table = []
    for chin in found.now.chins:
        members = rows.members(chin.slug)
        practices = rows.part(f"Practices in {chin.name}", chin.practices, "count", members)
        if found.asat.is_future and not found.may_name:
            practices = replace(practices, csv="")  # whom today hides is not among the rows
        old = before.get(chin.chin_id)
        state = against_band(chin.patients, found.commissioner)
        table.append(
            ChinRow(
                chin=chin,
                url=rows.chin(chin.slug),
                practices=practices,
                change=words.signed(chin.patients - old.patients) if old else "new",
                band=state if state in ("above", "below") else "",
            )
        )
    return table
