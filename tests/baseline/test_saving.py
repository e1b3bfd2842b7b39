"""Saving sections, sending in, links: what holds, what is refused, and that nothing is ever overwritten."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from budget.baseline import queries, services
from budget.baseline.models import Assessment, Delegation, Saved, Staffing, Submission
from budget.baseline.questions import section_of
from cc2h.kit.asat import AsAt
from cc2h.kit.history import ChangedMeanwhile
from practices.models import Practice
from tests.budget.ground import at_once, refused
from tests.factories import AssessmentFactory, PracticeFactory, UserFactory
from tests.factories.baseline import DIGITAL, ESTATES, OPENS, save, sent_in, workforce

pytestmark = pytest.mark.django_db
LATER = OPENS + timedelta(days=10)


@pytest.fixture
def assessment() -> Assessment:
    made: Assessment = AssessmentFactory()
    return made


@pytest.fixture
def practice(assessment: Assessment) -> Practice:
    made: Practice = PracticeFactory(commissioner=assessment.commissioner)
    return made


class TestASection:
    def test_each_saving_is_a_version_and_each_day_shows_what_was_held_on_it(
        self, assessment: Assessment, practice: Practice
    ) -> None:
        save(assessment, practice, "digital", {"system": "emis"}, done=False)
        save(assessment, practice, "digital", DIGITAL, seen=1, today=LATER)

        def held(day: date) -> dict[str, Any]:
            asat = AsAt(day, None, date(2019, 1, 1))
            return {one.section: one.answers for one in Saved.objects.newest(asat).filter(practice=practice)}

        assert held(OPENS - timedelta(days=1)) == {}
        assert held(OPENS) == {"digital": {"system": "emis"}}
        assert held(LATER) == {"digital": DIGITAL}

    def test_a_version_is_never_changed_nor_deleted(self, assessment: Assessment, practice: Practice) -> None:
        save(assessment, practice, "digital", DIGITAL)
        for act in (lambda: Saved.objects.update(answers={}), lambda: Saved.objects.all().delete()):
            with pytest.raises(Exception, match="annot"), transaction.atomic():
                act()

    def test_what_says_the_same_makes_no_version(self, assessment: Assessment, practice: Practice) -> None:
        first = save(assessment, practice, "digital", DIGITAL)
        assert save(assessment, practice, "digital", DIGITAL, seen=1) == first

    def test_not_stated_is_not_kept_as_nothing(self, assessment: Assessment, practice: Practice) -> None:
        saved = save(assessment, practice, "estates", {"rooms": 0, "rooms_used": None, "tenure": ""}, done=False)
        assert saved.answers == {"rooms": 0}

    def test_somebody_who_saved_first_is_not_overwritten(self, assessment: Assessment, practice: Practice) -> None:
        save(assessment, practice, "digital", {"system": "emis"}, done=False, by=UserFactory(name="Ann"))
        with pytest.raises(ChangedMeanwhile) as told:
            save(assessment, practice, "digital", {"system": "vision"}, done=False)
        assert told.value.version == 1
        assert [(e.who, [(c.field, c.after) for c in e.changes]) for e in told.value.entries] == [
            ("Ann", [("clinical system", "EMIS Web")])
        ]

    def test_done_asks_for_every_answer_that_is_needed(self, assessment: Assessment, practice: Practice) -> None:
        said = refused(lambda: save(assessment, practice, "estates", {k: ESTATES[k] for k in ESTATES if k != "rooms"}))
        assert said == "Consulting and treatment rooms: not stated. Expected: a whole number from 0 to 500."

    def test_more_rooms_used_than_there_are_is_refused(self, assessment: Assessment, practice: Practice) -> None:
        said = refused(lambda: save(assessment, practice, "estates", {"rooms": 3, "rooms_used": 4}, done=False))
        assert said == "Rooms used on a usual weekday: 4 of 3 rooms. Expected: not more than there are."

    def test_before_the_round_opens_nothing_is_saved(self, assessment: Assessment, practice: Practice) -> None:
        said = refused(lambda: save(assessment, practice, "digital", DIGITAL, today=OPENS - timedelta(days=1)))
        assert said == "The round has not opened yet."

    def test_on_its_behalf_says_how_it_came(self, assessment: Assessment, practice: Practice) -> None:
        said = refused(lambda: save(assessment, practice, "digital", DIGITAL, on_behalf=True))
        assert said == "Say how the practice’s answers came."


class TestTheWorkforce:
    def test_an_age_band_left_empty_is_0_once_the_section_is_done_and_not_before(
        self, assessment: Assessment, practice: Practice
    ) -> None:
        answers = workforce(gp=1)
        for band in ("35_44", "45_54", "55_over"):
            del answers[f"gp_{band}_headcount"], answers[f"gp_{band}_wte"]
        open_ = save(assessment, practice, "workforce", answers, done=False)
        assert "gp_55_over_headcount" not in open_.answers
        done = save(assessment, practice, "workforce", answers, seen=1)
        assert (done.answers["gp_55_over_headcount"], done.answers["gp_55_over_wte"]) == (0, "0.00")

    def test_half_a_pair_is_not_filled_with_0(self, assessment: Assessment, practice: Practice) -> None:
        answers = workforce(gp=1)
        del answers["gp_under_35_wte"]
        said = refused(lambda: save(assessment, practice, "workforce", answers))
        assert said == (
            "GPs, under 35: WTE: Not stated, although the headcount is. Expected: both, or neither where there is nobody."
        )

    def test_a_role_of_which_nothing_is_said_is_not_nobody(self, assessment: Assessment, practice: Practice) -> None:
        answers = workforce(gp=1)
        del answers["nurse_nobody"]
        said = refused(lambda: save(assessment, practice, "workforce", answers))
        assert "Nurses: not stated. Expected: how many there are, or “nobody”." in said

    def test_nobody_and_somebody_is_refused(self, assessment: Assessment, practice: Practice) -> None:
        said = refused(
            lambda: save(assessment, practice, "workforce", workforce(gp=1) | {"gp_nobody": True}, done=False)
        )
        assert said == "GPs: nobody: “Nobody” is ticked, and under 35 says somebody. Expected: one of the two."

    @pytest.mark.parametrize(("heads", "wte"), [(0, "0.50"), (1, "1.60")])
    def test_more_wte_than_people_can_work_is_refused(
        self, assessment: Assessment, practice: Practice, heads: int, wte: str
    ) -> None:
        answers = {"gp_under_35_headcount": heads, "gp_under_35_wte": wte}
        said = refused(lambda: save(assessment, practice, "workforce", answers, done=False))
        assert "Expected: at most 1.5 of each." in said


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("gp_under_35_headcount", " 12 ", 12), ("gp_under_35_headcount", "", None), ("gp_under_35_wte", "2.6", "2.60"),
        ("gp_under_35_wte", "2.6000", "2.60"), ("gp_under_35_wte", "0", "0.00"),
    ],
)  # fmt: skip
def test_an_answer_is_read_where_its_meaning_is_certain(key: str, typed: str, kept: Any) -> None:
    section = section_of(1, "workforce")
    assert section is not None
    assert section.question(key).read(typed) == kept


@pytest.mark.parametrize("typed", ["-1", "1.5", "1e3", "1,500", "NaN", "501", "²", "three"])
def test_a_headcount_that_is_none_says_what_was_found_and_expected(typed: str) -> None:
    section = section_of(1, "workforce")
    assert section is not None
    with pytest.raises(ValueError) as wrong:
        section.question("gp_under_35_headcount").read(typed)
    assert str(wrong.value) == f"Found “{typed}”. Expected: a whole number from 0 to 500."


@pytest.mark.parametrize("typed", ["-0.5", "1.234", "Infinity", "1,5", "nan", "99999"])
def test_a_wte_that_is_none_is_refused(typed: str) -> None:
    section = section_of(1, "workforce")
    assert section is not None
    with pytest.raises(ValueError, match="Expected: whole-time equivalents"):
        section.question("gp_under_35_wte").read(typed)


class TestSendingIn:
    def test_it_is_sent_in_whole(self, assessment: Assessment, practice: Practice) -> None:
        save(assessment, practice, "digital", DIGITAL)
        save(assessment, practice, "estates", ESTATES, done=True)
        said = refused(lambda: services.send(by=None, assessment=assessment, practice=practice, today=OPENS))
        assert said == "Not done yet: The practice and Workforce. Each section is done before it is sent in."

    def test_the_database_refuses_a_part_too(self, assessment: Assessment, practice: Practice) -> None:
        one = save(assessment, practice, "digital", DIGITAL)
        with pytest.raises(IntegrityError, match="sent in whole"), transaction.atomic():
            Submission.objects.create(
                assessment=assessment, practice=practice, number=1, versions=[one.pk] * 4, day=OPENS
            )

    def test_its_numbers_of_staff_are_written_with_it(self, assessment: Assessment, practice: Practice) -> None:
        sent = sent_in(assessment, practice, gp=(1, 2, 0, 2), nurse=0, admin=3, gp_vacancies=2, gp_vacant_wte="1.50")
        found = {one.role: (one.headcount, one.wte, one.aged_55, one.vacancies) for one in sent.staffing.all()}
        assert found["gp"] == (5, 2.5, 2, 2)
        assert found["admin"] == (3, 1.5, 0, 0)
        assert len(found) == 6

    def test_a_change_afterwards_is_a_new_version_that_counts_once_sent_in_again(
        self, assessment: Assessment, practice: Practice
    ) -> None:
        sent_in(assessment, practice)
        save(assessment, practice, "workforce", workforce(gp=9), seen=1, today=LATER)
        now = AsAt(LATER, None, LATER)
        total = lambda: sum(  # noqa: E731
            one.headcount
            for one in Staffing.objects.of(Submission.objects.newest(now).filter(practice=practice).values("pk"))
        )
        assert total() == 17
        services.send(by=None, assessment=assessment, practice=practice, today=LATER)
        assert total() == 9
        assert Submission.objects.count() == 2

    def test_what_has_not_changed_is_not_sent_in_again(self, assessment: Assessment, practice: Practice) -> None:
        sent_in(assessment, practice)
        said = refused(lambda: services.send(by=None, assessment=assessment, practice=practice, today=LATER))
        assert said == "It was sent in on 1 October 2018, and nothing has changed since."


class TestALink:
    def link(self, assessment: Assessment, practice: Practice, **more: Any) -> Delegation:
        section = section_of(1, "digital")
        assert section is not None
        facts = {"recipient": "IT lead", "expires_on": LATER, "today": OPENS, "by": None} | more
        return services.delegate(assessment=assessment, practice=practice, section=section, **facts)

    def test_it_opens_until_its_last_day_and_not_once_withdrawn(
        self, assessment: Assessment, practice: Practice
    ) -> None:
        link = self.link(assessment, practice)
        token = services.token_of(link)
        assert services.opened_by(token, LATER) == link
        assert services.opened_by(token, LATER + timedelta(days=1)) is None
        services.withdraw(by=None, link=link, today=OPENS)
        assert services.opened_by(token, OPENS) is None

    def test_a_forged_one_opens_nothing(self, assessment: Assessment, practice: Practice) -> None:
        link = self.link(assessment, practice)
        other = self.link(assessment, practice)
        signature = services.token_of(other).partition(":")[2]
        for token in (link.key, f"{link.key}:{signature}", "", ":", "x" * 500):
            assert services.opened_by(token, OPENS) is None

    def test_what_comes_by_it_names_who_typed(self, assessment: Assessment, practice: Practice) -> None:
        link = self.link(assessment, practice)
        saved = save(assessment, practice, "digital", DIGITAL, link=link, typed_name="  Bo  Lee ")
        assert (saved.who, saved.by, saved.link) == ("Bo Lee", None, link)

    def test_the_database_lets_it_save_its_own_section_alone_while_it_is_open(
        self, assessment: Assessment, practice: Practice
    ) -> None:
        link = self.link(assessment, practice)
        given = {"link": link, "typed_name": "Bo"}
        assert "another section" in refused(lambda: save(assessment, practice, "estates", ESTATES, **given))
        other = PracticeFactory(commissioner=assessment.commissioner)
        assert "another section" in refused(lambda: save(assessment, other, "digital", DIGITAL, **given))
        services.withdraw(by=None, link=link, today=OPENS)
        assert "opens nothing" in refused(lambda: save(assessment, practice, "digital", DIGITAL, **given))

    def test_it_opens_for_two_months_at_most(self, assessment: Assessment, practice: Practice) -> None:
        with pytest.raises(ValidationError, match="at most 60 days"):
            self.link(assessment, practice, expires_on=OPENS + timedelta(days=61))

    def test_a_link_is_withdrawn_once(self, assessment: Assessment, practice: Practice) -> None:
        link = services.withdraw(by=None, link=self.link(assessment, practice), today=OPENS)
        with pytest.raises(IntegrityError, match="withdrawn once"), transaction.atomic():
            Delegation.objects.filter(pk=link.pk).update(withdrawn_on=None)


class TestWhatASectionOpensWith:
    def answering(self, assessment: Assessment, practice: Practice) -> queries.Answering:
        found = queries._answering(assessment, practice.ods_code, AsAt(LATER, None, LATER), None)
        assert found is not None
        return found

    def test_the_register_says_what_the_practice_is(self, assessment: Assessment, practice: Practice) -> None:
        section = section_of(1, "practice")
        assert section is not None
        filled = queries.filled(self.answering(assessment, practice), section, AsAt(LATER, None, LATER))
        assert filled.source == "the register"
        assert filled.answers["address"] == "1 High Street, Barnet, EN5 4BE"

    def test_the_last_round_says_the_rest(self, assessment: Assessment, practice: Practice) -> None:
        save(assessment, practice, "digital", DIGITAL)
        new = AssessmentFactory(commissioner=assessment.commissioner, opens=LATER, due=LATER)
        section = section_of(1, "digital")
        assert section is not None
        filled = queries.filled(self.answering(new, practice), section, AsAt(LATER, None, LATER))
        assert (filled.answers, filled.source) == (
            DIGITAL,
            f"your answers to {assessment.name} of 1 October 2018",
        )


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_save_the_same_section_at_once_one_is_kept() -> None:
    assessment = AssessmentFactory()
    practice = PracticeFactory(commissioner=assessment.commissioner)

    def act(place: int) -> Any:
        try:
            return save(assessment, practice, "estates", {"rooms": place + 1}, done=False)
        except ChangedMeanwhile:
            return None

    kept = [one for one in at_once(10, act) if isinstance(one, Saved)]
    assert len(kept) == 1
    assert Saved.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_sends_in_once() -> None:
    assessment = AssessmentFactory()
    practice = PracticeFactory(commissioner=assessment.commissioner)
    sent = sent_in(assessment, practice)
    save(assessment, practice, "digital", DIGITAL | {"video": "live"}, seen=1, today=LATER)
    found = at_once(8, lambda place: services.send(by=None, assessment=assessment, practice=practice, today=LATER))
    assert len([one for one in found if isinstance(one, Submission)]) == 1
    assert Submission.objects.exclude(pk=sent.pk).count() == 1
