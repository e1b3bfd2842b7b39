"""Keeping the library: measures, and what they count from a day on. Values come from files (kpis.importers)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.kit import dated, history, words
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from kpis.models import Definition, Impact, Measure

WORDS_OF_ADDRESSES = {"add", "grid", "changed", "impacts", "objectives", "definitions", "series"}
_DAY = timedelta(days=1)


def add_measure(
    *,
    by: Any,
    code: str,
    initiative: str,
    impacts: Iterable[Impact],
    external_codes: Sequence[str],
    first: date,
    **facts: Any,
) -> Measure:
    """A measure with its first definition. facts: fields of Definition. Raises ValidationError."""
    if code in WORDS_OF_ADDRESSES:
        raise ValidationError({"code": f"“{code}” is an address of the portal’s own. Choose another code."})
    with writing(by):
        measure = Measure(code=code, initiative=initiative, external_codes=list(external_codes))
        _named_by_nobody_else(measure)
        check(measure)
        measure.save(force_insert=True)
        measure.impacts.set(impacts)
        dated.record(Definition, by=by, first=first, measure=measure, **facts)
    return measure


def change_measure(
    *, by: Any, measure: Measure, seen: int, initiative: str, impacts: Iterable[Impact], external_codes: Sequence[str]
) -> Measure:
    """What it is evidence of, and its names in publishers’ files. Raises history.ChangedMeanwhile."""
    with writing(by):
        current: Measure = Measure.objects.select_for_update(no_key=True).get(pk=measure.pk)
        history.unchanged_since(current, seen)
        current.initiative, current.external_codes = initiative, list(external_codes)
        _named_by_nobody_else(current)
        check(current)
        current.save()
        current.impacts.set(impacts)
    return current


def _named_by_nobody_else(measure: Measure) -> None:
    """A name in publishers’ files leads to one measure."""
    others = Measure.objects.filter(external_codes__overlap=measure.external_codes or [""]).exclude(pk=measure.pk)
    if other := others.first():
        shared = sorted(set(other.external_codes) & set(measure.external_codes))
        raise ValidationError({"external_codes": f"{words.listed(shared)} is already a name of {other.code}."})


def define_anew(*, by: Any, measure: Measure, first: date, breaks: bool, reason: str = "", **facts: Any) -> Definition:
    """From a day on the measure counts otherwise. Raises ValidationError where a definition begins later."""
    with writing(by):
        Measure.objects.select_for_update(no_key=True).get(pk=measure.pk)
        current = Definition.objects.held().filter(measure=measure).order_by("period").last()
        if current is not None:
            if current.first_day >= first:
                raise ValidationError(
                    {
                        "first": f"Its newest definition begins on {words.day(current.first_day)}. Choose a later day, or correct that one."
                    }
                )
            if current.last_day is None or current.last_day >= first:
                dated.end(current, last=first - _DAY, by=by, reason=reason)
        return dated.record(Definition, by=by, first=first, reason=reason, measure=measure, breaks=breaks, **facts)


def correct_definition(*, by: Any, definition: Definition, reason: str, **facts: Any) -> Definition:
    """What was recorded of it was wrong. Raises StaleRecord when somebody was first."""
    with writing(by):
        return dated.correct(definition, by=by, reason=reason, **facts)


def set_owner(
    *, by: Any, definition: Definition, owner: str, checked_by: str, review_on: date | None, reason: str
) -> Definition:
    """Whose post keeps the definition, whose checks it, and when it is looked at again."""
    if owner and owner == checked_by:
        raise ValidationError({"checked_by": "Whoever owns a definition does not check it. Choose another post."})
    with writing(by):
        return dated.correct(definition, by=by, reason=reason, owner=owner, checked_by=checked_by, review_on=review_on)
