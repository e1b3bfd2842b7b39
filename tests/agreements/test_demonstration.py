"""The memoranda of the demonstration."""

from datetime import date

import pytest

from budget.agreements.models import Signature
from budget.agreements.queries import signed
from cc2h.config.demonstration import agreements
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def test_most_practices_have_signed_by_the_day_of_the_story_and_some_hold_out() -> None:
    chin = ChinFactory(commissioner=CommissionerFactory(barnet=True), first=date(2017, 3, 27))
    members = [MembershipFactory(chin=chin, first=date(2017, 4, 30)).practice.pk for _ in range(10)]
    agreements.write(date(2018, 12, 6), {chin.slug: chin.pk})
    assert len(signed(members, "moi", date(2018, 12, 6))) == 9
    assert len(signed(members, "moi", date(2018, 10, 10))) < 9
    assert signed(members, "moi", date(2018, 9, 30)) == {}


def test_before_october_2018_there_are_none() -> None:
    chin = ChinFactory(commissioner=CommissionerFactory(barnet=True), first=date(2017, 3, 27))
    agreements.write(date(2018, 9, 30), {chin.slug: chin.pk})
    assert not Signature.objects.exists()
