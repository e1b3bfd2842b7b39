"""The Organisation Data Service's files of practices (epraccur) and of commissioners (eccg). Neither has a header."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from cc2h.kit import timelines, words
from cc2h.kit.imports.files import Contents, Head, Rejected
from cc2h.kit.imports.kinds import Column, Importer, Total, importer, read_day, rule_out
from cc2h.kit.sql import Sql
from practices.importers import details
from practices.importers.shared import (
    CODE_EXPECTED,
    CODE_RULE,
    CODE_RULES,
    NOT_HELD_BACK,
    PracticeFile,
    of_commissioners,
    written_postcode,
)
from practices.importers.takeovers import NCL, plan_takeovers, write_takeovers
from practices.models import (
    ILLUSTRATIVE_CODE,
    NO_COMMISSIONER,
    ODS_COMMISSIONER,
    ODS_PRACTICE,
    Practice,
    Status,
)
from practices.services import leave_everything

ODS_COLUMNS = (
    *("Organisation Code", "Name", "National Grouping", "High Level Health Geography"),
    *(f"Address Line {n}" for n in range(1, 6)),
    *("Postcode", "Open Date", "Close Date", "Status Code", "Organisation Sub-Type Code", "Commissioner"),
    *("Join Provider/Purchaser Date", "Left Provider/Purchaser Date", "Contact Telephone Number", "Null", "Null"),
    *("Null", "Amended Record Indicator", "Null", "Provider/Purchaser", "Null", "Prescribing Setting", "Null"),
)
CODE, NAME, ADDRESS, POSTCODE, OPENED, CLOSED, STATUS = 0, 1, slice(4, 9), 9, 10, 11, 12
SUB_TYPE, COMMISSIONER, JOINED, TELEPHONE, SETTING = 13, 14, 15, 17, 25
ODS_DAY = "a day written YYYYMMDD"
PRACTICE_CODE, COMMISSIONER_CODE = re.compile(ODS_PRACTICE), re.compile(ODS_COMMISSIONER)


class OdsFile(Importer):
    """27 columns in a fixed order and no header. The file has no day: its name may, else its newest date is taken."""

    group = "practices"
    fixed_header = ODS_COLUMNS
    asks_for_day = "Neither the file nor its name says of which day it is. From which day on does it hold?"

    @classmethod
    def is_one(cls, cells: Sequence[str]) -> bool:
        raise NotImplementedError

    @classmethod
    def recognises(cls, head: Head) -> float:
        rows = next(iter(head.sheets.values()))
        alike = sum(abs(len(cells) - len(ODS_COLUMNS)) <= 3 and cls.is_one(cells) for cells in rows)
        return 0.9 * alike / len(rows) if rows else 0.0

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        for line, cells in next(iter(contents.sheets.values())):
            if len(cells) < len(ODS_COLUMNS):
                raise Rejected(
                    f"Line {line} has {len(cells)} columns. Expected: the {len(ODS_COLUMNS)} of the Organisation Data "
                    f"Service, {', '.join(ODS_COLUMNS[: SETTING + 1])}. A column is missing.",
                    line=line,
                )
            if len(cells) > len(ODS_COLUMNS) and not self.notes:
                self.notes.append(
                    f"The file has {len(cells)} columns; those after the {len(ODS_COLUMNS)}th are not used."
                )
            yield line, self.row([" ".join(cell.split()) for cell in cells])

    def day_from_name(self, name: str) -> date | None:
        return day_in_name(name)

    def day_from_content(self, sql: Sql) -> date | None:
        """The newest date in the file that is not to come."""
        return sql.value(
            """
            SELECT max(day) FROM staged CROSS JOIN LATERAL (VALUES (opened), (closed), (joined)) AS dates(day)
            WHERE day <= %(today)s
            """
        )


STANDING_FACTS = ("status", "commissioner")


@importer
class OdsPractices(PracticeFile, OdsFile):
    """What the file says of a practice, and how it meets what is held.

    - Only prescribing setting 4 is a GP practice. One that is in the register and has another setting now is closed.
    - Name, address, telephone: from the file's day; for a practice not known before, from the day it opened.
    - Commissioner: from the day it was joined. Status: from the file's day; closed: from the day after the last.
    - What is closed in the register stays closed, on the day it has; what is planned for later than the file's day
      stays planned. Where the file says otherwise, the preview says so.
    - A file older than the newest one imported only adds practices that are not known.
    - A practice that the file does not mention is left as it is.
    """

    key = "ods_practices"
    label = "ODS practices (epraccur)"
    what = "Every prescriber of England and Wales with address, dates, status and commissioner; GP practices are taken."
    rows_are = ("organisation", "organisations")
    said_again_by = ("ods_practices", "network_map")
    scope = of_commissioners("%(day)s::date", "commissioner")
    columns = (
        Column("code", (ODS_COLUMNS[CODE],), CODE_EXPECTED),
        Column("name", (ODS_COLUMNS[NAME],), "the practice’s name"),
        Column("address", ("Address Line 1-5",), "the address"),
        Column("postcode", (ODS_COLUMNS[POSTCODE],), "the postcode"),
        Column("opened_text", (ODS_COLUMNS[OPENED],), ODS_DAY),
        Column("closed_text", (ODS_COLUMNS[CLOSED],), ODS_DAY),
        Column("status", (ODS_COLUMNS[STATUS],), "A, C, D or P"),
        Column("commissioner", (ODS_COLUMNS[COMMISSIONER],), "the commissioner’s code"),
        Column("joined_text", (ODS_COLUMNS[JOINED],), ODS_DAY),
        Column("telephone", (ODS_COLUMNS[TELEPHONE],), "the telephone number"),
        Column("setting", (ODS_COLUMNS[SETTING],), "4 for a GP practice"),
    )
    extra_staging = {"opened": "date", "closed": "date", "joined": "date"}

    def results(self) -> dict[str, str]:
        return super().results() | {"Commissioners": reverse("practices:commissioner_list")}

    @classmethod
    def is_one(cls, cells: Sequence[str]) -> bool:
        return bool(PRACTICE_CODE.fullmatch(cells[CODE].upper())) and cells[OPENED].isdecimal()

    def row(self, cells: list[str]) -> Sequence[str]:
        opened, closed, joined = cells[OPENED], cells[CLOSED], cells[JOINED]
        return (
            cells[CODE].upper(),
            cells[NAME],
            ", ".join(line for line in cells[ADDRESS] if line),
            written_postcode(cells[POSTCODE]),
            opened,
            closed,
            cells[STATUS].upper(),
            cells[COMMISSIONER].upper(),
            joined,
            cells[TELEPHONE],
            cells[SETTING],
            read_day(opened),
            read_day(closed),
            read_day(joined),
        )

    def check(self, sql: Sql) -> None:
        made_up = self.illustrative(sql)
        rule_out(
            self,
            sql,
            f"""CASE WHEN setting IS DISTINCT FROM '4' AND NOT EXISTS (
                          SELECT FROM practices_practice p WHERE p.ods_code = s.code) THEN NULL
                     {CODE_RULE}
                     WHEN %(made_up)s AND code !~ '{ILLUSTRATIVE_CODE}' THEN 'not made up'
                     WHEN name IS NULL THEN 'no name'
                     WHEN length(name) > 200 THEN 'long name'
                     WHEN length(address) > 400 THEN 'long address'
                     WHEN length(postcode) > 8 THEN 'bad postcode'
                     WHEN length(telephone) > 40 THEN 'long telephone'
                     WHEN opened IS NULL THEN 'not opened'
                     WHEN closed IS NULL AND closed_text IS NOT NULL THEN 'bad closed'
                     WHEN closed < opened THEN 'closed before opened'
                     WHEN status IS NULL OR status NOT IN ('A', 'C', 'D', 'P') THEN 'bad status'
                     WHEN status = 'C' AND closed IS NULL THEN 'no closed'
                     WHEN commissioner IS NULL OR commissioner !~ '{ODS_COMMISSIONER}' THEN 'no commissioner'
                     WHEN joined IS NULL AND joined_text IS NOT NULL THEN 'bad joined' END""",
            CODE_RULES
            | {
                "not made up": ("code", "The file is about illustrative practices, and this code is of a real one."),
                "no name": ("name", "The name is missing."),
                "long name": ("name", "The name is longer than 200 characters."),
                "long address": ("address", "The address is longer than 400 characters."),
                "bad postcode": ("postcode", "This is no postcode. Expected: one like N20 0DH."),
                "long telephone": ("telephone", "The telephone number is longer than 40 characters."),
                "not opened": ("opened_text", f"The day it opened can’t be read. Expected: {ODS_DAY}."),
                "bad closed": ("closed_text", f"The day it closed can’t be read. Expected: {ODS_DAY}, or nothing."),
                "closed before opened": ("closed_text", "It closed before it opened."),
                "bad status": (
                    "status",
                    "Unknown status. Expected: A (active), C (closed), D (dormant), P (proposed).",
                ),
                "no closed": ("closed_text", f"It is closed, but the day is missing. Expected: {ODS_DAY}."),
                "no commissioner": ("commissioner", f"It is missing or no such code. {NO_COMMISSIONER}"),
                "bad joined": ("joined_text", f"The day can’t be read. Expected: {ODS_DAY}, or nothing."),
            },
            made_up=made_up,
        )
        self.hold_back_duplicates(sql, of="setting = '4'")
        others = sql.value("SELECT count(*) FROM staged WHERE setting IS DISTINCT FROM '4'")
        self.notes.append(
            f"{words.plural(others, 'row is', 'rows are')} of another prescribing setting than 4: no GP practices."
        )

    def plan(self, sql: Sql) -> str:
        newest = sql.value(
            "SELECT max(extract_day) FROM kit_import WHERE kind = %(kind)s AND state = 'imported'", kind=self.key
        )
        older = newest is not None and self.day < newest
        if older:
            self.notes.append(
                f"A newer file, of {words.day(newest)}, is already imported: practices that are known stay as they are."
            )
        sql.table(
            "good",
            f"""
            SELECT s.*, p.id AS practice_id, k.known, %(older)s AND k.known AS stays, CASE WHEN is_now = 'proposed' THEN %(day)s
                                             ELSE greatest(opened, coalesce(joined, opened)) END AS starts
            FROM (
                SELECT s.*, CASE WHEN closed IS NOT NULL THEN closed + 1 WHEN setting <> '4' THEN %(day)s END AS gone,
                       CASE WHEN closed IS NOT NULL OR setting <> '4' THEN 'closed' WHEN status = 'A' THEN 'active'
                            WHEN status = 'D' THEN 'dormant' ELSE 'proposed' END AS is_now
                FROM staged s WHERE {NOT_HELD_BACK}
            ) s
            LEFT JOIN practices_practice p ON p.ods_code = s.code
            CROSS JOIN LATERAL (SELECT EXISTS (
                SELECT FROM practices_practicestanding t WHERE t.practice_id = p.id AND upper_inf(t.held)) AS known) k
            WHERE setting = '4' OR p.id IS NOT NULL
            """,
            older=older,
        )
        sql.table(
            "held_standing",
            """
            SELECT g.code, lower(t.period) AS first, upper(t.period) AS until, t.status::text AS status,
                   c.ods_code::text AS commissioner
            FROM good g JOIN practices_practicestanding t ON t.practice_id = g.practice_id AND upper_inf(t.held)
            JOIN practices_commissioner c ON c.id = t.commissioner_id
            """,
        )
        self._plan_standings(sql)
        self._plan_details(sql)
        self._note_what_stays_closed(sql)
        if taken_over := plan_takeovers(sql):
            self.notes.append(taken_over)
        return """
            SELECT g.import_id, g.line, g.code AS key,
                   CASE WHEN NOT g.known THEN 'new'
                        WHEN was.status <> 'closed' AND will.status = 'closed' THEN 'closed'
                        WHEN will.code IS NOT NULL OR called.code IS NOT NULL THEN 'changed'
                        ELSE 'unchanged' END AS verdict,
                   CASE WHEN g.known
                        THEN concat_ws(', ', name.name, name.postcode, was.status, was.commissioner) END AS before,
                   concat_ws(', ', g.name, g.postcode, coalesce(will.status, was.status, g.is_now), g.commissioner) AS after
            FROM good g
            LEFT JOIN held_standing was ON was.code = g.code AND was.until IS NULL
            LEFT JOIN held_detail name ON name.code = g.code AND name.until IS NULL
            LEFT JOIN standing_wanted will ON will.code = g.code AND upper_inf(will.period)
            LEFT JOIN (SELECT DISTINCT code FROM detail_wanted) called ON called.code = g.code
        """

    def _plan_standings(self, sql: Sql) -> None:
        sql.table(
            "segments",
            f"""
            SELECT code, first, until, status, commissioner FROM (
                SELECT g.code, s.first, s.until,
                    CASE
                        WHEN g.stays OR over.code IS NOT NULL THEN h.status
                        WHEN s.first >= g.gone THEN 'closed'
                        WHEN h.first > %(day)s THEN h.status
                        WHEN h.status IS NULL AND s.first >= g.starts
                            THEN CASE WHEN s.first < %(day)s OR g.gone IS NOT NULL THEN 'active' ELSE g.is_now END
                        WHEN h.status IS NULL OR g.gone IS NOT NULL THEN h.status
                        WHEN s.first >= %(day)s THEN g.is_now
                        WHEN h.status = 'proposed' AND g.is_now = 'active' AND s.first >= g.opened THEN 'active'
                        ELSE h.status
                    END AS status,
                    CASE
                        WHEN g.stays OR over.code IS NOT NULL OR h.first > %(day)s THEN h.commissioner
                        WHEN s.first >= coalesce(g.joined, g.opened) THEN g.commissioner
                        ELSE coalesce(h.commissioner, g.commissioner)
                    END AS commissioner
                FROM good g
                JOIN ({details.cut("(g.starts), (g.opened), (g.joined), (g.gone), (%(day)s::date)", "held_standing")}) s
                    ON s.code = g.code
                LEFT JOIN held_standing h
                    ON h.code = s.code AND h.first <= s.first AND coalesce(h.until, 'infinity') > s.first
                LEFT JOIN (SELECT DISTINCT code FROM held_standing WHERE status = 'closed') over ON over.code = g.code
            ) AS known
            WHERE status IS NOT NULL
            """,
        )
        timelines.differing(sql, "standing_wanted", held="held_standing", key="code", facts=STANDING_FACTS)

    def _plan_details(self, sql: Sql) -> None:
        says = "NOT g.stays AND (h.first IS NULL OR (s.first >= %(day)s AND h.first <= %(day)s))"
        columns = {name: name for name in ("name", "address", "postcode", "telephone")} | {
            "prescribing_setting": "setting"
        }
        from_file = {
            fact: f"CASE WHEN {says} THEN coalesce(g.{column}, '') ELSE h.{fact} END"
            for fact, column in columns.items()
        }
        same_place = f"CASE WHEN NOT ({says}) OR g.postcode = h.postcode THEN"
        ours = {
            "mailbox": "coalesce(h.mailbox, '')",
            "borough": "coalesce(h.borough, '')",
            "latitude": f"{same_place} h.latitude END",
            "longitude": f"{same_place} h.longitude END",
        }
        details.plan(sql, from_file | ours, days="(least(g.opened, %(day)s)), (%(day)s::date)")

    def _note_what_stays_closed(self, sql: Sql) -> None:
        codes = [
            row[0]
            for row in sql.rows(
                """
                SELECT g.code FROM good g JOIN held_standing h ON h.code = g.code
                WHERE h.status = 'closed' AND (g.is_now <> 'closed' OR h.first <> g.closed + 1) ORDER BY g.code
                """
            )
        ]
        if codes:
            named = words.listed(codes[:20] + (["more"] if len(codes) > 20 else []))
            self.notes.append(
                f"{words.plural(len(codes), 'practice is', 'practices are')} closed in the register, and open or closed on "
                f"another day in the file. They stay as they are: {named}."
            )

    def missing(self, sql: Sql) -> int:
        return sql.value(
            """
            SELECT count(*) FROM practices_practicestanding t JOIN practices_practice p ON p.id = t.practice_id
            WHERE upper_inf(t.held) AND t.period @> %(day)s::date AND t.status <> 'closed'
              AND (%(only)s::text[] IS NULL OR t.commissioner_id IN (SELECT id FROM practices_commissioner
                                                                     WHERE ods_code = ANY(%(only)s)))
              AND NOT EXISTS (SELECT FROM staged s WHERE s.code = p.ods_code)
            """
        )

    def totals(self, sql: Sql) -> list[Total]:
        """Practices by status as the register sees the newest day of each."""
        before = dict(
            sql.rows(
                """
                SELECT status, count(*) FROM practices_practicestanding
                WHERE upper_inf(held) AND upper_inf(period) GROUP BY status
                """
            )
        )
        after = dict(before)
        for status, change in sql.rows(
            """
            SELECT status, sum(n)::int FROM (
                SELECT status, 1 AS n FROM standing_wanted WHERE upper_inf(period)
                UNION ALL
                SELECT status, -1 FROM held_standing
                WHERE until IS NULL AND code IN (SELECT code FROM standing_wanted)
            ) AS changes GROUP BY status
            """
        ):
            after[status] = after.get(status, 0) + change
        return [
            Total(f"{label} practices", before.get(status, 0), after.get(status, 0))
            for status, label in Status.choices
            if before.get(status) or after.get(status)
        ]

    def merge(self, sql: Sql, by: Any) -> None:
        reason = f"From the file {self.imports[0].file_name} of {words.day(self.day)}"
        add_commissioners(sql, "SELECT DISTINCT commissioner FROM standing_wanted")
        details.lock(sql, "SELECT code FROM standing_wanted_keys UNION SELECT code FROM detail_wanted_keys")
        sql.run(
            """
            INSERT INTO practices_practice (ods_code, illustrative)
            SELECT code, code ~ %(made_up)s FROM good WHERE practice_id IS NULL ORDER BY code
            """,
            made_up=ILLUSTRATIVE_CODE,
        )
        details.write(sql, by=by, reason=reason)
        timelines.replace(
            sql,
            table="practices_practicestanding",
            key="practice_id",
            facts=("status", "commissioner_id"),
            wanted="""
                SELECT p.id AS practice_id, w.period, w.status, c.id AS commissioner_id FROM standing_wanted w
                JOIN practices_practice p ON p.ods_code = w.code
                JOIN practices_commissioner c ON c.ods_code = w.commissioner
            """,
            keys="SELECT p.id FROM standing_wanted_keys k JOIN practices_practice p ON p.ods_code = k.code",
            by=by,
            reason=reason,
        )
        write_takeovers(sql)
        self._leave_what_they_were_in(sql, by, reason)

    def _leave_what_they_were_in(self, sql: Sql, by: Any, reason: str) -> None:
        """A practice that closes leaves its network and its federation on its last day."""
        closing = dict(
            sql.rows("SELECT g.code, g.gone FROM good g JOIN verdict v ON v.key = g.code AND v.verdict = 'closed'")
        )
        for practice in Practice.objects.filter(ods_code__in=closing).order_by("pk"):
            leave_everything(practice, last=closing[practice.ods_code] - timedelta(days=1), by=by, reason=reason)


def day_in_name(name: str) -> date | None:
    """`epraccur_2022-06.csv` is of 1 June 2022, `epraccur_20220630.csv` of the 30th.

    >>> day_in_name("epraccur_2022-06.csv.gz"), day_in_name("ePCN_20220228.xlsx"), day_in_name("epraccur.csv")
    (datetime.date(2022, 6, 1), datetime.date(2022, 2, 28), None)
    """
    found = re.search(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?:[-_]?(0[1-9]|[12]\d|3[01]))?(?!\d)", name)
    day = read_day("-".join((found[1], found[2], found[3] or "01"))) if found else ""
    return date.fromisoformat(day) if day else None


def add_commissioners(sql: Sql, codes: str) -> None:
    """Make the commissioners that are not in the register, with their code as name until a file names them.

    The one that every commissioner of the demonstration went into is named by no such file, and known.
    """
    sql.run(
        f"""
        INSERT INTO practices_commissioner (ods_code, name, short_name, opened, local_word, local_word_plural,
                                            band_source, in_programme)
        SELECT named.code, coalesce(k.name, named.code), coalesce(k.short_name, named.code), k.opened,
               coalesce(k.word, 'CHIN'), coalesce(k.words, 'CHINs'), '', false
        FROM ({codes}) AS named(code)
        LEFT JOIN (SELECT %(code)s::text, %(name)s::text, %(short)s::text, %(since)s::date, %(word)s::text, %(words)s::text)
            AS k(code, name, short_name, opened, word, words) ON k.code = named.code
        WHERE NOT EXISTS (SELECT FROM practices_commissioner c WHERE c.ods_code = named.code) ORDER BY 1
        """,
        code=NCL.code,
        name=NCL.name,
        short=NCL.short_name,
        since=NCL.since,
        word=NCL.local_word,
        words=NCL.local_word_plural,
    )


def name_commissioners(sql: Sql, names: str) -> None:
    """Give those that have their code as name the one that a file of something else gives: `names` is (code, name)."""
    unnamed = sql.rows(
        f"""
        SELECT c.ods_code, min(n.name) FROM ({names}) AS n(code, name)
        JOIN practices_commissioner c ON c.ods_code = n.code AND c.name = c.ods_code
        WHERE length(n.name) BETWEEN 1 AND 150 GROUP BY 1 ORDER BY 1
        """
    )
    sql.run(
        """
        UPDATE practices_commissioner c SET name = n.name, short_name = n.short_name
        FROM unnest(%(codes)s::text[], %(names)s::text[], %(shorts)s::text[]) AS n(code, name, short_name)
        WHERE c.ods_code = n.code
        """,
        codes=[code for code, _ in unnamed],
        names=[name for _, name in unnamed],
        shorts=[short_name(name) for _, name in unnamed],
    )


@importer
class OdsCommissioners(OdsFile):
    """Commissioners have no dated facts but their first and last day: what the file says of them holds."""

    key = "ods_commissioners"
    label = "ODS commissioners (eccg)"
    what = "Every Clinical Commissioning Group with its name and dates."
    rows_are = ("commissioner", "commissioners")
    scope = "s.code = ANY(%(only)s)"
    columns = (
        Column("code", (ODS_COLUMNS[CODE],), "the code of a commissioner, like 07M"),
        Column("name", (ODS_COLUMNS[NAME],), "the commissioner’s name"),
        Column("opened_text", (ODS_COLUMNS[OPENED],), ODS_DAY),
        Column("closed_text", (ODS_COLUMNS[CLOSED],), ODS_DAY),
    )
    extra_staging = {"short_name": "text", "opened": "date", "closed": "date", "joined": "date"}

    @classmethod
    def is_one(cls, cells: Sequence[str]) -> bool:
        return bool(COMMISSIONER_CODE.fullmatch(cells[CODE].upper())) and cells[SUB_TYPE].upper() == "C"

    def row(self, cells: list[str]) -> Sequence[str]:
        name, opened, closed = cells[NAME], cells[OPENED], cells[CLOSED]
        return (
            *(cells[CODE].upper(), name, opened, closed),
            *(short_name(name), read_day(opened), read_day(closed), ""),
        )

    def check(self, sql: Sql) -> None:
        rule_out(
            self,
            sql,
            f"""CASE WHEN code IS NULL OR code !~ '{ODS_COMMISSIONER}' THEN 'bad code'
                    WHEN name IS NULL OR length(name) > 150 THEN 'bad name'
                    WHEN opened IS NULL AND opened_text IS NOT NULL THEN 'bad opened'
                    WHEN closed IS NULL AND closed_text IS NOT NULL THEN 'bad closed'
                    WHEN closed < opened THEN 'closed before opened' END""",
            {
                "bad code": ("code", NO_COMMISSIONER),
                "bad name": ("name", "Expected: a name of at most 150 characters."),
                "bad opened": ("opened_text", f"The day can’t be read. Expected: {ODS_DAY}."),
                "bad closed": ("closed_text", f"The day can’t be read. Expected: {ODS_DAY}, or nothing."),
                "closed before opened": ("closed_text", "It closed before it opened."),
            },
        )

    def plan(self, sql: Sql) -> str:
        sql.table(
            "good",
            f"""
            SELECT s.*, c.id AS commissioner_id, c.name AS was_called, c.opened AS was_opened, c.closed AS was_closed,
                   c.short_name = c.ods_code AS unnamed
            FROM (SELECT *, row_number() OVER (PARTITION BY code ORDER BY line) AS nth FROM staged) s
            LEFT JOIN practices_commissioner c ON c.ods_code = s.code
            WHERE nth = 1 AND {NOT_HELD_BACK}
            """,
        )
        # a name in capitals is the same name; a commissioner that has closed does not open again
        sql.run("UPDATE good SET name = was_called WHERE lower(name) = lower(was_called)")
        sql.run("UPDATE good SET closed = coalesce(closed, was_closed), opened = coalesce(opened, was_opened)")
        return """
            SELECT import_id, line, code AS key,
                   CASE WHEN commissioner_id IS NULL THEN 'new'
                        WHEN was_closed IS NULL AND closed IS NOT NULL THEN 'closed'
                        WHEN (name, opened, closed) IS DISTINCT FROM (was_called, was_opened, was_closed) THEN 'changed'
                        ELSE 'unchanged' END AS verdict,
                   concat_ws(', ', was_called, was_opened, was_closed) AS before,
                   concat_ws(', ', name, opened, closed) AS after
            FROM good
        """

    def results(self) -> dict[str, str]:
        return {"Commissioners": reverse("practices:commissioner_list")}

    def merge(self, sql: Sql, by: Any) -> None:
        sql.run(
            """
            UPDATE practices_commissioner c SET name = g.name, opened = g.opened, closed = g.closed,
                   short_name = CASE WHEN g.unnamed THEN g.short_name ELSE c.short_name END
            FROM good g WHERE g.commissioner_id = c.id
              AND (g.name, g.opened, g.closed) IS DISTINCT FROM (c.name, c.opened, c.closed)
            """
        )
        sql.run(
            """
            INSERT INTO practices_commissioner (ods_code, name, short_name, opened, closed, local_word,
                                                local_word_plural, band_source, in_programme)
            SELECT code, name, short_name, opened, closed, 'CHIN', 'CHINs', '', false FROM good
            WHERE commissioner_id IS NULL ORDER BY code
            """
        )


def short_name(name: str) -> str:
    """What people call it.

    >>> short_name("NHS BARNET CCG"), short_name("NHS DURHAM DALES, EASINGTON AND SEDGEFIELD CCG")
    ('Barnet', 'Durham Dales, Easington and Sedgefield')
    >>> short_name("NHS North Central London ICB - 93C")
    'North Central London'
    """
    plain = re.sub(r"^NHS | (CCG|CLINICAL COMMISSIONING GROUP|ICB( - \w+)?)$", "", name.strip(), flags=re.IGNORECASE)
    if plain.isupper():
        plain = re.sub(r"\b(And|Of|The|On|Upon|In|With)\b", lambda found: found[0].lower(), plain.title())
        plain = plain[:1].upper() + plain[1:]
    return plain[:80]
