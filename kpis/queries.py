"""Reading the library and values for pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from cc2h.accounts.authority import Action
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import just_before, true_on
from cc2h.kit.models import Import
from cc2h.kit.together import kept, rows_of
from chins.models import Chin
from kpis import untold
from kpis.models import AreaValue, Definition, Impact, Level, Measure, PracticeValue, QofIndicator, RollUp
from kpis.series import value_of
from kpis.targets import has_target
from practices.models import Commissioner

STATES = [("values", "With values"), ("no-values", "No data yet"), ("no-target", "No target yet")]
AREAS_SHOWN = 20
# England, and what publishers call North Central London: by the ODS, by the ONS, and the part of the board that it is.
HERE = ("E92000001", "QMJ", "E54000028", "nE54000028", "E38000240", "nE38000240")


def measures(user: Any) -> Any:
    """The library, each measure with its newest definition's name for whoever must choose one."""
    return Measure.objects.visible_to(user)


def library(user: Any, asat: AsAt) -> Any:
    """Measures with the definition of the page's day, its newest period with values by then, and whether somebody has a target."""
    known = just_before(asat.known_at)
    newest = PracticeValue.objects.filter(_held(known), measure=OuterRef("pk"), ends__lte=asat.day).order_by("-ends")
    first = Definition.objects.held(asat.known_at).filter(measure=OuterRef("pk")).order_by("period")
    return (
        Measure.objects.visible_to(user)
        .annotate(
            definition_on=true_on("definitions", asat.day, asat.known_at),
            name=Coalesce(
                F("definition_on__name"), Subquery(first.values("name")[:1]), F("code"), output_field=CharField()
            ),
            unit=F("definition_on__unit"),
            months=F("definition_on__months"),
            better=F("definition_on__better"),
            source=F("definition_on__source"),
            owner=F("definition_on__owner"),
            newest=Subquery(newest.values("ends")[:1]),
            targeted=Case(When(has_target(asat), then=Value(value=True)), default=Value(value=False)),
        )
        .annotate(
            state=Case(When(newest=None, then=Value("no-values")), default=Value("values"), output_field=CharField())
        )
    )


def _held(known: Any) -> Q:
    held = Q(superseded_at__isnull=True)
    return held if known is None else Q(recorded_at__lte=known) & (held | Q(superseded_at__gt=known))


def definitions(user: Any) -> Any:
    """Of measures that the reader may see."""
    return Definition.objects.filter(measure__in=measures(user)).select_related("measure")


def impacts() -> Any:
    """What papers expect, each with the measures that are its evidence."""
    return Impact.objects.prefetch_related("measures").order_by("paper", "place")


def names_of(found: Sequence[Measure], asat: AsAt) -> Mapping[int, str]:
    """What measures are called on the page's day."""
    rows = Definition.objects.held(asat.known_at).filter(measure__in=found).order_by("measure", "period")
    called: dict[int, str] = {}
    for pk, name, period in rows.values_list("measure", "name", "period"):
        if pk not in called or period.lower <= asat.day:
            called[pk] = name
    return called


def to_choose(asat: AsAt) -> dict[str, Definition]:
    """The library for whoever must choose from it: the definition of the page’s day by the measure’s code, by name."""
    held = Definition.objects.held(asat.known_at).filter(period__startswith__lte=asat.day)
    found = {one.measure.code: one for one in held.select_related("measure").order_by("period")}
    return dict(sorted(found.items(), key=lambda pair: (pair[1].name, pair[0])))


@dataclass(frozen=True)
class Latest:
    """A group's newest roll-up by the page's day."""

    level: str
    key: str
    name: str
    roll_up: RollUp
    value: float | None


def _commissioners() -> Any:
    return Commissioner.objects.filter(in_programme=True).values_list("pk", "ods_code", "name", "short_name")


def _chins(user: Any) -> Any:
    return Chin.objects.visible_to(user).values_list("pk", "slug", "name")


# Of each group its newest, by the index.
_NEWEST = """
    SELECT {columns} FROM unnest(%(levels)s::text[], %(groups)s::int[]) AS g(level, id)
    CROSS JOIN LATERAL (
        SELECT * FROM kpis_rollup
        WHERE level = g.level AND group_id = g.id AND measure_id = %(measure)s AND ends <= %(day)s
        ORDER BY ends DESC LIMIT 1
    ) AS r
"""


@dataclass(frozen=True)
class Beside:
    """What stands on a measure's page beside its definition."""

    impacts: Sequence[Impact]
    latest: Sequence[Latest]
    areas: "Areas"


def beside(measure: Measure, definition: Definition, asat: AsAt, user: Any) -> Beside:
    """In two statements."""
    commissioners, chins, impacts, areas = rows_of(
        (
            kept(_commissioners),
            kept(_chins, user),
            kept(_impacts, measure.pk),
            kept(_areas, measure.pk, asat.day, just_before(asat.known_at)),
        )
    )
    return Beside(impacts, _latest(measure, definition, asat, user, commissioners, chins), _told(areas))


def _impacts(measure: Any) -> Any:
    return Impact.objects.filter(measures=measure)


def _latest(
    measure: Measure, definition: Definition, asat: AsAt, user: Any, commissioners: Iterable[Any], chins: Iterable[Any]
) -> list[Latest]:
    """Of the programme, the commissioners and the CHINs whose register the reader may see."""
    groups: dict[tuple[str, int], tuple[str, str]] = {(Level.PROGRAMME.value, 0): ("ncl", str(Level.PROGRAMME.label))}
    for pk, code, name, short_name in commissioners:
        same = short_name == Level.PROGRAMME.label  # of which there is one alone: not to be read as said twice
        groups[Level.COMMISSIONER.value, pk] = (code, name if same else short_name)
    for pk, slug, name in chins:
        groups[Level.CHIN.value, pk] = (slug, name)
    asked: dict[str, Any] = {"levels": [level for level, _ in groups], "groups": [pk for _, pk in groups]}
    fields = {field.attname: f"r.{field.column}" for field in RollUp._meta.concrete_fields}
    with connection.cursor() as cursor:
        newest = _NEWEST.format(columns=", ".join(fields.values()))
        cursor.execute(newest, {**asked, "measure": measure.pk, "day": asat.day})
        rows = [RollUp(**dict(zip(fields, row, strict=True))) for row in cursor.fetchall()]
    few = {(row.level, row.group) for row in rows if untold.few(row.unpublished)}
    untold_of = few - untold.sees_each(user, few) if few else few
    found = []
    for row in rows:
        if (row.level, row.group) in untold_of:
            row.numerator = row.denominator = None
        value = value_of(definition, row.numerator, row.denominator)
        found.append(Latest(row.level, *groups[row.level, row.group], row, value))
    order = {Level.PROGRAMME: 0, Level.COMMISSIONER: 1, Level.CHIN: 2}
    return sorted(found, key=lambda one: (order[Level(one.level)], one.name))


@dataclass(frozen=True)
class Areas:
    """What was published of England and of the area that the programme is of, newest first; and of others, by name."""

    here: Sequence[AreaValue]
    elsewhere: Sequence[AreaValue]


def _areas(measure: Any, day: Any, known: Any) -> Any:
    held = AreaValue.objects.filter(_held(known), measure_id=measure, ends__lte=day)
    commissioners = Commissioner.objects.filter(in_programme=True).values("ods_code")
    here = Q(area_code__in=HERE) | Q(area_code__in=commissioners)
    newest = held.order_by("-ends").values("ends")[:1]
    return held.filter(here | Q(ends=Subquery(newest))).annotate(
        here=Case(When(here, then=Value(value=True)), default=Value(value=False))
    )


def _told(rows: Sequence[Any]) -> Areas:
    """Of others the newest period only."""
    own = [row for row in rows if row.here]
    own.sort(key=lambda row: (-row.ends.toordinal(), HERE.index(row.area_code) if row.area_code in HERE else len(HERE)))
    others = sorted((row for row in rows if not row.here), key=lambda row: row.area_name)
    return Areas(own[:AREAS_SHOWN], others)


@dataclass(frozen=True)
class InTheQof:
    """What the QOF's own files say of a name that a measure has in them."""

    name: str  # QOF DM020
    register: str
    patients: str
    newest: date  # the last day of the newest year that has it
    dropped: date | None  # that of a later year that has not


def in_the_qof(measure: Measure, asat: AsAt) -> list[InTheQof]:
    """Of years that had begun by the page's day."""
    names = {name.removeprefix("QOF "): name for name in measure.external_codes if name.startswith("QOF ")}
    if not names:
        return []
    begun = QofIndicator.objects.filter(ends__lt=asat.day + timedelta(days=365))
    latest = begun.order_by("-ends").values("ends")[:1]
    rows = begun.filter(Q(code__in=names) | Q(register__in=names)).annotate(latest=Subquery(latest))
    found: dict[str, InTheQof] = {}
    for row in rows.order_by("ends", "pk"):
        code = row.code if row.code in names else row.register
        dropped = row.latest if row.latest > row.ends else None
        found[code] = InTheQof(names[code], row.register_name, row.patients, row.ends, dropped)
    return list(found.values())


# From one period to the next by the index, as a measure has thousands of values in each; and the first value of each.
_PERIODS = """
    WITH RECURSIVE next(ends) AS (
        SELECT max(v.ends) FROM kpis_practicevalue v
        WHERE v.measure_id = %(measure)s AND v.superseded_at IS NULL AND v.ends <= %(day)s
        UNION ALL
        SELECT (SELECT max(v.ends) FROM kpis_practicevalue v
                WHERE v.measure_id = %(measure)s AND v.superseded_at IS NULL AND v.ends < next.ends)
        FROM next WHERE next.ends IS NOT NULL
    )
    SELECT next.ends, coalesce(r.months, v.months), v.published FROM next
    CROSS JOIN LATERAL (
        SELECT months, published FROM kpis_practicevalue v
        WHERE v.measure_id = %(measure)s AND v.superseded_at IS NULL AND v.ends = next.ends LIMIT 1
    ) AS v
    LEFT JOIN kpis_rollup r  -- of a period of two lengths, that of most values
        ON r.level = 'programme' AND r.group_id = 0 AND r.measure_id = %(measure)s AND r.ends = next.ends
    ORDER BY 1 DESC
"""


def periods(measure: Measure, asat: AsAt, user: Any) -> list[tuple[date, int]]:
    """The periods of which there are values by the page's day that the reader may see, newest first."""
    seen = PracticeValue.objects.visible_to(user)
    if asat.known is not None or not user.authority.may(Action.VIEW_REGISTER):
        found = seen.filter(_held(just_before(asat.known_at)), measure=measure, ends__lte=asat.day)
        return list(found.order_by("-ends").values_list("ends", "months").distinct())
    with connection.cursor() as cursor:
        cursor.execute(_PERIODS, {"measure": measure.pk, "day": asat.day})
        told = cursor.fetchall()
    if user.authority.everywhere(Action.VIEW_LOCAL_VALUES) or all(published for *_, published in told):
        return [(ends, months) for ends, months, _ in told]
    unsure = [ends for ends, _, published in told if not published]
    own = set(seen.current().filter(measure=measure, ends__in=unsure).values_list("ends", flat=True).distinct())
    return [(ends, months) for ends, months, published in told if published or ends in own]


def values(measure: Measure, ends: date, asat: AsAt, user: Any) -> Any:
    """Each practice's value of a period, as held now or as known on the page's second day, with where it was on the last day."""
    return (
        PracticeValue.objects.visible_to(user)
        .filter(_held(just_before(asat.known_at)), measure=measure, ends=ends)
        .annotate(
            detail_on=true_on("practice__details", ends, asat.known_at),
            standing_on=true_on("practice__standings", ends, asat.known_at),
            member_on=true_on("practice__memberships", ends, asat.known_at),
            code=F("practice__ods_code"),
            name=Coalesce(F("detail_on__name"), F("practice__ods_code")),
            commissioner=F("standing_on__commissioner__ods_code"),
            chin=F("member_on__chin__slug"),
            chin_name=F("member_on__chin__name"),
            file_name=F("source__file_name"),
            revised=Exists(
                PracticeValue.objects.filter(
                    measure=OuterRef("measure"),
                    practice=OuterRef("practice"),
                    ends=OuterRef("ends"),
                    superseded_at=OuterRef("recorded_at"),
                )
            ),
        )
    )


def files_seen(user: Any, rows: Iterable[PracticeValue]) -> set[int]:
    """Of the files that values came from, those that the reader may open."""
    sources = {row.source_id for row in rows if row.source_id}
    return (
        set(Import.objects.visible_to(user).filter(pk__in=sources).values_list("pk", flat=True)) if sources else set()
    )


def measure_history(user: Any, measure: Measure) -> Any:
    if not user.authority.may(Action.VIEW_HISTORY):
        return None
    return history.entries(Measure.objects.filter(pk=measure.pk), Definition.objects.filter(measure=measure))
