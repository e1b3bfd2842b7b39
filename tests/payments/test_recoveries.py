"""Money that was paid and is asked back: once, whole, and received as a reversal in the ledger."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from budget.checking import differences
from budget.lcs import claims
from budget.lcs.models import Claim
from budget.models import Entry
from budget.payments import confirming, recoveries
from budget.payments.models import Payable, Recovery
from cc2h.accounts.authority import Role
from cc2h.kit.days import today
from tests.budget.ground import at_once, balance, pounds, refused
from tests.factories import StageFactory, UserFactory
from tests.lcs.test_claim_pages import client, said
from tests.lcs.test_claims import DAY, LATER, events, now, paid, pledged
from tests.payments.ground import outcome, references

pytestmark = pytest.mark.django_db

ASKED, CAME = date(2018, 11, 20), date(2018, 12, 3)


@pytest.fixture
def manager() -> Any:
    return UserFactory(name="Transformation manager")


@pytest.fixture
def claim(manager: Any) -> Claim:
    """Of £1,500, paid."""
    found = pledged(StageFactory(), UserFactory())
    claims.accept(by=manager, claim=found, day=LATER)
    paid(found, UserFactory(), LATER)
    return now(found)


def asked(claim: Claim, by: Any) -> Recovery:
    claims.ask_back(by=by, claim=claim, why="The post was never filled", day=ASKED)
    found: Recovery = Recovery.objects.get(state="asked")
    return found


def receive(one: Recovery, day: date = CAME, today: date = CAME) -> Recovery:
    return recoveries.receive(by=None, recovery=one, day=day, how="BACS of 3 December 2018", today=today)


class TestAskingBack:
    def test_leaves_it_paid_until_the_money_is_there(self, claim: Claim, manager: Any) -> None:
        one = asked(claim, manager)
        assert (one.amount, one.asked_by, one.asked_on) == (Decimal(1_500), manager, ASKED)
        assert now(claim).state == "paid"
        assert balance(claim.stage.service.line) == pounds(90_000, 0, 1_500, 1_500)
        assert events(claim)[-1] == "asked_back"

    def test_once(self, claim: Claim, manager: Any) -> None:
        asked(claim, manager)
        said = refused(lambda: claims.ask_back(by=manager, claim=claim, why="Again", day=ASKED))
        assert said == "It is asked back already, since 20 November 2018."

    def test_only_of_what_is_paid(self, manager: Any) -> None:
        waiting = pledged(StageFactory(), UserFactory())
        claims.accept(by=manager, claim=waiting, day=LATER)
        said = refused(lambda: claims.ask_back(by=manager, claim=waiting, why="?", day=ASKED))
        assert said == "The claim is payable, so that can’t be done to it."
        payable = Payable.objects.get(about=f"claim:{waiting.pk}")
        with pytest.raises(IntegrityError, match="What is paid is asked back"), transaction.atomic():
            Recovery.objects.create(payable=payable, amount=1_500, reason="?", asked_on=ASKED)

    def test_of_part_of_it_the_database_refuses(self, claim: Claim) -> None:
        payable = Payable.objects.get(about=f"claim:{claim.pk}")
        with pytest.raises(IntegrityError, match="to the penny"), transaction.atomic():
            Recovery.objects.create(payable=payable, amount=750, reason="Half", asked_on=ASKED)

    def test_let_go_is_a_decision_too_and_it_can_be_asked_again(self, claim: Claim, manager: Any) -> None:
        asked(claim, manager)
        claims.stop_asking(by=manager, claim=claim, why="It was filled after all", day=CAME)
        assert events(claim)[-1] == "not_asked_back"
        assert Recovery.objects.get().state == "let_go"
        asked(claim, manager)
        assert Recovery.objects.count() == 2


class TestReceiving:
    def test_reverses_the_payment_takes_off_the_commitment_and_closes_the_claim(
        self, claim: Claim, manager: Any
    ) -> None:
        line = claim.stage.service.line
        receive(asked(claim, manager))
        assert balance(line) == pounds(90_000, 0, 0, 0)
        found = now(claim)
        assert (found.state, found.amount, found.paid_on) == ("closed", None, None)
        newest = list(Entry.objects.order_by("pk").values_list("kind", "amount", "day"))[-2:]
        assert newest == [(kind, 1_500, CAME) for kind in ("payment_reversed", "commitment_reduced")]
        assert Payable.objects.get().state == "called_off"
        assert differences() == []

    def test_once_whoever_comes_second(self, claim: Claim, manager: Any) -> None:
        one = asked(claim, manager)
        receive(one)
        assert refused(lambda: receive(one)) == "It was received back already, on 3 December 2018."

    def test_on_a_day_between_the_asking_and_today(self, claim: Claim, manager: Any) -> None:
        one = asked(claim, manager)
        assert refused(lambda: receive(one, DAY)).startswith("It was asked back on 20 November 2018")
        assert refused(lambda: receive(one, date(2018, 12, 4))).startswith("4 December 2018 is still to come")

    def test_the_bank_that_sends_it_back_by_itself_settles_it(self, claim: Claim, manager: Any) -> None:
        one = asked(claim, manager)
        run = Payable.objects.get().run_lines.get().run
        told = [outcome(references(run)[0], "reversed", "Account closed", CAME)]
        confirming.confirm(by=manager, run=run, outcomes=told, today=CAME)
        one.refresh_from_db()
        assert (one.state, one.settled_on, one.entry.kind) == ("received", CAME, "payment_reversed")
        assert now(claim).state == "payable"
        assert refused(lambda: receive(one)) == "It was received back already, on 3 December 2018."

    def test_is_never_changed_afterwards(self, claim: Claim, manager: Any) -> None:
        one = receive(asked(claim, manager))
        with pytest.raises(IntegrityError, match="stays as it was asked"), transaction.atomic():
            Recovery.objects.filter(pk=one.pk).update(state="asked", settled_on=None, why="", entry=None)

    def test_the_claim_can_be_opened_again_and_paid_anew(self, claim: Claim, manager: Any) -> None:
        receive(asked(claim, manager))
        claims.reopen(by=manager, claim=now(claim), why="The post is filled", day=CAME)
        assert now(claim).state == "open"
        assert balance(claim.stage.service.line) == pounds(90_000, 1_500)


def test_by_the_pages_of_the_claim_and_of_payments(claim: Claim) -> None:
    commissioner = claim.stage.service.line.commissioner
    manager, officer = (client(role, commissioner) for role in (Role.TRANSFORMATION_MANAGER, Role.FINANCE_OFFICER))
    page = reverse("lcs:claim_detail", args=[claim.pk])
    assert "Ask the money back" in said(manager.get(page))
    manager.post(reverse("lcs:claim_ask_back", args=[claim.pk]), {"why": "Never filled", "confirm": "yes"})
    html = said(manager.get(page))
    assert "The payment is asked back since" in html
    assert "Ask for it no more" in html
    own = client(Role.PRACTICE_MANAGER, claim.practice)
    money = said(own.get(reverse("lcs:practice_money", args=[claim.practice.ods_code])))
    assert re.search(r"Asked back since \d+ \w+ \d+: “Never filled”", money)
    assert "For the money to come back: Never filled" in said(officer.get(reverse("payments:home")))
    one = Recovery.objects.get()
    receiving = reverse("payments:recovery_receive", args=[one.pk])
    assert manager.get(receiving).status_code == 403
    typed = {"day": today().isoformat(), "how": "BACS"}
    assert "£1,500.00 is taken off what is paid and what is committed" in said(officer.post(receiving, typed))
    officer.post(receiving, typed | {"confirm": "yes"})
    html = said(officer.get(reverse("payments:recovery_list")))
    assert "Received back" in html
    assert "Payment received back" in said(manager.get(page))
    before = said(manager.get(page, {"as_at": "2018-12-06"}))
    assert "Payment received back" not in before
    assert "£1,500.00" in before


@pytest.mark.django_db(transaction=True)
def test_two_who_record_it_at_once_take_it_off_once(claim: Claim, manager: Any) -> None:
    one = asked(claim, manager)
    refusals = [each for each in at_once(2, lambda number: receive(one)) if isinstance(each, Exception)]
    assert len(refusals) == 1
    assert balance(claim.stage.service.line) == pounds(90_000, 0, 0, 0)
    assert Entry.objects.filter(kind="payment_reversed").count() == 1
