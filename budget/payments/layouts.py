"""What the files that leave look like: columns from a fixed list, in layouts that are shipped or a commissioner's own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from budget.payments.models import Layout
from budget.payments.states import LayoutKind
from cc2h.kit.days import year_name
from cc2h.kit.exports import neutral
from practices.models import Commissioner


@dataclass(frozen=True, slots=True)
class Row:
    """What a file may say of one payment, or of one side of a journal."""

    reference: str = ""
    payee: str = ""
    payee_reference: str = ""
    amount: Decimal | None = None
    debit: Decimal | None = None
    credit: Decimal | None = None
    line: str = ""
    cost_centre: str = ""
    subjective_code: str = ""
    year: int | None = None
    chin: str = ""
    what_for: str = ""
    run: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and what stands in it."""

    heading: str
    value: Callable[[Row], Any]


def _pounds(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _pence(amount: Decimal | None) -> str:
    return "" if amount is None else str(int(amount * 100))


COLUMNS: Mapping[str, Column] = {
    "run": Column("Run", lambda row: row.run),
    "reference": Column("Reference", lambda row: row.reference),
    "payee_reference": Column("Payee reference", lambda row: row.payee_reference),
    "payee": Column("Payee", lambda row: row.payee),
    "amount": Column("Amount", lambda row: _pounds(row.amount)),
    "pence": Column("Amount in pence", lambda row: _pence(row.amount)),
    "debit": Column("Debit", lambda row: _pounds(row.debit)),
    "credit": Column("Credit", lambda row: _pounds(row.credit)),
    "cost_centre": Column("Cost centre", lambda row: row.cost_centre),
    "subjective_code": Column("Subjective code", lambda row: row.subjective_code),
    "line": Column("Budget line", lambda row: row.line),
    "financial_year": Column("Financial year", lambda row: "" if row.year is None else year_name(row.year)),
    "chin": Column("CHIN", lambda row: row.chin),
    "what_for": Column("What for", lambda row: row.what_for),
    "day": Column("Day", lambda row: "" if row.day is None else row.day.isoformat()),
}
COLUMN_CHOICES = [(name, column.heading) for name, column in COLUMNS.items()]
DELIMITERS = [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")]
# What a kind of file can't do without.
NEEDED: Mapping[str, Sequence[Sequence[str]]] = {
    LayoutKind.PAYMENT: (("reference",), ("payee_reference",), ("amount", "pence")),
    LayoutKind.JOURNAL: (("cost_centre",), ("subjective_code",), ("debit",), ("credit",)),
    LayoutKind.ACCRUALS: (("cost_centre",), ("subjective_code",), ("amount",)),
}
SHIPPED = (
    Layout(
        name="Payment file",
        kind=LayoutKind.PAYMENT,
        columns=["run", "reference", "payee_reference", "payee", "amount", "day"],
    ),
    Layout(
        name="Ledger journal",
        kind=LayoutKind.JOURNAL,
        columns=["day", "cost_centre", "subjective_code", "debit", "credit", "line", "financial_year", "what_for"],
    ),
    Layout(
        name="Accruals",
        kind=LayoutKind.ACCRUALS,
        columns=["day", "cost_centre", "subjective_code", "amount", "payee_reference", "payee", "line", "what_for"],
    ),
)


def layouts_of(commissioner: Commissioner, *kinds: str) -> list[Layout]:
    """The shipped layouts and the commissioner's own, of these kinds or of all."""
    found = [*SHIPPED, *Layout.objects.filter(commissioner=commissioner).order_by("name", "pk")]
    return [one for one in found if not kinds or one.kind in kinds]


def missing(kind: str, columns: Sequence[str]) -> list[str]:
    """The columns that a file of the kind can't do without and this has not, in words."""
    return [
        " or ".join(COLUMNS[name].heading for name in either)
        for either in NEEDED.get(kind, ())
        if not set(either) & set(columns)
    ]


def written(layout: Layout, rows: Iterable[Row]) -> bytes:
    """The file. Text that a spreadsheet would run gets an apostrophe before it, as in every file of the portal."""
    columns = [COLUMNS[name] for name in layout.columns]
    lines = [[column.heading for column in columns]] if layout.heading else []
    lines += [[_cell(column.value(row), layout.delimiter) for column in columns] for row in rows]
    return "".join(layout.delimiter.join(line) + "\r\n" for line in lines).encode()


def _cell(value: str, delimiter: str) -> str:
    text = str(neutral(" ".join(value.split())))
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in (delimiter, '"')) else text
