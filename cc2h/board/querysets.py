"""Reading what the board is told."""

from datetime import datetime
from typing import Any, Self

from django.db.models import F, FilteredRelation, Q, QuerySet

from cc2h.accounts.authority import Action, authority_of


class StatementQuerySet(QuerySet["Statement"]):  # type: ignore[name-defined]
    def visible_to(self, user: Any) -> Self:
        """Statements about the commissioners whose register the person may see."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_REGISTER):
            return self
        return self.filter(commissioner__in=held.commissioner_ids(Action.VIEW_REGISTER))

    def with_settlements(self, known: datetime | None = None) -> Self:
        """Annotates the settlement open now (or at the moment `known`): settled_pk, _choice, _reason, _by, _at."""
        if known is None:
            open_then = Q(settlements__reopened_at__isnull=True)
        else:
            open_then = Q(settlements__settled_at__lt=known) & (
                Q(settlements__reopened_at__isnull=True) | Q(settlements__reopened_at__gte=known)
            )
        return self.annotate(
            settled=FilteredRelation("settlements", condition=open_then),
            settled_pk=F("settled__pk"),
            settled_choice=F("settled__choice"),
            settled_reason=F("settled__reason"),
            settled_by=F("settled__settled_by__name"),
            settled_at=F("settled__settled_at"),
        )
