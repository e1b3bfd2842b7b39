"""Every balance worked out anew from its entries, by one statement; and what other rooms hold against the ledger."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from budget.kinds import SUMS, stated_in_sql, sum_in_sql

_SUMS = ", ".join(f"{sum_in_sql(name)} AS {name}" for name in SUMS if name != "allocated")
_BALANCES = f"""
    WITH entered AS (
        SELECT line_id, year, chin_id, CASE WHEN {stated_in_sql()} THEN {sum_in_sql("allocated")} END AS allocated, {_SUMS}
        FROM budget_entry GROUP BY line_id, year, chin_id
    )
    SELECT l.slug, coalesce(b.year, e.year), coalesce(c.slug, ''),
           ARRAY[b.allocated, b.earmarked, b.committed, b.paid], ARRAY[e.allocated, e.earmarked, e.committed, e.paid],
           b.overcommitted, coalesce(e.allocated < e.earmarked + e.committed, false)
    FROM budget_balance b
    FULL JOIN entered e ON e.line_id = b.line_id AND e.year = b.year AND e.chin_id IS NOT DISTINCT FROM b.chin_id
    JOIN budget_line l ON l.id = coalesce(b.line_id, e.line_id)
    LEFT JOIN chins_chin c ON c.id = coalesce(b.chin_id, e.chin_id)
    WHERE (b.allocated, b.earmarked, b.committed, b.paid) IS DISTINCT FROM (e.allocated, e.earmarked, e.committed, e.paid)
        OR b.overcommitted IS DISTINCT FROM coalesce(e.allocated < e.earmarked + e.committed, false)
    ORDER BY 1, 2, 3
"""  # noqa: S608 - the sums are constants of ours


@dataclass(frozen=True, slots=True)
class Difference:
    """A balance that is not what its entries come to: each of SUMS as the balance has it, and by the entries.

    marked: whether it is marked as overcommitted; over: whether its entries promise more than they give.
    """

    line: str
    year: int
    chin: str
    balance: tuple[Decimal | None, ...]
    entries: tuple[Decimal | None, ...]
    marked: bool | None = False
    over: bool = False


def differences() -> list[Difference]:
    """All of them; none in a ledger that is right."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES)
        return [
            Difference(line, year, chin, tuple(balance), tuple(entries), marked, over)
            for line, year, chin, balance, entries, marked, over in cursor.fetchall()
        ]


Check = Callable[[], Iterable[str]]
_checks: list[Check] = []


def check_with(check: Check) -> Check:
    """Register what says, a sentence each, where a room's own sums are not what the ledger has."""
    _checks.append(check)
    return check


def contradictions() -> list[str]:
    """Everything that every room finds; none where all agree."""
    return [said for check in _checks for said in check()]
