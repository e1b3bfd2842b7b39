-- The floor of opening a service: the amount of each practice on its list, its claim and that claim's first step, with the
-- history of each, but without any guard, and with nothing left open. Parameters: %(service)s, %(stage)s, %(extract)s, %(today)s.
WITH place AS (
    SELECT e.id, e.practice_id, z.patients
    FROM lcs_eligible e
    JOIN practices_listsize z ON z.practice_id = e.practice_id AND z.day = %(extract)s AND z.superseded_at IS NULL
    WHERE e.service_id = %(service)s
),
priced AS (
    UPDATE lcs_eligible e SET list_size = p.patients, amount = round(1.05 * p.patients, 2)
    FROM place p WHERE p.id = e.id
    RETURNING e.*
),
opened AS (
    INSERT INTO lcs_claim (stage_id, practice_id, state, opened_on)
    SELECT %(stage)s, practice_id, 'open', %(today)s FROM place RETURNING *
),
told AS (
    INSERT INTO lcs_eligibleevent
        (added_on, amount, id, list_size, pgh_created_at, pgh_label, pgh_obj_id, practice_id, removed_on, service_id,
         why_added, why_removed)
    SELECT added_on, amount, id, list_size, now(), 'update', id, practice_id, removed_on, service_id, why_added, why_removed
    FROM priced
),
told_too AS (
    INSERT INTO lcs_claimevent
        (amount, chin_id, commitment_id, id, opened_on, paid_on, payable_on, pgh_created_at, pgh_label, pgh_obj_id,
         practice_id, sent_on, stage_id, state)
    SELECT amount, chin_id, commitment_id, id, opened_on, paid_on, payable_on, now(), 'insert', id, practice_id, sent_on,
           stage_id, state
    FROM opened
)
INSERT INTO lcs_claimstep (claim_id, event, before, after, day, on_behalf, why)
SELECT id, 'opened', '', 'open', %(today)s, false, '' FROM opened
