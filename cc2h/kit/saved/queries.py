"""Reading saved views: those above a list, and what of an address a view keeps."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from cc2h.kit.asat import asat_of
from cc2h.kit.links import with_query
from cc2h.kit.models import SavedView

DAYS = ("as_at", "known")
PASSING = (*DAYS, "page", "format", "cursor", "limit")  # which of the rows, and in which dress


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A view above its list. `by`: whose it is, empty for the reader's own; `change` and `delete` are for those."""

    name: str
    href: str
    by: str
    shared: bool
    current: bool
    change: str
    delete: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands above a list: the views of it, and where the list as it now stands is saved as one."""

    views: list[ViewLink]
    save: str

    @property
    def own(self) -> list[ViewLink]:
        return [view for view in self.views if not view.by]


def kept(request: HttpRequest, *, day: bool = False) -> str:
    """The query of a list as a view keeps it: filters, order, columns and page size, always written the same way.

    day: also the days that the list is read as at.
    """
    given = [(name, values) for name, values in sorted(request.GET.lists()) if name not in PASSING]
    pairs = [
        (name, value)
        for name, values in given
        for value in ([",".join(values)] if name == "columns" else values)
        if value
    ]
    return urlencode([*pairs, *(asat_of(request).query().items() if day else ())])


def opened(request: HttpRequest, path: str, query: str) -> str:
    """Where a view of the list at `path` leads: on the day that it keeps, or else on the reader's."""
    address = f"{path}?{query}" if query else path
    keeps_a_day = any(name in QueryDict(query) for name in DAYS)
    return address if keeps_a_day else with_query(address, asat_of(request).query())


def act_on(name: str, path: str, query: str, **arguments: Any) -> str:
    """The address of an act on a view of the list at `path`, whose own address has `query` as well."""
    address = reverse(f"views:{name}", kwargs={**arguments, "of": path.lstrip("/")})
    return f"{address}?{query}" if query else address


def shelf(request: HttpRequest) -> Shelf | None:
    """The views of the list that is being read, one's own first; None where it is no list of the portal. One query."""
    match, path = request.resolver_match, request.path
    if match is None:
        return None
    user: Any = request.user
    plain, dated = kept(request), kept(request, day=True)
    rows = (
        SavedView.objects.visible_to(user)
        .filter(route=match.view_name)
        .order_by("name", "pk")
        .values_list("pk", "name", "query", "shared_with", "owner_id", "owner__name")
    )
    views = [
        ViewLink(
            name=name,
            href=opened(request, path, query),
            by="" if owner == user.pk else by,
            shared=shared_with is not None,
            current=query in (plain, dated),
            change=act_on("view_change", path, dated, pk=pk) if owner == user.pk else "",
            delete=act_on("view_delete", path, dated, pk=pk) if owner == user.pk else "",
        )
        for pk, name, query, shared_with, owner, by in rows
    ]
    return Shelf(sorted(views, key=lambda view: bool(view.by)), act_on("view_save", path, dated))


def owned(user: Any) -> QuerySet[SavedView]:
    """The views that this person may change."""
    return SavedView.objects.owned_by(user)


def sharers(user: Any) -> list[tuple[int, str]]:
    """(id, name) of the commissioners with whose people this person may share a view: those of their own posts."""
    authority = user.authority
    near = authority.commissioner_ids("view_register")
    names = {h.commissioner_id: h.commissioner_name for h in authority.holdings if h.commissioner_id in near}
    return sorted(names.items(), key=lambda item: item[1])
