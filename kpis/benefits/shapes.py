"""What the API answers about benefits. Amounts are pounds; null: not stated, which is not 0."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.kit.api.shapes import EntryShape, FigureShape, Pounds, entries, figures, number, pounds
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_name


class BenefitItem(msgspec.Struct):
    """A benefit. `planned` and `validated`: gross saving of all years that state it; `unstated`: how many years don’t."""

    id: int
    benefit: str
    title: str
    initiative: str
    commissioner: str | None
    chin: str | None
    point_of_delivery: str
    hrg: str
    owner: str | None
    unit_price: Pounds | None
    planned: Pounds | None
    unstated: int | None
    validated: Pounds | None
    due: date | None
    qipp: str
    paper: str
    note: str


class RowItem(msgspec.Struct):
    """A benefit in a financial year (named by the year it begins in). counted_…: what of it counts in totals."""

    id: int
    benefit: str
    title: str
    initiative: str
    commissioner: str | None
    chin: str | None
    point_of_delivery: str
    year: int
    planned_activity: float | None
    planned_saving: Pounds | None
    recurrent: Pounds | None
    non_recurrent: Pounds | None
    investment: Pounds | None
    net: Pounds | None
    forecast_activity: float | None
    forecast_saving: Pounds | None
    validated_activity: float | None
    validated_saving: Pounds | None
    counted_planned: Pounds | None
    counted_forecast: Pounds | None
    counted_validated: Pounds | None
    counted_planned_activity: float | None
    counted_forecast_activity: float | None
    counted_validated_activity: float | None


class RiskShape(msgspec.Struct):
    """A benefit that may not come to what was planned, and why."""

    benefit: str
    why: str


class PairShape(msgspec.Struct):
    """Two benefits that may be one saving counted twice, and that nobody has split."""

    benefit: str
    other: str
    by_point_of_delivery: bool
    by_measure: bool


class DashboardShape(msgspec.Struct):
    """What benefits come to in a financial year. Its rows are at /benefits/years/."""

    financial_year: str | None
    figures: list[FigureShape]
    at_risk: list[RiskShape]
    overlaps: list[PairShape]


class YearShape(msgspec.Struct):
    """What is planned, forecast and validated of a year."""

    financial_year: str
    activity: float | None
    saving: Pounds | None
    recurrent: Pounds | None
    non_recurrent: Pounds | None
    net: Pounds | None
    forecast_activity: float | None
    forecast_saving: Pounds | None
    validated_saving: Pounds | None
    counted_saving: Pounds | None
    source: str


class ValidationShape(msgspec.Struct):
    """A saving that somebody validated."""

    id: int
    financial_year: str
    quarters: str
    saving: Pounds
    activity: float | None
    evidence: str
    validated_by: str
    validated_on: date


class OverlapShape(msgspec.Struct):
    """Another benefit that this one overlaps with; the shares, in percent, where somebody split them."""

    benefit: str
    by_point_of_delivery: bool
    by_measure: bool
    share: float | None
    share_of_other: float | None
    why: str


class BenefitShape(msgspec.Struct):
    """A benefit: its profile, what evidences it, what was validated, and what it overlaps with."""

    benefit: str
    title: str
    initiative: str
    commissioner: str | None
    chin: str | None
    owner: str | None
    point_of_delivery: str
    hrg: str
    unit_price: Pounds | None
    price_source: str
    price_year: str | None
    qipp: str
    paper: str
    note: str
    due: date | None
    measures: list[str]
    years: list[YearShape]
    validations: list[ValidationShape]
    overlaps: list[OverlapShape]
    history: list[EntryShape] | None


def dashboard(context: Mapping[str, Any], asat: AsAt) -> DashboardShape:
    """What templates/benefits/home.html shows."""
    return DashboardShape(
        financial_year=None if context["year"] is None else year_name(context["year"]),
        figures=figures(card.figure for card in context["cards"]),
        at_risk=[RiskShape(one.benefit.slug, one.why) for one in context["at_risk"]],
        overlaps=[
            PairShape(one.benefit.slug, one.other.slug, one.by_point, one.by_measure) for one in context["unsplit"]
        ],
    )


def _year(row: Any) -> YearShape:
    return YearShape(
        financial_year=year_name(row.year),
        activity=number(row.activity),
        saving=pounds(row.saving),
        recurrent=pounds(row.recurrent),
        non_recurrent=pounds(row.non_recurrent),
        net=pounds(row.net),
        forecast_activity=number(row.forecast_activity),
        forecast_saving=pounds(row.forecast_saving),
        validated_saving=pounds(row.validated_saving),
        counted_saving=pounds(row.counted_saving),
        source=row.source,
    )


def benefit(context: Mapping[str, Any], asat: AsAt) -> BenefitShape:
    """What templates/benefits/benefit.html shows."""
    one, said = context["benefit"], context["history"]
    return BenefitShape(
        benefit=one.slug,
        title=one.title,
        initiative=one.initiative,
        commissioner=one.commissioner.ods_code if one.commissioner else None,
        chin=one.chin.slug if one.chin else None,
        owner=one.owner.title if one.owner else None,
        point_of_delivery=one.point_of_delivery,
        hrg=one.hrg,
        unit_price=pounds(one.unit_price),
        price_source=one.price_source,
        price_year=None if one.price_year is None else year_name(one.price_year),
        qipp=one.qipp,
        paper=one.paper,
        note=one.note,
        due=one.due,
        measures=[measure.code for measure in context["measures"]],
        years=[_year(row) for row in context["years"]],
        validations=[
            ValidationShape(
                v.pk,
                year_name(v.year),
                v.quarters,
                pounds(v.saving),
                number(v.activity),
                v.evidence,
                str(v.validated_by),
                v.first_day,
            )
            for v in context["validations"]
        ],
        overlaps=[
            OverlapShape(
                o.other.slug,
                o.by_point,
                o.by_measure,
                number(o.of_this),
                number(o.of_other),
                o.split.reason if o.split else "",
            )
            for o in context["overlaps"]
        ],
        history=None if said is None else entries(said),
    )
