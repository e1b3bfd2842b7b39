"""Confidence intervals of shares, counts and directly standardised rates, as PHEindicatormethods gives them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, inf, sqrt
from typing import Literal

Level = Literal["95", "99.8"]
Z: dict[Level, float] = {"95": 1.959963984540054, "99.8": 3.090232306167813}
TAIL: dict[Level, float] = {"95": 0.025, "99.8": 0.001}
EXACT_BELOW = 10  # a count of fewer has exact limits, and no directly standardised rate
ESP2013 = (
    *(5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000),
    *(7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000),
)


class NoInterval(ValueError):
    """These numbers have no interval; says what was expected."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value between its limits."""

    value: float
    lower: float
    upper: float


def wilson(x: float, n: float, level: Level = "95") -> Interval:
    """A share, 0 to 1, by the Wilson score."""
    if not 0 < n < inf or not 0 <= x <= n:
        raise NoInterval(f"{x:g} of {n:g} is no share: the first is from 0 to the second, which is above 0.")
    z = Z[level]
    share = x / n
    middle, spread, whole = 2 * x + z * z, z * sqrt(z * z + 4 * x * (1 - share)), 2 * (n + z * z)
    return Interval(share, max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole))


def byar(x: float, level: Level = "95") -> Interval:
    """A count by Byar's method; of fewer than 10 the exact limits."""
    _counted(x)
    if x < EXACT_BELOW:
        return poisson(x, level)
    return Interval(x, *_byar(x, level))


def poisson(x: float, level: Level = "95") -> Interval:
    """A count by the exact limits of Poisson's distribution."""
    _counted(x)
    lower = 0.0 if x == 0 else chi_squared(TAIL[level], 2 * x) / 2
    return Interval(x, lower, chi_squared(1 - TAIL[level], 2 * x + 2) / 2)


def rate(x: float, n: float, multiplier: float, level: Level = "95") -> Interval:
    """A count over a denominator, so many per multiplier."""
    if not 0 < n < inf:
        raise NoInterval(f"A rate is over a denominator above 0, not {n:g}.")
    found = byar(x, level)
    return Interval(*(one / n * multiplier for one in (found.value, found.lower, found.upper)))


@dataclass(frozen=True, slots=True)
class Standardised:
    """A directly standardised rate; None where there are too few events for one."""

    rate: float | None
    lower: float | None
    upper: float | None
    events: float


def standardised(
    counts: Sequence[float],
    populations: Sequence[float],
    weights: Sequence[float],
    multiplier: float = 100_000,
    level: Level = "95",
) -> Standardised:
    """By Dobson's method, with one count, population and weight for each group."""
    for group, (count, population, weight) in enumerate(zip(counts, populations, weights, strict=True), start=1):
        if not 0 <= count < inf or not 0 < population < inf or not 0 <= weight < inf:
            raise NoInterval(
                f"Group {group}: a count from 0, a population above 0 and a weight from 0 were expected, "
                f"not {count:g}, {population:g} and {weight:g}."
            )
    events, together = fsum(counts), fsum(weights)
    if not together:
        raise NoInterval("The weights come to nothing.")
    if events < EXACT_BELOW:
        return Standardised(None, None, None, events)
    groups = list(zip(counts, populations, weights, strict=True))
    found = fsum(w * x / n for x, n, w in groups) / together
    spread = sqrt(fsum(w * w * x / (n * n) for x, n, w in groups) / together**2 / events)
    lower, upper = _byar(events, level)
    below, above = found + spread * (lower - events), found + spread * (upper - events)
    return Standardised(found * multiplier, below * multiplier, above * multiplier, events)


def chi_squared(probability: float, freedom: float) -> float:
    """The value below which so much of the distribution lies."""
    from scipy.special import gammaincinv  # takes a moment to import, which no page without it should wait for

    return float(2 * gammaincinv(freedom / 2, probability))


def _byar(x: float, level: Level) -> tuple[float, float]:
    z, above = Z[level], x + 1
    return x * (1 - 1 / (9 * x) - z / (3 * sqrt(x))) ** 3, above * (1 - 1 / (9 * above) + z / (3 * sqrt(above))) ** 3


def _counted(x: float) -> None:
    if not 0 <= x < inf:
        raise NoInterval(f"A count is 0 or more, not {x:g}.")
