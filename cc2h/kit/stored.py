"""Files' bytes in the database, in pieces: written and read without the whole in memory.

Each room has a table of its own for them: `of` the record, `number`, `data`.
"""

from collections.abc import Iterator
from typing import IO, Any

import psycopg
import structlog
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model
from psycopg import sql

log = structlog.get_logger(__name__)

PIECE = 1 << 20


def bytes_cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    """A cursor of the same connection that sends bytes as they are, not spelt out; `binary=True` fetches them so too."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def keep(pieces: type[Model], of: int, file: IO[bytes]) -> None:
    """Write what is left of the file as the pieces of a record, in the caller's transaction.

    Raises ValidationError when the database's disk has no room for it; that transaction can only be given up.
    """
    table = sql.Identifier(pieces._meta.db_table)
    statement = sql.SQL("INSERT INTO {} (of_id, number, data) VALUES (%s, %s, %s)").format(table)
    try:
        with bytes_cursor() as cursor:
            for number, piece in enumerate(iter(lambda: file.read(PIECE), b"")):
                cursor.execute(statement, [of, number, piece])
    except psycopg.errors.DiskFull as full:
        log.error("no room for a file", table=pieces._meta.db_table)
        raise ValidationError(
            "The portal’s disk is full, so the file could not be kept. Nothing of it is stored. Tell whoever runs the "
            "portal, and send it again once there is room.",
            code="no_room",
        ) from full


def pieces_of(pieces: type[Any], of: int) -> Iterator[bytes]:
    """The stored bytes of a record, a piece at a time."""
    stored = pieces.objects.filter(of=of).order_by("number").values_list("data", flat=True)
    return (bytes(piece) for piece in stored.iterator(chunk_size=1))
