"""Series: the values of a measure for one organisation, period by period, as held now or as known on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from cc2h.kit.asat import AsAt
from cc2h.kit.dated import just_before
from kpis.models import Better, Definition, Measure, PracticeValue, RollUp
from kpis.whose import Whose


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One period. `value` is in the definition's unit: multiplied numerator ÷ denominator, or the value as published.

    It is None where the period is suppressed, or its denominator is 0. `source_id` and `row_number`: of a practice's;
    `practices` and `practices_with_value`: of a group's.
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
    return list(Definition.objects.held(asat.known_at).filter(measure=measure).order_by("period"))


def definition_on(measure: Measure, asat: AsAt) -> Definition:
    """The definition in force on the page's day; before the first, that. Raises Definition.DoesNotExist."""
    found = definitions_of(measure, asat)
    if not found:
        raise Definition.DoesNotExist(f"{measure.code} has no definition.")
    return next((one for one in reversed(found) if one.first_day <= asat.day), found[0])


def series_of(measure: Measure, whose: Whose, asat: AsAt, user: Any) -> Series:
    """What `user` may see of the measure's values of `whose`, of periods that had ended by the page's day."""
    definitions = definitions_of(measure, asat)
    current = definition_on(measure, asat)
    rows = _of_practice(measure, whose, asat, user) if whose.is_practice else _of_group(measure, whose, asat)
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
    return Series(measure, current, whose, points, tuple(sorted(breaks)))


def _in_force(definitions: Sequence[Definition], day: date) -> Definition:
    return next((one for one in reversed(definitions) if one.first_day <= day), definitions[0])


def _of_practice(measure: Measure, whose: Whose, asat: AsAt, user: Any) -> list[dict[str, Any]]:
    known = just_before(asat.known_at)
    held = Q(superseded_at__isnull=True)
    if known is not None:
        held = Q(recorded_at__lte=known) & (held | Q(superseded_at__gt=known))
    found = PracticeValue.objects.visible_to(user).filter(
        held, measure=measure, practice_id=whose.pk, ends__lte=asat.day
    )
    columns = ("ends", "months", "numerator", "denominator", "value", "suppressed", "source_id", "row_number")
    return list(found.order_by("ends").values(*columns))


def _of_group(measure: Measure, whose: Whose, asat: AsAt) -> list[dict[str, Any]]:
    """Roll-ups are worked out of what is held now: as known on an earlier day they are not kept."""
    found = RollUp.objects.filter(measure=measure, level=whose.kind, group=whose.pk, ends__lte=asat.day)
    columns = ("ends", "months", "numerator", "denominator", "practices", "practices_with_value")
    return list(found.order_by("ends").values(*columns))


def by_end(points: Sequence[SeriesPoint]) -> Mapping[date, SeriesPoint]:
    return {point.ends: point for point in points}
