"""Second factors: an app's codes, passkeys and recovery codes, for everybody; needed by posts that can do much harm."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cc2h.accounts.authority import authority_of, needs_second_factor


def missing(user: Any) -> bool:
    """Whether the person holds a post today that needs a second factor, and has none."""
    if not settings.SECOND_FACTOR_REQUIRED or not user.is_authenticated:
        return False
    return needs_second_factor(authority_of(user)) and not has_one(user)


class Needed(PermissionDenied):
    """An act takes a second factor of whoever does it, whatever posts they hold."""


def require(user: Any, act: str) -> None:
    """Raise Needed where the person has none: for acts that a seat or a moment allows, and not a post’s authority."""
    if settings.SECOND_FACTOR_REQUIRED and not has_one(user):
        raise Needed(f"{act} needs a second factor. Set one up under your name, and come back.")


def factors() -> QuerySet[Authenticator]:
    """Everybody's apps and passkeys; recovery codes alone are no second factor."""
    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)


def has_one(user: Any) -> bool:
    """Whether the person has set up an app or a passkey."""
    return factors().filter(user_id=user.pk).exists()


class SecondFactorMiddleware:
    """Leads whoever lacks the second factor that a post needs to the page where it is set up, whatever they ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        """Let pages of the account, and those that need no sign-in, be seen."""
        route = request.resolver_match.route if request.resolver_match else ""
        if route.startswith("account/") or not getattr(view, "login_required", True):
            return None
        return redirect("mfa_index") if missing(request.user) else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """An act that takes one leads there too, and says why."""
        if not isinstance(exception, Needed):
            return None
        messages.warning(request, str(exception))
        return redirect("mfa_index")

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """Say on the page of second factors that one is needed."""
        if request.resolver_match and request.resolver_match.url_name == "mfa_index":
            response.context_data["second_factor_needed"] = missing(request.user)
        return response


def _box() -> MultiFernet:
    """Encrypts by the portal's secret, and reads what earlier secrets have encrypted."""
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(f"cc2h second factor {secret}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class Adapter(DefaultMFAAdapter):
    """Our words; and secrets of authenticator apps are encrypted before the database sees them."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right, or is used up. Wait for the app’s next one, and try again.",
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        svg = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]  # without the XML declaration it may stand in a page

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"
