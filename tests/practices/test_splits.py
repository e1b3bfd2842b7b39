"""A practice splits: what its parts are from the day, that every patient counts once, and how it is taken back."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cc2h.accounts.authority import Role
from chins import coverage
from chins.coverage import Kind, live_coverage
from chins.models import Membership, PostHolding
from practices import services
from practices.models import FederationMembership, ListSize, Practice, PracticeDetail, PracticeStanding, Succession
from practices.services import Part
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    ContactFactory,
    FederationMembershipFactory,
    ListSizeFactory,
    MembershipFactory,
    PostHoldingFactory,
    PracticeFactory,
    SuccessionFactory,
    UserFactory,
    person,
)
from tests.practices.test_pages import text

pytestmark = pytest.mark.django_db
LIST, EVE, DAY, LATER = date(2018, 6, 1), date(2018, 6, 30), date(2018, 7, 1), date(2018, 8, 1)
ONE, TWO = Part("G80011", "Ashdown East", "EN5 4BE"), Part("G80012", "Ashdown West")


@pytest.fixture
def manager() -> Any:
    return UserFactory(name="Manager")


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def ashdown(barnet: Any) -> Any:
    """10,001 patients in a CHIN, and another practice beside it, of 5,000 in none."""
    PracticeFactory(commissioner=barnet, patients={LIST: 5_000})
    practice = PracticeFactory(
        ods_code="G80001", commissioner=barnet, detail__name="Ashdown Practice", patients={LIST: 10_001}
    )
    MembershipFactory(practice=practice, chin=ChinFactory(commissioner=barnet), first=date(2018, 1, 1))
    return practice


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        act()
    return " ".join(refusal.value.messages)


def standing(practice: Practice) -> PracticeStanding:
    return PracticeStanding.objects.held().filter(practice=practice).order_by("period")[0]


def split(manager: Any, practice: Practice, *parts: Part, closes: bool = False, **more: Any) -> list[Succession]:
    facts: dict[str, Any] = {"day": DAY, "reason": "Partners part"} | more
    return services.split_practice(by=manager, standing=standing(practice), parts=parts, closes=closes, **facts)


def part(code: str = "G80011") -> Practice:
    return Practice.objects.get(ods_code=code)


def stays(practice: Practice) -> list[tuple[date, date | None]]:
    held = Membership.objects.held().filter(practice=practice).order_by("period")
    return [(one.first_day, one.last_day) for one in held]


def counted(barnet: Any, day: date) -> tuple[int, int, int]:
    """(patients, those in a CHIN, practices without a list)."""
    found = live_coverage(barnet, day)
    return found.patients, found.covered_patients, found.without_list


class TestGoingOn:
    def test_the_part_begins_on_the_day_and_the_old_practice_goes_on(self, manager: Any, ashdown: Any) -> None:
        (made,) = split(manager, ashdown, ONE)
        assert (made.kind, made.predecessor, made.successor, made.first_day) == ("split", ashdown, part(), DAY)
        assert (standing(part()).status, standing(part()).first_day) == ("active", DAY)
        detail = PracticeDetail.objects.get(practice=part())
        assert (detail.name, detail.postcode, detail.reason) == ("Ashdown East", "EN5 4BE", "Partners part")
        assert standing(ashdown).last_day is None

    def test_the_part_is_in_the_network_for_as_long_as_the_old_practice(self, manager: Any, ashdown: Any) -> None:
        split(manager, ashdown, ONE)
        assert stays(part()) == [(DAY, None)]
        assert stays(ashdown) == [(date(2018, 1, 1), None)]

    def test_or_in_none_where_that_is_chosen(self, manager: Any, ashdown: Any) -> None:
        split(manager, ashdown, ONE, stay=False)
        assert stays(part()) == []

    def test_the_list_of_the_old_code_counts_whole_until_lists_of_both_come(
        self, manager: Any, ashdown: Any, barnet: Any
    ) -> None:
        split(manager, ashdown, ONE)
        assert counted(barnet, EVE) == (15_001, 10_001, 0)
        assert counted(barnet, DAY) == (15_001, 10_001, 1)
        ListSizeFactory(practice=ashdown, day=DAY, patients=10_050)  # the file knows only the old code yet
        assert counted(barnet, DAY) == (15_050, 10_050, 1)
        for practice, patients in ((ashdown, 6_000), (part(), 4_100)):
            ListSizeFactory(practice=practice, day=LATER, patients=patients)
        assert counted(barnet, LATER) == (15_100, 10_100, 0)

    def test_it_is_refused_where_a_list_of_the_part_would_count_patients_twice(
        self, manager: Any, ashdown: Any, barnet: Any
    ) -> None:
        known = PracticeFactory(ods_code="G80011", commissioner=barnet, opened=DAY, patients={LATER: 4_000})
        assert "would count twice" in refused(lambda: split(manager, ashdown, ONE))
        ListSizeFactory(practice=ashdown, day=LATER, patients=6_000)
        split(manager, ashdown, Part("G80011"))
        assert Succession.objects.held().get().successor == known
        assert counted(barnet, LATER) == (15_000, 10_000, 0)

    def test_the_change_is_told_as_a_split(self, manager: Any, ashdown: Any, barnet: Any) -> None:
        split(manager, ashdown, ONE)
        for practice, patients in ((ashdown, 6_000), (part(), 4_100)):
            ListSizeFactory(practice=practice, day=DAY, patients=patients)
        found = coverage.decompose(barnet, EVE, DAY)
        for told in (found.covered_part(Kind.SPLIT), found.total_part(Kind.SPLIT)):
            assert (told.practices, told.patients) == (1, 99)
        assert found.covered_change == found.total_change == (1, 99)

    def test_what_split_off_may_merge_back(self, manager: Any, ashdown: Any) -> None:
        split(manager, ashdown, ONE)
        services.merge_practices(by=manager, standing=standing(part()), successor=ashdown, day=LATER)
        assert Succession.objects.held().count() == 2

    def test_it_can_t_close_as_if_it_had_not_split(self, manager: Any, ashdown: Any) -> None:
        split(manager, ashdown, ONE)
        close = {"by": manager, "standing": standing(ashdown), "last": EVE}
        assert "G80011 splits off from it on 1 July 2018" in refused(lambda: services.close_practice(**close))


class TestClosing:
    def test_it_closes_the_day_before_and_its_parts_share_its_list(
        self, manager: Any, ashdown: Any, barnet: Any
    ) -> None:
        split(manager, ashdown, ONE, TWO, closes=True)
        assert standing(ashdown).last_day == EVE
        assert stays(ashdown) == [(date(2018, 1, 1), EVE)]
        shares = {(one.practice.ods_code, one.day): one.patients for one in ListSize.objects.filter(source=None)}
        assert shares[("G80011", LIST)] + shares[("G80012", LIST)] == 10_001
        assert stays(part("G80012")) == [(DAY, None)]
        assert counted(barnet, EVE) == counted(barnet, DAY) == (15_001, 10_001, 0)
        assert live_coverage(barnet, DAY).carried_forward == 0

    def test_a_list_of_the_old_code_from_the_day_on_counts_nowhere(
        self, manager: Any, ashdown: Any, barnet: Any
    ) -> None:
        split(manager, ashdown, ONE, TWO, closes=True)
        ListSizeFactory(practice=ashdown, day=LATER, patients=10_100)
        assert counted(barnet, LATER)[:2] == (15_001, 10_001)
        for code, patients in (("G80011", 6_000), ("G80012", 4_200)):
            ListSizeFactory(practice=part(code), day=LATER, patients=patients)
        assert counted(barnet, LATER) == (15_200, 10_200, 0)

    def test_the_shares_may_be_given_but_are_all_of_the_list(self, manager: Any, ashdown: Any) -> None:
        one, two = ONE._replace(patients=7_000), TWO._replace(patients=3_000)
        told = refused(lambda: split(manager, ashdown, one, two, closes=True))
        assert told.startswith("Its list of 1 June 2018 has 10,001 patients; the parts have 10,000.")
        split(manager, ashdown, one, two._replace(patients=3_001), closes=True)
        assert ListSize.objects.get(practice=part("G80012")).patients == 3_001

    def test_into_two_at_least(self, manager: Any, ashdown: Any) -> None:
        assert "into two at least" in refused(lambda: split(manager, ashdown, ONE, closes=True))

    def test_one_that_a_file_has_closed_splits_on_the_day_after(self, manager: Any, ashdown: Any, barnet: Any) -> None:
        services.close_practice(by=manager, standing=standing(ashdown), last=EVE)
        closed = PracticeStanding.objects.held().get(practice=ashdown, status="closed")
        services.split_practice(by=manager, standing=closed, parts=[ONE, TWO], day=DAY, closes=True)
        assert counted(barnet, DAY) == (15_001, 10_001, 0)

    def test_its_closing_stands_while_the_split_does(self, manager: Any, ashdown: Any) -> None:
        split(manager, ashdown, ONE, TWO, closes=True)
        closed = PracticeStanding.objects.held().get(practice=ashdown, status="closed")
        for one in (closed, standing(part())):
            told = refused(lambda one=one: services.void_standing(by=manager, standing=one, reason="Wrong"))
            assert told.endswith("If that is wrong, void the split.")


class TestRefusing:
    @pytest.mark.parametrize("parts", [(ONE, ONE), (Part("G80001", "Itself"),)])
    def test_each_part_has_a_code_of_its_own(self, manager: Any, ashdown: Any, parts: tuple[Part, ...]) -> None:
        assert refused(lambda: split(manager, ashdown, *parts)) == "Each part has a code of its own."

    def test_a_part_begins_with_the_split(self, manager: Any, ashdown: Any, barnet: Any) -> None:
        PracticeFactory(ods_code="G80011", commissioner=barnet)
        assert "is in the register from 1 April 2013" in refused(lambda: split(manager, ashdown, ONE))

    def test_a_practice_of_another_commissioner_is_no_part(self, manager: Any, ashdown: Any) -> None:
        theirs = PracticeFactory(ods_code="G80011", commissioner=CommissionerFactory(), standing__first=DAY)
        assert "is a practice of" in refused(lambda: split(manager, ashdown, ONE, TWO, closes=True))
        assert not ListSize.objects.filter(practice=theirs).exists()

    def test_only_an_open_practice_splits(self, manager: Any, ashdown: Any) -> None:
        assert "It is not open on" in refused(lambda: split(manager, ashdown, ONE, day=date(2010, 1, 1)))

    def test_the_database_refuses_a_part_that_was_there_before(self, ashdown: Any, barnet: Any) -> None:
        with pytest.raises(IntegrityError, match="what splits off begins with that day"), transaction.atomic():
            SuccessionFactory(
                predecessor=ashdown, successor=PracticeFactory(commissioner=barnet), first=DAY, kind="split"
            )

    def test_the_database_refuses_a_part_of_two_practices(self, ashdown: Any, barnet: Any) -> None:
        one = PracticeFactory(commissioner=barnet, opened=DAY)
        SuccessionFactory(predecessor=ashdown, successor=one, first=DAY, kind="split")
        with pytest.raises(IntegrityError, match="practices_succession_split_off_one"), transaction.atomic():
            SuccessionFactory(predecessor=PracticeFactory(commissioner=barnet), successor=one, first=DAY, kind="split")


class TestTakingBack:
    @pytest.mark.parametrize("closes", [False, True])
    def test_everything_is_as_it_was(self, manager: Any, ashdown: Any, barnet: Any, closes: bool) -> None:
        holding = PostHoldingFactory(post__role=Role.PRACTICE_MANAGER, post__of=ashdown)
        FederationMembershipFactory(practice=ashdown)
        before = [counted(barnet, day) for day in (EVE, DAY, LATER)]
        made = split(manager, ashdown, ONE, TWO, closes=closes)
        services.void_split(by=manager, split=made[0], reason="Never happened")
        assert [counted(barnet, day) for day in (EVE, DAY, LATER)] == before
        assert standing(ashdown).last_day is None
        assert stays(ashdown) == [(date(2018, 1, 1), None)]
        assert stays(part()) == []
        assert not PracticeStanding.objects.held().filter(practice__ods_code__in=["G80011", "G80012"]).exists()
        assert not Succession.objects.held().exists()
        assert FederationMembership.objects.held().get().last_day is None
        assert PostHolding.objects.held().get().holder == holding.holder
        split(manager, ashdown, ONE, TWO, closes=closes)  # and it can split after all

    def test_not_once_something_was_built_on_a_part(self, manager: Any, ashdown: Any) -> None:
        (made,) = split(manager, ashdown, ONE)
        contact = ContactFactory(practice=part())
        told = refused(lambda: services.void_split(by=manager, split=made, reason="Wrong"))
        assert told == "Ashdown East has contacts, so that it split off stands."
        services.withdraw_contact(by=manager, contact=contact, reason="Another practice")
        ListSizeFactory(practice=ashdown, day=LATER, patients=6_000)
        ListSizeFactory(practice=part(), day=LATER, patients=4_000)
        assert "a list of its own" in refused(lambda: services.void_split(by=manager, split=made, reason="Wrong"))

    def test_a_part_that_a_file_had_opened_stays(self, manager: Any, ashdown: Any, barnet: Any) -> None:
        known = PracticeFactory(ods_code="G80011", commissioner=barnet, opened=DAY)
        (made,) = split(manager, ashdown, Part("G80011"), stay=False)
        services.void_split(by=manager, split=made, reason="Never happened")
        assert standing(known).first_day == DAY


class TestPages:
    @pytest.fixture
    def client(self, barnet: Any) -> Client:
        client = Client()
        client.force_login(person(Role.TRANSFORMATION_MANAGER, of=barnet))
        return client

    def test_it_is_previewed_confirmed_told_and_voided(self, client: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/split/{standing(ashdown).pk}/"
        typed = {"day": "2018-07-01", "old": "goes_on", "network": "stay", "reason": "Partners part"}
        typed |= {"code_1": "g80011", "name_1": "Ashdown East", "postcode_1": ""}
        shown = text(client.post(path, typed))
        assert "Ashdown East (G80011) is a practice of its own from 1 July 2018, in CHIN" in shown
        assert "The list of Ashdown Practice counts with it, whole, until" in shown
        assert not Succession.objects.exists()
        assert "G80011 split off from Ashdown Practice." in text(
            client.post(path, typed | {"confirm": "yes"}, follow=True)
        )
        assert "Ashdown East split off from it on 1 July 2018." in text(client.get("/practices/G80001/"))
        assert "Split off from Ashdown Practice on 1 July 2018." in text(client.get("/practices/G80011/"))
        void = f"/practices/G80011/splits/{Succession.objects.get().pk}/void/"
        assert "Ashdown Practice did not split on 1 July 2018" in text(client.post(void, {"reason": "Wrong"}))
        gone = text(client.post(void, {"reason": "Wrong", "confirm": "yes"}, follow=True))
        assert "The split of Ashdown Practice is voided." in gone

    def test_what_is_missing_is_said_beside_the_field(self, client: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/split/{standing(ashdown).pk}/"
        typed = {"day": "2018-07-01", "old": "closes", "network": "stay", "code_1": "G80011", "name_1": "East"}
        assert "splits into two at least" in text(client.post(path, typed))
        assert "Give the practice’s code." in text(client.post(path, typed | {"name_2": "West"}))
