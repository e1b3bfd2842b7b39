"""What is drawn on charts of series: notes, changes of membership, and what higher rooms register."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from cc2h.kit.asat import AsAt
from kpis.whose import Whose


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, or went on, in days of a series: drawn on its chart. url: where to read on."""

    first: date
    last: date
    text: str
    kind: str
    url: str = ""


Provider = Callable[[Whose, AsAt], Iterable[Mark]]
_providers: list[Provider] = []


def provide_marks(provider: Provider) -> Provider:
    """Register what a room knows of an organisation's days: called as f(whose, asat) from its AppConfig.ready()."""
    _providers.append(provider)
    return provider


def others(whose: Whose, asat: AsAt) -> list[Mark]:
    """What higher rooms know of it."""
    return [mark for provider in _providers for mark in provider(whose, asat)]
