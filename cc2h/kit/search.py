"""Search: each room says how its records are found (`provide`); the page asks all of them and shows the best of each."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import connection

from cc2h.kit.asat import AsAt
from cc2h.kit.together import kept, worded

SHOWN = 8  # of each kind
LOOKED_AT, KEPT = 250, 50  # of those that are alike enough: how many are compared, and the alikest of them
SHORTEST = 2  # characters worth asking for
LONGEST = 100
LIKE_ENOUGH = 0.4  # of pg_trgm's word similarity: finds “Ashdwon” in “Ashdown Practice”
MORE_AND_LESS = (0.9, 0.6, LIKE_ENOUGH)  # the less alike are looked for only where few are more alike


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: what it is called, what else there is to say, and its page. exact: by its very code."""

    text: str
    url: str
    note: str = ""
    score: float = 0.0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits of a kind, and whether there are more."""

    kind: str
    hits: Sequence[Hit]
    more: bool


Finder = Callable[[Any, AsAt, str], Iterable[Hit]]
_finders: list[tuple[int, str, Finder]] = []


def provide(kind: str, *, order: int) -> Callable[[Finder], Finder]:
    """Register how records of a kind are found: called as f(user, asat, words), with what this person may see."""

    def register(finder: Finder) -> Finder:
        _finders.append((order, kind, finder))
        return finder

    return register


# To compare words costs far more than the planner takes it for: it would compare with all, and with more than are kept.
_ALIKEST = """
    SELECT set_config('pg_trgm.word_similarity_threshold', %(like)s, true), set_config('enable_seqscan', 'off', true),
           set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true);
    SELECT * FROM ({}) AS alike ORDER BY alike.likeness DESC LIMIT %(kept)s
"""


def trigrams(name: str, *fields: str, **more: Any) -> GinIndex:
    """The index by which words that are like a field's are found; kept up at once, as these are seldom written."""
    return GinIndex(fields=[*fields], opclasses=["gin_trgm_ops"] * len(fields), name=name, fastupdate=False, **more)


def most_alike(
    made_by: Callable[..., Any], *values: Any, likes: Sequence[float] = (LIKE_ENOUGH,)
) -> list[tuple[Any, ...]]:
    """The alikest rows of a kept question (cc2h.kit.together) for values that filters by `trigram_word_similar`.

    It has how alike each is as `likeness`.

    How alike words must be, which the index goes by, is told in the same breath: these settings end with the statement.
    """
    found: list[tuple[Any, ...]] = []
    statement, given = worded(kept(made_by, *values, most=LOOKED_AT))
    for like in likes if statement else ():
        with connection.cursor() as cursor:
            cursor.execute(_ALIKEST.format(statement), {**given, "like": str(like), "kept": KEPT})
            cursor.nextset()
            found = cursor.fetchall()
        if len(found) > SHOWN:
            break
    return found


def words_of(text: str) -> str:
    """What was typed, without what no search needs; empty when too little is left."""
    words = re.sub(r"\s+", " ", re.sub(r"[^\w\s'’&.-]", " ", text)).strip()[:LONGEST]
    return words if len(words) >= SHORTEST else ""


def search(user: Any, asat: AsAt, words: str) -> list[Found]:
    """What is found, kind by kind, in the order of the rooms; kinds without a hit are left out."""
    found = []
    for _, kind, finder in sorted(_finders, key=lambda one: one[0]):
        hits = sorted(finder(user, asat, words), key=lambda hit: (not hit.exact, -hit.score, hit.text))
        if hits:
            found.append(Found(kind, hits[:SHOWN], len(hits) > SHOWN))
    return found
