"""The line in a row: its shape, and its words for those who can't see it."""

import re
from datetime import date

from cc2h.kit.sparks import HEIGHT, MARGIN, WIDTH, sparkline

FIRST = date(2017, 12, 6)


def points(svg: str) -> list[tuple[int, int]]:
    found = re.search(r'points="([^"]+)"', svg)
    assert found is not None
    return [(int(x), int(y)) for x, y in (pair.split(",") for pair in found[1].split())]


def test_it_goes_from_edge_to_edge_and_from_the_least_to_the_most() -> None:
    line = points(sparkline(FIRST, [(0, 1000), (90, 1100), (360, 1050)]))
    assert line == [(MARGIN, HEIGHT - MARGIN), (MARGIN + 22, MARGIN), (WIDTH - MARGIN, HEIGHT // 2)]


def test_days_far_apart_stand_far_apart() -> None:
    first, second, third = points(sparkline(FIRST, [(0, 1), (30, 2), (300, 3)]))
    assert second[0] - first[0] < third[0] - second[0]


def test_nothing_changing_is_a_flat_line() -> None:
    assert len({y for _, y in points(sparkline(FIRST, [(0, 500), (30, 500), (60, 500)]))}) == 1


def test_it_says_where_it_starts_and_ends() -> None:
    assert 'aria-label="1,746 in December 2017, 1,533 in November 2018"' in sparkline(FIRST, [(0, 1746), (330, 1533)])


def test_fewer_than_two_values_have_no_shape() -> None:
    assert sparkline(FIRST, []) == sparkline(FIRST, [(3, 100)]) == "–"


def test_no_style_attribute_which_the_policy_would_refuse() -> None:
    assert "style=" not in sparkline(FIRST, [(0, 1), (30, 2)])
