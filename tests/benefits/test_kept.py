"""What the worker keeps of benefits: the same as the records give, left as work by whatever changes them."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from cc2h.kit import work
from kpis.benefits import kept, services, tasks
from kpis.benefits.models import Evidence, Kept, Profile, Run
from tests.factories import CommissionerFactory, UserFactory
from tests.factories.benefits import YEAR, a_benefit, forecast, plan, split, validated
from tests.factories.kpis import MeasureFactory

pytestmark = pytest.mark.django_db
TODAY = date(2018, 12, 6)


@pytest.fixture(autouse=True)
def _day(clock: time_machine.Traveller) -> None:
    """Today is the board's day."""


def up_to_date() -> None:
    while work.sweep():
        pass


def test_every_change_is_worked_out_by_the_worker() -> None:
    barnet, measure = CommissionerFactory(), MeasureFactory()
    one = a_benefit(900, commissioner=barnet, measures=(measure,))
    other = a_benefit(400, commissioner=barnet)
    up_to_date()
    assert kept.is_fresh(TODAY)
    assert kept.check() == []

    def counted() -> Decimal:
        assert not kept.is_fresh(TODAY)
        up_to_date()
        assert kept.check() == []
        found: Decimal = Kept.objects.get(benefit=other).counted_saving
        return found

    Evidence.objects.create(benefit=other, measure=measure)
    assert counted() == 0
    split(one, other, 100, 25)
    assert counted() == 100
    forecast(one, 100), validated(one, 100)
    assert counted() == 100
    Evidence.objects.filter(benefit=other).delete()
    assert counted() == 400
    type(other).objects.filter(pk=other.pk).update(point_of_delivery="elective")
    assert counted() == 400


def test_only_the_years_that_changed_are_left_as_work() -> None:
    benefit = a_benefit(year=2016)
    plan(benefit, year=YEAR)
    up_to_date()
    was = Profile.objects.get(benefit=benefit, year=YEAR)
    services.plan(by=None, benefit=benefit, year=YEAR, day=TODAY, seen=was.pk, reason="Less", saving=Decimal(1))
    assert work.pending(kept.WORK, [str(YEAR)])
    assert not work.pending(kept.WORK, ["2016"])


def test_a_second_recompute_changes_nothing() -> None:
    a_benefit()
    assert kept.recompute() == 1
    assert kept.recompute() == 0


def test_what_was_withdrawn_goes() -> None:
    benefit = a_benefit()
    made = validated(benefit)
    up_to_date()
    assert Kept.objects.get().validated_saving == 500
    services.withdraw_validation(by=UserFactory(), validation=made, day=date(2018, 9, 1), why="Counted twice")
    up_to_date()
    assert Kept.objects.get().validated_saving is None


def test_a_plan_of_a_day_to_come_counts_when_the_day_comes(clock: time_machine.Traveller) -> None:
    benefit = a_benefit(1_000)
    was = Profile.objects.get(benefit=benefit)
    services.plan(by=None, benefit=benefit, year=YEAR, day=date(2019, 1, 1), seen=was.pk, reason="x", saving=Decimal(5))
    up_to_date()
    assert Kept.objects.get().saving == 1_000
    clock.move_to(date(2019, 1, 1))
    assert not kept.is_fresh(date(2019, 1, 1))
    assert tasks.recompute_everything() == 0
    assert Kept.objects.get().saving == 5
    assert Run.objects.get().day == date(2019, 1, 1)


def test_a_wrong_row_is_found_named_and_mended_at_night() -> None:
    a_benefit()
    up_to_date()
    Kept.objects.update(counted_saving=Decimal(7))
    (found,) = kept.check()
    assert "counted_saving is 7.00, should be 1000.00" in str(found)
    assert tasks.recompute_everything() == 1
    assert kept.check() == []
