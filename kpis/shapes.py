"""What the API answers about measures. A value is in its definition’s unit; null: not known, or not told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.kit.api.shapes import EntryShape, entries
from cc2h.kit.asat import AsAt
from kpis.models import Definition


class MeasureItem(msgspec.Struct):
    """A measure of the library. `newest`: the last day of the newest period with values; `target`: whether somebody has one."""

    id: int
    code: str
    name: str
    initiative: str
    unit: str | None
    months: int | None
    better: str | None
    newest: date | None
    target: bool
    source: str | None
    paper: str


class ValueItem(msgspec.Struct):
    """What a practice had in the period."""

    id: int
    code: str
    name: str
    commissioner: str | None
    chin: str | None
    ends: date
    months: int
    numerator: float | None
    denominator: float | None
    value: float | None
    suppressed: bool
    published: bool
    file: str | None
    row: int | None


class DefinitionShape(msgspec.Struct):
    """What a measure counts, from a day until a day."""

    id: int
    begins: date
    ends: date | None
    breaks: bool
    name: str
    meaning: str
    why: str
    numerator: str
    denominator: str
    kind: str
    multiplier: float
    unit: str
    better: str
    months: int
    source: str
    suppress_below: int
    owner: str
    checked_by: str
    review_on: date | None


class LatestShape(msgspec.Struct):
    """The newest value of a group of practices; with how many of them have one."""

    level: str
    key: str
    name: str
    ends: date
    numerator: float | None
    denominator: float | None
    value: float | None
    practices: int
    practices_with_value: int


class MeasureShape(msgspec.Struct):
    measure: str
    initiative: str
    paper: str
    names_in_files: list[str]
    impacts: list[str]
    definition: DefinitionShape
    definitions: list[DefinitionShape]
    latest: list[LatestShape]
    history: list[EntryShape] | None


class ImpactItem(msgspec.Struct):
    """An impact that a paper expects. No measures: no KPI evidences it."""

    code: str
    name: str
    initiative: str
    paper: str
    remark: str
    measures: list[str]


class ImpactsShape(msgspec.Struct):
    impacts: list[ImpactItem]


def _definition(one: Definition) -> DefinitionShape:
    same = ("name", "meaning", "why", "numerator", "denominator", "kind", "unit", "better", "months", "source")
    return DefinitionShape(
        id=one.pk,
        begins=one.first_day,
        ends=one.last_day,
        breaks=one.breaks,
        multiplier=float(one.multiplier),
        suppress_below=one.suppress_below,
        owner=one.owner,
        checked_by=one.checked_by,
        review_on=one.review_on,
        **{name: getattr(one, name) for name in same},
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def measure(context: Mapping[str, Any], asat: AsAt) -> MeasureShape:
    of = context["measure"]
    return MeasureShape(
        measure=of.code,
        initiative=of.initiative,
        paper=of.paper,
        names_in_files=of.external_codes,
        impacts=[impact.code for impact in context["impacts"]],
        definition=_definition(context["definition"]),
        definitions=[_definition(one) for one in context["definitions"]],
        latest=[
            LatestShape(
                level=one.level,
                key=one.key,
                name=one.name,
                ends=one.roll_up.ends,
                numerator=_number(one.roll_up.numerator),
                denominator=_number(one.roll_up.denominator),
                value=one.value,
                practices=one.roll_up.practices,
                practices_with_value=one.roll_up.practices_with_value,
            )
            for one in context["latest"]
        ],
        history=entries(context["history"]) if context["history"] is not None else None,
    )


def impacts(context: Mapping[str, Any], asat: AsAt) -> ImpactsShape:
    return ImpactsShape(
        [
            ImpactItem(
                code=one.code,
                name=one.name,
                initiative=one.initiative,
                paper=one.paper,
                remark=one.remark,
                measures=[measure.code for measure in one.measures.all()],
            )
            for one in context["impacts"]
        ]
    )


class ObjectiveShape(msgspec.Struct):
    """An agreed objective. `target` and `value` are in the unit of the measure; null: not agreed, not known.

    Of a QIST the value is that of the CHINs that it serves, added up. `missing`: who has no number, in words.
    """

    id: int
    outcome: str
    text: str
    measure: str
    target: float | None
    value: float | None
    period: str
    missing: str
    reached: bool | None
    agreed_by: str
    begins: date


class ObjectivesShape(msgspec.Struct):
    kind: str
    key: str
    name: str
    objectives: list[ObjectiveShape]


class AgreedItem(msgspec.Struct):
    """Whose objectives there are, and how many of each kind."""

    kind: str
    key: str
    name: str
    efficiency: int
    health: int
    experience: int


class AgreedShape(msgspec.Struct):
    agreed: list[AgreedItem]


def objectives(context: Mapping[str, Any], asat: AsAt) -> ObjectivesShape:
    record = context["record"]
    return ObjectivesShape(
        kind=record.kind,
        key=record.key,
        name=record.name,
        objectives=[
            ObjectiveShape(
                id=one.objective.pk,
                outcome=outcome,
                text=one.objective.text,
                measure=one.objective.measure.code,
                target=_number(one.objective.target),
                value=one.value,
                period=one.period,
                missing=one.newest.missing if one.newest else "",
                reached=one.reached,
                agreed_by=one.objective.agreed_by,
                begins=one.objective.first_day,
            )
            for outcome, several in context["progress"].items()
            for one in several
        ],
    )


def agreed(context: Mapping[str, Any], asat: AsAt) -> AgreedShape:
    return AgreedShape([AgreedItem(one.kind, one.key, one.name, **counts) for one, counts in context["agreed"]])
