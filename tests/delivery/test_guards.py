"""What the database refuses of actions, asked by SQL."""

import uuid
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cc2h.delivery.models import Reminder
from tests.delivery.conftest import TODAY, Ground
from tests.factories import ActionFactory

ONE_END, DONE, DROPPED, OPEN = (
    f"delivery_action_{name}" for name in ("one_end", "done_by_somebody", "dropped_for_a_reason", "open_is_not_closed")
)


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("due_day = NULL", ONE_END),
        (f"event = '{uuid.UUID(int=7)}'", ONE_END),
        (f"event = '{uuid.UUID(int=7)}', event_kind = 'board_day', event_name = 'x', event_day = due_day", ONE_END),
        (f"due_day = NULL, event = '{uuid.UUID(int=7)}', event_kind = 'board_day', event_name = 'x'", ONE_END),
        ("state = 'done'", DONE),
        ("state = 'done', closed_on = '2018-12-01'", DONE),
        ("state = 'done', closed_by_id = {user}", DONE),
        ("state = 'done', closed_on = '2018-12-01', closed_by_id = {user}, reason = 'why'", DONE),
        ("state = 'dropped', closed_on = '2018-12-01', closed_by_id = {user}", DROPPED),
        ("state = 'dropped', reason = 'why'", DROPPED),
        ("closed_on = '2018-12-01'", OPEN),
        ("evidence = 'a letter'", OPEN),
        ("state = 'lost'", "delivery_action_known_state"),
        ("what = ''", "delivery_action_says_what"),
        (
            "state = 'done', closed_on = '2018-10-31', closed_by_id = {user}",
            "delivery_action_closed_after_it_was_raised",
        ),
    ],
)
def test_an_action_that_makes_no_sense_is_refused(ground: Ground, change: str, refused: str) -> None:
    action = ActionFactory(about=ground.chin, owner=ground.post)
    with pytest.raises(IntegrityError, match=refused):
        run(f"UPDATE delivery_action SET {change.format(user=ground.lead.pk)} WHERE id = %s", action.pk)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'done', closed_on = '2018-12-01', closed_by_id = {user}, evidence = 'a letter'",
        "state = 'dropped', closed_on = '2018-12-01', closed_by_id = {user}, reason = 'why'",
        "due_day = NULL, event = gen_random_uuid(), event_kind = 'board_day', event_name = 'x', event_day = '2019-03-07'",
    ],
)
def test_one_that_does_is_kept(ground: Ground, change: str) -> None:
    action = ActionFactory(about=ground.chin, owner=ground.post)
    run(f"UPDATE delivery_action SET {change.format(user=ground.lead.pk)} WHERE id = %s", action.pk)


def test_no_action_is_ever_deleted(ground: Ground) -> None:
    action = ActionFactory(about=ground.chin, owner=ground.post)
    with pytest.raises(DatabaseError, match="Cannot delete"):
        run("DELETE FROM delivery_action WHERE id = %s", action.pk)


def test_a_reminder_is_kept_once_a_person_and_day(ground: Ground) -> None:
    action = ActionFactory(about=ground.chin, owner=ground.post)
    Reminder.objects.create(action=action, person=ground.lead, day=TODAY)
    Reminder.objects.create(action=action, person=ground.lead, day=date(2018, 12, 7))
    with pytest.raises(IntegrityError, match="delivery_reminder_once"):
        run(
            "INSERT INTO delivery_reminder (action_id, person_id, day) VALUES (%s, %s, %s)",
            action.pk,
            ground.lead.pk,
            TODAY,
        )
