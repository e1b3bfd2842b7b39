"""The contact log of a practice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cc2h.accounts.authority import Action, require
from cc2h.kit import words
from cc2h.kit.acts import posted
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import asat_of
from practices import forms, queries, services
from practices.views.finding import act_on, find


@writes(forms.ContactForm)
def contact_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """The ten-second form, also on a page of its own when something is wrong with what was typed."""
    asat = asat_of(request)
    found = find(request, ods_code, Action.ADD_CONTACT)
    return act_on(
        request,
        found,
        form=forms.ContactForm(posted(request), today=asat.today, initial={"day": asat.today}),
        do=lambda typed: services.add_contact(by=request.user, practice=found.practice, **typed),
        done=lambda contact: f"Your contact of {words.day(contact.day)} is in the log.",
        to=f"{found.address}#contacts",
        heading="Add a contact",
        submit="Add",
    )


@writes(forms.WithdrawForm)
def contact_withdraw(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """Take back an entry of the contact log. It stays readable."""
    found = find(request, ods_code, Action.ADD_CONTACT)
    require(request.user, Action.VIEW_CONTACTS, found.subject)
    contact = get_object_or_404(queries.contacts_of(found.practice), pk=pk)
    return act_on(
        request,
        found,
        form=forms.WithdrawForm(posted(request)),
        do=lambda typed: services.withdraw_contact(by=request.user, contact=contact, **typed),
        done=lambda _: f"The entry of {words.day(contact.day)} is withdrawn.",
        to=f"{found.address}#contacts",
        heading="Withdraw an entry",
        lede=f"{words.day(contact.day)}: {contact.outcome}",
        submit="Withdraw it",
        kind="warning",
    )
