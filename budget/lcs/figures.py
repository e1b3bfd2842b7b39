"""What a service can come to, and has come to, against its budget line; each number leads to the practices it is of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from budget.figures import Amount, Entries, Shown, places, words_of
from budget.lcs import wording
from budget.lcs.models import ClaimState, Output, Service, Tariff
from budget.lcs.queries import Standing
from budget.queries import Sums
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_in_address, year_name
from cc2h.kit.figures import Figure, Part, Source, Statement
from cc2h.kit.links import link, with_query

CAN_COME_TO = (
    "The list as at the day: of each practice what this stage comes to, which is the rate, or the rate for each patient on its "
    "list, times the share of the stage, half up to the penny."
)
OF_YEAR = "What the practices on the list can come to in each stage that is charged to the same year, added up."
ON_LIST = "The list as at the day: as it was made, with those added since and without those taken off."
ALLOCATED = "Every entry that gives money to the line or takes it away, up to the day, for the year that is charged."
BEYOND = "What is allocated to the line for the year, less what the eligible practices can come to in this stage."
LEFT = "What is allocated to the line for the year, less what is earmarked and what is committed on it."
IN_A_CHIN = "Practices on the list that a membership holds in a CHIN on the day."
ACCEPTED = "Each output of each practice that had been accepted by the day."
PAYABLE = "Claims whose outputs are all accepted, and that are not paid yet."
PAID = "Claims that are paid."
ANSWERED = "Practices on the list whose claim has been sent in by the day: it waits, was returned, is payable or paid."


@dataclass(frozen=True)
class OfList:
    """Where the practices behind numbers are, as at the reader's day."""

    service: Service
    stage: Any
    asat: AsAt
    places: int = 2  # of every amount, so that they align

    def part(self, name: str, value: Any, measure: str = "count", unit: str = "", **query: str) -> Part:
        of_stage = {"stage": str(self.stage.number)} if self.stage is not None else {}
        url = link(self.asat, "lcs:place_list", self.service.slug, query={**of_stage, **query})
        if value is None:
            return Part(name=name, value=None, unit=unit, url=url)
        return Part(name=name, value=value, unit=unit, url=url, csv=with_query(url, {"format": "csv"}), measure=measure)

    def pounds(self, name: str, value: Decimal | None, column: str, **query: str) -> Part:
        return self.part(
            name, None if value is None else words.half_up(value, self.places), f"sum:{column}", "£", **query
        )

    def answered(self, found: Standing) -> Part:
        return self.part("Answered", found.answered.practices, state="answered")

    def in_a_chin(self, found: Standing) -> Part:
        return self.part("On the list and in a CHIN", found.placed.practices, placed="in")

    def claimed(self, found: Standing, state: str) -> Part:
        """What claims in the state come to."""
        return self.pounds(words.plural(found.practices, "practice"), found.amount, state, state=state)

    def figure(self, key: str, label: str, kind: Any, parts: Sequence[Part], formula: str) -> Figure:
        """The figure that these parts give."""
        unit = parts[0].unit if parts else ""
        figure = Figure(
            key=key,
            label=label,
            kind=kind,
            value=None,
            unit=unit,
            places=self.places if unit == "£" else None,
            as_at=self.asat.day,
            known=self.asat.known,
            formula=formula,
            parts=parts,
        )
        return replace(figure, value=figure.derive())


class Reconciled(NamedTuple):
    """The figures of the page in their rows: money that can be owed, and how far practices have come."""

    can: list[Shown]
    have: list[Shown]


def reconcile(
    of: OfList,
    found: Standing,
    outputs: Sequence[tuple[Output, int]],
    line: Sums,
    papers: Sequence[str],
    of_year: Sequence[tuple[OfList, Standing]] = (),
) -> Reconciled:
    """Eligible × rate against the line, and answered, in a CHIN, accepted, payable, paid and left.

    of_year: every stage that is charged to the same year, where there are several.
    """
    service, year = of.service, of.stage.year
    entries = Entries(of.asat, of.places)
    query = {"line": service.line.slug, "year": year_in_address(year)}
    where = f"{service.line}, {year_name(year)}"
    total = found.amount if found.priced else None
    comes_to = of.pounds("Eligible practices", total, "amount")
    allocated = entries.part(f"Allocated to {where}", "allocated", line.allocated, query)
    left = entries.part(f"Left of {where}", "left", line.left, query)
    unpriced = found.practices - found.priced
    payable, paid = found.of(ClaimState.PAYABLE), found.of(ClaimState.PAID)
    more = of.figure("difference", "Allocated beyond that", "difference", [allocated, comes_to], BEYOND)
    more = replace(more, note=how_many_would(of, found, line))
    can_come_to = replace(
        of.figure("can-come-to", "They can come to", "sum", [comes_to], CAN_COME_TO),
        statements=_stated(of, total, line, papers),
        note=_unpriced(service, unpriced, found.practices),
    )
    sources = [Source(label=paper) for paper in papers] if line.allocated is not None else []
    return Reconciled(
        [
            _shown(
                of.figure("eligible", "Eligible practices", "count", [of.part("On the list", found.practices)], ON_LIST)
            ),
            _shown(can_come_to, unpriced if found.priced else 0),
            *_together(of, of_year),
            _shown(
                replace(of.figure("allocated", "Allocated to the line", "sum", [allocated], ALLOCATED), sources=sources)
            ),
            Shown(
                more, wording.NOT_STATED if more.value is None else words.pounds(Decimal(str(more.value)), of.places)
            ),
            _shown(of.figure("left", "Left of the line", "sum", [left], LEFT)),
        ],
        [
            _shown(of.figure("answered", "Answered", "count", [of.answered(found)], ANSWERED)),
            _shown(of.figure("in-a-chin", "In a CHIN", "count", [of.in_a_chin(found)], IN_A_CHIN)),
            _shown(
                of.figure(
                    "accepted",
                    "Outputs accepted",
                    "count",
                    [of.part(one.name, n, output=str(one.number)) for one, n in outputs],
                    ACCEPTED,
                )
            ),
            _shown(of.figure("payable", "Payable", "sum", [of.claimed(payable, "payable")], PAYABLE)),
            _shown(of.figure("paid", "Paid", "sum", [of.claimed(paid, "paid")], PAID)),
        ],
    )


def _together(of: OfList, of_year: Sequence[tuple[OfList, Standing]]) -> list[Shown]:
    """What all stages of the year can come to, which is what the line has to bear."""
    if not of_year:
        return []
    parts = [its.pounds(its.stage.name, one.amount if one.priced else None, "amount") for its, one in of_year]
    label = f"All stages of {year_name(of.stage.year)}"
    unknown = sum(one.practices - one.priced for _, one in of_year)
    return [
        _shown(
            of.figure("of-year", label, "sum", parts, OF_YEAR), unknown if any(one.priced for _, one in of_year) else 0
        )
    ]


def _stated(of: OfList, total: Decimal | None, line: Sums, papers: Sequence[str]) -> list[Statement]:
    """What the papers give for it, which is what they allocate to its line."""
    if total is None or line.allocated is None or not papers:
        return []
    stated = words.half_up(line.allocated, of.places)
    said = Statement(
        text=f"{of.service.line}: {words.pounds(stated, of.places)}",
        value=stated,
        unit="£",
        source=Source(label="; ".join(papers)),
        basis="What is allocated to the line.",
        difference=total - stated,
    )
    return [said]


def _shown(figure: Figure, unknown: int = 0) -> Shown:
    if figure.value is None:
        return Shown(figure, wording.NOT_STATED)
    return Shown(figure, f"at least {figure.display}" if unknown else "")


def _unpriced(service: Service, unpriced: int, practices: int) -> str:
    if not unpriced:
        return ""
    if service.rate is None or unpriced == practices:
        return (
            "No rate, or no share of this stage, is stated: no amount can be worked out, and no claim become payable."
        )
    has = "have" if unpriced > 1 else "has"
    return (
        f"{words.plural(unpriced, 'practice')} {has} no list size of {words.day(service.list_day)}: not among the sum."
    )


def places_of(service: Service, found: Standing, line: Sums) -> int:
    """Whole pounds where all amounts are, else pence."""
    return places([service.rate, line.allocated, line.left, *(group.amount for group in found.groups)])


def how_many_would(of: OfList, found: Standing, line: Sums) -> str:
    """To how many practices the allocation would pay a flat rate, where that is not those on the list."""
    service = of.service
    more = beyond(service, of.stage, found, line)
    if not more or service.rate is None:
        return ""
    would = found.practices + more
    each, all_of_it = words.pounds(service.rate, 0), words.pounds(would * service.rate, 0)
    if more < 0:
        return f"{words.plural(would, 'practice')} at {each} would make {all_of_it}; {-more} more are on the list."
    others = f"the other {words.number(more)} are" if more > 1 else "the other one is"
    return f"{words.plural(would, 'practice')} at {each} would make {all_of_it}. On the list are {found.practices}; {others} not on it."


def beyond(service: Service, stage: Any, found: Standing, line: Sums) -> int:
    """How many more practices than are on the list the allocation would pay a flat rate; 0 where that can't be said."""
    if service.tariff != Tariff.FLAT or service.rate is None or line.allocated is None or stage.share != 100:
        return 0
    return int(line.allocated // service.rate) - found.practices


class ChinRow(NamedTuple):
    """How far the practices of a CHIN (None: of none) have come."""

    slug: str | None
    name: str | None
    cells: list[Amount]


COLUMNS = ("Eligible", "Answered", "Outputs accepted", "Practices paid", "Payable", "Paid")


def by_chin(of: OfList, found: Standing) -> list[ChinRow]:
    """Practices by their CHIN; those in none last."""
    rows = []
    for slug, name in found.chins:
        rows.append(ChinRow(slug, name, cells(of, name or "In no CHIN", found.in_chin(slug), {"chin": slug or "none"})))
    return rows


def cells(of: OfList, name: str, part: Standing, query: Mapping[str, str]) -> list[Amount]:
    """Each of COLUMNS."""
    found = [
        of.part(f"{name}: eligible", part.practices, **query),
        of.part(f"{name}: answered", part.answered.practices, state="answered", **query),
        of.part(f"{name}: outputs accepted", part.outputs, "sum:outputs_accepted", **query),
        of.part(f"{name}: practices paid", part.of(ClaimState.PAID).practices, state="paid", **query),
        of.pounds(f"{name}: payable", part.of(ClaimState.PAYABLE).amount, "payable", state="payable", **query),
        of.pounds(f"{name}: paid", part.of(ClaimState.PAID).amount, "paid", state="paid", **query),
    ]
    return [Amount(one, words_of(one)) for one in found]
