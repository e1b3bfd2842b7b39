"""Outcome objectives: what a CHIN or a QIST agreed to bring about, in three kinds, each tied to a measure and a target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from cc2h.accounts import records
from cc2h.accounts.records import Named, Record
from cc2h.kit import dated
from cc2h.kit.asat import AsAt
from cc2h.kit.together import Asking
from cc2h.kit.writing import writing
from chins.models import Chin
from kpis import untold
from kpis.models import Better, Definition, Level, Measure, Objective, OutcomeKind, RollUp
from kpis.periods import period_name
from kpis.series import value_of

WHOSE = ("chin", "qist")  # kinds of record that agree on objectives


def agree(
    *,
    by: Any,
    record: Record,
    outcome: str,
    text: str,
    measure: Measure,
    target: Decimal | None,
    agreed_by: str,
    first: date,
) -> Objective:
    """An objective from a day on. Raises ValidationError."""
    if record.kind not in WHOSE:
        raise ValidationError("Only a CHIN or a QIST agrees on outcome objectives.")
    with writing(by):
        return dated.record(
            Objective, by=by, first=first, kind=record.kind, key=record.key, outcome=outcome, text=text,
            measure=measure, target=target, agreed_by=agreed_by,
        )  # fmt: skip


def end(*, by: Any, objective: Objective, last: date, reason: str) -> Objective:
    """It is pursued until a day."""
    with writing(by):
        return dated.end(objective, last=last, by=by, reason=reason)


def correct(*, by: Any, objective: Objective, reason: str, **facts: Any) -> Objective:
    """What was recorded of it was wrong. Raises StaleRecord."""
    with writing(by):
        return dated.correct(objective, by=by, reason=reason, **facts)


# Reading -------------------------------------------------------------------------------------------------


def seen(user: Any, asat: AsAt) -> Any:
    """Objectives of the CHINs and QISTs that somebody may see."""
    return Objective.objects.filter(records.seen(user, asat)).select_related("measure")


def of_record(record: Record, asat: AsAt) -> QuerySet[Any]:
    found = Objective.objects.as_at(asat.day, asat.known_at).filter(kind=record.kind, key=record.key)
    return found.select_related("measure").order_by("outcome", "pk")


def agreed(user: Any, asat: AsAt) -> list[tuple[Named, Mapping[str, int]]]:
    """Whoever agreed on objectives, with how many of each kind are in force on the page's day."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    rows = seen(user, asat).as_at(asat.day, asat.known_at)
    for kind, key, outcome in rows.values_list("kind", "key", "outcome"):
        of = counts.setdefault((kind, key), dict.fromkeys(OutcomeKind.values, 0))
        of[outcome] += 1
    named = records.named(user, asat, counts)
    return sorted(((named[one], counts[one]) for one in counts if one in named), key=lambda both: both[0].name)


@dataclass(frozen=True)
class Progress:
    """An objective beside the newest value of its measure. reached: None while value or target is not known."""

    objective: Objective
    name: str
    definition: Definition | None
    value: float | None
    period: str
    reached: bool | None


@dataclass(frozen=True)
class Newest:
    """A CHIN's newest value of a measure, of whatever period that is."""

    code: str
    name: str
    definition: Definition
    value: float | None
    period: str


def progress(
    record: Record, asat: AsAt, user: Any
) -> Asking[tuple[Mapping[str, Sequence[Progress]], Sequence[Newest]]]:
    """Objectives by kind of outcome, a kind without one there with none; and of a CHIN every measure's newest value.

    What a QIST's CHINs have together is not added up.
    """
    own = Chin.objects.filter(slug=record.key if record.kind == "chin" else None).values("pk")
    rows = RollUp.objects.filter(level=Level.CHIN, group__in=own, ends__lte=asat.day)
    objectives, definitions, found = yield (
        of_record(record, asat),
        Definition.objects.held(asat.known_at).select_related("measure").order_by("measure", "period"),
        rows.order_by("measure_id", "-ends").distinct("measure_id"),
    )
    called: dict[int, Definition] = {}
    for one in definitions:
        if one.measure_id not in called or one.first_day <= asat.day:
            called[one.measure_id] = one
    few = {(Level.CHIN.value, row.group) for row in found if untold.few(row.unpublished)}
    if few - untold.sees_each(user, few):
        found = [row for row in found if not untold.few(row.unpublished)]
    newest: dict[int, Newest] = {}
    for row in found:
        if definition := called.get(row.measure_id):
            newest[row.measure_id] = Newest(
                definition.measure.code,
                definition.name,
                definition,
                value_of(definition, row.numerator, row.denominator),
                period_name(row.ends, row.months),
            )
    progressed: dict[str, list[Progress]] = {kind: [] for kind in OutcomeKind.values}
    for objective in objectives:
        progressed[objective.outcome].append(
            _progress(objective, called.get(objective.measure_id), newest.get(objective.measure_id))
        )
    told = [one for one in newest.values() if one.value is not None]
    return progressed, sorted(told, key=lambda one: one.name)


def _progress(objective: Objective, definition: Definition | None, newest: Newest | None) -> Progress:
    value, reached = (newest.value if newest else None), None
    if value is not None and objective.target is not None and definition and definition.better != Better.NEITHER:
        target = float(objective.target)
        reached = target <= value if definition.better == Better.UP else value <= target
    name = definition.name if definition else objective.measure.code
    return Progress(objective, name, definition, value, newest.period if newest else "", reached)
