"""An installation as the compose file describes it, its processes started by hand: two web, two workers, a clock,

PostgreSQL over TCP with a password, Redis with a password, secrets from files, a disk that ours need not write.
"""

import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from cc2h.config.embedded import Postgres, Valkey
from cc2h.config.processes import Guard
from cc2h.config.supervisor import BASE_DIR
from tests.integration.test_servers import BehindProxy

pytestmark = pytest.mark.processes
COMPOSE = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(what: str, done: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} seconds"
        time.sleep(0.2)


class Installation:
    """The servers, and ours as the compose file starts them."""

    def __init__(self, top: Path) -> None:
        self.top, self.guard = top, Guard()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.database_port, self.password = free_port(), secrets.token_urlsafe(16)
        self.postgres, self.valkey = Postgres(top, throwaway=True), Valkey(top)

    def start_servers(self) -> None:
        (self.top / "logs").mkdir()
        command = self.postgres.command
        command[command.index("listen_addresses=")] = "listen_addresses=127.0.0.1"
        command += ["-c", f"port={self.database_port}"]
        for server in (self.postgres, self.valkey):
            server.start(self.guard)
            wait_for(server.name, server.ready)
        sockets = {"host": str(self.postgres.sockets), "port": self.database_port}
        with psycopg.connect("user=cc2h dbname=cc2h", autocommit=True, **sockets) as connection:
            connection.execute(f"ALTER ROLE cc2h PASSWORD '{self.password}'")
            rules = self.postgres.database / "pg_hba.conf"
            rules.write_text(
                rules.read_text().replace("127.0.0.1/32            trust", "127.0.0.1/32            scram-sha-256")
            )
            connection.execute("SELECT pg_reload_conf()")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"postgresql://cc2h@127.0.0.1:{self.database_port}/cc2h")

    def environment(self, name: str) -> dict[str, str]:
        """What the compose file gives a service, with this machine's addresses and secrets in files."""
        given = COMPOSE["services"][name]["environment"]
        told = {key: "" if "${" in str(value) else str(value) for key, value in given.items()}
        for secret in ("SECRET_KEY", "DATABASE_PASSWORD", "REDIS_PASSWORD"):
            told[f"{secret}_FILE"] = str(self.top / secret)
        return {
            **{key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")},
            **{key: value for key, value in told.items() if value},
            "DATABASE_URL": f"postgresql://cc2h@127.0.0.1:{self.database_port}/cc2h",
            "REDIS_URL": re.sub(r"//.*@", "//", self.valkey.url),
            "ALLOWED_HOSTS": "portal.example.nhs.uk",
            "EMAIL_HOST": "mail.example.nhs.uk",
            "CC2H_DATA_DIR": str(self.top / "writable"),
            "CC2H_STATIC_ROOT": str(self.top / "static"),
            "WEB_CONCURRENCY": "1",
            "PYTHONPATH": str(BASE_DIR),
        }

    def start(self, name: str, service: str, **more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, *COMPOSE["services"][service]["command"][1:]]
        if "--schedule" in command:
            command[command.index("--schedule") + 1] = str(self.top / "beat.schedule")
        if service in ("worker", "charts"):
            command += ["--hostname", f"{name}@localhost"]
        with (self.top / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command,
                env=self.environment(service) | more,
                cwd=self.top,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=self.guard.before_exec(signal.SIGTERM),
            )
        return self.processes[name]

    def ask(self, statement: str) -> list[Any]:
        """Rows of the database."""
        url = f"postgresql://cc2h:{self.password}@127.0.0.1:{self.database_port}/cc2h"
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def log(self, name: str) -> str:
        return (self.top / f"{name}.log").read_text(errors="replace")

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(30)
        for server in (self.valkey, self.postgres):
            server.signal(server.stop_signal)
            if server.process:
                server.process.wait(30)
        self.guard.close()


@pytest.fixture(scope="module")
def installed() -> Iterator[Installation]:
    top = Path(tempfile.mkdtemp(prefix="cc2h-installed-")).resolve()
    top.chmod(0o711)
    installation = Installation(top)
    try:
        installation.start_servers()
        redis_password = re.findall(r"//[^:]*:([^@]+)@", installation.valkey.url)[0]
        for name, value in (
            ("SECRET_KEY", secrets.token_urlsafe(60)),
            ("DATABASE_PASSWORD", installation.password),
            ("REDIS_PASSWORD", redis_password),
        ):
            (top / name).write_text(f"{value}\n")
        yield installation
    finally:
        installation.stop()
        if (top / "postgres").is_symlink():
            shutil.rmtree((top / "postgres").readlink().parent, ignore_errors=True)
        shutil.rmtree(top, ignore_errors=True)


def ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status == 200 and b'"broker": "answers"' in answer.read()
    except OSError:
        return False
    finally:
        connection.close()


def test_two_of_each_share_the_work_and_the_people(installed: Installation) -> None:
    """The services start in the order of the file; a sign-in at one web process is one at the other."""
    assert installed.start("migrate", "migrate").wait(120) == 0, installed.log("migrate")
    email, password = re.findall(r"Sign in as (\S+) with the password (\S+)", installed.log("migrate"))[0]
    ports = {name: free_port() for name in ("web-1", "web-2")}
    for name, port in ports.items():
        installed.start(name, "web", PORT=str(port), CC2H_SECOND_FACTOR="offered")
    for name in ("worker-1", "worker-2"):
        installed.start(name, "worker")
    installed.start("charts", "charts")
    installed.start("beat", "beat", CC2H_WORK_SWEEP_SECONDS="1")
    for name, port in ports.items():
        wait_for(name, lambda port=port: ready(port))

    first = BehindProxy(ports["web-1"], "portal.example.nhs.uk")
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', first.ask("GET", "/account/login/").text)[0]
    signed_in = first.ask(
        "POST", "/account/login/", {"login": email, "password": password, "csrfmiddlewaretoken": token}
    )
    assert (signed_in.status, signed_in.headers["Location"]) == (302, "/")
    second = BehindProxy(ports["web-2"], "portal.example.nhs.uk")
    second.cookies = first.cookies
    operations = second.ask("GET", "/operations/")
    assert operations.status == 200
    assert "all applied" in operations.text

    installed.ask(
        "INSERT INTO kit_work (kind, key, reason) SELECT 'coverage', c.id, 'a test' "
        "FROM practices_commissioner c CROSS JOIN generate_series(1, 5)"
    )
    wait_for("all work", lambda: installed.ask("SELECT count(*) FROM kit_work WHERE done_at IS NULL") == [(0,)], 90)
    assert installed.ask("SELECT count(*), min(attempts), max(attempts) FROM kit_work WHERE reason = 'a test'") == [
        (25, 1, 1)
    ]

    installed.processes["web-1"].terminate()
    assert installed.processes["web-1"].wait(30) == 0
    assert second.ask("GET", "/operations/").status == 200


def test_nothing_is_written_but_where_it_may_be(installed: Installation) -> None:
    """Each service has its data folder, the schedule of the clock and /tmp, all of them in memory; the rest it only reads."""
    ours = {"writable", "logs", "postgres", "valkey", "SECRET_KEY", "DATABASE_PASSWORD", "REDIS_PASSWORD"}
    found = {path.name for path in installed.top.iterdir() if not path.name.endswith(".log")}
    assert {name for name in found - ours if not name.startswith("beat.schedule")} == {"static"} & found
