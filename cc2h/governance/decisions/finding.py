"""Conflicts that are plain to the portal: what an item's record says of people, and what they have on the register."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from cc2h.accounts import records
from cc2h.accounts.authority import Target
from cc2h.governance.decisions.models import Interest
from cc2h.governance.models import Item, Task
from cc2h.governance.subjects import subjects
from chins.models import Membership


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody is plainly conflicted, in a sentence; interest: from the register."""

    person: int
    words: str
    interest: int | None = None


def plain(item: Item, people: Collection[int]) -> list[Found]:
    """Who of these people is plainly conflicted on the item, on the day of its meeting; a fixed number of queries.

    Where conflicts count, the room of the record says: a CHIN’s own board speaks for its own case.
    """
    meeting = item.meeting
    if item.kind not in subjects or not people:
        return []
    if not subjects[item.kind].conflicts_count(item.key, meeting.body, Task(item.task), meeting.day):
        return []
    about = records.kinds[item.kind].target(item.key, meeting.day) if item.kind in records.kinds else Target()
    said = subjects[item.kind].conflicts(item.key, people, meeting.day)
    found = [Found(person, sentence) for person, sentences in said.items() for sentence in sentences]
    return found + _on_the_register(about, people, item)


def _on_the_register(about: Target, people: Collection[int], item: Item) -> list[Found]:
    """Interests in the CHIN of the record, or in a practice that was in it on the day."""
    day = item.meeting.day
    members = Membership.objects.as_at(day).filter(chin__in=about.chin_ids)
    touches = (
        Q(chin__in=about.chin_ids) | Q(practice__in=about.practice_ids) | Q(practice__in=members.values("practice"))
    )
    held = Interest.objects.as_at(day).filter(touches, person__in=people).order_by("person", "pk")
    return [
        Found(one.person_id, f"{one.get_kind_display()} interest on the register: {described(one)}", one.pk)
        for one in held
    ]


def described(interest: Interest) -> str:
    """What it is, and in which organisation."""
    return f"{interest.what.rstrip('.')} ({interest.organisation})" if interest.organisation else interest.what
