"""A commissioner that takes over from another inherits its place in the programme and what its posts allow."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cc2h.accounts import authority
from cc2h.accounts.authority import Action, Role
from cc2h.kit.imports import services
from cc2h.kit.imports.services import Result
from practices.models import Commissioner
from tests.factories import CommissionerFactory, person
from tests.samples import Organisation, epraccur, network_map, network_workbook

pytestmark = pytest.mark.django_db
APRIL_2020 = date(2020, 4, 1)
TODAY = date(2026, 11, 1)


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    def run(data: bytes, name: str) -> Result:
        path = tmp_path / name
        path.write_bytes(data)
        return services.run([path])[0]

    return run


def practices(commissioner: str, joined: str, *codes: str) -> bytes:
    return epraccur(*(Organisation(code, commissioner=commissioner, joined=joined) for code in codes))


def named(code: str) -> Commissioner:
    return Commissioner.objects.get(ods_code=code)


class TestWhatFilesShow:
    def test_most_practices_going_over_on_one_day_is_a_takeover(self, bring: Any) -> None:
        CommissionerFactory(ods_code="10Q", short_name="Old", in_programme=True)
        bring(practices("10Q", "20130401", "A10001", "A10002", "A10003"), "epraccur_2016-02.csv")
        stays = Organisation("A10003", commissioner="10Q", joined="20130401")
        moved = [Organisation(code, commissioner="10R", joined="20180401") for code in ("A10001", "A10002")]
        result = bring(epraccur(*moved, stays), "epraccur_2019-02.csv")
        old, new = named("10Q"), named("10R")
        assert (old.closed, old.successor) == (date(2018, 3, 31), new)
        assert new.in_programme
        told = "Old went into 10R on 1 April 2018: it takes part in the programme"
        assert any(told in note for note in result.notes)

    def test_none_can_have_taken_over_on_the_day_that_the_other_opened(self, bring: Any) -> None:
        assert bring(practices("93C", "20130401", "A10001"), "epraccur_2020-06.csv").status == "imported"
        corrected = bring(practices("07M", "20200401", "A10001"), "epraccur_2021-06.csv")
        assert corrected.status == "imported"
        assert (named("93C").closed, named("93C").successor) == (None, None)

    def test_a_few_practices_going_over_is_none(self, bring: Any) -> None:
        CommissionerFactory(ods_code="10Q", in_programme=True)
        bring(practices("10Q", "20130401", "A10001", "A10002"), "epraccur_2016-02.csv")
        moved = Organisation("A10001", commissioner="10R", joined="20180401")
        bring(epraccur(moved, Organisation("A10002", commissioner="10Q")), "epraccur_2019-02.csv")
        assert (named("10Q").closed, named("10Q").successor, named("10R").in_programme) == (None, None, False)

    def test_a_commissioner_outside_the_programme_leaves_its_successor_outside(self, bring: Any) -> None:
        bring(practices("10Q", "20130401", "A10001"), "epraccur_2016-02.csv")
        result = bring(practices("10R", "20180401", "A10001"), "epraccur_2019-02.csv")
        assert named("10Q").successor == named("10R")
        assert not named("10R").in_programme
        assert not any("programme" in note for note in result.notes)

    def test_the_five_of_ncl_are_known_to_have_gone_into_one_without_files_of_before(self, bring: Any) -> None:
        CommissionerFactory(barnet=True)
        CommissionerFactory(ods_code="07R", short_name="Camden", in_programme=True)
        result = bring(practices("93C", "20200401", "E83001"), "epraccur_2022-06.csv")
        assert (named("07M").closed, named("07M").successor) == (date(2020, 3, 31), named("93C"))
        ncl = named("93C")
        assert (ncl.short_name, ncl.in_programme, ncl.local_word) == (
            "North Central London",
            True,
            "primary care network",
        )
        told = "Barnet and Camden went into North Central London (93C) on 1 April 2020"
        assert any(told in note for note in result.notes)
        again = bring(practices("93C", "20200401", "E83001", "E83002"), "epraccur_2022-07.csv")
        assert not any("went into" in note for note in again.notes)


class TestNames:
    @pytest.mark.parametrize("of_map", [True, False])
    def test_files_of_networks_name_a_commissioner_that_only_had_a_code(self, bring: Any, of_map: bool) -> None:
        bring(practices("10R", "20200401", "A10001"), "epraccur_2020-06.csv")
        assert named("10R").name == "10R"
        workbook = network_workbook(
            [("U10001", "NORTH PCN", "20191001", "")], [("A10001", "U10001", "20200401", "")], commissioner="10R"
        )
        found = network_map([("A10001", "A SURGERY", "U10001", "NORTH PCN")], commissioner="10R")
        bring(found if of_map else workbook, "map.csv" if of_map else "ePCN_2022-02.xlsx")
        assert (named("10R").name.casefold(), named("10R").short_name) == ("nhs somewhere ccg", "Somewhere")

    def test_a_name_somebody_gave_stays(self, bring: Any) -> None:
        CommissionerFactory(ods_code="10R", name="Ours")
        bring(practices("10R", "20200401", "A10001"), "epraccur_2020-06.csv")
        bring(network_map([("A10001", "A SURGERY", "U10001", "NORTH PCN")], commissioner="10R"), "map.csv")
        assert named("10R").name == "Ours"


class TestPosts:
    @pytest.fixture
    def taken_over(self) -> tuple[Commissioner, Commissioner, Commissioner]:
        last = CommissionerFactory(ods_code="10T", short_name="Lastwick", in_programme=True)
        then = CommissionerFactory(ods_code="10R", short_name="Thenham", successor=last, closed=date(2022, 6, 30))
        first = CommissionerFactory(ods_code="10Q", short_name="Firstbourne", successor=then, closed=date(2020, 3, 31))
        return first, then, last

    def test_a_post_reaches_those_that_took_over_from_its_commissioner(
        self, taken_over: tuple[Commissioner, ...]
    ) -> None:
        first, then, last = taken_over
        manager = person(Role.TRANSFORMATION_MANAGER, of=first)

        def reached(day: date) -> frozenset[int]:
            return authority.of(manager, day).commissioner_ids(Action.CHANGE_MEMBERSHIP)

        assert reached(date(2020, 3, 31)) == {first.pk}
        assert reached(APRIL_2020) == {first.pk, then.pk}
        assert reached(TODAY) == {first.pk, then.pk, last.pk}
        (holding,) = authority.of(manager, TODAY).holdings
        days = (date(2019, 1, 1), APRIL_2020, date(2022, 7, 1))
        assert [holding.commissioner_on(day) for day in days] == [first.pk, then.pk, last.pk]

    def test_not_the_other_way_round(self, taken_over: tuple[Commissioner, ...]) -> None:
        manager = person(Role.TRANSFORMATION_MANAGER, of=taken_over[-1])
        assert authority.of(manager, TODAY).commissioner_ids(Action.VIEW_REGISTER) == {taken_over[-1].pk}

    def test_a_circle_ends(self) -> None:
        one = CommissionerFactory(closed=date(2020, 3, 31))
        other = CommissionerFactory(closed=date(2021, 3, 31), successor=one)
        Commissioner.objects.filter(pk=one.pk).update(successor=other)
        manager = person(Role.TRANSFORMATION_MANAGER, of=one)
        assert authority.of(manager, TODAY).commissioner_ids(Action.VIEW_REGISTER) == {one.pk, other.pk}

    def test_the_home_is_the_dashboard_of_whoever_it_was_on_the_day(
        self, client: Client, taken_over: tuple[Commissioner, ...]
    ) -> None:
        client.force_login(person(Role.BOARD_MEMBER, of=taken_over[0]))
        assert "Lastwick" in client.get("/").content.decode()
        assert "Firstbourne" in client.get("/?as_at=2019-01-01").content.decode()
        assert client.get("/dashboard/10T/").status_code == 200
