"""A practice's page and the forms that change it, as people with different posts meet them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains
from pytest_django.fixtures import DjangoAssertNumQueries

from cc2h.accounts.authority import Role
from cc2h.kit import dated, history
from chins.forms import DetailsForm
from chins.models import Membership
from chins.services import correct_membership, leave_chin
from practices import queries
from practices.forms import OpenForm
from practices.models import (
    Commissioner,
    Contact,
    Federation,
    FederationMembership,
    ListSize,
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
    ContactFactory,
    FederationFactory,
    FederationMembershipFactory,
    ImportFactory,
    ListSizeFactory,
    MembershipFactory,
    NamesReleaseFactory,
    PostFactory,
    PostHoldingFactory,
    PracticeFactory,
    PracticeStandingFactory,
    SuccessionFactory,
    many_practices,
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = "2018-12-06"


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def finchley(barnet: Any) -> Any:
    return ChinFactory(commissioner=barnet, slug="finchley", name="Finchley")


@pytest.fixture
def ashdown(barnet: Any, finchley: Any) -> Any:
    practice = PracticeFactory(
        ods_code="G80001",
        commissioner=barnet,
        detail__name="Ashdown Practice",
        detail__mailbox="reception@ashdown.example",
        detail__telephone="020 7946 0001",
        patients={date(2017, 11, 1): 11_746, date(2018, 11, 1): 11_533},
    )
    MembershipFactory(practice=practice, chin=finchley, first=date(2018, 11, 1))
    return practice


@pytest.fixture
def brook(barnet: Any) -> Any:
    """In no CHIN."""
    return PracticeFactory(
        ods_code="G80002", commissioner=barnet, detail__name="Brook Lane Surgery", patients={date(2018, 11, 1): 5_000}
    )


@pytest.fixture
def as_(barnet: Any) -> Callable[..., Client]:
    """A browser in which somebody with a post is signed in."""

    def sign_in(role: Role, of: Any = None) -> Client:
        browser = Client()
        browser.force_login(person(role, of=of or barnet))
        return browser

    return sign_in


@pytest.fixture
def manager(as_: Any) -> Client:
    browser: Client = as_(Role.TRANSFORMATION_MANAGER)
    return browser


def version(model: Any, practice: Practice) -> int:
    found: int = model.objects.held().get(practice=practice).pk
    return found


def text(response: Any) -> str:
    """The page's words, without its tags."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


class TestPracticePage:
    def test_it_has_the_facts_of_the_day(
        self, manager: Client, ashdown: Any, brook: Any, barnet: Any, finchley: Any
    ) -> None:
        federation = FederationFactory(commissioner=barnet, name="Barnet Federated GPs")
        FederationMembershipFactory(practice=ashdown, federation=federation, first=date(2016, 4, 1))
        peer = PracticeFactory(ods_code="G80003", commissioner=barnet, detail__name="Cedar House")
        MembershipFactory(practice=peer, chin=finchley, first=date(2018, 11, 1))
        SuccessionFactory(
            predecessor=PracticeFactory(commissioner=barnet, closed=date(2017, 3, 31), detail__name="Old Mill"),
            successor=ashdown,
            first=date(2017, 4, 1),
        )
        page = text(manager.get("/practices/G80001/"))
        for said in (
            "G80001, NHS Barnet CCG",
            "Active In Finchley since 1 November 2018.",
            "11,533",
            "−213",
            "1 High Street, Barnet, EN5 4BE",
            "020 7946 0001",
            "reception@ashdown.example",
            "Barnet Federated GPs, from 1 April 2016",
            "4, a GP practice",
            "Old Mill merged into it on 1 April 2017.",
            "Joined Finchley",
            "Cedar House",
        ):
            assert said in page, said
        assert "Brook Lane" not in page

    def test_every_list_size_leads_to_its_file_and_row(self, manager: Client, ashdown: Any) -> None:
        source = ImportFactory(file_name="gp-reg-pat-prac-all.csv", sha256="ab" * 32)
        ListSizeFactory(practice=ashdown, day=date(2018, 12, 1), patients=11_500, source=source, row_number=417)
        page = manager.get("/practices/G80001/")
        assertContains(page, f'href="/imports/{source.pk}/?row=417">gp-reg-pat-prac-all.csv, row 417</a>')
        assertContains(page, "SHA-256 abababababab…")
        assertContains(page, "ab" * 32)

    def test_a_revised_list_size_shows_both(self, manager: Client, ashdown: Any) -> None:
        moment = datetime(2018, 11, 20, 12, tzinfo=UTC)
        ListSize.objects.filter(practice=ashdown, day=date(2018, 11, 1)).update(superseded_at=moment)
        ListSizeFactory(practice=ashdown, day=date(2018, 11, 1), patients=11_540, recorded_at=moment)
        page = manager.get("/practices/G80001/")
        assertContains(page, "<del>11,533</del>", html=True)
        assertContains(page, "Replaced")
        assertContains(page, "11,540")
        before = manager.get("/practices/G80001/?known=2018-11-19")
        assertContains(before, "11,533")
        assertNotContains(before, "11,540")

    def test_one_who_may_not_see_imports_reads_the_files_name_without_a_link(self, as_: Any, ashdown: Any) -> None:
        page = as_(Role.BOARD_MEMBER).get("/practices/G80001/")
        assertNotContains(page, "?row=")

    def test_as_at_an_earlier_day_it_is_what_it_was(self, manager: Client, ashdown: Any) -> None:
        page = text(manager.get("/practices/G80001/?as_at=2018-06-30"))
        assert "Not in a CHIN" in page
        assert "11,746" in page
        assert "11,533" not in page

    def test_a_code_is_read_in_either_case(self, manager: Client, ashdown: Any) -> None:
        assert manager.get("/practices/g80001/").status_code == 200

    def test_on_a_day_without_it_the_page_says_since_when(self, manager: Client, ashdown: Any) -> None:
        page = manager.get("/practices/G80001/?as_at=2010-01-01")
        assert page.status_code == 404
        assert "it is in the register from 1 April 2013" in text(page)

    def test_its_history_and_forms_are_not_found_on_a_day_before_it(self, manager: Client, ashdown: Any) -> None:
        standing = version(PracticeStanding, ashdown)
        for address in ("history/", f"close/{standing}/", "federation/"):
            assert manager.get(f"/practices/G80001/{address}?as_at=2010-01-01").status_code == 404, address

    @pytest.mark.parametrize("code", ["E99999", "Z99001"])
    def test_no_such_practice(self, manager: Client, code: str) -> None:
        assert manager.get(f"/practices/{code}/").status_code == 404

    def test_a_practice_without_any_list_size(self, manager: Client, barnet: Any) -> None:
        PracticeFactory(ods_code="G80005", commissioner=barnet)
        assert "No list size up to this day" in text(manager.get("/practices/G80005/"))

    def test_a_change_between_two_days_of_one_list_is_not_known(self, manager: Client, barnet: Any) -> None:
        PracticeFactory(ods_code="G80005", commissioner=barnet, patients={date(2017, 3, 1): 5_000})
        page = text(manager.get("/practices/G80005/"))
        assert "Change over a year not known" in page
        assert "Both days have the list of 1 March 2017: no newer one is held." in page

    def test_a_closed_practice_has_a_last_list(self, manager: Client, barnet: Any) -> None:
        sizes = {date(2017, 3, 1): 5_000, date(2018, 3, 1): 5_100}
        PracticeFactory(ods_code="G80006", commissioner=barnet, closed=date(2018, 6, 30), patients=sizes)
        page = text(manager.get("/practices/G80006/"))
        assert "Closed since 1 July 2018." in page
        assert "Patients on its last list 5,100" in page
        assert "Change over a year" not in page

    def test_the_reason_of_each_day_in_a_network_stands_beside_that_day(self, manager: Client, ashdown: Any) -> None:
        somebody = person(Role.TRANSFORMATION_MANAGER, of=CommissionerFactory())
        membership = Membership.objects.held().get(practice=ashdown)
        late = correct_membership(
            by=somebody, membership=membership, first=date(2018, 11, 5), last=None, reason="It joined late."
        )
        leave_chin(by=somebody, membership=late, last=date(2018, 12, 1), reason="It merges.")
        page = text(manager.get("/practices/G80001/"))
        assert "5 November 2018 Joined Finchley It joined late." in page
        assert "1 December 2018 Left Finchley Its last day there. It merges." in page

    def test_an_end_recorded_with_the_joining_has_no_reason_of_its_own(self, manager: Client, finchley: Any) -> None:
        practice = PracticeFactory(ods_code="G80007", commissioner=finchley.commissioner)
        days = {"first": date(2018, 1, 1), "last": date(2018, 6, 30)}
        MembershipFactory(practice=practice, chin=finchley, **days, reason="As the file says")
        page = text(manager.get("/practices/G80007/"))
        assert "Joined Finchley As the file says" in page
        assert "Its last day there. As the file says" not in page

    def test_it_is_active_since_it_became_active_whoever_commissions_it(self, as_: Any, barnet: Any) -> None:
        practice = PracticeFactory(ods_code="G80009", standing=None)
        PracticeStandingFactory(practice=practice, commissioner=barnet, status="proposed", last=date(2014, 3, 31))
        days = {"first": date(2014, 4, 1), "last": date(2018, 3, 31)}
        PracticeStandingFactory(practice=practice, commissioner=barnet, **days)
        new = CommissionerFactory(name="NHS New CCG")
        PracticeStandingFactory(practice=practice, commissioner=new, first=date(2018, 4, 1))
        page = text(as_(Role.TRANSFORMATION_MANAGER, of=new).get("/practices/G80009/"))
        assert "Active, from 1 April 2014" in page
        assert "NHS New CCG, from 1 April 2018" in page

    @pytest.mark.parametrize("more", [0, 60])
    def test_its_cost_does_not_grow(
        self,
        manager: Client,
        ashdown: Any,
        finchley: Any,
        barnet: Any,
        more: int,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        peers = many_practices(more, commissioner=barnet, patients=lambda number: {date(2017, 4, 1): 1000 + number})
        Membership.objects.bulk_create(MembershipFactory.build(practice=peer, chin=finchley) for peer in peers)
        for number in range(more):
            ListSizeFactory(practice=ashdown, day=date(2010 + number // 12, 1 + number % 12, 1))
            ContactFactory(practice=ashdown)
        manager.get("/practices/G80001/")  # the chart is stored the first time
        with django_assert_max_num_queries(40):
            assert manager.get("/practices/G80001/").status_code == 200


class TestWhoSeesIt:
    def test_a_practice_in_no_chin_does_not_exist_for_the_board(self, as_: Any, brook: Any) -> None:
        board = as_(Role.BOARD_MEMBER)
        assert board.get("/practices/G80002/").status_code == 404
        NamesReleaseFactory(commissioner=brook.standings.get().commissioner)
        assert board.get("/practices/G80002/").status_code == 200

    def test_nor_is_it_named_as_the_other_half_of_a_merger(self, as_: Any, brook: Any, barnet: Any) -> None:
        closed = PracticeFactory(ods_code="G80003", commissioner=barnet, closed=date(2018, 6, 30))
        SuccessionFactory(predecessor=closed, successor=brook, first=date(2018, 7, 1))
        page = as_(Role.BOARD_MEMBER).get("/practices/G80003/")
        assert "Merged into another practice on 1 July 2018" in text(page)
        for of_it in ("Brook Lane", "G80002"):
            assertNotContains(page, of_it)
        assertContains(as_(Role.NCL_OFFICE).get("/practices/G80003/"), "Brook Lane")

    def test_nor_does_the_history_of_the_other_half_name_it(self, as_: Any, brook: Any, barnet: Any) -> None:
        closed = PracticeFactory(ods_code="G80003", commissioner=barnet)
        SuccessionFactory(predecessor=closed, successor=brook, first=date(2019, 7, 1))
        own = as_(Role.PRACTICE_MANAGER, of=closed).get("/practices/G80003/")
        assertContains(own, "Surgery G80003")
        assertNotContains(own, "G80002")

    def test_nor_for_another_commissioners_manager(self, as_: Any, ashdown: Any) -> None:
        assert as_(Role.TRANSFORMATION_MANAGER, of=CommissionerFactory()).get("/practices/G80001/").status_code == 404

    def test_the_board_reads_and_changes_nothing(self, as_: Any, ashdown: Any) -> None:
        board = as_(Role.BOARD_MEMBER)
        page = board.get("/practices/G80001/")
        for hidden in ("/merge/", "/close/", "Contacts", "Who changed what", "/details/"):
            assertNotContains(page, hidden)

    def test_a_merger_does_not_name_who_is_in_no_chin(self, as_: Any, ashdown: Any, brook: Any) -> None:
        SuccessionFactory(predecessor=ashdown, successor=brook, first=date(2019, 4, 1))
        board, manager = as_(Role.BOARD_MEMBER), as_(Role.TRANSFORMATION_MANAGER)
        said = text(board.get("/practices/G80001/"))
        assert "Merges into another practice on 1 April 2019." in said
        assert "G80002" not in board.get("/practices/G80001/").content.decode()
        assert "Merges into Brook Lane Surgery on 1 April 2019." in text(manager.get("/practices/G80001/"))

    def test_the_board_is_not_told_that_a_practice_will_leave(self, as_: Any, ashdown: Any) -> None:
        Membership.objects.held().filter(practice=ashdown)
        other = ChinFactory(commissioner=ashdown.standings.get().commissioner, name="Hendon")
        leaver = PracticeFactory(ods_code="G80007", commissioner=other.commissioner)
        MembershipFactory(practice=leaver, chin=other, first=date(2018, 1, 1), last=date(2018, 12, 31))
        assertNotContains(as_(Role.BOARD_MEMBER).get("/practices/G80007/"), "Leaves Hendon")
        assertContains(as_(Role.TRANSFORMATION_MANAGER).get("/practices/G80007/"), "Leaves Hendon")

    def test_a_chin_lead_sees_the_contacts_of_the_chins_own_practices(
        self, as_: Any, ashdown: Any, finchley: Any, barnet: Any
    ) -> None:
        elsewhere = ChinFactory(commissioner=barnet)
        PracticeFactory(ods_code="G80008", commissioner=barnet)
        MembershipFactory(practice=Practice.objects.get(ods_code="G80008"), chin=elsewhere)
        lead = as_(Role.CHIN_LEAD, of=finchley)
        assertContains(lead.get("/practices/G80001/"), "Contact log")
        assertNotContains(lead.get("/practices/G80008/"), "Contact log")

    def test_contacts_only_with_a_post_for_them(self, as_: Any, ashdown: Any) -> None:
        ContactFactory(practice=ashdown, outcome="Will answer soon")
        assertContains(as_(Role.STEERING_GROUP_LEAD).get("/practices/G80001/"), "Will answer soon")
        assertNotContains(as_(Role.FINANCE_OFFICER).get("/practices/G80001/"), "Will answer soon")

    @pytest.mark.parametrize(
        "act", ["close", "merge", "details", "status", "commissioner", "contacts", "federation", "standing"]
    )
    def test_one_who_may_see_it_but_not_change_it_is_refused(self, as_: Any, ashdown: Any, act: str) -> None:
        path = f"/practices/G80001/{act}/" + ("" if act in ("contacts", "federation") else "1/")
        path += "void/" if act == "standing" else ""
        board = as_(Role.BOARD_MEMBER)
        assert board.get(path).status_code == 403
        assert board.post(path, {"confirm": "yes"}).status_code == 403

    def test_one_who_may_not_see_it_gets_404_for_every_act(self, as_: Any, brook: Any) -> None:
        board = as_(Role.BOARD_MEMBER)
        assert board.get(f"/practices/G80002/close/{version(PracticeStanding, brook)}/").status_code == 404

    def test_a_version_of_another_practice_is_not_found(self, manager: Client, ashdown: Any, brook: Any) -> None:
        assert manager.get(f"/practices/G80001/close/{version(PracticeStanding, brook)}/").status_code == 404

    def test_a_former_commissioner_changes_nothing(self, as_: Any, barnet: Any) -> None:
        practice = PracticeFactory(ods_code="G80009", standing=None)
        new = CommissionerFactory()
        old = PracticeStandingFactory(practice=practice, commissioner=barnet, last=date(2018, 3, 31))
        PracticeStandingFactory(practice=practice, commissioner=new, first=date(2018, 4, 1))
        former = as_(Role.TRANSFORMATION_MANAGER)
        assert former.get("/practices/G80009/?as_at=2018-03-31").status_code == 200
        assert former.get(f"/practices/G80009/close/{old.pk}/?as_at=2018-03-31").status_code == 403


def attribute(page: Any, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found
    return found[1]


class TestTwoSteps:
    """Type, read what it will change, confirm. Nothing is done before the last."""

    def test_closing(self, manager: Client, ashdown: Any, brook: Any) -> None:
        path = f"/practices/G80001/close/{version(PracticeStanding, ashdown)}/"
        assert "1 April 2013 or later." in text(manager.get(path))
        weighed = manager.post(path, {"last": "2018-12-31", "reason": "Retirement"})
        page = text(weighed)
        assert "What this will change" in page
        assert "Ashdown Practice is open until 31 December 2018 and closed from 1 January 2019." in page
        assert "It leaves Finchley: its last day there is 31 December 2018." in page
        assert "69.8% 0.0% −69.8 points" in page  # 11,533 of 16,533 before
        assert "1 of 2 (50.0%) 0 of 1 (0.0%) −1" in page
        assert PracticeStanding.objects.held().get(practice=ashdown).status == Status.ACTIVE
        assert Membership.objects.held().get().last_day is None

        done = manager.post(path, {"last": "2018-12-31", "reason": "Retirement", "confirm": "yes"}, follow=True)
        assertContains(done, "Ashdown Practice is closed from 1 January 2019.")
        assert Membership.objects.held().get().last_day == date(2018, 12, 31)
        assertContains(manager.get("/practices/G80001/?as_at=2019-01-01"), "It never closed")

    def test_closing_says_which_posts_end_and_voiding_it_that_they_go_on(self, manager: Client, ashdown: Any) -> None:
        post = PostFactory(role=Role.PRACTICE_MANAGER, of=ashdown, title="Practice manager, Ashdown")
        PostHoldingFactory(post=post, holder__name="Anna", last=date(2018, 12, 31))
        PostHoldingFactory(post=post, holder__name="Ben", first=date(2019, 1, 1))
        path = f"/practices/G80001/close/{version(PracticeStanding, ashdown)}/"
        asked = text(manager.post(path, {"last": DAY}))
        assert "Anna holds Practice manager, Ashdown until 6 December 2018." in asked
        assert "Ben no longer holds Practice manager, Ashdown from 1 January 2019: void." in asked
        manager.post(path, {"last": DAY, "confirm": "yes"})
        closing = PracticeStanding.objects.held().get(practice=ashdown, status=Status.CLOSED)
        void = f"/practices/G80001/standing/{closing.pk}/void/"
        assert "Its posts that ended with it are held again." in text(manager.post(void, {"reason": "It goes on"}))

    def test_what_changed_between_reading_and_yes_is_shown_first(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/close/{version(PracticeStanding, ashdown)}/"
        typed = {"last": "2018-12-31", "reason": "Retirement"}
        shown = {"effect_shown": attribute(manager.post(path, typed), "effect_shown")}
        membership = Membership.objects.held().get(practice=ashdown)
        dated.end(membership, by=None, last=date(2018, 12, 10))
        mill_hill = ChinFactory(commissioner=membership.chin.commissioner, name="Mill Hill")
        dated.record(Membership, by=None, first=date(2018, 12, 11), practice=ashdown, chin=mill_hill)
        again = manager.post(path, typed | shown | {"confirm": "yes"})
        assert "Something changed while you were reading. Nothing is done yet" in text(again)
        assert "It leaves Mill Hill" in text(again)
        assert PracticeStanding.objects.held().get(practice=ashdown).status == Status.ACTIVE
        shown = {"effect_shown": attribute(again, "effect_shown")}
        assert manager.post(path, typed | shown | {"confirm": "yes"}).status_code == 302
        assert not PracticeStanding.objects.held().filter(practice=ashdown, status=Status.ACTIVE, period__endswith=None)

    def test_going_back_keeps_what_was_typed(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/close/{version(PracticeStanding, ashdown)}/"
        page = manager.post(path, {"last": "2018-12-31", "reason": "Retirement", "change": "yes"})
        assertContains(page, 'value="2018-12-31"')
        assertContains(page, "Retirement")

    @pytest.mark.parametrize(
        ("last", "told"),
        [
            ("", "Give a day."),
            ("2012-01-01", "Choose 1 April 2013 or a later day."),
            ("2018-02-30", "not a day in the calendar"),
            ("1066-10-14", "outside the days the portal knows"),
        ],
    )
    def test_a_day_that_cannot_be_is_refused_at_its_field(
        self, manager: Client, ashdown: Any, last: str, told: str
    ) -> None:
        path = f"/practices/G80001/close/{version(PracticeStanding, ashdown)}/"
        page = manager.post(path, {"last": last, "reason": "Retirement"})
        assertContains(page, "There is a problem")
        assertContains(page, '<a href="#id_last">')
        assert text(page).count(told) == 2
        assertContains(page, "Retirement")

    def test_merging(self, manager: Client, ashdown: Any, brook: Any) -> None:
        path = f"/practices/G80002/merge/{version(PracticeStanding, brook)}/"
        assertContains(manager.get(path), '<option value="G80001">Ashdown Practice</option>', html=True)
        page = text(manager.post(path, {"successor": "g80001", "day": "2019-01-01"}))
        assert "Brook Lane Surgery merges into Ashdown Practice (G80001) on 1 January 2019." in page
        assert not Succession.objects.exists()
        manager.post(path, {"successor": "g80001", "day": "2019-01-01", "confirm": "yes"})
        assert Succession.objects.held().get().successor == ashdown

    @pytest.mark.parametrize(
        ("successor", "told"),
        [
            ("G80002", "A practice can’t merge into itself."),
            ("E99999", "There is no practice E99999 in the register."),
            ("nonsense", "a letter and five digits"),
            ("G80006", "is closed on 1 January 2019"),
        ],
    )
    def test_merging_into_what_cannot_be(
        self, manager: Client, brook: Any, barnet: Any, successor: str, told: str
    ) -> None:
        PracticeFactory(ods_code="G80006", commissioner=barnet, closed=date(2018, 6, 30))
        path = f"/practices/G80002/merge/{version(PracticeStanding, brook)}/"
        page = manager.post(path, {"successor": successor, "day": "2019-01-01", "confirm": "yes"})
        assertContains(page, '<a href="#id_successor">')
        assert told in text(page)
        assert not Succession.objects.exists()

    def test_one_that_closed_is_merged_on_the_day_after(self, manager: Client, ashdown: Any, barnet: Any) -> None:
        practice = PracticeFactory(ods_code="G80006", commissioner=barnet, closed=date(2018, 6, 30))
        closed = PracticeStanding.objects.get(practice=practice, status=Status.CLOSED)
        path = f"/practices/G80006/merge/{closed.pk}/"
        assertContains(manager.get("/practices/G80006/"), path)
        assertContains(manager.get(path), 'value="2018-07-01"')
        typed = {"successor": "G80001", "confirm": "yes"}
        assert "Choose 1 July 2018 or an earlier day." in text(manager.post(path, typed | {"day": "2018-08-01"}))
        manager.post(path, typed | {"day": "2018-07-01"})
        assert Succession.objects.held().get().first_day == date(2018, 7, 1)

    def test_a_practice_merges_into_several(self, manager: Client, ashdown: Any, brook: Any, barnet: Any) -> None:
        practice = PracticeFactory(ods_code="G80006", commissioner=barnet, patients={date(2018, 5, 1): 3_000})
        path = f"/practices/G80006/merge/{version(PracticeStanding, practice)}/"
        manager.post(path, {"successor": "G80001", "day": "2018-07-01", "confirm": "yes"})
        page = manager.get("/practices/G80006/")
        assertContains(page, "Merge into another too")
        closing = PracticeStanding.objects.held().get(practice=practice, status=Status.CLOSED)
        path = f"/practices/G80006/merge/{closing.pk}/"
        assertContains(page, path)
        typed = {"successor": "G80002", "day": "2018-07-01"}
        assert "merges into Brook Lane Surgery" in text(manager.post(path, typed))
        manager.post(path, typed | {"confirm": "yes"})
        page = text(manager.get("/practices/G80006/"))
        assert "Merged into Ashdown Practice on 1 July 2018." in page
        assert "Merged into Brook Lane Surgery on 1 July 2018." in page

    def test_a_planned_closing_is_taken_back(self, manager: Client, barnet: Any) -> None:
        practice = PracticeFactory(ods_code="G80006", commissioner=barnet, closed=date(2018, 12, 31))
        closing = PracticeStanding.objects.get(practice=practice, status=Status.CLOSED)
        page = manager.get("/practices/G80006/")
        assert "Its last day is 31 December 2018." in text(page)
        path = f"/practices/G80006/standing/{closing.pk}/void/"
        assertContains(page, path)
        manager.post(path, {"reason": "A partner was found", "confirm": "yes"})
        assert PracticeStanding.objects.held().get(practice=practice).last_day is None

    def test_opening(self, manager: Client, barnet: Any) -> None:
        typed = {
            "ods_code": "g80009",
            "name": "New  Surgery",
            "commissioner": barnet.pk,
            "status": "active",
            "day": DAY,
            "postcode": "en54be",
            "address": "1 High Street\nBarnet",
        }
        page = text(manager.post("/practices/open/", typed))
        assert "G80009, New Surgery, is active for Barnet from 6 December 2018." in page
        assert "– 0 of 1 (0.0%)" in page or "0 of 1" in page
        assert not Practice.objects.exists()
        done = manager.post("/practices/open/", typed | {"confirm": "yes"}, follow=True)
        assertContains(done, "G80009 is in the register.")
        detail = PracticeDetail.objects.get()
        assert (detail.name, detail.postcode, detail.address) == ("New Surgery", "EN5 4BE", "1 High Street, Barnet")

    def test_opening_a_second_time(self, manager: Client, barnet: Any, ashdown: Any) -> None:
        typed = {"ods_code": "G80001", "name": "X", "commissioner": barnet.pk, "status": "active", "day": DAY}
        page = manager.post("/practices/open/", typed)
        assertContains(page, '<a href="#id_ods_code">')
        assert "G80001 is already in the register: Ashdown Practice" in text(page)

    def test_opening_for_a_commissioner_that_is_not_ones_own(self, manager: Client) -> None:
        other = CommissionerFactory()
        typed = {"ods_code": "G80009", "name": "X", "commissioner": other.pk, "status": "active", "day": DAY}
        assert "not one of the available choices" in text(manager.post("/practices/open/", typed | {"confirm": "yes"}))
        assert not Practice.objects.exists()

    def test_a_new_name_from_a_day(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/details/{version(PracticeDetail, ashdown)}/"
        typed = {
            "name": "Ashdown & Partners",
            "postcode": "EN5 4BE",
            "address": "1 High Street, Barnet",
            "borough": "Barnet",
            "telephone": "020 7946 0001",
            "mailbox": "reception@ashdown.example",
            "prescribing_setting": "4",
            "when": "from",
            "day": "2018-12-01",
        }
        page = text(manager.post(path, typed))
        assert "From 1 December 2018." in page
        assert "Name Ashdown Practice Ashdown & Partners changed" in page
        manager.post(path, typed | {"confirm": "yes"})
        assertContains(manager.get("/practices/G80001/"), "Ashdown &amp; Partners")
        assertContains(manager.get("/practices/G80001/?as_at=2018-11-30"), "Ashdown Practice")

    def test_a_position_and_a_setting_from_a_day(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/details/{version(PracticeDetail, ashdown)}/"
        typed = {"name": "Ashdown Practice", "prescribing_setting": "4", "when": "from", "day": "2018-12-01"}
        assert "Give both numbers" in text(manager.post(path, typed | {"latitude": "51.6503"}))
        assert "less than or equal to 61" in text(manager.post(path, typed | {"latitude": "516", "longitude": "0"}))
        typed |= {"latitude": "51.6503", "longitude": "-0.2006", "prescribing_setting": "8"}
        page = text(manager.post(path, typed))
        assert "Position: degrees north – 51.6503 changed" in page
        assert "Prescribing setting 4 8 changed" in page
        manager.post(path, typed | {"confirm": "yes"})
        assert "51.6503 north, 0.2006 west" in text(manager.get("/practices/G80001/"))
        assert "4, a GP practice" in text(manager.get("/practices/G80001/?as_at=2018-11-30"))

    def test_it_was_always_so(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/details/{version(PracticeDetail, ashdown)}/"
        typed = {"name": "Ashdowne", "prescribing_setting": "4", "when": "always", "day": ""}
        assert "Say why what was recorded was wrong." in text(manager.post(path, typed))
        manager.post(path, typed | {"reason": "Misspelt", "confirm": "yes"})
        assertContains(manager.get("/practices/G80001/?as_at=2014-01-01"), "Ashdowne")

    def test_voiding_a_closing(self, manager: Client, barnet: Any) -> None:
        practice = PracticeFactory(ods_code="G80006", commissioner=barnet, closed=date(2018, 6, 30))
        closed = PracticeStanding.objects.get(practice=practice, status=Status.CLOSED)
        path = f"/practices/G80006/standing/{closed.pk}/void/"
        page = text(manager.post(path, {"reason": "Mixed up"}))
        assert "did not close on 30 June 2018: it is active still." in page
        assert PracticeStanding.objects.held().count() == 2
        manager.post(path, {"reason": "Mixed up", "confirm": "yes"})
        assert PracticeStanding.objects.held().get().status == Status.ACTIVE

    def test_an_opening_under_a_wrong_code_is_voided_and_opened_anew(
        self, manager: Client, ashdown: Any, brook: Any
    ) -> None:
        path = f"/practices/G80001/standing/{version(PracticeStanding, ashdown)}/void/"
        assertContains(manager.get("/practices/G80001/"), path)
        page = text(manager.post(path, {"reason": "The code is another’s"}))
        assert "It was never in the register" in page
        assert "Ashdown Practice (G80001) was never in the register" in page
        assert "Its join to Finchley on 1 November 2018 is void." in page
        assert "69.8% 0.0% −69.8 points" in page
        assert "1 of 2 (50.0%) 0 of 1 (0.0%) −1" in page
        done = manager.post(path, {"reason": "The code is another’s", "confirm": "yes"}, follow=True)
        assertContains(done, "G80001 was never in the register: its opening is voided.")
        assert manager.get("/practices/G80001/").status_code == 404
        barnet = Commissioner.objects.get()
        typed = {"ods_code": "G80001", "name": "Right", "commissioner": barnet.pk, "status": "active", "day": DAY}
        assertContains(
            manager.post("/practices/open/", typed | {"confirm": "yes"}, follow=True), "G80001 is in the register."
        )

    def test_a_practice_that_never_was_is_still_read_as_known_before(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/standing/{version(PracticeStanding, ashdown)}/void/"
        manager.post(path, {"reason": "The code is another’s", "confirm": "yes"})
        assertContains(manager.get("/practices/G80001/?known=2018-12-05"), "Who changed what")

    def test_a_standing_recorded_wrongly_is_corrected(self, manager: Client, ashdown: Any, brook: Any) -> None:
        path = f"/practices/G80002/standing/{version(PracticeStanding, brook)}/correct/"
        assertContains(manager.get("/practices/G80002/"), path)
        assertContains(manager.get(path), 'value="2013-04-01"')
        camden = CommissionerFactory(ods_code="07R", short_name="Camden")
        typed = {"first": "2018-12-01", "status": "dormant", "commissioner": camden.pk, "reason": "Mistyped"}
        assert "Say why" in text(manager.post(path, typed | {"reason": ""}))
        page = text(manager.post(path, typed))
        assert (
            "Brook Lane Surgery is dormant for Camden from 1 December 2018, "
            "instead of active for Barnet from 1 April 2013." in page
        )
        assert "Barnet: practices in a CHIN" in page
        assert "Camden: practices in a CHIN" in page
        manager.post(path, typed | {"confirm": "yes"})
        now = PracticeStanding.objects.held().get(practice=brook)
        assert (now.first_day, now.status, now.commissioner) == (date(2018, 12, 1), Status.DORMANT, camden)

    def test_the_day_of_a_closing_is_corrected_and_what_outlasts_it_ends(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/close/{version(PracticeStanding, ashdown)}/"
        manager.post(path, {"last": "2018-12-31", "confirm": "yes"})
        closing = PracticeStanding.objects.held().get(practice=ashdown, status=Status.CLOSED)
        path = f"/practices/G80001/standing/{closing.pk}/correct/"
        assertNotContains(manager.get(path), "Dormant")
        typed = {"first": "2018-12-01", "reason": "It closed a month earlier"}
        page = text(manager.post(path, typed))
        assert "Ashdown Practice is closed for Barnet from 1 December 2018" in page
        assert "It leaves Finchley: its last day there is 30 November 2018." in page
        manager.post(path, typed | {"confirm": "yes"})
        assert Membership.objects.held().get().last_day == date(2018, 11, 30)

    def test_before_they_never_merged_the_effect_is_shown(self, manager: Client, ashdown: Any, brook: Any) -> None:
        merger = SuccessionFactory(
            predecessor=PracticeFactory(
                commissioner=Commissioner.objects.get(), closed=date(2017, 3, 31), detail__name="Old Mill"
            ),
            successor=ashdown,
            first=date(2017, 4, 1),
        )
        page = text(manager.post(f"/practices/G80001/merger/{merger.pk}/void/", {"reason": "Another practice"}))
        assert "What this will change" in page
        assert "Old Mill did not merge into Ashdown Practice on 1 April 2017." in page
        assert "Practices in a CHIN 0 of 2 (0.0%) 0 of 2 (0.0%) none" in page
        assert Succession.objects.held().exists()

    def test_a_change_of_name_says_that_coverage_stays(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/details/{version(PracticeDetail, ashdown)}/"
        page = text(
            manager.post(path, {"name": "Ashdown & Partners", "prescribing_setting": "4", "when": "from", "day": DAY})
        )
        assert "Coverage stays as it is: it rests on none of this." in page

    def test_status_and_commissioner(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/status/{version(PracticeStanding, ashdown)}/"
        assert "Only active practices count" in text(manager.post(path, {"status": "dormant", "day": DAY}))
        manager.post(path, {"status": "dormant", "day": DAY, "confirm": "yes"})
        assert PracticeStanding.objects.as_at(date(2018, 12, 6)).get(practice=ashdown).status == Status.DORMANT

        camden = CommissionerFactory(ods_code="07R", short_name="Camden")
        dormant = PracticeStanding.objects.as_at(date(2018, 12, 6)).get(practice=ashdown)
        path = f"/practices/G80001/commissioner/{dormant.pk}/"
        typed = {"commissioner": camden.pk, "day": "2019-04-01"}
        page = text(manager.post(path, typed))
        assert "Ashdown Practice belongs to Camden from 1 April 2019." in page
        assert "It leaves Finchley: its last day there is 31 March 2019." in page
        assert "Barnet: practices in a CHIN" in page
        assert "Camden: practices in a CHIN 0 of 0 (–)" in page
        manager.post(path, typed | {"confirm": "yes"})
        assert PracticeStanding.objects.as_at(date(2019, 4, 1)).get(practice=ashdown).commissioner == camden

    def test_federation(self, manager: Client, ashdown: Any, barnet: Any) -> None:
        federation = FederationFactory(commissioner=barnet)
        manager.post("/practices/G80001/federation/", {"federation": federation.pk, "first": "2018-01-01"})
        membership = FederationMembership.objects.held().get()
        manager.post(f"/practices/G80001/federation/{membership.pk}/leave/", {"last": "2018-06-30"})
        left = FederationMembership.objects.held().get()
        assert left.last_day == date(2018, 6, 30)
        page = manager.post(f"/practices/G80001/federation/{left.pk}/void/", {"reason": ""})
        assert "Say why." in text(page)
        manager.post(f"/practices/G80001/federation/{left.pk}/void/", {"reason": "Never was"})
        assert not FederationMembership.objects.held().exists()


class TestTwoPeople:
    """The second is told who changed what, and loses nothing typed."""

    TYPED = {
        "prescribing_setting": "4",
        "name": "Mine",
        "telephone": "020 7946 0999",
        "when": "from",
        "day": "2018-12-01",
        "confirm": "yes",
    }

    def test_the_second_is_told_and_may_apply_on_top(self, manager: Client, as_: Any, ashdown: Any) -> None:
        path = f"/practices/G80001/details/{version(PracticeDetail, ashdown)}/"
        other = as_(Role.TRANSFORMATION_MANAGER)
        typed = self.TYPED | {"when": "always", "reason": "Because"}
        assert manager.post(path, typed | {"name": "Theirs", "reason": "Misspelt"}).status_code == 302

        page = other.post(path, typed)
        said = text(page)
        assert "changed this while you were writing" in said
        assert "Theirs" in said
        assert "Misspelt" in said
        assertContains(page, 'value="Mine"')
        assertContains(page, 'value="020 7946 0999"')
        assert PracticeDetail.objects.held().get().name == "Theirs"

        action = re.search(r'<form method="post"\s+action="([^"]+)"', page.content.decode().split("<main")[1])
        assert action is not None
        assert action.group(1) == f"/practices/G80001/details/{version(PracticeDetail, ashdown)}/"
        assert other.post(action.group(1), typed).status_code == 302
        assert PracticeDetail.objects.held().get().name == "Mine"

    def test_opening_an_old_address_shows_what_holds_now(self, manager: Client, ashdown: Any) -> None:
        path = f"/practices/G80001/details/{version(PracticeDetail, ashdown)}/"
        manager.post(path, self.TYPED | {"when": "always", "reason": "Misspelt"})
        assertContains(manager.get(path), 'value="Mine"')

    def test_settings_are_saved_on_top_only_knowingly(self, manager: Client, as_: Any, barnet: Any) -> None:
        path = "/practices/commissioners/07M/settings/"
        form = manager.get(path).content.decode()
        seen = re.search(r'name="seen" value="(\d+)"', form)
        assert seen is not None
        words = {"local_word": "Hub", "local_word_plural": "Hubs"}
        typed = {"name": "NHS Barnet CCG", "short_name": "Barnet", **words, "seen": seen.group(1)}
        assert manager.post(path, typed).status_code == 302
        page = as_(Role.TRANSFORMATION_MANAGER).post(path, typed | {"local_word": "BILT"})
        assert "changed this while you were writing" in text(page)
        assertContains(page, 'value="BILT"')
        barnet.refresh_from_db()
        assert barnet.local_word == "Hub"


class TestContacts:
    def test_ten_seconds(self, manager: Client, ashdown: Any) -> None:
        assertContains(manager.get("/practices/G80001/"), 'action="/practices/G80001/contacts/"')
        done = manager.post(
            "/practices/G80001/contacts/",
            {"day": DAY, "outcome": "Will join in spring", "next_step": "Visit", "next_day": "2019-01-15"},
            follow=True,
        )
        assert done.redirect_chain[-1][0].endswith("/practices/G80001/#contacts")
        assert "Will join in spring Visit by 15 Jan 2019" in text(done)

    def test_who_was_spoken_to_stands_beside_who_spoke(self, manager: Client, ashdown: Any) -> None:
        typed = {"day": DAY, "spoke_to": "the practice manager", "outcome": "Will join in spring"}
        manager.post("/practices/G80001/contacts/", typed)
        contact = Contact.objects.get()
        assert f"{contact.made_by} the practice manager Will join in spring" in text(manager.get("/practices/G80001/"))

    def test_the_history_has_the_contacts_for_those_who_may_see_them(
        self, manager: Client, as_: Any, ashdown: Any
    ) -> None:
        manager.post("/practices/G80001/contacts/", {"day": DAY, "outcome": "Will join in spring"})
        said = "Contact 2018-12-06: Will join in spring: recorded"
        assert said in text(manager.get("/practices/G80001/"))
        assert said in text(manager.get("/practices/G80001/history/"))
        office = as_(Role.NCL_OFFICE)
        assert said not in text(office.get("/practices/G80001/"))
        assert said not in text(office.get("/practices/G80001/history/"))

    def test_all_of_the_history_is_a_link_away(self, manager: Client, ashdown: Any) -> None:
        for n in range(12):
            ContactFactory(practice=ashdown, outcome=f"Spoke {n}")
        page = text(manager.get("/practices/G80001/"))
        assert page.count(": recorded") == 10
        assertContains(manager.get("/practices/G80001/"), 'href="/practices/G80001/history/"')
        assert text(manager.get("/practices/G80001/history/")).count(": recorded") > 12

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"day": "2018-12-07", "outcome": "x"}, "Choose 6 December 2018 or an earlier day."),
            ({"day": DAY, "outcome": ""}, "Say what came of it."),
            ({"day": DAY, "outcome": "x", "next_day": "2019-01-01"}, "Say what is to be done by then."),
            ({"day": DAY, "outcome": "x", "next_step": "y", "next_day": "2018-12-01"}, "can’t be before the day"),
        ],
    )
    def test_what_it_refuses_keeps_what_was_typed(self, manager: Client, ashdown: Any, typed: Any, told: str) -> None:
        page = manager.post("/practices/G80001/contacts/", typed)
        assert told in text(page)
        assertContains(page, f'value="{typed["day"]}"')
        assert not Contact.objects.exists()

    def test_an_entry_is_withdrawn(self, manager: Client, ashdown: Any) -> None:
        contact = ContactFactory(practice=ashdown, outcome="Wrong practice")
        manager.post(f"/practices/G80001/contacts/{contact.pk}/withdraw/", {"reason": "Another one"})
        page = manager.get("/practices/G80001/")
        assertContains(page, "<del>Wrong practice</del>", html=True)
        assertContains(page, "Another one")

    def test_as_at_an_earlier_day_later_entries_are_not_there(self, manager: Client, ashdown: Any) -> None:
        ContactFactory(practice=ashdown, day=date(2018, 10, 1), outcome="Spoke in October")
        outcome = 'data-label="Outcome"'
        assertContains(manager.get("/practices/G80001/?as_at=2018-10-01"), outcome)
        assertNotContains(manager.get("/practices/G80001/?as_at=2018-09-30"), outcome)


class TestCommissioners:
    def test_the_list_and_the_settings(self, manager: Client, barnet: Any, ashdown: Any) -> None:
        CommissionerFactory(short_name="Elsewhere")
        page = text(manager.get("/practices/commissioners/"))
        assert "NHS Barnet CCG 07M yes 1 CHIN 50,000 to 80,000 patients 31 Dec 2018" in page
        assert "Elsewhere" not in page
        assert "31 December 2018" in text(manager.get("/practices/commissioners/07M/"))

    def test_another_commissioners_settings_are_not_there(self, manager: Client) -> None:
        other = CommissionerFactory()
        for path in ("", "settings/", "names/"):
            assert manager.get(f"/practices/commissioners/{other.ods_code}/{path}").status_code == 404

    def test_the_board_reads_the_settings_and_changes_none(self, as_: Any, barnet: Any) -> None:
        board = as_(Role.BOARD_MEMBER)
        assert board.get("/practices/commissioners/07M/").status_code == 200
        assert board.get("/practices/commissioners/07M/settings/").status_code == 403
        assert board.post("/practices/commissioners/07M/names/", {"confirm": "yes"}).status_code == 403

    def test_a_band_out_of_order_is_refused(self, manager: Client, barnet: Any) -> None:
        path = "/practices/commissioners/07M/settings/"
        typed = {"short_name": "Barnet", "local_word": "CHIN", "local_word_plural": "CHINs", "seen": "999999999"}
        page = manager.post(path, typed | {"band_low": "90000", "band_high": "50000"})
        assert "lower end must not be above its upper end" in text(page)
        barnet.refresh_from_db()
        assert barnet.band_low == 50_000

    def test_names_are_released_ended_and_voided(self, manager: Client, as_: Any, barnet: Any, brook: Any) -> None:
        board = as_(Role.BOARD_MEMBER)
        path = "/practices/commissioners/07M/names/"
        page = text(manager.post(path, {"first": DAY, "reason": "The board asked"}))
        assert "Today that is 1 practice." in page
        assertNotContains(board.get("/practices/"), "Brook Lane")
        manager.post(path, {"first": DAY, "reason": "The board asked", "confirm": "yes"})
        assertContains(board.get("/practices/"), "Brook Lane")

        release = NamesRelease.objects.held().get()
        manager.post(f"{path}{release.pk}/end/", {"last": "2018-12-31"})
        assertContains(manager.get("/practices/commissioners/07M/"), "6 December 2018 to 31 December 2018")
        ended = NamesRelease.objects.held().get()
        manager.post(f"{path}{ended.pk}/void/", {"reason": "Not decided after all"})
        assertNotContains(board.get("/practices/"), "Brook Lane")

    def test_names_are_not_released_for_days_gone_by(self, manager: Client, barnet: Any) -> None:
        page = manager.post(
            "/practices/commissioners/07M/names/", {"first": "2018-12-05", "reason": "x", "confirm": "yes"}
        )
        assert "Choose 6 December 2018 or a later day." in text(page)
        assert not NamesRelease.objects.exists()


def test_figures_of_a_practice_lead_to_their_rows(manager: Client, ashdown: Any) -> None:
    page = manager.get("/practices/G80001/").content.decode()
    parts = re.findall(
        r'data-part="[^"]*"\s+data-value="(\d+)"\s+data-measure="value:patients"\s+data-csv="([^"]+)"', page
    )
    assert len(parts) == 3
    for value, address in parts:
        csv = b"".join(manager.get(unescape(address)).streaming_content).decode()  # type: ignore[attr-defined]
        header, row = csv.strip().splitlines()
        assert dict(zip(header.split(","), row.split(","), strict=True))["patients"] == value


def test_nothing_is_changed_while_looking_at_what_was_known(manager: Client, ashdown: Any) -> None:
    page = manager.get(f"/practices/G80001/?known={(timezone.now().date()).replace(day=1).isoformat()}")
    assertNotContains(page, "/close/")
    assert Commissioner.objects.count() == 1


class TestFederations:
    PATH = "/practices/commissioners/07M/"

    def test_one_is_added_joined_and_renamed_with_its_history(self, manager: Client, barnet: Any, ashdown: Any) -> None:
        done = manager.post(f"{self.PATH}federations/", {"name": " Barnet  Federated GPs "}, follow=True)
        assert "Barnet Federated GPs is added." in text(done)
        federation = Federation.objects.get(name="Barnet Federated GPs")
        assert (federation.slug, federation.commissioner) == ("barnet-federated-gps", barnet)
        manager.post(f"/practices/{ashdown.ods_code}/federation/", {"federation": federation.pk, "first": "2018-04-01"})
        assert "Barnet Federated GPs 1" in text(manager.get(self.PATH))

        rename = f"{self.PATH}federations/barnet-federated-gps/"
        seen = history.version(federation)
        manager.post(rename, {"name": "Federated GPs", "seen": seen})
        page = text(manager.get(self.PATH))
        assert "Federated GPs 1" in page
        assert "Barnet Federated GPs" in page  # in the history
        overtaken = text(manager.post(rename, {"name": "Another", "seen": seen}))
        assert "Federated GPs" in overtaken
        assert Federation.objects.get().name == "Federated GPs"

    def test_a_name_is_given_once(self, manager: Client, barnet: Any) -> None:
        FederationFactory(commissioner=barnet, name="Barnet Federated GPs")
        again = text(manager.post(f"{self.PATH}federations/", {"name": "barnet federated gps"}))
        assert "Barnet has a federation “barnet federated gps” already." in again
        assert Federation.objects.count() == 1

    def test_practices_join_those_of_the_commissioner_before(self, barnet: Any) -> None:
        after = CommissionerFactory()
        Commissioner.objects.filter(pk=barnet.pk).update(successor=after, closed=date(2020, 3, 31))
        federation = FederationFactory(commissioner=barnet)
        assert list(queries.federations_to_join(after)) == [federation]

    def test_the_board_adds_none(self, as_: Any, barnet: Any) -> None:
        board = as_(Role.BOARD_MEMBER, barnet)
        assert "Add a federation" not in text(board.get(self.PATH))
        assert board.post(f"{self.PATH}federations/", {"name": "One"}).status_code == 403


def test_the_settings_change_the_name(manager: Client, barnet: Any) -> None:
    path = "/practices/commissioners/07M/settings/"
    seen = history.version(barnet)
    typed = {
        "name": "NHS Barnet",
        "short_name": "Barnet",
        "local_word": "CHIN",
        "local_word_plural": "CHINs",
        "seen": seen,
    }
    manager.post(path, typed)
    barnet.refresh_from_db()
    assert barnet.name == "NHS Barnet"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Y01008", "Y01008"),
        (" e83035 ", "E83035"),
        ("E83 035", "E83035"),
        ("E8305", None),
        ("83035E", None),
        ("", None),
    ],
)
def test_codes_of_practices_are_trimmed_raised_and_judged(typed: str, code: str | None) -> None:
    form = OpenForm({"ods_code": typed}, commissioners=Commissioner.objects.none())
    assert form.errors.get("ods_code") is None if code else form.errors["ods_code"]
    assert form.cleaned_data.get("ods_code") == code


@pytest.mark.parametrize(("typed", "code"), [("u40115", "U40115"), ("U4011", None), ("E83035", None)])
def test_codes_of_networks_too(typed: str, code: str | None) -> None:
    form = DetailsForm({"code": typed})
    assert form.is_valid() is False  # it has no name
    assert form.cleaned_data.get("code") == code
