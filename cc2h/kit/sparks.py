"""A row's line: the shape of a series in a cell, drawn as inline SVG. The numbers stand beside it."""

from collections.abc import Sequence
from datetime import date

from django.utils.safestring import SafeString, mark_safe

from cc2h.kit import words

WIDTH, HEIGHT, MARGIN = 92, 22, 2


def sparkline(days: Sequence[date], values: Sequence[int]) -> SafeString:
    """A line through `values` at their `days`, from the first day to the last; a dash for fewer than two.

    Its alternative text says where it starts and ends.
    """
    if len(days) < 2:
        return SafeString(words.DASH)
    first, low = days[0], min(values)
    across = (WIDTH - 2 * MARGIN) / (days[-1] - first).days
    up = (HEIGHT - 2 * MARGIN) / ((max(values) - low) or 1)
    points = " ".join(
        f"{MARGIN + (day - first).days * across:.0f},{HEIGHT - MARGIN - (value - low) * up:.1f}"
        for day, value in zip(days, values, strict=True)
    )
    said = f"{words.number(values[0])} in {words.month(first)}, {words.number(values[-1])} in {words.month(days[-1])}"
    return mark_safe(  # noqa: S308 - numbers and months of our own
        f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
        f'<polyline points="{points}" fill="none" stroke="#005eb8" stroke-width="1.5"/></svg>'
    )
