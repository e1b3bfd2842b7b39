"""Fixtures every room's tests may use."""

import os
from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
import time_machine
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
