"""The portal as `script/server` starts it, in a folder of its own that goes afterwards."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

from cc2h.config.processes import Guard
from cc2h.config.supervisor import BASE_DIR
from tests import databases

SUPERVISOR = [sys.executable, "-m", "cc2h.config.supervisor"]
NOT_HANDED_ON = ("DATABASE_URL", "REDIS_URL", "PORT", "CC2H_ENV", "CC2H_TEST_DATABASE")
SECONDS_TO_START = 120


class Portal:
    """Web server, worker, clock and a broker, with the demonstration programme."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON}
        self.environment |= {"PYTHONPATH": str(BASE_DIR), "CC2H_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
        self.environment["DATABASE_URL"] = database_url
        self.url = ""

    def start(self) -> "subprocess.Popen[bytes]":
        """Start everything and wait until it says that it is ready."""
        words = self.folder.parent / "terminal"
        with words.open("wb") as terminal:
            process = subprocess.Popen(
                [*SUPERVISOR, "serve"],
                env=self.environment,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                preexec_fn=Guard().before_exec(signal.SIGTERM),  # nothing stays when the tests are killed
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not (found := re.search(r"ready: (http://localhost:\d+)/", words.read_text())):
            assert process.poll() is None, words.read_text()
            assert time.monotonic() < deadline, words.read_text()
            time.sleep(0.1)
        self.url = found[1]
        return process

    def manage(self, *command: str) -> str:
        """What a management command prints, run beside the portal."""
        return subprocess.run(
            [*SUPERVISOR, "run", "--", sys.executable, str(BASE_DIR / "manage.py"), *command],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    def begin(self, *command: str) -> Callable[[], str]:
        """Run a management command beside the portal; what is returned waits for it, and says what it printed."""
        running = subprocess.Popen(
            [*SUPERVISOR, "run", "--", sys.executable, str(BASE_DIR / "manage.py"), *command],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=Guard().before_exec(signal.SIGTERM),
        )

        def printed() -> str:
            said, _ = running.communicate(timeout=120)
            assert running.returncode == 0, said
            return said

        return printed

    def mails(self) -> str:
        """Every e-mail so far, one after the other: a local portal writes them to the log of whoever sends them."""
        return "\n".join((self.folder / "logs" / f"{name}.log").read_text() for name in ("web", "worker"))


@contextlib.contextmanager
def running(run: str) -> Iterator[Portal]:
    """A portal from start to end, its data removed. Its database is one of the tests' server, prepared once a run."""
    database = f"{connection.creation._get_test_db_name()}_portal"
    databases.make_with(databases.as_a_portal_prepares_it, database, run)
    top = Path(tempfile.mkdtemp(prefix="cc2h browser ")).resolve()
    top.chmod(0o711)  # root's servers run as another account, which must get through
    portal = Portal(top / "data", databases.url(database))
    process = None
    try:
        process = portal.start()
        yield portal
    finally:
        if process is not None:
            process.terminate()
            process.wait(60)
        shutil.rmtree(top, ignore_errors=True)
        databases.drop(database)
