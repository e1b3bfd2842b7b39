"""The list of board days: what it shows to whom, filters, orders, hands out as CSV, and what it costs."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains
from pytest_django.fixtures import DjangoAssertNumQueries

from cc2h.accounts.authority import Role
from cc2h.board.services import add_board_day, void_board_day
from tests.factories import CommissionerFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = "/board-days/"
HEALTH, CHAIRS = "Health and Wellbeing Board", "Chairs’ meeting"


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def camden() -> Any:
    return CommissionerFactory(ods_code="07R", short_name="Camden")


@pytest.fixture
def secretary(barnet: Any, camden: Any) -> Any:
    """Keeps the list of Barnet, which has three days; Camden has one."""
    secretary = person(Role.SECRETARY, of=barnet)
    for commissioner, day, title in [
        (barnet, date(2018, 9, 6), HEALTH),
        (barnet, date(2018, 11, 1), CHAIRS),
        (barnet, date(2019, 1, 10), HEALTH),
        (camden, date(2018, 11, 1), HEALTH),
    ]:
        add_board_day(by=secretary, commissioner=commissioner, day=day, title=title)
    return secretary


@pytest.fixture
def office(secretary: Any, barnet: Any, camden: Any, client: Client) -> Client:
    client.force_login(person(Role.NCL_OFFICE, of=[barnet, camden]))
    return client


def days(client: Client, query: str = "") -> list[str]:
    """Commissioner and day of the CSV's rows."""
    response = client.get(f"{LIST}?format=csv&{query}")
    assert response.status_code == 200
    header, *lines = response.getvalue().decode().splitlines()
    assert header == "day,board,commissioner"
    return [f"{line[-3:]} {line[:10]}" for line in lines]


def test_who_keeps_a_list_may_void_its_days_and_sees_its_history(secretary: Any, barnet: Any, client: Client) -> None:
    client.force_login(secretary)
    cancelled = barnet.board_days.get(day=date(2018, 9, 6))
    void_board_day(by=secretary, board_day=cancelled, reason="Cancelled")
    page = client.get(LIST)
    assertContains(page, "2 board days")
    assertContains(page, "Add a board day")
    assertContains(page, "Cancelled")
    assertNotContains(page, f"/board-days/{cancelled.pk}/void/")
    for kept in barnet.board_days.filter(held__upper_inf=True):
        assertContains(page, f'href="/board-days/{kept.pk}/void/"')
    assertNotContains(page, "Camden")


def test_who_only_reads_sees_what_changed_since_each_day_and_whose_it_is(office: Client) -> None:
    page = office.get(LIST)
    assertContains(page, "4 board days")
    assertContains(page, 'href="/dashboard/07R/?since=2018-11-01"')
    assertContains(page, 'data-label="Dashboard">to come<', count=1)
    assertContains(page, 'data-label="Commissioner">Camden')
    for kept in ("Add a board day", "/void/", "History of this list"):
        assertNotContains(page, kept)
    assertNotContains(office.get(f"{LIST}?commissioner=07R"), 'data-label="Commissioner"')


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["07M 2019-01-10", "07M 2018-11-01", "07R 2018-11-01", "07M 2018-09-06"]),
        ("sort=day", ["07M 2018-09-06", "07R 2018-11-01", "07M 2018-11-01", "07M 2019-01-10"]),
        ("sort=title&commissioner=07M", ["07M 2018-11-01", "07M 2018-09-06", "07M 2019-01-10"]),
        ("sort=-commissioner&when=been", ["07R 2018-11-01", "07M 2018-09-06", "07M 2018-11-01"]),
        ("when=to_come", ["07M 2019-01-10"]),
        ("when=to_come&as_at=2018-11-01", ["07M 2019-01-10", "07M 2018-11-01", "07R 2018-11-01"]),
        ("q=chairs", ["07M 2018-11-01"]),
        ("commissioner=07R", ["07R 2018-11-01"]),
        ("known=2018-12-05", []),
    ],
)
def test_filters_and_orders_mean_what_they_say(office: Client, query: str, found: list[str]) -> None:
    assert days(office, query) == found
    page = office.get(f"{LIST}?{query}")
    assertContains(page, 'scope="row"', count=len(found))


def test_without_any_it_says_what_the_dashboard_does_then(barnet: Any, client: Client) -> None:
    client.force_login(person(Role.BOARD_MEMBER, of=barnet))
    assertContains(client.get(LIST), "the dashboard counts changes from three months before")


@pytest.mark.parametrize("more", [0, 60])
def test_a_page_costs_at_most_eight_queries(
    office: Client, secretary: Any, barnet: Any, more: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(more):
        day = date(2010, 1, 1) + timedelta(days=number)
        add_board_day(by=secretary, commissioner=barnet, day=day, title=HEALTH)
    with django_assert_max_num_queries(8):
        page = office.get(f"{LIST}?per_page=100")
    assertContains(page, f"{4 + more} board days")
