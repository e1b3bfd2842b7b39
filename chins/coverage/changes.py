"""How coverage changed between two days, practice by practice: parts that sum exactly to the change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from chins.coverage.reading import PracticeRow, practice_rows_on, query_rows
from chins.coverage.sql import held
from practices.models import Commissioner


class Kind(StrEnum):
    """Why a practice's patients (and the practice itself) came to count, or ceased to."""

    JOINED = "joined"
    LEFT = "left"
    OPENED = "opened"
    CLOSED = "closed"
    MERGED = "merged"
    SPLIT = "split"
    CAME = "came"
    WENT = "went"
    DRIFT = "drift"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.JOINED: "Joined a CHIN",
    Kind.LEFT: "Left a CHIN",
    Kind.OPENED: "Opened",
    Kind.CLOSED: "Closed or became dormant",
    Kind.MERGED: "Merged",
    Kind.SPLIT: "Split",
    Kind.CAME: "Came from another commissioner",
    Kind.WENT: "Went to another commissioner",
    Kind.DRIFT: "List sizes changed",
}
COVERED_KINDS = tuple(Kind)
TOTAL_KINDS = tuple(kind for kind in Kind if kind not in (Kind.JOINED, Kind.LEFT))


class PracticeChange(NamedTuple):
    """What one practice adds to (or takes from) a change. before, after: the practice on the two days, or None."""

    practices: int
    patients: int
    before: PracticeRow | None
    after: PracticeRow | None

    @property
    def practice(self) -> PracticeRow:
        """The practice as it was on the later day it counted."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, kw_only=True)
class ChangePart:
    """One reason for a change, and the practices it is made of."""

    kind: Kind
    rows: Sequence[PracticeChange]

    @property
    def label(self) -> str:
        return self.kind.label

    @property
    def practices(self) -> int:
        return sum(row.practices for row in self.rows)

    @property
    def patients(self) -> int:
        return sum(row.patients for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class Decomposition:
    """The change of coverage from `first` to `last`. before, after: the active practices on the two days.

    `covered` decomposes the change of practices and patients in a CHIN, `total` that of all active practices.
    moved: practices in a CHIN on both days, but not in the same.
    """

    commissioner: Commissioner
    first: date
    last: date
    known: datetime | None
    before: Sequence[PracticeRow]
    after: Sequence[PracticeRow]
    covered: Sequence[ChangePart]
    total: Sequence[ChangePart]
    moved: Sequence[PracticeChange]

    def covered_part(self, kind: Kind) -> ChangePart:
        return next(part for part in self.covered if part.kind is kind)

    def total_part(self, kind: Kind) -> ChangePart:
        return next(part for part in self.total if part.kind is kind)

    @property
    def covered_change(self) -> tuple[int, int]:
        """(practices, patients) in a CHIN on the later day, less those on the earlier."""
        return _change(filter(_covered, self.before), filter(_covered, self.after))

    @property
    def total_change(self) -> tuple[int, int]:
        return _change(self.before, self.after)


def _covered(row: PracticeRow | None) -> bool:
    return row is not None and row.covered


def _change(before: Iterable[PracticeRow], after: Iterable[PracticeRow]) -> tuple[int, int]:
    old, new = list(before), list(after)
    return len(new) - len(old), sum(row.patients for row in new) - sum(row.patients for row in old)


# Mergers and splits between the days, and which practices that count on one of them belonged to another commissioner on the other.
_CONTEXT = """
    SELECT kind AS what, predecessor_id AS practice_id, successor_id AS successor_id
    FROM practices_succession u
    WHERE {held_u} AND lower(u.period) > %(first)s AND lower(u.period) <= %(last)s
    UNION ALL
    SELECT CASE WHEN s.period @> %(first)s::date THEN 'came' ELSE 'went' END, s.practice_id, NULL
    FROM practices_practicestanding s
    WHERE {held_s} AND s.status = 'active' AND s.commissioner_id <> %(commissioner)s
      AND (s.practice_id = ANY(%(new)s) AND s.period @> %(first)s::date
           OR s.practice_id = ANY(%(gone)s) AND s.period @> %(last)s::date)
"""


def decompose(commissioner: Commissioner, first: date, last: date, known: datetime | None = None) -> Decomposition:
    """Why coverage of a commissioner changed from `first` to `last`, by what is held now or was before `known`.

    A merger between the days: what the predecessor had is *merged*; and when the successor counts on both days,
    the whole of its change is, because its list is the two together. A split between them: all that the parts and
    the old practice change is *split*. Raises ValueError when `last` is before `first`.
    """
    if last < first:
        raise ValueError("The second day must not be before the first.")
    rows = practice_rows_on(commissioner, [first, last], known)
    before, after = ({row.practice_id: row for row in rows[day]} for day in (first, last))
    parameters = {
        "commissioner": commissioner.pk,
        "first": first,
        "last": last,
        "known": known,
        "new": list(after.keys() - before.keys()),
        "gone": list(before.keys() - after.keys()),
    }
    found: dict[str, set[int]] = {what: set() for what in ("merger", "split", "came", "went", "successor", "part")}
    context = _CONTEXT.format(held_u=held("u", known), held_s=held("s", known))
    for row in query_rows(context, parameters) if before or after else ():
        found[row["what"]].add(row["practice_id"])
        found["part" if row["what"] == "split" else "successor"].add(row["successor_id"])

    def because(practice_id: int, counted: bool, counts: bool) -> Kind:
        """Why a practice that `counted` on the first day and `counts` on the last (or not) makes a difference."""
        if counted and counts:
            if practice_id in found["successor"]:
                return Kind.MERGED
            return Kind.SPLIT if practice_id in found["split"] else Kind.DRIFT
        if counts:
            if practice_id in before:
                return Kind.JOINED
            if practice_id in found["part"]:
                return Kind.SPLIT
            return Kind.CAME if practice_id in found["came"] else Kind.OPENED
        if practice_id in after:
            return Kind.LEFT
        if practice_id in found["merger"]:
            return Kind.MERGED
        if practice_id in found["split"]:
            return Kind.SPLIT
        return Kind.WENT if practice_id in found["went"] else Kind.CLOSED

    covered: dict[Kind, list[PracticeChange]] = {kind: [] for kind in COVERED_KINDS}
    total: dict[Kind, list[PracticeChange]] = {kind: [] for kind in TOTAL_KINDS}
    moved = []
    for practice in sorted((before | after).values(), key=attrgetter("ods_code")):
        old, new = before.get(practice.practice_id), after.get(practice.practice_id)
        change = _difference(old, new, old, new)
        if change.practices or change.patients:
            total[because(practice.practice_id, old is not None, new is not None)].append(change)
        counted, counts = (old if _covered(old) else None), (new if _covered(new) else None)
        if counted is not old or counts is not new:
            change = _difference(counted, counts, old, new)
        if (counted or counts) and (change.practices or change.patients):
            covered[because(practice.practice_id, counted is not None, counts is not None)].append(change)
        if counted and counts and counted.chin_id != counts.chin_id:
            moved.append(change)
    return Decomposition(
        commissioner=commissioner,
        first=first,
        last=last,
        known=known,
        before=rows[first],
        after=rows[last],
        covered=[ChangePart(kind=kind, rows=changes) for kind, changes in covered.items()],
        total=[ChangePart(kind=kind, rows=changes) for kind, changes in total.items()],
        moved=moved,
    )


def _difference(
    counted: PracticeRow | None, counts: PracticeRow | None, before: PracticeRow | None, after: PracticeRow | None
) -> PracticeChange:
    """What a practice adds that `counted` on the first day and `counts` on the last, where it is there at all."""
    practices = (counts is not None) - (counted is not None)
    patients = (counts.patients if counts else 0) - (counted.patients if counted else 0)
    return PracticeChange(practices, patients, before, after)


@dataclass(frozen=True, kw_only=True)
class ChinChange:
    """A CHIN whose state on the later day is not that on the earlier. day: since when it has its new state."""

    slug: str
    name: str
    before: str | None
    after: str | None
    day: date | None


_CHIN_CHANGES = """
    SELECT c.slug, c.name, old.status AS before, new.status AS after, lower(new.period) AS day
    FROM chins_chin c
    LEFT JOIN chins_chinstate old ON old.chin_id = c.id AND {held_old} AND old.period @> %(first)s::date
    LEFT JOIN chins_chinstate new ON new.chin_id = c.id AND {held_new} AND new.period @> %(last)s::date
    WHERE c.commissioner_id = %(commissioner)s AND old.status IS DISTINCT FROM new.status
    ORDER BY lower(new.period), c.name
"""


def chin_changes(
    commissioner: Commissioner, first: date, last: date, known: datetime | None = None
) -> list[ChinChange]:
    """The commissioner's CHINs that changed their state (or were proposed) after `first`, by `last`."""
    statement = _CHIN_CHANGES.format(held_old=held("old", known), held_new=held("new", known))
    parameters = {"commissioner": commissioner.pk, "first": first, "last": last, "known": known}
    return [ChinChange(**row) for row in query_rows(statement, parameters)]
