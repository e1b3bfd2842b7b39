"""What a practice is called and where it is, as files say it: planned on the table `good`, then written at once."""

from collections.abc import Mapping
from typing import Any

from cc2h.kit import timelines
from cc2h.kit.sql import Sql

FACTS = (
    *("name", "address", "postcode", "telephone", "mailbox", "borough"),
    *("prescribing_setting", "latitude", "longitude"),
)
NO_DAYS = "(NULL::date)"


def cut(days: str, held: str) -> str:
    """A query for (code, first, until): time cut at the `days` of every good row and where `held` versions meet.

    days: SQL rows of one day each, over the good row `g`.
    """
    return f"""
        SELECT code, day AS first, lead(day) OVER (PARTITION BY code ORDER BY day) AS until FROM (
            SELECT g.code, days.day FROM good g CROSS JOIN LATERAL (VALUES {days}) AS days(day)
            UNION SELECT code, first FROM {held}
            UNION SELECT code, until FROM {held}
        ) AS every WHERE day IS NOT NULL
    """


def plan(sql: Sql, says: Mapping[str, str], days: str = NO_DAYS) -> None:
    """Make `detail_wanted` (code, period, facts) for the practices of `good` whose details would differ.

    says: what the file says of a fact, as SQL over `g` (the good row), `h` (what is held, if anything) and `s` (the
    stretch of time, from `s.first`). Facts it says nothing of stay as they are held.
    """
    facts = ", ".join(f"{says.get(fact, 'h.' + fact)} AS {fact}" for fact in FACTS)
    held = ", ".join(f"t.{fact}" if fact in ("latitude", "longitude") else f"t.{fact}::text" for fact in FACTS)
    sql.table(
        "held_detail",
        f"""
        SELECT g.code, lower(t.period) AS first, upper(t.period) AS until, {held}
        FROM good g JOIN practices_practicedetail t ON t.practice_id = g.practice_id AND upper_inf(t.held)
        """,
    )
    sql.table(
        "segments",
        f"""
        SELECT g.code, s.first, s.until, {facts}
        FROM good g JOIN ({cut(days, "held_detail")}) s ON s.code = g.code
        LEFT JOIN held_detail h ON h.code = s.code AND h.first <= s.first AND coalesce(h.until, 'infinity') > s.first
        """,
    )
    timelines.differing(sql, "detail_wanted", held="held_detail", key="code", facts=FACTS)


def write(sql: Sql, *, by: Any, reason: str) -> None:
    """Write what was planned. The practices are in the register and locked by the caller."""
    timelines.replace(
        sql,
        table="practices_practicedetail",
        key="practice_id",
        facts=FACTS,
        wanted=f"""
            SELECT p.id AS practice_id, w.period, {", ".join("w." + fact for fact in FACTS)}
            FROM detail_wanted w JOIN practices_practice p ON p.ods_code = w.code
        """,
        keys="SELECT p.id FROM detail_wanted_keys k JOIN practices_practice p ON p.ods_code = k.code",
        by=by,
        reason=reason,
    )


def lock(sql: Sql, codes: str) -> None:
    """Lock the practices with these codes (a query), in primary-key order as every service does."""
    sql.run(f"SELECT id FROM practices_practice WHERE ods_code IN ({codes}) ORDER BY id FOR NO KEY UPDATE")
