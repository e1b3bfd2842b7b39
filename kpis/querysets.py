"""Measures and values that somebody may see."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from cc2h.accounts.authority import Action
from cc2h.kit.days import today
from chins.models import Membership
from practices.models import FederationMembership, PracticeStanding


class MeasureQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """What is measured is known to everybody who sees the register; whose numbers are, each value says."""
        return self if user.authority.may(Action.VIEW_REGISTER) else self.none()


class PracticeValueQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        return self.filter(superseded_at__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """What was published names the practice to all; what was not, to those whose own it is."""
        held = user.authority
        if not held.may(Action.VIEW_REGISTER):
            return self.none()
        if held.everywhere(Action.VIEW_LOCAL_VALUES):
            return self
        reach = held.reach(Action.VIEW_LOCAL_VALUES)
        own = Q(practice_id__in=reach.practice_ids)
        if reach.chin_ids:
            members = Membership.objects.as_at(today()).filter(chin_id__in=reach.chin_ids)
            own |= Q(practice_id__in=members.values("practice_id"))
        if reach.federation_ids:
            supported = FederationMembership.objects.as_at(today()).filter(federation_id__in=reach.federation_ids)
            own |= Q(practice_id__in=supported.values("practice_id"))
        if reach.commissioner_ids:
            standings = PracticeStanding.objects.as_at(today()).filter(commissioner_id__in=reach.commissioner_ids)
            own |= Q(practice_id__in=standings.values("practice_id"))
        return self.filter(Q(published=True) | own)
