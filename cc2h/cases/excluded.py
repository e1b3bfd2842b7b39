"""Areas outside the programme: whether the words of an idea fall in one. It is flagged, and not refused."""

import re
from typing import NamedTuple

from cc2h.cases.models import Excluded

_WORDS: dict[Excluded, tuple[str, ...]] = {
    Excluded.EXTENDED_ACCESS: (
        r"extended access", r"improved access", r"extended hours", r"evening and weekend appointments?",
        r"weekend appointments?", r"evening appointments?", r"access hubs?", r"8 ?(?:am|to) ?(?:to )?8",
    ),
    Excluded.CORE: (
        r"core primary care", r"core hours", r"core contract", r"essential services", r"global sum", r"gms", r"pms",
        r"qof", r"quality and outcomes framework", r"routine gp appointments?",
    ),
}  # fmt: skip


class Flag(NamedTuple):
    """The area, and the words that fall in it."""

    area: Excluded
    words: str


def area_of(*texts: str) -> Flag | None:
    """The first area that any of the texts falls in."""
    said = " ".join(" ".join(texts).split())
    for area, patterns in _WORDS.items():
        if found := re.search(rf"\b(?:{'|'.join(patterns)})\b", said, re.IGNORECASE):
            return Flag(area, found[0])
    return None
