"""A row's line: the shape of a series in a cell, drawn as inline SVG. The numbers stand beside it."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.safestring import SafeString

from cc2h.kit import words

WIDTH, HEIGHT, MARGIN = 92, 22, 2


def sparkline(first: date, days: Sequence[int], values: Sequence[int]) -> SafeString:
    """A line through `values`, each so many days after `first`; a dash for fewer than two.

    Its alternative text says where it starts and ends.
    """
    if len(days) < 2:
        return SafeString(words.DASH)
    start, low = days[0], min(values)
    across = (WIDTH - 2 * MARGIN) / (days[-1] - start)
    up = (HEIGHT - 2 * MARGIN) / ((max(values) - low) or 1)
    bottom = HEIGHT - MARGIN
    points = " ".join(
        [
            f"{MARGIN + (day - start) * across:.0f},{bottom - (value - low) * up:.0f}"
            for day, value in zip(days, values, strict=True)
        ]
    )
    began, ended = first + timedelta(days=start), first + timedelta(days=days[-1])
    said = f"{values[0]:,} in {words.month(began)}, {values[-1]:,} in {words.month(ended)}"
    return SafeString(
        f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
        f'<polyline points="{points}" fill="none" stroke="#005eb8" stroke-width="1.5"/></svg>'
    )
