"""What pages of the money of cases show."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from budget.payments.models import Payee
from cc2h.cases.funding.models import Giveback, Payer, Share, Tranche
from cc2h.cases.funding.querysets import TRANCHES
from cc2h.cases.models import Case
from cc2h.cases.queries import open_own
from cc2h.cases.route.models import Condition
from cc2h.kit.asat import AsAt
from cc2h.kit.together import Asking, kept


def shares(user: Any, asat: AsAt) -> Any:
    """A row for each case and year with money committed by the day, of cases this person may see."""
    found = Share.objects.visible_to(user).committed_by(asat.day)
    return found.select_related("payer__line", "payer__submission__case__chin", "payer__submission__case__commissioner")


def shares_of_own(user: Any, asat: AsAt) -> list[Any]:
    """Of one's own cases that are not over."""
    own = open_own(user).values("pk")
    return list(
        shares(user, asat).filter(payer__submission__case__in=own).order_by("-payer__submission__case__number", "year")
    )


class Money(NamedTuple):
    """The money of a case as at a day: the line that is to pay (as finance named it last), shares, tranches, what came back."""

    payer: Payer | None
    shares: Sequence[Any]
    tranches: Sequence[Any]
    givebacks: Sequence[Giveback]


def money_of(case: Case, asat: AsAt) -> Asking[Money]:
    """In one statement; what shares come to is added up of the tranches and what was given back, as `committed_by` does."""
    named, shared, planned, givebacks = yield tuple(
        kept(one, case.pk, asat.day) for one in (_last_payer, _shares, _tranches, _givebacks)
    )
    for share in shared:
        own = [one for one in planned if one.year == share.year]
        share.given_back = _sum(one for one in givebacks if one.year == share.year)
        for name, states in TRANCHES.items():
            setattr(share, name, _sum(one for one in own if one.state_on in states))
        share.left = share.amount - share.given_back - sum(getattr(share, name) for name in TRANCHES)
    return Money(next(iter(named), None), shared, planned, givebacks)


def _last_payer(case: Any, day: Any) -> QuerySet[Payer]:
    return Payer.objects.filter(submission__case=case, day__lte=day).select_related("line").order_by("-pk")[:1]


def _shares(case: Any, day: Any) -> QuerySet[Share]:
    shares: QuerySet[Share] = Share.objects.on_the_ledger(day).filter(payer__submission__case=case)
    return shares.select_related("payer__line").order_by("year")


def _tranches(case: Any, day: Any) -> QuerySet[Tranche]:
    tranches: QuerySet[Tranche] = Tranche.objects.planned_by(day).filter(case=case)
    return tranches.select_related("payee", "condition", "released_by").order_by("number")


def _givebacks(case: Any, day: Any) -> QuerySet[Giveback]:
    given: QuerySet[Giveback] = Giveback.objects.filter(case=case, day__lte=day)
    return given.select_related("by").order_by("pk")


def _sum(rows: Iterable[Any]) -> Decimal:
    return sum((one.amount for one in rows), Decimal("0.00"))


def tranches(user: Any, asat: AsAt) -> Any:
    found = Tranche.objects.visible_to(user).planned_by(asat.day)
    return found.select_related("case__chin", "case__commissioner", "payee", "condition", "released_by")


def payees(case: Case) -> list[tuple[int, str]]:
    """Who of its commissioner's payees a tranche can go to."""
    found = Payee.objects.filter(commissioner=case.commissioner).order_by("name")
    return [(one.pk, f"{one.name} ({one.reference})") for one in found]


def payee(case: Case, pk: int) -> Payee:
    return Payee.objects.get(commissioner=case.commissioner, pk=pk)


def conditions(case: Case) -> list[Condition]:
    """The conditions that its approval asks for."""
    found = Condition.objects.filter(outcome__turn__passage__submission__case=case)
    return list(found.order_by("pk"))


def chin_choices(user: Any, asat: AsAt) -> list[tuple[str, str]]:
    found = shares(user, asat).order_by("payer__submission__case__chin__name")
    return list(
        dict(found.values_list("payer__submission__case__chin__slug", "payer__submission__case__chin__name")).items()
    )
