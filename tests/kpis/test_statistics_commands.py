"""The same verdicts at a terminal: what is printed, and what is refused."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.kpis.examples import BASE12, PRACTICES, RISING, SHARES, STANDARD

WEIGHTS = [1000.0] * 19


def asked(name: str, *arguments: str) -> Any:
    out = StringIO()
    call_command(name, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def written(folder: Path, header: str, *columns: Any) -> str:
    lines = [header, *(",".join(str(cell) for cell in row) for row in zip(*columns, strict=True))]
    path = folder / "given.csv"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_spc_says_segments_points_and_icons(tmp_path: Path) -> None:
    said = asked(
        "spc", "--csv", written(tmp_path, "value", RISING), "--improvement", "up", "--fix", "12", "--target", "65"
    )
    segment = said["segments"][0]
    assert (segment["from"], segment["to"], segment["n"], segment["trial"]) == (1, 24, 12, False)
    assert segment["mean"] == pytest.approx(58.883333, abs=1e-6)
    assert said["points"][11] == {"index": 12, "value": 59.7, "flag": "improvement", "rules": ["shift"]}
    assert (said["variation"], said["assurance"]) == ("ImprovementHigh", "Fail")


def test_spc_takes_the_days_order_and_leaves_gaps_out(tmp_path: Path) -> None:
    days = [f"2018-{month:02}-01" for month in (2, 1, 3, 4)]
    said = asked("spc", "--csv", written(tmp_path, "date,value", days, [2, 1, "", 3]), "--improvement", "down")
    assert [point["value"] for point in said["points"]] == [1, 2, None, 3]
    assert (said["segments"][0]["from"], said["segments"][0]["to"], said["segments"][0]["n"]) == (1, 4, 3)


def test_spc_begins_a_segment_where_it_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "value", [*BASE12, *(value + 50 for value in BASE12)])
    said = asked("spc", "--csv", path, "--improvement", "neither", "--rebase", "13")
    assert [(one["from"], one["to"], one["trial"]) for one in said["segments"]] == [(1, 12, True), (13, 24, True)]


def test_spc_of_nothing_is_empty(tmp_path: Path) -> None:
    said = asked("spc", "--csv", written(tmp_path, "value", []), "--improvement", "up")
    assert said == {"segments": [], "points": [], "variation": "Empty", "assurance": None}


@pytest.mark.parametrize(
    ("header", "columns", "said"),
    [
        ("value", ([1, "many"],), "Row 2, column “value”: a number was expected, and “many” was found"),
        ("value", ([1, "inf"],), "a finite number"),
        ("size", ([1],), "no column “value”"),
        ("date,value", (["2018-04-01", "2018-04-01"], [1, 2]), "stands in row 1 already"),
        ("date,value", (["yesterday"], [1]), "a day like 2018-04-01"),
        ("value,value", ([1], [2]), "2 columns “value”"),
        ("value", ([1, "1e308"],), "below 1e\\+15"),
    ],
)
def test_spc_says_what_is_wrong_and_where(tmp_path: Path, header: str, columns: Any, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("spc", "--csv", written(tmp_path, header, *columns), "--improvement", "up")


def exits(name: str, *arguments: str) -> int:
    """With what a terminal is left."""
    with pytest.raises(CommandError) as refusal:
        call_command(name, *arguments, "--json")
    return int(refusal.value.returncode)


def test_a_blank_line_among_values_is_a_gap_and_one_at_the_end_is_none(tmp_path: Path) -> None:
    path = tmp_path / "given.csv"
    path.write_text("value\n5\n\n6\n*\n7\n\n")
    said = asked("spc", "--csv", str(path), "--improvement", "up")
    assert [point["value"] for point in said["points"]] == [5, None, 6, None, 7]
    assert [point["index"] for point in said["points"]] == [1, 2, 3, 4, 5]


def test_one_point_and_equal_points_have_limits_that_are_numbers(tmp_path: Path) -> None:
    for values in ([5], [5] * 20):
        for mode in ("mdc", "screened"):
            path = written(tmp_path, "value", values)
            said = asked("spc", "--csv", path, "--improvement", "down", "--mode", mode, "--target", "5")
            segment = said["segments"][0]
            assert {segment[name] for name in ("mean", "lower", "upper", "near_lower", "near_upper")} == {5}
            assert (said["variation"], said["assurance"]) == ("CommonCause", "HitOrMiss")


def test_json_has_exactly_what_is_documented(tmp_path: Path) -> None:
    said = asked("spc", "--csv", written(tmp_path, "value", RISING), "--improvement", "up")
    assert set(said) == {"segments", "points", "variation", "assurance"}
    assert list(said["segments"][0]) == [
        *("from", "to", "n", "mean", "lower", "upper", "near_lower", "near_upper", "trial"),
    ]
    assert list(said["points"][0]) == ["index", "value", "flag", "rules"]
    funnel = asked("funnel", "--csv", written(tmp_path, "id,observed,expected", ["a"], [3], [2]), "--kind", "ratio")
    assert set(funnel) == {"centre", "phi", "tau2", "points"}
    assert set(asked("interval", "poisson", "3")) == {"value", "lower", "upper"}


def test_exit_status_tells_what_is_wrong_with_data_from_wrong_use(tmp_path: Path) -> None:
    text = written(tmp_path, "value", ["many"])
    assert exits("spc", "--csv", text, "--improvement", "up") == 1
    assert exits("funnel", "--csv", text, "--kind", "ratio") == 1
    assert exits("dsr", "--csv", text) == 1
    assert exits("interval", "wilson", "5", "4") == 1
    for name, *more in (("spc", "--improvement", "up"), ("funnel", "--kind", "ratio"), ("dsr",)):
        assert exits(name, "--csv", str(tmp_path / "none.csv"), *more) == 2
    assert exits("interval", "byar", "5", "4") == 2


def test_funnels_of_none_of_one_and_of_equals_are_answers(tmp_path: Path) -> None:
    header = "id,numerator,denominator"
    for overdispersed in ((), ("--overdispersed",)):
        none = asked("funnel", "--csv", written(tmp_path, header, [], [], []), "--kind", "proportion", *overdispersed)
        assert none["points"] == []
        for columns in ((["a"], [1], [2]), (["a", "b"], [2, 3], [2, 3]), (["a", "b"], [0, 0], [2, 3])):
            said = asked("funnel", "--csv", written(tmp_path, header, *columns), "--kind", "proportion", *overdispersed)
            assert {one["verdict"] for one in said["points"]} == {"ns"}


@pytest.mark.parametrize("row", [("a", 0, 0), ("a", 3, 2), ("a", -1, 2), ("a", "inf", 2), ("a", "*", 2), ("a", "", 2)])
def test_funnel_refuses_what_is_no_share(tmp_path: Path, row: tuple[Any, ...]) -> None:
    path = written(tmp_path, "id,numerator,denominator", *([cell] for cell in row))
    assert exits("funnel", "--csv", path, "--kind", "proportion") == 1


def test_funnel_says_limits_and_verdicts(tmp_path: Path) -> None:
    path = written(tmp_path, "id,numerator,denominator", PRACTICES, *SHARES)
    said = asked("funnel", "--csv", path, "--kind", "proportion", "--overdispersed")
    assert said["phi"] == pytest.approx(2.97224219, abs=1e-8)
    assert {one["id"]: one["verdict"] for one in said["points"] if one["verdict"] != "ns"} == {"P10": "low_025"}
    assert set(said["points"][0]) == {
        *("id", "value", "lower_95", "upper_95", "lower_998", "upper_998", "verdict"),
    }


def test_funnel_names_the_row_that_is_no_share(tmp_path: Path) -> None:
    path = written(tmp_path, "id,numerator,denominator", ["a", "b"], [1, 3], [2, 2])
    with pytest.raises(CommandError, match="Row 2"):
        call_command("funnel", "--csv", path, "--kind", "proportion")


def test_interval_of_a_share_and_of_a_count() -> None:
    said = asked("interval", "wilson", "65", "100", "--level", "99.8")
    assert said == pytest.approx({"value": 0.65, "lower": 0.4954947, "upper": 0.7783541}, abs=1e-7)
    assert asked("interval", "byar", "65")["lower"] == pytest.approx(50.1631877, abs=1e-7)
    with pytest.raises(CommandError, match="of how many"):
        call_command("interval", "wilson", "65")
    with pytest.raises(CommandError, match="no share"):
        call_command("interval", "wilson", "5", "4")


def test_dsr_of_groups(tmp_path: Path) -> None:
    said = asked("dsr", "--csv", written(tmp_path, "count,population,weight", *STANDARD, WEIGHTS))
    assert said["events"] == 895
    assert said["lower"] < said["rate"] < said["upper"]
    few = asked("dsr", "--csv", written(tmp_path, "count,population,weight", [4], [100], [1]))
    with pytest.raises(CommandError, match="no rows"):
        call_command("dsr", "--csv", written(tmp_path, "count,population,weight", [], [], []))
    with pytest.raises(CommandError, match="no number above 0"):
        call_command("dsr", "--csv", written(tmp_path, "count,population,weight", [9], [9], [1]), "--multiplier", "inf")
    assert few == {"rate": None, "lower": None, "upper": None, "events": 4}
