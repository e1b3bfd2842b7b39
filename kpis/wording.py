"""Measures in words."""

from typing import Any

from cc2h.kit import words
from kpis.models import Definition, MeasureKind, Unit

NOT_TOLD = "not told (small number)"
NO_DATA, NO_TARGET, NO_EVIDENCE = "No data yet", "No target yet", "No KPI evidences this impact"


def shown(definition: Definition, value: float | None) -> str:
    """A value in its unit: 8.1%, £4.20, 27.3."""
    if value is None:
        return words.DASH
    number = words.number(words.decimal(value), definition.places)
    if definition.unit == Unit.PERCENT:
        return f"{number}%"
    return f"£{number}" if definition.unit == Unit.POUNDS else number


def unit(definition: Definition) -> str:
    """What a value is in, for the head of a column."""
    if definition.kind == MeasureKind.RATE and definition.multiplier != 1:
        return f"{definition.get_unit_display()} for every {words.number(definition.multiplier)}"
    if definition.kind == MeasureKind.RATE:
        return f"{definition.get_unit_display()} each"
    return str(definition.get_unit_display())


def formula(definition: Definition) -> str:
    """How a value follows from its numerator and denominator."""
    if definition.kind in (MeasureKind.COUNT, MeasureKind.TIME_BETWEEN):
        return f"The number itself: {definition.numerator}."
    times = "" if definition.multiplier == 1 else f" × {words.number(definition.multiplier)}"
    mean = " Where only a score is published, it is that score." if definition.kind == MeasureKind.MEAN else ""
    return f"{definition.numerator} ÷ {definition.denominator}{times}.{mean}"


def figures(row: Any) -> tuple[str, str]:
    """Numerator and denominator of a value, as pages have them."""
    return tuple(  # type: ignore[return-value]
        words.DASH if side is None else words.measured(side) for side in (row.numerator, row.denominator)
    )
