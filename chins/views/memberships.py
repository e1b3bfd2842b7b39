"""Practices join, move between and leave CHINs."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse

from cc2h.accounts.authority import Action
from cc2h.kit import words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import day_after
from cc2h.kit.links import link
from chins import forms, queries, services
from chins.effects import coverage_effect
from chins.models import Chin, Membership
from chins.views.finding import (
    WHOSE,
    address_of,
    crumbs,
    find,
    find_commissioner,
    find_version,
    name_of,
    practices_named,
)
from practices.queries import visible_practices


def _who(memberships: list[Membership]) -> str:
    return words.listed(name_of(membership) for membership in memberships)


@writes(forms.JoinForm)
def chin_join(request: HttpRequest, slug: str) -> HttpResponse:
    """Practices in no CHIN join this one."""
    asat = asat_of(request)
    chin = find(request, slug, Action.CHANGE_MEMBERSHIP)
    candidates = queries.practices_to_join(chin.commissioner, asat.day)
    form = forms.JoinForm(posted(request), candidates=candidates, initial={"first": asat.day})

    def join(typed: dict[str, Any]) -> list[Membership]:
        return services.join_practices(
            by=request.user,
            chin=chin,
            practices=practices_named(request, typed["practices"]),
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
            sentences=lambda joined: [f"{name_of(m)} is in {chin} from {when}." for m in joined],
        )

    return act(
        request,
        form=form,
        do=join,
        effect=weigh,
        done=lambda joined: f"In {chin} from {words.day(joined[0].first_day)}: {_who(joined)}.",
        to=address_of(asat, chin),
        heading="Practices join",
        caption=chin.name,
        submit="Let them join",
        breadcrumbs=crumbs(asat, chin),
        template="chins/join.html",
        chin=chin,
        nobody=not candidates,
        fields_of_refusals={"chin_not_yet": "first", "chin_over": "first"},
    )


@writes(forms.MoveForm, {**WHOSE, "from": "only practices of this CHIN: its slug"})
def practices_move(request: HttpRequest) -> HttpResponse:
    """Several practices move to another CHIN on one day."""
    asat = asat_of(request)
    commissioner = find_commissioner(request, Action.CHANGE_MEMBERSHIP)
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
            sentences=lambda moved: [f"{name_of(m)}: from {old[m.practice_id]} to {m.chin} on {when}." for m in moved],
        )

    return act(
        request,
        form=form,
        do=move,
        effect=weigh,
        done=lambda moved: f"In {moved[0].chin} from {words.day(moved[0].first_day)}: {_who(moved)}.",
        to=lambda moved: address_of(asat, moved[0].chin),
        cancel=link(asat, "chins:chin_list"),
        heading="Move practices",
        caption=str(commissioner),
        lede="Several at once, on one day. What it does to coverage is shown before anything is saved.",
        submit="Move them",
        breadcrumbs=crumbs(asat),
        template="chins/move.html",
        nobody=not placed,
    )


@writes(forms.EndForm)
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


@writes(forms.CorrectForm)
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


@writes(forms.VoidForm)
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
    membership: Membership = find_version(request, Membership, pk, Action.CHANGE_MEMBERSHIP)
    seen = visible_practices(request.user, asat, [membership.practice_id])
    if membership.practice_id not in seen:
        raise Http404("This practice is not shown to you.")
    chin = membership.chin
    of_it = parts(name_of(membership), membership, asat)
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
        "to": address_of(asat, chin),
        "caption": chin.name,
        "lede": f"In {chin} {_when(membership)}.",
        "breadcrumbs": crumbs(asat, chin),
        "fields_of_refusals": {"dates_out_of_order": "last", "no_change": "first"},
    }
    return act(request, **{**common, **of_it})
