"""Reading the library and values for pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from cc2h.accounts.authority import Action
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import just_before, true_on
from cc2h.kit.models import Import
from chins.models import Chin
from kpis import untold
from kpis.models import AreaValue, Definition, Impact, Level, Measure, PracticeValue, RollUp
from kpis.series import value_of
from kpis.targets import has_target
from practices.models import Commissioner

STATES = [("values", "With values"), ("no-values", "No data yet"), ("no-target", "No target yet")]
AREAS_SHOWN = 20


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


@dataclass(frozen=True)
class Latest:
    """A group's newest roll-up by the page's day."""

    level: str
    key: str
    name: str
    roll_up: RollUp
    value: float | None


def latest(measure: Measure, definition: Definition, asat: AsAt, user: Any) -> list[Latest]:
    """Of the programme, the commissioners and the CHINs whose register the reader may see."""
    newest = (
        RollUp.objects.filter(measure=measure, ends__lte=asat.day)
        .order_by("level", "group", "-ends")
        .distinct("level", "group")
    )
    chins = {chin.pk: chin for chin in Chin.objects.visible_to(user)}
    commissioners = {one.pk: one for one in Commissioner.objects.filter(in_programme=True)}
    rows = list(newest)
    few = {(row.level, row.group) for row in rows if untold.few(row.unpublished)}
    untold_of = few - untold.sees_each(user, few) if few else few
    found = []
    for row in rows:
        if (row.level, row.group) in untold_of:
            row.numerator = row.denominator = None
        if row.level == Level.CHIN and row.group in chins:
            key, name = chins[row.group].slug, chins[row.group].name
        elif row.level == Level.COMMISSIONER and row.group in commissioners:
            key, name = commissioners[row.group].ods_code, commissioners[row.group].short_name
        elif row.level == Level.PROGRAMME:
            key, name = "ncl", Level.PROGRAMME.label
        else:
            continue
        found.append(Latest(row.level, key, name, row, value_of(definition, row.numerator, row.denominator)))
    order = {Level.PROGRAMME: 0, Level.COMMISSIONER: 1, Level.CHIN: 2}
    return sorted(found, key=lambda one: (order[Level(one.level)], one.name))


def areas(measure: Measure, asat: AsAt) -> list[AreaValue]:
    """What was published of England and other areas, newest first."""
    found = AreaValue.objects.filter(_held(just_before(asat.known_at)), measure=measure, ends__lte=asat.day)
    return list(found.order_by("-ends", "area_code")[:AREAS_SHOWN])


def periods(measure: Measure, asat: AsAt, user: Any) -> list[tuple[date, int]]:
    """The periods of which there are values by the page's day, newest first."""
    found = PracticeValue.objects.visible_to(user).filter(
        _held(just_before(asat.known_at)), measure=measure, ends__lte=asat.day
    )
    return list(found.order_by("-ends").values_list("ends", "months").distinct())


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
