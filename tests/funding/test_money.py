"""Money of a case: named at the check, committed with the approval, released in tranches, and given back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from budget import ledger
from budget.models import Balance, Entry
from budget.payments import owing
from budget.payments.models import Payable, Payee
from cc2h.accounts.authority import Role
from cc2h.cases.funding import services
from cc2h.cases.funding.at_check import shares
from cc2h.cases.funding.models import Commitment, Giveback, Payer, Tranche
from cc2h.cases.funding.states import TrancheState
from cc2h.cases.route.models import Condition, Outcome
from cc2h.cases.route.outcomes import Said
from cc2h.cases.route.services import Asked
from cc2h.cases.services import step
from cc2h.cases.states import CaseState, Event
from tests.budget.ground import at_once, refused
from tests.factories.accounts import person
from tests.factories.budget import LineFactory
from tests.factories.chins import ChinFactory
from tests.factories.route import SENT, approved, open_turns, routed, said, sent

pytestmark = pytest.mark.django_db
LATER = date(2018, 11, 1)


@pytest.fixture
def case() -> Any:
    return approved(routed(asked=9600))


@pytest.fixture
def payee(case: Any) -> Payee:
    return a_payee(case)


def a_payee(case: Any) -> Payee:
    return Payee.objects.create(
        commissioner=case.commissioner, kind="trust", name="A community trust", reference="RYX1"
    )


def manager(case: Any) -> Any:
    return person(Role.TRANSFORMATION_MANAGER, of=case.commissioner)


def planned(case: Any, payee: Payee, amount: str = "4000.00", **facts: Any) -> Tranche:
    given = {"year": 2018, "amount": Decimal(amount), "what": "The first nurse", "payee": payee, "today": LATER} | facts
    return services.plan_tranche(by=manager(case), case=case, **given)


def released(tranche: Tranche) -> Tranche:
    return services.release(by=manager(tranche.case), tranche=tranche, today=LATER)


def balance(case: Any) -> Balance:
    found: Balance = Balance.objects.get(
        line=Commitment.objects.get(share__payer__submission__case=case).share.payer.line
    )
    return found


def spare(case: Any) -> Decimal:
    return services.left_by_year(case)[2018]


class TestCommitting:
    def test_approval_commits_what_was_asked_for(self, case: Any) -> None:
        assert case.state == CaseState.APPROVED
        assert balance(case).committed == Decimal("9600.00")
        entry = Commitment.objects.get().entry
        assert entry.reason == f"Business case {case.number}, {case.title}"

    def test_it_is_not_taken_off_the_ledger_by_hand(self, case: Any) -> None:
        entry = Commitment.objects.get().entry
        said = refused(lambda: ledger.take_off(by=manager(case), entry=entry, day=LATER, reason="A mistake"))
        assert said.startswith(f"It is committed for business case {case.number}, {case.title}.")
        assert balance(case).committed == Decimal("9600.00")

    def test_what_finance_named_holds_where_its_check_is_not_asked_again(self) -> None:
        case = routed(asked=9600)
        said(case, "sponsor")
        said(case, "check")
        line = Payer.objects.get().line
        for _ in range(2):  # more is asked of what finance does not look at
            said(case, "officer", Said.ASKED, sections=["predict"], day=LATER)
            sent(case, 9600, LATER)
        said(case, "officer", day=LATER)
        assert Commitment.objects.get().share.payer.submission.number == 3
        assert (balance(case).line, balance(case).committed) == (line, Decimal("9600.00"))

    def test_it_is_charged_to_the_years_of_its_costs(self) -> None:
        case = routed(asked=9600)
        submission = case.submissions.get()
        submission.document["answers"]["costs"]["rows"] = [
            {"month": "2019-03", "amount": "600.00", "recurrent": "no"},
            {"month": "2019-04", "amount": "9000.00", "recurrent": "no"},
        ]
        assert shares(submission) == {2018: Decimal("600.00"), 2019: Decimal("9000.00")}

    def test_a_check_names_what_pays(self) -> None:
        case = routed(asked=9600)
        said(case, "sponsor")
        assert refused(lambda: said(case, "check", typed={})) == "Say which line pays."
        assert open_turns(case) == ["check-short"]

    def test_a_line_of_another_commissioner_pays_for_nothing(self) -> None:
        case = routed(asked=9600)
        said(case, "sponsor")
        other = LineFactory(allocated=50_000)
        assert refused(lambda: said(case, "check", typed={"pays": str(other.pk)})) == "Say which line pays."

    def test_without_enough_on_the_line_the_approval_does_not_hold(self) -> None:
        case = routed(asked=9600)
        line = LineFactory(source__commissioner=case.commissioner, allocated=9000)
        said(case, "sponsor")
        said(case, "check", typed={"pays": str(line.pk)})
        assert "more than is left" in refused(lambda: said(case, "officer"))
        case.refresh_from_db()
        assert (case.state, open_turns(case)) == (CaseState.IN_ROUTE, ["officer"])
        assert not Outcome.objects.filter(turn__stage__key="officer").exists()

    def test_what_is_delegated_to_the_chin_can_pay(self) -> None:
        case = routed(asked=9600)
        line = LineFactory(source__commissioner=case.commissioner, allocated=20_000)
        given = {"line": line, "chin": case.chin, "year": 2018, "amount": Decimal(10_000), "day": SENT}
        ledger.delegate(by=None, reason="Theirs to use", **given)
        said(case, "sponsor")
        said(case, "check", typed={"pays": f"{line.pk}:chin"})
        said(case, "officer")
        assert Balance.objects.get(line=line, chin=case.chin).committed == Decimal("9600.00")
        assert Balance.objects.get(line=line, chin=None).committed == 0

    @pytest.mark.django_db(transaction=True)
    def test_the_last_pound_of_a_line_is_promised_to_one_of_two_cases(self) -> None:
        chin = ChinFactory()
        line = LineFactory(source__commissioner=chin.commissioner, allocated=10_000)
        cases = [routed(chin=chin, asked=9600) for _ in range(2)]
        for one in cases:
            said(one, "sponsor")
            said(one, "check", typed={"pays": str(line.pk)})
        told = at_once(2, lambda place: said(cases[place], "officer"))
        assert sorted(isinstance(one, Outcome) for one in told) == [False, True]
        assert Balance.objects.get(line=line, chin=None).committed == Decimal("9600.00")
        assert Commitment.objects.count() == 1


class TestTranches:
    def test_no_case_has_more_in_tranches_than_is_committed_for_it(self, case: Any, payee: Payee) -> None:
        planned(case, payee, "9000.00")
        assert "more than the case has left for that year: £600.00" in refused(lambda: planned(case, payee, "600.01"))
        planned(case, payee, "600.00")
        assert spare(case) == 0

    def test_a_released_tranche_is_owed_once(self, case: Any, payee: Payee) -> None:
        tranche = released(planned(case, payee))
        owed = Payable.objects.get()
        assert (owed.about, owed.amount, owed.payee) == (f"tranche:{tranche.pk}", Decimal("4000.00"), payee)
        assert "Somebody else was first" in refused(lambda: released(tranche))

    def test_who_wrote_or_decided_or_released_may_not_authorise_its_payment(self, case: Any, payee: Payee) -> None:
        tranche = released(planned(case, payee))
        vouching = set(Payable.objects.get().vouchings.values_list("person", flat=True))
        assert {case.put_forward_by_id, tranche.released_by_id} <= vouching

    def test_it_waits_for_its_condition(self) -> None:
        case = routed(asked=9600)
        said(case, "sponsor")
        said(case, "check")
        said(case, "officer", Said.CONDITIONS, conditions=[Asked("A nurse is in post.")])
        case.refresh_from_db()
        condition = Condition.objects.get()
        tranche = planned(case, a_payee(case), condition=condition)
        assert refused(lambda: released(tranche)) == "The condition that it waits for is neither met nor waived."
        Condition.objects.filter(pk=condition.pk).update(met_on=LATER, met_by=manager(case), evidence="Her contract")
        assert released(tranche).state == TrancheState.RELEASED

    def test_no_money_without_approval(self, payee: Payee) -> None:
        other = routed(asked=9600)
        assert refused(lambda: planned(other, a_payee(other))) == "Tranches are of a case that is approved and goes on."

    def test_a_payment_is_heard_of(self, case: Any, payee: Payee) -> None:
        tranche = released(planned(case, payee))
        for event, state in (
            ("paid", "paid"),
            ("reversed", "came_back"),
            ("owed again", "released"),
            ("called off", "planned"),
        ):
            services.heard(event, [f"tranche:{tranche.pk}"], None, LATER)
            tranche.refresh_from_db()
            assert tranche.state == state
        assert owing.described([f"tranche:{tranche.pk}"])[f"tranche:{tranche.pk}"].words.endswith("tranche 1")

    def test_a_payee_of_another_commissioner_is_refused(self, case: Any) -> None:
        other = a_payee(routed(chin=ChinFactory(), asked=9600))
        assert "another commissioner" in refused(lambda: planned(case, other))

    def test_sums_and_states_are_changed_by_nothing_else(self, case: Any, payee: Payee) -> None:
        tranche = planned(case, payee)
        for change in ({"amount": 1}, {"year": 2019}, {"state": "paid", "paid_on": LATER}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Tranche.objects.filter(pk=tranche.pk).update(**change)


class TestGivingBack:
    def test_what_is_not_needed_is_free_on_its_line_again(self, case: Any) -> None:
        services.give_back(by=manager(case), case=case, year=2018, amount=Decimal("1000.00"), why="Cheaper", day=LATER)
        assert balance(case).committed == Decimal("8600.00")
        assert spare(case) == Decimal("8600.00")

    def test_not_more_than_is_left(self, case: Any, payee: Payee) -> None:
        planned(case, payee, "9000.00")
        give = {"case": case, "year": 2018, "amount": Decimal("700.00"), "why": "Too much", "day": LATER}
        assert "more than the case has left" in refused(lambda: services.give_back(by=manager(case), **give))
        assert balance(case).committed == Decimal("9600.00")

    def test_a_case_that_stops_keeps_what_was_released_and_returns_the_rest(self, case: Any, payee: Payee) -> None:
        released(planned(case, payee, "4000.00"))
        planned(case, payee, "2000.00")
        step(by=manager(case), case=case, event=Event.STOPPED, day=LATER, reason="It did not work.")
        assert balance(case).committed == Decimal("4000.00")
        assert [one.state for one in Tranche.objects.all()] == ["released", "dropped"]
        assert Giveback.objects.get().amount == Decimal("5600.00")

    def test_what_was_given_back_or_committed_is_never_changed(self, case: Any) -> None:
        services.give_back(by=None, case=case, year=2018, amount=Decimal(1), why="Cheaper", day=LATER)
        for model in (Commitment, Giveback):
            with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
                model.objects.all().delete()

    def test_a_commitment_is_what_was_approved(self, case: Any) -> None:
        share = Commitment.objects.get().share
        stray = ledger.commit(
            by=None, line=share.payer.line, year=2018, amount=Decimal(5), day=LATER, reason="Something else"
        )
        with (
            connection.cursor() as cursor,
            pytest.raises(IntegrityError, match="what was approved"),
            transaction.atomic(),
        ):
            cursor.execute("INSERT INTO funding_commitment (share_id, entry_id) VALUES (%s, %s)", [share.pk, stray.pk])
        assert Entry.objects.filter(pk=stray.pk).exists()
