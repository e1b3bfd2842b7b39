"""Finding a CHIN or a record of one for a page, and being allowed to do something to it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from cc2h.accounts.authority import Action, require
from cc2h.kit.acts import version_of
from cc2h.kit.api.calls import call_of
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from chins import queries
from chins.models import Chin, Membership
from chins.names import practice_names
from practices.models import Commissioner, Practice
from practices.queries import commissioners_where

# The parameter of an address that is about one commissioner, where somebody acts for several.
WHOSE = {"commissioner": "for which commissioner: its ODS code; needed by who acts for several"}


def find(request: HttpRequest, slug: str, action: Action = Action.VIEW_REGISTER) -> Chin:
    """The CHIN, or 404 for one this person may not see; 403 for an action they may not take on it."""
    chin: Chin = get_object_or_404(queries.visible_chins(request.user), slug=slug)
    require(request.user, action, chin)
    return chin


def find_version(request: HttpRequest, model: Any, pk: int, action: Action) -> Any:
    """A version of a record of a CHIN, found and permitted as its CHIN is."""
    version = version_of(request, queries.versions_of_chins(model, request.user), pk)
    require(request.user, action, version.chin)
    return version


def find_commissioner(request: HttpRequest, action: Action) -> Commissioner | HttpResponse:
    """The commissioner an act is about: `?commissioner=`, or the only one; else a page to choose from."""
    require(request.user, action)
    mine = commissioners_where(request.user, action)
    asked = request.GET.get("commissioner")
    if asked is not None:
        return get_object_or_404(mine, ods_code=asked)
    choices = list(mine)
    if not choices:
        raise PermissionDenied(f"“{action.label}” across several CHINs belongs to posts of a commissioner.")
    if len(choices) == 1:
        return choices[0]
    if call_of(request):
        raise BadRequest(f"Add ?commissioner= to the address: {' or '.join(one.ods_code for one in choices)}.")
    context = {"heading": "For which commissioner?", "choices": choices, "breadcrumbs": crumbs(asat_of(request))}
    return render(request, "chins/choose_commissioner.html", context)


def practices_named(request: HttpRequest, ids: list[int]) -> list[Practice]:
    """Practices by number, all of which the reader may see: a refusal must not name one that is kept from them."""
    practices = queries.practices_by_number(request.user, asat_of(request), ids)
    if len(practices) != len(set(ids)):
        raise ValidationError("Choose practices from the list.", code="not_listed")
    return practices


def crumbs(asat: AsAt, chin: Chin | None = None) -> list[Mapping[str, str]]:
    steps: list[Mapping[str, str]] = [{"text": "CHINs", "href": link(asat, "chins:chin_list")}]
    if chin is not None:
        steps.append({"text": chin.name, "href": address_of(asat, chin)})
    return steps


def address_of(asat: AsAt, chin: Chin) -> str:
    return link(asat, "chins:chin_detail", chin.slug)


def name_of(membership: Membership) -> str:
    return practice_names([membership.practice_id], membership.first_day)[membership.practice_id]
