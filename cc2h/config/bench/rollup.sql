-- The bare aggregate: numerators and denominators of every CHIN, commissioner and all of them together, by the membership on
-- the period's last day, in one statement without anything kept besides. One parameter: %(measures)s, the ids.
SET LOCAL enable_mergejoin = off;
SET LOCAL enable_nestloop = off;
SET LOCAL work_mem = '128MB';
DROP TABLE IF EXISTS bench_rollup;
CREATE UNLOGGED TABLE bench_rollup AS
WITH placed AS MATERIALIZED (
    SELECT d.ends, s.practice_id, s.commissioner_id, m.chin_id
    FROM (SELECT DISTINCT ends FROM kpis_practicevalue WHERE measure_id = 1001) d
    JOIN practices_practicestanding s ON upper_inf(s.held) AND s.status = 'active' AND s.period @> d.ends
    LEFT JOIN chins_membership m ON m.practice_id = s.practice_id AND upper_inf(m.held) AND m.period @> d.ends
),
part AS MATERIALIZED (
    SELECT v.measure_id, v.ends, p.commissioner_id, p.chin_id,
           sum(v.numerator) AS numerator, sum(v.denominator) AS denominator, count(*) AS practices
    FROM kpis_practicevalue v JOIN placed p ON p.practice_id = v.practice_id AND p.ends = v.ends
    WHERE v.superseded_at IS NULL AND v.measure_id = ANY(%(measures)s)
    GROUP BY 1, 2, 3, 4
)
SELECT 'chin' AS level, chin_id AS group_id, measure_id, ends,
       sum(numerator) AS numerator, sum(denominator) AS denominator, sum(practices) AS practices
FROM part WHERE chin_id IS NOT NULL GROUP BY 2, 3, 4
UNION ALL
SELECT 'commissioner', commissioner_id, measure_id, ends, sum(numerator), sum(denominator), sum(practices)
FROM part GROUP BY 2, 3, 4
UNION ALL
SELECT 'programme', 0, measure_id, ends, sum(numerator), sum(denominator), sum(practices)
FROM part GROUP BY 3, 4
