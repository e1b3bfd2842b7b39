"""Claims in the go-live workbook: entered on a practice's behalf, sent in where complete, verified by somebody else."""

from datetime import date
from typing import Any

import pytest

from budget.lcs.models import Claim
from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from tests.delivery.test_workbook import bring, counted, problems, refused, taken
from tests.factories import ClaimFactory, OutputFactory, StageFactory, person

pytestmark = pytest.mark.django_db
ROW = {"Service": "Infrastructure", "Stage": 1, "Output": 1, "Answer": "Yes", "How it came": "E-mail of 3 October 2018"}


@pytest.fixture
def stage() -> Any:
    found = StageFactory(service__name="Infrastructure")
    OutputFactory(stage=found, number=1)
    OutputFactory(stage=found, number=2, evidence="text")
    OutputFactory(stage=found, number=3, evidence="post", role="chin_lead", whose="chin")
    return found


@pytest.fixture
def claim(stage: Any) -> Claim:
    found: Claim = ClaimFactory(stage=stage, practice__ods_code="E83001", opened_on=date(2018, 10, 1))
    return found


@pytest.fixture
def manager(claim: Claim) -> User:
    return person(Role.TRANSFORMATION_MANAGER, of=claim.stage.service.line.commissioner, name="Manager")


def rows(*several: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {"Claims in flight": [ROW | {"Practice code": "E83001"} | one for one in several]}


WHOLE = rows({"Sent in": "Yes"}, {"Output": 2, "Answer": "Our plan", "Sent in": "Yes"})


def test_what_is_whole_is_sent_in_on_its_behalf(claim: Claim, manager: User) -> None:
    one = bring(manager, WHOLE)
    assert (problems(one), counted(one)) == ([], (2, 0, 0, 0))
    taken(manager, one)
    claim.refresh_from_db()
    assert claim.state == "sent"
    assert set(claim.answers.values_list("on_behalf", "how_it_came", "entered_by")) == {
        (True, "E-mail of 3 October 2018", manager.pk)
    }
    assert list(claim.steps.values_list("event", flat=True)) == ["opened", "entered", "entered", "sent"]


def test_the_same_workbook_again_changes_nothing(claim: Claim, manager: User) -> None:
    taken(manager, bring(manager, WHOLE))
    again = bring(manager, rows({"How it came": "The same"}, {"Output": 2, "Answer": "Our plan"}))
    assert (problems(again), counted(again)) == ([], (0, 0, 0, 2))


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ({"Sent in": "Yes"}, "Sent in", "is still to be answered"),
        ({"Answer": "Perhaps"}, "Answer", "is a pledge. Expected: Yes or No."),
        ({"Output": 3}, "Output", "is read by the portal itself"),
        ({"Output": 9}, "Output", "The stage has no output 9."),
        ({"Stage": 2}, "Service", "The portal has no claim of this practice for this stage."),
        ({"Practice code": "E83999"}, "Service", "The portal has no claim of this practice for this stage."),
    ],
)
def test_what_is_wrong_is_said_of_its_cell(
    row: dict[str, Any], column: str, told: str, claim: Claim, manager: User
) -> None:
    sheet, _, where, _, said = refused(manager, rows(row))
    assert (sheet, where) == ("Claims in flight", column)
    assert told in said


def test_what_was_sent_in_stays_as_it_is(claim: Claim, manager: User) -> None:
    taken(manager, bring(manager, WHOLE))
    assert "the claim is waiting to be verified, and stays as it is" in refused(manager, rows({"Answer": "No"}))[4]
