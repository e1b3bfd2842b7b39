"""Pages about posts: who holds which, who may act for them, and what that lets them do."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import GRANTS, ROLE_SCOPE, Action, Role, Scope, authority_of, can, require
from cc2h.accounts.views import allowed
from cc2h.kit import words
from cc2h.kit.acts import act, posted, version_of
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections
from chins import post_forms as forms
from chins import post_services as services
from chins import queries, shapes
from chins.effects import holding_effect
from chins.filters import PostFilters
from chins.forms import VoidForm
from chins.models import Deputy, Post, PostHolding
from chins.tables import PostTable
from practices.queries import commissioners_where


class PostList(ListPage):
    """Every post the reader may see, held or vacant on the day."""

    title = "Posts"
    noun = ("post", "posts")
    filterset_class = PostFilters
    table_class = PostTable
    default_sort = "title"
    shape = shapes.PostItem
    template_name = "people/posts.html"
    csv_columns = {
        "post": "title",
        "role": "role",
        "commissioner": "commissioner_code",
        "chin": "chin__slug",
        "practice": "practice__ods_code",
        "federation": "federation__slug",
        "held_by": "holder",
        "since": "since",
    }

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_REGISTER)

    def queryset(self) -> QuerySet[Post]:
        return queries.listed_posts(self.request.user, self.asat)

    def rows(self, ordered: QuerySet[Post], start: int, stop: int) -> Sequence[Any]:
        return queries.with_deputies(list(ordered[start:stop]), self.asat)

    def context(self) -> dict[str, Any]:
        return {
            "may_add": bool(can(self.request.user, Action.CHANGE_POST)),
            "may_manage_people": bool(can(self.request.user, Action.MANAGE_PEOPLE)),
        }


# Finding, and being allowed ---------------------------------------------------------------------------


def _is_own(request: HttpRequest, post: Post) -> bool:
    """Whether the person holds the post today (a deputy does not)."""
    return any(h.post_id == post.pk and not h.deputy_for for h in authority_of(request.user).holdings)


def _may_name_deputy(request: HttpRequest, post: Post) -> bool:
    own = _is_own(request, post) and Action.NAME_DEPUTY in GRANTS[Role(post.role)]
    own = own and bool(can(request.user, Action.NAME_DEPUTY))  # a token may be for less
    return own or bool(can(request.user, Action.CHANGE_POST, post))


def _post(request: HttpRequest, post_id: int, action: Action | None = None) -> Post:
    """The post, or 404 for one this person may not see; 403 for an action they may not take on it."""
    post: Post = get_object_or_404(queries.visible_posts(request.user, asat_of(request)), pk=post_id)
    if action is Action.NAME_DEPUTY:
        if not _may_name_deputy(request, post):
            raise PermissionDenied("A deputy is named by the holder of the post, or by those who keep posts.")
    elif action is not None:
        require(request.user, action, post)
    return post


def _version(request: HttpRequest, model: Any, pk: int, action: Action) -> Any:
    """A version of a holding or deputy, found and permitted as its post is."""
    version = version_of(request, queries.versions_of_posts(model), pk)
    version.post = _post(request, version.post_id, action)
    return version


def _crumbs(asat: AsAt, post: Post | None = None) -> list[Mapping[str, str]]:
    crumbs: list[Mapping[str, str]] = [{"text": "Posts", "href": link(asat, "people:post_list")}]
    if post is not None:
        crumbs.append({"text": post.title, "href": _address(asat, post)})
    return crumbs


def _address(asat: AsAt, post: Post) -> str:
    return link(asat, "people:post_detail", post.pk)


# Pages -------------------------------------------------------------------------------------------------


@require_safe
@reads(shapes.post)
def post_detail(request: HttpRequest, post_id: int) -> HttpResponse:
    """Who holds the post and who did, its deputies, and what it lets them do."""
    asat = asat_of(request)
    post = _post(request, post_id)
    may_see_history = bool(can(request.user, Action.VIEW_HISTORY, post))
    context = {
        "post": post,
        "of": queries.belongs_to(post, asat),
        "seat": queries.seats([post], asat)[0],
        "holdings": queries.holdings_of(post, asat),
        "deputies": queries.deputies_of(post, asat),
        "allows": allowed(Role(post.role)),
        "may_change": bool(can(request.user, Action.CHANGE_POST, post)),
        "may_name_deputy": _may_name_deputy(request, post),
        "own": _is_own(request, post),
        "entries": queries.post_history(post) if may_see_history else None,
        "sections": sections(request, "post", str(post.pk)),
        "breadcrumbs": _crumbs(asat),
    }
    return show(request, "people/post.html", context)


@writes(
    forms.PostForm,
    {
        "role": "which kind of post, such as chin_lead",
        "commissioner": "of which commissioner: its ODS code",
        "of": "what it is to be a post of, chosen when the form is opened",
    },
)
def post_add(request: HttpRequest) -> HttpResponse:
    """A new post: first its role (and commissioner), then what it is a post of."""
    require(request.user, Action.CHANGE_POST)
    asat = asat_of(request)
    everywhere = authority_of(request.user).everywhere(Action.CHANGE_POST)
    commissioners = commissioners_where(request.user, Action.CHANGE_POST)
    roles = [role for role in Role if everywhere or ROLE_SCOPE[role] is not Scope.PORTAL]
    role_form = forms.RoleForm(
        request.GET if "role" in request.GET else None,
        initial={"commissioner": request.GET.get("commissioner")},
        roles=roles,
        commissioners=list(commissioners.values_list("ods_code", "short_name")),
    )
    if not role_form.is_valid():
        if call_of(request):
            raise BadRequest("Add ?role= and &commissioner= to the address: which kind of post, and of whose.")
        context = {"form": role_form, "breadcrumbs": _crumbs(asat)}
        return render(request, "people/post_add.html", context)
    role = Role(role_form.cleaned_data["role"])
    commissioner = commissioners.get(ods_code=role_form.cleaned_data["commissioner"])
    things = queries.things_of(ROLE_SCOPE[role], commissioner, asat)
    choices = None if things is None else [(pk, name) for pk, (name, _) in things.items()]

    def create(typed: dict[str, Any]) -> Post:
        of = None if things is None else things[typed["of"]][1]
        title = typed["title"] or (f"{role.label}, {things[typed['of']][0]}" if things else "")
        return services.create_post(by=request.user, role=role, of=of, title=title)

    return act(
        request,
        form=forms.PostForm(posted(request), choices=choices, initial={"of": request.GET.get("of")}),
        do=create,
        done=lambda post: f"{post} is there, and vacant: fill it.",
        to=lambda post: _address(asat, post),
        cancel=link(asat, "people:post_list"),
        heading=f"Add a post: {role.label}",
        caption=commissioner.short_name if things is not None else "The portal",
        submit="Add it",
        breadcrumbs=_crumbs(asat),
        fields_of_refusals={"post_exists": "title"},
    )


@writes(forms.FillForm)
def post_fill(request: HttpRequest, post_id: int) -> HttpResponse:
    """Somebody holds the post from a day; whoever holds it now hands over the day before."""
    asat = asat_of(request)
    post = _post(request, post_id, Action.CHANGE_POST)
    seat = queries.seats([post], asat)[0]

    def fill(typed: dict[str, Any]) -> PostHolding:
        holder = get_object_or_404(queries.people_for_posts(), pk=typed["holder"])
        return services.fill_post(by=request.user, post=post, **{**typed, "holder": holder})

    handing, heading = "Vacant now.", "Fill this post"
    if seat.holding:
        handing, heading = f"{seat.holding.holder} holds it now and hands over the day before.", "Change the holder"
    return act(
        request,
        form=forms.FillForm(posted(request), people=queries.people_for_posts(), initial={"first": asat.day}),
        do=fill,
        done=lambda h: f"{h.holder} holds {post} {words.period(h.period.lower, h.period.upper)}.",
        to=_address(asat, post),
        effect=lambda typed: holding_effect(post=post, by=request.user, do=lambda: fill(typed)),
        heading=heading,
        caption=post.title,
        lede=handing,
        submit=heading,
        breadcrumbs=_crumbs(asat, post),
        fields_of_refusals={"held": "first", "dates_out_of_order": "last", "inactive": "holder", "chin_over": "first"},
    )


@writes(forms.DeputyForm)
def deputy_name(request: HttpRequest, post_id: int) -> HttpResponse:
    """Somebody may act for the holder; both names show."""
    asat = asat_of(request)
    post = _post(request, post_id, Action.NAME_DEPUTY)

    def name(typed: dict[str, Any]) -> Deputy:
        deputy = get_object_or_404(queries.people_for_posts(), pk=typed["deputy"])
        return services.name_deputy(by=request.user, post=post, **{**typed, "deputy": deputy})

    return act(
        request,
        form=forms.DeputyForm(posted(request), people=queries.people_for_posts(), initial={"first": asat.day}),
        do=name,
        done=lambda d: f"{d.deputy} may act for {post} {words.period(d.period.lower, d.period.upper)}.",
        to=_address(asat, post),
        heading="Name a deputy",
        caption=post.title,
        lede="They may do what the holder of the post may. Both names show.",
        submit="Name the deputy",
        breadcrumbs=_crumbs(asat, post),
        fields_of_refusals={"holder": "deputy", "already_deputy": "deputy", "dates_out_of_order": "last"},
    )


@writes(forms.EndPostForm)
def holding_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody held the post until a day."""
    asat = asat_of(request)
    holding: PostHolding = _version(request, PostHolding, pk, Action.CHANGE_POST)
    return act(
        request,
        of=holding,
        form=forms.EndPostForm(posted(request), initial={"last": asat.day}),
        do=lambda typed: services.end_holding(by=request.user, holding=holding, **typed),
        done=lambda ended: f"{ended.holder} holds {holding.post} until {words.day(ended.last_day)}.",
        to=_address(asat, holding.post),
        heading=f"{holding.holder} leaves this post",
        caption=holding.post.title,
        lede=f"Held {words.period(holding.period.lower, holding.period.upper)}.",
        submit="End it",
        breadcrumbs=_crumbs(asat, holding.post),
        fields_of_refusals={"dates_out_of_order": "last", "ends_already": "last"},
    )


@writes(VoidForm)
def holding_void(request: HttpRequest, pk: int) -> HttpResponse:
    """They never held it."""
    asat = asat_of(request)
    holding: PostHolding = _version(request, PostHolding, pk, Action.CHANGE_POST)
    return act(
        request,
        of=holding,
        form=VoidForm(posted(request)),
        do=lambda typed: services.void_holding(by=request.user, holding=holding, **typed),
        done=lambda nothing: f"{holding.holder} never held {holding.post}: voided.",
        to=_address(asat, holding.post),
        heading=f"{holding.holder} never held this post",
        caption=holding.post.title,
        lede="To void says that it was never true. If they held it until some day, end it instead.",
        submit="Void it",
        kind="warning",
        breadcrumbs=_crumbs(asat, holding.post),
    )


@writes(forms.EndPostForm)
def deputy_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The deputy may act until a day."""
    asat = asat_of(request)
    deputy: Deputy = _version(request, Deputy, pk, Action.NAME_DEPUTY)
    return act(
        request,
        of=deputy,
        form=forms.EndPostForm(posted(request), initial={"last": asat.day}),
        do=lambda typed: services.end_deputy(by=request.user, deputy=deputy, **typed),
        done=lambda ended: f"{ended.deputy} may act for {deputy.post} until {words.day(ended.last_day)}.",
        to=_address(asat, deputy.post),
        heading=f"{deputy.deputy} stops deputising",
        caption=deputy.post.title,
        lede=f"Named {words.period(deputy.period.lower, deputy.period.upper)}.",
        submit="End it",
        breadcrumbs=_crumbs(asat, deputy.post),
        fields_of_refusals={"dates_out_of_order": "last", "ends_already": "last"},
    )


@writes(VoidForm)
def deputy_void(request: HttpRequest, pk: int) -> HttpResponse:
    """They never were to act for the holder."""
    asat = asat_of(request)
    deputy: Deputy = _version(request, Deputy, pk, Action.NAME_DEPUTY)
    return act(
        request,
        of=deputy,
        form=VoidForm(posted(request)),
        do=lambda typed: services.void_deputy(by=request.user, deputy=deputy, **typed),
        done=lambda nothing: f"{deputy.deputy} never deputised for {deputy.post}: voided.",
        to=_address(asat, deputy.post),
        heading=f"{deputy.deputy} never was a deputy",
        caption=deputy.post.title,
        submit="Void it",
        kind="warning",
        breadcrumbs=_crumbs(asat, deputy.post),
    )
