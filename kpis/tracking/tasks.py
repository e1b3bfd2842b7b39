"""The worker's jobs of this room."""

from datetime import date

import structlog
from celery import shared_task
from django.core.exceptions import ValidationError

from cc2h.kit.asat import AsAt
from cc2h.kit.days import today
from kpis.tracking import alerts, queries, services
from kpis.tracking.services import At

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def propose_baselines() -> int:
    """Nightly: propose a new baseline where a shift follows something recorded. Returns how many were."""
    return propose_all(today())


@shared_task(ignore_result=True)
def tell_what_stands_out() -> int:
    """Every morning: leave mails about special causes that nobody was told of. Returns how many."""
    return alerts.tell(today())


def propose_all(day: date) -> int:
    """Of every measure of the programme, its commissioners and their CHINs; a person decides on each."""
    asat = AsAt(day, None, day)
    found = queries.of_programme(asat)
    proposed = 0
    for (_, whose), tracked in found.items():
        if not services.has_shift(tracked):
            continue
        try:
            proposed += (
                services.propose_due(at=At(tracked.series.measure, whose), tracked=tracked, asat=asat) is not None
            )
        except ValidationError as refusal:  # somebody proposes the same at this moment
            log.warning("baseline not proposed", series=queries.series_named(tracked.series), problem=str(refusal))
    return proposed
