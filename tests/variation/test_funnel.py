"""Who truly differs: the page, the API, the file and the command say the same, as the worked examples have it."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from practices.models import Commissioner, Practice
from tests.factories.kpis import a_measure
from tests.kpis.examples import RATIOS, SHARES
from tests.variation.ground import PAGE, api, page, programme, signed_in, those

pytestmark = pytest.mark.django_db


@pytest.fixture
def commissioner() -> Commissioner:
    return programme()


@pytest.fixture
def manager(commissioner: Commissioner) -> Client:
    return signed_in(Role.TRANSFORMATION_MANAGER, commissioner)


def verdicts(points: Any, which: str, made: list[Practice]) -> dict[str, str]:
    """By the example's names of the practices."""
    named = {practice.ods_code: f"P{number:02}" for number, practice in enumerate(made, 1)}
    found = {named[one["ods_code"]]: one[which]["verdict"] for one in points}
    return {name: verdict for name, verdict in found.items() if verdict != "ns"}


def test_shares_unadjusted_and_overdispersed(commissioner: Commissioner, manager: Client) -> None:
    made = those(a_measure("targets"), commissioner, *SHARES)
    found = api(manager, "funnel", "targets")
    assert found["centre"] == pytest.approx(0.62512538)
    assert found["phi"] == pytest.approx(2.97224219)
    assert found["tau2"] == pytest.approx(0.00171403452)
    assert verdicts(found["points"], "unadjusted", made) == {
        **dict.fromkeys(("P03", "P08"), "high_025"),
        **dict.fromkeys(("P04", "P07", "P10"), "low_025"),
    }
    assert verdicts(found["points"], "overdispersed", made) == {"P10": "low_025"}
    first = found["points"][0]["unadjusted"]
    assert (first["lower_95"], first["upper_95"]) == pytest.approx((0.5736695, 0.6765813))
    first = found["points"][0]["overdispersed"]
    assert (first["lower_998"], first["upper_998"]) == pytest.approx((0.4735443, 0.7650908))


def test_observed_over_expected(commissioner: Commissioner, manager: Client) -> None:
    made = those(a_measure("found", kind="ratio"), commissioner, *RATIOS)
    found = api(manager, "funnel", "found")
    assert found["centre"] == 1
    assert (found["phi"], found["tau2"]) == pytest.approx((1.002510918, 0.002215597332))
    point = found["points"][0]
    assert (point["unadjusted"]["lower_95"], point["unadjusted"]["upper_95"]) == pytest.approx((0.7378238, 1.3250843))
    assert (point["overdispersed"]["lower_95"], point["overdispersed"]["upper_95"]) == pytest.approx(
        (0.7430435, 1.3458160)
    )
    assert verdicts(found["points"], "unadjusted", made) == {}
    assert verdicts(found["points"], "overdispersed", made) == {}


@pytest.mark.parametrize(
    ("kind", "numbers"), [("proportion", SHARES), ("ratio", RATIOS), ("rate", ([3, 9, 40, 12, 9, 1], [400] * 6))]
)
def test_the_page_its_file_the_api_and_the_command_say_the_same(
    commissioner: Commissioner, manager: Client, tmp_path: Path, kind: str, numbers: Any
) -> None:
    those(a_measure("same", kind=kind), commissioner, *numbers)
    html = page(manager, "funnel", "same")
    answer = manager.get(reverse("variation:funnel", args=["same"]), {**PAGE, "format": "csv"})
    text = answer.getvalue().decode("utf-8-sig")
    rows = {row["id"]: row for row in csv.DictReader(StringIO(text))}
    file = tmp_path / "rows.csv"
    file.write_text(text)
    for which, options in (("unadjusted", ()), ("overdispersed", ("--overdispersed",))):
        out, column = StringIO(), "verdict" if which == "unadjusted" else which
        as_kind = "proportion" if kind == "proportion" else "ratio"
        call_command("funnel", "--csv", str(file), "--kind", as_kind, "--json", *options, stdout=out)
        said = {one.pop("id"): one for one in json.loads(out.getvalue())["points"]}
        told = {one["ods_code"]: one[which] for one in api(manager, "funnel", "same")["points"]}
        assert told.keys() == said.keys()
        for code, point in said.items():
            assert told[code]["verdict"] == point.pop("verdict") == rows[code][column]
            assert {name: told[code][name] for name in point} == pytest.approx(point)
    for point in api(manager, "funnel", "same")["points"]:
        assert point["in_words"] in html


def test_the_page_says_for_whom_the_verdict_depends_on_the_limits(commissioner: Commissioner, manager: Client) -> None:
    those(a_measure("targets"), commissioner, *SHARES)
    html = page(manager, "funnel", "targets")
    assert "5 lie outside the 95% limits around the average of 62.5%, 1 also when what all vary is allowed for." in html
    assert "The verdict depends on the limits for" in html
    assert "practices vary 3.0 times as much as chance alone would have it" in html
    wide = page(manager, "funnel", "targets", limits="overdispersed")
    assert "overdispersed limits around the average of North Central London" in wide
