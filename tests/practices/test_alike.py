"""Practices like a given one: the nearest by the stated distance, of those that the reader may see."""

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from cc2h.accounts.authority import Role
from cc2h.kit.asat import AsAt
from practices import alike as module
from practices.alike import REGISTER, Alike, alike
from practices.models import ListSize, Practice
from tests.factories import CommissionerFactory, ListSizeFactory, PostHoldingFactory, PracticeFactory, person
from tests.practices.test_pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
BEFORE, QUARTER, NOW, TODAY = date(2017, 12, 1), date(2018, 9, 30), date(2018, 12, 1), date(2018, 12, 6)


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def manager(barnet: Any) -> Any:
    return person(Role.TRANSFORMATION_MANAGER, of=barnet)


def practice(commissioner: Any, now: int, before: int | None = None, ages: list[int] | None = None) -> Practice:
    """ages: of each of the nine bands, half of them male."""
    sizes = {NOW: now} | ({BEFORE: before} if before is not None else {})
    made: Practice = PracticeFactory(commissioner=commissioner, patients=sizes)
    if ages:
        both = [n for band in ages for n in (band // 2, band - band // 2)]
        ListSizeFactory(practice=made, day=QUARTER, patients=sum(both), ages=both)
    return made


def like(one: Practice, user: Any, among: str = REGISTER, known: date | None = None) -> Alike:
    return alike(one, user, AsAt(TODAY, known, TODAY), among)


def test_the_distance_is_the_sum_of_three_gaps(barnet: Any, manager: Any) -> None:
    one = practice(barnet, 10_000, 10_000, [100] * 9)
    practice(barnet, 11_000, 10_000, [190, 10, *[100] * 7])
    found = like(one, manager)
    (other,) = found.nearest
    assert (other.size_gap, other.growth_gap, other.age_gap) == (10.0, 10.0, pytest.approx(10.0))
    assert other.distance == pytest.approx(30.0)
    assert found.itself is not None
    assert (found.others, found.itself.growth, found.itself.distance) == (1, 0.0, 0)


def test_what_is_not_known_of_it_is_not_compared(barnet: Any, manager: Any) -> None:
    one = practice(barnet, 10_000)
    practice(barnet, 10_100, 9_000, [100] * 9)
    (other,) = like(one, manager).nearest
    assert (other.growth_gap, other.age_gap, other.distance) == (None, None, 1.0)


def test_one_of_which_something_compared_is_not_known_is_left_out(barnet: Any, manager: Any) -> None:
    one = practice(barnet, 10_000, 10_000, [100] * 9)
    practice(barnet, 10_000, 10_000)
    practice(barnet, 10_000, None, [100] * 9)
    PracticeFactory(commissioner=barnet)
    complete = practice(barnet, 20_000, 10_000, [100] * 9)
    found = like(one, manager)
    assert [other.ods_code for other in found.nearest] == [complete.ods_code]
    assert found.others == 4


@pytest.mark.parametrize("known", [None, date(2018, 12, 3)])
def test_the_nearest_are_those_of_all_however_few_are_looked_at_first(
    barnet: Any, manager: Any, monkeypatch: pytest.MonkeyPatch, known: date | None
) -> None:
    chance = random.Random(7)
    made = [
        practice(
            barnet, chance.randint(1_000, 9_000), chance.randint(1_000, 9_000), chance.choices(range(50, 200), k=9)
        )
        for _ in range(40)
    ]
    for first in ListSize.objects.filter(practice__in=made[::4], day=NOW):  # put right since the day it was known
        moment = datetime(2018, 12, 4, tzinfo=UTC)
        ListSize.objects.filter(pk=first.pk).update(superseded_at=moment)
        ListSizeFactory(practice=first.practice, day=NOW, patients=first.patients + 777, recorded_at=moment)
    every = like(made[0], manager, known=known).nearest
    monkeypatch.setattr(module, "AT_FIRST", 12)
    assert like(made[0], manager, known=known).nearest == every
    sizes = {one.practice_id: one.patients for one in every}
    held = ListSize.objects.held(AsAt(TODAY, known, TODAY).known_at).filter(day=NOW, practice__in=sizes)
    assert sizes == dict(held.values_list("practice_id", "patients"))
    assert [one.distance for one in every] == sorted(one.distance for one in every)
    assert len(every) == 10


def test_only_practices_the_reader_may_see_and_of_the_programme_unless_all_are_asked_for(barnet: Any) -> None:
    outside = CommissionerFactory(ods_code="00K", in_programme=False)
    one, other = practice(barnet, 1_000), practice(outside, 1_000)
    seen = person(Role.TRANSFORMATION_MANAGER, of=barnet)
    assert like(one, seen).nearest == []
    of_both = person(Role.NCL_OFFICE, of=barnet)
    PostHoldingFactory(post__role=Role.NCL_OFFICE, post__of=outside, holder=of_both)
    assert [found.ods_code for found in like(one, of_both).nearest] == [other.ods_code]
    assert like(one, of_both, "programme").nearest == []


def test_as_many_statements_for_many_practices_as_for_few(
    barnet: Any, manager: Any, django_assert_max_num_queries: Any
) -> None:
    one = practice(barnet, 1_000)
    for n in range(15):
        practice(barnet, 1_000 + n)
    with django_assert_max_num_queries(6):
        like(one, manager)


class TestPage:
    @pytest.fixture
    def client(self, manager: Any) -> Client:
        client = Client()
        client.force_login(manager)
        return client

    def test_every_value_and_difference_and_the_formula_stand_on_it(self, client: Client, barnet: Any) -> None:
        one = practice(barnet, 10_000, 10_000, [100] * 9)
        practice(barnet, 11_000, 10_000, [190, 10, *[100] * 7])
        shown = text(client.get(f"/practices/{one.ods_code}/alike/"))
        for said in ("30.0", "10.0% apart", "+10.0%", "10.0 points apart", "each percent by which the other’s list"):
            assert said in shown
        assert "Practices like this one" in text(client.get(f"/practices/{one.ods_code}/"))
        assert client.get(f"/practices/{one.ods_code}/alike/?among=all").status_code == 400

    def test_one_without_a_list_can_t_be_compared(self, client: Client, barnet: Any) -> None:
        one = PracticeFactory(commissioner=barnet)
        assert "It can’t be compared" in text(client.get(f"/practices/{one.ods_code}/alike/"))
