"""Decisions and interests in words."""

from datetime import date

from cc2h.governance.decisions import outcomes
from cc2h.governance.decisions.models import Confirmation, Decision, Interest
from cc2h.kit import words
from cc2h.kit.asat import AsAt


def counted(decision: Decision) -> str:
    """How the vote went, in a sentence; blank where there was none."""
    if not decision.voted:
        return ""
    parts = [f"{decision.votes_for} for", f"{decision.votes_against} against"]
    if decision.abstained:
        parts.append(f"{decision.abstained} abstained")
    carried = ", carried by the chair’s casting vote" if decision.casting else ""
    return f"{', '.join(parts)}{carried}; {decision.could_vote} could vote, the quorum is {decision.quorum}."


def interest_state(interest: Interest, asat: AsAt) -> str:
    """Whether it is true on the day, was, or will be."""
    if interest.first_day > asat.day:
        return "to-come"
    return "true" if interest.last_day is None or interest.last_day >= asat.day else "ended"


def confirmed(last: Confirmation | None) -> str:
    """What somebody said of their interests, and when."""
    if last is None:
        return "Has not confirmed them yet."
    said = "Nothing to declare" if last.nothing else "These are all"
    return f"{said}, confirmed on {words.day(last.day)}."


def conditions(decision: Decision) -> list[tuple[str, date | None]]:
    """Each condition and the day it is to be met by."""
    return [(one["text"], _day(one["due"])) for one in decision.conditions]


def _day(kept: date | str | None) -> date | None:
    return date.fromisoformat(kept) if isinstance(kept, str) else kept


def parts(decision: Decision) -> list[str]:
    """The parts that more was asked of, by their titles where they still have them."""
    titles = dict(outcomes.parts(decision.item))
    return [titles.get(key, key) for key in decision.sections]
