"""Charts: drawn once by a process of its own, kept by content, served to the signed in."""

import csv
import subprocess
import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client
from django.utils import timezone

from cc2h.kit import charts, render_chart
from cc2h.kit.models import ChartImage
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n"
PICTURES = ("svg", "narrow_svg", "png")


def coverage(last: Decimal = Decimal("88.4")) -> charts.Chart:
    days = [date(2018, 10, 31), date(2018, 11, 30), date(2018, 12, 6)]
    values = [Decimal(38), None, last]
    return charts.lines(
        title="Barnet: patients in a CHIN, as at 6 December 2018",
        alt="Patients in a CHIN rose from 38.0% to 88.4%.",
        rows=[{"Day": day, "Patients, %": value} for day, value in zip(days, values, strict=True)],
        x="Day",
        series=[charts.Series(column="Patients, %", label="88.4% of patients")],
        unit="%",
        target=(100, "Target: every practice by 31 December 2018"),
        last_day=date(2018, 12, 31),
    )


def sizes() -> charts.Chart:
    return charts.bars(
        title="Barnet: CHINs by registered patients",
        alt="One CHIN.",
        rows=[{"CHIN": "=Finchley & <Hendon>", "Patients": 61_120}],
        label="CHIN",
        value="Patients",
        axis="Registered patients",
        band=(50_000, None),
    )


def test_a_line_breaks_where_there_is_no_value() -> None:
    charts.keep([chart := coverage()])
    spec = ChartImage.objects.get(key=chart.key).spec
    drawn = render_chart.lines(spec, render_chart.NARROW).to_dict()
    line = next(layer for layer in drawn["layer"] if layer["mark"].get("type") == "line")
    assert [point["y"] for point in drawn["datasets"][line["data"]["name"]]] == [38, None, 88.4]


def test_a_long_name_at_a_lines_end_is_whole_and_stands_on_no_other() -> None:
    names = ["CHIN 1 Edgware and\nBurnt Oak", "CHIN 2 North\nFinchley, Whetstone\nand Friern Barnet", "CHIN 3"]
    rows = [
        {"Day": day} | {name: 50_000 + place for place, name in enumerate(names)}
        for day in ("2018-10-31", "2018-11-30")
    ]
    chart = charts.lines(
        title="Patients",
        alt="Alike.",
        rows=rows,
        x="Day",
        series=[charts.Series(column=name, label=name) for name in names],
    )
    charts.keep([chart])
    for width in (render_chart.NARROW, 720):
        drawn = render_chart.lines(ChartImage.objects.get(key=chart.key).spec, width).to_dict()
        written = drawn["datasets"][drawn["layer"][-1]["data"]["name"]]
        assert [line["label"] for line in written] == [
            line for name in names for line in name.splitlines()
        ]  # in the order of their values, lowest first
        heights = sorted(line["y"] for line in written)
        apart = {round(above - below) for below, above in pairwise(heights)}
        assert min(apart) == max(apart) > 0


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(UserFactory())
    return client


def test_the_same_content_has_the_same_key_and_other_content_another() -> None:
    assert coverage().key == coverage().key
    assert coverage().key != coverage(Decimal("88.5")).key


def test_the_key_cannot_be_worked_out_without_the_portals_secret(settings: Any) -> None:
    before = coverage().key
    settings.SECRET_KEY = "another"
    assert coverage().key != before


def test_keeping_takes_one_query_once_stored(django_assert_num_queries: Any) -> None:
    charts.keep([coverage(), sizes()])
    with django_assert_num_queries(1):
        charts.keep([coverage(), sizes()])
    assert ChartImage.objects.count() == 2


def test_old_charts_go_when_new_ones_come() -> None:
    charts.keep([sizes()])
    a_season_later()
    charts.keep([coverage()])
    assert [image.key for image in ChartImage.objects.all()] == [coverage().key]


def test_an_old_chart_that_a_page_shows_again_stays() -> None:
    charts.keep([sizes()])
    a_season_later()
    charts.keep([sizes(), coverage()])
    charts.keep([coverage(Decimal("88.5"))])
    assert ChartImage.objects.filter(key=sizes().key).exists()


def a_season_later() -> None:
    ChartImage.objects.update(wanted_at=timezone.now() - charts.KEPT_FOR - timedelta(days=1))


def test_a_chart_is_drawn_when_first_asked_for_together_with_what_waits(reader: Client, monkeypatch: Any) -> None:
    charts.keep([coverage(), sizes()])
    svg = reader.get(coverage().svg)
    assert svg.status_code == 200
    assert svg["Content-Type"] == "image/svg+xml"
    assert "immutable" in svg["Cache-Control"]
    drawn = svg.content.decode()
    for words in ("88.4% of patients", "Target: every practice", "as at 6 December 2018", "Liberation Sans"):
        assert words in drawn

    monkeypatch.setattr(subprocess, "run", None)  # nothing is drawn a second time
    assert 'width="340"' in reader.get(coverage().narrow).content.decode()
    assert reader.get(coverage().png).content.startswith(PNG)
    assert "&lt;Hendon" in reader.get(sizes().svg).content.decode()


def test_the_rows_come_as_csv_that_no_spreadsheet_runs(reader: Client) -> None:
    charts.keep([coverage(), sizes()])
    rows = list(csv.DictReader(reader.get(coverage().csv).content.decode().splitlines()))
    assert rows[0] == {"Day": "2018-10-31", "Patients, %": "38.0"}
    assert [row["Patients, %"] for row in rows] == ["38.0", "", "88.4"]
    assert "'=Finchley" in reader.get(sizes().csv).content.decode()


def test_an_unknown_chart_is_not_found(reader: Client) -> None:
    for kind in ("svg", "png", "csv", "exe"):
        assert reader.get(f"/charts/{'0' * 40}.{kind}").status_code == 404


def test_nobody_signed_out_sees_a_chart(client: Client) -> None:
    charts.keep([sizes()])
    assert client.get(sizes().svg)["Location"].startswith("/account/login/")


def test_a_drawing_that_takes_too_long_is_a_sentence(reader: Client, monkeypatch: Any) -> None:
    charts.keep([sizes()])
    monkeypatch.setattr(charts, "TIME_LIMIT", 0.01)
    monkeypatch.setattr(charts, "LOCK_LIMIT", 5)
    answer = reader.get(sizes().svg)
    assert answer.status_code == 503
    assert "table on the page" in answer.content.decode()


def beyond_drawing() -> charts.Chart:
    """Its rows lack the column that is to be drawn."""
    return charts.bars(title="Odd", alt="Odd", rows=[{"CHIN": "A"}], label="CHIN", value="Patients", axis="Patients")


def test_the_worker_that_draws_keeps_every_chart_that_can_be_drawn(reader: Client, monkeypatch: Any) -> None:
    charts.keep([sizes(), beyond_drawing(), coverage()])
    assert charts.draw_waiting(render_chart.draw) == 3
    assert charts.draw_waiting(render_chart.draw) == 0
    monkeypatch.setattr(subprocess, "run", None)
    assert reader.get(sizes().svg).status_code == 200
    assert reader.get(coverage().narrow).status_code == 200
    assert reader.get(beyond_drawing().svg).status_code == 503


def test_a_request_waits_for_the_worker_that_draws(reader: Client, monkeypatch: Any, settings: Any) -> None:
    settings.CHART_WAIT_SECONDS = 5
    monkeypatch.setattr(subprocess, "run", None)
    monkeypatch.setattr(time, "sleep", lambda _: charts.draw_waiting(render_chart.draw))
    charts.keep([sizes()])
    assert reader.get(sizes().svg).status_code == 200


def test_a_chart_that_cannot_be_drawn_keeps_no_other_from_being_drawn(reader: Client) -> None:
    charts.keep([sizes(), beyond_drawing()])
    assert reader.get(sizes().svg).status_code == 200
    assert reader.get(beyond_drawing().svg).status_code == 503


def test_that_a_chart_cannot_be_drawn_is_known_to_the_page_and_not_tried_all_the_time(
    reader: Client, monkeypatch: Any
) -> None:
    (shown,) = charts.keep([beyond_drawing()])
    assert shown
    assert not shown.failed
    assert reader.get(shown.svg).status_code == 503
    sound, missing, shown = charts.keep([sizes(), None, beyond_drawing()])
    assert sound
    assert not sound.failed
    assert missing is None
    assert shown
    assert shown.failed

    tries = []
    monkeypatch.setattr(charts, "render", lambda specs: tries.append(specs) or [dict.fromkeys(PICTURES, "00")])
    assert reader.get(shown.svg).status_code == 503
    assert tries == []
    ChartImage.objects.update(failed_at=timezone.now() - charts.TRIED_AGAIN)
    assert reader.get(shown.svg).status_code == 200
    (shown,) = charts.keep([beyond_drawing()])
    assert shown
    assert not shown.failed


def test_a_page_shows_the_table_of_a_chart_that_could_not_be_drawn() -> None:
    template = get_template("components/charts.html").template
    page = template.environment.from_string(
        "{% from 'components/charts.html' import chart %}{% call chart('Sizes', drawn) %}61,120{% endcall %}"
    )
    drawn = page.render(drawn=sizes())
    assert "<img" in drawn
    assert '<details class="app-how">' in drawn
    failed = page.render(drawn=replace(sizes(), failed=True))
    assert "could not be drawn" in failed
    assert '<details class="app-how" open>' in failed
    assert "<img" not in failed
    assert sizes().png not in failed
    assert sizes().csv in failed


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_any_number_of_bars(rows: int) -> None:
    chart = charts.bars(
        title="CHINs",
        alt="CHINs",
        rows=[{"CHIN": f"CHIN {n}", "Patients": n} for n in range(rows)],
        label="CHIN",
        value="Patients",
        axis="Registered patients",
    )
    charts.keep([chart])
    charts.draw_waiting(render_chart.draw)
    assert charts.picture(chart.key, "svg")


def test_steps_of_a_waterfall_hang_from_each_other_and_end_below_0_where_too_much_is_taken() -> None:
    chart = charts.bars(
        title="Money",
        alt="Money",
        rows=[{"of": "Given", "pounds": Decimal(100)}, {"of": "Taken", "pounds": Decimal(120)}],
        label="of",
        value="pounds",
        axis="Pounds",
        starts=[Decimal(0), Decimal(-20)],
    )
    spec: Any = render_chart.bars(
        {**chart.spec, "rows": [{"of": "Given", "pounds": 100.0}, {"of": "Taken", "pounds": 120.0}]}, 580
    )
    drawn = spec.to_dict()
    [rows] = drawn["datasets"].values()
    assert [(one["from"], one["end"]) for one in rows] == [(0, 100), (-20, 100)]
    assert drawn["layer"][0]["encoding"]["x"]["scale"]["domain"] == [-20 * 1.14, 100 * 1.14]


@pytest.mark.parametrize("label", ["patients", ""])
def test_a_single_day_and_no_day_with_a_value_can_be_drawn(label: str) -> None:
    for values in ([Decimal(5)], [None]):
        chart = charts.lines(
            title="Patients",
            alt="Patients",
            rows=[{"Day": date(2018, 12, 6), "Patients": value} for value in values],
            x="Day",
            series=[charts.Series(column="Patients", label=label)],
        )
        charts.keep([chart])
        charts.draw_waiting(render_chart.draw)
        assert charts.picture(chart.key, "svg")


def test_names_of_points_stand_apart_whichever_way_they_reach() -> None:
    """Of points side by side: the one in the middle reaches both ways, the one near the edge inwards, over it."""
    named = [{"x": x, "y": y, "label": "Ashbourne Medical Centre"} for x, y in ((50, 10), (70, 10.1), (95, 10.2))]
    gap, unit_per_pixel = 1.0, 0.2
    placed = render_chart._apart(named, 0, 100, unit_per_pixel, gap)
    assert [one["align"] for one in placed] == [render_chart._reaching(one["x"], 0, 100) for one in placed]
    for one, other in combinations(placed, 2):
        beside = one["from"] < other["to"] and other["from"] < one["to"]
        assert not beside or abs(one["y"] - other["y"]) >= gap
    assert len(placed) == 2  # the third would stand two lines above its point
