"""What is not dated is said to be as held now, wherever a page of another day shows it."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from cc2h.accounts.authority import Role
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
COMMISSIONER = "/practices/commissioners/07M/"


@pytest.fixture
def barnet() -> Any:
    barnet = CommissionerFactory(barnet=True)
    chin = ChinFactory(commissioner=barnet, slug="finchley", name="Finchley")
    MembershipFactory(practice=PracticeFactory(commissioner=barnet), chin=chin)
    return barnet


@pytest.mark.parametrize(
    ("path", "what", "history"),
    [
        ("/chins/finchley/", "Name, area, focus areas and band", "#history"),
        (COMMISSIONER, "Names, words, size band and target", "#history"),
        ("/dashboard/07M/", "Words, size band and target", f"{COMMISSIONER}?{{day}}#history"),
        ("/practices/commissioners/", "Names, words, size bands and targets", ""),
    ],
)
def test_a_page_of_another_day_says_once_what_is_as_held_now(
    barnet: Any, client: Client, path: str, what: str, history: str
) -> None:
    client.force_login(person(Role.TRANSFORMATION_MANAGER, of=barnet))
    for day in ("as_at=2018-05-01", "known=2018-12-01"):
        then = client.get(f"{path}?{day}")
        assertContains(then, f"{what} are as held now", count=1)
        if history:
            address = history.format(day=day)
            assertContains(then, f'; who changed them and when is in <a href="{address}">the history</a>.')
    assertNotContains(client.get(path), f"{what} are as held now")
    client.force_login(person(Role.BOARD_MEMBER, of=barnet))
    assertContains(client.get(f"{path}?as_at=2018-05-01"), f"{what} are as held now.")
