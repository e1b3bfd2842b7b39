"""A back-up is everything: restored into an empty database, each table is the same and every figure still follows."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cc2h.config import backup


def contents() -> dict[str, tuple[int, str]]:
    """Of every table how many rows it has, and what all of them say."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()
    return found


def guards() -> list[tuple[str, ...]]:
    """Every constraint, trigger and index by its definition."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            ORDER BY 1, 2, 3
            """
        )
        # PostgreSQL writes the same list of words in two ways, before and after a restoring
        told = cursor.fetchall()
    return [(table, name, re.sub(r"::[a-z]+( varying)?(\[\])?|[()]", "", text)) for table, name, text in told]


@contextmanager
def in_database(name: str) -> Iterator[None]:
    """Another database of the same server."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture
def empty_database(_database_of_the_demonstration: str, django_db_blocker: Any) -> Iterator[str]:
    name = f"{_database_of_the_demonstration}_restored"
    with django_db_blocker.unblock():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        yield name
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


def test_everything_is_restored_into_an_empty_database(
    _database_of_the_demonstration: str, empty_database: str, tmp_path: Path
) -> None:
    file, said = tmp_path / "cc2h.dump", StringIO()
    with in_database(_database_of_the_demonstration):
        call_command("backup", str(file), stdout=said)
        before, guarded = contents(), guards()
    assert before["practices_practice"][0] > 100
    assert before["comments_attachmentpiece"][0], "the bytes of files on records are in it"
    assert "MB" in said.getvalue()
    with in_database(empty_database):
        call_command("restore", str(file), stdout=said)
        assert contents() == before
        assert guards() == guarded
    assert "Every snapshot is what the records give." in said.getvalue()


def test_nothing_is_restored_over_what_is_there(
    _database_of_the_demonstration: str, tmp_path: Path, django_db_blocker: Any
) -> None:
    file = tmp_path / "cc2h.dump"
    file.write_bytes(b"PGDMP")
    with django_db_blocker.unblock(), in_database(_database_of_the_demonstration):
        before = contents()
        with pytest.raises(CommandError, match="is not empty"):
            backup.restore(file)
        assert contents() == before


def test_a_file_that_is_no_back_up_leaves_the_database_empty(empty_database: str, tmp_path: Path) -> None:
    file = tmp_path / "cc2h.dump"
    file.write_bytes(gzip.compress(b"no back-up"))
    with in_database(empty_database):
        with pytest.raises(CommandError, match="pg_restore could not do it"):
            backup.restore(file)
        assert backup.is_empty()
    with pytest.raises(CommandError, match="There is no file"):
        backup.restore(tmp_path / "elsewhere")


def test_a_back_up_that_fails_leaves_the_old_one(
    _database_of_the_demonstration: str, tmp_path: Path, django_db_blocker: Any
) -> None:
    file = tmp_path / "cc2h.dump"
    file.write_bytes(b"yesterday's")
    with django_db_blocker.unblock(), in_database("nowhere_at_all"), pytest.raises(CommandError, match="pg_dump"):
        backup.back_up(file)
    assert file.read_bytes() == b"yesterday's"
    assert [one.name for one in tmp_path.iterdir()] == ["cc2h.dump"]
    with pytest.raises(CommandError, match="can’t be written"):
        backup.back_up(tmp_path / "no" / "such" / "folder")
