"""Search: each room says how its records are found (`provide`); the page asks all of them and shows the best of each."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cc2h.kit.asat import AsAt

SHOWN = 8  # of each kind
SHORTEST = 2  # characters worth asking for
LONGEST = 100
LIKE_ENOUGH = 0.4  # of pg_trgm's word similarity: finds “Ashdwon” in “Ashdown Practice”


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
