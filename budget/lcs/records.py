"""Claims as records that something can be about (cc2h.accounts.records): comments, files and actions hang on them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from budget import refusals
from budget.lcs.claim_queries import numbers_of
from budget.lcs.models import Claim, Evidence, Output
from cc2h.accounts.authority import Target
from cc2h.accounts.records import keep_refusals, provide
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


class Outputs(Claims):
    """What a claim answers with files, output by output: key 12-3, of claim 12 and output 3. Its page is the claim's."""

    key, noun = "claim_output", "Output of a claim"

    def _numbered(self, claims: QuerySet[Any]) -> QuerySet[Any]:
        by_file = claims.filter(stage__outputs__evidence=Evidence.FILE)
        number = Concat(Cast("pk", CharField()), Value("-"), Cast("stage__outputs__pk", CharField()))
        return by_file.annotate(number=number)

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        of = {key: numbers_of(key) for key in keys}
        claims = super().names([str(claim) for claim, _ in of.values()], day)
        outputs = Output.objects.in_bulk([output for _, output in of.values()])
        return {key: f"{claims[str(claim)]}, {outputs[output]}" for key, (claim, output) in of.items()}

    def target(self, key: str, day: date) -> Target:
        return super().target(str(numbers_of(key)[0]), day)

    def page(self, asat: AsAt, key: str) -> str:
        return super().page(asat, str(numbers_of(key)[0]))


def _keep(refusal: ValidationError, by: Any, key: str) -> None:
    """A file that was refused for a claim, or for an output of one."""
    number = key.partition("-")[0]
    claim: Claim = Claim.objects.whole().get(pk=number)
    refusals.keep(
        refusal,
        by=by,
        commissioner_id=claim.stage.service.line.commissioner_id,
        what="Evidence",
        about=f"claim:{number}",
        name=f"{claim.stage.in_full}, {claim.practice}",
    )


for kind in (Claims(), Outputs()):
    provide(kind)
    keep_refusals(kind.key, _keep)
