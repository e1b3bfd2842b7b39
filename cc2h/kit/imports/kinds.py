"""Kinds of file. A room declares an Importer for each; what a file is shows in its content, never in its name.

    @importer
    class RegisteredPatients(Importer):
        key, group = "registered_patients", "list_sizes"
        label = "Patients registered at GP practices"
        what = "One row a practice with the patients on its list, as NHS England publishes it every month."
        columns = (Column("code", ("CODE",), "the practice’s ODS code"), …)

        def check(self, sql): …      # rows that are wrong, as SELECTs over the whole staging table
        def plan(self, sql): …       # a query that says what the file would do, row by row
        def totals(self, sql): …     # figures before and after
        def merge(self, sql, by): …  # writes, set-based

The framework (jobs) makes the temporary tables `staged` (import_id, line and the columns) and `problem`, and drops
them with the transaction. An import is staged anew for the check, for every change of its options and for the merge, so
nothing half-done is left by a killed worker, and what is merged is what is stored.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from cc2h.kit import words
from cc2h.kit.days import EARLIEST, LATEST
from cc2h.kit.imports.files import Contents, Head, Rejected, Row, trimmed
from cc2h.kit.sql import Sql

if TYPE_CHECKING:
    from cc2h.kit.imports.undoing import Facts
    from cc2h.kit.models import Import

SUPPRESSED = ("-", "*", "–", "—")
FUTURE_DAYS = 366  # a file may be dated so far ahead, not farther


@dataclass(frozen=True)
class Column:
    """A column of a kind of file: its name in the staging table, the headers it is known by (the first as
    published), and what stands in it, in words."""

    name: str
    headers: tuple[str, ...]
    expected: str
    required: bool = True
    staged: bool = True  # False: read by the importer's `row`, which makes something else of it
    used: bool = True  # False: known to be there, and not read


@dataclass(frozen=True)
class Total:
    """A figure before and after the import."""

    what: str
    before: int | None
    after: int | None

    def as_row(self) -> dict[str, str]:
        """For the "what this will change" table."""
        change = None if self.before is None or self.after is None else self.after - self.before
        return {
            "what": self.what,
            "before": words.number(self.before),
            "after": words.number(self.after),
            "change": words.signed(change) if change else "",
        }


class Importer:
    """A kind of file; see the module's text. One instance works on one or several imports of the kind at once."""

    key: ClassVar[str]
    label: ClassVar[str]
    what: ClassVar[str]
    group: ClassVar[str]  # which command reads it: practices, list_sizes or members
    also_groups: ClassVar[tuple[str, ...]] = ()  # further commands that read it
    rows_are: ClassVar[tuple[str, str]] = ("row", "rows")  # what a row is, for "6,518 list sizes"
    columns: ClassVar[tuple[Column, ...]]
    extra_staging: ClassVar[Mapping[str, str]] = {}  # further columns of the staging table, with their types
    fixed_header: ClassVar[tuple[str, ...]] = ()  # the columns' names, for files that have no header row
    asks_for_day: ClassVar[str] = ""  # the question, where neither the content nor the name tells the file's day
    scope: ClassVar[str] = (
        "true"  # SQL: the row `s` is of those that %(only)s names, where somebody asked for some only
    )
    changes_shown: ClassVar[int] = 50  # rows of the preview that say what changes
    many_at_once: ClassVar[bool] = False  # several files can be merged by the same statements
    all_or_nothing: ClassVar[bool] = False  # while one row is wrong, none of the file is imported
    seen_with: ClassVar[str] = (
        ""  # the action that files of the kind ask for, at the commissioners that `describe` finds
    )
    private: ClassVar[bool] = False  # only whoever brought such a file sees it; see `claims`
    # Undoing (cc2h.kit.imports.undoing): what it keeps neither dated nor governed; the kinds whose later files can say
    # the same again, its own where none is named, and whether only those of the same day can.
    not_undone: ClassVar[str] = ""  # why a file of the kind is never undone
    kept_otherwise: ClassVar[tuple[type["Facts"], ...]] = ()
    said_again_by: ClassVar[tuple[str, ...]] = ()
    of_one_day: ClassVar[bool] = False

    @classmethod
    def may_undo(cls, sql: Sql, by: Any) -> bool:
        """Whether the person may take such a file back: asked of whoever may import files. %(act)s: in which it wrote."""
        return True

    def __init__(self, imports: "Sequence[Import]") -> None:
        self.imports = imports
        self.notes: list[str] = []
        self.refused: dict[int, Rejected] = {}  # imports that `check` refuses, where several are checked at once
        self.days: dict[int, date] = {}  # the files' days, where `check` finds them in the content
        self.telling: Callable[[int], None] | None = None  # told how many bytes' worth of a file is done

    @property
    def day(self) -> date:
        """The day of the (one) file, once it is known."""
        day = self.imports[0].extract_day
        if day is None:
            raise LookupError("The day of the file is not known yet.")
        return day

    # Recognising and staging -------------------------------------------------------------------------
    @classmethod
    def groups(cls) -> tuple[str, ...]:
        return cls.group, *cls.also_groups

    @classmethod
    def recognises(cls, head: Head) -> float:
        """How sure it is that a file is of this kind: the share of its needed columns that are there, 0 to 1."""
        needed = [column for column in cls.columns if column.required]
        best = max((len(_places(needed, row)) for row in _header_rows(head)), default=0)
        return best / len(needed) if best > 1 else 0.0

    @classmethod
    def claims(cls, sheets: Sequence[str]) -> bool:
        """Whether a workbook with these sheets is of this kind: asked as it comes in, for kinds that are private."""
        return False

    def day_from_name(self, name: str) -> date | None:
        """The day that the file's name tells, for kinds whose content has none."""
        return None

    def day_from_content(self, sql: Sql) -> date | None:
        """The day that staged rows suggest, for kinds whose content does not say it outright."""
        return None

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        """(line, cells) in the order of the staging table. Raises Rejected for a file without its columns."""
        line, header, rest = self._header(contents)
        places = _places(self.columns, header)
        self._complain_or_note(line, header, places)
        self._refuse_twice(line, header, places)
        width = len(header)  # a column that is not there is read from one more, which is blank
        pick = itemgetter(*(places.get(column.name, width) for column in self.columns if column.used))
        for line, cells in rest:
            if len(cells) < width:
                cells += [""] * (width - len(cells))
            cells[width:] = ("",)
            yield line, self.row(list(map(str.strip, pick(cells))))

    def row(self, cells: list[str]) -> Sequence[str]:
        """The cells of one row, in the order of the used `columns`, as they are staged: then those of `extra_staging`."""
        used = (column for column in self.columns if column.used)
        return [cell for cell, column in zip(cells, used, strict=True) if column.staged]

    @classmethod
    def sheet(cls, head: Head) -> str:
        """The sheet of a workbook that has the rows; "" for a CSV."""
        return max(head.sheets, key=lambda name: cls.recognises(Head({name: head.sheets[name]})))

    @classmethod
    def sheet_of(cls, head: Head, line: int) -> tuple[str, int]:
        """In which sheet of the file a line stands, and in which row of that."""
        return cls.sheet(head), line

    @classmethod
    def place(cls, line: int) -> tuple[str, int]:
        """The sheet and the row of a line, for people: "" for kinds that have only one sheet."""
        return "", line

    @classmethod
    def sheet_lines(cls) -> Mapping[str, range]:
        """The lines of each sheet, for kinds that have several."""
        return {}

    @classmethod
    def names(cls, head: Head, sheet: str = "") -> list[str]:
        """The columns' names in the file: the row of its head that has most of them, be there a title above or not.

        sheet: of which sheet, for kinds that have several.
        """
        if cls.fixed_header:
            return list(cls.fixed_header)
        return max(_header_rows(head, cls.sheet(head)), key=lambda row: len(_places(cls.columns, row)), default=[])

    def _header(self, contents: Contents) -> tuple[int, list[str], Iterator[Row]]:
        rows = contents.sheets[self.sheet(contents.head)]
        best = self.names(contents.head)
        for line, cells in rows:
            if [trimmed(cell) for cell in cells] == best:
                return line, best, rows
        raise Rejected("The file has no header row.")

    def _complain_or_note(self, line: int, header: list[str], places: Mapping[str, int]) -> None:
        known = set(places.values())
        extras = [name for place, name in enumerate(header) if place not in known and name]
        missing = [column for column in self.columns if column.name not in places]
        needed = [column for column in missing if column.required]
        if needed:
            named = words.listed(f"{' or '.join(c.headers)} ({c.expected})" for c in needed)
            also = f" Columns it does not know: {words.listed(extras)}." if extras else ""
            expected = ", ".join(column.headers[0] for column in self.columns if column.required)
            raise Rejected(
                f"This looks like “{self.label}”, but {'a column is' if len(needed) == 1 else 'columns are'} missing: "
                f"{named}. Expected: {expected}.{also}",
                line=line,
                column=needed[0].headers[0],
            )
        if extras:
            self.notes.append(f"Columns not used: {words.listed(extras)}.")
        if missing:
            self.notes.append(f"Columns not there and not needed: {words.listed(c.headers[0] for c in missing)}.")

    def _refuse_twice(self, line: int, header: list[str], places: Mapping[str, int]) -> None:
        """Nobody can tell which of two columns of one heading is meant; those that are not read may repeat."""
        for column in self.columns:
            heading = header[places[column.name]] if column.used and column.name in places else ""
            alike = [place for place, name in enumerate(header, 1) if _plain(name) == _plain(heading)]
            if heading and len(alike) > 1:
                raise Rejected(
                    f"The heading “{heading}” stands above {len(alike)} columns, {words.listed(map(str, alike))}, and "
                    f"it can’t be told which has {column.expected}. Leave it to the column that is meant.",
                    line=line,
                    column=heading,
                )

    def header(self, name: str) -> str:
        """The header, as published, of a staged column."""
        return next((column.headers[0] for column in self.columns if column.name == name), name)

    # What a kind does --------------------------------------------------------------------------------
    def illustrative(self, sql: Sql) -> bool:
        """Whether the file is about illustrative things; anything else is real."""
        return False

    def check(self, sql: Sql) -> None:
        """Put every row that is wrong into `problem`; raise Rejected when the file can't be used at all."""

    def plan(self, sql: Sql) -> str:
        """Work out what the good rows would do; a query for it: import_id, line, key, verdict, before, after.

        A verdict is new, changed, closed or unchanged. Of a single file it becomes the table `verdict`.
        """
        raise NotImplementedError

    def totals(self, sql: Sql) -> list[Total]:
        """Figures before and after; only asked of a single file."""
        return []

    def when(self, sql: Sql) -> str:
        """Of which day the totals are, and from when on what the file says counts; only asked of a single file."""
        return ""

    def missing(self, sql: Sql) -> int:
        """How many records the register has that the file does not mention. Nothing is done to them."""
        return 0

    def describe(self, sql: Sql) -> Mapping[str, Any]:
        """Further findings for the preview; only asked of a single file, once its verdicts stand in `verdict`."""
        return {}

    def merge(self, sql: Sql, by: Any) -> None:
        """Write what `plan` said, in the caller's transaction."""
        raise NotImplementedError

    def tell(self, done: int, total: int) -> None:
        """Let the page of the (one) file know how far the merge is, for merges that take a while."""
        if self.telling is not None:
            self.telling(self.imports[0].size_bytes * done // max(1, total))

    def results(self) -> Mapping[str, str]:
        """Where to look at what was imported: words and the address."""
        return {}


def rule_out(
    kind: Importer, sql: Sql, rule: str, rules: Mapping[str, tuple[str, str | None]], **parameters: Any
) -> None:
    """Hold back every staged row for which `rule`, an SQL expression over `s`, names one of `rules`.

    rules: by name the staged column that is wrong and the sentence that says so and what was expected; without one the
    row is left out, and is no problem. Where rows
    are staged with a `…_header` of that column, it says which of the file's columns is meant.
    """
    told = [(name, column, kind.header(column), sentence) for name, (column, sentence) in rules.items()]
    lists = zip(("rules", "names", "headers", "sentences"), map(list, zip(*told, strict=True)), strict=True)
    sql.run(
        f"""
        INSERT INTO problem
        SELECT s.import_id, s.line, coalesce(to_jsonb(s) ->> (told.name || '_header'), told.header),
               to_jsonb(s) ->> told.name, told.sentence, told.rule, true
        FROM (SELECT s.*, {rule} AS broken FROM staged s) s
        JOIN unnest(%(rules)s::text[], %(names)s::text[], %(headers)s::text[], %(sentences)s::text[])
            AS told(rule, name, header, sentence) ON told.rule = s.broken
        """,
        **dict(lists),
        **parameters,
    )


kinds: dict[str, type[Importer]] = {}
Kind = TypeVar("Kind", bound=Importer)


def importer(kind: type[Kind]) -> type[Kind]:
    """Class decorator: register a kind of file."""
    kinds[kind.key] = kind
    return kind


def recognise(head: Head) -> type[Importer]:
    """The kind a file is of, from its content. Raises Rejected when it is none the portal knows."""
    sure = {kind: kind.recognises(head) for kind in kinds.values()}
    best = max(sure.values(), default=0.0)
    if best < 0.5:
        begins = ", ".join(cell for cell in head.first[:8] if cell)[:60]
        known = "; ".join(kind.label.partition(" (")[0] for kind in kinds.values())
        raise Rejected(
            f"The portal does not know this kind of file. Its first row is “{begins}”. It knows: {known}.", line=1
        )
    return next(kind for kind, score in sure.items() if score == best)


def _header_rows(head: Head, sheet: str | None = None) -> Iterator[list[str]]:
    """Rows that may be the header: workbooks often have a title above it."""
    for name, rows in head.sheets.items():
        if sheet is None or name == sheet:
            yield from rows if name else rows[:1]


def _places(columns: Sequence[Column], header: Sequence[str]) -> dict[str, int]:
    """Where each column stands: headers are compared without case, and with white space made single."""
    at = {_plain(name): place for place, name in reversed([*enumerate(header)])}
    found = {}
    for column in columns:
        for name in column.headers:
            if _plain(name) in at:
                found[column.name] = at[_plain(name)]
                break
    return found


@lru_cache(maxsize=4096)
def _plain(header: str) -> str:
    return trimmed(header).casefold()


# Cells -----------------------------------------------------------------------------------------------

DAY_FORMATS = {
    r"\d{4}-\d\d-\d\d": "%Y-%m-%d",
    r"\d{8}": "%Y%m%d",
    r"\d{1,2}/\d{1,2}/\d{4}": "%d/%m/%Y",  # day first, as everywhere in the NHS
    r"\d{1,2}/\d{1,2}/\d{2}": "%d/%m/%y",
    r"\d{1,2}[A-Za-z]{3}\d{4}": "%d%b%Y",
    r"\d{1,2}-[A-Za-z]{3}-\d{2}": "%d-%b-%y",
    r"\d{1,2}-[A-Za-z]{3}-\d{4}": "%d-%b-%Y",
    r"\d{1,2} [A-Za-z]{3} \d{4}": "%d %b %Y",
    r"\d{1,2} [A-Za-z]{4,9} \d{4}": "%d %B %Y",
    r"\d{4}-\d\d-\d\d 00:00:00": "%Y-%m-%d %H:%M:%S",
}
DAY_EXPECTED = "a day, like 01Apr2021, 01-Apr-21, 01/04/2021 (day first) or 2021-04-01"
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")


@lru_cache(maxsize=65_536)
def read_day(text: str) -> str:
    """A day in any of the NHS's spellings as YYYY-MM-DD; "" for what is no day the portal can hold.

    >>> read_day("01JAN2021"), read_day("01-Sep-20"), read_day("04/11/2025"), read_day("31/02/2025"), read_day("n/a")
    ('2021-01-01', '2020-09-01', '2025-11-04', '', '')
    """
    text = trimmed(text)
    for pattern, spelling in DAY_FORMATS.items():
        if re.fullmatch(pattern, text, re.ASCII):
            try:
                day = datetime.strptime(text, spelling).date()  # noqa: DTZ007 - a day has no time zone
            except ValueError:
                return ""
            return day.isoformat() if EARLIEST <= day <= LATEST else ""
    return ""


def read_number(text: str) -> str:
    """A number without its thousands separators; anything else as it is.

    >>> read_number("1,234"), read_number("12,34"), read_number("-")
    ('1234', '12,34', '-')
    """
    return text.replace(",", "") if "," in text and THOUSANDS.fullmatch(text) else text
