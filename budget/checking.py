"""Every balance worked out anew from its entries, by one statement."""

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
           ARRAY[b.allocated, b.earmarked, b.committed, b.paid], ARRAY[e.allocated, e.earmarked, e.committed, e.paid]
    FROM budget_balance b
    FULL JOIN entered e ON e.line_id = b.line_id AND e.year = b.year AND e.chin_id IS NOT DISTINCT FROM b.chin_id
    JOIN budget_line l ON l.id = coalesce(b.line_id, e.line_id)
    LEFT JOIN chins_chin c ON c.id = coalesce(b.chin_id, e.chin_id)
    WHERE (b.allocated, b.earmarked, b.committed, b.paid) IS DISTINCT FROM (e.allocated, e.earmarked, e.committed, e.paid)
    ORDER BY 1, 2, 3
"""  # noqa: S608 - the sums are constants of ours


@dataclass(frozen=True, slots=True)
class Difference:
    """A balance that is not what its entries come to: each of SUMS as the balance has it, and by the entries."""

    line: str
    year: int
    chin: str
    balance: tuple[Decimal | None, ...]
    entries: tuple[Decimal | None, ...]


def differences() -> list[Difference]:
    """All of them; none in a ledger that is right."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES)
        return [
            Difference(line, year, chin, tuple(balance), tuple(entries))
            for line, year, chin, balance, entries in cursor.fetchall()
        ]
