"""Coverage by the definition, in plain Python over the raw rows: slow, and simple enough to be believed."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from chins.models import Chin, ChinState, Membership
from practices.models import Commissioner, ListSize, PracticeStanding, Succession

COUNTED = ("operational", "approved", "proposed")
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass
class Totals:
    practices: int = 0
    patients: int = 0
    covered_practices: int = 0
    covered_patients: int = 0
    by_status: dict[str, tuple[int, int]] = field(default_factory=lambda: dict.fromkeys(COUNTED, (0, 0)))
    carried_forward: int = 0
    without_list: int = 0
    extract_day: date | None = None


class Records:
    """Every raw row of the database, read once; so what one practice or CHIN was on a day is looked for once."""

    def __init__(self) -> None:
        for asked in ("active_in", "status_of", "newest_list", "_newest_extract"):
            setattr(self, asked, cache(getattr(self, asked)))
        self.standings = list(PracticeStanding.objects.all())
        self.memberships = list(Membership.objects.all())
        self.states = list(ChinState.objects.all())
        self.successions = list(Succession.objects.all())
        self.sizes = list(ListSize.objects.all())
        self.chins = {chin.pk: chin for chin in Chin.objects.all()}

    @staticmethod
    def _held(version: Any, known: datetime | None) -> bool:
        if known is None:
            return version.held.upper is None
        return version.held.lower < known <= (version.held.upper or FOREVER)

    def _true(self, versions: list[Any], day: date, known: datetime | None, **facts: Any) -> Any:
        found = [
            v
            for v in versions
            if self._held(v, known)
            and v.period.lower <= day
            and (v.period.upper is None or day < v.period.upper)
            and all(getattr(v, name) == value for name, value in facts.items())
        ]
        assert len(found) <= 1, "one truth a day"
        return found[0] if found else None

    def active_in(self, practice: int, day: date, known: datetime | None) -> int | None:
        """The commissioner for which the practice is active on the day."""
        standing = self._true(self.standings, day, known, practice_id=practice)
        return standing.commissioner_id if standing and standing.status == "active" else None

    def active(self, commissioner: int, day: date, known: datetime | None) -> list[int]:
        practices = {s.practice_id for s in self.standings}
        return sorted(p for p in practices if self.active_in(p, day, known) == commissioner)

    def chin_of(self, practice: int, day: date, known: datetime | None) -> tuple[int, str] | None:
        """The CHIN it counts in on the day, and the state of that."""
        membership = self._true(self.memberships, day, known, practice_id=practice)
        status = membership and self.status_of(membership.chin_id, day, known)
        return (membership.chin_id, status) if status else None

    def status_of(self, chin: int, day: date, known: datetime | None) -> str | None:
        state = self._true(self.states, day, known, chin_id=chin)
        return state.status if state and state.status in COUNTED else None

    def newest_list(self, practice: int, day: date, known: datetime | None) -> tuple[date, int] | None:
        sizes = [
            (size.day, size.patients)
            for size in self.sizes
            if size.practice_id == practice
            and size.day <= day
            and (
                size.superseded_at is None
                if known is None
                else size.recorded_at < known <= (size.superseded_at or FOREVER)
            )
        ]
        return max(sizes) if sizes else None

    def coverage(self, commissioner: int, day: date, known: datetime | None = None) -> Totals:
        """The commissioner's coverage on the day."""
        practices = self.active(commissioner, day, known)
        totals = self._totals(practices, day, known)
        lists = [found[0] for p in practices if (found := self.newest_list(p, day, known))]
        totals.extract_day = max(lists, default=None)
        return totals

    def chins_of(self, commissioner: int, day: date, known: datetime | None = None) -> dict[int, tuple[str, Totals]]:
        """The commissioner's CHINs that count on the day, each with its state and own population."""
        found = {}
        for pk, chin in self.chins.items():
            status = self.status_of(pk, day, known)
            if chin.commissioner_id == commissioner and status:
                members = {m.practice_id for m in self.memberships if m.chin_id == pk}
                practices = [
                    p
                    for p in members
                    if self.active_in(p, day, known) is not None and self.chin_of(p, day, known) == (pk, status)
                ]
                found[pk] = (status, self._totals(practices, day, known))
        return found

    def _newest_extract(self, commissioner: int, day: date, known: datetime | None) -> date | None:
        lists = (self.newest_list(p, day, known) for p in self.active(commissioner, day, known))
        return max((found[0] for found in lists if found), default=None)

    def _totals(self, practices: list[int], day: date, known: datetime | None) -> Totals:
        totals = Totals()
        for practice in practices:
            of = self.active_in(practice, day, known)
            assert of is not None
            newest = self.newest_list(practice, day, known)
            patients = newest[1] if newest else 0
            totals.practices += 1
            totals.patients += patients
            if newest is None:
                totals.without_list += 1
            elif newest[0] < (self._newest_extract(of, day, known) or newest[0]):
                totals.carried_forward += 1
            place = self.chin_of(practice, day, known)
            if place:
                totals.covered_practices += 1
                totals.covered_patients += patients
                n, p = totals.by_status[place[1]]
                totals.by_status[place[1]] = (n + 1, p + patients)
        return totals

    def succeeded(self, kind: str, first: date, last: date, known: datetime | None) -> list[tuple[int, int]]:
        """(predecessor, successor) of the mergers or splits after `first`, by `last`."""
        return [
            (s.predecessor_id, s.successor_id)
            for s in self.successions
            if s.kind == kind and self._held(s, known) and first < s.period.lower <= last
        ]

    def reasons(self, commissioner: int, first: date, last: date, known: datetime | None = None) -> dict[str, Any]:
        """(practices, patients) of the change of coverage by reason, each practice judged alone."""
        mergers, splits = (self.succeeded(kind, first, last, known) for kind in ("merger", "split"))
        sums = {"covered": {}, "total": {}}  # type: dict[str, dict[str, tuple[int, int]]]
        for practice in {s.practice_id for s in self.standings}:
            here = [self.active_in(practice, day, known) for day in (first, last)]
            in_chin = [self.chin_of(practice, day, known) is not None for day in (first, last)]
            sizes = [(self.newest_list(practice, day, known) or (None, 0))[1] for day in (first, last)]
            total = [of == commissioner for of in here]
            for measure, counts in (
                ("total", total),
                ("covered", [t and c for t, c in zip(total, in_chin, strict=True)]),
            ):
                if not any(counts):
                    continue
                if all(counts):
                    gone_on = "split" if any(p == practice for p, _ in splits) else "drift"
                    reason = "merged" if any(s == practice for _, s in mergers) else gone_on
                elif counts[1] and not total[0] and any(s == practice for _, s in splits):
                    reason = "split"
                elif counts[1]:
                    reason = "joined" if total[0] else "opened" if here[0] is None else "came"
                elif total[1]:
                    reason = "left"
                elif any(p == practice for p, _ in mergers):
                    reason = "merged"
                elif any(p == practice for p, _ in splits):
                    reason = "split"
                else:
                    reason = "closed" if here[1] is None else "went"
                n, p = sums[measure].get(reason, (0, 0))
                change = (counts[1] - counts[0], sizes[1] * counts[1] - sizes[0] * counts[0])
                sums[measure][reason] = (n + change[0], p + change[1])
        return {measure: {k: v for k, v in found.items() if v != (0, 0)} for measure, found in sums.items()}


def commissioners() -> list[Commissioner]:
    return list(Commissioner.objects.order_by("pk"))
