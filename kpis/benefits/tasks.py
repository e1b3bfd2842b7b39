"""The worker's jobs of this room."""

import structlog
from celery import shared_task

from cc2h.kit import work
from cc2h.kit.days import year_name
from kpis.benefits import kept

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def recompute_everything() -> int:
    """Nightly: work out all years anew, and report every row that was not what the records give.

    A year that is still to be worked out is no fault. Returns how many differed without that excuse.
    """
    wrong = [one for one in kept.check() if not work.pending(kept.WORK, [str(one.year)])]
    for difference in wrong:
        log.error("benefit differed from the records", row=str(difference), year=year_name(difference.year))
    kept.recompute()
    return len(wrong)
