"""Reading saved views: those above a list, and what of an address a view keeps."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
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
        return [view for view in self.views if view.change]


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
    return urlencode([*pairs, *asat_of(request).query().items()] if day else pairs)


def opened(request: HttpRequest, path: str, query: str) -> str:
    """Where a view of the list at `path` leads: on the day that it keeps, or else on the reader's."""
    address = f"{path}?{query}" if query else path
    keeps_a_day = any(name in QueryDict(query) for name in DAYS)
    return address if keeps_a_day else with_query(address, asat_of(request).query())


def act_on(name: str, path: str, query: str, **arguments: Any) -> str:
    """The address of an act on a view of the list at `path`, whose own address has `query` as well."""
    address = reverse(f"views:{name}", kwargs={**arguments, "of": path.lstrip("/")})
    return f"{address}?{query}" if query else address


# Whose views a person sees: their own, and those shared with a commissioner whose register they see by a post of it.
# Views stand above their list alone, so whoever may not see the list sees none; what somebody shared goes with their
# access. A statement, as every list asks it: building it anew took three times as long as the database's answer.
VISIBLE = """
SELECT v.id, v.name, v.query, v.shared_with IS NOT NULL, v.owner_id = %(me)s, u.name
FROM kit_savedview v JOIN accounts_user u ON u.id = v.owner_id
WHERE v.route = %(route)s AND (v.owner_id = %(me)s OR (u.is_active AND v.shared_with = ANY(%(near)s)))
ORDER BY v.owner_id <> %(me)s, v.name, v.id
"""


def shelf(request: HttpRequest) -> Shelf | None:
    """The views of the list that is being read, one's own first; None where it is no list of the portal. One query."""
    match, path = request.resolver_match, request.path
    if match is None:
        return None
    user: Any = request.user
    plain, dated = kept(request), kept(request, day=True)
    near = [*user.authority.commissioner_ids("view_register")]
    with connection.cursor() as cursor:
        cursor.execute(VISIBLE, {"me": user.pk, "route": match.view_name, "near": near})
        rows = cursor.fetchall()
    views = [
        ViewLink(
            name=name,
            href=opened(request, path, query),
            by="" if own else by,
            shared=shared,
            current=query in (plain, dated),
            change=act_on("view_change", path, dated, pk=pk) if own else "",
            delete=act_on("view_delete", path, dated, pk=pk) if own else "",
        )
        for pk, name, query, shared, own, by in rows
    ]
    return Shelf(views, act_on("view_save", path, dated))


def owned(user: Any) -> QuerySet[SavedView]:
    """The views that this person may change."""
    return SavedView.objects.filter(owner=user)


def sharers(user: Any) -> list[tuple[int, str]]:
    """(id, name) of the commissioners with whose people this person may share a view: those of their own posts."""
    authority = user.authority
    near = authority.commissioner_ids("view_register")
    names = {h.commissioner_id: h.commissioner_name for h in authority.holdings if h.commissioner_id in near}
    return sorted(names.items(), key=lambda item: item[1])
