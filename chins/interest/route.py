"""The life of an expression of interest, as data: draws the page, the docs, the tests and the database guard."""

from django.db.models import TextChoices


class ExpressionState(TextChoices):
    RECEIVED = "received", "Received"
    EVALUATING = "evaluating", "Under evaluation"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


ROUTE: dict[ExpressionState, tuple[ExpressionState, ...]] = {
    ExpressionState.RECEIVED: (ExpressionState.EVALUATING, ExpressionState.WITHDRAWN),
    ExpressionState.EVALUATING: (ExpressionState.APPROVED, ExpressionState.DECLINED, ExpressionState.WITHDRAWN),
    ExpressionState.APPROVED: (),
    ExpressionState.DECLINED: (),
    ExpressionState.WITHDRAWN: (),
}
OVER = tuple(state for state, afters in ROUTE.items() if not afters)
