"""A figure can be worked out anew from its parts, and a part from the rows behind it."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cc2h.kit.figures import Figure, Part, Statement, counted, counted_cells, measured, ratio_percent, show


def parts(*values: Any, unit: str = "") -> tuple[Part, ...]:
    return tuple(Part(name=f"part {n}", value=value, unit=unit) for n, value in enumerate(values))


def figure(kind: Any, *values: Any, unit: str = "", places: int | None = None) -> Figure:
    bare = Figure(key="k", label="Label", kind=kind, value=None, unit=unit, places=places, parts=parts(*values))
    return Figure(
        key="k", label="Label", kind=kind, value=bare.derive(), unit=unit, places=places, parts=parts(*values)
    )


@pytest.mark.parametrize(
    ("made", "value", "display", "working"),
    [
        (figure("ratio", 354996, 401396, unit="%"), Decimal("88.4"), "88.4%", "354,996 ÷ 401,396"),
        (figure("ratio", 48, 54, unit="%"), Decimal("88.9"), "88.9%", "48 ÷ 54"),
        (figure("ratio", 1, 4, places=2), Decimal("0.25"), "0.25", "1 ÷ 4"),
        (figure("ratio", 0, 0, unit="%"), None, "not known", "0 ÷ 0"),
        (figure("sum", 1, 2, 3), Decimal(6), "6", "1 + 2 + 3"),
        (figure("count", 6500), Decimal(6500), "6,500", ""),
        (figure("count", 3, None), None, "not known", "3 + not known"),
        (figure("sum", "9600.50", unit="£", places=2), Decimal("9600.50"), "£9,600.50", ""),
        (figure("difference", "88.4", "38.0", unit="points"), Decimal("50.4"), "+50.4", "88.4 − 38.0"),
        (figure("difference", 48, 54), Decimal(-6), "−6", "48 − 54"),
        (figure("date", date(2018, 12, 31), date(2019, 1, 14)), date(2019, 1, 14), "14 Jan 2019", ""),
        (figure("date", date(2018, 12, 31), None), None, "not known", ""),
        (figure("text", "Edgware"), "Edgware", "Edgware", ""),
    ],
)
def test_each_kind_follows_from_its_parts(made: Figure, value: Any, display: str, working: str) -> None:
    assert made.value == value
    assert made.display == display
    assert made.working == working
    assert made.derive([part.value for part in made.parts]) == value


def test_a_ratio_of_three_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="needs two parts"):
        figure("ratio", 1, 2, 3)


ROWS = """ods_code,patients,chin,from
Z99001,"11,533",mill-hill,2018-11-01
Z99002,9870,,
Z99003,8455,finchley,2018-01-15
Z99004,1200,finchley,2018-11-01
"""


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("count", 4),
        ("sum:patients", Decimal(31058)),
        ("distinct:chin", 2),
        ("max:from", date(2018, 11, 1)),
        ("min:from", date(2018, 1, 15)),
        ("min:patients", Decimal(1200)),
    ],
)
def test_a_part_is_measured_from_rows(measure: str, value: Any) -> None:
    assert measured(measure, csv.DictReader(io.StringIO(ROWS))) == value


def test_a_value_is_the_one_cell() -> None:
    rows = list(csv.DictReader(io.StringIO(ROWS)))
    assert measured("value:patients", rows[:1]) == Decimal(11533)
    assert measured("value:chin", rows[:1]) == "mill-hill"
    assert measured("value:chin", rows[1:2]) is None
    with pytest.raises(ValueError, match="expected one"):
        measured("value:patients", rows)


def test_a_measure_nobody_knows_and_a_column_that_is_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="Unknown measure"):
        measured("mean:patients", [])
    with pytest.raises(KeyError):
        measured("sum:wte", csv.DictReader(io.StringIO(ROWS)))


def test_a_statement_keeps_the_places_the_paper_gave() -> None:
    stated = Statement(text="89% of the population", value=Decimal(89), unit="%", difference=Decimal("-0.6"))
    assert (stated.display, stated.difference_text) == ("89%", "−0.6 points")
    assert Statement(text="six CHINs", value=6, difference=0).difference_text == "the same"
    assert Statement(text="£90,000", value=90000, unit="£", difference=-9000).difference_text == "−£9,000"
    assert Statement(text="a fund", value=None).difference_text == ""


def test_what_is_not_known_is_never_zero() -> None:
    assert show(None, "£") == "not known"
    assert ratio_percent(None, 54) is None
    assert ratio_percent(48, None) is None


HENDON = Part(name="Patients of <Hendon> & “West”", value=1240, url="/p/?a=1&b=2", csv="/p/?a=1&b=2&format=csv")


def test_a_number_leads_to_its_rows_and_nothing_in_it_is_taken_for_markup() -> None:
    assert counted(HENDON) == (
        '<a class="app-num" href="/p/?a=1&amp;b=2" data-part="Patients of &lt;Hendon&gt; &amp; “West”" '
        'data-value="1240" data-measure="count" data-csv="/p/?a=1&amp;b=2&amp;format=csv">1,240</a>'
    )
    less = HENDON._replace(csv='/"', less="/less?<", of="/of?>")
    assert 'data-csv="/&quot;" data-less="/less?&lt;" data-of="/of?&gt;">a &lt; b</a>' in counted(less, "a < b")


def test_a_number_without_rows_as_csv_is_a_plain_link() -> None:
    assert counted(HENDON._replace(csv="", less="/less")) == '<a class="app-num" href="/p/?a=1&amp;b=2">1,240</a>'


def test_the_numbers_of_a_row_stand_under_their_columns() -> None:
    cell = '<td role="cell" class="num" data-label="{}">{}</td>'
    one, two = HENDON, HENDON._replace(value=2)
    cells = cell.format("A &amp; B", counted(one)) + cell.format("C", counted(two))
    assert counted_cells([one, two], ["A & B", "C"]) == cells
