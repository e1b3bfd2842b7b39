"""The description of the API, OpenAPI 3.1, drawn from the addresses and what their views have said of themselves."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from django.urls import URLPattern, URLResolver, get_resolver

from cc2h.kit.api.calls import Done, FormShape
from cc2h.kit.api.fields import body_of
from cc2h.kit.api.paging import DEFAULT, MOST
from cc2h.kit.api.problems import CONTENT_TYPE, TITLES, ProblemShape
from cc2h.kit.api.spec import Spec, spec_of

ROOT = "/api/v1"
REF = "#/components/schemas/{name}"
ANSWERS = {"get": (400, 401, 403, 404, 429), "post": (400, 401, 403, 404, 409, 413, 415, 422, 429)}
AS_AT = {
    "as_at": ("The day the answer is about, like 2018-12-06; today if left out.", {"type": "string", "format": "date"}),
    "known": ("As known on this day: what was held by its end.", {"type": "string", "format": "date"}),
}
KINDS = {"int": "integer", "str": "string", "slug": "string"}
PATTERNS = {"slug": "^[-a-zA-Z0-9_]+$"}


@cache
def described() -> dict[str, Any]:
    """The whole description, as JSON would hold it."""
    pages = [(path, view, spec) for path, view in _addresses(get_resolver().url_patterns) if (spec := spec_of(view))]
    shapes = {spec.shape for _, _, spec in pages if spec.shape} | {ProblemShape, Done, FormShape}
    lists = {page.shape for _, view, _ in pages if (page := getattr(view, "view_class", None))}
    ordered = sorted((shapes | lists) - {None}, key=lambda shape: str(shape.__name__))
    refs, components = msgspec.json.schema_components(ordered, ref_template=REF)
    of = dict(zip(ordered, refs, strict=True))
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Care Closer to Home",
            "version": "1",
            "description": "What the portal’s pages show and do, as JSON. The address is that of the page, after /api/v1.",
        },
        "servers": [{"url": ROOT}],
        "security": [{"token": []}, {"session": []}],
        "paths": {path: _path(view, spec, of) for path, view, spec in sorted(pages, key=lambda page: page[0])},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def _addresses(patterns: Any, before: str = "/") -> Iterator[tuple[str, Any]]:
    """(the path with {parameters}, the view) of every address."""
    for pattern in patterns:
        path = before + _braced(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def _braced(route: str) -> str:
    """`<slug:slug>/join/` and `^(?P<code>…)/join/$` as `{slug}/join/` and `{code}/join/`."""
    route = route.removeprefix("^").removesuffix("$")
    while match := re.search(r"\(\?P<(\w+)>", route):
        depth, end = 0, match.start()
        for end in range(match.start(), len(route)):
            depth += {"(": 1, ")": -1}.get(route[end], 0)
            if not depth:
                break
        route = f"{route[: match.start()]}{{{match[1]}}}{route[end + 1 :]}"
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def _path(view: Any, spec: Spec, of: dict[Any, Any]) -> dict[str, Any]:
    page = getattr(view, "view_class", None)
    name = getattr(page or view, "__name__", "")
    text = inspect.getdoc(page or view) or ""
    what = {"summary": text.split("\n")[0], "tags": [_room(view)]}
    operations: dict[str, Any] = {}
    get = {**what, "operationId": name, "parameters": _parameters(spec, page)}
    if page:
        answer = {
            "type": "object",
            "required": ["rows", "next"],
            "properties": {
                "rows": {"type": "array", "items": of[page.shape]},
                "next": {"type": ["string", "null"], "description": "The address of the next page."},
            },
        }
    elif spec.form:
        answer = of[FormShape]
        get["summary"] = f"The form of this act: its fields, and what they can be. {what['summary']}"
        get["operationId"] = f"{name}_form"
    else:
        answer = of[spec.shape]
    operations["get"] = get | {"responses": _responses("get", answer)}
    if spec.form:
        kind = "multipart/form-data" if spec.files else "application/json"
        post = {
            **what,
            "operationId": name,
            "parameters": [
                *_parameters(spec, None),
                _parameter(
                    "dry_run", "1: answers what the act would change, and changes nothing.", {"enum": ["0", "1"]}
                ),
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "Any text of your own for this one act: sent again under it, it is answered again and not done again.",
                    "schema": {"type": "string", "maxLength": 200},
                },
            ],
            "requestBody": {"content": {kind: {"schema": body_of(spec.form)}}},
        }
        operations["post"] = post | {"responses": _responses("post", of[Done])}
    parameters = _in_path(view)
    return {**({"parameters": parameters} if parameters else {}), **operations}


def _room(view: Any) -> str:
    return {
        "chins": "CHINs",
        "practices": "Practices",
        "board": "Board",
        "accounts": "People",
        "kit": "Files and search",
    }.get(next((part for part in str(view.__module__).split(".") if part not in ("cc2h",)), ""), "Portal")


def _parameter(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": schema}


def _parameters(spec: Spec, page: Any) -> list[dict[str, Any]]:
    found = [_parameter(name, text, schema) for name, (text, schema) in AS_AT.items()]
    found += [_parameter(name, text, {"type": "string"}) for name, text in spec.query.items()]
    if page:
        for name, one in page.filterset_class.base_filters.items():
            found.append(_parameter(name, str(one.label or name), {"type": "string"}))
        found += [
            _parameter(
                "sort",
                f"One of the list’s columns, a minus before it for the other way. Else: {page.default_sort}.",
                {"type": "string"},
            ),
            _parameter(
                "limit", f"Rows of a page, {DEFAULT} if left out.", {"type": "integer", "minimum": 1, "maximum": MOST}
            ),
            _parameter("cursor", "Where the page begins: given by the page before, in “next”.", {"type": "string"}),
        ]
    return found


def _in_path(view: Any) -> list[dict[str, Any]]:
    for path, one in _addresses(get_resolver().url_patterns):
        if one is view:
            names = re.findall(r"{(\w+)}", path)
            return [
                {
                    "name": name,
                    "in": "path",
                    "required": True,
                    "schema": {"type": "integer" if name in ("pk", "post_id") else "string"},
                }
                for name in names
            ]
    return []


def _responses(method: str, answer: dict[str, Any]) -> dict[str, Any]:
    problem = {"content": {CONTENT_TYPE: {"schema": {"$ref": REF.format(name=ProblemShape.__name__)}}}}
    good: dict[str, Any] = {"200": {"description": "As asked", "content": {"application/json": {"schema": answer}}}}
    if method == "get":
        good["304"] = {"description": "Nothing has changed since the ETag that was sent as If-None-Match"}
    return good | {str(status): {"description": TITLES[status], **problem} for status in ANSWERS[method]}
