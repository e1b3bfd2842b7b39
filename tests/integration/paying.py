"""What a real Celery worker is given to do in the tests of payments: the portal's own services, as a page calls them."""

from datetime import date

from celery import shared_task

from budget.payments import confirming, runs
from budget.payments.models import Run
from cc2h.accounts.models import User
from practices.models import Commissioner


@shared_task(ignore_result=True, acks_late=True)
def prepare(by: int, commissioner: int, day: str) -> None:
    payer = Commissioner.objects.get(pk=commissioner)
    runs.prepare(by=User.objects.get(pk=by), commissioner=payer, payables=None, today=date.fromisoformat(day))


@shared_task(ignore_result=True, acks_late=True)
def authorise(by: int, run: int, day: str) -> None:
    current = Run.objects.get(pk=run)
    runs.authorise(by=User.objects.get(pk=by), run=current, control=current.control, today=date.fromisoformat(day))


@shared_task(ignore_result=True, acks_late=True)
def confirm(by: int, run: int, told: str, day: str) -> None:
    today = date.fromisoformat(day)
    confirming.confirm_file(
        by=User.objects.get(pk=by), run=Run.objects.get(pk=run), data=told.encode(), file_name="paid.csv", today=today
    )
