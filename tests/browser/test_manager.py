"""A manager imports next month's list sizes, moves and joins practices, and meets a colleague's edit."""

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.portal import Portal

MANAGER = "manager@barnet.example"
SOON = 10_000  # milliseconds, for what a worker does on a busy machine


def effect_after(page: Page, what: str) -> str:
    """The number that the preview of a change says will hold afterwards."""
    row = page.get_by_role("region", name="What this will change").get_by_role("row").filter(has_text=what)
    return row.locator("[data-label=After]").inner_text()


def test_imports_next_months_list_sizes(enter: Enter, portal: Portal, tmp_path: Path) -> None:
    today = date.today()
    month = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    file = tmp_path / "next-month.csv"
    file.write_text(portal.manage("make_sample", "list-sizes", "--month", f"{month:%Y-%m}"))
    visit = enter(MANAGER)
    page = visit.open("/imports/")
    visit.follow("Import a file")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Check the file").click()

    decide = page.get_by_role("button", name=re.compile(r"^Import \d+ list sizes$"))
    expect(decide).to_be_visible(timeout=2 * SOON)
    visit.look()
    preview = page.get_by_role("region", name="What this will change")
    expect(preview).to_contain_text("Patients registered at GP practices")
    patients = effect_after(page, "Patients of Barnet")
    decide.click()
    expect(page.get_by_role("heading", name="What it changed")).to_be_visible(timeout=2 * SOON)
    visit.look()
    address = page.url

    # what came in shows from its day on: each number leads to the row of the file that it came in
    visit.open(f"/practices/Z99001/?as_at={month}")
    page.get_by_role("figure").get_by_text("Table").first.click()
    visit.follow(re.compile(r"next-month\.csv|^Row 2|, row 2"), page.get_by_role("main"))
    assert page.url.startswith(address)
    expect(page.get_by_role("heading", name="Row 2 of the file")).to_be_visible()

    visit.open(f"/dashboard/07M/?as_at={month}")
    expect(page.get_by_role("group", name="Patients in a CHIN")).to_contain_text(patients, timeout=SOON)

    # the same file again
    visit.open("/imports/upload/")
    page.get_by_label("File", exact=True).set_input_files(file)
    visit.press("Check the file")
    expect(page.get_by_role("main")).to_contain_text("Already imported")


def test_moves_a_practice_and_sees_it_on_the_dashboard(enter: Enter) -> None:
    visit = enter("manager@camden.example")
    page = visit.home()
    table = page.get_by_role("main").locator("table:has(caption:text('with change since'))")
    source, target = (row.get_by_role("link").first.inner_text() for row in table.locator("tbody tr").all()[:2])
    visit.follow(source, table)
    visit.follow("Move practices")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Move to").select_option(target)
    visit.press("Continue")
    patients = effect_after(page, f"{target}: patients")
    visit.press("Move them")
    expect(page.get_by_role("main")).to_contain_text(f"Done: In {target} from")
    visit.open("/")
    expect(table.get_by_role("row").filter(has_text=target)).to_contain_text(patients, timeout=SOON)
    visit.look()


def test_a_practice_joins_and_coverage_follows(enter: Enter) -> None:
    visit = enter(MANAGER)
    page = visit.open("/chins/barnet-2/")
    visit.follow("Practices join")
    page.get_by_role("checkbox").first.check()
    visit.press("Continue")
    percent = effect_after(page, "Patients in a CHIN")
    assert percent.endswith("%")
    visit.press("Let them join")
    visit.open("/")
    headline = page.get_by_role("group", name="Patients in a CHIN", exact=True).locator(".app-figure__value")
    expect(headline).to_have_text(percent, timeout=SOON)
    visit.look()


def test_the_second_of_two_editors_is_told_and_loses_nothing(enter: Enter) -> None:
    first, second = enter("deputy.manager@barnet.example"), enter(MANAGER)
    for visit in (first, second):
        visit.open("/chins/barnet-5/edit/")
    first.page.get_by_label("Area it serves").fill("Golders Green and Temple Fortune")
    first.press("Save")
    second.page.get_by_label("Area it serves").fill("Golders Green and Cricklewood")
    second.press("Save")

    told = second.page.get_by_role("alert")
    expect(told).to_contain_text("Deputy transformation manager, Barnet changed this while you were writing")
    expect(told).to_contain_text("Golders Green and Temple Fortune")
    expect(second.page.get_by_label("Area it serves")).to_have_value("Golders Green and Cricklewood")
    second.press("Save")
    expect(second.page.get_by_role("main")).to_contain_text("Golders Green and Cricklewood")


def test_two_editors_of_a_dated_record(enter: Enter) -> None:
    first, second = enter("deputy.manager@barnet.example"), enter(MANAGER)
    for visit, number in ((first, "020 7946 0111"), (second, "020 7946 0222")):
        page = visit.open("/practices/Z99035/")
        visit.follow("Change Telephone")
        page.get_by_label("Telephone").fill(number)
        page.get_by_label("It was always so").check()
        page.get_by_label("Why").fill("Told by the practice")
        visit.press("Continue")
    for visit in (first, second):
        visit.press("Save")

    told = second.page.get_by_role("alert")
    expect(told).to_contain_text("Deputy transformation manager, Barnet changed this while you were writing")
    expect(told).to_contain_text("020 7946 0111")
    expect(second.page.get_by_label("Telephone")).to_have_value("020 7946 0222")
