"""Reading what is chosen at the end of a year."""

from typing import Any, Self

from django.db.models import QuerySet

from cc2h.accounts.authority import Action, authority_of


class YearChoiceQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """On lines of the commissioners whose budget this person may see."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_BUDGET):
            return self
        return self.filter(line__commissioner__in=held.commissioner_ids(Action.VIEW_BUDGET))
