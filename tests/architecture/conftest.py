"""What the walks over every address share."""

import gc
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse

from cc2h.config import urls
from tests.architecture.walk import Shares
from tests.architecture.world import World, make_world


def _refused(status: int) -> Any:
    """In place of the page that says why, whose look is tested elsewhere and takes as long as the question."""
    return lambda request, exception=None: HttpResponse(status=status)


@pytest.fixture
def briskly(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Thousands of requests: sessions without a query each, refusals without their page and without a line of log."""
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    for status in (403, 404):
        monkeypatch.setattr(urls, f"handler{status}", _refused(status))
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def _made_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A world for all the walks of a file: never committed, so that it goes with the last of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        world.make_all()
        gc.freeze()
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def shares(_made_once: World, django_db_blocker: Any) -> Shares:
    with django_db_blocker.unblock():
        return Shares(_made_once)


@pytest.fixture
def world(_made_once: World, db: None) -> World:
    """What a walk changes in it is rolled back."""
    return _made_once
