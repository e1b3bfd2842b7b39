"""Every address × every role, below /api/v1: answered as the page is; and what has no part in the API, and why."""

import pytest
from django.urls import resolve, reverse

from cc2h.accounts.authority import Role
from cc2h.kit.api import openapi
from cc2h.kit.api.spec import spec_of
from tests.architecture.declared import ACCOUNTS, DECLARED, NOT_IN_THE_API, Kind
from tests.architecture.walk import Shares, Walk
from tests.architecture.world import World
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("briskly")]


def test_every_address_takes_part_or_says_why_not(world: World) -> None:
    taking_part = set()
    for name, page in {**DECLARED, **ACCOUNTS}.items():
        arguments = page.arguments(world.own) if callable(page.arguments) else page.arguments
        spec = spec_of(resolve(reverse(name, kwargs=arguments)).func)
        if spec is not None:
            taking_part.add(name)
            assert (spec.form is not None) == (DECLARED[name].kind is Kind.FORM), name
    assert taking_part == set(DECLARED) - set(NOT_IN_THE_API), "see NOT_IN_THE_API in tests/architecture/declared.py"
    assert len(openapi.described()["paths"]) == len(taking_part)


@pytest.mark.parametrize("role", Role)
def test_a_role_reads_what_the_page_shows_it_and_nothing_else(world: World, shares: Shares, role: Role) -> None:
    everything = role is Role.TRANSFORMATION_MANAGER
    share = None if everything else (shares, role)
    assert Walk(world, world.holder(role), "get", some=not everything, share=share).surprises_of_the_api() == []


@pytest.mark.parametrize("role", Role)
def test_a_role_acts_where_the_page_lets_it_and_nowhere_else(world: World, shares: Shares, role: Role) -> None:
    everything = role is Role.TRANSFORMATION_MANAGER
    share = None if everything else (shares, role)
    assert Walk(world, world.holder(role), "post", some=not everything, share=share).surprises_of_the_api() == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_signed_out_nothing_is_answered(world: World, method: str) -> None:
    assert Walk(world, None, method, in_turn=True).surprises_of_the_api() == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_without_a_post_gets_nothing(world: World, method: str) -> None:
    assert Walk(world, UserFactory(), method, in_turn=True).surprises_of_the_api() == []
