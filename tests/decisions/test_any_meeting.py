"""Whoever was there, conflicted, handled and voting: a decision is there exactly where the rules hold."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cc2h.governance.decisions import deciding
from cc2h.governance.decisions.deciding import Cast, Handled, Resolution
from cc2h.governance.decisions.models import Decision, How, Vote
from cc2h.governance.models import Attendance
from tests.decisions.ground import Room, room

SEATS = 5
PRESENCE = ["present", "apologies", "absent"]
HANDLING = ["", "stays_and_decides", "stays_silent", "leaves"]
VOTES = ["", "for", "against", "abstains"]

members = st.fixed_dictionaries(
    {
        "presence": st.sampled_from(PRESENCE),
        "conflicted": st.booleans(),
        "handling": st.sampled_from(HANDLING),
        "vote": st.sampled_from(VOTES),
    }
)
# Somebody as most are: without them hardly any meeting made up at random would decide anything.
LIKELY = [
    {"presence": presence, "conflicted": bool(handling), "handling": handling, "vote": vote}
    for presence, handling, vote in (
        ("present", "", "for"),
        ("present", "", "against"),
        ("present", "", "abstains"),
        ("apologies", "", ""),
        ("present", "leaves", ""),
        ("present", "stays_silent", ""),
        ("present", "stays_and_decides", "for"),
    )
]
people_there = st.one_of(*[st.sampled_from(LIKELY)] * 6, members)
PLAIN = {"presence": "present", "conflicted": False, "handling": "", "vote": "for"}


@pytest.fixture(scope="module")
def here(uncommitted: None) -> Room:
    """A body of five voting seats, whose first member presides. The quorum differs, by its terms."""
    return room(SEATS, quorum=3)


@pytest.fixture(scope="module")
def smaller(uncommitted: None) -> Room:
    return room(SEATS, quorum=1)


def may_be_decided(people: list[dict[str, Any]], quorum: int, *, casting: bool) -> bool:
    """The rules, said otherwise than the database says them."""
    there = [one for one in people if one["presence"] == "present"]
    if any(one["conflicted"] and not one["handling"] for one in there):
        return False
    if any(one["handling"] and not one["conflicted"] for one in people):
        return False  # nothing to handle
    if people[0]["conflicted"]:
        return False  # nobody handles their own, and the first says how all are handled here
    takes_part = [one for one in there if one["handling"] not in ("stays_silent", "leaves")]
    voted = [one for one in people if one["vote"]]
    if any(one not in takes_part or (one["conflicted"] and one["handling"] != "stays_and_decides") for one in voted):
        return False
    votes_for = sum(one["vote"] == "for" for one in people)
    against = sum(one["vote"] == "against" for one in people)
    if len(takes_part) < quorum:
        return False
    return votes_for == against and votes_for > 0 if casting else votes_for > against


@example(people=[PLAIN] * SEATS, few=False, casting=False)
@example(
    people=[PLAIN, {**PLAIN, "conflicted": True, "handling": "leaves", "vote": ""}] * 2 + [PLAIN],
    few=False,
    casting=False,
)
@example(people=[PLAIN, {**PLAIN, "conflicted": True, "handling": "leaves"}, *[PLAIN] * 3], few=False, casting=False)
@example(people=[PLAIN, {**PLAIN, "vote": "against"}, *[{**PLAIN, "vote": ""}] * 3], few=False, casting=True)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(people=st.lists(people_there, min_size=SEATS, max_size=SEATS), few=st.booleans(), casting=st.booleans())
def test_a_decision_is_there_exactly_where_the_rules_hold(
    here: Room, smaller: Room, db: None, people: list[dict[str, Any]], few: bool, casting: bool
) -> None:
    people = [{**one} for one in people]
    people[0]["presence"] = "present"  # whoever presides is there
    at = smaller if few else here
    with transaction.atomic():
        for one, attendance in zip(people, at.voters, strict=True):
            Attendance.objects.filter(pk=attendance.pk).update(presence=one["presence"])
        for number, one in enumerate(people):
            if one["conflicted"]:
                at.declare(number)
        cast = [
            Cast(attendance.seat_id or 0, attendance.person_id or 0, one["vote"])
            for one, attendance in zip(people, at.voters, strict=True)
            if one["vote"]
        ]
        handled = [
            Handled(attendance.person_id or 0, one["handling"], "Why")
            for one, attendance in zip(people, at.voters, strict=True)
            if one["handling"]
        ]
        try:
            deciding.record(
                by=None, item=at.item, chair=at.chair, handled=handled, cast=cast,
                resolution=Resolution("agreed", "Why", casting=casting),
            )  # fmt: skip
        except ValidationError:
            assert not Decision.objects.filter(item=at.item).exists()
            assert not Vote.objects.filter(item=at.item).exists()
        decided = Decision.objects.filter(item=at.item).first()
        expected = may_be_decided(people, 1 if few else 3, casting=casting)
        if decided is not None:
            out = {one.person for one in handled if one.how in (How.SILENT, How.LEAVES)}
            assert not Vote.objects.filter(item=at.item, person__in=out).exists(), "no vote against a handling counts"
            assert decided.could_vote is not None
            assert decided.quorum is not None
            assert decided.could_vote >= decided.quorum, "no decision without a quorum"
        transaction.set_rollback(True)
    assert (decided is not None) == expected
