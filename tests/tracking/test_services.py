"""What is decided about series: who may, and what the database refuses."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from cc2h.accounts import authority
from cc2h.board.waiting import Reader, waiting_on
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.history import ChangedMeanwhile
from kpis.tracking import queries, services, wording
from kpis.tracking.models import Note, Rebase, RebaseState, SeriesSettings, Target, Trajectory, TrajectoryWay
from kpis.tracking.tasks import propose_all
from tests.budget.ground import at_once
from tests.tracking.ground import ASAT, DAY, SHIFTED, Ground, months

pytestmark = pytest.mark.django_db
FROM = date(2017, 12, 31)


def propose(ground: Ground, by: object, day: date = FROM) -> Rebase:
    return services.propose_rebase(by=by, at=ground.at, day=day, reason="A new clinic", ends=months(24), today=DAY)


class TestBaselines:
    def test_what_somebody_proposed_is_decided_by_somebody_else(self) -> None:
        ground = Ground()
        manager = ground.manager()
        proposed = propose(ground, manager)
        with pytest.raises(ValidationError, match="decided by somebody else"):
            services.decide_rebase(by=manager, rebase=proposed, approve=True, why="Mine", today=DAY)
        decided = services.decide_rebase(by=ground.manager(), rebase=proposed, approve=True, why="Lasting", today=DAY)
        assert decided.state == RebaseState.APPROVED

    def test_the_database_refuses_it_as_well(self) -> None:
        ground = Ground()
        manager = ground.manager()
        proposed = propose(ground, manager)
        with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
            Rebase.objects.filter(pk=proposed.pk).update(
                state="approved", decided_by=manager, decided_on=DAY, decided_why="Mine"
            )
        with pytest.raises(IntegrityError, match="proposed before it is decided"), transaction.atomic():
            Rebase.objects.create(
                **ground.at.columns,
                day=DAY,
                reason="x",
                proposed_on=DAY,
                state="approved",
                decided_by=manager,
                decided_on=DAY,
                decided_why="x",
            )

    def test_what_the_portal_proposed_anybody_who_may_decides(self) -> None:
        ground = Ground()
        proposed = propose(ground, None)
        services.decide_rebase(by=ground.manager(), rebase=proposed, approve=False, why="It was chance", today=DAY)
        assert len(ground.tracked().judged.segments) == 1

    def test_it_is_decided_once(self) -> None:
        ground = Ground()
        proposed = propose(ground, ground.analyst())
        services.decide_rebase(by=ground.manager(), rebase=proposed, approve=False, why="Chance", today=DAY)
        with pytest.raises(ValidationError, match="declined meanwhile"):
            services.decide_rebase(by=ground.manager(), rebase=proposed, approve=True, why="Lasting", today=DAY)

    def test_an_approved_one_is_taken_back_and_stays_readable(self) -> None:
        ground = Ground()
        proposed = propose(ground, ground.analyst())
        services.decide_rebase(by=ground.manager(), rebase=proposed, approve=True, why="Lasting", today=DAY)
        assert len(ground.tracked().judged.segments) == 2
        services.take_back_rebase(by=ground.manager(), rebase=proposed, why="The clinic closed", today=DAY)
        assert len(ground.tracked().judged.segments) == 1
        assert [one.state for one in queries.rebases_of(ground.measure, ground.whose, ASAT)] == ["taken_back"]

    def test_a_day_has_one_at_a_time(self) -> None:
        ground = Ground()
        propose(ground, ground.analyst())
        with pytest.raises(ValidationError, match="proposed already, or holds"):
            propose(ground, ground.manager())

    @pytest.mark.parametrize("day", [date(2016, 1, 1), date(2018, 12, 1)])
    def test_it_begins_between_two_points(self, day: date) -> None:
        ground = Ground()
        with pytest.raises(ValidationError, match="between two points of the series"):
            propose(ground, ground.analyst(), day)

    def test_it_needs_a_reason(self) -> None:
        ground = Ground()
        with pytest.raises(ValidationError, match="can’t be empty"):
            services.propose_rebase(by=ground.analyst(), at=ground.at, day=FROM, reason=" ", ends=months(24), today=DAY)

    def test_the_portal_proposes_one_when_a_shift_follows_something_recorded_and_once(self) -> None:
        ground = Ground(SHIFTED[:12] + tuple(value + 8 for value in SHIFTED[12:]))
        assert services.propose_due(at=ground.at, tracked=ground.tracked(), asat=ASAT) is None
        services.write_note(by=None, at=ground.at, day=date(2017, 10, 15), text="The clinic opens", today=DAY)
        proposed = services.propose_due(at=ground.at, tracked=ground.tracked(), asat=ASAT)
        assert proposed is not None
        assert (proposed.day, proposed.proposed_by) == (date(2017, 12, 31), None)
        assert "after “The clinic opens” of 15 October 2017" in proposed.reason
        assert services.propose_due(at=ground.at, tracked=ground.tracked(), asat=ASAT) is None

    def test_every_night_it_looks_at_all_series_and_whoever_may_decide_is_told(self) -> None:
        ground = Ground(SHIFTED[:12] + tuple(value + 8 for value in SHIFTED[12:]))
        assert propose_all(DAY) == 0
        services.write_note(by=None, at=ground.at, day=date(2017, 10, 15), text="The clinic opens", today=DAY)
        assert propose_all(DAY) == 1
        assert propose_all(DAY) == 0
        manager = ground.manager()
        manager.authority = authority.of(manager, DAY)
        (item,) = [one for one in waiting_on(Reader(manager, ASAT)) if "baseline" in one.text]
        assert item.text == "A new baseline of at-target from 31 Dec 2017 is proposed"


class TestSettings:
    def test_a_baseline_has_at_least_twelve_points(self) -> None:
        with pytest.raises(ValidationError, match="at least 12 points"):
            services.set_settings(by=None, at=Ground([]).at, seen=0, fixed=11, run=7, screened=False, kinder=False)

    def test_nobody_s_change_is_overwritten_unseen(self) -> None:
        ground = Ground([])
        facts = {"fixed": None, "run": 7, "screened": False, "kinder": False}
        found = services.set_settings(by=None, at=ground.at, seen=0, **facts)
        seen = history.version(found)
        services.set_settings(by=None, at=ground.at, seen=seen, **{**facts, "run": 6})
        with pytest.raises(history.ChangedMeanwhile):
            services.set_settings(by=None, at=ground.at, seen=seen, **{**facts, "screened": True})


class TestNotes:
    def test_a_note_is_never_changed_at_most_withdrawn(self) -> None:
        ground = Ground([])
        note = services.write_note(by=None, at=ground.at, day=DAY, text="Winter", today=DAY)
        with pytest.raises(IntegrityError, match="withdrawn once and never changed"), transaction.atomic():
            Note.objects.update(text="Summer")
        services.withdraw_note(by=ground.manager(), note=note, today=DAY)
        assert list(queries.notes_of(ground.measure, ground.whose, ASAT)) == []
        with pytest.raises(ValidationError, match="withdrawn the note meanwhile"):
            services.withdraw_note(by=ground.manager(), note=note, today=DAY)

    def test_as_known_on_a_day_it_stands_until_it_is_withdrawn(self) -> None:
        ground = Ground([])
        note = services.write_note(by=None, at=ground.at, day=date(2018, 1, 1), text="Winter", today=date(2018, 2, 1))
        services.withdraw_note(by=ground.manager(), note=note, today=DAY)
        shown = {
            known: len(queries.notes_of(ground.measure, ground.whose, AsAt(DAY, known, DAY)))
            for known in (date(2018, 1, 31), date(2018, 2, 1), date(2018, 12, 5))
        }
        assert list(shown.values()) == [0, 1, 1]

    def test_changes_of_the_chin_s_membership_are_marks(self) -> None:
        ground = Ground([])
        (mark,) = queries.marks_of(ground.measure, ground.whose, ASAT, [])
        assert (mark.first, mark.text) == (ground.membership.first_day, "1 practice joined")


class TestTargets:
    def test_a_new_target_ends_the_one_before(self) -> None:
        ground = Ground([])
        services.set_target(by=None, at=ground.at, value=Decimal(60), first=date(2017, 4, 1))
        services.set_target(by=None, at=ground.at, value=Decimal(65), first=date(2018, 4, 1))
        values = [
            queries.target_of(ground.measure, ground.whose, AsAt(day, None, DAY)).value
            for day in (date(2018, 3, 31), date(2018, 4, 1))
        ]
        assert values == [60, 65]

    def test_a_target_of_a_later_day_is_not_run_over(self) -> None:
        ground = Ground([])
        services.set_target(by=None, at=ground.at, value=Decimal(65), first=date(2018, 4, 1))
        with pytest.raises(ValidationError, match="another target holds"):
            services.set_target(by=None, at=ground.at, value=Decimal(60), first=date(2017, 4, 1))

    def test_another_of_the_same_day_corrects_it(self) -> None:
        ground = Ground([])
        for number in (65, 66):
            services.set_target(by=None, at=ground.at, value=Decimal(number), first=date(2018, 4, 1))
        assert [one.value for one in Target.objects.held()] == [66]

    def test_a_straight_line_is_computed_as_the_definitions_have_it(self) -> None:
        """TR-P1: 38% in April 2018, 100% in December: October has 84.5%."""
        line = services.linear(date(2018, 4, 1), 38, date(2018, 12, 31), 100)
        assert line[date(2018, 10, 31)] == pytest.approx(84.5)
        assert (line[date(2018, 4, 30)], line[date(2018, 12, 31)], len(line)) == (38, 100, 9)

    def test_a_line_goes_forward(self) -> None:
        with pytest.raises(ValidationError, match="ends in a later month"):
            services.linear(date(2018, 4, 1), 38, date(2018, 4, 30), 100)

    def test_a_trajectory_is_for_delivery_and_never_for_assurance(self) -> None:
        ground = Ground()
        line = services.linear(date(2018, 4, 1), 60, date(2018, 12, 31), 68)
        services.set_trajectory(
            by=None, at=ground.at, way=TrajectoryWay.LINEAR, points=line, reason="The plan", now=timezone.now()
        )
        tracked = ground.tracked()
        assert tracked.judged.assurance is None
        said = wording.delivery(tracked, line)
        assert said == "Delivery: 64.2% in November 2018; the trajectory has 67.0%: 2.8% below the trajectory."

    def test_a_new_trajectory_takes_the_place_of_the_one_before_which_stays(self) -> None:
        ground = Ground([])
        for number in (1, 2):
            services.set_trajectory(
                by=None, at=ground.at, way=TrajectoryWay.DRAWN, points={DAY: number}, reason="x", now=timezone.now()
            )
        found = queries.trajectory_of(ground.measure, ground.whose, ASAT)
        assert [(point.month, point.value) for point in found.points.all()] == [(date(2018, 12, 31), 2)]
        assert Trajectory.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_set_the_first_settings_at_once_do_not_both() -> None:
    ground = Ground([])

    def act(place: int) -> object:
        try:
            return services.set_settings(
                by=None, at=ground.at, seen=0, fixed=None, run=6 + place, screened=False, kinder=False
            )
        except ChangedMeanwhile:  # the other had saved before this one looked
            return "changed meanwhile"

    told = at_once(2, act)
    assert sum(isinstance(one, SeriesSettings) for one in told) == 1
    assert any("meanwhile" in str(one) for one in told)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told_of_the_other() -> None:
    ground = Ground()
    proposed = propose(ground, ground.analyst())
    managers = [ground.manager(), ground.manager()]

    def act(place: int) -> object:
        return services.decide_rebase(by=managers[place], rebase=proposed, approve=place == 0, why="Seen", today=DAY)

    told = at_once(2, act)
    assert sum(isinstance(one, Rebase) for one in told) == 1
    assert any("meanwhile" in str(one) for one in told)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_propose_the_same_day_at_once_one_is_told() -> None:
    ground = Ground()
    people = [ground.analyst(), ground.manager()]
    told = at_once(2, lambda place: propose(ground, people[place]))
    assert sum(isinstance(one, Rebase) for one in told) == 1
    assert Rebase.objects.count() == 1
