"""Where a case is, where all of them are, what was said, and the conditions of approvals."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, require
from cc2h.cases.route import conditions, figures, forms, queries, shapes, tables, wording
from cc2h.cases.route.filters import TurnFilters
from cc2h.cases.route.outcomes import Part
from cc2h.cases.route.sections import about
from cc2h.cases.route.views.turns import crumbs
from cc2h.cases.views.finding import be_there
from cc2h.kit.acts import act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.together import alone

VIEW = Action.VIEW_CASE


class TurnList(ListPage):
    """Where cases are: every stage that waits for an answer, the longest first; and those that were answered."""

    title = "Where cases are"
    noun = ("stage of a case", "stages of cases")
    filterset_class = TurnFilters
    table_class = tables.TurnTable
    default_sort = "since"
    shape = shapes.TurnItem
    csv_columns = {
        "case": "number",
        "title": "title",
        "chin": "chin_slug",
        "commissioner": "commissioner_code",
        "asked": "asked",
        "stage": "stage_key",
        "stage_name": "stage_name",
        "part": "stage_part",
        "body": "body_name",
        "since": "opened_on",
        "target": "target_on",
        "answered": "answered",
        "days": "days",
        "late": "late",
        "state": "state_on",
    }
    template_name = "route/turns.html"
    empty_title = "Nothing waits here"
    empty_text = "A case waits at a stage of its route from the day it is submitted, or has passed the one before."

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> Any:
        return queries.turns(self.request.user, self.asat)

    def table(self, filterset: Any, rows: Sequence[Any]) -> Any:
        table: Any = super().table(filterset, rows)
        table.seats = queries.seats_of(rows, self.asat)
        return table


@require_safe
@reads(shapes.standing)
def standing(request: HttpRequest) -> HttpResponse:
    """How many cases wait at each stage, since when, and how long answers take."""
    asat = asat_of(request)
    require(request.user, VIEW)
    found = figures.rows(queries.by_stage(request.user, asat), asat)
    context = {
        "rows": found,
        "sums": wording.sums,
        "waiting": figures.waiting(found, asat),
        "several": len({row.stage.commissioner for row in found}) > 1,
        "breadcrumbs": [{"text": "Where cases are", "href": link(asat, "route:turn_list")}],
    }
    return show(request, "route/standing.html", context)


@require_safe
@reads(shapes.way)
def way(request: HttpRequest, number: str) -> HttpResponse:
    """Where a case is: its stages, who must act, since when, what was said, and on which conditions."""
    asat, user = asat_of(request), request.user
    case = get_object_or_404(queries.find_case(user, number))
    require(user, VIEW, case)
    be_there(request, case)
    context = {"case": case, "about": alone(about(user, case, asat)), "breadcrumbs": crumbs(asat, case)[:1]}
    return show(request, "route/way.html", context)


@require_safe
@reads(shapes.outcome)
def outcome_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said of a case at a stage, as it was said."""
    asat, user = asat_of(request), request.user
    outcome = get_object_or_404(queries.find_outcome(user, pk))
    case, submission = outcome.turn.case, outcome.turn.passage.submission
    require(user, VIEW, case)
    be_there(request, case)
    context = {
        "outcome": outcome,
        "case": case,
        "submission": submission,
        "done": wording.done(outcome.said),
        "paper": queries.paper_of(outcome),
        "makes_a_paper": outcome.turn.stage.part == Part.DECIDE,
        "sections": wording.titles(outcome.sections, queries.sections_of(case)),
        "breadcrumbs": crumbs(asat, case),
    }
    return show(request, "route/outcome.html", context)


# Conditions ---------------------------------------------------------------------------------------------


def _on_condition(request: HttpRequest, pk: int, action: Action, **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    condition = get_object_or_404(queries.find_condition(request.user, pk))
    case = condition.case
    require(request.user, action, case)
    do = parts.pop("do")
    given: Mapping[str, Any] = {
        "to": link(asat, "route:way", case.number),
        "caption": str(case),
        "lede": f"“{condition.text}”",
        "breadcrumbs": crumbs(asat, case),
    }
    return act(request, do=lambda typed: do(condition, typed), **{**given, **parts})


@writes(forms.MetForm)
def condition_meet(request: HttpRequest, pk: int) -> HttpResponse:
    """A condition is met, and what shows it."""
    return _on_condition(
        request,
        pk,
        Action.WRITE_CASE,
        form=forms.MetForm(posted(request)),
        do=lambda one, typed: conditions.meet(by=request.user, condition=one, day=asat_of(request).today, **typed),
        done=lambda one: f"The condition is met: {one}",
        heading="Say that a condition is met",
        submit="It is met",
    )


@writes(forms.WhyForm)
def condition_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """What was brought does not show that it is met."""
    return _on_condition(
        request,
        pk,
        Action.DECIDE_CASE,
        form=forms.WhyForm(posted(request)),
        do=lambda one, typed: conditions.reopen(by=request.user, condition=one, **typed),
        done=lambda one: f"The condition is open again: {one}",
        heading="Open the condition again",
        submit="Open it again",
        kind="warning",
    )


@writes(forms.WhyForm)
def condition_waive(request: HttpRequest, pk: int) -> HttpResponse:
    """A condition is not asked for any more."""
    return _on_condition(
        request,
        pk,
        Action.DECIDE_CASE,
        form=forms.WhyForm(posted(request)),
        do=lambda one, typed: conditions.waive(by=request.user, condition=one, day=asat_of(request).today, **typed),
        done=lambda one: f"The condition is waived: {one}",
        heading="Waive the condition",
        submit="Waive it",
        kind="warning",
    )
