"""What the API answers about interests, conflicts and decisions."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.governance.decisions.models import Decision, Interest
from cc2h.governance.decisions.queries import Conflicted
from cc2h.kit.api.shapes import EntryShape, entries
from cc2h.kit.asat import AsAt


class InterestItem(msgspec.Struct):
    """An interest on the published register; `last`: the last day it was true."""

    id: int
    person: str
    kind: str
    organisation: str
    interest: str
    practice: str | None
    chin: str | None
    first: date
    last: date | None


class PersonItem(msgspec.Struct):
    """Somebody whose interests are kept: how many are true on the day, and when they last confirmed them."""

    id: int
    name: str
    interests: int
    confirmed: date | None
    nothing_to_declare: bool | None


class DecisionItem(msgspec.Struct):
    """A decision; null votes: it took none. `conflicted`: how many had a conflict of interest."""

    id: int
    item: str
    kind: str
    key: str
    body: str
    asked: str
    day: date
    outcome: str
    label: str
    reasons: str
    votes_for: int | None
    votes_against: int | None
    abstained: int | None
    could_vote: int | None
    quorum: int | None
    conflicted: int


class InterestShape(msgspec.Struct):
    """An interest of somebody; `id` is the version that holds."""

    id: int
    kind: str
    organisation: str
    interest: str
    practice: str | None
    chin: str | None
    first: date
    last: date | None


class ConfirmationShape(msgspec.Struct):
    """A day on which somebody said that the register has all, or that there is nothing."""

    day: date
    nothing_to_declare: bool


class OnItemShape(msgspec.Struct):
    """A conflict of somebody on an item of an agenda; `found`: by the portal."""

    item: int
    title: str
    body: str
    day: date
    words: str
    found: bool


class PersonShape(msgspec.Struct):
    """Somebody’s interests as at the day, as far as the reader may see them."""

    name: str
    interests: list[InterestShape]
    confirmations: list[ConfirmationShape]
    on_items: list[OnItemShape]
    history: list[EntryShape] | None


class ConflictShape(msgspec.Struct):
    """Somebody with a conflict on the item, and how the chair lets it be handled; null: not said yet."""

    name: str
    words: list[str]
    handling: str | None
    why: str | None
    chair: str | None
    there: bool


class VoterShape(msgspec.Struct):
    """A seat with a vote at the meeting, and who sat in it."""

    seat: str
    name: str


class ItemShape(msgspec.Struct):
    """An item of an agenda. `conflicts` stand in the order of the fields handling_1, handling_2 … `voters` in that of

    vote_1, vote_2 … `outcomes`: what the body may say of it, none once it has.
    """

    title: str
    body: str
    day: date
    asked: str
    text: str
    kind: str
    key: str
    conflicts: list[ConflictShape]
    voters: list[VoterShape]
    outcomes: list[str]
    decision: int | None
    taken_off: bool


class ConditionShape(msgspec.Struct):
    text: str
    due: str | None


class PresentShape(msgspec.Struct):
    """Somebody on the meeting’s list, as the decision keeps it."""

    name: str
    seat: str
    presence: str
    took_part: bool
    vote: str


class DecisionShape(msgspec.Struct):
    """A decision as it was taken."""

    item: str
    body: str
    day: date
    asked: str
    outcome: str
    label: str
    reasons: str
    conditions: list[ConditionShape]
    sections: list[str]
    until: date | None
    minute: str
    chair: str
    recorded_by: str
    voted: bool
    quorum: int | None
    could_vote: int | None
    votes_for: int | None
    votes_against: int | None
    abstained: int | None
    casting: bool
    people: list[PresentShape]
    conflicts: list[ConflictShape]


def _interest(one: Interest) -> InterestShape:
    return InterestShape(
        one.pk,
        one.kind,
        one.organisation,
        one.what,
        one.practice.ods_code if one.practice else None,
        one.chin.slug if one.chin else None,
        one.first_day,
        one.last_day,
    )


def _conflicts(several: Iterable[Conflicted]) -> list[ConflictShape]:
    return [
        ConflictShape(
            one.person.name,
            [text for text, _ in one.words],
            one.handling.how if one.handling else None,
            one.handling.reason if one.handling else None,
            str(one.handling.chair) if one.handling else None,
            one.there,
        )
        for one in several
    ]


def person(context: Mapping[str, Any], asat: AsAt) -> PersonShape:
    """What templates/decisions/person.html shows."""
    history = context["history"]
    return PersonShape(
        context["whose"].name,
        [_interest(one) for one, _ in context["interests"]],
        [ConfirmationShape(one.day, one.nothing) for one in context["confirmations"]],
        [
            OnItemShape(
                one.item_id, one.item.title, one.item.meeting.body.name, one.item.meeting.day, one.words, one.found
            )
            for one in context["on_items"]
        ],
        None if history is None else entries(history),
    )


def item(context: Mapping[str, Any], asat: AsAt) -> ItemShape:
    """What templates/decisions/item.html shows."""
    one, decision = context["item"], context["decision"]
    return ItemShape(
        one.title,
        one.meeting.body.name,
        one.meeting.day,
        one.task,
        one.text,
        one.kind,
        one.key,
        _conflicts(context["conflicts"]),
        [VoterShape(seat.seat.title, str(seat.person)) for seat in context["voters"]],
        [possible.key for possible in context["possible"]],
        decision.pk if decision else None,
        one.taken_off,
    )


def decision(context: Mapping[str, Any], asat: AsAt) -> DecisionShape:
    """What templates/decisions/decision.html shows."""
    one: Decision = context["decision"]
    kept = one.document
    return DecisionShape(
        kept["item"]["title"],
        kept["body"],
        one.day,
        one.item.task,
        one.outcome,
        one.label,
        one.reasons,
        [ConditionShape(**condition) for condition in one.conditions],
        list(one.sections),
        one.until,
        one.minute,
        kept["chair"],
        f"{one.by}, {one.post}" if one.by and one.post else str(one.by or ""),
        one.voted,
        one.quorum,
        one.could_vote,
        one.votes_for,
        one.votes_against,
        one.abstained,
        one.casting,
        [
            PresentShape(who["name"], who["seat"], who["presence"], who["took_part"], who["vote"])
            for who in kept["people"]
        ],
        [
            ConflictShape(
                who["name"],
                [said["text"] for said in who["words"]],
                who["how"] or None,
                who["why"] or None,
                who["chair"] or None,
                who["there"],
            )
            for who in kept["conflicts"]
        ],
    )
