"""QISTs as the API answers them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.kit.api.shapes import FigureShape, Pounds, figures, pounds


class QistItem(msgspec.Struct):
    """A row of the list of QISTs."""

    id: int
    qist: str
    name: str
    commissioner: str
    host: str
    opens_on: date
    ended_on: date | None
    prototype: bool
    funding: Pounds | None


class SupportItem(msgspec.Struct):
    """A row of what a QIST did."""

    id: int
    day: date
    practice: str
    name: str | None
    kind: str
    what: str
    agreed: str
    result: str


class StaffShape(msgspec.Struct):
    profession: str
    in_place: float | None
    planned: float | None
    funded: float | None


class ServesShape(msgspec.Struct):
    chin: str
    name: str
    since: date
    practices: int
    patients: int


class DiffersShape(msgspec.Struct):
    ods_code: str
    name: str
    value: float
    verdict: str
    overdispersed_verdict: str


class TargetShape(msgspec.Struct):
    """A target measure, and those of the practices served that differ by it."""

    measure: str
    name: str
    since: date
    period_ends: date | None
    practices: int
    differ: list[DiffersShape]


class ReviewShape(msgspec.Struct):
    day: date
    found: str
    decision: str
    why: str
    decided_by: str


class QistShape(msgspec.Struct):
    qist: str
    name: str
    commissioner: str
    host: str
    conditions: list[str]
    state: str
    prototype: bool
    opens_on: date
    ended_on: date | None
    funding: Pounds | None
    funding_remark: str
    figures: list[FigureShape]
    serves: list[ServesShape]
    staff: list[StaffShape]
    targets: list[TargetShape]
    reviews: list[ReviewShape]


def _wte(of: Mapping[str, Any], basis: str) -> float | None:
    return float(of[basis]) if basis in of else None


def qist(context: Mapping[str, Any], asat: Any) -> QistShape:
    """What templates/qists/qist.html shows."""
    one = context["qist"]
    return QistShape(
        qist=one.slug,
        name=one.name,
        commissioner=one.commissioner.ods_code,
        host=one.host,
        conditions=list(one.conditions),
        state=context["state"],
        prototype=one.prototype,
        opens_on=one.opens_on,
        ended_on=one.ended_on,
        funding=pounds(one.funding),
        funding_remark=one.funding_remark,
        figures=figures(context["figures"]),
        serves=[
            ServesShape(serves.chin.slug, serves.chin.name, serves.first_day, practices, patients)
            for serves, practices, patients in context["serves"]
        ],
        staff=[
            StaffShape(name, _wte(of, "in_place"), _wte(of, "planned"), _wte(of, "funded"))
            for name, of in context["staff"]
        ],
        targets=[
            TargetShape(
                *(one.target.measure.code, one.definition.name, one.target.first_day),
                *(one.judging.values.ends if one.judging else None, len(one.served)),
                [
                    DiffersShape(
                        *(row.own.code, row.own.name, row.own.value),
                        *(str(row.verdict or ""), str(row.wide_verdict or "")),
                    )
                    for row in one.differ
                ],
            )
            for one in context["targets"]
        ],
        reviews=[
            ReviewShape(each.day, each.found, each.decision, each.why, each.decided_by) for each in context["reviews"]
        ],
    )
