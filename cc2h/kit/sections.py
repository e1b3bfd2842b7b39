"""What higher rooms show on the page of a lower room's record: each registers a `section`, the page asks for `sections`."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cc2h.kit.api.calls import call_of
from cc2h.kit.together import Asking, together


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: a template, which is given the section as `section`. order: the smaller stand first."""

    template: str
    about: Mapping[str, Any]
    order: int = 50


Provider = Callable[[HttpRequest, str, str, Any], Section | Asking[Section | None] | None]
_providers: list[Provider] = []


def section(provider: Provider) -> Provider:
    """Register what a room shows on the pages of records: called as f(request, kind, key, record), None for nothing.

    record: the record as authority sees it (cc2h.accounts.records.Record) where the page has it at hand. One that yields
    its questions (cc2h.kit.together) has them answered with those of all others, in one statement.
    """
    _providers.append(provider)
    return provider


def sections(request: HttpRequest, kind: str, key: str, record: Any = None) -> Sequence[Section]:
    """What other rooms show on this record's page. The API asks those rooms' own addresses instead."""
    if call_of(request) is not None:
        return ()
    found = together([_asking(provider(request, kind, key, record)) for provider in _providers])
    return sorted((one for one in found if one is not None), key=lambda one: one.order)


def _asking(given: Section | Asking[Section | None] | None) -> Asking[Section | None]:
    return (yield from given) if isinstance(given, Generator) else given
