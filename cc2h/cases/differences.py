"""What differs between two versions of a section, word by word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cc2h.cases.documents import said
from cc2h.cases.sections import Answers, Section

_WORDS = re.compile(r"\s+|[^\s]+")
MOST_EDITS = 600  # lines, or words, that part two texts: looking for more takes too long for a page


class Piece(NamedTuple):
    """kind: same, in (it is new) or out (it is gone)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the section that says otherwise than it did."""

    label: str
    pieces: Sequence[Piece]


def between(section: Section, before: Answers, after: Answers) -> list[Difference]:
    """The parts that differ; none where both versions say the same."""
    old, new = dict(_texts(section, before)), dict(_texts(section, after))
    found = []
    for label in dict.fromkeys([*new, *old]):
        pieces = compared(old.get(label, ""), new.get(label, ""))
        if any(one.kind != "same" for one in pieces):
            found.append(Difference(label, pieces))
    return found


def _texts(section: Section, answers: Answers) -> Iterator[tuple[str, str]]:
    for part in said(section, answers):
        if part["kind"] == "text":
            label = next((one for one in section.fields if one.label == part["label"]), None)
            yield part["label"], part["text"] if label and answers.get(label.key) else ""
        elif part["kind"] == "rows":
            rows = [" | ".join(row) for row in part["rows"]]
            yield part["label"], "\n".join(rows)
        else:
            rows = [f"{one['label']}: {one['display']}" for one in part["figures"]]
            yield part["label"], "\n".join([f"As at {part['as_at']}", *rows])


def compared(before: str, after: str) -> list[Piece]:
    """Both texts in one: line by line, and word by word within lines that changed."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for same, a, b, c, d in _stretches(old, new):
        if same:
            found.append(Piece("same", "".join(old[a:b])))
        else:
            found += _words("".join(old[a:b]), "".join(new[c:d]))
    return _joined(found)


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for same, a, b, c, d in _stretches(old, new):
        if same:
            yield Piece("same", "".join(old[a:b]))
            continue
        if a < b:
            yield Piece("out", "".join(old[a:b]))
        if c < d:
            yield Piece("in", "".join(new[c:d]))


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """What of both is the same, and what lies between: whether it is, and where it stands in either.

    Where more than MOST_EDITS part them, all of it is another text.
    """
    a = c = 0
    for x, y in (*_matched(old, new), (len(old), len(new))):
        if (a, c) != (x, y):
            yield False, a, x, c, y
        if (x, y) != (len(old), len(new)):
            yield True, x, x + 1, y, y + 1
        a, c = x + 1, y + 1


def _matched(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The places in both that say the same, by the fewest edits (E. W. Myers, 1986); none where there are too many."""
    reach, trace = {1: 0}, list[dict[int, int]]()
    for edits in range(min(MOST_EDITS, len(old) + len(new)) + 1):
        trace.append(dict(reach))
        for diagonal in range(-edits, edits + 1, 2):
            x = _from(reach, diagonal, edits)
            while x < len(old) and x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            reach[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return _back(trace, len(old), len(new))
    return []


def _from(reach: Mapping[int, int], diagonal: int, edits: int) -> int:
    """How far one comes there with so many edits: by one more out of the old text, or one more into the new."""
    if diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1]):
        return reach[diagonal + 1]
    return reach[diagonal - 1] + 1


def _back(trace: Sequence[Mapping[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    found = []
    for edits in range(len(trace) - 1, -1, -1):
        reach, diagonal = trace[edits], x - y
        into = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
        before = diagonal + 1 if into else diagonal - 1
        came = max(reach[before], 0)
        while x > came and y > max(came - before, 0):
            x, y = x - 1, y - 1
            found.append((x, y))
        x, y = came, came - before
    return found[::-1]


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for one in pieces:
        if found and found[-1].kind == one.kind:
            found[-1] = Piece(one.kind, found[-1].text + one.text)
        elif one.text:
            found.append(one)
    return found
