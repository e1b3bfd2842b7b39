"""What stays of a meeting once something was decided there: who was there, and that it came before it."""

from typing import Any

import pytest

from cc2h.governance import queries, services
from cc2h.governance.models import Attendance
from cc2h.governance.services import Present
from tests.budget.ground import at_once, refused
from tests.decisions.ground import TODAY, room
from tests.governance.ground import database_refuses

pytestmark = pytest.mark.django_db

STAYS = "The meeting has decided: who was there stays as the decision has it."


def fewer(here: Any) -> Any:
    there = [Present(one.person, seat=one.seat, presides=one.presides) for one in here.there[:2]]
    return services.hold(by=None, meeting=here.meeting, today=TODAY, attendance=there)


def test_who_was_there_is_put_right_until_something_is_decided() -> None:
    here = room()
    fewer(here)
    assert len(queries.voters(here.meeting)) == 2


def test_who_was_there_stays_as_it_is_once_something_is_decided() -> None:
    here = room()
    here.decide("for", "for", "for")
    assert refused(lambda: fewer(here)) == STAYS
    rows = Attendance.objects.filter(meeting=here.meeting)
    assert STAYS in database_refuses(rows.delete)
    assert STAYS in database_refuses(lambda: rows.update(presides=False))
    assert STAYS in database_refuses(lambda: Attendance.objects.create(meeting=here.meeting, name="Somebody more"))
    assert len(queries.voters(here.meeting)) == 5


def test_what_was_decided_stays_on_the_agenda_and_says_so() -> None:
    here = room()
    here.decide("for", "for", "for")
    assert refused(lambda: services.take_off(by=None, item=here.item, reason="No")) == (
        "The item has been decided on: it stays on this agenda."
    )
    assert queries.said_of([here.item]) == {here.item.pk: "Agree"}


@pytest.mark.django_db(transaction=True)
def test_a_decision_and_the_list_put_right_at_once_agree_on_who_was_there() -> None:
    here = room()

    def act(place: int) -> Any:
        return here.decide("for", "for", "for", "for") if place else fewer(here)

    corrected, decision = at_once(2, act)
    there = len(queries.voters(here.meeting))
    if isinstance(decision, Exception):
        assert (there, isinstance(corrected, Exception)) == (2, False)
    else:
        assert decision.could_vote == there
