"""A CHIN is proposed and described, and its state changes."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cc2h.accounts.authority import Action
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import asat_of
from cc2h.kit.days import day_before
from cc2h.kit.forms import record_number
from cc2h.kit.links import link
from chins import forms, queries, services
from chins.effects import coverage_effect
from chins.models import Chin, ChinState
from chins.views.finding import (
    WHOSE,
    address_of,
    crumbs,
    find,
    find_commissioner,
    find_version,
    practices_named,
)
from chins.workflow import COUNTED, next_states, route


@writes(forms.ProposeForm, WHOSE)
def chin_propose(request: HttpRequest) -> HttpResponse:
    """Record an expression of interest."""
    asat = asat_of(request)
    commissioner = find_commissioner(request, Action.CHANGE_CHIN)
    if isinstance(commissioner, HttpResponse):
        return commissioner
    candidates = queries.practices_to_join(commissioner, asat.day)
    form = forms.ProposeForm(posted(request), candidates=candidates, initial={"day": asat.day})

    def propose(typed: dict[str, Any]) -> Chin:
        facts = {**typed, "practices": practices_named(request, typed.get("practices", []))}
        return services.propose_chin(by=request.user, commissioner=commissioner, **facts)

    def weigh(typed: dict[str, Any]) -> Effect:
        return coverage_effect(
            commissioner=commissioner,
            day=typed["day"],
            do=lambda: propose(typed),
            sentences=lambda chin: [f"{chin} is new, {chin.states.get().get_status_display().lower()}."],
        )

    return act(
        request,
        form=form,
        do=propose,
        effect=weigh,
        done=lambda chin: f"{chin} is in the register.",
        to=lambda chin: address_of(asat, chin),
        cancel=link(asat, "chins:chin_list"),
        heading=f"Propose a {commissioner.local_word}",
        caption=str(commissioner),
        submit="Propose it",
        breadcrumbs=crumbs(asat),
    )


@writes(forms.EditForm)
def chin_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what a CHIN is called and does."""
    asat = asat_of(request)
    chin = find(request, slug, Action.CHANGE_CHIN)
    initial = {name: getattr(chin, name) for name in ("name", "code", "footprint", "focus_areas")}
    return act(
        request,
        form=forms.EditForm(posted(request), initial=initial | {"seen": history.version(chin)}),
        do=lambda typed: services.update_details(by=request.user, chin=chin, **typed),
        done=lambda changed: f"{changed} is saved.",
        to=address_of(asat, chin),
        heading="Name, area and focus",
        caption=chin.name,
        submit="Save",
        breadcrumbs=crumbs(asat, chin),
    )


@writes(forms.StateForm)
def chin_state(request: HttpRequest, slug: str) -> HttpResponse:
    """Approve it, open it, merge it, close it: on a day, also one to come."""
    asat = asat_of(request)
    chin = find(request, slug, Action.CHANGE_CHIN)
    seen = record_number(request.POST.get("seen", ""))
    newest = queries.newest_state(chin) if seen is None else queries.state_seen(chin, seen)
    if newest is None or not next_states(newest.status):
        raise Http404("Nothing comes after the state this CHIN is in.")
    others = queries.living_chins(chin.commissioner, asat.day).exclude(pk=chin.pk)
    form = forms.StateForm(
        posted(request),
        status=newest.status,
        others=others,
        initial={"day": asat.day, "seen": newest.pk},
    )

    def change(typed: dict[str, Any]) -> ChinState:
        into = get_object_or_404(others, pk=typed["into"]) if typed.get("into") else None
        facts = {name: typed[name] for name in ("status", "day", "reason")}
        return services.change_state(by=request.user, chin=chin, into=into, seen=newest, **facts)

    def weigh(typed: dict[str, Any]) -> Effect:
        into = [one for one in others if one.pk == typed.get("into")]
        over = typed["status"] not in COUNTED
        return coverage_effect(
            commissioner=chin.commissioner,
            day=typed["day"],
            do=lambda: change(typed),
            chins=[chin, *into],
            sentences=lambda state: [_state_sentence(chin, newest, state)],
            warnings=[_ending(chin, typed["day"], bool(into))] if over else [],
        )

    return act(
        request,
        form=form,
        do=change,
        effect=weigh,
        done=lambda state: f"{chin}: {state.get_status_display().lower()} from {words.day(state.first_day)}.",
        to=address_of(asat, chin),
        heading="Change the state",
        caption=chin.name,
        lede=f"{newest.get_status_display()} from {words.day(newest.first_day)}. From here it can become "
        f"{words.listed([str(one.label).lower() for one in next_states(newest.status)], 'or')}.",
        submit="Change the state",
        template="chins/state.html",
        route=route(),
        breadcrumbs=crumbs(asat, chin),
        fields_of_refusals={"wrong_way": "status", "dates_out_of_order": "day", "into_required": "into"},
    )


def _state_sentence(chin: Chin, before: ChinState, after: ChinState) -> str:
    was, becomes = before.get_status_display().lower(), after.get_status_display().lower()
    return f"{chin} is {was} until {words.day(day_before(after.first_day))}, then {becomes}."


def _ending(chin: Chin, day: date, merges: bool) -> str:
    goes = "its practices go along, " if merges else "its practices are in no CHIN from then on, "
    return f"On {words.day(day)} {goes}and its posts end the day before."


@writes(forms.ReplanForm)
def state_replan(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a state, planned or past, to another day. What was planned before stays readable."""
    asat = asat_of(request)
    state: ChinState = find_version(request, ChinState, pk, Action.CHANGE_CHIN)
    chin, what = state.chin, state.get_status_display().lower()

    def replan(typed: dict[str, Any]) -> ChinState:
        return services.replan_state(by=request.user, state=state, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        chins = [chin] + ([chin.merged_into] if chin.merged_into else [])
        said = f"{chin} is {what} from {words.day(typed['day'])} instead of {words.day(state.first_day)}."
        return coverage_effect(
            commissioner=chin.commissioner,
            day=min(typed["day"], state.first_day),
            do=lambda: replan(typed),
            chins=chins,
            sentences=lambda moved: [said],
        )

    return act(
        request,
        of=state,
        form=forms.ReplanForm(posted(request), initial={"day": state.first_day}),
        do=replan,
        effect=weigh,
        done=lambda moved: f"{chin}: {what} from {words.day(moved.first_day)}.",
        to=address_of(asat, chin),
        heading=f"Move “{what}” to another day",
        caption=chin.name,
        lede=f"Now from {words.day(state.first_day)}.",
        submit="Move it",
        breadcrumbs=crumbs(asat, chin),
        fields_of_refusals={"dates_out_of_order": "day", "no_change": "day", "membership_before_chin": "day"},
    )


@writes(forms.DropForm)
def state_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the newest state: a plan that is dropped, or an entry by mistake."""
    asat = asat_of(request)
    state: ChinState = find_version(request, ChinState, pk, Action.CHANGE_CHIN)
    chin, what = state.chin, state.get_status_display().lower()

    def drop(typed: dict[str, Any]) -> None:
        services.void_state(by=request.user, state=state, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        said = [f"{chin} does not become {what} on {words.day(state.first_day)}: the state before it goes on."]
        if state.status not in COUNTED:
            said.append("Memberships and posts that ended because of it go on as well.")
        return coverage_effect(
            commissioner=chin.commissioner,
            day=state.first_day,
            do=lambda: drop(typed),
            chins=[chin] + ([chin.merged_into] if chin.merged_into else []),
            sentences=lambda nothing: said,
        )

    return act(
        request,
        of=state,
        form=forms.DropForm(posted(request)),
        do=drop,
        effect=weigh,
        done=lambda nothing: f"{chin}: “{what}” from {words.day(state.first_day)} is taken back.",
        to=address_of(asat, chin),
        heading=f"Take back “{what}”",
        caption=chin.name,
        lede=f"Recorded from {words.day(state.first_day)}. It stays in the history, and as known on a day before today.",
        submit="Take it back",
        kind="warning",
        breadcrumbs=crumbs(asat, chin),
    )
