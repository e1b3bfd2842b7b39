"""Reading services, who is eligible, and claims."""

from datetime import date
from typing import Any, Self

from django.db.models import Q, QuerySet

from cc2h.accounts.authority import Action, authority_of


class ServiceQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Services of the commissioners whose register this person may see."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_REGISTER):
            return self
        return self.filter(line__commissioner__in=held.commissioner_ids(Action.VIEW_REGISTER))


class EligibleQuerySet(QuerySet[Any]):
    def now(self) -> Self:
        """Those that have not been taken off."""
        return self.filter(removed_on=None)

    def on(self, day: date) -> Self:
        """Those that were on the list on the day; the day somebody is taken off is no longer theirs."""
        return self.filter(Q(removed_on=None) | Q(removed_on__gt=day), added_on__lte=day)


class ClaimQuerySet(QuerySet[Any]):
    pass
