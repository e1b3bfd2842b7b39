"""The dashboard: what the board reads, on any day, from few queries."""

import csv
import re
from datetime import date
from typing import Any

import pytest

from cc2h.board import queries
from cc2h.board.figures import Rows
from cc2h.kit import charts, render_chart
from cc2h.kit.asat import AsAt
from cc2h.kit.days import end_of_day
from chins import services
from chins.coverage import coverage_of_rows, live_coverage, practice_rows
from chins.models import Chin
from practices.models import Commissioner, Practice, PracticeStanding
from practices.services import change_commissioner, close_practice
from tests.board.conftest import TODAY, Browser
from tests.factories import NamesReleaseFactory

MARCH = date(2018, 3, 30)
OUT = "Marramdown Health Centre"


def text_of(html: str) -> str:
    """What a reader sees, without tags; a number that leads to its rows stays in its sentence."""
    html = re.sub(r"<a class=\"app-num\"[^>]*>(.*?)</a>", r"\1", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


class TestWhatTheBoardReads:
    def test_the_sentence_and_the_figures(self, board: Browser) -> None:
        page = text_of(board.read("/?since=2018-03-30"))
        assert (
            "Coverage rose from 38.0% to 88.4% of patients since 30 March 2018. Three CHINs became six. "
            "Six practices, 47,125 patients, are still to join." in page
        )
        for words in (
            "Patients in a CHIN 88.4% 358,041 of 405,166 up 50.4 points since 30 Mar 2018 "
            "Operational alone 24.1% Approved 30.4% Proposed 33.9% Paper says 89%",
            "Practices in a CHIN 88.9% 48 of 54 21 of 55 on 30 Mar 2018 "
            "Operational alone 22.2% Approved 33.3% Proposed 33.3%",
            "Paper says 48 answered the LCS: another fact",
            "CHINs 6 2 operational, 2 approved, 2 proposed 3 on 30 Mar 2018 Paper says 6",
            "Full coverage No date target 31 December 2018 1 of 6 practices without a planned join",
        ):
            assert words in page

    def test_how_it_was_worked_out_leads_to_the_paper(self, board: Browser) -> None:
        page = text_of(board.read("/"))
        assert "358,041 ÷ 405,166 = 88.4%" in page
        assert "The records give 88.4%: a difference of −0.6 points" in page
        assert "/papers/roadmap-2018-coverage-after/" in board.read("/")

    def test_changes_count_from_the_last_board_day(self, board: Browser) -> None:
        page = text_of(board.read("/"))
        assert "What changed since 6 September 2018" in page
        assert "27 practices joined a CHIN: 9 in CHIN 4 Hendon and Colindale" in page
        assert "CHIN 5 Golders Green and CHIN 6 Mill Hill are new, and proposed." in page

    def test_another_day(self, board: Browser) -> None:
        page = text_of(board.read("/dashboard/07M/?as_at=2018-03-30"))
        assert "Patients in a CHIN 38.0%" in page
        assert "Practices in a CHIN 38.2% 21 of 55" in page
        assert "List sizes of 1 March 2018" in page
        assert "CHIN 2 North Locality went from approved to operational." in page

    def test_as_known_on_an_earlier_day(self, board: Browser, barnet: Commissioner) -> None:
        """What was planned by then and came about later is not yet held."""
        known = date(2018, 10, 10)
        then = live_coverage(barnet, TODAY, end_of_day(known))
        assert then.covered_practices != 48
        page = text_of(board.read(f"/dashboard/07M/?known={known}"))
        assert f"{then.covered_practices} of {then.practices}" in page

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ("garbage", "“garbage” is not a day"),
            ("2018-02-29", "is not a day in the calendar"),
            ("2018-12-06", "Changes are counted from a day before"),
            ("2018-12-07", "Changes are counted from a day before"),
            ("1901-01-01", "outside the days the portal knows"),
        ],
    )
    def test_a_day_that_can_not_be_compared_with_says_so(self, board: Browser, asked: str, said: str) -> None:
        for address in ("/", "/dashboard/07M/changes/"):
            page = text_of(board.read(f"{address}?since={asked}"))
            assert said in page
            assert "Shown instead: changes since 6 September 2018." in page
        assert board.client.get(f"/dashboard/07M/changes/?since={asked}&format=csv").status_code == 400

    def test_a_day_before_anything_is_known(self, board: Browser) -> None:
        page = text_of(board.read("/?as_at=1990-01-01"))
        assert "No list sizes are held for this day" in page
        assert "No practices are held for this day." in page

    def test_a_day_to_come_counts_plans_without_names(self, board: Browser, manager: Browser) -> None:
        for address in ("/", "/dashboard/07M/changes/"):
            named = "Ivorywick Surgery"  # planned to join on 1 February 2019
            assert named not in board.read(f"{address}?as_at=2019-02-01&since=2018-12-06")
        assert "Ivorywick Surgery" in manager.read("/dashboard/07M/changes/?as_at=2019-02-01&since=2018-12-06")

    def test_another_commissioners_dashboard_is_not_there(self, board: Browser) -> None:
        for page in ("", "changes/", "still-to-join/"):
            board.read(f"/dashboard/07R/{page}", 404)


class TestNamesOfThoseOut:
    def test_the_board_has_a_count(self, board: Browser) -> None:
        for address in ("/", "/dashboard/07M/changes/", "/dashboard/07M/still-to-join/"):
            assert OUT not in board.read(address)
        assert "6 practices with 47,125 patients. 5 have a planned join." in text_of(board.read("/"))
        rows = csv_of(board, "/dashboard/07M/still-to-join/?format=csv")
        assert {row["name"] for row in rows} == {""}
        assert sum(int(row["practices"]) for row in rows) == 6
        changes = csv_of(board, "/dashboard/07M/changes/?format=csv&kind=drift&basis=all")
        assert len([row for row in changes if not row["name"]]) == 6

    @pytest.mark.parametrize("covered", [True, False])
    def test_one_that_went_to_another_commissioner_is_named_only_where_it_was_in_a_chin(
        self, board: Browser, manager: Browser, barnet: Commissioner, covered: bool
    ) -> None:
        name = "Marrambourne Medical Practice" if covered else OUT
        practice = Practice.objects.get(details__name=name)
        standing = practice.standings.held().open_on(TODAY).get()
        camden = Commissioner.objects.get(ods_code="07R")
        change_commissioner(by=manager.user, standing=standing, commissioner=camden, day=TODAY)
        page = "/dashboard/07M/changes/?kind=went&basis=all"
        rows = csv_of(board, f"{page}&format=csv")
        assert [row["name"] for row in rows] == [name if covered else ""]
        assert (name in board.read(page)) == covered

    def test_a_planned_closing_names_nobody_who_is_out_today(
        self, board: Browser, manager: Browser, barnet: Commissioner
    ) -> None:
        standing = PracticeStanding.objects.as_at(TODAY).get(practice__details__name=OUT)
        close_practice(by=manager.user, standing=standing, last=date(2018, 12, 31))
        page = "/dashboard/07M/changes/?as_at=2019-01-01&since=2018-12-06&kind=closed"
        assert OUT in manager.read(page)
        assert OUT not in board.read(page)

    def test_until_a_manager_releases_them(self, board: Browser, barnet: Commissioner) -> None:
        NamesReleaseFactory(commissioner=barnet, first=TODAY)
        for address in ("/", "/dashboard/07M/still-to-join/"):
            assert OUT in board.read(address)
        assert "Try the practice manager" not in board.read("/")  # the contact log stays the managers'

    def test_managers_see_names_last_contact_and_next_step(self, manager: Browser) -> None:
        page = text_of(manager.read("/"))
        assert f"{OUT} 13,987 27 Nov 2018 Try the practice manager" in page
        rows = csv_of(manager, "/dashboard/07M/still-to-join/?planned=no&format=csv")
        assert [(row["name"], row["patients"], row["joins"]) for row in rows] == [(OUT, "13987", "")]

    def test_a_filter_that_makes_no_sense_is_a_plain_page(self, board: Browser) -> None:
        board.read("/dashboard/07M/still-to-join/?planned=maybe", 400)


def csv_of(browser: Browser, address: str) -> list[dict[str, str]]:
    answer = browser.client.get(address)
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


class TestChanges:
    def test_the_parts_sum_to_the_change(self, manager: Browser) -> None:
        rows = csv_of(manager, "/dashboard/07M/changes/?since=2018-03-30&format=csv")
        covered = [row for row in rows if row["basis"] == "in"]
        assert sum(int(row["practices"]) for row in covered) == 48 - 21
        assert sum(int(row["change"]) for row in covered) == 358_041 - 152_324

    def test_each_kind_says_who_and_when(self, manager: Browser) -> None:
        page = text_of(manager.read("/dashboard/07M/changes/?since=2018-03-30"))
        assert "Marrambourne Medical Practice CHIN 2 North Locality CHIN 3 Finchley 3 Sep 2018" in page
        assert "Nettlefold Group Practice – – 1 Jul 2018 −2,298" in page
        assert "CHIN 4 Hendon and Colindale – Approved 19 Nov 2018" in page

    def test_what_was_entered_now_shows_at_once(self, manager: Browser, barnet: Commissioner) -> None:
        practice = Practice.objects.get(details__name=OUT)
        chin = Chin.objects.get(slug="barnet-1")
        services.join_practices(by=manager.user, chin=chin, practices=[practice], first=TODAY)
        page = text_of(manager.read("/"))
        assert "Practices in a CHIN 90.7% 49 of 54" in page


class TestWork:
    @pytest.mark.parametrize("address", ["/dashboard/07M/", "/dashboard/07M/?as_at=2018-03-30&since=2018-01-25"])
    @pytest.mark.parametrize("who", ["board", "manager"])
    def test_few_queries(self, who: str, address: str, request: Any, django_assert_max_num_queries: Any) -> None:
        browser: Browser = request.getfixturevalue(who)
        browser.read(address)
        with django_assert_max_num_queries(12):
            browser.read(address)

    def test_charts_are_stored_for_their_addresses(self, board: Browser) -> None:
        found = re.findall(r'src="(/charts/[0-9a-f]+\.svg)"', board.read("/"))
        assert len(found) == 2
        charts.draw_waiting(render_chart.draw)
        assert "88.4% of patients" in board.read(found[0])
        for address in found:
            assert len(csv_of(board, address.replace(".svg", ".csv"))) >= 6


def test_two_days_from_rows_are_as_worked_out_live(demonstration: None) -> None:
    for commissioner in Commissioner.objects.all():
        for day in (date(2017, 4, 30), MARCH, TODAY, date(2019, 6, 1), date(1990, 1, 1)):
            for known in (None, end_of_day(date(2018, 7, 1))):
                rows = {day: practice_rows(commissioner, day, known)}
                assert coverage_of_rows(commissioner, rows, known)[day] == live_coverage(commissioner, day, known)


def test_rows_of_another_day_lead_to_that_day() -> None:
    rows = Rows(AsAt(TODAY, None, TODAY), Commissioner(ods_code="07M"))
    earlier = rows.on(MARCH)
    for one, query in ((rows, ""), (earlier, "&as_at=2018-03-30"), (rows, "")):
        assert one.members("finchley") == f"/practices/?chin=finchley{query}"
        assert one.chin("finchley") == f"/chins/finchley/{query.replace('&', '?')}"


def test_the_default_day_without_a_board_day() -> None:
    asat = AsAt(TODAY, None, TODAY)
    assert queries.since_day("", asat, []).day == date(2018, 9, 6)
    meetings = [queries.BoardMeeting(TODAY, "Board"), queries.BoardMeeting(date(2018, 6, 7), "Board")]
    assert queries.since_day("", asat, meetings) == queries.Since(date(2018, 6, 7), "Board")
