"""Values from files: read as published, every oddity told with line, column and value, nothing half-done."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from cc2h.config.demonstration import measures as demonstration
from cc2h.kit.asat import AsAt
from cc2h.kit.imports import services
from cc2h.kit.imports.files import opened
from cc2h.kit.imports.kinds import recognise
from cc2h.kit.imports.services import Result
from cc2h.kit.models import Import
from kpis import shipped
from kpis.importers import KpiValues
from kpis.models import AreaValue, Measure, PracticeValue, QofIndicator
from kpis.periods import read_period
from kpis.queries import in_the_qof
from practices.models import Status
from practices.services import close_practice
from tests.factories import CommissionerFactory, PracticeFactory, UserFactory
from tests.factories.kpis import a_measure, define
from tests.samples import gzipped, table

pytestmark = pytest.mark.django_db
CODES = ("E83001", "E83002", "E83003")
HEADER = ("measure", "ods_code", "period", "numerator", "denominator", "value")
PREVALENCE = ("PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PRACTICE_LIST_SIZE")
YEAR = "2017/18"


@pytest.fixture(autouse=True)
def barnet() -> Any:
    commissioner = CommissionerFactory(barnet=True)
    for code in CODES:
        PracticeFactory(ods_code=code, commissioner=commissioner)
    return commissioner


@pytest.fixture
def library() -> None:
    shipped.load()


@pytest.fixture
def smoking() -> Measure:
    return a_measure("smoking")


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    def run(data: bytes, name: str = "values.csv", **options: Any) -> Result:
        path = tmp_path / name
        path.write_bytes(data)
        return services.run([path], group="kpi", **options)[0]

    return run


def rows(*them: tuple[object, ...]) -> bytes:
    return table(HEADER, them)


def held(measure: str) -> dict[str, tuple[Any, ...]]:
    found = PracticeValue.objects.current().filter(measure__code=measure)
    told = found.values_list("practice__ods_code", "numerator", "denominator", "value", "suppressed")
    return {code: tuple(rest) for code, *rest in told}


def problems(result: Result) -> list[tuple[Any, ...]]:
    return [(one["line"], one["column"], one["value"]) for one in result.problems]


# The portal's own format -------------------------------------------------------------------------------


def test_a_numerator_and_a_denominator_are_kept_with_their_row(bring: Any, smoking: Measure) -> None:
    result = bring(rows(("smoking", "e83001", YEAR, "1,200", 8000, ""), ("smoking", "E83002", YEAR, 7, 10, "70.0")))
    assert (result.status, result.new, result.problems) == ("imported", 2, [])
    assert held("smoking") == {"E83001": (1200, 8000, None, False), "E83002": (7, 10, None, False)}
    first = PracticeValue.objects.get(practice__ods_code="E83001")
    assert (first.ends, first.months, first.row_number) == (date(2018, 3, 31), 12, 2)
    assert first.source is not None
    assert first.source.extract_day == first.ends


def test_what_the_file_does_not_say_is_published_is_for_local_use(bring: Any, smoking: Measure) -> None:
    data = table(
        (*HEADER, "published"),
        [("smoking", "E83001", YEAR, 1, 8, "", "yes"), ("smoking", "E83002", YEAR, 1, 8, "", "")],
    )
    bring(data)
    assert dict(PracticeValue.objects.values_list("practice__ods_code", "published")) == {
        "E83001": True,
        "E83002": False,
    }


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2018-10", ("2018-10-31", "1")),
        ("October 2018", ("2018-10-31", "1")),
        ("2018/19 Q4", ("2019-03-31", "3")),
        ("Q1/ 2018/19", ("2018-06-30", "3")),
        ("Q1 2018/19", ("2018-06-30", "3")),
        ("2018-19", ("2019-03-31", "12")),
        ("2018/2019", ("2019-03-31", "12")),
        ("2018-04-01 to 2018-09-30", ("2018-09-30", "6")),
        ("2018-04 to 2019-03", ("2019-03-31", "12")),
        ("2018-04 to 2019-13", ("", "")),
        ("2018-04-02 to 2018-09-30", ("", "")),
        ("2018-13", ("", "")),
        ("2018/20", ("", "")),
    ],
)
def test_periods_are_read_as_people_write_them(text: str, read: tuple[str, str]) -> None:
    assert read_period(text) == read


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("", "E83001", YEAR, 1, 2, ""), "measure"),
        (("unheard-of", "E83001", YEAR, 1, 2, ""), "measure"),
        (("smoking", "", YEAR, 1, 2, ""), "ods_code"),
        (("smoking", "E8300", YEAR, 1, 2, ""), "ods_code"),
        (("smoking", "E99999", YEAR, 1, 2, ""), "ods_code"),
        (("smoking", "E83001", "", 1, 2, ""), "period"),
        (("smoking", "E83001", "last year", 1, 2, ""), "period"),
        (("smoking", "E83001", "2098/99", 1, 2, ""), "period"),
        (("smoking", "E83001", YEAR, "many", 2, ""), "numerator"),
        (("smoking", "E83001", YEAR, "inf", 2, ""), "numerator"),
        (("smoking", "E83001", YEAR, "NaN", 2, ""), "numerator"),
        (("smoking", "E83001", YEAR, 10**12, 10**12, ""), "numerator"),
        (("smoking", "E83001", YEAR, 1, "1e3", ""), "denominator"),
        (("smoking", "E83001", YEAR, "", "", "x"), "value"),
        (("smoking", "E83001", YEAR, "", 2, ""), "numerator"),
        (("smoking", "E83001", YEAR, -1, 2, ""), "numerator"),
        (("smoking", "E83001", YEAR, "", "", -3), "value"),
        (("smoking", "E83001", YEAR, 1, -2, ""), "denominator"),
        (("smoking", "E83001", YEAR, 1, "", ""), "denominator"),
        (("smoking", "E83001", YEAR, 1, 0, ""), "denominator"),
        (("smoking", "E83001", YEAR, 3, 2, ""), "numerator"),
        (("smoking", "E83001", YEAR, "", "", 101), "value"),
        (("smoking", "E83001", YEAR, 1, 2, 70), "value"),
    ],
)
def test_what_cannot_be_is_held_back_and_named(
    bring: Any, smoking: Measure, row: tuple[object, ...], column: str
) -> None:
    result = bring(rows(row, ("smoking", "E83002", YEAR, 1, 2, "")))
    assert [(line, head) for line, head, _ in problems(result)] == [(2, column)]
    assert result.problems[0]["problem"]
    assert (result.status, result.new) == ("imported", 1)
    assert set(held("smoking")) == {"E83002"}


def test_none_of_none_and_ten_to_the_ninth_are_numbers(bring: Any, smoking: Measure) -> None:
    result = bring(rows(("smoking", "E83001", YEAR, 0, 0, ""), ("smoking", "E83002", YEAR, 10**9, 10**9, "")))
    assert (result.new, result.problems) == (2, [])
    assert held("smoking")["E83002"][0] == Decimal(10**9)


def test_what_the_publisher_does_not_tell_stays_untold(bring: Any, smoking: Measure) -> None:
    result = bring(rows(("smoking", "E83001", YEAR, "*", 40, ""), ("smoking", "E83002", YEAR, "", "", "*")))
    assert (result.new, result.problems) == (2, [])
    assert held("smoking") == {"E83001": (None, 40, None, True), "E83002": (None, None, None, True)}
    assert "not told" in " ".join(result.notes)


def test_a_file_without_rows_is_refused(bring: Any, smoking: Measure) -> None:
    result = bring(rows())
    assert (result.status, PracticeValue.objects.count()) == ("rejected", 0)
    assert "no rows" in result.problems[0]["problem"]


def test_the_same_twice_is_one_and_two_things_are_none(bring: Any, smoking: Measure) -> None:
    one, two = ("smoking", "E83001", YEAR, 1, 2, ""), ("smoking", "E83002", YEAR, 1, 2, "")
    result = bring(rows(one, one, two, ("smoking", "E83002", YEAR, 2, 2, "")))
    assert [line for line, *_ in problems(result)] == [4, 5]
    assert set(held("smoking")) == {"E83001"}


def test_periods_of_two_lengths_in_one_file_are_refused(bring: Any, smoking: Measure) -> None:
    a_measure("monthly", months=1)
    result = bring(rows(("smoking", "E83001", YEAR, 1, 2, ""), ("monthly", "E83001", "2018-03", 1, 2, "")))
    assert (result.status, PracticeValue.objects.count()) == ("rejected", 0)
    assert "2 lengths" in result.problems[0]["problem"]


def test_a_period_is_as_long_as_the_definition_of_its_last_day_says(bring: Any, smoking: Measure) -> None:
    result = bring(rows(("smoking", "E83001", "2018-03", 1, 2, "")))
    assert result.status == "rejected"
    assert (2, "period", "2018-03") in problems(result)
    assert PracticeValue.objects.count() == 0


def test_a_practice_that_closed_in_mid_year_has_that_year_and_none_after(bring: Any, smoking: Measure) -> None:
    practice = PracticeFactory(ods_code="E83009")
    standing = practice.standings.get()
    close_practice(by=None, standing=standing, last=date(2017, 9, 30), reason="Its doctor retired")
    assert practice.standings.held().filter(status=Status.CLOSED).exists()
    result = bring(rows(("smoking", "E83009", YEAR, 1, 2, ""), ("smoking", "E83009", "2018/19", 1, 2, "")))
    assert problems(result) == [(3, "ods_code", "E83009")]
    assert "closed" in result.problems[0]["problem"]
    assert PracticeValue.objects.get().ends == date(2018, 3, 31)


def test_a_revision_supersedes_and_keeps_what_was_said(bring: Any, smoking: Measure) -> None:
    bring(rows(("smoking", "E83001", YEAR, 1, 10, ""), ("smoking", "E83002", YEAR, 2, 10, "")), "first.csv")
    result = bring(rows(("smoking", "E83001", YEAR, 3, 10, ""), ("smoking", "E83002", YEAR, 2, 10, "")), "second.csv")
    assert (result.new, result.changed, result.unchanged) == (0, 1, 1)
    assert held("smoking")["E83001"][0] == 3
    earlier = PracticeValue.objects.get(superseded_at__isnull=False)
    now = PracticeValue.objects.current().get(practice__ods_code="E83001")
    assert (earlier.numerator, earlier.superseded_at) == (1, now.recorded_at)


def test_a_score_told_with_more_places_is_no_other_score(bring: Any) -> None:
    a_measure("score", kind="mean", unit="points", multiplier=1)
    bring(rows(("score", "E83001", YEAR, "", "", "21.7220870988933"), ("score", "E83002", YEAR, "", "", "21.5")))
    result = bring(
        rows(("score", "E83001", YEAR, "", "", "21.72208710"), ("score", "E83002", YEAR, "", "", "21.6")), "less.csv"
    )
    assert (result.changed, result.unchanged) == (1, 1)


def test_a_file_twice_changes_nothing(bring: Any, smoking: Measure) -> None:
    data = rows(("smoking", "E83001", YEAR, 1, 10, ""))
    bring(data)
    assert bring(data).status == "already-imported"
    assert bring(data + b"\r\n").status == "already-imported" or PracticeValue.objects.count() == 1
    assert PracticeValue.objects.count() == 1


def test_a_dry_run_keeps_nothing(bring: Any, smoking: Measure) -> None:
    assert bring(rows(("smoking", "E83001", YEAR, 1, 10, "")), dry_run=True).new == 1
    assert (PracticeValue.objects.count(), Import.objects.count()) == (0, 0)


def test_an_import_is_undone_and_what_it_replaced_counts_again(bring: Any, smoking: Measure) -> None:
    bring(rows(("smoking", "E83001", YEAR, 1, 10, "")), "first.csv")
    second = bring(rows(("smoking", "E83001", YEAR, 3, 10, "")), "second.csv")
    one = Import.objects.get(pk=second.import_id)
    services.undo(by=UserFactory(), one=one, reason="The wrong file")
    services.carry_on(str(one.pk))
    one.refresh_from_db()
    assert (one.state, one.findings.get("undo_refused")) == ("undone", None)
    assert held("smoking")["E83001"][0] == 1


def test_a_definition_of_an_earlier_day_judges_an_earlier_period(bring: Any) -> None:
    measure = a_measure("changing", first=date(2016, 4, 1), last=date(2017, 12, 31))
    define(measure, first=date(2018, 1, 1), months=1, breaks=True)
    assert bring(rows(("changing", "E83001", "2016/17", 1, 2, ""))).new == 1
    assert bring(rows(("changing", "E83001", "2018-02", 1, 2, "")), "new.csv").new == 1


# Publishers' files -------------------------------------------------------------------------------------


def test_registers_of_the_qof_have_each_their_denominator(bring: Any, library: None) -> None:
    data = table(
        PREVALENCE,
        [
            ("E83001", "DM", 500, "17OV", 8000),
            ("E83001", "AF", 100, "TOTAL", 10000),
            ("E83001", "LD", 137, "TOTAL", 132),
        ],
    )
    result = bring(gzipped(data), "PREVALENCE_1718.csv.gz")
    assert problems(result) == [(4, "REGISTER", "137")]
    assert held("diabetes-prevalence") == {"E83001": (500, 8000, None, False)}
    assert held("atrial-fibrillation-prevalence") == {"E83001": (100, 10000, None, False)}
    assert set(PracticeValue.objects.values_list("ends", "months", "published")) == {(date(2018, 3, 31), 12, True)}


def test_a_file_whose_year_nobody_knows_asks(bring: Any, library: None) -> None:
    data = table(PREVALENCE, [("E83001", "DM", 500, "17OV", 8000)])
    assert "which year" in bring(data, "prevalence.csv").problems[0]["problem"]
    assert bring(data, "prevalence.csv", day=date(2016, 7, 1)).new == 1
    assert PracticeValue.objects.get().ends == date(2017, 3, 31)


def test_a_register_that_its_publisher_renamed_is_held_back_until_the_library_knows_it(
    bring: Any, library: None
) -> None:
    data = table(
        PREVALENCE,
        [("E83001", "DM", 500, "17OV", 8000), ("E83001", "DIAB", 500, "17OV", 8000), ("E83002", "DIAB", 1, "17OV", 8)],
    )
    result = bring(data, "PREVALENCE_1718.csv")
    assert (result.new, problems(result)) == (1, [(3, "GROUP_CODE", "QOF DIAB")])
    assert "all 2" in result.problems[0]["problem"]
    measure = Measure.objects.get(code="diabetes-prevalence")
    measure.external_codes.append("QOF DIAB")
    measure.save()
    assert bring(data.replace(b"E83001,DM,500,17OV,8000\r\n", b""), "PREVALENCE_1718.csv").new == 1


def test_achievement_is_put_together_from_its_rows(bring: Any, library: None) -> None:
    header = ("PRACTICE_CODE", "INDICATOR_CODE", "MEASURE", "VALUE")
    data = table(
        header,
        [
            ("E83001", "DM020", "NUMERATOR", 60), ("E83001", "DM020", "DENOMINATOR", 100), ("E83001", "DM020", "PCAS", 3),
            ("E83001", "AST007", "NUMERATOR", 5), ("E83002", "DM020", "NUMERATOR", 7),
        ],
    )  # fmt: skip
    result = bring(data, "ACHIEVEMENT_1718.csv")
    assert held("diabetes-qof-hba1c") == {"E83001": (60, 100, None, False)}
    assert [(line, column) for line, column, _ in problems(result)] == [(6, "denominator")]
    assert "not in the library" in " ".join(result.notes)


INDICATORS = (
    *("INDICATOR_CODE", "INDICATOR_POINT_VALUE", "GROUP_CODE", "GROUP_DESCRIPTION"),
    *("DOMAIN_CODE", "DOMAIN_DESCRIPTION", "PATIENT_LIST_TYPE"),
)


def indicators(*codes: str, points: int = 10) -> bytes:
    return table(INDICATORS, [(code, points, "DM", "Diabetes mellitus", "CL", "Clinical", "17OV") for code in codes])


def test_the_qof_s_own_map_says_what_its_codes_mean_and_which_a_year_dropped(bring: Any, library: None) -> None:
    first = bring(indicators("DM019", "DM020"), "MAPPING_INDICATORS_2021_v2.csv")
    assert (first.status, first.new, first.problems) == ("imported", 2, [])
    second = bring(indicators("DM020", "DM033"), "MAPPING_INDICATORS_2324.csv")
    assert "DM019" in " ".join(second.notes)
    asat = AsAt(date(2024, 4, 1), None, date(2024, 4, 1))
    (dropped,) = in_the_qof(Measure.objects.get(code="diabetes-qof-blood-pressure"), asat)
    assert (dropped.newest, dropped.dropped) == (date(2021, 3, 31), date(2024, 3, 31))
    (kept,) = in_the_qof(Measure.objects.get(code="diabetes-prevalence"), asat)
    assert (kept.name, kept.register, kept.patients) == ("QOF DM", "Diabetes mellitus", "17OV")
    assert (kept.newest, kept.dropped) == (date(2024, 3, 31), None)
    earlier = AsAt(date(2021, 4, 1), None, date(2024, 4, 1))
    (then,) = in_the_qof(Measure.objects.get(code="diabetes-qof-blood-pressure"), earlier)
    assert then.dropped is None


def test_of_two_maps_of_a_year_the_later_counts_until_it_is_undone(bring: Any, library: None) -> None:
    bring(indicators("DM020", "DM012"), "MAPPING_INDICATORS_2021.csv")
    second = bring(
        indicators("DM020", points=17) + indicators("DM012").split(b"\r\n", 1)[1], "MAPPING_INDICATORS_2021_v2.csv"
    )
    assert (second.changed, second.unchanged) == (1, 1)
    one = Import.objects.get(pk=second.import_id)
    services.undo(by=UserFactory(), one=one, reason="The wrong file")
    services.carry_on(str(one.pk))
    one.refresh_from_db()
    assert (one.state, one.findings.get("undo_refused")) == ("undone", None)
    assert list(QofIndicator.objects.values_list("code", "points").order_by("code")) == [("DM012", 10), ("DM020", 10)]


def test_an_indicator_that_says_nothing_is_held_back(bring: Any, library: None) -> None:
    result = bring(
        indicators("DM020") + b",5,DM,Diabetes,CL,Clinical,TOTAL\r\nDM019,many,DM,Diabetes,CL,Clinical,TOTAL\r\n",
        "MAPPING_INDICATORS_2021.csv",
    )
    assert problems(result) == [(3, "INDICATOR_CODE", ""), (4, "INDICATOR_POINT_VALUE", "many")]
    assert result.new == 1


FINGERTIPS = [
    "Indicator ID",
    "Indicator Name",
    "Parent Code",
    "Parent Name",
    "Area Code",
    "Area Name",
    "Area Type",
    "Sex",
    "Age",
    "Category Type",
    "Category",
    "Time period",
    "Value",
    "Lower CI 95.0 limit",
    "Upper CI 95.0 limit",
    "Lower CI 99.8 limit",
    "Upper CI 99.8 limit",
    "Count",
    "Denominator",
    "Value note",
    "Recent Trend",
    "Compared to England value or percentiles",
    "Column not used",
    "Time period Sortable",
    "New data",
    "Compared to goal",
    "Time period range",
]


def fingertips(area: str, name: str, value: object, count: object = "", of: object = "", **more: str) -> list[object]:
    said = {
        "Indicator ID": "91547", "Area Code": area, "Area Name": name, "Sex": "Persons", "Time period": "2017/18",
        "Value": value, "Count": count, "Denominator": of, **more,
    }  # fmt: skip
    return [said.get(column, "") for column in FINGERTIPS]


def test_fingertips_has_practices_and_areas(bring: Any, library: None) -> None:
    england = fingertips("E92000001", "England", "14.7", 147, 1000)
    data = table(
        FINGERTIPS,
        [
            england, england, fingertips("E83001", "A surgery", "20.0", 200, 1000),
            fingertips("E83002", "A surgery", "", **{"Value note": "Suppressed"}),
            fingertips("E83001", "A surgery", "25", 50, 200, Category="Most deprived"),
        ],
    )  # fmt: skip
    result = bring(data, "smoking.csv")
    assert (result.status, result.new, result.problems) == ("imported", 3, [])
    assert held("smoking-prevalence") == {"E83001": (200, 1000, None, False), "E83002": (None, None, None, True)}
    area = AreaValue.objects.get()
    assert (area.area_code, area.area_name, area.numerator, area.ends) == (
        "E92000001",
        "England",
        147,
        date(2018, 3, 31),
    )


def test_a_score_has_a_value_and_no_numerator(bring: Any, library: None) -> None:
    header = ("IndicatorID", "Year", "AreaCode", "AreaName", "IsAreaCurrent", "Value")
    bring(gzipped("\ufeff".encode() + table(header, [("93553", "2015", "E83001", "A", "TRUE", "21.5")])), "imd.csv.gz")
    assert held("deprivation") == {"E83001": (None, None, 21.5, False)}
    assert PracticeValue.objects.get().ends == date(2015, 12, 31)


def test_the_diabetes_audit_has_two_counts_of_one_list(bring: Any, library: None) -> None:
    data = table(
        ("practice_code", "list_17plus", "t2dm_n", "ndh_n"), [("E83001", 8745, 625, 615), ("E83002", 100, "*", 5)]
    )
    assert bring(data, "nda_2017-18_barnet.csv").new == 4
    assert held("type-2-diabetes-audited") == {"E83001": (625, 8745, None, False), "E83002": (None, 100, None, True)}
    assert held("ndh-audited")["E83001"][:2] == (615, 8745)


OLD = ("Practice_Code", "Practice_Name", "distributed", "received", "Q28_12pct", "Q18_12pct")
NEW = (
    "ad_practicecode",
    "ad_practicename",
    "distributed",
    "received",
    "overallexp.pcteval",
    "gpcontactoverall.pcteval",
)
SLIM = ("practice_code", "gpps_overall_pct", "gpps_contact_pct", "gpps_responses")


def test_the_survey_is_read_in_all_its_shapes(bring: Any, library: None) -> None:
    assert (
        bring(
            table(OLD, [("E83001", "A", 300, 100, "0.805", "-97"), ("E83002", "B", 300, 0, "", "-98.00")]),
            "gpps_2018.csv",
        ).new
        == 4
    )
    assert held("patient-satisfaction") == {"E83001": (None, 100, 80.5, False), "E83002": (None, 0, None, True)}
    assert held("patient-contact")["E83001"] == (None, 100, None, True)
    assert bring(table(NEW, [("E83001", "A", 300, 99, "0.5", "0.4")]), "GPPS_2024_practice.csv").new == 2
    assert bring(table(SLIM, [("E83001", "79.6", "70.4", 108)]), "gpps_2025_extract.csv").new == 2
    values = PracticeValue.objects.filter(measure__code="patient-satisfaction", practice__ods_code="E83001").order_by(
        "ends"
    )
    assert list(values.values_list("ends", "value")) == [
        (date(2018, 3, 31), 80.5),
        (date(2024, 3, 31), 50.0),
        (date(2025, 3, 31), 79.6),
    ]


def test_a_survey_of_the_new_shape_is_not_of_an_earlier_year(bring: Any, library: None) -> None:
    result = bring(table(NEW, [("E83001", "A", 300, 99, "0.5", "0.4")]), "gpps_2019.csv")
    assert result.status == "rejected"
    assert "compared" in result.problems[0]["problem"]


def test_payments_are_read_by_the_names_of_their_columns(bring: Any, library: None) -> None:
    header = (
        "Practice Code",
        "Total QOF Payments ",
        "GP Extended  Hours Access",
        "Number of Registered Patients (Last Known Figure)",
        "Average payments per registered patient",
    )
    data = table(header, [("E83001", "93061.5", "-12.5", "9023.5", "125.4"), ("E83002", " ", "0", "5000", "3")])
    result = bring(data, "nhs_payments_2017-18.csv")
    assert held("qof-paid") == {"E83001": (Decimal("93061.5"), Decimal("9023.5"), None, False)}
    assert held("extended-hours-paid")["E83001"][0] == Decimal("-12.5")
    assert [line for line, *_ in problems(result)] == [3]


# The demonstration, the command ------------------------------------------------------------------------


def test_the_demonstration_s_files_are_of_the_portal_s_own_format() -> None:
    row = demonstration.Row("ae-attendances", "Z99001", date(2018, 10, 31), 5, 100, None, published=True)
    at = demonstration._at(date(2018, 11, 15))
    for months, ends in (
        (1, date(2018, 10, 31)),
        (3, date(2018, 9, 30)),
        (12, date(2018, 3, 31)),
        (12, date(2015, 12, 31)),
    ):
        file = demonstration.ValueFile("measures.csv", ends, months, at, (row,))
        text = file.data.decode().splitlines()[1].split(",")[2]
        assert read_period(text) == (ends.isoformat(), str(months))


def test_the_command_takes_the_kind_that_it_is_told(tmp_path: Path, smoking: Measure, capsys: Any) -> None:
    path = tmp_path / "v.csv"
    path.write_bytes(rows(("smoking", "E83001", YEAR, 1, 10, "")))
    call_command("import_kpi", str(path), "--kind", "kpi_values", "--json")
    assert '"new": 1' in capsys.readouterr().out
    with path.open("rb") as file, opened(file, "v.csv") as contents:
        assert recognise(contents.head) is KpiValues
