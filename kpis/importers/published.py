"""Publishers' files: QOF, OHID Fingertips, the National Diabetes Audit, the GP Patient Survey, NHS Payments.

A figure's measure is found by the name that the library keeps of the publisher's own, like “QOF DM” or “Fingertips 91547”:
a measure that its publisher renames gets one more.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from cc2h.kit import words
from cc2h.kit.imports.files import Contents, Rejected
from cc2h.kit.imports.kinds import Column, importer
from cc2h.kit.sql import Sql
from kpis.importers.values import NOT_TOLD, NUMBER_EXPECTED, KpiFile, OfAYear, hidden, read_figure
from kpis.models import Measure
from kpis.periods import read_period
from practices.importers.shared import CODE_EXPECTED
from practices.models import ODS_PRACTICE

TWO_YEARS = re.compile(r"(?<!\d)20(\d\d)[-_/](?:20)?(\d\d)(?!\d)")  # 2024-25
QOF_YEARS = re.compile(r"(?<!\d)(?:20)?(\d\d)[-_]?(\d\d)(?!\d)")  # 2021, of 2020-21; 2223; 2020-21
ONE_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
PRACTICE = re.compile(ODS_PRACTICE)


def _year_in(name: str, pattern: re.Pattern[str]) -> date | None:
    """The last day of the financial year that two digits and the next two name."""
    for first, second in pattern.findall(name):
        if int(second) == (int(first) + 1) % 100:
            return date(2000 + int(second), 3, 31)
    return None


def named_year(name: str) -> date | None:
    """The last day of the financial year that a file's name has written out, like 2024-25."""
    return _year_in(name, TWO_YEARS)


def named_year_of_qof(name: str) -> date | None:
    """The same of files of the QOF, whose names have it short: 2021 is 2020-21."""
    return _year_in(name, QOF_YEARS)


def year_of_survey(name: str) -> date | None:
    """The last day of January to March of the one year in a file's name: when people were asked."""
    found = ONE_YEAR.findall(name)
    return date(int(found[0]), 3, 31) if len(found) == 1 else None


def names_of_library() -> set[str]:
    """Every name that a measure has in publishers' files."""
    return {name for names in Measure.objects.values_list("external_codes", flat=True) for name in names}


class _Qof(OfAYear):
    prefix = "QOF"

    def day_from_name(self, name: str) -> date | None:
        return named_year_of_qof(name)


@importer
class QofPrevalence(_Qof):
    """Registers of the QOF; each has its own denominator, as some are of patients from an age on."""

    key = "qof_prevalence"
    label = "QOF prevalence (PREVALENCE, NHS Digital)"
    what = "One row a practice and register, with the patients on it and the patients who could be."
    columns = (
        Column("code", ("PRACTICE_CODE",), CODE_EXPECTED, staged=False),
        Column("measure", ("GROUP_CODE",), "the code of a register, like DM", staged=False),
        Column("numerator", ("REGISTER",), NUMBER_EXPECTED, staged=False),
        Column("type", ("PATIENT_LIST_TYPE",), "TOTAL, 17OV …", False, used=False),
        Column("denominator", ("PRACTICE_LIST_SIZE",), NUMBER_EXPECTED, staged=False),
    )

    def figures(self, cells: Sequence[str]) -> Iterator[Sequence[str]]:
        code, group, register, patients = cells
        not_told = hidden(register)
        num = "" if not_told else read_figure(register)
        told = "true" if not_told else "false"
        measure = f"QOF {group.upper()}" if group else ""
        yield (
            measure,
            code.upper(),
            "",
            "",
            register,
            patients,
            "",
            "",
            "",
            num,
            read_figure(patients),
            "",
            told,
            "true",
        )


@importer
class QofAchievement(_Qof):
    """A row for each number of a practice and indicator: those of the library are put together, others left out."""

    key = "qof_achievement"
    label = "QOF achievement (ACHIEVEMENT, NHS Digital)"
    what = "One row a practice, indicator and number: numerator and denominator are put together."
    columns = (
        Column("code", ("PRACTICE_CODE",), CODE_EXPECTED, staged=False),
        Column("measure", ("INDICATOR_CODE",), "the code of an indicator, like DM020", staged=False),
        Column("part", ("MEASURE",), "NUMERATOR, DENOMINATOR, REGISTER …", staged=False),
        Column("numerator", ("VALUE",), NUMBER_EXPECTED, staged=False),
    )

    def __init__(self, imports: Sequence[Any]) -> None:
        super().__init__(imports)
        self.known = names_of_library()

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        left_out: set[str] = set()
        for line, (code, indicator, part, value) in super(KpiFile, self).rows(contents):
            measure = f"QOF {indicator.upper()}"
            if indicator and measure not in self.known:
                left_out.add(indicator)
                continue
            part = part.strip().upper()
            if part not in ("NUMERATOR", "DENOMINATOR"):
                continue
            read = read_figure(value)
            side = (value, "", "", "", "", read, "") if part == "NUMERATOR" else ("", value, "", "", "", "", read)
            not_told = "true" if hidden(value) else "false"
            yield line, (measure, code.upper(), "", "", *side, "", not_told, "true")
        if left_out:
            self.notes.append(
                f"{words.plural(len(left_out), 'indicator is', 'indicators are')} not in the library: left out."
            )

    def gather(self, sql: Sql) -> None:
        super().gather(sql)
        sql.table(
            "together",
            """
            SELECT import_id, min(line) AS line, measure, code, period, ends, months,
                   string_agg(numerator, ' and ' ORDER BY line) AS numerator, string_agg(denominator, ' and ' ORDER BY line) AS denominator,
                   CASE WHEN count(numerator) = 1 THEN max(num) END AS num,
                   CASE WHEN count(denominator) = 1 THEN max(den) END AS den, bool_or(hidden) AS hidden
            FROM staged GROUP BY import_id, measure, code, period, ends, months
            """,
        )
        sql.run("TRUNCATE staged")
        sql.run(
            """
            INSERT INTO staged (import_id, line, measure, code, period, ends, months, numerator, denominator, num, den,
                                hidden, open)
            SELECT import_id, line, measure, code, period, ends, months, numerator, denominator, num, den, hidden, true
            FROM together
            """
        )


@importer
class Fingertips(KpiFile):
    """OHID's export of 27 columns, or the shorter one of six. Rows of practices and of whole areas."""

    key = "fingertips"
    label = "Indicators of practices and areas (OHID Fingertips)"
    what = "One row an indicator, area and period, with its value and, where there are, its count and denominator."
    prefix = "Fingertips"
    columns = (
        Column("measure", ("Indicator ID", "IndicatorID"), "the number of an indicator, like 91547", staged=False),
        Column("code", ("Area Code", "AreaCode"), "the code of a practice or area", staged=False),
        Column("area", ("Area Name", "AreaName"), "its name", staged=False),
        Column("period", ("Time period", "Year"), "a year, like 2022/23 or 2019", staged=False),
        Column("value", ("Value",), NUMBER_EXPECTED, staged=False),
        Column("sex", ("Sex",), "Persons", False, staged=False),
        Column("category", ("Category",), "blank: no part of the patients", False, staged=False),
        Column("numerator", ("Count",), NUMBER_EXPECTED, False, staged=False),
        Column("denominator", ("Denominator",), NUMBER_EXPECTED, False, staged=False),
        Column("note", ("Value note",), "a remark", False, staged=False),
    )
    parts = 0

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        yield from super().rows(contents)
        if self.parts:
            self.notes.append(f"{words.plural(self.parts, 'row')} of one sex or category only: left out.")

    def figures(self, cells: Sequence[str]) -> Iterator[Sequence[str]]:
        measure, code, area, period, value, sex, category, count, denominator, note = cells
        if category or sex not in ("", "Persons"):
            self.parts += 1
            return
        code = code.strip()
        if PRACTICE.fullmatch(code.upper()):
            code, area = code.upper(), ""
        else:  # as published: nE38000006 is the part of a board that is E38000006 by itself
            area = area or code
        not_told = "true" if value in NOT_TOLD or (not value and note) else "false"
        ends, months = read_period(period)
        indicator = f"Fingertips {measure}" if measure else ""
        read = ("", read_figure(denominator), "") if not_told == "true" else (
            read_figure(count), read_figure(denominator), read_figure(value),
        )  # fmt: skip
        yield indicator, code, area, period, count, denominator, value, ends, months, *read, not_told, "true"


class ByColumn(OfAYear):
    """A row a practice, and a column a measure: those that the library has a name for."""

    out_of: ClassVar[str] = "denominator"
    own: ClassVar[tuple[Column, ...]]  # that are no measures
    as_value: ClassVar[bool] = False  # the figures are values, not counts

    def __init__(self, imports: Sequence[Any]) -> None:
        super().__init__(imports)
        named: dict[str, list[str]] = {}
        for code, names in Measure.objects.order_by("code").values_list("code", "external_codes"):
            found = [name.removeprefix(f"{self.prefix} ") for name in names if name.startswith(f"{self.prefix} ")]
            if found:
                named[code] = found
        measures = (Column(code, tuple(names), NUMBER_EXPECTED, False, staged=False) for code, names in named.items())
        self.columns = (*self.own, *measures)  # type: ignore[misc]
        self.there: list[str] = []

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        header = {_plain(name) for name in self.names(contents.head)}
        self.there = [
            column.name if any(_plain(name) in header for name in column.headers) else ""
            for column in self.columns[len(self.own) :]
        ]
        if not any(self.there):
            raise Rejected(
                f"No column of the file is a measure of the library. It knows: {words.listed(self._known())}."
            )
        yield from super().rows(contents)

    def _known(self) -> list[str]:
        return [column.headers[0] for column in self.columns[len(self.own) :]]

    def figures(self, cells: Sequence[str]) -> Iterator[Sequence[str]]:
        code, denominator, *numbers = cells
        den = read_figure(denominator)
        for measure, number in zip(self.there, numbers, strict=True):
            if not measure:
                continue
            read, not_told = self.read(number)
            told = "true" if not_told else "false"
            sides = ("", denominator, number) if self.as_value else (number, denominator, "")
            values = ("", den, read) if self.as_value else (read, den, "")
            yield measure, code.upper(), "", "", *sides, "", "", *values, told, "true"

    def read(self, number: str) -> tuple[str, bool]:
        """As SQL reads it, and whether it is not told."""
        return ("", True) if hidden(number) else (read_figure(number), False)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


_CODE = Column(
    "code", ("practice_code", "Practice_Code", "Practice Code", "ad_practicecode"), CODE_EXPECTED, staged=False
)


@importer
class DiabetesAudit(ByColumn):
    key = "nda_registrations"
    label = "National Diabetes Audit, registrations by practice"
    what = "One row a practice: patients from 17 on, those with type 2 diabetes, those with raised blood sugar."
    prefix = "NDA"
    own = (_CODE, Column("denominator", ("list_17plus",), NUMBER_EXPECTED, staged=False))
    columns = (
        *own,
        Column("t2dm_n", ("t2dm_n",), NUMBER_EXPECTED, staged=False),
        Column("ndh_n", ("ndh_n",), NUMBER_EXPECTED, staged=False),
    )

    def day_from_name(self, name: str) -> date | None:
        return named_year(name)


SUPPRESSED_ANSWERS = {"-97", "-98", "-99", ""}
ANEW = 2024  # the year from which the survey asks anew
NEW_HEADERS, OLD_HEADERS = ("overallexp.pcteval", "gpcontactoverall.pcteval"), ("q28_12pct", "q18_12pct")


@importer
class PatientSurvey(ByColumn):
    """The publisher's files of up to 2023 and from 2024, and extracts of them. Shares from 0 to 1 become percentages."""

    key = "gpps"
    label = "GP Patient Survey, by practice"
    what = "One row a practice with the shares of good answers, weighted, and how many answered."
    prefix = "GPPS"
    as_value = True
    own = (_CODE, Column("denominator", ("gpps_responses", "received"), NUMBER_EXPECTED, False, staged=False))
    columns = (
        _CODE,
        Column("overall", ("Q28_12pct", "overallexp.pcteval", "gpps_overall_pct"), NUMBER_EXPECTED, staged=False),
        Column(
            "contact",
            ("Q18_12pct", "gpcontactoverall.pcteval", "gpps_contact_pct"),
            NUMBER_EXPECTED,
            False,
            staged=False,
        ),
    )
    asks_for_day = (
        "Neither the file nor its name says of which year’s survey it is. Name a day of its January to March."
    )
    header_of_file: ClassVar[frozenset[str]] = frozenset()

    def day_from_name(self, name: str) -> date | None:
        return year_of_survey(name)

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        self.header_of_file = frozenset(_plain(name) for name in self.names(contents.head))  # type: ignore[misc]
        yield from super().rows(contents)

    def read(self, number: str) -> tuple[str, bool]:
        code = number.rstrip("0").removesuffix(".") if "." in number else number  # -97.00 as well
        return ("", True) if code in SUPPRESSED_ANSWERS or hidden(number) else (read_figure(number), False)

    def gather(self, sql: Sql) -> None:
        super().gather(sql)
        year = self.day.year
        if (self.header_of_file & set(NEW_HEADERS) and year < ANEW) or (
            self.header_of_file & set(OLD_HEADERS) and year >= ANEW
        ):
            raise Rejected(
                f"The file is of the year {year} by its name or what was said, and its columns are those of "
                f"{'2024 and later' if year < ANEW else '2023 and before'}. Expected: the year of the survey; results before and "
                "after 2024 can’t be compared."
            )
        if (sql.value("SELECT max(val) FROM staged") or 0) <= 1:  # shares, as the publisher's own files have them
            sql.run("UPDATE staged SET val = round((val * 100)::numeric, 6)")


@importer
class Payments(ByColumn):
    """Pounds paid in a year, by the columns' names: columns come, go and change their order every year."""

    key = "nhs_payments"
    label = "NHS Payments to General Practice"
    what = "One row a practice with what it was paid in a financial year, by heading."
    prefix = "Payments"
    own = (
        _CODE,
        Column("denominator", ("Number of Registered Patients (Last Known Figure)",), NUMBER_EXPECTED, staged=False),
    )
    columns = (
        *own,
        Column("average", ("Average payments per registered patient",), NUMBER_EXPECTED, staged=False),
        Column("qof", ("Total QOF Payments",), NUMBER_EXPECTED, staged=False),
    )

    def day_from_name(self, name: str) -> date | None:
        return named_year(name)
