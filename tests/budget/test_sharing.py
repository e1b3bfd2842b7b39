"""A sum shared among CHINs by registered lists; allocations of several years; growth and contributions by their forms."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from budget import sharing
from budget.checking import differences
from budget.models import Contribution, Entry, Growth, Line
from budget.queries import newest_contribution
from cc2h.accounts.authority import Role
from tests.budget.ground import YEAR, balance, pounds
from tests.factories import ChinFactory, LineFactory, ListSizeFactory, MembershipFactory, person

pytestmark = pytest.mark.django_db
EXTRACT, DAY = date(2018, 4, 1), date(2018, 5, 1)


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(allocated=10_000)
    return made


@pytest.fixture
def chins(line: Line) -> list[Any]:
    """Two CHINs, of 1,000 and 2,000 patients."""
    found = []
    for patients in (1_000, 2_000):
        chin = ChinFactory(commissioner=line.commissioner)
        membership = MembershipFactory(chin=chin, first=date(2018, 1, 1))
        ListSizeFactory(practice=membership.practice, day=EXTRACT, patients=patients)
        found.append(chin)
    return found


@pytest.fixture
def officer(line: Line) -> Client:
    client = Client()
    client.force_login(person(Role.FINANCE_OFFICER, of=line.commissioner))
    return client


def test_shares_come_to_the_sum_to_the_penny() -> None:
    assert sharing.by_largest_remainder(Decimal("100.00"), {1: 1, 2: 1, 3: 1}) == {
        1: Decimal("33.34"), 2: Decimal("33.33"), 3: Decimal("33.33"),
    }  # fmt: skip
    parts = sharing.by_largest_remainder(Decimal("1000000.07"), {n: n * 7 + 1 for n in range(1, 40)})
    assert sum(parts.values()) == Decimal("1000000.07")


def test_each_chin_has_as_much_as_its_lists(line: Line, chins: list[Any]) -> None:
    found = sharing.shares(chins, Decimal("100.00"), EXTRACT, DAY)
    assert [(one.patients, one.amount) for one in found] == [(1_000, Decimal("33.33")), (2_000, Decimal("66.67"))]


def test_an_extract_that_is_not_there_or_lacks_a_practice_gives_no_share(chins: list[Any]) -> None:
    with pytest.raises(ValidationError, match="There is no extract of list sizes of 1 May 2018"):
        sharing.shares(chins, Decimal(100), DAY, DAY)
    joined = MembershipFactory(chin=chins[0], first=date(2018, 1, 1))
    joined.practice.list_sizes.all().delete()
    with pytest.raises(ValidationError, match=f"has no list size of {joined.practice.ods_code}"):
        sharing.shares(chins, Decimal(100), EXTRACT, DAY)


def test_it_is_shown_first_and_entered_whole(officer: Client, line: Line, chins: list[Any]) -> None:
    address = reverse("budget:delegate_by_list", args=[line.slug])
    typed: dict[str, Any] = {
        "chins": [chin.pk for chin in chins],
        "year": "2018/19",
        "amount": "100",
        "reason": "Tests",
    }
    typed |= {"extract": EXTRACT.isoformat(), "day": DAY.isoformat()}
    shown = officer.post(address, typed)
    assertContains(shown, "£33.33")
    assert not Entry.objects.filter(kind="delegated_in").exists()
    assertContains(officer.post(address, typed | {"confirm": "yes"}, follow=True), "is delegated to 2 CHINs.")
    assert balance(line) == pounds(9_900)
    assert {one.amount for one in Entry.objects.filter(kind="delegated_in")} == {Decimal("33.33"), Decimal("66.67")}
    assert differences() == []
    refused = officer.post(address, typed | {"amount": "9900.01", "confirm": "yes"})
    assertContains(refused, "That is more than the line has.")
    assert Entry.objects.filter(kind="delegated_in").count() == 2


class TestSeveralYears:
    def enter(self, officer: Client, line: Line, amounts: str) -> Any:
        typed = {"amounts": amounts, "day": DAY.isoformat(), "reason": "The funder’s letter"}
        return officer.post(reverse("budget:allocate_years", args=[line.slug]), typed, follow=True)

    def test_are_entered_together(self, officer: Client, line: Line) -> None:
        assertContains(self.enter(officer, line, "2018/19 £1,000.00\n\n2019/20: 2000\n"), "Allocations of 2 years")
        assert line.balances.get(year=2018).allocated == 11_000
        assert line.balances.get(year=2019).allocated == 2_000

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("2018/19 1.500,00", "Row 1: “1.500,00” is not an amount."),
            ("2018/19 5\n2018/20 5", "Row 2: “2018/20” is not a financial year."),
            ("2018/19 5\n2018/19 6", "Row 2: 2018/19 stands in an earlier row."),
            ("2018/19 5\n2025/26 6", "The line does not run in that financial year."),
            ("2018/19", "Row 1: “” is not an amount."),
            (" ", "Give a year and an amount in each row"),
        ],
    )
    def test_or_none_of_them(self, officer: Client, line: Line, typed: str, said: str) -> None:
        assertContains(self.enter(officer, line, typed), said)
        assert Entry.objects.count() == 1


def test_growth_can_be_assumed_without_saying_how_much(officer: Client, line: Line) -> None:
    address = reverse("budget:growth", args=[line.slug])
    officer.post(address, {"year": "2019/20", "basis": "Due to grow with success"})
    assert Growth.objects.get().percent is None
    officer.post(address, {"year": "2019/20", "percent": "2.5", "basis": "The board’s paper"})
    assert Growth.objects.get().percent == Decimal("2.5")
    assertContains(officer.post(address, {"year": "2020/21", "percent": "900", "basis": "x"}), "500")


def test_a_party_puts_in_so_much_or_it_is_not_stated(officer: Client, line: Line) -> None:
    address = reverse("budget:contribute", args=[line.source_id])
    officer.post(address, {"party": "Barnet Council", "year": str(YEAR) + "/19", "amount": "", "seen": 0})
    assert Contribution.objects.get().amount is None
    officer.post(address, {"party": "Barnet Council", "year": "2018/19", "amount": "4", "seen": 0})
    assert Contribution.objects.get().amount is None, "somebody else was first"
    seen = newest_contribution(line.source)
    officer.post(address, {"party": "Barnet Council", "year": "2018/19", "amount": "5", "seen": seen})
    found = officer.get(f"/api/v1/budget/{line.commissioner.ods_code}/sources/").json()["contributions"]
    assert [(one["party"], one["amount"]) for one in found] == [("Barnet Council", "5.00")]
    page = officer.get(reverse("budget:source_list", args=[line.commissioner.ods_code]))
    assertContains(page, "Who changed what")
