"""The bodies that the papers name, with their seats and without anybody's name."""

import pytest

from cc2h.config.demonstration.loading import commissioners
from cc2h.governance import queries, shipped
from cc2h.governance.models import Body, Part, Seat
from practices.models import Commissioner
from tests.factories import ChinFactory
from tests.governance.ground import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded() -> None:
    commissioners()
    barnet = Commissioner.objects.get(ods_code="07M")
    ChinFactory(commissioner=barnet, slug="barnet-1", name="CHIN 1")
    ChinFactory(commissioner=barnet, slug="barnet-2", name="CHIN 2", status="proposed")
    ChinFactory(commissioner=barnet, slug="declined", name="Declined", status="declined")
    ChinFactory(commissioner=Commissioner.objects.get(ods_code="07R"), name="Another’s")
    shipped.load()


@pytest.mark.usefixtures("loaded")
def test_the_programme_board_has_25_seats_21_of_them_core() -> None:
    board = Body.objects.get(slug=shipped.PROGRAMME_BOARD)
    members = queries.members(board, TODAY)
    assert (len(members), sum(one.seat.core for one in members)) == (25, 21)
    assert all(one.vacant for one in members)
    assert sum(one.seat.organisation == "To be confirmed" for one in members) == 1
    assert sum(one.seat.part == Part.CHAIR for one in members) == 1


@pytest.mark.usefixtures("loaded")
def test_each_stands_under_the_one_it_reports_to() -> None:
    of_all = {body.name for body in Body.objects.filter(commissioner=None)}
    assert len(of_all) == 11
    assert {"NCL STP Transformation Board", "Clinical Reference Group", "Workstream: Provider development"} <= of_all
    decides = Body.objects.get(slug=shipped.DECIDES)
    assert str(decides.parent) == "Governing Body"
    assert len(decides.other_names) == 2
    assert [str(one) for one in Body.objects.filter(parent__slug=shipped.STEERING)] == [
        "Management board, CHIN 1",
        "Management board, CHIN 2",
    ]


@pytest.mark.usefixtures("loaded")
def test_a_quorum_can_be_met_by_the_seats_that_vote() -> None:
    for body in Body.objects.all():
        terms = queries.terms_on(body, TODAY)
        if terms is not None:
            voting = sum(one.seat.voting for one in queries.members(body, TODAY))
            assert terms.quorum <= voting, body


@pytest.mark.usefixtures("loaded")
def test_nothing_is_written_a_second_time() -> None:
    before = Seat.objects.count()
    shipped.load()
    assert Seat.objects.count() == before


class TestTheDemonstration:
    @pytest.mark.usefixtures("demonstration")
    def test_barnets_bodies_have_more_than_their_quorum_when_one_chins_people_are_out(self) -> None:
        for slug in (shipped.DECIDES, shipped.GOVERNING, shipped.STEERING):
            body = Body.objects.get(slug=slug)
            terms = queries.terms_on(body, TODAY)
            voting = [one for one in queries.members(body, TODAY) if one.holder and one.seat.voting]
            of_no_chin = [one for one in voting if one.seat.post and one.seat.post.chin_id is None]
            assert terms is not None
            assert len(of_no_chin) >= terms.quorum, slug

    @pytest.mark.usefixtures("demonstration")
    def test_what_was_held_was_quorate_and_one_was_cancelled(self) -> None:
        from cc2h.governance.models import Meeting

        held = Meeting.objects.filter(state="held").select_related("body")
        assert held.count() > 20
        assert all(queries.quorum(meeting).met for meeting in held)
        assert str(Meeting.objects.get(state="cancelled")).endswith("9 August 2018")
