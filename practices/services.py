"""Writing practices: opening, closing, merging, what they are called, whose they are; contacts; released names.

Every change is dated and leaves who made it and why. Each function is one transaction: it locks the practices
it touches in primary-key order, refuses in words, and asks the database's own guards before it ends.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from cc2h.kit import dated, history, words, work
from cc2h.kit.dated import Dated, period_of
from cc2h.kit.writing import still_held, writing
from practices.models import (
    ILLUSTRATIVE_CODE,
    Commissioner,
    Contact,
    Federation,
    FederationMembership,
    NamesRelease,
    Practice,
    PracticeDetail,
    PracticeStanding,
    Status,
    Succession,
)
from practices.networks import networks


def _lock(*practices: Practice) -> None:
    keys = {practice.pk for practice in practices}
    list(Practice.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True))


def _before(day: date) -> date:
    return day - timedelta(days=1)


def _required(reason: str, message: str) -> None:
    if not reason.strip():
        raise ValidationError(message, code="reason_required")


def _standings(practice: Practice) -> list[PracticeStanding]:
    """What is held of the practice's standing, in order, planned ones included."""
    held = PracticeStanding.objects.held().filter(practice=practice)
    return list(held.select_related("commissioner").order_by("period"))


def _covering(versions: Iterable[Any], day: date) -> Any | None:
    """The version that holds on the day."""
    return next((v for v in versions if v.first_day <= day and (v.last_day is None or day <= v.last_day)), None)


def name_of(practice: Practice, day: date) -> str:
    """What the practice is called on the day, or else its newest name, or its code."""
    details = list(PracticeDetail.objects.held().filter(practice=practice).order_by("period"))
    found = _covering(details, day) or (details[-1] if details else None)
    return found.name if found else practice.ods_code


# Opening, closing, merging ---------------------------------------------------------------------------


def open_practice(
    *,
    by: Any,
    ods_code: str,
    commissioner: Commissioner,
    status: str,
    day: date,
    reason: str = "",
    **details: Any,
) -> Practice:
    """A practice is in the register from `day`, proposed or active. `details` are those of PracticeDetail.

    Raises ValidationError when a practice with this code is or was in the register: codes are never reused.
    """
    code = ods_code.strip().upper()
    with writing(by):
        practice, _ = Practice.objects.get_or_create(
            ods_code=code, defaults={"illustrative": bool(re.match(ILLUSTRATIVE_CODE, code))}
        )
        _lock(practice)
        if known := _standings(practice):
            newest = known[-1]
            raise ValidationError(
                f"{code} is already in the register: {name_of(practice, newest.first_day)}, "
                f"{newest.status} for {newest.commissioner.short_name} from {words.day(newest.first_day)}.",
                code="already_open",
            )
        dated.record(PracticeDetail, by=by, first=day, practice=practice, reason=reason, **details)
        dated.record(
            PracticeStanding,
            by=by,
            first=day,
            practice=practice,
            commissioner=commissioner,
            status=status,
            reason=reason,
        )
        work.nudge()
    return practice


def close_practice(*, by: Any, standing: PracticeStanding, last: date, reason: str = "") -> PracticeStanding:
    """The practice's last day is `last`: it leaves its network and federation, and what was planned is void.

    `standing` is the version the closer saw. Returns the standing "closed". Raises StaleRecord, ValidationError.
    """
    with writing(by):
        _lock(standing.practice)
        closed = _close(still_held(standing), last, by=by, reason=reason)
        work.nudge()
    return closed


def merge_practices(
    *, by: Any, standing: PracticeStanding, successor: Practice, day: date, reason: str = ""
) -> Succession:
    """From `day` the successor has the practice's patients: the practice closes the day before, if it has not.

    Only the successor's list counts from then on. Raises ValidationError for itself, a circle, or a successor
    that is not open on that day.
    """
    predecessor = standing.practice
    with writing(by):
        _lock(predecessor, successor)
        present = still_held(standing)
        _check_merger(predecessor, successor, day)
        closed = next((s for s in _standings(predecessor) if s.status == Status.CLOSED), None)
        if closed is None:
            closed = _close(present, _before(day), by=by, reason=reason)
        if closed.first_day != day:
            raise ValidationError(
                f"{name_of(predecessor, day)} closed with {words.day(_before(closed.first_day))} as its last day. "
                f"It merges on the day after that: {words.day(closed.first_day)}.",
                code="merger_day",
            )
        merged = dated.record(Succession, by=by, first=day, predecessor=predecessor, successor=successor, reason=reason)
        work.nudge()
    return merged


def void_closing(*, by: Any, standing: PracticeStanding, reason: str) -> PracticeStanding:
    """The practice never closed: what it was before goes on. Returns that standing.

    A merger it closed for is void as well. Memberships that ended with it stay ended: they are entered anew.
    """
    _required(reason, "Say why this was never true.")
    with writing(by):
        _lock(standing.practice)
        closed = still_held(standing)
        if closed.status != Status.CLOSED:
            raise ValidationError("This is not a closing.", code="not_closed")
        before = _covering(_standings(closed.practice), _before(closed.first_day))
        if before is None:
            raise ValidationError(
                "Nothing is held of the practice before it closed. Correct its standing instead.", code="nothing_before"
            )
        for merger in Succession.objects.held().filter(predecessor=closed.practice):
            dated.void(merger, by=by, reason=reason)
        dated.void(closed, by=by, reason=reason)
        reopened = dated.correct(before, by=by, reason=reason, period=period_of(before.first_day))
        work.nudge()
    return reopened


def void_merger(*, by: Any, merger: Succession, reason: str) -> None:
    """The practices never merged. The closing of the predecessor stands: it has a form of its own."""
    with writing(by):
        _lock(merger.predecessor, merger.successor)
        dated.void(still_held(merger), by=by, reason=reason)
        work.nudge()


def _close(present: PracticeStanding, last: date, *, by: Any, reason: str) -> PracticeStanding:
    practice = present.practice
    standings = _standings(practice)
    if gone := next((s for s in standings if s.status == Status.CLOSED), None):
        raise ValidationError(
            f"It has already closed: its last day was {words.day(_before(gone.first_day))}.", code="already_closed"
        )
    covering = _covering(standings, last)
    if covering is None:
        raise ValidationError(
            f"It was not in the register on {words.day(last)}. It has been since {words.day(standings[0].first_day)}.",
            code="not_open",
        )
    why = reason or f"The practice closes: its last day is {words.day(last)}."
    for later in standings:
        if later.first_day > last:
            dated.void(later, by=by, reason=why)
    dated.end(covering, last=last, by=by, reason=reason)
    leave_everything(practice, last=last, by=by, reason=why)
    return dated.record(
        PracticeStanding,
        by=by,
        first=last + timedelta(days=1),
        practice=practice,
        commissioner=covering.commissioner,
        status=Status.CLOSED,
        reason=reason,
    )


def leave_everything(practice: Practice, *, last: date, by: Any, reason: str) -> None:
    """A practice that closes leaves its network and its federation on `last`; what was planned for later is void.

    Part of a closing: the caller holds the transaction and has locked the practice.
    """
    networks().leave(practice, last=last, by=by, reason=reason)
    for membership in FederationMembership.objects.held().filter(practice=practice):
        if membership.first_day > last:
            dated.void(membership, by=by, reason=reason)
        elif membership.last_day is None or membership.last_day > last:
            dated.end(membership, last=last, by=by, reason=reason)


def _check_merger(predecessor: Practice, successor: Practice, day: date) -> None:
    if predecessor == successor:
        raise ValidationError("A practice can’t merge into itself.", code="itself")
    later: Practice | None = successor
    while later is not None:
        merger = Succession.objects.held().filter(predecessor=later).select_related("successor").first()
        later = merger.successor if merger else None
        if later == predecessor:
            raise ValidationError(
                f"{name_of(successor, day)} itself merged into {name_of(predecessor, day)}: "
                "practices can’t merge in a circle.",
                code="circle",
            )
    if other := Succession.objects.held().filter(predecessor=predecessor).select_related("successor").first():
        raise ValidationError(
            f"It has already merged into {name_of(other.successor, day)} on {words.day(other.first_day)}.",
            code="already_merged",
        )
    standing = _covering(_standings(successor), day)
    if standing is None or standing.status in (Status.CLOSED, Status.PROPOSED):
        what = "not in the register" if standing is None else standing.status
        raise ValidationError(
            f"{name_of(successor, day)} is {what} on {words.day(day)}, so no practice can merge into it that day.",
            code="successor_not_open",
        )


# What it is from a day -------------------------------------------------------------------------------


# fields of a version that say how it is kept, not what was true
KEEPING = {"id", "thread", "period", "held", "reason", "recorded_by", "closed_by", "closed_act", "closed_reason"}


def _from_day(version: Any, day: date, *, by: Any, reason: str, **changes: Any) -> Any:
    """`version` with `changes` from the day to its end; on its first day that is the whole of it."""
    last = version.last_day
    if day < version.first_day or (last is not None and day > last):
        until = f"until {words.day(last)}" if last else "on"
        raise ValidationError(
            f"This holds from {words.day(version.first_day)} {until}: choose a day in that time.", code="outside"
        )
    if day == version.first_day:
        return dated.correct(version, by=by, reason=reason, **changes)
    facts = {f.name: getattr(version, f.name) for f in version._meta.concrete_fields if f.name not in KEEPING}
    dated.end(version, last=_before(day), by=by, reason=reason)
    return dated.record(type(version), by=by, first=day, last=last, reason=reason, **(facts | changes))


def change_details(
    *, by: Any, detail: PracticeDetail, day: date | None, reason: str = "", **details: Any
) -> PracticeDetail:
    """It is called or found otherwise from `day`; with no day, what was recorded was wrong all along.

    Raises StaleRecord when somebody else has changed `detail` since.
    """
    with writing(by):
        _lock(detail.practice)
        present = still_held(detail)
        if all(getattr(present, name) == value for name, value in details.items()):
            raise ValidationError("Nothing differs from what is recorded.", code="no_change")
        if day is not None:
            return _from_day(present, day, by=by, reason=reason, **details)
        _required(reason, "Say why what was recorded was wrong.")
        return dated.correct(present, by=by, reason=reason, **details)


def change_status(*, by: Any, standing: PracticeStanding, status: str, day: date, reason: str = "") -> PracticeStanding:
    """It is active, dormant or proposed from `day`. Closing is an act of its own."""
    if status == Status.CLOSED:
        raise ValidationError("Use “Close” to close a practice.", code="closing")
    with writing(by):
        _lock(standing.practice)
        present = still_held(standing)
        if present.status == Status.CLOSED:
            raise ValidationError("It has closed. If that is wrong, void the closing.", code="already_closed")
        if present.status == status:
            raise ValidationError(f"It is {status} already.", code="no_change")
        changed = _from_day(present, day, by=by, reason=reason, status=status)
        work.nudge()
    return changed


def change_commissioner(
    *, by: Any, standing: PracticeStanding, commissioner: Commissioner, day: date, reason: str = ""
) -> PracticeStanding:
    """It belongs to another commissioner from `day`, and leaves the network of the one it had the day before."""
    with writing(by):
        _lock(standing.practice)
        present = still_held(standing)
        if present.commissioner == commissioner:
            raise ValidationError(f"It belongs to {commissioner.short_name} already.", code="no_change")
        changed = _from_day(present, day, by=by, reason=reason, commissioner=commissioner)
        for later in _standings(present.practice):
            if later.first_day > day and later.commissioner == present.commissioner:
                dated.correct(later, by=by, reason=reason, commissioner=commissioner)
        why = reason or f"The practice belongs to {commissioner.short_name} from {words.day(day)}."
        networks().leave(present.practice, last=_before(day), by=by, reason=why)
        work.nudge()
    return changed


# Federations -----------------------------------------------------------------------------------------


def join_federation(
    *, by: Any, practice: Practice, federation: Federation, first: date, reason: str = ""
) -> FederationMembership:
    """The practice is a member from `first`. Raises ValidationError naming a membership in the way."""
    with writing(by):
        _lock(practice)
        standings = _standings(practice)
        standing = _covering(standings, first)
        if standing is None or standing.status == Status.CLOSED:
            raise ValidationError(f"It is not open on {words.day(first)}.", code="not_open")
        others = FederationMembership.objects.held().filter(practice=practice, period__overlap=period_of(first))
        if other := others.select_related("federation").order_by("period").first():
            raise ValidationError(
                f"It is in {other.federation} {words.period(other.period.lower, other.period.upper)}: "
                "a practice is in at most one federation on any day.",
                code="already_member",
            )
        closed = next((s for s in standings if s.status == Status.CLOSED), None)
        return dated.record(
            FederationMembership,
            by=by,
            first=first,
            last=_before(closed.first_day) if closed else None,
            practice=practice,
            federation=federation,
            reason=reason,
        )


def leave_federation(
    *, by: Any, membership: FederationMembership, last: date, reason: str = ""
) -> FederationMembership:
    """The practice was a member until `last` inclusive."""
    return _end(membership, last, by=by, reason=reason)


def void_federation_membership(*, by: Any, membership: FederationMembership, reason: str) -> None:
    """The practice was never a member."""
    _void(membership, by=by, reason=reason)


def _end(record: Any, last: date, *, by: Any, reason: str) -> Any:
    with writing(by):
        present = still_held(record)
        if present.last_day == last:
            raise ValidationError("That is the last day already recorded.", code="no_change")
        return dated.end(present, last=last, by=by, reason=reason)


def _void(record: Dated, *, by: Any, reason: str) -> None:
    with writing(by):
        dated.void(still_held(record), by=by, reason=reason)


# Contacts --------------------------------------------------------------------------------------------


def add_contact(
    *, by: Any, practice: Practice, day: date, outcome: str, next_step: str = "", next_day: date | None = None
) -> Contact:
    """Somebody spoke to the practice on `day`."""
    with writing(by):
        return Contact.objects.create(
            practice=practice, made_by=by, day=day, outcome=outcome, next_step=next_step, next_day=next_day
        )


def withdraw_contact(*, by: Any, contact: Contact, reason: str) -> None:
    """The entry was a mistake: it stays readable, struck through, with the reason."""
    _required(reason, "Say why this entry is withdrawn.")
    with writing(by):
        present = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
        if present.withdrawn_at is not None:
            raise ValidationError("It has already been withdrawn.", code="no_change")
        present.withdrawn_at, present.withdrawn_reason = timezone.now(), reason
        present.save(update_fields=["withdrawn_at", "withdrawn_reason"])


# Commissioners ---------------------------------------------------------------------------------------


def release_names(
    *, by: Any, commissioner: Commissioner, first: date, last: date | None = None, reason: str = ""
) -> NamesRelease:
    """Everybody who sees the register sees the names of practices in no network, from `first` until `last`."""
    with writing(by):
        return dated.record(NamesRelease, by=by, first=first, last=last, commissioner=commissioner, reason=reason)


def end_names_release(*, by: Any, release: NamesRelease, last: date, reason: str = "") -> NamesRelease:
    """The names are shown until `last` inclusive."""
    return _end(release, last, by=by, reason=reason)


def void_names_release(*, by: Any, release: NamesRelease, reason: str) -> None:
    """The names should never have been released."""
    _void(release, by=by, reason=reason)


def change_settings(*, by: Any, commissioner: Commissioner, seen: int, **settings: Any) -> Commissioner:
    """Change a commissioner's size band, target and words. `seen` is the `history.version` the editor had.

    Raises history.ChangedMeanwhile when somebody else saved in between.
    """
    with writing(by):
        current = Commissioner.objects.select_for_update(no_key=True).get(pk=commissioner.pk)
        history.unchanged_since(current, seen)
        for name, value in settings.items():
            setattr(current, name, value)
        current.full_clean(validate_unique=False)
        current.save(update_fields=list(settings))
    return current
