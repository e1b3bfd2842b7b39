"""What waits for a person, by mail: once a morning, for whoever holds a post and has not switched it off.

It says what the home page says (cc2h.board.waiting). Where nothing waits there is no mail. What is asked for every week comes
on Mondays in a mail of its own, which has its links and nothing else. That somebody was told is kept in
the transaction that leaves the mail to a worker: of two who are at it at once, one finds the row of the other.
"""

from collections.abc import Iterator, Sequence
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

MONDAY = 0


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
        for message in _mails(person, items, today):
            mail.leave(message, "Somebody is told what waits")
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


def _mails(person: User, items: Sequence[Item], today: date) -> Iterator[EmailMessage]:
    weekly = [item for item in items if item.weekly] if today.weekday() == MONDAY else []
    rest = [item for item in items if item not in weekly]
    if weekly:
        yield _mail(
            person,
            weekly,
            "Last week’s numbers, in half a minute",
            "a page opens with that week’s boxes and nothing else:",
        )
    if rest:
        subject = f"{words.plural(len(rest), 'thing waits', 'things wait')} for you"
        yield _mail(person, rest, subject, "this waits for you in the portal:")


def _mail(person: User, items: Sequence[Item], subject: str, says: str) -> EmailMessage:
    lines = [f"Dear {person.name},", "", says, ""]
    for item in items:
        lines.append(f"- {item.text}")
        if item.note:
            lines.append(f"  {item.note}")
        if item.href:
            lines.append(f"  {settings.PORTAL_ADDRESS}{item.href}")
        lines.append("")
    lines += [f"Whether you are told every morning: {settings.PORTAL_ADDRESS}{reverse('people:mail_choose')}", ""]
    return EmailMessage(subject, "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [person.email])
