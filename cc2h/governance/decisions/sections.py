"""What decisions show on the pages of bodies, meetings and items of agendas."""

from typing import Any

from django.http import HttpRequest

from cc2h.governance.decisions import queries, wording
from cc2h.governance.decisions.queries import Stands
from cc2h.governance.subjects import subjects
from cc2h.kit.asat import asat_of
from cc2h.kit.sections import Section, section

SHOWN = 5


@section
def decided(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    """The latest decisions of a body; those of a meeting, or what it asked for; where an item of an agenda stands."""
    if kind == "body":
        found, count = queries.latest(key, asat_of(request), SHOWN)
        return (
            Section("decisions/of_body.html", {"body": key, "decisions": found, "count": count}, 20) if found else None
        )
    if kind in ("meeting", "meeting-before") and key.isdecimal():
        rows = [
            (one, wording.counted(one), wording.conditions(one))
            for one in queries.of_meeting(int(key))
            if kind == "meeting" or (one.conditions and one.item.kind not in subjects)  # a room says how its own stand
        ]
        return Section(f"decisions/of_{kind.replace('-', '_')}.html", {"rows": rows}) if rows else None
    if kind == "item" and key.isdecimal():
        found_of = _stands(request, int(key))
        about = {"item": int(key), "stand": found_of.of[int(key)], "may_record": found_of.may_record}
        return Section("decisions/of_item.html", about)
    return None


def _stands(request: HttpRequest, item: int) -> Stands:
    """Read once for all the items of a meeting, as its page asks of one after the other."""
    kept: dict[int, Stands] = request.__dict__.setdefault("where_items_stand", {})
    if item not in kept:
        found = queries.stands(request.user, item)
        kept.update(dict.fromkeys(found.of, found))
    return kept[item]
