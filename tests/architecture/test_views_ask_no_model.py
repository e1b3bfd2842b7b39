"""A view is parse, permission, service or queryset, render: who may see a row is said in one place per model."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def views() -> list[Path]:
    found = (path for room in ("cc2h", "chins", "practices", "budget") for path in (ROOT / room).rglob("*.py"))
    return [path for path in found if path.name.endswith("views.py") or path.parent.name == "views"]


def asked(source: str) -> Iterator[int]:
    """The lines where a model's manager is asked, or a model itself is handed to get_object_or_404."""
    nodes = list(ast.walk(ast.parse(source)))
    imports = (n for n in nodes if isinstance(n, ast.ImportFrom) and (n.module or "").endswith("models"))
    models = {alias.asname or alias.name for imported in imports for alias in imported.names}
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            yield node.lineno
        called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if called == "get_object_or_404" and getattr(node.args[0], "id", "") in models:
            yield node.lineno


def test_no_view_asks_a_model_itself() -> None:
    paths = views()
    assert len(paths) > 5, "the views are somewhere else"
    found = [f"{path.relative_to(ROOT)}:{line}" for path in paths for line in asked(path.read_text())]
    assert found == [], "ask a function of queries.py, or a method of the model's queryset"


@pytest.mark.parametrize("line", ["Chin.objects.filter(pk=1)", "get_object_or_404(Chin, pk=1)"])
def test_a_model_that_a_view_asks_is_found(line: str) -> None:
    assert list(asked(f"from chins.models import Chin\n{line}\n")) == [2]
