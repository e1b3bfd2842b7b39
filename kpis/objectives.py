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
from cc2h.kit.writing import writing
from chins.models import Chin
from kpis import untold
from kpis.models import Better, Definition, Level, Measure, Objective, OutcomeKind, RollUp
from kpis.periods import period_name
from kpis.queries import names_of
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


def progress(record: Record, asat: AsAt, user: Any) -> Mapping[str, Sequence[Progress]]:
    """By kind of outcome; a kind without an objective is there with none."""
    objectives = list(of_record(record, asat))
    measures = [one.measure for one in objectives]
    names = names_of(measures, asat)
    definitions = {
        one.measure_id: one for one in Definition.objects.as_at(asat.day, asat.known_at).filter(measure__in=measures)
    }
    newest = _newest(record, measures, asat, user)
    found: dict[str, list[Progress]] = {kind: [] for kind in OutcomeKind.values}
    for one in objectives:
        definition, row = definitions.get(one.measure_id), newest.get(one.measure_id)
        value = value_of(definition, row.numerator, row.denominator) if definition and row else None
        reached = None
        if value is not None and one.target is not None and definition and definition.better != Better.NEITHER:
            better = float(one.target) <= value if definition.better == Better.UP else value <= float(one.target)
            reached = better
        period = period_name(row.ends, row.months) if row else ""
        found[one.outcome].append(
            Progress(one, names.get(one.measure_id, one.measure.code), definition, value, period, reached)
        )
    return found


def _newest(record: Record, measures: Sequence[Measure], asat: AsAt, user: Any) -> dict[int, RollUp]:
    """Of a CHIN; what a QIST's CHINs have together is not added up."""
    chin = Chin.objects.filter(slug=record.key).first() if record.kind == "chin" else None
    if chin is None:
        return {}
    rows = RollUp.objects.filter(level=Level.CHIN, group=chin.pk, measure__in=measures, ends__lte=asat.day)
    found = list(rows.order_by("measure_id", "-ends").distinct("measure_id"))
    if any(untold.few(row.unpublished) for row in found) and not untold.sees_each(user, {(Level.CHIN.value, chin.pk)}):
        found = [row for row in found if not untold.few(row.unpublished)]
    return {row.measure_id: row for row in found}
