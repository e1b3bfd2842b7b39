"""Small pictures in a cell, drawn as inline SVG: the line of a series, the profile of parts. The numbers stand beside."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.html import escape
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


def profile(parts: Sequence[tuple[str, Decimal]], most: Decimal) -> SafeString:
    """A column for each (name, percent), as high as its part of `most`, which is the same for all that stand side by side.

    A dash for none. Its alternative text has every part.
    """
    if not parts or not most:
        return SafeString(words.DASH)
    width = 10
    columns = "".join(
        f'<rect x="{place * width + 1}" y="{HEIGHT - high:.1f}" width="{width - 2}" height="{high:.1f}"/>'
        for place, high in enumerate(float(percent / most) * (HEIGHT - MARGIN) for _, percent in parts)
    )
    said = escape(", ".join(f"{name}: {percent}%" for name, percent in parts))
    across = width * len(parts)
    return SafeString(
        f'<svg width="{across}" height="{HEIGHT}" viewBox="0 0 {across} {HEIGHT}" role="img" aria-label="{said}">'
        f'<g fill="#005eb8">{columns}</g></svg>'
    )
