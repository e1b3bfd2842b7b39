"""Practices, commissioners and federations as records that something can be about (cc2h.accounts.records)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from cc2h.accounts.authority import Target
from cc2h.accounts.records import Rows, provide
from cc2h.kit.asat import AsAt
from cc2h.kit.imports import undoing
from cc2h.kit.links import link
from practices import queries
from practices.models import Commissioner, Federation, FederationMembership, Practice, PracticeDetail


class Practices:
    key, noun, column = "practice", "Practice", "ods_code"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return Practice.objects.visible_to(user, asat)

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        practices = Practice.objects.with_standing(day).with_network(day)
        belongs = Q(commissioner_id__in=reach.commissioner_ids) | Q(chin_id__in=reach.chin_ids)
        belongs |= Q(pk__in=reach.practice_ids)
        if reach.federation_ids:
            of_it = FederationMembership.objects.as_at(day).filter(federation__in=reach.federation_ids)
            belongs |= Q(Exists(of_it.filter(practice=OuterRef("pk"))))
        return practices.filter(belongs)

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        details = PracticeDetail.objects.as_at(day).filter(practice__ods_code__in=keys)
        called = dict(details.values_list("practice__ods_code", "name"))
        return {key: called.get(key, key) for key in keys}

    def target(self, key: str, day: date) -> Target:
        return queries.Subject(Practice.objects.get(ods_code=key), key, day).target

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "practices:practice_detail", key)


class Commissioners:
    key, noun, column = "commissioner", "Commissioner", "ods_code"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return Commissioner.objects.visible_to(user)

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        return Commissioner.objects.filter(pk__in=reach.commissioner_ids)

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return dict(Commissioner.objects.filter(ods_code__in=keys).values_list("ods_code", "name"))

    def target(self, key: str, day: date) -> Target:
        return Commissioner.objects.get(ods_code=key).authority_target()

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "practices:commissioner_detail", key)


provide(Practices())
provide(Commissioners())
provide(
    Rows(
        "federation",
        "Federation",
        lambda day: Federation.objects.all(),
        "practices:federation_detail",
        lambda reach: Q(commissioner__in=reach.commissioner_ids) | Q(pk__in=reach.federation_ids),
        "slug",
    )
)

undoing.pages[Practice] = lambda practice: reverse("practices:practice_detail", args=[practice.ods_code])
undoing.pages[Commissioner] = lambda whose: reverse("practices:commissioner_detail", args=[whose.ods_code])
undoing.pages[Federation] = lambda one: reverse("practices:federation_detail", args=[one.slug])
undoing.STANDS["practices.ListSize"] = "t.superseded_at IS NULL"
undoing.lives["practices.PracticeStanding"] = "practice"
for resting, name in (("FederationMembership", "practice"), ("Succession", "predecessor"), ("Succession", "successor")):
    undoing.resting.append((f"practices.{resting}", name, "practices.PracticeStanding", "practice"))
