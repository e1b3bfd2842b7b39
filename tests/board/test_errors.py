"""Error pages: in style, with the reason where there is one, and the last of them without a database."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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


@pytest.mark.django_db
def test_an_exception_in_a_page_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through every middleware."""

    def breaks(day: Any) -> Any:
        raise RuntimeError("the page can't be made")

    monkeypatch.setattr(context, "state_of_the_portal", breaks)
    answer = Client(raise_request_exception=False).get("/account/login/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong here" in page
    assert "this reference: <strong>" in page


def failed_form(monkeypatch: pytest.MonkeyPatch, path: str, fields: dict[str, Any]) -> str:
    monkeypatch.setattr(context, "_last_programme", [context.ProgrammeState("real")])
    return server_error(RequestFactory().post(path, fields)).content.decode()


def test_what_was_being_sent_is_on_the_page_and_can_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = {"csrfmiddlewaretoken": "its-token", "comment": "It <is> here", "seen": "7", "empty": ""}
    page = failed_form(monkeypatch, "/comments/write/practice/E83003/?as_at=2018-12-06", typed)
    assert re.search(r">\s*It &lt;is&gt; here\s*<", page)
    assert '<form method="post" action="/comments/write/practice/E83003/?as_at=2018-12-06">' in page
    for name, value in {**typed, "comment": "It &lt;is&gt; here"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


def test_a_file_that_was_being_sent_is_to_be_chosen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    file = SimpleUploadedFile("minutes.pdf", b"%PDF-1.7")
    page = failed_form(monkeypatch, "/comments/attach/practice/E83003/", {"about": "The minutes", "file": file})
    assert "Choose the file again: minutes.pdf." in page
    assert "Send it again" not in page


def test_no_page_shows_a_password_that_was_being_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    page = failed_form(monkeypatch, "/account/login/", {"login": "a@b.example", "password": "winter-lanterns"})
    assert "winter-lanterns" not in page


def test_what_fails_after_the_page_was_made_is_a_page_too(monkeypatch: Any) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the session can't be kept")

    client = Client(raise_request_exception=False)
    client.get("/account/login/")
    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_response", fail)
    answer = client.get("/account/login/")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.content.decode()
