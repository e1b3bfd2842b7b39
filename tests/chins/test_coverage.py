"""Coverage by worked examples, and what the worker keeps of it."""

import io
import json
import math
import statistics
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cc2h.kit import dated, work
from chins import coverage, tasks
from chins.coverage import Kind
from chins.models import CoverageRun, CoverageSnapshot
from practices.models import Commissioner
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeFactory,
    PracticeStandingFactory,
    SuccessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DAY = date(2018, 11, 30)
LISTS = {"A": 10_200, "B": 4_850, "C": 7_450, "D": 15_000}


@pytest.fixture
def barnet() -> Commissioner:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def abcd(barnet: Commissioner) -> dict[str, Any]:
    """Four practices: A and B in an operational CHIN, D in a proposed one, C in none."""
    practices = {
        name: PracticeFactory(commissioner=barnet, detail__name=name, patients={date(2018, 11, 1): size})
        for name, size in LISTS.items()
    }
    one = ChinFactory(commissioner=barnet, name="CHIN 1", slug="chin-1")
    two = ChinFactory(commissioner=barnet, name="CHIN 2", slug="chin-2", status="proposed")
    for name, chin in (("A", one), ("B", one), ("D", two)):
        MembershipFactory(practice=practices[name], chin=chin)
    return practices


def test_cv_p1(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    found = coverage.live_coverage(barnet, DAY)
    assert (found.covered_patients, found.patients) == (30_050, 37_500)
    assert float(found.covered_patients * 100 / found.patients) == pytest.approx(80.1333, abs=1e-4)
    assert (found.population_percent, found.practices_percent) == (Decimal("80.1"), Decimal("75.0"))
    assert found.by_status == {"operational": (2, 15_050), "approved": (0, 0), "proposed": (1, 15_000)}
    assert [(chin.slug, chin.status, chin.practices, chin.patients) for chin in found.chins] == [
        ("chin-1", "operational", 2, 15_050),
        ("chin-2", "proposed", 1, 15_000),
    ]
    assert found.extract_day == date(2018, 11, 1)


def test_no_patients_is_no_percentage(barnet: Commissioner) -> None:
    found = coverage.live_coverage(barnet, DAY)
    assert (found.practices, found.population_percent, found.practices_percent) == (0, None, None)
    PracticeFactory(commissioner=barnet)
    found = coverage.live_coverage(barnet, DAY)
    assert (found.practices, found.without_list) == (1, 1)
    assert (found.population_percent, found.practices_percent) == (None, Decimal("0.0"))


def test_an_older_list_is_carried_forward_and_none_counts_nobody(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    late = PracticeFactory(commissioner=barnet, patients={date(2018, 8, 1): 1_000})
    PracticeFactory(commissioner=barnet)
    found = coverage.live_coverage(barnet, DAY)
    assert (found.practices, found.patients) == (6, 38_500)
    assert (found.carried_forward, found.without_list) == (1, 1)
    row = next(row for row in coverage.practice_rows(barnet, DAY) if row.practice_id == late.pk)
    assert (row.list_day, row.carried_forward, row.covered) == (date(2018, 8, 1), True, False)
    assert coverage.live_coverage(barnet, date(2018, 8, 31)).carried_forward == 0


def test_a_merger_counts_the_successors_newest_list_not_the_sum(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    """C (7,450, in no CHIN) closes on 30 June and merges into A (10,200), whose next list is 16,000."""
    gone = PracticeFactory(commissioner=barnet, closed=date(2018, 6, 30), patients={date(2018, 4, 1): 5_000})
    MembershipFactory(practice=gone, chin=abcd["B"].memberships.get().chin, last=date(2018, 6, 30))
    ListSizeFactory(practice=abcd["A"], day=date(2018, 4, 1), patients=10_000)
    ListSizeFactory(practice=abcd["A"], day=date(2018, 7, 1), patients=14_500)
    SuccessionFactory(predecessor=gone, successor=abcd["A"], first=date(2018, 7, 1))
    before, after = date(2018, 6, 30), date(2018, 7, 31)
    assert coverage.live_coverage(barnet, before).covered_patients == 15_000
    assert coverage.live_coverage(barnet, after).covered_patients == 14_500
    found = coverage.decompose(barnet, before, after)
    assert (found.covered_part(Kind.MERGED).practices, found.covered_part(Kind.MERGED).patients) == (-1, -500)
    assert [row.patients for row in found.covered_part(Kind.MERGED).rows] == [4_500, -5_000]
    assert found.covered_change == (-1, -500)
    assert found.covered_part(Kind.DRIFT).patients == 0


def test_every_reason_for_a_change(barnet: Commissioner) -> None:
    enfield = CommissionerFactory(ods_code="07X", short_name="Enfield")
    chin = ChinFactory(commissioner=barnet)
    other = ChinFactory(commissioner=barnet)
    d1, d2 = date(2018, 3, 31), date(2018, 9, 30)
    middle, eve = date(2018, 6, 15), date(2018, 6, 14)
    sizes = {date(2018, 1, 1): 1_000, date(2018, 7, 1): 1_100}

    def practice(**facts: Any) -> Any:
        return PracticeFactory(**{"commissioner": barnet, "patients": sizes} | facts)

    def member(of: Any, **facts: Any) -> None:
        MembershipFactory(**{"practice": of, "chin": chin} | facts)

    joined, left, opened, closed, came, went, moved = (
        practice(),
        practice(),
        practice(opened=middle),
        practice(closed=eve),
        practice(standing=None),
        practice(standing=None),
        practice(),
    )
    member(joined, first=middle)
    member(left, last=eve)
    member(opened, first=middle)
    member(closed, last=eve)
    for one, before, after in ((came, enfield, barnet), (went, barnet, enfield)):
        PracticeStandingFactory(practice=one, commissioner=before, last=eve)
        PracticeStandingFactory(practice=one, commissioner=after, first=middle)
        member(one)
    member(moved, last=eve)
    member(moved, first=middle, chin=other)

    found = coverage.decompose(barnet, d1, d2)
    covered = {part.kind: (part.practices, part.patients) for part in found.covered}
    assert covered == {
        Kind.JOINED: (1, 1_100),
        Kind.LEFT: (-1, -1_000),
        Kind.OPENED: (1, 1_100),
        Kind.CLOSED: (-1, -1_000),
        Kind.MERGED: (0, 0),
        Kind.SPLIT: (0, 0),
        Kind.CAME: (1, 1_100),
        Kind.WENT: (-1, -1_000),
        Kind.DRIFT: (0, 100),
    }
    assert {part.kind: (part.practices, part.patients) for part in found.total} == {
        Kind.OPENED: (1, 1_100),
        Kind.CLOSED: (-1, -1_000),
        Kind.MERGED: (0, 0),
        Kind.SPLIT: (0, 0),
        Kind.CAME: (1, 1_100),
        Kind.WENT: (-1, -1_000),
        Kind.DRIFT: (0, 300),
    }
    assert [row.practice.practice_id for row in found.moved] == [moved.pk]
    assert found.covered_change == (0, 400)
    assert found.total_change == (0, 500)
    with pytest.raises(ValueError, match="before the first"):
        coverage.decompose(barnet, d2, d1)


def test_chins_that_changed_their_state(barnet: Commissioner) -> None:
    since = {"proposed": date(2017, 9, 1), "approved": date(2017, 12, 1), "operational": date(2018, 2, 1)}
    ChinFactory(commissioner=barnet, slug="opened", since=since)
    ChinFactory(commissioner=barnet, slug="same")
    ChinFactory(commissioner=barnet, slug="new", status="proposed", first=date(2018, 2, 15))
    found = coverage.chin_changes(barnet, date(2018, 1, 1), date(2018, 3, 31))
    assert [(c.slug, c.before, c.after, c.day) for c in found] == [
        ("opened", "approved", "operational", date(2018, 2, 1)),
        ("new", None, "proposed", date(2018, 2, 15)),
    ]


def test_projection_rests_on_dated_joins(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    chin = abcd["A"].memberships.get().chin
    found = coverage.projection(barnet, DAY)
    assert (found.day, found.dated, found.undated, found.complete) == (None, 0, 1, False)
    assert found.reason == "No date: 1 of the 1 practice still out has no planned join."
    MembershipFactory(practice=abcd["C"], chin=chin, first=date(2018, 12, 15))
    late = PracticeFactory(commissioner=barnet)
    assert coverage.projection(barnet, DAY).day is None
    MembershipFactory(practice=late, chin=chin, first=date(2019, 1, 7))
    found = coverage.projection(barnet, DAY)
    assert (found.day, found.dated, found.undated) == (date(2019, 1, 7), 2, 0)
    assert {out.practice.practice_id: out.joins for out in found.out} == {
        abcd["C"].pk: date(2018, 12, 15),
        late.pk: date(2019, 1, 7),
    }
    assert coverage.projection(barnet, date(2019, 1, 7)).complete


def test_the_trend_is_least_squares_on_six_month_ends(barnet: Commissioner) -> None:
    """A practice of 1,000 joins each month out of ten: the line rises by a tenth in about a month."""
    chin = ChinFactory(commissioner=barnet)
    for month in range(1, 11):
        practice = PracticeFactory(commissioner=barnet, patients={date(2017, 12, 1): 1_000})
        if month <= 6:
            MembershipFactory(practice=practice, chin=chin, first=date(2018, month, 10))
    found = coverage.projection(barnet, date(2018, 6, 30))
    assert [point.population_percent for point in found.trend] == [Decimal(10 * n) for n in range(1, 7)]
    line = statistics.linear_regression([0, 28, 59, 89, 120, 150], [10, 20, 30, 40, 50, 60])
    assert found.slope is not None
    assert found.intercept is not None
    assert float(found.slope) == pytest.approx(line.slope, abs=1e-6)
    assert float(found.intercept) == pytest.approx(line.intercept, abs=1e-4)
    wait = math.ceil((100 - line.intercept) / line.slope)
    assert found.trend_day == date(2018, 1, 31) + timedelta(days=wait)
    assert "days since 31 January 2018" in found.trend_formula


def test_as_known_on_an_earlier_day(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    """A join entered on 5 December and voided on 7 December counts only as known between."""
    entered, voided = datetime(2018, 12, 5, 9, tzinfo=UTC), datetime(2018, 12, 7, 9, tzinfo=UTC)
    mistake = MembershipFactory(
        practice=abcd["C"], chin=abcd["A"].memberships.get().chin, first=date(2018, 11, 1), recorded=entered
    )
    with dated.recording_at(voided):
        dated.void(mistake, by=UserFactory(), reason="Another practice was meant")
    patients = {
        known: coverage.live_coverage(barnet, DAY, known).covered_patients
        for known in (None, datetime(2018, 12, 5, tzinfo=UTC), datetime(2018, 12, 6, tzinfo=UTC), voided)
    }
    assert list(patients.values()) == [30_050, 30_050, 37_500, 37_500]


# Snapshots --------------------------------------------------------------------------------------------


def test_month_ends_and_today_are_kept_and_yesterday_is_not(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    coverage.recompute(today=date(2018, 12, 6))
    whole = CoverageSnapshot.objects.filter(commissioner=barnet, chin=None)
    days = list(whole.order_by("day").values_list("day", flat=True))
    assert days[0] == date(2013, 4, 30)  # the memberships and states of the factories begin there
    assert days[-2:] == [date(2018, 11, 30), date(2018, 12, 6)]
    assert coverage.recompute(today=date(2018, 12, 7)) == 6  # today's three rows are new, yesterday's are gone
    assert list(whole.order_by("day").values_list("day", flat=True))[-2:] == [date(2018, 11, 30), date(2018, 12, 7)]


def test_a_snapshot_says_what_it_rests_on(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    coverage.recompute([barnet.pk], today=date(2018, 12, 6))
    found = coverage.coverage_on(barnet, DAY)
    run = CoverageRun.objects.get(commissioner=barnet)
    assert (found.computed_at, found.extract_day) == (run.computed_at, date(2018, 11, 1))
    assert coverage.coverage_on(barnet, date(2018, 11, 29)).computed_at is None  # worked out just now
    assert found.covered_patients == coverage.live_coverage(barnet, DAY).covered_patients


def test_the_worker_does_what_a_membership_left(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    work.sweep()
    assert not work.pending("coverage")
    MembershipFactory(practice=abcd["C"], chin=abcd["A"].memberships.get().chin, first=date(2018, 10, 10))
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, from_day, reason FROM kit_work WHERE done_at IS NULL")
        assert cursor.fetchall() == [(str(barnet.pk), date(2018, 10, 10), "memberships")]
    assert work.sweep() == 1
    snapshots = CoverageSnapshot.objects.filter(commissioner=barnet, chin=None)
    percents = {s.day: s.covered_patients * 100 / s.patients for s in snapshots.filter(day__year=2018, day__month=11)}
    assert percents == {DAY: 100.0}
    assert coverage.check() == []


def test_the_nightly_check_reports_only_what_nobody_was_going_to_put_right(
    barnet: Commissioner, abcd: dict[str, Any]
) -> None:
    work.sweep()
    CoverageSnapshot.objects.filter(commissioner=barnet, chin=None, day=DAY).update(patients=1)
    (difference,) = coverage.check()
    assert str(difference) == "07M, all, 2018-11-30: patients is 1, should be 37500"
    assert tasks.recompute_everything() == 1
    assert coverage.check() == []
    MembershipFactory(practice=abcd["C"], chin=abcd["A"].memberships.get().chin, first=date(2018, 10, 10))
    assert coverage.check()
    assert tasks.recompute_everything() == 0
    assert coverage.check() == []


def test_emptying_tables_leaves_no_fault(barnet: Commissioner) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE practices_listsize")


# Commands ---------------------------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return json.loads(out.getvalue()) if "--json" in arguments else out.getvalue()


def test_coverage_as_json(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    assert run("coverage", "--commissioner", "07m", "--as-at", "2018-11-30", "--json") == {
        "commissioner": "07M",
        "as_at": "2018-11-30",
        "extract": "2018-11-01",
        "population": {"covered": 30_050, "total": 37_500, "percent": 80.1},
        "practices": {"covered": 3, "total": 4, "percent": 75.0},
        "by_status": {
            "operational": {"patients": 15_050, "practices": 2},
            "approved": {"patients": 0, "practices": 0},
            "proposed": {"patients": 15_000, "practices": 1},
        },
        "chins": [
            {"slug": "chin-1", "name": "CHIN 1", "status": "operational", "practices": 2, "patients": 15_050},
            {"slug": "chin-2", "name": "CHIN 2", "status": "proposed", "practices": 1, "patients": 15_000},
        ],
        "not_in_a_chin": [{"ods_code": abcd["C"].ods_code, "name": "C", "patients": 7_450}],
    }
    assert "Not in a CHIN" in run("coverage", "--commissioner", "07M", "--as-at", "2018-11-30")


def test_decomposition_as_json(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    MembershipFactory(practice=abcd["C"], chin=abcd["A"].memberships.get().chin, first=date(2018, 12, 1))
    found = run("coverage", "--commissioner", "07M", "--from", "2018-11-30", "--to", "2018-12-06", "--json")
    assert found["covered"]["change"] == {"practices": 1, "patients": 7_450}
    parts = {part["part"]: part for part in found["covered"]["parts"]}
    assert parts["joined"]["rows"] == [
        {
            "ods_code": abcd["C"].ods_code,
            "name": "C",
            "practices": 1,
            "patients": 7_450,
            "chin_from": None,
            "chin_to": "chin-1",
        }
    ]
    assert sum(part["patients"] for part in parts.values()) == 7_450
    assert found["total"]["change"] == {"practices": 0, "patients": 0}
    assert "Joined a CHIN" in run("coverage", "--commissioner", "07M", "--from", "2018-11-30", "--to", "2018-12-06")


@pytest.mark.parametrize(
    "arguments",
    [
        ["coverage", "--commissioner", "ZZZ"],
        ["coverage", "--commissioner", "07M", "--from", "2018-01-01"],
        ["coverage", "--commissioner", "07M", "--from", "2018-02-01", "--to", "2018-01-01"],
        ["coverage", "--commissioner", "07M", "--as-at", "2018-02-01", "--from", "2018-01-01", "--to", "2018-01-02"],
        ["recompute", "--commissioner", "ZZZ"],
    ],
)
def test_wrong_use_is_2(barnet: Commissioner, arguments: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert refused.value.returncode == 2


def test_recompute_and_check(barnet: Commissioner, abcd: dict[str, Any]) -> None:
    assert run("recompute", "--commissioner", "07M", "--json")["written"] > 0
    assert run("recompute", "--json") == {"written": 0}
    assert run("recompute", "--check", "--json") == {"differences": []}
    CoverageSnapshot.objects.filter(commissioner=barnet, chin__slug="chin-2", day=DAY).delete()
    with pytest.raises(SystemExit) as differs:
        run("recompute", "--check")
    assert differs.value.code == 1
    assert "written" in run("recompute")
