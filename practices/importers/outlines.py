"""Outlines of boroughs and wards, as the Office for National Statistics publishes them in GeoJSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from django.urls import reverse

from cc2h.kit import words
from cc2h.kit.geometry import NoShape, Shape, box_of, contains, inner_point, read_shape, said_at, simplified
from cc2h.kit.imports.files import GEOMETRY, Contents, Head, Rejected
from cc2h.kit.imports.kinds import Column, Importer, Total, importer
from cc2h.kit.sql import Sql
from practices.importers.shared import NOT_HELD_BACK
from practices.models import ILLUSTRATIVE_AREA, Outline, OutlineKind

KINDS = {"LAD": OutlineKind.BOROUGH, "WD": OutlineKind.WARD}
CODE = re.compile(r"(LAD|WD)(\d\d)CD", re.IGNORECASE)
EXPECTED = (
    "LAD and two digits of the year for boroughs (LAD13CD the code, LAD13NM the name), or WD for wards (WD13CD, WD13NM)"
)
AREA = re.compile(r"[A-Z]\d{8}")
TOLERANCE = 0.0001  # degrees of latitude: 11 metres, less than a pixel of a map of one borough
KINGDOM = (-8.7, 49.8, 1.8, 60.9)  # the box of the United Kingdom
TOO_LONG = 100


@importer
class Outlines(Importer):
    """Pictures to read a map by: nothing is dated, and of each area the newest import counts.

    All outlines of a file are taken or none, as a map with a hole misleads. Where borders have been drawn anew the areas
    have new codes: an outline held of the same kind whose middle is inside one of the file's has gone with it.
    """

    key, group = "outlines", "practices"
    not_undone = (
        "Outlines are pictures of today and not dated, and the newest file counts. Bring the right file instead"
    )
    label = "Outlines of boroughs or wards (GeoJSON)"
    what = "One feature an area with its code, its name and its border, in longitude and latitude; maps show them."
    rows_are = ("outline", "outlines")
    columns = (
        Column("code", ("LAD13CD", "WD13CD"), "the area’s code, like E09000003"),
        Column("name", ("LAD13NM", "WD13NM"), "the area’s name"),
        Column(GEOMETRY, (GEOMETRY,), "its border", staged=False),
    )
    extra_staging = {
        "kind": "text",
        "shape": "jsonb",
        **dict.fromkeys(("west", "south", "east", "north"), "float"),
        **dict.fromkeys(("wrong_column", "wrong_value", "wrong"), "text"),
    }

    @classmethod
    def recognises(cls, head: Head) -> float:
        return 0.9 if GEOMETRY in head.first else 0.0

    @classmethod
    def names(cls, head: Head, sheet: str = "") -> list[str]:
        return head.first

    def rows(self, contents: Contents) -> Iterator[tuple[int, Sequence[str]]]:
        features = contents.sheets[""]
        _, header = next(features)
        code = next((name for name in header if CODE.fullmatch(name)), "")
        name = next((one for one in header if one.upper() == code.upper()[:-2] + "NM"), "")
        if not (code and name):
            found = words.listed(one for one in header if one != GEOMETRY) or "none"
            raise Rejected(
                f"The features have no properties that say which areas they are. Found: {found}. Expected: {EXPECTED}."
            )
        kind = KINDS[code.upper()[:-4]]
        at_code, at_name, at_geometry = (header.index(one) for one in (code, name, GEOMETRY))
        for number, cells in features:
            yield (
                number,
                [
                    *(cells[at_code].strip().upper(), " ".join(cells[at_name].split())),
                    *_staged(kind, (code, cells[at_code]), (name, cells[at_name]), cells[at_geometry]),
                ],
            )

    def illustrative(self, sql: Sql) -> bool:
        return bool(sql.value("SELECT bool_and(code ~ %(made_up)s) FROM staged", made_up=ILLUSTRATIVE_AREA))

    def check(self, sql: Sql) -> None:
        """Every outline that is wrong is told; one is enough to refuse the file."""
        wrong = sql.run(
            """
            INSERT INTO problem
            SELECT import_id, line, wrong_column, wrong_value,
                   'Feature ' || line || coalesce(', ' || name, '') || ': ' || wrong, 'wrong', true
            FROM (
                SELECT import_id, line, name, wrong_column, wrong_value, wrong FROM staged WHERE wrong IS NOT NULL
                UNION ALL
                SELECT import_id, line, name, 'code', code,
                       'the code stands in the file ' || times || ' times. Expected: once.'
                FROM (SELECT s.*, count(*) OVER (PARTITION BY code) AS times FROM staged s WHERE wrong IS NULL) AS s
                WHERE times > 1
            ) AS found
            """
        )
        if wrong:
            raise Rejected(
                f"{words.plural(wrong, 'outline')} can’t be used, and a map with a hole misleads, so none of the file "
                "is taken. The problems below say what is wrong with which."
            )

    def plan(self, sql: Sql) -> str:
        sql.table("good", f"SELECT s.* FROM staged s WHERE {NOT_HELD_BACK}")
        self._find_replaced(sql)
        corners = "(SELECT count(*) || ' corners' FROM jsonb_path_query({}.shape, '$[*][*][*]'))"
        before, after = (f"concat_ws(', ', {one}.name, {corners.format(one)})" for one in ("o", "s"))
        return f"""
            SELECT s.import_id, s.line, s.code AS key,
                   CASE WHEN o.id IS NULL THEN 'new' WHEN (o.name, o.shape) = (s.name, s.shape) THEN 'unchanged'
                        ELSE 'changed' END AS verdict,
                   CASE WHEN o.id IS NOT NULL THEN {before} END AS before, {after} AS after
            FROM good s LEFT JOIN practices_outline o ON (o.kind, o.code) = (s.kind, s.code)
            UNION ALL
            SELECT s.import_id, s.line, o.code, 'closed', {before}, 'Now ' || s.name
            FROM replaced r JOIN practices_outline o ON o.id = r.outline_id JOIN good s ON s.code = r.code
        """

    def _find_replaced(self, sql: Sql) -> None:
        """The table `replaced`: held outlines (outline_id) that lie in one of the file's with another code (code)."""
        sql.run("DROP TABLE IF EXISTS replaced")
        sql.run("CREATE TEMP TABLE replaced (outline_id bigint, code text) ON COMMIT DROP")
        good = sql.rows("SELECT kind, code, shape::text, west, south, east, north FROM good")
        kinds, codes = {row[0] for row in good}, {row[1] for row in good}
        held = Outline.objects.filter(kind__in=kinds).exclude(code__in=codes).values_list("pk", "shape")
        middles = {pk: inner_point(shape) for pk, shape in held}
        for _, code, text, west, south, east, north in good if middles else ():
            shape: Shape = msgspec.json.decode(text)
            for pk, (across, up) in [*middles.items()]:
                if west <= across <= east and south <= up <= north and contains(shape, across, up):
                    sql.run("INSERT INTO replaced VALUES (%(pk)s, %(code)s)", pk=pk, code=code)
                    del middles[pk]

    def totals(self, sql: Sql) -> list[Total]:
        rows = sql.rows(
            """
            SELECT kind, (SELECT count(*) FROM practices_outline o WHERE o.kind = k.kind),
                   (SELECT count(*) FROM verdict WHERE verdict = 'new') - (SELECT count(*) FROM replaced)
            FROM (SELECT DISTINCT kind FROM good) AS k
            """
        )
        return [
            Total(f"Outlines of {OutlineKind(kind).label.lower()}s", before, before + more)
            for kind, before, more in rows
        ]

    def merge(self, sql: Sql, by: Any) -> None:
        sql.run("DELETE FROM practices_outline WHERE id IN (SELECT outline_id FROM replaced)")
        sql.run(
            """
            INSERT INTO practices_outline (kind, code, name, shape, west, south, east, north, source_id)
            SELECT kind, code, name, shape, west, south, east, north, import_id FROM good ORDER BY line
            ON CONFLICT (kind, code) DO UPDATE SET
                (name, shape, west, south, east, north, source_id) = (EXCLUDED.name, EXCLUDED.shape,
                    EXCLUDED.west, EXCLUDED.south, EXCLUDED.east, EXCLUDED.north, EXCLUDED.source_id)
            """
        )

    def results(self) -> Mapping[str, str]:
        return {"Map of practices": reverse("practices:practice_map")}


def _staged(kind: OutlineKind, code: tuple[str, str], name: tuple[str, str], geometry: str) -> list[str]:
    """The cells of `extra_staging`. code, name: each the property's name and its value."""
    blank = [""] * 5
    if not AREA.fullmatch(code[1].strip().upper()):
        found = "this is no code of an area" if code[1].strip() else "the code is missing"
        return [kind, *blank, *code, f"{found}. Expected: a letter and eight digits, like E09000003."]
    if not 0 < len(name[1].strip()) <= TOO_LONG:
        return [kind, *blank, name[0], name[1][:TOO_LONG], f"the name is missing or longer than {TOO_LONG} letters."]
    try:
        shape = read_shape(geometry)
        _must_be_here(shape)
    except NoShape as problem:
        sentence = str(problem)
        return [kind, *blank, GEOMETRY, geometry[:60], sentence[:1].lower() + sentence[1:]]
    thin = simplified(shape, TOLERANCE)
    return [kind, msgspec.json.encode(thin).decode(), *map(str, box_of(thin)), "", "", ""]


def _must_be_here(shape: Shape) -> None:
    """Raise NoShape unless every corner is in the United Kingdom, saying what the numbers look like."""
    west, south, east, north = KINGDOM

    def here(across: float, up: float) -> bool:
        return west <= across <= east and south <= up <= north

    for corner in (corner for polygon in shape for ring in polygon for corner in ring):
        if here(*corner):
            continue
        if here(corner[1], corner[0]):
            looks = "This looks like latitude before longitude"
        elif max(map(abs, corner)) > 180:
            looks = "This looks like metres of a national grid (such as the British, EPSG:27700)"
        else:
            looks = "That is not in the United Kingdom"
        raise NoShape(
            f"A corner is at {said_at(corner)}. {looks}. Expected: longitude and latitude in degrees (WGS84), like "
            "-0.2, 51.6."
        )
