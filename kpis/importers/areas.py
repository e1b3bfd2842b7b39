"""What is published of whole areas, to compare with: England, integrated care boards, commissioners of the time.

Such values are kept as published and never added up. What the library has no name for is left out and counted, as these
files tell of much that nobody here measures.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from cc2h.kit import words
from cc2h.kit.imports.files import Contents, Rejected
from cc2h.kit.imports.kinds import Column, importer
from cc2h.kit.sql import Sql
from kpis.importers.published import named_year, named_year_of_qof, names_of_library, year_of_survey
from kpis.importers.values import NUMBER_EXPECTED, PERIOD_EXPECTED, KpiFile, OfAYear, hidden, read_figure
from kpis.periods import read_period
from kpis.shipped import REGISTERS

ENGLAND = "E92000001"  # as Fingertips and the ONS have it
AS_ENGLAND = ("ENGLAND", "ENG")
AREA_EXPECTED = "the code of an area, like E92000001, E54000028, QMJ or 07M"


class AreaFile(OfAYear):
    """A row an area and measure."""

    as_value: ClassVar[bool] = False  # the figures are values with a base, not counts

    def __init__(self, imports: Sequence[Any]) -> None:
        super().__init__(imports)
        self.known = names_of_library()

    def day_from_name(self, name: str) -> date | None:
        return named_year(name)

    def day_from_content(self, sql: Sql) -> date | None:
        found: date | None = sql.value("SELECT max(ends) FROM staged")
        return found

    def measure(self, name: str, remark: str) -> str:
        """The name as the library would have it; "" where what the file counts is not what the library's measure is."""
        return f"{self.prefix} {name}"

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        unknown: set[str] = set()
        otherwise: set[str] = set()
        any_left = False
        for line, cells in super(KpiFile, self).rows(contents):
            code, area, period, name, remark, numerator, denominator, value = cells
            measure = self.measure(name, remark) if name else ""
            if name and measure not in self.known:
                (unknown if measure else otherwise).add(name)
                continue
            any_left = True
            code = ENGLAND if code.upper() in AS_ENGLAND else code.upper()
            ends, months = read_period(period)
            not_told = hidden(value if self.as_value else numerator)
            read = ("" if not_told or self.as_value else read_figure(numerator), read_figure(denominator))
            val = "" if not_told else read_figure(value)
            told = "true" if not_told else "false"
            counted = "" if self.as_value else numerator
            yield (
                line,
                (
                    *(measure, code, area or code, period, counted, denominator, value, ends, months),
                    *(*read, val, told, "true"),
                ),
            )
        if unknown and not any_left:
            raise Rejected(f"Nothing that the file tells is a measure of the library: {words.listed(sorted(unknown))}.")
        if unknown:
            self.notes.append(f"Not in the library, left out: {words.listed(sorted(unknown))}.")
        if otherwise:
            self.notes.append(
                f"Counted out of other patients than the library’s measures, left out: {words.listed(sorted(otherwise))}."
            )


def _columns(code: str, area: str, measure: tuple[str, ...], **more: tuple[str, ...]) -> tuple[Column, ...]:
    """Code, area, period, measure, remark, numerator, denominator and value; what a file does not have, is blank."""
    given = {"code": (code,), "area": (area,), "period": ("period",), "measure": measure, "remark": ("label",), **more}
    expected = {"code": AREA_EXPECTED, "area": "its name", "period": PERIOD_EXPECTED, "measure": "what is told"}
    needed = ("code", "measure", *more)
    return tuple(
        Column(name, given.get(name, (f"({name})",)), expected.get(name, NUMBER_EXPECTED), name in needed, staged=False)
        for name in ("code", "area", "period", "measure", "remark", "numerator", "denominator", "value")
    )


@importer
class QofAreas(AreaFile):
    key = "qof_areas"
    label = "QOF prevalence of England and integrated care boards"
    what = "One row an area and register, with the patients on it and the patients who could be."
    prefix = "QOF"
    columns = _columns(
        "area_code",
        "area_name",
        ("group_code",),
        numerator=("register",),
        denominator=("denominator",),
        value=("prevalence_percent",),
    )

    def day_from_name(self, name: str) -> date | None:
        return named_year_of_qof(name)


@importer
class QofCommissioners(QofAreas):
    """QOF of the time of CCGs. Every register is out of all patients, also those that only patients from an age on are on."""

    key = "qof_commissioners"
    label = "QOF prevalence of Clinical Commissioning Groups"
    what = "One row a CCG and register, with the patients on it and all its patients."
    columns = _columns(
        "ccgcode",
        "ccgname",
        ("indicator_group",),
        numerator=("disease_register_size",),
        denominator=("ccg_listsize",),
        value=("prevalence",),
        remark=("Register_description",),
    )
    # Learning disability was a register of adults until 2014; heart failure has a second one of a part of it.
    otherwise: ClassVar[frozenset[str]] = frozenset({"LD", *(one.group for one in REGISTERS if one.aged)})

    def measure(self, name: str, remark: str) -> str:
        if name in self.otherwise or remark.endswith("due to LVD"):
            return ""
        return super().measure(name, remark)

    def gather(self, sql: Sql) -> None:
        super().gather(sql)
        sql.run(
            "UPDATE staged s SET area = c.name FROM practices_commissioner c WHERE c.ods_code = s.code AND s.area = s.code"
        )


@importer
class SurveyAreas(AreaFile):
    key = "gpps_areas"
    label = "GP Patient Survey of England and integrated care boards"
    what = "One row an area and question, with the percentage of good answers, weighted, and how many answered."
    prefix = "GPPS"
    as_value = True
    asks_for_day = (
        "Neither the file nor its name says of which year’s survey it is. Name a day of its January to March."
    )
    columns = _columns("area_code", "area_name", ("measure",), denominator=("unweighted_base",), value=("percent",))

    def day_from_name(self, name: str) -> date | None:
        return year_of_survey(name)


@importer
class AppointmentAreas(AreaFile):
    key = "appointments_areas"
    label = "Appointments in general practice, England and integrated care boards"
    what = "One row an area and measure, with how many of its appointments were so."
    prefix = "Appointments"
    columns = _columns(
        "ons_code", "area_name", ("measure",), numerator=("count",), denominator=("denominator",), value=("percent",)
    )
