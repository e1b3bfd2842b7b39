"""Writing practices: opening, closing, merging, splitting, what they are called, whose they are; contacts; released names.

Every change is dated and leaves who made it and why. Each function is one transaction: it locks the practices
it touches in primary-key order, refuses in words, and asks the database's own guards before it ends.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, count
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from cc2h.kit import dated, history, programme, words, work
from cc2h.kit.dated import Dated, DatedQuerySet, period_of
from cc2h.kit.models import Programme
from cc2h.kit.problems import check
from cc2h.kit.undoing import give_back
from cc2h.kit.writing import still_held, writing
from practices.models import (
    ILLUSTRATIVE_CODE,
    Commissioner,
    Contact,
    Federation,
    FederationMembership,
    ListSize,
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


def standing_before(standing: PracticeStanding) -> PracticeStanding | None:
    """What is held of the practice before one of its standings."""
    earlier = [one for one in _standings(standing.practice) if one.first_day < standing.first_day]
    return earlier[-1] if earlier else None


def _covering(versions: Iterable[Any], day: date) -> Any | None:
    """The version that holds on the day."""
    return next((v for v in versions if v.first_day <= day and (v.last_day is None or day <= v.last_day)), None)


def name_of(practice: Practice, day: date) -> str:
    """What the practice is called on the day, or else its newest name, or its code."""
    details = list(PracticeDetail.objects.held().filter(practice=practice).order_by("period"))
    found = _covering(details, day) or (details[-1] if details else None)
    return found.name if found else practice.ods_code


# Opening, closing, merging, splitting ------------------------------------------------------------------


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

    The first practice of an empty portal makes it illustrative or real. Raises ValidationError for one of the other
    kind, and when a practice with this code is or was in the register: codes are never reused.
    """
    code = ods_code.strip().upper()
    named = Practice(ods_code=code, illustrative=bool(re.match(ILLUSTRATIVE_CODE, code)))
    check(named, "ods_code")
    with writing(by):
        programme.become(Programme.Kind.ILLUSTRATIVE if named.illustrative else Programme.Kind.REAL)
        practice, _ = Practice.objects.get_or_create(ods_code=code, defaults={"illustrative": named.illustrative})
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

    Only the successor's list counts from then on; those of them all, where it merges into several on one day.
    Raises ValidationError for itself, a circle, or a successor that is not open on that day.
    """
    predecessor = standing.practice
    with writing(by):
        _lock(predecessor, successor)
        present = still_held(standing)
        _check_merger(predecessor, successor, day)
        closed = _closing(predecessor)
        if closed is None:
            closed = _close(present, _before(day), by=by, reason=reason)
        if closed.first_day != day:
            raise ValidationError(
                f"{name_of(predecessor, day)} closed with {words.day(_before(closed.first_day))} as its last day. "
                f"It merges on the day after that: {words.day(closed.first_day)}.",
                code="merger_day",
            )
        _check_no_split_begins(predecessor, closed)
        merged = dated.record(Succession, by=by, first=day, predecessor=predecessor, successor=successor, reason=reason)
        work.nudge()
    return merged


class Part(NamedTuple):
    """What splits off from a practice. A code that is in the register from the day already needs nothing else.

    patients: its share of the last list, where the practice that splits closes.
    """

    ods_code: str
    name: str = ""
    postcode: str = ""
    patients: int | None = None


def split_practice(
    *,
    by: Any,
    standing: PracticeStanding,
    parts: Sequence[Part],
    day: date,
    closes: bool,
    stay: bool = True,
    reason: str = "",
) -> list[Succession]:
    """From `day` the parts are practices of their own: beside the old one, or (`closes`) in its stead.

    stay: they are in its network from then on. The old practice's list counts with it, whole, until lists of both
    come. Where it closes, its last list is shared out instead, so that nobody is lost until lists of the parts come;
    a list of the old code from then on counts nowhere. Raises ValidationError, StaleRecord.
    """
    old = standing.practice
    with writing(by):
        _lock(old)
        present = still_held(standing)
        closed = _closing(old)
        _check_split(old, parts, day, closes=closes, closed=closed)
        whose = present.commissioner if closed is None else _covering(_standings(old), _before(day)).commissioner  # type: ignore[union-attr]
        practices = [_split_off(part, whose, old, day, by=by, reason=reason) for part in parts]
        _lock(*practices)
        if stay:
            on = day if closed is None else _before(day)
            networks().follow(old, practices, on=on, first=day, by=by, reason=reason)
        if closes and closed is None:
            _close(present, _before(day), by=by, reason=reason)
        if closes:
            _share_out(old, dict(zip(practices, [part.patients for part in parts], strict=True)), day)
        else:
            _check_counted_once(old, practices, day)
        split = [
            dated.record(
                Succession, by=by, first=day, predecessor=old, successor=one, kind=Succession.Kind.SPLIT, reason=reason
            )
            for one in practices
        ]
        work.nudge()
    return split


def _check_split(
    old: Practice, parts: Sequence[Part], day: date, *, closes: bool, closed: PracticeStanding | None
) -> None:
    codes = [part.ods_code for part in parts]
    if len(set(codes)) < len(codes) or old.ods_code in codes:
        raise ValidationError("Each part has a code of its own.", code="codes")
    if len(parts) < 1 + closes:
        raise ValidationError(
            "A practice that closes splits into two at least." if closes else "Say what splits off.", code="parts"
        )
    eve = _covering(_standings(old), _before(day))
    if eve is None or eve.status not in (Status.ACTIVE, Status.DORMANT):
        raise ValidationError(f"It is not open on {words.day(_before(day))}, so it can’t split then.", code="not_open")
    if closed is not None and (not closes or closed.first_day != day):
        raise ValidationError(
            f"It closes: its last day is {words.day(_before(closed.first_day))}. "
            f"It can split as it does, on {words.day(closed.first_day)}.",
            code="split_day",
        )
    if closes and Succession.objects.held().filter(predecessor=old, period__startswith=day).exists():
        raise ValidationError("Its patients went to another practice that day already.", code="split_day")
    if not closes and any(part.patients is not None for part in parts):
        raise ValidationError(
            "It goes on: its list counts with it until lists of both come, so it is not shared out.", code="shares"
        )


def _split_off(part: Part, commissioner: Commissioner, old: Practice, day: date, *, by: Any, reason: str) -> Practice:
    """The part as a practice that is in the register from the day: opened now, where no file has."""
    practice = Practice.objects.filter(ods_code=part.ods_code).first()
    standings = _standings(practice) if practice else []
    if practice is None or not standings:
        _required(part.name, f"Say what {part.ods_code} is called.")
        return open_practice(
            by=by,
            ods_code=part.ods_code,
            commissioner=commissioner,
            status=Status.ACTIVE,
            day=day,
            reason=reason or f"Split off from {old}",
            name=part.name,
            postcode=part.postcode,
            borough=next((one.borough for one in PracticeDetail.objects.as_at(_before(day)).filter(practice=old)), ""),
        )
    if standings[0].first_day != day or standings[0].status != Status.ACTIVE:
        raise ValidationError(
            f"{part.ods_code} is in the register from {words.day(standings[0].first_day)}: "
            "what splits off is active from the day of the split.",
            code="codes",
        )
    if standings[0].commissioner_id != commissioner.pk:
        raise ValidationError(
            f"{part.ods_code} is a practice of {standings[0].commissioner}: what splits off is of the same commissioner.",
            code="codes",
        )
    return practice


def _newest_list(practice: Practice, day: date) -> ListSize | None:
    return ListSize.objects.held().filter(practice=practice, day__lte=day).order_by("-day").first()


def _share_out(old: Practice, shares: Mapping[Practice, int | None], day: date) -> None:
    """The last list of a practice that closed goes to its parts, whole: as given, or else in equal shares.

    A part that has a list of its own by the day keeps that.
    """
    last = _newest_list(old, day)
    if last is None:
        return
    given = [share for share in shares.values() if share is not None]
    if not given:
        each, more = divmod(last.patients, len(shares))
        given = [each + (place < more) for place in range(len(shares))]
    if len(given) < len(shares) or sum(given) != last.patients:
        raise ValidationError(
            f"Its list of {words.day(last.day)} has {words.number(last.patients)} patients; "
            f"the parts have {words.number(sum(given))}. Share out all of them, or leave all the numbers empty.",
            code="shares",
        )
    for practice, patients in zip(shares, given, strict=True):
        if _newest_list(practice, day) is None:
            ListSize.objects.create(practice=practice, day=last.day, patients=patients, source=None, row_number=0)


def _check_counted_once(old: Practice, practices: Sequence[Practice], day: date) -> None:
    """Raise ValidationError where a part has a list while the old practice's is still of before the split."""
    lists = ListSize.objects.held().filter(day__gte=day)
    first = lists.filter(practice__in=practices).order_by("day").first()
    if first is not None and not lists.filter(practice=old, day__lte=first.day).exists():
        raise ValidationError(
            f"{first.practice} has a list of {words.day(first.day)}, and {old} none from {words.day(day)} on by then: "
            "these patients would count twice. Import the list of that day for both first.",
            code="counted_twice",
        )


def void_split(*, by: Any, split: Succession, reason: str) -> None:
    """It never split: the parts were never practices, and one that closed by it goes on as it was.

    A part that a file had opened stays in the register. Raises ValidationError, naming it, where something was built
    on a part since.
    """
    _required(reason, "Say why this was never true.")
    old, day = split.predecessor, split.first_day
    with writing(by):
        still_held(split)
        parts = list(Succession.objects.held().filter(predecessor=old, kind=split.kind, period__startswith=day))
        _lock(old, *(part.successor for part in parts))
        work.nudge()
        for part in parts:
            _check_nothing_built(part)
        closing = _closing(old)
        for part in parts:
            made = history.by_the_act_of(part, PracticeStanding.objects.filter(practice=part.successor), "insert")
            opening = made.first()
            ListSize.objects.held().filter(practice=part.successor, source=None).update(superseded_at=dated.now())
            dated.void(part, by=by, reason=reason)
            if opening is not None:
                _void_everything(part.successor, opening, by=by, reason=reason)
        if closing is not None and closing.first_day == day:
            _go_on(standing_before(closing), closing, by=by, reason=reason)  # type: ignore[arg-type]
            networks().restore_stays(old, closing, by=by, reason=reason)
            give_back(closing, FederationMembership.objects.filter(practice=old), by=by, reason=reason)


def _check_nothing_built(part: Succession) -> None:
    practice, day = part.successor, part.first_day
    built = {
        "a list of its own": ListSize.objects.held().filter(practice=practice, source__isnull=False),
        "contacts": Contact.objects.filter(practice=practice, withdrawn_at=None),
        "a merger or a split": Succession.objects.held()
        .filter(Q(predecessor=practice) | Q(successor=practice))
        .exclude(pk=part.pk),
        "another status since": PracticeStanding.objects.held().filter(practice=practice, period__startswith__gt=day),
    }
    found = [what for what, rows in built.items() if rows.exists()]
    found += ["a network it joined since"] * any(stay.first > day for stay in networks().stays(practice, None))
    found += ["people in its posts"] * bool(networks().posts_ending(practice, _before(day)))
    if found:
        raise ValidationError(
            f"{name_of(practice, day)} has {words.listed(found)}, so that it split off stands.", code="built_on"
        )


def _closing(practice: Practice) -> PracticeStanding | None:
    return next((s for s in _standings(practice) if s.status == Status.CLOSED), None)


def _splits() -> DatedQuerySet:
    return Succession.objects.held().filter(kind=Succession.Kind.SPLIT)


def _check_no_split_begins(practice: Practice, standing: PracticeStanding) -> None:
    """Raise ValidationError where the practice began, or closed, with this standing by a split."""
    either = Q(successor=practice) | Q(predecessor=practice)
    if (split := _splits().filter(either, period__startswith=standing.first_day).first()) and (
        split.successor_id == practice.pk or standing.status == Status.CLOSED
    ):
        raise ValidationError(
            f"{split.successor} split off from {split.predecessor} that day. If that is wrong, void the split.",
            code="split",
        )


def void_standing(*, by: Any, standing: PracticeStanding, reason: str) -> PracticeStanding | None:
    """It never came about: what the practice was before goes on. Returns that, or None where nothing was before.

    A merger that it closed for is void with a closing, and its posts are held again; memberships that ended with it
    stay ended: they are entered anew. An opening has nothing before it: the practice was never in the register, all that is held of it is void,
    and its code can be opened again.
    """
    _required(reason, "Say why this was never true.")
    practice = standing.practice
    with writing(by):
        _lock(practice)
        present = still_held(standing)
        _check_no_split_begins(practice, present)
        before = standing_before(present)
        work.nudge()
        if before is None:
            _void_everything(practice, present, by=by, reason=reason)
            return None
        if before.commissioner_id != present.commissioner_id:
            _check_in_nothing(practice, present.period, before.commissioner)
        if present.status == Status.CLOSED:
            for merger in Succession.objects.held().filter(predecessor=practice, kind=Succession.Kind.MERGER):
                dated.void(merger, by=by, reason=reason)
        return _go_on(before, present, by=by, reason=reason)


def _go_on(before: PracticeStanding, standing: PracticeStanding, *, by: Any, reason: str) -> PracticeStanding:
    """`standing` never came about: what the practice was before lasts as long as that was to."""
    if standing.status == Status.CLOSED:
        networks().restore_posts(standing.practice, standing, by=by, reason=reason)
    dated.void(standing, by=by, reason=reason)
    if before.period.upper != standing.period.lower:
        return before
    return dated.correct(before, by=by, reason=reason, period=DateRange(before.first_day, standing.period.upper))


def _void_everything(practice: Practice, opening: PracticeStanding, *, by: Any, reason: str) -> None:
    leave_everything(practice, last=_before(opening.first_day), by=by, reason=reason)
    either = Succession.objects.held().filter(Q(predecessor=practice) | Q(successor=practice))
    details = PracticeDetail.objects.held().filter(practice=practice).order_by("period")
    for record in [*either, *details, *_standings(practice)]:
        dated.void(record, by=by, reason=reason)


def correct_standing(
    *, by: Any, standing: PracticeStanding, first: date, status: str, commissioner: Commissioner, reason: str
) -> PracticeStanding:
    """What was recorded was wrong: since when, which status, or whose. As known before, the old still shows.

    What came before ends the day before `first`. The first name and address begin with an opening; mergers move with
    a closing, and what then lasts beyond it ends. Raises ValidationError where a network is in the way.
    """
    _required(reason, "Say why what was recorded was wrong.")
    practice = standing.practice
    with writing(by):
        _lock(practice)
        present = still_held(standing)
        if (first, status, commissioner) == (present.first_day, present.status, present.commissioner):
            raise ValidationError("Nothing differs from what is recorded.", code="no_change")
        if (status == Status.CLOSED) != (present.status == Status.CLOSED):
            raise ValidationError("Use “Close” to close a practice; void a closing that never was.", code="closing")
        before = standing_before(present)
        if first != present.first_day:
            _check_no_split_begins(practice, present)
        _check_between(before, first, present.last_day)
        period = DateRange(first, present.period.upper)
        if commissioner != present.commissioner:
            _check_in_nothing(practice, period, commissioner)
        if before is None or before.commissioner_id != commissioner.pk:
            changed = DateRange(*sorted((first, present.first_day)))
            _check_in_nothing(practice, changed, before.commissioner if before else None)
        if before is None:
            _move_opening(practice, present.first_day, first, by=by, reason=reason)
        if status == Status.CLOSED:
            networks().restore_posts(practice, present, by=by, reason=reason)
        corrected = _move_boundary(
            before, present, first, by=by, reason=reason, status=status, commissioner=commissioner
        )
        if status == Status.CLOSED:
            _move_closing(practice, present.first_day, first, by=by, reason=reason)
        work.nudge()
    return corrected


def _check_between(before: PracticeStanding | None, first: date, last: date | None) -> None:
    if before is not None and first <= before.first_day:
        raise ValidationError(
            f"It is {before.status} from {words.day(before.first_day)}; what follows must begin on a later day.",
            code="dates_out_of_order",
        )
    if last is not None and first > last:
        raise ValidationError(
            f"This holds until {words.day(last)}, so it can’t begin on {words.day(first)}.", code="dates_out_of_order"
        )


def _check_in_nothing(practice: Practice, days: DateRange, whose: Commissioner | None) -> None:
    """Raise ValidationError, naming it, if the practice is in a network on days when it turns out to be `whose`.

    A network's practices are its own commissioner's. With no commissioner it was not in the register at all.
    """
    was = f"belonged to {whose.short_name}" if whose else "was not in the register"
    stays = [(stay.name, stay.first, stay.last) for stay in networks().stays(practice, None)]
    if whose is None:
        federations = FederationMembership.objects.held().filter(practice=practice).select_related("federation")
        stays += [(str(m.federation), m.first_day, m.last_day) for m in federations]
    for name, first, last in stays:
        if (days.upper is None or first < days.upper) and (last is None or last >= days.lower):
            when = words.period(first, last and last + timedelta(days=1))
            raise ValidationError(
                f"It is in {name} {when}, and by this it {was} on some of these days. "
                "Correct or void that membership first.",
                code="in_the_way",
            )


def _move_opening(practice: Practice, old: date, new: date, *, by: Any, reason: str) -> None:
    """The first name and address begin with the practice; those that ended before it did are void."""
    for detail in PracticeDetail.objects.held().filter(practice=practice).order_by("period"):
        if detail.last_day is not None and detail.last_day < new:
            dated.void(detail, by=by, reason=reason)
        elif detail.first_day < new or detail.first_day == old != new:
            dated.correct(detail, by=by, reason=reason, period=DateRange(new, detail.period.upper))


def _move_closing(practice: Practice, old: date, new: date, *, by: Any, reason: str) -> None:
    mergers = Succession.objects.held().filter(predecessor=practice, period__startswith=old)
    for merger in mergers if new != old else ():
        _check_open_to(merger.successor, new)
        dated.correct(merger, by=by, reason=reason, period=period_of(new))
    leave_everything(practice, last=_before(new), by=by, reason=reason)


def _move_boundary(
    before: PracticeStanding | None, standing: PracticeStanding, first: date, **what: Any
) -> PracticeStanding:
    """`standing` begins on `first`, and what came before ends the day before; the shorter one goes first."""

    def end_before() -> None:
        if before is not None and before.period.upper == standing.period.lower and first != standing.first_day:
            period = DateRange(before.first_day, first)
            dated.correct(before, by=what["by"], reason=what["reason"], period=period)

    if first < standing.first_day:
        end_before()
    corrected = dated.correct(standing, period=DateRange(first, standing.period.upper), **what)
    if first > standing.first_day:
        end_before()
    return corrected


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
    if split := _splits().filter(predecessor=practice, period__startswith__gt=last).first():
        raise ValidationError(
            f"{split.successor} splits off from it on {words.day(split.first_day)}, while it goes on. "
            "If it closes by that, void the split and record it anew.",
            code="split",
        )
    why = reason or f"The practice closes: its last day is {words.day(last)}."
    for later in standings:
        if later.first_day > last:
            dated.void(later, by=by, reason=why)
    dated.end(covering, last=last, by=by, reason=reason)
    closed = dated.record(
        PracticeStanding,
        by=by,
        first=last + timedelta(days=1),
        practice=practice,
        commissioner=covering.commissioner,
        status=Status.CLOSED,
        reason=reason,
    )
    leave_everything(practice, last=last, by=by, reason=why)
    return closed


def leave_everything(practice: Practice, *, last: date, by: Any, reason: str) -> None:
    """A practice that closes leaves its network and its federation on `last`, and its posts end; what was planned for

    later is void. Part of a closing: the caller holds the transaction, has locked the practice, and has recorded the
    closing before, so that what ends with it can be told from what ended by itself.
    """
    networks().leave(practice, last=last, by=by, reason=reason)
    networks().end_posts(practice, last=last, by=by, reason=reason)
    for membership in FederationMembership.objects.held().filter(practice=practice):
        if membership.first_day > last:
            dated.void(membership, by=by, reason=reason)
        elif membership.last_day is None or membership.last_day > last:
            dated.end(membership, last=last, by=by, reason=reason)


def _check_merger(predecessor: Practice, successor: Practice, day: date) -> None:
    if predecessor == successor:
        raise ValidationError("A practice can’t merge into itself.", code="itself")
    if predecessor.pk in _after(successor):
        raise ValidationError(
            f"{name_of(successor, day)} itself merged into {name_of(predecessor, day)}: "
            "practices can’t merge in a circle.",
            code="circle",
        )
    mergers = Succession.objects.held().filter(kind=Succession.Kind.MERGER)
    if other := mergers.filter(predecessor=predecessor, successor=successor).first():
        raise ValidationError(
            f"It has already merged into {name_of(successor, day)} on {words.day(other.first_day)}.",
            code="already_merged",
        )
    _check_open_to(successor, day)


def _after(practice: Practice) -> set[int]:
    """Every practice that has its patients by now, through however many mergers; itself not included."""
    found: set[int] = set()
    new = {practice.pk}
    while new:
        held = Succession.objects.held().filter(predecessor__in=new, kind=Succession.Kind.MERGER)
        new = set(held.values_list("successor_id", flat=True)) - found
        found |= new
    return found


def _check_open_to(successor: Practice, day: date) -> None:
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
        if present.status == Status.CLOSED:
            raise ValidationError(
                "It has closed, and stays whose it was. If that is wrong, correct what was recorded.",
                code="already_closed",
            )
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


def add_federation(*, by: Any, commissioner: Commissioner, name: str) -> Federation:
    """A federation of the commissioner's practices, with no practice in it yet. Raises ValidationError for a name taken."""
    name = " ".join(name.split())
    with writing(by):
        _one_of_that_name(commissioner, name)
        base = slugify(name)[:50] or "federation"
        taken = set(Federation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        tries = chain([base], (f"{base}-{n}" for n in count(2)))
        slug = next(slug for slug in tries if slug not in taken)
        return Federation.objects.create(slug=slug, name=name, commissioner=commissioner)


def rename_federation(*, by: Any, federation: Federation, seen: int, name: str) -> Federation:
    """Call it otherwise; its address stays. Raises history.ChangedMeanwhile when somebody saved since version `seen`."""
    name = " ".join(name.split())
    with writing(by):
        current = Federation.objects.select_for_update(no_key=True).get(pk=federation.pk)
        history.unchanged_since(current, seen)
        _one_of_that_name(current.commissioner, name, than=current)
        current.name = name
        current.save(update_fields=["name"])
    return current


def _one_of_that_name(commissioner: Commissioner, name: str, than: Federation | None = None) -> None:
    with connection.cursor() as cursor:  # two people adding one federation: the second is told
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('practices_federation.slug'))")
    others = Federation.objects.filter(commissioner=commissioner, name__iexact=name)
    if than is not None:
        others = others.exclude(pk=than.pk)
    if others.exists():
        raise ValidationError(f"{commissioner.short_name} has a federation “{name}” already.", code="name_taken")


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
    *,
    by: Any,
    practice: Practice,
    day: date,
    outcome: str,
    spoke_to: str = "",
    next_step: str = "",
    next_day: date | None = None,
    made_by: Any = None,
) -> Contact:
    """`made_by`, or `by` where it is nobody else, spoke to the practice (to `spoke_to`, where that is said) on `day`."""
    with writing(by):
        contact = Contact(
            practice=practice,
            made_by=made_by or by,
            day=day,
            spoke_to=spoke_to,
            outcome=outcome,
            next_step=next_step,
            next_day=next_day,
        )
        check(contact)
        contact.save(force_insert=True)
    return contact


def withdraw_contact(*, by: Any, contact: Contact, reason: str) -> None:
    """The entry was a mistake: it stays readable, struck through, with the reason."""
    _required(reason, "Say why this entry is withdrawn.")
    with writing(by):
        present = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
        if present.withdrawn_at is not None:
            raise ValidationError("It has already been withdrawn.", code="no_change")
        present.withdrawn_at, present.withdrawn_reason = timezone.now(), reason
        check(present, "withdrawn_reason")
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
        check(current, *settings)
        current.save(update_fields=list(settings))
    return current
