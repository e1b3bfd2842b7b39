"""What waits for a person, by mail: once a morning, for whoever holds a post and has not switched it off.

It says what the home page says (cc2h.board.waiting). Where nothing waits there is no mail. That somebody was told is kept in
the transaction that leaves the mail to a worker: of two who are at it at once, one finds the row of the other.
"""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.urls import reverse

from cc2h.accounts import authority, mail
from cc2h.accounts.models import User
from cc2h.board.models import Digest
from cc2h.board.waiting import Item, Reader, waiting_on
from cc2h.kit import words
from cc2h.kit.asat import AsAt


def tell(today: date) -> int:
    """Leave the mails of the day to a worker; returns how many. Safe to run in several workers at once."""
    told = Digest.objects.filter(day=today).values("person")
    people = User.objects.filter(is_active=True, morning_mail=True).exclude(pk__in=told)
    return sum(_tell(person, today) for person in people.order_by("pk"))


def _tell(person: User, today: date) -> bool:
    person.authority = authority.of(person, today)
    items = waiting(person, today)
    if not items:
        return False
    with transaction.atomic():
        if not _first(person, today, len(items)):
            return False
        mail.leave(_mail(person, items), "Somebody is told what waits")
    return True


def waiting(person: User, today: date) -> list[Item]:
    """What waits for somebody whose authority of the day is known; nothing where they hold no post."""
    return waiting_on(Reader(person, AsAt(today, None, today))) if person.authority.holdings else []


def _first(person: User, today: date, items: int) -> bool:
    """Whether nobody else is telling them, or has told them, today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO board_digest (person_id, day, items) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [person.pk, today, items],
        )
        return bool(cursor.rowcount)


def _mail(person: User, items: Sequence[Item]) -> EmailMessage:
    lines = [f"Dear {person.name},", "", "this waits for you in the portal:", ""]
    for item in items:
        lines.append(f"- {item.text}")
        if item.note:
            lines.append(f"  {item.note}")
        if item.href:
            lines.append(f"  {settings.PORTAL_ADDRESS}{item.href}")
        lines.append("")
    lines += [f"Whether you are told every morning: {settings.PORTAL_ADDRESS}{reverse('people:mail_choose')}", ""]
    subject = f"{words.plural(len(items), 'thing waits', 'things wait')} for you"
    return EmailMessage(subject, "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [person.email])
