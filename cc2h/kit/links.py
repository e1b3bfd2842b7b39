"""Links that keep the reader's day, and links to this page with something changed.

When a page is read as at another day, every link on it stays on that day: the day is in the URL, so that a
page can be bookmarked, sent and printed as it was.
"""

import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

KEY = re.compile(r"[A-Za-z0-9_-]+")  # a code or slug, as it stands in an address


class Day(Protocol):
    """What is needed of `request.asat`: the parameters to carry, none while the page is about today."""

    def query(self) -> Mapping[str, str]: ...


def with_query(url: str, query: Mapping[str, Any] | None) -> str:
    """`url` with `query` added; values of None are left out, lists repeat their name.

    >>> with_query("/practices/", {"chin": "barnet-1", "q": None})
    '/practices/?chin=barnet-1'
    >>> with_query("/practices/?page=2", {"status": ["active", "closed"]})
    '/practices/?page=2&status=active&status=closed'
    """
    if not query or not (pairs := {name: value for name, value in query.items() if value is not None}):
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs, doseq=True)}"


def link(asat: Day | None, name: str, /, *args: Any, query: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
    """The URL of route `name`, with `query`, on the day of `asat`. Raises NoReverseMatch."""
    return with_query(reverse(name, args=args, kwargs=kwargs), {**(query or {}), **(asat.query() if asat else {})})


class Addresses:
    """Addresses of many records on one day: a route's, for a single natural key, is worked out once for all of them."""

    def __init__(self, asat: Day | None) -> None:
        self.asat = asat
        self._known: dict[str, tuple[str, str]] = {}

    def of(self, name: str, /, *args: Any, **query: Any) -> str:
        """The address of route `name`. Raises NoReverseMatch."""
        key = str(args[0]) if len(args) == 1 and not query else ""
        if not KEY.fullmatch(key):
            return link(self.asat, name, *args, query=query)
        if name not in self._known:
            path = reverse(name, args=args)
            if path.count(key) != 1:
                return link(self.asat, name, *args)
            before, after = path.split(key)
            self._known[name] = before, with_query(after, self.asat.query() if self.asat else {})
        before, after = self._known[name]
        return f"{before}{key}{after}"


def this_page(request: HttpRequest, **changes: Any) -> str:
    """The page being read with parameters set, or dropped when None: `this_page(request, page=2)`.

    A form sends its empty fields along; a link does not.
    """
    kept: dict[str, str] | None = getattr(request, "_kept", None)
    if kept is None:  # a page has many links to itself
        given = {name: [value for value in values if value] for name, values in request.GET.lists()}
        kept = {name: urlencode({name: values}, doseq=True) for name, values in given.items() if values}
        request._kept = kept  # type: ignore[attr-defined]
    address = "&".join([pairs for name, pairs in kept.items() if name not in changes])
    return with_query(f"{request.path}?{address}" if address else request.path, changes)
