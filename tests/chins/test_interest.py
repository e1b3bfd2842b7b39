"""Expressions of interest: sent in, scored by people who don't see each other's scores, decided; a CHIN is born."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, close_old_connections, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from cc2h.accounts.authority import Role
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from chins import services as chin_services
from chins.interest import queries, scoring, services
from chins.interest.models import Criterion, Expression, ExpressionPractice, Score
from chins.interest.route import ROUTE, ExpressionState
from chins.models import Chin, ChinState, Membership
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    CriterionFactory,
    ExpressionFactory,
    FederationMembershipFactory,
    MembershipFactory,
    PracticeFactory,
    ScoreFactory,
    UserFactory,
    person,
)

TODAY = date(2018, 12, 6)
APRIL = date(2018, 4, 2)
JANUARY = date(2019, 1, 7)


def refusal(act: Callable[..., Any], **facts: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        act(**facts)
    return " ".join(caught.value.messages)


class World:
    """Barnet with two criteria, two free practices and an expression of them."""

    def __init__(self) -> None:
        self.barnet = CommissionerFactory(barnet=True)
        self.vision = CriterionFactory(commissioner=self.barnet, name="Vision", maximum=5, weight=Decimal(20))
        self.size = CriterionFactory(commissioner=self.barnet, name="Size", maximum=10, weight=Decimal("7.5"))
        self.ash = PracticeFactory(commissioner=self.barnet, detail__name="Ashdown Practice", patients=6_000)
        self.brook = PracticeFactory(commissioner=self.barnet, detail__name="Brook Lane", patients=4_000)
        self.manager = person(Role.TRANSFORMATION_MANAGER, of=self.barnet, name="Manager")
        self.group = person(Role.STEERING_GROUP_LEAD, of=self.barnet, name="Steering group")

    def expression(self, **facts: Any) -> Expression:
        made: Expression = ExpressionFactory(
            commissioner=self.barnet, **{"practices": [self.ash, self.brook], "title": "Edgware", **facts}
        )
        return made

    def scored(self, **facts: Any) -> Expression:
        """Under evaluation, with a complete evaluation of each of the two."""
        one = self.expression(state="evaluating", **facts)
        self.score(one, self.manager, 4, 8)
        self.score(one, self.group, 5, 6)
        return one

    def score(self, one: Expression, by: Any, vision: int | None, size: int | None = None) -> list[Score]:
        given = {self.vision: vision, self.size: size}
        scores = {criterion: (score, "") for criterion, score in given.items() if score is not None}
        return services.score_expression(by=by, expression=one, scores=scores, today=TODAY)

    def approve(self, one: Expression, **facts: Any) -> Expression:
        typed = {"day": TODAY, "first": JANUARY, "practices": [self.ash, self.brook], "reason": "A good plan", **facts}
        return services.approve_expression(by=self.manager, expression=one, today=TODAY, **typed)


@pytest.fixture
def world(db: None) -> World:
    return World()


class TestSentIn:
    def submit(self, world: World, **facts: Any) -> Expression:
        typed: dict[str, Any] = {
            "by": world.manager,
            "commissioner": world.barnet,
            "post": None,
            "title": " Edgware ",
            "received": APRIL,
            "practices": [world.ash],
            "proposal": "Diabetes",
            "lead_name": "A GP",
        }
        return services.submit_expression(**{**typed, **facts})

    def test_it_is_received_with_its_practices(self, world: World) -> None:
        one = self.submit(world)
        assert (one.title, one.state, one.led_by, [*one.practices.all()]) == (
            "Edgware",
            "received",
            "A GP",
            [world.ash],
        )

    def test_the_lead_is_a_person_or_words_and_not_both(self, world: World) -> None:
        assert "one of the two" in refusal(self.submit, world=world, lead=world.group)
        assert "one of the two" in refusal(self.submit, world=world, lead_name=" ")
        assert self.submit(world, lead=world.group, lead_name="").led_by == "Steering group"

    def test_another_commissioners_practice_is_named_in_the_refusal(self, world: World) -> None:
        away = PracticeFactory(detail__name="Far Away Surgery")
        assert "Far Away Surgery is no open practice of Barnet" in refusal(
            self.submit, world=world, practices=[world.ash, away]
        )

    def test_a_practice_is_needed(self, world: World) -> None:
        assert "at least one practice" in refusal(self.submit, world=world, practices=[])

    def test_it_changes_until_it_is_evaluated_and_nobody_overwrites_another(self, world: World) -> None:
        one = self.submit(world)
        said: dict[str, Any] = {
            "title": "Burnt Oak",
            "received": APRIL,
            "practices": [world.brook],
            "lead": None,
            "lead_name": "A GP",
            "area": "",
            "focus_areas": [],
            "proposal": "Diabetes",
        }
        seen = history.version(one)
        changed = services.update_expression(by=world.manager, expression=one, seen=seen, **said)
        assert (changed.title, [*changed.practices.all()]) == ("Burnt Oak", [world.brook])
        with pytest.raises(history.ChangedMeanwhile):
            services.update_expression(by=world.group, expression=one, seen=seen, **said)
        services.begin_evaluation(by=world.manager, expression=one, day=TODAY, today=TODAY)
        assert "under evaluation" in refusal(
            services.update_expression, by=world.manager, expression=one, seen=history.version(one), **said
        )


class TestScoring:
    def test_without_criteria_no_evaluation_begins(self, world: World) -> None:
        other = CommissionerFactory(short_name="Camden")
        one = ExpressionFactory(commissioner=other)
        assert "Camden has no criteria" in refusal(
            services.begin_evaluation, by=world.manager, expression=one, day=TODAY, today=TODAY
        )

    def test_the_shipped_criteria_are_taken_once(self, world: World) -> None:
        other = CommissionerFactory()
        taken = services.take_shipped_criteria(by=world.manager, commissioner=other, first=APRIL)
        assert sum(one.weight for one in taken) == 100
        assert "criteria already" in refusal(
            services.take_shipped_criteria, by=world.manager, commissioner=other, first=APRIL
        )

    def test_totals_are_exact_and_the_mean_is_that_of_the_evaluators(self, world: World) -> None:
        one = world.scored()
        criteria, complete = queries.criteria_of(one), queries.complete_sheets(one)
        assert scoring.possible(criteria) == Decimal("175.00")
        assert [sheet.weighted(criteria) for sheet in complete] == [Decimal("140.00"), Decimal("145.00")]
        assert scoring.mean_percent(criteria, complete) == Decimal("81.4")  # 285 of 350

    def test_others_scores_show_once_ones_own_are_complete(self, world: World) -> None:
        one = world.expression(state="evaluating")
        world.score(one, world.group, 5, 6)
        for user in (world.manager, world.group):
            user.authority = queries.of(user, TODAY)

        def seen(user: Any) -> int | None:
            found = queries.evaluation(one, user, AsAt(TODAY, None, TODAY))
            assert found
            return None if found.complete is None else len(found.complete)

        world.score(one, world.manager, 3)
        assert (seen(world.group), seen(world.manager)) == (1, None)
        world.score(one, world.manager, 4, 8)
        assert (seen(world.group), seen(world.manager)) == (2, 2)

    def test_a_complete_evaluation_stands(self, world: World) -> None:
        one = world.scored()
        assert "complete, and stands" in refusal(world.score, one=one, by=world.group, vision=1)

    def test_a_score_is_at_most_the_highest_of_its_criterion(self, world: World) -> None:
        one = world.expression(state="evaluating")
        assert "Vision: a whole number from 0 to 5" in refusal(world.score, one=one, by=world.group, vision=6)

    def test_nothing_is_scored_before_or_after(self, world: World) -> None:
        assert "is received" in refusal(world.score, one=world.expression(), by=world.group, vision=1)
        done = world.expression(state="declined", title="Hendon")
        assert "was declined on" in refusal(world.score, one=done, by=world.group, vision=1)

    def test_later_criteria_leave_an_evaluation_as_it_was(self, world: World) -> None:
        one = world.scored()
        services.change_criterion(by=world.manager, criterion=world.vision, day=APRIL, weight=Decimal(1))
        services.add_criterion(
            by=world.manager,
            commissioner=world.barnet,
            first=APRIL,
            name="Later",
            looks_for="More",
            maximum=5,
            weight=Decimal(10),
        )
        services.end_criterion(by=world.manager, criterion=world.size, last=APRIL)
        assert scoring.possible(queries.criteria_of(one)) == Decimal("175.00")
        assert {c.name: c.weight for c in queries.criteria_on(world.barnet, TODAY)} == {"Vision": 1, "Later": 10}

    @pytest.mark.parametrize("role", [Role.PRACTICE_MANAGER, Role.CHIN_LEAD])
    def test_nobody_scores_or_decides_where_they_hold_a_post(self, world: World, role: Role) -> None:
        one = world.scored()
        chin = MembershipFactory(practice=world.ash, chin=ChinFactory(commissioner=world.barnet)).chin
        both = person(role, of=world.ash if role is Role.PRACTICE_MANAGER else chin)
        assert "You hold a post" in refusal(world.score, one=one, by=both, vision=1)
        facts = {"by": both, "expression": one, "day": TODAY, "today": TODAY, "reason": "No"}
        assert "you don’t score it or decide on it" in refusal(services.decline_expression, **facts)

    def test_whoever_holds_a_post_of_a_federation_of_its_practices_neither_scores_nor_decides(
        self, world: World
    ) -> None:
        one = world.scored()
        federation = FederationMembershipFactory(practice=world.ash).federation
        both = person(Role.FEDERATION_MANAGER, of=federation)
        assert "You hold a post of a federation" in refusal(world.score, one=one, by=both, vision=1)
        facts = {"by": both, "expression": one, "day": TODAY, "today": TODAY, "reason": "No"}
        assert "you don’t score it or decide on it" in refusal(services.decline_expression, **facts)

    def test_the_lead_applicant_does_not_score(self, world: World) -> None:
        one = world.expression(state="evaluating", lead=world.group, lead_name="")
        assert "You are the lead applicant" in refusal(world.score, one=one, by=world.group, vision=1)


marks = st.lists(
    st.tuples(
        st.integers(1, 10),
        st.decimals("0.01", "100", places=2),
        st.lists(st.integers(0, 10), min_size=3, max_size=3),
    ),
    min_size=1,
    max_size=8,
)


@given(marks)
def test_the_mean_is_that_of_the_evaluators_totals_whatever_the_weights(rows: list[Any]) -> None:
    criteria = [Criterion(pk=n, maximum=most, weight=weight) for n, (most, weight, _) in enumerate(rows)]
    sheets = [
        scoring.Sheet(who, {n: Score(score=min(given[who], most)) for n, (most, _, given) in enumerate(rows)})
        for who in range(3)
    ]
    totals = [100 * sheet.weighted(criteria) / scoring.possible(criteria) for sheet in sheets]
    mean = scoring.mean_percent(criteria, sheets)
    assert mean is not None
    assert 0 <= mean <= 100
    assert abs(mean - sum(totals) / 3) <= Decimal("0.0500001")
    best = [scoring.Sheet(0, {c.pk: Score(score=c.maximum) for c in criteria})]
    assert scoring.mean_percent(criteria, best) == 100
    assert scoring.mean_percent(criteria, []) is None


class TestDecided:
    def test_a_chin_is_born_with_planned_memberships(self, world: World) -> None:
        one = world.approve(world.scored(area="Burnt Oak", focus_areas=["Diabetes"]))
        assert one.state == "approved"
        chin = one.chin
        assert chin
        assert (chin.name, chin.footprint, chin.focus_areas) == ("Edgware", "Burnt Oak", ["Diabetes"])
        states = ChinState.objects.held().filter(chin=chin).order_by("period")
        assert [(s.status, s.first_day) for s in states] == [("proposed", one.received), ("approved", TODAY)]
        members = Membership.objects.held().filter(chin=chin)
        assert {(m.practice, m.first_day) for m in members} == {(world.ash, JANUARY), (world.brook, JANUARY)}

    def test_a_practice_that_is_taken_is_named_and_nothing_is_done(self, world: World) -> None:
        one = world.scored()
        chin = ChinFactory(commissioner=world.barnet, name="Finchley")
        MembershipFactory(practice=world.brook, chin=chin)
        said = refusal(world.approve, one=one)
        assert "Brook Lane is in Finchley" in said
        assert not Chin.objects.filter(name="Edgware").exists()
        one.refresh_from_db()
        assert one.state == "evaluating"
        free, taken = queries.free_from(one, TODAY)
        assert [candidate.name for candidate in free] == ["Ashdown Practice"]
        assert [membership.chin for membership in taken] == [chin]
        assert world.approve(one, practices=[world.ash]).state == "approved"

    def test_a_name_that_is_taken_is_told(self, world: World) -> None:
        one = world.scored()
        ChinFactory(commissioner=world.barnet, name="Edgware")
        assert "already has a CHIN of that name" in refusal(world.approve, one=one)
        assert world.approve(one, name="Edgware and Burnt Oak").state == "approved"

    def test_a_reason_an_evaluation_and_a_later_day_are_needed(self, world: World) -> None:
        one = world.scored()
        assert refusal(world.approve, one=one, reason=" ") == "Say why."
        assert "Nobody has completed" in refusal(world.approve, one=world.expression(state="evaluating", title="B"))
        assert "later one" in refusal(world.approve, one=one, day=date(2018, 9, 3))
        assert "recorded when it has" in refusal(world.approve, one=one, day=JANUARY)
        assert "or later" in refusal(world.approve, one=one, first=date(2018, 12, 1))
        assert "that the expression names" in refusal(
            world.approve, one=one, practices=[PracticeFactory(commissioner=world.barnet)]
        )
        assert "must be evaluated" in refusal(world.approve, one=world.expression(title="C"))

    def test_declined_and_withdrawn_stay_on_record(self, world: World) -> None:
        facts = {"by": world.manager, "day": TODAY, "today": TODAY}
        declined = services.decline_expression(expression=world.scored(), reason="Too small", **facts)
        withdrawn = services.withdraw_expression(expression=world.expression(title="B"), **facts)
        assert (declined.state, declined.reason, withdrawn.state, withdrawn.reason) == (
            "declined",
            "Too small",
            "withdrawn",
            "",
        )
        assert "that stands" in refusal(services.withdraw_expression, expression=declined, **facts)
        assert declined.chin is None
        assert withdrawn.chin is None


class TestSeen:
    def seen(self, user: Any) -> set[str]:
        user.authority = queries.of(user, TODAY)
        return {one.title for one in queries.visible_expressions(user)}

    @pytest.mark.parametrize(
        ("role", "titles"),
        [
            (Role.TRANSFORMATION_MANAGER, {"Received", "Declined", "Approved"}),
            (Role.STEERING_GROUP_LEAD, {"Received", "Declined", "Approved"}),
            (Role.NCL_OFFICE, {"Received", "Declined", "Approved"}),
            (Role.SECRETARY, {"Approved"}),
            (Role.BOARD_MEMBER, {"Approved"}),
            (Role.FINANCE_OFFICER, {"Approved"}),
        ],
    )
    def test_before_it_is_approved_only_those_who_evaluate_see_it(
        self, world: World, role: Role, titles: set[str]
    ) -> None:
        world.expression(title="Received")
        world.expression(title="Declined", state="declined")
        world.expression(title="Approved", state="approved")
        assert self.seen(person(role, of=world.barnet)) == titles
        assert self.seen(person(role, of=CommissionerFactory())) == set()

    def test_who_sent_it_in_sees_it_and_so_does_whoever_holds_the_post_after_them(self, world: World) -> None:
        own = person(Role.PRACTICE_MANAGER, of=world.ash)
        post = own.post_holdings.get().post
        world.expression(title="Own", post=post)
        world.expression(title="Other")
        assert self.seen(own) == {"Own"}
        assert self.seen(person(Role.PRACTICE_MANAGER, of=world.ash)) == {"Own"}
        assert self.seen(person(Role.PRACTICE_MANAGER, of=world.brook)) == set()

    def test_its_state_is_that_of_the_day(self, world: World) -> None:
        one = world.expression(state="declined")
        on = {day: Expression.objects.on_day(day).get().status for day in (one.received, one.evaluating_from, TODAY)}
        assert [*on.values()] == ["received", "evaluating", "declined"]
        assert not Expression.objects.on_day(APRIL).exists()


class TestTheDatabaseRefuses:
    def test_a_way_there_is_not(self, world: World) -> None:
        one = world.expression(state="evaluating")
        with pytest.raises(DatabaseError, match='from "evaluating" to "received"'), transaction.atomic():
            Expression.objects.filter(pk=one.pk).update(state="received", evaluating_from=None, began_at=None)
        for state, afters in ROUTE.items():
            assert (state in (ExpressionState.RECEIVED, ExpressionState.EVALUATING)) == bool(afters)

    @pytest.mark.parametrize(
        ("changes", "constraint"),
        [
            ({"chin": None}, "chins_expression_approved_has_a_chin"),
            ({"reason": ""}, "chins_expression_decided_with_a_reason"),
            ({"decided_by": None}, "chins_expression_decided_with_a_reason"),
            ({"decided": None}, "chins_expression_decided_with_a_day"),
            ({"decided": date(2018, 9, 4)}, "chins_expression_days_in_order"),
        ],
    )
    def test_an_approval_without_what_it_needs(self, world: World, changes: Any, constraint: str) -> None:
        one = world.expression(state="evaluating")
        whole = {
            "state": "approved",
            "decided": TODAY,
            "decided_by": world.manager,
            "reason": "Good",
            "chin": ChinFactory(commissioner=world.barnet),
        }
        approving = Expression.objects.filter(pk=one.pk)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            approving.update(**{**whole, **changes})
        elsewhere = {**whole, "chin": ChinFactory()}
        with pytest.raises(IntegrityError, match="expression of its own commissioner"), transaction.atomic():
            approving.update(**elsewhere)
        approving.update(**whole)
        with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
            approving.update(title="Another")

    def test_raw_statements_that_pass_the_services_by(self, world: World) -> None:
        one, other = world.scored(), world.expression(title="B")
        foreign = CriterionFactory()
        statements = [
            (
                "UPDATE chins_expressionpractice SET practice_id = practice_id WHERE expression_id = %s",
                [one.pk],
                "stay",
            ),
            ("DELETE FROM chins_expressionpractice WHERE expression_id = %s", [one.pk], "stay as they are"),
            ("DELETE FROM chins_expression WHERE id = %s", [one.pk], "Cannot delete"),
            ("DELETE FROM chins_score WHERE expression_id = %s", [one.pk], "Cannot delete"),
            ("UPDATE chins_score SET score = 0 WHERE expression_id = %s", [one.pk], "complete stays as it is"),
            ("UPDATE chins_expression SET lead_name = '' WHERE id = %s", [one.pk], "chins_expression_one_lead"),
            ("UPDATE chins_criterion SET weight = 3 WHERE id = %s", [world.size.pk], "closed once and never changed"),
            (
                "INSERT INTO chins_score (expression_id, criterion_id, evaluator_id, score, comment) "
                "VALUES (%s, %s, %s, 1, '')",
                [one.pk, foreign.pk, world.manager.pk],
                "one of the criteria in force",
            ),
            (
                "INSERT INTO chins_score (expression_id, criterion_id, evaluator_id, score, comment) "
                "VALUES (%s, %s, %s, 1, '')",
                [other.pk, world.vision.pk, world.manager.pk],
                "while an expression is under evaluation",
            ),
            (
                "INSERT INTO chins_score (expression_id, criterion_id, evaluator_id, score, comment) "
                "VALUES (%s, %s, %s, 6, '')",
                [one.pk, world.vision.pk, UserFactory().pk],
                "up to the highest",
            ),
        ]
        for statement, values, said in statements:
            with pytest.raises(DatabaseError, match=said), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)

    def test_one_score_for_an_evaluator_and_criterion(self, world: World) -> None:
        one = world.expression(state="evaluating")
        score = ScoreFactory(expression=one, criterion=world.vision)
        with pytest.raises(IntegrityError, match="chins_score_once"), transaction.atomic():
            ScoreFactory(expression=one, criterion=world.vision, evaluator=score.evaluator)

    def test_one_that_begins_approved(self, world: World) -> None:
        with pytest.raises(IntegrityError, match="begins as received"), transaction.atomic():
            Expression.objects.create(
                commissioner=world.barnet, title="A", lead_name="B", received=APRIL, proposal="C", state="approved"
            )

    @pytest.mark.parametrize("facts", [{"maximum": 0}, {"maximum": 11}, {"weight": 0}, {"weight": 101}])
    def test_an_impossible_criterion(self, world: World, facts: Any) -> None:
        with pytest.raises(IntegrityError, match="possible"), transaction.atomic():
            CriterionFactory(commissioner=world.barnet, **facts)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Each act on a connection of its own, all at the same moment: what each was told, or blank."""
    ready, told = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int) -> None:
        ready.wait()
        try:
            acts[place]()
        except ValidationError as refused:
            told[place] = " ".join(refused.messages)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_two_approvals_of_one_expression_make_one_chin(self) -> None:
        world = World()
        one = world.scored()
        told = at_once(lambda: world.approve(one), lambda: world.approve(one, name="Another"))
        assert sorted(map(bool, told)) == [False, True]
        assert "was approved on" in max(told)
        assert Chin.objects.count() == 1
        assert Membership.objects.held().count() == 2

    def test_two_expressions_with_one_practice_share_it_not(self) -> None:
        world = World()
        first, second = world.scored(), world.scored(title="Burnt Oak")
        told = at_once(lambda: world.approve(first), lambda: world.approve(second))
        assert sorted(map(bool, told)) == [False, True]
        assert "a practice is in at most one" in max(told)
        assert Expression.objects.filter(state="approved").count() == Chin.objects.count() == 1

    def test_a_score_and_a_decision(self) -> None:
        world = World()
        one = world.scored()
        late = person(Role.NCL_OFFICE, of=world.barnet)
        told = at_once(lambda: world.approve(one), lambda: world.score(one, late, 5, 5))
        assert told[0] == ""
        one.refresh_from_db()
        assert one.state == "approved"
        assert len(queries.all_sheets(one)) == (2 if told[1] else 3)


def test_proposing_directly_still_makes_a_chin_without_an_expression(world: World) -> None:
    chin = chin_services.propose_chin(
        by=world.manager, commissioner=world.barnet, name="Old", day=APRIL, practices=[world.ash]
    )
    assert queries.born_from(chin, TODAY) is None
    assert ExpressionPractice.objects.count() == 0
