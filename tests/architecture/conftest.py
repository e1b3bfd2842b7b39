"""What the walks over every address share."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def briskly(settings: Any) -> Iterator[None]:
    """Thousands of requests: sessions without a query each, and no log of the thousands that are refused."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
