"""The days by which one’s own posts should have answered, and conditions are to be met, for one’s own calendar."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from cc2h.cases.route import queries
from cc2h.cases.route.outcomes import ACTIONS, Part
from cc2h.governance.calendar import Date, dates


@dates
def answers(user: Any, day: date) -> Iterator[Date]:
    """By when what waits for one's own posts is to be answered."""
    held = user.authority
    for part, action in ACTIONS.items():
        if held.may(action):
            found: Any = queries.to_answer(user, Part(part)).filter(target_on__isnull=False)
            for turn in found:
                yield Date(
                    key=f"case-{turn.case.number}-{turn.pk}",
                    when=turn.target_on,
                    what=f"{turn.stage}: {turn.case}",
                    page=reverse("route:way", args=[turn.case.number]),
                    text="By this day an answer is due.",
                )


@dates
def conditions(user: Any, day: date) -> Iterator[Date]:
    """By when conditions of one's own cases are to be met."""
    found: Any = queries.conditions_to_meet(user).filter(due_on__isnull=False)
    for one in found:
        yield Date(
            key=f"condition-{one.pk}",
            when=one.due_on,
            what=f"Condition: {one.text[:120]}",
            page=reverse("route:way", args=[one.case.number]),
            text=str(one.case),
        )
