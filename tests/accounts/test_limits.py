"""Too many tries to sign in are refused to whoever makes them, and not to everybody behind one proxy."""

from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
AN_ADDRESS = 10  # tries a minute, whatever e-mail addresses are tried: see ACCOUNT_RATE_LIMITS
PROXY = "10.20.30.40"
names = count()


def refused(forwarded_for: str) -> bool:
    """Try once to sign in, with another e-mail address each time; whether no more tries are taken."""
    page = Client(REMOTE_ADDR=PROXY).post(
        reverse("account_login"),
        {"login": f"somebody{next(names)}@example.org", "password": "guessed-at-random"},
        headers={"x-forwarded-for": forwarded_for},
    )
    return "Too many tries" in page.content.decode()


@pytest.fixture(autouse=True)
def behind_one_proxy(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def test_two_clients_behind_one_proxy_are_limited_each_for_themselves() -> None:
    assert [refused("192.0.2.1") for _ in range(AN_ADDRESS + 1)] == [False] * AN_ADDRESS + [True]
    assert not refused("192.0.2.2")


def test_a_claimed_address_does_not_escape_the_limit() -> None:
    """A client may send the header itself; the proxy adds the address it saw at the right."""
    tries = [refused(f"198.51.100.{n}, 192.0.2.1") for n in range(AN_ADDRESS + 1)]
    assert tries == [False] * AN_ADDRESS + [True]


def test_what_else_is_remembered_pushes_no_limit_out() -> None:
    assert [refused("192.0.2.1") for _ in range(AN_ADDRESS + 1)][-1]
    for n in range(400):
        cache.set(f"worked-out:{n}", n, timeout=3600)
    assert refused("192.0.2.1")


def test_without_a_proxy_the_header_counts_for_nothing(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert [refused(f"192.0.2.{n}") for n in range(AN_ADDRESS + 1)] == [False] * AN_ADDRESS + [True]
