"""The list of commissioners: what it shows, filters, orders, hands out as CSV, and what it costs."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains
from pytest_django.fixtures import DjangoAssertNumQueries

from cc2h.accounts.authority import Role
from tests.factories import CommissionerFactory, PracticeFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = "/practices/commissioners/"


@pytest.fixture
def five() -> list[Any]:
    """Two in the programme, of which one is Barnet with two active practices; three others, one ended."""
    barnet = CommissionerFactory(barnet=True)
    PracticeFactory(commissioner=barnet)
    PracticeFactory(commissioner=barnet)
    PracticeFactory(commissioner=barnet, closed=date(2018, 6, 30))
    camden = CommissionerFactory(
        ods_code="07R", name="NHS Camden CCG", short_name="Camden", in_programme=True, band_low=30_000, local_word="CHN"
    )
    ashford = CommissionerFactory(ods_code="09C", name="NHS Ashford CCG", short_name="Ashford")
    airedale = CommissionerFactory(ods_code="02N", name="NHS Airedale CCG", short_name="Airedale")
    PracticeFactory(commissioner=airedale)
    gateshead = CommissionerFactory(
        ods_code="00F", name="NHS Gateshead CCG", short_name="Gateshead", closed=date(2015, 3, 31), successor=ashford
    )
    return [barnet, camden, ashford, airedale, gateshead]


@pytest.fixture
def office(five: list[Any], client: Client) -> Client:
    client.force_login(person(Role.NCL_OFFICE, of=five))
    return client


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{LIST}?format=csv&{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


def codes(client: Client, query: str = "") -> list[str]:
    return [row["ods_code"] for row in rows(client, query)]


def shown(client: Client, query: str = "") -> list[str]:
    """The same of the page's own rows."""
    html = client.get(f"{LIST}?{query}").content.decode()
    return [part[:3] for part in html.split('class="quiet" data-label="Code">')[1:]]


def test_it_leads_to_each_commissioner_and_to_its_practices(office: Client) -> None:
    page = office.get(LIST)
    assertContains(page, "5 commissioners, 2 in the programme")
    assertContains(page, '<a href="/practices/commissioners/07M/">NHS Barnet CCG</a>', html=True)
    assertContains(page, '<a href="/practices/?commissioner=07M">2</a>', html=True)
    assertContains(page, "50,000 to 80,000 patients")
    assertContains(page, "30,000 patients or more")
    assertContains(page, "31 Dec 2018")
    assertContains(page, "ended 31 Mar 2015")


def test_the_page_and_its_numbers_are_of_the_day_it_is_read_as_at(office: Client) -> None:
    page = office.get(f"{LIST}?as_at=2015-03-31")
    assertContains(page, '<a href="/practices/?commissioner=07M&amp;as_at=2015-03-31">3</a>', html=True)
    assertNotContains(page, "ended 31 Mar 2015")
    assert codes(office, "ended=yes&as_at=2015-03-31") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "07M 07R 02N 09C 00F"),
        ("programme=in", "07M 07R"),
        ("programme=out", "02N 09C 00F"),
        ("ended=yes", "00F"),
        ("ended=no", "07M 07R 02N 09C"),
        ("q=ashford", "09C"),
        ("q=07", "07M 07R"),
        ("q=zebra", ""),
        ("sort=name", "02N 09C 07M 07R 00F"),
        ("sort=-ods_code", "09C 07R 07M 02N 00F"),
        ("sort=-practices", "07M 02N 07R 09C 00F"),
        ("sort=band", "07R 07M 09C 02N 00F"),
        ("sort=target_day", "07M 07R 09C 02N 00F"),
        ("sort=-programme", "00F 09C 02N 07R 07M"),
        ("sort=word", "07M 09C 02N 00F 07R"),
        ("sort=nonsense", "07M 07R 02N 09C 00F"),
    ],
)
def test_filters_and_orders_are_those_of_the_page_and_the_csv(office: Client, query: str, found: str) -> None:
    """Without another order, those in the programme come first."""
    assert codes(office, query) == shown(office, query) == found.split()


def test_a_filter_that_makes_no_sense_shows_no_rows_and_says_so(office: Client) -> None:
    page = office.get(f"{LIST}?programme=perhaps")
    assertContains(page, "There is a problem")
    assertNotContains(page, "NHS Barnet CCG")


def test_the_csv_has_the_promised_columns(office: Client) -> None:
    barnet, *_, gateshead = rows(office)
    assert barnet == {
        "ods_code": "07M",
        "name": "NHS Barnet CCG",
        "short_name": "Barnet",
        "in_programme": "yes",
        "practices": "2",
        "word": "CHIN",
        "band_low": "50000",
        "band_high": "80000",
        "full_coverage_due": "2018-12-31",
        "opened": "",
        "last_day": "",
        "followed_by": "",
    }
    assert (gateshead["in_programme"], gateshead["last_day"], gateshead["followed_by"]) == ("no", "2015-03-31", "09C")


@pytest.mark.parametrize("more", [0, 240])
def test_a_page_costs_at_most_seven_queries(
    office: Client, more: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    CommissionerFactory.create_batch(more)
    office.force_login(person(Role.ADMINISTRATOR))
    with django_assert_max_num_queries(7):
        page = office.get(f"{LIST}?sort=-practices&per_page=100")
    assertContains(page, f"{5 + more} commissioners, 2 in the programme")
