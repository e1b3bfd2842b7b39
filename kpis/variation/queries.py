"""What pages of variation read: the measure, its periods and values, and the rows of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, FloatField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import true_on
from kpis.models import Definition, Measure, MeasureKind, PracticeValue
from kpis.series import definition_on, definitions_of
from kpis.variation.compare import Values, held, in_force, periods_of, values_of
from practices.querysets import OneOf


@dataclass(frozen=True)
class Told:
    """A measure, the periods it has values of, and everybody's values of one of them; None where it has none."""

    measure: Measure
    definition: Definition
    periods: Sequence[date]
    values: Values | None


def measures_seen(user: Any) -> QuerySet[Measure]:
    return Measure.objects.visible_to(user)


def period_of(measure: Measure, ends: date | None, asat: AsAt) -> tuple[Definition, list[date], date | None]:
    """The definition of a period (None: the newest that has values), the periods that have values, and it.

    Raises LookupError for a period without values, Definition.DoesNotExist for a measure that was never defined.
    """
    periods = periods_of(measure, asat)
    if ends is not None and ends not in periods:
        raise LookupError(ends)
    if not periods:
        return definition_on(measure, asat), periods, None
    definitions = definitions_of(measure, asat)
    if not definitions:
        raise Definition.DoesNotExist(f"{measure.code} has no definition.")
    ends = ends or periods[0]
    return in_force(definitions, ends), periods, ends


def told(
    measure: Measure, definition: Definition, periods: Sequence[date], ends: date | None, user: Any, asat: AsAt
) -> Told:
    """What period_of found, with everybody's values of it."""
    values = values_of(measure, ends, user, asat, definition) if ends else None
    return Told(measure, definition, periods, values)


def others_with_values(measure: Measure, asat: AsAt) -> list[tuple[str, str]]:
    """(code, name) of the other measures that have values of practices, by name."""
    definitions = Definition.objects.held(asat.known_at).exclude(measure=measure).order_by("measure", "period")
    names: dict[str, tuple[int, str]] = {}
    for code, pk, name, period in definitions.values_list("measure__code", "measure_id", "name", "period"):
        if code not in names or period.lower <= asat.day:
            names[code] = (pk, name)
    have = set(_have_values([pk for pk, _ in names.values()]))
    return sorted(((code, name) for code, (pk, name) in names.items() if pk in have), key=lambda pair: pair[1])


def _have_values(measures: Sequence[int]) -> list[int]:
    """Those that have any: each is asked by the index, as there are millions of values."""
    own = PracticeValue.objects.filter(measure=OuterRef("pk"), superseded_at__isnull=True)
    return list(Measure.objects.filter(Exists(own), pk__in=measures).values_list("pk", flat=True))


def own_practices(user: Any) -> frozenset[int]:
    """The practices whose posts the reader holds."""
    return frozenset(authority_of(user).own_ids(Action.VIEW_REGISTER, Scope.PRACTICE))


def rows_of(values: Values, practice_ids: Sequence[int], asat: AsAt) -> QuerySet[PracticeValue]:
    """The values of these practices as rows of a list: code, name, chin_slug, chin_name, commissioner_code, level."""
    definition, known = values.definition, asat.known_at
    own = (
        F("numerator")
        if definition.kind in (MeasureKind.COUNT, MeasureKind.TIME_BETWEEN)
        else F("numerator") * Value(Decimal(definition.multiplier)) / F("denominator")
    )
    level = Case(
        When(Q(numerator__isnull=False) & ~Q(denominator=0), then=Cast(own, FloatField())),
        default=F("value"),
        output_field=FloatField(),
    )
    return (
        PracticeValue.objects.filter(
            held(asat), OneOf("practice_id", practice_ids), measure=values.measure, ends=values.ends
        )
        .annotate(
            detail_on=true_on("practice__details", values.ends, known),
            standing_on=true_on("practice__standings", values.ends, known),
            membership_on=true_on("practice__memberships", values.ends, known),
            code=F("practice__ods_code"),
            name=Coalesce(F("detail_on__name"), F("practice__ods_code")),
            chin_slug=F("membership_on__chin__slug"),
            chin_name=F("membership_on__chin__name"),
            commissioner_code=F("standing_on__commissioner__ods_code"),
            commissioner_name=F("standing_on__commissioner__short_name"),
            level=level,
        )
        .order_by("pk")
    )


def none_of(measure: Measure) -> QuerySet[PracticeValue]:
    """No rows: of a measure without values."""
    return PracticeValue.objects.none().annotate(code=F("practice__ods_code"))


def matching(rows: QuerySet[PracticeValue], words: str) -> QuerySet[PracticeValue]:
    return rows.filter(Q(name__icontains=words) | Q(code__istartswith=words))


def only(rows: QuerySet[PracticeValue], practice_ids: Sequence[int]) -> QuerySet[PracticeValue]:
    return rows.filter(OneOf("practice_id", practice_ids))
