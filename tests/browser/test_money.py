"""The way of money from a budget line to payees' accounts: a service of the test's own, through everybody's pages."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cc2h.kit import words
from tests.browser.conftest import Enter
from tests.browser.portal import Portal
from tests.browser.visit import Visit
from tests.integration.forking import Commands, commands

BARNET = "barnet.example"
MANAGER, DEPUTY = f"manager@{BARNET}", f"deputy.manager@{BARNET}"
FINANCE, SECOND = f"finance.officer@{BARNET}", f"deputy.finance@{BARNET}"
PRACTICE = f"practice.manager@{BARNET}"
CHIN, LINE, SERVICE, MEMORANDUM = (
    "CHIN 1 Edgware and Burnt Oak",
    "Accelerators and Enablers",
    "Winter readiness",
    "Memorandum of understanding for the winter",
)
BUDGET = "/budget/07M/2018-19/"
RATE = Decimal(500)
SCAN = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n0\n%%EOF\n"
SUMS = ("Allocated", "Earmarked", "Committed", "Paid", "Left")


@dataclass(frozen=True)
class Book:
    """What the budget page says of the line, which the ledger's entries must come to at each step."""

    visit: Visit
    command: Commands

    def sums(self, day: date | None = None) -> Mapping[str, Decimal]:
        page = self.visit.open(f"{BUDGET}?as_at={day}" if day else BUDGET)
        row = page.get_by_role("region", name="The programme’s budget").get_by_role("row").filter(has_text=LINE)
        return {name: _pounds(row.locator(f"[data-label={name}]").inner_text()) for name in SUMS}

    def agrees(self, before: Mapping[str, Decimal], **changed: Decimal) -> Mapping[str, Decimal]:
        """The page says what it said before but for these; and every balance is what its entries come to."""
        after = self.sums()
        assert {name: after[name] - before[name] for name in SUMS if after[name] != before[name]} == {
            name.capitalize(): by for name, by in changed.items()
        }
        check = self.command.begin("check_ledger")
        assert check.wait() == 0, check.said()
        assert "every balance agrees" in check.said()
        return after


def _pounds(text: str) -> Decimal:
    return Decimal(text.strip().lstrip("£").replace(",", ""))


def fill(page: Page, typed: Mapping[str, str]) -> None:
    """Type into fields, or choose from lists, by their labels."""
    for name, value in typed.items():
        label = re.compile(f"^{name}( \\(optional\\))?$")
        field = page.get_by_role("main").get_by_label(label)
        if field.evaluate("field => field.localName") == "select":
            field.select_option(label=value)
        else:
            field.fill(value)


def confirmed(visit: Visit, submit: str) -> Page:
    """What it will change, and yes."""
    page = visit.press("Continue")
    expect(page.get_by_role("region", name="What this will change")).to_be_visible()
    return visit.press(submit)


def said(page: Page, what: str) -> None:
    expect(page.get_by_role("main")).to_contain_text(what)


@pytest.fixture
def command(portal: Portal, tmp_path: Path) -> Iterator[Commands]:
    """Commands on the portal's database, each in a process of its own."""
    with commands(tmp_path / "said", DATABASE_URL=portal.environment["DATABASE_URL"], CC2H_ENV="development") as begun:
        yield begun


def test_the_money_of_a_service_from_its_line_to_the_payees(enter: Enter, command: Commands, tmp_path: Path) -> None:
    finance = enter(FINANCE)
    book = Book(enter(SECOND), command)
    start, yesterday = book.sums(), date.today() - timedelta(days=1)
    before = book.sums(yesterday)
    codes(finance)
    manager = enter(MANAGER)
    service = opens_a_service(manager)
    opened = book.agrees(start, earmarked=5 * RATE, left=-5 * RATE)

    memorandum = brings_a_memorandum(manager)
    practices = the_practices(manager, service)
    own, mailed, third, holds_out, _ = practices
    practice = enter(PRACTICE, phone=True)
    signs_and_claims(practice, memorandum, own)
    for one in (mailed, third):
        enters_what_came_by_mail(manager, memorandum, one, tmp_path)
        claims_on_behalf(manager, one)
    claims_on_behalf(manager, holds_out)
    book.agrees(opened)

    verifies_many(enter(DEPUTY), holds_out)
    owed = book.agrees(opened, earmarked=-3 * RATE, committed=3 * RATE)
    sees_that_it_is_owed(practice, own)
    is_told_why(enter(f"chin1.lead@{BARNET}"), holds_out)

    run = prepares_a_run(finance)
    cannot_authorise_it_too(finance, run)
    authorises(enter(SECOND), run)
    payments = exports(finance, run, tmp_path)
    assert {row["Payee"] for row in payments} == {own, mailed, third}
    assert sum(Decimal(row["Amount"]) for row in payments) == 3 * RATE
    book.agrees(owed)

    failed = next(row["Reference"] for row in payments if row["Payee"] == third)
    confirms(finance, run, payments, failed, tmp_path)
    paid = book.agrees(owed, paid=2 * RATE)
    sees_that_it_is_paid(practice, own)
    what_failed_is_owed_still(finance, third)

    closes_a_month(finance)
    book.agrees(paid)
    assert book.sums(yesterday) == before, "what is done today was not so yesterday"


def codes(visit: Visit) -> None:
    """The journal needs the codes of the line."""
    page = visit.open("/budget/lines/accelerators-and-enablers/edit/")
    fill(page, {"Cost centre": "405712", "Subjective code": "52161125"})
    visit.press("Save")


def opens_a_service(visit: Visit) -> str:
    """Added, approved, its list frozen, opened; returns its address."""
    today = date.today().isoformat()
    page = visit.open("/budget/services/")
    visit.follow("Add a service")
    fill(
        page,
        {
            "Name": SERVICE,
            "Budget line": LINE,
            "Opens on": today,
            "Tariff": "A sum for each practice",
            "Rate": "£500.00",
        },
    )
    visit.press("Add the service")
    said(page, "Say next what it asks for")
    service = page.url
    visit.follow("Add a stage")
    fill(page, {"Name": "All of it", "Share of the rate, percent": "100", "Financial year charged": "2018/19"})
    visit.press("Add the stage")
    visit.follow(re.compile("^Add an output"))
    fill(page, {"Output": "The memorandum for the winter, signed", "What shows it": "An agreement that is signed"})
    fill(page, {"Kind of agreement": "Memorandum of understanding"})
    visit.press("Add the output")
    visit.follow(re.compile("^Add an output"))
    fill(page, {"Output": "A pledge to open on two Saturdays", "What shows it": "A pledge that is answered"})
    visit.press("Add the output")
    visit.follow("Record the approval")
    fill(page, {"Approved by": "Primary Care Procurement Committee", "On": today, "Interests declared": "None"})
    fill(page, {"Where that is written": "Minutes, item 7"})
    visit.press("Record it")
    visit.follow("Make the list of practices")
    fill(page, {"Only of a CHIN": CHIN})
    confirmed(visit, "Make the list")
    said(page, "5 practices may claim")
    visit.open(service)
    visit.follow("Open the service")
    visit.press("Continue")
    said(page, "£2,500.00 is earmarked for All of it: 5 practices")
    visit.press("Open it")
    said(page, "is open")
    return service


def brings_a_memorandum(visit: Visit) -> str:
    page = visit.open("/budget/agreements/")
    visit.follow("Add an agreement")
    fill(page, {"Whose": CHIN, "Kind": "Memorandum of understanding", "Title": MEMORANDUM})
    visit.press("Add it")
    visit.follow("Bring its text")
    fill(page, {"Text": "Each practice opens on two Saturdays before Christmas, and tells the others which."})
    visit.press("Bring it")
    said(page, "0 of 5 parties have signed")
    return page.url


def the_practices(visit: Visit, service: str) -> list[str]:
    page = visit.open(f"{service}eligible/")
    names = page.get_by_role("rowheader").get_by_role("link").all_inner_texts()
    assert len(names) == 5
    return sorted(names, key=lambda name: (name != "Ashenbourne Surgery", name))


def to_claim(visit: Visit, practice: str) -> Page:
    """To the claim of the practice for the service."""
    page = visit.open("/budget/services/claims/?service=winter-readiness")
    return visit.follow(practice, page.get_by_role("table"))


def signs_and_claims(visit: Visit, memorandum: str, own: str) -> None:
    """On a phone: its manager signs in the portal, answers the pledge and sends the claim in."""
    page = visit.open("/")
    said(page, f"{own}: {SERVICE}, All of it, is to be sent in")
    visit.open("/budget/agreements/to-sign/")
    visit.follow("Read and sign", page.get_by_role("row").filter(has_text=MEMORANDUM))
    said(page, "Each practice opens on two Saturdays")
    fill(page, {"Your name": "A. Manager", "Your role in the practice": "Practice manager"})
    page.get_by_role("checkbox").check()
    visit.press("Sign it")
    said(page, "has signed")
    assert page.url == memorandum

    visit.open("/")
    visit.follow(re.compile(SERVICE), page.get_by_role("main"))
    visit.follow("Enter evidence")
    page.get_by_role("radio", name="Yes").check()
    visit.press("Save")
    visit.follow("Send in")
    visit.press("Send it in")
    said(page, "Waiting to be verified")


def enters_what_came_by_mail(visit: Visit, memorandum: str, practice: str, folder: Path) -> None:
    """The scan of the signed page."""
    scan = folder / "signed page.pdf"
    scan.write_bytes(SCAN)
    page = visit.open(memorandum)
    visit.follow(re.compile("^Enter on paper"), page.get_by_role("row").filter(has_text=practice))
    fill(
        page,
        {"Name under it": "A. Partner", "Role of whoever signed": "GP partner", "Signed on": date.today().isoformat()},
    )
    page.get_by_label("Scan", exact=True).set_input_files(scan)
    visit.press("Enter it")
    said(page, f"{practice} has signed")


def claims_on_behalf(visit: Visit, practice: str) -> None:
    """Staff answer the pledge as it came, and send the claim in."""
    page = to_claim(visit, practice)
    visit.follow("Enter evidence")
    page.get_by_role("radio", name="Yes").check()
    visit.press("Save")
    said(page, "Say how it came from the practice")
    fill(page, {"How it came": "e-mail of this morning"})
    visit.press("Save")
    visit.follow("Send in")
    fill(page, {"How it came": "e-mail of this morning"})
    visit.press("Continue")
    visit.press("Send it in")
    said(page, "on behalf of the practice")


def verifies_many(visit: Visit, holds_out: str) -> None:
    """Those that lack nothing are accepted at once; one is returned with a reason."""
    page = visit.open("/budget/services/claims/")
    visit.follow(re.compile(SERVICE), page.get_by_role("main").get_by_role("paragraph"))
    page.get_by_role("radio", name="Accept").check()
    page.get_by_role("radio", name="All that lack nothing (3)").check()
    visit.press("Continue")
    said(page, "3 claims would be accepted; £1,500.00 would be payable by that")
    visit.press("Record this")
    said(page, "3 claims are accepted; £1,500.00 is payable by that")
    page.get_by_role("radio", name="Return").check()
    page.get_by_role("checkbox", name=re.compile(holds_out)).check()
    visit.press("Continue")
    said(page, "Say why they are returned")
    fill(page, {"Why they are returned": "The memorandum is not signed"})
    visit.press("Continue")
    visit.press("Record this")
    said(page, "No claim for this stage waits to be verified")


def sees_that_it_is_owed(visit: Visit, own: str) -> None:
    page = visit.open("/")
    visit.follow(f"Money of {own}", page.get_by_role("main"))
    owed = page.get_by_role("region", name="Owed to you")
    expect(owed).to_contain_text(SERVICE)
    expect(owed).to_contain_text("£500.00")


def is_told_why(visit: Visit, holds_out: str) -> None:
    page = visit.open("/")
    visit.follow(re.compile(f"{holds_out}.*{SERVICE}"), page.get_by_role("main"))
    said(page, "“The memorandum is not signed”")


def prepares_a_run(visit: Visit) -> str:
    page = visit.open("/budget/payments/")
    visit.follow("Prepare a payment run")
    page.get_by_role("radio", name="Only what is ticked below").check()
    for box in page.get_by_role("group", name="Owed").get_by_role("checkbox", name=re.compile("£500.00$")).all():
        box.check()
    visit.press("Continue")
    said(page, "The run pays 3 sums, £1,500.00 in all.")
    visit.press("Prepare it")
    said(page, "is prepared")
    return page.url


def cannot_authorise_it_too(visit: Visit, run: str) -> None:
    page = visit.open(run)
    who = page.get_by_role("region", name="Who may authorise it")
    expect(who).to_contain_text("Not Finance officer, Barnet, who prepared it.")
    expect(who).to_contain_text("Deputy finance officer, Barnet.")
    expect(page.get_by_role("button", name="Authorise it")).to_have_count(0)
    visit.open(f"{run}authorise/")
    visit.press("Authorise it")
    expect(page.get_by_role("alert")).to_contain_text("prepared")
    visit.open(run)
    expect(page.get_by_role("region", name="Steps")).to_contain_text("efused")


def authorises(visit: Visit, run: str) -> None:
    page = visit.open(run)
    visit.follow("Authorise it")
    visit.press("Authorise it")
    said(page, "is authorised")


def exports(visit: Visit, run: str, folder: Path) -> list[dict[str, str]]:
    """The payment file is made, and is the same whenever it is downloaded; so is the journal. Returns the payments."""
    page = visit.open(run)
    visit.follow("Make the payment file")
    fill(page, {"Layout": "Payment file"})
    visit.press("Make it")
    first, again = downloaded(visit, "Payment file"), downloaded(visit, "Payment file")
    assert first == again
    visit.open(run)
    files = page.get_by_role("region", name="Files")
    expect(files.get_by_role("row").filter(has_text="Payment file").locator("[data-label=Downloads]")).to_have_text("2")

    visit.follow(re.compile("Make another file"))
    fill(page, {"Layout": "Ledger journal"})
    visit.press("Make it")
    journal = rows_of(downloaded(visit, "Ledger journal"))
    debit = sum(Decimal(row["Debit"] or 0) for row in journal)
    assert debit == sum(Decimal(row["Credit"] or 0) for row in journal) == 3 * RATE
    assert {row["Cost centre"] for row in journal} >= {"405712"}
    return rows_of(first)


def downloaded(visit: Visit, name: str) -> bytes:
    with visit.page.expect_download() as coming:
        visit.page.get_by_role("region", name="Files").get_by_role("link", name=name, exact=True).click()
    return Path(coming.value.path()).read_bytes()


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def confirms(visit: Visit, run: str, payments: list[dict[str, str]], failed: str, folder: Path) -> None:
    """One penny too much refuses the file; the right one is recorded, with a failure; once."""
    said_of = [
        [one["Run"], one["Reference"], one["Amount"], "failed" if one["Reference"] == failed else "paid"]
        for one in payments
    ]
    file = folder / "confirmation.csv"
    wrong = [[*said_of[0][:2], "500.01", *said_of[0][3:]], *said_of[1:]]
    confirmation(file, wrong)
    page = visit.open(run)
    visit.follow("Confirm from a file")
    page.get_by_label("File", exact=True).set_input_files(file)
    visit.press("Read and record it")
    said(page, "is £500.01; expected £500.00, as it was authorised")

    confirmation(file, said_of)
    page.get_by_label("File", exact=True).set_input_files(file)
    visit.press("Read and record it")
    said(page, "Recorded: 2 paid and 1 failed")
    visit.open(f"{run}confirm/")
    page.get_by_label("File", exact=True).set_input_files(file)
    visit.press("Read and record it")
    said(page, "Nothing is recorded twice")


def confirmation(file: Path, rows: list[list[str]]) -> None:
    day = date.today().isoformat()
    lines = [[*row, day, "Account closed" if row[3] == "failed" else ""] for row in rows]
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([["run", "reference", "amount", "outcome", "day", "reason"], *lines])


def sees_that_it_is_paid(visit: Visit, own: str) -> None:
    page = visit.open("/")
    visit.follow(f"Money of {own}", page.get_by_role("main"))
    expect(page.get_by_role("region", name="Paid")).to_contain_text(f"Paid on {words.day(date.today())}")


def what_failed_is_owed_still(visit: Visit, third: str) -> None:
    page = visit.open("/budget/payments/single/?state=exceptions")
    expect(page.get_by_role("row").filter(has_text=third)).to_contain_text("Account closed")
    visit.open("/budget/payments/07M/prepare/")
    expect(page.get_by_role("checkbox", name=re.compile(third))).to_be_visible()


def closes_a_month(visit: Visit) -> None:
    """Then it takes no entry, and says so."""
    page = visit.open("/budget/months/07M/2018-11/")
    visit.follow("Close November 2018")
    visit.press("Close November 2018")
    said(page, "November 2018 is closed, and its report is frozen.")
    visit.open("/budget/lines/accelerators-and-enablers/commit/")
    fill(page, {"Financial year": "2018/19", "Amount": "1.00", "Day": "2018-11-30", "Why": "Too late"})
    visit.press("Commit it")
    expect(page.get_by_role("alert")).to_contain_text("November 2018 is closed")
