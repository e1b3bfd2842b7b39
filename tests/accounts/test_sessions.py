"""How long a sign-in lasts, what is kept of a form that came too late, and the list of one's sign-ins."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cc2h.accounts.authority import Role
from cc2h.comments.models import Attachment
from cc2h.kit import dated
from tests.architecture.world import World, make_world
from tests.factories import PostHoldingFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "closer-to-home-2018-and-on"


@pytest.fixture
def world() -> World:
    return make_world()


def sign_in(client: Client, person: Any) -> None:
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})


def signed_in(client: Client) -> bool:
    return client.get("/people/me/").status_code == 200


@pytest.fixture
def now() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def test_a_sign_in_ends_when_nothing_was_done_for_an_hour(client: Client, now: Any) -> None:
    sign_in(client, UserFactory(password=PASSWORD))
    for minutes in (50, 50, 50):
        now.shift(timedelta(minutes=minutes))
        assert signed_in(client)
    now.shift(timedelta(minutes=61))
    assert not signed_in(client)


def test_a_sign_in_ends_after_its_hours_whatever_is_done(client: Client, now: Any) -> None:
    sign_in(client, UserFactory(password=PASSWORD))
    assert signed_in(client)
    for _ in range(12 * 2 - 1):
        now.shift(timedelta(minutes=30))
        assert signed_in(client)
    now.shift(timedelta(minutes=31))
    assert not signed_in(client)


def late(client: Client, now: Any, world: World) -> tuple[Any, str]:
    """A manager who writes to the contact log an hour after the last click; and the address."""
    manager = world.holder(Role.TRANSFORMATION_MANAGER)
    manager.set_password(PASSWORD)
    manager.save()
    sign_in(client, manager)
    assert signed_in(client)
    now.shift(timedelta(minutes=70))
    address = f"/practices/{world.own.practice.ods_code}/contacts/"
    typed = {"day": "2018-12-06", "spoke_to": "", "outcome": "Will <join> in May", "next_step": "Ring again"}
    sent = client.post(address, typed)
    assert sent.headers["Location"] == "/account/login/?next=%2Faccount%2Funsent%2F"
    return manager, address


def test_what_was_typed_is_there_after_signing_in_again(client: Client, now: Any, world: World) -> None:
    manager, address = late(client, now, world)
    again = client.post("/account/login/?next=/account/unsent/", {"login": manager.email, "password": PASSWORD})
    assert again.headers["Location"] == "/account/unsent/"
    page = client.get("/account/unsent/").content.decode()
    assert "Your work is still here" in page
    assert 'value="Will &lt;join&gt; in May"' in page
    assert f'action="{address}"' in page
    client.post(address, {"outcome": "Will <join> in May"})
    assert client.get("/account/unsent/").headers["Location"] == "/"


def test_what_was_typed_is_not_shown_to_somebody_else(client: Client, now: Any, world: World) -> None:
    late(client, now, world)
    sign_in(client, UserFactory(password=PASSWORD))
    assert client.get("/account/unsent/").headers["Location"] == "/"
    assert "Will" not in client.get("/").content.decode()


def test_what_was_typed_can_be_thrown_away(client: Client, now: Any, world: World) -> None:
    manager, _ = late(client, now, world)
    sign_in(client, manager)
    assert client.post("/account/unsent/").headers["Location"] == "/"
    assert client.get("/account/unsent/").headers["Location"] == "/"


def test_with_a_file_the_form_opens_again_with_what_was_typed(client: Client, now: Any, world: World) -> None:
    """A file is not kept: it is chosen again, and nothing is saved without it."""
    manager = world.holder(Role.TRANSFORMATION_MANAGER)
    manager.set_password(PASSWORD)
    manager.save()
    sign_in(client, manager)
    now.shift(timedelta(minutes=70))
    address = reverse("comments:file_attach", args=["practice", world.own.practice.ods_code])
    client.post(address, {"file": io.BytesIO(b"a,b"), "title": "The lease"})
    client.post("/account/login/?next=/account/unsent/", {"login": manager.email, "password": PASSWORD})
    page = client.get("/account/unsent/").content.decode()
    assert "Choose the file again" in page
    again = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    assert 'name="change"' in page
    form = client.post(address, {**dict(again), "change": "yes"}).content.decode()
    assert "The lease" in form
    assert not Attachment.objects.exists()


def test_a_form_is_kept_however_long_where_the_sign_in_has_just_ended(client: Client, now: Any, world: World) -> None:
    """As long as any that the portal takes: the minutes of a meeting, a whole business case."""
    manager = world.holder(Role.TRANSFORMATION_MANAGER)
    manager.set_password(PASSWORD)
    manager.save()
    sign_in(client, manager)
    now.shift(timedelta(minutes=70))
    address, typed = f"/practices/{world.own.practice.ods_code}/contacts/", "Minute é" * 250_000
    assert len(typed.encode()) < django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    sent = client.post(address, {"outcome": typed})
    assert sent.headers["Location"] == "/account/login/?next=%2Faccount%2Funsent%2F"
    sign_in(client, manager)
    assert dict(client.session["unsent"]["fields"])["outcome"] == typed


def test_a_stranger_fills_no_database_and_is_told_what_to_do(client: Client) -> None:
    client.cookies[django_settings.SESSION_COOKIE_NAME] = "of-nobody"
    sent = client.post("/practices/A00001/contacts/", {"outcome": "x" * 300_000})
    assert "unsent" not in sent.headers["Location"]
    assert "unsent" not in client.session
    page = client.get(sent.headers["Location"]).content.decode()
    assert "could not be kept for you" in page
    assert "Go back in your browser" in page


def test_one_sees_where_one_is_signed_in_and_signs_out_elsewhere() -> None:
    person = UserFactory(password=PASSWORD)
    here, there = Client(headers={"user-agent": "Desk"}), Client(headers={"user-agent": "Lost phone"})
    for client in (there, here):
        sign_in(client, person)
    page = here.get("/account/sessions/").content.decode()
    assert "Lost phone" in page
    assert "Here, now" in page
    here.post("/account/sessions/")
    assert signed_in(here)
    assert not signed_in(there)


def test_who_loses_the_last_post_is_signed_out_and_who_loses_another_is_not(client: Client) -> None:
    person = UserFactory()
    one, other = PostHoldingFactory(holder=person), PostHoldingFactory(holder=person)
    client.force_login(person)
    assert signed_in(client)
    dated.void(one, by=None, reason="Left")
    assert signed_in(client)
    dated.void(other, by=None, reason="Left")
    assert not signed_in(client)
    assert "the last post you held has ended" in client.get("/account/login/").content.decode()


def test_whoever_never_held_a_post_stays_signed_in(client: Client) -> None:
    client.force_login(UserFactory())
    assert signed_in(client)
    assert signed_in(client)
