"""The worker's jobs of this room."""

from celery import shared_task

from cc2h.board import digest
from cc2h.kit.days import today


@shared_task(ignore_result=True)
def tell() -> int:
    """Every morning: leave mails to those for whom something waits. Returns how many."""
    return digest.tell(today())
