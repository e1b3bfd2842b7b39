"""Pages about people: who may sign in, what each role may do, and what you may do yourself."""

from collections.abc import Mapping
from typing import cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cc2h.accounts import authority, queries, second_factor, services, sessions, shapes
from cc2h.accounts.authority import GRANTS, ROLE_SCOPE, Action, Reach, Role, Scope, can, require
from cc2h.accounts.filters import PersonFilters
from cc2h.accounts.forms import EditPersonForm, MailForm, NothingForm, PersonForm
from cc2h.accounts.models import User
from cc2h.accounts.tables import PersonTable
from cc2h.kit import exports, history
from cc2h.kit.acts import Effect, act, posted
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage

# Who can do what ---------------------------------------------------------------------------------------


ORDER = (Scope.COMMISSIONER, Scope.CHIN, Scope.PRACTICE, Scope.FEDERATION, Scope.PORTAL)


def reach_words(role: Role, action: Action) -> str:
    """How far an action reaches from a post of the role: “own CHIN”, “whole commissioner”; empty: they may not."""
    reach, scope = GRANTS[role].get(action), ROLE_SCOPE[role]
    if reach is None:
        return ""
    if action is Action.NAME_DEPUTY or (reach is Reach.OWN and scope is Scope.PORTAL):
        return "own post"
    if reach is Reach.OWN:
        return "own CHIN" if scope is Scope.CHIN else f"own {scope.value}"
    return str(reach.label)


def allowed(role: Role) -> list[tuple[str, str]]:
    """What a post of the role lets its holder do, and how far."""
    return [(str(action.label), reach_words(role, action)) for action in Action if action in GRANTS[role]]


@require_safe
@reads(shapes.who_can)
def who_can(request: HttpRequest) -> HttpResponseBase:
    """The table of roles, actions and reach, drawn from the one place where permissions are written."""
    if exports.wanted(request):
        rows = [(role.label, ROLE_SCOPE[role].label, action, reach) for role in Role for action, reach in allowed(role)]
        header = ["role", "post of", "may", "reach"]
        return exports.table_response(request, "who can do what", asat_of(request).day, header, rows)
    groups = [
        {
            "scope": scope,
            "roles": (roles := [role for role in Role if ROLE_SCOPE[role] is scope]),
            "rows": [
                (action, [reach_words(role, action) for role in roles])
                for action in Action
                if any(action in GRANTS[role] for role in roles)
            ],
        }
        for scope in ORDER
    ]
    mine = {holding.role for holding in authority.authority_of(request.user).holdings}
    return show(request, "people/who_can.html", {"groups": groups, "mine": mine})


@require_safe
@reads(shapes.me)
def me(request: HttpRequest) -> HttpResponse:
    """What the signed-in person may do, by which post, today."""
    holdings = authority.authority_of(request.user).holdings
    posts = [{"holding": holding, "may": allowed(holding.role)} for holding in holdings]
    return show(request, "people/me.html", {"posts": posts, "user": request.user})


@writes(MailForm)
def mail_choose(request: HttpRequest) -> HttpResponse:
    """Whether the signed-in person is told every morning of what waits."""
    require(request.user, Action.VIEW_REGISTER)
    user = cast(User, request.user)
    return act(
        request,
        form=MailForm(posted(request), initial={"morning_mail": "yes" if user.morning_mail else "no"}),
        do=lambda typed: services.choose_mail(by=user, **typed),
        done=lambda saved: "You are told every morning of what waits." if saved.morning_mail else "No morning mail.",
        to=link(asat_of(request), "people:me"),
        heading="Mail from the portal",
        submit="Save",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def unsent(request: HttpRequest) -> HttpResponse:
    """A form sent when the sign-in had ended: what it held, to be sent now or thrown away."""
    kept = sessions.unsent(request.session, request.user)
    if request.method == "POST" or kept is None:
        sessions.forget(request.session)
        return redirect("/")
    return render(request, "account/unsent.html", {"kept": kept, "typed": sessions.words(kept["fields"])})


# People ------------------------------------------------------------------------------------------------


class PersonList(ListPage):
    """Everybody who may sign in, or could once."""

    title = "People"
    noun = ("person", "people")
    filterset_class = PersonFilters
    table_class = PersonTable
    default_sort = "name"
    shape = shapes.PersonItem
    template_name = "people/users.html"
    csv_columns = {"name": "name", "email": "email", "may_sign_in": "is_active", "last_signed_in": "last_login"}

    def permit(self) -> None:
        require(self.request.user, Action.MANAGE_PEOPLE)

    def queryset(self) -> QuerySet[User]:
        return queries.people()


def _person(request: HttpRequest, pk: int) -> User:
    require(request.user, Action.MANAGE_PEOPLE)
    return get_object_or_404(queries.people(), pk=pk)


def _crumbs(request: HttpRequest, user: User | None = None) -> list[Mapping[str, str]]:
    asat = asat_of(request)
    crumbs: list[Mapping[str, str]] = [{"text": "People", "href": link(asat, "people:user_list")}]
    if user is not None:
        crumbs.append({"text": user.name, "href": link(asat, "people:user_detail", user.pk)})
    return crumbs


@require_safe
@reads(shapes.person)
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A person: their access, their posts, what was changed about them."""
    user, asat = _person(request, pk), asat_of(request)
    context = {
        "shown": user,
        "posts": authority.of(user, asat.day).holdings,
        "entries": queries.history_of(user),
        "myself": user == request.user,
        "factor": second_factor.has_one(user),
        "may_change_posts": bool(can(request.user, Action.CHANGE_POST)),
        "breadcrumbs": _crumbs(request),
    }
    return show(request, "people/user.html", context)


@writes(PersonForm)
def user_add(request: HttpRequest) -> HttpResponse:
    """Add a person and send them the link to choose a password."""
    require(request.user, Action.MANAGE_PEOPLE)
    asat = asat_of(request)
    return act(
        request,
        form=PersonForm(posted(request)),
        do=lambda typed: _invited(request, services.add_person(by=request.user, **typed)),
        done=lambda user: f"{user} is added. Give them a post: without one they see nothing.",
        to=lambda user: link(asat, "people:user_detail", user.pk),
        cancel=link(asat, "people:user_list"),
        heading="Add a person",
        lede="They get an e-mail with a link to choose a password.",
        submit="Add and send the link",
        breadcrumbs=_crumbs(request),
        fields_of_refusals={"refused": "email"},
    )


def _invited(request: HttpRequest, user: User) -> User:
    """The person, after the e-mail was sent or the failure told."""
    try:
        services.send_password_link(user=user)
    except OSError:
        messages.warning(request, f"The e-mail to {user.email} can’t be sent at the moment. Send the link again later.")
    return user


@writes(EditPersonForm)
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a name or an e-mail address."""
    user = _person(request, pk)
    initial = {"name": user.name, "email": user.email, "seen": history.version(user)}
    return act(
        request,
        form=EditPersonForm(posted(request), initial=initial),
        do=lambda typed: services.change_person(by=request.user, user=user, **typed),
        done=lambda changed: f"{changed} is saved.",
        to=link(asat_of(request), "people:user_detail", user.pk),
        heading="Name and e-mail address",
        caption=user.name,
        submit="Save",
        breadcrumbs=_crumbs(request, user),
        fields_of_refusals={"refused": "email"},
    )


@writes(NothingForm)
def user_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the link to choose a password once more."""
    user = _person(request, pk)
    return act(
        request,
        form=NothingForm(posted(request)),
        do=lambda typed: _invited(request, user),
        done=lambda sent: f"A link to choose a password is on its way to {user.email}.",
        to=link(asat_of(request), "people:user_detail", user.pk),
        heading="Send the link again",
        caption=user.name,
        lede=f"To {user.email}. Their present password, if any, stays until they choose another.",
        submit="Send it",
        breadcrumbs=_crumbs(request, user),
    )


@writes(NothingForm)
def user_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the second factor of somebody who has lost it."""
    user = _person(request, pk)
    sentences = [
        f"Codes of {user}’s app, their passkeys and recovery codes stop working. Their password stays.",
        "Be sure that it is they who ask: ring the number you know, not the one in the message. They are told by e-mail.",
    ]
    return act(
        request,
        form=NothingForm(posted(request)),
        do=lambda typed: services.remove_second_factors(by=request.user, user=user),
        effect=lambda typed: Effect(sentences=sentences),
        done=lambda removed: f"{user} has no second factor now." if removed else f"{user} had no second factor.",
        to=link(asat_of(request), "people:user_detail", user.pk),
        heading="Remove the second factor",
        caption=user.name,
        submit="Remove it",
        kind="warning",
        breadcrumbs=_crumbs(request, user),
    )


@writes(NothingForm)
def user_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """End a person's access."""
    user = _person(request, pk)
    sentences = [
        f"{user} can’t sign in any more, and what they have open stops at their next click.",
        "Their posts stay as they are dated, and what they did stays in the history. End their posts too.",
    ]
    return act(
        request,
        form=NothingForm(posted(request)),
        do=lambda typed: services.deactivate(by=request.user, user=user),
        effect=lambda typed: Effect(sentences=sentences),
        done=lambda ended: f"{ended} can’t sign in any more.",
        to=link(asat_of(request), "people:user_detail", user.pk),
        heading="End access",
        caption=user.name,
        submit="End it",
        kind="warning",
        breadcrumbs=_crumbs(request, user),
    )


@writes(NothingForm)
def user_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person sign in again."""
    user = _person(request, pk)
    return act(
        request,
        form=NothingForm(posted(request)),
        do=lambda typed: services.reactivate(by=request.user, user=user),
        done=lambda back: f"{back} may sign in again.",
        to=link(asat_of(request), "people:user_detail", user.pk),
        heading="Give access again",
        caption=user.name,
        submit="Give it again",
        breadcrumbs=_crumbs(request, user),
    )
