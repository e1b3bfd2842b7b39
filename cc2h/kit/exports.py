"""Tables out: as CSV, streamed row by row, and safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.text import slugify

# A spreadsheet takes a cell that begins with one of these for a formula. The wide forms count as well.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS_AT_A_TIME = 500


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet will run: text that looks like a formula gets an apostrophe before it.

    Numbers stay numbers (−213 is no formula), None is blank, days are written YYYY-MM-DD.

    >>> neutral("=1+1"), neutral(-213), neutral("Ashdown Practice")
    ("'=1+1", -213, 'Ashdown Practice')
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The header, then the rows, in pieces of some hundred lines; nothing is kept in memory."""
    writer = csv.writer(_Echo())
    piece = [writer.writerow([neutral(name) for name in header])]
    for row in rows:
        piece.append(writer.writerow([neutral(value) for value in row]))
        if len(piece) == ROWS_AT_A_TIME:
            yield "".join(piece)
            piece = []
    yield "".join(piece)


def wanted(request: HttpRequest) -> bool:
    """Whether the address asks for its table as a file (`format=csv`) instead of a page."""
    return request.GET.get("format") == "csv"


def table_response(
    request: HttpRequest, name: str, day: date, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """The table in the format that the address asks for, as a download named after `name` (any words) and the day.

    CSV is UTF-8 without a byte order mark, and sent while `rows` are read. Ask `wanted` first.
    """
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    file_name = f"{slugify(name) or 'table'}-{day.isoformat()}.csv"
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name)
    return response
