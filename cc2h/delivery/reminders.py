"""Reminders of actions by mail: three days before the last day, on it, and every week after it.

Whoever holds the owner's post is told, once a day at most, of all that is to be said that day. What was told is kept in
the transaction that leaves the mail to a worker, so that it is told once whatever process dies, and a night on which
nobody was told is made up for.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.urls import reverse

from cc2h.accounts import mail
from cc2h.accounts.models import User
from cc2h.delivery import wording
from cc2h.delivery.models import Action, Reminder
from cc2h.kit import words

BEFORE = timedelta(days=3)
EVERY = timedelta(days=7)


def milestone(due: date, today: date) -> date | None:
    """The newest day on which its owner was to be told, None while that is still to come."""
    if today < due - BEFORE:
        return None
    return due - BEFORE if today < due else due + (today - due) // EVERY * EVERY


def remind(today: date) -> int:
    """Leave the mails of the day to a worker; returns how many. Safe to run in several workers at once."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('delivery.remind'))"
            )  # the second waits, and finds it done
        told = Reminder.objects.filter(day=today).values("person")
        near: Any = Action.objects.open().with_due().with_holder(today)
        near = near.filter(due__lte=today + BEFORE)
        waiting = near.filter(holding_on__holder__is_active=True).exclude(holding_on__holder__in=told)
        found = list(waiting.order_by("due", "pk").values_list("pk", "holding_on__holder"))
        actions = near.in_bulk([pk for pk, _ in found])
        of_person: dict[int, list[Action]] = {}
        newest = _newest(found)
        for pk, person in found:
            since = milestone(actions[pk].due, today)
            last = newest.get((pk, person))
            if since is not None and (last is None or last < since):
                of_person.setdefault(person, []).append(actions[pk])
        Reminder.objects.bulk_create(
            Reminder(action=action, person_id=person, day=today)
            for person, theirs in of_person.items()
            for action in theirs
        )
        people = User.objects.in_bulk(of_person)
        for person, theirs in of_person.items():
            mail.leave(_mail(people[person], theirs, today))
    return len(of_person)


def _newest(found: Sequence[tuple[int, int]]) -> dict[tuple[int, int], date]:
    """When each person was last told of each action."""
    rows = Reminder.objects.filter(action__in=[pk for pk, _ in found]).order_by("day")
    return {(action, person): day for action, person, day in rows.values_list("action", "person", "day")}


def _mail(person: Any, actions: Sequence[Action], today: date) -> EmailMessage:
    overdue = sum(1 for action in actions if wording.days_overdue(action, today))
    subject = words.plural(len(actions), "action is yours", "actions are yours")
    if overdue:
        subject += f", {words.number(overdue)} overdue"
    lines = [f"Dear {person.name},", "", "of the actions of your posts, these are near their day or beyond it:", ""]
    for action in actions:
        page = f"{settings.PORTAL_ADDRESS}{reverse('delivery:action_detail', args=[action.pk])}"
        lines += [f"- {action.what}", f"  {wording.stands(action, today)}, {wording.when(action)}", f"  {page}", ""]
    lines += ["When one is done, say so on its page: nobody is reminded of it any more.", ""]
    return EmailMessage(subject, "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [person.email])
