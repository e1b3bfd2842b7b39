"""What the public reads: no count that could point at a person, and none that gives one away."""

from decimal import Decimal
from typing import Any

import pytest

from kpis.models import Definition
from kpis.small_numbers import Told, in_public

PRACTICES = "ABCD"


def a_definition(kind: str = "proportion", suppress_below: int = 5) -> Definition:
    return Definition(kind=kind, suppress_below=suppress_below, multiplier=Decimal(100))


def told(definition: Definition, *numbers: tuple[Any, Any], total: bool = False) -> list[Told]:
    rows = [
        (key, None if x is None else Decimal(x), None if n is None else Decimal(n), None)
        for key, (x, n) in zip(PRACTICES, numbers, strict=False)
    ]
    return in_public(definition, rows, total=total)


@pytest.mark.parametrize(("count", "suppressed"), [(0, True), (4, True), (5, False), (95, False), (96, True)])
def test_counts_below_the_limit_are_not_told_nor_so_few_who_are_not_counted(count: int, suppressed: bool) -> None:
    (one,) = told(a_definition(), (count, 100))
    assert one.suppressed is suppressed
    assert (one.numerator, one.value) == ((None, None) if suppressed else (count, count))
    assert one.denominator == 100


def test_of_very_few_patients_nothing_is_told() -> None:
    (one,) = told(a_definition(), (3, 4))
    assert (one.numerator, one.denominator, one.value, one.suppressed) == (None, None, None, True)


def test_beside_a_total_the_one_that_could_be_worked_out_has_company() -> None:
    numbers = ((3, 100), (40, 100), (20, 100), (60, 100))
    assert [one.key for one in told(a_definition(), *numbers) if one.suppressed] == ["A"]
    assert [one.key for one in told(a_definition(), *numbers, total=True) if one.suppressed] == ["A", "C"]
    two = ((3, 100), (2, 100), (20, 100))
    assert [one.key for one in told(a_definition(), *two, total=True) if one.suppressed] == ["A", "B"]


def test_a_measure_without_a_rule_tells_all() -> None:
    assert not any(one.suppressed for one in told(a_definition(suppress_below=0), (1, 3), (0, 9), total=True))


def test_a_score_is_no_count_of_people_but_of_a_few_answers_none_is_told() -> None:
    score = ("A", None, Decimal(80), 3.5)
    few = ("B", None, Decimal(2), 3.5)
    found = in_public(a_definition("mean"), [score, few], total=True)
    assert [(one.value, one.suppressed) for one in found] == [(3.5, False), (None, True)]


def test_a_rate_hides_its_few_and_not_those_who_are_not_counted() -> None:
    found = told(a_definition("rate"), (99, 100), (2, 1000))
    assert [one.suppressed for one in found] == [False, True]
