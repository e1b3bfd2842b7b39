"""Expressions of interest: sent in, evaluated, scored and decided; and the criteria they are scored by."""

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, can, require
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted, version_of
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections
from chins.effects import coverage_effect
from chins.interest import filters, forms, queries, scoring, services, shapes, tables
from chins.interest.models import Criterion, Expression
from chins.interest.route import ExpressionState
from chins.queries import people_for_posts
from chins.views.finding import WHOSE, crumbs, find_commissioner, practices_named
from practices.models import Practice


def _crumbs(asat: AsAt, expression: Expression | None = None) -> list[Any]:
    steps = [*crumbs(asat), {"text": "Expressions of interest", "href": link(asat, "chins:expression_list")}]
    if expression is not None:
        steps.append({"text": expression.title, "href": _address(asat, expression)})
    return steps


def _address(asat: AsAt, expression: Expression) -> str:
    """Its page; on the page's day, unless it was received later."""
    days = asat if expression.received <= asat.day else None
    return link(days, "chins:expression_detail", expression.pk)


def _find(
    request: HttpRequest, pk: int, action: Action | None = None, *, while_in: tuple[ExpressionState, ...] = ()
) -> Expression:
    """The expression, or 404 for one this person may not see; 403 for an action they may not take on it.

    while_in: the states in which there is a form for it. What is sent is told by the service that it came too late.
    """
    expression: Expression = get_object_or_404(queries.visible_expressions(request.user), pk=pk)
    if action is not None:
        require(request.user, action, expression)
    if while_in and request.method != "POST" and expression.state not in while_in:
        raise Http404(f"{expression} is {expression.get_state_display().lower()}: there is nothing to do here.")
    return expression


def _of_somebody_else(request: HttpRequest, expression: Expression) -> None:
    """Refuse whoever holds a post in it."""
    if why := queries.own_interest(request.user, expression, asat_of(request).today):
        raise PermissionDenied(why)


class ExpressionList(ListPage):
    """Who wants, or wanted, to become a CHIN: those received by the day that the reader may see."""

    title = "Expressions of interest"
    noun = ("expression of interest", "expressions of interest")
    filterset_class = filters.ExpressionFilters
    table_class = tables.ExpressionTable
    default_sort = "-received"
    shape = shapes.ExpressionItem
    template_name = "chins/expressions.html"
    told = {"": queries.FACTS}
    empty_title = "No expressions of interest"
    csv_columns = {
        "title": "title",
        "commissioner": "commissioner__ods_code",
        "received": "received",
        "status": "status",
        "since": "since",
        "lead": "lead__name",
        "lead_in_words": "lead_name",
        "practices": "named",
        "patients": "patients",
        "chin": "chin__slug",
    }

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> QuerySet[Expression]:
        return queries.listed_expressions(self.request.user, self.asat)

    def exclude(self, filterset: filters.ExpressionFilters) -> list[str]:
        return [] if "commissioner" in filterset.filters else ["commissioner"]

    def context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "may_submit": bool(can(user, Action.SUBMIT_EXPRESSION)),
            "may_criteria": bool(can(user, Action.EVALUATE_EXPRESSION)),
            "breadcrumbs": crumbs(self.asat),
        }


@require_safe
@reads(shapes.expression)
def expression_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An expression of interest: its practices, how it is scored, and what was decided."""
    asat, user = asat_of(request), request.user
    seen = queries.visible_expressions(user)
    expression = seen.on_day(asat.day).filter(pk=pk).first()
    if expression is None:
        later = get_object_or_404(seen, pk=pk)
        raise Http404(
            f"{later} came on {words.day(later.received)}: there is nothing of it as at {words.day(asat.day)}."
        )
    may = {action.value: bool(can(user, action, expression)) for action in Action}
    history.tell([expression], asat, *queries.FACTS)
    everybody = queries.participants(expression, asat)
    shown = queries.seen_of(everybody, user, asat)
    evaluation = queries.evaluation(expression, user, asat)
    figure = None
    if evaluation is not None and evaluation.complete:
        figure = scoring.figure(expression, evaluation.criteria, evaluation.complete, asat)
    lists = [one.patients for one in everybody if one.patients is not None]
    context = {
        "expression": expression,
        "over": expression.decided is not None and expression.decided <= asat.day,
        "participants": shown,
        "hidden": len(everybody) - len(shown),
        "named": len(everybody),
        "patients": sum(lists),
        "without_list": len(everybody) - len(lists),
        "evaluation": evaluation,
        "criteria": evaluation.criteria if evaluation else [],
        "plain": scoring.plain,
        "figure": figure,
        "history": queries.expression_history(expression) if may["view_history"] else None,
        "sections": sections(request, "expression", str(pk)),
        "may": may,
        "own_interest": queries.own_interest(user, expression, asat.today) if may["decide_expression"] else "",
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "chins/expression.html", context)


# Sent in ---------------------------------------------------------------------------------------------


def _applying(request: HttpRequest) -> queries.Applying | HttpResponse:
    """To which commissioner the person applies: `?commissioner=`, or the only one; else a page to choose from."""
    asat = asat_of(request)
    require(request.user, Action.SUBMIT_EXPRESSION)
    found = {one.commissioner.ods_code: one for one in queries.applying(request.user, asat)}
    asked = request.GET.get("commissioner")
    if asked is not None:
        if asked not in found:
            raise Http404("No commissioner of this code to which you may send in an expression of interest.")
        return found[asked]
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise PermissionDenied("An expression of interest names a practice of your own, and none of yours is open.")
    if call_of(request):
        raise BadRequest(f"Add ?commissioner= to the address: {' or '.join(found)}.")
    context = {
        "heading": "For which commissioner?",
        "choices": [one.commissioner for one in found.values()],
        "breadcrumbs": _crumbs(asat),
    }
    return render(request, "chins/choose_commissioner.html", context)


def _typed(request: HttpRequest, mine: queries.Applying, typed: dict[str, Any]) -> dict[str, Any]:
    """What the services take, of what was typed; a practice of one's own must be among those named."""
    practices = practices_named(request, typed["practices"])
    lead = get_object_or_404(people_for_posts(), pk=typed["lead"]) if typed["lead"] else None
    return {**typed, "practices": practices, "lead": lead}


REFUSALS = {
    "no_practice": "practices",
    "not_listed": "practices",
    "other_commissioner": "practices",
    "not_own": "practices",
    "one_lead": "lead",
    "dates_out_of_order": "day",
    "to_come": "day",
    "joins_too_early": "first",
}


def _post_for(request: HttpRequest, mine: queries.Applying, practices: list[Practice]) -> Any:
    post = mine.post_for(practices, request.user)
    if post is None:
        raise ValidationError("Name a practice of your own among them.", code="not_own")
    return post


@writes(forms.SubmitForm, WHOSE)
def expression_submit(request: HttpRequest) -> HttpResponse:
    """Practices want to become a CHIN."""
    asat, user = asat_of(request), request.user
    mine = _applying(request)
    if isinstance(mine, HttpResponse):
        return mine
    candidates = queries.candidates(mine, asat.day)

    def submit(typed: dict[str, Any]) -> Expression:
        facts = _typed(request, mine, typed)
        post = _post_for(request, mine, facts["practices"])
        return services.submit_expression(by=user, commissioner=mine.commissioner, post=post, **facts)

    return act(
        request,
        form=forms.SubmitForm(
            posted(request),
            candidates=candidates,
            leads=queries.leads(mine, user),
            until=asat.today,
            initial={"received": min(asat.day, asat.today), "lead": None if mine.wide else user.pk},
        ),
        do=submit,
        done=lambda expression: f"{expression} is received.",
        to=lambda expression: _address(asat, expression),
        cancel=link(asat, "chins:expression_list"),
        heading="Send in an expression of interest",
        caption=str(mine.commissioner),
        lede="It can be changed until its evaluation begins."
        + ("" if candidates else " None of your practices is without a CHIN on this day."),
        submit="Send it in",
        breadcrumbs=_crumbs(asat),
        fields_of_refusals=REFUSALS,
    )


@writes(forms.EditExpressionForm)
def expression_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say it otherwise, until it is evaluated."""
    asat, user = asat_of(request), request.user
    expression = _find(request, pk, Action.SUBMIT_EXPRESSION, while_in=(ExpressionState.RECEIVED,))
    applying = {one.commissioner: one for one in queries.applying(user, asat)}
    mine = applying.get(expression.commissioner)
    if mine is None:
        raise PermissionDenied("None of your practices is open and of its commissioner.")
    named = queries.practices_of(expression)

    def change(typed: dict[str, Any]) -> Expression:
        there = {practice.pk: practice for practice in named}
        kept = [there[pk] for pk in typed["practices"] if pk in there]
        new = practices_named(request, [pk for pk in typed["practices"] if pk not in there])
        lead = get_object_or_404(people_for_posts(), pk=typed["lead"]) if typed["lead"] else None
        return services.update_expression(
            by=user, expression=expression, **{**typed, "practices": [*kept, *new], "lead": lead}
        )

    facts = ("title", "received", "lead_name", "area", "focus_areas", "proposal")
    initial = {name: getattr(expression, name) for name in facts} | {
        "lead": expression.lead_id,
        "practices": [practice.pk for practice in named],
        "seen": history.version(expression),
    }
    return act(
        request,
        form=forms.EditExpressionForm(
            posted(request),
            candidates=queries.candidates(mine, asat.day, named),
            leads=queries.leads(mine, user, expression.lead),
            until=asat.today,
            initial=initial,
        ),
        do=change,
        done=lambda changed: f"{changed} is saved.",
        to=_address(asat, expression),
        heading="Change the expression of interest",
        caption=expression.title,
        submit="Save",
        breadcrumbs=_crumbs(asat, expression),
        fields_of_refusals=REFUSALS,
    )


@writes(forms.WithdrawForm)
def expression_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Those who sent it in no longer want it."""
    asat = asat_of(request)
    going_on = (ExpressionState.RECEIVED, ExpressionState.EVALUATING)
    expression = _find(request, pk, Action.SUBMIT_EXPRESSION, while_in=going_on)
    return act(
        request,
        form=forms.WithdrawForm(posted(request), initial={"day": asat.day}),
        do=lambda typed: services.withdraw_expression(
            by=request.user, expression=expression, today=asat.today, **typed
        ),
        done=lambda withdrawn: f"{withdrawn} is withdrawn.",
        to=_address(asat, expression),
        effect=lambda typed: Effect(
            sentences=[f"{expression} is withdrawn on {words.day(typed['day'])}, and stays on record."]
        ),
        heading="Withdraw the expression of interest",
        caption=expression.title,
        lede="It stays on record, and can’t be taken up again: a new one can be sent in.",
        submit="Withdraw it",
        kind="warning",
        breadcrumbs=_crumbs(asat, expression),
        fields_of_refusals=REFUSALS,
    )


# Evaluated and decided -------------------------------------------------------------------------------


@writes(forms.BeginForm)
def expression_evaluate(request: HttpRequest, pk: int) -> HttpResponse:
    """Its evaluation begins, by the criteria in force that day."""
    asat = asat_of(request)
    expression = _find(request, pk, Action.DECIDE_EXPRESSION, while_in=(ExpressionState.RECEIVED,))
    _of_somebody_else(request, expression)
    return act(
        request,
        form=forms.BeginForm(posted(request), initial={"day": max(asat.day, expression.received)}),
        do=lambda typed: services.begin_evaluation(by=request.user, expression=expression, today=asat.today, **typed),
        done=lambda begun: f"{begun} is under evaluation.",
        to=_address(asat, expression),
        effect=lambda typed: Effect(
            sentences=[
                f"From {words.day(typed['day'])} evaluators score it by "
                f"{words.plural(len(queries.criteria_on(expression.commissioner, typed['day'])), 'criterion', 'criteria')}"
                ". What it says and its practices can’t be changed from then on."
            ]
        ),
        heading="Begin the evaluation",
        caption=expression.title,
        lede="It is scored by the criteria in force on that day, whatever becomes of them later.",
        submit="Begin the evaluation",
        breadcrumbs=_crumbs(asat, expression),
        fields_of_refusals=REFUSALS,
    )


@writes(forms.ScoreForm)
def expression_score(request: HttpRequest, pk: int) -> HttpResponse:
    """One’s own scores. They stand once every criterion has one."""
    asat = asat_of(request)
    expression = _find(request, pk, Action.EVALUATE_EXPRESSION, while_in=(ExpressionState.EVALUATING,))
    _of_somebody_else(request, expression)
    criteria = queries.criteria_of(expression)
    own = queries.own_sheet(expression, request.user)
    if request.method != "POST" and own is not None and own.complete(criteria):
        raise Http404(f"Your evaluation of {expression} is complete, and stands as it is.")
    form = forms.ScoreForm(posted(request), criteria=criteria, own=own)

    def weigh(typed: dict[str, Any]) -> Effect:
        given, missing = form.given, len(criteria) - len(form.given)
        if not given:
            raise ValidationError("Give at least one score.", code="nothing")
        if missing:
            said = f"{words.plural(len(given), 'score')} saved; {words.number(missing)} still to give."
            return Effect(sentences=[said, "You can change them until you have given them all."])
        total = sum((score * criterion.weight for criterion, (score, _) in given.items()), start=0)
        percent = words.percent1(scoring.ratio_percent(total, scoring.possible(criteria)))
        return Effect(
            sentences=[f"Your evaluation is complete: {percent}."],
            warnings=["It stands as it is from then on, and you see the scores of the others."],
        )

    return act(
        request,
        form=form,
        do=lambda typed: services.score_expression(
            by=request.user, expression=expression, scores=form.given, today=asat.today
        ),
        effect=weigh,
        done=lambda scores: (
            "Your evaluation is complete."
            if len(scores) == len(criteria)
            else f"Saved: {words.number(len(scores))} of {words.number(len(criteria))} scores."
        ),
        to=_address(asat, expression),
        heading="Score the expression of interest",
        caption=expression.title,
        lede="You see what others give once you have scored every criterion. What is complete stands.",
        submit="Save the scores",
        breadcrumbs=_crumbs(asat, expression),
    )


class ScoreList(ListPage):
    """Every score of the complete evaluations of one expression."""

    title = "Scores"
    noun = ("score", "scores")
    filterset_class = filters.ScoreFilters
    table_class = tables.ScoreTable
    default_sort = "criterion"
    shape = shapes.ScoreItem
    template_name = "chins/scores.html"
    empty_title = "No complete evaluation"
    csv_columns = {
        "criterion": "criterion__name",
        "evaluator": "evaluator__name",
        "score": "score",
        "maximum": "criterion__maximum",
        "weight": "criterion__weight",
        "weighted": "weighted",
        "possible": "possible",
        "comment": "comment",
    }

    def permit(self) -> None:
        self.expression = _find(self.request, self.kwargs["pk"], Action.EVALUATE_EXPRESSION)
        evaluation = queries.evaluation(self.expression, self.request.user, self.asat)
        if evaluation is None or evaluation.complete is None:
            raise PermissionDenied("You see the scores of others once you have scored every criterion yourself.")

    def queryset(self) -> QuerySet[Any]:
        return queries.scores_of(self.expression, self.asat)

    def context(self) -> dict[str, Any]:
        return {"caption": self.expression.title, "breadcrumbs": _crumbs(self.asat, self.expression)}


@writes(forms.ApproveForm)
def expression_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A CHIN is born from it."""
    asat = asat_of(request)
    expression = _find(request, pk, Action.DECIDE_EXPRESSION, while_in=(ExpressionState.EVALUATING,))
    _of_somebody_else(request, expression)
    free, taken = queries.free_from(expression, asat.day)
    word = expression.commissioner.local_word
    form = forms.ApproveForm(
        posted(request),
        candidates=free,
        initial={
            "name": expression.title,
            "day": asat.day,
            "first": asat.day,
            "practices": [one.practice.pk for one in free],
        },
    )

    def approve(typed: dict[str, Any]) -> Expression:
        practices = practices_named(request, typed["practices"])
        return services.approve_expression(
            by=request.user, expression=expression, today=asat.today, **{**typed, "practices": practices}
        )

    def said(approved: Expression) -> list[str]:
        typed = form.cleaned_data
        joining = words.plural(len(typed["practices"]), "practice is", "practices are")
        return [
            f"{approved.chin} is a {word} proposed since {words.day(approved.received)} and approved from "
            f"{words.day(approved.decided)}.",
            f"{joining} in it from {words.day(typed['first'])}.",
        ]

    def weigh(typed: dict[str, Any]) -> Effect:
        left = len(free) - len(typed["practices"])
        out = [f"{words.plural(left, 'free practice')} of the expression stay out."] if left > 0 else []
        return coverage_effect(
            commissioner=expression.commissioner,
            day=typed["first"],
            do=lambda: approve(typed),
            sentences=said,
            warnings=[*queries.warning_of(expression), *out],
        )

    return act(
        request,
        form=form,
        do=approve,
        effect=weigh,
        done=lambda approved: f"{approved} is approved: {approved.chin} is in the register.",
        to=lambda approved: link(asat, "chins:chin_detail", approved.chin.slug),
        cancel=_address(asat, expression),
        heading="Approve the expression of interest",
        caption=expression.title,
        lede=f"A {word} is born from it, with those of its practices that are in none."
        + "".join(f" {queries.in_the_way(membership, asat.day)}" for membership in taken),
        submit="Approve it",
        breadcrumbs=_crumbs(asat, expression),
        fields_of_refusals=REFUSALS | {"other_commissioner": "practices", "already_member": "practices"},
    )


@writes(forms.DeclineForm)
def expression_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """It is declined, with a reason, and stays on record."""
    asat = asat_of(request)
    expression = _find(request, pk, Action.DECIDE_EXPRESSION, while_in=(ExpressionState.EVALUATING,))
    _of_somebody_else(request, expression)
    return act(
        request,
        form=forms.DeclineForm(posted(request), initial={"day": asat.day}),
        do=lambda typed: services.decline_expression(by=request.user, expression=expression, today=asat.today, **typed),
        effect=lambda typed: Effect(
            sentences=[f"{expression} is declined on {words.day(typed['day'])}, and stays on record with the reason."],
            warnings=queries.warning_of(expression),
        ),
        done=lambda declined: f"{declined} is declined.",
        to=_address(asat, expression),
        heading="Decline the expression of interest",
        caption=expression.title,
        lede="Those who sent it in read the reason.",
        submit="Decline it",
        kind="warning",
        breadcrumbs=_crumbs(asat, expression),
        fields_of_refusals=REFUSALS,
    )


# Criteria --------------------------------------------------------------------------------------------


class CriterionList(ListPage):
    """What is looked for in an expression of interest, on the day and to come."""

    title = "Criteria for expressions of interest"
    noun = ("criterion", "criteria")
    filterset_class = filters.CriterionFilters
    table_class = tables.CriterionTable
    default_sort = "-weight"
    shape = shapes.CriterionItem
    template_name = "chins/criteria.html"
    empty_title = "No criteria on this day"
    csv_columns = {
        "name": "name",
        "looks_for": "looks_for",
        "commissioner": "commissioner__ods_code",
        "maximum": "maximum",
        "weight": "weight",
        "first": "period__startswith",
    }

    def permit(self) -> None:
        require(self.request.user, Action.EVALUATE_EXPRESSION)

    def queryset(self) -> QuerySet[Criterion]:
        return queries.listed_criteria(self.request.user, self.asat)

    def exclude(self, filterset: filters.CriterionFilters) -> list[str]:
        hidden = [] if "commissioner" in filterset.filters else ["commissioner"]
        return hidden if can(self.request.user, Action.DECIDE_EXPRESSION) else [*hidden, "change"]

    def context(self) -> dict[str, Any]:
        may = bool(can(self.request.user, Action.DECIDE_EXPRESSION))
        return {
            "may_change": may,
            "without": queries.without_criteria(self.request.user) if may else [],
            "breadcrumbs": _crumbs(self.asat),
        }


def _find_criterion(request: HttpRequest, pk: int) -> Criterion:
    criterion: Criterion = version_of(request, queries.versions_of_criteria(request.user), pk)
    require(request.user, Action.DECIDE_EXPRESSION, criterion)
    return criterion


def _criteria_crumbs(asat: AsAt) -> list[Any]:
    return [*_crumbs(asat), {"text": "Criteria", "href": link(asat, "chins:criterion_list")}]


@writes(forms.ShippedForm, WHOSE)
def criteria_take(request: HttpRequest) -> HttpResponse:
    """Begin with the criteria the portal ships with."""
    asat = asat_of(request)
    commissioner = find_commissioner(request, Action.DECIDE_EXPRESSION)
    if isinstance(commissioner, HttpResponse):
        return commissioner
    return act(
        request,
        form=forms.ShippedForm(posted(request), initial={"first": asat.day}),
        do=lambda typed: services.take_shipped_criteria(by=request.user, commissioner=commissioner, **typed),
        done=lambda taken: f"{words.plural(len(taken), 'criterion', 'criteria')} in force.",
        to=link(asat, "chins:criterion_list"),
        heading="Begin with the portal’s criteria",
        caption=str(commissioner),
        lede="They are what the work plan of 2017/18 asks of a CHIN in its development phase. Change them afterwards "
        "as you like.",
        submit="Take them",
        template="chins/shipped.html",
        shipped=services.SHIPPED,
        breadcrumbs=_criteria_crumbs(asat),
    )


@writes(forms.CriterionForm, WHOSE)
def criterion_add(request: HttpRequest) -> HttpResponse:
    """Look for one thing more."""
    asat = asat_of(request)
    commissioner = find_commissioner(request, Action.DECIDE_EXPRESSION)
    if isinstance(commissioner, HttpResponse):
        return commissioner
    return act(
        request,
        form=forms.CriterionForm(posted(request), initial={"first": asat.day}),
        do=lambda typed: services.add_criterion(by=request.user, commissioner=commissioner, **typed),
        done=lambda criterion: f"{criterion} is a criterion from {words.day(criterion.first_day)}.",
        to=link(asat, "chins:criterion_list"),
        heading="Add a criterion",
        caption=str(commissioner),
        submit="Add it",
        breadcrumbs=_criteria_crumbs(asat),
    )


@writes(forms.ChangeCriterionForm)
def criterion_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another text, highest score or weight from a day."""
    asat = asat_of(request)
    criterion = _find_criterion(request, pk)
    facts = ("name", "looks_for", "maximum", "weight")
    initial = {name: getattr(criterion, name) for name in facts} | {"first": max(asat.day, criterion.first_day)}
    return act(
        request,
        of=criterion,
        form=forms.ChangeCriterionForm(posted(request), initial=initial),
        do=lambda typed: services.change_criterion(
            by=request.user,
            criterion=criterion,
            day=typed["first"],
            **{name: value for name, value in typed.items() if name != "first"},
        ),
        done=lambda changed: f"{changed}: changed from {words.day(changed.first_day)}.",
        to=link(asat, "chins:criterion_list"),
        heading="Change the criterion",
        caption=criterion.name,
        lede="Expressions whose evaluation has begun stay scored by what it was.",
        submit="Change it",
        breadcrumbs=_criteria_crumbs(asat),
        fields_of_refusals={"dates_out_of_order": "first"},
    )


@writes(forms.EndCriterionForm)
def criterion_end(request: HttpRequest, pk: int) -> HttpResponse:
    """It is looked for no longer."""
    asat = asat_of(request)
    criterion = _find_criterion(request, pk)
    return act(
        request,
        of=criterion,
        form=forms.EndCriterionForm(posted(request), initial={"last": asat.day}),
        do=lambda typed: services.end_criterion(by=request.user, criterion=criterion, **typed),
        done=lambda ended: f"{ended} is a criterion until {words.day(ended.last_day)}.",
        to=link(asat, "chins:criterion_list"),
        heading="End the criterion",
        caption=criterion.name,
        lede="Expressions whose evaluation has begun stay scored by it.",
        submit="End it",
        breadcrumbs=_criteria_crumbs(asat),
        fields_of_refusals={"dates_out_of_order": "last"},
    )
