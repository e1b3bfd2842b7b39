"""How long a sign-in lasts, and that nobody loses what they typed when it ended meanwhile."""

import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone

from cc2h.accounts.authority import authority_of

# in the session: when the sign-in was, when the last request was, a form, whether the person held a post
SINCE, SEEN, UNSENT, IN_POST = "since", "seen", "unsent", "in_post"
NOTED_EVERY = 60  # seconds
# Characters of a form that are kept: every form that is taken at all (DATA_UPLOAD_MAX_MEMORY_SIZE, in bytes) of somebody whose
# sign-in has just ended; of a browser that nobody knows, so that no stranger fills the database, this many.
OF_A_STRANGER = 200_000
TOO_LONG = (
    f"What you sent is longer than {OF_A_STRANGER:,} characters and could not be kept for you, as your sign-in ended too long "
    "ago. It has not been saved. Go back in your browser, copy it, sign in, and send it again."
)


class SessionMiddleware:
    """Ends a sign-in that has lasted or been idle for too long; keeps the form that such a person sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = _goes_on(request)
        if signed_in and request.method == "POST":
            _forget_if_sent(request)
        response = self.get_response(request)
        if signed_in:
            # A page is of this person, and of this moment.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        if signed_in or not _led_to_sign_in(request, response):
            return response
        if not keep(request):
            messages.warning(request, TOO_LONG)
            return response
        leads_to = urlencode({"next": reverse("unsent")})
        return HttpResponse(status=302, headers={"Location": f"{resolve_url(settings.LOGIN_URL)}?{leads_to}"})


def _goes_on(request: HttpRequest) -> bool:
    """Whether somebody is signed in, and still is."""
    if not request.user.is_authenticated:
        return False
    session, now = request.session, time.time()
    since, seen = session.get(SINCE, now), session.get(SEEN, now)
    if now - since > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
        by = request.user.pk
        logout(request)
        session[UNSENT] = {"by": by}  # whose form it is, should one come with this request
        return False
    in_post = bool(authority_of(request.user).holdings)
    if session.get(IN_POST) and not in_post:
        logout(request)
        messages.warning(request, "You are signed out: the last post you held has ended.")
        return False
    if in_post != session.get(IN_POST, False):
        session[IN_POST] = in_post
    if SINCE not in session:  # from before an upgrade
        begin(request, request.user)
    if now - seen > NOTED_EVERY:
        session[SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())
    return True


def begin(request: HttpRequest, user: Any, **_: Any) -> None:
    """Somebody has signed in."""
    now = time.time()
    request.session.update({SINCE: now, SEEN: now, IN_POST: bool(authority_of(user).holdings)})


def _led_to_sign_in(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a form was answered by the page to sign in, from a browser that had a sign-in."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    sign_in = resolve_url(settings.LOGIN_URL)
    leads_to = response.headers.get("Location", "").partition("?")[0]
    return request.method == "POST" and leads_to == sign_in and not request.path.startswith("/account/")


def sent(request: HttpRequest) -> dict[str, Any]:
    """The form that was sent: path, fields as (name, value), files by name, as they are too large."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name != CSRF]
    return {
        "path": request.get_full_path(),
        "fields": fields,
        "files": [str(file) for file in request.FILES.values()],
    }


def keep(request: HttpRequest) -> bool:
    """Keep the form that was sent in the session. Whether it was."""
    form, known = sent(request), request.session.get(UNSENT, {})
    if "by" not in known and sum(len(name) + len(str(value)) for name, value in form["fields"]) > OF_A_STRANGER:
        return False
    request.session[UNSENT] = known | form
    return True


CSRF = "csrfmiddlewaretoken"


def unsent(session: SessionBase, user: Any) -> dict[str, Any] | None:
    """The form that was kept: path, fields as (name, value), files by name. None if it is somebody else's."""
    kept = session.get(UNSENT) or {}
    if "path" not in kept or kept.get("by", user.pk) != user.pk:
        return None
    return dict(kept)


def forget(session: SessionBase) -> None:
    """The form was sent, or is not wanted."""
    session.pop(UNSENT, None)


def _forget_if_sent(request: HttpRequest) -> None:
    if UNSENT in request.session and request.session[UNSENT].get("path") == request.get_full_path():
        forget(request.session)


def words(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was typed, for a person: a field's name in words, its value; without what no one typed."""
    shown = {name.replace("_", " ").capitalize(): str(value) for name, value in fields if str(value).strip()}
    return [(name, value) for name, value in shown.items() if name != "Seen"]
