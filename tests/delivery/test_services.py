"""Setting, changing, closing and reopening actions."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from cc2h.delivery import queries, services
from cc2h.delivery.models import Action
from cc2h.kit import history
from cc2h.kit.history import ChangedMeanwhile
from tests.delivery.conftest import TODAY, Ground, board_day, event_of
from tests.factories import ActionFactory, PostFactory

YESTERDAY = date(2018, 12, 5)


def seen(action: Action) -> int:
    return history.version(action)


def changed_in(action: Action) -> list[str]:
    return [change.field for entry in queries.history_of(action) for change in entry.changes]


@pytest.fixture
def action(ground: Ground) -> Action:
    made: Action = ActionFactory(about=ground.chin, owner=ground.post)
    return made


def test_an_action_is_set_on_a_record_for_a_post(ground: Ground) -> None:
    action = services.add_action(
        by=ground.manager,
        record=ground.record(ground.practice, "practice"),
        what="  Send  the pack ",
        owner=ground.post,
        raised_on=TODAY,
        due_day=date(2018, 12, 20),
    )
    action.refresh_from_db()
    assert (action.kind, action.key, action.what) == ("practice", ground.practice.ods_code, "Send the pack")
    assert (action.state, action.raised_by, action.raised_on) == ("open", ground.manager, TODAY)


def test_a_day_or_an_event_and_never_both_or_neither(ground: Ground) -> None:
    event = event_of(board_day(ground, date(2019, 3, 7)))
    record = ground.record(ground.chin, "chin")
    for end in ({}, {"due_day": TODAY, "before": event}):
        with pytest.raises(ValidationError, match="one of the two"):
            services.add_action(by=None, record=record, what="It", owner=ground.post, raised_on=TODAY, **end)  # type: ignore[arg-type]


def test_a_change_keeps_what_stood_there_before(ground: Ground, action: Action) -> None:
    other = PostFactory(of=ground.chin, title="Another post")
    services.change_action(
        by=ground.manager, action=action, seen=seen(action), what="Ring them", owner=other, due_day=date(2019, 1, 7)
    )
    (change, _) = queries.history_of(action)
    assert change.who == "Max Manager"
    assert [(one.field, one.before, one.after) for one in change.changes] == [
        ("what is to be done", action.what, "Ring them"),
        ("owner’s post", "CHIN lead, Finchley", "Another post"),
        ("due day", "20 December 2018", "7 January 2019"),
    ]


def test_two_people_at_one_action_the_second_is_shown_what_the_first_did(ground: Ground, action: Action) -> None:
    read = seen(action)
    services.complete(by=ground.lead, action=action, seen=read, day=TODAY, evidence="Letter of today")
    for act in (
        lambda: services.change_action(by=None, action=action, seen=read, what="x", owner=ground.post, due_day=TODAY),
        lambda: services.complete(by=None, action=action, seen=read, day=TODAY),
        lambda: services.drop(by=None, action=action, seen=read, day=TODAY, reason="No"),
        lambda: services.reopen(by=None, action=action, seen=read),
    ):
        with pytest.raises(ChangedMeanwhile) as meanwhile:
            act()
        assert meanwhile.value.entries[0].who == "Anna Lead"


def test_done_says_when_and_by_whom_and_what_shows_it(ground: Ground, action: Action) -> None:
    services.complete(by=ground.lead, action=action, seen=seen(action), day=YESTERDAY, evidence="Letter")
    action.refresh_from_db()
    assert (action.state, action.closed_on, action.closed_by, action.evidence) == (
        "done",
        YESTERDAY,
        ground.lead,
        "Letter",
    )
    with pytest.raises(ValidationError, match="It is done since 5 December 2018: reopen it first"):
        services.drop(by=None, action=action, seen=seen(action), day=TODAY, reason="No")


def test_nothing_is_done_before_it_was_raised(action: Action) -> None:
    with pytest.raises(ValidationError, match="It was raised on 1 November 2018"):
        services.complete(by=None, action=action, seen=seen(action), day=date(2018, 10, 31))


def test_it_is_dropped_for_a_reason(ground: Ground, action: Action) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        services.drop(by=ground.manager, action=action, seen=seen(action), day=TODAY, reason=" ")
    services.drop(by=ground.manager, action=action, seen=seen(action), day=TODAY, reason="Not needed")
    action.refresh_from_db()
    assert (action.state, action.reason) == ("dropped", "Not needed")


def test_reopened_its_earlier_closing_stays_in_the_history(ground: Ground, action: Action) -> None:
    services.complete(by=ground.lead, action=action, seen=seen(action), day=TODAY, evidence="Letter")
    services.reopen(by=ground.manager, action=action, seen=seen(action))
    action.refresh_from_db()
    assert (action.state, action.closed_on, action.closed_by, action.evidence) == ("open", None, None, "")
    reopened, done, _ = queries.history_of(action)
    assert [entry.who for entry in (reopened, done)] == ["Max Manager", "Anna Lead"]
    assert ("evidence", "Letter", "") in [(one.field, one.before, one.after) for one in reopened.changes]
    with pytest.raises(ValidationError, match="open already"):
        services.reopen(by=None, action=action, seen=seen(action))


def test_no_history_shows_the_portals_own_numbers(ground: Ground, action: Action) -> None:
    event = event_of(board_day(ground, date(2019, 3, 7)))
    services.change_action(by=None, action=action, seen=seen(action), what=action.what, owner=ground.post, before=event)
    assert changed_in(action) == ["due day", "due before", "day of that as agreed"]
    assert str(event.thread) not in str(queries.history_of(action))


def test_what_is_too_long_is_refused_in_words(ground: Ground) -> None:
    with pytest.raises(ValidationError, match="What is to be done: at most 300 characters"):
        services.add_action(
            by=None,
            record=ground.record(ground.chin, "chin"),
            what="x" * 301,
            owner=ground.post,
            raised_on=TODAY,
            due_day=TODAY,
        )
