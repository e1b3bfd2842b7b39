"""Planning, forecasting, validating and splitting: what is refused, and by whom it is done."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from cc2h.accounts.authority import Role
from cc2h.kit import history
from cc2h.kit.dated import StaleRecord
from chins.models import PostHolding
from kpis.benefits import services
from kpis.benefits.models import Benefit, Evidence, Forecast, Profile, Split, Validation
from tests.budget.ground import at_once, refused
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    DeputyFactory,
    PostFactory,
    PostHoldingFactory,
    UserFactory,
    person,
)
from tests.factories.benefits import PLANNED, YEAR, BenefitFactory, a_benefit, plan, validated
from tests.factories.kpis import MeasureFactory

pytestmark = pytest.mark.django_db
DAY = date(2018, 6, 28)


def add(**facts: Any) -> Benefit:
    told: dict[str, Any] = {"by": UserFactory(), "day": PLANNED, "years": [2016, 2017], "initiative": "chins"}
    return services.add_benefit(**told | {"title": "Fewer falls", "commissioner": CommissionerFactory()} | facts)


def validate(benefit: Benefit, by: Any = None, **facts: Any) -> Validation:
    told: dict[str, Any] = {"year": YEAR, "first_quarter": 1, "last_quarter": 4, "saving": Decimal(100), "day": DAY}
    return services.validate(by=by or UserFactory(), benefit=benefit, evidence="Contract", **told | facts)


class TestAdd:
    def test_each_year_begins_with_nothing_stated_and_names_its_paper(self) -> None:
        benefit = add(paper="A plan")
        found = Profile.objects.filter(benefit=benefit).order_by("year").values_list("year", "saving", "source")
        assert [*found] == [(2016, None, "A plan"), (2017, None, "A plan")]

    def test_names_of_addresses_are_free_ones(self) -> None:
        assert [add().slug, add().slug, add(title="Add").slug] == ["fewer-falls", "fewer-falls-2", "add-2"]

    def test_a_chin_is_of_the_commissioner(self) -> None:
        assert "another commissioner" in refused(lambda: add(chin=ChinFactory()))

    def test_a_chin_alone_is_refused(self) -> None:
        assert "also its commissioner" in refused(lambda: add(chin=ChinFactory(), commissioner=None))

    @pytest.mark.parametrize(
        ("facts", "said"),
        [
            ({"hrg": "D1"}, "DZ11"),
            ({"hrg": "DZ11"}, "point of delivery"),
            ({"unit_price": Decimal(160)}, "where it is from"),
            ({"record_kind": "case"}, "named by its kind"),
            ({"title": " "}, "it can’t be empty"),
            ({"years": []}, "financial years"),
        ],
    )
    def test_what_can_not_be_is_refused_in_words(self, facts: dict[str, Any], said: str) -> None:
        assert said in refused(lambda: add(**facts))

    def test_is_never_deleted(self) -> None:
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM benefits_benefit WHERE id = %s", [BenefitFactory().pk])

    def test_its_measures_are_changed_as_one(self) -> None:
        one, two, three = MeasureFactory(), MeasureFactory(), MeasureFactory()
        benefit = add(measures=[one, two])
        services.change_benefit(
            by=None, benefit=benefit, seen=history.version(benefit), measures=[two, three], title="Fewer falls at home"
        )
        assert {e.measure for e in Evidence.objects.filter(benefit=benefit)} == {two, three}


class TestPlan:
    def test_a_new_plan_holds_from_its_day_and_leaves_the_one_before(self) -> None:
        benefit = a_benefit(1_000)
        was = Profile.objects.get(benefit=benefit)
        services.plan(
            by=None, benefit=benefit, year=YEAR, day=DAY, seen=was.pk, reason="Agreed anew", saving=Decimal(700)
        )
        assert Profile.objects.as_at(DAY).get(benefit=benefit).saving == 700
        assert Profile.objects.as_at(date(2018, 6, 27)).get(benefit=benefit).saving == 1_000

    def test_a_change_says_why(self) -> None:
        benefit = a_benefit()
        was = Profile.objects.get(benefit=benefit)
        said = refused(lambda: services.plan(by=None, benefit=benefit, year=YEAR, day=DAY, seen=was.pk, saving=None))
        assert "Say why" in said

    def test_of_the_same_day_it_is_corrected(self) -> None:
        benefit = a_benefit()
        was = Profile.objects.get(benefit=benefit)
        services.plan(by=None, benefit=benefit, year=YEAR, day=PLANNED, seen=was.pk, reason="Typed", saving=Decimal(5))
        assert Profile.objects.as_at(PLANNED).get(benefit=benefit).saving == 5
        assert Profile.objects.filter(benefit=benefit).count() == 2

    def test_a_day_before_it_held_is_refused(self) -> None:
        benefit = a_benefit()
        was = Profile.objects.get(benefit=benefit)
        early = date(2017, 1, 1)
        assert "Choose that day or a later one" in refused(
            lambda: services.plan(by=None, benefit=benefit, year=YEAR, day=early, seen=was.pk, reason="x", saving=None)
        )

    def test_who_saves_second_is_told(self) -> None:
        benefit = a_benefit()
        was = Profile.objects.get(benefit=benefit)
        told = {"by": None, "benefit": benefit, "year": YEAR, "day": DAY, "seen": was.pk, "reason": "x"}
        services.plan(**told, saving=Decimal(1))
        with pytest.raises(StaleRecord):
            services.plan(**told, saving=Decimal(2))

    def test_a_saving_below_nothing_is_refused(self) -> None:
        assert "£0.00 or more" in refused(
            lambda: services.plan(by=None, benefit=BenefitFactory(), year=YEAR, day=DAY, saving=Decimal(-1))
        )

    def test_a_forecast_is_of_a_year_that_is_planned(self) -> None:
        told = {"by": None, "benefit": a_benefit(), "day": DAY, "saving": Decimal(1)}
        services.forecast(**told, year=YEAR)
        assert "no profile" in refused(lambda: services.forecast(**told, year=2019))


class TestValidate:
    def test_somebody_else_validates(self) -> None:
        assert validate(a_benefit()).saving == 100

    def test_whoever_added_planned_or_forecast_it_does_not(self) -> None:
        me = UserFactory()
        added = add(by=me)
        planned, forecast = a_benefit(), a_benefit()
        plan(planned, year=2018, by=me)
        services.forecast(by=me, benefit=forecast, year=YEAR, day=PLANNED, saving=None)
        for benefit in (added, planned, forecast):
            assert "somebody else does" in refused(lambda benefit=benefit: validate(benefit, me))

    def test_its_owner_and_who_deputises_for_them_do_not(self) -> None:
        post = PostFactory(role=Role.FINANCE_OFFICER)
        holding = PostHoldingFactory(post=post)
        deputy = DeputyFactory(post=post)
        benefit = a_benefit(owner=post)
        for who in (holding.holder, deputy.deputy):
            assert "The owner" in refused(lambda who=who: validate(benefit, who))

    def test_whoever_validated_it_does_not_plan_it_afterwards(self) -> None:
        me, benefit = UserFactory(), a_benefit()
        validate(benefit, me)
        was = Profile.objects.get(benefit=benefit)
        told = {"by": me, "benefit": benefit, "year": YEAR, "day": DAY, "reason": "x", "saving": Decimal(1)}
        assert "somebody else does" in refused(lambda: services.plan(**told, seen=was.pk))
        assert "somebody else does" in refused(lambda: services.forecast(**told))

    def test_whoever_validated_it_does_not_come_to_own_it(self) -> None:
        me = person(Role.FINANCE_OFFICER, of=CommissionerFactory())
        benefit = a_benefit()
        validate(benefit, me)
        benefit.owner = PostHolding.objects.get(holder=me).post
        with pytest.raises(IntegrityError, match="does not own it"), transaction.atomic():
            benefit.save()

    def test_what_is_not_over_is_not_validated(self) -> None:
        benefit = a_benefit(year=2018)
        assert "once its quarters are over" in refused(lambda: validate(benefit, year=2018))
        assert validate(benefit, year=2018, last_quarter=1, day=date(2018, 7, 1)).quarters == "Q1"

    def test_quarters_are_validated_once(self) -> None:
        benefit = a_benefit()
        validate(benefit, last_quarter=2)
        assert "validated already" in refused(lambda: validate(benefit, first_quarter=2))
        assert validate(benefit, first_quarter=3).quarters == "Q3 to Q4"

    def test_without_evidence_it_is_refused(self) -> None:
        benefit = a_benefit()
        assert "Evidence" in refused(lambda: services.validate(
            by=UserFactory(), benefit=benefit, year=YEAR, first_quarter=1, last_quarter=4, saving=Decimal(1),
            evidence=" ", day=DAY,
        ))  # fmt: skip

    def test_withdrawn_it_counts_until_the_day_before(self) -> None:
        benefit = a_benefit()
        made = validate(benefit)
        services.withdraw_validation(by=UserFactory(), validation=made, day=date(2018, 9, 1), why="Counted twice")
        assert Validation.objects.as_at(date(2018, 8, 31)).filter(benefit=benefit).exists()
        assert not Validation.objects.as_at(date(2018, 9, 1)).filter(benefit=benefit).exists()
        assert validate(benefit, day=date(2018, 9, 2)).saving == 100

    def test_its_owner_since_may_withdraw_it(self) -> None:
        me = UserFactory()
        benefit = a_benefit()
        made = validate(benefit, me)
        services.withdraw_validation(by=me, validation=made, day=date(2018, 9, 1), why="Counted twice")
        assert not Validation.objects.as_at(date(2018, 9, 1)).filter(benefit=benefit).exists()

    def test_is_never_changed(self) -> None:
        made = validated(a_benefit())
        with pytest.raises(IntegrityError), transaction.atomic():
            Validation.objects.filter(pk=made.pk).update(saving=Decimal(9))


class TestSplit:
    def split(self, one: Benefit, other: Benefit, **facts: Any) -> Any:
        told: dict[str, Any] = {"percent": Decimal(60), "other_percent": Decimal(40), "day": DAY, "why": "Wards"}
        return services.split_overlap(by=UserFactory(), benefit=one, other=other, **told | facts)

    def test_keeps_who_said_it_and_why_whichever_is_named_first(self) -> None:
        barnet = CommissionerFactory()
        one, other = (a_benefit(commissioner=barnet, point_of_delivery="elective") for _ in range(2))
        made = self.split(other, one)
        assert (made.one, made.one_percent, made.other_percent, made.reason) == (one, 40, 60, "Wards")
        assert made.recorded_by is not None

    def test_is_of_two_that_overlap(self) -> None:
        assert "do not overlap" in refused(lambda: self.split(a_benefit(), a_benefit()))

    def test_says_why_and_no_more_than_all_of_each(self) -> None:
        barnet = CommissionerFactory()
        one, other = (a_benefit(commissioner=barnet, point_of_delivery="elective") for _ in range(2))
        assert "and why" in refused(lambda: self.split(one, other, why=" "))
        assert "0 to 100" in refused(lambda: self.split(one, other, percent=Decimal(101)))

    def test_another_takes_its_place_from_its_day(self) -> None:
        barnet = CommissionerFactory()
        one, other = (a_benefit(commissioner=barnet, point_of_delivery="elective") for _ in range(2))
        first = self.split(one, other)
        second = self.split(one, other, percent=Decimal(10), day=date(2018, 8, 1), seen=first.pk)
        assert (second.one_percent, second.first_day) == (10, date(2018, 8, 1))
        with pytest.raises(StaleRecord):
            self.split(one, other, day=date(2018, 9, 1))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_validate_at_once_one_is_refused() -> None:
    benefit = a_benefit()
    people = [UserFactory(), UserFactory()]
    found = at_once(2, lambda place: validate(benefit, people[place]))
    assert sum(isinstance(one, Validation) for one in found) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_split_an_overlap_at_once_one_sees_what_the_other_said() -> None:
    barnet = CommissionerFactory()
    one, other = (a_benefit(commissioner=barnet, point_of_delivery="elective") for _ in range(2))
    people = [UserFactory(), UserFactory()]

    def act(place: int) -> object:
        try:
            return services.split_overlap(
                by=people[place], benefit=one, other=other, percent=Decimal(60), other_percent=Decimal(40), day=DAY,
                why="Wards",
            )  # fmt: skip
        except StaleRecord as changed:
            return changed

    made = at_once(2, act)
    assert {type(found) for found in made} == {Split, StaleRecord}
    assert Split.objects.held().count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_plans_and_validates_at_once() -> None:
    me, benefit = UserFactory(), a_benefit()
    was = Profile.objects.get(benefit=benefit)
    acts = [
        lambda: validate(benefit, me),
        lambda: services.plan(
            by=me, benefit=benefit, year=YEAR, day=DAY, seen=was.pk, reason="x", saving=Decimal(9_000)
        ),
    ]
    found = at_once(2, lambda place: acts[place]())
    assert sum(isinstance(one, Validation | Profile | Forecast) for one in found) == 1
