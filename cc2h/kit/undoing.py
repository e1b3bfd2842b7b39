"""What an act ended or voided beside what it was about is as it was before, when that act is taken back."""

from typing import Any

from django.db.models import QuerySet

from cc2h.kit import dated, history
from cc2h.kit.dated import Act, Dated


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
