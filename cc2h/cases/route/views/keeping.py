"""The route itself: its stages as at a day, and changing it from a day."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, can, require
from cc2h.cases.route import checking, forms, keeping, queries, shapes, shipped, wording
from cc2h.cases.route.keeping import Plan
from cc2h.cases.route.outcomes import Part
from cc2h.kit import words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link

VIEW, KEEP = Action.VIEW_CASE, Action.KEEP_ROUTE
SHOWN = 12  # problems of the check that a page says


@require_safe
def route_home(request: HttpRequest) -> HttpResponse:
    """The route of one's own commissioner, or the commissioners to choose from."""
    asat = asat_of(request)
    require(request.user, VIEW)
    found = list(queries.commissioners(request.user))
    if len(found) == 1:
        return HttpResponseRedirect(link(asat, "route:route_detail", found[0].ods_code))
    return show(request, "route/routes.html", {"commissioners": found})


def _commissioner(request: HttpRequest, ods_code: str, action: Action = VIEW) -> Any:
    commissioner = get_object_or_404(queries.commissioners(request.user), ods_code=ods_code.upper())
    require(request.user, action, commissioner)
    return commissioner


@require_safe
@reads(shapes.route)
def route_detail(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Who is asked about a case, in which order, for which sums, and how long each has; as at a day."""
    asat = asat_of(request)
    commissioner = _commissioner(request, ods_code)
    route = queries.in_force(commissioner, asat.day)
    stages = queries.stages(route) if route else []
    versions = queries.versions(commissioner)
    may_keep = bool(can(request.user, KEEP, commissioner)) and asat.is_today
    newest = versions[0] if versions else None
    context = {
        "commissioner": commissioner,
        "route": route,
        "stages": stages,
        "paths": wording.paths(stages),
        "versions": versions,
        "newest": newest,
        "changing": queries.stages(newest) if may_keep and newest is not None and newest != route else stages,
        "may_keep": may_keep,
        "wording": wording,
        "problems": checking.problems_of(commissioner, route, asat.day)[:SHOWN] if route and may_keep else [],
        "breadcrumbs": [{"text": "Where cases are", "href": link(asat, "route:turn_list")}],
    }
    return show(request, "route/route.html", context)


def _crumbs(asat: AsAt, commissioner: Any) -> list[Mapping[str, str]]:
    return [
        {"text": "Where cases are", "href": link(asat, "route:turn_list")},
        {"text": f"Route, {commissioner.short_name}", "href": link(asat, "route:route_detail", commissioner.ods_code)},
    ]


def _change(
    request: HttpRequest, commissioner: Any, form: Any, plans: Any, done: str, follows: Any, **parts: Any
) -> HttpResponse:
    """A change of the route: what it leads to is shown before it is saved. plans: the stages, of what was typed."""
    asat = asat_of(request)

    def effect(typed: Mapping[str, Any]) -> Effect:
        stages: Sequence[Plan] = plans(typed)
        unsound = keeping.unsound(stages)
        found = [*unsound, *([] if unsound else checking.problems(commissioner, stages, typed["from_day"]))]
        more = [f"And {words.plural(len(found) - SHOWN, 'problem')} more."] if len(found) > SHOWN else []
        return Effect(
            sentences=[
                f"From {words.day(typed['from_day'])} the route has {words.plural(len(stages), 'stage')}.",
                *wording.paths(stages),
            ],
            intro="Cases that were submitted before that day keep the route they have.",
            warnings=[*found[:SHOWN], *more],
        )

    def do(typed: Mapping[str, Any]) -> Any:
        return keeping.make_version(
            by=request.user,
            commissioner=commissioner,
            stages=plans(typed),
            from_day=typed["from_day"],
            why=typed["why"],
            today=asat.today,
            follows=follows,
        )

    return act(
        request,
        form=form,
        do=do,
        done=lambda route: f"{done} Version {route.number} of the route holds from {words.day(route.from_day)}.",
        to=link(asat, "route:route_detail", commissioner.ods_code),
        effect=effect,
        caption=f"Route of {commissioner.name}",
        breadcrumbs=_crumbs(asat, commissioner),
        **parts,
    )


def _plan(commissioner: Any, typed: Mapping[str, Any], key: str = "") -> Plan:
    part = Part(typed["part"])
    return Plan(
        key=key,
        name=" ".join(typed["name"].split()),
        position=typed["position"],
        part=part,
        body=queries.body(commissioner, typed["body"]),
        own_board=part == Part.SPONSOR,
        test="test" in typed["purposes"],
        scale="scale" in typed["purposes"],
        above=typed["above"],
        up_to=typed["up_to"],
        target_days=typed["target_days"],
        working=typed["working"] != "calendar",
        sections=tuple(typed["sections"]),
        conflicts=typed["conflicts"],
    )


def _stage_form(request: HttpRequest, commissioner: Any, initial: Mapping[str, Any]) -> forms.StageForm:
    today = asat_of(request).today
    return forms.StageForm(
        posted(request),
        bodies=queries.bodies(commissioner),
        sections=queries.sections(),
        today=today,
        initial={"from_day": today, "working": "working", **initial},
    )


def _not_the_latest(stage: Any, newest: Any) -> str:
    if newest is not None and stage.route_id == newest.pk:
        return ""
    return "This stage is of an earlier version of the route. Change the one of the latest version."


@writes(forms.StageForm)
def stage_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """The route has another stage, from a day."""
    commissioner = _commissioner(request, ods_code, KEEP)
    newest = keeping.latest(commissioner)
    return _change(
        request,
        commissioner,
        _stage_form(request, commissioner, {"conflicts": True, "purposes": ["test"]}),
        lambda typed: [*keeping.plans_of(newest), _plan(commissioner, typed)],
        "The stage is added.",
        newest,
        heading="Add a stage",
        submit="Add it",
    )


def _stage(request: HttpRequest, pk: int) -> Any:
    stage = get_object_or_404(queries.find_stage(request.user, pk))
    require(request.user, KEEP, stage.route)
    return stage


@writes(forms.StageForm)
def stage_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A stage is otherwise, from a day."""
    stage = _stage(request, pk)
    commissioner = stage.route.commissioner
    newest = keeping.latest(commissioner)
    initial = {name: getattr(stage, name) for name in keeping.FACTS} | {
        "body": stage.body_id,
        "working": "working" if stage.working else "calendar",
        "purposes": [name for name in ("test", "scale") if getattr(stage, name)],
    }
    return _change(
        request,
        commissioner,
        _stage_form(request, commissioner, initial),
        lambda typed: [
            _plan(commissioner, typed, plan.key) if plan.key == stage.key else plan for plan in keeping.plans_of(newest)
        ],
        "The stage is changed.",
        newest,
        heading=f"Change the stage: {stage}",
        submit="Change it",
        nothing=_not_the_latest(stage, newest),
    )


@writes(forms.VersionForm)
def stage_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody is asked there any more, from a day."""
    stage = _stage(request, pk)
    newest = keeping.latest(stage.route.commissioner)
    today = asat_of(request).today
    return _change(
        request,
        stage.route.commissioner,
        forms.VersionForm(posted(request), today=today, initial={"from_day": today}),
        lambda typed: [plan for plan in keeping.plans_of(newest) if plan.key != stage.key],
        "The stage is taken out.",
        newest,
        heading=f"Take the stage out: {stage}",
        submit="Take it out",
        kind="warning",
        nothing=_not_the_latest(stage, newest),
    )


@writes(forms.VersionForm)
def route_begin(request: HttpRequest, ods_code: str) -> HttpResponse:
    """The route that the portal comes with holds, from a day."""
    commissioner = _commissioner(request, ods_code, KEEP)
    today = asat_of(request).today
    newest = keeping.latest(commissioner)
    return _change(
        request,
        commissioner,
        forms.VersionForm(posted(request), today=today, initial={"from_day": today, "why": shipped.WHY}),
        lambda typed: shipped.stages(shipped.bodies_of(commissioner)),
        "The route is made.",
        newest,
        heading="Begin with the route that the portal comes with",
        lede="Short for small sums, long for others, and one for scaling; each stage can be changed afterwards. "
        "A body that is not recorded leaves its stage out.",
        submit="Make it",
    )
