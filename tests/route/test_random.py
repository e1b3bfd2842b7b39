"""Random sequences of events by random people: no money without approval, and nothing that was decided changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from budget.models import Entry
from cc2h.accounts.authority import Role, require
from cc2h.cases.models import Author, Case, CaseStep, Submission
from cc2h.cases.route import commands, conflicts, outcomes, services
from cc2h.cases.route.models import Outcome, Turn
from cc2h.cases.route.outcomes import ACTIONS, APPROVING, BINDING, Part, Said
from cc2h.cases.states import FUNDED, CaseState, Event
from tests.factories import ChinFactory, person
from tests.factories.route import SENT, at_a_meeting, has_a_route, payer_for, routed, sent

ROLES = (
    Role.CHIN_LEAD,
    Role.QI_LEAD,
    Role.FINANCE_OFFICER,
    Role.TRANSFORMATION_MANAGER,
    Role.STEERING_GROUP_LEAD,
    Role.BOARD_MEMBER,
    Role.SECRETARY,
)
LIFE = (Event.SUBMITTED_AGAIN, Event.WITHDRAWN, Event.REOPENED, Event.SUBMITTED)
SUMS = st.sampled_from([9_600, 60_000, 150_000])
# Mostly something that may be said at a stage that waits, by somebody who may; at times by anybody, anywhere.
ACTS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 4), st.integers(0, 4), st.sampled_from([*Said, *LIFE])),
        st.one_of(st.none(), st.none(), st.integers(0, len(ROLES) - 1)),
        st.integers(0, 3),
        SUMS,
    ),
    min_size=6,
    max_size=16,
)
WHO = {Part.SPONSOR: 0, Part.CHECK: 2, Part.ADVISE: 4, Part.DECIDE: 3, Part.NOTE: 6, Part.TOLD: 6}


class Run:
    """One case, and somebody for each role."""

    def __init__(self, asked: int) -> None:
        self.chin = ChinFactory()
        has_a_route(self.chin.commissioner)
        of_chin = (Role.CHIN_LEAD, Role.QI_LEAD)
        self.people = [person(role, of=self.chin if role in of_chin else self.chin.commissioner) for role in ROLES]
        self.author = self.people[1]
        self.case = routed(chin=self.chin, asked=asked, by=self.author)
        self.day, self.seen = SENT, dict[int, tuple[Any, ...]]()

    def act(self, what: str | int, who: int | None, which: int, asked: int) -> None:
        """Somebody tries something; what is refused leaves nothing."""
        self.day += timedelta(1)
        before = self.facts()
        try:
            with transaction.atomic():
                self._try(what, who, which, asked)
        except (ValidationError, PermissionDenied, IntegrityError):
            assert self.facts() == before

    def _try(self, what: str | int, who: int | None, which: int, asked: int) -> None:
        self.case.refresh_from_db()
        by = self.people[who or 0]
        if what in (Event.SUBMITTED, Event.SUBMITTED_AGAIN):
            require(by, commands.EVENTS[Event.SUBMITTED][0], self.case)
            sent(self.case, asked, self.day, by)
        elif what in LIFE:
            action, step = commands.EVENTS[Event(what)]
            require(by, action, self.case)
            step(by, self.case, self.day, "Because.")
        else:
            self._say(what, who, which)

    def _say(self, what: str | int, who: int | None, which: int) -> None:
        turns = Turn.objects.whole().filter(passage__submission__case=self.case).order_by("pk")
        waiting = list(turns.filter(state="open") if isinstance(what, int) else turns) or list(turns)
        turn = waiting[which % len(waiting)]
        possible = outcomes.of(turn.stage.part)
        said = possible[what % len(possible)] if isinstance(what, int) else Said(what)
        by = self.people[WHO[Part(turn.stage.part)] if who is None else who]
        sections = ["costs", "predict"][: 1 + which % 2] if said == Said.ASKED else []
        asked = [services.Asked("A nurse is in post.")] if said == Said.CONDITIONS else []
        if turn.stage.part == Part.DECIDE and turn.body is not None and turn.state == "open" and which < 3:
            if said in outcomes.of(turn.stage.part):
                at_a_meeting(turn, said, self.day, by, conditions=asked, sections=sections)
            return
        if turn.stage.part in ACTIONS:
            require(by, ACTIONS[Part(turn.stage.part)], self.case)
        services.record(
            by=by,
            turn=turn,
            said=said,
            reasons="Because.",
            day=self.day,
            conditions=asked,
            sections=sections,
            until=self.day + timedelta(9) if said == Said.DEFERRED else None,
            typed={"pays": payer_for(self.case)} if turn.stage.part == Part.CHECK else {},
        )

    def facts(self) -> tuple[Any, ...]:
        return (
            Case.objects.values_list("state").get(pk=self.case.pk),
            CaseStep.objects.filter(case=self.case).count(),
            Outcome.objects.filter(turn__passage__submission__case=self.case).count(),
            list(Turn.objects.filter(passage__submission__case=self.case).order_by("pk").values_list("pk", "state")),
        )

    def holds(self) -> None:
        """What is true of every case, whatever was tried."""
        case = Case.objects.get(pk=self.case.pk)
        newest = case.submissions.order_by("-number").first()
        turns = list(Turn.objects.filter(passage=newest.pk).select_related("stage"))
        promised = Entry.objects.filter(kind="commitment", line__commissioner=case.commissioner).exists()
        assert promised == (case.state in FUNDED)
        if case.state in FUNDED:
            binding = [turn for turn in turns if turn.stage.part in BINDING]
            assert all(turn.state == "passed" for turn in binding)
            assert Outcome.objects.filter(turn__in=binding, said__in=APPROVING).exists()
        waiting = [turn for turn in turns if turn.state == "open" and turn.stage.part in BINDING]
        assert bool(waiting) == (case.state == CaseState.IN_ROUTE)
        wrote = {*Author.objects.filter(case=case).values_list("person", flat=True), case.put_forward_by_id}
        for outcome in Outcome.objects.filter(turn__passage__submission__case=case).select_related("turn__stage"):
            if outcome.turn.stage.part in (Part.CHECK, Part.ADVISE, Part.DECIDE) and outcome.decision_id is None:
                assert outcome.by_id not in wrote
            if outcome.turn.stage.part == Part.DECIDE and outcome.turn.body_id is not None:
                assert outcome.decision_id is not None
            self._same(outcome.pk, (outcome.said, outcome.reasons, outcome.day, outcome.by_id))
        for submission in Submission.objects.filter(case=case):
            self._same(-submission.pk, (submission.sha256, submission.asked, submission.day))

    def _same(self, key: int, fact: tuple[Any, ...]) -> None:
        assert self.seen.setdefault(key, fact) == fact


@pytest.mark.django_db
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(asked=SUMS, acts=ACTS)
def test_nothing_is_funded_or_changed_that_was_not_decided(asked: int, acts: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        run = Run(asked)
        for act in acts:
            run.act(*act)
            run.holds()
        event(f"ends {Case.objects.get(pk=run.case.pk).state}")
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(said=st.lists(st.sampled_from([Said.ASKED, Said.APPROVED, Said.DEFERRED]), min_size=1, max_size=5))
def test_a_case_that_is_answered_comes_to_an_end(said: list[Said]) -> None:
    """Asked for more as often as it may be, and answered each time, the case is decided in the end."""
    with transaction.atomic():
        run = Run(9_600)
        for one in [*said, Said.APPROVED]:
            for part, who in ((Part.SPONSOR, 0), (Part.CHECK, 2)):
                for turn in Turn.objects.filter(passage__submission__case=run.case, state="open", stage__part=part):
                    what = {Part.SPONSOR: Said.SPONSORED, Part.CHECK: Said.AGREED}[part]
                    services.record(
                        by=run.people[who], turn=turn, said=what, reasons="Yes.", day=run.day,
                        typed={"pays": payer_for(run.case)},
                    )  # fmt: skip
            turn = Turn.objects.whole().get(passage__submission__case=run.case, state="open", stage__key="officer")
            assert not conflicts.of_officer(run.case, run.people[3], run.day)
            services.record(
                by=run.people[3], turn=turn, said=one, reasons="So.", day=run.day,
                sections=["costs"] if one == Said.ASKED else [],
                until=run.day + timedelta(1) if one == Said.DEFERRED else None,
            )  # fmt: skip
            run.case.refresh_from_db()
            if run.case.state == CaseState.APPROVED:
                break
            if run.case.state == CaseState.RETURNED:
                sent(run.case, 9_600, run.day, run.author)
        assert run.case.state == CaseState.APPROVED
        transaction.set_rollback(True)
