"""The same numbers as the field’s own implementations give, where their published results are at hand."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from kpis.statistics import many_funnels
from kpis.statistics.attributes import c_chart, p_chart, run_chart, u_chart
from kpis.statistics.funnels import Funnel, Proportions, proportions
from kpis.statistics.intervals import ESP2013, Level, byar, rate, standardised, wilson
from kpis.statistics.series import Improvement, Settings
from kpis.statistics.xmr import xmr

DATA = Path(os.environ.get("CC2H_SHARED_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
GOLDEN = DATA / "golden"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not GOLDEN.is_dir(), reason=f"The published results are not at {GOLDEN}: set CC2H_SHARED_DATA to its folder."
    ),
]
WAYS = {"increase": Improvement.UP, "decrease": Improvement.DOWN, "neutral": Improvement.NEITHER}
SAID = {
    "common_cause": "common",
    "special_cause_improvement": "improvement",
    "special_cause_concern": "concern",
    "special_cause_neutral_high": "neither_high",
    "special_cause_neutral_low": "neither_low",
}
ASSURED = {"consistent_fail": "Fail", "consistent_pass": "Pass", "inconsistent": "HitOrMiss", "": None}
VERDICTS = {
    "High (0.001)": "high_001",
    "High (0.025)": "high_025",
    "Not significant": "ns",
    "Low (0.025)": "low_025",
    "Low (0.001)": "low_001",
}


def rows(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def same(found: Sequence[float], row: dict[str, str], *columns: str, scale: float = 1) -> None:
    assert list(found) == pytest.approx([float(row[column]) * scale for column in columns], rel=1e-6, abs=1e-9), row


@pytest.fixture(scope="module")
def emergency() -> list[dict[str, str]]:
    return rows("plot-the-dots/input_ae_type1_RAL.csv")


@pytest.mark.parametrize("number", range(6))
def test_xmr_as_nhs_r_plots_the_dots(number: int, emergency: list[dict[str, str]]) -> None:
    case = rows("plot-the-dots/summary.csv")[number]
    months = [row["period"] for row in emergency]
    judged = xmr(
        [float(row[case["value_field"]]) for row in emergency],
        Settings(
            improvement=WAYS[case["improvement_direction"]],
            target=float(case["target"]) if case["target"] else None,
            fixed=int(case["fix_after_n_points"]) if case["fix_after_n_points"] else None,
            rebased=(months.index(case["rebase"]) + 1,) if case["rebase"] else (),
            screened=case["screen_outliers"] == "TRUE",
        ),
    )
    expected = rows(f"plot-the-dots/expected_{case['case']}.csv")
    for point, row in zip(judged.points, expected, strict=True):
        segment = judged.segment_of(point.index)
        same((point.value, segment.mean, segment.lower, segment.upper), row, "y", "mean_col", "lpl", "upl")
        assert point.flag == SAID[row["point_type"]], row
    assert sum(bool(point.rules) for point in judged.points) == int(case["special_cause_points"])
    assert judged.assurance == ASSURED[case["assurance_type"]]
    assert judged.points[-1].flag == SAID[case["last_variation_type"]]
    same((judged.segments[-1].mean, judged.segments[-1].lower, judged.segments[-1].upper), case, "mean", "lpl", "upl")


def test_xmr_as_the_package_s_own_snapshot() -> None:
    given = rows("plot-the-dots/input_package_snapshot_series.csv")
    for row in rows("plot-the-dots/expected_package_snapshot.csv"):
        values = [float(one[row["series"]]) for one in given]
        segment = xmr(values, Settings(screened=row["screen_outliers"] == "TRUE")).segments[0]
        same((segment.mean, segment.lower, segment.upper), row, "mean", "lpl", "upl")


@pytest.mark.parametrize("chart", ["p", "u", "c"])
def test_charts_of_counts_as_qicharts_draws_them(chart: str, emergency: list[dict[str, str]]) -> None:
    breaches = [float(row["breaches"]) for row in emergency]
    attendances = [float(row["attendances"]) for row in emergency]
    found = c_chart(breaches) if chart == "c" else {"p": p_chart, "u": u_chart}[chart](breaches, attendances)
    expected = rows(f"qicharts2/expected_RAL_{chart}.csv")
    for point, limits, row in zip(found.judged.points, found.limits, expected, strict=True):
        same(limits[:3], row, "cl", "lcl", "ucl")
        assert ("astronomical" in point.rules) is (row["sigma.signal"] == "TRUE")


def test_a_run_chart_as_qicharts_draws_it() -> None:
    expected = rows("qicharts2/expected_RAL_run.csv")
    run = run_chart([float(row["y"]) for row in expected])
    assert run is not None
    first = expected[0]
    same(
        (run.median, run.longest, run.longest_expected, run.crossings, run.crossings_expected),
        first,
        *("cl", "longest.run", "longest.run.max", "n.crossings", "n.crossings.min"),
    )
    assert run.signal is (first["runs.signal"] == "TRUE")


def test_intervals_as_published_by_public_health() -> None:
    for row in rows("phe-indicator-methods/testdata_Byars_Wilson__testdata_B_W.csv"):
        level = "95" if row["confidence"] == "95%" else "99.8"
        x = float(row["x"])
        if row["method"] == "Wilson":
            found = wilson(x, float(row["n"]), level)  # type: ignore[arg-type]  # one of the two levels
        elif x < 10:
            continue  # published by Byar; here counts below ten have exact limits
        else:
            found = byar(x, level)  # type: ignore[arg-type]
        same((found.lower, found.upper), row, "lowercl", "uppercl")


LEVELS: tuple[tuple[Level, str], ...] = (("95", "95_0"), ("99.8", "99_8"))


def test_shares_as_published_at_both_levels() -> None:
    given = [row for row in rows("phe-indicator-methods/testdata_Proportion__testdata_Prop.csv") if row["value"]]
    assert len(given) == 16
    for row in given:
        multiplier = float(row["multiplier"])
        for level, column in LEVELS:
            found = wilson(float(row["Numerator"]), float(row["Denominator"]), level)
            scaled = [one * multiplier for one in (found.value, found.lower, found.upper)]
            same(scaled, row, "value", f"lower{column}cl", f"upper{column}cl")


def test_rates_as_published_exact_below_ten_and_byar_s_from_ten() -> None:
    given = [row for row in rows("phe-indicator-methods/testdata_Rate__testdata_Rate.csv") if row["value"]]
    assert {row["method"] for row in given} == {"Exact", "Byars"}
    for row in given:
        for level, column in LEVELS:
            found = rate(float(row["Numerator"]), float(row["Denominator"]), float(row["multiplier"]), level)
            same((found.value, found.lower, found.upper), row, "value", f"lower{column}cl", f"upper{column}cl")


@pytest.mark.parametrize("area", ["testdata_big", "testdata_small", "testdata_tiny"])
def test_standardised_rates_as_published(area: str) -> None:
    groups = [
        one for one in rows("phe-indicator-methods/testdata_DSR_ISR__testdata_multiarea.csv") if one["area"] == area
    ]
    counts, populations = ([float(one[name] or 0) for one in groups] for name in ("count", "pop"))
    expected = [
        row for row in rows("phe-indicator-methods/testdata_DSR_ISR__testresults_DSR.csv") if row["area"] == area
    ]
    assert len(expected) == 2
    for row in expected:
        multiplier = 10_000 if row["statistic"].endswith("per 10000") else 100_000
        for level, column in LEVELS:
            found = standardised(counts, populations, ESP2013, multiplier, level)
            assert found.events == float(row["total_count"])
            if not row["value"]:
                assert (found.rate, found.lower, found.upper) == (None, None, None)
                continue
            numbers = [found.rate or 0, found.lower or 0, found.upper or 0]
            same(numbers, row, "value", f"lower{column}cl", f"upper{column}cl")


def test_a_u_chart_of_hospital_infections_as_the_package_s_own_reference() -> None:
    months: dict[str, tuple[float, float]] = {}
    for row in rows("qicharts2/input_hospital_infections.csv"):
        count, days = months.get(row["month"], (0.0, 0.0))
        months[row["month"]] = count + float(row["n"]), days + float(row["days"])
    counts, days_at_risk = zip(*(months[month] for month in sorted(months)), strict=True)
    chart = u_chart(counts, days_at_risk)
    (reference,) = rows("qicharts2/reference_hai_1.csv")
    lower, upper = ([at[side] for at in chart.limits] for side in (1, 2))
    same((sum(lower) / 24, chart.limits[0][0], sum(upper) / 24), reference, "aLCL", "CL", "aUCL")
    assert not any("astronomical" in point.rules for point in chart.judged.points)
    assert len(chart.judged.points) == int(reference["n.obs"])


def test_an_individuals_chart_as_qicharts_draws_it() -> None:
    """It screens as NHSRplotthedots does, and reaches 3/1.128 times the mean moving range, not 2.66."""
    expected = rows("qicharts2/expected_RAL_i.csv")
    judged = xmr([float(row["y"]) for row in expected], Settings(screened=True))
    segment = judged.segments[0]
    width = (segment.upper - segment.mean) / 2.66 * 3 / 1.128
    for point, row in zip(judged.points, expected, strict=True):
        same((segment.mean, segment.mean - width, segment.mean + width), row, "cl", "lcl", "ucl")
        assert ("astronomical" in point.rules) is (row["sigma.signal"] == "TRUE")


def test_a_funnel_s_limits_as_published_by_public_health() -> None:
    for row in rows("phe-indicator-methods/testdata_funnel_prop_outputs.csv"):
        funnel = proportions(["all"], [float(row["Baseline"])], [100])
        found = (*funnel.limits(float(row["Population"]), "95"), *funnel.limits(float(row["Population"]), "99.8"))
        columns = ("Lower2s0025limit", "Upper2s0025limit", "Lower3s0001limit", "Upper3s0001limit")
        assert [one * 100 for one in found] == pytest.approx([float(row[name]) for name in columns], abs=1e-5)


def test_a_funnel_s_verdicts_as_published_by_public_health() -> None:
    given = rows("phe-indicator-methods/testdata_funnel_prop_inputs.csv")
    counts = ([float(row["numerator"]) for row in given], [float(row["denominator"]) for row in given])
    areas = [row["Area"] for row in given]
    for funnel in (proportions(areas, *counts), many_funnels.proportions(areas, *counts)[0]):
        assert [one.verdict for one in funnel.points] == [VERDICTS[row["significance"]] for row in given]


@pytest.fixture(scope="module")
def diabetes() -> tuple[list[str], list[float], list[float]]:
    given = rows("funnelplotr/input_qof2021_ncl.csv")
    return (
        [row["PRACTICE_CODE"] for row in given],
        [float(row["REGISTER"]) for row in given],
        [float(row["PRACTICE_LIST_SIZE"]) for row in given],
    )


def test_diabetes_of_practices_as_phstatsmethods_judges_it(
    diabetes: tuple[list[str], list[float], list[float]],
) -> None:
    expected = {
        row["PRACTICE_CODE"]: row for row in rows("phstatsmethods/expected_funnel_significance_DM_ncl_2021.csv")
    }
    for one in (*proportions(*diabetes).points, *many_funnels.proportions(*diabetes)[0].points):
        assert one.verdict == VERDICTS[expected[one.id]["significance"]], one
    for row in rows("phstatsmethods/expected_proportion_wilson95_DM_ncl_2021.csv"):
        found = wilson(float(row["REGISTER"]), float(row["PRACTICE_LIST_SIZE"]))
        same((found.value * 100, found.lower * 100, found.upper * 100), row, "Value", "lower_95_ci", "upper_95_ci")


def test_a_funnel_s_limits_as_phstatsmethods_draws_them() -> None:
    """At the sizes it draws them at; it does not clip at 100."""
    expected = rows("phstatsmethods/expected_funnel_limits_DM_ncl_2021.csv")
    for row in expected:
        funnel = proportions(["all"], [float(row["baseline"])], [100])
        for level, sigma in (("95", "2s"), ("99.8", "3s")):
            found = [one * 100 for one in funnel.limits(float(row["Population"]), level)]  # type: ignore[arg-type]
            same(found, row, f"lower_{sigma}_limit", f"upper_{sigma}_limit")


def test_diabetes_of_practices_unadjusted_as_funnelplotr_draws_it(
    diabetes: tuple[list[str], list[float], list[float]],
) -> None:
    funnel = proportions(*diabetes)
    plain = Proportions(funnel.centre, 0, 0, True, ())  # on the scale it draws on, without τ²
    expected = rows("funnelplotr/expected_DM_unadjusted.csv")
    assert len(expected) == 185
    for row in expected:
        size = float(row["denominator"])
        found = (*plain.limits(size, "95"), *plain.limits(size, "99.8"))
        same(found, row, "LCL95", "UCL95", "LCL99", "UCL99")


def test_diabetes_of_practices_overdispersed_as_funnelplotr_judges_it(
    diabetes: tuple[list[str], list[float], list[float]],
) -> None:
    summary = rows("funnelplotr/summary.csv")[1]
    expected = {row["group"]: row for row in rows("funnelplotr/expected_DM_od_adjusted.csv")}
    for funnel in (proportions(*diabetes, overdispersed=True), many_funnels.proportions(*diabetes)[1]):
        as_funnelplotr_has_it(funnel, summary, expected)


def as_funnelplotr_has_it(funnel: Funnel, summary: dict[str, str], expected: dict[str, dict[str, str]]) -> None:
    same((funnel.phi, funnel.tau2, funnel.centre), summary, "phi", "tau2", "target")
    plain = Proportions(funnel.centre, 0, 0, True, ())  # its unadjusted limits are on the same scale, without τ²
    for one in funnel.points:
        row = expected[one.id]
        found = (one.lower_95, one.upper_95, one.lower_998, one.upper_998)
        same(found, row, "OD95LCL", "OD95UCL", "OD99LCL", "OD99UCL")
        same((*plain.limits(one.size, "95"), *plain.limits(one.size, "99.8")), row, "LCL95", "UCL95", "LCL99", "UCL99")
    assert sum(one.verdict != "ns" for one in funnel.points) == sum(
        not float(row["OD95LCL"]) <= float(row["rr"]) <= float(row["OD95UCL"]) for row in expected.values()
    )


@pytest.mark.skipif(not (DATA / "fingertips").is_dir(), reason="the Fingertips file is not at hand")
def test_every_practice_s_published_limits_are_wilson_s() -> None:
    with (DATA / "fingertips" / "smoking_qof_91547_2022-23_part1.csv").open(encoding="utf-8-sig", newline="") as file:
        published = [row for row in csv.DictReader(file) if row["Area Type"] == "GPs" and row["Count"]]
    assert len(published) > 1000
    england = 0.1471089355
    said = {"Better": 0, "Similar": 0, "Worse": 0}
    for row in published:
        x, n = float(row["Count"]), float(row["Denominator"])
        for level, columns in (
            ("95", ("Lower CI 95.0 limit", "Upper CI 95.0 limit")),
            ("99.8", ("Lower CI 99.8 limit", "Upper CI 99.8 limit")),
        ):
            found = wilson(x, n, level)  # type: ignore[arg-type]
            limits = [float(row[column]) / 100 for column in columns]
            assert (found.lower, found.upper) == pytest.approx(limits, abs=1e-8), row
        inner = wilson(x, n)
        verdict = "Better" if inner.upper < england else "Worse" if inner.lower > england else "Similar"
        assert row["Compared to England value or percentiles"] == verdict
        said[verdict] += 1
    assert min(said.values()) > 0
