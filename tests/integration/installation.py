"""An installation as the compose file describes it, its processes started by hand.

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
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from cc2h.config.embedded import Postgres, Valkey
from cc2h.config.processes import Guard
from cc2h.config.supervisor import BASE_DIR
from tests import databases

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

    def fill(self, name: str, source: str) -> None:
        """Make a database here like one of the tests' server: what a whole start would make, in a fraction of its time."""
        if name != "cc2h":
            self.ask(f"CREATE DATABASE {name}")
        there, here = databases.url(source), f"{self.database_url(name)}"
        dump = subprocess.Popen([self.postgres.programs / "pg_dump", there], stdout=subprocess.PIPE)
        environment = {**os.environ, "PGPASSWORD": self.password, "PGOPTIONS": "-c session_replication_role=replica"}
        psql = [self.postgres.programs / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", here]
        subprocess.run(psql, env=environment, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
        assert dump.wait(30) == 0
        self.ask("ANALYZE", name)

    def database_url(self, name: str) -> str:
        return f"postgresql://cc2h@127.0.0.1:{self.database_port}/{name}"

    def environment(self, name: str) -> dict[str, str]:
        """What the compose file gives a service, with this machine's addresses and secrets in files."""
        given = COMPOSE["services"][name]["environment"]
        told = {key: "" if "${" in str(value) else str(value) for key, value in given.items()}
        for secret in ("SECRET_KEY", "DATABASE_PASSWORD", "REDIS_PASSWORD"):
            told[f"{secret}_FILE"] = str(self.top / secret)
        return {
            **{key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")},
            **{key: value for key, value in told.items() if value},
            "DATABASE_URL": self.database_url("cc2h"),
            "REDIS_URL": re.sub(r"//.*@", "//", self.valkey.url),
            "ALLOWED_HOSTS": "portal.example.nhs.uk",
            "EMAIL_HOST": "mail.example.nhs.uk",
            "CC2H_DATA_DIR": str(self.top / "writable"),
            "CC2H_STATIC_ROOT": str(self.top / "static"),
            "WEB_CONCURRENCY": "1",
            "PYTHONPATH": str(BASE_DIR),
        }

    def start(self, name: str, service: str, *, without: str | None = None, **more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, *(word for word in COMPOSE["services"][service]["command"][1:] if word != without)]
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

    def ask(self, statement: str, database: str = "cc2h") -> list[Any]:
        """Rows of a database."""
        with psycopg.connect(self.database_url(database), password=self.password, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def end(self) -> None:
        """Stop ours; the servers stay."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(30)
        self.processes.clear()

    def log(self, name: str) -> str:
        return (self.top / f"{name}.log").read_text(errors="replace")

    def stop(self) -> None:
        self.end()
        for server in (self.valkey, self.postgres):
            server.signal(server.stop_signal)
            if server.process:
                server.process.wait(30)
        self.guard.close()


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


@contextmanager
def installed() -> Iterator[Installation]:
    """The servers, started; ours are started by the test. All of it goes afterwards."""
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
