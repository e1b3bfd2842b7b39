"""What every answer says to a browser, over TLS as in production; the policy of files is stricter (tests/comments)."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DIRECTIVES = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def test_a_page_is_closed_to_others_and_runs_nothing_inline(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    answer = Client().get("/account/login/", secure=True)
    told = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()
    )
    assert {name: told[name] for name in DIRECTIVES} == DIRECTIVES
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert told["script-src"].startswith("'self'")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000; includeSubDomains")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    for power in ("camera", "geolocation", "microphone", "payment"):
        assert f"{power}=()" in answer.headers["Permissions-Policy"]


def test_what_somebody_is_shown_is_kept_by_nobody_between(client: Client) -> None:
    client.force_login(UserFactory())
    for address in ("/people/me/", "/api/v1/people/me/"):
        assert client.get(address).headers["Cache-Control"] == "private, no-cache", address
