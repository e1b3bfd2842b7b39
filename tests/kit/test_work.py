"""Work to do is written with the change, claimed once, and never lost."""

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from cc2h.kit import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """A kind of work of the test's own, and what was done of it."""
    calls: list[tuple[str, Any]] = []
    monkeypatch.setitem(work.handlers, "test", lambda key, from_day: calls.append((key, from_day)))
    return calls


def rows(key: str = "a") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT done_at IS NOT NULL, attempts, last_error FROM kit_work WHERE key = %s ORDER BY id", [key]
        )
        return cursor.fetchall()


def test_all_that_waits_for_one_key_is_done_once_from_the_earliest_day(done: list[tuple[str, Any]]) -> None:
    work.leave(kind="test", key="a", from_day=date(2018, 5, 1), reason="later")
    work.leave(kind="test", key="a", from_day=date(2018, 1, 1), reason="earlier")
    assert work.sweep() == 1
    assert done == [("a", date(2018, 1, 1))]
    assert work.sweep() == 0
    assert all(row[0] for row in rows())


def test_work_without_a_day_asks_for_everything(done: list[tuple[str, Any]]) -> None:
    work.leave(kind="test", key="a", from_day=date(2018, 5, 1), reason="")
    work.leave(kind="test", key="a", from_day=None, reason="")
    work.sweep()
    assert done == [("a", None)]


def test_work_left_in_a_transaction_that_fails_is_not_left(done: list[tuple[str, Any]]) -> None:
    with transaction.atomic():
        work.leave(kind="test", key="a", from_day=None, reason="")
        transaction.set_rollback(True)
    assert work.sweep() == 0
    assert done == []


def test_a_claim_is_exclusive_until_its_lease_is_over(done: list[tuple[str, Any]], settings: Any) -> None:
    work.leave(kind="test", key="a", from_day=None, reason="")
    settings.WORK_LEASE_SECONDS = 30
    assert work.claim("test", "a") is not None
    assert work.claim("test", "a") is None
    with connection.cursor() as cursor:  # the worker died and its lease ran out
        cursor.execute("UPDATE kit_work SET lease_until = clock_timestamp() - interval '1 second'")
    assert work.sweep() == 1
    assert done == [("a", None)]


def test_work_taken_over_by_another_worker_is_not_marked_done_by_the_first(
    done: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    work.leave(kind="test", key="a", from_day=None, reason="")
    claimed = work.claim("test", "a")
    assert claimed is not None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kit_work SET claimed_by = 'another worker'")
    assert work.perform(claimed) is False
    assert rows() == [(False, 1, "")]


def test_a_failure_undoes_the_half_done_is_recorded_and_waits_before_the_next_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(key: str, from_day: date | None) -> None:
        work.leave(kind="test", key="half", from_day=None, reason="")
        raise ValueError("no list sizes")

    monkeypatch.setitem(work.handlers, "test", fail)
    work.leave(kind="test", key="a", from_day=None, reason="")
    assert work.sweep() == 0
    assert rows() == [(False, 1, "no list sizes")]
    assert rows("half") == []
    assert work.waiting() == []


def test_pending_counts_what_is_not_done(done: list[tuple[str, Any]]) -> None:
    work.leave(kind="test", key="a", from_day=None, reason="")
    assert (work.pending("test"), work.pending("test", ["b"]), work.pending("other")) == (1, 0, 0)
    work.sweep()
    assert work.pending("test") == 0


def test_a_broker_that_does_not_answer_loses_nothing(
    done: list[tuple[str, Any]], settings: Any, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cc2h.config.celery import app

    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    with django_capture_on_commit_callbacks(execute=True):
        work.leave(kind="test", key="a", from_day=None, reason="")
    assert work.sweep() == 1
