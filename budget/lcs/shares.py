"""What a stage's share of a practice's amount is, half a penny rounded up. The parts of all stages come to the amount.

So a stage has what it and those before it come to, less what those before it do: two halves of £1,500.01 are £750.01
and £750.00.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import OuterRef, Subquery, Sum

from budget.lcs.models import Stage

PENNY = Decimal("0.01")


def part(amount: Decimal, share: Decimal, before: Decimal) -> Decimal:
    """before: the shares, in percent, of the stages before it together."""

    def of(percent: Decimal) -> Decimal:
        return (amount * percent / 100).quantize(PENNY, rounding=ROUND_HALF_UP)

    return of(before + share) - of(before)


def part_in_sql(amount: str, share: str, before: str) -> str:
    return f"(round({amount} * ({before} + {share}) / 100, 2) - round({amount} * {before} / 100, 2))"


# Each stage with `before`, in SQL.
STAGES = """(
    SELECT g.*, coalesce(sum(g.share) OVER (PARTITION BY g.service_id ORDER BY g.number
                                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM lcs_stage g
)"""


def before(stages: Iterable[int]) -> dict[int, Decimal]:
    """By stage, the shares of those before it; 0 for the first."""
    earlier = Stage.objects.filter(service=OuterRef("service"), number__lt=OuterRef("number")).order_by()
    sums = Subquery(earlier.values("service").annotate(sum=Sum("share")).values("sum"))
    found = Stage.objects.filter(pk__in=set(stages)).order_by().values_list("pk", sums)
    return {pk: total or Decimal(0) for pk, total in found}
