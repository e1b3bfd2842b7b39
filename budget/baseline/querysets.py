"""Reading rounds, saved sections and what was sent in."""

from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet

from cc2h.accounts.authority import Action, authority_of
from cc2h.kit.asat import AsAt
from practices.querysets import OneOf


class AssessmentQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Rounds of the commissioners whose register this person may see."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_REGISTER):
            return self
        return self.filter(OneOf("commissioner_id", held.commissioner_ids(Action.VIEW_REGISTER)))

    def begun(self, asat: AsAt) -> Self:
        """Rounds that had opened by the page's day."""
        return self.filter(opens__lte=asat.day)


class _ByDay(QuerySet[Any]):
    """Versions that are never changed: of a practice in a round, and perhaps of a section."""

    recorded: str
    same: tuple[str, ...] = ("assessment", "practice")

    def by(self, asat: AsAt) -> Self:
        """Those of the page's day or before, as far as they had been recorded by the day it is known on."""
        found = self if asat.day >= asat.today else self.filter(day__lte=asat.day)
        return found if asat.known_at is None else found.filter(**{f"{self.recorded}__lt": asat.known_at})

    def newest(self, asat: AsAt) -> Self:
        """Of each the last as at the day."""
        later = (
            type(self)(self.model)
            .by(asat)
            .filter(number__gt=OuterRef("number"), **{name: OuterRef(name) for name in self.same})
        )
        return self.by(asat).filter(~Exists(later))


class SavedQuerySet(_ByDay):
    recorded = "saved_at"
    same = ("assessment", "practice", "section")


class SubmissionQuerySet(_ByDay):
    recorded = "sent_at"


class StaffingQuerySet(QuerySet[Any]):
    def of(self, submissions: Any) -> Self:
        return self.filter(submission__in=submissions)


class DelegationQuerySet(QuerySet[Any]):
    def open(self, day: Any) -> Self:
        """Links that open something on the day."""
        return self.filter(withdrawn_on=None, expires_on__gte=day)
