"""Roll-ups: what the practices of a CHIN, a commissioner or the programme have together, from their values.

Numerators and denominators are added up, never values averaged: a practice of which only a score is known, or a rate that
was standardised, counts as one without a number. A practice is where it was on the period's last day, and its patients
are those of its newest list by then. `recompute` keeps that; `answer` works out other ways, named, and keeps nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection, transaction

from cc2h.kit import words
from cc2h.kit.figures import ratio_percent
from cc2h.kit.sql import Sql
from cc2h.kit.work import handles
from kpis.models import Level, Measure, MeasureKind

WORK = "kpis"  # the kind of work to do; its key is a measure's id
NEVER_ADDED = (MeasureKind.TIME_BETWEEN, MeasureKind.DSR)  # nor is a mean of which only the mean is known
KEY = ("level", "group_id", "measure_id", "ends")
AT_ONCE = 2  # measures: their pieces and groups are added up in memory, where those of all would not have room
_PLAN = "SET LOCAL enable_mergejoin = off; SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '128MB'"
VALUES = (
    "months",
    "numerator",
    "denominator",
    "practices",
    "practices_with_value",
    "patients",
    "patients_with_value",
    "unpublished",
)


class Way(StrEnum):
    """By which membership a period's values are added up."""

    LAST_DAY = "last_day"
    PERSON_MONTHS = "person_months"
    TODAY = "today"

    @property
    def label(self) -> str:
        return {
            Way.LAST_DAY: "Membership on the period’s last day",
            Way.PERSON_MONTHS: "Person-months: each practice for the share of the period’s month-ends it was a member on",
            Way.TODAY: "Membership as it is today",
        }[self]


# Which days periods end on: the index is asked for the next one, again and again, and no value is read.
_ENDS = """
    SELECT DISTINCT p.ends, p.ends AS day, 1.0 AS weight
    FROM kpis_measure m CROSS JOIN LATERAL (
        WITH RECURSIVE next(ends) AS (
            SELECT min(v.ends) FROM kpis_practicevalue v
            WHERE v.measure_id = m.id AND v.superseded_at IS NULL AND v.ends >= coalesce(%(from)s::date, '-infinity')
            UNION ALL
            SELECT (SELECT min(v.ends) FROM kpis_practicevalue v
                    WHERE v.measure_id = m.id AND v.superseded_at IS NULL AND v.ends > next.ends)
            FROM next WHERE next.ends IS NOT NULL
        )
        SELECT ends FROM next WHERE ends IS NOT NULL
    ) p
    WHERE %(measures)s::bigint[] IS NULL OR m.id = ANY(%(measures)s)
"""
_THESE = "(%(measures)s::bigint[] IS NULL OR {alias}measure_id = ANY(%(measures)s)) AND {alias}ends >= coalesce(%(from)s::date, '-infinity')"

# The days that a period's members are looked up on.
_DAYS = {
    Way.LAST_DAY: _ENDS,
    Way.TODAY: f"SELECT ends, %(today)s::date AS day, weight FROM ({_ENDS}) AS e",  # noqa: S608 - statements of this module
    Way.PERSON_MONTHS: """
        SELECT ends, (date_trunc('month', ends) + make_interval(months => 1 - n))::date - 1 AS day, 1.0 / months AS weight
        FROM (SELECT ends, mode() WITHIN GROUP (ORDER BY months) AS months FROM kpis_practicevalue
              WHERE superseded_at IS NULL AND measure_id = ANY(%(measures)s) GROUP BY ends) AS p,
             generate_series(0, months - 1) AS n
    """,
}

# Where each active practice was on a day, and how many patients it had by then.
_PLACED = """
    SELECT d.ends, d.day, d.weight, s.practice_id, s.commissioner_id, m.chin_id, coalesce(l.patients, 0) AS patients
    FROM rollup_days d
    JOIN practices_practicestanding s ON upper_inf(s.held) AND s.status = 'active' AND s.period @> d.day
    LEFT JOIN chins_membership m ON m.practice_id = s.practice_id AND upper_inf(m.held) AND m.period @> d.day
    LEFT JOIN LATERAL (
        SELECT patients FROM practices_listsize
        WHERE practice_id = s.practice_id AND superseded_at IS NULL AND day <= d.day ORDER BY day DESC LIMIT 1
    ) l ON true
"""
# The same of one group: each practice once a period, with the share of the period that it was there.
_PLACED_IN = f"""
    SELECT ends, practice_id, min(commissioner_id) AS commissioner_id, min(chin_id) AS chin_id,
           (array_agg(patients ORDER BY day DESC))[1] AS patients, sum(weight) AS weight
    FROM ({_PLACED}) AS p WHERE {{of_group}} GROUP BY ends, practice_id
"""  # noqa: S608 - statements of this module
_IN_PROGRAMME = "commissioner_id IN (SELECT id FROM practices_commissioner WHERE in_programme)"
_OF_GROUP = {
    Level.CHIN: "chin_id = %(group)s",
    Level.COMMISSIONER: "commissioner_id = %(group)s",
    Level.PROGRAMME: _IN_PROGRAMME,
}

# The values are read once, into pieces as small as groups are cut; the rest adds pieces up. Of a period of two lengths,
# that of most values is added up, the others count as missing.
_PIECES = """
    SELECT v.measure_id, p.cell, v.months,
           v.numerator IS NOT NULL AS counted, v.denominator IS NOT NULL AS of_some,
           sum(v.numerator{weight}) AS numerator, sum(v.denominator{weight}) AS denominator,
           count(*)::int AS practices, {patients} AS patients, count(*) FILTER (WHERE NOT v.published)::int AS unpublished
    FROM kpis_practicevalue v JOIN rollup_placed p ON p.practice_id = v.practice_id AND p.ends = v.ends
    WHERE v.superseded_at IS NULL AND {these}
    GROUP BY 1, 2, 3, 4, 5
"""
_PERIODS = """
    SELECT DISTINCT ON (measure_id, ends) measure_id, ends, months, kind FROM (
        SELECT measure_id, ends, months, sum(practices) AS practices
        FROM rollup_piece JOIN rollup_cell USING (cell) GROUP BY 1, 2, 3
    ) AS p CROSS JOIN LATERAL (  -- as the measure was defined on the last day, or first was
        SELECT coalesce(max(d.kind) FILTER (WHERE d.period @> p.ends), (array_agg(d.kind ORDER BY d.period))[1]) AS kind
        FROM kpis_definition d WHERE d.measure_id = p.measure_id AND upper_inf(d.held)
    ) AS d
    ORDER BY measure_id, ends, practices DESC, months
"""
# Each group of a period with a number, and all who were in it, whether they have a value or not; and which cells it has.
_GROUPS = """
    SELECT row_number() OVER (ORDER BY level, group_id, ends)::int AS number, g.* FROM (
        SELECT 'chin' AS level, chin_id AS group_id, ends, count(*) AS practices, sum(patients{own_weight}) AS patients
        FROM rollup_placed WHERE chin_id IS NOT NULL GROUP BY 2, 3
        UNION ALL
        SELECT 'commissioner', commissioner_id, ends, count(*), sum(patients{own_weight}) FROM rollup_placed GROUP BY 2, 3
        UNION ALL
        SELECT 'programme', 0, ends, count(*), sum(patients{own_weight}) FROM rollup_placed WHERE {in_programme} GROUP BY 3
    ) AS g
"""
_CELLS_OF_GROUPS = """
    SELECT c.cell, g.number FROM rollup_cell c
    JOIN rollup_group g ON g.level = 'chin' AND g.group_id = c.chin_id AND g.ends = c.ends
    UNION ALL
    SELECT c.cell, g.number FROM rollup_cell c
    JOIN rollup_group g ON g.level = 'commissioner' AND g.group_id = c.commissioner_id AND g.ends = c.ends
    UNION ALL
    SELECT c.cell, g.number FROM rollup_cell c
    JOIN rollup_group g ON g.level = 'programme' AND g.ends = c.ends WHERE {in_programme}
"""
_ROLL_UP = """
WITH part AS MATERIALIZED (
    SELECT p.measure_id, p.cell, p.numerator, p.denominator, p.practices, p.patients, p.unpublished, r.months,
           p.counted AND (p.of_some OR r.kind = 'count') AND r.kind <> ALL(%(never)s) AND p.months = r.months AS told
    FROM rollup_piece p JOIN rollup_cell c USING (cell) JOIN rollup_period r USING (measure_id, ends)
)
SELECT s.measure_id, g.level, g.group_id, g.ends, s.months::smallint AS months,
       s.numerator::numeric(18, 4) AS numerator, s.denominator::numeric(18, 4) AS denominator,
       g.practices::int AS practices, s.practices::int AS practices_with_value,
       g.patients::bigint AS patients, s.patients::bigint AS patients_with_value, s.unpublished::int AS unpublished
FROM (
    SELECT part.measure_id, i.number, min(part.months) AS months,
           sum(part.numerator) FILTER (WHERE part.told) AS numerator,
           sum(part.denominator) FILTER (WHERE part.told) AS denominator,
           coalesce(sum(part.practices) FILTER (WHERE part.told), 0) AS practices,
           coalesce(sum(part.patients) FILTER (WHERE part.told), 0) AS patients,
           coalesce(sum(part.unpublished) FILTER (WHERE part.told), 0) AS unpublished
    FROM part JOIN rollup_in i USING (cell)
    GROUP BY 1, 2
) AS s JOIN rollup_group g USING (number)
ORDER BY s.number, s.measure_id
"""


def _added_up(sql: Sql, way: Way = Way.LAST_DAY) -> str:
    """The pieces, each table known to the planner; a query that adds them up by group."""
    weighted = way is Way.PERSON_MONTHS
    weight = " * p.weight" if weighted else ""
    patients = "sum(p.patients * p.weight)" if weighted else "sum(p.patients)::int"  # sums of it are quicker then
    sql.rows_into("rollup_piece", _PIECES.format(these=_THESE.format(alias="v."), weight=weight, patients=patients))
    sql.table("rollup_period", _PERIODS)
    return _ROLL_UP


_FRESH = ", ".join(f"f.{name}" for name in VALUES)
_STORED = ", ".join(f"s.{name}" for name in VALUES)
_DIFFERENCES = f"""
    SELECT s.measure_id IS NULL AS missing, f.measure_id IS NULL AS too_many,
           {", ".join(f"coalesce(f.{name}, s.{name}) AS {name}" for name in KEY)},
           {", ".join(f"s.{name} AS stored_{name}, f.{name}" for name in VALUES)}
    FROM ({{fresh}}) f
    FULL JOIN (SELECT * FROM kpis_rollup WHERE {_THESE.format(alias="")}) s USING ({", ".join(KEY)})
    WHERE s.measure_id IS NULL OR f.measure_id IS NULL OR ({_STORED}) IS DISTINCT FROM ({_FRESH})
"""  # noqa: S608 - column names of this module
_MERGE = f"""
    MERGE INTO kpis_rollup s USING rollup_differences d
    ON NOT d.missing AND ({", ".join(f"s.{name}" for name in KEY)}) = ({", ".join(f"d.{name}" for name in KEY)})
    WHEN MATCHED AND d.too_many THEN DELETE
    WHEN MATCHED THEN UPDATE SET ({", ".join(VALUES)}, computed_at)
        = ({", ".join(f"d.{name}" for name in VALUES)}, clock_timestamp())
    WHEN NOT MATCHED THEN INSERT ({", ".join((*KEY, *VALUES))}, computed_at)
        VALUES ({", ".join(f"d.{name}" for name in (*KEY, *VALUES))}, clock_timestamp())
"""  # noqa: S608 - column names of this module
_INSERT = f"""
    INSERT INTO kpis_rollup ({", ".join((*KEY, *VALUES))}, computed_at)
    SELECT {", ".join((*KEY, *VALUES))}, clock_timestamp() FROM ({{fresh}}) AS f
"""  # noqa: S608 - column names of this module
_CHANGED = """
    INSERT INTO kpis_rolledup (measure_id, changed_at)
    SELECT id, clock_timestamp() FROM kpis_measure WHERE id = ANY(%(measures)s)
    ON CONFLICT (measure_id) DO UPDATE SET changed_at = excluded.changed_at
"""
# Each measure, and whether it has values and roll-ups at all.
_MEASURES = """
    SELECT m.id, (SELECT min(ends) FROM kpis_practicevalue v WHERE v.measure_id = m.id AND v.superseded_at IS NULL) IS NOT NULL,
           EXISTS (SELECT FROM kpis_rolledup r WHERE r.measure_id = m.id)
    FROM kpis_measure m
    WHERE %(measures)s::bigint[] IS NULL OR m.id = ANY(%(measures)s)
    ORDER BY m.id
"""
_LOCK = """
    SELECT pg_advisory_xact_lock(hashtext('kpis_rollup'), id::int) FROM (
        SELECT id FROM kpis_measure WHERE %(measures)s::bigint[] IS NULL OR id = ANY(%(measures)s) ORDER BY id
    ) AS m
"""


def _sql(cursor: Any, measure_ids: Sequence[int] | None, from_day: date | None, **further: Any) -> Sql:
    cursor.execute(_PLAN)
    measures = None if measure_ids is None else list(measure_ids)
    never = [kind.value for kind in NEVER_ADDED]
    return Sql(cursor, **{"measures": measures, "from": from_day, "never": never, **further})


@transaction.atomic
def recompute(measure_ids: Sequence[int] | None = None, from_day: date | None = None) -> int:
    """Bring the roll-ups of some measures (None: all) up to date, of periods that end on `from_day` or later (None: all).

    Returns how many were written or removed: 0 when everything was right. A lock for each measure makes two at once
    wait, and the last to write has read what the others had.
    """
    with connection.cursor() as cursor:
        sql = _sql(cursor, measure_ids, from_day)
        sql.run(_LOCK)
        _place(sql)
        written = 0
        for some, new in _in_turn(sql, from_day):
            sql.parameters["measures"] = some
            if new:
                changed = sql.run(_INSERT.format(fresh=_added_up(sql)))
            else:
                sql.table("rollup_differences", _DIFFERENCES.format(fresh=_added_up(sql)))
                changed = sql.run(_MERGE)
            if changed:
                sql.run(_CHANGED)
            written += changed
        return written


def _in_turn(sql: Sql, from_day: date | None) -> list[tuple[list[int], bool]]:
    """The measures, so many at once as are added up in memory, and whether they had no roll-ups at all."""
    found = sql.rows(_MEASURES)
    without = [pk for pk, values, _ in found if not values]  # what is left of them is removed in one go
    turns = [(without, False)] if without else []
    for new in (True, False):
        ids = [pk for pk, values, stored in found if values and new is not (stored or from_day is not None)]
        turns += [(ids[place : place + AT_ONCE], new) for place in range(0, len(ids), AT_ONCE)]
    return turns


def _place(sql: Sql) -> None:
    sql.table("rollup_days", _DAYS[Way.LAST_DAY])
    _place_in_cells(sql, _PLACED)


def _place_in_cells(sql: Sql, placed: str, *, weighted: bool = False) -> None:
    """Who was where, each place of a period with a number: values are added up by that, before its groups are."""
    number = "dense_rank() OVER (ORDER BY ends, commissioner_id, chin_id)::int AS cell"
    sql.table("rollup_placed", f"SELECT p.*, {number} FROM ({placed}) AS p")  # noqa: S608 - statements of this module
    sql.table("rollup_cell", "SELECT DISTINCT cell, ends, commissioner_id, chin_id FROM rollup_placed")
    own_weight = " * weight" if weighted else ""
    sql.table("rollup_group", _GROUPS.format(in_programme=_IN_PROGRAMME, own_weight=own_weight))
    sql.table("rollup_in", _CELLS_OF_GROUPS.format(in_programme=_IN_PROGRAMME))


@handles(WORK, in_no_hurry=True)
def work(key: str, from_day: date | None) -> None:
    """The worker's job."""
    recompute([int(key)], from_day)


@dataclass(frozen=True)
class Difference:
    """A roll-up that is not what the values give. `stored` or `right` is None when there is no such row."""

    measure_id: int
    measure: str
    level: str
    group: int
    ends: date
    stored: dict[str, Any] | None
    right: dict[str, Any] | None

    def __str__(self) -> str:
        what = f"{self.measure}, {self.level} {self.group or ''}".rstrip() + f", {self.ends.isoformat()}"
        if self.stored is None:
            return f"{what}: missing"
        if self.right is None:
            return f"{what}: should not be there"
        wrong = [name for name in VALUES if self.stored[name] != self.right[name]]
        return f"{what}: " + ", ".join(f"{name} is {self.stored[name]}, should be {self.right[name]}" for name in wrong)


@transaction.atomic
def check(measure_ids: Sequence[int] | None = None) -> list[Difference]:
    """Every roll-up that is not what a recompute would make; writes nothing."""
    with connection.cursor() as cursor:
        sql = _sql(cursor, measure_ids, None)
        _place(sql)
        differences = _DIFFERENCES.format(fresh=_added_up(sql))
        columns = ", ".join(f"d.stored_{name}" for name in VALUES) + ", " + ", ".join(f"d.{name}" for name in VALUES)
        rows = sql.rows(
            f"""
            SELECT d.measure_id, m.code, d.level, d.group_id, d.ends, d.missing, d.too_many, {columns}
            FROM ({differences}) AS d JOIN kpis_measure m ON m.id = d.measure_id
            ORDER BY m.code, d.level, d.group_id, d.ends
            """  # noqa: S608 - statements of this module
        )
    return [_difference(*row) for row in rows]


def _difference(
    measure_id: int, code: str, level: str, group: int, ends: date, missing: bool, too_many: bool, *values: Any
) -> Difference:
    stored = dict(zip(VALUES, values[: len(VALUES)], strict=True))
    right = dict(zip(VALUES, values[len(VALUES) :], strict=True))
    return Difference(measure_id, code, level, group, ends, None if missing else stored, None if too_many else right)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a group has in a period, by one way of adding up; see RollUp."""

    ends: date
    months: int
    numerator: Decimal | None
    denominator: Decimal | None
    practices: int
    practices_with_value: int
    patients: int
    patients_with_value: int
    unpublished: int


@transaction.atomic
def answer(measure: Measure, level: str, group: int, way: Way, *, today: date) -> list[Answer]:
    """The measure's roll-ups of one group, the oldest first, by any way of adding up; nothing is kept.

    today: the day whose members are counted by Way.TODAY.
    """
    with connection.cursor() as cursor:
        sql = _sql(cursor, [measure.pk], None, group=group, today=today, level=level)
        sql.table("rollup_days", _DAYS[way])
        placed = _PLACED_IN.format(of_group=_OF_GROUP[Level(level)])
        _place_in_cells(sql, placed, weighted=way is Way.PERSON_MONTHS)
        columns = ", ".join(VALUES)
        found = sql.rows(
            f"""SELECT ends, {columns} FROM ({_added_up(sql, way)}) AS r
                WHERE level = %(level)s AND group_id = %(group)s ORDER BY ends"""  # noqa: S608 - statements of this module
        )
    return [Answer(*row) for row in found]


def missing_in_words(practices: int, practices_with_value: int, patients: int, patients_with_value: int) -> str:
    """How many of a group's practices have no number, and what share of its patients they have; empty where none."""
    missing = practices - practices_with_value
    if not missing:
        return ""
    share = ratio_percent(patients - patients_with_value, patients)
    return f"{words.plural(missing, 'practice')} of {practices} without a number" + (
        "" if share is None else f" ({share}% of patients)"
    )
