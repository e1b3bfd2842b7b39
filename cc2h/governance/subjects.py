"""What bodies decide on: higher rooms register the kinds of record that come before a body.

A room says what waits for a body (so that an agenda makes itself), who among the people present is plainly conflicted,
which outcomes there are, and hears, in the same transaction, what was decided.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from cc2h.governance.models import Body, Task


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a body: the record, what the body is to do, since when, and until when it should."""

    kind: str
    key: str
    title: str
    task: Task
    since: date
    target: date | None


@dataclass(frozen=True, slots=True)
class Possible:
    """An outcome that a body may record: its key, its words, and whether it takes a vote (and so a quorum)."""

    key: str
    label: str
    voted: bool
    needs_conditions: bool = False
    needs_sections: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What a body said of an item, as the room of the record hears it.

    decision: the primary key of the decision. conditions, sections: what the outcome asks for; due: until when each
    condition is to be met, where that was said; until: the day to which it is deferred.
    """

    decision: int
    key: str
    body: Body
    task: Task
    outcome: str
    reasons: str
    conditions: Sequence[str]
    sections: Sequence[str]
    day: date
    due: Sequence[date | None] = ()
    until: date | None = None


class Subjects(Protocol):
    """A kind of record that comes before bodies."""

    kind: str

    def waiting(self, body: Body, day: date) -> Sequence[Waiting]:
        """What waits for the body on the day, in one or two queries."""

    def outcomes(self, key: str, body: Body, task: Task, day: date) -> Sequence[Possible]:
        """What the body may say of it; none where nothing waits for it."""

    def sections(self, key: str) -> Sequence[tuple[str, str]]:
        """The parts of the record (key, title) that an outcome may ask for more of."""

    def sum_asked(self, key: str) -> Decimal | None:
        """What it asks for, held against the body's limit; None where that is unknown or nothing is asked."""

    def conflicts_count(self, key: str, body: Body, task: Task, day: date) -> bool:
        """Whether conflicts are looked for where the body is asked about it; not before money can be committed."""

    def conflicts(self, key: str, people: Collection[int], day: date) -> Mapping[int, Sequence[str]]:
        """Of these people, who is plainly conflicted and why, in sentences; nobody before money can be committed."""

    def decided(self, decided: Decided, *, by: Any) -> None:
        """Told of a decision in its transaction; whatever it raises undoes the decision."""


subjects: dict[str, Subjects] = {}


def provide(kind: Subjects) -> None:
    """Register a kind; called from a room's AppConfig.ready()."""
    subjects[kind.kind] = kind


def waiting_for(body: Body, day: date) -> list[Waiting]:
    """Everything that waits for the body, the longest waiting first."""
    found = [one for kind in subjects.values() for one in kind.waiting(body, day)]
    return sorted(found, key=lambda one: (one.since, one.kind, one.key))
