"""Measures as records that something can be about: actions, comments and files hang on them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from cc2h.accounts.authority import Target
from cc2h.accounts.records import Rows, provide
from cc2h.kit.asat import AsAt
from kpis.models import Measure
from kpis.queries import names_of
from practices.models import Commissioner


class Measures(Rows):
    """One is measured for every commissioner of the programme, and belongs to each."""

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        found = list(Measure.objects.filter(code__in=keys))
        called = names_of(found, AsAt(day, None, day))
        return {one.code: called.get(one.pk, one.code) for one in found}

    def target(self, key: str, day: date) -> Target:
        return Target(frozenset(Commissioner.objects.filter(in_programme=True).values_list("pk", flat=True)))


def _everybodys(reach: Target) -> Any:
    return Q() if reach.commissioner_ids else Q(pk__in=[])


provide(Measures("measure", "Measure", lambda day: Measure.objects.all(), "kpis:measure_detail", _everybodys, "code"))
