"""A payment run that a real Celery worker works on, which is killed -9 in the middle; its task is sent again, and once more."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from budget.models import Line
from budget.payments import exporting
from budget.payments.models import Confirmation, Payable, Run, RunStep
from cc2h.accounts.authority import Role
from tests.factories import LineFactory, person
from tests.factories.payments import owed
from tests.integration import paying
from tests.integration.test_payments import ended, held, others
from tests.integration.test_worker import QUIETLY, Broker, become, celery, portal_app, sender, until
from tests.payments.ground import AUTHORISED, CONFIRMED, EXPORTED, PAYMENT_FILE, PREPARED, confirmation_file

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker(tmp_path: Path, transactional_db: None) -> Iterator[Broker]:
    started = Broker(tmp_path)
    started.start()
    become(sender(started.server.url))
    yield started
    become(portal_app)
    started.stop()
    started.guard.close()


def worker(broker: Broker) -> Any:
    return celery(broker, "worker", "--include", paying.__name__, "--concurrency", "2", "--loglevel", "INFO", *QUIETLY)


@contextmanager
def killed_while_writing(process: subprocess.Popen[bytes], table: str) -> Iterator[None]:
    """What is sent inside is taken on by the worker, which is killed when it comes to write to the table."""
    with held(table) as waits:
        yield
        until(waits, 60)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    until(lambda: not others())


def test_pays_once_whenever_the_worker_is_killed_and_however_often_its_task_is_sent(broker: Broker) -> None:
    line: Line = LineFactory(allocated=10_000)
    first, second = (person(Role.FINANCE_OFFICER, of=line.commissioner) for _ in range(2))
    owed(line, 1_500, 700, 300)

    prepare = (first.pk, line.commissioner_id, PREPARED.isoformat())
    with worker(broker) as process, killed_while_writing(process, "payments_runstep"):
        paying.prepare.delay(*prepare)
    assert not Run.objects.exists()

    with worker(broker) as process:
        for _ in range(2):
            paying.prepare.delay(*prepare)
        until(Run.objects.exists)
        run = Run.objects.get()
        for _ in range(2):
            paying.authorise.delay(second.pk, run.pk, AUTHORISED.isoformat())
        until(lambda: Run.objects.filter(state="authorised").exists())
        exporting.export(by=first, run=run, layout=PAYMENT_FILE, today=EXPORTED)
        told = (first.pk, run.pk, confirmation_file(run).decode(), CONFIRMED.isoformat())
        with killed_while_writing(process, "budget_entry"):
            paying.confirm.delay(*told)
    assert not Confirmation.objects.exists()
    assert set(Payable.objects.values_list("state", flat=True)) == {"owed"}

    with worker(broker):
        for _ in range(2):
            paying.confirm.delay(*told)
        until(lambda: Run.objects.filter(state="confirmed").exists())
    assert (Run.objects.count(), Confirmation.objects.count()) == (1, 1)
    assert RunStep.objects.filter(step="authorised").count() == 1
    ended(line, run)
