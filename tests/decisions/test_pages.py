"""The pages of an item and of what was decided: who sees, who records, one screen for a secretary, frozen afterwards."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from cc2h.accounts.authority import Role
from cc2h.board.waiting import Reader, waiting_on
from cc2h.governance import subjects
from cc2h.governance.decisions.deciding import Condition, Resolution
from cc2h.governance.decisions.models import Decision, Declaration, Handling, Vote
from cc2h.governance.decisions.services import confirm
from cc2h.kit.asat import AsAt
from tests.decisions.ground import NEXT, Plans, Room, room
from tests.factories import ChinFactory, CommissionerFactory, PostHoldingFactory, PracticeFactory, person
from tests.factories.decisions import InterestFactory
from tests.factories.governance import BodyFactory, MeetingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TODAY = AsAt(date(2018, 12, 6), None, date(2018, 12, 6))


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Plans:
    kind = Plans()
    monkeypatch.setitem(subjects.subjects, kind.kind, kind)
    return kind


@pytest.fixture
def here() -> Room:
    return room()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def of_body(here: Room, role: Role = Role.SECRETARY, **kwargs: Any) -> Client:
    return signed_in(person(role, of=here.body.commissioner, **kwargs))


def url(name: str, here: Room) -> str:
    return reverse(f"decisions:{name}", args=[here.item.pk])


def typed(here: Room, **more: Any) -> dict[str, Any]:
    given = {"chair": here.chair.pk, "outcome": "agreed", "how_voted": "all", "reasons": "It does what the paper says."}
    return {name: value for name, value in {**given, **more}.items() if value is not None}


def record(client: Client, here: Room, *, yes: bool = True, **more: Any) -> Any:
    sent = typed(here, **more)
    return client.post(url("record", here), sent | ({"confirm": "yes"} if yes else {}), follow=True)


class TestRecording:
    @pytest.mark.parametrize("of_a_chin", [False, True])
    def test_who_presides_needs_a_second_factor_except_at_a_chins_own_body(
        self, settings: Any, of_a_chin: bool
    ) -> None:
        """What is decided commits money; a CHIN's own team has none, and its board may decide without."""
        settings.SECOND_FACTOR_REQUIRED = True
        here = room(body=BodyFactory(chin=ChinFactory()) if of_a_chin else None)
        client = signed_in(here.chair)
        refused = record(client, here)
        if not of_a_chin:
            assert not Decision.objects.exists()
            assert refused.redirect_chain == [("/account/2fa/", 302)]
            assertContains(refused, "Recording what this body decides needs a second factor.")
            by_api = client.post(f"/api/v1{url('record', here)}", typed(here), content_type="application/json")
            assert by_api.status_code == 403
            assert "second factor" in by_api.json()["detail"]
            Authenticator.objects.create(user=here.chair, type="totp", data={})
            record(client, here)
        assert Decision.objects.get().by == here.chair

    def test_a_secretary_records_an_item_on_one_screen(self, here: Room) -> None:
        client = of_body(here, name="Sam Secretary")
        page = client.get(url("record", here))
        for one in here.voters:
            assertContains(page, f"{one.seat.title}: {one.person}" if one.seat else "")
        foretold = record(client, here, yes=False)
        assertContains(foretold, "Agree. 5 for, 0 against; 5 could vote, the quorum is 3.")
        assertContains(foretold, "can’t be changed afterwards, or taken back")
        assert not Decision.objects.exists()
        done = record(client, here)
        assertContains(done, f"Recorded: Agree: {here.item.title}.")
        assertContains(done, "5 for, 0 against; 5 could vote, the quorum is 3.")
        assertContains(done, "Sam Secretary, Secretary of a body")
        assert Decision.objects.get().post == "Secretary of a body"

    def test_nothing_is_filled_in_before_somebody_says_it(self, here: Room) -> None:
        page = of_body(here).get(url("record", here)).content.decode()
        form = page.partition('id="decided"')[2]
        assert " checked" not in form
        assert form.count('<option value="" selected>No vote</option>') == 5

    def test_votes_seat_by_seat(self, here: Room) -> None:
        record(of_body(here), here, how_voted="each", vote_1="for", vote_2="for", vote_3="against", vote_4="abstains")
        assert [*Vote.objects.values_list("choice", flat=True)] == ["for", "for", "against", "abstains"]

    def test_who_has_no_vote_is_said_before_it_is_recorded(self, here: Room) -> None:
        foretold = record(of_body(here), here, yes=False, how_voted="each", vote_1="for", vote_2="for")
        assertContains(foretold, "3 people who could vote have no vote.")

    def test_a_conflict_is_handled_on_the_same_screen_and_held_to(self, here: Room) -> None:
        here.declare(1)
        client = of_body(here)
        assertContains(record(client, here), "A conflict has not been handled yet")
        done = record(client, here, handling_1="leaves", why_1="A partner of the practice")
        assertContains(done, "4 for, 0 against; 4 could vote, the quorum is 3.")
        assertContains(done, "Took no part")
        assert Handling.objects.get().chair == here.chair

    def test_a_conflicted_vote_by_seat_is_refused_in_words_and_what_was_typed_stays(self, here: Room) -> None:
        here.declare(1)
        answer = record(
            of_body(here), here, handling_1="leaves", why_1="A partner", how_voted="each", vote_1="for", vote_2="for"
        )
        assertContains(answer, "votes only where the chair has said that they stay and decide")
        assertContains(answer, "It does what the paper says.")
        assert not Handling.objects.exists()

    def test_a_conflict_is_handled_before_anything_is_decided(self, here: Room) -> None:
        here.declare(1)
        answer = record(
            of_body(here), here, handling_1="stays_silent", why_1="Why", outcome=None, how_voted=None, reasons=None
        )
        assertContains(answer, f"{here.people[1]}: stays, and is silent.")
        assert not Decision.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"outcome": None}, "Say what was decided, or how a conflict is handled."),
            ({"reasons": " "}, "Say why it was decided so."),
            ({"how_voted": None}, "Say how the body voted."),
            ({"how_voted": "each"}, "Not carried: 0 for, 0 against."),
            ({"outcome": "nonsense"}, "Select a valid choice."),
            ({"outcome": "deferred"}, "“Defer” takes no vote: choose nothing here."),
            ({"outcome": "conditions"}, "needs at least one condition"),
            ({"outcome": "conditions", "conditions": "Report | soon"}, "Line 1: found “soon” as its day."),
            ({"outcome": "conditions", "conditions": "A\n | 31 March 2019"}, "Line 2 has a day and no condition."),
            ({"conditions": "Report"}, "takes no conditions"),
            ({"chair": "0"}, "Select a valid choice."),
            ({"casting": "on"}, "only where as many voted for it as against it"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_recorded(
        self, here: Room, changes: Mapping[str, Any], said: str
    ) -> None:
        assertContains(record(of_body(here), here, **changes), said)
        assert not Decision.objects.exists()

    def test_conditions_one_a_line_with_their_days(self, here: Room) -> None:
        conditions = "Report the results | 31 March 2019\n\nShare   them | \nMeet | monthly | 2019-04-01"
        done = record(of_body(here), here, outcome="conditions", conditions=conditions)
        assertContains(done, "Report the results, by 31 March 2019")
        assert [one["text"] for one in Decision.objects.get().conditions] == [
            "Report the results", "Share them", "Meet | monthly",
        ]  # fmt: skip

    def test_when_who_was_there_changes_meanwhile_it_is_said_and_kept(self, here: Room) -> None:
        client = of_body(here)
        page = client.get(url("record", here)).content.decode()
        seen = page.partition('name="seen" value="')[2].partition('"')[0]
        here.declare(2)
        answer = record(client, here, seen=seen)
        assertContains(answer, "was changed since this page was opened. Look at it again")
        fresh = answer.content.decode().partition('name="seen" value="')[2].partition('"')[0]
        assert fresh != seen
        done = record(client, here, seen=fresh, handling_1="stays_and_decides", why_1="It is nothing")
        assertContains(done, "5 for, 0 against")

    def test_more_than_the_body_may_decide_alone_is_said(self, plans: Plans) -> None:
        here = room(kind="plan", key="1")
        big = room(body=BodyFactory(commissioner=here.body.commissioner), kind="plan", key="2", limit=Decimal(10_000))
        foretold = record(of_body(here), big, yes=False, outcome="approved")
        assertContains(foretold, "It asks for £12,000.00, more than the £10,000.00 this body decides on alone.")

    def test_more_is_asked_of_named_parts(self, plans: Plans) -> None:
        here = room(kind="plan", key="1")
        done = record(of_body(here), here, outcome="asked", sections=["costs"])
        assertContains(done, "More was asked of")
        assertContains(done, "<li>Costs</li>", html=True)

    def test_an_item_is_deferred_where_too_few_are_there(self) -> None:
        few = room(2, quorum=3)
        client = of_body(few)
        assertContains(record(client, few), "No quorum: 2 could vote on this item, and it takes 3.")
        done = record(client, few, outcome="deferred", how_voted=None, reasons="Too few were there.")
        assertContains(done, "Defer</strong>")

    def test_before_the_meeting_is_held_there_is_nothing_to_record(self) -> None:
        later = room(state="planned")
        assertContains(of_body(later).get(url("record", later)), "The meeting has not been held yet")

    def test_what_was_decided_stays_on_the_agenda(self, here: Room) -> None:
        client = of_body(here)
        record(client, here)
        later = MeetingFactory(body=here.body, day=NEXT)
        moved = {"to": later.pk, "reason": "Again"}
        answer = client.post(reverse("governance:item_move", args=[here.item.pk]), moved)
        assertContains(answer, "The item has been decided on: it stays on this agenda.")

    def test_meetings_and_bodies_show_what_was_decided(self, here: Room) -> None:
        conditions = "Report the results | 31 March 2019"
        client = of_body(here)
        record(client, here, outcome="conditions", conditions=conditions)
        meeting = client.get(reverse("governance:meeting_detail", args=[here.meeting.pk]))
        assertContains(meeting, "Report the results, by 31 March 2019")
        later = MeetingFactory(body=here.body, day=NEXT)
        assertContains(client.get(reverse("governance:meeting_detail", args=[later.pk])), "Conditions it set")
        body = client.get(reverse("governance:body_detail", args=[here.body.slug]))
        assertContains(body, "Latest decisions")
        assertContains(body, "All 1 decision of this body")

    def test_the_second_is_told_who_recorded_what(self, here: Room) -> None:
        record(of_body(here, name="Sam Secretary"), here)
        answer = of_body(here, name="Pat Second").get(url("record", here))
        assertContains(answer, "Sam Secretary recorded “Agree” for it. A decision stays as it was taken.")


class TestWho:
    def test_whoever_presided_records_it_too(self, here: Room) -> None:
        PostHoldingFactory(holder=here.chair, post__role=Role.BODY_MEMBER, post__of=here.body.commissioner)
        record(signed_in(here.chair), here)
        decision = Decision.objects.get()
        assert (decision.by, decision.post) == (here.chair, here.seats[0].title)

    def test_another_member_reads_it_and_records_nothing(self, here: Room) -> None:
        member = of_body(here, Role.BODY_MEMBER)
        assertNotContains(member.get(url("item", here)), "Record what was decided")
        assert member.post(url("record", here), typed(here)).status_code == 403
        assert member.post(url("handle", here)).status_code == 403

    def test_a_secretary_of_elsewhere_finds_nothing(self, here: Room) -> None:
        other = signed_in(person(Role.SECRETARY, of=CommissionerFactory()))
        for name in ("item", "declare", "handle", "record"):
            assert other.get(url(name, here)).status_code == 404
        record(of_body(here), here)
        assert other.get(reverse("decisions:decision_detail", args=[Decision.objects.get().pk])).status_code == 404
        assertNotContains(other.get(reverse("decisions:decision_list")), here.item.title)


class TestWhatWaits:
    def waits(self, user: Any) -> list[str]:
        return [one.text for one in waiting_on(Reader(user, TODAY))]

    def sits(self, here: Room, number: int) -> Any:
        """Whoever holds the seat, as they are when they sign in."""
        return type(here.chair).objects.get(pk=here.holders[number].pk)

    def test_a_secretary_is_asked_for_what_is_not_recorded_yet(self, here: Room) -> None:
        PostHoldingFactory(holder=here.holders[-1], post__role=Role.SECRETARY, post__of=here.body.commissioner)
        asked = f"{here.item.title}: what did {here.body} say of it?"
        assert asked in self.waits(self.sits(here, -1))
        here.decide("for")
        assert asked not in self.waits(self.sits(here, -1))
        assert not any("what did" in one for one in self.waits(self.sits(here, 0)))

    def test_a_member_is_asked_for_their_interests_every_year(self, here: Room) -> None:
        asked, member = "Confirm your interests, also where you have none", self.sits(here, 2)
        assert asked in self.waits(member)
        confirm(by=member, person=member, nothing=True, today=date(2017, 12, 6))
        assert asked not in self.waits(self.sits(here, 2))
        stranger = person(Role.PRACTICE_MANAGER, of=PracticeFactory())
        assert asked not in self.waits(stranger)

    def test_a_year_later_they_are_asked_again(self, here: Room) -> None:
        member = self.sits(here, 2)
        confirm(by=member, person=member, nothing=True, today=date(2017, 12, 5))
        assert "Confirm your interests, also where you have none" in self.waits(self.sits(here, 2))


class TestDeclaring:
    def test_a_member_declares_on_an_item_to_come(self) -> None:
        later = room(state="planned")
        member = person(Role.BODY_MEMBER, of=later.body.commissioner, name="Pat Member")
        interest = InterestFactory(person=member, what="A partner there")
        client = signed_in(member)
        given = {"person": member.pk, "said": "I am a partner there", "interest": interest.pk}
        answer = client.post(url("declare", later), given, follow=True)
        assertContains(answer, "On record: Pat Member has a conflict on this item.")
        assertContains(answer, "To be handled</strong>")
        assert Declaration.objects.get().interest == interest
        assertContains(client.get(reverse("decisions:mine")), "I am a partner there")

    def test_nobody_but_the_secretary_declares_for_somebody_else(self, here: Room) -> None:
        member = of_body(here, Role.BODY_MEMBER)
        other = {"person": here.people[1].pk, "said": "A partner"}
        assertContains(member.post(url("declare", here), other), "Select a valid choice")
        of_body(here).post(url("declare", here), other)
        assert Declaration.objects.get().person == here.people[1]

    @pytest.mark.parametrize("said", ["", "   ", "x" * 1001])
    def test_what_the_conflict_is_is_said_in_a_thousand_characters(self, here: Room, said: str) -> None:
        secretary = of_body(here)
        answer = secretary.post(url("declare", here), {"person": here.people[1].pk, "said": said})
        assertContains(answer, "There is a problem")
        assert not Declaration.objects.exists()

    def test_marks_right_to_left_text_and_pictures_are_kept_as_text(self, here: Room) -> None:
        said = "<b>شريك</b> 🙂 partner"
        of_body(here).post(url("declare", here), {"person": here.people[1].pk, "said": said})
        assert Declaration.objects.get().words == said
        assertContains(of_body(here).get(url("item", here)), "&lt;b&gt;شريك&lt;/b&gt; 🙂 partner")


class TestHandling:
    def test_it_is_handled_before_the_meeting_by_its_chair(self) -> None:
        later = room(state="planned")
        of_body(later).post(url("declare", later), {"person": later.holders[2].pk, "said": "A partner"})
        given = {"person": later.holders[2].pk, "how": "stays_silent", "chair": later.holders[0].pk, "reason": "Agreed"}
        answer = of_body(later).post(url("handle", later), given, follow=True)
        assertContains(answer, "Stays, and is silent</strong>")
        assertContains(answer, "in the chair: “Agreed”")

    def test_an_item_is_moved_only_to_a_meeting_that_is_named(self) -> None:
        here = room()
        here.declare(1)
        client, given = of_body(here), {"person": here.people[1].pk, "chair": here.chair.pk, "reason": "Why"}
        said = "Choose the meeting that the item is moved to. Where none is planned, plan one first."
        assertContains(client.post(url("handle", here), given | {"how": "item_moved"}), said)
        MeetingFactory(body=here.body, day=NEXT)
        assertContains(client.post(url("handle", here), given | {"how": "item_moved"}), said)

    def test_without_a_conflict_there_is_nothing_to_handle(self, here: Room) -> None:
        assertContains(of_body(here).get(url("handle", here)), "Nobody has a conflict on this item.")


class TestDecisions:
    def test_a_decision_reads_as_it_was_taken(self, here: Room) -> None:
        here.declare(1, "A partner of the practice")
        here.handle(1, "leaves")
        conditions = [Condition("Report", date(2019, 3, 31))]
        resolution = Resolution("conditions", "Why", conditions, minute="Said so")
        decision = here.decide("for", "", "for", resolution=resolution)
        title = here.item.title
        type(here.body).objects.update(name="Another name")
        page = of_body(here, Role.BODY_MEMBER).get(reverse("decisions:decision_detail", args=[decision.pk]))
        for said in (title, "A partner of the practice", "Leaves for the item", "Report, by 31 March 2019", "Said so"):
            assertContains(page, said)
        assertNotContains(page, "Another name")

    def test_they_are_listed_filtered_and_taken_out(self, here: Room) -> None:
        here.decide("for")
        other = room(2, quorum=1, body=BodyFactory(commissioner=here.body.commissioner), task="advise")
        other.decide("for", resolution=Resolution("endorsed", "Good"))
        client = of_body(here, Role.BODY_MEMBER)
        address = reverse("decisions:decision_list")

        def listed(**query: str) -> list[str]:
            return [row["label"] for row in client.get(f"/api/v1{address}", query).json()["rows"]]

        assert sorted(listed()) == ["Agree", "Endorse"]
        assert listed(body=other.body.slug) == ["Endorse"]
        assert listed(task="decide") == ["Agree"]
        assert listed(q="good") == ["Endorse"]
        assert listed(conflicts="yes") == []
        assert listed(as_at="2018-10-31") == []
        assertContains(client.get(address), "2 decisions")

    def test_any_number_of_decisions_is_the_same_number_of_queries(self, django_assert_max_num_queries: Any) -> None:
        here = room()
        here.decide("for")
        client = of_body(here, Role.BODY_MEMBER)
        for more in (1, 6):
            for _ in range(more):
                room(body=BodyFactory(commissioner=here.body.commissioner)).decide("for")
            with django_assert_max_num_queries(12):
                client.get(reverse("decisions:decision_list"))

    def test_the_api_answers_an_item_and_its_decision(self, here: Room) -> None:
        here.declare(1)
        client = of_body(here)
        found = client.get(f"/api/v1{url('item', here)}").json()
        assert [one["seat"] for one in found["voters"]] == [one.title for one in here.seats[:-1]]
        assert found["outcomes"] == ["agreed", "conditions", "declined", "deferred"]
        sent = typed(here, handling_1="leaves", why_1="A partner", chair=str(here.chair.pk))
        would = client.post(f"/api/v1{url('record', here)}?dry_run=1", sent, content_type="application/json").json()
        assert would["effect"]["sentences"][-1].endswith("Agree. 4 for, 0 against; 4 could vote, the quorum is 3.")
        done = client.post(f"/api/v1{url('record', here)}", sent, content_type="application/json").json()
        assert done["records"][0]["kind"] == "decision"
        decision = client.get(f"/api/v1{done['page']}").json()
        assert (decision["votes_for"], decision["conflicts"][0]["handling"]) == (4, "Leaves for the item")
