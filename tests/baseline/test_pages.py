"""The pages of the assessment: who sees and does what, links, workbooks, and the numbers of what was sent in."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import xlsxwriter
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from budget.baseline import limits, services
from budget.baseline.models import Assessment, Delegation, Saved, Submission
from budget.baseline.questions import section_of
from cc2h.accounts.authority import Role
from cc2h.kit.days import today
from chins.models import Chin
from practices.models import Commissioner, Practice
from tests.factories import (
    AssessmentFactory,
    ChinFactory,
    CommissionerFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeFactory,
    person,
)
from tests.factories.baseline import DIGITAL, ESTATES, save, sent_in, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def barnet() -> Commissioner:
    made: Commissioner = CommissionerFactory(barnet=True)
    return made


@pytest.fixture
def assessment(barnet: Commissioner) -> Assessment:
    made: Assessment = AssessmentFactory(commissioner=barnet, slug="this-year", name="Assessment 2018/19")
    return made


@pytest.fixture
def chin(barnet: Commissioner) -> Chin:
    made: Chin = ChinFactory(commissioner=barnet, slug="barnet-9", name="CHIN 9")
    return made


def member(chin: Chin, patients: int = 8_000) -> Practice:
    practice: Practice = PracticeFactory(commissioner=chin.commissioner)
    MembershipFactory(chin=chin, practice=practice)
    ListSizeFactory(practice=practice, patients=patients)
    return practice


@pytest.fixture
def practice(chin: Chin) -> Practice:
    return member(chin)


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


@pytest.fixture
def manager(practice: Practice) -> Client:
    return signed_in(Role.PRACTICE_MANAGER, practice)


def at(name: str, assessment: Assessment, practice: Practice, *more: Any) -> str:
    return reverse(f"baseline:{name}", args=[assessment.slug, practice.ods_code, *more])


def said(answer: Any) -> str:
    html = re.sub(r"<(script|style).*?</\1>", " ", answer.getvalue().decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


class TestAPractice:
    def test_saves_a_section_comes_back_and_sends_it_all_in(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        for key in ("practice", "workforce"):
            typed = {name: "on" if value is True else value for name, value in whole()[key].items()}
            manager.post(at(f"answer_{key}", assessment, practice), {**typed, "done": "on", "seen": 0})
        manager.post(at("answer_estates", assessment, practice), {"rooms": "8", "seen": 0})
        page = said(manager.get(at("practice_detail", assessment, practice)))
        assert "In progress 2 of 4 sections done" in page
        opened = manager.get(at("answer_estates", assessment, practice)).content.decode()
        assert 'value="8"' in opened
        manager.post(at("answer_estates", assessment, practice), {**ESTATES, "done": "on", "seen": 1})
        manager.post(at("answer_digital", assessment, practice), {**DIGITAL, "done": "on", "seen": 0})
        assert "Ready to send in" in said(manager.get(at("practice_detail", assessment, practice)))
        answer = manager.post(at("send", assessment, practice), follow=True)
        assert "The assessment is sent in." in said(answer)
        assert Submission.objects.get().on_behalf is False

    def test_what_is_filled_in_says_from_where_until_it_is_saved(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        page = said(manager.get(at("answer_practice", assessment, practice)))
        assert "Filled in from the register. Check it: it counts once you save it." in page
        assert "Filled in from the register, to be confirmed" in said(
            manager.get(at("practice_detail", assessment, practice))
        )

    def test_what_the_practice_says_otherwise_than_the_register_is_shown(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        save(assessment, practice, "practice", {"list_size": 7_999}, done=False)
        page = said(manager.get(at("practice_detail", assessment, practice)))
        assert "Registered list size 7999 8000" in page

    def test_a_wrong_answer_names_itself_and_keeps_what_was_typed(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        answer = manager.post(at("answer_estates", assessment, practice), {"rooms": "ten", "tenure": "x", "seen": 0})
        page = said(answer)
        assert "Consulting and treatment rooms: Found “ten”. Expected: a whole number from 0 to 500." in page
        assert "Whose the building is: Found “x”. Expected: one of: Owned by partners," in page
        assert 'value="ten"' in answer.content.decode()
        assert not Saved.objects.exists()

    def test_somebody_who_saved_meanwhile_is_shown_first(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        save(assessment, practice, "estates", {"rooms": 5}, done=False)
        answer = manager.post(at("answer_estates", assessment, practice), {"rooms": "6", "seen": 0})
        assert "Consulting and treatment rooms" in said(answer)
        assert Saved.objects.count() == 1
        assert 'name="seen" value="1"' in " ".join(answer.content.decode().split())

    def test_as_at_a_day_before_it_was_saved_nothing_is_known(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        save(assessment, practice, "digital", DIGITAL)
        page = at("practice_detail", assessment, practice)
        assert "EMIS Web" in said(manager.get(page))
        assert "EMIS Web" not in said(manager.get(page, {"as_at": "2018-09-30"}))


class TestWhoMay:
    def test_staff_answer_on_its_behalf_and_say_how_it_came(
        self, assessment: Assessment, practice: Practice, barnet: Commissioner
    ) -> None:
        staff = signed_in(Role.TRANSFORMATION_MANAGER, barnet)
        address = at("answer_digital", assessment, practice)
        assert "Say how the practice’s answers came." in said(staff.post(address, {"system": "emis", "seen": 0}))
        staff.post(address, {"system": "emis", "seen": 0, "how_it_came": "E-mail of 3 October"})
        saved = Saved.objects.get()
        assert (saved.on_behalf, saved.how_it_came) == (True, "E-mail of 3 October")
        assert "on its behalf (E-mail of 3 October)" in said(staff.get(at("practice_detail", assessment, practice)))

    def test_the_lead_of_its_chin_answers_for_it_and_for_no_other(
        self, assessment: Assessment, practice: Practice, chin: Chin
    ) -> None:
        lead = signed_in(Role.CHIN_LEAD, chin)
        lead.post(at("answer_digital", assessment, practice), {"system": "emis", "seen": 0})
        assert Saved.objects.get().on_behalf is False
        elsewhere = member(ChinFactory(commissioner=chin.commissioner))
        assert lead.get(at("practice_detail", assessment, elsewhere)).status_code == 404

    def test_finance_reads_but_neither_answers_nor_sees_counts_of_staff(
        self, assessment: Assessment, practice: Practice, barnet: Commissioner
    ) -> None:
        sent_in(assessment, practice)
        finance = signed_in(Role.FINANCE_OFFICER, barnet)
        page = finance.get(at("practice_detail", assessment, practice))
        assert "EMIS Web" in said(page)
        assert "headcount" not in said(page)
        assert finance.get(at("answer_digital", assessment, practice)).status_code == 403
        told = finance.get(f"/api/v1{at('practice_detail', assessment, practice)}").json()
        assert {one["section"]: one["answers"] for one in told["sections"]}["workforce"] is None

    def test_another_practice_sees_nothing(self, assessment: Assessment, practice: Practice, chin: Chin) -> None:
        other = signed_in(Role.PRACTICE_MANAGER, member(chin))
        assert other.get(at("practice_detail", assessment, practice)).status_code == 404
        listed = said(other.get(reverse("baseline:practice_list")))
        assert practice.ods_code not in listed


class TestALink:
    @pytest.fixture(autouse=True)
    def fresh(self) -> None:
        cache.clear()

    @pytest.fixture
    def link(self, assessment: Assessment, practice: Practice) -> Delegation:
        section = section_of(1, "digital")
        assert section is not None
        return services.delegate(
            by=None, assessment=assessment, practice=practice, section=section, recipient="IT lead",
            expires_on=today() + timedelta(days=7), today=today(),
        )  # fmt: skip

    def test_the_manager_makes_one_and_copies_it(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        last = (today() + timedelta(days=14)).isoformat()
        manager.post(at("delegate", assessment, practice, "digital"), {"recipient": "IT lead", "expires_on": last})
        page = manager.get(at("practice_detail", assessment, practice)).content.decode()
        token = services.token_of(Delegation.objects.get())
        assert f"http://testserver{reverse('baseline:linked', args=[token])}" in page

    def test_it_opens_one_section_without_an_account_and_nothing_else(
        self, link: Delegation, assessment: Assessment, practice: Practice
    ) -> None:
        stranger = Client()
        address = reverse("baseline:linked", args=[services.token_of(link)])
        answer = stranger.get(address)
        assert "Digital" in said(answer)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Content-Security-Policy" in answer.headers
        assert 'href="/budget' not in answer.content.decode()
        assert stranger.get(at("practice_detail", assessment, practice)).status_code == 302
        assert stranger.get(at("answer_digital", assessment, practice)).status_code == 302

    def test_it_keeps_the_name_that_was_typed(self, link: Delegation) -> None:
        stranger = Client()
        address = reverse("baseline:linked", args=[services.token_of(link)])
        assert "Say who you are." in said(stranger.post(address, {**DIGITAL, "seen": 0}))
        answer = stranger.post(address, {**DIGITAL, "seen": 0, "done": "on", "typed_name": "Bo Lee"}, follow=True)
        assert "Thank you: it is saved as of Bo Lee." in said(answer)
        saved = Saved.objects.get()
        assert (saved.section, saved.typed_name, saved.by, saved.done) == ("digital", "Bo Lee", None, True)

    def test_once_withdrawn_it_opens_nothing(
        self, manager: Client, link: Delegation, assessment: Assessment, practice: Practice
    ) -> None:
        manager.post(reverse("baseline:link_withdraw", args=[link.pk]), {"confirm": "yes"})
        address = reverse("baseline:linked", args=[services.token_of(link)])
        assert Client().get(address).status_code == 404
        assert Client().post(address, {**DIGITAL, "seen": 0, "typed_name": "Bo"}).status_code == 404
        assert not Saved.objects.exists()

    def test_who_asks_too_often_waits(self, link: Delegation, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "PER_MINUTE", 2)
        address = reverse("baseline:linked", args=["guess"])
        assert [Client().get(address).status_code for _ in range(4)][-1] == 429


Cells = list[list[Any]]


def changed(content: bytes, change: Callable[[dict[str, Cells]], None]) -> SimpleUploadedFile:
    """The workbook with some cells changed, as a spreadsheet would save it."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    change(sheets)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as written:
        for name, rows in sheets.items():
            page = written.add_worksheet(name)
            for line, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell != "":
                        page.write(line, column, cell)
    return SimpleUploadedFile("answers.xlsx", file.getvalue())


def put(sheets: dict[str, Cells], sheet: str, key: str, value: Any) -> None:
    next(row for row in sheets[sheet] if row[0] == key)[2] = value


class TestAWorkbook:
    def taken(self, client: Client, assessment: Assessment, practice: Practice) -> bytes:
        answer: Any = client.get(at("workbook_take_away", assessment, practice))
        return b"".join(answer.streaming_content)

    def brought(self, client: Client, assessment: Assessment, practice: Practice, file: Any) -> Any:
        return client.post(at("workbook_bring", assessment, practice), {"file": file}, follow=True)

    def test_it_is_filled_in_and_what_it_would_change_is_shown_before_it_does(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        save(assessment, practice, "digital", DIGITAL)
        content = self.taken(manager, assessment, practice)

        def change(sheets: dict[str, Cells]) -> None:
            assert next(row for row in sheets["Digital"] if row[0] == "system")[2] == "EMIS Web"
            assert "the register" in next(row for row in sheets["The practice"] if row[0] == "list_size")[4]
            put(sheets, "Digital", "video", "In use")
            put(sheets, "Estates", "rooms", 9)

        page = self.brought(manager, assessment, practice, changed(content, change))
        address = page.redirect_chain[-1][0]
        shown = said(manager.post(address))
        assert "Digital: Video consultation Not yet In use" in shown
        assert Saved.objects.count() == 1
        manager.post(address, {"confirm": "yes"})
        assert Saved.objects.get(section="digital", number=2).answers == DIGITAL | {"video": "live"}
        assert Saved.objects.get(section="estates").answers == {"rooms": 9}
        assert manager.post(address, {"confirm": "yes"}).status_code == 404

    def test_the_same_file_twice_changes_nothing(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        content = self.taken(manager, assessment, practice)
        for _ in range(2):
            page = self.brought(manager, assessment, practice, SimpleUploadedFile("a.xlsx", content))
            manager.post(page.redirect_chain[-1][0], {"confirm": "yes"})
        assert Saved.objects.count() == 1  # the facts of the register, confirmed

    def test_an_empty_cell_takes_nothing_away(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        save(assessment, practice, "digital", DIGITAL)
        content = self.taken(manager, assessment, practice)
        file = changed(content, lambda sheets: put(sheets, "Digital", "video", ""))
        page = self.brought(manager, assessment, practice, file)
        manager.post(page.redirect_chain[-1][0], {"confirm": "yes"})
        assert Saved.objects.filter(section="digital").count() == 1

    def test_every_problem_names_sheet_row_column_what_was_found_and_expected(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        content = self.taken(manager, assessment, practice)

        def change(sheets: dict[str, Cells]) -> None:
            put(sheets, "Workforce", "gp_under_35_headcount", "two")
            put(sheets, "Workforce", "gp_35_44_wte", -1)
            put(sheets, "Estates", "rooms", 3)
            put(sheets, "Estates", "rooms_used", 4)
            sheets["Digital"][1][0] = "sistem"

        page = said(self.brought(manager, assessment, practice, changed(content, change)))
        assert (
            "Workforce, row 3, column C (Answer), GPs, under 35: headcount: Found “two”. "
            "Expected: a whole number from 0 to 500."
        ) in page
        assert "Workforce, row 6, column C (Answer), GPs, 35 to 44: WTE: Found “-1”." in page
        assert "Digital, row 2, column A (Reference): “sistem” is no question." in page
        assert not Saved.objects.exists()

    def test_what_hangs_together_wrongly_is_refused_too(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        content = self.taken(manager, assessment, practice)

        def change(sheets: dict[str, Cells]) -> None:
            put(sheets, "Estates", "rooms", 3)
            put(sheets, "Estates", "rooms_used", 4)

        page = said(self.brought(manager, assessment, practice, changed(content, change)))
        assert "Estates, row 3, column C (Answer), Rooms used on a usual weekday: 4 of 3 rooms." in page

    def test_another_practices_is_refused(
        self, manager: Client, assessment: Assessment, practice: Practice, chin: Chin
    ) -> None:
        other = member(chin)
        content = self.taken(signed_in(Role.PRACTICE_MANAGER, other), assessment, other)
        page = said(self.brought(manager, assessment, practice, SimpleUploadedFile("a.xlsx", content)))
        assert f"Read me, Practice: found “{other.ods_code}”. Expected: {practice.ods_code}" in page

    @pytest.mark.parametrize(
        ("content", "told"),
        [(b"", "The file is empty."), (b"a,b\n", "no Excel workbook"), (b"PK\x03\x04x", "damaged")],
    )
    def test_what_is_no_workbook_is_refused(
        self, manager: Client, assessment: Assessment, practice: Practice, content: bytes, told: str
    ) -> None:
        answer = self.brought(manager, assessment, practice, SimpleUploadedFile("a.xlsx", content))
        assert told in said(answer)

    def test_a_text_that_looks_like_a_formula_is_none(
        self, manager: Client, assessment: Assessment, practice: Practice
    ) -> None:
        save(assessment, practice, "digital", DIGITAL | {"digital_note": "=1+1"})
        content = self.taken(manager, assessment, practice)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = book.get_sheet_by_name("Digital").to_python()
        assert next(row for row in cells if row[0] == "digital_note")[2] == "'=1+1"
        page = self.brought(manager, assessment, practice, SimpleUploadedFile("a.xlsx", content))
        manager.post(page.redirect_chain[-1][0], {"confirm": "yes"})
        assert Saved.objects.filter(section="digital").count() == 1


def rows(client: Client, address: str) -> dict[str, dict[str, str]]:
    answer: Any = client.get(address, {"format": "csv"})
    return {row["unit"]: row for row in csv.DictReader(answer.getvalue().decode().splitlines())}


class TestNumbers:
    @pytest.fixture
    def three(self, assessment: Assessment, chin: Chin, practice: Practice) -> list[Practice]:
        """Of a CHIN of three, two have sent theirs in; one of those has 3 nurses."""
        found = [practice, member(chin), member(chin)]
        sent_in(assessment, found[0], nurse=(0, 1, 1, 1), gp_vacancies=2)
        sent_in(assessment, found[1], nurse=(3, 3, 3, 3), gp=(2, 2, 2, 5), admin=(9, 9, 9, 9), gp_vacancies=2)
        return found

    def address(self, assessment: Assessment, chin: Chin) -> str:
        return reverse("baseline:chin_roll_up", args=[assessment.slug, chin.slug])

    def test_the_lead_sees_every_number_of_what_was_sent_in(
        self, assessment: Assessment, chin: Chin, three: list[Practice]
    ) -> None:
        lead = signed_in(Role.CHIN_LEAD, chin)
        page = said(lead.get(self.address(assessment, chin)))
        assert "Headcount, of 2 of 3 practices 76" in page
        assert "Vacant posts per 10,000 patients, of 2 of 3 practices 2.5" in page
        found = rows(lead, self.address(assessment, chin))
        assert found[three[0].ods_code]["nurse_headcount"] == "3"
        assert found[three[2].ods_code]["headcount"] == "", "not answered is not known, which is not 0"

    def test_who_may_not_see_small_numbers_can_t_work_them_out_either(
        self, assessment: Assessment, chin: Chin, three: list[Practice]
    ) -> None:
        qi = signed_in(Role.QI_LEAD, chin)
        found = rows(qi, self.address(assessment, chin))
        assert found[three[0].ods_code]["nurse_headcount"] == "suppressed"
        assert found[three[0].ods_code]["nurse_wte"] == "suppressed"
        assert found[three[1].ods_code]["nurse_headcount"] == "suppressed", "the total less it would say it"
        assert found[three[1].ods_code]["vacancies"] == "2", "vacant posts are nobody"
        assert "suppressed" in said(qi.get(self.address(assessment, chin)))
        told = qi.get(f"/api/v1{self.address(assessment, chin)}").json()
        assert {one["key"]: one["numbers"]["nurse_headcount"] for one in told["rows"]}[
            three[0].ods_code
        ] == "suppressed"

    def test_before_it_was_sent_in_nothing_is_known(
        self, assessment: Assessment, chin: Chin, three: list[Practice]
    ) -> None:
        lead = signed_in(Role.CHIN_LEAD, chin)
        page = said(lead.get(self.address(assessment, chin), {"as_at": "2018-09-30"}))
        assert "Of 3 practices none has sent its answers in" in page

    def test_the_commissioners_are_the_sums_of_its_chins(
        self, assessment: Assessment, chin: Chin, three: list[Practice], barnet: Commissioner
    ) -> None:
        other = ChinFactory(commissioner=barnet)
        sent_in(assessment, member(other))
        staff = signed_in(Role.TRANSFORMATION_MANAGER, barnet)
        found = rows(staff, reverse("baseline:commissioner_roll_up", args=[assessment.slug]))
        assert {key: row["headcount"] for key, row in found.items()} == {chin.slug: "76", other.slug: "17"}
        assert (found[chin.slug]["practices_answered"], found[chin.slug]["practices_asked"]) == ("2", "3")

    def test_a_practice_sees_no_others(self, assessment: Assessment, chin: Chin, manager: Client) -> None:
        assert manager.get(self.address(assessment, chin)).status_code == 403


class TestLists:
    def test_each_practice_with_how_far_it_is(
        self, assessment: Assessment, chin: Chin, practice: Practice, barnet: Commissioner
    ) -> None:
        begun, changed_ = member(chin), member(chin)
        save(assessment, begun, "digital", DIGITAL)
        sent_in(assessment, practice)
        sent_in(assessment, changed_)
        save(assessment, changed_, "digital", DIGITAL | {"video": "live"}, seen=1)
        staff = signed_in(Role.TRANSFORMATION_MANAGER, barnet)
        answer: Any = staff.get(reverse("baseline:practice_list"), {"format": "csv"})
        found = {row["ods_code"]: row for row in csv.DictReader(answer.getvalue().decode().splitlines())}
        assert {code: (row["state"], row["sections_done"]) for code, row in found.items()} == {
            practice.ods_code: ("sent", "4"), begun.ods_code: ("in-progress", "1"), changed_.ods_code: ("changed", "4"),
        }  # fmt: skip
        assert "1 practice" in said(staff.get(reverse("baseline:practice_list"), {"state": "changed"}))

    def test_vacant_posts_are_those_sent_in_last(
        self, assessment: Assessment, practice: Practice, manager: Client
    ) -> None:
        sent_in(assessment, practice, gp_vacancies=2, gp_vacant_wte="1.5")
        answer: Any = manager.get(reverse("baseline:vacancy_list"), {"format": "csv"})
        found = list(csv.DictReader(answer.getvalue().decode().splitlines()))
        assert [(row["role"], row["vacancies"], row["vacant_wte"]) for row in found] == [("gp", "2", "1.50")]

    def test_a_round_is_opened_and_changed(self, barnet: Commissioner) -> None:
        staff = signed_in(Role.TRANSFORMATION_MANAGER, barnet)
        typed = {"name": "Autumn", "opens": "2018-10-01", "due": "2018-09-01"}
        add = reverse("baseline:round_add", args=[barnet.ods_code])
        assert "A round is due on or after the day it opens." in said(staff.post(add, typed))
        assert "Autumn is there" in said(staff.post(add, typed | {"due": "2018-12-01"}, follow=True))
        edit = reverse("baseline:round_edit", args=["autumn"])
        seen = re.search(r'name="seen"\s+value="(\d+)"', staff.get(edit).content.decode())
        assert seen is not None
        staff.post(edit, typed | {"due": "2018-12-24", "seen": seen[1]})
        assert Assessment.objects.get().due.day == 24

    @pytest.mark.parametrize("name", ["round_list", "practice_list", "vacancy_list", "commissioner_roll_up"])
    def test_a_page_asks_as_often_of_many_as_of_few(
        self, name: str, assessment: Assessment, chin: Chin, practice: Practice, barnet: Commissioner
    ) -> None:
        staff = signed_in(Role.TRANSFORMATION_MANAGER, barnet)
        address = reverse(f"baseline:{name}", args=[assessment.slug] if name == "commissioner_roll_up" else [])

        def asked() -> int:
            staff.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert staff.get(address).status_code == 200
            return len(queries)

        sent_in(assessment, practice, gp_vacancies=1)
        few = asked()
        for number in range(4):
            sent_in(assessment, member(chin), gp_vacancies=1)
            AssessmentFactory(commissioner=barnet, opens=assessment.opens - timedelta(days=number + 1))
        assert asked() == few
