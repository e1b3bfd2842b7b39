"""The life of a CHIN, as data: draws the buttons, the diagram in the docs, the tests and the database guard."""

from django.db.models import TextChoices

from cc2h.kit import words


class ChinStatus(TextChoices):
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    OPERATIONAL = "operational", "Operational"
    MERGED = "merged", "Merged"
    CLOSED = "closed", "Closed"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


# Those that count in the headline coverage, always split by state.
COUNTED = (ChinStatus.OPERATIONAL, ChinStatus.APPROVED, ChinStatus.PROPOSED)

TRANSITIONS: dict[ChinStatus, tuple[ChinStatus, ...]] = {
    ChinStatus.PROPOSED: (ChinStatus.APPROVED, ChinStatus.DECLINED, ChinStatus.WITHDRAWN),
    ChinStatus.APPROVED: (ChinStatus.OPERATIONAL, ChinStatus.WITHDRAWN),
    ChinStatus.OPERATIONAL: (ChinStatus.MERGED, ChinStatus.CLOSED),
    ChinStatus.MERGED: (),
    ChinStatus.CLOSED: (),
    ChinStatus.DECLINED: (),
    ChinStatus.WITHDRAWN: (),
}

# A primary care network comes from the NHS's own file already operational.
FIRST = {"chin": (ChinStatus.PROPOSED,), "pcn": (ChinStatus.OPERATIONAL,)}


def next_states(status: str) -> tuple[ChinStatus, ...]:
    """The states a CHIN in this state may go to."""
    return TRANSITIONS[ChinStatus(status)]


def route() -> list[tuple[str, str]]:
    """Every state, and in words what a CHIN can become from there: the page of the form and the docs show it."""
    return [
        (
            str(status.label),
            words.listed([str(after.label).lower() for after in afters], "or")
            if afters
            else "nothing: its life is over",
        )
        for status, afters in TRANSITIONS.items()
    ]
