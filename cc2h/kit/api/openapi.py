"""The description of the API, OpenAPI 3.1, drawn from the addresses and what their views have said of themselves."""

import inspect
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from cc2h.kit.api.calls import Done, FormShape
from cc2h.kit.api.fields import body_of, in_query
from cc2h.kit.api.once import LONGEST
from cc2h.kit.api.paging import DEFAULT, MOST
from cc2h.kit.api.problems import CONTENT_TYPE, TITLES, ProblemShape
from cc2h.kit.api.spec import Spec, spec_of

ROOT = "/api/v1"
REF = "#/components/schemas/{name}"
ANSWERS = {"get": (400, 401, 403, 404, 429), "post": (400, 401, 403, 404, 409, 413, 415, 422, 429)}
ROOMS = {
    "board": "Dashboards, papers and board days",
    "chins": "CHINs, posts and coverage",
    "practices": "Practices and commissioners",
    "accounts": "People",
    "budget": "Budget",
    "cases": "Business cases",
    "delivery": "Actions",
    "comments": "Comments and files on records",
    "governance": "Bodies, interests and decisions",
    "kpis": "Measures, QISTs and benefits",
    "kit": "Files and search",
    "config": "Operations",
}
Schema = dict[str, Any]


def _in_query(name: str, text: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "description": text, "schema": schema}


def _header(text: str, schema: Schema) -> Schema:
    return {"description": text, "schema": schema}


TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": "string", "format": "date"}
AS_AT = (
    _in_query("as_at", "The day the answer is about, like 2018-12-06; today if left out.", DAY),
    _in_query("known", "As known on this day: what was held by its end.", DAY),
)
OF_PAGES = (
    _in_query("limit", f"Rows of a page, {DEFAULT} if left out.", {"type": "integer", "minimum": 1, "maximum": MOST}),
    _in_query("cursor", "Where the page begins: given by the page before, in “next”.", TEXT),
)
DRY_RUN = _in_query("dry_run", "1: answers what the act would change, and changes nothing.", {"enum": ["0", "1"]})
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Any text of your own for this one act: sent again under it, it is answered again and not done again.",
    "schema": {"type": "string", "maxLength": LONGEST},
}
ETAG = {"ETag": _header("Names this very answer: send it as If-None-Match, and 304 says that it still holds.", TEXT)}
REPLAYED = {"Idempotent-Replayed": _header("true where the act had been done before.", {"const": "true"})}
WITH_STATUS = {
    401: {"WWW-Authenticate": _header("How to come in.", TEXT)},
    429: {"Retry-After": _header("Seconds until the next request is answered.", {"type": "integer"})},
}


@dataclass(frozen=True)
class Page:
    """An address that takes part: its path with {parameters}, and what each is."""

    path: str
    named: Mapping[str, Schema]
    view: Any
    spec: Spec

    @property
    def listing(self) -> Any:
        """Its list page; None where it is no list."""
        return getattr(self.view, "view_class", None)

    @property
    def own_name(self) -> str:
        return str((self.listing or self.view).__name__)

    @property
    def name(self) -> str:
        """Its name, with its room's before it where others have the same: no two operations may have one."""
        room = str(self.view.__module__).partition(".views")[0].rpartition(".")[2]
        return f"{room}_{self.own_name}" if self.own_name in _shared_names() else self.own_name

    @property
    def text(self) -> str:
        return (inspect.getdoc(self.listing or self.view) or "").split("\n")[0]

    @property
    def room(self) -> str:
        return next(ROOMS[part] for part in str(self.view.__module__).split(".") if part in ROOMS)

    @property
    def reads(self) -> list[Schema]:
        """The parameters of a GET."""
        found = [*AS_AT, *(_in_query(name, text, TEXT) for name, text in self.spec.query.items())]
        if self.listing:
            filters = self.listing.filterset_class
            for name, one in filters.base_filters.items():
                same = filters.same_as_empty.get(name)
                asked = in_query(name, copy(one).field, also=[same] if same else [])
                found += [_in_query(*parameter) for parameter in asked]
            sorts = [sort for column in self.listing.sorts() for sort in (column, f"-{column}")]
            means = (
                f"The column to order by, a minus before it for the other way; {self.listing.default_sort} if left out."
            )
            found += [_in_query("sort", means, {"type": "string", "enum": [*sorts, ""]}), *OF_PAGES]
        return found

    @property
    def writes(self) -> list[Schema]:
        """The parameters of a POST."""
        return [*AS_AT, *(_in_query(name, text, TEXT) for name, text in self.spec.query.items()), DRY_RUN, ONCE]


@cache
def pages() -> tuple[Page, ...]:
    """Every address that takes part, in the order of their paths."""
    found = (
        Page(path, named, view, spec)
        for path, named, view in _addresses(get_resolver().url_patterns)
        if (spec := spec_of(view)) is not None
    )
    return tuple(sorted(found, key=lambda page: page.path))


@cache
def _shared_names() -> frozenset[str]:
    """The names that several addresses have."""
    names = Counter(page.own_name for page in pages())
    return frozenset(name for name, times in names.items() if times > 1)


@cache
def parameters(view: Any, method: str) -> frozenset[str]:
    """The names that may stand in the query of an address."""
    page = next(page for page in pages() if page.view is view)
    asked = page.writes if method == "POST" else page.reads
    return frozenset(str(one["name"]) for one in asked if one["in"] == "query")


@cache
def described() -> Schema:
    """The whole description, as JSON would hold it."""
    shapes: set[Any] = {page.spec.shape for page in pages()} | {
        getattr(page.listing, "shape", None) for page in pages()
    }
    ordered = sorted((shapes | {ProblemShape, Done, FormShape}) - {None}, key=lambda shape: str(shape.__name__))
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
        "tags": [{"name": room} for room in ROOMS.values()],
        "paths": {page.path: _path(page, of) for page in pages()},
        "components": {
            "schemas": components,
            "responses": _other_responses(),
            "parameters": {one["name"]: one for one in (*AS_AT, *OF_PAGES, DRY_RUN, ONCE)},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            },
        },
    }


def _addresses(patterns: Any, before: str = "/", given: Mapping[str, Schema] | None = None) -> Iterator[Any]:
    """(the path with {parameters}, what each is, the view) of every address."""
    for pattern in patterns:
        route, named = _named(pattern.pattern)
        path, named = before + route, {**(given or {}), **named}
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, path, named)
        elif isinstance(pattern, URLPattern):
            yield path, named, pattern.callback


def _named(pattern: Any) -> tuple[str, dict[str, Schema]]:
    """`<slug:slug>/join/` or `^(?P<code>…)/join/$` as `{slug}/join/` or `{code}/join/`, and what its parts look like."""
    named = {name: _looks(converter.regex) for name, converter in pattern.converters.items()}
    route = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern)) if named else str(pattern)
    route = route.removeprefix("^").removesuffix("$")
    while match := re.search(r"\(\?P<(\w+)>", route):
        depth, end = 0, match.start()
        for end in range(match.start(), len(route)):
            depth += {"(": 1, ")": -1}.get(route[end], 0)
            if not depth:
                break
        named[match[1]] = _looks(route[match.end() : end])
        route = f"{route[: match.start()]}{{{match[1]}}}{route[end + 1 :]}"
    return route, named


def _looks(regex: str) -> Schema:
    """The schema of a part of a path."""
    if regex.startswith((r"\d", "[0-9]")):
        return {"type": "integer", "minimum": 0, "maximum": 10**12 - 1}
    return {"type": "string", "pattern": f"^{regex.replace(chr(92) + 'd', '[0-9]')}$"}


def _shared(parameters: list[Schema]) -> list[Schema]:
    """Those that many addresses have are described once."""
    many = (*AS_AT, *OF_PAGES, DRY_RUN, ONCE)
    return [{"$ref": f"#/components/parameters/{one['name']}"} if one in many else one for one in parameters]


def _path(page: Page, of: Mapping[Any, Schema]) -> Schema:
    spec, what = page.spec, {"tags": [page.room]}
    get: Schema = {"operationId": page.name, "summary": page.text, **what, "parameters": _shared(page.reads)}
    if page.listing:
        next_page = {"type": ["string", "null"], "description": "The address of the next page; null on the last."}
        rows = {"type": "array", "items": of[page.listing.shape]}
        answer: Schema = {
            "type": "object",
            "required": ["rows", "next"],
            "properties": {"rows": rows, "next": next_page},
        }
    elif spec.form:
        answer = of[FormShape]
        get |= {"operationId": f"{page.name}_form", "summary": f"What this act takes. {page.text}"}
    else:
        answer = of[spec.shape] if spec.answer else {}
    found: Schema = {"get": get | {"responses": _responses("get", spec.sends, answer, ETAG if not spec.bytes else {})}}
    if spec.form:
        kind = "multipart/form-data" if spec.files else "application/json"
        found["post"] = {
            "operationId": page.name,
            "summary": page.text,
            **what,
            "parameters": _shared(page.writes),
            "requestBody": {"content": {kind: {"schema": body_of(spec.form)}}},
            "responses": _responses("post", spec.sends, of[Done], REPLAYED),
        }
    in_path = [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in page.named.items()]
    return {**({"parameters": in_path} if in_path else {}), **found}


def _responses(method: str, kind: str, answer: Schema, headers: Schema) -> Schema:
    good: Schema = {"200": {"description": "As asked", "content": {kind: {"schema": answer}}}}
    if headers:
        good["200"]["headers"] = headers
    others = [*ANSWERS[method], *([304] if method == "get" else [])]
    return good | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(others)}


def _other_responses() -> Schema:
    """What any address may answer instead of what was asked."""
    problem = {"content": {CONTENT_TYPE: {"schema": {"$ref": REF.format(name=ProblemShape.__name__)}}}}
    found: Schema = {"304": {"description": "Nothing has changed since the ETag that was sent as If-None-Match"}}
    for status in sorted({*ANSWERS["get"], *ANSWERS["post"]}):
        headers = {"headers": WITH_STATUS[status]} if status in WITH_STATUS else {}
        found[str(status)] = {"description": TITLES[status], **headers, **problem}
    return found
