"""Reading services, who is eligible, and claims."""

from typing import Any, Self

from django.db.models import QuerySet

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


class ClaimQuerySet(QuerySet[Any]):
    pass
