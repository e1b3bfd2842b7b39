"""Work to do: rows written in the same transaction as the change that makes them needed.

The rows are the truth. The broker only wakes a worker early; a sweep finds whatever was lost. A worker claims
rows by a conditional UPDATE with a lease, and marks them done in the transaction that holds their result, so
that running twice changes nothing and dying half-way loses nothing.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection, transaction

log = structlog.get_logger(__name__)

Handler = Callable[[str, date | None], None]
handlers: dict[str, Handler] = {}
WORKER = f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True)
class Claim:
    """What one worker has taken on: rows of one kind and key, and the earliest day any of them asks for."""

    kind: str
    key: str
    ids: list[int]
    from_day: date | None


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does the work of `kind`: called as `f(key, from_day)` in a transaction."""

    def register(function: Handler) -> Handler:
        handlers[kind] = function
        return function

    return register


def leave(*, kind: str, key: str, from_day: date | None, reason: str) -> None:
    """Leave work to do in the caller's transaction and wake a worker after commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_work (kind, key, from_day, reason) VALUES (%s, %s, %s, %s)",
            [kind, key, from_day, reason],
        )
    nudge()


def nudge() -> None:
    """Wake a worker after commit, if the broker answers at once. If it does not, the sweep will find the work."""
    if all(function is not _send for _, function, *_ in connection.run_on_commit):  # once a transaction is enough
        transaction.on_commit(_send)


def _send() -> None:
    try:
        current_app.send_task("cc2h.kit.tasks.sweep", retry=False, expires=60, ignore_result=True)
    except Exception as problem:  # the broker's absence must never lose or fail a saved edit
        log.warning("broker did not answer; the sweep will find the work", problem=str(problem))


def waiting() -> list[tuple[str, str]]:
    """The (kind, key) pairs that a worker may claim now, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT kind, key FROM kit_work
            WHERE done_at IS NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())
            GROUP BY kind, key ORDER BY min(id)
            """
        )
        return [(kind, key) for kind, key in cursor.fetchall()]


def claim(kind: str, key: str) -> Claim | None:
    """Take all waiting rows of a kind and key for the length of the lease, or None if another worker has them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE kit_work SET lease_until = clock_timestamp() + make_interval(secs => %s),
                                claimed_by = %s, attempts = attempts + 1
            WHERE id IN (SELECT id FROM kit_work
                         WHERE kind = %s AND key = %s AND done_at IS NULL
                           AND (lease_until IS NULL OR lease_until < clock_timestamp())
                         ORDER BY id FOR UPDATE SKIP LOCKED)
            RETURNING id, from_day
            """,
            [settings.WORK_LEASE_SECONDS, WORKER, kind, key],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    days = [day for _, day in rows if day is not None]
    return Claim(kind, key, [row[0] for row in rows], min(days) if len(days) == len(rows) else None)


def perform(claimed: Claim) -> bool:
    """Do the claimed work and mark it done in one transaction; False if another worker took it over meanwhile.

    A failure is recorded on the rows and tried again later, ever more slowly.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            handlers[claimed.kind](claimed.key, claimed.from_day)
            cursor.execute(
                """
                UPDATE kit_work SET done_at = clock_timestamp(), lease_until = NULL, last_error = ''
                WHERE id = ANY(%s) AND claimed_by = %s AND done_at IS NULL
                """,
                [claimed.ids, WORKER],
            )
            if cursor.rowcount != len(claimed.ids):
                transaction.set_rollback(True)
                return False
    except Exception as problem:
        log.exception("work failed", kind=claimed.kind, key=claimed.key)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE kit_work SET last_error = %s,
                    lease_until = clock_timestamp() + make_interval(secs => least(300, 2 ^ attempts))
                WHERE id = ANY(%s) AND claimed_by = %s
                """,
                [str(problem)[:2000], claimed.ids, WORKER],
            )
        return False
    return True


def sweep() -> int:
    """Do everything that waits; returns how many claims were done. Safe to run in several workers at once."""
    done = 0
    for kind, key in waiting():
        claimed = claim(kind, key)
        if claimed is not None and perform(claimed):
            done += 1
    return done


def pending(kind: str, keys: list[str] | None = None) -> int:
    """How many rows of a kind (and of these keys, if given) are not done yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM kit_work
            WHERE kind = %s AND done_at IS NULL AND (%s::text[] IS NULL OR key = ANY(%s))
            """,
            [kind, keys, keys],
        )
        return cursor.fetchone()[0]
