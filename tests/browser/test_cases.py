"""A CHIN lead writes a case on a phone in one evening, on a connection that comes and goes; nothing typed is lost."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter

LEAD, MANAGER = "chin1.lead@barnet.example", "manager@barnet.example"
TITLE = "Evening wound clinic"


def says(page: Page, what: str) -> None:
    expect(page.locator("[data-writing-says]")).to_contain_text(what, timeout=10_000)


def tick(page: Page, asked: str, answer: str) -> None:
    page.get_by_role("group", name=asked).get_by_role("radio", name=answer, exact=True).check()


def test_a_case_is_written_on_a_phone_and_survives_a_lost_connection(enter: Enter) -> None:
    lead = enter(LEAD, phone=True)
    page = lead.open("/business-cases/mine/")
    page = lead.follow("Put an idea forward")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Which problem is it about?").fill("Housebound patients wait for wound care.")
    page.get_by_label("Topic").select_option("wound_care")
    page = lead.press("Put it forward")
    number = re.findall(r"/business-cases/([\d-]+)/", page.url)[0]
    expect(page.get_by_role("main")).to_contain_text("The idea waits to be taken up")

    lead.follow("The idea, and who it is for")
    writes_without_a_connection(page)
    page.get_by_label("Who is it for?").fill("Patients with leg ulcers.")
    page.get_by_label("Where, and who does it?").fill("At one practice, by two nurses.")
    lead.press("Save")

    lead.follow("The problem and its data")
    expect(page.get_by_label("What is the problem?")).to_have_value("Housebound patients wait for wound care.")
    page.get_by_label("What do the data show?").fill("Visits differ threefold.")
    lead.press("Save")
    lead.follow("What it costs")
    page.get_by_label("How much do you ask for?").fill("9,600")
    page.get_by_label("First month of the test").fill("2018-11")
    page.get_by_label("Last month of the test").fill("2019-01")
    for place, month in enumerate(("2018-11", "2018-12", "2019-01")):
        row = page.get_by_role("group", name=f"Cost {place + 1}", exact=True)
        row.get_by_label("What for").fill("Nurses")
        row.get_by_label("Month").fill(month)
        row.get_by_label("Type").select_option("staff")
        row.get_by_label("Recurrent?").select_option("no")
        row.get_by_label("Amount").fill("3200")
    lead.press("Save")
    expect(page.get_by_role("main")).to_contain_text("£9,600 in 3 months, none recurrent")

    lead.follow("What we predict")
    row = page.get_by_role("group", name="Measure 1", exact=True)
    for label, typed in (("Measure,", "District nurse visits"), ("Unit", "a week"), ("We predict", "80")):
        row.get_by_label(label).fill(typed)
    row.get_by_label("Which way is better").select_option("down")
    row.get_by_label("By,").fill("2019-01-31")
    page.get_by_label("Where will the numbers come from?").fill("Counted by the community provider.")
    lead.press("Save")
    lead.follow("Equality screening")
    tick(page, "Could it affect people differently", "No")
    tick(page, "Does it need the full equality assessment?", "No")
    lead.press("Save")
    lead.follow("Information governance screening")
    for asked in ("Is personal information used", "Is it shared with anybody", "Is a new system"):
        tick(page, asked, "No")
    lead.press("Save")
    expect(page.get_by_role("main")).to_contain_text("Nothing lacks.")

    manager = enter(MANAGER)
    manager.open(f"/business-cases/{number}/take-up/")
    manager.press("Take it up")
    lead.open(f"/business-cases/{number}/")
    lead.follow("Send to my CHIN for sponsorship")
    page = lead.press("Send it in")
    expect(page.get_by_role("main")).to_contain_text(f"{number} {TITLE} is submitted.")
    page = lead.open(f"/business-cases/{number}/submissions/1/")
    for _ in range(20):  # a worker makes it
        if page.get_by_role("button", name="PDF").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("button", name="PDF")).to_be_visible()


def writes_without_a_connection(page: Page) -> None:
    """What is typed is kept by the server, then on the device, and comes back."""
    tried = page.get_by_label("What will you try?")
    tried.fill("A clinic")
    says(page, "It counts once you save it.")
    page.reload()
    expect(tried).to_have_value("A clinic")
    page.context.set_offline(True)
    tried.fill("A shared clinic in the evening.")
    says(page, "Not saved: no connection. It is kept on this device.")
    page.context.set_offline(False)
    says(page, "It counts once you save it.")
    page.reload()
    expect(tried).to_have_value("A shared clinic in the evening.")
