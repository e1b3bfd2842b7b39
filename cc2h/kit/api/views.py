"""What answers below /api/: the pages as JSON, their description, and the page that shows it to a person."""

import hashlib
import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cc2h.kit.api import examples as worked
from cc2h.kit.api import guide as pages
from cc2h.kit.api import openapi
from cc2h.kit.api.calls import Call
from cc2h.kit.api.once import once
from cc2h.kit.api.problems import FieldError, Problem, not_so
from cc2h.kit.api.spec import spec_of


@login_not_required  # the API's own middleware answers in JSON whoever may not come in
def api(request: HttpRequest, rest: str) -> HttpResponseBase:
    """The page at `rest`, as JSON."""
    try:
        return _tagged(request, _answer(request, f"/{rest}"))
    except Problem as problem:
        return problem.response
    except PermissionDenied as refusal:
        return Problem(403, str(refusal)).response
    except Http404 as nothing:
        said = str(nothing.args[0]) if nothing.args and isinstance(nothing.args[0], str) else ""
        return Problem(404, said).response
    except RequestDataTooBig:
        return Problem(413).response
    except BadRequest as wrong:
        return Problem(400, str(wrong)).response


def _answer(request: HttpRequest, path: str) -> HttpResponseBase:
    try:
        match = resolve(path)
    except Resolver404:
        said = "There is no such address. /api/schema/ lists them all."
        raise Problem(404, said if path.endswith("/") else f"{said} Each ends in a slash.") from None
    spec = spec_of(match.func)
    if spec is None:
        raise Problem(404, "This page has no place in the API. /api/schema/ lists all that have.")
    if request.method == "POST" and spec.form is None:
        return not_so(["GET", "HEAD"])
    _only_known(request, match.func)
    call = Call(request, spec)
    request.api = call  # type: ignore[attr-defined]
    request.resolver_match = match

    def answer() -> HttpResponseBase:
        return _there(match.func(request, *match.args, **match.kwargs))

    return once(request, answer) if request.method == "POST" and not call.dry_run else answer()  # type: ignore[arg-type]


def _only_known(request: HttpRequest, view: Any) -> None:
    """Refuse parameters that the address does not have: one that is misspelt would be ignored, and all rows answered."""
    known = openapi.parameters(view, str(request.method))
    if unknown := [name for name in request.GET if name not in known]:
        message = f"There is no parameter of this name. There are: {', '.join(sorted(known))}."
        raise Problem(400, errors=[FieldError(name, message) for name in unknown])


def _there(response: HttpResponseBase) -> HttpResponseBase:
    """Nothing is at an address whose page leads on to another one at once."""
    if response.status_code in (301, 302, 303):
        raise Problem(404, f"There is nothing to do at this address now. See {response.headers['Location']}")
    return response


def _tagged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """With an ETag by content; nothing but that where the client has it."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.streaming:
        return response
    assert isinstance(response, HttpResponse)
    tag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=tag, response=response) or response


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The description of the API: OpenAPI 3.1."""
    return HttpResponse(json.dumps(openapi.described(), indent=1), content_type="application/vnd.oai.openapi+json")


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The same for a person: every address, what it takes and what it answers."""
    return render(request, "kit/api.html", {"rooms": pages.rooms(), "shapes": pages.shapes()})


@require_safe
def examples(request: HttpRequest) -> HttpResponse:
    """Worked examples with curl."""
    breadcrumbs = [{"text": "API", "href": reverse("api_guide")}]
    return render(request, "kit/api_examples.html", {"parts": worked.parts(), "breadcrumbs": breadcrumbs})
