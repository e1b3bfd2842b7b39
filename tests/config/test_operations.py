"""The people who run the portal see how it runs: on a page, in /metrics, in the log."""

import json
import logging
from io import StringIO
from typing import Any

import pghistory
import pytest
import structlog
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.config.slow_queries import timed
from cc2h.kit import work
from tests.factories import PostHoldingFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(person(Role.ADMINISTRATOR))
    return client


def failed_work() -> None:
    work.leave(kind="coverage", key="7", from_day=None, reason="a test")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kit_work SET last_error = 'the disk is full', attempts = 3, created_at = now() - interval '2 hours'"
        )


class TestPage:
    def test_says_what_waits_and_what_went_wrong(self, administrator: Client) -> None:
        failed_work()
        page = administrator.get(reverse("operations")).content.decode()
        assert "the disk is full" in page
        assert "2 hours" in page
        assert "all applied" in page

    def test_is_for_those_who_run_the_portal(self, client: Client) -> None:
        client.force_login(person(Role.TRANSFORMATION_MANAGER))
        assert client.get(reverse("operations")).status_code == 403
        assert "Operations" not in client.get("/").content.decode()

    def test_without_a_broker_it_still_answers(self, administrator: Client, settings: Any) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        page = administrator.get(reverse("operations")).content.decode()
        assert "The broker does not answer." in page

    def test_asks_as_much_however_much_waits(self, administrator: Client, django_assert_max_num_queries: Any) -> None:
        for number in range(30):
            work.leave(kind="coverage", key=str(number), from_day=None, reason="a test")
        with django_assert_max_num_queries(16):
            administrator.get(reverse("operations"))


class TestMetrics:
    def test_tells_of_work_files_and_requests(self, client: Client) -> None:
        failed_work()
        client.get("/account/login/")
        told = client.get("/metrics").content.decode()
        assert 'cc2h_work_failed{kind="coverage"} 1.0' in told
        assert "cc2h_database_up 1.0" in told
        assert 'cc2h_requests_total{method="GET",route="account_login",status="200"}' in told

    def test_asks_for_its_token(self, client: Client, settings: Any) -> None:
        settings.METRICS_TOKEN = "a-token-of-its-own"
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"authorization": "Bearer another"}).status_code == 404
        assert client.get("/metrics", headers={"authorization": "Bearer a-token-of-its-own"}).status_code == 200

    def test_is_nobodys_in_production_without_a_token(self, client: Client, settings: Any) -> None:
        settings.PRODUCTION = True
        assert client.get("/metrics").status_code == 404


@pytest.fixture
def logged() -> Any:
    """What is logged, line by line."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=structlog.processors.JSONRenderer()))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines() if line.startswith("{")]
    root.removeHandler(handler)
    root.setLevel(level)


class TestLog:
    def test_a_slow_statement_is_told_with_its_time_and_without_its_values(self, logged: Any, settings: Any) -> None:
        settings.SLOW_QUERY_SECONDS = 0.01
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s), %s", [0.03, "a secret"])
        (line,) = [line for line in logged() if line["event"] == "slow query"]
        assert line["milliseconds"] >= 30
        assert "pg_sleep" in line["sql"]
        assert "a secret" not in json.dumps(line)

    def test_a_connection_made_while_history_is_kept_loses_no_watcher(self) -> None:
        connection.close()
        with pghistory.context(user=None):
            connection.ensure_connection()
            assert connection.execute_wrappers[0] is timed
        assert connection.execute_wrappers == [timed]

    def test_work_is_logged_with_the_request_in_which_it_was_left(self, client: Client, logged: Any) -> None:
        lead = PostHoldingFactory()
        manager = person(Role.TRANSFORMATION_MANAGER, of=lead.post.chin.commissioner)
        client.force_login(manager)
        client.post(
            reverse("chins:chin_state", args=[lead.post.chin.slug]),
            {
                "status": "closed",
                "day": "2031-01-01",
                "confirm": "yes",
                "seen": lead.post.chin.states.get(status="operational").pk,
            },
        )
        with transaction.atomic():
            work.sweep()
        done = [line for line in logged() if line["event"] == "work done" and line["kind"] == "coverage"]
        (asked,) = {line["request_id"] for line in logged() if line["event"] == "request_started"}
        assert {line["request_id"] for line in done} == {asked}
