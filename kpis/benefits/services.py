"""Planning, forecasting and validating benefits. Nothing is overwritten: what changes, changes from a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from cc2h.kit import dated, history, words, work
from cc2h.kit.days import day_before
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from kpis.benefits.models import Benefit, Evidence, Forecast, OfAYear, Overlap, Profile, Split, Validation
from kpis.models import Measure

Yearly = TypeVar("Yearly", bound=OfAYear)
WORDS_OF_ADDRESSES = ("add", "list", "years", "validations", "overlaps")  # no slug is one of them
TEXTS = ("title", "hrg", "price_source", "qipp", "paper", "note")


def add_benefit(
    *, by: Any, day: date, years: Sequence[int], measures: Iterable[Measure] = (), slug: str = "", **facts: Any
) -> Benefit:
    """A benefit, with a profile of each of the years that states nothing yet. facts: fields of Benefit."""
    with writing(by):
        if not years:
            raise ValidationError({"first_year": "Give the financial years it is planned for."})
        benefit = Benefit(added_on=day, added_by=by, slug=slug or _free_slug(facts["title"]), **_tidy(facts))
        check(benefit)
        benefit.save(force_insert=True)
        _evidence(benefit, measures)
        for year in years:
            dated.record(Profile, by=by, first=day, benefit=benefit, year=year, source=benefit.paper)
        work.nudge()
    return benefit


def change_benefit(*, by: Any, benefit: Benefit, seen: int, measures: Iterable[Measure], **facts: Any) -> Benefit:
    """What it is, whose, and what evidences it; what it is worth is its profile's."""
    with writing(by):
        current = _locked(benefit)
        history.unchanged_since(current, seen)
        for name, value in _tidy(facts).items():
            setattr(current, name, value)
        check(current)
        current.save()
        _evidence(current, measures)
        work.nudge()
    return current


def plan(
    *, by: Any, benefit: Benefit, year: int, day: date, reason: str = "", seen: int | None = None, **facts: Any
) -> Profile:
    """What is planned for a year, from a day. facts: fields of Profile; seen: the version that the page showed."""
    with writing(by):
        _locked(benefit)
        new = _from_a_day(Profile, by=by, benefit=benefit, year=year, day=day, seen=seen, reason=reason, **facts)
        work.nudge()
    return new


def forecast(
    *, by: Any, benefit: Benefit, year: int, day: date, reason: str = "", seen: int | None = None, **facts: Any
) -> Forecast:
    """What is expected of a year, from a day."""
    with writing(by):
        _locked(benefit)
        new = _from_a_day(Forecast, by=by, benefit=benefit, year=year, day=day, seen=seen, reason=reason, **facts)
        work.nudge()
    return new


def validate(
    *,
    by: Any,
    benefit: Benefit,
    year: int,
    first_quarter: int,
    last_quarter: int,
    saving: Decimal,
    evidence: str,
    day: date,
    activity: Decimal | None = None,
) -> Validation:
    """Say that a saving was made. The database refuses whoever entered the benefit, or owns it."""
    with writing(by):
        new = dated.record(
            Validation,
            by=by,
            first=day,
            benefit=benefit,
            year=year,
            first_quarter=first_quarter,
            last_quarter=last_quarter,
            saving=saving,
            activity=activity,
            evidence=" ".join(evidence.split()),
            validated_by=by,
        )
        work.nudge()
    return new


def withdraw_validation(*, by: Any, validation: Validation, day: date, why: str) -> Validation:
    """It is not validated any more, from the day on. Of the day it was validated on, it never was."""
    with writing(by):
        reason = " ".join(why.split())
        if not reason:
            raise ValidationError({"why": "Say why."})
        if day < validation.first_day:
            raise ValidationError(
                {"day": f"It was validated on {words.day(validation.first_day)}. Choose that day or a later one."}
            )
        if day == validation.first_day:
            dated.void(validation, by=by, reason=reason)
        else:
            validation = dated.end(validation, last=day_before(day), by=by, reason=reason)
        work.nudge()
    return validation


def split_overlap(
    *,
    by: Any,
    benefit: Benefit,
    other: Benefit,
    percent: Decimal,
    other_percent: Decimal,
    day: date,
    why: str,
    seen: int | None = None,
) -> Split:
    """Say how much counts of each of two benefits that overlap, in place of the larger alone."""
    with writing(by):
        if not Overlap.objects.filter(benefit=benefit, other=other).exists():
            raise ValidationError(f"{benefit} and {other} do not overlap: there is nothing to split.", code="none")
        (_, one, of_one), (_, two, of_two) = sorted(
            [(benefit.pk, benefit, percent), (other.pk, other, other_percent)], key=lambda side: side[0]
        )
        for locked in (one, two):
            _locked(locked)
        facts: dict[str, Any] = {"one_percent": of_one, "other_percent": of_two}
        held = Split.objects.held().filter(one=one, other=two, period__contains=day).first()
        if seen is None and held is not None:
            raise dated.StaleRecord(held, held)
        reason = " ".join(why.split())
        if seen is None:
            new = dated.record(Split, by=by, first=day, reason=reason, one=one, other=two, **facts)
        else:
            version = Split.objects.get(pk=seen, one=one, other=two)
            new = _successor_from(version, by=by, day=day, reason=reason, one=one, other=two, **facts)
        work.nudge()
    return new


def _from_a_day(
    model: type[Yearly], *, by: Any, benefit: Benefit, year: int, day: date, seen: int | None, reason: str, **facts: Any
) -> Yearly:
    reason = " ".join(reason.split())
    if seen is None:
        return dated.record(model, by=by, first=day, reason=reason, benefit=benefit, year=year, **facts)
    of_model: Any = model.objects
    version = of_model.get(pk=seen, benefit=benefit, year=year)
    return _successor_from(version, by=by, day=day, reason=reason, benefit=benefit, year=year, **facts)


def _successor_from(version: Any, *, by: Any, day: date, reason: str, **facts: Any) -> Any:
    """What the version says until the day, and something else from then on; of its own first day it is corrected."""
    if not reason:
        raise ValidationError({"reason": "Say why it changes."}, code="reason_required")
    if day < version.first_day:
        raise ValidationError(
            {"day": f"This holds since {words.day(version.first_day)}. Choose that day or a later one."},
            code="too_early",
        )
    if version.last_day is not None and day > version.last_day:
        raise ValidationError(
            {"day": f"From {words.day(version.period.upper)} on something else holds. Choose an earlier day."},
            code="too_late",
        )
    if day == version.first_day:
        return dated.correct(version, by=by, reason=reason, **facts)
    last = version.last_day
    dated.end(version, last=day_before(day), by=by, reason=reason)
    return dated.record(type(version), by=by, first=day, last=last, reason=reason, **facts)


def _locked(benefit: Benefit) -> Benefit:
    current: Benefit = Benefit.objects.select_for_update(no_key=True).get(pk=benefit.pk)
    return current


def _evidence(benefit: Benefit, measures: Iterable[Measure]) -> None:
    wanted = {measure.pk for measure in measures}
    had = set(Evidence.objects.filter(benefit=benefit).values_list("measure", flat=True))
    Evidence.objects.filter(benefit=benefit, measure__in=had - wanted).delete()
    Evidence.objects.bulk_create(Evidence(benefit=benefit, measure_id=pk) for pk in sorted(wanted - had))


def _tidy(facts: dict[str, Any]) -> dict[str, Any]:
    """Texts without the spaces around them, the HRG in capitals; a CHIN's benefit is its commissioner's too."""
    tidied = {name: " ".join(value.split()) if name in TEXTS else value for name, value in facts.items()}
    if tidied.get("hrg"):
        tidied["hrg"] = tidied["hrg"].upper()
    return tidied


def _free_slug(title: str) -> str:
    base = slugify(title)[:70].strip("-") or "benefit"
    taken = {*WORDS_OF_ADDRESSES, *Benefit.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in tries if slug not in taken)
