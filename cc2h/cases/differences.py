"""What differs between two versions of a section, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from cc2h.cases.documents import said
from cc2h.cases.sections import Answers, Section

_WORDS = re.compile(r"\s+|[^\s]+")


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
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(old[a:b])))
        else:
            found += _words("".join(old[a:b]), "".join(new[c:d]))
    return _joined(found)


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) * len(new) > 4_000_000:  # two long texts with nothing in common: words would take minutes
        yield from (Piece("out", before), Piece("in", after))
        return
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if a < b:
            yield Piece("out", "".join(old[a:b]))
        if c < d:
            yield Piece("in", "".join(new[c:d]))


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for one in pieces:
        if found and found[-1].kind == one.kind:
            found[-1] = Piece(one.kind, found[-1].text + one.text)
        elif one.text:
            found.append(one)
    return found
