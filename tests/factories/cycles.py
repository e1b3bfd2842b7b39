"""Cycles of approved cases, at any point of their life."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cc2h.cases.cycles import services
from cc2h.cases.cycles.models import Cycle
from cc2h.cases.cycles.services import Expected, Found
from cc2h.cases.cycles.states import Act, Verdict, Way
from cc2h.cases.models import Case
from tests.factories.route import approved, routed

BEGAN = date(2018, 10, 8)  # a Monday
LAST = date(2018, 12, 30)
VISITS = Expected("District nurse visits a week", Way.DOWN, Decimal(60), baseline=Decimal(80))
WEEKS = [81, 79, 80, 82, 78, 81, 80, 79, 62, 60, 59, 61, 58, 60, 59, 61]  # eight before, eight after


def cycle_of(case: Case | None = None, predictions: Sequence[Expected] = (VISITS,), by: Any = None) -> Cycle:
    """The next cycle of the case, planned."""
    return services.plan(
        by=by,
        case=case or approved(routed()),
        title="A clinic at the surgery",
        question="Do fewer wounds need a visit at home?",
        who="Two practice nurses",
        place="Two surgeries of the CHIN",
        first=BEGAN,
        last=LAST,
        predictions=predictions,
        today=BEGAN - timedelta(7),
    )


def begun(case: Case | None = None, **more: Any) -> Cycle:
    return services.begin(by=None, cycle=cycle_of(case, **more), today=BEGAN)


def measured(cycle: Cycle, values: Sequence[Any] = WEEKS, last: date = LAST) -> Cycle:
    """A number for each of so many weeks, the last of them the week of `last`."""
    monday = services.monday_of(last)
    for place, value in enumerate(values):
        week = monday - timedelta(7 * (len(values) - 1 - place))
        numbers = {one.pk: Decimal(value) for one in cycle.predictions.all()}
        services.read(by=None, cycle=cycle, week=week, values=numbers, today=last)
    return cycle


def studied(cycle: Cycle | None = None, verdict: Verdict = Verdict.HELD) -> Cycle:
    cycle = cycle or measured(begun())
    found = {one.pk: Found(verdict, "The last eight weeks are below the limit.") for one in cycle.predictions.all()}
    services.study(
        by=None, cycle=cycle, found=found, summary="Fewer visits.", learned="A clinic saves visits.", today=LAST
    )
    cycle.refresh_from_db()
    return cycle


def concluded(cycle: Cycle | None = None, act: Act = Act.ADOPT, last: bool = True) -> Cycle:
    cycle = studied(cycle)
    seed = "Does it hold in all five?" if act == Act.ADAPT else ""
    services.conclude(by=None, cycle=cycle, act=act, why="It held.", seed=seed, last=last, today=LAST)
    cycle.refresh_from_db()
    return cycle
