"""Networks and memberships from files: dated, painted over what is held, refused in words where they can't be."""

import io
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cc2h.accounts.authority import Role
from cc2h.kit import work
from cc2h.kit.imports import services
from cc2h.kit.imports.services import Result
from cc2h.kit.models import Import
from chins.models import Chin, ChinState, Membership
from chins.services import leave_chin, move_practices
from practices.models import Commissioner, Practice, PracticeDetail
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, UserFactory, person
from tests.samples import members, network_map, network_workbook, saved

pytestmark = pytest.mark.django_db
NORTH, SOUTH = ("U10001", "NORTH PCN", "20191001", ""), ("U10002", "SOUTH PCN", "20191001", "20220331")
CODES = ("E83001", "E83002", "E83003")
OCTOBER = date(2019, 10, 1)


@pytest.fixture(autouse=True)
def ncl() -> Commissioner:
    commissioner = CommissionerFactory(ods_code="93C", short_name="North Central London")
    for code in CODES:
        PracticeFactory(ods_code=code, commissioner=commissioner)
    return commissioner


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    def run(data: bytes, name: str = "ePCN_2022-02.xlsx", **options: Any) -> Result:
        path = tmp_path / name
        path.write_bytes(data)
        return services.run([path], **options)[0]

    return run


def stays(code: str) -> list[tuple[str, date, date | None]]:
    """(network, first, last) of what is held, in order."""
    held = Membership.objects.held().filter(practice__ods_code=code).select_related("chin").order_by("period")
    return [(m.chin.code or m.chin.slug, m.first_day, m.last_day) for m in held]


def counts(result: Result) -> tuple[int, int, int, int]:
    return result.new, result.changed, result.unchanged, result.closed


def told(result: Result) -> list[tuple[Any, ...]]:
    return [(p["line"], p["column"], p["value"]) for p in result.problems]


# ePCN ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("new_words", [False, True])
def test_networks_come_with_their_dates_and_their_members_with_theirs(bring: Any, new_words: bool) -> None:
    data = network_workbook(
        [NORTH, SOUTH, ("U10003", "FAR AWAY PCN", "20191001", "")],
        [
            ("E83001", "U10001", "20191001", ""),
            ("E83002", "U10002", "20191001", "20210331"),
            ("E83002", "U10001", "20210401", ""),
        ],
        new_words=new_words,
    )
    result = bring(data)
    assert (result.status, result.rows, counts(result), result.problems) == ("imported", 3, (3, 0, 0, 0), [])
    north = Chin.objects.get(code="U10001")
    assert (north.name, north.slug, north.kind, north.commissioner.ods_code) == ("NORTH PCN", "north-pcn", "pcn", "93C")
    states = ChinState.objects.held().filter(chin__code="U10002").order_by("period")
    assert [(s.status, s.first_day) for s in states] == [("operational", OCTOBER), ("closed", date(2022, 4, 1))]
    assert stays("E83001") == [("U10001", OCTOBER, None)]
    assert stays("E83002") == [("U10002", OCTOBER, date(2021, 3, 31)), ("U10001", date(2021, 4, 1), None)]
    assert not Chin.objects.filter(code="U10003").exists()  # nobody of the register is in it


def test_the_same_memberships_again_change_nothing(bring: Any) -> None:
    rows = [("E83001", "U10001", "20191001", ""), ("E83002", "U10002", "20191001", "20210331")]
    bring(network_workbook([NORTH, SOUTH], rows))
    before = list(Membership.objects.values()), list(ChinState.objects.values())
    assert counts(bring(network_workbook([SOUTH, NORTH], rows[::-1]), "ePCN_2022-03.xlsx")) == (0, 0, 2, 0)
    assert (list(Membership.objects.values()), list(ChinState.objects.values())) == before


def test_a_later_workbook_ends_a_stay_and_begins_the_next(bring: Any) -> None:
    bring(
        network_workbook([NORTH, SOUTH], [("E83001", "U10001", "20191001", ""), ("E83002", "U10002", "20191001", "")])
    )
    rows = [("E83001", "U10001", "20191001", "20220228"), ("E83001", "U10002", "20220301", "")]
    result = bring(network_workbook([NORTH, SOUTH], rows), "ePCN_2022-03.xlsx")
    assert counts(result) == (1, 0, 0, 1)
    assert stays("E83001") == [
        ("U10001", OCTOBER, date(2022, 2, 28)),
        ("U10002", date(2022, 3, 1), date(2022, 3, 31)),  # its network closes
    ]
    assert stays("E83002") == [("U10002", OCTOBER, date(2022, 3, 31))]  # not in the file: left as it is


def test_a_network_that_changes_its_name_and_closes(bring: Any) -> None:
    rows = [("E83001", "U10001", "20191001", "20220331")]
    bring(network_workbook([NORTH], [("E83001", "U10001", "20191001", "")]))
    bring(network_workbook([("U10001", "NORTHERN PCN", "20191001", "20220331")], rows), "ePCN_2022-05.xlsx")
    north = Chin.objects.get()
    assert (north.name, north.slug) == ("NORTHERN PCN", "north-pcn")
    last = ChinState.objects.held().order_by("period").last()
    assert last is not None
    assert (last.status, last.first_day) == ("closed", date(2022, 4, 1))


def test_networks_of_one_name_are_told_apart_by_their_codes(bring: Any) -> None:
    ChinFactory(slug="central-pcn", name="Central")
    networks = [("U10001", "CENTRAL PCN", "20191001", ""), ("U10002", "CENTRAL PCN", "20191001", "")]
    bring(network_workbook(networks, [("E83001", "U10001", "20191001", ""), ("E83002", "U10002", "20191001", "")]))
    found = Chin.objects.filter(kind="pcn").order_by("code").values_list("name", "slug")
    assert list(found) == [
        ("CENTRAL PCN (U10001)", "central-pcn-u10001"),
        ("CENTRAL PCN (U10002)", "central-pcn-u10002"),
    ]


def test_a_stay_ends_with_its_practice(bring: Any, ncl: Commissioner) -> None:
    PracticeFactory(ods_code="E83004", commissioner=ncl, closed=date(2021, 6, 30))
    bring(network_workbook([NORTH], [("E83004", "U10001", "20191001", "")]))
    assert stays("E83004") == [("U10001", OCTOBER, date(2021, 6, 30))]


def test_what_is_planned_for_later_than_the_files_day_stays_planned(bring: Any) -> None:
    bring(network_workbook([NORTH, (*SOUTH[:3], "")], [(code, "U10001", "20191001", "") for code in CODES]))
    bring(network_workbook([(*SOUTH[:3], "")], [("E83003", "U10002", "20191001", "20191002")]), "ePCN_2022-02b.xlsx")
    manager = UserFactory()
    move_practices(
        by=manager,
        chin=Chin.objects.get(code="U10002"),
        practices=[Practice.objects.get(ods_code="E83001")],
        first=date(2023, 1, 1),
    )
    leave_chin(
        by=manager, membership=Membership.objects.held().get(practice__ods_code="E83002"), last=date(2023, 3, 31)
    )
    planned = stays("E83001"), stays("E83002")
    rows = [(code, "U10001", "20191001", "") for code in CODES[:2]]
    assert counts(bring(network_workbook([NORTH], rows), "ePCN_2022-03.xlsx")) == (0, 0, 2, 0)
    assert (stays("E83001"), stays("E83002")) == planned


def test_a_practice_in_a_chin_is_not_moved_by_a_file(bring: Any) -> None:
    chin = ChinFactory(name="CHIN 1", slug="chin-1")
    MembershipFactory(practice=Practice.objects.get(ods_code="E83001"), chin=chin, first=date(2018, 1, 1))
    rows = [("E83001", "U10001", "20191001", ""), ("E83002", "U10001", "20191001", "")]
    result = bring(network_workbook([NORTH], rows))
    assert told(result) == [(2, "PCN Code", "U10001")]
    assert "is in CHIN 1 from 1 January 2018" in result.problems[0]["problem"]
    assert stays("E83001") == [("chin-1", date(2018, 1, 1), None)]
    assert stays("E83002") == [("U10001", OCTOBER, None)]


def test_rows_that_can_not_be_are_held_back(bring: Any) -> None:
    rows = [
        ("E83001", "U10001", "20191001", ""),
        ("E83002", "U10001", "20191001", "20190901"),
        ("E83003", "U10001", "20191001", "20200401"),
        ("E83003", "U10002", "20200401", ""),
        ("E83999", "U10001", "20191001", ""),
        ("E83002", "U99999", "20191001", ""),
        ("E83002", "10001", "20191001", ""),
        ("E83002", "U10001", "20190231", ""),
    ]
    result = bring(network_workbook([NORTH, SOUTH], rows))
    start, end = "Practice to PCN Relationship Start Date", "Practice to PCN Relationship End Date"
    assert told(result) == [
        (3, end, "20190901"),
        (4, start, "20191001"),
        (5, start, "20200401"),
        (6, "Partner Organisation Code", "E83999"),
        (7, "PCN Code", "U99999"),
        (8, "PCN Code", "10001"),
        (9, start, "20190231"),
    ]
    assert counts(result) == (1, 0, 0, 0)


def test_a_workbook_without_a_column_names_it(bring: Any) -> None:
    data = network_workbook([NORTH], [("E83001", "U10001", "20191001", "")])
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["PCN Core Partner Details"].delete_cols(5)
    result = bring(saved(book))
    assert result.status == "rejected"
    assert "a column is missing: PCN Code" in result.problems[0]["problem"]
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["PCNDetails"].delete_cols(5)
    assert "lacks Open Date" in bring(saved(book)).problems[0]["problem"]


# The map ---------------------------------------------------------------------------------------------------


def test_the_map_says_who_is_in_which_network_on_its_day(bring: Any) -> None:
    rows = [
        ("E83001", "ASH SURGERY", "U10001", "NORTH PCN"),
        ("E83002", "BEECH SURGERY", "U", "Unallocated"),
        ("E83999", "UNKNOWN", "U10001", "NORTH PCN"),
    ]
    result = bring(network_map(rows), "map.csv")
    assert (counts(result), told(result)) == ((1, 0, 1, 0), [(4, "PRACTICE_CODE", "E83999")])
    assert stays("E83001") == [("U10001", date(2022, 1, 1), None)]
    assert stays("E83002") == []
    assert not Chin.objects.filter(name="Unallocated").exists()
    details = PracticeDetail.objects.held().filter(practice__ods_code="E83001").order_by("period")
    assert [(d.name, d.first_day) for d in details] == [
        ("Surgery E83001", date(2013, 4, 1)),
        ("ASH SURGERY", date(2022, 1, 1)),
    ]


def test_a_workbook_after_the_map_tells_since_when(bring: Any) -> None:
    bring(network_map([("E83001", "ASH SURGERY", "U10001", "NORTH PCN")]), "map.csv")
    result = bring(network_workbook([NORTH], [("E83001", "U10001", "20191001", "")]))
    assert counts(result) == (0, 1, 0, 0)
    assert stays("E83001") == [("U10001", OCTOBER, None)]
    assert [s.first_day for s in ChinState.objects.held()] == [OCTOBER]


def test_a_later_map_moves_a_practice_on_its_day_and_U_takes_it_out(bring: Any) -> None:
    rows = [(code, "A", "U10001", "NORTH PCN") for code in CODES]
    bring(network_map(rows), "january.csv")
    later = [("E83001", "A", "U10002", "SOUTH PCN"), ("E83002", "A", "U", "Unallocated"), ("E83003", "A", *rows[0][2:])]
    result = bring(network_map(later, "01Feb2022"), "february.csv")
    assert counts(result) == (1, 0, 1, 1)
    assert stays("E83001") == [
        ("U10001", date(2022, 1, 1), date(2022, 1, 31)),
        ("U10002", date(2022, 2, 1), None),
    ]
    assert stays("E83002") == [("U10001", date(2022, 1, 1), date(2022, 1, 31))]
    assert stays("E83003") == [("U10001", date(2022, 1, 1), None)]


def test_an_older_map_only_adds_practices_that_were_never_in_a_network(bring: Any) -> None:
    bring(network_workbook([NORTH], [("E83001", "U10001", "20191001", "")]))
    rows = [("E83001", "OLD NAME", "U10002", "SOUTH PCN"), ("E83002", "A", "U10001", "NORTH PCN")]
    result = bring(network_map(rows), "map.csv")
    assert counts(result) == (1, 0, 0, 0)
    assert "A newer file" in result.notes[0]
    assert stays("E83001") == [("U10001", OCTOBER, None)]
    assert stays("E83002") == [("U10001", date(2022, 1, 1), None)]


# A file of one's own -----------------------------------------------------------------------------------------


@pytest.fixture
def chin(ncl: Commissioner) -> Chin:
    return ChinFactory(slug="barnet-1", name="CHIN 1", commissioner=ncl, first=date(2018, 1, 1))


def test_memberships_of_a_file_of_ones_own(bring: Any, chin: Chin) -> None:
    pcn = ChinFactory(pcn=True, commissioner=chin.commissioner)
    data = members(
        ("E83001", "barnet-1", "2018-02-01", ""),
        ("e83002", "CHIN 1", "01/03/2018", "30/09/2018"),
        ("E83003", pcn.code.lower(), "01Apr2018", ""),
    )
    result = bring(data, "members.csv")
    assert (counts(result), result.problems) == ((3, 0, 0, 0), [])
    assert stays("E83001") == [("barnet-1", date(2018, 2, 1), None)]
    assert stays("E83002") == [("barnet-1", date(2018, 3, 1), date(2018, 9, 30))]
    assert stays("E83003") == [(pcn.code, date(2018, 4, 1), None)]
    assert Membership.objects.held().first().reason == "From the file members.csv"  # type: ignore[union-attr]


def test_a_row_with_another_end_ends_the_membership(bring: Any, chin: Chin) -> None:
    bring(members(("E83001", "barnet-1", "2018-02-01", ""), ("E83002", "barnet-1", "2018-02-01", "")), "a.csv")
    result = bring(members(("E83001", "barnet-1", "2018-02-01", "2018-12-31")), "b.csv")
    assert counts(result) == (0, 0, 0, 1)
    assert stays("E83001") == [("barnet-1", date(2018, 2, 1), date(2018, 12, 31))]
    assert stays("E83002") == [("barnet-1", date(2018, 2, 1), None)]
    old = Membership.objects.get(practice__ods_code="E83001", closed_act="ended")
    assert old.thread == Membership.objects.held().get(practice__ods_code="E83001").thread


def test_what_the_form_refuses_the_file_refuses_in_words_and_the_rest_goes_on(bring: Any, chin: Chin) -> None:
    other = ChinFactory(slug="barnet-2", name="CHIN 2", commissioner=chin.commissioner, first=date(2018, 1, 1))
    MembershipFactory(practice=Practice.objects.get(ods_code="E83001"), chin=other, first=date(2018, 2, 1))
    PracticeFactory(ods_code="E83004", commissioner=chin.commissioner, closed=date(2018, 6, 30))
    data = members(
        ("E83001", "barnet-1", "2018-03-01", ""),
        ("E83002", "barnet-1", "2018-03-01", "2018-02-01"),
        ("E83003", "barnet-9", "2018-03-01", ""),
        ("E83004", "barnet-1", "2018-03-01", ""),
        ("E83003", "barnet-1", "2017-03-01", ""),
        ("E83999", "barnet-1", "2018-03-01", ""),
        ("E83002", "barnet-1", "soon", ""),
        ("E83003", "barnet-1", "2018-05-01", ""),
        ("E83002", "barnet-1", "2018-06-01", ""),
        ("E83002", "barnet-2", "2018-07-01", ""),
    )
    result = bring(data, "members.csv")
    words = {problem["line"]: problem["problem"] for problem in result.problems}
    assert sorted(words) == [2, 3, 4, 5, 6, 7, 8, 10, 11]
    assert "The practice is in CHIN 2 from 1 February 2018" in words[2]
    assert "leaves before it joins" in words[3]
    assert "No CHIN has this address" in words[4]
    assert "its last day was 30 June 2018" in words[5]
    assert "CHIN 1 is not proposed, approved or operational" in words[6]
    assert "No practice with this code" in words[7]
    assert "first day can’t be read" in words[8]
    assert "on some days, by lines 10 and 11" in words[10]
    assert counts(result) == (1, 0, 0, 0)
    assert stays("E83003") == [("barnet-1", date(2018, 5, 1), None)]


def brought(data: bytes, by: Any) -> Import:
    one, _ = services.receive(by=by, name="members.csv", file=io.BytesIO(data), size=len(data))
    return worked(one)


def worked(one: Import) -> Import:
    work.sweep()
    one.refresh_from_db()
    return one


def test_a_file_reaches_no_chin_of_a_commissioner_whose_members_its_bringer_may_not_change(chin: Chin) -> None:
    enfield = CommissionerFactory(ods_code="07X", short_name="Enfield")
    ChinFactory(slug="enfield-1", name="Enfield 1", commissioner=enfield, first=date(2018, 1, 1))
    data = members(("E83001", "enfield-1", "2018-02-01", ""), ("E83002", "barnet-1", "2018-02-01", ""))
    one = brought(data, person(Role.TRANSFORMATION_MANAGER, of=enfield))
    (problem,) = one.problems.all()
    assert (problem.line, problem.column, problem.value) == (3, "chin", "barnet-1")
    assert "belongs to another commissioner" in problem.problem
    services.confirm(by=one.uploaded_by, one=one)
    worked(one)
    assert (one.state, stays("E83001"), stays("E83002")) == (
        Import.State.IMPORTED,
        [("enfield-1", date(2018, 2, 1), None)],
        [],
    )


def test_who_confirms_anothers_file_of_chins_that_are_not_theirs_is_told_so(chin: Chin) -> None:
    enfield = CommissionerFactory(ods_code="07X", short_name="Enfield")
    mine, theirs = (person(Role.TRANSFORMATION_MANAGER, of=of) for of in (chin.commissioner, enfield))
    one = brought(members(("E83001", "barnet-1", "2018-02-01", "")), mine)
    services.confirm(by=theirs, one=one)
    worked(one)
    assert (one.state, one.rejection) == (
        Import.State.REJECTED,
        "The file holds CHINs of a commissioner that you do not manage.",
    )
    assert stays("E83001") == []


def test_thousands_of_rows_of_one_practice_are_held_back_at_once(bring: Any, chin: Chin) -> None:
    many = [("E83001", "barnet-1", "2018-02-01", "") for _ in range(20_000)]
    begun = time.monotonic()
    result = bring(members(*many, ("E83002", "barnet-1", "2018-02-01", "")), "members.csv")
    assert time.monotonic() - begun < 10
    assert counts(result) == (1, 0, 0, 0)
    assert "20000 rows for this practice. Expected: 200 at the most" in result.problems[0]["problem"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(4)),
    months=st.lists(st.tuples(st.integers(1, 11), st.integers(0, 8)), min_size=3, max_size=3),
)
def test_rows_and_columns_in_any_order_give_the_same_memberships(
    bring: Any, chin: Chin, order: Sequence[int], months: list[tuple[int, int]]
) -> None:
    rows = [
        (code, "barnet-1", f"2018-{first:02d}-01", f"2018-{min(12, first + length):02d}-28" if length else "")
        for code, (first, length) in zip(CODES, months, strict=True)
    ]
    lines = members(*rows).decode().split("\r\n")
    shuffled = [",".join([line.split(",")[n] for n in order]) for line in [lines[0], *lines[1:4][::-1]]]
    found = []
    for n, data in enumerate((members(*rows), "\n".join(shuffled).encode())):
        with transaction.atomic():
            assert bring(data, f"{n}.csv").problems == []
            found.append([stays(code) for code in CODES])
            transaction.set_rollback(True)
    assert found[0] == found[1]
