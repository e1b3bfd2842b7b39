"""The life of a tranche, as data: draws the buttons, the tests and the database guard."""

from typing import NamedTuple

from django.db.models import TextChoices


class TrancheState(TextChoices):
    PLANNED = "planned", "Planned"
    RELEASED = "released", "Released, to be paid"
    PAID = "paid", "Paid"
    CAME_BACK = "came_back", "Payment came back"
    DROPPED = "dropped", "Dropped"


class Change(NamedTuple):
    """From one state to another; reason: whether it says why."""

    before: TrancheState
    after: TrancheState
    reason: bool = False


_T = TrancheState
CHANGES = (
    Change(_T.PLANNED, _T.RELEASED),
    Change(_T.PLANNED, _T.DROPPED, reason=True),
    Change(_T.RELEASED, _T.PAID),
    Change(_T.RELEASED, _T.PLANNED, reason=True),
    Change(_T.PAID, _T.CAME_BACK, reason=True),
    Change(_T.CAME_BACK, _T.RELEASED, reason=True),
    Change(_T.CAME_BACK, _T.PLANNED, reason=True),
)
HOLDS = (_T.PLANNED, _T.RELEASED, _T.PAID, _T.CAME_BACK)  # money that nothing else of the case can use
GIVEN = (_T.RELEASED, _T.PAID, _T.CAME_BACK)


def allowed(before: str, after: str) -> bool:
    return any(one.before == before and one.after == after for one in CHANGES)
