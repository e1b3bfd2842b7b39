"""XmR charts of many series of one length at once: the same as kpis.statistics.xmr, by NumPy.

A test holds the two against each other. Series with gaps or further baselines go through the plain one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kpis.statistics.series import (
    FEWEST_FIXED,
    ROUNDING,
    RUNS,
    Assurance,
    Flag,
    Improvement,
    NotASeries,
    Rule,
    Settings,
    Variation,
)
from kpis.statistics.xmr import SCALE, SCREEN

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FLAGS = tuple(Flag)
RULES = tuple(Rule)


@dataclass(frozen=True, slots=True)
class Many:
    """One row a series. flags: indices into FLAGS; rules: for each of RULES whether it holds, one way or the other."""

    mean: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    flags: NDArray[np.int8]
    high: Bools
    rules: Bools  # rule × series × point
    settings: Settings

    def variation(self, row: int) -> Variation:
        flag, side = FLAGS[self.flags[row, -1]], "High" if self.high[row, -1] else "Low"
        if flag is Flag.COMMON:
            return Variation.COMMON_CAUSE
        return Variation({Flag.IMPROVEMENT: "Improvement", Flag.CONCERN: "Concern"}.get(flag, "Neither") + side)

    def assurances(self, targets: Floats) -> list[Assurance | None]:
        """Each series' target (NaN: none) against its limits."""
        up = self.settings.improvement is Improvement.UP
        if self.settings.improvement is Improvement.NEITHER:
            return [None] * len(targets)
        above, below = targets > self.upper, targets < self.lower
        found: list[Assurance | None] = []
        for over, under, missing in zip(above, below, np.isnan(targets), strict=True):
            if missing:
                found.append(None)
            elif over or under:
                found.append(Assurance.FAIL if bool(over) is up else Assurance.PASS)
            else:
                found.append(Assurance.HIT_OR_MISS)
        return found


def xmr_many(values: Floats, settings: Settings | None = None) -> Many:
    """series × points, all of them finite. Raises NotASeries, as xmr does."""
    settings = settings or Settings()
    rows, count = values.shape
    if settings.rebased:
        raise NotASeries("Series with further baselines are judged one by one.")
    if settings.run not in RUNS or (settings.fixed is not None and not FEWEST_FIXED <= settings.fixed <= count):
        raise NotASeries(f"These settings do not fit series of {count} points.")
    if not count:
        raise NotASeries("There are no points.")
    if not np.isfinite(values).all():
        raise NotASeries("Every point is a finite number.")
    baseline = values[:, : settings.fixed]
    flat = baseline.min(axis=1) == baseline.max(axis=1)
    mean = np.where(flat, baseline[:, 0], baseline.mean(axis=1))
    ranges = np.abs(np.diff(baseline, axis=1))
    average = ranges.mean(axis=1) if ranges.shape[1] else np.zeros(rows)
    if settings.screened and ranges.shape[1]:
        kept = ranges < SCREEN * average[:, None]
        left = kept.sum(axis=1)
        screened = np.where(kept, ranges, 0.0).sum(axis=1) / np.maximum(left, 1)
        average = np.where(average > 0, screened, average)
    width = SCALE * average
    near = 2 * width / 3
    lower, upper, near_lower, near_upper = mean - width, mean + width, mean - near, mean + near
    slack = ROUNDING * np.abs(values).max(axis=1)
    out_high = values > (upper + slack)[:, None]
    out_low = values < (lower - slack)[:, None]
    above, below = values > (mean + slack)[:, None], values < (mean - slack)[:, None]
    close = (values > (near_upper + slack)[:, None]) & ~out_high | (values < (near_lower - slack)[:, None]) & ~out_low
    rising, falling = np.diff(values, axis=1) > 0, np.diff(values, axis=1) < 0
    run = settings.run
    highs = [out_high, _in_runs(rising, run - 1, 1), _two_of_three(above, close), _in_runs(above, run)]
    lows = [out_low, _in_runs(falling, run - 1, 1), _two_of_three(below, close), _in_runs(below, run)]
    high, low = _deciding(np.stack(highs), np.stack(lows), settings)
    return Many(
        mean,
        lower,
        upper,
        near_lower,
        near_upper,
        _flags(high, low, settings.improvement),
        high,
        np.stack(highs) | np.stack(lows),
        settings,
    )


def _in_runs(holds: Bools, length: int, more: int = 0) -> Bools:
    """Points in a run of so many that hold; `more`: of differences, which have a point more than they are."""
    rows, count = holds.shape
    found = np.zeros((rows, count + more), dtype=bool)
    if count < length:
        return found
    whole = sliding_window_view(holds, length, axis=1).all(axis=2)
    for shift in range(length + more):
        found[:, shift : shift + whole.shape[1]] |= whole
    return found


def _two_of_three(side: Bools, close: Bools) -> Bools:
    """Points near the limit in a window of three on one side of which two are."""
    found = np.zeros(side.shape, dtype=bool)
    if side.shape[1] < 3:
        return found
    near = close & side
    whole = sliding_window_view(side, 3, axis=1).all(axis=2) & (sliding_window_view(near, 3, axis=1).sum(axis=2) >= 2)
    for shift in range(3):
        found[:, shift : shift + whole.shape[1]] |= whole
    return found & near


def _deciding(highs: Bools, lows: Bools, settings: Settings) -> tuple[Bools, Bools]:
    """Which points the deciding rule finds high, and which low: the first that holds, high before low."""
    some_high, some_low = np.asarray(highs.any(axis=0)), np.asarray(lows.any(axis=0))
    first_high = np.where(some_high, highs.argmax(axis=0), len(RULES))
    first_low = np.where(some_low, lows.argmax(axis=0), len(RULES))
    high = np.asarray(some_high & (first_high <= first_low))
    if settings.kinder and settings.improvement is Improvement.UP:
        high = some_high
    elif settings.kinder and settings.improvement is Improvement.DOWN:
        high = some_high & ~some_low
    return high, np.asarray(some_low & ~high)


def _flags(high: Bools, low: Bools, improvement: Improvement) -> NDArray[np.int8]:
    up, down = {
        Improvement.UP: (Flag.IMPROVEMENT, Flag.CONCERN),
        Improvement.DOWN: (Flag.CONCERN, Flag.IMPROVEMENT),
        Improvement.NEITHER: (Flag.NEITHER_HIGH, Flag.NEITHER_LOW),
    }[improvement]
    flags = np.full(high.shape, FLAGS.index(Flag.COMMON), dtype=np.int8)
    flags[high] = FLAGS.index(up)
    flags[low] = FLAGS.index(down)
    return flags
