"""What takes long to start is started once."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests import databases
from tests.integration.installation import Installation, installed


@pytest.fixture(scope="session")
def servers(django_db_modify_db_settings: None, django_db_blocker: Any, testrun_uid: str) -> Iterator[Installation]:
    """PostgreSQL and Redis as the compose file has them: a database with tables, and for the drills the demonstration."""
    with installed() as installation:
        with django_db_blocker.unblock():
            source = f"{connection.creation._get_test_db_name()}_source"
            databases.make(source)
            installation.fill("cc2h", source)
            databases.make_with(databases.as_a_portal_prepares_it, source, testrun_uid)
            installation.fill("drills", source)
            databases.drop(source)
        yield installation


@pytest.fixture(scope="module")
def installation(servers: Installation) -> Iterator[Installation]:
    """The servers, and whatever of ours a file of tests starts; that is stopped when the next file begins."""
    yield servers
    servers.end()
