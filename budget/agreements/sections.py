"""The section “Agreements” on the pages of CHINs and practices."""

from typing import Any

from django.http import HttpRequest

from budget.agreements import queries, wording
from cc2h.accounts.authority import Action, can
from cc2h.kit.asat import asat_of
from cc2h.kit.sections import Section, section


@section
def agreements(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    """Those of a CHIN with how many have signed, or those of a practice with what it has signed."""
    user, asat = request.user, asat_of(request)
    if kind not in ("chin", "practice") or not can(user, Action.VIEW_CLAIM):
        return None
    if kind == "chin":
        found: list[tuple[Any, Any]] = [(one, None) for one in queries.of_chin(user, asat, key)]
    else:
        found = queries.of_practice(user, asat, key)
    if not found and not (kind == "chin" and record is not None and can(user, Action.KEEP_AGREEMENT, record)):
        return None
    about = {
        "rows": [(one, wording.state(one, asat.day), signature) for one, signature in found],
        "of_practice": kind == "practice",
    }
    return Section("agreements/section.html", about)
