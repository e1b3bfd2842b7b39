"""Reading routes, and how far cases have come on theirs."""

from datetime import date
from typing import Any, Self

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from cc2h.accounts.authority import Action, authority_of
from cc2h.cases.querysets import seen_by


def of_commissioner(user: Any, prefix: str = "") -> Q:
    """Routes of the commissioners whose cases the person may see."""
    held = authority_of(user)
    if held.everywhere(Action.VIEW_CASE):
        return Q()
    return Q(**{f"{prefix}commissioner__in": held.commissioner_ids(Action.VIEW_CASE)})


class RouteQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(of_commissioner(user))

    def in_force(self, day: date) -> Self:
        """Of each commissioner the version that holds on the day."""
        last = self.model._default_manager.filter(commissioner=OuterRef("commissioner"), from_day__lte=day)
        return self.filter(pk=Subquery(last.order_by("-number").values("pk")[:1]))


class StageQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(of_commissioner(user, "route__"))

    def on_the_way(self, asked: Any, purpose: str) -> Self:
        """Those that a case of this sum and purpose goes through."""
        return self.filter(
            Q(above=None) | Q(above__lt=asked), Q(up_to=None) | Q(up_to__gte=asked), **{purpose: True}
        ).order_by("position", "pk")


class TurnQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "passage__submission__case__"))

    def whole(self) -> Self:
        """With the case, its CHIN and the stage."""
        return self.select_related(
            "stage", "body", "passage__submission__case__chin", "passage__submission__case__commissioner"
        )

    def waiting(self, day: date) -> Self:
        """Those that somebody was asked at on the day, and had not answered by its end."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day, carried_from=None)

    def late(self, day: date) -> Self:
        """Those that wait for longer than their target, or than they were deferred."""
        return self.filter(target_on__lt=day).exclude(deferred_until__gte=day).annotate(due=F("target_on"))


class OutcomeQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "turn__passage__submission__case__"))


class ConditionQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "outcome__turn__passage__submission__case__"))

    def open_on(self, day: date) -> Self:
        """Set by the day, and neither met nor waived by then."""
        return self.filter(
            Q(met_on=None) | Q(met_on__gt=day), Q(waived_on=None) | Q(waived_on__gt=day), outcome__day__lte=day
        )
