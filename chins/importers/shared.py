"""Networks and memberships, many at once: what a file says is painted over what is held, and the difference written.

A network is named by its ODS code, or by its address here (slug) where it has none.
"""

from typing import Any

from cc2h.kit import timelines
from cc2h.kit.sql import Sql
from chins.services import RESERVED_SLUGS
from practices.importers import details
from practices.importers.ods import add_commissioners, name_commissioners

NETWORK = "coalesce(nullif(c.code, ''), c.slug)::text"


def hold_memberships(sql: Sql) -> None:
    """Make `held_membership` (code, first, until, network): what is held of the practices of `good`."""
    sql.table(
        "held_membership",
        f"""
        SELECT g.code, lower(m.period) AS first, upper(m.period) AS until, {NETWORK} AS network
        FROM (SELECT DISTINCT code, practice_id FROM good) g
        JOIN chins_membership m ON m.practice_id = g.practice_id AND upper_inf(m.held)
        JOIN chins_chin c ON c.id = m.chin_id
        """,
    )


def plan_memberships(sql: Sql) -> None:
    """Make `membership_wanted`: the rows of `said` (code, first, until, network) painted over what is held.

    Where `said` has no row, what is held stays, unless `said` has other days for the same stay. What is to begin
    after `day` is a plan, and stays. A row of `said` without a network says that there is none.
    """
    sql.table(
        "segments",
        """
        SELECT code, first, until, network FROM (
            SELECT t.code, t.first, t.until, CASE
                WHEN h.first > %(day)s THEN h.network
                WHEN s.code IS NOT NULL THEN s.network
                WHEN NOT EXISTS (SELECT FROM said o WHERE o.code = h.code AND o.network = h.network
                                 AND daterange(o.first, o.until) && daterange(h.first, h.until)) THEN h.network
                END AS network
            FROM (
                SELECT code, day AS first, lead(day) OVER (PARTITION BY code ORDER BY day) AS until FROM (
                    SELECT code, first AS day FROM said UNION SELECT code, until FROM said
                    UNION SELECT code, first FROM held_membership UNION SELECT code, until FROM held_membership
                ) AS every WHERE day IS NOT NULL
            ) AS t
            LEFT JOIN said s ON s.code = t.code AND s.first <= t.first AND coalesce(s.until, 'infinity') > t.first
            LEFT JOIN held_membership h
                ON h.code = t.code AND h.first <= t.first AND coalesce(h.until, 'infinity') > t.first
        ) AS painted
        WHERE network IS NOT NULL
        """,
    )
    timelines.differing(sql, "membership_wanted", held="held_membership", key="code", facts=("network",))


def plan_networks(sql: Sql) -> None:
    """Make `network_wanted` from `network_said` (code, name, commissioner, opened, closed), new and changed ones."""
    sql.table(
        "segments",
        """
        SELECT code AS network, opened AS first, closed + 1 AS until, 'operational' AS status FROM network_said
        UNION ALL
        SELECT code, closed + 1, NULL, 'closed' FROM network_said WHERE closed IS NOT NULL
        """,
    )
    sql.table(
        "held_state",
        """
        SELECT c.code::text AS network, lower(s.period) AS first, upper(s.period) AS until, s.status::text AS status
        FROM chins_chin c JOIN chins_chinstate s ON s.chin_id = c.id AND upper_inf(s.held)
        WHERE c.code IN (SELECT code FROM network_said)
        """,
    )
    timelines.differing(sql, "network_wanted", held="held_state", key="network", facts=("status",))


def write_networks(sql: Sql, *, by: Any, reason: str) -> None:
    """Make new networks, give known ones their new names, and hold their states as planned."""
    add_commissioners(sql, "SELECT DISTINCT commissioner FROM network_said")
    name_commissioners(sql, "SELECT DISTINCT commissioner, commissioner_name FROM staged")
    sql.table(  # two networks of one commissioner can't have one name: the code tells them apart
        "network_named",
        """
        SELECT n.code, n.opened, n.closed, c.id AS commissioner_id,
               CASE WHEN count(*) OVER (PARTITION BY n.commissioner, n.name) > 1 OR EXISTS (
                             SELECT FROM chins_chin o
                             WHERE o.commissioner_id = c.id AND o.name = n.name AND o.code <> n.code)
                    THEN n.name || ' (' || n.code || ')' ELSE n.name END AS name
        FROM network_said n JOIN practices_commissioner c ON c.ods_code = n.commissioner
        """,
    )
    sql.run(
        """
        UPDATE chins_chin c SET name = n.name, commissioner_id = n.commissioner_id FROM network_named n
        WHERE c.code = n.code AND (c.name, c.commissioner_id) IS DISTINCT FROM (n.name, n.commissioner_id)
        """
    )
    sql.run(
        r"""
        INSERT INTO chins_chin (slug, commissioner_id, kind, code, name, footprint, focus_areas)
        SELECT CASE WHEN count(*) OVER (PARTITION BY base) > 1 OR base = ANY(%(reserved)s)
                         OR EXISTS (SELECT FROM chins_chin o WHERE o.slug = base)
                    THEN base || '-' || lower(code) ELSE base END,
               commissioner_id, 'pcn', code, name, '', '{}'
        FROM (SELECT *, left(trim(BOTH '-' FROM regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g')), 70) AS base
              FROM network_named) n
        WHERE NOT EXISTS (SELECT FROM chins_chin o WHERE o.code = n.code)
        ORDER BY code
        """,
        reserved=sorted(RESERVED_SLUGS),
    )
    timelines.replace(
        sql,
        table="chins_chinstate",
        key="chin_id",
        facts=("status",),
        wanted="SELECT c.id AS chin_id, w.period, w.status FROM network_wanted w JOIN chins_chin c ON c.code = w.network",
        keys="SELECT c.id FROM network_wanted_keys k JOIN chins_chin c ON c.code = k.network",
        by=by,
        reason=reason,
    )


def write_memberships(sql: Sql, *, by: Any, reason: str) -> None:
    """Hold memberships as planned. Practices are locked before networks, as every service does."""
    details.lock(sql, "SELECT code FROM membership_wanted_keys")
    sql.run(
        f"""
        SELECT id FROM chins_chin c WHERE {NETWORK} IN (SELECT network FROM membership_wanted)
        ORDER BY id FOR NO KEY UPDATE
        """
    )
    timelines.replace(
        sql,
        table="chins_membership",
        key="practice_id",
        facts=("chin_id",),
        wanted=f"""
            SELECT p.id AS practice_id, w.period, c.id AS chin_id FROM membership_wanted w
            JOIN practices_practice p ON p.ods_code = w.code
            JOIN chins_chin c ON {NETWORK} = w.network
        """,
        keys="SELECT p.id FROM membership_wanted_keys k JOIN practices_practice p ON p.ods_code = k.code",
        by=by,
        reason=reason,
    )
