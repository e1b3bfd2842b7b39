"""What the ledger gives for what papers say of the budget: an amount allocated to some lines for a financial year."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from budget import said
from budget.figures import Entries, Shown, of_line, places
from budget.models import Funder, Line, LineKind
from budget.queries import Budget, Row, budget_of
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_name, year_of
from cc2h.kit.figures import Figure
from practices.models import Commissioner


def _is_central(row: Row) -> bool:
    return row.line.source.funder == Funder.NHS_ENGLAND


def total(row: Row) -> bool:
    """Every line."""
    return True


def local(row: Row) -> bool:
    """Lines of money that is not NHS England's."""
    return not _is_central(row)


def central_recurrent(row: Row) -> bool:
    """Recurrent lines of NHS England's money."""
    return _is_central(row) and row.line.kind == LineKind.RECURRENT


def inside(commissioner: Commissioner, asat: AsAt, which: Callable[[Row], bool], label: str) -> Figure | None:
    """What is allocated to those lines of the programme's budget for the day's year; None where no line is recorded."""
    year = year_of(asat.day)
    rows = budget_of(Line.objects.filter(commissioner=commissioner), year, asat).inside
    return _allocated([row for row in rows if which(row)], year, asat, label) if rows else None


def of_one(commissioner: Commissioner, asat: AsAt, slug: str) -> Figure | None:
    """What is allocated to a line for the day's year; None where there is no such line."""
    year = year_of(asat.day)
    found = budget_of(Line.objects.filter(commissioner=commissioner, slug=slug), year, asat)
    rows = [*found.inside, *found.outside]
    return _allocated(rows, year, asat, rows[0].line.name) if rows else None


def _allocated(rows: Sequence[Row], year: int, asat: AsAt, label: str) -> Figure:
    stated = [row for row in rows if row.sums.allocated is not None]
    entries = Entries(asat, places(row.sums.allocated for row in stated))
    parts = [entries.part(row.line.name, "allocated", row.sums.allocated, of_line(row, year)) for row in stated]
    unknown = len(rows) - len(stated)
    figure = Figure(
        key="allocated",
        label=f"{label}, {year_name(year)}",
        kind="sum",
        value=None,
        unit="£",
        places=entries.places,
        as_at=asat.day,
        known=asat.known,
        formula=f"What is allocated for {year_name(year)}, added up over these lines.",
        parts=parts,
        note=f"Of {words.plural(unknown, 'line')} the amount is not stated." if unknown else "",
    )
    return replace(figure, value=figure.derive())


@dataclass(frozen=True, slots=True)
class Beside:
    """What a paper says, what the lines give for it (None: the ledger gives nothing for that), and by how much they differ."""

    said: said.Said
    given: Shown | None
    difference: Decimal | None


def beside(papers: Sequence[said.Said], found: Budget, asat: AsAt) -> list[Beside]:
    """Each of what papers say, beside what the lines of this budget give as at the day: of rows that are read already."""
    return [_beside(one, _rows_of(one, found), found.year, asat) for one in papers]


_WHICH = {said.TOTAL: total, said.LOCAL: local, said.CENTRAL_RECURRENT: central_recurrent}


def _rows_of(one: said.Said, found: Budget) -> list[Row] | None:
    """Its lines; None where it is of none of them."""
    if one.of in _WHICH:
        return [row for row in found.inside if _WHICH[one.of](row)] if found.inside else None
    return [row for row in (*found.inside, *found.outside) if row.line.slug == one.of] or None


def _beside(one: said.Said, rows: list[Row] | None, year: int, asat: AsAt) -> Beside:
    if rows is None:
        return Beside(one, None, None)
    figure = _allocated(rows, year, asat, one.says)
    figure = replace(figure, key=f"allocated-{one.key}")
    if figure.value is None:
        return Beside(one, Shown(figure, "not stated"), None)
    differ = None if one.value is None else Decimal(str(figure.value)) - one.value
    return Beside(one, Shown(figure, ""), differ)
