"""A board member reads coverage as at two days of the papers, and follows its numbers."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Enter

BOARD_MEMBER = "board.member@barnet.example"
ROAD_MAP = re.compile("^Investment and delivery road map")


def card(page: Page, label: str) -> Locator:
    return page.get_by_role("group", name=label, exact=True)


def test_travels_to_the_days_of_the_papers(enter: Enter) -> None:
    visit = enter(BOARD_MEMBER)
    page = visit.home()
    expect(page.get_by_text("Illustrative data: made-up practices.")).to_be_visible()

    page.get_by_label("As at", exact=True).fill("2018-03-30")
    visit.press("Go", page.get_by_role("form", name="The day pages are about"))
    expect(page.locator(".app-strip--as-at")).to_contain_text("As at 30 March 2018")
    expect(page).to_have_url(re.compile(r"/\?as_at=2018-03-30$"))  # and no empty "as known on"
    expect(card(page, "Patients in a CHIN")).to_contain_text("38.0%")
    expect(card(page, "Patients in a CHIN")).to_contain_text("Paper says 38%")

    page.get_by_label("As at", exact=True).fill("2018-12-06")
    visit.press("Go", page.get_by_role("form", name="The day pages are about"))
    expect(card(page, "Patients in a CHIN")).to_contain_text("88.4%")
    expect(card(page, "Practices in a CHIN")).to_contain_text("88.9%")
    expect(card(page, "Practices in a CHIN")).to_contain_text("48 of 54")
    expect(page.get_by_role("heading", level=1)).to_have_text("Care Closer to Home in Barnet")

    visit.follow("Back to today")
    expect(page.locator(".app-strip--as-at")).to_have_count(0)


def test_follows_a_number_to_its_rows_and_a_papers_figure_to_its_paper(enter: Enter) -> None:
    visit = enter(BOARD_MEMBER)
    page = visit.open("/?as_at=2018-12-06")
    practices = card(page, "Practices in a CHIN")
    practices.get_by_text("How is this worked out?").click()
    expect(practices).to_contain_text("48 ÷ 54 = 88.9%")

    visit.follow("All open practices", practices)
    expect(page.get_by_role("row", name=re.compile("^Total"))).to_contain_text("54")
    page.go_back()

    patients = card(page, "Patients in a CHIN")
    patients.get_by_text("How is this worked out?").click()
    expect(patients).to_contain_text("The paper says 89% of registered patients are in a CHIN")
    visit.follow(ROAD_MAP, patients)
    expect(page.get_by_role("heading", level=1)).to_have_text("89% of registered patients are in a CHIN")
    expect(page.get_by_role("main")).to_contain_text("The records give 88.4%")
    expect(card(page, "Practices in a CHIN")).to_contain_text("88.9%")

    by_practices = card(page, "Practices in a CHIN")
    by_practices.get_by_text("How is this worked out?").click()
    visit.follow("Practices in a CHIN", by_practices)
    expect(page.get_by_role("row", name=re.compile("^Total"))).to_contain_text("48")


def test_learns_how_many_practices_are_out_but_not_which(enter: Enter) -> None:
    visit = enter(BOARD_MEMBER)
    page = visit.open("/?as_at=2018-12-06")
    still_out = page.locator("#not-in")
    expect(still_out).to_contain_text("6 practices with 47,125 patients")
    expect(still_out).to_contain_text("Their names have not been released to the board")
    visit.follow("The planned joins, without names", still_out)
    expect(page.get_by_role("main").locator("a[href^='/practices/Z']")).to_have_count(0)

    visit.open("/practices/?placed=out&as_at=2018-12-06")
    expect(page.get_by_role("main").locator("a[href^='/practices/Z']")).to_have_count(0)


def test_a_day_that_is_none_is_a_plain_page(enter: Enter) -> None:
    visit = enter(BOARD_MEMBER)
    page = visit.open("/?as_at=2017-02-29", status=400)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page = visit.open("/practices/Z00000/", status=404)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("address", ["/dashboard/07M/?as_at=2018-12-06", "/chins/barnet-1/?as_at=2018-12-06"])
def test_on_paper_there_are_the_figures_the_day_and_nothing_to_click(enter: Enter, address: str) -> None:
    visit = enter(BOARD_MEMBER)
    page = visit.open(address)
    page.emulate_media(media="print")
    expect(page.get_by_text("As at 6 December 2018. Printed")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()
    expect(page.locator(".app-strip--illustrative")).to_be_visible()
    for hidden in (page.get_by_role("navigation").first, page.get_by_label("As at", exact=True)):
        expect(hidden).to_be_hidden()
    for button in page.get_by_role("button").all():
        expect(button).to_be_hidden()
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
