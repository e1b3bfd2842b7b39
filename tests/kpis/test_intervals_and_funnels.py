"""Intervals, directly standardised rates and funnels, by the examples and against SciPy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpis.statistics import many_funnels
from kpis.statistics.funnels import NoFunnel, Verdict, proportions, ratios
from kpis.statistics.intervals import ESP2013, NoInterval, byar, poisson, rate, standardised, wilson
from tests.kpis.examples import PRACTICES, RATIOS, SHARES, STANDARD


def test_a_share_by_wilson():
    assert (wilson(65, 100).lower, wilson(65, 100).upper) == pytest.approx((0.5525444, 0.7363575), abs=1e-7)
    wide = wilson(65, 100, "99.8")
    assert (wide.lower, wide.upper) == pytest.approx((0.4954947, 0.7783541), abs=1e-7)
    assert (wilson(0, 40).lower, wilson(0, 40).upper) == pytest.approx((0, 0.0876216), abs=1e-7)


def test_a_count_by_byar_and_exactly():
    assert (byar(65).lower, byar(65).upper) == pytest.approx((50.1631877, 82.8491385), abs=1e-7)
    wide = byar(65, "99.8")
    assert (wide.lower, wide.upper) == pytest.approx((42.8802615, 94.0002908), abs=1e-7)
    assert (byar(10).lower, byar(10).upper) == pytest.approx((4.7874499, 18.3914586), abs=1e-7)
    assert (poisson(0).lower, poisson(0).upper) == pytest.approx((0, 3.6888795), abs=1e-7)
    assert (poisson(3).lower, poisson(3).upper) == pytest.approx((0.6186721, 8.7672731), abs=1e-7)
    assert byar(3) == poisson(3)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_is_scipy_s(x, n):
    if x > n:
        x, n = n, x
    ours, theirs = wilson(x, n), stats.binomtest(x, n).proportion_ci(0.95, method="wilson")
    assert (ours.lower, ours.upper) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(st.integers(0, 2000), st.sampled_from(["95", "99.8"]))
def test_exact_limits_are_scipy_s(x, level):
    tail = {"95": 0.025, "99.8": 0.001}[level]
    ours = poisson(x, level)
    lower = stats.chi2.ppf(tail, 2 * x) / 2 if x else 0
    assert (ours.lower, ours.upper) == pytest.approx((lower, stats.chi2.ppf(1 - tail, 2 * x + 2) / 2), rel=1e-9)


def test_a_directly_standardised_rate():
    found = standardised(*STANDARD, ESP2013)
    assert (found.rate, found.lower, found.upper) == pytest.approx((10430.24799, 9717.70907, 11178.94092), abs=1e-5)
    assert found.events == 895


def test_fewer_than_ten_events_have_no_standardised_rate():
    found = standardised([4, 5], [100, 100], [1, 1])
    assert (found.rate, found.lower, found.upper, found.events) == (None, None, None, 9)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: wilson(5, 4),
        lambda: wilson(1, 0),
        lambda: byar(-1),
        lambda: poisson(float("inf")),
        lambda: rate(1, 0, 1000),
        lambda: standardised([10], [0], [1]),
        lambda: standardised([10], [10], [0]),
    ],
)
def test_numbers_without_an_interval_are_refused(ask):
    with pytest.raises(NoInterval):
        ask()


def test_a_funnel_of_shares_as_fingertips_draws_it():
    funnel = proportions(PRACTICES, *SHARES)
    assert funnel.centre == pytest.approx(0.62512538, abs=1e-8)
    assert funnel.limits(340, "95") == pytest.approx((0.5736695, 0.6765813), abs=1e-7)
    assert funnel.limits(340, "99.8") == pytest.approx((0.5439960, 0.7062548), abs=1e-7)
    assert {one.id: one.verdict for one in funnel.points if one.verdict != "ns"} == {
        **dict.fromkeys(("P03", "P08"), Verdict.HIGH_025),
        **dict.fromkeys(("P04", "P07", "P10"), Verdict.LOW_025),
    }


def test_overdispersion_changes_which_practices_truly_differ():
    funnel = proportions(PRACTICES, *SHARES, overdispersed=True)
    assert (funnel.phi, funnel.tau2) == pytest.approx((2.97224219, 0.00171403452), abs=1e-8)
    assert funnel.limits(340, "95") == pytest.approx((0.5294526, 0.7161037), abs=1e-7)
    assert funnel.limits(340, "99.8") == pytest.approx((0.4735443, 0.7650908), abs=1e-7)
    assert funnel.limits(170, "95") == pytest.approx((0.5158614, 0.7282914), abs=1e-7)
    assert [one.id for one in funnel.points if one.verdict != "ns"] == ["P10"]
    assert funnel.points[9].verdict == Verdict.LOW_025


def test_a_funnel_of_observed_against_expected():
    funnel = ratios(PRACTICES, *RATIOS)
    assert funnel.limits(48.20, "95") == pytest.approx((0.7378238, 1.3250843), abs=1e-7)
    assert funnel.limits(48.20, "99.8") == pytest.approx((0.6131740, 1.5300674), abs=1e-7)
    assert funnel.limits(60.25, "95") == pytest.approx((0.7635632, 1.2865275), abs=1e-7)
    wider = ratios(PRACTICES, *RATIOS, overdispersed=True)
    assert (wider.phi, wider.tau2) == pytest.approx((1.002510918, 0.002215597332), abs=1e-9)
    assert wider.limits(48.20, "95") == pytest.approx((0.7430435, 1.3458160), abs=1e-6)
    assert {one.verdict for one in (*funnel.points, *wider.points)} == {Verdict.NOT_SIGNIFICANT}


def test_what_was_observed_is_held_against_1_by_its_own_limits():
    few, many = ratios(["a", "b"], [8, 151], [6.239860, 106.442972]).points
    assert (few.verdict, many.verdict) == (Verdict.NOT_SIGNIFICANT, Verdict.HIGH_001)


def test_limits_of_a_published_table():
    funnel = proportions(["all"], [80.642448], [100])
    assert funnel.limits(3, "95") == pytest.approx((0.35933491, 1), abs=1e-7)
    assert funnel.limits(3, "99.8") == pytest.approx((0.10150815, 1), abs=1e-7)


def test_an_empty_funnel_has_no_points():
    assert proportions([], [], []).points == ratios([], [], []).points == ()


@pytest.mark.parametrize(("x", "n"), [(5, 4), (1, 0), (float("nan"), 3)])
def test_a_row_that_is_no_share_is_named(x, n):
    with pytest.raises(NoFunnel, match="Row 2"):
        proportions(["a", "b"], [1, x], [2, n])


def same(ours, plain):
    assert ours.overdispersed == plain.overdispersed
    assert (ours.centre, ours.phi, ours.tau2) == pytest.approx(
        (plain.centre, plain.phi, plain.tau2), rel=1e-9, abs=1e-15
    )
    assert [one.id for one in ours.points] == [one.id for one in plain.points]
    assert [one.verdict for one in ours.points] == [one.verdict for one in plain.points]
    for name in ("size", "value", "lower_95", "upper_95", "lower_998", "upper_998"):
        told = [getattr(one, name) for one in ours.points]
        assert told == pytest.approx([getattr(one, name) for one in plain.points], rel=1e-9, abs=1e-12)


MANY = {"proportion": (many_funnels.proportions, proportions), "ratio": (many_funnels.ratios, ratios)}


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 2000)), max_size=60))
def test_many_shares_at_once_are_those_one_by_one(pairs):
    tops, sizes = [min(pair) for pair in pairs], [max(pair) for pair in pairs]
    ids = [str(place) for place in range(len(pairs))]
    for ours, wide in zip(many_funnels.proportions(ids, tops, sizes), (False, True), strict=True):
        same(ours, proportions(ids, tops, sizes, overdispersed=wide))


@given(st.lists(st.tuples(st.integers(0, 400), st.floats(0.05, 500)), max_size=60))
def test_many_ratios_at_once_are_those_one_by_one(pairs):
    observed, expected = [o for o, _ in pairs], [e for _, e in pairs]
    ids = [str(place) for place in range(len(pairs))]
    for ours, wide in zip(many_funnels.ratios(ids, observed, expected), (False, True), strict=True):
        same(ours, ratios(ids, observed, expected, overdispersed=wide))


@pytest.mark.parametrize(("kind", "numbers"), [("proportion", SHARES), ("ratio", RATIOS)])
def test_the_examples_at_once(kind, numbers):
    at_once, one_by_one = MANY[kind]
    for ours, wide in zip(at_once(PRACTICES, *numbers), (False, True), strict=True):
        same(ours, one_by_one(PRACTICES, *numbers, overdispersed=wide))


@pytest.mark.parametrize(
    ("kind", "tops", "sizes"),
    [
        ("proportion", [1, 5], [2, 4]),
        ("proportion", [1, 1], [2, 0]),
        ("proportion", [1, float("nan")], [2, 3]),
        ("ratio", [1, -1], [2, 3]),
        ("ratio", [1, 1], [2, 0]),
        ("ratio", [1, 1], [2, float("inf")]),
    ],
)
def test_what_makes_no_funnel_is_refused_in_the_same_words(kind, tops, sizes):
    said = []
    for place in MANY[kind]:
        with pytest.raises(NoFunnel, match="Row 2") as refused:
            place(["a", "b"], tops, sizes)
        said.append(str(refused.value))
    assert said[0] == said[1]
