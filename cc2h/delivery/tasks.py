"""The worker's jobs of this room."""

from celery import shared_task

from cc2h.delivery import reminders
from cc2h.kit.days import today


@shared_task(ignore_result=True)
def remind() -> int:
    """Every morning: leave mails to those whose actions are near their day or beyond it. Returns how many."""
    return reminders.remind(today())
