"""Single sign-on, with a real provider of OpenID Connect as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from cc2h.accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
START = "/account/oidc/sso/login/"
KNOWN, UNVERIFIED, STRANGER = "known@nhs.example", "unverified@nhs.example", "stranger@nhs.example"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a running provider that vouches for three people, for one of them without a verified address."""
    port = free_port()
    people = [
        {"sub": email, "email": email, "email_verified": email != UNVERIFIED} for email in (KNOWN, UNVERIFIED, STRANGER)
    ]
    told = [part for person in people for part in ("--user-claims", json.dumps(person))]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *told],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "the provider did not start"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def single_sign_on(provider: str, settings: Any) -> str:
    app = {
        "provider_id": "sso",
        "name": "NHSmail",
        "client_id": "cc2h",
        "secret": "of the test",
        "settings": {"server_url": provider, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    return provider


def come_as(client: Client, email: str, start: str = START) -> Any:
    """Start here, say at the provider who one is, and come back."""
    address = urlsplit(client.post(start).headers["Location"])
    assert "code_challenge=" in address.query
    elsewhere = HTTPConnection(address.netloc, timeout=10)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    elsewhere.request("POST", f"{address.path}?{address.query}", urlencode({"sub": email}), kind)
    back = urlsplit(elsewhere.getresponse().headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def test_who_is_known_by_a_verified_address_comes_in_as_themselves(single_sign_on: str, client: Client) -> None:
    person = UserFactory(email=KNOWN, password="a-password-of-their-own")
    assert come_as(client, KNOWN).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)
    person.refresh_from_db()
    assert person.check_password("a-password-of-their-own")


def test_an_address_that_is_not_verified_lets_nobody_in(single_sign_on: str, client: Client) -> None:
    UserFactory(email=UNVERIFIED)
    answer = come_as(client, UNVERIFIED)
    assert answer.status_code == 403
    assert "did not say which e-mail address is certainly yours" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_of_a_domain_that_is_named_every_address_counts_as_verified(
    single_sign_on: str, client: Client, settings: Any
) -> None:
    """Entra ID gives addresses of its own tenant and never says of one that it is verified."""
    person = UserFactory(email=UNVERIFIED)
    (app,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    app["settings"]["verified_email"] = ["elsewhere.example"]
    assert come_as(client, UNVERIFIED).status_code == 403
    app["settings"]["verified_email"] = ["nhs.example"]
    assert come_as(client, UNVERIFIED).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_stranger_is_told_so_and_nobody_is_added(single_sign_on: str, client: Client) -> None:
    answer = come_as(client, STRANGER)
    assert answer.status_code == 403
    assert STRANGER in answer.content.decode()
    assert not User.objects.exists()


def test_whoever_has_left_stays_out(single_sign_on: str, client: Client) -> None:
    person = UserFactory(email=KNOWN)
    come_as(client, KNOWN)
    User.objects.filter(pk=person.pk).update(is_active=False)
    again = Client()
    come_as(again, KNOWN)
    assert "_auth_user_id" not in again.session


def test_a_second_factor_is_asked_for_all_the_same(single_sign_on: str, client: Client) -> None:
    person = UserFactory(email=KNOWN)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    assert come_as(client, KNOWN).headers["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


def test_nothing_is_tied_to_an_account_that_is_signed_in(single_sign_on: str, client: Client) -> None:
    client.force_login(UserFactory(email="other@nhs.example"))
    assert come_as(client, STRANGER, START + "?process=connect").headers["Location"] == "/people/me/"
    assert not SocialAccount.objects.exists()


def test_a_provider_that_does_not_answer_is_a_page_in_words(client: Client, settings: Any) -> None:
    app = {
        "provider_id": "sso",
        "name": "NHSmail",
        "client_id": "cc2h",
        "secret": "of the test",
        "settings": {"server_url": f"http://127.0.0.1:{free_port()}"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    answer = client.post(START)
    assert answer.status_code == 502
    assert "did not answer as it should" in answer.content.decode()
