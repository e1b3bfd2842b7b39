"""p, u, c and run charts: of shares, of counts over a denominator, of counts, and of any series by its median."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, fsum, log2, sqrt
from statistics import median

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

Limits = tuple[float, float, float, float, float]  # mean, lower, upper, near lower, near upper


@dataclass(frozen=True, slots=True)
class Attributes:
    """A chart whose limits differ from point to point: how it was judged, and each point's limits."""

    judged: Judged
    limits: tuple[Limits, ...]


def p_chart(numerators: Sequence[float], denominators: Sequence[float], settings: Settings | None = None) -> Attributes:
    """Shares, 0 to 1, with limits of three standard errors. A numerator is not above its denominator."""
    for index, (x, n) in enumerate(zip(numerators, denominators, strict=True), start=1):
        if not 0 <= x <= n or n == 0:
            raise NotASeries(f"Point {index}: of {n:g}, {x:g} is no share.")
    return _judged(
        numerators, denominators, settings or Settings(), lambda mean, n: sqrt(mean * (1 - mean) / n), highest=1
    )


def u_chart(counts: Sequence[float], exposures: Sequence[float], settings: Settings | None = None) -> Attributes:
    """Counts over what they could occur in (patients, days), with limits of three standard errors, none below 0."""
    for index, (x, n) in enumerate(zip(counts, exposures, strict=True), start=1):
        if x < 0 or n <= 0:
            raise NotASeries(f"Point {index}: a count of {x:g} over {n:g} is none.")
    return _judged(counts, exposures, settings or Settings(), lambda mean, n: sqrt(mean / n))


def c_chart(counts: Sequence[float], settings: Settings | None = None) -> Attributes:
    """Counts over what stays the same, with limits of three standard errors, none below 0."""
    return u_chart(counts, [1.0] * len(counts), settings)


def _judged(
    xs: Sequence[float],
    ns: Sequence[float],
    settings: Settings,
    error: Callable[[float, float], float],
    highest: float | None = None,
) -> Attributes:
    xs, ns = whole(xs), whole(ns)
    segments: list[Segment] = []
    points: list[Point] = []
    limits: list[Limits] = []
    for number, (first, last) in enumerate(bounds(len(xs), settings)):
        own = range(first - 1, last)
        fixed = settings.fixed if number == 0 else None
        baseline = own[:fixed] if fixed else own
        mean = fsum(xs[i] for i in baseline) / fsum(ns[i] for i in baseline)
        at = [_limits(mean, error(mean, ns[i]), highest) for i in own]
        values = [xs[i] / ns[i] for i in own]
        rules = judge(values, at, settings)
        points += [flagged(first + i, value, rules[i], settings) for i, value in enumerate(values)]
        segments.append(Segment(first, last, len(baseline), *at[-1]))
        limits += at
    assurance = assurance_of(segments[-1].lower, segments[-1].upper, settings) if segments else None
    return Attributes(Judged(tuple(segments), tuple(points), variation_of(points), assurance, settings), tuple(limits))


def _limits(mean: float, error: float, highest: float | None) -> Limits:
    def inside(value: float) -> float:
        return max(0.0, value if highest is None else min(highest, value))

    near = 2 * error
    return mean, inside(mean - 3 * error), inside(mean + 3 * error), inside(mean - near), inside(mean + near)


@dataclass(frozen=True, slots=True)
class Run:
    """A run chart by Anhøj's rules: the median, the longest run on a side of it, and how often the line crosses it.

    useful: points that are not on the median. signal: the run is longer, or the crossings are fewer, than chance gives.
    """

    median: float
    useful: int
    longest: int
    longest_expected: int
    crossings: int
    crossings_expected: int

    @property
    def signal(self) -> bool:
        return self.longest > self.longest_expected or self.crossings < self.crossings_expected


def run_chart(values: Sequence[float]) -> Run | None:
    """None of an empty series."""
    values = whole(values)
    if not values:
        return None
    middle = median(values)
    sides = [value > middle for value in values if value != middle]
    longest = current = crossings = 0
    for index, side in enumerate(sides):
        same = index > 0 and sides[index - 1] is side
        crossings += index > 0 and not same
        current = current + 1 if same else 1
        longest = max(longest, current)
    useful = len(sides)
    expected = round(log2(useful) + 3) if useful else 0
    return Run(middle, useful, longest, expected, crossings, _fewest_crossings(useful))


def _fewest_crossings(useful: int) -> int:
    """The 5th percentile of crossings, which are binomial of useful − 1 with an even chance."""
    tosses = useful - 1
    if tosses < 1:
        return 0
    below, total = 0, 2**tosses
    for crossings in range(tosses + 1):
        below += comb(tosses, crossings)
        if below * 20 >= total:
            return crossings
    return tosses
