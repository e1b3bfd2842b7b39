"""Sums of few unpublished values: who could be told by them what single practices had, and is not.

What a practice has unpublished names it only to its own. Added up with others it may be told to all, but not where so few
are unpublished that each could be worked out: of a CHIN of two, or of one in which the others have published theirs; nor
where it counts so few people that they could be known (`kpis.small_numbers`). What is told together with it must not give
it away: where a commissioner's sum less those of its CHINs would, one more CHIN's is not told, or the commissioner's.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Self

from django.db.models import OuterRef, Q, Subquery

from cc2h.accounts.authority import Action, Scope, authority_of
from chins.models import Chin
from kpis.models import Definition, Level, RollUp
from kpis.small_numbers import small
from practices.models import Commissioner

FEWEST = 5  # unpublished values, below which a sum is told only to who may see each of them
Group = tuple[str, int]  # level and id
Sum = tuple[int, str, int, date]  # a measure's of a group, of the period that ends then


def few(unpublished: int) -> bool:
    """Whether a sum of so many unpublished values would tell what each is."""
    return 0 < unpublished < FEWEST


def together(hidden: int, of_all: int) -> bool:
    """Whether a group with so many hidden values, of so many in all, may be added up: neither it nor the rest has few."""
    return not few(hidden) and not few(of_all - hidden)


def sees_each(user: Any, groups: Iterable[Group]) -> set[Group]:
    """Those of the groups of which the person may see every practice's unpublished values; None sees all."""
    asked = set(groups)
    if not asked or _sees_all(user):
        return asked
    whole = authority_of(user).commissioner_ids(Action.VIEW_LOCAL_VALUES)
    chins = {pk for level, pk in asked if level == Level.CHIN}
    of = Chin.objects.filter(pk__in=chins, commissioner__in=whole) if whole else Chin.objects.none()
    return asked & _seen(user, dict(of.values_list("pk", "commissioner")))


def _sees_all(user: Any) -> bool:
    return user is None or authority_of(user).everywhere(Action.VIEW_LOCAL_VALUES)


def _seen(user: Any, commissioners: Mapping[int, int]) -> set[Group]:
    """commissioners: by CHIN."""
    held = authority_of(user)
    whole = held.commissioner_ids(Action.VIEW_LOCAL_VALUES)
    own = set(held.own_ids(Action.VIEW_LOCAL_VALUES, Scope.CHIN))
    own |= {chin for chin, commissioner in commissioners.items() if commissioner in whole}
    return {(Level.CHIN.value, pk) for pk in own} | {(Level.COMMISSIONER.value, pk) for pk in whole}


# Sums beside each other -----------------------------------------------------------------------------------


def key_of(row: RollUp) -> Sum:
    return row.measure_id, row.level, row.group, row.ends


def withheld(user: Any, rows: Iterable[RollUp]) -> set[Sum]:
    """Those of the sums that the person is not told. Two statements where some have unpublished values, else none."""
    return withheld_of(user, {key_of(row): row.unpublished for row in rows})


def withheld_of(user: Any, asked: Mapping[Sum, int]) -> set[Sum]:
    """The same of sums by how many of their values are unpublished."""
    open_to_doubt = {one for one, unpublished in asked.items() if unpublished}
    if not open_to_doubt or _sees_all(user):
        return set()
    commissioner_of, inside = _family()
    seen = _seen(user, commissioner_of)
    found: set[Sum] = set()
    rows = _beside(open_to_doubt, commissioner_of, inside | set(commissioner_of.values()))
    for (measure, ends), sums in groupby(rows, key=lambda row: (row["measure_id"], row["ends"])):
        of_groups = {(row["level"], row["group"]): _Counted.of(row) for row in sums}
        found |= {(measure, *group, ends) for group in _not_told(of_groups, seen, commissioner_of, inside)}
    return found & open_to_doubt


def depends_on(user: Any) -> Any:
    """All that decides which sums somebody is told, besides the sums: by what it is, pages made for them may be kept."""
    if _sees_all(user):
        return None
    commissioner_of, inside = _family()
    return sorted(_seen(user, commissioner_of)), sorted(commissioner_of.items()), sorted(inside)


def _family() -> tuple[dict[int, int], set[int]]:
    """The commissioner of each CHIN, and the commissioners of the programme."""
    rows = list(Commissioner.objects.order_by("pk").values_list("pk", "in_programme", "chins"))
    return {chin: pk for pk, _, chin in rows if chin is not None}, {pk for pk, inside, _ in rows if inside}


def _beside(asked: Iterable[Sum], chins: Iterable[int], commissioners: Iterable[int]) -> Iterable[dict[str, Any]]:
    """All that is added up of the same periods, with the rule of small numbers of the measure's newest definition."""
    measures, ends = {one[0] for one in asked}, {one[3] for one in asked}
    newest = Definition.objects.held().filter(measure=OuterRef("measure")).order_by("-period")
    groups = Q(level=Level.CHIN, group__in=list(chins)) | Q(level=Level.COMMISSIONER, group__in=commissioners)
    found = RollUp.objects.filter(groups | Q(level=Level.PROGRAMME, group=0), measure__in=measures, ends__in=ends)
    return found.order_by("measure_id", "ends").values(
        *("measure_id", "ends", "level", "group", "numerator", "denominator", "unpublished"),
        kind=Subquery(newest.values("kind")[:1]),
        limit=Subquery(newest.values("suppress_below")[:1]),
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a sum rests on."""

    unpublished: int
    numerator: Decimal
    denominator: Decimal | None
    kind: str
    limit: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        return cls(row["unpublished"], row["numerator"] or Decimal(), row["denominator"], row["kind"], row["limit"])

    @property
    def tells(self) -> bool:
        """Whether it would tell what single practices, or people, had."""
        too_small = small(self.kind, self.limit, self.numerator, self.denominator)
        return self.unpublished > 0 and (few(self.unpublished) or too_small)

    def without(self, others: Iterable["_Counted"]) -> "_Counted":
        """What is left of it for whoever knows the others."""
        known = list(others)
        denominator = self.denominator
        if denominator is not None:
            denominator -= sum(one.denominator or Decimal() for one in known)
        numerator = self.numerator - sum(one.numerator for one in known)
        unpublished = self.unpublished - sum(one.unpublished for one in known)
        return replace(self, unpublished=unpublished, numerator=numerator, denominator=denominator)


def _not_told(
    sums: Mapping[Group, _Counted], seen: Collection[Group], commissioner_of: Mapping[int, int], inside: Collection[int]
) -> set[Group]:
    """Of one period's sums: those that tell too much, and those that would give one of them away."""
    hidden = {group for group, one in sums.items() if group not in seen and one.tells}
    chins: dict[int, list[Group]] = {}
    for group in sums:
        if group[0] == Level.CHIN:
            chins.setdefault(commissioner_of[group[1]], []).append(group)

    def rest_of(group: Group) -> _Counted:
        """What a commissioner's CHINs that are told leave of it."""
        return sums[group].without(sums[chin] for chin in chins.get(group[1], ()) if chin not in hidden)

    def hide_one(of: Iterable[tuple[_Counted, Group]], whole: Group) -> None:
        """The one with the fewest unpublished values; where all are known, the whole."""
        could = [(one.unpublished, group) for one, group in of if one.unpublished and group not in hidden | set(seen)]
        hidden.add(min(could)[1] if could else whole)

    commissioners = [group for group in sums if group[0] == Level.COMMISSIONER]
    for group in commissioners:
        if group not in hidden and group not in seen and rest_of(group).tells:
            hide_one([(sums[chin], chin) for chin in chins.get(group[1], ())], group)
    programme = (Level.PROGRAMME.value, 0)
    if programme in sums and programme not in hidden:
        theirs = [group for group in commissioners if group[1] in inside]
        known = [sums[group] for group in theirs if group not in hidden]
        known += [
            sums[chin] for group in theirs if group in hidden for chin in chins.get(group[1], ()) if chin not in hidden
        ]
        if sums[programme].without(known).tells:
            hide_one([(rest_of(group), group) for group in theirs], programme)
    return hidden
