"""The life of a claim, as data: draws the buttons, the diagram in the docs, the tests and the database guard."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import TextChoices

from cc2h.kit import words


class ClaimState(TextChoices):
    OPEN = "open", "To be sent in"
    SENT = "sent", "Waiting to be verified"
    RETURNED = "returned", "Returned"
    PAYABLE = "payable", "Payable"
    PAID = "paid", "Paid"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CLOSED = "closed", "Closed without payment"


class Event(TextChoices):
    """What happens to a claim, as its timeline says it."""

    OPENED = "opened", "Opened"
    ENTERED = "entered", "Evidence entered"
    SENT = "sent", "Sent in"
    SENT_AGAIN = "sent_again", "Sent in again"
    ACCEPTED = "accepted", "Outputs accepted"
    RETURNED = "returned", "Returned"
    PAYABLE = "payable", "Payable"
    TAKEN_BACK = "taken_back", "Acceptance taken back"
    LET_STAND = "let_stand", "Lapse let stand"
    PAID = "paid", "Paid"
    REVERSED = "reversed", "Payment reversed"
    CALLED_OFF = "called_off", "Payment called off"
    ASKED_BACK = "asked_back", "Payment asked back"
    NOT_ASKED_BACK = "not_asked_back", "Not asked back any more"
    RECEIVED_BACK = "received_back", "Payment received back"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REOPENED = "reopened", "Opened again"
    CLOSED = "closed", "Closed"


class Rule(NamedTuple):
    """From which states an event leads where; None: the claim stays as it is. reason: whether it says why."""

    before: tuple[ClaimState, ...]
    after: ClaimState | None
    reason: bool = False


_S = ClaimState
TO_ENTER = (_S.OPEN, _S.RETURNED)  # what was sent in stays as it is
LIVE = (_S.OPEN, _S.SENT, _S.RETURNED)  # may still become payable
OWED = (_S.PAYABLE, _S.PAID)

RULES: dict[Event, Rule] = {
    Event.OPENED: Rule((), _S.OPEN),
    Event.ENTERED: Rule(TO_ENTER, None),
    Event.SENT: Rule((_S.OPEN,), _S.SENT),
    Event.SENT_AGAIN: Rule((_S.RETURNED,), _S.SENT),
    Event.ACCEPTED: Rule((_S.SENT,), None),
    Event.RETURNED: Rule((_S.SENT,), _S.RETURNED, reason=True),
    Event.PAYABLE: Rule((_S.SENT,), _S.PAYABLE),
    Event.TAKEN_BACK: Rule((_S.PAYABLE,), _S.RETURNED, reason=True),
    Event.LET_STAND: Rule((_S.SENT, _S.RETURNED, *OWED), None, reason=True),
    Event.PAID: Rule((_S.PAYABLE,), _S.PAID),
    Event.REVERSED: Rule((_S.PAID,), _S.PAYABLE, reason=True),
    Event.CALLED_OFF: Rule((_S.PAYABLE,), _S.CLOSED, reason=True),
    Event.ASKED_BACK: Rule((_S.PAID,), None, reason=True),
    Event.NOT_ASKED_BACK: Rule((_S.PAID,), None, reason=True),
    Event.RECEIVED_BACK: Rule((_S.PAID,), _S.CLOSED, reason=True),
    Event.WITHDRAWN: Rule(LIVE, _S.WITHDRAWN, reason=True),
    Event.REOPENED: Rule((_S.WITHDRAWN, _S.CLOSED), _S.OPEN, reason=True),
    Event.CLOSED: Rule((*LIVE, _S.WITHDRAWN), _S.CLOSED, reason=True),
}


def allowed(event: Event, state: str) -> bool:
    """Whether it may happen to a claim in this state."""
    return state in RULES[event].before


def leads(event: Event, before: str) -> ClaimState:
    """The state after it."""
    return RULES[event].after or ClaimState(before)


def steps() -> Iterator[tuple[str, str, str]]:
    """Every step there is: event, state before (blank for the first) and after."""
    for event, rule in RULES.items():
        for before in rule.before or ("",):
            yield event.value, str(before), str(rule.after or before)


def route() -> list[tuple[str, str]]:
    """Every state, and in words what a claim can become from there, and by what."""
    found = []
    for state in ClaimState:
        ways = [
            f"{str(rule.after.label).lower()} ({str(event.label).lower()})"
            for event, rule in RULES.items()
            if state in rule.before and rule.after
        ]
        found.append((str(state.label), words.listed(ways, "or")))
    return found


def diagram() -> str:
    """The states and what leads from one to another, as docs/states.md draws them."""
    lines = ["stateDiagram-v2"]
    lines += [f"  state “{state.label}” as {state.value}".replace("“", '"').replace("”", '"') for state in ClaimState]
    for event, before, after in steps():
        if before != after:
            lines.append(f"  {before or '[*]'} --> {after}: {str(Event(event).label).lower()}")
    return "\n".join(lines)
