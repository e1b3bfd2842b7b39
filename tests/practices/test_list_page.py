"""The list of practices: what it shows, filters, orders, hands out as CSV, and what it costs."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains
from pytest_django.fixtures import DjangoAssertNumQueries

from cc2h.accounts.authority import Role
from chins.models import Membership
from practices.models import Commissioner
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    FederationFactory,
    FederationMembershipFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeDetailFactory,
    PracticeFactory,
    many_practices,
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NEWEST, YEAR_BEFORE = date(2018, 11, 1), date(2017, 11, 1)


@pytest.fixture(scope="module")
def _barnet(uncommitted: None) -> Any:
    commissioner = CommissionerFactory(barnet=True)
    finchley = ChinFactory(commissioner=commissioner, slug="finchley", name="Finchley")
    hendon = ChinFactory(commissioner=commissioner, slug="hendon", name="Hendon", status="proposed")
    federation = FederationFactory(commissioner=commissioner, slug="federated-gps", name="Federated GPs")
    FederationFactory(commissioner=commissioner, slug="others", name="Others")

    def practice(number: int, name: str, patients: int, before: int, **more: Any) -> Any:
        return PracticeFactory(
            ods_code=f"G8000{number}",
            commissioner=commissioner,
            detail__name=name,
            detail__postcode=f"EN{number} 4BE",
            detail__borough="Barnet" if number < 5 else "Enfield",
            patients={YEAR_BEFORE: before, NEWEST: patients},
            **more,
        )

    ashdown = practice(1, "Ashdown Practice", 11_533, 11_746)
    brook = practice(2, "Brook Lane Surgery", 11_120, 11_372)
    cedar = practice(3, "Cedar House Surgery", 900, 800)
    practice(4, "Deans Brook Centre", 10_325, 9_958)
    practice(5, "Elm Court", 4_000, 4_000, standing__status="dormant")
    practice(6, "Fairview", 5_000, 5_000, closed=date(2018, 6, 30))
    MembershipFactory(practice=ashdown, chin=finchley, first=date(2018, 11, 1))
    MembershipFactory(practice=brook, chin=hendon, first=date(2016, 1, 15))
    MembershipFactory(practice=cedar, chin=finchley, first=date(2015, 1, 15))
    FederationMembershipFactory(practice=ashdown, federation=federation)
    return commissioner


@pytest.fixture
def barnet(_barnet: Any, db: None) -> Any:
    """Six practices: three in two CHINs, one in none, one dormant, one closed."""
    return Commissioner.objects.get(pk=_barnet.pk)


@pytest.fixture
def manager(barnet: Any, client: Client) -> Client:
    client.force_login(person(Role.TRANSFORMATION_MANAGER, of=barnet))
    return client


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/practices/?format=csv&{query}")
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def codes(client: Client, query: str = "") -> str:
    """The last digits of the codes, in order."""
    return "".join(row["ods_code"][-1] for row in rows(client, query))


def shown(client: Client, query: str = "") -> str:
    """The same of the page's own rows."""
    html = client.get(f"/practices/?{query}").content.decode()
    return "".join(part[0] for part in html.split('class="quiet" data-label="Code">G8000')[1:])


def test_it_shows_what_a_manager_looks_for(manager: Client) -> None:
    page = manager.get("/practices/")
    assertContains(page, "4 active (plus 1 dormant and 1 closed) · 33,878 patients")
    assertContains(page, '<a href="/practices/G80001/">Ashdown Practice</a>', html=True)
    assertContains(page, '<a href="/chins/finchley/">Finchley</a>', html=True)
    assertContains(page, "1 Nov 2018")
    assertContains(page, "11,533")
    assertContains(page, "−213")
    assertContains(page, "+367")
    assertContains(page, "Not in a CHIN")
    assertContains(page, "Open a practice")
    assertNotContains(page, "Fairview")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("status=all", "4 active, 1 dormant and 1 closed · 37,878 patients"),
        ("status=closed", "1 closed (plus 4 active and 1 dormant)<"),
        ("q=zebra", "0 active · 0 patients"),
    ],
)
def test_patients_of_a_closed_practice_are_anothers(manager: Client, query: str, said: str) -> None:
    assertContains(manager.get(f"/practices/?{query}"), said)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "1234"),
        ("status=active", "1234"),
        ("status=closed", "6"),
        ("status=dormant", "5"),
        ("status=proposed", ""),
        ("status=all", "123456"),
        ("q=brook", "24"),
        ("q=G80003", "3"),
        ("q=en1 4be", "1"),
        ("q=EN14BE", "1"),
        ("q=zebra", ""),
        ("commissioner=07M", "1234"),
        ("chin=finchley", "13"),
        ("chin=hendon", "2"),
        ("chin=none", "4"),
        ("placed=in", "123"),
        ("placed=out", "4"),
        ("placed=out&status=all", "456"),
        ("chin_status=proposed", "2"),
        ("chin_status=operational", "13"),
        ("chin_status=approved", ""),
        ("federation=federated-gps", "1"),
        ("borough=Barnet", "1234"),
        ("borough=Enfield&status=all", "56"),
        ("size_from=10000", "124"),
        ("size_to=10000", "3"),
        ("size_from=900&size_to=900", "3"),
        ("changed=year", "1"),
        ("changed=year&status=all", "16"),
        ("q=surgery&chin=finchley", "3"),
    ],
)
def test_each_filter_means_what_it_says(manager: Client, query: str, found: str) -> None:
    assert codes(manager, query) == found
    assert shown(manager, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "chin=nowhere",
        "commissioner=99Z",
        "status=lost",
        "size_from=many",
        "size_from=-1x",
        "chin_status=merged",
        "changed=ever",
    ],
)
def test_a_filter_that_makes_no_sense_shows_no_rows_and_says_so(manager: Client, query: str) -> None:
    page = manager.get(f"/practices/?{query}")
    assertContains(page, "There is a problem")
    assertNotContains(page, "Ashdown")
    assert manager.get(f"/practices/?format=csv&{query}").status_code == 400


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("name", "1234"),
        ("-name", "4321"),
        ("ods_code", "1234"),
        ("patients", "3421"),
        ("-patients", "1243"),
        ("change", "2134"),
        ("-change", "4312"),
        ("chin", "1324"),
        ("since", "3214"),
        ("-since", "1234"),
        ("commissioner", "1234"),
        ("nonsense", "1234"),
    ],
)
def test_every_column_orders_the_page_and_the_csv_alike(manager: Client, sort: str, found: str) -> None:
    assert codes(manager, f"sort={sort}") == found
    assert shown(manager, f"sort={sort}") == found


def test_a_change_between_two_days_of_one_list_is_not_known_and_comes_last(manager: Client, barnet: Any) -> None:
    PracticeFactory(ods_code="G80007", commissioner=barnet, patients={date(2017, 12, 1): 100}, detail__name="Old list")
    query = "as_at=2019-06-01&sort=change"
    assert shown(manager, query) == codes(manager, query) == "21347"
    assertContains(manager.get("/practices/?as_at=2019-06-01&q=G80007"), 'class="num" data-label="Year">–</td>')


def test_the_csv_has_the_promised_columns(manager: Client) -> None:
    first, *_ = rows(manager, "q=ashdown")
    assert first == {
        "ods_code": "G80001",
        "name": "Ashdown Practice",
        "postcode": "EN1 4BE",
        "commissioner": "07M",
        "borough": "Barnet",
        "status": "active",
        "chin": "Finchley",
        "chin_status": "operational",
        "since": "2018-11-01",
        "patients": "11533",
        "list_day": "2018-11-01",
        "carried_forward": "no",
        "federation": "Federated GPs",
    }


def test_an_older_list_size_is_carried_forward_and_none_is_blank(manager: Client, barnet: Any) -> None:
    PracticeFactory(ods_code="G80007", commissioner=barnet, patients={date(2018, 10, 1): 100}, detail__name="Ivy")
    PracticeFactory(ods_code="G80008", commissioner=barnet, detail__name="Jay")
    older, none = rows(manager, "q=G80007")[0], rows(manager, "q=G80008")[0]
    assert (older["patients"], older["list_day"], older["carried_forward"]) == ("100", "2018-10-01", "yes")
    assert (none["patients"], none["list_day"], none["carried_forward"]) == ("", "", "no")
    assert codes(manager, "sort=-patients").endswith("8")


def test_a_name_that_looks_like_a_formula_is_only_a_name(manager: Client, barnet: Any) -> None:
    PracticeFactory(ods_code="G80009", commissioner=barnet, detail__name="=HYPERLINK(1)")
    assert rows(manager, "q=G80009")[0]["name"] == "'=HYPERLINK(1)"


def test_as_at_another_day_everything_is_of_that_day(manager: Client) -> None:
    page = manager.get("/practices/?as_at=2018-06-30&sort=-patients")
    assertContains(page, "5 active (plus 1 dormant)")
    assertContains(page, 'href="/practices/G80006/?as_at=2018-06-30"')
    first = rows(manager, "as_at=2018-06-30&q=ashdown")[0]
    assert (first["patients"], first["chin"], first["list_day"]) == ("11746", "", "2017-11-01")


def test_as_known_on_a_day_only_what_was_held_then(manager: Client, barnet: Any) -> None:
    late = datetime(2018, 12, 1, tzinfo=UTC)
    PracticeFactory(ods_code="G80007", commissioner=barnet, recorded=late, detail__name="Late")
    assert codes(manager) == "12347"
    assert codes(manager, "known=2018-11-30") == "1234"
    assert codes(manager, "known=2018-12-01") == "12347"


@pytest.mark.parametrize("day", ["1948-07-05", "2000-01-01", "2012-02-29", "2099-12-31"])
def test_any_day_gives_a_page(manager: Client, day: str) -> None:
    assert manager.get(f"/practices/?as_at={day}&status=all&sort=change").status_code == 200


@pytest.mark.parametrize("day", ["2018-02-29", "1066-10-14", "tomorrow", "2018-13-01", "%00"])
def test_a_day_that_is_none_gets_a_clear_page(manager: Client, day: str) -> None:
    assert manager.get(f"/practices/?as_at={day}").status_code == 400


def test_the_board_sees_no_name_of_a_practice_in_no_chin(client: Client, barnet: Any) -> None:
    client.force_login(person(Role.BOARD_MEMBER, of=barnet))
    page = client.get("/practices/")
    assertContains(page, "3 active")
    assertNotContains(page, "Deans Brook")
    assertNotContains(page, "Open a practice")
    assert codes(client, "status=all&sort=-patients") == "1265" + "3"
    assert codes(client, "placed=out") == ""


def test_one_who_sees_several_commissioners_sees_whose_each_is(client: Client, barnet: Any) -> None:
    other = CommissionerFactory(ods_code="07R", short_name="Camden")
    PracticeFactory(ods_code="F20001", commissioner=other, detail__name="Kentish Town", detail__borough="Camden")
    client.force_login(person(Role.NCL_OFFICE, of=[barnet, other]))
    both = client.get("/practices/")
    assertContains(both, "5 active")
    assertContains(both, '<a href="/practices/?sort=commissioner">Commissioner</a>', html=True)
    one = client.get("/practices/?commissioner=07R")
    assertContains(one, "1 active")
    assertNotContains(one, "Ashdown")
    assertNotContains(one, "sort=commissioner")


def test_signed_out_one_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/practices/").status_code == 302


def _more(commissioner: Any, count: int) -> None:
    chin = ChinFactory(commissioner=commissioner)
    made = many_practices(
        count, commissioner=commissioner, patients=lambda number: {YEAR_BEFORE: 900 + number, NEWEST: 1000 + number}
    )
    Membership.objects.bulk_create(MembershipFactory.build(practice=practice, chin=chin) for practice in made[1::2])


@pytest.mark.parametrize("more", [0, 120])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "sort=-patients&page=2&per_page=25",
        "sort=change",
        "q=surgery&chin=none&size_from=1&sort=since",
        "as_at=2018-06-30",
    ],
)
def test_a_page_costs_at_most_eight_queries(
    manager: Client, barnet: Any, more: int, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _more(barnet, more)
    with django_assert_max_num_queries(8):
        assert manager.get(f"/practices/?{query}").status_code == 200


def test_the_shape_of_a_year_is_drawn_from_the_list_sizes_of_that_year(manager: Client, barnet: Any) -> None:
    practice = PracticeFactory(ods_code="G80007", commissioner=barnet)
    for month in range(1, 12):
        ListSizeFactory(practice=practice, day=date(2018, month, 1), patients=1000 + month)
    ListSizeFactory(practice=practice, day=date(2016, 1, 1), patients=5)
    assertContains(manager.get("/practices/?q=G80007"), "1,001 in January 2018, 1,011 in November 2018")


def test_a_renamed_practice_is_found_by_its_name_of_the_day(manager: Client, barnet: Any) -> None:
    practice = PracticeFactory(ods_code="G80007", commissioner=barnet, detail=None)
    PracticeDetailFactory(practice=practice, name="Old Mill", last=date(2017, 12, 31))
    PracticeDetailFactory(practice=practice, name="New Mill", first=date(2018, 1, 1))
    assert codes(manager, "q=old mill") == ""
    assert codes(manager, "q=new mill") == "7"
    assert codes(manager, "q=old mill&as_at=2017-12-31") == "7"


def test_a_part_of_a_name_is_found_in_capitals_or_not_accented_letters_too(manager: Client, barnet: Any) -> None:
    practice = PracticeFactory(ods_code="G80007", commissioner=barnet, detail=None)
    PracticeDetailFactory(practice=practice, name="Saint-Élan Surgery")
    assert [codes(manager, f"q={part}") for part in ("SAINT-", "éLAN", "ÉLAN s", "lan SURG")] == ["7"] * 4
    assert codes(manager, "q=elan") == ""
