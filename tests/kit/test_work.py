"""Work to do is written with the change, claimed once, and never lost."""

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from cc2h.config.celery import app
from cc2h.kit import tasks, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """A kind of work of the test's own, and what was done of it."""
    calls: list[tuple[str, Any]] = []
    monkeypatch.setitem(work.kinds, "test", work.Kind(lambda key, from_day: calls.append((key, from_day))))
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


def test_a_file_to_check_does_not_wait_behind_the_coverage_of_a_country() -> None:
    for key in ("1", "2", "3"):
        work.leave(kind="coverage", key=key, from_day=None, reason="")
    work.leave(kind="import", key="7", from_day=None, reason="check")
    work.leave(kind="coverage", key="1", from_day=None, reason="")
    assert work.waiting() == [("import", "7"), ("coverage", "1"), ("coverage", "2"), ("coverage", "3")]


def test_a_file_that_comes_in_while_other_work_is_done_is_next(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def slow(key: str, from_day: date | None) -> None:
        calls.append(f"coverage {key}")
        if key == "1":
            work.leave(kind="import", key="7", from_day=None, reason="check")

    monkeypatch.setitem(work.kinds, "coverage", work.Kind(slow, in_no_hurry=True))
    monkeypatch.setitem(work.kinds, "import", work.Kind(lambda key, from_day: calls.append(f"import {key}")))
    for key in ("1", "2"):
        work.leave(kind="coverage", key=key, from_day=None, reason="")
    assert work.sweep() == 3
    assert calls == ["coverage 1", "import 7", "coverage 2"]


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


def test_work_taken_over_is_not_marked_done_by_whoever_had_it_before(done: list[tuple[str, Any]]) -> None:
    work.leave(kind="test", key="a", from_day=None, reason="")
    first = work.claim("test", "a")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kit_work SET lease_until = clock_timestamp() - interval '1 second'")
    second = work.claim("test", "a")
    assert first
    assert second
    assert work.perform(first) is False
    assert rows() == [(False, 2, "")]
    assert work.perform(second) is True
    assert rows() == [(True, 2, "")]


def test_a_failure_undoes_the_half_done_is_recorded_and_waits_before_the_next_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(key: str, from_day: date | None) -> None:
        work.leave(kind="test", key="half", from_day=None, reason="")
        raise ValueError("no list sizes")

    monkeypatch.setitem(work.kinds, "test", work.Kind(fail))
    work.leave(kind="test", key="a", from_day=None, reason="")
    assert work.sweep() == 0
    assert rows() == [(False, 1, "no list sizes")]
    assert rows("half") == []
    assert work.waiting() == []


def test_what_failed_a_thousand_times_fails_once_more_without_stopping_the_sweep(
    done: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(key: str, from_day: date | None) -> None:
        raise ValueError("no list sizes")

    monkeypatch.setitem(work.kinds, "failing", work.Kind(fail))
    work.leave(kind="failing", key="a", from_day=None, reason="")
    work.leave(kind="test", key="b", from_day=None, reason="")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kit_work SET attempts = 2000 WHERE kind = 'failing'")
    assert work.sweep() == 1
    assert done == [("b", None)]
    assert rows("a") == [(False, 2001, "no list sizes")]


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


# The keeper beside the work ---------------------------------------------------------------------------


def sleep(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def elsewhere(act: Callable[[], Any]) -> Any:
    """What another worker's or person's connection gets, of which this one is in the middle of something."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return found[0]


def others() -> int:
    """How many connections to this database there are besides this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_kept_through_a_statement_that_takes_longer(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WORK_LEASE_SECONDS = 0.6
    seen: list[Any] = []

    def slow(key: str, from_day: date | None) -> None:
        watch = threading.Timer(1.2, lambda: seen.append(elsewhere(work.waiting)))
        watch.start()
        sleep(1.5)
        watch.join()

    monkeypatch.setitem(work.kinds, "test", work.Kind(slow))
    before = others()
    work.leave(kind="test", key="a", from_day=None, reason="")
    assert work.sweep() == 1
    assert seen == [[]]  # nothing was there to be claimed, long after the first lease was over
    assert rows() == [(True, 1, "")]
    begun = time.monotonic()
    while others() > before:  # a connection that was closed is seen a moment longer
        assert time.monotonic() < begun + 5
    assert threading.active_count() == 1


@pytest.mark.django_db(transaction=True)
def test_work_called_off_stops_in_the_middle_of_a_statement_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.05)

    def long(key: str, from_day: date | None) -> None:
        work.leave(kind="test", key="half", from_day=None, reason="")
        for _ in range(3):
            time.sleep(0.2)  # at its own work, which can't be stopped
            sleep(10)

    called_off = threading.Event()
    monkeypatch.setitem(work.kinds, "test", work.Kind(long, called_off=lambda key: called_off.is_set()))
    work.leave(kind="test", key="a", from_day=None, reason="")
    threading.Timer(0.3, called_off.set).start()
    begun = time.monotonic()
    assert work.sweep() == 1
    assert time.monotonic() - begun < 3
    assert rows() == [(True, 1, "")]
    assert rows("half") == []
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


def test_a_statement_that_takes_too_long_is_a_failure_that_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WORK_STATEMENT_SECONDS = 1
    monkeypatch.setitem(work.kinds, "test", work.Kind(lambda key, from_day: sleep(5)))
    work.leave(kind="test", key="a", from_day=None, reason="")
    assert work.sweep() == 0
    ((done, attempts, error),) = rows()
    assert (done, attempts) == (False, 1)
    assert "statement timeout" in error


def again(key: str = "a") -> int:
    """The time to wait after a failure is over; how many claims were done."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kit_work SET lease_until = NULL WHERE key = %s", [key])
    return work.sweep()


def test_a_kind_that_may_give_up_does_so_after_some_attempts_and_others_never(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WORK_ATTEMPTS = 3
    given_up = []

    def fail(key: str, from_day: date | None) -> None:
        raise ValueError("poison")

    poison = work.Kind(fail, give_up=lambda key, attempts: given_up.append((key, attempts)))
    monkeypatch.setitem(work.kinds, "test", poison)
    monkeypatch.setitem(work.kinds, "stubborn", work.Kind(fail))
    work.leave(kind="test", key="a", from_day=None, reason="")
    work.leave(kind="stubborn", key="b", from_day=None, reason="")
    assert [again() for _ in range(4)] == [0, 0, 0, 1]
    assert given_up == [("a", 3)]
    assert rows() == [(True, 4, "poison")]
    for _ in range(6):
        again("b")
    assert rows("b")[0][0] is False


def test_work_that_kills_its_worker_each_time_is_given_up_too(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.WORK_ATTEMPTS = 2
    given_up = []
    do_nothing: Any = lambda key, from_day: None  # noqa: E731
    monkeypatch.setitem(work.kinds, "test", work.Kind(do_nothing, give_up=lambda *given: given_up.append(given)))
    work.leave(kind="test", key="a", from_day=None, reason="")
    for _ in range(2):  # claimed, and then the worker was gone
        assert work.claim("test", "a") is not None
        with connection.cursor() as cursor:
            cursor.execute("UPDATE kit_work SET lease_until = clock_timestamp() - interval '1 second'")
    assert work.sweep() == 1
    assert given_up == [("a", 2)]


@pytest.mark.django_db(transaction=True)
def test_a_keeper_that_can_not_reach_the_database_does_not_stop_the_work(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WORK_LEASE_SECONDS = 0.3

    def refuse(keeper: Any) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr(work._Keeper, "_renew", refuse)
    monkeypatch.setitem(work.kinds, "test", work.Kind(lambda key, from_day: sleep(0.5)))
    work.leave(kind="test", key="a", from_day=None, reason="")
    assert work.sweep() == 1


def test_at_night_work_done_long_ago_and_expired_sessions_go_and_nothing_else() -> None:
    now = timezone.now()
    for key, done_days in (("waits", None), ("new", 89), ("old", 91)):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kit_work (kind, key, created_at, done_at) VALUES ('test', %s, %s, %s)",
                [key, now - timedelta(days=200), done_days and now - timedelta(days=done_days)],
            )
    for key, hours in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(hours=hours))
    assert tasks.tidy() == 1
    assert [key for key in ("waits", "new", "old") if rows(key)] == ["waits", "new"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]


def test_every_task_of_the_schedule_is_there() -> None:
    app.finalize()
    app.loader.import_default_modules()
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert "cc2h.kit.tasks.tidy" in planned
    assert planned <= app.tasks.keys()
