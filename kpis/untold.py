"""Sums of few unpublished values: who could be told by them what single practices had, and is not.

What a practice has unpublished names it only to its own. Added up with others it may be told to all, but not where so few
are unpublished that each could be worked out: of a CHIN of two, or of one in which the others have published theirs.
"""

from collections.abc import Iterable
from typing import Any

from cc2h.accounts.authority import Action, Scope, authority_of
from chins.models import Chin
from kpis.models import Level

FEWEST = 5  # unpublished values, below which a sum is told only to who may see each of them


def few(unpublished: int) -> bool:
    """Whether a sum of so many unpublished values would tell what each is."""
    return 0 < unpublished < FEWEST


def sees_each(user: Any, groups: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the groups (level and id) of which the person may see every practice's unpublished values; None sees all."""
    asked = set(groups)
    held = authority_of(user) if user is not None else None
    if held is None or held.everywhere(Action.VIEW_LOCAL_VALUES):
        return asked
    whole = held.commissioner_ids(Action.VIEW_LOCAL_VALUES)
    own = {(Level.CHIN.value, pk) for pk in held.own_ids(Action.VIEW_LOCAL_VALUES, Scope.CHIN)}
    if whole and (others := [pk for level, pk in asked - own if level == Level.CHIN]):
        found = Chin.objects.filter(pk__in=others, commissioner__in=whole).values_list("pk", flat=True)
        own |= {(Level.CHIN.value, pk) for pk in found}
    return asked & (own | {(Level.COMMISSIONER.value, pk) for pk in whole})


def together(hidden: int, of_all: int) -> bool:
    """Whether a group with so many hidden values, of so many in all, may be added up: neither it nor the rest has few."""
    return not few(hidden) and not few(of_all - hidden)
