"""Coverage between two days, as last read: kept in the process for as long as nothing it rests on has changed.

Whatever changes what is read here leaves coverage work to do in its own transaction (database triggers), and whoever
does that work renews the commissioner's run in the transaction that marks it done. So a run without waiting work
behind it stands for one state of the records, and what was read after asking for it is true as long as it stays.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock

from chins.coverage.changes import Decomposition, decompose
from chins.coverage.reading import Coverage, coverage_of_rows, trend
from practices.models import Commissioner

AT_MOST = 32  # readings a process keeps, of some hundred kilobytes each

# The state of what coverage of `practices_commissioner` rests on; null while work is waiting. To be read first.
STATE = """
    SELECT concat_ws(' ', r.xmin, r.ctid, r.computed_at) FROM chins_coveragerun r
    WHERE r.commissioner_id = practices_commissioner.id AND NOT EXISTS (
        SELECT FROM kit_work w
        WHERE w.kind = 'coverage' AND w.key = practices_commissioner.id::text AND w.done_at IS NULL)
"""


@dataclass(frozen=True, kw_only=True)
class Between:
    """What changed between two days, coverage on both of them, and the row of month-ends up to the later one."""

    changes: Decomposition
    coverage: Mapping[date, Coverage]
    points: Sequence[Coverage]

    def of(self, commissioner: Commissioner) -> "Between":
        """The same, with the commissioner's words as they now are."""
        return Between(
            changes=replace(self.changes, commissioner=commissioner),
            coverage={day: replace(one, commissioner=commissioner) for day, one in self.coverage.items()},
            points=[replace(one, commissioner=commissioner) for one in self.points],
        )


_kept: OrderedDict[Hashable, tuple[str, Between]] = OrderedDict()
_lock = Lock()


def coverage_between(
    commissioner: Commissioner, first: date, last: date, since: date, known: datetime | None, *, state: str | None
) -> Between:
    """From `first` to `last`, with month-ends from `since`. `state`: STATE of the commissioner, read before."""
    key = (commissioner.pk, first, last, since, known)
    if state:
        with _lock:
            kept = _kept.get(key)
            if kept and kept[0] == state:
                _kept.move_to_end(key)
                return kept[1].of(commissioner)
    changes = decompose(commissioner, first, last, known)
    rows = {first: changes.before, last: changes.after}
    read = Between(
        changes=changes,
        coverage=coverage_of_rows(commissioner, rows, known),
        points=trend(commissioner, since, last, known),
    )
    if state:
        with _lock:
            _kept[key] = (state, read)
            _kept.move_to_end(key)
            while len(_kept) > AT_MOST:
                _kept.popitem(last=False)
    return read
