"""How CHINs and posts are found: by their names."""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import F, Value
from django.db.models.functions import Greatest

from cc2h.accounts.authority import Role
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link
from cc2h.kit.search import LIKE_ENOUGH, SHOWN, Hit, provide
from chins.queries import listed_posts, visible_chins
from chins.workflow import ChinStatus


def alike(words: str, *fields: str) -> Any:
    """How like the words the best of the fields is, from 0 to 1."""
    each = [TrigramWordSimilarity(words, field) for field in fields]
    return Greatest(*each) if len(each) > 1 else each[0]


@provide("CHINs", order=30)
def chins(user: Any, asat: AsAt, words: str) -> Iterator[Hit]:
    """CHINs by name or footprint."""
    named = visible_chins(user).with_status(asat.day, asat.known_at).annotate(like=alike(words, "name", "footprint"))
    found: Any = named.filter(like__gte=LIKE_ENOUGH).order_by("-like", "name")
    for chin in found[: SHOWN + 1]:
        status = ChinStatus(chin.status).label if chin.status else "Not proposed by then"
        note = f"{chin.commissioner.local_word}, {chin.commissioner.short_name}. {status}"
        yield Hit(chin.name, link(asat, "chins:chin_detail", chin.slug), note, chin.like)


@provide("Posts", order=40)
def posts(user: Any, asat: AsAt, words: str) -> Iterator[Hit]:
    """Posts by title or by who holds them on the day."""
    holder = Greatest(alike(words, "title"), TrigramWordSimilarity(words, F("holder")), Value(0.0))
    found: Any = listed_posts(user, asat).annotate(like=holder).filter(like__gte=LIKE_ENOUGH)
    for post in found.order_by("-like", "title")[: SHOWN + 1]:
        note = f"{Role(post.role).label}, held by {post.holder}" if post.holder else f"{Role(post.role).label}, vacant"
        yield Hit(post.title, link(asat, "people:post_detail", post.pk), note, post.like)
