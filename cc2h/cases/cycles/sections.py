"""The section “Cycles” on the page of a case."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from cc2h.accounts.authority import Action, can
from cc2h.cases.cycles import queries
from cc2h.cases.cycles.states import CycleState
from cc2h.cases.models import Case
from cc2h.cases.sections import POINTS_OF_DELIVERY
from cc2h.cases.states import FUNDED, OVER, CaseState, Event, allowed
from cc2h.kit.asat import asat_of
from cc2h.kit.sections import Section, section
from cc2h.kit.together import Asking


@section
def cycles(request: HttpRequest, kind: str, key: str, record: Any) -> Asking[Section | None]:
    """The cycles of a case that was approved, and what may follow."""
    if kind != "case":
        return None
    user, asat = request.user, asat_of(request)
    case = getattr(record, "case", None) or Case.objects.visible_to(user).filter(number=key).first()
    if case is None or case.state not in (*FUNDED, *OVER):
        return None
    found, proposal, promised = yield from queries.cycles_of(case, asat)
    if not found and case.state in OVER:
        return None
    records, decides = bool(can(user, Action.RECORD_CYCLE, case)), bool(can(user, Action.DECIDE_CASE, case))
    writes = bool(can(user, Action.WRITE_CASE, case))
    opened = getattr(proposal, "opened", None)
    over = all(one.state == CycleState.ACT for one in found)
    acts = [
        ("cycle_plan", "Plan a cycle", records and over and case.state in (CaseState.APPROVED, CaseState.TESTING)),
        ("propose", "Propose to scale it", writes and case.state == CaseState.CONCLUDED),
        ("extend", "Extend the test", decides and allowed(Event.EXTENDED, case.state)),
        ("stop", "Stop the case", writes and allowed(Event.STOPPED, case.state)),
    ]
    ended = case.state in OVER or any(one.studied for one in found)
    about = {
        "case": case,
        "realised": queries.realised(case, found, promised, asat) if ended else (),
        "avoided": _avoided(promised.avoided) if ended else (),
        "benefits": [one for one in promised.benefits if queries.sees_benefit(user, one)],
        "cycles": found,
        "proposal": proposal,
        "opened": opened,
        "sees_line": bool(opened and can(user, Action.VIEW_BUDGET, opened.line)),
        "may": records,
        "running": [one for one in found if records and asat.is_today and one.state == CycleState.DO],
        "acts": [(name, text) for name, text, may in acts if may],
    }
    return Section("cycles/section.html", about)


def _avoided(promised: Mapping[str, Any] | None) -> list[tuple[str, Mapping[str, str]]]:
    """What the case said it avoids, by point of delivery: those of which it says something."""
    rows = {row["id"]: row for row in (promised or {}).get("delivery", ())}
    return [(name, rows[key]) for key, name in POINTS_OF_DELIVERY if len(rows.get(key, ())) > 1]
