-- The floor: the coverage of every commissioner and CHIN on every month-end and today, list sizes carried forward,
-- into an unlogged table. Written for this one question and the load of the bench, and with the best plan found:
-- the portal's own statement (chins/coverage/sql.py) answers any days, commissioners and state of knowledge.
-- The bench checks that the two agree, row by row. One parameter: %(today)s.
SET LOCAL enable_mergejoin = off;
SET LOCAL work_mem = '128MB';
DROP TABLE IF EXISTS bench_floor;
CREATE UNLOGGED TABLE bench_floor AS
WITH calendar AS MATERIALIZED (
    SELECT array_agg(DISTINCT least(day, %(today)s) ORDER BY least(day, %(today)s)) AS days, count(*)::int AS last
    FROM (SELECT (generate_series(date_trunc('month', min(day)), date_trunc('month', %(today)s::date), '1 month')
                  + interval '1 month - 1 day')::date AS day
          FROM practices_listsize) AS months
),
standing AS MATERIALIZED (
    SELECT practice_id, commissioner_id,
           int4range(width_bucket(lower(period) - 1, (SELECT days FROM calendar)) + 1,
                     coalesce(width_bucket(upper(period) - 1, (SELECT days FROM calendar)),
                              (SELECT last FROM calendar)) + 1) AS places
    FROM practices_practicestanding WHERE upper_inf(held) AND status = 'active'
),
placed AS MATERIALIZED (
    SELECT m.practice_id, m.chin_id, t.status,
           int4range(width_bucket(lower(m.period * t.period) - 1, (SELECT days FROM calendar)) + 1,
                     coalesce(width_bucket(upper(m.period * t.period) - 1, (SELECT days FROM calendar)),
                              (SELECT last FROM calendar)) + 1) AS places
    FROM chins_membership m JOIN chins_chinstate t ON t.chin_id = m.chin_id AND m.period && t.period
    WHERE upper_inf(m.held) AND upper_inf(t.held) AND t.status IN ('operational', 'approved', 'proposed')
),
spell AS MATERIALIZED (
    SELECT s.practice_id, s.commissioner_id, p.chin_id, p.status,
           lower(s.places * p.places) AS first, upper(s.places * p.places) - 1 AS last
    FROM standing s JOIN placed p USING (practice_id)
    WHERE s.places && p.places
    UNION ALL
    SELECT s.practice_id, s.commissioner_id, NULL, NULL, lower(gap), upper(gap) - 1
    FROM standing s
    LEFT JOIN (SELECT practice_id, range_agg(places) AS places FROM placed GROUP BY practice_id) p USING (practice_id)
    CROSS JOIN unnest(int4multirange(s.places) - coalesce(p.places, '{}')) AS gap
),
segment AS (
    SELECT practice_id, day, patients, before + 1 AS since,
           CASE WHEN row_number() OVER w = 1 THEN 1 ELSE before + 1 END AS first,
           coalesce(lead(before) OVER w, (SELECT last FROM calendar)) AS last
    FROM (SELECT practice_id, day, patients, width_bucket(day - 1, (SELECT days FROM calendar)) AS before
          FROM practices_listsize WHERE superseded_at IS NULL) AS l
    WINDOW w AS (PARTITION BY practice_id ORDER BY day)
),
piece AS MATERIALIZED (
    SELECT commissioner_id, chin_id, place, CASE WHEN place >= since THEN day END AS list_day,
           any_value(status) AS status, count(*)::int AS practices,
           coalesce(sum(patients) FILTER (WHERE place >= since), 0)::int AS patients
    FROM (SELECT s.commissioner_id, s.chin_id, s.status, g.day, g.patients, g.since,
                 generate_series(greatest(s.first, g.first), least(s.last, g.last)) AS place
          FROM spell s
          LEFT JOIN segment g ON g.practice_id = s.practice_id
              AND g.first <= g.last AND g.first <= s.last AND g.last >= s.first) AS spread
    GROUP BY 1, 2, 3, 4
),
newest AS MATERIALIZED (
    SELECT commissioner_id, place, max(list_day) AS day FROM piece GROUP BY 1, 2
)
SELECT p.commissioner_id, NULL::bigint AS chin_id, (SELECT days FROM calendar)[p.place] AS day,
       sum(p.practices)::int AS practices, sum(p.patients) AS patients,
       coalesce(sum(p.practices) FILTER (WHERE p.chin_id IS NOT NULL), 0)::int AS covered_practices,
       coalesce(sum(p.patients) FILTER (WHERE p.chin_id IS NOT NULL), 0) AS covered_patients,
       coalesce(sum(p.patients) FILTER (WHERE p.status = 'operational'), 0) AS operational_patients,
       coalesce(sum(p.patients) FILTER (WHERE p.status = 'approved'), 0) AS approved_patients,
       coalesce(sum(p.practices) FILTER (WHERE p.list_day < n.day), 0)::int AS carried_forward,
       coalesce(sum(p.practices) FILTER (WHERE p.list_day IS NULL), 0)::int AS without_list
FROM piece p JOIN newest n USING (commissioner_id, place)
GROUP BY p.commissioner_id, p.place
HAVING max(p.list_day) IS NOT NULL OR sum(p.practices) FILTER (WHERE p.chin_id IS NOT NULL) > 0
UNION ALL
SELECT c.commissioner_id, p.chin_id, (SELECT days FROM calendar)[p.place],
       sum(p.practices)::int, sum(p.patients), sum(p.practices)::int, sum(p.patients),
       coalesce(sum(p.patients) FILTER (WHERE p.status = 'operational'), 0),
       coalesce(sum(p.patients) FILTER (WHERE p.status = 'approved'), 0),
       coalesce(sum(p.practices) FILTER (WHERE p.list_day < n.day), 0)::int,
       coalesce(sum(p.practices) FILTER (WHERE p.list_day IS NULL), 0)::int
FROM piece p JOIN newest n USING (commissioner_id, place) JOIN chins_chin c ON c.id = p.chin_id
GROUP BY c.commissioner_id, p.chin_id, p.place;
