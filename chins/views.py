"""Pages about CHINs."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, authority_of, can, require
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted, version_of
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import day_after, day_before
from cc2h.kit.forms import record_number
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage, Summary
from chins import forms, queries, services
from chins.coverage import coverage_on
from chins.effects import coverage_effect
from chins.figures import chin_figures
from chins.filters import ChinFilters
from chins.models import Chin, ChinState, Membership, Partner
from chins.names import practice_names
from chins.tables import ChinTable, OwnChinTable
from chins.workflow import COUNTED, next_states, route
from practices.models import Commissioner, Practice
from practices.queries import band_words, commissioners_seen, commissioners_where, visible_practices


class ChinList(ListPage):
    """Every CHIN the reader may see that had a state on the day, those that count first."""

    noun = ("CHIN", "CHINs")
    filterset_class = ChinFilters
    default_sort = "name"
    template_name = "chins/list.html"
    csv_columns = {
        "slug": "slug",
        "name": "name",
        "kind": "kind",
        "code": "code",
        "commissioner": "commissioner__ods_code",
        "called": "commissioner__local_word",
        "status": "status",
        "since": "since",
        "practices": "practices",
        "patients": "patients",
        "band": "band",
        "band_low": "commissioner__band_low",
        "band_high": "commissioner__band_high",
    }

    @cached_property
    def only(self) -> Commissioner | None:
        """The commissioner of a reader who sees no other."""
        seen = list(commissioners_seen(self.request.user)[:2])
        return seen[0] if len(seen) == 1 else None

    @property
    def title(self) -> str:  # type: ignore[override]
        """The local word, where there is one."""
        return self.only.local_word_plural if self.only else "CHINs"

    @property
    def table_class(self) -> type[ChinTable]:  # type: ignore[override]
        return OwnChinTable if self.only else ChinTable

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> Any:
        return queries.listed_chins(self.request.user, self.asat)

    def summarise(self, filterset: ChinFilters) -> Summary:
        counts = queries.chins_by_status(filterset.any_status)
        asked = filterset.form.cleaned_data["status"]
        shown = [*counts] if asked == "all" else [asked] if asked else [s for s in counts if s in COUNTED]
        sentence = words.listed(f"{words.number(counts[s])} {s}" for s in shown if s in counts) or "None"
        others = [f"{words.number(n)} {status}" for status, n in counts.items() if status not in shown]
        return Summary(
            sum(counts.get(status, 0) for status in shown),
            sentence + (f" (plus {words.listed(others)})" if others else ""),
        )

    def context(self) -> dict[str, Any]:
        return {
            "may_propose": bool(can(self.request.user, Action.CHANGE_CHIN)),
            "may_move": bool(authority_of(self.request.user).commissioner_ids(Action.CHANGE_MEMBERSHIP)),
        }


# Finding, and being allowed ---------------------------------------------------------------------------


def _chin(request: HttpRequest, slug: str, action: Action = Action.VIEW_REGISTER) -> Chin:
    """The CHIN, or 404 for one this person may not see; 403 for an action they may not take on it."""
    chin: Chin = get_object_or_404(queries.visible_chins(request.user), slug=slug)
    require(request.user, action, chin)
    return chin


def _version(request: HttpRequest, model: Any, pk: int, action: Action) -> Any:
    """A version of a record of a CHIN, found and permitted as its CHIN is."""
    version = version_of(request, queries.versions_of_chins(model, request.user), pk)
    require(request.user, action, version.chin)
    return version


def _commissioner(request: HttpRequest, action: Action) -> Commissioner | HttpResponse:
    """The commissioner an act is about: `?commissioner=`, or the only one; else a page to choose from."""
    require(request.user, action)
    mine = commissioners_where(request.user, action)
    asked = request.GET.get("commissioner")
    if asked is not None:
        return get_object_or_404(mine, ods_code=asked)
    choices = list(mine)
    if not choices:
        raise PermissionDenied(f"“{action.label}” across several CHINs belongs to posts of a commissioner.")
    if len(choices) == 1:
        return choices[0]
    context = {"heading": "For which commissioner?", "choices": choices, "breadcrumbs": _crumbs(asat_of(request))}
    return render(request, "chins/choose_commissioner.html", context)


def _crumbs(asat: AsAt, chin: Chin | None = None) -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [{"text": "CHINs", "href": link(asat, "chins:chin_list")}]
    if chin is not None:
        crumbs.append({"text": chin.name, "href": _address(asat, chin)})
    return crumbs


def _address(asat: AsAt, chin: Chin) -> str:
    return link(asat, "chins:chin_detail", chin.slug)


def _named(membership: Membership) -> str:
    return practice_names([membership.practice_id], membership.first_day)[membership.practice_id]


# A CHIN's page -----------------------------------------------------------------------------------------


@require_safe
def chin_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything held of a CHIN as at the day."""
    asat, user = asat_of(request), request.user
    chin = _chin(request, slug)
    state = queries.state_on(chin, asat)
    members = queries.members(chin, asat)
    counted = [member for member in members if member.status == "active"]
    patients = sum(member.patients or 0 for member in counted)
    named = visible_practices(user, asat, [member.membership.practice_id for member in members])
    shown = [member for member in members if member.membership.practice_id in named]
    joining, hidden = queries.joining(chin, user, asat)
    may = {action.value: bool(can(user, action, chin)) for action in Action}
    newest = queries.newest_state(chin)
    wide = authority_of(user).commissioner_ids(Action.CHANGE_MEMBERSHIP)
    counts = state is not None and state.status in COUNTED
    figures = []
    if counts:
        coverage = coverage_on(chin.commissioner, asat.day, asat.known_at)
        all_named = len(shown) == len(members)
        figures = chin_figures(chin, coverage, asat, practices=len(counted), patients=patients, all_named=all_named)
    context = {
        "chin": chin,
        "commissioner": chin.commissioner,
        "state": state,
        "counts": counts,
        "figures": figures,
        "members": shown,
        "members_hidden": len(members) - len(shown),
        "patients": patients,
        "practices": len(counted),
        "joining": joining,
        "joining_hidden": hidden,
        "band": queries.against_band(patients, chin.commissioner),
        "band_words": band_words(chin.commissioner),
        "timeline": queries.timeline(chin, user, asat),
        "states": queries.states_of(chin) if may["change_chin"] else [],
        "seats": queries.seats_of(chin, asat),
        "partners": queries.partners(chin, asat),
        "history": queries.chin_history(chin, user, asat, limit=10) if may["view_history"] else None,
        "may": may,
        "may_change_state": newest is not None and bool(next_states(newest.status)),
        "may_move": chin.commissioner_id in wide,
        "breadcrumbs": _crumbs(asat),
    }
    return render(request, "chins/chin.html", context)


@require_safe
def chin_history(request: HttpRequest, slug: str) -> HttpResponse:
    """All that was done to a CHIN, newest first."""
    asat = asat_of(request)
    chin = _chin(request, slug, Action.VIEW_HISTORY)
    entries = queries.chin_history(chin, request.user, asat)
    context = {"name": chin.name, "entries": entries, "breadcrumbs": _crumbs(asat, chin)}
    return render(request, "kit/history.html", context)


# Proposing and describing ------------------------------------------------------------------------------


def chin_propose(request: HttpRequest) -> HttpResponse:
    """Record an expression of interest."""
    asat = asat_of(request)
    commissioner = _commissioner(request, Action.CHANGE_CHIN)
    if isinstance(commissioner, HttpResponse):
        return commissioner
    candidates = queries.practices_to_join(commissioner, asat.day)
    form = forms.ProposeForm(posted(request), candidates=candidates, initial={"day": asat.day})

    def propose(typed: dict[str, Any]) -> Chin:
        facts = {**typed, "practices": _named_to(request, typed.get("practices", []))}
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
        to=lambda chin: _address(asat, chin),
        cancel=link(asat, "chins:chin_list"),
        heading=f"Propose a {commissioner.local_word}",
        caption=str(commissioner),
        submit="Propose it",
        breadcrumbs=_crumbs(asat),
    )


def chin_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what a CHIN is called and does."""
    asat = asat_of(request)
    chin = _chin(request, slug, Action.CHANGE_CHIN)
    initial = {name: getattr(chin, name) for name in ("name", "code", "footprint", "focus_areas")}
    return act(
        request,
        form=forms.EditForm(posted(request), initial=initial | {"seen": history.version(chin)}),
        do=lambda typed: services.update_details(by=request.user, chin=chin, **typed),
        done=lambda changed: f"{changed} is saved.",
        to=_address(asat, chin),
        heading="Name, area and focus",
        caption=chin.name,
        submit="Save",
        breadcrumbs=_crumbs(asat, chin),
    )


# States ------------------------------------------------------------------------------------------------


def chin_state(request: HttpRequest, slug: str) -> HttpResponse:
    """Approve it, open it, merge it, close it: on a day, also one to come."""
    asat = asat_of(request)
    chin = _chin(request, slug, Action.CHANGE_CHIN)
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
        to=_address(asat, chin),
        heading="Change the state",
        caption=chin.name,
        lede=f"{newest.get_status_display()} from {words.day(newest.first_day)}. From here it can become "
        f"{words.listed([str(one.label).lower() for one in next_states(newest.status)], 'or')}.",
        submit="Change the state",
        template="chins/state.html",
        route=route(),
        breadcrumbs=_crumbs(asat, chin),
        fields_of_refusals={"wrong_way": "status", "dates_out_of_order": "day", "into_required": "into"},
    )


def _state_sentence(chin: Chin, before: ChinState, after: ChinState) -> str:
    was, becomes = before.get_status_display().lower(), after.get_status_display().lower()
    return f"{chin} is {was} until {words.day(day_before(after.first_day))}, then {becomes}."


def _ending(chin: Chin, day: date, merges: bool) -> str:
    goes = "its practices go along, " if merges else "its practices are in no CHIN from then on, "
    return f"On {words.day(day)} {goes}and its posts end the day before."


def state_replan(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a state, planned or past, to another day. What was planned before stays readable."""
    asat = asat_of(request)
    state: ChinState = _version(request, ChinState, pk, Action.CHANGE_CHIN)
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
        to=_address(asat, chin),
        heading=f"Move “{what}” to another day",
        caption=chin.name,
        lede=f"Now from {words.day(state.first_day)}.",
        submit="Move it",
        breadcrumbs=_crumbs(asat, chin),
        fields_of_refusals={"dates_out_of_order": "day", "no_change": "day", "membership_before_chin": "day"},
    )


def state_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the newest state: a plan that is dropped, or an entry by mistake."""
    asat = asat_of(request)
    state: ChinState = _version(request, ChinState, pk, Action.CHANGE_CHIN)
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
        to=_address(asat, chin),
        heading=f"Take back “{what}”",
        caption=chin.name,
        lede=f"Recorded from {words.day(state.first_day)}. It stays in the history, and as known on a day before today.",
        submit="Take it back",
        kind="warning",
        breadcrumbs=_crumbs(asat, chin),
    )


# Memberships -------------------------------------------------------------------------------------------


def _named_to(request: HttpRequest, ids: list[int]) -> list[Practice]:
    """Practices by number, all of which the reader may see: a refusal must not name one that is kept from them."""
    practices = queries.practices_by_number(request.user, asat_of(request), ids)
    if len(practices) != len(set(ids)):
        raise ValidationError("Choose practices from the list.", code="not_listed")
    return practices


def _who(memberships: list[Membership]) -> str:
    return words.listed(_named(membership) for membership in memberships)


def chin_join(request: HttpRequest, slug: str) -> HttpResponse:
    """Practices in no CHIN join this one."""
    asat = asat_of(request)
    chin = _chin(request, slug, Action.CHANGE_MEMBERSHIP)
    candidates = queries.practices_to_join(chin.commissioner, asat.day)
    form = forms.JoinForm(posted(request), candidates=candidates, initial={"first": asat.day})

    def join(typed: dict[str, Any]) -> list[Membership]:
        return services.join_practices(
            by=request.user,
            chin=chin,
            practices=_named_to(request, typed["practices"]),
            first=typed["first"],
            reason=typed["reason"],
        )

    def weigh(typed: dict[str, Any]) -> Effect:
        when = words.day(typed["first"])
        return coverage_effect(
            commissioner=chin.commissioner,
            day=typed["first"],
            do=lambda: join(typed),
            chins=[chin],
            sentences=lambda joined: [f"{_named(m)} is in {chin} from {when}." for m in joined],
        )

    return act(
        request,
        form=form,
        do=join,
        effect=weigh,
        done=lambda joined: f"In {chin} from {words.day(joined[0].first_day)}: {_who(joined)}.",
        to=_address(asat, chin),
        heading="Practices join",
        caption=chin.name,
        submit="Let them join",
        breadcrumbs=_crumbs(asat, chin),
        template="chins/join.html",
        chin=chin,
        nobody=not candidates,
        fields_of_refusals={"chin_not_yet": "first", "chin_over": "first"},
    )


def practices_move(request: HttpRequest) -> HttpResponse:
    """Several practices move to another CHIN on one day."""
    asat = asat_of(request)
    commissioner = _commissioner(request, Action.CHANGE_MEMBERSHIP)
    if isinstance(commissioner, HttpResponse):
        return commissioner
    placed = queries.placed_practices(commissioner, asat.day)
    if asked := request.GET.get("from"):
        placed = [m for m in placed if m.membership.chin.slug == asked]
    chins = [chin for chin in queries.living_chins(commissioner, asat.day) if chin.slug != asked]
    form = forms.MoveForm(posted(request), placed=placed, chins=chins, initial={"first": asat.day})

    def leaving(typed: dict[str, Any]) -> list[Membership]:
        return queries.memberships_ticked(commissioner, typed["memberships"])

    def target(typed: dict[str, Any]) -> Chin:
        return next(chin for chin in chins if chin.pk == typed["chin"])

    def move(typed: dict[str, Any]) -> list[Membership]:
        seen = leaving(typed)
        if len(seen) != len(set(typed["memberships"])):
            raise ValidationError("Choose practices from the list.", code="not_listed")
        return services.move_practices(
            by=request.user,
            chin=target(typed),
            practices=[membership.practice for membership in seen],
            first=typed["first"],
            reason=typed["reason"],
            seen=seen,
        )

    def weigh(typed: dict[str, Any]) -> Effect:
        old, when = {m.practice_id: m.chin for m in leaving(typed)}, words.day(typed["first"])
        return coverage_effect(
            commissioner=commissioner,
            day=typed["first"],
            do=lambda: move(typed),
            chins=[target(typed), *old.values()],
            sentences=lambda moved: [f"{_named(m)}: from {old[m.practice_id]} to {m.chin} on {when}." for m in moved],
        )

    return act(
        request,
        form=form,
        do=move,
        effect=weigh,
        done=lambda moved: f"In {moved[0].chin} from {words.day(moved[0].first_day)}: {_who(moved)}.",
        to=lambda moved: _address(asat, moved[0].chin),
        cancel=link(asat, "chins:chin_list"),
        heading="Move practices",
        caption=str(commissioner),
        lede="Several at once, on one day. What it does to coverage is shown before anything is saved.",
        submit="Move them",
        breadcrumbs=_crumbs(asat),
        template="chins/move.html",
        nobody=not placed,
    )


def membership_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """A practice was, or will have been, in its CHIN until a day."""
    return _membership_act(
        request,
        pk,
        lambda name, membership, asat: {
            "form": forms.EndForm(posted(request), initial={"last": asat.day}),
            "do": lambda typed: services.leave_chin(by=request.user, membership=membership, **typed),
            "day": lambda typed: day_after(typed["last"]),
            "says": lambda typed: f"{name} is in {membership.chin} until {words.day(typed['last'])}.",
            "done": lambda left: f"{name} is in {left.chin} until {words.day(left.last_day)}.",
            "heading": f"{name} leaves",
            "submit": "Let it leave",
        },
    )


def membership_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The days were wrong, or a planned join moves."""

    def parts(name: str, membership: Membership, asat: AsAt) -> dict[str, Any]:
        def says(typed: dict[str, Any]) -> str:
            upper = day_after(typed["last"]) if typed["last"] else None
            return (
                f"{name} is in {membership.chin} {words.period(typed['first'], upper)} instead of {_when(membership)}."
            )

        planned = membership.first_day > asat.today
        initial = {"first": membership.first_day, "last": membership.last_day}
        return {
            "form": forms.CorrectForm(posted(request), initial=initial),
            "do": lambda typed: services.correct_membership(by=request.user, membership=membership, **typed),
            "day": lambda typed: min(typed["first"], membership.first_day),
            "says": says,
            "done": lambda now: f"{name} is in {now.chin} {_when(now)}.",
            "heading": f"{name} joins on another day" if planned else f"Correct the days of {name}",
            "submit": "Change the day" if planned else "Correct them",
        }

    return _membership_act(request, pk, parts)


def membership_void(request: HttpRequest, pk: int) -> HttpResponse:
    """The practice never joined, or its planned join will not come about."""

    def parts(name: str, membership: Membership, asat: AsAt) -> dict[str, Any]:
        chin, first = membership.chin, words.day(membership.first_day)
        either = {
            "form": forms.VoidForm(posted(request)),
            "do": lambda typed: services.void_membership(by=request.user, membership=membership, **typed),
            "day": lambda typed: membership.first_day,
            "kind": "warning",
        }
        if membership.first_day > asat.today:
            return either | {
                "says": lambda typed: (
                    f"{name} does not join {chin} on {first}. As known before today, the plan still shows."
                ),
                "done": lambda nothing: f"{name} will not join {chin}: the plan is voided.",
                "heading": f"{name} will not join",
                "submit": "Void the plan",
                "lede": f"It was to be in {chin} {_when(membership)}.",
            }
        return either | {
            "says": lambda typed: (
                f"{name} counts in {chin} on no day. It stays in the history, and as known on a day before today."
            ),
            "done": lambda nothing: f"{name} never joined {chin}: the membership is voided.",
            "heading": f"{name} never joined",
            "submit": "Void it",
            "lede": "To void says that it was never true. If it was true until some day, let the practice leave instead.",
        }

    return _membership_act(request, pk, parts)


def _when(membership: Membership) -> str:
    return words.period(membership.period.lower, membership.period.upper)


def _membership_act(
    request: HttpRequest, pk: int, parts: Callable[[str, Membership, AsAt], dict[str, Any]]
) -> HttpResponse:
    """One act on one membership, its effect weighed on the day it begins to matter.

    parts: from the practice's name, the membership and the reader's days: what `act` takes, and `day`, `says`:
    from what was typed, the day to weigh and the sentence of what changes.
    """
    asat = asat_of(request)
    membership: Membership = _version(request, Membership, pk, Action.CHANGE_MEMBERSHIP)
    seen = visible_practices(request.user, asat, [membership.practice_id])
    if membership.practice_id not in seen:
        raise Http404("This practice is not shown to you.")
    chin = membership.chin
    of_it = parts(_named(membership), membership, asat)
    day, says, do = of_it.pop("day"), of_it.pop("says"), of_it["do"]
    common = {
        "effect": lambda typed: coverage_effect(
            commissioner=chin.commissioner,
            day=day(typed),
            do=lambda: do(typed),
            chins=[chin],
            sentences=lambda result: [says(typed)],
        ),
        "of": membership,
        "to": _address(asat, chin),
        "caption": chin.name,
        "lede": f"In {chin} {_when(membership)}.",
        "breadcrumbs": _crumbs(asat, chin),
        "fields_of_refusals": {"dates_out_of_order": "last", "no_change": "first"},
    }
    return act(request, **{**common, **of_it})


# The planning group ------------------------------------------------------------------------------------


def partner_add(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation joins the planning group."""
    asat = asat_of(request)
    chin = _chin(request, slug, Action.CHANGE_CHIN)
    return act(
        request,
        form=forms.PartnerForm(posted(request), initial={"first": asat.day}),
        do=lambda typed: services.add_partner(by=request.user, chin=chin, **typed),
        done=lambda partner: f"{partner} is in the planning group.",
        to=_address(asat, chin),
        heading="Add a partner",
        caption=chin.name,
        submit="Add it",
        breadcrumbs=_crumbs(asat, chin),
        fields_of_refusals={"already_partner": "organisation"},
    )


def partner_end(request: HttpRequest, pk: int) -> HttpResponse:
    """An organisation leaves the planning group."""
    asat = asat_of(request)
    partner: Partner = _version(request, Partner, pk, Action.CHANGE_CHIN)
    return act(
        request,
        of=partner,
        form=forms.EndForm(posted(request), initial={"last": asat.day}),
        do=lambda typed: services.end_partner(by=request.user, partner=partner, **typed),
        done=lambda ended: f"{ended} is in the planning group until {words.day(ended.last_day)}.",
        to=_address(asat, partner.chin),
        heading=f"{partner} leaves the planning group",
        caption=partner.chin.name,
        submit="Let it leave",
        breadcrumbs=_crumbs(asat, partner.chin),
        fields_of_refusals={"dates_out_of_order": "last"},
    )


def partner_void(request: HttpRequest, pk: int) -> HttpResponse:
    """An organisation never was in the planning group, or will not join it."""
    asat = asat_of(request)
    partner: Partner = _version(request, Partner, pk, Action.CHANGE_CHIN)
    planned = partner.first_day > asat.today
    return act(
        request,
        of=partner,
        form=forms.VoidForm(posted(request)),
        do=lambda typed: services.void_partner(by=request.user, partner=partner, **typed),
        done=lambda nothing: f"{partner} is voided.",
        to=_address(asat, partner.chin),
        heading=f"{partner} {'will not join the planning group' if planned else 'never was a partner'}",
        caption=partner.chin.name,
        submit="Void it",
        kind="warning",
        breadcrumbs=_crumbs(asat, partner.chin),
    )
