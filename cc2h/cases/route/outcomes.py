"""What a stage is for, and what may be said at it, as data: draws the forms, the docs, the tests and the database guard."""

from typing import NamedTuple

from django.db.models import TextChoices

from cc2h.accounts.authority import Action
from cc2h.cases.states import Event
from cc2h.governance.models import Task


class Part(TextChoices):
    SPONSOR = "sponsor", "Sponsors"
    CHECK = "check", "Checks"
    ADVISE = "advise", "Advises"
    DECIDE = "decide", "Decides"
    NOTE = "note", "Notes"
    TOLD = "told", "Is told"


class Said(TextChoices):
    """What is said of a case at a stage."""

    SPONSORED = "sponsored", "Sponsor"
    NOT_SPONSORED = "not_sponsored", "Do not sponsor"
    AGREED = "agreed", "The costs hold"
    ENDORSED = "endorsed", "Endorse"
    OBJECTED = "objected", "Do not endorse"
    COMMENTED = "commented", "Comment, neither for nor against"
    NO_ADVICE = "no_advice", "No advice given"
    APPROVED = "approved", "Approve"
    CONDITIONS = "conditions", "Approve with conditions"
    ASKED = "asked", "Ask for more"
    DEFERRED = "deferred", "Defer"
    DECLINED = "declined", "Decline"
    NOTED = "noted", "Note"
    TOLD = "told", "They were told"


class TurnState(TextChoices):
    OPEN = "open", "Waiting"
    PASSED = "passed", "Passed"
    ENDED = "ended", "Ended the round"
    VOID = "void", "Not needed any more"


class Rule(NamedTuple):
    """At which stages it may be said, what the turn becomes, and what that makes of the case. done: as it is told."""

    parts: tuple[Part, ...]
    after: TurnState
    event: Event | None
    done: str


_P, _T = Part, TurnState
RULES: dict[Said, Rule] = {
    Said.SPONSORED: Rule((_P.SPONSOR,), _T.PASSED, Event.PASSED, "sponsored"),
    Said.NOT_SPONSORED: Rule((_P.SPONSOR,), _T.ENDED, Event.RETURNED, "not sponsored"),
    Said.AGREED: Rule((_P.CHECK,), _T.PASSED, Event.PASSED, "checked: the costs hold"),
    Said.ENDORSED: Rule((_P.ADVISE,), _T.PASSED, Event.PASSED, "endorsed"),
    Said.OBJECTED: Rule((_P.ADVISE,), _T.PASSED, Event.PASSED, "not endorsed"),
    Said.COMMENTED: Rule((_P.ADVISE, _P.NOTE), _T.PASSED, Event.PASSED, "commented on"),
    Said.NO_ADVICE: Rule((_P.ADVISE,), _T.PASSED, Event.PASSED, "closed without advice"),
    Said.APPROVED: Rule((_P.DECIDE,), _T.PASSED, Event.APPROVED, "approved"),
    Said.CONDITIONS: Rule((_P.DECIDE,), _T.PASSED, Event.APPROVED, "approved with conditions"),
    Said.ASKED: Rule((_P.SPONSOR, _P.CHECK, _P.DECIDE), _T.ENDED, Event.RETURNED, "more asked for"),
    Said.DEFERRED: Rule((_P.ADVISE, _P.DECIDE), _T.OPEN, Event.DEFERRED, "deferred"),
    Said.DECLINED: Rule((_P.DECIDE,), _T.ENDED, Event.DECLINED, "declined"),
    Said.NOTED: Rule((_P.NOTE, _P.TOLD), _T.PASSED, Event.PASSED, "noted"),
    Said.TOLD: Rule((_P.TOLD,), _T.PASSED, Event.PASSED, "told"),
}

LATER = (Part.NOTE, Part.TOLD)  # of what is decided already: they hold nothing up
BINDING = tuple(part for part in Part if part not in LATER)
APPROVING = (Said.APPROVED, Said.CONDITIONS)
FINAL = tuple(said for said, rule in RULES.items() if rule.after != TurnState.OPEN)
BY_STAFF = (Said.NO_ADVICE, Said.TOLD)  # said by whoever keeps the body's governance, and no outcome of a meeting
# Who acts at a stage where no body meets about it; nobody decides for a body.
ACTIONS: dict[Part, Action] = {
    Part.SPONSOR: Action.SPONSOR_CASE,
    Part.CHECK: Action.CHECK_CASE,
    Part.ADVISE: Action.ADVISE_CASE,
    Part.DECIDE: Action.DECIDE_CASE,
}
# What a body is to do with an item, by the part it has.
TASKS: dict[Part, Task] = {
    Part.SPONSOR: Task.DECIDE,
    Part.ADVISE: Task.ADVISE,
    Part.DECIDE: Task.DECIDE,
    Part.NOTE: Task.NOTE,
    Part.TOLD: Task.NOTE,
}
VOTED = (Said.SPONSORED, Said.NOT_SPONSORED, *APPROVING, Said.ASKED, Said.DECLINED, Said.ENDORSED, Said.OBJECTED)


def of(part: str) -> list[Said]:
    """What may be said at a stage of this part."""
    return [said for said, rule in RULES.items() if part in rule.parts]


def own(part: str) -> list[Said]:
    """What whoever is asked may say of it, at a meeting or outside one."""
    return [said for said in of(part) if said not in BY_STAFF]
