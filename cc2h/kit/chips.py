"""The filters that are on, each in words and with the link that takes it off."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest

from cc2h.kit import words
from cc2h.kit.links import this_page


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is on: what it says, and the page without it."""

    text: str
    remove_url: str


def active_filters(form: forms.BaseForm, request: HttpRequest) -> list[Chip]:
    """A chip for each filter of a valid, bound `form`, in the form's order; none for a form with errors."""
    if not form.is_bound or not form.is_valid():
        return []
    return [chip for bound in form for chip in _chips(bound, form.cleaned_data.get(bound.name), request)]


def kept_parameters(form: forms.BaseForm, request: HttpRequest) -> list[tuple[str, str]]:
    """What else is in the URL (order, page size, day), to go along when filters are applied."""
    return other_parameters(request, {name for bound in form for name in _names(bound)} | {"page"})


def other_parameters(request: HttpRequest, own: Collection[str]) -> list[tuple[str, str]]:
    """What is in the URL besides a form's own parameters."""
    return [(name, value) for name, values in request.GET.lists() if name not in own for value in values if value]


def _chips(bound: forms.BoundField, value: Any, request: HttpRequest) -> Iterator[Chip]:
    names = _names(bound)
    if value is None or value is False or value in ("", [], ()):
        return
    if isinstance(bound.field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        chosen = [str(one) for one in request.GET.getlist(bound.html_name)]
        for one in chosen:
            rest = [other for other in chosen if other != one] or None
            yield Chip(_choice(bound, one), this_page(request, **{bound.html_name: rest, "page": None}))
        return
    text = f"{bound.label}: {_words(bound, value)}" if value is not True else str(bound.label)
    yield Chip(text, this_page(request, **dict.fromkeys(names), page=None))


def _names(bound: forms.BoundField) -> list[str]:
    """The parameters of a field: several for a range."""
    widget = bound.field.widget
    if isinstance(widget, forms.MultiWidget):
        return [part["name"] for part in bound.subwidgets[0].data["subwidgets"]]
    return [bound.html_name]


def _choice(bound: forms.BoundField, value: Any) -> str:
    choices = bound.field.choices  # type: ignore[attr-defined]
    return next((str(label) for key, label in choices if str(key) == str(value)), str(value))


def _words(bound: forms.BoundField, value: Any) -> str:
    if isinstance(value, slice):
        start, stop = _plain(value.start), _plain(value.stop)
        if value.start is None or value.stop is None:
            return f"{start} or more" if value.stop is None else f"{stop} or less"
        return f"{start} to {stop}"
    if isinstance(bound.field, forms.ChoiceField | forms.ModelChoiceField):
        return _choice(bound, bound.value())
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return words.short_day(value)
    return value if isinstance(value, str) else words.number(value) if value is not None else ""
