"""The rows behind a commissioner's coverage."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from cc2h.accounts.authority import Action, can, require
from cc2h.kit import exports
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import asat_of
from cc2h.kit.figures import Part
from cc2h.kit.links import with_query
from chins import shapes
from chins.coverage import Group, groups
from chins.workflow import COUNTED, ChinStatus
from practices.models import Commissioner
from practices.queries import commissioners_seen

CSV_COLUMNS = (
    "group",
    "slug",
    "status",
    "practices",
    "patients",
    "carried_forward",
    "without_list",
    "commissioner",
)
CHOICES = {"placed": ("in", "out"), "chin_status": tuple(status.value for status in COUNTED), "of": ("own", "others")}


@reads(
    shapes.coverage,
    placed="in or out: of those in a CHIN, or in none",
    chin_status="operational, approved or proposed",
    of="own or others: whose CHIN it is",
    borough="the borough, none for those without one",
)
def coverage_rows(request: HttpRequest, ods_code: str) -> HttpResponseBase:
    """A commissioner's practices and patients by CHIN, one row a CHIN, and one for those in none.

    placed=in|out, chin_status=operational|approved|proposed, of=own|others (whose CHIN it is), borough, format=csv.
    """
    asat = asat_of(request)
    commissioner = get_object_or_404(commissioners_seen(request.user), ods_code=ods_code.upper())
    require(request.user, Action.VIEW_REGISTER, commissioner)
    asked = {name: request.GET.get(name, "") for name in CHOICES}
    for name, value in asked.items():
        if value and value not in CHOICES[name]:
            raise BadRequest(f"“{name}” can be {' or '.join(CHOICES[name])}.")
    borough = request.GET.get("borough", "")
    found = groups(commissioner, asat.day, asat.known_at, borough)
    shown = [group for group in found if _passes(group, commissioner, **asked)]
    if exports.wanted(request):
        rows = ([getattr(group, column) for column in CSV_COLUMNS] for group in shown)
        return exports.table_response(request, f"coverage {commissioner.ods_code}", asat.day, CSV_COLUMNS, rows)
    context: dict[str, Any] = {
        "commissioner": commissioner,
        "groups": shown,
        "asked": {name: value for name, value in {**asked, "borough": borough}.items() if value},
        "chin_status": ChinStatus(asked["chin_status"]).label if asked["chin_status"] else "",
        "may_see_unplaced": bool(can(request.user, Action.VIEW_UNPLACED, commissioner)),
        "totals": [_total(request, name, shown) for name in CSV_COLUMNS[3:7]],
    }
    return show(request, "chins/coverage_rows.html", context)


def _total(request: HttpRequest, column: str, shown: Sequence[Group]) -> Part:
    """The sum of a column of this very page."""
    here = request.get_full_path()
    value = sum(getattr(group, column) for group in shown)
    return Part(
        name=f"Total, {column}", value=value, url=here, csv=with_query(here, {"format": "csv"}), measure=f"sum:{column}"
    )


def _passes(group: Group, commissioner: Commissioner, *, placed: str, chin_status: str, of: str) -> bool:
    return (
        (not placed or (placed == "in") == bool(group.slug))
        and (not chin_status or group.status == chin_status)
        and (not of or (bool(group.slug) and (of == "own") == (group.commissioner == commissioner.ods_code)))
    )
