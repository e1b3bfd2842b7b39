"""A row's line: the shape of a series in a cell, drawn as inline SVG. The numbers stand beside it."""

from collections.abc import Sequence
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString

from cc2h.kit import words

WIDTH, HEIGHT, MARGIN = 92, 22, 2


def sparkline(days: Sequence[date], values: Sequence[int]) -> SafeString:
    """A line through `values` at their `days`, from the first day to the last; a dash for fewer than two.

    Its alternative text says where it starts and ends.
    """
    if len(days) < 2:
        return format_html("{}", words.DASH)
    first, low = days[0], min(values)
    across = (WIDTH - 2 * MARGIN) / (days[-1] - first).days
    up = (HEIGHT - 2 * MARGIN) / ((max(values) - low) or 1)
    points = " ".join(
        f"{MARGIN + (day - first).days * across:.1f},{HEIGHT - MARGIN - (value - low) * up:.1f}"
        for day, value in zip(days, values, strict=True)
    )
    return format_html(
        '<svg width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}"><polyline points="{3}" '
        'fill="none" stroke="#005eb8" stroke-width="1.5" stroke-linejoin="round"/></svg>',
        WIDTH,
        HEIGHT,
        f"{words.number(values[0])} in {words.month(first)}, {words.number(values[-1])} in {words.month(days[-1])}",
        points,
    )
