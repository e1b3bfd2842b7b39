"""Reading bodies, their seats, meetings and agendas."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.dated import DatedQuerySet


def seen_by(user: Any, prefix: str = "") -> Q:
    """Bodies of the commissioners and CHINs whose governance the person may see, and those of all commissioners."""
    held = authority_of(user)
    if held.everywhere(Action.VIEW_GOVERNANCE):
        return Q()
    if not held.may(Action.VIEW_GOVERNANCE):
        return Q(pk__in=[])
    return (
        Q(**{f"{prefix}commissioner": None})
        | Q(**{f"{prefix}commissioner__in": held.commissioner_ids(Action.VIEW_GOVERNANCE)})
        | Q(**{f"{prefix}chin__in": held.own_ids(Action.VIEW_GOVERNANCE, Scope.CHIN)})
    )


class BodyQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user))


class SeatQuerySet(DatedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "body__"))


class MeetingQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "body__"))


class ItemQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "meeting__body__"))
