"""What a body may say of an item of its own words; of a business case the room of cases says."""

from collections.abc import Sequence

from cc2h.governance.models import Item, Task
from cc2h.governance.subjects import Possible, subjects

DEFERRED = "deferred"
WITHOUT_A_VOTE = [DEFERRED]  # of an item to decide; the database holds every kind of record to it
OF_OWN_WORDS: dict[str, tuple[Possible, ...]] = {
    Task.DECIDE: (
        Possible("agreed", "Agree", voted=True),
        Possible("conditions", "Agree with conditions", voted=True, needs_conditions=True),
        Possible("declined", "Do not agree", voted=True),
        Possible(DEFERRED, "Defer", voted=False),
    ),
    Task.ADVISE: (
        Possible("endorsed", "Endorse", voted=True),
        Possible("objected", "Do not endorse", voted=True),
        Possible("commented", "Comment, neither for nor against", voted=False),
        Possible(DEFERRED, "Defer", voted=False),
    ),
    Task.NOTE: (
        Possible("noted", "Note", voted=False),
        Possible("commented", "Note, with comments", voted=False),
    ),
}


def possible(item: Item) -> Sequence[Possible]:
    """The outcomes that the body may record of the item; none where its record waits for nothing from the body."""
    meeting = item.meeting
    if not item.kind:
        return OF_OWN_WORDS[item.task]
    if item.kind not in subjects:
        return ()
    return subjects[item.kind].outcomes(item.key, meeting.body, Task(item.task), meeting.day)


def parts(item: Item) -> Sequence[tuple[str, str]]:
    """The parts of the item's record that more may be asked of."""
    return subjects[item.kind].sections(item.key) if item.kind in subjects else ()
