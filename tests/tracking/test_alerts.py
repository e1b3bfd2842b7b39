"""Mails about what stands out: on a special cause only, once for each, to who owns the measure and who leads the CHIN."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox

from cc2h.accounts.authority import Role
from cc2h.kit import work
from kpis import services
from kpis.models import Definition, PracticeValue
from kpis.tracking import alerts
from kpis.tracking.models import Alert
from tests.budget.ground import at_once
from tests.factories import CommissionerFactory, person
from tests.factories.kpis import value
from tests.tracking.ground import DAY, Ground, months

pytestmark = pytest.mark.django_db
STEADY = (58.2, 59.1, 57.4, 60, 58.8, 59.5, 57.9, 58.6, 60.3, 59, 58.1, 59.7) * 2
SPIKE = (*STEADY[:-1], 72.0)


def told(day: Any = DAY) -> dict[str, str]:
    """By address the mails that a morning brings."""
    outbox.outbox.clear()
    alerts.tell(day)
    while work.sweep():
        pass
    return {one.to[0]: str(one.body) for one in outbox.outbox}


def lead(ground: Ground, **facts: Any) -> Any:
    return person(Role.CHIN_LEAD, of=ground.chin, **facts)


def owned(ground: Ground, role: Role) -> None:
    services.correct_definition(
        by=None, definition=Definition.objects.get(measure=ground.measure), reason="It has an owner", owner=role
    )


def test_a_special_cause_is_told_to_the_chin_s_lead_with_its_sentence_and_page() -> None:
    ground = Ground(SPIKE)
    leader = lead(ground)
    body = told()[leader.email]
    assert "CHIN 1, At target: 72.0% in November 2018 is above the upper limit: an improvement." in body
    assert "/measures/at-target/series/chin/barnet-1/" in body


def test_whoever_owns_the_measure_is_told_of_all_its_series() -> None:
    ground = Ground(SPIKE)
    owned(ground, Role.ANALYST)
    analyst, elsewhere = ground.analyst(), person(Role.ANALYST, of=CommissionerFactory(in_programme=True))
    ground.commissioner.refresh_from_db()
    mails = told()
    assert mails[analyst.email].count("above the upper limit") >= 2  # the CHIN and its commissioner
    assert "CHIN 1" not in mails.get(elsewhere.email, "")


def test_common_cause_is_told_to_nobody() -> None:
    ground = Ground(STEADY)
    lead(ground)
    assert told() == {}


def test_a_cause_is_told_once_though_it_goes_on() -> None:
    ground = Ground(SPIKE)
    leader = lead(ground)
    assert leader.email in told()
    assert told() == {}
    assert told(DAY + timedelta(days=1)) == {}
    assert Alert.objects.filter(kind="chin").count() == 1


def test_what_was_found_long_ago_is_no_news() -> None:
    ground = Ground((*STEADY[:12], *(value + 9 for value in STEADY[12:])))
    lead(ground)
    assert told() == {}


def test_who_has_no_wish_for_mail_is_told_nothing() -> None:
    ground = Ground(SPIKE)
    lead(ground, morning_mail=False)
    assert told() == {}


def test_few_unpublished_values_are_told_to_who_may_see_each() -> None:
    ground = Ground(())
    for end, one in zip(months(len(SPIKE)), SPIKE, strict=True):
        value(ground.measure, ground.practice, end, round(one * 10), 1000, months=1, published=False)
    ground.settle()
    assert PracticeValue.objects.filter(published=False).exists()
    owned(ground, Role.BOARD_MEMBER)
    board, leader = person(Role.BOARD_MEMBER, of=ground.commissioner), lead(ground)
    mails = told()
    assert leader.email in mails
    assert board.email not in mails


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_tells() -> None:
    ground = Ground(SPIKE)
    lead(ground)
    answers = at_once(2, lambda _: alerts.tell(DAY))
    assert sorted(answers) == [0, 1]
