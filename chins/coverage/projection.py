"""When every practice will be in a CHIN: by the dated plans, and beside them where the trend points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from cc2h.kit import words
from cc2h.kit.days import LATEST
from chins.coverage.reading import Coverage, PracticeRow, practice_rows, query_rows, trend
from chins.coverage.sql import held
from practices.models import Commissioner

TREND_MONTHS = 6


@dataclass(frozen=True, kw_only=True)
class StillOut:
    """A practice that is in no CHIN on the day: its next planned join, and the last contact with it by then."""

    practice: PracticeRow
    joins: date | None = None
    chin_slug: str | None = None
    chin_name: str | None = None
    contacted: date | None = None
    next_step: str = ""


@dataclass(frozen=True, kw_only=True)
class Projection:
    """When full coverage is expected, seen from the day `as_at`.

    day: the latest planned join of the practices still out; None while one of them has no date, or none is out.
    reason: why there is or isn't a day, in a sentence.
    trend: the month-ends the line is fitted to (population percent by days since the first of them), slope in
    points a day, intercept in percent; trend_day: the first day on which the line is at 100%, if it rises.
    """

    commissioner: Commissioner
    as_at: date
    known: datetime | None
    day: date | None
    out: Sequence[StillOut]
    reason: str
    trend: Sequence[Coverage] = ()
    slope: Decimal | None = None
    intercept: Decimal | None = None
    trend_day: date | None = None
    trend_formula: str = ""

    @property
    def dated(self) -> int:
        return sum(1 for out in self.out if out.joins)

    @property
    def undated(self) -> int:
        return len(self.out) - self.dated

    @property
    def complete(self) -> bool:
        return not self.out


_PLANS = """
    SELECT p.id AS practice_id, m.joins, m.slug AS chin_slug, m.name AS chin_name,
           k.day AS contacted, coalesce(k.next_step, '') AS next_step
    FROM unnest(%(practices)s::bigint[]) AS p(id)
    LEFT JOIN LATERAL (
        SELECT lower(m.period) AS joins, c.slug, c.name
        FROM chins_membership m JOIN chins_chin c ON c.id = m.chin_id
        WHERE m.practice_id = p.id AND {held_m} AND lower(m.period) > %(day)s
        ORDER BY m.period LIMIT 1
    ) m ON true
    LEFT JOIN LATERAL (
        SELECT k.day, k.next_step FROM practices_contact k
        WHERE k.practice_id = p.id AND k.day <= %(day)s AND {held_k}
        ORDER BY k.day DESC, k.id DESC LIMIT 1
    ) k ON true
"""
_CONTACT_HELD = "k.recorded_at < %(known)s AND (k.withdrawn_at IS NULL OR k.withdrawn_at >= %(known)s)"


def projection(
    commissioner: Commissioner,
    day: date,
    known: datetime | None = None,
    *,
    rows: Sequence[PracticeRow] | None = None,
    points: Sequence[Coverage] | None = None,
) -> Projection:
    """When full coverage is expected, seen from a day.

    `rows` are that day's practices and `points` the last month-ends (six or more), if already read.
    """
    if rows is None:
        rows = practice_rows(commissioner, day, known)
    out = {row.practice_id: row for row in rows if not row.covered}
    still: list[StillOut] = []
    if out:
        parameters = {"practices": list(out), "day": day, "known": known}
        contact_held = "k.withdrawn_at IS NULL" if known is None else _CONTACT_HELD
        for row in query_rows(_PLANS.format(held_m=held("m", known), held_k=contact_held), parameters):
            still.append(StillOut(practice=out[row.pop("practice_id")], **row))
        still.sort(key=lambda one: one.practice.ods_code)
    projected, reason = _projected(still, practices=len(rows))
    if points is None:
        points = trend(commissioner, _months_before(day, TREND_MONTHS + 1), day, known)
    points = points[-TREND_MONTHS:]
    line = _line(points)
    return Projection(
        commissioner=commissioner,
        as_at=day,
        known=known,
        day=projected,
        out=still,
        reason=reason,
        trend=points,
        slope=line.slope,
        intercept=line.intercept,
        trend_day=line.reaches,
        trend_formula=line.formula,
    )


def _projected(out: Sequence[StillOut], practices: int) -> tuple[date | None, str]:
    if not practices:
        return None, "There are no practices."
    if not out:
        return None, "Every practice is in a CHIN."
    undated = sum(1 for one in out if one.joins is None)
    if undated:
        return (
            None,
            f"No date: {undated} of the {words.plural(len(out), 'practice')} still out {'has' if undated == 1 else 'have'} no planned join.",
        )
    last = max(one.joins for one in out if one.joins)
    return (
        last,
        f"The last of the {words.plural(len(out), 'practice')} still out is planned to join on {words.day(last)}.",
    )


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


class _Line(NamedTuple):
    slope: Decimal | None = None
    intercept: Decimal | None = None
    reaches: date | None = None
    formula: str = ""


def _line(points: Sequence[Coverage]) -> _Line:
    """Least squares of population percent by days since the first point, exactly; nothing for fewer than two points."""
    known = [(point.day, Fraction(point.covered_patients * 100, point.patients)) for point in points if point.patients]
    if len(known) < 2:
        return _Line()
    origin = known[0][0]
    days = [Fraction((day - origin).days) for day, _ in known]
    percents = [percent for _, percent in known]
    middle_day, middle = Fraction(sum(days), len(days)), Fraction(sum(percents), len(percents))
    spread = sum(((day - middle_day) ** 2 for day in days), Fraction())
    products = ((day - middle_day) * (percent - middle) for day, percent in zip(days, percents, strict=True))
    slope = sum(products, Fraction()) / spread
    intercept = middle - slope * middle_day
    reaches = None
    if slope > 0 and (wait := math.ceil((100 - intercept) / slope)) <= (LATEST - origin).days:
        reaches = origin + timedelta(days=wait)
    formula = (
        f"{words.number(_decimal(intercept, 4), 1)}% {'+' if slope >= 0 else words.MINUS} "
        f"{words.number(_decimal(abs(slope), 6), 4)} points × days since {words.day(origin)}: "
        f"least squares on the last {len(known)} month-ends"
    )
    return _Line(_decimal(slope, 6), _decimal(intercept, 4), reaches, formula)


def _decimal(value: Fraction, places: int) -> Decimal:
    return words.half_up(Decimal(value.numerator) / Decimal(value.denominator), places)
