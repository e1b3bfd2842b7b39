"""The portal as one command starts it: real servers, killed, stopped and started again in folders of their own."""

import contextlib
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import connection

from cc2h.config.processes import command_lines, servers_marked
from cc2h.config.supervisor import BASE_DIR, DEFAULT_PORT, mark_of, runtime_folder
from tests import databases

pytestmark = pytest.mark.processes

SUPERVISOR = [sys.executable, "-m", "cc2h.config.supervisor"]
TELL = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]


@contextlib.contextmanager
def data_folder(*, open_to_others: bool = True) -> Iterator[Path]:
    """A data folder whose path has a space; afterwards no server of it may live."""
    top = Path(tempfile.mkdtemp(prefix="cc2h servers ")).resolve()
    top.chmod(0o711 if open_to_others else 0o700)
    folder = top / "data"
    try:
        yield folder
        assert servers_marked(mark_of(folder)) == {}
    finally:
        for pid in servers_marked(mark_of(folder)):
            os.kill(pid, signal.SIGKILL)
        if (elsewhere := folder / "postgres").is_symlink():
            shutil.rmtree(elsewhere.readlink().parent)
        shutil.rmtree(top)


def environment(folder: Path, **extra: str) -> dict[str, str]:
    """The environment of a person who set nothing but the data folder."""
    ours = ("DATABASE_URL", "REDIS_URL", "PORT", "CC2H_ENV")
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return {**inherited, "PYTHONPATH": str(BASE_DIR), "CC2H_DATA_DIR": str(folder), **extra}


def until(done: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain"
        time.sleep(0.05)


def supervise(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run the supervisor to its end."""
    return subprocess.run(
        [*SUPERVISOR, *arguments],
        env=environment(folder, **extra),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def run_begun(folder: Path, *command: str) -> subprocess.Popen[str]:
    """Begin `run -- COMMAND`."""
    return subprocess.Popen(
        [*SUPERVISOR, "run", "--", *command], env=environment(folder), cwd="/", stdout=subprocess.PIPE, text=True
    )


class Portal:
    """A portal on a data folder, started and stopped as a person would."""

    def __init__(self, folder: Path, **extra: str) -> None:
        self.folder, self.extra = folder, extra
        self.words = folder.parent / "terminal"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.words.open("wb") as terminal:
            self.process = subprocess.Popen(
                [*SUPERVISOR, "serve", "--empty"],
                env=environment(self.folder, **self.extra),
                cwd="/",
                stdout=terminal,
                stderr=subprocess.STDOUT,
            )
        until(lambda: "The portal is ready" in self.terminal() or self.process.poll() is not None, 240)
        assert "The portal is ready" in self.terminal(), self.terminal()

    def terminal(self) -> str:
        return self.words.read_text()

    @property
    def port(self) -> int:
        return int(re.findall(r"http://localhost:(\d+)/", self.terminal())[-1])

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def servers(self) -> dict[int, str]:
        return servers_marked(mark_of(self.folder))

    def server(self, words: str) -> int:
        """The number of the first process whose command line has these words."""
        return min(pid for pid, line in self.servers().items() if words in line)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        url = json.loads((self.folder / "servers.json").read_text())["DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


PROGRAMS = ("bin/postgres -D", "valkey-server", "gunicorn", "--queues celery", "--queues charts", "celery:app beat")


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """A running portal; a test that stops it starts it again."""
    with data_folder() as folder:
        portal = Portal(folder)
        portal.start()
        yield portal
        assert portal.end(signal.SIGTERM) == 0


@pytest.fixture
def migrated(django_db_modify_db_settings: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a database of its own, migrated and otherwise empty."""
    with django_db_blocker.unblock():
        name = f"{connection.creation._get_test_db_name()}_another"
        databases.make(name)
        yield databases.url(name)
        databases.drop(name)


def test_starts_everything_and_says_where(portal: Portal) -> None:
    assert portal.ready()
    lines = " ".join(portal.servers().values())
    for program in PROGRAMS:
        assert program in lines
    assert "listen_addresses= " in lines  # no port of PostgreSQL is open


def test_refuses_a_second_supervisor_on_one_data_folder(portal: Portal) -> None:
    second = supervise(portal.folder, "serve")
    assert second.returncode == 1
    assert f"is in use by script/server, process {portal.process.pid}." in second.stderr


def test_a_taken_port_is_a_sentence_when_it_was_asked_for(portal: Portal) -> None:
    with data_folder() as folder:
        answer = supervise(folder, "serve", PORT=str(portal.port))
        assert answer.returncode == 1
        assert answer.stderr == (f"Port {portal.port} is taken. Stop what uses it, or set PORT to another number.\n")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "²"])
def test_a_port_that_is_none_is_a_sentence(port: str) -> None:
    with data_folder() as folder:
        answer = supervise(folder, "serve", PORT=port)
        assert (answer.returncode, answer.stderr) == (1, f"PORT must be a number from 1 to 65535, not {port!r}.\n")


def test_two_portals_side_by_side_the_second_on_the_next_free_port(portal: Portal, migrated: str) -> None:
    with data_folder() as folder:
        neighbour = Portal(folder, DATABASE_URL=migrated)
        neighbour.start()
        assert neighbour.ready()
        assert portal.ready()
        assert portal.port in range(DEFAULT_PORT, neighbour.port)
        assert set(neighbour.servers()).isdisjoint(portal.servers())
        assert neighbour.end(signal.SIGTERM) == 0
    assert portal.ready()


def test_a_command_uses_the_servers_of_a_running_portal(portal: Portal) -> None:
    seen = json.loads(supervise(portal.folder, "run", "--", *TELL).stdout)
    noted = json.loads((portal.folder / "servers.json").read_text())
    assert {name: seen[name] for name in ("DATABASE_URL", "REDIS_URL")} == {
        name: noted[name] for name in ("DATABASE_URL", "REDIS_URL")
    }
    assert portal.ready()


def test_whatever_dies_is_started_again(portal: Portal) -> None:
    before = {words: portal.server(words) for words in PROGRAMS}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def all_back() -> bool:
        lines = portal.servers()
        return all(any(words in lines[pid] for pid in lines if pid != before[words]) for words in PROGRAMS)

    until(all_back)
    until(portal.ready)
    assert "worker ended (signal 9); starting it again in 0.5 s." in portal.terminal()


def test_killed_hard_leaves_no_server_and_recovers(portal: Portal) -> None:
    portal.sql("CREATE TABLE IF NOT EXISTS kept (day date)")
    portal.sql("INSERT INTO kept VALUES ('2018-12-06')")
    portal.end(signal.SIGKILL)
    until(lambda: portal.servers() == {}, 15)
    portal.start()
    assert portal.sql("SELECT day::text FROM kept") == [("2018-12-06",)]
    assert portal.ready()


def test_stops_cleanly_and_starts_again_with_its_data(portal: Portal) -> None:
    portal.sql("CREATE TABLE IF NOT EXISTS kept (day date)")
    assert portal.end(signal.SIGINT) == 0
    assert portal.servers() == {}
    assert not runtime_folder(portal.folder).exists()
    assert not portal.ready()
    begun = time.monotonic()
    portal.start()
    waiting_for_each_other = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))  # tests run side by side
    assert time.monotonic() - begun < 10 * waiting_for_each_other
    assert portal.sql("SELECT to_regclass('kept')::text") == [("kept",)]


def test_production_starts_and_signs_in_behind_a_proxy_that_ends_tls(migrated: str) -> None:
    name = "portal.example.nhs.uk"
    safe = {
        "CC2H_ENV": "production",
        "DATABASE_URL": migrated,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": name,
        "EMAIL_HOST": "mail.example.nhs.uk",
    }
    with data_folder() as folder:
        portal = Portal(folder, **safe)
        portal.start()
        try:
            browser = BehindProxy(portal.port, name)
            form = browser.ask("GET", "/account/login/")
            email, password = re.findall(r"Sign in as (\S+) with the password (\S+)", portal.terminal())[0]
            token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[0]
            signed_in = browser.ask(
                "POST", "/account/login/", {"login": email, "password": password, "csrfmiddlewaretoken": token}
            )
            assert (signed_in.status, signed_in.headers["Location"]) == (302, "/")
            assert all(cookie["secure"] and cookie["httponly"] for cookie in browser.cookies.values())
            home = browser.ask("GET", "/")
            assert (home.status, home.headers["Location"]) == (302, "/account/2fa/")  # a manager needs a second factor
            there = browser.ask("GET", "/account/2fa/")
            assert (there.status, "Sign out" in there.text) == (200, True)

            plain = BehindProxy(portal.port, name, scheme="http").ask("GET", "/")
            assert (plain.status, plain.headers["Location"]) == (301, f"https://{name}/")
            assert BehindProxy(portal.port, "elsewhere.example").ask("GET", "/").status == 400
        finally:
            assert portal.end(signal.SIGTERM) == 0


@dataclass
class Answer:
    """What came back for one request."""

    status: int
    headers: http.client.HTTPMessage
    text: str


class BehindProxy:
    """A browser as the portal sees it through a proxy that ends TLS; it keeps its cookies."""

    def __init__(self, port: int, host: str, scheme: str = "https") -> None:
        self.port = port
        self.headers = {
            "Host": host,
            "Origin": f"{scheme}://{host}",
            "X-Forwarded-Proto": scheme,
            "X-Forwarded-For": "192.0.2.1",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.cookies: SimpleCookie = SimpleCookie()

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, urlencode(fields or {}), {**self.headers, "Cookie": cookie})
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                self.cookies.load(line)
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()


def test_recovers_when_everything_was_killed_at_once() -> None:
    with data_folder() as folder:
        waiting = run_begun(folder, "sleep", "60")
        until(lambda: (folder / "servers.json").exists())
        victims = servers_marked(mark_of(folder))
        waiting.kill()
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert supervise(folder, "run", "--", *TELL).returncode == 0  # the first one is not even reaped yet
        waiting.wait()


def test_two_data_folders_side_by_side() -> None:
    with data_folder() as one, data_folder() as other:
        first, second = run_begun(one, *TELL), run_begun(other, *TELL)
        seen = [json.loads(run.communicate(timeout=60)[0]) for run in (first, second)]
        assert first.returncode == second.returncode == 0
        for name in ("DATABASE_URL", "REDIS_URL", "CC2H_DATA_DIR"):
            assert seen[0][name] != seen[1][name]


def test_servers_that_were_given_are_used_and_none_is_started() -> None:
    given = {"DATABASE_URL": "postgresql://elsewhere/cc2h", "REDIS_URL": "redis://elsewhere/0"}
    with data_folder() as folder:
        one = json.loads(supervise(folder, "run", "--", *TELL, DATABASE_URL=given["DATABASE_URL"]).stdout)
        assert one["DATABASE_URL"] == given["DATABASE_URL"]
        assert "@127.0.0.1:" in one["REDIS_URL"]
        assert not (folder / "postgres").exists()
    with data_folder() as folder:
        both = json.loads(supervise(folder, "run", "--", *TELL, **given).stdout)
        assert {name: both[name] for name in given} == given
        assert not folder.exists()


def test_servers_stay_while_another_command_uses_them() -> None:
    with data_folder() as folder:
        owner = run_begun(folder, "sleep", "0.5")
        until(lambda: (folder / "servers.json").exists())
        connect = "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL'])"
        user = run_begun(folder, "sh", "-c", 'sleep 2; exec "$0" -c "$1"', sys.executable, connect)
        assert user.wait(30) == 0
        assert owner.wait(30) == 0


def test_the_exit_code_and_a_missing_program() -> None:
    with data_folder() as folder:
        assert supervise(folder, "run", "--", "sh", "-c", "exit 7").returncode == 7
        missing = supervise(folder, "run", "--", "no-such-program")
        assert (missing.returncode, missing.stderr) == (
            1,
            "no-such-program cannot be run: No such file or directory.\n",
        )


def test_throwaway_leaves_nothing_behind() -> None:
    with data_folder() as unused:
        run = supervise(unused, "run", "--throwaway", "--", *TELL)
        folder = Path(json.loads(run.stdout)["CC2H_DATA_DIR"])
        assert folder != unused
        assert not folder.exists()
        assert servers_marked(mark_of(folder)) == {}


@pytest.mark.skipif(os.getuid() != 0, reason="only root hands PostgreSQL to another account")
def test_as_root_in_a_folder_that_nobody_else_may_enter() -> None:
    with data_folder(open_to_others=False) as folder:
        modes = {path: path.stat().st_mode for path in folder.parents}
        assert supervise(folder, "run", "--", *TELL).returncode == 0
        database = (folder / "postgres").resolve()
        assert database.stat().st_uid != 0
        assert (database.parent / "belongs-to").read_text() == f"{folder}\n"
        assert {path: path.stat().st_mode for path in folder.parents} == modes
        assert supervise(folder, "run", "--", *TELL).returncode == 0
        assert (folder / "postgres").resolve() == database


def test_the_guardian_stops_children_where_the_kernel_does_not(tmp_path: Path) -> None:
    program = """
import time
from pathlib import Path
from cc2h.config.processes import Child, Guard
guard = Guard(by_kernel=False)
for seconds in ("61", "62"):
    child = Child(name="sleeper", command=["sleep", seconds], log=Path("log"), folder=Path("."))
    child.start(guard)
    print(child.process.pid, flush=True)
child.process.kill()
child.process.wait()
child.ended(guard)
print("ready", flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program], env=environment(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    lines = [parent.stdout.readline().strip() for _ in range(3)]
    assert lines[2] == "ready"
    sleeper = int(lines[0])
    assert sleeper in dict(command_lines())
    parent.kill()
    parent.wait()
    until(lambda: sleeper not in dict(command_lines()), 10)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder that belongs to somebody else")
def test_a_data_folder_of_another_user_is_a_sentence() -> None:
    with data_folder() as folder:
        folder.mkdir()
        os.chown(folder, 65534, 65534)
        answer = supervise(folder, "serve")
        assert answer.returncode == 1
        assert answer.stderr.startswith(f"The data folder {folder} belongs to another user (number 65534).")
