"""Pages about expressions of interest: what they show to whom, and each act from typed to done, also by the API."""

import csv
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from chins.interest.models import Criterion, Expression
from chins.models import Chin
from tests.architecture.test_figures import Page, problems
from tests.chins.test_interest import World
from tests.chins.test_views import confirmed, hidden, signed_in, text
from tests.factories import (
    CommissionerFactory,
    FederationFactory,
    FederationMembershipFactory,
    PostHoldingFactory,
    person,
)
from tests.factories.dated import recorded_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LIST = reverse("chins:expression_list")


def at(name: str, one: Any) -> str:
    return reverse(f"chins:expression_{name}", args=[one.pk])


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def manager(world: World) -> Client:
    return signed_in(world.manager)


@pytest.fixture
def group(world: World) -> Client:
    return signed_in(world.group)


def typed(world: World, **facts: Any) -> dict[str, Any]:
    return {
        "title": "Edgware",
        "received": "2018-11-30",
        "lead": "",
        "lead_name": "GP, Edgware",
        "practices": [world.ash.pk],
        "area": "Burnt Oak",
        "focus_areas": "Diabetes\nFrailty",
        "proposal": "Find people earlier.",
        **facts,
    }


class TestSubmit:
    def test_a_practice_manager_sends_one_in_for_their_own_practice(self, world: World) -> None:
        own = person(Role.PRACTICE_MANAGER, of=world.ash, name="Ash manager")
        client, page = signed_in(own), reverse("chins:expression_submit")
        offered = text(client.get(page))
        assert "Ashdown Practice" in offered
        assert "Brook Lane" not in offered
        sent = client.post(page, typed(world, lead=own.pk, lead_name=""), follow=True)
        assert "Edgware is received." in sent.content.decode()
        one = Expression.objects.get()
        assert (one.lead, one.post.practice, one.focus_areas) == (own, world.ash, ["Diabetes", "Frailty"])
        refused = client.post(page, typed(world, practices=[world.brook.pk]))
        assert "Choose practices from the list." in text(refused)
        assert "Edgware" in text(client.get(LIST))

    def test_a_federation_manager_names_practices_of_the_federation(self, world: World) -> None:
        federation = FederationFactory(commissioner=world.barnet)
        FederationMembershipFactory(practice=world.brook, federation=federation)
        client = signed_in(person(Role.FEDERATION_MANAGER, of=federation))
        page = reverse("chins:expression_submit")
        assert "Brook Lane" in text(client.get(page))
        client.post(page, typed(world, practices=[world.brook.pk]))
        assert Expression.objects.get().post.federation == federation
        refused = client.post(page, typed(world, practices=[world.ash.pk]))
        assert "Name a practice of your own" in text(refused)

    def test_what_is_missing_is_said_beside_what_was_typed(self, world: World, manager: Client) -> None:
        answer = manager.post(reverse("chins:expression_submit"), typed(world, lead_name="", received="2018-12-24"))
        said = text(answer)
        assert "Choose 6 December 2018 or an earlier day." in said
        assert "Find people earlier." in answer.content.decode()

    def test_it_is_changed_until_it_is_evaluated(self, world: World, manager: Client) -> None:
        one = world.expression()
        page = at("edit", one)
        manager.post(page, typed(world, title="Burnt Oak", **hidden(manager.get(page))))
        one.refresh_from_db()
        assert (one.title, [*one.practices.all()]) == ("Burnt Oak", [world.ash])
        assert manager.get(at("edit", world.expression(state="evaluating", title="B"))).status_code == 404

    def test_it_is_withdrawn(self, world: World, manager: Client) -> None:
        one = world.expression()
        weighed, after = confirmed(manager, at("withdraw", one), {"day": "2018-12-06", "reason": ""})
        assert "stays on record" in weighed
        assert "Withdrawn since 6 December 2018" in text(after)


class TestEvaluate:
    def test_from_received_to_a_chin(self, world: World, manager: Client, group: Client) -> None:
        one = world.expression()
        weighed, _ = confirmed(manager, at("evaluate", one), {"day": "2018-12-03"})
        assert "2 criteria" in weighed
        assert "Score it" in text(group.get(at("detail", one)))

        weighed, after = confirmed(group, at("score", one), {"score_1": "5", "comment_1": "Agreed"})
        assert "1 score saved; 1 still to give" in weighed
        assert "You see what others gave once" in text(after)
        assert group.get(at("scores", one)).status_code == 403
        weighed, after = confirmed(group, at("score", one), {"score_1": "5", "comment_1": "", "score_2": "6"})
        assert "Your evaluation is complete: 82.9%." in weighed
        assert "82.9%" in text(after)
        assert "82.9%" not in text(manager.get(at("detail", one)))
        assert "complete, and stands" in text(
            group.post(at("score", one), {"score_1": "1", "score_2": "1", "confirm": "yes"})
        )
        assert group.get(at("score", one)).status_code == 404

        approval = {
            "name": "Edgware",
            "day": "2018-12-06",
            "first": "2019-01-07",
            "practices": [world.ash.pk, world.brook.pk],
            "reason": "A good plan",
        }
        weighed, after = confirmed(manager, at("approve", one), approval)
        assert "Only 1 evaluation is complete" in weighed
        assert "2 practices are in it from 7 January 2019" in weighed
        assert "Born from Edgware" in text(after)
        assert "was born from it" in text(manager.get(at("detail", one)))
        assert Chin.objects.get().born_from == one

    def test_the_score_is_what_its_rows_give(self, world: World, manager: Client) -> None:
        one = world.scored()
        html = manager.get(at("detail", one)).content.decode()
        assert "81.4%" in html
        assert html.count("data-part=") == 6
        assert list(problems(Page(html), lambda address: self.rows(manager, address))) == []

    def rows(self, client: Client, address: str) -> list[dict[str, str]]:
        return list(csv.DictReader(client.get(address).getvalue().decode().splitlines()))  # type: ignore[attr-defined]

    def test_who_holds_a_post_in_it_is_told_why_not(self, world: World) -> None:
        one = world.scored()
        user = person(Role.STEERING_GROUP_LEAD, of=world.barnet)
        PostHoldingFactory(post__role=Role.PRACTICE_MANAGER, post__of=world.brook, holder=user)
        client = signed_in(user)
        refused = client.get(at("score", one))
        assert refused.status_code == 403
        assert "You hold a post of Brook Lane" in refused.content.decode()

    def test_a_decline_needs_a_reason_and_shows_it_to_those_who_sent_it_in(self, world: World, manager: Client) -> None:
        own = person(Role.PRACTICE_MANAGER, of=world.ash)
        one = world.scored(post=own.post_holdings.get().post)
        assert "Say why." in text(manager.post(at("decline", one), {"day": "2018-12-06", "reason": ""}))
        confirmed(manager, at("decline", one), {"day": "2018-12-06", "reason": "Too small yet"})
        read = text(signed_in(own).get(at("detail", one)))
        assert "Too small yet" in read
        assert "Weighted score" not in read

    def test_that_nobody_has_scored_it_is_said_before_it_is_decided(self, world: World, manager: Client) -> None:
        one = world.expression(state="evaluating")
        asked = text(manager.post(at("decline", one), {"day": "2018-12-06", "reason": "Too small yet"}))
        assert "No evaluation is complete: several are meant to score it." in asked

    def test_on_another_day_the_scores_are_those_given_by_then(self, world: World, manager: Client) -> None:
        one = world.scored()
        for score in one.scores.all():
            recorded_on(score, date(2018, 11, 5))
        one.title = "Called otherwise"
        one.save()
        recorded_on(one, *[date(2018, 9, 3)] * (one.events.count() - 1), date(2018, 11, 6))
        before, then = (manager.get(at("detail", one), {"as_at": day}) for day in ("2018-11-04", "2018-11-05"))
        assert "81.4%" not in before.content.decode()
        assert "81.4%" in then.content.decode()
        for answer in (before, then):
            assert "Called otherwise" not in answer.content.decode().partition('id="history"')[0]
        assert "Called otherwise" in manager.get(at("detail", one), {"as_at": "2018-11-06"}).content.decode()
        rows = f"/chins/expressions/{one.pk}/scores/?format=csv&as_at="
        assert len(self.rows(manager, f"{rows}2018-11-04")) == 0
        assert len(self.rows(manager, f"{rows}2018-11-05")) == one.scores.count()

    def test_on_a_day_before_it_was_decided_the_page_shows_it_so(self, world: World, manager: Client) -> None:
        one = world.expression(state="declined")
        then = text(manager.get(at("detail", one), {"as_at": "2018-10-10"}))
        assert "Under evaluation since 1 October 2018" in then
        assert "Decision" not in then
        before = manager.get(at("detail", one), {"as_at": "2018-09-01"})
        assert before.status_code == 404
        assert "there is nothing of it as at 1 September 2018." in before.content.decode()


class TestList:
    def test_filters_and_csv(self, world: World, manager: Client) -> None:
        world.expression(title="Hendon", state="declined")
        world.expression(title="Edgware")
        assert "2 expressions of interest" in text(manager.get(LIST))
        found = manager.get(LIST, {"status": "declined", "format": "csv"}).getvalue().decode()  # type: ignore[attr-defined]
        (row,) = csv.DictReader(found.splitlines())
        assert (row["title"], row["status"], row["practices"], row["patients"]) == ("Hendon", "declined", "2", "10000")
        assert "1 expression of interest" in text(manager.get(LIST, {"q": "edg", "year": "2018"}))

    def test_a_board_member_finds_only_what_was_approved(self, world: World) -> None:
        hidden, shown = world.expression(title="Hendon"), world.expression(title="Edgware", state="approved")
        board = signed_in(person(Role.BOARD_MEMBER, of=world.barnet))
        assert board.get(at("detail", hidden)).status_code == 404
        assert "Weighted score" not in text(board.get(at("detail", shown)))


class TestCriteria:
    def test_taken_changed_and_ended(self, world: World) -> None:
        camden = CommissionerFactory(short_name="Camden")
        other = person(Role.TRANSFORMATION_MANAGER, of=camden)
        client = signed_in(other)
        page = reverse("chins:criterion_list")
        assert "Camden has no criteria yet" in text(client.get(page))
        client.post(reverse("chins:criteria_take"), {"first": "2018-12-01"})
        listed = text(client.get(page))
        assert "7 criteria" in listed
        assert "Shared vision and leadership" in listed
        one = Criterion.objects.get(name="Readiness")
        assert f'<a href="{reverse("chins:criterion_end", args=[one.pk])}">'.encode() in client.get(page).content
        facts = {"name": "Readiness", "looks_for": "Can it begin?", "maximum": "10", "weight": "2.5", "reason": ""}
        client.post(reverse("chins:criterion_change", args=[one.pk]), {**facts, "first": "2018-12-06"})
        changed = Criterion.objects.held().get(name="Readiness", period__endswith=None)
        assert (changed.first_day, changed.maximum, changed.weight) == (date(2018, 12, 6), 10, Decimal("2.50"))
        client.post(reverse("chins:criterion_end", args=[changed.pk]), {"last": "2018-12-31", "reason": ""})
        assert Criterion.objects.held().get(name="Readiness", maximum=10).last_day == date(2018, 12, 31)

    def test_a_secretary_does_not_see_them(self, world: World) -> None:
        secretary = signed_in(person(Role.SECRETARY, of=world.barnet))
        assert secretary.get(reverse("chins:criterion_list")).status_code == 403


class TestApi:
    def test_the_same_by_json(self, world: World, manager: Client, group: Client) -> None:
        one = world.expression()
        api = "/api/v1"
        read = manager.get(api + at("detail", one)).json()
        assert (read["title"], read["status"], len(read["practices"]), read["score"]) == (
            "Edgware",
            "received",
            2,
            None,
        )
        assert manager.get(api + LIST).json()["rows"][0]["patients"] == 10_000

        def act(client: Client, name: str, **body: Any) -> Any:
            return client.post(api + at(name, one), body, content_type="application/json")

        assert act(manager, "evaluate", day="2018-12-03").status_code == 200
        described = group.get(api + at("score", one)).json()["fields"]
        assert [described[f"score_{n}"]["label"] for n in (1, 2)] == ["Vision", "Size"]
        assert "score_3" not in described
        assert act(group, "score", score_1=6).status_code == 422
        assert act(group, "score", score_1=5, score_2=10).status_code == 200
        foretold = manager.post(
            f"{api}{at('approve', one)}?dry_run=1", {"reason": "Good"}, content_type="application/json"
        ).json()
        assert "Edgware is a CHIN proposed since 3 September 2018" in foretold["effect"]["sentences"][0]
        assert not Chin.objects.exists()
        assert act(manager, "approve", reason="Good").status_code == 200
        assert manager.get(api + at("detail", one)).json()["chin"] == "edgware"
        assert group.get(api + at("detail", one)).json()["score"]["value"] == 100
