"""What a body is told of the conditions it set last time, and people of the days by which they are to answer."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from cc2h.accounts.authority import Action, authority_of
from cc2h.cases.route import queries
from cc2h.governance.calendar import Date, dates
from cc2h.kit.asat import AsAt
from cc2h.kit.sections import Section, section


@section
def conditions_before(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    """The conditions that a body set at its last meeting, and whether they are met."""
    if kind != "meeting-before" or not key.isdecimal():
        return None
    found = queries.conditions_of_meeting(request.user, int(key))
    return Section("route/conditions_before.html", {"conditions": found}) if found else None


@dates
def to_answer(user: Any, day: date) -> Iterator[Date]:
    """The target days of stages that one of this person's posts may answer."""
    if not authority_of(user).may(Action.VIEW_CASE):
        return
    asat = AsAt(day, None, day)
    turns: Any = queries.turns(user, asat)
    found = list(turns.filter(state_on__in=queries.WAITS, target_on__isnull=False))
    seats = queries.seats_of(found, asat)
    for turn in found:
        if any(user.pk in seat.people for seat in seats.get(turn.pk, ())):
            yield Date(
                key=f"turn-{turn.pk}",
                when=turn.target_on,
                what=f"{turn.number} {turn.title}: {turn.stage_name}, an answer is due",
                page=reverse("cases:case_detail", args=[turn.number]),
            )
