"""Files are looked into for viruses by clamd, where the portal has one (CC2H_CLAMAV): by a worker, after they came.

What was found stands beside the content, by its SHA-256: the same file brought again is known. While scanning is on, a file
that has not been looked into opens only to whoever brought it; one with a virus opens to nobody, for good. While clamd is
away the work waits and is tried again, and the page about operations says so.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef
from django.db.models.functions import Now

from cc2h.kit import clamd, work
from cc2h.kit.models import Scan, ScanState
from cc2h.kit.stored import pieces_of

log = structlog.get_logger(__name__)

KIND = "virus scan"
AT_ONCE = 1_000  # files that came before scanning was on, taken up at a time
_holders: list[tuple[type[Any], type[Model]]] = []


def holds(files: type[Model], pieces: type[Model]) -> None:
    """Register a table of files, which has `sha256`, and the one of their bytes; called from AppConfig.ready()."""
    _holders.append((files, pieces))


def is_on() -> bool:
    return settings.CLAMAV is not None


def ask_for(sha256: str) -> None:
    """Have a file looked into, in the transaction that keeps it. Nothing where scanning is off, or it is known."""
    if is_on():
        _ask_for([sha256])


def _ask_for(found: Iterable[str]) -> None:
    wanted = {*found}
    known = {*Scan.objects.filter(sha256__in=wanted).values_list("sha256", flat=True)}
    Scan.objects.bulk_create([Scan(sha256=one) for one in sorted(wanted - known)], ignore_conflicts=True)
    for pk in Scan.objects.filter(sha256__in=wanted - known).values_list("pk", flat=True):
        work.leave(kind=KIND, key=str(pk), from_day=None, reason="A file came")


@work.handles(KIND)
def scan(key: str, from_day: date | None) -> None:
    """Look into a file. Raises NoAnswer while clamd is away: tried again later."""
    found = Scan.objects.filter(pk=key).exclude(state=ScanState.INFECTED).first()
    content = None if found is None else _bytes(found.sha256)
    if found is None or content is None:  # it went with its programme
        return
    if settings.CLAMAV is None:
        raise clamd.NoAnswer("Scanning is switched off while a file waits for it. Set CC2H_CLAMAV.")
    virus = clamd.ask(*settings.CLAMAV, content)
    if virus:
        log.warning("virus found", sha256=found.sha256, virus=virus)
    found.state, found.virus, found.scanned_at = ScanState.INFECTED if virus else ScanState.CLEAN, virus[:200], Now()
    found.save(update_fields=["state", "virus", "scanned_at"])


def _bytes(sha256: str) -> Iterator[bytes] | None:
    for files, pieces in _holders:
        pk = files.objects.filter(sha256=sha256).values_list("pk", flat=True).first()
        if pk is not None:
            return pieces_of(pieces, pk)
    return None


def catch_up() -> int:
    """Have files looked into that came while scanning was off; returns how many."""
    if not is_on():
        return 0
    asked = 0
    for files, _ in _holders:
        known = Scan.objects.filter(sha256=OuterRef("sha256"))
        unknown = files.objects.filter(~Exists(known)).values_list("sha256", flat=True)
        left = list(unknown.order_by("sha256").distinct()[:AT_ONCE])
        _ask_for(left)
        asked += len(left)
    return asked


# Whether a file opens ----------------------------------------------------------------------------------


def states(found: Iterable[str]) -> dict[str, str]:
    """By SHA-256: `infected`, `waiting` while scanning is on and the file has not been looked into, else blank."""
    wanted = {*found}
    known = dict(Scan.objects.filter(sha256__in=wanted).values_list("sha256", "state")) if wanted else {}
    return {one: _state(known.get(one, ScanState.WAITING)) for one in wanted}


def _state(state: str) -> str:
    if state == ScanState.INFECTED:
        return "infected"
    return "waiting" if state == ScanState.WAITING and is_on() else ""


def state_of(sha256: str) -> str:
    return states([sha256])[sha256]


def require_open(user: Any, sha256: str, brought_by: int | None) -> None:
    """Raise PermissionDenied, in words, where the file does not open to this person."""
    state = state_of(sha256)
    if state == "infected":
        raise PermissionDenied("A virus was found in this file. It is handed to nobody.")
    if state == "waiting" and (brought_by is None or brought_by != user.pk):
        raise PermissionDenied(
            "This file is still to be looked into for viruses. Until then it opens only to whoever brought it."
        )
