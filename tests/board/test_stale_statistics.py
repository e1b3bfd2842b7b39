"""Right after a bulk load the planner takes every table for empty. Answers must come as fast as ever."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from cc2h.kit.days import end_of_day
from chins import coverage
from practices.models import Commissioner
from tests.board.conftest import TODAY, Browser

KNOWN = end_of_day(date(2018, 7, 1))
MARCH = date(2018, 3, 30)


@pytest.fixture
def stale(demonstration: None) -> None:
    """Statistics as ANALYZE makes them of tables that were empty when it ran; a statement has five seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text, 'reltuples', 0::real,
                                             'relpages', (pg_relation_size(oid) / 8192)::int)
            FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace;
            DELETE FROM pg_statistic s USING pg_class c
            WHERE c.oid = s.starelid AND c.relnamespace = 'public'::regnamespace;
            RESET enable_nestloop; RESET enable_mergejoin; RESET work_mem;  -- what loading set for its transaction
            SET LOCAL seq_page_cost = 3;  -- as though rows that were never committed took twice the room of the others
            SET LOCAL statement_timeout = '5s'
            """
        )


@pytest.mark.parametrize(
    "ask",
    [
        lambda barnet: coverage.live_coverage(barnet, TODAY),
        lambda barnet: coverage.live_coverage(barnet, TODAY, KNOWN),
        lambda barnet: coverage.trend(barnet, date(2017, 4, 1), TODAY, KNOWN),
        lambda barnet: coverage.practice_rows(barnet, TODAY),
        lambda barnet: coverage.practice_rows(barnet, TODAY, KNOWN),
        lambda barnet: coverage.decompose(barnet, MARCH, TODAY, KNOWN),
        lambda barnet: coverage.groups(barnet, TODAY),
        lambda barnet: coverage.recompute([barnet.pk]),
        lambda barnet: coverage.recompute(),
        lambda barnet: coverage.check(),
    ],
    ids=["live", "known", "trend", "rows", "rows-known", "decompose", "groups", "one", "everything", "check"],
)
def test_coverage_does_not_wait_for_the_planner(ask: Callable[[Any], Any], stale: None, barnet: Commissioner) -> None:
    ask(barnet)


@pytest.mark.parametrize("address", ["/", "/?known=2018-07-01", "/practices/?commissioner=07M", "/chins/", "/people/"])
def test_pages_do_not_wait_for_the_planner(address: str, stale: None, manager: Browser) -> None:
    manager.read(address)


def test_the_office_does_not_wait_for_the_planner(stale: None) -> None:
    Browser("office@ncl.example").read("/")
