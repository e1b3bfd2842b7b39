"""The worker's jobs of this room."""

from celery import shared_task

from budget.lcs import claims, services
from cc2h.kit.days import today


@shared_task(ignore_result=True)
def open_claims() -> int:
    """Nightly: open the claims of stages that have begun. Run twice, it opens each once; returns how many."""
    claims.holds_again(day=today())
    services.price_anew(day=today())
    return services.open_begun(day=today())
