"""Numbers and days read the way people write them."""

import doctest
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc2h.kit import chips, figures, links, words


@pytest.mark.parametrize("module", [words, figures, links, chips])
def test_the_examples_in_the_text_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("0.05", 1, "0.1"),
        (2.5, 0, "3"),
        (0.285, 2, "0.29"),
        ("-0.05", 1, "-0.1"),
        ("-0.04", 1, "0.0"),
        (1e-9, 2, "0.00"),
    ],
)
def test_half_is_rounded_away_from_zero(value: float | str, places: int, rounded: str) -> None:
    assert str(words.half_up(value, places)) == rounded


@given(st.integers(-(10**9), 10**9))
def test_a_number_reads_back(value: int) -> None:
    assert words.decimal(words.number(value)) == value
    assert words.decimal(words.signed(value).removeprefix("+")) == value


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_a_percentage_is_within_half_a_tenth(part: int, whole: int) -> None:
    exact = Decimal(part) * 100 / whole
    shown = words.decimal(words.percent1(exact).removesuffix("%"))
    assert abs(shown - exact) <= Decimal("0.05")
    assert shown == exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "just now"),
        (0.9, "just now"),
        (1, "1 second ago"),
        (59, "59 seconds ago"),
        (60, "1 minute ago"),
        (3600 * 23.9, "23 hours ago"),
        (86400 * 400, "400 days ago"),
    ],
)
def test_how_long_ago(seconds: float, said: str) -> None:
    now = datetime(2018, 12, 6, 9)
    assert words.ago(now - timedelta(seconds=seconds), now) == said
