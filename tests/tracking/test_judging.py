"""A series as it is judged: by its settings, its baselines, its targets, and across changes of its definition."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cc2h.kit import dated
from cc2h.kit.asat import AsAt
from kpis.models import PracticeValue
from kpis.statistics.series import Assurance, Rule, Variation
from kpis.tracking import queries, services, wording
from kpis.tracking.judging import specials
from kpis.tracking.models import EVERY, SeriesSettings
from kpis.whose import Whose
from tests.factories import MembershipFactory, PracticeFactory
from tests.factories.kpis import define, value
from tests.tracking.ground import ASAT, DAY, SHIFTED, Ground, months

pytestmark = pytest.mark.django_db


def baseline(ground: Ground, day: date) -> None:
    found = services.propose_rebase(
        by=ground.analyst(), at=ground.at, day=day, reason="A new clinic", ends=months(24), today=DAY
    )
    services.decide_rebase(by=ground.manager(), rebase=found, approve=True, why="It is lasting", today=DAY)


def test_a_series_without_settings_is_judged_by_all_its_points() -> None:
    tracked = Ground().tracked()
    assert [len(tracked.judged.points), tracked.settings.run, tracked.settings.fixed] == [24, 7, None]


def test_settings_of_every_organisation_hold_until_one_has_its_own() -> None:
    ground = Ground()
    SeriesSettings.objects.create(measure=ground.measure, kind=EVERY, organisation=0, fixed=12, run=6)
    tracked = ground.tracked()
    assert (tracked.settings.fixed, tracked.settings.run, tracked.how.own) == (12, 6, False)
    services.set_settings(by=None, at=ground.at, seen=0, fixed=None, run=7, screened=True, kinder=False)
    tracked = ground.tracked()
    assert (tracked.settings.fixed, tracked.settings.run, tracked.settings.screened) == (None, 7, True)
    assert "outlying moving ranges left out" in wording.judged_by(tracked)


def test_the_worked_example_is_judged_as_the_definitions_have_it() -> None:
    """X-P5, its baseline the first 12 points, its target 65."""
    ground = Ground()
    services.set_settings(by=None, at=ground.at, seen=0, fixed=12, run=7, screened=False, kinder=False)
    services.set_target(by=None, at=ground.at, value=65, first=date(2017, 1, 1))
    judged = ground.tracked().judged
    assert judged.segments[0].mean == pytest.approx(58.883333, abs=1e-6)
    assert (judged.segments[0].lower, judged.segments[0].upper) == pytest.approx((55.280242, 62.486424), abs=1e-6)
    deciding = {point.index: point.rules[0] for point in judged.points if point.rules}
    assert deciding[12] is Rule.SHIFT
    assert {index for index, rule in deciding.items() if rule is Rule.TWO_OF_THREE} == {13, 14, 16}
    assert {index for index, rule in deciding.items() if rule is Rule.ASTRONOMICAL} == {15, *range(17, 25)}
    assert judged.variation is Variation.IMPROVEMENT_HIGH
    assert judged.assurance is Assurance.FAIL


def test_a_baseline_longer_than_the_series_uses_all_points_and_says_so() -> None:
    ground = Ground(SHIFTED[:10])
    services.set_settings(by=None, at=ground.at, seen=0, fixed=12, run=7, screened=False, kinder=False)
    assert "there are 10 yet: all of them are used" in wording.judged_by(ground.tracked())


def test_an_approved_baseline_begins_a_segment() -> None:
    ground = Ground()
    baseline(ground, months(24)[12])
    tracked = ground.tracked()
    assert [(one.first, one.last) for one in tracked.judged.segments] == [(1, 12), (13, 24)]
    assert "new baseline from point 13" in wording.judged_by(tracked)


def test_of_the_latest_limits_on_too_few_points_nothing_is_concluded() -> None:
    ground = Ground()
    baseline(ground, months(24)[20])
    tracked = ground.tracked()
    assert tracked.trial
    assert wording.variation(tracked) == wording.TOO_FEW
    assert "trial limits" in wording.says(tracked)
    assert tracked.lines[-1].in_words.endswith("(trial limits)")


def test_under_thirteen_points_a_run_chart_is_drawn_and_says_what_cannot_be_concluded() -> None:
    tracked = Ground(SHIFTED[:12]).tracked()
    assert tracked.few
    assert "With 12 of the 13 points that limits need, a change can’t be told from chance" in wording.says(tracked)
    chart = wording.chart(tracked, [], {})
    assert chart is not None
    assert [level["column"] for level in chart.spec["levels"]] == ["Median"]


def test_a_series_breaks_where_its_definition_does() -> None:
    ground = Ground()
    first = months(24)[12]
    dated.end(ground.measure.definitions.get(), last=first - timedelta(days=1), by=None)
    define(ground.measure, first=first, breaks=True, months=1, name="At target")
    tracked = ground.tracked()
    assert tracked.starts == [13]
    assert [(one.first, one.last) for one in tracked.judged.segments] == [(1, 12), (13, 24)]
    assert "The measure is defined anew from point 13" in wording.judged_by(tracked)


def test_a_value_that_is_not_told_is_a_gap_and_the_points_around_it_follow_each_other() -> None:
    ground = Ground([*SHIFTED[:5], None, *SHIFTED[5:]])
    tracked = ground.tracked()
    assert [line.index for line in tracked.lines[4:7]] == [5, None, 6]
    assert len(tracked.judged.points) == 24


def test_a_practice_s_value_that_is_not_told_says_so() -> None:
    ground = Ground([*SHIFTED[:5], None])
    tracked = queries.tracked(ground.measure, Whose.of(ground.practice), ASAT, None)
    assert tracked.lines[5].in_words == "Not told: too small"
    assert tracked.lines[5].flag == ""


@pytest.mark.parametrize("values", [[], [50.0], [50.0] * 13])
def test_empty_one_and_equal_values_are_series_as_well(values: list[float]) -> None:
    tracked = Ground(values).tracked()
    assert len(tracked.judged.points) == len(values)
    assert all(line.flag == "common" for line in tracked.lines)
    assert wording.says(tracked)
    if len(values) == 13:
        (segment,) = tracked.judged.segments
        assert segment.lower == segment.mean == segment.upper == 50


def test_points_that_stand_out_one_after_the_other_are_one_special_cause() -> None:
    ground = Ground()
    services.set_settings(by=None, at=ground.at, seen=0, fixed=12, run=7, screened=False, kinder=False)
    tracked = ground.tracked()
    (found,) = specials(tracked, date(2018, 9, 1))
    assert (found.rule, len(found.points), found.high) == (Rule.SHIFT, 13, True)
    said = wording.special_in_words(tracked, found)
    assert said == "13 points in a row are above the mean, from November 2017 to November 2018: an improvement."
    assert specials(tracked, date(2018, 11, 30)) == []


def test_the_day_and_what_was_known_decide_which_points_there_are() -> None:
    ground = Ground()
    assert len(ground.tracked(AsAt(date(2018, 6, 30), None, DAY)).judged.points) == 19


def test_a_missing_practice_is_said_with_its_share_of_patients() -> None:
    ground = Ground()
    other = PracticeFactory(commissioner=ground.commissioner, patients=15_000)
    MembershipFactory(chin=ground.chin, practice=other)
    ground.settle()
    assert wording.missing(ground.tracked()) == "1 practice of 2 without a number (75.0% of patients)"


def test_of_scores_alone_it_is_said_that_they_are_never_averaged() -> None:
    ground = Ground([])
    value(ground.measure, ground.practice, date(2018, 3, 31), None, None, value=4.5, recorded_at=timezone.now())
    ground.settle()
    assert PracticeValue.objects.count() == 1
    assert "never averaged" in wording.missing(ground.tracked())
