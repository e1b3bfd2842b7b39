"""What decisions show on the pages of bodies, meetings and items of agendas."""

from typing import Any

from django.http import HttpRequest

from cc2h.accounts.authority import Action, authority_of
from cc2h.governance.decisions import queries, wording
from cc2h.governance.models import Item, MeetingState
from cc2h.kit.asat import asat_of
from cc2h.kit.sections import Section, section

SHOWN = 5


@section
def decided(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    """The latest decisions of a body; those of a meeting, or what it asked for; an item’s decision and its conflicts."""
    if kind == "body":
        found, count = queries.latest(key, asat_of(request), SHOWN)
        return Section("decisions/of_body.html", {"body": key, "decisions": found, "count": count}) if found else None
    if kind in ("meeting", "meeting-before") and key.isdecimal():
        rows = [
            (one, wording.counted(one), wording.conditions(one))
            for one in queries.of_meeting(int(key))
            if kind == "meeting" or one.conditions
        ]
        return Section(f"decisions/of_{kind.replace('-', '_')}.html", {"rows": rows}) if rows else None
    if kind == "item" and key.isdecimal():
        one = queries.items(request.user).filter(pk=key).first()
        return None if one is None else Section("decisions/of_item.html", about_item(request, one))
    return None


def about_item(request: HttpRequest, one: Item) -> dict[str, Any]:
    """Its decision, the conflicts on it, and what the reader may do about them."""
    decision = queries.decision_of(one)
    still, may_record = decision is None and not one.taken_off, queries.may_record(request.user, one)
    return {
        "item": one,
        "decision": decision,
        "counted": wording.counted(decision) if decision else "",
        "conflicts": queries.conflicts(one),
        "held": one.meeting.state == MeetingState.HELD,
        "may_declare": still and authority_of(request.user).may(Action.DECLARE_INTEREST),
        "may_record": still and may_record,
    }
