"""The pages of the budget: what they say, what they leave open, and that every amount is the sum of its entries."""

import csv
import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budget import ledger, shipped
from budget.models import Growth, Line
from cc2h.accounts.authority import Role
from cc2h.board.statements import record_statements
from cc2h.kit.figures import measured
from practices.models import Commissioner
from tests.factories import ChinFactory, CommissionerFactory, LineFactory, SourceFactory, UserFactory, person

pytestmark = pytest.mark.django_db

APRIL, AUTUMN, DECEMBER = date(2018, 4, 1), date(2018, 10, 1), "2018-12-06"
YEAR = "/budget/07M/2018-19/"
PROFILE = "/budget/07M/profile/"


@pytest.fixture
def barnet() -> Commissioner:
    """With the budget of the papers."""
    commissioner: Commissioner = CommissionerFactory(barnet=True)
    shipped.load()
    return commissioner


@pytest.fixture
def member(barnet: Commissioner) -> Client:
    return reader(Role.BOARD_MEMBER, barnet)


def reader(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


def line(slug: str) -> Line:
    found: Line = Line.objects.get(slug=slug)
    return found


def enter(act: Any, of: str | Line, amount: int | str, day: date = AUTUMN, **more: Any) -> Any:
    its = line(of) if isinstance(of, str) else of
    return act(by=None, line=its, year=2018, amount=Decimal(amount), day=day, reason="Because", **more)


def read(client: Client, address: str, status: int = 200, **query: str) -> str:
    """The page, its spaces one each."""
    answer = client.get(address, {"as_at": DECEMBER} | query)
    assert answer.status_code == status, address
    return " ".join(answer.getvalue().decode().split())


def said(html: str) -> str:
    """The page's words; an amount stands in its sentence."""
    html = re.sub(r"<a class=\"app-num\"[^>]*>(.*?)</a>", r"\1", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()).replace(" ,", ",").replace(" .", ".")


def rows(html: str, caption: str) -> list[list[str]]:
    """The rows of the table of that caption, its total the last; what a cell says."""
    tables = re.findall(r"<table.*?</table>", html)
    found = next(one for one in tables if caption in said(re.findall(r"<caption.*?</caption>", one)[0]))
    return [
        [said(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in re.findall(r"<tr.*?</tr>", found)[1:]
    ]


def parts(html: str) -> list[dict[str, str]]:
    """Every amount of the page that says which entries it is the sum of."""
    found = re.findall(r"<a [^>]*data-part=[^>]*>", html)
    return [
        {name: unescape(value) for name, value in re.findall(r'(data-[a-z]+)="([^"]*)"', one)}
        for one in found
        if "data-csv" in one
    ]


def entries(client: Client, address: str) -> list[dict[str, str]]:
    answer: Any = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


class TestAYear:
    def test_the_papers_table_with_its_total(self, member: Client) -> None:
        found = rows(read(member, YEAR), "The programme’s budget 2018/19")
        assert [row[:5] for row in found] == [
            ["Diabetes Transformation Funding", "Recurrent", "2 years", "NHS England", "£196,000"],
            ["Primary Care at Scale", "Non-recurrent", "–", "NHS England", "£435,000"],
            ["Online Consultations", "Recurrent", "2 years", "NHS England", "£140,000"],
            ["CHIN Infrastructure LCS", "Non-recurrent", "–", "Barnet CCG", "£90,000"],
            [
                "CHIN Innovations and PDSA cycles Due to grow, by how much not stated",
                *("Recurrent", "5 years", "Barnet CCG", "£1,000,000"),
            ],
            [
                "Accelerators and Enablers Due to grow, by how much not stated",
                *("Recurrent", "5 years", "Barnet CCG", "£200,000"),
            ],
            ["Total", "", "", "", "£2,061,000"],
        ]

    def test_money_outside_the_programme_stands_apart_and_what_is_not_stated_is_never_nothing(
        self, member: Client
    ) -> None:
        found = rows(read(member, YEAR), "Outside the programme’s budget 2018/19")
        assert [(row[0], row[4], row[8]) for row in found] == [
            (name, "not stated", "not stated")
            for name in ("Improved Access LCS", "Extended access", "Core primary care", "Total, 3 not stated")
        ]

    def test_a_sum_of_which_a_part_is_not_stated_is_at_least(self, member: Client, barnet: Commissioner) -> None:
        enter(ledger.allocate, "extended-access", 500_000, AUTUMN)
        found = rows(read(member, YEAR), "Outside the programme’s budget 2018/19")
        assert (found[-1][0], found[-1][4]) == ("Total, 2 not stated", "at least £500,000")

    def test_what_becomes_of_the_allocation(self, member: Client) -> None:
        enter(ledger.earmark, "chin-infrastructure-lcs", 81_000)
        enter(ledger.release_earmark, "chin-infrastructure-lcs", 72_000)
        enter(ledger.commit, "chin-infrastructure-lcs", 72_000)
        enter(ledger.pay, "chin-infrastructure-lcs", 70_500)
        page = read(member, YEAR)
        assert (
            "£2,061,000 is allocated to the programme for 2018/19: £72,000 of it is committed, £9,000 earmarked, "
            "and £1,980,000 left. £70,500 has been paid." in said(page)
        )
        row = rows(page, "The programme’s budget 2018/19")[3]
        assert row[4:] == ["£90,000", "£9,000", "£72,000", "£70,500", "£9,000"]

    def test_pence_anywhere_are_pence_everywhere(self, member: Client) -> None:
        enter(ledger.commit, "chin-infrastructure-lcs", "1500.50")
        found = rows(read(member, YEAR), "The programme’s budget 2018/19")
        assert found[3][4:] == ["£90,000.00", "£0.00", "£1,500.50", "£0.00", "£88,499.50"]
        assert all(cell.endswith((".00", ".50")) for row in found for cell in row[4:])

    def test_a_line_that_was_cut_below_what_is_committed_is_marked(self, member: Client) -> None:
        enter(ledger.commit, "primary-care-at-scale", 400_000)
        asked, agreed = UserFactory(), UserFactory()
        ledger.cut(
            by=asked,
            agreed_by=agreed,
            line=line("primary-care-at-scale"),
            year=2018,
            amount=Decimal(50_000),
            day=AUTUMN,
            reason="Cut",
        )
        found = rows(read(member, YEAR), "The programme’s budget 2018/19")
        assert (found[1][0], found[1][8]) == ("Primary Care at Scale Overcommitted", "−£15,000")

    def test_as_at_a_day_before_an_allocation_it_is_not_stated(self, member: Client) -> None:
        enter(ledger.allocate, "online-consultations", 20_000, date(2018, 11, 30))
        of_day = {
            day: rows(read(member, YEAR, as_at=day), "The programme’s budget 2018/19")[2][4]
            for day in ("2018-03-30", "2018-11-29", "2018-11-30")
        }
        assert of_day == {"2018-03-30": "not stated", "2018-11-29": "£140,000", "2018-11-30": "£160,000"}
        assert "What is allocated to the programme for 2018/19 is not stated." in said(
            read(member, YEAR, as_at="2018-03-30")
        )

    def test_a_year_in_which_no_line_runs_leads_to_those_of_the_lines(self, member: Client) -> None:
        page = said(read(member, "/budget/07M/2026-27/"))
        assert "No line of the budget runs in 2026/27 Its lines run from 2017/18 to 2022/23. Budget 2022/23" in page

    @pytest.mark.parametrize("year", ["2018-20", "2018-9", "1800-01", "2018"])
    def test_what_is_no_financial_year_is_no_page(self, member: Client, year: str) -> None:
        assert member.get(f"/budget/07M/{year}/").status_code == 404

    def test_the_budget_of_another_commissioner_is_not_there(self, member: Client) -> None:
        other = LineFactory(source=SourceFactory(commissioner__ods_code="07R"), allocated=1)
        for address in ("/budget/07R/2018-19/", "/budget/07R/profile/", f"/budget/lines/{other.slug}/"):
            assert member.get(address).status_code == 404
        assert other.name not in read(member, "/budget/entries/")

    def test_who_sees_several_chooses(self, barnet: Commissioner) -> None:
        camden = CommissionerFactory(ods_code="07R", short_name="Camden")
        empty = CommissionerFactory(ods_code="07X", short_name="Enfield")
        LineFactory(source=SourceFactory(commissioner=camden), allocated=1)
        page = read(reader(Role.NCL_OFFICE, [barnet, camden, empty]), YEAR)
        assert "/budget/07R/2018-19/?as_at=2018-12-06" in page
        assert "/budget/07X/" not in page

    def test_what_papers_say_stands_beside_what_the_lines_give(self, member: Client, barnet: Commissioner) -> None:
        record_statements()
        html = read(member, YEAR)
        found = rows(html, "What papers say, beside what these lines give")

        def beside(begins: str) -> list[str]:
            return next(cells for words, _, *cells in found if words.startswith(begins))

        assert beside("The programme’s budget for 2018/19") == ["£2,061,000", "£2,061,000", "none"]
        assert beside("£1.3m comes from local budgets") == ["£1,300,000", "£1,290,000", "−£10,000"]
        assert beside("The money of NHS England’s programmes is non-recurrent") == ["£0", "£336,000", "£336,000"]
        assert beside("£249,000 was received for a diabetes") == ["£249,000", "£196,000", "−£53,000"]
        assert beside("Improved Access is part of £3 a head") == ["no one figure", "not stated", "–"]
        assert "/papers/roadmap-2018-local-money/" in html

    @pytest.mark.parametrize("day", ["", DECEMBER])
    def test_few_queries_however_many_lines_and_entries(
        self, member: Client, barnet: Commissioner, day: str, django_assert_max_num_queries: Any
    ) -> None:
        record_statements()
        read(member, YEAR, as_at=day)
        with CaptureQueriesContext(connection) as few:
            read(member, YEAR, as_at=day)
        number = len(few)
        assert number <= 10
        source = SourceFactory(commissioner=barnet)
        for many in LineFactory.create_batch(20, source=source, allocated=1_000):
            Growth.objects.create(line=many, year=2019, percent=Decimal("2.5"))
            for _ in range(3):
                enter(ledger.commit, many, 1)
        read(member, YEAR, as_at=day)  # its chart is kept once
        with django_assert_max_num_queries(number):
            assert "Due to grow 2.5% in 2019/20" in said(read(member, YEAR, as_at=day))


class TestTheWayThere:
    def test_it_leads_to_the_year_of_the_day(self, member: Client) -> None:
        assert member.get("/budget/", {"as_at": DECEMBER})["Location"] == f"{YEAR}?as_at={DECEMBER}"
        kept = member.get("/budget/", {"as_at": "2018-03-30", "known": "2018-11-15"})["Location"]
        assert kept == "/budget/07M/2017-18/?as_at=2018-03-30&known=2018-11-15"

    def test_without_a_budget_it_says_so(self) -> None:
        member = reader(Role.BOARD_MEMBER, CommissionerFactory(barnet=True))
        assert "No budget is recorded" in read(member, "/budget/")

    def test_whoever_may_see_no_budget_is_not_led_there(self, barnet: Commissioner) -> None:
        somebody = reader(Role.QIST_MEMBER, ChinFactory(commissioner=barnet))
        assert somebody.get("/budget/").status_code == 403
        assert ">Budget</a>" not in read(somebody, "/")
        assert ">Budget</a>" in read(reader(Role.FINANCE_OFFICER, barnet), "/account/2fa/")


class TestDelegated:
    def test_a_chin_lead_sees_what_is_delegated_to_their_own_chin_and_nothing_else(self, barnet: Commissioner) -> None:
        mine, theirs = ChinFactory(commissioner=barnet), ChinFactory(commissioner=barnet, name="Elsewhere")
        lead = reader(Role.CHIN_LEAD, mine)
        assert "Nothing is delegated to your CHIN" in read(lead, "/budget/")
        pdsa = line("chin-innovations-and-pdsa-cycles")
        for chin, amount in ((mine, 150_000), (theirs, 90_000)):
            enter(ledger.delegate, pdsa, amount, chin=chin)
        enter(ledger.commit, pdsa, 120_000, chin=mine)
        enter(ledger.pay, pdsa, 40_000, chin=mine)
        page = read(lead, "/budget/")
        assert rows(page, "Delegated") == [
            [pdsa.name, "2018/19", "£150,000", "£0", "£120,000", "£40,000", "£30,000"],
        ]
        adds_up(lead, page)
        assert "Elsewhere" not in read(lead, "/budget/entries/")
        assert {row["chin"] for row in entries(lead, "/budget/entries/?format=csv")} == {mine.slug}
        for address in (YEAR, PROFILE, f"/budget/lines/{pdsa.slug}/"):
            assert lead.get(address).status_code == 404

    def test_it_is_of_the_page_s_day(self, barnet: Commissioner) -> None:
        chin = ChinFactory(commissioner=barnet)
        enter(ledger.delegate, "accelerators-and-enablers", 5_000, chin=chin)
        assert "Nothing is delegated" in read(reader(Role.SPOC, chin), "/budget/", as_at="2018-09-30")


class TestTheYears:
    def test_each_year_says_what_is_allocated_or_that_it_is_not_stated(self, member: Client) -> None:
        found = rows(read(member, PROFILE), "The programme’s budget, allocated by financial year")
        assert found[0] == ["Diabetes Transformation Funding", "–", "£196,000", "not stated", "–", "–", "–"]
        assert found[4] == [
            "CHIN Innovations and PDSA cycles Due to grow, by how much not stated",
            *("–", "£1,000,000", "not stated", "not stated", "not stated", "not stated"),
        ]
        assert found[6] == ["CHIN 1 infrastructure and project management", "not stated", "–", "–", "–", "–", "–"]
        assert found[7] == ["Total", "not stated", "£2,061,000", "not stated", "not stated", "not stated", "not stated"]

    def test_the_cliff_edge(self, member: Client) -> None:
        page = read(member, PROFILE)
        assert (
            "£525,000 a year falls away after 31 March 2019, £336,000 a year falls away after 31 March 2020 and "
            "£1,200,000 a year falls away after 31 March 2023." in said(page)
        )
        found = rows(page, "The programme’s budget: lines that end")
        assert found[0] == [
            "31 March 2018",
            "CHIN 1 infrastructure and project management not stated",
            "not stated",
        ]
        assert found[1] == [
            "31 March 2019",
            "Primary Care at Scale £435,000 in 2018/19 CHIN Infrastructure LCS £90,000 in 2018/19",
            "£525,000",
        ]

    def test_what_falls_away_is_at_least_so_much_where_a_line_is_not_stated(
        self, member: Client, barnet: Commissioner
    ) -> None:
        LineFactory(source=SourceFactory(commissioner=barnet), first_year=2019, last_year=2019)
        found = rows(read(member, PROFILE), "The programme’s budget: lines that end")
        assert found[2][2] == "at least £336,000"

    def test_the_last_known_year_counts(self, member: Client) -> None:
        given = {"by": None, "line": line("diabetes-transformation-funding"), "day": AUTUMN, "reason": "Settled"}
        ledger.allocate(year=2019, amount=Decimal(210_000), **given)
        found = rows(read(member, PROFILE), "The programme’s budget: lines that end")
        assert found[2][2] == "£350,000"
        assert "Diabetes Transformation Funding £210,000 in 2019/20" in found[2][1]

    def test_a_line_without_an_end_runs_on(self, member: Client, barnet: Commissioner) -> None:
        LineFactory(name="Open", source=SourceFactory(commissioner=barnet), last_year=None, allocated=7)
        page = read(member, PROFILE)
        found = next(row for row in rows(page, "allocated by financial year") if row[0] == "Open")
        assert found == ["Open", "–", "£7", "not stated", "not stated", "not stated", "not stated"]
        assert "Open" not in str(rows(page, "The programme’s budget: lines that end"))

    def test_without_lines_it_says_so(self) -> None:
        assert "No budget is recorded" in read(reader(Role.BOARD_MEMBER, CommissionerFactory(barnet=True)), PROFILE)


class TestALine:
    def test_what_it_is_and_what_became_of_it(self, member: Client, barnet: Commissioner) -> None:
        chin = ChinFactory(commissioner=barnet, name="Finchley")
        slug = "chin-innovations-and-pdsa-cycles"
        enter(ledger.delegate, slug, 150_000, chin=chin)
        enter(ledger.commit, slug, 120_000, chin=chin)
        page = read(member, f"/budget/lines/{slug}/")
        words = said(page)
        assert "Recurrent, 5 years, 2018/19 to 2022/23, from Barnet CCG. Due to grow, by how much not stated." in words
        assert "Legal basis Own allocation" in words
        assert "Document roadmap-2018, table 1" in words
        assert rows(page, "By financial year")[:2] == [
            ["2018/19", "£1,000,000", "£0", "£120,000", "£0", "£880,000"],
            ["2019/20", "not stated", "£0", "£0", "£0", "not stated"],
        ]
        assert rows(page, "Delegated in 2018/19") == [["Finchley", "£150,000", "£0", "£120,000", "£0", "£30,000"]]
        assert [row[1:3] for row in rows(page, "Newest entries")] == [
            ["Commitment", "£120,000"],
            ["Delegated to the CHIN", "£150,000"],
            ["Delegated to a CHIN", "−£150,000"],
            ["Allocation", "£1,000,000"],
        ]
        assert "Not delegated" in words  # what its figures are the sums of

    def test_of_another_year(self, member: Client) -> None:
        address = "/budget/lines/online-consultations/"
        assert "Nothing is entered for 2019/20 What is allocated is not stated, which is not £0." in said(
            read(member, address, year="2019-20")
        )
        assert read(member, address, status=400, year="2019-21")
        assert "Newest entries of 2018/19" in read(member, address, as_at="2017-01-01")

    def test_its_history_is_for_those_who_may_see_it(self, member: Client, barnet: Commissioner) -> None:
        address = "/budget/lines/online-consultations/"
        assert "Who changed what" not in read(member, address)
        assert "Who changed what" in read(reader(Role.STEERING_GROUP_LEAD, barnet), address)

    def test_as_many_queries_however_many_entries(
        self, member: Client, barnet: Commissioner, django_assert_max_num_queries: Any
    ) -> None:
        address = "/budget/lines/accelerators-and-enablers/"
        lead = reader(Role.STEERING_GROUP_LEAD, barnet)
        chins = ChinFactory.create_batch(8, commissioner=barnet)
        enter(ledger.delegate, "accelerators-and-enablers", 1_000, chin=chins[0])
        read(lead, address)
        with CaptureQueriesContext(connection) as few:
            read(lead, address)
        for chin in chins:
            enter(ledger.delegate, "accelerators-and-enablers", 1_000, chin=chin)
            enter(ledger.commit, "accelerators-and-enablers", 10, chin=chin)
        with django_assert_max_num_queries(len(few)):
            read(lead, address)


def adds_up(client: Client, page: str) -> None:
    """Each amount of the page is the sum over its entries."""
    found = parts(page)
    assert found
    for part in found:
        value = measured(part["data-measure"], entries(client, part["data-csv"]))
        assert value == Decimal(part["data-value"]), part


class TestTheLedger:
    @pytest.fixture
    def busy(self, barnet: Commissioner) -> None:
        """Every kind of amount, with pence, on a line that delegates, and for a later year."""
        chin = ChinFactory(commissioner=barnet)
        enter(ledger.delegate, "accelerators-and-enablers", "2500.50", chin=chin)
        enter(ledger.commit, "accelerators-and-enablers", "1000.25", chin=chin)
        enter(ledger.earmark, "accelerators-and-enablers", 300)
        paid = enter(ledger.pay, "accelerators-and-enablers", 100, chin=chin)
        ledger.reverse(by=None, entry=paid, day=date(2018, 11, 1), reason="Came back")
        enter(ledger.allocate, "extended-access", 12)

    @pytest.mark.usefixtures("busy")
    @pytest.mark.parametrize("query", [{}, {"known": "2018-04-01"}])
    @pytest.mark.parametrize("address", [YEAR, PROFILE, "/budget/lines/accelerators-and-enablers/"])
    def test_every_amount_is_the_sum_of_its_entries(self, member: Client, address: str, query: dict[str, str]) -> None:
        page = read(member, address, **query)
        nothing_yet = address == PROFILE and query.get("as_at", "") < "2018-04-01" and query
        if not nothing_yet:
            adds_up(member, page)

    @pytest.mark.usefixtures("busy")
    def test_what_each_entry_does_stands_under_the_sum_it_bears_on(self, member: Client) -> None:
        found = entries(member, "/budget/entries/?format=csv&line=accelerators-and-enablers&sort=day")
        names = ("kind", "allocated", "earmarked", "committed", "paid", "left")
        assert [tuple(row[name] for name in names) for row in found] == [
            ("allocation", "200000.00", "", "", "", "200000.00"),
            ("delegated_out", "-2500.50", "", "", "", "-2500.50"),
            ("delegated_in", "2500.50", "", "", "", "2500.50"),
            ("commitment", "", "", "1000.25", "", "-1000.25"),
            ("earmark", "", "300.00", "", "", "-300.00"),
            ("payment", "", "", "", "100.00", ""),
            ("payment_reversed", "", "", "", "-100.00", ""),
        ]
        assert {row["financial_year"] for row in found} == {"2018/19"}

    @pytest.mark.usefixtures("busy")
    @pytest.mark.parametrize(
        ("query", "number"),
        [
            ("kind=payment", 1),
            ("inside=no", 1),
            ("chin=none&line=accelerators-and-enablers", 3),
            ("first=2018-11-01", 1),
            ("last=2018-04-01", 6),
            ("q=roadmap", 6),
            ("q=came+back", 1),
            ("year=2018-19", 13),
            ("year=2030-31", 0),
            ("commissioner=07M", 13),
        ],
    )
    def test_it_can_be_filtered(self, member: Client, query: str, number: int) -> None:
        assert len(entries(member, f"/budget/entries/?format=csv&{query}")) == number
        assert member.get(f"/budget/entries/?{query}").status_code == 200

    def test_a_filter_that_makes_no_sense_shows_its_error(self, member: Client) -> None:
        assert member.get("/budget/entries/?year=soon&first=never").status_code == 200
        assert member.get("/budget/entries/?year=soon&format=csv").status_code == 400

    @pytest.mark.usefixtures("busy")
    def test_the_api_answers_the_same(self, member: Client) -> None:
        budget = member.get(f"/api/v1{YEAR}").json()
        assert (budget["total"]["allocated"], budget["total"]["left"]) == ("2061000.00", "2059699.75")
        assert (budget["total_outside"]["allocated"], budget["total_outside"]["not_stated"]) == ("12.00", 2)
        ended = member.get(f"/api/v1{PROFILE}").json()["endings"]
        assert [(one["day"], one["falls_away"]) for one in ended if one["inside"]][:2] == [
            ("2018-03-31", None),
            ("2019-03-31", "525000.00"),
        ]
        assert member.get("/api/v1/budget/").json()["budgets"][0].startswith("/budget/07M/")
        one = member.get("/api/v1/budget/lines/extended-access/?year=2018-19").json()
        assert one["years"]["2018/19"]["allocated"] == "12.00"
        assert one["years"]["2017/18"]["allocated"] is None
        assert len(member.get("/api/v1/budget/entries/").json()["rows"]) == 13


def test_addresses_are_as_they_are_written() -> None:
    assert reverse("budget:budget", args=["07M", 2018]) == YEAR
    assert reverse("budget:budget", args=["07M", 1999]) == "/budget/07M/1999-00/"


def test_the_budget_opens_with_the_last_year_that_anything_is_entered_for(member: Client) -> None:
    answer = member.get(reverse("budget:home"), {"as_at": "2026-11-01"})
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("budget:budget", args=["07M", 2018]))
