"""Roll-ups: what groups of practices have together, kept right by the worker."""

from datetime import date
from decimal import Decimal
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from cc2h.kit import dated, work
from chins.models import Chin
from kpis import rollup, tasks
from kpis.models import Level, Measure, PracticeValue, RollUp
from kpis.rollup import Way
from practices.models import Commissioner, Practice
from tests.factories import ChinFactory, CommissionerFactory, ListSizeFactory, MembershipFactory, PracticeFactory
from tests.factories.kpis import a_measure, define, value

pytestmark = pytest.mark.django_db
YEAR_END = date(2018, 3, 31)


class Ground:
    """A CHIN of two practices and a third practice outside it, of one commissioner of the programme."""

    def __init__(self) -> None:
        self.commissioner: Commissioner = CommissionerFactory(in_programme=True)
        self.chin: Chin = ChinFactory(commissioner=self.commissioner)
        self.inside: list[Practice] = PracticeFactory.create_batch(2, commissioner=self.commissioner)
        self.outside: Practice = PracticeFactory(commissioner=self.commissioner)
        for number, practice in enumerate((*self.inside, self.outside), start=1):
            ListSizeFactory(practice=practice, day=date(2017, 4, 1), patients=1_000 * number)
        self.memberships = [MembershipFactory(chin=self.chin, practice=one) for one in self.inside]
        self.measure: Measure = a_measure()
        worker()


@pytest.fixture
def ground() -> Ground:
    return Ground()


def worker() -> None:
    """The worker has done what waits."""
    while work.sweep():
        pass


def of(ground: Ground, level: str, ends: date = YEAR_END) -> RollUp:
    group = {Level.CHIN: ground.chin.pk, Level.COMMISSIONER: ground.commissioner.pk, Level.PROGRAMME: 0}
    return RollUp.objects.get(measure=ground.measure, level=level, group=group[Level(level)], ends=ends)


def test_numerators_and_denominators_are_added_up_at_each_level(ground: Ground) -> None:
    for numerator, practice in zip((10, 60, 5), (*ground.inside, ground.outside), strict=True):
        value(ground.measure, practice, numerator=numerator, denominator=100 * numerator)
    worker()
    sums = {one: (of(ground, one).numerator, of(ground, one).denominator) for one in Level.values}
    assert sums == {"chin": (70, 7000), "commissioner": (75, 7500), "programme": (75, 7500)}


def test_a_practice_without_a_number_is_missing_and_so_are_its_patients(ground: Ground) -> None:
    value(ground.measure, ground.inside[0])
    value(ground.measure, ground.inside[1], numerator=None, denominator=None, suppressed=True)
    worker()
    one = of(ground, "chin")
    assert (one.practices, one.practices_with_value) == (2, 1)
    assert (one.patients, one.patients_with_value) == (3_000, 1_000)
    said = rollup.missing_in_words(one.practices, one.practices_with_value, one.patients, one.patients_with_value)
    assert said == "1 practice of 2 without a number (66.7% of patients)"


def test_a_mean_of_which_only_the_mean_is_known_is_never_averaged(ground: Ground) -> None:
    for practice, score in zip(ground.inside, (4.0, 2.0), strict=True):
        value(ground.measure, practice, numerator=None, denominator=None, value=score)
    worker()
    one = of(ground, "chin")
    assert (one.numerator, one.denominator, one.practices_with_value, one.practices) == (None, None, 0, 2)


@pytest.mark.parametrize("kind", ["dsr", "time_between"])
def test_what_can_not_be_added_up_is_not(ground: Ground, kind: str) -> None:
    ground.measure = a_measure(kind=kind)
    value(ground.measure, ground.inside[0])
    worker()
    assert of(ground, "chin").numerator is None


def test_a_count_has_no_denominator(ground: Ground) -> None:
    ground.measure = a_measure(kind="count", denominator="", unit="events")
    value(ground.measure, ground.inside[0], numerator=3, denominator=None)
    worker()
    assert (of(ground, "chin").numerator, of(ground, "chin").denominator) == (3, None)


def test_of_a_period_of_two_lengths_that_of_most_values_is_added_up(ground: Ground) -> None:
    for practice in ground.inside:
        value(ground.measure, practice)
    value(ground.measure, ground.outside, months=1)
    worker()
    one = of(ground, "commissioner")
    assert (one.months, one.practices_with_value, one.numerator) == (12, 2, 20)


def test_a_value_counts_where_its_practice_was_on_the_period_s_last_day(ground: Ground) -> None:
    for year in (2018, 2019):
        value(ground.measure, ground.inside[0], date(year, 3, 31))
    dated.end(ground.memberships[0], last=date(2018, 6, 30), by=None)
    worker()
    assert of(ground, "chin").numerator == 10
    assert not RollUp.objects.filter(level="chin", ends=date(2019, 3, 31)).exists()
    assert of(ground, "commissioner", date(2019, 3, 31)).numerator == 10


def test_a_practice_that_closed_in_mid_year_is_in_no_group_at_its_end(ground: Ground) -> None:
    closed = PracticeFactory(commissioner=ground.commissioner, closed=date(2017, 9, 30))
    value(ground.measure, ground.outside)
    value(ground.measure, closed)
    worker()
    assert of(ground, "commissioner").numerator == 10


def test_patients_are_those_of_the_newest_list_by_the_last_day(ground: Ground) -> None:
    value(ground.measure, ground.inside[0])
    ListSizeFactory(practice=ground.inside[0], day=date(2018, 3, 1), patients=1_500)
    ListSizeFactory(practice=ground.inside[0], day=date(2018, 4, 1), patients=9_000)
    worker()
    assert (of(ground, "chin").patients, of(ground, "chin").patients_with_value) == (3_500, 1_500)


def test_the_programme_is_its_commissioners_alone(ground: Ground) -> None:
    elsewhere = PracticeFactory(commissioner=CommissionerFactory())
    value(ground.measure, elsewhere)
    value(ground.measure, ground.outside)
    worker()
    assert of(ground, "programme").numerator == 10
    Commissioner.objects.update(in_programme=True)
    worker()
    assert of(ground, "programme").numerator == 20


def test_a_roll_up_says_that_it_rests_on_unpublished_values(ground: Ground) -> None:
    value(ground.measure, ground.inside[0], published=False)
    value(ground.measure, ground.outside)
    worker()
    assert of(ground, "chin").unpublished
    assert of(ground, "commissioner").unpublished


@pytest.mark.parametrize("seed", range(5))
def test_adding_a_practice_adds_exactly_its_numerator_and_denominator(ground: Ground, seed: int) -> None:
    random = Random(seed)
    value(ground.measure, ground.inside[0], numerator=random.randint(0, 50), denominator=random.randint(50, 900))
    worker()
    before = of(ground, "chin")
    numerator, denominator = random.randint(0, 500), random.randint(500, 9_000)
    joined = PracticeFactory(commissioner=ground.commissioner, patients=random.randint(0, 9_000))
    MembershipFactory(chin=ground.chin, practice=joined)
    value(ground.measure, joined, numerator=numerator, denominator=denominator)
    worker()
    after = of(ground, "chin")
    assert (after.numerator - before.numerator, after.denominator - before.denominator) == (numerator, denominator)
    assert (after.practices, after.practices_with_value) == (before.practices + 1, before.practices_with_value + 1)


def test_the_order_of_import_does_not_matter(ground: Ground) -> None:
    """Values one by one, the worker between them, in two orders: the same roll-ups."""
    facts = [(one, date(year, 3, 31)) for one in (*ground.inside, ground.outside) for year in (2016, 2017, 2018)]
    told: list[Any] = []
    for seed in (1, 2):
        measure = a_measure()
        shuffled = Random(seed).sample(facts, len(facts))
        for place, (practice, ends) in enumerate(shuffled):
            number = facts.index((practice, ends)) + 1
            value(measure, practice, ends, number, number * 7)
            if place % 3 == 0:
                worker()
        worker()
        rows = RollUp.objects.filter(measure=measure).order_by("level", "group", "ends")
        told.append(list(rows.values_list("level", "group", "ends", *rollup.VALUES)))
    assert told[0] == told[1]
    assert len(told[0]) == 9


def test_a_revised_value_takes_the_place_of_the_earlier(ground: Ground) -> None:
    value(ground.measure, ground.inside[0], numerator=10)
    worker()
    PracticeValue.objects.update(superseded_at=timezone.now())
    value(ground.measure, ground.inside[0], numerator=12)
    worker()
    assert of(ground, "chin").numerator == 12
    PracticeValue.objects.filter(superseded_at=None).update(superseded_at=timezone.now())
    worker()
    assert not RollUp.objects.exists()


def test_one_statement_leaves_one_piece_of_work_a_measure(ground: Ground) -> None:
    other = a_measure()
    common = {"months": 12, "numerator": Decimal(1), "denominator": Decimal(2), "recorded_at": timezone.now()}
    PracticeValue.objects.bulk_create(
        PracticeValue(measure=measure, practice=practice, ends=date(year, 3, 31), **common)
        for measure in (ground.measure, other)
        for practice in ground.inside
        for year in (2018, 2017)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, from_day FROM kit_work WHERE kind = 'kpis' AND done_at IS NULL ORDER BY id")
        assert sorted(cursor.fetchall()) == sorted((str(one.pk), date(2017, 3, 31)) for one in (ground.measure, other))


def test_a_change_of_the_register_after_the_last_period_leaves_no_work(ground: Ground) -> None:
    value(ground.measure, ground.inside[0])
    worker()
    ListSizeFactory(practice=ground.inside[0], day=date(2018, 4, 1), patients=1)
    assert work.pending(rollup.WORK) == 0
    ListSizeFactory(practice=ground.inside[0], day=date(2018, 3, 1), patients=1)
    assert work.pending(rollup.WORK) == 1


def test_person_months_count_a_practice_for_the_months_it_was_a_member(ground: Ground) -> None:
    dated.correct(ground.memberships[1], by=None, reason="It joined later", period=dated.period_of(date(2017, 12, 31)))
    for practice in ground.inside:
        value(ground.measure, practice, numerator=12, denominator=120)
    today = date(2018, 12, 6)
    (by_months,) = rollup.answer(ground.measure, "chin", ground.chin.pk, Way.PERSON_MONTHS, today=today)
    assert (by_months.numerator, by_months.denominator) == (12 + 4, 120 + 40)  # December to March: a third of the year
    assert (by_months.practices, by_months.practices_with_value) == (2, 2)
    (last_day,) = rollup.answer(ground.measure, "chin", ground.chin.pk, Way.LAST_DAY, today=today)
    assert last_day.numerator == 24


def test_on_request_values_are_added_up_on_today_s_membership(ground: Ground) -> None:
    MembershipFactory(chin=ground.chin, practice=ground.outside, first=date(2018, 9, 1))
    for practice in (*ground.inside, ground.outside):
        value(ground.measure, practice)
    worker()
    (now,) = rollup.answer(ground.measure, "chin", ground.chin.pk, Way.TODAY, today=date(2018, 12, 6))
    assert (now.numerator, now.practices) == (30, 3)
    assert of(ground, "chin").numerator == 20


def test_answers_by_the_last_day_are_what_is_kept(ground: Ground) -> None:
    for practice in (*ground.inside, ground.outside):
        value(ground.measure, practice)
    worker()
    for level, group in (("chin", ground.chin.pk), ("commissioner", ground.commissioner.pk), ("programme", 0)):
        (found,) = rollup.answer(ground.measure, level, group, Way.LAST_DAY, today=date(2018, 12, 6))
        assert all(getattr(found, name) == getattr(of(ground, level), name) for name in rollup.VALUES)


def test_the_check_names_a_roll_up_that_is_wrong_and_writes_nothing(ground: Ground) -> None:
    value(ground.measure, ground.inside[0])
    worker()
    assert rollup.check() == []
    RollUp.objects.filter(level="chin").update(numerator=11)
    RollUp.objects.filter(level="programme").delete()
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("roll_up", "--check", "--measure", ground.measure.code, stdout=out)
    said = out.getvalue()
    assert "numerator is 11.0000, should be 10.0000" in said
    assert "programme, 2018-03-31: missing" in said
    assert tasks.roll_up_everything() == 2
    assert tasks.roll_up_everything() == 0
    assert rollup.check() == []


def test_a_definition_that_makes_counts_of_what_was_a_share_is_heard(ground: Ground) -> None:
    value(ground.measure, ground.inside[0], numerator=3, denominator=None)
    worker()
    assert of(ground, "chin").numerator is None
    dated.end(ground.measure.definitions.get(), last=date(2017, 3, 31), by=None)
    define(ground.measure, first=date(2017, 4, 1), kind="count", denominator="", unit="events")
    worker()
    assert of(ground, "chin").numerator == 3
