"""A log of statements that took long, with the request they belong to; their values are left out."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db.backends.signals import connection_created

log = structlog.get_logger(__name__)
LONGEST = 2000  # characters of a statement


def timed(execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement; tell of it if it took longer than SLOW_QUERY_SECONDS."""
    began = time.perf_counter()
    try:
        return execute(sql, parameters, many, context)
    finally:
        took = time.perf_counter() - began
        if took > settings.SLOW_QUERY_SECONDS:
            text = " ".join(str(sql).split())[:LONGEST]
            log.warning("slow query", milliseconds=round(took * 1000), sql=text)


def watch(connection: Any, **_: Any) -> None:
    """Watch a connection from when it is made: as the first, since whoever else wraps takes off the last."""
    if timed not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, timed)


def begin() -> None:
    """Watch every connection of this process."""
    connection_created.connect(watch)
