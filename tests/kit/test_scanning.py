"""Files that are looked into for viruses: by clamd, after they came, and who may open them until then."""

import hashlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from cc2h.accounts import records
from cc2h.accounts.authority import Role
from cc2h.comments import services
from cc2h.config import environment, operations
from cc2h.kit import clamd, scanning, work
from cc2h.kit.asat import AsAt
from cc2h.kit.days import today
from cc2h.kit.models import Scan, Work
from tests.factories import ChinFactory, person

# the standard test file of virus scanners, in two parts so that none of them takes this file for it
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

# clamd as far as the portal speaks with it: what a file carries is told by the test file's own words
LIKE_CLAMD = """
import socket, struct, sys

def exactly(talk, number):
    got = b""
    while len(got) < number:
        more = talk.recv(number - len(got))
        if not more:
            raise ConnectionError
        got += more
    return got

door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
while True:
    talk, _ = door.accept()
    with talk:
        assert exactly(talk, 10) == b"zINSTREAM\\0"
        data = b""
        while size := struct.unpack("!L", exactly(talk, 4))[0]:
            data += exactly(talk, size)
        if b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" in data:
            talk.sendall(b"stream: Eicar-Test-Signature FOUND\\0")
        elif b"too large" in data:
            talk.sendall(b"INSTREAM size limit exceeded. ERROR\\0")
        else:
            talk.sendall(b"stream: OK\\0")
"""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, int]]:
    """A process that answers as clamd does."""
    with subprocess.Popen([sys.executable, "-c", LIKE_CLAMD], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield "127.0.0.1", int(process.stdout.readline())
        process.kill()


@pytest.fixture
def nobody() -> tuple[str, int]:
    """An address at which nothing answers."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return "127.0.0.1", int(door.getsockname()[1])


class TestAsking:
    def test_a_virus_is_named_and_a_clean_file_is_not(self, server: tuple[str, int]) -> None:
        assert clamd.ask(*server, [EICAR]) == "Eicar-Test-Signature"
        assert clamd.ask(*server, [EICAR[:20], EICAR[20:]]) == "Eicar-Test-Signature"
        assert clamd.ask(*server, [b"Dear practice, ", b"a letter"]) == ""

    def test_what_it_can_not_say_is_not_clean(self, server: tuple[str, int]) -> None:
        with pytest.raises(clamd.NoAnswer, match="size limit exceeded"):
            clamd.ask(*server, [b"too large"])

    def test_one_that_is_away_is_said_to_be(self, nobody: tuple[str, int]) -> None:
        with pytest.raises(clamd.NoAnswer, match=f"clamd at 127.0.0.1:{nobody[1]} does not answer"):
            clamd.ask(*nobody, [b"a letter"])

    @pytest.mark.skipif(shutil.which("clamd") is None, reason="clamd is not on this machine")
    def test_the_real_one_finds_the_test_file(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = int(door.getsockname()[1])
        signatures = tmp_path / "signatures"
        signatures.mkdir()
        named = f"{hashlib.md5(EICAR, usedforsecurity=False).hexdigest()}:{len(EICAR)}:Eicar"
        (signatures / "test.hdb").write_text(f"{named}\n")
        settings = f"TCPAddr 127.0.0.1\nTCPSocket {port}\nForeground yes\nDatabaseDirectory {signatures}\n"
        (tmp_path / "clamd.conf").write_text(settings)
        with subprocess.Popen([str(shutil.which("clamd")), "-c", str(tmp_path / "clamd.conf")]) as process:
            try:
                assert "Eicar" in _patiently(port)
                assert clamd.ask("127.0.0.1", port, [b"a letter"]) == ""
            finally:
                process.kill()


def _patiently(port: int) -> str:
    until = time.monotonic() + 30
    while True:
        try:
            return clamd.ask("127.0.0.1", port, [EICAR])
        except clamd.NoAnswer:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@pytest.mark.django_db
class TestFiles:
    @pytest.fixture
    def chin(self) -> Any:
        return ChinFactory()

    @pytest.fixture
    def own(self, chin: Any) -> Any:
        return person(Role.CHIN_LEAD, of=chin)

    @pytest.fixture
    def other(self, chin: Any) -> Any:
        return person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner)

    def bring(self, by: Any, chin: Any, data: bytes) -> Any:
        now = today()
        user = type(by).objects.get(pk=by.pk)
        from cc2h.accounts import authority

        user.authority = authority.of(user, now)
        record = records.find(user, AsAt(now, None, now), "chin", chin.slug)
        assert record is not None
        return services.attach(
            by=user, record=record, title="A letter", name="letter.txt", file=BytesIO(data), post="CHIN lead"
        )

    def answers(self, user: Any, file: Any) -> int:
        client = Client()
        client.force_login(user)
        return client.get(reverse("comments:file_download", args=[file.pk])).status_code

    def page(self, user: Any, file: Any) -> Any:
        client = Client()
        client.force_login(user)
        return client.get(reverse("comments:file_detail", args=[file.pk]))

    def test_without_a_scanner_files_open_at_once(self, chin: Any, own: Any, other: Any, settings: Any) -> None:
        settings.CLAMAV = None
        file = self.bring(own, chin, b"A letter")
        assert (self.answers(own, file), self.answers(other, file)) == (200, 200)
        assert not Scan.objects.exists()

    def test_until_it_is_looked_into_a_file_opens_to_whoever_brought_it_alone(
        self, chin: Any, own: Any, other: Any, server: tuple[str, int], settings: Any
    ) -> None:
        settings.CLAMAV = server
        file = self.bring(own, chin, b"A letter")
        assert (self.answers(own, file), self.answers(other, file)) == (200, 403)
        assertContains(self.page(other, file), "still to be looked into for viruses")
        work.sweep()
        assert (self.answers(own, file), self.answers(other, file)) == (200, 200)

    def test_one_with_a_virus_is_handed_to_nobody_and_that_is_said(
        self, chin: Any, own: Any, other: Any, server: tuple[str, int], settings: Any
    ) -> None:
        settings.CLAMAV = server
        file = self.bring(own, chin, EICAR)
        work.sweep()
        assert (self.answers(own, file), self.answers(other, file)) == (403, 403)
        assertContains(self.page(own, file), "A virus was found in this file.")
        assert Scan.objects.get().virus == "Eicar-Test-Signature"
        settings.CLAMAV = None  # nor once scanning is switched off
        assert self.answers(other, file) == 403
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            Scan.objects.update(state="clean", virus="")

    def test_while_clamd_is_away_files_wait_and_operations_say_so(
        self, chin: Any, own: Any, other: Any, nobody: tuple[str, int], server: tuple[str, int], settings: Any
    ) -> None:
        settings.CLAMAV = nobody
        file = self.bring(own, chin, b"A letter")
        work.sweep()
        assert self.answers(other, file) == 403
        [waiting] = [one for one in operations.waiting() if one.kind == scanning.KIND]
        assert (waiting.pieces, waiting.failed) == (1, 1)
        assert "does not answer" in waiting.last_error
        settings.CLAMAV = server
        Work.objects.update(lease_until=None)
        work.sweep()
        assert self.answers(other, file) == 200

    def test_files_from_before_scanning_are_taken_up(
        self, chin: Any, own: Any, other: Any, server: tuple[str, int], settings: Any
    ) -> None:
        settings.CLAMAV = None
        file = self.bring(own, chin, EICAR)
        settings.CLAMAV = server
        assert self.answers(other, file) == 403
        assert scanning.catch_up() == 1
        assert scanning.catch_up() == 0
        work.sweep()
        with pytest.raises(PermissionDenied, match="A virus was found"):
            scanning.require_open(own, file.sha256, own.pk)

    def test_the_same_file_twice_is_looked_into_once(
        self, chin: Any, own: Any, server: tuple[str, int], settings: Any
    ) -> None:
        settings.CLAMAV = server
        self.bring(own, chin, b"A letter")
        scanning.ask_for(hashlib.sha256(b"A letter").hexdigest())
        assert Work.objects.filter(kind=scanning.KIND).count() == 1


@pytest.mark.parametrize("value", ["clamd", "clamd:", ":3310", "clamd:99999", "clamd:x"])
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CC2H_CLAMAV", value)
    with pytest.raises(ImproperlyConfigured, match="must be a host and a port"):
        environment.address("CC2H_CLAMAV")
    monkeypatch.setenv("CC2H_CLAMAV", "clamd:3310")
    assert environment.address("CC2H_CLAMAV") == ("clamd", 3310)
