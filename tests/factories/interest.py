from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from chins.interest.models import Criterion, Expression, Score
from chins.interest.route import ROUTE, ExpressionState
from tests.factories.accounts import UserFactory
from tests.factories.chins import ChinFactory
from tests.factories.dated import DatedFactory
from tests.factories.practices import CommissionerFactory, PracticeFactory

RECEIVED = date(2018, 9, 3)


class CriterionFactory(DatedFactory):
    class Meta:
        model = Criterion

    commissioner = factory.SubFactory(CommissionerFactory)
    name = factory.Sequence(lambda n: f"Criterion {n}")
    looks_for = "Something good"
    maximum = 5
    weight = Decimal(10)


class ExpressionFactory(DjangoModelFactory):
    """An expression of an active practice (or of `practices`) that has gone to `state`, received on 3 September 2018.

    chin: the CHIN born from it, made when not given and the state asks for one.
    """

    class Meta:
        model = Expression

    commissioner = factory.SubFactory(CommissionerFactory)
    title = factory.Sequence(lambda n: f"Expression {n}")
    lead_name = "A clinical lead to be"
    received = RECEIVED
    proposal = "Care nearer to where people live."

    @classmethod
    def _create(
        cls,
        model_class: type[Expression],
        *args: Any,
        state: str = ExpressionState.RECEIVED,
        practices: Iterable[Any] | None = None,
        chin: Any = None,
        reason: str = "As the scores say",
        **kwargs: Any,
    ) -> Expression:
        one: Expression = super()._create(model_class, *args, **kwargs)
        one.practices.set([PracticeFactory(commissioner=one.commissioner)] if practices is None else practices)
        if state == ExpressionState.RECEIVED:
            return one
        if ExpressionState(state) in ROUTE[ExpressionState.EVALUATING] or state == ExpressionState.EVALUATING:
            one.state, one.evaluating_from = ExpressionState.EVALUATING, one.received + timedelta(days=28)
            one.began_at = datetime.now(UTC)
            one.save()
        if state != ExpressionState.EVALUATING:
            one.state, one.decided, one.decided_by = (
                ExpressionState(state),
                one.received + timedelta(days=63),
                UserFactory(),
            )
            one.reason = reason
            if state == ExpressionState.APPROVED:
                one.chin = chin or ChinFactory(commissioner=one.commissioner, first=one.received, status="approved")
            one.save()
        return one


class ScoreFactory(DjangoModelFactory):
    """For a criterion of the commissioner of an expression that is under evaluation."""

    class Meta:
        model = Score

    expression = factory.SubFactory(ExpressionFactory, state=ExpressionState.EVALUATING)
    criterion = factory.SubFactory(CriterionFactory, commissioner=factory.SelfAttribute("..expression.commissioner"))
    evaluator = factory.SubFactory(UserFactory)
    score = 3
