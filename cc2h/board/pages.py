"""What the board's templates are given, made from what was read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cc2h.board import cards, figures, papers, sentences
from cc2h.board.figures import Rows, capital
from cc2h.board.models import Statement
from cc2h.board.papers import Comparison
from cc2h.board.queries import ALL, IN_A_CHIN, MOVED, STATE, ChangeRow, Changes, Dashboard, Still
from cc2h.kit import charts, history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Part
from cc2h.kit.links import link
from chins.coverage import Kind, StillOut

STILL_OUT_SHOWN = 12
EARLIER_BOARD_DAYS = 4


def dashboard(found: Dashboard) -> dict[str, Any]:
    """The context of templates/board/dashboard.html. Stores the charts it shows."""
    rows = Rows(found.asat, found.commissioner)
    chart, chin_chart = charts.keep(
        [
            cards.coverage_chart(found) if found.now.practices else None,
            cards.chin_chart(found) if found.now.chins else None,
        ]
    )
    chin_rows = cards.chin_rows(found, rows)
    shown = cards.cards(found, rows)

    return {
        "found": found,
        "sentence": sentences.headline(found.now, found.then, rows, shown[0].figure),
        "cards": shown,
        "earlier": [meeting for meeting in found.meetings if meeting.day < found.since.day][:EARLIER_BOARD_DAYS],
        "chart": chart,
        "coverage_rows": [
            [words.short_day(p.day), words.percent1(p.population_percent), words.percent1(p.practices_percent)]
            for p in found.points
        ],
        "chin_chart": chin_chart,
        "chin_sizes": [[row.name, row.patients.display] for row in chin_rows],
        "changes": sentences.changes(found.changes, found.now, found.then, rows, may_name=found.names),
        "changes_url": rows.changes(found.since.day),
        "chin_rows": chin_rows,
        "in_all": cards.in_all(found, rows),
        "boroughs": cards.borough_rows(found, rows),
        "still": sentences.still_out(found.now, rows, words.plural(found.now.uncovered_practices, "practice")),
        "planned": rows.part(
            "With a planned join", found.projection.dated, "sum:practices", rows.still_to_join(planned="yes")
        ),
        "out": found.projection.out[:STILL_OUT_SHOWN],
        "still_url": rows.still_to_join(),
    }


# Changes --------------------------------------------------------------------------------------------

CHANGE_COLUMNS = ("basis", "kind", "ods_code", "name", "chin", "before", "after", "day", "practices", "change")
TITLES = {
    (IN_A_CHIN, Kind.JOINED): "Joined a {}",
    (IN_A_CHIN, Kind.LEFT): "Left a {}",
    (MOVED, MOVED): "Moved to another {}",
    (ALL, Kind.OPENED): "Opened",
    (ALL, Kind.CLOSED): "Closed or became dormant",
    (ALL, Kind.MERGED): "Merged, and the practices that took their patients",
    (ALL, Kind.SPLIT): "Split, and the practices that split off",
    (ALL, Kind.CAME): "Came from another commissioner",
    (ALL, Kind.WENT): "Went to another commissioner",
    (ALL, Kind.DRIFT): "Lists that grew or shrank",
}


def _shown(found: Changes, *, basis: str = "", kind: str = "", chin: str = "") -> Iterator[ChangeRow]:
    for row in found.rows:
        if (not basis or row.basis == basis) and (not kind or row.kind == kind) and (not chin or row.slug == chin):
            yield row


def change_lines(found: Changes, **asked: str) -> Iterator[list[Any]]:
    """The changes asked for (basis, kind, chin) as rows of CHANGE_COLUMNS; blank names where they may not be seen."""
    for row in _shown(found, **asked):
        named = row.practice if row.practice and found.names(row.practice) else None
        yield [
            row.basis,
            row.kind,
            named.ods_code if named else "",
            named.name if named else row.name,
            row.slug,
            row.before,
            row.after,
            row.day,
            row.practices,
            row.change,
        ]


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Changes of one kind, for a table: its title, and lines of what, before, after, day, change in patients."""

    key: str
    title: str
    lines: Sequence[Sequence[Any]]
    hidden: int


def changes(found: Changes, **asked: str) -> dict[str, Any]:
    """The context of templates/board/changes.html."""
    rows = Rows(found.asat, found.commissioner)
    population = figures.population(found.now, rows, then=found.then)
    return {
        "found": found,
        "sentence": sentences.headline(found.now, found.then, rows, population),
        "population": population,
        "parts": [_part_line(kind, found, rows) for kind in Kind],
        "in_all": _in_all(found, rows),
        "figures": figures.change_figures(found.decomposition, rows),
        "groups": [group for group in _groups(found, asked) if group.lines or group.hidden],
        "asked": {name: value for name, value in asked.items() if value},
        "earlier": [meeting for meeting in found.meetings if meeting.day < found.asat.day][:EARLIER_BOARD_DAYS],
    }


def _part_line(kind: Kind, found: Changes, rows: Rows) -> tuple[str, list[Part | None]]:
    """What one kind of change made of practices and patients in a CHIN, and of all of them."""
    first = found.decomposition.first
    parts: list[Part | None] = []
    for basis, decomposed in ((IN_A_CHIN, found.decomposition.covered), (ALL, found.decomposition.total)):
        part = next((part for part in decomposed if part.kind is kind), None)
        if part is None:
            parts += [None, None]
            continue
        url = rows.changes(first, basis=basis, kind=kind)
        parts.append(rows.part(f"{kind.label}, practices", part.practices, "sum:practices", url))
        parts.append(rows.part(f"{kind.label}, patients", part.patients, "sum:change", url))
    return kind.label.replace("CHIN", found.commissioner.local_word), parts


def _in_all(found: Changes, rows: Rows) -> Iterator[Part]:
    """The sums of `_part_line` of every kind."""
    decomposed = found.decomposition
    for basis, change in ((IN_A_CHIN, decomposed.covered_change), (ALL, decomposed.total_change)):
        url = rows.changes(decomposed.first, basis=basis)
        for name, value, column in zip(("practices", "patients"), change, ("practices", "change"), strict=True):
            yield rows.part(f"In all, {name}", value, f"sum:{column}", url)


def _groups(found: Changes, asked: Mapping[str, str]) -> Iterator[ChangeGroup]:
    shown = list(_shown(found, **asked))
    for (basis, kind), title in TITLES.items():
        of_kind = [row for row in shown if row.basis == basis and row.kind == kind and row.practice]
        named = [row for row in of_kind if row.practice and found.names(row.practice)]
        lines = [_practice_line(row, found.asat) for row in named if row.practice]
        title = title.format(found.commissioner.local_word)
        yield ChangeGroup(f"{basis}-{kind}", title, lines, len(of_kind) - len(named))
    states = [row for row in shown if row.basis == STATE]
    yield ChangeGroup(
        STATE, capital(found.commissioner.local_word_plural), [_state_line(row, found.asat) for row in states], 0
    )


def _practice_line(row: ChangeRow, asat: AsAt) -> list[Any]:
    assert row.practice is not None
    href = link(asat, "practices:practice_detail", row.practice.ods_code)
    return [
        {"text": row.practice.name, "href": href},
        row.before or None,
        row.after or None,
        words.short_day(row.day) if row.day else None,
        words.signed(row.change) if row.basis != MOVED else words.number(row.practice.patients),
    ]


def _state_line(row: ChangeRow, asat: AsAt) -> list[Any]:
    href = link(asat, "chins:chin_detail", row.slug)
    return [{"text": row.name, "href": href}, row.before or None, row.after or None, words.short_day(row.day), ""]


# Still to join --------------------------------------------------------------------------------------

STILL_OUT_COLUMNS = ("ods_code", "name", "practices", "patients", "joins", "chin", "contacted", "next_step")


def still_out_lines(found: Still) -> Iterator[list[Any]]:
    """The practices asked for as rows of STILL_OUT_COLUMNS; without names, a row for each planned day."""
    if not found.may_name:
        for day, practices, patients in _by_day(found.shown):
            yield ["", "", practices, patients, day, "", "", ""]
        return
    for one in found.shown:
        contact = (one.contacted, one.next_step) if found.may_see_contacts else ("", "")
        practice = one.practice
        yield [practice.ods_code, practice.name, 1, practice.patients, one.joins, one.chin_slug, *contact]


def _by_day(out: Sequence[StillOut]) -> list[tuple[date | None, int, int]]:
    """Practices and patients by planned day, those without one last."""
    found: dict[date | None, list[int]] = {}
    for one in out:
        found.setdefault(one.joins, []).append(one.practice.patients)
    order = sorted(found, key=lambda day: (day is None, day or date.max))
    return [(day, len(found[day]), sum(found[day])) for day in order]


def still_to_join(found: Still) -> dict[str, Any]:
    """The context of templates/board/still_to_join.html."""
    rows = Rows(found.asat, found.commissioner)
    return {
        "found": found,
        "figure": figures.full_coverage(found.projection, rows),
        "shown": cards.shown_day(found.projection, found.practices),
        "by_day": _by_day(found.shown),
        "patients": sum(one.practice.patients for one in found.shown),
    }


# Papers ---------------------------------------------------------------------------------------------

STATEMENT_COLUMNS = (
    "reference",
    "commissioner",
    "says",
    "paper",
    "paper_day",
    "as_at",
    "day_assumed",
    "states",
    "records_give",
    "difference",
    "settled",
    "reason",
    "basis",
    "discrepancy",
)


def statement_line(comparison: Comparison) -> list[Any]:
    """A statement as a row of STATEMENT_COLUMNS."""
    statement, settlement = comparison.statement, comparison.settlement
    figure = comparison.figure
    return [
        statement.reference,
        statement.commissioner.ods_code,
        statement.says,
        statement.paper,
        statement.paper_day,
        statement.as_at,
        statement.day_assumed,
        comparison.stated,
        figure.value if figure else None,
        comparison.difference,
        settlement.choice if settlement else "",
        settlement.reason if settlement else "",
        statement.basis,
        statement.discrepancy,
    ]


def paper_crumbs(statement: Statement, asat: AsAt) -> list[dict[str, str]]:
    """The way back from an act on a statement."""
    return [
        {"text": "Papers say", "href": link(asat, "board:statement_list")},
        {"text": statement.says, "href": link(asat, "board:statement", statement.reference)},
    ]


def statement(found: Statement, asat: AsAt, user: Any, *, may_settle: bool) -> dict[str, Any]:
    """The context of templates/board/statement.html."""
    comparison = papers.compare([found], asat)[0]
    beside_title, beside = papers.beside(found, asat)
    day = words.day(found.as_at)
    facts = [
        {"key": "It says", "value": found.says},
        {"key": "It gives", "value": comparison.states},
        {
            "key": "Of",
            "value": f"{day}, the portal’s own assumption: the paper bears no day" if found.day_assumed else day,
        },
        {"key": "Paper", "value": comparison.cited},
        {"key": "How it seems to be made", "value": found.basis or None},
        {"key": "Commissioner", "value": found.commissioner.name},
    ]
    settlements = found.settlements.select_related("settled_by", "reopened_by").order_by("-pk")
    return {
        "comparison": comparison,
        "facts": facts,
        "beside_title": beside_title,
        "beside": beside,
        "no_figure": comparison.why_none,
        "may_settle": may_settle,
        "others": papers.of_the_same_matter(found, user, asat),
        "earlier": [settlement for settlement in settlements if settlement.reopened_at],
        "history": history.entries(Statement.objects.filter(pk=found.pk), found.settlements.all()),
        "same_paper": link(asat, "board:statement_list", query={"paper": found.paper}),
    }
