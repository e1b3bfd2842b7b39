"""Saving a list as a view, and changing and deleting one's own. The list stands in the address, with its query."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import Resolver404, resolve

from cc2h.kit.acts import act, posted
from cc2h.kit.asat import asat_of
from cc2h.kit.chips import active_filters
from cc2h.kit.lists import ListPage
from cc2h.kit.models import SavedView
from cc2h.kit.saved import queries, services
from cc2h.kit.saved.forms import NOW_AND_DAY, SAME, ChangeForm, DeleteForm, SaveForm

TEMPLATE = "kit/view.html"
REFUSALS = {"refused": "name", "not_ours": "shared_with"}


class Listed:
    """The list at a path, which the person may see, as it stands with the query of this request."""

    def __init__(self, request: HttpRequest, of: str) -> None:
        try:
            match = resolve(f"/{of}")
        except Resolver404:
            raise Http404 from None
        kind = getattr(match.func, "view_class", None)
        if kind is None or not issubclass(kind, ListPage):
            raise Http404
        self.request, self.path, self.route = request, f"/{of}", match.view_name
        self.page: ListPage = kind()
        self.page.setup(request, *match.args, **match.kwargs)
        self.page.permit()
        self.filters = self.page.filterset_class(request.GET, self.page.queryset(), request=request)

    @property
    def back(self) -> str:
        """The list as it stands."""
        return queries.opened(self.request, self.path, queries.kept(self.request))

    @property
    def crumbs(self) -> list[dict[str, str]]:
        return [{"text": str(self.page.title), "href": self.back}]

    @property
    def words(self) -> str:
        """What a view of it would keep."""
        given = self.request.GET
        parts = [chip.text for chip in active_filters(self.filters.form, self.request)]
        table = self.page.table(self.filters, ())
        headers = {column.name: str(column.header) for column in table.columns.all()} | dict(table.choices)
        sort = self.page.sort.removeprefix("-")
        if given.get("sort") == self.page.sort and sort in headers:
            parts.append(f"by {headers[sort]}{', descending' if self.page.falling else ''}")
        if table.hidden:
            parts.append(f"columns {', '.join(str(column.header) for column in table.columns)}")
        return "; ".join(parts) or "every row it opens with, in its own order"

    def query(self, *, day: bool) -> str:
        """What a view of it keeps. Raises ValidationError where a filter can't be read."""
        if not self.filters.is_valid():
            raise ValidationError("Some filters of the list can’t be read. Mend them first.")
        return queries.kept(self.request, day=day)


def _own(request: HttpRequest, pk: int, of: str) -> tuple[SavedView, Listed]:
    view = get_object_or_404(queries.owned(request.user), pk=pk)
    listed = Listed(request, of)
    if listed.route != view.route:
        raise Http404
    return view, listed


def view_save(request: HttpRequest, of: str) -> HttpResponse:
    """Save the list as it now stands under a name."""
    listed = Listed(request, of)

    def save(typed: dict[str, Any]) -> SavedView:
        query = listed.query(day=typed.pop("keep_day", False))
        return services.save_view(by=request.user, route=listed.route, query=query, **typed)

    return act(
        request,
        form=SaveForm(posted(request), sharers=queries.sharers(request.user), asat=asat_of(request)),
        do=save,
        done=lambda view: f"“{view}” is saved. It stands above the list.",
        to=lambda view: queries.opened(request, listed.path, view.query),
        cancel=listed.back,
        heading="Save this view",
        caption=str(listed.page.title),
        lede=f"It keeps what the list is asked for, not the rows: {listed.words}.",
        submit="Save it",
        breadcrumbs=listed.crumbs,
        fields_of_refusals=REFUSALS,
        template=TEMPLATE,
    )


def view_change(request: HttpRequest, pk: int, of: str) -> HttpResponse:
    """Rename one's own view, share it or no longer, or let it show the list as it now stands."""
    view, listed = _own(request, pk, of)

    def change(typed: dict[str, Any]) -> SavedView:
        shows = typed.pop("shows", "") or SAME
        query = view.query if shows == SAME else listed.query(day=shows == NOW_AND_DAY)
        return services.change_view(by=request.user, view=view, query=query, **typed)

    return act(
        request,
        form=ChangeForm(
            posted(request),
            sharers=queries.sharers(request.user),
            asat=asat_of(request),
            now=listed.words,
            initial={"name": view.name, "shared_with": view.shared_with},
        ),
        do=change,
        done=lambda changed: f"“{changed}” is saved.",
        to=lambda changed: queries.opened(request, listed.path, changed.query),
        cancel=listed.back,
        heading="Change a view",
        caption=view.name,
        submit="Save it",
        breadcrumbs=listed.crumbs,
        fields_of_refusals=REFUSALS,
        template=TEMPLATE,
    )


def view_delete(request: HttpRequest, pk: int, of: str) -> HttpResponse:
    """Delete one's own view."""
    view, listed = _own(request, pk, of)
    shared = " Those you share it with lose it too." if view.shared_with is not None else ""
    return act(
        request,
        form=DeleteForm(posted(request)),
        do=lambda typed: services.delete_view(by=request.user, view=view),
        done=lambda _: f"“{view}” is deleted.",
        to=listed.back,
        heading="Delete a view",
        caption=view.name,
        lede=f"The list stays as it is.{shared} Bookmarks of it go on working.",
        submit="Delete it",
        kind="warning",
        breadcrumbs=listed.crumbs,
    )
