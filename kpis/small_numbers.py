"""Small numbers: counts that could point at a person are not told of values that are not published.

A measure's definition says below which count (`suppress_below`; 0: all are told). What a publisher published was looked
through by it; sums of what practices have not published are told to who may not see each only where `small` lets them be
(`kpis.untold`).
"""

from decimal import Decimal

from kpis.models import MeasureKind

NEVER_COUNTS = (MeasureKind.MEAN, MeasureKind.TIME_BETWEEN)  # their numerators are scores and days, not people


def small(kind: str, limit: int, numerator: Decimal | None, denominator: Decimal | None) -> bool:
    """Too few are counted, or may be, or too few are not: of 12 patients 11 say as much as 1."""
    if denominator is not None and denominator < limit:
        return True
    if numerator is None or kind in NEVER_COUNTS:
        return False
    others = denominator - numerator if kind == MeasureKind.PROPORTION and denominator else None
    return numerator < limit or (others is not None and others < limit)
