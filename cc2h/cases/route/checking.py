"""Whether a route can be gone to its end: by every CHIN, for every sum, with enough people who may decide."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from cc2h.cases.route import keeping
from cc2h.cases.route.acting import roles_of
from cc2h.cases.route.keeping import Plan
from cc2h.cases.route.models import Route
from cc2h.cases.route.outcomes import ACTIONS, RULES, Part, of
from cc2h.governance.decisions.models import Interest
from cc2h.governance.models import Seat, Terms
from cc2h.kit import words
from chins.models import Chin, Deputy, Membership, Post, PostHolding
from chins.workflow import ChinStatus
from practices.models import Commissioner


@dataclass(frozen=True, slots=True)
class People:
    """Who sits, decides and is conflicted on a day, read once for all stages and CHINs."""

    voters: dict[int, list[set[int]]]  # by body, whoever may sit in each voting seat
    terms: dict[int, Terms]
    officers: dict[Part, set[int]]
    conflicted: dict[int, set[int]]  # by CHIN
    sponsors: dict[int, set[int]]  # by CHIN
    chins: Sequence[Chin]


def problems_of(commissioner: Commissioner, route: Route | None, day: date) -> list[str]:
    """What keeps cases from being decided by a version of the route, in sentences; none: every stage can be passed."""
    if route is None:
        return [f"{commissioner} has no route for business cases on {words.day(day)}: nobody could decide."]
    stages = keeping.plans_of(route)
    return [*keeping.unsound(stages), *problems(commissioner, stages, day)]


def problems(commissioner: Commissioner, stages: Sequence[Plan], day: date) -> list[str]:
    """The same of stages that are none yet; a fixed number of queries."""
    people = _people(commissioner, stages, day)
    return list(
        dict.fromkeys(
            [*_dead_ends(stages), *_unreachable(stages), *_bodies(stages, people, day), *_who(stages, people)]
        )
    )


def _dead_ends(stages: Sequence[Plan]) -> Iterator[str]:
    """Every outcome leads somewhere, and every stage has one by which a case passes it."""
    for stage in stages:
        if not any(RULES[said].after == "passed" for said in of(stage.part)):
            yield f"No case passes “{stage.name}”: nothing that may be said there lets it."


def _unreachable(stages: Sequence[Plan]) -> Iterator[str]:
    """A stage is reached by a case of some sum."""
    for stage in stages:
        if stage.above is not None and stage.up_to is not None and stage.up_to <= stage.above:
            yield f"No case comes to “{stage.name}”: no sum is more than its lower and at most its upper limit."


def _bodies(stages: Sequence[Plan], people: People, day: date) -> Iterator[str]:
    """A body that decides may decide on so much, or one after it decides too."""
    for stage in stages:
        if stage.body is None or stage.part != Part.DECIDE:
            continue
        if stage.body.ended_on is not None and stage.body.ended_on < day:
            yield f"“{stage.name}” asks {stage.body}, which has ended on {words.day(stage.body.ended_on)}."
        terms = people.terms.get(stage.body.pk)
        if terms is None:
            yield f"{stage.body} has no terms of reference on {words.day(day)}: nobody knows its quorum."
            continue
        limit = terms.limit
        if limit is None or (stage.up_to is not None and stage.up_to <= limit):
            continue
        above = max(limit, stage.above or Decimal(0)) + Decimal("0.01")
        for purpose in ("test", "scale"):
            after = [
                one
                for one in stages
                if one.part == Part.DECIDE and one.position > stage.position and one.for_purpose(purpose)
            ]
            edge = next((at for at in _edges(above, stage, after) if not any(one.takes(at) for one in after)), None)
            if stage.for_purpose(purpose) and edge is not None:
                yield (
                    f"{stage.body} decides up to {words.pounds(limit, 2)}, and “{stage.name}” has it decide on more "
                    f"(to {purpose}) with nobody deciding after it."
                )


def _edges(above: Decimal, stage: Plan, after: Collection[Plan]) -> list[Decimal]:
    """A sum of each range above a limit in which the same stages are gone through."""
    found = {above, *(edge + Decimal("0.01") for one in after for edge in (one.above, one.up_to) if edge is not None)}
    return sorted(sum_ for sum_ in found if sum_ >= above and stage.takes(sum_))


def _who(stages: Sequence[Plan], people: People) -> Iterator[str]:
    """For every CHIN that may submit, somebody who has nothing to do with its cases can pass each stage."""
    for stage in stages:
        for chin in people.chins:
            out = people.conflicted[chin.pk] if stage.conflicts else set()
            if stage.part == Part.SPONSOR:
                if not people.sponsors[chin.pk]:
                    yield f"Nobody can sponsor cases of {chin}: none of the posts that may is held."
            elif stage.part == Part.DECIDE and stage.body is not None:
                terms = people.terms.get(stage.body.pk)
                seats = people.voters[stage.body.pk]
                free = _most(seats, out)
                if terms is not None and free < terms.quorum:
                    yield (
                        f"“{stage.name}” could not decide on a case of {chin}: {words.plural(free, 'voter')} of "
                        f"{stage.body} without a conflict, and its quorum is {words.number(terms.quorum)}."
                    )
            elif stage.body is None and not people.officers.get(stage.part, set()) - out:
                yield f"“{stage.name}”: nobody without a conflict holds a post that may answer for a case of {chin}."


def _most(seats: Sequence[set[int]], out: Collection[int]) -> int:
    """How many seats can be filled at once, each by one of its people who is not out, and nobody twice."""
    sits: dict[int, int] = {}  # by person, the seat they fill

    def fill(seat: int, tried: set[int]) -> bool:
        for person in seats[seat]:
            if person in out or person in tried:
                continue
            tried.add(person)
            if person not in sits or fill(sits[person], tried):
                sits[person] = seat
                return True
        return False

    return sum(fill(seat, set()) for seat in range(len(seats)))


def _people(commissioner: Commissioner, stages: Sequence[Plan], day: date) -> People:
    bodies = {stage.body.pk for stage in stages if stage.body is not None}
    in_posts: dict[int, set[int]] = defaultdict(set)
    seats = list(
        Seat.objects.as_at(day).filter(body__in=bodies, voting=True, post__isnull=False).values_list("body", "post")
    )
    living = (ChinStatus.PROPOSED, ChinStatus.APPROVED, ChinStatus.OPERATIONAL)
    chins = list(
        Chin.objects.filter(commissioner=commissioner, states__status__in=living, states__period__contains=day,
                            states__held__upper_inf=True).order_by("name").distinct()
    )  # fmt: skip
    members = dict(Membership.objects.as_at(day).filter(chin__in=chins).values_list("practice", "chin"))
    wanted = {role for part, action in ACTIONS.items() for role in roles_of(action)}
    posts: Any = list(
        Post.objects.filter(
            Q(pk__in=[post for _, post in seats])
            | Q(chin__in=chins)
            | Q(practice__in=members)
            | Q(commissioner=commissioner, role__in=wanted)
        ).values_list("pk", "role", "chin", "practice", "commissioner")
    )
    ids = [post[0] for post in posts]
    held: Any = PostHolding.objects.as_at(day).filter(post__in=ids, holder__is_active=True)
    deputies: Any = Deputy.objects.as_at(day).filter(post__in=ids, deputy__is_active=True)
    for post, person in (*held.values_list("post", "holder"), *deputies.values_list("post", "deputy")):
        in_posts[post].add(person)
    conflicted: dict[int, set[int]] = defaultdict(set)
    sponsors: dict[int, set[int]] = defaultdict(set)
    officers: dict[Part, set[int]] = defaultdict(set)
    for post, role, chin, practice, whose in posts:
        for of_chin in {chin, members.get(practice)} - {None}:
            conflicted[of_chin] |= in_posts[post]
        if chin is not None and role in roles_of(ACTIONS[Part.SPONSOR]):
            sponsors[chin] |= in_posts[post]
        for part in (Part.CHECK, Part.ADVISE, Part.DECIDE):
            if whose == commissioner.pk and role in roles_of(ACTIONS[part]):
                officers[part] |= in_posts[post]
    declared: Any = Interest.objects.as_at(day).filter(Q(chin__in=chins) | Q(practice__in=members))
    for person, chin, practice in declared.values_list("person", "chin", "practice"):
        for of_chin in {chin, members.get(practice)} - {None}:
            conflicted[of_chin].add(person)
    voters: dict[int, list[set[int]]] = defaultdict(list)
    for body, post in seats:
        voters[body].append(in_posts[post])
    terms = {one.body_id: one for one in Terms.objects.as_at(day).filter(body__in=bodies)}
    return People(voters, terms, officers, conflicted, sponsors, chins)
