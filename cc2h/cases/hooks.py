"""What the rooms above fill in about a case: who decides, which sections are open, what was learned, what comes next.

Each is registered once, by a room's AppConfig.ready(); until then a case is told what holds without it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cc2h.cases.models import Case


@dataclass(frozen=True, slots=True)
class NextDate:
    """What comes next for a case, and when."""

    day: date
    what: str


WhoDecides = Callable[[Case, Decimal | None, date], str]
OpenSections = Callable[[Case], Collection[str] | None]
Learned = Callable[[Iterable[int]], Mapping[int, str]]
NextDates = Callable[[Iterable[int], date], Mapping[int, NextDate]]

_who_decides: list[WhoDecides] = []
_open_sections: list[OpenSections] = []
_learned: list[Learned] = []
_next_dates: list[NextDates] = []


def provide_who_decides(provider: WhoDecides) -> None:
    """f(case, sum asked, day) → who decides and by when, as the end of a sentence: “one named officer decides, …”."""
    _who_decides.append(provider)


def provide_open_sections(provider: OpenSections) -> None:
    """f(case) → the keys of the sections that more was asked of; None: all. Asked only of a case that was returned."""
    _open_sections.append(provider)


def provide_learned(provider: Learned) -> None:
    """f(primary keys of cases) → what was learned of each, in a sentence."""
    _learned.append(provider)


def provide_next_dates(provider: NextDates) -> None:
    """f(primary keys of cases, today) → what comes next of each; the earliest of all providers counts."""
    _next_dates.append(provider)


def who_decides(case: Case, asked: Decimal | None, day: date) -> str:
    return next((said for provider in _who_decides if (said := provider(case, asked, day))), "")


def open_sections(case: Case) -> Collection[str] | None:
    found = [keys for provider in _open_sections if (keys := provider(case)) is not None]
    return {key for keys in found for key in keys} if found else None


def learned(cases: Iterable[int]) -> dict[int, str]:
    keys, found = [*cases], dict[int, str]()
    for provider in _learned:
        found |= provider(keys)
    return found


def next_dates(cases: Iterable[int], today: date) -> dict[int, NextDate]:
    keys, found = [*cases], dict[int, NextDate]()
    for provider in _next_dates:
        for case, one in provider(keys, today).items():
            if case not in found or one.day < found[case].day:
                found[case] = one
    return found
