"""Events that something is to be done before: a reference to a dated record, so that its day moves with the event's.

A room registers a kind of event (`provide`). A voided event has no day any more, and what was due before it says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Case, DateField, OuterRef, QuerySet, Subquery, When

from cc2h.accounts.authority import Target
from cc2h.kit import words
from chins.models import ChinState


@dataclass(frozen=True, slots=True)
class Event:
    """Something with a day: the kind and thread of its dated record, what it is, and how its day is joined to that."""

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

    def held(self) -> QuerySet[Any]:
        """The versions held now of the dated records that are such events."""

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
            then=Subquery(events.held().filter(thread=OuterRef(thread)).values(events.day_field)[:1]),
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

    def held(self) -> QuerySet[Any]:
        return ChinState.objects.held()

    def coming(self, target: Target, day: date) -> list[Event]:
        planned = self.held().starting_after(day).select_related("chin")  # type: ignore[attr-defined]
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


provide(PlannedStates())
