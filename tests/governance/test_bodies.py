"""Bodies, their terms from a day, and their seats: what is recorded, and what the database refuses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cc2h.accounts.authority import Role
from cc2h.governance import queries, services
from cc2h.governance.models import Body, Seat, Terms
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import StaleRecord
from chins.post_services import end_holding
from tests.budget.ground import at_once
from tests.factories import ChinFactory, CommissionerFactory, DeputyFactory, PostFactory, PostHoldingFactory, person
from tests.factories.governance import AttendanceFactory, BodyFactory, MeetingFactory, SeatFactory, TermsFactory
from tests.governance.ground import DAY, TODAY, database_refuses, refused

pytestmark = pytest.mark.django_db

APRIL, JULY = date(2018, 4, 1), date(2018, 7, 1)


class TestABody:
    def test_has_an_address_of_whose_it_is_and_its_name(self) -> None:
        barnet = CommissionerFactory(barnet=True)
        assert services.add_body(by=None, name="Governing Body", commissioner=barnet).slug == "barnet-governing-body"
        assert services.add_body(by=None, name="Add").slug == "add-2"  # “add” is an address of its own
        chin = ChinFactory(slug="barnet-1", commissioner=barnet)
        board = services.add_body(by=None, name="Management board", chin=chin)
        assert (board.slug, board.commissioner) == ("barnet-1-management-board", barnet)

    def test_of_one_name_there_is_one(self) -> None:
        body = BodyFactory()
        said = refused(lambda: services.add_body(by=None, name=body.name, commissioner=body.commissioner))
        assert said == "There is a body of that name already."

    def test_does_not_report_to_one_that_reports_to_it(self) -> None:
        top = BodyFactory()
        middle = BodyFactory(parent=top, commissioner=top.commissioner)
        low = BodyFactory(parent=middle, commissioner=top.commissioner)
        said = refused(lambda: services.change_body(by=None, body=top, seen=history.version(top), parent=low))
        assert said == "A body does not report to one that reports to it."

    def test_stays_whose_it_is(self) -> None:
        body = BodyFactory()
        said = database_refuses(lambda: Body.objects.filter(pk=body.pk).update(commissioner=CommissionerFactory()))
        assert "Whose a body is never changes." in said

    def test_of_a_chin_is_of_the_chins_commissioner(self) -> None:
        said = database_refuses(lambda: BodyFactory(chin=ChinFactory(), commissioner=CommissionerFactory()))
        assert "A CHIN’s body is also of the CHIN’s commissioner." in said

    def test_is_not_changed_over_somebody_elses_change(self) -> None:
        body = BodyFactory()
        seen = history.version(body)
        services.change_body(by=None, body=body, seen=seen, paper="roadmap-2018")
        with pytest.raises(history.ChangedMeanwhile):
            services.change_body(by=None, body=body, seen=seen, paper="another")

    def test_meets_no_more_once_it_has_ended(self) -> None:
        body = BodyFactory()
        meeting = MeetingFactory(body=body, day=DAY)
        assert refused(lambda: services.end_body(by=None, body=body, last=JULY)) == (
            "Its meeting of 1 November 2018 is planned; cancel it first."
        )
        services.cancel(by=None, meeting=meeting, reason="The body ends")
        services.end_body(by=None, body=body, last=JULY)
        said = refused(lambda: services.plan_meetings(by=None, body=body, days=[DAY]))
        assert said == f"{body} ended on 1 July 2018."
        assert "The body has ended by then" in database_refuses(lambda: MeetingFactory(body=body, day=DAY))


class TestTerms:
    def test_hold_from_a_day_and_end_those_before(self) -> None:
        body = BodyFactory()
        services.set_terms(by=None, body=body, first=APRIL, quorum=3, limit=None, text="")
        services.set_terms(by=None, body=body, first=JULY, quorum=4, limit=Decimal(25_000), text="")
        on = {day: queries.terms_on(body, day) for day in (date(2018, 3, 31), date(2018, 6, 30), JULY)}
        assert [terms and terms.quorum for terms in on.values()] == [None, 3, 4]

    def test_from_a_day_before_others_are_refused_in_words(self) -> None:
        body = BodyFactory()
        TermsFactory(body=body, first=JULY)
        said = refused(lambda: services.set_terms(by=None, body=body, first=APRIL, quorum=3, limit=None, text=""))
        assert said == "Terms begin on 1 July 2018 already. Correct those, or void them first."

    def test_those_before_hold_on_when_they_are_voided(self) -> None:
        body = BodyFactory()
        services.set_terms(by=None, body=body, first=APRIL, quorum=3, limit=None, text="")
        wrong = services.set_terms(by=None, body=body, first=JULY, quorum=9, limit=None, text="")
        services.void_terms(by=None, terms=wrong, reason="Entered for another body")
        terms = queries.terms_on(body, TODAY)
        assert terms is not None
        assert (terms.quorum, terms.last_day) == (3, None)

    @pytest.mark.parametrize(("quorum", "said"), [(0, "A quorum is a whole number from 1 to 100."), (101, "A quorum")])
    def test_a_quorum_is_of_somebody(self, quorum: int, said: str) -> None:
        body = BodyFactory()
        assert said in refused(
            lambda: services.set_terms(by=None, body=body, first=APRIL, quorum=quorum, limit=None, text="")
        )

    def test_two_who_correct_them_at_once_do_not_overwrite_each_other(self) -> None:
        terms = TermsFactory()
        services.correct_terms(by=None, terms=terms, reason="Misread", quorum=4)
        with pytest.raises(StaleRecord):
            services.correct_terms(by=None, terms=terms, reason="Misread too", quorum=5)


class TestASeat:
    def test_is_vacant_without_a_post_and_without_a_holder(self) -> None:
        body = BodyFactory()
        SeatFactory(body=body, post=None, title="Nobody’s")
        SeatFactory(body=body, post=PostFactory(role=Role.BODY_MEMBER, of=body.commissioner), title="Not held")
        SeatFactory(body=body, title="Held")
        found = {one.seat.title: one.vacant for one in queries.members(body, TODAY)}
        assert found == {"Nobody’s": True, "Not held": True, "Held": False}

    def test_is_filled_with_another_post_from_a_day(self) -> None:
        seat = SeatFactory(title="Lay member")
        before, post = seat.post.holdings.get().holder, PostHoldingFactory(post__role=Role.BODY_MEMBER).post
        services.fill_seat(by=None, seat=seat, post=post, first=JULY, reason="Nominated")
        on = {day: queries.members(seat.body, day)[0].holder for day in (date(2018, 6, 30), JULY)}
        assert on == {date(2018, 6, 30): before, JULY: post.holdings.get().holder}

    def test_filled_from_its_first_day_was_always_filled(self) -> None:
        seat = SeatFactory(post=None, first=APRIL)
        filled = services.fill_seat(by=None, seat=seat, post=PostFactory(), first=APRIL, reason="Left out")
        assert list(Seat.objects.held().filter(body=seat.body)) == [filled]
        assert filled.thread == seat.thread

    def test_a_post_has_one_seat_on_a_body(self) -> None:
        seat = SeatFactory()
        facts: dict[str, Any] = {"title": "Another", "post": seat.post}
        said = refused(lambda: services.add_seat(by=None, body=seat.body, first=JULY, **facts))
        assert said.startswith("That post has a seat on the body already on some of these days")

    def test_there_is_one_chair(self) -> None:
        chair = SeatFactory(part="chair")
        said = refused(lambda: services.add_seat(by=None, body=chair.body, first=JULY, title="Chair", part="chair"))
        assert said.startswith("The body has a chair already on some of these days")
        services.end_seat(by=None, seat=chair, last=date(2018, 6, 30))
        assert services.add_seat(by=None, body=chair.body, first=JULY, title="Chair", part="chair")

    def test_in_which_somebody_sat_is_not_voided(self) -> None:
        meeting = MeetingFactory(state="held")
        there = AttendanceFactory(meeting=meeting)
        said = refused(lambda: services.void_seat(by=None, seat=there.seat, reason="Never was"))
        assert said == "Somebody is on the list of the meeting of 1 November 2018 in this seat: end it instead."

    def test_is_in_the_table_in_the_order_of_its_part(self) -> None:
        body = BodyFactory()
        for part in ("member", "secretary", "chair", "vice_chair"):
            SeatFactory(body=body, part=part, title=part)
        assert [one.seat.title for one in queries.members(body, TODAY)] == [
            "chair",
            "vice_chair",
            "secretary",
            "member",
        ]

    def test_of_a_vacant_post_a_deputy_may_sit_in(self) -> None:
        seat = SeatFactory()
        deputy = DeputyFactory(post=seat.post).deputy
        end_holding(by=None, holding=seat.post.holdings.get(), last=JULY)
        (one,) = queries.members(seat.body, TODAY)
        assert (one.vacant, one.people) == (True, [deputy])

    def test_as_known_on_a_day_it_is_as_it_was_held_then(self) -> None:
        seat = SeatFactory(title="Membre")
        services.correct_seat(by=None, seat=seat, reason="Misspelt", title="Member")
        known = AsAt(TODAY, date(2018, 12, 1), TODAY)
        assert queries.members(seat.body, TODAY, known)[0].seat.title == "Membre"
        assert queries.members(seat.body, TODAY)[0].seat.title == "Member"

    def test_however_many_are_read_in_as_many_queries(self) -> None:
        body = BodyFactory()
        SeatFactory(body=body)
        with CaptureQueriesContext(connection) as few:
            queries.members(body, TODAY)
        for _ in range(24):
            SeatFactory(body=body)
        with CaptureQueriesContext(connection) as many:
            assert len(queries.members(body, TODAY)) == 25
        assert len(many) == len(few) <= 4


class TestWhoMay:
    def test_bodies_of_all_commissioners_are_kept_by_the_programme_office(self) -> None:
        body = BodyFactory(commissioner=None)
        camden = CommissionerFactory()
        office, secretary = person(Role.NCL_OFFICE, of=camden), person(Role.SECRETARY, of=camden)
        from cc2h.accounts import authority

        for user, may in ((office, True), (secretary, False)):
            held = authority.of(user, TODAY)
            assert held.allows(authority.Action.KEEP_GOVERNANCE, body.authority_target()) is may
            user.authority = held
            assert list(Body.objects.visible_to(user)) == [body]

    def test_a_chin_lead_offers_bodies_of_their_own_chin(self) -> None:
        from cc2h.accounts import authority

        chin = ChinFactory()
        lead = person(Role.CHIN_LEAD, of=chin)
        lead.authority = authority.of(lead, TODAY)
        assert queries.places(lead) == [(chin.slug, chin.name)]


@pytest.mark.django_db(transaction=True)
def test_two_bodies_hung_under_each_other_at_once_one_is_refused() -> None:
    barnet = CommissionerFactory()
    bodies = [BodyFactory(commissioner=barnet), BodyFactory(commissioner=barnet)]

    def hang(place: int) -> Any:
        one, other = bodies[place], bodies[1 - place]
        return services.change_body(by=None, body=one, seen=history.version(one), parent=other)

    found = at_once(2, hang)
    assert sum(isinstance(one, Body) for one in found) == 1
    assert Body.objects.exclude(parent=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_posts_that_are_given_one_seat_at_once_one_is_told() -> None:
    seat = SeatFactory(post=None)
    posts = [PostFactory(role=Role.BODY_MEMBER), PostFactory(role=Role.BODY_MEMBER)]

    def fill(place: int) -> Any:
        try:
            return services.fill_seat(by=None, seat=seat, post=posts[place], first=JULY, reason="Nominated")
        except StaleRecord:
            return None

    found = at_once(2, fill)
    assert sum(isinstance(one, Seat) for one in found) == 1
    assert Seat.objects.as_at(TODAY).count() == 1


def test_terms_are_never_deleted_or_rewritten() -> None:
    terms = TermsFactory()
    assert "closed once and never changed" in database_refuses(
        lambda: Terms.objects.filter(pk=terms.pk).update(quorum=9)
    )
