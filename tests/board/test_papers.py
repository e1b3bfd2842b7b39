"""What papers say beside what the records give, and how somebody settles which to go by."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from cc2h.accounts.models import User
from cc2h.board import papers, services
from cc2h.board.models import Measure, Settlement, Statement
from cc2h.kit.asat import AsAt
from tests.board.conftest import TODAY, Browser
from tests.board.test_dashboard import text_of

AFTER = "roadmap-2018-coverage-after"
NOW = AsAt(TODAY, None, TODAY)


def compared(reference: str, asat: AsAt = NOW) -> papers.Comparison:
    statements = Statement.objects.with_settlements(asat.known_at).select_related("commissioner")
    return papers.compare(statements.filter(reference=reference), asat)[0]


class TestComparing:
    @pytest.mark.parametrize(
        ("reference", "states", "gives", "difference"),
        [
            (AFTER, "89%", "88.4%", "−0.6 points"),
            ("roadmap-2018-coverage-before", "38%", "38.0%", "the same"),
            ("roadmap-2018-practices", "54", "54", "the same"),
            ("roadmap-2018-federation-practices", "55", "54", "−1"),
            ("bfg-2018-practices", "60", "55", "−5"),
            ("roadmap-2018-chins-after", "6", "6", "the same"),
            ("hwb-2018-01-chin-1-patients", "50,000", "50,000", "the same"),
            ("hwb-2018-01-chin-1-share", "12.5%", "12.5%", "the same"),
            ("hwb-2018-01-chin-1-practices", "5", "5", "the same"),
            ("hwb-2018-01-chin-1-opening", "31 January 2018", "15 January 2018", "16 days earlier"),
            ("workplan-2017-chin-1-opening", "30 June 2017", "15 January 2018", "199 days later"),
            ("roadmap-2018-full-coverage", "31 December 2018", "no date", "can’t be compared"),
            ("roadmap-2018-answered", "48", "48", "the same"),
            ("stp-2017-size-range", "–", "–", "not worked out"),
        ],
    )
    def test_each_measure(self, reference: str, states: str, gives: str, difference: str, demonstration: None) -> None:
        found = compared(reference)
        assert (found.states, found.gives, found.difference_words) == (states, gives, difference)

    def test_a_figure_that_rounds_to_the_papers_is_the_same(self, demonstration: None) -> None:
        Statement.objects.filter(reference=AFTER).update(measure=Measure.PRACTICES_PERCENT)
        found = compared(AFTER)
        assert found.agrees
        assert found.sentence == "The paper says 89%, and the records give the same: 88.9%, rounded."

    def test_as_known_on_an_earlier_day(self, demonstration: None) -> None:
        found = compared(AFTER, AsAt(TODAY, date(2018, 10, 10), TODAY))
        assert found.figure is not None
        assert found.figure.value != Decimal("88.4")

    def test_the_latest_up_to_the_months_end(self) -> None:
        days = [date(2017, 1, 1), date(2018, 3, 31), date(2018, 4, 1), date(2018, 3, 31)]
        statements = [Statement(reference=f"s{n}", measure="chins", as_at=day) for n, day in enumerate(days)]

        def found(day: date) -> list[str]:
            return [s.reference for s in papers.latest(statements, day).get(Measure.CHINS, [])]

        assert found(date(2018, 3, 30)) == ["s1", "s3"]
        assert found(date(2018, 4, 1)) == ["s2"]
        assert found(date(2017, 2, 1)) == ["s0"]
        assert found(date(2016, 4, 2)) == []


class TestPages:
    def test_answered_and_in_a_chin_are_two_facts(self, board: Browser) -> None:
        page = text_of(board.read("/papers/roadmap-2018-answered/"))
        assert "The paper says 48, and the records give the same." in page
        assert "In a CHIN on that day, which is another fact" in page
        assert "Practices in a CHIN 48" in page

    def test_the_89_percent_shows_both_bases(self, board: Browser) -> None:
        page = text_of(board.read(f"/papers/{AFTER}/"))
        assert "The paper says 89%. The records give 88.4% for 6 December 2018: a difference of −0.6 points." in page
        assert "By practices instead" in page
        assert "the portal’s own assumption" in page
        assert "Settle" not in page.replace("Settlement", "")

    def test_where_the_records_give_the_same_there_is_nothing_to_settle(self, board: Browser) -> None:
        assert "There is nothing to settle." in text_of(board.read("/papers/roadmap-2018-practices/"))
        assert "Nobody has settled this. Both figures stand." in text_of(board.read(f"/papers/{AFTER}/"))

    def test_the_list_filters_and_exports(self, board: Browser) -> None:
        page = text_of(board.read("/papers/?paper=roadmap-2018&settled=yes"))
        assert "1 statement" in page
        assert "All 55 practices in Barnet are members of the federation" in page
        answer = board.client.get("/papers/?format=csv&q=D3")
        rows = {row["reference"]: row for row in csv.DictReader(answer.getvalue().decode().splitlines())}
        assert rows[AFTER]["states"] == "89"
        assert rows[AFTER]["records_give"] == "88.4"
        assert rows[AFTER]["difference"] == "-0.6"

    def test_the_budget_leads_to_what_papers_say_of_money_alone(self, board: Browser) -> None:
        address = "/papers/?measure=of_money&amp;commissioner=07M"
        assert f'href="{address}"' in board.read("/budget/07M/2018-19/")
        answer = board.client.get(f"{address.replace('&amp;', '&')}&format=csv")
        references = {row["reference"] for row in csv.DictReader(answer.getvalue().decode().splitlines())}
        assert {"roadmap-2018-budget", "roadmap-2018-local-money", "roadmap-2018-central-money"} <= references
        assert AFTER not in references

    def test_the_list_finds_what_the_records_contradict(self, board: Browser) -> None:
        def references(query: str) -> set[str]:
            answer = board.client.get(f"/papers/?format=csv&{query}")
            return {row["reference"] for row in csv.DictReader(answer.getvalue().decode().splitlines())}

        differ, agree = references("records=differ"), references("records=agree")
        assert {AFTER, "bfg-2018-practices", "roadmap-2018-full-coverage"} <= differ
        assert "roadmap-2018-practices" in agree
        assert not differ & agree
        assert "stp-2017-size-range" not in differ | agree, "the records give nothing"

    def test_papers_are_named_and_contradictions_lead_to_each_other(self, board: Browser) -> None:
        page = text_of(board.read("/papers/roadmap-2018-practices/"))
        assert "What papers say besides of the same matter All 60 practices" in page
        assert "All 55 practices in Barnet are members of the federation" in page
        assert "Barnet Federated GPs, business plan 2018 to 2021, 2018" in page
        shorthand = re.compile(r"\bD[123]\b|stp-2017|hwb-2018")
        for address in (
            "/papers/",
            "/papers/roadmap-2018-practices/",
            "/chins/barnet-1/",
            "/practices/commissioners/07M/",
        ):
            assert not shorthand.search(text_of(board.read(address))), address

    def test_another_commissioners_statement_is_not_there(self, board: Browser) -> None:
        board.read("/papers/stp-2017-chins-camden/", 404)
        assert "Camden" not in board.read("/papers/")


class TestWaiting:
    def test_only_what_the_records_contradict_waits_until_it_is_settled(self, manager: Browser) -> None:
        def waiting() -> str:
            found = re.search(r"(\d+) figures? in papers differs? from the records", text_of(manager.read("/")))
            return found[1] if found else "0"

        differ = papers.compare(papers.readable(manager.user, NOW), NOW)
        left = [one for one in differ if one.disagrees and not one.settlement]
        assert waiting() == str(len(left)) != "0"
        services.settle(by=manager.user, statement=left[0].statement, choice="records", reason="Counted again.")
        assert waiting() == str(len(left) - 1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(expires) - now() FROM kit_cache WHERE cache_key LIKE '%%left-to-settle:%%'", [])
            assert cursor.fetchone()[0] <= timedelta(days=1)  # the day is in the key: nobody asks for it again


class TestGuards:
    def test_what_a_paper_is_about_and_what_to_go_by_are_words_that_are_known(self, manager: Browser) -> None:
        statement = Statement.objects.get(reference=AFTER)
        with pytest.raises(IntegrityError, match="board_statement_known_measure"), transaction.atomic():
            Statement.objects.filter(pk=statement.pk).update(measure="hearsay")
        settlement = services.settle(by=manager.user, statement=statement, choice="records", reason="Counted again.")
        with pytest.raises(IntegrityError, match="board_settlement_known_choice"), transaction.atomic():
            Settlement.objects.filter(pk=settlement.pk).update(choice="a coin")


class TestSettling:
    def test_settle_and_reopen(self, manager: Browser) -> None:
        address = f"/papers/{AFTER}/settle/"
        manager.read(address)
        answer = manager.client.post(address, {"choice": "records", "reason": ""})
        assert "Say why." in answer.content.decode()
        manager.client.post(address, {"choice": "records", "reason": "48 of 54 is a share of practices."})
        for page in (f"/papers/{AFTER}/", "/"):
            assert "48 of 54 is a share of practices." in manager.read(page)
        assert "Transformation manager, Barnet" in manager.read(f"/papers/{AFTER}/")

        manager.client.post(f"/papers/{AFTER}/reopen/", {"reason": "The paper was corrected."})
        page = text_of(manager.read(f"/papers/{AFTER}/"))
        assert "Nobody has settled this. Both figures stand." in page
        assert "Reopened: The paper was corrected." in page

    def test_the_second_to_settle_is_told(self, manager: Browser) -> None:
        typed = {"choice": "paper", "reason": "It was published."}
        services.settle(by=manager.user, statement=Statement.objects.get(reference=AFTER), **typed)
        page = manager.client.post(f"/papers/{AFTER}/settle/", typed).content.decode()
        assert "Somebody has already settled this." in page
        assert "It was published." in page  # nothing typed is lost

    def test_reopening_twice_and_without_a_reason_is_refused(self, manager: Browser) -> None:
        statement = Statement.objects.get(reference=AFTER)
        with pytest.raises(ValidationError, match="Say why"):
            services.settle(by=manager.user, statement=statement, choice="paper", reason=" ")
        settlement = services.settle(by=manager.user, statement=statement, choice="paper", reason="Published.")
        with pytest.raises(ValidationError, match="Say why"):
            services.reopen(by=manager.user, settlement=settlement, reason="")
        services.reopen(by=manager.user, settlement=settlement, reason="Corrected.")
        with pytest.raises(ValidationError, match="already reopened"):
            services.reopen(by=manager.user, settlement=settlement, reason="Corrected.")

    def test_the_board_may_not(self, board: Browser) -> None:
        board.read(f"/papers/{AFTER}/settle/", 403)
        assert board.client.post(f"/papers/{AFTER}/settle/", {"choice": "paper", "reason": "x"}).status_code == 403
        assert not Settlement.objects.filter(statement__reference=AFTER).exists()

    def test_what_is_not_settled_can_not_be_reopened(self, manager: Browser) -> None:
        manager.read(f"/papers/{AFTER}/reopen/", 404)


class TestBoardDays:
    def test_the_secretary_adds_and_voids_a_day(self, demonstration: None, barnet: Any) -> None:
        secretary = Browser("secretary@barnet.example")
        typed = {"commissioner": barnet.pk, "day": "2018-11-01", "title": "Health and Wellbeing Board"}
        secretary.client.post("/board-days/add/", typed)
        assert "What changed since 1 November 2018" in text_of(secretary.read("/dashboard/07M/"))
        again = secretary.client.post("/board-days/add/", typed).content.decode()
        assert "This board day is already in the list: Health and Wellbeing Board, 1 November 2018" in again

        page = secretary.read("/board-days/")
        assert "1 November 2018" in page
        added = barnet.board_days.get(day=date(2018, 11, 1))
        secretary.client.post(f"/board-days/{added.pk}/void/", {"reason": "It was another body."})
        assert "is voided: it was never a board day." in secretary.read("/board-days/")
        assert f"/board-days/{added.pk}/void/" not in secretary.read("/board-days/")
        assert "What changed since 6 September 2018" in text_of(secretary.read("/dashboard/07M/"))
        assert "It was another body." in secretary.read("/board-days/")

    def test_voiding_asks_why_and_tells_the_second(self, demonstration: None, barnet: Any) -> None:
        secretary = Browser("secretary@barnet.example")
        day = barnet.board_days.get(day=date(2018, 9, 6))
        address = f"/board-days/{day.pk}/void/"
        assert "Say why." in secretary.client.post(address, {"reason": ""}).content.decode()
        services.void_board_day(by=secretary.user, board_day=day, reason="Cancelled")
        assert "Cancelled" in secretary.client.post(address, {"reason": "Mistake"}).content.decode()

    def test_the_board_reads_only(self, board: Browser) -> None:
        assert "Add a board day" not in board.read("/board-days/")
        board.read("/board-days/add/", 403)


@pytest.mark.usefixtures("demonstration")
class TestMoney:
    @pytest.mark.parametrize(
        ("reference", "states", "gives", "difference"),
        [
            ("roadmap-2018-budget", "£2,061,000", "£2,061,000", "the same"),
            ("roadmap-2018-local-money", "£1,300,000", "£1,290,000", "−£10,000"),
            ("roadmap-2018-central-money", "£0", "£336,000", "+£336,000"),
            ("roadmap-2018-chin-infrastructure", "£90,000", "£90,000", "the same"),
            ("hwb-2018-01-diabetes", "£249,000", "£196,000", "−£53,000"),
            ("roadmap-2018-improved-access", "–", "not known", "can’t be compared"),
            ("bfg-2018-investment", "£1,570,000", "–", "not worked out"),
        ],
    )
    def test_what_papers_say_of_the_budget_stands_beside_the_ledger(
        self, reference: str, states: str, gives: str, difference: str
    ) -> None:
        found = compared(reference)
        assert (found.states, found.gives, found.difference_words) == (states, gives, difference)

    def test_only_those_who_see_the_budget_see_what_papers_say_of_it(self) -> None:
        seen = {
            email: Statement.objects.visible_to(User.objects.get(email=email)).filter(measure="budget").exists()
            for email in ("board.member@barnet.example", "practice.manager@barnet.example", "manager@camden.example")
        }
        assert [*seen.values()] == [True, False, False]
