"""A commissioner with a CHIN, a practice in it and one in none, as of 6 December 2018."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cc2h.accounts import records
from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.delivery.events import Event
from cc2h.kit import dated
from cc2h.kit.asat import AsAt
from chins.models import ChinState, Post
from tests.conftest import BOARD_DAY
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    MembershipFactory,
    PostFactory,
    PostHoldingFactory,
    PracticeFactory,
    UserFactory,
    person,
)

TODAY = BOARD_DAY
NOW = AsAt(TODAY, None, TODAY)
SINCE = date(2018, 1, 1)


@dataclass
class Ground:
    """What actions are about, who holds which post there."""

    commissioner: Any
    chin: Any = field(init=False)
    practice: Any = field(init=False)
    unplaced: Any = field(init=False)
    post: Post = field(init=False)
    lead: User = field(init=False)
    manager: User = field(init=False)

    def __post_init__(self) -> None:
        self.chin = ChinFactory(commissioner=self.commissioner, name="Finchley", slug=f"f-{self.commissioner.pk}")
        self.practice = MembershipFactory(chin=self.chin, first=SINCE).practice
        self.unplaced = PracticeFactory(commissioner=self.commissioner)
        self.post = PostFactory(role=Role.CHIN_LEAD, of=self.chin, title="CHIN lead, Finchley")
        self.lead = UserFactory(name="Anna Lead")
        PostHoldingFactory(post=self.post, holder=self.lead, first=SINCE)
        self.manager = person(Role.TRANSFORMATION_MANAGER, of=self.commissioner, name="Max Manager")

    def record(self, thing: Any, kind: str) -> records.Record:
        """The record as the manager sees it."""
        key = thing.slug if kind == "chin" else thing.ods_code
        found = records.find(self.manager, NOW, kind, key)
        assert found is not None
        return found

    def somebody(self, role: Role) -> User:
        """Somebody else who holds a post of the role here."""
        of = {
            Role.PRACTICE_MANAGER: self.practice,
            Role.CHIN_LEAD: self.chin,
            Role.SPOC: self.chin,
            Role.QI_LEAD: self.chin,
        }
        return person(role, of=of.get(role, self.commissioner))


@pytest.fixture
def ground(clock: Any, db: None) -> Ground:
    return Ground(CommissionerFactory(barnet=True))


@pytest.fixture
def elsewhere(clock: Any, db: None) -> Ground:
    return Ground(CommissionerFactory(ods_code="07R", short_name="Camden", in_programme=True))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def board_day(ground: Ground, day: date) -> Any:
    from cc2h.board.services import add_board_day

    return add_board_day(by=None, commissioner=ground.commissioner, day=day, title="Health and Wellbeing Board")


def event_of(version: Any) -> Event:
    """The event that a board day or a planned state is."""
    if isinstance(version, ChinState):
        return Event("chin_state", version.thread, f"{version.chin} becomes {version.status}", version.first_day, "on")
    return Event("board_day", version.thread, f"the {version.title}", version.day, "of")


def moved(version: Any, day: date) -> Any:
    """The board day is another day."""
    return dated.correct(version, by=None, reason="Moved", day=day, period=dated.period_of(day, day))
