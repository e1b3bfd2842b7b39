"""Reading cycles: whoever sees the case sees its cycles."""

from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet

from cc2h.cases.querysets import OfCase, seen_by


class CycleQuerySet(OfCase):
    pass


class OfCycle(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "cycle__case__"))


class ReadingQuerySet(QuerySet[Any]):
    def newest(self) -> Self:
        """The version of each week that holds; a number that was taken out is None."""
        later = self.model.objects.filter(
            prediction=OuterRef("prediction"), day=OuterRef("day"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later))
