"""The worker's jobs of this room."""

import structlog
from celery import shared_task

from cc2h.kit import work
from chins import coverage

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def recompute_everything() -> int:
    """Nightly: recompute all coverage, and report every snapshot that was not what the records give.

    A snapshot that is still to be recomputed is no fault. Returns how many differed without that excuse.
    """
    wrong = [
        difference
        for difference in coverage.check()
        if not work.pending(coverage.WORK, [str(difference.commissioner_id)])
    ]
    for difference in wrong:
        log.error("snapshot differed from the records", snapshot=str(difference))
    coverage.recompute()
    return len(wrong)
