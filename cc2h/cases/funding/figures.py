"""The money of a case, each sum with its formula and the way to its rows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from cc2h.cases.funding import queries
from cc2h.cases.funding.filters import OWED
from cc2h.cases.models import Case
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_name
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
    url = link(asat, "funding:share_list", query={"case": case.number})
    return [_sum(name, shares, url, asat) for name in SUMS]


def by_year(case: Case, share: Any, asat: AsAt) -> dict[str, Part]:
    """The sums of a case in a year, each leading to its rows: what stands in tranches to those, the rest to the year’s."""
    of = {"case": case.number, "year": str(share.year)}
    year = year_name(share.year)
    found = {}
    for name, label in (("amount", "committed"), ("given_back", "given back"), ("left", "left to plan")):
        url = link(asat, "funding:share_list", query=of)
        measure = f"sum:{'committed' if name == 'amount' else name}"
        found[name] = _part(f"{year}, {label}", getattr(share, name), url, measure)
    for name, state in (("planned", "planned"), ("released", OWED), ("paid", "paid")):
        url = link(asat, "funding:tranche_list", query=of | {"state": state})
        found[name] = _part(f"{year}, {name}", getattr(share, name), url, "sum:amount")
    return found


def _part(name: str, value: Decimal, url: str, measure: str) -> Part:
    return Part(name=name, value=value, unit="£", url=url, csv=with_query(url, {"format": "csv"}), measure=measure)


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
    part = _part(f"{label}, by year", value, url, f"sum:{'committed' if name == 'amount' else name}")
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
