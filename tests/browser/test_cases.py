"""The journey of business cases: one written on a phone in an evening, on a connection that comes and goes, decided by the
short route with a condition, tested in two cycles and scaled; one of £150,000 that goes the long route, is asked for more
and answers, with a GP’s conflict held to; and one that was decided years ago, opened as it was taken.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Enter
from tests.browser.portal import Portal
from tests.browser.preparing import CLINICS, WHERE_FROM
from tests.browser.visit import Visit

LEAD, MANAGER = "chin1.lead@barnet.example", "manager@barnet.example"
SPONSOR, FINANCE, STEERING, SECRETARY, MEMBER = (
    f"{who}@barnet.example"
    for who in ("chin1.managerial.lead", "finance.officer", "steering.group", "secretary", "board.member")
)
BOARD = "/governance/barnet-care-closer-to-home-programme-board/"
GOVERNING = "/governance/barnet-governing-body/"
TITLE = "Evening wound clinic"
CONDITION = "A room is booked in writing."
LINE = re.compile(r"^CHIN Innovations and PDSA cycles \(")


def says(page: Page, what: str) -> None:
    expect(page.locator("[data-writing-says]")).to_contain_text(what, timeout=10_000)


def tick(page: Page, asked: str, answer: str) -> None:
    page.get_by_role("group", name=asked).get_by_role("radio", name=answer, exact=True).check()


@pytest.fixture
def enter(enter: Enter) -> Enter:
    """A hundred pages: of each kind one is looked at."""
    return partial(enter, brief=True)


def test_from_an_evening_on_a_phone_to_all_of_barnet(enter: Enter, portal: Portal) -> None:
    """What the other case begins with is prepared by services (preparing.py); everything else is done on pages."""
    asked_for_more = portal.begin(
        "shell", "-v0", "-c", "from tests.browser.preparing import asked_for_more; asked_for_more()"
    )
    number = written_on_a_phone(enter)
    decided_by_the_short_route(enter, number)
    funded_with_a_condition(enter, number)
    cycles_are_run(enter, number)
    its_pdf_is_made(enter, number)
    proposed_to_all(enter, number)
    long = asked_for_more().split()[-1]
    answered(enter, long)
    at_the_meeting(enter, BOARD, {number: "GP member 1", long: "GP member 2"})
    at_the_meeting(enter, GOVERNING, {long: "GP member 2"})  # the sum is above what the Programme Board decides alone
    what_became_of_them(enter, number, long)


def written_on_a_phone(enter: Enter) -> str:
    """A £10,000 test; nothing typed is lost when the connection is."""
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
    return number


def its_pdf_is_made(enter: Enter, number: str) -> None:
    """A worker makes it meanwhile."""
    page = enter(LEAD).open(f"/business-cases/{number}/submissions/1/")
    for _ in range(20):  # a worker makes it
        if page.get_by_role("button", name="PDF").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("button", name="PDF")).to_be_visible()


def says_of(visit: Visit, outcome: str, reasons: str = "It says what it would show.") -> Page:
    """An outcome and why, on the page of a stage."""
    visit.page.get_by_role("radio", name=outcome, exact=True).check()
    visit.page.get_by_label("Reasons").fill(reasons)
    return visit.press("Record it")


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def decided_by_the_short_route(enter: Enter, number: str) -> None:
    """Its CHIN sponsors it, finance names what pays, the named officer decides: each on one page."""
    sponsor, finance, manager = enter(SPONSOR), enter(FINANCE), enter(MANAGER)
    sponsor.open(f"/business-cases/{number}/")
    sponsor.follow("Sponsor it, or not")
    says_of(sponsor, "Sponsor")
    page = finance.open(f"/business-cases/{number}/")
    finance.follow("Record the check")
    page.get_by_role("radio", name="The costs hold", exact=True).check()
    pays = page.get_by_label("Which line pays")
    pays.select_option(pays.get_by_role("option", name=LINE).first.get_attribute("value"))
    says_of(finance, "The costs hold")
    page = manager.open(f"/business-cases/{number}/")
    manager.follow("Decide")
    page.get_by_role("radio", name="Approve with conditions").check()
    page.get_by_role("textbox", name=re.compile("^Conditions")).fill(CONDITION)
    says_of(manager, "Approve with conditions")
    page = manager.open(f"/business-cases/{number}/")
    expect(main(page)).to_contain_text("Approved since")


def funded_with_a_condition(enter: Enter, number: str) -> None:
    """A tranche waits for the condition, and is released once that is met."""
    manager = enter(MANAGER)
    page = manager.open(f"/business-cases/money/{number}/plan/")
    page.get_by_label("Amount").fill("3,200")
    page.get_by_label("What for").fill("The first month")
    page.get_by_label("Payee").select_option(index=1)
    page.get_by_label("Waits for").select_option(label=CONDITION)
    manager.press("Plan it")
    release = page.get_by_role("link", name="Release tranche 1").get_attribute("href") or ""
    manager.open(release)
    page = manager.press("Release it")
    expect(main(page)).to_contain_text("The condition that it waits for is neither met nor waived.")
    lead = enter(LEAD, phone=True)
    page = lead.open(f"/business-cases/{number}/")
    lead.follow(re.compile("^It is met"))
    page.get_by_label("What shows it").fill("The surgery’s letter of today.")
    lead.press("It is met")
    manager.open(release)
    page = manager.press("Release it")
    expect(main(page)).to_contain_text("It is in the next payment run.")


def cycles_are_run(enter: Enter, number: str) -> None:
    """Each is planned, begun, filled, studied and concluded on a phone: the first adapted, the second adopted."""
    lead, today = enter(LEAD, phone=True), date.today()
    for cycle, follows, last, value in (
        (1, "Adapt: it is changed, and tried again in another cycle", "No, another follows", "96"),
        (2, "Adopt: it is done so from now on", "Yes: the case is ready to be decided on", "78"),
    ):
        page = lead.open(f"/business-cases/{number}/")
        lead.follow("Plan a cycle")
        if cycle == 2:  # begins with what the first has asked
            expect(page.get_by_label("Which question does it ask?")).to_have_value("And on two evenings?")
        page.get_by_label("Title").fill(f"Evenings, {cycle}")
        page.get_by_label("Which question does it ask?").fill("Do fewer wounds need a visit?")
        page.get_by_label("Who does it?").fill("Two nurses")
        page.get_by_label("Where?").fill("One surgery")
        page.get_by_label("From", exact=True).fill(today.isoformat())
        page.get_by_label("To", exact=True).fill((today + timedelta(days=41)).isoformat())
        expect(page.get_by_label("Measure 1")).to_have_value("District nurse visits, a week")
        lead.press("Plan it")
        lead.follow("Begin it")
        lead.press("Begin it")
        lead.follow("This week’s numbers")
        page.get_by_label("District nurse visits, a week").fill(value)
        page.get_by_label("What you saw").fill("Everybody who was asked came.")
        lead.press("Keep it")
        lead.follow("Study it")
        page.get_by_role("radio", name="Held" if cycle == 2 else "Not held", exact=True).check()
        page.get_by_label("Why do you say so?").fill("As the chart has it.")
        page.get_by_label("What was found?").fill("People come if somebody fetches them.")
        page.get_by_label("What was learned, in a sentence?").fill("Fetch those who do not drive.")
        page = lead.press("Keep the study")
        expect(main(page)).to_contain_text("SHA-256")
        lead.follow("Decide what follows")
        page.get_by_role("radio", name=follows).check()
        page.get_by_label("Why", exact=True).fill("One evening is full.")
        if cycle == 1:
            page.get_by_label("What does the next cycle ask?").fill("And on two evenings?")
        page.get_by_role("radio", name=last).check()
        page = lead.press("Decide")
    expect(main(page)).to_contain_text("Tested, to be decided on since")


def proposed_to_all(enter: Enter, number: str) -> None:
    """With the evidence of both cycles frozen in it; finance checks what it costs."""
    lead, finance = enter(LEAD), enter(FINANCE)
    page = lead.open(f"/business-cases/{number}/")
    lead.follow("Propose to scale it")
    page.get_by_label("Source of its money").select_option(index=1)
    page.get_by_label("What it costs in each year").fill(f"{year()}/{(year() + 1) % 100:02} 60000.00")
    page.get_by_label("All practices begin in the month of").fill(f"{year() + 1}-01-01")
    lead.press("Continue")
    lead.press("Propose it")
    page = lead.open(f"/business-cases/{number}/submissions/2/")
    for said in ("Cycle 1: Evenings, 1", "Cycle 2: Evenings, 2", "Fetch those who do not drive.", "SHA-256"):
        expect(main(page)).to_contain_text(said)
    finance.open(f"/business-cases/{number}/")
    finance.follow("Record the check")
    says_of(finance, "The costs hold")


def year() -> int:
    """The financial year that begins in the spring to come."""
    return date.today().year + (date.today().month > 3)


def answered(enter: Enter, number: str) -> None:
    """The case of £150,000: only what more was asked of is open, and what was submitted first stays as it was."""
    lead, steering = enter("chin2.lead@barnet.example", phone=True), enter(STEERING)
    answer = "From the provider’s own visits, counted every Friday."
    page = lead.open(f"/business-cases/{number}/")
    expect(main(page)).to_contain_text(WHERE_FROM)
    lead.follow("What we predict")
    page.get_by_label("Where will the numbers come from?").fill(answer)
    lead.press("Save")
    lead.follow("Send it in again")
    page = lead.press("Send it in")
    expect(main(page)).to_contain_text(f"{number} {CLINICS.title} is submitted.")
    expect(main(page)).to_contain_text("Not asked again: the sum is the same")
    page = lead.open(f"/business-cases/{number}/submissions/1/")
    expect(main(page)).not_to_contain_text(answer)
    steering.open(f"/business-cases/{number}/")
    steering.follow("Record the advice")
    says_of(steering, "Endorse")


def to_decide(page: Page, number: str) -> Locator:
    """The item on the agenda by which a body decides on the case; by another it is told of it."""
    return main(page).get_by_role("listitem").filter(has_text=re.compile(rf"{number}.*To decide", re.DOTALL))


def at_the_meeting(enter: Enter, body: str, conflicted_gps: Mapping[str, str]) -> None:
    """The body decides today on these cases, each with a GP who is conflicted: they take no part, and a vote is refused."""
    secretary = enter(SECRETARY)
    page = secretary.open(body)
    secretary.follow(re.compile(f"^{date.today():%-d %B %Y}"), main(page))
    meeting = page.url
    secretary.follow("Agenda from what waits")
    for number in conflicted_gps:
        expect(page.get_by_label(re.compile(f"{number}.*to decide"))).to_be_checked()
    secretary.press("Put them on the agenda")
    secretary.follow("Record who was there")
    page.get_by_label("Who took the chair").select_option(index=1)
    secretary.press("Record it")
    for number, gp in conflicted_gps.items():
        page = secretary.open(meeting)
        secretary.follow("Record what was decided", to_decide(page, number))
        for conflicted in page.get_by_role("group", name="How it is handled").all():
            conflicted.get_by_role("radio", name="Leaves", exact=False).check()
        for why in page.get_by_label("Why", exact=True).all():
            why.fill("It is their own CHIN’s case.")
        page.get_by_role("radio", name="Approve", exact=True).check()
        page.get_by_label("Reasons").fill("The evidence is in the pack.")
        page.get_by_role("radio", name="As entered for each seat below").check()
        for vote in page.locator("select[name^=vote_]").all():
            vote.select_option(label="For")
        page = secretary.press("Continue")
        expect(main(page)).to_contain_text("only where the chair has said that they stay and decide")
        page.get_by_role("radio", name="Everybody who could vote was for it").check()
        secretary.press("Continue")
        page = secretary.press("Record it")
        expect(main(page)).to_contain_text("As it was taken. Nothing on this page changes any more.")
        expect(main(page).get_by_role("row").filter(has_text=gp)).to_contain_text("Took no part")


def what_became_of_them(enter: Enter, scaled: str, long: str) -> None:
    member = enter(MEMBER)
    page = member.open(f"/business-cases/{scaled}/")
    for said in ("Scaled borough-wide since", "It has a line of its own, outside the programme budget"):
        expect(main(page)).to_contain_text(said)
    page = member.open(f"/business-cases/{long}/")
    expect(main(page)).to_contain_text("Approved since")


def test_a_decision_opens_years_later_as_it_was_taken_with_its_evidence(enter: Enter) -> None:
    """Of CHIN 1’s clinic of 2018: approved with a condition while its GP was out, tested twice, scaled. By who had no part."""
    member = enter(MEMBER)
    page = member.open("/business-cases/2018-001/")
    for said in ("Scaled borough-wide", "Patients who work are asked which day and hour would suit them.", "Met"):
        expect(main(page)).to_contain_text(said)
    page.locator("summary", has_text="Submission 1").click()
    decided = main(page).locator("p", has_text="Approved with conditions on").first
    member.follow(re.compile(r"2018\s*, the whole of it"), decided)
    expect(main(page)).to_contain_text("Submission 1")
    member.follow("The decision as the body took it")
    gp = main(page).get_by_role("row").filter(has_text="GP member 1")
    expect(gp).to_contain_text("Took no part")
    expect(main(page)).to_contain_text("Holds a post")
    page = member.open("/business-cases/2018-001/submissions/1/")
    expect(main(page)).to_contain_text("SHA-256")
    page = member.open("/business-cases/2018-001/submissions/2/")
    for said in ("Cycle 1: Tuesdays, by day", "Cycle 2: Tuesdays, with an evening", "Not held", "SHA-256"):
        expect(main(page)).to_contain_text(said)


def writes_without_a_connection(page: Page) -> None:
    """What is typed is kept on the device, then by the server, and comes back."""
    tried = page.get_by_label("What will you try?")
    page.context.set_offline(True)
    tried.fill("A shared clinic in the evening.")
    says(page, "Not saved: no connection. It is kept on this device.")
    page.context.set_offline(False)
    says(page, "It counts once you save it.")
    page.reload()
    expect(tried).to_have_value("A shared clinic in the evening.")
