"""Claims as records that something can be about (cc2h.accounts.records): comments, files and actions hang on them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from budget.lcs.models import Claim
from cc2h.accounts.authority import Target
from cc2h.accounts.records import provide
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link


class Claims:
    key, noun, column = "claim", "Claim", "number"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return self._numbered(Claim.objects.visible_to(user, asat.day))

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        claims = self._numbered(Claim.objects.with_place(day))
        return claims.filter(
            Q(stage__service__line__commissioner__in=reach.commissioner_ids)
            | Q(chin_now__in=reach.chin_ids)
            | Q(practice__in=reach.practice_ids)
        )

    def _numbered(self, claims: QuerySet[Any]) -> QuerySet[Any]:
        return claims.annotate(number=Cast("pk", CharField()))

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        claims = Claim.objects.filter(pk__in=keys).with_place(day).select_related("stage__service")
        return {str(one.pk): f"{one.practice_name}: {one.stage.in_full}" for one in claims}

    def target(self, key: str, day: date) -> Target:
        claim: Claim = Claim.objects.with_place(day).whole().get(pk=key)
        return claim.authority_target()

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "lcs:claim_detail", int(key))


provide(Claims())
