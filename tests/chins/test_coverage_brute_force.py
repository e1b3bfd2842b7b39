"""Coverage, its snapshots, its decomposition and its work to do, against the definition in plain Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from cc2h.kit.days import month_ends
from chins import coverage
from chins.models import CoverageSnapshot
from tests.chins import brute, worlds
from tests.chins.worlds import FIRST, TODAY

pytestmark = pytest.mark.django_db
# Worlds are dense and come from a seed: one that fails is named by it, and there is no use in shrinking a seed.
SEEDS = st.integers(0, 2**32 - 1)
some = settings(max_examples=25)


@contextmanager
def world(seed: int) -> Iterator[tuple[Random, brute.Records]]:
    """A world's rows, for the length of a block."""
    random = Random(seed)
    with transaction.atomic():
        worlds.build(random)
        yield random, brute.Records()
        transaction.set_rollback(True)


def plain(found: Any) -> tuple[int, int, int, int]:
    return found.practices, found.patients, found.carried_forward, found.without_list


def assert_same(found: coverage.Coverage, totals: brute.Totals) -> None:
    assert plain(found) == plain(totals)
    assert (found.covered_practices, found.covered_patients) == (totals.covered_practices, totals.covered_patients)
    assert found.by_status == totals.by_status
    assert found.extract_day == totals.extract_day


@some
@given(seed=SEEDS)
def test_any_day_as_known_at_any_moment(seed: int) -> None:
    with world(seed) as (random, records):
        known = random.choice(worlds.KNOWN)
        days = sorted({worlds.a_day(random) for _ in range(3)})
        for commissioner in brute.commissioners():
            rows = coverage.practice_rows_on(commissioner, days, known)
            of_rows = coverage.coverage_of_rows(commissioner, rows, known)
            for day in days:
                totals = records.coverage(commissioner.pk, day, known)
                chins = records.chins_of(commissioner.pk, day, known)
                for found in (coverage.live_coverage(commissioner, day, known), of_rows[day]):
                    assert_same(found, totals)
                    assert {c.chin_id: (c.status, plain(c)) for c in found.chins} == {
                        pk: (status, plain(of_chin)) for pk, (status, of_chin) in chins.items()
                    }
                assert [(row.practice_id, row.chin_id, row.chin_status, row.patients) for row in rows[day]] == [
                    (
                        practice,
                        *(records.chin_of(practice, day, known) or (None, None)),
                        (records.newest_list(practice, day, known) or (None, 0))[1],
                    )
                    for practice in records.active(commissioner.pk, day, known)
                ]
                groups = coverage.groups(commissioner, day, known)
                assert sum(group.patients for group in groups) == totals.patients
                assert sum(group.practices for group in groups if group.slug) == totals.covered_practices
                assert sum(group.carried_forward for group in groups) == totals.carried_forward


@some
@given(seed=SEEDS)
def test_snapshots_and_trend_are_what_the_records_give(seed: int) -> None:
    with world(seed) as (random, records):
        coverage.recompute(today=TODAY)
        stored = {(s.commissioner_id, s.chin_id, s.day): s for s in CoverageSnapshot.objects.all()}
        wanted = set()
        known = random.choice(worlds.KNOWN)
        for commissioner in brute.commissioners():
            days = sorted({*month_ends(FIRST - timedelta(days=430), TODAY), TODAY})
            for day in days:
                totals = records.coverage(commissioner.pk, day)
                if totals.extract_day or totals.covered_practices:
                    wanted.add((commissioner.pk, None, day))
                    assert_same(coverage.coverage_on(commissioner, day), totals)
                    assert plain(stored[commissioner.pk, None, day]) == plain(totals)
                for pk, (status, of_chin) in records.chins_of(commissioner.pk, day).items():
                    wanted.add((commissioner.pk, pk, day))
                    snapshot = stored[commissioner.pk, pk, day]
                    assert (snapshot.status, plain(snapshot)) == (status, plain(of_chin))
            for moment in (None, known):
                points = coverage.trend(commissioner, FIRST, TODAY + timedelta(days=40), moment)
                for point in points:
                    assert_same(point, records.coverage(commissioner.pk, point.day, moment))
                all_days = month_ends(FIRST, TODAY + timedelta(days=40))
                known_of = {day: records.coverage(commissioner.pk, day, moment) for day in all_days}
                assert [point.day for point in points] == [
                    day for day, totals in known_of.items() if totals.extract_day or totals.covered_practices
                ]
        assert stored.keys() == wanted
        assert coverage.recompute(today=TODAY) == 0
        assert coverage.check(today=TODAY) == []


@some
@given(seed=SEEDS)
def test_parts_of_a_change_sum_to_it(seed: int) -> None:
    with world(seed) as (random, records):
        known = random.choice(worlds.KNOWN)
        first, last = sorted([worlds.a_day(random), worlds.a_day(random)])
        for commissioner in brute.commissioners():
            before, after = (records.coverage(commissioner.pk, day, known) for day in (first, last))
            found = coverage.decompose(commissioner, first, last, known)
            assert sum(part.practices for part in found.covered) == after.covered_practices - before.covered_practices
            assert sum(part.patients for part in found.covered) == after.covered_patients - before.covered_patients
            assert sum(part.practices for part in found.total) == after.practices - before.practices
            assert sum(part.patients for part in found.total) == after.patients - before.patients
            reasons = records.reasons(commissioner.pk, first, last, known)
            for name, parts in (("covered", found.covered), ("total", found.total)):
                sums = {part.kind.value: (part.practices, part.patients) for part in parts}
                assert {kind: change for kind, change in sums.items() if change != (0, 0)} == reasons[name]


@settings(max_examples=10)
@given(seed=SEEDS)
def test_the_work_that_changes_leave_is_enough(seed: int) -> None:
    """Records change in bulk, one kind after the other; doing just the work left makes the snapshots right again."""
    with world(seed) as (random, _):
        do_the_work(TODAY)
        for change in random.sample(CHANGES, len(CHANGES)):
            with connection.cursor() as cursor:
                cursor.execute(change, {"which": random.randint(0, 2)})
            do_the_work(TODAY)
            assert coverage.check(today=TODAY) == []


_VOID = """
    UPDATE {table} SET held = tstzrange(lower(held), clock_timestamp()), closed_act = 'voided'
    WHERE upper_inf(held) AND id %% 3 = %(which)s
"""
# Close what was held of a third of the records, and hold it a month later, or of another practice.
_MOVE = """
    WITH closed AS (
        UPDATE {table} SET held = tstzrange(lower(held), clock_timestamp()), closed_act = 'corrected'
        WHERE upper_inf(held) AND id %% 3 = %(which)s RETURNING *
    )
    INSERT INTO {table} (thread, held, reason, closed_act, closed_reason, {column}, period, {columns})
    SELECT gen_random_uuid(), tstzrange(clock_timestamp(), NULL), '', '', '', {column},
           daterange(lower(period) + 10, CASE WHEN upper(period) > lower(period) + 10 THEN upper(period) END), {columns}
    FROM closed
    ON CONFLICT DO NOTHING
"""
_TABLES = (
    ("practices_practicestanding", "status", "practice_id, commissioner_id"),
    ("chins_chinstate", "status", "chin_id"),
    ("chins_membership", "chin_id", "practice_id"),
)
CHANGES = [
    *(_VOID.format(table=table) for table, *_ in _TABLES),
    *(_MOVE.format(table=table, column=column, columns=columns) for table, column, columns in _TABLES),
    "UPDATE practices_listsize SET superseded_at = now() WHERE superseded_at IS NULL AND id %% 3 = %(which)s",
    """
    INSERT INTO practices_listsize (practice_id, day, patients, row_number)
    SELECT id, '2018-01-15'::date + 40 * %(which)s, 1234, 1 FROM practices_practice WHERE id %% 2 = 0
    ON CONFLICT DO NOTHING
    """,
    "UPDATE chins_chin SET commissioner_id = (SELECT max(commissioner_id) FROM chins_chin) WHERE id %% 3 = %(which)s",
]


def do_the_work(today: date) -> None:
    """What a worker does with what the triggers left, on that day: once a commissioner, from the earliest day on."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT key, CASE WHEN bool_and(from_day IS NOT NULL) THEN min(from_day) END
            FROM kit_work WHERE kind = 'coverage' AND done_at IS NULL GROUP BY key ORDER BY min(id)
        """)
        for key, from_day in cursor.fetchall():
            coverage.recompute([int(key)], from_day, today=today)
        cursor.execute("UPDATE kit_work SET done_at = now() WHERE done_at IS NULL")
