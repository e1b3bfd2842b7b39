"""What is owed, with a commitment behind it, and who is paid."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from budget import ledger
from budget.models import Line
from budget.payments import confirming, exporting, owing, runs
from budget.payments.confirming import Outcome
from budget.payments.layouts import SHIPPED
from budget.payments.models import Layout, Payable, Payee, Run
from budget.payments.states import LineState
from tests.factories.accounts import UserFactory
from tests.factories.practices import CommissionerFactory, PracticeFactory

OWED_ON = date(2018, 10, 1)


class PayeeFactory(DjangoModelFactory):
    """An NHS trust, unless told."""

    class Meta:
        model = Payee

    commissioner = factory.SubFactory(CommissionerFactory)
    kind = "trust"
    name = factory.Sequence(lambda n: f"Trust {n}")
    reference = factory.Sequence(lambda n: f"T-{n}")


def owed(
    line: Line,
    *amounts: int | str,
    practices: Iterable[Any] = (),
    payee: Any = None,
    vouched_by: Iterable[Any] = (),
    committed: bool = True,
    prefix: str = "thing",
    about: str = "",
    year: int = 2018,
    by: Any = None,
) -> list[Payable]:
    """So much each is owed to a practice of its own, or to the payee, and committed on the line.

    about: what a single one is owed for; several are numbered after the prefix.
    """
    total = sum(map(Decimal, amounts))
    if committed:
        ledger.commit(by=by, line=line, year=year, amount=total, day=OWED_ON, reason="Accepted")
    own = list(practices) or [None if payee else PracticeFactory(commissioner=line.commissioner) for _ in amounts]
    first = Payable.objects.count()
    return owing.owe(
        by=by,
        day=OWED_ON,
        owed=[
            owing.Owed(
                about=about or f"{prefix}:{first + number}",
                practice=practice,
                payee=payee,
                line=line,
                year=year,
                chin=None,
                amount=Decimal(amount),
                reason=f"Thing {first + number}",
                vouched_by=frozenset(one.pk for one in vouched_by),
            )
            for number, (amount, practice) in enumerate(zip(amounts, own, strict=True))
        ],
    )


class LayoutFactory(DjangoModelFactory):
    """A payment file of the commissioner's own."""

    class Meta:
        model = Layout

    commissioner = factory.SubFactory(CommissionerFactory)
    name = factory.Sequence(lambda n: f"Layout {n}")
    kind = "payment"
    columns = factory.LazyFunction(lambda: ["reference", "payee_reference", "amount"])


def confirmed_run(run: Run, by: Any) -> Run:
    """Authorised by somebody else, exported, and paid a week after it was prepared."""
    day = run.prepared_on
    runs.authorise(by=UserFactory(), run=run, control=run.control, today=day)
    exporting.export(by=by, run=run, layout=SHIPPED[0], today=day)
    paid = [Outcome(one.reference, LineState.PAID, day + timedelta(days=7)) for one in run.lines.all()]
    confirming.confirm(by=by, run=run, outcomes=paid, today=day + timedelta(days=7))
    run.refresh_from_db()
    return run
