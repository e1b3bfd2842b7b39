"""A payment run whose process is killed in every step and between them: it ends right, and nobody is paid twice."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from budget.models import Entry, Line
from budget.payments.models import Confirmation, Export, Payable, Run, RunStep
from cc2h.accounts.authority import Role
from cc2h.kit.days import today
from tests import databases
from tests.budget.ground import balance
from tests.factories import LineFactory, person
from tests.factories.payments import owed
from tests.integration.forking import Commands, commands
from tests.payments.ground import confirmation_file

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def command(transactional_db: None, tmp_path: Path) -> Iterator[Commands]:
    """Each in a process of its own."""
    with commands(tmp_path / "said", DATABASE_URL=databases.url(), CC2H_ENV="development") as begun:
        yield begun


def done(command: Commands, *arguments: str) -> None:
    process = command.begin("payment_run", *arguments)
    assert process.wait() == 0, process.said()


@contextmanager
def held(table: str) -> Iterator[Callable[[], bool]]:
    """Nobody writes to the table meanwhile; gives a function that says whether somebody waits for it."""
    with psycopg.connect(databases.url()) as connection:
        connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
        number = connection.info.backend_pid
        with psycopg.connect(databases.url(), autocommit=True) as beside:

            def waits() -> bool:
                asked = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
                row = beside.execute(asked, [number]).fetchone()
                return bool(row and row[0])

            yield waits


def killed_while_writing(table: str, command: Commands, *arguments: str) -> None:
    """The command is killed -9 in the middle of its transaction: when it comes to write to the table."""
    with held(table) as waits:
        process = command.begin("payment_run", *arguments)
        begun = time.monotonic()
        while not waits():
            assert process.running(), process.said()
            assert time.monotonic() < begun + 60, "waited in vain"
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    while others():
        time.sleep(0.02)


def others() -> int:
    """Connections of a killed process that the server has not noticed yet."""
    with psycopg.connect(databases.url(), autocommit=True) as beside:
        row = beside.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' "
            "AND pid <> pg_backend_pid()"
        ).fetchone()
        return int(row[0]) if row else 0


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(allocated=10_000)
    return made


def test_killed_in_every_step_and_begun_again_it_pays_once(line: Line, command: Commands, tmp_path: Path) -> None:
    first, second = (person(Role.FINANCE_OFFICER, of=line.commissioner).email for _ in range(2))
    owed(line, 1_500, 700, 300)

    prepare = ("prepare", "--by", first)
    killed_while_writing("payments_runstep", command, *prepare)
    assert not Run.objects.exists()
    done(command, *prepare)
    run = Run.objects.get()
    of = ("--run", run.number)

    authorise = ("authorise", *of, "--by", second)
    killed_while_writing("payments_runstep", command, *authorise)
    assert Run.objects.get().state == "prepared"
    done(command, *authorise)
    done(command, *authorise)  # a second time: it is authorised already
    assert RunStep.objects.filter(step="authorised").count() == 1

    export = ("export", *of, "--by", first)
    killed_while_writing("payments_runstep", command, *export)
    assert Run.objects.get().state == "authorised"
    assert not Export.objects.exists()
    done(command, *export)
    done(command, *export)
    assert Export.objects.count() == 1

    file = tmp_path / "paid.csv"
    file.write_bytes(confirmation_file(run).replace(b"2018-11-08", today().isoformat().encode()))
    confirm = ("confirm", str(file), *of, "--by", first)
    for table in ("budget_entry", "payments_confirmation", "kit_work"):
        killed_while_writing(table, command, *confirm)
        assert not Entry.objects.filter(kind="payment").exists()
        assert not Confirmation.objects.exists()
        assert set(run.lines.values_list("state", flat=True)) == {"waiting"}
    done(command, *confirm)
    done(command, *confirm)
    ended(line, run)


def ended(line: Line, run: Any) -> None:
    """Everything is paid once, and the ledger adds up."""
    run.refresh_from_db()
    assert run.state == "confirmed"
    assert set(Payable.objects.values_list("state", flat=True)) == {"paid"}
    assert Entry.objects.filter(kind="payment").count() == 3
    assert balance(line)["paid"] == 2_500
    call_command("check_ledger")
