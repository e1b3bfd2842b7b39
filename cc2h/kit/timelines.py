"""Dated rows, many at once: what should be held of each key from day to day, against what is held.

Set-based: a file of fifteen thousand practices is a handful of statements. Segments are rows with a key, `first` and
`until` (days, half-open, until NULL for no end) and facts; neighbours that say the same count as one.
"""

from collections.abc import Sequence
from typing import Any

from cc2h.kit.sql import Sql


def islands(segments: str, key: str, facts: Sequence[str]) -> str:
    """A query for (key, period, facts): the segments, with neighbours of the same facts made one."""
    named = ", ".join(facts)
    before = ", ".join(f"lag({fact}) OVER w" for fact in facts)
    return f"""
        SELECT {key}, daterange(min(first), CASE WHEN bool_or(until IS NULL) THEN NULL ELSE max(until) END) AS period,
               {named}
        FROM (
            SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY {key} ORDER BY first) AS island
            FROM (
                SELECT *, (lag(until) OVER w IS DISTINCT FROM first
                           OR ROW({named}) IS DISTINCT FROM ROW({before})) AS begins
                FROM {segments} WINDOW w AS (PARTITION BY {key} ORDER BY first)
            ) AS marked
        ) AS numbered
        GROUP BY {key}, island, {named}
    """


def differing(sql: Sql, name: str, *, held: str, key: str, facts: Sequence[str]) -> None:
    """What should be held, by the table `segments`, against what is held, by the table `held` of the same shape.

    Makes the table `name` (key, period, facts), all that should be held of every key of which something differs,
    and `name`_keys (key), those keys: also the ones of which nothing should be held.
    """
    sql.table("wanted_islands", islands("segments", key, facts))
    sql.table("held_islands", islands(held, key, facts))
    sql.table(
        f"{name}_keys",
        f"""
        SELECT {key} FROM (TABLE wanted_islands EXCEPT TABLE held_islands) AS added
        UNION
        SELECT {key} FROM (TABLE held_islands EXCEPT TABLE wanted_islands) AS gone
        """,
    )
    sql.table(name, f"SELECT * FROM wanted_islands JOIN {name}_keys USING ({key})")


def replace(
    sql: Sql, *, table: str, key: str, facts: Sequence[str], wanted: str, keys: str, by: Any, reason: str
) -> None:
    """Hold `wanted` (a query for key, period and facts) of every one of `keys` (a query), and nothing else of them.

    Versions that stay as they are stay untouched. One that goes on under the same facts is ended or corrected and
    keeps its thread; one that something else replaces is corrected; one that nothing replaces is void.
    The caller has locked what the keys stand for.
    """
    parameters = {"by": by.pk if by else None, "reason": reason}
    same = " AND ".join(f"w.{fact} IS NOT DISTINCT FROM t.{fact}" for fact in facts)
    sql.table("wanted_now", wanted)
    sql.table(
        "outdated",
        f"""
        SELECT t.id, t.thread, t.{key}, t.period, CASE
            WHEN bool_or(lower(w.period) = lower(t.period) AND {same}
                         AND coalesce(upper(w.period), 'infinity') < coalesce(upper(t.period), 'infinity')) THEN 'ended'
            WHEN bool_or(w.period && t.period) THEN 'corrected'
            ELSE 'voided' END AS act
        FROM {table} t LEFT JOIN wanted_now w ON w.{key} = t.{key}
        WHERE upper_inf(t.held) AND t.{key} IN ({keys})
        GROUP BY t.id
        HAVING NOT coalesce(bool_or(w.period = t.period AND {same}), false)
        """,
    )
    sql.run(
        f"""
        UPDATE {table} t SET held = tstzrange(lower(t.held), clock_timestamp()), closed_by_id = %(by)s,
                             closed_act = o.act, closed_reason = %(reason)s
        FROM outdated o WHERE o.id = t.id
        """,
        **parameters,
    )
    sql.run(
        f"""
        INSERT INTO {table} (thread, period, held, reason, recorded_by_id, closed_act, closed_reason,
                             {key}, {", ".join(facts)})
        SELECT coalesce(o.thread, gen_random_uuid()), w.period, tstzrange(m.moment, NULL), %(reason)s, %(by)s, '', '',
               w.{key}, {", ".join("w." + fact for fact in facts)}
        FROM (SELECT clock_timestamp() AS moment) m CROSS JOIN wanted_now w
        LEFT JOIN outdated o ON o.{key} = w.{key} AND lower(o.period) = lower(w.period)
        WHERE NOT EXISTS (
            SELECT FROM {table} t WHERE upper_inf(t.held) AND t.{key} = w.{key} AND t.period = w.period AND {same}
        )
        """,
        **parameters,
    )
