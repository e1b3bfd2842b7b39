"""Writing CHINs: proposals, states, details, partners, and which practice is in which CHIN.

Every change is dated and leaves who made it and why. Each function is one transaction: it locks what it
touches (practices first, then CHINs, each in primary-key order), refuses in words that name what stands in
the way, asks the database's own guards before it ends, and wakes the worker that works out coverage.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import chain, count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.text import slugify

from cc2h.kit import dated, history, words, work
from cc2h.kit.dated import period_of
from cc2h.kit.days import day_after, day_before
from cc2h.kit.problems import check, errors_of, told
from cc2h.kit.undoing import give_back
from cc2h.kit.writing import still_held, writing
from chins.endings import end_or_void, lasting_beyond, of_posts
from chins.models import Chin, ChinState, Membership, Partner
from chins.names import practice_names
from chins.workflow import COUNTED, FIRST, ChinStatus, next_states
from practices.models import Commissioner, Practice, PracticeStanding, Status

# Words of the portal's own addresses: no CHIN may be called by one of them.
RESERVED_SLUGS = frozenset(
    {"coverage", "criteria", "expressions", "memberships", "move", "partners", "propose", "side-by-side", "states"}
)


def _lock(practices: Iterable[int], chins: Iterable[int]) -> None:
    list(Practice.objects.filter(pk__in={*practices}).order_by("pk").select_for_update(no_key=True))
    list(Chin.objects.filter(pk__in={*chins}).order_by("pk").select_for_update(no_key=True))


def _required(reason: str, message: str) -> None:
    if not reason.strip():
        raise ValidationError(message, code="reason_required")


# Proposing and describing ----------------------------------------------------------------------------


def propose_chin(
    *,
    by: Any,
    commissioner: Commissioner,
    name: str,
    day: date,
    kind: str = Chin.Kind.CHIN,
    code: str = "",
    footprint: str = "",
    focus_areas: Sequence[str] = (),
    practices: Sequence[Practice] = (),
    reason: str = "",
) -> Chin:
    """A new CHIN, proposed from `day` (a primary care network: operational), with the practices it names."""
    with writing(by):
        with connection.cursor() as cursor:  # two proposals at once must not choose one address
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('chins_chin.slug'))")
        chin = Chin(
            slug=_free_slug(name, commissioner),
            commissioner=commissioner,
            kind=kind,
            code=code.strip().upper(),
            name=name.strip(),
            footprint=footprint,
            focus_areas=list(focus_areas),
        )
        check(chin)
        chin.save(force_insert=True)
        dated.record(ChinState, by=by, first=day, chin=chin, status=FIRST[kind][0], reason=reason)
        if practices:
            _lock([p.pk for p in practices], [chin.pk])
            _each(practices, lambda practice: _join(practice, chin, day, by=by, reason=reason))
        work.nudge()
    return chin


def _free_slug(name: str, commissioner: Commissioner) -> str:
    """`north-locality`; where that is taken `north-locality-07m`, then `north-locality-07m-2`."""
    base = slugify(name)[:70] or "chin"
    own = f"{base}-{commissioner.ods_code.lower()}"
    taken = RESERVED_SLUGS.union(Chin.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    tries = chain([base, own], (f"{own}-{n}" for n in count(2)))
    return next(slug for slug in tries if slug not in taken)


def update_details(
    *, by: Any, chin: Chin, seen: int, name: str, footprint: str, focus_areas: Sequence[str], code: str = ""
) -> Chin:
    """Change what a CHIN is called and what it does. `seen` is the `history.version` the editor had before them.

    Raises history.ChangedMeanwhile when somebody else saved in between.
    """
    with writing(by):
        current = Chin.objects.select_for_update(no_key=True).get(pk=chin.pk)
        history.unchanged_since(current, seen)
        current.name, current.footprint, current.code = name.strip(), footprint, code.strip().upper()
        current.focus_areas = list(focus_areas)
        check(current, "name", "footprint", "code", "focus_areas")
        current.save(update_fields=["name", "footprint", "focus_areas", "code"])
    return current


# Memberships -----------------------------------------------------------------------------------------


def join_practices(
    *,
    by: Any,
    chin: Chin,
    practices: Sequence[Practice],
    first: date,
    last: date | None = None,
    reason: str = "",
) -> list[Membership]:
    """Several practices join on one day: all of them, or none and every refusal in one ValidationError."""
    with writing(by):
        _lock([p.pk for p in practices], [chin.pk])
        joined = _each(practices, lambda practice: _join(practice, chin, first, last, by=by, reason=reason))
        work.nudge()
    return joined


def move_practices(
    *,
    by: Any,
    chin: Chin,
    practices: Sequence[Practice],
    first: date,
    reason: str = "",
    seen: Iterable[Membership] = (),
) -> list[Membership]:
    """Several practices leave the CHINs they are in on the day before `first` and are in `chin` from `first`.

    `seen` are the memberships the mover had before them; raises StaleRecord if one of them has changed since.
    """

    def move(practice: Practice) -> Membership:
        present = _membership_on(practice, first)
        if present is None:
            name = practice_names([practice.pk], first)[practice.pk]
            raise ValidationError(
                f"{name} is in no {_word(chin)} on {words.day(first)}, so it can’t move. Let it join instead.",
                code="not_a_member",
            )
        if present.chin_id == chin.pk:
            raise ValidationError(_in_the_way(present, first), code="already_member")
        if present.first_day == first:
            raise ValidationError(
                f"{_in_the_way(present, first)} It can’t move on the day it joined: correct or void that membership.",
                code="joined_that_day",
            )
        dated.end(present, last=day_before(first), by=by, reason=reason)
        return _join(practice, chin, first, by=by, reason=reason)

    with writing(by):
        _lock([p.pk for p in practices], [chin.pk])
        for membership in seen:
            still_held(membership)
        moved = _each(practices, move)
        work.nudge()
    return moved


def leave_chin(*, by: Any, membership: Membership, last: date, reason: str = "") -> Membership:
    """The practice was, or will have been, in the CHIN until `last` inclusive. Returns the version with that end."""
    with writing(by):
        _lock([membership.practice_id], [membership.chin_id])
        present = still_held(membership)
        if last < present.first_day:
            name = practice_names([present.practice_id], present.first_day)[present.practice_id]
            raise ValidationError(
                f"{name} joined {present.chin} on {words.day(present.first_day)}, so it can’t leave on "
                f"{words.day(last)}, before it joined. If it never joined, void the membership instead.",
                code="dates_out_of_order",
            )
        if present.last_day is not None and last > present.last_day:
            later = DateRange(present.period.upper, day_after(last))
            _check_fits(present.practice, present.chin, later)
        left = dated.end(present, last=last, by=by, reason=reason)
        work.nudge()
    return left


def correct_membership(*, by: Any, membership: Membership, first: date, last: date | None, reason: str) -> Membership:
    """The days recorded were wrong, or a planned join has moved. The old days stay readable as known before."""
    _required(reason, "Say why the days change.")
    with writing(by):
        _lock([membership.practice_id], [membership.chin_id])
        present = still_held(membership)
        period = period_of(first, last)
        if (present.first_day, present.last_day) == (first, last):
            raise ValidationError("These are the days already recorded.", code="no_change")
        _check_fits(present.practice, present.chin, period, aside=present)
        corrected = dated.correct(present, by=by, reason=reason, period=period)
        work.nudge()
    return corrected


def void_membership(*, by: Any, membership: Membership, reason: str) -> None:
    """The practice never joined: it counts on no day, and *as known on* an earlier day still shows it."""
    with writing(by):
        _lock([membership.practice_id], [membership.chin_id])
        dated.void(still_held(membership), by=by, reason=reason)
        work.nudge()


def end_memberships(*, by: Any, practice: Practice, last: date, reason: str) -> list[Membership]:
    """The practice closes after `last`: it leaves its CHIN that day, and joins planned for later are void."""
    with told(), transaction.atomic():
        _lock([practice.pk], [])
        beyond = lasting_beyond(last, Membership.objects.filter(practice=practice))
        ended = [end_or_void(membership, last, by=by, reason=reason) for membership in beyond]
        work.nudge()
    return [membership for membership in ended if membership is not None]


def _join(practice: Practice, chin: Chin, first: date, last: date | None = None, *, by: Any, reason: str) -> Membership:
    _check_fits(practice, chin, period_of(first, last))
    return dated.record(Membership, by=by, first=first, last=last, practice=practice, chin=chin, reason=reason)


def _each(practices: Sequence[Practice], act: Callable[[Practice], Membership]) -> list[Membership]:
    """`act` for each practice; every refusal is collected before any is raised."""
    done: list[Membership] = []
    refusals: list[ValidationError] = []
    for practice in practices:
        try:
            done.append(act(practice))
        except ValidationError as refusal:
            refusals.append(refusal)
    if refusals:
        raise ValidationError([error for refusal in refusals for _, error in errors_of(refusal)])
    return done


def _membership_on(practice: Practice, day: date) -> Membership | None:
    return Membership.objects.as_at(day).filter(practice=practice).select_related("chin__commissioner").first()


def _word(chin: Chin) -> str:
    return chin.commissioner.local_word


def _in_the_way(other: Membership, day: date) -> str:
    name = practice_names([other.practice_id], max(day, other.first_day))[other.practice_id]
    when = words.period(other.period.lower, other.period.upper)
    return f"{name} is in {other.chin} {when}; a practice is in at most one {_word(other.chin)} on any day."


def _check_fits(practice: Practice, chin: Chin, period: DateRange, aside: Membership | None = None) -> None:
    """Raise ValidationError, naming what stands in the way, unless the practice can be in the CHIN all that time.

    `aside` is the membership being changed, which is in nobody's way.
    """
    others = Membership.objects.held().filter(practice=practice, period__overlap=period).order_by("period")
    if aside is not None:
        others = others.exclude(thread=aside.thread)
    if other := others.select_related("chin__commissioner").first():
        raise ValidationError(_in_the_way(other, period.lower), code="already_member")

    name = practice_names([practice.pk], period.lower)[practice.pk]
    standings = PracticeStanding.objects.held().filter(practice=practice)
    if closed := standings.filter(period__overlap=period, status=Status.CLOSED).order_by("period").first():
        raise ValidationError(
            f"{name} closed: its last day was {words.day(day_before(closed.first_day))}. "
            f"A practice can’t be in a {_word(chin)} after it has closed.",
            code="practice_closed",
        )
    standing = standings.open_on(period.lower).select_related("commissioner").first()
    if standing is None:
        raise ValidationError(f"{name} was not open yet on {words.day(period.lower)}.", code="practice_not_open")
    if standing.commissioner_id != chin.commissioner_id:
        raise ValidationError(
            f"{name} belongs to {standing.commissioner.short_name} on {words.day(period.lower)}, "
            f"and {chin} to {chin.commissioner.short_name}.",
            code="other_commissioner",
        )
    _check_living(chin, period, name)


def _check_living(chin: Chin, period: DateRange, name: str) -> None:
    life = _life(chin)
    if not life or period.lower < life[0].first_day:
        since = f"was first proposed on {words.day(life[0].first_day)}" if life else "has no state yet"
        raise ValidationError(
            f"{chin} {since}, so {name} can’t be in it on {words.day(period.lower)}.", code="chin_not_yet"
        )
    over = next((state for state in life if state.status not in COUNTED), None)
    if over is not None and (period.upper is None or period.upper > over.first_day):
        verb = over.get_status_display().lower()
        raise ValidationError(
            f"{chin} is {verb} from {words.day(over.first_day)}, so {name} can’t be in it after "
            f"{words.day(day_before(over.first_day))}.",
            code="chin_over",
        )


# States ----------------------------------------------------------------------------------------------


def _life(chin: Chin) -> list[ChinState]:
    """The CHIN's states as held now, in order, planned ones included."""
    return list(ChinState.objects.held().filter(chin=chin).order_by("period"))


def change_state(
    *,
    by: Any,
    chin: Chin,
    status: str,
    day: date,
    reason: str = "",
    into: Chin | None = None,
    seen: ChinState | None = None,
) -> ChinState:
    """The CHIN goes to `status` on `day`; a day to come makes it a planned state.

    Declining, withdrawing or closing ends its memberships and posts the day before; to merge, its practices are
    in `into` from the day on. `seen` is the newest state the editor had before them; raises StaleRecord if
    that has changed since.
    """
    if (status == ChinStatus.MERGED) != (into is not None):
        raise ValidationError("Say which CHIN it merges into, and only if it merges.", code="into_required")
    with writing(by):
        if seen is not None:
            still_held(seen)
        return _go(by=by, chin=chin, status=ChinStatus(status), day=day, reason=reason, into=into)


def replan_state(*, by: Any, state: ChinState, day: date, reason: str) -> ChinState:
    """The state began, or is planned to begin, on another day. What was planned before stays readable."""
    _required(reason, "Say why the day changes.")
    chin = state.chin
    with writing(by):
        _lock(_practice_ids(chin), {chin.pk, chin.merged_into_id or chin.pk})
        present = still_held(state)
        if day == present.first_day:
            raise ValidationError("That is the day already recorded.", code="no_change")
        life = _life(chin)
        place = next(n for n, one in enumerate(life) if one.pk == present.pk)
        before = life[place - 1] if place else None
        after = life[place + 1] if place + 1 < len(life) else None
        if before and day <= before.first_day:
            raise ValidationError(_too_early(chin, before), code="dates_out_of_order")
        if after and day >= after.first_day:
            raise ValidationError(
                f"{chin} is {after.get_status_display().lower()} from {words.day(after.first_day)}, "
                f"so it can’t become {present.get_status_display().lower()} on {words.day(day)}.",
                code="dates_out_of_order",
            )
        if before is None:
            _check_members_from(chin, day)
        over = present.status not in COUNTED
        if over:
            _give_back(chin, present, by=by, reason=reason)
        moved = _move_boundary(before, present, day, by=by, reason=reason)
        if over:
            _finish(chin, moved, into=chin.merged_into, by=by, reason=reason)
        work.nudge()
    return moved


def void_state(*, by: Any, state: ChinState, reason: str) -> None:
    """The newest state never came about, or its plan is dropped: the one before it goes on.

    Memberships and posts that had ended because of it go on as well.
    """
    _required(reason, "Say why this state is taken back.")
    chin = state.chin
    with writing(by):
        _lock(_practice_ids(chin), {chin.pk, chin.merged_into_id or chin.pk})
        present = still_held(state)
        life = _life(chin)
        if len(life) == 1 or life[-1].pk != present.pk:
            raise ValidationError(
                "Only the newest state can be taken back, and a CHIN keeps at least one. "
                "Correct the day instead, or withdraw the CHIN.",
                code="not_the_newest",
            )
        if present.status not in COUNTED:
            _give_back(chin, present, by=by, reason=reason)
            Chin.objects.filter(pk=chin.pk, merged_into__isnull=False).update(merged_into=None)
        dated.void(present, by=by, reason=reason)
        dated.correct(life[-2], by=by, reason=reason, period=DateRange(life[-2].first_day, None))
        work.nudge()


def _go(*, by: Any, chin: Chin, status: ChinStatus, day: date, reason: str, into: Chin | None = None) -> ChinState:
    if into is not None:
        _check_merger(chin, into)
    _lock(_practice_ids(chin), {chin.pk, into.pk if into else chin.pk})
    newest = _life(chin)[-1]
    if status not in next_states(newest.status):
        raise ValidationError(_wrong_way(chin, newest, status), code="wrong_way")
    if day <= newest.first_day:
        raise ValidationError(_too_early(chin, newest), code="dates_out_of_order")
    dated.end(newest, last=day_before(day), by=by, reason=reason)
    state = dated.record(ChinState, by=by, first=day, chin=chin, status=status, reason=reason)
    if into is not None:
        _check_living(into, DateRange(day, None), str(chin))
        chin.merged_into = into
        chin.save(update_fields=["merged_into"])
    if status not in COUNTED:
        _finish(chin, state, into=into, by=by, reason=reason)
    work.nudge()
    return state


def _wrong_way(chin: Chin, newest: ChinState, status: ChinStatus) -> str:
    since = f"{chin} is {newest.get_status_display().lower()} from {words.day(newest.first_day)}"
    may = [choice.label.lower() for choice in next_states(newest.status)]
    if not may:
        return f"{since}: nothing comes after that. Take that state back first."
    return f"{since}; from there it can become {words.listed(may, 'or')}, not {status.label.lower()}."


def _too_early(chin: Chin, state: ChinState) -> str:
    return (
        f"{chin} is {state.get_status_display().lower()} from {words.day(state.first_day)}; "
        "what follows must begin on a later day."
    )


def _check_merger(chin: Chin, into: Chin) -> None:
    if into == chin:
        raise ValidationError(f"{into} can’t merge into itself.", code="merges_into_itself")
    if into.commissioner_id != chin.commissioner_id:
        raise ValidationError(
            f"{chin} belongs to {chin.commissioner.short_name} and {into} to {into.commissioner.short_name}.",
            code="other_commissioner",
        )


def _check_members_from(chin: Chin, day: date) -> None:
    """No membership may begin before the CHIN does."""
    early = Membership.objects.held().filter(chin=chin, period__startswith__lt=day).order_by("period").first()
    if early is not None:
        name = practice_names([early.practice_id], early.first_day)[early.practice_id]
        raise ValidationError(
            f"{name} is in {chin} from {words.day(early.first_day)}; correct or void that membership first.",
            code="membership_before_chin",
        )


def _move_boundary(before: ChinState | None, state: ChinState, day: date, *, by: Any, reason: str) -> ChinState:
    """`state` begins on `day` and the one before it ends the day before; the shorter one goes first."""
    steps = [(state, DateRange(day, state.period.upper))]
    if before is not None:
        steps.insert(0 if day < state.first_day else 1, (before, DateRange(before.first_day, day)))
    changed = {one.pk: dated.correct(one, by=by, reason=reason, period=period) for one, period in steps}
    return changed[state.pk]


def _practice_ids(chin: Chin) -> list[int]:
    return list(Membership.objects.held().filter(chin=chin).values_list("practice_id", flat=True))


def _because(state: ChinState) -> str:
    """How a record says that it ended because its CHIN did."""
    return f"The CHIN is {state.get_status_display().lower()} from {words.day(state.first_day)}"


def _of_chin(chin: Chin) -> tuple[QuerySet[Any], ...]:
    """What can't outlive a CHIN: memberships, post holdings, deputies; all versions of them."""
    return Membership.objects.filter(chin=chin).select_related("practice"), *of_posts(chin=chin)


def _finish(chin: Chin, state: ChinState, *, into: Chin | None, by: Any, reason: str) -> None:
    """Memberships, post holdings and deputies end the day before `state`; members go on in `into` if given."""
    day, why = state.first_day, _because(state)
    why = f"{why}: {reason}" if reason else why
    for record in lasting_beyond(day_before(day), *_of_chin(chin)):
        end_or_void(record, day_before(day), by=by, reason=why)
        if into is not None and isinstance(record, Membership):
            _join(record.practice, into, max(day, record.first_day), record.last_day, by=by, reason=why)


def _give_back(chin: Chin, state: ChinState, *, by: Any, reason: str) -> None:
    """Undo `_finish`: what ended or was dropped because of `state` is as it was before."""
    if chin.merged_into_id:
        joined = Membership.objects.held().filter(
            chin=chin.merged_into_id,
            practice__in=Membership.objects.filter(chin=chin).values("practice"),
            period__startswith__gte=state.first_day,
            held__startswith__gte=state.recorded_at,
        )
        for membership in history.by_the_act_of(state, joined, "insert"):
            dated.void(membership, by=by, reason=reason)
    give_back(state, *_of_chin(chin), by=by, reason=reason)


# The planning group ----------------------------------------------------------------------------------


def add_partner(
    *, by: Any, chin: Chin, organisation: str, sector: str, first: date, last: date | None = None, reason: str = ""
) -> Partner:
    """An organisation is in the CHIN's planning group from `first`."""
    organisation = " ".join(organisation.split())
    with writing(by):
        _lock([], [chin.pk])
        already = Partner.objects.held().filter(
            chin=chin, organisation__iexact=organisation, period__overlap=period_of(first, last)
        )
        if other := already.first():
            raise ValidationError(
                f"{other.organisation} is a partner of {chin} {words.period(other.period.lower, other.period.upper)}.",
                code="already_partner",
            )
        return dated.record(
            Partner, by=by, first=first, last=last, chin=chin, organisation=organisation, sector=sector, reason=reason
        )


def end_partner(*, by: Any, partner: Partner, last: date, reason: str = "") -> Partner:
    """The organisation was in the planning group until `last` inclusive."""
    with writing(by):
        return dated.end(still_held(partner), last=last, by=by, reason=reason)


def void_partner(*, by: Any, partner: Partner, reason: str) -> None:
    """The organisation never was in the planning group."""
    with writing(by):
        dated.void(still_held(partner), by=by, reason=reason)
