"""The description of the API for a person: by room, each address with what it takes and what it answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from cc2h.kit.api import openapi
from cc2h.kit.api.fields import body_of
from cc2h.kit.api.openapi import ROOMS, ROOT, Page, Schema

TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}
FORMATS = {"date": "day", "date-time": "moment", "email": "e-mail address", "binary": "file"}
MANY = 12  # choices beyond which a list of them is no help


@dataclass(frozen=True, slots=True)
class Named:
    """A parameter, a field of a body or of an answer: what it is, and what it means. `shape`: the shape it has."""

    name: str
    what: str
    means: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """An address and what it takes and answers. `shape` is the name of the answer's shape; empty for a file."""

    path: str
    anchor: str
    text: str
    methods: str
    parameters: list[Named]
    fields: list[Named]
    shape: str
    rows: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer holds, or a part of one."""

    name: str
    text: str
    fields: list[Named]


@cache
def rooms() -> dict[str, list[Address]]:
    """The room's name → its addresses."""
    found: dict[str, list[Address]] = {room: [] for room in ROOMS.values()}
    for page in openapi.pages():
        found[page.room].append(_address(page))
    return found


@cache
def shapes() -> list[Shape]:
    """Every shape of an answer, by name."""
    schemas = openapi.described()["components"]["schemas"]
    return [
        Shape(name, schema.get("description", ""), [*_named(schema.get("properties", {}))])
        for name, schema in sorted(schemas.items())
    ]


def _address(page: Page) -> Address:
    spec, common = (
        page.spec,
        {one["name"] for one in (*openapi.AS_AT, *openapi.OF_PAGES, openapi.DRY_RUN, openapi.ONCE)},
    )
    asked = [one for one in page.reads if one["name"] not in common]
    answered = page.listing.shape if page.listing else spec.shape
    return Address(
        path=ROOT + page.path,
        anchor=page.name,
        text=page.text,
        methods="GET, POST" if spec.form else "GET",
        parameters=[Named(one["name"], _what(one["schema"])[0], one["description"]) for one in asked],
        fields=[*_named(body_of(spec.form)["properties"])] if spec.form else [],
        shape="Done" if spec.form else answered.__name__ if answered else "",
        rows=bool(page.listing),
    )


def _named(properties: Schema) -> Iterator[Named]:
    for name, schema in properties.items():
        what, shape = _what(schema)
        means = ". ".join(filter(None, (schema.get("title", ""), schema.get("description", ""))))
        yield Named(name, what, means, shape)


def _what(schema: Any) -> tuple[str, str]:
    """What a value is, in words, and the shape in it, if it is or holds one: ("list of", "Line")."""
    if "$ref" in schema:
        return "", schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        parts = [_what(one) for one in schema["anyOf"]]
        words = [what for what, _ in parts if what != "null"]
        nothing = any(what == "null" for what, _ in parts)
        return " or ".join(words) + (", or null" if nothing else ""), next((shape for _, shape in parts if shape), "")
    if "enum" in schema:
        offered = [str(one) for one in schema["enum"] if one not in ("", None)]
        return "one of " + ", ".join(offered) if len(offered) <= MANY else f"one of {len(offered)}", ""
    kinds = schema.get("type", "string")
    several = kinds if isinstance(kinds, list) else [kinds]
    kind, empty = several[0], ", or null" if "null" in several[1:] else ""
    if kind == "null":
        return "null", ""
    if kind == "array":
        what, shape = _what(schema.get("items", {}))
        return f"list of {what and what + 's'}".strip() + empty, shape
    return FORMATS.get(schema.get("format", ""), TYPES[kind]) + empty, ""
