"""How CHINs and posts are found: by their names."""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from cc2h.accounts.authority import Role
from cc2h.kit.asat import AsAt
from cc2h.kit.links import Addresses
from cc2h.kit.search import Hit, most_alike, provide
from chins.models import Chin, Post, PostHolding
from chins.workflow import ChinStatus


def alike(words: str, *fields: str) -> Any:
    """How like the words the best of the fields is, from 0 to 1."""
    each = [TrigramWordSimilarity(words, field) for field in fields]
    return Greatest(*each) if len(each) > 1 else each[0]


@provide("CHINs", order=30)
def chins(user: Any, asat: AsAt, words: str) -> Iterator[Hit]:
    """CHINs by name or footprint."""
    pages = Addresses(asat)
    for slug, name, status, word, commissioner, like in most_alike(_named, user, asat, words):
        note = f"{word}, {commissioner}. {ChinStatus(status).label if status else 'Not proposed by then'}"
        yield Hit(name, pages.of("chins:chin_detail", slug), note, like)


def _named(user: Any, asat: Any, words: Any) -> Any:
    named = Chin.objects.visible_to(user).with_status(asat.day, asat.known_at)
    either = Q(name__trigram_word_similar=words) | Q(footprint__trigram_word_similar=words)
    found: Any = named.filter(either).annotate(likeness=alike(words, "name", "footprint")).order_by()
    return found.values_list(
        "slug", "name", "status", "commissioner__local_word", "commissioner__short_name", "likeness"
    )


@provide("Posts", order=40)
def posts(user: Any, asat: AsAt, words: str) -> Iterator[Hit]:
    """Posts by title or by who holds them on the day."""
    pages = Addresses(asat)
    for pk, title, role, holder, like in most_alike(_held, user, asat, words):
        note = f"{Role(role).label}, {f'held by {holder}' if holder else 'vacant'}"
        yield Hit(title, pages.of("people:post_detail", pk), note, like)


def _held(user: Any, asat: Any, words: Any) -> Any:
    held: Any = Post.objects.visible_to(user, asat).with_holder(asat.day, asat.known_at)
    by_title = Post.objects.filter(title__trigram_word_similar=words)
    by_holder = PostHolding.objects.as_at(asat.day, asat.known_at).filter(holder__name__trigram_word_similar=words)
    either = Q(pk__in=by_title.order_by().values("pk")) | Q(pk__in=by_holder.order_by().values("post"))
    likeness = Greatest(alike(words, "title"), TrigramWordSimilarity(words, F("holder")), Value(0.0))
    found = held.filter(either).annotate(likeness=likeness).order_by()
    return found.values_list("pk", "title", "role", "holder", "likeness")
