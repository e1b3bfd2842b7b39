"""Writing actions. What is done with one is refused where somebody else changed it since `seen`, the version read."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.accounts.records import Record
from cc2h.delivery.events import Event
from cc2h.delivery.models import Action, State
from cc2h.kit import history, words
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from chins.models import Post


def add_action(
    *,
    by: Any,
    record: Record,
    what: str,
    owner: Post,
    raised_on: date,
    due_day: date | None = None,
    before: Event | None = None,
) -> Action:
    """Something is to be done about the record by the holder of `owner`, by `due_day` or before an event.

    Raises ValidationError unless exactly one of the two is given.
    """
    _one_end(due_day, before)
    with writing(by):
        action = Action(
            kind=record.kind,
            key=record.key,
            what=" ".join(what.split()),
            owner=owner,
            raised_by=by,
            raised_on=raised_on,
            **_end(due_day, before),
        )
        check(action)
        action.save(force_insert=True)
    return action


def change_action(
    *,
    by: Any,
    action: Action,
    seen: int,
    what: str,
    owner: Post,
    due_day: date | None = None,
    before: Event | None = None,
) -> Action:
    """Other words, another owner, another day or event; the day that an event has now is agreed with that.

    Raises history.ChangedMeanwhile when somebody saved since `seen`, ValidationError when the action is closed.
    """
    _one_end(due_day, before)
    with writing(by):
        current = _open(action, seen)
        current.what, current.owner = " ".join(what.split()), owner
        for name, value in _end(due_day, before).items():
            setattr(current, name, value)
        check(current)
        current.save()
    return current


def complete(*, by: Any, action: Action, seen: int, day: date, evidence: str = "") -> Action:
    """It was done on `day`. Raises as change_action does."""
    return _close(by, action, seen, State.DONE, day, evidence=evidence.strip())


def drop(*, by: Any, action: Action, seen: int, day: date, reason: str) -> Action:
    """It is not to be done any more. Raises as change_action does, and ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError("Say why it is dropped.", code="reason_required")
    return _close(by, action, seen, State.DROPPED, day, reason=reason.strip())


def reopen(*, by: Any, action: Action, seen: int) -> Action:
    """It is open again; how it was closed stays in its history. Raises as change_action does."""
    with writing(by):
        current = _current(action, seen)
        if current.state == State.OPEN:
            raise ValidationError("It is open already.", code="open")
        current.state = State.OPEN
        current.closed_on = current.closed_by = None
        current.evidence = current.reason = ""
        current.save()
    return current


def _close(by: Any, action: Action, seen: int, state: State, day: date, **said: str) -> Action:
    with writing(by):
        current = _open(action, seen)
        if day < current.raised_on:
            raise ValidationError(f"It was raised on {words.day(current.raised_on)}, after that day.", code="too_early")
        current.state, current.closed_on, current.closed_by = state, day, by
        for name, value in said.items():
            setattr(current, name, value)
        check(current, *said)
        current.save()
    return current


def _current(action: Action, seen: int) -> Action:
    current: Action = Action.objects.select_for_update(no_key=True).get(pk=action.pk)
    history.unchanged_since(current, seen)
    return current


def _open(action: Action, seen: int) -> Action:
    current = _current(action, seen)
    if current.state != State.OPEN:
        state = str(State(current.state).label).lower()
        raise ValidationError(f"It is {state} since {words.day(current.closed_on)}: reopen it first.", code="closed")
    return current


def _one_end(due_day: date | None, before: Event | None) -> None:
    if (due_day is None) == (before is None):
        raise ValidationError("Give a day, or choose what it is due before: one of the two.", code="one_end")


def _end(due_day: date | None, before: Event | None) -> dict[str, Any]:
    if before is None:
        return {"due_day": due_day, "event_kind": "", "event": None, "event_name": "", "event_day": None}
    return {
        "due_day": None,
        "event_kind": before.kind,
        "event": before.thread,
        "event_name": before.name,
        "event_day": before.day,
    }
