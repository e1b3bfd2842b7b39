"""What papers say of the money, for the page of a budget: a higher room knows the papers, and provides them from ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from cc2h.kit.together import Asking

TOTAL, LOCAL, CENTRAL_RECURRENT = "total", "local", "central recurrent"  # of the lines inside the programme's budget


@dataclass(frozen=True, slots=True)
class Said:
    """What a paper says: in a few words, the amount (None: none, or a range), its basis, and the page that tells of it.

    of: TOTAL, LOCAL, CENTRAL_RECURRENT, the slug of a line, or blank where the ledger gives nothing for it.
    """

    says: str
    value: Decimal | None
    paper: str
    basis: str
    of: str
    address: str
    key: str


Provider = Callable[[int, int], Asking[list[Said]]]
_providers: list[Provider] = []


def provide(said: Provider) -> None:
    """Register what is asked for what papers say of a commissioner's money in a financial year; the latest one counts."""
    _providers.append(said)


def of_year(commissioner_id: int, year: int) -> Asking[list[Said]]:
    """What papers say of the year."""
    return (yield from _providers[-1](commissioner_id, year)) if _providers else []
