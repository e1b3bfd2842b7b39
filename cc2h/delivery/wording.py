"""Actions in words: by when, how that stands, how old it is."""

from collections.abc import Callable
from datetime import date, timedelta

from cc2h.delivery import events
from cc2h.delivery.models import Action, State
from cc2h.kit import words

SOON = 14  # days


def when(action: Action, day: Callable[[date | None], str] = words.day) -> str:
    """By when: “by 4 March 2019”, “before the Health and Wellbeing Board of 4 March 2019”; an event that moved says so.

    day: how days are written.
    """
    if action.due_day is not None:
        return f"by {day(action.due_day)}"
    before = f"before {action.event_name} {events.joined(action.event_kind)}"
    if action.event_on is None:
        return f"{before} {day(action.event_day)}, which has been taken back"
    moved = "" if action.event_on == action.event_day else f" (moved from {day(action.event_day)})"
    return f"{before} {day(action.event_on)}{moved}"


def days_left(action: Action, today: date) -> int | None:
    """Days until the last on which it is in time, below 0 when that is over; None once closed, or without a day."""
    if action.state != State.OPEN or action.due is None:
        return None
    return (action.due - today).days


def days_overdue(action: Action, today: date) -> int:
    left = days_left(action, today)
    return max(0, -left) if left is not None else 0


def days_open(action: Action, today: date) -> int:
    """From the day it was raised until it was closed, or today."""
    return ((action.closed_on or today) - action.raised_on).days


def age(action: Action, today: date) -> str:
    days = days_open(action, today)
    spent = words.plural(days, "day") if days else "less than a day"
    return f"open for {spent}" if action.state == State.OPEN else f"was open for {spent}"


def stands(action: Action, today: date) -> str:
    """How it stands: “Overdue by 6 days”, “Due in 3 days”, “Done on 4 March 2019”, “Lost its day”."""
    if action.state != State.OPEN:
        return f"{State(action.state).label} on {words.day(action.closed_on)}"
    left = days_left(action, today)
    if left is None:
        return "Lost its day"
    if left < 0:
        return f"Overdue by {words.plural(-left, 'day')}"
    return "Due today" if left == 0 else "Due tomorrow" if left == 1 else f"Due in {words.plural(left, 'day')}"


def tag(action: Action, today: date) -> str:
    """The state that components/tags.html draws: open ones by how urgent they are."""
    if action.state != State.OPEN:
        return str(action.state)
    left = days_left(action, today)
    if left is None:
        return "lost-its-day"
    return "overdue" if left < 0 else "due-soon" if left <= SOON else "open"


def soon(today: date) -> date:
    """The last of the days that are soon."""
    return today + timedelta(days=SOON)
