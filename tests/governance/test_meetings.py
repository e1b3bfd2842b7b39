"""Meetings and agendas: planned, papers out, held, and what the database holds them to."""

from datetime import date, timedelta
from typing import Any

import pytest

from cc2h.governance import queries, services
from cc2h.governance.models import Attendance, Item, Meeting, Presence
from cc2h.governance.services import Present
from cc2h.governance.subjects import subjects
from cc2h.kit import history
from cc2h.kit.days import today
from chins.post_services import end_holding, fill_post
from tests.budget.ground import at_once
from tests.factories import DeputyFactory, UserFactory
from tests.factories.governance import (
    AttendanceFactory,
    BodyFactory,
    ItemFactory,
    MeetingFactory,
    SeatFactory,
    TermsFactory,
)
from tests.governance.ground import DAY, NEXT, TODAY, Letters, board, database_refuses, refused

pytestmark = pytest.mark.django_db


def everybody(meeting: Meeting, *, chair: int = 0) -> list[Present]:
    return [
        Present(place.person, seat=place.seat, as_deputy=place.as_deputy, presides=number == chair)
        for number, place in enumerate(queries.table(meeting))
    ]


def titles(meeting: Meeting) -> list[str]:
    return [item.title for item in queries.agenda(meeting)]


class TestPlanning:
    def test_several_at_once_are_all_planned_or_none(self) -> None:
        body = BodyFactory()
        MeetingFactory(body=body, day=NEXT)
        said = refused(lambda: services.plan_meetings(by=None, body=body, days=[DAY, NEXT]))
        assert said == "The body meets on 13 December 2018 already."
        assert body.meetings.count() == 1

    def test_a_body_meets_again_on_the_day_of_one_that_was_cancelled(self) -> None:
        body = BodyFactory()
        services.cancel(by=None, meeting=MeetingFactory(body=body), reason="Too few members")
        assert services.plan_meetings(by=None, body=body, days=[DAY])
        assert "The body meets on that day already." in refused(lambda: _again(body))

    def test_a_meeting_is_put_on_another_day_while_it_is_to_come(self) -> None:
        meeting = MeetingFactory()
        moved = services.change_meeting(by=None, meeting=meeting, seen=history.version(meeting), day=NEXT)
        assert moved.day == NEXT
        services.cancel(by=None, meeting=moved, reason="Too few members")
        said = refused(lambda: services.change_meeting(by=None, meeting=moved, seen=history.version(moved), day=DAY))
        assert said == "The meeting was cancelled already."

    def test_it_is_cancelled_with_a_reason_and_stays_so(self) -> None:
        meeting = MeetingFactory()
        assert refused(lambda: services.cancel(by=None, meeting=meeting, reason=" ")) == (
            "Say why the meeting was cancelled."
        )
        services.cancel(by=None, meeting=meeting, reason="Too few members")
        assert "A meeting that was held or cancelled stays so." in database_refuses(
            lambda: Meeting.objects.filter(pk=meeting.pk).update(state="planned", why_cancelled="")
        )


def _again(body: Any) -> Any:
    with services.writing(None):
        return Meeting.objects.create(body=body, day=DAY)


class TestPapers:
    def test_go_out_once_with_something_on_the_agenda(self) -> None:
        meeting = MeetingFactory()
        assert refused(lambda: services.papers_out(by=None, meeting=meeting, day=DAY)) == (
            "There is nothing on the agenda yet."
        )
        ItemFactory(meeting=meeting)
        out = services.papers_out(by=None, meeting=meeting, day=date(2018, 10, 24))
        assert (out.state, out.papers_out_on) == ("papers_out", date(2018, 10, 24))
        assert refused(lambda: services.papers_out(by=None, meeting=meeting, day=DAY)) == (
            "The papers went out on 24 October 2018."
        )

    def test_do_not_go_out_after_the_meeting(self) -> None:
        _, meeting = board(items=1)
        said = refused(lambda: services.papers_out(by=None, meeting=meeting, day=DAY + timedelta(1)))
        assert said == "Papers go out before the meeting, which is on 1 November 2018."


class TestHolding:
    def test_with_the_quorum_and_whoever_took_the_chair(self) -> None:
        _, meeting = board(3)
        held = services.hold(by=None, meeting=meeting, today=TODAY, attendance=everybody(meeting))
        found = queries.quorum(held)
        assert (found.needed, found.there, found.met) == (2, 3, True)
        chair = held.attendances.get(presides=True)
        assert chair.seat is not None
        assert chair.seat.part == "chair"

    def test_a_quorum_is_that_of_the_terms_of_the_day(self) -> None:
        body, meeting = board(1)
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=everybody(meeting))
        services.set_terms(by=None, body=body, first=date(2018, 11, 2), quorum=1, limit=None, text="")
        assert queries.quorum(meeting).met is False

    def test_no_quorum_is_stated_where_no_terms_hold(self) -> None:
        meeting = MeetingFactory(state="held")
        assert queries.quorum(meeting).met is None

    def test_whoever_has_no_vote_does_not_count(self) -> None:
        body, meeting = board(1)
        SeatFactory(body=body, voting=False)
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=everybody(meeting))
        assert len(queries.voters(meeting)) == 1

    def test_not_before_its_day(self) -> None:
        _, meeting = board()
        there = everybody(meeting)
        said = refused(lambda: services.hold(by=None, meeting=meeting, today=date(2018, 10, 31), attendance=there))
        assert said == "The meeting is on 1 November 2018: it is recorded on that day or later."
        coming = MeetingFactory(day=today() + timedelta(1))
        assert "A meeting is held on its day, not before." in database_refuses(
            lambda: Meeting.objects.filter(pk=coming.pk).update(state="held")
        )

    def test_a_held_meeting_stays_held_and_its_day_too(self) -> None:
        meeting = MeetingFactory(state="held")
        for changes in ({"state": "planned"}, {"state": "cancelled", "why_cancelled": "No"}):
            assert "stays so" in database_refuses(
                lambda changes=changes: Meeting.objects.filter(pk=meeting.pk).update(**changes)
            )
        assert "only the minutes change" in database_refuses(
            lambda: Meeting.objects.filter(pk=meeting.pk).update(day=NEXT)
        )
        minuted = services.minute(by=None, meeting=meeting, seen=history.version(meeting), text="All agreed.")
        assert minuted.minutes == "All agreed."

    def test_somebody_was_there(self) -> None:
        _, meeting = board()
        said = refused(lambda: services.hold(by=None, meeting=meeting, today=TODAY, attendance=[]))
        assert said == "Nobody was there: say who was, or cancel the meeting."

    def test_a_seat_is_sat_in_by_whoever_held_its_post_that_day(self) -> None:
        _, meeting = board(1)
        (place,) = queries.table(meeting)
        end_holding(by=None, holding=place.seat.post.holdings.get(), last=DAY)  # type: ignore[union-attr]
        successor = UserFactory()
        fill_post(by=None, post=place.seat.post, holder=successor, first=DAY + timedelta(1))  # type: ignore[arg-type]
        wrong = [Present(successor, seat=place.seat, presides=True)]
        assert refused(lambda: services.hold(by=None, meeting=meeting, today=TODAY, attendance=wrong)) == (
            "In a seat sits whoever held its post on the day of the meeting, or a deputy of theirs."
        )
        assert services.hold(by=None, meeting=meeting, today=TODAY, attendance=everybody(meeting)).state == "held"

    def test_a_deputy_sits_there_and_is_said_to_be_one(self) -> None:
        body, meeting = board(1)
        (seat,) = [one.seat for one in queries.members(body, DAY)]
        deputy = DeputyFactory(post=seat.post).deputy
        as_holder = [Present(deputy, seat=seat, presides=True)]
        assert "In a seat sits whoever held" in refused(
            lambda: services.hold(by=None, meeting=meeting, today=TODAY, attendance=as_holder)
        )
        there = [Present(deputy, seat=seat, presides=True, as_deputy=True)]
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=there)
        (voter,) = queries.voters(meeting)
        assert (voter.person, voter.as_deputy) == (deputy, True)

    def test_a_vacant_seat_is_nobodys(self) -> None:
        body, meeting = board(1)
        seat = SeatFactory(body=body, post=None)
        assert "In a seat sits" in refused(
            lambda: services.hold(
                by=None,
                meeting=meeting,
                today=TODAY,
                attendance=[*everybody(meeting), Present(UserFactory(), seat=seat)],
            )
        )

    def test_a_seat_of_another_body_is_none_of_this_one(self) -> None:
        meeting = MeetingFactory(state="held")
        seat = SeatFactory()
        assert "That is no seat of the body on the day of the meeting." in database_refuses(
            lambda: AttendanceFactory(meeting=meeting, seat=seat)
        )

    def test_a_seat_that_came_later_was_not_sat_in(self) -> None:
        meeting = MeetingFactory(state="held")
        seat = SeatFactory(body=meeting.body, first=NEXT)
        assert "That is no seat of the body on the day" in database_refuses(
            lambda: AttendanceFactory(meeting=meeting, seat=seat)
        )

    def test_others_are_there_by_name_and_do_not_count(self) -> None:
        _, meeting = board(2)
        there = [*everybody(meeting), Present(name="Somebody of the council")]
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=there)
        assert [row.name for row in queries.attendance(meeting)][-1] == "Somebody of the council"
        assert queries.quorum(meeting).there == 2

    def test_before_it_there_are_only_apologies(self) -> None:
        body, meeting = board(2)
        seat = queries.members(body, DAY)[1].seat
        assert "Before a meeting is held there are only apologies." in database_refuses(
            lambda: AttendanceFactory(meeting=meeting, seat=seat)
        )
        person = seat.post.holdings.get().holder  # type: ignore[union-attr]
        services.apologise(by=None, meeting=meeting, person=person, seat=seat)
        opened = queries.as_listed(meeting, queries.table(meeting))
        assert opened["apologies"] == [f"{seat.pk}:{person.pk}"]
        assert opened["apologies"][0] not in opened["present"]
        services.come_after_all(by=None, meeting=meeting, person=person)
        assert not meeting.attendances.exists()

    def test_the_list_is_put_right(self) -> None:
        _, meeting = board(3, items=1)
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=everybody(meeting))
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=everybody(meeting)[:2])
        assert queries.quorum(meeting).there == 2

    def test_one_takes_the_chair_and_is_there(self) -> None:
        _, meeting = board(2)
        both = [Present(one.person, seat=one.seat, presides=True) for one in queries.table(meeting)]
        assert refused(lambda: services.hold(by=None, meeting=meeting, today=TODAY, attendance=both)) == (
            "Somebody else took the chair at this meeting."
        )
        away = everybody(meeting)
        away[0] = Present(away[0].person, seat=away[0].seat, presence=Presence.APOLOGIES, presides=True)
        assert refused(lambda: services.hold(by=None, meeting=meeting, today=TODAY, attendance=away)) == (
            "Whoever takes the chair is there."
        )

    def test_a_cancelled_meeting_was_attended_by_nobody(self) -> None:
        _, meeting = board()
        services.cancel(by=None, meeting=meeting, reason="Too few members")
        there = everybody(meeting)
        assert refused(lambda: services.hold(by=None, meeting=meeting, today=TODAY, attendance=there)) == (
            "The meeting was cancelled."
        )
        assert "The meeting was cancelled: nobody was there." in database_refuses(
            lambda: Attendance.objects.create(meeting=meeting, name="Somebody")
        )


class TestTheAgenda:
    def test_items_come_where_they_are_put(self) -> None:
        _, meeting = board(items=2)
        first, _ = queries.agenda(meeting)
        services.add_item(by=None, meeting=meeting, title="Last")
        services.add_item(by=None, meeting=meeting, title="First", after=None)
        services.add_item(by=None, meeting=meeting, title="Between", after=first.pk)
        assert titles(meeting) == ["First", "Item 1", "Between", "Item 2", "Last"]
        item = queries.agenda(meeting)[0]
        services.change_item(by=None, item=item, seen=history.version(item), after=queries.agenda(meeting)[-1].pk)
        assert titles(meeting) == ["Item 1", "Between", "Item 2", "Last", "First"]

    def test_an_item_comes_after_one_of_the_same_agenda(self) -> None:
        _, meeting = board(items=1)
        another = ItemFactory()
        said = refused(lambda: services.add_item(by=None, meeting=meeting, title="New", after=another.pk))
        assert said == "That is no item of this agenda. Choose one from the list."
        assert titles(meeting) == ["Item 1"]

    def test_is_made_of_what_waits_and_is_on_no_other(self, monkeypatch: Any) -> None:
        monkeypatch.setitem(subjects, "letter", Letters("a", "b"))
        body, meeting = board()
        waiting = queries.waiting(body, TODAY)
        services.add_waiting(by=None, meeting=meeting, waiting=waiting[:1])
        assert titles(meeting) == ["Letter a"]
        assert [one.key for one in queries.waiting(body, TODAY)] == ["b"]
        later = MeetingFactory(body=body, day=NEXT)
        assert refused(lambda: services.add_waiting(by=None, meeting=later, waiting=waiting)) == (
            "Letter a is on the agenda of 1 November 2018 already."
        )
        assert titles(later) == []  # nothing half-done

    def test_what_was_cancelled_waits_again(self, monkeypatch: Any) -> None:
        monkeypatch.setitem(subjects, "letter", Letters("a"))
        body, meeting = board()
        services.add_waiting(by=None, meeting=meeting, waiting=queries.waiting(body, TODAY))
        assert queries.waiting(body, TODAY) == []
        services.cancel(by=None, meeting=meeting, reason="Too few members")
        assert [one.key for one in queries.waiting(body, TODAY)] == ["a"]

    @pytest.mark.parametrize("state", ["held", "cancelled"])
    def test_takes_nothing_more_once_the_meeting_is_over(self, state: str) -> None:
        why = {"why_cancelled": "Too few"} if state == "cancelled" else {}
        meeting = MeetingFactory(state=state, **why)
        assert refused(lambda: services.add_item(by=None, meeting=meeting, title="Late")) == (
            f"The meeting was {state}: its agenda takes no more changes."
        )
        assert f"The meeting was {state} already: its agenda takes no more items." in database_refuses(
            lambda: ItemFactory(meeting=meeting)
        )

    def test_stays_as_it_was_once_the_meeting_was_held(self) -> None:
        _, meeting = board(items=1)
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=everybody(meeting))
        assert "its agenda stays as it was" in database_refuses(
            lambda: Item.objects.filter(meeting=meeting).update(title="Another")
        )

    def test_an_item_is_moved_to_another_meeting_and_names_it(self) -> None:
        body, meeting = board(items=2)
        later = MeetingFactory(body=body, day=NEXT)
        item = queries.agenda(meeting)[0]
        assert refused(lambda: services.move_item(by=None, item=item, to=later, reason=" ")) == (
            "Say why it is moved or taken off."
        )
        moved = services.move_item(by=None, item=item, to=later, reason="No time")
        assert (titles(meeting), titles(later)) == (["Item 2"], ["Item 1"])
        (off,) = queries.agenda(meeting, taken_off=True)
        assert (off.moved_to, off.why_moved) == (moved, "No time")
        assert refused(lambda: services.move_item(by=None, item=item, to=later, reason="Again")) == (
            "It has been moved or taken off already."
        )

    def test_an_item_of_a_meeting_that_was_held_can_still_be_moved(self) -> None:
        body, meeting = board(items=1)
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=everybody(meeting))
        later = MeetingFactory(body=body, day=NEXT)
        moved = services.move_item(by=None, item=queries.agenda(meeting)[0], to=later, reason="A conflict of interest")
        assert moved.meeting == later

    def test_an_item_does_not_move_to_another_body_or_a_meeting_that_is_over(self) -> None:
        body, meeting = board(items=1)
        item = queries.agenda(meeting)[0]
        others = MeetingFactory(day=NEXT)
        assert refused(lambda: services.move_item(by=None, item=item, to=others, reason="Wrong")) == (
            "Choose another meeting of the same body."
        )
        held = MeetingFactory(body=body, day=date(2018, 10, 1), state="held")
        assert refused(lambda: services.move_item(by=None, item=item, to=held, reason="Back")) == (
            "The meeting was held: its agenda takes no more changes."
        )
        there = ItemFactory(meeting=others, task="note")
        assert "An item is moved to another meeting of the same body, as what it is." in database_refuses(
            lambda: Item.objects.filter(pk=item.pk).update(taken_off=True, moved_to=there, why_moved="No")
        )

    def test_what_was_taken_off_keeps_its_place_beside_what_comes(self) -> None:
        _, meeting = board(items=3)
        services.take_off(by=None, item=queries.agenda(meeting)[0], reason="Withdrawn")
        services.add_item(by=None, meeting=meeting, title="New", after=None)
        assert titles(meeting) == ["New", "Item 2", "Item 3"]
        (off,) = queries.agenda(meeting, taken_off=True)
        assert "What was moved or taken off an agenda does not change." in database_refuses(
            lambda: Item.objects.filter(pk=off.pk).update(title="Another")
        )

    def test_a_title_is_no_longer_than_it_may_be(self) -> None:
        _, meeting = board()
        said = refused(lambda: services.add_item(by=None, meeting=meeting, title="x" * 201))
        assert said == "Title: at most 200 characters; this has 201."


@pytest.mark.django_db(transaction=True)
def test_an_item_is_added_before_the_meeting_is_held_or_refused() -> None:
    _, meeting = board(items=1)
    there = everybody(meeting)

    def act(place: int) -> Any:
        if place:
            return services.hold(by=None, meeting=meeting, today=TODAY, attendance=there)
        return services.add_item(by=None, meeting=meeting, title="In time or not")

    added, held = at_once(2, act)
    assert isinstance(held, Meeting)
    on = Item.objects.filter(meeting=meeting, title="In time or not").exists()
    assert on is isinstance(added, Item)


@pytest.mark.django_db(transaction=True)
def test_what_waits_comes_on_one_agenda_when_two_put_it_there_at_once(monkeypatch: Any) -> None:
    monkeypatch.setitem(subjects, "letter", Letters("a"))
    _, meeting = board()
    waiting = queries.waiting(meeting.body, TODAY)
    found = at_once(2, lambda place: services.add_waiting(by=None, meeting=meeting, waiting=waiting))
    assert sum(isinstance(one, list) for one in found) == 1
    assert titles(meeting) == ["Letter a"]


@pytest.mark.django_db(transaction=True)
def test_two_items_are_moved_past_each_other_without_waiting_for_ever() -> None:
    body, meeting = board(items=1)
    later = MeetingFactory(body=body, day=NEXT)
    ItemFactory(meeting=later, title="Of later")
    items = [queries.agenda(meeting)[0], queries.agenda(later)[0]]
    to = [later, meeting]
    at_once(2, lambda place: services.move_item(by=None, item=items[place], to=to[place], reason="The other way round"))
    assert (titles(meeting), titles(later)) == (["Of later"], ["Item 1"])


def test_terms_without_a_quorum_are_none() -> None:
    meeting = MeetingFactory(state="held")
    TermsFactory(body=meeting.body, first=NEXT)
    assert queries.quorum(meeting).needed is None
