"""Who sees, sets and closes which action: by role, on one's own and elsewhere."""

from typing import Any

import pytest

from cc2h.accounts import records
from cc2h.accounts.authority import GRANTS, Role
from cc2h.accounts.authority import Action as Authorised
from cc2h.accounts.models import User
from cc2h.delivery import queries
from cc2h.delivery.models import Action
from tests.delivery.conftest import NOW, SINCE, Ground, signed_in
from tests.factories import (
    ActionFactory,
    ChinFactory,
    DeputyFactory,
    ImportFactory,
    PostFactory,
    PostHoldingFactory,
    UserFactory,
    person,
)

WIDE = {Role.TRANSFORMATION_MANAGER, Role.FINANCE_OFFICER, Role.NCL_OFFICE, Role.STEERING_GROUP_LEAD, Role.SECRETARY}
OF_A_CHIN = {
    Role.CHIN_LEAD,
    Role.QI_LEAD,
    Role.CLINICAL_LEAD,
    Role.MANAGERIAL_LEAD,
    Role.SPOC,
    Role.FEDERATION_SUPPORT,
    Role.QIST_MEMBER,
}


def seen(user: User) -> set[str]:
    return set(queries.visible(user, NOW).values_list("what", flat=True))


@pytest.fixture
def actions(ground: Ground, elsewhere: Ground) -> None:
    neighbour = ChinFactory(commissioner=ground.commissioner)
    owner = PostFactory(of=ground.chin)
    for what, about in (
        ("own chin", ground.chin),
        ("own practice", ground.practice),
        ("unplaced", ground.unplaced),
        ("neighbour", neighbour),
        ("commissioner", ground.commissioner),
        ("elsewhere", elsewhere.chin),
    ):
        ActionFactory(what=what, about=about, owner=owner)


@pytest.mark.parametrize("role", Role)
def test_what_a_role_sees(ground: Ground, actions: None, role: Role) -> None:
    everything = {"own chin", "own practice", "unplaced", "neighbour", "commissioner"}
    if role in WIDE:
        unplaced = set() if role is Role.SECRETARY else {"unplaced"}  # may not see which practices are in no CHIN
        expected = everything - {"unplaced"} | unplaced
    else:
        expected = {"own chin", "own practice"} if role in OF_A_CHIN else set()
    of: Any = ground.chin if role in OF_A_CHIN else ground.commissioner
    if role is Role.PRACTICE_MANAGER:
        of = ground.practice
    elif role is Role.FEDERATION_MANAGER or role is Role.ADMINISTRATOR:
        of = None
    user = person(role, of=of) if role is not Role.FEDERATION_MANAGER else _federation_manager(ground)
    assert seen(user) == expected


def _federation_manager(ground: Ground) -> User:
    from tests.factories import FederationFactory

    return person(Role.FEDERATION_MANAGER, of=FederationFactory(commissioner=ground.commissioner))


def test_somebody_without_a_post_and_a_board_member_see_none(ground: Ground, actions: None) -> None:
    assert seen(UserFactory()) == set()
    member = person(Role.BOARD_MEMBER, of=ground.commissioner)
    assert seen(member) == set()
    client = signed_in(member)
    assert client.get("/actions/").status_code == 403
    assert client.get(f"/actions/{Action.objects.first().pk}/").status_code == 404  # type: ignore[union-attr]
    assert "Actions" not in client.get(f"/chins/{ground.chin.slug}/").content.decode()


def test_a_board_member_here_and_a_lead_elsewhere_sees_only_those_elsewhere(
    ground: Ground, elsewhere: Ground, actions: None
) -> None:
    both = person(Role.BOARD_MEMBER, of=ground.commissioner)
    PostHoldingFactory(post__of=elsewhere.chin, holder=both, first=SINCE)
    assert seen(both) == {"elsewhere"}


def test_what_is_ones_own_is_seen_though_its_record_is_not(ground: Ground) -> None:
    """The name of a practice in no CHIN is not told to somebody who may not see it, who is still told what to do."""
    owner = person(Role.PRACTICE_MANAGER, of=ground.practice)
    post = owner.post_holdings.get().post
    ActionFactory(what="Ring", about=ground.unplaced, owner=post)
    assert seen(owner) == {"Ring"}
    client = signed_in(owner)
    pages = [client.get("/actions/"), client.get("/actions/?format=csv"), client.get("/api/v1/actions/")]
    pages.append(client.get(f"/actions/{Action.objects.get().pk}/"))
    for page in pages:
        assert page.status_code == 200
        assert ground.unplaced.ods_code not in page.getvalue().decode()  # type: ignore[attr-defined]
    assert client.get(f"/api/v1/actions/?record={ground.unplaced.ods_code}").json()["rows"] == []


def test_the_holder_and_their_deputy_close_it_and_change_nothing_else(ground: Ground) -> None:
    holding = PostHoldingFactory(post__role=Role.QI_LEAD, post__of=ground.chin, first=SINCE)
    deputy = DeputyFactory(post=holding.post, first=SINCE).deputy
    action = ActionFactory(about=ground.chin, owner=holding.post)
    for user in (holding.holder, deputy):
        client = signed_in(user)
        assert [
            client.get(f"/actions/{action.pk}/{act}/").status_code for act in ("done", "reopen", "edit", "drop")
        ] == [
            200,
            200,
            403,
            403,
        ]
        assert client.get(f"/actions/add/chin/{ground.chin.slug}/").status_code == 403
    other = person(Role.QI_LEAD, of=ground.chin)
    assert signed_in(other).get(f"/actions/{action.pk}/done/").status_code == 403


def test_an_owner_is_a_post_that_can_be_given_actions(ground: Ground) -> None:
    member = PostFactory(role=Role.BOARD_MEMBER, of=ground.commissioner)
    offered = queries.owners(ground.chin.authority_target(), NOW.today)
    assert ground.post in offered
    assert member not in offered
    assert all(Authorised.COMPLETE_ACTION in GRANTS[Role(post.role)] for post in offered)


def test_a_kind_that_nobody_registered_has_no_records(ground: Ground) -> None:
    assert records.find(ground.manager, NOW, "secret", "1") is None
    assert signed_in(ground.manager).get("/actions/add/secret/1/").status_code == 404


def test_a_file_is_a_record_of_those_who_see_files(ground: Ground) -> None:
    file = ImportFactory()
    found = records.find(ground.manager, NOW, "import", str(file.pk))
    assert found is not None
    assert found.name == file.file_name
    assert records.find(ground.somebody(Role.SPOC), NOW, "import", str(file.pk)) is None
    assert records.find(ground.manager, NOW, "import", "none") is None
    page = signed_in(ground.manager).get(f"/imports/{file.pk}/").content.decode()
    assert f"/actions/add/import/{file.pk}/" in page
