"""What the page of a CHIN or a QIST shows of measures: its outcome objectives, and a CHIN's newest values."""

from typing import Any

from django.http import HttpRequest

from cc2h.accounts.authority import Action, can
from cc2h.accounts.records import Record, find
from cc2h.kit.asat import asat_of
from cc2h.kit.links import link
from cc2h.kit.sections import Section, section
from cc2h.kit.together import Asking
from kpis import objectives, wording
from kpis.models import OutcomeKind


@section
def measures(request: HttpRequest, kind: str, key: str, record: Record | None) -> Asking[Section | None]:
    if kind not in objectives.WHOSE:
        return None
    asat = asat_of(request)
    record = record or find(request.user, asat, kind, key)
    if record is None:
        return None
    progress, newest = yield from objectives.progress(record, asat, request.user)
    if kind != "chin":  # a QIST's page has its own measures
        newest = []
    about: dict[str, Any] = {
        "agreed": [(label, one) for value, label in OutcomeKind.choices for one in progress[value]],
        "newest": newest,
        "shown": wording.shown,
        "page": link(asat, "kpis:objective_detail", kind, key),
        "grid": link(asat, "tracking:grid", query={"chin": key}) if newest else "",
        "kind": kind,
        "key": key,
        "may_keep": bool(can(request.user, Action.KEEP_MEASURES, record)),
    }
    return Section("kpis/section.html", about, 30)
