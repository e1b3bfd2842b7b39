"""CHINs side by side: what stands in each column, where it comes from, and what is not known."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cc2h.accounts.authority import Role
from cc2h.kit.asat import AsAt
from chins.beside import Beside, member_lists, side_by_side
from chins.models import Chin
from practices.models import AGE_BANDS, ListSize, Practice
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeFactory,
    UserFactory,
    person,
)
from tests.practices.test_pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
BEFORE, QUARTER, NOW, TODAY = date(2017, 12, 1), date(2018, 9, 30), date(2018, 12, 1), date(2018, 12, 6)


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def manager(barnet: Any) -> Any:
    return person(Role.TRANSFORMATION_MANAGER, of=barnet)


@pytest.fixture
def client(manager: Any) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def chin_of(commissioner: Any, slug: str, *sizes: dict[date, int], first: date = date(2018, 1, 1)) -> Chin:
    chin: Chin = ChinFactory(commissioner=commissioner, slug=slug, name=slug.title())
    for its in sizes:
        MembershipFactory(practice=PracticeFactory(commissioner=commissioner, patients=its), chin=chin, first=first)
    return chin


@pytest.fixture
def north(barnet: Any) -> Chin:
    """Two practices with a list a year before, one without; the first with ages."""
    chin = chin_of(barnet, "north", {BEFORE: 30_000, NOW: 30_600}, {BEFORE: 20_000, NOW: 19_900}, {NOW: 5_000})
    one = Practice.objects.get(list_sizes__patients=30_600)
    ListSizeFactory(practice=one, day=QUARTER, patients=30_500, ages=[1_000, 500] + [1_800] * 15 + [2_000])
    return chin


def beside(*chins: Chin, user: Any = None, day: date = TODAY, known: date | None = None) -> list[Beside]:
    return side_by_side(chins, user or UserFactory(), AsAt(day, known, TODAY))


def rows(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    return [*csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))]  # type: ignore[attr-defined]


def test_growth_is_of_the_present_members_that_have_a_list_a_year_before(north: Chin) -> None:
    (one,) = beside(north)
    assert (one.patients, len(one.members), len(one.compared)) == (55_500, 3, 2)
    assert (one.before, one.growth, one.growth_percent) == (50_000, 500, Decimal("1.0"))


def test_a_list_that_is_still_that_of_a_year_before_is_no_growth(barnet: Any) -> None:
    (one,) = beside(chin_of(barnet, "south", {date(2017, 1, 1): 9_000}))
    assert (one.patients, one.growth, one.growth_percent) == (9_000, None, None)


def test_ages_are_those_of_each_members_newest_list_that_tells_them(north: Chin) -> None:
    (one,) = beside(north)
    assert (one.aged, len(one.with_ages), one.not_aged, one.ages_days) == (30_500, 1, 24_900, [QUARTER])
    assert [age.band for age in one.ages] == [*AGE_BANDS]
    assert (one.ages[0].patients, one.ages[0].percent) == (1_500, Decimal("4.9"))
    assert sum(age.patients for age in one.ages) == 30_500
    (earlier,) = beside(north, day=date(2018, 9, 29))
    assert (earlier.aged, earlier.ages) == (None, [])


def test_ages_as_known_before_they_were_are_those_of_then(north: Chin) -> None:
    first = ListSize.objects.get(ages__isnull=False)
    moment = datetime(2018, 11, 1, tzinfo=UTC)
    ListSize.objects.filter(pk=first.pk).update(superseded_at=moment)
    ListSizeFactory(practice=first.practice, day=QUARTER, patients=18, ages=[1] * 18, recorded_at=moment)
    assert beside(north)[0].aged == 18
    assert beside(north, known=date(2018, 10, 31))[0].aged == 30_500


def test_patients_of_whom_no_list_is_held_are_not_known_and_not_0(barnet: Any, client: Client) -> None:
    chin = chin_of(barnet, "new", {})
    (one,) = beside(chin)
    assert (one.patients, one.band, one.growth, one.aged) == (None, "", None, None)
    assert {patients for practices, patients in one.history.values() if practices} == {None}
    assert "not known" in text(client.get("/chins/side-by-side/?chin=new"))
    assert 'data-value="None"' not in client.get("/chins/new/lists/").content.decode()
    (row,) = rows(client, "/chins/side-by-side/?chin=new&format=csv")
    assert (row["patients"], row["growth"], row["age_0-4"]) == ("", "", "")


def test_its_history_is_of_the_month_ends_on_which_it_counted(barnet: Any, north: Chin) -> None:
    ended = ChinFactory(
        commissioner=barnet, since={"proposed": date(2018, 2, 1), "withdrawn": date(2018, 5, 10)}, slug="ended"
    )
    of_north, of_ended = beside(north, ended)
    assert of_north.history[TODAY] == (3, 55_500)
    assert of_north.history[date(2018, 1, 31)] == (3, 50_000)
    assert [*of_ended.history] == [date(2018, 2, 28), date(2018, 3, 31), date(2018, 4, 30)]
    assert (of_ended.status, of_ended.counts, of_ended.band) == ("withdrawn", False, "")


def test_more_chins_cost_no_more_statements(barnet: Any, manager: Any, django_assert_max_num_queries: Any) -> None:
    chins = [chin_of(barnet, f"chin-{n}", {NOW: 1_000}) for n in range(6)]
    with django_assert_max_num_queries(8):
        beside(*chins, user=manager)


class TestPage:
    def test_a_column_a_chin_in_the_order_asked_for(self, client: Client, barnet: Any, north: Chin) -> None:
        chin_of(barnet, "south", {NOW: 60_000})
        shown = text(client.get("/chins/side-by-side/?chin=south&chin=north"))
        assert shown.index("South") < shown.index("North")
        for said in (
            "+500",
            "1.0%",
            "4.9%",
            "2 practices with 24,900 patients",
            "Lists of 30 Sep 2018, 1 of 3 practices",
        ):
            assert said in shown
        south, of_north = rows(client, "/chins/side-by-side/?chin=south&chin=north&format=csv")
        assert (south["slug"], south["share_percent"], south["age_0-4"]) == ("south", "51.9", "")
        assert (of_north["band"], of_north["growth"], of_north["age_75+"]) == ("inside", "500", "3800")

    def test_six_at_most_and_the_others_are_named(self, client: Client, barnet: Any) -> None:
        for n in range(7):
            chin_of(barnet, f"chin-{n}", {NOW: 1_000})
        address = "/chins/side-by-side/?" + "&".join(f"chin=chin-{n}" for n in range(7))
        shown = text(client.get(address))
        assert "Six stand side by side at most. Left out: Chin-6." in shown
        assert "Add a CHIN" not in shown

    def test_a_chin_of_a_later_day_is_not_there_yet(self, client: Client, north: Chin) -> None:
        shown = text(client.get("/chins/side-by-side/?chin=north&as_at=2010-01-01"))
        assert "Not there yet" in shown
        assert "Not in a CHIN" not in shown

    def test_none_asks_for_the_first(self, client: Client, north: Chin) -> None:
        assert "No CHIN is chosen yet" in text(client.get("/chins/side-by-side/"))

    def test_a_chin_that_is_not_shown_to_the_reader_is_not_there(self, client: Client, north: Chin) -> None:
        chin_of(CommissionerFactory(ods_code="07R"), "elsewhere", {NOW: 1_000})
        assert client.get("/chins/side-by-side/?chin=north&chin=elsewhere").status_code == 404

    def test_chins_are_ticked_in_the_list(self, client: Client, barnet: Any, north: Chin) -> None:
        chin_of(barnet, "south", {NOW: 60_000})
        html = client.get("/chins/?as_at=2018-12-05").content.decode()
        assert 'type="checkbox" name="chin" form="beside" value="north"' in html
        assert '<input type="hidden" name="as_at" value="2018-12-05">' in html

    def test_the_lists_behind_it_have_every_band_and_one_alone(self, client: Client, north: Chin) -> None:
        found = rows(client, "/chins/north/lists/?band=0-4&format=csv")
        assert [row["aged"] for row in found if row["aged"]] == ["1500"]
        assert [row["male 0-4"] for row in found if row["aged"]] == ["1000"]
        assert sum(int(row["change"] or 0) for row in found) == 500
        assert client.get("/chins/north/lists/?band=18").status_code == 400


def test_members_are_named_by_what_they_are_called(north: Chin) -> None:
    assert all(one.name.startswith("Surgery") for one in member_lists([north], AsAt(TODAY, None, TODAY)))
