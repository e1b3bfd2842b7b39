"""Kinds of answer: how each is read from what was typed, kept as text, and said again.

What is kept is plain text in one spelling (1500.00, 2018-10, 2018-12-06), so that two versions can be compared and merged.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cc2h.kit import words
from cc2h.kit.days import NotADay, parse_day
from cc2h.kit.money import NotAnAmount, parse_pounds

LONGEST = 20_000  # characters of an answer
LINE = 300  # of one in a line
_NUMBER = re.compile(r"[-−]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,4})?")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip
# What Word and its like leave in a text that was pasted as HTML.
_FROM_WORD = re.compile(r"<o:p>|class=\"?Mso|mso-|<!--\[if|</?w:|<meta name=\"?Generator", re.IGNORECASE)
_BREAKS = re.compile(r"<(?:br|/p|/div|/h[1-6]|/li|/tr)\b[^>]*>", re.IGNORECASE)
_NOT_SAID = re.compile(r"<!--.*?-->|<(style|script|head|xml)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
_ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "’", "&amp;": "&"}


class NotRead(ValueError):
    """What was typed can't be read as an answer of this kind; the message says what was found and what is expected."""


def from_word(text: str) -> bool:
    """Whether the text is the HTML of a word processor."""
    return _FROM_WORD.search(text) is not None


def plain(text: str) -> str:
    """The text as it is kept: lines end in one way, and of a word processor’s HTML its words are left."""
    if "\0" in text:
        raise NotRead("The text holds a character that is none (U+0000). Take it out, or type the text anew.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if from_word(text):
        text = _TAG.sub("", _BREAKS.sub("\n", _NOT_SAID.sub("", text)))
        for entity, sign in _ENTITIES.items():
            text = text.replace(entity, sign)
        text = re.sub(r"\n[ \t]*(?:\n[ \t]*)+", "\n\n", text)
    return text.strip()


def _text(typed: str) -> str:
    return _at_most(plain(typed), LONGEST)


def _line(typed: str) -> str:
    return _at_most(" ".join(plain(typed).split()), LINE)


def _at_most(text: str, most: int) -> str:
    if len(text) > most:
        raise NotRead(f"At most {words.number(most)} characters; this has {words.number(len(text))}.")
    return text


def _number(typed: str) -> str:
    found = plain(typed).removesuffix("%").strip()
    if len(found) > 20 or not _NUMBER.fullmatch(found):
        raise NotRead(f"“{typed.strip()[:40]}” is not a number. Write it like 41 or 12.5.")
    value = Decimal(found.replace(",", "").replace("−", "-"))
    return f"{value.normalize():f}" if value else "0"


def _whole(typed: str) -> str:
    found = _number(typed)
    if "." in found or found.startswith("-"):
        raise NotRead(f"“{typed.strip()[:40]}” is not a whole number. Write it like 41.")
    return found


def _pounds(typed: str) -> str:
    if plain(typed).removeprefix("£").strip() in ("0", "0.0", "0.00"):
        return "0.00"
    try:
        return f"{parse_pounds(plain(typed)):.2f}"
    except NotAnAmount as wrong:
        raise NotRead(str(wrong)) from None


def _day(typed: str) -> str:
    try:
        return parse_day(plain(typed)).isoformat()
    except NotADay as wrong:
        raise NotRead(str(wrong)) from None


def _month(typed: str) -> str:
    said = plain(typed)
    if named := re.fullmatch(r"([A-Za-z]{3,9})\.?\s+(\d{4})", said):
        place = [n for n, name in enumerate(_MONTHS, 1) if name.startswith(named[1].lower())]
        said = f"{named[2]}-{place[0]:02}" if len(place) == 1 else said
    if numbered := re.fullmatch(r"(\d{1,2})/(\d{4})", said):
        said = f"{numbered[2]}-{int(numbered[1]):02}"
    try:
        if not re.fullmatch(r"\d{4}-\d{2}", said, re.ASCII):
            raise NotADay
        return f"{parse_day(f'{said}-01'):%Y-%m}"
    except NotADay:
        raise NotRead(f"“{typed.strip()[:40]}” is not a month. Write it like 2018-10 or October 2018.") from None


def month_of(kept: str) -> date:
    """The first day of a month as it is kept."""
    return date.fromisoformat(f"{kept}-01")


@dataclass(frozen=True, slots=True)
class Kind:
    """read: what was typed, not blank, as it is kept. say: what is kept, in words."""

    name: str
    read: Callable[[str], str]
    say: Callable[[str], str] = str
    inputmode: str = ""
    width: int = 0
    numeric: bool = False


def _say_number(kept: str) -> str:
    value = Decimal(kept)
    exponent = value.as_tuple().exponent
    return words.number(value, max(0, -exponent) if isinstance(exponent, int) else 0)


TEXT = Kind("text", _text)
LINE_KIND = Kind("line", _line)
NUMBER = Kind("number", _number, _say_number, inputmode="decimal", width=5, numeric=True)
WHOLE = Kind("whole", _whole, _say_number, inputmode="numeric", width=5, numeric=True)
POUNDS = Kind("pounds", _pounds, lambda kept: words.pounds(kept, 2), inputmode="decimal", width=10, numeric=True)
DAY = Kind("day", _day, lambda kept: words.day(date.fromisoformat(kept)))
MONTH = Kind("month", _month, lambda kept: words.month(month_of(kept)), width=10)
CHOICE = Kind("choice", _line)
LINKS = Kind(
    "links", _line, lambda kept: words.plural(len(kept.split()), "row"), width=5
)  # the numbers of rows of the next list
MEASURE = Kind("measure", _line)  # the code of a measure of the KPI library
# One of the CHIN's files: the version that is meant, by its number, and what it is called.
FILE = Kind("file", _line, lambda kept: kept.partition(":")[2])
ROWS = Kind("rows", str)
FIGURES = Kind("figures", str)
