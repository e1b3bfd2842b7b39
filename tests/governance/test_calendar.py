"""The calendar that a person’s own program reads: what is in it, how it is written, and who may read it."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cc2h.accounts import authority
from cc2h.accounts.authority import Role
from cc2h.governance import calendar, services
from cc2h.governance.calendar import Date
from cc2h.governance.icalendar import Event, escaped, folded, written
from cc2h.governance.models import CalendarFeed, Part
from cc2h.kit.days import LONDON
from tests.factories import CommissionerFactory, UserFactory, person
from tests.factories.governance import BodyFactory, MeetingFactory, SeatFactory
from tests.governance.ground import NEXT, TODAY

AT = datetime(2018, 12, 6, 9, 30, tzinfo=UTC)


def unfolded(calendar: bytes) -> list[str]:
    return calendar.decode().replace("\r\n ", "").split("\r\n")


class TestHowItIsWritten:
    def test_a_day_and_a_moment(self) -> None:
        moment = datetime(2018, 7, 12, 14, 0, tzinfo=LONDON)
        lines = unfolded(
            written("Mine", [
                Event(uid="a", when=date(2018, 12, 13), what="Papers due", changed=AT),
                Event(uid="b", when=moment, what="Board", changed=AT, place="Room 1, upstairs", url="https://x/y"),
            ])
        )  # fmt: skip
        assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
        assert lines[-2:] == ["END:VCALENDAR", ""]
        assert {"DTSTART;VALUE=DATE:20181213", "DTEND;VALUE=DATE:20181214", "DTSTAMP:20181206T093000Z"} <= {*lines}
        assert {"DTSTART:20180712T130000Z", "DTEND:20180712T150000Z", "LOCATION:Room 1\\, upstairs"} <= {*lines}

    def test_what_would_end_a_line_is_written_out(self) -> None:
        assert escaped("a;b,c\\d\ne\r\nf\x00g") == "a\\;b\\,c\\\\d\\ne\\nf g"

    def test_nobody_adds_an_event_by_a_title(self) -> None:
        title = "Item\r\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Mine"
        lines = unfolded(written("Mine", [Event(uid="a", when=date(2018, 12, 13), what=title, changed=AT)]))
        assert lines.count("BEGIN:VEVENT") == 1

    @given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
    def test_lines_are_broken_after_75_octets_and_never_inside_a_character(self, text: str) -> None:
        line = folded(f"SUMMARY:{escaped(text)}")
        pieces = line.removesuffix(b"\r\n").split(b"\r\n")
        assert all(len(piece) <= 75 for piece in pieces)
        assert all(piece.decode() for piece in pieces)
        assert line.decode().replace("\r\n ", "") == f"SUMMARY:{escaped(text)}\r\n"


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestWhatIsInIt:
    def _member(self, part: str = Part.MEMBER) -> tuple[Any, Any]:
        seat = SeatFactory(body=BodyFactory(name="Programme Board"), part=part)
        user = seat.post.holdings.get().holder
        user.authority = authority.of(user, TODAY)
        return user, seat.body

    def test_meetings_of_bodies_on_which_one_has_a_seat(self) -> None:
        user, body = self._member()
        MeetingFactory(body=body, day=NEXT, begins=time(14), place="Room 1")
        MeetingFactory(day=NEXT)
        (one,) = calendar.dates_of(user, TODAY)
        assert (one.what, one.when, one.place) == (
            "Programme Board",
            datetime(2018, 12, 13, 14, tzinfo=LONDON),
            "Room 1",
        )

    def test_the_secretary_has_the_day_on_which_papers_are_due(self) -> None:
        user, body = self._member(Part.SECRETARY)
        meeting = MeetingFactory(body=body, day=NEXT)
        papers, held = calendar.dates_of(user, TODAY)
        assert (papers.when, papers.what) == (date(2018, 12, 5), "Papers due: Programme Board, 13 December")
        assert held.key == f"meeting-{meeting.pk}"

    def test_one_that_was_cancelled_says_so(self) -> None:
        user, body = self._member()
        services.cancel(by=None, meeting=MeetingFactory(body=body, day=NEXT), reason="Too few members")
        secret = calendar.make(by=user)
        lines = unfolded(calendar.opened_by(secret, TODAY) or b"")
        assert {"STATUS:CANCELLED", "DESCRIPTION:Cancelled: Too few members"} <= {*lines}

    def test_what_other_rooms_add(self, monkeypatch: pytest.MonkeyPatch) -> None:
        user, _ = self._member()
        added = [*calendar._providers, lambda user, day: [Date(key="case-1", when=day, what="Case 1 is due")]]
        monkeypatch.setattr(calendar, "_providers", added)
        assert [one.what for one in calendar.dates_of(user, TODAY)] == ["Case 1 is due"]

    def test_however_many_meetings_it_takes_as_many_queries(self, django_assert_num_queries: Any) -> None:
        user, body = self._member()
        for number in range(1, 21):
            MeetingFactory(body=body, day=TODAY + timedelta(number))
        from cc2h.governance.calendar import meetings

        with django_assert_num_queries(1):
            assert len([*meetings(user, TODAY)]) == 20


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestTheAddress:
    def _feed(self, secret: str) -> Any:
        return Client().get(reverse("governance:calendar_feed", args=[secret]))

    def test_is_made_read_without_a_session_and_withdrawn_on_pages(self) -> None:
        user = person(Role.BODY_MEMBER, of=CommissionerFactory())
        client = Client()
        client.force_login(user)
        made = client.post(reverse("governance:calendar_make"))
        assert made.headers["Cache-Control"] == "no-store"
        found = re.search(r"calendar/([\w-]{43})\.ics", made.content.decode())
        assert found is not None
        answer = self._feed(found[1])
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert "sessionid" not in answer.cookies
        assert found[1] not in client.get(reverse("governance:calendar")).content.decode()
        client.post(reverse("governance:calendar_withdraw"), {"confirm": "yes"})
        assert self._feed(found[1]).status_code == 404

    def test_only_its_digest_is_kept(self) -> None:
        secret = calendar.make(by=UserFactory())
        assert secret not in str(CalendarFeed.objects.values().get())

    def test_another_takes_the_place_of_the_one_before(self) -> None:
        user = UserFactory()
        first, second = calendar.make(by=user), calendar.make(by=user)
        assert (self._feed(first).status_code, self._feed(second).status_code) == (404, 200)

    def test_opens_nothing_once_its_owner_signs_in_no_more(self) -> None:
        user = UserFactory()
        secret = calendar.make(by=user)
        user.is_active = False
        user.save()
        assert self._feed(secret).status_code == 404

    def test_says_no_more_than_the_posts_of_today_let_one_see(self) -> None:
        seat = SeatFactory()
        MeetingFactory(body=seat.body, day=NEXT)
        holding = seat.post.holdings.get()
        secret = calendar.make(by=holding.holder)
        assert b"BEGIN:VEVENT" in (calendar.opened_by(secret, TODAY) or b"")
        from chins.post_services import end_holding

        end_holding(by=None, holding=holding, last=date(2018, 12, 5))
        assert b"BEGIN:VEVENT" not in (calendar.opened_by(secret, TODAY) or b"")
