"""Reading what the board is told."""

import json
from datetime import date, datetime
from typing import Any, Self

from django.db.models import JSONField, Q, QuerySet
from django.db.models.expressions import RawSQL

from cc2h.accounts.authority import Action, authority_of
from cc2h.kit.dated import DatedQuerySet
from practices.models import Commissioner

OF_MONEY = ("budget", "budget_local", "budget_recurrent", "budget_line", "money")  # of models.Measure
_SETTLED = """
    SELECT jsonb_build_object('pk', x.id, 'choice', x.choice, 'reason', x.reason, 'by', u.name, 'at', x.settled_at)
    FROM board_settlement x JOIN accounts_user u ON u.id = x.settled_by_id
    WHERE x.statement_id = board_statement.id AND {open_then}
"""


class BoardDayQuerySet(DatedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Board days of the commissioners whose register the person may see."""
        return self.filter(commissioner__in=Commissioner.objects.visible_to(user))


class StatementQuerySet(QuerySet["Statement"]):  # type: ignore[name-defined]
    def visible_to(self, user: Any) -> Self:
        """Statements about the commissioners whose register the person may see; of money, whose budget."""
        held = authority_of(user)
        budget = Q(commissioner__in=held.commissioner_ids(Action.VIEW_BUDGET))
        shown = self if held.everywhere(Action.VIEW_BUDGET) else self.filter(~Q(measure__in=OF_MONEY) | budget)
        if held.everywhere(Action.VIEW_REGISTER):
            return shown
        return shown.filter(commissioner__in=held.commissioner_ids(Action.VIEW_REGISTER))

    def with_settlements(self, known: datetime | None = None) -> Self:
        """Annotates `settled`: the settlement open now (or at the moment `known`) as a mapping, or None."""
        return self.annotate(settled=RawSQL(*_settled(known), JSONField()))  # noqa: S611 - code of this file

    def between(self, commissioner: Any, first: date, last: date, known: datetime | None = None) -> list[Any]:
        """What papers state about a commissioner on the days from `first` to `last`, `with_settlements`."""
        settled, parameters = _settled(known)
        # SQL by hand: Django takes longer to put it together than PostgreSQL to answer
        statement = f"""
            SELECT board_statement.*, ({settled}) AS settled FROM board_statement
            WHERE commissioner_id = %s AND as_at BETWEEN %s AND %s
        """  # noqa: S608 - code of this file
        found: list[Any] = list(self.raw(statement, [*parameters, commissioner.pk, first, last]))
        for one in found:
            one.settled = one.settled and json.loads(one.settled)
        return found


def _settled(known: datetime | None) -> tuple[str, list[datetime]]:
    """The SQL of the settlement open now, or at the moment `known`, with its parameters."""
    if known is None:
        return _SETTLED.format(open_then="x.reopened_at IS NULL"), []
    open_then = "x.settled_at < %s AND (x.reopened_at IS NULL OR x.reopened_at >= %s)"
    return _SETTLED.format(open_then=open_then), [known, known]
