"""One's own dates, and the address at which a calendar reads them. No program makes or withdraws one."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cc2h.accounts.authority import Action, require
from cc2h.governance import calendar, forms
from cc2h.governance.views import bodies
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.asat import asat_of
from cc2h.kit.links import link


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The dates that concern the reader, and whether a calendar reads them."""
    require(request.user, Action.VIEW_GOVERNANCE)
    asat = asat_of(request)
    context = {
        "dates": [one for one in calendar.dates_of(request.user, asat.today) if _day(one) >= asat.today],
        "feed": calendar.feed_of(request.user),
        "breadcrumbs": bodies.crumbs(asat),
    }
    return render(request, "governance/calendar.html", context)


def _day(one: calendar.Date) -> Any:
    return one.when.date() if hasattr(one.when, "date") else one.when


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """A new address, shown this once."""
    require(request.user, Action.VIEW_GOVERNANCE)
    asat = asat_of(request)
    crumbs = [*bodies.crumbs(asat), {"text": "Your calendar", "href": link(asat, "governance:calendar")}]
    if request.method != "POST":
        context = {"feed": calendar.feed_of(request.user), "breadcrumbs": crumbs}
        return render(request, "governance/calendar_make.html", context)
    secret = calendar.make(by=request.user)
    address = settings.PORTAL_ADDRESS + reverse("governance:calendar_feed", args=[secret])
    response = render(request, "governance/calendar_made.html", {"address": address, "breadcrumbs": crumbs})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """The address opens nothing any more."""
    require(request.user, Action.VIEW_GOVERNANCE)
    asat = asat_of(request)
    to = link(asat, "governance:calendar")
    return act(
        request,
        form=forms.NothingForm(posted(request)),
        do=lambda typed: calendar.withdraw(by=request.user),
        effect=lambda typed: Effect(
            sentences=["Whatever calendar reads it finds nothing any more. This can’t be undone."]
        ),
        done=lambda nothing: "The address is withdrawn.",
        to=to,
        heading="Withdraw your calendar’s address",
        submit="Withdraw it",
        kind="warning",
        nothing="" if calendar.feed_of(request.user) else "You have no calendar address.",
        breadcrumbs=[*bodies.crumbs(asat), {"text": "Your calendar", "href": to}],
    )


@login_not_required  # a calendar has no session: the address itself is the secret
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whoever made the address, as it is today."""
    found = calendar.opened_by(secret, asat_of(request).today)
    if found is None:
        raise Http404("No calendar is at this address.")
    response = HttpResponse(found, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="care-closer-to-home.ics"'
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
