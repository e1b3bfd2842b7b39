"""The map of practices: where each stands, and the drawing of it, in Mercator's projection.

The drawing is data; templates/practices/map.html makes an SVG of it. See docs/decisions/0015-map.md.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from cc2h.kit import words
from cc2h.kit.geometry import Box, Ring, Shape, contains, inner_point
from practices.matching import Matching, facts
from practices.models import Outline, OutlineKind

WIDTH = 2000  # units of the drawing, two to a pixel of a wide screen
LOWEST, HIGHEST = 1000, 1600
MARGIN = 70
SMALLEST = 0.05  # degrees that a map shows at least: some three miles
FEW = 15  # practices that are shown close by; more with the whole of their boroughs
MARKS = 56  # CHINs that can be told apart: shapes times colours of the template
LINKED = 400  # points that can be reached by the Tab key; beyond, the table is the way
LABELLED = 60  # points whose names stand beside them, as far as there is room
MOST_WARDS = 200
SHIFT = 13  # pixels between practices at one and the same place
KM_OF_A_DEGREE = 111.32
BARS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)  # kilometres that the scale may show

NOT_PLACED, PLAIN = "none", "plain"  # marks that are no single CHIN's


class Stands(StrEnum):
    INSIDE = "inside"
    OUTSIDE = "outside"
    NO_OUTLINE = "no outline"
    NOWHERE = "no position"


# The columns of the CSV, and the fact each holds.
COLUMNS = {
    "ods_code": "ods_code",
    "name": "name",
    "commissioner": "commissioner_code",
    "borough": "borough",
    "status": "status",
    "chin": "chin",
    "patients": "patients",
    "latitude": "latitude",
    "longitude": "longitude",
}


@dataclass(frozen=True, slots=True)
class MapRow:
    """A practice and where it stands. `commissioner` is its short name, `chin` None outside any that counts."""

    stands: Stands
    pk: int
    ods_code: str
    name: str | None
    commissioner_code: str
    borough: str | None
    status: str
    chin: str | None
    patients: int | None
    latitude: float | None
    longitude: float | None
    commissioner: str
    chin_slug: str | None

    @property
    def called(self) -> str:
        return self.name or self.ods_code

    @property
    def stood(self) -> str:
        """Where it stands, in words."""
        return {
            Stands.INSIDE: "Inside",
            Stands.OUTSIDE: f"Outside {self.borough}’s outline",
            Stands.NO_OUTLINE: words.DASH,
            Stands.NOWHERE: "No position",
        }[self.stands]

    @property
    def cells(self) -> tuple[Any, ...]:
        """As the CSV has it: COLUMNS, then how it stands."""
        return (
            *(self.ods_code, self.name, self.commissioner_code, self.borough, self.status, self.chin, self.patients),
            *(self.latitude, self.longitude, self.stands.value),
        )


def boroughs() -> list[Outline]:
    """Every borough's outline, by name."""
    return list(Outline.objects.filter(kind=OutlineKind.BOROUGH))


def wards_within(box: Box) -> list[Outline]:
    """The wards in a box of degrees; none where they are too many to tell apart."""
    west, south, east, north = box
    found = Outline.objects.filter(
        kind=OutlineKind.WARD, west__lte=east, east__gte=west, south__lte=north, north__gte=south
    )
    wards = list(found[: MOST_WARDS + 1])
    return wards if len(wards) <= MOST_WARDS else []


def rows_of(matching: Matching, outlines: Iterable[Outline], limit: int | None = None) -> list[MapRow]:
    """The practices that match, in its order, each against the outline of its borough. One query."""
    fact = facts(matching.known)
    names = [*COLUMNS.values(), "commissioner", "chin_slug"]
    statement = matching.select(["standing.practice_id", *(fact[name] for name in names)])
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} LIMIT %(limit)s", matching.parameters | {"limit": limit})
        found = cursor.fetchall()
    shapes = {one.name.casefold(): one.shape for one in outlines}
    return [MapRow(_stands(shapes.get((row[4] or "").casefold()), row[8], row[9]), *row) for row in found]


def _stands(shape: Shape | None, latitude: float | None, longitude: float | None) -> Stands:
    if latitude is None or longitude is None:
        return Stands.NOWHERE
    if shape is None:
        return Stands.NO_OUTLINE
    return Stands.INSIDE if contains(shape, longitude, latitude) else Stands.OUTSIDE


def rows_after(
    matching: Matching,
    outlines: Iterable[Outline],
    *,
    sort: str,
    falling: bool,
    key: Sequence[Any] | None,
    limit: int,
) -> tuple[list[tuple[Any, ...]], Sequence[Any] | None]:
    """At most `limit` rows of the CSV, each behind its primary key, that come after `key` (the fact, the key).

    Also the key of the last, or None where no row comes after it.
    """
    if key is not None:
        matching = matching.after(sort, falling=falling, value=key[0], pk=key[1])
    found = rows_of(matching.ordered(sort, falling=falling), outlines, limit + 1)
    shown = found[:limit]
    last = (getattr(shown[-1], sort), shown[-1].pk) if len(found) > limit else None
    return [(row.pk, *row.cells) for row in shown], last


# The drawing -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """How the practices of a CHIN are drawn: by the number of a shape and colour, or NOT_PLACED or PLAIN."""

    number: int | str
    name: str
    slug: str
    practices: int


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    before: bool  # to the left of its point


@dataclass(frozen=True, slots=True)
class Point:
    """A practice on the sheet: how far across and down in percent, and so many pixels to the right of that."""

    row: MapRow
    mark: Mark
    across: float
    down: float
    shift: int
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A borough's border as the `d` of an SVG path; its name's place in percent, None where that is off the sheet."""

    name: str
    path: str
    own: bool  # practices shown are of it
    across: float | None
    down: float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn, on WIDTH by `height` units. bar: kilometres, and how many percent of the width they are."""

    height: int
    areas: Sequence[Area]
    wards: Sequence[str]
    points: Sequence[Point]
    marks: Sequence[Mark]
    bar: tuple[float, float]

    @property
    def linked(self) -> bool:
        """Whether the Tab key goes from point to point."""
        return len(self.points) <= LINKED

    @property
    def told_apart(self) -> bool:
        return not any(mark.number == PLAIN for mark in self.marks)


class Projection:
    """From degrees to units of the sheet, for a box of degrees that fits on it with a margin."""

    def __init__(self, box: Box) -> None:
        west, south, east, north = box
        middle = (west + east) / 2
        wide = max(east - west, SMALLEST)
        top, bottom = _up(north), _up(south)
        high, centre = max(top - bottom, SMALLEST), (top + bottom) / 2
        room = WIDTH - 2 * MARGIN
        self.height = int(min(HIGHEST, max(LOWEST, high / wide * room + 2 * MARGIN)))
        self.scale = min(room / wide, (self.height - 2 * MARGIN) / high)
        self.west, self.top = middle - WIDTH / 2 / self.scale, centre + self.height / 2 / self.scale
        self.km = self.scale / KM_OF_A_DEGREE / math.cos(math.radians((south + north) / 2))  # units of a kilometre

    @property
    def box(self) -> Box:
        """The degrees that the whole sheet shows."""
        return (
            *(self.west, _down(self.top - self.height / self.scale)),
            *(self.west + WIDTH / self.scale, _down(self.top)),
        )

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - self.west) * self.scale, (self.top - _up(latitude)) * self.scale

    def percent(self, longitude: float, latitude: float) -> tuple[float, float]:
        across, down = self.at(longitude, latitude)
        return round(100 * across / WIDTH, 2), round(100 * down / self.height, 2)

    def path(self, shape: Shape) -> str:
        return "".join(self._ring(ring) for polygon in shape for ring in polygon)

    def _ring(self, ring: Ring) -> str:
        """In whole units, each corner from the one before; those that fall together are drawn once."""
        steps: list[str] = []
        here = (0, 0)
        for longitude, latitude in ring[:-1]:
            across, down = self.at(longitude, latitude)
            there = round(across), round(down)
            if there != here or not steps:
                steps.append(f"{there[0] - here[0]} {there[1] - here[1]}" if steps else f"M{there[0]} {there[1]}l")
                here = there
        return " ".join(steps) + "z" if len(steps) > 2 else ""


def _up(latitude: float) -> float:
    """Degrees of latitude as Mercator draws them, in degrees of longitude."""
    return math.degrees(math.asinh(math.tan(math.radians(latitude))))


def _down(up: float) -> float:
    return math.degrees(math.atan(math.sinh(math.radians(up))))


def draw(rows: Sequence[MapRow], outlines: Sequence[Outline], offered: Sequence[str]) -> Sheet | None:
    """The sheet for these practices; None where no position is known.

    offered: CHINs (slugs) in the order that gives each its mark, so that one CHIN alone looks as it does among all.
    """
    placed = [row for row in rows if row.stands != Stands.NOWHERE]
    if not placed:
        return None
    names = {(row.borough or "").casefold() for row in rows}
    own = [one for one in outlines if one.name.casefold() in names]
    projection = Projection(_around(placed, own if len(placed) > FEW else ()))
    west, south, east, north = box = projection.box
    seen = [o for o in outlines if o.west <= east and o.east >= west and o.south <= north and o.north >= south]
    marks = _marks(placed, offered)
    areas = sorted((_area(one, one in own, projection) for one in seen), key=lambda area: area.own)
    points = _points(placed, marks, projection)
    if len(points) <= LABELLED:
        points = _labelled(points, areas, projection.height / WIDTH)
    return Sheet(
        height=projection.height,
        areas=areas,
        wards=[projection.path(one.shape) for one in wards_within(box)],
        points=points,
        marks=sorted({id(mark): mark for mark in marks.values()}.values(), key=_in_legend),
        bar=_bar(projection),
    )


def _around(rows: Iterable[MapRow], own: Iterable[Outline]) -> Box:
    """The box of the practices and of these outlines."""
    across, up = zip(*((row.longitude, row.latitude) for row in rows), strict=True)
    corners = [(one.west, one.south, one.east, one.north) for one in own]
    west, south, east, north = zip((min(across), min(up), max(across), max(up)), *corners, strict=True)
    return min(west), min(south), max(east), max(north)


def _area(one: Outline, own: bool, projection: Projection) -> Area:
    across, down = projection.percent(*inner_point(one.shape))
    inside = 3 < across < 97 and 3 < down < 97
    return Area(one.name, projection.path(one.shape), own, across if inside else None, down if inside else None)


def _in_legend(mark: Mark) -> tuple[bool, str]:
    return mark.number == NOT_PLACED, mark.name


def _marks(rows: Sequence[MapRow], offered: Sequence[str]) -> Mapping[str | None, Mark]:
    """By slug, None for those in no CHIN."""
    counted = Counter(row.chin_slug for row in rows)
    names = {row.chin_slug: row.chin or "" for row in rows}
    slugs = [slug for slug in counted if slug is not None]
    order = {slug: place for place, slug in enumerate(dict.fromkeys([*offered, *sorted(slugs)]))}
    marks: dict[str | None, Mark] = {}
    if len(slugs) > MARKS:
        plain = Mark(PLAIN, "In a CHIN", "", sum(counted[slug] for slug in slugs))
        marks |= dict.fromkeys(slugs, plain)
    else:
        marks |= {slug: Mark(order[slug] % MARKS, names[slug], slug, counted[slug]) for slug in slugs}
    if None in counted:
        marks[None] = Mark(NOT_PLACED, "Not in a CHIN", "", counted[None])
    return marks


def _points(rows: Sequence[MapRow], marks: Mapping[str | None, Mark], projection: Projection) -> list[Point]:
    """Practices at one and the same place stand side by side."""
    at: Counter[tuple[float, float]] = Counter()
    points = []
    for row in rows:
        across, down = projection.percent(row.longitude or 0.0, row.latitude or 0.0)
        points.append(Point(row, marks[row.chin_slug], across, down, SHIFT * at[across, down]))
        at[across, down] += 1
    return sorted(points, key=lambda point: point.row.chin_slug is None)  # who is still to join is never covered


WIDE, LINE, AWAY = 900, 15, 11  # pixels: of a wide screen's map, a line, from a point to its name


def _labelled(points: Sequence[Point], areas: Iterable[Area], ratio: float) -> list[Point]:
    """The points with their names to the right or left, where these cover nothing else that is drawn."""
    pixel = WIDE / 100
    spots = [(point.across * pixel + point.shift, point.down * pixel * ratio) for point in points]
    taken = [(x - 8, y - 8, x + 8, y + 8) for x, y in spots]
    for area in areas:
        if area.across is not None and area.down is not None:
            x, y, half = area.across * pixel, area.down * pixel * ratio, _length(area.name) * 0.75
            taken.append((x - half, y - LINE, x + half, y + LINE / 3))
    found = []
    for point, (x, y) in zip(points, spots, strict=True):
        length = _length(point.row.called)
        label = None
        for before in (False, True):
            left = x - AWAY - length if before else x + AWAY
            box = (left, y - LINE / 2, left + length, y + LINE / 2)
            if box[0] > 2 and box[2] < WIDE - 2 and not any(_cover(box, other) for other in taken):
                label = Label(point.row.called, before)
                taken.append(box)
                break
        found.append(Point(point.row, point.mark, point.across, point.down, point.shift, label))
    return found


def _length(text: str) -> float:
    """How many pixels a name takes."""
    return sum(8.2 if letter.isupper() else 6 for letter in text)


def _cover(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _bar(projection: Projection) -> tuple[float, float]:
    """The longest round number of kilometres that takes less than a fifth of the width."""
    km = max((bar for bar in BARS if bar * projection.km <= WIDTH / 5), default=BARS[0])
    return km, round(100 * km * projection.km / WIDTH, 2)


def said(sheet: Sheet | None, rows: Sequence[MapRow]) -> str:
    """How many there are, and how many of them are on the map."""
    shown = len(sheet.points) if sheet else 0
    on = "all" if shown == len(rows) else words.number(shown)
    return f"{words.plural(len(rows), 'practice')}, {on} on the map" if rows else "No practices"
