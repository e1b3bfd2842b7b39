"""The planning group of a CHIN."""

from django.http import HttpRequest, HttpResponse

from cc2h.accounts.authority import Action
from cc2h.kit import words
from cc2h.kit.acts import act, posted
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import asat_of
from chins import forms, services
from chins.models import Partner
from chins.views.finding import address_of, crumbs, find, find_version


@writes(forms.PartnerForm)
def partner_add(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation joins the planning group."""
    asat = asat_of(request)
    chin = find(request, slug, Action.CHANGE_CHIN)
    return act(
        request,
        form=forms.PartnerForm(posted(request), initial={"first": asat.day}),
        do=lambda typed: services.add_partner(by=request.user, chin=chin, **typed),
        done=lambda partner: f"{partner} is in the planning group.",
        to=address_of(asat, chin),
        heading="Add a partner",
        caption=chin.name,
        submit="Add it",
        breadcrumbs=crumbs(asat, chin),
        fields_of_refusals={"already_partner": "organisation"},
    )


@writes(forms.EndForm)
def partner_end(request: HttpRequest, pk: int) -> HttpResponse:
    """An organisation leaves the planning group."""
    asat = asat_of(request)
    partner: Partner = find_version(request, Partner, pk, Action.CHANGE_CHIN)
    return act(
        request,
        of=partner,
        form=forms.EndForm(posted(request), initial={"last": asat.day}),
        do=lambda typed: services.end_partner(by=request.user, partner=partner, **typed),
        done=lambda ended: f"{ended} is in the planning group until {words.day(ended.last_day)}.",
        to=address_of(asat, partner.chin),
        heading=f"{partner} leaves the planning group",
        caption=partner.chin.name,
        submit="Let it leave",
        breadcrumbs=crumbs(asat, partner.chin),
        fields_of_refusals={"dates_out_of_order": "last"},
    )


@writes(forms.VoidForm)
def partner_void(request: HttpRequest, pk: int) -> HttpResponse:
    """An organisation never was in the planning group, or will not join it."""
    asat = asat_of(request)
    partner: Partner = find_version(request, Partner, pk, Action.CHANGE_CHIN)
    planned = partner.first_day > asat.today
    return act(
        request,
        of=partner,
        form=forms.VoidForm(posted(request)),
        do=lambda typed: services.void_partner(by=request.user, partner=partner, **typed),
        done=lambda nothing: f"{partner} is voided.",
        to=address_of(asat, partner.chin),
        heading=f"{partner} {'will not join the planning group' if planned else 'never was a partner'}",
        caption=partner.chin.name,
        submit="Void it",
        kind="warning",
        breadcrumbs=crumbs(asat, partner.chin),
    )
