"""Tokens of the API: made by a person, for some of what they may do, until a day; and who comes in by the API."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cc2h.accounts import second_factor
from cc2h.accounts.authority import Action, authority_of
from cc2h.accounts.models import ApiToken, User
from cc2h.kit import words
from cc2h.kit.api.problems import is_api, problem
from cc2h.kit.days import today
from cc2h.kit.problems import check
from cc2h.kit.writing import writing

MARK = "cc2h_"  # so that a token that has got out is found by whoever looks for such
LONGEST, USUAL = timedelta(days=366), timedelta(days=90)
NOTED_EVERY = timedelta(hours=1)
MOST = 25  # tokens of one person


def digest_of(token: str) -> str:
    """What is kept of a token: it holds 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def may_be_granted(user: User) -> list[Action]:
    """What a token of this person can be for: what they may do themselves."""
    return [action for action in Action if authority_of(user).may(action)]


def make(*, by: User, name: str, actions: Iterable[str], expires_on: date) -> tuple[ApiToken, str]:
    """A new token, and its text, which is shown once and kept nowhere. Raises ValidationError."""
    text, name, chosen = MARK + secrets.token_urlsafe(32), " ".join(name.split()), [str(action) for action in actions]
    if beyond := set(chosen) - {str(action) for action in may_be_granted(by)}:
        raise ValidationError(f"You may not do this yourself: {words.listed(sorted(beyond))}.", code="beyond")
    if not today() <= expires_on <= today() + LONGEST:
        raise ValidationError({"expires_on": f"Choose a day within the next {LONGEST.days} days."})
    with writing(by):
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        mine = of(by)
        if mine.count() >= MOST:
            raise ValidationError(f"You have {MOST} tokens. Withdraw one that you don’t need.", code="too_many")
        if mine.filter(name__iexact=name).exists():  # also when a page is sent again
            raise ValidationError("You have a token for this already. Give it another name.", code="name_taken")
        token = ApiToken(user=by, name=name, digest=digest_of(text), actions=chosen, expires_on=expires_on)
        check(token, "name")
        token.save()
    return token, text


def of(user: User) -> QuerySet[ApiToken]:
    """Those of the person's tokens that still open something."""
    return ApiToken.objects.filter(user=user, withdrawn_at__isnull=True, expires_on__gte=today())


def shown(user: User) -> list[tuple[ApiToken, list[str]]]:
    """The person's tokens, the newest first, each with what it may do, in words."""
    return [(token, [str(action.label) for action in Action if action in token.actions]) for token in of(user)]


def withdraw(*, by: User, token: ApiToken) -> ApiToken:
    """It opens nothing any more."""
    with writing(by):
        ApiToken.objects.filter(pk=token.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
        token.refresh_from_db()
    return token


def _owner(text: str) -> User | None:
    """Whose token this is, with the authority it carries; None for one that opens nothing."""
    found = ApiToken.objects.filter(
        digest=digest_of(text), withdrawn_at__isnull=True, expires_on__gte=today(), user__is_active=True
    )
    token = found.select_related("user").first()
    if token is None:
        return None
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    user = token.user
    user.authority = replace(user.authority, only=frozenset(token.actions))
    return user


def counted(user: Any, per_minute: int) -> int:
    """Count a request. Returns after how many seconds the next may come: 0 while there are not too many."""
    now = time.time()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_apiuse AS u (user_id, minute, requests) VALUES (%s, %s, 1)
            ON CONFLICT (user_id) DO UPDATE
            SET minute = excluded.minute, requests = CASE WHEN u.minute = excluded.minute THEN u.requests + 1 ELSE 1 END
            RETURNING requests
            """,
            [user.pk, int(now // 60)],
        )
        requests: int = cursor.fetchone()[0]
    return 0 if requests <= per_minute else 60 - int(now % 60)


class ApiMiddleware:
    """Who comes in by the API: by a token in the header, or by the sign-in of a browser. Answers everybody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request):
            return self.get_response(request)
        return self._refusal(request) or self.get_response(request)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme:
            owner = _owner(text.strip()) if scheme.lower() == "bearer" else None
            if owner is None:
                return _challenge("This token opens nothing: it is not known, withdrawn, or past its last day.")
            request.user = owner
            setattr(request, "_dont_enforce_csrf_checks", True)  # noqa: B010 - Django's; no browser sends a token unasked
        user: Any = request.user
        if not user.is_authenticated:
            return _challenge("Send “Authorization: Bearer” and a token, or sign in.")
        if second_factor.missing(user):
            return problem(403, "A post you hold needs a second factor. Sign in to the portal and set one up.")
        if wait := counted(user, settings.API_REQUESTS_PER_MINUTE):
            most = settings.API_REQUESTS_PER_MINUTE
            return problem(429, f"At most {most} requests a minute. Wait {wait} seconds.", Retry_After=str(wait))
        return None


def _challenge(detail: str) -> HttpResponse:
    return problem(401, detail, WWW_Authenticate='Bearer realm="Care Closer to Home"')
