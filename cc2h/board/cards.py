"""The dashboard's figures, charts and tables, made from what was read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import dropwhile
from urllib.parse import quote_plus

from cc2h.board import figures, sentences
from cc2h.board.figures import Rows, as_csv, word
from cc2h.board.models import Measure
from cc2h.board.papers import Comparison, settled
from cc2h.board.queries import Dashboard
from cc2h.board.sentences import Counted, Sentence, Shown
from cc2h.board.waiting import Item
from cc2h.kit import charts, words
from cc2h.kit import figures as kit
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import ratio_percent
from cc2h.kit.links import link
from chins.coverage import Coverage, Projection
from chins.queries import against_band
from practices.queries import band_words

TARGET_IN_SIGHT = timedelta(days=365)  # a target further ahead would squeeze the chart


@dataclass(frozen=True, slots=True)
class Card:
    """A figure with the sentences under its number; `shown` where the number itself needs other words.

    says: what papers say, in words. more: where to read on.
    """

    figure: kit.Figure
    lines: Sequence[Sentence | str] = ()
    says: Sequence[str] = ()
    shown: str = ""
    more: Item | None = None


@dataclass(frozen=True, slots=True)
class ChinRow:
    """A line of the table of CHINs: its size now, and how much that is more than on the other day (None: new)."""

    name: str
    practices: kit.Part
    patients: kit.Part
    more_practices: kit.Part | None
    more_patients: kit.Part | None
    chin_id: int = 0
    url: str = ""
    status: str = ""
    band: str = ""


def cards(found: Dashboard, rows: Rows) -> list[Card]:
    """The five figures of the dashboard."""
    return [
        _population(found, rows),
        _practices(found, rows),
        _chins(found, rows),
        _still_to_join(found, rows),
        _full_coverage(found, rows),
    ]


def _said(found: Dashboard, measure: Measure, figure: kit.Figure | None = None) -> list[kit.Statement]:
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
    figure = figures.population(found.now, rows, then=found.then)
    figure = replace(figure, statements=_said(found, Measure.POPULATION_PERCENT, figure))
    return Card(figure, [points(figure, found.then.day)])


def points(population: kit.Figure, day: date) -> Sentence:
    """How many points more or fewer than on a day, of a figure that has this behind it; empty when it is not known."""
    if not population.behind:
        return ()
    change = population.behind[-1]
    assert isinstance(change.value, Decimal)
    if not change.value:
        return (f"as on {words.short_day(day)}",)
    moved = Shown(f"{abs(change.value)} points", change)
    return (f"{'up' if change.value > 0 else 'down'} ", moved, f" since {words.short_day(day)}")


def _practices(found: Dashboard, rows: Rows) -> Card:
    """The papers' counts of practices stand here in words: “Paper says 48” alone would not say of what."""
    all_of_them = figures.all_practices(found.now, rows)
    counts = _said(found, Measure.PRACTICES_TOTAL, all_of_them)
    answered = _said(found, Measure.PRACTICES_ANSWERED)
    figure = figures.practices(found.now, rows)
    statements = _said(found, Measure.PRACTICES_PERCENT, figure)
    says = []
    if counts:
        says.append(f"Paper says {words.listed(s.display for s in counts)} practices")
    if answered:
        says.append(f"Paper says {words.listed(s.display for s in answered)} answered the LCS: another fact")
    in_words = [replace(statement, value=None) for statement in (*counts, *answered)]
    figure = replace(figure, statements=[*statements, *in_words])
    return Card(
        figure, [(*of_all(found.then, rows.on(found.then.day)), f" on {words.short_day(found.then.day)}")], says
    )


def of_all(coverage: Coverage, rows: Rows) -> Sentence:
    """“48 of 54”: the practices in a CHIN, of all open ones."""
    parts = figures.practices(coverage, rows).parts
    return (Counted(parts[0].display, parts[0]), " of ", Counted(parts[1].display, parts[1]))


def _chins(found: Dashboard, rows: Rows) -> Card:
    figure = figures.chins(found.now, rows)
    figure = replace(figure, statements=_said(found, Measure.CHINS, figure))
    by_state: list[sentences.Piece] = []
    for part in figure.parts:
        if part.value:
            by_state += [", ", Counted(f"{part.display} {part.name.lower()}", part)]
    then = figures.chins(found.then, rows.on(found.then.day))
    before = rows.on(found.then.day).part(then.label, then.value, "count", rows.on(found.then.day).coverage(of="own"))
    on_the_day = (Counted(then.display, before), f" on {words.short_day(found.then.day)}")
    return Card(figure, [tuple(by_state[1:]) or "none yet", on_the_day])


def _still_to_join(found: Dashboard, rows: Rows) -> Card:
    figure = figures.still_to_join(found.now, rows)
    then = figures.still_to_join(found.then, rows.on(found.then.day))
    patients = Shown(words.plural(found.now.uncovered_patients, "patient"), figure.behind[0])
    on_the_day = (Counted(then.display, then.parts[0]), f" on {words.short_day(found.then.day)}")
    return Card(figure, [(patients,), on_the_day])


def _full_coverage(found: Dashboard, rows: Rows) -> Card:
    projected = found.projection
    figure = figures.full_coverage(projected, rows)
    figure = replace(figure, statements=_said(found, Measure.FULL_COVERAGE_DAY, figure))
    lines: list[Sentence | str] = []
    if found.commissioner.target_day:
        lines.append(f"target {words.day(found.commissioner.target_day)}")
    if projected.undated:
        without = rows.part(
            "Without a planned join", projected.undated, "sum:practices", rows.still_to_join(planned="no")
        )
        out = rows.part("Practices still to join", len(projected.out), "sum:practices", rows.still_to_join())
        of = words.plural(len(projected.out), "practice")
        lines.append((Counted(without.display, without), " of ", Counted(of, out), " without a planned join"))
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
    then = rows.on(found.then.day)
    table = []
    for chin in found.now.chins:
        old = before.get(chin.chin_id)
        members, less = rows.members(chin.slug), then.members(chin.slug)
        practices = rows.part(f"Practices in {chin.name}", chin.practices, "count", members)
        patients = rows.part(f"Patients of {chin.name}", chin.patients, "sum:patients", members)
        if found.asat.is_future and not found.may_name:
            practices, patients = practices._replace(csv=""), patients._replace(csv="")  # today hides some of the rows
        state = against_band(chin.patients, found.commissioner)
        table.append(
            ChinRow(
                name=chin.name,
                practices=practices,
                patients=patients,
                more_practices=more(practices, old.practices, less) if old else None,
                more_patients=more(patients, old.patients, less) if old else None,
                chin_id=chin.chin_id,
                url=rows.chin(chin.slug),
                status=chin.status,
                band=state if state in ("above", "below") else "",
            )
        )
    return table


def more(part: kit.Part, before: int, rows: str) -> kit.Part:
    """How much more a number is than it was on another day, whose rows are at `rows`."""
    assert isinstance(part.value, int)
    return part._replace(name=f"{part.name}, change", value=part.value - before, less=as_csv(rows))


def in_all(found: Dashboard, rows: Rows) -> ChinRow:
    """The last line of the table of CHINs: all practices in one."""
    inside, before = rows.coverage(placed="in"), rows.on(found.then.day).coverage(placed="in")
    name = f"In a {word(found.commissioner)}"
    practices = rows.part(f"{name}: practices", found.now.covered_practices, "sum:practices", inside)
    patients = rows.part(f"{name}: patients", found.now.covered_patients, "sum:patients", inside)
    return ChinRow(
        name=name,
        practices=practices,
        patients=patients,
        more_practices=more(practices, found.then.covered_practices, before),
        more_patients=more(patients, found.then.covered_patients, before),
    )


@dataclass(frozen=True, slots=True)
class BoroughRow:
    """A line of the table of boroughs: practices and patients in a CHIN, and all; and the share of patients."""

    name: str
    url: str
    parts: Sequence[kit.Part]


def borough_rows(found: Dashboard, rows: Rows) -> list[BoroughRow]:
    """The table of boroughs, by name; empty where there is only one."""
    query = {"commissioner": found.commissioner.ods_code, "borough": figures.PLACE}
    listed = link(found.asat, "practices:practice_list", query=query)
    every, inside = rows.coverage(borough=figures.PLACE), rows.coverage(borough=figures.PLACE, placed="in")
    table = []
    for one in found.boroughs:
        name, key = one.name or "Not known", quote_plus(one.key)
        of, within = (address.replace(figures.PLACE, key) for address in (every, inside))
        patients = rows.part(f"{name}: patients", one.patients, "sum:patients", of)
        covered = rows.part(f"{name}: patients in", one.covered_patients, "sum:patients", within)
        percent = ratio_percent(one.covered_patients, one.patients)
        parts = (
            rows.part(f"{name}: practices in", one.covered_practices, "sum:practices", within),
            rows.part(f"{name}: practices", one.practices, "sum:practices", of),
            covered,
            patients,
            covered._replace(name=f"{name}: share", value=percent, unit="%", of=patients.csv),
        )
        table.append(BoroughRow(name, listed.replace(figures.PLACE, key) if one.name else of, parts))
    return table
