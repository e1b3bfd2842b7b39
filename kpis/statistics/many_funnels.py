"""Funnels of thousands of points at once: the same as kpis.statistics.funnels, by NumPy, both kinds of limits in one go.

A test holds the two against each other.
"""

from collections.abc import Callable, Sequence
from math import asin, floor, fsum, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kpis.statistics.funnels import (
    TRIMMED,
    NoFunnel,
    Placed,
    Proportions,
    Ratios,
    Verdict,
    dispersion,
    no_ratio,
    no_share,
    percentile,
)
from kpis.statistics.intervals import EXACT_BELOW, TAIL, Level, Z

Floats = NDArray[np.float64]
Limits = tuple[Floats, Floats]
VERDICTS = (Verdict.NOT_SIGNIFICANT, Verdict.LOW_025, Verdict.HIGH_025, Verdict.LOW_001, Verdict.HIGH_001)
LEVELS: tuple[Level, Level] = ("95", "99.8")


def proportions(
    ids: Sequence[str], numerators: Sequence[float], denominators: Sequence[float]
) -> tuple[Proportions, Proportions]:
    """Unadjusted and overdispersed. Raises NoFunnel as funnels.proportions does."""
    x, n = np.array(numerators, dtype=float), np.array(denominators, dtype=float)
    _refuse(~((x >= 0) & (x <= n) & (n < np.inf) & (n != 0)), x, n, no_share)
    if not ids:
        return Proportions(0.0, 0.0, 0.0, False, ()), Proportions(0.0, 0.0, 0.0, True, ())
    centre = fsum(numerators) / fsum(denominators)
    angle, errors = asin(sqrt(centre)), 1 / (2 * np.sqrt(n))
    zs = (np.arcsin(np.sqrt(x / n)) - angle) / errors
    low, high = (percentile(zs.tolist(), share) for share in (TRIMMED, 1 - TRIMMED))
    phi, tau2 = dispersion(np.clip(zs, low, high).tolist(), errors.tolist())

    def plain(level: Level) -> Limits:
        half = Z[level] * np.sqrt(centre * (1 - centre) / n)
        return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)

    def wide(level: Level) -> Limits:
        half = Z[level] * np.sqrt(1 / (4 * n) + tau2)
        return np.sin(np.maximum(0.0, angle - half)) ** 2, np.sin(np.minimum(np.pi / 2, angle + half)) ** 2

    values = x / n
    first, second = (
        _placed(ids, n, values, limits, _outside(values, *limits))
        for limits in ([*map(plain, LEVELS)], [*map(wide, LEVELS)])
    )
    return Proportions(centre, phi, tau2, False, first), Proportions(centre, phi, tau2, True, second)


def ratios(ids: Sequence[str], observed: Sequence[float], expected: Sequence[float]) -> tuple[Ratios, Ratios]:
    """Unadjusted and overdispersed. Raises NoFunnel as funnels.ratios does."""
    o, e = np.array(observed, dtype=float), np.array(expected, dtype=float)
    _refuse(~((o >= 0) & (o < np.inf) & (e > 0) & (e < np.inf)), o, e, no_ratio)
    if not ids:
        return Ratios(1.0, 0.0, 0.0, False, ()), Ratios(1.0, 0.0, 0.0, True, ())
    some = o > 0
    zs, errors = np.log(o[some] / e[some]) * np.sqrt(e[some]), 1 / np.sqrt(e[some])
    order = np.lexsort((errors, zs))
    cut = floor(len(order) * TRIMMED)
    kept = order[cut : len(order) - cut]
    phi, tau2 = dispersion(zs[kept].tolist(), errors[kept].tolist()) if len(kept) else (0.0, 0.0)
    values = o / e
    exact = [_exact(e, level) for level in LEVELS]
    wide = [(np.exp(-half), np.exp(half)) for half in (Z[level] * np.sqrt(1 / e + tau2) for level in LEVELS)]
    # observed again from the value, as a point of a funnel is judged by its value and its size
    first = _placed(ids, e, values, exact, _of_counts(values * e, e))
    second = _placed(ids, e, values, wide, _outside(values, *wide))
    return Ratios(1.0, phi, tau2, False, first), Ratios(1.0, phi, tau2, True, second)


def _refuse(wrong: NDArray[np.bool_], first: Floats, second: Floats, why: Callable[[int, float, float], str]) -> None:
    if wrong.any():
        place = int(wrong.argmax())
        raise NoFunnel(why(place + 1, float(first[place]), float(second[place])))


def _placed(
    ids: Sequence[str], sizes: Floats, values: Floats, limits: Sequence[Limits], verdicts: NDArray[np.int8]
) -> tuple[Placed, ...]:
    columns = (sizes, values, *limits[0], *limits[1])
    told = [VERDICTS[place] for place in verdicts.tolist()]
    return tuple(map(Placed, ids, *(column.tolist() for column in columns), told))


def _outside(values: Floats, inner: Limits, outer: Limits) -> NDArray[np.int8]:
    return np.select(
        [values > outer[1], values > inner[1], values < outer[0], values < inner[0]], [4, 2, 3, 1], 0
    ).astype(np.int8)


def _exact(expected: Floats, level: Level) -> Limits:
    tail, twice = TAIL[level], 2 * expected
    return _chi_squared(tail, twice) / twice, _chi_squared(1 - tail, 2 * (expected + 1)) / twice


def _of_counts(observed: Floats, expected: Floats) -> NDArray[np.int8]:
    """What was observed, with limits of its own over what was expected, against 1."""
    (inner, outer) = ([limit / expected for limit in _counted(observed, level)] for level in LEVELS)
    return np.select([outer[0] > 1, outer[1] < 1, inner[0] > 1, inner[1] < 1], [4, 3, 2, 1], 0).astype(np.int8)


def _counted(count: Floats, level: Level) -> Limits:
    """Byar’s limits, of few the exact ones."""
    z, above, few = Z[level], count + 1, count < EXACT_BELOW
    least = np.where(few, 1.0, count)  # any number will do where the exact limits hold
    lower = least * (1 - 1 / (9 * least) - z / (3 * np.sqrt(least))) ** 3
    upper = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    if few.any():
        rare = count[few]
        lower[few] = np.where(rare == 0, 0.0, _chi_squared(TAIL[level], 2 * rare) / 2)
        upper[few] = _chi_squared(1 - TAIL[level], 2 * rare + 2) / 2
    return lower, upper


def _chi_squared(probability: float, freedom: Floats) -> Floats:
    from scipy.special import gammaincinv  # takes a moment to import, which no page without it should wait for

    found: Any = 2 * gammaincinv(freedom / 2, probability)
    return np.asarray(found, dtype=float)
