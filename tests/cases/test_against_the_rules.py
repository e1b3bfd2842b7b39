"""What somebody tries against the rules of business cases: refused in words, by pages and by the API, and nothing half done."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.cases import drafting, submitting
from cc2h.cases.cycles.models import Cycle
from cc2h.cases.differences import MOST_EDITS, compared
from cc2h.cases.drafting import Collided
from cc2h.cases.funding import services as funding
from cc2h.cases.funding.models import Giveback, Tranche
from cc2h.cases.models import Case, Paper, Saved, Submission, Typed
from cc2h.cases.route.models import Outcome
from cc2h.cases.route.outcomes import Said
from cc2h.cases.sections import BY_KEY
from cc2h.cases.states import CaseState
from cc2h.kit import history, work
from chins.models import Chin, PostHolding
from chins.post_services import end_holding
from tests.budget.ground import at_once
from tests.factories import CaseFactory, ChinFactory, MembershipFactory, person
from tests.factories.cases import CASE_DAY, SHORT_FORM
from tests.factories.chins import PostFactory, PostHoldingFactory
from tests.factories.cycles import begun, concluded
from tests.factories.funding import TrancheFactory
from tests.factories.payments import PayeeFactory
from tests.factories.route import SENT, approved, route_of, routed, said, turn_of
from tests.programs import Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2018, 12, 6)


@pytest.fixture
def chin() -> Chin:
    made: Chin = ChinFactory(name="Finchley")
    route_of(made.commissioner)
    return made


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def url(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def problem(program: Program, address: str, body: dict[str, Any] | None = None) -> str:
    """What the API refuses it with."""
    answer = program.post(address, body or {})
    assert answer.status_code == 422, answer.content
    return json.dumps(answer.json(), ensure_ascii=False)


class TestWhoSeesWhat:
    def test_a_draft_that_was_withdrawn_before_anybody_decided_stays_its_chins(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="draft")
        submitting.withdraw(by=None, case=case, day=TODAY, reason="Another way was found.")
        member, lead = signed_in(Role.BOARD_MEMBER, chin.commissioner), signed_in(Role.CHIN_LEAD, chin)
        assert lead.get(url("cases:case_detail", case.number)).status_code == 200
        for address in (url("cases:case_detail", case.number), url("cases:versions", case.number, "problem")):
            assert member.get(address).status_code == 404
        assert case.title not in words(member.get(url("cases:case_list")))

    def test_what_was_submitted_is_read_when_the_case_is_opened_again_as_a_draft(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="in_route")
        work.sweep()
        member = signed_in(Role.BOARD_MEMBER, chin.commissioner)
        submitting.withdraw(by=None, case=case, day=TODAY, reason="Later.")
        assert member.get(url("cases:case_detail", case.number)).status_code == 200
        submitting.reopen(by=None, case=case, day=TODAY, reason="It is later.")
        assert member.get(url("cases:case_detail", case.number)).status_code == 200
        assert member.get(url("cases:submission", case.number, 1)).status_code == 200
        assert member.get(url("cases:paper", case.number, Paper.objects.get().pk)).status_code == 200

    def test_a_paper_is_not_fetched_by_who_may_not_see_its_case_nor_through_another_case(self, chin: Chin) -> None:
        case, other = CaseFactory(chin=chin, state="in_route"), CaseFactory(chin=chin, state="in_route")
        work.sweep()
        paper = Paper.objects.get(case=case)
        elsewhere = ChinFactory()
        nurse = signed_in(Role.PRACTICE_MANAGER, MembershipFactory(chin=elsewhere).practice)
        assert nurse.get(url("cases:paper", case.number, paper.pk)).status_code == 404
        lead = signed_in(Role.CHIN_LEAD, chin)
        assert lead.get(url("cases:paper", case.number, paper.pk)).status_code == 200
        assert lead.get(url("cases:paper", other.number, paper.pk)).status_code == 404

    def test_a_coauthor_whose_post_has_ended_writes_and_sees_nothing_more(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="draft")
        author = person(Role.QI_LEAD, of=chin)
        elsewhere = PostFactory(role=Role.PRACTICE_MANAGER)  # by which they sign in still
        PostHoldingFactory(post=elsewhere, holder=author)
        client = Client()
        client.force_login(author)
        sent = {"idea": "Mine", "seen": "1"}
        assert client.post(url("cases:write_idea", case.number), sent).status_code == 302
        holding = PostHolding.objects.get(holder=author, post__chin=chin)
        end_holding(by=None, holding=holding, last=TODAY - timedelta(days=1), reason="Another post")
        for address in ("write_idea", "case_detail", "submit"):
            assert client.get(url(f"cases:{address}", case.number)).status_code == 404, address
        assert client.post(url("cases:typed", case.number, "idea"), sent).status_code == 404


class TestBeforeItWasThere:
    def test_on_a_day_before_it_was_put_forward_its_pages_say_so(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="in_route", today=CASE_DAY)
        outcome = said(case, "sponsor", day=CASE_DAY)
        client = signed_in(Role.CHIN_LEAD, chin)
        why = f"Case {case.number} was not yet put forward on 30 September 2018: that was on 1 October 2018."
        for address in (
            url("cases:case_detail", case.number),
            url("cases:summary", case.number),
            url("cases:submission", case.number, 1),
            url("cases:versions", case.number, "problem"),
            url("route:way", case.number),
            url("route:outcome_detail", outcome.pk),
        ):
            answer = client.get(address, {"as_at": "2018-09-30"})
            assert (answer.status_code, why in words(answer)) == (404, True), address
            assert client.get(address, {"as_at": "2018-10-01"}).status_code == 200, address
        answer = Program(person(Role.CHIN_LEAD, of=chin)).get(
            f"{url('cases:case_detail', case.number)}?as_at=2018-09-30"
        )
        assert (answer.status_code, why in answer.json()["detail"]) == (404, True)

    def test_nor_does_a_search_find_it(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="in_route", title="Shared wound clinic", today=CASE_DAY)
        client = signed_in(Role.CHIN_LEAD, chin)
        assert "Shared wound clinic" in words(client.get("/search/", {"q": case.number, "as_at": "2018-10-01"}))
        assert "Shared wound clinic" not in words(client.get("/search/", {"q": case.number, "as_at": "2018-09-30"}))

    def test_nor_is_a_cycle_there_before_it_was_planned(self) -> None:
        cycle = begun()
        client = signed_in(Role.CHIN_LEAD, cycle.case.chin)
        day = cycle.planned_on - timedelta(days=1)
        answer = client.get(url("cycles:cycle_detail", cycle.pk), {"as_at": day.isoformat()})
        assert answer.status_code == 404

    def test_what_a_study_found_is_not_on_the_case_before_it_was_found(self) -> None:
        cycle = concluded()
        client = signed_in(Role.CHIN_LEAD, cycle.case.chin)
        page = url("cases:case_detail", cycle.case.number)
        day = cycle.study.day - timedelta(days=1)
        assert ": held" in words(client.get(page, {"as_at": cycle.study.day.isoformat()}))
        assert ": held" not in words(client.get(page, {"as_at": day.isoformat()}))


class TestWritingWhatIsSubmitted:
    def test_nothing_of_it_is_changed_by_any_address(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="in_route")
        kept = [*Saved.objects.order_by("pk").values()]
        lead = person(Role.CHIN_LEAD, of=chin)
        program, client = Program(lead), Client()
        client.force_login(lead)
        for key in SHORT_FORM:
            assert "what was submitted stays as it is" in problem(
                program, url(f"cases:write_{key}", case.number), {"seen": 1}
            )
            client.post(url(f"cases:write_{key}", case.number), {"seen": "1"})
            assert client.post(url("cases:typed", case.number, key), {"seen": "1"}).status_code == 422
        sent = {"title": "Another", "problem": "Another", "topic": "other", "seen": history.version(case)}
        assert "what was submitted stays as it is" in problem(program, url("cases:case_edit", case.number), sent)
        figures = {"day": "2018-12-01"}
        assert "what was submitted stays as it is" in problem(
            program, url("cases:attach_figures", case.number), figures
        )
        assert [*Saved.objects.order_by("pk").values()] == kept
        assert not Typed.objects.exists()
        assert Case.objects.get().title == case.title

    def test_what_more_is_asked_of_costs_leaves_its_title_as_it_was(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="in_route")
        said(case, "sponsor")
        said(case, "check", Said.ASKED, sections=["costs"])
        case.refresh_from_db()
        program = Program(person(Role.CHIN_LEAD, of=chin))
        sent = {"title": "Another", "problem": "Another", "topic": "other", "seen": history.version(case)}
        assert "More was asked of some sections only" in problem(program, url("cases:case_edit", case.number), sent)
        assert Case.objects.get().title == case.title

    @pytest.mark.django_db(transaction=True)
    def test_an_edit_at_the_moment_of_submission_is_in_it_or_refused(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="draft")
        lead = person(Role.CHIN_LEAD, of=chin)
        later = {**SHORT_FORM["idea"], "idea": "Another clinic."}

        def act(place: int) -> Any:
            if place == 0:
                return submitting.submit(by=lead, case=case, day=TODAY)
            return drafting.save_section(by=lead, case=case, section=BY_KEY["idea"], answers=later, base=1, day=TODAY)

        _, edit = at_once(2, act)
        frozen = Submission.objects.get().document["answers"]["idea"]["idea"]
        assert frozen == ("A shared clinic." if isinstance(edit, ValidationError) else "Another clinic.")

    @pytest.mark.django_db(transaction=True)
    def test_an_idea_sent_twice_is_put_forward_once(self, chin: Chin) -> None:
        lead = person(Role.CHIN_LEAD, of=chin)
        typed = {"title": "Shared wound clinic", "problem": "Housebound patients wait.", "topic": "wound_care"}

        def act(place: int) -> Any:
            client = Client()
            client.force_login(lead)
            return words(client.post(url("cases:case_add", chin.slug), typed))

        answers = at_once(2, act)
        assert Case.objects.count() == 1
        assert any("You have put this idea forward already: 2018-001." in answer for answer in answers)


class TestTheWayRound:
    def test_an_idea_that_was_withdrawn_is_an_idea_again_and_still_to_be_taken_up(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin)
        client = signed_in(Role.CHIN_LEAD, chin)
        for act in ("withdraw", "reopen"):
            assert client.post(url(f"cases:{act}", case.number), {"reason": "So."}).status_code == 302
        assert Case.objects.get().state == CaseState.IDEA
        assert "waits to be taken up" in words(client.get(url("cases:case_detail", case.number)))

    def test_every_act_on_a_case_that_has_gone_on_is_refused_in_words(self, chin: Chin) -> None:
        case = approved(CaseFactory(chin=chin, state="in_route"))
        lead = person(Role.CHIN_LEAD, of=chin)
        program = Program(lead)
        manager = Program(person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner))
        for who, name, body in (
            (program, "cases:submit", {}),
            (program, "cases:withdraw", {"reason": "So."}),
            (program, "cases:reopen", {"reason": "So."}),
            (manager, "cases:take_up", {}),
            (manager, "cycles:extend", {"why": "So."}),
        ):
            assert "Approved" in (told := problem(who, url(name, case.number), body)) or "approved" in told, name
        for stage, act in (("sponsor", "sponsor"), ("officer", "decide")):
            turn = turn_of(case, stage)
            said_by = program if act == "sponsor" else manager
            what = "sponsored" if act == "sponsor" else "approved"
            assert "first" in problem(said_by, url(f"route:{act}", turn.pk), {"said": what, "reasons": "So."})
        assert Outcome.objects.filter(turn__passage__submission__case=case).count() == 3

    def test_a_decision_by_who_is_none_to_decide_is_refused(self, chin: Chin) -> None:
        case = routed(chin, asked=150_000)
        for stage in ("sponsor", "check", "advice"):
            said(case, stage)
        manager = Program(person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner))
        address = url("route:decide", turn_of(case, "board").pk)
        assert "for a body to decide, at a meeting" in problem(manager, address, {"said": "approved", "reasons": "So."})
        lead = Program(person(Role.CHIN_LEAD, of=chin))
        assert lead.post(address, {"said": "approved", "reasons": "So."}).status_code == 403
        assert Case.objects.get().state == CaseState.IN_ROUTE


class TestMoneyTwice:
    @pytest.mark.django_db(transaction=True)
    def test_a_tranche_that_two_release_at_once_is_owed_once(self) -> None:
        tranche = TrancheFactory()
        managers = [person(Role.TRANSFORMATION_MANAGER, of=tranche.case.commissioner) for _ in range(2)]
        found = at_once(2, lambda n: funding.release(by=managers[n], tranche=tranche, today=TODAY))
        assert sorted(isinstance(one, ValidationError) for one in found) == [False, True]
        (refusal,) = (one for one in found if isinstance(one, ValidationError))
        assert "Somebody else was first: the tranche is released, to be paid." in " ".join(refusal.messages)

    @pytest.mark.django_db(transaction=True)
    def test_two_tranches_at_once_do_not_take_more_than_there_is(self) -> None:
        case = approved(routed(asked=9600))
        payee = PayeeFactory(commissioner=case.commissioner)

        def act(place: int) -> Any:
            return funding.plan_tranche(
                by=None, case=case, year=2018, amount=Decimal("5000.00"), what=f"Part {place}", payee=payee, today=SENT
            )

        assert sorted(isinstance(one, Tranche) for one in at_once(2, act)) == [False, True]

    def test_a_giving_back_that_is_sent_twice_is_shown_again_before_it_is_done_again(self) -> None:
        case = approved(routed(asked=9600))
        client = signed_in(Role.TRANSFORMATION_MANAGER, case.commissioner)
        address = url("funding:give_back", case.number)
        typed = {"year": "2018", "amount": "600.00", "why": "The room was free."}
        (shown,) = re.findall(r'name="effect_shown" value="(\w+)"', words(client.post(address, typed)))
        said_yes = typed | {"confirm": "yes", "effect_shown": shown}
        assert client.post(address, said_yes).status_code == 302
        assert "Something changed while you were reading" in words(client.post(address, said_yes))
        assert Giveback.objects.count() == 1


class TestHardText:
    def test_fifty_thousand_characters_are_refused_and_stay_as_typed(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="draft")
        client, long = signed_in(Role.CHIN_LEAD, chin), "wound " * 8_400
        page = client.post(url("cases:write_idea", case.number), {"idea": long, "seen": "1"}).content.decode()
        assert "At most 20,000 characters; this has 50,399." in page
        assert long.strip() in page

    @pytest.mark.parametrize(
        "hard", ["\u202eright to left", "👩‍⚕️ " * 300, "\u200b", "𝔸\u0301\u0301\u0301", "{{ 7*7 }} {% now %} $x^2$ #let"]
    )
    def test_any_text_goes_all_the_way_into_the_paper(self, chin: Chin, hard: str) -> None:
        answers = SHORT_FORM | {"idea": {**SHORT_FORM["idea"], "idea": f"A clinic {hard}"}}
        case = CaseFactory(chin=chin, state="in_route", answers=answers, title=f"Clinic {hard}"[:150])
        work.sweep()
        assert bytes(Paper.objects.get().pdf).startswith(b"%PDF")
        client = signed_in(Role.CHIN_LEAD, chin)
        assert client.get(url("cases:submission", case.number, 1)).status_code == 200

    @pytest.mark.parametrize(
        "body", ['{"idea": "\\ud800"}', '{"idea": "a\\u0000b"}', '{"rows": 3}', '{"idea": 7}', "[]"]
    )
    def test_the_api_refuses_in_words_what_is_no_text(self, chin: Chin, body: str) -> None:
        case = CaseFactory(chin=chin, state="draft")
        program = Program(person(Role.CHIN_LEAD, of=chin))
        assert program.post(url("cases:write_idea", case.number), body).status_code in (400, 422)
        for key in ("costs", "predict"):
            assert program.post(url(f"cases:write_{key}", case.number), body).status_code in (200, 400, 422)

    def test_versions_of_many_like_lines_are_compared_in_no_time(self) -> None:
        pieces = compared("a\n" * 9_000, "a\nb\n" * 4_500)
        assert [piece.kind for piece in pieces] == ["out", "in"]
        same = compared("x " * 1_000 + "old", "x " * 1_000 + "new")
        assert [piece.kind for piece in same] == ["same", "out", "in"]
        assert MOST_EDITS < 1_000

    def test_costs_beyond_anything_the_portal_keeps_are_refused(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="draft")
        program = Program(person(Role.CHIN_LEAD, of=chin))
        address = url("cases:write_costs", case.number)
        assert "more than the portal can keep" in problem(program, address, {"asked": "9" * 15, "seen": 1})
        for month in ("1900-01", "2018-13", "0000-00", "next"):
            assert "is not a month" in problem(program, address, {"first": month, "seen": 1})

    def test_a_prediction_of_a_cycle_is_a_number_with_an_end(self) -> None:
        case = approved(routed())
        program = Program(person(Role.CHIN_LEAD, of=case.chin))
        plan = {"title": "A", "question": "B", "who": "C", "place": "D", "first": "2018-10-08", "last": "2018-12-30"}
        for number in ("NaN", "Infinity", "1e400", "9" * 30):
            row = {"measure_1": "Visits", "way_1": "down", "predicted_1": number, "way_2": "down", "way_3": "down"}
            problem(program, url("cycles:cycle_plan", case.number), plan | row)
        assert not Cycle.objects.exists()


class TestTheDatabase:
    def test_holds_what_was_submitted_against_anybody(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="in_route")
        for change in (
            lambda: Submission.objects.update(document={}),
            lambda: Submission.objects.all().delete(),
            lambda: Saved.objects.create(case=case, section="idea", number=2, answers={}, day=TODAY),
            lambda: Case.objects.filter(pk=case.pk).update(state="approved"),
            lambda: Case.objects.filter(pk=case.pk).delete(),
        ):
            with pytest.raises((IntegrityError, Exception)), transaction.atomic():
                change()

    def test_a_collision_is_told_with_both_texts(self, chin: Chin) -> None:
        case = CaseFactory(chin=chin, state="draft")
        idea = {"case": case, "section": BY_KEY["idea"], "base": 1, "day": TODAY, "by": None}
        drafting.save_section(answers={**SHORT_FORM["idea"], "idea": "Theirs"}, **idea)
        with pytest.raises(Collided) as collided:
            drafting.save_section(answers={**SHORT_FORM["idea"], "idea": "Mine"}, **idea)
        (one,) = collided.value.collisions
        assert (one.theirs, one.mine) == ("Theirs", "Mine")
