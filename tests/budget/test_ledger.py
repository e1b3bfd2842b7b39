"""What the ledger takes and what it refuses. Every pound is an entry, and no balance can hide one."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from budget import ledger
from budget.checking import differences
from budget.kinds import EFFECTS, SUMS, EntryKind
from budget.models import Balance, Entry
from cc2h.kit.days import today
from tests.budget.ground import DAY, YEAR, at_once, balance, pounds, refused
from tests.factories import ChinFactory, CommissionerFactory, LineFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Any:
    return UserFactory(name="Finance officer")


@pytest.fixture
def second() -> Any:
    return UserFactory(name="Second finance officer")


class TestBalances:
    def test_an_allocation_is_earmarked_committed_and_paid(self, officer: Any) -> None:
        line = LineFactory(allocated=90_000)
        given = {"by": officer, "line": line, "year": YEAR, "day": DAY, "reason": "LCS"}
        ledger.earmark(amount=Decimal(81_000), **given)
        ledger.release_earmark(amount=Decimal(1_500), **given)
        ledger.commit(amount=Decimal(1_500), **given)
        ledger.pay(amount=Decimal(1_500), **given)
        assert balance(line) == pounds(90_000, 79_500, 1_500, 1_500)
        assert differences() == []

    def test_nothing_is_committed_above_the_allocation(self, officer: Any) -> None:
        line = LineFactory(allocated=90_000, name="CHIN Infrastructure LCS")
        given = {"by": officer, "line": line, "year": YEAR, "day": DAY, "reason": "LCS"}
        ledger.commit(amount=Decimal("89_000"), **given)
        assert refused(lambda: ledger.commit(amount=Decimal("1_000.01"), **given)) == (
            "£1,000.01 is more than is left of CHIN Infrastructure LCS for 2018/19: £1,000.00."
        )
        ledger.commit(amount=Decimal("1_000.00"), **given)
        assert refused(lambda: ledger.earmark(amount=Decimal("0.01"), **given)).endswith("for 2018/19: £0.00.")
        assert balance(line) == pounds(90_000, 0, 90_000)

    def test_nothing_is_paid_above_the_commitment(self, officer: Any) -> None:
        line = LineFactory(allocated=90_000)
        given = {"by": officer, "line": line, "year": YEAR, "day": DAY, "reason": "LCS"}
        ledger.commit(amount=Decimal(1_500), **given)
        ledger.pay(amount=Decimal(1_500), **given)
        assert refused(lambda: ledger.pay(amount=Decimal("0.01"), **given)) == (
            "That would be more paid than is committed."
        )
        assert refused(lambda: ledger.reduce_commitment(amount=Decimal(1), **given)) == (
            "That would be more paid than is committed."
        )

    def test_what_is_not_stated_is_not_nothing_and_takes_no_commitment(self, officer: Any) -> None:
        line = LineFactory()
        given = {"by": officer, "line": line, "year": YEAR, "day": DAY, "reason": "Project management"}
        for promise in (ledger.commit, ledger.earmark):
            assert refused(lambda promise=promise: promise(amount=Decimal(1), **given)) == (
                "No allocation is stated for this line and year, so nothing can be committed on it. "
                "Enter the allocation first."
            )
        assert not Balance.objects.exists()
        ledger.allocate(amount=Decimal(1), **given)
        ledger.commit(amount=Decimal(1), **given)

    @pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e13", "NaN"])
    def test_an_amount_is_more_than_nothing_in_pounds_and_pence(self, officer: Any, amount: str) -> None:
        line = LineFactory()
        assert refused(
            lambda: ledger.allocate(by=officer, line=line, year=YEAR, amount=Decimal(amount), day=DAY, reason="x")
        )
        assert not Entry.objects.exists()

    def test_an_entry_says_why(self, officer: Any) -> None:
        line = LineFactory()
        assert refused(
            lambda: ledger.allocate(by=officer, line=line, year=YEAR, amount=Decimal(1), day=DAY, reason="  ")
        )

    def test_no_entry_is_of_a_day_to_come(self, officer: Any) -> None:
        line, tomorrow = LineFactory(), today() + timedelta(days=1)
        assert refused(
            lambda: ledger.allocate(by=officer, line=line, year=YEAR, amount=Decimal(1), day=tomorrow, reason="x")
        ) == ("An entry is of today or an earlier day.")

    @pytest.mark.parametrize("year", [2017, 2020])
    def test_nothing_is_allocated_for_a_year_in_which_the_line_does_not_run(self, officer: Any, year: int) -> None:
        line = LineFactory(first_year=2018, last_year=2019)
        assert refused(
            lambda: ledger.allocate(by=officer, line=line, year=year, amount=Decimal(1), day=DAY, reason="x")
        ) == ("The line does not run in that financial year.")


class TestCuts:
    def test_below_what_is_committed_the_line_is_overcommitted_until_it_fits_again(
        self, officer: Any, second: Any
    ) -> None:
        line = LineFactory(allocated=10_000, name="Primary Care at Scale")
        given = {"by": officer, "line": line, "year": YEAR, "day": DAY, "reason": "Cut"}
        ledger.commit(amount=Decimal(8_000), **given)
        ledger.pay(amount=Decimal(5_000), **given)
        ledger.cut(amount=Decimal(3_000), agreed_by=second, **given)
        assert balance(line) == pounds(7_000, 0, 8_000, 5_000, overcommitted=True)
        assert refused(lambda: ledger.commit(amount=Decimal("0.01"), **given)) == (
            "Primary Care at Scale is overcommitted since its allocation was cut: it takes no new commitment."
        )
        ledger.pay(amount=Decimal(3_000), **given)  # what is promised is paid
        ledger.allocate(amount=Decimal(1_000), **given)
        assert balance(line) == pounds(8_000, 0, 8_000, 8_000)
        assert differences() == []

    def test_what_is_overcommitted_gives_nothing_away(self, officer: Any, second: Any) -> None:
        line = LineFactory(allocated=10_000, name="Primary Care at Scale")
        given = {"by": officer, "year": YEAR, "amount": Decimal(1), "day": DAY, "reason": "x"}
        ledger.commit(line=line, **given | {"amount": Decimal(8_000)})
        ledger.cut(line=line, agreed_by=second, **given | {"amount": Decimal(3_000)})
        other, chin = LineFactory(source=line.source), ChinFactory(commissioner=line.commissioner)
        year_ends = {name: given[name] for name in ("by", "year", "day", "reason")} | {"line": line, "chin": None}
        acts = [
            lambda: ledger.vire(giving=line, taking=other, agreed_by=second, **given),
            lambda: ledger.delegate(line=line, chin=chin, **given),
            lambda: ledger.end_year(agreed_by=second, carried=Decimal(1), returned=Decimal(0), **year_ends),
            lambda: ledger.end_year(agreed_by=second, carried=Decimal(0), returned=Decimal(1), **year_ends),
        ]
        for act in acts:
            assert refused(act) == (
                "Primary Care at Scale is overcommitted since its allocation was cut: nothing is left of it to give away."
            )
        assert balance(line) == pounds(7_000, 0, 8_000, overcommitted=True)

    def test_of_what_is_overcommitted_a_promise_becomes_an_earmark_again_and_no_more(
        self, officer: Any, second: Any
    ) -> None:
        line = LineFactory(allocated=10_000)
        given = {"line": line, "year": YEAR, "day": DAY, "reason": "x"}
        ledger.commit(by=officer, amount=Decimal(8_000), **given)
        ledger.cut(by=officer, amount=Decimal(3_000), agreed_by=second, **given)

        def back(earmarked: str) -> Any:
            kinds = ((EntryKind.COMMITMENT_REDUCED, "1500"), (EntryKind.EARMARK, earmarked))
            return ledger.enter(by=officer, entries=[Entry(kind=k, amount=Decimal(a), **given) for k, a in kinds])

        assert "takes no new commitment" in refused(lambda: back("1500.01"))
        back("1500")
        assert balance(line) == pounds(7_000, 1_500, 6_500, overcommitted=True)
        assert differences() == []

    def test_a_cut_that_fits_marks_nothing(self, officer: Any, second: Any) -> None:
        line = LineFactory(allocated=10_000)
        given = {"by": officer, "line": line, "year": YEAR, "day": DAY, "reason": "Cut"}
        ledger.cut(amount=Decimal(3_000), agreed_by=second, **given)
        assert balance(line) == pounds(7_000)

    def test_one_person_alone_does_not_cut(self, officer: Any) -> None:
        line = LineFactory(allocated=10_000)
        for other in (officer, None):
            assert refused(
                lambda other=other: ledger.cut(
                    by=officer, agreed_by=other, line=line, year=YEAR, amount=Decimal(1), day=DAY, reason="x"
                )
            ) == (
                "A virement, a cut and what lapses or is carried forward are asked for by one person and agreed by another."
            )


class TestMoving:
    def test_a_virement_leaves_one_line_and_reaches_another(self, officer: Any, second: Any) -> None:
        giving = LineFactory(allocated=1_000)
        taking = LineFactory(source=giving.source)
        ledger.vire(
            by=officer,
            agreed_by=second,
            giving=giving,
            taking=taking,
            year=YEAR,
            amount=Decimal(400),
            day=DAY,
            reason="x",
        )
        assert (balance(giving), balance(taking)) == (pounds(600), pounds(400))
        assert differences() == []

    def test_no_more_is_vired_than_is_left(self, officer: Any, second: Any) -> None:
        giving = LineFactory(allocated=1_000)
        taking = LineFactory(source=giving.source)
        given = {"by": officer, "year": YEAR, "day": DAY, "reason": "x"}
        ledger.commit(line=giving, amount=Decimal(700), **given)
        assert refused(
            lambda: ledger.vire(agreed_by=second, giving=giving, taking=taking, amount=Decimal("300.01"), **given)
        ) == ("That is more than is left of the line’s allocation.")
        assert balance(giving) == pounds(1_000, 0, 700)
        assert not Balance.objects.filter(line=taking).exists()

    def test_what_is_delegated_is_the_chins_and_no_more_the_lines(self, officer: Any) -> None:
        line = LineFactory(allocated=10_000)
        chin = ChinFactory(commissioner=line.commissioner)
        given = {"by": officer, "line": line, "year": YEAR, "day": DAY, "reason": "CHIN 1’s own"}
        ledger.delegate(chin=chin, amount=Decimal(4_000), **given)
        assert (balance(line), balance(line, chin)) == (pounds(6_000), pounds(4_000))
        ledger.commit(chin=chin, amount=Decimal(4_000), **given)
        assert refused(lambda: ledger.commit(chin=chin, amount=Decimal("0.01"), **given))
        assert refused(lambda: ledger.commit(amount=Decimal("6_000.01"), **given))
        assert refused(lambda: ledger.delegate(chin=chin, amount=Decimal("6_000.01"), **given))

    def test_a_chin_of_another_commissioner_is_given_nothing(self, officer: Any) -> None:
        line = LineFactory(allocated=10_000)
        chin = ChinFactory(commissioner=CommissionerFactory(ods_code="07R"))
        assert refused(
            lambda: ledger.delegate(by=officer, line=line, chin=chin, year=YEAR, amount=Decimal(1), day=DAY, reason="x")
        ) == ("The CHIN is of another commissioner than the line.")

    def test_one_side_alone_is_refused(self, officer: Any, second: Any) -> None:
        line = LineFactory(allocated=10_000)
        for transfer in (None, "0b0e7a52-0000-4000-8000-000000000001"):
            entry = Entry(
                line=line, year=YEAR, kind=EntryKind.VIREMENT_OUT, amount=Decimal(1), day=DAY, reason="x",
                agreed_by=second, transfer=transfer,
            )  # fmt: skip
            assert "two sides" in refused(lambda entry=entry: ledger.enter(by=officer, entries=[entry]))


class TestReversing:
    def test_a_payment_that_failed_is_taken_off_by_a_second_entry(self, officer: Any) -> None:
        line = LineFactory(allocated=10_000)
        given = {"by": officer, "line": line, "year": YEAR, "day": DAY, "reason": "LCS"}
        ledger.commit(amount=Decimal(1_500), **given)
        paid = ledger.pay(amount=Decimal(1_500), **given)
        ledger.reverse(by=officer, entry=paid, day=DAY, reason="The bank sent it back")
        assert balance(line) == pounds(10_000, 0, 1_500, 0)
        assert "already" in refused(lambda: ledger.reverse(by=officer, entry=paid, day=DAY, reason="Again"))
        ledger.pay(amount=Decimal(1_500), **given)
        assert balance(line) == pounds(10_000, 0, 1_500, 1_500)
        assert differences() == []

    def test_an_allocation_is_not_reversed_but_cut(self, officer: Any) -> None:
        line = LineFactory(allocated=10_000)
        assert refused(lambda: ledger.reverse(by=officer, entry=line.entries.get(), day=DAY, reason="x")) == (
            "Allocation is not reversed by itself."
        )

    def test_part_of_an_entry_or_one_of_another_line_is_refused(self, officer: Any) -> None:
        line = LineFactory(allocated=10_000)
        other = LineFactory(source=line.source, allocated=10_000)
        given = {"by": officer, "year": YEAR, "day": DAY, "reason": "LCS"}
        for each in (line, other):
            ledger.commit(line=each, amount=Decimal(1_500), **given)
        paid = ledger.pay(line=line, amount=Decimal(1_500), **given)
        for changed in ({"amount": Decimal(1)}, {"line": other}, {"year": 2019}):
            entry = Entry(
                **{"line": line, "year": YEAR, "amount": Decimal(1_500), **changed},
                kind=EntryKind.PAYMENT_REVERSED, day=DAY, reason="x", reverses=paid,
            )  # fmt: skip
            assert refused(lambda entry=entry: ledger.enter(by=officer, entries=[entry])) == (
                "An entry is reversed whole, on its own line, for its own year."
            )


class TestTheDatabase:
    """Past every service."""

    @pytest.mark.parametrize(
        "table", ["budget_entry", "lcs_claimstep", "payments_runstep", "payments_export", "payments_confirmation"]
    )
    def test_what_only_grows_is_not_emptied(self, table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises(Exception, match=f"What {table} holds stays"), transaction.atomic():
                cursor.execute(f"TRUNCATE {table} CASCADE")

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE budget_entry SET amount = amount - 1",
            "DELETE FROM budget_entry",
            "UPDATE budget_balance SET committed = 0",
            "DELETE FROM budget_balance",
            "INSERT INTO budget_balance (line_id, year) SELECT id, 2019 FROM budget_line",
            "DELETE FROM budget_line",
        ],
    )
    def test_refuses_to_change_an_entry_or_to_write_a_balance(self, statement: str) -> None:
        LineFactory(allocated=10_000)
        with pytest.raises(Exception, match=r"Cannot|nothing else writes it"), transaction.atomic():  # noqa: SIM117
            with connection.cursor() as cursor:
                cursor.execute(statement)
        assert differences() == []

    def test_a_statement_of_many_entries_is_refused_whole(self, officer: Any) -> None:
        line = LineFactory(allocated=100)
        entries = [
            Entry(line=line, year=YEAR, kind=EntryKind.COMMITMENT, amount=Decimal(1), day=DAY, reason="x")
            for _ in range(101)
        ]
        assert refused(lambda: ledger.enter(by=officer, entries=entries)) == (
            "That is more than is left of the line’s allocation."
        )
        assert balance(line) == pounds(100)
        ledger.enter(by=officer, entries=entries[:100])
        assert balance(line) == pounds(100, 0, 100)

    def test_every_kind_says_what_it_does(self) -> None:
        assert set(EFFECTS) == set(EntryKind)
        assert all(sum(map(abs, effect)) == 1 for effect in EFFECTS.values())


KINDS = st.sampled_from(["allocate", "earmark", "release_earmark", "commit", "reduce_commitment", "pay", "cut"])


@given(steps=st.lists(st.tuples(KINDS, st.integers(1, 2_000)), max_size=25))
def test_whatever_is_tried_the_sums_hold(steps: list[tuple[str, int]]) -> None:
    """Of any sequence, what is taken is exactly what keeps paid ≤ committed and the promises within the allocation."""
    with transaction.atomic():
        line = LineFactory(allocated=1_000)
        one, two = UserFactory(), UserFactory()
        held = {"allocated": 1_000, "earmarked": 0, "committed": 0, "paid": 0}
        over = False
        for name, pence in steps:
            effect = EFFECTS[OF_SERVICE[name]]
            after = {key: held[key] + getattr(effect, key) * pence for key in SUMS}
            fits = after["earmarked"] + after["committed"] <= after["allocated"]
            promises = effect.earmarked + effect.committed > 0
            right = min(after.values()) >= 0 and after["paid"] <= after["committed"]
            right = right and (fits or over or name == "cut") and not (over and promises)
            more = {"agreed_by": two} if name == "cut" else {}
            try:
                getattr(ledger, name)(by=one, line=line, year=YEAR, amount=Decimal(pence), day=DAY, reason="x", **more)
                taken = True
            except ValidationError:
                taken = False
            assert taken == right, (name, pence, held, over)
            if taken:
                held, over = after, (over or name == "cut") and not fits
            assert balance(line) == {**{key: Decimal(value) for key, value in held.items()}, "overcommitted": over}
        assert differences() == []
        transaction.set_rollback(True)


OF_SERVICE = {
    "allocate": EntryKind.ALLOCATION,
    "earmark": EntryKind.EARMARK,
    "release_earmark": EntryKind.EARMARK_RELEASED,
    "commit": EntryKind.COMMITMENT,
    "reduce_commitment": EntryKind.COMMITMENT_REDUCED,
    "pay": EntryKind.PAYMENT,
    "cut": EntryKind.ALLOCATION_CUT,
}


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Real connections at the same moment."""

    def test_fifty_after_the_last_fifteen_hundred_pounds(self) -> None:
        line = LineFactory(allocated=90_000)
        given = {"by": None, "line": line, "year": YEAR, "day": DAY, "reason": "LCS"}
        ledger.commit(amount=Decimal(88_500), **given)
        found = at_once(50, lambda place: ledger.commit(amount=Decimal(1_500), **given))
        taken = [one for one in found if isinstance(one, Entry)]
        assert len(taken) == 1
        assert all(isinstance(one, ValidationError) for one in found if one not in taken)
        assert balance(line) == pounds(90_000, 0, 90_000)
        assert Entry.objects.filter(kind="commitment").count() == 2
        assert differences() == []

    def test_crossing_virements_neither_lose_a_penny_nor_wait_for_ever(self) -> None:
        one = LineFactory(allocated=10_000)
        two = LineFactory(source=one.source, allocated=10_000)
        officer, second = UserFactory(), UserFactory()

        def cross(place: int) -> Any:
            giving, taking = (one, two) if place % 2 else (two, one)
            return ledger.vire(
                by=officer, agreed_by=second, giving=giving, taking=taking, year=YEAR, amount=Decimal(7), day=DAY,
                reason="x",
            )  # fmt: skip

        found = at_once(20, cross)
        assert [one for one in found if isinstance(one, Exception)] == []
        assert (balance(one), balance(two)) == (pounds(10_000), pounds(10_000))
        assert differences() == []
