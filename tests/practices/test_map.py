"""The map of practices: who is on it, what stands where, its table, and what it costs."""

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from cc2h.accounts.authority import Role
from cc2h.kit.geometry import box_of
from practices import maps
from practices.models import Outline
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, person
from tests.samples import block

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SINCE = date(2018, 1, 1)


def outlined(code: str, name: str, kind: str, *box: float) -> None:
    shape = [[[[*corner] for corner in block(*box)]]]
    west, south, east, north = box_of(shape)
    Outline.objects.create(kind=kind, code=code, name=name, shape=shape, west=west, south=south, east=east, north=north)


def stand(commissioner: Any, number: int, name: str, chin: Any, at: tuple[float, float] | None, **more: Any) -> Any:
    """A practice of Barnet at (longitude, latitude)."""
    longitude, latitude = at or (None, None)
    practice = PracticeFactory(
        ods_code=f"G8{number:04d}",
        commissioner=commissioner,
        detail__name=name,
        detail__borough="Barnet",
        detail__longitude=longitude,
        detail__latitude=latitude,
        patients=1000 * number,
        **more,
    )
    if chin:
        MembershipFactory(practice=practice, chin=chin, first=SINCE)
    return practice


@pytest.fixture
def barnet() -> Any:
    """Two CHINs of two practices each, one of them over the border and one without a position; one in no CHIN."""
    commissioner = CommissionerFactory(barnet=True)
    finchley = ChinFactory(commissioner=commissioner, slug="finchley", name="Finchley")
    hendon = ChinFactory(commissioner=commissioner, slug="hendon", name="Hendon")
    stand(commissioner, 1, "Ashdown Practice", finchley, (-0.19, 51.6))
    stand(commissioner, 2, "Brook Lane Surgery", finchley, None)
    stand(commissioner, 3, "Cedar House Surgery", hendon, (-0.22, 51.58))
    stand(commissioner, 4, "Over The Border", hendon, (-0.31, 51.58))
    stand(commissioner, 5, "Still Out", None, (-0.25, 51.62))
    return commissioner


@pytest.fixture
def outlines() -> None:
    outlined("Z99000001", "BARNET", "borough", -0.3, 51.55, -0.15, 51.65)
    outlined("Z99000002", "Camden", "borough", -0.2, 51.5, -0.1, 51.55)
    outlined("Z99000003", "Far Away", "borough", -3, 53, -2, 54)
    outlined("Z99000004", "A Ward", "ward", -0.3, 51.55, -0.2, 51.65)


@pytest.fixture
def manager(barnet: Any, client: Client) -> Client:
    client.force_login(person(Role.TRANSFORMATION_MANAGER, of=barnet))
    return client


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/practices/map/?{query}")
    assert response.status_code == 200
    return response.content.decode()


def points(html: str) -> dict[str, str]:
    """By code, the mark of each point."""
    found = re.findall(
        r"<title>[^<(]*\((\w+)\)[^<]*</title>\s*<(?:use href=\"#mark-|circle class=\"app-mark app-mark--)(\w+)", html
    )
    return {code[-1]: mark for code, mark in found}


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/practices/map/?format=csv&{query}")
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))  # type: ignore[attr-defined]


def test_every_practice_with_a_position_is_a_point_that_leads_to_it(manager: Client, outlines: None) -> None:
    html = page(manager, "as_at=2018-11-30")
    assert points(html) == {"1": "0", "3": "1", "4": "1", "5": "none"}
    assert '<a href="/practices/G80001/?as_at=2018-11-30"><title>Ashdown Practice (G80001), Finchley</title>' in html
    assert "(G80005), not in a chin" in html
    assert "5 practices, 4 on the map" in html
    for drawn in ("mark-0", "mark-1", "mark-none"):
        assert html.count(f'id="{drawn}"') == 1


def test_a_practice_without_a_position_is_counted_and_listed(manager: Client) -> None:
    assertContains(manager.get("/practices/map/"), "1 practice has</a> no position")
    alone = manager.get("/practices/map/?position=none")
    assertContains(alone, "Brook Lane Surgery")
    assertContains(alone, "No position")
    assertNotContains(alone, "app-map__sheet")
    assert [row["ods_code"] for row in rows(manager, "position=known")] == ["G80001", "G80003", "G80004", "G80005"]


def test_one_outside_the_outline_of_its_borough_is_said_to_be(manager: Client, outlines: None) -> None:
    response = manager.get("/practices/map/")
    assertContains(response, "Outside the outline of its borough:")
    assertContains(response, "(G80004, Barnet)")
    assertContains(response, "Outside Barnet’s outline", count=1)
    stands = {row["ods_code"][-1]: row["stands"] for row in rows(manager)}
    assert stands == {"1": "inside", "2": "no position", "3": "inside", "4": "outside", "5": "inside"}


def test_without_an_outline_the_points_stand_alone(manager: Client) -> None:
    html = page(manager)
    assert len(points(html)) == 4
    assert "the points stand alone" in html
    assert "app-map__area" not in html
    assert "Outside" not in html
    assert {row["stands"] for row in rows(manager)} == {"no outline", "no position"}


def test_boroughs_and_wards_around_the_practices_are_drawn(manager: Client, outlines: None) -> None:
    html = page(manager)
    assert (html.count("app-map__area--own"), html.count("app-map__ward")) == (1, 1)
    assert "BARNET</text>" in html
    assert "Far Away" not in html


def test_more_wards_than_can_be_told_apart_are_left_out(
    manager: Client, outlines: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "MOST_WARDS", 0)
    assert "app-map__ward" not in page(manager)


def test_one_chin_alone_looks_as_it_does_among_all(manager: Client) -> None:
    assert points(page(manager, "chin=hendon")) == {"3": "1", "4": "1"}
    assert points(page(manager, "chin=none")) == {"5": "none"}


def test_chins_have_a_shape_and_a_colour_of_their_own_as_far_as_they_go() -> None:
    shapes, colours = 8, 7
    assert len({(n % shapes, n % colours) for n in range(maps.MARKS)}) == maps.MARKS


def test_the_board_never_sees_who_is_in_no_chin(client: Client, barnet: Any, outlines: None) -> None:
    client.force_login(person(Role.BOARD_MEMBER, of=barnet))
    html = page(client)
    assert "4 practices, 3 on the map" in html
    for said in (html, page(client, "chin=none"), page(client, "placed=out&status=all"), str(rows(client))):
        assert "Still Out" not in said
        assert "G80005" not in said


def test_one_sees_the_commissioners_one_may_see(client: Client, barnet: Any, manager: Client) -> None:
    camden = CommissionerFactory(ods_code="07R", short_name="Camden")
    stand(camden, 9, "Kentish Town", None, (-0.14, 51.55))
    assert "Kentish Town" not in page(manager)
    client.force_login(person(Role.NCL_OFFICE, of=[barnet, camden]))
    assert len(points(page(client))) == 5
    assert list(points(page(client, "commissioner=07R"))) == ["9"]


def test_practices_at_one_place_stand_side_by_side(manager: Client, barnet: Any) -> None:
    stand(barnet, 6, "Same House", None, (-0.19, 51.6))
    assert page(manager).count('transform="translate(13)"') == 1


def test_a_map_of_nobody_says_so(manager: Client) -> None:
    html = page(manager, "q=zebra")
    assert "Nothing matches these filters" in html
    assert "No practices" in html


def test_the_list_and_the_chin_lead_to_the_map_with_what_is_filtered(manager: Client) -> None:
    listed = manager.get("/practices/?chin=finchley&sort=-patients&as_at=2018-11-30")
    assertContains(listed, 'href="/practices/map/?chin=finchley&amp;as_at=2018-11-30"')
    assertContains(manager.get("/chins/finchley/"), 'href="/practices/map/?chin=finchley"')
    assertContains(manager.get("/practices/map/?chin=finchley"), 'href="/practices/?chin=finchley"')


def test_the_api_pages_through_the_same_rows(manager: Client, outlines: None) -> None:
    address, found = "/api/v1/practices/map/?sort=-patients&limit=2", []
    while address:
        answer = manager.get(address).json()
        found += answer["rows"]
        address = answer["next"]
    assert [row["ods_code"][-1] for row in found] == ["5", "4", "3", "2", "1"]
    assert found[1]["stands"] == "outside"
    assert set(found[0]) == {"id", *rows(manager)[0]}


def test_thousands_of_practices_cost_no_more_queries_and_leave_the_tab_key_free(
    manager: Client, barnet: Any, outlines: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(manager)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(manager)
    for number in range(10, 20):
        stand(barnet, number, f"Practice {number}", None, (-0.2 - number / 1000, 51.6))
    monkeypatch.setattr(maps, "LINKED", 10)
    with CaptureQueriesContext(connection) as many:
        html = page(manager)
    assert len(many) == len(few)
    assert html.count('tabindex="-1"') == 14


def test_a_name_is_written_where_it_covers_nothing() -> None:
    def row(name: str) -> Any:
        return maps.MapRow(
            maps.Stands.INSIDE, 1, "G80001", name, "07M", "", "active", None, None, 51.6, -0.2, "Barnet", None
        )

    mark = maps.Mark(0, "Finchley", "finchley", 1)
    spots = [("Free", 20.0, 20.0), ("Crowded", 50.0, 50.0), ("Crowd", 51.5, 50.0), ("At the edge", 97.0, 80.0)]
    given = [maps.Point(row(name), mark, across, down, 0) for name, across, down in spots]
    labels = {point.row.called: point.label for point in maps._labelled(given, [], 0.8)}
    assert labels["Free"] == maps.Label("Free", before=False)
    assert labels["Crowded"] == maps.Label("Crowded", before=True)
    assert labels["Crowd"] == maps.Label("Crowd", before=False)
    assert labels["At the edge"] == maps.Label("At the edge", before=True)
