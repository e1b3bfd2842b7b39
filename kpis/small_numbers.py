"""Small numbers in what everybody may read: counts that could point at a person are not told, nor what would give them away.

A measure's definition says below which count (`suppress_below`; 0: all are told). Whoever reads values as the public does asks
`in_public`; people with a post see what `visible_to` lets them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kpis.models import Definition, MeasureKind
from kpis.series import value_of

NEVER_COUNTS = (MeasureKind.MEAN, MeasureKind.TIME_BETWEEN)  # their numerators are scores and days, not people


@dataclass(frozen=True, slots=True)
class Told:
    """A value as the public may read it. Suppressed, it has neither numerator nor value."""

    key: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: float | None
    suppressed: bool = False


def in_public(
    definition: Definition, rows: Iterable[tuple[str, Decimal | None, Decimal | None, float | None]], *, total: bool
) -> list[Told]:
    """The rows (key, numerator, denominator, value), small ones not told.

    total: their sum is told as well, so that one alone that is not told could be worked out: the next smallest then
    isn't told either.
    """
    told = [Told(key, x, n, value_of(definition, x, n, value)) for key, x, n, value in rows]
    limit = definition.suppress_below
    if not limit:
        return told
    small = {place for place, one in enumerate(told) if _small(definition, one, limit)}
    if total and len(small) == 1:
        small |= _next(told, small)
    return [_hidden(one, limit) if place in small else one for place, one in enumerate(told)]


def _small(definition: Definition, one: Told, limit: int) -> bool:
    """Too few are counted, or may be, or too few are not: of 12 patients 11 say as much as 1."""
    if one.denominator is not None and one.denominator < limit:
        return True
    if one.numerator is None or definition.kind in NEVER_COUNTS:
        return False
    others = one.denominator - one.numerator if definition.kind == MeasureKind.PROPORTION and one.denominator else None
    return one.numerator < limit or (others is not None and others < limit)


def _next(told: Sequence[Told], small: set[int]) -> set[int]:
    rest = [
        (one.numerator, place) for place, one in enumerate(told) if place not in small and one.numerator is not None
    ]
    return {min(rest)[1]} if rest else set()


def _hidden(one: Told, limit: int) -> Told:
    few = one.denominator is not None and one.denominator < limit
    return replace(one, numerator=None, value=None, denominator=None if few else one.denominator, suppressed=True)
