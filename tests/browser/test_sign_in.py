"""Sign-in when it does not go well, and a forgotten password."""

import re
import time

from playwright.sync_api import expect

from tests.browser.conftest import Enter, sign_in
from tests.browser.portal import Portal

TRIES = 5  # for one address in a few minutes: see ACCOUNT_RATE_LIMITS
NEW_PASSWORD = "walks-to-the-surgery-2019"


def test_a_wrong_password_is_said_and_soon_no_longer_tried(enter: Enter) -> None:
    visit = enter()
    page = visit.open("/practices/")
    for _ in range(TRIES):
        sign_in(visit, "secretary@camden.example", "guessed-at-random")
    expect(page.get_by_role("alert")).to_contain_text("The e-mail address or the password is not right")
    assert page.title().startswith("Error: ")
    sign_in(visit, "secretary@camden.example")
    expect(page.get_by_role("alert")).to_contain_text("Too many tries")
    visit.look()


def test_asking_too_often_is_a_page_in_style(enter: Enter) -> None:
    visit = enter()
    page = visit.open("/account/password/reset/")
    for _ in range(TRIES):
        visit.page.goto("/account/password/reset/")
        page.get_by_label("E-mail address").fill("secretary@enfield.example")
        page.get_by_role("button", name="Send me a link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look at your e-mail")
    page.goto("/account/password/reset/")
    page.get_by_label("E-mail address").fill("secretary@enfield.example")
    visit.press("Send me a link", status=429)
    expect(page.get_by_role("heading", level=1)).to_have_text("Too many tries")
    expect(page.get_by_role("banner")).to_contain_text("Care Closer to Home")


def test_a_forgotten_password_is_replaced_by_mail(enter: Enter, portal: Portal) -> None:
    email = "secretary@haringey.example"
    visit = enter()
    page = visit.open("/account/login/")
    visit.follow("I have forgotten my password")
    page.get_by_label("E-mail address").fill(email)
    visit.press("Send me a link")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your e-mail")

    visit.open(link_in_mail_to(email, portal))
    for field in page.get_by_label(re.compile("[Pp]assword")).and_(page.locator("input")).all():
        field.fill(NEW_PASSWORD)
    visit.press("Change my password")
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()  # the link has let them in
    visit.open("/account/login/")
    sign_in(visit, email, NEW_PASSWORD)
    expect(page.get_by_role("banner").get_by_role("button", name="Sign out")).to_be_visible()


def link_in_mail_to(email: str, portal: Portal) -> str:
    """The first address in the newest e-mail to somebody."""
    deadline = time.monotonic() + 10
    while True:
        for mail in reversed(portal.mails().split("\nMIME-Version")):
            if f"To: {email}" in mail and (found := re.search(r"https?://\S+", mail)):
                return found[0]
        assert time.monotonic() < deadline, "no e-mail came"
        time.sleep(0.2)
