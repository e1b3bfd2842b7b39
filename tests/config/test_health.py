"""Health checks answer whoever asks, by whatever name, and say what is missing."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def hung_broker(settings: Any) -> Iterator[None]:
    """A broker that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        yield


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_asked_by_number_over_plain_http_as_load_balancers_ask(path: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["portal.example.nhs.uk"]
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path, headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert Client().get("/", headers={"host": "10.0.0.7:8000"}).status_code == 400


def test_not_ready_while_a_migration_is_missing(client: Client) -> None:
    assert client.get("/readyz").json()["status"] == "ready"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'board' AND name = '0001_initial'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "The database lacks migrations: board 0001_initial."


def test_not_ready_without_a_database(client: Client, monkeypatch: Any) -> None:
    def refuse() -> None:
        raise DatabaseError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "The database does not answer, or was never migrated."
    assert client.get("/healthz").status_code == 200


@pytest.mark.usefixtures("hung_broker")
def test_ready_without_a_broker_and_soon_even_if_it_hangs(client: Client) -> None:
    begun = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - begun < 5, "a hung broker would be waited for without end"
    assert (answer.status_code, answer.json()["broker"]) == (200, "away; work waits")
