"""A sum shared among CHINs by the registered lists of their practices, to the penny."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery

from cc2h.kit import words
from chins.models import Chin, Membership
from practices.models import ListSize

PENNY = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Share:
    """A CHIN, the patients on the lists of its practices, and its part of the sum."""

    chin: Chin
    patients: int
    amount: Decimal


def by_largest_remainder(amount: Decimal, weights: Mapping[int, int]) -> dict[int, Decimal]:
    """The amount in parts as the weights are, each to the penny below; pennies left over go to the largest remainders.

    Of equal remainders the first has it. The parts come to the amount.
    """
    whole = sum(weights.values())
    exact = {key: amount * weight / whole for key, weight in weights.items()}
    parts = {key: value.quantize(PENNY, ROUND_FLOOR) for key, value in exact.items()}
    left = int((amount - sum(parts.values(), Decimal())) / PENNY)
    for key in sorted(exact, key=lambda key: parts[key] - exact[key])[:left]:
        parts[key] += PENNY
    return parts


def shares(chins: Sequence[Chin], amount: Decimal, extract: date, day: date) -> list[Share]:
    """What each CHIN has of the amount, by the list sizes of the extract of those in it on the day.

    Raises ValidationError where a practice has no list size in the extract, as any share would then be made up.
    """
    sizes = ListSize.objects.held().filter(practice=OuterRef("practice"), day=extract)
    members = Membership.objects.as_at(day).filter(chin__in=chins)
    found = members.annotate(patients=Subquery(sizes.values("patients")[:1]))
    weights = dict.fromkeys((chin.pk for chin in chins), 0)
    without = []
    for chin, code, patients in found.values_list("chin", "practice__ods_code", "patients").order_by(
        "practice__ods_code"
    ):
        if patients is None:
            without.append(code)
        else:
            weights[chin] += patients
    if without and len(without) == len(found):
        newest = (
            ListSize.objects.held().filter(practice__ods_code__in=without, day__lte=extract).order_by("-day").first()
        )
        hint = f" The newest before it is of {words.day(newest.day)}." if newest else ""
        raise ValidationError(f"There is no extract of list sizes of {words.day(extract)}.{hint}", code="no_extract")
    if without:
        told = words.listed([*without[:5], *([f"{len(without) - 5} more"] if len(without) > 5 else [])])
        raise ValidationError(
            f"The extract of {words.day(extract)} has no list size of {told}, so nobody’s share is known.",
            code="without_list",
        )
    empty = [chin.name for chin in chins if not weights[chin.pk]]
    if empty:
        raise ValidationError(f"{words.listed(empty)} had no patients on {words.day(day)}.", code="no_patients")
    parts = by_largest_remainder(amount, weights)
    nothing = [chin.name for chin in chins if not parts[chin.pk]]
    if nothing:
        raise ValidationError(f"The share of {words.listed(nothing)} is less than a penny.", code="less_than_a_penny")
    return [Share(chin, weights[chin.pk], parts[chin.pk]) for chin in chins]
