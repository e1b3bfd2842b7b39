"""Keeping the register of interests. Everything raises ValidationError, in words, for what is refused."""

from datetime import date
from typing import Any

from cc2h.governance.decisions.models import Confirmation, Interest
from cc2h.kit import dated
from cc2h.kit.dated import period_of, recording
from cc2h.kit.problems import check
from cc2h.kit.writing import still_held, writing
from chins.models import Chin
from practices.models import Practice


def declare_interest(
    *,
    by: Any,
    person: Any,
    kind: str,
    what: str,
    first: date,
    last: date | None = None,
    organisation: str = "",
    practice: Practice | None = None,
    chin: Chin | None = None,
) -> Interest:
    """Somebody has an interest from a day. by: themselves, or who keeps the register for them."""
    with writing(by):
        return dated.record(
            Interest,
            by=by,
            first=first,
            last=last,
            person=person,
            kind=kind,
            what=" ".join(what.split()),
            organisation=" ".join(organisation.split()),
            practice=practice,
            chin=chin,
        )


def end_interest(*, by: Any, interest: Interest, last: date) -> Interest:
    """It was true until the day, that day included."""
    with writing(by):
        return dated.end(still_held(interest), last=last, by=by)


def correct_interest(
    *, by: Any, interest: Interest, reason: str, first: date, last: date | None, **facts: Any
) -> Interest:
    """What the register says of it was wrong."""
    with writing(by):
        changes = facts | {"period": period_of(first, last)}
        return dated.correct(still_held(interest), by=by, reason=reason, **changes)


def void_interest(*, by: Any, interest: Interest, reason: str) -> None:
    """It was never true."""
    with writing(by):
        dated.void(still_held(interest), by=by, reason=reason)


def confirm(*, by: Any, person: Any, nothing: bool, today: date) -> Confirmation:
    """They say that the register has all their interests today; nothing: that there is none to declare."""
    with writing(by):
        said = Confirmation(person=person, day=today, nothing=nothing, by=by)
        if (pretended := recording()) is not None:
            said.at = pretended
        check(said)
        said.save(force_insert=True)
    return said
