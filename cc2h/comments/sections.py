"""The section “Comments and files” on the page of any record."""

from django.http import HttpRequest

from cc2h.accounts.authority import Action, can
from cc2h.accounts.records import Record, find
from cc2h.comments import queries, wording
from cc2h.kit.asat import asat_of
from cc2h.kit.sections import Section, section
from cc2h.kit.together import Asking

FILES_SHOWN = 5


@section
def comments(request: HttpRequest, kind: str, key: str, record: Record | None) -> Asking[Section | None]:
    """Its newest comments and its files, for whoever may see the record today."""
    asat = asat_of(request)
    if record is None or not asat.is_today:  # a page of another day may be of one that is not seen today
        record = find(request.user, asat, kind, key)
    if record is None:
        return None
    number, threads, every = yield from queries.newest(record)
    files = [one for one in every if one.withdrawn_at is None]
    about = {
        "record": record,
        "threads": threads,
        "comments": number,
        "files": [(one, wording.described(one)) for one in files[:FILES_SHOWN]],
        "file_count": len(files),
        "may_add": bool(can(request.user, Action.ADD_COMMENT, record)),
        "may_act": bool(can(request.user, Action.ADD_ACTION, record)),
        "withdrawn": wording.withdrawn,
    }
    return Section("comments/section.html", about)
