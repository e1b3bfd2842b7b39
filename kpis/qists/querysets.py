"""Reading QISTs, and the support that somebody may see."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from cc2h.accounts.authority import Action, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.days import today
from chins.models import Membership
from practices.models import FederationMembership, Practice, PracticeStanding


class QistQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """QISTs of the commissioners whose register the person may see."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_REGISTER):
            return self
        return self.filter(commissioner__in=held.commissioner_ids(Action.VIEW_REGISTER))


class SupportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """What was done for the practices that are within the person's reach today."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_SUPPORT):
            return self
        return self.filter(practice__in=within(user, Action.VIEW_SUPPORT))

    def of_practices_seen(self, user: Any, asat: AsAt) -> Self:
        """And that the person may be told by name."""
        return self.visible_to(user).filter(practice__in=Practice.objects.visible_to(user, asat).values("pk"))


def within(user: Any, action: Action) -> QuerySet[Practice]:
    """The practices for which the person may do this today."""
    held = authority_of(user)
    if not held.may(action):
        return Practice.objects.none()
    if held.everywhere(action):
        return Practice.objects.all()
    reach, day = held.reach(action), today()
    members = Membership.objects.as_at(day).filter(chin_id__in=reach.chin_ids)
    supported = FederationMembership.objects.as_at(day).filter(federation_id__in=reach.federation_ids)
    standings = PracticeStanding.objects.as_at(day).filter(commissioner_id__in=reach.commissioner_ids)
    return Practice.objects.filter(
        Q(pk__in=reach.practice_ids)
        | Q(pk__in=members.values("practice_id"))
        | Q(pk__in=supported.values("practice_id"))
        | Q(pk__in=standings.values("practice_id"))
    )
