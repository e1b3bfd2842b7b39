"""Which commissioner took over from which: no file says it, but files show practices going over all at once.

A commissioner that ends leaves its successor what rests on it: its place in the programme, and the authority of its
posts (cc2h.accounts.authority.Holding.followed_by).
"""

from dataclasses import dataclass
from datetime import date

from cc2h.kit import words
from cc2h.kit.sql import Sql


@dataclass(frozen=True)
class Successor:
    """A commissioner that is known to have followed others on a day, whether or not files of before are here."""

    code: str
    name: str
    short_name: str
    since: date
    local_word: str
    local_word_plural: str
    followed: tuple[str, ...]


NCL = Successor(
    code="93C",
    name="NHS North Central London CCG",
    short_name="North Central London",
    since=date(2020, 4, 1),
    local_word="primary care network",
    local_word_plural="primary care networks",
    followed=("07M", "07R", "07X", "08D", "08H"),  # Barnet, Camden, Enfield, Haringey, Islington
)


def plan_takeovers(sql: Sql) -> str:
    """Make `takeover` (old, new: codes, day) from the planned standings; what it means, in a sentence, or nothing.

    One has taken over from another when more than half of the other's open practices went over to it on one day.
    """
    sql.table(
        "takeover",
        """
        WITH standing AS (
            SELECT code, period, status, commissioner FROM standing_wanted
            UNION ALL
            SELECT p.ods_code, t.period, t.status, c.ods_code
            FROM practices_practicestanding t JOIN practices_practice p ON p.id = t.practice_id
            JOIN practices_commissioner c ON c.id = t.commissioner_id
            WHERE upper_inf(t.held) AND p.ods_code NOT IN (SELECT code FROM standing_wanted_keys)
        ), gone AS (
            SELECT was.commissioner AS old, will.commissioner AS new, lower(will.period) AS day, count(*) AS practices
            FROM standing_wanted was JOIN standing_wanted will
                ON will.code = was.code AND lower(will.period) = upper(was.period)
            WHERE was.commissioner <> will.commissioner AND 'closed' NOT IN (was.status, will.status)
            GROUP BY 1, 2, 3
        ), found AS (
            SELECT old, new, day FROM gone
            WHERE 2 * practices > (SELECT count(*) FROM standing s
                                   WHERE s.commissioner = old AND s.status <> 'closed' AND s.period @> day - 1)
            UNION
            SELECT known.old, %(ncl)s, %(ncl_since)s::date FROM unnest(%(ncl_followed)s::text[]) AS known(old)
            WHERE EXISTS (SELECT FROM standing_wanted WHERE commissioner = %(ncl)s)
        )
        SELECT DISTINCT ON (old) old, new, day, c.short_name, c.in_programme  -- the last, where it shrank before
        FROM found JOIN practices_commissioner c ON c.ods_code = found.old
        WHERE c.successor_id IS NULL AND (c.opened IS NULL OR c.opened < day) ORDER BY old, day DESC
        """,
        ncl=NCL.code,
        ncl_since=NCL.since,
        ncl_followed=list(NCL.followed),
    )
    told = sql.rows(
        """
        SELECT new, day, array_agg(short_name ORDER BY short_name) FROM takeover WHERE in_programme
        GROUP BY new, day ORDER BY day, new
        """
    )
    return " ".join(
        f"{words.listed(names)} went into {NCL.short_name + ' (' + new + ')' if new == NCL.code else new} on "
        f"{words.day(day)}: it takes part in the programme, and whoever has a post of theirs has it there too."
        for new, day, names in told
    )


def write_takeovers(sql: Sql) -> None:
    """Record what was planned. The commissioners are there; one takes part in the programme if one before it did."""
    sql.run(
        """
        UPDATE practices_commissioner c SET closed = coalesce(c.closed, t.day - 1), successor_id = n.id
        FROM takeover t JOIN practices_commissioner n ON n.ods_code = t.new WHERE c.ods_code = t.old
        """
    )
    sql.run(
        """
        WITH RECURSIVE after(id) AS (
            SELECT successor_id FROM practices_commissioner WHERE in_programme AND ods_code IN (SELECT old FROM takeover)
            UNION
            SELECT c.successor_id FROM after JOIN practices_commissioner c USING (id)
            WHERE c.ods_code IN (SELECT old FROM takeover)
        )
        UPDATE practices_commissioner SET in_programme = true WHERE NOT in_programme AND id IN (TABLE after)
        """
    )
