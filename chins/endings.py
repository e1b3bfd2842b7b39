"""What can't outlive a CHIN or a practice: it ends with it, and is as it was before when that end is taken back."""

from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet

from cc2h.kit import dated
from cc2h.kit.dated import Dated
from chins.models import Deputy, PostHolding

Record = TypeVar("Record", bound=Dated)


def of_posts(**whose: Any) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Every version of who holds and who deputises for the posts of, say, `practice=`; whether it still holds or not."""
    posts = {f"post__{name}": value for name, value in whose.items()}
    return (
        PostHolding.objects.filter(**posts).select_related("holder", "post"),
        Deputy.objects.filter(**posts).select_related("deputy", "post"),
    )


def lasting_beyond(last: date, *versions: QuerySet[Any]) -> list[Any]:
    """What is held to go on after the day, or only to begin then."""
    return [
        record
        for of_one_kind in versions
        for record in of_one_kind.filter(held__upper_inf=True).order_by("period", "pk")
        if record.last_day is None or record.last_day > last
    ]


def end_or_void(record: Record, last: date, *, by: Any, reason: str) -> Record | None:
    """End a record that began by `last`; void one that was only to begin later."""
    if record.first_day > last:
        dated.void(record, by=by, reason=reason)
        return None
    return dated.end(record, last=last, by=by, reason=reason)
