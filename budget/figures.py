"""Amounts of the budget, each with its formula and the way to the entries it is the sum of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.html import escape

from budget.queries import NOTHING, Budget, Delegated, Ending, Row, Run, Sums, Total
from cc2h.kit import charts, words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import last_of_year, year_in_address, year_name
from cc2h.kit.figures import Figure, Part, Source, counted
from cc2h.kit.links import link, with_query

NAMES = ("allocated", "earmarked", "committed", "paid", "left")
FORMULAS = {
    "allocated": "Every entry that gives money or takes it away, up to the day, added up: allocations, cuts, virements, "
    "what is carried forward and what is returned.",
    "earmarked": "What is kept for something that may come to be owed: earmarks, less those released.",
    "committed": "What is promised: commitments, less what they were reduced by. What has been paid stays committed.",
    "paid": "Payments, less those that were reversed.",
    "left": "What is allocated, less what is earmarked, less what is committed. It can still be promised.",
}
FALLS_AWAY = (
    "Of each line that ends on this day, what is allocated to it for its last financial year of which that is known."
)
NOT_STATED = "not stated"


class Amount(NamedTuple):
    """An amount: a number that leads to its entries, and its words where they say more than that. Templates show it whole."""

    part: Part
    text: str = ""

    @property
    def known(self) -> bool:
        return self.part.value is not None

    def __html__(self) -> str:
        """As a cell shows it."""
        return counted(self.part, self.text) if self.known else f'<span class="app-quiet">{escape(self.text)}</span>'


class Shown(NamedTuple):
    """A figure, and its words where they say more than its number."""

    figure: Figure
    text: str

    @property
    def words(self) -> str:
        return self.text or self.figure.display


@dataclass(frozen=True)
class Entries:
    """Where the entries behind amounts are, as at the reader's day. places: of every amount, so that they align."""

    asat: AsAt
    places: int
    _list: str = field(default_factory=lambda: link(None, "budget:entry_list"), compare=False, repr=False)
    _known: dict[tuple[tuple[str, str], ...], tuple[str, str]] = field(default_factory=dict, compare=False, repr=False)

    def part(self, name: str, of: str, value: Decimal | None, query: Mapping[str, str]) -> Part:
        """So many pounds, the sum of column `of` of these entries. None: not stated, which no entries come to."""
        url, csv = self._addresses_of(query)
        if value is None:
            return Part(name=name, value=None, unit="£", url=url)
        value = words.half_up(value, self.places)
        return Part(name=name, value=value, unit="£", url=url, csv=csv, measure=f"sum:{of}")

    def _addresses_of(self, query: Mapping[str, str]) -> tuple[str, str]:
        """Of the page of these entries and of its CSV: the same for each amount of a line."""
        key = (*query.items(),)
        if key not in self._known:
            url = with_query(self._list, {**query, **self.asat.query()})
            self._known[key] = (url, f"{url}&format=csv")
        return self._known[key]

    def amounts(self, name: str, sums: Sums, query: Mapping[str, str], unknown: int = 0) -> list[Amount]:
        """Each of NAMES, of these entries. unknown: of how many lines no allocation is stated."""
        return [
            Amount(part, words_of(part, unknown if of in ("allocated", "left") else 0))
            for of in NAMES
            for part in [self.part(f"{name}: {of}", of, getattr(sums, of), query)]
        ]


def words_of(part: Part, unknown: int = 0) -> str:
    """What an amount says that is not known, or not of all lines; else nothing."""
    if part.value is None:
        return NOT_STATED
    return f"at least {part.display}" if unknown else ""


def places_of(several: Iterable[Sums]) -> int:
    """Whole pounds where all amounts are, else pence."""
    found = (getattr(sums, of) for sums in several for of in NAMES)
    return places(found)


def places(amounts: Iterable[Decimal | None]) -> int:
    return 2 if any(amount is not None and amount % 1 for amount in amounts) else 0


def of_line(row: Row | Delegated | Run, year: int) -> dict[str, str]:
    """The entries of a line for a year."""
    return {"line": row.line.slug, "year": year_in_address(year)}


class Contribution(NamedTuple):
    """What adds to a figure: its name, its sums, and which entries they are of."""

    name: str
    sums: Sums
    query: Mapping[str, str]


def waterfall(
    entries: Entries,
    total: Total,
    contributions: Sequence[Contribution],
    whole: Mapping[str, str],
    papers: Sequence[str],
) -> list[Shown]:
    """Allocated, earmarked, committed, paid and left, each the sum of what adds to it. whole: which entries they are of."""
    found = []
    for of in NAMES:
        unknown = total.unknown if of in ("allocated", "left") else 0
        all_of_it = entries.part("Entries", of, getattr(total.sums, of), whole)
        figure = Figure(
            key=of,
            label=of.capitalize(),
            kind="sum",
            value=all_of_it.value,
            unit="£",
            places=entries.places,
            as_at=entries.asat.day,
            known=entries.asat.known,
            formula=FORMULAS[of],
            parts=_parts(entries, of, contributions, all_of_it),
            sources=[Source(label=paper) for paper in papers] if of == "allocated" and all_of_it.value else (),
            note=_not_stated(unknown, some=all_of_it.value is not None),
        )
        found.append(Shown(figure, words_of(all_of_it, unknown)))
    return found


def chart(several: Sequence[Shown], name: str, year: int) -> charts.Chart | None:
    """What has become of an allocation, each step hanging from the one before; None where it is not stated.

    What is paid is a part of what is committed, and hangs beside it. What is overcommitted ends below 0.
    """
    amounts = {one.figure.key: one.figure.value for one in several if isinstance(one.figure.value, Decimal)}
    if len(amounts) < len(several):
        return None
    allocated, earmarked, _, paid, left = (amounts[of] for of in NAMES)
    told = words.listed(f"{words.pounds(one.figure.value, 0)} {one.figure.label.lower()}" for one in several)  # type: ignore[arg-type]
    return charts.bars(
        title=f"{name}: what has become of the budget of {year_name(year)}",
        alt=f"Waterfall chart: {told}.",
        rows=[{"sum": one.figure.label, "pounds": one.figure.value} for one in several],
        label="sum",
        value="pounds",
        axis="Pounds",
        starts=[NOTHING, allocated - earmarked, left, allocated - earmarked - paid, NOTHING],
    )


def _parts(entries: Entries, of: str, contributions: Sequence[Contribution], whole: Part) -> Sequence[Part]:
    """Those that add something; the whole where none does, or they are not all of it."""
    if whole.value is None:
        return ()
    amounts = [(one, getattr(one.sums, of)) for one in contributions if getattr(one.sums, of)]
    if not amounts or sum((amount for _, amount in amounts), NOTHING) != whole.value:
        return (whole,)
    return [entries.part(one.name, of, amount, one.query) for one, amount in amounts]


def _not_stated(unknown: int, *, some: bool) -> str:
    if not unknown:
        return ""
    lines = words.plural(unknown, "line")
    return f"Of {lines} the amount is not stated{': the sum is that of the others' if some else ''}."


def of_budget(budget: Budget, entries: Entries, code: str, papers: Sequence[str]) -> list[Shown]:
    """What has become of what is allocated to the programme, whose amounts alone align here."""
    entries = replace(entries, places=places_of(row.sums for row in budget.inside))
    rows = [Contribution(row.line.name, row.sums, of_line(row, budget.year)) for row in budget.inside]
    return waterfall(entries, budget.total, rows, whole_of(code, budget.year, inside=True), papers)


def whole_of(code: str, year: int, *, inside: bool) -> dict[str, str]:
    """The entries of all lines of a commissioner inside the programme's budget, or outside it, for a year."""
    return {"commissioner": code, "year": year_in_address(year), "inside": "yes" if inside else "no"}


class TableRow(NamedTuple):
    """A line of a table of amounts: the record it is about, and each of NAMES."""

    row: Any
    amounts: list[Amount]


class Table(NamedTuple):
    """Rows of amounts of one number of places, and their sum."""

    rows: list[TableRow]
    total: list[Amount]
    unknown: int


def table(rows: Sequence[Row], total: Total, entries: Entries, year: int, whole: Mapping[str, str]) -> Table:
    """The lines of a budget with what has become of each."""
    lines = [TableRow(row, entries.amounts(row.line.name, row.sums, of_line(row, year))) for row in rows]
    return Table(lines, entries.amounts("Total", total.sums, whole, total.unknown), total.unknown)


def of_line_figures(
    row: Row, year: int, delegated: Sequence[Delegated], asat: AsAt, papers: Sequence[str]
) -> list[Shown]:
    """What has become of a line's allocation in a year: not delegated, and of each CHIN."""
    query = of_line(row, year)
    parts = [Contribution(one.chin.name, one.sums, {**query, "chin": one.chin.slug}) for one in delegated]
    if delegated:
        own = less(row.sums, [one.sums for one in delegated])
        parts.insert(0, Contribution("Not delegated", own, {**query, "chin": "none"}))
    total = Total(row.sums, int(row.sums.allocated is None))
    entries = Entries(asat, places_of([row.sums, *(one.sums for one in delegated)]))
    return waterfall(entries, total, parts, query, papers)


def less(whole: Sums, several: Sequence[Sums]) -> Sums:
    """What is left of sums without those."""
    rest = {of: getattr(whole, of) - sum(getattr(one, of) or NOTHING for one in several) for of in NAMES[1:-1]}
    if whole.allocated is None:
        return Sums(None, **rest)
    return Sums(whole.allocated - sum((one.allocated or NOTHING for one in several), NOTHING), **rest)


def delegated_rows(several: Sequence[Delegated], asat: AsAt) -> list[TableRow]:
    """What is delegated to each CHIN."""
    entries = Entries(asat, places_of(one.sums for one in several))
    return [
        TableRow(
            one,
            entries.amounts(
                f"{one.line.name}, {one.chin.name}", one.sums, {**of_line(one, one.year), "chin": one.chin.slug}
            ),
        )
        for one in several
    ]


def year_rows(row: Row, several: Mapping[int, Sums], asat: AsAt) -> list[TableRow]:
    """A line over its years: what has become of it in each."""
    entries = Entries(asat, places_of(several.values()))
    return [
        TableRow(year, entries.amounts(year_name(year), sums, of_line(row, year)))
        for year, sums in sorted(several.items())
    ]


# The profile ------------------------------------------------------------------------------------------


class ProfileRow(NamedTuple):
    """A line over the years: of each, its amount; None where it does not run."""

    run: Run
    amounts: list[Amount | None]


class Cliff(NamedTuple):
    """The end of a financial year: which lines end, and what falls away with them."""

    ending: Ending
    falls: Shown
    lines: list[tuple[Run, Amount]]  # each with its last known allocation
    unknown: int


class Profile(NamedTuple):
    """Lines × financial years, their sums, and the years with which lines end."""

    rows: list[ProfileRow]
    total: list[Amount | None]
    cliffs: list[Cliff]


def profile(
    runs: Sequence[Run], ends: Sequence[Ending], years: Sequence[int], asat: AsAt, code: str, *, inside: bool
) -> Profile:
    """The lines inside the programme's budget, or outside it, over the years."""
    entries = Entries(asat, places(amount for run in runs for amount in run.allocated.values()))
    rows = [ProfileRow(run, [_of_year(run, year, entries) for year in years]) for run in runs]
    total = [_total(runs, year, entries, whole_of(code, year, inside=inside)) for year in years]
    return Profile(rows, total, [_cliff(ending, entries, inside=inside) for ending in ends])


def _of_year(run: Run, year: int, entries: Entries) -> Amount | None:
    if year not in run.allocated:
        return None
    name = f"{run.line.name}, {year_name(year)}"
    part = entries.part(name, "allocated", run.allocated[year], of_line(run, year))
    return Amount(part, words_of(part))


def _total(runs: Sequence[Run], year: int, entries: Entries, whole: Mapping[str, str]) -> Amount | None:
    found = [run.allocated[year] for run in runs if year in run.allocated]
    if not found:
        return None
    known = [amount for amount in found if amount is not None]
    part = entries.part(f"Total, {year_name(year)}", "allocated", sum(known, NOTHING) if known else None, whole)
    return Amount(part, words_of(part, len(found) - len(known)))


def _cliff(ending: Ending, entries: Entries, *, inside: bool) -> Cliff:
    lines, parts = [], []
    for run in ending.runs:
        year, name = run.last_known, run.line.name
        if year is None:
            part = entries.part(name, "allocated", None, of_line(run, ending.year))
            lines.append((run, Amount(part, words_of(part))))
        else:
            part = entries.part(f"{name}, {year_name(year)}", "allocated", run.allocated[year], of_line(run, year))
            parts.append(part)
            lines.append((run, Amount(part)))
    unknown = len(lines) - len(parts)
    value = words.half_up(sum((words.decimal(part.value or 0) for part in parts), NOTHING), entries.places)  # type: ignore[arg-type]
    figure = Figure(
        key=f"falls-away-{'inside' if inside else 'outside'}-{ending.year}",
        label=f"Falls away after {words.day(last_of_year(ending.year))}",
        kind="sum",
        value=value if parts else None,
        unit="£",
        places=entries.places,
        as_at=entries.asat.day,
        known=entries.asat.known,
        formula=FALLS_AWAY,
        parts=parts,
        note=_not_stated(unknown, some=bool(parts)),
    )
    text = NOT_STATED if not parts else f"at least {figure.display}" if unknown else ""
    return Cliff(ending, Shown(figure, text), lines, unknown)
