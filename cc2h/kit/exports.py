"""Tables out: as CSV or as an Excel workbook, row by row in little memory, and safe to open in a spreadsheet."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.core.exceptions import BadRequest
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.text import slugify

# A spreadsheet takes a cell that begins with one of these for a formula. The wide forms count as well.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS_AT_A_TIME = 500
ROWS_FETCHED = 10_000  # from the database at once: some megabytes
NUMBERS_AND_DAYS = {int, float, Decimal, date, datetime}
QUOTE = '"'
QUOTED = re.compile(r'[",\r\n]')
# What makes a cell, among others parted by \x1f, be looked at by itself.
TELLING = re.compile(rf'[",\r\n]|(?:^|\x1f) *[{re.escape("".join(FORMULA_STARTS))}]')
FORMATS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_048_576  # what a sheet holds
NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
WIDEST = 48  # characters of a column


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet will run: text that looks like a formula gets an apostrophe before it.

    Numbers stay numbers (−213 is no formula), None is blank, days are written YYYY-MM-DD, yes and no in words.

    >>> neutral("=1+1"), neutral(-213), neutral("Ashdown Practice")
    ("'=1+1", -213, 'Ashdown Practice')
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def as_typed(cell: str) -> str:
    """A cell that `neutral` wrote, as it was before: what was taken out comes back as it is kept.

    >>> as_typed("'+44 20 7946 0001"), as_typed("'tis"), as_typed("020 7946 0001")
    ('+44 20 7946 0001', "'tis", '020 7946 0001')
    """
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(FORMULA_STARTS) else cell


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The header, then the rows, in pieces of some hundred lines; nothing is kept in memory."""
    line = ",".join(["%s"] * len(header)) + "\r\n"
    several = iter(rows)
    piece = [header, *islice(several, ROWS_AT_A_TIME - 1)]
    while piece:  # a column of a piece at a time, since most need no look at each cell
        columns = [_column(column) for column in zip(*piece, strict=True)]
        yield "".join([line % cells for cells in zip(*columns, strict=True)])
        piece = list(islice(several, ROWS_AT_A_TIME))


def _column(column: Sequence[Any]) -> Sequence[Any]:
    """Cells of a column, each of which stands in a CSV as its text."""
    kinds = set(map(type, column))
    if kinds == {date}:  # mostly the same few
        texts = {day: day.isoformat() for day in set(column)}
        return [texts[day] for day in column]
    if kinds <= NUMBERS_AND_DAYS or (kinds == {str} and not TELLING.search("\x1f".join(column))):
        return column
    return [_cell(value) for value in column]


def _cell(value: Any) -> str:
    value = neutral(value)
    text = "" if value is None else str(value)
    return f'"{text.replace(QUOTE, QUOTE * 2)}"' if QUOTED.search(text) else text


def xlsx_file(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """A workbook of one sheet, open at its start: numbers are numbers, days are days, text is never a formula.

    Rows go to the disk as they come. The file is gone once closed. Raises BadRequest for more rows than a sheet holds.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    options: dict[str, Any] = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "remove_timezone": True,
    }
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(NO_SHEET_NAME.sub(" ", title)[:31].strip())
    bold, day, moment = (
        book.add_format(told)
        for told in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm"})
    )
    for column, name in enumerate(header):
        sheet.set_column(column, column, min(WIDEST, max(12, len(name) + 2)))
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows, start=1):
        if line == SHEET_ROWS:
            book.close()
            file.close()
            raise BadRequest(f"A sheet holds {SHEET_ROWS - 1:,} rows, and this table has more. Take it as CSV.")
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, datetime):
                sheet.write_datetime(line, column, value.replace(tzinfo=None), moment)
            elif isinstance(value, date):
                sheet.write_datetime(line, column, value, day)
            elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                sheet.write_number(line, column, value)
            else:
                sheet.write_string(line, column, str(neutral(value)))
    book.close()
    file.seek(0)
    return file


def wanted(request: HttpRequest) -> bool:
    """Whether the address asks for its table as a file (`format=csv` or `format=xlsx`) instead of a page."""
    return request.GET.get("format") in FORMATS


def table_response(
    request: HttpRequest, name: str, day: date, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """The table in the format that the address asks for, as a download named after `name` (any words) and the day.

    CSV is UTF-8 without a byte order mark, and sent while `rows` are read; XLSX is written first. Ask `wanted` first.
    """
    kind = request.GET.get("format", "csv")
    file_name = f"{slugify(name) or 'table'}-{day.isoformat()}.{kind}"
    if kind == "xlsx":
        return FileResponse(xlsx_file(name, header, rows), as_attachment=True, filename=file_name, content_type=XLSX)
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name)
    return response
