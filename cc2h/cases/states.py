"""The life of a business case, as data: draws the buttons, the diagram in the docs, the tests and the database guard."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import TextChoices

from cc2h.kit import words


class CaseState(TextChoices):
    IDEA = "idea", "Idea"
    SHAPING = "shaping", "Being shaped"
    DRAFT = "draft", "Draft"
    IN_ROUTE = "in_route", "In governance"
    RETURNED = "returned", "More asked for"
    APPROVED = "approved", "Approved"
    TESTING = "testing", "Being tested"
    CONCLUDED = "concluded", "Tested, to be decided on"
    SCALING = "scaling", "Scaling in governance"
    SCALED = "scaled", "Scaled borough-wide"
    STOPPED = "stopped", "Stopped"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Event(TextChoices):
    """What happens to a case, as its timeline says it."""

    PUT_FORWARD = "put_forward", "Idea put forward"
    TAKEN_UP = "taken_up", "Taken up, to be shaped"
    DRAFTED = "drafted", "Writing began"
    SUBMITTED = "submitted", "Submitted"
    PASSED = "passed", "Passed a stage"
    RETURNED = "returned", "More asked for"
    SUBMITTED_AGAIN = "submitted_again", "Submitted again"
    DEFERRED = "deferred", "Deferred"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REOPENED = "reopened", "Opened again as a draft"
    RESUMED = "resumed", "Put forward again"
    STARTED = "started", "Test began"
    CONCLUDED = "concluded", "Last cycle concluded"
    PROPOSED = "proposed", "Scaling proposed"
    SENT_BACK = "sent_back", "Scaling not decided: more asked for, or declined"
    SCALED = "scaled", "Scaled borough-wide"
    EXTENDED = "extended", "Test extended"
    STOPPED = "stopped", "Stopped"


class Rule(NamedTuple):
    """From which states an event leads where; None: the case stays as it is. reason: whether it says why."""

    before: tuple[CaseState, ...]
    after: CaseState | None
    reason: bool = False


_S = CaseState
WRITTEN = (_S.SHAPING, _S.DRAFT, _S.RETURNED)  # its sections can be changed
IN_GOVERNANCE = (_S.IN_ROUTE, _S.SCALING)
FUNDED = (_S.APPROVED, _S.TESTING, _S.CONCLUDED, _S.SCALING)  # money of it may be released
FINISHED = (_S.SCALED, _S.STOPPED)  # in the library of finished cases
OVER = (*FINISHED, _S.DECLINED, _S.WITHDRAWN)
SUBMITTED = tuple(state for state in _S if state not in (_S.IDEA, _S.SHAPING, _S.DRAFT, _S.WITHDRAWN))
BACK = (_S.DRAFT, _S.WITHDRAWN)  # it may have been submitted before

RULES: dict[Event, Rule] = {
    Event.PUT_FORWARD: Rule((), _S.IDEA),
    Event.TAKEN_UP: Rule((_S.IDEA,), _S.SHAPING),
    Event.DRAFTED: Rule((_S.SHAPING,), _S.DRAFT),
    Event.SUBMITTED: Rule((_S.DRAFT,), _S.IN_ROUTE),
    Event.PASSED: Rule((_S.IN_ROUTE, _S.SCALING), None),
    Event.DEFERRED: Rule((_S.IN_ROUTE, _S.SCALING), None, reason=True),
    Event.RETURNED: Rule((_S.IN_ROUTE,), _S.RETURNED, reason=True),
    Event.SUBMITTED_AGAIN: Rule((_S.RETURNED,), _S.IN_ROUTE),
    Event.APPROVED: Rule((_S.IN_ROUTE,), _S.APPROVED, reason=True),
    Event.DECLINED: Rule((_S.IN_ROUTE,), _S.DECLINED, reason=True),
    Event.WITHDRAWN: Rule((_S.IDEA, _S.SHAPING, _S.DRAFT, _S.IN_ROUTE, _S.RETURNED), _S.WITHDRAWN, reason=True),
    Event.REOPENED: Rule((_S.WITHDRAWN, _S.DECLINED), _S.DRAFT, reason=True),
    Event.RESUMED: Rule((_S.WITHDRAWN,), _S.IDEA, reason=True),
    Event.STARTED: Rule((_S.APPROVED,), _S.TESTING),
    Event.CONCLUDED: Rule((_S.TESTING,), _S.CONCLUDED),
    Event.PROPOSED: Rule((_S.CONCLUDED,), _S.SCALING),
    Event.SENT_BACK: Rule((_S.SCALING,), _S.CONCLUDED, reason=True),
    Event.SCALED: Rule((_S.SCALING,), _S.SCALED, reason=True),
    Event.EXTENDED: Rule((_S.CONCLUDED,), _S.TESTING, reason=True),
    Event.STOPPED: Rule((_S.APPROVED, _S.TESTING, _S.CONCLUDED), _S.STOPPED, reason=True),
}


def allowed(event: Event, state: str) -> bool:
    """Whether it may happen to a case in this state."""
    return state in RULES[event].before


def leads(event: Event, before: str) -> CaseState:
    """The state after it."""
    return RULES[event].after or CaseState(before)


def steps() -> Iterator[tuple[str, str, str]]:
    """Every step there is: event, state before (blank for the first) and after."""
    for event, rule in RULES.items():
        for before in rule.before or ("",):
            yield event.value, str(before), str(rule.after or before)


def route() -> list[tuple[str, str]]:
    """Every state, and in words what a case can become from there, and by what."""
    found = []
    for state in CaseState:
        ways = [
            f"{str(rule.after.label).lower()} ({str(event.label).lower()})"
            for event, rule in RULES.items()
            if state in rule.before and rule.after
        ]
        found.append((str(state.label), words.listed(ways, "or") if ways else "nothing: it is over"))
    return found


def diagram() -> str:
    """The states and what leads from one to another, as docs/states.md draws them."""
    lines = ["stateDiagram-v2"]
    lines += [f"  state “{state.label}” as {state.value}".replace("“", '"').replace("”", '"') for state in CaseState]
    for event, before, after in steps():
        if before != after:
            lines.append(f"  {before or '[*]'} --> {after}: {str(Event(event).label).lower()}")
    return "\n".join(lines)
