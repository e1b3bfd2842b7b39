"""What every file about practices shares: codes, and rules told with line, column and value."""

from django.urls import reverse

from cc2h.kit import words
from cc2h.kit.imports.kinds import Importer
from cc2h.kit.links import with_query
from cc2h.kit.sql import Sql
from practices.models import ILLUSTRATIVE_CODE, ODS_PRACTICE

CODE_EXPECTED = "the ODS code of a practice: a letter and five digits, like E83035"
NOT_HELD_BACK = """
    NOT EXISTS (SELECT FROM problem x WHERE x.import_id = s.import_id AND x.line = s.line AND x.held_back)
"""


def of_commissioners(day: str, *in_file: str) -> str:
    """SQL: the row `s` is of a practice that a commissioner asked for has on its day, by the register or by the file.

    day: SQL for the row's day. in_file: the staged column with the commissioner, if there is one.
    """
    # all practices of all days at once, so that thousands of rows are looked up and not asked one by one
    register = f"""
        (s.code, {day}) IN (
            SELECT o.ods_code, d.day FROM (SELECT DISTINCT {day} AS day FROM staged s) AS d
            JOIN practices_practicestanding t ON upper_inf(t.held) AND t.period @> d.day
            JOIN practices_practice o ON o.id = t.practice_id
            JOIN practices_commissioner a ON a.id = t.commissioner_id
            WHERE a.ods_code = ANY(%(only)s))
    """
    return " OR ".join([register, *(f"upper(s.{column}) = ANY(%(only)s)" for column in in_file)])


class PracticeFile(Importer):
    """A kind of file whose rows each name a practice in the staged column `code`."""

    group = "practices"
    scope = of_commissioners("coalesce(%(day)s::date, %(today)s)")

    def results(self) -> dict[str, str]:
        day = self.imports[0].extract_day
        found = {"Practices today": reverse("practices:practice_list")}
        if day is not None:
            query = {"as_at": day.isoformat()}
            found[f"Practices as at {words.day(day)}"] = with_query(reverse("practices:practice_list"), query)
        return found

    def illustrative(self, sql: Sql) -> bool:
        some = "SELECT EXISTS (SELECT FROM staged WHERE code LIKE 'Z99%%' AND code ~ %(made_up)s)"
        return bool(sql.value(some, made_up=ILLUSTRATIVE_CODE))

    def hold_back_unknown(self, sql: Sql) -> None:
        """Hold back rows whose practice is not in the register."""
        sql.run(
            f"""
            INSERT INTO problem
            SELECT s.import_id, s.line, %(header)s, s.code,
                   'No practice with this code is in the register. Import the practices first; the row is held back.',
                   'unknown practice', true
            FROM staged s LEFT JOIN practices_practice p ON p.ods_code = s.code
            WHERE p.id IS NULL AND {NOT_HELD_BACK}
            """,
            header=self.header("code"),
        )

    def hold_back_duplicates(self, sql: Sql, of: str = "true") -> None:
        """Hold back every row of a practice that stands in one file more than once, of the rows that `of` picks."""
        sql.table(
            "twice",
            f"""
            SELECT import_id, code, count(*) AS times, left(string_agg(line::text, ', ' ORDER BY line), 200) AS lines
            FROM staged WHERE code IS NOT NULL AND ({of}) GROUP BY import_id, code HAVING count(*) > 1
            """,
        )
        sql.run(
            f"""
            INSERT INTO problem
            SELECT import_id, line, %(header)s, code,
                   'The practice stands in the file ' || times || ' times, on lines ' || lines
                   || '. Expected: once. None of these rows is used.', 'duplicate', true
            FROM staged JOIN twice USING (import_id, code) WHERE {of}
            """,
            header=self.header("code"),
        )


CODE_RULES: dict[str, tuple[str, str]] = {
    "no code": ("code", f"The code is missing. Expected: {CODE_EXPECTED}."),
    "bad code": ("code", f"This is no code of a practice. Expected: {CODE_EXPECTED}."),
}
# the register has only proper codes: the pattern, which is dear, is asked of the others
CODE_RULE = f"""
    WHEN code IS NULL THEN 'no code'
    WHEN code NOT IN (SELECT ods_code FROM practices_practice) AND code !~ '{ODS_PRACTICE}' THEN 'bad code'
"""


def written_postcode(text: str) -> str:
    """As the post office writes it: `N20 0DH`, also from `n200dh` or with two spaces."""
    plain = "".join(text.split()).upper()
    return f"{plain[:-3]} {plain[-3:]}" if 5 <= len(plain) <= 7 else text
