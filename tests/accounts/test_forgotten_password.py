"""Who asks for a new password learns nothing of who signs in here, neither from the page nor from how long it takes."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cc2h.kit import work
from cc2h.kit.models import Work
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def ask(email: str, **more: Any) -> Any:
    return Client().post(reverse("account_reset_password"), {"email": email}, follow=True, **more)


def test_a_known_and_an_unknown_address_do_the_same_work() -> None:
    known = UserFactory().email
    ask("warm@example.org")
    asked = []
    for email in (known, "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            page = ask(email)
        said = re.search(r"<main.*</main>", page.content.decode(), re.S)
        asked.append((said and said[0], [re.findall(r"^\S+|kit_\w+|accounts_\w+", q["sql"]) for q in queries]))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("known", [True, False])
def test_no_mail_is_sent_while_somebody_waits_for_the_page(known: bool, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    email = UserFactory().email if known else "nobody@example.org"
    assert "Look at your e-mail" in ask(email).content.decode()
    work.sweep()
    left = Work.objects.get(kind="password-mail")
    assert "refused" in left.last_error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Work.objects.update(lease_until=None)
    work.sweep()
    assert [message.to for message in mail.outbox] == [[email]]
    assert not Work.objects.filter(done_at__isnull=True).exists()


def test_the_link_leads_to_the_portal_that_was_asked(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["portal.example"]
    ask(UserFactory().email, headers={"host": "portal.example"}, secure=True)
    work.sweep()
    assert "https://portal.example/account/password/reset/key/" in mail.outbox[0].body


def test_the_address_waits_a_day_at_most_and_is_not_kept() -> None:
    email = UserFactory().email
    ask(email)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        work.sweep()
    assert not mail.outbox
    assert email not in str(Work.objects.values())


def test_whoever_is_locked_out_lets_themselves_in_by_mail() -> None:
    person, new = UserFactory(password="the-password-that-is-right"), "a-new-one-for-december-2018"
    client, door = Client(), reverse("account_login")
    for _ in range(6):
        answer = client.post(door, {"login": person.email, "password": "guessed-at-random"})
    assert "Choose a new password by e-mail" in answer.content.decode()
    ask(person.email)
    work.sweep()
    found = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    assert found
    page = client.get(found[1], follow=True)
    changed = client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert changed.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_password_just_chosen_by_mail_is_not_asked_again_for_the_first_second_factor() -> None:
    person, new = UserFactory(), "a-new-one-for-december-2018"
    ask(person.email)
    work.sweep()
    found = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    assert found
    client, set_up = Client(), reverse("mfa_activate_totp")
    page = client.get(found[1], follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert client.get(set_up).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        later = client.get(set_up)
    assert later.headers["Location"].startswith(reverse("account_reauthenticate")), "a moment only"
    other = Client()
    other.login(username=person.email, password=new)
    assert other.get(set_up).headers["Location"].startswith(reverse("account_reauthenticate"))
