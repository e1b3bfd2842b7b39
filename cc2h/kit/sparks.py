"""A row's line: the shape of a series in a cell, drawn as inline SVG. The numbers stand beside it."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.safestring import SafeString

from cc2h.kit import words

WIDTH, HEIGHT, MARGIN = 92, 22, 2


def sparkline(first: date, values: Sequence[tuple[int, int]]) -> SafeString:
    """A line through (days after `first`, value); a dash for fewer than two.

    Its alternative text says where it starts and ends.
    """
    if len(values) < 2:
        return SafeString(words.DASH)
    (start, before), (end, after) = values[0], values[-1]
    heights = [value for _, value in values]
    low, high = min(heights), max(heights)
    across, up = (WIDTH - 2 * MARGIN) / (end - start), (HEIGHT - 2 * MARGIN) / ((high - low) or 1)
    left, bottom = MARGIN - start * across, HEIGHT - MARGIN + low * up
    points = " ".join([f"{left + day * across:.0f},{bottom - value * up:.0f}" for day, value in values])
    began, ended = first + timedelta(days=start), first + timedelta(days=end)
    said = f"{before:,} in {words.month(began)}, {after:,} in {words.month(ended)}"
    return SafeString(
        f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
        f'<polyline points="{points}" fill="none" stroke="#005eb8" stroke-width="1.5"/></svg>'
    )
