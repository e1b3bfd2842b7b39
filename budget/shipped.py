"""The budget that the papers state: its lines, their sources and what is allocated, as entries of the ledger.

The figures are the papers'; what they leave open is left open here: no amount is made up, and a line that a paper names
without one has no allocation. Where a paper says “2 years” without saying from when, its own year is taken as the first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from budget.kinds import EntryKind
from budget.models import Entry, Growth, Line, LineKind, Source
from cc2h.kit.days import first_of_year
from practices.models import Commissioner

TABLE = "roadmap-2018, table 1"
BARNET = "07M"
NHS_ENGLAND, OWN = "NHS England", "Barnet CCG"
FUNDERS = {NHS_ENGLAND: "nhs_england", OWN: "ccg"}


@dataclass(frozen=True)
class Shipped:
    """A line as a paper has it. amount: of its first year, None where none is stated. grows: marked so in the paper."""

    slug: str
    name: str
    kind: LineKind
    source: str
    amount: int | None
    first: int = 2018
    years: int = 1
    inside: bool = True
    grows: bool = False
    document: str = TABLE
    note: str = ""


LINES = (
    Shipped(
        "diabetes-transformation-funding", "Diabetes Transformation Funding", LineKind.RECURRENT, NHS_ENGLAND, 196_000,
        years=2,
    ),
    Shipped("primary-care-at-scale", "Primary Care at Scale", LineKind.NON_RECURRENT, NHS_ENGLAND, 435_000),
    Shipped("online-consultations", "Online Consultations", LineKind.RECURRENT, NHS_ENGLAND, 140_000, years=2),
    Shipped("chin-infrastructure-lcs", "CHIN Infrastructure LCS", LineKind.NON_RECURRENT, OWN, 90_000),
    Shipped(
        "chin-innovations-and-pdsa-cycles", "CHIN Innovations and PDSA cycles", LineKind.RECURRENT, OWN, 1_000_000,
        years=5, grows=True,
    ),
    Shipped(
        "accelerators-and-enablers", "Accelerators and Enablers", LineKind.RECURRENT, OWN, 200_000, years=5, grows=True
    ),
    Shipped(
        "improved-access-lcs", "Improved Access LCS", LineKind.NON_RECURRENT, NHS_ENGLAND, None, first=2017, years=2,
        inside=False, document="roadmap-2018",
        note="Part of the GP Forward View’s £3 per head, from 1 October 2017 to 31 March 2019; the sum is not stated.",
    ),
    Shipped(
        "extended-access", "Extended access", LineKind.RECURRENT, NHS_ENGLAND, None, first=2017, years=5, inside=False,
        document="roadmap-2018", note="Outside the programme budget; the sum is not stated.",
    ),
    Shipped(
        "core-primary-care", "Core primary care", LineKind.RECURRENT, NHS_ENGLAND, None, first=2017, years=5, inside=False,
        document="roadmap-2018", note="Outside the programme budget; the sum is not stated.",
    ),
    Shipped(
        "chin-1-infrastructure", "CHIN 1 infrastructure and project management", LineKind.NON_RECURRENT, OWN, None,
        first=2017, document="hwb-2018-01", note="Given to CHIN 1; the amount is not stated.",
    ),
)  # fmt: skip


@transaction.atomic
def load(recorded_at: Callable[[date], datetime] | None = None) -> None:
    """Write them, unless they are there. recorded_at: when what holds from a day was recorded (None: now)."""
    barnet = Commissioner.objects.get(ods_code=BARNET)
    if Line.objects.filter(commissioner=barnet).exists():
        return
    sources = {
        name: Source.objects.create(commissioner=barnet, name=name, funder=funder) for name, funder in FUNDERS.items()
    }
    entries = []
    for place, one in enumerate(LINES, 1):
        line = Line.objects.create(
            slug=one.slug,
            commissioner=barnet,
            name=one.name,
            source=sources[one.source],
            kind=one.kind,
            first_year=one.first,
            last_year=one.first + one.years - 1,
            inside=one.inside,
            note=one.note,
            place=place,
        )
        if one.grows:
            Growth.objects.bulk_create(
                Growth(line=line, year=year, basis="Due to grow year on year with success; by how much is not stated.")
                for year in range(one.first + 1, one.first + one.years)
            )
        if one.amount is not None:
            day = first_of_year(one.first)
            when: dict[str, Any] = {} if recorded_at is None else {"recorded_at": recorded_at(day)}
            entries.append(
                Entry(
                    line=line,
                    year=one.first,
                    kind=EntryKind.ALLOCATION,
                    amount=Decimal(one.amount),
                    day=day,
                    reason="The programme’s budget for 2018/19",
                    document=one.document,
                    **when,
                )
            )
    Entry.objects.bulk_create(entries)
