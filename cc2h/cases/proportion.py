"""How long the form is: the short one up to a sum, the long one above it. The rule of the day of submission holds."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.cases.models import ProportionRule
from cc2h.cases.sections import LONG, SHORT
from cc2h.kit import words
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from practices.models import Commissioner

SHIPPED = Decimal("25000.00")  # where a commissioner has said nothing


def limit_on(commissioner_id: int, day: date) -> Decimal:
    """Up to which sum the short form is enough on the day."""
    rule = ProportionRule.objects.filter(commissioner=commissioner_id, from_day__lte=day).order_by("-from_day").first()
    return rule.limit if rule else SHIPPED


def length_for(asked: Decimal | None, limit: Decimal) -> str:
    """Which form a sum asks for; while no sum is stated, the short one."""
    return LONG if asked is not None and asked > limit else SHORT


def set_limit(
    *, by: Any, commissioner: Commissioner, limit: Decimal, from_day: date, reason: str, today: date
) -> ProportionRule:
    """Another sum from a day. What is submitted by then keeps the length it had."""
    if from_day < today:
        raise ValidationError(
            f"{words.day(from_day)} is over: what was submitted then keeps its form. Choose today or a later day.",
            code="over",
        )
    with writing(by):
        rule = ProportionRule(commissioner=commissioner, from_day=from_day, limit=limit, reason=reason, by=by)
        check(rule)
        rule.save(force_insert=True)
    return rule
