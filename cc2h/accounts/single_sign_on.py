"""Single sign-on by OpenID Connect: who the provider vouches for is let in as the person with that e-mail address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import requests
import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cc2h.accounts.models import User

log = structlog.get_logger(__name__)


class Adapter(DefaultSocialAccountAdapter):
    """Matches by an e-mail address that the provider has verified. Nobody is added, and no post is given, this way."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.state.get("process") == AuthProcess.CONNECT:  # one signs in by it; nothing else is offered
            raise ImmediateHttpResponse(redirect("people:me"))
        if not sociallogin.is_existing:
            verified = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
            people = User.objects.filter(email__in=verified, is_active=True)[:2]
            if len(people) == 1:
                sociallogin.connect(request, people[0])

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Say that nobody is known by the address, instead of adding somebody."""
        given = ", ".join(address.email for address in sociallogin.email_addresses if address.verified)
        raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", {"given": given}, status=403))


def _in_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, which says so where the provider does not answer."""

    @wraps(view)
    def answer(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except requests.RequestException as problem:
            log.warning("single sign-on did not answer", problem=str(problem))
            return render(request, "socialaccount/authentication_error.html", status=502)

    return answer


start = _in_words(views.login)
come_back = _in_words(views.callback)
