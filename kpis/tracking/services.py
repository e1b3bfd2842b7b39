"""What is decided about series: how they are judged, new baselines with four eyes, notes, targets and trajectories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.kit import dated, history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import day_before, month_end, month_ends
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from kpis.models import Measure
from kpis.statistics.series import Rule
from kpis.tracking import queries
from kpis.tracking.judging import Tracked, specials
from kpis.tracking.marks import Mark
from kpis.tracking.models import (
    Note,
    Rebase,
    RebaseState,
    SeriesSettings,
    Target,
    Trajectory,
    TrajectoryPoint,
    TrajectoryWay,
)
from kpis.whose import Whose

FOLLOWS_WITHIN = timedelta(days=183)  # a shift this soon after something was recorded may follow from it


@dataclass(frozen=True, slots=True)
class At:
    """Where a series is: its measure, and whose it is."""

    measure: Measure
    whose: Whose

    @property
    def columns(self) -> dict[str, Any]:
        return {"measure": self.measure, "kind": str(self.whose.kind), "organisation": self.whose.pk}


def set_settings(
    *, by: Any, at: At, seen: int, fixed: int | None, run: int, screened: bool, kinder: bool
) -> SeriesSettings:
    """How the series is judged from now on. Raises history.ChangedMeanwhile when somebody saved since `seen`; 0: none."""
    facts = {"fixed": fixed, "run": run, "screened": screened, "kinder": kinder}
    with writing(by):
        found = SeriesSettings.objects.select_for_update().filter(**at.columns).first()
        if found is None:
            new = SeriesSettings(**at.columns, **facts)
            check(new)
            new.save(force_insert=True)
            return new
        history.unchanged_since(found, seen)
        for name, value in facts.items():
            setattr(found, name, value)
        check(found)
        found.save(update_fields=list(facts))
        return found


# New baselines ------------------------------------------------------------------------------------------


def propose_rebase(*, by: Any, at: At, day: date, reason: str, ends: Sequence[date], today: date) -> Rebase:
    """A new baseline from a day, to be decided by somebody else. ends: of the series' points; by None: the portal."""
    if not any(end < day for end in ends) or not any(end >= day for end in ends):
        between = (
            f"after {words.day(ends[0])}, and not after {words.day(ends[-1])}" if ends else "once there are points"
        )
        raise ValidationError(
            f"A new baseline begins between two points of the series: {between}. {words.day(day)} is not.",
            code="day_outside",
        )
    with writing(by):
        new = Rebase(**at.columns, day=day, reason=reason.strip(), proposed_by=by, proposed_on=today)
        check(new)
        new.save(force_insert=True)
    return new


def decide_rebase(*, by: Any, rebase: Rebase, approve: bool, why: str, today: date) -> Rebase:
    """Approve or decline what somebody else proposed."""
    state = RebaseState.APPROVED if approve else RebaseState.DECLINED
    with writing(by):
        found = _in_state(rebase, RebaseState.PROPOSED)
        found.state, found.decided_by, found.decided_on, found.decided_why = state, by, today, why.strip()
        check(found)
        found.save(update_fields=["state", "decided_by", "decided_on", "decided_why"])
    return found


def take_back_rebase(*, by: Any, rebase: Rebase, why: str, today: date) -> Rebase:
    """An approved baseline holds no more; that it did stays readable."""
    with writing(by):
        found = _in_state(rebase, RebaseState.APPROVED)
        found.state = RebaseState.TAKEN_BACK
        found.taken_back_by, found.taken_back_on, found.taken_back_why = by, today, why.strip()
        check(found)
        found.save(update_fields=["state", "taken_back_by", "taken_back_on", "taken_back_why"])
    return found


def _in_state(rebase: Rebase, state: RebaseState) -> Rebase:
    """It, locked; refused where somebody decided something else meanwhile."""
    found: Rebase = Rebase.objects.select_for_update(of=["self"]).get(pk=rebase.pk)
    if found.state != state:
        who = found.taken_back_by or found.decided_by
        raise ValidationError(f"It was {found.get_state_display().lower()} meanwhile, by {who}.", code="decided")
    return found


def has_shift(tracked: Tracked) -> bool:
    return any(one.rule is Rule.SHIFT for one in specials(tracked, date.min))


def due(tracked: Tracked, marks: Sequence[Mark]) -> tuple[date, str] | None:
    """From which day a new baseline would be proposed, and why: the latest shift that began after something recorded.

    None where no shift follows anything, or the baseline is that new already.
    """
    for special in specials(tracked, date.min):
        if special.rule is not Rule.SHIFT:
            continue
        begins = special.points[0].ends
        before = [mark for mark in marks if mark.first <= begins <= mark.first + FOLLOWS_WITHIN]
        held = any(mark_day >= begins - FOLLOWS_WITHIN for mark_day in (one.day for one in tracked.how.baselines))
        if before and not held:
            mark = before[-1]
            side = "above" if special.high else "below"
            return begins, (
                f"From {words.month(begins)} on, {words.plural(len(special.points), 'point')} in a row lie {side} the mean, "
                f"after “{mark.text}” of {words.day(mark.first)}."
            )
    return None


def propose_due(*, at: At, tracked: Tracked, asat: AsAt) -> Rebase | None:
    """The portal proposes a new baseline where a shift follows something recorded, once for each day."""
    notes = queries.notes_of(at.measure, at.whose, asat)
    found = due(tracked, queries.marks_of(at.measure, at.whose, asat, notes))
    if found is None or Rebase.objects.of(at.measure, at.whose).filter(day=found[0]).exists():
        return None
    return propose_rebase(by=None, at=at, day=found[0], reason=found[1], ends=tracked.days, today=asat.today)


# Notes --------------------------------------------------------------------------------------------------


def write_note(*, by: Any, at: At, day: date, text: str, today: date) -> Note:
    with writing(by):
        new = Note(**at.columns, day=day, text=text.strip(), by=by, written_on=today)
        check(new)
        new.save(force_insert=True)
    return new


def withdraw_note(*, by: Any, note: Note, today: date) -> Note:
    with writing(by):
        found = Note.objects.select_for_update().get(pk=note.pk)
        if found.withdrawn_on is not None:
            raise ValidationError("Somebody else has withdrawn the note meanwhile.", code="withdrawn")
        found.withdrawn_on, found.withdrawn_by = today, by
        found.save(update_fields=["withdrawn_on", "withdrawn_by"])
    return found


# Targets and trajectories ---------------------------------------------------------------------------------


def set_target(*, by: Any, at: At, value: Decimal, first: date, reason: str = "") -> Target:
    """What the series should reach from a day on; the target before it ends the day before. Raises ValidationError."""
    with writing(by):
        held = Target.objects.held().filter(**at.columns).select_for_update()
        if later := held.starting_after(first).order_by("period").first():
            raise ValidationError(
                f"From {words.day(later.first_day)} on another target holds. Choose a later day, or correct that one.",
                code="later_target",
            )
        current = held.open_on(first).first()
        if current is not None and current.first_day == first:
            return dated.correct(current, by=by, reason=reason or "Set anew", value=value)
        if current is not None:
            dated.end(current, last=day_before(first), by=by, reason=reason)
        return dated.record(Target, by=by, first=first, reason=reason, value=value, **at.columns)


def end_target(*, by: Any, target: Target, last: date, reason: str) -> Target:
    with writing(by):
        return dated.end(target, last=last, by=by, reason=reason)


def linear(first: date, baseline: float, last: date, target: float) -> dict[date, float]:
    """A straight line from a month to another, by month-end: baseline + (target − baseline) · elapsed ÷ total months."""
    months = [month_end(first), *month_ends(month_end(first) + timedelta(days=1), month_end(last))]
    total = len(months) - 1
    if total < 1:
        raise ValidationError(
            f"A trajectory ends in a later month than it begins: {words.month(last)} is not after {words.month(first)}.",
            code="months_out_of_order",
        )
    return {month: baseline + (target - baseline) * number / total for number, month in enumerate(months)}


def set_trajectory(
    *, by: Any, at: At, way: TrajectoryWay, points: Mapping[date, float], reason: str, now: datetime
) -> Trajectory:
    """The way to a target, month by month; it takes the place of the one before."""
    if not points:
        raise ValidationError("A trajectory has at least one month.", code="no_points")
    with writing(by):
        Trajectory.objects.filter(**at.columns, superseded_at=None).update(superseded_at=now)
        new = Trajectory(**at.columns, way=way, reason=reason.strip(), set_by=by, set_at=now)
        check(new)
        new.save(force_insert=True)
        TrajectoryPoint.objects.bulk_create(
            TrajectoryPoint(trajectory=new, month=month_end(month), value=value)
            for month, value in sorted(points.items())
        )
    return new
