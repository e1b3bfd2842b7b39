"""Every address × every reason to be answered × one's own, a neighbour's and another's, by POST, against what is declared."""

import pytest

from cc2h.accounts.authority import Role
from tests.architecture.walk import Shares, Walk
from tests.architecture.world import World
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("briskly")]


@pytest.mark.parametrize("role", Role)
def test_a_role_acts_on_what_is_its_own_and_nothing_else(world: World, shares: Shares, role: Role) -> None:
    everything = role is Role.TRANSFORMATION_MANAGER
    share = None if everything else (shares, role)
    walk = Walk(world, world.holder(role), "post", some=not everything, rendered=everything, share=share)
    assert walk.surprises() == []


def test_signed_out_everything_leads_to_the_sign_in(world: World) -> None:
    assert Walk(world, None, "post", in_turn=True).surprises() == []


def test_somebody_without_a_post_does_nothing(world: World) -> None:
    assert Walk(world, UserFactory(), "post", in_turn=True).surprises() == []
