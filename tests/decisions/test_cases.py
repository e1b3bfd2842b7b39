"""Business cases before bodies: found conflicts hold, conditions get their days, what the route refuses is undone."""

from datetime import date
from typing import Any

import pytest

from budget import ledger
from budget.models import Balance
from cc2h.accounts.authority import Role
from cc2h.cases.route.models import Condition as Followed
from cc2h.cases.route.models import Outcome
from cc2h.cases.route.shipped import PROGRAMME_BOARD
from cc2h.governance.decisions import deciding, queries
from cc2h.governance.decisions.deciding import Condition, Handled, Resolution
from cc2h.governance.decisions.models import Decision, Declaration, Vote
from cc2h.governance.models import Body
from tests.budget.ground import refused
from tests.decisions.ground import DAY, NEXT, Room, room
from tests.factories import ChinFactory, MembershipFactory, PostHoldingFactory
from tests.factories.decisions import InterestFactory
from tests.factories.route import open_turns, routed, said

pytestmark = pytest.mark.django_db

REPORT = Condition("Report the results", date(2019, 3, 31))


@pytest.fixture
def case() -> Any:
    """A case of £60,000, which waits for the Programme Board."""
    found = routed(ChinFactory(), asked=60_000)
    while "board" not in (waiting := open_turns(found)):
        said(found, waiting[0])
    return found


@pytest.fixture
def board(case: Any) -> Room:
    body = Body.objects.get(commissioner=case.commissioner, name=PROGRAMME_BOARD)
    return room(5, quorum=3, body=body, kind="case", key=case.number, title=str(case))


def test_a_board_approves_with_conditions_and_the_case_goes_on(case: Any, board: Room) -> None:
    resolution = Resolution("conditions", "It does what the paper says.", [REPORT, Condition("Share it")])
    decision = board.decide("for", "for", "for", resolution=resolution)
    case.refresh_from_db()
    assert case.state == "approved"
    outcome = Outcome.objects.get(decision=decision.pk)
    assert (outcome.said, outcome.reasons) == ("conditions", decision.reasons)
    followed = Followed.objects.filter(outcome=outcome).order_by("pk")
    assert [*followed.values_list("text", "due_on")] == [("Report the results", REPORT.due), ("Share it", None)]


def test_whoever_works_in_the_chin_or_has_an_interest_in_its_practices_is_found(case: Any, board: Room) -> None:
    PostHoldingFactory(holder=board.people[1], post__role=Role.CLINICAL_LEAD, post__of=case.chin)
    InterestFactory(person=board.people[2], what="A partner", practice=MembershipFactory(chin=case.chin).practice)
    found = {one.person: one.open for one in queries.conflicts(board.item)}
    assert found == {board.people[1]: True, board.people[2]: True}
    approve = Resolution("approved", "Why")
    assert "votes only where the chair" in refused(lambda: board.decide("for", "for", resolution=approve))
    handled = [Handled(board.people[n].pk, "leaves", "A conflict") for n in (1, 2)]
    decision = board.decide("for", "", "", "for", handled=handled, resolution=approve)
    assert (decision.could_vote, decision.votes_for) == (3, 2)
    assert Declaration.objects.filter(found=True).count() >= 2


def test_without_a_quorum_of_those_who_are_left_nothing_is_decided(case: Any, board: Room) -> None:
    for number in (1, 2, 3):
        PostHoldingFactory(holder=board.people[number], post__role=Role.QIST_MEMBER, post__of=case.chin)
    handled = [Handled(board.people[n].pk, "leaves", "A conflict") for n in (1, 2, 3)]
    said_so = refused(lambda: board.decide("for", handled=handled, resolution=Resolution("approved", "Why")))
    assert said_so == "No quorum: 2 could vote on this item, and it takes 3."
    case.refresh_from_db()
    assert case.state == "in_route"


def test_a_case_is_deferred_until_the_day_that_was_said(case: Any, board: Room) -> None:
    decision = board.decide(resolution=Resolution("deferred", "Too few were there.", until=NEXT))
    assert Outcome.objects.get(decision=decision.pk).until == NEXT
    case.refresh_from_db()
    assert case.state == "in_route"


def test_what_the_line_has_no_money_for_is_not_decided(case: Any, board: Room) -> None:
    """The room of cases refuses in the transaction of the decision, and nothing of it is recorded."""
    balance = Balance.objects.get(line__commissioner=case.commissioner, year=2018, chin=None)
    left = balance.allocated - balance.earmarked - balance.committed
    ledger.commit(by=None, line=balance.line, year=2018, amount=left, day=DAY, reason="Spent elsewhere")
    approve = Resolution("approved", "It does what the paper says.")
    assert refused(lambda: board.decide("for", "for", resolution=approve))
    assert not Decision.objects.exists()
    assert not Vote.objects.exists()
    case.refresh_from_db()
    assert case.state == "in_route"


def test_a_case_that_has_gone_on_is_not_decided_again(case: Any, board: Room) -> None:
    board.decide("for", "for", resolution=Resolution("declined", "It costs too much."))
    case.refresh_from_db()
    assert case.state == "declined"
    again = room(3, quorum=1, body=board.body.__class__.objects.create(
        name="Another", slug="another", commissioner=case.commissioner
    ), kind="case", key=case.number)  # fmt: skip
    assert "Nothing is asked of the body" in refused(
        lambda: again.decide("for", resolution=Resolution("approved", "Why"))
    )


def test_the_chins_own_board_sponsors_its_own_case_without_a_test_of_conflicts() -> None:
    chin = ChinFactory()
    body = Body.objects.create(name="Management board", slug="mb", commissioner=chin.commissioner, chin=chin)
    case = routed(chin, asked=60_000)
    here = room(3, quorum=2, body=body, kind="case", key=case.number)
    for person in here.people:
        PostHoldingFactory(holder=person, post__role=Role.CLINICAL_LEAD, post__of=chin)
    assert queries.conflicts(here.item) == []
    here.decide("for", "for", resolution=Resolution("sponsored", "We want it."))
    assert open_turns(case)
    assert "sponsor" not in " ".join(open_turns(case))


def test_conflicts_are_looked_up_once_more_when_it_is_recorded(case: Any, board: Room) -> None:
    """Whoever takes a post in the CHIN between the page and the record is found all the same."""
    deciding.vote(by=None, item=board.item, cast=board.cast("for", "for"))
    PostHoldingFactory(holder=board.people[3], post__role=Role.CLINICAL_LEAD, post__of=case.chin)
    approve = Resolution("approved", "Why")
    said_so = refused(lambda: deciding.decide(by=None, item=board.item, chair=board.chair, resolution=approve))
    assert said_so.startswith(f"A conflict has not been handled yet: {board.people[3].name}.")
