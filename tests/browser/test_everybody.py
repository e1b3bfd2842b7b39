"""Each role's home, a phone, a keyboard, no JavaScript, paper, and every link."""

import re
from collections import Counter, deque
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from cc2h.accounts.authority import Role
from cc2h.config.demonstration import PASSWORD
from tests.browser.conftest import Enter

BARNET, NCL = "barnet.example", "ncl.example"
# whose e-mail address, and what their home says first
HOMES = {
    Role.TRANSFORMATION_MANAGER: (f"manager@{BARNET}", "waiting on you"),
    Role.FINANCE_OFFICER: (f"finance.officer@{BARNET}", "Finance officer, Barnet"),
    Role.NCL_OFFICE: (f"office@{NCL}", "Islington"),
    Role.BOARD_MEMBER: (f"board.member@{BARNET}", "Care Closer to Home in Barnet"),
    Role.STEERING_GROUP_LEAD: (f"steering.group@{BARNET}", "CHIN Steering Group lead, Barnet"),
    Role.SECRETARY: (f"secretary@{BARNET}", "Secretary"),
    Role.COUNCIL_OFFICER: (f"council.officer@{BARNET}", "Council officer, Barnet"),
    Role.ANALYST: (f"analyst@{BARNET}", "analyst, Barnet"),
    Role.CHIN_LEAD: (f"chin1.lead@{BARNET}", "CHIN lead, CHIN 1 Edgware and Burnt Oak"),
    Role.QI_LEAD: (f"chin1.qi.lead@{BARNET}", "Quality improvement lead, CHIN 1"),
    Role.CLINICAL_LEAD: (f"chin1.clinical.lead@{BARNET}", "CHIN 1"),
    Role.MANAGERIAL_LEAD: (f"chin1.managerial.lead@{BARNET}", "CHIN 1"),
    Role.QIST_MEMBER: (f"chin1.qist.member@{BARNET}", "QIST member, CHIN 1"),
    Role.SPOC: (f"spoc@{BARNET}", "SPoC"),
    Role.FEDERATION_SUPPORT: (f"federation.support@{BARNET}", "Federation support"),
    Role.PRACTICE_MANAGER: (f"practice.manager@{BARNET}", "Practice manager"),
    Role.FEDERATION_MANAGER: (f"federation.manager@{BARNET}", "Barnet Federated GPs"),
    Role.BODY_MEMBER: (f"body.member.1@{BARNET}", "Chair of the Governing Body"),
    Role.ADMINISTRATOR: (f"administrator@{NCL}", "Portal administrator"),
}


def test_every_role_has_somebody() -> None:
    assert set(HOMES) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_a_role_lands_on_its_own_home(enter: Enter, role: Role) -> None:
    email, says = HOMES[role]
    page = enter(email).home()
    expect(page.get_by_role("main")).to_contain_text(says)
    expect(page.get_by_role("banner").get_by_role("button", name="Sign out")).to_be_visible()


def test_a_chin_lead_reads_their_home_on_a_phone(enter: Enter) -> None:
    visit = enter(HOMES[Role.CHIN_LEAD][0], phone=True)
    page = visit.home()
    expect(page.get_by_role("main")).to_contain_text("CHIN 1 Edgware and Burnt Oak")
    visit.follow("CHINs", page.get_by_role("navigation", name="Main"))
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()  # the filters are folded
    page.get_by_role("group").get_by_text("Filter", exact=True).click()
    expect(page.get_by_role("button", name="Apply")).to_be_visible()
    visit.follow("CHIN 1 Edgware and Burnt Oak", page.get_by_role("table"))
    expect(page.get_by_role("heading", level=1)).to_have_text("CHIN 1 Edgware and Burnt Oak")


def test_the_keyboard_is_enough(enter: Enter) -> None:
    visit = enter()
    page = visit.open("/")
    assert urlsplit(page.url).path == "/account/login/"
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    keys.press("Tab")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    keys.type(HOMES[Role.BOARD_MEMBER][0])
    keys.press("Tab")
    keys.type(PASSWORD)
    with page.expect_navigation():
        keys.press("Enter")

    day = page.get_by_label("As at", exact=True)
    for _ in range(10):
        keys.press("Tab")
        if day.evaluate("field => field === document.activeElement"):
            break
    keys.type("12122018")  # the same whether days or months come first
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator(".app-strip--as-at")).to_contain_text("As at 12 December 2018")

    how = page.get_by_role("group", name="Patients in a CHIN", exact=True).locator("summary").first
    for _ in range(90):
        keys.press("Tab")
        if how.evaluate("field => field === document.activeElement"):
            break
    keys.press("Enter")
    expect(page.get_by_text("358,041 ÷ 405,166 = 88.4%").first).to_be_visible()
    visit.look()


def test_nothing_needs_javascript(enter: Enter) -> None:
    visit = enter("manager@islington.example", script=False)
    page = visit.open("/?as_at=2018-12-06")
    expect(page.get_by_role("img").first).to_be_visible()

    visit.open("/practices/")
    page.get_by_role("main").get_by_label("Search", exact=False).first.fill("Z994")
    visit.press("Apply")
    assert "q=Z994" in page.url
    expect(page.get_by_role("list", name="Filters that are on")).to_contain_text("Z994")

    visit.open("/chins/")
    visit.follow(re.compile("CHIN"), page.get_by_role("table"))
    name = page.get_by_role("heading", level=1).inner_text()
    visit.follow("Move practices")
    page.get_by_role("checkbox").first.check()
    choices = page.get_by_label("Move to").locator("option").all_inner_texts()
    assert name not in choices
    page.get_by_label("Move to").select_option(choices[1])  # the first says to choose
    visit.press("Continue")
    expect(page.get_by_role("region", name="What this will change")).to_be_visible()
    visit.press("Change what I typed")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    visit.press("Continue")
    visit.press("Move them")
    expect(page.get_by_role("main")).to_contain_text("Done: In")


def test_a_printed_list_is_the_list_alone(enter: Enter) -> None:
    visit = enter("office@ncl.example")
    page = visit.open("/practices/?as_at=2018-12-06")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_text("As at 6 December 2018. Printed")).to_be_visible()
    for control in (".app-bar", ".app-copy", ".app-under__take", ".app-under__sizes"):
        expect(page.locator(control)).to_be_hidden()
    assert page.locator(".app-table thead").evaluate("(e) => getComputedStyle(e).display") == "table-header-group"
    assert page.locator("tbody tr").first.evaluate("(e) => getComputedStyle(e).breakInside") == "avoid"


def test_a_list_is_saved_as_a_view_and_come_back_to(enter: Enter) -> None:
    visit = enter("analyst@barnet.example")
    page = visit.open("/practices/?sort=-patients&placed=in")
    page.get_by_text("Columns", exact=True).click()
    for column in ("Code", "Since", "12 months"):
        page.get_by_role("checkbox", name=column, exact=True).uncheck()
    visit.press("Show these")
    expect(page.get_by_role("columnheader")).to_have_text(
        [re.compile(name) for name in ("Practice", "CHIN", "Patients", "Year")]
    )
    first = page.get_by_role("rowheader").first.inner_text()
    visit.follow("Save this view")
    page.get_by_label("Name").fill("Largest first")
    visit.press("Save it")
    visit.open("/practices/")
    views = page.get_by_role("navigation", name="Saved views")
    visit.follow("Largest first", views)
    expect(views.get_by_role("link", name="Largest first")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("rowheader").first).to_have_text(first)
    expect(page.get_by_role("columnheader")).to_have_count(4)
    page.get_by_text("Change views").click()
    visit.follow("Delete Largest first")
    visit.press("Delete it")
    expect(page.get_by_role("navigation", name="Saved views")).to_have_count(0)


def test_the_rows_shown_are_copied_as_a_table(enter: Enter) -> None:
    visit = enter("office@ncl.example")
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.open("/practices/?as_at=2018-12-06&per_page=25&columns=name,chin,patients,months")
    page.get_by_role("button", name="Copy the rows shown as a table").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    html, text = page.evaluate(
        """async () => { const [item] = await navigator.clipboard.read();
        return Promise.all(["text/html", "text/plain"].map(async (type) => (await item.getType(type)).text())); }"""
    )
    lines = [line.split("\t") for line in text.split("\r\n" if "\r\n" in text else "\n")]
    assert lines[0] == ["Practice", "CHIN", "Patients"], "pictures have no text to copy"
    assert len(lines) == 26
    shown = page.get_by_role("rowheader").all_inner_texts()
    assert [line[0] for line in lines[1:]] == shown
    assert re.fullmatch(r"[\d,]+", lines[1][2])
    assert html.count("<tr>") == 26
    assert re.search(r"<t[hd][^>]*>Practice</t", html)


def test_without_a_clipboard_there_is_no_button_for_it(enter: Enter) -> None:
    page = enter("office@ncl.example", script=False).open("/practices/")
    expect(page.get_by_text("as a table")).to_be_hidden()


# A link to a page that is not there is a defect, also where nobody has looked yet.
PAGES_EACH, LIKE_ONE_ANOTHER = 60, 3
CRAWLERS = (Role.TRANSFORMATION_MANAGER, Role.BOARD_MEMBER, Role.CHIN_LEAD, Role.ADMINISTRATOR)


@pytest.mark.parametrize("role", CRAWLERS)
def test_every_link_leads_somewhere(enter: Enter, seen_pages: set[str], role: Role) -> None:
    """All pages answer; the first of a kind is looked at in the browser, unless another role's crawl did."""
    visit = enter(HOMES[role][0])
    visit.home()
    found, met, asked = deque(["/"]), {"/"}, Counter[str]()
    broken: list[str] = []
    while found and asked.total() < PAGES_EACH:
        address = found.popleft()
        kind = resolve(urlsplit(address).path).view_name
        if asked[kind] == LIKE_ONE_ANOTHER:
            continue
        asked[kind] += 1
        answer = visit.page.request.get(address)
        if not answer.ok:
            broken.append(f"{address} answers {answer.status}")
        if not answer.ok or "html" not in answer.headers["content-type"]:
            continue
        if kind not in seen_pages:
            seen_pages.add(kind)
            visit.open(address)
        for href in re.findall(r'<a\s[^>]*?href="([^"]+)"', answer.text()):
            target = urljoin(address, unescape(href)).split("#")[0]
            if target.startswith("/") and target not in met:
                met.add(target)
                found.append(target)
    assert broken == []
    assert len(asked) > 5, "a crawl that got nowhere shows nothing"
