"""What the API answers about claims. Amounts are pounds; null: not payable, or not stated, which is not 0."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from budget.lcs.claim_queries import Shown
from cc2h.kit.api.shapes import FigureShape, figures, number
from cc2h.kit.asat import AsAt


class ClaimItem(msgspec.Struct):
    """A claim as at the day. waiting: for how many days it has been waiting to be verified."""

    id: int
    practice: str
    practice_name: str
    chin: str | None
    service: str
    stage: int
    stage_name: str
    state: str
    since: date | None
    sent: date | None
    due: date | None
    waiting: int | None
    amount: float | None


class OutputShape(msgspec.Struct):
    """An output of a claim: `state` is accepted, returned, there or lacking. lapsed: what no longer holds of what was accepted."""

    number: int
    name: str
    whose: str
    evidence: str
    state: str
    rests_on: str
    lacks: str
    lapsed: str
    entered_by: str | None
    on_behalf: bool
    how_it_came: str
    text: str
    pledged: bool | None
    judged_by: str | None
    judged_on: date | None
    reason: str


class StepShape(msgspec.Struct):
    """What happened to a claim."""

    event: str
    day: date
    by: str | None
    on_behalf: bool
    why: str


class ClaimShape(msgspec.Struct):
    """A claim, its outputs as they stand today, and what happened to it."""

    id: int
    practice: str
    practice_name: str
    chin: str | None
    service: str
    stage: int
    state: str
    late: bool
    amount: float | None
    barred: str
    outputs: list[OutputShape]
    steps: list[StepShape]


class MoneyShape(msgspec.Struct):
    """What a practice is owed and was paid, and what its claims still need."""

    practice: str
    figures: list[FigureShape]
    claims: list[ClaimItem]


def _output(one: Shown) -> OutputShape:
    output, answer = one.output, one.answer
    return OutputShape(
        number=output.number,
        name=output.name,
        whose=output.whose,
        evidence=output.evidence,
        state=one.state,
        rests_on=one.basis,
        lacks=one.lacks,
        lapsed=one.lapsed,
        entered_by=answer.entered_by.name if answer and answer.entered_by else None,
        on_behalf=bool(answer and answer.on_behalf),
        how_it_came=answer.how_it_came if answer else "",
        text=answer.text if answer else "",
        pledged=answer.pledged if answer else None,
        judged_by=answer.judged_by.name if answer and answer.judged_by else None,
        judged_on=answer.judged_on if answer else None,
        reason=answer.reason if answer else "",
    )


def claim(context: Mapping[str, Any], asat: AsAt) -> ClaimShape:
    """What templates/lcs/claim.html shows."""
    one = context["claim"]
    return ClaimShape(
        id=one.pk,
        practice=one.practice.ods_code,
        practice_name=one.practice_name,
        chin=one.chin_now_slug,
        service=one.stage.service.slug,
        stage=one.stage.number,
        state=one.state_on,
        late=context["late"],
        amount=number(one.amount),
        barred=context["barred"],
        outputs=[_output(shown) for shown in context["shown"]],
        steps=[
            StepShape(step.event, step.day, step.by.name if step.by else None, step.on_behalf, step.why)
            for step in context["steps"]
        ],
    )


def item(one: Any) -> ClaimItem:
    return ClaimItem(
        id=one.pk,
        practice=one.practice.ods_code,
        practice_name=one.practice_name,
        chin=one.chin_now_slug,
        service=one.stage.service.slug,
        stage=one.stage.number,
        stage_name=one.stage.name,
        state=one.state_on,
        since=one.since,
        sent=one.sent_by_then,
        due=one.stage.due,
        waiting=one.waiting,
        amount=number(one.amount),
    )


def money(context: Mapping[str, Any], asat: AsAt) -> MoneyShape:
    """What templates/lcs/practice_money.html shows."""
    return MoneyShape(
        context["practice"].ods_code,
        figures(context["figures"]),
        [item(row.claim) for group in context["groups"] for row in group.rows],
    )


class ClaimHeap(msgspec.Struct):
    """Claims of practices in one CHIN (null: in none) in one state; of those that wait, of one band of days.

    comes_to: null where that is stated of none of them.
    """

    chin: str | None
    chin_name: str | None
    state: str
    waiting: str | None
    claims: int
    comes_to: float | None


class ClaimsByChin(msgspec.Struct):
    """Claims by CHIN and state as at the day."""

    as_at: date
    service: str | None
    rows: list[ClaimHeap]


def by_chin(context: Mapping[str, Any], asat: AsAt) -> ClaimsByChin:
    rows = [
        ClaimHeap(chin or None, name or None, state, waiting or None, n, number(amount))
        for chin, name, state, waiting, n, amount in context["found"].lines()
    ]
    return ClaimsByChin(asat.day, context["service"] or None, rows)
