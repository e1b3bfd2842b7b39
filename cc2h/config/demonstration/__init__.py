"""The demonstration programme: made-up practices, with a story calibrated to what the papers state.

`tell(today)` gives the whole story as data, the same on every machine; `load` writes it into an empty database.
docs/demonstration.md tells it in words.
"""

from datetime import date, timedelta

from cc2h.accounts.passwords import PUBLIC as PASSWORD
from cc2h.config.demonstration import actions, barnet, comments, governance, neighbours, people
from cc2h.config.demonstration.lists import first_of_months
from cc2h.config.demonstration.places import PLACES
from cc2h.config.demonstration.story import REGISTER_MADE, Story

__all__ = ["PASSWORD", "board_days", "tell"]
BOARD_DAY_BESIDES = date(2018, 1, 25)


def tell(today: date) -> Story:
    """Everything that happened in the made-up programme up to `today`, and what is planned after it."""
    story = Story(today)
    the_practices = barnet.tell(story)
    neighbours.tell(story)
    people.tell(story, the_practices)
    for place in PLACES:
        story.criteria(place, REGISTER_MADE)
        for day in board_days(today):
            story.board_day(place, day)
    actions.tell(story, the_practices)
    comments.tell(story, the_practices)
    governance.tell(story)
    return story


def board_days(today: date) -> list[date]:
    """The first Thursdays of each quarter's last month, up to the next one to come, and 25 January 2018."""
    ahead = today + timedelta(days=92)
    quarterly = [
        month + timedelta(days=(3 - month.weekday()) % 7)
        for month in first_of_months(date(2017, 6, 1), ahead)
        if month.month % 3 == 0
    ]
    past, coming = [d for d in quarterly if d <= today], [d for d in quarterly if d > today]
    return sorted([BOARD_DAY_BESIDES, *past, *coming[:1]])
