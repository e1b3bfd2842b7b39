"""What a body is told of the conditions it set last time."""

from typing import Any

from django.http import HttpRequest

from cc2h.cases.route import queries
from cc2h.kit.sections import Section, section


@section
def conditions_before(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    """The conditions that a body set at its last meeting, and whether they are met."""
    if kind != "meeting-before" or not key.isdecimal():
        return None
    found = queries.conditions_of_meeting(request.user, int(key))
    return Section("route/conditions_before.html", {"conditions": found}) if found else None
