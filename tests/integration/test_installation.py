"""Two web processes, two workers, one that draws, and a clock, as the compose file starts them."""

import re

import pytest

from tests.integration.installation import Installation, free_port, ready, wait_for
from tests.integration.test_servers import BehindProxy

pytestmark = pytest.mark.processes


def test_two_of_each_share_the_work_and_the_people(installation: Installation) -> None:
    """The services start in the order of the file; a sign-in at one web process is one at the other."""
    assert installation.start("migrate", "migrate").wait(120) == 0, installation.log("migrate")
    email, password = re.findall(r"Sign in as (\S+) with the password (\S+)", installation.log("migrate"))[0]
    ports = {name: free_port() for name in ("web-1", "web-2")}
    for name, port in ports.items():
        installation.start(name, "web", PORT=str(port), CC2H_SECOND_FACTOR="offered")
    for name in ("worker-1", "worker-2"):
        installation.start(name, "worker")
    installation.start("charts", "charts")
    installation.start("beat", "beat", CC2H_WORK_SWEEP_SECONDS="1")
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

    installation.ask(
        "INSERT INTO kit_work (kind, key, reason) SELECT 'coverage', c.id, 'a test' "
        "FROM practices_commissioner c CROSS JOIN generate_series(1, 5)"
    )
    wait_for("all work", lambda: installation.ask("SELECT count(*) FROM kit_work WHERE done_at IS NULL") == [(0,)], 90)
    assert installation.ask("SELECT count(*), min(attempts), max(attempts) FROM kit_work WHERE reason = 'a test'") == [
        (25, 1, 1)
    ]

    installation.processes["web-1"].terminate()
    assert installation.processes["web-1"].wait(30) == 0
    assert second.ask("GET", "/operations/").status == 200


def test_nothing_is_written_but_where_it_may_be(installation: Installation) -> None:
    """Each service has its data folder, the schedule of the clock and /tmp, all of them in memory; the rest it only reads."""
    ours = {"writable", "logs", "postgres", "valkey", "SECRET_KEY", "DATABASE_PASSWORD", "REDIS_PASSWORD"}
    found = {path.name for path in installation.top.iterdir() if not path.name.endswith(".log")}
    assert {name for name in found - ours if not name.startswith("beat.schedule")} == {"static"} & found
