"""Series: the values of a measure for one organisation, period by period, as held now or as known on a day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from cc2h.kit.asat import AsAt
from cc2h.kit.dated import just_before
from kpis import untold
from kpis.models import Better, Definition, Measure, PracticeValue, RollUp
from kpis.whose import PRACTICE, Whose


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One period. `value` is in the definition's unit: multiplied numerator ÷ denominator, or the value as published.

    It is None where the period is suppressed, or its denominator is 0. `source_id` and `row_number`: of a practice's;
    `practices` and what follows: of a group's.
    """

    ends: date
    months: int
    numerator: Decimal | None
    denominator: Decimal | None
    value: float | None
    suppressed: bool = False
    source_id: int | None = None
    row_number: int | None = None
    practices: int = 1
    practices_with_value: int = 1
    patients: int = 0
    patients_with_value: int = 0
    unpublished: int = 0


@dataclass(frozen=True)
class Series:
    """A measure's values of one organisation up to a day, oldest first.

    breaks: the places in `points` that a new definition begins at which can't be compared with the one before.
    """

    measure: Measure
    definition: Definition
    whose: Whose
    points: Sequence[SeriesPoint]
    breaks: Sequence[int] = field(default_factory=tuple)

    @property
    def better(self) -> Better:
        return Better(self.definition.better)

    @property
    def told(self) -> Sequence[SeriesPoint]:
        """The points that have a value: what charts are drawn of."""
        return [point for point in self.points if point.value is not None]


def value_of(
    definition: Definition, numerator: Decimal | None, denominator: Decimal | None, value: float | None = None
) -> float | None:
    """The figure shown: multiplier × numerator ÷ denominator; the numerator itself of a count; else as published."""
    if numerator is None:
        return value
    if definition.kind in (Definition.Kind.COUNT, Definition.Kind.TIME_BETWEEN):
        return float(numerator)
    if not denominator:
        return value
    return float(numerator / denominator * definition.multiplier)


def definitions_of(measure: Measure, asat: AsAt) -> list[Definition]:
    """The measure's definitions, the first first, as held now or as known on the page's second day."""
    return list(definitions_asked(measure, asat))


def definitions_asked(measure: Measure, asat: AsAt) -> QuerySet[Definition]:
    found: QuerySet[Definition] = Definition.objects.held(asat.known_at).filter(measure=measure).order_by("period")
    return found


def definition_on(measure: Measure, asat: AsAt) -> Definition:
    """The definition in force on the page's day; before the first, that. Raises Definition.DoesNotExist."""
    return _current(definitions_of(measure, asat), measure, asat)


def _current(definitions: Sequence[Definition], measure: Measure, asat: AsAt) -> Definition:
    if not definitions:
        raise Definition.DoesNotExist(f"{measure.code} has no definition.")
    return _in_force(definitions, asat.day)


def series_of(measure: Measure, whose: Whose, asat: AsAt, user: Any) -> Series:
    """What `user` may see of the measure's values of `whose`, of periods that had ended by the page's day; None: all."""
    return many_series([measure], [whose], asat, user)[measure.pk, whose]


def many_series(
    measures: Sequence[Measure], whose: Sequence[Whose], asat: AsAt, user: Any
) -> dict[tuple[int, Whose], Series]:
    """The series of each measure (by its id) of each organisation, in a few statements however many there are.

    A measure without a definition on the page's second day has none. Raises Definition.DoesNotExist where none has one.
    """
    definitions: dict[int, list[Definition]] = {}
    held = Definition.objects.held(asat.known_at).filter(measure__in=[measure.pk for measure in measures])
    for one in held.order_by("period"):
        definitions.setdefault(one.measure_id, []).append(one)
    found: dict[tuple[int, str, int], list[dict[str, Any]]] = {}
    for row in (*_of_practices(measures, whose, asat, user), *_of_groups(measures, whose, asat, user)):
        found.setdefault((row.pop("measure_id"), row.pop("kind"), row.pop("whose")), []).append(row)
    if measures and not definitions:
        raise Definition.DoesNotExist(f"{measures[0].code} has no definition.")
    return {
        (measure.pk, one): _series(
            measure, definitions[measure.pk], one, found.get((measure.pk, one.kind, one.pk), []), asat
        )
        for measure in measures
        if measure.pk in definitions
        for one in whose
    }


def _series(
    measure: Measure, definitions: Sequence[Definition], whose: Whose, rows: Sequence[dict[str, Any]], asat: AsAt
) -> Series:
    points = [
        SeriesPoint(
            value=value_of(
                _in_force(definitions, row["ends"]), row["numerator"], row["denominator"], row.pop("value", None)
            ),
            **row,
        )
        for row in rows
    ]
    new = [one.first_day for one in definitions[1:] if one.breaks]
    breaks = {next((n for n, point in enumerate(points) if point.ends >= first), 0) for first in new} - {0}
    return Series(measure, _current(definitions, measure, asat), whose, points, tuple(sorted(breaks)))


def _in_force(definitions: Sequence[Definition], day: date) -> Definition:
    return next((one for one in reversed(definitions) if one.first_day <= day), definitions[0])


def _of_practices(
    measures: Sequence[Measure], whose: Sequence[Whose], asat: AsAt, user: Any
) -> Iterator[dict[str, Any]]:
    practices = [one.pk for one in whose if one.is_practice]
    if not practices:
        return
    known = just_before(asat.known_at)
    held = Q(superseded_at__isnull=True)
    if known is not None:
        held = Q(recorded_at__lte=known) & (held | Q(superseded_at__gt=known))
    values = PracticeValue.objects.all() if user is None else PracticeValue.objects.visible_to(user)
    found = values.filter(
        held, measure__in=[measure.pk for measure in measures], practice__in=practices, ends__lte=asat.day
    )
    columns = (
        "measure_id",
        "ends",
        "months",
        "numerator",
        "denominator",
        "value",
        "suppressed",
        "source_id",
        "row_number",
    )
    for row in found.order_by("ends").values(*columns, whose=F("practice_id")):
        yield {**row, "kind": PRACTICE}


def _of_groups(measures: Sequence[Measure], whose: Sequence[Whose], asat: AsAt, user: Any) -> Iterator[dict[str, Any]]:
    """Roll-ups are worked out of what is held now: as known on an earlier day they are not kept."""
    groups: dict[str, list[int]] = {}
    for one in whose:
        if not one.is_practice:
            groups.setdefault(one.kind, []).append(one.pk)
    if not groups:
        return
    of_them = Q()
    for kind, ids in groups.items():
        of_them |= Q(level=kind, group__in=ids)
    found = RollUp.objects.filter(of_them, measure__in=[measure.pk for measure in measures], ends__lte=asat.day)
    columns = ("measure_id", "ends", "months", "numerator", "denominator", "practices", "practices_with_value")
    rows = list(
        found.order_by("ends").values(
            *columns, "patients", "patients_with_value", "unpublished", kind=F("level"), whose=F("group")
        )
    )
    few = [row for row in rows if untold.few(row["unpublished"])]
    seen = untold.sees_each(user, {(row["kind"], row["whose"]) for row in few}) if few else set()
    for row in few:
        if (row["kind"], row["whose"]) not in seen:
            row |= {"numerator": None, "denominator": None, "suppressed": True}
    yield from rows


def by_end(points: Sequence[SeriesPoint]) -> Mapping[date, SeriesPoint]:
    return {point.ends: point for point in points}
