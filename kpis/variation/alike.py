"""Practices like a given one, by what it can’t help: how large it is, how deprived, how old its patients.

The distance between two practices is the sum of what they differ by, one point for

- each percent by which the other’s list is larger or smaller, of this one’s list;
- each point of the deprivation score of where their patients live;
- each percentage point of patients that would have to be of another age band for both to have the same ages.

What is not known of this practice is not compared; one of which something that is compared is not known is left out, as it
would look nearer than it is. practices.alike compares growth as well, which a measure of care may itself bring about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cc2h.kit.asat import AsAt
from kpis.models import PracticeValue
from kpis.variation.compare import Own, Values, held
from practices.models import AGE_BANDS, Practice

NEAREST = 10
DEPRIVATION = "deprivation"  # the code of the measure that tells it


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared; None where it is not known. mix: percent of patients by AGE_BANDS."""

    patients: int | None
    deprivation: float | None
    mix: Sequence[float] | None


@dataclass(frozen=True, slots=True)
class Like:
    """A practice near to the one asked about, and by how much it differs; None where that is not compared."""

    own: Own
    facts: Facts
    size_gap: float
    deprivation_gap: float | None
    age_gap: float | None

    @property
    def distance(self) -> float:
        return self.size_gap + (self.deprivation_gap or 0) + (self.age_gap or 0)


@dataclass(frozen=True, slots=True)
class Alike:
    """The practice’s own facts, the nearest, and among how many others they were found."""

    itself: Facts
    nearest: Sequence[Like]
    others: int


def deprivation(asat: AsAt) -> tuple[date | None, dict[int, float]]:
    """By practice the newest score of the newest period told by the page’s day, and that period’s last day."""
    found = PracticeValue.objects.filter(held(asat), measure__code=DEPRIVATION, ends__lte=asat.day, value__isnull=False)
    newest = found.order_by("-ends").values("ends")[:1]
    rows = list(found.filter(ends=newest).values_list("practice_id", "value", "ends"))
    return (rows[0][2] if rows else None), {practice_id: value for practice_id, value, _ in rows if value is not None}


def facts_of(rows: Sequence[Own], ends: date, asat: AsAt, scores: Mapping[int, float]) -> dict[int, Facts]:
    """What is compared of each, by the newest lists dated not later than the period’s last day."""
    practices = Practice.objects.filter(pk__in=[row.practice_id for row in rows])
    sized = practices.with_patients(ends, asat.known_at).with_ages(ends, asat.known_at)
    return {
        pk: Facts(patients, scores.get(pk), _mix(ages))
        for pk, patients, ages in sized.values_list("pk", "patients", "ages")  # type: ignore[misc]  # annotated above
    }


def _mix(ages: Sequence[int] | None) -> list[float] | None:
    """Percent of patients by band. ages: men and women of each, as in ListSize.ages."""
    total = sum(ages) if ages else 0
    if not ages or not total:
        return None
    return [(ages[2 * band] + ages[2 * band + 1]) * 100 / total for band in range(len(AGE_BANDS))]


def alike(own: Own, values: Values, facts: Mapping[int, Facts]) -> Alike | None:
    """The nearest of those with a value that the reader may be told; None where no list of this one is held."""
    itself = facts.get(own.practice_id, Facts(None, None, None))
    if not itself.patients:
        return None
    others = [row for row in values.rows if row.named and row.practice_id != own.practice_id]
    found = [one for row in others if (one := _like(itself, row, facts.get(row.practice_id))) is not None]
    found.sort(key=lambda one: (one.distance, one.own.code))
    return Alike(itself, found[:NEAREST], len(others))


def _like(itself: Facts, row: Own, other: Facts | None) -> Like | None:
    if other is None or not itself.patients or not other.patients:
        return None
    size = abs(other.patients - itself.patients) * 100 / itself.patients
    apart = ages = None
    if itself.deprivation is not None:
        if other.deprivation is None:
            return None
        apart = abs(other.deprivation - itself.deprivation)
    if itself.mix is not None:
        if other.mix is None:
            return None
        ages = sum(abs(a - b) for a, b in zip(itself.mix, other.mix, strict=True)) / 2
    return Like(row, other, size, apart, ages)
