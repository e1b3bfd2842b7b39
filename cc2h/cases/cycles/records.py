"""Cycles as records that something can be about: actions, comments and files hang on them."""

from django.db.models import Q

from cc2h.accounts.records import Rows, provide
from cc2h.cases.cycles.models import Cycle

provide(
    Rows(
        "cycle",
        "Cycle",
        lambda day: Cycle.objects.select_related("case"),
        "cycles:cycle_detail",
        lambda reach: Q(case__commissioner__in=reach.commissioner_ids) | Q(case__chin__in=reach.chin_ids),
    )
)
