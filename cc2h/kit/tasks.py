"""The one task that matters: do what waits in the work-to-do table."""

from celery import shared_task

from cc2h.kit import work


@shared_task(ignore_result=True)
def sweep() -> int:
    """Do all waiting work. Sent after a commit, and every few seconds by beat for what was lost."""
    return work.sweep()
