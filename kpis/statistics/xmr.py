"""XmR charts of single values, as NHS Making Data Count draws them; docs/statistics.md has the rules."""

from collections.abc import Sequence
from itertools import pairwise
from math import fsum

from kpis.statistics.series import (
    Judged,
    NotASeries,
    Point,
    Segment,
    Settings,
    assurance_of,
    bounds,
    flagged,
    judge,
    variation_of,
    whole,
)

SCALE = 2.66  # moving ranges to limits
SCREEN = 3.267  # a moving range of so many times their mean is left out


def xmr(values: Sequence[float], settings: Settings | None = None) -> Judged:
    """The series judged segment by segment. Raises NotASeries for what can't be judged, in words."""
    settings = settings or Settings()
    values = whole(values)
    segments: list[Segment] = []
    points: list[Point] = []
    for number, (first, last) in enumerate(bounds(len(values), settings)):
        own = values[first - 1 : last]
        baseline = own
        if number == 0 and settings.fixed is not None:
            if settings.fixed > len(own):
                raise NotASeries(
                    f"A baseline of {settings.fixed} points needs as many; the first segment has {len(own)}."
                )
            baseline = own[: settings.fixed]
        segment = _segment(first, last, baseline, settings.screened)
        segments.append(segment)
        at = (segment.mean, segment.lower, segment.upper, segment.near_lower, segment.near_upper)
        rules = judge(own, [at] * len(own), settings)
        points += [flagged(first + i, value, rules[i], settings) for i, value in enumerate(own)]
    assurance = assurance_of(segments[-1].lower, segments[-1].upper, settings) if segments else None
    return Judged(tuple(segments), tuple(points), variation_of(points), assurance, settings)


def _segment(first: int, last: int, baseline: Sequence[float], screened: bool) -> Segment:
    mean = _mean(baseline)
    ranges = [abs(later - earlier) for earlier, later in pairwise(baseline)]
    average = fsum(ranges) / len(ranges) if ranges else 0.0
    if screened and average > 0:  # all equal: nothing to leave out
        kept = [one for one in ranges if one < SCREEN * average]
        average = fsum(kept) / len(kept) if kept else 0.0
    width = SCALE * average
    near = 2 * width / 3
    return Segment(first, last, len(baseline), mean, mean - width, mean + width, mean - near, mean + near)


def _mean(values: Sequence[float]) -> float:
    """Of equal values exactly that value, so that none of them lies on a side of it."""
    return values[0] if min(values) == max(values) else fsum(values) / len(values)
