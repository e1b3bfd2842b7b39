"""Fixtures every room's tests may use."""

import gc
import os
from collections.abc import Iterator
from datetime import date, datetime, time
from importlib import import_module
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from cc2h.kit.days import LONDON

# Chromium's driver leaves an event loop in its process, in which later tests use the database as ever.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Looking for rubbish among all that Django and its packages hold took an eighth of a test's time.
gc.set_threshold(100_000, 50, 100)

# A shared machine is slow at times; what matters is the answer, which is the same wherever and whenever it is asked.
# What is found with fifty is the same every time; CC2H_EXAMPLES=1000 looks further.
settings.register_profile(
    "portal",
    deadline=None,
    derandomize=True,
    max_examples=int(os.environ.get("CC2H_EXAMPLES") or 50),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("portal")

BOARD_DAY = date(2018, 12, 6)
# Those that take minutes begin first, so that no process is left with one of them when the others have nothing to do.
LONGEST = ("tests/browser/", "tests/integration/", "tests/architecture/", "tests/board/")


SHARE_AN_INSTALLATION = ("tests/integration/test_installation.py", "tests/integration/test_drills.py")


class ByFile(LoadScopeScheduling):
    """Each file is one process's, and those that share something are the same one's."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith("tests/browser/"):
            return "browser"
        return "installation" if file in SHARE_AN_INSTALLATION else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def length(item: pytest.Item) -> int:
        return next((n for n, folder in enumerate(LONGEST) if item.nodeid.startswith(folder)), len(LONGEST))

    items.sort(key=length)


def pytest_collection_finish() -> None:
    """What is there now stays: it need not be looked through for rubbish any more."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> None:
    """Hashed as ever, by argon2, but without the hundred megabytes that make guessing dear."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.fixture(scope="session", autouse=True)
def _signing_in_costs_little() -> None:
    """A client that has no session yet is given one with all that signing in puts there, not an empty one first."""
    from django.conf import settings
    from django.contrib.auth import login
    from django.http import HttpRequest
    from django.test import Client

    as_ever = Client._login

    def sign_in(client: Client, user: Any, backend: str | None = None) -> None:
        if settings.SESSION_COOKIE_NAME in client.cookies:
            as_ever(client, user, backend)
            return
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        request.session.cycle_key = lambda: None  # there is no other whose key somebody may know
        login(request, user, backend)
        request.session.save()
        client._set_login_cookies(request)

    Client._login = sign_in


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Python's clock stands at noon of 6 December 2018; `clock.move_to(…)` sets another moment."""
    with time_machine.travel(datetime.combine(BOARD_DAY, time(12), LONDON), tick=False) as coordinates:
        yield coordinates


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database of this process: a copy of the one that is migrated."""
    from django.db import connection

    from tests import databases

    with django_db_blocker.unblock():
        name = connection.creation._get_test_db_name()
        databases.make(name)
        databases.emptied_by_rows()
        connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        databases.drop(name)


@pytest.fixture(scope="module")
def uncommitted(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a module's own fixtures make for all its tests goes with the last of them; each test's changes go with it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def _database_of_the_demonstration(django_db_setup: None, django_db_blocker: Any, testrun_uid: str) -> Iterator[str]:
    """A database with the demonstration as it stands on 6 December 2018: loaded once, and copied for each process."""
    from cc2h.config import programme
    from tests import databases

    def demonstration_of_december() -> None:
        with time_machine.travel(datetime.combine(BOARD_DAY, time(12), LONDON), tick=False):
            programme.load_demonstration(BOARD_DAY)

    with django_db_blocker.unblock(), databases.filled_by(demonstration_of_december, testrun_uid) as name:
        yield name


@pytest.fixture(scope="module")
def _in_the_demonstration(_database_of_the_demonstration: str, django_db_blocker: Any) -> Iterator[None]:
    from tests import databases

    noon = datetime.combine(BOARD_DAY, time(12), LONDON)
    with databases.instead(_database_of_the_demonstration, django_db_blocker), time_machine.travel(noon, tick=False):
        yield


@pytest.fixture
def demonstration(_in_the_demonstration: None, db: None) -> None:
    """The demonstration on 6 December 2018, which is today. What a test changes is rolled back."""
