"""Rounds of a case: more is asked for, deferred, declined; who is conflicted; what holds when rules or posts change meanwhile."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cc2h.accounts.authority import Action as May
from cc2h.accounts.authority import Role, can, of
from cc2h.cases.models import Author, CaseStep
from cc2h.cases.route import keeping, services, shipped
from cc2h.cases.route.models import Outcome, Passage, Stage, Turn
from cc2h.cases.route.outcomes import Part, Said
from cc2h.cases.states import CaseState, Event
from cc2h.cases.submitting import withdraw
from cc2h.governance.subjects import subjects
from cc2h.kit import work
from cc2h.kit.writing import writing
from tests.budget.ground import at_once, refused
from tests.factories import ChinFactory, DeputyFactory, MembershipFactory, PostHoldingFactory, person
from tests.factories.decisions import InterestFactory
from tests.factories.governance import BodyFactory
from tests.factories.route import (
    FIRST,
    SENT,
    approved,
    at_a_meeting,
    bodies,
    open_turns,
    payer_for,
    route_of,
    routed,
    said,
    sent,
    turn_of,
)

pytestmark = pytest.mark.django_db
LATER = SENT + timedelta(14)


def state(case: Any) -> str:
    case.refresh_from_db()
    return str(case.state)


def to_the_officer(**about: Any) -> Any:
    """A small case that waits for the named officer."""
    case = routed(**about)
    said(case, "sponsor")
    said(case, "check")
    return case


class TestMoreIsAskedFor:
    def test_it_comes_back_with_the_sections_named_and_ends_the_round(self) -> None:
        case = routed(asked=60_000)
        said(case, "sponsor")
        outcome = said(case, "check", Said.ASKED, sections=["predict", "costs"], day=LATER)
        assert outcome.sections == ["costs", "predict"]  # as the form has them
        assert state(case) == CaseState.RETURNED
        assert open_turns(case) == []
        assert turn_of(case, "advice").state == "void"
        last = CaseStep.objects.filter(case=case).last()
        assert last is not None
        assert (last.event, last.day) == (Event.RETURNED, LATER)

    def test_it_names_at_least_one_section_that_was_submitted(self) -> None:
        case = to_the_officer()
        told = refused(lambda: said(case, "officer", Said.ASKED))
        assert told == "Choose the sections of which more is asked."
        told = refused(lambda: said(case, "officer", Said.ASKED, sections=["costs", "weather"]))
        assert told.startswith("“weather” is no section of what was submitted.")
        assert state(case) == CaseState.IN_ROUTE

    def test_what_was_passed_is_not_asked_again_where_nothing_it_looks_at_was_opened(self) -> None:
        case = to_the_officer()
        said(case, "officer", Said.ASKED, sections=["predict"])
        sent(case, 9600, LATER)
        assert open_turns(case) == ["officer"]
        assert turn_of(case, "sponsor").carried_from == Outcome.objects.get(said=Said.SPONSORED)
        said(case, "officer", Said.ASKED, sections=["costs"], day=LATER)
        sent(case, 9600, LATER)
        assert open_turns(case) == ["check-short"]
        assert turn_of(case, "sponsor").carried_from == Outcome.objects.get(said=Said.SPONSORED)

    def test_another_sum_is_asked_of_everybody_again(self) -> None:
        case = to_the_officer()
        said(case, "officer", Said.ASKED, sections=["predict"])
        sent(case, 9700, LATER)
        assert open_turns(case) == ["sponsor-short"]

    def test_a_larger_sum_takes_the_longer_route(self) -> None:
        case = to_the_officer()
        said(case, "officer", Said.ASKED, sections=["costs"])
        sent(case, 40_000, LATER)
        assert open_turns(case) == ["sponsor-long"]

    def test_not_sponsored_all_of_it_comes_back(self) -> None:
        case = routed()
        said(case, "sponsor", Said.NOT_SPONSORED, reasons="Not this year.")
        assert state(case) == CaseState.RETURNED
        sent(case, 9600, LATER)
        assert open_turns(case) == ["sponsor-short"]

    def test_a_body_asks_for_more_at_its_meeting(self) -> None:
        case = routed(asked=150_000)
        for stage in ("sponsor", "advice", "check"):
            said(case, stage)
        said(case, "board", Said.ASKED, sections=["predict"], day=LATER)
        assert state(case) == CaseState.RETURNED
        sent(case, 150_000, LATER)
        assert open_turns(case) == ["advice"]  # it looks at what is predicted; the check doesn’t


class TestDeferredAndDeclined:
    def test_deferred_it_stays_where_it_is_until_a_day(self) -> None:
        case = to_the_officer()
        said(case, "officer", Said.DEFERRED, until=LATER)
        assert open_turns(case) == ["officer"]
        assert turn_of(case, "officer").deferred_until == LATER
        assert not Turn.objects.filter(stage__key="officer").late(LATER).exists()
        said(case, "officer", day=LATER)
        assert state(case) == CaseState.APPROVED

    def test_it_is_deferred_until_a_day_to_come(self) -> None:
        case = to_the_officer()
        assert refused(lambda: said(case, "officer", Said.DEFERRED, until=SENT)).startswith("Say until when")
        assert refused(lambda: said(case, "officer", Said.DEFERRED)).startswith("Say until when")

    def test_declined_it_ends(self) -> None:
        case = to_the_officer()
        said(case, "officer", Said.DECLINED, reasons="Others do it already.")
        assert state(case) == CaseState.DECLINED
        assert open_turns(case) == []

    def test_withdrawn_nobody_is_waited_for(self) -> None:
        case = routed(asked=60_000)
        said(case, "sponsor")
        withdraw(by=None, case=case, day=SENT, reason="We found other money.")
        assert open_turns(case) == []
        told = refused(lambda: said(case, "check"))
        assert "is not asked any more: the case is “Withdrawn”" in told

    def test_time_alone_takes_it_nowhere(self) -> None:
        case = to_the_officer(day=FIRST)
        assert [turn.stage.key for turn in Turn.objects.waiting(date(2030, 1, 1)).late(date(2030, 1, 1))] == ["officer"]
        assert state(case) == CaseState.IN_ROUTE


class TestConflicts:
    def test_whoever_put_it_forward_wrote_or_submitted_it_does_not_decide(self) -> None:
        manager = person(Role.TRANSFORMATION_MANAGER)
        case = to_the_officer()
        Author.objects.create(case=case, person=manager, joined_on=SENT, left_on=SENT)
        told = refused(lambda: said(case, "officer", by=manager))
        assert "for a conflict of interest: Wrote the case." in told
        assert "Put the case forward. Submitted the case." in refused(
            lambda: said(case, "officer", by=case.put_forward_by)
        )

    def test_the_database_holds_to_that_too(self) -> None:
        case = to_the_officer()
        turn = turn_of(case, "officer")
        with pytest.raises(IntegrityError, match="leaves it to others"), transaction.atomic():
            Outcome.objects.create(turn=turn, said=Said.APPROVED, reasons="Mine.", day=SENT, by=case.put_forward_by)

    def test_nor_whoever_holds_a_post_of_the_chin_or_of_a_practice_in_it(self) -> None:
        chin = ChinFactory()
        practice = MembershipFactory(chin=chin).practice
        manager = person(Role.PRACTICE_MANAGER, of=practice, name="Pat")
        case = to_the_officer(chin=chin)
        told = refused(lambda: said(case, "officer", by=manager))
        assert told == (
            "Pat can’t say it, for a conflict of interest: Holds a post there: Practice manager. Somebody else does."
        )

    def test_a_deputy_in_the_chin_is_conflicted_as_the_holder_is(self) -> None:
        chin = ChinFactory()
        deputy = DeputyFactory(post=PostHoldingFactory(post__of=chin).post).deputy
        case = to_the_officer(chin=chin)
        assert "CHIN lead (deputy)" in refused(lambda: said(case, "officer", by=deputy))

    def test_an_interest_on_the_register_counts(self) -> None:
        chin = ChinFactory()
        officer = person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner)
        InterestFactory(person=officer, chin=chin, what="Married to its lead")
        case = to_the_officer(chin=chin)
        assert "Financial interest on the register: Married to its lead." in refused(
            lambda: said(case, "officer", by=officer)
        )

    def test_at_the_sponsor_stage_it_is_their_case(self) -> None:
        case = routed()
        said(case, "sponsor", by=case.put_forward_by)
        assert open_turns(case) == ["check-short"]

    def test_a_body_hears_who_is_plainly_conflicted_where_it_decides(self) -> None:
        chin = ChinFactory()
        lead = person(Role.CHIN_LEAD, of=chin)
        case = routed(chin=chin, asked=60_000)
        assert subjects["case"].conflicts(case.number, [lead.pk], SENT) == {}  # it is sponsored first
        for stage in ("sponsor", "advice", "check"):
            said(case, stage)
        found = subjects["case"].conflicts(case.number, [lead.pk], SENT)
        assert found == {lead.pk: ["Holds a post there: CHIN lead."]}


class TestBodies:
    def test_what_waits_for_a_body_and_what_it_may_say(self) -> None:
        case = routed(asked=150_000)
        board = bodies(case.commissioner)[shipped.PROGRAMME_BOARD]
        kind = subjects["case"]
        assert kind.waiting(board, SENT) == []
        for stage in ("sponsor", "advice", "check"):
            said(case, stage)
        (waiting,) = kind.waiting(board, SENT)
        assert (waiting.key, waiting.task, waiting.since) == (case.number, "decide", SENT)
        keys = [one.key for one in kind.outcomes(case.number, board, waiting.task, SENT)]
        assert keys == ["approved", "conditions", "asked", "deferred", "declined"]
        assert kind.sum_asked(case.number) is None  # the Governing Body decides after it
        said(case, "board")
        assert kind.sum_asked(case.number) == Decimal(150_000)
        assert kind.outcomes(case.number, board, waiting.task, SENT) == []

    def test_a_body_decides_at_a_meeting_and_nowhere_else(self) -> None:
        case = routed(asked=60_000)
        for stage in ("sponsor", "advice", "check"):
            said(case, stage)
        turn = turn_of(case, "board")
        told = refused(lambda: services.record(by=None, turn=turn, said=Said.APPROVED, reasons="By e-mail.", day=SENT))
        assert told == "This is for a body to decide, at a meeting."

    def test_a_decision_on_another_case_is_none_on_this_one(self) -> None:
        chin = ChinFactory()
        mine, other = routed(chin=chin, asked=60_000), routed(chin=chin, asked=60_000)
        for case in (mine, other):
            for stage in ("sponsor", "advice", "check"):
                said(case, stage)
        decision = said(other, "board").decision
        with pytest.raises(IntegrityError, match="has decided no such thing of the case"), transaction.atomic():
            Outcome.objects.create(
                turn=turn_of(mine, "board"), said=Said.APPROVED, reasons="The same.", day=SENT, decision=decision
            )

    def test_the_board_of_the_chin_sponsors_at_its_meeting(self) -> None:
        chin = ChinFactory()
        board = BodyFactory(chin=chin)
        case = routed(chin=chin)
        turn = turn_of(case, "sponsor")
        assert turn.body == board
        at_a_meeting(turn, Said.SPONSORED)
        assert open_turns(case) == ["check-short"]


class TestMeanwhile:
    def test_the_rule_in_force_at_submission_holds(self) -> None:
        case = routed(asked=20_000)
        less = {shipped.SHORT_FORM: Decimal(10_000)}
        plans = [
            replace(plan, up_to=less.get(plan.up_to, plan.up_to), above=less.get(plan.above, plan.above))
            for plan in keeping.plans_of(keeping.latest(case.commissioner))
        ]
        changed = route_of(case.commissioner, *plans, from_day=SENT + timedelta(1), why="The limit is £10,000.")
        assert open_turns(case) == ["sponsor-short"]
        for stage in ("sponsor", "check", "officer"):
            said(case, stage, day=LATER)
        assert state(case) == CaseState.APPROVED
        another = routed(chin=case.chin, asked=20_000, day=LATER)
        assert Passage.objects.get(submission__case=another).route == changed
        assert open_turns(another) == ["sponsor-long"]

    def test_a_post_gained_or_lost_on_the_way_counts_on_the_day(self) -> None:
        chin = ChinFactory()
        case = to_the_officer(chin=chin)
        manager = person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner, last=date(2018, 10, 31))
        assert of(manager, LATER).allows(May.DECIDE_CASE, case.authority_target())
        assert not of(manager, date(2018, 11, 1)).allows(May.DECIDE_CASE, case.authority_target())
        joined = PostHoldingFactory(post__of=chin, holder=manager, first=LATER)
        assert "for a conflict" in refused(lambda: said(case, "officer", by=manager, day=LATER))
        assert joined.first_day == LATER
        said(case, "officer", by=manager, day=SENT)

    def test_a_deputy_acts_for_the_post(self) -> None:
        chin = ChinFactory()
        holding = PostHoldingFactory(post__role=Role.TRANSFORMATION_MANAGER, post__of=chin.commissioner)
        deputy = DeputyFactory(post=holding.post).deputy
        case = to_the_officer(chin=chin)
        assert can(deputy, May.DECIDE_CASE, case)
        outcome = said(case, "officer", by=deputy, post=f"{holding.post}, deputy for {holding.holder}")
        assert outcome.post == f"Transformation manager, deputy for {holding.holder}"


class TestTheDatabase:
    def test_nobody_is_asked_out_of_turn(self) -> None:
        case = routed()
        passage = Passage.objects.get(submission__case=case)
        officer = Stage.objects.get(route=passage.route, key="officer")
        with pytest.raises(IntegrityError, match="An earlier stage of the route has not passed"), transaction.atomic():
            Turn.objects.create(passage=passage, stage=officer, opened_on=SENT)

    def test_nobody_is_asked_who_is_not_on_its_route(self) -> None:
        case = routed()
        passage = Passage.objects.get(submission__case=case)
        long = Stage.objects.get(route=passage.route, key="sponsor-long")
        with pytest.raises(IntegrityError, match="no stage of the route of this case"), transaction.atomic():
            Turn.objects.create(passage=passage, stage=long, opened_on=SENT)

    def test_nothing_is_said_that_is_not_for_the_stage(self) -> None:
        turn = turn_of(routed(), "sponsor")
        with pytest.raises(IntegrityError, match="not for this stage to say"), transaction.atomic():
            Outcome.objects.create(turn=turn, said=Said.APPROVED, reasons="Yes.", day=SENT)
        told = refused(lambda: services.record(by=None, turn=turn, said=Said.APPROVED, reasons="Yes.", day=SENT))
        assert told.startswith("“Approve” is not for “Sponsorship by the CHIN” to say. It can say “Sponsor”")

    def test_nor_before_it_is_asked(self) -> None:
        turn = turn_of(routed(), "sponsor")
        told = refused(
            lambda: services.record(by=None, turn=turn, said=Said.SPONSORED, reasons="Yes.", day=SENT - timedelta(1))
        )
        assert told == "The case came to this stage on 1 October 2018, and nothing is said of it before that."

    def test_a_version_of_the_route_takes_no_stage_afterwards(self) -> None:
        route = route_of(ChinFactory().commissioner)
        with pytest.raises(IntegrityError, match="stays as it was made"), transaction.atomic():
            Stage.objects.create(route=route, key="more", name="More", position=9, part=Part.CHECK)

    def test_an_approval_by_step_alone_is_refused(self) -> None:
        case = routed()
        with pytest.raises(IntegrityError, match="every stage of its route has passed it"), transaction.atomic():
            CaseStep.objects.create(
                case=case,
                event=Event.APPROVED,
                before=CaseState.IN_ROUTE,
                after=CaseState.APPROVED,
                day=SENT,
                reason="Yes",
            )

    def test_conditions_stay_as_they_were_set(self) -> None:
        case = to_the_officer()
        outcome = said(case, "officer", Said.CONDITIONS, conditions=[services.Asked("A nurse is in post.")])
        with pytest.raises(IntegrityError, match="stays as it was set"), transaction.atomic():
            outcome.conditions.update(text="Two nurses are.")

    def test_an_approval_without_its_conditions_is_none(self) -> None:
        turn = turn_of(to_the_officer(), "officer")
        with pytest.raises(ValidationError, match="at least one"), writing(None):
            Outcome.objects.create(turn=turn, said=Said.CONDITIONS, reasons="Yes, but.", day=SENT)

    def test_without_a_route_nothing_is_submitted(self) -> None:
        case = routed()
        early = FIRST - timedelta(30)
        told = refused(lambda: routed(chin=case.chin, day=early))
        assert "has no route for business cases on 3 December 2017: nobody could decide." in told


def test_who_wrote_it_is_told_at_once_when_it_comes_back() -> None:
    case = to_the_officer()
    said(case, "officer", Said.ASKED, sections=["costs"], reasons="What is a nurse’s hour?")
    work.sweep()
    (letter,) = [one for one in mail.outbox if "more asked for" in one.subject]
    assert letter.to == [case.put_forward_by.email]
    assert "More is asked of: What it costs." in letter.body


@pytest.mark.django_db(transaction=True)
def test_of_two_who_say_something_at_the_same_moment_one_wins_and_the_other_is_told() -> None:
    case = to_the_officer()
    turn, people = turn_of(case, "officer"), [person(name="Ann"), person(name="Ben")]
    outcomes = (Said.APPROVED, Said.DECLINED)

    def act(place: int) -> Any:
        return services.record(by=people[place], turn=turn, said=outcomes[place], reasons=f"So says {place}.", day=SENT)

    first, second = sorted(at_once(2, act), key=lambda one: isinstance(one, ValidationError))
    assert isinstance(first, Outcome)
    assert isinstance(second, ValidationError)
    (told,) = second.messages
    assert told.startswith(
        f"{first.by} was first, on 1 October 2018: {'approved' if first.said == 'approved' else 'declined'}."
    )
    assert Outcome.objects.filter(turn=turn).count() == 1


@pytest.mark.django_db(transaction=True)
def test_side_by_side_both_are_heard_and_the_case_goes_on_once() -> None:
    case = routed(asked=60_000)
    said(case, "sponsor")
    pays = payer_for(case)
    turns = [turn_of(case, "advice"), turn_of(case, "check")]

    def act(place: int) -> Any:
        what = (Said.ENDORSED, Said.AGREED)[place]
        return services.record(by=None, turn=turns[place], said=what, reasons="Yes.", day=SENT, typed={"pays": pays})

    assert all(isinstance(one, Outcome) for one in at_once(2, act))
    assert open_turns(case) == ["board"]
    assert approved(case).state == CaseState.APPROVED


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_of_the_route_made_at_once_one_is() -> None:
    commissioner = ChinFactory().commissioner
    first = route_of(commissioner)
    plans = keeping.plans_of(first)

    def act(place: int) -> Any:
        return keeping.make_version(
            by=None, commissioner=commissioner, stages=plans, from_day=SENT, why="Again.", today=SENT, follows=first
        )

    found = at_once(2, act)
    assert sorted(isinstance(one, ValidationError) for one in found) == [False, True]
    assert commissioner.case_routes.count() == 2
