"""What the pages about expressions of interest read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from cc2h.accounts.authority import Action, Scope, authority_of, can, of
from cc2h.kit import history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import DatedQuerySet
from chins.interest.models import Criterion, Expression, ExpressionPractice, Score
from chins.interest.querysets import ExpressionQuerySet, ScoreQuerySet
from chins.interest.scoring import Sheet, sheets
from chins.models import Chin, Membership, Post
from chins.names import practice_names
from chins.queries import Candidate, people_for_posts, practices_to_join
from practices.models import Commissioner, FederationMembership, Practice, PracticeStanding, Status
from practices.queries import commissioners_where, visible_practices

FACTS = ("title", "lead", "lead_name", "area", "focus_areas", "proposal")  # of an expression, until it is evaluated
SEVERAL = 2  # evaluators: with fewer a decision is warned of

# What a person may see and do ------------------------------------------------------------------------


def visible_expressions(user: Any) -> ExpressionQuerySet:
    """Expressions the person may see, with what a page about one needs."""
    seen: ExpressionQuerySet = Expression.objects.visible_to(user)
    return seen.select_related("commissioner", "lead", "submitted_by", "post", "decided_by", "chin")


def listed_expressions(user: Any, asat: AsAt) -> ExpressionQuerySet:
    """Those received by the day that the person may see: with status and since on it, named and patients."""
    listed: ExpressionQuerySet = visible_expressions(user).on_day(asat.day).with_size(asat.day, asat.known_at)
    return listed


def born_from(chin: Chin, day: date) -> Expression | None:
    """The expression of interest from which a CHIN was born, once it had been approved by the day."""
    return Expression.objects.filter(chin=chin, decided__lte=day).first()


def own_interest(user: Any, expression: Expression, today: date) -> str:
    """Why this person neither scores the expression nor decides on it, in words; blank where nothing is in the way."""
    if expression.lead_id == user.pk:
        return f"You are the lead applicant of {expression}, so you don’t score it or decide on it."
    named = set(expression.practices.values_list("pk", flat=True))
    chins = set(Membership.objects.as_at(today).filter(practice__in=named).values_list("chin_id", flat=True))
    in_federations = FederationMembership.objects.as_at(today).filter(practice__in=named)
    federations = set(in_federations.values_list("federation_id", flat=True))
    for holding in of(user, today).holdings:
        if holding.practice_id is not None and holding.practice_id in named:
            name = practice_names([holding.practice_id], today)[holding.practice_id]
            return (
                f"You hold a post of {name} ({holding.title}), which {expression} names, "
                "so you don’t score it or decide on it."
            )
        if holding.federation_id in federations:
            return (
                f"You hold a post of a federation ({holding.title}) to which a practice of {expression} belongs, "
                "so you don’t score it or decide on it."
            )
        if holding.chin_id in chins:
            return (
                f"You hold a post of a CHIN ({holding.title}) in which a practice of {expression} is, "
                "so you don’t score it or decide on it."
            )
    return ""


@dataclass(frozen=True, slots=True)
class Applying:
    """In whose name a person may send in an expression to a commissioner.

    wide: for any of its practices. practices: else those of their own posts. post: which post that is of, by practice.
    """

    commissioner: Commissioner
    wide: bool
    posts: dict[int, int]

    def post_for(self, practices: Iterable[Practice], user: Any) -> Post | None:
        """The post in whose name it is sent in: of one of the practices, else of the commissioner."""
        own = (self.posts[practice.pk] for practice in practices if practice.pk in self.posts)
        found = next(own, None)
        if found is None and self.wide:
            granting = [h for h in authority_of(user).holdings if h.scope is Scope.COMMISSIONER]
            found = next((h.post_id for h in granting if h.commissioner_id == self.commissioner.pk), None)
        return None if found is None else Post.objects.get(pk=found)


def applying(user: Any, asat: AsAt) -> list[Applying]:
    """The commissioners to which a person may send in an expression, and for which practices; by name."""
    held, submit = authority_of(user), Action.SUBMIT_EXPRESSION
    wide = set(commissioners_where(user, submit))
    practices, federations = held.own_ids(submit, Scope.PRACTICE), held.own_ids(submit, Scope.FEDERATION)
    posts = {
        h.practice_id: h.post_id for h in held.holdings if h.practice_id is not None and h.practice_id in practices
    }
    of_federation = {h.federation_id: h.post_id for h in held.holdings if h.federation_id in federations}
    for membership in FederationMembership.objects.as_at(asat.today).filter(federation__in=federations):
        posts.setdefault(membership.practice_id, of_federation[membership.federation_id])
    own: dict[int, dict[int, int]] = {}
    if posts:
        open_now = PracticeStanding.objects.as_at(asat.today).filter(practice__in=posts).exclude(status=Status.CLOSED)
        for pk, commissioner_id in open_now.values_list("practice", "commissioner"):
            own.setdefault(commissioner_id, {})[pk] = posts[pk]
    concerned = {one.pk: one for one in wide} | Commissioner.objects.in_bulk(own)
    found = [Applying(one, one in wide, own.get(pk, {})) for pk, one in concerned.items()]
    return sorted(found, key=lambda one: one.commissioner.short_name)


def candidates(applying: Applying, day: date, named: Iterable[Practice] = ()) -> list[Candidate]:
    """Open practices in no CHIN on the day that the person may name, and those that are `named` already."""
    free = practices_to_join(applying.commissioner, day)
    offered = [one for one in free if applying.wide or one.practice.pk in applying.posts]
    there = {one.practice.pk for one in offered}
    more = [practice for practice in named if practice.pk not in there]
    names = practice_names([practice.pk for practice in more], day)
    return offered + [Candidate(practice, names[practice.pk], None, None) for practice in more]


def leads(applying: Applying, user: Any, now: Any = None) -> list[Any]:
    """Who may be named as lead applicant: anybody with access, by those who manage; else oneself and who it is."""
    if applying.wide:
        return list(people_for_posts())
    return [user] if now is None or now == user else [user, now]


# One expression --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Participant:
    """A practice of an expression, on the page's day. Patients are None while no list size is held."""

    practice: Practice
    name: str
    patients: int | None
    list_day: date | None
    membership: Membership | None


def participants(expression: Expression, asat: AsAt) -> list[Participant]:
    """The practices it names, by name, with their lists and the CHINs they are in on the day."""
    day, known = asat.day, asat.known_at
    practices: Any = Practice.objects.filter(
        pk__in=ExpressionPractice.objects.filter(expression=expression).values("practice")
    )
    found = list(practices.with_list_size(day, known))
    names = practice_names([practice.pk for practice in found], day, known)
    memberships = Membership.objects.as_at(day, known).filter(practice__in=found).select_related("chin")
    of_practice = {membership.practice_id: membership for membership in memberships}
    shown = [Participant(p, names[p.pk], p.patients, p.list_day, of_practice.get(p.pk)) for p in found]
    return sorted(shown, key=lambda one: (one.name, one.practice.ods_code))


def practices_of(expression: Expression) -> list[Practice]:
    """The practices it names."""
    return list(expression.practices.order_by("pk"))


def in_the_way(membership: Membership, day: date) -> str:
    """Why a practice of the expression can't join the CHIN born from it."""
    name = practice_names([membership.practice_id], max(day, membership.first_day))[membership.practice_id]
    return f"{name} is in {membership.chin} {words.period(membership.period.lower, membership.period.upper)}."


def seen_of(some: Sequence[Participant], user: Any, asat: AsAt) -> list[Participant]:
    """Those whose names the reader may see."""
    seen = visible_practices(user, asat, [one.practice.pk for one in some])
    return [one for one in some if one.practice.pk in seen]


def free_from(expression: Expression, day: date) -> tuple[list[Candidate], list[Membership]]:
    """Its practices that are in no CHIN on the day or after it, and what the others are in."""
    practices = {one.practice.pk: one for one in participants(expression, AsAt(day, None, day))}
    taken = Membership.objects.held().filter(practice__in=practices)
    taken = taken.as_at(day) | taken.starting_after(day)
    in_the_way = {m.practice_id: m for m in taken.select_related("chin").order_by("-period")}
    free = [
        Candidate(one.practice, one.name, one.patients, None) for pk, one in practices.items() if pk not in in_the_way
    ]
    return free, [in_the_way[pk] for pk in practices if pk in in_the_way]


def expression_history(expression: Expression) -> list[history.Entry]:
    """Who did what to it, newest first; scores have a page of their own."""
    return history.entries(Expression.objects.filter(pk=expression.pk))


# Criteria and scores ---------------------------------------------------------------------------------


def criteria_on(commissioner: Commissioner, day: date, known: Any = None) -> list[Criterion]:
    """The criteria in force on the day, those that count most first."""
    return list(Criterion.objects.as_at(day, known).filter(commissioner=commissioner).order_by("-weight", "name"))


def criteria_of(expression: Expression) -> list[Criterion]:
    """What it is scored by: the criteria of the day its evaluation began, as they were held then."""
    if expression.evaluating_from is None:
        return []
    return criteria_on(expression.commissioner, expression.evaluating_from, expression.began_at)


def all_sheets(expression: Expression, asat: AsAt | None = None) -> list[Sheet]:
    """The scores by evaluator, complete or not, as they stood on the day; now, if none is given."""
    scores = _given_by(expression, asat)
    found = list(scores.select_related("evaluator"))
    if asat is not None:
        history.tell(found, asat, "score", "comment")
    return sheets(found)


def _given_by(expression: Expression, asat: AsAt | None) -> ScoreQuerySet:
    """The scores given by the end of the day: all of them once it was decided, none before its evaluation began.

    So scores that a paper brought later than the decision stand on its day as well.
    """
    scores: ScoreQuerySet = Score.objects.filter(expression=expression)
    over = expression.decided is not None and (asat is None or expression.decided <= asat.day)
    if asat is None or asat.is_today or (over and asat.known is None):
        return scores
    began = expression.evaluating_from
    return scores.recorded_by(asat) if began is not None and began <= asat.day else scores.none()


def own_sheet(expression: Expression, user: Any) -> Sheet | None:
    """What this person has given, if anything."""
    return next((sheet for sheet in all_sheets(expression) if sheet.evaluator == user), None)


def complete_sheets(expression: Expression) -> list[Sheet]:
    criteria = criteria_of(expression)
    return [sheet for sheet in all_sheets(expression) if sheet.complete(criteria)]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a reader may know of how an expression is scored.

    own: the reader's scores, if they have begun. complete: the evaluations that are complete, or None while the reader
    may not see them. finished and begun: how many evaluators are. why_not: why the reader does not score, if so.
    """

    criteria: list[Criterion]
    own: Sheet | None
    complete: list[Sheet] | None
    finished: int
    begun: int
    why_not: str

    @property
    def own_is_complete(self) -> bool:
        return self.own is not None and self.own.complete(self.criteria)


def evaluation(expression: Expression, user: Any, asat: AsAt) -> Evaluation | None:
    """How it stood on the day; None for those who don't evaluate.

    An evaluator sees others' scores once their own are complete, or all is over.
    """
    if not can(user, Action.EVALUATE_EXPRESSION, expression):
        return None
    criteria, found = criteria_of(expression), all_sheets(expression, asat)
    complete = [sheet for sheet in found if sheet.complete(criteria)]
    own = next((sheet for sheet in found if sheet.evaluator == user), None)
    mine = own_sheet(expression, user) if not asat.is_today else own
    shown = expression.is_over or (mine is not None and mine.complete(criteria))
    return Evaluation(
        criteria=criteria,
        own=own,
        complete=complete if shown else None,
        finished=len(complete),
        begun=len(found) - len(complete),
        why_not=own_interest(user, expression, asat.today),
    )


def scores_of(expression: Expression, asat: AsAt) -> ScoreQuerySet:
    """The scores of the evaluations that were complete on the day, with weighted and possible."""
    complete = _given_by(expression, asat).of_complete(len(criteria_of(expression))).weighed()
    return complete.select_related("criterion", "evaluator")


def versions_of_criteria(user: Any) -> DatedQuerySet:
    """Versions of criteria the person may see, whether they still hold or not."""
    seen = commissioners_where(user, Action.EVALUATE_EXPRESSION)
    versions: DatedQuerySet = Criterion.objects.filter(commissioner__in=seen)
    return versions.select_related("commissioner")


def listed_criteria(user: Any, asat: AsAt) -> QuerySet[Any]:
    """Criteria of the commissioners whose expressions the person scores: in force on the day, and to come."""
    versions = versions_of_criteria(user)
    return versions.as_at(asat.day, asat.known_at) | versions.planned(asat)


def without_criteria(user: Any) -> list[Commissioner]:
    """Commissioners whose criteria the person keeps, and which have none."""
    some = Criterion.objects.held().filter(commissioner=OuterRef("pk"))
    return list(commissioners_where(user, Action.DECIDE_EXPRESSION).filter(~Exists(some)))


def warning_of(expression: Expression) -> list[str]:
    """What to know before deciding."""
    finished = len(complete_sheets(expression))
    if finished >= SEVERAL:
        return []
    so_far = f"Only {words.plural(finished, 'evaluation is', 'evaluations are')}" if finished else "No evaluation is"
    return [f"{so_far} complete: several are meant to score it."]
