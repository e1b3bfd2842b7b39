"""What the API answers about months and the ends of years."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from budget.months.queries import AccrualRow, LineRow, MonthReport, Pot
from cc2h.kit.api.shapes import FigureShape, Pounds, figures, pounds
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_name


class MonthShape(msgspec.Struct):
    """A month: not over, open, closed, or closed with a later one; by which post, when."""

    month: date
    state: str
    closed_on: date | None
    closed_as: str | None
    times_reopened: int


class MonthsShape(msgspec.Struct):
    """The months of a financial year, the newest first."""

    commissioner: str
    financial_year: str
    months: list[MonthShape]


class ReportLineShape(msgspec.Struct):
    """A line in a month. Owed: committed and not paid, or what a person judged of it; null: not stated."""

    line: str
    name: str
    inside: bool
    financial_year: str
    allocated: Pounds | None
    budget_month: Pounds | None
    paid_month: Pounds
    budget_to_date: Pounds | None
    paid_to_date: Pounds
    committed: Pounds
    owed: Pounds
    variance_to_date: Pounds | None
    outturn: Pounds | None
    variance: Pounds | None
    reason: str


class AccrualShape(msgspec.Struct):
    """What is committed and not paid at a month’s end, and how much of it is owed."""

    line: str
    name: str
    financial_year: str
    chin: str
    cost_centre: str
    subjective_code: str
    committed: Pounds
    paid: Pounds
    unpaid: Pounds
    adjustment: Pounds
    owed: Pounds
    reason: str


class ReportShape(msgspec.Struct):
    """The report of a month; sha256: of its rows, once it is frozen."""

    commissioner: str
    month: date
    up_to: date
    closed: bool
    sha256: str
    lines: list[ReportLineShape]
    figures: list[FigureShape]


class AccrualsShape(msgspec.Struct):
    """The accruals of a month."""

    commissioner: str
    month: date
    closed: bool
    accruals: list[AccrualShape]


class BesideLine(msgspec.Struct):
    """A line in two months, in words."""

    name: str
    financial_year: str
    amounts: list[str]


class BesideShape(msgspec.Struct):
    """Two months beside each other: of each line, what `columns` name."""

    month: date
    other: date
    columns: list[str]
    lines: list[BesideLine]


class PotShape(msgspec.Struct):
    """A line in a year, or a CHIN’s part of it: what is left, and whether it is chosen what becomes of it."""

    line: str
    chin: str | None
    left: Pounds | None
    state: str
    choices: list[int]


class YearEndShape(msgspec.Struct):
    """The end of a financial year. ended: it is over, and of everything left it is chosen what becomes of it."""

    commissioner: str
    financial_year: str
    over: bool
    ended: bool
    to_choose: int
    lines: list[PotShape]


class ChoiceShape(msgspec.Struct):
    """What somebody asked to become of what was left at the end of a year, and what was decided."""

    id: int
    line: str
    chin: str | None
    financial_year: str
    left: Pounds
    carried_forward: Pounds
    returned: Pounds
    reason: str
    asked_by: str
    asked_on: date
    state: str
    decided_by: str | None
    decided_on: date | None
    why: str
    may_be_agreed_by: list[str]


def months(context: Mapping[str, Any], asat: AsAt) -> MonthsShape:
    """What templates/months/list.html shows."""
    return MonthsShape(
        context["commissioner"].ods_code,
        year_name(context["year"]),
        [
            MonthShape(
                one.first,
                one.state,
                one.period.closed_on if one.period else None,
                one.period.closed_as if one.period else None,
                len(one.reopened),
            )
            for one in context["months"]
        ],
    )


def _line(row: LineRow) -> ReportLineShape:
    return ReportLineShape(
        row.slug,
        row.name,
        row.inside,
        year_name(row.year),
        pounds(row.allocated),
        pounds(row.budget_month),
        pounds(row.paid_month),
        pounds(row.budget_to_date),
        pounds(row.paid_to_date),
        pounds(row.committed),
        pounds(row.accrued),
        pounds(row.variance_to_date),
        pounds(row.outturn),
        pounds(row.variance),
        row.reason,
    )


def report(context: Mapping[str, Any], asat: AsAt) -> ReportShape:
    """What templates/months/report.html shows."""
    found: MonthReport = context["report"]
    return ReportShape(
        found.commissioner.ods_code,
        found.month,
        found.to,
        found.period is not None,
        found.sha256,
        [_line(row) for row in found.lines],
        figures(one.figure for one in context["cards"]),
    )


def _accrual(row: AccrualRow) -> AccrualShape:
    return AccrualShape(
        row.slug,
        row.name,
        year_name(row.year),
        row.chin_name,
        row.cost_centre,
        row.subjective_code,
        pounds(row.committed),
        pounds(row.paid),
        pounds(row.unpaid),
        pounds(row.adjustment),
        pounds(row.accrued),
        row.reason,
    )


def accruals(context: Mapping[str, Any], asat: AsAt) -> AccrualsShape:
    """What templates/months/accruals.html shows."""
    found: MonthReport = context["report"]
    rows = [_accrual(row) for row in context["accruals"]]
    return AccrualsShape(found.commissioner.ods_code, found.month, found.period is not None, rows)


def beside(context: Mapping[str, Any], asat: AsAt) -> BesideShape:
    """What templates/months/beside.html shows."""
    lines = [BesideLine(row.name, year_name(row.year), row.cells) for row in context["rows"]]
    return BesideShape(context["month"], context["other"], context["columns"], lines)


def _pot(pot: Pot) -> PotShape:
    chin = pot.chin.slug if pot.chin else None
    return PotShape(pot.line.slug, chin, pounds(pot.sums.left), pot.state, [one.pk for one in pot.choices])


def year_end(context: Mapping[str, Any], asat: AsAt) -> YearEndShape:
    """What templates/months/year_end.html shows."""
    found = context["end"]
    return YearEndShape(
        context["commissioner"].ods_code,
        year_name(found.year),
        found.over,
        found.ended,
        found.to_choose,
        [_pot(pot) for pot in found.pots],
    )


def choice(context: Mapping[str, Any], asat: AsAt) -> ChoiceShape:
    """What templates/months/choice.html shows."""
    one = context["choice"]
    return ChoiceShape(
        one.pk,
        one.line.slug,
        one.chin.slug if one.chin else None,
        year_name(one.year),
        pounds(one.left),
        pounds(one.carried),
        pounds(one.returned),
        one.reason,
        one.asked_by.name,
        one.asked_on,
        one.state,
        one.decided_by.name if one.decided_by else None,
        one.decided_on,
        one.why,
        context["agreeing"],
    )
