"""Every address × every role × one's own, a neighbour's and another's, GET and POST, against what is declared."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cc2h.accounts import authority
from cc2h.accounts.authority import Action, Authority, Role, Target
from cc2h.accounts.models import User
from cc2h.kit.days import today
from practices.models import Practice, PracticeStanding
from tests.architecture.declared import ACCOUNT, DECLARED, Declared, Kind
from tests.architecture.world import HANDED_OVER, Side, World, make_world
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ANSWERED = {200, 302, 303}


def every_name(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """The namespaced name of every address; one without a name goes by its route, which nobody can declare."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from every_name(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or pattern.pattern}"


NAMES = sorted(set(every_name()))


def declared(name: str) -> Declared | None:
    return ACCOUNT if name.startswith("account_") else DECLARED.get(name)


WALKED = {name: found for name in NAMES if (found := declared(name)) and found.kind is not Kind.ACCOUNT}


def test_every_address_is_declared() -> None:
    undeclared = [name for name in NAMES if declared(name) is None]
    assert undeclared == [], "say in tests/architecture/declared.py who may have these addresses"


def test_nothing_is_declared_that_is_not_there() -> None:
    assert sorted(set(DECLARED) - set(NAMES)) == []


def address(name: str, page: Declared, side: Side) -> str:
    arguments = page.arguments(side) if page.arguments else {}
    return reverse(name, kwargs=arguments)


def target_of(thing: Any) -> Target:
    if isinstance(thing, Practice):
        standing = PracticeStanding.objects.as_at(today()).get(practice=thing)
        memberships = thing.federation_memberships.as_at(today())
        return Target(
            commissioner_ids=frozenset({standing.commissioner_id}),
            chin_ids=frozenset(thing.memberships.as_at(today()).values_list("chin_id", flat=True)),
            practice_ids=frozenset({thing.pk}),
            federation_ids=frozenset(memberships.values_list("federation_id", flat=True)),
        )
    found: Target = thing.authority_target()
    return found


def expected(page: Declared, side: Side, held: Authority) -> set[int]:
    """The answers that are right for somebody with this authority."""
    if page.action is None:
        return ANSWERED
    if page.of is None:
        may = held.may(page.action)
        if page.wide:
            may = held.everywhere(page.action) or bool(held.commissioner_ids(page.action))
        return ANSWERED if may else {403}
    target = target_of(page.of(side))
    if held.allows(page.action, target) and (not page.hidden or held.allows(Action.VIEW_REGISTER, target)):
        return ANSWERED
    return {404} if page.hidden and not held.allows(Action.VIEW_REGISTER, target) else {403}


@pytest.fixture
def world() -> World:
    return make_world()


def walk(world: World, user: User | None) -> Iterator[tuple[str, str, set[int], int]]:
    """(what was asked, by which method, which answers are right, the answer)."""
    client = Client(raise_request_exception=False)
    held = Authority()
    if user is not None:
        client.force_login(user)
        held = authority.of(user, today())
    for name, page in WALKED.items():
        sides = ("own", "neighbour", "other") if page.arguments else ("own",)
        for which in sides:
            side = getattr(world, which)
            url = address(name, page, side)
            for method in ("get", "post"):
                if user is None:
                    right = {302}
                else:
                    right = expected(page, side, held)
                    if method == "post" and page.kind is Kind.PAGE:
                        right = {405, *right}
                response = getattr(client, method)(url)
                if user is None and response.status_code == 302:
                    assert response.headers["Location"].startswith(f"{reverse('account_login')}?next="), url
                yield f"{method.upper()} {url} ({name}, {which})", method, right, response.status_code


def surprises(world: World, user: User | None) -> list[str]:
    return [
        f"{what}: {answer}, expected {' or '.join(map(str, sorted(right)))}"
        for what, _, right, answer in walk(world, user)
        if answer not in right
    ]


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_is_its_own_and_nothing_else(world: World, role: Role) -> None:
    assert surprises(world, world.holder(role)) == []


def test_signed_out_everything_leads_to_the_sign_in(world: World) -> None:
    assert surprises(world, None) == []


def test_somebody_without_a_post_sees_nothing(world: World) -> None:
    assert surprises(world, UserFactory()) == []


OF_THE_PRACTICE = ("practice_", "federation_", "contact_", "post_", "holding_", "deputy_")


def test_a_day_on_which_it_was_ones_own_gives_no_right_to_change_it(world: World) -> None:
    """A practice and the post of its manager, as at a day before they went to another commissioner."""
    client, side = Client(raise_request_exception=False), world.handed_over
    client.force_login(world.holder(Role.TRANSFORMATION_MANAGER))
    then = {"as_at": (HANDED_OVER - timedelta(days=1)).isoformat()}
    forms = [
        address(name, page, side)
        for name, page in WALKED.items()
        if page.kind is Kind.FORM and page.of and name.split(":")[1].startswith(OF_THE_PRACTICE)
    ]
    assert len(forms) > 12
    for url in forms:
        assert client.get(url, then).status_code == 403, url
        assert client.post(url, {}, query_params=then).status_code == 403, url
