"""A confirmation file: what is not as it was authorised is refused with its line, and nothing of it is recorded."""

from typing import Any

import pytest

from budget.models import Entry, Line
from budget.payments import confirming
from budget.payments.confirming import read
from budget.payments.models import Confirmation, Run, RunStep
from tests.budget.ground import balance, refused
from tests.factories import LineFactory
from tests.factories.payments import owed
from tests.payments.ground import CONFIRMED, confirmation_file, confirmed, exported, officer, references

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(allocated=100_000)
    return made


@pytest.fixture
def run(line: Line) -> Run:
    owed(line, 1_500, 700)
    return exported(officer(line), officer(line), line)


def confirm(run: Run, data: bytes) -> Confirmation:
    return confirming.confirm(
        by=run.prepared_by, run=run, outcomes=read(data), today=CONFIRMED, file_name="paid.csv", data=data
    )


def test_a_file_confirms_every_payment_of_the_run(run: Run, line: Line) -> None:
    made = confirm(run, confirmation_file(run))
    assert (made.paid, made.failed, made.reversed, made.file_name) == (2, 0, 0, "paid.csv")
    assert balance(line)["paid"] == 2_200


@pytest.mark.parametrize("outcome", ["paid", "failed"])
def test_a_reason_is_kept_whole_or_refused(run: Run, outcome: str) -> None:
    one = references(run)[0]
    data = confirmation_file(run, f"{run.number},{one},1500.00,{outcome},2018-11-08,{'x' * 501}")
    assert refused(lambda: confirm(run, data)) == (
        f"Line 2: the reason of {one} is too long; expected at most 500 characters why; this has 501."
    )


def test_a_part_of_the_payments_may_come_first(run: Run, line: Line) -> None:
    one, two = references(run)
    confirm(run, confirmation_file(run, f"{run.number},{one},1500.00,paid,2018-11-08,"))
    run.refresh_from_db()
    assert run.state == "exported"
    confirm(run, confirmation_file(run, f"{run.number},{two},700.00,failed,2018-11-08,Account closed"))
    run.refresh_from_db()
    assert run.state == "confirmed"
    assert balance(line)["paid"] == 1_500


def test_other_headings_and_delimiters_are_read(run: Run) -> None:
    one, two = references(run)
    data = f"\ufeffRef;Payment run;Value date;Status;Amount paid\r\n{one.lower()};{run.number};2018-11-08;PAID;£1,500.00\r\n\r\n{two};;2018-11-08;paid;700\r\n"
    assert confirm(run, data.encode()).paid == 2


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b",,,\n,,\n", b'""\n', "\u2003\n".encode()])
def test_a_file_of_nothing_is_empty(data: bytes) -> None:
    assert refused(lambda: read(data)) == "The file is empty."


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("-1500.00", "“-1500.00” is less than nothing."),
        ("0", "“0” is nothing."),
        ("1500.000", "“1500.000” has more than two decimals."),
        ("1e9", "“1e9” is not an amount."),
        ('"1.500,00"', "“1.500,00” is not an amount."),
        ("NaN", "“NaN” is not an amount."),
        ("", "it has no amount; expected pounds and pence"),
        ("1500.01", "the amount of {reference} is £1,500.01; expected £1,500.00, as it was authorised."),
        ("15000000000000", "more than the portal can keep"),
    ],
)
def test_a_bad_or_altered_amount_is_refused(run: Run, line: Line, amount: str, said: str) -> None:
    one, two = references(run)
    rows = (f"{run.number},{two},700.00,paid,2018-11-08,", f"{run.number},{one},{amount},paid,2018-11-08,")
    found = refused(lambda: confirm(run, confirmation_file(run, *rows)))
    assert found.startswith("Line 3: ")
    assert said.format(reference=one) in found
    assert balance(line)["paid"] == 0
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize("amount", ['"£1,500.00"', "1500", "1500.0", '"1,500.00"'])
def test_an_amount_whose_meaning_is_certain_is_taken(run: Run, amount: str) -> None:
    row = f"{run.number},{references(run)[0]},{amount},paid,2018-11-08,"
    assert confirm(run, confirmation_file(run, row)).paid == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2018-009,{one},1500.00,paid,2018-11-08,", "Line 2: it is of payment run 2018-009; expected 2018-001."),
        ("{run},NONE-1,1500.00,paid,2018-11-08,", "Line 2: the reference is NONE-1, and no payment has it"),
        ("{run},{one},1500.00,sent,2018-11-08,", "Line 2: the outcome is “sent”; expected paid, failed or reversed."),
        ("{run},{one},1500.00,failed,2018-11-08,", "is failed, and no reason is given"),
        (
            "{run},{one},1500.00,reversed,2018-11-08,Closed",
            "came back, says the file; expected that it is confirmed as paid",
        ),
        ("{run},{one},1500.00,paid,2018-11-09,", "which is still to come; expected 8 November 2018 or earlier."),
        ("{run},{one},1500.00,paid,2018-11-04,", "expected 5 November 2018, when it was exported, or later."),
        ("{run},{one},1500.00,paid,31/02/2018,", "Line 2: "),
        ("{run},,1500.00,paid,2018-11-08,", "Line 2: it has no reference."),
        ("{run},{one},100%s,paid,2018-11-08,", "“100%s” is not an amount."),
    ],
)
def test_a_line_that_is_not_as_expected_is_named(run: Run, row: str, said: str) -> None:
    data = confirmation_file(run, row.format(run=run.number, one=references(run)[0]))
    assert said in refused(lambda: confirm(run, data))
    assert not Entry.objects.filter(kind="payment").exists()


def test_a_payment_of_another_run_is_refused(run: Run, line: Line) -> None:
    owed(line, 300)
    other = exported(officer(line), officer(line), line)
    data = confirmation_file(run, f",{references(other)[0]},300.00,paid,2018-11-08,")
    assert "it is of payment run 2018-002; expected one of Payment run 2018-001" in refused(lambda: confirm(run, data))


def test_the_same_line_twice_is_refused(run: Run) -> None:
    row = f"{run.number},{references(run)[0]},1500.00,paid,2018-11-08,"
    assert f"Line 3: {references(run)[0]} stands in line 2 already" in refused(
        lambda: confirm(run, confirmation_file(run, row, row))
    )


def test_the_same_file_twice_is_recorded_once(run: Run, line: Line) -> None:
    data = confirmation_file(run)
    confirm(run, data)
    assert refused(lambda: confirm(run, data)) == (
        "This file has confirmed Payment run 2018-001 already, on 8 November 2018. Nothing is recorded twice."
    )
    assert balance(line)["paid"] == 2_200


def test_what_is_confirmed_already_is_not_confirmed_again(run: Run) -> None:
    one = references(run)[0]
    confirmed(run.prepared_by, run)
    said = refused(lambda: confirm(run, confirmation_file(run)))
    assert f"Line 2: {one} is paid already, on 8 November 2018" in said
    assert RunStep.objects.filter(step="refused").count() == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"   \r\n", "The file is empty."),
        (b"%PDF\0\0", "That is no text file."),
        (b"run,reference\r\n", "Line 1 has no column amount, outcome and day."),
        ("run,reference,amount,outcome,day\r\nü".encode("latin-1"), "Line 2 is not in UTF-8."),
        (b"run,reference,amount,outcome,day,reason\r\n", "it has no lines below its headings"),
        (b'run,reference,amount,outcome,day\r\n"a', "is not CSV"),
        (b"x" * (6 << 20), "The file is larger than 5 MB."),
    ],
)
def test_what_is_no_confirmation_is_refused(data: bytes, said: str) -> None:
    assert said in refused(lambda: read(data))


def test_many_problems_are_named_and_the_rest_counted(run: Run, line: Any) -> None:
    rows = [f"{run.number},X{n},1,paid,2018-11-08," for n in range(30)]
    assert refused(lambda: confirm(run, confirmation_file(run, *rows))).endswith("And 10 more.")
