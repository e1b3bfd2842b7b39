"""Tables out, as CSV and as a workbook: in little memory, and safe to open in a spreadsheet."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from cc2h.kit.exports import ROWS_AT_A_TIME, csv_lines, neutral, table_response, wanted, xlsx_file


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+44 20", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠x"],
)
def test_text_that_a_spreadsheet_would_run_is_made_text(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("value", [-213, Decimal("-0.5"), None, date(2018, 12, 6), "", "E83003", "St. John’s - West"])
def test_numbers_days_and_ordinary_words_stay_as_they_are(value: object) -> None:
    assert neutral(value) == value


def test_the_file_reads_back_as_it_was_written() -> None:
    rows = [
        ["E83003", 'The "Old" Surgery, Barnet', None, date(2018, 12, 6), -213],
        ["E83004", "=HYPERLINK()", 0, "", 1],
    ]
    read = list(csv.reader(io.StringIO("".join(csv_lines(["code", "name", "a", "day", "change"], rows)))))
    assert read == [
        ["code", "name", "a", "day", "change"],
        ["E83003", 'The "Old" Surgery, Barnet', "", "2018-12-06", "-213"],
        ["E83004", "'=HYPERLINK()", "0", "", "1"],
    ]


cell = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.text(alphabet=st.characters(exclude_characters="\0")),
    st.sampled_from(["=1+1", " -x", 'a "b", c', "two\nlines", "\x1f=1", "", " "]),
)


@given(st.lists(st.tuples(cell, cell), max_size=3 * ROWS_AT_A_TIME // 100))
def test_whatever_stands_in_a_table_reads_back_neutral(rows: list[tuple[Any, Any]]) -> None:
    text = "".join(csv_lines(["a", "b"], rows))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["a", "b"], *([_told(value) for value in row] for row in rows)]


def _told(value: Any) -> str:
    return "" if value is None else str(neutral(value))


def test_rows_are_sent_while_they_are_read() -> None:
    taken = 0

    def rows() -> Iterator[list[int]]:
        nonlocal taken
        for number in range(10 * ROWS_AT_A_TIME):
            taken += 1
            yield [number]

    request = RequestFactory().get("/practices/?format=csv")
    assert wanted(request)
    response: Any = table_response(request, "Practices", date(2018, 12, 6), ["n"], rows())
    first = next(iter(response.streaming_content))
    assert first.startswith(b"n\r\n0\r\n")
    assert taken <= ROWS_AT_A_TIME
    assert response["Content-Disposition"] == 'attachment; filename="practices-2018-12-06.csv"'


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("What papers say", "what-papers-say-2018-12-06.csv"),
        ('CHINs\nX-Injected: 1"', "chins-x-injected-1-2018-12-06.csv"),
        ("網絡", "table-2018-12-06.csv"),
        ("Networks “of care” – Barnet’s", "networks-of-care-barnets-2018-12-06.csv"),
    ],
)
def test_a_local_word_of_any_letters_names_the_file(name: str, file_name: str) -> None:
    response = table_response(RequestFactory().get("/"), name, date(2018, 12, 6), ["n"], [])
    assert response["Content-Disposition"] == f'attachment; filename="{file_name}"'


def test_a_header_is_no_formula_either() -> None:
    assert list(csv_lines(["=1+1", "name"], [])) == ["'=1+1,name\r\n"]


def test_no_rows_still_have_a_header() -> None:
    assert list(csv_lines(["a", "b"], [])) == ["a,b\r\n"]


def test_a_workbook_reads_back_as_it_was_written() -> None:
    moment = datetime(2018, 12, 6, 9, 30, tzinfo=UTC)
    rows = [
        ["E83003", 9_450, Decimal("88.4"), date(2018, 12, 6), moment, None, True],
        ["=1+1", -213, 0, "", None, "http://example.org/", False],
    ]
    header = ["code", "patients", "percent", "day", "at", "note", "open"]
    sheet = openpyxl.load_workbook(xlsx_file("Practices: [Barnet]", header, rows)).active
    assert sheet is not None
    assert sheet.title == "Practices   Barnet"
    read = [[cell.value for cell in row] for row in sheet.iter_rows()]
    naive = moment.replace(tzinfo=None)
    assert read[0] == header
    assert read[1] == ["E83003", 9_450, 88.4, datetime(2018, 12, 6), naive, None, "yes"]
    assert read[2] == ["'=1+1", -213, 0, None, None, "http://example.org/", "no"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}  # no formula


def test_a_workbook_of_many_rows_takes_little_memory() -> None:
    tracemalloc.start()
    with xlsx_file("Many", ["n", "name"], ((number, "Ashdown Practice") for number in range(20_000))):
        _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3_000_000


def test_a_list_can_be_had_as_a_workbook() -> None:
    request = RequestFactory().get("/practices/?format=xlsx")
    assert wanted(request)
    response: Any = table_response(request, "Practices", date(2018, 12, 6), ["code"], [["E83003"]])
    assert response["Content-Disposition"] == 'attachment; filename="practices-2018-12-06.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert [cell.value for cell in next(iter(book.active.columns))] == ["code", "E83003"]
