"""Practices open, close and merge."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from cc2h.accounts.authority import Action, require
from cc2h.kit import words
from cc2h.kit.acts import Effect, act, posted, version_of
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import asat_of
from cc2h.kit.days import day_after, day_before
from cc2h.kit.links import link
from practices import forms, queries, services
from practices.models import Practice, PracticeStanding, Status, Succession
from practices.networks import networks
from practices.views.finding import Found, act_on, crumbs, find, find_standing


@writes(forms.OpenForm)
def practice_open(request: HttpRequest) -> HttpResponse:
    """A practice enters the register."""
    asat = asat_of(request)
    require(request.user, Action.CHANGE_PRACTICE)
    mine = queries.commissioners_where(request.user, Action.CHANGE_PRACTICE)

    def do(typed: dict[str, Any]) -> Practice:
        return services.open_practice(by=request.user, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        return networks().effect(
            commissioner=typed["commissioner"],
            day=typed["day"],
            do=lambda: do(typed),
            sentences=lambda practice: [
                f"{practice}, {typed['name']}, is {typed['status']} for {typed['commissioner'].short_name} "
                f"from {words.day(typed['day'])}."
            ],
            warnings=["It has no list size until one is imported: it counts as a practice with no patients."],
        )

    return act(
        request,
        form=forms.OpenForm(posted(request), commissioners=mine, initial={"day": asat.day}),
        do=do,
        effect=weigh,
        done=lambda practice: f"{practice} is in the register.",
        to=lambda practice: link(asat, "practices:practice_detail", practice.ods_code),
        cancel=link(asat, "practices:practice_list"),
        heading="Open a practice",
        submit="Open the practice",
        breadcrumbs=crumbs(asat),
        fields_of_refusals={"already_open": "ods_code", "mixed": "ods_code"},
    )


@writes(forms.CloseForm)
def practice_close(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practice's last day."""
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = find_standing(request, found, pk)

    def do(typed: dict[str, Any]) -> PracticeStanding:
        return services.close_practice(by=request.user, standing=standing, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        leaving = ending_with(found, typed["last"])
        return networks().effect(
            commissioner=standing.commissioner,
            day=day_after(typed["last"]),
            do=lambda: do(typed),
            sentences=lambda closed: [
                f"{found.name} is open until {words.day(typed['last'])} and closed from {words.day(closed.first_day)}.",
                *leaving,
            ],
        )

    return act_on(
        request,
        found,
        of=standing,
        form=forms.CloseForm(posted(request), opened=standing.first_day, initial={"last": asat_of(request).day}),
        do=do,
        effect=weigh,
        done=lambda closed: f"{found.name} is closed from {words.day(closed.first_day)}.",
        heading="Close the practice",
        submit="Close the practice",
        kind="warning",
        fields_of_refusals={"not_open": "last", "dates_out_of_order": "last"},
    )


def ending_with(found: Found, last: date) -> list[str]:
    """What will end with a practice, in sentences: to be asked before it is done."""
    said, federation = leaving_networks(found, last), found.facts.federation
    if federation is not None and federation.first_day > last:
        said.append(f"Its membership in {federation.federation} is void.")
    elif federation is not None and (federation.last_day is None or federation.last_day > last):
        said.append(f"It leaves {federation.federation}: its last day there is {words.day(last)}.")
    return said + networks().posts_ending(found.practice, last)


def leaving_networks(found: Found, last: date) -> list[str]:
    said = []
    for stay in networks().stays(found.practice, None):
        if stay.first > last:
            said.append(f"Its join to {stay.name} on {words.day(stay.first)} is void.")
        elif stay.last is None or stay.last > last:
            said.append(f"It leaves {stay.name}: its last day there is {words.day(last)}.")
    return said


@writes(forms.MergeForm)
def practice_merge(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practice's patients go to another."""
    asat = asat_of(request)
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    standing = find_standing(request, found, pk)
    visible = queries.practices_seen(request.user, asat)

    def do(typed: dict[str, Any]) -> Succession:
        successor = visible.filter(ods_code=typed["successor"]).first()
        if successor is None:
            raise ValidationError(f"There is no practice {typed['successor']} in the register.", code="no_successor")
        return services.merge_practices(
            by=request.user, standing=standing, successor=successor, day=typed["day"], reason=typed["reason"]
        )

    def weigh(typed: dict[str, Any]) -> Effect:
        leaving = ending_with(found, day_before(typed["day"]))

        def said(merger: Succession) -> list[str]:
            into = services.name_of(merger.successor, merger.first_day)
            return [
                f"{found.name} merges into {into} ({merger.successor}) on {words.day(merger.first_day)}. "
                f"Its last day is {words.day(day_before(merger.first_day))}.",
                f"From then on only the list of {into} counts. It is not the sum of the two: "
                "it is right once a list size of that day or later is imported.",
                *leaving,
            ]

        return networks().effect(
            commissioner=standing.commissioner, day=typed["day"], do=lambda: do(typed), sentences=said
        )

    return act_on(
        request,
        found,
        of=standing,
        form=forms.MergeForm(
            posted(request),
            standing=standing,
            initial={"day": standing.first_day if standing.status == Status.CLOSED else asat.day},
        ),
        do=do,
        effect=weigh,
        done=lambda merger: f"{found.name} merges into {merger.successor} on {words.day(merger.first_day)}.",
        heading="Merge into another practice",
        submit="Merge",
        kind="warning",
        template="practices/merge.html",
        successors=queries.successors(request.user, asat, found.facts),
        fields_of_refusals={
            "itself": "successor",
            "circle": "successor",
            "successor_not_open": "successor",
            "no_successor": "successor",
            "merger_day": "day",
            "not_open": "day",
        },
    )


@writes(forms.VoidForm)
def merger_void(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The practices never merged."""
    found = find(request, ods_code, Action.CHANGE_PRACTICE)
    merger: Succession = version_of(request, queries.mergers_of(found.practice), pk)
    one = services.name_of(merger.predecessor, day_before(merger.first_day))
    other = services.name_of(merger.successor, merger.first_day)

    def do(typed: dict[str, Any]) -> None:
        services.void_merger(by=request.user, merger=merger, **typed)

    def weigh(typed: dict[str, Any]) -> Effect:
        return networks().effect(
            commissioner=queries.commissioner_on(merger.successor, merger.first_day),
            day=merger.first_day,
            do=lambda: do(typed),
            sentences=lambda _: [
                f"{one} did not merge into {other} on {words.day(merger.first_day)}.",
                f"{one} stays closed, so its patients still count nowhere: void its closing where that is wrong too.",
            ],
        )

    return act_on(
        request,
        found,
        of=merger,
        form=forms.VoidForm(posted(request)),
        do=do,
        effect=weigh,
        done=lambda _: f"The merger of {one} into {other} is voided.",
        heading="They never merged",
        lede=f"{one} into {other} on {words.day(merger.first_day)}. The closing of {one} stands: it is voided by itself.",
        submit="Void the merger",
        kind="warning",
    )
