"""Reading cases: ideas and drafts are seen by their CHIN and who shapes them, what was submitted by the commissioner's."""

from typing import Any, Self

from django.apps import apps
from django.db.models import (
    DateField,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.cases.states import BACK, SUBMITTED
from cc2h.kit.asat import AsAt
from cc2h.kit.sql import Days


def seen_by(user: Any, prefix: str = "") -> Q:
    """Cases this person may see: those that were ever submitted, of the commissioner’s; ideas and drafts of those that
    they write or shape. prefix: the way to the case.
    """
    held = authority_of(user)

    def of(action: Action) -> Q:
        if held.everywhere(action):
            return Q()
        if not held.may(action):
            return Q(pk__in=[])
        return Q(**{f"{prefix}commissioner__in": held.commissioner_ids(action)}) | Q(
            **{f"{prefix}chin__in": held.own_ids(action, Scope.CHIN)}
        )

    submitted = Q(**{f"{prefix}state__in": SUBMITTED})
    was_before = Exists(apps.get_model("cases", "Submission").objects.filter(case=OuterRef(f"{prefix}pk")))
    submitted |= Q(**{f"{prefix}state__in": BACK}) & Q(was_before)
    return (of(Action.VIEW_CASE) & submitted) | of(Action.VIEW_DRAFT_CASE)


class CaseQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user))

    def as_at(self, asat: AsAt) -> Self:
        """Those put forward by the day. Annotates state_on, since_on, days (in that state) and asked_on.

        On another day the state is what its steps had come to, and the sum what its costs said.
        """
        if asat.is_today:
            found = self.annotate(state_on=F("state"), since_on=F("since"), asked_on=F("asked"))
        else:
            steps = self._steps(asat)
            moves = steps.exclude(before=F("after"))
            known: dict[str, Any] = {} if asat.known_at is None else {"at__lt": asat.known_at}
            saved = self.model._meta.get_field("saved").related_model.objects
            costs = saved.filter(case=OuterRef("pk"), section="costs", day__lte=asat.day, **known).order_by("-number")
            text = costs.annotate(said=KeyTextTransform("asked", "answers")).values("said")[:1]
            found = self.annotate(
                state_on=Subquery(steps.values("after")[:1]),
                since_on=Subquery(moves.values("day")[:1]),
                asked_on=Cast(Subquery(text), DecimalField(max_digits=14, decimal_places=2)),
            ).filter(state_on__isnull=False)
        return found.annotate(days=Days(Cast(Value(asat.day), DateField()), F("since_on")))

    def _steps(self, asat: AsAt) -> Any:
        steps = self.model._meta.get_field("steps").related_model.objects
        found = steps.filter(case=OuterRef("pk"), day__lte=asat.day).order_by("-pk")
        return found if asat.known_at is None else found.filter(at__lt=asat.known_at)


class OfCase(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(seen_by(user, "case__"))
