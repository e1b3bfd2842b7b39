"""Reading the money of cases: whoever sees the case sees what it was given."""

from typing import Self

from django.db.models import Q

from cc2h.cases.querysets import OfCase
from cc2h.kit.asat import AsAt


class TrancheQuerySet(OfCase):
    def planned_by(self, asat: AsAt) -> Self:
        """Those that had been planned by the day."""
        return self.filter(planned_on__lte=asat.day)

    def live(self) -> Self:
        return self.filter(~Q(state="dropped"))


class GivebackQuerySet(OfCase):
    pass
