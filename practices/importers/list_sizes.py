"""Registered patients: monthly from NHS England, quarterly from the Business Services Authority, local from EMIS."""

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from cc2h.kit import words
from cc2h.kit.imports.files import Rejected
from cc2h.kit.imports.kinds import (
    DAY_EXPECTED,
    FUTURE_DAYS,
    SUPPRESSED,
    Column,
    Total,
    importer,
    read_day,
    read_number,
    rule_out,
)
from cc2h.kit.imports.undoing import SHOWN, BuiltOn, Facts, Taken, page
from cc2h.kit.models import Import
from cc2h.kit.sql import Sql
from practices.importers import details
from practices.importers.shared import (
    CODE_EXPECTED,
    CODE_RULE,
    CODE_RULES,
    NOT_HELD_BACK,
    PracticeFile,
    of_commissioners,
)
from practices.models import AGE_BANDS, LARGEST_LIST

WHOLE_NUMBER = f"a whole number from 0 to {LARGEST_LIST:,}"
TOTALS_SHOWN = 12
LINES_SHOWN = 20
DAY = "coalesce(s.extract_day, %(day)s::date)"  # SQL: of the row s


class Lists(Facts):
    """List sizes: the rows of a file, and those of before for the same practice and day.

    A file's rows that a later file replaced, and that were recorded again when that one was undone, are its own.
    """

    what = "list sizes"
    BEFORE = """
        SELECT DISTINCT ON (l.practice_id, l.day) l.* FROM practices_listsize n
        JOIN practices_listsize l ON l.practice_id = n.practice_id AND l.day = n.day AND l.superseded_at = n.recorded_at
        LEFT JOIN kit_import i ON i.id = l.source_id
        WHERE n.source_id = %(id)s AND l.source_id IS DISTINCT FROM n.source_id AND i.state IS DISTINCT FROM 'undone'
        ORDER BY l.practice_id, l.day, l.superseded_at DESC
    """
    NOW = "practices_listsize t WHERE t.source_id = %(id)s AND t.superseded_at IS NULL"

    def taken(self) -> Taken:
        now, before = self.sql.rows(f"SELECT (SELECT count(*) FROM {self.NOW}), count(*) FROM ({self.BEFORE}) AS b")[0]
        return Taken(self.what, now, before)

    def built_on(self) -> list[BuiltOn]:
        """List sizes of the file that later files replaced, by those files."""
        found = self.sql.rows(
            """
            SELECT o.source_id, count(*) FROM (
                SELECT DISTINCT practice_id, day FROM practices_listsize WHERE source_id = %(id)s
            ) AS n JOIN practices_listsize o USING (practice_id, day)
            WHERE o.superseded_at IS NULL AND o.source_id IS DISTINCT FROM %(id)s GROUP BY o.source_id ORDER BY 1
            """
        )
        files = Import.objects.in_bulk([source for source, _ in found if source])
        first = [(f"{files[source]}: {words.number(count)}", page(files[source])) for source, count in found if source]
        count = sum(count for _, count in found)
        replaced = [BuiltOn("List sizes that later files replaced", count, first[:SHOWN])] if count else []
        return replaced + self._parts()

    def _parts(self) -> list[BuiltOn]:
        """Lists of what split off, that count because this file says what is left of the practice that goes on."""
        found = self.sql.rows(
            f"""
            SELECT p.ods_code, g.day FROM practices_succession x
            JOIN practices_practice p ON p.id = x.successor_id
            JOIN practices_listsize g ON g.practice_id = p.id AND g.superseded_at IS NULL
                AND g.source_id IS DISTINCT FROM %(id)s AND g.day >= lower(x.period)
            WHERE upper_inf(x.held) AND x.kind = 'split'
              AND EXISTS (SELECT FROM practices_practicestanding t
                          WHERE t.practice_id = x.predecessor_id AND upper_inf(t.held) AND t.status = 'active'
                            AND t.period && daterange(g.day, NULL))
              AND EXISTS (SELECT FROM {self.NOW} AND t.practice_id = x.predecessor_id
                            AND t.day BETWEEN lower(x.period) AND g.day)
              AND NOT EXISTS (
                  SELECT FROM (
                      SELECT practice_id, day FROM practices_listsize
                      WHERE superseded_at IS NULL AND source_id IS DISTINCT FROM %(id)s
                      UNION ALL SELECT practice_id, day FROM ({self.BEFORE}) AS b
                  ) AS o
                  WHERE o.practice_id = x.predecessor_id AND o.day BETWEEN lower(x.period) AND g.day)
            ORDER BY 2, 1
            """
        )
        first = [
            (f"{code}, list of {words.day(day)}", reverse("practices:practice_detail", args=[code]))
            for code, day in found[:SHOWN]
        ]
        what = "List sizes of practices that split off, whose patients would count twice"
        return [BuiltOn(what, len(found), first)] if found else []

    def take_back(self) -> None:
        self.sql.table("lists_before", self.BEFORE)
        moment = self.sql.value("SELECT clock_timestamp()")
        self.sql.run(
            "UPDATE practices_listsize t SET superseded_at = %(moment)s WHERE source_id = %(id)s AND superseded_at IS NULL",
            moment=moment,
        )
        self.sql.run(
            """
            INSERT INTO practices_listsize (practice_id, day, patients, ages, source_id, row_number, recorded_at)
            SELECT practice_id, day, patients, ages, source_id, row_number, %(moment)s FROM lists_before
            """,
            moment=moment,
        )


def read_size(patients: str) -> str:
    """A whole number of at most six digits as it is; "" for anything else."""
    return patients if len(patients) < 7 and patients.isascii() and patients.isdecimal() else ""


class ListSizes(PracticeFile):
    """Rows of a practice and its registered patients, staged as code, patients, extract_day and size.

    `size` is the number that `patients` certainly is, if it is one (read_size): what else it may be, the check says.

    A file is of one day. A row whose number can't be right, whose practice is unknown, or that stands twice is held
    back and reported; the others go on. A later file for a day already held replaces what differs.
    """

    group = "list_sizes"
    rows_are = ("list size", "list sizes")
    many_at_once = True
    kept_otherwise = (Lists,)
    said_again_by = ("registered_patients", "quarterly_lists", "local_lists")
    of_one_day = True
    day_column = "day"
    scope = of_commissioners(DAY)
    total_of_all = "true"  # SQL: the row is of the whole list, not of one sex or age
    with_ages = False  # rows are staged with `ages` too, those of ListSize
    differs = "held IS DISTINCT FROM patients"  # SQL: a good row says otherwise than what is held
    as_text = "to_char(patients, 'FM999,999')"  # SQL: what a good row says, for a person

    def check(self, sql: Sql) -> None:
        day_rule = "WHEN extract_day IS NULL THEN 'bad day'" if self.day_column else ""
        rule_out(
            self,
            sql,
            f"""CASE {CODE_RULE} WHEN NOT ({self.total_of_all}) THEN 'not a total' {day_rule}
                WHEN size <= {LARGEST_LIST} THEN NULL
                WHEN patients IS NULL THEN 'missing'
                WHEN patients = ANY(%(suppressed)s) THEN 'suppressed'
                WHEN patients ~ '^[0-9]+$' THEN 'absurd'
                WHEN patients ~ '^[-−][0-9]' THEN 'negative'
                WHEN patients ~ '^[0-9]+[.][0-9]+$' THEN 'fractional'
                ELSE 'no number' END""",
            self._rules(),
            suppressed=list(SUPPRESSED),
        )
        self._note_suppressed(sql)
        self.hold_back_duplicates(sql, of=self.total_of_all)
        self._one_day_a_file(sql)
        self.hold_back_unknown(sql)
        self._hold_back_counted_twice(sql)

    def _hold_back_counted_twice(self, sql: Sql) -> None:
        """Hold back the list of what split off from a practice that goes on, while the newest list of that one is of
        before the split and so has the part's patients too."""
        statement = f"""
            WITH split AS (
                SELECT o.id, o.ods_code AS old, p.ods_code AS part, lower(x.period) AS first
                FROM practices_succession x
                JOIN practices_practice o ON o.id = x.predecessor_id
                JOIN practices_practice p ON p.id = x.successor_id
                WHERE upper_inf(x.held) AND x.kind = 'split'
            ), good AS MATERIALIZED (
                SELECT s.import_id, s.line, s.code, {DAY} AS day FROM staged s
                WHERE s.code IN (SELECT old FROM split UNION SELECT part FROM split)
                  AND s.import_id <> ALL(%(refused)s) AND {NOT_HELD_BACK}
            )
            INSERT INTO problem
            SELECT g.import_id, g.line, %(header)s, g.code,
                   'It split off from ' || coalesce(n.name || ' (' || x.old || ')', x.old) || ' on '
                   || to_char(x.first, 'FMDD FMMonth YYYY') || ', whose list of before then still counts for both: these '
                   || 'patients would count twice. Expected: a list of ' || x.old || ' too, of '
                   || to_char(least(x.first, g.day), 'FMDD FMMonth YYYY') || ' or since. The row is held back.',
                   'counted twice', true
            FROM good g
            JOIN split x ON x.part = g.code
            LEFT JOIN practices_practicedetail n ON n.practice_id = x.id AND upper_inf(n.held) AND n.period @> x.first
            WHERE EXISTS (SELECT FROM practices_practicestanding t
                          WHERE t.practice_id = x.id AND upper_inf(t.held) AND t.status = 'active'
                            AND t.period && daterange(greatest(x.first, g.day), NULL))
              AND NOT EXISTS (SELECT FROM good o
                              WHERE o.code = x.old AND o.day BETWEEN least(x.first, g.day) AND g.day)
              AND NOT EXISTS (SELECT FROM practices_listsize l
                              WHERE l.practice_id = x.id AND l.superseded_at IS NULL
                                AND l.day BETWEEN least(x.first, g.day) AND g.day)
        """
        # a part may have split in its turn: what is held back for want of a list holds its own parts back as well
        while sql.run(statement, header=self.header("code"), refused=[*self.refused]):
            continue

    def _note_suppressed(self, sql: Sql) -> None:
        """A number that the publisher does not tell is read rightly as not known, so it is no problem of the file."""
        found = sql.rows("SELECT line FROM problem WHERE rule = 'suppressed' ORDER BY import_id, line")
        if found:
            lines = words.listed([f"{line}" for (line,) in found[:LINES_SHOWN]] + ["more"] * (len(found) > LINES_SHOWN))
            self.notes.append(
                f"{words.plural(len(found), 'list size is', 'list sizes are')} suppressed by the publisher (- or *), so not "
                f"known, which is not 0: nothing is imported from {'line' if len(found) == 1 else 'lines'} {lines}."
            )

    def _rules(self) -> dict[str, tuple[str, str | None]]:
        return {
            **CODE_RULES,
            "missing": ("patients", f"The list size is missing. Expected: {WHOLE_NUMBER}."),
            "suppressed": ("patients", None),
            "absurd": ("patients", f"No practice has so many patients. Expected: {WHOLE_NUMBER}."),
            "negative": ("patients", f"A list size can’t be negative. Expected: {WHOLE_NUMBER}."),
            "fractional": ("patients", f"A list size can’t be a fraction. Expected: {WHOLE_NUMBER}."),
            "no number": ("patients", f"This is no number. Expected: {WHOLE_NUMBER}."),
            **(
                {"bad day": (self.day_column, f"The day can’t be read. Expected: {DAY_EXPECTED}.")}
                if self.day_column
                else {}
            ),
        }

    def _one_day_a_file(self, sql: Sql) -> None:
        """Find each file's day; refuse a file of two days, of none, or of a day that is far to come."""
        if not self.day_column:
            self._not_far_ahead(self.imports[0].pk, self.day, sql.parameters["today"])
            return
        found: dict[int, list[tuple[date, int]]] = {}
        for import_id, day, count in sql.rows(
            """
            SELECT import_id, extract_day, count(*) FROM staged WHERE extract_day IS NOT NULL
            GROUP BY import_id, extract_day ORDER BY count(*) DESC, extract_day
            """
        ):
            found.setdefault(import_id, []).append((day, count))
        for one in self.imports:
            days = found.get(one.pk, [])
            if len(days) > 1:
                self._refuse_two_days(sql, one.pk, days)
            elif days:
                self.days[one.pk] = days[0][0]
                self._not_far_ahead(one.pk, days[0][0], sql.parameters["today"])
            else:
                sentence = f"No row of the file says its day in {self.header(self.day_column)}."
                self.refused[one.pk] = Rejected(f"{sentence} Expected: {DAY_EXPECTED}.")

    def _refuse_two_days(self, sql: Sql, import_id: int, days: list[tuple[date, int]]) -> None:
        named = words.listed(f"{words.day(day)} ({words.plural(count, 'row')})" for day, count in days[:4])
        self.refused[import_id] = Rejected(f"The file has rows of {len(days)} days: {named}. Expected: one day a file.")
        sql.run(
            """
            INSERT INTO problem
            SELECT import_id, line, %(header)s, day, 'The row is of another day than most of the file. Expected: '
                   || %(day)s || '.', 'two days', true
            FROM staged WHERE import_id = %(id)s AND extract_day <> %(day)s::date
            """,
            id=import_id,
            day=days[0][0].isoformat(),
            header=self.header(self.day_column),
        )

    def _not_far_ahead(self, import_id: int, day: date, today: date) -> None:
        if day > today + timedelta(days=FUTURE_DAYS):
            self.refused[import_id] = Rejected(f"The file says it is of {words.day(day)}, which is far in the future.")
        elif day > today:
            self.notes.append(f"The file is of {words.day(day)}, which is still to come.")

    def plan(self, sql: Sql) -> str:
        ages = ", s.ages, l.ages AS held_ages" if self.with_ages else ""
        sql.table(
            "good",
            f"""
            SELECT s.import_id, s.line, s.code, p.id AS practice_id, {DAY} AS day, s.size AS patients,
                   l.id AS held_id, l.patients AS held{ages}
            FROM staged s
            JOIN practices_practice p ON p.ods_code = s.code
            LEFT JOIN practices_listsize l
                ON l.practice_id = p.id AND l.day = {DAY} AND l.superseded_at IS NULL
            WHERE {NOT_HELD_BACK}
            """,
        )
        return f"""
            SELECT import_id, line, code AS key, to_char(held, 'FM999,999') AS before, {self.as_text} AS after,
                   CASE WHEN held IS NULL THEN 'new' WHEN {self.differs} THEN 'changed' ELSE 'unchanged' END AS verdict
            FROM good
        """

    def when(self, sql: Sql) -> str:
        day = words.day(self.day)
        if self.day > sql.parameters["today"]:
            return f"Now and after: as it will be on {day}, by each practice’s newest list. Until then nothing changes."
        newer = sql.value(
            """
            SELECT count(*) FROM good g WHERE EXISTS (SELECT FROM practices_listsize n WHERE n.practice_id = g.practice_id
                AND n.superseded_at IS NULL AND n.day > %(day)s AND n.day <= %(today)s)
            """
        )
        until = (
            f" {words.plural(newer, 'of these practices has', 'of these practices have')} a newer list, which goes on counting "
            "from its own day."
        )
        return (
            f"Now and after: as at {day}, by each practice’s newest list up to then. What is imported counts from "
            f"that day.{until if newer else ''}"
        )

    def missing(self, sql: Sql) -> int:
        return sql.value(
            """
            SELECT count(*) FROM practices_practicestanding t
            WHERE upper_inf(t.held) AND t.period @> %(day)s::date AND t.status = 'active'
              AND (%(only)s::text[] IS NULL OR t.commissioner_id IN (SELECT id FROM practices_commissioner
                                                                     WHERE ods_code = ANY(%(only)s)))
              AND NOT EXISTS (SELECT FROM staged s JOIN practices_practice p ON p.ods_code = s.code
                              WHERE p.id = t.practice_id)
            """
        )

    def totals(self, sql: Sql) -> list[Total]:
        """Registered patients of active practices on the file's day, each practice's newest list not later."""
        found = sql.rows(
            """
            WITH newest AS (
                SELECT DISTINCT ON (practice_id) practice_id, patients FROM practices_listsize
                WHERE superseded_at IS NULL AND day <= %(day)s ORDER BY practice_id, day DESC
            )
            SELECT c.short_name, sum(n.patients), sum(coalesce(g.patients, n.patients)),
                   count(n.patients), count(coalesce(g.patients, n.patients))
            FROM practices_practicestanding t
            JOIN practices_commissioner c ON c.id = t.commissioner_id
            LEFT JOIN newest n ON n.practice_id = t.practice_id
            LEFT JOIN good g ON g.practice_id = t.practice_id
            WHERE upper_inf(t.held) AND t.period @> %(day)s::date AND t.status = 'active'
            GROUP BY c.id ORDER BY c.in_programme DESC, sum(coalesce(g.patients, n.patients)) DESC NULLS LAST
            """
        )
        whole = [sum(row[n] or 0 for row in found) for n in range(1, 5)]
        return [
            Total("Registered patients", whole[0], whole[1]),
            Total("Active practices with a list size", whole[2], whole[3]),
            *(Total(f"Patients of {row[0]}", row[1] or 0, row[2] or 0) for row in found[:TOTALS_SHOWN]),
        ]

    def merge(self, sql: Sql, by: Any) -> None:
        moment = sql.value("SELECT clock_timestamp()")
        sql.run(
            f"""
            UPDATE practices_listsize SET superseded_at = %(moment)s
            WHERE id IN (SELECT held_id FROM good WHERE held_id IS NOT NULL AND {self.differs})
            """,
            moment=moment,
        )
        ages = ", ages" if self.with_ages else ""
        sql.run(
            f"""
            INSERT INTO practices_listsize (practice_id, day, patients, source_id, row_number, recorded_at{ages})
            SELECT practice_id, day, patients, import_id, line, %(moment)s{ages} FROM good WHERE {self.differs}
            """,
            moment=moment,
        )


@importer
class RegisteredPatients(ListSizes):
    key = "registered_patients"
    label = "Patients registered at GP practices (gp-reg-pat-prac-all)"
    what = "One row a practice with the patients on its list, published by NHS England every month."
    columns = (
        Column("code", ("CODE", "ORG_CODE"), CODE_EXPECTED),
        Column("patients", ("NUMBER_OF_PATIENTS",), WHOLE_NUMBER),
        Column("day", ("EXTRACT_DATE",), DAY_EXPECTED),
        Column(
            "commissioner",
            ("CCG_CODE", "SUB_ICB_LOCATION_CODE"),
            "the code of the commissioner, like 07M",
        ),
        Column("sex", ("SEX",), "ALL", staged=False),
        Column("age", ("AGE",), "ALL", staged=False),
        Column("ons_code", ("ONS_CCG_CODE", "ONS_SUB_ICB_LOCATION_CODE"), "an ONS code", False, used=False),
        Column("postcode", ("POSTCODE",), "a postcode", False, used=False),
        Column("publication", ("PUBLICATION",), "GP_PRAC_PAT_LIST", False, used=False),
        Column("type", ("TYPE",), "GP", False, used=False),
    )
    extra_staging = {"part": "text", "part_header": "text", "extract_day": "date", "size": "int"}
    total_of_all = "part IS NULL"
    scope = of_commissioners(DAY, "commissioner")

    def row(self, cells: list[str]) -> Sequence[str]:
        code, patients, day, commissioner, sex, age = cells
        patients = read_number(patients)
        part = "" if sex == age == "ALL" or sex.upper() == age.upper() == "ALL" else f"{sex}, {age}"
        told = "SEX, AGE" if part else ""
        return code.upper(), patients, day, commissioner, part, told, read_day(day), read_size(patients)

    def _rules(self) -> dict[str, tuple[str, str | None]]:
        rule = ("part", "The row is of one sex or age, not of the whole list. Expected: SEX and AGE are ALL.")
        return super()._rules() | {"not a total": rule}


QUARTERLY_BESIDES = (
    *("Regional Office Name", "Regional Office Code", "Area Team Name", "Area Team Code"),
    *("PCO Name", "Practice Name"),
)


@importer
class QuarterlyLists(ListSizes):
    """No total and no day: the bands are added up, and kept as the list's ages; the quarter stands in the file's name.

    The publisher names the quarter, not the day of counting, so the portal dates a list on the quarter's last day:
    from then on it is certainly true that it has been counted.
    """

    key = "quarterly_lists"
    label = "Quarterly list sizes by age and sex (NHS Business Services Authority)"
    what = "One row a prescriber with its patients by sex and age band; the bands are kept, and added up."
    columns = (
        Column("code", ("Practice Code",), CODE_EXPECTED),
        Column("commissioner", ("PCO Code",), "the code of the commissioner followed by 00, like 07M00"),
        *(
            Column(f"{sex} {band}", (f"{sex} {band}",), "patients of this sex and age", staged=False)
            for band in AGE_BANDS
            for sex in ("Male", "Female")
        ),
        *(Column(name, (name,), "not used", False, used=False) for name in QUARTERLY_BESIDES),
    )
    extra_staging = {
        "patients": "text",
        "patients_header": "text",
        "extract_day": "date",
        "size": "int",
        "ages": "int[]",
    }
    with_ages = True
    differs = "(held, held_ages) IS DISTINCT FROM (patients, ages)"
    as_text = """to_char(patients, 'FM999,999') || CASE WHEN held = patients AND held_ages IS DISTINCT FROM ages
                 THEN CASE WHEN held_ages IS NULL THEN ', and its ages' ELSE ', of other ages' END ELSE '' END"""
    asks_for_day = (
        "Neither the file nor its name says of which quarter it is. From which day on should its list sizes count? "
        "The portal’s custom is the quarter’s last day."
    )
    many_at_once = False
    day_column = ""
    scope = of_commissioners(DAY, "commissioner")

    def day_from_name(self, name: str) -> date | None:
        """`Patient_List_Size_2013_04-06.csv` is of April to June 2013."""
        found = re.search(r"(20\d\d)[_-](\d\d)-(\d\d)(?!\d)", name)
        if not found:
            return None
        year, first, last = map(int, found.groups())
        if not 1 <= first <= last <= 12:
            return None
        return date(year, last, calendar.monthrange(year, last)[1])

    def row(self, cells: list[str]) -> Sequence[str]:
        code, commissioner, *bands = cells
        if len(commissioner) == 5 and commissioner.endswith("00"):
            commissioner = commissioner[:3]
        bands = [read_number(band) for band in bands]
        wrong = next((n for n, band in enumerate(bands) if not (band.isascii() and band.isdecimal())), None)
        if wrong is not None:
            return code.upper(), commissioner, bands[wrong], self.columns[2 + wrong].headers[0], "", "", ""
        ages = [*map(int, bands)]
        size = read_size(str(sum(ages)))
        return (
            code.upper(),
            commissioner,
            str(sum(ages)),
            "",
            "",
            size,
            f"{{{','.join(map(str, ages))}}}" if size else "",
        )


@importer
class LocalLists(ListSizes):
    key = "local_lists"
    label = "List sizes from EMIS (North Central London ICB)"
    what = "One row a practice with the patients on its list, and in newer files its borough."
    columns = (
        Column("code", ("CODE", "PRACTICE_CODE"), CODE_EXPECTED),
        Column("patients", ("LIST_SIZE",), WHOLE_NUMBER),
        Column("day", ("EXTRACT_DATE",), DAY_EXPECTED),
        Column("borough", ("BOROUGH",), "the borough", False),
        Column("name", ("GP_PRACTICE", "PRACTICE_NAME"), "the practice’s name", False, used=False),
    )
    extra_staging = {"extract_day": "date", "size": "int"}
    many_at_once = False

    def row(self, cells: list[str]) -> Sequence[str]:
        code, patients, day, borough = cells
        patients = read_number(patients)
        return code.upper(), patients, day, borough, read_day(day), read_size(patients)

    def plan(self, sql: Sql) -> str:
        """The borough is of no national file: it is set where none is held, and from the file's day where it differs."""
        verdicts = super().plan(sql)
        sql.table("lists", "SELECT * FROM good")
        sql.table("good", "SELECT l.*, s.borough FROM lists l JOIN staged s USING (line) WHERE s.borough IS NOT NULL")
        differs = "h.borough = '' OR (s.first >= %(day)s AND h.first <= %(day)s)"
        details.plan(sql, {"borough": f"CASE WHEN {differs} THEN left(g.borough, 60) ELSE h.borough END"}, "(%(day)s)")
        sql.table("good", "SELECT * FROM lists")
        if boroughs := sql.value("SELECT count(DISTINCT code) FROM detail_wanted"):
            self.notes.append(f"Sets the borough of {words.plural(boroughs, 'practice')}.")
        return verdicts

    def merge(self, sql: Sql, by: Any) -> None:
        super().merge(sql, by)
        details.lock(sql, "SELECT code FROM detail_wanted_keys")
        details.write(sql, by=by, reason=f"Borough from the file {self.imports[0].file_name}")
