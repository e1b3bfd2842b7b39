"""What takes long to start is started once."""

from collections.abc import Iterator

import pytest

from tests.integration.installation import Installation, installed


@pytest.fixture(scope="session")
def servers() -> Iterator[Installation]:
    """PostgreSQL and Redis as the compose file has them."""
    with installed() as installation:
        yield installation


@pytest.fixture(scope="module")
def installation(servers: Installation) -> Iterator[Installation]:
    """The servers, and whatever of ours a file of tests starts; that is stopped when the next file begins."""
    yield servers
    servers.end()
