"""Writing bodies, their terms and seats, their meetings and agendas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max
from django.utils.text import slugify

from cc2h.governance.models import (
    Attendance,
    Body,
    Item,
    Meeting,
    MeetingState,
    Presence,
    Seat,
    Task,
    Terms,
)
from cc2h.governance.patterns import MOST_AT_ONCE
from cc2h.governance.subjects import Waiting
from cc2h.kit import dated, history, words
from cc2h.kit.dated import period_of
from cc2h.kit.days import day_before
from cc2h.kit.problems import check
from cc2h.kit.writing import still_held, writing
from chins.models import Chin, Post
from practices.models import Commissioner

WORDS_OF_ADDRESSES = {"add", "calendar", "decisions", "items", "meetings", "seats", "terms"}
LAST = -1  # of an agenda
COMING = (MeetingState.PLANNED, MeetingState.PAPERS_OUT)


# Bodies ------------------------------------------------------------------------------------------------


def add_body(
    *, by: Any, name: str, commissioner: Commissioner | None = None, chin: Chin | None = None, **facts: Any
) -> Body:
    """A body of a CHIN, of a commissioner, or of all of them together. Raises ValidationError."""
    with writing(by):
        body = Body(
            slug=free_slug(name, chin or commissioner), name=" ".join(name.split()),
            commissioner=chin.commissioner if chin is not None else commissioner, chin=chin, **facts,
        )  # fmt: skip
        check(body)
        body.save(force_insert=True)
    return body


def change_body(*, by: Any, body: Body, seen: int, **facts: Any) -> Body:
    """Other names, another body it reports to. Raises history.ChangedMeanwhile when somebody saved since `seen`."""
    with writing(by):
        _lock_tree()
        current = _locked(Body, body.pk)
        history.unchanged_since(current, seen)
        for name, value in facts.items():
            setattr(current, name, value)
        check(current)
        current.save()
    return current


def end_body(*, by: Any, body: Body, last: date) -> Body:
    """It was a body until `last`. Raises ValidationError while it is to meet after that."""
    with writing(by):
        current = _locked(Body, body.pk)
        if current.ended_on is not None:
            raise ValidationError(f"It ended on {words.day(current.ended_on)} already.", code="ended")
        later = current.meetings.filter(day__gt=last).exclude(state=MeetingState.CANCELLED).order_by("day").first()
        if later is not None:
            what = "was held" if later.state == MeetingState.HELD else "is planned; cancel it first"
            raise ValidationError({"last": f"Its meeting of {words.day(later.day)} {what}."})
        current.ended_on = last
        current.save()
    return current


def set_terms(*, by: Any, body: Body, first: date, reason: str = "", **facts: Any) -> Terms:
    """Terms of reference from a day; those before end with the day before. facts: text, quorum, limit."""
    with writing(by):
        _locked(Body, body.pk)
        for other in Terms.objects.held().filter(body=body, period__overlap=period_of(first)).order_by("period"):
            if other.first_day >= first:
                raise ValidationError(
                    {
                        "first": f"Terms begin on {words.day(other.first_day)} already. Correct those, or void them first."
                    }
                )
            dated.end(other, last=day_before(first), by=by, reason=reason)
        return dated.record(Terms, by=by, first=first, body=body, reason=reason, **facts)


def correct_terms(*, by: Any, terms: Terms, reason: str, **facts: Any) -> Terms:
    """What was recorded of them was wrong."""
    with writing(by):
        return dated.correct(still_held(terms), by=by, reason=reason, **facts)


def void_terms(*, by: Any, terms: Terms, reason: str) -> None:
    """They never held; those that they took the place of hold on, where they ended the day before."""
    with writing(by):
        present = still_held(terms)
        dated.void(present, by=by, reason=reason)
        before = Terms.objects.held().filter(body=present.body, period__endswith=present.first_day).first()
        if before is not None:
            dated.correct(before, by=by, reason=reason, period=period_of(before.first_day, present.last_day))


# Seats ---------------------------------------------------------------------------------------------------


def add_seat(*, by: Any, body: Body, first: date, reason: str = "", **facts: Any) -> Seat:
    """A seat from a day; vacant while it has no post, or the post no holder. facts: fields of Seat."""
    with writing(by):
        _not_ended(_locked(Body, body.pk), first)
        return dated.record(Seat, by=by, first=first, body=body, reason=reason, **facts)


def fill_seat(*, by: Any, seat: Seat, post: Post | None, first: date, reason: str = "") -> Seat:
    """From a day another post has the seat; None: it is vacant from then on."""
    with writing(by):
        present = still_held(seat)
        if first < present.first_day or (present.last_day is not None and first > present.last_day):
            during = words.period(present.period.lower, present.period.upper)
            raise ValidationError({"first": f"The seat is there {during}. Choose a day of that time."})
        if present.post_id == (post.pk if post is not None else None):
            raise ValidationError({"post": "That post has the seat already."})
        if first == present.first_day:
            return dated.correct(present, by=by, reason=reason, post=post)
        dated.end(present, last=day_before(first), by=by, reason=reason)
        facts = {name: getattr(present, name) for name in ("body", "title", "organisation", "part", "core", "voting")}
        return dated.record(Seat, by=by, first=first, last=present.last_day, post=post, reason=reason, **facts)


def correct_seat(*, by: Any, seat: Seat, reason: str, **facts: Any) -> Seat:
    """What was recorded of it was wrong. facts: title, organisation, part, core, voting."""
    with writing(by):
        return dated.correct(still_held(seat), by=by, reason=reason, **facts)


def end_seat(*, by: Any, seat: Seat, last: date, reason: str = "") -> Seat:
    """The body has the seat until `last`."""
    with writing(by):
        present = still_held(seat)
        if present.last_day is not None and last > present.last_day:
            raise ValidationError({"last": f"It ends on {words.day(present.last_day)} already."})
        return dated.end(present, last=last, by=by, reason=reason)


def void_seat(*, by: Any, seat: Seat, reason: str) -> None:
    """The body never had the seat. Raises ValidationError where somebody sat in it."""
    with writing(by):
        present = still_held(seat)
        sat = Attendance.objects.filter(seat__thread=present.thread).select_related("meeting").first()
        if sat is not None:
            raise ValidationError(
                f"Somebody is on the list of the meeting of {words.day(sat.meeting.day)} in this seat: end it instead.",
                code="sat_in",
            )
        dated.void(present, by=by, reason=reason)


# Meetings ------------------------------------------------------------------------------------------------


def plan_meetings(
    *, by: Any, body: Body, days: Sequence[date], begins: time | None = None, place: str = ""
) -> list[Meeting]:
    """Meetings of the body on these days: all of them, or none. Raises ValidationError."""
    if not days:
        raise ValidationError("There is no day to meet on.", code="no_day")
    if len(days) > MOST_AT_ONCE:
        raise ValidationError(f"At most {MOST_AT_ONCE} meetings are planned at once.", code="too_many")
    with writing(by):
        current = _locked(Body, body.pk)
        _not_ended(current, max(days))
        taken = current.meetings.filter(day__in=days).exclude(state=MeetingState.CANCELLED).order_by("day")
        if meets := [words.day(day) for day in taken.values_list("day", flat=True)]:
            raise ValidationError(f"The body meets on {words.listed(meets)} already.", code="meets_already")
        made = [Meeting(body=current, day=day, begins=begins, place=" ".join(place.split())) for day in sorted(days)]
        for meeting in made:
            check(meeting)
        return Meeting.objects.bulk_create(made)


def change_meeting(*, by: Any, meeting: Meeting, seen: int, **facts: Any) -> Meeting:
    """Another day, time or place, while it is to come. facts: day, begins, place."""
    with writing(by):
        current = _to_come(meeting)
        history.unchanged_since(current, seen)
        for name, value in facts.items():
            setattr(current, name, value)
        check(current)
        current.save()
    return current


def papers_out(*, by: Any, meeting: Meeting, day: date) -> Meeting:
    """The papers went out on the day. Raises ValidationError where there is nothing on the agenda."""
    with writing(by):
        current = _to_come(meeting)
        if current.state == MeetingState.PAPERS_OUT:
            raise ValidationError(f"The papers went out on {words.day(current.papers_out_on)}.", code="out")
        if not current.items.filter(taken_off=False).exists():
            raise ValidationError("There is nothing on the agenda yet.", code="no_agenda")
        if day > current.day:
            raise ValidationError({"day": f"Papers go out before the meeting, which is on {words.day(current.day)}."})
        current.state, current.papers_out_on = MeetingState.PAPERS_OUT, day
        current.save()
    return current


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody on the list of a meeting: a person or a name, in a seat or not."""

    person: Any = None
    name: str = ""
    seat: Seat | None = None
    presence: Presence = Presence.PRESENT
    presides: bool = False
    as_deputy: bool = False


def hold(*, by: Any, meeting: Meeting, today: date, attendance: Iterable[Present]) -> Meeting:
    """The meeting was held, and who was there; once more, to put the list right. Raises ValidationError."""
    listed = list(attendance)
    if not any(one.presence == Presence.PRESENT for one in listed):
        raise ValidationError("Nobody was there: say who was, or cancel the meeting.", code="nobody")
    with writing(by):
        current = _locked(Meeting, meeting.pk)
        if current.state == MeetingState.CANCELLED:
            raise ValidationError("The meeting was cancelled.", code="cancelled")
        if current.day > today:
            raise ValidationError(
                f"The meeting is on {words.day(current.day)}: it is recorded on that day or later.", code="too_early"
            )
        if current.state != MeetingState.HELD:
            current.state = MeetingState.HELD
            current.save()
        current.attendances.all().delete()
        for one in listed:
            row = Attendance(
                meeting=current, person=one.person, name=" ".join(one.name.split()), seat=one.seat,
                presence=one.presence, presides=one.presides, as_deputy=one.as_deputy,
            )  # fmt: skip
            check(row)
            row.save(force_insert=True)
    return current


def apologise(*, by: Any, meeting: Meeting, person: Any, seat: Seat | None, as_deputy: bool = False) -> Attendance:
    """Somebody says before the meeting that they will not be there."""
    with writing(by):
        current = _to_come(meeting)
        row = Attendance(meeting=current, person=person, seat=seat, presence=Presence.APOLOGIES, as_deputy=as_deputy)
        check(row)
        row.save(force_insert=True)
    return row


def come_after_all(*, by: Any, meeting: Meeting, person: Any) -> Meeting:
    """Apologies are taken back before the meeting."""
    with writing(by):
        current = _to_come(meeting)
        current.attendances.filter(person=person, presence=Presence.APOLOGIES).delete()
    return current


def minute(*, by: Any, meeting: Meeting, seen: int, text: str) -> Meeting:
    """What was said, of a meeting that was held."""
    with writing(by):
        current = _locked(Meeting, meeting.pk)
        history.unchanged_since(current, seen)
        if current.state != MeetingState.HELD:
            raise ValidationError("Minutes are of a meeting that was held.", code="not_held")
        current.minutes = text.strip()
        check(current, "minutes")
        current.save()
    return current


def cancel(*, by: Any, meeting: Meeting, reason: str) -> Meeting:
    """The meeting does not take place. What is on its agenda can be moved to another."""
    with writing(by):
        current = _to_come(meeting)
        current.state, current.why_cancelled = MeetingState.CANCELLED, " ".join(reason.split())
        check(current)
        current.save()
    return current


# Agendas -------------------------------------------------------------------------------------------------


def add_item(
    *, by: Any, meeting: Meeting, title: str, task: Task = Task.NOTE, text: str = "", after: int | None = LAST
) -> Item:
    """An item of its own words. after: the primary key of the item that it comes after; None: it is the first."""
    with writing(by):
        current = _open_agenda(meeting)
        item = _added(current, title=" ".join(title.split()), task=task, text=text.strip())
        _place(current, item, after)
        return item


def add_waiting(*, by: Any, meeting: Meeting, waiting: Iterable[Waiting]) -> list[Item]:
    """Items of what waits for the body, in that order. What is on the agenda of a coming meeting already is refused."""
    with writing(by):
        current = _open_agenda(meeting)
        return [_added(current, title=one.title[:200], kind=one.kind, key=one.key, task=one.task) for one in waiting]


def change_item(*, by: Any, item: Item, seen: int, after: int | None = LAST, **facts: Any) -> Item:
    """Other words or another place, while the meeting is to come. facts: title, task, text; of a record only the text."""
    with writing(by):
        meeting = _open_agenda(item.meeting)
        current = _on_the_agenda(item)
        history.unchanged_since(current, seen)
        for name, value in facts.items():
            setattr(current, name, value)
        check(current)
        current.save()
        if after != LAST:
            _place(meeting, current, after)
    return current


def move_item(*, by: Any, item: Item, to: Meeting, reason: str) -> Item:
    """It comes before another meeting of the body; returns the item that takes its place there."""
    with writing(by):
        _both_locked(item.meeting, to)
        current = _on_the_agenda(item)
        if to.body_id != current.meeting.body_id or to.pk == current.meeting_id:
            raise ValidationError({"to": "Choose another meeting of the same body."})
        taken = _added(
            _open_agenda(to), title=current.title, kind=current.kind, key=current.key, task=current.task,
            text=current.text,
        )  # fmt: skip
        current.taken_off, current.moved_to, current.why_moved = True, taken, " ".join(reason.split())
        check(current)
        current.save()
    return taken


def take_off(*, by: Any, item: Item, reason: str) -> Item:
    """It comes before no meeting, until it is put on an agenda again."""
    with writing(by):
        _locked(Meeting, item.meeting_id)
        current = _on_the_agenda(item)
        current.taken_off, current.why_moved = True, " ".join(reason.split())
        check(current)
        current.save()
    return current


# Of each -------------------------------------------------------------------------------------------------


def _lock_tree() -> None:
    """Before any row: the database takes the same lock when a body is hung under another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('governance_body_tree'))")


def _locked(model: Any, pk: int) -> Any:
    return model.objects.select_for_update(no_key=True).get(pk=pk)


def _both_locked(*meetings: Meeting) -> None:
    """In the order of their keys, so that two who move items the other way round do not wait for each other."""
    list(Meeting.objects.select_for_update(no_key=True).filter(pk__in=[m.pk for m in meetings]).order_by("pk"))


def _to_come(meeting: Meeting) -> Meeting:
    current: Meeting = _locked(Meeting, meeting.pk)
    if current.state not in COMING:
        raise ValidationError(f"The meeting was {current.get_state_display().lower()} already.", code="over")
    return current


def _open_agenda(meeting: Meeting) -> Meeting:
    current: Meeting = _locked(Meeting, meeting.pk)
    if current.state not in COMING:
        raise ValidationError(
            f"The meeting was {current.get_state_display().lower()}: its agenda takes no more changes.", code="over"
        )
    return current


def _on_the_agenda(item: Item) -> Item:
    current: Item = _locked(Item, item.pk)
    if current.taken_off:
        raise ValidationError("It has been moved or taken off already.", code="taken_off")
    return current


def _added(meeting: Meeting, **facts: Any) -> Item:
    if facts.get("kind"):
        elsewhere = Item.objects.filter(
            kind=facts["kind"], key=facts["key"], task=facts["task"], taken_off=False, meeting__body=meeting.body_id,
            meeting__state__in=COMING,
        ).select_related("meeting")  # fmt: skip
        if other := elsewhere.first():
            raise ValidationError(
                f"{facts['title']} is on the agenda of {words.day(other.meeting.day)} already.", code="there"
            )
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    item = Item(meeting=meeting, position=last + 1, **facts)
    check(item)
    item.save(force_insert=True)
    return item


def _place(meeting: Meeting, item: Item, after: int | None) -> None:
    """Put the item after another, or first. What was taken off keeps its place."""
    others = list(meeting.items.filter(taken_off=False).exclude(pk=item.pk).order_by("position"))
    before = [one.pk for one in others]
    if after == LAST or (before and after == before[-1] and item.position > others[-1].position):
        return
    if after is not None and after not in before:
        raise ValidationError({"after": "That is no item of this agenda. Choose one from the list."})
    others.insert(0 if after is None else before.index(after) + 1, item)
    places = sorted(one.position for one in others)
    for one, position in zip(others, places, strict=True):
        one.position = position
    Item.objects.bulk_update(others, ["position"])


def _not_ended(body: Body, day: date) -> None:
    if body.ended_on is not None and day > body.ended_on:
        raise ValidationError(f"{body} ended on {words.day(body.ended_on)}.", code="ended")


def free_slug(name: str, of: Any = None) -> str:
    """The name as it stands in an address, with whose it is before it, and with a number where that is taken."""
    whose = f"{getattr(of, 'slug', '') or getattr(of, 'short_name', '')} " if of is not None else ""
    base = slugify(whose + name)[:70] or "body"
    taken = {*WORDS_OF_ADDRESSES, *Body.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in tries if slug not in taken)
