"""Entering money by its pages: who may, what is confirmed, what is refused and where that is said."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from budget import requests
from budget.checking import differences
from budget.models import Entry, Line, Request, Source
from cc2h.accounts.authority import Role
from tests.budget.ground import DAY, YEAR, balance, pounds
from tests.factories import ChinFactory, LineFactory, SourceFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(name="Primary Care at Scale", slug="primary-care-at-scale", allocated=10_000)
    return made


def signed_in(role: Role, line: Line) -> Client:
    client = Client()
    client.force_login(person(role, of=line.commissioner))
    return client


@pytest.fixture
def officer(line: Line) -> Client:
    return signed_in(Role.FINANCE_OFFICER, line)


@pytest.fixture
def manager(line: Line) -> Client:
    return signed_in(Role.TRANSFORMATION_MANAGER, line)


def entry(**changes: Any) -> dict[str, Any]:
    return {"year": "2018/19", "amount": "£1,500.00", "day": DAY.isoformat(), "reason": "A contract", **changes}


def url(act: str, line: Line) -> str:
    return reverse(f"budget:{act}", args=[line.slug])


class TestEntering:
    def test_a_commitment_is_entered_and_stands_on_the_page_of_the_line(self, officer: Client, line: Line) -> None:
        answer = officer.post(url("commit", line), entry(), follow=True)
        assertContains(answer, "£1,500.00 is entered for 2018/19.")
        assert balance(line) == pounds(10_000, 0, 1_500)
        assert Entry.objects.get(kind="commitment").by is not None

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"amount": "-5"}, "“-5” is less than nothing."),
            ({"amount": "1.500,00"}, "“1.500,00” is not an amount."),
            (
                {"amount": "10000.01"},
                "£10,000.01 is more than is left of Primary Care at Scale for 2018/19: £10,000.00.",
            ),
            ({"amount": ""}, "Give an amount, like 1500.00."),
            ({"year": "2018/20"}, "“2018/20” is not a financial year."),
            ({"year": "2025/26"}, "No allocation is stated for this line and year"),
            ({"day": "2099-01-01"}, "or an earlier day"),
            ({"reason": " "}, "Say why."),
            ({"reason": "x" * 501}, "That is 501 characters long. The portal keeps at most 500."),
        ],
    )
    def test_what_is_refused_is_said_and_what_was_typed_stays(
        self, officer: Client, line: Line, typed: dict[str, str], said: str
    ) -> None:
        answer = officer.post(url("commit", line), entry(**typed))
        assertContains(answer, said)
        if typed.get("amount"):
            assertContains(answer, f'value="{typed["amount"]}"')
        assert not Entry.objects.filter(kind="commitment").exists()

    def test_an_allocation_adds_to_what_is_there(self, manager: Client, line: Line) -> None:
        manager.post(url("allocate", line), entry(document="Letter of 1 October"))
        assert balance(line) == pounds(11_500)

    def test_money_is_delegated_to_a_chin_and_committed_of_its_own(self, officer: Client, line: Line) -> None:
        chin = ChinFactory(commissioner=line.commissioner)
        officer.post(url("delegate", line), entry(chin=chin.pk, amount="2000"))
        officer.post(url("commit", line), entry(chin=chin.pk, amount="2000"))
        assert balance(line, chin) == pounds(2_000, 0, 2_000)
        assert balance(line) == pounds(8_000)

    def test_a_mistake_is_reversed_by_a_second_entry(self, officer: Client, line: Line) -> None:
        officer.post(url("commit", line), entry())
        wrong = Entry.objects.get(kind="commitment")
        page = officer.get(reverse("budget:line_detail", args=[line.slug]), {"year": "2018-19"})
        assertContains(page, reverse("budget:entry_reverse", args=[wrong.pk]))
        officer.post(reverse("budget:entry_reverse", args=[wrong.pk]), {"day": DAY.isoformat(), "reason": "Twice"})
        assert balance(line) == pounds(10_000)
        again = officer.post(
            reverse("budget:entry_reverse", args=[wrong.pk]), {"day": DAY.isoformat(), "reason": "Twice"}
        )
        assertContains(again, "That entry has been reversed already.")
        assert differences() == []

    def test_an_allocation_is_not_taken_off_here(self, officer: Client, line: Line) -> None:
        allocation = line.entries.get()
        answer = officer.post(
            reverse("budget:entry_reverse", args=[allocation.pk]), {"day": DAY.isoformat(), "reason": "x"}
        )
        assertContains(answer, "A commitment or an earmark is reversed here, and nothing else.")


class TestTwoPeople:
    def asked(self, officer: Client, line: Line) -> Request:
        officer.post(url("cut", line), {"year": "2018/19", "amount": "500", "reason": "NHS England’s letter"})
        found: Request = Request.objects.get()
        return found

    def test_the_page_says_in_advance_who_can_agree(self, officer: Client, line: Line) -> None:
        assertContains(officer.get(url("cut", line)), "nobody else may yet: fill a post or name a deputy")
        second = person(Role.FINANCE_OFFICER, of=line.commissioner)
        assertContains(officer.get(url("cut", line)), f"until somebody else agrees it: {second.name}.")

    def test_a_cut_is_entered_when_a_second_person_agrees(self, officer: Client, manager: Client, line: Line) -> None:
        asked = self.asked(officer, line)
        assert balance(line) == pounds(10_000)
        page = reverse("budget:request_detail", args=[asked.pk])
        assertContains(manager.get(page), "£9,500.00")
        assertContains(officer.get(reverse("budget:request_agree", args=[asked.pk])), "", status_code=403)
        answer = manager.post(reverse("budget:request_agree", args=[asked.pk]), follow=True)
        assertContains(answer, "Agreed, and entered.")
        assert balance(line) == pounds(9_500)

    def test_a_double_click_enters_it_once(self, officer: Client, manager: Client, line: Line) -> None:
        asked = self.asked(officer, line)
        for _ in range(2):
            manager.post(reverse("budget:request_agree", args=[asked.pk]))
        assert Entry.objects.filter(request=asked).count() == 1

    def test_declining_needs_a_reason(self, officer: Client, manager: Client, line: Line) -> None:
        asked = self.asked(officer, line)
        decline = reverse("budget:request_decline", args=[asked.pk])
        assertContains(manager.post(decline, {"why": ""}), "Say why.")
        manager.post(decline, {"why": "Not so"})
        assertContains(manager.get(reverse("budget:request_detail", args=[asked.pk])), "“Not so”")

    def test_whoever_asked_withdraws_it_and_nobody_else(self, officer: Client, manager: Client, line: Line) -> None:
        asked = self.asked(officer, line)
        withdraw = reverse("budget:request_withdraw", args=[asked.pk])
        assert manager.post(withdraw).status_code == 404
        officer.post(withdraw)
        asked.refresh_from_db()
        assert asked.state == "withdrawn"

    def test_a_virement_names_the_line_that_takes_it(self, officer: Client, manager: Client, line: Line) -> None:
        taking = LineFactory(source=line.source)
        officer.post(
            url("vire", line), {"taking": taking.pk, "year": "2018/19", "amount": "400", "reason": "Underspent"}
        )
        manager.post(reverse("budget:request_agree", args=[Request.objects.get().pk]))
        assert (balance(line), balance(taking)) == (pounds(9_600), pounds(400))

    def test_the_list_says_what_waits(self, officer: Client, line: Line) -> None:
        asked = self.asked(officer, line)
        assertContains(officer.get(reverse("budget:request_list")), reverse("budget:request_detail", args=[asked.pk]))
        table = officer.get(reverse("budget:request_list"), {"format": "csv"}).getvalue().decode()
        assert "cut,primary-care-at-scale,,2018/19,500.00,NHS England’s letter" in table

    def test_of_two_at_once_past_the_page_the_second_is_told(self, line: Line) -> None:
        one, two = (
            person(Role.FINANCE_OFFICER, of=line.commissioner),
            person(Role.FINANCE_OFFICER, of=line.commissioner),
        )
        asked = requests.ask_for_cut(by=one, line=line, year=YEAR, amount=Decimal(1), reason="x", today=DAY)
        requests.agree(by=two, request=asked, today=DAY)
        client = Client()
        client.force_login(two)
        answer = client.post(reverse("budget:request_agree", args=[asked.pk]))
        assertContains(answer, "It is agreed since 1 October 2018.")


class TestLinesAndSources:
    def test_a_line_is_added_and_its_amount_is_not_stated(self, manager: Client, line: Line) -> None:
        add = reverse("budget:line_add", args=[line.commissioner.ods_code])
        typed = {
            "name": "Wound care", "source": line.source.pk, "kind": "recurrent", "first_year": "2018/19",
            "last_year": "2019/20", "inside": "yes",
        }  # fmt: skip
        answer = manager.post(add, typed)
        assertRedirects(answer, reverse("budget:line_detail", args=["wound-care"]) + "?year=2018-19")
        assertContains(manager.get(answer["Location"]), "not stated")

    def test_a_line_is_changed(self, manager: Client, line: Line) -> None:
        page = manager.get(url("line_edit", line)).content.decode()
        seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
        typed = {
            "name": line.name, "source": line.source.pk, "kind": "recurrent", "first_year": "2018/19",
            "last_year": "2017/18", "inside": "no", "seen": seen,
        }  # fmt: skip
        assertContains(manager.post(url("line_edit", line), typed), "Something is entered on this line for 2018/19")
        manager.post(url("line_edit", line), {**typed, "last_year": "2020/21"})
        line.refresh_from_db()
        assert (line.last_year, line.inside) == (2020, False)

    def test_a_source_is_added_and_changed(self, manager: Client, line: Line) -> None:
        code = line.commissioner.ods_code
        typed = {"name": "Better Care Fund", "funder": "council", "legal_basis": "section_75"}
        answer = manager.post(reverse("budget:source_add", args=[code]), typed, follow=True)
        assertContains(answer, "Better Care Fund is there.")
        assertContains(answer, "Section 75, pooled")
        source = Source.objects.get(name="Better Care Fund")
        page = manager.get(reverse("budget:source_edit", args=[source.pk])).content.decode()
        seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
        manager.post(reverse("budget:source_edit", args=[source.pk]), {**typed, "agreement": "Of 2018", "seen": seen})
        source.refresh_from_db()
        assert source.agreement == "Of 2018"

    def test_nobody_else_changes_the_budget(self, line: Line) -> None:
        board = signed_in(Role.BOARD_MEMBER, line)
        other = SourceFactory()
        assert board.get(url("commit", line)).status_code == 403
        assert board.get(reverse("budget:source_edit", args=[other.pk])).status_code == 404
        page = board.get(reverse("budget:line_detail", args=[line.slug])).content.decode()
        assert "Enter a commitment" not in page
