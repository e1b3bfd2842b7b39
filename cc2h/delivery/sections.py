"""The section “Actions” on the page of any record, and what a body asked for at its last meeting."""

from django.http import HttpRequest

from cc2h.accounts.authority import Action, can
from cc2h.accounts.records import Record, find
from cc2h.delivery import queries, wording
from cc2h.kit.asat import asat_of
from cc2h.kit.sections import Section, section
from cc2h.kit.together import Asking


@section
def actions(request: HttpRequest, kind: str, key: str, record: Record | None) -> Asking[Section | None]:
    """Its open actions, for those who may see actions of the record."""
    user, asat = request.user, asat_of(request)
    if not can(user, Action.VIEW_ACTIONS):
        return None
    record = record or find(user, asat, kind, key)
    if record is None or not can(user, Action.VIEW_ACTIONS, record):
        return None
    found, closed = yield from queries.standing(record, asat)
    about = {
        "record": record,
        "rows": [
            (one, wording.tag(one, asat.today), wording.stands(one, asat.today), wording.when(one)) for one in found
        ],
        "closed": closed,
        "may_add": bool(can(user, Action.ADD_ACTION, record)),
    }
    return Section("delivery/section.html", about)


BEFORE = "meeting-before"  # the page of a meeting asks this of the one before it


@section
def asked_before(request: HttpRequest, kind: str, key: str, record: Record | None) -> Section | None:
    """Every action that was set on the meeting before, and whether it is done: whoever sees the meeting sees them."""
    asat = asat_of(request)
    of = find(request.user, asat, "meeting", key) if kind == BEFORE else None
    if of is None:
        return None
    about = {
        "rows": [
            (one, wording.tag(one, asat.today), wording.stands(one, asat.today), wording.when(one))
            for one in queries.all_of_record(of, asat)
        ],
        "may_see": bool(can(request.user, Action.VIEW_ACTIONS, of)),
    }
    return Section("delivery/asked_before.html", about)
