"""What the dashboard reads: two days side by side, what changed between them, and when it will be full."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, JSONField, QuerySet, TextField
from django.db.models.expressions import RawSQL

from cc2h.accounts.authority import Action, authority_of, can
from cc2h.board import papers
from cc2h.board.models import BoardDay, Measure, Statement
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import DatedQuerySet
from cc2h.kit.days import NotADay, day_before, parse_day
from chins.coverage import (
    NO_BOROUGH,
    Coverage,
    Decomposition,
    Kind,
    PracticeChange,
    PracticeRow,
    Projection,
    StillOut,
    chin_changes,
    coverage_between,
    coverage_of_rows,
    decompose,
    kept,
    practice_rows,
    projection,
)
from chins.models import Membership
from chins.workflow import ChinStatus
from practices.models import Commissioner, PracticeStanding
from practices.queries import visible_practices
from practices.querysets import CommissionerQuerySet, OneOf

MONTHS_OF_TREND = 24
MEETINGS = 6  # board days that a dashboard offers to compare with
NO_BOARD_DAY = timedelta(days=91)  # what changes are counted from where no board has met before


@dataclass(frozen=True)
class BoardMeeting:
    """A day the board meets, as the dashboard offers it."""

    day: date
    title: str


# SQL by hand: Django takes longer to put these together than PostgreSQL to answer them.
_MEETINGS = f"""
    SELECT coalesce(jsonb_agg(jsonb_build_array(m.day, m.title)), '[]') FROM (
        SELECT b.day, b.title FROM board_boardday b
        WHERE b.commissioner_id = practices_commissioner.id AND b.day < %s AND {{held}}
        ORDER BY b.day DESC, b.id DESC LIMIT {MEETINGS}
    ) m
"""  # noqa: S608 - a number of this file
_RELEASED = """
    SELECT EXISTS (SELECT FROM practices_namesrelease n
                   WHERE n.commissioner_id = practices_commissioner.id AND upper_inf(n.held) AND n.period @> %s::date)
"""


def commissioners_with_board_days(user: Any, asat: AsAt) -> CommissionerQuerySet:
    """Commissioners the person may see, with what a dashboard asks of each.

    `meetings`: the latest board days before the day. `released`: whether the names of those out are, today.
    `coverage_state`: of what coverage rests on (chins.coverage.kept).
    """
    meetings, parameters = _meetings(asat)
    return Commissioner.objects.visible_to(user).annotate(
        meetings=RawSQL(meetings, parameters, JSONField()),  # noqa: S611 - code of this file
        released=RawSQL(_RELEASED, [asat.today], BooleanField()),  # noqa: S611 - code of this file
        coverage_state=RawSQL(kept.STATE, [], TextField()),  # noqa: S611 - code of ours
    )


def commissioner_with_board_days(asat: AsAt, ods_code: str) -> Any:
    """One commissioner as `commissioners_with_board_days` reads them, whoever asks; None without any of that code."""
    meetings, parameters = _meetings(asat)
    statement = f"""
        SELECT practices_commissioner.*, ({meetings}) AS meetings, ({_RELEASED}) AS released, ({kept.STATE}) AS coverage_state
        FROM practices_commissioner WHERE ods_code = %s
    """  # noqa: S608 - code of this file
    found: Any = next(iter(Commissioner.objects.raw(statement, [*parameters, asat.today, ods_code])), None)
    if found is not None:
        found.meetings = json.loads(found.meetings)
    return found


def _meetings(asat: AsAt) -> tuple[str, list[Any]]:
    """The SQL of a commissioner's latest board days, with its parameters."""
    if asat.known_at is None:
        return _MEETINGS.format(held="upper_inf(b.held)"), [asat.day]
    return _MEETINGS.format(held="b.held @> (%s - interval '1 microsecond')"), [asat.day, asat.known_at]


def meetings_of(commissioner: Any) -> list[BoardMeeting]:
    """The board days of a commissioner read by `commissioners_with_board_days`, the latest first."""
    return [BoardMeeting(date.fromisoformat(day), title) for day, title in commissioner.meetings]


@dataclass(frozen=True)
class Since:
    """The day changes are counted from, what board met on it if one did, and what was wrong with the one asked for."""

    day: date
    board: str = ""
    problem: str = ""


def since_day(asked: str, asat: AsAt, meetings: Sequence[BoardMeeting]) -> Since:
    """The day asked for, or the last board day before the day being looked at; with a sentence when it can't be."""
    last = next((meeting for meeting in meetings if meeting.day < asat.day), None)
    default = Since(last.day, last.title) if last else Since(asat.day - NO_BOARD_DAY)
    if not asked.strip():
        return default
    try:
        day = parse_day(asked)
    except NotADay as problem:
        return Since(default.day, default.board, str(problem))
    if day >= asat.day:
        return Since(default.day, default.board, "Changes are counted from a day before the one you are looking at.")
    return Since(day, next((meeting.title for meeting in meetings if meeting.day == day), ""))


@dataclass(frozen=True, kw_only=True)
class Borough:
    """The practices of one borough, where a commissioner has several. name: blank for practices without one."""

    name: str
    practices: int
    patients: int
    covered_practices: int
    covered_patients: int

    @property
    def key(self) -> str:
        """The borough as an address names it."""
        return self.name or NO_BOROUGH


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """Everything on a commissioner's dashboard."""

    commissioner: Commissioner
    asat: AsAt
    since: Since
    meetings: Sequence[BoardMeeting]
    now: Coverage
    then: Coverage
    changes: Decomposition
    points: Sequence[Coverage]
    known_points: Sequence[Coverage]  # those of points that were kept
    may_name: bool
    may_see_contacts: bool
    may_see_history: bool

    @cached_property
    def projection(self) -> Projection:
        """Asked for where it is shown."""
        day, known = self.asat.day, self.asat.known_at
        return projection(self.commissioner, day, known, rows=self.changes.after, points=self.known_points)

    @cached_property
    def statements(self) -> Mapping[Measure, Sequence[Statement]]:
        """What papers say of late, by what it is about; asked for where it is shown."""
        return papers.latest(papers.of_late(self.commissioner, self.asat), self.asat.day)

    def names(self, practice: PracticeRow) -> bool:
        """May the reader see this practice's name? Those in a CHIN are named to all; plans for a day to come are not."""
        return self.may_name or (practice.covered and not self.asat.is_future)

    @property
    def boroughs(self) -> list[Borough]:
        """By borough, when there is more than one."""
        found: dict[str, list[PracticeRow]] = {}
        for row in self.changes.after:
            found.setdefault(row.borough, []).append(row)
        if len([name for name in found if name]) < 2:
            return []
        boroughs = []
        for name, rows in sorted(found.items()):
            covered = [row.patients for row in rows if row.chin_id is not None]
            boroughs.append(
                Borough(
                    name=name,
                    practices=len(rows),
                    patients=sum([row.patients for row in rows]),
                    covered_practices=len(covered),
                    covered_patients=sum(covered),
                )
            )
        return boroughs


def dashboard(user: Any, commissioner: Any, asat: AsAt, asked: str) -> Dashboard:
    """The dashboard of a commissioner (as `commissioners_with_board_days` reads it), in few queries."""
    meetings = meetings_of(commissioner)
    since = since_day(asked, asat, meetings)
    months = _months_before(asat.day, MONTHS_OF_TREND)
    read = coverage_between(commissioner, since.day, asat.day, months, asat.known_at, state=commissioner.coverage_state)
    changes, coverage, points = read.changes, read.coverage, read.points
    now = coverage[asat.day]
    return Dashboard(
        commissioner=commissioner,
        asat=asat,
        since=since,
        meetings=meetings,
        now=now,
        then=coverage[since.day],
        changes=changes,
        points=points if points and points[-1].day == asat.day else [*points, now],
        known_points=points,
        may_name=_may_name(user, commissioner),
        may_see_contacts=bool(can(user, Action.VIEW_CONTACTS, commissioner)),
        may_see_history=bool(can(user, Action.VIEW_HISTORY, commissioner)),
    )


def _months_before(day: date, months: int) -> date:
    """The first day of the month so many months before that of `day`."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


# Changes, each a row -------------------------------------------------------------------------------

IN_A_CHIN, ALL, MOVED, STATE = "in", "all", "moved", "state"
WHEN = {
    Kind.LEFT: "left",
    Kind.OPENED: "standing",
    Kind.CLOSED: "standing",
    Kind.MERGED: "standing",
    Kind.SPLIT: "standing",
}


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """A practice's part in a change, or a CHIN's new state.

    basis: `in` for what it adds to practices and patients in a CHIN, `all` for what it adds to all open ones;
    `moved` and `state` add to neither. `day`: the day it happened, where it has one.
    """

    basis: str
    kind: str
    practices: int = 0
    change: int = 0
    practice: PracticeRow | None = None
    name: str = ""
    slug: str = ""
    before: str = ""
    after: str = ""
    day: date | None = None


def change_rows(changes: Decomposition) -> list[ChangeRow]:
    """Every change between the two days of a decomposition, a row each; those of a kind and basis sum to its part."""
    states = chin_changes(changes.commissioner, changes.first, changes.last, changes.known)
    days = _days(changes)
    rows = [_change(IN_A_CHIN, part.kind, change, days) for part in changes.covered for change in part.rows]
    rows += [_change(MOVED, MOVED, change, days) for change in changes.moved]
    rows += [_change(ALL, part.kind, change, days) for part in changes.total for change in part.rows]
    for state in states:
        before, after = (ChinStatus(s).label if s else "" for s in (state.before, state.after))
        rows.append(
            ChangeRow(
                basis=STATE,
                kind=state.after or "",
                name=state.name,
                slug=state.slug,
                before=before,
                after=after,
                day=state.day,
            )
        )
    return rows


def _change(basis: str, kind: str, change: PracticeChange, days: Mapping[tuple[str, int], date]) -> ChangeRow:
    practice = change.practice
    day = days.get((WHEN.get(Kind(kind), ""), practice.practice_id)) if kind != MOVED else practice.since
    return ChangeRow(
        basis=basis,
        kind=kind,
        practices=change.practices if basis != MOVED else 0,
        change=change.patients if basis != MOVED else 0,
        practice=practice,
        before=(change.before.chin_name or "") if change.before else "",
        after=(change.after.chin_name or "") if change.after else "",
        day=practice.since if kind == Kind.JOINED else day,
    )


def _days(changes: Decomposition) -> dict[tuple[str, int], date]:
    """The last day in a CHIN of practices that left one; the day a practice's standing last changed."""
    ids = [change.practice.practice_id for part in (*changes.covered, *changes.total) for change in part.rows]
    after, until = changes.first, changes.last
    ended = Membership.objects.held(changes.known).filter(
        practice__in=ids, period__endswith__gt=after, period__endswith__lte=until
    )
    stood = PracticeStanding.objects.held(changes.known).filter(
        practice__in=ids, period__startswith__gt=after, period__startswith__lte=until
    )
    left = {("left", m.practice_id): day_before(m.period.upper) for m in ended.order_by("period")}
    return left | {("standing", s.practice_id): s.first_day for s in stood.order_by("period")}


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed between two days, row by row."""

    commissioner: Commissioner
    asat: AsAt
    since: Since
    meetings: Sequence[BoardMeeting]
    now: Coverage
    then: Coverage
    decomposition: Decomposition
    rows: Sequence[ChangeRow]
    may_name: bool
    named: Collection[int]

    def names(self, practice: PracticeRow) -> bool:
        """May the reader see this practice's name? Those in a CHIN are named to all; plans for a day to come are not.

        One that counts no more on the later day is named where the list of practices of that day names it.
        """
        in_a_chin = practice.covered and not self.asat.is_future
        return self.may_name or in_a_chin or practice.practice_id in self.named


def changes(user: Any, commissioner: Any, asat: AsAt, asked: str) -> Changes:
    """Every change of a commissioner (as `commissioners_with_board_days` reads it) since a day."""
    meetings = meetings_of(commissioner)
    since = since_day(asked, asat, meetings)
    found = decompose(commissioner, since.day, asat.day, asat.known_at)
    coverage = coverage_of_rows(commissioner, {since.day: found.before, asat.day: found.after}, asat.known_at)
    gone = {row.practice_id for row in found.before} - {row.practice_id for row in found.after}
    return Changes(
        commissioner=commissioner,
        asat=asat,
        since=since,
        meetings=meetings,
        now=coverage[asat.day],
        then=coverage[since.day],
        decomposition=found,
        rows=change_rows(found),
        may_name=_may_name(user, commissioner),
        named=visible_practices(user, asat, gone),
    )


def _may_name(user: Any, commissioner: Any) -> bool:
    return commissioner.released or bool(can(user, Action.VIEW_UNPLACED, commissioner))


@dataclass(frozen=True, kw_only=True)
class Still:
    """The practices in no CHIN on a day, with their plans; `shown` are those asked for, of so many `practices`."""

    commissioner: Commissioner
    asat: AsAt
    planned: str
    practices: int
    projection: Projection
    shown: Sequence[StillOut]
    may_name: bool
    may_see_contacts: bool


def still_to_join(user: Any, commissioner: Any, asat: AsAt, planned: str = "") -> Still:
    """Practices in no CHIN. planned: `yes` for those with a planned join, `no` for the others, blank for all."""
    rows = practice_rows(commissioner, asat.day, asat.known_at)
    projected = projection(commissioner, asat.day, asat.known_at, rows=rows)
    return Still(
        commissioner=commissioner,
        asat=asat,
        planned=planned,
        practices=len(rows),
        projection=projected,
        shown=[one for one in projected.out if not planned or (planned == "yes") == (one.joins is not None)],
        may_name=_may_name(user, commissioner),
        may_see_contacts=bool(can(user, Action.VIEW_CONTACTS, commissioner)),
    )


def board_days_seen(user: Any) -> DatedQuerySet:
    """Every version of the board days of the commissioners the person may see, whether it still holds or not."""
    days: DatedQuerySet = BoardDay.objects.visible_to(user)
    return days.select_related("commissioner")


def board_days(user: Any, asat: AsAt) -> QuerySet[BoardDay]:
    """The board days of the commissioners the person may see. `kept`: whether the person keeps that list."""
    keeps = authority_of(user).commissioner_ids(Action.CHANGE_BOARD_DAYS)
    days: QuerySet[BoardDay] = board_days_seen(user).held(asat.known_at)
    return days.annotate(kept=OneOf("commissioner_id", keeps))


def board_day_history(user: Any) -> list[history.Entry]:
    """Who put down and voided which day in the lists that the person keeps, newest first."""
    keeps = authority_of(user).commissioner_ids(Action.CHANGE_BOARD_DAYS)
    return history.entries(BoardDay.objects.filter(commissioner__in=keeps).select_related("commissioner"))
