"""Claims: the list, a claim, what its practice and who verifies it do with it, many at once, and a practice's money."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from budget.lcs import claim_figures, claim_forms, claim_shapes, claims
from budget.lcs import claim_queries as queries
from budget.lcs.claim_filters import ClaimFilters
from budget.lcs.claim_tables import ClaimTable
from budget.lcs.states import ClaimState, Event, allowed
from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.kit import exports, words
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections
from practices.views import finding

VIEW, ENTER, VERIFY = Action.VIEW_CLAIM, Action.ENTER_CLAIM, Action.VERIFY_CLAIM


class ClaimList(ListPage):
    """Claims as at the day, those that have waited longest first."""

    title = "Claims"
    noun = ("claim", "claims")
    filterset_class = ClaimFilters
    table_class = ClaimTable
    default_sort = "-waiting"
    shape = claim_shapes.ClaimItem
    template_name = "lcs/claims.html"
    csv_columns = {
        "practice": "practice__ods_code",
        "practice_name": "practice_name",
        "chin": "chin_now_slug",
        "service": "stage__service__slug",
        "stage": "stage__number",
        "stage_name": "stage__name",
        "state": "state_on",
        "since": "since",
        "sent": "sent_by_then",
        "due": "stage__due",
        "waiting": "waiting",
        "amount": "comes_to",
    }
    empty_title = "No claim"
    empty_text = "A claim opens itself for each practice on the list of a local service when the service opens."

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = queries.claims(self.request.user, self.asat)
        return found

    def context(self) -> dict[str, Any]:
        return {"batches": queries.waiting_to_be_verified(self.request.user, self.asat)}


@require_safe
@reads(claim_shapes.by_chin, service="the slug of a service; all", format="csv or xlsx: the rows as a file")
def claims_by_chin(request: HttpRequest) -> HttpResponseBase:
    """Claims by CHIN and state as at the day: how many, what they come to, and for how long they have been waiting."""
    require(request.user, VIEW)
    asat, user = asat_of(request), request.user
    services = queries.choices(queries.claims(user, asat)).services
    service = request.GET.get("service", "")
    if service and service not in dict(services):
        raise Http404
    found = claim_figures.ByChin(queries.by_chin(user, asat, service), asat, service)
    if exports.wanted(request) and call_of(request) is None:
        return exports.table_response(request, "claims by CHIN", asat.day, claim_figures.COLUMNS, found.lines())
    context = {
        "found": found,
        "figures": found.figures(),
        "services": services,
        "service": service,
        "states": [str(one.label) for one in claim_figures.STATES],
        "bands": [band.label for band in queries.BANDS],
        "formats": [
            (name, link(asat, "lcs:claims_by_chin", query={**({"service": service} if service else {}), "format": key}))
            for key, name in (("csv", "CSV"), ("xlsx", "Excel"))
        ],
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "lcs/claims_by_chin.html", context)


# A claim ----------------------------------------------------------------------------------------------


@require_safe
@reads(claim_shapes.claim)
def claim_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked, what was entered by whom, what lacks, what was decided, and what can be done next."""
    asat, user = asat_of(request), request.user
    claim = get_object_or_404(queries.claims(user, asat), pk=pk)
    key = str(pk)
    name = f"{claim.practice_name}: {claim.stage.in_full}"
    shown = queries.shown([claim], asat.today)[pk]
    reckoning = queries.Reckoning([claim], asat.today)
    undecided = any(one.lapsed for one in shown) and queries.to_decide(claim, asat.today)
    steps = queries.steps_of(claim, asat)
    context = {
        "claim": claim,
        "service": claim.stage.service,
        "shown": shown,
        "steps": steps,
        "late": queries.late_by_then(claim, asat.day),
        "moved": queries.moved(claim),
        "barred": reckoning.barred(claim),
        "comes_to": claim.amount or reckoning.amount(claim),
        "unpriced": reckoning.unpriced(claim),
        "lapsed": [one for one in shown if one.lapsed],
        "undecided": undecided,
        "asked_back": queries.asked_back(steps),
        "acts": _acts(user, claim, to_enter=any(one.to_enter for one in shown), lapsed=undecided),
        "why_not": queries.may_verify(user, claim)
        if claim.state == ClaimState.SENT and can(user, VERIFY, claim)
        else "",
        "history": queries.history_of(claim) if can(user, Action.VIEW_HISTORY, claim) else None,
        "sections": sections(request, "claim", key, Record("claim", key, name, claim.authority_target())),
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "lcs/claim.html", context)


def _crumbs(asat: AsAt, claim: Any = None) -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [{"text": "Claims", "href": link(asat, "lcs:claim_list")}]
    if claim is not None:
        crumbs.append({"text": _named(claim), "href": link(asat, "lcs:claim_detail", claim.pk)})
    return crumbs


def _named(claim: Any) -> str:
    return f"{claim.practice_name}, {claim.stage.service}"


def _acts(user: Any, claim: Any, *, to_enter: bool, lapsed: bool) -> list[Mapping[str, str]]:
    """What this person may do with the claim today: the name of the page, and the words of its button.

    The first is what is next: to enter what somebody has still to enter, else to send it in.
    """
    enters, verifies = can(user, ENTER, claim), can(user, VERIFY, claim)
    again = claim.state == ClaimState.RETURNED
    asked = claim.state == ClaimState.PAID and bool(queries.recovery_of(claim))
    sending = (enters, Event.SENT_AGAIN if again else Event.SENT, "claim_send", "Send in again" if again else "Send in")
    entering = (enters, Event.ENTERED, "claim_enter", "Enter evidence")
    ways: list[tuple[Any, Event, str, str]] = [
        (verifies, Event.ACCEPTED, "claim_verify", "Verify"),
        *((entering, sending) if to_enter else (sending, entering)),
        (enters, Event.REOPENED, "claim_reopen", "Open again"),
        (enters, Event.WITHDRAWN, "claim_withdraw", "Withdraw"),
        (verifies, Event.TAKEN_BACK, "claim_take_back", "Take the acceptance back"),
        (verifies and lapsed, Event.LET_STAND, "claim_let_stand", "Let it stand"),
        (verifies and not asked, Event.ASKED_BACK, "claim_ask_back", "Ask the money back"),
        (verifies and asked, Event.NOT_ASKED_BACK, "claim_stop_asking", "Ask for it no more"),
        (verifies, Event.CLOSED, "claim_close", "Close without payment"),
    ]
    return [{"name": name, "text": text} for may, event, name, text in ways if may and allowed(event, claim.state)]


def _find(request: HttpRequest, pk: int, action: Action) -> Any:
    """The claim, 404 where it is not this person's to see, 403 where they may not do this with it."""
    claim = get_object_or_404(queries.find(request.user, asat_of(request)), pk=pk)
    require(request.user, action, claim)
    return claim


def _act(request: HttpRequest, claim: Any, **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    to = link(asat, "lcs:claim_detail", claim.pk)
    given = {"to": to, "caption": f"{claim.practice_name}, {claim.stage.in_full}", "breadcrumbs": _crumbs(asat, claim)}
    return act(request, **given | parts)


@writes(claim_forms.EnterForm)
def claim_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Evidence for the outputs that somebody enters."""
    asat, claim = asat_of(request), _find(request, pk, ENTER)
    on_behalf = queries.on_behalf(request.user, claim)
    shown = queries.shown([claim], asat.today)[pk]
    form = claim_forms.EnterForm(posted(request), shown=shown, on_behalf=on_behalf)
    read = [str(one.output) for one in shown if not one.by_hand]
    return _act(
        request,
        claim,
        form=form,
        do=lambda typed: claims.enter(
            by=request.user,
            claim=claim,
            given=form.given,
            day=asat.today,
            on_behalf=on_behalf,
            how_it_came=typed.get("how_it_came", ""),
        ),
        done=lambda entered: "It is entered. Send the claim in when nothing lacks.",
        heading="Enter evidence",
        lede=f"The portal reads these itself: {words.listed(read)}." if read else "",
        submit="Save",
        fields_of_refusals={"how_it_came": "how_it_came"},
    )


@writes(claim_forms.OnBehalfForm)
def claim_send(request: HttpRequest, pk: int) -> HttpResponse:
    """The claim waits to be verified."""
    asat, claim = asat_of(request), _find(request, pk, ENTER)
    on_behalf = queries.on_behalf(request.user, claim)
    shown = queries.shown([claim], asat.today)[pk]
    lacking = [f"{one.output}: {one.lacks}" for one in shown if not one.by_hand and one.lacks]
    warnings = [f"{one} It can be sent in now, and is accepted when this is there." for one in lacking]
    if queries.late(claim, asat.today):
        warnings.append(f"It was due by {words.day(claim.stage.due)}: it will be marked late.")
    return _act(
        request,
        claim,
        form=claim_forms.OnBehalfForm(posted(request), on_behalf=on_behalf, initial={"how_it_came": _came(shown)}),
        do=lambda typed: claims.send(by=request.user, claim=claim, day=asat.today, on_behalf=on_behalf, **typed),
        effect=lambda typed: Effect(
            sentences=["It then waits to be verified by somebody else, and stays as it is unless it is returned."],
            warnings=warnings,
        ),
        done=lambda sent: "It is sent in, and waits to be verified.",
        heading="Send the claim in",
        submit="Send it in",
        fields_of_refusals={"how_it_came": "how_it_came"},
    )


def _came(shown: list[queries.Shown]) -> str:
    """How what was entered last came from the practice."""
    entered = [one.answer for one in shown if one.answer is not None and one.answer.on_behalf]
    return max(entered, key=lambda one: one.entered_at).how_it_came if entered else ""


def _with_reason(
    request: HttpRequest,
    pk: int,
    do: Callable[..., Any],
    *,
    done: str,
    heading: str,
    submit: str,
    lede: str = "",
    kind: str = "",
) -> HttpResponse:
    """An act of the practice that says why."""
    asat, claim = asat_of(request), _find(request, pk, ENTER)
    on_behalf = queries.on_behalf(request.user, claim)
    form = claim_forms.WhyForm(posted(request), on_behalf=False)
    return _act(
        request,
        claim,
        form=form,
        do=lambda typed: do(by=request.user, claim=claim, day=asat.today, on_behalf=on_behalf, **typed),
        done=lambda result: done,
        heading=heading,
        submit=submit,
        lede=lede,
        kind=kind,
        fields_of_refusals={"reason_required": "why", "reason_long": "why"},
    )


@writes(claim_forms.WhyForm)
def claim_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The practice does not claim after all."""
    return _with_reason(
        request,
        pk,
        claims.withdraw,
        done="It is withdrawn. It can be opened again while the service is open.",
        heading="Withdraw the claim",
        submit="Withdraw it",
        kind="warning",
    )


@writes(claim_forms.WhyForm)
def claim_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """It is claimed after all."""
    return _with_reason(
        request,
        pk,
        claims.reopen,
        done="It is open again, and can be sent in.",
        heading="Open the claim again",
        submit="Open it again",
        lede="What was entered and accepted before is kept.",
    )


def _decided(request: HttpRequest, pk: int, do: Callable[..., Any], **parts: Any) -> HttpResponse:
    """An act of whoever verifies claims that says why."""
    asat, claim = asat_of(request), _find(request, pk, VERIFY)
    return _act(
        request,
        claim,
        do=lambda typed: do(by=request.user, claim=claim, day=asat.today, **typed),
        fields_of_refusals={"reason_required": "why", "reason_long": "why"},
        kind="warning",
        **parts,
    )


@writes(claim_forms.DecideForm)
def claim_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing is paid for it."""
    asat = asat_of(request)
    claim = get_object_or_404(queries.find(request.user, asat), pk=pk)
    why = queries.Reckoning([claim], asat.today).barred(claim)
    return _decided(
        request,
        pk,
        claims.close,
        form=claim_forms.DecideForm(posted(request), initial={"why": why}),
        done=lambda closed: "It is closed, and nothing is paid for it.",
        heading="Close the claim without payment",
        submit="Close it",
        lede="What is earmarked for it is released.",
    )


@writes(claim_forms.DecideForm)
def claim_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What was accepted should not have been."""
    return _decided(
        request,
        pk,
        claims.take_back,
        form=claim_forms.DecideForm(posted(request)),
        done=lambda back: "The acceptance is taken back: the claim is returned, and no longer owed.",
        heading="Take the acceptance back",
        submit="Take it back",
        lede="Its commitment is taken off and earmarked again. This is for claims that are in no payment run.",
    )


@writes(claim_forms.DecideForm)
def claim_let_stand(request: HttpRequest, pk: int) -> HttpResponse:
    """What lapsed since it was accepted changes nothing."""
    return _decided(
        request,
        pk,
        claims.let_stand,
        form=claim_forms.DecideForm(posted(request)),
        done=lambda stood: "It is recorded that the claim stands as it is.",
        heading="Let the claim stand",
        submit="Let it stand",
        lede="What was accepted no longer holds. The claim stays as it is, and waits for nobody any more.",
    )


@writes(claim_forms.DecideForm)
def claim_ask_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What was paid should not have been: the money is asked back, whole."""
    return _decided(
        request,
        pk,
        claims.ask_back,
        form=claim_forms.DecideForm(posted(request)),
        effect=lambda typed: Effect(
            sentences=[
                "The payment is asked back whole. The claim stays paid until finance records that the money was received; "
                "then the payment is reversed in the ledger, its commitment taken off, and the claim closed.",
                "Nobody is written to by the portal: ask the practice yourself.",
            ]
        ),
        done=lambda asked: "It is recorded that the money is asked back.",
        heading="Ask the money back",
        submit="Ask it back",
    )


@writes(claim_forms.DecideForm)
def claim_stop_asking(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked back is let go."""
    return _decided(
        request,
        pk,
        claims.stop_asking,
        form=claim_forms.DecideForm(posted(request)),
        done=lambda stood: "It is recorded that the money is not asked back any more.",
        heading="Ask for the money no more",
        submit="Let it go",
        lede="The payment stands as it was made.",
    )


@writes(claim_forms.VerifyForm)
def claim_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Output by output: accepted, or returned with a reason."""
    asat, claim = asat_of(request), _find(request, pk, VERIFY)
    if why_not := queries.may_verify(request.user, claim):
        raise PermissionDenied(why_not)
    form = claim_forms.VerifyForm(posted(request), shown=queries.shown([claim], asat.today)[pk])
    return _act(
        request,
        claim,
        form=form,
        do=lambda typed: claims.verify(
            by=request.user, claim=claim, accepted=form.accepted, returned=form.returned, day=asat.today
        ),
        done=_verified,
        heading="Verify the claim",
        lede="An output is judged as it stands today. With the last one accepted the claim is payable. What you return sends "
        "the whole claim back; what is accepted stays accepted.",
        submit="Record this",
        template="lcs/claim_verify.html",
        shown=form.shown,
    )


def _verified(claim: Any) -> str:
    if claim.state == ClaimState.PAYABLE:
        return f"All outputs are accepted: {words.pounds(claim.amount, 2)} is payable."
    if claim.state == ClaimState.RETURNED:
        return "The claim is returned."
    return "What you accepted is recorded. The claim still waits for the others."


# Many at once -----------------------------------------------------------------------------------------


@writes(claim_forms.BatchForm)
def claim_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The claims of a stage that wait to be verified: what each lacks; many are accepted, or returned for one reason."""
    asat, user = asat_of(request), request.user
    stage = queries.stage_seen(user, pk)
    if stage is None:
        raise Http404
    require(user, VERIFY, stage.service)
    places = queries.waiting_by_chin(stage, asat.today)
    number = sum(one.number for one in places)
    chin = next((one.slug for one in places if one.slug == request.GET.get("chin")), "")
    waiting = queries.to_verify(stage, asat.today, chin)
    lacks = queries.complete(waiting, asat.today)
    groups = _by_lack(waiting, lacks)
    by_key = {one.key: one for one in groups}
    offered = {claim.pk: _offered(claim, lacks[claim.pk]) for claim in waiting}

    def do(typed: dict[str, Any]) -> claims.Outcome:
        group = by_key.get(typed["which"])
        chosen = group.claims if group else queries.numbered(stage, typed["claims"], asat.today)
        if typed["what"] == claim_forms.ACCEPT:
            return claims.accept_many(by=user, claims=chosen, day=asat.today)
        return claims.return_many(by=user, claims=chosen, why=typed["why"], day=asat.today)

    def effect(typed: dict[str, Any]) -> Effect:
        outcome = claims.weigh(lambda: do(typed))
        return Effect(
            sentences=[_became(outcome, accepting=typed["what"] == claim_forms.ACCEPT)],
            warnings=_left(outcome.left),
        )

    named = {one.key: f"All that lack nothing ({len(one.claims)})" for one in groups if one.key == WHOLE}
    named |= {
        one.key: f"All {len(one.claims)} of these: {one.lack}" for one in groups if len(one.claims) > 1 and one.lack
    }
    form = claim_forms.BatchForm(posted(request), offered=offered, groups=named)
    return act(
        request,
        form=form,
        do=do,
        effect=effect,
        done=lambda outcome: _became(outcome, accepting=form.cleaned_data["what"] == claim_forms.ACCEPT, done=True),
        to=link(asat, "lcs:claim_batch", pk, query={"chin": chin} if chin else {}),
        cancel=link(asat, "lcs:claim_list"),
        heading="Verify many claims",
        caption=stage.in_full,
        lede=_how_many(number, len(waiting), of_one=bool(chin)) if waiting else "",
        nothing="" if waiting else "No claim for this stage waits to be verified.",
        submit="Record this",
        breadcrumbs=_crumbs(asat),
        template="lcs/claim_batch.html",
        stage=stage,
        groups=groups,
        most=SHOWN,
        places=[(one, link(asat, "lcs:claim_batch", pk, query={"chin": one.slug})) for one in places],
        chin=chin,
        number=number,
    )


WHOLE = "whole"  # those that lack nothing
NAMED = 5  # practices left as they are, for one reason
SHOWN = 25  # claims of a group that can be ticked one by one; all of a group are chosen together


@dataclass(frozen=True, slots=True)
class Lacking:
    """Claims that lack the same; blank: nothing."""

    key: str
    lack: str
    claims: list[Any]


def _by_lack(waiting: Iterable[Any], lacks: Mapping[int, str]) -> list[Lacking]:
    """Those that lack nothing, then those that lack the same, the most together first."""
    found: dict[str, list[Any]] = {"": []}
    for claim in waiting:
        found.setdefault(lacks[claim.pk], []).append(claim)
    several = sorted(found.items(), key=lambda one: (one[0] != "", -len(one[1])))
    return [
        Lacking(hashlib.sha256(lack.encode()).hexdigest()[:12] if lack else WHOLE, lack, claims)
        for lack, claims in several
    ]


def _how_many(number: int, shown: int, *, of_one: bool) -> str:
    said = f"{words.plural(number, 'claim waits', 'claims wait')} to be verified"
    if of_one:
        return f"{said}; of this CHIN {words.number(shown)}, those that have waited longest first."
    if shown < number:
        return f"{said}. These are the {words.number(shown)} that have waited longest."
    return f"{said}, those that have waited longest first." if number > 1 else f"{said}."


def _offered(claim: Any, lacks: str) -> str:
    chin = claim.chin_now_name or "in no CHIN"
    return f"{claim.practice_name} ({claim.practice.ods_code}, {chin}): {lacks or 'nothing lacks'}"


def _left(several: Iterable[tuple[Any, str]]) -> list[str]:
    """Why some are left as they are, those with the same reason together."""
    found: dict[str, list[str]] = {}
    for claim, why in several:
        found.setdefault(why, []).append(claim.practice_name)
    return [
        f"{words.listed([*names[:NAMED], *_and_more(len(names) - NAMED)])} "
        f"{'is left as it is' if len(names) == 1 else 'are left as they are'}: {why}"
        for why, names in found.items()
    ]


def _and_more(number: int) -> list[str]:
    return [f"{words.number(number)} more"] if number > 0 else []


def _became(outcome: claims.Outcome, *, accepting: bool, done: bool = False) -> str:
    number = words.plural(len(outcome.done), "claim")
    is_now = "would be" if not done else "is" if len(outcome.done) == 1 else "are"
    said = f"{number} {is_now} {'accepted' if accepting else 'returned'}"
    if outcome.payable:
        said += f"; {words.pounds(outcome.pounds, 2)} {'is' if done else 'would be'} payable by that"
    if outcome.left:
        said += f"; {words.plural(len(outcome.left), 'is', 'are')} left as they were, for the reasons shown"
    return f"{said}."


# A practice's money -----------------------------------------------------------------------------------

GROUPS = (
    ("returned", "Returned to you", (ClaimState.RETURNED,)),
    ("open", "To be sent in", (ClaimState.OPEN,)),
    ("sent", "Waiting to be verified", (ClaimState.SENT,)),
    ("payable", "Owed to you", (ClaimState.PAYABLE,)),
    ("paid", "Paid", (ClaimState.PAID,)),
    ("over", "Withdrawn or closed", (ClaimState.WITHDRAWN, ClaimState.CLOSED)),
)


@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """The money of one's own practice; the claims, for whoever has more than one."""
    require(request.user, VIEW)
    asat = asat_of(request)
    own = queries.own_practices(request.user)
    return redirect(link(asat, "lcs:practice_money", own[0]) if len(own) == 1 else link(asat, "lcs:claim_list"))


@require_safe
@reads(claim_shapes.money)
def practice_money(request: HttpRequest, ods_code: str) -> HttpResponse:
    """What a practice is owed for, what is missing, what was paid, when and why."""
    asat = asat_of(request)
    found = finding.find(request, ods_code, VIEW)
    several = queries.of_practice(request.user, asat, found.practice)
    shown = queries.shown(several, asat.today)
    amounts = queries.agreed_amounts(several, asat.today)
    barred = queries.Reckoning(several, asat.today)
    asked_back = queries.asked_back_of(several, asat)

    def row(claim: Any) -> claim_figures.Row:
        if claim.state_on == ClaimState.PAID:
            return claim_figures.Row(claim, amounts[claim.pk], [asked_back[claim.pk]] if claim.pk in asked_back else [])
        missing = [barred.barred(claim)] if barred.barred(claim) else _missing(claim, shown[claim.pk])
        return claim_figures.Row(claim, amounts[claim.pk], missing if claim.state_on in _UNDECIDED else ())

    groups = [
        claim_figures.Group(key, heading, [row(claim) for claim in several if claim.state_on in states])
        for key, heading, states in GROUPS
    ]
    context = {
        "practice": found.practice,
        "name": found.name,
        "figures": claim_figures.of_practice(several, found.practice.ods_code, asat),
        "groups": [group for group in groups if group.rows],
        "breadcrumbs": finding.crumbs(asat, found),
    }
    return show(request, "lcs/practice_money.html", context)


_UNDECIDED = (ClaimState.OPEN, ClaimState.RETURNED, ClaimState.SENT)


def _missing(claim: Any, shown: list[queries.Shown]) -> list[str]:
    """What somebody has still to enter, or the portal to find."""
    if claim.state == ClaimState.SENT:
        return [f"{one.output}: {one.lacks}" for one in shown if one.lacks]
    said = [(one, one.to_enter or (one.lacks if not one.by_hand else "")) for one in shown]
    return [f"{one.output}: {lacks}" for one, lacks in said if lacks]
