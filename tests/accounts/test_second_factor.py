"""Second factors: offered to everybody, needed by those who can change money, people or published pages."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from cc2h.accounts.authority import GRANTS, ROLE_SCOPE, SECOND_FACTOR_ROLES, Action, Role, Scope
from cc2h.kit import work
from tests.architecture.world import World, make_world
from tests.codes import code_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "closer-to-home-2018-and-on"
SET_UP = "/account/2fa/totp/activate/"


@pytest.fixture
def person() -> Any:
    return UserFactory(password=PASSWORD)


def sign_in(person: Any, password: str = PASSWORD) -> tuple[Client, str]:
    """A client after the first step, and where that led."""
    client = Client()
    answer = client.post("/account/login/", {"login": person.email, "password": password})
    return client, answer.headers.get("Location", "")


def set_up_app(client: Client) -> str:
    """Pair an authenticator app, which asks for the password once more; returns its secret."""
    client.post(f"/account/reauthenticate/?next={SET_UP}", {"password": PASSWORD})
    page = client.get(SET_UP).content.decode()
    found = re.search(r'app-code">([A-Z2-7]+)<', page)
    assert found
    secret = found[1]
    answer = client.post(SET_UP, {"code": code_of(secret)})
    assert answer.headers["Location"] == "/account/2fa/recovery-codes/"
    return secret


def test_once_an_app_is_set_up_a_password_alone_lets_nobody_in(person: Any) -> None:
    client, leads_to = sign_in(person)
    assert leads_to == "/"
    secret = set_up_app(client)

    client, leads_to = sign_in(person)
    assert leads_to == "/account/2fa/authenticate/"
    assert client.get("/people/me/").headers["Location"].startswith("/account/login/")
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "That code is not right" in wrong
    right = client.post("/account/2fa/authenticate/", {"code": code_of(secret, steps=1)})
    assert right.headers["Location"] == "/"
    assert client.get("/people/me/").status_code == 200


def test_a_code_is_taken_once(person: Any) -> None:
    secret = set_up_app(sign_in(person)[0])
    code = code_of(secret, steps=1)
    for answered in (302, 200):
        client, _ = sign_in(person)
        assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == answered


def test_a_recovery_code_lets_in_once(person: Any) -> None:
    client, _ = sign_in(person)
    set_up_app(client)
    codes = re.findall(r"^\d{8}$", client.get("/account/2fa/recovery-codes/download/").content.decode(), re.M)
    assert len(codes) == 10
    for answered in (302, 200):
        client, _ = sign_in(person)
        assert client.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == answered


def test_guessing_codes_is_soon_refused(person: Any) -> None:
    set_up_app(sign_in(person)[0])
    client, _ = sign_in(person)
    said = [client.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode() for _ in range(8)]
    assert "Too many tries" in said[-1]


def test_the_secret_of_an_app_is_not_in_the_database(person: Any, settings: Any) -> None:
    secret = set_up_app(sign_in(person)[0])
    kept = Authenticator.objects.get(type="totp").data
    assert secret not in str(kept)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret, long enough, after the first one"
    client, _ = sign_in(person)
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret, steps=1)}).status_code == 302


def test_whoever_gains_or_loses_a_factor_is_told_by_mail(person: Any, django_capture_on_commit_callbacks: Any) -> None:
    client, _ = sign_in(person)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(client)
    work.sweep()
    assert "An authenticator app was set up" in [sent.subject for sent in mail.outbox]
    assert all(sent.to == [person.email] for sent in mail.outbox)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/2fa/totp/deactivate/")
    work.sweep()
    assert mail.outbox[-1].subject == "Your authenticator app was removed"
    assert "tell your commissioner’s programme office" in mail.outbox[-1].body


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.parametrize("role", Role)
def test_posts_that_can_do_much_harm_need_one(world: World, role: Role, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    client.force_login(holder := world.holder(role))
    kept_out = client.get("/people/me/").headers.get("Location") == "/account/2fa/"
    assert kept_out == (role in SECOND_FACTOR_ROLES)
    if kept_out:
        assert "needs a second factor" in client.get("/account/2fa/").content.decode()
        Authenticator.objects.create(user=holder, type="totp", data={})
    assert client.get("/people/me/").status_code == 200


def test_managers_finance_officers_and_administrators_need_one_and_practices_do_not() -> None:
    assert {Role.TRANSFORMATION_MANAGER, Role.FINANCE_OFFICER, Role.ADMINISTRATOR} <= SECOND_FACTOR_ROLES
    assert not {Role.CHIN_LEAD, Role.PRACTICE_MANAGER, Role.BOARD_MEMBER} & SECOND_FACTOR_ROLES


def test_who_records_decisions_for_a_commissioner_needs_one_and_a_chin_s_own_team_does_not() -> None:
    """What a body approves commits money, whoever sits in its seats may act, and its register of interests is published."""
    assert {Role.SECRETARY, Role.NCL_OFFICE} <= SECOND_FACTOR_ROLES
    of_chins = {role for role in Role if ROLE_SCOPE[role] is Scope.CHIN}
    assert any(Action.KEEP_GOVERNANCE in GRANTS[role] for role in of_chins)
    assert not of_chins & SECOND_FACTOR_ROLES


def test_recovery_codes_alone_are_no_second_factor(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    client.force_login(holder := world.holder(Role.ADMINISTRATOR))
    Authenticator.objects.create(user=holder, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    assert client.get("/people/me/").headers["Location"] == "/account/2fa/"


def test_an_administrator_removes_a_lost_one_and_its_owner_is_told(
    world: World, person: Any, django_capture_on_commit_callbacks: Any
) -> None:
    set_up_app(sign_in(person)[0])
    administrator = Client()
    administrator.force_login(world.holder(Role.ADMINISTRATOR))
    page, act = f"/people/users/{person.pk}/", f"/people/users/{person.pk}/second-factor/"
    assert act in administrator.get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(act, {"confirm": "yes"})
    work.sweep()
    assert sign_in(person)[1] == "/"
    assert act not in administrator.get(page).content.decode()
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == ([person.email], "Your second factor was removed")


def test_an_administrator_does_not_remove_their_own_without_showing_it(world: World) -> None:
    client = Client()
    client.force_login(holder := world.holder(Role.ADMINISTRATOR))
    Authenticator.objects.create(user=holder, type="totp", data={})
    client.post(f"/people/users/{holder.pk}/second-factor/", {"confirm": "yes"})
    assert Authenticator.objects.filter(user=holder).exists()
