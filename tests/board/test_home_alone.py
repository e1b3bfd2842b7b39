"""Home pages where nothing is in the portal but what a test puts there."""

from datetime import date
from typing import Any

import pytest

from cc2h.accounts import authority
from cc2h.accounts.authority import Role, authority_of
from cc2h.accounts.models import User
from cc2h.board import digest
from cc2h.board.home import HOME
from cc2h.board.waiting import Reader, waiting_on
from cc2h.kit.asat import AsAt
from cc2h.kit.models import Import, Work
from chins.models import PostHolding
from practices.models import Commissioner
from tests.board.conftest import TODAY, Browser
from tests.board.test_dashboard import text_of
from tests.factories import ChinFactory, CommissionerFactory, ImportFactory, PostFactory, UserFactory, person
from tests.factories.cases import CaseFactory
from tests.factories.cycles import begun
from tests.factories.route import approved, routed

NOW = AsAt(TODAY, None, TODAY)


def waiting(user: User) -> list[str]:
    return [item.text for item in waiting_on(Reader(user, NOW))]


def test_every_role_has_a_home() -> None:
    assert set(HOME) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_every_role_can_open_its_home(role: Role, db: None) -> None:
    """With nothing in the portal but the post itself."""
    browser = Browser(person(role).email)
    page = text_of(browser.read("/"))
    assert "You have no post yet" not in page


def test_somebody_without_a_post_is_told_who_can_help(db: None) -> None:
    person(Role.ADMINISTRATOR, name="Portal administrator", email="administrator@example.org")
    page = text_of(Browser(UserFactory(name="Newcomer").email).read("/"))
    assert "You have no post yet" in page
    assert "Portal administrator, administrator@example.org" in page


def test_somebody_without_a_post_where_nobody_can_help(db: None) -> None:
    assert "programme office" in Browser(UserFactory().email).read("/")


@pytest.mark.parametrize("role", Role)
def test_what_waits_is_asked_in_few_statements_whatever_the_post(
    role: Role, db: None, django_assert_max_num_queries: Any
) -> None:
    user = person(role)
    assert authority_of(user).holdings
    waiting(user)  # what papers say is worked out once
    with django_assert_max_num_queries(2):
        waiting(user)


def test_what_waits_asks_no_more_however_much_it_is(db: None, django_assert_max_num_queries: Any) -> None:
    chin = ChinFactory()
    lead, manager = person(Role.CHIN_LEAD, of=chin), person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner)
    seen = []
    for _ in range(2):
        for asked in (9600, 9600, 60_000):
            routed(chin, asked)
        begun(approved(routed(chin)))
        CaseFactory(chin=chin)
        for user, most in ((lead, 1), (manager, 2)):
            waiting(user)
            with django_assert_max_num_queries(most):
                seen.append(len(waiting(user)))
            user.authority = authority.of(user, TODAY)
            with django_assert_max_num_queries(most):
                assert len(digest.waiting(user, TODAY)) == seen[-1]
    assert seen[2] > seen[0] > 3
    assert seen[3] > seen[1] >= 1


class TestWaiting:
    def test_a_checked_file_waits_for_those_who_import(self, db: None) -> None:
        commissioner = Commissioner.objects.create(ods_code="10Q", name="Place", short_name="Place")
        ImportFactory(state=Import.State.CHECKED, file_name="lists.csv")
        manager = person(Role.TRANSFORMATION_MANAGER, of=commissioner)
        assert "lists.csv is checked and waits for a decision" in waiting(manager)
        assert not [text for text in waiting(person(Role.ANALYST, of=commissioner)) if "lists.csv" in text]

    def test_vacant_posts_people_without_one_and_failing_work(self, db: None) -> None:
        administrator = person(Role.ADMINISTRATOR)
        assert waiting(administrator) == []
        PostFactory(role=Role.ANALYST)
        UserFactory()
        Work.objects.create(kind="coverage", key="1", last_error="It broke")
        assert waiting(administrator) == [
            "1 post is vacant",
            "1 person may sign in without a post, and see nothing",
            "1 piece of background work failed and will be tried again",
        ]

    def test_a_secretary_without_a_board_day_to_come(self, db: None) -> None:
        secretary = person(Role.SECRETARY)
        assert len(waiting(secretary)) == 1
        assert "has no board day to come" in waiting(secretary)[0]


def test_commissioners_without_a_manager_wait_for_the_administrator(db: None) -> None:
    CommissionerFactory(short_name="Led", in_programme=True)
    after = CommissionerFactory(short_name="After", in_programme=True)
    before = CommissionerFactory(short_name="Before", in_programme=True, closed=date(2018, 3, 31), successor=after)
    person(Role.TRANSFORMATION_MANAGER, of=Commissioner.objects.get(short_name="Led"))
    administrator = person(Role.ADMINISTRATOR)
    missing = "After has no transformation manager"
    assert missing in waiting(administrator)
    assert not [text for text in waiting(administrator) if text.startswith(("Led has", "Before has"))]
    person(Role.TRANSFORMATION_MANAGER, of=before)
    assert missing not in waiting(administrator)
    manager_before = PostHolding.objects.get(post__commissioner=before).holder
    to_come = [text for text in waiting(manager_before) if "board day" in text]
    assert to_come == ["After has no board day to come"]  # nobody meets for one that has ended
    manager_elsewhere = person(Role.TRANSFORMATION_MANAGER, of=CommissionerFactory())
    assert not [text for text in waiting(manager_elsewhere) if "transformation manager" in text]
