"""Work to do: rows written in the same transaction as the change that makes them needed.

The rows are the truth. The broker only wakes a worker early; a sweep finds whatever was lost. A worker claims
rows by a conditional UPDATE with a lease, and marks them done in the transaction that holds their result, so
that running twice changes nothing and dying half-way loses nothing. While it works, a keeper beside it renews the
lease on a connection of its own, and stops the work if somebody calls it off.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import psycopg
import structlog
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction

log = structlog.get_logger(__name__)

Handler = Callable[[str, date | None], None]
GiveUp = Callable[[str, int], None]
CalledOff = Callable[[str], bool]
LOOK_SECONDS = 1.0  # how often a keeper looks whether work was called off
KEPT_DAYS = 90  # how long work that was done is kept, to be looked into
CANCEL_SECONDS = 5.0  # how long it waits for the server to take a cancellation


@dataclass(frozen=True)
class Kind:
    """How work of a kind is done; see `handles`."""

    do: Handler
    give_up: GiveUp | None = None
    called_off: CalledOff | None = None
    in_no_hurry: bool = False


kinds: dict[str, Kind] = {}


@dataclass(frozen=True)
class Claim:
    """What one worker has taken on: rows of one kind and key, and the earliest day any of them asks for.

    `by` is of this claim alone, so that whoever had the rows before knows that they have gone to another.
    """

    by: str
    kind: str
    key: str
    ids: list[int]
    from_day: date | None
    attempts: int
    requests: tuple[str, ...] = ()  # in which the work was left, for the log


def handles(
    kind: str, *, give_up: GiveUp | None = None, called_off: CalledOff | None = None, in_no_hurry: bool = False
) -> Callable[[Handler], Handler]:
    """Register the function that does the work of `kind`: called as `f(key, from_day)` in a transaction.

    give_up: called instead, as `f(key, attempts)`, once WORK_ATTEMPTS attempts failed or killed their worker; the
    work is then done. Without it work is tried for ever. called_off: whether the work of a key is no longer wanted
    although it is being done, as committed; it is asked beside the work, which is then stopped and undone.
    in_no_hurry: it is done when nothing waits of a kind that somebody is waiting for.
    """

    def register(function: Handler) -> Handler:
        kinds[kind] = Kind(function, give_up, called_off, in_no_hurry)
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
    send("cc2h.kit.tasks.sweep")


def send(task: str, queue: str = "celery") -> None:
    """Ask a worker for a task that finds its work in the database, if the broker answers at once."""
    try:
        current_app.send_task(task, queue=queue, retry=False, expires=60, ignore_result=True)
    except Exception as problem:  # the broker's absence must never lose or fail a saved edit
        log.warning("broker did not answer; what waits will be found later", task=task, problem=str(problem))


def waiting() -> list[tuple[str, str]]:
    """The (kind, key) pairs that a worker may claim now: what somebody waits for before the rest, each oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT kind, key FROM kit_work
            WHERE done_at IS NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())
            GROUP BY kind, key ORDER BY kind = ANY(%s), min(id)
            """,
            [[name for name, kind in kinds.items() if kind.in_no_hurry]],
        )
        return [(kind, key) for kind, key in cursor.fetchall()]


def claim(kind: str, key: str) -> Claim | None:
    """Take all waiting rows of a kind and key for the length of the lease, or None if another worker has them."""
    by = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE kit_work SET lease_until = clock_timestamp() + make_interval(secs => %s),
                                claimed_by = %s, attempts = attempts + 1
            WHERE id IN (SELECT id FROM kit_work
                         WHERE kind = %s AND key = %s AND done_at IS NULL
                           AND (lease_until IS NULL OR lease_until < clock_timestamp())
                         ORDER BY id FOR UPDATE SKIP LOCKED)
            RETURNING id, from_day, attempts, request_id
            """,
            [settings.WORK_LEASE_SECONDS, by, kind, key],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    days = [day for _, day, *_ in rows if day is not None]
    from_day = min(days) if len(days) == len(rows) else None
    requests = tuple(sorted({row[3] for row in rows if row[3]}))
    return Claim(by, kind, key, [row[0] for row in rows], from_day, max(row[2] for row in rows), requests)


def perform(claimed: Claim) -> bool:
    """Do the claimed work and mark it done in one transaction; False if another worker took it over meanwhile.

    A failure is recorded on the rows and tried again later, ever more slowly, until the kind gives up, if it does.
    """
    with structlog.contextvars.bound_contextvars(request_id=" ".join(claimed.requests)):
        return _perform(claimed)


def _perform(claimed: Claim) -> bool:
    kind = kinds[claimed.kind]
    keeper = _Keeper(claimed)
    began = time.perf_counter()
    try:
        with keeper, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = %s", [f"{settings.WORK_STATEMENT_SECONDS}s"])
            if kind.give_up and claimed.attempts > settings.WORK_ATTEMPTS:
                log.error("work given up", kind=claimed.kind, key=claimed.key, attempts=claimed.attempts - 1)
                kind.give_up(claimed.key, claimed.attempts - 1)
            else:
                kind.do(claimed.key, claimed.from_day)
            done = _mark_done(claimed)
            if not done:
                transaction.set_rollback(True)
        took = round((time.perf_counter() - began) * 1000)
        log.info("work done" if done else "work taken over", kind=claimed.kind, key=claimed.key, milliseconds=took)
        return done
    except Exception as problem:
        if keeper.called_off:
            log.info("work called off", kind=claimed.kind, key=claimed.key)
            return _mark_done(claimed)
        log.exception("work failed", kind=claimed.kind, key=claimed.key)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE kit_work SET last_error = %s,
                    lease_until = clock_timestamp() + make_interval(secs => least(300, 2 ^ least(attempts, 9)))
                WHERE id = ANY(%s) AND claimed_by = %s AND done_at IS NULL
                """,
                [str(problem)[:2000], claimed.ids, claimed.by],
            )
        return False


def _mark_done(claimed: Claim) -> bool:
    """Mark the work done; False where another worker has taken it over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE kit_work SET done_at = clock_timestamp(), lease_until = NULL
            WHERE id = ANY(%s) AND claimed_by = %s AND done_at IS NULL
            """,
            [claimed.ids, claimed.by],
        )
        done: bool = cursor.rowcount == len(claimed.ids)
        return done


class _Keeper:
    """Beside work while it is done (`with`): renews its lease, and cancels what it is at when it was called off.

    A thread with a connection of its own, which it opens when it first has something to do: short work never does.
    """

    def __init__(self, claimed: Claim) -> None:
        self.claimed, self.called_off = claimed, False
        self.over, self.thread = threading.Event(), threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> None:
        connection.ensure_connection()
        self.working = connection.connection
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _keep(self) -> None:
        asked = kinds[self.claimed.kind].called_off
        third = settings.WORK_LEASE_SECONDS / 3
        try:
            while not self.over.wait(min(third, LOOK_SECONDS) if asked else third):
                try:
                    self._renew()
                    self.called_off = self.called_off or bool(asked and asked(self.claimed.key))
                except DatabaseError as problem:  # the lease may hold until the next time
                    log.warning("lease not renewed", kind=self.claimed.kind, key=self.claimed.key, problem=str(problem))
                    connection.close()
                if self.called_off:
                    self._cancel()
        finally:
            connection.close()

    def _cancel(self) -> None:
        """Stop the statement that is running; between two of them this does nothing, and is done again."""
        with suppress(psycopg.Error):
            self.working.cancel_safe(timeout=CANCEL_SECONDS)

    def _renew(self) -> None:
        """Rows that are locked are being marked done, or given to another worker."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE kit_work SET lease_until = clock_timestamp() + make_interval(secs => %s)
                WHERE id IN (SELECT id FROM kit_work WHERE id = ANY(%s) AND claimed_by = %s AND done_at IS NULL
                             FOR UPDATE SKIP LOCKED)
                """,
                [settings.WORK_LEASE_SECONDS, self.claimed.ids, self.claimed.by],
            )


def sweep(*, besides: Collection[str] = ()) -> int:
    """Do everything that waits; returns how many claims were done. Safe to run in several workers at once.

    besides: kinds that are left to somebody else.

    What waits is asked again after each: a file that comes in while a country is worked out is next, not last.
    """
    done, tried = 0, set[tuple[str, str]]()
    while found := next((pair for pair in waiting() if pair not in tried and pair[0] not in besides), None):
        tried.add(found)
        claimed = claim(*found)
        if claimed is not None and perform(claimed):
            done += 1
    return done


def forget() -> int:
    """Delete work that was done more than KEPT_DAYS ago; returns how many rows. What failed or waits is never old."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM kit_work WHERE done_at < clock_timestamp() - make_interval(days => %s)", [KEPT_DAYS]
        )
        return cursor.rowcount


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
