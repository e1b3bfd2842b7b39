"""Pages about CHINs: what they show as at a day, and how each act goes from typed to done without JavaScript."""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.kit import dated
from chins import services
from chins.models import Chin, ChinState, Membership, Partner
from chins.workflow import route
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    MembershipFactory,
    NamesReleaseFactory,
    PartnerFactory,
    PostHoldingFactory,
    PracticeFactory,
    UserFactory,
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MAY = date(2018, 5, 1)
END_OF_MAY = date(2018, 5, 31)
TODAY = date(2018, 12, 6)
NEXT_YEAR = date(2019, 1, 1)


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def north(barnet: Any) -> Chin:
    chin: Chin = ChinFactory(
        commissioner=barnet,
        name="North Locality",
        slug="north-locality",
        footprint="High Barnet",
        focus_areas=["Frailty"],
        since={"proposed": date(2017, 3, 27), "approved": date(2017, 6, 26), "operational": date(2018, 3, 26)},
    )
    return chin


@pytest.fixture
def finchley(barnet: Any) -> Chin:
    chin: Chin = ChinFactory(commissioner=barnet, name="Finchley", slug="finchley")
    return chin


@pytest.fixture
def ashdown(barnet: Any) -> Any:
    return PracticeFactory(commissioner=barnet, detail__name="Ashdown Practice", ods_code="E83003", patients=60_000)


@pytest.fixture
def brook(barnet: Any) -> Any:
    return PracticeFactory(commissioner=barnet, detail__name="Brook Lane Surgery", ods_code="E83005", patients=40_000)


@pytest.fixture
def manager(barnet: Any) -> Client:
    return signed_in(person(Role.TRANSFORMATION_MANAGER, of=barnet, name="Programme manager"))


@pytest.fixture
def board(barnet: Any) -> Client:
    return signed_in(person(Role.BOARD_MEMBER, of=barnet))


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    """What a reader reads: the page without its tags, spaces as one."""
    assert response.status_code == 200, response.status_code
    main = re.search(r"<main.*?</main>", response.content.decode(), re.S)
    assert main
    return (
        re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main.group())))
        .replace(" .", ".")
        .replace(" ,", ",")
        .strip()
    )


def hidden(response: Any) -> dict[str, Any]:
    """The hidden fields of a page's form, to send on as a browser would."""
    found: dict[str, Any] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', response.content.decode()):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and value:
            found.setdefault(unescape(name.group(1)), []).append(unescape(value.group(1)))
    found.pop("csrfmiddlewaretoken", None)
    return found


def confirmed(client: Client, url: str, typed: dict[str, Any]) -> tuple[str, Any]:
    """Types, reads what it will change, says yes. Returns the preview's text and the page after."""
    preview = client.post(url, typed)
    weighed = text(preview)
    assert "What this will change" in weighed
    return weighed, client.post(url, hidden(preview) | {"confirm": "yes"}, follow=True)


class TestList:
    def test_what_counts_and_what_does_not(self, manager: Client, north: Chin, finchley: Chin, barnet: Any) -> None:
        ChinFactory(commissioner=barnet, name="Gone", status="closed", first=date(2017, 1, 1))
        ChinFactory(commissioner=barnet, name="Not yet", first=NEXT_YEAR)
        ChinFactory(name="Another commissioner’s")
        shown = text(manager.get(reverse("chins:chin_list")))
        assert "2 operational (plus 1 closed)" in shown
        assert "Not yet" not in shown
        assert "Another commissioner’s" not in shown
        assert "Gone" in text(manager.get(reverse("chins:chin_list"), {"status": "closed"}))
        assert "3 operational" in text(manager.get(reverse("chins:chin_list"), {"as_at": "2019-06-01"}))

    def test_sizes_of_the_day_and_the_band(
        self, manager: Client, north: Chin, finchley: Chin, ashdown: Any, brook: Any
    ) -> None:
        MembershipFactory(practice=ashdown, chin=north, first=MAY)
        MembershipFactory(practice=brook, chin=finchley, first=MAY)
        url = reverse("chins:chin_list")
        assert re.search(r"Finchley .* 1 40,000 ◐?\s*Outside the band 10,000 below", text(manager.get(url)))
        assert re.search(r"North Locality .* 1 60,000 inside", text(manager.get(url)))
        assert "Finchley" not in text(manager.get(url, {"size": "inside"}))
        outside = text(manager.get(url, {"size": "outside"}))
        assert "Finchley" in outside
        assert "North Locality" not in outside
        csv = b"".join(manager.get(url, {"format": "csv", "sort": "-patients"}).streaming_content).decode()
        assert [line.split(",")[0] for line in csv.splitlines()] == ["slug", "north-locality", "finchley"]
        assert "07M,CHIN,operational,2018-03-26,1,60000,inside,50000,80000" in csv

    def test_searching(self, manager: Client, north: Chin, finchley: Chin) -> None:
        for query in ("north", "high barnet", "frailty"):
            shown = text(manager.get(reverse("chins:chin_list"), {"q": query}))
            assert "North Locality" in shown
            assert "Finchley" not in shown

    def test_called_by_the_local_word(self) -> None:
        enfield = CommissionerFactory(local_word="Health and Care Team", local_word_plural="Health and Care Teams")
        ChinFactory(commissioner=enfield)
        shown = text(signed_in(person(Role.BOARD_MEMBER, of=enfield)).get(reverse("chins:chin_list")))
        assert shown.startswith("Health and Care Teams")


class TestPage:
    def test_who_is_in_it_as_at_a_day(self, manager: Client, north: Chin, ashdown: Any, brook: Any) -> None:
        MembershipFactory(practice=ashdown, chin=north, first=MAY)
        MembershipFactory(practice=brook, chin=north, first=MAY, last=END_OF_MAY)
        url = reverse("chins:chin_detail", args=[north.slug])
        today, before = text(manager.get(url)), text(manager.get(url, {"as_at": "2018-05-31"}))
        assert "Registered patients 60,000" in today
        assert "Practices 1 How" in today
        assert "Share of Barnet’s patients 60.0% 60,000 of 100,000" in today
        assert "Inside the band of 50,000 to 80,000 patients" in today
        assert "Registered patients 100,000" in before
        assert "20,000 above the band" in before
        assert "Brook Lane Surgery left" in today
        earlier = text(manager.get(url, {"as_at": "2017-01-01"}))
        assert "Not yet proposed on this day" in earlier

    def test_a_plan_that_slipped_says_so(self, manager: Client, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, slug="one", since={"proposed": MAY, "approved": date(2018, 6, 1)})
        with dated.recording_at(datetime(2018, 7, 1, 12, tzinfo=UTC)):
            plan = services.change_state(by=None, chin=chin, status="operational", day=date(2018, 9, 1))
        with dated.recording_at(datetime(2018, 8, 20, 12, tzinfo=UTC)):
            services.replan_state(by=None, state=plan, day=date(2019, 1, 15), reason="Sites not ready")
        url = reverse("chins:chin_detail", args=["one"])
        said = "was planned for 1 September 2018 until 20 August 2018 (Sites not ready)"
        shown = text(manager.get(url))
        assert said in shown
        assert "15 January 2019 (planned)" in shown
        assert said not in text(manager.get(url, {"known": "2018-08-01"}))
        assert "since 1 June 2018" in shown  # still approved today

    def test_a_dropped_plan_stays_on_the_timeline(self, manager: Client, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, slug="one", since={"proposed": MAY})
        with dated.recording_at(datetime(2018, 7, 1, 12, tzinfo=UTC)):
            plan = services.change_state(by=None, chin=chin, status="approved", day=NEXT_YEAR)
        with dated.recording_at(datetime(2018, 8, 20, 12, tzinfo=UTC)):
            services.void_state(by=None, state=plan, reason="Panel wants more")
        shown = text(manager.get(reverse("chins:chin_detail", args=["one"])))
        assert "Approved was planned for this day" in shown
        assert "Dropped on 20 August 2018: Panel wants more" in shown

    def test_names_of_practices_still_out_are_for_those_who_may_see_them(
        self, manager: Client, board: Client, north: Chin, brook: Any, barnet: Any
    ) -> None:
        MembershipFactory(practice=brook, chin=north, first=NEXT_YEAR)
        url = reverse("chins:chin_detail", args=[north.slug])
        assert "Brook Lane Surgery" in text(manager.get(url))
        hidden_from_board = text(board.get(url))
        assert "Brook Lane" not in hidden_from_board
        assert "1 practice, whose name is not released" in hidden_from_board
        assert "Brook Lane" not in text(board.get(url, {"as_at": "2019-06-01"}))
        NamesReleaseFactory(commissioner=barnet, first=MAY)
        assert "Brook Lane Surgery" in text(board.get(url))

    def test_posts_partners_and_history(self, manager: Client, board: Client, north: Chin) -> None:
        PostHoldingFactory(post__of=north, holder=UserFactory(name="Anna"), first=MAY)
        PartnerFactory(chin=north, organisation="Healthwatch Barnet", first=MAY)
        PartnerFactory(chin=north, organisation="Long gone", first=MAY, last=END_OF_MAY)
        url = reverse("chins:chin_detail", args=[north.slug])
        shown = text(manager.get(url))
        assert "CHIN lead Anna 1 May 2018" in shown
        assert "Healthwatch Barnet" in shown
        assert "Who changed what" in shown
        assert "Long gone" in text(manager.get(url, {"as_at": "2018-05-31"}))
        assert "Who changed what" not in text(board.get(url))
        assert "Change the state" not in text(board.get(url))

    def test_a_plan_made_later_is_not_shown_on_the_page_of_an_earlier_day(
        self, board: Client, north: Chin, ashdown: Any
    ) -> None:
        later = {"first": NEXT_YEAR, "recorded": datetime(2018, 10, 1, 9, tzinfo=UTC)}
        MembershipFactory(chin=north, practice=ashdown, **later)
        PartnerFactory(chin=north, organisation="Healthwatch Barnet", **later)
        PostHoldingFactory(post__of=north, holder=UserFactory(name="Anna"), **later)
        url = reverse("chins:chin_detail", args=[north.slug])
        plans = ("practice is planned to join", "Healthwatch Barnet", "from 1 Jan 2019: Anna")
        for day in ("", "2018-10-01"):
            shown = text(board.get(url, {"as_at": day})).replace("\u00a0", " ")
            assert [plan for plan in plans if plan not in shown] == []
        earlier = text(board.get(url, {"as_at": "2018-09-30"})).replace("\u00a0", " ")
        assert [plan for plan in plans if plan in earlier] == []

    def test_another_commissioners_is_not_there(self, manager: Client) -> None:
        chin = ChinFactory()
        assert manager.get(reverse("chins:chin_detail", args=[chin.slug])).status_code == 404


class TestProposing:
    def test_an_expression_of_interest(self, manager: Client, ashdown: Any, brook: Any, barnet: Any) -> None:
        url = reverse("chins:chin_propose")
        assert "Ashdown Practice (E83003), 60,000 patients" in text(manager.get(url))
        typed = {
            "name": "Edgware",
            "kind": "chin",
            "day": "2018-12-01",
            "practices": [ashdown.pk],
            "focus_areas": "Diabetes\r\n\r\nPaediatric access",
        }
        weighed, after = confirmed(manager, url, typed)
        assert "Patients in a CHIN 0.0% 60.0% +60.0 points" in weighed
        assert "Practices in a CHIN 0 of 2 (0.0%) 1 of 2 (50.0%) +1" in weighed
        assert after.redirect_chain[-1][0] == reverse("chins:chin_detail", args=["edgware"])
        chin = Chin.objects.get(slug="edgware")
        assert chin.focus_areas == ["Diabetes", "Paediatric access"]
        assert Membership.objects.as_at(TODAY).get().practice == ashdown

    def test_nothing_is_saved_by_looking(self, manager: Client, ashdown: Any) -> None:
        typed = {"name": "Edgware", "kind": "chin", "day": "2018-12-01", "practices": [ashdown.pk]}
        assert manager.post(reverse("chins:chin_propose"), typed).status_code == 200
        assert not Chin.objects.exists()

    def test_going_back_keeps_what_was_typed(self, manager: Client, ashdown: Any) -> None:
        url = reverse("chins:chin_propose")
        typed = {"name": "Edgware", "kind": "chin", "day": "2018-12-01", "practices": [ashdown.pk]}
        again = manager.post(url, hidden(manager.post(url, typed)) | {"change": "yes"})
        assert 'value="Edgware"' in again.content.decode()
        assert "There is a problem" not in text(again)

    def test_whoever_has_several_commissioners_chooses_first(self, barnet: Any) -> None:
        camden = CommissionerFactory(ods_code="07R", short_name="Camden")
        client = signed_in(person(Role.TRANSFORMATION_MANAGER, of=[barnet, camden]))
        url = reverse("chins:chin_propose")
        assert "For which commissioner?" in text(client.get(url))
        assert "Camden (07R)" in text(client.get(url, {"commissioner": "07R"}))
        assert client.get(url, {"commissioner": "08D"}).status_code == 404

    def test_what_is_missing_is_said_first(self, manager: Client) -> None:
        shown = text(manager.post(reverse("chins:chin_propose"), {"kind": "chin", "code": "40115"}))
        assert "There is a problem" in shown
        assert "Give it a name." in shown
        assert "Give a day." in shown
        assert "U and five digits" in shown


class TestDetails:
    def test_the_second_is_told_who_changed_what_and_loses_nothing(self, manager: Client, north: Chin) -> None:
        url = reverse("chins:chin_edit", args=[north.slug])
        opened = hidden(manager.get(url))
        first = opened | {"name": "North Locality", "footprint": "Totteridge", "focus_areas": "Frailty"}
        assert manager.post(url, first).status_code == 302
        second = opened | {"name": "North and East", "footprint": "Whetstone", "focus_areas": "Frailty"}
        conflict = manager.post(url, second)
        shown = text(conflict)
        assert "Programme manager changed this while you were writing" in shown
        assert "Area it serves Totteridge Whetstone" in shown
        assert 'value="Whetstone"' in conflict.content.decode()
        assert manager.post(url, second | {"seen": hidden(conflict)["seen"]}).status_code == 302
        north.refresh_from_db()
        assert (north.name, north.footprint) == ("North and East", "Whetstone")

    def test_the_history_says_old_and_new_in_words_and_no_number_of_the_request(
        self, manager: Client, north: Chin
    ) -> None:
        url = reverse("chins:chin_edit", args=[north.slug])
        for name in ("CHIN 1", "CHIN 2"):
            typed = {"name": name, "code": "", "footprint": name.replace("CHIN", "Ward"), "focus_areas": "Frailty"}
            assert manager.post(url, hidden(manager.get(url)) | typed).status_code == 302
        for page in ("chins:chin_detail", "chins:chin_history"):
            shown = text(manager.get(reverse(page, args=[north.slug])))
            assert "CHIN 2: changed Name: CHIN 1 → CHIN 2 Area it serves: Ward 1 → Ward 2" in shown, page
            assert "CHIN CHIN" not in shown
            assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", shown)

    @pytest.mark.parametrize("seen", ["9" * 30, "0", "٣"])
    def test_a_version_that_never_was_does_not_pass_for_the_newest(
        self, manager: Client, north: Chin, seen: str
    ) -> None:
        url = reverse("chins:chin_edit", args=[north.slug])
        page = manager.post(url, {**hidden(manager.get(url)), "name": "North and East", "seen": seen})
        assert page.status_code == 200
        north.refresh_from_db()
        assert north.name != "North and East"

    def test_a_state_that_no_page_can_have_shown_is_the_newest(self, manager: Client, north: Chin) -> None:
        url = reverse("chins:chin_state", args=[north.slug])
        assert manager.post(url, {"seen": "9" * 5000}).status_code == 200

    def test_a_name_that_is_taken(self, manager: Client, north: Chin, finchley: Chin) -> None:
        url = reverse("chins:chin_edit", args=[north.slug])
        shown = text(manager.post(url, hidden(manager.get(url)) | {"name": "Finchley"}))
        assert "This commissioner already has a CHIN of that name." in shown


class TestStates:
    def test_to_operational_on_a_day_to_come(self, manager: Client, barnet: Any) -> None:
        chin = ChinFactory(
            commissioner=barnet, name="Hendon", slug="hendon", since={"proposed": MAY, "approved": END_OF_MAY}
        )
        url = reverse("chins:chin_state", args=["hendon"])
        opened = hidden(manager.get(url))
        weighed, after = confirmed(manager, url, opened | {"status": "operational", "day": "2019-01-01"})
        assert "Hendon is approved until 31 December 2018, then operational." in weighed
        assert "operational from 1 January 2019" in text(after)
        assert ChinState.objects.as_at(TODAY).get(chin=chin).status == "approved"

    def test_two_at_once_the_second_is_told(self, manager: Client, barnet: Any) -> None:
        chin = ChinFactory(commissioner=barnet, slug="hendon", since={"proposed": MAY})
        url = reverse("chins:chin_state", args=["hendon"])
        opened = hidden(manager.get(url))
        other = UserFactory(name="Somebody else")
        services.change_state(by=other, chin=chin, status="approved", day=END_OF_MAY, reason="Panel of May")
        shown = text(manager.post(url, opened | {"status": "declined", "day": "2018-06-01", "reason": "No sites"}))
        assert "Somebody else changed this while you were writing" in shown
        assert "Panel of May" in shown
        assert "No sites" in shown
        assert ChinState.objects.as_at(TODAY).get(chin=chin).status == "approved"

    def test_merging_takes_the_practices_along(
        self, manager: Client, north: Chin, finchley: Chin, ashdown: Any
    ) -> None:
        MembershipFactory(practice=ashdown, chin=north, first=MAY)
        url = reverse("chins:chin_state", args=[north.slug])
        opened = hidden(manager.get(url))
        nowhere = text(manager.post(url, opened | {"status": "merged", "day": "2018-12-10"}))
        assert "Say which CHIN it merges into" in nowhere
        typed = opened | {"status": "merged", "into": finchley.pk, "day": "2018-12-10", "reason": "Too small"}
        weighed, _ = confirmed(manager, url, typed)
        assert "Finchley: patients 0 60,000 +60,000" in weighed
        assert "Patients in a CHIN 100.0% 100.0% none" in weighed
        assert "its posts end the day before" in weighed
        assert Membership.objects.as_at(date(2018, 12, 10)).get().chin == finchley

    def test_the_form_says_what_a_chin_can_become(self, manager: Client, barnet: Any) -> None:
        ChinFactory(commissioner=barnet, name="Hendon", slug="hendon", since={"proposed": MAY})
        page = text(manager.get(reverse("chins:chin_state", args=["hendon"])))
        assert "From here it can become approved, declined or withdrawn." in page
        for state, becomes in route():
            assert f"{state} {becomes}" in page

    def test_moving_and_taking_back_a_state(self, manager: Client, north: Chin) -> None:
        state = north.states.get(status="operational")
        page = manager.get(reverse("chins:chin_detail", args=[north.slug])).content.decode()
        url = reverse("chins:state_replan", args=[state.pk])
        assert url in page
        confirmed(manager, url, {"day": "2018-04-02", "reason": "The letter says April"})
        current = ChinState.objects.held().get(chin=north, status="operational")
        assert current.first_day == date(2018, 4, 2)
        stale = text(manager.post(url, {"day": "2018-04-09", "reason": "x"}))
        assert "changed this while you were writing" in stale
        assert reverse("chins:state_replan", args=[current.pk]) in manager.get(url).content.decode()
        confirmed(manager, reverse("chins:state_drop", args=[current.pk]), {"reason": "Not yet"})
        assert ChinState.objects.as_at(TODAY).get(chin=north).status == "approved"
        assert manager.get(reverse("chins:state_drop", args=[current.pk])).status_code == 404

    def test_after_the_last_state_nothing_is_offered(self, manager: Client, barnet: Any) -> None:
        ChinFactory(commissioner=barnet, slug="over", status="declined")
        assert manager.get(reverse("chins:chin_state", args=["over"])).status_code == 404
        assert "Change the state" not in text(manager.get(reverse("chins:chin_detail", args=["over"])))


class TestMemberships:
    def test_joining_with_the_effect_first(self, manager: Client, north: Chin, ashdown: Any, brook: Any) -> None:
        url = reverse("chins:chin_join", args=[north.slug])
        weighed, after = confirmed(
            manager, url, {"practices": [ashdown.pk, brook.pk], "first": "2018-12-01", "reason": "Signed"}
        )
        assert "Ashdown Practice is in North Locality from 1 December 2018." in weighed
        assert "North Locality: patients 0 100,000 +100,000" in weighed
        assert "outside the band of 50,000 to 80,000 patients. That is shown, and stops nothing." in weighed
        assert "Ashdown Practice and Brook Lane Surgery" in text(after)
        assert Membership.objects.as_at(TODAY).count() == 2

    def test_a_refusal_names_the_other_membership_beside_what_was_typed(
        self, manager: Client, north: Chin, finchley: Chin, ashdown: Any
    ) -> None:
        MembershipFactory(practice=ashdown, chin=finchley, first=NEXT_YEAR)
        url = reverse("chins:chin_join", args=[north.slug])
        assert "planned to join Finchley on 1 January 2019" in text(manager.get(url))
        response = manager.post(url, {"practices": [ashdown.pk], "first": "2018-12-01", "reason": "Signed"})
        assert (
            "Ashdown Practice is in Finchley from 1 January 2019; a practice is in at most one CHIN on any day."
            in text(response)
        )
        assert "Signed" in response.content.decode()

    def test_a_number_from_elsewhere_names_nobody(self, manager: Client, north: Chin, finchley: Chin) -> None:
        theirs = PracticeFactory(detail__name="Kentish Town")
        said = text(
            manager.post(
                reverse("chins:chin_join", args=[north.slug]), {"practices": [theirs.pk], "first": "2018-12-01"}
            )
        )
        assert "Choose practices from the list." in said
        assert "Kentish Town" not in said
        other = MembershipFactory(practice__detail__name="Highgate", first=MAY)
        moved = manager.post(
            reverse("chins:practices_move"), {"memberships": [other.pk], "chin": finchley.pk, "first": "2018-12-01"}
        )
        assert "Choose practices from the list." in text(moved)
        assert "Highgate" not in text(moved)

    def test_moving_several(self, manager: Client, north: Chin, finchley: Chin, ashdown: Any, brook: Any) -> None:
        memberships = [MembershipFactory(practice=p, chin=north, first=MAY) for p in (ashdown, brook)]
        url = reverse("chins:practices_move")
        assert "Ashdown Practice, 60,000 patients: now North Locality" in text(manager.get(url, {"from": north.slug}))
        weighed, _ = confirmed(
            manager, url, {"memberships": [m.pk for m in memberships], "chin": finchley.pk, "first": "2019-01-01"}
        )
        assert "Ashdown Practice: from North Locality to Finchley on 1 January 2019." in weighed
        assert "North Locality: practices 2 0 −2" in weighed
        assert "Finchley: patients 0 100,000 +100,000" in weighed
        assert {m.chin for m in Membership.objects.as_at(NEXT_YEAR)} == {finchley}

    def test_a_move_overtaken_between_looking_and_confirming(
        self, manager: Client, north: Chin, finchley: Chin, ashdown: Any
    ) -> None:
        membership = MembershipFactory(practice=ashdown, chin=north, first=MAY)
        url = reverse("chins:practices_move")
        typed = {"memberships": [membership.pk], "chin": finchley.pk, "first": "2019-01-01"}
        preview = manager.post(url, typed)
        services.leave_chin(by=UserFactory(name="Somebody else"), membership=membership, last=date(2019, 6, 30))
        shown = text(manager.post(url, hidden(preview) | {"confirm": "yes"}))
        assert "Somebody else changed this while you were writing" in shown
        assert Membership.objects.as_at(NEXT_YEAR).get().chin == north

    def test_leaving_correcting_voiding(self, manager: Client, north: Chin, ashdown: Any) -> None:
        (membership,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
        leave = reverse("chins:membership_leave", args=[membership.pk])
        early = text(manager.post(leave, {"last": "2018-04-01"}))
        assert "can’t leave on 1 April 2018, before it joined" in early
        weighed, _ = confirmed(manager, leave, {"last": "2018-12-31", "reason": "Vote"})
        assert "Ashdown Practice is in North Locality until 31 December 2018." in weighed
        assert "Patients in a CHIN 100.0% 0.0% −100.0 points" in weighed
        current = Membership.objects.held().get()
        correct = reverse("chins:membership_correct", args=[current.pk])
        confirmed(manager, correct, {"first": "2018-06-01", "last": "2018-12-31", "reason": "The form said June"})
        current = Membership.objects.held().get()
        assert current.first_day == date(2018, 6, 1)
        void = reverse("chins:membership_void", args=[current.pk])
        assert "Say why." in text(manager.post(void, {"reason": ""}))
        confirmed(manager, void, {"reason": "Wrong practice"})
        assert not Membership.objects.held().exists()
        assert manager.get(void).status_code == 404
        gone = text(manager.post(void, {"reason": "Again"}))
        assert "voided it on" in gone
        assert "Wrong practice" in gone

    def test_a_planned_join_is_moved_or_will_not_come_about(self, manager: Client, north: Chin, ashdown: Any) -> None:
        (membership,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=NEXT_YEAR)
        page = reverse("chins:chin_detail", args=[north.slug])
        for day in ("", "?as_at=2019-02-01"):
            shown = text(manager.get(page + day))
            assert "Another day : Ashdown Practice Will not join : Ashdown Practice" in shown
            assert "Leaves" not in shown
        correct = reverse("chins:membership_correct", args=[membership.pk])
        assert "Ashdown Practice joins on another day" in text(manager.get(correct))
        void = reverse("chins:membership_void", args=[membership.pk])
        assert "Ashdown Practice will not join" in text(manager.get(void))
        weighed, done = confirmed(manager, void, {"reason": "It joins no CHIN"})
        assert "Ashdown Practice does not join North Locality on 1 January 2019." in weighed
        assert "will not join North Locality: the plan is voided." in text(done)

    def test_after_voiding_it_says_so(self, manager: Client, north: Chin, ashdown: Any) -> None:
        (membership,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
        void = reverse("chins:membership_void", args=[membership.pk])
        _, done = confirmed(manager, void, {"reason": "Wrong practice"})
        assert "Ashdown Practice never joined North Locality: the membership is voided." in text(done)

    def test_two_people_one_membership(self, manager: Client, north: Chin, ashdown: Any) -> None:
        (membership,) = services.join_practices(by=None, practices=[ashdown], chin=north, first=MAY)
        url = reverse("chins:membership_leave", args=[membership.pk])
        services.leave_chin(
            by=UserFactory(name="Somebody else"), membership=membership, last=date(2018, 9, 30), reason="Merged"
        )
        response = manager.post(url, {"last": "2018-12-31", "reason": "Vote"})
        shown = text(response)
        assert "Somebody else changed this while you were writing" in shown
        assert "From and to 1 May 2018 to 30 September 2018 Last day: 31 December 2018" in shown
        latest = Membership.objects.held().get()
        assert f'action="{reverse("chins:membership_leave", args=[latest.pk])}"' in response.content.decode()

    def test_a_spoc_lets_practices_join_their_own_chin_only(self, north: Chin, finchley: Chin, ashdown: Any) -> None:
        client = signed_in(person(Role.SPOC, of=north))
        assert client.get(reverse("chins:chin_join", args=[north.slug])).status_code == 200
        assert client.get(reverse("chins:chin_join", args=[finchley.slug])).status_code == 403
        assert client.get(reverse("chins:practices_move")).status_code == 403


class TestPartners:
    def test_from_adding_to_ending(self, manager: Client, north: Chin) -> None:
        add = reverse("chins:partner_add", args=[north.slug])
        typed = {"organisation": "Healthwatch Barnet", "sector": "healthwatch", "first": "2018-05-01"}
        assert manager.post(add, typed).status_code == 302
        assert "Healthwatch Barnet is a partner of North Locality from 1 May 2018" in text(manager.post(add, typed))
        partner = Partner.objects.held().get()
        manager.post(reverse("chins:partner_end", args=[partner.pk]), {"last": "2018-11-30"})
        assert Partner.objects.held().get().last_day == date(2018, 11, 30)


@pytest.mark.parametrize("day", ["2012-01-01", "2090-01-01", "2018-02-29", "tomorrow", "0000-00-00"])
@pytest.mark.parametrize("name", ["as_at", "known"])
def test_a_day_that_makes_no_sense_is_a_clear_page(manager: Client, north: Chin, name: str, day: str) -> None:
    for url in (reverse("chins:chin_list"), reverse("chins:chin_detail", args=[north.slug])):
        assert manager.get(url, {name: day}).status_code in (200, 400)


def test_queries_do_not_grow_with_the_practices(
    manager: Client, north: Chin, barnet: Any, django_assert_max_num_queries: Any
) -> None:
    url = reverse("chins:chin_detail", args=[north.slug])
    for _ in range(12):
        MembershipFactory(chin=north, first=MAY, practice__patients=5_000)
    manager.get(url)
    with django_assert_max_num_queries(40):
        manager.get(url)
    with django_assert_max_num_queries(10):
        manager.get(reverse("chins:chin_list"))
