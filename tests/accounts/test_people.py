"""People who may sign in, and the page that says what each role may do."""

import csv
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cc2h.accounts import authority
from cc2h.accounts.authority import GRANTS, ROLE_SCOPE, Action, Role
from cc2h.accounts.models import User
from tests.factories import ChinFactory, CommissionerFactory, PostHoldingFactory, UserFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(person(Role.ADMINISTRATOR, name="Portal administrator", email="admin@example.org"))
    return client


def text(response: Any) -> str:
    main = re.search(r"<main.*?</main>", response.content.decode(), re.S)
    assert main
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main.group()))).strip()


class TestAdding:
    def test_from_an_e_mail_address_to_the_first_sign_in(self, administrator: Client) -> None:
        response = administrator.post(
            reverse("people:user_add"), {"name": "Anna  Ash", "email": "Anna@Example.org"}, follow=True
        )
        assert "Anna Ash is added. Give them a post" in text(response)
        anna = User.objects.get(email="anna@example.org")
        assert not anna.has_usable_password()
        (message,) = mail.outbox
        assert message.to == ["anna@example.org"]
        assert message.subject == "Your access to Care Closer to Home"
        assert "with the address anna@example.org." in message.body
        link = re.search(r"http://testserver(\S+)", message.body)
        assert link
        visitor = Client()
        form = visitor.get(link.group(1), follow=True)
        password = "a-long-enough-passphrase"
        done = visitor.post(form.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True)
        assert done.status_code == 200
        assert (
            Client().login(username="anna@example.org", password=password)
            or visitor.post(reverse("account_login"), {"login": "anna@example.org", "password": password}).status_code
            == 302
        )

    def test_an_address_that_is_taken(self, administrator: Client) -> None:
        UserFactory(email="anna@example.org")
        response = administrator.post(reverse("people:user_add"), {"name": "Anna", "email": "ANNA@example.org"})
        assert "Somebody already signs in with this e-mail address." in text(response)
        assert mail.outbox == []

    def test_when_the_mail_can_t_be_sent_the_person_is_there_and_one_is_told(
        self, administrator: Client, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
        response = administrator.post(
            reverse("people:user_add"), {"name": "Anna", "email": "anna@example.org"}, follow=True
        )
        assert "can’t be sent at the moment" in text(response)
        assert User.objects.filter(email="anna@example.org").exists()

    def test_the_link_again(self, administrator: Client) -> None:
        user = UserFactory()
        administrator.post(reverse("people:user_link", args=[user.pk]))
        assert [message.to for message in mail.outbox] == [[user.email]]


class TestEnding:
    def test_what_is_open_stops_at_the_next_click(self, administrator: Client) -> None:
        manager = person(Role.TRANSFORMATION_MANAGER, of=CommissionerFactory())
        theirs = Client()
        theirs.force_login(manager)
        assert theirs.get(reverse("chins:chin_list")).status_code == 200
        url = reverse("people:user_deactivate", args=[manager.pk])
        assert "can’t sign in any more" in text(administrator.post(url))
        manager.refresh_from_db()
        assert manager.is_active  # until one says yes
        administrator.post(url, {"confirm": "yes"})
        assert theirs.get(reverse("chins:chin_list")).status_code == 302
        manager.refresh_from_db()
        assert authority.of(manager, date(2018, 12, 6)).holdings == ()
        administrator.post(reverse("people:user_reactivate", args=[manager.pk]))
        manager.refresh_from_db()
        assert manager.is_active

    def test_nobody_locks_themselves_out(self, administrator: Client) -> None:
        me = User.objects.get(email="admin@example.org")
        url = reverse("people:user_deactivate", args=[me.pk])
        assert "You can’t end your own access" in text(administrator.post(url, {"confirm": "yes"}))
        me.refresh_from_db()
        assert me.is_active


class TestEditing:
    def test_the_second_is_told(self, administrator: Client) -> None:
        anna = UserFactory(name="Anna", email="anna@example.org")
        url = reverse("people:user_edit", args=[anna.pk])
        seen = re.search(r'name="seen" value="(\d+)"', administrator.get(url).content.decode())
        assert seen
        first = {"seen": seen.group(1), "name": "Anna Ash", "email": "anna@example.org"}
        assert administrator.post(url, first).status_code == 302
        response = administrator.post(url, first | {"name": "Anna Birch"})
        assert "Portal administrator changed this while you were writing" in text(response)
        assert 'value="Anna Birch"' in response.content.decode()
        history = text(administrator.get(reverse("people:user_detail", args=[anna.pk])))
        assert "Name: Anna → Anna Ash" in history
        assert "password" not in history.split("History")[-1]


class TestList:
    def test_who_never_signed_in(self, administrator: Client) -> None:
        UserFactory(name="Never Yet")
        UserFactory(name="Long Gone", is_active=False)
        url = reverse("people:user_list")
        assert "3 people" in text(administrator.get(url))
        assert "Long Gone" not in text(administrator.get(url, {"access": "never"}))
        assert "Never Yet" not in text(administrator.get(url, {"access": "ended"}))
        assert "1 person" in text(administrator.get(url, {"q": "long gone"}))


class TestWhoCanDoWhat:
    def test_the_page_says_exactly_what_the_rules_say(self, administrator: Client) -> None:
        response = administrator.get(reverse("people:who_can"), {"format": "csv"})
        rows = list(csv.DictReader(b"".join(response.streaming_content).decode().splitlines()))
        said = {(row["role"], row["may"]) for row in rows}
        assert said == {(str(role.label), str(action.label)) for role in Role for action in GRANTS[role]}
        assert all(row["reach"] for row in rows)

    def test_every_role_and_action_stands_on_the_page(self, administrator: Client) -> None:
        shown = text(administrator.get(reverse("people:who_can")))
        assert all(str(role.label) in shown for role in Role)
        assert all(str(action.label) in shown for action in Action)
        assert {scope for scope in ROLE_SCOPE.values() if f"Posts of {scope.label}" in shown} == set(
            ROLE_SCOPE.values()
        )

    def test_one_s_own_posts_and_what_they_allow(self) -> None:
        chin = ChinFactory(name="Finchley")
        lead = person(Role.CHIN_LEAD, of=chin, name="Anna")
        PostHoldingFactory(holder=lead, post__role=Role.QI_LEAD, post__title="Not yet", first=date(2099, 1, 1))
        client = Client()
        client.force_login(lead)
        shown = text(client.get(reverse("people:me")))
        assert "CHIN lead" in shown
        assert f"{Action.ADD_CONTACT.label} own CHIN" in shown
        assert "Not yet" not in shown

    def test_somebody_without_a_post_is_told_so(self) -> None:
        client = Client()
        client.force_login(UserFactory())
        assert "You hold no post today" in text(client.get(reverse("people:me")))
