"""What takes long to load is loaded once."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from cc2h.config import programme
from tests import databases

LOADED = date(2025, 11, 12)


def demonstration_of_november() -> None:
    programme.load_demonstration(LOADED)


@pytest.fixture(scope="session")
def _database_of_november(django_db_setup: None, django_db_blocker: Any, testrun_uid: str) -> Iterator[str]:
    with django_db_blocker.unblock(), databases.filled_by(demonstration_of_november, testrun_uid) as name:
        yield name


@pytest.fixture(scope="module")
def loaded_in_november(_database_of_november: str, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration as loaded on LOADED, and committed: every guard of the database was asked."""
    with databases.instead(_database_of_november, django_db_blocker):
        yield
