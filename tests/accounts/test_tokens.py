"""Tokens of the API: made on a page for some of what their owner may do, shown once, and what they open."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from cc2h.accounts import services, tokens
from cc2h.accounts.authority import Role
from cc2h.accounts.models import ApiToken, User
from cc2h.board.models import BoardDay
from cc2h.kit import work
from cc2h.kit.days import today
from chins import post_services
from chins.models import Deputy, PostHolding
from tests.factories import CommissionerFactory, UserFactory, person
from tests.programs import Program

pytestmark = pytest.mark.django_db
PASSWORD = "closer-to-home-2018-and-on"
MAKE = "/account/tokens/make/"


@pytest.fixture
def manager() -> User:
    return person(Role.TRANSFORMATION_MANAGER, of=CommissionerFactory(barnet=True), password=PASSWORD)


@pytest.fixture
def lead() -> User:
    return person(Role.STEERING_GROUP_LEAD, of=CommissionerFactory(barnet=True), password=PASSWORD)


def signed_in(user: User) -> Client:
    """A browser whose person has just typed the password once more."""
    client = Client()
    client.force_login(user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Weekly report",
        "expires_on": (today() + timedelta(days=90)).isoformat(),
        "actions": ["view_register"],
        **changes,
    }


def text_in(page: str) -> str:
    found = re.search(r'value="(cc2h_[\w-]+)"', page)
    assert found, page
    return found[1]


def test_a_token_is_shown_once_and_lets_a_program_in(lead: User) -> None:
    client = signed_in(lead)
    made = client.post(MAKE, typed())
    assert made.headers["Cache-Control"] == "no-store"
    text = text_in(made.content.decode())
    answer = Client().get("/api/v1/people/me/", headers={"authorization": f"Bearer {text}"})
    assert (answer.json()["email"], answer.json()["token_for"]) == (lead.email, ["view_register"])
    listed = client.get("/account/tokens/").content.decode()
    assert "Weekly report" in listed
    assert "cc2h_" not in listed


def test_what_a_token_is_stands_in_no_table(lead: User) -> None:
    text = text_in(signed_in(lead).post(MAKE, typed()).content.decode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        holding = {}
        for secret in (text, text.removeprefix("cc2h_"), tokens.digest_of(text)):
            query = " UNION ALL ".join(f"SELECT '{t}' FROM \"{t}\" x WHERE x::text LIKE %s" for t in tables)
            cursor.execute(query, [f"%{secret}%"] * len(tables))
            holding[secret] = [name for (name,) in cursor.fetchall()]
    assert [*holding.values()] == [[], [], ["accounts_apitoken"]]  # its digest, in no history


def test_the_form_offers_what_the_person_may_do_none_of_it_ticked_and_ninety_days(lead: User) -> None:
    page = signed_in(lead).get(MAKE).content.decode()
    offered = re.findall(r'name="actions"\s+type="checkbox"\s+value="(\w+)"( checked)?', page)
    assert [name for name, _ in offered] == [action.value for action in tokens.may_be_granted(lead)]
    assert not any(ticked for _, ticked in offered)
    assert "import_files" not in page
    assert f'value="{today() + timedelta(days=90)}"' in page


def on_days(changes: dict[str, Any]) -> dict[str, Any]:
    """The changes, with a day for so many days from today: the tests may have been collected before midnight."""
    return {name: today() + timedelta(days=one) if isinstance(one, int) else one for name, one in changes.items()}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"actions": ["view_register", "change_chin"]}, "Select a valid choice"),
        ({"actions": []}, "Tick at least one thing"),
        ({"name": " "}, "Say what it is for."),
        ({"expires_on": 367}, "or an earlier day"),
        ({"expires_on": -1}, "or a later day"),
    ],
)
def test_a_token_for_more_than_one_may_do_or_too_long_is_not_made(
    lead: User, changes: dict[str, Any], said: str
) -> None:
    page = signed_in(lead).post(MAKE, typed(**on_days(changes))).content.decode()
    assert said in page
    assert not lead.tokens.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"actions": ["view_register", "change_chin"]}, "beyond"),
        ({"expires_on": 367}, None),
        ({"expires_on": -1}, None),
    ],
)
def test_the_service_refuses_it_too(lead: User, changes: dict[str, Any], code: str | None) -> None:
    parts: dict[str, Any] = {"name": "Report", "actions": ["view_register"], "expires_on": today(), **on_days(changes)}
    with pytest.raises(ValidationError) as refused:
        tokens.make(by=lead, **parts)
    assert [getattr(refused.value, "code", None)] == [code]


def test_the_page_sent_again_makes_no_second_token(lead: User) -> None:
    client = signed_in(lead)
    client.post(MAKE, typed())
    again = client.post(MAKE, typed(name="weekly  REPORT")).content.decode()
    assert "You have a token for this already" in again
    assert lead.tokens.count() == 1


def test_somebody_has_at_most_so_many_tokens(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 2)
    client = signed_in(lead)
    pages = [client.post(MAKE, typed(name=str(n))).content.decode() for n in range(3)]
    assert "You have 2 tokens" in pages[2]


def test_making_one_asks_for_the_password_once_more(lead: User) -> None:
    client = Client()
    client.force_login(lead)  # some time ago
    assert client.post(MAKE, typed()).headers["Location"].startswith("/account/reauthenticate/")
    assert not lead.tokens.exists()


def test_the_owner_is_told_by_mail(lead: User, django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in(lead)
    with django_capture_on_commit_callbacks(execute=True):
        text = text_in(client.post(MAKE, typed()).content.decode())
    work.sweep()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([lead.email], "A token of yours was made")
    assert "Weekly report" in sent.body
    assert text not in sent.body


def test_a_withdrawn_token_opens_nothing(lead: User) -> None:
    program, client = Program(lead), signed_in(lead)
    page = f"/account/tokens/{program.token.pk}/withdraw/"
    assert program.get("/people/me/").status_code == 200
    assert "can’t be undone" in client.post(page).content.decode()
    assert program.get("/people/me/").status_code == 200
    assert client.post(page, {"confirm": "yes"}).headers["Location"] == "/account/tokens/"
    refused = program.get("/people/me/")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert "You have no token" in client.get("/account/tokens/").content.decode()
    assert client.get(page).status_code == 404


def test_nobody_sees_or_withdraws_anothers(lead: User) -> None:
    program, other = Program(lead), signed_in(UserFactory(password=PASSWORD))
    assert program.token.name not in other.get("/account/tokens/").content.decode()
    page = f"/account/tokens/{program.token.pk}/withdraw/"
    assert other.get(page).status_code == 404
    assert other.post(page, {"confirm": "yes"}).status_code == 404
    assert program.get("/people/me/").status_code == 200


def test_without_a_post_there_is_nothing_to_make(lead: User) -> None:
    page = signed_in(UserFactory(password=PASSWORD)).get("/account/tokens/").content.decode()
    assert "You hold no post today" in page
    assert MAKE not in page


def test_a_token_opens_nothing_after_its_last_day(lead: User, clock: Any) -> None:
    program = Program(lead)
    clock.shift(timedelta(days=30))
    assert program.get("/people/me/").status_code == 200
    clock.shift(timedelta(days=1))
    assert program.get("/people/me/").status_code == 401


@pytest.mark.parametrize("sent", ["Bearer cc2h_nothing", "Bearer", "Basic bWFuYWdlcg==", "cc2h_nothing"])
def test_what_is_no_token_opens_nothing(lead: User, sent: str) -> None:
    client = Client()
    client.force_login(lead)  # not even with a sign-in beside it
    assert client.get("/api/v1/people/me/", headers={"authorization": sent}).status_code == 401


def test_a_token_for_reading_does_not_write(manager: User) -> None:
    reading = Program(manager, ["view_register"])
    assert reading.get("/chins/").status_code == 200
    refused = reading.post("/chins/propose/", {"name": "A"})
    assert refused.status_code == 403
    assert "This token is not for “Propose a CHIN" in refused.json()["detail"]
    assert reading.get("/imports/").status_code == 403
    assert Program(manager).get("/chins/propose/").status_code == 200


def test_a_token_for_less_does_not_name_a_deputy_for_its_owners_post(lead: User) -> None:
    post, other = PostHolding.objects.get(holder=lead).post, UserFactory()
    body = {"deputy": other.pk, "first": today().isoformat()}
    address = f"/people/posts/{post.pk}/deputy/"
    assert Program(lead, ["view_register", "view_history"]).post(address, body).status_code == 403
    assert not Deputy.objects.exists()
    assert Program(lead, ["view_register", "name_deputy"]).post(address, body).status_code == 200


def test_a_token_ends_with_its_owners_access(lead: User) -> None:
    program = Program(lead)
    services.deactivate(by=None, user=lead)
    assert program.get("/people/me/").status_code == 401


def test_a_token_does_no_more_once_the_post_has_ended(lead: User, clock: Any) -> None:
    program, holding = Program(lead), PostHolding.objects.get(holder=lead)
    assert program.get("/practices/").status_code == 200
    post_services.end_holding(by=None, holding=holding, last=today(), reason="")
    clock.shift(timedelta(days=1))
    assert program.get("/practices/").status_code == 403


def test_a_token_of_who_lacks_a_needed_second_factor_opens_nothing(manager: User, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    program = Program(manager)
    refused = program.get("/practices/")
    assert (refused.status_code, "second factor" in refused.json()["detail"]) == (403, True)
    assert signed_in(manager).get(MAKE).headers["Location"] == "/account/2fa/"
    Authenticator.objects.create(user=manager, type="totp", data={})
    assert program.get("/practices/").status_code == 200


def test_too_many_requests_a_minute_are_refused_until_it_is_over(lead: User, settings: Any, clock: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    program, other = Program(lead), Program(lead)
    assert [program.get("/people/me/").status_code, other.get("/people/me/").status_code] == [200, 200]
    refused = program.get("/people/me/")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    clock.shift(timedelta(seconds=int(refused.headers["Retry-After"])))
    assert program.get("/people/me/").status_code == 200


def test_when_a_token_was_used_is_noted_now_and_then_and_is_no_history(lead: User, clock: Any) -> None:
    program = Program(lead)
    events = ApiToken.pgh_event_models["update"].objects  # type: ignore[attr-defined]
    program.get("/people/me/")
    first = ApiToken.objects.get().last_used_at
    clock.shift(timedelta(minutes=30))
    program.get("/people/me/")
    assert ApiToken.objects.get().last_used_at == first
    clock.shift(timedelta(minutes=31))
    program.get("/people/me/")
    assert ApiToken.objects.get().last_used_at == first + timedelta(minutes=61)
    assert not events.filter(pgh_label="update").exists()
    tokens.withdraw(by=lead, token=program.token)
    assert events.filter(pgh_label="update").count() == 1


def test_an_act_of_a_token_is_its_owners_in_the_history(manager: User) -> None:
    done = Program(manager).post("/board-days/add/", {"day": "2019-01-10", "title": "Board"})
    assert done.status_code == 200
    (record,) = done.json()["records"]
    assert BoardDay.objects.get(pk=record["id"]).recorded_by == manager
