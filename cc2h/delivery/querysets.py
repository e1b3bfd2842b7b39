"""Reading actions."""

from datetime import date, timedelta
from typing import Any, Self

from django.db.models import DateField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from cc2h.accounts import records
from cc2h.accounts.authority import Action as Authorised
from cc2h.accounts.authority import authority_of
from cc2h.delivery import events
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import true_on


class ActionQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, asat: AsAt) -> Self:
        """Actions on records this person may see and whose actions they may see; and those of their own posts.

        Whoever is to do something sees it, also when they may not see the record: its name is then not shown.
        """
        return self.filter(records.about(user, asat, Authorised.VIEW_ACTIONS) | self._own(user))

    def mine(self, user: Any) -> Self:
        """Actions of the posts this person holds or deputises for."""
        return self.filter(self._own(user))

    def _own(self, user: Any) -> Q:
        return Q(owner__in=authority_of(user).post_ids(Authorised.COMPLETE_ACTION))

    def with_due(self) -> Self:
        """Annotates event_on (the day its event has now) and due: the last day on which it is done in time.

        What is due before an event is due the day before it. Both are None where the event was voided.
        """
        before = ExpressionWrapper(F("event_on") - Value(timedelta(days=1), DurationField()), output_field=DateField())
        return self.annotate(event_on=events.day_now("event_kind", "event")).annotate(
            due=Coalesce("due_day", Cast(before, DateField()))
        )

    def with_holder(self, today: date) -> Self:
        """Joins who holds the owner's post today; annotates holder, a name, None while the post is vacant."""
        return self.annotate(
            holding_on=true_on("owner__holdings", today), holder=F("holding_on__holder__name")
        ).select_related("owner", "raised_by", "closed_by")

    def open(self) -> Self:
        return self.filter(state="open")

    def overdue(self, today: date) -> Self:
        """Open ones whose last day is over; after with_due."""
        return self.filter(state="open", due__lt=today)

    def without_a_day(self) -> Self:
        """Open ones whose event was voided; after with_due."""
        return self.filter(state="open", due__isnull=True)
