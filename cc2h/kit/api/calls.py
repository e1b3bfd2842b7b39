"""One request of the API while a page's view answers it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django import forms
from django.contrib.messages import get_messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from cc2h.kit.api.fields import schema_of, wrong_type
from cc2h.kit.api.problems import JSON, MULTIPART, Difference, FieldError, Problem
from cc2h.kit.api.spec import Spec
from cc2h.kit.asat import asat_of


class Choice(msgspec.Struct):
    """What a field can be, and what that means."""

    value: str | int | None
    label: str


class FieldShape(msgspec.Struct):
    """A field of a body: what a person would see of it. `value` is what holds when the field is left out."""

    label: str
    help: str
    required: bool
    value: str | int | float | bool | list[str | int | dict[str, str]] | None
    choices: list[Choice] | None


class FormShape(msgspec.Struct):
    """What a POST to this address does, and its fields by name."""

    act: str
    lede: str
    fields: dict[str, FieldShape]


class Line(msgspec.Struct):
    """A number before and after the act."""

    what: str
    before: str
    after: str
    change: str


class EffectShape(msgspec.Struct):
    """What an act would change; nothing has been changed."""

    sentences: list[str]
    rows: list[Line]
    warnings: list[str]


class Record(msgspec.Struct):
    """A record that an act has written: addresses of later acts name its id."""

    kind: str
    id: int


class Done(msgspec.Struct):
    """What an act has done, in a sentence; or, asked with `dry_run=1`, what it would do.

    `page` is where a person is led: with /api/v1 before it, where it can be read.
    """

    done: str
    records: list[Record] = []
    page: str = ""
    said: list[str] = []
    dry_run: bool = False
    effect: EffectShape | None = None


def _plain(value: Any) -> Any:
    """What msgspec does not know by itself: text that is marked as safe HTML, and what is worked out late."""
    return str.__str__(value) if type(value) is not str and isinstance(value, str) else str(value)


encode = msgspec.json.Encoder(decimal_format="number", enc_hook=_plain).encode


def respond(shape: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(encode(shape), status=status, content_type=JSON)


class Call:
    """A request of the API, on its way through the view of a page."""

    def __init__(self, request: HttpRequest, spec: Spec) -> None:
        self.request, self.spec = request, spec
        self.dry_run = request.GET.get("dry_run", "") not in ("", "0", "false")
        self._typed: dict[str, Any] | None = None

    # Reading ------------------------------------------------------------------------------------------
    def answered(self, context: Mapping[str, Any]) -> HttpResponse:
        """What the page would show."""
        if self.spec.answer is None:
            raise Problem(400, "Say more in the address: this page would ask a person to choose.")
        return respond(self.spec.answer(context, asat_of(self.request)))

    # Writing ------------------------------------------------------------------------------------------
    @property
    def typed(self) -> dict[str, Any]:
        """The body's fields as they were sent."""
        if self._typed is None:
            self._typed = self._read()
        return self._typed

    def _read(self) -> dict[str, Any]:
        kind = self.request.content_type or ""
        if kind == MULTIPART:
            return {name: self.request.POST[name] for name in self.request.POST}
        body = self.request.body
        if not body:
            return {}
        if kind != JSON:
            raise Problem(415, f"Send {MULTIPART if self.spec.files else JSON}, not “{kind[:60]}”.")
        try:
            typed = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise Problem(400, f"The body is no JSON: {error}.") from None
        if not isinstance(typed, dict):
            raise Problem(400, 'Send an object: {"field": "value"}.')
        if "\\u0000" in body.decode(errors="replace") and "\0" in repr(typed).replace("\\x00", "\0"):
            raise Problem(400, "A text of the body holds a character that is none (U+0000).")
        return typed

    def fill(self, form: forms.BaseForm) -> None:
        """Give the form what was sent. A field left out keeps what the form shows when it is opened."""
        wrong = [
            FieldError(name, f"There is no field of this name. There are: {', '.join(form.fields) or 'none'}.")
            for name in (*self.typed, *self.request.FILES)
            if name not in form.fields
        ]
        data = QueryDict(mutable=True)
        for name, field in form.fields.items():
            value = self.typed.get(name) if name in self.typed else field.prepare_value(form[name].initial)
            if name in self.typed and self.request.content_type == JSON and (said := wrong_type(field, value)):
                wrong.append(FieldError(name, said))
            else:
                data.setlist(form.add_prefix(name), as_sent(field, value))
        if wrong:
            raise Problem(422, errors=wrong)
        form.data, form.files = data, self.request.FILES

    def described(self, form: forms.BaseForm, heading: str, lede: str) -> HttpResponse:
        """The form itself, for whoever is to fill it."""
        fields = {bound.name: _described(bound) for bound in form}
        return respond(FormShape(heading, lede, fields))

    def refused(self, form: forms.BaseForm) -> Problem:
        """What is wrong with what was sent."""
        errors = [
            FieldError("" if name == NON_FIELD_ERRORS else name, str(message))
            for name, messages in form.errors.items()
            for message in messages
        ]
        return Problem(422, errors=errors)

    def overtaken(
        self, by: str, at: datetime | None, changes: Sequence[Mapping[str, str]], latest: int | None, gone: str
    ) -> Problem:
        """Somebody saved first."""
        told = [Difference(row["field"], row["theirs"], row["yours"]) for row in changes]
        detail = f"{by} has changed this meanwhile." if not gone else f"{by} has taken this back meanwhile: {gone}"
        return Problem(409, detail, by=by, at=at.isoformat() if at else None, changes=told, latest=latest)

    def foretold(self, effect: Any | None) -> HttpResponse:
        """What the act would do."""
        shape = None
        if effect is not None:
            rows = [
                Line(**{name: str(row.get(name, "")) for name in ("what", "before", "after", "change")})
                for row in effect.rows
            ]
            shape = EffectShape([str(one) for one in effect.sentences], rows, [str(one) for one in effect.warnings])
        return respond(Done("", dry_run=True, effect=shape))

    def done(self, sentence: str, result: Any, page: str) -> HttpResponse:
        """What the act has done."""
        found = result if isinstance(result, list | tuple) else [result]
        records = [Record(str(one._meta.model_name), one.pk) for one in found if isinstance(one, Model) and one.pk]
        return respond(Done(sentence, records, page, [str(message) for message in get_messages(self.request)]))


def call_of(request: HttpRequest) -> Call | None:
    """The API's request that the view is answering; None for a browser's."""
    return getattr(request, "api", None)


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The page, or for the API what is on it."""
    call = call_of(request)
    return call.answered(context) if call else render(request, template, dict(context), status=status)


def as_sent(field: forms.Field, value: Any) -> list[str]:
    """A value of JSON as a browser would send it."""
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if getattr(field, "of_rows", ()):
        return [json.dumps(value)]
    if isinstance(value, list | tuple | set):
        texts = [str(getattr(one, "pk", one)) for one in value]
        return texts if getattr(field.widget, "allow_multiple_selected", False) else ["\n".join(texts)]
    if isinstance(value, date):
        return [value.isoformat()]
    return [str(getattr(value, "pk", value))]


def _described(bound: forms.BoundField) -> FieldShape:
    field = bound.field
    value = field.prepare_value(bound.initial)
    if isinstance(value, date):
        value = value.isoformat()
    elif getattr(field, "of_lines", False):
        value = str(value or "").splitlines()
    elif isinstance(value, Decimal):
        value = float(value)
    elif isinstance(value, list | tuple | set):
        value = [getattr(one, "pk", one) for one in value]
    elif isinstance(value, Model):
        value = value.pk
    offered = getattr(field, "choices", None)
    whole = schema_of(field).get("type") in ("integer", ["integer", "null"]) or "integer" in str(
        schema_of(field).get("items")
    )
    choices = None
    if offered is not None:
        choices = [Choice(_choice(key, whole=whole), str(label)) for key, label in offered if key not in ("", None)]
    label = str(bound.label) if not bound.is_hidden else "The version that was read"
    return FieldShape(label, str(field.help_text), field.required, value, choices)


def _choice(key: Any, *, whole: bool) -> str | int:
    value = getattr(key, "value", key)
    return int(value) if whole and str(value).isdecimal() else str(value)
