"""What papers say of a commissioner's money, for the pages of its budget (budget.said)."""

from datetime import date
from typing import Any

from budget import said
from cc2h.board.models import Measure, Statement
from cc2h.board.querysets import OF_MONEY
from cc2h.board.statements import PAPERS
from cc2h.kit.days import last_of_year
from cc2h.kit.together import Asking, kept

_OF = {
    Measure.BUDGET.value: said.TOTAL,
    Measure.BUDGET_LOCAL.value: said.LOCAL,
    Measure.BUDGET_RECURRENT.value: said.CENTRAL_RECURRENT,
}


def _of_money(commissioner: Any, first: Any, last: Any) -> Any:
    return Statement.objects.filter(
        commissioner=commissioner, measure__in=OF_MONEY, as_at__gte=first, as_at__lte=last
    ).order_by("discrepancy", "reference")


def of_year(commissioner_id: int, year: int) -> Asking[list[said.Said]]:
    """Those whose day lies in the financial year."""
    rows = yield kept(_of_money, commissioner_id, date(year, 4, 1), last_of_year(year))
    return [
        said.Said(
            says=one.says,
            value=one.value,
            paper=PAPERS[one.paper].cited if one.paper in PAPERS else one.paper,
            basis=one.basis,
            of=_OF.get(one.measure, one.line_slug),
            address="board:statement",
            key=one.reference,
        )
        for one in rows
    ]


said.provide(of_year)
