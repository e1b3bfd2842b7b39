-- The floor of opening a service: the amount of each practice on its list, its claim and that claim's first step, with no
-- guard, no history and nothing left open. Parameters: %(service)s, %(stage)s, %(extract)s, %(today)s.
WITH place AS (
    SELECT e.id, e.practice_id, z.patients
    FROM lcs_eligible e
    JOIN practices_listsize z ON z.practice_id = e.practice_id AND z.day = %(extract)s AND z.superseded_at IS NULL
    WHERE e.service_id = %(service)s
),
priced AS (
    UPDATE lcs_eligible e SET list_size = p.patients, amount = round(1.05 * p.patients, 2)
    FROM place p WHERE p.id = e.id
),
opened AS (
    INSERT INTO lcs_claim (stage_id, practice_id, state, opened_on)
    SELECT %(stage)s, practice_id, 'open', %(today)s FROM place RETURNING id
)
INSERT INTO lcs_claimstep (claim_id, event, before, after, day, on_behalf, why)
SELECT id, 'opened', '', 'open', %(today)s, false, '' FROM opened
