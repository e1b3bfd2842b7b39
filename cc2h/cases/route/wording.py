"""Where a case is, in words."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cc2h.cases.route.models import Stage
from cc2h.cases.route.outcomes import LATER, RULES, Part, Said
from cc2h.cases.route.way import DEFERRED, Place, Way
from cc2h.kit import words

NOBODY = "nobody"
NO_TARGET = "no target"
TAGS = {
    "to-come": "To come",
    "waiting": "Waiting",
    "late": "Late",
    "deferred": "Deferred",
    "passed": "Passed",
    "ended": "Ended the round",
    "void": "Not needed any more",
    "held": "Not asked again",
}


def sentence(way: Way) -> str:
    """Where the case is, in a sentence."""
    waiting = [place for place in way.now.waiting if place.part not in LATER]
    if waiting:
        return f"It waits for {words.listed([_waits(place) for place in waiting])}."
    later = [_waits(place) for place in way.now.waiting]
    return f"To be done after the decision: {words.listed(later)}." if later else ""


def _waits(place: Place) -> str:
    since = f"“{place.name}”, asked on {words.day(place.opened_on)}"
    if place.state == DEFERRED:
        return f"{since} and deferred until {words.day(place.deferred_until)}"
    if place.days_late:
        return f"{since} and {words.plural(place.days_late, 'day')} late"
    return f"{since}, by {words.day(place.target_on)}" if place.target_on is not None else since


def who(place: Place, way: Way) -> list[str]:
    """Who must act there: the body and its next meeting, and the posts that may answer outside one."""
    said = []
    if place.body:
        meets = (
            f"which meets on {words.day(place.meets_on)}"
            if place.meets_on
            else "of which no meeting to come is planned"
        )
        said.append(f"{place.body}, {meets}" if place.waits else place.body)
    said += [str(seat) for seat in way.who(place)]
    if place.waits and not said:
        said.append(NOBODY)
    return said


def asked(stage: Stage | Place) -> str:
    """Who is asked at a stage, whatever the case."""
    if stage.own_board:
        return "The CHIN’s management board, or one of its leads"
    if stage.body:
        return str(stage.body)
    return {
        Part.CHECK: "A finance officer",
        Part.ADVISE: "The CHIN Steering Group’s lead",
        Part.DECIDE: "The named officer",
    }.get(Part(stage.part), NOBODY)


def sums(stage: Any) -> str:
    """For which sums a stage is."""
    if stage.above is None and stage.up_to is None:
        return "Any sum"
    if stage.above is None:
        return f"Up to {words.pounds(stage.up_to, 2)}"
    if stage.up_to is None:
        return f"Above {words.pounds(stage.above, 2)}"
    return f"Above {words.pounds(stage.above, 2)}, up to {words.pounds(stage.up_to, 2)}"


def purposes(stage: Any) -> str:
    return words.listed([name for name, on in (("test", stage.test), ("scale", stage.scale)) if on])


def target(stage: Any) -> str:
    """How long a stage has to answer."""
    if stage.target_days is None:
        return NO_TARGET
    return words.plural(stage.target_days, "working day" if stage.working else "day")


def paths(stages: Sequence[Any]) -> list[str]:
    """The ways that cases take, by purpose and sum, each in a sentence."""
    found = []
    for purpose, called in (("test", "To test"), ("scale", "To scale")):
        ours = [stage for stage in stages if getattr(stage, purpose)]
        for low, high in ranges(ours):
            within = low + Decimal("0.01") if high is None else high
            here = [
                stage
                for stage in ours
                if (stage.above is None or within > stage.above) and (stage.up_to is None or within <= stage.up_to)
            ]
            if here:
                found.append(f"{called}, {sums_between(low, high)}: {_steps(here)}.")
    return found


def _steps(stages: Sequence[Any]) -> str:
    """Stages in their order; those side by side joined by “with”."""
    by_place: dict[int, list[str]] = {}
    for stage in sorted(stages, key=lambda one: one.position):
        by_place.setdefault(stage.position, []).append(f"{stage.name[:1].lower()}{stage.name[1:]}")
    return " → ".join(words.listed(names, "with") for names in by_place.values())


def ranges(stages: Sequence[Any]) -> list[tuple[Decimal, Decimal | None]]:
    """The ranges of sums (above, up to) in which all cases take the same stages; None: any sum above."""
    edges = sorted({Decimal(0), *(edge for stage in stages for edge in (stage.above, stage.up_to) if edge is not None)})
    return list(zip(edges, [*edges[1:], None], strict=True))


def sums_between(low: Decimal, high: Decimal | None) -> str:
    if high is None:
        return f"more than {words.pounds(low, 2)}" if low else "any sum"
    return (
        f"more than {words.pounds(low, 2)}, up to {words.pounds(high, 2)}" if low else f"up to {words.pounds(high, 2)}"
    )


def done(said: str) -> str:
    """What was said, as it is told."""
    return RULES[Said(said)].done


def titles(keys: Sequence[str], sections: Sequence[tuple[str, str]]) -> list[str]:
    """Sections by their titles."""
    named = dict(sections)
    return [named.get(key, key) for key in keys]
