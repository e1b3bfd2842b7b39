"""From a published file to a verdict: who truly differs, a cycle’s shift and its new baseline, a benefit validated."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.visit import Visit

MANAGER, ANALYST, OFFICER = "manager@barnet.example", "analyst@barnet.example", "finance.officer@barnet.example"
SOON = 20_000
IMPORT = re.compile(r"^Import \d")
# As NHS Digital publishes it: the second has truly many more on its register, the last fewer only by the unadjusted limits.
REGISTERS = "PRACTICE_CODE,GROUP_CODE,REGISTER,PATIENT_LIST_TYPE,PRACTICE_LIST_SIZE\n" + "".join(
    f"Z990{number:02},DM,{people},17OV,8000\n"
    for number, people in enumerate([560, 1100, 540, 600, 575, 565, 480], start=1)
)
SERIES = "/measures/diabetes-eight-care-processes/series/chin/barnet-1/"
BENEFIT = "/benefits/fewer-emergency-admissions-through-chins/"


def main(page: Page) -> str:
    return " ".join(page.get_by_role("main").inner_text().split())


def test_from_a_published_file_to_the_board_s_verdict(enter: Enter) -> None:
    manager = enter(MANAGER)
    bring(manager)
    who_differs(manager)
    verdict = new_baseline(enter(ANALYST), manager)
    validated(enter(OFFICER))
    same_everywhere(manager, verdict)


def bring(manager: Visit) -> None:
    """A file of the QOF is uploaded, looked at and imported."""
    page = manager.open("/imports/upload/")
    file = {"name": "PREVALENCE_1617.csv", "mimeType": "text/csv", "buffer": REGISTERS.encode()}
    page.get_by_label("File", exact=True).set_input_files(file)
    manager.press("Check the file")
    expect(page.get_by_role("button", name=IMPORT)).to_be_visible(timeout=SOON)
    expect(page.get_by_role("main")).to_contain_text("QOF prevalence")
    manager.press(IMPORT)
    expect(page.get_by_role("main")).to_contain_text("Imported", timeout=SOON)
    manager.look()


def who_differs(manager: Visit) -> None:
    """The funnel with and without overdispersion."""
    page = manager.open("/measures/diabetes-prevalence/")
    manager.follow("Who truly differs")
    page.get_by_label("Period to").select_option("2017-03-31")
    page.get_by_label("Commissioner").select_option("07M")
    page = manager.press("Show")
    plain = re.search(r"Of (\d+) practices shown, (\d+) lie outside the 95% limits .*?, (\d+) also", main(page))
    assert plain is not None
    shown, outside, truly = map(int, plain.groups())
    assert shown > outside > truly
    page.get_by_label("Limits", exact=True).select_option("overdispersed")
    page = manager.press("Show")
    expect(page.get_by_role("main")).to_contain_text("overdispersed limits around the average")
    manager.follow("Table")
    row = page.get_by_role("row").filter(has_text="1,100 of 8,000")
    expect(row).to_have_count(1)
    assert row.inner_text().count("Much higher") == 2  # by either kind of limits


def new_baseline(analyst: Visit, manager: Visit) -> str:
    """A shift after a cycle is seen with the cycle beside it; one proposes a new baseline, another decides."""
    page = analyst.open(f"{SERIES}?as_at=2018-12-06")
    expect(page.get_by_role("main")).to_contain_text("part of a shift")
    happened = page.get_by_role("region", name="What happened")
    expect(happened).to_contain_text("cycle 1")
    analyst.follow("Propose a new baseline")
    page.get_by_label("From").fill("2018-05-31")
    page.get_by_label("Why").fill("Recall on Tuesdays stays: the cycle was adopted.")
    analyst.press("Propose it")
    expect(page.get_by_role("main")).to_contain_text("Somebody else decides on it")
    assert page.get_by_role("link", name="Decide").count() == 0
    page = manager.open(SERIES)
    manager.follow(re.compile("Decide on the baseline from 31 May 2018"))
    page.get_by_role("radio", name="Approve it").check()
    page.get_by_label("Why").fill("It has lasted since May.")
    manager.press("Continue")
    manager.press("Decide")
    expect(page.get_by_role("main")).to_contain_text("is approved")
    expect(page.get_by_role("main")).to_contain_text("new baseline from point")
    return page.locator(".app-icons").first.inner_text().strip().split("\n")[0]


def validated(officer: Visit) -> None:
    """What a benefit came to is said by somebody who neither planned nor owns it."""
    page = officer.open(BENEFIT)
    officer.follow("Validate 2017/18")
    page.get_by_label("Of which quarters").select_option("14")
    page.get_by_label("Gross saving made").fill("51,200")
    page.get_by_label("Evidence").fill("Contract monitoring of month 12, agreed with the trust.")
    officer.press("Validate")
    expect(page.get_by_role("main")).to_contain_text("£51,200 of 2017/18")
    page = officer.open("/benefits/?year=2017-18")
    expect(page.get_by_role("main")).to_contain_text("£118,800")  # with the £67,600 of before


def same_everywhere(manager: Visit, verdict: str) -> None:
    """The board’s grid, the document and the API say what the page says."""
    page = manager.open("/measures/grid/?initiative=qists")
    assert verdict in page.locator(f'main a[href^="{SERIES}"]').inner_text()
    words = {"Improving, higher": "ImprovementHigh", "Common cause": "CommonCause", "Concern, lower": "ConcernLow"}
    said = page.request.get(f"/api/v1{SERIES}").json()
    assert said["variation"] == words[verdict]
    document = page.request.get(f"{SERIES}?format=pdf").body()
    assert f"{verdict}. ".encode() in document  # its description, in plain letters
