"""What the API answers about local services. Amounts are pounds; null: not stated, which is not 0."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from budget.lcs.figures import ChinRow
from cc2h.kit.api.shapes import EntryShape, FigureShape, Pounds, entries, figures, number, pounds
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_name
from cc2h.kit.words import decimal


class ServiceItem(msgspec.Struct):
    """A local service. `rate`: for each practice, or for each patient."""

    id: int
    service: str
    name: str
    commissioner: str
    line: str
    opens: date
    closes: date | None
    tariff: str
    rate: Pounds | None
    list_sizes_of: date | None
    eligible: int
    state: str


class PlaceItem(msgspec.Struct):
    """A practice on the list, as one stage has it. Code and name are null to those who may not see claims."""

    id: int
    code: str | None
    name: str | None
    chin: str | None
    chin_name: str | None
    list_size: int | None
    amount: Pounds | None
    claim: str | None
    outputs_accepted: int
    payable: Pounds | None
    paid: Pounds | None
    added: date
    why_added: str


class OutputShape(msgspec.Struct):
    """What a stage asks for, whose it is and what shows it."""

    id: int
    number: int
    name: str
    guidance: str
    whose: str
    evidence: str
    post: str
    agreement_kind: str


class StageShape(msgspec.Struct):
    """A part of a service that is claimed for by itself. `share`: percent."""

    id: int
    number: int
    name: str
    share: float | None
    financial_year: str
    begins: date
    due: date | None
    outputs: list[OutputShape]


class ServiceShape(msgspec.Struct):
    """A service: what it asks for, its approval, and how many practices are eligible."""

    service: str
    name: str
    purpose: str
    commissioner: str
    line: str
    opens: date
    closes: date | None
    tariff: str
    rate: Pounds | None
    list_sizes_of: date | None
    state: str
    approved_by: str
    approved_on: date | None
    approved_where: str
    interests: str
    list_of: date | None
    eligible: int
    ended_on: date | None
    why_ended: str
    paper: str
    stages: list[StageShape]
    history: list[EntryShape] | None


class ChinStanding(msgspec.Struct):
    """How far the practices of a CHIN have come; null: those in none."""

    chin: str | None
    eligible: int
    answered: int
    outputs_accepted: int
    practices_paid: int
    payable: Pounds | None
    paid: Pounds | None


class CandidateShape(msgspec.Struct):
    """A practice that is not on the list, where the line would pay for more than are, and why not."""

    code: str
    name: str
    why: str


class ReconciliationShape(msgspec.Struct):
    """What a stage of a service can come to, and has come to, against its line."""

    service: str
    stage: int | None
    financial_year: str | None
    figures: list[FigureShape]
    chins: list[ChinStanding]
    not_on_the_list: list[CandidateShape]


def _output(one: Any) -> OutputShape:
    return OutputShape(
        one.pk, one.number, one.name, one.guidance, one.whose, one.evidence, one.role, one.agreement_kind
    )


def _stage(one: Any) -> StageShape:
    return StageShape(
        id=one.pk,
        number=one.number,
        name=one.name,
        share=number(one.share),
        financial_year=year_name(one.year),
        begins=one.from_day,
        due=one.due,
        outputs=[_output(output) for output in one.outputs.all()],
    )


def _chin(row: ChinRow) -> ChinStanding:
    eligible, answered, outputs, practices, payable, paid = (cell.part.value for cell in row.cells)
    counts = (number(eligible), number(answered), number(outputs), number(practices))
    return ChinStanding(row.slug, *counts, _amount(payable), _amount(paid))


def _amount(value: Any) -> Any:
    return pounds(None if value is None else decimal(value))


def service(context: Mapping[str, Any], asat: AsAt) -> ServiceShape:
    """What templates/lcs/service.html shows."""
    one, said = context["service"], context["history"]
    return ServiceShape(
        service=one.slug,
        name=one.name,
        purpose=one.purpose,
        commissioner=one.line.commissioner.ods_code,
        line=one.line.slug,
        opens=one.opens_on,
        closes=one.closes_on,
        tariff=one.tariff,
        rate=pounds(one.rate),
        list_sizes_of=one.list_day,
        state=one.state,
        approved_by=one.approved_by,
        approved_on=one.approved_on,
        approved_where=one.approved_where,
        interests=one.interests,
        list_of=one.frozen_on,
        eligible=context["eligible"],
        ended_on=one.ended_on,
        why_ended=one.why_ended,
        paper=one.source,
        stages=[_stage(stage) for stage in context["stages"]],
        history=None if said is None else entries(said),
    )


def reconciliation(context: Mapping[str, Any], asat: AsAt) -> ReconciliationShape:
    """What templates/lcs/service_reconciliation.html shows."""
    stage, shown = context["stage"], context["figures"]
    return ReconciliationShape(
        service=context["service"].slug,
        stage=stage.number if stage else None,
        financial_year=year_name(stage.year) if stage else None,
        figures=figures(one.figure for one in (*shown.can, *shown.have)) if shown else [],
        chins=[_chin(row) for row in context["chins"]],
        not_on_the_list=[CandidateShape(one.code, one.name, one.why) for one in context["candidates"]],
    )
