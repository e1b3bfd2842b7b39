"""The one task that matters: do what waits in the work-to-do table. And what is swept out at night."""

from celery import shared_task
from django.core.management import call_command

from cc2h.kit import work


@shared_task(ignore_result=True)
def sweep() -> int:
    """Do all waiting work. Sent after a commit, and every few seconds by beat for what was lost."""
    return work.sweep()


@shared_task(ignore_result=True)
def tidy() -> int:
    """Nightly: forget work that was done long ago, and sessions that have expired. Returns how many rows of work went."""
    call_command("clearsessions")
    return work.forget()
