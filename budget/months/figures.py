"""Amounts of a month's report, each with the way to its entries where it is a sum of them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from budget import figures as budget
from budget.figures import NOT_STATED, Amount, Entries, Shown, words_of
from budget.months.queries import LineRow, MonthReport, Totals, totals
from budget.queries import NOTHING
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_in_address, year_name
from cc2h.kit.figures import Figure, Part
from cc2h.kit.links import link, with_query

TO_DATE = {
    "budget_month": "Budget, month",
    "paid_month": "Paid, month",
    "budget_to_date": "Budget to date",
    "paid_to_date": "Paid to date",
    "accrued": "Owed",
    "variance_to_date": "Variance to date",
}
OF_YEAR = {"allocated": "Budget, year", "outturn": "Forecast outturn", "variance": "Variance"}
COLUMNS = TO_DATE | OF_YEAR
OF_ENTRIES = {"allocated": "allocated", "paid_month": "paid", "paid_to_date": "paid", "committed": "committed"}
SIGNED = ("variance_to_date", "variance")
FORMULAS = {
    "paid_month": "Payments of the month charged to this financial year, less those that were reversed.",
    "paid_to_date": "Payments charged to this financial year up to the month’s end, less those that were reversed.",
    "committed": "What is promised for this financial year by the month’s end. What has been paid stays committed.",
}


class Said(NamedTuple):
    """A cell that leads to no entries. note: of how many lines it is not stated."""

    text: str
    note: str = ""


Cell = Amount | Said


class Row(NamedTuple):
    """A line of the report, and a cell for each of COLUMNS."""

    row: LineRow
    cells: dict[str, Cell]


class Lines(NamedTuple):
    """Lines of the report that are added up together."""

    rows: list[Row]
    total: dict[str, Cell]


class Amounts:
    """Writes the cells of a report. linked: its numbers are what the entries come to now, and lead to them."""

    def __init__(self, report: MonthReport, asat: AsAt, *, linked: bool = True) -> None:
        self.report, self.linked = report, linked
        self.entries = Entries(asat, 2)

    def _query(self, of: str) -> dict[str, str]:
        days = {"last": self.report.to.isoformat()}
        return {"first": self.report.month.isoformat(), **days} if of == "paid_month" else days

    def part(self, name: str, of: str, value: Decimal | None, query: Mapping[str, str]) -> Part:
        return self.entries.part(name, OF_ENTRIES[of], value, {**query, **self._query(of)})

    def _cell(self, name: str, of: str, value: Decimal | None, query: Mapping[str, str], unknown: int = 0) -> Cell:
        if value is None:
            return Said(NOT_STATED)
        if self.linked and of in OF_ENTRIES:
            part = self.part(f"{name}: {COLUMNS[of]}", of, value, query)
            return Amount(part, words_of(part, unknown))
        said = words.signed_pounds(value, 2) if of in SIGNED else words.pounds(value, 2)
        return Said(said, f"{unknown} not stated" if unknown else "")

    def row(self, row: LineRow) -> Row:
        query = {"line": row.slug, "year": year_in_address(row.year)}
        return Row(row, {of: self._cell(row.name, of, getattr(row, of), query) for of in COLUMNS})

    def total(self, rows: Iterable[LineRow], query: Mapping[str, str] | None) -> dict[str, Cell]:
        """query: which entries all of the rows are of; None where no filter says that."""
        found: Totals = totals(rows)
        linked, self.linked = self.linked, self.linked and query is not None
        cells = {of: self._cell("Total", of, found.amounts[of], query or {}, found.unknown[of]) for of in COLUMNS}
        self.linked = linked
        return cells

    def table(self, rows: Sequence[LineRow], *, inside: bool | None) -> Lines:
        """inside: whether the lines are of the programme's budget; None where they are of several years."""
        query = None if inside is None else whole_of(self.report, inside=inside)
        return Lines([self.row(row) for row in rows], self.total(rows, query))


def whole_of(report: MonthReport, *, inside: bool) -> dict[str, str]:
    """The entries of all lines inside the programme's budget, or outside it, for the year of the report."""
    return budget.whole_of(report.commissioner.ods_code, report.year, inside=inside)


def cards(report: MonthReport, asat: AsAt) -> list[Shown]:
    """Paid in the month and to date, committed and owed: each of what adds to it, or of nothing on the whole."""
    amounts = Amounts(report, asat)
    found = []
    for of, label in (
        ("paid_month", f"Paid in {words.month(report.month)}"),
        ("paid_to_date", "Paid to date"),
        ("committed", "Committed"),
    ):
        parts = [
            amounts.part(row.name, of, getattr(row, of), {"line": row.slug, "year": year_in_address(row.year)})
            for row in report.inside
            if getattr(row, of)
        ]
        whole = amounts.part("Entries", of, NOTHING, whole_of(report, inside=True))
        found.append(Shown(_figure(of, label, parts or [whole], FORMULAS[of], report, asat), ""))
    parts = [_owed(row.name, row.accrued, report, asat, line=row.slug) for row in report.inside if row.accrued]
    whole = _owed("Accruals", NOTHING, report, asat)
    formula = "What is committed and not paid at the month’s end, or what a person judged to be owed of it."
    found.append(Shown(_figure("accrued", "Owed", parts or [whole], formula, report, asat), ""))
    return found


def _owed(name: str, value: Decimal, report: MonthReport, asat: AsAt, **query: str) -> Part:
    """The sum of accruals of the year inside the programme's budget."""
    query = {"inside": "yes", "year": year_in_address(report.year), **query}
    url = link(asat, "months:accruals", report.commissioner.ods_code, report.month, query=query)
    return Part(name=name, value=value, unit="£", url=url, csv=with_query(url, {"format": "csv"}), measure="sum:owed")


def _figure(key: str, label: str, parts: Sequence[Part], formula: str, report: MonthReport, asat: AsAt) -> Figure:
    value = sum((words.decimal(part.value or 0) for part in parts), NOTHING)  # type: ignore[arg-type]
    return Figure(
        key=f"month-{key}",
        label=label,
        kind="sum",
        value=value,
        unit="£",
        places=2,
        as_at=report.to,
        known=asat.known,
        formula=f"{formula} Lines of the programme’s budget, {year_name(report.year)}.",
        parts=parts,
    )


class BesideRow(NamedTuple):
    """A line in two months: what is said of each, and the difference."""

    name: str
    inside: bool
    year: int
    cells: list[str]


BESIDE = {"paid_to_date": "Paid to date", "accrued": "Owed", "outturn": "Forecast outturn"}


def beside(one: MonthReport, other: MonthReport) -> list[BesideRow]:
    """Each line of either report: its amounts in the one, in the other, and by how much they differ."""
    first = {(row.slug, row.year): row for row in one.lines}
    second = {(row.slug, row.year): row for row in other.lines}
    rows = []
    for key in dict.fromkeys([*first, *second]):
        a, b = first.get(key), second.get(key)
        either = first[key] if a else second[key]
        cells = []
        for of in BESIDE:
            values = [getattr(row, of) if row else None for row in (a, b)]
            cells += [NOT_STATED if value is None else words.pounds(value, 2) for value in values]
            known = [value for value in values if value is not None]
            cells.append(words.signed_pounds(known[1] - known[0], 2) if len(known) == len(values) else words.DASH)
        rows.append(BesideRow(either.name, either.inside, either.year, cells))
    return rows
