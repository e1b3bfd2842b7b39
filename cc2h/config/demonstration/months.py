"""The months of the illustrative year that finance closed, with what was forecast and judged to be owed: made up."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError

from budget import ledger
from budget.models import Line, Period
from budget.months.models import Accrual, Forecast
from budget.months.services import freeze
from cc2h.accounts.models import User
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.money import OFFICER
from cc2h.kit.dated import recording_at
from practices.models import Commissioner

BARNET, POST = "07M", "Finance officer, Barnet"
CLOSED = {date(2018, 9, 1): date(2018, 10, 8), date(2018, 10, 1): date(2018, 11, 7)}
SEPTEMBER, OCTOBER = CLOSED
LATE = date(2018, 11, 8)
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
    if today >= LATE:
        _try_a_closed_month(barnet, by)


def _try_a_closed_month(barnet: Commissioner, by: int) -> None:
    """An invoice that was found too late is refused, and that it was is kept."""
    with recording_at(moment(LATE)), suppress(ValidationError):
        ledger.pay(
            by=User.objects.get(pk=by),
            line=Line.objects.get(commissioner=barnet, slug="online-consultations"),
            year=2018,
            amount=Decimal(11_500),
            day=date(2018, 10, 30),
            reason="October’s invoice for the software, found in a drawer",
        )
