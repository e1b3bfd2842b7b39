"""Search: what one may see, by a name that is or was, misspelt, by code or by postcode."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cc2h.accounts.authority import Role
from cc2h.kit import dated
from cc2h.kit.search import words_of
from tests.architecture.world import World, make_world
from tests.factories import PracticeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def manager(world: World, client: Client) -> Client:
    client.force_login(world.holder(Role.TRANSFORMATION_MANAGER))
    return client


def page(client: Client, typed: str, **more: str) -> str:
    return str(client.get("/search/", {"q": typed, **more}).content.decode())


@pytest.fixture
def ashdown(world: World) -> Any:
    practice = PracticeFactory(commissioner=world.own.commissioner, detail__name="Ashdown Practice", ods_code="Z88001")
    detail = practice.details.get()
    dated.correct(detail, by=None, reason="Its postcode", postcode="N12 9XX")
    return practice


@pytest.mark.parametrize(
    "typed", ["Ashdown", "ashdown practice", "Ashdwon", "Ashdow Practise", "z88001", "Z880", "N12 9XX", "n129"]
)
def test_finds_a_practice_however_it_is_asked_for(manager: Client, ashdown: Any, typed: str) -> None:
    assert "Ashdown Practice" in page(manager, typed)


def test_finds_a_practice_by_a_former_name_and_says_so(manager: Client, ashdown: Any) -> None:
    detail = ashdown.details.held().get()
    dated.end(detail, last=date(2018, 5, 31), by=None)
    dated.record(type(detail), by=None, first=date(2018, 6, 1), practice=ashdown, name="Willow House Surgery")
    found = page(manager, "Ashdwon")
    assert "Willow House Surgery" in found
    assert "once Ashdown Practice" in found
    assert "once Ashdown" not in page(manager, "Ashdown", as_at="2018-03-30")


def test_a_voided_name_is_not_found(manager: Client, ashdown: Any) -> None:
    dated.correct(ashdown.details.held().get(), by=None, reason="Never called that", name="Oak Lodge")
    assert "Oak Lodge" not in page(manager, "Ashdown")


def test_the_very_code_leads_straight_to_the_page(manager: Client, ashdown: Any) -> None:
    assert manager.get("/search/?q=z88001&go=1").headers["Location"] == "/practices/Z88001/"
    straight = manager.get("/search/?q=Z88001&go=1&as_at=2018-03-30").headers["Location"]
    assert straight == "/practices/Z88001/?as_at=2018-03-30"
    assert manager.get("/search/?q=Ashdown&go=1").status_code == 200


def test_finds_chins_posts_and_files(manager: Client, world: World) -> None:
    chin, holding = world.own.chin, world.own.holding
    assert f"/chins/{chin.slug}/" in page(manager, chin.name)
    assert f"/people/posts/{holding.post_id}/" in page(manager, holding.post.title)
    assert f"/people/posts/{holding.post_id}/" in page(manager, holding.holder.name)
    assert f"/imports/{world.own.file.pk}/" in page(manager, world.own.file.file_name)


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.CHIN_LEAD, Role.PRACTICE_MANAGER])
def test_what_one_may_not_see_is_not_found(world: World, role: Role, ashdown: Any) -> None:
    client = Client()
    client.force_login(world.holder(role))
    assert "Z88001" not in page(client, "Ashdown"), "it is in no CHIN, and its name is not released"
    assert f"/imports/{world.own.file.pk}/" not in page(client, world.own.file.file_name)


def test_nothing_of_another_commissioner_is_found(manager: Client, world: World) -> None:
    other = PracticeFactory(commissioner=world.other.commissioner, detail__name="Quite Another Surgery")
    its_page = f"/practices/{other.ods_code}/"
    assert its_page not in page(manager, "Quite Another")
    assert its_page not in page(manager, other.ods_code)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("  a ", ""), ("=1+1", "1 1"), ("Ashdown\n\tPractice", "Ashdown Practice"), ("%%%", ""), ("x" * 300, "x" * 100)],
)
def test_takes_from_what_was_typed_what_can_be_searched_for(typed: str, words: str) -> None:
    assert words_of(typed) == words


def test_says_when_nothing_is_found_or_too_little_was_typed(manager: Client) -> None:
    assert "Nothing found for" in page(manager, "zzzzzz")
    assert "That is too short" in page(manager, "z")
    assert "Nothing found" not in page(manager, "")


def test_needs_no_more_queries_for_many_than_for_few(manager: Client, world: World) -> None:
    def meadows(more: int) -> int:
        PracticeFactory.create_batch(more, commissioner=world.own.commissioner, detail__name="Meadow Practice")
        with CaptureQueriesContext(connection) as queries:
            assert "Meadow Practice" in page(manager, "Meadow")
        return len(queries)

    meadows(1)  # the first page finds out more, once
    few = meadows(2)
    assert meadows(30) <= few, "the less alike are looked for where few are more alike"
    assert "There are more" in page(manager, "Meadow")
