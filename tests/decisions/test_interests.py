"""The register of interests: what is published, what is kept, who writes it, and what is confirmed every year."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.governance.decisions import services
from cc2h.governance.decisions.models import Confirmation, Interest
from cc2h.governance.decisions.querysets import kept_since, published_since
from tests.budget.ground import refused
from tests.factories import CommissionerFactory, PracticeFactory, UserFactory, person
from tests.factories.decisions import InterestFactory
from tests.factories.governance import BodyFactory, SeatFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TODAY = date(2018, 12, 6)


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def member(barnet: Any) -> User:
    return person(Role.BODY_MEMBER, of=barnet, name="Pat Member")


@pytest.fixture
def secretary(barnet: Any) -> Client:
    return signed_in(person(Role.SECRETARY, of=barnet, name="Sam Secretary"))


def names(client: Client, **query: str) -> set[str]:
    rows = client.get(f"/api/v1{reverse('decisions:interest_list')}", query).json()["rows"]
    return {row["interest"] for row in rows}


class TestWhatIsPublished:
    @pytest.mark.parametrize(
        ("day", "published", "kept"),
        [
            (date(2018, 12, 6), date(2018, 6, 6), date(2012, 12, 6)),
            (date(2018, 8, 31), date(2018, 2, 28), date(2012, 8, 31)),
            (date(2020, 2, 29), date(2019, 8, 29), date(2014, 2, 28)),
            (date(2019, 6, 30), date(2018, 12, 30), date(2013, 6, 30)),
        ],
    )
    def test_six_months_and_six_years_are_by_the_calendar(self, day: date, published: date, kept: date) -> None:
        assert (published_since(day), kept_since(day)) == (published, kept)

    def test_what_is_true_and_what_ended_in_the_last_six_months_is_on_the_register(self, member: User) -> None:
        for what, first, last in (
            ("goes on", date(2017, 1, 1), None),
            ("ended lately", date(2017, 1, 1), date(2018, 6, 6)),
            ("ended before", date(2017, 1, 1), date(2018, 6, 5)),
            ("to come", date(2019, 1, 1), None),
        ):
            InterestFactory(what=what, first=first, last=last)
        client = signed_in(member)
        assert names(client) == {"goes on", "ended lately"}
        assert names(client, as_at="2018-06-30") == {"goes on", "ended lately", "ended before"}
        assert names(client, as_at="2019-01-01") == {"goes on", "to come"}

    def test_of_a_day_it_is_read_as_it_was_known_on_another(self, member: User) -> None:
        interest = services.declare_interest(by=member, person=member, kind="financial", what="Shares", first=TODAY)
        services.void_interest(by=member, interest=interest, reason="Somebody else’s")
        client = signed_in(member)
        assert names(client) == set()
        assertNotContains(client.get(reverse("decisions:mine")), "Shares</")

    def test_who_sees_no_governance_sees_none_of_it(self) -> None:
        client = signed_in(person(Role.ADMINISTRATOR))
        assert client.get(reverse("decisions:interest_list")).status_code == 403
        assert client.get(reverse("decisions:person", args=[UserFactory().pk])).status_code == 403

    def test_it_is_taken_out_as_a_table(self, member: User) -> None:
        InterestFactory(what="=1+1", first=date(2017, 1, 1), last=date(2018, 6, 30), person__name="Pat")
        response = signed_in(member).get(reverse("decisions:interest_list"), {"format": "csv"})
        lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
        assert lines[0] == "person,kind,organisation,interest,practice,chin,first,last"
        assert lines[1].startswith("Pat,financial,Company")
        assert lines[1].endswith(",'=1+1,,,2017-01-01,2018-06-30")

    @pytest.mark.parametrize(
        ("sort", "expected"), [("period", ["first", "second", "third"]), ("-period", ["third", "second", "first"])]
    )
    def test_it_is_read_by_the_day_interests_began_page_after_page(
        self, member: User, sort: str, expected: list[str]
    ) -> None:
        for what, first in (("second", 2), ("third", 3), ("first", 1)):
            InterestFactory(what=what, first=date(2017, first, 1))
        client = signed_in(member)
        list_page = client.get(reverse("decisions:interest_list"), {"sort": sort}).content.decode()
        assert sorted(expected, key=list_page.index) == expected
        address, found = f"/api/v1{reverse('decisions:interest_list')}?limit=1&sort={sort}", []
        while address:
            answer = client.get(address).json()
            found += [row["interest"] for row in answer["rows"]]
            address = answer["next"]
        assert found == expected

    def test_any_number_of_interests_is_the_same_number_of_queries(
        self, member: User, django_assert_max_num_queries: Any
    ) -> None:
        client = signed_in(member)
        for more in (2, 20):
            InterestFactory.create_batch(more)
            with django_assert_max_num_queries(12):
                assert client.get(reverse("decisions:interest_list")).status_code == 200
            with django_assert_max_num_queries(12):
                assert client.get(reverse("decisions:people_list")).status_code == 200


class TestWhatIsKept:
    def test_staff_see_what_ended_in_the_last_six_years_and_others_do_not(
        self, member: User, secretary: Client, barnet: Any
    ) -> None:
        InterestFactory(person=member, what="long over", first=date(2010, 1, 1), last=date(2012, 12, 6))
        InterestFactory(person=member, what="too long over", first=date(2010, 1, 1), last=date(2012, 12, 5))
        page = reverse("decisions:person", args=[member.pk])
        assertContains(secretary.get(page), "long over")
        assertNotContains(secretary.get(page), "too long over")
        assertContains(signed_in(member).get(reverse("decisions:mine")), "long over")
        SeatFactory(body=BodyFactory(commissioner=barnet), holder=member)
        colleague = signed_in(person(Role.BOARD_MEMBER, of=barnet))
        assertNotContains(colleague.get(page), "long over")

    def test_a_secretary_of_elsewhere_keeps_nothing_here(self, member: User) -> None:
        InterestFactory(person=member, what="long over", first=date(2010, 1, 1), last=date(2013, 12, 6))
        SeatFactory(body=BodyFactory(commissioner=None), holder=member)
        other = signed_in(person(Role.SECRETARY, of=CommissionerFactory()))
        page = reverse("decisions:person", args=[member.pk])
        assertNotContains(other.get(page), "long over")
        assert other.get(reverse("decisions:interest_declare", args=[member.pk])).status_code == 403

    def test_somebody_who_neither_sits_nor_declared_has_no_page(self, member: User) -> None:
        assert signed_in(member).get(reverse("decisions:person", args=[UserFactory().pk])).status_code == 404


class TestDeclaring:
    GIVEN = {"kind": "financial", "organisation": "A pharmacy", "what": "Owns  it", "first": "2018-10-01", "last": ""}

    def declare(self, client: Client, whose: User, **changes: str) -> Any:
        url = reverse("decisions:interest_declare", args=[whose.pk])
        return client.post(url, {**self.GIVEN, **changes}, follow=True)

    def test_a_member_declares_and_ends_an_interest(self, member: User) -> None:
        client = signed_in(member)
        assertContains(self.declare(client, member), "It is on the register: Financial: Owns it.")
        interest = Interest.objects.held().get()
        assert (interest.person, interest.recorded_by, interest.what) == (member, member, "Owns it")
        answer = client.post(reverse("decisions:interest_end", args=[interest.pk]), {"last": "2018-11-30"}, follow=True)
        assertContains(answer, "It was true until 30 November 2018.")
        assertContains(client.get(reverse("decisions:interest_list")), "Ended</strong>")

    def test_a_secretary_enters_it_for_others_and_both_names_are_kept(self, member: User, secretary: Client) -> None:
        self.declare(secretary, member)
        interest = Interest.objects.held().get()
        assert (interest.person, str(interest.recorded_by)) == (member, "Sam Secretary")

    def test_nobody_else_writes_it(self, member: User, barnet: Any) -> None:
        SeatFactory(body=BodyFactory(commissioner=barnet), holder=member)
        colleague = signed_in(person(Role.BOARD_MEMBER, of=barnet))
        interest = InterestFactory(person=member)
        assert self.declare(colleague, member).status_code == 403
        for act in ("end", "correct", "void"):
            assert colleague.post(reverse(f"decisions:interest_{act}", args=[interest.pk])).status_code == 403
        assert colleague.post(reverse("decisions:confirm", args=[member.pk])).status_code == 403

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"what": " "}, "Say what the interest is."),
            ({"kind": ""}, "Choose the kind of interest."),
            ({"first": "31/02/2018"}, "That is not a day in the calendar."),
            ({"last": "2018-09-30"}, "The last day is before the first day."),
            ({"practice": "e99999"}, "No practice has the code “E99999”."),
        ],
    )
    def test_what_is_wrong_is_said(self, member: User, typed: dict[str, str], said: str) -> None:
        assertContains(self.declare(signed_in(member), member, **typed), said)
        assert not Interest.objects.exists()

    def test_it_is_in_a_practice_by_its_code(self, member: User) -> None:
        practice = PracticeFactory(ods_code="E83003")
        self.declare(signed_in(member), member, practice=" e83003 ")
        assert Interest.objects.get().practice == practice

    def test_the_same_interest_is_on_the_register_once(self, member: User) -> None:
        client = signed_in(member)
        self.declare(client, member)
        assertContains(self.declare(client, member), "That interest is on the register already on some of these days")

    def test_it_is_corrected_with_a_reason_and_shows_its_history(self, member: User) -> None:
        client = signed_in(member)
        self.declare(client, member)
        url = reverse("decisions:interest_correct", args=[Interest.objects.get().pk])
        answer = client.post(url, {**self.GIVEN, "what": "Owns half of it", "reason": "Only half"}, follow=True)
        assertContains(answer, "The register says now: Financial: Owns half of it.")
        assertContains(answer, "“Only half”")

    def test_of_two_who_correct_it_the_second_is_shown_what_the_first_did(
        self, member: User, secretary: Client
    ) -> None:
        client = signed_in(member)
        self.declare(client, member)
        url = reverse("decisions:interest_correct", args=[Interest.objects.get().pk])
        secretary.post(url, {**self.GIVEN, "what": "Owns half of it", "reason": "Only half"})
        assertContains(client.post(url, {**self.GIVEN, "what": "Owns a third", "reason": "A third"}), "Owns half of it")


class TestConfirming:
    def test_nothing_to_declare_is_a_statement_too(self, member: User) -> None:
        client = signed_in(member)
        assertContains(client.get(reverse("decisions:mine")), "Has not confirmed them yet.")
        answer = client.post(reverse("decisions:confirm", args=[member.pk]), {"says": "nothing"}, follow=True)
        assertContains(answer, "Nothing to declare, confirmed on 6 December 2018.")
        assertContains(client.get(reverse("decisions:mine")), "Confirmed</strong>")

    def test_it_is_not_said_against_the_register(self, member: User) -> None:
        client = signed_in(member)
        assertContains(
            client.post(reverse("decisions:confirm", args=[member.pk]), {"says": "all"}),
            "No interest is on the register on that day.",
        )
        InterestFactory(person=member)
        assertContains(
            client.post(reverse("decisions:confirm", args=[member.pk]), {"says": "nothing"}),
            "There are interests on the register",
        )
        client.post(reverse("decisions:confirm", args=[member.pk]), {"says": "all"})
        assert Confirmation.objects.get().nothing is False

    def test_it_is_asked_again_every_year(self, member: User, barnet: Any) -> None:
        SeatFactory(body=BodyFactory(commissioner=barnet), holder=member)
        services.confirm(by=member, person=member, nothing=True, today=TODAY)
        client = signed_in(member)

        def state(day: str) -> set[str]:
            found = set()
            for name in ("confirmed", "overdue", "never"):
                page = client.get(reverse("decisions:people_list"), {"state": name, "as_at": day}).content.decode()
                if "Pat Member" in page.partition("<tbody")[2]:
                    found.add(name)
            return found

        assert state("2018-12-05") == {"never"}
        assert state("2018-12-06") == {"confirmed"}
        assert state("2019-12-06") == {"confirmed"}
        assert state("2019-12-07") == {"overdue"}

    def test_a_day_is_confirmed_once_and_for_good(self, member: User) -> None:
        services.confirm(by=member, person=member, nothing=True, today=TODAY)
        assert refused(lambda: services.confirm(by=member, person=member, nothing=True, today=TODAY)) == (
            "That was confirmed for this day already."
        )
        with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
            Confirmation.objects.update(nothing=False)

    def test_nobody_confirms_a_day_to_come(self, member: User) -> None:
        with pytest.raises(IntegrityError, match="confirmed today or was on an earlier day"), transaction.atomic():
            Confirmation.objects.create(person=member, day=date(2099, 1, 1), nothing=True)
