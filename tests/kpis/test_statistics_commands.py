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
    ],
)
def test_spc_says_what_is_wrong_and_where(tmp_path: Path, header: str, columns: Any, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("spc", "--csv", written(tmp_path, header, *columns), "--improvement", "up")


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
    assert few == {"rate": None, "lower": None, "upper": None, "events": 4}
