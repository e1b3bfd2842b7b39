"""The bench's own parts: what it fetches, what it refuses, when it fails. What it measures it checks itself."""

import pytest
from django.core.management import CommandError, call_command

from cc2h.config.bench.database import statements
from cc2h.config.bench.groups import GROUPS, NAMES
from cc2h.config.bench.measures import PARTS, Row


def test_a_row_is_ok_up_to_its_limit() -> None:
    assert Row("floor", 2.5, 2.5, "s").as_json() == {
        "name": "floor",
        "value": 2.5,
        "limit": 2.5,
        "unit": "s",
        "ok": True,
    }
    assert not Row("floor", 2.51, 2.5, "s").ok


def test_every_name_is_of_one_group() -> None:
    assert len(set(NAMES)) == len(NAMES) == sum(len(names) for names in GROUPS.values())


def test_files_are_cut_into_statements() -> None:
    assert len(statements("floor.sql")) == 4
    assert all(statement.strip() for statement in statements("load.sql"))


def test_what_a_page_makes_a_browser_fetch() -> None:
    page = """<link rel="stylesheet" href="/static/a.css"><script nonce="x" src='/static/b.js'></script>
              <img alt="" src="/charts/c.svg"><a href="/practices/">Practices</a>"""
    assert PARTS.findall(page) == ["/static/a.css", "/static/b.js", "/charts/c.svg"]


def test_an_unknown_name_is_wrong_use() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("bench", "--only", "nothing")
