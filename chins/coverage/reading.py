"""Coverage as a page, a command or a figure reads it: of a day, of a row of month-ends, and practice by practice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from cc2h.kit.days import month_ends
from cc2h.kit.figures import ratio_percent
from chins.coverage.sql import COLUMNS, engine, held, list_held
from chins.workflow import COUNTED
from practices.models import Commissioner


@dataclass(frozen=True, kw_only=True)
class ChinCoverage:
    """A CHIN and its own population: its active members on the day, whoever commissions them."""

    chin_id: int
    slug: str
    name: str
    status: str
    practices: int = 0
    patients: int = 0
    carried_forward: int = 0
    without_list: int = 0


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Coverage of one commissioner on one day. Patients are persons on the lists of its active practices.

    covered_…: in a CHIN that is operational, approved or proposed on the day. by_status: (practices, patients)
    of each of these. carried_forward, without_list: how many practices have a list older than the newest extract,
    or none. computed_at: when the snapshot was last found right; None when it was worked out just now.
    """

    commissioner: Commissioner
    day: date
    known: datetime | None = None
    practices: int = 0
    patients: int = 0
    covered_practices: int = 0
    covered_patients: int = 0
    by_status: dict[str, tuple[int, int]] = field(default_factory=lambda: {status.value: (0, 0) for status in COUNTED})
    carried_forward: int = 0
    without_list: int = 0
    extract_day: date | None = None
    computed_at: datetime | None = None
    chins: Sequence[ChinCoverage] = ()

    @cached_property
    def population_percent(self) -> Decimal | None:
        """Patients in a CHIN, percent to one place, half up; None when there are no patients."""
        return ratio_percent(self.covered_patients, self.patients)

    @cached_property
    def practices_percent(self) -> Decimal | None:
        return ratio_percent(self.covered_practices, self.practices)

    @property
    def uncovered_practices(self) -> int:
        return self.practices - self.covered_practices

    @property
    def uncovered_patients(self) -> int:
        return self.patients - self.covered_patients


class PracticeRow(NamedTuple):
    """An active practice of a commissioner on a day. `since`: the day it joined its CHIN.

    A tuple, because a page may read hundreds.
    """

    practice_id: int
    ods_code: str
    name: str
    status: str
    chin_id: int | None
    chin_slug: str | None
    chin_name: str | None
    chin_status: str | None
    since: date | None
    patients: int
    list_day: date | None
    carried_forward: bool
    borough: str = ""

    @property
    def covered(self) -> bool:
        return self.chin_id is not None


_COLUMNS = ", ".join(f"s.{column}" for column in COLUMNS)
_SNAPSHOTS = f"""
    SELECT {_COLUMNS}, c.slug, c.name, r.computed_at
    FROM chins_coveragesnapshot s
    LEFT JOIN chins_chin c ON c.id = s.chin_id
    LEFT JOIN chins_coveragerun r ON r.commissioner_id = s.commissioner_id
    WHERE s.commissioner_id = %(commissioner)s AND s.day = ANY(%(days)s)
"""  # noqa: S608 - column names of this file
_TREND = f"""
    SELECT {_COLUMNS}, (SELECT computed_at FROM chins_coveragerun WHERE commissioner_id = %(commissioner)s),
           (SELECT max(day) FROM chins_coveragesnapshot WHERE commissioner_id = %(commissioner)s) AS reach
    FROM chins_coveragesnapshot s
    WHERE s.commissioner_id = %(commissioner)s AND s.day = ANY(%(days)s) AND s.chin_id IS NULL
    ORDER BY s.day
"""  # noqa: S608 - column names of this file
_LIVE = "SELECT e.*, c.slug, c.name, NULL::timestamptz AS computed_at FROM ({engine}) e LEFT JOIN chins_chin c ON c.id = e.chin_id"


def query_rows(statement: str, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of a statement by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            yield dict(zip(names, row, strict=True))


def _coverage(commissioner: Commissioner, known: datetime | None, row: dict[str, Any]) -> Coverage:
    totals = ("day", "practices", "patients", "covered_practices", "covered_patients", "carried_forward")
    return Coverage(
        commissioner=commissioner,
        known=known,
        **{name: row[name] for name in (*totals, "without_list", "extract_day", "computed_at")},
        by_status={s.value: (row[f"{s.value}_practices"], row[f"{s.value}_patients"]) for s in COUNTED},
    )


def _one_day(commissioner: Commissioner, day: date, known: datetime | None, rows: list[dict[str, Any]]) -> Coverage:
    whole = next((row for row in rows if row["chin_id"] is None), None)
    names = ("chin_id", "slug", "name", "status", "practices", "patients", "carried_forward", "without_list")
    chins = [ChinCoverage(**{name: row[name] for name in names}) for row in rows if row["chin_id"] is not None]
    found = Coverage(commissioner=commissioner, day=day, known=known)
    if whole is not None:
        found = _coverage(commissioner, known, whole)
    else:  # nothing is known of its practices but that they are there
        practices = len(practice_rows(commissioner, day, known))
        found = replace(found, practices=practices, without_list=practices)
    return replace(found, chins=sorted(chins, key=lambda chin: (chin.name, chin.chin_id)))


def live_coverage(commissioner: Commissioner, day: date, known: datetime | None = None) -> Coverage:
    """Coverage on any day, worked out now from the dated rows held now, or just before the moment `known`."""
    statement, parameters = engine([day], [commissioner.pk], known)
    return _one_day(commissioner, day, known, list(query_rows(_LIVE.format(engine=statement), parameters)))


def coverage_on(commissioner: Commissioner, day: date, known: datetime | None = None) -> Coverage:
    """Coverage on a day: the snapshot where there is one (month-ends and today), else worked out now."""
    if known is None:
        rows = list(query_rows(_SNAPSHOTS, {"commissioner": commissioner.pk, "days": [day]}))
        if any(row["chin_id"] is None for row in rows):
            return _one_day(commissioner, day, known, rows)
    return live_coverage(commissioner, day, known)


def trend(commissioner: Commissioner, first: date, last: date, known: datetime | None = None) -> list[Coverage]:
    """Coverage, without its CHINs, on the month-ends from `first` to `last` of which something is known.

    From snapshots as far as they reach; what lies after the last recompute, or is *as known on* an earlier
    day, is worked out now.
    """
    days = [day for day in month_ends(first, last) if day >= first]
    points: dict[date, Coverage] = {}
    if known is None:
        reach: date | None = None
        for row in query_rows(_TREND, {"commissioner": commissioner.pk, "days": days}):
            points[row["day"]] = _coverage(commissioner, known, row)
            reach = row["reach"]
        days = [day for day in days if reach is None or day > reach]
    if days:
        statement, parameters = engine(days, [commissioner.pk], known)
        for row in query_rows(_LIVE.format(engine=statement) + " WHERE e.chin_id IS NULL", parameters):
            points.setdefault(row["day"], _coverage(commissioner, known, row))
    return [points[day] for day in sorted(points)]


# Each dated record of the commissioner's practices is read once and then matched to the days: ranges over days
# make the planner expect one row and look every one up by itself, comparisons of their ends do not. Each is read
# for an array of ids: whatever the planner thinks of the tables, what it then joins is a commissioner's few hundred rows.
# The columns after the day are those of PracticeRow. A statement that begins with SELECT is seen to be no change, so the
# context of changes is not sent along.
_PRACTICES = """
    SELECT * FROM (
    WITH standing AS MATERIALIZED (
        SELECT s.practice_id, s.status, s.period FROM practices_practicestanding s
        WHERE s.commissioner_id = %(commissioner)s AND {held_s} AND s.status = 'active'
    ),
    practice AS MATERIALIZED (
        SELECT id, ods_code FROM practices_practice WHERE id = ANY(ARRAY(SELECT practice_id FROM standing))
    ),
    detail AS MATERIALIZED (
        SELECT d.practice_id, d.name, d.borough, d.period FROM practices_practicedetail d
        WHERE {held_d} AND d.practice_id = ANY(ARRAY(SELECT practice_id FROM standing))
    ),
    membership AS MATERIALIZED (
        SELECT m.practice_id, m.chin_id, m.period FROM chins_membership m
        WHERE {held_m} AND m.practice_id = ANY(ARRAY(SELECT practice_id FROM standing))
    ),
    state AS MATERIALIZED (
        SELECT t.chin_id, t.status, t.period, c.slug, c.name
        FROM chins_chinstate t JOIN chins_chin c ON c.id = t.chin_id
        WHERE {held_t} AND t.status IN ('operational', 'approved', 'proposed')
          AND t.chin_id = ANY(ARRAY(SELECT chin_id FROM membership))
    ),
    {newest}
    SELECT o.day AS on_day, p.id AS practice_id, p.ods_code, coalesce(d.name, p.ods_code) AS name, s.status,
           t.chin_id, t.slug AS chin_slug, t.name AS chin_name, t.status AS chin_status,
           CASE WHEN t.chin_id IS NOT NULL THEN lower(m.period) END AS since,
           coalesce(l.patients, 0) AS patients, l.day AS list_day,
           coalesce(l.day < max(l.day) OVER (PARTITION BY o.day), false) AS carried_forward,
           coalesce(d.borough, '') AS borough
    FROM unnest(%(days)s::date[]) AS o(day)
    JOIN standing s ON {on_s}
    JOIN practice p ON p.id = s.practice_id
    LEFT JOIN detail d ON d.practice_id = p.id AND {on_d}
    LEFT JOIN membership m ON m.practice_id = p.id AND {on_m}
    LEFT JOIN state t ON t.chin_id = m.chin_id AND {on_t}
    LEFT JOIN newest l ON l.on_day = o.day AND l.practice_id = p.id
    ) AS found
    ORDER BY on_day, ods_code
"""
# Nearly every practice has a value of the newest extract, which an index gives for all of them at once; the others are
# looked up one by one. No index has the list sizes held at another moment: they are read once, for all practices.
_NEWEST_NOW = """
    extract AS MATERIALIZED (
        SELECT o.day AS on_day, l.practice_id, l.day, l.patients
        FROM unnest(%(days)s::date[]) AS o(day)
        JOIN practices_listsize l ON l.superseded_at IS NULL AND l.practice_id = ANY(ARRAY(SELECT practice_id FROM standing))
            AND l.day = (SELECT max(day) FROM practices_listsize WHERE superseded_at IS NULL AND day <= o.day)
    ),
    newest AS MATERIALIZED (
        SELECT * FROM extract
        UNION ALL
        SELECT other.day, other.practice_id, l.day, l.patients
        FROM (SELECT o.day, s.practice_id FROM unnest(%(days)s::date[]) AS o(day), standing s
              EXCEPT SELECT on_day, practice_id FROM extract) AS other
        CROSS JOIN LATERAL (
            SELECT l.day, l.patients FROM practices_listsize l
            WHERE l.practice_id = other.practice_id AND l.day <= other.day AND l.superseded_at IS NULL
            ORDER BY l.day DESC LIMIT 1
        ) l
    )"""
_NEWEST_THEN = """
    size AS MATERIALIZED (
        SELECT l.practice_id, l.day, l.patients, l.recorded_at FROM practices_listsize l
        WHERE l.practice_id = ANY(ARRAY(SELECT practice_id FROM standing)) AND {held_l}
    ),
    newest AS MATERIALIZED (
        SELECT DISTINCT ON (o.day, l.practice_id) o.day AS on_day, l.practice_id, l.day, l.patients
        FROM unnest(%(days)s::date[]) AS o(day) JOIN size l ON l.day <= o.day
        ORDER BY o.day, l.practice_id, l.day DESC, l.recorded_at DESC
    )"""
_ON_THE_DAY = "lower({alias}.period) <= o.day AND coalesce(upper({alias}.period), 'infinity') > o.day"


def practice_rows_on(
    commissioner: Commissioner, days: Sequence[date], known: datetime | None = None
) -> dict[date, list[PracticeRow]]:
    """The same as `practice_rows` for several days, in one query."""
    statement = _PRACTICES.format(
        **{f"held_{a}": held(a, known) for a in "sdmt"},
        **{f"on_{a}": _ON_THE_DAY.format(alias=a) for a in "sdmt"},
        newest=_NEWEST_THEN.format(held_l=list_held("l", known)) if known else _NEWEST_NOW,
    )
    found: dict[date, list[PracticeRow]] = {day: [] for day in days}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"commissioner": commissioner.pk, "days": list(found), "known": known})
        for day, *row in cursor.fetchall():
            found[day].append(PracticeRow._make(row))
    return found


def practice_rows(commissioner: Commissioner, day: date, known: datetime | None = None) -> list[PracticeRow]:
    """The active practices of a commissioner on a day, by ODS code, with their CHIN and newest list size."""
    return practice_rows_on(commissioner, [day], known)[day]


# The CHINs of a commissioner that count on each day; and whether a practice of another commissioner is in one. Nearly
# every member has been the commissioner's for as long as it was one: only the others are looked up.
_CHINS_ON = """
    SELECT * FROM (
    WITH state AS MATERIALIZED (
        SELECT t.chin_id, t.status, t.period FROM chins_chinstate t
        WHERE {held_t} AND t.status IN ('operational', 'approved', 'proposed')
          AND t.chin_id = ANY(ARRAY(SELECT id FROM chins_chin WHERE commissioner_id = %(commissioner)s))
    ),
    own AS MATERIALIZED (
        SELECT s.practice_id, s.period FROM practices_practicestanding s
        WHERE s.commissioner_id = %(commissioner)s AND {held_s} AND s.status = 'active'
    ),
    member AS MATERIALIZED (
        SELECT m.chin_id, m.practice_id, m.period FROM chins_membership m
        WHERE {held_m} AND m.chin_id = ANY(ARRAY(SELECT chin_id FROM state))
    ),
    other AS MATERIALIZED (
        SELECT * FROM member m
        WHERE NOT EXISTS (SELECT FROM own s WHERE s.practice_id = m.practice_id AND s.period @> m.period)
    ),
    guest AS MATERIALIZED (
        SELECT m.chin_id, m.period * s.period AS period
        FROM other m JOIN practices_practicestanding s USING (practice_id)
        WHERE s.practice_id = ANY(ARRAY(SELECT practice_id FROM other))
          AND {held_s} AND s.status = 'active' AND s.commissioner_id <> %(commissioner)s
    )
    SELECT o.day, t.chin_id, c.slug, c.name, t.status,
           EXISTS (SELECT FROM guest g WHERE g.chin_id = t.chin_id AND g.period @> o.day) AS guests
    FROM unnest(%(days)s::date[]) AS o(day)
    JOIN state t ON t.period @> o.day
    JOIN chins_chin c ON c.id = t.chin_id
    ) AS found
    ORDER BY day, name, chin_id
"""


def coverage_of_rows(
    commissioner: Commissioner, rows: Mapping[date, Sequence[PracticeRow]], known: datetime | None = None
) -> dict[date, Coverage]:
    """What `live_coverage` gives of each day, from that day's `practice_rows` and one short query.

    A CHIN with a member from another commissioner is rare; then the days are worked out as `live_coverage` does.
    """
    parameters = {"commissioner": commissioner.pk, "days": [*rows], "known": known}
    statement = _CHINS_ON.format(**{f"held_{a}": held(a, known) for a in "smt"})
    chins: dict[date, list[dict[str, Any]]] = {day: [] for day in rows}
    for row in query_rows(statement, parameters):
        if row.pop("guests"):
            return {day: live_coverage(commissioner, day, known) for day in rows}
        chins[row.pop("day")].append(row)
    return {day: _of_rows(commissioner, day, known, rows[day], chins[day]) for day in rows}


def _of_rows(
    commissioner: Commissioner,
    day: date,
    known: datetime | None,
    rows: Sequence[PracticeRow],
    chins: Sequence[dict[str, Any]],
) -> Coverage:
    members: dict[int | None, list[PracticeRow]] = {}
    by_status = {status.value: (0, 0) for status in COUNTED}
    for row in rows:
        members.setdefault(row.chin_id, []).append(row)
        if row.chin_status is not None:
            practices, patients = by_status[row.chin_status]
            by_status[row.chin_status] = practices + 1, patients + row.patients
    return Coverage(
        commissioner=commissioner,
        day=day,
        known=known,
        covered_practices=sum(practices for practices, _ in by_status.values()),
        covered_patients=sum(patients for _, patients in by_status.values()),
        by_status=by_status,
        extract_day=max((row.list_day for row in rows if row.list_day), default=None),
        chins=[ChinCoverage(**chin, **_counts(members.get(chin["chin_id"], ()))) for chin in chins],
        **_counts(rows),
    )


def _counts(rows: Sequence[PracticeRow]) -> dict[str, Any]:
    return {
        "practices": len(rows),
        "patients": sum([row.patients for row in rows]),
        "carried_forward": sum([row.carried_forward for row in rows]),
        "without_list": [row.list_day for row in rows].count(None),
    }
