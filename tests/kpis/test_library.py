"""The shipped library: what the papers name, in the portal's own words."""

from collections import Counter

import pytest

from kpis import shipped
from kpis.models import Definition, Impact, Measure


class TestWhatIsShipped:
    def test_every_impact_of_the_delivery_plan_is_there(self) -> None:
        assert len(shipped.OF_THE_DELIVERY_PLAN) == 13

    def test_every_planned_outcome_of_the_board_s_report_is_there(self) -> None:
        drivers = Counter(one.initiative for one in shipped.OF_THE_HEALTH_AND_WELLBEING_BOARD)
        assert drivers == {"extended_access": 2, "chins": 7, "qists": 5}

    def test_the_nine_kpis_of_the_delivery_plan_are_measured(self) -> None:
        assert len(shipped.KPIS) == 9
        assert all(one.paper == shipped.STP for kpi in shipped.KPIS for one in kpi)

    def test_the_three_targets_of_the_support_team_are_each_a_measure(self) -> None:
        assert len(shipped.DIABETES_TARGETS) == 3

    def test_eight_and_nine_care_processes_and_both_sets_of_targets_are_measures_of_their_own(self) -> None:
        codes = {one.code for one in shipped.measures()}
        assert {"diabetes-eight-care-processes", "diabetes-nine-care-processes"} <= codes
        assert {"diabetes-three-targets", "diabetes-three-targets-new"} <= codes

    def test_every_register_of_the_qof_is_a_measure(self) -> None:
        assert len({one.group for one in shipped.REGISTERS}) == 21

    def test_no_two_measures_have_one_code_or_one_name_in_a_file(self) -> None:
        counted = Counter(one.code for one in shipped.measures())
        named = Counter(name for one in shipped.measures() for name in one.files)
        assert max(counted.values()) == max(named.values()) == 1

    def test_what_is_set_beside_an_impact_without_measuring_it_is_no_evidence(self) -> None:
        evidenced = {code for one in shipped.measures() for code in one.impacts}
        assert not evidenced & {
            "death-in-place-of-choice",
            "carers",
            "feeling-supported",
            "in-control",
            "cancer-survival",
        }
        known = {one.code for _, rows in shipped.IMPACTS for one in rows}
        assert evidenced <= known

    @pytest.mark.django_db
    def test_it_is_written_once(self) -> None:
        shipped.load()
        shipped.load()
        assert Measure.objects.count() == len(list(shipped.measures()))
        assert Impact.objects.count() == 27
        assert Definition.objects.count() == Measure.objects.count() + 2

    @pytest.mark.django_db
    def test_a_survey_that_asks_anew_breaks_its_series(self) -> None:
        shipped.load()
        first, second = Definition.objects.filter(measure__code="patient-satisfaction").order_by("period")
        assert not first.breaks
        assert second.breaks
        assert second.first_day == shipped.SURVEY_CHANGED
