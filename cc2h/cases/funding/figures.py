"""The money of a case, each sum with its formula and the way to its rows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from cc2h.cases.funding import queries
from cc2h.cases.models import Case
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part
from cc2h.kit.links import link, with_query

SUMS = {
    "amount": ("Committed", "What was committed on the ledger when the case was approved, all years added up."),
    "paid": ("Paid", "The tranches that were paid, added up."),
    "left": (
        "Left to plan",
        "What is committed, less what was given back and what stands in tranches: planned, released and paid.",
    ),
}


RELEASED = ("Released, to be paid", "The tranches that were released and are not paid yet, added up.")


def of_case(case: Case, shares: Sequence[Any], asat: AsAt) -> list[Figure]:
    url = link(asat, "funding:share_list", query={"q": case.number})
    return [_sum(name, shares, url, asat) for name in SUMS]


def of_all(user: Any, asat: AsAt) -> list[Figure]:
    """What is committed, released and paid for all cases that this person may see; one query."""
    names = ("amount", "released", "paid")
    summed = queries.shares(user, asat).aggregate(**{f"all_{name}": Sum(name) for name in names})
    return [
        _figure(name, summed[f"all_{name}"] or Decimal("0.00"), link(asat, "funding:share_list"), asat)
        for name in names
    ]


def _sum(name: str, shares: Sequence[Any], url: str, asat: AsAt) -> Figure:
    return _figure(name, sum((getattr(one, name) for one in shares), Decimal("0.00")), url, asat)


def _figure(name: str, value: Decimal, url: str, asat: AsAt) -> Figure:
    label, formula = SUMS.get(name, RELEASED)
    part = Part(
        name=f"{label}, by year",
        value=value,
        unit="£",
        url=url,
        csv=with_query(url, {"format": "csv"}),
        measure=f"sum:{'committed' if name == 'amount' else name}",
    )
    return Figure(
        key=f"case-{name}",
        label=label,
        kind="sum",
        value=value,
        unit="£",
        places=2,
        as_at=asat.day,
        known=asat.known,
        formula=formula,
        parts=[part],
    )
