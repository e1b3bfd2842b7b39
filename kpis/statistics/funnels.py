"""Funnel plots of shares and of observed against expected, unadjusted and overdispersed; docs/statistics.md has the rules.

Point by point, as the rules are written; kpis.statistics.many_funnels does the same for thousands at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import asin, exp, floor, fsum, inf, log, pi, sin, sqrt

from kpis.statistics.intervals import EXACT_BELOW, TAIL, Level, Z, byar, chi_squared, poisson

TRIMMED = 0.1  # at either end, before the spread is taken


class Verdict(StrEnum):
    """Where a point lies: outside the 99.8% limits (0.001), outside the 95% limits (0.025), or inside."""

    HIGH_001 = "high_001"
    HIGH_025 = "high_025"
    NOT_SIGNIFICANT = "ns"
    LOW_025 = "low_025"
    LOW_001 = "low_001"


class NoFunnel(ValueError):
    """These numbers make no funnel; says which row and what was expected."""


def no_share(row: int, x: float, n: float) -> str:
    return f"Row {row}: {x:g} of {n:g} is no share: the first is from 0 to the second, which is above 0."


def no_ratio(row: int, o: float, e: float) -> str:
    return f"Row {row}: observed from 0 and expected above 0 were expected, not {o:g} and {e:g}."


@dataclass(frozen=True, slots=True)
class Placed:
    """A point, its limits, and the verdict."""

    id: str
    size: float  # denominator, or what was expected
    value: float
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Funnel:
    """centre: the average share, or 1 of a ratio. phi, tau2: the overdispersion found, also where it was not used."""

    centre: float
    phi: float
    tau2: float
    overdispersed: bool
    points: tuple[Placed, ...]

    def limits(self, size: float, level: Level) -> tuple[float, float]:
        """The limits at any size: for the curves."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Proportions(Funnel):
    def limits(self, size: float, level: Level) -> tuple[float, float]:
        z, p = Z[level], self.centre
        if not self.overdispersed:
            half = z * sqrt(p * (1 - p) / size)
            return max(0.0, p - half), min(1.0, p + half)
        half = z * sqrt(1 / (4 * size) + self.tau2)
        angle = asin(sqrt(p))
        return sin(max(0.0, angle - half)) ** 2, sin(min(pi / 2, angle + half)) ** 2


@dataclass(frozen=True, slots=True)
class Ratios(Funnel):
    def limits(self, size: float, level: Level) -> tuple[float, float]:
        if self.overdispersed:
            half = Z[level] * sqrt(1 / size + self.tau2)
            return exp(-half), exp(half)
        tail = TAIL[level]
        lower, upper = chi_squared(tail, 2 * size), chi_squared(1 - tail, 2 * (size + 1))
        return lower / (2 * size), upper / (2 * size)


def proportions(
    ids: Sequence[str], numerators: Sequence[float], denominators: Sequence[float], *, overdispersed: bool = False
) -> Funnel:
    """A funnel of shares, as Fingertips draws it; overdispersed by Spiegelhalter's method, winsorised at a tenth."""
    for row, (x, n) in enumerate(zip(numerators, denominators, strict=True), start=1):
        if not 0 <= x <= n < inf or n == 0:
            raise NoFunnel(no_share(row, x, n))
    if not ids:
        return Proportions(0.0, 0.0, 0.0, overdispersed, ())
    centre = fsum(numerators) / fsum(denominators)
    angle = asin(sqrt(centre))
    errors = [1 / (2 * sqrt(n)) for n in denominators]
    zs = [(asin(sqrt(x / n)) - angle) / s for x, n, s in zip(numerators, denominators, errors, strict=True)]
    low, high = percentile(zs, TRIMMED), percentile(zs, 1 - TRIMMED)
    phi, tau2 = dispersion([min(max(z, low), high) for z in zs], errors)
    empty = Proportions(centre, phi, tau2, overdispersed, ())

    def verdict(value: float, size: float) -> Verdict:
        return _outside(value, empty.limits(size, "95"), empty.limits(size, "99.8"))

    values = [x / n for x, n in zip(numerators, denominators, strict=True)]
    placed = [_placed(empty, *one, verdict) for one in zip(ids, denominators, values, strict=True)]
    return Proportions(centre, phi, tau2, overdispersed, tuple(placed))


def ratios(
    ids: Sequence[str], observed: Sequence[float], expected: Sequence[float], *, overdispersed: bool = False
) -> Funnel:
    """A funnel of observed over expected; overdispersed as SHMI is, a tenth at either end left out.

    Unadjusted, the verdict compares 1 with the limits of what was observed, over what was expected.
    """
    for row, (o, e) in enumerate(zip(observed, expected, strict=True), start=1):
        if not 0 <= o < inf or not 0 < e < inf:
            raise NoFunnel(no_ratio(row, o, e))
    if not ids:
        return Ratios(1.0, 0.0, 0.0, overdispersed, ())
    scored = [(log(o / e) * sqrt(e), 1 / sqrt(e)) for o, e in zip(observed, expected, strict=True) if o > 0]
    scored.sort()
    cut = floor(len(scored) * TRIMMED)
    kept = scored[cut : len(scored) - cut]
    phi, tau2 = dispersion([z for z, _ in kept], [s for _, s in kept]) if kept else (0.0, 0.0)
    empty = Ratios(1.0, phi, tau2, overdispersed, ())

    def verdict(value: float, size: float) -> Verdict:
        if overdispersed:
            return _outside(value, empty.limits(size, "95"), empty.limits(size, "99.8"))
        return _of_count(value * size, size)

    values = [o / e for o, e in zip(observed, expected, strict=True)]
    placed = [_placed(empty, *one, verdict) for one in zip(ids, expected, values, strict=True)]
    return Ratios(1.0, phi, tau2, overdispersed, tuple(placed))


def _placed(funnel: Funnel, name: str, size: float, value: float, verdict: Callable[[float, float], Verdict]) -> Placed:
    return Placed(name, size, value, *funnel.limits(size, "95"), *funnel.limits(size, "99.8"), verdict(value, size))


def _outside(value: float, inner: tuple[float, float], outer: tuple[float, float]) -> Verdict:
    if value > outer[1]:
        return Verdict.HIGH_001
    if value > inner[1]:
        return Verdict.HIGH_025
    if value < outer[0]:
        return Verdict.LOW_001
    if value < inner[0]:
        return Verdict.LOW_025
    return Verdict.NOT_SIGNIFICANT


def _of_count(observed: float, expected: float) -> Verdict:
    limits = {}
    for level in Z:
        found = poisson(observed, level) if observed < EXACT_BELOW else byar(observed, level)
        limits[level] = (found.lower / expected, found.upper / expected)
    for level, low, high in (("99.8", Verdict.LOW_001, Verdict.HIGH_001), ("95", Verdict.LOW_025, Verdict.HIGH_025)):
        lower, upper = limits[level]
        if lower > 1:
            return high
        if upper < 1:
            return low
    return Verdict.NOT_SIGNIFICANT


def dispersion(zs: Sequence[float], errors: Sequence[float]) -> tuple[float, float]:
    """φ and τ² of the trimmed scores."""
    k = len(zs)
    phi = fsum(z * z for z in zs) / k
    weights = [1 / (s * s) for s in errors]
    total = fsum(weights)
    spread = total - fsum(w * w for w in weights) / total
    if k * phi < k - 1 or spread <= 0:
        return phi, 0.0
    return phi, max(0.0, (k * phi - (k - 1)) / spread)


def percentile(values: Sequence[float], share: float) -> float:
    """The value at a share of the way, 0 to 1, linear between the two nearest (R's type 7)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
