"""Which counts could point at a person."""

from decimal import Decimal

import pytest

from kpis.small_numbers import small


@pytest.mark.parametrize(
    ("kind", "numerator", "denominator", "too_small"),
    [
        ("proportion", 0, 100, True),
        ("proportion", 4, 100, True),
        ("proportion", 5, 100, False),
        ("proportion", 95, 100, False),
        ("proportion", 96, 100, True),  # so few are not counted
        ("proportion", 3, 4, True),
        ("rate", 99, 100, False),  # of a rate those not counted are nobody in particular
        ("rate", 2, 1000, True),
        ("count", 2, None, True),
        ("mean", 3, 80, False),  # a score, and no count of people
        ("mean", 3, 2, True),
        ("proportion", None, 100, False),
    ],
)
def test_too_few_are_counted_or_are_not(
    kind: str, numerator: int | None, denominator: int | None, *, too_small: bool
) -> None:
    assert small(kind, 5, *(None if n is None else Decimal(n) for n in (numerator, denominator))) is too_small


def test_a_measure_without_a_rule_tells_all() -> None:
    assert not small("proportion", 0, Decimal(1), Decimal(1))
