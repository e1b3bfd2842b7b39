"""Databases for tests, as copies of one that is migrated: migrating takes seconds, a copy a fraction of one."""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

ONE_AT_A_TIME = 20181206  # the lock of those who make or copy the migrated one: a copy needs its source undisturbed


def _fingerprint() -> str:
    """Of all that migrations say."""
    digest = hashlib.sha256()
    for _, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        digest.update(Path(sys.modules[migration.__module__].__file__ or "").read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _alone() -> Iterator[None]:
    """No other process of these tests makes or copies databases; our own connection is closed."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield
    connection.close()


def _say(statement: str) -> list[tuple[object, ...]]:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _migrated() -> str:
    """The name of the migrated one, made by whoever asks first; one of other migrations goes."""
    prefix = connection.creation._get_test_db_name().split("_gw")[0] + "_migrated_"
    name = f"{prefix}{_fingerprint()}"
    there = {str(row[0]) for row in _say("SELECT datname FROM pg_database")}
    if name in there:
        return name
    for old in there:
        if old.startswith(prefix):
            _say(f'DROP DATABASE "{old}"')
    half, before = f"{prefix}half", connection.settings_dict["NAME"]
    _say(f'CREATE DATABASE "{half}"')
    connection.settings_dict["NAME"] = half
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    _say(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
    return name


def make(name: str) -> None:
    """Make a database anew, as migrations leave it."""
    with _alone():
        _copy(_migrated(), name)


def _copy(source: str, name: str) -> None:
    _say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _say(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def make_with(load: Callable[[], object], name: str, run: str) -> None:
    """Make a database anew, filled by `load`, which is called once in a run of tests, in whichever process asks first."""
    prefix = f"{connection.creation._get_test_db_name().split('_gw')[0]}_{load.__name__}_"
    filled, before = f"{prefix}{run[:12]}", connection.settings_dict["NAME"]
    with _alone():
        there = {str(row[0]) for row in _say("SELECT datname FROM pg_database")}
        if filled not in there:
            for old in there:
                if old.startswith(prefix):
                    _say(f'DROP DATABASE "{old}" WITH (FORCE)')
            half = f"{prefix}half"
            _copy(_migrated(), half)
            connection.settings_dict["NAME"] = half
            try:
                load()
            finally:
                connection.close()
                connection.settings_dict["NAME"] = before
            _say(f'ALTER DATABASE "{half}" RENAME TO "{filled}"')
        _copy(filled, name)


@contextmanager
def filled_by(load: Callable[[], object], run: str) -> Iterator[str]:
    """The name of a database of this process that `load` has filled (see make_with); it goes afterwards."""
    name = f"{connection.settings_dict['NAME']}_{load.__name__}"
    make_with(load, name, run)
    yield name
    drop(name)


@contextmanager
def instead(name: str, blocker: Any) -> Iterator[None]:
    """Tests are in this database instead of their own."""
    tests = connection.settings_dict["NAME"]
    with blocker.unblock():
        connection.close()
    connection.settings_dict["NAME"] = name
    yield
    with blocker.unblock():
        connection.close()
    connection.settings_dict["NAME"] = tests


def as_a_portal_prepares_it() -> None:
    """Fill the database as starting a portal does the first time: with the demonstration as it stands today."""
    left_out = ("CC2H_ENV", "REDIS_URL", "CC2H_TEST_DATABASE")
    inherited = {name: value for name, value in os.environ.items() if name not in left_out}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "cc2h.config.prepare"],
            env=inherited | {"DATABASE_URL": url(), "CC2H_DATA_DIR": folder},
            cwd=settings.BASE_DIR,
            stdout=subprocess.DEVNULL,
            check=True,
        )


def emptied_by_rows() -> None:
    """After a test that commits, delete the rows it left: to truncate a hundred tables takes longer than most tests."""
    as_ever = connection.ops.sql_flush

    def sql_flush(style: Any, tables: list[str], **how: Any) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser')::boolean")  # who may do without triggers
            if not cursor.fetchone()[0]:
                return as_ever(style, tables, **how)
            cursor.execute(" UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM \"{one}\")" for one in tables))
            filled = [row[0] for row in cursor.fetchall()]
        return ["SET LOCAL session_replication_role = replica", *(f'DELETE FROM "{one}"' for one in filled)]

    connection.ops.sql_flush = sql_flush  # type: ignore[method-assign]


def drop(name: str) -> None:
    """Remove a database, whoever is connected to it."""
    connection.close()
    _say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def url(name: str = "") -> str:
    """The DATABASE_URL of a database on the tests' server; of the test database itself, if none is named."""
    its = connection.settings_dict
    user = quote(its["USER"], safe="") + (f":{quote(its['PASSWORD'], safe='')}" if its["PASSWORD"] else "")
    port = f"&port={its['PORT']}" if its["PORT"] else ""
    return f"postgresql://{user}@/{quote(name or its['NAME'])}?host={quote(its['HOST'], safe='/')}{port}"
