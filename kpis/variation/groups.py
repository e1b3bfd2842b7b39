"""What groups of practices have: CHINs, fifths by deprivation, those like one; the upper quartile; gaps in prevalence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import fsum, sqrt
from statistics import mean, median

from cc2h.kit.words import decimal, half_up
from kpis.models import Better
from kpis.statistics.funnels import percentile
from kpis.statistics.intervals import Interval
from kpis.variation.compare import Own, Values
from kpis.variation.judging import interval_of, together

FIFTHS = 5
UPPER = 0.75


@dataclass(frozen=True, slots=True)
class Spread:
    """How values are distributed in a group: its practices in order, its quartiles, what they have together."""

    key: str
    name: str
    rows: Sequence[Own]
    lowest: float
    lower: float
    middle: float
    upper: float
    highest: float
    together: float | None
    interval: Interval | None


def spread(values: Values, key: str, name: str, rows: Sequence[Own]) -> Spread:
    """rows: at least one."""
    ordered = sorted(row.value for row in rows)
    x, n = fsum(row.x for row in rows), fsum(row.n for row in rows)
    return Spread(
        *(key, name, rows, ordered[0], percentile(ordered, 0.25), median(ordered), percentile(ordered, 0.75)),
        *(ordered[-1], together(values, rows), interval_of(values, x, n)),
    )


def by_chin(values: Values, rows: Sequence[Own]) -> list[Spread]:
    """The CHINs by name, and at the end the practices in none."""
    found: dict[str, list[Own]] = {}
    names: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.chin, []).append(row)
        names[row.chin] = row.chin_name or "Not in a CHIN"
    keys = sorted(found, key=lambda key: (not key, names[key]))
    return [spread(values, key, names[key], found[key]) for key in keys]


# The upper quartile ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aim:
    """The quarter that does best begins at `level`; `more` is by practice id how many more (or fewer) patients reach it."""

    level: float
    fewer: bool
    more: Mapping[int, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.more.values(), Decimal())


def best_quarter(values: Values, compared: Sequence[Own], shown: Sequence[Own]) -> Aim | None:
    """None where neither way is better, or its numbers are not known."""
    if values.better is Better.NEITHER or not compared or not values.counted:
        return None
    fewer = values.better is Better.DOWN
    level = percentile([row.value for row in compared], 1 - UPPER if fewer else UPPER)
    share = decimal(level) / values.definition.multiplier
    more = {}
    for row in shown:
        lacking = share * (row.denominator or 0) - (row.numerator or 0)
        lacking = -lacking if fewer else lacking
        more[row.practice_id] = half_up(max(lacking, Decimal()), 2)
    return Aim(level, fewer, more)


# Deprivation -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fifth:
    """A fifth of the practices by deprivation: 1 the most deprived."""

    number: int
    least: float
    most: float
    spread: Spread

    @property
    def name(self) -> str:
        return {1: "1, most deprived", FIFTHS: f"{FIFTHS}, least deprived"}.get(self.number, str(self.number))


def fifths(values: Values, rows: Sequence[Own], scores: Mapping[int, float]) -> list[Fifth]:
    """Fifths of equally many practices, as nearly as can be; nothing where there are fewer than one for each.

    Practices with the same score stand in the order of their codes.
    """
    ranked = sorted((row for row in rows if row.practice_id in scores), key=lambda r: (-scores[r.practice_id], r.code))
    if len(ranked) < FIFTHS:
        return []
    found = []
    for number in range(1, FIFTHS + 1):
        own = ranked[len(ranked) * (number - 1) // FIFTHS : len(ranked) * number // FIFTHS]
        of = [scores[row.practice_id] for row in own]
        found.append(Fifth(number, min(of), max(of), spread(values, str(number), str(number), own)))
    return found


# Two measures ------------------------------------------------------------------------------------------


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Spearman’s: how far the order of the practices by one measure is that by the other; None below 3 or without spread."""
    if len(pairs) < 3:
        return None
    first, second = _ranks([x for x, _ in pairs]), _ranks([y for _, y in pairs])
    one, other = mean(first), mean(second)
    across = fsum((a - one) * (b - other) for a, b in zip(first, second, strict=True))
    spreads = fsum((a - one) ** 2 for a in first) * fsum((b - other) ** 2 for b in second)
    return across / sqrt(spreads) if spreads else None


def _ranks(values: Sequence[float]) -> list[float]:
    """Equal values share the mean of their places."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        start = end + 1
    return ranks


# Prevalence --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gap:
    """A register against what a model expects. The gap may be negative: then more are known than were expected."""

    own: Own | None
    population: Decimal
    expected: Decimal
    register: Decimal

    @property
    def gap(self) -> Decimal:
        return self.expected - self.register

    @property
    def percent(self) -> Decimal | None:
        """The share of those expected who are on the register."""
        return half_up(self.register * 100 / self.expected, 1) if self.expected else None


def gap(own: Own | None, population: Decimal, prevalence: Decimal, register: Decimal) -> Gap:
    """prevalence: percent of the population."""
    return Gap(own, population, population * prevalence / 100, register)


def add_up(gaps: Sequence[Gap]) -> Gap:
    """Of several practices: what is expected of each, added up."""
    return Gap(
        None,
        sum((one.population for one in gaps), Decimal()),
        sum((one.expected for one in gaps), Decimal()),
        sum((one.register for one in gaps), Decimal()),
    )
