"""Measures: twenty million values of 6,500 practices, rolled up, judged, drawn and imported."""

from collections.abc import Iterator, Sequence
from statistics import median

from django.db import transaction

from cc2h.config.bench.database import run_file
from cc2h.config.bench.measures import Row, Setting, execute, seconds
from kpis import rollup

MEASURES = range(1001, 1061)
GROWTH = {5: MEASURES[:15], 10: MEASURES[:30], 20: MEASURES[:60]}  # millions of values: of which measures
TIMES = 3


def rolling_up(given: Setting) -> Iterator[Row]:
    """Every measure, period, CHIN and commissioner from nothing, beside the bare aggregate; and as the values grow."""
    run_file("kpis.sql", today=given.today)
    took: dict[int, float] = {}
    bare: dict[int, float] = {}
    for millions, measures in GROWTH.items():
        bare[millions] = median([seconds(lambda: _bare(measures)) for _ in range(TIMES)])  # noqa: B023 - used at once
        took[millions] = median([_from_nothing(measures) for _ in range(TIMES)])
    differs = _differing()
    told = ", ".join(f"{millions} million {took[millions]:.1f} s (bare {bare[millions]:.1f} s)" for millions in GROWTH)
    yield Row("roll-up", took[20] / bare[20], 1.5, "× bare SQL", told)
    yield Row("roll-up-growth", took[20] / took[5], 4.4, "× of a quarter", "four times the values")
    yield Row("roll-up-differs", differs, 0, "rows")


def _from_nothing(measures: Sequence[int]) -> float:
    execute("TRUNCATE kpis_rollup")
    return seconds(lambda: rollup.recompute([*measures]))


@transaction.atomic
def _bare(measures: Sequence[int]) -> None:
    run_file("rollup.sql", measures=[*measures])


def _differing() -> int:
    """Rows in which the bare aggregate and the roll-ups differ."""
    stored = """SELECT level, group_id::bigint, measure_id, ends, numerator, denominator, practices_with_value::numeric
                FROM kpis_rollup WHERE practices_with_value > 0"""
    bare = (
        "SELECT level, group_id::bigint, measure_id, ends, numerator, denominator, practices::numeric FROM bench_rollup"
    )
    ((differing,),) = execute(
        f"SELECT count(*) FROM (({stored} EXCEPT ALL {bare}) UNION ALL ({bare} EXCEPT ALL {stored})) AS d"  # noqa: S608
    )
    return int(differing)
