"""The page of search, and where its address leads when there is only one answer."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from cc2h.kit import search as searching
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import AsAt, asat_of


class HitShape(msgspec.Struct):
    """Something found, and its page."""

    kind: str
    text: str
    note: str
    page: str
    exact: bool


class FoundShape(msgspec.Struct):
    """The best hits of each kind."""

    hits: list[HitShape]


def found(context: Mapping[str, Any], asat: AsAt) -> FoundShape:
    """What templates/kit/search.html shows."""
    hits = [
        HitShape(group.kind, hit.text, hit.note, hit.url, hit.exact) for group in context["found"] for hit in group.hits
    ]
    return FoundShape(hits)


@require_safe
@reads(found, q="a name, a former name, a code or a postcode; it may be misspelt")
def search(request: HttpRequest) -> HttpResponse:
    """What was found for q; `go=1` (the header's form) leads straight to the one thing with that very code."""
    typed = request.GET.get("q", "").strip()
    words = searching.words_of(typed)
    groups = searching.search(request.user, asat_of(request), words) if words else []
    exact = [hit for group in groups for hit in group.hits if hit.exact]
    if request.GET.get("go") and len(exact) == 1 and call_of(request) is None:
        return redirect(exact[0].url)
    context = {"typed": typed, "words": words, "found": groups}
    return show(request, "kit/search.html", context)
