"""What comes next of one's own cases, in one's own calendar."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from cc2h.accounts.authority import Action, authority_of
from cc2h.cases import hooks
from cc2h.cases.queries import open_own
from cc2h.governance.calendar import Date, dates


@dates
def next_of_cases(user: Any, day: date) -> Iterator[Date]:
    """The next day of each case of one's own CHINs, or that one writes."""
    if not authority_of(user).may(Action.WRITE_CASE):
        return
    cases = {case.pk: case for case in open_own(user)}
    for key, coming in hooks.next_dates(cases, day).items():
        case = cases[key]
        yield Date(
            key=f"case-{case.number}-next",
            when=coming.day,
            what=f"{case.number} {case.title}: {coming.what}",
            page=reverse("cases:case_detail", args=[case.number]),
        )
