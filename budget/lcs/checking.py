"""What claims say is payable and paid, beside what is owed and committed for them."""

from collections.abc import Iterable

from django.db import connection

from budget.checking import check_with
from cc2h.kit import words

_CLAIMS = """
    SELECT s.name, p.ods_code, c.state, c.amount, owed.state, owed.amount, e.amount
    FROM lcs_claim c
    JOIN lcs_stage s ON s.id = c.stage_id
    JOIN practices_practice p ON p.id = c.practice_id
    LEFT JOIN payments_payable owed ON owed.about = 'claim:' || c.id AND owed.state <> 'called_off'
    LEFT JOIN budget_entry e ON e.id = c.commitment_id AND e.kind = 'commitment'
        AND NOT EXISTS (SELECT FROM budget_entry r WHERE r.reverses_id = e.id)
    WHERE CASE WHEN c.state IN ('payable', 'paid') THEN
            owed.amount IS DISTINCT FROM c.amount OR e.amount IS DISTINCT FROM c.amount
            OR (c.state = 'paid') <> (owed.state = 'paid')
        ELSE owed.id IS NOT NULL OR e.id IS NOT NULL END
    ORDER BY c.id
"""


@check_with
def claims() -> Iterable[str]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMS)
        for stage, code, state, amount, owed_state, owed, committed in cursor.fetchall():
            said = f"the claim is {state}" + (f" of {words.pounds(amount, 2)}" if amount else "")
            other = f"{words.pounds(owed, 2)} is {owed_state}" if owed else "nothing is owed"
            yield f"{stage}, {code}: {said}, {other}, {words.pounds(committed or 0, 2)} is committed."
