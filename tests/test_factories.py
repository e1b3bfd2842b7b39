"""Every factory makes a valid record by itself, alone and twice."""

from datetime import date

import pytest
from django.db import connection

from cc2h.accounts.authority import GRANTS, ROLE_SCOPE, Action, Role, Scope
from tests import factories
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, many_practices, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [name for name in factories.__all__ if name.endswith("Factory")])
def test_a_record_is_valid_by_itself(name: str) -> None:
    for _ in range(2):
        made = getattr(factories, name)()
        made.validate_constraints()
    connection.check_constraints()


def test_a_practice_that_closed() -> None:
    practice = PracticeFactory(opened=date(2014, 4, 1), closed=date(2018, 3, 31), patients={date(2017, 1, 1): 5000})
    first, second = practice.standings.order_by("period")
    assert (first.status, first.last_day) == ("active", date(2018, 3, 31))
    assert (second.status, second.first_day) == ("closed", date(2018, 4, 1))
    assert first.commissioner == second.commissioner
    assert practice.details.get().first_day == date(2014, 4, 1)
    assert practice.list_sizes.get().patients == 5000


def test_many_practices_are_like_those_made_one_by_one() -> None:
    commissioner, day = CommissionerFactory(), date(2018, 4, 1)
    alone = PracticeFactory(commissioner=commissioner, patients={day: 1_000})
    for practice in many_practices(3, commissioner=commissioner, patients=lambda number: {day: 1_000 + number}):
        assert practice.details.get().name == f"Surgery {practice.ods_code}"
        for versions in ("details", "standings"):
            one, other = (getattr(whose, versions).get() for whose in (practice, alone))
            assert (one.period, one.held, one.reason) == (other.period, other.held, other.reason)
        assert practice.standings.get().commissioner == commissioner
    assert practice.list_sizes.get().patients == 1_002
    connection.check_constraints()


def test_a_chin_goes_its_route() -> None:
    chin = ChinFactory(status="declined")
    assert [state.status for state in chin.states.order_by("period")] == ["proposed", "declined"]
    assert [state.status for state in ChinFactory(pcn=True).states.all()] == ["operational"]
    connection.check_constraints()


def test_a_member_belongs_to_the_commissioner_of_its_chin() -> None:
    membership = MembershipFactory()
    assert membership.practice.standings.get().commissioner == membership.chin.commissioner


@pytest.mark.parametrize("role", Role)
def test_a_person_has_the_authority_of_the_post(role: Role) -> None:
    authority = person(role).authority
    assert [holding.role for holding in authority.holdings] == [role]
    assert all(authority.may(action) for action in GRANTS[role])
    assert not authority.may(Action.MANAGE_PEOPLE) or ROLE_SCOPE[role] is Scope.PORTAL
