"""History: who, when, what, in which request; also for bulk SQL."""

from datetime import date
from typing import Any

import pghistory
import pytest
from django.db import connection
from django.test import Client

from cc2h.accounts.authority import Role
from cc2h.kit import history
from practices import services
from practices.models import Commissioner, PracticeDetail, PracticeStanding
from tests.factories import CommissionerFactory, PracticeFactory, UserFactory, person

pytestmark = pytest.mark.django_db


def test_an_act_leaves_who_when_what_and_why() -> None:
    manager = UserFactory(name="Manager")
    practice = PracticeFactory(detail__name="Old Name")
    services.change_details(by=manager, detail=practice.details.get(), day=None, reason="Misspelt", name="New Name")
    corrected, recorded = history.entries(PracticeDetail.objects.filter(practice=practice))
    assert corrected.who == "Manager"
    assert "corrected" in corrected.what
    assert "Misspelt" in corrected.what
    assert [(change.field, change.before, change.after) for change in corrected.changes] == [
        ("name", "Old Name", "New Name")
    ]
    assert recorded.who == "the portal"
    assert recorded.when < corrected.when


def test_the_request_that_did_it_is_beside_it(client: Client) -> None:
    barnet = CommissionerFactory(barnet=True)
    practice = PracticeFactory(ods_code="G80001", commissioner=barnet)
    client.force_login(person(Role.TRANSFORMATION_MANAGER, of=barnet, name="Manager"))
    standing = PracticeStanding.objects.get(practice=practice)
    client.post(
        f"/practices/G80001/status/{standing.pk}/",
        {"status": "dormant", "day": "2018-01-01", "confirm": "yes"},
        headers={"X-Request-ID": "request-0815"},
    )
    newest = history.entries(PracticeStanding.objects.filter(practice=practice))[0]
    assert (newest.who, newest.request) == ("Manager", "request-0815")


def test_bulk_sql_is_caught_too() -> None:
    CommissionerFactory.create_batch(3, local_word="CHIN")
    actor = UserFactory(name="Script")
    with pghistory.context(user=actor.pk, request_id="bulk-1"), connection.cursor() as cursor:
        cursor.execute("UPDATE practices_commissioner SET local_word = 'Hub'")
    for commissioner in Commissioner.objects.all():
        changed, _ = history.entries(Commissioner.objects.filter(pk=commissioner.pk))
        assert (changed.who, changed.request) == ("Script", "bulk-1")
        assert [(c.field, c.before, c.after) for c in changed.changes] == [("word for a CHIN", "CHIN", "Hub")]


def test_a_bulk_insert_leaves_an_event_for_every_row() -> None:
    practices = PracticeFactory.create_batch(5, detail=None)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO practices_practicedetail (thread, period, held, reason, closed_act, closed_reason, name, address,
                postcode, telephone, mailbox, borough, prescribing_setting, practice_id)
            SELECT gen_random_uuid(), daterange('2018-01-01', NULL), tstzrange(clock_timestamp(), NULL), '', '', '',
                   'Surgery ' || id, '', '', '', '', '', '4', id
            FROM practices_practice
            """
        )
    events: Any = PracticeDetail.pgh_event_models["insert"]  # type: ignore[attr-defined]
    assert events.objects.filter(practice__in=practices).count() == 5
    assert all(history.entries(PracticeDetail.objects.filter(practice=practice)) for practice in practices)


def test_history_itself_is_never_changed() -> None:
    CommissionerFactory()
    events: Any = Commissioner.pgh_event_models["insert"]  # type: ignore[attr-defined]
    with pytest.raises(Exception, match="Cannot update or delete"):
        events.objects.all().delete()


def test_what_was_true_and_when_it_changed_stays_apart() -> None:
    practice = PracticeFactory(detail__name="Old Name")
    services.change_details(by=None, detail=practice.details.get(), day=date(2018, 1, 1), name="New Name")
    what = [entry.what for entry in history.entries(PracticeDetail.objects.filter(practice=practice))]
    assert any("New Name, from 1 January 2018: recorded" in said for said in what)
    assert any("1 April 2013 to 31 December 2017: ended" in said for said in what)


def test_the_history_of_many_records_takes_no_more_queries_than_that_of_one(
    django_assert_num_queries: Any,
) -> None:
    CommissionerFactory.create_batch(6)
    with django_assert_num_queries(2):
        assert len(history.entries(Commissioner.objects.all())) == 6
