"""What papers say where the portal holds no records to compare with."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from cc2h.accounts.authority import Role
from cc2h.board.statements import record_statements
from tests.board.test_dashboard import text_of
from tests.board.test_papers import AFTER, compared
from tests.factories import CommissionerFactory, PracticeFactory, person

pytestmark = pytest.mark.django_db


class TestWhereNothingIsRecorded:
    """A real register knows practices of 2018 and no CHIN: that is no contradiction of any paper."""

    @pytest.fixture
    def register(self, db: None) -> Any:
        barnet = CommissionerFactory(barnet=True)
        PracticeFactory(commissioner=barnet, patients={date(2015, 9, 30): 5_000})
        record_statements()
        return barnet

    @pytest.mark.parametrize(
        ("reference", "gives", "told"),
        [
            (AFTER, "–", "The portal holds no record of CHINs on that day."),
            ("roadmap-2018-chins-after", "–", "The portal holds no record of CHINs on that day."),
            ("roadmap-2018-full-coverage", "–", "The portal holds no record of CHINs on that day."),
            ("hwb-2018-01-chin-1-patients", "–", "The portal holds no record of that CHIN on that day."),
            ("hwb-2018-01-chin-1-opening", "–", "The portal holds no record of that CHIN on that day."),
            ("roadmap-2018-practices", "1", ""),
            ("roadmap-2018-education-network", "–", ""),
        ],
    )
    def test_the_records_give_nothing_and_say_so(self, register: Any, reference: str, gives: str, told: str) -> None:
        found = compared(reference)
        assert found.gives == gives
        assert found.sentence.endswith(told)
        assert found.disagrees == (gives == "1")

    def test_the_page_says_why(self, register: Any) -> None:
        client = Client()
        client.force_login(person(Role.BOARD_MEMBER, of=register))
        page = text_of(client.get(f"/papers/{AFTER}/").content.decode())
        assert "The paper says 89%. The portal holds no record of CHINs on that day." in page
        assert text_of(client.get("/papers/").content.decode()).count("89%") >= 1
