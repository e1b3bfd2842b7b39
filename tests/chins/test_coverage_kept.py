"""What was read of coverage is read again only after something it rests on has changed; then at once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cc2h.board.queries import commissioner_with_board_days
from cc2h.kit import dated, work
from cc2h.kit.asat import AsAt
from chins.coverage import Coverage, coverage_between, recompute
from chins.coverage.kept import Between
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeFactory,
)

pytestmark = pytest.mark.django_db
FIRST, LAST, MONTHS = date(2018, 3, 30), date(2018, 12, 6), date(2018, 1, 1)


def up_to_date() -> None:
    """The worker has done what waits."""
    while work.sweep():
        pass


def read(ods_code: str) -> tuple[Between, int]:
    """What a page reads, and how many statements it took besides asking for the state."""
    commissioner = commissioner_with_board_days(AsAt(LAST, None, LAST), ods_code)
    with CaptureQueriesContext(connection) as queries:
        found = coverage_between(commissioner, FIRST, LAST, MONTHS, None, state=commissioner.coverage_state)
    return found, len(queries)


class Register:
    """A commissioner with a CHIN of one practice, and one practice in none."""

    def __init__(self) -> None:
        self.commissioner = CommissionerFactory()
        self.chin = ChinFactory(commissioner=self.commissioner)
        self.inside, self.outside = PracticeFactory.create_batch(2, commissioner=self.commissioner)
        for practice in (self.inside, self.outside):
            ListSizeFactory(practice=practice, day=date(2018, 1, 1), patients=1_000)
        self.membership = MembershipFactory(chin=self.chin, practice=self.inside)
        recompute()
        up_to_date()


@pytest.fixture
def register() -> Register:
    return Register()


def test_a_second_reading_asks_nothing(register: Register) -> None:
    first, asked = read(register.commissioner.ods_code)
    assert asked > 0
    again, asked = read(register.commissioner.ods_code)
    assert asked == 0
    assert again.coverage[LAST].covered_patients == first.coverage[LAST].covered_patients == 1_000


def test_the_words_of_the_commissioner_are_those_of_now(register: Register) -> None:
    read(register.commissioner.ods_code)
    type(register.commissioner).objects.update(local_word="Network")
    found, asked = read(register.commissioner.ods_code)
    assert asked == 0
    assert found.changes.commissioner.local_word == "Network"
    assert all(one.commissioner.local_word == "Network" for one in (*found.coverage.values(), *found.points))


def rename(register: Register) -> None:
    detail = register.inside.details.get()
    dated.correct(detail, by=None, reason="Misspelt", name="Another name")


def rename_chin(register: Register) -> None:
    register.chin.name = "Another name"
    register.chin.save()


CHANGES: dict[str, tuple[Callable[[Register], Any], Callable[[Between], Any]]] = {
    "a list size": (
        lambda r: ListSizeFactory(practice=r.inside, day=date(2018, 6, 1), patients=2_000),
        lambda found: found.coverage[LAST].covered_patients,
    ),
    "a membership": (
        lambda r: MembershipFactory(chin=r.chin, practice=r.outside),
        lambda found: found.coverage[LAST].covered_practices,
    ),
    "a membership voided": (
        lambda r: dated.void(r.membership, by=None, reason="Mistake"),
        lambda found: found.coverage[LAST].covered_practices,
    ),
    "a practice": (
        lambda r: PracticeFactory(commissioner=r.commissioner),
        lambda found: found.coverage[LAST].practices,
    ),
    "the name of a practice": (rename, lambda found: sorted(row.name for row in found.changes.after)),
    "the name of a CHIN": (rename_chin, lambda found: {row.chin_name for row in found.changes.after}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_shows_at_once_and_is_kept_once_worked_out(register: Register, what: str) -> None:
    change, shown = CHANGES[what]
    before, _ = read(register.commissioner.ods_code)
    change(register)
    after, asked = read(register.commissioner.ods_code)
    assert asked > 0, "read while work is waiting"
    assert shown(after) != shown(before)
    read(register.commissioner.ods_code)
    assert read(register.commissioner.ods_code)[1] > 0, "nothing is kept while work is waiting"
    up_to_date()
    assert read(register.commissioner.ods_code)[1] > 0, "another state"
    kept, asked = read(register.commissioner.ods_code)
    assert asked == 0
    assert shown(kept) == shown(after)


def test_coverage_of_another_day_is_another_reading(register: Register) -> None:
    read(register.commissioner.ods_code)
    commissioner = commissioner_with_board_days(AsAt(LAST, None, LAST), register.commissioner.ods_code)
    other = coverage_between(commissioner, FIRST, FIRST, MONTHS, None, state=commissioner.coverage_state)
    one: Coverage = other.coverage[FIRST]
    assert one.day == FIRST
