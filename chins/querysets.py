"""Reading CHINs and posts."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.dated import DatedQuerySet

if TYPE_CHECKING:
    pass


class ChinQuerySet(QuerySet["Chin"]):
    def visible_to(self, user: Any) -> Self:
        """CHINs of the commissioners whose register the person may see, and the CHINs of their own posts."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_REGISTER):
            return self
        return self.filter(
            Q(commissioner__in=held.commissioner_ids(Action.VIEW_REGISTER))
            | Q(pk__in=held.own_ids(Action.VIEW_REGISTER, Scope.CHIN))
        )

    def with_status(self, day: date, known: datetime | None = None) -> Self:
        """Annotates `status` on the day; None when the CHIN had not been proposed yet."""
        from chins.models import ChinState

        states = ChinState.objects.as_at(day, known).filter(chin=OuterRef("pk"))
        return self.annotate(status=Subquery(states.values("status")[:1]))


__all__ = ["ChinQuerySet", "DatedQuerySet"]
