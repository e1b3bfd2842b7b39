"""Reading CHINs and posts."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import BigIntegerField, Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import DatedQuerySet, true_on
from practices.models import Practice, PracticeStanding
from practices.querysets import OneOf

if TYPE_CHECKING:
    from chins.models import Chin, Post  # noqa: F401 - what the querysets are of


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
        """Annotates status and since on the day; None when the CHIN had not been proposed yet."""
        return self.annotate(
            state_on=true_on("states", day, known),
            status=F("state_on__status"),
            since=F("state_on__period__startswith"),
        )

    def with_size(self, day: date, known: datetime | None = None) -> Self:
        """Annotates practices (active ones in the CHIN on the day) and patients (on their registered lists)."""
        members = (
            Practice.objects.with_standing(day, known)
            .with_network(day, known)
            .with_list_size(day, known)
            .filter(status="active", chin_id=OuterRef("pk"))  # type: ignore[misc]  # both annotated above
            .order_by()
            .values("chin_id")
        )
        return self.annotate(
            practices=Coalesce(Subquery(members.annotate(n=Count("pk")).values("n")), 0),
            patients=Coalesce(Subquery(members.annotate(n=Sum("patients", default=0)).values("n")), 0),
        )


class PostQuerySet(QuerySet["Post"]):
    def visible_to(self, user: Any, asat: AsAt) -> Self:
        """Posts of what the person may see, and their own; posts of the portal only to those who keep people."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_REGISTER):
            return self
        whole = held.commissioner_ids(Action.VIEW_REGISTER)
        shown = (
            Q(OneOf("commissioner_id", whole))
            | Q(OneOf("chin__commissioner_id", whole))
            | Q(OneOf("chin_id", held.own_ids(Action.VIEW_REGISTER, Scope.CHIN)))
            | Q(OneOf("federation__commissioner_id", whole))
            | Q(practice__in=Practice.objects.visible_to(user, asat).values("pk"))
        )
        return self.filter(shown | Q(pk__in=held.posts()))

    def with_commissioner(self, day: date) -> Self:
        """Annotates whose: the id of the commissioner that the post belongs to on the day, None for the portal.

        A post of a practice that is not in the register on the day is whose that was or will be next to it.
        """
        standings = PracticeStanding.objects.held().filter(practice=OuterRef("practice"))
        standing = standings.order_by(Case(When(period__contains=day, then=0), default=1), "-period")
        return self.annotate(
            whose=Coalesce(
                F("commissioner_id"),
                F("chin__commissioner_id"),
                F("federation__commissioner_id"),
                Subquery(standing.values("commissioner_id")[:1]),
                output_field=BigIntegerField(),
            )
        )

    def with_holder(self, day: date, known: datetime | None = None) -> Self:
        """Joins who holds the post on the day as `holding_on`; annotates holder (a name) and since."""
        return self.annotate(
            holding_on=true_on("holdings", day, known),
            holder=F("holding_on__holder__name"),
            since=F("holding_on__period__startswith"),
        )


__all__ = ["ChinQuerySet", "DatedQuerySet", "PostQuerySet"]
