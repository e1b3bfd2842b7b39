"""Series: what is read of values, and what the database refuses."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import end
from kpis.models import PracticeValue
from kpis.series import series_of
from kpis.whose import Whose
from tests.factories import CommissionerFactory, PracticeFactory, person
from tests.factories.kpis import a_measure, define, value

pytestmark = pytest.mark.django_db
DAY = date(2019, 3, 31)


def test_a_value_is_never_changed_and_superseded_once() -> None:
    held = value(a_measure())
    with pytest.raises(IntegrityError, match="superseded once"), transaction.atomic():
        PracticeValue.objects.update(numerator=Decimal(11))
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        held.delete()


def test_a_suppressed_value_has_no_number() -> None:
    with pytest.raises(IntegrityError, match="suppressed_or_told"):
        value(a_measure(), suppressed=True)


def test_a_practice_has_one_current_value_of_a_period() -> None:
    measure, practice = a_measure(), PracticeFactory()
    value(measure, practice)
    with pytest.raises(IntegrityError, match="one_a_period"):
        value(measure, practice)


@pytest.fixture
def member() -> User:
    return person(Role.BOARD_MEMBER, of=CommissionerFactory())


def test_a_series_breaks_where_a_definition_can_not_be_compared_with_the_one_before(member: User) -> None:
    measure, practice = a_measure(), PracticeFactory()
    end(measure.definitions.get(), last=date(2017, 3, 31), by=None)
    define(measure, first=date(2017, 4, 1), breaks=True, multiplier=1000)
    for year in (2016, 2017, 2018):
        value(measure, practice, date(year, 3, 31), 20, 100)
    series = series_of(measure, Whose.of(practice), AsAt(DAY, None, DAY), member)
    assert [point.value for point in series.points] == [20, 20, 200]
    assert series.breaks == (2,)


def test_an_unpublished_value_is_its_own_practices_alone(member: User) -> None:
    measure, practice = a_measure(), PracticeFactory()
    value(measure, practice, published=False)
    assert series_of(measure, Whose.of(practice), AsAt(DAY, None, DAY), member).points == []
