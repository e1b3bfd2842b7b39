"""How the portal runs, for the people who run it: read for the operations page and for /metrics."""

import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from cc2h.config.health import applied, migrations

QUEUES = {"celery": "everything but charts", "charts": "charts"}
BROKER_SECONDS = 0.5
LATEST = 15  # jobs and files that are shown
LARGEST = 10  # tables that are shown


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work of one kind that is not done. seconds: since the oldest was left. failed: how many were tried in vain."""

    kind: str
    pieces: int
    under_way: int
    failed: int
    seconds: float
    last_error: str


@dataclass(frozen=True, slots=True)
class Job:
    """Work that was done. seconds: from when it was left. request: the id of the request that made it needed."""

    kind: str
    key: str
    reason: str
    done_at: datetime
    seconds: float
    attempts: int
    request: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its indexes."""

    name: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk the portal writes to."""

    what: str
    free: int
    size: int

    @property
    def percent_free(self) -> int:
        return 100 * self.free // self.size if self.size else 0


def waiting() -> list[Waiting]:
    """Work that waits, is under way or has failed, a row for each kind."""
    return [
        Waiting(*row)
        for row in _rows(
            """
            SELECT kind, count(*), count(*) FILTER (WHERE lease_until > clock_timestamp() AND last_error = ''),
                   count(*) FILTER (WHERE last_error <> ''),
                   extract(epoch FROM clock_timestamp() - min(created_at))::float,
                   coalesce(max(last_error), '')
            FROM kit_work WHERE done_at IS NULL GROUP BY kind ORDER BY kind
            """
        )
    ]


def last_jobs() -> list[Job]:
    """What was done last, the newest first."""
    return [
        Job(*row)
        for row in _rows(
            """
            SELECT kind, key, string_agg(DISTINCT reason, ', '), max(done_at),
                   extract(epoch FROM max(done_at) - min(created_at))::float, max(attempts),
                   string_agg(DISTINCT nullif(request_id, ''), ' ')
            FROM (SELECT * FROM kit_work WHERE done_at IS NOT NULL ORDER BY done_at DESC LIMIT 200) latest
            GROUP BY claimed_by, kind, key ORDER BY 4 DESC LIMIT %s
            """,
            [LATEST],
        )
    ]


def files_by_state() -> dict[str, int]:
    """How many imported files are in each state."""
    return dict(_rows("SELECT state, count(*) FROM kit_import GROUP BY state ORDER BY state"))


def tables() -> list[Table]:
    """The largest tables; rows as PostgreSQL last counted them."""
    return [
        Table(*row)
        for row in _rows(
            """
            SELECT c.relname, pg_total_relation_size(c.oid), greatest(c.reltuples, 0)::bigint
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 2 DESC LIMIT %s
            """,
            [LARGEST],
        )
    ]


def connections() -> tuple[int, int]:
    """Connections to this database now, and how many the server allows in all."""
    ((now, allowed),) = _rows(
        """
        SELECT count(*) FILTER (WHERE datname = current_database()), current_setting('max_connections')::int
        FROM pg_stat_activity
        """
    )
    return int(now), int(allowed)


def _rows(statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def queues() -> dict[str, int] | None:
    """How many messages wait in each queue of the broker; None when it does not answer."""
    try:
        with _broker() as broker:
            return {name: int(broker.llen(name)) for name in QUEUES}
    except (redis.RedisError, OSError):
        return None


def _broker() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=BROKER_SECONDS,
        socket_timeout=BROKER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def broker_version() -> str:
    """What the broker says it is; blank when it does not answer."""
    try:
        with _broker() as broker:
            told: Any = broker.info("server")
            name = told.get("server_name", "redis").capitalize()
            return f"{name} {told.get('valkey_version') or told.get('redis_version')}"
    except (redis.RedisError, OSError):
        return ""


def versions() -> dict[str, str]:
    """What runs, in which version."""
    ((server,),) = _rows("SHOW server_version")
    missing = migrations() - applied()
    return {
        "Portal": version_of_portal(),
        "Migrations": f"{len(missing)} missing" if missing else "all applied",
        "Python": platform.python_version(),
        "Django": version("django"),
        "PostgreSQL": str(server).split()[0],
        "Broker": broker_version() or "does not answer",
    }


def version_of_portal() -> str:
    """The version that was built, or the one of the checkout."""
    return str(settings.VERSION)


def disks() -> list[Disk]:
    """The disk of the data folder, where uploads wait and logs are written."""
    usage = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else "/")
    return [Disk("Data folder: logs, uploads on their way", usage.free, usage.total)]


def database_disk() -> Disk | None:
    """The disk where PostgreSQL keeps the database. None where that is on another machine, or it does not say where.

    A role that may not read the setting gets no row; a server on this machine has the address that we come from.
    """
    found = _rows(
        """
        SELECT setting FROM pg_settings
        WHERE name = 'data_directory' AND inet_server_addr() IS NOT DISTINCT FROM inet_client_addr()
        """
    )
    try:
        usage = shutil.disk_usage(found[0][0]) if found else None
    except OSError:  # of another container, or closed to us
        return None
    return Disk("Database’s disk", usage.free, usage.total) if usage else None
