"""Conflicts on an item, how they are handled, votes, and what was decided: what a secretary records of a meeting.

Everything raises ValidationError, in words, for what is refused, and then nothing of it is done. The caller has asked
who may.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cc2h.governance import services as governance
from cc2h.governance.decisions import outcomes, queries
from cc2h.governance.decisions.finding import plain
from cc2h.governance.decisions.models import Decision, Declaration, Handling, How, Interest, Vote
from cc2h.governance.models import Attendance, Item, Meeting, Presence, Task, Terms
from cc2h.governance.subjects import Decided, Possible, subjects
from cc2h.kit import words
from cc2h.kit.dated import recording
from cc2h.kit.problems import check
from cc2h.kit.writing import writing


@dataclass(frozen=True, slots=True)
class Handled:
    """How the chair lets somebody's conflict be handled, and why."""

    person: int
    how: str
    reason: str
    moved_to: Meeting | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Somebody's vote, for the seat they sat in."""

    seat: int
    person: int
    choice: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What is to be met, and until when where that was said."""

    text: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a body says of an item. sections: keys of parts of the record that more is asked of. until: deferred to it.

    casting: as many were for it as against it, and the chair’s casting vote carried it.
    """

    outcome: str
    reasons: str
    conditions: Sequence[Condition] = ()
    sections: Sequence[str] = ()
    minute: str = ""
    casting: bool = False
    until: date | None = None


def declare(*, by: Any, item: Item, person: Any, said: str, interest: Interest | None = None) -> Declaration:
    """Somebody says that they are conflicted on an item, before it is decided on."""
    with writing(by):
        current = _open(item)
        return _written(
            Declaration(item=current, person=person, words=" ".join(said.split()), interest=interest, by=by)
        )


def handle(*, by: Any, item: Item, chair: Any, handled: Iterable[Handled]) -> list[Handling]:
    """The chair says how conflicts are handled. An item that is moved is on the other agenda then, and off this one."""
    several = list(handled)
    with writing(by):
        current = _open(item, *(one.moved_to for one in several if one.moved_to is not None))
        _find(current, by)
        rows = _handle(current, chair, several, by)
        _move(current, rows, by)
    return rows


def vote(*, by: Any, item: Item, cast: Iterable[Cast]) -> list[Vote]:
    """Votes of those who were there, each for their seat."""
    with writing(by):
        current = _open(item)
        _find(current, by)
        return _vote(current, cast, by)


def decide(*, by: Any, item: Item, chair: Any, resolution: Resolution, post: str = "") -> Decision:
    """What the body said, by the votes that are there. The room of the item's record hears it in the same transaction."""
    with writing(by):
        current = _open(item)
        _find(current, by)
        return _decide(current, chair, resolution, by, post)


def record(
    *,
    by: Any,
    item: Item,
    chair: Any,
    handled: Iterable[Handled] = (),
    cast: Iterable[Cast] = (),
    resolution: Resolution | None = None,
    post: str = "",
) -> Decision | list[Handling]:
    """All of an item at once: conflicts handled, votes, the outcome; without an outcome, how conflicts are handled."""
    several = list(handled)
    with writing(by):
        current = _open(item, *(one.moved_to for one in several if one.moved_to is not None))
        _find(current, by)
        rows = _handle(current, chair, several, by)
        if any(row.how == How.MOVED for row in rows):
            if resolution is not None:
                raise ValidationError(
                    "The item is moved to another meeting, and is decided on there: leave the outcome out.",
                    code="moved",
                )
            _move(current, rows, by)
        if resolution is None:
            return rows
        _vote(current, cast, by)
        return _decide(current, chair, resolution, by, post)


def rehearse(**act: Any) -> Decision | list[Handling]:
    """What `record` would come to; nothing of it stays."""
    with transaction.atomic():
        found = record(**act)
        transaction.set_rollback(True)
    return found


# Of each -------------------------------------------------------------------------------------------------


def _open(item: Item, *others: Meeting) -> Item:
    """The item and its meeting, locked until the transaction ends. Raises ValidationError where it has been decided on."""
    meetings = {item.meeting_id, *(one.pk for one in others)}
    list(Meeting.objects.select_for_update(no_key=True).filter(pk__in=meetings).order_by("pk"))
    found: Item = (
        Item.objects.select_for_update(no_key=True, of=("self",)).select_related("meeting__body").get(pk=item.pk)
    )
    decision = Decision.objects.filter(item=found).select_related("by").first()
    if decision is not None:
        raise ValidationError(
            f"Somebody was first: {decision.by or 'the portal'} has recorded “{decision.label}” for this item at "
            f"{words.moment(decision.at)}. Look at that decision; nothing of yours was recorded.",
            code="decided",
        )
    return found


def _written(row: Any) -> Any:
    if (pretended := recording()) is not None:
        row.at = pretended
    check(row)
    row.save(force_insert=True)
    return row


def _find(item: Item, by: Any) -> None:
    """What is plain to the portal becomes declarations, of all who were there or sit on the body."""
    there = Attendance.objects.filter(meeting=item.meeting_id, person__isnull=False).exclude(presence=Presence.ABSENT)
    people = {*there.values_list("person", flat=True)} or queries.sitting(item)
    known = set(Declaration.objects.filter(item=item, person__in=people).values_list("person", "words"))
    rows = [
        Declaration(item=item, person_id=one.person, words=one.words, interest_id=one.interest, found=True, by=by)
        for one in plain(item, people)
        if (one.person, one.words) not in known
    ]
    for row in rows:
        if (pretended := recording()) is not None:
            row.at = pretended
        check(row)
    Declaration.objects.bulk_create(rows, ignore_conflicts=True)


def _handle(item: Item, chair: Any, handled: Iterable[Handled], by: Any) -> list[Handling]:
    return [
        _written(
            Handling(
                item=item,
                person_id=one.person,
                how=one.how,
                moved_to=one.moved_to,
                chair=chair,
                reason=" ".join(one.reason.split()),
                by=by,
            )
        )
        for one in handled
    ]


def _move(item: Item, rows: Sequence[Handling], by: Any) -> None:
    """To the agenda of the other meeting, where what was declared is declared still."""
    moved = next((row for row in rows if row.how == How.MOVED), None)
    if moved is None or moved.moved_to is None:
        return
    there = governance.move_item(by=by, item=item, to=moved.moved_to, reason=moved.reason)
    declared = Declaration.objects.filter(item=item, found=False).order_by("pk")
    for one in list(declared):
        _written(
            Declaration(item=there, person_id=one.person_id, words=one.words, interest_id=one.interest_id, by=one.by)
        )


def _vote(item: Item, cast: Iterable[Cast], by: Any) -> list[Vote]:
    rows = [Vote(item=item, seat_id=one.seat, person_id=one.person, choice=one.choice, by=by) for one in cast]
    for row in rows:
        if (pretended := recording()) is not None:
            row.at = pretended
        check(row)
    return Vote.objects.bulk_create(rows)


def _decide(item: Item, chair: Any, resolution: Resolution, by: Any, post: str) -> Decision:
    meeting = item.meeting
    possible = _possible(item, resolution)
    counted: dict[str, Any] = {}
    tally = queries.tally(item)
    if possible.voted:
        terms = Terms.objects.as_at(meeting.day).filter(body=meeting.body_id).first()
        counted = {
            "quorum": terms.quorum if terms else 0,  # the database says that there are none
            "could_vote": tally.could_vote,
            "votes_for": tally.votes_for,
            "votes_against": tally.votes_against,
            "abstained": tally.abstained,
            "casting": resolution.casting,
        }
    decision: Decision = _written(
        Decision(
            item=item,
            outcome=possible.key,
            label=possible.label,
            voted=possible.voted,
            reasons=resolution.reasons.strip(),
            conditions=[asdict(one) for one in resolution.conditions],
            sections=list(resolution.sections),
            until=resolution.until,
            minute=resolution.minute.strip(),
            day=meeting.day,
            chair=chair,
            document=queries.document(item, chair),
            by=by,
            post=post,
            **counted,
        )
    )
    if item.kind in subjects:
        subjects[item.kind].decided(
            Decided(
                decision=decision.pk,
                key=item.key,
                body=meeting.body,
                task=Task(item.task),
                outcome=possible.key,
                reasons=decision.reasons,
                conditions=[one.text for one in resolution.conditions],
                sections=list(resolution.sections),
                day=meeting.day,
                due=[one.due for one in resolution.conditions],
                until=resolution.until,
            ),
            by=by,
        )
    return decision


def _possible(item: Item, resolution: Resolution) -> Possible:
    """The outcome, where the body may record it now. Raises ValidationError in words."""
    offered = {one.key: one for one in outcomes.possible(item)}
    if not offered:
        raise ValidationError(
            "Nothing is asked of the body about this any more, so there is nothing to record.", code="not_waiting"
        )
    found = offered.get(resolution.outcome)
    if found is None:
        labels = words.listed([f"“{one.label}”" for one in offered.values()], "or")
        raise ValidationError(f"The outcome can be {labels}.", code="outcome")
    if not resolution.reasons.strip():
        raise ValidationError("Say why it was decided so.", code="reasons")
    if found.needs_conditions and not resolution.conditions:
        raise ValidationError(f"“{found.label}” needs at least one condition.", code="conditions")
    if resolution.conditions and not found.needs_conditions:
        raise ValidationError(
            f"“{found.label}” takes no conditions. Leave them out, or choose another outcome.", code="conditions"
        )
    known = dict(outcomes.parts(item))
    unknown = [one for one in resolution.sections if one not in known]
    if unknown:
        raise ValidationError(f"“{unknown[0]}” is no part of it.", code="sections")
    if found.needs_sections and not resolution.sections:
        raise ValidationError(f"“{found.label}” names the parts that more is asked of.", code="sections")
    if resolution.sections and not found.needs_sections:
        raise ValidationError(f"“{found.label}” asks for nothing more. Leave the parts out.", code="sections")
    return found
