"""How bodies and meetings are put into words."""

from datetime import date

from cc2h.governance.models import Body, Meeting, MeetingState
from cc2h.governance.papers import papers_due
from cc2h.governance.queries import Quorum
from cc2h.kit import words

ALL_TOGETHER = "All commissioners"


def whose(body: Body) -> str:
    """The CHIN, the commissioner, or all of them."""
    return str(body.chin or body.commissioner.short_name) if body.commissioner else ALL_TOGETHER


def papers(meeting: Meeting, today: date) -> str:
    """When its papers went out, or are due."""
    if meeting.papers_out_on is not None:
        return f"out on {words.short_day(meeting.papers_out_on)}"
    if meeting.state != MeetingState.PLANNED:
        return words.DASH
    due = papers_due(meeting.day)
    return f"due by {words.short_day(due)}" + (", overdue" if due < today else "")


def papers_in_full(meeting: Meeting, today: date) -> str:
    """The same on the meeting's own page, with what became of the five clear days."""
    due = papers_due(meeting.day)
    if meeting.papers_out_on is None:
        if meeting.state in (MeetingState.HELD, MeetingState.CANCELLED):
            return "It is not recorded when they went out"
        return f"Due by {words.day(due)}" + (": overdue" if due < today else "")
    late = f", late: they were due by {words.day(due)}" if meeting.papers_out_on > due else ""
    return f"Went out on {words.day(meeting.papers_out_on)}{late}"


def quorum(found: Quorum) -> str:
    """How many voting members were there, of those it takes."""
    there = f"{words.plural(found.there, 'voting member was', 'voting members were')} there"
    if found.needed is None:
        return f"{there}. No terms of reference of the day state a quorum."
    if found.met:
        return f"{there}; the quorum is {found.needed}."
    return f"{there}, fewer than the quorum of {found.needed}: nothing can be decided."
