"""Bodies: the tree of them, one body, its terms of reference and its seats."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import named
from cc2h.governance import forms, queries, services, shapes, wording
from cc2h.governance.figures import seats_filled
from cc2h.governance.filters import BodyFilters, SeatFilters
from cc2h.governance.models import Seat, Terms
from cc2h.governance.records import record_of_body
from cc2h.governance.tables import BodyTable, SeatTable
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted, version_of
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections

VIEW, KEEP = Action.VIEW_GOVERNANCE, Action.KEEP_GOVERNANCE


def page_of(asat: AsAt, body: Any) -> str:
    return link(asat, "governance:body_detail", body.slug)


def crumbs(asat: AsAt, body: Any = None) -> list[Mapping[str, str]]:
    found: list[Mapping[str, str]] = [{"text": "Governance", "href": link(asat, "governance:body_list")}]
    return [*found, {"text": body.name, "href": page_of(asat, body)}] if body is not None else found


def find(request: HttpRequest, slug: str, action: Action = KEEP) -> Any:
    """The body, for somebody who may do this to it; 404 where it is not theirs to see."""
    return permitted(request, action, get_object_or_404(queries.find_body(request.user, slug)))


def permitted(request: HttpRequest, action: Action, found: Any) -> Any:
    """What was found, for somebody who may do this to it. What is of all commissioners is seen by whoever sees any."""
    if action is not VIEW:
        require(request.user, action, found)
    return found


def _on_body(request: HttpRequest, body: Any, **parts: Any) -> HttpResponse:
    """An act on a body: where it stands, and back to its page."""
    asat = asat_of(request)
    return act(request, **{"to": page_of(asat, body), "caption": body.name, "breadcrumbs": crumbs(asat, body)} | parts)


# Pages -------------------------------------------------------------------------------------------------


class BodyList(ListPage):
    """Every body that the reader may see, each under the one it reports to."""

    title = "Bodies"
    noun = ("body", "bodies")
    filterset_class = BodyFilters
    table_class = BodyTable
    default_sort = "name"
    shape = shapes.BodyItem
    template_name = "governance/bodies.html"
    csv_columns = {
        "body": "slug",
        "name": "name",
        "reports_to": "parent__slug",
        "commissioner": "commissioner__ods_code",
        "chin": "chin__slug",
        "quorum": "quorum",
        "limit": "limit",
        "seats": "seats_on",
        "filled": "filled_on",
        "next_meeting": "next_on",
        "paper": "paper",
        "ended_on": "ended_on",
    }
    empty_title = "No body is recorded"
    empty_text = (
        "A body is a board, a committee or a group that meets: of a CHIN, of a commissioner, or of all of them."
    )

    def permit(self) -> None:
        require(self.request.user, VIEW)

    def queryset(self) -> Any:
        return queries.bodies(self.request.user, self.asat)

    def table(self, filterset: BodyFilters, rows: Sequence[Any]) -> Any:
        table: Any = super().table(filterset, rows)
        table.picked = any(filterset.form.cleaned_data.get(name) for name in ("q", "commissioner"))
        return table

    def context(self) -> dict[str, Any]:
        return {"may_add": bool(can(self.request.user, KEEP))}


@require_safe
@reads(shapes.body)
def body_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A body as at the day: its terms, who sits there, when it meets, and what waits for it."""
    asat, user = asat_of(request), request.user
    body = find(request, slug, VIEW)
    members = queries.members(body, asat.day, asat)
    coming, past = queries.meetings_of(body, asat.day)
    may_keep = bool(can(user, KEEP, body))
    waiting = queries.waiting(body, asat.day)
    context = {
        "body": body,
        "whose": wording.whose(body),
        "terms": queries.terms_on(body, asat.day, asat),
        "all_terms": queries.terms_of(body) if may_keep else [],
        "members": members,
        "figure": seats_filled(body, members, asat),
        "filled": sum(not one.vacant for one in members),
        "below": queries.below(body, user),
        "coming": coming,
        "past": past,
        "papers": wording.papers,
        "waiting": waiting,
        "pages": {key: one.page for key, one in named(user, asat, [(w.kind, w.key) for w in waiting]).items()},
        "may_keep": may_keep,
        "sections": sections(request, "body", body.slug, record_of_body(body)),
        "history": queries.body_history(body) if can(user, Action.VIEW_HISTORY, body) else None,
        "breadcrumbs": crumbs(asat),
    }
    return show(request, "governance/body.html", context)


class SeatList(ListPage):
    """The seats of a body on the day, with who sits in them."""

    title = "Seats"
    noun = ("seat", "seats")
    filterset_class = SeatFilters
    table_class = SeatTable
    default_sort = "title"
    shape = shapes.SeatItem
    template_name = "governance/seats.html"
    csv_columns = {
        "seat": "title",
        "organisation": "organisation",
        "post": "post__title",
        "holder": "holder",
        "part": "part",
        "core": "core",
        "votes": "voting",
    }

    @cached_property
    def body(self) -> Any:
        return find(self.request, self.kwargs["slug"], VIEW)

    @cached_property
    def may_keep(self) -> bool:
        return bool(can(self.request.user, KEEP, self.body))

    def permit(self) -> None:
        permitted(self.request, VIEW, self.body)

    def queryset(self) -> Any:
        return queries.seat_list(self.body, self.asat)

    def exclude(self, filterset: SeatFilters) -> Sequence[str]:
        return () if self.may_keep else ("acts",)

    def context(self) -> dict[str, Any]:
        return {
            "body": self.body,
            "caption": self.body.name,
            "may_keep": self.may_keep,
            "breadcrumbs": crumbs(self.asat, self.body),
        }


# Bodies ------------------------------------------------------------------------------------------------


@writes(forms.BodyForm)
def body_add(request: HttpRequest) -> HttpResponse:
    """Another body."""
    require(request.user, KEEP)
    asat, user = asat_of(request), request.user

    def add(typed: dict[str, Any]) -> Any:
        facts = {**typed, "parent": queries.body_by_number(user, typed["parent"])}
        return services.add_body(by=user, **queries.place(user, facts.pop("of")), **facts)

    return act(
        request,
        form=forms.BodyForm(posted(request), places=queries.places(user), parents=queries.parents(user)),
        do=add,
        done=lambda body: f"{body} is there. Say next what its terms are, and who sits on it.",
        to=lambda body: page_of(asat, body),
        cancel=link(asat, "governance:body_list"),
        heading="Add a body",
        submit="Add the body",
        breadcrumbs=crumbs(asat),
    )


@writes(forms.BodyChangeForm)
def body_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Another name, other names, another body it reports to."""
    body = find(request, slug)
    initial = {name: getattr(body, name) for name in ("name", "other_names", "paper")} | {"parent": body.parent_id}
    return _on_body(
        request,
        body,
        form=forms.BodyChangeForm(
            posted(request),
            parents=queries.parents(request.user, body),
            initial=initial | {"seen": history.version(body)},
        ),
        do=lambda typed: services.change_body(
            by=request.user, body=body, **{**typed, "parent": queries.body_by_number(request.user, typed["parent"])}
        ),
        done=lambda changed: f"{changed} is saved.",
        heading="Change the body",
        submit="Save",
    )


@writes(forms.LastDayForm)
def body_end(request: HttpRequest, slug: str) -> HttpResponse:
    """It is a body no more after a day."""
    body = find(request, slug)
    return _on_body(
        request,
        body,
        form=forms.LastDayForm(posted(request), initial={"last": asat_of(request).day}),
        do=lambda typed: services.end_body(by=request.user, body=body, **typed),
        effect=lambda typed: Effect(
            sentences=[
                f"{body} meets no more after {words.day(typed['last'])}. What it decided stays. This can’t be undone."
            ]
        ),
        done=lambda ended: f"{ended} ended on {words.day(ended.ended_on)}.",
        heading="End the body",
        submit="End it",
        kind="warning",
    )


# Terms ---------------------------------------------------------------------------------------------------


@writes(forms.TermsForm)
def terms_set(request: HttpRequest, slug: str) -> HttpResponse:
    """Terms of reference from a day."""
    body, asat = find(request, slug), asat_of(request)
    now = queries.terms_on(body, asat.day)
    initial = {name: getattr(now, name) for name in ("quorum", "limit", "text")} if now else {}
    return _on_body(
        request,
        body,
        form=forms.TermsForm(posted(request), initial=initial | {"first": asat.day}),
        do=lambda typed: services.set_terms(by=request.user, body=body, **typed),
        done=lambda terms: f"The terms hold from {words.day(terms.first_day)}.",
        heading="Set terms of reference",
        lede="Those that hold now end with the day before. What was submitted before keeps to the terms of its day.",
        submit="Set them",
    )


def _version(request: HttpRequest, model: Any, pk: int) -> Any:
    version = version_of(request, queries.versions(model, request.user), pk)
    require(request.user, KEEP, version.body)
    return version


@writes(forms.CorrectTermsForm)
def terms_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recorded of the terms was wrong."""
    terms = _version(request, Terms, pk)
    return _on_body(
        request,
        terms.body,
        of=terms,
        form=forms.CorrectTermsForm(
            posted(request), initial={name: getattr(terms, name) for name in ("quorum", "limit", "text")}
        ),
        do=lambda typed: services.correct_terms(by=request.user, terms=terms, **typed),
        done=lambda corrected: "The terms are corrected.",
        heading=f"Correct the terms {words.period(terms.period.lower, terms.period.upper)}",
        submit="Correct them",
    )


@writes(forms.VoidForm)
def terms_void(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms never held."""
    terms = _version(request, Terms, pk)
    return _on_body(
        request,
        terms.body,
        of=terms,
        form=forms.VoidForm(posted(request)),
        do=lambda typed: services.void_terms(by=request.user, terms=terms, **typed),
        done=lambda nothing: "The terms are voided.",
        heading=f"Void the terms {words.period(terms.period.lower, terms.period.upper)}",
        lede="To void says that they never held. Those before them, where they ended the day before, hold on.",
        submit="Void them",
        kind="warning",
    )


# Seats ---------------------------------------------------------------------------------------------------


@writes(forms.SeatForm)
def seat_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Another seat, with a post or vacant."""
    body, asat = find(request, slug), asat_of(request)
    return _on_body(
        request,
        body,
        form=forms.SeatForm(
            posted(request), posts=queries.posts_to_choose(request.user, body, asat), initial={"first": asat.day}
        ),
        do=lambda typed: services.add_seat(by=request.user, body=body, **_with_post(typed)),
        done=lambda seat: f"{seat.title} has a seat from {words.day(seat.first_day)}.",
        to=link(asat, "governance:seat_list", body.slug),
        heading="Add a seat",
        submit="Add the seat",
    )


def _with_post(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {**typed, "post": queries.post_by_number(typed["post"])}


def _on_seat(
    request: HttpRequest, pk: int, parts: Callable[[Seat], Mapping[str, Any]], *, lede: str = "", kind: str = ""
) -> HttpResponse:
    """An act on a seat, which goes back to the seats of its body."""
    seat = _version(request, Seat, pk)
    asat = asat_of(request)
    return _on_body(
        request,
        seat.body,
        of=seat,
        to=link(asat, "governance:seat_list", seat.body.slug),
        caption=f"{seat.title}, {seat.body.name}",
        lede=lede,
        kind=kind,
        **parts(seat),
    )


@writes(forms.FillForm)
def seat_fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Another post has the seat from a day, or none."""
    asat = asat_of(request)

    def parts(seat: Seat) -> Mapping[str, Any]:
        initial = {"post": seat.post_id, "first": max(asat.day, seat.first_day)}
        return {
            "form": forms.FillForm(
                posted(request), posts=queries.posts_to_choose(request.user, seat.body, asat), initial=initial
            ),
            "do": lambda typed: services.fill_seat(by=request.user, seat=seat, **_with_post(typed)),
            "done": lambda filled: f"{filled.title}: {filled.post or 'vacant'} from {words.day(filled.first_day)}.",
            "heading": "Fill the seat with another post",
            "submit": "Fill it",
        }

    lede = "When only the holder of its post changes, the post is filled anew, not the seat."
    return _on_seat(request, pk, parts, lede=lede)


@writes(forms.CorrectSeatForm)
def seat_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recorded of the seat was wrong."""

    def parts(seat: Seat) -> Mapping[str, Any]:
        facts = ("title", "organisation", "part", "core", "voting")
        return {
            "form": forms.CorrectSeatForm(posted(request), initial={name: getattr(seat, name) for name in facts}),
            "do": lambda typed: services.correct_seat(by=request.user, seat=seat, **typed),
            "done": lambda corrected: f"{corrected.title} is corrected.",
            "heading": "Correct the seat",
            "submit": "Correct it",
        }

    return _on_seat(request, pk, parts)


@writes(forms.EndSeatForm)
def seat_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The body has the seat until a day."""

    def parts(seat: Seat) -> Mapping[str, Any]:
        return {
            "form": forms.EndSeatForm(posted(request), initial={"last": asat_of(request).day}),
            "do": lambda typed: services.end_seat(by=request.user, seat=seat, **typed),
            "done": lambda ended: f"{ended.title} has a seat until {words.day(ended.last_day)}.",
            "heading": "End the seat",
            "submit": "End it",
        }

    return _on_seat(request, pk, parts)


@writes(forms.VoidForm)
def seat_void(request: HttpRequest, pk: int) -> HttpResponse:
    """The body never had the seat."""

    def parts(seat: Seat) -> Mapping[str, Any]:
        return {
            "form": forms.VoidForm(posted(request)),
            "do": lambda typed: services.void_seat(by=request.user, seat=seat, **typed),
            "done": lambda nothing: f"{seat.title} is voided.",
            "heading": "The body never had this seat",
            "submit": "Void it",
        }

    return _on_seat(request, pk, parts, kind="warning")
