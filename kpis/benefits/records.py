"""Benefits as records that something can be about: comments, files and actions hang on them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from cc2h.accounts.authority import Target
from cc2h.accounts.records import provide
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link
from kpis.benefits.models import Benefit


class Benefits:
    key, noun, column = "benefit", "Benefit", "slug"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        found: QuerySet[Any] = Benefit.objects.visible_to(user)
        return found

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        """The programme's belongs to each of its commissioners."""
        belongs = Q(commissioner__in=reach.commissioner_ids) | Q(chin__in=reach.chin_ids)
        if reach.commissioner_ids:
            belongs |= Q(commissioner=None)
        found: QuerySet[Any] = Benefit.objects.filter(belongs)
        return found

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return dict(Benefit.objects.filter(slug__in=keys).values_list("slug", "title"))

    def target(self, key: str, day: date) -> Target:
        benefit: Benefit = Benefit.objects.get(slug=key)
        return benefit.authority_target()

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "benefits:benefit_detail", key)


provide(Benefits())
