"""Every published file of indicators, as it is: how many figures are held, and that they add up to what the file has.

What a file has is worked out here by itself, with csv and nothing of the portal's.
"""

import csv
import gzip
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, Q, Sum

from cc2h.kit.imports import services
from cc2h.kit.imports.services import Result
from chins.models import Membership
from kpis import shipped
from kpis.models import AreaValue, PracticeValue, QofIndicator
from practices.importers.takeovers import NCL
from practices.models import Practice, PracticeStanding

DATA = Path(os.environ.get("CC2H_SHARED_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.realdata,
    pytest.mark.skipif(
        not DATA.is_dir(), reason=f"The published NHS files are not at {DATA}: set CC2H_SHARED_DATA to their folder."
    ),
]
Row = Mapping[str, str]


@pytest.fixture(scope="module", autouse=True)
def register(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """England's practices and the library, once for all files; each test takes back what it brought."""
    with django_db_blocker.unblock(), transaction.atomic():
        services.run(sorted((DATA / "ods").glob("eccg*")))
        services.run([DATA / "ods" / "epraccur_2022-06.csv.gz"])
        shipped.load()
        with connection.cursor() as cursor:  # as it would have been by itself, were this no single transaction
            cursor.execute("ANALYZE practices_practice, practices_practicestanding, practices_practicedetail")
        yield
        transaction.set_rollback(True)


def rows_of(name: str) -> list[Row]:
    data = (DATA / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8-sig")
    return [
        {(key or "").strip(): cell for key, cell in row.items()} for row in csv.DictReader(StringIO(text, newline=""))
    ]


def bring(name: str, **options: Any) -> Result:
    return services.run([DATA / name], group="kpi", **options)[0]


@dataclass
class Sums:
    """What is told of a measure: how many figures, and what they come to."""

    figures: int = 0
    hidden: int = 0
    numerator: Decimal = Decimal()
    denominator: Decimal = Decimal()

    def add(self, numerator: str, denominator: str) -> None:
        self.figures += 1
        self.numerator += Decimal(numerator or 0)
        self.denominator += Decimal(denominator or 0)


def held(model: Any = PracticeValue, **of: Any) -> dict[str, Sums]:
    found = (
        model.objects.filter(superseded_at=None, **of)
        .order_by()
        .values("measure__code")
        .annotate(
            told=Count("pk", filter=Q(suppressed=False)),
            untold=Count("pk", filter=Q(suppressed=True)),
            x=Sum("numerator"),
            n=Sum("denominator"),
        )
    )
    return {
        row["measure__code"]: Sums(row["told"], row["untold"], row["x"] or Decimal(), row["n"] or Decimal())
        for row in found
    }


@pytest.fixture(scope="module")
def known(register: None, django_db_blocker: Any) -> set[str]:
    """The codes of the practices that the register has."""
    with django_db_blocker.unblock():
        return set(Practice.objects.values_list("ods_code", flat=True))


REGISTERS = {one.group: f"{one.code}-prevalence" for one in shipped.REGISTERS}


def test_qof_prevalence_of_a_whole_year(known: set[str]) -> None:
    result = bring("qof/PREVALENCE_2021_v2.csv.gz")
    expected: dict[str, Sums] = defaultdict(Sums)
    impossible = []
    for row in rows_of("qof/PREVALENCE_2021_v2.csv.gz"):
        if int(row["REGISTER"]) > int(row["PRACTICE_LIST_SIZE"]):
            impossible.append((row["PRACTICE_CODE"], row["GROUP_CODE"]))
        elif row["PRACTICE_CODE"] in known:
            expected[REGISTERS[row["GROUP_CODE"]]].add(row["REGISTER"], row["PRACTICE_LIST_SIZE"])
    assert impossible == [("Y05750", "LD")]
    assert (result.status, result.rows) == ("imported", 137_991)
    assert held() == expected
    assert set(PracticeValue.objects.values_list("ends", "months", "published")) == {(date(2021, 3, 31), 12, True)}
    assert ("REGISTER", "137") in {(one["column"], one["value"]) for one in result.problems}


def test_smoking_as_fingertips_has_it(known: set[str]) -> None:
    name = "fingertips/smoking_qof_91547_2022-23_part1.csv"
    result = bring(name)
    practices, areas = Sums(), {}
    for row in rows_of(name):
        if row["Area Type"] != "GPs":
            areas[row["Area Code"]] = (Decimal(row["Count"]), Decimal(row["Denominator"]))
        elif row["Area Code"] in known:
            practices.add(row["Count"], row["Denominator"])
    assert result.status == "imported"
    assert held() == {"smoking-prevalence": practices}
    assert practices.figures > 3_000
    assert {
        code: (x, n) for code, x, n in AreaValue.objects.values_list("area_code", "numerator", "denominator")
    } == areas
    england = AreaValue.objects.get(area_code="E92000001")
    assert (england.area_name, england.ends) == ("England", date(2023, 3, 31))


@pytest.mark.parametrize(
    ("name", "code", "year", "value"),
    [
        ("fingertips/imd2019_93553_by_practice.csv", "Area Code", "Time period", "Value"),
        ("fingertips/imd_93553_2010_2015_2019.csv.gz", "AreaCode", "Year", "Value"),
    ],
)
def test_deprivation_is_a_score(name: str, code: str, year: str, value: str, known: set[str]) -> None:
    result = bring(name)
    expected: dict[tuple[str, date], float] = {}
    for row in rows_of(name):
        if row[code] in known and row[value]:
            expected[row[code], date(int(row[year]), 12, 31)] = float(row[value])
    found = PracticeValue.objects.filter(measure__code="deprivation", suppressed=False)
    told = {
        (practice, ends): score for practice, ends, score in found.values_list("practice__ods_code", "ends", "value")
    }
    closed = {key for key in expected if key not in told}
    assert result.status == "imported"
    assert told == {key: score for key, score in expected.items() if key not in closed}
    assert len(closed) < len(expected) / 20  # closed before the period began
    assert AreaValue.objects.filter(area_code="E92000001").count() == (1 if code == "Area Code" else 0)


@pytest.mark.parametrize(
    ("name", "year"), [("gpps/gpps_2025_london_extract.csv", 2025), ("gpps/gpps_2026_barnet_enfield.csv", 2026)]
)
def test_extracts_of_the_survey(name: str, year: int, known: set[str]) -> None:
    result = bring(name)
    told: dict[str, dict[str, float]] = {"patient-satisfaction": {}, "patient-contact": {}}
    for row in rows_of(name):
        for measure, column in (("patient-satisfaction", "gpps_overall_pct"), ("patient-contact", "gpps_contact_pct")):
            if row["practice_code"] in known and row[column]:
                told[measure][row["practice_code"]] = float(row[column])
    assert result.status == "imported"
    for measure, expected in told.items():
        found = PracticeValue.objects.filter(measure__code=measure, suppressed=False)
        assert dict(found.values_list("practice__ods_code", "value")) == expected
        assert set(found.values_list("ends", flat=True)) == {date(year, 3, 31)}


def test_the_diabetes_audit() -> None:
    name = "nda/nda_2024-25_barnet_enfield.csv"
    result = bring(name)
    expected: dict[str, Sums] = defaultdict(Sums)
    for row in rows_of(name):
        for measure, column in (("type-2-diabetes-audited", "t2dm_n"), ("ndh-audited", "ndh_n")):
            expected[measure].add(row[column], row["list_17plus"])
    assert (result.status, result.new, result.problems) == ("imported", 156, [])
    assert held() == expected
    assert PracticeValue.objects.values_list("ends", flat=True).distinct().get() == date(2025, 3, 31)


PAID = {
    "extended-hours-paid": "GP Extended Hours Access",
    "seasonal-immunisations-paid": "Influenza and Pneumococcal Immunisations",
    "learning-disabilities-paid": "Learning Disabilities",
    "qof-paid": "Total QOF Payments",
}
PATIENTS = "Number of Registered Patients (Last Known Figure)"


@pytest.mark.parametrize(
    ("years", "ends"),
    [("2014-15", date(2015, 3, 31)), ("2019-20", date(2020, 3, 31)), ("2022-23", date(2023, 3, 31))],
)
def test_payments_of_three_years_whose_columns_differ(years: str, ends: date, known: set[str]) -> None:
    name = f"nhs-payments/nhs_payments_{years}.csv.gz"
    result = bring(name)
    assert result.status == "imported"
    found = {
        (code, measure): (x, n)
        for code, measure, x, n in PracticeValue.objects.filter(ends=ends).values_list(
            "practice__ods_code", "measure__code", "numerator", "denominator"
        )
    }
    counted: dict[str, Sums] = defaultdict(Sums)
    for row in rows_of(name):
        code = row["Practice Code"].strip()
        for measure, column in PAID.items():
            if (code, measure) in found:
                x, n = found[code, measure]
                said = [round(Decimal(row[name].replace(",", "")), 4) for name in (column, PATIENTS)]
                assert [x, n] == said, row
                counted[measure].add(*map(str, said))
    assert held() == counted
    here = {row["Practice Code"].strip() for row in rows_of(name)} & known
    missing = {code for code in here if (code, "qof-paid") not in found}
    assert len(missing) < len(here) / 20, sorted(missing)[:20]


def test_benchmarks_of_the_qof_are_kept_as_areas() -> None:
    name = "benchmarks/qof_2024-25_prevalence_england_icb.csv"
    result = bring(name)
    expected: dict[str, Sums] = defaultdict(Sums)
    for row in rows_of(name):
        expected[REGISTERS[row["group_code"]]].add(row["register"], row["denominator"])
    assert (result.status, result.new, result.problems) == ("imported", 903, [])
    assert held(AreaValue) == expected
    assert not PracticeValue.objects.exists()
    diabetes = AreaValue.objects.get(area_code="E92000001", measure__code="diabetes-prevalence")
    assert (diabetes.area_name, diabetes.ends) == ("England", date(2025, 3, 31))


def test_benchmarks_of_the_survey_and_of_appointments() -> None:
    survey, appointments = "benchmarks/gpps_2025_england_icb.csv", "benchmarks/gp_appointments_2024-25_england_icb.csv"
    first, second = bring(survey), bring(appointments)
    asked = [row for row in rows_of(survey) if row["measure"] == "gpps-contact-experience"]
    found = AreaValue.objects.filter(measure__code="patient-contact")
    assert (first.status, first.problems) == ("imported", [])
    assert "gpps-phone-access" in " ".join(first.notes)
    codes = {"ENGLAND": "E92000001"}
    assert dict(found.values_list("area_code", "value")) == {
        codes.get(row["area_code"], row["area_code"]): float(row["percent"]) for row in asked
    }
    assert found.get(area_code="QMJ").denominator == next(
        int(row["unweighted_base"]) for row in asked if row["area_code"] == "QMJ"
    )
    assert (second.status, second.new, second.problems) == ("imported", 86, [])
    ours = AreaValue.objects.get(area_code="E54000028", measure__code="appointments-same-day")
    assert (ours.numerator, ours.denominator, ours.ends) == (4_364_670, 8_436_243, date(2025, 3, 31))


def test_prevalence_of_commissioners_is_kept_where_it_is_out_of_the_same_patients() -> None:
    name = "qof/prevalencebyccg_2013-14.csv"
    result = bring(name)
    expected: dict[str, Sums] = defaultdict(Sums)
    for row in rows_of(name):
        group = row["indicator_group"]
        if row["Register_description"].endswith("due to LVD") or group not in REGISTERS:
            continue
        if group != "LD" and not next(one.aged for one in shipped.REGISTERS if one.group == group):
            expected[REGISTERS[group]].add(row["disease_register_size"], row["ccg_listsize"])
    assert (result.status, result.problems) == ("imported", [])
    assert held(AreaValue) == expected
    assert "diabetes-prevalence" not in expected
    assert "DM" in " ".join(result.notes)
    barnet = AreaValue.objects.get(area_code="07M", measure__code="atrial-fibrillation-prevalence")
    assert (barnet.numerator, barnet.area_name) == (4_587, "NHS BARNET CCG")


@pytest.mark.parametrize(("years", "day"), [("1920", 2020), ("2021", 2021), ("2122", 2022), ("2223", 2023)])
def test_the_qof_s_map_says_which_practice_was_in_which_network(years: str, day: int, known: set[str]) -> None:
    name = f"qof/MAPPING_NHS_GEOGRAPHIES_{years}.csv{'' if years == '2021' else '.gz'}"
    ours = (*NCL.followed, NCL.code)
    result = bring(name, only=ours)
    assert result.status == "imported", result.problems[:3]
    commissioner = ("CCG_ODS_CODE", "SUB_ICB_LOC_ODS_CODE", "SUB_ICB_ODS_CODE")
    said = {
        row["PRACTICE_CODE"]: row["PCN_ODS_CODE"]
        for row in rows_of(name)
        if any(row.get(column) in ours for column in commissioner) and row["PCN_ODS_CODE"] != "U"
    }
    closed = set(
        PracticeStanding.objects.as_at(date(day, 3, 31))
        .filter(status="closed")
        .values_list("practice__ods_code", flat=True)
    )
    found = dict(Membership.objects.as_at(date(day, 3, 31)).values_list("practice__ods_code", "chin__code"))
    assert len(found) > 170
    assert found == {code: network for code, network in said.items() if code in known and code not in closed}


@pytest.mark.parametrize(
    ("name", "count"), [("MAPPING_INDICATORS_2021_v2.csv", 68), ("MAPPING_INDICATORS_2324.csv", 76)]
)
def test_the_qof_s_indicators(name: str, count: int) -> None:
    result = bring(f"qof/{name}")
    assert (result.status, result.new, result.problems) == ("imported", count, [])
    points = sum(int(row["INDICATOR_POINT_VALUE"]) for row in rows_of(f"qof/{name}"))
    assert sum(QofIndicator.objects.values_list("points", flat=True)) == points


def test_a_dry_run_keeps_nothing_and_a_second_time_changes_nothing() -> None:
    name = "nda/nda_2024-25_barnet_enfield.csv"
    assert bring(name, dry_run=True).new == 156
    assert not PracticeValue.objects.exists()
    assert [bring(name).status for _ in range(2)] == ["imported", "already-imported"]


@pytest.mark.parametrize("name", ["ORGANISATION_REFERENCE_2021.csv", "PRACTICE_VALIDATION_OUTCOMES_2021.csv"])
def test_what_is_no_indicator_is_refused_in_words(name: str) -> None:
    result = bring(f"qof/{name}")
    assert result.status == "rejected"
    assert "does not know this kind of file" in result.problems[0]["problem"]
