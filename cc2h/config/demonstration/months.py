"""The months of the illustrative year that finance closed, with what was forecast and judged to be owed: made up."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from budget.models import Line, Period
from budget.months.models import Accrual, Forecast
from budget.months.services import freeze
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.money import OFFICER
from practices.models import Commissioner

BARNET, POST = "07M", "Finance officer, Barnet"
CLOSED = {date(2018, 9, 1): date(2018, 10, 8), date(2018, 10, 1): date(2018, 11, 7)}
SEPTEMBER, OCTOBER = CLOSED
FORECASTS = (
    ("diabetes-transformation-funding", SEPTEMBER, 180_000, "The contract; nothing else is planned"),
    ("primary-care-at-scale", SEPTEMBER, 435_000, "As planned"),
    ("online-consultations", SEPTEMBER, 140_000, "The contract for the software"),
    ("diabetes-transformation-funding", OCTOBER, 180_000, "The contract; nothing else is planned"),
    ("primary-care-at-scale", OCTOBER, 372_000, "The second half of the contract starts two months late"),
    ("online-consultations", OCTOBER, 140_000, "The contract for the software"),
    ("accelerators-and-enablers", OCTOBER, 176_000, "Training starts in the new year"),
)
OWED = (
    ("primary-care-at-scale", OCTOBER, 25_800, "One month of the second half; the rest is not due before April"),
    ("online-consultations", OCTOBER, 0, "Paid to the end of the half year"),
)  # fmt: skip


def write(today: date, people: Mapping[str, int]) -> None:
    """What had been closed by `today`. people: ids by e-mail address. Comes after everything that enters money."""
    barnet = Commissioner.objects.get(ods_code=BARNET)
    lines = dict(Line.objects.filter(commissioner=barnet).values_list("slug", "pk"))
    by = people[OFFICER]
    for month, day in CLOSED.items():
        if day > today:
            continue
        Forecast.objects.bulk_create(
            Forecast(line_id=lines[slug], month=of, outturn=Decimal(pounds), reason=why, by_id=by)
            for slug, of, pounds, why in FORECASTS
            if of == month
        )
        Accrual.objects.bulk_create(
            Accrual(line_id=lines[slug], year=2018, month=of, accrued=Decimal(pounds), reason=why, by_id=by)
            for slug, of, pounds, why in OWED
            if of == month
        )
        period = Period.objects.create(
            commissioner=barnet, month=month, closed_at=moment(day), closed_by_id=by, closed_as=POST
        )
        freeze(period, moment(day))
