"""Writing together: versions one after the other, what is typed kept, nobody overwritten; and what a submission freezes."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction

from cc2h.accounts.authority import Role
from cc2h.cases import drafting, excluded, papers, proportion, submitting
from cc2h.cases.drafting import Collided
from cc2h.cases.models import Author, Case, Excluded, Paper, ProportionRule, Saved, Typed
from cc2h.cases.route.outcomes import Said
from cc2h.cases.sections import BY_KEY
from cc2h.kit import work
from tests.budget.ground import at_once, refused
from tests.factories import CaseFactory, ChinFactory, person
from tests.factories.cases import CASE_DAY, LONG_FORM, SHORT_FORM, submitted
from tests.factories.route import SENT, route_of, said

pytestmark = pytest.mark.django_db

IDEA = BY_KEY["idea"]


def save(case: Case, answers: dict[str, Any], base: int = 0, by: Any = None, section: str = "idea") -> Saved:
    return drafting.save_section(by=by, case=case, section=BY_KEY[section], answers=answers, base=base, day=CASE_DAY)


class TestVersions:
    def test_every_save_is_a_version_and_none_is_made_of_nothing_new(self) -> None:
        case = CaseFactory(state="shaping")
        save(case, {"idea": "A clinic"})
        save(case, {"idea": "A shared clinic"}, base=1)
        save(case, {"idea": "A shared clinic"}, base=2)
        assert [(one.number, one.answers["idea"]) for one in case.saved.order_by("number")] == [
            (1, "A clinic"),
            (2, "A shared clinic"),
        ]

    def test_the_first_makes_a_draft_of_what_is_shaped(self) -> None:
        case = CaseFactory(state="shaping")
        save(case, {"idea": "A clinic"})
        assert Case.objects.get().state == "draft"

    def test_an_idea_is_written_before_it_is_taken_up_and_a_draft_at_once_then(self) -> None:
        case = CaseFactory()
        save(case, {"idea": "A clinic"})
        assert Case.objects.get().state == "idea"
        drafting.take_up(by=None, case=case, day=CASE_DAY)
        assert Case.objects.get().state == "draft"

    def test_whoever_saves_is_an_author_from_then_on(self) -> None:
        case = CaseFactory(state="draft")
        writer = person(Role.QI_LEAD, of=case.chin)
        save(case, {"idea": "One"}, base=1, by=writer)
        save(case, {"idea": "Two"}, base=2, by=writer)
        assert [one.person for one in Author.objects.filter(case=case)] == [writer]

    def test_the_sum_asked_for_is_the_cases(self) -> None:
        case = CaseFactory(state="draft")
        assert Case.objects.get().asked == 9600
        save(case, {}, base=1, section="costs")
        assert Case.objects.get().asked is None

    def test_a_version_is_never_changed(self) -> None:
        CaseFactory(state="draft")
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            Saved.objects.update(answers={})


class TestTogether:
    def test_what_was_begun_from_an_older_version_is_merged(self) -> None:
        case = CaseFactory(state="shaping")
        save(case, {"idea": "A clinic", "where": "Here"})
        save(case, {"idea": "A shared clinic", "where": "Here"}, base=1)
        newest = save(case, {"idea": "A clinic", "where": "There"}, base=1)
        assert (newest.number, newest.answers) == (3, {"idea": "A shared clinic", "where": "There"})

    def test_the_same_changed_by_both_is_never_overwritten(self) -> None:
        case = CaseFactory(state="shaping")
        save(case, {"idea": "A clinic"})
        save(case, {"idea": "Theirs", "where": "Here"}, base=1)
        with pytest.raises(Collided) as refusal:
            save(case, {"idea": "Mine"}, base=1)
        collided = refusal.value
        assert collided.latest.number == 2
        assert collided.merged.answers == {"idea": "Mine", "where": "Here"}
        assert [(one.theirs, one.mine) for one in collided.collisions] == [("Theirs", "Mine")]
        assert case.saved.count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_at_the_same_moment_each_keeps_what_they_typed(self) -> None:
        case = CaseFactory(state="draft", answers={"idea": {"idea": "A clinic"}})
        fields = ("idea", "population", "people", "where")

        def act(place: int) -> Any:
            return save(case, {"idea": "A clinic", fields[place]: str(place + 1)}, base=1)

        found = at_once(4, act)
        assert sorted(one.number for one in found) == [2, 3, 4, 5]
        assert drafting.answers_of(case)["idea"] == {name: str(n) for n, name in enumerate(fields, 1)}


class TestTypedAndNotSaved:
    def test_is_kept_as_it_is_until_it_is_saved(self) -> None:
        case = CaseFactory(state="draft")
        writer, other = (person(Role.QI_LEAD, of=case.chin) for _ in range(2))
        for by in (writer, other):
            drafting.keep_typed(by=by, case=case, section=IDEA, typed={"people": "ma"}, base=1)
        drafting.keep_typed(by=writer, case=case, section=IDEA, typed={"people": "many"}, base=2)
        kept = Typed.objects.get(person=writer)
        assert (kept.answers, kept.base) == ({"people": "many"}, 1)
        save(case, {"idea": "A clinic"}, base=1, by=writer)
        assert [one.person for one in Typed.objects.all()] == [other]
        drafting.drop_typed(by=other, case=case, section=IDEA)
        assert not Typed.objects.exists()

    def test_a_character_that_is_none_is_refused(self) -> None:
        case = CaseFactory(state="draft")
        writer = person(Role.QI_LEAD, of=case.chin)
        said = refused(lambda: drafting.keep_typed(by=writer, case=case, section=IDEA, typed={"idea": "a\0b"}, base=1))
        assert said == "The text holds a character that is none (U+0000). Take it out, or type it anew."

    def test_and_so_is_anything_of_a_case_that_was_submitted(self) -> None:
        case = submitted().case
        writer = person(Role.QI_LEAD, of=case.chin)
        assert "what was submitted stays as it is" in refused(
            lambda: drafting.keep_typed(by=writer, case=case, section=IDEA, typed={}, base=1)
        )


class TestProportion:
    def test_the_sum_decides_how_long_the_form_is(self) -> None:
        chin = ChinFactory()
        limit = proportion.limit_on(chin.commissioner_id, CASE_DAY)
        assert [proportion.length_for(sum_, limit) for sum_ in (None, limit, limit + 1)] == ["short", "short", "long"]

    def test_another_limit_holds_from_its_day(self) -> None:
        commissioner = ChinFactory().commissioner
        given = {"by": None, "commissioner": commissioner, "reason": "Prices rose"}
        proportion.set_limit(**given, limit=30_000, from_day=date(2018, 12, 1), today=CASE_DAY)
        limits = [proportion.limit_on(commissioner.pk, date(2018, month, 1)) for month in (11, 12)]
        assert limits == [25_000, 30_000]
        assert "is over: what was submitted then keeps its form" in refused(
            lambda: proportion.set_limit(**given, limit=1, from_day=date(2018, 9, 30), today=CASE_DAY)
        )
        assert "From that day another sum holds already." in refused(
            lambda: proportion.set_limit(**given, limit=1, from_day=date(2018, 12, 1), today=CASE_DAY)
        )
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            ProportionRule.objects.update(limit=1)

    def test_what_was_submitted_keeps_its_form_when_the_limit_changes(self) -> None:
        submission = submitted()
        proportion.set_limit(
            by=None,
            commissioner=submission.case.commissioner,
            limit=5_000,
            from_day=CASE_DAY,
            reason="Fewer",
            today=CASE_DAY,
        )
        submission.refresh_from_db()
        assert (submission.length, submission.document["limit"]) == ("short", "25000.00")


class TestSubmitting:
    def test_is_refused_with_all_that_lacks(self) -> None:
        case = CaseFactory(state="draft", answers={key: SHORT_FORM[key] for key in ("problem", "idea", "costs")})
        said = refused(lambda: submitting.submit(by=None, case=case, day=CASE_DAY))
        assert "Measures: there is none yet." in said
        assert "Does it need the full equality assessment: not answered yet." in said
        assert Case.objects.get().state == "draft"
        assert not case.submissions.exists()

    def test_freezes_all_that_is_written_with_its_fingerprint(self) -> None:
        writer = person(Role.QI_LEAD, of=(chin := ChinFactory()), name="A writer")
        submission = submitted(chin=chin, by=writer)
        document = submission.document
        assert document["answers"] == SHORT_FORM
        assert (document["asked"], document["length"], document["authors"]) == ("9600.00", "short", ["A writer"])
        assert [section["key"] for section in document["sections"]] == list(SHORT_FORM)
        assert submitting.fingerprint(document) == submission.sha256
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            type(submission).objects.update(asked=1)

    def test_what_was_submitted_can_t_be_written_any_more(self) -> None:
        case = submitted().case
        assert "The case is “in governance”: what was submitted stays as it is" in refused(
            lambda: save(case, {"idea": "Another"}, base=1)
        )
        with pytest.raises(IntegrityError, match="What was submitted stays as it is"), transaction.atomic():
            Saved.objects.create(case=case, section="idea", number=2, answers={}, day=CASE_DAY)

    def test_only_what_more_was_asked_of_is_open_and_a_second_submission_leaves_the_first_as_it_was(self) -> None:
        first = submitted()
        case, fingerprint = first.case, first.sha256
        said(case, "sponsor", Said.ASKED, day=SENT, sections=["idea"], reasons="Where is it?")
        case.refresh_from_db()
        assert set(drafting.may_change(case)) & set(SHORT_FORM) == {"idea"}
        assert "“The problem and its data” stays as it was." in refused(
            lambda: save(case, {}, base=1, section="problem")
        )
        save(case, {**SHORT_FORM["idea"], "where": "At two practices."}, base=1)
        second = submitting.submit(by=None, case=case, day=SENT)
        first.refresh_from_db()
        assert (second.number, second.document["answers"]["idea"]["where"]) == (2, "At two practices.")
        assert first.sha256 == fingerprint == submitting.fingerprint(first.document)
        assert Case.objects.get().state == "in_route"

    def test_withdrawn_it_can_be_opened_again_as_a_draft(self) -> None:
        case = submitted().case
        submitting.withdraw(by=None, case=case, day=SENT, reason="The room is gone")
        assert Case.objects.get().state == "withdrawn"
        submitting.reopen(by=None, case=case, day=SENT, reason="There is another room")
        assert Case.objects.get().state == "draft"
        assert drafting.answers_of(case) == SHORT_FORM

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_the_same_moment_is_done_once(self) -> None:
        case = CaseFactory(state="draft")
        route_of(case.commissioner)
        found = at_once(2, lambda place: submitting.submit(by=None, case=case, day=CASE_DAY))
        assert sum(isinstance(one, ValidationError) for one in found) == 1
        assert case.submissions.count() == 1


class TestPapers:
    def test_a_worker_makes_a_tagged_pdf_of_each_submission_once(self) -> None:
        submission = submitted(answers=LONG_FORM)
        work.sweep()
        paper = Paper.objects.get()
        assert (paper.about, paper.case) == (f"submission:{submission.pk}", submission.case)
        pdf = bytes(paper.pdf)
        assert pdf.startswith(b"%PDF")
        assert b"/MarkInfo" in pdf
        assert b"pdfuaid" in pdf
        assert papers.as_pdf(papers.contents_of(submission)) == pdf
        papers.make(paper.about, None)
        assert Paper.objects.count() == 1

    def test_whatever_was_typed_is_text_in_it(self) -> None:
        hard = '#import "x" $ * _ <b> \\ 👩‍⚕️ مرحبا ' + "word " * 3_000
        submission = submitted(answers=SHORT_FORM | {"problem": {"problem": hard.strip(), "data": "x"}})
        assert papers.as_pdf(papers.contents_of(submission)).startswith(b"%PDF")


class TestOutsideTheProgramme:
    @pytest.mark.parametrize(
        ("title", "area", "words"),
        [
            ("Extended access on Sundays", Excluded.EXTENDED_ACCESS, "Extended access"),
            ("More weekend appointments", Excluded.EXTENDED_ACCESS, "weekend appointments"),
            ("Raise our QOF points", Excluded.CORE, "QOF"),
        ],
    )
    def test_the_words_that_fall_in_an_area_are_told(self, title: str, area: str, words: str) -> None:
        assert excluded.area_of(title, "A problem") == (area, words)

    def test_most_fall_in_none(self) -> None:
        assert excluded.area_of("A wound clinic", "Access to dressings is poor") is None
