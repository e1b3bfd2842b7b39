"""A federation, and practices joining and leaving it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, can
from cc2h.accounts.records import Record
from cc2h.kit import words
from cc2h.kit.acts import posted, version_of
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import asat_of
from cc2h.kit.links import link
from cc2h.kit.sections import sections
from practices import forms, queries, services, shapes
from practices.models import FederationMembership
from practices.views.finding import Found, act_on, find


@require_safe
@reads(shapes.federation)
def federation_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A federation: how many practices are in it on the day, and what is said and to be done about it."""
    asat, user = asat_of(request), request.user
    federation = get_object_or_404(queries.federations_seen(user, asat), slug=slug)
    whose = federation.commissioner
    about = Record("federation", federation.slug, federation.name, federation.authority_target())
    context = {
        "federation": federation,
        "may_rename": bool(can(user, Action.CHANGE_COMMISSIONER, whose)),
        "history": queries.federation_history(federation) if can(user, Action.VIEW_HISTORY, whose) else None,
        "sections": sections(request, "federation", federation.slug, about),
        "breadcrumbs": [
            {"text": "Commissioners", "href": link(asat, "practices:commissioner_list")},
            {"text": whose.short_name, "href": link(asat, "practices:commissioner_detail", whose.ods_code)},
        ],
    }
    return show(request, "practices/federation.html", context)


@writes(forms.JoinFederationForm)
def federation_join(request: HttpRequest, ods_code: str) -> HttpResponse:
    """The practice joins a federation of its commissioner."""
    asat = asat_of(request)
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    whose = found.facts.standing.commissioner
    federations = queries.federations_to_join(whose)
    none = f"There is no federation of {whose.short_name} yet. Add one on its page, under Commissioners."
    return act_on(
        request,
        found,
        form=forms.JoinFederationForm(posted(request), federations=federations, initial={"first": asat.day}),
        do=lambda typed: services.join_federation(by=request.user, practice=found.practice, **typed),
        done=lambda joined: f"{found.name} is in {joined.federation} from {words.day(joined.first_day)}.",
        heading="Join a federation",
        lede="" if federations else none,
        submit="Join",
        fields_of_refusals={"already_member": "first", "not_open": "first"},
    )


def _federation_membership(request: HttpRequest, found: Found, pk: int) -> FederationMembership:
    memberships = queries.federation_memberships_of(found.practice)
    membership: FederationMembership = version_of(request, memberships, pk)
    return membership


@writes(forms.EndForm)
def federation_leave(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practice was in its federation until a day."""
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    membership = _federation_membership(request, found, pk)
    return act_on(
        request,
        found,
        of=membership,
        form=forms.EndForm(posted(request), first=membership.first_day, initial={"last": asat_of(request).day}),
        do=lambda typed: services.leave_federation(by=request.user, membership=membership, **typed),
        done=lambda left: f"{found.name} is in {left.federation} until {words.day(left.last_day)}.",
        heading=f"Leave {membership.federation}",
        lede=f"A member {words.period(membership.period.lower, membership.period.upper)}. "
        "If it never was one, void the membership instead.",
        submit="Leave",
        fields_of_refusals={"no_change": "last"},
    )


@writes(forms.VoidForm)
def federation_void(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practice was never in that federation."""
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    membership = _federation_membership(request, found, pk)
    return act_on(
        request,
        found,
        of=membership,
        form=forms.VoidForm(posted(request)),
        do=lambda typed: services.void_federation_membership(by=request.user, membership=membership, **typed),
        done=lambda _: f"The membership of {found.name} in {membership.federation} is voided.",
        heading=f"It was never in {membership.federation}",
        lede=f"Recorded as a member {words.period(membership.period.lower, membership.period.upper)}.",
        submit="Void the membership",
        kind="warning",
    )
