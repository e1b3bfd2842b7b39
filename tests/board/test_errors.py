"""Error pages: in style, with the reason where there is one, and the last of them without a database."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from structlog.contextvars import bound_contextvars

from cc2h.accounts.authority import Role
from cc2h.board.views import server_error
from cc2h.kit import context
from tests.factories import CommissionerFactory, person


@pytest.mark.django_db
def test_a_bad_request_says_what_is_bad_in_style() -> None:
    browser = Client()
    browser.force_login(person(Role.BOARD_MEMBER, of=CommissionerFactory(barnet=True)))
    answer = browser.get(reverse("chins:coverage_rows", args=["07M"]), {"placed": "elsewhere"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "“placed” can be" in page
    assert "Care Closer to Home" in page


@pytest.mark.django_db
def test_a_csv_with_a_filter_that_can_t_be_read_is_refused_in_a_sentence_and_in_style() -> None:
    browser = Client()
    browser.force_login(person(Role.BOARD_MEMBER, of=CommissionerFactory(barnet=True)))
    answer = browser.get("/practices/", {"format": "csv", "size_from": "many"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Some filters can’t be read, so there is no file to save." in page
    assert "<title>" in page


@pytest.mark.django_db
def test_what_django_suspects_is_no_sentence_for_a_person() -> None:
    answer = Client().get("/account/login/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "makes no sense here" in answer.content.decode()


def failed(monkeypatch: pytest.MonkeyPatch, kind: str) -> Any:
    """The page of a failure in a process that showed a page of this programme before; it has no database."""
    monkeypatch.setattr(context, "_last_programme", [context.ProgrammeState(kind)])
    with bound_contextvars(request_id="7f2b-reference"):
        return server_error(RequestFactory().get("/practices/"))


def test_a_failure_is_in_style_without_a_database_and_says_its_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = failed(monkeypatch, "real")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong here" in page
    assert "Care Closer to Home" in page
    assert "<strong>7f2b-reference</strong>" in page
    assert "app-strip--illustrative" not in page


def test_also_a_failure_is_marked_illustrative(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "app-strip--illustrative" in failed(monkeypatch, "illustrative").content.decode()


@pytest.mark.django_db
def test_every_page_that_is_read_leaves_what_the_failure_page_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_last_programme", [])
    Client().get("/account/login/")
    assert context.last_programme() is not None


def test_an_exception_in_a_page_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through every middleware: a test without a database, so the first question to it fails."""
    answer = Client(raise_request_exception=False).get("/account/login/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong here" in page
    assert "this reference: <strong>" in page


def test_what_fails_after_the_page_was_made_is_a_page_too(monkeypatch: Any) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the session can't be kept")

    client = Client(raise_request_exception=False)
    client.get("/account/login/")
    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_response", fail)
    answer = client.get("/account/login/")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.content.decode()
