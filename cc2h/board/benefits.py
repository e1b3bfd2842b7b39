"""What initiatives cost and bring, for the board: the budget's lines beside planned, forecast and validated savings."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from budget import figures as budget_figures
from budget.queries import Budget
from cc2h.board.waiting import Reader
from cc2h.kit.days import year_of
from cc2h.kit.figures import Part
from kpis.benefits import figures, queries
from kpis.benefits.filters import PROGRAMME
from kpis.models import Initiative
from practices.models import Commissioner

# What the lines of the papers are for, as the portal reads them; any other is for the programme as a whole.
FOR = {
    "chin-infrastructure-lcs": Initiative.CHINS,
    "chin-innovations-and-pdsa-cycles": Initiative.CHINS,
    "diabetes-transformation-funding": Initiative.QISTS,
    "improved-access-lcs": Initiative.EXTENDED_ACCESS,
}
COLUMNS = ("planned", "forecast", "validated", "investment")


class Line(NamedTuple):
    """An initiative: what is allocated to it, line by line, and what its benefits come to."""

    name: str
    allocated: Sequence[tuple[str, Part]]
    cells: Sequence[figures.Amount]


@dataclass(frozen=True)
class Worth:
    """What a commissioner's benefits come to in the year, and how many the programme as a whole has besides."""

    year: int
    cards: Sequence[figures.Card]
    lines: Sequence[Line]
    of_programme: Part
    unstated: int


def worth(reader: Reader, one: Commissioner, budget: Budget | None) -> Worth | None:
    """The benefits of a commissioner in the year of the day, or the nearest that has some; None where it has none."""
    every = list(queries.rows(reader.user, reader.asat).order_by("year", "benefit__title", "benefit"))
    book = figures.Book(every, reader.asat, computed_at=queries.computed_at(reader.asat))
    own = book.of_commissioner(one)
    now = year_of(reader.asat.day)
    year = min({row.year for row in own.rows}, key=lambda year: (abs(year - now), -year), default=None)
    if year is None:
        return None
    of_year = own.of_year(year)
    programme = book.of_year(year).only(lambda row: row.benefit.commissioner_id is None, commissioner=PROGRAMME)
    return Worth(
        year,
        [*(of_year.card(name) for name in COLUMNS[:3]), of_year.net()],
        [_line(of_year, initiative, _allocated(reader, budget, year, initiative)) for initiative in _told(of_year)],
        programme.count("Of the programme as a whole"),
        len(programme.rows) - len(programme.known("saving")),
    )


def _told(book: figures.Book) -> list[Initiative]:
    return [one for one in Initiative if any(row.benefit.initiative == one for row in book.rows)]


def _line(book: figures.Book, initiative: Initiative, allocated: Sequence[tuple[str, Part]]) -> Line:
    of, name = book.of_initiative(initiative), str(initiative.label)
    return Line(name, allocated, [of.amount(name, column) for column in COLUMNS])


def _allocated(reader: Reader, budget: Budget | None, year: int, initiative: Initiative) -> Sequence[tuple[str, Part]]:
    """What is allocated to each line that is for it, where the budget is of the same year."""
    if budget is None or budget.year != year:
        return []
    lines = [row for row in budget.inside if FOR.get(row.line.slug, Initiative.CLOSER_TO_HOME) == initiative]
    entries = budget_figures.Entries(reader.asat, 2 if any(_pence(row) for row in lines) else 0)
    return [
        (
            row.line.name,
            entries.part(
                f"{row.line.name}: allocated", "allocated", row.sums.allocated, budget_figures.of_line(row, year)
            ),
        )
        for row in lines
    ]


def _pence(row: Any) -> bool:
    return bool((row.sums.allocated or Decimal()) % 1)
