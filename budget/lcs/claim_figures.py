"""What a practice is owed and was paid, each with its formula and the way to its claims."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from budget.lcs.states import ClaimState
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part
from cc2h.kit.links import link, with_query

SUMS = {
    ClaimState.PAYABLE: ("Owed", "Claims whose outputs are all accepted and that are not paid yet, added up."),
    ClaimState.PAID: ("Paid", "Claims that were paid, added up."),
}


def of_practice(claims: Iterable[Any], ods_code: str, asat: AsAt) -> list[Figure]:
    """What is owed to the practice, and what it was paid."""
    several = list(claims)
    return [_sum(state, [one for one in several if one.state_on == state], ods_code, asat) for state in SUMS]


def _sum(state: ClaimState, claims: Sequence[Any], ods_code: str, asat: AsAt) -> Figure:
    label, formula = SUMS[state]
    value = sum((one.comes_to for one in claims if one.comes_to is not None), Decimal("0.00"))
    url = link(asat, "lcs:claim_list", query={"practice": ods_code, "state": state.value})
    part = Part(
        name=f"Claims that are {str(state.label).lower()}",
        value=value,
        unit="£",
        url=url,
        csv=with_query(url, {"format": "csv"}),
        measure="sum:amount",
    )
    return Figure(
        key=f"claims-{state.value}",
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


@dataclass(frozen=True, slots=True)
class Row:
    """A claim on a practice's page: what it comes to (None: not stated), and what it still needs."""

    claim: Any
    amount: Decimal | None
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Claims of a practice that stand alike."""

    key: str
    heading: str
    rows: Sequence[Row]
