"""The pages of series: one engine for page, table, document, API and command."""

import csv
import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cc2h.accounts.authority import Role
from kpis.rollup import Way
from kpis.tracking import documents, pages, services
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, person
from tests.factories.kpis import a_measure
from tests.tracking.ground import ASAT, DAY, SHIFTED, Ground, months, with_values

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SERIES = "/measures/at-target/series/chin/barnet-1/"


def reader(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ground() -> Ground:
    return Ground()


def test_page_table_api_document_and_command_give_identical_flags(ground: Ground) -> None:
    services.set_settings(by=None, at=ground.at, seen=0, fixed=12, run=7, screened=False, kinder=False)
    client = reader(ground.manager())
    table = list(csv.DictReader(StringIO(b"".join(client.get(f"{SERIES}?format=csv").streaming_content).decode())))
    api = client.get(f"/api/v1{SERIES}").json()
    out = StringIO()
    call_command("kpi", "--measure", "at-target", "--org", "barnet-1", "--as-at", "2018-12-06", "--json", stdout=out)
    command = json.loads(out.getvalue())
    assert command == api
    flags = [(point["ends"], point["flag"], " ".join(point["rules"])) for point in api["points"]]
    assert [(row["ends"], row["flag"], row["rules"]) for row in table] == flags
    assert {flag for _, flag, _ in flags} == {"common", "improvement"}
    tracked = ground.tracked()
    context = pages.series(tracked, ASAT, Way.LAST_DAY)
    said = [line.in_words for line in reversed(tracked.lines)]
    assert [row[-1] for row in documents.contents(context, ASAT)["rows"]] == said
    page = client.get(SERIES).content.decode()
    assert page.count("Improvement: ") >= sum(flag == "improvement" for _, flag, _ in flags)
    assert api["variation"] == "ImprovementHigh"
    assert "Improving, higher" in page


def test_the_document_is_a_pdf(ground: Ground) -> None:
    answer = reader(ground.manager()).get(f"{SERIES}?format=pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_settings_are_printed_with_the_chart(ground: Ground) -> None:
    page = reader(ground.manager()).get(SERIES).content.decode()
    assert "Higher is better; all points are the baseline; 7 points make a trend or a shift" in page


def test_a_series_without_values_says_so(ground: Ground) -> None:
    a_measure("new-measure", months=1)
    page = reader(ground.manager()).get("/measures/new-measure/series/chin/barnet-1/").content.decode()
    assert "There is no data yet" in page
    assert "No target yet" in page


@pytest.mark.parametrize(
    "path",
    [
        "/measures/no-such/series/chin/barnet-1/",
        "/measures/at-target/series/chin/no-such/",
        "/measures/at-target/series/region/north/",
        "/measures/at-target/series/programme/elsewhere/",
    ],
)
def test_what_is_not_there_is_not_found(ground: Ground, path: str) -> None:
    assert reader(ground.manager()).get(path).status_code == 404


def test_a_chin_of_another_commissioner_is_not_seen(ground: Ground) -> None:
    stranger = person(Role.ANALYST, of=CommissionerFactory())
    assert reader(stranger).get(SERIES).status_code == 404


def test_the_programme_has_a_series(ground: Ground) -> None:
    answer = reader(ground.manager()).get("/api/v1/measures/at-target/series/programme/ncl/").json()
    assert len(answer["points"]) == 24


def test_a_group_s_values_can_be_added_up_in_other_ways(ground: Ground) -> None:
    joined = PracticeFactory(commissioner=ground.commissioner)
    MembershipFactory(chin=ground.chin, practice=joined, first=date(2018, 12, 1))
    with_values(ground.measure, joined, [10.0] * 24)
    ground.settle()
    client = reader(ground.manager())
    numbers = {
        way: client.get(f"/api/v1{SERIES}?way={way}").json()["points"][-1]["practices"]
        for way in ("last_day", "person_months", "today")
    }
    assert numbers == {"last_day": 1, "person_months": 1, "today": 2}
    assert client.get(f"{SERIES}?way=guess").status_code == 400


def test_a_baseline_is_proposed_by_one_and_decided_by_another(ground: Ground) -> None:
    analyst, manager = reader(ground.analyst()), reader(ground.manager())
    proposed = analyst.post(f"{SERIES}baselines/propose/", {"day": "2017-12-31", "reason": "A new clinic"})
    assert proposed.status_code == 302
    page = manager.get(SERIES).content.decode()
    assert "A new clinic" in page
    path = next(part for part in page.split('"') if part.endswith("/decide/"))
    assert analyst.get(path).status_code == 403
    shown = manager.post(path, {"approve": "yes", "why": "It is lasting"}).content.decode()
    assert "The latest points are judged against limits of their own" in shown
    manager.post(path, {"approve": "yes", "why": "It is lasting", "confirm": "yes"})
    page = manager.get(SERIES).content.decode()
    assert "new baseline from point 13" in page
    assert "It is lasting" in page


def test_whoever_proposed_it_is_told_that_another_decides(ground: Ground) -> None:
    manager = ground.manager()
    proposed = services.propose_rebase(
        by=manager, at=ground.at, day=date(2017, 12, 31), reason="x", ends=months(24), today=DAY
    )
    page = reader(manager).get(f"/measures/series/baselines/{proposed.pk}/decide/").content.decode()
    assert "somebody else decides on it" in page


def test_a_note_is_written_drawn_and_withdrawn(ground: Ground) -> None:
    client = reader(ground.analyst())
    client.post(f"{SERIES}notes/add/", {"day": "2018-03-01", "text": "The clinic opens"})
    page = client.get(SERIES).content.decode()
    assert "The clinic opens" in page
    path = next(part for part in page.split('"') if part.endswith("/withdraw/"))
    client.post(path)
    assert "The clinic opens" not in client.get(SERIES).content.decode()


def test_a_target_and_a_trajectory_are_set(ground: Ground) -> None:
    client = reader(ground.manager())
    client.post(f"{SERIES}target/", {"value": "65", "first": "2018-04-01", "reason": "Agreed"})
    given = {"first": "2018-04-01", "baseline": "60", "last": "2018-12-01", "target": "68", "reason": "The plan"}
    client.post(f"{SERIES}trajectory/", given)
    page = client.get(SERIES).content.decode()
    assert "65.0%, from 1 April 2018" in page
    assert "Will miss its target" in page or "May meet its target" in page
    assert "the trajectory has 67.0%" in page


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("2018-10 84.5", "Line 1 has 1 parts"),
        ("2018-10, many", "“many” is no number"),
        ("2018-10, inf", "“inf” is no number"),
        ("October, 5", "“October” is no month"),
        ("2018-10, 1\n2018-10, 2", "has a value already"),
    ],
)
def test_a_trajectory_that_cannot_be_read_says_which_line(ground: Ground, points: str, said: str) -> None:
    page = reader(ground.manager()).post(f"{SERIES}trajectory/", {"points": points, "reason": "x"}).content.decode()
    assert said in page


def test_the_grid_has_an_icon_and_a_word_for_each_series_and_blanks(ground: Ground) -> None:
    ChinFactory(commissioner=ground.commissioner, slug="barnet-2", name="CHIN 2")
    for _ in range(2):  # the second time it was kept
        page = reader(ground.manager()).get("/measures/grid/").content.decode()
        assert '<a class="app-icon-cell" href="/measures/at-target/series/chin/barnet-1/">' in page
    assert "Improving, higher" in page
    assert "No data" in page
    practices = reader(ground.manager()).get("/measures/grid/?chin=barnet-1")
    assert f"/measures/at-target/series/practice/{ground.practice.ods_code}/" in practices.content.decode()
    assert reader(ground.manager()).get("/measures/grid/?chin=elsewhere").status_code == 404


def test_a_grid_of_ten_measures_and_sixty_organisations_takes_twelve_statements() -> None:
    ground = Ground()
    client = reader(ground.manager())

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/measures/grid/").status_code == 200
        return len(queries)

    statements()
    few = statements()
    for number in range(9):
        with_values(a_measure(f"another-{number}", months=1), ground.practice, SHIFTED)
    for number in range(59):
        ChinFactory(commissioner=ground.commissioner, slug=f"further-{number}", name=f"Further {number}")
    ground.settle()
    judged_anew = statements()
    assert statements() == few, few
    assert few <= 12
    assert judged_anew <= 19


def test_what_changed_is_said_in_sentences_and_only_of_special_causes(ground: Ground) -> None:
    services.set_settings(by=None, at=ground.at, seen=0, fixed=12, run=7, screened=False, kinder=False)
    with_values(a_measure("steady", name="Steady", months=1), ground.practice, [50.0, 51.0] * 12)
    ground.settle()
    client = reader(ground.manager())
    page = client.get("/measures/changed/?since=2018-09-01").content.decode()
    assert "13 points in a row are above the mean, from November 2017 to November 2018: an improvement." in page
    assert "Steady" not in page
    assert "Nothing but common cause" in client.get("/measures/changed/?since=2018-12-01").content.decode()
    assert client.get("/measures/changed/?since=tomorrow").status_code == 400
    assert client.get("/measures/changed/?since=2019-12-01").status_code == 400


def test_the_command_refuses_what_it_does_not_know(ground: Ground) -> None:
    from django.core.management.base import CommandError

    with pytest.raises(CommandError, match="No measure"):
        call_command("kpi", "--measure", "no-such", "--org", "ncl")
    with pytest.raises(CommandError, match="no organisation"):
        call_command("kpi", "--measure", "at-target", "--org", "nowhere")
    with pytest.raises(CommandError):
        call_command("kpi", "--measure", "at-target", "--org", "ncl", "--as-at", "someday")
