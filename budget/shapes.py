"""What the API answers about the budget. Amounts are pounds as text with two decimals; null: not stated, which is not 0."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from budget.figures import NAMES, Cliff, TableRow
from budget.queries import Delegated, Run, Sums
from cc2h.kit.api.shapes import EntryShape, FigureShape, Pounds, entries, figures, number, pounds
from cc2h.kit.asat import AsAt
from cc2h.kit.days import last_of_year, year_name


class RefusalItem(msgspec.Struct):
    """Something that was tried and refused. `about`: what it was to be done to, like claim:12; `of`: as it was called then."""

    id: int
    at: datetime
    commissioner: str
    what: str
    about: str
    of: str
    why: str
    by: str | None


class LedgerItem(msgspec.Struct):
    """An entry of the ledger. What it adds to or takes off each sum stands under the sum’s name, null where it bears on none."""

    id: int
    day: date
    commissioner: str
    line: str
    line_name: str
    financial_year: str
    inside: bool
    kind: str
    allocated: Pounds | None
    earmarked: Pounds | None
    committed: Pounds | None
    paid: Pounds | None
    left: Pounds | None
    chin: str | None
    chin_name: str | None
    reason: str
    document: str
    entered_by: str | None
    agreed_by: str | None
    recorded: datetime
    reverses: int | None


class AmountsShape(msgspec.Struct):
    """What has become of an allocation."""

    allocated: Pounds | None
    earmarked: Pounds
    committed: Pounds
    paid: Pounds
    left: Pounds | None


class BudgetLine(AmountsShape):
    """A line of the budget in a year."""

    line: str
    name: str
    type: str
    duration_years: int | None
    source: str
    overcommitted: bool


class TotalShape(AmountsShape):
    """The sum of lines; `not_stated`: of how many of them no allocation is."""

    not_stated: int


class BudgetShape(msgspec.Struct):
    """The budget of a commissioner for a financial year, inside the programme and outside it."""

    commissioner: str
    financial_year: str
    lines: list[BudgetLine]
    total: TotalShape
    outside: list[BudgetLine]
    total_outside: TotalShape
    figures: list[FigureShape]


class RunShape(msgspec.Struct):
    """A line over the financial years it runs in: what is allocated to each."""

    line: str
    name: str
    inside: bool
    last_year: str | None
    grows: str
    allocated: dict[str, Pounds | None]


class CliffShape(msgspec.Struct):
    """Lines that end on a day, and what falls away with them a year; `not_stated`: of how many of them that is not known."""

    day: date
    inside: bool
    lines: list[str]
    falls_away: Pounds | None
    not_stated: int


class ProfileShape(msgspec.Struct):
    """The lines of a budget over the financial years."""

    commissioner: str
    years: list[str]
    lines: list[RunShape]
    endings: list[CliffShape]


class DelegatedShape(AmountsShape):
    """What a CHIN may use of a line in a financial year."""

    line_name: str
    financial_year: str
    chin: str


class HomeShape(msgspec.Struct):
    """The budgets a reader may see, by their addresses, and what is delegated to their CHINs."""

    budgets: list[str]
    delegated: list[DelegatedShape]


class LineShape(msgspec.Struct):
    """A line of the budget: what it is, and what has become of it in a year and in each of its years."""

    line: str
    name: str
    commissioner: str
    type: str
    duration_years: int | None
    first_year: str
    last_year: str | None
    inside: bool
    source: str
    funder: str
    legal_basis: str
    owner: str | None
    cost_centre: str
    subjective_code: str
    note: str
    documents: list[str]
    grows: str
    financial_year: str
    figures: list[FigureShape]
    years: dict[str, AmountsShape]
    delegated: list[DelegatedShape]
    history: list[EntryShape] | None


class SourceShape(msgspec.Struct):
    """Somebody who gives money."""

    id: int
    name: str
    funder: str
    legal_basis: str
    agreement: str
    agreed_from: date | None
    agreed_to: date | None


class ContributionShape(msgspec.Struct):
    """What a party to the agreement of a source puts in for a financial year."""

    source: int
    party: str
    financial_year: str
    amount: Pounds | None


class SourcesShape(msgspec.Struct):
    """Where a commissioner's money comes from."""

    commissioner: str
    sources: list[SourceShape]
    contributions: list[ContributionShape]


class RequestItem(msgspec.Struct):
    """A virement or a cut that was asked for. `to_line`: where the money would go, null for a cut."""

    id: int
    kind: str
    line: str
    to_line: str | None
    financial_year: str
    amount: Pounds
    reason: str
    document: str
    asked_by: str
    asked_on: date
    state: str
    decided_by: str | None
    decided_on: date | None
    why: str


class RequestShape(RequestItem):
    """What was asked for, and who may agree it today."""

    may_be_agreed_by: list[str]


HEADER = tuple(field.name for field in msgspec.structs.fields(LedgerItem) if field.name != "id")


def _amounts(sums: Sums) -> dict[str, Any]:
    return {of: pounds(getattr(sums, of)) for of in NAMES}


def _line(row: TableRow) -> BudgetLine:
    line, sums = row.row.line, row.row.sums
    return BudgetLine(
        **_amounts(sums),
        line=line.slug,
        name=line.name,
        type=line.kind,
        duration_years=line.duration_years,
        source=line.source.name,
        overcommitted=sums.overcommitted,
    )


def budget(context: Mapping[str, Any], asat: AsAt) -> BudgetShape:
    """What templates/budget/budget.html shows."""
    found = context["budget"]
    inside, outside = found.total, found.total_outside
    return BudgetShape(
        context["commissioner"].ods_code,
        year_name(found.year),
        [_line(row) for row in context["inside"].rows],
        TotalShape(**_amounts(inside.sums), not_stated=inside.unknown),
        [_line(row) for row in context["outside"].rows],
        TotalShape(**_amounts(outside.sums), not_stated=outside.unknown),
        figures(one.figure for one in context["waterfall"]),
    )


def _run(run: Run, grows: str) -> RunShape:
    line = run.line
    return RunShape(
        line.slug,
        line.name,
        line.inside,
        year_name(line.last_year) if line.last_year is not None else None,
        grows,
        {year_name(year): pounds(amount) for year, amount in run.allocated.items()},
    )


def _cliff(one: Cliff, *, inside: bool) -> CliffShape:
    lines = [run.line.slug for run, _ in one.lines]
    return CliffShape(last_of_year(one.ending.year), inside, lines, number(one.falls.figure.value, "£"), one.unknown)


def profile(context: Mapping[str, Any], asat: AsAt) -> ProfileShape:
    """What templates/budget/profile.html shows."""
    both = [(context["inside"], True), (context["outside"], False)]
    return ProfileShape(
        context["commissioner"].ods_code,
        [year_name(year) for year in context["years"]],
        [_run(row.run, context["grows"][row.run.line.pk]) for part, _ in both for row in part.rows],
        [_cliff(one, inside=inside) for part, inside in both for one in part.cliffs],
    )


def _delegated(several: Iterable[Delegated]) -> list[DelegatedShape]:
    return [
        DelegatedShape(
            **_amounts(one.sums), line_name=one.line.name, financial_year=year_name(one.year), chin=one.chin.slug
        )
        for one in several
    ]


def home(context: Mapping[str, Any], asat: AsAt) -> HomeShape:
    """Where templates/budget/home.html leads, and what it shows."""
    return HomeShape(context["budgets"], _delegated(row.row for row in context["delegated"]))


def line(context: Mapping[str, Any], asat: AsAt) -> LineShape:
    """What templates/budget/line.html shows."""
    one, said = context["line"], context["history"]
    return LineShape(
        line=one.slug,
        name=one.name,
        commissioner=one.commissioner.ods_code,
        type=one.kind,
        duration_years=one.duration_years,
        first_year=year_name(one.first_year),
        last_year=year_name(one.last_year) if one.last_year is not None else None,
        inside=one.inside,
        source=one.source.name,
        funder=one.source.funder,
        legal_basis=one.source.legal_basis,
        owner=one.owner.title if one.owner else None,
        cost_centre=one.cost_centre,
        subjective_code=one.subjective_code,
        note=one.note,
        documents=context["documents"],
        grows=context["grows"],
        financial_year=year_name(context["year"]),
        figures=figures(shown.figure for shown in context["waterfall"]),
        years={year_name(year): AmountsShape(**_amounts(sums)) for year, sums in context["sums"].items()},
        delegated=_delegated(row.row for row in context["delegated"]),
        history=None if said is None else entries(said),
    )


def request(context: Mapping[str, Any], asat: AsAt) -> RequestShape:
    """What templates/budget/request.html shows."""
    one = context["asked"]
    return RequestShape(
        id=one.pk,
        kind=one.kind,
        line=one.line.slug,
        to_line=one.taking.slug if one.taking else None,
        financial_year=year_name(one.year),
        amount=pounds(one.amount),
        reason=one.reason,
        document=one.document,
        asked_by=one.asked_by.name,
        asked_on=one.asked_on,
        state=one.state,
        decided_by=one.decided_by.name if one.decided_by else None,
        decided_on=one.decided_on,
        why=one.why,
        may_be_agreed_by=context["agreeing"],
    )


def sources(context: Mapping[str, Any], asat: AsAt) -> SourcesShape:
    """What templates/budget/sources.html shows."""
    return SourcesShape(
        context["commissioner"].ods_code,
        [
            SourceShape(one.pk, one.name, one.funder, one.legal_basis, one.agreement, one.agreed_from, one.agreed_to)
            for one in context["sources"]
        ],
        [
            ContributionShape(one.pk, put.party, year_name(put.year), pounds(put.amount))
            for one in context["sources"]
            for put in one.contributions.all()
        ],
    )
