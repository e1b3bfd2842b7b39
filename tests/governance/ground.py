"""What the tests of bodies share."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cc2h.accounts.authority import Role
from cc2h.governance.models import Body, Meeting
from cc2h.governance.subjects import Waiting
from tests.budget.ground import refused
from tests.factories import person
from tests.factories.governance import BodyFactory, ItemFactory, MeetingFactory, SeatFactory, TermsFactory

DAY, NEXT, TODAY = date(2018, 11, 1), date(2018, 12, 13), date(2018, 12, 6)

__all__ = ["DAY", "NEXT", "TODAY", "Letters", "board", "database_refuses", "refused", "secretary", "signed_in"]


def database_refuses(act: Callable[[], Any]) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        act()
    return str(refusal.value).splitlines()[0]


def board(members: int = 3, *, items: int = 0, day: date = DAY, **more: Any) -> tuple[Body, Meeting]:
    """A body with a quorum of two, a chair and other voting members, and a meeting with so many items."""
    body: Body = BodyFactory(**more)
    TermsFactory(body=body, quorum=2)
    for number in range(members):
        SeatFactory(body=body, title=f"Seat {number}", part="member" if number else "chair")
    meeting: Meeting = MeetingFactory(body=body, day=day)
    for position in range(1, items + 1):
        ItemFactory(meeting=meeting, position=position, title=f"Item {position}", task="note")
    return body, meeting


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


def secretary(body: Body) -> Client:
    return signed_in(Role.SECRETARY, body.commissioner)


class Letters:
    """A kind of record that waits for every body, for the registry of what bodies decide on."""

    kind = "letter"

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    def waiting(self, body: Body, day: date) -> list[Waiting]:
        return [
            Waiting(self.kind, key, f"Letter {key}", "decide", date(2018, 10, n), None)  # type: ignore[arg-type]
            for n, key in enumerate(self.keys, 1)
        ]
