"""The demonstration as it stands on 6 December 2018, which is today for these tests."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from cc2h.accounts.models import User
from cc2h.config import programme
from cc2h.kit.days import LONDON
from practices.models import Commissioner

TODAY = date(2018, 12, 6)


@pytest.fixture(scope="module")
def _demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    noon = datetime.combine(TODAY, time(12), LONDON)
    with django_db_blocker.unblock(), time_machine.travel(noon, tick=False), transaction.atomic():
        programme.load_demonstration(TODAY)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demonstration(_demonstration: None, db: None) -> None:
    """What a test changes is rolled back."""


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
