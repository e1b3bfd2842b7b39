"""Shapes: what is inside, what is simplified, and what is no shape."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc2h.kit.geometry import NoShape, box_of, contains, inner_point, read_shape, simplified

SQUARE = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]]
HOLE = [[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0], [1.0, 1.0]]
ISLAND = [[10.0, 0.0], [12.0, 0.0], [12.0, 2.0], [10.0, 0.0]]
HORSESHOE = [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [6.0, 9.0], [6.0, 3.0], [3.0, 3.0], [3.0, 9.0], [0.0, 9.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("shape", "point", "inside"),
    [
        ([[SQUARE]], (2, 2), True),
        ([[SQUARE]], (5, 2), False),
        ([[SQUARE]], (-1, 2), False),
        ([[SQUARE]], (2, 4.1), False),
        ([[SQUARE, HOLE]], (2, 2), False),
        ([[SQUARE, HOLE]], (0.5, 2), True),
        ([[SQUARE], [ISLAND]], (11.5, 1), True),
        ([[SQUARE], [ISLAND]], (7, 1), False),
        ([[HORSESHOE]], (4.5, 6), False),
        ([[HORSESHOE]], (7, 6), True),
        ([[HORSESHOE]], (7, 3), True),  # in line with two corners
    ],
)
def test_a_point_is_inside_unless_it_is_in_a_hole_or_beyond_the_border(shape: Any, point: Any, inside: bool) -> None:
    assert contains(shape, *point) is inside


@pytest.mark.parametrize("shape", [[[SQUARE]], [[SQUARE, HOLE]], [[HORSESHOE]], [[SQUARE], [ISLAND]]])
def test_there_is_a_point_well_inside_every_shape(shape: Any) -> None:
    assert contains(shape, *inner_point(shape))


@given(st.integers(5, 200), st.floats(0.0002, 0.05))
def test_a_simpler_shape_keeps_its_place(corners: int, radius: float) -> None:
    """No corner left out is farther away than was said, and the box is nearly the same."""
    turns = [2 * math.pi * n / corners for n in range(corners)]
    ring = [[-0.2 + radius * math.cos(turn), 51.6 + radius * math.sin(turn)] for turn in turns]
    ring.append(ring[0])
    thin = simplified([[ring]], 0.0001)
    assert len(thin[0][0]) <= len(ring)
    assert thin[0][0][0] == thin[0][0][-1]
    assert box_of(thin) == pytest.approx(box_of([[ring]]), abs=0.0002)


def test_what_is_smaller_than_the_tolerance_is_left_out_unless_it_is_all_there_is() -> None:
    speck = [[5.0, 5.0], [5.00001, 5.0], [5.00001, 5.00001], [5.0, 5.0]]
    assert simplified([[SQUARE], [speck]], 0.001) == [[SQUARE]]
    assert simplified([[SQUARE, speck]], 0.001) == [[SQUARE]]
    assert simplified([[speck]], 0.001) == [[speck]]


def test_polygons_and_multipolygons_are_read_and_heights_left_out() -> None:
    high = [[*corner, 12.5] for corner in SQUARE]
    assert read_shape(json.dumps({"type": "Polygon", "coordinates": [high]})) == [[SQUARE]]
    both = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [ISLAND]]}
    assert read_shape(json.dumps(both)) == [[SQUARE, HOLE], [ISLAND]]


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        (None, "It has no geometry. Expected: a Polygon or a MultiPolygon."),
        ({"type": "Point", "coordinates": [0, 0]}, "Its geometry is a Point. Expected"),
        ({"type": "Polygon"}, "can’t be read. Expected: rings of corners"),
        ({"type": "Polygon", "coordinates": [[["0", 0]]]}, "can’t be read"),
        ({"type": "Polygon", "coordinates": []}, "no ring"),
        ({"type": "MultiPolygon", "coordinates": []}, "no ring"),
        ({"type": "Polygon", "coordinates": [[[0], [1], [2], [0]]]}, "fewer than two numbers"),
        ({"type": "Polygon", "coordinates": [SQUARE[:3]]}, "A ring has 3 corners. Expected: at least 4"),
        ({"type": "Polygon", "coordinates": [SQUARE[:4]]}, "begins at 0, 0 and ends at 0, 4. Expected: the same"),
    ],
)
def test_what_is_no_shape_is_told_in_a_sentence(geometry: Any, says: str) -> None:
    with pytest.raises(NoShape) as told:
        read_shape(json.dumps(geometry))
    assert says in str(told.value)
