"""What every service that writes shares: one transaction, refusals in words, nobody's edit overwritten unseen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import pghistory
from django.db import connection, transaction

from cc2h.kit.dated import Dated, StaleRecord
from cc2h.kit.problems import told

Record = TypeVar("Record", bound=Dated)


@contextmanager
def writing(by: Any) -> Iterator[None]:
    """One transaction in the name of `by`, whose deferred guards are asked before it ends.

    A refusal of the database becomes a ValidationError in words. Don't nest it half-way through a change:
    the guards are asked at the end of the inner one too.
    """
    who = {"user": by.pk} if by is not None else {}
    with _outermost(), pghistory.context(**who), told(), transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


_kept_later: ContextVar[list[Callable[[], None]] | None] = ContextVar("kept_later", default=None)


def stays(keep: Callable[[], None]) -> None:
    """Record that something was refused: now, or after what is around it has been undone (`keeping`)."""
    later = _kept_later.get()
    if later is None:
        keep()
    else:
        later.append(keep)


@contextmanager
def keeping() -> Iterator[None]:
    """Around a transaction that a refusal undoes whole: what `stays` is recorded after it."""
    later: list[Callable[[], None]] = []
    token = _kept_later.set(later)
    try:
        yield
    finally:
        _kept_later.reset(token)
        for keep in later:
            keep()


@contextmanager
def _outermost() -> Iterator[None]:
    """What an act records of a refusal is kept once all of the act has been undone."""
    if _kept_later.get() is not None:
        yield
        return
    with keeping():
        yield


def still_held(version: Record) -> Record:
    """The version as the database has it; raises StaleRecord when somebody else has closed it since."""
    model = type(version)
    found = model.objects.get(pk=version.pk)
    if not found.held.upper_inf:
        raise StaleRecord(found, model.objects.held().filter(thread=version.thread).order_by("-pk").first())
    return found
