"""Cycles: planned with a prediction, done week by week, studied with what was frozen, and what follows."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget.models import Line
from cc2h.cases.cycles import evidence, services
from cc2h.cases.cycles.models import Conclusion, Cycle, Finding, Note, Opened, Prediction, Reading, Study
from cc2h.cases.cycles.services import Expected, Found
from cc2h.cases.cycles.states import Act, CycleState, Verdict, Way
from cc2h.cases.models import Case, Paper, Purpose
from cc2h.cases.papers import make
from cc2h.cases.states import CaseState
from cc2h.kit.asat import AsAt
from kpis.models import RollUp
from tests.budget.ground import at_once, refused
from tests.factories.budget import SourceFactory
from tests.factories.chins import MembershipFactory
from tests.factories.cycles import BEGAN, LAST, VISITS, WEEKS, begun, concluded, cycle_of, measured, studied
from tests.factories.kpis import a_measure, rolled_up
from tests.factories.route import approved, routed

pytestmark = pytest.mark.django_db
MONDAY = date(2018, 10, 8)


def state(case: Case) -> str:
    case.refresh_from_db()
    return str(case.state)


def values_of(cycle: Cycle) -> list[evidence.Value]:
    """The numbers of its one prediction, on its last day."""
    prediction = cycle.predictions.get()
    return evidence.values_of(cycle, [prediction], AsAt(LAST, None, LAST))[prediction.pk]


class TestPlanning:
    def test_a_cycle_is_of_an_approved_case(self) -> None:
        assert refused(lambda: cycle_of(routed())) == "A cycle is of a case that is approved and goes on."

    def test_it_predicts_a_number_before_it_begins(self) -> None:
        cycle = cycle_of(predictions=())
        assert "A cycle predicts something" in refused(lambda: services.begin(by=None, cycle=cycle, today=BEGAN))
        services.predict(by=None, cycle=cycle, expected=VISITS)
        assert services.begin(by=None, cycle=cycle, today=BEGAN).state == CycleState.DO

    def test_nothing_is_predicted_once_it_has_begun(self) -> None:
        cycle = begun()
        told = refused(lambda: services.predict(by=None, cycle=cycle, expected=VISITS))
        assert told == "A prediction is made before the cycle begins."

    def test_with_the_first_cycle_the_test_begins(self) -> None:
        case = approved(routed())
        begun(case)
        assert state(case) == CaseState.TESTING

    def test_days_slip_visibly_and_with_a_reason(self) -> None:
        cycle = begun()
        later = {"first": BEGAN, "last": LAST + timedelta(28), "today": BEGAN}
        assert refused(lambda: services.replan(by=None, cycle=cycle, why="", **later)) == "Say why the days change."
        services.replan(by=None, cycle=cycle, why="The nurse began late.", **later)
        assert [one.last for one in cycle.dates.all()] == [LAST, LAST + timedelta(28)]

    def test_the_next_cycle_waits_for_the_one_before(self) -> None:
        cycle = begun()
        assert "is not over" in refused(lambda: cycle_of(cycle.case))


class TestDoing:
    def test_a_week_has_its_numbers_and_what_was_seen(self) -> None:
        cycle = begun()
        key = cycle.predictions.get().pk
        services.read(by=None, cycle=cycle, week=MONDAY, values={key: Decimal(70)}, today=MONDAY, seen="Quieter")
        assert Note.objects.get().seen == "Quieter"
        assert values_of(cycle) == [(MONDAY, Decimal(70))]

    def test_a_number_entered_anew_replaces_one_that_stays_readable(self) -> None:
        cycle = begun()
        key = cycle.predictions.get().pk
        for value in (Decimal(70), Decimal(71), Decimal(71)):
            services.read(by=None, cycle=cycle, week=MONDAY, values={key: value}, today=MONDAY)
        assert [one.value for one in Reading.objects.all()] == [70, 71]
        services.read(by=None, cycle=cycle, week=MONDAY, values={key: None}, today=MONDAY)
        assert values_of(cycle) == []

    def test_a_week_to_come_has_no_numbers(self) -> None:
        cycle = begun()
        key = cycle.predictions.get().pk
        next_week = MONDAY + timedelta(7)
        asked = {"cycle": cycle, "week": next_week, "values": {key: Decimal(1)}, "today": MONDAY}
        assert "has not begun yet" in refused(lambda: services.read(by=None, **asked))

    def test_another_cycle_s_measure_is_none_of_its_own(self) -> None:
        cycle, other = begun(), begun()
        stray = {other.predictions.get().pk: Decimal(1)}
        told = refused(lambda: services.read(by=None, cycle=cycle, week=MONDAY, values=stray, today=MONDAY))
        assert told == "That is no measure of this cycle."

    @pytest.mark.django_db(transaction=True)
    def test_two_who_enter_the_same_week_at_once_lose_neither_number(self) -> None:
        cycle = begun()
        key = cycle.predictions.get().pk
        at_once(
            2,
            lambda place: services.read(
                by=None, cycle=cycle, week=MONDAY, values={key: Decimal(70 + place)}, today=MONDAY
            ),
        )
        assert sorted(one.value for one in Reading.objects.all()) == [70, 71]
        assert [one.version for one in Reading.objects.order_by("version")] == [1, 2]


class TestStudying:
    def test_a_prediction_is_judged_on_its_chart_frozen_as_it_was_studied(self) -> None:
        cycle = studied()
        found = Finding.objects.get()
        assert (cycle.state, found.verdict) == (CycleState.STUDY, Verdict.HELD)
        assert found.evidence["kind"] == "control"
        assert found.evidence["values"] == [f"{value}.0000" for value in WEEKS]
        assert found.sha256 == evidence.fingerprint(found.evidence)
        flags = [point["flag"] for point in found.evidence["points"]]
        assert "improvement" in flags

    def test_of_few_points_it_says_what_cannot_be_concluded(self) -> None:
        cycle = studied(measured(begun(), WEEKS[:6]), Verdict.NOT_SHOWN)
        shown = cycle.predictions.get().finding.evidence
        assert shown["kind"] == "run"
        assert "With 6 of the 13 points" in shown["said"]
        drawn = evidence.chart(shown, "Visits")
        assert drawn is not None
        assert "Upper limit" not in str(drawn.spec)

    def test_without_numbers_nothing_is_shown_either_way(self) -> None:
        cycle = begun()
        assert "has no numbers" in refused(lambda: studied(cycle, Verdict.HELD))
        cycle.refresh_from_db()
        assert cycle.state == CycleState.DO
        assert studied(cycle, Verdict.NOT_SHOWN).state == CycleState.STUDY

    def test_each_prediction_is_judged(self) -> None:
        cycle = measured(begun(predictions=(VISITS, Expected("Wounds healed, %", Way.UP, Decimal(70), unit="%"))))
        first = cycle.predictions.first()
        assert first is not None
        found = {first.pk: Found(Verdict.HELD, "It did.")}
        given = {"found": found, "summary": "Some.", "learned": "Some.", "today": LAST}
        told = refused(lambda: services.study(by=None, cycle=cycle, **given))
        assert told == "Say whether this held: “Wounds healed, %”."
        assert not Study.objects.exists()

    def test_the_same_values_give_the_same_evidence(self) -> None:
        cycle = measured(begun())
        prediction = cycle.predictions.get()
        values = values_of(cycle)
        assert evidence.canonical(evidence.of(prediction, values)) == evidence.canonical(
            evidence.of(prediction, values)
        )

    def test_what_was_studied_stays_as_it_was(self) -> None:
        cycle = studied()
        key = cycle.predictions.get().pk
        late = {"cycle": cycle, "week": MONDAY, "values": {key: Decimal(1)}, "today": LAST}
        assert "its numbers stay as they were" in refused(lambda: services.read(by=None, **late))
        for model in (Finding, Study, Reading, Prediction):
            with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
                model.objects.all().delete()
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            Finding.objects.update(verdict=Verdict.NOT_HELD)

    def test_a_cycle_jumps_over_nothing(self) -> None:
        cycle = begun()
        for after in (CycleState.STUDY, CycleState.ACT):
            with pytest.raises(IntegrityError), transaction.atomic():
                Cycle.objects.filter(pk=cycle.pk).update(state=after)


class TestOfTheLibrary:
    """A prediction of a measure of the library: its series of the CHIN is what it is studied by."""

    def expected(self, case: Case, **facts: Any) -> Expected:
        measure = a_measure("seen-in-time", months=1)
        for month, value in ((8, 41), (9, 44), (10, 52), (11, 55)):
            rolled_up(measure, case.chin, value, date(2018, month, 28), **facts)
        rolled_up(measure, case.chin, 70, LAST + timedelta(60), **facts)
        return Expected("Seen in time", Way.UP, Decimal(50), unit="%", library=measure)

    def test_its_series_is_frozen_as_it_was_studied(self) -> None:
        case = approved(routed())
        cycle = studied(begun(case, predictions=(self.expected(case),)), Verdict.HELD)
        evidence_of_it = cycle.predictions.get().finding.evidence
        assert evidence_of_it["library"] == "seen-in-time"
        assert evidence_of_it["values"] == ["41.0000", "44.0000", "52.0000", "55.0000"]
        assert evidence_of_it["days"][0] == "2018-08-28"
        RollUp.objects.update(numerator=1)
        assert cycle.predictions.get().finding.evidence == evidence_of_it

    def test_no_number_of_it_is_entered_by_hand(self) -> None:
        case = approved(routed())
        cycle = begun(case, predictions=(self.expected(case),))
        prediction = cycle.predictions.get()
        assert not prediction.weekly
        typed = {"cycle": cycle, "week": MONDAY, "values": {prediction.pk: Decimal(1)}, "today": MONDAY}
        assert refused(lambda: services.read(by=None, **typed)) == "“Seen in time” has its values from the library."

    def test_sums_of_few_unpublished_values_are_not_told(self) -> None:
        case = approved(routed())
        cycle = begun(case, predictions=(self.expected(case, unpublished=3),))
        assert values_of(cycle) == []


class TestActing:
    def test_what_is_adapted_seeds_the_next_cycle(self) -> None:
        cycle = concluded(act=Act.ADAPT, last=False)
        assert Conclusion.objects.get().seed == "Does it hold in all five?"
        assert state(cycle.case) == CaseState.TESTING
        assert cycle_of(cycle.case).number == 2

    def test_what_is_adapted_is_not_the_last(self) -> None:
        assert "another cycle" in refused(lambda: concluded(act=Act.ADAPT, last=True))

    def test_after_the_last_the_case_is_decided_on(self) -> None:
        assert state(concluded().case) == CaseState.CONCLUDED

    def test_it_can_be_extended_or_stopped(self) -> None:
        case = concluded().case
        services.extend(by=None, case=case, why="Winter is still to come.", today=LAST)
        assert state(case) == CaseState.TESTING
        services.stop(by=None, case=case, why="No room any more.", today=LAST)
        assert state(case) == CaseState.STOPPED


class TestScaling:
    def proposed(self, case: Case | None = None, amount: int = 150_000) -> Any:
        case = case or concluded().case
        membership = MembershipFactory(chin=case.chin)
        return services.propose(
            by=None,
            case=case,
            source=SourceFactory(commissioner=case.commissioner),
            line_name="Wound clinics",
            kind="recurrent",
            amounts={2019: Decimal(amount), 2020: Decimal(amount)},
            roll_out={membership.practice: date(2019, 4, 1)},
            day=LAST,
        )

    def test_the_evidence_of_all_cycles_goes_with_it_frozen(self) -> None:
        proposal = self.proposed()
        document = proposal.submission.document
        assert proposal.submission.purpose == Purpose.SCALE
        assert [one["title"] for one in document["sections"]] == [
            *("What it costs borough-wide", "Which practices begin when", "Cycle 1: A clinic at the surgery"),
        ]
        frozen = document["answers"]["evidence"][0]["findings"][0]
        assert frozen["sha256"] == Finding.objects.get().sha256
        assert state(proposal.submission.case) == CaseState.SCALING

    def test_its_paper_is_made(self) -> None:
        proposal = self.proposed()
        make(f"submission:{proposal.submission.pk}", None)
        assert bytes(Paper.objects.get(about=f"submission:{proposal.submission.pk}").pdf).startswith(b"%PDF")

    def test_approved_it_opens_a_line_outside_the_programme_budget(self) -> None:
        proposal = self.proposed()
        case = proposal.submission.case
        approved(case, day=LAST)
        assert state(case) == CaseState.SCALED
        line = Opened.objects.get().line
        assert (line.inside, line.first_year, line.last_year) == (False, 2019, 2020)
        assert not Line.objects.get(pk=line.pk).balances.exists()

    def test_not_before_its_last_cycle_is_concluded(self) -> None:
        case = begun().case
        assert "once its last cycle is concluded" in refused(lambda: self.proposed(case))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(["begin", "read", "study", "conclude", "last", "plan", "replan"]), max_size=12))
def test_whatever_is_tried_in_whatever_order_a_cycle_keeps_its_order(acts: list[str]) -> None:
    with transaction.atomic():
        case = approved(routed())
        cycle = cycle_of(case)
        tried = {
            "begin": lambda: services.begin(by=None, cycle=cycle, today=BEGAN),
            "read": lambda: measured(cycle, [70, 71]),
            "study": lambda: studied(cycle, Verdict.NOT_SHOWN),
            "conclude": lambda: services.conclude(
                by=None, cycle=cycle, act=Act.ADAPT, why="More.", seed="Again?", today=LAST
            ),
            "last": lambda: services.conclude(by=None, cycle=cycle, act=Act.ABANDON, why="No.", today=LAST, last=True),
            "plan": lambda: cycle_of(case),
            "replan": lambda: services.replan(by=None, cycle=cycle, first=BEGAN, last=LAST, why="Later", today=BEGAN),
        }
        for act in acts:
            try:
                with transaction.atomic():
                    tried[act]()
            except services.ValidationError:
                continue
        for one in Cycle.objects.filter(case=case):
            assert hasattr(one, "study") is (one.state in (CycleState.STUDY, CycleState.ACT))
            assert hasattr(one, "conclusion") is (one.state == CycleState.ACT)
            assert one.state == CycleState.PLAN or one.predictions.exists()
        assert Cycle.objects.filter(case=case).exclude(state=CycleState.ACT).count() <= 1
        transaction.set_rollback(True)
