"""A CHIN and its practice with a monthly series, and the people who judge it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cc2h.accounts.authority import Role
from cc2h.kit import work
from cc2h.kit.asat import AsAt
from cc2h.kit.days import month_ends
from chins.models import Chin
from kpis.models import Measure
from kpis.tracking import queries
from kpis.tracking.judging import Tracked
from kpis.tracking.services import At
from kpis.whose import Whose
from practices.models import Commissioner, Practice
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, person
from tests.factories.kpis import a_measure, value

DAY = date(2018, 12, 6)
ASAT = AsAt(DAY, None, DAY)
# X-P5 of the definitions: a shift, points near a limit, and points above it
SHIFTED = (58.2, 59.1, 57.4, 60, 58.8, 59.5, 57.9, 58.6, 60.3, 59, 58.1, 59.7)
SHIFTED += (61.9, 62.4, 63, 62.2, 63.5, 62.8, 63.1, 64, 63.3, 62.9, 63.8, 64.2)


def months(count: int, last: date = date(2018, 11, 30)) -> list[date]:
    """So many month-ends, the last of them that day."""
    first = date(last.year - (count + 11) // 12 - 1, 1, 31)
    return list(month_ends(first, last))[-count:] if count else []


def with_values(measure: Measure, practice: Practice, values: Sequence[float | None]) -> None:
    """Monthly percentages, of 1,000 patients each; None: not told."""
    for end, one in zip(months(len(values)), values, strict=True):
        told: dict[str, Any] = {"suppressed": True} if one is None else {}
        numerator = None if one is None else round(one * 10)
        value(measure, practice, end, numerator, None if one is None else 1000, months=1, **told)


class Ground:
    def __init__(self, values: Sequence[float | None] = SHIFTED) -> None:
        self.commissioner: Commissioner = CommissionerFactory(barnet=True)
        self.chin: Chin = ChinFactory(commissioner=self.commissioner, slug="barnet-1", name="CHIN 1")
        self.practice: Practice = PracticeFactory(commissioner=self.commissioner, patients=5_000)
        self.membership = MembershipFactory(chin=self.chin, practice=self.practice)
        self.measure: Measure = a_measure("at-target", name="At target", months=1)
        with_values(self.measure, self.practice, values)
        self.settle()

    def settle(self) -> None:
        while work.sweep():
            pass

    @property
    def whose(self) -> Whose:
        return Whose.of(self.chin)

    @property
    def at(self) -> At:
        return At(self.measure, self.whose)

    def tracked(self, asat: AsAt = ASAT) -> Tracked:
        return queries.tracked(self.measure, self.whose, asat, None)

    def manager(self, **facts: Any) -> Any:
        return person(Role.TRANSFORMATION_MANAGER, of=self.commissioner, **facts)

    def analyst(self) -> Any:
        return person(Role.ANALYST, of=self.commissioner)
