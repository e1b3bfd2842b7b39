"""Outlines from GeoJSON: what is taken, what replaces what, and how a file that is wrong is told."""

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from cc2h.kit.asat import AsAt
from cc2h.kit.days import today
from cc2h.kit.geometry import contains
from cc2h.kit.imports import queries, services
from cc2h.kit.imports.services import Result
from cc2h.kit.models import Import, Programme
from practices.maps import Stands, boroughs, rows_of
from practices.matching import Matching
from practices.models import Outline
from tests.factories import CommissionerFactory, PracticeFactory
from tests.samples import block, feature, outlines

pytestmark = pytest.mark.django_db
DATA = Path(os.environ.get("CC2H_SHARED_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
WEST = feature("E09000001", "West  Ashen", block(-0.3, 51.5, -0.2, 51.6))
EAST = feature("E09000002", "East Ashen", block(-0.2, 51.5, -0.1, 51.6))


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    def run(data: bytes, name: str = "boroughs.geojson", **options: Any) -> Result:
        path = tmp_path / name
        path.write_bytes(data)
        return services.run([path], **options)[0]

    return run


def counts(result: Result) -> tuple[int, int, int, int]:
    return result.new, result.changed, result.unchanged, result.closed


def held() -> dict[str, str]:
    return dict(Outline.objects.values_list("code", "name"))


def test_outlines_are_held_with_their_box_and_the_file_they_came_from(bring: Any) -> None:
    result = bring(outlines(WEST, EAST))
    assert (result.status, result.rows, counts(result), result.problems) == ("imported", 2, (2, 0, 0, 0), [])
    west = Outline.objects.get(code="E09000001")
    assert (west.kind, west.name, west.source_id) == ("borough", "West Ashen", result.import_id)
    assert (west.west, west.south, west.east, west.north) == (-0.3, 51.5, -0.2, 51.6)
    assert contains(west.shape, -0.25, 51.55)
    assert Programme.objects.get().kind == Programme.Kind.REAL


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + outlines(WEST),
        b"\n  " + outlines(WEST),
        outlines(WEST, crs="EPSG:4326"),
        outlines(WEST, crs=""),
        outlines({**WEST, "id": 7}, name="made", bbox=[0, 0, 1, 1]),
        outlines(
            feature("E09000001", "West Ashen", type="MultiPolygon", coordinates=[[block(-0.3, 51.5, -0.2, 51.6)]])
        ),
    ],
)
def test_geojson_is_read_however_it_is_written(bring: Any, data: bytes) -> None:
    assert bring(data).status == "imported"
    assert held() == {"E09000001": "West Ashen"}


def test_what_a_file_is_shows_in_its_properties_of_whatever_year(bring: Any) -> None:
    bring(outlines(feature("E05000043", "Ashen Park", block(-0.3, 51.5, -0.2, 51.6), of="WD22")), "a.csv")
    assert Outline.objects.get().kind == "ward"


def test_a_row_of_a_file_is_a_feature(bring: Any) -> None:
    result = bring(outlines(WEST, EAST))
    row = queries.row_of(Import.objects.get(pk=result.import_id), 2)
    assert ("LAD13NM", "East Ashen") in row.cells


def test_the_newest_import_of_an_area_counts(bring: Any) -> None:
    bring(outlines(WEST, EAST))
    moved = feature("E09000001", "West Ashen", block(-0.3, 51.5, -0.2, 51.61))
    result = bring(outlines(moved, EAST), "b.geojson")
    assert counts(result) == (0, 1, 1, 0)
    assert Outline.objects.get(code="E09000001").north == 51.61
    assert Outline.objects.get(code="E09000002").source_id == result.import_id


def test_a_file_of_other_areas_leaves_what_is_held(bring: Any) -> None:
    bring(outlines(WEST))
    ward = feature("E05000043", "Ashen Park", block(-0.3, 51.5, -0.2, 51.6), of="WD13")
    bring(outlines(ward), "wards.geojson")
    assert counts(bring(outlines(EAST), "b.geojson")) == (1, 0, 0, 0)
    assert len(held()) == 3


def test_an_area_drawn_anew_under_other_codes_replaces_those_it_covers(bring: Any) -> None:
    old = [
        feature(f"E0500000{n}", f"Old {n}", block(-0.3 + n / 10, 51.5, -0.2 + n / 10, 51.6), of="WD13") for n in (0, 1)
    ]
    bring(outlines(*old), "old.geojson")
    new = feature("E05000009", "New", block(-0.3, 51.5, -0.19, 51.6), of="WD22")
    result = bring(outlines(new), "new.geojson")
    assert counts(result) == (1, 0, 0, 1)
    assert held() == {"E05000009": "New", "E05000001": "Old 1"}


def test_the_same_file_again_changes_nothing(bring: Any) -> None:
    bring(outlines(WEST, EAST))
    assert bring(outlines(WEST, EAST)).status == "already-imported"
    again = outlines(WEST, EAST) + b"\n"
    assert bring(again, "c.geojson").unchanged == 2


SHORT = block(-0.3, 51.5, -0.2, 51.6)[:3]


@pytest.mark.parametrize(
    ("wrong", "column", "says"),
    [
        (feature("E0900", "Gap", block(0, 51, 1, 52)), "LAD13CD", "Feature 2, Gap: this is no code of an area. Expected"),
        (feature(None, "Gap", block(0, 51, 1, 52)), "LAD13CD", "Feature 2, Gap: the code is missing. Expected"),
        (feature("E09000003", " ", block(0, 51, 1, 52)), "LAD13NM", "Feature 2: the name is missing"),
        (feature("E09000003", "Gap", type="Point", coordinates=[0, 51]), "geometry", "its geometry is a Point. Expected"),
        (feature("E09000003", "Gap", SHORT), "geometry", "a ring has 3 corners. Expected: at least 4"),
        (
            feature("E09000003", "Gap", block(523000, 190000, 524000, 191000)),
            "geometry",
            "a corner is at 523000, 190000. This looks like metres of a national grid",
        ),
        (
            feature("E09000003", "Gap", block(51.5, -0.3, 51.6, -0.2)),
            "geometry",
            "a corner is at 51.5, -0.3. This looks like latitude before longitude. Expected: longitude and latitude",
        ),
        (feature("E09000003", "Gap", block(2, 48, 3, 49)), "geometry", "That is not in the United Kingdom"),
        (feature("E09000001", "Again", block(0, 51, 1, 52)), "code", "the code stands in the file 2 times. Expected: once"),
    ],
)  # fmt: skip
def test_one_wrong_outline_is_told_and_none_of_the_file_is_taken(
    bring: Any, wrong: Any, column: str, says: str
) -> None:
    result = bring(outlines(WEST, wrong, EAST))
    assert result.status == "rejected"
    told = [p for p in result.problems if p["line"] == 2]
    assert told[0]["column"] == column
    assert says in told[0]["problem"]
    assert "none of the file is taken" in Import.objects.get().rejection
    assert not held()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"type": "FeatureCollection", "features": [', "begins like GeoJSON, but is broken"),
        (b'{\n"type": "FeatureCollection",\n"features": [}', "broken on line 3. Expected: a GeoJSON FeatureCollection"),
        (b'{"type": "Topology", "objects": {}}', "This is JSON that is of type “Topology”. Expected: a GeoJSON"),
        (b'{"rows": []}', "This is JSON that has no type"),
        (outlines(), "The collection has no features"),
        (outlines(WEST, 7), "no list of features. Feature 2 is none"),
        (outlines(features={}), "no list of features"),
        (outlines(WEST, crs="urn:ogc:def:crs:EPSG::27700"), "its coordinates are urn:ogc:def:crs:EPSG::27700. Expected: longitude"),
        (outlines(feature("E02000024", "Ashen 001", block(0, 51, 1, 52), of="MSOA11")), "Found: MSOA11CD, MSOA11CDO"),
        (outlines({"type": "Feature", "geometry": None}), "Found: none. Expected: LAD and two digits"),
        (outlines(feature("E09000001", "A\0B", block(0, 51, 1, 52))), "Feature 1 holds a NUL character"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_outlines_is_refused_in_a_sentence(bring: Any, data: bytes, says: str) -> None:
    result = bring(data)
    assert result.status == "rejected"
    assert says in result.problems[0]["problem"]
    assert not held()


def test_real_outlines_never_stand_beside_illustrative_practices(bring: Any) -> None:
    PracticeFactory(illustrative=True)
    Programme.objects.update(kind=Programme.Kind.ILLUSTRATIVE)
    assert "illustrative" in bring(outlines(WEST)).problems[0]["problem"]
    assert bring(outlines(feature("Z99000001", "West Ashen", block(0, 51, 1, 52)))).status == "imported"


@pytest.mark.realdata
@pytest.mark.skipif(
    not DATA.is_dir(), reason=f"The published NHS files are not at {DATA}: set CC2H_SHARED_DATA to their folder."
)
def test_the_published_outlines_and_positions_show_who_stands_outside_barnet() -> None:
    barnet, folder = CommissionerFactory(barnet=True), DATA / "geography"
    (positions,) = folder.glob("practice_coordinates*")
    with positions.open(encoding="utf-8-sig", newline="") as file:
        postcodes = {line["practice_code"]: line["postcode"] for line in csv.DictReader(file)}
    inside = ["E83003", "E83006", "E83007"]
    for code in [*inside, "E83041"]:
        PracticeFactory(ods_code=code, commissioner=barnet, detail__postcode=postcodes[code], detail__borough="Barnet")
    files = [positions, *folder.glob("*_boroughs_*"), *sorted(folder.glob("wards_*"))]
    found = services.run(files)
    assert {result.status for result in found} == {"imported"}
    assert [result.new for result in found[1:]] == [5, 21, 18, 21, 19, 16]
    assert Outline.objects.filter(kind="ward").count() == 95
    now = AsAt(today(), None, today())
    stands = {row.ods_code: row.stands for row in rows_of(Matching(now), boroughs())}
    assert stands == dict.fromkeys(inside, Stands.INSIDE) | {"E83041": Stands.OUTSIDE}
