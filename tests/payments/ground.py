"""What the tests of payment runs share."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from budget.models import Line
from budget.payments import confirming, exporting, runs
from budget.payments.confirming import Outcome
from budget.payments.layouts import SHIPPED
from budget.payments.models import Confirmation, Run
from budget.payments.states import LineState
from cc2h.accounts.authority import Role
from tests.factories import person

PREPARED, AUTHORISED, EXPORTED, CONFIRMED = (date(2018, 11, day) for day in (1, 2, 5, 8))
PAYMENT_FILE, JOURNAL, ACCRUALS = SHIPPED


def officer(line: Line, **kwargs: Any) -> Any:
    return person(Role.FINANCE_OFFICER, of=line.commissioner, **kwargs)


def prepared(by: Any, line: Line, payables: Sequence[Any] | None = None) -> Run:
    ids = None if payables is None else [one.pk for one in payables]
    return runs.prepare(by=by, commissioner=line.commissioner, payables=ids, today=PREPARED)


def authorised(by: Any, second: Any, line: Line, payables: Sequence[Any] | None = None) -> Run:
    run = prepared(by, line, payables)
    return runs.authorise(by=second, run=run, control=run.control, today=AUTHORISED)


def exported(by: Any, second: Any, line: Line, payables: Sequence[Any] | None = None) -> Run:
    run = authorised(by, second, line, payables)
    exporting.export(by=by, run=run, layout=PAYMENT_FILE, today=EXPORTED)
    run.refresh_from_db()
    return run


def outcome(reference: str, state: str = "paid", reason: str = "", day: date = CONFIRMED, **kwargs: Any) -> Outcome:
    return Outcome(reference=reference, outcome=LineState(state), day=day, reason=reason, **kwargs)


def references(run: Run) -> list[str]:
    return list(run.lines.exclude(state="out").order_by("reference").values_list("reference", flat=True))


def confirmed(by: Any, run: Run, *failed: str, today: date = CONFIRMED) -> Confirmation:
    """Everything paid, but those."""
    told = [outcome(one, "failed", "Account closed") if one in failed else outcome(one) for one in references(run)]
    return confirming.confirm(by=by, run=run, outcomes=told, today=today)


def confirmation_file(run: Run, *rows: str) -> bytes:
    """A file as the paying system gives it; a line for each payment unless told."""
    header = "run,reference,amount,outcome,day,reason"
    own = [f"{run.number},{one.reference},{one.amount},paid,2018-11-08," for one in run.lines.exclude(state="out")]
    return ("\r\n".join([header, *(rows or own)]) + "\r\n").encode()
