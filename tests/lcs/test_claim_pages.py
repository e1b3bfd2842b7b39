"""The pages of claims: what each role sees and may do, one claim and many, and a practice's money."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budget.lcs import claims
from budget.lcs.claims import Given
from budget.lcs.models import Answer, Claim
from budget.lcs.views import claims as views
from budget.payments import runs
from cc2h.accounts.authority import Role
from cc2h.kit import dated
from tests.factories import (
    ChinFactory,
    ClaimFactory,
    MembershipFactory,
    OutputFactory,
    PostHoldingFactory,
    StageFactory,
    UserFactory,
    person,
)
from tests.factories.payments import confirmed_run

pytestmark = pytest.mark.django_db

SINCE, DAY = date(2018, 1, 1), date(2018, 10, 3)


@pytest.fixture
def chin() -> Any:
    return ChinFactory()


@pytest.fixture
def stage(chin: Any) -> Any:
    stage = StageFactory(
        service__line__source__commissioner=chin.commissioner, service__name="Infrastructure", due=date(2018, 10, 31)
    )
    OutputFactory(stage=stage, number=1, name="Pledge")
    OutputFactory(stage=stage, number=2, name="Plan", evidence="text")
    return stage


@pytest.fixture
def claim(chin: Any, stage: Any) -> Claim:
    return opened(chin, stage)


def opened(chin: Any, stage: Any) -> Claim:
    one: Claim = ClaimFactory(stage=stage, practice=MembershipFactory(chin=chin, first=SINCE).practice)
    return one


def sent(chin: Any, stage: Any, by: Any = None) -> Claim:
    one = opened(chin, stage)
    pledge, plan = stage.outputs.order_by("number")
    by = by or UserFactory()
    claims.enter(by=by, claim=one, given=[Given(pledge, pledged=True), Given(plan, text="Our plan")], day=DAY)
    return claims.send(by=by, claim=one, day=DAY)


def client(role: Role, of: Any) -> Client:
    found = Client()
    found.force_login(person(role, of=of))
    return found


def said(answer: Any) -> str:
    html = answer.getvalue().decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def page(name: str, claim: Claim) -> str:
    return reverse(f"lcs:{name}", args=[claim.pk])


def state(claim: Claim) -> str:
    return str(Claim.objects.values_list("state", flat=True).get(pk=claim.pk))


class TestAPractice:
    def test_enters_and_sends_its_own(self, claim: Claim) -> None:
        own = client(Role.PRACTICE_MANAGER, claim.practice)
        form = said(own.get(page("claim_enter", claim)))
        assert "Pledge" in form
        assert "How it came" not in form
        answer = own.post(page("claim_enter", claim), {"output_1": "yes", "output_2": "Our plan"})
        assert answer.status_code == 302
        asked = said(own.get(page("claim_send", claim)))
        assert "It then waits to be verified" in asked, "what it changes is said before anything is pressed"
        assert "Change what I typed" not in asked
        own.post(page("claim_send", claim), {"confirm": "yes"})
        assert state(claim) == "sent"
        assert not Answer.objects.filter(on_behalf=True).exists()

    def test_is_told_what_is_missing(self, claim: Claim) -> None:
        own = client(Role.PRACTICE_MANAGER, claim.practice)
        text = said(own.post(page("claim_send", claim), {"confirm": "yes"}))
        assert "It can’t be sent in yet." in text
        assert "Plan: Nothing has been entered." in text
        assert "Nothing new has been entered." in said(own.post(page("claim_enter", claim), {}))

    def test_sees_no_claim_of_another(self, chin: Any, stage: Any, claim: Claim) -> None:
        other = opened(chin, stage)
        own = client(Role.PRACTICE_MANAGER, claim.practice)
        assert own.get(page("claim_detail", other)).status_code == 404
        text = said(own.get(reverse("lcs:claim_list")))
        assert claim.practice.ods_code in text
        assert other.practice.ods_code not in text

    def test_reads_what_it_is_owed_what_is_missing_and_what_was_paid(self, chin: Any, stage: Any) -> None:
        owed = sent(chin, stage)
        claims.accept(by=UserFactory(), claim=owed, day=DAY)
        later = StageFactory(service__line=stage.service.line)
        OutputFactory(stage=later, name="Report", evidence="text")
        ClaimFactory(stage=later, practice=owed.practice)
        own = client(Role.PRACTICE_MANAGER, owed.practice)
        address = reverse("lcs:practice_money", args=[owed.practice.ods_code])
        text = said(own.get(address))
        assert "Owed £1,500.00" in text
        assert "Paid £0.00" in text
        assert "All outputs were accepted on 3 October 2018." in text
        assert "Report: Nothing has been entered." in text
        by, of = UserFactory(), owed.stage.service.line.commissioner
        confirmed_run(runs.prepare(by=by, commissioner=of, payables=None, today=DAY), by)
        text = said(own.get(address))
        assert "Paid £1,500.00" in text
        assert "Paid on 10 October 2018" in text

    def test_withdraws_with_a_reason_and_opens_it_again(self, claim: Claim) -> None:
        own = client(Role.PRACTICE_MANAGER, claim.practice)
        assert "Say why." in said(own.post(page("claim_withdraw", claim), {"why": ""}))
        own.post(page("claim_withdraw", claim), {"why": "Not ready"})
        assert state(claim) == "withdrawn"
        own.post(page("claim_reopen", claim), {"why": "Ready now"})
        assert state(claim) == "open"


class TestStaff:
    def test_enter_on_behalf_and_say_how_it_came(self, chin: Any, claim: Claim) -> None:
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        typed = {"output_1": "yes", "output_2": "Their plan"}
        assert "Say how it came from the practice" in said(manager.post(page("claim_enter", claim), typed))
        manager.post(page("claim_enter", claim), typed | {"how_it_came": "e-mail of 3 October 2018"})
        assert set(Answer.objects.values_list("on_behalf", "how_it_came")) == {(True, "e-mail of 3 October 2018")}
        assert "on its behalf, from e-mail of 3 October 2018" in said(manager.get(page("claim_detail", claim)))
        sending = manager.get(page("claim_send", claim)).content.decode()
        assert 'value="e-mail of 3 October 2018"' in sending, "what came once is not typed twice"
        assert "How it came (optional)" not in sending

    def test_read_what_is_next_first(self, chin: Any, claim: Claim) -> None:
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        text = said(manager.get(page("claim_detail", claim)))
        assert text.index("Enter evidence") < text.index("Send in")
        typed = {"output_1": "yes", "output_2": "Their plan", "how_it_came": "e-mail"}
        manager.post(page("claim_enter", claim), typed)
        text = said(manager.get(page("claim_detail", claim)))
        assert text.index("Send in") < text.index("Enter evidence")

    def test_follow_what_lacks_to_where_it_is_put_right(self, chin: Any, stage: Any) -> None:
        OutputFactory(stage=stage, number=3, whose="chin", evidence="post", role="chin_lead")
        OutputFactory(stage=stage, number=4, evidence="agreement", agreement_kind="moi")
        claim = opened(chin, stage)
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        html = manager.get(page("claim_detail", claim)).content.decode()
        assert f'href="{reverse("chins:chin_detail", args=[chin.slug])}#posts"' in html
        assert f'href="{reverse("agreements:agreement_list")}">Agreements</a>' in html
        own = client(Role.PRACTICE_MANAGER, claim.practice)
        assert (
            f'href="{reverse("agreements:to_sign")}">Read and sign</a>'
            in own.get(page("claim_detail", claim)).content.decode()
        )

    def test_let_a_claim_stand_whose_post_has_fallen_vacant(self, chin: Any, stage: Any) -> None:
        OutputFactory(stage=stage, number=3, whose="chin", evidence="post", role="chin_lead")
        stage.outputs.filter(number__lt=3).delete()
        holding = PostHoldingFactory(post__of=chin)
        claim = opened(chin, stage)
        claims.send(by=UserFactory(), claim=claim, day=DAY)
        claims.accept(by=UserFactory(), claim=claim, day=DAY)
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        lapsed = f"{reverse('lcs:claim_list')}?lapsed=yes"
        assert "1 claim" not in said(manager.get(lapsed))
        dated.end(holding, last=DAY, by=None)
        assert "1 claim" in said(manager.get(lapsed))
        assert "1 claim rests on a post or a signature that has lapsed" in said(manager.get("/", follow=True))
        assert "Let it stand" in said(manager.get(page("claim_detail", claim)))
        manager.post(page("claim_let_stand", claim), {"why": "It is being filled"})
        assert "Somebody has decided on it" in said(manager.get(page("claim_detail", claim)))
        assert "has lapsed" not in said(manager.get("/", follow=True))

    def test_read_in_the_list_what_each_claim_comes_to(self, chin: Any, claim: Claim) -> None:
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        assert "£1,500.00" in said(manager.get(reverse("lcs:claim_list")))
        ClaimFactory(
            stage=StageFactory(service__line__source__commissioner=chin.commissioner, service__rate=None),
            practice=claim.practice,
        )
        assert "not stated" in said(manager.get(reverse("lcs:claim_list")))

    def test_a_chins_lead_enters_as_the_practice_does(self, chin: Any, claim: Claim) -> None:
        lead = client(Role.CHIN_LEAD, chin)
        lead.post(page("claim_enter", claim), {"output_1": "yes"})
        assert Answer.objects.get().on_behalf is False

    def test_verify_output_by_output(self, chin: Any, stage: Any) -> None:
        claim = sent(chin, stage)
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        typed = {"output_1": "accept", "output_2": "return"}
        assert "Say why it is returned." in said(manager.post(page("claim_verify", claim), typed))
        manager.post(page("claim_verify", claim), typed | {"reason_2": "Too short"})
        assert state(claim) == "returned"
        assert set(Answer.objects.values_list("state", "reason")) == {("accepted", ""), ("returned", "Too short")}
        own = client(Role.PRACTICE_MANAGER, claim.practice)
        assert "Returned: “Too short”" in said(own.get(page("claim_enter", claim)))

    def test_accept_the_last_and_it_is_payable(self, chin: Any, stage: Any) -> None:
        claim = sent(chin, stage)
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        answer = manager.post(page("claim_verify", claim), {"output_1": "accept", "output_2": "accept"}, follow=True)
        assert "All outputs are accepted: £1,500.00 is payable." in said(answer)

    def test_do_not_verify_what_they_entered(self, chin: Any, stage: Any) -> None:
        manager = person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner)
        claim = sent(chin, stage, by=manager)
        reader = Client()
        reader.force_login(manager)
        assert reader.get(page("claim_verify", claim)).status_code == 403
        assert "What somebody entered or sent in is verified by somebody else." in said(
            reader.get(page("claim_detail", claim))
        )

    def test_verify_many_and_read_which_could_not_be(self, chin: Any, stage: Any) -> None:
        manager = person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner)
        fine, own = [sent(chin, stage) for _ in range(3)], sent(chin, stage, by=manager)
        reader = Client()
        reader.force_login(manager)
        address = reverse("lcs:claim_batch", args=[stage.pk])
        typed = {"what": "accept", "which": "whole"}
        text = said(reader.post(address, typed))
        assert "3 claims would be accepted; £4,500.00 would be payable by that; 1 is left as they were" in text
        assert f"Surgery {own.practice.ods_code} is left as it is: What somebody entered" in text
        assert {state(one) for one in fine} == {"sent"}, "nothing is done before the yes"
        reader.post(address, typed | {"confirm": "yes"})
        assert [state(one) for one in (*fine, own)] == ["payable", "payable", "payable", "sent"]

    def test_claims_that_lack_the_same_stand_together(self, chin: Any, stage: Any) -> None:
        pledge, plan = stage.outputs.order_by("number")
        OutputFactory(stage=stage, number=3, name="A lead", whose="chin", evidence="post", role="chin_lead")
        led = ChinFactory(commissioner=chin.commissioner)
        person(Role.CHIN_LEAD, of=led)
        for one in [opened(of, stage) for of in (chin, led, chin)]:
            claims.enter(
                by=UserFactory(), claim=one, given=[Given(pledge, pledged=True), Given(plan, text="Ours")], day=DAY
            )
            claims.send(by=UserFactory(), claim=one, day=DAY)
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        address = reverse("lcs:claim_batch", args=[stage.pk])
        page = manager.get(address).content.decode()
        legends = re.findall(r"<legend[^>]*>\s*(\d claims?\. [^<:]*)", page)
        assert legends == ["1 claim. Nothing lacks.", "2 claims. A lead"]
        (both,) = re.findall(r'value="(\w{12})"', page)
        text = said(
            manager.post(
                address, {"what": "return", "which": both, "why": "Name a lead", "confirm": "yes"}, follow=True
            )
        )
        assert "Done: 2 claims are returned." in text
        answer = manager.post(address, {"what": "accept", "which": "ticked"}).content.decode()
        assert answer.count("Choose at least one claim.") == 2, "in the summary and where it is to be ticked"

    def test_the_claims_of_one_chin_are_verified_by_themselves(self, chin: Any, stage: Any) -> None:
        other = ChinFactory(commissioner=chin.commissioner, name="CHIN South")
        here, there = sent(chin, stage), sent(other, stage)
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        address = reverse("lcs:claim_batch", args=[stage.pk])
        assert "CHIN South (1)" in said(manager.get(address))
        of_one = f"{address}?chin={other.slug}"
        assert f"Surgery {here.practice.ods_code}" not in said(manager.get(of_one))
        manager.post(of_one, {"what": "accept", "which": "whole", "confirm": "yes"})
        assert (state(here), state(there)) == ("sent", "payable")

    def test_of_many_that_lack_the_same_some_are_ticked_and_all_are_chosen_together(
        self, chin: Any, stage: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "SHOWN", 1)
        several = [sent(chin, stage) for _ in range(3)]
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        address = reverse("lcs:claim_batch", args=[stage.pk])
        answer = manager.get(address)
        assert answer.content.decode().count('name="claims"') == 1
        assert "And 2 claims more that can be chosen together with these" in said(answer)
        manager.post(address, {"what": "accept", "which": "whole", "confirm": "yes"})
        assert {state(one) for one in several} == {"payable"}

    def test_a_stage_named_like_its_service_is_named_once(self, chin: Any, stage: Any) -> None:
        stage.name = stage.service.name
        assert stage.in_full == "Infrastructure"
        stage.name = "Stage one"
        assert stage.in_full == "Infrastructure, Stage one"

    def test_nothing_to_verify_is_said_instead_of_a_form(self, chin: Any, stage: Any) -> None:
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        page = manager.get(reverse("lcs:claim_batch", args=[stage.pk])).content.decode()
        assert "No claim for this stage waits to be verified." in page
        assert 'name="what"' not in page

    def test_return_many_for_one_reason(self, chin: Any, stage: Any) -> None:
        several = [sent(chin, stage) for _ in range(2)]
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        address = reverse("lcs:claim_batch", args=[stage.pk])
        typed = {"what": "return", "which": "ticked", "claims": [one.pk for one in several], "confirm": "yes"}
        assert "Say why they are returned." in said(manager.post(address, typed))
        manager.post(address, typed | {"why": "The wrong form"})
        assert {state(one) for one in several} == {"returned"}

    def test_close_and_take_back_with_a_reason(self, chin: Any, stage: Any) -> None:
        claim, other = sent(chin, stage), opened(chin, stage)
        claims.accept(by=UserFactory(), claim=claim, day=DAY)
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        manager.post(page("claim_take_back", claim), {"why": "The plan is another practice’s"})
        manager.post(page("claim_close", other), {"why": "It takes no part"})
        assert [state(claim), state(other)] == ["returned", "closed"]


class TestOthers:
    def test_a_board_member_sees_no_claim(self, chin: Any, claim: Claim) -> None:
        board = client(Role.BOARD_MEMBER, chin.commissioner)
        assert board.get(page("claim_detail", claim)).status_code == 404
        assert board.get(reverse("lcs:claim_list")).status_code == 403
        assert board.get(reverse("lcs:claim_batch", args=[claim.stage_id])).status_code == 404

    def test_a_finance_officer_reads_and_does_nothing(self, chin: Any, claim: Claim) -> None:
        finance = client(Role.FINANCE_OFFICER, chin.commissioner)
        assert "Enter evidence" not in said(finance.get(page("claim_detail", claim)))
        assert finance.get(page("claim_verify", claim)).status_code == 403


class TestAsAtADay:
    def test_a_claim_is_shown_in_the_state_it_had(self, chin: Any, stage: Any) -> None:
        claim = sent(chin, stage)
        claims.accept(by=UserFactory(), claim=claim, day=date(2018, 11, 5))
        finance = client(Role.FINANCE_OFFICER, chin.commissioner)
        rows = {
            day: finance.get(f"{reverse('lcs:claim_list')}?format=csv&as_at={day}").getvalue().decode().splitlines()
            for day in ("2018-09-30", "2018-10-02", "2018-10-20", "2018-11-05")
        }
        assert [len(found) for found in rows.values()] == [1, 2, 2, 2]
        assert ",open,2018-10-01,,2018-10-31,," in rows["2018-10-02"][1]
        assert ",sent,2018-10-03,2018-10-03,2018-10-31,17," in rows["2018-10-20"][1]
        assert ",payable,2018-11-05,2018-10-03,2018-10-31,,1500.00" in rows["2018-11-05"][1]


class TestQueries:
    @pytest.mark.parametrize("name", ["lcs:claim_list", "lcs:claim_batch", "lcs:practice_money"])
    def test_do_not_grow_with_the_rows(self, chin: Any, stage: Any, name: str) -> None:
        first = sent(chin, stage)
        of = {"lcs:claim_batch": [stage.pk], "lcs:practice_money": [first.practice.ods_code]}.get(name, [])
        manager = client(Role.TRANSFORMATION_MANAGER, chin.commissioner)

        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                assert manager.get(reverse(name, args=of)).status_code == 200
            return len(found)

        queries()
        few = queries()
        for _ in range(4):
            sent(chin, stage)
            another = StageFactory(service__line=stage.service.line)
            ClaimFactory(stage=another, practice=first.practice)
        assert queries() == few
