"""The life of a service, as data: draws the buttons, the tests and the database guard."""

from django.db.models import TextChoices


class ServiceState(TextChoices):
    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    OPEN = "open", "Open"
    ENDED = "ended", "Ended"
    WITHDRAWN = "withdrawn", "Withdrawn"


# An approval is of what was written: to change that, it is taken back, and approved anew.
TRANSITIONS: dict[ServiceState, tuple[ServiceState, ...]] = {
    ServiceState.DRAFT: (ServiceState.APPROVED, ServiceState.WITHDRAWN),
    ServiceState.APPROVED: (ServiceState.OPEN, ServiceState.DRAFT, ServiceState.WITHDRAWN),
    ServiceState.OPEN: (ServiceState.ENDED,),
    ServiceState.ENDED: (),
    ServiceState.WITHDRAWN: (),
}
FIRST = ServiceState.DRAFT
LISTED = (ServiceState.DRAFT, ServiceState.APPROVED)  # while its list of eligible practices is made, and made anew


def may_become(before: str, after: ServiceState) -> bool:
    return after in TRANSITIONS[ServiceState(before)]
