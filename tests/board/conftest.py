"""The demonstration as it stands on 6 December 2018, which is today for these tests."""

import pytest
from django.test import Client

from cc2h.accounts.models import User
from practices.models import Commissioner
from tests.conftest import BOARD_DAY

TODAY = BOARD_DAY


@pytest.fixture
def barnet(demonstration: None) -> Commissioner:
    return Commissioner.objects.get(ods_code="07M")


class Browser:
    """A test client that signs in by e-mail address and reads pages as text."""

    def __init__(self, email: str) -> None:
        self.client = Client()
        self.user = User.objects.get(email=email)
        self.client.force_login(self.user)

    def read(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, address
        return " ".join(answer.getvalue().decode().split())


@pytest.fixture
def board(demonstration: None) -> Browser:
    return Browser("board.member@barnet.example")


@pytest.fixture
def manager(demonstration: None) -> Browser:
    return Browser("manager@barnet.example")
