"""Whatever somebody brings is read correctly or refused in a sentence, in flat memory."""

import gzip
import io
import tracemalloc
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cc2h.kit.imports import files
from cc2h.kit.imports.files import Rejected, opened
from cc2h.kit.imports.kinds import read_day, read_number
from tests.samples import saved, table

HEADER = ("CODE", "NAME")
ROWS = [("E83001", "Ash, The Surgery"), ("E83002", "Bracken “Practice”\nNew Wing"), ("E83003", "Café")]
DATA = table(HEADER, ROWS)
WIDE = b"E83001," + b"x" * 1_992 + b"\n"


def rows(data: bytes, name: str = "file.csv") -> list[tuple[int, list[str]]]:
    with opened(io.BufferedReader(io.BytesIO(data)), name) as contents:  # type: ignore[arg-type]
        return list(next(iter(contents.sheets.values())))


def refused(data: bytes, name: str = "file.csv") -> Rejected:
    with pytest.raises(Rejected) as refusal:
        rows(data, name)
    return refusal.value


PLAIN = [(1, list(HEADER)), (2, [*ROWS[0]]), (3, [*ROWS[1]]), (5, [*ROWS[2]])]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(DATA, id="CRLF"),
        pytest.param(DATA.replace(b"\r\n", b"\n"), id="LF"),
        pytest.param(b"\xef\xbb\xbf" + DATA, id="UTF-8 with a byte order mark"),
        pytest.param("\ufeff".encode("utf-16-le") + DATA.decode().encode("utf-16-le"), id="UTF-16, little end first"),
        pytest.param("\ufeff".encode("utf-16-be") + DATA.decode().encode("utf-16-be"), id="UTF-16, big end first"),
        pytest.param(DATA + b"\r\n\r\n , \r\n", id="blank last lines"),
        pytest.param(DATA.rstrip(), id="no end of the last line"),
        pytest.param(gzip.compress(DATA, mtime=0), id="gzip"),
        pytest.param(gzip.compress(b"\xef\xbb\xbf" + DATA), id="gzip with a byte order mark"),
    ],
)
def test_the_same_rows_are_read_however_the_file_is_written(data: bytes) -> None:
    assert rows(data) == PLAIN


@example([["a;\nb", "c"]])  # a cell of two lines is no sign of other separators
@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\0\r", codec="utf-8")), min_size=2), min_size=1))
def test_any_table_written_as_csv_is_read_back(written: list[list[str]]) -> None:
    kept = [row for row in written if any(cell.strip() for cell in row)]
    data = table((), written)
    assume(not data.lstrip().startswith(b"{"))  # which is how GeoJSON begins
    if not kept:
        refused(data)
    else:
        assert [cells for _, cells in rows(data)] == kept


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"\n\n  \n", "no rows"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (b"CODE\0NAME", "binary"),
        (b"%PDF-1.7 and so on", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (gzip.compress(gzip.compress(DATA, mtime=0), mtime=0), "compressed twice"),
        (gzip.compress(DATA, mtime=0)[:-9], "damaged"),
        (b"\x1f\x8bnot really gzip", "damaged"),
        (b"PK\x03\x04 but no archive", "damaged"),
        (b'CODE,NAME\n"E83001', "Line 2 can’t be read as CSV"),
        (b'CODE,NAME\n"E83001"x,y', "Line 2 can’t be read as CSV"),
        (b"A,B\n" + b"x" * 40_000 + b",1\n", "can’t be read as CSV"),
        (b"\nCODE;NAME\nE83001;Ash", "The columns are separated by semicolons; commas are expected."),
        (b'"CODE, NEW";"NAME"\n"E83001";"Ash"', "The columns are separated by semicolons; commas are expected."),
        (b"CODE\tNAME\nE83001\tAsh", "The columns are separated by tabs; commas are expected."),
        (b"x" * (3 << 20), "longer than a megabyte"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    assert says in str(refused(data))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'A,B\n"E83001', "a quotation mark that opens a cell is never closed."),
        (b'A,B\n"E83001"x,y', "something else than a comma follows the quotation mark that closes a cell."),
        (b"A,B\n" + b"x" * 40_000 + b",1\n", "a cell has more than 32,768 characters, or a quotation mark is missing."),
    ],
)
def test_what_the_csv_reader_found_wrong_is_said_in_words_for_a_person(data: bytes, says: str) -> None:
    assert str(refused(data)) == f"Line 2 can’t be read as CSV: {says}"


def test_bytes_that_are_not_utf8_are_refused_with_their_line() -> None:
    refusal = refused(DATA + "E83004,St Mary’s\r\n".encode("cp1252"))
    assert refusal.line == 6
    assert refusal.value == "92"
    assert "Line 6 holds bytes that are not UTF-8 text (92)" in str(refusal)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("lines_before", [2, 40_000])
def test_a_nul_is_refused_with_its_line(encoding: str, lines_before: int) -> None:
    text = "\ufeff" + "E83001,a name of some length\n" * lines_before + "E83002,b\0d\nE83003,c\n"
    refusal = refused(text.encode(encoding))
    assert refusal.line == lines_before + 1
    assert f"ine {lines_before + 1} holds" in str(refusal)
    assert "NUL" in str(refusal)


def test_a_csv_called_xlsx_is_read_for_what_it_is() -> None:
    assert rows(DATA, "lists.xlsx") == PLAIN


def test_half_a_utf16_character_is_refused() -> None:
    assert "UTF-16" in str(refused("\ufeffCODE,NAME\nE83001,A".encode("utf-16-le")[:-1]))


def test_the_line_of_bad_bytes_is_right_far_into_a_file() -> None:
    assert refused(WIDE * 2_000 + b"E83002,\xff\n").line == 2_001


# Archives and workbooks -----------------------------------------------------------------------------


def workbook(*cells: tuple[str, Any]) -> bytes:
    book = openpyxl.Workbook()
    for place, value in cells:
        book.active[place] = value
    return saved(book)


def written(cells: str, part: str = "worksheets/sheet1.xml") -> bytes:
    """A workbook with one sheet whose rows are written so, in that part of the archive."""
    data, of = io.BytesIO(), "http://schemas.openxmlformats.org"
    main, related = f"{of}/spreadsheetml/2006/main", f"{of}/officeDocument/2006/relationships"
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{of}/package/2006/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{of}/package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{related}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{related}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{of}/package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{related}/worksheet" Target="{part}"/></Relationships>',
        )
        archive.writestr(f"xl/{part}", f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>')
    return data.getvalue()


def test_a_workbook_is_read_as_text() -> None:
    found = rows(workbook(("A1", "CODE"), ("B1", "LIST"), ("A2", "E83001"), ("B2", 7500)), "lists.xlsx")
    assert found == [(1, ["CODE", "LIST"]), (2, ["E83001", "7500"])]


def test_a_workbook_called_csv_is_refused_in_a_sentence() -> None:
    assert "This is an Excel workbook although its name ends in .csv" in str(refused(workbook(("A1", "CODE"))))


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("lists.csv", DATA)
    assert "ZIP archive" in str(refused(data.getvalue(), "lists.zip"))


def peak_of_reading(data: bytes) -> tuple[int, int, str]:
    """How many rows were read, the most memory they took (bytes), and what was refused."""
    count, refusal = 0, ""
    tracemalloc.start()
    try:
        with opened(io.BufferedReader(io.BytesIO(data)), "file.csv") as contents:  # type: ignore[arg-type]
            for _ in contents.sheets[""]:
                count += 1
    except Rejected as problem:
        refusal = str(problem)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return count, peak, refusal


def test_a_gzip_bomb_is_refused_before_it_is_unpacked(settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1 << 20
    _, peak, refusal = peak_of_reading(gzip.compress(WIDE * 20_000))
    assert "The file unpacks to more than 8 MB" in refusal
    assert peak < 12 << 20


@pytest.mark.parametrize("thousands", [5, 20])
def test_memory_stays_flat_however_long_the_file(thousands: int) -> None:
    count, peak, refusal = peak_of_reading(gzip.compress(WIDE * 1000 * thousands))
    assert (count, refusal) == (1000 * thousands, "")
    assert peak < 12 << 20


def test_a_workbook_bomb_is_refused_before_it_is_read() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (files.WORKBOOK_BYTES + 1))
    assert "unpacks to more than" in str(refused(data.getvalue(), "bomb.xlsx"))


@pytest.mark.parametrize("cell", ["XFD1", "IW1", "B1048576"])
def test_a_workbook_with_a_cell_far_out_is_refused_before_it_is_spread_in_memory(cell: str) -> None:
    data = workbook(("A1", "CODE"), (cell, "x"), ("CC3", "y"))
    assert "more cells" in str(refused(data, "wide.xlsx"))


FAR = {
    "a tab in a tag": '<row r="1"><c\tr="A1"/></row><row r="100000"><c\tr="CV100000"><v>1</v></c></row>',
    "single quotes": "<row r='1'><c r='A1'/></row><row r='100000'><c r='CV100000'><v>1</v></c></row>",
    "spaces round the sign": '<row r="1"><c r = "A1"/></row><row r="100000"><c r = "CV100000"><v>1</v></c></row>',
    "small letters": '<row r="1"><c r="a1"/></row><row r="100000"><c r="cv100000"><v>1</v></c></row>',
    "a row's number alone": f'<row r="1"><c/></row><row r="100000">{"<c><v>1</v></c>" * 100}</row>',
}


@pytest.mark.parametrize("part", ["worksheets/sheet1.xml", "elsewhere/s.xml"])
@pytest.mark.parametrize("cells", FAR.values(), ids=FAR.keys())
def test_a_cell_far_out_is_found_however_and_wherever_it_is_written(cells: str, part: str) -> None:
    assert "more cells" in str(refused(written(cells, part), "wide.xlsx"))


def test_cells_that_say_no_place_are_read_as_many_as_they_are() -> None:
    some = "<row>" + "<c><v>7</v></c>" * 200 + "</row>"
    assert len(rows(written(some * 300), "plain.xlsx")) == 300


def test_a_character_that_no_text_has_is_refused_in_a_workbook_too() -> None:
    data = written('<row r="1"><c r="A1" t="inlineStr"><is><t>a_x0000_b</t></is></c></row>')
    assert "NUL character" in str(refused(data, "nul.xlsx"))


def test_a_workbook_of_few_cells_that_all_show_one_endless_text_is_refused() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", f"<sst><si><t>{'x' * 1_000_000}</t></si></sst>")
        archive.writestr("xl/worksheets/sheet1.xml", '<c t="s"><v>0</v></c>' * 1_000)
    assert "more cells" in str(refused(data.getvalue(), "long.xlsx"))


def test_a_damaged_workbook_is_refused() -> None:
    data = workbook(("A1", "CODE"))
    assert "workbook" in str(refused(data[: len(data) // 2], "half.xlsx"))


# Cells ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01JAN2021", "2021-01-01"),
        ("01Jun2021", "2021-06-01"),
        ("01-Sep-20", "2020-09-01"),
        ("1-Apr-2021", "2021-04-01"),
        ("04/11/2025", "2025-11-04"),
        ("04/11/25", "2025-11-04"),
        ("20191001", "2019-10-01"),
        ("2019-10-01", "2019-10-01"),
        ("2019-10-01 00:00:00", "2019-10-01"),
        ("1 April 2017", "2017-04-01"),
        ("31/02/2025", ""),
        ("29FEB2018", ""),
        ("01JAN1821", ""),
        ("", ""),
        ("soon", ""),
    ],
)
def test_days_are_read_in_every_spelling_of_the_nhs(text: str, day: str) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "number"), [("1,234", "1234"), ("1,234,567", "1234567"), ("12,34", "12,34"), ("7500", "7500"), ("-", "-")]
)
def test_thousands_are_read_with_their_separators(text: str, number: str) -> None:
    assert read_number(text) == number
