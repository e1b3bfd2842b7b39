"""Coverage kept: one snapshot per commissioner, CHIN and month-end (and today), made by the worker.

A recompute writes only what differs. It holds a lock per commissioner to its end, so that two never interleave,
and reads after it has the lock, so that the last to write has seen everything the others saw.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from cc2h.kit import days as kit_days
from cc2h.kit.days import month_ends
from cc2h.kit.work import handles
from chins.coverage.sql import COLUMNS, engine

WORK = "coverage"  # the kind of work to do; its key is a commissioner's id
_VALUES = COLUMNS[3:]

# The planner can't know how many places a range has, and right after a bulk load it takes every table for empty:
# what joins here is many rows to many, so it is to hash them, and never to sort them or to loop over them.
_PLAN = "SET LOCAL enable_mergejoin = off; SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '128MB'"

_LOCK = """
    SELECT pg_advisory_xact_lock(hashtext('chins_coverage'), id::int) FROM (
        SELECT id FROM practices_commissioner
        WHERE %(commissioners)s::bigint[] IS NULL OR id = ANY(%(commissioners)s) ORDER BY id
    ) AS c
"""

_FIRST_DAY = """
    SELECT least((SELECT min(day) FROM practices_listsize WHERE superseded_at IS NULL),
                 (SELECT min(lower(period)) FROM chins_membership WHERE upper_inf(held)),
                 (SELECT min(lower(period)) FROM chins_chinstate WHERE upper_inf(held)))
"""

_THESE = "(%(commissioners)s::bigint[] IS NULL OR commissioner_id = ANY(%(commissioners)s))"

# Fresh (f) against stored (s). `due`: fresh rows that should be stored; the rest of what is stored is too much.
_DIFFERENCES = """
    SELECT s.id, f.commissioner_id IS NULL AS too_many,
           coalesce(f.commissioner_id, s.commissioner_id) AS commissioner_id,
           coalesce(f.chin_id, s.chin_id) AS chin_id, coalesce(f.day, s.day) AS day, {values}
    FROM (SELECT * FROM ({engine}) e WHERE {due}) f
    FULL JOIN (SELECT * FROM chins_coveragesnapshot WHERE {scope}) s
        ON s.commissioner_id = f.commissioner_id AND s.day = f.day AND coalesce(s.chin_id, 0) = coalesce(f.chin_id, 0)
    WHERE s.id IS NULL OR f.commissioner_id IS NULL OR ({stored}) IS DISTINCT FROM ({fresh})
"""
_STORED = ", ".join(f"s.{column}" for column in _VALUES)
_FRESH = ", ".join(f"f.{column}" for column in _VALUES)

# From the earliest day affected on, and every "today" that has passed.
_FROM = """(%(from)s::date IS NULL OR day >= %(from)s
            OR day < %(today)s AND day <> (date_trunc('month', day) + interval '1 month - 1 day')::date)"""

_MERGE = f"""
    MERGE INTO chins_coveragesnapshot s USING coverage_differences d ON d.id = s.id
    WHEN MATCHED AND d.too_many THEN DELETE
    WHEN MATCHED THEN UPDATE SET ({", ".join(_VALUES)}, computed_at)
        = ({", ".join(f"d.{column}" for column in _VALUES)}, %(now)s)
    WHEN NOT MATCHED THEN INSERT ({", ".join(COLUMNS)}, computed_at)
        VALUES ({", ".join(f"d.{column}" for column in COLUMNS)}, %(now)s)
"""  # noqa: S608 - column names of this package

_RAN = """
    INSERT INTO chins_coveragerun (commissioner_id, computed_at, from_day, milliseconds)
    SELECT id, %(now)s, %(from)s, %(milliseconds)s FROM practices_commissioner
    WHERE %(commissioners)s::bigint[] IS NULL OR id = ANY(%(commissioners)s)
    ON CONFLICT (commissioner_id) DO UPDATE SET
        computed_at = excluded.computed_at, from_day = excluded.from_day, milliseconds = excluded.milliseconds
"""


@transaction.atomic
def recompute(
    commissioner_ids: Sequence[int] | None = None, from_day: date | None = None, *, today: date | None = None
) -> int:
    """Bring the snapshots of some commissioners (None = all) up to date, from `from_day` on (None = everything).

    Returns how many snapshots were written or removed: 0 when everything was right. `today` is the last day.
    """
    begun = time.monotonic()
    today = today or kit_days.today()
    since = min(from_day, today) if from_day else None
    parameters = {
        "commissioners": None if commissioner_ids is None else list(commissioner_ids),
        "from": since,
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLAN)
        cursor.execute(_LOCK, parameters)
        first = max(_first_day(cursor, today), since or date.min)
        statement, of_engine = engine(sorted({*month_ends(first, today), today}), commissioner_ids)
        differences = _DIFFERENCES.format(
            engine=statement, due="true", scope=f"{_THESE} AND {_FROM}", values=_FRESH, stored=_STORED, fresh=_FRESH
        )
        cursor.execute(f"CREATE TEMPORARY TABLE coverage_differences AS {differences}", of_engine | parameters)
        written = cursor.rowcount
        if written:
            cursor.execute(_MERGE, {"now": timezone.now()})
        cursor.execute("DROP TABLE coverage_differences")
        milliseconds = round((time.monotonic() - begun) * 1000)
        cursor.execute(_RAN, parameters | {"now": timezone.now(), "milliseconds": milliseconds})
    return written


def _first_day(cursor: Any, today: date) -> date:
    """The first day of which any list size, membership or state is known, today at the latest."""
    cursor.execute(_FIRST_DAY)
    return min(cursor.fetchone()[0] or today, today)


@handles(WORK, in_no_hurry=True)
def work(key: str, from_day: date | None) -> None:
    """The worker's job."""
    recompute([int(key)], from_day)


@dataclass(frozen=True)
class Difference:
    """A snapshot that is not what the records give. `stored` or `right` is None when there is no such row."""

    commissioner_id: int
    commissioner: str
    chin: str | None
    day: date
    stored: dict[str, Any] | None
    right: dict[str, Any] | None

    def __str__(self) -> str:
        what = f"{self.commissioner}, {self.chin or 'all'}, {self.day.isoformat()}"
        if self.stored is None:
            return f"{what}: missing"
        if self.right is None:
            return f"{what}: should not be there"
        wrong = (f"{name} is {self.stored[name]}, should be {value}" for name, value in self.right.items())
        return f"{what}: {', '.join(text for text, name in zip(wrong, self.right, strict=True) if self.stored[name] != self.right[name])}"


_CHECK = """
    WITH run AS (
        SELECT c.id, c.ods_code,
               least(coalesce((r.computed_at AT TIME ZONE 'Europe/London')::date, %(today)s), %(today)s) AS day
        FROM practices_commissioner c LEFT JOIN chins_coveragerun r ON r.commissioner_id = c.id
    )
    SELECT d.commissioner_id, r.ods_code, c.slug, d.day, d.id IS NULL, d.too_many, {stored}, {fresh}
    FROM ({differences}) AS d
    JOIN run r ON r.id = d.commissioner_id
    LEFT JOIN chins_chin c ON c.id = d.chin_id
    ORDER BY r.ods_code, d.day, c.slug NULLS FIRST
"""


@transaction.atomic
def check(commissioner_ids: Sequence[int] | None = None, *, today: date | None = None) -> list[Difference]:
    """Every snapshot that is not what a recompute would have made on the day of the last one; writes nothing."""
    today = today or kit_days.today()
    parameters: dict[str, Any] = {
        "commissioners": None if commissioner_ids is None else list(commissioner_ids),
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLAN)
        cursor.execute("SELECT DISTINCT (computed_at AT TIME ZONE 'Europe/London')::date FROM chins_coveragerun")
        last_days = {min(day, today) for (day,) in cursor.fetchall()}
        first = _first_day(cursor, today)
        statement, of_engine = engine(sorted({*month_ends(first, today), *last_days, today}), commissioner_ids)
        differences = _DIFFERENCES.format(
            engine=statement,
            due="""EXISTS (SELECT FROM run WHERE run.id = e.commissioner_id AND (e.day = run.day OR e.day < run.day
                       AND e.day = (date_trunc('month', e.day) + interval '1 month - 1 day')::date))""",
            scope=_THESE,
            values=", ".join(f"s.{name} AS stored_{name}, f.{name}" for name in _VALUES),
            stored=_STORED,
            fresh=_FRESH,
        )
        cursor.execute(
            _CHECK.format(
                differences=differences,
                stored=", ".join(f"d.stored_{name}" for name in _VALUES),
                fresh=", ".join(f"d.{name}" for name in _VALUES),
            ),
            of_engine | parameters,
        )
        return [_difference(*row) for row in cursor.fetchall()]


def _difference(
    commissioner_id: int, ods_code: str, chin: str | None, day: date, missing: bool, too_many: bool, *values: Any
) -> Difference:
    stored = dict(zip(_VALUES, values[: len(_VALUES)], strict=True))
    right = dict(zip(_VALUES, values[len(_VALUES) :], strict=True))
    return Difference(commissioner_id, ods_code, chin, day, None if missing else stored, None if too_many else right)
