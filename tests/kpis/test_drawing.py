"""A judged series as a chart: its marks by shape as well as colour, its words, and its table."""

from datetime import date
from typing import Any

import pytest

from cc2h.kit import charts, render_chart
from kpis import drawing
from kpis.statistics.attributes import run_chart
from kpis.statistics.series import Improvement, Settings
from kpis.statistics.xmr import xmr
from tests.kpis.examples import BASE12, RISING

MONTHS = [date(2017 + (3 + number) // 12, (3 + number) % 12 + 1, 1) for number in range(24)]
CYCLE = charts.Band(first=date(2018, 3, 15), last=date(2018, 6, 15), label="Cycle 1")


def risen(**settings: Any) -> charts.Chart:
    judged = xmr(RISING, Settings(Improvement.UP, 65, 12, **settings))
    return drawing.control_chart(judged, MONTHS, title="Targets met", name="Patients, %", unit="%", bands=[CYCLE])


def test_its_words_say_what_it_shows() -> None:
    assert risen().alt == (
        "Targets met. Mean 58.9%, limits 55.3% to 62.5%. 13 points stand out, last that of 1 March 2019. "
        "The latest is improvement: outside a limit."
    )


def test_its_table_has_every_point_its_limits_and_why_it_stands_out() -> None:
    rows = risen().rows
    assert len(rows) == 24
    assert (rows[11]["Day"], rows[11]["Patients, %"], rows[11]["Why"]) == (MONTHS[11], 59.7, "part of a shift")
    assert rows[0]["What it is"] == "Common cause"


def test_points_stand_out_by_shape() -> None:
    drawn = render_chart.control(charts._plain(charts._whole(risen())), 580).to_dict()
    shapes = {layer["mark"]["shape"] for layer in drawn["layer"] if layer["mark"]["type"] == "point"}
    assert shapes == {"circle", "triangle-up"}


def test_levels_break_where_a_new_baseline_begins() -> None:
    judged = xmr([*BASE12, *BASE12], Settings(rebased=(13,)))
    chart = drawing.control_chart(judged, MONTHS, title="Visits", name="Visits")
    assert set(chart.spec["pieces"]) == {1, 13}


@pytest.mark.parametrize("chart", [risen(), risen(screened=True)])
def test_it_is_drawn(chart: charts.Chart) -> None:
    drawn = render_chart.draw(charts._plain(charts._whole(chart)))
    for words in ("Target 65.0%", "Upper limit", "Cycle 1"):
        assert words in drawn["svg"]
        assert words in drawn["narrow_svg"]


def test_few_points_are_a_run_chart_that_says_what_it_cannot_tell() -> None:
    values = RISING[:9]
    run = run_chart(values)
    assert run is not None
    chart = drawing.run_chart(run, values, MONTHS[:9], title="Visits", name="Visits", target=60)
    assert "With 9 of the 13 points" in chart.alt
    assert "Upper limit" not in str(chart.spec)
    assert "Median 58.8" in render_chart.draw(charts._plain(charts._whole(chart)))["svg"]


def test_an_empty_series_says_so() -> None:
    assert drawing.in_words(xmr([]), []) == "There are no values yet."
    assert drawing.in_words(xmr([*BASE12, 21]), MONTHS).endswith("no point stands out.")


def test_how_it_is_judged_is_said_in_words() -> None:
    said = drawing.settings_in_words(Settings(Improvement.DOWN, fixed=12, screened=True, run=6, rebased=(13,)))
    assert said == (
        "lower is better; baseline of the first 12 points; 6 points make a trend or a shift; outlying moving ranges "
        "left out; new baseline from point 13."
    )
