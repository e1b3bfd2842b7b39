"""What each benefit comes to today, kept by the worker: whatever changes it leaves its financial years as work to do.

A recompute writes only what differs, and holds a lock on the year to its end, so that two never interleave.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from cc2h.kit import days
from cc2h.kit.days import year_name
from cc2h.kit.work import handles
from kpis.benefits.models import Profile, Run
from kpis.benefits.querysets import AMOUNTS

WORK = "benefits"  # the kind of work to do; its key is a financial year
_COLUMNS = ("id", "benefit_id", "year", *AMOUNTS)
_VALUES = ", ".join(_COLUMNS[1:])
_DIFFERENCES = f"""
    SELECT coalesce(f.id, s.id) AS id, f.id IS NULL AS too_many, s.id IS NULL AS missing,
           {", ".join(f"f.{name}" for name in _COLUMNS[1:])},
           to_jsonb(s) AS stored, to_jsonb(f) AS fresh, coalesce(f.year, s.year) AS of_year
    FROM ({{fresh}}) AS f ({", ".join(_COLUMNS)})
    FULL JOIN (SELECT * FROM benefits_kept WHERE %s::int[] IS NULL OR year = ANY(%s)) AS s USING (id)
    WHERE f.id IS NULL OR s.id IS NULL
       OR ({", ".join(f"s.{name}" for name in _COLUMNS[1:])}) IS DISTINCT FROM ({", ".join(f"f.{name}" for name in _COLUMNS[1:])})
"""  # noqa: S608 - column names of this package
_MERGE = f"""
    MERGE INTO benefits_kept s USING benefits_differences d ON d.id = s.id
    WHEN MATCHED AND d.too_many THEN DELETE
    WHEN MATCHED THEN UPDATE SET ({_VALUES}) = ROW({", ".join(f"d.{name}" for name in _COLUMNS[1:])})
    WHEN NOT MATCHED THEN INSERT (id, {_VALUES}) VALUES (d.id, {", ".join(f"d.{name}" for name in _COLUMNS[1:])})
"""  # noqa: S608 - column names of this package
_STATE = """
    SELECT EXISTS (SELECT FROM benefits_run)
       AND NOT EXISTS (SELECT FROM benefits_run WHERE day <> %s)
       AND NOT EXISTS (SELECT FROM kit_work WHERE kind = 'benefits' AND done_at IS NULL)
"""


def _differences(years: Sequence[int] | None, day: date) -> tuple[str, list[Any]]:
    rows = Profile.objects.standing(day)
    if years is not None:
        rows = rows.filter(year__in=years)
    statement, parameters = rows.order_by().values_list("pk", "benefit_id", "year", *AMOUNTS).query.sql_with_params()
    some = None if years is None else list(years)
    return _DIFFERENCES.format(fresh=statement), [*parameters, some, some]


@transaction.atomic
def recompute(years: Sequence[int] | None = None, *, today: date | None = None) -> int:
    """Bring the rows of some financial years (None = all) up to date; returns how many were written or removed."""
    today = today or days.today()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT year FROM benefits_profile UNION SELECT year FROM benefits_run")
        held = sorted(year for (year,) in cursor.fetchall() if years is None or year in years)
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('benefits'), n) FROM unnest(%s::int[]) AS n", [held])
        statement, parameters = _differences(held, today)
        cursor.execute(f"CREATE TEMPORARY TABLE benefits_differences AS {statement}", parameters)
        written: int = cursor.rowcount
        if written:
            cursor.execute(_MERGE)
        cursor.execute("DROP TABLE benefits_differences")
        cursor.execute(
            """
            INSERT INTO benefits_run (year, day) SELECT n, %s FROM unnest(%s::int[]) AS n
            ON CONFLICT (year) DO UPDATE SET day = excluded.day, computed_at = clock_timestamp()
            """,
            [today, held],
        )
    return written


@handles(WORK, in_no_hurry=True)
def do(key: str, from_day: date | None) -> None:
    """The worker's job."""
    recompute([int(key)])


@dataclass(frozen=True)
class Difference:
    """A kept row that is not what the records give."""

    profile_id: int
    year: int
    stored: dict[str, Any] | None
    right: dict[str, Any] | None

    def __str__(self) -> str:
        what = f"Profile {self.profile_id}, {year_name(self.year)}"
        if self.stored is None:
            return f"{what}: missing"
        if self.right is None:
            return f"{what}: should not be there"
        wrong = [name for name, value in self.right.items() if self.stored[name] != value]
        return f"{what}: " + ", ".join(f"{name} is {self.stored[name]}, should be {self.right[name]}" for name in wrong)


def check(*, today: date | None = None) -> list[Difference]:
    """Every kept row that is not what a recompute on the day of the last run would have made; writes nothing."""
    last = Run.objects.order_by("day").values_list("day", flat=True).last()
    statement, parameters = _differences(None, last or today or days.today())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, of_year, CASE WHEN NOT missing THEN stored END, CASE WHEN NOT too_many THEN fresh END "  # noqa: S608
            f"FROM ({statement}) AS d ORDER BY of_year, id",
            parameters,
        )
        return [Difference(*_read(row)) for row in cursor.fetchall()]


def _read(row: Sequence[Any]) -> tuple[int, int, Any, Any]:
    stored, right = (one and json.loads(one, parse_float=Decimal) for one in row[2:])
    return row[0], row[1], stored, right


def is_fresh(today: date) -> bool:
    """Whether what is kept is today's, and nothing waits to be worked out."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [today])
        found: bool = cursor.fetchone()[0]
    return found


def computed_at() -> Any:
    return Run.objects.order_by("computed_at").values_list("computed_at", flat=True).last()
