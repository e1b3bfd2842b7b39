"""The worker's jobs of this room."""

from datetime import date

from celery import shared_task

from budget.lcs import claims, services
from cc2h.kit import work
from cc2h.kit.days import today

AMOUNTS = "amounts of services"  # left by a trigger on list sizes; its key is a service's number


@shared_task(ignore_result=True)
def open_claims() -> int:
    """Nightly: open the claims of stages that have begun. Run twice, it opens each once; returns how many."""
    claims.holds_again(day=today())
    services.price_anew(day=today())
    return services.open_begun(day=today())


@work.handles(AMOUNTS)
def price(key: str, from_day: date | None) -> None:
    """A list size came late: what its practice can come to is stated and earmarked, if the line has as much left."""
    services.price_anew(day=today(), service=int(key))
