"""Agreements as records that something can be about (cc2h.accounts.records)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from budget.agreements.models import Agreement
from budget.agreements.querysets import AgreementQuerySet
from cc2h.accounts.authority import Target
from cc2h.accounts.records import provide
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link


class Agreements:
    key, noun, column = "agreement", "Agreement", "slug"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        seen: QuerySet[Any] = Agreement.objects.visible_to(user, asat.today)
        return seen

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        belongs = Q(commissioner__in=reach.commissioner_ids) | Q(chin__in=reach.chin_ids)
        if reach.practice_ids:
            belongs |= AgreementQuerySet.of_practices(reach.practice_ids, day)
        found: QuerySet[Any] = Agreement.objects.filter(belongs)
        return found

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return dict(Agreement.objects.filter(slug__in=keys).values_list("slug", "title"))

    def target(self, key: str, day: date) -> Target:
        found: Agreement = Agreement.objects.with_practices(day).get(slug=key)
        return found.authority_target()

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "agreements:agreement_detail", key)


provide(Agreements())
