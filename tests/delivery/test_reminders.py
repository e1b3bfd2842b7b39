"""Reminders by mail: when, to whom, and once."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import connection

from cc2h.accounts.services import deactivate
from cc2h.delivery.models import Reminder
from cc2h.delivery.reminders import milestone, remind
from cc2h.kit import work
from tests.delivery.conftest import SINCE, TODAY, Ground
from tests.factories import ActionFactory, CommissionerFactory, DeputyFactory, PostFactory, PostHoldingFactory

DAY = timedelta(days=1)


def told(day: date = TODAY) -> list[Any]:
    """The mails that a day's reminders send."""
    outbox.outbox.clear()
    remind(day)
    work.sweep()
    return list(outbox.outbox)


@pytest.mark.parametrize(
    ("left", "newest"),
    [(4, None), (3, 0), (2, -1), (1, -2), (0, 0), (-1, -1), (-6, -6), (-7, 0), (-13, -6), (-14, 0)],
)
def test_three_days_before_on_the_day_and_every_week_after(left: int, newest: int | None) -> None:
    assert milestone(TODAY + left * DAY, TODAY) == (None if newest is None else TODAY + newest * DAY)


def test_who_is_reminded_over_the_weeks(ground: Ground) -> None:
    ActionFactory(about=ground.chin, owner=ground.post, due_day=TODAY)
    days = [n for n in range(-10, 30) if told(TODAY + n * DAY)]
    assert days == [-3, 0, 7, 14, 21, 28]


def test_a_night_without_a_worker_is_made_up_for_once(ground: Ground) -> None:
    ActionFactory(about=ground.chin, owner=ground.post, due_day=TODAY)
    days = [n for n in range(-10, 12) if n not in (-3, -2, 7) and told(TODAY + n * DAY)]
    assert days == [-1, 0, 8]


def test_one_mail_a_day_says_it_all(ground: Ground, settings: Any) -> None:
    settings.PORTAL_ADDRESS = "https://cc2h.example"
    late = ActionFactory(about=ground.chin, owner=ground.post, due_day=TODAY - 7 * DAY, what="Write")
    ActionFactory(about=ground.chin, owner=ground.post, due_day=TODAY + 3 * DAY, what="Ring")
    ActionFactory(about=ground.chin, owner=ground.post, due_day=TODAY + 9 * DAY, what="Wait")
    (message,) = told()
    assert message.to == [ground.lead.email]
    assert message.subject == "2 actions are yours, 1 overdue"
    assert "- Write\n  Overdue by 7 days, by 29 November 2018" in message.body
    assert f"https://cc2h.example/actions/{late.pk}/" in message.body
    assert "Ring" in message.body
    assert "Wait" not in message.body
    ActionFactory(about=ground.chin, owner=ground.post, due_day=TODAY, what="Added since")
    assert told() == []
    assert [m.subject for m in told(TODAY + DAY)] == ["1 action is yours, 1 overdue"]


def test_nobody_is_told_of_what_is_closed_or_of_a_vacant_post(ground: Ground) -> None:
    ActionFactory(about=ground.chin, owner=PostFactory(of=ground.chin), due_day=TODAY)
    ActionFactory(
        about=ground.chin, owner=ground.post, due_day=TODAY, state="done", closed_on=TODAY, closed_by=ground.lead
    )
    assert told() == []


def test_nothing_goes_to_somebody_whose_access_has_ended(ground: Ground) -> None:
    ActionFactory(about=ground.chin, owner=ground.post, due_day=TODAY)
    deactivate(by=None, user=ground.lead)
    assert told() == []
    assert not Reminder.objects.exists()


def test_the_holder_is_told_and_not_the_deputy(ground: Ground) -> None:
    DeputyFactory(post=ground.post, first=SINCE)
    ActionFactory(about=ground.chin, owner=ground.post, due_day=TODAY)
    assert [message.to for message in told()] == [[ground.lead.email]]


def test_a_worker_that_dies_before_the_end_has_told_nobody(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ActionFactory(about=ground.chin, owner=ground.post, due_day=TODAY)
    with monkeypatch.context() as dying:
        dying.setattr("cc2h.delivery.reminders.mail.leave", _dies)
        with pytest.raises(SystemExit):
            remind(TODAY)
    assert (Reminder.objects.count(), work.pending("mail")) == (0, 0)
    assert len(told()) == 1


def _dies(message: Any) -> None:
    raise SystemExit


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_tell_everybody_once(clock: Any) -> None:
    ground = Ground(CommissionerFactory(barnet=True))
    for _ in range(3):
        holding = PostHoldingFactory(post__of=ground.chin, first=SINCE)
        ActionFactory.create_batch(2, about=ground.chin, owner=holding.post, due_day=TODAY)
    start, mails = threading.Barrier(2), list[int]()

    def worker() -> None:
        try:
            start.wait(10)
            mails.append(remind(TODAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(mails) == [0, 3]
    assert Reminder.objects.count() == 6
    assert work.pending("mail") == 3
