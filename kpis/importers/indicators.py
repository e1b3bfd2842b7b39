"""What the codes of a year's QOF mean: which indicator belongs to which register, and out of which patients it is counted."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from cc2h.kit import words
from cc2h.kit.imports.kinds import Column, Importer, importer, rule_out
from cc2h.kit.imports.undoing import Facts, Taken
from cc2h.kit.sql import Sql
from kpis.importers.published import named_year_of_qof, names_of_library
from kpis.periods import end_of_financial_year, period_name

TOLD = "points, register, register_name, domain, patients"


class IndicatorsKept(Facts):
    """What a file said goes with it; what an earlier one said of the year is then the newest again."""

    what = "indicators of the QOF"

    def taken(self) -> Taken:
        return Taken(self.what, self.sql.value(f"SELECT count(*) FROM {self._own}"), 0)

    def take_back(self) -> None:
        self.sql.run(f"DELETE FROM {self._own}")

    @property
    def _own(self) -> str:
        return "kpis_qofindicator WHERE source_id = %(id)s"


@importer
class QofIndicators(Importer):
    """No values: what a measure's page says of the names it has in the QOF's files, and which of them a year dropped."""

    key = "qof_indicators"
    group = "kpi"
    label = "Indicators of the QOF (MAPPING_INDICATORS)"
    what = "One row an indicator with its points, its register, and which patients it is counted out of."
    rows_are = ("indicator", "indicators")
    of_one_day = True
    kept_otherwise = (IndicatorsKept,)
    asks_for_day = "Neither the file nor its name says of which year it is. Name a day of that financial year."
    columns = (
        Column("code", ("INDICATOR_CODE",), "the code of an indicator, like DM020"),
        Column("points", ("INDICATOR_POINT_VALUE",), "the points it can earn, a whole number"),
        Column("register", ("GROUP_CODE",), "the code of a register, like DM"),
        Column("register_name", ("GROUP_DESCRIPTION",), "what it is of"),
        Column("domain_code", ("DOMAIN_CODE",), "CL, PH …", False, used=False),
        Column("domain", ("DOMAIN_DESCRIPTION",), "Clinical, Public Health …", False),
        Column("patients", ("PATIENT_LIST_TYPE",), "TOTAL, 17OV …"),
    )

    def day_from_name(self, name: str) -> date | None:
        return named_year_of_qof(name)

    def row(self, cells: list[str]) -> Sequence[str]:
        code, points, register, name, domain, patients = cells
        return code.upper(), points, register.upper(), " ".join(name.split()), domain, patients.upper()

    def check(self, sql: Sql) -> None:
        sql.parameters["day"] = self.imports[0].extract_day = end_of_financial_year(self.day)
        rule_out(
            self,
            sql,
            """CASE WHEN code IS NULL OR length(code) > 20 THEN 'no code'
                WHEN points IS NULL OR points !~ '^[0-9]{1,4}$' THEN 'no points'
                WHEN register IS NULL OR length(register) > 20 THEN 'no register'
                WHEN register_name IS NULL OR length(register_name) > 150 THEN 'no name'
                WHEN length(patients) > 20 THEN 'patients' WHEN length(domain) > 100 THEN 'domain'
                WHEN count(*) OVER (PARTITION BY code) > 1 THEN 'twice' END""",
            {
                "no code": ("code", "Expected: the code of an indicator, like DM020."),
                "no points": ("points", "Expected: a whole number of points."),
                "no register": ("register", "Expected: the code of a register, like DM."),
                "no name": ("register_name", "Expected: what the register is of, in at most 150 characters."),
                "patients": ("patients", "Expected: TOTAL, 17OV or the like."),
                "domain": ("domain", "Expected: at most 100 characters."),
                "twice": ("code", "The indicator stands in the file more than once. None of its rows is used."),
            },
        )
        gone = sorted(
            name.removeprefix("QOF ")
            for name in names_of_library()
            if name.startswith("QOF ")
            and not sql.value("SELECT EXISTS (SELECT FROM staged WHERE %(it)s IN (code, register))", it=name[4:])
        )
        if gone:
            self.notes.append(
                f"Names of the library that {period_name(self.day, 12)} does not have: {words.listed(gone)}. If one was renamed, "
                "add the new name to its measure, or define that anew."
            )

    def plan(self, sql: Sql) -> str:
        sql.table(
            "good",
            f"""
            SELECT s.import_id, s.line, s.code, s.points::smallint AS points, s.register, s.register_name,
                   coalesce(s.domain, '') AS domain, coalesce(s.patients, '') AS patients,
                   h.id IS NOT NULL AS held, ({_of("h")}) AS before
            FROM staged s LEFT JOIN LATERAL (
                SELECT * FROM kpis_qofindicator q WHERE q.ends = %(day)s AND q.code = s.code ORDER BY q.id DESC LIMIT 1
            ) AS h ON true
            WHERE NOT EXISTS (SELECT FROM problem x WHERE x.import_id = s.import_id AND x.line = s.line AND x.held_back)
            """,
        )
        return f"""
            SELECT import_id, line, code AS key, before, {_of("g")} AS after,
                   CASE WHEN NOT held THEN 'new' WHEN before = ({_of("g")}) THEN 'unchanged' ELSE 'changed' END AS verdict
            FROM good g
        """

    def merge(self, sql: Sql, by: object) -> None:
        sql.run(
            f"""
            INSERT INTO kpis_qofindicator (ends, code, {TOLD}, source_id)
            SELECT %(day)s, code, {TOLD}, import_id FROM good g WHERE NOT held OR before <> ({_of("g")})
            """
        )

    def results(self) -> dict[str, str]:
        return {"Measures": reverse("kpis:measure_list")}


def _of(alias: str) -> str:
    return "concat_ws(', ', " + ", ".join(f"{alias}.{name.strip()}" for name in TOLD.split(",")) + ")"
