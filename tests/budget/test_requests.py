"""Virements and cuts: asked for by one person, agreed by another, entered once."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from budget import ledger, requests
from budget.checking import differences
from budget.models import Entry, Line, Request
from tests.budget.ground import DAY, YEAR, at_once, balance, pounds, refused
from tests.factories import CommissionerFactory, LineFactory, SourceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Any:
    return UserFactory(name="Finance officer")


@pytest.fixture
def second() -> Any:
    return UserFactory(name="Second finance officer")


@pytest.fixture
def lines() -> tuple[Line, Line]:
    giving = LineFactory(allocated=1_000)
    return giving, LineFactory(source=giving.source)


def virement(by: Any, lines: tuple[Line, Line], amount: int = 400) -> Request:
    giving, taking = lines
    return requests.ask_for_virement(
        by=by, giving=giving, taking=taking, year=YEAR, amount=Decimal(amount), reason="Underspent", today=DAY
    )


class TestAsking:
    def test_enters_nothing_until_somebody_else_agrees(self, officer: Any, second: Any, lines: Any) -> None:
        asked = virement(officer, lines)
        assert not Entry.objects.filter(request__isnull=False).exists()
        requests.agree(by=second, request=asked, today=DAY)
        giving, taking = lines
        assert (balance(giving), balance(taking)) == (pounds(600), pounds(400))
        entered = Entry.objects.filter(request=asked)
        assert {(one.by, one.agreed_by, one.reason) for one in entered} == {(officer, second, "Underspent")}
        assert differences() == []

    def test_is_asked_for_before_it_is_decided(self, officer: Any, second: Any, lines: Any) -> None:
        decided = {"state": "agreed", "decided_by": second, "decided_on": DAY}
        given = {"line": lines[0], "year": YEAR, "amount": 1, "reason": "x", "asked_by": officer, "asked_on": DAY}
        with pytest.raises(IntegrityError, match="asked for before it is decided"), transaction.atomic():
            Request.objects.create(kind="cut", **given, **decided)

    def test_nobody_agrees_what_they_asked_for(self, officer: Any, lines: Any) -> None:
        asked = virement(officer, lines)
        said = "Somebody else decides on what one asks for."
        assert refused(lambda: requests.agree(by=officer, request=asked, today=DAY)) == said
        assert refused(lambda: requests.decline(by=officer, request=asked, why="No", today=DAY)) == said
        with pytest.raises(IntegrityError, match="budget_request_decided_by_another"), transaction.atomic():
            Request.objects.update(state="agreed", decided_by=officer, decided_on=DAY)

    def test_what_is_decided_stays(self, officer: Any, second: Any, lines: Any) -> None:
        asked = virement(officer, lines)
        requests.agree(by=second, request=asked, today=DAY)
        for act in (
            lambda: requests.agree(by=second, request=asked, today=DAY),
            lambda: requests.decline(by=second, request=asked, why="No", today=DAY),
            lambda: requests.withdraw(by=officer, request=asked, today=DAY),
        ):
            assert refused(act) == "It is agreed since 1 October 2018."
        with pytest.raises(IntegrityError, match="decided once"), transaction.atomic():
            Request.objects.update(amount=1)
        assert Entry.objects.filter(request=asked).count() == 2

    def test_declining_says_why_and_enters_nothing(self, officer: Any, second: Any, lines: Any) -> None:
        asked = virement(officer, lines)
        assert refused(lambda: requests.decline(by=second, request=asked, why=" ", today=DAY)) == (
            "Say why it is declined."
        )
        declined = requests.decline(by=second, request=asked, why="It is needed there", today=DAY)
        assert (declined.state, declined.why) == ("declined", "It is needed there")
        assert not Entry.objects.filter(request=asked).exists()

    def test_only_whoever_asked_withdraws(self, officer: Any, second: Any, lines: Any) -> None:
        asked = virement(officer, lines)
        assert refused(lambda: requests.withdraw(by=second, request=asked, today=DAY)) == (
            "What somebody asked for is withdrawn by themselves."
        )
        assert requests.withdraw(by=officer, request=asked, today=DAY).state == "withdrawn"

    def test_between_commissioners_nothing_is_vired(self, officer: Any) -> None:
        giving = LineFactory(allocated=1_000)
        taking = LineFactory(source=SourceFactory(commissioner=CommissionerFactory(ods_code="07R")))
        assert refused(lambda: virement(officer, (giving, taking))) == "Both lines are of the same commissioner."
        assert refused(lambda: virement(officer, (giving, giving))) == "A virement is from one line to another."

    def test_what_the_line_no_longer_has_is_refused_and_can_still_be_declined(
        self, officer: Any, second: Any, lines: Any
    ) -> None:
        asked = virement(officer, lines)
        ledger.commit(by=officer, line=lines[0], year=YEAR, amount=Decimal(700), day=DAY, reason="x")
        assert refused(lambda: requests.agree(by=second, request=asked, today=DAY)) == (
            "That is more than is left of the line’s allocation."
        )
        asked.refresh_from_db()
        assert asked.state == "asked"
        requests.decline(by=second, request=asked, why="Spent meanwhile", today=DAY)

    def test_a_cut_below_what_is_committed_is_recorded_by_two(self, officer: Any, second: Any, lines: Any) -> None:
        line = lines[0]
        ledger.commit(by=officer, line=line, year=YEAR, amount=Decimal(700), day=DAY, reason="x")
        asked = requests.ask_for_cut(
            by=officer, line=line, year=YEAR, amount=Decimal(500), reason="NHS England’s letter", today=DAY
        )
        requests.agree(by=second, request=asked, today=DAY)
        assert balance(line) == pounds(500, 0, 700, overcommitted=True)


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_at_the_same_moment_enter_it_once() -> None:
    giving = LineFactory(allocated=1_000)
    asked = virement(UserFactory(), (giving, LineFactory(source=giving.source)))
    seconds = UserFactory.create_batch(6)
    found = at_once(6, lambda place: requests.agree(by=seconds[place], request=asked, today=DAY))
    assert sum(isinstance(one, Request) for one in found) == 1
    assert sum(isinstance(one, ValidationError) for one in found) == 5
    assert Entry.objects.filter(request=asked).count() == 2
    assert differences() == []
