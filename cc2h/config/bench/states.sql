-- The floor of a service's reconciliation: practices of the list by CHIN and state today, with what they come to.
-- Written for one stage that gets all of the rate, and for today alone. Parameters: %(service)s, %(stage)s, %(today)s.
SELECT n.slug, c.state, count(*), sum(e.amount), count(a.id)
FROM lcs_eligible e
JOIN lcs_claim c ON c.practice_id = e.practice_id AND c.stage_id = %(stage)s
LEFT JOIN chins_membership m ON m.practice_id = e.practice_id AND upper_inf(m.held) AND m.period @> %(today)s
LEFT JOIN chins_chin n ON n.id = m.chin_id
LEFT JOIN lcs_answer a ON a.claim_id = c.id AND a.state = 'accepted'
WHERE e.service_id = %(service)s AND e.removed_on IS NULL
GROUP BY n.slug, c.state
