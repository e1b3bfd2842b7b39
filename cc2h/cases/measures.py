"""Measures of the KPI library in a business case: chosen for what it predicts, and frozen beside its problem."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef

from cc2h.cases.models import Case
from cc2h.cases.sections import Section
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link
from kpis import queries as kpis
from kpis.models import Better, Definition, Measure, RollUp
from kpis.series import SeriesPoint, many_series
from kpis.tracking import queries as tracking
from kpis.tracking.judging import shown
from kpis.whose import Whose

ANYBODY = AnonymousUser()  # a case is read by many: what only some may be told does not stand in it
WAYS = {Better.UP: "up", Better.DOWN: "down", Better.NEITHER: "same"}
MOST = 20  # measures frozen beside the problem


def from_the_library(section: Section, answers: Mapping[str, Any], case: Case, asat: AsAt) -> dict[str, Any]:
    """The answers with what the library says of its measures, where nothing else is written: name, unit, direction, and
    where the CHIN stands. Raises ValidationError for a code that the library has not.
    """
    rows = answers.get("measures", ()) if section.key == "predict" else ()
    chosen = {row["library"] for row in rows if row.get("library")}
    if not chosen:
        return dict(answers)
    library = kpis.to_choose(asat)
    if unknown := chosen - library.keys():
        raise ValidationError(f"“{min(unknown)}” is not the code of a measure of the library.", code="not_in_library")
    newest = stands(case, [library[code].measure for code in chosen], asat)
    return dict(answers) | {
        "measures": [
            _said(library[row["library"]], newest.get(row["library"])) | row if row.get("library") else row
            for row in rows
        ]
    }


def _said(definition: Definition, newest: SeriesPoint | None) -> dict[str, str]:
    said = {"name": definition.name, "unit": definition.unit, "direction": WAYS[Better(definition.better)]}
    if newest is not None and newest.value is not None:
        said["baseline"] = f"{newest.value:.{definition.places}f}"
    return said


def stands(case: Case, measures: Iterable[Measure], asat: AsAt) -> dict[str, SeriesPoint]:
    """The newest value of each measure that the CHIN has and anybody may be told, by the measure’s code."""
    several = many_series([*measures], [Whose.of(case.chin)], asat, ANYBODY)
    return {series.measure.code: series.told[-1] for series in several.values() if series.told}


def frozen(case: Case, asat: AsAt) -> list[dict[str, str]]:
    """Where the CHIN stands on each measure that it has values of, beside its commissioner, and what its series shows."""
    chin, all_of_it = Whose.of(case.chin), Whose.of(case.commissioner)
    rolled_up = RollUp.objects.filter(measure=OuterRef("pk"), level=chin.kind, group=chin.pk, ends__lte=asat.day)
    measures = list(Measure.objects.filter(Exists(rolled_up))[:MOST])
    several = tracking.many_tracked(measures, [chin, all_of_it], asat, ANYBODY)
    found = []
    for measure in measures:
        own, other = several.get((measure.pk, chin)), several.get((measure.pk, all_of_it))
        if own is None or own.latest is None:
            continue
        definition, newest = own.series.definition, own.latest
        beside = ""
        if other is not None and other.latest is not None:
            beside = f" {all_of_it.name}: {shown(other.latest.value, definition)}."
        shows = f"{own.lines[-1].in_words}." if not own.few else f"{words.plural(len(own.told), 'period')} so far."
        found.append(
            {
                "label": definition.name,
                "display": shown(newest.value, definition),
                "unit": definition.unit,
                "formula": f"{definition.numerator[:1].upper()}{definition.numerator[1:]}, period to {words.day(newest.ends)}. {shows}{beside}",
                "url": link(AsAt(asat.day, None, asat.today), "tracking:series", measure.code, "chin", case.chin.slug),
                "value": str(newest.value),
            }
        )
    return sorted(found, key=lambda one: one["label"])
