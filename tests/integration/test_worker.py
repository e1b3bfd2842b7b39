"""Coverage kept up to date by a real worker, a real beat and a real broker, which are killed and stopped."""

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from cc2h.config.celery import Portal
from cc2h.config.celery import app as portal_app
from cc2h.config.embedded import Valkey
from cc2h.config.processes import Guard
from cc2h.kit import charts, work
from cc2h.kit.days import today
from cc2h.kit.imports import services as imports
from cc2h.kit.imports.jobs import one_at_a_time
from cc2h.kit.models import Import, Work
from chins import coverage, services
from chins.models import CoverageSnapshot
from practices.models import Commissioner, ListSize
from tests import databases
from tests.factories import ChinFactory, CommissionerFactory, PracticeFactory
from tests.samples import registered_patients

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

JOINED = date(2018, 10, 1)
DAY = date(2018, 11, 30)
LEASE_SECONDS = 2
QUIETLY = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def until(done: Callable[[], Any], seconds: float = 30) -> float:
    """Wait; returns for how many seconds."""
    begun = time.monotonic()
    while not done():
        assert time.monotonic() < begun + seconds, f"waited {seconds} seconds in vain"
        time.sleep(0.02)
    return time.monotonic() - begun


class Broker:
    """A broker of the test's own, which may be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        (folder / "logs").mkdir()
        self.guard = Guard()
        self.server = Valkey(folder)

    def start(self) -> None:
        self.server.prepare()
        self.server.start(self.guard)
        until(self.server.ready)

    def stop(self) -> None:
        self.server.kill()
        until(lambda: not self.server.running)


@pytest.fixture
def broker(tmp_path: Path, transactional_db: None) -> Iterator[Broker]:
    """A running broker; this process sends to it, as the portal's web server sends to its own."""
    broker = Broker(tmp_path)
    broker.start()
    become(sender(broker.server.url))
    yield broker
    become(portal_app)
    broker.stop()
    broker.guard.close()


def sender(url: str) -> Celery:
    """An app that sends as the portal's does, to the broker at this address."""
    app = Portal("sender", set_as_current=False)
    app.config_from_object({**vars_of(settings), "broker_url": url})
    return app


def become(app: Celery) -> None:
    """Send by this app from now on, in every thread."""
    app.set_default()
    app.set_current()


def vars_of(source: Any) -> dict[str, Any]:
    """Celery's settings as the portal sets them."""
    return {
        "broker_transport_options": source.CELERY_BROKER_TRANSPORT_OPTIONS,
        "result_backend": source.CELERY_RESULT_BACKEND,
        "task_ignore_result": source.CELERY_TASK_IGNORE_RESULT,
    }


@contextmanager
def celery(broker: Broker, *arguments: str, sweep_seconds: float = 3600) -> Iterator[subprocess.Popen[bytes]]:
    """A worker or beat in a process group of its own, which does not outlive the block."""
    environment = {
        **os.environ,
        "DATABASE_URL": databases.url(),
        "REDIS_URL": broker.server.url,
        "CC2H_ENV": "development",
        "CC2H_WORK_LEASE_SECONDS": str(LEASE_SECONDS),
        "CC2H_WORK_SWEEP_SECONDS": str(sweep_seconds),
        "CC2H_LOG_LEVEL": "INFO",
    }
    log = Path(broker.server.folder) / f"{arguments[0]}-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "cc2h.config.celery:app", *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        if arguments[0] == "worker":
            until(lambda: b"ready." in log.read_bytes())
        yield process
    except BaseException:
        sys.stderr.write(log.read_text()[-4000:])
        raise
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill -9, children and all."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def worker(broker: Broker, processes: int = 2) -> Any:
    return celery(broker, "worker", "--concurrency", str(processes), "--loglevel", "INFO", *QUIETLY)


def beat(broker: Broker, tmp_path: Path) -> Any:
    return celery(broker, "beat", "--schedule", str(tmp_path / "schedule"), sweep_seconds=0.5)


@pytest.fixture
def barnet(transactional_db: None) -> Commissioner:
    barnet: Commissioner = CommissionerFactory(barnet=True)
    return barnet


def a_practice(of: Commissioner, patients: int = 1_000) -> Any:
    return PracticeFactory(commissioner=of, patients={date(2018, 9, 1): patients})


def covered(of: Commissioner) -> int:
    """Patients in a CHIN by the snapshot."""
    found = CoverageSnapshot.objects.filter(commissioner=of, chin=None, day=DAY).first()
    return found.covered_patients if found else 0


def all_done() -> bool:
    return not work.pending(coverage.WORK)


def test_a_membership_saved_is_in_the_snapshots_at_once(broker: Broker, barnet: Commissioner) -> None:
    """Without any sweep: the worker is woken by the save."""
    practice, chin = a_practice(barnet), ChinFactory(commissioner=barnet)
    with worker(broker):
        until(lambda: (work.nudge(), all_done())[1], 10)
        services.join_practices(by=None, practices=[practice], chin=chin, first=JOINED)
        seconds = until(lambda: covered(barnet) == 1_000, 10)
    assert seconds < 3
    assert all_done()
    assert coverage.check() == []


def test_what_a_killed_worker_had_taken_on_is_done_by_another(
    broker: Broker, barnet: Commissioner, tmp_path: Path
) -> None:
    practice, chin = a_practice(barnet), ChinFactory(commissioner=barnet)
    work.sweep()
    with worker(broker) as first, transaction.atomic(), connection.cursor() as cursor:
        # the lock of a recompute keeps the worker in the middle of it
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('chins_coverage'), %s::int)", [barnet.pk])
        join_elsewhere(practice, chin)
        until(waits_for_a_lock)
        kill(first)
    (row,) = Work.objects.filter(done_at=None)
    assert (row.attempts, row.lease_until is None) == (1, False)
    assert covered(barnet) == 0
    with worker(broker), beat(broker, tmp_path):
        until(all_done)
    (row,) = Work.objects.filter(pk=row.pk)
    assert (row.attempts, covered(barnet)) == (2, 1_000)
    assert coverage.check() == []


def test_an_import_is_its_workers_however_long_it_takes_and_taken_over_once_when_that_is_killed(
    broker: Broker, barnet: Commissioner, tmp_path: Path
) -> None:
    practice = a_practice(barnet)
    data = registered_patients({practice.ods_code: 7_500}, "01Nov2018")
    one, _ = imports.receive(by=None, name="lists.csv", file=io.BytesIO(data), size=len(data))
    work.sweep()
    imports.confirm(by=None, one=one)
    merging = Work.objects.filter(kind="import", reason="merge")
    with ExitStack() as running:
        first = running.enter_context(worker(broker))
        with transaction.atomic():
            one_at_a_time()  # which keeps the worker in the middle of a statement
            until(lambda: (work._send(), waits_for_a_lock())[1])
            running.enter_context(worker(broker))
            running.enter_context(beat(broker, tmp_path))
            time.sleep(LEASE_SECONDS * 2)
            assert merging.get().attempts == 1
            kill(first)
            until(lambda: merging.get().attempts == 2)
        until(lambda: merging.get().done_at)
    one.refresh_from_db()
    assert (one.state, merging.get().attempts) == (Import.State.IMPORTED, 2)
    assert [size.patients for size in ListSize.objects.filter(day=date(2018, 11, 1))] == [7_500]


def join_elsewhere(practice: Any, chin: Any) -> None:
    """Join in a connection of its own, so that it is committed whatever this one is in the middle of."""

    def join() -> None:
        services.join_practices(by=None, practices=[practice], chin=chin, first=JOINED)
        connection.close()

    thread = threading.Thread(target=join)
    thread.start()
    thread.join(10)


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        waits: bool = cursor.fetchone()[0]
        return waits


def test_without_a_broker_a_save_is_quick_and_catches_up_later(
    broker: Broker, barnet: Commissioner, tmp_path: Path
) -> None:
    first, second = a_practice(barnet), a_practice(barnet, 500)
    chin = ChinFactory(commissioner=barnet)
    with worker(broker), beat(broker, tmp_path):
        services.join_practices(by=None, practices=[first], chin=chin, first=JOINED)
        until(lambda: covered(barnet) == 1_000)
        until(all_done)
        broker.stop()
        begun = time.monotonic()
        services.join_practices(by=None, practices=[second], chin=chin, first=JOINED)
        assert time.monotonic() - begun < 1
        assert coverage.live_coverage(barnet, DAY).covered_patients == 1_500
        time.sleep(2)
        assert not all_done()
        assert covered(barnet) == 1_000
        broker.start()
        until(lambda: covered(barnet) == 1_500, 60)
        until(all_done)
    assert coverage.check() == []


def test_a_broker_that_accepts_and_never_answers_holds_no_save_up(
    broker: Broker, barnet: Commissioner, tmp_path: Path
) -> None:
    practice, chin = a_practice(barnet), ChinFactory(commissioner=barnet)
    with socket.create_server(("127.0.0.1", 0)) as hung:
        become(sender(f"redis://127.0.0.1:{hung.getsockname()[1]}/0"))
        begun = time.monotonic()
        services.join_practices(by=None, practices=[practice], chin=chin, first=JOINED)
        assert time.monotonic() - begun < 1.5
    assert covered(barnet) == 0
    with worker(broker), beat(broker, tmp_path):
        until(lambda: covered(barnet) == 1_000)


def test_two_workers_neither_double_nor_interleave(broker: Broker, barnet: Commissioner, tmp_path: Path) -> None:
    """Sixteen practices of two commissioners join, leave and join again while two workers do what is left."""
    enfield = CommissionerFactory(ods_code="07X", short_name="Enfield")
    homes = [(of, ChinFactory(commissioner=of)) for of in (barnet, enfield)]
    practices = [(a_practice(of), chin) for of, chin in homes for _ in range(8)]

    def come_and_go(mine: list[tuple[Any, Any]]) -> None:
        for practice, chin in mine:
            (membership,) = services.join_practices(by=None, practices=[practice], chin=chin, first=JOINED)
            membership = services.leave_chin(by=None, membership=membership, last=DAY)
            services.void_membership(by=None, membership=membership, reason="Only to come again")
            services.join_practices(by=None, practices=[practice], chin=chin, first=JOINED)
        connection.close()

    with worker(broker), worker(broker), beat(broker, tmp_path):
        threads = [threading.Thread(target=come_and_go, args=(practices[n::4],)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        until(all_done, 60)
    assert (covered(barnet), covered(enfield)) == (8_000, 8_000)
    keys = CoverageSnapshot.objects.values_list("commissioner_id", "day", "chin_id")
    assert len(keys) == len(set(keys))
    assert coverage.check() == []
    assert not Work.objects.filter(lease_until__isnull=False).exists()
    assert not Work.objects.filter(done_at__lt=F("created_at")).exists()


def test_two_recomputes_at_the_same_moment_wait_for_each_other(barnet: Commissioner) -> None:
    chin = ChinFactory(commissioner=barnet)
    results: list[int] = []

    def recompute() -> None:
        results.append(coverage.recompute(today=today()))
        connection.close()

    for _ in range(3):
        practice = a_practice(barnet)
        services.join_practices(by=None, practices=[practice], chin=chin, first=JOINED)
        threads = [threading.Thread(target=recompute) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert len(results) == 9
    assert sorted(results)[:6] == [0] * 6  # of three at once one writes, the others find nothing to do
    assert covered(barnet) == 3_000


def test_charts_are_drawn_by_the_worker_that_draws_before_a_request_has_to(
    broker: Broker, settings: Any, monkeypatch: Any
) -> None:
    settings.CHART_WAIT_SECONDS = 20
    monkeypatch.setattr(charts, "render", None)  # the way without that worker
    drawing = charts.bars(
        title="Sizes", alt="Sizes", rows=[{"CHIN": "A", "Patients": 5}], label="CHIN", value="Patients", axis="Patients"
    )
    odd = charts.bars(title="Odd", alt="Odd", rows=[{"CHIN": "A"}], label="CHIN", value="Patients", axis="Patients")
    with celery(broker, "worker", "--queues", "charts", "--concurrency", "1", "--loglevel", "INFO", *QUIETLY):
        charts.keep([drawing, odd])
        picture = charts.picture(drawing.key, "svg")
        assert picture is not None
        assert b"<svg" in picture
        with pytest.raises(charts.CannotDraw):
            charts.picture(odd.key, "svg")
    assert work.waiting() == []
