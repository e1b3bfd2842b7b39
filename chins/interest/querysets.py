"""Reading expressions of interest and their scores."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.days import end_of_day
from chins.interest.route import ExpressionState
from practices.models import Practice

if TYPE_CHECKING:
    from chins.interest.models import Expression, Score  # noqa: F401 - what the querysets are of


def _before_approval(user: Any) -> Q:
    held, view = authority_of(user), Action.VIEW_EXPRESSION
    return (
        Q(commissioner__in=held.commissioner_ids(view))
        | Q(post__practice__in=held.own_ids(view, Scope.PRACTICE))
        | Q(post__federation__in=held.own_ids(view, Scope.FEDERATION))
    )


class ExpressionQuerySet(QuerySet["Expression"]):
    def visible_to(self, user: Any) -> Self:
        """What those who evaluate may see, what one’s own post sent in, and what has been approved."""
        held = authority_of(user)
        approved = Q(state=ExpressionState.APPROVED)
        if not held.everywhere(Action.VIEW_REGISTER):
            approved &= Q(commissioner__in=held.commissioner_ids(Action.VIEW_REGISTER))
        return self.filter(approved | _before_approval(user))

    def evaluated_with(self, user: Any) -> Self:
        """Those whose evaluation this person may follow, approved or not: evaluators, and whose post sent it in."""
        return self.filter(_before_approval(user))

    def on_day(self, day: date) -> Self:
        """Those received by the day. Annotates status and since: the state on the day, and the day it began."""
        return self.filter(received__lte=day).annotate(
            status=Case(
                When(decided__lte=day, then=F("state")),
                When(evaluating_from__lte=day, then=Value(ExpressionState.EVALUATING.value)),
                default=Value(ExpressionState.RECEIVED.value),
                output_field=CharField(),
            ),
            since=Case(
                When(decided__lte=day, then=F("decided")),
                When(evaluating_from__lte=day, then=F("evaluating_from")),
                default=F("received"),
                output_field=DateField(),
            ),
        )

    def with_size(self, day: date, known: datetime | None = None) -> Self:
        """Annotates named (its practices) and patients (on their lists of the day; of those that have one)."""
        lists = (
            Practice.objects.with_list_size(day, known)
            .filter(expressions=OuterRef("pk"))
            .order_by()
            .values("expressions")
        )
        through: Any = self.model._meta.get_field("practices").remote_field.through  # type: ignore[union-attr]
        through = through.objects.filter(expression=OuterRef("pk")).order_by().values("expression")
        return self.annotate(
            named=Coalesce(Subquery(through.annotate(n=Count("pk")).values("n")), 0),
            patients=Coalesce(Subquery(lists.annotate(n=Sum("patients", default=0)).values("n")), 0),
        )


class ScoreQuerySet(QuerySet["Score"]):
    def weighed(self) -> Self:
        """Annotates weighted (score × weight) and possible (highest score × weight)."""
        exact: DecimalField[Any, Any] = DecimalField(max_digits=8, decimal_places=2)
        weight = F("criterion__weight")
        return self.annotate(
            weighted=ExpressionWrapper(F("score") * weight, output_field=exact),
            possible=ExpressionWrapper(F("criterion__maximum") * weight, output_field=exact),
        )

    def recorded_by(self, asat: AsAt) -> Self:
        """Those given by the end of the day."""
        ends = end_of_day(asat.day)
        events = self.model.pgh_event_models["insert"].objects.filter(  # type: ignore[attr-defined]
            pgh_obj=OuterRef("pk"), pgh_label="insert", pgh_created_at__lt=min(ends, asat.known_at or ends)
        )
        return self.filter(Exists(events))

    def of_complete(self, number: int) -> Self:
        """Those of evaluators who, among these, have scored all of `number` criteria of their expression."""
        of_one = (
            self.filter(expression=OuterRef("expression"), evaluator=OuterRef("evaluator"))
            .order_by()
            .values("evaluator")
        )
        complete = of_one.annotate(n=Count("pk")).filter(n=number)
        return self.filter(Exists(complete))
