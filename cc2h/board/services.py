"""Writing what the board is told: its days, and how a disagreement between a paper and the records was settled."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.board.models import BoardDay, Settlement, Statement
from cc2h.kit import dated
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from practices.models import Commissioner


def add_board_day(*, by: Any, commissioner: Commissioner, day: date, title: str) -> BoardDay:
    """Put a day into the commissioner's list. Raises ValidationError when it is there already."""
    with writing(by):
        return dated.record(BoardDay, by=by, first=day, last=day, commissioner=commissioner, day=day, title=title)


def void_board_day(*, by: Any, board_day: BoardDay, reason: str) -> None:
    """It was never a board day. Raises ValidationError without a reason, StaleRecord when it was voided already."""
    with writing(by):
        dated.void(board_day, by=by, reason=reason)


def settle(*, by: Any, statement: Statement, choice: str, reason: str) -> Settlement:
    """Decide what to go by where the paper and the records disagree; both stay on show.

    Raises ValidationError without a reason, or when somebody has settled it already.
    """
    _said_why(reason, "Say why, so that a reader can follow your decision.")
    with writing(by):
        settlement = Settlement(statement=statement, choice=choice, reason=reason.strip(), settled_by=by)
        check(settlement)
        settlement.save(force_insert=True)
    return settlement


def reopen(*, by: Any, settlement: Settlement, reason: str) -> None:
    """Take a settlement back: the disagreement stands open again and the settlement stays on record.

    Raises ValidationError without a reason, or when somebody has reopened it already.
    """
    _said_why(reason, "Say why it should be looked at again.")
    with writing(by):
        reopened = Settlement.objects.filter(pk=settlement.pk, reopened_at__isnull=True).update(
            reopened_at=dated.now(), reopened_by=by, reopened_reason=reason.strip()
        )
    if not reopened:
        raise ValidationError("Somebody has already reopened this.", code="stale")


def _said_why(reason: str, message: str) -> None:
    if not reason.strip():
        raise ValidationError(message, code="reason_required")
