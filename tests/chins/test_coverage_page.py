"""The page of rows behind a commissioner's coverage."""

import csv
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.kit.figures import measured
from chins import coverage
from practices.models import Commissioner
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, person

pytestmark = pytest.mark.django_db
DAY = date(2018, 11, 30)


@pytest.fixture
def barnet() -> Commissioner:
    """Three practices: one in an operational CHIN, one in another commissioner's, one in none; and an empty CHIN."""
    barnet = CommissionerFactory(barnet=True)
    other = CommissionerFactory(ods_code="07X", short_name="Enfield")
    homes = [
        ChinFactory(commissioner=barnet, name="Edgware", slug="edgware"),
        ChinFactory(commissioner=other, name="Border", slug="border", status="approved"),
        None,
    ]
    for home, patients in zip(homes, (10_000, 5_000, 2_500), strict=True):
        practice = PracticeFactory(commissioner=barnet, patients={date(2018, 11, 1): patients})
        if home:
            MembershipFactory(practice=practice, chin=home)
    ChinFactory(commissioner=barnet, name="Finchley", slug="finchley", status="proposed")
    PracticeFactory(commissioner=barnet, patients={date(2018, 10, 1): 1})
    PracticeFactory(commissioner=barnet)
    return barnet


@pytest.fixture
def member(client: Client, barnet: Commissioner) -> Client:
    client.force_login(person(Role.BOARD_MEMBER, of=barnet))
    return client


def rows(client: Client, **query: str) -> list[dict[str, str]]:
    response: Any = client.get(
        reverse("chins:coverage_rows", args=["07M"]), {"as_at": DAY.isoformat(), "format": "csv"} | query
    )
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(response.getvalue().decode().splitlines()))


def test_a_row_a_chin_and_one_for_those_in_none(member: Client) -> None:
    assert [tuple(row.values()) for row in rows(member)] == [
        ("Edgware", "edgware", "operational", "1", "10000", "0", "0", "07M"),
        ("Finchley", "finchley", "proposed", "0", "0", "0", "0", "07M"),
        ("Border", "border", "approved", "1", "5000", "0", "0", "07X"),
        ("Not in a CHIN", "", "", "3", "2501", "1", "1", ""),
    ]


@pytest.mark.parametrize(
    ("query", "groups"),
    [
        ({"placed": "in"}, ["Edgware", "Finchley", "Border"]),
        ({"placed": "out"}, ["Not in a CHIN"]),
        ({"chin_status": "approved"}, ["Border"]),
        ({"placed": "in", "of": "own"}, ["Edgware", "Finchley"]),
        ({"of": "others", "placed": "in"}, ["Border"]),
    ],
)
def test_filters(member: Client, query: dict[str, str], groups: list[str]) -> None:
    assert [row["group"] for row in rows(member, **query)] == groups


def test_figures_can_be_worked_out_again_from_the_rows(member: Client, barnet: Commissioner) -> None:
    found = coverage.live_coverage(barnet, DAY)
    placed, everything = rows(member, placed="in"), rows(member)
    assert measured("sum:patients", placed) == found.covered_patients
    assert measured("sum:practices", placed) == found.covered_practices
    assert measured("sum:patients", everything) == found.patients
    assert measured("sum:practices", everything) == found.practices
    assert measured("sum:carried_forward", everything) == found.carried_forward
    for status, (practices, patients) in found.by_status.items():
        of_status = rows(member, placed="in", chin_status=status)
        assert (measured("sum:practices", of_status), measured("sum:patients", of_status)) == (practices, patients)
        own = [chin for chin in found.chins if chin.status == status]
        assert measured("count", rows(member, placed="in", chin_status=status, of="own")) == len(own)


def test_page(member: Client, barnet: Commissioner) -> None:
    address = reverse("chins:coverage_rows", args=["07m"])
    page = member.get(address, {"as_at": DAY.isoformat()}).content.decode()
    assert "/practices/?commissioner=07M&amp;chin=edgware&amp;as_at=2018-11-30" in page
    assert "chin=none" not in page  # the board sees how many are in none, not which
    assert "17,501" in page
    page = member.get(address, {"as_at": DAY.isoformat(), "chin_status": "proposed"}).content.decode()
    assert "Finchley" in page
    assert "Edgware" not in page
    assert "Nothing to show" in member.get(address, {"as_at": "2012-01-01", "placed": "in"}).content.decode()
    manager = Client()
    manager.force_login(person(Role.TRANSFORMATION_MANAGER, of=barnet))
    assert "chin=none" in manager.get(address).content.decode()


def test_a_filter_that_makes_no_sense_is_400(member: Client) -> None:
    assert member.get(reverse("chins:coverage_rows", args=["07M"]), {"placed": "elsewhere"}).status_code == 400


def test_another_commissioner_is_not_there(member: Client) -> None:
    for code in ("07X", "ZZZ"):
        assert member.get(reverse("chins:coverage_rows", args=[code])).status_code == 404


def test_queries(member: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        member.get(reverse("chins:coverage_rows", args=["07M"]))
