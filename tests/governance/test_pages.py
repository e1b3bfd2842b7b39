"""The pages of bodies and meetings: what they show to whom, and what is done by them."""

import csv
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.board import waiting
from cc2h.board.waiting import Reader
from cc2h.governance import queries, services
from cc2h.governance.decisions.services import confirm
from cc2h.governance.models import Body, Meeting, Seat
from cc2h.governance.subjects import subjects
from cc2h.kit.asat import AsAt
from tests.factories import (
    ActionFactory,
    ChinFactory,
    CommentFactory,
    CommissionerFactory,
    PostFactory,
    UserFactory,
    person,
)
from tests.factories.governance import BodyFactory, ItemFactory, MeetingFactory, SeatFactory, TermsFactory
from tests.governance.ground import DAY, NEXT, TODAY, Letters, board, secretary, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def url(name: str, *args: Any) -> str:
    return reverse(f"governance:{name}", args=args)


def read(client: Client, address: str, status: int = 200, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == status, address
    return " ".join(answer.getvalue().decode().split())


def rows(client: Client, address: str, **query: str) -> list[dict[str, str]]:
    answer = client.get(address, query | {"format": "csv"})
    return list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def send(client: Client, address: str, **typed: Any) -> Any:
    return client.post(address, typed)


class TestBodies:
    def test_each_stands_under_the_one_it_reports_to(self) -> None:
        top = BodyFactory(name="Zebra board")
        BodyFactory(name="Apple group", parent=top, commissioner=top.commissioner)
        BodyFactory(name="Mango committee", commissioner=top.commissioner)
        client = secretary(top)
        assert [one["name"] for one in rows(client, url("body_list"))] == [
            "Mango committee", "Zebra board", "Apple group",
        ]  # fmt: skip
        assert 'app-tree app-tree--1"><a href="/governance/body-' in read(client, url("body_list"))

    def test_are_found_by_another_name_and_those_of_others_are_not_shown(self) -> None:
        body = BodyFactory(name="Programme Board", other_names=["Executive Group (hwb-2018-01)"])
        BodyFactory(name="Executive of another commissioner")
        assert [one["name"] for one in rows(secretary(body), url("body_list"), q="executive")] == ["Programme Board"]
        assert secretary(BodyFactory()).get(url("body_detail", body.slug)).status_code == 404

    def test_those_of_all_commissioners_are_seen_by_everybody_and_kept_by_the_office(self) -> None:
        body = BodyFactory(commissioner=None, name="Transformation Board")
        barnet = CommissionerFactory()
        assert "Transformation Board" in read(signed_in(Role.PRACTICE_MANAGER, None), url("body_detail", body.slug))
        edit = url("body_edit", body.slug)
        assert signed_in(Role.SECRETARY, barnet).get(edit).status_code == 403
        assert signed_in(Role.NCL_OFFICE, barnet).get(edit).status_code == 200

    def test_the_seats_that_are_filled_are_a_figure_that_leads_to_them(self) -> None:
        body, _ = board(2)
        SeatFactory(body=body, post=None, title="Vacant one")
        client = secretary(body)
        html = read(client, url("body_detail", body.slug))
        assert "2 of 3 seats</a> are filled." in html
        assert 'data-part="Seats that are filled" data-value="2"' in html
        assert [one["seat"] for one in rows(client, url("seat_list", body.slug), filled="no")] == ["Vacant one"]

    def test_as_at_a_day_the_terms_and_seats_are_those_of_the_day(self) -> None:
        body = BodyFactory()
        TermsFactory(body=body, quorum=3, first=date(2018, 4, 1), last=date(2018, 6, 30))
        TermsFactory(body=body, quorum=7, first=date(2018, 7, 1))
        SeatFactory(body=body, title="Gone since", last=date(2018, 6, 30))
        client = secretary(body)
        then, now = (read(client, url("body_detail", body.slug), as_at=day) for day in ("2018-05-01", "2018-12-06"))
        assert ("3 voting members" in then, "Gone since" in then) == (True, True)
        assert ("7 voting members" in now, "Gone since" in now) == (True, False)

    def test_a_body_is_added_with_its_terms_and_seats(self) -> None:
        barnet = CommissionerFactory(barnet=True)
        client = signed_in(Role.SECRETARY, barnet)
        send(client, url("body_add"), name="Steering Group", of="07M", other_names="CSG (roadmap-2018)\n\nSG")
        body = Body.objects.get()
        assert body.other_names == ["CSG (roadmap-2018)", "SG"]
        send(client, url("terms_set", body.slug), first="2018-04-01", quorum="3", limit="25,000.00", text="Advises")
        post = PostFactory(role=Role.BODY_MEMBER, of=barnet, title="GP member")
        send(
            client, url("seat_add", body.slug), title="GP", post=post.pk, part="member", voting="on", first="2018-04-01"
        )
        terms = queries.terms_on(body, TODAY)
        assert terms is not None
        assert (terms.quorum, str(terms.limit)) == (3, "25000.00")
        assert Seat.objects.get().post == post

    def test_a_chin_lead_keeps_the_board_of_their_own_chin_alone(self) -> None:
        chin = ChinFactory()
        own, other = BodyFactory(chin=chin), BodyFactory(commissioner=chin.commissioner)
        lead = signed_in(Role.CHIN_LEAD, chin)
        assert lead.get(url("plan", own.slug)).status_code == 200
        assert lead.get(url("plan", other.slug)).status_code == 403

    def test_a_post_of_which_one_may_not_know_is_not_offered(self) -> None:
        body = BodyFactory()
        hidden = PostFactory(role=Role.BODY_MEMBER, of=CommissionerFactory(), title="Of another commissioner")
        client = secretary(body)
        assert "Of another commissioner" not in read(client, url("seat_add", body.slug))
        answer = send(client, url("seat_add", body.slug), title="GP", post=hidden.pk, part="member", first="2018-04-01")
        assert "Select a valid choice" in answer.content.decode()
        assert not Seat.objects.exists()


class TestMeetings:
    def test_several_are_planned_by_a_pattern_once_their_days_were_seen(self) -> None:
        body, _ = board()
        client = secretary(body)
        typed = {"day": "2018-12-13", "every": "month", "number": "3", "begins": "14:00", "place": "Room 1"}
        shown = " ".join(send(client, url("plan", body.slug), **typed).content.decode().split())
        assert "every month, on the second Thursday" in shown
        assert "Thursday 10 January 2019, papers due by 2 January 2019" in shown
        assert Meeting.objects.count() == 1
        send(client, url("plan", body.slug), confirm="yes", **typed)
        assert sorted(Meeting.objects.values_list("day", flat=True))[1:] == [
            NEXT, date(2019, 1, 10), date(2019, 2, 14),
        ]  # fmt: skip

    def test_what_the_body_asked_last_time_comes_first(self) -> None:
        body, before = board(items=1)
        services.hold(
            by=None, meeting=before, today=TODAY,
            attendance=[services.Present(place.person, seat=place.seat) for place in queries.table(before)],
        )  # fmt: skip
        post = PostFactory(role=Role.ANALYST, of=body.commissioner)
        facts: dict[str, Any] = {"about": before, "owner": post}
        ActionFactory(what="Bring the figures", **facts)
        ActionFactory(
            what="Ask the practices",
            state="done",
            closed_on=TODAY,
            closed_by=UserFactory(),
            evidence="A letter",
            **facts,
        )
        coming = MeetingFactory(body=body, day=NEXT)
        html = read(signed_in(Role.BODY_MEMBER, body.commissioner), url("meeting_detail", coming.pk))
        asked = html[html.index("What this body asked last time") : html.index('id="agenda"')]
        assert "Bring the figures" in asked
        assert "Ask the practices" in asked
        assert "Done on 6 December 2018" in asked
        assert "A letter" in asked
        assert "/actions/" not in asked  # a member reads them, and follows none

    def test_an_agenda_is_made_of_what_waits_by_ticks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(subjects, "letter", Letters("a", "b"))
        body, meeting = board(day=NEXT)
        client = secretary(body)
        form = read(client, url("from_waiting", meeting.pk))
        assert form.count("checked") == 2  # it makes itself, and the secretary takes off what does not come
        send(client, url("from_waiting", meeting.pk), waiting=["letter:b:decide"])
        assert [item.title for item in queries.agenda(meeting)] == ["Letter b"]

    def test_who_was_there_is_recorded_on_one_screen(self) -> None:
        body, meeting = board(3)
        client = secretary(body)
        values = [place.value for place in queries.table(meeting)]
        typed: dict[str, Any] = {"present": values[:2], "apologies": values[2:], "chair": values[0]}
        refused = send(client, url("hold", meeting.pk), **{**typed, "chair": values[2]})
        assert "is not ticked as there." in refused.content.decode()
        both = send(client, url("hold", meeting.pk), **{**typed, "apologies": values[1:]})
        assert "there, or not? Tick one of the two." in both.content.decode()
        send(client, url("hold", meeting.pk), others="Somebody of the council\n", **typed)
        html = read(client, url("meeting_detail", meeting.pk))
        assert "2 voting members were there; the quorum is 2." in html
        assert "Somebody of the council" in html
        assert "Took the chair" in html

    def test_one_that_is_not_quorate_says_that_nothing_can_be_decided(self) -> None:
        body, meeting = board(1)
        (place,) = queries.table(meeting)
        attendance = [services.Present(place.person, seat=place.seat, presides=True)]
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=attendance)
        html = read(secretary(body), url("meeting_detail", meeting.pk))
        assert "1 voting member was there, fewer than the quorum of 2: nothing can be decided." in html

    def test_one_that_has_not_been_is_not_recorded(self) -> None:
        body, meeting = board(1, day=NEXT)
        (place,) = queries.table(meeting)
        answer = send(secretary(body), url("hold", meeting.pk), present=[place.value], chair=place.value)
        assert "it is recorded on that day or later" in answer.content.decode()
        assert Meeting.objects.get().state == "planned"

    def test_a_member_reads_and_keeps_nothing(self) -> None:
        body, meeting = board(items=1)
        member = signed_in(Role.BODY_MEMBER, body.commissioner)
        html = read(member, url("meeting_detail", meeting.pk))
        assert "Take off" not in html
        for name in ("hold", "papers_out", "cancel", "item_add", "from_waiting", "minutes"):
            assert member.get(url(name, meeting.pk)).status_code == 403

    def test_the_agenda_to_print_has_the_members_and_the_quorum(self) -> None:
        body, meeting = board(2, items=2)
        SeatFactory(body=body, post=None, title="Lay member")
        html = read(signed_in(Role.BODY_MEMBER, body.commissioner), url("agenda", meeting.pk))
        for words in ("Thursday 1 November 2018", "Item 1", "Lay member: vacant", "Quorum: 2 voting members"):
            assert words in html

    def test_words_are_shown_as_text(self) -> None:
        body, meeting = board()
        words = '<script>alert("hello")</script> \u202eright to left 😀'
        ItemFactory(meeting=meeting, title=words, text=words)
        html = read(secretary(body), url("meeting_detail", meeting.pk))
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html

    def test_a_comment_on_it_becomes_an_action(self) -> None:
        body, meeting = board()
        CommentFactory(about=meeting, words="Who tells the practices?")
        html = read(secretary(body), url("meeting_detail", meeting.pk))
        assert f"/actions/add/meeting/{meeting.pk}/?what=Who+tells+the+practices%3F" in html
        assert "Make it an action" not in read(
            signed_in(Role.BODY_MEMBER, body.commissioner), url("meeting_detail", meeting.pk)
        )

    def test_lists_and_pages_take_as_many_queries_however_many_rows(self) -> None:
        body, meeting = board(2, items=2)
        client = secretary(body)
        addresses = (
            url("body_list"), url("meeting_list"), url("seat_list", body.slug), url("meeting_detail", meeting.pk),
            url("body_detail", body.slug), url("agenda", meeting.pk),
        )  # fmt: skip

        def counted() -> list[int]:
            found = []
            for address in addresses:
                with CaptureQueriesContext(connection) as taken:
                    read(client, address, when="any")
                found.append(len(taken))
            return found

        counted()  # what is read once for a process
        few = counted()
        for number in range(12):
            SeatFactory(body=body, title=f"More {number}")
            ItemFactory(meeting=meeting, position=10 + number)
            MeetingFactory(body=BodyFactory(commissioner=body.commissioner), day=DAY)
        assert counted() == few


@pytest.mark.parametrize("sort", ["since", "-since"])
def test_seats_are_read_by_the_day_they_began_page_after_page(sort: str) -> None:
    body = BodyFactory()
    for first in (2, 3, 1):
        SeatFactory(body=body, title=f"Seat {first}", first=date(2018, first, 1))
    client, address, found = secretary(body), f"/api/v1{url('seat_list', body.slug)}?limit=1&sort={sort}", []
    while address:
        answer = client.get(address).json()
        found += [row["seat"] for row in answer["rows"]]
        address = answer["next"]
    assert found == [f"Seat {first}" for first in ((1, 2, 3) if sort == "since" else (3, 2, 1))]


class TestWhatWaits:
    def _items(self, user: Any) -> list[waiting.Item]:
        from cc2h.accounts import authority

        user.authority = authority.of(user, TODAY)
        return waiting.waiting_on(Reader(user, AsAt(TODAY, None, TODAY)))

    def test_on_a_secretary_agendas_papers_and_meetings_nobody_recorded(self) -> None:
        body = BodyFactory(name="Board")
        post = PostFactory(role=Role.SECRETARY, of=body.commissioner)
        from tests.factories import PostHoldingFactory

        user = PostHoldingFactory(post=post).holder
        SeatFactory(body=body, post=post, part="secretary")
        MeetingFactory(body=body, day=DAY)
        MeetingFactory(body=body, day=NEXT)
        ItemFactory(meeting=MeetingFactory(body=body, day=date(2018, 12, 20)))
        MeetingFactory(day=NEXT)  # of a body that others keep
        found = {(one.text, one.note, one.overdue) for one in self._items(user)}
        assert {
            ("Board, 1 November 2018: was it held? Nobody has recorded who was there", "", True),
            ("Board, 13 December 2018: nothing is on the agenda", "papers due by 5 Dec 2018", True),
            ("Board, 20 December 2018: the papers are to go out", "by 12 Dec 2018", False),
        } <= found

    def test_on_a_member_meetings_whose_papers_are_out(self) -> None:
        seat = SeatFactory(body=BodyFactory(name="Board"))
        meeting = MeetingFactory(body=seat.body, day=NEXT)
        user = seat.post.holdings.get().holder
        confirm(by=user, person=user, nothing=True, today=TODAY)
        assert self._items(user) == []
        ItemFactory(meeting=meeting)
        services.papers_out(by=None, meeting=meeting, day=date(2018, 12, 5))
        (one,) = self._items(user)
        assert (one.text, one.note) == ("Board meets on 13 December 2018", "papers went out on 5 Dec 2018")

    def test_the_home_of_a_member_has_their_bodies(self) -> None:
        seat = SeatFactory(body=BodyFactory(name="Programme Board"))
        MeetingFactory(body=seat.body, day=NEXT)
        client = Client()
        client.force_login(seat.post.holdings.get().holder)
        html = read(client, "/")
        assert "Bodies you sit on" in html
        assert "meets next on 13 December 2018" in html

    def test_nothing_on_somebody_who_sits_nowhere(self) -> None:
        assert self._items(person(Role.BODY_MEMBER, of=CommissionerFactory())) == []


class TestTheApi:
    def test_has_a_meeting_with_its_agenda_and_who_was_there(self) -> None:
        body, meeting = board(2, items=2)
        attendance = [
            services.Present(p.person, seat=p.seat, presides=not n) for n, p in enumerate(queries.table(meeting))
        ]
        services.hold(by=None, meeting=meeting, today=TODAY, attendance=attendance)
        found = secretary(body).get("/api/v1" + url("meeting_detail", meeting.pk)).json()
        assert [one["title"] for one in found["agenda"]] == ["Item 1", "Item 2"]
        assert [one["took_the_chair"] for one in found["attendance"]] == [True, False]
        assert (found["quorum"], found["voting_members_there"]) == (2, 2)

    def test_plans_a_meeting_and_refuses_one_in_words(self) -> None:
        body, _ = board()
        client = secretary(body)
        address = "/api/v1" + url("plan", body.slug)
        made = client.post(address, {"day": "2018-12-13", "every": "once"}, content_type="application/json")
        assert made.status_code == 200, made.content
        again = client.post(address, {"day": "2018-12-13", "every": "once"}, content_type="application/json")
        assert "The body meets on 13 December 2018 already." in again.content.decode()
