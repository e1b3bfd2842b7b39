"""What is owed, paid and asked back, beside the ledger: each by one statement."""

from collections.abc import Iterable

from django.db import connection

from budget.checking import check_with
from cc2h.kit import words
from cc2h.kit.days import year_name

# What is paid has one payment of its sum in the ledger, on its line, for its year, that no other entry takes off.
_PAID = """
    SELECT p.id, p.reason, p.amount, p.state, sum(e.amount)
    FROM payments_payable p
    LEFT JOIN payments_runline l ON l.payable_id = p.id AND l.payment_id IS NOT NULL
    LEFT JOIN budget_entry e ON e.id = l.payment_id AND e.kind = 'payment' AND e.line_id = p.line_id AND e.year = p.year
        AND e.chin_id IS NOT DISTINCT FROM p.chin_id
        AND NOT EXISTS (SELECT FROM budget_entry r WHERE r.reverses_id = e.id)
    GROUP BY p.id
    HAVING coalesce(sum(e.amount), 0) <> CASE WHEN p.state = 'paid' THEN p.amount ELSE 0 END
    ORDER BY p.id
"""
# What is owed, or came back and waits for a decision, is committed on its line and not yet paid.
_OWED = """
    SELECT l.name, o.year, o.owed, coalesce(b.committed - b.paid, 0)
    FROM (
        SELECT line_id, year, chin_id, sum(amount) AS owed FROM payments_payable
        WHERE state IN ('owed', 'back') GROUP BY line_id, year, chin_id
    ) o
    JOIN budget_line l ON l.id = o.line_id
    LEFT JOIN budget_balance b ON b.line_id = o.line_id AND b.year = o.year AND b.chin_id IS NOT DISTINCT FROM o.chin_id
    WHERE o.owed > coalesce(b.committed - b.paid, 0)
    ORDER BY 1, 2
"""
# A run comes to what its lines come to.
_RUNS = """
    SELECT r.number, r.total, coalesce(sum(l.amount), 0)
    FROM payments_run r LEFT JOIN payments_runline l ON l.run_id = r.id AND l.state <> 'out'
    WHERE r.state <> 'withdrawn'
    GROUP BY r.id HAVING (r.total, r.count) IS DISTINCT FROM (coalesce(sum(l.amount), 0), count(l.id))
    ORDER BY 1
"""
_ASKED_BACK = """
    SELECT p.reason, r.amount FROM payments_recovery r JOIN payments_payable p ON p.id = r.payable_id
    WHERE (r.state = 'asked' AND p.state <> 'paid') OR (r.state = 'received' AND p.state = 'paid' AND NOT EXISTS (
        SELECT FROM payments_runline l WHERE l.payable_id = p.id AND l.state = 'paid' AND l.outcome_on >= r.settled_on
    ))
    ORDER BY r.id
"""


@check_with
def payables() -> Iterable[str]:
    with connection.cursor() as cursor:
        cursor.execute(_PAID)
        for _, reason, amount, state, entered in cursor.fetchall():
            says = f"{words.pounds(amount, 2)} is {state.replace('_', ' ')}"
            yield f"{reason}: {says}, and the ledger has {words.pounds(entered or 0, 2)} paid for it."
        cursor.execute(_OWED)
        for line, year, owed, unpaid in cursor.fetchall():
            says = f"{words.pounds(owed, 2)} is owed, and {words.pounds(unpaid, 2)} committed and not yet paid"
            yield f"{line}, {year_name(year)}: {says}."
        cursor.execute(_RUNS)
        for number, total, lines in cursor.fetchall():
            yield f"Payment run {number}: it says {words.pounds(total, 2)}, its lines come to {words.pounds(lines, 2)}."
        cursor.execute(_ASKED_BACK)
        for reason, amount in cursor.fetchall():
            yield f"{reason}: {words.pounds(amount, 2)} is asked back, which does not fit what was paid."
