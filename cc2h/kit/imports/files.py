"""Reading a file that somebody brought, whatever it says it is: as rows of text, in flat memory, within limits.

What a file is shows in its first bytes, never in its name. CSV is UTF-8 (with or without a byte order mark) or
UTF-16 with one, any line ends, gzip'd or not; XLSX is read with python-calamine after a look at how much it
would unpack to; GeoJSON is a table with a row for each feature. Whatever can't be read raises Rejected, whose message
is a sentence for the person.
"""

import csv
import gzip
import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from itertools import chain, islice
from typing import IO, Any

import msgspec
from django.conf import settings
from python_calamine import CalamineWorkbook

GZIP_MAGIC, ZIP_MAGIC, OLD_EXCEL_MAGIC, PDF_MAGIC = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"
BLOCK = 1 << 20
UNPACKED_TO_PACKED = 8  # a file may unpack to so many times the upload limit
HEAD_ROWS = 12
LONGEST_CELL = 32_768
GEOJSON_BYTES = 32 << 20  # read whole; in memory it takes some four times as much
GEOMETRY = "geometry"  # the column with a feature's geometry, as JSON
WORKBOOK_BYTES = 64 << 20
WORKBOOK_CELLS = 500_000
WORKBOOK_TEXT = 256 << 20  # characters of text if every cell held the longest
WORKBOOK_COLUMNS = 256
csv.field_size_limit(LONGEST_CELL)
CSV_PROBLEMS = {  # of the words of Python's reader those that tell its problems apart
    "unexpected end": "a quotation mark that opens a cell is never closed",
    "expected after": "something else than a comma follows the quotation mark that closes a cell",
    "field limit": f"a cell has more than {LONGEST_CELL:,} characters, or a quotation mark is missing",
}
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}
QUOTED = re.compile(r'"[^"]*"')

Row = tuple[int, list[str]]


class Rejected(Exception):
    """The file is refused as a whole. The message says why; `line`, `column` and `value` say where, if known."""

    def __init__(self, sentence: str, *, line: int | None = None, column: str = "", value: str = "") -> None:
        super().__init__(sentence)
        self.line, self.column, self.value = line, column, value


@dataclass(frozen=True)
class Head:
    """The beginning of a file: the first rows of each sheet, cells trimmed. A CSV has one sheet, named ""."""

    sheets: Mapping[str, list[list[str]]]

    @property
    def first(self) -> list[str]:
        """The first row of the first sheet."""
        rows = next(iter(self.sheets.values()), [])
        return rows[0] if rows else []


@dataclass(frozen=True)
class Contents:
    """A file opened for reading once: its head, and the rows of each sheet with the line each begins on."""

    head: Head
    sheets: Mapping[str, Iterator[Row]]


def bytes_limit() -> int:
    """How many bytes a file may unpack to."""
    return settings.UPLOAD_LIMIT_BYTES * UNPACKED_TO_PACKED


def megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"


class _Limited(io.RawIOBase):
    """Passes on a stream's bytes up to the limit and raises Rejected at one more."""

    def __init__(self, source: gzip.GzipFile) -> None:
        self.source, self.left = source, bytes_limit()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self.source.read(len(buffer))
        except (EOFError, OSError, zlib.error) as problem:
            raise Rejected("The compressed file is damaged and can’t be unpacked.") from problem
        self.left -= len(data)
        if self.left < 0:
            raise Rejected(f"The file unpacks to more than {megabytes(bytes_limit())}, the most the portal reads.")
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def opened(raw: IO[bytes] | io.RawIOBase, name: str) -> Iterator[Contents]:
    """The contents of `raw`, a stream of bytes read once from its start. Raises Rejected, also while rows are read.

    name: the file's own name, to tell a person that it does not match what is inside.
    """
    stream: Any = io.BufferedReader(raw) if isinstance(raw, io.RawIOBase) else raw
    start = _peek(stream)
    if start.startswith(GZIP_MAGIC):
        stream = io.BufferedReader(_Limited(gzip.GzipFile(fileobj=stream)), BLOCK)
        start = _peek(stream)
        name = name.removesuffix(".gz")
    if not start:
        raise Rejected("The file is empty.")
    if start.startswith(ZIP_MAGIC):
        with tempfile.SpooledTemporaryFile(max_size=8 << 20) as spool:
            _copy(stream, spool)
            sheets = _workbook(spool, name)
            yield _contents(sheets)
        return
    if start.removeprefix(UTF8_MARK).lstrip().startswith(b"{"):
        yield _contents({"": _features(stream)})
        return
    yield _contents({"": _csv(stream, start)})


def _peek(stream: Any) -> bytes:
    return bytes(stream.peek(8)[:8])


def _copy(source: Any, target: Any) -> None:
    while block := source.read(BLOCK):
        target.write(block)
    target.seek(0)


def _contents(sheets: Mapping[str, Iterator[Row]]) -> Contents:
    heads, rest = {}, {}
    for name, rows in sheets.items():
        first = list(islice(rows, HEAD_ROWS))
        heads[name] = [[trimmed(cell) for cell in cells] for _, cells in first]
        rest[name] = chain(first, rows)
    if not any(heads.values()):
        raise Rejected("The file has no rows.")
    return Contents(Head(heads), rest)


def trimmed(cell: str) -> str:
    """A cell with its white space, line breaks included, made single and cut off at both ends."""
    return " ".join(cell.split())


# CSV -------------------------------------------------------------------------------------------------


def _csv(stream: Any, start: bytes) -> Iterator[Row]:
    if start.startswith(OLD_EXCEL_MAGIC):
        raise Rejected("This is an old Excel workbook (.xls). Save it as .xlsx or CSV and bring that.")
    if start.startswith(PDF_MAGIC):
        raise Rejected("This is a PDF, not a table. The portal reads CSV and XLSX.")
    if start.startswith(GZIP_MAGIC):
        raise Rejected("The file is compressed twice. Unpack it once and bring that.")
    reader = csv.reader(_comma_separated(_text(stream, start)), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise Rejected(f"Line {line} can’t be read as CSV: {_said(problem)}.", line=line) from None
        if cells and (cells[0].strip() or any(cell.strip() for cell in cells)):
            yield line, cells
        line = reader.line_num + 1


def _said(problem: csv.Error) -> str:
    """What Python's reader found wrong, in words for a person."""
    return next(
        (said for found, said in CSV_PROBLEMS.items() if found in str(problem)), "its cells can’t be told apart"
    )


def _comma_separated(lines: Iterator[str]) -> Iterator[str]:
    """The lines, unless the first that is not blank has its columns separated by something else."""
    for number, line in enumerate(lines, 1):
        bare = QUOTED.sub("", line)
        for sign, name in OTHER_SEPARATORS.items():
            if sign in bare and "," not in bare and '"' not in bare:  # a cell may go on in the next line
                raise Rejected(
                    f"The columns are separated by {name}; commas are expected. Save the file as “CSV UTF-8” with "
                    "commas between the columns, or as a workbook (.xlsx), and bring that.",
                    line=number,
                )
        yield line
        if bare.strip():
            break
    yield from lines


def _text(stream: Any, start: bytes) -> Iterator[str]:
    """Lines of text with their ends, decoded a block at a time; the byte order mark `start` may have is left out."""
    encoding, width = "utf-8", 1
    if start.startswith(UTF8_MARK):
        stream.read(len(UTF8_MARK))
    elif start.startswith(UTF16_MARKS):
        encoding, width = ("utf-16-le" if stream.read(2) == UTF16_MARKS[0] else "utf-16-be"), 2
    newline = "\n".encode(encoding)
    line, rest = 1, b""
    while block := stream.read(BLOCK):
        if width == 1 and b"\0" in block:
            wrong = line + block[: block.index(b"\0")].count(b"\n")
            raise Rejected(
                f"This is no text: line {wrong} holds binary data (a NUL byte). The portal reads CSV and XLSX.",
                line=wrong,
            )
        block = rest + block
        cut = _last(block, newline, width)
        if not cut and len(block) > BLOCK:
            raise Rejected(f"Line {line} is longer than a megabyte: this is no table.", line=line)
        block, rest = block[:cut], block[cut:]
        yield from _decoded(block, encoding, line)
        line += block.count(newline)
    yield from _decoded(rest, encoding, line)


def _last(block: bytes, newline: bytes, width: int) -> int:
    """Where the last whole line ends."""
    at = block.rfind(newline)
    while at > 0 and at % width:
        at = block.rfind(newline, 0, at + width - 1)
    return at + width if at >= 0 else 0


def _decoded(block: bytes, encoding: str, line: int) -> Iterator[str]:
    try:
        text = block.decode(encoding)
    except UnicodeDecodeError as problem:
        bad = block[problem.start : problem.end]
        wrong = line + block[: problem.start].decode(encoding, "replace").count("\n")
        raise Rejected(
            f"Line {wrong} holds bytes that are not {encoding[:6].upper().strip('-')} text ({bad.hex(' ')}). "
            "Save the file as “CSV UTF-8” and bring that.",
            line=wrong,
            value=bad.hex(" "),
        ) from None
    if "\0" in text:
        wrong = line + text[: text.index("\0")].count("\n")
        raise Rejected(f"Line {wrong} holds a NUL character, which no text has.", line=wrong)
    return io.StringIO(text, newline="")


# GeoJSON ---------------------------------------------------------------------------------------------


class _Feature(msgspec.Struct):
    properties: dict[str, Any] | None = None
    geometry: msgspec.Raw = msgspec.Raw(b"null")


class _Collection(msgspec.Struct):
    type: str = ""
    features: list[_Feature] = []
    crs: Any = None


COLLECTION = "Expected: a GeoJSON FeatureCollection with a list of features."
DEGREES = ("CRS84", ":4326", "WGS84")  # how the names of longitude and latitude on WGS84 end


def _features(stream: Any) -> Iterator[Row]:
    """The names of the properties and `geometry`, as line 0; then each feature, numbered from 1."""
    data = stream.read(GEOJSON_BYTES + 1).removeprefix(UTF8_MARK)
    if len(data) > GEOJSON_BYTES:
        raise Rejected(
            f"The GeoJSON has more than {megabytes(GEOJSON_BYTES)}, the most the portal reads. Bring a generalised "
            "version, or only the area that is needed."
        )
    try:
        found = msgspec.json.decode(data, type=_Collection)
    except msgspec.ValidationError as problem:
        at = re.search(r"features\[(\d+)\]", str(problem))
        feature = f" Feature {int(at[1]) + 1} is none." if at else ""
        raise Rejected(f"This is JSON, but no list of features.{feature} {COLLECTION}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        at = re.search(r"\(byte (\d+)\)", str(problem))
        line = data[: int(at[1])].count(b"\n") + 1 if at else None
        where = f"on line {line}" if line else "before its end"
        raise Rejected(f"The file begins like GeoJSON, but is broken {where}. {COLLECTION}") from None
    if found.type != "FeatureCollection":
        named = f"is of type “{found.type[:40]}”" if found.type else "has no type"
        raise Rejected(f"This is JSON that {named}. {COLLECTION}")
    _in_degrees(found.crs)
    if not found.features:
        raise Rejected(f"The collection has no features. {COLLECTION}")
    names = list(dict.fromkeys(name for one in found.features for name in one.properties or ()))
    yield 0, [*names, GEOMETRY]
    for number, one in enumerate(found.features, 1):
        values = (one.properties or {}).get
        cells = [*(_property(values(name)) for name in names), bytes(one.geometry).decode(errors="replace")]
        if any("\0" in cell for cell in cells):
            raise Rejected(f"Feature {number} holds a NUL character, which no text has.", line=number)
        yield number, cells


def _in_degrees(crs: Any) -> None:
    """Raise Rejected where the file names a grid of its own: GeoJSON has longitude and latitude on WGS84."""
    named = crs.get("properties") if isinstance(crs, dict) else None
    name = str(named.get("name") or "") if isinstance(named, dict) else ""
    if name and not name.upper().replace(" ", "").endswith(DEGREES):
        raise Rejected(
            f"The file says that its coordinates are {name[:60]}. Expected: longitude and latitude in degrees on WGS84 "
            "(CRS84 or EPSG:4326). Save it in those and bring that.",
            value=name[:60],
        )


def _property(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


# XLSX ------------------------------------------------------------------------------------------------

# Of a sheet wherever it stands in the archive, however its tags are written. What has no place follows what is before.
ROW = re.compile(rb"<(?:[^\s<>/]+:)?row(?=[\s>/])")
CELL = re.compile(rb"<(?:[^\s<>/]+:)?c(?=[\s>/])")
PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{1,10})["']""")
SHEET = re.compile(rb'<(?:\w+:)?sheet [^>]*?\bname="([^"]*)"')
SHARED_STRING = re.compile(rb"<(?:\w+:)?si>(.*?)</(?:\w+:)?si>", re.DOTALL)


def _workbook(file: Any, name: str) -> dict[str, Iterator[Row]]:
    _fits(file)
    if name.lower().endswith((".csv", ".txt")):
        raise Rejected(
            "This is an Excel workbook although its name ends in .csv. Bring it under its own name (.xlsx), "
            "or save it as CSV."
        )
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        return {sheet: _rows(workbook, sheet) for sheet in workbook.sheet_names}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as problem:  # a panic of the reader is no Exception
        raise Rejected("The workbook is damaged, or of a kind that the portal can’t read.") from problem


def _rows(workbook: Any, sheet: str) -> Iterator[Row]:
    rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return ((line, texts) for line, cells in enumerate(rows, 1) if any(texts := _texts(cells, line)))


def _texts(cells: list[Any], line: int) -> list[str]:
    texts = [_cell_text(cell) for cell in cells]
    if any("\0" in text for text in texts):  # a workbook writes it as _x0000_
        raise Rejected(f"Row {line} holds a NUL character, which no text has.", line=line)
    return texts


def _cell_text(cell: Any) -> str:
    """A cell as a CSV would have it: whole numbers without a point, days as YYYY-MM-DD."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return str(cell).upper()
    return str(cell)


def _fits(file: Any) -> None:
    """Raise Rejected unless the archive is a workbook that stays within the limits when unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if "xl/workbook.xml" not in (entry.filename for entry in entries):
                raise Rejected("This is a ZIP archive, not a workbook. Unpack it and bring the file inside.")
            if len(entries) > 1000 or sum(entry.file_size for entry in entries) > WORKBOOK_BYTES:
                raise Rejected(
                    f"The workbook unpacks to more than {megabytes(WORKBOOK_BYTES)}, the most the portal reads."
                )
            cells = rows = columns = longest = 0
            for entry in entries:
                content = archive.read(entry)  # never more than the archive said, which was checked
                if b"sheetData" in content or entry.filename.startswith("xl/worksheets/"):
                    found = _extent(content)
                    cells, rows, columns = cells + found[0], max(rows, found[1]), max(columns, found[2])
                if entry.filename.lower().endswith("sharedstrings.xml"):
                    longest = max((len(text) for text in SHARED_STRING.findall(content)), default=0)
            if (
                max(cells, rows * columns) > WORKBOOK_CELLS * 4
                or cells > WORKBOOK_CELLS
                or columns > WORKBOOK_COLUMNS
                or cells * longest > WORKBOOK_TEXT
            ):
                raise Rejected("The workbook has more cells than the portal reads. Save the sheet needed as CSV.")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as problem:
        raise Rejected("The workbook is damaged and can’t be unpacked.") from problem


def _extent(sheet: bytes) -> tuple[int, int, int]:
    """How many cells a sheet has; the row and the column that none of them lies beyond."""
    cells = rows = columns = unplaced = 0
    for place, row in enumerate(_rows_of(sheet)):
        here, widest, placed = len(CELL.findall(row)), 0, 0
        numbered = not place  # what stands before the first is none
        for letters, number in PLACE.findall(row):
            rows = max(rows, int(number))
            if letters:
                widest, placed = max(widest, _column(letters.upper())), placed + 1
            else:
                numbered = True
        unplaced += not numbered
        cells, columns = cells + here, max(columns, widest + max(0, here - placed))
    return cells, rows + unplaced, columns


def _rows_of(sheet: bytes) -> Iterator[bytes]:
    """What stands before the first row, then each row, one at a time: there may be millions of empty ones."""
    at = 0
    for found in ROW.finditer(sheet):
        yield sheet[at : found.start()]
        at = found.end()
    yield sheet[at:]


def sheet_names(file: IO[bytes]) -> list[str]:
    """The names of a workbook's sheets, without reading these; nothing for any other file. Leaves it at its start."""
    try:
        start = file.read(len(ZIP_MAGIC))
        file.seek(0)
        if start.startswith(GZIP_MAGIC):
            with gzip.GzipFile(fileobj=file) as packed, tempfile.SpooledTemporaryFile(max_size=8 << 20) as spool:
                if packed.peek(len(ZIP_MAGIC)).startswith(ZIP_MAGIC):
                    spool.write(packed.read(WORKBOOK_BYTES))
                    return _names_in(spool)
        return _names_in(file) if start == ZIP_MAGIC else []
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, EOFError, OSError):
        return []  # what is wrong with it, the check says
    finally:
        file.seek(0)


def _names_in(workbook: Any) -> list[str]:
    with zipfile.ZipFile(workbook) as archive, archive.open("xl/workbook.xml") as book:
        return [unescape(name.decode(errors="replace")) for name in SHEET.findall(book.read(BLOCK))]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
