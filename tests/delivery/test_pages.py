"""The pages of actions, their filters and what they ask of the database; the same by the API."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from cc2h.accounts.authority import Role
from cc2h.board.services import void_board_day
from cc2h.board.waiting import Reader, waiting_on
from cc2h.delivery.models import Action
from cc2h.kit import history
from tests.delivery.conftest import NOW, TODAY, Ground, board_day, event_of, signed_in
from tests.factories import ActionFactory, ChinFactory, PostFactory

MARCH = date(2019, 3, 7)


@pytest.fixture
def manager(ground: Ground) -> Client:
    return signed_in(ground.manager)


@pytest.fixture
def actions(ground: Ground) -> dict[str, Action]:
    other = PostFactory(role=Role.FINANCE_OFFICER, of=ground.commissioner, title="Finance officer, Barnet")
    lost = board_day(ground, MARCH)
    made = {
        "late": ActionFactory(what="late", about=ground.chin, owner=ground.post, due_day=date(2018, 11, 30)),
        "soon": ActionFactory(what="soon", about=ground.practice, owner=ground.post, due_day=date(2018, 12, 20)),
        "later": ActionFactory(what="later", about=ground.commissioner, owner=other, due_day=date(2019, 1, 20)),
        "lost": ActionFactory(what="lost", about=ground.unplaced, owner=other, before=event_of(lost)),
        "done": ActionFactory(
            what="done",
            about=ground.chin,
            owner=ground.post,
            state="done",
            closed_on=TODAY,
            closed_by=ground.lead,
            evidence="=1+1",
        ),
    }
    void_board_day(by=None, board_day=lost, reason="No")
    return made


def listed(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/actions/?{query}&format=csv")
    assert answer.status_code == 200
    text = answer.getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    return [row["action"] for row in csv.DictReader(io.StringIO(text))]


class TestTheList:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["late", "soon", "later", "lost"]),
            ("sort=-due", ["later", "soon", "late", "lost"]),
            ("state=all", ["late", "soon", "done", "later", "lost"]),
            ("state=done", ["done"]),
            ("due=overdue", ["late"]),
            ("due=soon", ["soon"]),
            ("due=lost", ["lost"]),
            ("kind=practice", ["soon", "lost"]),
            ("whose=mine", []),
            ("chin=CHIN", ["late", "soon"]),
            ("commissioner=07M", ["late", "soon", "later", "lost"]),
            ("record=CODE", ["soon"]),
            ("owner=POST", ["late", "soon"]),
            ("q=late", ["late", "later"]),
        ],
    )
    def test_filters_and_order(
        self, ground: Ground, manager: Client, actions: dict[str, Action], query: str, expected: list[str]
    ) -> None:
        ChinFactory(commissioner=ground.commissioner)  # a second one, so that there is something to choose
        query = query.replace("CHIN", ground.chin.slug).replace("CODE", ground.practice.ods_code)
        assert listed(manager, query.replace("POST", str(ground.post.pk))) == expected

    def test_says_how_many_and_how_late_they_are(self, manager: Client, actions: dict[str, Action]) -> None:
        page = manager.get("/actions/")
        for words in ("4 actions, 1 overdue, 1 lost its day", "Overdue by 6 days", "Due in 14 days", "Lost its day"):
            assertContains(page, words)

    def test_mine_are_those_of_my_posts(self, ground: Ground, actions: dict[str, Action]) -> None:
        assert listed(signed_in(ground.lead), "whose=mine") == ["late", "soon"]

    def test_a_file_to_take_away_holds_no_formula(self, manager: Client, actions: dict[str, Action]) -> None:
        text = manager.get("/actions/?state=done&format=csv").getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
        (row,) = csv.DictReader(io.StringIO(text))
        assert (row["evidence"], row["days_open"], row["days_overdue"]) == ("'=1+1", "35", "0")
        assert manager.get("/actions/?format=xlsx").status_code == 200

    def test_more_rows_ask_no_more(self, ground: Ground, manager: Client, actions: dict[str, Action]) -> None:
        manager.get("/actions/")
        with CaptureQueriesContext(connection) as few:
            manager.get("/actions/")
        ActionFactory.create_batch(30, about=ground.practice, owner=ground.post)
        with CaptureQueriesContext(connection) as many:
            manager.get("/actions/")
        assert len(many) == len(few) <= 20

    def test_the_api_gives_the_same_rows(self, ground: Ground, manager: Client, actions: dict[str, Action]) -> None:
        first = manager.get("/api/v1/actions/?limit=3").json()
        rest = manager.get(first["next"]).json()
        assert [row["action"] for row in first["rows"] + rest["rows"]] == ["late", "soon", "later", "lost"]
        row = first["rows"][0]
        assert (row["kind"], row["record"], row["about"]) == ("chin", ground.chin.slug, "Finchley")
        assert (row["due"], row["days_overdue"], row["owner"]) == ("2018-11-30", 6, "CHIN lead, Finchley")
        assert (row["held_by"], rest["rows"][-1]["due"]) == ("Anna Lead", None)


class TestOne:
    def test_is_set_on_the_page_of_its_record(self, ground: Ground, manager: Client) -> None:
        board_day(ground, MARCH)
        for page, kind, key in (
            (f"/chins/{ground.chin.slug}/", "chin", ground.chin.slug),
            (f"/practices/{ground.practice.ods_code}/", "practice", ground.practice.ods_code),
            ("/practices/commissioners/07M/", "commissioner", "07M"),
        ):
            address = f"/actions/add/{kind}/{key}/"
            assertContains(manager.get(page), f'href="{address}"')
            form = manager.get(address)
            assertContains(form, "CHIN lead, Finchley (Anna Lead)")
            assertContains(form, "The Health and Wellbeing Board of 7 March 2019")
            what = f"Write about {kind}"
            answer = manager.post(
                address, {"what": what, "owner": ground.post.pk, "due_day": "2018-12-20", "before": ""}
            )
            action = Action.objects.get(what=what)
            assertRedirects(answer, f"/actions/{action.pk}/")
            assertContains(manager.get(page), what)

    def test_before_a_board_day(self, ground: Ground, manager: Client) -> None:
        event = event_of(board_day(ground, MARCH))
        address = f"/actions/add/chin/{ground.chin.slug}/"
        both = {"what": "Write", "owner": ground.post.pk, "due_day": "2018-12-20", "before": event.value}
        assertContains(manager.post(address, both), "one of the two")
        manager.post(address, both | {"due_day": ""})
        action = Action.objects.get()
        assert (action.event, action.event_day, action.event_name) == (event.thread, MARCH, event.name)
        page = manager.get(f"/actions/{action.pk}/")
        assertContains(page, "Before the Health and Wellbeing Board of 7 March 2019")
        form = manager.get(f"/actions/{action.pk}/edit/")
        assertContains(form, f'<option value="{event.value}" selected>')

    def test_what_has_lost_its_day_asks_for_another(self, manager: Client, actions: dict[str, Action]) -> None:
        page = manager.get(f"/actions/{actions['lost'].pk}/")
        assertContains(page, "which has been taken back, so it has no day. Change it")

    def test_done_with_evidence_and_reopened(self, ground: Ground, actions: dict[str, Action]) -> None:
        lead, address = signed_in(ground.lead), f"/actions/{actions['late'].pk}/"
        typed = {"day": "2018-12-05", "evidence": "Letter", "seen": history.version(actions["late"])}
        assertRedirects(lead.post(f"{address}done/", typed), address)
        page = lead.get(address)
        for words in ("Done on 5 December 2018", "Letter", "by Anna Lead", "Reopen"):
            assertContains(page, words)
        assertContains(lead.post(f"{address}done/", typed), "Anna Lead")  # somebody else was first
        lead.post(f"{address}reopen/", {"seen": history.version(actions["late"])})
        page = lead.get(address)
        assertContains(page, "Overdue by 6 days")
        assertContains(page, "Letter")  # in the history

    def test_two_at_one_form_the_second_sees_what_the_first_wrote(
        self, ground: Ground, manager: Client, actions: dict[str, Action]
    ) -> None:
        address = f"/actions/{actions['late'].pk}/edit/"
        read = history.version(actions["late"])
        typed = {"owner": ground.post.pk, "due_day": "2018-12-20", "before": "", "seen": read}
        manager.post(address, {**typed, "what": "First"})
        second = manager.post(address, {**typed, "what": "Second"})
        assert second.status_code == 200
        assertContains(second, "First")
        assert Action.objects.get(pk=actions["late"].pk).what == "First"
        newest = history.version(actions["late"])
        assertContains(second, f'name="seen" value="{newest}"')

    def test_by_the_api(self, ground: Ground, manager: Client, actions: dict[str, Action]) -> None:
        address = f"/api/v1/actions/add/chin/{ground.chin.slug}/"
        assert set(manager.get(address).json()["fields"]) == {"what", "owner", "due_day", "before"}
        sent = {"what": "Ring", "owner": ground.post.pk, "due_day": "2018-12-20"}
        done = manager.post(address, sent, content_type="application/json")
        assert done.status_code == 200, done.content
        (record,) = done.json()["records"]
        assert record["kind"] == "action"
        read = manager.get(f"/api/v1/actions/{record['id']}/").json()
        assert (read["action"], read["page"], len(read["history"])) == ("Ring", f"/chins/{ground.chin.slug}/", 1)
        refused = manager.post(address, sent | {"due_day": None}, content_type="application/json")
        assert refused.status_code == 422


class TestWaiting:
    def test_how_many_are_mine_and_how_many_overdue(self, ground: Ground, actions: dict[str, Action]) -> None:
        (item,) = (item for item in waiting_on(Reader(ground.lead, NOW)) if "yours" in item.text)
        assert (item.text, item.href, item.overdue) == ("2 actions are yours, 1 overdue", "/actions/?whose=mine", True)
        assertContains(signed_in(ground.lead).get("/"), "2 actions are yours, 1 overdue")

    def test_nothing_where_nothing_is(self, ground: Ground) -> None:
        assertNotContains(signed_in(ground.lead).get("/"), "yours")


def test_the_section_names_open_ones_and_leads_to_the_rest(
    ground: Ground, manager: Client, actions: dict[str, Any]
) -> None:
    page = manager.get(f"/chins/{ground.chin.slug}/")
    assertContains(page, "Overdue by 6 days")
    assertContains(page, "All of them, with 1 closed one")
    assert listed(manager, f"kind=chin&record={ground.chin.slug}&state=all") == ["late", "done"]
