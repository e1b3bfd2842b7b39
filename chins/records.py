"""CHINs as records that something can be about (cc2h.accounts.records)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from cc2h.accounts.authority import Target
from cc2h.accounts.records import provide
from cc2h.kit.asat import AsAt
from cc2h.kit.imports import undoing
from cc2h.kit.links import link
from chins.models import Chin, Post


class Chins:
    key, noun, column = "chin", "CHIN", "slug"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return Chin.objects.visible_to(user)

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        belongs = Q(commissioner__in=reach.commissioner_ids) | Q(pk__in=reach.chin_ids)
        return Chin.objects.filter(belongs)

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return dict(Chin.objects.filter(slug__in=keys).values_list("slug", "name"))

    def target(self, key: str, day: date) -> Target:
        return Chin.objects.get(slug=key).authority_target()

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "chins:chin_detail", key)


provide(Chins())

undoing.pages[Chin] = lambda chin: reverse("chins:chin_detail", args=[chin.slug])
undoing.pages[Post] = lambda post: reverse("people:post_detail", args=[post.pk])
undoing.lives["chins.ChinState"] = "chin"
undoing.resting.append(("chins.Membership", "practice", "practices.PracticeStanding", "practice"))
undoing.resting.append(("chins.Membership", "chin", "chins.ChinState", "chin"))
