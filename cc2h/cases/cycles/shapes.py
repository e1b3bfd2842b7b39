"""What the API answers about cycles."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.kit.asat import AsAt


class PredictionShape(msgspec.Struct):
    """A measure (`library`: its code there), where it stood, what is expected and, once studied, whether that held.

    `shows`: what its numbers show, in words.
    """

    id: int
    measure: str
    library: str | None
    unit: str
    way: str
    baseline: str | None
    predicted: str
    target: str | None
    last: str | None
    values: dict[str, str]
    shows: str
    verdict: str | None
    why: str | None
    sha256: str | None


class CycleShape(msgspec.Struct):
    """A cycle as at the day: its plan, its numbers, what the study found and what followed."""

    id: int
    case: str
    number: int
    title: str
    question: str
    who: str
    place: str
    state: str
    first: date
    last: date
    first_planned_to_end: date
    predictions: list[PredictionShape]
    summary: str | None
    learned: str | None
    follows: str | None
    why: str | None


class FinishedItem(msgspec.Struct):
    """A finished case: what became of it and what was learned."""

    id: int
    number: str
    title: str
    chin: str
    topic: str
    state: str
    since: date
    follows: str | None
    learned: str | None


def cycle(context: Mapping[str, Any], asat: AsAt) -> CycleShape:
    one = context["cycle"]
    studied, concluded = context["study"], context["conclusion"]
    return CycleShape(
        id=one.pk,
        case=one.case.number,
        number=one.number,
        title=one.title,
        question=one.question,
        who=one.who,
        place=one.place,
        state=one.state,
        first=one.now.first,
        last=one.now.last,
        first_planned_to_end=one.at_first.last,
        predictions=[_prediction(shown, studied is not None) for shown in context["shown"]],
        summary=studied and studied.summary,
        learned=studied and studied.learned,
        follows=concluded and concluded.act,
        why=concluded and concluded.why,
    )


def _prediction(shown: Any, studied: bool) -> PredictionShape:
    one = shown.prediction
    found = one.finding if studied else None

    def said(value: Any) -> str | None:
        return None if value is None else f"{value.normalize():f}"

    return PredictionShape(
        id=one.pk,
        measure=one.measure,
        library=one.library.code if one.library else None,
        unit=one.unit,
        way=one.way,
        baseline=said(one.baseline),
        predicted=said(one.predicted) or "",
        target=said(one.target),
        last=said(shown.last),
        values={day.isoformat(): said(value) or "" for day, value in shown.rows},
        shows=shown.evidence["said"],
        verdict=found and found.verdict,
        why=found and found.why,
        sha256=found and found.sha256,
    )
