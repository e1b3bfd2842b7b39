"""Every environment variable that the code reads stands in docs/operations.md, and none besides."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from cc2h.config.settings import BASE_DIR

READERS = {"text", "one_of", "flag", "whole_number", "seconds", "listed", "get", "getenv", "address"}
SOMEBODY_ELSES = {"DJANGO_SETTINGS_MODULE"}
PLACES = ("budget", "cc2h", "chins", "kpis", "practices", "script", "tests/browser")


def documented() -> set[str]:
    rows = re.findall(r"^\| (`[^|]*`) \|", (BASE_DIR / "docs" / "operations.md").read_text(), re.MULTILINE)
    return set(re.findall(r"`([A-Z][A-Z0-9_]+)`", " ".join(rows)))


def read_by_code() -> set[str]:
    files = [file for place in PLACES for file in sorted((BASE_DIR / place).rglob("*.py"))]
    found = {name for file in files for name in names_in(file)}
    for script in (BASE_DIR / "script").iterdir():  # in a shell: "${NAME:-default}"
        if script.is_file():
            found |= set(re.findall(r"\$\{([A-Z][A-Z0-9_]+):-", script.read_text()))
    return found - SOMEBODY_ELSES


def names_in(file: Path) -> Iterator[str]:
    """Names asked of the environment: `flag("NAME")`, `os.environ.get("NAME")`, `os.environ["NAME"]`."""
    for node in ast.walk(ast.parse(file.read_text())):
        asked: ast.expr | None = None
        if isinstance(node, ast.Call) and node.args and name_of(node.func) in READERS:
            asked = node.args[0]
        elif isinstance(node, ast.Subscript) and name_of(node.value) == "environ":
            asked = node.slice
        if isinstance(asked, ast.Constant) and re.fullmatch(r"[A-Z][A-Z0-9_]+", str(asked.value)):
            yield str(asked.value)


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_every_setting_is_in_the_operators_table() -> None:
    assert read_by_code() - documented() == set()


def test_the_operators_table_names_no_setting_that_nothing_reads() -> None:
    assert documented() - read_by_code() == set()
