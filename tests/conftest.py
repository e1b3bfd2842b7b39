"""Fixtures every room's tests may use."""

import os
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from cc2h.kit.days import LONDON

# Chromium's driver leaves an event loop in its process, in which later tests use the database as ever.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A shared machine is slow at times; what matters is the answer.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")

BOARD_DAY = date(2018, 12, 6)
# Those that take minutes begin first, so that no process is left with one of them when the others have nothing to do.
LONGEST = ("tests/browser/", "tests/integration/", "tests/architecture/", "tests/board/")


class ByFile(LoadScopeScheduling):
    """Each file is one process's, and all browser tests together are: they share a portal."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "browser" if file.startswith("tests/browser/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def length(item: pytest.Item) -> int:
        return next((n for n, folder in enumerate(LONGEST) if item.nodeid.startswith(folder)), len(LONGEST))

    items.sort(key=length)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Python's clock stands at noon of 6 December 2018; `clock.move_to(…)` sets another moment."""
    with time_machine.travel(datetime.combine(BOARD_DAY, time(12), LONDON), tick=False) as coordinates:
        yield coordinates


@pytest.fixture(scope="session")
def _database_of_the_demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the test database with the demonstration as it stands on 6 December 2018: loaded once a process."""
    from django.db import connection

    from cc2h.config import programme

    tests = str(connection.settings_dict["NAME"])
    name = f"{tests}_demonstration"

    def anew(*statements: str) -> None:
        connection.close()
        with connection._nodb_cursor() as cursor:
            for statement in (f'DROP DATABASE IF EXISTS "{name}"', *statements):
                cursor.execute(statement)

    with django_db_blocker.unblock():
        anew(f'CREATE DATABASE "{name}" TEMPLATE "{tests}"')
        connection.settings_dict["NAME"] = name
        with time_machine.travel(datetime.combine(BOARD_DAY, time(12), LONDON), tick=False):
            programme.load_demonstration(BOARD_DAY)
        connection.close()
        connection.settings_dict["NAME"] = tests
    yield name
    with django_db_blocker.unblock():
        anew()


@pytest.fixture(scope="module")
def _in_the_demonstration(_database_of_the_demonstration: str, django_db_blocker: Any) -> Iterator[None]:
    from django.db import connection

    noon = datetime.combine(BOARD_DAY, time(12), LONDON)
    tests = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
    connection.settings_dict["NAME"] = _database_of_the_demonstration
    with time_machine.travel(noon, tick=False):
        yield
    with django_db_blocker.unblock():
        connection.close()
    connection.settings_dict["NAME"] = tests


@pytest.fixture
def demonstration(_in_the_demonstration: None, db: None) -> None:
    """The demonstration on 6 December 2018, which is today. What a test changes is rolled back."""
