"""What a practice is owed and was paid, each with its formula and the way to its claims."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from budget.figures import Amount, words_of
from budget.lcs.claim_queries import BANDS, Heap
from budget.lcs.states import ClaimState
from cc2h.kit import words
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


# By CHIN and state ----------------------------------------------------------------------------------------

STATES = tuple(ClaimState)
COMES_TO = "What each comes to: what was agreed, or what the list of the service gives for its stage, added up."
STATE_TOLD = {
    "count": "Claims that this reader may see, in the state that they had on the day, counted.",
    "sum": f"Claims that this reader may see, in the state that they had on the day. {COMES_TO}",
}
COLUMNS = ("chin", "chin_name", "state", "waiting", "claims", "comes_to")


@dataclass(frozen=True)
class ByChin:
    """Heaps of claims as tables of numbers and pounds, each with the way to its claims."""

    heaps: Sequence[Heap]
    asat: AsAt
    service: str = ""

    def _of(self, chin: str | None, state: str = "", band: str = "") -> list[Heap]:
        return [
            one
            for one in self.heaps
            if (chin is None or one.chin == chin) and state in ("", one.state) and band in ("", one.band)
        ]

    def _part(self, name: str, of: Sequence[Heap], pounds: bool, **query: str) -> Part:
        url = link(self.asat, "lcs:claim_list", query={**({"service": self.service} if self.service else {}), **query})
        csv, number = with_query(url, {"format": "csv"}), sum(one.claims for one in of)
        if not pounds:
            return Part(name=name, value=number, url=url, csv=csv, measure="count")
        if number and not any(one.priced for one in of):
            return Part(name=name, value=None, unit="£", url=url)
        total = sum((one.amount for one in of), Decimal("0.00"))
        return Part(name=name, value=total, unit="£", url=url, csv=csv, measure="sum:amount")

    def _cell(self, chin: str | None, name: str, *, pounds: bool, state: str = "", band: str = "") -> Amount:
        of = self._of(chin, state, band)
        query = {"chin": chin or "none"} if chin is not None else {}
        query |= {"state": state} if state else {}
        query |= {"age": band} if band else {}
        unknown = sum(one.claims - one.priced for one in of) if pounds else 0
        part = self._part(name, of, pounds, **query)
        return Amount(part, words_of(part, unknown))

    @property
    def chins(self) -> list[tuple[str, str]]:
        """Slug and name, those in none last."""
        return sorted({(one.chin, one.chin_name) for one in self.heaps}, key=lambda one: (not one[0], one[1]))

    def rows(self, *, pounds: bool) -> list[tuple[str, str, list[Amount]]]:
        """Each CHIN: its claims by state, and all; then those of all CHINs together (slug and name blank and “Together”)."""
        whole = [*((slug, name or "In none") for slug, name in self.chins), (None, "Together")]
        return [
            (
                slug or "",
                name,
                [
                    *(self._cell(slug, f"{name}: {one.label}", pounds=pounds, state=one.value) for one in STATES),
                    self._cell(slug, f"{name}: all", pounds=pounds),
                ],
            )
            for slug, name in whole
        ]

    def ageing(self) -> list[tuple[str, str, list[Amount]]]:
        """Each CHIN: of the claims that wait to be verified, how many for how long, and what they come to."""
        whole = [*((slug, name or "In none") for slug, name in self.chins), (None, "Together")]
        found = []
        for slug, name in whole:
            cells = []
            for band in BANDS:
                for pounds in (False, True):
                    given = {"state": ClaimState.SENT.value, "band": band.key}
                    cells.append(self._cell(slug, f"{name}: {band.label}", pounds=pounds, **given))
            found.append((slug or "", name, cells))
        return found

    def figures(self) -> list[Figure]:
        """What waits, was returned, is payable and paid, of all CHINs."""
        found = []
        for state in (ClaimState.SENT, ClaimState.RETURNED, ClaimState.PAYABLE, ClaimState.PAID):
            for pounds in (False, True):
                of = self._of(None, state)
                part = self._part(str(state.label), of, pounds, state=state.value)
                if part.value is None:
                    continue
                unknown = sum(one.claims - one.priced for one in of) if pounds else 0
                found.append(
                    Figure(
                        key=f"claims-{state}-{'sum' if pounds else 'count'}",
                        label=f"{state.label}, in pounds" if pounds else str(state.label),
                        kind="sum" if pounds else "count",
                        value=part.value,
                        unit=part.unit,
                        places=2 if pounds else None,
                        as_at=self.asat.day,
                        known=self.asat.known,
                        formula=STATE_TOLD["sum" if pounds else "count"],
                        parts=[part],
                        note=f"Of {words.plural(unknown, 'claim')} the amount is not stated." if unknown else "",
                    )
                )
        return found

    def lines(self) -> Iterable[Sequence[Any]]:
        """The rows of the file, of COLUMNS."""
        bands = {band.key: band.label for band in BANDS}
        for one in sorted(self.heaps, key=lambda one: (not one.chin, one.chin_name, one.state, one.band)):
            waiting = bands.get(one.band, "") if one.state == ClaimState.SENT else ""
            yield one.chin, one.chin_name, one.state, waiting, one.claims, one.amount if one.priced else None


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
