"""QISTs: whom they serve, who is in them, what they did and for whom, and what a review decided."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from kpis.models import Level, Measure, RollUp
from kpis.qists import queries, services
from kpis.qists.models import Qist, Staffing, Support
from kpis.statistics.series import Flag
from practices.models import Practice
from tests.budget.ground import at_once
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeFactory,
    person,
)
from tests.factories.kpis import a_measure, value
from tests.factories.qists import QistFactory, served, support, target

pytestmark = pytest.mark.django_db

SINCE = date(2018, 1, 1)
DAY = date(2018, 12, 6)
ASAT = AsAt(DAY, None, DAY)
PAGE = {"as_at": "2018-12-06"}


class Ground:
    """A commissioner with a CHIN of one practice, and a QIST that serves it."""

    def __init__(self) -> None:
        self.commissioner: Any = CommissionerFactory(in_programme=True)
        self.chin: Any = ChinFactory(commissioner=self.commissioner)
        self.practice: Practice = MembershipFactory(chin=self.chin, first=SINCE).practice
        self.qist: Any = QistFactory(commissioner=self.commissioner, name="D-QIST", slug="d-qist")
        self.serves = served(self.qist, self.chin)
        self.manager = person(Role.TRANSFORMATION_MANAGER, of=self.commissioner)

    def page(self, user: Any = None, name: str = "qist_detail", **query: str) -> str:
        client = Client()
        client.force_login(user or self.manager)
        answer = client.get(reverse(f"qists:{name}", args=[self.qist.slug]), {**PAGE, **query})
        assert answer.status_code == 200
        return answer.content.decode()


@pytest.fixture
def ground(clock: Any) -> Ground:
    return Ground()


def log(ground: Ground, **facts: Any) -> Support:
    said: dict[str, Any] = {"practice": ground.practice, "day": date(2018, 2, 1), "kind": "visit", "what": "Visited."}
    return services.log_support(by=ground.manager, qist=ground.qist, today=DAY, **said | facts)


class TestRatios:
    def test_required_is_rounded_up_by_both_ratios(self) -> None:
        against = queries.Against(CommissionerFactory(), 400_001, 1, 2, 1, 2)
        assert [against.required(ratio) for ratio in queries.RATIOS] == [9, 6]
        assert against.patients_each == 400_001

    def test_none_in_place_serves_no_number_of_patients_each(self) -> None:
        assert queries.Against(CommissionerFactory(), 400_000, 0, 0, 0, 0).patients_each is None

    def test_planned_in_place_and_funded_are_counted_apart(self, ground: Ground) -> None:
        ListSizeFactory(practice=ground.practice, patients=120_000, day=date(2018, 12, 1))
        QistFactory(commissioner=ground.commissioner, opens_on=date(2019, 4, 1), funding=Decimal("1.00"))
        QistFactory(commissioner=ground.commissioner, ended_on=date(2018, 6, 30))
        (found,) = queries.against_population(ground.manager, ASAT)
        assert (found.in_place, found.planned, found.funded, found.funding_unknown) == (1, 1, 1, 1)
        assert (found.patients, found.required(50_000), found.required(80_000)) == (120_000, 3, 2)
        client = Client()
        client.force_login(ground.manager)
        html = client.get(reverse("qists:qist_list"), PAGE).content.decode()
        assert "Required, 1 to 50,000" in html
        assert "adds chronic kidney disease" in html


class TestStaff:
    def test_a_number_from_a_day_ends_the_one_before(self, ground: Ground) -> None:
        for first, wte in ((SINCE, "1.50"), (date(2018, 6, 1), "2.00")):
            services.set_staff(
                by=ground.manager, qist=ground.qist, profession="nurse", basis="in_place", wte=Decimal(wte), first=first
            )
        assert queries.staff_of(ground.qist, ASAT) == [("Nurses", {"in_place": Decimal("2.00")})]
        earlier = AsAt(date(2018, 5, 31), None, DAY)
        assert queries.staff_of(ground.qist, earlier) == [("Nurses", {"in_place": Decimal("1.50")})]

    def test_what_is_not_told_is_not_stated_and_never_nought(self, ground: Ground) -> None:
        services.set_staff(
            by=ground.manager, qist=ground.qist, profession="gp", basis="planned", wte=Decimal("0.40"), first=SINCE
        )
        totals = queries.staff_totals(queries.staff_of(ground.qist, ASAT))
        assert totals == {"in_place": None, "planned": Decimal("0.40"), "funded": None}
        assert "not stated" in ground.page()

    def test_a_number_is_not_set_before_one_that_is_there(self, ground: Ground) -> None:
        given: dict[str, Any] = {"profession": "nurse", "basis": "funded", "wte": Decimal(1)}
        services.set_staff(by=ground.manager, qist=ground.qist, first=date(2018, 6, 1), **given)
        with pytest.raises(ValidationError, match="A number from 1 June 2018 on is recorded already"):
            services.set_staff(by=ground.manager, qist=ground.qist, first=SINCE, **given)
        assert Staffing.objects.held().count() == 1

    def test_nothing_begins_before_the_qist_does(self, ground: Ground) -> None:
        with pytest.raises(ValidationError, match="works from 1 January 2018"):
            services.serve(by=ground.manager, qist=ground.qist, chin=ground.chin, first=date(2017, 12, 31))


class TestServing:
    def test_a_chin_of_another_commissioner_is_not_served(self, ground: Ground) -> None:
        with pytest.raises(ValidationError, match="CHINs of its own commissioner"):
            services.serve(by=ground.manager, qist=ground.qist, chin=ChinFactory(), first=SINCE)

    def test_the_same_chin_is_not_served_twice(self, ground: Ground) -> None:
        with pytest.raises(ValidationError, match="already serves this CHIN"):
            services.serve(by=ground.manager, qist=ground.qist, chin=ground.chin, first=date(2018, 5, 1))

    def test_what_it_serves_ends_with_it(self, ground: Ground) -> None:
        services.end_qist(by=ground.manager, qist=ground.qist, last=date(2018, 9, 30))
        assert queries.serves_on([ground.qist], ASAT) == []
        assert queries.state_on(Qist.objects.get(), DAY) == "ended"


class TestSupport:
    def test_it_is_of_a_practice_served_on_the_day(self, ground: Ground) -> None:
        with pytest.raises(ValidationError, match="did not serve a CHIN that the practice was in"):
            log(ground, practice=PracticeFactory(commissioner=ground.commissioner))
        assert log(ground).pk

    def test_it_is_not_written_down_before_it_was_given(self, ground: Ground) -> None:
        with pytest.raises(ValidationError, match="once it was given"):
            log(ground, day=date(2018, 12, 7))

    def test_only_what_came_of_it_is_added(self, ground: Ground) -> None:
        made = log(ground)
        services.add_result(by=ground.manager, support=made, seen=history.version(made), result="Targets set.")
        assert Support.objects.get().result == "Targets set."
        with pytest.raises(IntegrityError, match="is not changed"), transaction.atomic():
            Support.objects.update(what="Something else.")

    def test_it_is_seen_by_the_practice_its_chin_the_qist_and_managers(self, ground: Ground) -> None:
        log(ground)
        neighbour = MembershipFactory(chin=ground.chin, first=SINCE).practice
        sees = (
            person(Role.PRACTICE_MANAGER, of=ground.practice),
            person(Role.CHIN_LEAD, of=ground.chin),
            person(Role.QIST_MEMBER, of=ground.chin),
            ground.manager,
        )
        hidden = (
            person(Role.PRACTICE_MANAGER, of=neighbour),
            person(Role.BOARD_MEMBER, of=ground.commissioner),
            person(Role.CHIN_LEAD, of=ChinFactory(commissioner=ground.commissioner)),
        )
        assert [queries.support_of(ground.qist, user, ASAT).count() for user in sees] == [1] * 4
        assert [queries.support_of(ground.qist, user, ASAT).count() for user in hidden] == [0] * 3
        assert "Visited." in ground.page(sees[0], "support_list")
        assert "Visited." not in ground.page(hidden[0], "support_list")
        assert "Visited." not in ground.page(hidden[1])

    def test_a_member_of_the_qist_writes_it_down_by_the_page(self, ground: Ground) -> None:
        client = Client()
        client.force_login(person(Role.QIST_MEMBER, of=ground.chin))
        address = reverse("qists:log_support", args=["d-qist"])
        typed = {"practice": ground.practice.pk, "day": "2018-03-01", "kind": "clinic", "what": "A joint clinic."}
        assert client.post(address, typed).status_code == 302
        made = Support.objects.get()
        assert (made.practice, made.kind, made.result) == (ground.practice, "clinic", "")
        assert client.post(reverse("qists:add_result", args=[made.pk]), {"result": "", "seen": 0}).status_code == 200
        board = Client()
        board.force_login(person(Role.BOARD_MEMBER, of=ground.commissioner))
        assert board.post(address, typed).status_code == 403

    def test_the_log_asks_as_many_queries_however_long_it_is(self, ground: Ground) -> None:
        client = Client()
        client.force_login(ground.manager)
        counts = []
        for _ in range(2):
            for _ in range(5):
                support(ground.qist, ground.practice)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                client.get(reverse("qists:support_list", args=["d-qist"]), PAGE)
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestReview:
    def review(self, ground: Ground, **facts: Any) -> Any:
        said: dict[str, Any] = {
            "found": "More at target.",
            "decision": "spread",
            "why": "It works.",
            "decided_by": "CSG",
        }
        return services.review(by=ground.manager, qist=ground.qist, today=DAY, **{"day": DAY, **said, **facts})

    def test_it_decides_how_the_qist_spreads(self, ground: Ground) -> None:
        self.review(ground)
        assert "Spread to further CHINs" in ground.page()

    def test_it_is_never_changed(self, ground: Ground) -> None:
        made = self.review(ground)
        made.found = "Less at target."
        with pytest.raises(Exception, match="Cannot update"):
            made.save()

    def test_it_is_not_before_the_qist_began(self, ground: Ground) -> None:
        with pytest.raises(ValidationError, match="reviewed after it began"):
            self.review(ground, day=date(2017, 12, 1))


class TestTargets:
    def shares(self, ground: Ground) -> Measure:
        measure = a_measure("targets")
        value(measure, ground.practice, date(2018, 10, 31), 10, 400, months=1)
        for _ in range(12):
            value(measure, PracticeFactory(commissioner=ground.commissioner), date(2018, 10, 31), 200, 400, months=1)
        target(ground.qist, measure)
        return measure

    def test_more_targets_take_no_more_statements(self, ground: Ground) -> None:
        others = [MembershipFactory(chin=ground.chin, first=SINCE).practice for _ in range(3)]
        board = person(Role.BOARD_MEMBER, of=ground.commissioner)
        counts = []
        for number in range(4):
            measure, ends = a_measure(f"target-{number}"), date(2018 - number, 3, 31)
            for practice in (ground.practice, *others):
                value(measure, practice, ends, 60, 100, published=practice is not others[0])
            target(ground.qist, measure)
            ground.page(board)  # what is kept of its words is made
            with CaptureQueriesContext(connection) as asked:
                page = ground.page(board)
            counts.append(len(asked))
            assert f"target-{number}/variation" in page
        assert len(set(counts)) == 1, counts

    def test_the_page_names_who_truly_differs_among_those_served(self, ground: Ground) -> None:
        measure = self.shares(ground)
        (of,) = queries.targets_of(ground.qist, ASAT)
        (found,) = queries.differing(ground.qist, [of], [ground.chin.slug], ground.manager, ASAT)
        assert [row.own.code for row in found.differ] == [ground.practice.ods_code]
        assert len(found.served) == 1
        html = ground.page()
        assert "1 of 1 practice served differs" in html
        assert reverse("variation:funnel", args=[measure.code]) in html

    def test_without_values_there_is_no_data_yet(self, ground: Ground) -> None:
        target(ground.qist, a_measure("empty"))
        assert "No data yet" in ground.page()

    def test_before_and_after_are_judged_anew_from_the_day_it_was_served(self, ground: Ground) -> None:
        measure = a_measure("targets")
        of = target(ground.qist, measure)
        months = [date(2016 + n // 12, n % 12 + 1, 28) for n in range(6, 34)]
        for number, ends in enumerate(months):
            share = 40 + number % 3 if ends < SINCE else 60 + number % 3
            RollUp.objects.create(
                measure=measure, level=Level.CHIN, group=ground.chin.pk, ends=ends, months=1, numerator=share,
                denominator=100, practices=1, practices_with_value=1, patients=1, patients_with_value=1,
            )  # fmt: skip
        found = queries.before_and_after(of.measure, ground.serves, ground.manager, ASAT)
        assert found.judged is not None
        assert [segment.first for segment in found.judged.segments] == [1, found.first_after + 1]
        assert {point.flag for point in found.judged.points} == {Flag.COMMON}
        assert (round(found.before or 0), round(found.after or 0)) == (41, 61)
        assert "Mean of the periods before 1 January 2018: 41.0%; since: 60.9%" in ground.page()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_the_same_staff_at_once_one_is_told() -> None:
    qist = QistFactory()

    def set_it(place: int) -> Any:
        return services.set_staff(
            by=None, qist=qist, profession="nurse", basis="in_place", wte=Decimal(place + 1), first=SINCE
        )

    found = at_once(2, set_it)
    assert sum(isinstance(one, Staffing) for one in found) == 1
    assert sum(isinstance(one, ValidationError) for one in found) == 1
    assert Staffing.objects.held().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_what_came_of_it_at_once_one_sees_what_the_other_wrote() -> None:
    chin = ChinFactory()
    practice = MembershipFactory(chin=chin, first=SINCE).practice
    qist = QistFactory(commissioner=chin.commissioner)
    served(qist, chin)
    made = support(qist, practice)
    seen = history.version(made)

    def write(place: int) -> Any:
        try:
            return services.add_result(by=None, support=made, seen=seen, result=f"Result {place}.")
        except history.ChangedMeanwhile as meanwhile:
            return meanwhile

    found = at_once(2, write)
    assert sum(isinstance(one, Support) for one in found) == 1
    assert sum(isinstance(one, history.ChangedMeanwhile) for one in found) == 1
