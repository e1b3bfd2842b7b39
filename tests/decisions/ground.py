"""A body with people in its seats, and an item that it is to decide on at a meeting that was held."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cc2h.governance.decisions import deciding
from cc2h.governance.decisions.deciding import Cast, Handled, Resolution
from cc2h.governance.models import Attendance, Body, Item, Meeting, Seat, Task
from cc2h.governance.subjects import Decided, Possible, Waiting
from tests.factories.dated import LONG_AGO
from tests.factories.governance import (
    AttendanceFactory,
    BodyFactory,
    ItemFactory,
    MeetingFactory,
    SeatFactory,
    TermsFactory,
)

DAY = date(2018, 11, 1)
NEXT = date(2018, 12, 4)
TODAY = date(2018, 12, 6)
AGREED = Resolution("agreed", "It does what the paper says.")


@dataclass
class Room:
    """Whoever is there, the chair first, then the vice chair; the last is the secretary, who has no vote."""

    body: Body
    meeting: Meeting
    item: Item
    there: list[Attendance]
    seats: list[Seat]

    @property
    def people(self) -> list[Any]:
        return [one.person for one in self.there]

    @property
    def holders(self) -> list[Any]:
        """Whoever holds the posts of the seats, in their order, whether they were there or not."""
        return [one.post.holdings.get().holder for one in self.seats if one.post]

    @property
    def chair(self) -> Any:
        return self.people[0]

    @property
    def voters(self) -> list[Attendance]:
        return self.there[:-1]

    def cast(self, *choices: str) -> list[Cast]:
        """Votes of the first so many, in their order; blank: none."""
        return [
            Cast(one.seat_id or 0, one.person_id or 0, choice)
            for one, choice in zip(self.voters, choices, strict=False)
            if choice
        ]

    def declare(self, number: int, said: str = "My sister works there") -> Any:
        return deciding.declare(by=None, item=self.item, person=self.people[number], said=said)

    def handle(self, number: int, how: str, *, chair: int = 0, moved_to: Any = None) -> Any:
        handled = Handled(self.people[number].pk, how, "It is far from the matter", moved_to)
        return deciding.handle(by=None, item=self.item, chair=self.people[chair], handled=[handled])[0]

    def decide(
        self, *choices: str, chair: int = 0, resolution: Resolution = AGREED, by: Any = None, **more: Any
    ) -> Any:
        return deciding.record(
            by=by, item=self.item, chair=self.people[chair], cast=self.cast(*choices), resolution=resolution, **more
        )


def room(
    voters: int = 5,
    quorum: int = 3,
    *,
    body: Any = None,
    state: str = "held",
    first: date = LONG_AGO,
    last: date | None = None,
    limit: Any = None,
    **item: Any,
) -> Room:
    """A body of so many voting seats, all there; its terms hold from first to last. item: fields of the item."""
    body = body or BodyFactory(commissioner__short_name="Barnet")
    TermsFactory(body=body, quorum=quorum, limit=limit, first=first, last=last)
    meeting = MeetingFactory(body=body, day=DAY)
    parts = ["chair", "vice_chair", *["member"] * voters][:voters]
    seats = [SeatFactory(body=body, part=part) for part in parts]
    seats.append(SeatFactory(body=body, part="secretary", voting=False))
    on_it = ItemFactory(meeting=meeting, **item)
    there = []
    if state == "held":
        meeting.state = state
        meeting.save()
        there = [AttendanceFactory(meeting=meeting, seat=one, presides=place == 0) for place, one in enumerate(seats)]
    return Room(body, meeting, on_it, there, seats)


class Plans:
    """A kind of record that comes before bodies, of the tests alone. told: what it was told."""

    kind = "plan"

    def __init__(self) -> None:
        self.told: list[Decided] = []
        self.conflicted: dict[int, list[str]] = {}
        self.refuses: Exception | None = None

    def waiting(self, body: Body, day: date) -> Sequence[Waiting]:
        return []

    def outcomes(self, key: str, body: Body, task: Task, day: date) -> Sequence[Possible]:
        if key == "done":
            return []
        return [
            Possible("approved", "Approve", voted=True),
            Possible("conditions", "Approve with conditions", voted=True, needs_conditions=True),
            Possible("asked", "Ask for more", voted=True, needs_sections=True),
            Possible("deferred", "Defer", voted=False),
        ]

    def sections(self, key: str) -> Sequence[tuple[str, str]]:
        return [("costs", "Costs"), ("problem", "Problem")]

    def sum_asked(self, key: str) -> Decimal | None:
        return Decimal("12000.00")

    def conflicts_count(self, key: str, body: Body, task: Task, day: date) -> bool:
        return task == Task.DECIDE

    def conflicts(self, key: str, people: Collection[int], day: date) -> Mapping[int, Sequence[str]]:
        return {person: said for person, said in self.conflicted.items() if person in people}

    def decided(self, decided: Decided, *, by: Any) -> None:
        self.told.append(decided)
        if self.refuses is not None:
            raise self.refuses
