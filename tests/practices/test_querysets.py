"""What is true of a practice on a day, and whom a person may see."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from cc2h.accounts.authority import Role
from cc2h.kit.asat import AsAt
from practices.matching import Matching, facts, tables
from practices.models import ListSize, Practice, Status
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    FederationFactory,
    FederationMembershipFactory,
    ListSizeFactory,
    MembershipFactory,
    NamesReleaseFactory,
    PracticeDetailFactory,
    PracticeFactory,
    PracticeStandingFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db
DAY = date(2018, 12, 6)


def asat(day: date = DAY, known: date | None = None, today: date = DAY) -> AsAt:
    return AsAt(day, known, today)


def seen(user: Any, when: AsAt | None = None) -> set[str]:
    """The codes, by the queryset and by the list's own statement, which must agree."""
    codes = set(Practice.objects.visible_to(user, when or asat()).values_list("ods_code", flat=True))
    assert codes == {code for (code,) in found(Matching.visible_to(user, when or asat()), "ods_code")}
    return codes


def found(matching: Matching, *names: str) -> list[tuple[Any, ...]]:
    """These facts of what matches."""
    with connection.cursor() as cursor:
        cursor.execute(matching.select([facts(matching.known)[name] for name in names]), matching.parameters)
        return cursor.fetchall()


@pytest.fixture
def barnet() -> Any:
    """A commissioner with one practice in a CHIN, one in none, one closed, and one of another commissioner."""
    commissioner = CommissionerFactory(barnet=True)
    chin = ChinFactory(commissioner=commissioner, slug="finchley", name="Finchley")
    placed = PracticeFactory(ods_code="G80001", commissioner=commissioner)
    MembershipFactory(practice=placed, chin=chin, first=date(2018, 1, 15))
    PracticeFactory(ods_code="G80002", commissioner=commissioner)
    PracticeFactory(ods_code="G80003", commissioner=commissioner, closed=date(2018, 6, 30))
    PracticeFactory(ods_code="F20001")
    return commissioner


# Whom one sees ---------------------------------------------------------------------------------------


def test_nobody_without_a_post_sees_any(barnet: Any) -> None:
    assert seen(UserFactory()) == set()


@pytest.mark.parametrize(
    "role",
    [
        Role.TRANSFORMATION_MANAGER,
        Role.FINANCE_OFFICER,
        Role.NCL_OFFICE,
        Role.STEERING_GROUP_LEAD,
    ],
)
def test_those_who_may_know_who_is_out_see_their_whole_register(barnet: Any, role: Role) -> None:
    assert seen(person(role, of=barnet)) == {"G80001", "G80002", "G80003"}


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.COUNCIL_OFFICER, Role.SECRETARY, Role.ANALYST])
def test_others_see_no_active_practice_that_is_in_no_chin(barnet: Any, role: Role) -> None:
    assert seen(person(role, of=barnet)) == {"G80001", "G80003"}


def test_the_portal_administrator_sees_every_register_but_not_who_is_out(barnet: Any) -> None:
    assert seen(person(Role.ADMINISTRATOR)) == {"G80001", "G80003"}


def test_a_manager_does_not_see_another_commissioners_practices(barnet: Any) -> None:
    assert seen(person(Role.TRANSFORMATION_MANAGER, of=CommissionerFactory())) == set()


def test_a_chin_lead_sees_the_commissioners_register_but_not_who_is_out(barnet: Any) -> None:
    assert seen(person(Role.CHIN_LEAD, of=barnet.chins.get())) == {"G80001", "G80003"}


def test_a_practice_manager_sees_their_own_practice_also_while_it_is_in_no_chin(barnet: Any) -> None:
    own = Practice.objects.get(ods_code="G80002")
    assert seen(person(Role.PRACTICE_MANAGER, of=own)) == {"G80001", "G80002", "G80003"}


def test_a_federation_sees_its_members_wherever_they_are(barnet: Any) -> None:
    federation = FederationFactory()
    FederationMembershipFactory(practice=Practice.objects.get(ods_code="G80002"), federation=federation)
    assert "G80002" in seen(person(Role.FEDERATION_MANAGER, of=federation))


def test_a_post_that_has_ended_shows_nothing(barnet: Any) -> None:
    assert seen(person(Role.TRANSFORMATION_MANAGER, of=barnet, last=date(2018, 12, 5))) == set()


@pytest.mark.usefixtures("clock")
class TestReleasedNames:
    def test_the_board_sees_the_names_while_they_are_released(self, barnet: Any) -> None:
        NamesReleaseFactory(commissioner=barnet, first=date(2018, 12, 1), last=DAY)
        assert "G80002" in seen(person(Role.BOARD_MEMBER, of=barnet))

    def test_it_is_today_that_counts_not_the_day_of_the_page(self, barnet: Any) -> None:
        NamesReleaseFactory(commissioner=barnet, first=DAY)
        assert "G80002" in seen(person(Role.BOARD_MEMBER, of=barnet), asat(date(2018, 3, 30)))

    @pytest.mark.parametrize(
        "days", [{"first": date(2018, 12, 7)}, {"first": date(2018, 1, 1), "last": date(2018, 12, 5)}]
    )
    def test_not_before_and_not_after(self, barnet: Any, days: dict[str, date]) -> None:
        NamesReleaseFactory(commissioner=barnet, **days)
        assert "G80002" not in seen(person(Role.BOARD_MEMBER, of=barnet))

    def test_a_void_release_shows_nothing(self, barnet: Any) -> None:
        NamesReleaseFactory(commissioner=barnet, voided=True)
        assert "G80002" not in seen(person(Role.BOARD_MEMBER, of=barnet))

    def test_another_commissioners_release_shows_nothing(self, barnet: Any) -> None:
        NamesReleaseFactory()
        assert "G80002" not in seen(person(Role.BOARD_MEMBER, of=barnet))


@pytest.mark.usefixtures("clock")
def test_a_day_to_come_tells_the_board_no_more_than_today(barnet: Any) -> None:
    MembershipFactory(practice=Practice.objects.get(ods_code="G80002"), chin=barnet.chins.get(), first=date(2019, 1, 1))
    board, manager = person(Role.BOARD_MEMBER, of=barnet), person(Role.TRANSFORMATION_MANAGER, of=barnet)
    later = asat(date(2019, 2, 1))
    assert "G80002" not in seen(board, later)
    assert "G80002" in seen(manager, later)


def test_a_practice_is_named_on_the_days_it_was_in_a_chin(barnet: Any) -> None:
    board = person(Role.BOARD_MEMBER, of=barnet)
    assert "G80001" not in seen(board, asat(date(2018, 1, 14)))
    assert "G80001" in seen(board, asat(date(2018, 1, 15)))


def test_one_that_has_moved_is_seen_by_whom_it_belongs_to_on_the_day(barnet: Any) -> None:
    new = CommissionerFactory()
    practice = PracticeFactory(ods_code="G80009", standing=None)
    PracticeStandingFactory(practice=practice, commissioner=barnet, last=date(2018, 3, 31))
    PracticeStandingFactory(practice=practice, commissioner=new, first=date(2018, 4, 1))
    old_manager = person(Role.TRANSFORMATION_MANAGER, of=barnet)
    new_manager = person(Role.TRANSFORMATION_MANAGER, of=new)
    assert "G80009" in seen(old_manager, asat(date(2018, 3, 31)))
    assert "G80009" not in seen(old_manager)
    assert "G80009" in seen(new_manager)
    assert "G80009" not in seen(new_manager, asat(date(2018, 3, 31)))


# What is true on a day -------------------------------------------------------------------------------


def on(practice: Practice, day: date, known: datetime | None = None) -> Any:
    practices: Any = Practice.objects.filter(pk=practice.pk)
    return (
        practices.with_standing(day, known)
        .with_details(day, known)
        .with_network(day, known)
        .with_federation(day, known)
        .with_list_size(day, known)
        .get()
    )


def test_each_day_has_its_own_name_status_and_network() -> None:
    practice = PracticeFactory(detail=None, closed=date(2018, 9, 30))
    PracticeDetailFactory(practice=practice, name="Old Name", last=date(2017, 12, 31))
    PracticeDetailFactory(practice=practice, name="New Name", first=date(2018, 1, 1))
    commissioner = practice.standings.first().commissioner
    chin = ChinFactory(commissioner=commissioner, name="Finchley", status="approved")
    MembershipFactory(practice=practice, chin=chin, first=date(2018, 3, 1), last=date(2018, 9, 30))

    before, during, after = (on(practice, day) for day in (date(2017, 12, 31), date(2018, 3, 1), date(2018, 10, 1)))
    assert (before.name, before.status, before.chin_name) == ("Old Name", Status.ACTIVE, None)
    assert (during.name, during.chin_name, during.chin_status) == ("New Name", "Finchley", "approved")
    assert (after.status, after.chin_name) == (Status.CLOSED, None)


def test_nothing_is_true_of_a_practice_before_its_first_day() -> None:
    practice = PracticeFactory(opened=date(2018, 4, 1), patients={date(2018, 5, 1): 900})
    early = on(practice, date(2018, 3, 31))
    assert (early.status, early.name, early.patients, early.list_day) == (None, None, None, None)


def test_as_known_on_uses_what_was_held_then() -> None:
    practice = PracticeFactory()
    chin = ChinFactory(commissioner=practice.standings.first().commissioner)
    joined = datetime(2018, 2, 1, tzinfo=UTC)
    MembershipFactory(practice=practice, chin=chin, first=date(2018, 1, 1), recorded=joined, voided=True)
    assert on(practice, DAY).chin_id is None
    assert on(practice, DAY, datetime(2018, 3, 1, tzinfo=UTC)).chin_id == chin.pk
    assert on(practice, DAY, joined).chin_id is None  # the moment itself is not before it
    assert on(practice, DAY, datetime(2018, 5, 1, tzinfo=UTC)).chin_id is None


def test_the_list_size_is_the_newest_dated_not_later_than_the_day() -> None:
    practice = PracticeFactory(patients={date(2018, 10, 1): 7000, date(2018, 11, 1): 7100, date(2019, 1, 1): 7300})
    assert [(on(practice, day).patients, on(practice, day).list_day) for day in (date(2018, 10, 31), DAY)] == [
        (7000, date(2018, 10, 1)),
        (7100, date(2018, 11, 1)),
    ]


def test_a_practice_missing_from_the_newest_extract_carries_its_own_newest_forward() -> None:
    PracticeFactory(patients={date(2018, 11, 1): 5000})
    left_out = PracticeFactory(patients={date(2018, 9, 1): 4000, date(2018, 10, 1): 4100})
    assert (on(left_out, DAY).patients, on(left_out, DAY).list_day) == (4100, date(2018, 10, 1))


def test_a_revised_list_size_counts_from_the_moment_it_was_imported() -> None:
    practice = PracticeFactory(patients={date(2018, 11, 1): 5000})
    revised = datetime(2018, 11, 20, tzinfo=UTC)
    ListSize.objects.filter(practice=practice).update(superseded_at=revised)
    ListSizeFactory(practice=practice, day=date(2018, 11, 1), patients=5055, recorded_at=revised)
    assert on(practice, DAY).patients == 5055
    assert on(practice, DAY, datetime(2018, 11, 19, tzinfo=UTC)).patients == 5000
    assert on(practice, DAY, datetime(2018, 11, 21, tzinfo=UTC)).patients == 5055
    assert on(practice, DAY, datetime(2013, 1, 1, tzinfo=UTC)).patients is None


def test_asking_twice_joins_once() -> None:
    practices: Any = Practice.objects.all()
    once = practices.with_list_size(DAY).with_standing(DAY).with_network(DAY)
    assert str(once.with_list_size(DAY).with_standing(DAY).with_network(DAY).query) == str(once.query)


# What the list's own statement says ------------------------------------------------------------------


def test_a_table_is_joined_only_for_what_names_it() -> None:
    def joined(*names: str) -> set[str]:
        sql = Matching(asat()).select([facts(known=False)[name] for name in names])
        return {alias for alias in tables(known=False) if f" {alias} ON " in sql}

    assert joined("status") == set()
    assert joined("name") == {"detail"}
    assert joined("chin") == {"membership", "chin"}
    assert joined("chin_status") == {"membership", "chin_state"}
    assert joined("federation", "patients") == {"federated", "federation", "day_size"}


def test_a_value_sent_in_supersedes_from_the_moment_it_is_recorded_on(barnet: Any) -> None:
    """The statement and the querysets agree to the microsecond on what was known when a day ended."""
    practice, midnight = Practice.objects.get(ods_code="G80001"), datetime(2018, 11, 5, tzinfo=UTC)
    day = date(2018, 11, 1)
    ListSizeFactory(practice=practice, day=day, patients=100, recorded_at=datetime(2018, 11, 2, tzinfo=UTC))
    ListSize.objects.filter(practice=practice).update(superseded_at=midnight)
    ListSizeFactory(practice=practice, day=day, patients=200, recorded_at=midnight)
    for known in (date(2018, 11, 4), date(2018, 11, 5)):
        when = asat(known=known)
        one = Practice.objects.with_patients(when.day, when.known_at).get(pk=practice.pk)
        only = Matching(when).where("practice.ods_code = %(code)s", code="G80001")
        assert found(only, "patients") == [(one.patients,)] == [(100 if known.day == 4 else 200,)]
