"""Practices and commissioners from the Organisation Data Service, and how a later file meets what is held."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cc2h.kit import programme
from cc2h.kit.imports import services
from cc2h.kit.imports.services import Result
from cc2h.kit.models import Import, Programme
from practices.models import (
    Commissioner,
    FederationMembership,
    Practice,
    PracticeDetail,
    PracticeStanding,
    Status,
    Succession,
)
from practices.services import change_details, change_status, close_practice, merge_practices
from tests.factories import (
    CommissionerFactory,
    FederationMembershipFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeFactory,
    UserFactory,
)
from tests.samples import Organisation, eccg, epraccur, practice_coordinates, practice_merges

pytestmark = pytest.mark.django_db
ASH = Organisation("E83001", "ASH SURGERY")
BEECH = Organisation("E83002", "BEECH, DR & PARTNERS", opened="19980401")
OTHER = Organisation("Y00001", "WALK-IN CENTRE", setting="2")  # makes another file of the same practices
FROM_2018, FROM_2021 = "epraccur_2018-06.csv", "epraccur_2021-07.csv"


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    def run(data: bytes, name: str = FROM_2018, **options: Any) -> Result:
        path = tmp_path / name
        path.write_bytes(data)
        return services.run([path], **options)[0]

    return run


def standings(code: str) -> list[tuple[str, str, date, date | None]]:
    """(status, commissioner, first, last) of what is held, in order."""
    held = PracticeStanding.objects.held().filter(practice__ods_code=code).select_related("commissioner")
    return [(s.status, s.commissioner.ods_code, s.first_day, s.last_day) for s in held.order_by("period")]


def names(code: str) -> list[tuple[str, date, date | None]]:
    held = PracticeDetail.objects.held().filter(practice__ods_code=code)
    return [(d.name, d.first_day, d.last_day) for d in held.order_by("period")]


def counts(result: Result) -> tuple[int, int, int, int]:
    return result.new, result.changed, result.unchanged, result.closed


# As published ------------------------------------------------------------------------------------------


def test_only_prescribing_setting_4_is_a_gp_practice(bring: Any) -> None:
    result = bring(epraccur(ASH, BEECH, Organisation("Y00001", "WALK-IN CENTRE", setting="2")))
    assert (result.status, result.rows, counts(result), result.problems) == ("imported", 3, (2, 0, 0, 0), [])
    assert "1 row is of another prescribing setting" in result.notes[0]
    assert set(Practice.objects.values_list("ods_code", flat=True)) == {"E83001", "E83002"}
    assert programme.kind() == Programme.Kind.REAL


def test_a_practice_is_held_from_the_day_it_opened_and_its_commissioner_from_the_day_it_joined(bring: Any) -> None:
    bring(epraccur(ASH))
    assert standings("E83001") == [("active", "07M", date(2013, 4, 1), None)]
    assert names("E83001") == [("ASH SURGERY", date(1974, 4, 1), None)]
    detail = PracticeDetail.objects.get()
    assert (detail.address, detail.postcode, detail.telephone) == ("1 HIGH STREET, BARNET", "EN5 4BE", "020 7946 0001")
    assert detail.prescribing_setting == "4"


@pytest.mark.parametrize(
    ("status", "closed", "expected"),
    [
        ("A", "", [("active", date(2013, 4, 1), None)]),
        ("C", "20160930", [("active", date(2013, 4, 1), date(2016, 9, 30)), ("closed", date(2016, 10, 1), None)]),
        ("C", "20101231", [("closed", date(2011, 1, 1), None)]),
        ("D", "", [("active", date(2013, 4, 1), date(2018, 5, 31)), ("dormant", date(2018, 6, 1), None)]),
        ("P", "", [("proposed", date(2018, 6, 1), None)]),
    ],
)
def test_a_status_becomes_what_is_known_of_each_day(bring: Any, status: str, closed: str, expected: Any) -> None:
    bring(epraccur(replace(ASH, status=status, closed=closed)))
    assert [(s, first, last) for s, _, first, last in standings("E83001")] == expected


def test_a_practice_that_is_still_to_open_is_proposed_from_the_files_day(bring: Any) -> None:
    bring(epraccur(replace(ASH, status="P", opened="20190401", joined="20190401")))
    assert standings("E83001") == [("proposed", "07M", date(2018, 6, 1), None)]
    bring(epraccur(replace(ASH, status="A", opened="20190401", joined="20190401")), "epraccur_2019-05.csv")
    assert standings("E83001") == [
        ("proposed", "07M", date(2018, 6, 1), date(2019, 3, 31)),
        ("active", "07M", date(2019, 4, 1), None),
    ]


def test_a_commissioner_that_is_not_known_is_made_and_the_ccg_file_names_it(bring: Any) -> None:
    bring(epraccur(ASH))
    assert Commissioner.objects.get().name == "07M"
    result = bring(
        eccg(("07M", "NHS BARNET CCG", "20130401", ""), ("99Z", "NHS GONE CCG", "20130401", "20150331")), "e.csv"
    )
    assert counts(result) == (1, 1, 0, 0)
    barnet = Commissioner.objects.get(ods_code="07M")
    assert (barnet.name, barnet.short_name, barnet.opened) == ("NHS BARNET CCG", "Barnet", date(2013, 4, 1))
    assert Commissioner.objects.get(ods_code="99Z").closed == date(2015, 3, 31)


def test_a_ccg_file_changes_no_setting_and_opens_nothing_again(bring: Any) -> None:
    CommissionerFactory(barnet=True, opened=date(2013, 4, 1), closed=date(2020, 3, 31), local_word="Hub")
    result = bring(eccg(("07M", "NHS BARNET CCG", "20130401", "")))
    assert counts(result) == (0, 0, 1, 0)
    barnet = Commissioner.objects.get()
    assert (barnet.name, barnet.closed, barnet.local_word) == ("NHS Barnet CCG", date(2020, 3, 31), "Hub")


def test_only_the_commissioners_asked_for_are_taken(bring: Any) -> None:
    result = bring(epraccur(ASH, replace(BEECH, commissioner="00K")), only=["07M"])
    assert counts(result) == (1, 0, 0, 0)
    assert Practice.objects.get().ods_code == "E83001"


@pytest.mark.parametrize(
    ("name", "options", "day"),
    [
        ("epraccur_2018-06.csv", {}, date(2018, 6, 1)),
        ("epraccur_20180630.csv", {}, date(2018, 6, 30)),
        ("practices.csv", {}, date(2018, 3, 15)),
        ("epraccur_2018-06.csv", {"day": date(2018, 4, 2)}, date(2018, 4, 2)),
    ],
)
def test_the_day_of_a_file_is_what_a_person_says_or_in_its_name_or_its_newest_date(
    bring: Any, name: str, options: Any, day: date
) -> None:
    data = epraccur(replace(ASH, joined="20180315"), BEECH)
    bring(data, name, **options)
    assert Import.objects.get().extract_day == day


# A later file ---------------------------------------------------------------------------------------------


def test_the_same_facts_again_change_nothing(bring: Any) -> None:
    bring(epraccur(ASH, BEECH))
    before = list(PracticeStanding.objects.values()), list(PracticeDetail.objects.values())
    assert counts(bring(epraccur(BEECH, ASH), FROM_2021)) == (0, 0, 2, 0)
    assert (list(PracticeStanding.objects.values()), list(PracticeDetail.objects.values())) == before


def test_a_new_name_holds_from_the_later_files_day(bring: Any) -> None:
    bring(epraccur(ASH))
    assert counts(bring(epraccur(replace(ASH, name="ASHEN GROUP", postcode="en54bf")), FROM_2021)) == (0, 1, 0, 0)
    assert names("E83001") == [
        ("ASH SURGERY", date(1974, 4, 1), date(2021, 6, 30)),
        ("ASHEN GROUP", date(2021, 7, 1), None),
    ]
    assert PracticeDetail.objects.held().get(name="ASHEN GROUP").postcode == "EN5 4BF"
    old = PracticeDetail.objects.get(closed_act="ended")
    assert old.thread == PracticeDetail.objects.held().get(name="ASH SURGERY").thread


def test_what_the_portal_knows_besides_stays_when_a_name_changes(bring: Any) -> None:
    bring(epraccur(ASH))
    change_details(
        by=UserFactory(),
        detail=PracticeDetail.objects.held().get(),
        day=None,
        reason="Known",
        mailbox="ash@example.org",
        borough="Barnet",
        latitude=51.6,
        longitude=-0.2,
    )
    bring(epraccur(replace(ASH, name="ASHEN GROUP")), FROM_2021)
    now = PracticeDetail.objects.held().get(name="ASHEN GROUP")
    assert (now.mailbox, now.borough, now.latitude) == ("ash@example.org", "Barnet", 51.6)
    bring(epraccur(replace(ASH, name="ASHEN GROUP", postcode="EN5 4ZZ")), "epraccur_2022-06.csv")
    moved = PracticeDetail.objects.held().get(postcode="EN5 4ZZ")
    assert (moved.borough, moved.latitude) == ("Barnet", None)  # a position is one of a postcode


def test_a_change_of_commissioner_is_dated_by_the_day_it_was_joined(bring: Any) -> None:
    bring(epraccur(ASH))
    result = bring(epraccur(replace(ASH, commissioner="93C", joined="20200401")), FROM_2021)
    assert counts(result) == (0, 1, 0, 0)
    assert standings("E83001") == [
        ("active", "07M", date(2013, 4, 1), date(2020, 3, 31)),
        ("active", "93C", date(2020, 4, 1), None),
    ]


def test_a_closure_ends_what_the_practice_was_in(bring: Any) -> None:
    bring(epraccur(ASH, BEECH))
    practice = Practice.objects.get(ods_code="E83001")
    membership = MembershipFactory(practice=practice, first=date(2018, 1, 1))
    federation = FederationMembershipFactory(practice=practice, first=date(2018, 1, 1))
    result = bring(epraccur(replace(ASH, status="C", closed="20190930"), BEECH), FROM_2021)
    assert counts(result) == (0, 0, 1, 1)
    assert standings("E83001") == [
        ("active", "07M", date(2013, 4, 1), date(2019, 9, 30)),
        ("closed", "07M", date(2019, 10, 1), None),
    ]
    left = type(membership).objects.held().get(practice=practice)
    assert left.last_day == date(2019, 9, 30)
    assert FederationMembership.objects.held().get(thread=federation.thread).last_day == date(2019, 9, 30)


def test_a_practice_that_is_no_gp_practice_any_more_is_closed_as_one(bring: Any) -> None:
    bring(epraccur(ASH, BEECH))
    result = bring(epraccur(replace(ASH, setting="0"), BEECH), FROM_2021)
    assert counts(result) == (0, 0, 1, 1)
    assert standings("E83001")[-1] == ("closed", "07M", date(2021, 7, 1), None)


def test_a_file_with_fewer_rows_closes_nobody(bring: Any) -> None:
    bring(epraccur(ASH, BEECH))
    result = bring(epraccur(BEECH), FROM_2021)
    assert counts(result) == (0, 0, 1, 0)
    assert standings("E83001") == [("active", "07M", date(2013, 4, 1), None)]
    assert Import.objects.get(file_name=FROM_2021).findings["missing"] == 1


def test_an_older_file_only_adds_practices_that_are_not_known(bring: Any) -> None:
    bring(epraccur(replace(ASH, name="ASHEN GROUP", commissioner="93C", joined="20200401")), FROM_2021)
    result = bring(epraccur(ASH, BEECH), FROM_2018)
    assert counts(result) == (1, 0, 1, 0)
    assert "A newer file, of 1 July 2021, is already imported" in " ".join(result.notes)
    assert names("E83001") == [("ASHEN GROUP", date(1974, 4, 1), None)]


# What people entered stays ---------------------------------------------------------------------------------


def test_a_practice_closed_in_the_register_is_not_opened_again_by_a_file_that_lags_behind(bring: Any) -> None:
    bring(epraccur(ASH, BEECH))
    standing = PracticeStanding.objects.held().get(practice__ods_code="E83001")
    close_practice(by=UserFactory(), standing=standing, last=date(2021, 3, 31), reason="It closed")
    result = bring(epraccur(ASH, BEECH, OTHER), FROM_2021)
    assert counts(result) == (0, 0, 2, 0)
    assert standings("E83001")[-1] == ("closed", "07M", date(2021, 4, 1), None)
    assert "They stay as they are: E83001" in " ".join(result.notes)


def test_a_merger_in_the_register_keeps_its_day_whatever_day_the_file_closes_it(bring: Any) -> None:
    bring(epraccur(ASH, BEECH))
    standing = PracticeStanding.objects.held().get(practice__ods_code="E83001")
    into = Practice.objects.get(ods_code="E83002")
    merge_practices(by=UserFactory(), standing=standing, successor=into, day=date(2021, 1, 1))
    result = bring(epraccur(replace(ASH, status="C", closed="20210630"), BEECH), FROM_2021)
    assert counts(result) == (0, 0, 2, 0)
    assert standings("E83001")[-1] == ("closed", "07M", date(2021, 1, 1), None)


def test_what_is_planned_for_later_than_the_files_day_stays_planned(bring: Any) -> None:
    bring(epraccur(ASH, BEECH))
    standing = PracticeStanding.objects.held().get(practice__ods_code="E83001")
    change_status(by=UserFactory(), standing=standing, status=Status.DORMANT, day=date(2022, 1, 1))
    assert counts(bring(epraccur(ASH, BEECH, OTHER), FROM_2021)) == (0, 0, 2, 0)
    assert [s for s, *_ in standings("E83001")] == ["active", "dormant"]


def test_a_file_read_twice_with_a_correction_between_says_what_it_would_undo(bring: Any) -> None:
    bring(epraccur(ASH))
    detail = PracticeDetail.objects.held().get()
    change_details(by=UserFactory(), detail=detail, day=None, reason="Spelt so", name="Ash Surgery")
    result = bring(epraccur(ASH, BEECH), FROM_2021, dry_run=True)
    assert counts(result) == (1, 1, 0, 0)


# Bad input --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "column", "value", "says"),
    [
        (replace(ASH, code="E8301"), "Organisation Code", "E8301", "no code of a practice"),
        (replace(ASH, name=""), "Name", "", "name is missing"),
        (replace(ASH, opened="19740431"), "Open Date", "19740431", "opened can’t be read"),
        (replace(ASH, status="C", closed="soon"), "Close Date", "soon", "closed can’t be read"),
        (replace(ASH, status="C"), "Close Date", "", "the day is missing"),
        (replace(ASH, status="C", closed="19730101"), "Close Date", "19730101", "closed before it opened"),
        (replace(ASH, status="X"), "Status Code", "X", "A (active), C (closed)"),
        (replace(ASH, commissioner=""), "Commissioner", "", "missing or no such code"),
        (replace(ASH, commissioner="07M00"), "Commissioner", "07M00", "missing or no such code"),
        (replace(ASH, joined="2013"), "Join Provider/Purchaser Date", "2013", "can’t be read"),
        (replace(ASH, postcode="NOT A POSTCODE AT ALL"), "Postcode", "NOT A POSTCODE AT ALL", "no postcode"),
    ],
)
def test_a_row_that_can_not_be_right_is_held_back(
    bring: Any, wrong: Organisation, column: str, value: str, says: str
) -> None:
    result = bring(epraccur(BEECH, replace(BEECH, code="E83003"), wrong))
    assert (result.status, result.new) == ("imported", 2)
    (problem,) = result.problems
    assert (problem["line"], problem["column"], problem["value"]) == (3, column, value)
    assert says in problem["problem"]


def test_a_practice_that_stands_twice_is_held_back(bring: Any) -> None:
    result = bring(epraccur(ASH, BEECH, replace(ASH, name="ANOTHER")))
    assert [(p["line"], p["value"]) for p in result.problems] == [(1, "E83001"), (3, "E83001")]
    assert not Practice.objects.filter(ods_code="E83001").exists()


def test_a_row_with_a_column_missing_rejects_the_file(bring: Any) -> None:
    lines = epraccur(ASH, BEECH, replace(BEECH, code="E83003")).decode().splitlines()
    lines[1] = lines[1].rsplit(",", 1)[0]
    result = bring("\n".join(lines).encode())
    assert (result.status, result.problems[0]["line"]) == ("rejected", 2)
    assert "Line 2 has 26 columns. Expected: the 27" in result.problems[0]["problem"]


def test_illustrative_and_real_practices_of_one_file_are_not_mixed(bring: Any) -> None:
    result = bring(epraccur(replace(ASH, code="Z99001"), BEECH))
    assert (result.new, [p["value"] for p in result.problems]) == (1, ["E83002"])
    assert Practice.objects.get().illustrative
    assert programme.kind() == Programme.Kind.ILLUSTRATIVE


CHANGES = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["ASH SURGERY", "ASHEN GROUP"]),
        "status": st.sampled_from("ADP"),
        "commissioner": st.sampled_from(["07M", "93C"]),
        "joined": st.sampled_from(["20130401", "20200401"]),
        "closed": st.sampled_from(["", "", "20190930", "20210101"]),
    }
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(CHANGES, min_size=1, max_size=4))
def test_whatever_files_say_the_last_one_again_changes_nothing(bring: Any, changes: list[dict[str, str]]) -> None:
    organisation = ASH
    with transaction.atomic():  # every example begins with an empty register
        for n, change in enumerate(changes):
            organisation = replace(ASH, **{**change, "status": "C" if change["closed"] else change["status"]})
            month = replace(OTHER, name=f"WALK-IN CENTRE {n}")  # no two files have the same bytes
            bring(epraccur(organisation, BEECH, month), f"epraccur_202{n}-06.csv")
        held, called = standings("E83001"), names("E83001")
        again = bring(epraccur(BEECH, organisation, OTHER), f"epraccur_202{len(changes)}-06.csv")
        assert again.new == 0
        assert (standings("E83001"), names("E83001")) == (held, called)
        for (_, _, _, last), (_, _, first, _) in pairwise(held):
            assert last is not None
            assert (first - last).days == 1
        transaction.set_rollback(True)


# Mergers ---------------------------------------------------------------------------------------------------


@pytest.fixture
def pair() -> tuple[Practice, Practice]:
    commissioner = CommissionerFactory(barnet=True)
    return (
        PracticeFactory(ods_code="E83001", commissioner=commissioner),
        PracticeFactory(ods_code="E83002", commissioner=commissioner),
    )


def test_a_merger_needs_a_day_that_the_file_does_not_have(bring: Any, pair: Any) -> None:
    data = practice_merges(("E83001", "E83002"))
    result = bring(data, "practice_merges.csv")
    assert result.status == "rejected"
    assert "on which day the practices merged" in result.problems[0]["problem"]
    result = bring(data, "practice_merges.csv", day=date(2021, 2, 1))
    assert (result.status, result.new) == ("imported", 1)
    merger = Succession.objects.get()
    assert (merger.predecessor.ods_code, merger.successor.ods_code, merger.first_day) == (
        "E83001",
        "E83002",
        date(2021, 2, 1),
    )
    assert standings("E83001")[-1] == ("closed", "07M", date(2021, 2, 1), None)


def test_the_first_list_without_the_predecessor_tells_the_day(bring: Any, pair: Any) -> None:
    for day, practices in [(date(2021, 1, 1), pair), (date(2021, 2, 1), pair[1:]), (date(2021, 3, 1), pair[1:])]:
        for practice in practices:
            ListSizeFactory(practice=practice, day=day)
    bring(practice_merges(("E83001", "E83002")), "practice_merges.csv")
    assert Succession.objects.get().first_day == date(2021, 2, 1)


def test_a_predecessor_that_has_closed_merged_on_the_day_after(bring: Any, pair: Any) -> None:
    standing = PracticeStanding.objects.get(practice=pair[0])
    close_practice(by=UserFactory(), standing=standing, last=date(2020, 6, 30), reason="It closed")
    bring(practice_merges(("E83001", "E83002")), "practice_merges.csv")
    assert Succession.objects.get().first_day == date(2020, 7, 1)


def test_mergers_that_can_not_be_are_told(bring: Any, pair: Any) -> None:
    data = practice_merges(("E83001", "E83001"), ("E83999", "E83002"), ("E83002", "E83998"))
    result = bring(data, "practice_merges.csv", day=date(2021, 2, 1))
    assert result.status == "rejected"
    assert [(p["line"], p["column"], p["value"]) for p in result.problems[1:]] == [
        (2, "successor_code", "E83001"),
        (3, "predecessor_code", "E83999"),
        (4, "successor_code", "E83998"),
    ]


def test_a_merger_already_recorded_changes_nothing(bring: Any, pair: Any) -> None:
    bring(practice_merges(("E83001", "E83002")), "a.csv", day=date(2021, 2, 1))
    result = bring(practice_merges(("E83001", "E83002"), ("E83999", "E83002")), "b.csv", day=date(2022, 2, 1))
    assert counts(result) == (0, 0, 1, 0)
    assert Succession.objects.count() == 1


def test_a_merger_that_closes_a_circle_is_held_back_in_the_services_words(bring: Any, pair: Any) -> None:
    data = practice_merges(("E83001", "E83002"), ("E83002", "E83001"))
    result = bring(data, "practice_merges.csv", day=date(2021, 2, 1))
    (problem,) = result.problems
    assert (problem["line"], problem["value"]) == (3, "E83002")
    assert "can’t merge in a circle" in problem["problem"]
    assert Succession.objects.get().predecessor == pair[0]


# Positions --------------------------------------------------------------------------------------------------


def test_a_position_goes_to_the_versions_with_its_postcode_and_the_directorys_is_preferred(bring: Any) -> None:
    bring(epraccur(ASH, replace(BEECH, postcode="N1 1AA")))
    data = practice_coordinates({"E83001": (51.6, -0.2, 51.7, -0.1), "E83002": (51.5, -0.1)})
    result = bring(data, "coordinates.csv")
    assert counts(result) == (0, 1, 1, 0)
    assert "1 position is of a postcode" in " ".join(result.notes)
    detail = PracticeDetail.objects.held().get(practice__ods_code="E83001")
    assert (detail.latitude, detail.longitude, detail.name) == (51.7, -0.1, "ASH SURGERY")
    assert counts(bring(practice_coordinates({"E83001": (51.7, -0.1)}), "b.csv")) == (0, 0, 1, 0)


def test_positions_that_can_not_be_are_held_back(bring: Any) -> None:
    bring(epraccur(ASH, BEECH))
    rows: dict[str, tuple[object, ...]] = {"E83001": (51.6, "-3.5e-05"), "E83002": ("north", 0), "E83999": (51, 0)}
    result = bring(practice_coordinates(rows), "coordinates.csv")
    assert [(p["line"], p["column"]) for p in result.problems] == [(3, "osm_latitude"), (4, "practice_code")]
    assert PracticeDetail.objects.held().get(practice__ods_code="E83001").longitude == -3.5e-05
