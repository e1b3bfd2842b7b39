"""What each benefit comes to in a year: net, overlaps counted once, unknowns left unknown."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpis.benefits.models import Benefit, Overlap, Profile
from tests.factories import ChinFactory, CommissionerFactory
from tests.factories.benefits import PLANNED, YEAR, a_benefit, forecast, plan, split, validated
from tests.factories.kpis import MeasureFactory

pytestmark = pytest.mark.django_db
DAY = date(2018, 12, 6)


def row(benefit: Benefit, day: date = DAY, year: int = YEAR) -> Any:
    return Profile.objects.standing(day).with_sums().get(benefit=benefit, year=year)


def counted(*benefits: Benefit, of: str = "saving") -> list[Decimal | None]:
    return [getattr(row(one), f"counted_{of}") for one in benefits]


class TestOverlaps:
    def test_the_same_point_of_delivery_of_one_commissioner_is_flagged(self) -> None:
        barnet = CommissionerFactory()
        one, other = (a_benefit(commissioner=barnet, point_of_delivery="emergency") for _ in range(2))
        found = Overlap.objects.get(benefit=one, other=other)
        assert found.by_point
        assert not found.by_measure

    def test_the_same_measure_is_flagged(self) -> None:
        barnet, measure = CommissionerFactory(), MeasureFactory()
        one, other = (a_benefit(commissioner=barnet, measures=(measure,)) for _ in range(2))
        assert Overlap.objects.get(benefit=other, other=one).by_measure

    def test_a_chin_and_its_commissioner_and_the_programme_overlap(self) -> None:
        barnet = CommissionerFactory()
        chin = ChinFactory(commissioner=barnet)
        of_chin = a_benefit(commissioner=barnet, chin=chin, point_of_delivery="a_and_e")
        of_barnet = a_benefit(commissioner=barnet, point_of_delivery="a_and_e")
        of_all = a_benefit(commissioner=None, point_of_delivery="a_and_e")
        assert Overlap.objects.filter(benefit=of_chin).count() == 2
        assert Overlap.objects.filter(benefit=of_barnet, other=of_all).exists()

    def test_two_commissioners_two_chins_and_two_hrgs_do_not_overlap(self) -> None:
        barnet = CommissionerFactory()
        for _ in range(2):
            a_benefit(point_of_delivery="elective")
            chin = ChinFactory(commissioner=barnet)
            a_benefit(commissioner=barnet, chin=chin, point_of_delivery="outpatient")
        for hrg in ("DZ11", "EB03"):
            a_benefit(commissioner=barnet, point_of_delivery="emergency", hrg=hrg)
        assert not Overlap.objects.exists()

    def test_of_two_that_overlap_the_larger_counts(self) -> None:
        barnet = CommissionerFactory()
        large, small = (a_benefit(n, commissioner=barnet, point_of_delivery="emergency") for n in (900, 400))
        assert counted(large, small) == [900, 0]

    def test_of_two_alike_the_first_counts(self) -> None:
        barnet = CommissionerFactory()
        first, second = (a_benefit(400, commissioner=barnet, point_of_delivery="emergency") for _ in range(2))
        assert counted(first, second) == [400, 0]

    def test_in_years_that_they_do_not_share_both_count(self) -> None:
        barnet = CommissionerFactory()
        one = a_benefit(900, commissioner=barnet, point_of_delivery="emergency")
        other = a_benefit(400, 2018, commissioner=barnet, point_of_delivery="emergency")
        assert row(one).counted_saving == 900
        assert row(other, year=2018).counted_saving == 400

    def test_one_whose_saving_is_not_stated_is_in_nobodys_way_and_stays_unknown(self) -> None:
        barnet = CommissionerFactory()
        unknown, known = (a_benefit(n, commissioner=barnet, point_of_delivery="emergency") for n in (None, 400))
        assert counted(unknown, known) == [None, 400]

    def test_plan_forecast_and_validated_are_weighed_apart(self) -> None:
        barnet = CommissionerFactory()
        one, other = (a_benefit(n, commissioner=barnet, point_of_delivery="emergency") for n in (900, 400))
        forecast(one, 100), forecast(other, 300)
        validated(one, 50), validated(other, 70)
        assert counted(one, other) == [900, 0]
        assert counted(one, other, of="forecast_saving") == [0, 300]
        assert counted(one, other, of="validated_saving") == [0, 70]

    def test_a_split_says_how_much_counts_of_each(self) -> None:
        barnet = CommissionerFactory()
        one, other = (a_benefit(n, commissioner=barnet, point_of_delivery="emergency") for n in (900, 400))
        split(other, one, 50, 100)
        assert counted(one, other) == [900, 200]

    def test_a_split_counts_from_its_day(self) -> None:
        barnet = CommissionerFactory()
        one, other = (a_benefit(n, commissioner=barnet, point_of_delivery="emergency") for n in (900, 400))
        split(one, other, 100, 100, first=date(2018, 7, 1))
        assert row(other, date(2018, 6, 30)).counted_saving == 0
        assert row(other, date(2018, 7, 1)).counted_saving == 400

    def test_what_several_splits_take_off_is_taken_off_together_and_never_more_than_all(self) -> None:
        barnet = CommissionerFactory()
        one, *others = (a_benefit(900, commissioner=barnet, point_of_delivery="emergency") for _ in range(3))
        split(one, others[0], 70, 100)
        split(one, others[1], 60, 100)
        split(*others, 100, 100)
        assert counted(one, *others) == [Decimal("270.00"), 900, 900]
        third = a_benefit(900, commissioner=barnet, point_of_delivery="emergency")
        split(one, third, 0, 100)
        assert counted(one) == [0]

    def test_a_split_takes_nothing_off_in_a_year_in_which_the_other_has_no_profile(self) -> None:
        barnet = CommissionerFactory()
        one, other = (a_benefit(900, commissioner=barnet, point_of_delivery="emergency") for _ in range(2))
        plan(one, 500, 2018)
        split(one, other, 50, 50)
        assert row(one).counted_saving == 450
        assert row(one, year=2018).counted_saving == 500


class TestSums:
    def test_net_is_the_gross_saving_less_what_is_invested(self) -> None:
        benefit = a_benefit()
        plan(benefit, 1_000, 2018, recurrent=300, non_recurrent=150)
        assert row(benefit, year=2018).net == 550

    @pytest.mark.parametrize("unknown", ["saving", "recurrent", "non_recurrent"])
    def test_net_is_not_known_unless_all_of_it_is(self, unknown: str) -> None:
        benefit = a_benefit()
        plan(benefit, year=2018, **{"saving": 1_000, unknown: None})
        assert row(benefit, year=2018).net is None

    def test_validated_quarters_add_up(self) -> None:
        benefit = a_benefit()
        validated(benefit, 100, first_quarter=1, last_quarter=1, activity=Decimal(-4))
        validated(benefit, 150, first_quarter=2, last_quarter=3)
        assert row(benefit).validated_saving == 250
        assert row(benefit).validated_activity is None

    def test_nothing_is_read_of_a_day_before_it_was_planned(self) -> None:
        a_benefit()
        assert not Profile.objects.standing(PLANNED.replace(day=30)).exists()
