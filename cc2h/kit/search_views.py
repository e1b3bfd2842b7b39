"""The page of search, and where its address leads when there is only one answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cc2h.kit import search as searching
from cc2h.kit.asat import asat_of


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found for q; `go=1` (the header's form) leads straight to the one thing with that very code."""
    typed = request.GET.get("q", "").strip()
    words = searching.words_of(typed)
    found = searching.search(request.user, asat_of(request), words) if words else []
    exact = [hit for group in found for hit in group.hits if hit.exact]
    if request.GET.get("go") and len(exact) == 1:
        return redirect(exact[0].url)
    context = {"typed": typed, "words": words, "found": found}
    return render(request, "kit/search.html", context)
