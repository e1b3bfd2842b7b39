"""A payment run: who prepares, who authorises, what changes void, what is paid, failed and came back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from budget import ledger
from budget.checking import differences
from budget.models import Entry, Line
from budget.payments import confirming, exporting, owing, queries, runs
from budget.payments.layouts import Row, written
from budget.payments.models import Download, Export, Layout, Payable, Run, RunLine, RunStep
from cc2h.accounts.authority import Role
from tests.budget.ground import YEAR, at_once, balance, pounds, refused
from tests.factories import DeputyFactory, LineFactory, PostFactory, PracticeFactory, UserFactory, person
from tests.factories.payments import owed
from tests.payments.ground import (
    ACCRUALS,
    AUTHORISED,
    CONFIRMED,
    EXPORTED,
    JOURNAL,
    PAYMENT_FILE,
    PREPARED,
    authorised,
    confirmed,
    exported,
    officer,
    outcome,
    prepared,
    references,
)

pytestmark = pytest.mark.django_db
LATER = date(2018, 11, 20)


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(allocated=100_000, cost_centre="C1", subjective_code="S1")
    return made


@pytest.fixture
def first(line: Line) -> Any:
    return officer(line, name="First officer")


@pytest.fixture
def second(line: Line) -> Any:
    return officer(line, name="Second officer")


def sides(journal: Export) -> list[tuple[str, str]]:
    """The debit and the credit of each row."""
    rows = [row.split(",") for row in bytes(journal.data).decode().splitlines()[1:]]
    return [(row[3], row[4]) for row in rows]


def authorise(by: Any, run: Run) -> Run:
    return runs.authorise(by=by, run=run, control=run.control, today=AUTHORISED)


class TestPreparing:
    def test_takes_what_is_owed_and_adds_it_up(self, line: Line, first: Any) -> None:
        owed(line, 1_500, "700.50")
        run = prepared(first, line)
        assert (run.number, run.count, run.total, run.state) == ("2018-001", 2, Decimal("2200.50"), "prepared")
        assert len(run.control) == 64
        assert references(run) == [f"{line.commissioner.ods_code}-18001-000{n}" for n in (1, 2)]

    def test_takes_each_sum_once(self, line: Line, first: Any) -> None:
        one, _ = owed(line, 1_500, 700)
        prepared(first, line, [one])
        assert refused(lambda: prepared(first, line, [one])) == f"“{one}” is in payment run 2018-001 already."
        assert prepared(first, line).total == 700
        assert refused(lambda: prepared(first, line)) == "Nothing is owed that is not in a payment run already."
        with pytest.raises(IntegrityError, match="in_one_live_run"), transaction.atomic():
            RunLine.objects.create(run=Run.objects.first(), payable=one, amount=1_500, reference="AGAIN")

    def test_takes_no_more_than_is_committed(self, line: Line, first: Any) -> None:
        owed(line, 1_000)
        owed(line, "500.01", committed=False)
        said = refused(lambda: prepared(first, line))
        assert said.startswith("That would be more paid than is committed.")
        assert "£1,500.01 to be paid, £1,000.00 committed and not yet paid" in said
        assert not Run.objects.exists()

    def test_what_another_run_pays_already_counts(self, line: Line, first: Any) -> None:
        one, *_ = owed(line, 1_000)
        prepared(first, line, [one])
        more = owed(line, 1, committed=False)
        assert "£0.00 committed and not yet paid" in refused(lambda: prepared(first, line, more))

    def test_pays_what_is_owed_to_the_penny(self, line: Line, first: Any) -> None:
        one, two = owed(line, 1_500, 700)
        run = prepared(first, line, [one])
        with pytest.raises(IntegrityError, match="to the penny"), transaction.atomic():
            RunLine.objects.create(run=run, payable=two, amount=701, reference="MORE")
        with pytest.raises(IntegrityError, match="as it was prepared"), transaction.atomic():
            RunLine.objects.update(amount=15_000)

    def test_a_sum_in_a_run_is_not_called_off(self, line: Line, first: Any) -> None:
        (one,) = owed(line, 1_500)
        prepared(first, line)
        said = refused(lambda: owing.call_off(by=first, about=[one.about], day=PREPARED, why="A mistake"))
        assert said.startswith(f"“{one}” is in payment run 2018-001.")
        with pytest.raises(IntegrityError, match="Take it out of the run"), transaction.atomic():
            Payable.objects.update(state="called_off", called_off_on=PREPARED, why="x")

    def test_a_withdrawn_run_lets_go_of_what_it_held(self, line: Line, first: Any) -> None:
        owed(line, 1_500)
        run = prepared(first, line)
        runs.withdraw(by=first, run=run, why="Prepared too early", today=PREPARED)
        assert prepared(first, line).number == "2018-002"
        assert refused(lambda: runs.withdraw(by=first, run=run, why="Again", today=PREPARED)) == (
            "Payment run 2018-001 is withdrawn already, since 1 November 2018."
        )

    def test_begins_with_what_is_owed_and_is_prepared_first(self, line: Line, first: Any, second: Any) -> None:
        (one,) = owed(line, 1_500)
        given = {"commissioner": line.commissioner, "number": "2018-009", "prepared_by": first}
        decided = {"state": "authorised", "authorised_by": second, "authorised_on": AUTHORISED}
        with pytest.raises(IntegrityError, match="A run is prepared before"), transaction.atomic():
            Run.objects.create(**given, **decided, prepared_on=PREPARED)
        again = {name: getattr(one, name) for name in ("payee", "line", "year", "amount", "reason", "day")}
        with pytest.raises(IntegrityError, match="A sum is owed before"), transaction.atomic():
            Payable.objects.create(**again, about="thing:99", state="paid", paid_on=CONFIRMED)


class TestAuthorising:
    def test_is_done_by_a_second_person(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500)
        run = prepared(first, line)
        assert refused(lambda: authorise(first, run)) == "Who prepared a run does not authorise it."
        assert authorise(second, run).authorised_by == second
        with pytest.raises(IntegrityError), transaction.atomic():
            Run.objects.update(authorised_by=first)

    def test_not_by_who_entered_or_verified_what_is_paid(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500, vouched_by=[second])
        run = prepared(first, line)
        said = "Who entered or verified what is paid does not authorise its payment."
        assert refused(lambda: authorise(second, run)) == said
        with pytest.raises(IntegrityError, match="Who entered or verified"), transaction.atomic():
            Run.objects.update(state="authorised", authorised_by=second, authorised_on=AUTHORISED)

    def test_not_by_who_added_payments_to_it(self, line: Line, first: Any, second: Any) -> None:
        one, two = owed(line, 1_500, 700)
        run = prepared(first, line, [one])
        changed = runs.add(by=second, run=run, payables=[two.pk], today=PREPARED)
        said = "Who added payments to a run does not authorise it."
        assert refused(lambda: authorise(second, changed)) == said
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            Run.objects.update(state="authorised", authorised_by=second, authorised_on=AUTHORISED)
        why_not = {who.pk: who.why_not for who in queries.authorisers([changed], AUTHORISED)[changed.pk]}
        assert (why_not[first.pk], why_not[second.pk]) == ("prepared it", "added payments to it")
        without = runs.take_out(
            by=first, run=run, lines=[run.lines.get(payable=two).pk], why="Not hers to add", today=PREPARED
        )
        assert authorise(second, without).state == "authorised"

    @pytest.mark.parametrize("deputy", [False, True])
    def test_not_by_who_holds_a_post_at_a_payee(self, line: Line, first: Any, deputy: bool) -> None:
        practice = PracticeFactory(commissioner=line.commissioner, detail__name="Ashdown Practice")
        owed(line, 1_500, practices=[practice])
        run = prepared(first, line)
        third = person(Role.FINANCE_OFFICER, of=line.commissioner)
        post = PostFactory(role=Role.PRACTICE_MANAGER, of=practice)
        if deputy:
            DeputyFactory(post=post, deputy=third)
        else:
            third = person(Role.PRACTICE_MANAGER, of=practice)
        said = "Who holds a post at Ashdown Practice does not authorise a payment to it."
        assert refused(lambda: authorise(third, run)) == said

    def test_what_was_refused_stays_on_record(self, line: Line, first: Any) -> None:
        owed(line, 1_500)
        run = prepared(first, line)
        refused(lambda: authorise(first, run))
        kept = RunStep.objects.get(step="refused")
        assert (kept.by, kept.why) == (first, "Who prepared a run does not authorise it.")

    def test_not_with_a_sum_that_is_not_that_of_its_payments(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500)
        run = prepared(first, line)
        Run.objects.update(total=1)  # as no service does
        assert refused(lambda: authorise(second, run)).startswith("The lines of payment run 2018-001 are not the ones")

    def test_a_second_time_it_is_done_already(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500)
        run = authorised(first, second, line)
        assert refused(lambda: authorise(officer(line), run)) == (
            "Payment run 2018-001 is authorised already, by Second officer on 2 November 2018."
        )
        assert RunStep.objects.filter(step="authorised").count() == 1

    def test_is_of_what_was_shown(self, line: Line, first: Any, second: Any) -> None:
        one, two = owed(line, 1_500, 700)
        run = prepared(first, line, [one])
        runs.add(by=first, run=run, payables=[two.pk], today=PREPARED)
        assert refused(lambda: authorise(second, run)).startswith(
            "Payment run 2018-001 has been changed since you looked"
        )

    @pytest.mark.parametrize("change", ["add", "take_out"])
    def test_a_changed_run_needs_a_fresh_one(self, line: Line, first: Any, second: Any, change: str) -> None:
        one, two, three = owed(line, 1_500, 700, 300)
        run = authorised(first, second, line, [one, two])
        before = run.control
        if change == "add":
            changed = runs.add(by=first, run=run, payables=[three.pk], today=AUTHORISED)
        else:
            out = run.lines.get(payable=two)
            changed = runs.take_out(by=first, run=run, lines=[out.pk], why="Disputed", today=AUTHORISED)
        assert (changed.state, changed.authorised_by) == ("prepared", None)
        assert changed.control != before
        assert changed.total == (2_500 if change == "add" else 1_500)
        said = refused(lambda: exporting.export(by=first, run=run, layout=PAYMENT_FILE, today=EXPORTED))
        assert said == "Payment run 2018-001 is prepared. Its payment file is made once it is authorised."

    def test_lines_put_in_behind_its_back_are_found_by_the_hash(self, line: Line, first: Any, second: Any) -> None:
        one, two = owed(line, 1_500, 700)
        run = prepared(first, line, [one])
        RunLine.objects.create(run=run, payable=two, amount=700, reference="BEHIND")
        assert refused(lambda: authorise(second, run)) == (
            "The lines of payment run 2018-001 are not the ones that were shown. Look at it again."
        )

    def test_the_payee_s_reference_is_not_changed_under_it(self, line: Line, first: Any) -> None:
        (one,) = owed(line, 1_500)
        prepared(first, line)
        one.payee.reference = "OTHER"
        with pytest.raises(IntegrityError, match="stands in payment run 2018-001"), transaction.atomic():
            one.payee.save()

    def test_the_last_line_is_not_taken_out(self, line: Line, first: Any) -> None:
        owed(line, 1_500)
        run = prepared(first, line)
        only = run.lines.get()
        said = refused(lambda: runs.take_out(by=first, run=run, lines=[only.pk], why="x", today=PREPARED))
        assert said == "That would leave the run empty. Withdraw it instead."


class TestExporting:
    def test_gives_the_same_bytes_twice_and_records_who_fetched_them(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500, 700)
        run = authorised(first, second, line)
        made = exporting.export(by=first, run=run, layout=PAYMENT_FILE, today=EXPORTED)
        again = exporting.export(by=second, run=run, layout=PAYMENT_FILE, today=CONFIRMED)
        assert again.pk == made.pk
        assert exporting.download(by=first, export=made) == exporting.download(by=second, export=again)
        assert [one.by for one in Download.objects.all()] == [first, second]
        head, *rows = bytes(made.data).decode().splitlines()
        assert head == "Run,Reference,Payee reference,Payee,Amount,Day"
        assert [row.split(",")[4] for row in rows] == ["1500.00", "700.00"]
        run.refresh_from_db()
        assert (run.state, run.exported_on) == ("exported", EXPORTED)
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            Export.objects.update(data=b"")

    def test_makes_one_payment_file_in_whatever_layout(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500)
        run = exported(first, second, line)
        other = type(PAYMENT_FILE)(name="Ours", kind="payment", columns=["reference", "payee_reference", "pence"])
        assert "two would be paid twice" in refused(
            lambda: exporting.export(by=first, run=run, layout=other, today=EXPORTED)
        )

    def test_a_journal_balances_by_cost_centre_and_subjective_code(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500, 700)
        other = LineFactory(source=line.source, allocated=5_000, cost_centre="C2", subjective_code="S2", place=200)
        owed(other, 300)
        run = exported(first, second, line)
        made = exporting.export(by=first, run=run, layout=JOURNAL, today=EXPORTED)
        rows = [row.split(",")[1:5] for row in bytes(made.data).decode().splitlines()[1:]]
        assert rows == [["C1", "S1", "2200.00", ""], ["C2", "S2", "300.00", ""], ["", "", "", "2500.00"]]

    def test_what_fails_or_comes_back_after_the_journal_is_booked_off_once(
        self, line: Line, first: Any, second: Any
    ) -> None:
        owed(line, 1_500, 700, 30)
        run = exported(first, second, line)
        exporting.export(by=first, run=run, layout=JOURNAL, today=EXPORTED)
        assert exporting.journals_to_make(run) == []
        failed, back, paid = run.lines.order_by("reference")
        confirming.by_hand(
            by=first, run=run, lines=[failed], outcome="failed", day=CONFIRMED, reason="No account", today=CONFIRMED
        )
        confirming.by_hand(
            by=first, run=run, lines=[back, paid], outcome="paid", day=CONFIRMED, reason="", today=CONFIRMED
        )
        booked = []
        for number in (1, 2):
            [layout] = exporting.journals_to_make(run)
            assert layout.name == f"Ledger journal, correction {number}"
            made = exporting.export(by=first, run=run, layout=layout, today=CONFIRMED)
            assert exporting.export(by=first, run=run, layout=layout, today=CONFIRMED) == made
            booked.append(sides(made))
            assert exporting.journals_to_make(run) == []
            if number == 1:
                confirming.by_hand(
                    by=first,
                    run=run,
                    lines=[back],
                    outcome="reversed",
                    day=CONFIRMED,
                    reason="Sent back",
                    today=CONFIRMED,
                )
        off = [f"{one.amount:.2f}" for one in (failed, back)]
        assert booked == [[("", amount), (amount, "")] for amount in off]

    def test_a_journal_made_late_books_only_what_was_paid(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500, 700, 30)
        run = exported(first, second, line)
        failed, *others = run.lines.order_by("reference")
        confirming.by_hand(
            by=first, run=run, lines=[failed], outcome="failed", day=CONFIRMED, reason="No account", today=CONFIRMED
        )
        made = exporting.export(by=first, run=run, layout=JOURNAL, today=CONFIRMED)
        paid = f"{sum(one.amount for one in others):.2f}"
        assert sides(made) == [(paid, ""), ("", paid)]

    def test_a_line_without_codes_makes_no_journal(self, first: Any, second: Any, line: Line) -> None:
        Line.objects.update(cost_centre="")
        owed(line, 1_500)
        run = exported(first, second, line)
        said = refused(lambda: exporting.export(by=first, run=run, layout=JOURNAL, today=EXPORTED))
        assert "has no cost centre or no subjective code" in said

    def test_accruals_are_what_is_owed_and_not_paid_as_at_a_day(self, line: Line, first: Any, second: Any) -> None:
        one, _ = owed(line, 1_500, 700)
        confirmed(first, exported(first, second, line, [one]))
        given = {"by": first, "commissioner": line.commissioner, "layout": ACCRUALS}
        assert exporting.accruals(day=CONFIRMED, **given).rows == 1
        before = exporting.accruals(day=EXPORTED, **given)
        assert before.rows == 2
        assert exporting.accruals(day=EXPORTED, **given).pk == before.pk

    def test_a_name_that_looks_like_a_formula_is_text(self, line: Line, first: Any, second: Any) -> None:
        practice = PracticeFactory(commissioner=line.commissioner, detail__name='=HYPERLINK("x"),1')
        owed(line, 1_500, practices=[practice])
        run = authorised(first, second, line)
        made = exporting.export(by=first, run=run, layout=PAYMENT_FILE, today=EXPORTED)
        assert """"'=HYPERLINK(""x""),1\"""" in bytes(made.data).decode()
        behind_a_space = Row(payee="\u00a0=1+1", what_for="\u3000＝1")
        layout = Layout(kind="journal", columns=["payee", "what_for"], heading=False)
        assert written(layout, [behind_a_space]).decode() == "'=1+1,'＝1\r\n"


class TestConfirming:
    def test_what_is_paid_is_in_the_ledger(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500, 700)
        run = exported(first, second, line)
        confirmed(first, run)
        run.refresh_from_db()
        assert (run.state, run.confirmed_on) == ("confirmed", CONFIRMED)
        assert balance(line) == pounds(100_000, 0, 2_200, 2_200)
        assert {(one.by, one.agreed_by, one.day) for one in Entry.objects.filter(kind="payment")} == {
            (first, second, CONFIRMED)
        }
        assert set(Payable.objects.values_list("state", "paid_on")) == {("paid", CONFIRMED)}
        assert differences() == []

    def test_what_failed_is_owed_again_in_a_later_run(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500, 700)
        run = exported(first, second, line)
        confirmed(first, run, references(run)[1])
        assert balance(line)["paid"] == 1_500
        later = prepared(first, line)
        assert (later.number, later.total) == ("2018-002", 700)
        assert differences() == []

    def test_what_came_back_is_taken_off_and_a_person_decides(self, line: Line, first: Any, second: Any) -> None:
        (one,) = owed(line, 1_500)
        run = exported(first, second, line)
        confirmed(first, run)
        back = [outcome(references(run)[0], "reversed", "Account closed", LATER)]
        confirming.confirm(by=first, run=run, outcomes=back, today=LATER)
        assert balance(line) == pounds(100_000, 0, 1_500, 0)
        one.refresh_from_db()
        assert one.state == "back"
        assert refused(lambda: prepared(first, line)) == "Nothing is owed that is not in a payment run already."
        runs.decide(by=first, payable=one, pay_again=True, why="New account", today=LATER)
        again = exported(first, second, line)
        confirmed(first, again, today=LATER)
        assert balance(line) == pounds(100_000, 0, 1_500, 1_500)
        assert differences() == []

    def test_what_came_back_may_be_called_off(self, line: Line, first: Any, second: Any) -> None:
        (one,) = owed(line, 1_500)
        run = exported(first, second, line)
        confirmed(first, run)
        confirming.confirm(
            by=first, run=run, outcomes=[outcome(references(run)[0], "reversed", "Closed", LATER)], today=LATER
        )
        runs.decide(by=first, payable=one, pay_again=False, why="The practice closed", today=LATER)
        one.refresh_from_db()
        assert (one.state, one.called_off_on) == ("called_off", LATER)
        assert refused(lambda: runs.decide(by=first, payable=one, pay_again=True, why="x", today=LATER)) == (
            f"“{one}” is called off already."
        )

    def test_other_rooms_hear_of_it_in_the_same_transaction(
        self, line: Line, first: Any, second: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard: list[Any] = []
        monkeypatch.setitem(owing._listeners, "thing", lambda *told: heard.append(told))
        one, two = owed(line, 1_500, 700)
        run = exported(first, second, line)
        confirmed(first, run, references(run)[1])
        assert heard == [("paid", [one.about], first, CONFIRMED), ("failed", [two.about], first, CONFIRMED)]

    def test_a_room_that_refuses_undoes_all_of_it(
        self, line: Line, first: Any, second: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*told: Any) -> None:
            raise ValidationError("The claim is gone.")

        monkeypatch.setitem(owing._listeners, "thing", refuse)
        owed(line, 1_500)
        run = exported(first, second, line)
        assert refused(lambda: confirmed(first, run)) == "The claim is gone."
        assert balance(line)["paid"] == 0
        assert run.lines.get().state == "waiting"

    def test_as_at_each_day_a_sum_is_what_it_was(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500)
        run = exported(first, second, line)
        confirmed(first, run)
        confirming.confirm(
            by=first, run=run, outcomes=[outcome(references(run)[0], "reversed", "Closed", LATER)], today=LATER
        )

        def on(day: date) -> Any:
            found: Any = Payable.objects.all()
            return found.with_state_on(day).get().state_on

        assert [on(day) for day in (EXPORTED, CONFIRMED, LATER)] == ["owed", "paid", "back"]

    def test_by_a_number_of_statements_that_does_not_grow(
        self, line: Line, first: Any, second: Any, django_assert_max_num_queries: Any
    ) -> None:
        practices = PracticeFactory.create_batch(12, commissioner=line.commissioner)
        owed(line, *[10] * 12, practices=practices)
        with django_assert_max_num_queries(30):
            prepared(first, line)
        run = Run.objects.get()
        authorise(second, run)
        exporting.export(by=first, run=run, layout=PAYMENT_FILE, today=EXPORTED)
        with django_assert_max_num_queries(32):
            confirmed(first, run)

    def test_a_payment_the_ledger_does_not_have_is_none(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500)
        exported(first, second, line)
        entry = ledger.commit(by=first, line=line, year=YEAR, amount=Decimal(1_500), day=PREPARED, reason="x")
        with pytest.raises(IntegrityError, match="entered in the ledger"), transaction.atomic():
            RunLine.objects.update(state="paid", outcome_on=CONFIRMED, payment=entry)
        with pytest.raises(IntegrityError, match="paid by a line of a run"), transaction.atomic():
            Payable.objects.update(state="paid", paid_on=CONFIRMED)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_many_preparations_of_the_same_sums_one_is_made(self) -> None:
        line = LineFactory(allocated=10_000)
        payables = owed(line, 1_500, 700)
        people = UserFactory.create_batch(6)
        found = at_once(6, lambda place: prepared(people[place], line, payables))
        assert sum(isinstance(one, Run) for one in found) == 1
        assert all("is in payment run 2018-001 already" in str(one) for one in found if not isinstance(one, Run))
        assert RunLine.objects.count() == 2

    def test_different_sums_make_runs_of_different_numbers(self) -> None:
        line = LineFactory(allocated=10_000)
        payables = owed(line, *[100] * 5)
        people = UserFactory.create_batch(5)
        found = at_once(5, lambda place: prepared(people[place], line, [payables[place]]))
        assert sorted(one.number for one in found) == [f"2018-00{n}" for n in range(1, 6)]

    def test_of_many_authorisations_one_stands(self) -> None:
        line = LineFactory(allocated=10_000)
        owed(line, 1_500)
        run = prepared(UserFactory(), line)
        people = UserFactory.create_batch(6)
        found = at_once(6, lambda place: authorise(people[place], run))
        assert sum(isinstance(one, Run) for one in found) == 1
        assert all("is authorised already" in str(one) for one in found if not isinstance(one, Run))
        assert RunStep.objects.filter(step="authorised").count() == 1

    def test_a_run_is_not_authorised_and_changed_at_once(self) -> None:
        line = LineFactory(allocated=10_000)
        one, two = owed(line, 1_500, 700)
        run = prepared(UserFactory(), line, [one])
        second, third = UserFactory.create_batch(2)

        def act(place: int) -> Any:
            if place:
                return runs.add(by=third, run=run, payables=[two.pk], today=AUTHORISED)
            return authorise(second, run)

        at_once(2, act)
        run.refresh_from_db()
        assert (run.state, run.total) == ("prepared", 2_200)

    def test_many_exports_are_one_file(self) -> None:
        line = LineFactory(allocated=10_000)
        owed(line, 1_500)
        first, second = UserFactory.create_batch(2)
        run = authorised(first, second, line)
        found = at_once(6, lambda place: exporting.export(by=first, run=run, layout=PAYMENT_FILE, today=EXPORTED))
        assert len({one.pk for one in found}) == 1
        assert Export.objects.count() == 1

    def test_a_confirmation_sent_many_times_pays_once(self) -> None:
        line = LineFactory(allocated=10_000)
        owed(line, 1_500, 700)
        first, second = UserFactory.create_batch(2)
        run = exported(first, second, line)
        found = at_once(6, lambda place: confirmed(first, run))
        assert sum(not isinstance(one, ValidationError) for one in found) == 1
        assert balance(line)["paid"] == 2_200
        assert Entry.objects.filter(kind="payment").count() == 2
        assert differences() == []

    def test_calling_off_and_preparing_at_once_leave_one_of_the_two(self) -> None:
        line = LineFactory(allocated=10_000)
        (one,) = owed(line, 1_500)
        by = UserFactory()

        def act(place: int) -> Any:
            if place:
                return owing.call_off(by=by, about=[one.about], day=PREPARED, why="x")
            return prepared(by, line, [one])

        found = at_once(2, act)
        assert sum(isinstance(one, ValidationError) for one in found) == 1
        one.refresh_from_db()
        assert (one.state == "owed") == RunLine.objects.exists()
