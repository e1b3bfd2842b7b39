"""Two time lines: when it was true, and while we held it. Nothing is overwritten, whoever asks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cc2h.kit import dated
from cc2h.kit.problems import told
from practices.models import Commissioner, NamesRelease

pytestmark = pytest.mark.django_db

JAN, MAR, JUN = date(2018, 1, 1), date(2018, 3, 1), date(2018, 6, 1)


@pytest.fixture
def commissioner() -> Commissioner:
    return Commissioner.objects.create(ods_code="99X", name="Test CCG", short_name="Test")


@pytest.fixture
def release(commissioner: Commissioner) -> NamesRelease:
    return dated.record(NamesRelease, by=None, first=JAN, commissioner=commissioner)


def open_on(day: date, known: datetime | None = None) -> int:
    return NamesRelease.objects.as_at(day, known).count()


def test_a_period_is_shown_with_both_ends_included() -> None:
    period = dated.period_of(JAN, MAR)
    assert (period.lower, period.upper) == (JAN, MAR + timedelta(days=1))
    with pytest.raises(ValidationError, match="before the first day"):
        dated.period_of(MAR, JAN)


def test_ending_keeps_the_days_before_and_the_version_that_had_no_end(release: NamesRelease) -> None:
    ended = dated.end(release, last=MAR, by=None, reason="no longer")
    assert ended.last_day == MAR
    assert ended.thread == release.thread
    assert (open_on(MAR), open_on(MAR + timedelta(days=1))) == (1, 0)
    release.refresh_from_db()
    assert (release.closed_act, release.closed_reason) == (dated.Act.ENDED, "no longer")
    assert release.closed_at == ended.recorded_at


def test_a_void_counts_on_no_day_but_what_was_known_before_still_shows_it(release: NamesRelease) -> None:
    before = dated.now()
    dated.void(release, by=None, reason="entered by mistake")
    assert open_on(MAR) == 0
    assert open_on(MAR, known=before) == 1


def test_a_void_needs_a_reason(release: NamesRelease) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        dated.void(release, by=None, reason="  ")
    assert open_on(MAR) == 1


def test_a_correction_is_what_counts_from_now_on(release: NamesRelease) -> None:
    before = dated.now()
    dated.correct(release, by=None, reason="wrong day", period=dated.period_of(MAR))
    assert (open_on(JAN), open_on(MAR)) == (0, 1)
    assert open_on(JAN, known=before) == 1


def test_it_cannot_end_before_it_began(release: NamesRelease) -> None:
    with pytest.raises(ValidationError, match="before it began"):
        dated.end(release, last=date(2017, 12, 31), by=None)


def test_the_second_of_two_people_is_told_what_is_now_held(release: NamesRelease) -> None:
    mine = NamesRelease.objects.get(pk=release.pk)
    theirs = dated.end(release, last=MAR, by=None)
    with pytest.raises(dated.StaleRecord) as stale:
        dated.end(mine, last=JUN, by=None)
    assert stale.value.latest == theirs
    assert open_on(JUN) == 0


def test_the_second_person_is_told_also_when_the_first_voided_it(release: NamesRelease) -> None:
    mine = NamesRelease.objects.get(pk=release.pk)
    dated.void(release, by=None, reason="never true")
    with pytest.raises(dated.StaleRecord) as stale:
        dated.correct(mine, by=None, reason="x", period=dated.period_of(MAR))
    assert stale.value.latest is None


@pytest.mark.parametrize(
    "change",
    [
        "period = daterange('2017-01-01', NULL)",
        "held = tstzrange(lower(held) - interval '1 day', clock_timestamp()), closed_act = 'ended'",
        "reason = 'rewritten'",
        "commissioner_id = commissioner_id + 1",
    ],
)
def test_the_database_refuses_to_change_a_version(release: NamesRelease, change: str) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE practices_namesrelease SET {change}")


def test_the_database_refuses_to_open_a_closed_version_again(release: NamesRelease) -> None:
    dated.void(release, by=None, reason="never true")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE practices_namesrelease SET held = tstzrange(lower(held), NULL), closed_act = ''")


def test_the_database_refuses_to_delete(release: NamesRelease) -> None:
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        NamesRelease.objects.all().delete()


def test_two_truths_on_one_day_are_refused_in_words(release: NamesRelease, commissioner: Commissioner) -> None:
    with pytest.raises(ValidationError, match="already released"), told(), transaction.atomic():
        dated.record(NamesRelease, by=None, first=JUN, commissioner=commissioner)


def test_recording_in_the_past_is_for_the_demonstration(commissioner: Commissioner) -> None:
    with dated.recording_at(datetime(2018, 1, 2, tzinfo=UTC)):
        dated.record(NamesRelease, by=None, first=JAN, commissioner=commissioner)
    assert open_on(MAR, known=datetime(2018, 1, 3, tzinfo=UTC)) == 1
    assert open_on(MAR, known=datetime(2018, 1, 1, tzinfo=UTC)) == 0


ACTS = st.lists(st.tuples(st.sampled_from(["end", "correct", "void"]), st.integers(0, 400)), min_size=1, max_size=6)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(acts=ACTS)
def test_whatever_is_done_what_was_known_at_each_moment_stays_readable(acts: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        commissioner = Commissioner.objects.create(ods_code="98X", name="Test CCG", short_name="Test")
        version: Any = dated.record(NamesRelease, by=None, first=JAN, commissioner=commissioner)
        seen: list[tuple[datetime, list[tuple[date, date | None]]]] = []

        def truths(known: datetime | None = None) -> list[tuple[date, date | None]]:
            return [
                (r.first_day, r.last_day) for r in NamesRelease.objects.held(known).filter(commissioner=commissioner)
            ]

        for act, offset in acts:
            seen.append((dated.now(), truths()))
            day = JAN + timedelta(days=offset)
            if act == "end":
                version = dated.end(version, last=max(day, version.first_day), by=None)
            elif act == "correct":
                version = dated.correct(version, by=None, reason="r", period=dated.period_of(day))
            else:
                dated.void(version, by=None, reason="r")
                break
        assert [truths(known=moment) for moment, _ in seen] == [rows for _, rows in seen]
        assert len(truths()) <= 1
        transaction.set_rollback(True)
