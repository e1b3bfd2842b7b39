"""Due before an event: the day moves with it, and is lost with it."""

from datetime import date
from typing import Any

import pytest

from cc2h.board.services import void_board_day
from cc2h.delivery import events, queries, services, wording
from cc2h.delivery.models import Action
from cc2h.kit import history
from chins.models import ChinState
from chins.services import change_state, replan_state, void_state
from tests.delivery.conftest import NOW, TODAY, Ground, board_day, event_of, moved
from tests.factories import ActionFactory, ChinFactory
from tests.factories.governance import BodyFactory, MeetingFactory

MARCH = date(2019, 3, 7)


def read(action: Any, ground: Ground) -> Action:
    found: Action = queries.visible(ground.manager, NOW).get(pk=action.pk)
    return found


@pytest.mark.parametrize(
    ("due", "said", "tag"),
    [
        (date(2018, 11, 30), "Overdue by 6 days", "overdue"),
        (date(2018, 12, 5), "Overdue by 1 day", "overdue"),
        (TODAY, "Due today", "due-soon"),
        (date(2018, 12, 7), "Due tomorrow", "due-soon"),
        (date(2018, 12, 9), "Due in 3 days", "due-soon"),
        (date(2018, 12, 21), "Due in 15 days", "open"),
    ],
)
def test_how_it_stands_in_words(ground: Ground, due: date, said: str, tag: str) -> None:
    action = read(ActionFactory(about=ground.chin, owner=ground.post, due_day=due), ground)
    assert (wording.stands(action, TODAY), wording.tag(action, TODAY)) == (said, tag)
    assert wording.age(action, TODAY) == "open for 35 days"


def test_due_before_a_board_day_is_due_the_day_before(ground: Ground) -> None:
    day = board_day(ground, MARCH)
    action = read(ActionFactory(about=ground.chin, owner=ground.post, before=event_of(day)), ground)
    assert action.due == date(2019, 3, 6)
    assert wording.when(action) == "before the Health and Wellbeing Board of 7 March 2019"


def test_the_day_moves_with_the_board_and_says_so(ground: Ground) -> None:
    day = board_day(ground, MARCH)
    made = ActionFactory(about=ground.chin, owner=ground.post, before=event_of(day))
    moved(day, date(2019, 2, 28))
    action = read(made, ground)
    assert action.due == date(2019, 2, 27)
    assert wording.when(action) == "before the Health and Wellbeing Board of 28 February 2019 (moved from 7 March 2019)"


def test_a_voided_board_day_takes_the_day_with_it(ground: Ground) -> None:
    day = board_day(ground, MARCH)
    made = ActionFactory(about=ground.chin, owner=ground.post, before=event_of(day))
    void_board_day(by=None, board_day=day, reason="Never was one")
    action = read(made, ground)
    assert action.due is None
    assert (wording.stands(action, TODAY), wording.tag(action, TODAY)) == ("Lost its day", "lost-its-day")
    assert wording.when(action).endswith("7 March 2019, which has been taken back")


def test_before_a_meeting_of_a_body(ground: Ground) -> None:
    """Of the CHIN's own body or a wider one; moved with it, and lost when it is cancelled."""
    own = MeetingFactory(body=BodyFactory(chin=ground.chin, name="Finchley board"), day=MARCH)
    wider = MeetingFactory(body__commissioner=ground.commissioner, body__name="Steering group", day=MARCH)
    MeetingFactory(body=BodyFactory(chin=ChinFactory(commissioner=ground.commissioner)), day=MARCH)
    MeetingFactory(body=own.body, day=TODAY)
    coming = [one for one in events.coming(ground.chin.authority_target(), TODAY) if one.kind == "meeting"]
    assert [one.name for one in coming] == ["the meeting of Finchley board", "the meeting of Steering group"]
    of_all = events.coming(ground.commissioner.authority_target(), TODAY)
    assert [one.name for one in of_all] == ["the meeting of Steering group"]
    made = ActionFactory(about=ground.chin, owner=ground.post, before=coming[0])
    assert read(made, ground).due == date(2019, 3, 6)
    own.day = date(2019, 2, 28)
    own.save()
    moved_on = "before the meeting of Finchley board of 28 February 2019 (moved from 7 March 2019)"
    assert wording.when(read(made, ground)) == moved_on
    own.state, own.why_cancelled = "cancelled", "No quorum"
    own.save()
    assert read(made, ground).due is None
    before_the_other = ActionFactory(about=ground.commissioner, owner=ground.post, before=coming[1])
    assert read(before_the_other, ground).due == date(2019, 3, 6)
    assert wider.day == MARCH


def test_before_a_chin_opens(ground: Ground) -> None:
    chin = ChinFactory(commissioner=ground.commissioner, name="Hendon", slug="hendon", status="approved")
    opens = change_state(by=None, chin=chin, status="operational", day=date(2019, 4, 1), seen=_newest(chin), reason="")
    assert isinstance(opens, ChinState)
    made = ActionFactory(about=chin, owner=ground.post, before=event_of(opens))
    assert wording.when(read(made, ground)) == "before Hendon becomes operational on 1 April 2019"
    later = replan_state(by=None, state=opens, day=date(2019, 5, 1), reason="Rooms")
    assert read(made, ground).due == date(2019, 4, 30)
    void_state(by=None, state=later, reason="Not this year")
    assert read(made, ground).due is None


def _newest(chin: Any) -> Any:
    return ChinState.objects.held().filter(chin=chin).order_by("-period").first()


def test_what_something_about_a_record_can_wait_for(ground: Ground, elsewhere: Ground) -> None:
    board_day(ground, MARCH)
    board_day(ground, date(2018, 12, 6))  # today: too late to be done before
    board_day(elsewhere, MARCH)
    target = ground.chin.authority_target()
    assert [str(event) for event in events.coming(target, TODAY)] == ["the Health and Wellbeing Board of 7 March 2019"]


def test_an_edit_that_keeps_the_event_agrees_to_its_new_day(ground: Ground) -> None:
    day = board_day(ground, MARCH)
    made = ActionFactory(about=ground.chin, owner=ground.post, before=event_of(day))
    moved(day, date(2019, 2, 28))
    action = read(made, ground)
    (event,) = queries.events_for(ground.chin.authority_target(), NOW, action).values()
    services.change_action(
        by=None, action=action, seen=history.version(action), what="Else", owner=ground.post, before=event
    )
    assert wording.when(read(made, ground)) == "before the Health and Wellbeing Board of 28 February 2019"
