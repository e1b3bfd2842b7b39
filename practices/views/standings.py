"""A practice's status and commissioner change, or were recorded wrongly."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from cc2h.accounts.authority import Action
from cc2h.kit import words
from cc2h.kit.acts import Effect, posted
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import day_before
from cc2h.kit.links import link
from practices import forms, queries, services
from practices.models import PracticeStanding, Status, Succession
from practices.networks import networks
from practices.views.finding import act_on, find, find_standing
from practices.views.openings import ending_with, leaving_networks


@writes(forms.StatusForm)
def practice_status(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """Active, dormant or proposed from a day."""
    asat = asat_of(request)
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = find_standing(request, found, pk)

    def do(typed: dict[str, Any]) -> PracticeStanding:
        return services.change_status(by=request.user, standing=standing, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        return networks().effect(
            commissioner=standing.commissioner,
            day=typed["day"],
            do=lambda: do(typed),
            sentences=lambda changed: [
                f"{found.name} is {changed.status} from {words.day(changed.first_day)} instead of {standing.status}.",
                "Only active practices count in coverage.",
            ],
        )

    return act_on(
        request,
        found,
        of=standing,
        form=forms.StatusForm(posted(request), standing=standing, initial={"day": asat.day}),
        do=do,
        effect=weigh,
        done=lambda changed: f"{found.name} is {changed.status} from {words.day(changed.first_day)}.",
        heading="Change the status",
        lede=f"{standing.get_status_display()} {words.period(standing.period.lower, standing.period.upper)}.",
        submit="Change the status",
        fields_of_refusals={"outside": "day", "no_change": "status"},
    )


@writes(forms.CommissionerForm)
def practice_commissioner(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """Another commissioner from a day."""
    asat = asat_of(request)
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = find_standing(request, found, pk)
    others = queries.other_commissioners(standing.commissioner)

    def do(typed: dict[str, Any]) -> PracticeStanding:
        return services.change_commissioner(by=request.user, standing=standing, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        leaving = leaving_networks(found, day_before(typed["day"]))
        return networks().effect(
            commissioner=standing.commissioner,
            day=typed["day"],
            do=lambda: do(typed),
            sentences=lambda changed: [
                f"{found.name} belongs to {changed.commissioner.short_name} from {words.day(changed.first_day)}.",
                *leaving,
            ],
            also=[typed["commissioner"]],
        )

    return act_on(
        request,
        found,
        of=standing,
        form=forms.CommissionerForm(
            posted(request), standing=standing, commissioners=others, initial={"day": asat.day}
        ),
        do=do,
        effect=weigh,
        done=lambda changed: (
            f"{found.name} belongs to {changed.commissioner.short_name} from {words.day(changed.first_day)}."
        ),
        to=link(asat, "practices:practice_list"),
        cancel=found.address,
        heading="Change the commissioner",
        lede=f"{standing.commissioner} {words.period(standing.period.lower, standing.period.upper)}.",
        submit="Change the commissioner",
        fields_of_refusals={"outside": "day", "no_change": "commissioner"},
    )


@writes(forms.StandingForm)
def standing_correct(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """What was recorded of the practice's standing was wrong: since when, which status, or whose."""
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = find_standing(request, found, pk)
    initial = {name: getattr(standing, name) for name in ("status", "commissioner")} | {"first": standing.first_day}

    def do(typed: dict[str, Any]) -> PracticeStanding:
        return services.correct_standing(by=request.user, standing=standing, **(initial | typed))

    def weigh(typed: dict[str, Any]) -> Effect:
        earlier = min(typed["first"], standing.first_day)
        moved = typed["first"] != standing.first_day
        closing = standing.status == Status.CLOSED
        leaving = ending_with(found, day_before(typed["first"])) if closing else []
        return networks().effect(
            commissioner=standing.commissioner,
            day=earlier if moved else _day_within(standing, asat_of(request)),
            do=lambda: do(typed),
            sentences=lambda now: [
                f"{found.name} is {_stands(now)}, instead of {_stands(standing)}.",
                *leaving,
            ],
            warnings=_stays_ended(closing and typed["first"] > standing.first_day),
            also=[(initial | typed)["commissioner"]],
        )

    return act_on(
        request,
        found,
        of=standing,
        form=forms.StandingForm(posted(request), standing=standing, initial=initial),
        do=do,
        effect=weigh,
        done=lambda now: f"Corrected: {found.name} is {_stands(now)}.",
        heading="Correct what was recorded",
        lede=f"Recorded as {_stands(standing)}. A change on a day of its own is no correction: "
        "it has its own form, beside the status or the commissioner.",
        submit="Correct it",
        fields_of_refusals={"dates_out_of_order": "first", "no_change": "first"},
    )


@writes(forms.VoidForm)
def standing_void(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """A closing, a change or the opening itself never came about."""
    asat = asat_of(request)
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = find_standing(request, found, pk)
    closing = standing.status == Status.CLOSED
    opening = queries.first_seen(found.practice.ods_code) == standing.first_day
    mergers = [
        one for one in queries.successions(found.practice, request.user, asat) if one[0].kind == Succession.Kind.MERGER
    ]
    leaving = ending_with(found, day_before(standing.first_day)) if opening else []

    def do(typed: dict[str, Any]) -> PracticeStanding | None:
        return services.void_standing(by=request.user, standing=standing, **typed)

    def said(before: PracticeStanding | None) -> list[str]:
        if before is None:
            return [
                f"{found.name} ({found.practice}) was never in the register: its name, its status and all that "
                "followed are void.",
                *leaving,
                *(f"Its merger with {name} is void as well." for *_, name in mergers if name),
            ]
        if closing:
            into = [name for m, _, name in mergers if m.predecessor_id == found.practice.pk]
            return [
                f"{found.name} did not close on {words.day(day_before(standing.first_day))}: it is {before.status} still.",
                *(f"Its merger into {name} is void as well." for name in into if name),
                "Its posts that ended with it are held again.",
            ]
        return [f"{found.name} was not {_stands(standing)}: it is {_stands(before)}."]

    def weigh(typed: dict[str, Any]) -> Effect:
        before = services.standing_before(standing)
        return networks().effect(
            commissioner=standing.commissioner,
            day=_day_within(standing, asat),
            do=lambda: do(typed),
            sentences=said,
            warnings=[_NOT_LOST] if opening else _stays_ended(closing),
            also=[before.commissioner] if before else [],
        )

    heading, submit = "This never came about", "Void the change"
    if opening:
        heading, submit = "It was never in the register", "Void the opening"
    elif closing:
        heading, submit = "It never closed", "Void the closing"
    return act_on(
        request,
        found,
        of=standing,
        form=forms.VoidForm(posted(request)),
        do=do,
        effect=weigh,
        done=lambda before: (
            f"{heading}: {found.name} is {_stands(before)}."
            if before
            else f"{found.practice} was never in the register: its opening is voided."
        ),
        to=lambda before: found.address if before else link(asat, "practices:practice_list"),
        cancel=found.address,
        heading=heading,
        lede=f"Recorded as {_stands(standing)}.",
        submit=submit,
        kind="warning",
    )


_NOT_LOST = (
    "List sizes imported for it stay with their files and count nowhere. Its code can be opened again; "
    "as known on an earlier day, the practice still shows."
)


def _stays_ended(so: bool) -> list[str]:
    return ["Memberships that ended with it stay ended. Where that is wrong, let it join again."] if so else []


def _stands(standing: PracticeStanding) -> str:
    """`active for Barnet from 1 April 2013`."""
    when = words.period(standing.period.lower, standing.period.upper)
    return f"{standing.status} for {standing.commissioner.short_name} {when}"


def _day_within(standing: PracticeStanding, asat: AsAt) -> date:
    """The page's day where the standing holds on it, else its first."""
    last = standing.last_day or asat.day
    return asat.day if standing.first_day <= asat.day <= last else standing.first_day
