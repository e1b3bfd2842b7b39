"""The dates that concern somebody, for their own calendar: meetings, papers due, and what other rooms add.

A room adds dates with `dates`: called as f(user, day), with the user’s authority of the day on the user.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cc2h.accounts import authority
from cc2h.accounts.models import User
from cc2h.governance import icalendar, queries
from cc2h.governance.models import CalendarFeed, Meeting, MeetingState
from cc2h.governance.papers import papers_due
from cc2h.kit.days import LONDON
from cc2h.kit.writing import writing

BACK, AHEAD = timedelta(days=62), timedelta(days=731)
NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A date of somebody's: key names it for good (as “case-2018-014-target”), page is where to read on.

    when: a day, or a moment.
    """

    key: str
    when: date | datetime
    what: str
    page: str = ""
    place: str = ""
    text: str = ""
    cancelled: bool = False


Provider = Callable[[Any, date], Iterable[Date]]
_providers: list[Provider] = []


def dates(provider: Provider) -> Provider:
    """Register dates of a room."""
    _providers.append(provider)
    return provider


def dates_of(user: Any, day: date) -> list[Date]:
    """All dates of somebody, the earliest first."""
    found = [one for provider in _providers for one in provider(user, day)]
    return sorted(found, key=lambda one: (one.when.date() if isinstance(one.when, datetime) else one.when, one.key))


@dates
def meetings(user: Any, day: date) -> Iterator[Date]:
    """Meetings of the bodies on which a post of theirs has a seat, and of those they keep when papers are due."""
    held = authority.authority_of(user)
    if not held.may(authority.Action.VIEW_GOVERNANCE):
        return
    around: Any = Meeting.objects.filter(day__gte=day - BACK, day__lte=day + AHEAD)
    mine, kept = queries.sits_on(held, day), queries.kept_by(held, day)
    for one in around.filter(queries.either(mine, kept)).annotate(**queries.mine(mine, kept)).select_related("body"):
        page = reverse("governance:meeting_detail", args=[one.pk])
        cancelled = one.state == MeetingState.CANCELLED
        if one.is_mine:
            when = datetime.combine(one.day, one.begins, LONDON) if one.begins else one.day
            yield Date(
                key=f"meeting-{one.pk}",
                when=when,
                what=one.body.name,
                page=page,
                place=one.place,
                text=f"Cancelled: {one.why_cancelled}" if cancelled else "",
                cancelled=cancelled,
            )
        if one.is_kept and one.state == MeetingState.PLANNED:
            due = papers_due(one.day)
            what = f"Papers due: {one.body.name}, {one.day:%-d %B}"
            yield Date(key=f"papers-{one.pk}", when=due, what=what, page=page)


# The address -----------------------------------------------------------------------------------------------


def _digest(secret: str) -> str:
    """It holds 256 random bits, so no slow hash is needed."""
    return sha256(secret.encode()).hexdigest()


def feed_of(user: Any) -> CalendarFeed | None:
    """The address that this person has made, and has not withdrawn."""
    return CalendarFeed.objects.filter(user=user, withdrawn_at=None).first()


def make(*, by: Any) -> str:
    """A new address, which is shown once; the one before it opens nothing any more. Returns its secret."""
    secret = secrets.token_urlsafe(32)
    with writing(by):
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        CalendarFeed.objects.filter(user=by, withdrawn_at=None).update(withdrawn_at=timezone.now())
        CalendarFeed.objects.create(user=by, digest=_digest(secret))
    return secret


def withdraw(*, by: Any) -> None:
    """The address opens nothing any more."""
    with writing(by):
        CalendarFeed.objects.filter(user=by, withdrawn_at=None).update(withdrawn_at=timezone.now())


def opened_by(secret: str, day: date) -> bytes | None:
    """The calendar at an address as it is on the day; None for an address that opens nothing."""
    found = CalendarFeed.objects.filter(digest=_digest(secret), withdrawn_at=None, user__is_active=True)
    feed = found.select_related("user").first()
    if feed is None:
        return None
    now = timezone.now()
    if feed.read_at is None or now - feed.read_at > NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)
    user: Any = feed.user
    user.authority = authority.of(user, day)
    host = settings.PORTAL_ADDRESS.partition("://")[2] or "portal"
    events = [
        icalendar.Event(
            uid=f"{one.key}@{host}",
            when=one.when,
            what=one.what,
            changed=now,
            place=one.place,
            text=one.text,
            url=f"{settings.PORTAL_ADDRESS}{one.page}" if one.page else "",
            cancelled=one.cancelled,
        )
        for one in dates_of(user, day)
    ]
    return icalendar.written("Care Closer to Home", events)
