"""Writing expressions of interest: sent in, evaluated, scored, decided; and the criteria they are scored by.

Each function is one transaction that locks the expression first, so that two who act at once are told of each other.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.kit import dated, history, words
from cc2h.kit.days import day_before
from cc2h.kit.problems import check
from cc2h.kit.writing import still_held, writing
from chins import services
from chins.interest import queries
from chins.interest.models import Criterion, Expression, Score
from chins.interest.route import ROUTE, ExpressionState
from chins.interest.shipped import SHIPPED
from chins.models import Chin, Post
from chins.names import practice_names
from chins.workflow import ChinStatus
from practices.models import Commissioner, Practice, PracticeStanding, Status

MOST_CRITERIA = 12  # in force on one day: an evaluator scores them on one page

# Sent in ---------------------------------------------------------------------------------------------


def submit_expression(
    *,
    by: Any,
    commissioner: Commissioner,
    post: Post | None,
    title: str,
    received: date,
    practices: Sequence[Practice],
    proposal: str,
    lead: Any = None,
    lead_name: str = "",
    area: str = "",
    focus_areas: Sequence[str] = (),
) -> Expression:
    """Practices want to become a CHIN. `post` is the one in whose name it is sent in, and whose holders see it."""
    with writing(by):
        expression = Expression(
            commissioner=commissioner, submitted_by=by, post=post, title=title.strip(), received=received
        )
        _describe(expression, lead=lead, lead_name=lead_name, area=area, focus_areas=focus_areas, proposal=proposal)
        _check_of_commissioner(practices, commissioner, received)
        check(expression)
        expression.save(force_insert=True)
        expression.practices.set(practices)
    return expression


def update_expression(
    *,
    by: Any,
    expression: Expression,
    seen: int,
    title: str,
    received: date,
    practices: Sequence[Practice],
    **described: Any,
) -> Expression:
    """It says otherwise, as long as nobody evaluates it. `seen` is the `history.version` the editor had before them."""
    with writing(by):
        current = _locked(expression)
        history.unchanged_since(current, seen)
        if current.state != ExpressionState.RECEIVED:
            raise ValidationError(_where_it_is(current), code="wrong_way")
        _check_of_commissioner(practices, current.commissioner, received)
        current.title, current.received = title.strip(), received
        _describe(current, **described)
        check(current)
        current.save()
        current.practices.set(practices)
    return current


def _describe(
    expression: Expression, *, lead: Any, lead_name: str, area: str, focus_areas: Sequence[str], proposal: str
) -> None:
    expression.lead, expression.lead_name = lead, lead_name.strip()
    expression.area, expression.focus_areas, expression.proposal = area, list(focus_areas), proposal.strip()
    if (expression.lead is None) == (not expression.lead_name):
        raise ValidationError(
            "Choose the lead applicant from the list, or write who it is: one of the two.", code="one_lead"
        )


def _check_of_commissioner(practices: Sequence[Practice], commissioner: Commissioner, day: date) -> None:
    if not practices:
        raise ValidationError("Choose at least one practice.", code="no_practice")
    open_then = PracticeStanding.objects.as_at(day).filter(commissioner=commissioner).exclude(status=Status.CLOSED)
    there = set(open_then.filter(practice__in=practices).values_list("practice_id", flat=True))
    names = practice_names([practice.pk for practice in practices], day)
    away = [names[practice.pk] for practice in practices if practice.pk not in there]
    if away:
        verb = "is no open practice" if len(away) == 1 else "are no open practices"
        raise ValidationError(
            f"{words.listed(away)} {verb} of {commissioner.short_name} on {words.day(day)}.", code="other_commissioner"
        )


def _locked(expression: Expression) -> Expression:
    """As the database has it, until the transaction ends."""
    return (
        Expression.objects.select_for_update(of=("self",), no_key=True)
        .select_related("commissioner")
        .get(pk=expression.pk)
    )


def _where_it_is(expression: Expression) -> str:
    state = expression.get_state_display().lower()
    if expression.decided is None:
        return f"{expression} is {state}."
    by = f" by {expression.decided_by}" if expression.decided_by_id else ""
    return f"{expression} was {state} on {words.day(expression.decided)}{by}: that stands."


def _goes(expression: Expression, state: ExpressionState, day: date, today: date) -> None:
    """Raise ValidationError unless it can go to the state on the day, which is not to come."""
    if day > today:
        raise ValidationError("What happens to an expression of interest is recorded when it has.", code="to_come")
    if state not in ROUTE[ExpressionState(expression.state)]:
        if expression.is_over:
            raise ValidationError(_where_it_is(expression), code="wrong_way")
        raise ValidationError(
            f"{_where_it_is(expression)} It must be evaluated before it can be {state.label.lower()}.", code="wrong_way"
        )
    since = expression.evaluating_from or expression.received
    if day < since:
        raise ValidationError(
            f"It is {expression.get_state_display().lower()} since {words.day(since)}: choose that day or a later one.",
            code="dates_out_of_order",
        )


def _not_ones_own(by: Any, expression: Expression, today: date) -> None:
    if why := queries.own_interest(by, expression, today):
        raise ValidationError(why, code="own_interest")


# Evaluated -------------------------------------------------------------------------------------------


def begin_evaluation(*, by: Any, expression: Expression, day: date, today: date) -> Expression:
    """It is evaluated from `day`, by the criteria in force then, as they are held now."""
    with writing(by):
        current = _locked(expression)
        _not_ones_own(by, current, today)
        _goes(current, ExpressionState.EVALUATING, day, today)
        if not queries.criteria_on(current.commissioner, day):
            raise ValidationError(
                f"{current.commissioner.short_name} has no criteria on {words.day(day)}. Set them first.",
                code="no_criteria",
            )
        current.state, current.evaluating_from, current.began_at = ExpressionState.EVALUATING, day, dated.now()
        current.save(update_fields=["state", "evaluating_from", "began_at"])
    return current


def score_expression(
    *, by: Any, expression: Expression, scores: Mapping[Criterion, tuple[int, str]], today: date
) -> list[Score]:
    """What `by` gives for some or all of the criteria: (score, comment). Once all are scored, they stand."""
    with writing(by):
        current = _locked(expression)
        if current.state != ExpressionState.EVALUATING:
            raise ValidationError(_where_it_is(current), code="wrong_way")
        _not_ones_own(by, current, today)
        criteria = queries.criteria_of(current)
        before = {score.criterion_id: score for score in current.scores.filter(evaluator=by)}
        if len(before) == len(criteria):
            raise ValidationError("Your evaluation is complete, and stands as it is.", code="complete")
        for criterion, (score, _) in scores.items():
            if not 0 <= score <= criterion.maximum:
                raise ValidationError(
                    f"{criterion}: a whole number from 0 to {criterion.maximum}.", code="score_out_of_range"
                )
        for criterion, (score, comment) in scores.items():  # those that change first: the last new one completes it
            if criterion.pk in before:
                one = before[criterion.pk]
                one.score, one.comment = score, comment
                check(one)
                one.save(update_fields=["score", "comment"])
        for criterion, (score, comment) in scores.items():
            if criterion.pk not in before:
                one = Score(expression=current, criterion=criterion, evaluator=by, score=score, comment=comment)
                check(one)
                one.save(force_insert=True)
        return list(current.scores.filter(evaluator=by))


# Decided ---------------------------------------------------------------------------------------------


def _decide(
    current: Expression, state: ExpressionState, *, by: Any, day: date, reason: str, chin: Chin | None = None
) -> Expression:
    current.state, current.decided, current.decided_by = state, day, by
    current.reason, current.chin = reason.strip(), chin
    check(current, "reason")
    current.save(update_fields=["state", "decided", "decided_by", "reason", "chin"])
    return current


def _check_evaluated(current: Expression, reason: str) -> None:
    if not reason.strip():
        raise ValidationError("Say why.", code="reason_required")
    if not queries.complete_sheets(current):
        raise ValidationError("Nobody has completed an evaluation yet: somebody scores it first.", code="not_evaluated")


def approve_expression(
    *,
    by: Any,
    expression: Expression,
    day: date,
    first: date,
    practices: Sequence[Practice],
    reason: str,
    today: date,
    name: str = "",
) -> Expression:
    """The CHIN is born: proposed since the expression was received, approved on `day`; its practices are in it from

    `first`. practices: those of the expression that join. Refused, naming it, where one of them is in a CHIN already.
    """
    with writing(by):
        current = _locked(expression)
        _not_ones_own(by, current, today)
        _goes(current, ExpressionState.APPROVED, day, today)
        _check_evaluated(current, reason)
        if day <= current.received:
            raise ValidationError(
                f"It was received on {words.day(current.received)}, and its CHIN is proposed from then: approve it on "
                "a later day.",
                code="dates_out_of_order",
            )
        if first < day:
            raise ValidationError("The practices join on the day of the decision or later.", code="joins_too_early")
        if not practices:
            raise ValidationError("A CHIN is born with at least one practice.", code="no_practice")
        named = set(current.practices.values_list("pk", flat=True))
        if not {practice.pk for practice in practices} <= named:
            raise ValidationError("Choose practices that the expression names.", code="not_listed")
        came_in = f"Expression of interest “{current}”"
        chin = services.propose_chin(
            by=by,
            commissioner=current.commissioner,
            name=name.strip() or current.title,
            day=current.received,
            footprint=current.area,
            focus_areas=current.focus_areas,
            reason=came_in,
        )
        services.change_state(by=by, chin=chin, status=ChinStatus.APPROVED, day=day, reason=reason)
        services.join_practices(by=by, chin=chin, practices=practices, first=first, reason=came_in)
        return _decide(current, ExpressionState.APPROVED, by=by, day=day, reason=reason, chin=chin)


def decline_expression(*, by: Any, expression: Expression, day: date, reason: str, today: date) -> Expression:
    """It stays on record, with the reason."""
    with writing(by):
        current = _locked(expression)
        _not_ones_own(by, current, today)
        _goes(current, ExpressionState.DECLINED, day, today)
        _check_evaluated(current, reason)
        return _decide(current, ExpressionState.DECLINED, by=by, day=day, reason=reason)


def withdraw_expression(*, by: Any, expression: Expression, day: date, today: date, reason: str = "") -> Expression:
    """Those who sent it in no longer want it; it stays on record."""
    with writing(by):
        current = _locked(expression)
        _goes(current, ExpressionState.WITHDRAWN, day, today)
        return _decide(current, ExpressionState.WITHDRAWN, by=by, day=day, reason=reason)


# Criteria --------------------------------------------------------------------------------------------


def take_shipped_criteria(*, by: Any, commissioner: Commissioner, first: date) -> list[Criterion]:
    """The criteria the portal ships with are the commissioner's from a day; refused where it has some already."""
    with writing(by):
        _lock_criteria(commissioner)
        if Criterion.objects.held().filter(commissioner=commissioner).exists():
            raise ValidationError("There are criteria already: change those.", code="has_criteria")
        return [
            dated.record(Criterion, by=by, first=first, commissioner=commissioner, **one._asdict()) for one in SHIPPED
        ]


def add_criterion(
    *,
    by: Any,
    commissioner: Commissioner,
    first: date,
    name: str,
    looks_for: str,
    maximum: int,
    weight: Decimal,
    reason: str = "",
) -> Criterion:
    """Expressions whose evaluation begins on `first` or later are scored by it too."""
    with writing(by):
        _lock_criteria(commissioner)
        if Criterion.objects.held().filter(commissioner=commissioner).open_on(first).count() >= MOST_CRITERIA:
            raise ValidationError(
                f"There are {MOST_CRITERIA} criteria already, the most there can be.", code="too_many"
            )
        return dated.record(
            Criterion,
            by=by,
            first=first,
            commissioner=commissioner,
            name=" ".join(name.split()),
            looks_for=looks_for,
            maximum=maximum,
            weight=weight,
            reason=reason,
        )


def change_criterion(*, by: Any, criterion: Criterion, day: date, reason: str = "", **facts: Any) -> Criterion:
    """From `day` it is another; what was evaluated, or is being evaluated, stays with what it was."""
    with writing(by):
        _lock_criteria(criterion.commissioner)
        present = still_held(criterion)
        if all(getattr(present, name) == value for name, value in facts.items()):
            raise ValidationError("Nothing differs from what is recorded.", code="no_change")
        if day < present.first_day or (present.last_day is not None and day > present.last_day):
            raise ValidationError(
                f"It is a criterion {words.period(present.period.lower, present.period.upper)}: "
                "choose a day in that time.",
                code="dates_out_of_order",
            )
        if day == present.first_day:
            return dated.correct(present, by=by, reason=reason, **facts)
        dated.end(present, last=day_before(day), by=by, reason=reason)
        return dated.record(
            Criterion,
            by=by,
            first=day,
            last=present.last_day,
            reason=reason,
            **({name: getattr(present, name) for name in ("commissioner", *SHIPPED[0]._fields)} | facts),
        )


def end_criterion(*, by: Any, criterion: Criterion, last: date, reason: str = "") -> Criterion:
    """Expressions whose evaluation begins after `last` are scored without it."""
    with writing(by):
        return dated.end(still_held(criterion), last=last, by=by, reason=reason)


def _lock_criteria(commissioner: Commissioner) -> None:
    Commissioner.objects.select_for_update(no_key=True).get(pk=commissioner.pk)
