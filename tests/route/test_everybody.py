"""Every transition, tried by somebody of every role, on the page and through the API: done by those who may, and by nobody else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import ROLE_SCOPE, Action, Role, Scope, can
from cc2h.cases.models import Case
from cc2h.cases.route import outcomes
from cc2h.cases.route.models import Outcome, Turn
from cc2h.cases.route.outcomes import ACTIONS, RULES, Part, Said
from cc2h.cases.route.way import OfCommissioner
from cc2h.cases.services import step
from cc2h.cases.states import RULES as LIFE
from cc2h.cases.states import CaseState, Event
from cc2h.cases.submitting import withdraw
from tests.factories import CaseFactory, ChinFactory, MembershipFactory, person
from tests.factories.route import SENT, approved, has_a_route, payer_for, routed, said, turn_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


class Place:
    """A CHIN with a practice and a route."""

    def __init__(self) -> None:
        self.chin = ChinFactory()
        self.practice = MembershipFactory(chin=self.chin).practice
        has_a_route(self.chin.commissioner)

    def somebody(self, role: Role) -> Any:
        of = {Scope.CHIN: self.chin, Scope.PRACTICE: self.practice, Scope.COMMISSIONER: self.chin.commissioner}
        return person(role, of=of.get(ROLE_SCOPE[role]))

    def case(self, *stages: str, asked: int = 9_600) -> Case:
        case = routed(chin=self.chin, asked=asked)
        for stage in stages:
            said(case, stage)
        return case


class Transition(NamedTuple):
    """name: of the address. action: what one must be allowed, on `of` the case. becomes: the state of the case."""

    name: str
    action: Action
    typed: dict[str, Any]
    ready: Callable[[Place], Any]  # → what the address is about: a turn, or a case
    becomes: str
    of: Callable[[Case], Any] = lambda case: case


READY: dict[Part, Callable[[Place], Turn]] = {
    Part.SPONSOR: lambda place: turn_of(place.case(), "sponsor"),
    Part.CHECK: lambda place: turn_of(place.case("sponsor"), "check"),
    Part.ADVISE: lambda place: turn_of(place.case("sponsor", asked=60_000), "advice"),
    Part.DECIDE: lambda place: turn_of(place.case("sponsor", "check"), "officer"),
}
GOES_WITH: dict[Said, dict[str, Any]] = {
    Said.ASKED: {"sections": ["costs"]},
    Said.CONDITIONS: {"conditions": "A nurse is in post."},
    Said.DEFERRED: {"until": "2019-01-31"},
}


FIRST = {None, *(outcomes.own(part)[0] for part in READY)}


def _becomes(one: Said, part: Part) -> str:
    event = RULES[one].event
    after = LIFE[event].after if event and not (event == Event.APPROVED and part != Part.DECIDE) else None
    return str(after or CaseState.IN_ROUTE)


def _draft(place: Place) -> Case:
    case: Case = CaseFactory(chin=place.chin, state="draft")
    return case


def _idea(place: Place) -> Case:
    case: Case = CaseFactory(chin=place.chin)
    return case


def _withdrawn(place: Place) -> Case:
    case = place.case()
    withdraw(by=None, case=case, day=SENT, reason="Later.")
    return case


TRANSITIONS = {
    **{
        f"{part}: {one}": Transition(
            f"route:{part}", ACTIONS[part], {"said": one, "reasons": "So.", **GOES_WITH.get(one, {})}, ready,
            _becomes(one, part),
        )
        for part, ready in READY.items()
        for one in outcomes.own(part)
    },
    "no advice": Transition(
        "route:no_advice", Action.KEEP_GOVERNANCE, {"reasons": "So."}, READY[Part.ADVISE], CaseState.IN_ROUTE,
        OfCommissioner,
    ),
    "told": Transition(
        "route:told", Action.KEEP_GOVERNANCE, {"reasons": "So."},
        lambda place: turn_of(approved(place.case()), "board-told"), CaseState.APPROVED, OfCommissioner,
    ),
    "taken up": Transition("cases:take_up", Action.SHAPE_CASE, {"excluded": ""}, _idea, CaseState.SHAPING),
    "submitted": Transition("cases:submit", Action.WRITE_CASE, {"confirm": "yes"}, _draft, CaseState.IN_ROUTE),
    "withdrawn": Transition(
        "cases:withdraw", Action.WRITE_CASE, {"reason": "So."}, lambda place: place.case(), CaseState.WITHDRAWN
    ),
    "reopened": Transition("cases:reopen", Action.WRITE_CASE, {"reason": "So."}, _withdrawn, CaseState.DRAFT),
}  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is not done afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("called", TRANSITIONS)
def test_it_is_done_by_those_who_may_and_by_nobody_else(called: str) -> None:
    one, place = TRANSITIONS[called], Place()
    about = one.ready(place)
    case = about if isinstance(about, Case) else about.case
    arguments = [about.number] if isinstance(about, Case) else [about.pk]
    typed = dict(one.typed)
    if typed.get("said") == Said.AGREED:
        typed["pays"] = payer_for(case)
    before, done = Case.objects.get(pk=case.pk).state, []
    for role in Role:
        somebody = place.somebody(role)
        client = Client()
        client.force_login(somebody)
        may = bool(can(somebody, one.action, one.of(case)))
        if not may and typed.get("said") not in FIRST:
            continue  # who may not say one thing at an address is refused before anything is read
        seen = Case.objects.visible_to(somebody).filter(pk=case.pk).exists()
        with undone():
            answer = client.post(reverse(one.name, args=arguments), typed)
            assert answer.status_code == (302 if may else 403 if seen else 404), role
            assert Case.objects.get(pk=case.pk).state == (one.becomes if may else before), role
        with undone():
            sent = {name: value for name, value in typed.items() if name != "confirm"}
            if "conditions" in sent:
                sent["conditions"] = [sent["conditions"]]
            answer = client.post(f"/api/v1{reverse(one.name, args=arguments)}", sent, content_type="application/json")
            assert answer.status_code == (200 if may else 403 if seen else 404), (role, answer.content)
            assert Case.objects.get(pk=case.pk).state == (one.becomes if may else before), role
        done += [role] if may else []
    assert done, "somebody may"


def test_no_button_is_shown_that_does_nothing_and_none_is_missing() -> None:
    place = Place()
    everybody = [(role, place.somebody(role), Client()) for role in Role]
    for _, somebody, client in everybody:
        client.force_login(somebody)
    for part, ready in READY.items():
        turn = ready(place)
        for role, somebody, client in everybody:
            if not can(somebody, Action.VIEW_CASE, turn.case):
                continue
            html = client.get(reverse("route:way", args=[turn.case.number])).content.decode()
            address = reverse(f"route:{part}", args=[turn.pk])
            assert (f'href="{address}"' in html) == bool(can(somebody, ACTIONS[part], turn.case)), (part, role)


def test_every_step_of_the_table_is_one_the_database_knows() -> None:
    case = routed()
    for event in Event:
        allowed = CaseState.IN_ROUTE in LIFE[event].before
        with undone():
            if allowed:
                continue
            with pytest.raises(Exception, match=r"can’t happen to a case that is “In governance”"):
                step(by=None, case=case, event=event, day=SENT, reason="So.")
    assert not Outcome.objects.exists()
