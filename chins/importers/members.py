"""A file of one's own: which practice is in which CHIN, from and to."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse

from cc2h.accounts.authority import Action, authority_of
from cc2h.kit.imports.kinds import DAY_EXPECTED, Column, Total, importer, read_day, rule_out
from cc2h.kit.sql import Sql
from chins.importers.shared import NETWORK, hold_memberships, plan_memberships, write_memberships
from practices.importers.shared import CODE_EXPECTED, CODE_RULE, CODE_RULES, NOT_HELD_BACK, PracticeFile

MOST_ROWS = 200  # of one practice in one file


def stay(row: str) -> str:
    """SQL: the days of a row. Of one that leaves before it joins none: the planner may ask before that is ruled out."""
    return f"CASE WHEN {row}.last < {row}.first THEN 'empty' ELSE daterange({row}.first, {row}.last, '[]') END"


class MembershipFile(PracticeFile):
    """A kind of file that says which practice is in which network, staged with `joined` and `left_`."""

    group = "members"
    rows_are = ("membership", "memberships")

    def results(self) -> dict[str, str]:
        return {"CHINs": reverse("chins:chin_list"), **super().results()}

    def hold_back(self, sql: Sql, rule: str, column: str, value: str, sentence: str, where: str) -> None:
        """Hold back the rows of `s` (staged, its practice `p` and network `c`) that meet `where`, all in SQL."""
        sql.run(
            f"""
            INSERT INTO problem
            SELECT s.import_id, s.line, %(header)s, {value}, {sentence}, %(rule)s, true
            FROM staged s JOIN practices_practice p ON p.ods_code = s.code
            LEFT JOIN meant ON meant.network = s.network LEFT JOIN chins_chin c ON c.id = meant.chin_id
            WHERE {NOT_HELD_BACK} AND ({where})
            """,
            header=self.header(column),
            rule=rule,
        )

    def hold_back_overlaps(self, sql: Sql) -> None:
        """Of rows that put one practice in two networks on some day, none is used.

        Every two rows of a practice are compared, so a practice with more rows than any has is held back first.
        """
        sql.run(
            f"""
            INSERT INTO problem
            SELECT s.import_id, s.line, %(header)s, s.code,
                   'The file has ' || many.rows || ' rows for this practice. Expected: {MOST_ROWS} at the most.',
                   'many', true
            FROM staged s
            JOIN (SELECT code, count(*) AS rows FROM staged
                  GROUP BY code HAVING count(*) > {MOST_ROWS}) AS many USING (code)
            """,
            header=self.header("code"),
        )
        sql.run(
            f"""
            INSERT INTO problem
            WITH fine AS (SELECT * FROM staged s WHERE {NOT_HELD_BACK})
            SELECT s.import_id, s.line, %(header)s, s.from_text,
                   'The practice is in two networks, or twice in one, on some days, by lines '
                   || string_agg(DISTINCT lines.line::text, ' and ') || '. None of these rows is used.', 'overlap', true
            FROM fine s JOIN fine o ON o.code = s.code AND o.line <> s.line
                AND {stay("o")} && {stay("s")}
            CROSS JOIN LATERAL (VALUES (s.line), (o.line)) AS lines(line)
            GROUP BY s.import_id, s.line, s.from_text
            """,
            header=self.header("from_text"),
        )

    VERDICTS = """
        SELECT g.import_id, g.line, g.code || ' in ' || coalesce(g.network, 'no network') AS key,
               CASE WHEN k.code IS NULL THEN 'unchanged' WHEN s.network IS NULL THEN 'closed'
                    WHEN h.code IS NULL THEN 'new'
                    WHEN h.until IS NULL AND s.until IS NOT NULL THEN 'closed'
                    WHEN h.until IS NOT DISTINCT FROM s.until AND h.first = s.first THEN 'unchanged'
                    ELSE 'changed' END AS verdict,
               CASE WHEN h.code IS NOT NULL THEN concat_ws(' to ', h.first, h.until - 1) END AS before,
               concat_ws(' to ', s.first, s.until - 1) AS after
        FROM good g JOIN said s ON s.line = g.line
        LEFT JOIN membership_wanted_keys k ON k.code = g.code
        LEFT JOIN held_membership h ON h.code = s.code AND h.network IS NOT DISTINCT FROM s.network
            AND daterange(h.first, h.until) && daterange(s.first, s.until)
    """  # a stay is new, or has another end (closed, if it had none), or is as held

    def totals(self, sql: Sql) -> list[Total]:
        """Practices in a network today."""
        before = sql.value(
            """
            SELECT count(*) FROM chins_membership
            WHERE upper_inf(held) AND lower(period) <= %(today)s AND coalesce(upper(period), 'infinity') > %(today)s
            """
        )
        after = sql.value(
            """
            SELECT (SELECT count(*) FROM membership_wanted
                    WHERE lower(period) <= %(today)s AND coalesce(upper(period), 'infinity') > %(today)s)
                 - (SELECT count(*) FROM held_membership JOIN membership_wanted_keys USING (code)
                    WHERE first <= %(today)s AND coalesce(until, 'infinity') > %(today)s)
            """
        )
        return [Total("Practices in a network today", before, before + after)]


@importer
class Members(MembershipFile):
    """Rows are what a person would enter in the form, and are refused for the same reasons, in the same words."""

    key = "members"
    label = "Members of CHINs (a file of your own)"
    what = "One row a membership: practice_code, chin (its address, code or name), from, to (may be empty)."
    columns = (
        Column("code", ("practice_code", "practice", "ods_code"), CODE_EXPECTED),
        Column("network", ("chin", "network"), "a CHIN’s address (barnet-1), code (U12345) or name"),
        Column("from_text", ("from", "joined"), DAY_EXPECTED),
        Column("to_text", ("to", "left"), f"the last day: {DAY_EXPECTED}; empty while it goes on", False),
    )
    extra_staging = {"first": "date", "last": "date"}

    def row(self, cells: list[str]) -> Sequence[str]:
        code, network, first, last = cells
        return code.upper(), network, first, last, read_day(first), read_day(last)

    def check(self, sql: Sql) -> None:
        rule_out(
            self,
            sql,
            f"""CASE {CODE_RULE} WHEN network IS NULL THEN 'no network'
                WHEN first IS NULL THEN 'bad from' WHEN last IS NULL AND to_text IS NOT NULL THEN 'bad to'
                WHEN last < first THEN 'out of order' END""",
            CODE_RULES
            | {
                "no network": ("network", "The CHIN is missing."),
                "bad from": ("from_text", f"The first day can’t be read. Expected: {DAY_EXPECTED}."),
                "bad to": ("to_text", f"The last day can’t be read. Expected: {DAY_EXPECTED}, or nothing."),
                "out of order": ("to_text", "It leaves before it joins: the last day is before the first."),
            },
        )
        self.hold_back_unknown(sql)
        sql.table(
            "meant",
            """
            SELECT s.network, min(c.id) AS chin_id FROM (SELECT DISTINCT network FROM staged) s
            JOIN chins_chin c ON c.code = upper(s.network) OR c.slug = lower(s.network) OR c.name = s.network
            GROUP BY s.network HAVING count(*) = 1
            """,
        )
        told = "'No CHIN has this address, code or name, or several have this name.'"
        self.hold_back(sql, "unknown network", "network", "s.network", told, "c.id IS NULL")
        theirs = self._commissioners(self.imports[0].uploaded_by)
        if theirs is not None:
            told = "'This CHIN belongs to another commissioner: its own transformation manager brings its members.'"
            ids = ", ".join(map(str, [0, *theirs]))
            self.hold_back(
                sql, "another commissioner", "network", "s.network", told, f"c.commissioner_id NOT IN ({ids})"
            )
        days = stay("s")
        self.hold_back(
            sql,
            "another CHIN",
            "network",
            "s.network",
            """(SELECT 'The practice is in ' || o.name || ' from ' || to_char(lower(m.period), 'FMDD FMMonth YYYY')
                       || coalesce(' to ' || to_char(upper(m.period) - 1, 'FMDD FMMonth YYYY'), '')
                       || '. It can be in one CHIN at a time: let it leave or move there first.'
                FROM chins_membership m JOIN chins_chin o ON o.id = m.chin_id
                WHERE m.practice_id = p.id AND upper_inf(m.held) AND m.chin_id <> c.id
                  AND m.period && """
            + days
            + " ORDER BY m.period LIMIT 1)",
            f"""EXISTS (SELECT FROM chins_membership m WHERE m.practice_id = p.id AND upper_inf(m.held)
                        AND m.chin_id <> c.id AND m.period && {days})""",
        )
        self.hold_back(
            sql,
            "closed practice",
            "to_text",
            "s.to_text",
            """(SELECT 'The practice closed: its last day was ' || to_char(min(lower(t.period)) - 1, 'FMDD FMMonth YYYY')
                       || '. It can''t be in a CHIN after that.'
                FROM practices_practicestanding t
                WHERE t.practice_id = p.id AND upper_inf(t.held) AND t.status = 'closed')""",
            f"""EXISTS (SELECT FROM practices_practicestanding t WHERE t.practice_id = p.id AND upper_inf(t.held)
                        AND t.status = 'closed' AND t.period && {days})""",
        )
        self.hold_back(
            sql,
            "CHIN not there",
            "from_text",
            "s.from_text",
            "c.name || ' is not proposed, approved or operational on all of these days.'",
            f"""NOT coalesce((SELECT range_agg(t.period) FROM chins_chinstate t
                              WHERE t.chin_id = c.id AND upper_inf(t.held)
                                AND t.status IN ('proposed', 'approved', 'operational')),
                             '{{}}'::datemultirange) @> {days}""",
        )
        self.hold_back_overlaps(sql)

    def plan(self, sql: Sql) -> str:
        sql.table(
            "good",
            f"""
            SELECT s.import_id, s.line, s.code, p.id AS practice_id, {NETWORK} AS network, s.first, s.last
            FROM staged s JOIN practices_practice p ON p.ods_code = s.code
            JOIN meant ON meant.network = s.network JOIN chins_chin c ON c.id = meant.chin_id
            WHERE {NOT_HELD_BACK}
            """,
        )
        hold_memberships(sql)
        sql.table("said", "SELECT line, code, first, last + 1 AS until, network FROM good")
        plan_memberships(sql)
        return self.VERDICTS

    @staticmethod
    def _commissioners(person: Any) -> frozenset[int] | None:
        """Whose CHINs the person may change as by the form; None for a command, which is nobody's."""
        return None if person is None else authority_of(person).commissioner_ids(Action.CHANGE_MEMBERSHIP)

    def merge(self, sql: Sql, by: Any) -> None:
        theirs = self._commissioners(by)
        meant = sql.rows(
            """
            SELECT DISTINCT c.commissioner_id FROM good JOIN staged s USING (line)
            JOIN meant ON meant.network = s.network JOIN chins_chin c ON c.id = meant.chin_id
            """
        )
        if theirs is not None and not theirs.issuperset(commissioner for (commissioner,) in meant):
            raise ValidationError("The file holds CHINs of a commissioner that you do not manage.", code="not_theirs")
        write_memberships(sql, by=by, reason=f"From the file {self.imports[0].file_name}")
