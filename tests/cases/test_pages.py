"""A case from idea to submission by its pages: who sees what, what is asked, what is refused, what is frozen."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.cases.models import Case
from cc2h.kit import work
from chins.models import Chin
from tests.factories import CaseFactory, ChinFactory, person
from tests.factories.cases import SHORT_FORM
from tests.factories.route import route_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def chin() -> Chin:
    made: Chin = ChinFactory(name="Finchley")
    route_of(made.commissioner)
    return made


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


@pytest.fixture
def lead(chin: Chin) -> Client:
    return signed_in(Role.CHIN_LEAD, chin)


@pytest.fixture
def spoc(chin: Chin) -> Client:
    return signed_in(Role.SPOC, chin)


@pytest.fixture
def member(chin: Chin) -> Client:
    return signed_in(Role.BOARD_MEMBER, chin.commissioner)


def url(name: str, *args: Any) -> str:
    return reverse(f"cases:{name}", args=args)


def said(answer: Any) -> str:
    html = answer.getvalue().decode() if hasattr(answer, "getvalue") else answer.content.decode()
    html = re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def read(client: Client, address: str, status: int = 200, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == status, address
    return said(answer)


def as_form(answers: dict[str, Any]) -> dict[str, str]:
    """Answers as a browser sends them: a row cell by cell."""
    sent = {}
    for name, value in answers.items():
        if isinstance(value, str):
            sent[name] = value
            continue
        for place, row in enumerate(value):
            sent |= {f"{name}-{place}-{cell}": text for cell, text in row.items() if cell != "id"}
    return sent


def write(client: Client, number: str, key: str, answers: dict[str, Any], seen: int = 0) -> Any:
    return client.post(url(f"write_{key}", number), as_form(answers) | {"seen": str(seen)})


def idea(lead: Client, chin: Chin, **more: str) -> str:
    typed = {"title": "Shared wound clinic", "problem": "Housebound patients wait.", "topic": "wound_care"}
    answer = lead.post(url("case_add", chin.slug), typed | more)
    assert answer.status_code == 302, said(answer)
    number: str = Case.objects.get().number
    return number


class TestOneEvening:
    def test_an_idea_is_written_shaped_and_submitted_on_the_short_form(
        self, chin: Chin, lead: Client, spoc: Client, member: Client
    ) -> None:
        number = idea(lead, chin)
        assert number == "2018-001"
        page = read(lead, url("case_detail", number))
        assert "The idea waits to be taken up by the SPoC of the CHIN. You can write it out meanwhile." in page
        assert "Up to £25,000 the short form is enough" in page
        for key, answers in SHORT_FORM.items():
            assert write(lead, number, key, answers).status_code == 302
        page = read(lead, url("case_detail", number))
        assert "You ask for £9,600 ." in page
        assert "£9,600 in 3 months, none recurrent" in page
        assert "Nothing lacks." in page
        assert lead.post(url("take_up", number)).status_code == 403
        assert spoc.post(url("take_up", number), {"excluded": ""}).status_code == 302
        assert Case.objects.get().state == "draft"
        page = said(lead.post(url("submit", number)))
        assert "It asks for £9,600.00, on the short form." in page
        answer = lead.post(url("submit", number), {"confirm": "yes"})
        assert answer.status_code == 302, said(answer)
        case = Case.objects.get()
        assert (case.state, case.asked) == ("in_route", 9600)
        assert "Visits by district nurses" in read(member, url("submission", number, 1))
        assert "its PDF is being made" in read(member, url("case_detail", number))
        work.sweep()
        paper = case.papers.get()
        answer = member.get(url("paper", number, paper.pk))
        pdf = b"".join(answer.streaming_content)
        assert pdf.startswith(b"%PDF")
        assert answer["Content-Type"] == "application/pdf"
        assert "its PDF is being made" not in read(member, url("case_detail", number))


class TestReading:
    @pytest.mark.parametrize("name", ["case_list", "pipeline", "mine", "add_choice"])
    def test_lists(self, chin: Chin, lead: Client, name: str) -> None:
        CaseFactory(chin=chin, state="in_route", title="Shared wound clinic")
        assert lead.get(url(name), follow=True).status_code == 200

    def test_written(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        for key in SHORT_FORM:
            assert "Version 1, saved" in read(lead, url(f"write_{key}", case.number))
