"""What it takes for a body to decide: conflicts handled by the chair, a quorum of who takes part, votes that carry it."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from cc2h.governance import subjects
from cc2h.governance.decisions import deciding, queries
from cc2h.governance.decisions.deciding import Cast, Condition, Handled, Resolution
from cc2h.governance.decisions.models import Decision, Declaration, Handling, Vote
from tests.budget.ground import refused
from tests.decisions.ground import AGREED, DAY, NEXT, Plans, Room, room
from tests.factories import DeputyFactory, UserFactory
from tests.factories.decisions import InterestFactory
from tests.factories.governance import (
    AttendanceFactory,
    BodyFactory,
    ItemFactory,
    MeetingFactory,
    SeatFactory,
    TermsFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Plans:
    kind = Plans()
    monkeypatch.setitem(subjects.subjects, kind.kind, kind)
    return kind


class TestVotes:
    def test_more_for_than_against_carries_it(self) -> None:
        here = room()
        decision = here.decide("for", "for", "for", "against", "abstains", by=here.chair, post="Secretary")
        counts = (decision.quorum, decision.could_vote, decision.votes_for, decision.votes_against, decision.abstained)
        assert counts == (3, 5, 3, 1, 1)
        assert (decision.outcome, decision.label, decision.day, decision.chair) == ("agreed", "Agree", DAY, here.chair)
        assert (decision.by, decision.post, decision.casting) == (here.chair, "Secretary", False)

    @pytest.mark.parametrize("choices", [("for", "against"), ("against", "against"), ("abstains",), ()])
    def test_what_is_not_carried_is_not_decided(self, choices: tuple[str, ...]) -> None:
        assert refused(lambda: room().decide(*choices)).startswith("Not carried: ")
        assert not Vote.objects.exists()

    def test_at_a_tie_the_chairs_casting_vote_carries_it_and_is_on_record(self) -> None:
        here = room()
        carried = Resolution("agreed", "The chair carried it.", casting=True)
        assert here.decide("for", "for", "against", "against", resolution=carried).casting

    def test_there_is_no_casting_vote_where_it_is_carried_or_lost_anyway(self) -> None:
        casting = Resolution("agreed", "Why", casting=True)
        for choices in (("for", "for", "against"), ("against",), ()):
            assert "only where as many voted for it as against it" in refused(
                lambda choices=choices: room().decide(*choices, resolution=casting)
            )

    def test_a_chair_who_has_no_vote_casts_none(self) -> None:
        here = room()
        here.there[0].presides = False
        here.there[0].save()
        here.there[-1].presides = True
        here.there[-1].save()
        casting = Resolution("agreed", "Why", casting=True)
        said = refused(lambda: here.decide("for", "against", chair=-1, resolution=casting))
        assert said == "Only a chair who votes has a casting vote."

    def test_only_who_was_there_in_a_voting_seat_votes_and_for_that_seat(self) -> None:
        here = room()
        secretary, stranger = here.there[-1], UserFactory()
        for cast in (
            Cast(secretary.seat_id, secretary.person_id, "for"),
            Cast(here.there[0].seat_id, stranger.pk, "for"),
            Cast(here.there[0].seat_id, here.there[1].person_id, "for"),
            Cast(SeatFactory(body=here.body).pk, stranger.pk, "for"),
        ):
            assert refused(lambda cast=cast: deciding.vote(by=None, item=here.item, cast=[cast])).startswith(
                "Only whoever was at the meeting in a voting seat"
            )

    def test_whoever_sent_apologies_has_no_vote(self) -> None:
        here = room()
        here.there[1].presence = "apologies"
        here.there[1].save()
        assert "Only whoever was at the meeting" in refused(lambda: here.decide("for", "for"))

    def test_a_deputy_votes_in_the_seat_they_sat_in(self) -> None:
        here = room()
        deputy = DeputyFactory(post=here.seats[1].post).deputy
        here.there[1].person, here.there[1].as_deputy = deputy, True
        here.there[1].save()
        assert here.decide("for", "for").votes_for == 2

    def test_a_seat_has_one_vote(self) -> None:
        here = room()
        deciding.vote(by=None, item=here.item, cast=here.cast("for"))
        assert refused(lambda: deciding.vote(by=None, item=here.item, cast=here.cast("against"))) in (
            "There is a vote for that seat already.",
            "They have voted on the item already.",
        )

    def test_votes_taken_before_are_counted_with_the_decision(self) -> None:
        here = room()
        deciding.vote(by=None, item=here.item, cast=here.cast("for", "for"))
        decision = deciding.decide(by=None, item=here.item, chair=here.chair, resolution=AGREED)
        assert decision.votes_for == 2
        assert "has been decided on" in _straight(
            Vote(item=here.item, seat=here.there[2].seat, person=here.people[2], choice="for")
        )

    def test_nobody_votes_at_a_meeting_to_come_or_on_what_is_off_the_agenda(self) -> None:
        later = room(state="planned")
        assert refused(lambda: deciding.decide(by=None, item=later.item, chair=UserFactory(), resolution=AGREED)) == (
            "A body decides at a meeting that has been held. Enter who was there first."
        )
        gone = room()
        gone.item.taken_off, gone.item.why_moved = True, "Not needed"
        gone.item.save()
        assert "not on the agenda" in refused(lambda: gone.decide("for"))


class TestQuorum:
    def test_without_a_quorum_nothing_is_decided(self) -> None:
        assert refused(lambda: room(2, quorum=3).decide("for", "for")) == (
            "No quorum: 2 could vote on this item, and it takes 3."
        )

    def test_whoever_leaves_or_is_silent_does_not_count_for_the_quorum(self) -> None:
        here = room(4, quorum=3)
        for number, how in ((2, "leaves"), (3, "stays_silent")):
            here.declare(number)
            here.handle(number, how)
        assert "No quorum: 2 could vote" in refused(lambda: here.decide("for", "for"))

    def test_whoever_stays_and_decides_counts(self) -> None:
        here = room(3, quorum=3)
        here.declare(2)
        here.handle(2, "stays_and_decides")
        assert here.decide("for", "for", "for").could_vote == 3

    def test_the_terms_of_the_day_of_the_meeting_count(self) -> None:
        body = BodyFactory()
        TermsFactory(body=body, quorum=9, first=date(2018, 11, 2))
        TermsFactory(body=body, quorum=1, first=date(2017, 1, 1), last=date(2018, 10, 31))
        here = room(2, quorum=2, body=body, first=DAY, last=DAY)
        assert here.decide("for", "for").quorum == 2

    def test_a_body_without_terms_has_no_quorum_that_anybody_knows(self) -> None:
        body = BodyFactory()
        meeting = MeetingFactory(body=body, day=DAY)
        item = ItemFactory(meeting=meeting)
        meeting.state = "held"
        meeting.save()
        there = AttendanceFactory(meeting=meeting, seat__body=body, presides=True)
        said = refused(lambda: deciding.record(
            by=None, item=item, chair=there.person, cast=[Cast(there.seat_id, there.person_id, "for")], resolution=AGREED
        ))  # fmt: skip
        assert said.startswith("The body has no terms of reference on the day")

    def test_somebody_without_an_account_is_there_and_counts_for_nothing(self) -> None:
        here = room(2, quorum=3)
        AttendanceFactory(meeting=here.meeting, seat=None, person=None, name="Director of a trust")
        assert "No quorum: 2 could vote" in refused(lambda: here.decide("for", "for"))


class TestWhatIsNotVotedOn:
    def test_a_body_without_a_quorum_can_still_defer(self) -> None:
        here = room(2, quorum=3)
        decision = here.decide(resolution=Resolution("deferred", "Too few were there."))
        assert (decision.voted, decision.quorum, decision.votes_for) == (False, None, None)

    def test_it_is_deferred_until_a_later_day_if_one_is_said(self) -> None:
        until = Resolution("deferred", "Too few were there.", until=NEXT)
        assert room(2, quorum=3).decide(resolution=until).until == NEXT
        for outcome, day in (("deferred", DAY), ("agreed", NEXT)):
            choices = ("for",) if outcome == "agreed" else ()
            said = refused(
                lambda outcome=outcome, day=day, choices=choices: room().decide(
                    *choices, resolution=Resolution(outcome, "Why", until=day)
                )
            )
            assert said.startswith("An item is deferred until a day after the meeting")

    def test_it_takes_no_votes(self) -> None:
        here = room()
        said = refused(lambda: here.decide("for", resolution=Resolution("deferred", "Why")))
        assert said == "This outcome takes no vote, and votes have been recorded."

    def test_what_is_to_be_noted_is_noted_without_a_vote(self) -> None:
        here = room(1, quorum=3, task="note")
        assert here.decide(resolution=Resolution("noted", "Read.")).label == "Note"

    def test_what_a_body_decides_is_never_decided_without_a_vote(self) -> None:
        here = room()
        row = _decision(here, outcome="agreed", voted=False)
        assert _straight(row).startswith("What a body decides takes a vote")


class TestConflicts:
    def test_a_declared_conflict_is_handled_before_anything_is_decided(self) -> None:
        here = room()
        here.declare(2)
        said = refused(lambda: here.decide("for", "for"))
        assert (
            said
            == f"A conflict has not been handled yet: {here.people[2].name}. The chair says how it is, and then the body decides."
        )
        here.handle(2, "leaves")
        assert here.decide("for", "for").could_vote == 4

    def test_of_somebody_who_was_not_there_nothing_is_left_to_handle(self) -> None:
        here = room()
        deciding.declare(by=None, item=here.item, person=UserFactory(), said="I own it")
        assert here.decide("for", "for").could_vote == 5

    @pytest.mark.parametrize("how", ["stays_silent", "leaves", ""])
    def test_nobody_conflicted_votes_unless_the_chair_lets_them(self, how: str) -> None:
        here = room()
        here.declare(1)
        if how:
            here.handle(1, how)
        said = refused(lambda: here.decide("for", "for"))
        assert said.startswith("Whoever has a conflict on the item votes only where the chair")

    def test_the_last_handling_holds(self) -> None:
        here = room()
        here.declare(1)
        here.handle(1, "leaves")
        here.handle(1, "stays_and_decides")
        assert here.decide("for", "for").votes_for == 2
        assert Handling.objects.count() == 2

    def test_all_at_once_as_a_secretary_enters_it(self) -> None:
        here = room()
        here.declare(1)
        decision = here.decide("for", "", "for", handled=[Handled(here.people[1].pk, "leaves", "A partner there")])
        assert (decision.could_vote, decision.votes_for) == (4, 2)

    def test_whoever_has_voted_declares_nothing_more(self) -> None:
        here = room()
        deciding.vote(by=None, item=here.item, cast=here.cast("for"))
        assert refused(lambda: here.declare(0)) == "They have voted on the item already."

    def test_after_the_decision_nothing_is_declared_or_handled(self) -> None:
        here = room()
        here.decide("for", by=here.chair)
        for act in (lambda: here.declare(1), lambda: here.handle(1, "leaves"), lambda: here.decide("for")):
            assert f"{here.chair.name} has recorded “Agree” for this item" in refused(act)
        said = _straight(Declaration(item=here.item, person=here.chair, words="Late"))
        assert said == f"The item has been decided on: {here.chair.name} recorded “Agree”."

    def test_without_a_conflict_there_is_nothing_to_handle(self) -> None:
        assert "have no conflict on this item" in refused(lambda: room().handle(1, "leaves"))

    def test_why_is_said_always(self) -> None:
        here = room()
        here.declare(1)
        blank = Handled(here.people[1].pk, "leaves", " ")
        assert "Why: it can’t be empty." in refused(
            lambda: deciding.handle(by=None, item=here.item, chair=here.chair, handled=[blank])
        )

    def test_a_conflict_is_declared_once_in_the_same_words(self) -> None:
        here = room()
        here.declare(1)
        assert refused(lambda: here.declare(1)) == "That is declared already."

    def test_an_interest_of_somebody_else_is_not_declared_as_ones_own(self) -> None:
        here = room()
        said = refused(lambda: deciding.declare(
            by=None, item=here.item, person=here.chair, said="Mine", interest=InterestFactory()
        ))  # fmt: skip
        assert said == "That is an interest of somebody else."


class TestAnItemThatIsMoved:
    def test_it_is_on_the_other_agenda_with_what_was_declared_and_off_this_one(self) -> None:
        here = room()
        later = MeetingFactory(body=here.body, day=NEXT)
        here.declare(1, "A partner there")
        here.handle(1, "item_moved", moved_to=later)
        here.item.refresh_from_db()
        there = here.item.moved_to
        assert there is not None
        assert (here.item.taken_off, there.meeting, there.title) == (True, later, here.item.title)
        assert [*Declaration.objects.filter(item=there).values_list("person", "words")] == [
            (here.people[1].pk, "A partner there")
        ]
        assert "not on the agenda" in refused(lambda: here.decide("for"))

    def test_it_is_not_moved_and_decided_on_at_once(self) -> None:
        here = room()
        later = MeetingFactory(body=here.body, day=NEXT)
        here.declare(1)
        moved = [Handled(here.people[1].pk, "item_moved", "Why", later)]
        assert "leave the outcome out" in refused(lambda: here.decide("for", handled=moved))

    def test_only_to_a_later_meeting_of_the_same_body(self) -> None:
        here = room()
        here.declare(1)
        for meeting in (
            MeetingFactory(day=NEXT),
            MeetingFactory(body=here.body, day=date(2018, 10, 1)),
            MeetingFactory(body=here.body, day=NEXT, state="cancelled", why_cancelled="Why"),
        ):
            said = refused(lambda meeting=meeting: here.handle(1, "item_moved", moved_to=meeting))
            assert said == "An item is moved to a later meeting of the same body, which is still to be held."
        assert "moved to a later meeting" in refused(lambda: here.handle(1, "item_moved"))
        said = refused(lambda: here.handle(1, "leaves", moved_to=MeetingFactory(body=here.body, day=NEXT)))
        assert said == "Say to which meeting the item is moved, and only then."


class TestTheChair:
    def test_nobody_handles_their_own_conflict(self) -> None:
        here = room()
        here.declare(0)
        assert refused(lambda: here.handle(0, "stays_and_decides")).startswith("Nobody says themselves")

    def test_the_vice_chair_handles_the_chairs_and_is_in_the_chair_for_the_item(self) -> None:
        here = room()
        here.declare(0)
        here.handle(0, "leaves", chair=1)
        assert refused(lambda: here.decide("", "for", "for")).startswith("Whoever stays silent on an item or leaves")
        decision = here.decide("", "for", "for", chair=1)
        assert decision.chair == here.people[1]

    def test_a_chair_who_stays_and_decides_stays_in_the_chair(self) -> None:
        here = room()
        here.declare(0)
        here.handle(0, "stays_and_decides", chair=2)
        assert here.decide("for", "for").chair == here.chair

    def test_nobody_else_is_in_the_chair_while_the_chair_has_no_conflict(self) -> None:
        here = room()
        here.declare(2)
        said = refused(lambda: here.handle(2, "leaves", chair=1))
        assert said.startswith("Whoever took the chair of the meeting has no conflict")
        assert refused(lambda: room().decide("for", chair=1)).startswith("Whoever took the chair of the meeting")

    def test_whoever_is_in_the_chair_sits_on_the_body_and_is_there(self) -> None:
        here = room()
        here.declare(0)
        handled = [Handled(here.chair.pk, "leaves", "Why")]
        said = refused(lambda: deciding.handle(by=None, item=here.item, chair=UserFactory(), handled=handled))
        assert said == "Whoever takes the chair for an item has a seat on the body, and is there."

    def test_before_the_meeting_its_chair_or_vice_chair_says(self) -> None:
        here = room(state="planned")
        chair, vice, member = here.holders[:3]
        deciding.declare(by=member, item=here.item, person=member, said="I work there")
        handled = [Handled(member.pk, "stays_silent", "Why")]
        said = refused(lambda: deciding.handle(by=None, item=here.item, chair=member, handled=handled))
        assert said.startswith("Nobody says themselves")
        said = refused(lambda: deciding.handle(by=None, item=here.item, chair=UserFactory(), handled=handled))
        assert said == "Before the meeting its chair or vice chair says how a conflict is handled."
        for who in (vice, chair):
            deciding.handle(by=None, item=here.item, chair=who, handled=handled)
        assert queries.chairs(here.item) == [chair, vice]


class TestPlainConflicts:
    """What the portal finds by itself is on record before anybody votes."""

    def test_what_the_room_of_the_record_knows_is_declared_and_holds(self, plans: Plans) -> None:
        here = room(kind="plan", key="1")
        plans.conflicted = {
            here.people[1].pk: ["Works at a practice of the CHIN", "Wrote it"],
            UserFactory().pk: ["No"],
        }
        approve = Resolution("approved", "Why")
        assert "votes only where the chair" in refused(lambda: here.decide("for", "for", resolution=approve))
        assert not Declaration.objects.exists()
        decision = here.decide(
            "for", "", "for", resolution=approve, handled=[Handled(here.people[1].pk, "leaves", "Wrote it")]
        )
        assert decision.could_vote == 4
        assert [*Declaration.objects.values_list("words", "found")] == [
            ("Works at a practice of the CHIN", True),
            ("Wrote it", True),
        ]

    def test_it_is_put_on_record_once(self, plans: Plans) -> None:
        here = room(kind="plan", key="1")
        plans.conflicted = {here.people[1].pk: ["Wrote it"]}
        here.handle(1, "leaves")
        here.handle(1, "stays_silent")
        assert Declaration.objects.count() == 1

    def test_the_page_shows_it_before_it_is_on_record(self, plans: Plans) -> None:
        here = room(kind="plan", key="1")
        plans.conflicted = {here.people[1].pk: ["Wrote it"]}
        shown = queries.conflicts(here.item)
        assert [(one.person, one.words, one.open) for one in shown] == [(here.people[1], [("Wrote it", True)], True)]
        assert not Declaration.objects.exists()

    def test_nobody_is_plainly_conflicted_before_money_can_be_committed(self, plans: Plans) -> None:
        here = room(kind="plan", key="1", task="advise")
        plans.conflicted = {here.people[1].pk: ["Wrote it"]}
        assert queries.conflicts(here.item) == []

    @pytest.mark.parametrize(("asked", "known"), [(0, 7), (8, 7)])
    def test_any_number_of_people_is_the_same_number_of_queries(
        self, plans: Plans, django_assert_max_num_queries: Any, asked: int, known: int
    ) -> None:
        here = room(5 + asked, kind="plan", key="1")
        plans.conflicted = {person.pk: ["Wrote it"] for person in here.people}
        with django_assert_max_num_queries(known):
            assert len(queries.conflicts(here.item)) == 6 + asked


class TestOutcomes:
    @pytest.mark.parametrize(
        ("resolution", "said"),
        [
            (Resolution("agreed", " "), "Say why it was decided so."),
            (Resolution("nonsense", "Why"), "The outcome can be “Agree”, “Agree with conditions”, “Do not agree” or “Defer”."),
            (Resolution("conditions", "Why"), "“Agree with conditions” needs at least one condition."),
            (Resolution("agreed", "Why", [Condition("Report")]), "“Agree” takes no conditions."),
            (Resolution("agreed", "Why", sections=["costs"]), "“costs” is no part of it."),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_refused_in_words(self, resolution: Resolution, said: str) -> None:
        assert said in refused(lambda: room().decide("for", resolution=resolution))

    def test_conditions_are_kept_with_their_days(self) -> None:
        asked = Resolution("conditions", "Why", [Condition("Report", date(2019, 3, 31)), Condition("Share it")])
        decision = room().decide("for", resolution=asked)
        decision.refresh_from_db()
        assert decision.conditions == [{"text": "Report", "due": "2019-03-31"}, {"text": "Share it", "due": None}]

    def test_the_room_of_the_record_is_told_in_the_same_transaction(self, plans: Plans) -> None:
        here = room(kind="plan", key="7")
        asked = Resolution("conditions", "Why", [Condition("Report", date(2019, 3, 31))])
        decision = here.decide("for", resolution=asked)
        told = plans.told[0]
        assert (told.decision, told.key, told.body, told.task, told.outcome) == (
            decision.pk, "7", here.body, "decide", "conditions",
        )  # fmt: skip
        assert (told.conditions, told.due, told.day, told.reasons) == (["Report"], [date(2019, 3, 31)], DAY, "Why")

    def test_what_it_refuses_is_not_decided(self, plans: Plans) -> None:
        here = room(kind="plan", key="7")
        plans.refuses = ValidationError("There is no money left.")
        assert (
            refused(lambda: here.decide("for", resolution=Resolution("approved", "Why"))) == "There is no money left."
        )
        assert not Decision.objects.exists()
        assert not Vote.objects.exists()

    def test_more_is_asked_of_parts_that_are_there(self, plans: Plans) -> None:
        here = room(kind="plan", key="7")
        assert "names the parts" in refused(lambda: here.decide("for", resolution=Resolution("asked", "Why")))
        decision = here.decide("for", resolution=Resolution("asked", "Why", sections=["costs"]))
        assert decision.sections == ["costs"]

    def test_what_waits_for_nothing_from_the_body_is_not_decided(self, plans: Plans) -> None:
        here = room(kind="plan", key="done")
        assert "Nothing is asked of the body" in refused(lambda: here.decide("for"))

    def test_a_rehearsal_says_what_it_would_come_to_and_leaves_nothing(self, plans: Plans) -> None:
        here = room(kind="plan", key="7")
        would = deciding.rehearse(
            by=None, item=here.item, chair=here.chair, cast=here.cast("for"), resolution=Resolution("approved", "Why")
        )
        assert isinstance(would, Decision)
        assert (would.votes_for, would.could_vote) == (1, 5)
        assert not Decision.objects.exists()
        assert not Vote.objects.exists()


class TestFrozen:
    def test_how_it_came_about_is_kept_as_it_was(self) -> None:
        here = room()
        here.declare(1, "A partner of the practice")
        decision = here.decide("for", "", "for", handled=[Handled(here.people[1].pk, "leaves", "A partner there")])
        name = here.people[1].name
        here.people[1].name = "Another name"
        here.people[1].save()
        decision.refresh_from_db()
        kept = decision.document
        assert kept["terms"] == {"from": "2013-04-01", "quorum": 3, "limit": None}
        assert [one["vote"] for one in kept["people"]] == ["For", "", "", "For", "", ""]  # the secretary is the third
        assert kept["conflicts"] == [{
            "name": name, "words": [{"text": "A partner of the practice", "found": False}], "there": True,
            "how": "Leaves for the item", "why": "A partner there", "chair": here.chair.name,
        }]  # fmt: skip
        assert [one["took_part"] for one in kept["people"]][:2] == [True, False]

    @pytest.mark.parametrize("model", [Decision, Declaration, Handling, Vote])
    @pytest.mark.parametrize("act", ["UPDATE {table} SET item_id = item_id", "DELETE FROM {table}"])
    def test_nothing_of_it_is_changed_or_deleted(self, model: Any, act: str) -> None:
        here = room()
        here.declare(1)
        here.decide("for", handled=[Handled(here.people[1].pk, "leaves", "Why")])
        with (
            pytest.raises(Exception, match="Cannot update or delete"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act.format(table=model._meta.db_table))


class TestStraightAtTheTables:
    """What a program that goes round the services is told."""

    def test_frozen_counts_are_those_of_the_votes(self) -> None:
        here = room()
        deciding.vote(by=None, item=here.item, cast=here.cast("for", "for"))
        right = {"quorum": 3, "could_vote": 5, "votes_for": 2, "votes_against": 0, "abstained": 0}
        for name in right:
            assert _straight(_decision(here, **right | {name: 4})).startswith("What a decision says of its votes"), name
        _decision(here, **right).save()

    def test_it_is_of_the_day_of_its_meeting(self) -> None:
        assert _straight(_decision(room(), day=NEXT)) == "A decision is of the day of its meeting."

    def test_votes_that_are_no_longer_those_of_people_there_carry_nothing(self) -> None:
        here = room()
        deciding.vote(by=None, item=here.item, cast=here.cast("for", "for"))
        here.there[1].presence = "absent"
        here.there[1].save()
        row = _decision(here, quorum=3, could_vote=4, votes_for=2, votes_against=0, abstained=0)
        assert _straight(row).startswith("What a decision says of its votes")

    def test_a_meeting_that_is_not_held_decides_nothing(self) -> None:
        here = room(state="planned")
        assert _straight(_decision(here, chair=UserFactory())).startswith(
            "A body decides at a meeting that has been held"
        )

    def test_a_vote_of_a_conflicted_person(self) -> None:
        here = room()
        here.declare(0)
        row = Vote(item=here.item, seat=here.there[0].seat, person=here.chair, choice="for")
        assert _straight(row).startswith("Whoever has a conflict on the item votes only")

    def test_a_meeting_to_come_has_no_votes(self) -> None:
        meeting = MeetingFactory(day=date(2099, 1, 5))
        seat = SeatFactory(body=meeting.body)
        row = Vote(item=ItemFactory(meeting=meeting), seat=seat, person=UserFactory(), choice="for")
        assert _straight(row) == "The meeting has not been held yet, so nobody has voted at it."


def _decision(here: Room, **facts: Any) -> Decision:
    given = {
        "item": here.item, "outcome": "agreed", "label": "Agree", "voted": True, "reasons": "Why", "day": DAY,
        "document": {}, "quorum": 3, "could_vote": 5, "votes_for": 1, "votes_against": 0, "abstained": 0,
    }  # fmt: skip
    given |= {"chair": here.chair} if "chair" not in facts else {}
    if facts.get("voted") is False:
        given |= dict.fromkeys(("quorum", "could_vote", "votes_for", "votes_against", "abstained"))
    return Decision(**given | facts)


def _straight(row: Any) -> str:
    """What the database says to a row that no service wrote."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        row.save(force_insert=True)
    return str(refusal.value).partition("\n")[0]
