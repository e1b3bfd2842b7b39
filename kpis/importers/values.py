"""Values from files: what every kind shares, and the portal's own format.

A file's figures are staged one a row, however the publisher lays them out, and read in one pass over all rows: measure and
practice are looked up, the definition of the period's last day says what is possible. What is wrong is held back, figure by
figure. A file that says otherwise than what is held supersedes it; what an earlier file said stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import starmap
from typing import Any, ClassVar

from django.urls import reverse

from cc2h.accounts.authority import Action
from cc2h.kit import words
from cc2h.kit.imports.files import Contents, Rejected
from cc2h.kit.imports.kinds import SUPPRESSED, Column, Total, importer, read_number
from cc2h.kit.imports.undoing import SHOWN, BuiltOn, Facts, Taken, page
from cc2h.kit.models import SEEN_BY, Import
from cc2h.kit.sql import Sql
from kpis.models import MeasureKind, Unit
from kpis.periods import PERIOD_EXPECTED, end_of_financial_year, period_name, read_period
from practices.importers.shared import CODE_EXPECTED, PracticeFile, of_commissioners
from practices.models import ODS_PRACTICE

NUMBER_EXPECTED = "a number of at most eleven digits before the point, or * where the publisher does not tell it"
MEASURE_EXPECTED = "the code of a measure of the library, like diabetes-prevalence"
NOT_TOLD = {*SUPPRESSED, "suppressed", "[c]", "c"}
LONGEST = 11  # digits before the point
FACTS = "numerator, denominator, value, suppressed, published"
GIVEN = "ends, months, numerator, denominator, value, suppressed, published, source_id, row_number"
AS_TOLD = """CASE WHEN {0}suppressed THEN 'not told' WHEN {0}numerator IS NULL THEN {0}value::text
             WHEN {0}denominator IS NULL THEN trim_scale({0}numerator)::text
             ELSE trim_scale({0}numerator) || ' of ' || trim_scale({0}denominator) END"""


@lru_cache(maxsize=65_536)
def read_figure(text: str) -> str:
    """A number as SQL reads it; "" for anything else, a number without end or above eleven digits included.

    >>> read_figure("1,234"), read_figure("-2.50"), read_figure("1e9"), read_figure("inf"), read_figure("999999999999")
    ('1234', '-2.50', '', '', '')
    """
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST:
        return text
    text = read_number(text.replace("−", "-"))
    whole, _, rest = text.removeprefix("-").partition(".")
    good = whole.isascii() and whole.isdecimal() and len(whole) <= LONGEST
    return text if good and (not rest or (rest.isascii() and rest.isdecimal())) and not text.endswith(".") else ""


class _Kept(Facts):
    """Values of one of the two tables: those of a file, and those it superseded."""

    table: ClassVar[str]
    of: ClassVar[str]  # what a value is of, besides its measure

    @property
    def before(self) -> str:
        return f"""
            SELECT DISTINCT ON (v.measure_id, {self._of("v")}, v.ends) v.* FROM {self.table} n
            JOIN {self.table} v ON v.measure_id = n.measure_id AND {self._of("v", "n")} AND v.ends = n.ends
                AND v.superseded_at = n.recorded_at
            LEFT JOIN kit_import i ON i.id = v.source_id
            WHERE n.source_id = %(id)s AND v.source_id IS DISTINCT FROM n.source_id AND i.state IS DISTINCT FROM 'undone'
            ORDER BY v.measure_id, {self._of("v")}, v.ends, v.superseded_at DESC
        """

    def _of(self, *aliases: str) -> str:
        return " = ".join(f"{alias}.{self.of}" for alias in aliases)

    @property
    def _now(self) -> str:
        return f"{self.table} t WHERE t.source_id = %(id)s AND t.superseded_at IS NULL"

    def taken(self) -> Taken:
        now, before = self.sql.rows(f"SELECT (SELECT count(*) FROM {self._now}), count(*) FROM ({self.before}) AS b")[0]
        return Taken(self.what, now, before)

    def built_on(self) -> list[BuiltOn]:
        found = self.sql.rows(
            f"""
            SELECT o.source_id, count(*) FROM (
                SELECT DISTINCT measure_id, {self.of}, ends FROM {self.table} WHERE source_id = %(id)s
            ) AS n JOIN {self.table} o USING (measure_id, {self.of}, ends)
            WHERE o.superseded_at IS NULL AND o.source_id IS DISTINCT FROM %(id)s GROUP BY o.source_id ORDER BY 1
            """
        )
        files = Import.objects.in_bulk([source for source, _ in found if source])
        first = [(f"{files[source]}: {words.number(count)}", page(files[source])) for source, count in found if source]
        count = sum(count for _, count in found)
        return [BuiltOn(f"{self.what.capitalize()} that later files replaced", count, first[:SHOWN])] if count else []

    def take_back(self) -> None:
        self.sql.table("values_before", self.before)
        moment = self.sql.value("SELECT clock_timestamp()")
        self.sql.run(
            f"UPDATE {self.table} t SET superseded_at = %(moment)s WHERE source_id = %(id)s AND superseded_at IS NULL",
            moment=moment,
        )
        columns = f"measure_id, {self._columns}, {GIVEN}"
        self.sql.run(
            f"INSERT INTO {self.table} ({columns}, recorded_at) SELECT {columns}, %(moment)s FROM values_before",
            moment=moment,
        )

    @property
    def _columns(self) -> str:
        return self.of


class PracticesKept(_Kept):
    what, table, of = "values of practices", "kpis_practicevalue", "practice_id"


class AreasKept(_Kept):
    what, table, of = "values of areas", "kpis_areavalue", "area_code"

    @property
    def _columns(self) -> str:
        return "area_code, area_name"


# What is wrong with a staged figure `s` of measure and definition `m` and practice `p`; the first that holds.
BROKEN = f"""
    CASE WHEN s.measure IS NULL THEN 'no measure'
         WHEN m.id IS NULL THEN 'unknown measure'
         WHEN s.code IS NULL THEN 'no code'
         WHEN s.ends IS NULL THEN CASE WHEN s.period IS NULL THEN 'no period' ELSE 'bad period' END
         WHEN s.ends > %(today)s THEN 'future'
         WHEN s.area IS NULL AND p.id IS NULL
             THEN CASE WHEN s.code ~ '{ODS_PRACTICE}' THEN 'unknown practice' ELSE 'bad code' END
         WHEN s.months <> m.months THEN 'other length'
         WHEN s.hidden THEN NULL
         WHEN s.num IS NULL AND s.numerator IS NOT NULL THEN 'numerator'
         WHEN s.den IS NULL AND s.denominator IS NOT NULL THEN 'denominator'
         WHEN s.val IS NULL AND s.value IS NOT NULL THEN 'value'
         WHEN s.num IS NULL AND s.val IS NULL THEN 'missing'
         WHEN (s.num < 0 OR s.val < 0) AND m.unit <> '{Unit.POUNDS}' THEN CASE WHEN s.num < 0 THEN 'negative' ELSE 'below 0' END
         WHEN s.den < 0 THEN 'negative denominator'
         WHEN s.num IS NOT NULL AND s.den IS NULL AND s.val IS NULL AND m.kind NOT IN ('{MeasureKind.COUNT}', '{MeasureKind.TIME_BETWEEN}')
             THEN 'no denominator'
         WHEN s.den = 0 AND s.num <> 0 THEN 'of none'
         WHEN m.kind = '{MeasureKind.PROPORTION}' AND s.num > s.den THEN 'more than all'
         WHEN s.num IS NULL AND s.val > 100 AND m.unit = '%%' AND m.kind <> '{MeasureKind.RATIO}' THEN 'above 100'
         WHEN s.num IS NOT NULL AND s.den > 0 AND m.kind IN ('{MeasureKind.PROPORTION}', '{MeasureKind.RATE}', '{MeasureKind.RATIO}')
              AND abs(s.val - m.multiplier * s.num / s.den) > greatest(0.06, 0.01 * abs(s.val))
              AND abs(s.val - s.num / s.den) > 0.01 * abs(s.val) THEN 'disagrees'
    END
"""
HELD_BACK = "The figure is held back."
RULES: Mapping[str, tuple[str, str]] = {
    "no measure": ("measure", f"The measure is missing. Expected: {MEASURE_EXPECTED}."),
    "no code": ("code", f"The code is missing. Expected: {CODE_EXPECTED}."),
    "bad code": ("code", f"This is no code of a practice. Expected: {CODE_EXPECTED}."),
    "no period": ("period", f"The period is missing. Expected: {PERIOD_EXPECTED}."),
    "bad period": ("period", f"This is no period the portal knows. Expected: {PERIOD_EXPECTED}."),
    "future": ("period", f"The period is not over yet. Expected: one that has ended. {HELD_BACK}"),
    "other length": (
        "period",
        "The period is longer or shorter than the measure’s definition says. Expected: its length, or a new definition from a day.",
    ),
    "numerator": ("numerator", f"This is no number. Expected: {NUMBER_EXPECTED}."),
    "denominator": ("denominator", f"This is no number. Expected: {NUMBER_EXPECTED}."),
    "value": ("value", f"This is no number. Expected: {NUMBER_EXPECTED}."),
    "missing": (
        "numerator",
        "There is neither a numerator nor a value. Expected: one of them, or * where it is not told.",
    ),
    "negative": ("numerator", f"What is counted can’t be below 0. {HELD_BACK}"),
    "below 0": ("value", f"The value can’t be below 0. {HELD_BACK}"),
    "negative denominator": ("denominator", f"A denominator can’t be below 0. {HELD_BACK}"),
    "no denominator": ("denominator", "The denominator is missing. Expected: out of how many it is counted."),
    "of none": ("denominator", f"Something is counted out of 0. Expected: a denominator above 0. {HELD_BACK}"),
    "more than all": ("numerator", f"More are counted than there are. Expected: at most the denominator. {HELD_BACK}"),
    "above 100": ("value", f"A percentage above 100. Expected: 0 to 100. {HELD_BACK}"),
    "disagrees": ("value", f"The value is not numerator ÷ denominator. Expected: the same, or no value. {HELD_BACK}"),
}
# By the measure or the practice that is unknown, one problem for all its figures.
ONE_FOR_ALL = {
    "unknown measure": (
        "measure",
        "No measure of the library has this name. Add it to the measure’s names in publishers’ files if it was renamed; all {n} of its figures are held back.",
    ),
    "unknown practice": (
        "code",
        "No practice with this code is in the register. Import the practices first; its figures are held back.",
    ),
}


class KpiFile(PracticeFile):
    """Files of figures. Staged: measure, code, area (an area’s name: of no practice), period, numerator, denominator, value
    as the file has them; ends, months, num, den, val, hidden (suppressed) and open (published) as they are read."""

    group = "kpi"
    seen_with = Action.VIEW_LOCAL_VALUES
    rows_are = ("figure", "figures")
    kept_otherwise = (PracticesKept, AreasKept)
    of_one_day = True
    prefix: ClassVar[str] = ""  # of the library's names in this publisher's files
    extra_staging: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("measure", "code", "area", "period", "numerator", "denominator", "value"), "text"),
        "ends": "date",
        "months": "smallint",
        "num": "numeric",
        "den": "numeric",
        "val": "double precision",
        "hidden": "boolean",
        "open": "boolean",
    }
    scope = f"s.area IS NOT NULL OR {of_commissioners('least(coalesce(s.ends, %(day)s::date), %(today)s)')}"

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        for line, cells in super().rows(contents):
            for figure in self.figures(cells):
                yield line, figure

    def row(self, cells: list[str]) -> Sequence[str]:
        return cells

    def figures(self, cells: Sequence[str]) -> Iterator[Sequence[str]]:
        """Each figure of a row, in the order of `extra_staging`."""
        raise NotImplementedError

    def _complain_or_note(self, line: int, header: list[str], places: Mapping[str, int]) -> None:
        before = len(self.notes)
        super()._complain_or_note(line, header, places)
        unused = len(header) - len(set(places.values()))
        if unused > 12:
            self.notes[before:] = [f"{words.number(unused)} columns of the file are not used."]

    # Checking ----------------------------------------------------------------------------------------

    def check(self, sql: Sql) -> None:
        self.gather(sql)
        sql.table(
            "known",
            """
            SELECT n.name, m.id, m.code AS measure_code, d.kind, d.unit, d.months, d.multiplier,
                   CASE WHEN lag(d.id) OVER w IS NULL THEN '-infinity' ELSE lower(d.period) END AS first,
                   coalesce(lead(lower(d.period)) OVER w, 'infinity') AS until
            FROM kpis_measure m
            JOIN kpis_definition d ON d.measure_id = m.id AND upper_inf(d.held)
            CROSS JOIN LATERAL (SELECT m.code AS name UNION SELECT x FROM unnest(m.external_codes) AS x
                                WHERE %(prefix)s <> '' AND x LIKE %(prefix)s || ' %%') AS n
            WINDOW w AS (PARTITION BY n.name, m.id ORDER BY d.period)
            """,
            prefix=self.prefix,
        )
        sql.table(
            "figure",
            f"""
            SELECT s.ctid AS at, s.import_id, s.line, s.code, s.area, m.id AS measure_id, m.measure_code, p.id AS practice_id,
                   s.ends, s.months,
                   CASE WHEN NOT s.hidden THEN round(s.num, 4) END AS numerator, round(s.den, 4) AS denominator,
                   CASE WHEN NOT s.hidden AND (s.num IS NULL OR s.den IS NULL AND m.kind <> 'count') THEN s.val END AS value,
                   s.hidden AS suppressed, s.open AS published, {BROKEN} AS broken
            FROM staged s
            LEFT JOIN known m ON m.name = s.measure AND coalesce(s.ends, %(today)s) >= m.first
                 AND coalesce(s.ends, %(today)s) < m.until
            LEFT JOIN practices_practice p ON p.ods_code = s.code
            """,
        )
        self._one_length(sql)
        rules = [(name, column, self.header(column), text) for name, (column, text) in RULES.items()]
        lists = dict(zip(("rules", "names", "headers", "texts"), map(list, zip(*rules, strict=True)), strict=True))
        sql.run(
            """
            INSERT INTO problem
            SELECT s.import_id, s.line, told.header, to_jsonb(s) ->> told.name, told.text, told.rule, true
            FROM figure f JOIN staged s ON s.ctid = f.at
            JOIN unnest(%(rules)s::text[], %(names)s::text[], %(headers)s::text[], %(texts)s::text[])
                AS told(rule, name, header, text) ON told.rule = f.broken
            WHERE f.broken IS NOT NULL
            """,
            **lists,
        )
        for rule, (column, sentence) in ONE_FOR_ALL.items():
            self._one_for_all(sql, rule, column, sentence)
        self._closed_before(sql)
        self._twice(sql)
        self._note_suppressed(sql)
        for import_id, last in sql.rows("SELECT import_id, max(ends) FROM figure WHERE broken IS NULL GROUP BY 1"):
            self.days[import_id] = last

    def gather(self, sql: Sql) -> None:
        """Put staged rows right that only make sense together."""

    def _one_length(self, sql: Sql) -> None:
        """A file of periods of two lengths is refused: somebody put two publications together."""
        found: dict[int, list[str]] = {}
        for import_id, months, count in sql.rows(
            "SELECT import_id, months, count(*) FROM figure WHERE months IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 2"
        ):
            named = f"{words.plural(months, 'month')} ({words.plural(count, *self.rows_are)})"
            found.setdefault(import_id, []).append(named)
        for import_id, lengths in found.items():
            if len(lengths) > 1:
                sentence = (
                    f"The file has periods of {len(lengths)} lengths: {words.listed(lengths)}. Expected: one a file."
                )
                self.refused[import_id] = Rejected(sentence)

    def _one_for_all(self, sql: Sql, rule: str, column: str, sentence: str) -> None:
        sql.run(
            f"""
            INSERT INTO problem
            SELECT s.import_id, s.line, %(header)s, s.{column},
                   CASE WHEN row_number() OVER w = 1
                        THEN replace(%(sentence)s, '{{n}}', (count(*) OVER (PARTITION BY s.import_id, s.{column}))::text) END,
                   %(rule)s, true
            FROM figure f JOIN staged s ON s.ctid = f.at WHERE f.broken = %(rule)s
            WINDOW w AS (PARTITION BY s.import_id, s.{column} ORDER BY s.line)
            """,
            header=self.header(column),
            sentence=sentence,
            rule=rule,
        )

    def _closed_before(self, sql: Sql) -> None:
        sql.table(
            "of_closed",
            """
            SELECT f.at, lower(t.period) AS since FROM figure f
            JOIN practices_practicestanding t ON t.practice_id = f.practice_id AND upper_inf(t.held) AND t.status = 'closed'
                AND t.period @> (f.ends + 1 - make_interval(months => f.months))::date
            WHERE f.broken IS NULL
            """,
        )
        sql.run(
            """
            INSERT INTO problem
            SELECT s.import_id, s.line, %(header)s, s.code, 'The practice had closed before the period began, on '
                   || to_char(o.since, 'FMDD FMMonth YYYY') || '. The figure is held back.', 'closed', true
            FROM of_closed o JOIN staged s ON s.ctid = o.at
            """,
            header=self.header("code"),
        )
        sql.run("UPDATE figure f SET broken = 'closed' FROM of_closed o WHERE o.at = f.at")

    def _twice(self, sql: Sql) -> None:
        """What stands twice and says the same is one; what says two things is none."""
        sql.table(
            "twice",
            """
            SELECT import_id, measure_id, code, ends FROM figure WHERE broken IS NULL
            GROUP BY import_id, measure_id, code, ends HAVING count(*) > 1
            """,
        )
        if not sql.value("SELECT EXISTS (SELECT FROM twice)"):
            return
        sql.table(
            "of_twice",
            """
            SELECT f.at, f.line, f.import_id, row_number() OVER w AS nth,
                   count(*) OVER p AS times, min(f.line) OVER p AS first_line, max(f.line) OVER p AS last_line,
                   min(md5(row(numerator, denominator, value, suppressed)::text)) OVER p
                       = max(md5(row(numerator, denominator, value, suppressed)::text)) OVER p AS alike
            FROM figure f JOIN twice USING (import_id, measure_id, code, ends) WHERE f.broken IS NULL
            WINDOW p AS (PARTITION BY import_id, measure_id, code, ends),
                   w AS (PARTITION BY import_id, measure_id, code, ends ORDER BY f.line)
            """,
        )
        sql.run(
            """
            INSERT INTO problem
            SELECT o.import_id, o.line, %(header)s, s.code,
                   CASE WHEN NOT o.alike THEN 'The same measure, code and period stand in the file ' || o.times
                        || ' times with different figures, on lines ' || o.first_line || ' to ' || o.last_line
                        || '. Expected: once. None of them is used.' END,
                   'duplicate', true
            FROM of_twice o JOIN staged s ON s.ctid = o.at WHERE NOT o.alike OR o.nth > 1
            """,
            header=self.header("code"),
        )
        sql.run(
            "UPDATE figure f SET broken = 'duplicate' FROM of_twice o WHERE o.at = f.at AND (NOT o.alike OR o.nth > 1)"
        )

    def _note_suppressed(self, sql: Sql) -> None:
        count = sql.value("SELECT count(*) FROM figure WHERE suppressed AND broken IS NULL")
        if count:
            self.notes.append(
                f"{words.plural(count, 'figure is', 'figures are')} not told by the publisher (small number). They are kept "
                "as not told, which is not 0."
            )

    # Planning and merging ----------------------------------------------------------------------------

    def plan(self, sql: Sql) -> str:
        """`good` are figures that say something new, of practices, and `good_areas` of areas."""
        imported = "NOT EXISTS (SELECT FROM problem x WHERE x.rule = 'imported' AND x.line = f.line AND x.import_id = f.import_id)"
        differs = f"({_compared('f')}, f.months) IS DISTINCT FROM ({_compared('h')}, h.months)"
        for name, table, joined, which in (
            ("good", "kpis_practicevalue", "h.practice_id = f.practice_id", "f.area IS NULL"),
            ("good_areas", "kpis_areavalue", "h.area_code = f.code", "f.area IS NOT NULL"),
        ):
            sql.table(
                name,
                f"""
                SELECT f.*, h.id AS held_id,
                       CASE WHEN h.id IS NULL THEN 'new' WHEN {differs} THEN 'changed' ELSE 'unchanged' END AS verdict,
                       CASE WHEN h.id IS NOT NULL AND {differs} THEN {AS_TOLD.format("h.")} END AS before
                FROM figure f
                LEFT JOIN {table} h ON h.measure_id = f.measure_id AND {joined} AND h.ends = f.ends AND h.superseded_at IS NULL
                WHERE f.broken IS NULL AND {which} AND {imported}
                """,
            )
        return " UNION ALL ".join(
            f"""SELECT import_id, line, measure_code || ', ' || code || ', ' || ends AS key, before,
                       {AS_TOLD.format("")} AS after, verdict FROM {name}"""
            for name in ("good", "good_areas")
        )

    def totals(self, sql: Sql) -> list[Total]:
        held = sql.rows(
            """
            SELECT count(*) FILTER (WHERE verdict = 'new'), count(DISTINCT practice_id), count(DISTINCT measure_id) FROM good
            """
        )[0]
        before = sql.value(
            """
            SELECT count(*) FROM kpis_practicevalue v WHERE v.superseded_at IS NULL
                AND v.measure_id IN (SELECT DISTINCT measure_id FROM good)
            """
        )
        areas = sql.value("SELECT count(*) FROM good_areas WHERE verdict = 'new'")
        return [
            Total("Figures of practices, of these measures", before, before + held[0]),
            Total("Measures in the file", None, held[2]),
            Total("Practices in the file", None, held[1]),
            *([Total("New figures of areas", None, areas)] if areas else []),
        ]

    def when(self, sql: Sql) -> str:
        found = sql.rows(
            "SELECT DISTINCT ends, months FROM (SELECT ends, months FROM good UNION SELECT ends, months FROM good_areas) AS g ORDER BY 1"
        )
        named = [*starmap(period_name, found)]
        if len(named) > 3:
            return f"Of {words.number(len(named))} periods, from {named[0]} to {named[-1]}."
        return f"Of {words.listed(named)}." if named else ""

    def missing(self, sql: Sql) -> int:
        return sql.value(
            """
            SELECT count(*) FROM practices_practicestanding t
            WHERE upper_inf(t.held) AND t.period @> %(day)s::date AND t.status = 'active'
              AND (%(only)s::text[] IS NULL OR t.commissioner_id IN (SELECT id FROM practices_commissioner
                                                                     WHERE ods_code = ANY(%(only)s)))
              AND NOT EXISTS (SELECT FROM figure f WHERE f.practice_id = t.practice_id)
            """
        )

    def merge(self, sql: Sql, by: Any) -> None:
        moment = sql.value("SELECT clock_timestamp()")
        for name, table, whose, of in (
            ("good", "kpis_practicevalue", "practice_id", "practice_id"),
            ("good_areas", "kpis_areavalue", "area_code, area_name", "code, left(area, 150)"),
        ):
            sql.run(
                f"UPDATE {table} SET superseded_at = %(moment)s WHERE id IN (SELECT held_id FROM {name} WHERE verdict = 'changed')",
                moment=moment,
            )
            sql.run(
                f"""
                INSERT INTO {table} (measure_id, {whose}, {GIVEN}, recorded_at)
                SELECT measure_id, {of}, ends, months, {FACTS}, import_id, line, %(moment)s
                FROM {name} WHERE verdict <> 'unchanged'
                """,
                moment=moment,
            )

    def describe(self, sql: Sql) -> Mapping[str, Any]:
        """Whose unpublished figures are in it: they name practices only to who may be told."""
        found = sql.rows(
            """
            SELECT DISTINCT t.commissioner_id FROM figure f
            JOIN practices_practicestanding t ON t.practice_id = f.practice_id AND upper_inf(t.held) AND t.period @> f.ends
            WHERE NOT f.published ORDER BY 1
            """
        )
        return {SEEN_BY: [commissioner for (commissioner,) in found]}

    def results(self) -> dict[str, str]:
        return {"Measures": reverse("kpis:measure_list")}


def _compared(alias: str) -> str:
    """The facts of a figure; a score told with more places than another is the same to six of them."""
    told = (f"{alias}.{name.strip()}" for name in FACTS.split(","))
    return ", ".join(f"round({name}::numeric, 6)" if name.endswith(".value") else name for name in told)


def hidden(*cells: str) -> bool:
    """Whether the publisher does not tell one of them."""
    return any(cell in NOT_TOLD for cell in cells)


@importer
class KpiValues(KpiFile):
    """The portal's own format, for whatever no publisher's kind reads."""

    key = "kpi_values"
    label = "Values of measures (the portal’s own format)"
    what = "One row a measure, practice and period, with a numerator and a denominator, or a value."
    columns = (
        Column("measure", ("measure", "measure_code", "kpi"), MEASURE_EXPECTED, staged=False),
        Column("code", ("ods_code", "ods code", "practice_code", "code"), CODE_EXPECTED, staged=False),
        Column("period", ("period",), PERIOD_EXPECTED, staged=False),
        Column("numerator", ("numerator",), NUMBER_EXPECTED, False, staged=False),
        Column("denominator", ("denominator",), NUMBER_EXPECTED, False, staged=False),
        Column("value", ("value",), NUMBER_EXPECTED, False, staged=False),
        Column("published", ("published",), "yes or no", False, staged=False),
    )

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        return PracticeFile.rows(self, contents)  # one figure a row: a million of them are read without a detour

    def row(self, cells: list[str]) -> Sequence[str]:
        measure, code, period, numerator, denominator, value, published = cells
        ends, months = read_period(period)
        not_told = numerator in NOT_TOLD or value in NOT_TOLD
        den = read_figure(denominator)
        numbers = ("", den, "", "true") if not_told else (read_figure(numerator), den, read_figure(value), "false")
        told = "true" if published in YES else "false"
        return measure, code.upper(), "", period, numerator, denominator, value, ends, months, *numbers, told


YES = {"yes", "Yes", "YES", "y", "Y", "true", "TRUE", "True", "1"}


class OfAYear(KpiFile):
    """Kinds whose year stands in the file's name only; the day that a person gives is in the financial year meant."""

    asks_for_day = "Neither the file nor its name says of which year it is. Name a day of that financial year."

    def gather(self, sql: Sql) -> None:
        ends = self.year_of(sql.parameters["day"])
        sql.parameters["day"] = self.imports[0].extract_day = ends
        sql.run("UPDATE staged SET ends = %(ends)s, months = 12 WHERE ends IS NULL AND period IS NULL", ends=ends)

    def year_of(self, day: date) -> date:
        return end_of_financial_year(day)
