"""A real Chromium before a real portal: one of each for all tests, a fresh context for each person."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright

from cc2h.config.demonstration import PASSWORD
from tests.browser.portal import Portal, running
from tests.browser.visit import DESKTOP, PHONE, Visit

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--force-prefers-reduced-motion",
)

Enter = Callable[..., Visit]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Gone before the tests of another folder begin: its event loop would keep Django from the database there."""
    with sync_playwright() as playwright:
        chromium = os.environ.get("CC2H_CHROMIUM") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def portal(django_db_modify_db_settings: None, django_db_blocker: Any, testrun_uid: str) -> Iterator[Portal]:
    """Shared by every test: one that changes something changes what no other one looks at."""
    with django_db_blocker.unblock(), running(testrun_uid) as portal:
        yield portal


@pytest.fixture(scope="session")
def signed_in() -> dict[str, StorageState]:
    """The sessions of those who signed in already, by e-mail address: sign-ins are limited by the minute."""
    return {}


def sign_in(visit: Visit, email: str, password: str = PASSWORD) -> None:
    """Sign in as a person does, by the page that asks for it; what comes then is not looked at yet."""
    visit.page.get_by_label("E-mail address").fill(email)
    visit.page.get_by_label("Password", exact=True).fill(password)
    with visit.page.expect_navigation():
        visit.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture(scope="session")
def seen_pages() -> set[str]:
    """The kinds of page that a crawl has looked at."""
    return set()


@pytest.fixture
def enter(browser: Browser, portal: Portal, signed_in: dict[str, StorageState]) -> Iterator[Enter]:
    """enter("manager@barnet.example"): that person's browser, signed in; without an address nobody's."""
    visits: list[Visit] = []

    def come(email: str = "", *, phone: bool = False, script: bool = True, brief: bool = False) -> Visit:
        context = browser.new_context(
            base_url=portal.url,
            viewport=PHONE if phone else DESKTOP,
            locale="en-GB",
            timezone_id="Europe/London",
            java_script_enabled=script,
            storage_state=signed_in.get(email),
        )
        context.set_default_timeout(15_000)
        visit = Visit(context, urlsplit(portal.url).netloc, script=script, brief=brief)
        visits.append(visit)
        if email and email not in signed_in:
            visit.page.goto("/account/login/")
            sign_in(visit, email)
            signed_in[email] = context.storage_state()
        return visit

    yield come
    for visit in visits:
        visit.page.context.close()
    for visit in visits:
        visit.done()
