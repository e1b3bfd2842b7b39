"""Events that something is to be done before: a reference to a dated record, so that its day moves with the event's.

A room registers a kind of event (`provide`). A voided event has no day any more, and what was due before it says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.db.models import BigIntegerField, Case, DateField, OuterRef, Q, QuerySet, Subquery, TextField, When
from django.db.models.functions import Cast, Right

from cc2h.accounts.authority import Target
from cc2h.governance.models import Meeting, MeetingState
from cc2h.kit import words
from chins.models import ChinState


@dataclass(frozen=True, slots=True)
class Event:
    """Something with a day: its kind and thread (of its dated record), what it is, and how its day is joined to that."""

    kind: str
    thread: UUID
    name: str
    day: date
    joined: str

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.kind}:{self.thread}"

    def __str__(self) -> str:
        return f"{self.name} {self.joined} {words.day(self.day)}"


class Events(Protocol):
    """A kind of event. `joined`: “of” or “on”, between what it is and its day; `day_field`: where its day stands."""

    key: str
    joined: str
    day_field: str

    def of(self, thread: OuterRef) -> QuerySet[Any]:
        """The event of the thread as it stands now; none where it was voided."""

    def coming(self, target: Target, day: date) -> Iterable[Event]:
        """Those after the day, of the commissioners and CHINs that a record belongs to."""


kinds: dict[str, Events] = {}


def provide(events: Events) -> None:
    """Register a kind of event; called from a room's AppConfig.ready()."""
    kinds[events.key] = events


def day_now(kind: str, thread: str) -> Case:
    """The day an event has now, as an expression; `kind` and `thread` are the fields that name it."""
    found = (
        When(
            **{kind: name},
            then=Subquery(events.of(OuterRef(thread)).values(events.day_field)[:1]),
        )
        for name, events in kinds.items()
    )
    return Case(*found, default=None, output_field=DateField())


def coming(target: Target, day: date) -> list[Event]:
    """Every event after the day that something about a record may wait for, the next first."""
    found = [event for events in kinds.values() for event in events.coming(target, day)]
    return sorted(found, key=lambda event: (event.day, event.name))


def joined(kind: str) -> str:
    """The word between what an event is and its day."""
    return kinds[kind].joined if kind in kinds else "on"


class PlannedStates:
    """A CHIN comes into a state: approved, operational."""

    key, joined, day_field = "chin_state", "on", "period__startswith"

    def of(self, thread: OuterRef) -> QuerySet[Any]:
        return ChinState.objects.held().filter(thread=thread)

    def coming(self, target: Target, day: date) -> list[Event]:
        planned = ChinState.objects.held().starting_after(day).select_related("chin")
        if target.chin_ids:
            planned = planned.filter(chin__in=target.chin_ids)
        else:
            planned = planned.filter(chin__commissioner__in=target.commissioner_ids)
        return [
            Event(
                self.key,
                one.thread,
                f"{one.chin} becomes {one.get_status_display().lower()}",
                one.first_day,
                self.joined,
            )
            for one in planned
        ]


class Meetings:
    """A body meets. The thread's digits are the meeting's number, so that it is found by it."""

    key, joined, day_field = "meeting", "of", "day"

    def of(self, thread: OuterRef) -> QuerySet[Any]:
        number = Cast(Right(Cast(thread, TextField()), 12), BigIntegerField())
        found: QuerySet[Any] = Meeting.objects.exclude(state=MeetingState.CANCELLED).filter(pk=number)
        return found

    def coming(self, target: Target, day: date) -> list[Event]:
        """Of the bodies of these CHINs, of their commissioner, and of all commissioners together."""
        wider = Q(body__chin=None) & (Q(body__commissioner__in=target.commissioner_ids) | Q(body__commissioner=None))
        coming = Meeting.objects.filter(state__in=(MeetingState.PLANNED, MeetingState.PAPERS_OUT), day__gt=day)
        found = coming.filter(wider | Q(body__chin__in=target.chin_ids)).select_related("body").order_by("day", "pk")
        return [
            Event(self.key, UUID(f"{one.pk:032d}"), f"the meeting of {one.body}", one.day, self.joined) for one in found
        ]


provide(PlannedStates())
provide(Meetings())
