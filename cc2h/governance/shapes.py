"""What the API answers about bodies and meetings."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

import msgspec

from cc2h.governance import queries
from cc2h.governance.models import Item, Terms
from cc2h.governance.papers import papers_due
from cc2h.kit.api.shapes import EntryShape, FigureShape, Pounds, entries, figures, pounds
from cc2h.kit.asat import AsAt


class BodyItem(msgspec.Struct):
    """A body. `commissioner` and `chin` null: of all commissioners together. `limit` null: not limited, or no terms."""

    id: int
    body: str
    name: str
    reports_to: str | None
    commissioner: str | None
    chin: str | None
    quorum: int | None
    limit: Pounds | None
    seats: int | None
    filled: int | None
    next_meeting: date | None
    paper: str
    ended_on: date | None


class SeatItem(msgspec.Struct):
    """A seat on the day. `holder` null: it is vacant."""

    id: int
    seat: str
    organisation: str
    post: str | None
    holder: str | None
    part: str
    core: bool
    votes: bool


class MeetingItem(msgspec.Struct):
    """A meeting, as it is held now."""

    id: int
    body: str
    name: str
    commissioner: str | None
    day: date
    begins: time | None
    place: str
    papers_out_on: date | None
    items: int | None
    state: str


class TermsShape(msgspec.Struct):
    """Terms of reference from a day. `limit` null: not limited."""

    id: int
    first: date
    last: date | None
    quorum: int
    limit: Pounds | None
    text: str


class WaitingShape(msgspec.Struct):
    """Something that waits for the body."""

    kind: str
    key: str
    title: str
    task: str
    since: date
    target: date | None


class BodyShape(msgspec.Struct):
    """A body as at the day."""

    body: str
    name: str
    other_names: list[str]
    reports_to: str | None
    commissioner: str | None
    chin: str | None
    paper: str
    ended_on: date | None
    terms: TermsShape | None
    figures: list[FigureShape]
    waiting: list[WaitingShape]
    history: list[EntryShape] | None


class ItemShape(msgspec.Struct):
    """An item of an agenda. `kind` and `key`: the record it is about. `said`: what the body said of it, where it did."""

    id: int
    number: int
    title: str
    task: str
    kind: str
    key: str
    text: str
    said: str | None


class AttendanceShape(msgspec.Struct):
    """Somebody on the list of a meeting."""

    name: str
    seat: str | None
    votes: bool
    presence: str
    took_the_chair: bool
    as_deputy: bool


class MeetingShape(msgspec.Struct):
    """A meeting: its agenda, and who was there."""

    id: int
    body: str
    name: str
    day: date
    begins: time | None
    place: str
    state: str
    papers_due: date
    papers_out_on: date | None
    why_cancelled: str
    quorum: int | None
    voting_members_there: int
    agenda: list[ItemShape]
    attendance: list[AttendanceShape]
    minutes: str
    history: list[EntryShape] | None


class AgendaShape(msgspec.Struct):
    """An agenda as it is sent out."""

    id: int
    body: str
    day: date
    agenda: list[ItemShape]


class OneItemShape(msgspec.Struct):
    """An item with its meeting."""

    meeting: int
    body: str
    day: date
    taken_off: bool
    why_moved: str
    moved_to: int | None
    item: ItemShape


def _terms(one: Terms) -> TermsShape:
    return TermsShape(one.pk, one.first_day, one.last_day, one.quorum, pounds(one.limit), one.text)


def body(context: Mapping[str, Any], asat: AsAt) -> BodyShape:
    one, terms, figure = context["body"], context["terms"], context["figure"]
    return BodyShape(
        body=one.slug,
        name=one.name,
        other_names=list(one.other_names),
        reports_to=one.parent.slug if one.parent else None,
        commissioner=one.commissioner.ods_code if one.commissioner else None,
        chin=one.chin.slug if one.chin else None,
        paper=one.paper,
        ended_on=one.ended_on,
        terms=_terms(terms) if terms else None,
        figures=figures([figure] if figure else []),
        waiting=[WaitingShape(w.kind, w.key, w.title, w.task, w.since, w.target) for w in context["waiting"]],
        history=entries(context["history"]) if context["history"] is not None else None,
    )


def _item(number: int, one: Item, said: str | None) -> ItemShape:
    return ItemShape(one.pk, number, one.title, one.task, one.kind, one.key, one.text, said)


def _agenda(context: Mapping[str, Any]) -> list[ItemShape]:
    said = context["said"]
    return [_item(number, one, said.get(one.pk)) for number, one in enumerate(context["agenda"], 1)]


def meeting(context: Mapping[str, Any], asat: AsAt) -> MeetingShape:
    one, found = context["meeting"], context["quorum"]
    return MeetingShape(
        id=one.pk,
        body=one.body.slug,
        name=one.body.name,
        day=one.day,
        begins=one.begins,
        place=one.place,
        state=one.state,
        papers_due=papers_due(one.day),
        papers_out_on=one.papers_out_on,
        why_cancelled=one.why_cancelled,
        quorum=found.needed,
        voting_members_there=found.there,
        agenda=_agenda(context),
        attendance=[
            AttendanceShape(
                name=str(row.person or row.name),
                seat=row.seat.title if row.seat else None,
                votes=bool(row.seat and row.seat.voting),
                presence=row.presence,
                took_the_chair=row.presides,
                as_deputy=row.as_deputy,
            )
            for row in context["attendance"]
        ],
        minutes=one.minutes,
        history=entries(context["history"]) if context["history"] is not None else None,
    )


def agenda(context: Mapping[str, Any], asat: AsAt) -> AgendaShape:
    one = context["meeting"]
    return AgendaShape(one.pk, one.body.slug, one.day, _agenda(context))


def item(context: Mapping[str, Any], asat: AsAt) -> OneItemShape:
    one = context["item"]
    return OneItemShape(
        meeting=one.meeting_id,
        body=one.meeting.body.slug,
        day=one.meeting.day,
        taken_off=one.taken_off,
        why_moved=one.why_moved,
        moved_to=one.moved_to_id,
        item=_item(one.position, one, queries.said_of([one]).get(one.pk)),
    )
