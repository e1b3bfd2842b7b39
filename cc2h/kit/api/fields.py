"""A form's fields as JSON Schema, and whether a value of JSON is of a field's kind."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

KINDS: tuple[tuple[type[forms.Field], dict[str, Any]], ...] = (
    (forms.FileField, {"type": "string", "format": "binary"}),
    (forms.DateField, {"type": "string", "format": "date"}),
    (forms.BooleanField, {"type": "boolean"}),
    (forms.ModelChoiceField, {"type": "integer"}),
    (forms.FloatField, {"type": "number"}),
    (forms.DecimalField, {"type": "number"}),
    (forms.IntegerField, {"type": "integer"}),
    (forms.EmailField, {"type": "string", "format": "email"}),
)
WRITE = {
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
    "array": "a list",
    "object": "an object of texts",
}


def schema_of(field: forms.Field) -> dict[str, Any]:
    """What a value of the field looks like; null where it may be left empty."""
    schema = dict(next((schema for kind, schema in KINDS if isinstance(field, kind)), {"type": "string"}))
    if isinstance(field, forms.TypedMultipleChoiceField):
        schema = {"type": "array", "items": {"type": "integer"}}
    elif isinstance(field, forms.MultipleChoiceField):
        schema = {"type": "array", "items": {"type": "string"}}
    elif isinstance(field, forms.TypedChoiceField) and all(value.isdecimal() for value in values_of(field)):
        schema = {"type": "integer"}
    elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        if offered := values_of(field):
            schema["enum"] = [*offered, *([] if field.required else [""])]
    elif getattr(field, "of_lines", False):
        schema = {"type": "array", "items": {"type": "string"}}
    elif columns := getattr(field, "of_rows", ()):
        cells = {name: {"type": "string", "title": label} for name, label in columns}
        schema = {"type": "array", "items": {"type": "object", "properties": cells, "additionalProperties": False}}
    elif isinstance(field, forms.CharField) and field.max_length and schema.get("format") is None:
        schema["maxLength"] = field.max_length
    if not field.required:
        schema["type"] = [schema["type"], "null"]  # as empty as nothing is
        if "enum" in schema:
            schema["enum"].append(None)
    for text in ("label", "help_text"):
        if said := str(getattr(field, text) or ""):
            schema["title" if text == "label" else "description"] = said
    return schema


def values_of(field: forms.Field) -> list[str]:
    """What a field offers to choose from, as long as that is the same for everybody; empty for any other field."""
    offered: Any = getattr(field, "choices", ())
    return [str(getattr(key, "value", key)) for key, _ in offered if key not in ("", None)]


def in_query(name: str, field: forms.Field, *, also: Sequence[str] = ()) -> list[tuple[str, str, dict[str, Any]]]:
    """The parameters that a field of a filter reads: (name, what it means, schema). `also`: values it offers not, and takes."""
    means = " ".join(filter(None, (f"{field.label}.", str(field.help_text or ""))))
    if suffixes := getattr(field.widget, "suffixes", None):
        parts: Any = field
        return [
            (f"{name}_{suffix}", f"{field.label}: {suffix}.", bounded(part))
            for suffix, part in zip(suffixes, parts.fields, strict=True)
        ]
    schema = bounded(field)
    if offered := values_of(field):
        schema["enum"] = [*offered, *also, ""]
    return [(name, means, schema)]


def bounded(field: forms.Field) -> dict[str, Any]:
    """The schema of a field's value in an address, with its bounds."""
    schema = {name: value for name, value in schema_of(field).items() if name in ("type", "format", "maxLength")}
    if isinstance(schema["type"], list):
        schema["type"] = schema["type"][0]
    for word, name in (("minimum", "min_value"), ("maximum", "max_value")):
        if (bound := getattr(field, name, None)) is not None:
            schema[word] = bound
    return schema


def body_of(form: type[forms.BaseForm]) -> dict[str, Any]:
    """The body that fills a form. No field must be sent: one that is left out keeps what the form opens with."""
    fields: Mapping[str, forms.Field] = form.base_fields  # type: ignore[attr-defined]
    return {
        "type": "object",
        "description": (form.__doc__ or "").strip()
        if form.__doc__ and not form.__doc__.startswith(form.__name__ + "(")
        else "",
        "properties": {name: schema_of(field) for name, field in fields.items()},
        "additionalProperties": False,
    }


def wrong_type(field: forms.Field, value: Any) -> str:
    """What to write instead; empty where the value is of the field's kind."""
    schema = schema_of(field)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if value is None:
        return ""  # the form says whether it is needed
    if _is(value, kinds[0]):
        inner = (schema.get("items") or {}).get("type")
        if inner and not all(_is(one, inner) for one in value):
            return f"Write a list, each {WRITE[inner]}."
        names = [name for name, _ in getattr(field, "of_rows", ())]
        if names and not all(name in names and isinstance(cell, str) for one in value for name, cell in one.items()):
            return f"Write a list, each an object of texts by these names: {', '.join(names)}."
        return ""
    return f"Write {WRITE[kinds[0]]}."


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    python = {"string": str, "number": int | float, "integer": int, "array": list, "object": dict}.get(kind)
    return python is not None and isinstance(value, python)
