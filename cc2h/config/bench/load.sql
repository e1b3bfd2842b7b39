-- The load of the bench: 42 commissioners (the first with 55 practices), 6,500 practices, 1,300 CHINs and
-- 120 monthly list sizes. Made by arithmetic alone, so that every run has the same. Guards are off while it loads.
ALTER TABLE practices_listsize DISABLE TRIGGER USER;
ALTER TABLE practices_practicestanding DISABLE TRIGGER USER;
ALTER TABLE practices_practicedetail DISABLE TRIGGER USER;
ALTER TABLE chins_membership DISABLE TRIGGER USER;
ALTER TABLE chins_chinstate DISABLE TRIGGER USER;

CREATE TEMP TABLE bench_month AS
SELECT n AS number, (date_trunc('month', %(today)s::date) - make_interval(months => 120 - n))::date AS day
FROM generate_series(1, 120) AS n;

INSERT INTO practices_commissioner
    (id, ods_code, name, short_name, local_word, local_word_plural, band_source, in_programme, target_day)
OVERRIDING SYSTEM VALUE
SELECT n, 'B' || to_char(n, 'FM00'), 'Bench commissioner ' || n, 'Bench ' || n, 'CHIN', 'CHINs', '', true, %(today)s
FROM generate_series(1, 42) AS n;

INSERT INTO practices_practice (id, ods_code, illustrative)
OVERRIDING SYSTEM VALUE
SELECT n, 'A' || to_char(n, 'FM00000'), false FROM generate_series(1, 6500) AS n;

INSERT INTO practices_practicedetail
    (thread, practice_id, period, held, reason, closed_act, closed_reason,
     name, address, postcode, telephone, mailbox, borough, prescribing_setting)
SELECT gen_random_uuid(), p.id, daterange('1990-04-01', NULL), tstzrange('2010-01-01 00:00+00', NULL), '', '', '',
       (ARRAY['Oak', 'Elm', 'Ash', 'Lime', 'Beech', 'Hazel', 'Rowan'])[1 + p.id %% 7] || ' Tree Surgery ' || p.id,
       p.id || ' High Street', 'EN' || p.id %% 9 + 1 || ' ' || p.id %% 9 || 'AB', '', '',
       'Borough ' || p.id %% 33, '4'
FROM practices_practice p;

-- One practice in 50 closed, and one in 100 changed its commissioner, somewhere on the way.
WITH home AS (
    SELECT id, CASE WHEN id <= 55 THEN 1 ELSE 2 + id %% 41 END AS commissioner_id,
           CASE WHEN id %% 50 = 7 OR id %% 100 = 11 AND id > 55 THEN 1 + id %% 120 END AS turning
    FROM practices_practice
)
INSERT INTO practices_practicestanding
    (thread, practice_id, commissioner_id, status, period, held, reason, closed_act, closed_reason)
SELECT gen_random_uuid(), h.id, h.commissioner_id, 'active', daterange('1990-04-01', m.day),
       tstzrange('2010-01-01 00:00+00', NULL), '', '', ''
FROM home h LEFT JOIN bench_month m ON m.number = h.turning
UNION ALL
SELECT gen_random_uuid(), h.id, CASE WHEN h.id %% 100 = 11 THEN 2 + (h.id + 1) %% 41 ELSE h.commissioner_id END,
       CASE WHEN h.id %% 100 = 11 THEN 'active' ELSE 'closed' END, daterange(m.day, NULL),
       tstzrange('2010-01-01 00:00+00', NULL), '', '', ''
FROM home h JOIN bench_month m ON m.number = h.turning;

INSERT INTO chins_chin (id, slug, commissioner_id, kind, code, name, footprint, focus_areas)
OVERRIDING SYSTEM VALUE
SELECT n, 'bench-' || n, CASE WHEN n <= 6 THEN 1 ELSE 2 + n %% 41 END, 'chin', '', 'CHIN ' || n, '', '{}'
FROM generate_series(1, 1300) AS n;

-- Proposed during the first 50 months, approved and operational a few months apart; some still on their way.
INSERT INTO chins_chinstate (thread, chin_id, status, period, held, reason, closed_act, closed_reason)
SELECT gen_random_uuid(), c.id, s.status, daterange(s.first, s.until), tstzrange('2010-01-01 00:00+00', NULL), '', '', ''
FROM chins_chin c
JOIN bench_month proposed ON proposed.number = 1 + (c.id - 1) %% 50
LEFT JOIN bench_month approved ON approved.number = 4 + (c.id - 1) %% 50 AND c.id %% 20 <> 3
LEFT JOIN bench_month operational ON operational.number = 7 + (c.id - 1) %% 50 AND c.id %% 20 NOT IN (3, 4)
CROSS JOIN LATERAL (VALUES
    ('proposed', proposed.day, approved.day),
    ('approved', approved.day, operational.day),
    ('operational', operational.day, NULL)
) AS s(status, first, until)
WHERE s.first IS NOT NULL;

-- Nine practices in ten join a CHIN of their commissioner; one in 33 moves to the next after two years.
WITH chins AS (
    SELECT c.id, c.commissioner_id, lower(s.period) AS proposed,
           row_number() OVER (PARTITION BY c.commissioner_id ORDER BY c.id) - 1 AS place,
           count(*) OVER (PARTITION BY c.commissioner_id) AS chins
    FROM chins_chin c JOIN chins_chinstate s ON s.chin_id = c.id AND s.status = 'proposed'
), joins AS (
    SELECT s.practice_id, upper(s.period) AS closed, c.id AS chin_id, n.id AS next_id,
           (c.proposed + make_interval(months => (s.practice_id %% 12)::int))::date AS joined,
           CASE WHEN s.practice_id %% 33 = 5
                THEN (greatest(c.proposed, n.proposed) + make_interval(months => 36))::date END AS moved
    FROM practices_practicestanding s
    JOIN chins c ON c.commissioner_id = s.commissioner_id AND c.place = s.practice_id / CASE c.commissioner_id WHEN 1 THEN 1 ELSE 41 END %% c.chins
    JOIN chins n ON n.commissioner_id = s.commissioner_id AND n.place = (c.place + 1) %% c.chins
    WHERE s.status = 'active' AND s.practice_id %% 10 <> 9 AND lower(s.period) = '1990-04-01'
), spells AS (
    SELECT practice_id, chin_id, daterange(joined, moved) * daterange(NULL, closed) AS period FROM joins
    UNION ALL
    SELECT practice_id, next_id, daterange(moved, NULL) * daterange(NULL, closed) FROM joins WHERE moved IS NOT NULL
)
INSERT INTO chins_membership (thread, practice_id, chin_id, period, held, reason, closed_act, closed_reason)
SELECT gen_random_uuid(), practice_id, chin_id, period, tstzrange('2010-01-01 00:00+00', NULL), '', '', ''
FROM spells WHERE NOT isempty(period);

-- One list in 100 is missing (the one before is carried forward), and one in 100 was revised a week later.
WITH list AS (
    SELECT p.id, m.day, (p.id + m.number) %% 100 AS turn,
           1500 + p.id * 37 %% 14000 + m.number * (p.id %% 9) + p.id * m.number %% 53 AS patients
    FROM bench_month m CROSS JOIN practices_practice p
)
INSERT INTO practices_listsize (practice_id, day, patients, row_number, recorded_at, superseded_at)
SELECT id, day, patients, id + 1, day + 14, NULL FROM list WHERE turn <> 42
UNION ALL
SELECT id, day, patients + 3, id + 1, day + 7, day + 14 FROM list WHERE turn = 43
ORDER BY day, id;

ALTER TABLE practices_listsize ENABLE TRIGGER USER;
ALTER TABLE practices_practicestanding ENABLE TRIGGER USER;
ALTER TABLE practices_practicedetail ENABLE TRIGGER USER;
ALTER TABLE chins_membership ENABLE TRIGGER USER;
ALTER TABLE chins_chinstate ENABLE TRIGGER USER;

UPDATE kit_programme SET kind = 'real', loaded_at = now();
SELECT setval(pg_get_serial_sequence(t, 'id'), 100000)
FROM unnest(ARRAY['practices_commissioner', 'practices_practice', 'chins_chin']) AS t;
DROP TABLE bench_month;
VACUUM (ANALYZE);
