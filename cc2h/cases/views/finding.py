"""What the pages of a case share: finding it, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.cases import queries
from cc2h.kit.acts import act
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link


def find(request: HttpRequest, number: str, action: Action | None = None) -> Any:
    """The case, 404 where it is not this person's to see, 403 where they may not do this with it."""
    case = get_object_or_404(queries.find(request.user, number))
    be_there(request, case)
    if action is not None:
        require(request.user, action, case)
    return case


def be_there(request: HttpRequest, case: Any) -> None:
    """404 in words where the case was put forward after the day that the page is read as at."""
    if why := queries.not_yet(case, asat_of(request)):
        raise Http404(why)


def may_write(user: Any, case: Any) -> bool:
    return bool(can(user, Action.WRITE_CASE, case))


def page(asat: AsAt, case: Any) -> str:
    return link(asat, "cases:case_detail", case.number)


def crumbs(asat: AsAt, case: Any = None) -> list[Mapping[str, str]]:
    found: list[Mapping[str, str]] = [{"text": "Business cases", "href": link(asat, "cases:case_list")}]
    if case is not None:
        found.append({"text": f"{case.number} {case.title}", "href": page(asat, case)})
    return found


@dataclass(frozen=True, slots=True)
class RecordOfCase(Record):
    """The case itself goes with its record, so that the parts of its page need not read it again."""

    case: Any = None
    submitted: bool = True  # whether it ever was


def record_of(case: Any, *, submitted: bool = True) -> Record:
    return RecordOfCase("case", case.number, str(case), case.authority_target(), case, submitted)


def on_case(request: HttpRequest, case: Any, **parts: Any) -> HttpResponse:
    """An act on a case: where it stands, and back to its page."""
    asat = asat_of(request)
    given = {
        "to": page(asat, case),
        "caption": f"{case.number} · {case.chin.name}",
        "breadcrumbs": crumbs(asat, case),
        "case": case,
    }
    return act(request, **given | parts)
