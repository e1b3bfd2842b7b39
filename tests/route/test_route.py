"""A case on its route: who is asked when, and what becomes of it by what is said."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from cc2h.cases.models import CaseStep
from cc2h.cases.route import services
from cc2h.cases.route.models import Condition, Outcome, Turn
from cc2h.cases.route.outcomes import Said
from cc2h.cases.services import step
from cc2h.cases.states import CaseState, Event
from tests.budget.ground import refused
from tests.factories.route import SENT, open_turns, routed, said, turn_of

pytestmark = pytest.mark.django_db


def state(case: Any) -> str:
    case.refresh_from_db()
    return str(case.state)


class TestTheShortRoute:
    def test_it_is_sponsored_checked_and_decided_by_an_officer_and_the_board_is_told(self) -> None:
        case = routed(asked=9600)
        assert open_turns(case) == ["sponsor-short"]
        said(case, "sponsor")
        assert open_turns(case) == ["check-short"]
        said(case, "check")
        assert open_turns(case) == ["officer"]
        said(case, "officer")
        assert state(case) == CaseState.APPROVED
        assert open_turns(case) == ["board-told"]

    def test_each_stage_has_working_days_to_answer(self) -> None:
        case = routed(day=SENT)
        assert turn_of(case, "sponsor").target_on == SENT + timedelta(7)

    def test_the_timeline_says_what_passed_it_and_why(self) -> None:
        case = routed()
        said(case, "sponsor", reasons="It fits our plan.")
        last = CaseStep.objects.filter(case=case).last()
        assert last is not None
        assert last.get_event_display() == "Passed a stage"
        assert last.reason == "Sponsorship by the CHIN: sponsored. It fits our plan."


class TestTheLongRoute:
    def test_advice_and_the_check_go_side_by_side_and_both_are_waited_for(self) -> None:
        case = routed(asked=60_000)
        said(case, "sponsor")
        assert open_turns(case) == ["advice", "check-long"]
        said(case, "advice")
        assert open_turns(case) == ["check-long"]
        said(case, "check")
        assert open_turns(case) == ["board"]
        said(case, "board")
        assert state(case) == CaseState.APPROVED
        assert open_turns(case) == ["wellbeing"]

    def test_above_the_boards_limit_the_governing_body_decides_too(self) -> None:
        case = routed(asked=150_000)
        for stage in ("sponsor", "advice", "check", "board"):
            said(case, stage)
        assert state(case) == CaseState.IN_ROUTE
        assert open_turns(case) == ["governing"]
        said(case, "governing")
        assert state(case) == CaseState.APPROVED

    def test_at_the_limit_itself_the_short_route_holds(self) -> None:
        assert open_turns(routed(asked=25_000)) == ["sponsor-short"]
        assert open_turns(routed(asked=Decimal("25000.01"))) == ["sponsor-long"]

    def test_advice_against_it_does_not_bind(self) -> None:
        case = routed(asked=60_000)
        said(case, "sponsor")
        said(case, "advice", Said.OBJECTED)
        said(case, "check")
        assert open_turns(case) == ["board"]

    def test_without_advice_it_goes_on_only_when_somebody_says_so(self) -> None:
        case = routed(asked=60_000)
        said(case, "sponsor")
        said(case, "check")
        assert open_turns(case) == ["advice"]
        said(case, "advice", Said.NO_ADVICE, reasons="They do not meet before the board does.")
        assert open_turns(case) == ["board"]


class TestApproval:
    def test_conditions_go_with_it(self) -> None:
        case = routed()
        said(case, "sponsor")
        said(case, "check")
        asked = [services.Asked("A nurse is in post.", date(2018, 12, 1)), services.Asked("Consent is asked for.")]
        outcome = said(case, "officer", Said.CONDITIONS, conditions=asked)
        assert [str(one) for one in Condition.objects.filter(outcome=outcome)] == [one.text for one in asked]
        assert state(case) == CaseState.APPROVED

    def test_it_says_which_conditions(self) -> None:
        case = routed()
        said(case, "sponsor")
        said(case, "check")
        assert refused(lambda: said(case, "officer", Said.CONDITIONS)) == "Say what the conditions are."

    def test_nobody_approves_past_the_route(self) -> None:
        case = routed()
        said(case, "sponsor")
        told = refused(lambda: step(by=None, case=case, event=Event.APPROVED, day=SENT, reason="It is good."))
        assert "approved when every stage of its route has passed it" in told

    def test_what_was_said_is_never_changed(self) -> None:
        case = routed()
        outcome = said(case, "sponsor")
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            Outcome.objects.filter(pk=outcome.pk).update(reasons="Otherwise.")
        with pytest.raises(IntegrityError, match="nothing else changes it"), transaction.atomic():
            Turn.objects.filter(pk=outcome.turn_id).update(state="open", closed_on=None)
