"""What a body is told at its next meeting of the conditions it set, and people of the days by which they are to answer."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from cc2h.accounts import authority
from cc2h.accounts.authority import Role
from cc2h.cases.dates import next_of_cases
from cc2h.cases.route.dates import answers
from cc2h.cases.route.outcomes import Said
from cc2h.cases.route.services import Asked
from tests.factories import person
from tests.factories.governance import MeetingFactory
from tests.factories.route import SENT, routed, said, turn_of
from tests.governance.ground import signed_in

pytestmark = pytest.mark.django_db


def holding(user: Any, day: date) -> Any:
    user.authority = authority.of(user, day)
    return user


def test_the_next_agenda_opens_with_the_conditions_and_whether_they_are_met() -> None:
    case = routed(asked=60_000)
    for key in ("sponsor", "advice", "check"):
        said(case, key)
    outcome = said(case, "board", Said.CONDITIONS, conditions=[Asked("A nurse is in post", SENT + timedelta(30))])
    body = turn_of(case, "board").body
    coming = MeetingFactory(body=body, day=SENT + timedelta(35))
    member = signed_in(Role.BODY_MEMBER, case.commissioner)
    html = member.get(reverse("governance:meeting_detail", args=[coming.pk])).content.decode()
    asked = html[html.index("What this body asked last time") : html.index('id="agenda"')]
    assert "A nurse is in post" in asked
    assert "Not met yet" in asked
    assert case.title in asked
    outcome.conditions.update(met_on=SENT + timedelta(20), met_by=person(), evidence="A contract")
    html = member.get(reverse("governance:meeting_detail", args=[coming.pk])).content.decode()
    assert "A contract" in html[: html.index('id="agenda"')]


def test_who_may_answer_has_the_target_day_of_a_stage() -> None:
    case = routed()
    lead = holding(person(Role.CHIN_LEAD, of=case.chin), SENT)
    (one,) = answers(lead, SENT)
    assert one.when == turn_of(case, "sponsor").target_on
    assert f"{case.number} {case.title}" in one.what
    assert [*answers(holding(person(Role.FINANCE_OFFICER, of=case.commissioner), SENT), SENT)] == []
    said(case, "sponsor")
    assert [*answers(lead, SENT)] == []


def test_who_writes_a_case_has_what_comes_next_of_it() -> None:
    case = routed()
    (one,) = next_of_cases(holding(case.put_forward_by, SENT), SENT)
    assert (one.key, one.when) == (f"case-{case.number}-next", turn_of(case, "sponsor").target_on)
