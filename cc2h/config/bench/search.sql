-- What the search is measured over: 15,000 practices, and a lead for each CHIN.
ALTER TABLE practices_practicestanding DISABLE TRIGGER USER;
ALTER TABLE practices_practicedetail DISABLE TRIGGER USER;
ALTER TABLE chins_postholding DISABLE TRIGGER USER;

INSERT INTO practices_practice (id, ods_code, illustrative)
OVERRIDING SYSTEM VALUE
SELECT n, 'A' || to_char(n, 'FM00000'), false FROM generate_series(6501, 15000) AS n;

INSERT INTO practices_practicedetail
    (thread, practice_id, period, held, reason, closed_act, closed_reason,
     name, address, postcode, telephone, mailbox, borough, prescribing_setting)
SELECT gen_random_uuid(), n, daterange('1990-04-01', NULL), tstzrange('2010-01-01 00:00+00', NULL), '', '', '',
       (ARRAY['Oak', 'Elm', 'Ash', 'Lime', 'Beech', 'Hazel', 'Rowan'])[1 + n %% 7] || ' Tree Surgery ' || n,
       n || ' High Street', 'EN' || n %% 9 + 1 || ' ' || n %% 9 || 'AB', '', '', 'Borough ' || n %% 33, '4'
FROM generate_series(6501, 15000) AS n;

INSERT INTO practices_practicestanding
    (thread, practice_id, commissioner_id, status, period, held, reason, closed_act, closed_reason)
SELECT gen_random_uuid(), n, 2 + n %% 41, 'active', daterange('1990-04-01', NULL),
       tstzrange('2010-01-01 00:00+00', NULL), '', '', ''
FROM generate_series(6501, 15000) AS n;

WITH leads AS (
    INSERT INTO accounts_user (password, email, name, is_active, date_joined)
    SELECT '', 'lead' || n || '@example.org', 'Bench lead ' || n, true, now() FROM generate_series(1, 1300) AS n
    RETURNING id
), posts AS (
    INSERT INTO chins_post (role, title, chin_id)
    SELECT 'chin_lead', 'Lead of CHIN ' || n, n FROM generate_series(1, 1300) AS n
    RETURNING id
)
INSERT INTO chins_postholding (thread, post_id, holder_id, period, held, reason, closed_act, closed_reason)
SELECT gen_random_uuid(), p.id, l.id, daterange('2017-04-01', NULL), tstzrange('2017-04-01 00:00+00', NULL), '', '', ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM posts) AS p
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM leads) AS l USING (place);

ALTER TABLE practices_practicestanding ENABLE TRIGGER USER;
ALTER TABLE practices_practicedetail ENABLE TRIGGER USER;
ALTER TABLE chins_postholding ENABLE TRIGGER USER;
ANALYZE practices_practice, practices_practicedetail, practices_practicestanding, chins_post, chins_postholding, accounts_user;
