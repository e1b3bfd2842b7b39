"""Pages of cycles: one with what it shows, this week’s boxes, what is done with it, scaling, and the library."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.cases.cycles import evidence, forms, queries, services, shapes
from cc2h.cases.cycles.filters import LibraryFilters
from cc2h.cases.cycles.states import CycleState
from cc2h.cases.cycles.tables import LibraryTable
from cc2h.cases.funding.services import left_by_year
from cc2h.cases.views.finding import be_there, crumbs, find, on_case
from cc2h.kit import words
from cc2h.kit.acts import Effect, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import NotADay, parse_day, year_name
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections
from kpis import drawing
from kpis import queries as kpis

VIEW, RECORD = Action.VIEW_CASE, Action.RECORD_CYCLE
STEPS = list(CycleState)


def _seen(request: HttpRequest, pk: int, action: Action | None = None) -> Any:
    """The cycle, 404 where its case is not this person's to see, 403 where they may not do this with it."""
    cycle = get_object_or_404(queries.cycles(request.user), pk=pk)
    if action is not None:
        require(request.user, action, cycle)
    be_there(request, cycle.case)
    if (day := asat_of(request).day) < cycle.planned_on:
        raise Http404(f"{cycle} was not yet planned on {words.day(day)}: that was on {words.day(cycle.planned_on)}.")
    return queries.dated(cycle)


def _record(cycle: Any) -> Record:
    return Record("cycle", str(cycle.pk), str(cycle), cycle.authority_target())


def _page(asat: AsAt, cycle: Any) -> str:
    return link(asat, "cycles:cycle_detail", cycle.pk)


def _on_cycle(request: HttpRequest, cycle: Any, **parts: Any) -> HttpResponse:
    """An act on a cycle: where it stands, and back to its page."""
    asat = asat_of(request)
    given = {
        "to": _page(asat, cycle),
        "caption": f"{cycle.case.number} · cycle {cycle.number}",
        "breadcrumbs": [*crumbs(asat, cycle.case), {"text": f"Cycle {cycle.number}", "href": _page(asat, cycle)}],
        "cycle": cycle,
    }
    return on_case(request, cycle.case, **given | parts)


@require_safe
@reads(shapes.cycle)
def cycle_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A cycle as at the day: its plan, what its numbers show, what was seen, found, and what followed."""
    asat = asat_of(request)
    cycle = _seen(request, pk)
    study, conclusion = getattr(cycle, "study", None), getattr(cycle, "conclusion", None)
    context = {
        "cycle": cycle,
        "case": cycle.case,
        "steps": STEPS,
        "shown": queries.shown_of(cycle, asat),
        "how": {one.pk: drawing.settings_in_words(evidence.settings_of(one)) for one in cycle.predictions.all()},
        "notes": queries.notes_of(cycle, asat),
        "dates": list(cycle.dates.all()),
        "study": study if study is not None and study.day <= asat.day else None,
        "conclusion": conclusion if conclusion is not None and conclusion.day <= asat.day else None,
        "may": bool(can(request.user, RECORD, cycle)),
        "sections": sections(request, "cycle", str(cycle.pk), _record(cycle)),
        "breadcrumbs": crumbs(asat, cycle.case),
    }
    return show(request, "cycles/cycle.html", context)


@writes(forms.PlanForm)
def cycle_plan(request: HttpRequest, number: str) -> HttpResponse:
    """The next cycle of an approved case."""
    case = find(request, number, RECORD)
    initial: dict[str, Any] = {"question": queries.last_seed(case)}
    for row, one in enumerate(queries.planned_measures(case)[: forms.ROWS], start=1):
        own = [one["name"]] if one.get("library") else [one["name"], one.get("unit", "")]
        initial |= {
            f"library_{row}": one.get("library", ""),
            f"measure_{row}": ", ".join(said for said in own if said)[:200],
            f"way_{row}": "up" if one.get("direction") == "up" else "down",
            f"baseline_{row}": one.get("baseline", ""),
            f"predicted_{row}": one.get("prediction", ""),
        }
    library = kpis.to_choose(asat_of(request))
    form = forms.PlanForm(posted(request), library=library, initial=initial)
    return on_case(
        request,
        case,
        form=form,
        template="cycles/plan.html",
        do=lambda typed: services.plan(by=request.user, case=case, today=asat_of(request).today, **form.facts()),
        done=lambda cycle: f"Cycle {cycle.number} is planned. It begins when you say so.",
        to=lambda cycle: _page(asat_of(request), cycle),
        cancel=link(asat_of(request), "cases:case_detail", case.number),
        heading="Plan a cycle",
        submit="Plan it",
        lede="A question, a number for each measure, and who tries it where from when to when.",
    )


@writes(forms.ExpectedForm)
def predict(request: HttpRequest, pk: int) -> HttpResponse:
    """One more number that a planned cycle is expected to bring."""
    cycle = _seen(request, pk, RECORD)
    form = forms.ExpectedForm(posted(request), library=kpis.to_choose(asat_of(request)))
    return _on_cycle(
        request,
        cycle,
        form=form,
        do=lambda typed: services.predict(by=request.user, cycle=cycle, expected=form.expected()),
        done=lambda made: f"“{made}” is predicted.",
        heading="Add a prediction",
        submit="Add it",
    )


@writes(forms.ReplanForm)
def replan(request: HttpRequest, pk: int) -> HttpResponse:
    """The days of a cycle slip, and that shows."""
    cycle = _seen(request, pk, RECORD)
    return _on_cycle(
        request,
        cycle,
        form=forms.ReplanForm(posted(request), initial={"first": cycle.now.first, "last": cycle.now.last}),
        do=lambda typed: services.replan(by=request.user, cycle=cycle, today=asat_of(request).today, **typed),
        done=lambda dates: f"The cycle now runs from {dates.first:%-d %B %Y} to {dates.last:%-d %B %Y}.",
        heading="Change the days",
        submit="Change them",
    )


@writes(forms.BeginForm)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """What was planned is done from today on."""
    cycle = _seen(request, pk, RECORD)
    return _on_cycle(
        request,
        cycle,
        form=forms.BeginForm(posted(request)),
        do=lambda typed: services.begin(by=request.user, cycle=cycle, today=asat_of(request).today),
        done=lambda begun: f"Cycle {begun.number} has begun. Its numbers are asked for every week.",
        effect=lambda typed: Effect(
            sentences=[
                "The plan and its predictions stay as they are from now on.",
                "Its numbers are asked for every week.",
            ]
        ),
        heading=f"Begin cycle {cycle.number}",
        submit="Begin it",
    )


@writes(forms.WeekForm)
def week(request: HttpRequest, pk: int) -> HttpResponse:
    """Only this week’s boxes: thirty seconds on a phone. ?week= another one."""
    cycle = _seen(request, pk, RECORD)
    today = asat_of(request).today
    try:
        asked = parse_day(request.GET["week"]) if request.GET.get("week") else today
    except NotADay:
        asked = today
    monday = services.monday_of(min(asked, today))
    predictions = queries.weekly(cycle)
    held, before = queries.numbers_of_week(cycle, monday), queries.numbers_of_week(cycle, monday - timedelta(7))
    form = forms.WeekForm(
        posted(request),
        predictions=predictions,
        initial={f"number_{one.pk}": _plain(held.get(one.pk)) for one in predictions},
    )
    for one in predictions:
        last = _plain(before.get(one.pk))
        form.fields[f"number_{one.pk}"].help_text = (
            f"The week before: {last}." if last else "No number of the week before."
        )

    def do(typed: dict[str, Any]) -> Any:
        values = form.numbers()
        if not held:
            values = {pk: value for pk, value in values.items() if value is not None}
        return services.read(
            by=request.user,
            cycle=cycle,
            week=monday,
            values=values,
            today=today,
            seen=typed["seen"],
            problems=typed["problems"],
        )

    return _on_cycle(
        request,
        cycle,
        form=form,
        do=do,
        done=lambda made: f"Kept for the week from {monday:%-d %B %Y}. Thank you.",
        heading=f"The week from {monday:%-d %B %Y}",
        submit="Keep it",
        template="cycles/week.html",
        nothing="" if cycle.state == CycleState.DO else "Numbers are asked for while a cycle goes on.",
        earlier=link(None, "cycles:week", cycle.pk, query={"week": (monday - timedelta(7)).isoformat()}),
        later=""
        if monday + timedelta(7) > today
        else link(None, "cycles:week", cycle.pk, query={"week": (monday + timedelta(7)).isoformat()}),
    )


def _plain(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"


@writes(forms.StudyForm)
def study(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether each prediction held, with its chart beside, frozen as it is."""
    cycle = _seen(request, pk, RECORD)
    asat = asat_of(request)
    form = forms.StudyForm(posted(request), predictions=cycle.predictions.all())

    def do(typed: dict[str, Any]) -> Any:
        return services.study(
            by=request.user,
            cycle=cycle,
            found=form.found(),
            summary=typed["summary"],
            learned=typed["learned"],
            today=asat.today,
        )

    return _on_cycle(
        request,
        cycle,
        form=form,
        do=do,
        done=lambda made: "The cycle is studied. Its numbers and charts are frozen as they were.",
        heading=f"Study cycle {cycle.number}",
        submit="Keep the study",
        lede="The numbers and charts are frozen with it, and can’t be changed afterwards.",
        template="cycles/study.html",
        shown=queries.shown_of(cycle, asat),
        nothing="" if cycle.state == CycleState.DO else "A cycle is studied once, after it was done.",
    )


@writes(forms.ConcludeForm)
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """What follows from a cycle that was studied."""
    cycle = _seen(request, pk, RECORD)
    return _on_cycle(
        request,
        cycle,
        form=forms.ConcludeForm(posted(request)),
        do=lambda typed: services.conclude(by=request.user, cycle=cycle, today=asat_of(request).today, **typed),
        done=lambda made: f"Cycle {cycle.number}: {made.get_act_display().lower()}.",
        to=link(asat_of(request), "cases:case_detail", cycle.case.number),
        heading=f"What follows from cycle {cycle.number}",
        submit="Decide",
        fields_of_refusals={"not_the_last": "last"},
        nothing="" if cycle.state == CycleState.STUDY else "What follows is decided once the cycle is studied.",
    )


# After the last cycle -----------------------------------------------------------------------------------


@writes(forms.WhyForm)
def extend(request: HttpRequest, number: str) -> HttpResponse:
    """The test goes on with another cycle."""
    case = find(request, number, Action.DECIDE_CASE)
    return _step(request, case, services.extend, "Extend the test", "Extend it", "The test goes on with another cycle.")


@writes(forms.WhyForm)
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """The case ends here."""
    case = find(request, number, Action.WRITE_CASE)
    left = [
        f"{words.pounds(amount, 2)} of {year_name(year)} returns to its line."
        for year, amount in left_by_year(case).items()
        if amount > 0
    ]
    sentences = ["No further cycle follows.", "Planned tranches are dropped; what was released stays.", *left]
    return _step(request, case, services.stop, "Stop the case", "Stop it", "The case is stopped.", sentences)


def _step(
    request: HttpRequest,
    case: Any,
    service: Callable[..., Any],
    heading: str,
    submit: str,
    done: str,
    sentences: list[str] | None = None,
) -> HttpResponse:
    return on_case(
        request,
        case,
        form=forms.WhyForm(posted(request)),
        do=lambda typed: service(by=request.user, case=case, today=asat_of(request).today, **typed),
        done=lambda taken: done,
        effect=(lambda typed: Effect(sentences=sentences)) if sentences else None,
        heading=heading,
        submit=submit,
        kind="warning" if sentences else "",
    )


@writes(forms.ProposeForm)
def propose(request: HttpRequest, number: str) -> HttpResponse:
    """Scale what was tested borough-wide: it takes the route again, with the evidence of all cycles."""
    case = find(request, number, Action.WRITE_CASE)
    today = asat_of(request).today
    form = forms.ProposeForm(
        posted(request),
        sources=queries.source_choices(case),
        practices=queries.practices_of(case, today),
        initial={"line_name": f"{case.title}, borough-wide"[:150]},
    )

    def do(typed: dict[str, Any]) -> Any:
        return services.propose(
            by=request.user,
            case=case,
            source=queries.source(case, typed["source"]),
            line_name=typed["line_name"],
            kind=typed["kind"],
            amounts=typed["amounts"],
            roll_out=form.roll_out(),
            day=today,
        )

    return on_case(
        request,
        case,
        form=form,
        do=do,
        done=lambda made: "The proposal takes its route, with the evidence of every cycle frozen in it.",
        effect=lambda typed: Effect(
            sentences=[
                f"It asks for {words.pounds(sum(typed['amounts'].values()), 2)}, and goes the route of that sum.",
                f"{words.plural(len(form.roll_out()), 'practice begins', 'practices begin')} with it.",
                "Approved, it opens a line of its own outside the programme budget.",
            ]
        ),
        heading="Propose to scale it borough-wide",
        template="cycles/propose.html",
        submit="Propose it",
        nothing="" if case.state == "concluded" else "A case is scaled once its last cycle is concluded.",
    )


class Library(ListPage):
    """Finished cases: what became of them, and what was learned."""

    title = "What others tried"
    noun = ("finished case", "finished cases")
    filterset_class = LibraryFilters
    table_class = LibraryTable
    default_sort = "-since"
    shape = shapes.FinishedItem
    template_name = "cycles/library.html"
    csv_columns = {
        "number": "number",
        "title": "title",
        "chin": "chin__slug",
        "topic": "topic",
        "state": "state",
        "since": "since",
        "follows": "act",
        "learned": "learned",
    }
    empty_title = "No case is finished yet"
    empty_text = "Cases that were scaled or stopped stand here for good, with what was learned."

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = queries.finished(self.request.user, self.asat)
        return found
