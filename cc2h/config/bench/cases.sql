-- Business cases: 5,000 of them at every stage, 1,000 of the first commissioner; 20,000 cycles with their numbers; 150,000
-- comments, and 50,000 votes of boards of 25. Made by arithmetic alone. cases.py has guards off while it loads, but for the
-- ledger's. Needs load.sql, and a board and a route of each commissioner. Parameter: %(today)s.
INSERT INTO accounts_user (password, email, name, is_active, date_joined)
SELECT '', 'member' || n || '@example.org', 'Bench member ' || n, true, now() FROM generate_series(1, 1050) AS n;

-- What a case has come to, by its number: of twenty, how many are in each state.
CREATE TEMP TABLE bench_case AS
WITH numbered AS (
    SELECT n, CASE WHEN n %% 5 = 0 THEN 1 + n / 5 %% 6 ELSE 7 + n %% 1294 END AS chin_id,
           (ARRAY['idea', 'shaping', 'draft', 'in_route', 'in_route', 'in_route', 'returned', 'approved', 'approved', 'testing',
                  'testing', 'testing', 'testing', 'concluded', 'concluded', 'scaled', 'scaled', 'stopped', 'declined',
                  'withdrawn'])[1 + n * 13 / 5 %% 20] AS state,
           CASE WHEN n %% 3 = 0 THEN 9600.00 ELSE 60000.00 END AS asked,
           %(today)s::date - 300 - n %% 300 AS begun
    FROM generate_series(1, 5000) AS n
)
SELECT b.*, '2018-' || to_char(b.n, 'FM00000') AS number, c.commissioner_id, m.id AS member_id,
       b.state NOT IN ('idea', 'shaping', 'draft') AS sent,
       b.state IN ('approved', 'testing', 'concluded', 'scaled', 'stopped') AS approved,
       b.state IN ('testing', 'concluded', 'scaled', 'stopped') AS tested
FROM numbered b
JOIN chins_chin c ON c.id = b.chin_id
JOIN accounts_user m ON m.email = 'member' || 1 + b.n %% 1050 || '@example.org';

INSERT INTO cases_case
    (id, number, title, problem, topic, excluded, asked, state, since, chin_id, commissioner_id, put_forward_by_id)
OVERRIDING SYSTEM VALUE
SELECT n, number,
       (ARRAY['Wound clinic', 'Diabetes education', 'Frailty rounds', 'Same-day hub', 'Heart checks'])[1 + n %% 5] || ' ' || n,
       repeat('Housebound patients wait too long, and nobody knows for how long. ', 6),
       (ARRAY['wound_care', 'diabetes', 'frailty', 'urgent_care', 'cardiology'])[1 + n %% 5], '',
       CASE WHEN state NOT IN ('idea', 'shaping') THEN asked END, state, begun + 60 + n %% 90, chin_id, commissioner_id,
       member_id
FROM bench_case;

INSERT INTO cases_casestep (event, before, after, day, at, post, reason, by_id, case_id)
SELECT s.event, s.before, s.after, b.begun + s.place * 10, b.begun + s.place * 10, 'CHIN lead', 'As the bench has it.',
       b.member_id, b.n
FROM bench_case b CROSS JOIN LATERAL (VALUES
    (0, 'put_forward', '', 'idea', true),
    (1, 'taken_up', 'idea', 'shaping', b.state <> 'idea'),
    (2, 'drafted', 'shaping', 'draft', b.state NOT IN ('idea', 'shaping')),
    (3, 'submitted', 'draft', 'in_route', b.sent),
    (4, 'passed', 'in_route', 'in_route', b.sent),
    (5, 'returned', 'in_route', 'returned', b.state = 'returned'),
    (5, 'approved', 'in_route', 'approved', b.approved),
    (5, 'declined', 'in_route', 'declined', b.state = 'declined'),
    (5, 'withdrawn', 'in_route', 'withdrawn', b.state = 'withdrawn'),
    (6, 'started', 'approved', 'testing', b.tested),
    (7, 'concluded', 'testing', 'concluded', b.state IN ('concluded', 'scaled', 'stopped')),
    (8, b.state, 'concluded', b.state, b.state IN ('scaled', 'stopped'))
) AS s(place, event, before, after, happened)
WHERE s.happened;

-- Six sections of each case that is written, each saved three times.
CREATE TEMP TABLE bench_answers AS
SELECT n, begun, member_id, section, answers
FROM bench_case CROSS JOIN LATERAL (VALUES
    ('problem', jsonb_build_object('problem', repeat('Patients wait for wound care. ', 20), 'data', repeat('Visits differ threefold. ', 20))),
    ('idea', jsonb_build_object('idea', repeat('A shared clinic. ', 20), 'population', 'Patients with leg ulcers.', 'where', 'At one practice.')),
    ('costs', jsonb_build_object('asked', asked::text, 'first', '2018-11', 'last', '2019-01', 'rows', jsonb_build_array(
        jsonb_build_object('id', 'c1', 'month', '2018-11', 'what', 'Nurses', 'type', 'staff', 'recurrent', 'no', 'amount', asked::text)))),
    ('predict', jsonb_build_object('how', 'Counted by the provider.', 'measures', jsonb_build_array(jsonb_build_object(
        'id', 'm1', 'name', 'Visits', 'unit', 'a week', 'direction', 'down', 'baseline', '120', 'prediction', '80', 'target', '75', 'by', '2019-01-31')))),
    ('equality', '{"affects": "no", "full": "no"}'),
    ('ig', '{"personal": "no", "shared": "no", "new_system": "no"}')
) AS s(section, answers)
WHERE state NOT IN ('idea', 'shaping');

INSERT INTO cases_saved (section, number, answers, done, day, at, by_id, case_id)
SELECT section, v, answers, v = 3, begun + 20 + v, begun + 20 + v, member_id, n
FROM bench_answers CROSS JOIN generate_series(1, 3) AS v;

INSERT INTO cases_submission (id, number, purpose, asked, length, document, sha256, day, at, post, by_id, case_id)
OVERRIDING SYSTEM VALUE
SELECT b.n, 1, 'test', b.asked, CASE WHEN b.asked > 25000 THEN 'long' ELSE 'short' END,
       jsonb_build_object('answers', a.answers),
       encode(sha256(b.number::bytea), 'hex'), b.begun + 30, b.begun + 30, 'CHIN lead', b.member_id, b.n
FROM bench_case b
JOIN (SELECT n, jsonb_object_agg(section, answers) AS answers FROM bench_answers GROUP BY n) AS a ON a.n = b.n
WHERE b.sent;

INSERT INTO route_passage (submission_id, route_id)
SELECT b.n, r.id FROM bench_case b JOIN route_route r ON r.commissioner_id = b.commissioner_id WHERE b.sent;

-- Boards of 25, ten meetings each, and what they voted on the longer cases.
INSERT INTO governance_seat
    (thread, body_id, period, held, reason, closed_act, closed_reason, title, organisation, part, core, voting)
SELECT gen_random_uuid(), y.id, daterange('2017-04-01', NULL), tstzrange('2017-04-01 00:00+00', NULL), '', '', '',
       'Member ' || n, '', CASE n WHEN 1 THEN 'chair' ELSE 'member' END, true, true
FROM governance_body y CROSS JOIN generate_series(1, 25) AS n WHERE y.slug LIKE 'bench-board-%%';

CREATE TEMP TABLE bench_seat AS
SELECT s.id AS seat_id, s.body_id, y.commissioner_id, u.id AS person_id, s.part
FROM (SELECT id, body_id, part, row_number() OVER (ORDER BY id) AS place FROM governance_seat) AS s
JOIN governance_body y ON y.id = s.body_id AND y.slug LIKE 'bench-board-%%'
JOIN accounts_user u ON u.email = 'member' || s.place || '@example.org';

INSERT INTO governance_meeting (day, place, state, papers_out_on, why_cancelled, minutes, body_id)
SELECT %(today)s::date - 40 - 30 * n, 'Town Hall', 'held', %(today)s::date - 50 - 30 * n, '', '', y.id
FROM governance_body y CROSS JOIN generate_series(1, 10) AS n WHERE y.slug LIKE 'bench-board-%%';

INSERT INTO governance_attendance (name, presence, presides, as_deputy, person_id, meeting_id, seat_id)
SELECT '', 'present', s.part = 'chair', false, s.person_id, m.id, s.seat_id
FROM governance_meeting m JOIN bench_seat s ON s.body_id = m.body_id;

CREATE TEMP TABLE bench_item AS
SELECT b.n, b.number, b.state, m.id AS meeting_id, m.body_id, m.day, row_number() OVER (PARTITION BY m.id ORDER BY b.n) AS position
FROM bench_case b
JOIN governance_body y ON y.commissioner_id = b.commissioner_id AND y.slug LIKE 'bench-board-%%'
JOIN LATERAL (SELECT id, day, body_id FROM governance_meeting WHERE body_id = y.id ORDER BY id OFFSET b.n %% 10 LIMIT 1) AS m ON true
WHERE b.asked > 25000 AND (b.approved OR b.state = 'declined');

INSERT INTO governance_item (id, position, title, kind, key, task, text, why_moved, taken_off, meeting_id)
OVERRIDING SYSTEM VALUE
SELECT n, position, 'Case ' || number, 'case', number, 'decide', '', '', false, meeting_id FROM bench_item;

INSERT INTO decisions_decision
    (id, outcome, label, voted, reasons, conditions, sections, minute, day, quorum, could_vote, votes_for, votes_against,
     abstained, casting, document, post, chair_id, item_id)
OVERRIDING SYSTEM VALUE
SELECT i.n, CASE i.state WHEN 'declined' THEN 'declined' ELSE 'approved' END,
       CASE i.state WHEN 'declined' THEN 'Decline' ELSE 'Approve' END, true, 'A good case.', '[]', '{}', '', i.day, 13, 25,
       CASE i.state WHEN 'declined' THEN 5 ELSE 20 END, CASE i.state WHEN 'declined' THEN 20 ELSE 5 END, 0, false, '{}', '',
       s.person_id, i.n
FROM bench_item i JOIN bench_seat s ON s.body_id = i.body_id AND s.part = 'chair';

INSERT INTO decisions_vote (choice, item_id, person_id, seat_id)
SELECT CASE WHEN (s.seat_id + i.n) %% 5 = 0 THEN 'against' ELSE 'for' END, i.n, s.person_id, s.seat_id
FROM bench_item i JOIN bench_seat s ON s.body_id = i.body_id
ORDER BY i.n LIMIT 50000;

-- How far each has come on its route: sponsored, then checked, and so on; those on their way wait at the second place.
CREATE TEMP TABLE bench_turn AS
SELECT row_number() OVER (ORDER BY b.n, t.position, t.id) AS id, b.n, b.state, b.begun, b.member_id, t.id AS stage_id,
       t.body_id, t.part, t.position, t.target_days,
       CASE WHEN b.state = 'withdrawn' THEN 'void'
            WHEN b.state = 'returned' AND t.part = 'check' THEN 'ended'
            WHEN b.state = 'returned' AND t.position > 1 THEN 'void'
            WHEN b.state = 'declined' AND t.part = 'decide' THEN 'ended'
            WHEN b.state = 'in_route' AND t.position > 1 THEN 'open'
            WHEN t.part IN ('note', 'told') AND b.n %% 2 = 0 THEN 'open' ELSE 'passed' END AS came_to
FROM bench_case b
JOIN route_route r ON r.commissioner_id = b.commissioner_id
JOIN route_stage t ON t.route_id = r.id AND t.test AND (t.above IS NULL OR b.asked > t.above)
     AND (t.up_to IS NULL OR b.asked <= t.up_to)
WHERE b.sent AND (b.approved OR t.position <= 2 OR b.state = 'declined' AND t.position < 6);

INSERT INTO route_turn (id, state, opened_on, target_on, closed_on, body_id, passage_id, stage_id)
OVERRIDING SYSTEM VALUE
SELECT id, came_to, begun + 30 + position, begun + 30 + position + target_days,
       CASE WHEN came_to <> 'open' THEN begun + 32 + position END, body_id, n, stage_id
FROM bench_turn;

INSERT INTO route_outcome (id, said, reasons, sections, decision_id, day, at, post, by_id, turn_id)
OVERRIDING SYSTEM VALUE
SELECT t.id,
       CASE WHEN t.came_to = 'ended' AND t.part = 'check' THEN 'asked'
            WHEN t.came_to = 'ended' THEN 'declined'
            WHEN t.part = 'decide' AND t.n %% 4 = 0 THEN 'conditions'
            ELSE (jsonb_build_object('sponsor', 'sponsored', 'check', 'agreed', 'advise', 'endorsed', 'decide', 'approved',
                                     'note', 'noted', 'told', 'told') ->> t.part) END,
       'It is a good case, and the reasons are given in some words.',
       CASE WHEN t.came_to = 'ended' AND t.part = 'check' THEN ARRAY['costs'] ELSE '{}' END,
       d.id, t.begun + 32 + t.position, t.begun + 32 + t.position, '', t.member_id, t.id
FROM bench_turn t LEFT JOIN decisions_decision d ON d.id = t.n AND t.part = 'decide'
WHERE t.came_to IN ('passed', 'ended');

INSERT INTO route_condition (text, due_on, evidence, why_waived, why_reopened, outcome_id)
SELECT 'Condition ' || n || ' is met', %(today)s::date + n * 10, '', '', '', o.id
FROM route_outcome o CROSS JOIN generate_series(1, 2) AS n WHERE o.said = 'conditions';

-- What pays: a line of each commissioner, the sum committed on it, three tranches to its first practice.
INSERT INTO budget_source (name, funder, legal_basis, agreement, commissioner_id)
SELECT 'Bench cases', 'ccg', 'own', '', id FROM practices_commissioner;

INSERT INTO budget_line
    (slug, name, kind, first_year, last_year, inside, cost_centre, subjective_code, note, place, commissioner_id, source_id)
SELECT 'cases-' || commissioner_id, 'Innovations', 'recurrent', 2017, 2030, true, '', '', '', 1, commissioner_id, id
FROM budget_source WHERE name = 'Bench cases';

INSERT INTO budget_entry (line_id, year, kind, amount, day, reason, document)
SELECT id, 2018, 'allocation', 100000000, '2018-04-01', 'Bench', 'A paper' FROM budget_line WHERE slug LIKE 'cases-%%';

INSERT INTO budget_entry (line_id, year, kind, amount, day, reason, document)
SELECT l.id, 2018, 'commitment', b.asked, b.begun + 50, 'Business case ' || b.number, ''
FROM bench_case b JOIN budget_line l ON l.slug = 'cases-' || b.commissioner_id WHERE b.approved;

INSERT INTO funding_payer (id, delegated, day, line_id, submission_id)
OVERRIDING SYSTEM VALUE
SELECT b.n, false, b.begun + 35, l.id, b.n
FROM bench_case b JOIN budget_line l ON l.slug = 'cases-' || b.commissioner_id WHERE b.approved OR b.state = 'declined';

INSERT INTO funding_share (id, year, amount, payer_id)
OVERRIDING SYSTEM VALUE
SELECT p.id, 2018, b.asked, p.id FROM funding_payer p JOIN bench_case b ON b.n = p.id;

INSERT INTO funding_commitment (entry_id, share_id)
SELECT e.id, b.n FROM bench_case b JOIN budget_entry e ON e.reason = 'Business case ' || b.number WHERE b.approved;

INSERT INTO payments_payee (kind, name, reference, commissioner_id, practice_id, email)
SELECT 'practice', 'A practice', p.ods_code, s.commissioner_id, p.id, ''
FROM (SELECT commissioner_id, min(practice_id) AS practice_id FROM practices_practicestanding GROUP BY 1) AS s
JOIN practices_practice p ON p.id = s.practice_id;

INSERT INTO funding_tranche
    (number, year, amount, what, due_on, state, planned_on, released_on, released_by_id, paid_on, why, case_id, payee_id)
SELECT k, 2018, b.asked / 4, 'Part ' || k, b.begun + 60 + k * 30, (ARRAY['paid', 'released', 'planned'])[k], b.begun + 55,
       CASE WHEN k < 3 THEN b.begun + 60 END, CASE WHEN k < 3 THEN b.member_id END, CASE WHEN k = 1 THEN b.begun + 70 END, '',
       b.n, p.id
FROM bench_case b
JOIN payments_payee p ON p.commissioner_id = b.commissioner_id AND p.name = 'A practice'
CROSS JOIN generate_series(1, 3) AS k
WHERE b.approved;

-- Cycles of those that are tested or were, until there are 20,000; the last of a case that is being tested goes on.
CREATE TEMP TABLE bench_cycle AS
SELECT row_number() OVER (ORDER BY c.number, b.n) AS id, b.n, c.number, b.begun + 60 + (c.number - 1) * 20 AS first, b.member_id,
       b.state = 'testing' AND c.number = 8 AS goes_on
FROM bench_case b CROSS JOIN generate_series(1, 10) AS c(number)
WHERE b.tested AND (b.state <> 'testing' OR c.number <= 8)
ORDER BY 1 LIMIT 20000;

INSERT INTO cycles_cycle (id, number, title, question, who, place, state, planned_on, began_on, case_id)
OVERRIDING SYSTEM VALUE
SELECT id, number, 'Cycle of the clinic', 'Do fewer wounds need a visit at home?', 'Two nurses', 'Two surgeries',
       CASE WHEN goes_on THEN 'do' ELSE 'act' END, first - 5, first, n
FROM bench_cycle;

INSERT INTO cycles_dates (number, first, last, why, day, cycle_id)
SELECT k, c.first, CASE WHEN c.goes_on THEN %(today)s::date + 20 * k ELSE c.first + 10 + 5 * k END,
       CASE k WHEN 2 THEN 'A nurse left.' ELSE '' END, c.first - 5 + k, c.id
FROM bench_cycle c CROSS JOIN generate_series(1, 2) AS k WHERE k = 1 OR c.id %% 4 = 0;

INSERT INTO cycles_prediction (id, position, measure, unit, way, baseline, predicted, weekly, cycle_id)
OVERRIDING SYSTEM VALUE
SELECT c.id * 2 + k - 2, k, 'Visits a week, ' || k, '', 'down', 80, 60, true, c.id
FROM bench_cycle c CROSS JOIN generate_series(1, 2) AS k;

INSERT INTO cycles_reading (day, version, value, prediction_id)
SELECT date_trunc('week', c.first)::date + 7 * w, 1, 70 - w * 3, p.id
FROM bench_cycle c JOIN cycles_prediction p ON p.cycle_id = c.id CROSS JOIN generate_series(1, 3) AS w;

INSERT INTO cycles_study (id, summary, learned, day, post, cycle_id)
OVERRIDING SYSTEM VALUE
SELECT id, repeat('Fewer visits were needed. ', 20), 'A clinic saves visits.', first + 20, '', id FROM bench_cycle WHERE NOT goes_on;

INSERT INTO cycles_finding (verdict, why, evidence, sha256, prediction_id, study_id)
SELECT CASE WHEN p.id %% 3 = 0 THEN 'not_shown' ELSE 'held' END, 'The last weeks are below.',
       '{"kind": "run", "unit": "", "days": [], "values": [], "settings": {}, "segments": [], "points": [], "said": []}',
       repeat('0', 64), p.id, s.id
FROM cycles_study s JOIN cycles_prediction p ON p.cycle_id = s.cycle_id;

INSERT INTO cycles_conclusion (act, why, seed, day, post, cycle_id)
SELECT CASE WHEN id %% 5 = 0 THEN 'adopt' ELSE 'adapt' END, 'It held.', 'Does it hold in all five?', first + 20, '', id
FROM bench_cycle WHERE NOT goes_on;

-- 100,000 comments on cases, and 50,000 answers to them.
INSERT INTO comments_comment (id, kind, key, post, at, withdrawn_because, words, by_id)
OVERRIDING SYSTEM VALUE
SELECT k, 'case', b.number, 'A post', b.begun + k / 5000, '', repeat('Has the room been asked for? ', 4), b.member_id
FROM generate_series(1, 100000) AS k JOIN bench_case b ON b.n = 1 + k %% 5000;

INSERT INTO comments_comment (id, kind, key, post, at, withdrawn_because, words, answers_id, by_id)
OVERRIDING SYSTEM VALUE
SELECT 100000 + k, c.kind, c.key, 'A post', c.at + interval '1 hour', '', 'It has.', c.id, c.by_id
FROM generate_series(1, 50000) AS k JOIN comments_comment c ON c.id = 2 * k;

SELECT setval(pg_get_serial_sequence(t, 'id'), 1000000)
FROM unnest(ARRAY['cases_case', 'cases_submission', 'governance_item', 'decisions_decision', 'route_turn', 'route_outcome',
                  'funding_payer', 'funding_share', 'cycles_cycle', 'cycles_prediction', 'cycles_study', 'comments_comment']) AS t;
DROP TABLE bench_case, bench_answers, bench_seat, bench_item, bench_turn, bench_cycle;
VACUUM (ANALYZE);
