"""Reading practices: what a person may see, and what is true of a practice on a day."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.dated import DatedQuerySet

if TYPE_CHECKING:
    pass


class CommissionerQuerySet(QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Commissioners whose register the person may see."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_REGISTER):
            return self
        return self.filter(pk__in=held.commissioner_ids(Action.VIEW_REGISTER))


class PracticeQuerySet(QuerySet["Practice"]):
    def of_commissioners(self, ids: Any, day: date, known: datetime | None = None) -> Self:
        """Practices that belong to any of the commissioners on the day, whatever their status."""
        from practices.models import PracticeStanding

        standing = PracticeStanding.objects.as_at(day, known).filter(practice=OuterRef("pk"), commissioner__in=ids)
        return self.filter(Exists(standing))


class ListSizeQuerySet(QuerySet):
    def held(self, known: datetime | None = None) -> Self:
        """The values that count: of each day the newest import, now or just before the moment `known`."""
        if known is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(recorded_at__lt=known).filter(Q(superseded_at__isnull=True) | Q(superseded_at__gte=known))


__all__ = ["CommissionerQuerySet", "DatedQuerySet", "ListSizeQuerySet", "PracticeQuerySet", "Scope"]
