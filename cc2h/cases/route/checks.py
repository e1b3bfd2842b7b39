"""What else a finance check says: which line pays. A higher room registers its fields, and what is kept of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from cc2h.cases.models import Submission


@dataclass(frozen=True, slots=True)
class Asking:
    """fields: what the form of the check asks besides, of a submission. save: called as save(outcome, typed, by).

    Saving runs in the transaction of the outcome, and what it raises undoes it.
    """

    fields: Callable[[Submission], Mapping[str, forms.Field]]
    save: Callable[[Any, Mapping[str, Any], Any], None]


_asked: list[Asking] = []


def provide(asking: Asking) -> None:
    """Register what a room asks at the check; called from its AppConfig.ready()."""
    _asked.append(asking)


def fields(submission: Submission) -> dict[str, forms.Field]:
    """What all rooms ask at the check of a submission."""
    return {name: field for asking in _asked for name, field in asking.fields(submission).items()}


def save(outcome: Any, typed: Mapping[str, Any], by: Any) -> None:
    """Every room keeps what was said for it."""
    for asking in _asked:
        asking.save(outcome, typed, by)
