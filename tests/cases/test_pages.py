"""A case from idea to submission by its pages: who sees what, what is asked, what is refused, what is frozen."""

import csv
import json
import re
from datetime import date
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.cases.answers import missing
from cc2h.cases.drafting import name_author
from cc2h.cases.models import Case, Saved
from cc2h.cases.route import conflicts
from cc2h.cases.sections import BY_KEY
from cc2h.cases.services import step
from cc2h.cases.states import Event
from cc2h.cases.submitting import withdraw
from cc2h.kit import work
from chins.models import Chin
from tests.factories import CaseFactory, ChinFactory, MembershipFactory, person
from tests.factories.cases import LONG_FORM, SHORT_FORM
from tests.factories.cases import write as write_all
from tests.factories.comments import AttachmentFactory
from tests.factories.kpis import a_measure, rolled_up
from tests.factories.route import approved, route_of, routed
from tests.programs import Program

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


def rows(client: Client, **query: str) -> list[dict[str, str]]:
    answer = client.get(url("case_list"), query | {"format": "csv"})
    return list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))


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
        assert "Its PDF is being made." in read(member, url("case_detail", number))
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


class TestWhoSeesIt:
    def test_a_draft_is_its_chins_and_a_case_that_was_submitted_the_commissioners(
        self, chin: Chin, lead: Client, spoc: Client, member: Client
    ) -> None:
        draft, sent = CaseFactory(chin=chin, state="draft"), CaseFactory(chin=chin, state="in_route")
        elsewhere = signed_in(Role.CHIN_LEAD, ChinFactory(commissioner=chin.commissioner))
        for client, status in ((lead, 200), (spoc, 200), (member, 404), (elsewhere, 404)):
            read(client, url("case_detail", draft.number), status)
            read(client, url("case_detail", sent.number))
        assert [row["number"] for row in rows(member)] == [sent.number]
        for client, status in ((lead, 200), (spoc, 200), (elsewhere, 403)):
            read(client, url("case_add", chin.slug), status)

    def test_the_list_says_how_it_stood_on_the_day(self, chin: Chin, lead: Client) -> None:
        CaseFactory(chin=chin, state="shaping", today=date(2018, 10, 1))
        case = Case.objects.get()
        write_all(case, {"costs": SHORT_FORM["costs"]}, today=date(2018, 10, 5))
        assert rows(lead, as_at="2018-09-30") == []
        (row,) = rows(lead, as_at="2018-10-04")
        assert (row["state"], row["since"], row["days"], row["asked"]) == ("shaping", "2018-10-01", "3", "")
        (row,) = rows(lead, as_at="2018-10-08")
        assert (row["state"], row["days"], row["asked"]) == ("draft", "3", "9600.00")

    def test_the_pipeline_counts_what_its_list_has(self, chin: Chin, member: Client, lead: Client) -> None:
        CaseFactory(chin=chin, state="in_route")
        CaseFactory(chin=chin, state="idea")
        page = read(lead, url("pipeline"))
        assert "Ideas 1 not stated" in page
        assert "In governance 1 £9,600" in page
        assert len(rows(lead, stage="governance")) == 1
        assert "Ideas 0 –" in read(member, url("pipeline"))

    def test_search_finds_it_by_number_and_by_words_like_its_title(
        self, chin: Chin, lead: Client, member: Client
    ) -> None:
        case = CaseFactory(chin=chin, title="Shared wound clinic")
        for words in (case.number, "wond clinic"):
            assert "Shared wound clinic" in read(lead, reverse("search"), q=words)
            assert "Shared wound clinic" not in read(member, reverse("search"), q=words)


class TestWriting:
    def test_the_sum_decides_which_form_is_asked(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft", answers={"costs": LONG_FORM["costs"]})
        page = read(lead, url("case_detail", case.number))
        assert "Above £25,000 the long form is asked" in page
        assert "Logic model" in page

    def test_what_was_typed_comes_back_and_can_be_dropped(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        address = url("typed", case.number, "costs")
        answer = lead.post(address, as_form({"asked": "nine", "rows": [{"what": "Beds"}]}) | {"seen": "1"})
        assert answer.json() == {"saved": "12:00"}
        page = lead.get(url("write_costs", case.number)).content.decode()
        assert 'value="nine"' in page
        assert 'value="Beds"' in page
        assert "Not saved yet." in page
        assert "You have typed here and not saved it" in read(lead, url("case_detail", case.number))
        assert lead.post(url("write_costs", case.number), {"drop": "yes"}).status_code == 302
        assert "Not saved yet." not in read(lead, url("write_costs", case.number))

    def test_without_script_more_rows_are_asked_for_and_nothing_typed_is_lost(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        sent = as_form({"asked": "1.5.0", "rows": [{"what": f"Cost {n}"} for n in range(4)]})
        answer = lead.post(url("write_costs", case.number), sent | {"seen": "1", "more": "rows"})
        assert answer["Location"] == url("write_costs", case.number) + "#id_rows"
        page = lead.get(url("write_costs", case.number)).content.decode()
        assert page.count('-what"') >= 5
        assert 'value="Cost 3"' in page
        assert Saved.objects.filter(section="costs").count() == 1

    def test_what_can_t_be_read_is_said_at_its_cell_and_stays_as_typed(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        answer = write(
            lead, case.number, "costs", {"asked": "lots", "rows": [{"what": "Beds", "amount": "1,5"}]}, seen=1
        )
        page = said(answer)
        assert "“lots” is not an amount." in page
        assert "Cost 1, Amount: “1,5” is not an amount." in page
        assert 'value="1,5"' in answer.content.decode()

    def test_every_row_that_can_t_be_read_is_named(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        rows = [{"what": "Beds", "amount": "1,5"}, {"what": "Chairs", "amount": "few"}]
        page = said(write(lead, case.number, "costs", {"asked": "100", "rows": rows}, seen=1))
        assert "Cost 1, Amount: “1,5” is not an amount." in page
        assert "Cost 2, Amount: “few” is not an amount." in page

    def test_both_texts_stand_side_by_side_where_two_changed_the_same(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        other = signed_in(Role.QI_LEAD, chin)
        theirs = {**SHORT_FORM["idea"], "idea": "Theirs", "where": "At two practices."}
        assert write(other, case.number, "idea", theirs, seen=1).status_code == 302
        answer = write(lead, case.number, "idea", {**SHORT_FORM["idea"], "idea": "Mine"}, seen=1)
        page = said(answer)
        assert "saved this section while you were writing, and you both changed: What will you try?" in page
        assert "Theirs Mine" in page
        html = answer.content.decode()
        assert "At two practices.</textarea>" in html  # what they changed elsewhere is in the form
        assert 'name="seen" value="2"' in " ".join(html.split())
        both = {**theirs, "idea": "Mine and theirs"}
        assert write(lead, case.number, "idea", both, seen=2).status_code == 302
        assert Saved.objects.filter(section="idea").latest("number").answers["idea"] == "Mine and theirs"
        versions = read(lead, url("versions", case.number, "idea"))
        assert "+ Mine and theirs" in versions or "+ Mine and" in versions

    def test_scripts_and_tags_are_shown_as_text(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        hard = "<script>alert(1)</script> 👩‍⚕️ مرحبا"
        assert write(lead, case.number, "idea", {"idea": hard}, seen=1).status_code == 302
        page = lead.get(url("versions", case.number, "idea")).content.decode()
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page

    def test_of_word_s_html_the_words_are_kept_and_it_says_so(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        pasted = {"idea": "<p class=MsoNormal>A clinic<o:p></o:p></p>"}
        answer = lead.post(url("write_idea", case.number), pasted | {"seen": "1"}, follow=True)
        assert "Some formatting came with the text from a word processor: its words are kept." in said(answer)
        assert Saved.objects.filter(section="idea").latest("number").answers == {"idea": "A clinic"}

    def test_the_portal_s_figures_are_put_in_frozen(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        MembershipFactory(chin=chin, practice__patients=5_000)
        rolled_up(a_measure(), chin, 35)
        rolled_up(a_measure(), chin, 20, unpublished=2)  # of so few that each could be worked out
        assert lead.post(url("attach_figures", case.number), {"day": "2018-12-01"}).status_code == 302
        kept = Saved.objects.filter(section="problem").latest("number").answers["figures"]
        assert kept["as_at"] == "2018-12-01"
        assert [one["label"] for one in kept["figures"]][:2] == ["Registered patients", "Practices"]
        assert kept["figures"][-1]["display"] == "35.0%"
        assert "Patients with the condition, period to 31 March 2018." in kept["figures"][-1]["formula"]
        assert "Registered patients" in read(lead, url("write_problem", case.number))
        problem = {"problem": "Another", "data": "More"}
        assert write(lead, case.number, "problem", problem, seen=2).status_code == 302
        assert Saved.objects.filter(section="problem").latest("number").answers["figures"] == kept

    def test_a_measure_of_the_library_is_chosen_and_what_the_library_says_is_filled_in(
        self, chin: Chin, lead: Client
    ) -> None:
        case = CaseFactory(chin=chin, state="draft")
        rolled_up(a_measure("seen-in-time", name="Seen in time", better="up"), chin, 35)
        assert (
            '<option value="seen-in-time">Seen in time</option>'
            in lead.get(url("write_predict", case.number)).content.decode()
        )
        row = {"library": "seen-in-time", "prediction": "50", "by": "2019-01-31"}
        assert write(lead, case.number, "predict", {"measures": [row], "how": "It is."}, seen=1).status_code == 302
        (kept,) = Saved.objects.filter(section="predict").latest("number").answers["measures"]
        assert {**kept, "id": ""} == {
            "id": "", **row, "name": "Seen in time", "unit": "%", "direction": "up", "baseline": "35.0",
        }  # fmt: skip
        unknown = {"measures": [row | {"library": "nothing-such"}]}
        answer = write(lead, case.number, "predict", unknown, seen=2)
        assert "“nothing-such” is not the code of a measure of the library." in said(answer)

    def test_the_operating_plan_is_a_file_of_the_chin_and_the_version_that_was_meant_stays(
        self, chin: Chin, lead: Client
    ) -> None:
        case = CaseFactory(chin=chin, state="draft")
        lacks = "The operating plan is not linked: choose one of your CHIN’s files, or say where it is."
        assert [one.text for one in missing(BY_KEY["plan"], {"part": "Care at home"})] == [lacks]
        plan = AttachmentFactory(about=chin, title="Operating plan 2018")
        other = AttachmentFactory(about=ChinFactory(commissioner=chin.commissioner), title="Another’s")
        assert "Operating plan 2018" in read(lead, url("write_plan", case.number))
        assert "Another’s" not in read(lead, url("write_plan", case.number))
        sent = {"file": str(plan.pk), "part": "Care at home"}
        assert write(lead, case.number, "plan", sent).status_code == 302
        kept = Saved.objects.filter(section="plan").latest("number").answers
        assert kept["file"] == f"{plan.pk}:Operating plan 2018"
        AttachmentFactory(about=chin, title="Operating plan 2019", thread=plan.thread, version=2)
        page = lead.get(url("write_plan", case.number)).content.decode()
        assert f'<option value="{plan.pk}:Operating plan 2018" selected>' in page
        assert "Operating plan 2019, version 2" in page
        assert write(lead, case.number, "plan", kept | {"part": "More"}, seen=1).status_code == 302
        refused = write(lead, case.number, "plan", {"file": str(other.pk)}, seen=2)
        assert f"“{other.pk}” is no file on the page of Finchley." in said(refused)

    def test_finished_cases_like_it_are_shown(self, chin: Chin, lead: Client) -> None:
        done = approved(routed(ChinFactory(commissioner=chin.commissioner), title="Wound clinic at home"))
        step(by=None, case=done, event=Event.STOPPED, day=date(2018, 11, 1), reason="Nobody came")
        case = CaseFactory(chin=chin, state="draft", title="Shared wound clinic")
        page = read(lead, url("case_detail", case.number))
        assert "Others tried this." in page
        assert "Wound clinic at home , stopped on 1 November 2018." in page

    def test_an_idea_outside_the_programme_is_flagged_and_not_refused(self, chin: Chin, lead: Client) -> None:
        number = idea(lead, chin, title="Extended access on Sundays")
        assert Case.objects.get().excluded == "extended_access"
        page = read(lead, url("case_detail", number))
        assert "“Extended access” falls in extended and improved access, which is outside the programme." in page


class TestSubmitting:
    def test_what_lacks_is_listed_with_a_link_to_its_field(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft", answers={"costs": SHORT_FORM["costs"] | {"asked": "1.00"}})
        html = lead.get(url("submit", case.number)).content.decode()
        assert f'href="{url("write_costs", case.number)}#id_rows"' in html
        assert "£9,599.00 too much" in html
        assert "Send it in</button>" not in html
        lead.post(url("submit", case.number), {"confirm": "yes"})
        assert Case.objects.get().state == "draft"

    def test_what_somebody_has_not_saved_is_told_before(self, chin: Chin, lead: Client, spoc: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        spoc.post(url("typed", case.number, "idea"), {"idea": "Another", "seen": "1"})
        assert "has typed in “The idea, and who it is for” and not saved it." in said(
            lead.post(url("submit", case.number))
        )

    def test_the_page_of_a_submission_is_what_was_frozen(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="in_route", title="Shared wound clinic")
        Case.objects.filter(pk=case.pk).update(title="Another title")
        page = read(lead, url("submission", case.number, 1))
        assert "2018-001, submission 1, as it was Shared wound clinic" in page
        assert "Visits by district nurses" in page

    def test_through_the_api_it_is_refused_in_words_too(self, chin: Chin) -> None:
        user = person(Role.CHIN_LEAD, of=chin)
        program = Program(user)
        case = CaseFactory(chin=chin, state="in_route")
        answer = program.post(f"{url('write_idea', case.number)}", {"idea": "Another"})
        assert answer.status_code == 422
        assert "what was submitted stays as it is" in answer.content.decode()
        draft = CaseFactory(chin=chin, state="draft")
        rows_sent = [{"id": "c9", "what": "Beds", "amount": "9600"}]
        answer = program.post(f"{url('write_costs', draft.number)}", {"rows": rows_sent})
        assert answer.status_code == 200, answer.content
        newest = Saved.objects.filter(case=draft, section="costs").latest("number")
        assert (newest.answers["asked"], newest.answers["rows"]) == (
            "9600.00",
            [{"id": "c9", "what": "Beds", "amount": "9600.00"}],
        )


class TestMine:
    def test_says_what_is_asked_of_me(self, chin: Chin, lead: Client) -> None:
        CaseFactory(
            chin=chin, state="draft", title="Almost", answers={k: v for k, v in SHORT_FORM.items() if k != "ig"}
        )
        CaseFactory(chin=chin, title="Just an idea")
        CaseFactory(title="Somebody else’s")
        page = read(lead, url("mine"))
        assert "Almost Asks for £9,600. 3 answers to go before it can be sent in." in page
        assert "Just an idea No sum is stated yet. It waits to be taken up; 16 answers to go." in page
        assert "Somebody else’s" not in page

    def test_what_waits_is_on_the_home_page(self, chin: Chin, spoc: Client) -> None:
        CaseFactory(chin=chin, title="Just an idea")
        assert "Just an idea: an idea of Finchley, to be taken up" in read(spoc, "/")


class TestLengthOfTheForm:
    def test_whoever_keeps_the_route_sets_it_from_a_day(self, chin: Chin, lead: Client) -> None:
        manager = signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        code = chin.commissioner.ods_code
        assert lead.get(url("form_length_set", code)).status_code == 403
        sent = {"limit": "30000", "from_day": "2019-01-01", "reason": "Prices rose"}
        assert manager.post(url("form_length_set", code), sent).status_code == 302
        page = read(lead, url("form_length", code))
        assert "up to £25,000 is written on the short form" in page
        assert "From 1 January 2019 £30,000.00 Prices rose" in page


class TestQueries:
    @pytest.mark.parametrize("name", ["case_list", "pipeline", "mine"])
    def test_a_list_asks_no_more_for_more_cases(self, chin: Chin, lead: Client, name: str) -> None:
        counts = []
        for number in (3, 12):
            for _ in range(number):
                CaseFactory(chin=chin, state="draft")
            with CaptureQueriesContext(connection) as asked:
                read(lead, url(name))
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 12, counts

    def test_nor_does_a_case_that_is_longer(self, chin: Chin, lead: Client, member: Client) -> None:
        short = CaseFactory(chin=chin, state="in_route")
        long = CaseFactory(chin=chin, state="in_route", answers=LONG_FORM)
        counts = []
        for case in (short, long):
            for _ in range(2):
                with CaptureQueriesContext(connection) as asked:
                    read(lead, url("case_detail", case.number))
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 12, counts


class TestCommand:
    def run(self, *arguments: str) -> Any:
        out = StringIO()
        call_command("case", *arguments, "--json", stdout=out)
        return json.loads(out.getvalue())

    def test_lists_and_shows(self, chin: Chin) -> None:
        sent, draft = CaseFactory(chin=chin, state="in_route"), CaseFactory(chin=chin, state="draft", answers={})
        found = self.run("list")
        assert [(row["number"], row["chin"], row["status"], row["asked"]) for row in found] == [
            (draft.number, chin.slug, "shaping", None),
            (sent.number, chin.slug, "in_route", "9600.00"),
        ]
        assert [row["number"] for row in self.run("list", "--stage", "governance")] == [sent.number]
        shown = self.run("show", sent.number)
        assert shown["submissions"][0]["sha256"] == sent.submissions.get().sha256
        assert [one["event"] for one in shown["steps"]] == ["put_forward", "taken_up", "drafted", "submitted"]
        with pytest.raises(CommandError, match="There is no case “2018-999”"):
            self.run("show", "2018-999")
        with pytest.raises(CommandError, match="“lost” is no status"):
            self.run("list", "--status", "lost")

    def test_writes_the_paper(self, chin: Chin, tmp_path: Any) -> None:
        sent = CaseFactory(chin=chin, state="in_route")
        path = tmp_path / "paper.pdf"
        assert self.run("pdf", sent.number, "--output", str(path))["submission"] == 1
        assert path.read_bytes().startswith(b"%PDF")
        with pytest.raises(CommandError, match="has no such submission"):
            self.run("pdf", sent.number, "--submission", "2")


class TestAuthors:
    def test_one_is_named_before_they_have_saved_anything_and_leaves(self, chin: Chin, lead: Client) -> None:
        case = CaseFactory(chin=chin, state="draft")
        nurse = person(Role.PRACTICE_MANAGER, of=MembershipFactory(chin=chin).practice)
        elsewhere = person(Role.CHIN_LEAD, of=ChinFactory())
        form = read(lead, url("author_add", case.number))
        assert nurse.name in form
        assert elsewhere.name not in form
        assert lead.post(url("author_add", case.number), {"person": elsewhere.pk}).status_code == 200
        lead.post(url("author_add", case.number), {"person": nurse.pk})
        assert f"Written by {nurse.name}" in read(lead, url("case_detail", case.number))
        assert nurse.pk in conflicts.of_people(case, [nurse.pk], date(2018, 12, 6))
        answer = lead.post(url("author_end", case.number), {"person": nurse.pk})
        assert answer.status_code == 302, said(answer)
        assert f"{nurse.name}, until 6 December 2018" in read(lead, url("case_detail", case.number))
        assert "The case has no author." in read(lead, url("author_end", case.number))
        assert nurse.pk in conflicts.of_people(case, [nurse.pk], date(2018, 12, 6))  # they wrote it, for good

    def test_nobody_joins_a_case_that_is_over(self, chin: Chin, lead: Client) -> None:
        case = routed(chin=chin)
        withdraw(by=None, case=case, day=date(2018, 12, 5), reason="Later.")
        assert "Name an author" not in read(lead, url("case_detail", case.number))
        with pytest.raises(ValidationError, match="nobody writes it any more"):
            name_author(by=None, case=case, person=person(Role.CHIN_LEAD, of=chin), day=date(2018, 12, 6))
