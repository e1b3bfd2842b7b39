"""What all control charts share: segments, points, the four rules, and the icons of NHS Making Data Count."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from math import isfinite


class Improvement(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Flag(StrEnum):
    COMMON = "common"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEITHER_HIGH = "neither_high"
    NEITHER_LOW = "neither_low"


class Rule(StrEnum):
    """Why a point is no common cause, in the order in which the first one that holds decides."""

    ASTRONOMICAL = "astronomical"
    TREND = "trend"
    TWO_OF_THREE = "two_of_three"
    SHIFT = "shift"


class Variation(StrEnum):
    """The icon of the latest point."""

    COMMON_CAUSE = "CommonCause"
    IMPROVEMENT_HIGH = "ImprovementHigh"
    IMPROVEMENT_LOW = "ImprovementLow"
    CONCERN_HIGH = "ConcernHigh"
    CONCERN_LOW = "ConcernLow"
    NEITHER_HIGH = "NeitherHigh"
    NEITHER_LOW = "NeitherLow"
    EMPTY = "Empty"


class Assurance(StrEnum):
    """The icon of the target against the latest limits."""

    PASS = "Pass"  # noqa: S105 - no password
    FAIL = "Fail"
    HIT_OR_MISS = "HitOrMiss"


ROUNDING = 2.0**-48  # of the greatest value: a difference that rounding alone can make is none
TRIAL_BELOW = 13  # limits of a segment of fewer points are trial limits
RUNS = (6, 7)  # how many points in a row make a trend or a shift
FEWEST_FIXED = 12  # a baseline is of at least so many points


class NotASeries(ValueError):
    """What was given is no series, or its settings do not fit it; says which point and what was expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a series is judged: stored with it, and printed on every chart of it.

    fixed: how many of its first points the first segment's limits rest on; None: all of them. rebased: the first point
    of each further segment, from 1. screened: moving ranges of 3.267 times their mean and more are left out once. run:
    how many points in a row make a trend or a shift. kinder: of opposite rules on one point, that of improvement holds
    (as in MDC's workbook) and not the first of them (as in NHSRplotthedots).
    """

    improvement: Improvement = Improvement.UP
    target: float | None = None
    fixed: int | None = None
    rebased: tuple[int, ...] = ()
    screened: bool = False
    run: int = 7
    kinder: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Points from first to last (from 1, both included) and the limits they are judged against.

    n: how many points the limits rest on. Limits that differ from point to point (p and u charts) stand on the points.
    """

    first: int
    last: int
    n: int
    mean: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float

    @property
    def trial(self) -> bool:
        """Too few points to conclude from."""
        return self.last - self.first + 1 < TRIAL_BELOW


@dataclass(frozen=True, slots=True)
class Point:
    """A value, what it is, and every rule that holds of it, the deciding one first."""

    index: int
    value: float
    flag: Flag = Flag.COMMON
    rules: tuple[Rule, ...] = ()
    high: bool = False  # on which side the deciding rule found it


@dataclass(frozen=True, slots=True)
class Judged:
    """A series as it was judged. variation and assurance are those of its latest point and limits."""

    segments: tuple[Segment, ...]
    points: tuple[Point, ...]
    variation: Variation
    assurance: Assurance | None
    settings: Settings = field(default_factory=Settings)

    def segment_of(self, index: int) -> Segment:
        return next(one for one in self.segments if one.first <= index <= one.last)


def whole(values: Sequence[float]) -> list[float]:
    """The values, each a finite number. Raises NotASeries."""
    for index, value in enumerate(values, start=1):
        if not isfinite(value):
            raise NotASeries(f"Point {index}: a number was expected, and “{value}” is none that can be judged.")
    return [float(value) for value in values]


def bounds(count: int, settings: Settings) -> list[tuple[int, int]]:
    """First and last point of each segment, from 1. Raises NotASeries for settings that don't fit so many points."""
    if settings.run not in RUNS:
        raise NotASeries(f"A trend or shift is of 6 or 7 points, not {settings.run}.")
    if settings.fixed is not None and settings.fixed < FEWEST_FIXED:
        raise NotASeries(f"A baseline is of at least {FEWEST_FIXED} points, not {settings.fixed}.")
    starts = [1, *sorted(set(settings.rebased))]
    if len(starts) != len(settings.rebased) + 1:
        raise NotASeries("A new baseline begins at a point once.")
    for start in starts[1:]:
        if not 2 <= start <= count:
            raise NotASeries(f"A new baseline begins at one of points 2 to {count}, not at point {start}.")
    ends = [start - 1 for start in starts[1:]] + [count]
    return list(zip(starts, ends, strict=True)) if count else []


def judge(
    values: Sequence[float], limits: Sequence[tuple[float, float, float, float, float]], settings: Settings
) -> list[tuple[tuple[Rule, bool], ...]]:
    """For each point of one segment, the rules that hold of it and whether each found it high, the deciding one first.

    limits: for each point the mean, lower and upper limit, near lower and near upper limit.
    """
    count, run, slack = len(values), settings.run, slack_of(values)
    found: list[dict[tuple[Rule, bool], None]] = [{} for _ in range(count)]
    sides = [_side(value, at[0], slack) for value, at in zip(values, limits, strict=True)]
    for index, (value, (_, lower, upper, _, _)) in enumerate(zip(values, limits, strict=True)):
        if value > upper + slack or value < lower - slack:
            found[index][Rule.ASTRONOMICAL, value > upper] = None
    rises = [_side(later, earlier, 0.0) for earlier, later in pairwise(values)]
    for start, length, way in _runs(rises):
        if way and length >= run - 1:
            for index in range(start, start + length + 1):
                found[index][Rule.TREND, way > 0] = None
    near = [_near(value, at, slack) for value, at in zip(values, limits, strict=True)]
    for start in range(count - 2):
        window = range(start, start + 3)
        way = sides[start]
        if way and all(sides[i] == way for i in window):
            close = [i for i in window if near[i]]
            for index in close if len(close) >= 2 else ():
                found[index][Rule.TWO_OF_THREE, way > 0] = None
    for start, length, way in _runs(sides):
        if way and length >= run:
            for index in range(start, start + length):
                found[index][Rule.SHIFT, way > 0] = None
    order = list(Rule)
    return [tuple(sorted(one, key=lambda rule: (order.index(rule[0]), not rule[1]))) for one in found]


def flagged(index: int, value: float, rules: Sequence[tuple[Rule, bool]], settings: Settings) -> Point:
    """The point as its deciding rule makes it."""
    if not rules:
        return Point(index, value)
    deciding = rules[0]
    if settings.kinder and settings.improvement is not Improvement.NEITHER:
        better = settings.improvement is Improvement.UP
        deciding = next((one for one in rules if one[1] is better), deciding)
    names = [deciding[0], *(rule for rule, _ in rules)]
    return Point(index, value, flag_of(deciding[1], settings.improvement), tuple(dict.fromkeys(names)), deciding[1])


def flag_of(high: bool, improvement: Improvement) -> Flag:
    if improvement is Improvement.NEITHER:
        return Flag.NEITHER_HIGH if high else Flag.NEITHER_LOW
    return Flag.IMPROVEMENT if high is (improvement is Improvement.UP) else Flag.CONCERN


def variation_of(points: Sequence[Point]) -> Variation:
    if not points:
        return Variation.EMPTY
    last = points[-1]
    if last.flag is Flag.COMMON:
        return Variation.COMMON_CAUSE
    side = "High" if last.high else "Low"
    kind = {Flag.IMPROVEMENT: "Improvement", Flag.CONCERN: "Concern"}.get(last.flag, "Neither")
    return Variation(f"{kind}{side}")


def assurance_of(lower: float, upper: float, settings: Settings) -> Assurance | None:
    """The target against the latest limits; None without a target, or where neither way is better."""
    target = settings.target
    if target is None or settings.improvement is Improvement.NEITHER:
        return None
    if target > upper:
        return Assurance.FAIL if settings.improvement is Improvement.UP else Assurance.PASS
    if target < lower:
        return Assurance.PASS if settings.improvement is Improvement.UP else Assurance.FAIL
    return Assurance.HIT_OR_MISS


def slack_of(values: Sequence[float]) -> float:
    """How far a value may be from a mean or a limit by rounding alone."""
    return ROUNDING * max((abs(value) for value in values), default=0.0)


def _side(value: float, mean: float, slack: float) -> int:
    return (value > mean + slack) - (value < mean - slack)


def _near(value: float, at: tuple[float, float, float, float, float], slack: float) -> bool:
    _, lower, upper, near_lower, near_upper = at
    high = near_upper + slack < value <= upper + slack
    return high or lower - slack <= value < near_lower - slack


def _runs(signs: Sequence[int]) -> list[tuple[int, int, int]]:
    """Where each run of equal signs starts, how long it is, and its sign."""
    runs: list[tuple[int, int, int]] = []
    for index, sign in enumerate(signs):
        if runs and runs[-1][2] == sign:
            start, length, _ = runs[-1]
            runs[-1] = (start, length + 1, sign)
        else:
            runs.append((index, 1, sign))
    return runs
