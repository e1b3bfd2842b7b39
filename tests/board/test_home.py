"""Each role's home page: what waits, what changed, where to go."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from cc2h.accounts.models import User
from cc2h.board.waiting import Reader, waiting_on
from cc2h.kit.asat import AsAt
from practices.models import Commissioner, Practice, Status
from practices.services import change_status
from tests.board.conftest import TODAY, Browser
from tests.board.test_dashboard import csv_of, text_of
from tests.factories import ContactFactory

NOW = AsAt(TODAY, None, TODAY)


def waiting(user: User) -> list[str]:
    return [item.text for item in waiting_on(Reader(user, NOW))]


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        (
            "office@ncl.example",
            ["Barnet 88.4%", "Camden", "Enfield", "Haringey", "Islington", "The dashboard of Camden"],
        ),
        ("chin5.lead@barnet.example", ["CHIN 5 Golders Green", "71,117", "9 practices came into it"]),
        ("spoc@barnet.example", ["Your CHINs", "CHIN 6 Mill Hill: 9 practices came into it"]),
        ("practice.manager@barnet.example", ["Ashenbourne Surgery", "CHIN 1 Edgware and Burnt Oak (operational)"]),
        ("practice.manager.2@barnet.example", ["Marramdown Health Centre", "None on this day", "Its list grew by"]),
        ("federation.manager@barnet.example", ["Barnet Federated GPs", "Six practices are in no CHIN.", "48 of 54"]),
        (
            "council.officer@barnet.example",
            ["Three CHINs became six", "27 practices joined a CHIN", "Nothing is waiting"],
        ),
        (
            "finance.officer@barnet.example",
            [
                "Patients in a CHIN 88.4%",
                "Imported files",
                "The programme’s budget 2018/19, Barnet Allocated £2,061,000",
            ],
        ),
        ("administrator@ncl.example", ["posts are vacant", "People who may sign in"]),
        ("deputy.manager@barnet.example", ["Care Closer to Home in Barnet", "waiting on you"]),
    ],
)
def test_what_the_demonstrations_people_find(email: str, expected: list[str], demonstration: None) -> None:
    page = text_of(Browser(email).read("/"))
    for words in expected:
        assert words in page


def test_dashboards_to_choose_from_and_the_only_one(demonstration: None, board: Browser) -> None:
    assert board.client.get("/dashboard/?as_at=2018-03-30")["Location"] == "/dashboard/07M/?as_at=2018-03-30"
    page = Browser("office@ncl.example").read("/dashboard/")
    assert page.count('href="/dashboard/') >= 5


def test_the_list_size_of_a_practice_that_lies_dormant_has_its_row(demonstration: None, manager: Browser) -> None:
    practice = Practice.objects.get(details__name="Ashenbourne Surgery")
    standing = practice.standings.held().open_on(TODAY).get()
    change_status(by=manager.user, standing=standing, status=Status.DORMANT, day=TODAY)
    browser = Browser("practice.manager@barnet.example")
    (address,) = set(re.findall(r'data-csv="([^"]+)"', browser.client.get("/").content.decode()))
    (row,) = csv_of(browser, unescape(address))
    assert row["ods_code"] == practice.ods_code


class TestWaiting:
    def test_a_next_step_waits_until_something_is_logged_after_it(self, barnet: Commissioner, manager: Browser) -> None:
        practice = Practice.objects.get(details__name="Ashenbourne Surgery")
        contact = ContactFactory(practice=practice, day=date(2018, 11, 1), next_step="Ring back", next_day=TODAY)
        assert "Ashenbourne Surgery: Ring back" in waiting(manager.user)
        other = User.objects.get(email="manager@camden.example")
        assert "Ashenbourne Surgery: Ring back" not in waiting(other)
        lead = User.objects.get(email="chin1.lead@barnet.example")
        assert "Ashenbourne Surgery: Ring back" in waiting(lead)
        ContactFactory(practice=practice, day=contact.day + timedelta(days=1), next_step="")
        assert "Ashenbourne Surgery: Ring back" not in waiting(manager.user)

    def test_a_practice_about_to_join(self, manager: Browser) -> None:
        early = AsAt(TODAY, None, date(2018, 12, 20))
        found = [item.text for item in waiting_on(Reader(manager.user, early))]
        assert "Hollinstow Medical Practice is planned to join CHIN 4 Hendon and Colindale" in found
