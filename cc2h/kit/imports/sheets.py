"""Sheets of the go-live workbook: each room adds its own, and none knows the others (see `workbook`, which reads them).

    @sheet
    class Mailboxes(Sheet):
        number, name = 10, "Mailboxes"          # the number orders the sheets, and never changes
        what = "The shared mailboxes of practices: a row a practice."
        fields = (Field("practice", "Practice code", "the ODS code of a practice", "E83035", required=True), …)

        def plan(self, book, rows):             # all rows that can be read, at once: a few look-ups, none a row
            for row in rows: …
                book.refuse(row, "practice", "No practice has this code.")
                yield Change(row, key, "new", "", "a@example.nhs.uk", write=lambda: services.change_details(…))

An empty cell says nothing: it takes nothing away that is held. What a sheet adds, sheets after it can name: `book.offer`
and `book.find`. Whatever a row's cells can't be is found before `plan` is asked; `book.broken` has those rows.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal, TypeVar

from cc2h.kit import words
from cc2h.kit.imports.files import trimmed
from cc2h.kit.imports.kinds import read_day

LINES = 1 << 20  # what a sheet holds: a line of the workbook is the sheet's number times this, and the row
DAY_TOLD = "a day, like 01/04/2018 (day first) or 2018-04-01"
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LEAVE_OUT = "Leave out"
LEAVE_OUT_EXPECTED = "any word, like “Example”: the row is then never imported. Empty for a row that is to be"

Verdict = Literal["new", "changed", "closed", "unchanged"]


@dataclass(frozen=True)
class Field:
    """A column of a sheet: its name in the code, its heading, what stands in it in words, an example.

    choices: the only words it takes, offered as a list in the template. pattern: what a code looks like. day: it is a day.
    """

    name: str
    heading: str
    expected: str
    example: str = ""
    required: bool = False
    day: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    longest: int = 300

    def read(self, cell: str) -> Any:
        """What the cell says: a text (a choice as offered, a code in capitals), a day, or None for an empty cell.

        Raises ValueError with a sentence that says what is expected.
        """
        if not cell:
            if self.required:
                raise ValueError(f"It is empty. Expected: {self.expected}.")
            return None
        if cell in ERRORS:
            raise ValueError(f"The cell shows an error of the spreadsheet. Expected: {self.expected}.")
        if CONTROL.search(cell):
            raise ValueError(f"It holds a character that no text has. Expected: {self.expected}.")
        if self.day:
            return self._day(cell)
        if self.choices:
            found = next((choice for choice in self.choices if choice.casefold() == cell.casefold()), None)
            if found is None:
                raise ValueError(f"Expected one of: {words.listed(self.choices, 'or')}.")
            return found
        if self.pattern:
            return self._code(cell.upper())
        if len(cell) > self.longest:
            raise ValueError(f"It has {len(cell)} characters. Expected: {self.expected}, at most {self.longest}.")
        return cell

    def _day(self, cell: str) -> date:
        found = read_day(cell)
        if not found and NUMBER.fullmatch(cell):
            raise ValueError("This is a number and no day. Format the cell as a date, or write it like 01/04/2018.")
        if not found:
            raise ValueError(f"This is no day that the portal knows. Expected: {DAY_TOLD}.")
        return date.fromisoformat(found)

    def _code(self, cell: str) -> str:
        if re.fullmatch(self.pattern, cell):
            return cell
        if NUMBER.fullmatch(cell):
            raise ValueError(
                "The spreadsheet has made a number of this code, and its first zeros or letters may be lost. Format "
                f"the column as text and write the code again. Expected: {self.expected}."
            )
        raise ValueError(f"This is no such code. Expected: {self.expected}.")


LEFT_OUT = Field("left_out", LEAVE_OUT, LEAVE_OUT_EXPECTED, "Example")


@dataclass(frozen=True)
class Row:
    """A row of a sheet: `number` as the spreadsheet counts, `cells` as they stand there, `said` what they say."""

    sheet: "Sheet"
    number: int
    cells: Mapping[str, str]
    said: Mapping[str, Any]

    @property
    def line(self) -> int:
        return line_of(self.sheet, self.number)

    def __getitem__(self, name: str) -> Any:
        return self.said.get(name)

    def __str__(self) -> str:
        return f"sheet {self.sheet.name}, row {self.number}"


@dataclass(frozen=True)
class Change:
    """What a row would do, in words before and after; `write` does it, and is left out where nothing changes.

    finish: what is done once every sheet is written, such as an ending that ends what other sheets are about.
    """

    row: Row
    key: str
    verdict: Verdict
    before: str = ""
    after: str = ""
    write: Callable[[], Any] | None = None
    finish: Callable[[], Any] | None = None


class Sheet:
    """A sheet of the workbook; see the module's text."""

    number: ClassVar[int]
    name: ClassVar[str]
    what: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]

    def plan(self, book: "Book", rows: Sequence[Row]) -> Iterable[Change]:
        """What the rows would do, for all that are not refused; with `book.refuse` for what is wrong."""
        raise NotImplementedError

    @classmethod
    def heading(cls, name: str) -> str:
        return next(one.heading for one in cls.columns() if one.name == name)

    @classmethod
    def columns(cls) -> tuple[Field, ...]:
        """All its columns, with the one that leaves a row out."""
        return LEFT_OUT, *cls.fields


BROKEN = object()  # stands for what a row would add that is refused: whoever names it is not refused for that too


@dataclass
class Book:
    """One workbook while it is looked at: whose it is, what is wrong, and what its sheets add.

    by: who brought it or confirmed it; None for a command, which is nobody's. name: the file's.
    """

    by: Any
    today: date
    name: str
    problems: list[tuple[Row, str, str]] = field(default_factory=list)  # row, column's name, sentence
    broken: dict[str, list[Row]] = field(default_factory=dict)  # by sheet, rows whose cells can't be read
    needs: set[str] = field(default_factory=set)  # the actions that whoever confirms must be allowed
    _offered: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    _refused: set[int] = field(default_factory=set)

    def refuse(self, row: Row, name: str, sentence: str) -> None:
        """The row is wrong in that column (its name in the code)."""
        self.problems.append((row, name, sentence))
        self._refused.add(row.line)

    def refused(self, row: Row) -> bool:
        return row.line in self._refused

    def offer(self, kind: str, name: str, thing: Any) -> None:
        """Sheets after this one can name the thing so; BROKEN where its row is refused."""
        self._offered.setdefault((kind, name.casefold()), []).append(thing)

    def find(self, kind: str, name: str) -> list[Any]:
        """What sheets offered under the name: nothing, one thing, or several that can't be told apart."""
        return self._offered.get((kind, name.casefold()), [])

    def may(self, action: Any, target: Any) -> bool:
        """Whether the person may take the action (of the room above) on what belongs to `target`."""
        self.needs.add(str(action))
        return self.by is None or bool(self.by.authority.allows(action, target))

    def source(self, row: Row) -> str:
        """Where a record comes from, as the reason that is kept beside it."""
        return f"From the file {self.name}, {row}"


sheets: dict[int, Sheet] = {}
AnySheet = TypeVar("AnySheet", bound=type[Sheet])


def sheet(kind: AnySheet) -> AnySheet:
    """Class decorator: register a sheet under its number, which no other has."""
    taken = sheets.get(kind.number)
    if taken is not None and type(taken).__qualname__ != kind.__qualname__:
        raise ValueError(f"The sheets {taken.name} and {kind.name} have the same number.")
    sheets[kind.number] = kind()
    return kind


def in_order() -> list[Sheet]:
    return [sheets[number] for number in sorted(sheets)]


def line_of(sheet: Sheet, row: int) -> int:
    return sheet.number * LINES + row


def place_of(line: int) -> tuple[Sheet | None, int]:
    """The sheet and the row of a line of the workbook."""
    return sheets.get(line // LINES), line % LINES


def once(book: Book, rows: Iterable[Row], *names: str) -> Iterator[Row]:
    """The rows that are not refused; one that says the same in all these columns as one above it is refused."""
    first: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = tuple(_plain(row[name]) for name in names)
        if (above := first.setdefault(key, row)) is not row:
            book.refuse(row, names[0], f"Row {above.number} says the same already. Expected: one row for it.")
        else:
            yield row


def _plain(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def plain_cell(cell: str) -> str:
    """A cell as it is compared and kept: white space single. Excel writes a day as midnight of it."""
    return trimmed(cell).removesuffix(" 00:00:00")
