"""What can't outlive a CHIN or a practice: it ends with it, and is as it was before when that end is taken back."""

from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet

from cc2h.kit import dated, history
from cc2h.kit.dated import Act, Dated
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


def give_back(cause: Dated, *versions: QuerySet[Any], by: Any, reason: str) -> None:
    """Undo what the act that recorded `cause` did to these: what it ended goes on, what it voided is there again.

    Whatever somebody has changed since is left as it is.
    """
    since, first = cause.recorded_at, cause.first_day
    for of_one_kind in versions:
        ended = history.by_the_act_of(cause, of_one_kind.filter(held__upper_inf=True), "insert")
        for record in ended.filter(held__startswith__gte=since, period__endswith=first):
            before = of_one_kind.filter(thread=record.thread, held__endswith=record.recorded_at).first()
            if before is not None:
                dated.correct(record, by=by, reason=reason, period=before.period)
        voided = history.by_the_act_of(cause, of_one_kind.filter(closed_act=Act.VOIDED), "update")
        for record in voided.filter(held__endswith__gte=since, period__startswith__gte=first):
            dated.anew(record, by=by, reason=reason)
