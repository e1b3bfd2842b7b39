"""What the API answers about expressions of interest."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.kit.api.shapes import EntryShape, FigureShape, entries, figure
from cc2h.kit.asat import AsAt


class ExpressionItem(msgspec.Struct):
    """An expression of interest in the list, as at the day."""

    id: int
    title: str
    commissioner: str
    received: date
    status: str
    since: date
    lead: str | None
    lead_in_words: str
    practices: int
    patients: int
    chin: str | None


class CriterionItem(msgspec.Struct):
    """What is looked for, and how much it counts."""

    id: int
    name: str
    looks_for: str
    commissioner: str
    maximum: int
    weight: float
    first: date


class ScoreItem(msgspec.Struct):
    """What an evaluator gave for a criterion."""

    id: int
    criterion: str
    evaluator: str
    score: int
    maximum: int
    weight: float
    weighted: float
    possible: float
    comment: str


class ParticipantShape(msgspec.Struct):
    """A practice that an expression names, with its list and its CHIN on the day."""

    ods_code: str
    name: str
    patients: int | None
    list_day: date | None
    chin: str | None


class ExpressionShape(msgspec.Struct):
    """An expression of interest. `practices_not_named`: of those it names, whose names the reader may not see.

    `evaluations`: how many are complete; `score`: what they come to; null while the reader may not know.
    """

    id: int
    title: str
    commissioner: str
    status: str
    since: date
    received: date
    lead: str
    submitted_by: str
    area: str
    focus_areas: list[str]
    proposal: str
    practices: list[ParticipantShape]
    practices_not_named: int
    decided: date | None
    decided_by: str
    reason: str
    chin: str | None
    evaluations: int | None
    score: FigureShape | None
    history: list[EntryShape] | None


def expression(context: Mapping[str, Any], asat: AsAt) -> ExpressionShape:
    """What templates/chins/expression.html shows."""
    one, evaluation, over = context["expression"], context["evaluation"], context["over"]
    return ExpressionShape(
        id=one.pk,
        title=one.title,
        commissioner=one.commissioner.ods_code,
        status=one.status,
        since=one.since,
        received=one.received,
        lead=one.led_by,
        submitted_by=str(one.submitted_by or ""),
        area=one.area,
        focus_areas=one.focus_areas,
        proposal=one.proposal,
        practices=[
            ParticipantShape(
                p.practice.ods_code, p.name, p.patients, p.list_day, p.membership.chin.slug if p.membership else None
            )
            for p in context["participants"]
        ],
        practices_not_named=context["hidden"],
        decided=one.decided if over else None,
        decided_by=str(one.decided_by or "") if over else "",
        reason=one.reason if over else "",
        chin=one.chin.slug if over and one.chin else None,
        evaluations=evaluation.finished if evaluation else None,
        score=figure(context["figure"]) if context["figure"] else None,
        history=None if context["history"] is None else entries(context["history"]),
    )
