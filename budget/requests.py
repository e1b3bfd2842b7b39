"""Virements and cuts, which take two people: one asks, another agrees, and only then are there entries.

Amounts are Decimal, in pounds with two decimals. Everything raises ValidationError for what is refused.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from budget import ledger
from budget.models import Line, Request, RequestKind, RequestState
from cc2h.kit import words
from cc2h.kit.problems import check
from cc2h.kit.writing import writing


def ask_for_virement(
    *, by: Any, giving: Line, taking: Line, year: int, amount: Decimal, reason: str, today: date, document: str = ""
) -> Request:
    """So much is to go from one line to another of the same commissioner. Nothing is entered yet."""
    ledger.between_lines(giving, taking)
    return _ask(
        by, Request(kind=RequestKind.VIREMENT, line=giving, taking=taking), year, amount, reason, today, document
    )


def ask_for_cut(
    *, by: Any, line: Line, year: int, amount: Decimal, reason: str, today: date, document: str = ""
) -> Request:
    """The funder takes back so much. Nothing is entered yet."""
    return _ask(by, Request(kind=RequestKind.CUT, line=line), year, amount, reason, today, document)


def agree(*, by: Any, request: Request, today: date) -> Request:
    """It is entered, once: the second of two who agree it at the same moment is refused."""
    with writing(by):
        current = _decide(by, request, RequestState.AGREED, today)
        given: dict[str, Any] = {
            "by": current.asked_by,
            "agreed_by": by,
            "year": current.year,
            "amount": current.amount,
            "day": today,
            "reason": current.reason,
            "document": current.document,
            "request": current,
        }
        if current.taking is not None:
            ledger.vire(giving=current.line, taking=current.taking, **given)
        else:
            ledger.cut(line=current.line, **given)
    return current


def decline(*, by: Any, request: Request, why: str, today: date) -> Request:
    """Somebody else does not agree, and says why."""
    if not why.strip():
        raise ValidationError("Say why it is declined.", code="reason_required")
    with writing(by):
        return _decide(by, request, RequestState.DECLINED, today, why)


def withdraw(*, by: Any, request: Request, today: date, why: str = "") -> Request:
    """Whoever asked does not ask any more."""
    if by != request.asked_by:
        raise ValidationError("What somebody asked for is withdrawn by themselves.", code="not_own")
    with writing(by):
        return _decide(by, request, RequestState.WITHDRAWN, today, why)


def _ask(by: Any, request: Request, year: int, amount: Decimal, reason: str, today: date, document: str) -> Request:
    request.year, request.amount, request.document = year, amount, document
    request.reason, request.asked_by, request.asked_on = " ".join(reason.split()), by, today
    with writing(by):
        check(request)
        request.save(force_insert=True)
    return request


def _decide(by: Any, request: Request, state: RequestState, today: date, why: str = "") -> Request:
    current: Request = Request.objects.select_for_update(no_key=True).get(pk=request.pk)
    if current.state != RequestState.ASKED:
        said = f"It is {current.get_state_display().lower()} since {words.day(current.decided_on)}."
        raise ValidationError(said, code="decided")
    if state != RequestState.WITHDRAWN and by == current.asked_by:
        raise ValidationError("Somebody else decides on what one asks for.", code="own_request")
    current.state, current.decided_by, current.decided_on = state, by, today
    current.why = " ".join(why.split())
    check(current, "why")
    current.save()
    return current
