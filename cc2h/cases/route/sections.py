"""The section “Where it is” on the page of a case."""

from typing import Any

from django.http import HttpRequest

from cc2h.accounts.authority import Action, can
from cc2h.cases.models import Case
from cc2h.cases.route import queries, wording
from cc2h.cases.route.outcomes import Part
from cc2h.cases.route.way import acts, way
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.sections import Section, section
from cc2h.kit.together import Asking


def about(user: Any, case: Case, asat: AsAt) -> Asking[dict[str, Any]]:
    """Where the case is on the day, and what this person may do about it."""
    found = yield from way(case, asat.day)
    if found is None:
        return {"way": None, "acts": {}, "conditions": []}
    meets, decides = bool(can(user, Action.WRITE_CASE, case)), bool(can(user, Action.DECIDE_CASE, case))
    may: dict[int | None, list[Any]] = {}
    if asat.is_today:
        may = {place.turn_id: done for place in found.now.places if (done := acts(user, place))}
    return {
        "way": found,
        "case": case,
        "sentence": wording.sentence(found),
        "who": {place.stage_id: wording.who(place, found) for place in found.now.places},
        "acts": may,
        "conditions": found.conditions,
        "may_meet": meets and asat.is_today,
        "may_waive": decides and asat.is_today,
        "titles": dict(queries.sections()),
        "done": wording.done,
        "TAGS": wording.TAGS,
    }


@section
def decided_on(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    """What a decision of a body was about: the submission as it was frozen, and the decision as a PDF."""
    if kind != "decision" or not key.isdecimal():
        return None
    outcome = queries.outcome_of(request.user, int(key))
    if outcome is None:
        return None
    submission = outcome.turn.passage.submission
    about = {
        "outcome": outcome,
        "case": outcome.turn.case,
        "submission": submission,
        "paper": queries.paper_of(outcome),
        "makes_a_paper": outcome.turn.stage.part == Part.DECIDE,
    }
    return Section("route/decided_on.html", about)


@section
def where(request: HttpRequest, kind: str, key: str, record: Any) -> Asking[Section | None]:
    """Where a case is; nothing before it has set out."""
    if kind != "case":
        return None
    asat = asat_of(request)
    if not getattr(record, "submitted", True):
        return None
    case = getattr(record, "case", None) or queries.find_case(request.user, key).first()
    shown = (yield from about(request.user, case, asat)) if case is not None else {"way": None}
    return Section("route/section.html", shown, order=10) if shown["way"] is not None else None
