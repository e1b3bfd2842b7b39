"""What is owed, on its way, paid and failed, each with its formula and the way to its rows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from budget.payments import queries
from budget.payments.models import Run
from budget.payments.states import LineState, PayableState
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part
from cc2h.kit.links import link, with_query

NOTHING = Decimal("0.00")
OWED = "What has become payable and is neither paid nor called off, added up. What is in a payment run is owed until it is paid."
WAITING = "Payments of runs, of which the bank’s word is not in, added up. They are owed still."
PAID = "Payments that the bank confirmed and that did not come back, added up, of every year."
FAILED = "Payments that the bank refused, or that came back, added up. A later run may have paid the same sums since."


def of_home(user: Any, asat: AsAt, commissioner: Any = None) -> list[Figure]:
    """Of everything this person may see, or of one commissioner, as at the day."""
    owed = queries.payables(user, asat).filter(state_on=PayableState.OWED)
    payments = queries.payments(user, asat)
    whose = {}
    if commissioner is not None:
        owed = owed.filter(payee__commissioner=commissioner)
        payments = payments.filter(run__commissioner=commissioner)
        whose = {"commissioner": commissioner.ods_code}

    def of_payments(key: str, label: str, name: str, formula: str, states: Sequence[str], filtered: str) -> Figure:
        value = _sum(payments.filter(state_on__in=states))
        return _figure(key, label, name, value, formula, asat, "payments:payment_list", {**whose, "state": filtered})

    return [
        _figure("owed", "Owed", "Sums owed", _sum(owed), OWED, asat, "payments:payable_list", {**whose, "state": "owed"}),
        of_payments("on-the-way", "Of that, in payment runs", "Payments on their way", WAITING, [LineState.WAITING], "waiting"),
        of_payments("paid", "Paid", "Payments that were paid", PAID, [LineState.PAID], "paid"),
        of_payments(
            "failed", "Failed or came back", "Such payments", FAILED, [LineState.FAILED, LineState.REVERSED], "exceptions"
        ),
    ]  # fmt: skip


def of_run(run: Run, counted: Sequence[queries.Counted], asat: AsAt) -> list[Figure]:
    """What the run comes to, and what of it has become what."""
    query = {"commissioner": run.commissioner.ods_code, "run": run.number}
    total = sum((one.sum for one in counted), NOTHING)
    whole = _figure(
        "run", "In all", "Its payments", total, "The payments of the run, added up.", asat, "payments:payment_list", query
    )  # fmt: skip
    parts = [
        _figure(
            f"run-{one.state}",
            one.label,
            "Such payments",
            one.sum,
            f"Payments of the run, added up: {one.label[:1].lower()}{one.label[1:]}.",
            asat,
            "payments:payment_list",
            query | {"state": one.state},
        )
        for one in counted
    ]
    return [whole, *parts]


def _sum(rows: Any) -> Decimal:
    return rows.order_by().aggregate(sum=Sum("amount"))["sum"] or NOTHING


def _figure(
    key: str, label: str, name: str, value: Decimal, formula: str, asat: AsAt, address: str, query: dict[str, str]
) -> Figure:
    url = link(asat, address, query=query)
    part = Part(name=name, value=value, unit="£", url=url, csv=with_query(url, {"format": "csv"}), measure="sum:amount")
    return Figure(
        key=f"payments-{key}",
        label=label,
        kind="sum",
        value=value,
        unit="£",
        places=2,
        as_at=asat.day,
        known=asat.known,
        formula=formula,
        parts=[part],
    )
