"""What cases show on the pages of other records: a case on one page for those who decide, and a CHIN’s cases on its page."""

from typing import Any

from django.http import HttpRequest

from cc2h.cases import queries
from cc2h.kit.asat import asat_of
from cc2h.kit.sections import Section, section
from cc2h.kit.together import Asking

SHOWN = 5


@section
def on_one_page(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    """The one-page summary of a case, as it was last submitted."""
    if kind != "case-summary":
        return None
    case = queries.find(request.user, key).first()
    if case is None:
        return None
    return Section("cases/summary.html", {"case": case, "one_page": queries.one_page(case)})


@section
def of_a_chin(request: HttpRequest, kind: str, key: str, record: Any) -> Asking[Section | None]:
    """The newest cases of a CHIN."""
    if kind != "chin":
        return None
    shown = yield queries.cases(request.user, asat_of(request)).filter(chin__slug=key).order_by("-number")[: SHOWN + 1]
    if not shown:
        return None
    return Section("cases/of_chin.html", {"slug": key, "cases": shown[:SHOWN], "more": len(shown) > SHOWN})
