"""Every address × every role × one's own, a neighbour's and another's, by GET, against what is declared (see walk).

By POST: test_every_post, so that two processes share the work.
"""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from tests.architecture.declared import ACCOUNTS, DECLARED, Account, Answer
from tests.architecture.walk import Shares, Walk, every_name
from tests.architecture.world import World
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("briskly")]


def test_every_address_is_declared_and_nothing_else() -> None:
    assert sorted({*every_name()}) == sorted([*DECLARED, *ACCOUNTS]), "see tests/architecture/declared.py"


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_is_its_own_and_nothing_else(world: World, shares: Shares, role: Role) -> None:
    """The pages of one are rendered, of its own side; those of the others, by test_figures and in the browser."""
    everything = role is Role.TRANSFORMATION_MANAGER
    share = None if everything else (shares, role)
    walk = Walk(world, world.holder(role), "get", rendered=everything, share=share, whole="own")
    assert walk.surprises() == []


def test_signed_out_everything_leads_to_the_sign_in(world: World) -> None:
    assert Walk(world, None, "get", in_turn=True).surprises() == []


def test_somebody_without_a_post_sees_nothing(world: World) -> None:
    assert Walk(world, UserFactory(), "get", in_turn=True).surprises() == []


def of_accounts(name: str, page: Account, *, signed_in: bool) -> Iterator[tuple[str, Answer, Answer]]:
    """(method, what is declared, what is answered)."""
    for method, expected in zip(("get", "post"), page.signed_in if signed_in else page.signed_out, strict=True):
        client = Client(raise_request_exception=False)
        if signed_in:
            client.force_login(UserFactory(password="closer-to-home-2018"))
        response = getattr(client, method)(reverse(name, kwargs=page.arguments))
        leads_to = response.headers.get("Location", "").partition("?")[0]
        yield method, expected, leads_to or response.status_code


@pytest.mark.parametrize("name", ACCOUNTS)
def test_signing_in_and_passwords(name: str) -> None:
    for signed_in in (False, True):
        for method, expected, answer in of_accounts(name, ACCOUNTS[name], signed_in=signed_in):
            assert answer == expected, f"{method}, {'signed in' if signed_in else 'signed out'}"
