"""Second factors before a real browser: an app's code, and a passkey of a device that a test can hold."""

import re

from playwright.sync_api import expect

from cc2h.config.demonstration import PASSWORD
from tests.browser.conftest import Enter, sign_in
from tests.browser.visit import Visit
from tests.codes import code_of

SOMEBODY = "finance.officer@barnet.example"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


def with_device(visit: Visit) -> None:
    """Give the browser a device that holds passkeys, whose owner always says yes."""
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_an_app_and_a_passkey_are_set_up_and_used(enter: Enter) -> None:
    visit = enter()
    with_device(visit)
    page = visit.open("/account/login/")
    sign_in(visit, SOMEBODY)

    visit.open("/account/2fa/")
    visit.follow("Set up an app")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    visit.press("Confirm")
    secret = page.locator("code").inner_text()
    page.get_by_label("Code from the app").fill(code_of(secret))
    visit.press("Set it up")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    expect(page.locator(".app-codes li")).to_have_count(10)

    visit.open("/account/2fa/webauthn/add/")
    page.get_by_label("Name").fill("work laptop")
    page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    visit.look()
    visit.follow("Your passkeys")
    expect(page.get_by_role("rowheader", name="work laptop")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    visit.open("/account/login/")
    sign_in(visit, SOMEBODY)
    expect(page).to_have_url(re.compile("/account/2fa/authenticate/"))
    visit.look()
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("banner").get_by_role("button", name="Sign out")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    visit.open("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("banner").get_by_role("button", name="Sign out")).to_be_visible()


def test_a_passkey_that_is_not_there_is_said(enter: Enter) -> None:
    visit = enter()
    with_device(visit)
    page = visit.open("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
