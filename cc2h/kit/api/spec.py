"""What a page is as a part of the API; said where the page is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

from django import forms

View = TypeVar("View", bound=Callable[..., Any])
Answer = Callable[..., Any]  # (the context of the page, AsAt) -> a msgspec.Struct


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """answer: makes what a GET answers of the page's context. form: what a POST fills; a GET then describes it.

    query: the page's own parameters and what they mean, besides `as_at` and `known`. files: a POST brings files.
    bytes: a GET answers a file as it is.
    """

    answer: Answer | None = None
    form: type[forms.BaseForm] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    files: bool = False
    bytes: bool = False

    @property
    def sends(self) -> str:
        """The content type of what a GET answers."""
        return "*/*" if self.bytes else "application/json"

    @property
    def shape(self) -> Any:
        """The type of what a GET answers."""
        return get_type_hints(self.answer)["return"] if self.answer else None


def reads(answer: Answer, **query: str) -> Callable[[View], View]:
    """The page can be read by the API."""
    return _mark(Spec(answer=answer, query=query))


def writes(
    form: type[forms.BaseForm], query: Mapping[str, str] | None = None, *, files: bool = False
) -> Callable[[View], View]:
    """The page's act can be done by the API. A field of the form is a field of the body."""
    return _mark(Spec(form=form, query=query or {}, files=files))


def sends_bytes(view: View) -> View:
    """The page is a file, and the API sends it as it is."""
    return _mark(Spec(bytes=True))(view)


def _mark(spec: Spec) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.api = spec  # type: ignore[attr-defined]
        return view

    return mark


def spec_of(view: Any) -> Spec | None:
    """What a view has said, or its list page."""
    page = getattr(view, "view_class", None)
    return getattr(page or view, "api", None)
