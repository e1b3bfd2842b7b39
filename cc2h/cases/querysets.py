"""Reading cases: ideas and drafts are seen by their CHIN and who shapes them, what was submitted by the commissioner's."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.cases.states import SUBMITTED


def seen_by(user: Any, prefix: str = "") -> Q:
    """Cases this person may see. Whoever put one forward, or writes it, sees it while they see any."""
    held = authority_of(user)

    def of(action: Action) -> Q:
        if held.everywhere(action):
            return Q()
        if not held.may(action):
            return Q(pk__in=[])
        return Q(**{f"{prefix}commissioner__in": held.commissioner_ids(action)}) | Q(
            **{f"{prefix}chin__in": held.own_ids(action, Scope.CHIN)}
        )

    return (of(Action.VIEW_CASE) & Q(**{f"{prefix}state__in": SUBMITTED})) | of(Action.VIEW_DRAFT_CASE)


class CaseQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user))


class OfCase(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "case__"))


class StepQuerySet(OfCase):
    pass


class SavedQuerySet(OfCase):
    pass


class SubmissionQuerySet(OfCase):
    pass
