"""The bench's own parts: what it fetches, what it refuses, when it fails. What it measures it checks itself."""

import pytest
from django.core.management import CommandError, call_command

from cc2h.config.bench.database import statements
from cc2h.config.bench.groups import GROUPS, NAMES
from cc2h.config.bench.measures import PARTS, Row
from cc2h.config.bench.painting import find_chromium, not_measured


def test_a_row_is_ok_up_to_its_limit() -> None:
    assert Row("floor", 2.5, 2.5, "s").as_json() == {
        "name": "floor",
        "value": 2.5,
        "limit": 2.5,
        "unit": "s",
        "note": "",
        "at_least": False,
        "ok": True,
    }
    assert not Row("floor", 2.51, 2.5, "s").ok


def test_a_score_is_ok_from_its_limit_on() -> None:
    assert Row("performance", 95, 95, "of 100", at_least=True).ok
    assert not Row("performance", 94.9, 95, "of 100", at_least=True).ok
    assert "94.90      ≥ 95" in str(Row("performance", 94.9, 95, "of 100", at_least=True))


def test_without_a_browser_the_rows_of_painting_say_so_and_are_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")  # as where Playwright is not installed
    path, lack = find_chromium()
    assert (path, lack) == ("", "no browser was found")
    rows = list(not_measured(lack))
    assert [row.name for row in rows] == ["first-paint", "performance", "accessibility", "best-practice"]
    for row in rows:
        assert not row.ok
        assert row.as_json()["value"] is None
        assert str(row).endswith("NOT OK\n    not measured: no browser was found")


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
