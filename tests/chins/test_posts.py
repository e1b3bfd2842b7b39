"""Posts give authority on the days they are held, and on no other."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cc2h.accounts import authority
from cc2h.accounts.authority import ROLE_SCOPE, Action, Role, Scope
from cc2h.kit.dated import StaleRecord
from chins import post_services as services
from chins.models import Deputy, Post, PostHolding
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    DeputyFactory,
    FederationFactory,
    PostFactory,
    PostHoldingFactory,
    PracticeFactory,
    PracticeStandingFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db

MAY = date(2018, 5, 1)
JUNE = date(2018, 6, 1)
JULY = date(2018, 7, 1)
END_OF_MAY = date(2018, 5, 31)
TODAY = date(2018, 12, 6)  # by the clock of these tests
YESTERDAY = date(2018, 12, 5)


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def chin(barnet: Any) -> Any:
    return ChinFactory(commissioner=barnet, name="North Locality", slug="north-locality")


@pytest.fixture
def lead(chin: Any) -> Post:
    post: Post = PostFactory(role=Role.CHIN_LEAD, of=chin, title="CHIN lead, North Locality")
    return post


@pytest.fixture
def manager(barnet: Any) -> Any:
    return person(Role.TRANSFORMATION_MANAGER, of=barnet, name="Programme manager")


def refused(act: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        act()
    return " ".join(refusal.value.messages)


def roles_of(user: Any, day: date) -> list[Role]:
    return [holding.role for holding in authority.of(user, day).holdings]


class TestHolding:
    def test_authority_lasts_from_the_first_day_to_the_last(self, lead: Post) -> None:
        anna = UserFactory()
        services.fill_post(by=None, post=lead, holder=anna, first=MAY, last=END_OF_MAY)
        assert [roles_of(anna, day) for day in (date(2018, 4, 30), MAY, END_OF_MAY, JUNE)] == [
            [],
            [Role.CHIN_LEAD],
            [Role.CHIN_LEAD],
            [],
        ]

    def test_whoever_holds_it_hands_over_the_day_before(self, lead: Post) -> None:
        anna, ben = UserFactory(name="Anna"), UserFactory(name="Ben")
        services.fill_post(by=None, post=lead, holder=anna, first=MAY)
        services.fill_post(by=None, post=lead, holder=ben, first=JUNE)
        assert (roles_of(anna, END_OF_MAY), roles_of(anna, JUNE)) == ([Role.CHIN_LEAD], [])
        assert roles_of(ben, JUNE) == [Role.CHIN_LEAD]
        assert PostHolding.objects.held().get(holder=anna).reason == "Handed over to Ben"

    def test_but_not_somebody_with_an_end_or_a_later_start(self, lead: Post) -> None:
        anna, ben = UserFactory(name="Anna"), UserFactory(name="Ben")
        services.fill_post(by=None, post=lead, holder=anna, first=MAY, last=END_OF_MAY)
        assert refused(lambda: services.fill_post(by=None, post=lead, holder=ben, first=date(2018, 5, 20))) == (
            "Anna holds this post 1 May 2018 to 31 May 2018; a post has one holder on any day."
        )
        services.fill_post(by=None, post=lead, holder=anna, first=JULY)
        assert "from 1 July 2018" in refused(lambda: services.fill_post(by=None, post=lead, holder=ben, first=JUNE))

    def test_ending_void_and_the_second_to_come(self, lead: Post, manager: Any) -> None:
        anna = UserFactory()
        holding = services.fill_post(by=None, post=lead, holder=anna, first=MAY)
        assert "it can’t end on 30 April 2018" in refused(
            lambda: services.end_holding(by=None, holding=holding, last=date(2018, 4, 30))
        )
        ended = services.end_holding(by=manager, holding=holding, last=END_OF_MAY)
        assert "It ends on 31 May 2018 already" in refused(
            lambda: services.end_holding(by=None, holding=ended, last=JULY)
        )
        with pytest.raises(StaleRecord):
            services.end_holding(by=None, holding=holding, last=JULY)
        services.void_holding(by=None, holding=ended, reason="Another Anna")
        assert roles_of(anna, MAY) == []

    @pytest.mark.parametrize("state", ["closed", "merged"])
    def test_nobody_once_the_chin_is_over(self, barnet: Any, state: str) -> None:
        since = {
            "proposed": date(2017, 1, 1),
            "approved": date(2017, 2, 1),
            "operational": date(2017, 3, 1),
            state: JUNE,
        }
        post = PostFactory(of=ChinFactory(commissioner=barnet, name="Burnt Oak", since=since))
        anna = UserFactory()
        over = f"Burnt Oak is {state} from 1 June 2018: nobody holds or deputises for its posts after 31 May 2018."
        assert refused(lambda: services.fill_post(by=None, post=post, holder=anna, first=JUNE)) == over
        assert refused(lambda: services.name_deputy(by=None, post=post, deputy=anna, first=MAY)) == over
        services.fill_post(by=None, post=post, holder=anna, first=MAY, last=END_OF_MAY)

    def test_nobody_whose_access_has_ended(self, lead: Post) -> None:
        gone = UserFactory(name="Gone", is_active=False)
        assert "no longer signs in" in refused(lambda: services.fill_post(by=None, post=lead, holder=gone, first=MAY))
        assert "no longer signs in" in refused(lambda: services.name_deputy(by=None, post=lead, deputy=gone, first=MAY))


class TestCreating:
    @pytest.mark.parametrize("role", Role)
    def test_of_what_its_role_asks_for_and_nothing_else(self, role: Role, barnet: Any, chin: Any) -> None:
        scope = ROLE_SCOPE[role]
        of = {
            Scope.COMMISSIONER: barnet,
            Scope.CHIN: chin,
            Scope.PRACTICE: PracticeFactory(commissioner=barnet),
            Scope.FEDERATION: FederationFactory(commissioner=barnet),
            Scope.PORTAL: None,
        }
        post = services.create_post(by=None, role=role, of=of[scope])
        assert post.title.startswith(role.label)
        assert refused(lambda: services.create_post(by=None, role=role, of=of[scope])).startswith("There is a post")
        if scope is not Scope.PORTAL:
            assert "say which" in refused(lambda: services.create_post(by=None, role=role))


class TestDeputies:
    def test_a_deputy_may_what_the_holder_may_and_both_names_show(self, lead: Post) -> None:
        anna, ben = UserFactory(name="Anna"), UserFactory(name="Ben")
        services.fill_post(by=None, post=lead, holder=anna, first=MAY)
        services.name_deputy(by=anna, post=lead, deputy=ben, first=JUNE, last=date(2018, 6, 14))
        (acting,) = authority.of(ben, JUNE).holdings
        assert (acting.role, acting.deputy_for) == (Role.CHIN_LEAD, "Anna")
        assert roles_of(ben, date(2018, 6, 15)) == []

    def test_never_the_holder_and_once_at_a_time(self, lead: Post) -> None:
        anna, ben = UserFactory(name="Anna"), UserFactory(name="Ben")
        services.fill_post(by=None, post=lead, holder=anna, first=MAY)
        assert "Anna holds this post" in refused(
            lambda: services.name_deputy(by=None, post=lead, deputy=anna, first=JUNE)
        )
        first = services.name_deputy(by=None, post=lead, deputy=ben, first=JUNE)
        assert "Ben already deputises from 1 June 2018" in refused(
            lambda: services.name_deputy(by=None, post=lead, deputy=ben, first=JULY)
        )
        ended = services.end_deputy(by=None, deputy=first, last=date(2018, 6, 14))
        services.void_deputy(by=None, deputy=ended, reason="Another Ben")
        assert not Deputy.objects.held().exists()


@pytest.fixture
def at_noon(clock: Any) -> Any:
    return clock


@pytest.mark.usefixtures("at_noon")
class TestPages:
    def client(self, user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def test_when_a_post_ends_its_authority_goes_at_once(self, manager: Any, chin: Any) -> None:
        client = self.client(manager)
        holding = PostHolding.objects.held().get(holder=manager)
        url = reverse("chins:chin_edit", args=[chin.slug])
        assert client.get(url).status_code == 200
        services.end_holding(by=None, holding=holding, last=YESTERDAY)
        assert client.get(url).headers["Location"].startswith("/account/login/")  # it was the last one
        client.force_login(type(manager).objects.get(pk=manager.pk))
        assert client.get(url).status_code == 404  # without a post nothing is to be seen
        assert client.get(reverse("chins:chin_list")).status_code == 403

    def test_filling_a_post(self, manager: Any, lead: Post) -> None:
        ben = UserFactory(name="Ben")
        client = self.client(manager)
        url = reverse("people:post_fill", args=[lead.pk])
        wrong = client.post(url, {"holder": "", "first": "2018-02-30"})
        assert "Choose somebody." in wrong.content.decode()
        assert "not a day in the calendar" in wrong.content.decode()
        assert "Fill this post" in client.get(url).content.decode()
        typed = {"holder": ben.pk, "first": "2018-12-06"}
        preview = client.post(url, typed).content.decode()
        assert "Ben holds CHIN lead, North Locality from 6 December 2018." in preview
        assert "yourself" not in preview
        assert roles_of(ben, TODAY) == []
        response = client.post(url, typed | {"confirm": "yes"}, follow=True)
        assert "Ben holds CHIN lead, North Locality from 6 December 2018." in response.content.decode()
        assert roles_of(ben, TODAY) == [Role.CHIN_LEAD]

    def test_giving_a_held_post_to_oneself_is_said_plainly_and_names_whom_it_ends(
        self, manager: Any, lead: Post
    ) -> None:
        services.fill_post(by=None, post=lead, holder=UserFactory(name="Anna"), first=MAY)
        client = self.client(manager)
        assert "Change the holder" in client.get(reverse("people:post_detail", args=[lead.pk])).content.decode()
        url = reverse("people:post_fill", args=[lead.pk])
        page = client.get(url).content.decode()
        assert "Change the holder" in page
        assert "Fill this post" not in page
        preview = client.post(url, {"holder": manager.pk, "first": "2018-12-06"}).content.decode()
        assert "It ends for Anna, whose last day is 5 December 2018." in preview
        assert "You give this post to yourself, and take it from Anna." in preview
        assert PostHolding.objects.as_at(TODAY).get(post=lead).holder.name == "Anna"

    def test_the_holder_names_a_deputy_and_nobody_else_of_the_chin_does(self, lead: Post, chin: Any) -> None:
        anna, ben = UserFactory(name="Anna"), UserFactory(name="Ben")
        PostHoldingFactory(post=lead, holder=anna, first=MAY)
        url = reverse("people:deputy_name", args=[lead.pk])
        assert self.client(person(Role.QI_LEAD, of=chin)).get(url).status_code == 403
        response = self.client(anna).post(url, {"deputy": ben.pk, "first": "2018-12-06", "last": "2018-12-20"})
        assert response.status_code == 302
        assert roles_of(ben, TODAY) == [Role.CHIN_LEAD]
        assert self.client(ben).get(url).status_code == 403  # a deputy does not name deputies
        page = self.client(ben).get(reverse("people:me")).content.decode()
        assert "as deputy for Anna" in page

    def test_the_holder_ends_the_deputy_of_their_own_post(self, lead: Post) -> None:
        anna = UserFactory()
        PostHoldingFactory(post=lead, holder=anna, first=MAY)
        deputy = DeputyFactory(post=lead, first=MAY)
        self.client(anna).post(reverse("people:deputy_end", args=[deputy.pk]), {"last": "2018-12-05"})
        assert roles_of(deputy.deputy, TODAY) == []

    def test_the_second_to_end_a_holding_is_told_and_loses_nothing(self, manager: Any, lead: Post) -> None:
        holding = PostHoldingFactory(post=lead, first=MAY)
        url = reverse("people:holding_end", args=[holding.pk])
        services.end_holding(by=manager, holding=holding, last=END_OF_MAY, reason="New job")
        html = self.client(manager).post(url, {"last": "2018-12-31", "reason": "Retires"}).content.decode()
        assert "Programme manager changed this while you were writing" in html
        assert "1 May 2018 to 31 May 2018" in html
        assert "New job" in html
        assert 'value="2018-12-31"' in html
        assert "Retires" in html

    def test_adding_a_post_in_two_steps(self, manager: Any, chin: Any, barnet: Any) -> None:
        client = self.client(manager)
        url = reverse("people:post_add")
        assert "Continue" in client.get(url).content.decode()
        second = f"{url}?role=qi_lead&commissioner=07M"
        assert "North Locality" in client.get(second).content.decode()
        response = client.post(second, {"of": chin.pk, "title": ""}, follow=True)
        assert "Quality improvement lead, North Locality is there, and vacant" in response.content.decode()
        assert client.get(f"{url}?role=administrator&commissioner=07M").status_code == 200
        assert not Post.objects.filter(role=Role.ADMINISTRATOR).exists()
        assert "QI lead" not in client.get(f"{url}?role=qi_lead&commissioner=07R").content.decode()

    def test_a_post_is_added_to_a_practice_by_the_commissioner_it_has_today(self, manager: Any, barnet: Any) -> None:
        gone, come = PracticeFactory(standing=None), PracticeFactory(standing=None)
        camden = CommissionerFactory(short_name="Camden")
        for practice, before, after in ((gone, barnet, camden), (come, camden, barnet)):
            PracticeStandingFactory(practice=practice, commissioner=before, last=END_OF_MAY)
            PracticeStandingFactory(practice=practice, commissioner=after, first=JUNE)
        query = {"role": "practice_manager", "commissioner": "07M", "as_at": "2018-05-01"}
        html = self.client(manager).get(reverse("people:post_add"), query).content.decode()
        assert come.ods_code in html
        assert gone.ods_code not in html

    def test_the_list_of_posts(self, manager: Any, lead: Post, barnet: Any) -> None:
        PostHoldingFactory(post=lead, holder=UserFactory(name="Anna"), first=MAY)
        DeputyFactory(post=lead, deputy=UserFactory(name="Ben"), first=MAY)
        PostFactory(role=Role.SECRETARY, of=barnet, title="Secretary of the board")
        PostFactory(role=Role.SECRETARY, title="Another commissioner’s")
        client = self.client(manager)
        url = reverse("people:post_list")
        html = client.get(url).content.decode()
        assert "3 posts" in html
        assert "Ben" in html
        assert "Another commissioner’s" not in html
        vacant = client.get(url, {"held": "vacant"}).content.decode()
        assert "Secretary of the board" in vacant
        assert "CHIN lead, North Locality" not in vacant
        rows = b"".join(client.get(url, {"format": "csv", "role": "chin_lead"}).streaming_content).decode()
        assert rows.splitlines()[1:] == ['"CHIN lead, North Locality",chin_lead,07M,north-locality,,,Anna,2018-05-01']

    def test_posts_of_practices_the_reader_may_not_name_are_not_listed(self, barnet: Any) -> None:
        out = PracticeFactory(commissioner=barnet)
        PostFactory(role=Role.PRACTICE_MANAGER, of=out, title="Practice manager, Not In A Chin")
        board = self.client(person(Role.BOARD_MEMBER, of=barnet)).get(reverse("people:post_list")).content.decode()
        assert "Not In A Chin" not in board
        office = self.client(person(Role.NCL_OFFICE, of=barnet)).get(reverse("people:post_list")).content.decode()
        assert "Not In A Chin" in office

    def test_what_a_post_allows_is_said_on_its_page(self, manager: Any, lead: Post) -> None:
        html = self.client(manager).get(reverse("people:post_detail", args=[lead.pk])).content.decode()
        assert "Vacant" in html
        assert Action.ADD_CONTACT.label in html
        assert "own CHIN" in html
