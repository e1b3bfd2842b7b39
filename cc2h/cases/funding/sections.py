"""The section “Money” on the page of a case."""

from typing import Any

from django.http import HttpRequest

from cc2h.accounts.authority import Action, can
from cc2h.cases.funding import figures, queries
from cc2h.cases.funding.states import TrancheState, allowed
from cc2h.cases.models import Case
from cc2h.cases.states import FUNDED
from cc2h.kit.asat import asat_of
from cc2h.kit.sections import Section, section
from cc2h.kit.together import Asking


@section
def own(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    """What is left of the money of one's own cases, on the page of them."""
    if kind != "own-cases":
        return None
    found = queries.shares_of_own(request.user, asat_of(request))
    return Section("funding/own.html", {"shares": found}) if found else None


@section
def money(request: HttpRequest, kind: str, key: str, record: Any) -> Asking[Section | None]:
    """What is committed for the case, how far it has gone, and its tranches; before that, which line is to pay."""
    if kind != "case":
        return None
    asat = asat_of(request)
    if not getattr(record, "submitted", True):
        return None
    case = getattr(record, "case", None)
    if case is None:
        case = Case.objects.visible_to(request.user).filter(number=key).select_related("chin", "commissioner").first()
    if case is None:
        return None
    payer, shares, tranches, givebacks = yield from queries.money_of(case, asat)
    if payer is None:  # nothing is committed for what nobody named a line for
        return None
    may = bool(can(request.user, Action.RELEASE_TRANCHE, case))
    about = {
        "case": case,
        "payer": payer,
        "shares": [(one, figures.by_year(case, one, asat)) for one in shares],
        "figures": figures.of_case(case, shares, asat) if shares else [],
        "tranches": tranches,
        "givebacks": givebacks,
        "may_plan": may and case.state in FUNDED and any(one.left > 0 for one in shares),
        "may_give_back": may and any(one.left > 0 for one in shares),
        "releasable": [
            one.pk
            for one in tranches
            if may and allowed(one.state, TrancheState.RELEASED) and one.state == TrancheState.PLANNED
        ],
        "droppable": [one.pk for one in tranches if may and allowed(one.state, TrancheState.DROPPED)],
    }
    return Section("funding/section.html", about)
