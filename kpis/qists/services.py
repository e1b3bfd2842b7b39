"""Writing QISTs: the one door for each act."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from cc2h.kit import dated, history, words
from cc2h.kit.dated import period_of
from cc2h.kit.days import day_before
from cc2h.kit.problems import check
from cc2h.kit.writing import still_held, writing
from chins.models import Chin
from kpis.models import Measure
from kpis.qists.models import Qist, Review, Serves, Staffing, Support, TargetMeasure
from practices.models import Commissioner, Practice

WORDS_OF_ADDRESSES = {"add", "serves", "staff", "support", "targets"}


def add_qist(*, by: Any, commissioner: Commissioner, name: str, **facts: Any) -> Qist:
    """A team of a commissioner. Raises ValidationError."""
    with writing(by):
        said = " ".join(name.split())
        qist = Qist(slug=_free_slug(said, commissioner), commissioner=commissioner, name=said, **facts)
        check(qist)
        qist.save(force_insert=True)
    return qist


def _free_slug(name: str, commissioner: Commissioner) -> str:
    wanted = slugify(name)[:60] or "qist"
    taken = set(Qist.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)) | WORDS_OF_ADDRESSES
    choices = [wanted, f"{wanted}-{slugify(commissioner.short_name)}"[:80]]
    return next(slug for slug in (*choices, *(f"{wanted}-{n}" for n in range(2, 10_000))) if slug not in taken)


def change_qist(*, by: Any, qist: Qist, seen: int, **facts: Any) -> Qist:
    """Another host, name, focus or funding. Raises history.ChangedMeanwhile when somebody saved since `seen`."""
    with writing(by):
        current = _locked(qist)
        history.unchanged_since(current, seen)
        for name, value in facts.items():
            setattr(current, name, value)
        check(current)
        current.save()
    return current


def end_qist(*, by: Any, qist: Qist, last: date) -> Qist:
    """It worked until `last`: whom it served it serves until then. Raises ValidationError."""
    with writing(by):
        current = _locked(qist)
        if current.ended_on is not None:
            raise ValidationError(f"It ended on {words.day(current.ended_on)} already.", code="ended")
        current.ended_on = last
        check(current)
        current.save()
        for model in (Serves, Staffing, TargetMeasure):
            versions: Any = model
            for version in versions.objects.held().filter(qist=current):
                if version.first_day > last:
                    dated.void(version, by=by, reason="The QIST ends before that.")
                elif version.period.upper is None:
                    dated.end(version, last=last, by=by, reason="The QIST ends.")
    return current


def serve(*, by: Any, qist: Qist, chin: Chin, first: date, reason: str = "") -> Serves:
    """It serves the CHIN from a day. Raises ValidationError."""
    with writing(by):
        current = _working(qist, first)
        if chin.commissioner_id != current.commissioner_id:
            raise ValidationError({"chin": "A QIST serves CHINs of its own commissioner."})
        return dated.record(Serves, by=by, first=first, qist=current, chin=chin, reason=reason)


def stop_serving(*, by: Any, serves: Serves, last: date, reason: str = "") -> Serves:
    with writing(by):
        return dated.end(still_held(serves), last=last, by=by, reason=reason)


def set_staff(
    *, by: Any, qist: Qist, profession: str, basis: str, wte: Decimal, first: date, reason: str = ""
) -> Staffing:
    """So many whole time equivalents from a day; what was before ends with the day before. Raises ValidationError."""
    with writing(by):
        current = _working(qist, first)
        of = Staffing.objects.held().filter(qist=current, profession=profession, basis=basis)
        for other in of.filter(period__overlap=period_of(first)).order_by("period"):
            if other.first_day >= first:
                raise ValidationError(
                    {"first": f"A number from {words.day(other.first_day)} on is recorded already. Choose a later day."}
                )
            dated.end(other, last=day_before(first), by=by, reason=reason)
        return dated.record(
            Staffing, by=by, first=first, qist=current, profession=profession, basis=basis, wte=wte, reason=reason
        )


def add_target(*, by: Any, qist: Qist, measure: Measure, first: date, reason: str = "") -> TargetMeasure:
    with writing(by):
        current = _working(qist, first)
        return dated.record(TargetMeasure, by=by, first=first, qist=current, measure=measure, reason=reason)


def end_target(*, by: Any, target: TargetMeasure, last: date, reason: str = "") -> TargetMeasure:
    with writing(by):
        return dated.end(still_held(target), last=last, by=by, reason=reason)


def log_support(
    *, by: Any, qist: Qist, practice: Practice, day: date, kind: str, what: str, agreed: str = "", result: str = "", today: date
) -> Support:  # fmt: skip
    """What was done for a practice that the QIST served on the day. Raises ValidationError."""
    with writing(by):
        if day > today:
            raise ValidationError({"day": "Support is written down once it was given, not before."})
        support = Support(
            qist=qist, practice=practice, day=day, kind=kind, what=what, agreed=agreed, result=result, by=by
        )
        check(support)
        support.save(force_insert=True)
    return support


def add_result(*, by: Any, support: Support, seen: int, result: str) -> Support:
    """What came of it. Raises history.ChangedMeanwhile when somebody wrote meanwhile."""
    with writing(by):
        current = Support.objects.select_for_update().get(pk=support.pk)
        history.unchanged_since(current, seen)
        current.result = result
        check(current)
        current.save()
    return current


def review(
    *, by: Any, qist: Qist, day: date, found: str, decision: str, why: str, decided_by: str, today: date
) -> Review:
    """What a review found, and whether the QIST goes on, spreads, changes or stops. Raises ValidationError."""
    with writing(by):
        if day > today:
            raise ValidationError({"day": "A review is recorded once it was held."})
        made = Review(qist=qist, day=day, found=found, decision=decision, why=why, decided_by=decided_by, by=by)
        check(made)
        made.save(force_insert=True)
    return made


def _locked(qist: Qist) -> Qist:
    found: Qist = Qist.objects.select_for_update().get(pk=qist.pk)
    return found


def _working(qist: Qist, day: date) -> Qist:
    """The QIST, where it works on the day or will. Raises ValidationError."""
    current = _locked(qist)
    if day < current.opens_on:
        raise ValidationError({"first": f"The QIST works from {words.day(current.opens_on)}."})
    if current.ended_on is not None and day > current.ended_on:
        raise ValidationError({"first": f"The QIST ended on {words.day(current.ended_on)}."})
    return current
