"""Claims: who enters, who verifies, what becomes payable, and what every other turn leaves behind."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.errors import CheckViolation

from budget import ledger
from budget.agreements import services as agreements
from budget.checking import differences
from budget.lcs import claims, services
from budget.lcs.claim_queries import agreed_amounts, lapsed, shown
from budget.lcs.claims import Given
from budget.lcs.models import Answer, Claim, ClaimStep, Eligible, Service
from budget.lcs.queries import has_accepted, outputs_accepted, places, standing
from budget.lcs.states import ClaimState, Event
from budget.models import Entry
from budget.payments import confirming, runs
from budget.payments.models import Payable, Run
from cc2h.accounts.authority import Role
from cc2h.kit import dated, work
from cc2h.kit.asat import AsAt
from cc2h.kit.models import Scan, ScanState
from cc2h.kit.writing import writing
from chins.models import Membership
from tests.budget.ground import at_once, balance, pounds, refused
from tests.factories import (
    AttachmentFactory,
    ChinFactory,
    ClaimFactory,
    MembershipFactory,
    OutputFactory,
    PostFactory,
    PostHoldingFactory,
    PracticeFactory,
    SignatureFactory,
    StageFactory,
    SuccessionFactory,
    UserFactory,
    VersionFactory,
)
from tests.factories.payments import confirmed_run
from tests.payments.ground import outcome, references

pytestmark = pytest.mark.django_db

DAY, LATER = date(2018, 10, 3), date(2018, 10, 20)


@pytest.fixture
def enterer() -> Any:
    return UserFactory(name="Practice manager")


@pytest.fixture
def manager() -> Any:
    return UserFactory(name="Transformation manager")


@pytest.fixture
def stage() -> Any:
    return StageFactory()


def member(stage: Any, **chin: Any) -> Any:
    """A practice of the service's commissioner in a CHIN."""
    chin = chin or {"chin__commissioner": stage.service.line.commissioner}
    return MembershipFactory(**chin)


def pledged(stage: Any, by: Any, **claim: Any) -> Claim:
    """A claim for a stage whose one output is a pledge, sent in."""
    output = stage.outputs.first() or OutputFactory(stage=stage)
    one = ClaimFactory(stage=stage, **claim)
    claims.enter(by=by, claim=one, given=[Given(output, pledged=True)], day=DAY)
    return claims.send(by=by, claim=one, day=DAY)


def signed_by(its: Any) -> Any:
    """The memorandum of information of the member's CHIN, signed by the practice."""
    version = VersionFactory(agreement__chin=its.chin)
    return SignatureFactory(version=version, practice=its.practice, day=DAY)


def paid(claim: Claim, by: Any, day: date) -> Run:
    """By a run of its own, a week after the day."""
    line = claim.stage.service.line
    return confirmed_run(runs.prepare(by=by, commissioner=line.commissioner, payables=None, today=day), by)


def now(claim: Claim) -> Claim:
    found: Claim = Claim.objects.get(pk=claim.pk)
    return found


def events(claim: Claim) -> list[str]:
    return list(claim.steps.values_list("event", flat=True))


class TestFromOpenToPayable:
    def test_the_last_output_accepted_makes_it_payable_and_its_earmark_a_commitment(
        self, stage: Any, enterer: Any, manager: Any
    ) -> None:
        claim = pledged(stage, enterer)
        assert balance(stage.service.line) == pounds(90_000, 1_500)
        outcome = claims.accept(by=manager, claim=claim, day=LATER)
        assert [one.pk for one in outcome.payable] == [claim.pk]
        found = now(claim)
        assert (found.state, found.amount, found.payable_on) == ("payable", Decimal("1500.00"), LATER)
        assert found.commitment.kind == "commitment"
        assert balance(stage.service.line) == pounds(90_000, 0, 1_500)
        assert events(claim) == ["opened", "entered", "sent", "accepted", "payable"]
        assert differences() == []

    def test_what_was_accepted_is_kept_in_words(self, stage: Any, enterer: Any, manager: Any) -> None:
        claim = pledged(stage, enterer)
        claims.accept(by=manager, claim=claim, day=LATER)
        answer = Answer.objects.get(claim=claim)
        assert answer.basis.startswith("Pledged; entered by Practice manager on ")
        assert (answer.judged_by, answer.judged_on) == (manager, LATER)

    def test_half_a_penny_is_rounded_up(self, enterer: Any, manager: Any) -> None:
        stage = StageFactory(service__rate=Decimal(1530), share=Decimal("33.35"))  # 510.255
        OutputFactory(stage=StageFactory(service=stage.service, number=2, share=Decimal("66.65")))
        claim = pledged(stage, enterer)
        claims.accept(by=manager, claim=claim, day=LATER)
        assert now(claim).amount == Decimal("510.26")

    def test_the_list_says_of_each_stage_what_it_will_come_to_the_penny(self) -> None:
        stage = StageFactory(service__rate=Decimal("1500.01"), share=Decimal(50))
        other = OutputFactory(stage=StageFactory(service=stage.service, number=2, share=Decimal(50))).stage
        practice = ClaimFactory(stage=stage).practice
        ClaimFactory(stage=other, practice=practice)
        listed = Claim.objects.with_what_it_comes_to().order_by("stage__number")
        assert [one.comes_to for one in listed] == [Decimal("750.01"), Decimal("750.00")]
        reckoned = agreed_amounts(list(Claim.objects.with_place(DAY).whole()), DAY)
        assert sorted(filter(None, reckoned.values())) == [Decimal("750.00"), Decimal("750.01")]

    def test_one_output_of_two_leaves_it_waiting(self, stage: Any, enterer: Any, manager: Any) -> None:
        first, second = OutputFactory(stage=stage), OutputFactory(stage=stage, evidence="text")
        claim = ClaimFactory(stage=stage)
        given = [Given(first, pledged=True), Given(second, text="Our plan")]
        claims.enter(by=enterer, claim=claim, given=given, day=DAY)
        claims.send(by=enterer, claim=claim, day=DAY)
        outcome = claims.accept(by=manager, claim=claim, day=LATER, outputs=[second])
        assert (outcome.payable, now(claim).state) == ([], "sent")
        claims.accept(by=manager, claim=claim, day=LATER, outputs=[first])
        assert now(claim).state == "payable"

    def test_after_its_day_it_is_late_and_taken(self, enterer: Any) -> None:
        stage = StageFactory(due=date(2018, 10, 2))
        claim = pledged(stage, enterer)
        assert claim.steps.get(event="sent").why == "Late: it was due by 2 October 2018."

    def test_paid_and_reversed_are_heard_of_payments(self, stage: Any, enterer: Any, manager: Any) -> None:
        claim = pledged(stage, enterer)
        claims.accept(by=manager, claim=claim, day=LATER)
        claims.heard("failed", [claims.about(claim)], manager, LATER)
        assert now(claim).state == "payable"
        with pytest.raises(IntegrityError, match="paid by a payment run"), transaction.atomic():
            claims.heard("paid", [claims.about(claim)], manager, LATER)
        run = paid(claim, manager, LATER)
        week = LATER + timedelta(days=7)
        assert (now(claim).state, now(claim).paid_on) == ("paid", week)
        back = outcome(references(run)[0], "reversed", "Account closed", day=week)
        confirming.confirm(by=manager, run=run, outcomes=[back], today=week)
        assert (now(claim).state, now(claim).paid_on) == ("payable", None)
        payable = Payable.objects.get(about=claims.about(claim))
        runs.decide(by=manager, payable=payable, pay_again=False, why="The practice closed", today=week)
        assert (now(claim).state, now(claim).amount) == ("closed", None)
        assert balance(stage.service.line) == pounds(90_000), "the commitment is taken off"


class TestEntering:
    def test_needs_every_output_that_somebody_enters(self, stage: Any, enterer: Any) -> None:
        pledge, plan = (
            OutputFactory(stage=stage, name="Pledge"),
            OutputFactory(stage=stage, name="Plan", evidence="text"),
        )
        claim = ClaimFactory(stage=stage)
        claims.enter(by=enterer, claim=claim, given=[Given(pledge, pledged=False)], day=DAY)
        said = refused(lambda: claims.send(by=enterer, claim=claim, day=DAY))
        assert "Pledge: Answered no; entered by Practice manager" in said
        assert "Plan: Nothing has been entered." in said
        assert plan.evidence == "text"

    @pytest.mark.parametrize(
        ("evidence", "given", "said"),
        [
            ("pledge", {"text": "Yes"}, "is a pledge: answer yes or no, and nothing else."),
            ("text", {"pledged": True}, "is shown by a text: it takes no yes or no."),
            ("text", {"text": "  "}, "is shown by a text: write it."),
            ("post", {"text": "Dr A"}, "is shown by a post that is held: the portal reads it itself."),
            ("agreement", {"text": "Signed"}, "is shown by an agreement that is signed: the portal reads it itself."),
        ],
    )
    def test_evidence_of_a_wrong_kind_is_refused(self, enterer: Any, evidence: str, given: Any, said: str) -> None:
        more = {"post": {"role": "chin_lead"}, "agreement": {"agreement_kind": "moi"}}.get(evidence, {})
        output = OutputFactory(evidence=evidence, **more)
        claim = ClaimFactory(stage=output.stage)
        assert said in refused(lambda: claims.enter(by=enterer, claim=claim, given=[Given(output, **given)], day=DAY))
        assert not Answer.objects.exists()

    def test_staff_say_how_it_came(self, enterer: Any) -> None:
        output = OutputFactory()
        claim = ClaimFactory(stage=output.stage)
        given: dict[str, Any] = {"claim": claim, "given": [Given(output, pledged=True)], "day": DAY, "on_behalf": True}
        assert "Say how it came" in refused(lambda: claims.enter(by=enterer, **given))
        claims.enter(by=enterer, how_it_came="e-mail of 3 October 2018", **given)
        answer = Answer.objects.get()
        assert (answer.on_behalf, answer.how_it_came) == (True, "e-mail of 3 October 2018")
        assert claim.steps.get(event="entered").on_behalf is True

    def test_what_was_sent_in_stays(self, stage: Any, enterer: Any) -> None:
        claim = pledged(stage, enterer)
        given = [Given(stage.outputs.get(), pledged=False)]
        said = refused(lambda: claims.enter(by=enterer, claim=claim, given=given, day=DAY))
        assert said == "The claim is waiting to be verified, so that can’t be done to it."
        with pytest.raises(IntegrityError, match="What was sent in stays as it is"), transaction.atomic():
            Answer.objects.update(pledged=False)

    def test_what_is_a_chins_is_entered_once_for_all_of_its_practices(self, enterer: Any) -> None:
        output = OutputFactory(whose="chin", evidence="text")
        first = member(output.stage)
        both = (first, MembershipFactory(chin=first.chin))
        mine, other = (ClaimFactory(stage=output.stage, practice=one.practice) for one in both)
        elsewhere = ClaimFactory(stage=output.stage, practice=member(output.stage).practice)
        claims.enter(by=enterer, claim=mine, given=[Given(output, text="Our plan")], day=DAY)
        entered = Answer.objects.filter(text="Our plan").values_list("claim", flat=True)
        assert set(entered) == {mine.pk, other.pk}
        assert elsewhere.pk not in entered

    def test_a_file_is_one_that_hangs_on_the_claim(self, enterer: Any, manager: Any) -> None:
        output = OutputFactory(evidence="file")
        claim = ClaimFactory(stage=output.stage)
        assert "No file is attached." in refused(lambda: claims.send(by=enterer, claim=claim, day=DAY))
        AttachmentFactory(about=claim, title="Minutes", by=enterer)
        claims.send(by=manager, claim=claim, day=DAY, on_behalf=True, how_it_came="e-mail")
        another = UserFactory()
        assert refused(lambda: claims.accept(by=enterer, claim=claim, day=DAY)) == (
            "What somebody entered or sent in is verified by somebody else."
        )
        claims.accept(by=another, claim=claim, day=DAY)
        assert Answer.objects.get(claim=claim).basis == "1 file: “Minutes”"

    def test_nobody_judges_by_a_file_that_does_not_open(self, enterer: Any, manager: Any, settings: Any) -> None:
        settings.CLAMAV = ("127.0.0.1", 3310)
        output = OutputFactory(evidence="file")
        claim = ClaimFactory(stage=output.stage)
        file = AttachmentFactory(about=claim, title="Minutes", by=enterer)
        claims.send(by=enterer, claim=claim, day=DAY)  # that it waits for its scan is nothing to enter
        said = f"{output}: “Minutes” is still to be looked into for viruses."
        assert refused(lambda: claims.accept(by=manager, claim=claim, day=DAY)) == said
        Scan.objects.create(sha256=file.sha256, state=ScanState.INFECTED, virus="Eicar", scanned_at=dated.now())
        said = f"{output}: A virus was found in what is attached."
        assert refused(lambda: claims.accept(by=manager, claim=claim, day=DAY)) == said
        another = AttachmentFactory(about=claim, title="Minutes again", by=enterer, data=b"Printed anew")
        Scan.objects.create(sha256=another.sha256, state=ScanState.CLEAN, scanned_at=dated.now())
        claims.accept(by=manager, claim=claim, day=DAY)
        assert Answer.objects.get(claim=claim).basis == "1 file: “Minutes again”"

    def test_a_second_claim_is_refused(self, stage: Any) -> None:
        claim = ClaimFactory(stage=stage)

        def again() -> None:
            with writing(None):
                Claim.objects.create(stage=stage, practice=claim.practice, opened_on=DAY)

        assert refused(again) == "The practice has a claim for this stage already."


class TestVerifying:
    def test_is_not_for_whoever_entered_or_sent_it(self, stage: Any, enterer: Any, manager: Any) -> None:
        output = OutputFactory(stage=stage)
        claim = ClaimFactory(stage=stage)
        claims.enter(by=enterer, claim=claim, given=[Given(output, pledged=True)], day=DAY)
        claims.send(by=manager, claim=claim, day=DAY)
        for by in (enterer, manager):
            said = refused(lambda by=by: claims.accept(by=by, claim=claim, day=DAY))  # type: ignore[misc]
            assert said == "What somebody entered or sent in is verified by somebody else."
            assert refused(lambda by=by: claims.send_back(by=by, claim=claim, reasons={output.pk: "No"}, day=DAY))  # type: ignore[misc]
            with (
                pytest.raises(IntegrityError, match=r"verified by somebody else|judged_by_another"),
                transaction.atomic(),
            ):
                Answer.objects.update(state="accepted", judged_by=by, judged_on=DAY)

    def test_the_whole_claim_goes_back_with_a_reason_an_output_and_what_is_accepted_stays(
        self, stage: Any, enterer: Any, manager: Any
    ) -> None:
        pledge, plan = (
            OutputFactory(stage=stage, name="Pledge"),
            OutputFactory(stage=stage, name="Plan", evidence="text"),
        )
        claim = ClaimFactory(stage=stage)
        given = [Given(pledge, pledged=True), Given(plan, text="A plan")]
        claims.enter(by=enterer, claim=claim, given=given, day=DAY)
        claims.send(by=enterer, claim=claim, day=DAY)
        claims.accept(by=manager, claim=claim, day=DAY, outputs=[pledge])
        claims.send_back(by=manager, claim=claim, reasons={plan.pk: "Too short"}, day=DAY)
        assert now(claim).state == "returned"
        assert claim.steps.get(event="returned").why == "Plan: Too short"
        assert "Plan: It was returned: “Too short”" in refused(lambda: claims.send(by=enterer, claim=claim, day=DAY))
        assert "What is accepted stays" in refused(
            lambda: claims.enter(by=enterer, claim=claim, given=[Given(pledge, pledged=False)], day=DAY)
        )
        claims.enter(by=enterer, claim=claim, given=[Given(plan, text="A longer plan")], day=LATER)
        claims.send(by=enterer, claim=claim, day=LATER)
        claims.accept(by=manager, claim=claim, day=LATER)
        assert events(claim)[-4:] == ["entered", "sent_again", "accepted", "payable"]

    def test_a_post_is_read_and_nothing_entered(self, stage: Any, enterer: Any, manager: Any) -> None:
        OutputFactory(stage=stage, whose="chin", evidence="post", role="chin_lead")
        its = member(stage)
        claim = ClaimFactory(stage=stage, practice=its.practice)
        claims.send(by=enterer, claim=claim, day=DAY)
        said = refused(lambda: claims.accept(by=manager, claim=claim, day=DAY))
        assert f"Nobody holds the post of CHIN lead in {its.chin}." in said
        holding = PostHoldingFactory(post__role=Role.CHIN_LEAD, post__of=its.chin, holder__name="Dr Lead")
        claims.accept(by=manager, claim=claim, day=DAY)
        assert Answer.objects.get(claim=claim).basis.startswith("Dr Lead holds the post “CHIN lead” since ")
        assert lapsed([now(claim)], LATER) == {}
        dated.end(holding, last=DAY, by=None)
        [(output, words)] = lapsed([now(claim)], LATER)[claim.pk]
        assert words == f"Nobody holds the post of CHIN lead in {its.chin}."
        assert output.evidence == "post"
        assert now(claim).state == "payable", "what to do about it is a person's decision"

    def test_what_lapsed_is_found_as_it_is_said_until_somebody_lets_it_stand(
        self, stage: Any, enterer: Any, manager: Any
    ) -> None:
        """Of two claims whose posts and signatures were accepted, the one whose post fell vacant."""
        OutputFactory(stage=stage, whose="chin", evidence="post", role="chin_lead")
        OutputFactory(stage=stage, whose="practice", evidence="post", role="practice_manager")
        OutputFactory(stage=stage, whose="practice", evidence="agreement", agreement_kind="moi")
        holdings, managers, several = [], [], []
        for _ in range(2):
            its = member(stage)
            signed_by(its)
            holdings.append(PostHoldingFactory(post__role=Role.CHIN_LEAD, post__of=its.chin))
            own = PostFactory(role=Role.PRACTICE_MANAGER, practice=its.practice, commissioner=None)
            managers.append(PostHoldingFactory(post=own))
            claim = ClaimFactory(stage=stage, practice=its.practice)
            claims.send(by=enterer, claim=claim, day=DAY)
            claims.accept(by=manager, claim=claim, day=DAY)
            several.append(claim)
        assert not Claim.objects.lapsed(LATER).exists()
        said = refused(lambda: claims.let_stand(by=manager, claim=several[0], why="?", day=LATER))
        assert said == "Nothing has lapsed that somebody has still to decide on."
        dated.end(holdings[0], last=DAY, by=None)
        assert [one.pk for one in Claim.objects.lapsed(LATER)] == [*lapsed(list(Claim.objects.all()), LATER)]
        assert [one.pk for one in Claim.objects.lapsed(LATER)] == [several[0].pk]
        claims.let_stand(by=manager, claim=several[0], why="The post is being filled", day=LATER)
        assert not Claim.objects.lapsed(LATER).exists()
        assert events(several[0])[-1] == "let_stand"
        assert now(several[0]).state == "payable"
        dated.end(managers[0], last=LATER, by=None)
        after = LATER + timedelta(days=1)
        assert [one.pk for one in Claim.objects.lapsed(after)] == [several[0].pk], (
            "what lapses later is decided on anew"
        )
        claims.let_stand(by=manager, claim=several[0], why="That too", day=after)
        assert not Claim.objects.lapsed(after).exists()
        assert claims.holds_again(day=after) == 0
        filled = PostHoldingFactory(post=holdings[0].post, first=after, recorded=dated.now())
        assert claims.holds_again(day=after) == 1
        dated.end(filled, last=after, by=None)
        assert [one.pk for one in Claim.objects.lapsed(after + timedelta(days=1))] == [several[0].pk], "once more"

    @pytest.mark.parametrize(("whose", "evidence"), [("practice", "post"), ("practice", "agreement")])
    def test_a_practices_own_post_and_signature_lapse_too(
        self, stage: Any, enterer: Any, manager: Any, whose: str, evidence: str
    ) -> None:
        OutputFactory(stage=stage, whose=whose, evidence=evidence, role="practice_manager", agreement_kind="moi")
        its = member(stage)
        own = PostFactory(role=Role.PRACTICE_MANAGER, practice=its.practice, commissioner=None)
        holding, signature = PostHoldingFactory(post=own), signed_by(its)
        claim = ClaimFactory(stage=stage, practice=its.practice)
        claims.send(by=enterer, claim=claim, day=DAY)
        claims.accept(by=manager, claim=claim, day=DAY)
        dated.end(holding, last=DAY, by=None)
        agreements.withdraw(by=None, signature=signature, reason="By mistake", day=DAY)
        assert [one.pk for one in Claim.objects.lapsed(LATER)] == [claim.pk] == [*lapsed([now(claim)], LATER)]

    def test_of_a_practice_that_moved_the_chin_it_is_in_counts(self, stage: Any, enterer: Any, manager: Any) -> None:
        post = OutputFactory(stage=stage, whose="chin", evidence="post", role="chin_lead")
        text = OutputFactory(stage=stage, whose="chin", evidence="text")
        its = member(stage, chin__name="CHIN North", chin__commissioner=stage.service.line.commissioner)
        claim = ClaimFactory(stage=stage, practice=its.practice)
        PostHoldingFactory(post__of=its.chin)
        claims.enter(by=enterer, claim=claim, given=[Given(text, text="Of the north")], day=DAY)
        claims.send(by=enterer, claim=claim, day=DAY)
        dated.end(its, last=DAY, by=None)
        south = ChinFactory(name="CHIN South", commissioner=its.chin.commissioner)
        dated.record(Membership, by=None, first=date(2018, 10, 4), chin=south, practice=its.practice)
        of = {one.output: one for one in shown([Claim.objects.with_place(LATER).whole().get()], LATER)[claim.pk]}
        assert of[post].lacks == "Nobody holds the post of CHIN lead in CHIN South."
        assert of[text].lacks == (
            "The practice was in CHIN North when the claim was sent in, and is in CHIN South now, whose output it needs."
        )

    def test_without_a_rate_the_last_output_waits(self, enterer: Any, manager: Any) -> None:
        stage = StageFactory(service__rate=None, service__name="Improved Access")
        claim = pledged(stage, enterer)
        assert refused(lambda: claims.accept(by=manager, claim=claim, day=LATER)) == (
            "The rate of Improved Access is not stated, so nothing can be paid yet."
        )
        assert now(claim).state == "sent"

    def test_of_an_exhausted_line_says_what_is_left_and_leaves_the_claim_waiting(
        self, stage: Any, enterer: Any, manager: Any
    ) -> None:
        line = stage.service.line
        claim = pledged(stage, enterer, earmarked=False)
        ledger.commit(by=None, line=line, year=2018, amount=Decimal(89_000), day=DAY, reason="A contract")
        assert refused(lambda: claims.accept(by=manager, claim=claim, day=LATER)) == (
            f"£1,500.00 is more than is left of {line} for 2018/19: £1,000.00."
        )
        assert (now(claim).state, Answer.objects.get().state) == ("sent", "entered")
        assert differences() == []

    def test_what_is_taken_back_was_accepted_on_the_days_before(self, stage: Any, enterer: Any, manager: Any) -> None:
        claim = pledged(stage, enterer)
        claims.accept(by=manager, claim=claim, day=LATER)
        back, now_is = LATER + timedelta(days=5), LATER + timedelta(days=30)
        claims.take_back(by=manager, claim=claim, why="Another practice’s", day=back)
        for day, accepted in ((DAY, 0), (LATER, 1), (back - timedelta(days=1), 1), (back, 0), (now_is, 0)):
            asat, service = AsAt(day, None, now_is), Service.objects.get()
            assert [n for _, n in outputs_accepted(service, stage, asat)] == [accepted], day
            assert standing(service, stage, asat).outputs == accepted
            assert [row.outputs for row in places(service, stage, asat, named=True)] == [accepted]
            number = str(stage.outputs.get().number)
            assert has_accepted(places(service, stage, asat, named=True), stage, number, asat).count() == accepted

    def test_taken_back_before_it_is_paid_it_is_owed_no_more(self, stage: Any, enterer: Any, manager: Any) -> None:
        claim = pledged(stage, enterer)
        claims.accept(by=manager, claim=claim, day=DAY)
        claims.take_back(by=manager, claim=claim, why="The pledge was another practice’s", day=LATER)
        found = now(claim)
        assert (found.state, found.amount, found.payable_on, found.commitment) == ("returned", None, None, None)
        assert balance(stage.service.line) == pounds(90_000, 1_500)
        assert Answer.objects.get().reason == "The pledge was another practice’s"
        assert differences() == []

    def test_taken_back_of_an_overcommitted_line_it_is_earmarked_as_before(
        self, stage: Any, enterer: Any, manager: Any
    ) -> None:
        line = stage.service.line
        claim = pledged(stage, enterer)
        ClaimFactory(stage=StageFactory(service__line=line))  # another service keeps £1,500 of the line too
        claims.accept(by=manager, claim=claim, day=DAY)
        ledger.cut(
            by=enterer, agreed_by=manager, line=line, year=2018, amount=Decimal(88_000), day=LATER, reason="A letter"
        )
        claims.take_back(by=manager, claim=claim, why="The pledge was another practice’s", day=LATER)
        assert balance(line) == pounds(2_000, 3_000, overcommitted=True)
        services.end_service(by=manager, service=stage.service, day=LATER, why="It is over")
        assert balance(line) == pounds(2_000, 1_500), "the other service’s stays"
        assert differences() == []

    def test_its_commitment_is_not_taken_off_by_hand(self, stage: Any, enterer: Any, manager: Any) -> None:
        claim = pledged(stage, enterer)
        claims.accept(by=manager, claim=claim, day=DAY)
        entry = now(claim).commitment
        assert entry is not None
        said = refused(lambda: ledger.take_off(by=manager, entry=entry, day=LATER, reason="A mistake"))
        assert said.startswith(f"It is committed for a claim, {stage.service}, {stage}: {claim.practice.ods_code}")
        assert balance(stage.service.line) == pounds(90_000, 0, 1_500)

    def test_what_claims_still_need_stays_earmarked(self, stage: Any, manager: Any) -> None:
        line = stage.service.line
        ClaimFactory(stage=stage)
        entry = Entry.objects.get(kind="earmark")
        said = refused(lambda: ledger.take_off(by=manager, entry=entry, day=LATER, reason="A mistake"))
        assert said.startswith(f"£1,500.00 of {line} is kept for claims that are not accepted yet.")
        more = ledger.earmark(by=manager, line=line, year=2018, amount=Decimal(1), day=DAY, reason="Typed twice")
        ledger.take_off(by=manager, entry=more, day=LATER, reason="A mistake")
        assert balance(line) == pounds(90_000, 1_500)

    def test_called_off_and_opened_again_it_is_payable_or_returned_as_it_stands(
        self, stage: Any, enterer: Any, manager: Any
    ) -> None:
        week = LATER + timedelta(days=7)
        both = [pledged(stage, enterer) for _ in range(2)]
        claims.accept_many(by=manager, claims=both, day=LATER)
        run = paid(both[0], manager, LATER)  # with the other one
        back = [outcome(one, "reversed", "Account closed", day=week) for one in references(run)]
        confirming.confirm(by=manager, run=run, outcomes=back, today=week)
        for payable in Payable.objects.all():
            runs.decide(by=manager, payable=payable, pay_again=False, why="To be looked at again", today=week)
        for claim in both:
            claims.reopen(by=enterer, claim=claim, why="It is owed", day=week)
            claims.send(by=enterer, claim=claim, day=week)
        first, second = both
        claims.verify(by=manager, claim=first, accepted=[], returned={}, day=week)
        claims.return_many(by=manager, claims=[second], why="Pledge again", day=week)
        assert [now(claim).state for claim in both] == ["payable", "returned"]
        assert balance(stage.service.line) == pounds(90_000, 1_500, 1_500)
        assert differences() == []


class TestOtherEnds:
    def test_of_a_closed_practice_nothing_is_taken(self, stage: Any, enterer: Any, manager: Any) -> None:
        practice = PracticeFactory(commissioner=stage.service.line.commissioner, closed=date(2018, 10, 10))
        claim = pledged(stage, enterer, practice=practice)
        assert refused(lambda: claims.accept(by=manager, claim=claim, day=LATER)) == (
            "The practice closed on 10 October 2018."
        )
        claims.close(by=manager, claim=claim, why="It closed", day=LATER)
        assert now(claim).state == "closed"
        assert balance(stage.service.line) == pounds(90_000), "nothing is kept for it any more"

    def test_closed_by_mistake_it_is_opened_and_earmarked_again(self, stage: Any, manager: Any) -> None:
        claim = ClaimFactory(stage=stage)
        claims.close(by=manager, claim=claim, why="By mistake", day=DAY)
        claims.reopen(by=manager, claim=claim, why="It was another practice", day=LATER)
        assert (now(claim).state, balance(stage.service.line)) == ("open", pounds(90_000, 1_500))

    def test_of_a_merged_practice_it_says_into_whom(self, stage: Any, manager: Any) -> None:
        practice = PracticeFactory(commissioner=stage.service.line.commissioner, closed=date(2018, 10, 10))
        successor = PracticeFactory()
        SuccessionFactory(predecessor=practice, successor=successor, first=date(2018, 10, 11))
        claim = ClaimFactory(stage=stage, practice=practice)
        said = refused(lambda: claims.send(by=manager, claim=claim, day=LATER))
        assert said == f"The practice merged into {successor} on 11 October 2018."

    def test_of_an_ended_service_nothing_is_taken(self, stage: Any, enterer: Any, manager: Any) -> None:
        claim = pledged(stage, enterer)
        Service.objects.update(state="ended", ended_on=DAY, why_ended="The money is gone")
        assert refused(lambda: claims.accept(by=manager, claim=claim, day=LATER)) == (
            f"{stage.service} ended on 3 October 2018: “The money is gone”"
        )

    def test_off_the_list_nothing_is_taken(self, stage: Any, enterer: Any) -> None:
        output = OutputFactory(stage=stage)
        claim = ClaimFactory(stage=stage)
        Eligible.objects.update(removed_on=DAY, why_removed="It does not take part")
        given = [Given(output, pledged=True)]
        assert refused(lambda: claims.enter(by=enterer, claim=claim, given=given, day=LATER)) == (
            "The practice was taken off the list on 3 October 2018: “It does not take part”"
        )

    def test_withdrawn_and_opened_again(self, stage: Any, enterer: Any) -> None:
        claim = pledged(stage, enterer)
        assert refused(lambda: claims.withdraw(by=enterer, claim=claim, why=" ", day=DAY)) == "Say why."
        claims.withdraw(by=enterer, claim=claim, why="Not ready", day=DAY)
        assert now(claim).state == "withdrawn"
        claims.reopen(by=enterer, claim=claim, why="Ready now", day=LATER)
        claims.send(by=enterer, claim=claim, day=LATER)
        assert events(claim)[-3:] == ["withdrawn", "reopened", "sent"]


class TestMany:
    def test_those_that_cannot_be_accepted_are_left_and_said_why(self, stage: Any, enterer: Any, manager: Any) -> None:
        fine = [pledged(stage, enterer) for _ in range(3)]
        own = pledged(stage, manager)
        opened = ClaimFactory(stage=stage)
        outcome = claims.accept_many(by=manager, claims=[*fine, own, opened], day=LATER)
        assert {one.pk for one in outcome.payable} == {one.pk for one in fine}
        assert {one.pk: why for one, why in outcome.left} == {
            own.pk: "What somebody entered or sent in is verified by somebody else.",
            opened.pk: "The claim is to be sent in, so that can’t be done to it.",
        }
        assert outcome.pounds == Decimal(4500)
        assert balance(stage.service.line) == pounds(90_000, 3_000, 4_500)

    def test_as_many_as_the_line_has_money_for_are_accepted(self, enterer: Any, manager: Any) -> None:
        stage = StageFactory(service__line__allocated=5_000)
        several = [pledged(stage, enterer, earmarked=False) for _ in range(3)]
        ledger.commit(by=None, line=stage.service.line, year=2018, amount=Decimal(1_000), day=DAY, reason="A contract")
        outcome = claims.accept_many(by=manager, claims=several, day=LATER)
        assert (len(outcome.payable), len(outcome.left)) == (2, 1)
        assert outcome.left[0][1].endswith("£1,000.00.")

    def test_return_many_for_one_reason(self, stage: Any, enterer: Any, manager: Any) -> None:
        several = [pledged(stage, enterer) for _ in range(2)]
        outcome = claims.return_many(by=manager, claims=several, why="The wrong form", day=LATER)
        assert [one.state for one in outcome.done] == ["returned", "returned"]
        assert set(Answer.objects.values_list("state", "reason")) == {("returned", "The wrong form")}

    def test_whoever_sent_them_in_is_told_at_once_and_once(
        self, stage: Any, enterer: Any, manager: Any, mailoutbox: list[Any]
    ) -> None:
        several = [pledged(stage, enterer) for _ in range(2)]
        post = PostFactory(role=Role.PRACTICE_MANAGER, practice=several[0].practice, commissioner=None)
        holder = PostHoldingFactory(post=post, first=DAY).holder
        spoc = PostFactory(role=Role.TRANSFORMATION_MANAGER, commissioner=stage.service.line.commissioner)
        PostHoldingFactory(post=spoc, holder=enterer, first=DAY)
        claims.return_many(by=manager, claims=several, why="The wrong form", day=LATER)
        work.sweep()
        told = {one.to[0]: one for one in mailoutbox}
        assert told.keys() == {enterer.email, holder.email}
        assert told[enterer.email].subject == "2 claims returned to you"
        assert told[holder.email].subject == f"Returned to you: {several[0]}"
        assert "The wrong form" in told[holder.email].body
        assert f"/budget/services/claims/{several[0].pk}/" in told[holder.email].body

    def test_who_sent_one_in_and_holds_no_post_for_it_any_more_is_not_told(
        self, stage: Any, enterer: Any, manager: Any, mailoutbox: list[Any]
    ) -> None:
        claim = pledged(stage, enterer)
        post = PostFactory(role=Role.PRACTICE_MANAGER, practice=claim.practice, commissioner=None)
        PostHoldingFactory(post=post, holder=enterer, first=DAY, last=DAY)
        PostHoldingFactory(holder=enterer, first=DAY)  # of another place
        successor = PostHoldingFactory(post=post, first=LATER).holder
        claims.return_many(by=manager, claims=[claim], why="The wrong form", day=LATER)
        work.sweep()
        assert [one.to for one in mailoutbox] == [[successor.email]]

    def test_a_thousand_take_as_many_statements_as_ten(self, stage: Any, enterer: Any, manager: Any) -> None:
        def statements(number: int) -> int:
            several = [pledged(stage, enterer) for _ in range(number)]
            with CaptureQueriesContext(connection) as found:
                claims.accept_many(by=manager, claims=several, day=LATER)
            return len(found)

        assert statements(2) == statements(9)


class TestTheDatabase:
    @pytest.fixture
    def sent(self, stage: Any, enterer: Any) -> Claim:
        return pledged(stage, enterer)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"state": "payable", "amount": 1, "payable_on": DAY}, "what its last step came to"),
            ({"sent_on": LATER}, "what its last step came to"),
            ({"opened_on": LATER}, "never change"),
        ],
    )
    def test_changes_no_claim_but_by_steps(self, sent: Claim, change: dict[str, Any], said: str) -> None:
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            Claim.objects.filter(pk=sent.pk).update(**change)

    @pytest.mark.parametrize(
        ("step", "said"),
        [
            (("payable", "sent", "payable"), "all of its outputs are accepted"),
            (("paid", "sent", "paid"), "cannot happen"),
            (("sent", "open", "sent"), "Somebody else was first"),
            (("returned", "sent", "returned"), "says_why"),
            (("opened", "", "open"), "opened already"),
        ],
    )
    def test_takes_no_step_that_is_none(self, sent: Claim, step: tuple[str, str, str], said: str) -> None:
        event, before, after = step
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            ClaimStep.objects.create(claim=sent, event=event, before=before, after=after, day=DAY)

    @pytest.mark.parametrize("beside", [("opened", "", "open"), ("entered", "open", "open"), ("sent", "open", "sent")])
    def test_opens_a_claim_once_and_before_all_else(self, stage: Any, beside: tuple[str, str, str]) -> None:
        def open_it() -> None:
            with writing(None):
                claim = Claim.objects.create(stage=stage, practice=PracticeFactory(), opened_on=DAY)
                ClaimStep.objects.bulk_create(
                    ClaimStep(claim=claim, event=event, before=before, after=after, day=DAY)
                    for event, before, after in (beside, ("opened", "", "open"))
                )

        assert refused(open_it) == "The claim is opened already."

    def test_takes_one_step_at_a_time_of_each_claim_however_many_come(self, sent: Claim, manager: Any) -> None:
        steps = [
            ClaimStep(claim=sent, event=event, before="sent", after=after, day=DAY, why="So")
            for event, after in (("returned", "returned"), ("withdrawn", "withdrawn"))
        ]
        with pytest.raises(IntegrityError, match="one step at a time"), transaction.atomic():
            ClaimStep.objects.bulk_create(steps)

    def test_refuses_copied_steps_as_all_others(self, sent: Claim) -> None:
        columns = "claim_id, event, before, after, day, on_behalf, why"
        with (
            pytest.raises(CheckViolation, match="all of its outputs are accepted"),
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY lcs_claimstep ({columns}) FROM STDIN") as copy,
        ):
            copy.write_row((sent.pk, "payable", "sent", "payable", DAY, False, ""))

    def test_opens_no_claim_without_a_step(self, stage: Any) -> None:
        def open_one() -> None:
            with writing(None):
                Claim.objects.create(stage=stage, practice=PracticeFactory(), opened_on=DAY)

        assert refused(open_one) == "A claim is opened by a step."

    def test_begins_every_claim_open(self, stage: Any) -> None:
        with pytest.raises(IntegrityError, match="begins open"), transaction.atomic():
            Claim.objects.create(stage=stage, practice=PracticeFactory(), opened_on=DAY, state=ClaimState.SENT)

    def test_keeps_what_is_accepted(self, sent: Claim, manager: Any) -> None:
        claims.accept(by=manager, claim=sent, day=LATER)
        for change in ({"text": "Other"}, {"state": "entered", "judged_by": None, "judged_on": None, "basis": ""}):
            with pytest.raises(IntegrityError, match="What is accepted stays"), transaction.atomic():
                Answer.objects.filter(claim=sent).update(**change)

    def test_deletes_nothing(self, sent: Claim) -> None:
        for one in (sent, Answer.objects.get(), ClaimStep.objects.first()):
            with pytest.raises(Exception, match="Cannot"), transaction.atomic():
                type(one).objects.filter(pk=one.pk)._raw_delete("default")  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_managers_accept_the_same_claim_once(self, stage: Any, enterer: Any) -> None:
        claim, managers = pledged(stage, enterer), [UserFactory() for _ in range(2)]
        results = at_once(2, lambda place: claims.accept(by=managers[place], claim=claim, day=LATER))
        assert sum(isinstance(one, claims.Outcome) for one in results) == 1
        assert Entry.objects.filter(kind="commitment").count() == 1
        assert differences() == []

    def test_accepted_and_withdrawn_at_the_same_moment_is_one_of_them(
        self, stage: Any, enterer: Any, manager: Any
    ) -> None:
        claim = pledged(stage, enterer)
        acts: list[Callable[[], Any]] = [
            lambda: claims.accept(by=manager, claim=claim, day=LATER),
            lambda: claims.withdraw(by=enterer, claim=claim, why="Not ready", day=LATER),
        ]
        at_once(2, lambda place: acts[place]())
        committed = Entry.objects.filter(kind="commitment").exists()
        assert now(claim).state == ("payable" if committed else "withdrawn")
        assert claim.steps.filter(event__in=(Event.PAYABLE, Event.WITHDRAWN)).count() == 1

    @pytest.mark.parametrize("end", ["the service", "its place on the list"])
    def test_accepted_while_it_ends_releases_the_earmark_once(
        self, stage: Any, enterer: Any, manager: Any, end: str
    ) -> None:
        OutputFactory(stage=stage)
        line, several = stage.service.line, [pledged(stage, enterer) for _ in range(6)]
        ClaimFactory(stage=StageFactory(service__line=line))  # another service keeps £1,500 of the line too
        ends: list[Callable[[], Any]] = [
            lambda: services.end_service(by=enterer, service=stage.service, day=LATER, why="It is over")
        ]
        if end == "its place on the list":
            ends = [
                lambda place=place: services.take_off(by=enterer, place=place, day=LATER, why="It merged")
                for place in Eligible.objects.filter(service=stage.service)
            ]
        acts = [*ends, *(lambda one=one: claims.accept(by=manager, claim=one, day=LATER) for one in several)]
        at_once(len(acts), lambda place: acts[place]())
        owed = Claim.objects.filter(state="payable").count()
        assert Claim.objects.filter(stage=stage, state="closed").count() == 6 - owed
        assert balance(line) == pounds(90_000, 1_500, 1_500 * owed)
        assert differences() == []

    def test_the_last_of_the_line_is_promised_once(self, enterer: Any) -> None:
        stage = StageFactory(service__line__allocated=1_500)
        OutputFactory(stage=stage)
        several = [pledged(stage, enterer, earmarked=False) for _ in range(4)]
        managers = [UserFactory() for _ in range(4)]
        at_once(4, lambda place: claims.accept(by=managers[place], claim=several[place], day=LATER))
        assert balance(stage.service.line) == pounds(1_500, 0, 1_500)
        assert Claim.objects.filter(state="payable").count() == 1
