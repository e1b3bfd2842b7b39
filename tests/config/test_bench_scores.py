"""The bench's scores, each beside an example worked out by hand or published."""

import pytest

from cc2h.config.bench import scores
from cc2h.config.bench.scores import CURVES, Rule

POLICY = "default-src 'none'; script-src 'self' 'nonce-abc'; style-src 'self'; base-uri 'none'"


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_passes_ninety_at_its_good_value_and_fifty_in_the_middle(name: str) -> None:
    curve = CURVES[name]
    assert curve.score(0) == 1
    assert curve.score(curve.good) == pytest.approx(0.9)
    assert curve.score(curve.middling) == pytest.approx(0.5)
    assert curve.score(curve.middling**2 / curve.good) == pytest.approx(0.1)  # as far beyond the middle, on a log scale


def test_performance_is_the_weighted_mean() -> None:
    assert sum(curve.weight for curve in CURVES.values()) == 100
    good = {name: curve.good for name, curve in CURVES.items()}
    assert scores.performance(good) == pytest.approx(90)
    blocked = good | {"blocked": CURVES["blocked"].middling}
    assert scores.performance(blocked) == pytest.approx(90 - 30 * 0.4)


def test_a_task_blocks_from_its_fiftieth_millisecond_and_only_after_first_paint() -> None:
    assert scores.blocked([(1000, 50), (2000, 130)], paint=900) == 80
    assert scores.blocked([(1000, 300)], paint=1200) == 50
    assert scores.blocked([(100, 300)], paint=1200) == 0


def test_layout_shift_is_that_of_the_worst_burst() -> None:
    assert scores.layout_shift([]) == 0
    assert scores.layout_shift([(0, 0.1), (500, 0.1), (3000, 0.15)]) == pytest.approx(0.2)
    assert scores.layout_shift([(900 * n, 0.01) for n in range(12)]) == pytest.approx(0.06)  # five seconds have six


def test_a_frame_is_as_complete_as_its_shades_are_those_of_the_end() -> None:
    blank, done = [0, 100], [80, 20]
    assert scores.progress(blank, blank, done) == 0
    assert scores.progress([40, 60], blank, done) == 0.5
    assert scores.progress(done, blank, done) == 1
    assert scores.progress(blank, blank, blank) == 1


def test_speed_index_is_the_area_above_the_film() -> None:
    assert scores.speed_index([(1000, 1)]) == 1000
    assert scores.speed_index([(1000, 0.5), (2000, 1)]) == 1500


def test_accessibility_weighs_rules_by_impact() -> None:
    kept = [Rule("image-alt", "critical", True, True), Rule("heading-order", "moderate", False, True)]
    assert scores.accessibility([*kept, Rule("empty-heading", "minor", False, False)]) == 100
    assert scores.accessibility([*kept, Rule("list", "serious", True, False)]) == pytest.approx(100 * 13 / 20)


def test_best_practice_leaves_out_what_there_is_nothing_of() -> None:
    assert scores.best_practice({"doctype": True, "charset": True, "paste": None}) == 100
    assert scores.best_practice({"doctype": True, "charset": False}) == 50


def test_a_policy_that_keeps_scripts_out() -> None:
    assert scores.keeps_scripts_out(POLICY)
    assert scores.keeps_scripts_out(POLICY.replace("'self' 'nonce", "'unsafe-inline' 'nonce"))  # ignored beside a nonce


@pytest.mark.parametrize(
    "policy",
    [
        "",
        POLICY.replace("'nonce-abc'", "'unsafe-inline'"),
        POLICY.replace("'nonce-abc'", "'nonce-abc' https:"),
        POLICY.replace("'nonce-abc'", "'nonce-abc' 'unsafe-eval'"),
        POLICY.replace("base-uri 'none'", ""),
        POLICY.replace("default-src 'none'", "default-src 'self'"),  # which lets plug-ins in
    ],
)
def test_a_policy_that_lets_scripts_in(policy: str) -> None:
    assert not scores.keeps_scripts_out(policy)
