"""Measures: twenty million values of 6,500 practices, rolled up, judged, drawn and imported."""

import csv
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.config.bench.database import run_file
from cc2h.config.bench.measures import ROUNDS, Row, Setting, beside_hello, execute, person, portal, seconds, worker
from cc2h.config.bench.visitor import Visitor
from cc2h.kit import work
from cc2h.kit.imports import services as imports
from kpis import rollup
from kpis.models import Measure
from kpis.statistics.series import Improvement, Settings
from kpis.statistics.xmr import xmr
from practices.models import Commissioner

FIRST = 1001
OF_A_MILLION = 3  # measures: each has 331,500 values
TIMES = 3
SERIES, POINTS = 100_000, 24
IMPORTED = 1_000_000
COMMISSIONERS = ("B02", "B03")  # who have 62 CHINs together


def _measures(millions: int) -> list[int]:
    return [*range(FIRST, FIRST + millions * OF_A_MILLION)]


def _loaded(given: Setting) -> None:
    """The values, if a group before has not loaded them already; their foreign keys are checked at the end."""
    if Measure.objects.filter(pk=FIRST).exists():
        return
    keys = execute(
        """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE conrelid = 'kpis_practicevalue'::regclass AND contype = 'f'"""
    )
    for name, _ in keys:
        execute(f'ALTER TABLE kpis_practicevalue DROP CONSTRAINT "{name}"')
    run_file("kpis.sql", today=given.today, measures=len(_measures(given.millions)))
    for name, definition in keys:
        execute(f'ALTER TABLE kpis_practicevalue ADD CONSTRAINT "{name}" {definition}')


# Rolling up ---------------------------------------------------------------------------------------------


def rolling_up(given: Setting) -> Iterator[Row]:
    """Every measure, period, CHIN and commissioner from nothing, beside the bare aggregate; and as the values grow."""
    _loaded(given)
    took: dict[int, float] = {}
    bare: dict[int, float] = {}
    sizes = [millions for millions in (5, 10, 20) if millions <= given.millions]
    for millions in sizes:
        pairs = [(_from_nothing(_measures(millions)), _bare(_measures(millions))) for _ in range(TIMES)]
        took[millions], bare[millions] = (median(column) for column in zip(*pairs, strict=True))
    told = ", ".join(f"{millions} million {took[millions]:.1f} s (bare {bare[millions]:.1f} s)" for millions in sizes)
    last = sizes[-1]
    yield Row("roll-up", took[last] / bare[last], 1.5, "× bare SQL", told)
    if len(sizes) == 3:
        yield Row("roll-up-growth", took[20] / took[5], 4.4, "× of a quarter", "four times the values")
    else:
        yield Row("roll-up-growth", None, 4.4, "× of a quarter", f"not measured: {last} million values only")
    yield Row("roll-up-differs", _differing(), 0, "rows")


def _from_nothing(measures: Sequence[int]) -> float:
    execute("TRUNCATE kpis_rollup, kpis_rolledup")
    return seconds(lambda: rollup.recompute([*measures]))


def _bare(measures: Sequence[int]) -> float:
    with transaction.atomic():
        return seconds(lambda: run_file("rollup.sql", measures=[*measures]))


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


# Pages --------------------------------------------------------------------------------------------------


def _rolled_up(given: Setting) -> None:
    """The roll-ups that pages show, if a group before has not worked them out."""
    _loaded(given)
    measures = _measures(given.millions)
    if not execute("SELECT 1 FROM kpis_rollup WHERE level = 'programme' AND measure_id = %s LIMIT 1", [measures[-1]]):
        rollup.recompute(measures)
    execute("TRUNCATE kit_work")
    execute("ANALYZE kpis_rollup")


def pages(given: Setting) -> Iterator[Row]:
    """A series with its chart and its measure, ten measures of 62 CHINs, and a funnel of 6,500 practices."""
    _rolled_up(given)
    several = list(Commissioner.objects.filter(ods_code__in=COMMISSIONERS))
    codes = [f"bench-{FIRST + number}" for number in range(10)]
    with portal() as handler:
        board = Visitor(handler, person(Role.BOARD_MEMBER, *several))
        office = Visitor(handler, person(Role.NCL_OFFICE, *Commissioner.objects.all()))
        for name, visitor, addresses in (
            (
                "measure-page",
                board,
                [
                    reverse("tracking:series", args=[codes[0], "commissioner", COMMISSIONERS[0]]),
                    reverse("kpis:measure_detail", args=[codes[0]]),
                ],
            ),
            ("icon-grid", board, [f"{reverse('tracking:grid')}?measure={'&measure='.join(codes)}"]),
            ("funnel-page", office, [reverse("variation:funnel", args=[codes[0]])]),
        ):
            first = max(visitor.get(address).seconds for address in addresses)
            ratio, queries = beside_hello(visitor, addresses)
            yield Row(name, ratio, 4, "× hello page")
            yield Row(f"{name}-queries", queries, 12, "queries")
            yield Row(f"{name}-first", first, 1, "s", "before anything of it is kept")


_CORRECTED = """
    WITH before AS (
        UPDATE kpis_practicevalue SET superseded_at = clock_timestamp()
        WHERE id = (SELECT v.id FROM kpis_practicevalue v
                    JOIN practices_practicestanding s ON s.practice_id = v.practice_id AND upper_inf(s.held)
                         AND s.status = 'active' AND s.period @> v.ends AND s.commissioner_id = %(commissioner)s
                    WHERE v.measure_id = %(measure)s AND v.superseded_at IS NULL
                    ORDER BY v.ends DESC, v.practice_id LIMIT 1)
        RETURNING *
    )
    INSERT INTO kpis_practicevalue
        (measure_id, practice_id, ends, months, numerator, denominator, suppressed, published, row_number)
    SELECT measure_id, practice_id, ends, months, %(numerator)s, denominator, suppressed, published, row_number FROM before
"""
_TOGETHER = """
    SELECT sum(v.numerator) * 100 / sum(v.denominator) FROM kpis_practicevalue v
    JOIN practices_practicestanding s ON s.practice_id = v.practice_id AND upper_inf(s.held)
         AND s.status = 'active' AND s.period @> v.ends AND s.commissioner_id = %(commissioner)s
    WHERE v.measure_id = %(measure)s AND v.superseded_at IS NULL
      AND v.ends = (SELECT max(ends) FROM kpis_practicevalue WHERE measure_id = %(measure)s)
"""


def value_to_page(given: Setting) -> Iterator[Row]:
    """From correcting a practice's value until the board's page shows what it makes of its commissioner, by a real worker."""
    _rolled_up(given)
    commissioner = Commissioner.objects.get(ods_code="B01")
    asked: dict[str, Any] = {"commissioner": commissioner.pk, "measure": FIRST}
    taken = []
    with portal() as handler, worker(given.database_url):
        visitor = Visitor(handler, person(Role.BOARD_MEMBER, commissioner))
        address = reverse("board:home")
        series = reverse("tracking:series", args=[f"bench-{FIRST}", "commissioner", commissioner.ods_code])
        cell = re.compile(rf'href="{series}".*?app-icon-cell__value">([^<]+)<', re.DOTALL)

        def shown() -> str:
            found = cell.search(visitor.get(address).body.decode())
            return found[1] if found else ""

        for round_ in range(ROUNDS * 2):
            before = shown()
            begun = time.perf_counter()
            with transaction.atomic():
                execute(_CORRECTED, {**asked, "numerator": 0 if round_ % 2 else 1000})
                work.nudge()
            _until(lambda: shown() != before)  # noqa: B023 - used at once
            taken.append(time.perf_counter() - begun)
            ((right,),) = execute(_TOGETHER, asked)
            if shown() != f"{right:.1f}%":
                raise RuntimeError(f"The page shows {shown()}, not {right:.1f}%.")
            _until(lambda: not work.pending(rollup.WORK))
    yield Row("value-to-page", median(taken), 1, "s", f"at most {max(taken):.2f} s")


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError("The correction did not reach the page.")


# Judging and importing ----------------------------------------------------------------------------------


def judging(_: Setting) -> Iterator[Row]:
    """100,000 series of 24 points on one core; some of them beside the plain reference."""
    import numpy as np

    from kpis.statistics.many import FLAGS, RULES, xmr_many

    made = np.random.default_rng(2018)
    values = np.round(made.normal(60, 5, (SERIES, POINTS)), 1)
    values[::3, 12:] += 4  # shifts, so that every rule has something to find
    asked = Settings(Improvement.UP, target=62, fixed=12)
    taken = median([seconds(lambda: xmr_many(values, asked)) for _ in range(TIMES)])
    yield Row("spc-many", taken, 10, "s", f"{SERIES:,} series of {POINTS} points; {taken / SERIES * 1e6:.1f} µs each")
    found = xmr_many(values, asked)
    differs = 0
    for row in range(0, SERIES, 100):
        plain = xmr(values[row].tolist(), asked)
        flags = [FLAGS[flag] for flag in found.flags[row]]
        rules = [tuple(rule for n, rule in enumerate(RULES) if found.rules[n, row, point]) for point in range(POINTS)]
        (segment,) = plain.segments
        differs += (
            flags != [point.flag for point in plain.points]
            or rules != [point.rules for point in plain.points]
            or abs(found.mean[row] - segment.mean) + abs(found.upper[row] - segment.upper) > 1e-9
            or found.variation(row) is not plain.variation
        )
    yield Row("spc-differs", differs, 0, "series", f"of {SERIES // 100:,} beside the plain reference")


_COPIED = (
    "measure_id, practice_id, ends, months, numerator, denominator, suppressed, published, row_number, recorded_at"
)


def importing_values(given: Setting) -> Iterator[Row]:
    """A million values in the portal's own format, checked and merged, beside a bare COPY of the same rows."""
    measures = [2001, 2002, 2003, 2004]
    for number in measures:
        execute(
            """
            WITH m AS (INSERT INTO kpis_measure (id, code, initiative, paper, external_codes) OVERRIDING SYSTEM VALUE
                       VALUES (%(id)s, 'bench-' || %(id)s, 'chins', '', '{}') RETURNING id)
            INSERT INTO kpis_definition (thread, measure_id, period, held, reason, closed_act, closed_reason, name, meaning,
                why, numerator, denominator, kind, multiplier, unit, places, better, months, source, suppress_below, owner,
                checked_by, breaks)
            SELECT gen_random_uuid(), id, daterange('2010-01-01', NULL), tstzrange('2010-01-01 00:00+00', NULL), '', '', '',
                   'Bench measure ' || id, 'Made for the bench', '', 'patients counted', 'patients registered', 'proportion',
                   100, '%%', 1, 'up', 3, 'The bench', 5, '', '', false FROM m
            """,
            {"id": number},
        )
    with tempfile.TemporaryDirectory() as folder:
        plain, file = Path(folder) / "rows.csv", Path(folder) / "values.csv"
        _write_values(plain, file, measures, given.today)
        copied, imported = [], []
        for _ in range(TIMES):
            copied.append(_undone(lambda: _copy(plain)))
            imported.append(_undone(lambda: _import(file)))
    bare = median(copied)
    yield Row(
        "values-import", median(imported) / bare, 3, "× bare COPY", f"{median(imported):.1f} s; COPY {bare:.1f} s"
    )


def _write_values(plain: Path, file: Path, measures: Sequence[int], today: date) -> None:
    ends = [
        day
        for (day,) in execute(
            """SELECT (date_trunc('quarter', %s::date) - make_interval(months => 3 * n) - interval '1 day')::date
               FROM generate_series(1, 39) AS n ORDER BY 1""",
            [today],
        )
    ]
    codes = execute("SELECT id, ods_code FROM practices_practice WHERE id <= 6500 ORDER BY id")
    rows = ((m, day, pk, code) for m in measures for day in ends for pk, code in codes)
    with plain.open("w", newline="") as one, file.open("w", newline="") as other:
        copy, given = csv.writer(one), csv.writer(other)
        given.writerow(("measure", "ods_code", "period", "numerator", "denominator", "published"))
        for line, (m, day, pk, code) in zip(range(2, IMPORTED + 2), rows, strict=False):
            top, below = 200 + (pk * 13 + line) % 400, 1000 + pk * 17 % 900
            copy.writerow((m, pk, day, 3, top, below, "f", "t", line, "2018-01-01"))
            quarter = (day.month - 4) % 12 // 3 + 1
            year = day.year - (quarter == 4)
            given.writerow((f"bench-{m}", code, f"{year}/{(year + 1) % 100:02} Q{quarter}", top, below, "yes"))


def _copy(rows: Path) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY kpis_practicevalue ({_COPIED}) FROM STDIN (FORMAT csv)") as copy,
        rows.open("rb") as lines,
    ):
        while block := lines.read(1 << 20):
            copy.write(block)


def _import(file: Path) -> None:
    (result,) = imports.run([file], group="kpi", kind="kpi_values")
    if (
        result.new + result.problem_count != IMPORTED or result.new < IMPORTED * 0.9
    ):  # those of closed practices are not
        raise RuntimeError(f"{result.new} of {IMPORTED} values were new: {result.problems[:1]} {result.notes}")


def _undone(act: Callable[[], object]) -> float:
    """How long it takes with its foreign keys checked, and everything as it was before."""
    with transaction.atomic():
        begun = time.perf_counter()
        act()
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        taken = time.perf_counter() - begun
        transaction.set_rollback(True)
    return taken
