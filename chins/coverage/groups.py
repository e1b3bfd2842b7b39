"""A commissioner's practices by the CHIN they are in: the rows behind its coverage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chins.coverage.reading import PracticeRow, practice_rows, query_rows
from chins.coverage.sql import held
from practices.models import Commissioner

NOT_IN_A_CHIN = "Not in a CHIN"
NO_BOROUGH = "none"  # the practices whose borough is not known


@dataclass(frozen=True, kw_only=True)
class Group:
    """The commissioner's active practices in one CHIN, or in none (slug and status empty).

    commissioner: ODS code of the CHIN's commissioner, whose own coverage counts only its own practices.
    """

    group: str
    slug: str
    status: str
    commissioner: str
    rows: Sequence[PracticeRow]

    @property
    def practices(self) -> int:
        return len(self.rows)

    @property
    def patients(self) -> int:
        return sum(row.patients for row in self.rows)

    @property
    def carried_forward(self) -> int:
        return sum(row.carried_forward for row in self.rows)

    @property
    def without_list(self) -> int:
        return sum(row.list_day is None for row in self.rows)


# Its own CHINs, and those of others that its practices are in.
_CHINS = """
    SELECT c.id, c.slug, c.name, t.status, o.ods_code
    FROM chins_chin c
    JOIN practices_commissioner o ON o.id = c.commissioner_id
    JOIN chins_chinstate t ON t.chin_id = c.id AND {held_t} AND t.period @> %(day)s::date
        AND t.status IN ('operational', 'approved', 'proposed')
    WHERE c.commissioner_id = %(commissioner)s OR c.id = ANY(%(chins)s)
    ORDER BY c.commissioner_id <> %(commissioner)s, c.name, c.id
"""


def groups(commissioner: Commissioner, day: date, known: datetime | None = None, borough: str = "") -> list[Group]:
    """One group for each CHIN that counts on the day, by name, then the practices in none; always live.

    borough: only its practices (NO_BOROUGH: those of none that is known), and the CHINs they are in.
    """
    members: dict[int | None, list[PracticeRow]] = {}
    for row in practice_rows(commissioner, day, known):
        if not borough or borough == (row.borough or NO_BOROUGH):
            members.setdefault(row.chin_id, []).append(row)
    parameters = {"commissioner": commissioner.pk, "day": day, "known": known, "chins": [i for i in members if i]}
    found = [
        Group(
            group=chin["name"],
            slug=chin["slug"],
            status=chin["status"],
            commissioner=chin["ods_code"],
            rows=members.get(chin["id"], []),
        )
        for chin in query_rows(_CHINS.format(held_t=held("t", known)), parameters)
        if not borough or chin["id"] in members
    ]
    out = Group(group=NOT_IN_A_CHIN, slug="", status="", commissioner="", rows=members.get(None, []))
    return [*found, out]
