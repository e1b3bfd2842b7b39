"""What happens when something dies while people work: nobody loses a saved edit, and nothing is done twice.

People are programs here, each with a token: they send what they save under a key of their own, and send it again until
they are told that it is saved, as a person presses the button again.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.integration.forking import Commands, commands
from tests.integration.installation import Installation, free_port, ready, wait_for

pytestmark = pytest.mark.processes
AS_ON_ONE_MACHINE = {
    "CC2H_ENV": "development",
    "ALLOWED_HOSTS": "localhost",
    "CC2H_WORK_LEASE_SECONDS": "3",
    "CC2H_API_REQUESTS_PER_MINUTE": "100000",
}
DATABASE = "drills"
MAKE_A_TOKEN = """
from datetime import timedelta
from cc2h.accounts import tokens
from cc2h.accounts.models import User
from cc2h.kit.days import today
user = User.objects.get(email="manager@barnet.example")
print(tokens.make(by=user, name="drill", actions=tokens.may_be_granted(user), expires_on=today() + timedelta(days=1))[1])
"""


def given(installation: Installation) -> dict[str, str]:
    return AS_ON_ONE_MACHINE | {"DATABASE_URL": installation.database_url(DATABASE)}


class Drill:
    """A portal with the demonstration, somebody's token, and what goes wrong with it."""

    def __init__(self, installation: Installation, command: Commands) -> None:
        self.installation, self.port, self.command = installation, free_port(), command
        self.given = given(installation)
        prepare = installation.start("prepare", "migrate", without="--empty", **self.given)
        assert prepare.wait(120) == 0, installation.log("prepare")
        self.token = self.manage("shell", "--no-imports", "-c", MAKE_A_TOKEN).split()[-1]
        self.start_web()
        self.start_worker()
        installation.start("beat", "beat", **self.given, CC2H_WORK_SWEEP_SECONDS="1")

    def manage(self, *command: str) -> str:
        done = self.command.begin(*command)
        assert done.wait() == 0, done.said()
        return done.said()

    def start_web(self) -> None:
        self.installation.start("web", "web", **self.given, PORT=str(self.port), WEB_CONCURRENCY="2")
        wait_for("web", lambda: ready(self.port))

    def start_worker(self) -> None:
        self.installation.start("worker", "worker", **self.given)

    def kill(self, name: str) -> None:
        """Hard, with all that it has started."""
        process = self.installation.processes[name]
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
        process.kill()
        for pid in children.stdout.split():
            subprocess.run(["kill", "-9", pid], check=False, capture_output=True)
        process.wait(10)

    @contextmanager
    def held_up_at(self, table: str) -> Iterator[None]:
        """A worker is started, and waits at this table."""
        url, password = self.installation.database_url(DATABASE), self.installation.password
        with psycopg.connect(url, password=password) as line:
            line.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            self.start_worker()
            waits = f"SELECT count(*) > 0 FROM pg_locks WHERE relation = '{table}'::regclass AND NOT granted"
            wait_for(f"the worker at {table}", lambda: self.ask_database(waits) == [(True,)], 60)
            yield

    # What a person's program does -----------------------------------------------------------------------
    def ask(self, method: str, address: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Host": "localhost", "Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            line.request(method, f"/api/v1{address}", json.dumps(body) if body is not None else None, headers)
            answer = line.getresponse()
            text = answer.read()
        finally:
            line.close()
        return answer.status, json.loads(text) if text else None

    def send(self, name: str, data: bytes, key: str) -> tuple[int, Any]:
        """Bring a file to be imported."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        edge = f"edge-{uuid.uuid4().hex}"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        headers = {
            "Host": "localhost",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Idempotency-Key": key,
        }
        try:
            line.request(
                "POST", "/api/v1/imports/upload/", head.encode() + data + f"\r\n--{edge}--\r\n".encode(), headers
            )
            answer = line.getresponse()
            text = answer.read()
        finally:
            line.close()
        return answer.status, json.loads(text) if text else None

    def save(self, address: str, body: Any, key: str) -> Any:
        """Send it until it is saved; where the body is bytes, it is a file of this address."""
        deadline = time.monotonic() + 60
        while True:
            try:
                if isinstance(body, bytes):
                    status, answer = self.send(address, body, key)
                else:
                    status, answer = self.ask("POST", address, body, key)
                if status == 200:
                    return answer
                assert status >= 500, answer
                assert "It is not your fault" in answer["detail"], answer
            except (OSError, HTTPException):
                pass
            assert time.monotonic() < deadline, f"{body} was not saved"
            time.sleep(0.2)

    def note_contacts(self, people: int, each: int, meanwhile: Callable[[], None]) -> list[str]:
        """Several people note contacts while something happens; what they were told is saved."""
        noted: list[str] = []
        failed: list[BaseException] = []

        def person(number: int) -> None:
            try:
                for turn in range(each):
                    said = f"drill {uuid.uuid4()}"
                    contact = {"day": "2018-11-01", "outcome": said}
                    self.save(f"/practices/Z990{number % 20 + 1:02d}/contacts/", contact, f"{said} {turn}")
                    noted.append(said)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
        for thread in threads:
            thread.start()
        meanwhile()
        for thread in threads:
            thread.join(120)
        assert not failed, failed[0]
        return noted

    def ask_database(self, statement: str) -> list[Any]:
        return self.installation.ask(statement, DATABASE)

    def kept(self) -> list[str]:
        """What the database holds of it, each entry as often as it is there."""
        return [
            said for (said,) in self.ask_database("SELECT outcome FROM practices_contact WHERE outcome LIKE 'drill %'")
        ]

    def is_sound(self) -> None:
        """Nothing waits, and every derived figure follows from the records."""
        waits = "SELECT count(*) FROM kit_work WHERE done_at IS NULL AND kind = 'coverage'"
        wait_for("all work", lambda: self.ask_database(waits) == [(0,)], 90)
        assert "Every snapshot is what the records give." in self.manage("recompute", "--check")


@pytest.fixture(scope="module")
def drill(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    environment = installation.environment("web") | given(installation)
    with commands(tmp_path_factory.mktemp("drill") / "said", **environment) as command:
        yield Drill(installation, command)


def test_the_database_is_restarted_while_people_save(drill: Drill) -> None:
    before = set(drill.kept())
    postgres = drill.installation.postgres

    def restart() -> None:
        time.sleep(0.5)
        postgres.signal(signal.SIGINT)
        assert postgres.process
        postgres.process.wait(30)
        time.sleep(1)
        postgres.start(drill.installation.guard)
        wait_for("PostgreSQL", postgres.ready)

    noted = drill.note_contacts(8, 10, restart)
    assert sorted(noted) == sorted(said for said in drill.kept() if said not in before)
    drill.is_sound()


def test_after_an_outage_of_the_database_the_portal_answers_as_soon_as_it_does(drill: Drill) -> None:
    postgres = drill.installation.postgres
    postgres.signal(signal.SIGQUIT)
    assert postgres.process
    postgres.process.wait(30)
    away_until = time.monotonic() + 8
    while time.monotonic() < away_until:
        assert drill.ask("GET", "/chins/")[0] == 500
        time.sleep(0.5)
    postgres.start(drill.installation.guard)
    wait_for("PostgreSQL", postgres.ready)
    wait_for("the portal", lambda: drill.ask("GET", "/chins/")[0] == 200, seconds=4)
    drill.is_sound()


def test_the_web_server_is_replaced_while_people_save(drill: Drill) -> None:
    before = set(drill.kept())

    def deploy() -> None:
        time.sleep(0.3)
        web = drill.installation.processes["web"]
        web.terminate()
        assert web.wait(30) == 0
        drill.start_web()

    noted = drill.note_contacts(8, 8, deploy)
    assert sorted(noted) == sorted(said for said in drill.kept() if said not in before)
    drill.is_sound()


def test_the_web_server_is_replaced_while_files_come(drill: Drill) -> None:
    """Each file of which somebody was told that it is here is here once, byte for byte, and checked."""
    sent: dict[str, bytes] = {}
    failed: list[BaseException] = []

    def person(number: int) -> None:
        try:
            for turn in range(3):
                name = f"drill-{number}-{turn}.csv"
                sent[name] = f"nobody,knows\r\n{uuid.uuid4()},".encode() + b"x" * 1_000_000
                drill.save(name, sent[name], f"{name} {uuid.uuid4()}")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    web = drill.installation.processes["web"]
    web.terminate()
    assert web.wait(30) == 0
    drill.start_web()
    for thread in threads:
        thread.join(120)
    assert not failed, failed[0]
    kept = drill.ask_database(
        "SELECT file_name, sha256, (SELECT sum(length(data)) FROM kit_importchunk c WHERE c.of_id = i.id) "
        "FROM kit_import i WHERE file_name LIKE 'drill-%' ORDER BY 1"
    )
    assert kept == [(name, hashlib.sha256(data).hexdigest(), len(data)) for name, data in sorted(sent.items())]
    undecided = "SELECT count(*) FROM kit_import WHERE file_name LIKE 'drill-%' AND state IN ('received', 'checking')"
    wait_for("all checks", lambda: drill.ask_database(undecided) == [(0,)], 90)
    drill.is_sound()


@contextmanager
def _of_24_megabytes(folder: Path) -> Iterator[None]:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(folder)], check=False).returncode:
        pytest.skip("this account mounts no small disk; the full one is drilled all the same")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(params=["small", "full"])
def no_room(drill: Drill, request: pytest.FixtureRequest) -> Iterator[Callable[[], None]]:
    """What files are stored on has no room for one; the rest of the database has. Gives what makes room again.

    small: a disk of 24 megabytes, which fills up midway. full: every write is refused as by a full disk, which anybody
    can have: the file in which PostgreSQL keeps the pieces is /dev/full for as long.
    """
    folder = drill.installation.top / "small"
    folder.mkdir(exist_ok=True)
    with _of_24_megabytes(folder) if request.param == "small" else nullcontext():
        inside = folder / "space"
        inside.mkdir()
        owner = drill.installation.postgres.database.stat()
        os.chown(inside, owner.st_uid, owner.st_gid)
        drill.ask_database(f"CREATE TABLESPACE small LOCATION '{inside}'")
        drill.ask_database("VACUUM FULL kit_importchunk")  # without free places that need no room
        drill.ask_database("ALTER TABLE kit_importchunk SET TABLESPACE small")
        pieces = aside = Path()
        if request.param == "full":
            drill.ask_database("CHECKPOINT")
            [(path,)] = drill.ask_database(
                "SELECT pg_relation_filepath(reltoastrelid) FROM pg_class WHERE oid = 'kit_importchunk'::regclass"
            )
            pieces = drill.installation.postgres.database / path
            aside = pieces.rename(pieces.with_name(f"{pieces.name}.aside"))
            pieces.symlink_to("/dev/full")

        def make_room() -> None:
            if aside != Path() and aside.exists():
                aside.replace(pieces)
            drill.ask_database("ALTER TABLE kit_importchunk SET TABLESPACE pg_default")

        yield make_room
        make_room()
        drill.ask_database("DROP TABLESPACE small")
    shutil.rmtree(folder)


def test_the_disk_for_files_is_full(drill: Drill, no_room: Callable[[], None]) -> None:
    """Who brings a file is told so in words, and nothing of it is kept; everything else goes on."""
    before = drill.ask_database("SELECT count(*) FROM kit_import")
    data = os.urandom(30_000_000)
    status, answer = drill.send("too-much.csv", data, f"full {uuid.uuid4()}")
    assert status == 422, answer
    assert "disk is full" in json.dumps(answer, ensure_ascii=False)
    assert drill.ask_database("SELECT count(*) FROM kit_import") == before
    drill.save("/practices/Z99001/contacts/", {"day": "2018-11-02", "outcome": "drill full"}, f"full {uuid.uuid4()}")
    drill.is_sound()
    no_room()  # there is again
    drill.save("too-much.csv", data, f"room {uuid.uuid4()}")


def test_twenty_people_save_one_chin_at_once_and_each_is_told_of_the_other(drill: Drill) -> None:
    address = "/chins/barnet-1/edit/"
    _, form = drill.ask("GET", address)
    seen = form["fields"]["seen"]["value"]
    answers: list[tuple[int, Any]] = []

    def person(number: int) -> None:
        answers.append(drill.ask("POST", address, {"seen": seen, "footprint": f"Area {number}"}))

    threads = [threading.Thread(target=person, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(status for status, _ in answers) == [200, *[409] * 19]
    for status, answer in answers:
        if status == 409:
            assert "has changed this meanwhile" in answer["detail"]
            assert re.match(r"Area \d+", answer["changes"][0]["theirs"])
    drill.is_sound()


def test_the_broker_comes_back_empty_and_the_worker_is_killed(drill: Drill) -> None:
    """Practices leave and join meanwhile; coverage follows without anybody asking."""
    valkey = drill.installation.valkey
    valkey.signal(signal.SIGKILL)
    assert valkey.process
    valkey.process.wait(10)
    drill.kill("worker")
    _, chin = drill.ask("GET", "/chins/barnet-2/")
    for member in chin["members"][:3]:
        drill.save(f"/chins/memberships/{member['id']}/leave/", {"last": "2018-10-31"}, f"leave {member['id']}")
    (waiting,) = drill.ask_database("SELECT count(*) FROM kit_work WHERE done_at IS NULL AND kind = 'coverage'")
    assert waiting[0] >= 1
    for file in valkey.data.glob("appendonly*/*"):
        file.unlink()
    valkey.start(drill.installation.guard)
    wait_for("Valkey", valkey.ready)
    drill.start_worker()
    drill.is_sound()
    _, after = drill.ask("GET", "/chins/barnet-2/")
    assert len(after["members"]) == len(chin["members"]) - 3


def test_a_worker_is_killed_again_and_again_while_it_recomputes(drill: Drill) -> None:
    _, chin = drill.ask("GET", "/chins/barnet-3/")
    for turn, member in enumerate(chin["members"][:4]):
        drill.save(f"/chins/memberships/{member['id']}/leave/", {"last": member["first"]}, f"left {member['id']}")
        time.sleep(0.05 * turn)
        drill.kill("worker")
        drill.start_worker()
    drill.is_sound()


# What a worker comes to, one after the other: the bytes of the file, what it knows already, what it finds; and once
# somebody has said yes the same again, and the rows.
STEPS_OF_A_CHECK = ("kit_importchunk", "practices_listsize", "kit_importproblem")
STEPS_OF_A_MERGE = ("kit_importchunk", "practices_listsize")
STEPS_OF_A_RECOMPUTE = ("chins_membership", "chins_coveragesnapshot", "chins_coveragerun")


def test_a_worker_is_killed_at_each_step_of_an_import(drill: Drill) -> None:
    """The file is checked and merged in the end, once, whatever became of the workers before."""
    data = drill.manage("make_sample", "list-sizes", "--month", "2019-03").encode()
    drill.kill("worker")
    (record,) = drill.save("steps.csv", data, f"steps {uuid.uuid4()}")["records"]
    state = f"SELECT state FROM kit_import WHERE id = {record['id']}"
    of_the_file = (
        f"SELECT count(*), count(DISTINCT practice_id) FROM practices_listsize WHERE source_id = {record['id']}"
    )

    def killed_at(steps: tuple[str, ...]) -> None:
        for table in steps:
            with drill.held_up_at(table):
                drill.kill("worker")
            assert drill.ask_database(of_the_file) == [(0, 0)]

    killed_at(STEPS_OF_A_CHECK)
    drill.start_worker()
    wait_for("the preview", lambda: drill.ask_database(state) == [("checked",)], 90)
    drill.kill("worker")
    drill.save(f"/imports/{record['id']}/decide/", {"decision": "import"}, f"import {uuid.uuid4()}")
    killed_at(STEPS_OF_A_MERGE)
    drill.start_worker()
    wait_for("the import", lambda: drill.ask_database(state) == [("imported",)], 90)
    ((rows, practices),) = drill.ask_database(of_the_file)
    planned = "(findings ->> 'new')::int + (findings ->> 'changed')::int"
    ((written,),) = drill.ask_database(f"SELECT {planned} FROM kit_import WHERE id = {record['id']}")
    assert rows == practices == written > 190
    drill.is_sound()


def test_a_worker_is_killed_at_each_step_of_a_recompute(drill: Drill) -> None:
    _, chin = drill.ask("GET", "/chins/barnet-1/")
    drill.kill("worker")
    member = chin["members"][0]
    drill.save(f"/chins/memberships/{member['id']}/leave/", {"last": member["first"]}, f"step {member['id']}")
    for table in STEPS_OF_A_RECOMPUTE:
        with drill.held_up_at(table):
            drill.kill("worker")
        (waiting,) = drill.ask_database("SELECT count(*) FROM kit_work WHERE done_at IS NULL AND kind = 'coverage'")
        assert waiting[0] >= 1
    drill.start_worker()
    drill.is_sound()
