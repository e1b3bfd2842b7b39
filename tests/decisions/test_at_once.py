"""Several who act at the same moment, each on a connection of their own."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cc2h.governance.decisions import deciding
from cc2h.governance.decisions.deciding import Handled, Resolution
from cc2h.governance.decisions.models import Decision, Declaration, Handling, Vote
from tests.budget.ground import at_once
from tests.decisions.ground import room
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_several_who_record_different_outcomes_one_wins_and_the_others_are_told() -> None:
    here = room()
    by = [UserFactory(name=f"Secretary {number}") for number in range(4)]
    outcomes = [Resolution("agreed", "Why"), Resolution("declined", "Why"), Resolution("deferred", "Why")]

    def act(place: int) -> Any:
        resolution = outcomes[place % 3]
        votes = () if resolution.outcome == "deferred" else ("for", "for", "for")
        return here.decide(*votes, resolution=resolution, by=by[place])

    found = at_once(4, act)
    won = [one for one in found if isinstance(one, Decision)]
    assert [one.pk for one in won] == [Decision.objects.get().pk]
    told = [one for one in found if isinstance(one, ValidationError)]
    assert len(told) == 3
    said = f"Somebody was first: {won[0].by} has recorded “{won[0].label}” for this item at "
    assert all(refusal.messages[0].startswith(said) for refusal in told)
    assert Vote.objects.count() == (3 if won[0].voted else 0)


def test_a_conflict_declared_at_the_moment_of_the_decision_is_before_it_or_refused() -> None:
    for _ in range(4):
        here = room()
        declared, decided = at_once(
            2, lambda place, here=here: here.declare(3) if place == 0 else here.decide("for", "for")
        )
        assert isinstance(declared, Declaration) != isinstance(decided, Decision)
        refusal = decided if isinstance(declared, Declaration) else declared
        assert "not been handled yet" in str(refusal) or "has recorded “Agree”" in str(refusal)


def test_a_handling_at_the_moment_of_the_vote_holds_for_it_or_comes_too_late() -> None:
    for _ in range(4):
        here = room()
        here.declare(1)
        here.handle(1, "stays_and_decides")

        def act(place: int, here: Any = here) -> Any:
            return here.handle(1, "leaves") if place == 0 else here.decide("for", "for", "for")

        handled, decided = at_once(2, act)
        assert isinstance(handled, Handling) != isinstance(decided, Decision)


def test_two_who_look_the_conflicts_up_at_once_put_each_on_record_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from cc2h.governance import subjects
    from tests.decisions.ground import Plans

    plans = Plans()
    monkeypatch.setitem(subjects.subjects, "plan", plans)
    here = room(kind="plan", key="1")
    plans.conflicted = {one.pk: ["Wrote it"] for one in here.people[2:4]}
    persons = [here.people[2].pk, here.people[3].pk]

    def act(place: int) -> Any:
        handled = [Handled(persons[place], "leaves", "Wrote it")]
        return deciding.handle(by=None, item=here.item, chair=here.chair, handled=handled)

    assert not [one for one in at_once(2, act) if isinstance(one, ValidationError)]
    assert Declaration.objects.count() == 2
    assert Handling.objects.count() == 2
