"""Whether a route can be gone to its end, and the commands that say so and take a case along it."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cc2h.accounts.authority import Role
from cc2h.cases.route import checking, keeping, shipped
from cc2h.cases.route.keeping import Plan
from cc2h.cases.route.models import Outcome
from cc2h.cases.route.outcomes import RULES, Part, TurnState, of
from cc2h.governance.models import Body, Seat
from chins.models import Chin
from practices.models import Commissioner
from tests.budget.ground import refused
from tests.factories import ChinFactory, MembershipFactory, PostFactory, PostHoldingFactory, person
from tests.factories.decisions import InterestFactory
from tests.factories.governance import SeatFactory, TermsFactory
from tests.factories.route import SENT, bodies, open_turns, payer_for, route_of, routed, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def officers(chin: Chin) -> None:
    """Somebody for every post that answers outside a meeting."""
    person(Role.CHIN_LEAD, of=chin)
    for role in (Role.TRANSFORMATION_MANAGER, Role.FINANCE_OFFICER, Role.STEERING_GROUP_LEAD):
        person(role, of=chin.commissioner)


def sitting(body: Body, voters: int = 3, quorum: int = 3, limit: Any = None) -> list[Seat]:
    TermsFactory(body=body, quorum=quorum, limit=limit)
    return [SeatFactory(body=body) for _ in range(voters)]


@pytest.fixture
def chin() -> Chin:
    """A CHIN with a route that lacks nothing."""
    made: Chin = ChinFactory(name="Finchley")
    officers(made)
    route_of(made.commissioner)
    for body in bodies(made.commissioner).values():
        sitting(body)
    return made


def problems(commissioner: Commissioner, day: date = SENT) -> list[str]:
    route = keeping.latest(commissioner)
    return checking.problems_of(commissioner, route, day)


class TestTheCheck:
    def test_of_a_route_that_lacks_nothing_says_nothing(self, chin: Chin) -> None:
        assert problems(chin.commissioner) == []

    def test_every_stage_lets_a_case_pass_and_every_outcome_leads_somewhere(self) -> None:
        for part in Part:
            assert any(RULES[one].after == TurnState.PASSED for one in of(part)), part
        assert all(rule.event is not None for rule in RULES.values())

    def test_names_the_chin_whose_people_leave_too_few_to_decide(self, chin: Chin) -> None:
        body = bodies(chin.commissioner)[shipped.PROGRAMME_BOARD]
        voter = Seat.objects.filter(body=body).first().post.holdings.get().holder
        practice = MembershipFactory(chin=chin).practice
        PostHoldingFactory(post__role=Role.PRACTICE_MANAGER, post__of=practice, holder=voter)
        found = problems(chin.commissioner)
        assert (
            "“Decision of the Programme Board” could not decide on a case of Finchley: 2 voters of Programme Board "
            "without a conflict, and its quorum is 3."
        ) in found

    def test_an_interest_on_the_register_leaves_too_few_as_well(self, chin: Chin) -> None:
        body = bodies(chin.commissioner)[shipped.GOVERNING_BODY]
        voter = Seat.objects.filter(body=body).first().post.holdings.get().holder
        InterestFactory(person=voter, chin=chin)
        assert "“Decision of the Governing Body” could not decide on a case of Finchley" in " ".join(
            problems(chin.commissioner)
        )

    def test_nobody_sits_in_two_seats_at_once(self, chin: Chin) -> None:
        body = bodies(chin.commissioner)[shipped.PROGRAMME_BOARD]
        extra = SeatFactory(body=body)
        seats = Seat.objects.filter(body=body).exclude(pk=extra.pk)
        one, two = seats[0].post.holdings.get().holder, seats[1].post.holdings.get().holder
        three = seats[2].post.holdings.get().holder
        assert checking._most([{one.pk}, {one.pk, two.pk}, {two.pk}], ()) == 2
        assert checking._most([{one.pk}, {one.pk, two.pk}, {three.pk}], ()) == 3
        assert checking._most([{one.pk}, {one.pk, two.pk}, {three.pk}], {three.pk}) == 2

    def test_a_vacant_post_is_nobody(self, chin: Chin) -> None:
        other = ChinFactory(name="Hendon", commissioner=chin.commissioner)
        PostFactory(of=other)
        assert "Nobody can sponsor cases of Hendon: none of the posts that may is held." in problems(chin.commissioner)

    def test_a_limit_of_a_body_beyond_which_nobody_decides_after_it(self) -> None:
        chin = ChinFactory()
        officers(chin)
        board = bodies(chin.commissioner)[shipped.PROGRAMME_BOARD]
        sitting(board, limit=Decimal(100_000))
        stages = [Plan(name="Board", position=1, part=Part.DECIDE, body=board, scale=True)]
        route_of(chin.commissioner, *stages)
        assert problems(chin.commissioner) == [
            "Programme Board decides up to £100,000.00, and “Board” has it decide on more (to test) with nobody deciding "
            "after it.",
            "Programme Board decides up to £100,000.00, and “Board” has it decide on more (to scale) with nobody deciding "
            "after it.",
        ]

    def test_a_body_without_terms(self) -> None:
        chin = ChinFactory()
        officers(chin)
        route_of(chin.commissioner)
        assert "Programme Board has no terms of reference on 1 October 2018: nobody knows its quorum." in problems(
            chin.commissioner
        )

    def test_asks_no_more_of_the_database_for_more_chins(self, chin: Chin) -> None:
        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                problems(chin.commissioner)
            return len(queries)

        few = asked()
        for _ in range(4):
            person(Role.CHIN_LEAD, of=ChinFactory(commissioner=chin.commissioner))
        assert asked() == few

    def test_a_route_that_leads_nowhere_is_not_made(self) -> None:
        chin = ChinFactory()
        stages = [Plan(name="Check", position=1, part=Part.CHECK)]
        told = refused(lambda: route_of(chin.commissioner, *stages))
        assert "A case to test something that asks for any sum is decided by nobody." in told

    def test_who_is_told_is_told_after_the_decision(self) -> None:
        chin = ChinFactory()
        board = bodies(chin.commissioner)[shipped.PROGRAMME_BOARD]
        stages = [
            Plan(name="Told", position=1, part=Part.TOLD, body=board, scale=True),
            Plan(name="Officer", position=2, part=Part.DECIDE, scale=True),
        ]
        assert "“Told” comes before the decision" in refused(lambda: route_of(chin.commissioner, *stages))

    def test_a_version_holds_from_today_at_the_earliest(self) -> None:
        chin = ChinFactory()
        told = refused(
            lambda: keeping.make_version(
                by=None,
                commissioner=chin.commissioner,
                stages=shipped.stages(bodies(chin.commissioner)),
                from_day=SENT,
                why="At once.",
                today=date(2018, 10, 2),
            )
        )
        assert told.startswith("A route changes from a day to come, 2 October 2018 at the earliest")


def run(*given: str) -> tuple[int, Any]:
    """The exit code, and what was printed as JSON."""
    out = StringIO()
    try:
        call_command("case", *given, "--json", stdout=out)
    except SystemExit as end:
        return int(end.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


class TestTheCommands:
    def test_route_check_says_nothing_and_succeeds(self, chin: Chin) -> None:
        code, (one,) = run("route", "--check", "--day", "2018-10-01")
        assert (code, one["version"], one["problems"]) == (0, 1, [])

    def test_route_check_fails_with_sentences(self) -> None:
        route_of(ChinFactory().commissioner)
        code, (one,) = run("route", "--check")
        assert code == 1
        assert any("no terms of reference" in problem for problem in one["problems"])

    def test_a_case_is_taken_along_its_route_by_whose_posts_let_them(self, chin: Chin) -> None:
        case = routed(chin=chin)
        lead, finance = person(Role.CHIN_LEAD, of=chin), person(Role.FINANCE_OFFICER, of=chin.commissioner)
        manager = person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner)
        code, told = run("transition", case.number, "sponsored", "--by", lead.email, "--reason", "Ours.")
        assert (code, told["status"], told["waits_for"]) == (0, "in_route", ["Finance check"])
        code, told = run("transition", case.number, "agreed", "--by", lead.email, "--reason", "Fine.")
        assert (code, told["status"]) == (1, "refused")
        assert "belongs to these posts: Finance officer" in told["problems"][0]
        pays = payer_for(case)
        run("transition", case.number, "agreed", "--by", finance.email, "--reason", "It adds up.", "--line", pays)
        code, told = run("transition", case.number, "approved", "--by", manager.email, "--reason", "Worth a test.")
        assert (code, told["status"], told["waits_for"]) == (0, "approved", ["Telling the Programme Board"])
        outcome = Outcome.objects.get(said="approved")
        assert (outcome.by, outcome.post) == (manager, "Transformation manager")

    def test_it_is_withdrawn_and_opened_again(self, chin: Chin) -> None:
        case = routed(chin=chin)
        lead = person(Role.CHIN_LEAD, of=chin)
        assert run("transition", case.number, "withdrawn", "--by", lead.email, "--reason", "Later.")[0] == 0
        code, told = run("transition", case.number, "reopened", "--by", lead.email, "--reason", "Now.")
        assert (code, told["status"]) == (0, "draft")

    def test_what_can_t_happen_is_refused_in_words(self, chin: Chin) -> None:
        case = routed(chin=chin)
        manager = person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner)
        code, told = run("transition", case.number, "approved", "--by", manager.email, "--reason", "Yes.")
        assert code == 1
        assert told["problems"] == [
            "Nobody is asked who could say “Approve”: it waits for Sponsorship by the CHIN (sponsor-short)."
        ]
        assert run("transition", case.number, "exploded", "--by", manager.email)[0] == 2
        assert run("transition", "2018-999", "approved", "--by", manager.email)[0] == 2
        with pytest.raises(CommandError, match="nobody signs in as"):
            call_command("case", "transition", case.number, "approved", "--by", "nobody@example.org")

    def test_a_body_s_decision_is_recorded_at_its_meeting(self, chin: Chin) -> None:
        case = routed(chin=chin, asked=60_000)
        for stage in ("sponsor", "advice", "check"):
            said(case, stage)
        manager = person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner)
        code, told = run("transition", case.number, "approved", "--by", manager.email, "--reason", "Yes.")
        assert (code, told["problems"]) == (1, ["This is for a body to decide, at a meeting."])
        assert open_turns(case) == ["board"]
