"""By when the papers of a meeting go out."""

from datetime import date, timedelta

from cc2h.kit.working import is_working

CLEAR_DAYS = 5  # working days between the day of sending and that of the meeting; neither of the two counts
RULE = "Five clear working days before the meeting: neither the day of sending, nor that of the meeting, nor a weekend or bank holiday counts."


def papers_due(day: date) -> date:
    """The last working day on which papers of a meeting on `day` can go out."""
    for _ in range(CLEAR_DAYS + 1):
        day -= timedelta(1)
        while not is_working(day):
            day -= timedelta(1)
    return day
