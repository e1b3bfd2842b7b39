"""What is read of agreements."""

from collections.abc import Iterable
from datetime import date

from budget.agreements.models import AgreementKind, Signature
from cc2h.kit import words


def signed(practice_ids: Iterable[int], kind: str, day: date) -> dict[int, str]:
    """By practice, in words, what of the kind it has signed that counts on the day. In one query."""
    found = (
        Signature.objects.counting(day)
        .filter(practice__in={*practice_ids}, version__agreement__kind=kind)
        .order_by("day", "pk")
        .values_list("practice", "day", "version__number")
    )
    name = AgreementKind(kind).label
    return {
        practice: f"{name[:1].lower()}{name[1:]}, version {number}, signed on {words.day(on)}"
        for practice, on, number in found
    }
