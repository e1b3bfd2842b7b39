"""CHINs, posts and expressions of interest as records that something can be about (cc2h.accounts.records)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from cc2h.accounts.authority import Target
from cc2h.accounts.records import Rows, of_commissioner, provide
from cc2h.kit.asat import AsAt
from cc2h.kit.imports import undoing
from cc2h.kit.links import link
from chins.interest.models import Expression
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


def _of_post(reach: Target) -> Q:
    own = Q(chin__in=reach.chin_ids) | Q(practice__in=reach.practice_ids) | Q(federation__in=reach.federation_ids)
    return own | Q(whose__in=reach.commissioner_ids)


def _of_expression(reach: Target) -> Q:
    sent = Q(post__practice__in=reach.practice_ids) | Q(post__federation__in=reach.federation_ids)
    return sent | of_commissioner(reach)


provide(Chins())
provide(
    Rows(
        "post",
        "Post",
        Post.objects.with_commissioner,
        "people:post_detail",
        _of_post,
        seen=lambda user, asat: Post.objects.visible_to(user, asat),
    )
)
# What evaluators say stays among those who see it before it is approved: approving shows the expression to all.
provide(
    Rows(
        "expression",
        "Expression of interest",
        lambda day: Expression.objects.select_related("post"),
        "chins:expression_detail",
        _of_expression,
        seen=lambda user, asat: Expression.objects.evaluated_with(user),
    )
)

undoing.pages[Chin] = lambda chin: reverse("chins:chin_detail", args=[chin.slug])
undoing.pages[Post] = lambda post: reverse("people:post_detail", args=[post.pk])
undoing.lives["chins.ChinState"] = "chin"
undoing.resting.append(("chins.Membership", "practice", "practices.PracticeStanding", "practice"))
undoing.resting.append(("chins.Membership", "chin", "chins.ChinState", "chin"))
