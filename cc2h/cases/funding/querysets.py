"""Reading the money of cases: whoever sees the case sees what it was given."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db.models import Case, CharField, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from cc2h.cases.funding.states import TrancheState
from cc2h.cases.querysets import OfCase, seen_by

# What tranches come to, by what had become of them: the names of sums, everywhere.
TRANCHES = {
    "planned": (TrancheState.PLANNED,),
    "released": (TrancheState.RELEASED, TrancheState.CAME_BACK),
    "paid": (TrancheState.PAID,),
}
NOTHING = Decimal("0.00")  # with its pence, as every amount is told
POUNDS: Any = DecimalField(max_digits=14, decimal_places=2)


class TrancheQuerySet(OfCase):
    def planned_by(self, day: date) -> Self:
        """Those that had been planned by the day, each with state_on: what it was on that day."""
        return self.filter(planned_on__lte=day).annotate(
            state_on=Case(
                When(ended_on__lte=day, then=Value(TrancheState.DROPPED.value)),
                When(state=TrancheState.CAME_BACK, then=Value(TrancheState.CAME_BACK.value)),
                When(paid_on__lte=day, then=Value(TrancheState.PAID.value)),
                When(released_on__lte=day, then=Value(TrancheState.RELEASED.value)),
                default=Value(TrancheState.PLANNED.value),
                output_field=CharField(),
            )
        )


class GivebackQuerySet(OfCase):
    pass


class ShareQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "payer__submission__case__"))

    def on_the_ledger(self, day: date) -> Self:
        """Those committed by the day."""
        return self.filter(commitment__entry__day__lte=day)

    def committed_by(self, day: date) -> Self:
        """Those committed by the day, each with what of it was given back, is planned, released or paid, and left."""
        from cc2h.cases.funding.models import Giveback, Tranche

        def total(rows: QuerySet[Any], *states: TrancheState) -> Coalesce:
            own = rows.filter(case=OuterRef("payer__submission__case"), year=OuterRef("year"))
            own = own.filter(state_on__in=states) if states else own
            summed = own.order_by().values("year").annotate(total=Sum("amount")).values("total")
            return Coalesce(Subquery(summed, output_field=POUNDS), Value(NOTHING, output_field=POUNDS))

        tranches = Tranche.objects.planned_by(day)
        return self.on_the_ledger(day).annotate(
            case_number=F("payer__submission__case__number"),
            given_back=total(Giveback.objects.filter(day__lte=day)),
            **{name: total(tranches, *states) for name, states in TRANCHES.items()},
            left=F("amount") - F("given_back") - F("planned") - F("released") - F("paid"),
        )
