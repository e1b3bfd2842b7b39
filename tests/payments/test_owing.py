"""What other rooms owe: once for each thing, to a payee that is made when it is first needed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from budget.models import Line
from budget.payments import owing
from budget.payments.models import Payable, Payee, Vouching
from tests.budget.ground import refused
from tests.factories import LineFactory, PracticeFactory, UserFactory
from tests.factories.payments import OWED_ON, PayeeFactory, owed

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(allocated=100_000)
    return made


class TestOwing:
    def test_makes_the_payee_of_a_practice_when_it_is_first_owed_something(self, line: Line) -> None:
        practice = PracticeFactory()
        owed(line, 1_500, practices=[practice])
        owed(line, 700, practices=[practice])
        payee = Payee.objects.get()
        assert (payee.practice, payee.reference, payee.kind) == (practice, practice.ods_code, "practice")
        assert sorted(Payable.objects.values_list("amount", flat=True)) == [Decimal(700), Decimal(1_500)]

    def test_keeps_who_vouched_for_it(self, line: Line) -> None:
        people = UserFactory.create_batch(2)
        (payable,) = owed(line, 1_500, vouched_by=people)
        assert set(payable.vouchings.values_list("person", flat=True)) == {one.pk for one in people}
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            Vouching.objects.all().delete()

    def test_of_one_thing_once(self, line: Line) -> None:
        (payable,) = owed(line, 1_500)
        again = owing.Owed(
            about=payable.about, practice=None, payee=payable.payee, line=line, year=2018, chin=None,
            amount=Decimal(1_500), reason="Again", vouched_by=frozenset(),
        )  # fmt: skip
        said = refused(lambda: owing.owe(by=None, owed=[again], day=OWED_ON))
        assert said == "That is owed, or paid, already."
        owing.call_off(by=None, about=[payable.about], day=OWED_ON, why="Withdrawn")
        owing.owe(by=None, owed=[again], day=OWED_ON)
        assert Payable.objects.get(state="owed").reason == "Again"

    def test_by_a_number_of_statements_that_does_not_grow(self, line: Line, django_assert_max_num_queries: Any) -> None:
        ten = PracticeFactory.create_batch(10)
        with django_assert_max_num_queries(16):
            owed(line, *[10] * 10, practices=ten)

    def test_to_a_payee_of_the_line_s_own_commissioner(self, line: Line) -> None:
        other = PayeeFactory(name="A council", commissioner__ods_code="07R")
        assert refused(lambda: owed(line, 10, payee=other)) == "A council is a payee of another commissioner."

    def test_nobody_and_nothing_are_refused(self, line: Line) -> None:
        blank = {"practice": None, "line": line, "year": 2018, "chin": None, "vouched_by": frozenset()}
        nobody = owing.Owed(about="x:1", payee=None, amount=Decimal(1), reason="Work", **blank)
        assert (
            refused(lambda: owing.owe(by=None, owed=[nobody], day=OWED_ON)) == "“Work” says nobody to whom it is owed."
        )
        payee = PayeeFactory(commissioner=line.commissioner)
        nothing = owing.Owed(about="x:1", payee=payee, amount=Decimal(0), reason="Work", **blank)
        assert refused(lambda: owing.owe(by=None, owed=[nothing], day=OWED_ON)) == "What is owed is more than £0.00."


class TestCallingOff:
    def test_says_when_and_why(self, line: Line) -> None:
        (payable,) = owed(line, 1_500)
        owing.call_off(by=None, about=[payable.about], day=date(2018, 11, 1), why="The practice withdrew")
        payable.refresh_from_db()
        assert (payable.state, payable.called_off_on, payable.why) == (
            "called_off", date(2018, 11, 1), "The practice withdrew",
        )  # fmt: skip

    def test_what_is_owed_stays_as_it_was_vouched_for(self, line: Line) -> None:
        owed(line, 1_500)
        with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
            Payable.objects.update(amount=15_000)


class TestPayees:
    @pytest.mark.parametrize("reference", ["12345678", "12-34-56", "123456"])
    def test_hold_no_bank_details(self, reference: str) -> None:
        with pytest.raises(IntegrityError, match="no_bank_details"), transaction.atomic():
            PayeeFactory(reference=reference)

    def test_have_references_of_their_own(self) -> None:
        payee = PayeeFactory()
        with pytest.raises(IntegrityError, match="reference_once"), transaction.atomic():
            PayeeFactory(commissioner=payee.commissioner, reference=payee.reference)
