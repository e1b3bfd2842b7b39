"""Which measures have a target for somebody: the room that keeps targets says so when it is ready."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from cc2h.kit.asat import AsAt

Provider = Callable[[AsAt], Any]  # ids of measures, as a query
_providers: list[Provider] = []


def told_by(provider: Provider) -> None:
    _providers.append(provider)


def has_target(asat: AsAt) -> Q:
    """Of measures: somebody has a target on the page's day."""
    found = Q(pk__in=[])
    for provider in _providers:
        found |= Q(pk__in=provider(asat))
    return found
