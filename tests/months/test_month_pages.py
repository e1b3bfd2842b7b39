"""The pages of months: what they show, who may do what there, and that their amounts are those of the entries."""

import csv
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from budget import ledger
from budget.models import Entry, Line, Period
from budget.months.models import Accrual, Forecast, Phasing, YearChoice
from cc2h.accounts.authority import Role
from cc2h.kit import words
from cc2h.kit.figures import measured
from tests.budget.ground import YEAR
from tests.budget.test_pages import entries, parts, rows
from tests.factories import LineFactory, person

pytestmark = pytest.mark.django_db

SEPTEMBER = date(2018, 9, 1)
REPORT = "/budget/months/07M/2018-09/"


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(name="Training", slug="training", allocated=12_000, source__commissioner__barnet=True)
    for amount, act in ((5_000, ledger.commit), (1_300, ledger.pay)):
        act(by=None, line=made, year=YEAR, amount=Decimal(amount), day=date(2018, 9, 3), reason="A contract")
    return made


def signed_in(role: Role, line: Line) -> Client:
    client = Client()
    client.force_login(person(role, of=line.commissioner))
    return client


@pytest.fixture
def officer(line: Line) -> Client:
    return signed_in(Role.FINANCE_OFFICER, line)


@pytest.fixture
def second(line: Line) -> Client:
    return signed_in(Role.FINANCE_OFFICER, line)


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.getvalue().decode().split())


def close(client: Client, month: str = "2018-09") -> Any:
    return client.post(f"/budget/months/07M/{month}/close/", {"confirm": "yes"}, follow=True)


class TestTheReport:
    def test_has_each_line_to_date_and_by_the_end_of_the_year(self, officer: Client) -> None:
        page = html(officer, REPORT)
        assert rows(page, "to date")[0] == [
            *("Training", "£1,000.00", "£1,300.00", "£6,000.00", "£1,300.00", "£3,700.00", "−£1,000.00")
        ]
        assert rows(page, "by the end of the year")[0][:4] == ["Training", "£12,000.00", "not stated", "not stated"]

    def test_every_amount_of_entries_is_their_sum(self, officer: Client) -> None:
        close(officer)
        found = parts(html(officer, REPORT))
        assert len(found) > 8
        for one in found:
            value = measured(one["data-measure"], entries(officer, one["data-csv"]))
            assert value == Decimal(one["data-value"]), one

    def test_what_is_owed_of_a_line_leads_to_its_accruals(self, officer: Client, line: Line) -> None:
        more = LineFactory(source=line.source, allocated=500)
        ledger.commit(by=None, line=more, year=YEAR, amount=Decimal(5), day=SEPTEMBER, reason="x")
        found = {one["data-part"]: one for one in parts(html(officer, REPORT)) if one["data-measure"] == "sum:owed"}
        assert {name: one["data-value"] for name, one in found.items()} == {"Training": "3700.00", more.name: "5.00"}
        [row] = entries(officer, found["Training"]["data-csv"])
        assert (row["line"], row["financial_year"], row["owed"]) == ("training", "2018/19", "3700.00")
        assert "1 of 2 accruals" in html(officer, f"{REPORT}accruals/?line=training")
        assert "Nothing of it is owed" in html(officer, f"{REPORT}accruals/?inside=no")

    def test_where_nothing_was_paid_the_rows_come_to_nothing(self, officer: Client) -> None:
        page = html(officer, "/budget/months/07M/2018-08/")
        found = [one for one in parts(page) if one["data-part"] in ("Entries", "Accruals")]
        assert [one["data-value"] for one in found] == ["0.00"] * 4
        assert [measured(one["data-measure"], entries(officer, one["data-csv"])) for one in found] == [0] * 4

    def test_a_total_is_the_sum_of_its_lines(self, officer: Client, line: Line) -> None:
        more = LineFactory(source=line.source, allocated=500)
        ledger.commit(by=None, line=more, year=YEAR, amount=Decimal(5), day=SEPTEMBER, reason="x")
        several = entries(officer, f"{REPORT}?format=csv")
        total = rows(html(officer, REPORT), "to date")[-1]
        for column, shown in zip(
            ("budget_month", "paid_month", "budget_to_date", "paid_to_date", "owed"), total[1:], strict=False
        ):
            assert shown == words.pounds(Decimal(str(measured(f"sum:{column}", several))), 2), column

    def test_asks_as_many_questions_of_the_database_for_thirty_lines_as_for_one(
        self, officer: Client, line: Line
    ) -> None:
        def asked(address: str) -> int:
            with CaptureQueriesContext(
                connection,
            ) as found:
                html(officer, address)
            return len(found)

        addresses = (REPORT, f"{REPORT}accruals/", "/budget/months/07M/year/2018-19/end/")
        html(officer, REPORT)
        few = [asked(address) for address in addresses]
        for _ in range(29):
            more = LineFactory(source=line.source, allocated=500)
            ledger.commit(by=None, line=more, year=YEAR, amount=Decimal(5), day=SEPTEMBER, reason="x")
        assert [asked(address) for address in addresses] == few
        close(officer)
        html(officer, REPORT)
        assert asked(REPORT) <= few[0] + 4

    def test_is_a_file_too(self, officer: Client) -> None:
        answer: Any = officer.get(REPORT, {"format": "csv"})
        [row] = csv.DictReader(answer.getvalue().decode().splitlines())
        assert (row["line"], row["budget_to_date"], row["outturn"]) == ("training", "6000.00", "")
        assert officer.get(f"{REPORT}accruals/", {"format": "xlsx"}).status_code == 200
        answer = officer.get(f"{REPORT}accruals/", {"format": "csv"})
        [row] = csv.DictReader(answer.getvalue().decode().splitlines())
        assert (row["unpaid"], row["adjustment"], row["owed"]) == ("3700.00", "0.00", "3700.00")

    def test_its_amounts_are_texts_in_the_api(self, officer: Client) -> None:
        found = officer.get(f"/api/v1{REPORT}").json()["lines"][0]
        assert (found["paid_to_date"], found["owed"], found["outturn"]) == ("1300.00", "3700.00", None)

    def test_two_months_beside_each_other(self, officer: Client) -> None:
        page = html(officer, "/budget/months/07M/2018-09/beside/2018-08/")
        assert rows(page, "Paid to date") == [["Training", "2018/19", "£0.00", "£1,300.00", "+£1,300.00"]]

    def test_as_at_a_day_of_the_month_is_up_to_that_day(self, officer: Client) -> None:
        page = html(officer, f"{REPORT}?as_at=2018-09-02")
        assert "up to 2 September 2018" in page
        assert rows(page, "to date")[0][2] == "£0.00"

    def test_a_day_before_it_was_closed_shows_it_open(self, officer: Client) -> None:
        close(officer)
        assert "Its rows are as they were frozen" in html(officer, REPORT)
        assert "It changes until the month is closed" in html(officer, f"{REPORT}?as_at=2018-12-01")


class TestClosing:
    def test_says_first_what_it_does_and_what_is_not_stated(self, officer: Client) -> None:
        answer = officer.post(f"{REPORT}close/", {})
        assertContains(answer, "No forecast is stated for Training.")
        assertContains(answer, "nor does any month before it")
        assert not Period.objects.exists()
        assertContains(close(officer), "September 2018 is closed, and its report is frozen.")

    def test_whoever_closed_it_does_not_reopen_it(self, officer: Client, second: Client) -> None:
        close(officer)
        assert officer.get(f"{REPORT}reopen/").status_code == 403
        assertNotContains(officer.get(REPORT), "Reopen September 2018")
        answer = second.post(f"{REPORT}reopen/", {"why": "An invoice was missing"}, follow=True)
        assertContains(answer, "September 2018 is open.")
        page = html(second, "/budget/months/07M/year/2018-19/")
        assert "An invoice was missing" in page
        was = Period.objects.get()
        assert "The month as it is now" in html(second, reverse("months:closing", args=[was.pk]))

    def test_a_manager_reads_it_and_does_not_close_it(self, line: Line) -> None:
        manager = signed_in(Role.TRANSFORMATION_MANAGER, line)
        html(manager, REPORT)
        assert close(manager).status_code == 403

    def test_an_entry_in_a_closed_month_is_refused_where_it_was_typed(self, officer: Client, line: Line) -> None:
        close(officer)
        typed = {"year": "2018/19", "amount": "5", "day": "2018-09-30", "reason": "Late"}
        answer = officer.post(reverse("budget:commit", args=[line.slug]), typed)
        assertContains(answer, "September 2018 is closed since")
        assertContains(answer, "give a later day, or have it reopened")
        by_api = officer.post(f"/api/v1/budget/lines/{line.slug}/commit/", typed, content_type="application/json")
        assert "September 2018 is closed" in by_api.content.decode()
        assert Entry.objects.count() == 3


class TestSaying:
    def test_a_forecast_is_kept_and_the_month_after_opens_with_it(self, officer: Client, line: Line) -> None:
        address = reverse("months:forecast", args=[line.slug, SEPTEMBER])
        officer.post(address, {"outturn": "£11,000", "reason": "Starts late"})
        assert Forecast.objects.get().outturn == 11_000
        assert rows(html(officer, REPORT), "by the end of the year")[0][2:4] == ["£11,000.00", "−£1,000.00"]
        later = officer.get(reverse("months:forecast", args=[line.slug, date(2018, 10, 1)]))
        assertContains(later, 'value="11000.00"')
        assert Forecast.objects.count() == 1

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"outturn": "-1", "reason": "x"}, "“-1” is less than nothing."),
            ({"outturn": "1.500,00", "reason": "x"}, "is not an amount"),
            ({"outturn": "0", "reason": ""}, "Say why."),
        ],
    )
    def test_what_is_no_forecast_is_refused(
        self, officer: Client, line: Line, typed: dict[str, str], said: str
    ) -> None:
        assertContains(officer.post(reverse("months:forecast", args=[line.slug, SEPTEMBER]), typed), said)
        assert not Forecast.objects.exists()

    def test_nothing_can_be_owed(self, officer: Client, line: Line) -> None:
        typed = {"part": "2018-0", "accrued": "0", "reason": "Nothing was done yet"}
        officer.post(reverse("months:accrue", args=[line.slug, SEPTEMBER]), typed)
        assert Accrual.objects.get().accrued == 0
        assert rows(html(officer, f"{REPORT}accruals/"), "Accruals")[0][5:7] == ["−£3,700", "£0.00"]

    def test_months_that_do_not_come_to_the_year_are_refused(self, officer: Client, line: Line) -> None:
        address = reverse("months:phase", args=[line.slug, YEAR])
        names = [
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
            "january",
            "february",
            "march",
        ]
        typed = dict.fromkeys(names, "0") | {"april": "40", "march": "59.99", "reason": "Twice a year"}
        assertContains(officer.post(address, typed), "The twelve months come to 99.99%, and have to come to 100%.")
        officer.post(address, typed | {"march": "60"})
        assert Phasing.objects.get().percents[0] == 40


class TestTheEndOfAYear:
    def test_is_chosen_by_one_and_agreed_by_another(self, officer: Client, second: Client, line: Line) -> None:
        address = reverse("months:choose", args=[line.slug, YEAR])
        assertContains(officer.post(address, {"part": "0", "reason": "x"}), "nothing is assumed")
        assertContains(officer.post(address, {"part": "0", "what": "some", "reason": "x"}), "Say how much")
        asked = officer.post(
            address, {"part": "0", "what": "some", "carried": "2,000", "reason": "Late start"}, follow=True
        )
        assertContains(asked, "Nothing is entered until somebody else agrees it.")
        choice = YearChoice.objects.get()
        agree = reverse("months:choice_agree", args=[choice.pk])
        assert officer.post(agree).status_code == 403
        assertContains(second.post(agree, follow=True), "Agreed, and entered.")
        page = html(officer, "/budget/months/07M/year/2018-19/end/")
        assert "2018/19 has ended" in page
        assert rows(page, "What is left of 2018/19")[0][-1] == "£2,000.00 carried forward, £5,000.00 returned"

    def test_whoever_asked_withdraws_it_and_nobody_else(self, officer: Client, second: Client, line: Line) -> None:
        officer.post(reverse("months:choose", args=[line.slug, YEAR]), {"part": "0", "what": "lapse", "reason": "x"})
        address = reverse("months:choice_withdraw", args=[YearChoice.objects.get().pk])
        assert second.post(address).status_code == 404
        assertContains(officer.post(address, follow=True), "Withdrawn.")
