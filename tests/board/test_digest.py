"""What waits, by mail in the morning: to whom, what it says, and once a day."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from cc2h.accounts import mail
from cc2h.accounts.authority import Role
from cc2h.accounts.services import choose_mail, deactivate
from cc2h.board import digest
from cc2h.board.models import Digest
from cc2h.cases.cycles.services import read
from cc2h.kit import work
from cc2h.kit.models import Work
from tests.budget.ground import at_once
from tests.factories import MembershipFactory, UserFactory, VersionFactory, person
from tests.factories.cycles import BEGAN, begun

pytestmark = pytest.mark.django_db

TODAY = date(2018, 12, 6)


@pytest.fixture
def manager() -> Any:
    """A practice manager for whom an agreement waits."""
    version = VersionFactory(agreement__title="Memorandum of information", agreement__slug="moi")
    return person(Role.PRACTICE_MANAGER, of=MembershipFactory(chin=version.agreement.chin).practice)


def told(day: date = TODAY) -> list[Any]:
    """The mails of a morning."""
    outbox.outbox.clear()
    digest.tell(day)
    work.sweep()
    return list(outbox.outbox)


def test_it_says_what_waits_and_where(manager: Any, settings: Any) -> None:
    settings.PORTAL_ADDRESS = "https://cc2h.example"
    (message,) = told()
    assert message.to == [manager.email]
    assert message.subject == "1 thing waits for you"
    assert "- Memorandum of information is to be signed" in message.body
    assert "https://cc2h.example/budget/agreements/moi/sign/" in message.body
    assert "https://cc2h.example/people/me/mail/" in message.body


def test_once_a_day_and_again_the_next(manager: Any) -> None:
    assert [len(told(day)) for day in (TODAY, TODAY, date(2018, 12, 7))] == [1, 0, 1]


def test_nothing_waits_no_mail(manager: Any) -> None:
    person(Role.QIST_MEMBER, of=MembershipFactory().chin)
    UserFactory()
    assert [message.to for message in told()] == [[manager.email]]


def test_not_to_whoever_does_not_want_it_nor_to_whoever_may_not_sign_in(manager: Any) -> None:
    choose_mail(by=manager, morning_mail=False)
    assert told() == []
    choose_mail(by=manager, morning_mail=True)
    deactivate(by=None, user=manager)
    assert told() == []


def test_everybody_switches_it_off_and_on_for_themselves(manager: Any) -> None:
    client = Client()
    client.force_login(manager)
    page = reverse("people:mail_choose")
    assertContains(client.get(reverse("people:me")), page)
    assertRedirects(client.post(page, {"morning_mail": "no"}), reverse("people:me"))
    manager.refresh_from_db()
    assert manager.morning_mail is False
    client.post(page, {"morning_mail": "yes"})
    manager.refresh_from_db()
    assert manager.morning_mail is True


def test_at_once_people_are_told_of_what_can_not_wait(manager: Any, settings: Any) -> None:
    settings.PORTAL_ADDRESS = "https://cc2h.example"
    gone = UserFactory(is_active=False)
    outbox.outbox.clear()
    assert mail.tell([manager.pk, gone.pk], "A claim was returned", ["“The minutes are missing.”"], "/claims/1/") == 1
    assert outbox.outbox == []  # a worker's work
    work.sweep()
    (message,) = outbox.outbox
    assert (message.to, message.subject) == ([manager.email], "A claim was returned")
    assert "“The minutes are missing.”\n\nhttps://cc2h.example/claims/1/" in message.body


def test_on_mondays_the_weeks_numbers_are_asked_for_in_a_mail_of_their_own(settings: Any) -> None:
    settings.PORTAL_ADDRESS = "https://cc2h.example"
    cycle = begun()
    lead = person(Role.CHIN_LEAD, of=cycle.case.chin)
    Work.objects.all().delete()  # of how the case came so far
    monday, tuesday = BEGAN + timedelta(7), BEGAN + timedelta(8)

    def mails(day: date) -> dict[str, str]:
        return {one.subject: one.body for one in told(day) if one.to == [lead.email]}

    (own,) = mails(monday).items()
    assert own[0] == "Last week’s numbers, in half a minute"
    assert f"https://cc2h.example/business-cases/cycles/{cycle.pk}/week/?week={BEGAN}" in own[1]
    assert "last week’s numbers of cycle 1" in mails(tuesday)["1 thing waits for you"]
    read(by=lead, cycle=cycle, week=BEGAN, values={}, seen="Quiet", today=tuesday)
    assert mails(tuesday + timedelta(1)) == {}


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_tell_once() -> None:
    version = VersionFactory()
    person(Role.PRACTICE_MANAGER, of=MembershipFactory(chin=version.agreement.chin).practice)
    assert sorted(at_once(2, lambda _: digest.tell(TODAY))) == [0, 1]
    assert Digest.objects.count() == 1
    outbox.outbox.clear()
    work.sweep()
    assert len(outbox.outbox) == 1
    connection.close()
