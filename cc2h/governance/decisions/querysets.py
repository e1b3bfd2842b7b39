"""Reading interests, declarations and decisions: who may see which, and what holds as at a day."""

from calendar import monthrange
from datetime import date, datetime
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from cc2h.accounts.authority import Action, authority_of
from cc2h.governance.querysets import seen_by
from cc2h.kit.dated import DatedQuerySet, period_of
from chins.models import Post, PostHolding

PUBLISHED_MONTHS, KEPT_YEARS = 6, 6


def published_since(day: date) -> date:
    """Interests that ended on this day or later are on the published register of `day`: six months after their end."""
    years, month = divmod(day.year * 12 + day.month - 1 - PUBLISHED_MONTHS, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def kept_since(day: date) -> date:
    """Interests that ended on this day or later are on the record of `day`: six years after their end."""
    year = day.year - KEPT_YEARS
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def people_of(commissioners: Any, day: date) -> QuerySet[Any]:
    """Whoever holds a post of the commissioners or of what is theirs, or has held one."""
    posts = Post.objects.with_commissioner(day).filter(Q(whose__in=commissioners))
    return PostHolding.objects.held().filter(post__in=posts.values("pk")).values("holder")


class InterestQuerySet(DatedQuerySet):
    def published(self, day: date, known: datetime | None = None) -> Self:
        """The published register: what is true on the day, and what ended in the six months before it."""
        return self.held(known).filter(period__overlap=period_of(published_since(day), day))

    def kept(self, day: date, known: datetime | None = None) -> Self:
        """The record: what is true on the day or will be, and what ended in the six years before it."""
        return self.held(known).filter(period__overlap=period_of(kept_since(day)))

    def visible_to(self, user: Any, day: date, known: datetime | None = None) -> Self:
        """What is published, one's own, and of one's commissioner's people all that is kept, for those who keep it."""
        held = authority_of(user)
        if not held.may(Action.VIEW_GOVERNANCE):
            return self.none()
        whose = Q(person=user.pk)
        if held.may(Action.KEEP_INTERESTS):
            whose |= Q(person__in=people_of(held.commissioner_ids(Action.KEEP_INTERESTS), day))
        seen = self.published(day, known).order_by().values("pk")
        return self.kept(day, known).filter(Q(pk__in=seen) | whose)


class ConfirmationQuerySet(QuerySet[Any]):
    def on(self, day: date) -> Self:
        """Those of the day and before, the latest first."""
        return self.filter(day__lte=day).order_by("-day", "-pk")


class OfItem(QuerySet[Any]):
    """Rows about an item of an agenda."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "item__meeting__body__"))


class HandlingQuerySet(OfItem):
    def that_hold(self) -> Self:
        """Of each item and person the one recorded last."""
        later = self.model._default_manager.filter(
            item=OuterRef("item"), person=OuterRef("person"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later))


class DecisionQuerySet(OfItem):
    pass
