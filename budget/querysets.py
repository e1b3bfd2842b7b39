"""Reading lines, entries and balances."""

from typing import Any, Self

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, QuerySet, When

from budget.kinds import EFFECTS, SUMS
from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.days import end_of_day


def _commissioners(user: Any, action: Action) -> Q:
    held = authority_of(user)
    return Q() if held.everywhere(action) else Q(commissioner__in=held.commissioner_ids(action))


def _effect(**signs: int) -> Case:
    """What an entry adds to or takes off those of SUMS together, each with its sign; nothing where it bears on none."""
    bears = {kind: sum(sign * getattr(effect, of) for of, sign in signs.items()) for kind, effect in EFFECTS.items()}
    return Case(
        When(kind__in=[kind for kind, sign in bears.items() if sign > 0], then=F("amount")),
        When(kind__in=[kind for kind, sign in bears.items() if sign < 0], then=-F("amount")),
        default=None,
        output_field=DecimalField(max_digits=14, decimal_places=2),
    )


class SourceQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Sources of the commissioners whose budget this person may see."""
        return self.filter(_commissioners(user, Action.VIEW_BUDGET))


class LineQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Lines of the commissioners whose budget this person may see."""
        return self.filter(_commissioners(user, Action.VIEW_BUDGET))

    def running(self, year: int) -> Self:
        """Lines that run in the financial year, or on which something is entered for it."""
        runs = Q(first_year__lte=year) & (Q(last_year=None) | Q(last_year__gte=year))
        return self.filter(runs | Q(balances__year=year)).distinct()


class RequestQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Requests on lines of the commissioners whose budget this person may see."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_BUDGET):
            return self
        return self.filter(line__commissioner__in=held.commissioner_ids(Action.VIEW_BUDGET))


def _lines_or_chins(user: Any) -> Q:
    """On lines whose budget this person may see, or delegated to their CHINs."""
    held = authority_of(user)
    if held.everywhere(Action.VIEW_BUDGET):
        return Q()
    return Q(line__commissioner__in=held.commissioner_ids(Action.VIEW_BUDGET)) | Q(
        chin__in=held.own_ids(Action.VIEW_BUDGET, Scope.CHIN)
    )


class BalanceQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Balances of lines whose budget this person may see, and what is delegated to their CHINs."""
        return self.filter(_lines_or_chins(user))

    def delegated_to(self, user: Any) -> Self:
        """What is delegated to CHINs of which this person holds a post that may see it."""
        return self.filter(chin__in=authority_of(user).own_ids(Action.VIEW_BUDGET, Scope.CHIN))


class PeriodQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Months of the commissioners whose budget this person may see."""
        return self.filter(_commissioners(user, Action.VIEW_BUDGET))

    def closed(self, asat: AsAt | None = None) -> Self:
        """Those that are closed, as the page's day has it."""
        if asat is None or (asat.known is None and asat.day >= asat.today):
            return self.filter(reopened_at=None)
        then = end_of_day(min(asat.day, asat.known or asat.day))
        return self.filter(Q(reopened_at=None) | Q(reopened_at__gte=then), closed_at__lt=then)


class EntryQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Entries of lines whose budget this person may see, and those delegated to their CHINs."""
        return self.filter(_lines_or_chins(user))

    def by(self, asat: AsAt) -> Self:
        """Entries of the page's day or before, as far as they had been recorded by the day it is known on."""
        entries = self if asat.day >= asat.today else self.filter(day__lte=asat.day)
        return entries if asat.known_at is None else entries.filter(recorded_at__lt=asat.known_at)

    def allocating(self) -> Self:
        """Entries that bear on an allocation."""
        return self.filter(kind__in=[kind for kind, effect in EFFECTS.items() if effect.allocated])

    def with_effects(self, user: Any) -> Self:
        """Each with what it adds to or takes off each of the sums, and what is left; and whose it is, in few queries.

        signed: the amount with the sign it bears. line_seen: whether this person may see the line's page.
        """
        from budget.models import Line

        of_each = {of: _effect(**{of: 1}) for of in SUMS}
        return self.select_related("line", "chin", "by", "agreed_by").annotate(
            **of_each,
            left=_effect(allocated=1, earmarked=-1, committed=-1),
            signed=_effect(**dict.fromkeys(SUMS, 1)),
            line_seen=Exists(Line.objects.visible_to(user).filter(pk=OuterRef("line"))),
        )


class RefusalQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """What was refused to the commissioners whose claims this person may see whole."""
        return self.filter(_commissioners(user, Action.VIEW_CLAIM))
