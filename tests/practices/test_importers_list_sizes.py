"""List sizes from the NHS's files: read as published, every oddity told with line, column, value and rule."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cc2h.kit import work
from cc2h.kit.imports import services
from cc2h.kit.imports.services import Result
from cc2h.kit.models import Import
from practices.models import ListSize, Practice, PracticeDetail
from tests.factories import CommissionerFactory, ListSizeFactory, PracticeFactory, SuccessionFactory, UserFactory
from tests.samples import (
    NEW_NAMES,
    PATIENTS_HEADER,
    local_lists,
    patients_rows,
    quarterly_lists,
    registered_patients,
    table,
)

pytestmark = pytest.mark.django_db
CODES = ("E83001", "E83002", "E83003")
APRIL = date(2018, 4, 1)


@pytest.fixture(autouse=True)
def barnet() -> Any:
    commissioner = CommissionerFactory(barnet=True)
    for code in CODES:
        PracticeFactory(ods_code=code, commissioner=commissioner, detail__borough="")
    return commissioner


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    def run(data: bytes, name: str = "lists.csv", **options: Any) -> Result:
        path = tmp_path / name
        path.write_bytes(data)
        return services.run([path], **options)[0]

    return run


def held(day: date = APRIL) -> dict[str, int]:
    return dict(ListSize.objects.held().filter(day=day).values_list("practice__ods_code", "patients"))


def told(result: Result) -> list[tuple[Any, ...]]:
    return [(p["line"], p["column"], p["value"]) for p in result.problems]


# As published ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["01APR2018", "01Apr2018", "01-Apr-18", "2018-04-01"])
@pytest.mark.parametrize("new_names", [False, True])
def test_registered_patients_are_read_in_every_spelling(bring: Any, spelling: str, new_names: bool) -> None:
    result = bring(registered_patients({"E83001": 7500, "e83002": " 2 "}, spelling, new_names=new_names))
    assert (result.status, result.rows, result.new, result.problems) == ("imported", 2, 2, [])
    assert held() == {"E83001": 7500, "E83002": 2}
    assert Import.objects.get().extract_day == APRIL


def test_quarterly_lists_are_added_up_and_dated_on_the_last_day_of_the_quarter(bring: Any) -> None:
    bands = {"E83001": range(1, 19), "E83002": ["1,000"] + [0] * 17}
    result = bring(quarterly_lists(bands), "Patient_List_Size_2013_04-06.csv")
    assert (result.status, result.new, result.problems) == ("imported", 2, [])
    assert held(date(2013, 6, 30)) == {"E83001": 171, "E83002": 1000}


def ages(code: str, day: date) -> list[int] | None:
    return ListSize.objects.held().get(practice__ods_code=code, day=day).ages


def test_quarterly_lists_keep_their_ages_and_other_files_have_none(bring: Any) -> None:
    bring(quarterly_lists({"E83001": range(1, 19)}), "Patient_List_Size_2018_01-03.csv")
    assert ages("E83001", date(2018, 3, 31)) == [*range(1, 19)]
    bring(registered_patients({"E83001": 171}))
    assert ages("E83001", APRIL) is None


def test_ages_that_differ_replace_a_list_as_another_size_does(bring: Any) -> None:
    march, name = date(2018, 3, 31), "Patient_List_Size_2018_01-03.csv"
    bring(registered_patients({"E83001": 180, "E83002": 18, "E83003": 5}, "2018-03-31"), "total.csv")
    result = bring(quarterly_lists({"E83001": [10] * 18, "E83002": [1] * 18}), name)
    assert (result.changed, result.unchanged) == (2, 0)
    assert Import.objects.get(file_name=name).findings["changes"][0][3:] == ["180", "180, and its ages"]
    again = bring(quarterly_lists({"E83001": [11, 9] + [10] * 16, "E83002": [1] * 18}), name)
    assert (again.changed, again.unchanged) == (1, 1)
    assert ages("E83001", march) == [11, 9] + [10] * 16
    assert ListSize.objects.filter(practice__ods_code="E83001", day=march).count() == 3
    same = bring(registered_patients({"E83001": 180, "E83002": 20}, "2018-03-31"), "later.csv")
    assert (same.changed, same.unchanged) == (1, 1)
    assert ages("E83001", march) == [11, 9] + [10] * 16
    assert ages("E83002", march) is None  # of those 20 nobody knows the ages


@pytest.mark.parametrize("wrong", [[10] * 17, [9] + [10] * 17, [-10, 30] + [10] * 16, [None, *[10] * 17], []])
def test_the_database_refuses_ages_that_do_not_add_up(barnet: Any, wrong: list[int]) -> None:
    practice = Practice.objects.get(ods_code="E83001")
    ListSizeFactory(practice=practice, day=APRIL, patients=180, ages=[10] * 18)
    with pytest.raises(IntegrityError, match="ages_add_up"), transaction.atomic():
        ListSizeFactory(practice=practice, day=JULY, patients=180, ages=wrong)
    with pytest.raises(IntegrityError, match="only_superseded"), transaction.atomic():
        ListSize.objects.update(ages=None)


def test_a_band_beyond_any_number_is_held_back(bring: Any) -> None:
    result = bring(quarterly_lists({"E83001": [99_999_999_999] * 18, "E83002": [1] * 18}), "x_2014_01-03.csv")
    assert (result.new, told(result)) == (1, [(2, "patients", str(99_999_999_999 * 18))])


def test_undoing_an_import_gives_the_ages_back(bring: Any) -> None:
    march = "Patient_List_Size_2018_01-03.csv"
    bring(quarterly_lists({"E83001": [10] * 18}), march)
    bring(quarterly_lists({"E83001": [20] * 18}), march)
    newest = Import.objects.order_by("pk").last()
    assert newest is not None
    services.undo(by=UserFactory(), one=newest, reason="Wrong quarter")
    work.sweep()
    assert ages("E83001", date(2018, 3, 31)) == [10] * 18


def test_a_wrong_band_is_told_with_its_own_column(bring: Any) -> None:
    counts: list[object] = [10] * 18
    counts[5] = "-4"
    result = bring(quarterly_lists({"E83001": counts, "E83002": [1] * 18}), "Patient_List_Size_2014_01-03.csv")
    assert told(result) == [(2, "Female 15-24", "-4")]
    assert held(date(2014, 3, 31)) == {"E83002": 18}


def test_quarterly_lists_whose_quarter_nobody_knows_ask_for_it(bring: Any) -> None:
    data = quarterly_lists({"E83001": [1] * 18})
    result = bring(data, "lists.csv")
    assert result.status == "rejected"
    assert "--day" in result.problems[0]["problem"]
    assert bring(data, "lists.csv", day=date(2013, 9, 30)).status == "imported"
    assert held(date(2013, 9, 30)) == {"E83001": 18}


def test_local_lists_set_the_borough_that_no_national_file_carries(bring: Any) -> None:
    result = bring(local_lists({"E83001": 9091, "E83002": 1}))
    assert (result.status, result.new) == ("imported", 2)
    assert held(date(2025, 11, 4)) == {"E83001": 9091, "E83002": 1}
    boroughs = dict(PracticeDetail.objects.held().values_list("practice__ods_code", "borough"))
    assert boroughs == {"E83001": "Barnet", "E83002": "Barnet", "E83003": ""}
    assert PracticeDetail.objects.held().get(practice__ods_code="E83001").first_day == date(2013, 4, 1)


def test_another_borough_holds_from_the_files_day(bring: Any) -> None:
    bring(local_lists({"E83001": 5}, "01/04/2021"), "a.csv")
    bring(local_lists({"E83001": 6}, "01/04/2022", borough="Enfield"), "b.csv")
    versions = PracticeDetail.objects.held().filter(practice__ods_code="E83001").order_by("period")
    assert [(v.borough, v.first_day) for v in versions] == [
        ("Barnet", date(2013, 4, 1)),
        ("Enfield", date(2022, 4, 1)),
    ]


def test_local_lists_without_a_borough_are_read_too(bring: Any) -> None:
    result = bring(local_lists({"E83001": 14569}, "01-Apr-18", borough=None))
    assert (result.status, held()) == ("imported", {"E83001": 14569})


# Revisions --------------------------------------------------------------------------------------------


def test_a_later_file_for_the_same_day_replaces_what_differs_and_keeps_both(bring: Any) -> None:
    bring(registered_patients({"E83001": 100, "E83002": 200}), "first.csv")
    result = bring(registered_patients({"E83001": 150, "E83002": 200, "E83003": 300}), "revised.csv")
    assert (result.new, result.changed, result.unchanged) == (1, 1, 1)
    assert held() == {"E83001": 150, "E83002": 200, "E83003": 300}
    old = ListSize.objects.get(practice__ods_code="E83001", superseded_at__isnull=False)
    new = ListSize.objects.held().get(practice__ods_code="E83001")
    assert (old.patients, old.source.file_name) == (100, "first.csv")
    assert (new.source.file_name, new.row_number) == ("revised.csv", 2)
    assert old.superseded_at == new.recorded_at
    assert ListSize.objects.get(practice__ods_code="E83002").source.file_name == "first.csv"


def test_as_known_before_the_revision_the_first_value_is_read(bring: Any) -> None:
    bring(registered_patients({"E83001": 100}), "first.csv")
    between = ListSize.objects.get().recorded_at
    bring(registered_patients({"E83001": 150}), "revised.csv")
    revised = ListSize.objects.held().get().recorded_at
    assert [size.patients for size in ListSize.objects.held(revised)] == [100]
    assert [size.patients for size in ListSize.objects.held(between)] == []


def test_a_practice_missing_from_a_file_keeps_its_list_and_stays_open(bring: Any) -> None:
    bring(registered_patients(dict.fromkeys(CODES, 100), "01Mar2018"), "march.csv")
    result = bring(registered_patients({"E83001": 110}), "april.csv")
    assert (result.new, result.closed, result.problems) == (1, 0, [])
    assert held(date(2018, 3, 1)) == dict.fromkeys(CODES, 100)
    assert Import.objects.get(file_name="april.csv").findings["missing"] == 2


# Bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("-5", "can’t be negative"),
        ("-1,234", "can’t be negative"),
        ("12.5", "can’t be a fraction"),
        ("200001", "No practice has so many patients"),
        ("99999999999999999999", "No practice has so many patients"),
        ("", "is missing"),
        ("   ", "is missing"),
        ("many", "This is no number"),
        ("1e3", "This is no number"),
        ("12,34", "This is no number"),
        ("٣", "This is no number"),
    ],
)
def test_a_list_size_that_can_not_be_right_is_held_back_and_the_rest_goes_on(bring: Any, value: str, rule: str) -> None:
    result = bring(registered_patients({"E83001": 100, "E83002": value}))
    assert (result.status, result.rows, result.new) == ("imported", 2, 1)
    (problem,) = result.problems
    assert (problem["line"], problem["column"], problem["value"]) == (3, "NUMBER_OF_PATIENTS", value.strip())
    assert rule in problem["problem"]
    assert held() == {"E83001": 100}


@pytest.mark.parametrize(("value", "patients"), [("0", 0), ("1", 1), ("4", 4), ("200,000", 200_000), ("007", 7)])
def test_tiny_and_large_lists_are_real(bring: Any, value: str, patients: int) -> None:
    assert bring(registered_patients({"E83001": value})).problems == []
    assert held() == {"E83001": patients}


def test_an_unknown_code_is_held_back_and_reported(bring: Any) -> None:
    result = bring(registered_patients({"E83001": 100, "E83999": 5, "E8399": 5, "": 6}))
    assert (result.status, result.new) == ("imported", 1)
    assert told(result) == [(3, "CODE", "E83999"), (4, "CODE", "E8399"), (5, "CODE", "")]
    assert "No practice with this code is in the register" in result.problems[0]["problem"]
    assert "a letter and five digits" in result.problems[1]["problem"]
    assert "The code is missing" in result.problems[2]["problem"]


def test_a_file_of_unknown_codes_alone_is_rejected_and_can_be_brought_again(bring: Any) -> None:
    data = registered_patients({"E83999": 5})
    assert bring(data).status == "rejected"
    PracticeFactory(ods_code="E83999")
    assert bring(data).status == "imported"


@pytest.mark.parametrize("useless", [b"CODE,WRONG\r\nE83001,1\r\n", registered_patients({"E83999": 5}, "01Mar2018")])
def test_two_files_of_which_one_is_of_no_use(tmp_path: Path, useless: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(useless)
    (tmp_path / "b.csv").write_bytes(registered_patients({"E83001": 5}))
    found = services.run([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert [one.status for one in found] == ["rejected", "imported"]


def test_a_practice_that_stands_twice_is_not_taken_from_either_row(bring: Any) -> None:
    result = bring(registered_patients([("E83001", 100), ("E83002", 5), ("E83001", 101)]))
    assert told(result) == [(2, "CODE", "E83001"), (4, "CODE", "E83001")]
    assert "on lines 2, 4" in result.problems[0]["problem"]
    assert held() == {"E83002": 5}


def test_two_days_in_one_file_reject_it_and_every_row_of_the_other_day_is_told(bring: Any) -> None:
    rows = patients_rows({"E83001": 1, "E83002": 2}) + patients_rows({"E83003": 3}, "01May2018")
    result = bring(table(PATIENTS_HEADER, rows))
    assert result.status == "rejected"
    assert "rows of 2 days: 1 April 2018 (2 rows) and 1 May 2018 (1 row)" in result.problems[0]["problem"]
    assert told(result)[1:] == [(4, "EXTRACT_DATE", "01May2018")]
    assert not ListSize.objects.exists()


def test_a_day_that_can_not_be_read_holds_its_row_back(bring: Any) -> None:
    rows = patients_rows({"E83001": 1}) + patients_rows({"E83002": 2}, "31Apr2018")
    result = bring(table(PATIENTS_HEADER, rows))
    assert told(result) == [(3, "EXTRACT_DATE", "31Apr2018")]
    assert held() == {"E83001": 1}
    assert "No row of the file says its day" in bring(table(PATIENTS_HEADER, rows[1:])).problems[0]["problem"]


def test_a_file_from_the_far_future_is_rejected(bring: Any) -> None:
    assert "far in the future" in bring(registered_patients({"E83001": 1}, "01Apr2090")).problems[0]["problem"]


def test_a_breakdown_by_sex_or_age_is_no_list_size(bring: Any) -> None:
    rows = patients_rows([("E83001", 100), ("E83001", 60), ("E83002", 30)])
    rows[1][7], rows[2][8] = "MALE", "0_4"
    result = bring(table(PATIENTS_HEADER, rows))
    assert told(result) == [(3, "SEX, AGE", "MALE, ALL"), (4, "SEX, AGE", "ALL, 0_4")]
    assert held() == {"E83001": 100}


@pytest.mark.parametrize("missing", ["CODE", "NUMBER_OF_PATIENTS", "EXTRACT_DATE", "CCG_CODE", "SEX", "AGE"])
def test_a_missing_column_is_named_with_what_was_expected(bring: Any, missing: str) -> None:
    at = PATIENTS_HEADER.index(missing)
    rows = [row[:at] + row[at + 1 :] for row in patients_rows({"E83001": 1})]
    result = bring(table([name for name in PATIENTS_HEADER if name != missing], rows))
    assert result.status == "rejected"
    (problem,) = result.problems
    assert (problem["line"], problem["column"]) == (1, missing)
    assert f"a column is missing: {missing}" in problem["problem"]
    assert "Expected: CODE, NUMBER_OF_PATIENTS, EXTRACT_DATE" in problem["problem"]


@pytest.mark.parametrize("second", ["NUMBER_OF_PATIENTS", " number_of_patients"])
def test_a_heading_above_two_columns_is_refused_with_both_places(bring: Any, second: str) -> None:
    rows = [[*row, "9"] for row in patients_rows({"E83001": 1})]
    result = bring(table([*PATIENTS_HEADER, second], rows))
    assert result.status == "rejected"
    (problem,) = result.problems
    assert (problem["line"], problem["column"]) == (1, "NUMBER_OF_PATIENTS")
    first, last = PATIENTS_HEADER.index("NUMBER_OF_PATIENTS") + 1, len(PATIENTS_HEADER) + 1
    assert f"“NUMBER_OF_PATIENTS” stands above 2 columns, {first} and {last}, and" in problem["problem"]


def test_a_heading_that_is_not_read_may_stand_above_two_columns(bring: Any) -> None:
    rows = [["x", *row, "y"] for row in patients_rows({"E83001": 1})]
    assert bring(table(["HAT", *PATIENTS_HEADER, "HAT"], rows)).status == "imported"


def test_a_misspelt_column_is_missing_and_the_one_there_is_named(bring: Any) -> None:
    header = [name.replace("NUMBER_OF_PATIENTS", "NUMBER_OF_PATEINTS") for name in PATIENTS_HEADER]
    (problem,) = bring(table(header, patients_rows({"E83001": 1}))).problems
    assert "NUMBER_OF_PATIENTS" in problem["problem"]
    assert "Columns it does not know: NUMBER_OF_PATEINTS" in problem["problem"]


def test_extra_columns_are_accepted_and_named(bring: Any) -> None:
    rows = [["x", *row, "y"] for row in patients_rows({"E83001": 1})]
    result = bring(table(["SHOE_SIZE", *PATIENTS_HEADER, "HAT"], rows))
    assert (result.status, result.new, result.problems) == ("imported", 1, [])
    assert result.notes == ["Columns not used: SHOE_SIZE and HAT."]


def test_a_row_longer_than_the_header_gives_nothing_to_a_column_that_is_not_there(bring: Any) -> None:
    data = local_lists({"E83001": 5}, borough=None).rstrip() + b",SURPLUS,MORE\r\n"
    assert bring(data).new == 1
    assert PracticeDetail.objects.held().get(practice__ods_code="E83001").borough == ""


def test_what_copy_would_take_for_a_mark_of_its_own_is_told_as_it_is(bring: Any) -> None:
    odd = ["E\\N83", "E\t83", "E\n83", "\\."]
    result = bring(registered_patients([("E83001", 100), *((code, 5) for code in odd)]))
    assert [problem["value"] for problem in result.problems] == odd
    assert held() == {"E83001": 100}


def test_headers_are_matched_whatever_their_case_and_white_space(bring: Any) -> None:
    header = [f"  {name.lower().replace('_of_', '_Of_')}\n" for name in PATIENTS_HEADER]
    assert bring(table(header, patients_rows({"E83001": 1}))).new == 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(PATIENTS_HEADER))), new_names=st.booleans())
def test_columns_in_any_order_give_the_same_lists(bring: Any, order: Sequence[int], new_names: bool) -> None:
    header = [NEW_NAMES.get(name, name) if new_names else name for name in PATIENTS_HEADER]
    rows = patients_rows({"E83001": 100, "E83002": "2,000", "E83003": "-"})
    result = bring(table([header[n] for n in order], [[row[n] for n in order] for row in rows]), dry_run=True)
    assert (result.status, result.new, len(result.problems)) == ("checked", 2, 0)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.dictionaries(st.sampled_from(CODES), st.integers(0, 200_000), min_size=1))
def test_importing_the_same_lists_again_changes_nothing(bring: Any, sizes: dict[str, int]) -> None:
    with transaction.atomic():  # every example begins without list sizes
        bring(registered_patients(sizes), "once.csv")
        before = list(ListSize.objects.order_by("pk").values())
        again = bring(registered_patients(sizes, "2018-04-01"), "again.csv")  # other bytes, the same facts
        assert (again.status, again.new, again.changed, again.unchanged) == ("imported", 0, 0, len(sizes))
        assert list(ListSize.objects.order_by("pk").values()) == before
        transaction.set_rollback(True)


def test_only_the_commissioners_asked_for_are_taken_and_the_others_counted(bring: Any) -> None:
    PracticeFactory(ods_code="A81002", commissioner=CommissionerFactory(ods_code="00K"))
    rows = patients_rows({"E83001": 1, "E83998": 2}) + patients_rows({"A81001": 3, "A81002": "x"}, commissioner="00K")
    result = bring(table(PATIENTS_HEADER, rows), only=["07M"])
    assert (result.new, result.rows, told(result)) == (1, 4, [(3, "CODE", "E83998")])
    assert result.notes == ["2 rows of other commissioners: left out."]
    assert "The file has no row of 07R." in bring(table(PATIENTS_HEADER, rows), only=["07R"]).problems[0]["problem"]


def test_a_practice_is_of_the_commissioner_that_the_register_gives_it_on_the_files_day(bring: Any) -> None:
    PracticeFactory(ods_code="A81002", commissioner=CommissionerFactory(ods_code="00K"))
    assert bring(local_lists({"E83001": 1, "A81002": 2}), only=["00K"]).new == 1
    assert list(ListSize.objects.values_list("practice__ods_code", flat=True)) == ["A81002"]
    rows = patients_rows({"E83001": 5, "A81002": 6}, commissioner="99Z")  # the file calls it otherwise
    assert bring(table(PATIENTS_HEADER, rows), only=["00K"]).new == 1
    assert held() == {"A81002": 6}


# After a split ----------------------------------------------------------------------------------------

JULY, OCTOBER = date(2018, 7, 1), date(2018, 10, 1)


@pytest.fixture
def splits(barnet: Any) -> dict[str, str]:
    """E83111 splits off from E83001 in July, and E83112 from E83111 in October; all of them go on. By part the old one."""
    old = Practice.objects.get(ods_code="E83001")
    for code, first in (("E83111", JULY), ("E83112", OCTOBER)):
        part = PracticeFactory(ods_code=code, commissioner=barnet, opened=first)
        SuccessionFactory(predecessor=old, successor=part, first=first, kind="split")
        old = part
    return {"E83111": "E83001", "E83112": "E83111"}


def test_a_part_waits_for_a_list_of_the_practice_it_split_off_from(bring: Any, splits: Any) -> None:
    bring(registered_patients({"E83001": 10_000}, "01Jun2018"), "june.csv")
    result = bring(registered_patients({"E83111": 4_000, "E83002": 5}, "01Aug2018"), "august.csv")
    assert (result.status, result.new, told(result)) == ("imported", 1, [(2, "CODE", "E83111")])
    assert result.problems[0]["problem"] == (
        "It split off from Surgery E83001 (E83001) on 1 July 2018, whose list of before then still counts for both: "
        "these patients would count twice. Expected: a list of E83001 too, of 1 July 2018 or since. The row is held back."
    )
    both = {"E83111": 4_000, "E83001": 6_000}
    assert bring(registered_patients(both, "01Aug2018"), "both.csv").problems == []
    assert held(date(2018, 8, 1)) == both | {"E83002": 5}
    assert bring(registered_patients({"E83111": 4_100}, "01Sep2018"), "september.csv").new == 1


def test_a_part_is_not_helped_by_a_row_of_the_old_practice_that_is_held_back_itself(bring: Any, splits: Any) -> None:
    result = bring(registered_patients({"E83001": "-", "E83111": 4_000, "E83112": 100, "E83002": 5}, "01Nov2018"))
    assert told(result) == [(3, "CODE", "E83111"), (4, "CODE", "E83112")]
    assert "It split off from Surgery E83111 (E83111) on 1 October 2018" in result.problems[1]["problem"]


def test_the_old_practices_list_is_not_undone_while_a_parts_list_of_another_file_rests_on_it(
    bring: Any, splits: Any
) -> None:
    bring(registered_patients({"E83001": 10_000}, "01Jun2018"), "june.csv")
    bring(registered_patients({"E83001": 6_000}, "01Aug2018"), "old.csv")
    bring(registered_patients({"E83111": 4_000}, "01Aug2018"), "part.csv")
    old, part = (Import.objects.get(file_name=name) for name in ("old.csv", "part.csv"))
    with pytest.raises(ValidationError, match=r"would count twice.*E83111, list of 1 August 2018"):
        services.undo(by=UserFactory(), one=old, reason="Wrong")
    services.undo(by=UserFactory(), one=part, reason="Wrong")
    work.sweep()
    services.undo(by=UserFactory(), one=old, reason="Wrong")
    work.sweep()
    assert held(date(2018, 8, 1)) == {}


def test_a_part_of_a_practice_that_closed_waits_for_nothing(bring: Any, barnet: Any) -> None:
    old = PracticeFactory(commissioner=barnet, closed=date(2018, 6, 30), patients=9_000)
    for code in ("E83111", "E83112"):
        part = PracticeFactory(ods_code=code, commissioner=barnet, opened=JULY)
        SuccessionFactory(predecessor=old, successor=part, first=JULY, kind="split")
    assert bring(registered_patients({"E83111": 4_000}, "01Aug2018")).problems == []


FILES = st.dictionaries(
    st.sampled_from([date(2018, month, 1) for month in range(5, 13)]),
    st.sets(st.sampled_from(["E83001", "E83002", "E83111", "E83112"]), min_size=1),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES, together=st.booleans())
def test_whatever_files_come_no_list_of_a_part_counts_without_one_of_the_old_practice(
    tmp_path: Path, splits: dict[str, str], files: dict[date, set[str]], together: bool
) -> None:
    with transaction.atomic():
        paths = []
        for day, codes in files.items():
            paths.append(tmp_path / f"{day}.csv")
            paths[-1].write_bytes(registered_patients(dict.fromkeys(sorted(codes), 100), day.isoformat()))
        for batch in [paths] if together else [[path] for path in paths]:
            services.run(batch)
        first = {"E83111": JULY, "E83112": OCTOBER}
        sizes = set(ListSize.objects.held().values_list("practice__ods_code", "day"))
        for code, day in sizes:
            if code in splits:
                since = min(first[code], day)
                assert any(one == splits[code] and since <= its <= day for one, its in sizes)
        wanted = {(code, day) for day, codes in files.items() for code in codes}
        assert {(code, day) for code, day in wanted if code not in splits} <= sizes
        transaction.set_rollback(True)
