"""What the API answers about payments. Amounts are pounds."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from cc2h.kit.api.shapes import number
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_name


class PayableItem(msgspec.Struct):
    """A sum that is or was owed. `run`: the newest payment run it was put into by the day."""

    id: int
    payee: str
    payee_reference: str
    line: str
    financial_year: str
    chin: str | None
    amount: float
    what_for: str
    about: str
    owed_since: date
    state: str
    run: str | None


class RunItem(msgspec.Struct):
    """A payment run, with its state on the day."""

    id: int
    number: str
    commissioner: str
    state: str
    payments: int
    total: float
    control: str
    prepared_by: str
    prepared_on: date
    authorised_by: str | None
    authorised_on: date | None
    exported_on: date | None
    confirmed_on: date | None
    withdrawn_on: date | None


class PaymentItem(msgspec.Struct):
    """A payment of a run, and what had become of it by the day."""

    id: int
    reference: str
    run: str
    payee: str
    payee_reference: str
    line: str
    financial_year: str
    amount: float
    what_for: str
    state: str
    day: date | None
    reason: str


class RecoveryItem(msgspec.Struct):
    """A payment that was asked back, and what had become of that by the day."""

    id: int
    payee: str
    payee_reference: str
    line: str
    financial_year: str
    amount: float
    what_for: str
    about: str
    reason: str
    asked_back: date
    state: str
    settled: date | None
    how: str


class PayeeItem(msgspec.Struct):
    """Somebody who can be paid, with what it is owed and was paid; null: nothing."""

    id: int
    commissioner: str
    kind: str
    name: str
    reference: str
    practice: str | None
    federation: str | None
    owed: float | None
    paid: float | None


class SumShape(msgspec.Struct):
    """What is owed on a line for a year, or to a payee."""

    of: str
    financial_year: str | None
    count: int
    sum: float


class WaitingShape(msgspec.Struct):
    """A run that waits: for whom."""

    run: int
    number: str
    state: str
    total: float
    waits_for: list[str]


class PaymentsShape(msgspec.Struct):
    """What is owed by line and to whom the most, and what waits today."""

    by_line: list[SumShape]
    by_payee: list[SumShape]
    waiting: list[WaitingShape]
    came_back: int
    asked_back: int


class StepShape(msgspec.Struct):
    """Something done with a run, and what it came to then."""

    step: str
    by: str | None
    day: date
    at: datetime
    payments: int
    total: float
    control: str
    why: str


class ExportShape(msgspec.Struct):
    """A file that was made of a run; its bytes are at /exports/id/."""

    id: int
    layout: str
    kind: str
    rows: int
    sha256: str
    made_by: str
    made_at: datetime
    fetched: int


class AuthoriserShape(msgspec.Struct):
    """Somebody whose post could authorise the run, and why they may not, if so."""

    name: str
    may: bool
    why_not: str


class RunShape(msgspec.Struct):
    """A payment run: its steps, files and payments, and who may authorise it today. `control` is what is authorised."""

    number: str
    commissioner: str
    state: str
    payments: int
    total: float
    control: str
    steps: list[StepShape]
    exports: list[ExportShape]
    may_authorise: list[AuthoriserShape]
    lines: list[PaymentItem]


class PaidShape(msgspec.Struct):
    """A payment to a payee."""

    reference: str
    run: str
    what_for: str
    amount: float
    state: str
    day: date | None
    reason: str


class OwedShape(msgspec.Struct):
    """A sum that a payee is owed."""

    what_for: str
    amount: float
    owed_since: date
    state: str


class PayeeShape(msgspec.Struct):
    """A payee, what it is owed and every payment to it."""

    name: str
    kind: str
    reference: str
    owed: list[OwedShape]
    payments: list[PaidShape]


class LayoutShape(msgspec.Struct):
    """A layout of a file; `id` is null for those that come with the portal."""

    id: int | None
    commissioner: str
    name: str
    kind: str
    columns: list[str]
    delimiter: str
    heading: bool


class LayoutsShape(msgspec.Struct):
    """The layouts there are."""

    layouts: list[LayoutShape]


def home(context: Mapping[str, Any], asat: AsAt) -> PaymentsShape:
    return PaymentsShape(
        [SumShape(one.of[1], year_name(one.year), one.count, number(one.sum)) for one in context["by_line"]],
        [SumShape(one.of[1], None, one.count, number(one.sum)) for one in context["by_payee"]],
        [
            WaitingShape(one.run.pk, one.run.number, one.run.state, number(one.run.total), list(one.people))
            for one in context["waiting"]
        ],
        len(context["came_back"]),
        len(context["asked_back"]),
    )


def run(context: Mapping[str, Any], asat: AsAt) -> RunShape:
    it = context["run"]
    return RunShape(
        it.number,
        it.commissioner.ods_code,
        it.state_on,
        it.count,
        number(it.total),
        it.control,
        [
            StepShape(
                one.step,
                one.by.name if one.by else None,
                one.day,
                one.at,
                one.count,
                number(one.total),
                one.control,
                one.why,
            )
            for one in context["steps"]
        ],
        [
            ExportShape(one.pk, one.layout, one.kind, one.rows, one.sha256, one.made_by.name, one.made_at, one.fetched)
            for one in context["exports"]
        ],
        [AuthoriserShape(one.name, not one.why_not, one.why_not) for one in context["authorisers"]],
        [
            PaymentItem(
                one.pk,
                one.reference,
                it.number,
                one.payable.payee.name,
                one.payee_reference,
                one.payable.line.slug,
                year_name(one.payable.year),
                number(one.amount),
                one.payable.reason,
                one.state_on,
                one.day_on,
                one.reason,
            )
            for one in context["lines"]
        ],
    )


def payee(context: Mapping[str, Any], asat: AsAt) -> PayeeShape:
    it = context["payee"]
    return PayeeShape(
        it.name,
        it.kind,
        it.reference,
        [OwedShape(one.reason, number(one.amount), one.day, one.state_on) for one in context["owed"]],
        [
            PaidShape(
                one.reference,
                one.run.number,
                one.payable.reason,
                number(one.amount),
                one.state_on,
                one.day_on,
                one.reason,
            )
            for one in context["payments"]
        ],
    )


def layouts(context: Mapping[str, Any], asat: AsAt) -> LayoutsShape:
    return LayoutsShape(
        [
            LayoutShape(
                one.pk, commissioner.ods_code, one.name, one.kind, list(one.columns), one.delimiter, one.heading
            )
            for commissioner, found in context["layouts"]
            for one in found
        ]
    )
