"""Keeping the route: each change makes the next version, from a day; what is under way stays with its own."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from cc2h.cases.route.models import Route, Stage
from cc2h.cases.route.outcomes import BINDING, LATER, Part
from cc2h.cases.route.wording import ranges, sums_between
from cc2h.governance.models import Body
from cc2h.kit import words
from cc2h.kit.dated import recording
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from practices.models import Commissioner


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A stage as a version of the route is to have it."""

    name: str
    position: int
    part: Part
    key: str = ""
    body: Body | None = None
    own_board: bool = False
    test: bool = True
    scale: bool = False
    above: Decimal | None = None
    up_to: Decimal | None = None
    target_days: int | None = None
    working: bool = True
    sections: Sequence[str] = ()
    conflicts: bool = True

    def for_purpose(self, purpose: str) -> bool:
        return bool(getattr(self, purpose))

    def takes(self, asked: Decimal) -> bool:
        """Whether a case that asks for so much goes through it."""
        return (self.above is None or asked > self.above) and (self.up_to is None or asked <= self.up_to)


FACTS = tuple(one.name for one in fields(Plan))


def plan_of(stage: Stage) -> Plan:
    """A stage that there is, as a plan for the next version."""
    return Plan(**{name: getattr(stage, name) for name in FACTS})


def plans_of(route: Route | None) -> list[Plan]:
    """The stages of a version, for the next one; none where there is no version yet."""
    return [] if route is None else [plan_of(stage) for stage in route.stages.select_related("body")]


def latest(commissioner: Commissioner) -> Route | None:
    """The newest version there is, in force or to come."""
    route: Route | None = Route.objects.filter(commissioner=commissioner).order_by("-number").first()
    return route


def make_version(
    *,
    by: Any,
    commissioner: Commissioner,
    stages: Sequence[Plan],
    from_day: date,
    why: str,
    today: date,
    follows: Route | None = None,
) -> Route:
    """The next version of the route, with these stages, from a day that has not passed. follows: the one it was made from.

    Refused where somebody else made one meanwhile, or the stages lead nowhere.
    """
    if from_day < today:
        raise ValidationError(
            {"from_day": f"A route changes from a day to come, {words.day(today)} at the earliest: what has been "
             "submitted keeps its own."},
            code="too_early",
        )  # fmt: skip
    if problems := unsound(stages):
        raise ValidationError(problems, code="unsound")
    with writing(by):
        Commissioner.objects.select_for_update(no_key=True).get(pk=commissioner.pk)
        last = latest(commissioner)
        if (last and last.pk) != (follows and follows.pk):
            raise ValidationError(
                f"{last.by if last and last.by else 'Somebody else'} has changed the route meanwhile. Look at it again.",
                code="meanwhile",
            )
        route = Route(
            commissioner=commissioner,
            number=last.number + 1 if last else 1,
            from_day=from_day,
            size=len(stages),
            why=why.strip(),
            by=by,
        )
        if (pretended := recording()) is not None:
            route.at = pretended
        check(route)
        route.save(force_insert=True)
        for plan in _keyed(stages):
            stage = Stage(route=route, **{name: getattr(plan, name) for name in FACTS} | {"sections": [*plan.sections]})
            check(stage)
            stage.save(force_insert=True)
    return route


def _keyed(stages: Sequence[Plan]) -> list[Plan]:
    """Each with a key, which a stage keeps from version to version."""
    taken = {plan.key for plan in stages}
    keyed = []
    for plan in sorted(stages, key=lambda one: one.position):
        key, number = plan.key, 2
        if not key:
            wanted = key = slugify(plan.name)[:26].strip("-") or "stage"
            while key in taken:
                key, number = f"{wanted}-{number}", number + 1
            taken.add(key)
        keyed.append(replace(plan, key=key))
    return keyed


def unsound(stages: Sequence[Plan]) -> list[str]:
    """What keeps stages from being a route: for which sums nobody decides, and what is out of order. In sentences."""
    found = []
    for purpose, said in (("test", "to test something"), ("scale", "to scale something")):
        ours = [stage for stage in stages if stage.for_purpose(purpose)]
        for low, high in ranges(ours):
            here = [stage for stage in ours if stage.takes(_within(low, high))]
            which = f"A case {said} that asks for {sums_between(low, high)}"
            if not any(stage.part == Part.DECIDE for stage in here):
                found.append(f"{which} is decided by nobody.")
            binding = [stage.position for stage in here if stage.part in BINDING]
            early = [stage for stage in here if stage.part in LATER and binding and stage.position <= max(binding)]
            found += [
                f"“{one.name}” comes before the decision on a case that asks for {sums_between(low, high)}; it comes after."
                for one in early
            ]
    return list(dict.fromkeys(found))


def _within(low: Decimal, high: Decimal | None) -> Decimal:
    """A sum of the range."""
    return low + Decimal("0.01") if high is None else high
