"""What pages of the money of cases show."""

from typing import Any

from budget.payments.models import Payee
from cc2h.cases.funding.models import Giveback, Share, Tranche
from cc2h.cases.models import Case
from cc2h.cases.queries import open_own
from cc2h.cases.route.models import Condition
from cc2h.kit.asat import AsAt


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


def shares_of(case: Case, asat: AsAt) -> list[Any]:
    found = Share.objects.committed_by(asat.day).filter(payer__submission__case=case)
    return list(found.select_related("payer__line").order_by("year"))


def tranches(user: Any, asat: AsAt) -> Any:
    found = Tranche.objects.visible_to(user).planned_by(asat.day)
    return found.select_related("case__chin", "case__commissioner", "payee", "condition", "released_by")


def tranches_of(case: Case, asat: AsAt) -> list[Any]:
    found = Tranche.objects.planned_by(asat.day).filter(case=case)
    return list(found.select_related("payee", "condition", "released_by").order_by("number"))


def givebacks_of(case: Case, asat: AsAt) -> list[Giveback]:
    return list(Giveback.objects.filter(case=case, day__lte=asat.day).select_related("by").order_by("pk"))


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
