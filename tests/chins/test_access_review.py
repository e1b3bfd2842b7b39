"""The access review: who holds what, when they were last here, and who lacks the second factor a post needs."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from cc2h.accounts.authority import Role
from tests.factories import DeputyFactory, PostFactory, PostHoldingFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/people/access/"


@pytest.fixture
def administrator(client: Client) -> Any:
    person = UserFactory(name="The administrator")
    PostHoldingFactory(holder=person, post=PostFactory(role=Role.ADMINISTRATOR, title="Portal administrator"))
    client.force_login(person)
    return person


def names(client: Client, **asked: str) -> list[str]:
    rows = b"".join(client.get(ADDRESS, {**asked, "format": "csv"})).decode("utf-8-sig").splitlines()
    return [row["name"] for row in csv.DictReader(rows)]


def test_lists_posts_deputies_and_second_factors(client: Client, administrator: Any) -> None:
    deputy = UserFactory(name="Deputy")
    DeputyFactory(deputy=deputy, post=administrator.post_holdings.get().post)
    Authenticator.objects.create(user=administrator, type="totp", data={})
    rows = b"".join(client.get(ADDRESS, {"format": "csv"})).decode("utf-8-sig").splitlines()
    found = {row["name"]: row for row in csv.DictReader(rows)}
    assert found["The administrator"]["posts"] == "Portal administrator"
    assert found["The administrator"]["has_second_factor"] == "yes"
    assert found["Deputy"]["deputises_for"] == "Portal administrator"
    assert (found["Deputy"]["needs_second_factor"], found["Deputy"]["has_second_factor"]) == ("yes", "no")


def test_finds_what_a_review_looks_for(client: Client, administrator: Any) -> None:
    UserFactory(name="No post")
    UserFactory(name="Ended", is_active=False)
    left = PostHoldingFactory(holder=UserFactory(name="Left", is_active=False))
    UserFactory(name="Long ago", last_login=timezone.now() - timedelta(days=100))
    assert left.holder.name == "Left"
    assert names(client, look="no-post") == ["Long ago", "No post"]
    assert names(client, look="no-factor") == ["The administrator"]
    assert names(client, look="not-seen") == ["Long ago", "No post"]
    assert names(client, look="ended") == ["Ended", "Left"]
    assert names(client, look="left-posts") == ["Left"]
    assert names(client) == ["Long ago", "No post", "The administrator"]
    assert names(client, q="portal adm") == ["The administrator"]


def test_takes_as_many_queries_for_many_as_for_few(
    client: Client, administrator: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        PostHoldingFactory(holder=UserFactory())
    with django_assert_max_num_queries(12):
        assert client.get(ADDRESS).status_code == 200
