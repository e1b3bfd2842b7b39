"""The go-live workbook: many sheets that hang together, imported all or not at all. See `sheets` for how a room adds one."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, ClassVar

import xlsxwriter
from django.core.exceptions import ValidationError
from xlsxwriter.utility import xl_rowcol_to_cell

from cc2h.kit import programme, words
from cc2h.kit.imports.files import Contents, Head, Rejected, trimmed
from cc2h.kit.imports.files import Row as FileRow
from cc2h.kit.imports.kinds import Importer, importer
from cc2h.kit.imports.sheets import (
    LEFT_OUT,
    LINES,
    Book,
    Change,
    Field,
    Row,
    Sheet,
    in_order,
    line_of,
    place_of,
    plain_cell,
)
from cc2h.kit.models import Programme
from cc2h.kit.sql import Sql

README, LISTS = "Read me", "Lists"
MOST_ROWS = 20_000
PROGRESS_EVERY = 20  # rows written
TEMPLATE_ROWS = 2_000  # to which the template's formats and lists go down
Problem = tuple[int, str, str, str]  # line, column's heading, value, sentence

INTRODUCTION = (
    "This workbook brings what you keep in spreadsheets into the portal, in one import.",
    "Fill in the sheets you need, and leave the others as they are. Save it as .xlsx and bring it under “Imports”.",
    "The portal then shows, sheet by sheet and row by row, what would be new, changed and unchanged, and what is wrong.",
    "All or nothing: the sheets hang together, so nothing is imported while any row is wrong, and then everything at once.",
    "An empty cell says nothing: it never takes away what the portal holds.",
    "A row may name what another sheet of this workbook adds.",
    "A workbook that says what the portal holds changes nothing, so you can correct it and bring it again.",
    "The example row of each sheet has a word under “Leave out”, and is never imported. Any row can be left out so.",
    "Formulas are read as the values they last showed. Days are dates, or written with the day first: 01/04/2018.",
)


@importer
class Workbook(Importer):
    """Rows are staged as they stand and looked at sheet by sheet, in the order of the sheets' numbers."""

    key = "workbook"
    group = "workbook"
    label = "Go-live workbook"
    what = (
        "Many sheets in one workbook, made by the portal as a template: what is kept in spreadsheets before the portal "
        "is used."
    )
    rows_are = ("row", "rows")
    columns = ()
    extra_staging: ClassVar[Mapping[str, str]] = {"cells": "text"}
    changes_shown = 2_000
    all_or_nothing = True
    not_undone = (
        "It brings records that others build on from the first day, by the same acts as the pages do. Correct, end or void "
        "what is wrong where it stands"
    )
    private = True

    def __init__(self, imports: Sequence[Any]) -> None:
        super().__init__(imports)
        self.headings: list[Problem] = []
        self.changes: list[Change] = []
        self.problems: list[Problem] = []
        self.left_out = 0
        self.book: Book | None = None

    # Reading -----------------------------------------------------------------------------------------
    @classmethod
    def recognises(cls, head: Head) -> float:
        """The share of a sheet's needed columns that are there, of the sheet that has most of them."""
        best = 0.0
        for name, rows in head.sheets.items():
            sheet = _sheet_named(name)
            if sheet is not None:
                needed = {_plain(one.heading) for one in sheet.fields if one.required}
                best = max([best, *(len(needed & set(map(_plain, row))) / len(needed) for row in rows)])
        return best

    @classmethod
    def claims(cls, sheets: Sequence[str]) -> bool:
        return any(_sheet_named(name) for name in sheets)

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        unknown, some, number = [], False, 0
        for name, rows in contents.sheets.items():
            sheet = _sheet_named(name)
            if sheet is None:
                if _plain(name) not in (_plain(README), _plain(LISTS)):
                    unknown.append(name)
                continue
            some = True
            for line, cells in self._rows_of(sheet, contents.head.sheets[name], rows):
                number += 1
                if number > MOST_ROWS:
                    raise Rejected(
                        f"The workbook has more than {words.number(MOST_ROWS)} rows. Bring it in several.", line=line
                    )
                yield line, [json.dumps(cells)]
        if not some:
            raise Rejected(
                f"The workbook has none of the sheets {words.listed([one.name for one in in_order()], 'or')}. Take the "
                "template under “Imports”."
            )
        if unknown:
            self.notes.append(f"Sheets not used: {words.listed(unknown)}.")
        if self.left_out:
            self.notes.append(f"{words.plural(self.left_out, 'row')} left out, as the workbook says.")

    def _rows_of(self, sheet: Sheet, head: list[list[str]], rows: Iterator[FileRow]) -> Iterator[tuple[int, Any]]:
        """(line, cells by the columns' names) of a sheet: what stands below its headings and is not left out."""
        known = {_plain(one.heading): one.name for one in sheet.columns()}
        header = max(head, key=lambda row: sum(_plain(cell) in known for cell in row), default=[])
        below = False
        for line, texts in rows:
            if not below:
                below = [trimmed(cell) for cell in texts] == header
                if below:
                    self._look_at_headings(sheet, line, header, known)
                continue
            pairs = zip(header, texts, strict=False)
            cells = {known[_plain(name)]: plain_cell(text) for name, text in pairs if _plain(name) in known}
            if cells.pop(LEFT_OUT.name, ""):
                self.left_out += 1
            elif any(cells.values()):
                yield line_of(sheet, line), cells

    def _look_at_headings(self, sheet: Sheet, line: int, header: list[str], known: Mapping[str, str]) -> None:
        """A heading that is not known may be one misspelt: what stands below it must not be lost unseen."""
        expected = f"Expected: {', '.join(one.heading for one in sheet.columns())}."
        found = [_plain(name) for name in header]
        for name in header:
            if name and _plain(name) not in known:
                self.headings.append((line_of(sheet, line), name, name, f"No column has this heading. {expected}"))
            elif name and found.count(_plain(name)) > 1:
                told = "The heading stands above several columns. Expected: each once."
                self.headings.append((line_of(sheet, line), name, name, told))
        for one in sheet.fields:
            if one.required and _plain(one.heading) not in found:
                self.headings.append((line_of(sheet, line), one.heading, "", f"The column is missing. {expected}"))

    @classmethod
    def sheet_of(cls, head: Head, line: int) -> tuple[str, int]:
        sheet, row = place_of(line)
        return next((name for name in head.sheets if sheet and _sheet_named(name) is sheet), ""), row

    @classmethod
    def place(cls, line: int) -> tuple[str, int]:
        sheet, row = place_of(line)
        return (sheet.name if sheet else ""), row

    @classmethod
    def sheet_lines(cls) -> Mapping[str, range]:
        return {one.name: range(one.number * LINES, (one.number + 1) * LINES) for one in in_order()}

    @classmethod
    def names(cls, head: Head, sheet: str = "") -> list[str]:
        found = _sheet_named(sheet)
        known = {_plain(one.heading) for one in found.columns()} if found else set()
        return max(head.sheets.get(sheet, []), key=lambda row: sum(_plain(cell) in known for cell in row), default=[])

    def illustrative(self, sql: Sql) -> bool:
        """It names records that are here already, so it is of their sort."""
        return programme.kind() == Programme.Kind.ILLUSTRATIVE

    # Checking and planning ---------------------------------------------------------------------------
    def check(self, sql: Sql) -> None:
        """Plan every sheet, and say what is wrong. A row that is wrong is held back, and with it the whole workbook."""
        one = self.imports[0]
        book = self.book = Book(one.decided_by or one.uploaded_by, sql.parameters["today"], one.file_name)
        read: dict[Sheet, list[Row]] = {}
        for line, cells in sql.rows("SELECT line, cells FROM staged ORDER BY line"):
            sheet, number = place_of(line)
            if sheet is not None:
                read.setdefault(sheet, []).append(_read(book, sheet, number, json.loads(cells)))
        self.changes, by_sheet = [], read.items()
        for sheet, rows in sorted(by_sheet, key=lambda pair: pair[0].number):
            book.broken[sheet.name] = [row for row in rows if book.refused(row)]
            planned = list(sheet.plan(book, [row for row in rows if not book.refused(row)]))
            self.changes += [change for change in planned if not book.refused(change.row)]
        self.problems = [
            *self.headings,
            *(
                (row.line, row.sheet.heading(name), row.cells.get(name, ""), sentence)
                for row, name, sentence in book.problems
            ),
        ]
        sql.run(
            """
            INSERT INTO problem
            SELECT %(id)s, p.line, p.heading, p.value, p.sentence, 'workbook', true
            FROM unnest(%(lines)s::int[], %(headings)s::text[], %(values)s::text[], %(sentences)s::text[])
                AS p(line, heading, value, sentence)
            """,
            id=one.pk,
            **_columns(("lines", "headings", "values", "sentences"), self.problems),
        )

    def plan(self, sql: Sql) -> str:
        told = [(c.row.line, f"{c.row.sheet.name}: {c.key}", c.verdict, c.before, c.after) for c in self.changes]
        names = ("lines", "keys", "verdicts", "befores", "afters")
        sql.table(
            "sheet_verdict",
            """
            SELECT * FROM unnest(%(lines)s::int[], %(keys)s::text[], %(verdicts)s::text[], %(befores)s::text[],
                                 %(afters)s::text[]) AS v(line, key, verdict, before, after)
            """,
            **_columns(names, told),
        )
        return """
            SELECT s.import_id, s.line, v.key, v.verdict, nullif(v.before, '') AS before, nullif(v.after, '') AS after
            FROM staged s JOIN sheet_verdict v USING (line)
            WHERE NOT EXISTS (SELECT FROM problem x WHERE x.line = s.line AND x.held_back)
        """

    def describe(self, sql: Sql) -> dict[str, Any]:
        """What each sheet would do, and what whoever confirms it must be allowed."""
        counted: dict[int, dict[str, int]] = {}
        found = "SELECT line / %(lines)s, verdict, count(*) FROM verdict GROUP BY 1, 2"
        for number, verdict, count in sql.rows(found, lines=LINES):
            counted.setdefault(number, {})[verdict] = count
        wrong: dict[int, int] = {}
        for line, *_ in self.problems:
            wrong[line // LINES] = wrong.get(line // LINES, 0) + 1
        return {
            "sheets": [
                {"name": sheet.name, **counted.get(sheet.number, {}), "problems": wrong.get(sheet.number, 0)}
                for sheet in in_order()
                if sheet.number in counted or sheet.number in wrong
            ],
            "needs": sorted(self.book.needs) if self.book else [],
        }

    def merge(self, sql: Sql, by: Any) -> None:
        """Row by row through the services of the single edits, in the caller's one transaction."""
        if self.problems:
            raise ValidationError("The workbook has rows that are wrong, so nothing of it was imported.", code="wrong")
        steps = [(change.row, change.write) for change in self.changes]
        steps += [(change.row, change.finish) for change in self.changes]
        writing = [(row, step) for row, step in steps if step is not None]
        for done, (row, step) in enumerate(writing):
            if done % PROGRESS_EVERY == 0:
                self.tell(done, len(writing))
            try:
                step()
            except ValidationError as refusal:
                where = f"{row.sheet.name}, row {row.number}"
                said = " ".join(refusal.messages)
                raise ValidationError(
                    f"{where}: {said} Nothing of the workbook was imported.", code="refused"
                ) from refusal


def _sheet_named(name: str) -> Sheet | None:
    return next((one for one in in_order() if _plain(one.name) == _plain(name)), None)


def _plain(heading: str) -> str:
    return trimmed(heading).casefold()


def _read(book: Book, sheet: Sheet, number: int, cells: Mapping[str, str]) -> Row:
    """The row with what its cells say; what they can't say is refused, all of it at once."""
    said, wrong = {}, []
    for one in sheet.fields:
        try:
            said[one.name] = one.read(cells.get(one.name, ""))
        except ValueError as problem:
            wrong.append((one.name, str(problem)))
    row = Row(sheet, number, cells, said)
    for name, sentence in wrong:
        book.refuse(row, name, sentence)
    return row


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


# The template ----------------------------------------------------------------------------------------


def template() -> IO[bytes]:
    """The empty workbook, open at its start: a sheet that explains, then each sheet with headings and an example row."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    looks = {
        "heading": book.add_format(
            {"bold": True, "bg_color": "#E8EDEE", "bottom": 1, "text_wrap": True, "valign": "top"}
        ),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        "example": book.add_format({"italic": True, "font_color": "#4C6272", "num_format": "@"}),
    }
    _explain(book.add_worksheet(README), looks)
    pages = [(book.add_worksheet(sheet.name), sheet) for sheet in in_order()]
    lists = _lists(book.add_worksheet(LISTS))
    for page, sheet in pages:
        _empty(page, sheet, looks, lists)
    book.close()
    file.seek(0)
    return file


def _explain(page: Any, looks: Mapping[str, Any]) -> None:
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 26)
    page.set_column(2, 2, 12)
    page.set_column(3, 3, 90, looks["wrapped"])
    page.write_string(0, 0, Workbook.label, looks["title"])
    for line, sentence in enumerate(INTRODUCTION, 2):
        page.write_string(line, 0, sentence)
    line = len(INTRODUCTION) + 3
    for column, heading in enumerate(("Sheet", "Column", "Needed", "What stands in it")):
        page.write_string(line, column, heading, looks["heading"])
    for sheet in in_order():
        line += 1
        page.write_string(line, 0, sheet.name, looks["bold"])
        page.write_string(line, 3, sheet.what, looks["wrapped"])
        for one in sheet.columns():
            line += 1
            page.write_string(line, 1, one.heading, looks["bold"])
            page.write_string(line, 2, "yes" if one.required else "")
            page.write_string(line, 3, told(one), looks["wrapped"])


def told(one: Field) -> str:
    """What stands in a column, as the first sheet and the documentation say it."""
    said = one.expected[:1].upper() + one.expected[1:]
    return f"{said}. One of: {', '.join(one.choices)}." if one.choices else f"{said}."


def _lists(page: Any) -> dict[Field, str]:
    """The words to choose from, in a hidden sheet, since a longer list can't stand in a cell's own rule."""
    page.hide()
    where = {}
    for column, one in enumerate(one for sheet in in_order() for one in sheet.fields if one.choices):
        page.write_column(0, column, one.choices)
        first, last = (xl_rowcol_to_cell(row, column, True, True) for row in (0, len(one.choices) - 1))
        where[one] = f"={LISTS}!{first}:{last}"
    return where


def _empty(page: Any, sheet: Sheet, looks: Mapping[str, Any], lists: Mapping[Field, str]) -> None:
    for column, one in enumerate(sheet.columns()):
        width = max(14, min(40, len(one.heading) + 2, 40), min(40, len(one.example) + 2))
        page.set_column(column, column, width, looks["day" if one.day else "text"])
        page.write_string(0, column, one.heading, looks["heading"])
        page.write_comment(0, column, told(one), {"x_scale": 2})
        page.write_string(1, column, one.example, looks["example"])
        if one in lists:
            page.data_validation(2, column, TEMPLATE_ROWS, column, {"validate": "list", "source": lists[one]})
    page.freeze_panes(1, 0)
