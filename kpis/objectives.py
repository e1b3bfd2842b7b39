"""Outcome objectives: what a CHIN or a QIST agreed to bring about, in three kinds, each tied to a measure and a target."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from cc2h.accounts import records
from cc2h.accounts.records import Named, Record
from cc2h.kit import dated, words
from cc2h.kit.asat import AsAt
from cc2h.kit.together import Asking
from cc2h.kit.writing import writing
from chins.models import Chin
from kpis import untold
from kpis.models import Better, Definition, Level, Measure, Objective, OutcomeKind, RollUp
from kpis.periods import period_name
from kpis.rollup import missing_in_words
from kpis.series import value_of

WHOSE = ("chin", "qist")  # kinds of record that agree on objectives
_served: dict[str, Callable[[str, AsAt], QuerySet[Any]]] = {}


def served_by(kind: str, chins: Callable[[str, AsAt], QuerySet[Any]]) -> None:
    """Registers which CHINs (their ids) a record of the kind serves on the page's day: what they have together is its."""
    _served[kind] = chins


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
class Together:
    """A measure's newest period, of the CHINs whose objective it is. value: None where it can't be added up."""

    value: float | None
    period: str
    missing: str  # who has no number


@dataclass(frozen=True)
class Progress:
    """An objective beside the newest value of its measure. reached: None while value or target is not known."""

    objective: Objective
    name: str
    definition: Definition | None
    newest: Together | None
    reached: bool | None

    @property
    def value(self) -> float | None:
        return self.newest.value if self.newest else None

    @property
    def period(self) -> str:
        return self.newest.period if self.newest else ""


@dataclass(frozen=True)
class Newest:
    """A measure's newest value of a CHIN, or of the CHINs that a QIST serves, of whatever period that is."""

    definition: Definition
    together: Together

    @property
    def code(self) -> str:
        return self.definition.measure.code

    @property
    def name(self) -> str:
        return self.definition.name


Found = tuple[Mapping[str, Sequence[Progress]], Sequence[Newest]]


def progress(record: Record, asat: AsAt, user: Any) -> Asking[Found]:
    """Objectives by kind of outcome, a kind without one there with none; and every measure's newest value, by name."""
    of = _whose(record, asat)
    newest = RollUp.objects.filter(level=Level.CHIN, group__in=of, ends__lte=asat.day)
    objectives, definitions, chins, rows = yield (
        of_record(record, asat),
        Definition.objects.held(asat.known_at).select_related("measure").order_by("measure", "period"),
        of,
        newest.order_by("measure_id", "group", "-ends").distinct("measure_id", "group"),
    )
    called: dict[int, Definition] = {}
    for one in definitions:
        if one.measure_id not in called or one.first_day <= asat.day:
            called[one.measure_id] = one
    withheld = untold.withheld(user, rows)
    told: dict[int, list[RollUp]] = {}
    for row in rows:
        if row.measure_id in called and untold.key_of(row) not in withheld:
            told.setdefault(row.measure_id, []).append(row)
    together = {pk: _together(called[pk], of_measure, len(chins)) for pk, of_measure in told.items()}
    progressed: dict[str, list[Progress]] = {kind: [] for kind in OutcomeKind.values}
    for objective in objectives:
        pk = objective.measure_id
        progressed[objective.outcome].append(_progress(objective, called.get(pk), together.get(pk)))
    valued = [Newest(called[pk], one) for pk, one in together.items() if one.value is not None]
    return progressed, sorted(valued, key=lambda one: one.name)


def _progress(objective: Objective, definition: Definition | None, newest: Together | None) -> Progress:
    reached = None
    if newest and newest.value is not None and objective.target is not None and definition:
        target, value = float(objective.target), newest.value
        reached = {Better.UP: target <= value, Better.DOWN: value <= target}.get(Better(definition.better))
    return Progress(objective, definition.name if definition else objective.measure.code, definition, newest, reached)


def _whose(record: Record, asat: AsAt) -> QuerySet[Any]:
    """The id of a CHIN itself; of a QIST of those that it serves on the page's day."""
    if record.kind == "chin":
        return Chin.objects.filter(slug=record.key).order_by().values_list("pk", flat=True)
    return _served[record.kind](record.key, asat) if record.kind in _served else Chin.objects.none()


def _together(definition: Definition, rows: Sequence[RollUp], chins: int) -> Together:
    """Of the newest period that any of them has."""
    ends = max(row.ends for row in rows)
    of = [row for row in rows if row.ends == ends]
    numerators = [row.numerator for row in of if row.numerator is not None]
    numerator = sum(numerators, Decimal()) if numerators else None
    denominators = [row.denominator for row in of if row.denominator is not None]
    denominator = sum(denominators, Decimal()) if denominators else None
    missing = [
        missing_in_words(
            *(sum(getattr(row, name) for row in of) for name in ("practices", "practices_with_value")),
            *(sum(getattr(row, name) for row in of) for name in ("patients", "patients_with_value")),
        )
    ]
    if len(of) < chins:
        missing.insert(0, f"{words.plural(chins - len(of), 'CHIN')} of {chins} without a number")
    value = value_of(definition, numerator, denominator)
    return Together(value, period_name(ends, of[0].months), "; ".join(filter(None, missing)))
