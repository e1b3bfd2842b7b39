"""Shapes on a map: polygons in degrees of longitude and latitude (WGS84), and whether a point stands in one.

A shape is a list of polygons; a polygon a list of rings, its border and then its holes; a ring a list of
[longitude, latitude], the last the same as the first. This is a GeoJSON MultiPolygon's `coordinates`.
"""

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import msgspec

Ring = list[list[float]]
Shape = list[list[Ring]]
Box = tuple[float, float, float, float]  # west, south, east, north

EXACT_TO = 5  # decimal places kept of a degree: about a metre


class NoShape(ValueError):
    """A geometry that is no shape: the message is a sentence that says what was found and what was expected."""


def read_shape(geometry: str) -> Shape:
    """The shape of a GeoJSON geometry. Raises NoShape."""
    try:
        found: Any = msgspec.json.decode(geometry)
    except msgspec.DecodeError:
        found = None
    kind = found.get("type") if isinstance(found, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        said = f"Its geometry is a {kind}" if isinstance(kind, str) and kind else "It has no geometry"
        raise NoShape(f"{said}. Expected: a Polygon or a MultiPolygon.")
    polygons = [found.get("coordinates")] if kind == "Polygon" else found.get("coordinates")
    try:
        shape = msgspec.convert(polygons, Shape)
    except msgspec.ValidationError:
        raise NoShape(
            "Its coordinates can’t be read. Expected: rings of corners, each [longitude, latitude] as numbers."
        ) from None
    if not shape or not all(shape):
        raise NoShape("Its geometry has no ring. Expected: at least one ring of corners.")
    for ring in (ring for polygon in shape for ring in polygon):
        if any(len(corner) < 2 for corner in ring):
            raise NoShape("A corner has fewer than two numbers. Expected: [longitude, latitude].")
        if len(ring) < 4:
            raise NoShape(f"A ring has {len(ring)} corners. Expected: at least 4, the last the same as the first.")
        if ring[0][:2] != ring[-1][:2]:
            raise NoShape(f"A ring begins at {said_at(ring[0])} and ends at {said_at(ring[-1])}. Expected: the same.")
    return [[[corner[:2] for corner in ring] for ring in polygon] for polygon in shape]


def said_at(corner: list[float]) -> str:
    """A corner as the file has it, first number first: `-0.182014, 51.668449`.

    >>> said_at([-0.182014, 51.668449, 3.0])
    '-0.182014, 51.668449'
    """
    return ", ".join(f"{number:.6f}".rstrip("0").rstrip(".") for number in corner[:2])


def box_of(shape: Shape) -> Box:
    """West, south, east and north of a shape."""
    across = [corner[0] for polygon in shape for corner in polygon[0]]
    up = [corner[1] for polygon in shape for corner in polygon[0]]
    return min(across), min(up), max(across), max(up)


def contains(shape: Shape, longitude: float, latitude: float) -> bool:
    """Whether a point is inside: whether a line from it to the east crosses the rings an odd number of times.

    >>> square = [[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]]]
    >>> contains([square], 1, 1), contains([square], 5, 1)
    (True, False)
    """
    inside = False
    for polygon in shape:
        for ring in polygon:
            for (x1, y1), (x2, y2) in pairwise(ring):
                if (y1 > latitude) != (y2 > latitude) and longitude < x1 + (latitude - y1) * (x2 - x1) / (y2 - y1):
                    inside = not inside
    return inside


def inner_point(shape: Shape) -> tuple[float, float]:
    """A point (longitude, latitude) well inside: half-way up, in the middle of the widest stretch that is inside."""
    _, south, _, north = box_of(shape)
    latitude = (south + north) / 2
    crossings = sorted(
        x1 + (latitude - y1) * (x2 - x1) / (y2 - y1)
        for polygon in shape
        for ring in polygon
        for (x1, y1), (x2, y2) in pairwise(ring)
        if (y1 > latitude) != (y2 > latitude)
    )
    stretches = [*zip(crossings[::2], crossings[1::2], strict=True)]
    first, last = max(stretches, key=lambda stretch: stretch[1] - stretch[0], default=(shape[0][0][0][0],) * 2)
    return (first + last) / 2, latitude


def simplified(shape: Shape, tolerance: float) -> Shape:
    """The shape with fewer corners, no part of a border moved by more than `tolerance` (in degrees of latitude).

    What is smaller than that is left out; a shape that is smaller altogether stays as it is.
    """
    polygons = []
    for polygon in shape:
        border, *holes = (_thinned(ring, tolerance) for ring in polygon)
        if len(border) >= 4:
            polygons.append([border, *(hole for hole in holes if len(hole) >= 4)])
    return polygons or [[_rounded(ring) for ring in polygon] for polygon in shape]


def _rounded(ring: Iterable[list[float]]) -> Ring:
    return [[round(longitude, EXACT_TO), round(latitude, EXACT_TO)] for longitude, latitude in ring]


def _thinned(ring: Ring, tolerance: float) -> Ring:
    """By Douglas and Peucker: the corners farther than the tolerance from the line between their neighbours."""
    shrink = math.cos(math.radians(ring[0][1]))  # a degree of longitude in degrees of latitude
    flat = [(longitude * shrink, latitude) for longitude, latitude in ring]
    kept, open_ = {0, len(ring) - 1}, [(0, len(ring) - 1)]
    while open_:
        first, last = open_.pop()
        farthest, at = tolerance, 0
        for place in range(first + 1, last):
            away = _distance(flat[place], flat[first], flat[last])
            if away > farthest:
                farthest, at = away, place
        if at:
            kept.add(at)
            open_ += [(first, at), (at, last)]
    return _rounded(ring[place] for place in sorted(kept))


def _distance(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """From a point to the line between two others."""
    along, up = end[0] - start[0], end[1] - start[1]
    length = along * along + up * up
    part = 0.0
    if length:
        part = max(0.0, min(1.0, ((point[0] - start[0]) * along + (point[1] - start[1]) * up) / length))
    return math.hypot(point[0] - start[0] - part * along, point[1] - start[1] - part * up)
