"""North Central London from the published files, wherever they are; says that it was skipped where they are not."""

import os
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count

from cc2h.config import real
from cc2h.kit import programme
from cc2h.kit.asat import AsAt
from cc2h.kit.models import Import, Programme
from chins.models import Chin, Membership
from kpis import shipped
from kpis.models import AreaValue, PracticeValue, RollUp
from practices import maps
from practices.importers.takeovers import NCL
from practices.matching import Matching
from practices.models import (
    Commissioner,
    ListSize,
    Outline,
    Practice,
    PracticeDetail,
    PracticeStanding,
    Status,
    Succession,
)

DATA = Path(os.environ.get("CC2H_SHARED_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.realdata,
    pytest.mark.skipif(
        not DATA.is_dir(), reason=f"The published NHS files are not at {DATA}: set CC2H_SHARED_DATA to their folder."
    ),
]
NOVEMBER_2025, FEBRUARY_2026 = date(2025, 11, 4), date(2026, 2, 1)


def active(day: date, **of: Any) -> int:
    return PracticeStanding.objects.as_at(day).filter(status=Status.ACTIVE, **of).count()


def of_borough(borough: str, day: date) -> int:
    there = PracticeDetail.objects.as_at(day).filter(borough=borough).values("practice")
    return active(day, practice__in=there)


def tables() -> dict[str, int]:
    """How many rows each table of the register has, history included."""
    rooms = [
        name
        for name in connection.introspection.table_names()
        if name.startswith(("practices_", "chins_m", "chins_chin"))
    ]
    counted = {}
    with connection.cursor() as cursor:
        for name in rooms:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counted[name] = cursor.fetchone()[0]
    return counted


def test_the_published_files_become_north_central_london() -> None:
    """One long test: loading takes longer than all the looking."""
    lines: list[str] = []
    began = time.monotonic()
    real.load(DATA, lines.append)
    assert time.monotonic() - began < 60
    assert programme.kind() == Programme.Kind.REAL
    assert not [line for line in lines if "rejected" in line or line.startswith("Not there")]

    # commissioners: five CCGs until March 2020, then one
    ccgs = Commissioner.objects.filter(ods_code__in=NCL.followed)
    assert {c.closed for c in ccgs} == {date(2020, 3, 31)}
    assert {c.successor.ods_code for c in ccgs if c.successor} == {"93C"}
    assert ccgs.get(ods_code="07X").local_word == "Health and Care Team"

    # outlines, and who stands outside
    assert dict(Counter(Outline.objects.values_list("kind", flat=True))) == {"borough": 5, "ward": 95}
    february = Matching(AsAt(FEBRUARY_2026, None, FEBRUARY_2026)).where("standing.status = 'active'")
    stands = {
        row.ods_code: row.stands for row in maps.rows_of(february.where_fact("borough", "= 'Barnet'"), maps.boroughs())
    }
    outside = {code for code, how in stands.items() if how == maps.Stands.OUTSIDE}
    # E83041 serves Barnet from Brent; by its postcode's centre Y02986 is on the far side of the Edgware Road
    assert (len(stands), outside) == (47, {"E83041", "Y02986"})

    # practices: the files' own counts
    assert active(date(2016, 2, 1), commissioner__ods_code="07R") == 36
    assert active(date(2021, 12, 1), commissioner__ods_code="93C") == 187
    assert active(date(2022, 6, 1), commissioner__ods_code="93C") == 186
    assert active(NOVEMBER_2025, commissioner__ods_code="93C") == 175
    assert active(FEBRUARY_2026, commissioner__ods_code="93C") == 173
    boroughs = {
        name: of_borough(name, NOVEMBER_2025) for name in ("Barnet", "Camden", "Enfield", "Haringey", "Islington")
    }
    assert boroughs == {"Barnet": 48, "Camden": 31, "Enfield": 30, "Haringey": 34, "Islington": 32}
    assert of_borough("Barnet", FEBRUARY_2026) == 47

    # the merger one can see in the data
    merger = Succession.objects.get(predecessor__ods_code="E83049")
    assert (merger.successor.ods_code, merger.first_day) == ("E83035", FEBRUARY_2026)
    sizes = ListSize.objects.held().filter(day=NOVEMBER_2025)
    assert sizes.get(practice__ods_code="E83049").patients == 7395
    assert sizes.get(practice__ods_code="E83035").patients == 18162

    # list sizes: the real gap, and provenance down to the row
    days = sorted(set(ListSize.objects.values_list("day", flat=True)))
    assert (len(days), days[0], days[-1]) == (22, date(2013, 6, 30), NOVEMBER_2025)
    assert not [day for day in days if date(2015, 9, 30) < day < date(2021, 1, 1)]
    size = ListSize.objects.get(practice__ods_code="E83003", day=date(2022, 4, 1))
    assert size.source is not None
    assert size.source.file_name == "gp-reg-pat-prac-all_2022-04.csv"
    assert len(size.source.sha256) == 64
    assert not ListSize.objects.filter(superseded_at__isnull=False).exists()

    # networks: those of the workbook, with practices that moved between them
    assert Chin.objects.filter(kind="pcn").count() == 33
    assert not Chin.objects.filter(name__icontains="unallocated").exists()
    moved = Membership.objects.held().filter(practice__ods_code="F85010").order_by("period")
    assert [(m.first_day, m.last_day) for m in moved] == [
        (date(2019, 10, 1), date(2022, 3, 31)),
        (date(2022, 4, 1), None),
    ]

    # positions: nearly all practices of today have one
    placed = PracticeDetail.objects.as_at(NOVEMBER_2025).filter(latitude__isnull=False)
    assert (
        placed.filter(
            practice__in=PracticeStanding.objects.as_at(NOVEMBER_2025).filter(status="active").values("practice")
        ).count()
        > 150
    )

    values_are_there()

    # a second time changes nothing
    before = tables()
    again: list[str] = []
    real.load(DATA, again.append)
    assert tables() == before
    assert all("already-imported" in line for line in again)
    assert Import.objects.filter(state=Import.State.REJECTED).count() == 0
    assert Practice.objects.count() == 259


def values_are_there() -> None:
    """Published values on the real practices, and of areas to compare with."""
    held = PracticeValue.objects.current().order_by()
    counted = {
        (row["measure__code"], row["ends"].year): row["n"]
        for row in held.values("measure__code", "ends").annotate(n=Count("pk"))
    }
    assert {code for code, year in counted if code.endswith("-prevalence") and year == 2021} == {
        f"{one.code}-prevalence" for one in shipped.REGISTERS
    }
    assert {n for (code, year), n in counted.items() if code.endswith("-prevalence") and year == 2021} == {185}
    assert {
        key: counted[key]
        for key in (
            *(("type-2-diabetes-audited", 2025), ("ndh-audited", 2025), ("patient-satisfaction", 2025)),
            *(("patient-satisfaction", 2026), ("smoking-prevalence", 2023), ("extended-hours-paid", 2020)),
        )
    } == {
        ("type-2-diabetes-audited", 2025): 78,
        ("ndh-audited", 2025): 78,
        ("patient-satisfaction", 2025): 37,
        ("patient-satisfaction", 2026): 79,
        ("smoking-prevalence", 2023): 164,
        ("extended-hours-paid", 2020): 204,
    }
    assert counted["deprivation", 2019] > 170
    assert counted["deprivation", 2015] > 200
    # one practice by hand: E83003 has 440 of 7,253 on its register of diabetes, and North Central London 6.07%
    own = held.get(practice__ods_code="E83003", measure__code="diabetes-prevalence")
    assert (own.numerator, own.denominator) == (440, 7253)
    together = RollUp.objects.get(level="programme", measure__code="diabetes-prevalence", ends=date(2021, 3, 31))
    assert (together.numerator, together.denominator, together.practices_with_value) == (84_249, 1_387_518, 185)
    england = AreaValue.objects.get(area_code="E92000001", measure__code="diabetes-prevalence")
    assert england.ends == date(2025, 3, 31)


def test_a_whole_national_file_is_read_as_published(tmp_path: Path) -> None:
    from cc2h.kit.imports import services

    (result,) = services.run([DATA / "ods" / "epraccur_2022-06.csv.gz"])
    assert (result.status, result.rows, result.new, result.problems) == ("imported", 15_119, 8_638, [])
    assert active(date(2022, 6, 1)) == 6_925
    lists = sorted((DATA / "gp-list-sizes").glob("gp-reg-pat-prac-all_*.csv"))
    results = services.run(lists[:2])
    assert [r.status for r in results] == ["imported", "imported"]
    assert all(0 < len(r.problems) < 20 for r in results)  # prescribers with a list that are no GP practices
    assert [r.new + len(r.problems) for r in results] == [r.rows for r in results]
