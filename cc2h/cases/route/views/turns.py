"""What is said of a case at a stage of its route: a page for each part, so that each asks its own permission."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cc2h.accounts.authority import Action, require
from cc2h.cases.route import checks, conflicts, forms, outcomes, queries, services, wording
from cc2h.cases.route.outcomes import ACTIONS, Part, Said
from cc2h.cases.route.way import OfCommissioner
from cc2h.kit import words
from cc2h.kit.acts import act, posted
from cc2h.kit.api.spec import writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link


def crumbs(asat: AsAt, case: Any) -> list[Mapping[str, str]]:
    return [
        {"text": "Where cases are", "href": link(asat, "route:turn_list")},
        {"text": str(case), "href": link(asat, "route:way", case.number)},
    ]


def _say(request: HttpRequest, pk: int, part: Part, heading: str, **more: Any) -> HttpResponse:
    """The act of saying something at a stage of this part."""
    asat, user = asat_of(request), request.user
    turn = get_object_or_404(queries.find_turn(user, pk, part))
    case, action = turn.case, ACTIONS[part]
    require(user, action, case)
    today = asat.today

    def do(typed: dict[str, Any]) -> Any:
        return services.record(
            by=user,
            turn=turn,
            said=typed["said"],
            reasons=typed["reasons"],
            conditions=typed.get("conditions", ()),
            sections=typed.get("sections", ()),
            until=typed.get("until"),
            day=today,
            post=queries.post_of(user, action, case),
            typed=typed,
        )

    makes = forms.CheckForm if part == Part.CHECK else forms.SaidForm
    extra = {"more": checks.fields(turn.passage.submission)} if part == Part.CHECK else {}
    return act(
        request,
        form=makes(
            posted(request),
            said=outcomes.own(part),
            sections=queries.sections_of(case),
            today=today,
            **extra,
        ),
        do=do,
        done=lambda outcome: f"{case.number}: {wording.done(outcome.said)}.",
        to=link(asat, "route:way", case.number),
        heading=heading,
        caption=str(case),
        lede=_lede(turn),
        nothing=_why_not(user, turn, today),
        submit="Record it",
        breadcrumbs=crumbs(asat, case),
        template="route/say.html",
        case=case,
        submission=turn.passage.submission,
        **more,
    )


def _lede(turn: Any) -> str:
    submission = turn.passage.submission
    said = f"{turn.case.chin} asks for {words.pounds(submission.asked, 2)}. Submitted on {words.day(submission.day)}"
    return f"{said}; asked on {words.day(turn.opened_on)}."


def _why_not(user: Any, turn: Any, today: Any) -> str:
    """Why this person, who may act on such cases, can't on this one."""
    if turn.state != "open":
        last = turn.outcomes.select_related("by").last()
        if last is None:
            return "Nobody is asked here any more: the case has gone on."
        who = last.by or "Somebody"
        return f"{who} has answered on {words.day(last.day)}: {wording.done(last.said)}. “{last.reasons}”"
    if turn.stage.part == Part.DECIDE and turn.body is not None:
        return f"{turn.body} decides on it, at a meeting. Its secretary records what it decided."
    counts = turn.stage.part != Part.SPONSOR and turn.stage.conflicts
    if found := conflicts.of_officer(turn.case, user, today) if counts else []:
        return f"You can’t say it, for a conflict of interest: {' '.join(found)} Somebody else does."
    return ""


@writes(forms.SaidForm)
def sponsor(request: HttpRequest, pk: int) -> HttpResponse:
    """The CHIN stands for its case, or not."""
    return _say(request, pk, Part.SPONSOR, "Does the CHIN sponsor it?")


@writes(forms.CheckForm)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What it costs is right, and there is money for it; or more is asked."""
    return _say(request, pk, Part.CHECK, "Check what it costs")


@writes(forms.SaidForm)
def advise(request: HttpRequest, pk: int) -> HttpResponse:
    """What those who advise say of it. It binds nobody."""
    return _say(request, pk, Part.ADVISE, "Advise on it")


@writes(forms.SaidForm)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The named officer decides."""
    return _say(request, pk, Part.DECIDE, "Decide on it")


def _close(request: HttpRequest, pk: int, part: Part, said: Said, **words_of: Any) -> HttpResponse:
    """What whoever keeps governance says for a body."""
    asat, user = asat_of(request), request.user
    turn = get_object_or_404(queries.find_turn(user, pk, part))
    case = turn.case
    require(user, Action.KEEP_GOVERNANCE, OfCommissioner(case))
    return act(
        request,
        form=forms.WhyForm(posted(request)),
        do=lambda typed: services.record(
            by=user,
            turn=turn,
            said=said,
            reasons=typed["reasons"],
            day=asat.today,
            post=queries.post_of(user, Action.KEEP_GOVERNANCE, OfCommissioner(case)),
        ),
        done=lambda outcome: f"{case.number}: {wording.done(outcome.said)}.",
        to=link(asat, "route:way", case.number),
        caption=str(case),
        nothing=_why_not(user, turn, asat.today) if turn.state != "open" else "",
        breadcrumbs=crumbs(asat, case),
        **words_of,
    )


@writes(forms.WhyForm)
def no_advice(request: HttpRequest, pk: int) -> HttpResponse:
    """The case goes on without the advice: somebody says so, and why."""
    return _close(
        request,
        pk,
        Part.ADVISE,
        Said.NO_ADVICE,
        heading="Close without advice",
        lede="The case goes on without it. Advice binds nobody; say why it is not waited for.",
        submit="Close it",
        kind="warning",
    )


@writes(forms.WhyForm)
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """A body was told of what was decided."""
    return _close(
        request,
        pk,
        Part.TOLD,
        Said.TOLD,
        heading="Say that they were told",
        lede="Of what an officer decided. Say how they were told, or at which meeting.",
        submit="Record it",
    )
