"""QISTs as records that something can be about: actions, comments and files hang on them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from cc2h.accounts.authority import Target
from cc2h.accounts.records import provide
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link
from kpis.qists.models import Qist, Serves


class Qists:
    key, noun, column = "qist", "QIST", "slug"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        found: QuerySet[Any] = Qist.objects.visible_to(user)
        return found

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        served = Serves.objects.as_at(day).filter(chin_id__in=reach.chin_ids).values("qist_id")
        found: QuerySet[Any] = Qist.objects.filter(Q(commissioner__in=reach.commissioner_ids) | Q(pk__in=served))
        return found

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return dict(Qist.objects.filter(slug__in=keys).values_list("slug", "name"))

    def target(self, key: str, day: date) -> Target:
        qist = Qist.objects.get(slug=key)
        served = Serves.objects.as_at(day).filter(qist=qist).values_list("chin_id", flat=True)
        return Target(frozenset({qist.commissioner_id}), frozenset(served))

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "qists:qist_detail", key)


provide(Qists())
