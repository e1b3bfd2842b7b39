"""Mergers that a local system records: who went into whom. The file has no day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cc2h.kit.imports.kinds import Column, Total, importer, rule_out
from cc2h.kit.sql import Sql
from practices.importers.shared import CODE_EXPECTED, CODE_RULE, CODE_RULES, NOT_HELD_BACK, PracticeFile
from practices.models import ODS_PRACTICE, Practice, PracticeStanding
from practices.services import merge_practices


@importer
class PracticeMerges(PracticeFile):
    """A merger's day is the day after the predecessor closed, where that is known; else the day given for the file;
    else the first list-size file in which the successor stands and the predecessor no longer does.
    """

    key = "practice_merges"
    label = "Practice mergers (North Central London ICB)"
    what = "One row a merger: the practice that went, and the practice that has its patients."
    rows_are = ("merger", "mergers")
    columns = (
        Column("code", ("predecessor_code",), CODE_EXPECTED),
        Column("successor", ("successor_code",), CODE_EXPECTED),
        Column("predecessor_name", ("predecessor_name",), "a name", False, used=False),
        Column("successor_name", ("successor_name",), "a name", False, used=False),
        Column("note", ("note",), "words", False),
    )
    asks_for_day = (
        "The file does not say on which day the practices merged, and no list sizes held show it. "
        "On which day did the successors have the patients?"
    )

    def row(self, cells: list[str]) -> Sequence[str]:
        code, successor, note = cells
        return code.upper(), successor.upper(), note

    def day_from_content(self, sql: Sql) -> date | None:
        """The latest of the days that list sizes suggest; None where they say nothing for a merger that needs a day."""
        days = [
            row[0]
            for row in sql.rows(
                """
                SELECT (SELECT min(n.day) FROM practices_listsize n
                        WHERE n.practice_id = s.id AND n.superseded_at IS NULL
                          AND n.day > (SELECT max(l.day) FROM practices_listsize l
                                       WHERE l.practice_id = p.id AND l.superseded_at IS NULL))
                FROM staged m JOIN practices_practice p ON p.ods_code = m.code
                JOIN practices_practice s ON s.ods_code = m.successor
                WHERE NOT EXISTS (SELECT FROM practices_practicestanding t
                                  WHERE t.practice_id = p.id AND upper_inf(t.held) AND t.status = 'closed')
                """
            )
        ]
        if any(day is None for day in days):
            return None
        return max(days, default=sql.parameters["today"])

    def check(self, sql: Sql) -> None:
        rule_out(
            self,
            sql,
            f"""CASE {CODE_RULE} WHEN successor IS NULL OR successor !~ '{ODS_PRACTICE}' THEN 'bad successor'
                WHEN successor = code THEN 'itself' END""",
            CODE_RULES
            | {
                "bad successor": ("successor", f"This is no code of a practice. Expected: {CODE_EXPECTED}."),
                "itself": ("successor", "A practice can’t merge into itself."),
            },
        )
        self.hold_back_duplicates(sql)
        self.hold_back_unknown(sql)
        sql.run(
            f"""
            INSERT INTO problem
            SELECT s.import_id, s.line, %(header)s, s.successor,
                   'No practice with this code is in the register. Import the practices first; the row is held back.',
                   'unknown practice', true
            FROM staged s LEFT JOIN practices_practice p ON p.ods_code = s.successor
            WHERE p.id IS NULL AND {NOT_HELD_BACK}
            """,
            header=self.header("successor"),
        )

    def plan(self, sql: Sql) -> str:
        sql.table(
            "good",
            f"""
            SELECT s.*, p.id AS practice_id, n.id AS successor_id, coalesce(lower(t.period), %(day)s) AS day,
                   n.ods_code AS into_code, m.id AS merger_id
            FROM staged s JOIN practices_practice p ON p.ods_code = s.code
            JOIN practices_practice n ON n.ods_code = s.successor
            LEFT JOIN practices_practicestanding t
                ON t.practice_id = p.id AND upper_inf(t.held) AND t.status = 'closed'
            LEFT JOIN practices_succession m
                ON m.predecessor_id = p.id AND m.successor_id = n.id AND upper_inf(m.held)
            WHERE {NOT_HELD_BACK}
            """,
        )
        self._hold_back_refused(sql)
        return """
            SELECT import_id, line, code AS key, CASE WHEN merger_id IS NULL THEN 'new' ELSE 'unchanged' END AS verdict,
                   NULL AS before, 'into ' || into_code || ' on ' || day AS after
            FROM good
        """

    def totals(self, sql: Sql) -> list[Total]:
        before = sql.value(
            "SELECT count(*) FROM practices_practicestanding WHERE upper_inf(held) AND upper_inf(period) AND status = 'active'"
        )
        closing = sql.value(
            """
            SELECT count(*) FROM good g WHERE merger_id IS NULL AND EXISTS (
                SELECT FROM practices_practicestanding t
                WHERE t.practice_id = g.practice_id AND upper_inf(t.held) AND upper_inf(t.period) AND t.status = 'active')
            """
        )
        return [Total("Active practices", before, before - closing)]

    def _hold_back_refused(self, sql: Sql) -> None:
        """Try the mergers one after the other, and undo them all: what the service refuses, it says in words."""
        refused: dict[int, str] = {}
        try:
            with transaction.atomic():
                for line, *merger in self._mergers(sql):
                    try:
                        self._merge(None, *merger)
                    except ValidationError as refusal:
                        refused[line] = refusal.messages[0]
                raise _Undo
        except _Undo:
            pass
        sql.run(
            """
            INSERT INTO problem
            SELECT g.import_id, g.line, %(header)s, g.code, r.words, 'refused', true
            FROM good g JOIN unnest(%(lines)s::int[], %(words)s::text[]) AS r(line, words) USING (line)
            """,
            header=self.header("code"),
            lines=list(refused),
            words=list(refused.values()),
        )
        sql.run("DELETE FROM good WHERE line = ANY(%(lines)s)", lines=list(refused))

    def _mergers(self, sql: Sql) -> list[tuple[Any, ...]]:
        return sql.rows(
            """
            SELECT line, code, into_code, day, coalesce(note, '') FROM good WHERE merger_id IS NULL ORDER BY line
            """
        )

    def _merge(self, by: Any, code: str, successor: str, day: date, note: str) -> None:
        standing = PracticeStanding.objects.held().filter(practice__ods_code=code).order_by("period").last()
        if standing is None:
            raise ValidationError("Nothing is held of the practice but its code, so it can’t merge.")
        merge_practices(
            by=by,
            standing=standing,
            successor=Practice.objects.get(ods_code=successor),
            day=day,
            reason=f"From the file {self.imports[0].file_name}. {note}".strip(),
        )

    def merge(self, sql: Sql, by: Any) -> None:
        """One by one through the same service as the form, which closes the predecessor too."""
        for _, *merger in self._mergers(sql):
            self._merge(by, *merger)


class _Undo(Exception):
    """Leaves a transaction without keeping anything."""
