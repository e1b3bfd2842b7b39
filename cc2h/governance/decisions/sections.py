"""What decisions show on the pages of bodies, meetings and the items of agendas."""

from typing import Any

from django.http import HttpRequest

from cc2h.governance.decisions import queries, wording
from cc2h.kit.asat import asat_of
from cc2h.kit.sections import Section, section

SHOWN = 5


@section
def decided(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    """The latest decisions of a body, those of a meeting, or where an item stands."""
    if kind == "body":
        found, count = queries.latest(key, asat_of(request), SHOWN)
        return Section("decisions/of_body.html", {"body": key, "decisions": found, "count": count}) if found else None
    if kind in ("meeting", "meeting-before") and key.isdecimal():
        of_meeting = [stand.decision for stand in queries.stands(int(key)).values() if stand.decision]
        if not of_meeting:
            return None
        about = {"rows": [(one, wording.counted(one), wording.conditions(one)) for one in of_meeting]}
        return Section("decisions/of_meeting.html", about)
    if kind == "item" and key.isdecimal():
        return Section("decisions/of_item.html", {"item": int(key), "stand": _stand(request, int(key))})
    return None


def _stand(request: HttpRequest, item: int) -> queries.Stand:
    """Read once for all the items of a meeting that a page asks about."""
    kept: dict[int, queries.Stand] = request.__dict__.setdefault("where_items_stand", {})
    if item not in kept:
        kept.update(queries.stands(queries.meeting_of(item)))
    return kept[item]
