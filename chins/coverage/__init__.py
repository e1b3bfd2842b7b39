"""Population coverage: on any day, as a row of month-ends, kept as snapshots, and how it changed and will change.

Coverage on a day is the registered patients of a commissioner's active practices that are in an operational,
approved or proposed CHIN, of those of all its active practices, each list being its newest dated not later than
the day; and the same with practices counted.
"""

from chins.coverage.changes import (
    ChangePart,
    ChinChange,
    Decomposition,
    Kind,
    PracticeChange,
    chin_changes,
    decompose,
)
from chins.coverage.groups import NO_BOROUGH, Group, groups
from chins.coverage.kept import coverage_between
from chins.coverage.projection import Projection, StillOut, projection
from chins.coverage.reading import (
    ChinCoverage,
    Coverage,
    PracticeRow,
    coverage_of_rows,
    coverage_on,
    live_coverage,
    practice_rows,
    practice_rows_on,
    trend,
)
from chins.coverage.snapshots import WORK, Difference, check, recompute

__all__ = [
    "NO_BOROUGH",
    "WORK",
    "ChangePart",
    "ChinChange",
    "ChinCoverage",
    "Coverage",
    "Decomposition",
    "Difference",
    "Group",
    "Kind",
    "PracticeChange",
    "PracticeRow",
    "Projection",
    "StillOut",
    "check",
    "chin_changes",
    "coverage_between",
    "coverage_of_rows",
    "coverage_on",
    "decompose",
    "groups",
    "live_coverage",
    "practice_rows",
    "practice_rows_on",
    "projection",
    "recompute",
    "trend",
]
