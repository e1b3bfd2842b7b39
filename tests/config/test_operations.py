"""The people who run the portal see how it runs: on a page, in /metrics, in the log."""

import json
import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pghistory
import pytest
import structlog
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.config import operations
from cc2h.config.slow_queries import timed
from cc2h.kit import sizes, work
from cc2h.kit.days import today
from cc2h.kit.models import DatabaseSize
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


class TestRoom:
    """Free space is told of the disk that PostgreSQL writes to, where it is this machine's."""

    def test_growth_is_told_from_the_second_night(self, administrator: Client) -> None:
        page = administrator.get(reverse("operations")).content.decode()
        assert "not known before the second night" in page
        day = today()
        sizes.note(day)
        assert sizes.growth(sizes.now(), day) is None
        DatabaseSize.objects.create(day=day - timedelta(days=10), bytes=sizes.now() - 10_000_000)
        grew = sizes.growth(sizes.now(), day)
        assert grew is not None
        assert (grew.days, grew.bytes) == (10, 10_000_000)
        assert (grew.days_until(55_000_000), sizes.Growth(day, 10, -1).days_until(5)) == (55, None)
        assert "than 10 days ago" in administrator.get(reverse("operations")).content.decode()

    def test_the_nightly_job_notes_the_size_once_a_day_and_keeps_a_year(self) -> None:
        day = today()
        DatabaseSize.objects.create(day=day - timedelta(days=sizes.KEPT + 1), bytes=1)
        for _ in range(2):
            sizes.note(day)
        assert [one.day for one in DatabaseSize.objects.all()] == [day]

    def test_the_databases_own_disk_or_why_it_is_not_known(
        self, administrator: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = administrator.get("/api/v1/operations/").json()
        assert told["database_disk_free_bytes"] > 0
        assert "cc2h_database_disk_free_bytes" in administrator.get("/metrics").content.decode()
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE may_not_read_settings")
            cursor.execute("SET LOCAL ROLE may_not_read_settings")
            assert operations.database_disk() is None
            cursor.execute("RESET ROLE")
        monkeypatch.setattr(operations, "database_disk", lambda: None)
        page = administrator.get(reverse("operations")).content.decode()
        assert "Not known here: PostgreSQL runs on another machine" in page


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
