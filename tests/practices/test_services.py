"""Writing practices: what each act does, what it refuses, and what stays readable."""

import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from cc2h.accounts import authority
from cc2h.accounts.authority import Action, Role
from cc2h.kit import history, programme
from cc2h.kit.dated import Act, StaleRecord
from cc2h.kit.days import day_before
from cc2h.kit.history import ChangedMeanwhile
from cc2h.kit.models import Work
from chins import post_services
from chins.coverage import live_coverage
from chins.models import Deputy, Membership, PostHolding
from chins.services import void_membership
from practices import services
from practices.models import (
    Contact,
    FederationMembership,
    NamesRelease,
    Practice,
    PracticeDetail,
    PracticeStanding,
    Status,
    Succession,
)
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    DeputyFactory,
    FederationFactory,
    FederationMembershipFactory,
    ListSizeFactory,
    MembershipFactory,
    NamesReleaseFactory,
    PostFactory,
    PostHoldingFactory,
    PracticeFactory,
    SuccessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2018, 6, 30)
NEXT = date(2018, 7, 1)


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def manager() -> Any:
    return UserFactory(name="Manager")


@pytest.fixture
def ashdown(barnet: Any) -> Any:
    return PracticeFactory(ods_code="G80001", commissioner=barnet, detail__name="Ashdown Practice")


@pytest.fixture
def brook(barnet: Any) -> Any:
    return PracticeFactory(ods_code="G80002", commissioner=barnet, detail__name="Brook Lane Surgery")


def refused(act: Callable[[], Any]) -> str:
    """What the person is told."""
    with pytest.raises(ValidationError) as refusal:
        act()
    return " ".join(refusal.value.messages)


def standing(practice: Practice, day: date | None = None) -> PracticeStanding:
    held = PracticeStanding.objects.held().filter(practice=practice)
    found: PracticeStanding = held.open_on(day).get() if day else held.get()
    return found


def standing_ever(practice: Practice) -> PracticeStanding:
    found: PracticeStanding = PracticeStanding.objects.get(practice=practice)
    return found


def life(practice: Practice) -> list[tuple[str, date, date | None]]:
    held = PracticeStanding.objects.held().filter(practice=practice).order_by("period")
    return [(s.status, s.first_day, s.last_day) for s in held]


class TestOpening:
    def new(self, manager: Any, barnet: Any, code: str = "G80009", **more: Any) -> Practice:
        facts = {"commissioner": barnet, "status": Status.ACTIVE, "day": DAY, "name": "New Surgery"} | more
        return services.open_practice(by=manager, ods_code=code, **facts)

    def test_it_is_in_the_register_from_the_day(self, manager: Any, barnet: Any) -> None:
        practice = self.new(manager, barnet, code=" g80009", postcode="EN5 4BE")
        assert practice.ods_code == "G80009"
        assert not practice.illustrative
        assert life(practice) == [("active", DAY, None)]
        detail = PracticeDetail.objects.get(practice=practice)
        assert (detail.name, detail.postcode, detail.first_day, detail.recorded_by) == (
            "New Surgery",
            "EN5 4BE",
            DAY,
            manager,
        )

    def test_it_may_be_proposed_at_first(self, manager: Any, barnet: Any) -> None:
        assert life(self.new(manager, barnet, status=Status.PROPOSED)) == [("proposed", DAY, None)]

    def test_a_code_is_never_used_twice(self, manager: Any, barnet: Any, ashdown: Any) -> None:
        told = refused(lambda: self.new(manager, barnet, code="G80001"))
        assert told == ("G80001 is already in the register: Ashdown Practice, active for Barnet from 1 April 2013.")
        assert PracticeDetail.objects.filter(practice=ashdown).count() == 1

    def test_a_closed_practice_is_not_opened_a_second_time(self, manager: Any, barnet: Any) -> None:
        PracticeFactory(ods_code="G80005", commissioner=barnet, closed=date(2017, 3, 31))
        assert "closed for Barnet from 1 April 2017" in refused(lambda: self.new(manager, barnet, code="G80005"))

    def test_a_made_up_practice_is_marked_so(self, manager: Any, barnet: Any) -> None:
        assert self.new(manager, barnet, code="Z99001").illustrative

    def test_made_up_and_real_ones_are_never_together(self, manager: Any, barnet: Any, ashdown: Any) -> None:
        assert "can’t be in one database" in refused(lambda: self.new(manager, barnet, code="Z99001"))

    @pytest.mark.parametrize(("code", "other"), [("Z99001", "G80009"), ("G80009", "Z99001")])
    def test_the_first_one_says_which_programme_an_empty_portal_holds(
        self, manager: Any, barnet: Any, code: str, other: str
    ) -> None:
        made_up = self.new(manager, barnet, code=code).illustrative
        assert programme.kind() == ("illustrative" if made_up else "real")
        assert f"This portal holds the {programme.kind()} programme." in refused(
            lambda: self.new(manager, barnet, code=other)
        )

    def test_a_code_that_is_none_is_refused_by_the_database(self, manager: Any, barnet: Any) -> None:
        assert "a letter and five digits" in refused(lambda: self.new(manager, barnet, code="G8000"))


class TestClosing:
    def test_its_last_day_is_inclusive(self, manager: Any, ashdown: Any) -> None:
        closed = services.close_practice(by=manager, standing=standing(ashdown), last=DAY, reason="Retired")
        assert (closed.status, closed.first_day, closed.reason) == (Status.CLOSED, NEXT, "Retired")
        assert life(ashdown) == [("active", date(2013, 4, 1), DAY), ("closed", NEXT, None)]

    def test_it_leaves_its_chin_and_its_federation_and_drops_its_plans(
        self, manager: Any, barnet: Any, ashdown: Any
    ) -> None:
        now, later = ChinFactory(commissioner=barnet), ChinFactory(commissioner=barnet)
        MembershipFactory(practice=ashdown, chin=now, first=date(2018, 1, 1), last=date(2018, 12, 31))
        MembershipFactory(practice=ashdown, chin=later, first=date(2019, 1, 1))
        FederationMembershipFactory(practice=ashdown)
        services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        assert [(m.chin, m.last_day) for m in Membership.objects.held()] == [(now, DAY)]
        assert [m.last_day for m in FederationMembership.objects.held()] == [DAY]
        dropped = Membership.objects.get(chin=later)
        assert (dropped.closed_act, dropped.closed_reason) == (
            Act.VOIDED,
            "The practice closes: its last day is 30 June 2018.",
        )

    def test_its_posts_end_with_it_and_give_nothing_any_more(self, manager: Any, ashdown: Any, barnet: Any) -> None:
        holding = PostHoldingFactory(post__role=Role.PRACTICE_MANAGER, post__of=ashdown, last=date(2018, 8, 31))
        PostHoldingFactory(post=holding.post, first=date(2018, 9, 1))
        deputy = DeputyFactory(post=holding.post, first=date(2018, 1, 1))
        services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        assert [h.last_day for h in PostHolding.objects.held()] == [DAY]
        assert [d.last_day for d in Deputy.objects.held()] == [DAY]
        for person in (holding.holder, deputy.deputy):
            assert authority.of(person, DAY).may(Action.VIEW_REGISTER)
            assert not authority.of(person, NEXT).holdings

    def test_nobody_is_given_a_post_of_a_closed_practice(self, manager: Any, ashdown: Any) -> None:
        post = PostFactory(role=Role.PRACTICE_MANAGER, of=ashdown)
        services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        anna, ben = UserFactory(), UserFactory()
        told = refused(lambda: post_services.fill_post(by=manager, post=post, holder=anna, first=DAY))
        assert told.startswith("The practice is closed from 1 July 2018")
        post_services.fill_post(by=manager, post=post, holder=anna, first=DAY, last=DAY)
        refused(lambda: post_services.name_deputy(by=manager, post=post, deputy=ben, first=NEXT))
        # also one that was entered past the service gives nothing
        assert not authority.of(PostHoldingFactory(post=post, first=NEXT).holder, NEXT).holdings

    @pytest.mark.parametrize("moved_first", [False, True])
    def test_its_posts_are_as_they_were_when_it_never_closed(
        self, manager: Any, ashdown: Any, moved_first: bool
    ) -> None:
        def held() -> list[Any]:
            of_posts = [*PostHolding.objects.held(), *Deputy.objects.held()]
            return sorted((one.post_id, one.first_day, one.last_day or date.max) for one in of_posts)

        holding = PostHoldingFactory(post__role=Role.PRACTICE_MANAGER, post__of=ashdown, last=date(2018, 8, 31))
        PostHoldingFactory(post=holding.post, first=date(2018, 9, 1))
        DeputyFactory(post=holding.post, first=date(2018, 8, 1), last=date(2018, 8, 15))
        before = held()
        closed = services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        if moved_first:
            closed = services.correct_standing(
                by=manager,
                standing=closed,
                first=date(2018, 8, 6),
                status=Status.CLOSED,
                commissioner=closed.commissioner,
                reason="The letter says August",
            )
            assert [d.last_day for d in Deputy.objects.held()] == [date(2018, 8, 5)]
        services.void_standing(by=manager, standing=closed, reason="Mixed up with another")
        assert held() == before

    def test_going_to_another_commissioner_ends_no_post(self, manager: Any, ashdown: Any) -> None:
        PostHoldingFactory(post__role=Role.PRACTICE_MANAGER, post__of=ashdown)
        other = CommissionerFactory()
        services.change_commissioner(by=manager, standing=standing(ashdown), commissioner=other, day=NEXT)
        assert PostHolding.objects.held().get().last_day is None

    def test_it_closes_once(self, manager: Any, ashdown: Any) -> None:
        services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        again = standing(ashdown, DAY)
        told = refused(lambda: services.close_practice(by=manager, standing=again, last=date(2018, 8, 1)))
        assert told == "It has already closed: its last day was 30 June 2018."

    def test_it_cannot_close_before_it_opened(self, manager: Any, ashdown: Any) -> None:
        told = refused(lambda: services.close_practice(by=manager, standing=standing(ashdown), last=date(2012, 1, 1)))
        assert told == "It was not in the register on 1 January 2012. It has been since 1 April 2013."

    def test_what_was_planned_after_its_last_day_is_void(self, manager: Any, ashdown: Any) -> None:
        services.change_status(by=manager, standing=standing(ashdown), status=Status.DORMANT, day=date(2018, 9, 1))
        services.close_practice(by=manager, standing=standing(ashdown, DAY), last=DAY)
        assert [status for status, *_ in life(ashdown)] == ["active", "closed"]

    def test_whoever_is_second_is_told(self, manager: Any, ashdown: Any) -> None:
        seen = standing(ashdown)
        services.change_status(by=manager, standing=seen, status=Status.DORMANT, day=date(2018, 1, 1))
        with pytest.raises(StaleRecord):
            services.close_practice(by=manager, standing=seen, last=DAY)

    def test_a_closing_that_never_was_is_void_and_what_was_goes_on(self, manager: Any, ashdown: Any) -> None:
        before = timezone.now()
        closed = services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        services.void_standing(by=manager, standing=closed, reason="Mixed up with another")
        assert life(ashdown) == [("active", date(2013, 4, 1), None)]
        known = PracticeStanding.objects.held(before).filter(practice=ashdown)
        assert [s.status for s in known] == ["active"]
        closed.refresh_from_db()
        assert (closed.closed_act, closed.closed_reason) == (Act.VOIDED, "Mixed up with another")


class TestStandings:
    """What was recorded of opening, status, commissioner and closing can be taken back and put right."""

    def correct(self, manager: Any, one: PracticeStanding, **what: Any) -> PracticeStanding:
        facts = {"first": one.first_day, "status": one.status, "commissioner": one.commissioner, "reason": "Mistyped"}
        return services.correct_standing(by=manager, standing=one, **(facts | what))

    def test_an_opening_that_never_was_leaves_nothing_and_its_code_can_be_opened_again(
        self, manager: Any, barnet: Any, ashdown: Any, brook: Any
    ) -> None:
        MembershipFactory(practice=ashdown, chin=ChinFactory(commissioner=barnet), first=DAY)
        FederationMembershipFactory(practice=ashdown)
        old = PracticeFactory(commissioner=barnet, closed=date(2017, 3, 31))
        SuccessionFactory(predecessor=old, successor=ashdown, first=date(2017, 4, 1))
        assert services.void_standing(by=manager, standing=standing(ashdown), reason="Wrong code") is None
        for model in (PracticeStanding, PracticeDetail, FederationMembership, Membership):
            assert not model.objects.held().filter(practice=ashdown).exists(), model
        assert not Succession.objects.held().exists()
        assert life(old)[-1][0] == "closed"
        services.open_practice(
            by=manager, ods_code="G80001", commissioner=barnet, status=Status.ACTIVE, day=DAY, name="Another"
        )
        assert life(ashdown) == [("active", DAY, None)]

    def test_an_opening_that_never_was_leaves_coverage_to_be_worked_out(self, manager: Any, ashdown: Any) -> None:
        Work.objects.all().delete()
        services.void_standing(by=manager, standing=standing(ashdown), reason="Wrong code")
        assert Work.objects.filter(kind="coverage", key=str(standing_ever(ashdown).commissioner_id)).exists()

    def test_a_change_that_never_was_lets_what_was_before_go_on(self, manager: Any, ashdown: Any) -> None:
        services.change_status(by=manager, standing=standing(ashdown), status=Status.DORMANT, day=NEXT)
        services.change_status(by=manager, standing=standing(ashdown, NEXT), status=Status.ACTIVE, day=date(2018, 9, 1))
        before = services.void_standing(by=manager, standing=standing(ashdown, NEXT), reason="Mistaken")
        assert before is not None
        assert life(ashdown) == [
            ("active", date(2013, 4, 1), date(2018, 8, 31)),
            ("active", date(2018, 9, 1), None),
        ]

    def test_a_change_of_commissioner_is_not_voided_under_a_membership(self, manager: Any, ashdown: Any) -> None:
        camden = CommissionerFactory(short_name="Camden")
        services.change_commissioner(by=manager, standing=standing(ashdown), commissioner=camden, day=NEXT)
        chin = ChinFactory(commissioner=camden, name="Kentish Town")
        MembershipFactory(practice=ashdown, chin=chin, first=date(2018, 8, 1))
        told = refused(lambda: services.void_standing(by=manager, standing=standing(ashdown, NEXT), reason="Wrong"))
        assert told == (
            "It is in Kentish Town from 1 August 2018, and by this it belonged to Barnet on some of these days. "
            "Correct or void that membership first."
        )

    def test_the_opening_gets_another_day_and_the_name_goes_with_it(self, manager: Any, ashdown: Any) -> None:
        for first in (date(2014, 1, 1), date(2012, 1, 1)):
            assert self.correct(manager, standing(ashdown), first=first).first_day == first
            assert PracticeDetail.objects.held().get(practice=ashdown).first_day == first
        assert PracticeStanding.objects.filter(practice=ashdown).count() == 3

    def test_not_a_later_one_than_it_joined_a_chin(self, manager: Any, barnet: Any, ashdown: Any) -> None:
        MembershipFactory(practice=ashdown, chin=ChinFactory(commissioner=barnet, name="Finchley"), first=DAY)
        told = refused(lambda: self.correct(manager, standing(ashdown), first=NEXT))
        assert told == (
            "It is in Finchley from 30 June 2018, and by this it was not in the register on some of these days. "
            "Correct or void that membership first."
        )

    def test_what_came_before_ends_the_day_before(self, manager: Any, ashdown: Any) -> None:
        services.change_status(by=manager, standing=standing(ashdown), status=Status.DORMANT, day=NEXT)
        for first in (date(2018, 8, 1), date(2018, 5, 1)):
            self.correct(manager, standing(ashdown, date(2018, 9, 1)), first=first)
            before = life(ashdown)[0][2]
            assert (before, life(ashdown)[1]) == (day_before(first), ("dormant", first, None))

    def test_never_before_what_came_before_nor_after_its_end(self, manager: Any, ashdown: Any) -> None:
        services.change_status(by=manager, standing=standing(ashdown), status=Status.DORMANT, day=NEXT)
        later = standing(ashdown, NEXT)
        assert "It is active from 1 April 2013" in refused(lambda: self.correct(manager, later, first=date(2013, 4, 1)))
        first = standing(ashdown, DAY)
        assert "This holds until 30 June 2018" in refused(lambda: self.correct(manager, first, first=NEXT))

    def test_whose_it_was_is_corrected_but_not_under_a_membership(
        self, manager: Any, barnet: Any, ashdown: Any
    ) -> None:
        camden = CommissionerFactory(short_name="Camden")
        membership = MembershipFactory(practice=ashdown, chin=ChinFactory(commissioner=barnet), first=DAY)
        assert "by this it belonged to Camden" in refused(
            lambda: self.correct(manager, standing(ashdown), commissioner=camden)
        )
        void_membership(by=manager, membership=membership, reason="Never")
        assert self.correct(manager, standing(ashdown), commissioner=camden).commissioner == camden

    def test_mergers_move_with_the_closing(self, manager: Any, barnet: Any, ashdown: Any, brook: Any) -> None:
        services.merge_practices(by=manager, standing=standing(ashdown), successor=brook, day=NEXT)
        self.correct(manager, standing(ashdown, NEXT), first=date(2018, 5, 1))
        assert Succession.objects.held().get().first_day == date(2018, 5, 1)
        assert life(ashdown)[0][2] == date(2018, 4, 30)

    def test_it_needs_a_reason_and_a_difference(self, manager: Any, ashdown: Any) -> None:
        one = standing(ashdown)
        assert "Say why" in refused(lambda: self.correct(manager, one, first=DAY, reason=" "))
        assert refused(lambda: self.correct(manager, one)) == "Nothing differs from what is recorded."
        assert "Use “Close”" in refused(lambda: self.correct(manager, one, status=Status.CLOSED))


class TestMerging:
    def merge(self, manager: Any, one: Practice, into: Practice, day: date = NEXT) -> Succession:
        held = PracticeStanding.objects.held().filter(practice=one).order_by("period").first()
        assert held is not None
        return services.merge_practices(by=manager, standing=held, successor=into, day=day, reason="Merged")

    def test_the_first_closes_the_day_before(self, manager: Any, ashdown: Any, brook: Any) -> None:
        merger = self.merge(manager, ashdown, brook)
        assert (merger.predecessor, merger.successor, merger.first_day) == (ashdown, brook, NEXT)
        assert life(ashdown) == [("active", date(2013, 4, 1), DAY), ("closed", NEXT, None)]
        assert life(brook) == [("active", date(2013, 4, 1), None)]

    def test_not_into_itself(self, manager: Any, ashdown: Any) -> None:
        assert refused(lambda: self.merge(manager, ashdown, ashdown)) == "A practice can’t merge into itself."

    def test_not_in_a_circle(self, manager: Any, ashdown: Any, brook: Any, barnet: Any) -> None:
        third = PracticeFactory(commissioner=barnet, detail__name="Cedar House")
        self.merge(manager, ashdown, brook, date(2018, 1, 1))
        self.merge(manager, brook, third, date(2018, 2, 1))
        told = refused(lambda: self.merge(manager, third, ashdown, date(2018, 3, 1)))
        assert told == "Ashdown Practice itself merged into Cedar House: practices can’t merge in a circle."

    def test_not_into_a_practice_that_has_closed(self, manager: Any, ashdown: Any, brook: Any) -> None:
        services.close_practice(by=manager, standing=standing(brook), last=date(2018, 1, 31))
        told = refused(lambda: self.merge(manager, ashdown, brook))
        assert told == "Brook Lane Surgery is closed on 1 July 2018, so no practice can merge into it that day."

    def test_not_into_one_that_is_not_open_yet(self, manager: Any, ashdown: Any, barnet: Any) -> None:
        later = PracticeFactory(commissioner=barnet, opened=date(2019, 1, 1))
        assert "is not in the register on 1 July 2018" in refused(lambda: self.merge(manager, ashdown, later))

    def test_into_each_only_once(self, manager: Any, ashdown: Any, brook: Any) -> None:
        self.merge(manager, ashdown, brook)
        told = refused(lambda: self.merge(manager, ashdown, brook))
        assert told == "It has already merged into Brook Lane Surgery on 1 July 2018."

    def test_into_several_on_the_day_it_closed(self, manager: Any, ashdown: Any, brook: Any, barnet: Any) -> None:
        third = PracticeFactory(commissioner=barnet, detail__name="Cedar House")
        self.merge(manager, ashdown, brook)
        assert "It merges on the day after that: 1 July 2018." in refused(
            lambda: self.merge(manager, ashdown, third, date(2018, 8, 1))
        )
        self.merge(manager, ashdown, third)
        assert {m.successor for m in Succession.objects.held()} == {brook, third}
        assert life(ashdown) == [("active", date(2013, 4, 1), DAY), ("closed", NEXT, None)]

    def test_not_in_a_circle_through_any_of_several(self, manager: Any, ashdown: Any, brook: Any, barnet: Any) -> None:
        third = PracticeFactory(commissioner=barnet, detail__name="Cedar House")
        for into in (brook, third):
            self.merge(manager, ashdown, into, date(2018, 1, 1))
        for one in (brook, third):
            assert "in a circle" in refused(lambda one=one: self.merge(manager, one, ashdown, date(2018, 3, 1)))

    def test_only_the_lists_of_those_it_merged_into_count(
        self, manager: Any, ashdown: Any, brook: Any, barnet: Any
    ) -> None:
        third = PracticeFactory(commissioner=barnet, patients={date(2018, 1, 1): 400, date(2018, 8, 1): 500})
        ListSizeFactory(practice=ashdown, day=date(2018, 1, 1), patients=100)
        ListSizeFactory(practice=brook, day=date(2018, 1, 1), patients=200)
        for into in (brook, third):
            self.merge(manager, ashdown, into)
        assert live_coverage(barnet, DAY).patients == 700
        assert live_coverage(barnet, date(2018, 8, 1)).patients == 700  # 200 and 500

    def test_one_that_closed_before_merges_on_the_day_after(self, manager: Any, ashdown: Any, brook: Any) -> None:
        services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        assert "It merges on the day after that: 1 July 2018." in refused(
            lambda: self.merge(manager, ashdown, brook, date(2018, 8, 1))
        )
        assert self.merge(manager, ashdown, brook).first_day == NEXT

    def test_a_merger_that_never_was_leaves_the_closing(self, manager: Any, ashdown: Any, brook: Any) -> None:
        services.void_merger(by=manager, merger=self.merge(manager, ashdown, brook), reason="Another practice")
        assert not Succession.objects.held().exists()
        assert life(ashdown)[-1] == ("closed", NEXT, None)

    def test_voiding_the_closing_voids_the_merger(self, manager: Any, ashdown: Any, brook: Any) -> None:
        self.merge(manager, ashdown, brook)
        services.void_standing(by=manager, standing=standing(ashdown, NEXT), reason="Postponed")
        assert not Succession.objects.held().exists()
        assert life(ashdown) == [("active", date(2013, 4, 1), None)]

    def test_void_needs_a_reason(self, manager: Any, ashdown: Any, brook: Any) -> None:
        merger = self.merge(manager, ashdown, brook)
        assert "Say why" in refused(lambda: services.void_merger(by=manager, merger=merger, reason=" "))


class TestDetails:
    def test_a_new_name_from_a_day(self, manager: Any, ashdown: Any) -> None:
        detail = ashdown.details.get()
        services.change_details(by=manager, detail=detail, day=NEXT, name="Ashdown & Partners")
        held = PracticeDetail.objects.held().filter(practice=ashdown).order_by("period")
        assert [(d.name, d.first_day, d.last_day) for d in held] == [
            ("Ashdown Practice", date(2013, 4, 1), DAY),
            ("Ashdown & Partners", NEXT, None),
        ]
        assert held[1].address == "1 High Street, Barnet"

    def test_it_was_always_so(self, manager: Any, ashdown: Any) -> None:
        before = timezone.now()
        detail = ashdown.details.get()
        services.change_details(by=manager, detail=detail, day=None, reason="Misspelt", name="Ashdowne Practice")
        held = PracticeDetail.objects.held()
        assert [(d.name, d.first_day) for d in held] == [("Ashdowne Practice", date(2013, 4, 1))]
        assert PracticeDetail.objects.held(before).get().name == "Ashdown Practice"

    def test_a_correction_says_why(self, manager: Any, ashdown: Any) -> None:
        detail = ashdown.details.get()
        told = refused(lambda: services.change_details(by=manager, detail=detail, day=None, name="Other"))
        assert told == "Say why what was recorded was wrong."

    def test_from_its_first_day_it_is_a_correction(self, manager: Any, ashdown: Any) -> None:
        detail = ashdown.details.get()
        services.change_details(by=manager, detail=detail, day=detail.first_day, name="Other")
        assert PracticeDetail.objects.held().get().name == "Other"
        detail.refresh_from_db()
        assert detail.closed_act == Act.CORRECTED

    def test_nothing_to_change(self, manager: Any, ashdown: Any) -> None:
        detail = ashdown.details.get()
        told = refused(lambda: services.change_details(by=manager, detail=detail, day=NEXT, name=detail.name))
        assert told == "Nothing differs from what is recorded."

    def test_not_outside_the_time_it_holds(self, manager: Any, ashdown: Any) -> None:
        detail = ashdown.details.get()
        told = refused(lambda: services.change_details(by=manager, detail=detail, day=date(2012, 1, 1), name="Other"))
        assert told == "This holds from 1 April 2013 on: choose a day in that time."

    def test_whoever_is_second_is_told(self, manager: Any, ashdown: Any) -> None:
        detail = ashdown.details.get()
        services.change_details(by=manager, detail=detail, day=NEXT, name="First")
        with pytest.raises(StaleRecord) as stale:
            services.change_details(by=manager, detail=detail, day=NEXT, name="Second")
        assert stale.value.found.closed_by == manager


class TestStanding:
    def test_dormant_from_a_day_and_active_again(self, manager: Any, ashdown: Any) -> None:
        services.change_status(by=manager, standing=standing(ashdown), status=Status.DORMANT, day=NEXT)
        services.change_status(
            by=manager, standing=standing(ashdown, NEXT), status=Status.ACTIVE, day=date(2018, 10, 1)
        )
        assert life(ashdown) == [
            ("active", date(2013, 4, 1), DAY),
            ("dormant", NEXT, date(2018, 9, 30)),
            ("active", date(2018, 10, 1), None),
        ]

    @pytest.mark.parametrize(
        ("status", "told"),
        [(Status.CLOSED, "Use “Close” to close a practice."), (Status.ACTIVE, "It is active already.")],
    )
    def test_what_it_refuses(self, manager: Any, ashdown: Any, status: str, told: str) -> None:
        act = lambda: services.change_status(by=manager, standing=standing(ashdown), status=status, day=NEXT)  # noqa: E731
        assert refused(act) == told

    def test_a_closed_practice_has_no_other_status(self, manager: Any, ashdown: Any) -> None:
        closed = services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        told = refused(
            lambda: services.change_status(by=manager, standing=closed, status=Status.ACTIVE, day=date(2019, 1, 1))
        )
        assert "void the closing" in told

    def test_another_commissioner_from_a_day(self, manager: Any, barnet: Any, ashdown: Any) -> None:
        new = CommissionerFactory(ods_code="93C")
        chin = ChinFactory(commissioner=barnet)
        MembershipFactory(practice=ashdown, chin=chin, first=date(2018, 1, 1))
        services.change_commissioner(by=manager, standing=standing(ashdown), commissioner=new, day=NEXT)
        held = PracticeStanding.objects.held().filter(practice=ashdown).order_by("period")
        assert [(s.commissioner, s.first_day) for s in held] == [(barnet, date(2013, 4, 1)), (new, NEXT)]
        assert Membership.objects.held().get().last_day == DAY

    def test_a_closed_practice_stays_whose_it_was(self, manager: Any, ashdown: Any) -> None:
        closed = services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        other = CommissionerFactory(short_name="Camden")
        told = refused(
            lambda: services.change_commissioner(by=manager, standing=closed, commissioner=other, day=date(2018, 9, 1))
        )
        assert told.startswith("It has closed, and stays whose it was.")
        assert life(ashdown) == [("active", date(2013, 4, 1), DAY), ("closed", NEXT, None)]

    def test_what_comes_later_follows_the_commissioner(self, manager: Any, ashdown: Any) -> None:
        new = CommissionerFactory(ods_code="93C")
        services.close_practice(by=manager, standing=standing(ashdown), last=date(2021, 3, 31))
        services.change_commissioner(
            by=manager, standing=standing(ashdown, DAY), commissioner=new, day=date(2020, 4, 1)
        )
        held = PracticeStanding.objects.held().filter(practice=ashdown).order_by("period")
        assert [(s.status, s.commissioner.ods_code) for s in held] == [
            ("active", "07M"),
            ("active", "93C"),
            ("closed", "93C"),
        ]


class TestFederations:
    def test_joining_leaving_and_never_having_been(self, manager: Any, ashdown: Any, barnet: Any) -> None:
        federation = FederationFactory(commissioner=barnet, name="Federated GPs")
        joined = services.join_federation(by=manager, practice=ashdown, federation=federation, first=DAY)
        told = refused(
            lambda: services.join_federation(
                by=manager, practice=ashdown, federation=FederationFactory(), first=date(2018, 1, 1)
            )
        )
        assert told == ("It is in Federated GPs from 30 June 2018: a practice is in at most one federation on any day.")
        left = services.leave_federation(by=manager, membership=joined, last=date(2018, 9, 30))
        assert left.last_day == date(2018, 9, 30)
        services.void_federation_membership(by=manager, membership=left, reason="Another practice")
        assert not FederationMembership.objects.held().exists()

    def test_leaving_before_joining(self, manager: Any, ashdown: Any) -> None:
        membership = FederationMembershipFactory(practice=ashdown, first=DAY)
        assert "can’t end on 1 January 2018, before it began" in refused(
            lambda: services.leave_federation(by=manager, membership=membership, last=date(2018, 1, 1))
        )

    def test_a_closed_practice_joins_none(self, manager: Any, ashdown: Any) -> None:
        services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
        told = refused(
            lambda: services.join_federation(by=manager, practice=ashdown, federation=FederationFactory(), first=NEXT)
        )
        assert told == "It is not open on 1 July 2018."

    def test_one_that_will_close_is_a_member_until_then(self, manager: Any, ashdown: Any) -> None:
        services.close_practice(by=manager, standing=standing(ashdown), last=date(2018, 12, 31))
        joined = services.join_federation(by=manager, practice=ashdown, federation=FederationFactory(), first=DAY)
        assert joined.last_day == date(2018, 12, 31)


class TestContacts:
    def test_an_entry_is_withdrawn_and_stays_readable(self, manager: Any, ashdown: Any) -> None:
        contact = services.add_contact(by=manager, practice=ashdown, day=DAY, outcome="Will answer soon")
        services.withdraw_contact(by=manager, contact=contact, reason="Another practice")
        contact.refresh_from_db()
        assert (contact.outcome, contact.withdrawn_reason) == ("Will answer soon", "Another practice")
        assert contact.withdrawn_at is not None
        told = refused(lambda: services.withdraw_contact(by=manager, contact=contact, reason="Again"))
        assert told == "It has already been withdrawn."

    def test_the_database_keeps_every_entry(self, manager: Any, ashdown: Any) -> None:
        contact = services.add_contact(by=manager, practice=ashdown, day=DAY, outcome="Spoke")
        with pytest.raises(Exception, match="Cannot delete"):
            contact.delete()


class TestCommissioners:
    def test_names_are_released_once_at_a_time(self, manager: Any, barnet: Any) -> None:
        services.release_names(by=manager, commissioner=barnet, first=DAY, reason="The board asked")
        told = refused(lambda: services.release_names(by=manager, commissioner=barnet, first=NEXT, reason="Again"))
        assert told.startswith("The names are already released: ")
        assert told.endswith(", from 30 June 2018.")

    def test_a_release_ends_or_is_void(self, manager: Any, barnet: Any) -> None:
        release = NamesReleaseFactory(commissioner=barnet, first=DAY)
        ended = services.end_names_release(by=manager, release=release, last=date(2018, 12, 31))
        assert ended.last_day == date(2018, 12, 31)
        services.void_names_release(by=manager, release=ended, reason="Not decided")
        assert not NamesRelease.objects.held().exists()

    def test_settings_are_not_overwritten_unseen(self, manager: Any, barnet: Any) -> None:
        seen = history.version(barnet)
        services.change_settings(by=manager, commissioner=barnet, seen=seen, band_low=30_000)
        with pytest.raises(ChangedMeanwhile):
            services.change_settings(by=manager, commissioner=barnet, seen=seen, band_low=40_000)
        barnet.refresh_from_db()
        assert barnet.band_low == 30_000

    def test_a_band_is_in_order(self, manager: Any, barnet: Any) -> None:
        seen = history.version(barnet)
        told = refused(lambda: services.change_settings(by=manager, commissioner=barnet, seen=seen, band_low=90_000))
        assert told == "The size band's lower end must not be above its upper end."


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each act on a thread and connection of its own; what it gave, or what it raised."""
    results: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait()
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_open_the_same_practice(self, manager: Any, barnet: Any) -> None:
        def new(name: str) -> Callable[[], Practice]:
            return lambda: services.open_practice(
                by=manager, ods_code="G80009", commissioner=barnet, status=Status.ACTIVE, day=DAY, name=name
            )

        results = at_once(new("One"), new("Other"))
        assert sum(isinstance(result, Practice) for result in results) == 1
        (refusal,) = [result for result in results if isinstance(result, ValidationError)]
        assert "already in the register" in refusal.messages[0]
        assert PracticeStanding.objects.count() == 1

    def test_two_merge_into_each_other(self, manager: Any, ashdown: Any, brook: Any) -> None:
        one, other = standing(ashdown), standing(brook)
        results = at_once(
            lambda: services.merge_practices(by=manager, standing=one, successor=brook, day=NEXT),
            lambda: services.merge_practices(by=manager, standing=other, successor=ashdown, day=NEXT),
        )
        assert sum(isinstance(result, Succession) for result in results) == 1
        assert Succession.objects.held().count() == 1

    def test_two_close_it(self, manager: Any, ashdown: Any) -> None:
        seen = standing(ashdown)
        results = at_once(*(lambda: services.close_practice(by=manager, standing=seen, last=DAY) for _ in range(2)))
        assert sum(isinstance(result, PracticeStanding) for result in results) == 1
        assert sum(isinstance(result, StaleRecord) for result in results) == 1
        assert [status for status, *_ in life(ashdown)] == ["active", "closed"]


def test_every_act_names_who_did_it(manager: Any, ashdown: Any) -> None:
    closed = services.close_practice(by=manager, standing=standing(ashdown), last=DAY)
    before = PracticeStanding.objects.filter(practice=ashdown).order_by("pk").first()
    assert before is not None
    assert (before.closed_by, closed.recorded_by) == (manager, manager)
    assert isinstance(closed.recorded_at, datetime)


def test_contacts_are_in_the_order_people_expect(manager: Any, ashdown: Any) -> None:
    for day in (date(2018, 1, 1), date(2018, 3, 1), date(2018, 2, 1)):
        services.add_contact(by=manager, practice=ashdown, day=day, outcome="Spoke")
    assert [contact.day.month for contact in Contact.objects.all()] == [3, 2, 1]
