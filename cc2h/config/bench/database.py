"""A database of the bench's own, made for one run and dropped after it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.management import call_command
from django.db import connection

HERE = Path(__file__).parent


def run_file(name: str, **parameters: Any) -> None:
    """Run the statements of a file of this folder, one after the other, each in a transaction of its own."""
    with connection.cursor() as cursor:
        for statement in statements(name):
            cursor.execute(statement, parameters)


def statements(name: str) -> list[str]:
    """The statements of a file of this folder."""
    return [statement for statement in (HERE / name).read_text().split(";\n") if statement.strip()]


@contextmanager
def scratch_database(today: date) -> Iterator[str]:
    """The default connection in a new database with the bench's load; yields its URL, for other processes."""
    settings = connection.settings_dict
    before = {name: settings[name] for name in ("NAME", "OPTIONS", "CONN_MAX_AGE")}
    name = f"cc2h_bench_{os.getpid()}"
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        # one connection that stays: what is measured is the work, not the way to it
        options = {key: value for key, value in settings["OPTIONS"].items() if key != "pool"}
        settings.update(NAME=name, OPTIONS=options, CONN_MAX_AGE=None)
        call_command("migrate", interactive=False, verbosity=0)
        run_file("load.sql", today=today)
        yield _url(settings)
    finally:
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        settings.update(before)


def _url(settings: dict[str, Any]) -> str:
    user = quote(settings["USER"], safe="") + (
        f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    )
    port = f"&port={settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{user}@/{quote(settings['NAME'])}?host={quote(settings['HOST'], safe='/')}{port}"
