"""Variation as the API answers it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.kit.api.shapes import FigureShape, figure
from kpis.statistics.funnels import Funnel, Placed
from kpis.variation.judging import Judged, Judging, in_words


class PlacedShape(msgspec.Struct):
    """A point of a funnel, as the command `funnel` gives it: shares from 0 to 1, or observed over expected."""

    value: float
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float
    verdict: str


class PointShape(msgspec.Struct):
    """A practice: its value in the measure’s unit between the ends of its 95% interval, and both verdicts."""

    ods_code: str
    name: str
    chin: str
    commissioner: str
    numerator: float | None
    denominator: float | None
    value: float
    lower: float | None
    upper: float | None
    unadjusted: PlacedShape | None
    overdispersed: PlacedShape | None
    in_words: str
    overdispersed_in_words: str


class FunnelShape(msgspec.Struct):
    """Who differs. Practices that you may not be told count in the average and are not listed."""

    measure: str
    name: str
    period_ends: date | None
    months: int | None
    kind: str
    against: str
    centre: float | None
    phi: float | None
    tau2: float | None
    average: float | None
    says: list[str]
    points: list[PointShape]
    hidden: int
    left_out: dict[str, int]


class GroupShape(msgspec.Struct):
    """A group of practices: its quartiles, and what it has together, with its 95% interval."""

    key: str
    name: str
    practices: int
    lowest: float
    lower_quartile: float
    median: float
    upper_quartile: float
    highest: float
    together: float | None
    lower: float | None
    upper: float | None


class GroupsShape(msgspec.Struct):
    measure: str
    period_ends: date | None
    average: float | None
    groups: list[GroupShape]
    says: list[str]


class LineShape(msgspec.Struct):
    """What a practice, or a group, has."""

    name: str
    practices: int
    value: float | None
    lower: float | None
    upper: float | None


class LikeShape(msgspec.Struct):
    """A practice like it: what they differ by adds up to the distance."""

    ods_code: str
    name: str
    distance: float
    size_percent_apart: float
    deprivation_points_apart: float | None
    age_points_apart: float | None
    value: float


class CompareShape(msgspec.Struct):
    measure: str
    period_ends: date | None
    practice: str
    lines: list[LineShape]
    like: list[LikeShape]
    k: int
    among: int
    to_upper_quartile: FigureShape | None
    says: list[str]


class PairShape(msgspec.Struct):
    ods_code: str
    name: str
    first: float
    second: float


class TwoShape(msgspec.Struct):
    measure: str
    other: str
    period_ends: date | None
    other_period_ends: date | None
    correlation: float | None
    pairs: list[PairShape]
    says: list[str]


class GapItem(msgspec.Struct):
    ods_code: str
    name: str
    population: float
    expected: float
    register: float
    gap: float
    percent: float | None


class GapShape(msgspec.Struct):
    """A register against what is expected. A negative gap: more are on it than were expected."""

    measure: str
    period_ends: date | None
    modelled_percent: float | None
    expected: float | None
    register: float | None
    gap: float | None
    percent: float | None
    practices: list[GapItem]
    says: list[str]


class PracticeItem(msgspec.Struct):
    """A row of the table: no rank, as ranks say nothing of chance."""

    id: int
    ods_code: str
    name: str
    chin: str | None
    commissioner: str | None
    numerator: float | None
    denominator: float | None
    value: float | None
    lower: float | None
    upper: float | None
    verdict: str
    overdispersed_verdict: str
    to_upper_quartile: float | None


def _placed(one: Placed | None) -> PlacedShape | None:
    if one is None:
        return None
    limits = (one.lower_95, one.upper_95, one.lower_998, one.upper_998)
    return PlacedShape(one.value, *limits, str(one.verdict))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _point(row: Judged, judging: Judging) -> PointShape:
    own, better = row.own, judging.values.better
    return PointShape(
        ods_code=own.code,
        name=own.name,
        chin=own.chin,
        commissioner=own.commissioner,
        numerator=_number(own.numerator),
        denominator=_number(own.denominator),
        value=own.value,
        lower=row.interval.lower if row.interval else None,
        upper=row.interval.upper if row.interval else None,
        unadjusted=_placed(row.plain),
        overdispersed=_placed(row.wide),
        in_words=in_words(row.verdict, better),
        overdispersed_in_words=in_words(row.wide_verdict, better),
    )


def funnel(context: Mapping[str, Any], asat: Any) -> FunnelShape:
    """What templates/variation/funnel.html shows."""
    judging: Judging | None = context["judging"]
    plain: Funnel | None = judging.wide if judging else None
    left_out = judging.values.left_out if judging else None
    return FunnelShape(
        measure=context["measure"].code,
        name=context["definition"].name,
        period_ends=_period(judging),
        months=judging.values.months if judging else None,
        kind=context["definition"].kind,
        against=judging.asked.against if judging else "",
        centre=plain.centre if plain else None,
        phi=plain.phi if plain else None,
        tau2=plain.tau2 if plain else None,
        average=judging.average if judging else None,
        says=list(context["says"]),
        points=[_point(row, judging) for row in judging.named] if judging else [],
        hidden=judging.hidden if judging else 0,
        left_out={name: getattr(left_out, name) for name in left_out.__slots__} if left_out else {},
    )


def _period(judging: Judging | None) -> date | None:
    return judging.values.ends if judging else None


def groups(context: Mapping[str, Any], asat: Any) -> GroupsShape:
    """What templates/variation/chins.html and deprivation.html show."""
    judging = context["judging"]
    found = [
        GroupShape(
            *(one.key, name, len(one.rows), one.lowest, one.lower, one.middle, one.upper, one.highest, one.together),
            *((one.interval.lower, one.interval.upper) if one.interval else (None, None)),
        )
        for name, one in context["groups"]
    ]
    average = judging.average if judging else None
    return GroupsShape(context["measure"].code, _period(judging), average, found, list(context["says"]))


def compare(context: Mapping[str, Any], asat: Any) -> CompareShape:
    """What templates/variation/compare.html shows."""
    like, judging = context["like"], context["judging"]
    return CompareShape(
        *(context["measure"].code, _period(judging), context["own"].code if context["own"] else ""),
        [
            LineShape(line["name"], line["practices"], line["value"], line["lower"], line["upper"])
            for line in context["lines"]
        ],
        [
            LikeShape(
                *(one.own.code, one.own.name, one.distance, one.size_gap, one.deprivation_gap, one.age_gap),
                one.own.value,
            )
            for one in (like.nearest if like else ())
        ],
        *(context["k"], like.others if like else 0),
        figure(context["aim"]) if context["aim"] else None,
        list(context["says"]),
    )


def two(context: Mapping[str, Any], asat: Any) -> TwoShape:
    """What templates/variation/two.html shows."""
    other = context["other"]
    return TwoShape(
        *(context["measure"].code, other.measure.code if other else "", _period(context["judging"])),
        *(other.ends if other else None, context["correlation"]),
        [PairShape(one.code, one.name, one.value, two.value) for one, two in context["pairs"]],
        list(context["says"]),
    )


def gap(context: Mapping[str, Any], asat: Any) -> GapShape:
    """What templates/variation/gap.html shows."""
    total = context["total"]
    return GapShape(
        measure=context["measure"].code,
        period_ends=_period(context["judging"]),
        modelled_percent=_number(context["modelled"]),
        expected=_number(total.expected) if total else None,
        register=_number(total.register) if total else None,
        gap=_number(total.gap) if total else None,
        percent=_number(total.percent) if total else None,
        practices=[
            GapItem(
                *(one.own.code, one.own.name, float(one.population), float(one.expected), float(one.register)),
                *(float(one.gap), _number(one.percent)),
            )
            for one in context["gaps"]
        ],
        says=list(context["says"]),
    )
