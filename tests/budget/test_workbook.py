"""Money in the go-live workbook: opening balances, and payments made before the portal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from budget.checking import differences
from budget.models import Balance, Entry, Line
from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from practices.models import Commissioner
from tests.delivery.test_workbook import bring, counted, problems, refused, taken
from tests.factories import CommissionerFactory, LineFactory, person

pytestmark = pytest.mark.django_db
OPENING = {
    "Budget line": "Online Consultations",
    "Financial year": "2018/19",
    "Allocated": "£140,000.00",
    "Committed": 62000,
    "Day": date(2018, 4, 1),
    "Document": "Letter of March 2018",
}
PAID = {
    "Budget line": "Online Consultations",
    "Financial year": "2018/19",
    "Paid to": "A supplier",
    "Amount": 1500.5,
    "Day": "31/05/2018",
    "Reference": "INV-0042",
}


@pytest.fixture
def barnet() -> Commissioner:
    found: Commissioner = CommissionerFactory(barnet=True)
    return found


@pytest.fixture
def line(barnet: Commissioner) -> Line:
    found: Line = LineFactory(source__commissioner=barnet, name="Online Consultations", first_year=2018, last_year=2019)
    return found


@pytest.fixture
def officer(barnet: Commissioner) -> User:
    return person(Role.TRANSFORMATION_MANAGER, of=barnet, name="Manager")


def book(*paid: dict[str, Any], **opening: Any) -> dict[str, list[dict[str, Any]]]:
    return {"Opening balances": [OPENING | opening], "Payments made": list(paid)}


def test_a_balance_and_what_was_paid_of_it_come_in_one_workbook(line: Line, officer: User) -> None:
    one = bring(officer, book(PAID))
    assert (problems(one), counted(one)) == ([], (2, 0, 0, 0))
    taken(officer, one)
    balance = Balance.objects.get(line=line, year=2018)
    assert (balance.allocated, balance.committed, balance.paid) == (140_000, 62_000, Decimal("1500.50"))
    payment = Entry.objects.get(kind="payment")
    assert payment.document == "INV-0042"
    assert (
        payment.reason == "Paid to A supplier before the portal. From the file go-live.xlsx, sheet Payments made, row 3"
    )
    assert payment.by == officer
    assert not differences()


def test_the_same_workbook_again_changes_nothing(line: Line, officer: User) -> None:
    taken(officer, bring(officer, book(PAID)))
    again = bring(officer, book(PAID, Document="The same letter"))
    assert (problems(again), counted(again)) == ([], (0, 0, 0, 2))


def test_another_sum_than_the_portal_has_is_refused(line: Line, officer: User) -> None:
    taken(officer, bring(officer, book()))
    assert refused(officer, book(Allocated="150000"))[4] == (
        "In the portal £140,000.00 is allocated. Expected: the same; a change is made there."
    )


@pytest.mark.parametrize(
    ("opening", "column", "told"),
    [
        ({"Committed": "140000.01"}, "Committed", "It is more than is left of what is allocated, £140,000.00."),
        ({"Allocated": "1.500,00"}, "Allocated", "“1.500,00” is not an amount."),
        ({"Allocated": "-5"}, "Allocated", "“-5” is less than nothing."),
        ({"Allocated": "NaN"}, "Allocated", "“NaN” is not an amount."),
        ({"Financial year": "2018"}, "Financial year", "“2018” is not a financial year."),
        ({"Financial year": "2021/22"}, "Budget line", "No line has this name in 2021/22."),
        ({"Budget line": "Something"}, "Budget line", "No line has this name in 2018/19."),
        ({"Day": date(2090, 1, 1)}, "Day", "This day is still to come."),
    ],
)
def test_what_is_wrong_is_said_of_its_cell(
    opening: dict[str, Any], column: str, told: str, line: Line, officer: User
) -> None:
    sheet, row, where, _, said = refused(officer, book(**opening))
    assert (sheet, row, where) == ("Opening balances", 3, column)
    assert said.startswith(told)
    assert not Entry.objects.exists()


def test_payments_together_stay_within_what_is_committed(line: Line, officer: User) -> None:
    found = refused(officer, book(PAID | {"Amount": "62000"}, PAID | {"Amount": "0.01", "Reference": "INV-0043"}))
    assert found[:3] == ("Payments made", 4, "Amount")
    assert found[4] == "Of Online Consultations, 2018/19, £0.00 is committed and not paid. Expected: at most that."


def test_a_reference_stands_for_one_payment(line: Line, officer: User) -> None:
    taken(officer, bring(officer, book(PAID)))
    assert refused(officer, book(PAID | {"Amount": "1500"}))[4] == (
        "In the portal it is £1,500.50, paid on 31 May 2018. Expected: the same, or another reference."
    )


def test_another_commissioners_money_is_whoever_keeps_it_there_brings(line: Line) -> None:
    stranger = person(Role.TRANSFORMATION_MANAGER, of=CommissionerFactory(), name="Stranger")
    assert "belongs to another commissioner" in refused(stranger, book())[4]
