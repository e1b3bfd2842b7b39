"""What the API answers about the route. Amounts are pounds; null: no limit, or not stated."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from cc2h.cases.route import wording
from cc2h.kit.api.shapes import FigureShape, Pounds, figures, pounds
from cc2h.kit.asat import AsAt


class TurnItem(msgspec.Struct):
    """A stage that was asked about a case. `days`: to the answer, or until the day where there is none."""

    id: int
    case: str
    title: str
    chin: str
    commissioner: str
    asked: Pounds
    stage: str
    stage_name: str
    part: str
    body: str | None
    since: date
    target: date | None
    answered: date | None
    days: int
    late: bool
    state: str


class SaidShape(msgspec.Struct):
    """What was said at a stage."""

    id: int
    outcome: str
    reasons: str
    sections: list[str]
    until: date | None
    day: date
    by: str
    post: str


class PlaceShape(msgspec.Struct):
    """A stage of the way of a case. `turn`: null where it has not been asked yet; `acts`: what you may do there."""

    stage: str
    name: str
    position: int
    part: str
    body: str | None
    state: str
    turn: int | None
    since: date | None
    target: date | None
    answered: date | None
    who: list[str]
    said: list[SaidShape]
    acts: list[str]


class ConditionShape(msgspec.Struct):
    """A condition of an approval."""

    id: int
    text: str
    due: date | None
    met: date | None
    evidence: str
    waived: date | None
    why_waived: str


class WayShape(msgspec.Struct):
    """Where a case is. `version`: of the route that holds for what was submitted; `in_force`: the one that holds on the day."""

    case: str
    state: str
    submission: int | None
    submitted: date | None
    asked: Pounds | None
    version: int | None
    in_force: int | None
    places: list[PlaceShape]
    conditions: list[ConditionShape]


class OutcomeShape(msgspec.Struct):
    """What was said of a case at a stage, with what it was said of."""

    case: str
    submission: int
    stage: str
    name: str
    outcome: str
    reasons: str
    sections: list[str]
    until: date | None
    day: date
    by: str
    post: str
    conditions: list[ConditionShape]


class StageShape(msgspec.Struct):
    """A stage of a version of the route."""

    id: int
    stage: str
    name: str
    position: int
    part: str
    asked: str
    test: bool
    scale: bool
    above: Pounds | None
    up_to: Pounds | None
    target_days: int | None
    working_days: bool
    sections: list[str]
    conflicts_count: bool


class VersionShape(msgspec.Struct):
    """A version of the route."""

    version: int
    begins: date
    why: str
    by: str


class RouteShape(msgspec.Struct):
    """The route as at the day; its stages none where no version is in force."""

    commissioner: str
    version: int | None
    stages: list[StageShape]
    versions: list[VersionShape]


class StandingShape(msgspec.Struct):
    """How cases stand at each stage."""

    figures: list[FigureShape]


def _said(one: Any) -> SaidShape:
    return SaidShape(one.pk, one.said, one.reasons, one.sections, one.until, one.day, str(one.by or ""), one.post)


def _condition(one: Any) -> ConditionShape:
    return ConditionShape(one.pk, one.text, one.due_on, one.met_on, one.evidence, one.waived_on, one.why_waived)


def way(context: Mapping[str, Any], asat: AsAt) -> WayShape:
    """What templates/route/way.html shows."""
    about, case = context["about"], context["case"]
    found = about["way"]
    if found is None:
        return WayShape(case.number, case.state, None, None, None, None, None, [], [])
    now = found.now
    places = [
        PlaceShape(
            stage=place.key,
            name=place.name,
            position=place.position,
            part=place.part,
            body=place.body,
            state=place.state,
            turn=place.turn_id,
            since=place.opened_on,
            target=place.target_on,
            answered=place.closed_on if not place.waits else None,
            who=wording.who(place, found),
            said=[_said(one) for one in found.said_at(place)],
            acts=[one.name.partition(":")[2] for one in about["acts"].get(place.turn_id, ())],
        )
        for place in now.places
    ]
    conditions = [_condition(one) for one in found.conditions]
    return WayShape(
        case.number,
        case.state,
        now.number,
        now.submitted,
        pounds(now.asked),
        now.version,
        now.in_force,
        places,
        conditions,
    )


def outcome(context: Mapping[str, Any], asat: AsAt) -> OutcomeShape:
    """What templates/route/outcome.html shows."""
    one = context["outcome"]
    return OutcomeShape(
        case=context["case"].number,
        submission=context["submission"].number,
        stage=one.turn.stage.key,
        name=one.turn.stage.name,
        outcome=one.said,
        reasons=one.reasons,
        sections=one.sections,
        until=one.until,
        day=one.day,
        by=str(one.by or ""),
        post=one.post,
        conditions=[_condition(condition) for condition in one.conditions.all()],
    )


def route(context: Mapping[str, Any], asat: AsAt) -> RouteShape:
    """What templates/route/route.html shows."""
    found = context["route"]
    return RouteShape(
        commissioner=context["commissioner"].ods_code,
        version=found.number if found else None,
        stages=[
            StageShape(
                id=one.pk,
                stage=one.key,
                name=one.name,
                position=one.position,
                part=one.part,
                asked=wording.asked(one),
                test=one.test,
                scale=one.scale,
                above=pounds(one.above),
                up_to=pounds(one.up_to),
                target_days=one.target_days,
                working_days=one.working,
                sections=one.sections,
                conflicts_count=one.conflicts,
            )
            for one in context["stages"]
        ],
        versions=[VersionShape(one.number, one.from_day, one.why, str(one.by or "")) for one in context["versions"]],
    )


def standing(context: Mapping[str, Any], asat: AsAt) -> StandingShape:
    """What templates/route/standing.html shows."""
    return StandingShape(figures(row.median for row in context["rows"]))
