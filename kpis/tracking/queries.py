"""What pages of series read: whose they are, how they are judged, what stands on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, cast

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from cc2h.accounts import records
from cc2h.accounts.authority import Action, Target, authority_of
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.together import kept, rows_of
from chins.models import Chin, Membership
from chins.workflow import COUNTED
from kpis.models import Level, Measure, PracticeValue, RollUp
from kpis.series import Series, many_series, series_of
from kpis.statistics.series import TRIAL_BELOW
from kpis.tracking import marks
from kpis.tracking.judging import How, NewBaseline, Tracked, judge
from kpis.tracking.marks import Mark
from kpis.tracking.models import EVERY, Note, Rebase, SeriesSettings, Trajectory, TrajectoryPoint
from kpis.tracking.models import Target as SeriesTarget
from kpis.whose import PRACTICE, PROGRAMME, Whose
from practices.models import Commissioner, Practice


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose series it is, as authority sees it."""

    whose: Whose
    target: Target

    def __str__(self) -> str:
        return self.whose.name

    def authority_target(self) -> Target:
        return self.target


MODELS: dict[str, Any] = {PRACTICE: Practice, Level.CHIN.value: Chin, Level.COMMISSIONER.value: Commissioner}
KEYS = {PRACTICE: "ods_code", Level.CHIN.value: "slug", Level.COMMISSIONER.value: "ods_code"}


def find_subject(user: Any, asat: AsAt, kind: str, key: str) -> Subject | None:
    """The organisation, or None where there is none that this person may see."""
    if kind == Level.PROGRAMME:
        if key != PROGRAMME or not authority_of(user).may(Action.VIEW_REGISTER):
            return None
        ids = Commissioner.objects.filter(in_programme=True).values_list("pk", flat=True)
        return Subject(Whose.of(None), Target(commissioner_ids=frozenset(ids)))
    if kind in (Level.CHIN, Level.COMMISSIONER):
        seen = MODELS[kind].objects.visible_to(user).filter(**{KEYS[kind]: key}).first()
        return None if seen is None else Subject(Whose.of(seen), seen.authority_target())
    found = records.find(user, asat, kind, key) if kind in MODELS else None
    if found is None:
        return None
    return Subject(Whose.of(MODELS[kind].objects.get(**{KEYS[kind]: key}), found.name), found.target)


def named(key: str, asat: AsAt) -> Whose | None:
    """The organisation of a key as addresses have it, whoever asks; None where there is none."""
    if key.lower() == PROGRAMME:
        return Whose.of(None)
    practice = Practice.objects.filter(ods_code=key.upper()).with_details(asat.day, asat.known_at).first()
    if practice is not None:
        return Whose.of(practice, cast(Any, practice).name or "")
    return next(
        (
            Whose.of(found)
            for found in (
                Commissioner.objects.filter(ods_code=key.upper()).first(),
                Chin.objects.filter(slug=key.lower()).first(),
            )
            if found is not None
        ),
        None,
    )


def measures(user: Any) -> QuerySet[Any]:
    return Measure.objects.visible_to(user)


# How they are judged ----------------------------------------------------------------------------------


KINDS = (PRACTICE, Level.CHIN.value, Level.COMMISSIONER.value, Level.PROGRAMME.value)


def hows(measures: Sequence[Measure], whose: Sequence[Whose], asat: AsAt) -> dict[tuple[int, Whose], How]:
    """How each of the series is judged, in one statement however many there are."""
    of_kind: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for one in whose:
        of_kind[str(one.kind)].append(one.pk)
    these = ([measure.pk for measure in measures], *of_kind.values())
    stored, new, aims = rows_of(
        (
            kept(_settings, asat.known_at, *these),
            kept(_baselines, asat.day, asat.known, *these),
            kept(_aims, asat.day, asat.known_at, *these),
        )
    )
    settings = {(one.measure_id, one.kind, one.organisation): one for one in stored}
    baselines: dict[tuple[int, str, int], list[NewBaseline]] = {}
    for rebase in new:
        baselines.setdefault(rebase.series, []).append(NewBaseline(rebase.day, rebase.reason, str(rebase.decided_by)))
    targets = {(one.measure_id, one.kind, one.organisation): float(one.value) for one in aims}
    found = {}
    for measure in measures:
        for one in whose:
            key = (measure.pk, str(one.kind), one.pk)
            own = settings.get(key)
            by = own or settings.get((measure.pk, EVERY, 0))
            found[measure.pk, one] = How(
                fixed=by.fixed if by else None,
                run=by.run if by else 7,
                screened=by.screened if by else False,
                kinder=by.kinder if by else False,
                target=targets.get(key),
                baselines=tuple(baselines.get(key, ())),
                own=own is not None,
            )
    return found


def _these(kinds: Sequence[Any]) -> Q:
    """The series of organisations: ids of each kind."""
    found = Q()
    for kind, ids in zip(KINDS, kinds, strict=True):
        found |= Q(kind=kind, organisation__in=ids)
    return found


def _settings(known_at: Any, measures: Any, *kinds: Any) -> QuerySet[Any]:
    """The settings of series, as held now or as they were known on the page's second day."""
    found: QuerySet[Any] = SeriesSettings.objects.all()
    if known_at is not None:
        events = SeriesSettings.pgh_event_models["insert"].objects.filter(pgh_created_at__lt=known_at)  # type: ignore[attr-defined]
        found = events.order_by("pgh_obj", "-pgh_id").distinct("pgh_obj")
    return found.filter(_these(kinds) | Q(kind=EVERY), measure_id__in=measures)


def _baselines(day: Any, known: Any, measures: Any, *kinds: Any) -> QuerySet[Any]:
    holds = Q(state=Rebase.State.APPROVED)
    if known is not None:
        holds |= Q(state=Rebase.State.TAKEN_BACK, taken_back_on__gt=known)
        holds &= Q(decided_on__lte=known)
    approved = Rebase.objects.filter(_these(kinds), holds, measure_id__in=measures, day__lte=day)
    return approved.select_related("decided_by").order_by("day")


def _aims(day: Any, known_at: Any, measures: Any, *kinds: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = SeriesTarget.objects.as_at(day, known_at)
    return found.filter(_these(kinds), measure_id__in=measures)


def tracked(measure: Measure, whose: Whose, asat: AsAt, user: Any) -> Tracked:
    """One series, judged. Raises Definition.DoesNotExist for a measure that has none."""
    return judge(series_of(measure, whose, asat, user), hows([measure], [whose], asat)[measure.pk, whose])


def many_tracked(
    measures: Sequence[Measure], whose: Sequence[Whose], asat: AsAt, user: Any
) -> dict[tuple[int, Whose], Tracked]:
    """The series of each measure of each organisation, judged, in a few statements however many there are."""
    if not measures or not whose:
        return {}
    how = hows(measures, whose, asat)
    return {key: judge(series, how[key]) for key, series in many_series(measures, whose, asat, user).items()}


_STATE = """
    SELECT concat_ws(' ',
        (SELECT string_agg(concat(measure_id, ' ', changed_at), ' ' ORDER BY measure_id) FROM kpis_rolledup
         WHERE measure_id = ANY(%(measures)s)),
        (SELECT (count(*), count(*) FILTER (WHERE upper_inf(held)), max(id))::text FROM kpis_definition
         WHERE measure_id = ANY(%(measures)s)),
        (SELECT (count(*), count(*) FILTER (WHERE upper_inf(held)), max(id))::text FROM tracking_target
         WHERE measure_id = ANY(%(measures)s)),
        (SELECT string_agg(hashtextextended(s::text, 0)::text, ' ' ORDER BY id) FROM tracking_seriessettings s
         WHERE measure_id = ANY(%(measures)s)),
        (SELECT string_agg(hashtextextended(r::text, 0)::text, ' ' ORDER BY id) FROM tracking_rebase r
         WHERE measure_id = ANY(%(measures)s))
    )
"""


def state_of_groups(measures: Sequence[Measure]) -> str:
    """What the judged series of any groups rest on: equal only while all of it is the same.

    When each measure's roll-ups last changed; dated records only grow, and are closed once; the rest by what it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"measures": [measure.pk for measure in measures]})
        return str(cursor.fetchone()[0])


# What stands on a series --------------------------------------------------------------------------------


def notes_of(measure: Measure, whose: Whose, asat: AsAt) -> QuerySet[Any]:
    return _notes(asat.day, asat.known or asat.today, *_series(measure, whose))


def _series(measure: Measure, whose: Whose) -> tuple[int, str, int]:
    return measure.pk, str(whose.kind), whose.pk


def _of(model: Any, measure: Any, kind: Any, organisation: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.filter(measure_id=measure, kind=kind, organisation=organisation)
    return found


def _notes(day: Any, known: Any, *series: Any) -> QuerySet[Any]:
    held = _of(Note, *series).filter(written_on__lte=known, day__lte=day)
    return held.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=known)).select_related("by").order_by("day", "pk")


@dataclass(frozen=True)
class OnSeries:
    """What stands on a series beside its values."""

    notes: Sequence[Note]
    marks: Sequence[Mark]
    rebases: Sequence[Rebase]
    target: Any
    trajectory: Any
    points: Sequence[Any]  # of the trajectory


def on_series(measure: Measure, whose: Whose, asat: AsAt) -> OnSeries:
    """In one statement, but for what higher rooms know of."""
    series, known = _series(measure, whose), asat.known or asat.today
    notes, rebases, targets, ways, points, spells = rows_of(
        (
            kept(_notes, asat.day, known, *series),
            kept(_rebases, known, *series),
            kept(_target, asat.day, asat.known_at, *series),
            kept(_trajectory, asat.known_at, *series),
            kept(_points, asat.known_at, *series),
            kept(_spells, asat.known_at, whose.pk if whose.kind == Level.CHIN else 0),
        )
    )
    return OnSeries(
        notes,
        _marks(whose, asat, notes, spells),
        [one.as_known(known) for one in rebases],
        next(iter(targets), None),
        next(iter(ways), None),
        points,
    )


def marks_of(measure: Measure, whose: Whose, asat: AsAt, notes: Iterable[Note]) -> list[Mark]:
    """Notes, changes of the CHIN's membership, and what higher rooms know of, the first first."""
    return _marks(whose, asat, notes, _spells(asat.known_at, whose.pk if whose.kind == Level.CHIN else 0))


def _marks(whose: Whose, asat: AsAt, notes: Iterable[Note], spells: Iterable[Any]) -> list[Mark]:
    found = [Mark(note.day, note.day, note.text, "note") for note in notes]
    found += [*_membership_changes(spells, asat), *marks.others(whose, asat)]
    return sorted(found, key=lambda mark: (mark.first, mark.last, mark.text))


def _spells(known_at: Any, chin: Any) -> QuerySet[Any]:
    """From when until when practices were in the CHIN."""
    found: QuerySet[Any] = Membership.objects.held(known_at)
    return found.filter(chin_id=chin).values_list("period__startswith", "period__endswith")


def _membership_changes(spells: Iterable[Any], asat: AsAt) -> list[Mark]:
    """The days on which practices joined the CHIN or left it."""
    days: list[tuple[date, str]] = []
    for first, until in spells:
        days.append((first, "joined"))
        if until is not None:
            days.append((until, "left"))
    days = sorted(day for day in days if day[0] <= asat.day)
    return [
        Mark(day, day, f"{words.plural(len(list(same)), 'practice')} {what}", "membership")
        for (day, what), same in groupby(days)
    ]


def rebases_of(measure: Measure, whose: Whose, asat: AsAt) -> list[Rebase]:
    """Its new baselines, each as it was known on the page's second day."""
    known = asat.known or asat.today
    return [one.as_known(known) for one in _rebases(known, *_series(measure, whose))]


def _rebases(known: Any, *series: Any) -> QuerySet[Any]:
    found = _of(Rebase, *series).filter(proposed_on__lte=known)
    return found.select_related("proposed_by", "decided_by", "taken_back_by").order_by("-day", "-pk")


def to_decide(user: Any) -> QuerySet[Any]:
    """New baselines that somebody else proposed, of series that this person decides on."""
    held = authority_of(user)
    ids = held.commissioner_ids(Action.APPROVE_BASELINE)
    chins = Chin.objects.filter(commissioner__in=ids).values("pk")
    practices = Practice.objects.filter(standings__held__upper_inf=True, standings__commissioner__in=ids).values("pk")
    theirs = Q(kind=Level.CHIN, organisation__in=chins) | Q(kind=PRACTICE, organisation__in=practices)
    theirs |= Q(kind=Level.COMMISSIONER, organisation__in=ids)
    if ids:
        theirs |= Q(kind=Level.PROGRAMME)
    waiting = Rebase.objects.filter(theirs, state=Rebase.State.PROPOSED).exclude(proposed_by=user.pk)
    return waiting.select_related("measure").order_by("proposed_on", "pk")


def rebases() -> QuerySet[Any]:
    return Rebase.objects.select_related("measure", "proposed_by", "decided_by")


def notes() -> QuerySet[Any]:
    return Note.objects.select_related("measure")


def with_baseline(how: How, rebase: Rebase) -> How:
    """How it would be judged with one more baseline."""
    further = NewBaseline(rebase.day, rebase.reason)
    return replace(how, baselines=sorted((*how.baselines, further), key=lambda one: one.day))


def target_of(measure: Measure, whose: Whose, asat: AsAt) -> Any:
    """The target in force on the day, or None."""
    return _target(asat.day, asat.known_at, *_series(measure, whose)).first()


def _target(day: Any, known_at: Any, *series: Any) -> QuerySet[Any]:
    return _of(SeriesTarget, *series).as_at(day, known_at)  # type: ignore[attr-defined]


def trajectory_of(measure: Measure, whose: Whose, asat: AsAt) -> Any:
    """The trajectory in force, with its points, or None."""
    return _trajectory(asat.known_at, *_series(measure, whose)).prefetch_related("points").first()


def _trajectory(known_at: Any, *series: Any) -> QuerySet[Any]:
    """That which was the last to be set by then."""
    return _set_by(known_at, *series).select_related("set_by")[:1]


def _points(known_at: Any, *series: Any) -> QuerySet[Any]:
    return TrajectoryPoint.objects.filter(trajectory__in=_set_by(known_at, *series).values("pk")[:1])


def _set_by(known_at: Any, *series: Any) -> QuerySet[Any]:
    found = _of(Trajectory, *series)
    if known_at is None:
        found = found.filter(superseded_at=None)
    else:
        found = found.filter(Q(superseded_at=None) | Q(superseded_at__gte=known_at), set_at__lt=known_at)
    return found.order_by("-set_at")


def settings_row(measure: Measure, kind: str, organisation: int) -> Any:
    return SeriesSettings.objects.filter(measure=measure, kind=kind, organisation=organisation).first()


# Grids ------------------------------------------------------------------------------------------------


def with_values(user: Any, whose: Sequence[Whose]) -> QuerySet[Any]:
    """The measures of which any of these organisations has a value."""
    practices = [one.pk for one in whose if one.is_practice]
    have = Exists(PracticeValue.objects.current().filter(measure=OuterRef("pk"), practice__in=practices))
    by_kind: dict[str, list[int]] = {}
    for one in whose:
        if not one.is_practice:
            by_kind.setdefault(one.kind, []).append(one.pk)
    groups = Q(pk__in=[])
    for kind, ids in by_kind.items():
        groups |= Q(level=kind, group__in=ids)
    rolled = Exists(RollUp.objects.filter(groups, measure=OuterRef("pk")))
    return measures(user).filter(have if practices else rolled)


def to_conclude_from(user: Any, commissioner: Commissioner, asat: AsAt, most: int) -> list[Measure]:
    """At most so many measures of which the commissioner has enough periods to tell a change from chance."""
    periods = RollUp.objects.filter(
        measure=OuterRef("pk"),
        level=Level.COMMISSIONER,
        group=commissioner.pk,
        ends__lte=asat.day,
        numerator__isnull=False,
    ).order_by("-ends")
    enough = Exists(periods[TRIAL_BELOW - 1 : TRIAL_BELOW])
    return list(measures(user).filter(enough)[:most])


def commissioners_seen(user: Any, asat: AsAt) -> list[Commissioner]:
    """The commissioners of the programme whose register this person may see."""
    return list(Commissioner.objects.visible_to(user).filter(in_programme=True).not_ended(asat.day))


def chins_on(user: Any, commissioners: Sequence[Commissioner], asat: AsAt) -> list[Chin]:
    """Their CHINs that are proposed, approved or operational on the day, in the order of their names."""
    chins = Chin.objects.visible_to(user).with_status(asat.day, asat.known_at)
    of_them = chins.filter(commissioner__in=commissioners, status__in=COUNTED)  # type: ignore[misc]  # annotated above
    return list(of_them.order_by("name", "pk"))


def of_programme(asat: AsAt) -> dict[tuple[int, Whose], Tracked]:
    """Every series of the programme, its commissioners and their CHINs, judged, whoever asks."""
    commissioners = list(Commissioner.objects.filter(in_programme=True).not_ended(asat.day))
    chins = Chin.objects.with_status(asat.day).filter(commissioner__in=commissioners)
    living = chins.filter(status__in=COUNTED)  # type: ignore[misc]  # annotated above
    whose = [Whose.of(None), *map(Whose.of, commissioners), *(Whose.of(one) for one in living)]
    return many_tracked(list(Measure.objects.filter(roll_ups__isnull=False).distinct()), whose, asat, None)


def practices_of(user: Any, chin: Chin, asat: AsAt) -> list[Whose]:
    """The practices that are in the CHIN on the day, in the order of their names."""
    members = Membership.objects.as_at(asat.day, asat.known_at).filter(chin=chin).values("practice")
    found = Practice.objects.visible_to(user, asat).filter(pk__in=members).with_details(asat.day, asat.known_at)
    return sorted((Whose.of(one, one.name or "") for one in cast(Any, found)), key=lambda one: (one.name, one.key))


def series_named(series: Series) -> str:
    return f"{series.definition.name}, {series.whose.name}"
