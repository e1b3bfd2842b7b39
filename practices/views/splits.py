"""A practice splits: into itself and others, or into several as it closes."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from cc2h.accounts.authority import Action
from cc2h.kit import words
from cc2h.kit.acts import Effect, posted, version_of
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import asat_of
from cc2h.kit.days import day_before
from cc2h.kit.links import link
from practices import forms, queries, services
from practices.models import Status, Succession
from practices.networks import networks
from practices.views.finding import act_on, find, find_standing
from practices.views.openings import ending_with

GOES_ON = (
    "The list of {old} counts with it, whole, until list sizes of that day or later come for both. "
    "Until then a part without a list counts as a practice with no patients: nobody counts twice, and nobody is lost."
)
CLOSES = (
    "The last list of {old} is shared out, and the shares count until each part has a list of its own. "
    "A list of the old code for that day or later counts nowhere."
)


@writes(forms.SplitForm)
def practice_split(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """From a day, parts of the practice are practices of their own."""
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = find_standing(request, found, pk)
    form = forms.SplitForm(
        posted(request),
        standing=standing,
        initial={"day": standing.first_day if standing.status == Status.CLOSED else asat_of(request).day},
    )

    def do(typed: dict[str, Any]) -> list[Succession]:
        return services.split_practice(
            by=request.user,
            standing=standing,
            parts=form.parts,
            day=typed["day"],
            closes=typed["old"] == form.CLOSES,
            stay=typed["network"] == form.STAY,
            reason=typed["reason"],
        )

    def weigh(typed: dict[str, Any]) -> Effect:
        day, closes = typed["day"], typed["old"] == form.CLOSES
        leaving = ending_with(found, day_before(day)) if closes else []

        def said(split: list[Succession]) -> list[str]:
            named = [_part(one, typed["network"] == form.STAY) for one in split]
            ends = f"{found.name} closes: its last day is {words.day(day_before(day))}."
            return [
                *named,
                ends if closes else f"{found.name} goes on.",
                (CLOSES if closes else GOES_ON).format(old=found.name),
                *leaving,
            ]

        return networks().effect(commissioner=standing.commissioner, day=day, do=lambda: do(typed), sentences=said)

    return act_on(
        request,
        found,
        of=standing,
        form=form,
        do=do,
        effect=weigh,
        done=lambda split: f"{words.listed(str(one.successor) for one in split)} split off from {found.name}.",
        heading="Split the practice",
        submit="Split it",
        kind="warning",
        template="practices/split.html",
        fields_of_refusals={
            "codes": "code_1",
            "parts": "code_2",
            "reason_required": "name_1",
            "already_open": "code_1",
            "mixed": "code_1",
            "not_open": "day",
            "split_day": "day",
            "shares": "patients_1",
            "counted_twice": "day",
        },
    )


def _part(split: Succession, stay: bool) -> str:
    said = f"{services.name_of(split.successor, split.first_day)} ({split.successor}) is a practice of its own from "
    joined = next((one for one in networks().stays(split.successor, None) if stay), None)
    return f"{said}{words.day(split.first_day)}, {f'in {joined.name}' if joined else 'in no network'}."


@writes(forms.VoidForm)
def split_void(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practice never split."""
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    split: Succession = version_of(request, queries.splits_of(found.practice), pk)
    old, day = services.name_of(split.predecessor, day_before(split.first_day)), split.first_day
    parts = [f"{services.name_of(one, day)} ({one})" for one in queries.parts_of(split)]

    def do(typed: dict[str, Any]) -> None:
        services.void_split(by=request.user, split=split, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        return networks().effect(
            commissioner=queries.commissioner_on(split.predecessor, day_before(day)),
            day=day,
            do=lambda: do(typed),
            sentences=lambda _: [
                f"{old} did not split on {words.day(day)}, and goes on as it was.",
                f"{words.listed(parts)} never split off; what the split itself opened was never in the register.",
            ],
        )

    return act_on(
        request,
        found,
        of=split,
        form=forms.VoidForm(posted(request)),
        do=do,
        effect=weigh,
        done=lambda _: f"The split of {old} is voided.",
        to=found.address if found.practice == split.predecessor else _page_of(request, split),
        heading="It never split",
        lede=f"{old} into {words.listed(parts)} on {words.day(day)}. All of it is voided, while nothing was built on it.",
        submit="Void the split",
        kind="warning",
        fields_of_refusals={"built_on": "reason"},
    )


def _page_of(request: HttpRequest, split: Succession) -> str:
    return link(asat_of(request), "practices:practice_detail", split.predecessor.ods_code)
