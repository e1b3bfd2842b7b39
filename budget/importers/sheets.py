"""Sheets of the go-live workbook about money: where each line stands on the day the portal takes over, and what was paid."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models.functions import Lower

from budget import ledger
from budget.kinds import EntryKind
from budget.models import Balance, Entry, Line
from cc2h.accounts.authority import Action
from cc2h.kit import words
from cc2h.kit.days import NotADay, parse_year, year_name
from cc2h.kit.imports.sheets import BROKEN, DAY_TOLD, Book, Change, Field, Row, Sheet, once, sheet
from cc2h.kit.money import NotAnAmount, parse_pounds
from chins.importers.sheets import NOBODYS

NOTHING = Decimal("0.00")
AMOUNT_TOLD = "pounds and pence, like 1500.00"
LINE = Field(
    *("line", "Budget line", "the line’s name, or its name in addresses; it is on the page Budget"),
    "Online Consultations",
    required=True,
    longest=150,
)
YEAR = Field("year", "Financial year", "a financial year, like 2018/19", "2018/19", required=True, longest=9)


@dataclass(frozen=True)
class Place:
    """A line in a financial year."""

    line: Line
    year: int

    def __str__(self) -> str:
        return f"{self.line}, {year_name(self.year)}"

    @property
    def key(self) -> str:
        return f"{self.line.pk}/{self.year}"


def _places(book: Book, rows: Iterable[Row]) -> Iterator[tuple[Row, Place]]:
    """Each row's line and year, where there are such and the money is theirs to enter; the others are refused."""
    several = list(rows)
    asked = {row["line"].casefold() for row in several}
    named: dict[str, list[Line]] = {}
    for line in Line.objects.annotate(plain=Lower("name")).select_related("commissioner"):
        for name in {line.plain, line.slug} & asked:
            named.setdefault(name, []).append(line)
    for row in several:
        try:
            year = parse_year(row["year"])
        except NotADay as wrong:
            book.refuse(row, "year", str(wrong))
            continue
        found = [one for one in named.get(row["line"].casefold(), []) if _runs(one, year)]
        if len(found) != 1:
            how = "No line has" if not found else "Several lines have"
            book.refuse(row, "line", f"{how} this name in {year_name(year)}. Expected: {LINE.expected}.")
        elif not book.may(Action.CHANGE_BUDGET, found[0].authority_target()):
            book.refuse(row, "line", NOBODYS.format(whose=found[0].name, what="budget"))
        else:
            yield row, Place(found[0], year)


def _runs(line: Line, year: int) -> bool:
    return line.first_year <= year and (line.last_year is None or year <= line.last_year)


def _pounds(book: Book, row: Row, column: str) -> Decimal | None:
    """The amount in the cell; None for an empty one, and for one that is refused."""
    cell = row[column]
    if cell is None:
        return None
    try:
        return parse_pounds(cell)
    except NotAnAmount as wrong:
        book.refuse(row, column, str(wrong))
        return None


def _day(book: Book, row: Row) -> date | None:
    """The row's day; None where it is still to come, which is refused."""
    if row["day"] > book.today:
        book.refuse(row, "day", "This day is still to come. Expected: today or an earlier day.")
        return None
    found: date = row["day"]
    return found


def _balances(places: Iterable[Place]) -> Mapping[str, Balance]:
    """What is held of each, by its key; money delegated to CHINs is not among it."""
    lines = {place.line.pk for place in places}
    held = Balance.objects.filter(line__in=lines, chin=None)
    return {f"{one.line_id}/{one.year}": one for one in held}


@sheet
class OpeningBalances(Sheet):
    """An allocation is held already if the line has that for the year, a commitment if one of that sum and day is entered."""

    number, name = 70, "Opening balances"
    what = "What each budget line has for a year, and what of it is promised, when the portal takes over: one row a line and year."
    fields = (
        LINE,
        YEAR,
        Field("allocated", "Allocated", AMOUNT_TOLD, "140000.00", required=True, longest=40),
        Field(
            *(
                "committed",
                "Committed",
                f"{AMOUNT_TOLD}: all that is promised, whether paid or not; empty if nothing is",
            ),
            "62000.00",
            longest=40,
        ),
        Field(
            *("day", "Day", f"{DAY_TOLD}: of the letter, or on which the portal takes over"),
            "01/04/2018",
            required=True,
            day=True,
        ),
        Field("document", "Document", "the letter or paper, and where it is", "Allocation letter of March 2018"),
    )

    def plan(self, book: Book, rows: Sequence[Row]) -> Iterator[Change]:
        found = list(_places(book, rows))
        held, promised = _balances(place for _, place in found), self._promised(found)
        first: dict[str, Row] = {}
        for row, place in found:
            above = first.setdefault(place.key, row)
            if above is not row:
                book.refuse(row, "line", f"Row {above.number} is about {place} already. Expected: one row for it.")
                continue
            change = self._change(book, row, place, held.get(place.key), promised.get(place.key, set()))
            if change is None:
                book.offer("opening balance", place.key, BROKEN)
            else:
                yield change

    def _change(
        self, book: Book, row: Row, place: Place, held: Balance | None, promised: set[tuple[Decimal, date]]
    ) -> Change | None:
        allocated, committed, day = _pounds(book, row, "allocated"), _pounds(book, row, "committed"), _day(book, row)
        if allocated is None or day is None or book.refused(row):
            return None
        before = held.allocated if held else None
        if before not in (None, allocated):
            told = f"In the portal {words.pounds(before, 2)} is allocated. Expected: the same; a change is made there."
            book.refuse(row, "allocated", told)
            return None
        if committed is not None and (committed, day) in promised:
            committed = None
        left = allocated - (held.earmarked + held.committed if held else NOTHING)
        if committed is not None and committed > left:
            book.refuse(row, "committed", f"It is more than is left of what is allocated, {words.pounds(left, 2)}.")
            return None
        if before is not None and committed is None:
            return Change(row, str(place), "unchanged")
        shared: dict[str, Any] = {"line": place.line, "year": place.year, "day": day, "reason": book.source(row)}
        shared["document"] = row["document"] or ""
        given = {EntryKind.ALLOCATION: allocated if before is None else None, EntryKind.COMMITMENT: committed}
        entries = [Entry(kind=kind, amount=amount, **shared) for kind, amount in given.items() if amount is not None]
        book.offer("opening balance", place.key, committed or NOTHING)
        return Change(
            row,
            str(place),
            "new",
            "",
            words.listed([f"{one.get_kind_display().lower()} {words.pounds(one.amount, 2)}" for one in entries]),
            lambda: ledger.enter(by=book.by, entries=entries),
        )

    @staticmethod
    def _promised(found: Iterable[tuple[Row, Place]]) -> Mapping[str, set[tuple[Decimal, date]]]:
        """The commitments that are entered, by place: sum and day."""
        lines = {place.line.pk for _, place in found}
        held: dict[str, set[tuple[Decimal, date]]] = {}
        for one in Entry.objects.filter(line__in=lines, kind=EntryKind.COMMITMENT, chin=None):
            held.setdefault(f"{one.line_id}/{one.year}", set()).add((one.amount, one.day))
        return held


@sheet
class PaymentsMade(Sheet):
    """A payment is held already if the line has one for the year with that reference."""

    number, name = 80, "Payments made"
    what = "What was paid before the portal takes over: one row a payment. It is within what is committed."
    fields = (
        LINE,
        YEAR,
        Field("payee", "Paid to", "a practice, a federation or another organisation", "A practice", required=True),
        Field("amount", "Amount", AMOUNT_TOLD, "1500.00", required=True, longest=40),
        Field("day", "Day", f"{DAY_TOLD}: on which it was paid", "31/05/2018", required=True, day=True),
        Field("reference", "Reference", "what stands on the bank’s line", "INV-0042", required=True, longest=100),
    )

    def plan(self, book: Book, rows: Sequence[Row]) -> Iterator[Change]:
        found = list(_places(book, once(book, rows, "line", "year", "reference")))
        balances = _balances(place for _, place in found)
        paid = self._paid(found)
        spent: dict[str, Decimal] = {}
        for row, place in found:
            amount, day = _pounds(book, row, "amount"), _day(book, row)
            if amount is None or day is None or book.refused(row):
                continue
            key, before = f"{place}: {row['reference']}", paid.get((place.key, row["reference"].casefold()))
            if before is not None:
                if (before.amount, before.day) == (amount, day):
                    yield Change(row, key, "unchanged")
                else:
                    told = f"In the portal it is {words.pounds(before.amount, 2)}, paid on {words.day(before.day)}."
                    book.refuse(row, "amount", f"{told} Expected: the same, or another reference.")
                continue
            left = self._left(book, place, balances.get(place.key))
            if left is not None and amount > left - spent.get(place.key, NOTHING):
                told = f"Of {place}, {words.pounds(left - spent.get(place.key, NOTHING), 2)} is committed and not paid."
                book.refuse(row, "amount", f"{told} Expected: at most that.")
                continue
            spent[place.key] = spent.get(place.key, NOTHING) + amount
            yield Change(row, key, "new", "", self._words(row, amount), self._write(book, row, place, amount, day))

    @staticmethod
    def _words(row: Row, amount: Decimal) -> str:
        return f"{words.pounds(amount, 2)} to {row['payee']}"

    def _write(self, book: Book, row: Row, place: Place, amount: Decimal, day: date) -> Any:
        reason = f"Paid to {row['payee']} before the portal. {book.source(row)}"
        return lambda: ledger.pay(
            by=book.by,
            line=place.line,
            year=place.year,
            amount=amount,
            day=day,
            reason=reason,
            document=row["reference"],
        )

    @staticmethod
    def _paid(found: Iterable[tuple[Row, Place]]) -> Mapping[tuple[str, str], Entry]:
        """Payments that are held, by place and reference."""
        lines = {place.line.pk for _, place in found}
        held = Entry.objects.filter(line__in=lines, kind=EntryKind.PAYMENT).exclude(document="")
        return {(f"{one.line_id}/{one.year}", one.document.casefold()): one for one in held}

    @staticmethod
    def _left(book: Book, place: Place, held: Balance | None) -> Decimal | None:
        """What is promised there and not paid, with what the sheet before this one promises; None where that is refused."""
        offered = book.find("opening balance", place.key)
        if BROKEN in offered:
            return None
        promised = Decimal(held.committed - held.paid) if held else NOTHING
        return promised + sum(offered, NOTHING)
