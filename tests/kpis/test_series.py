"""Which points are no common cause, by the examples that the NHS’s own libraries give, and by what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpis.statistics.attributes import c_chart, p_chart, run_chart, u_chart
from kpis.statistics.many import FLAGS, RULES, xmr_many
from kpis.statistics.series import Flag, Improvement, NotASeries, Rule, Settings, Variation
from kpis.statistics.xmr import xmr
from tests.kpis.examples import BASE12, RISING, XMR

NUMBERS = st.lists(st.integers(-50, 50).map(lambda n: n / 4), min_size=1, max_size=40)


@pytest.mark.parametrize("name", XMR)
def test_a_series_is_judged_as_the_field_s_own_library_judges_it(name):
    values, settings, limits, rules, variation, assurance = XMR[name]
    judged = xmr(values, settings)
    last = judged.segments[-1]
    assert (last.mean, last.lower, last.upper) == pytest.approx(limits, abs=1e-6)
    assert {point.index: point.rules[0] for point in judged.points if point.rules} == rules
    assert (judged.variation, judged.assurance) == (variation, assurance)


def test_screening_leaves_no_limits_that_are_not_numbers():
    judged = xmr([89] * 13, Settings(screened=True))
    assert (judged.segments[0].lower, judged.segments[0].upper) == (89, 89)


def test_screening_a_flat_series_with_a_spike_leaves_limits_on_the_mean_and_the_default_does_not():
    """Why screening is no default: the spike’s moving ranges are all there are, so that all else is called special."""
    values = [50.0] * 10 + [90.0] + [50.0] * 9
    screened, plain = xmr(values, Settings(screened=True)), xmr(values)
    assert screened.segments[0].lower == screened.segments[0].upper == pytest.approx(52)
    assert all(point.rules for point in screened.points)
    assert [point.index for point in plain.points if Rule.ASTRONOMICAL in point.rules] == [11]


def test_a_target_on_a_limit_is_hit_or_missed():
    limits = xmr([*BASE12, 21]).segments[0]
    for target in (limits.lower, limits.upper):
        for way in (Improvement.UP, Improvement.DOWN):
            assert xmr([*BASE12, 21], Settings(way, target=target)).assurance == "HitOrMiss"
    assert xmr([*BASE12, 21], Settings(Improvement.NEITHER, target=100)).assurance is None


def test_a_new_baseline_begins_a_segment_without_a_moving_range_across_it():
    judged = xmr([*BASE12, *(value + 100 for value in BASE12)], Settings(rebased=(13,)))
    before, after = judged.segments
    assert (after.first, after.last) == (13, 24)
    assert after.upper - after.mean == pytest.approx(before.upper - before.mean)
    assert not any(point.rules for point in judged.points)


def test_fewer_than_13_points_give_trial_limits():
    assert xmr([1, 2] * 6).segments[0].trial
    assert not xmr([1, 2] * 6 + [1]).segments[0].trial


@pytest.mark.parametrize(
    ("way", "flag"), [("up", Flag.IMPROVEMENT), ("down", Flag.CONCERN), ("neither", "neither_high")]
)
def test_the_direction_of_good_says_what_a_high_point_is(way, flag):
    judged = xmr([*BASE12, 40], Settings(Improvement(way), fixed=12))
    assert judged.points[-1].flag == flag
    assert judged.points[-1].high


def test_of_opposite_rules_on_one_point_the_first_decides_or_improvement_where_that_is_chosen():
    values = [10, 12, 9, 11, 10, 13, 8, 11, 10, 12, 9, 11, 14, 13.8, 13.6, 13.4, 13.2, 13.0, 12.8]
    first, kinder = (xmr(values, Settings(fixed=12, kinder=kinder)).points[-1] for kinder in (False, True))
    assert set(first.rules) == {Rule.TREND, Rule.SHIFT}
    assert (first.flag, kinder.flag) == (Flag.CONCERN, Flag.IMPROVEMENT)
    assert kinder.rules[0] is Rule.SHIFT


def test_six_points_in_a_row_are_enough_where_that_is_chosen():
    values = [*BASE12, 21, 21, 21, 21, 21, 20]
    assert not xmr(values, Settings(fixed=12)).points[16].rules
    assert Rule.SHIFT in xmr(values, Settings(fixed=12, run=6)).points[16].rules


def test_an_empty_series_has_no_verdict():
    judged = xmr([])
    assert (judged.segments, judged.points, judged.variation) == ((), (), Variation.EMPTY)


def test_one_point_is_its_own_mean():
    judged = xmr([5], Settings(target=5))
    assert (judged.segments[0].lower, judged.segments[0].upper, judged.variation) == (5, 5, "CommonCause")


def test_great_values_are_judged_like_small_ones():
    great = xmr([1e9 + value for value in RISING], Settings(fixed=12))
    small = xmr(RISING, Settings(fixed=12))
    assert [point.rules for point in great.points] == [point.rules for point in small.points]


@pytest.mark.parametrize(
    ("values", "settings", "said"),
    [
        ([1, float("inf")], Settings(), "Point 2"),
        ([1, 2], Settings(fixed=12), "needs as many"),
        ([1, 2], Settings(fixed=3), "at least 12"),
        ([1, 2], Settings(rebased=(3,)), "points 2 to 2"),
        ([1, 2], Settings(rebased=(2, 2)), "once"),
        ([1, 2], Settings(run=5), "6 or 7"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_words(values, settings, said):
    with pytest.raises(NotASeries, match=said):
        xmr(values, settings)


@given(NUMBERS)
def test_limits_are_symmetric_about_the_mean(values):
    segment = xmr(values).segments[0]
    assert segment.upper - segment.mean == pytest.approx(segment.mean - segment.lower, abs=1e-9)


@given(NUMBERS, st.sampled_from([2, 0.5, 4]), st.integers(-8, 8))
def test_scaling_and_shifting_a_series_scales_and_shifts_its_limits(values, scale, shift):
    one, other = xmr(values), xmr([value * scale + shift for value in values])
    assert other.segments[0].upper == pytest.approx(one.segments[0].upper * scale + shift, abs=1e-9)
    assert other.segments[0].lower == pytest.approx(one.segments[0].lower * scale + shift, abs=1e-9)


@given(NUMBERS, st.sampled_from([2, 0.5, 4]), st.integers(-8, 8))
def test_scaled_and_shifted_every_point_keeps_its_flag(values, scale, shift):
    one, other = xmr(values), xmr([value * scale + shift for value in values])
    assert [(point.flag, point.rules) for point in one.points] == [(point.flag, point.rules) for point in other.points]
    assert (one.variation, one.segments[0].trial) == (other.variation, other.segments[0].trial)


@given(NUMBERS, st.integers(2, 39))
def test_a_new_baseline_is_judged_as_if_its_segment_stood_alone(values, start):
    if start > len(values):
        return
    together = xmr(values, Settings(rebased=(start,)))
    before, after = xmr(values[: start - 1]), xmr(values[start - 1 :])
    assert [point.rules for point in together.points] == [point.rules for point in (*before.points, *after.points)]
    assert together.segments[1].upper == after.segments[0].upper
    assert together.variation == after.variation


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(60, 500)), min_size=1, max_size=30))
def test_every_limit_of_a_share_or_count_is_one_it_could_have(pairs):
    xs, ns = zip(*pairs, strict=True)
    for chart, highest in ((p_chart(xs, ns), 1), (u_chart(xs, ns), float("inf"))):
        for mean, lower, upper, near_lower, near_upper in chart.limits:
            assert 0 <= lower <= near_lower <= mean <= near_upper <= upper <= highest
            assert mean == pytest.approx(sum(xs) / sum(ns))


@given(st.integers(2, 400))
def test_the_fewest_crossings_of_a_run_chart_are_scipy_s(useful):
    run = run_chart([1, 3] * (useful // 2) + ([1] if useful % 2 else []))
    assert run is not None
    if run.useful > 1:
        assert run.crossings_expected == stats.binom.ppf(0.05, run.useful - 1, 0.5)
        assert run.longest_expected == round(np.log2(run.useful) + 3)


@given(NUMBERS)
def test_a_mirrored_series_is_judged_the_other_way_round(values):
    up = xmr(values, Settings(Improvement.UP))
    down = xmr([-value for value in values], Settings(Improvement.DOWN))
    opposite = [set(point.rules) for point in up.points]
    assert [set(point.rules) for point in down.points] == opposite


@given(
    st.integers(1, 30).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(-30, 30).map(lambda n: n / 10), min_size=n, max_size=n), min_size=1, max_size=5
        )
    ),
    st.sampled_from(list(Improvement)),
    st.booleans(),
    st.sampled_from([6, 7]),
    st.booleans(),
    st.booleans(),
)
def test_many_series_at_once_are_judged_as_one_by_one(rows, improvement, screened, run, fixed, kinder):
    count = len(rows[0])
    baseline = 12 if fixed and count >= 12 else None
    settings = Settings(improvement, fixed=baseline, screened=screened, run=run, kinder=kinder)
    many = xmr_many(np.array(rows, dtype=float), settings)
    for number, row in enumerate(rows):
        judged = xmr(row, settings)
        assert many.mean[number] == pytest.approx(judged.segments[0].mean, abs=1e-9)
        assert many.upper[number] == pytest.approx(judged.segments[0].upper, abs=1e-9)
        assert [FLAGS[flag] for flag in many.flags[number]] == [point.flag for point in judged.points]
        found = [{rule for which, rule in enumerate(RULES) if many.rules[which, number, i]} for i in range(count)]
        assert found == [set(point.rules) for point in judged.points]
        assert many.variation(number) == judged.variation


def test_targets_of_many_are_held_against_their_limits():
    many = xmr_many(np.array([RISING] * 4), Settings(Improvement.UP, fixed=12))
    assert many.assurances(np.array([65, 50, 60, np.nan])) == ["Fail", "Pass", "HitOrMiss", None]


def test_a_p_chart_has_wider_limits_where_fewer_were_asked():
    chart = p_chart([50, 5], [100, 10])
    few, many = chart.limits[1], chart.limits[0]
    assert few[2] - few[1] > many[2] - many[1]


def test_a_u_chart_of_equal_exposures_is_a_c_chart():
    assert u_chart([3, 5, 4], [1, 1, 1]) == c_chart([3, 5, 4])
    assert c_chart([0, 0, 1]).limits[0][1] == 0


@pytest.mark.parametrize(("x", "n"), [(5, 4), (1, 0), (-1, 4)])
def test_a_numerator_above_its_denominator_is_no_share(x, n):
    with pytest.raises(NotASeries, match="Point 2"):
        p_chart([1, x], [2, n])


def test_a_run_chart_says_when_a_run_is_longer_than_chance_gives():
    run = run_chart([1, 2] * 5 + [9] * 10)
    assert run is not None
    assert run.signal
    assert run_chart([]) is None
    even = run_chart([1, 3, 1, 3, 1, 3, 1, 3, 1, 3])
    assert even is not None
    assert not even.signal
