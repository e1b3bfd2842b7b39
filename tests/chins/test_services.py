"""What CHINs and memberships may and may not do. Each refusal is a sentence that names what stands in the way."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from psycopg.errors import DeadlockDetected

from cc2h.kit import dated, history, work
from cc2h.kit.dated import StaleRecord
from chins import services
from chins.models import Chin, ChinState, Deputy, Membership, Partner, PostHolding
from chins.workflow import COUNTED, TRANSITIONS, ChinStatus
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    DeputyFactory,
    MembershipFactory,
    PartnerFactory,
    PostHoldingFactory,
    PracticeDetailFactory,
    PracticeFactory,
    PracticeStandingFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MAY = date(2018, 5, 1)
JUNE = date(2018, 6, 1)
JULY = date(2018, 7, 1)
END_OF_MAY = date(2018, 5, 31)


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def north(barnet: Any) -> Chin:
    return ChinFactory(commissioner=barnet, name="North Locality", slug="north-locality")


@pytest.fixture
def finchley(barnet: Any) -> Chin:
    return ChinFactory(commissioner=barnet, name="Finchley", slug="finchley")


@pytest.fixture
def ashdown(barnet: Any) -> Any:
    return PracticeFactory(commissioner=barnet, detail__name="Ashdown Practice", ods_code="E83003")


@pytest.fixture
def manager() -> Any:
    return UserFactory(name="Programme manager")


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        act()
    return " ".join(refusal.value.messages)


def in_chin(practice: Any, day: date) -> str | None:
    membership = Membership.objects.as_at(day).filter(practice=practice).first()
    return membership and membership.chin.name


class TestProposing:
    def test_an_expression_of_interest_names_its_practices(self, barnet: Any, ashdown: Any, manager: Any) -> None:
        chin = services.propose_chin(
            by=manager, commissioner=barnet, name="Edgware & Burnt Oak", day=MAY, practices=[ashdown],
            focus_areas=["Diabetes", "Paediatric access"], footprint="Edgware, Burnt Oak, Watling Way",
        )  # fmt: skip
        assert chin.slug == "edgware-burnt-oak"
        (state,) = chin.states.all()
        assert (state.status, state.first_day, state.recorded_by) == ("proposed", MAY, manager)
        assert in_chin(ashdown, MAY) == "Edgware & Burnt Oak"
        assert in_chin(ashdown, date(2018, 4, 30)) is None

    def test_a_primary_care_network_starts_operational(self, barnet: Any) -> None:
        network = services.propose_chin(by=None, commissioner=barnet, name="Barnet 1D", day=MAY, kind="pcn")
        assert network.states.get().status == "operational"

    def test_addresses_never_clash(self, barnet: Any) -> None:
        def slug(name: str, commissioner: Any) -> str:
            return services.propose_chin(by=None, commissioner=commissioner, name=name, day=MAY).slug

        assert slug("North", CommissionerFactory(ods_code="07R")) == "north"
        assert slug("North", barnet) == "north-07m"
        assert slug("North!", barnet) == "north-07m-2"
        assert slug("Propose", barnet) == "propose-07m"  # a word of the portal's own addresses
        assert slug("£££", barnet) == "chin"

    def test_a_name_is_used_once_by_a_commissioner(self, north: Chin, barnet: Any) -> None:
        words = refused(lambda: services.propose_chin(by=None, commissioner=barnet, name="North Locality", day=MAY))
        assert words == "This commissioner already has a CHIN of that name."

    def test_nothing_is_kept_of_a_refused_proposal(self, barnet: Any, north: Chin, ashdown: Any) -> None:
        MembershipFactory(practice=ashdown, chin=north, first=MAY)
        refused(lambda: services.propose_chin(by=None, commissioner=barnet, name="New", day=JUNE, practices=[ashdown]))
        assert not Chin.objects.filter(name="New").exists()


class TestDetails:
    def test_the_second_editor_is_told_who_changed_what(self, north: Chin, manager: Any) -> None:
        seen = history.version(north)
        first = {"name": "North Locality", "footprint": "High Barnet", "focus_areas": ["Frailty"]}
        services.update_details(by=manager, chin=north, seen=seen, **first)
        with pytest.raises(history.ChangedMeanwhile) as stale:
            services.update_details(by=None, chin=north, seen=seen, **{**first, "footprint": "Totteridge"})
        (entry,) = stale.value.entries
        assert entry.who == "Programme manager"
        assert [(c.field, c.after) for c in entry.changes] == [
            ("area it serves", "High Barnet"),
            ("focus areas", "Frailty"),
        ]
        north.refresh_from_db()
        assert north.footprint == "High Barnet"


class TestJoining:
    def test_from_a_day_and_not_before(self, ashdown: Any, north: Chin, manager: Any) -> None:
        (membership,) = services.join_practices(by=manager, practices=[ashdown], chin=north, first=MAY, reason="Signed")
        assert (membership.first_day, membership.last_day, membership.recorded_by) == (MAY, None, manager)
        assert [in_chin(ashdown, day) for day in (date(2018, 4, 30), MAY)] == [None, "North Locality"]

    def test_a_second_chin_is_refused_by_name(self, ashdown: Any, north: Chin, finchley: Chin) -> None:
        services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
        assert refused(lambda: services.join_practices(by=None, practices=[ashdown], chin=finchley, first=JUNE)) == (
            "Ashdown Practice is in North Locality from 1 May 2018; a practice is in at most one CHIN on any day."
        )

    def test_a_planned_join_stands_in_the_way_of_one_without_end(
        self, ashdown: Any, north: Chin, finchley: Chin
    ) -> None:
        services.join_practices(by=None, practices=[ashdown], chin=finchley, first=JULY, last=date(2018, 12, 31))
        words = refused(lambda: services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY))
        assert words.startswith("Ashdown Practice is in Finchley 1 July 2018 to 31 December 2018")
        services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY, last=date(2018, 6, 30))
        assert [in_chin(ashdown, d) for d in (MAY, date(2018, 6, 30), JULY)] == [
            "North Locality",
            "North Locality",
            "Finchley",
        ]

    def test_the_word_for_a_chin_is_the_commissioners_own(self) -> None:
        enfield = CommissionerFactory(short_name="Enfield", local_word="Health and Care Team")
        team = ChinFactory(commissioner=enfield, name="Enfield East")
        practice = MembershipFactory(chin=team, first=MAY).practice
        other = ChinFactory(commissioner=enfield)
        words = refused(lambda: services.join_practices(by=None, practices=[practice], chin=other, first=JUNE))
        assert words.endswith("a practice is in at most one Health and Care Team on any day.")

    def test_dates_out_of_order(self, ashdown: Any, north: Chin) -> None:
        words = refused(lambda: services.join_practices(by=None, practices=[ashdown], chin=north, first=JUNE, last=MAY))
        assert words == "The last day, 1 May 2018, is before the first day, 1 June 2018."

    def test_after_the_practice_closed(self, north: Chin, barnet: Any) -> None:
        closed = PracticeFactory(commissioner=barnet, closed=END_OF_MAY, detail__name="Old Surgery")
        for first in (MAY, JULY):
            words = refused(
                lambda first=first: services.join_practices(by=None, practices=[closed], chin=north, first=first)
            )
            assert words == (
                "Old Surgery closed: its last day was 31 May 2018. A practice can’t be in a CHIN after it has closed."
            )
        services.join_practices(by=None, practices=[closed], chin=north, first=MAY, last=END_OF_MAY)

    def test_before_the_practice_opens(self, north: Chin, barnet: Any) -> None:
        new = PracticeFactory(commissioner=barnet, opened=JUNE, detail__name="New Surgery")
        assert (
            refused(lambda: services.join_practices(by=None, practices=[new], chin=north, first=MAY))
            == "New Surgery was not open yet on 1 May 2018."
        )

    def test_a_practice_of_another_commissioner(self, north: Chin) -> None:
        camden = CommissionerFactory(short_name="Camden")
        practice = PracticeFactory(commissioner=camden, detail__name="Kentish Town")
        assert (
            refused(lambda: services.join_practices(by=None, practices=[practice], chin=north, first=MAY))
            == "Kentish Town belongs to Camden on 1 May 2018, and North Locality to Barnet."
        )

    def test_before_the_chin_was_proposed(self, ashdown: Any, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, name="Hendon", status="proposed", first=JUNE)
        assert (
            refused(lambda: services.join_practices(by=None, practices=[ashdown], chin=chin, first=MAY))
            == "Hendon was first proposed on 1 June 2018, so Ashdown Practice can’t be in it on 1 May 2018."
        )

    def test_after_the_chin_closed(self, ashdown: Any, north: Chin) -> None:
        services.change_state(by=None, chin=north, status="closed", day=JULY)
        assert refused(lambda: services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)) == (
            "North Locality is closed from 1 July 2018, so Ashdown Practice can’t be in it after 30 June 2018."
        )
        services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY, last=date(2018, 6, 30))

    def test_several_at_once_all_or_none(self, barnet: Any, north: Chin, finchley: Chin, ashdown: Any) -> None:
        free = PracticeFactory(commissioner=barnet)
        taken = MembershipFactory(chin=finchley, first=MAY).practice
        closed = PracticeFactory(commissioner=barnet, closed=END_OF_MAY, detail__name="Old Surgery")
        words = refused(
            lambda: services.join_practices(by=None, chin=north, practices=[free, taken, closed], first=JUNE)
        )
        assert "is in Finchley from 1 May 2018" in words
        assert "Old Surgery closed" in words  # every refusal at once, not one at a time
        assert in_chin(free, JUNE) is None
        services.join_practices(by=None, chin=north, practices=[free, ashdown], first=JUNE)
        assert in_chin(free, JUNE) == in_chin(ashdown, JUNE) == "North Locality"

    def test_the_database_is_the_last_guard(self, ashdown: Any, north: Chin, finchley: Chin, barnet: Any) -> None:
        """Past the service, the constraint itself refuses, also in words."""
        dated.record(Membership, by=None, first=MAY, practice=ashdown, chin=north)
        with pytest.raises(IntegrityError), transaction.atomic():
            dated.record(Membership, by=None, first=JUNE, practice=ashdown, chin=finchley)
        with pytest.raises(ValidationError, match="already in a CHIN for some of these days"), services.writing(None):
            dated.record(Membership, by=None, first=JUNE, practice=ashdown, chin=finchley)
        closed = PracticeFactory(commissioner=barnet, closed=END_OF_MAY)
        with pytest.raises(ValidationError, match="after it has closed"), services.writing(None):
            dated.record(Membership, by=None, first=MAY, practice=closed, chin=north)

    def test_a_change_leaves_its_actor_in_the_history(self, ashdown: Any, north: Chin, manager: Any) -> None:
        (membership,) = services.join_practices(by=manager, practices=[ashdown], chin=north, first=MAY, reason="Signed")
        (entry,) = history.entries(Membership.objects.filter(pk=membership.pk))
        assert (entry.who, entry.what) == (
            "Programme manager",
            "Membership, E83003 in North Locality, from 1 May 2018: recorded. “Signed”",
        )
        event = membership.events.get()
        assert event.pgh_context.metadata["user"] == manager.pk


class TestLeaving:
    def test_until_a_day_inclusive(self, ashdown: Any, north: Chin) -> None:
        (membership,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
        left = services.leave_chin(by=None, membership=membership, last=END_OF_MAY, reason="Partners’ vote")
        assert [in_chin(ashdown, day) for day in (END_OF_MAY, JUNE)] == ["North Locality", None]
        assert (left.thread, left.reason) == (membership.thread, "Partners’ vote")

    def test_before_joining(self, ashdown: Any, north: Chin) -> None:
        (membership,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
        assert refused(lambda: services.leave_chin(by=None, membership=membership, last=date(2018, 4, 30))) == (
            "Ashdown Practice joined North Locality on 1 May 2018, so it can’t leave on 30 April 2018, before it "
            "joined. If it never joined, void the membership instead."
        )

    def test_a_later_end_may_not_reach_into_the_next_membership(
        self, ashdown: Any, north: Chin, finchley: Chin
    ) -> None:
        (first,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY, last=END_OF_MAY)
        services.join_practices(by=None, practices=[ashdown], chin=finchley, first=JULY)
        assert "is in Finchley from 1 July 2018" in refused(
            lambda: services.leave_chin(by=None, membership=first, last=JULY)
        )
        services.leave_chin(by=None, membership=first, last=date(2018, 6, 30))
        assert in_chin(ashdown, date(2018, 6, 30)) == "North Locality"

    def test_somebody_else_was_first(self, ashdown: Any, north: Chin, manager: Any) -> None:
        (membership,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
        services.leave_chin(by=manager, membership=membership, last=END_OF_MAY)
        with pytest.raises(StaleRecord) as stale:
            services.leave_chin(by=None, membership=membership, last=JULY)
        assert stale.value.found.closed_by == manager
        assert stale.value.latest is not None
        assert stale.value.latest.last_day == END_OF_MAY


class TestMoving:
    def test_several_on_one_day(self, barnet: Any, north: Chin, finchley: Chin) -> None:
        moving = [MembershipFactory(chin=north, first=MAY).practice for _ in range(3)]
        services.move_practices(by=None, chin=finchley, practices=moving, first=JULY)
        for practice in moving:
            assert [in_chin(practice, d) for d in (date(2018, 6, 30), JULY)] == ["North Locality", "Finchley"]

    def test_what_cannot_move(self, barnet: Any, north: Chin, finchley: Chin, ashdown: Any) -> None:
        def moved(first: date) -> str:
            return refused(lambda: services.move_practices(by=None, chin=finchley, practices=[ashdown], first=first))

        assert moved(JUNE) == ("Ashdown Practice is in no CHIN on 1 June 2018, so it can’t move. Let it join instead.")
        services.join_practices(by=None, practices=[ashdown], chin=north, first=JUNE, last=date(2018, 9, 30))
        assert "can’t move on the day it joined" in moved(JUNE)
        services.join_practices(by=None, practices=[ashdown], chin=finchley, first=date(2018, 10, 1))
        assert "is in Finchley from 1 October 2018" in moved(JULY)
        assert "is in Finchley from 1 October 2018" in moved(date(2018, 12, 1))
        assert in_chin(ashdown, JULY) == "North Locality"


class TestCorrectingAndVoiding:
    def test_a_join_by_mistake_counts_on_no_day_but_stays_known(self, ashdown: Any, north: Chin) -> None:
        (membership,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
        before = dated.now()
        services.void_membership(by=None, membership=membership, reason="Wrong practice")
        assert in_chin(ashdown, JUNE) is None
        assert Membership.objects.as_at(JUNE, before).get().practice == ashdown

    def test_a_reason_is_needed(self, ashdown: Any, north: Chin) -> None:
        (membership,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
        assert refused(lambda: services.void_membership(by=None, membership=membership, reason="  "))
        assert refused(
            lambda: services.correct_membership(by=None, membership=membership, first=JUNE, last=None, reason="")
        )

    def test_a_planned_join_moves_and_the_old_plan_stays_readable(self, ashdown: Any, north: Chin) -> None:
        (planned,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=JUNE)
        before = dated.now()
        moved = services.correct_membership(
            by=None, membership=planned, first=JULY, last=None, reason="Waiting for the lease"
        )
        assert (in_chin(ashdown, JUNE), in_chin(ashdown, JULY)) == (None, "North Locality")
        assert Membership.objects.as_at(JUNE, before).exists()
        assert refused(
            lambda: services.correct_membership(by=None, membership=moved, first=JULY, last=None, reason="x")
        )

    def test_other_days_must_fit_as_well(self, ashdown: Any, north: Chin, finchley: Chin) -> None:
        services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY, last=END_OF_MAY)
        (second,) = services.join_practices(by=None, practices=[ashdown], chin=finchley, first=JULY)
        assert "is in North Locality 1 May 2018 to 31 May 2018" in refused(
            lambda: services.correct_membership(
                by=None, membership=second, first=date(2018, 5, 20), last=None, reason="Earlier"
            )
        )

    def test_a_practice_closing_ends_its_membership_and_drops_its_plans(
        self, ashdown: Any, north: Chin, finchley: Chin
    ) -> None:
        services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY, last=date(2018, 6, 30))
        services.join_practices(by=None, practices=[ashdown], chin=finchley, first=JULY)
        services.end_memberships(by=None, practice=ashdown, last=END_OF_MAY, reason="The practice closed")
        assert [in_chin(ashdown, d) for d in (END_OF_MAY, JUNE, JULY)] == ["North Locality", None, None]


class TestStates:
    @pytest.mark.parametrize("before", ChinStatus)
    @pytest.mark.parametrize("after", ChinStatus)
    def test_only_the_routes_of_the_table(self, before: ChinStatus, after: ChinStatus, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, name="Hendon", status=before)
        into = ChinFactory(commissioner=barnet)

        def go() -> Any:
            if after is ChinStatus.MERGED:
                return services.change_state(by=None, chin=chin, status="merged", into=into, day=MAY)
            return services.change_state(by=None, chin=chin, status=after, day=MAY)

        if after in TRANSITIONS[before]:
            go()
            now = ChinState.objects.as_at(MAY).get(chin=chin)
            assert (now.status, now.first_day) == (after, MAY)
        else:
            assert refused(go).startswith(f"Hendon is {before} from ")

    def test_a_wrong_way_names_the_ways_there_are(self, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, name="Hendon", since={"proposed": MAY})
        assert refused(lambda: services.change_state(by=None, chin=chin, status="operational", day=JUNE)) == (
            "Hendon is proposed from 1 May 2018; from there it can become approved, declined or withdrawn, "
            "not operational."
        )

    def test_not_before_the_state_it_follows(self, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, name="Hendon", since={"proposed": JUNE})
        assert "must begin on a later day" in refused(
            lambda: services.change_state(by=None, chin=chin, status="approved", day=JUNE)
        )

    def test_the_database_refuses_what_passes_the_service_by(self, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, since={"proposed": MAY})
        dated.end(chin.states.get(), last=END_OF_MAY, by=None)
        with pytest.raises(ValidationError, match="goes from proposed to approved"), services.writing(None):
            dated.record(ChinState, by=None, first=JUNE, chin=chin, status="operational")

    def test_a_plan_slips_and_the_slip_stays(self, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, since={"proposed": date(2017, 3, 1), "approved": date(2017, 6, 1)})
        planned = services.change_state(by=None, chin=chin, status="operational", day=date(2017, 9, 1))
        services.replan_state(by=None, state=planned, day=date(2018, 1, 15), reason="Sites not ready")

        def held(day: date) -> str:
            return ChinState.objects.as_at(day).get(chin=chin).status

        assert [held(date(2017, 9, 1)), held(date(2018, 1, 14)), held(date(2018, 1, 15))] == [
            "approved",
            "approved",
            "operational",
        ]
        versions = ChinState.objects.filter(thread=planned.thread).order_by("held")
        assert [v.first_day for v in versions] == [date(2017, 9, 1), date(2018, 1, 15)]
        current = ChinState.objects.held().get(thread=planned.thread)
        services.replan_state(by=None, state=current, day=date(2017, 12, 1), reason="Sooner after all")
        assert [held(date(2017, 11, 30)), held(date(2017, 12, 1))] == ["approved", "operational"]

    def test_a_plan_stays_between_its_neighbours(self, barnet: Any, ashdown: Any) -> None:
        chin = ChinFactory(
            commissioner=barnet, name="Hendon", since={"proposed": MAY, "approved": JUNE, "operational": JULY}
        )
        proposed, approved, _ = chin.states.order_by("period")

        def replan(state: ChinState, day: date) -> str:
            return refused(lambda: services.replan_state(by=None, state=state, day=day, reason="x"))

        assert "must begin on a later day" in replan(approved, MAY)
        assert "Hendon is operational from 1 July 2018" in replan(approved, JULY)
        assert replan(approved, JUNE) == "That is the day already recorded."
        services.join_practices(by=None, practices=[ashdown], chin=chin, first=date(2018, 5, 10))
        assert "Ashdown Practice is in Hendon from 10 May 2018" in replan(proposed, date(2018, 5, 20))
        services.replan_state(by=None, state=proposed, day=date(2018, 4, 1), reason="The letter is of April")

    def test_only_the_newest_state_can_be_taken_back(self, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, since={"proposed": MAY, "approved": JUNE})
        proposed, approved = chin.states.order_by("period")
        assert "Only the newest" in refused(lambda: services.void_state(by=None, state=proposed, reason="x"))
        services.void_state(by=None, state=approved, reason="The panel had not met")
        (state,) = ChinState.objects.held().filter(chin=chin)
        assert (state.status, state.last_day) == ("proposed", None)
        assert "Only the newest" in refused(lambda: services.void_state(by=None, state=state, reason="x"))


class TestClosingAndMerging:
    @pytest.fixture
    def full(self, north: Chin, finchley: Chin, barnet: Any) -> dict[str, Any]:
        """North Locality: one practice without end, one that leaves in 2019, one that joins in August 2018.

        Its lead hands over in November 2018, and a deputy is named for August.
        """
        holding = PostHoldingFactory(post__of=north, first=MAY, last=date(2018, 10, 31))
        PostHoldingFactory(post=holding.post, first=date(2018, 11, 1))
        DeputyFactory(post=holding.post, first=date(2018, 8, 1), last=date(2018, 8, 31))
        return {
            "stays": MembershipFactory(chin=north, first=MAY).practice,
            "leaves": MembershipFactory(chin=north, first=MAY, last=date(2019, 3, 31)).practice,
            "plans": MembershipFactory(chin=north, first=date(2018, 8, 1)).practice,
            "holding": holding,
        }

    def state_of_things(self, full: dict[str, Any]) -> list[Any]:
        days = (END_OF_MAY, date(2018, 6, 30), JULY, date(2018, 8, 1), date(2019, 3, 31), date(2019, 4, 1))
        places = [[in_chin(full[who], day) for day in days] for who in ("stays", "leaves", "plans")]
        holdings = PostHolding.objects.held().filter(post=full["holding"].post).order_by("period")
        deputies = Deputy.objects.held().filter(post=full["holding"].post)
        posts = [(h.holder.name, h.first_day, h.last_day) for h in holdings]
        return [places, posts, [(d.deputy.name, d.first_day, d.last_day) for d in deputies]]

    def test_closing_ends_memberships_and_posts(self, north: Chin, full: dict[str, Any]) -> None:
        DeputyFactory(post=full["holding"].post, first=MAY)
        services.change_state(by=None, chin=north, status="closed", day=JULY, reason="Too small")
        assert in_chin(full["stays"], date(2018, 6, 30)) == "North Locality"
        assert not Membership.objects.as_at(JULY).exists()
        assert not Membership.objects.as_at(date(2018, 8, 1)).exists()
        assert not PostHolding.objects.as_at(JULY).exists()
        assert not Deputy.objects.as_at(JULY).exists()

    def test_merging_carries_the_practices_over(self, north: Chin, finchley: Chin, full: dict[str, Any]) -> None:
        services.change_state(by=None, chin=north, status="merged", into=finchley, day=JULY)
        places, held, acting = self.state_of_things(full)
        assert places == [
            ["North Locality", "North Locality", "Finchley", "Finchley", "Finchley", "Finchley"],
            ["North Locality", "North Locality", "Finchley", "Finchley", "Finchley", None],
            [None, None, None, "Finchley", "Finchley", "Finchley"],
        ]
        assert [last for *_, last in held] == [date(2018, 6, 30)]
        assert not acting
        north.refresh_from_db()
        assert north.merged_into == finchley

    @pytest.mark.parametrize("merge", [True, False])
    def test_taking_it_back_leaves_everything_as_it_was(
        self, north: Chin, finchley: Chin, full: dict[str, Any], merge: bool
    ) -> None:
        before = self.state_of_things(full)
        for _ in range(2):  # a second time must not bring back what the first had dropped
            if merge:
                state = services.change_state(by=None, chin=north, status="merged", into=finchley, day=JULY)
            else:
                state = services.change_state(by=None, chin=north, status="closed", day=JULY)
            assert self.state_of_things(full) != before
            north.refresh_from_db()
            state = services.replan_state(by=None, state=state, day=date(2018, 9, 1), reason="Later")
            assert in_chin(full["stays"], date(2018, 8, 31)) == "North Locality"
            assert in_chin(full["stays"], date(2018, 9, 1)) == ("Finchley" if merge else None)
            assert in_chin(full["plans"], date(2018, 8, 1)) == "North Locality"
            assert [(d.first_day, d.last_day) for d in Deputy.objects.held()] == [(date(2018, 8, 1), date(2018, 8, 31))]
            services.void_state(by=None, state=state, reason="Not after all")
            assert self.state_of_things(full) == before
            north.refresh_from_db()
            assert north.merged_into is None

    def test_never_into_itself_nor_into_one_that_is_over(self, north: Chin, finchley: Chin) -> None:
        assert refused(lambda: services.change_state(by=None, chin=north, status="merged", into=north, day=MAY)) == (
            "North Locality can’t merge into itself."
        )
        services.change_state(by=None, chin=finchley, status="merged", into=north, day=MAY)
        assert "Finchley is merged from 1 May 2018" in refused(
            lambda: services.change_state(by=None, chin=north, status="merged", into=finchley, day=JUNE)
        )
        assert refused(lambda: services.change_state(by=None, chin=north, status="merged", day=JUNE)) == (
            "Say which CHIN it merges into, and only if it merges."
        )

    def test_not_into_another_commissioners(self, north: Chin) -> None:
        other = ChinFactory(name="Kentish Town", commissioner=CommissionerFactory(short_name="Camden"))
        assert "belongs to Barnet and Kentish Town to Camden" in refused(
            lambda: services.change_state(by=None, chin=north, status="merged", into=other, day=MAY)
        )


class TestPartners:
    def test_once_at_a_time(self, north: Chin) -> None:
        partner = services.add_partner(
            by=None, chin=north, organisation="  Barnet  Council ", sector=Partner.Sector.COUNCIL, first=MAY
        )
        assert partner.organisation == "Barnet Council"
        assert "Barnet Council is a partner of North Locality from 1 May 2018" in refused(
            lambda: services.add_partner(
                by=None, chin=north, organisation="barnet council", sector=Partner.Sector.COUNCIL, first=JUNE
            )
        )
        ended = services.end_partner(by=None, partner=partner, last=END_OF_MAY)
        again = services.add_partner(
            by=None, chin=north, organisation="Barnet Council", sector=Partner.Sector.COUNCIL, first=JUNE
        )
        services.void_partner(by=None, partner=again, reason="Another CHIN’s")
        assert list(Partner.objects.held()) == [ended]


@pytest.mark.django_db(transaction=True)
class TestRaces:
    """Real connections at the same moment."""

    def race(self, *acts: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(acts))
        results: list[Any] = [None] * len(acts)

        def run(place: int, act: Callable[[], Any]) -> None:
            try:
                start.wait(10)
                results[place] = act()
            except Exception as refusal:
                results[place] = refusal
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return results

    def test_one_practice_and_many_chins(self, barnet: Any) -> None:
        practice = PracticeFactory(commissioner=barnet, detail__name="Ashdown Practice")
        rivals = ChinFactory.create_batch(6, commissioner=barnet)
        results = self.race(
            *(
                lambda chin=chin: services.join_practices(by=None, practices=[practice], chin=chin, first=MAY)[0]
                for chin in rivals
            )
        )
        winners = [r for r in results if isinstance(r, Membership)]
        losers = [r for r in results if isinstance(r, ValidationError)]
        assert (len(winners), len(losers)) == (1, 5)
        for refusal in losers:
            assert refusal.messages == [
                f"Ashdown Practice is in {winners[0].chin} from 1 May 2018; "
                "a practice is in at most one CHIN on any day."
            ]
        assert Membership.objects.as_at(MAY).count() == 1

    def test_past_the_service_only_the_database_is_left_and_it_names_the_other_too(self, barnet: Any) -> None:
        practice = PracticeFactory(commissioner=barnet, ods_code="E83003")
        rivals = ChinFactory.create_batch(4, commissioner=barnet)

        def join(chin: Chin) -> Membership:
            with services.writing(None):
                return dated.record(Membership, by=None, first=MAY, practice=practice, chin=chin)

        results = self.race(*(lambda chin=chin: join(chin) for chin in rivals))
        (winner,) = [r for r in results if isinstance(r, Membership)]
        losers = [r.messages for r in results if isinstance(r, ValidationError)]
        assert losers == 3 * [
            [f"The practice is already in a CHIN for some of these days: E83003 in {winner.chin}, from 1 May 2018."]
        ]

    def test_many_moves_crossing_never_deadlock(self, barnet: Any) -> None:
        one, two = ChinFactory.create_batch(2, commissioner=barnet)
        practices = [MembershipFactory(chin=one, first=MAY).practice for _ in range(5)]
        practices += [MembershipFactory(chin=two, first=MAY).practice for _ in range(5)]

        def move(chin: Chin, moving: list[Any]) -> Callable[[], Any]:
            return lambda: services.move_practices(by=None, chin=chin, practices=moving, first=JULY)

        results = self.race(
            move(two, practices[:5]), move(one, practices[5:]), move(two, practices[4::-1]), move(one, practices[:4:-1])
        )
        assert sorted(isinstance(r, ValidationError | list) for r in results) == [True] * 4
        assert sum(isinstance(r, list) for r in results) == 2
        assert Membership.objects.as_at(JULY).count() == 10

    def test_joining_a_chin_while_it_closes(self, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet)
        practice = PracticeFactory(commissioner=barnet)
        self.race(
            lambda: services.join_practices(by=None, practices=[practice], chin=chin, first=MAY),
            lambda: services.change_state(by=None, chin=chin, status="closed", day=JULY),
        )
        living = ChinState.objects.as_at(JULY).filter(chin=chin, status__in=COUNTED).exists()
        assert living == Membership.objects.as_at(JULY).exists()

    def test_past_the_service_the_constraint_decides(self, barnet: Any) -> None:
        practice = PracticeFactory(commissioner=barnet)

        def join(chin: Chin) -> Callable[[], Any]:
            return lambda: dated.record(Membership, by=None, first=MAY, practice=practice, chin=chin)

        results = self.race(*(join(chin) for chin in ChinFactory.create_batch(4, commissioner=barnet)))
        assert sum(isinstance(r, Membership) for r in results) == 1, results
        # Who waits for another that waits in turn is refused as a deadlock, not by the constraint's name.
        refusals = [
            r
            for r in results
            if isinstance(r, IntegrityError) or isinstance(getattr(r, "__cause__", None), DeadlockDetected)
        ]
        assert len(refusals) == 3, results
        assert Membership.objects.filter(practice=practice).count() == 1


def test_a_worker_is_woken_after_commit(ashdown: Any, north: Chin, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
    assert callbacks == [work._send]


def test_a_practice_without_a_name_that_day_goes_by_its_nearest_name(barnet: Any, north: Chin) -> None:
    practice = PracticeFactory(detail=None, standing=None)
    PracticeStandingFactory(practice=practice, commissioner=barnet)
    PracticeDetailFactory(practice=practice, first=JUNE, name="Later Name")
    MembershipFactory(practice=practice, chin=north, first=date(2018, 4, 1))
    assert refused(lambda: services.join_practices(by=None, practices=[practice], chin=north, first=MAY)).startswith(
        "Later Name is in North Locality"
    )


class TestGuardsOfTheDatabase:
    """What passes the services by is refused at commit, in words."""

    def test_a_practice_can_t_close_under_a_membership(self, ashdown: Any, north: Chin) -> None:
        membership = MembershipFactory(practice=ashdown, chin=north, first=MAY)
        standing = ashdown.standings.get()

        def close() -> None:
            dated.end(standing, last=END_OF_MAY, by=None)
            dated.record(
                type(standing),
                by=None,
                first=JUNE,
                practice=ashdown,
                commissioner=standing.commissioner,
                status="closed",
            )

        with pytest.raises(ValidationError, match="can't be in a CHIN after it has closed"), services.writing(None):
            close()
        with services.writing(None):  # in one transaction, in either order
            close()
            dated.end(membership, last=END_OF_MAY, by=None)
        assert in_chin(ashdown, JUNE) is None

    def test_a_chin_can_t_close_under_a_membership(self, ashdown: Any, north: Chin) -> None:
        MembershipFactory(practice=ashdown, chin=north, first=MAY)

        def close() -> None:
            dated.end(north.states.get(status="operational"), last=END_OF_MAY, by=None)
            dated.record(ChinState, by=None, first=JUNE, chin=north, status="closed")

        with pytest.raises(ValidationError, match="only while the CHIN is proposed"), services.writing(None):
            close()


class TestGuards:
    def test_what_kind_a_chin_is_and_the_sector_of_a_partner_are_words_that_are_known(self, north: Chin) -> None:
        with pytest.raises(IntegrityError, match="chins_chin_known_kind"), transaction.atomic():
            Chin.objects.filter(pk=north.pk).update(kind="club")
        with pytest.raises(IntegrityError, match="chins_partner_known_sector"), transaction.atomic():
            PartnerFactory(chin=north, sector="charity")


@pytest.mark.django_db(transaction=True)
def test_joining_past_the_service_waits_for_a_closing(barnet: Any) -> None:
    """One transaction closes the CHIN while another lets a practice join: one of them is refused."""
    chin = ChinFactory(commissioner=barnet, since={"proposed": date(2017, 1, 1)})
    practice = PracticeFactory(commissioner=barnet)
    both_wrote = threading.Barrier(2)

    def join() -> None:
        with transaction.atomic():
            dated.record(Membership, by=None, first=MAY, practice=practice, chin=chin)
            both_wrote.wait(10)

    def withdraw() -> None:
        with transaction.atomic():
            dated.end(chin.states.get(), last=END_OF_MAY, by=None)
            dated.record(ChinState, by=None, first=JUNE, chin=chin, status="withdrawn")
            both_wrote.wait(10)

    results = TestRaces().race(join, withdraw)
    assert sorted(result is None for result in results) == [False, True]
    assert isinstance(next(filter(None, results)), IntegrityError)
