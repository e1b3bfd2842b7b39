"""The worker's jobs of this room."""

import structlog
from celery import shared_task

from cc2h.kit import work
from kpis import rollup

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def roll_up_everything() -> int:
    """Nightly: work out every roll-up, and report each that was not what the values give.

    One that is still to be worked out is no fault. Returns how many differed without that excuse.
    """
    wrong = [found for found in rollup.check() if not work.pending(rollup.WORK, [str(found.measure_id)])]
    for difference in wrong:
        log.error("roll-up differed from the values", roll_up=str(difference))
    rollup.recompute()
    return len(wrong)
