"""CHINs side by side: their members' lists a year apart and by age, and how each grew, from a few statements for all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from cc2h.kit.asat import AsAt
from cc2h.kit.days import month_ends, year_before
from cc2h.kit.figures import ratio_percent
from chins.coverage.reading import query_rows
from chins.coverage.sql import engine
from chins.models import Chin, ChinState
from chins.queries import against_band, visible_chins
from chins.workflow import COUNTED
from practices.models import AGE_BANDS, Practice
from practices.queries import visible_practices

MOST = 6  # CHINs that a page has room for
MONTHS_BACK = 36


class MemberLists(NamedTuple):
    """An active practice in a CHIN on a day: its list, that of a year before, and its newest one with ages.

    before: of the same day a year before, and None where that is no other list. ages: as ListSize.ages.
    """

    practice_id: int
    chin_id: int
    ods_code: str
    name: str
    patients: int | None
    list_day: date | None
    before: int | None
    before_day: date | None
    ages: list[int] | None
    ages_day: date | None

    @property
    def compared(self) -> int | None:
        """Its patients, where they can be compared with those of a year before."""
        return None if self.before is None else self.patients

    @property
    def change(self) -> int | None:
        return None if self.before is None or self.patients is None else self.patients - self.before

    def aged(self, band: str = "") -> int | None:
        """Its patients of an age band, or of all, in the list that tells ages; None where none does."""
        if self.ages is None:
            return None
        at = AGE_BANDS.index(band) * 2 if band else 0
        return sum(self.ages[at : at + 2] if band else self.ages)


def member_lists(chins: Iterable[Chin], asat: AsAt) -> list[MemberLists]:
    """The active practices in the CHINs on the day, by name."""
    day, known = asat.day, asat.known_at
    rows = (
        Practice.objects.with_standing(day, known)
        .with_network(day, known)
        .filter(status="active", chin_id__in=[chin.pk for chin in chins])  # type: ignore[misc]
        .with_details(day, known)
        .with_list_size(day, known)
        .with_list_size(year_before(day), known, "before_")
        .with_ages(day, known)
        .values_list(
            "pk",
            "chin_id",
            "ods_code",
            "name",
            *MemberLists._fields[4:6],
            "before_patients",
            "before_list_day",
            "ages",
            "ages_day",
        )
    )
    found = (MemberLists(*row) for row in rows)
    told = [one._replace(before=None, before_day=None) if one.before_day == one.list_day else one for one in found]
    return sorted(
        (one._replace(name=one.name or one.ods_code) for one in told), key=lambda one: (one.name, one.ods_code)
    )


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Patients of one of the file's age bands, and their share of all whose age is known."""

    band: str
    patients: int
    percent: Decimal | None


@dataclass(kw_only=True)
class Beside:
    """A CHIN as at the day, for standing beside others.

    named: the reader may see every practice in it. since: the day each of its states began, of those it has been in.
    everybody: the patients of its commissioner. history: (practices, patients) at month-ends and on the day, of those
    it counted on. Patients are None while no member has a list: that is not known, and not 0.
    """

    chin: Chin
    status: str
    since: Mapping[str, date]
    members: Sequence[MemberLists]
    named: bool
    everybody: int
    history: Mapping[date, tuple[int, int | None]] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        return self.status in COUNTED

    @cached_property
    def patients(self) -> int | None:
        if self.members and self.without_list == len(self.members):
            return None
        return sum(one.patients or 0 for one in self.members)

    @property
    def without_list(self) -> int:
        return sum(one.patients is None for one in self.members)

    @property
    def band(self) -> str:
        if not self.counts or self.patients is None:
            return ""
        return against_band(self.patients, self.chin.commissioner)

    @property
    def share(self) -> Decimal | None:
        return ratio_percent(self.patients, self.everybody)

    # Growth, of members that have a list a year before
    @cached_property
    def compared(self) -> list[MemberLists]:
        return [one for one in self.members if one.before is not None]

    @property
    def now(self) -> int:
        return sum(one.patients or 0 for one in self.compared)

    @property
    def before(self) -> int:
        return sum(one.before or 0 for one in self.compared)

    @property
    def growth(self) -> int | None:
        return self.now - self.before if self.compared else None

    @property
    def growth_percent(self) -> Decimal | None:
        return ratio_percent(self.growth, self.before)

    # Ages, of members that have a list which tells them
    @cached_property
    def with_ages(self) -> list[MemberLists]:
        return [one for one in self.members if one.ages is not None]

    @cached_property
    def aged(self) -> int | None:
        """Patients in the lists that tell ages; None where no member has one."""
        return sum(one.aged() or 0 for one in self.with_ages) if self.with_ages else None

    @property
    def not_aged(self) -> int:
        """Patients of members without a list that tells ages."""
        return sum(one.patients or 0 for one in self.members if one.ages is None)

    @cached_property
    def ages(self) -> list[AgeBand]:
        """Nothing where no member has a list that tells ages."""
        if self.aged is None:
            return []
        sums = [sum(one.aged(band) or 0 for one in self.with_ages) for band in AGE_BANDS]
        return [AgeBand(band, n, ratio_percent(n, self.aged)) for band, n in zip(AGE_BANDS, sums, strict=True)]

    @cached_property
    def ages_days(self) -> list[date]:
        return sorted({one.ages_day for one in self.with_ages if one.ages_day})


def side_by_side(chins: Sequence[Chin], user: Any, asat: AsAt) -> list[Beside]:
    """The CHINs in the order given."""
    members: dict[int, list[MemberLists]] = {chin.pk: [] for chin in chins}
    for one in member_lists(chins, asat):
        members[one.chin_id].append(one)
    seen = visible_practices(user, asat, [one.practice_id for rows in members.values() for one in rows])
    states: dict[int, list[ChinState]] = {chin.pk: [] for chin in chins}
    for state in ChinState.objects.held(asat.known_at).filter(chin__in=chins).order_by("period"):
        if state.first_day <= asat.day:
            states[state.chin_id].append(state)
    first = min((its[0].first_day for its in states.values() if its), default=asat.day)
    everybody, history = _history(chins, first, asat)
    return [
        Beside(
            chin=chin,
            status=states[chin.pk][-1].status if states[chin.pk] else "",
            since={state.status: state.first_day for state in reversed(states[chin.pk])},
            members=members[chin.pk],
            named=all(one.practice_id in seen for one in members[chin.pk]),
            everybody=everybody.get(chin.commissioner_id, 0),
            history=history[chin.pk],
        )
        for chin in chins
    ]


_KEPT = """
    SELECT s.commissioner_id, s.chin_id, s.day, s.practices, s.patients, s.without_list
    FROM chins_coveragesnapshot s
    WHERE s.commissioner_id = ANY(%(commissioners)s) AND s.day = ANY(%(days)s)
      AND (s.chin_id IS NULL OR s.chin_id = ANY(%(chins)s))
"""
_REACH = """
    SELECT min(reach) AS reach FROM (
        SELECT (SELECT max(day) FROM chins_coveragesnapshot WHERE commissioner_id = c) AS reach
        FROM unnest(%(commissioners)s::bigint[]) AS c
    ) AS each HAVING count(*) = count(reach)
"""


def _history(
    chins: Sequence[Chin], first: date, asat: AsAt
) -> tuple[dict[int, int], dict[int, dict[date, tuple[int, int | None]]]]:
    """By commissioner its patients on the day; by CHIN and day (practices, patients), at most MONTHS_BACK back.

    From snapshots as far as they reach, as chins.coverage.trend does; the rest is worked out now, all at once.
    """
    day, whose = asat.day, sorted({chin.commissioner_id for chin in chins})
    days = [*[end for end in month_ends(first, day) if end < day][-MONTHS_BACK:], day]
    asked: dict[str, Any] = {"commissioners": whose, "days": days, "chins": [chin.pk for chin in chins]}
    found: dict[tuple[int, int | None, date], tuple[int, int | None]] = {}

    def keep(rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            key = (row["commissioner_id"], row["chin_id"], row["day"])
            known = not row["practices"] or row["without_list"] < row["practices"]
            found.setdefault(key, (row["practices"], int(row["patients"]) if known else None))

    wanted = days
    if asat.known_at is None:
        keep(query_rows(_KEPT, asked))
        reach = next((row["reach"] for row in query_rows(_REACH, asked)), None)
        here = all((one, None, day) in found for one in whose)
        wanted = [one for one in days if reach is None or one > reach or (one == day and not here)]
    if wanted:
        keep(query_rows(*engine(wanted, whose, asat.known_at)))
    everybody = {one: found[one, None, day][1] or 0 for one in whose if (one, None, day) in found}
    history = {
        chin.pk: {
            one: found[chin.commissioner_id, chin.pk, one]
            for one in days
            if (chin.commissioner_id, chin.pk, one) in found
        }
        for chin in chins
    }
    return everybody, history


def chosen(user: Any, slugs: Sequence[str]) -> list[Chin]:
    """Those of the CHINs the person may see, in the order asked for and each once."""
    found = {chin.slug: chin for chin in visible_chins(user).filter(slug__in=slugs)}
    return [found[slug] for slug in dict.fromkeys(slugs) if slug in found]
