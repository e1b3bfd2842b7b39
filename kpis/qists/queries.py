"""What pages of QISTs read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from cc2h.accounts.authority import Action
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import true_on
from cc2h.kit.together import Asking, together
from chins.models import Chin
from kpis.models import Definition, Measure
from kpis.qists.models import Basis, Profession, Qist, Review, Serves, Staffing, Support, TargetMeasure
from kpis.qists.querysets import within
from kpis.series import definition_on, definitions_asked, series_of
from kpis.statistics.series import TRIAL_BELOW, Improvement, Judged, Settings
from kpis.statistics.xmr import xmr
from kpis.variation.compare import in_force, periods_asked, values_asked
from kpis.variation.judging import COMMISSIONER, Asked, Judging, judge
from kpis.whose import Whose
from practices.models import Commissioner, Practice

RATIOS = (50_000, 80_000)  # patients to a QIST: as wanted, and at least (stp-2017)


def qists(user: Any, asat: AsAt) -> QuerySet[Qist]:
    """Those the person may see."""
    found: QuerySet[Qist] = Qist.objects.visible_to(user).select_related("commissioner")
    return found


def keeps(user: Any) -> list[Commissioner]:
    """The commissioners whose QISTs the person keeps."""
    return list(Commissioner.objects.granting(user, Action.KEEP_QIST).filter(in_programme=True).order_by("short_name"))


def state_on(qist: Qist, day: date) -> str:
    """to-come, in-place or ended, of the day."""
    if day < qist.opens_on:
        return "to-come"
    return "ended" if qist.ended_on is not None and qist.ended_on < day else "in-place"


def serves_on(qists: Sequence[Qist], asat: AsAt) -> list[Serves]:
    """The CHINs that they serve on the day, by name."""
    held = Serves.objects.as_at(asat.day, asat.known_at).filter(qist__in=qists)
    return list(held.select_related("chin__commissioner").order_by("chin__name", "pk"))


def chins_served(slug: str, asat: AsAt) -> list[int]:
    """The ids of those that the QIST serves on the day."""
    held = Serves.objects.as_at(asat.day, asat.known_at).filter(qist__slug=slug)
    return list(held.values_list("chin_id", flat=True))


def serves_to_come(qist: Qist, asat: AsAt) -> list[Serves]:
    return list(Serves.objects.planned(asat).filter(qist=qist).select_related("chin").order_by("period"))


def sizes_of(chins: Sequence[Chin], asat: AsAt) -> dict[int, tuple[int, int]]:
    """(practices, patients) of each CHIN on the day."""
    found = Chin.objects.filter(pk__in=[chin.pk for chin in chins]).with_size(asat.day, asat.known_at)
    rows = found.values_list("pk", "practices", "patients")  # type: ignore[misc]  # annotated above
    return {pk: (practices, patients) for pk, practices, patients in rows}


def staff_of(qist: Qist, asat: AsAt) -> list[tuple[str, dict[str, Decimal]]]:
    """By profession the whole time equivalents in place, planned and funded on the day; what is not told is left out."""
    found: dict[str, dict[str, Decimal]] = {}
    for one in Staffing.objects.as_at(asat.day, asat.known_at).filter(qist=qist):
        found.setdefault(one.profession, {})[one.basis] = one.wte
    return [(label, found[value]) for value, label in Profession.choices if value in found]


def staff_totals(staff: Sequence[tuple[str, Mapping[str, Decimal]]]) -> dict[str, Decimal | None]:
    """None where no profession tells it."""
    totals: dict[str, Decimal | None] = {}
    for basis in Basis.values:
        told_of = [of[basis] for _, of in staff if basis in of]
        totals[basis] = sum(told_of, Decimal()) if told_of else None
    return totals


def targets_of(qist: Qist, asat: AsAt) -> list[TargetMeasure]:
    held = TargetMeasure.objects.as_at(asat.day, asat.known_at).filter(qist=qist)
    return list(held.select_related("measure").order_by("measure__code"))


def names_of(measures: Sequence[Measure], asat: AsAt) -> dict[int, str]:
    """What each measure is called on the day."""
    names = {measure.pk: measure.code for measure in measures}
    for one in Definition.objects.held(asat.known_at).filter(measure__in=measures).order_by("measure", "period"):
        if one.first_day <= asat.day or names[one.measure_id] == one.measure.code:
            names[one.measure_id] = one.name
    return names


@dataclass(frozen=True)
class Differing:
    """A target measure of a QIST, and those of the practices served that differ by it."""

    target: TargetMeasure
    definition: Definition
    judging: Judging | None
    served: Sequence[Any]
    differ: Sequence[Any]


def differing(
    qist: Qist, targets: Sequence[TargetMeasure], chins: Sequence[str], user: Any, asat: AsAt
) -> list[Differing]:
    """Each judged in the funnel of the commissioner's practices, of its newest period; as few statements as for one."""
    return together(_differing(qist, target, chins, user, asat) for target in targets)


def _differing(qist: Qist, target: TargetMeasure, chins: Sequence[str], user: Any, asat: AsAt) -> Asking[Differing]:
    measure, code = target.measure, qist.commissioner.ods_code
    periods, definitions = yield periods_asked(measure, asat), definitions_asked(measure, asat)
    if not definitions:
        raise Definition.DoesNotExist(f"{measure.code} has no definition.")
    if not periods:
        return Differing(target, in_force(definitions, asat.day), None, (), ())
    ((ends, *_), *_) = periods
    definition = in_force(definitions, ends)
    values = yield from values_asked(measure, ends, user, asat, definition)
    if code not in {row.commissioner for row in values.rows}:
        return Differing(target, definition, None, (), ())
    judging = judge(values, Asked(code, "", COMMISSIONER))
    served = [row for row in judging.named if row.own.chin in chins]
    away = [row for row in served if row.verdict not in (None, "ns") or row.wide_verdict not in (None, "ns")]
    return Differing(target, definition, judging, served, sorted(away, key=lambda row: row.own.name))


@dataclass(frozen=True)
class Before:
    """A CHIN's series of a target, judged anew from the day the QIST began to serve it.

    judged: None where there are too few points on either side for limits.
    """

    definition: Definition
    chin: Chin
    since: date
    days: Sequence[date]
    values: Sequence[float]
    first_after: int  # the place in `values` of the first period that ended after that day
    judged: Judged | None

    @property
    def before(self) -> float | None:
        """The mean of the periods before."""
        return _mean(self.values[: self.first_after])

    @property
    def after(self) -> float | None:
        return _mean(self.values[self.first_after :])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def before_and_after(measure: Measure, serves: Serves, user: Any, asat: AsAt) -> Before:
    series = series_of(measure, Whose.of(serves.chin), asat, user)
    points = series.told
    days, values = [one.ends for one in points], [float(one.value or 0) for one in points]
    first = next((place for place, day in enumerate(days) if day > serves.first_day), len(days))
    judged = None
    if first >= TRIAL_BELOW:
        rebased = (first + 1,) if len(values) - first >= 1 else ()
        judged = xmr(values, Settings(Improvement(series.definition.better), rebased=rebased))
    return Before(definition_on(measure, asat), serves.chin, serves.first_day, days, values, first, judged)


def support_of(qist: Qist, user: Any, asat: AsAt) -> QuerySet[Support]:
    """What it did, as far as the person may see it, with what practices are called on the day."""
    found: QuerySet[Support] = Support.objects.of_practices_seen(user, asat).filter(qist=qist, day__lte=asat.day)
    named = found.annotate(
        detail_on=true_on("practice__details", asat.day, asat.known_at),
        code=F("practice__ods_code"),
        name=F("detail_on__name"),
        author=F("by__name"),
    )
    return named.order_by("-day", "-pk")


def supported(user: Any, pk: int, asat: AsAt) -> QuerySet[Support]:
    return Support.objects.of_practices_seen(user, asat).filter(pk=pk).select_related("qist", "practice")


def practices_served(qist: Qist, user: Any, asat: AsAt) -> list[tuple[int, str]]:
    """(id, name and code) of the practices that it serves on the day and for which the person writes support down."""
    own = within(user, Action.LOG_SUPPORT).values("pk")
    chins = [one.chin_id for one in serves_on([qist], asat)]
    practices: Any = Practice.objects.visible_to(user, asat).with_network(asat.day, asat.known_at)
    found = practices.with_details(asat.day, asat.known_at).filter(chin_id__in=chins, pk__in=own, status="active")
    rows = found.values_list("pk", "name", "ods_code")
    return sorted(((pk, f"{name or code} ({code})") for pk, name, code in rows), key=lambda pair: pair[1])


def reviews_of(qist: Qist, asat: AsAt) -> list[Review]:
    return list(Review.objects.filter(qist=qist, day__lte=asat.day).select_related("by"))


def history_of(qist: Qist) -> Sequence[history.Entry]:
    versions = (model.objects.filter(qist=qist) for model in (Serves, Staffing, TargetMeasure))
    return history.entries(Qist.objects.filter(pk=qist.pk), *versions, Review.objects.filter(qist=qist), limit=50)


def chin_choices(qist: Qist) -> list[tuple[int, str]]:
    return list(Chin.objects.filter(commissioner=qist.commissioner_id).order_by("name").values_list("pk", "name"))


def measure_choices(asat: AsAt) -> list[tuple[int, str]]:
    measures = list(Measure.objects.all())
    return sorted(names_of(measures, asat).items(), key=lambda pair: pair[1])


@dataclass(frozen=True)
class Against:
    """A commissioner's QISTs against its patients."""

    commissioner: Commissioner
    patients: int
    in_place: int
    planned: int
    funded: int
    funding_unknown: int

    def required(self, ratio: int) -> int:
        """How many it takes for one to so many patients, rounded up."""
        return -(-self.patients // ratio)

    @property
    def patients_each(self) -> int | None:
        return self.patients // self.in_place if self.in_place else None


def against_population(user: Any, asat: AsAt) -> list[Against]:
    """Of the programme's commissioners whose register the person sees."""
    whose = list(Commissioner.objects.visible_to(user).filter(in_programme=True).order_by("short_name"))
    ids = [one.pk for one in whose]
    active: Any = Practice.objects.with_standing(asat.day, asat.known_at).with_patients(asat.day, asat.known_at)
    sums = active.filter(status="active", commissioner_id__in=ids).order_by().values("commissioner_id")
    patients = {row["commissioner_id"]: row["n"] for row in sums.annotate(n=Sum("patients", default=0))}
    of: dict[int, list[Qist]] = {}
    for qist in Qist.objects.filter(commissioner__in=ids):
        of.setdefault(qist.commissioner_id, []).append(qist)
    found = []
    for one in whose:
        own = [qist for qist in of.get(one.pk, []) if state_on(qist, asat.day) != "ended"]
        states = [state_on(qist, asat.day) for qist in own]
        found.append(
            Against(
                *(one, patients.get(one.pk, 0), states.count("in-place"), states.count("to-come")),
                sum(qist.funding is not None for qist in own),
                sum(qist.funding is None for qist in own),
            )
        )
    return found


def targeting(user: Any) -> QuerySet[TargetMeasure]:
    return TargetMeasure.objects.filter(qist__in=Qist.objects.visible_to(user)).select_related(
        "qist__commissioner", "measure"
    )


def all_serving(user: Any) -> QuerySet[Serves]:
    """Every version, held or not: what an address may name."""
    return Serves.objects.filter(qist__in=Qist.objects.visible_to(user)).select_related("qist__commissioner", "chin")


def commissioners_seen(user: Any) -> QuerySet[Commissioner]:
    found: QuerySet[Commissioner] = Commissioner.objects.visible_to(user)
    return found


def chin_of(qist: Qist, pk: int) -> Chin:
    """One of those that chin_choices offered."""
    return Chin.objects.get(pk=pk, commissioner=qist.commissioner_id)


def measure_of(pk: int) -> Measure:
    found: Measure = Measure.objects.get(pk=pk)
    return found


def practice_of(pk: int) -> Practice:
    """One of those that practices_served offered."""
    return Practice.objects.get(pk=pk)
