"""Reading what is owed, payees and runs."""

from datetime import date
from typing import Any, Self

from django.db.models import Case, CharField, DateField, Exists, OuterRef, Q, QuerySet, Value, When

from budget.payments.states import LIVE, LineState, PayableState, RecoveryState, RunState
from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.asat import AsAt


def _wide(user: Any, path: str) -> Q:
    """Of the commissioners whose claims this person may see whole."""
    held = authority_of(user)
    if held.everywhere(Action.VIEW_CLAIM):
        return Q()
    return Q(**{f"{path}__in": held.commissioner_ids(Action.VIEW_CLAIM)})


class PayeeQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Payees of the commissioners whose claims this person may see, and their own practice’s and federation’s."""
        held = authority_of(user)
        own = Q(practice__in=held.own_ids(Action.VIEW_CLAIM, Scope.PRACTICE))
        own |= Q(federation__in=held.own_ids(Action.VIEW_CLAIM, Scope.FEDERATION))
        wide = _wide(user, "commissioner")
        return self.filter(wide | own) if wide else self


class PayableQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """What is owed by the commissioners whose claims this person may see."""
        return self.filter(_wide(user, "payee__commissioner"))

    def recorded(self, asat: AsAt) -> Self:
        """What was owed from the page’s day or before, as far as it had been recorded by the day it is known on."""
        payables = self.filter(day__lte=asat.day)
        return payables if asat.known_at is None else payables.filter(recorded_at__lt=asat.known_at)

    def with_state_on(self, day: date) -> Self:
        """state_on: owed, paid or called off on the day."""
        from budget.payments.models import RunLine

        paid = RunLine.objects.filter(payable=OuterRef("pk"), outcome_on__lte=day, payment__isnull=False)
        paid = paid.filter(Q(reversed_on=None) | Q(reversed_on__gt=day))
        came_back = Q(state=PayableState.BACK) & Exists(
            RunLine.objects.filter(payable=OuterRef("pk"), reversed_on__lte=day)
        )
        return self.annotate(
            state_on=Case(
                When(called_off_on__lte=day, then=Value(PayableState.CALLED_OFF.value)),
                When(Exists(paid), then=Value(PayableState.PAID.value)),
                When(came_back, then=Value(PayableState.BACK.value)),
                default=Value(PayableState.OWED.value),
                output_field=CharField(),
            )
        )

    def free(self) -> Self:
        """Owed, and in no live run."""
        from budget.payments.models import RunLine

        live = RunLine.objects.filter(payable=OuterRef("pk"), state__in=LIVE)
        return self.filter(~Exists(live), state=PayableState.OWED)


class RunQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Runs of the commissioners whose claims this person may see."""
        return self.filter(_wide(user, "commissioner"))

    def with_state_on(self, day: date) -> Self:
        """state_on: the state of the run on the day, of those prepared by then."""
        return self.filter(prepared_on__lte=day).annotate(
            state_on=Case(
                When(withdrawn_on__lte=day, then=Value(RunState.WITHDRAWN.value)),
                When(confirmed_on__lte=day, then=Value(RunState.CONFIRMED.value)),
                When(exported_on__lte=day, then=Value(RunState.EXPORTED.value)),
                When(authorised_on__lte=day, then=Value(RunState.AUTHORISED.value)),
                default=Value(RunState.PREPARED.value),
                output_field=CharField(),
            )
        )


class RunLineQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Lines of the runs this person may see."""
        return self.filter(_wide(user, "run__commissioner"))

    def with_state_on(self, day: date) -> Self:
        """state_on, day_on: what had become of each payment by the day, of runs prepared by then; none that was taken out."""
        return self.filter(run__prepared_on__lte=day).exclude(state=LineState.OUT).annotate(
            state_on=Case(
                When(reversed_on__lte=day, then=Value(LineState.REVERSED.value)),
                When(outcome_on__lte=day, payment__isnull=False, then=Value(LineState.PAID.value)),
                When(outcome_on__lte=day, then=Value(LineState.FAILED.value)),
                default=Value(LineState.WAITING.value),
                output_field=CharField(),
            ),
            day_on=Case(
                When(reversed_on__lte=day, then="reversed_on"),
                When(outcome_on__lte=day, then="outcome_on"),
                output_field=DateField(),
            ),
        )  # fmt: skip


class RecoveryQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """What was asked back by the commissioners whose claims this person may see."""
        return self.filter(_wide(user, "payable__payee__commissioner"))

    def with_state_on(self, day: date) -> Self:
        """state_on: what had become by the day of what was asked back by then."""
        return self.filter(asked_on__lte=day).annotate(
            state_on=Case(
                When(settled_on__lte=day, then="state"),
                default=Value(RecoveryState.ASKED.value),
                output_field=CharField(),
            ),
            settled_then=Case(When(settled_on__lte=day, then="settled_on")),
            how_then=Case(When(settled_on__lte=day, then="why"), default=Value("")),
        )
