"""Fixtures every room's tests may use."""

import os
from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
import time_machine
from django.db import connection
from hypothesis import HealthCheck, settings

from cc2h.kit.days import LONDON

# Chromium's driver leaves an event loop in its process, in which later tests use the database as ever.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A shared machine is slow at times; what matters is the answer.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")

BOARD_DAY = date(2018, 12, 6)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Python's clock stands at noon of 6 December 2018; `clock.move_to(…)` sets another moment."""
    with time_machine.travel(datetime.combine(BOARD_DAY, time(12), LONDON), tick=False) as coordinates:
        yield coordinates


@pytest.fixture(autouse=True)
def programme_row(request: pytest.FixtureRequest) -> None:
    """A test that commits ends by emptying every table, the one row a migration wrote with it: put it back.

    Also for tests that don't commit: a database that is used again begins as the last run left it.
    """
    if "transactional_db" in request.fixturenames or _commits(request):
        request.getfixturevalue("transactional_db")
    elif "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
    else:
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kit_programme (singleton, kind) VALUES (true, 'empty') ON CONFLICT DO NOTHING")


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and (marker.kwargs.get("transaction") or (marker.args and marker.args[0])))
