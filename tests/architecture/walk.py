"""Walking every address as somebody: what was answered otherwise than declared. GET and POST are walked apart.

The API is walked too: below /api/v1 an address is answered as the page is.

By GET, every role asks for every address, and for all that is on its own side. Elsewhere, by POST and below /api/v1, the
same views decide by the same authority: there each address of each side is asked for once for every reason that a role
can have to be answered as it is, and roles with the same reason take turns. Where nothing is anybody's own, the three
sides take turns.

Pages are rendered for one role, on its own side; all others are asked for the status alone, which is decided before.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from copy import copy
from typing import Any
from unittest.mock import patch
from zlib import crc32

from django.contrib.auth.backends import ModelBackend
from django.http import HttpResponse
from django.template.backends.jinja2 import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cc2h.accounts import authority
from cc2h.accounts.authority import ROLE_SCOPE, Authority, Role, Target
from cc2h.accounts.models import User
from cc2h.kit import sections
from cc2h.kit.days import today
from cc2h.kit.lists import ListPage
from practices.models import Practice, PracticeStanding
from tests.architecture.declared import DECLARED, IN_THE_API_OTHERWISE, NOT_IN_THE_API, Declared, Kind
from tests.architecture.world import Side, World

ANSWERED = {200, 302, 303}


def every_name(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """The namespaced name of every address; one without a name goes by its route, which nobody can declare."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from every_name(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or pattern.pattern}"


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


@contextmanager
def known(user: User | None) -> Iterator[None]:
    """The person who asks is read once, not for every request."""
    person = User.objects.get(pk=user.pk) if user else None
    with patch.object(ModelBackend, "get_user", lambda backend, pk: copy(person)):
        yield


class Shares:
    """Which role asks for what, where one asks for all that are answered for the same reason."""

    def __init__(self, world: World) -> None:
        self.held = {role: authority.of(world.holder(role), today()) for role in Role}
        self.targets = Targets()

    def of(self, role: Role, name: str, page: Declared, side: Side) -> bool:
        """Whether the role asks for this address of this side. Those who could take turns, by the address's name."""
        same = [one for one in Role if self._reason(one, page, side) == self._reason(role, page, side)]
        return same[crc32(name.encode()) % len(same)] is role

    def _reason(self, role: Role, page: Declared, side: Side) -> tuple[object, ...]:
        """What a role may, here and elsewhere, and what kind of post it is."""
        held, action = self.held[role], page.action
        if action is None:
            return (ROLE_SCOPE[role],)
        anywhere = held.may(action), held.everywhere(action), bool(held.commissioner_ids(action))
        if page.of is None:
            return ROLE_SCOPE[role], anywhere
        target = self.targets[page.of(side)]
        return ROLE_SCOPE[role], anywhere, held.allows(action, target), held.allows(page.seen_with, target)


@contextmanager
def unrendered() -> Iterator[None]:
    """Once it is decided that a page is shown, nothing is put together for it."""
    with (
        patch.object(Template, "render", lambda page, context=None, request=None: ""),
        patch.object(ListPage, "_page", lambda page, filterset: HttpResponse()),
        patch.object(sections, "_providers", []),
    ):
        yield


class Targets(dict[Any, Target]):
    """What things belong to, each looked up once."""

    def __missing__(self, thing: Any) -> Target:
        self[thing] = found = target_of(thing)
        return found


class Walk:
    """One person (None: nobody signed in) goes to every address on every side, by one method.

    rendered: whether pages of the own side are. share: only what is this role's share of the addresses is asked for, but
    for the `whole` of one side; `in_turn`: each address of one side alone. some: what can only be read is left out, as
    it answers a POST before it looks at who asks; below /api/v1, by GET, what can only be read is all that is asked.
    """

    def __init__(
        self,
        world: World,
        user: User | None,
        method: str,
        *,
        some: bool = False,
        rendered: bool = True,
        share: tuple[Shares, Role] | None = None,
        whole: str = "",
        in_turn: bool = False,
    ) -> None:
        self.world, self.user, self.method, self.some, self.rendered = world, user, method, some, rendered
        self.share, self.whole, self.in_turn = share, whole, in_turn
        self.client = Client(raise_request_exception=False)
        self.held = Authority()
        self._targets = share[0].targets if share else Targets()
        if user is not None:
            self.client.force_login(user)
            self.held = authority.of(user, today())

    def _sides(self, name: str, page: Declared, *sides: str) -> Iterator[str]:
        """On which of the sides the address is asked for."""
        if not page.arguments:
            sides = ("own",)
        elif self.in_turn:
            sides = (sides[crc32(name.encode()) % len(sides)],)
        return (which for which in sides if self._asks(name, page, which))

    def _asks(self, name: str, page: Declared, which: str) -> bool:
        if self.share is None or which == self.whole:
            return True
        shares, role = self.share
        return shares.of(role, name, page, getattr(self.world, which))

    @contextmanager
    def _as_held(self) -> Iterator[None]:
        """The person and their posts are read once for the walk, which asks what they allow.

        That every request reads them, others ask.
        """
        read, kept = authority.of, {self.user and self.user.pk: self.held}
        with ExitStack() as patched:
            patched.enter_context(patch.object(authority, "of", lambda user, day: kept.get(user.pk) or read(user, day)))
            patched.enter_context(known(self.user))
            yield

    def _looking(self, which: str) -> AbstractContextManager[None]:
        return nullcontext() if self.rendered and which == "own" else unrendered()

    def surprises(self) -> list[str]:
        """What was answered otherwise than declared, in words."""
        with self._as_held():
            return self._surprises()

    def _surprises(self) -> list[str]:
        found = []
        for name, page in DECLARED.items():
            if self.some and page.kind is Kind.PAGE:
                continue
            for which in self._sides(name, page, "own", "neighbour", "other"):
                side = getattr(self.world, which)
                url = reverse(name, kwargs=page.arguments(side) if page.arguments else {})
                right = self._right(page, side)
                with self._looking(which):
                    response = getattr(self.client, self.method)(url)
                wrong = response.status_code not in right
                if self.user is None and not wrong:
                    wrong = not response.headers["Location"].startswith(f"{reverse('account_login')}?next=")
                if wrong:
                    expected = " or ".join(map(str, sorted(right)))
                    what = f"{self.method.upper()} {url} ({name}, {which})"
                    found.append(f"{what}: {response.status_code}, expected {expected}")
        return found

    def surprises_of_the_api(self) -> list[str]:
        """The same below /api/v1, for one's own and another's side. A POST sends a field that no form has."""
        with self._as_held():
            return self._surprises_of_the_api()

    def _surprises_of_the_api(self) -> list[str]:
        found = []
        for name, page in DECLARED.items():
            if self.some and page.kind is not (Kind.PAGE if self.method == "get" else Kind.FORM):
                continue  # the form of an act is permitted as the act is
            for which in self._sides(name, page, "own", "other"):
                side = getattr(self.world, which)
                url = f"/api/v1{reverse(name, kwargs=page.arguments(side) if page.arguments else {})}"
                right = self._right_of_the_api(name, page, side)
                if self.method == "get":
                    response: Any = self.client.get(url)
                else:
                    response = self.client.post(url, {"no such field": 1}, content_type="application/json")
                if response.status_code != right:
                    found.append(
                        f"{self.method.upper()} {url} ({name}, {which}): {response.status_code}, expected {right}"
                    )
        return found

    def _right_of_the_api(self, name: str, page: Declared, side: Side) -> int:
        if self.user is None:
            return 401
        if name in NOT_IN_THE_API:
            return 404
        if self.method == "post" and page.kind is Kind.PAGE:
            return 405
        right = self._allowed(page, side)
        if right is not ANSWERED:
            return right.pop()
        return IN_THE_API_OTHERWISE.get(name) or (200 if self.method == "get" else 422)

    def _right(self, page: Declared, side: Side) -> set[int]:
        if self.user is None:
            return {302}
        right = self._allowed(page, side)
        return {405, *right} if self.method == "post" and page.kind is Kind.PAGE else right

    def _allowed(self, page: Declared, side: Side) -> set[int]:
        """The answers that are right for somebody with this authority."""
        held = self.held
        if page.personal:
            return {404}
        if page.action is None:
            return ANSWERED
        if page.of is None:
            may = held.may(page.action)
            if page.wide:
                may = held.everywhere(page.action) or bool(held.commissioner_ids(page.action))
            return ANSWERED if may else {403}
        target = self._targets[page.of(side)]
        if held.allows(page.action, target) and (not page.hidden or held.allows(page.seen_with, target)):
            return ANSWERED
        return {404} if page.hidden and not held.allows(page.seen_with, target) else {403}
