"""Where a case is: the stages of its route, who must act, since when, what was said; as at a day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from cc2h.accounts.authority import Action, Target, can
from cc2h.cases.models import Case
from cc2h.cases.route import acting
from cc2h.cases.route.acting import Seat
from cc2h.cases.route.guards import applies
from cc2h.cases.route.models import Condition, Outcome
from cc2h.cases.route.outcomes import ACTIONS, LATER, Part, Said, TurnState
from cc2h.kit import words
from cc2h.kit.together import Asking, Raw, kept

# The rounds of a case, the latest first, each with the stages of its route for its sum and purpose.
ROUNDS = f"""
    SELECT s.id, s.number, s.day, s.asked, s.purpose, r.number, r.from_day,
           (SELECT n.number FROM route_route n WHERE n.commissioner_id = r.commissioner_id AND n.from_day <= %(day)s
            ORDER BY n.number DESC LIMIT 1),
           st.id, st.key, st.name, st.position, st.part, st.own_board, st.conflicts, st.target_days, st.working,
           coalesce(t.body_id, st.body_id), b.name, b.slug,
           (SELECT min(m.day) FROM governance_meeting m
            WHERE m.body_id = b.id AND m.state IN ('planned', 'papers_out') AND m.day >= %(day)s),
           t.id, t.state, t.opened_on, t.target_on, t.closed_on, t.deferred_until, t.carried_from_id
    FROM cases_submission s
    JOIN route_passage p ON p.submission_id = s.id
    JOIN route_route r ON r.id = p.route_id
    JOIN route_stage st ON st.route_id = r.id AND {applies("st", "s.asked", "s.purpose")}
    LEFT JOIN route_turn t ON t.passage_id = s.id AND t.stage_id = st.id AND t.opened_on <= %(day)s
    LEFT JOIN governance_body b ON b.id = coalesce(t.body_id, st.body_id)
    WHERE s.case_id = %(case)s AND s.day <= %(day)s
    ORDER BY s.number DESC, st.position, st.id
"""  # noqa: S608 - conditions of ours
TO_COME, WAITING, LATE, DEFERRED, PASSED, ENDED, VOID, HELD = (
    "to-come", "waiting", "late", "deferred", "passed", "ended", "void", "held",
)  # fmt: skip


class Act(NamedTuple):
    """Something this person may do at a stage: the name of the page, its words."""

    name: str
    text: str
    kind: str = ""


@dataclass(frozen=True)
class Place:
    """A stage of the route of a case, as at the day."""

    case: Case
    day: date
    stage_id: int
    key: str
    name: str
    position: int
    part: str
    own_board: bool
    conflicts: bool
    target_days: int | None
    working: bool
    body_id: int | None
    body: str | None
    body_slug: str | None
    meets_on: date | None
    turn_id: int | None
    turn_state: str | None
    opened_on: date | None
    target_on: date | None
    closed_on: date | None
    deferred_until: date | None
    carried_from: int | None

    @property
    def chin_id(self) -> int:
        return self.case.chin_id

    @property
    def commissioner_id(self) -> int:
        return self.case.commissioner_id

    @property
    def state(self) -> str:
        """As the tag of the stage has it."""
        if self.turn_id is None:
            return TO_COME
        if self.carried_from is not None:
            return HELD
        if self.closed_on is not None and self.closed_on <= self.day:
            return str(self.turn_state)
        if self.deferred_until is not None and self.deferred_until >= self.day:
            return DEFERRED
        return LATE if self.target_on is not None and self.target_on < self.day else WAITING

    @property
    def waits(self) -> bool:
        return self.state in (WAITING, LATE, DEFERRED)

    @property
    def days_late(self) -> int:
        return (self.day - self.target_on).days if self.target_on is not None and self.state == LATE else 0

    @property
    def in_target(self) -> str:
        """How long the stage has, in words."""
        if self.target_days is None:
            return ""
        return words.plural(self.target_days, "working day" if self.working else "day")


@dataclass(frozen=True)
class Round:
    """A submission on its way: the version of the route it takes, and its stages."""

    number: int
    submitted: date
    asked: Decimal
    purpose: str
    version: int
    version_from: date
    in_force: int | None
    places: Sequence[Place]

    @property
    def superseded(self) -> bool:
        """Whether the route has changed since: what was submitted keeps its own."""
        return self.in_force is not None and self.in_force != self.version

    @property
    def waiting(self) -> list[Place]:
        """Where it is waited for, those that hold it up first."""
        return sorted((place for place in self.places if place.waits), key=lambda one: one.part in LATER)


@dataclass(frozen=True)
class Way:
    """How far a case has come on its route, as at a day; its rounds, the latest first."""

    case: Case
    day: date
    rounds: Sequence[Round]
    said: Mapping[int, Sequence[Outcome]]  # by turn
    seats: Mapping[int | None, Sequence[Seat]]
    conditions: Sequence[Condition]

    @property
    def now(self) -> Round:
        return self.rounds[0]

    @property
    def before(self) -> Sequence[Round]:
        return self.rounds[1:]

    @cached_property
    def by_pk(self) -> Mapping[int, Outcome]:
        return {one.pk: one for several in self.said.values() for one in several}

    def said_at(self, place: Place) -> Sequence[Outcome]:
        """What was said there, or what was said before and holds."""
        if place.carried_from is not None:
            return [self.by_pk[place.carried_from]] if place.carried_from in self.by_pk else []
        return self.said.get(place.turn_id, ()) if place.turn_id is not None else ()

    def who(self, place: Place) -> Sequence[Seat]:
        return self.seats.get(place.turn_id, ())


def way(case: Case, day: date) -> Asking[Way | None]:
    """Where the case is on the day; None where it had not set out by then. In two statements."""
    rows, answers, asked = yield (
        Raw(ROUNDS, {"case": case.pk, "day": day}), kept(_outcomes, case.pk, day), kept(_conditions, case.pk, day)
    )  # fmt: skip
    if not rows:
        return None
    heads: dict[int, tuple[Any, ...]] = {}
    places: dict[int, list[Place]] = defaultdict(list)
    for row in rows:
        heads[row[0]] = row[1:8]
        places[row[0]].append(Place(case, day, *row[8:]))
    rounds = [Round(*(*head, places[pk])) for pk, head in heads.items()]
    said: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in answers:
        said[outcome.turn_id].append(outcome)
    waiting = [place for place in rounds[0].places if place.waits]
    return Way(case, day, rounds, said, (yield from acting.seats_of(waiting, day)), asked)


def _outcomes(case: Any, day: Any) -> QuerySet[Outcome]:
    outcomes = Outcome.objects.filter(turn__passage__submission__case=case, day__lte=day)
    return outcomes.select_related("by").order_by("pk")


def _conditions(case: Any, day: Any) -> QuerySet[Condition]:
    outcomes = Outcome.objects.filter(turn__passage__submission__case=case, day__lte=day, said=Said.CONDITIONS)
    conditions = Condition.objects.filter(outcome__in=outcomes)
    return conditions.select_related("met_by", "waived_by", "outcome").order_by("pk")


class OfCommissioner:
    """What belongs to a whole commissioner and to no CHIN of it."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def __str__(self) -> str:
        return str(self.case)

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.case.commissioner_id}))


BUTTONS: dict[Part, Act] = {
    Part.SPONSOR: Act("route:sponsor", "Sponsor it, or not"),
    Part.CHECK: Act("route:check", "Record the check"),
    Part.ADVISE: Act("route:advise", "Record the advice"),
    Part.DECIDE: Act("route:decide", "Decide"),
}
NO_ADVICE = Act("route:no_advice", "Close without advice", "secondary")
TOLD = Act("route:told", "Say that they were told")


def acts(user: Any, place: Place) -> list[Act]:
    """What this person may do there now."""
    if not place.waits or place.turn_state != TurnState.OPEN:
        return []
    part, found = Part(place.part), []
    if acting.by_post(place) and can(user, ACTIONS[part], place.case):
        found.append(BUTTONS[part])
    if part in (Part.ADVISE, Part.TOLD) and can(user, Action.KEEP_GOVERNANCE, OfCommissioner(place.case)):
        found.append(NO_ADVICE if part == Part.ADVISE else TOLD)
    return found
