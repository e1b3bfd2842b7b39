-- Measures of 6,500 practices and 51 quarters (sixty measures: twenty million values), made by arithmetic alone. Guards are
-- off while they load. %(measures)s: how many measures.
ALTER TABLE kpis_practicevalue DISABLE TRIGGER USER;

INSERT INTO kpis_measure (id, code, initiative, paper, external_codes)
OVERRIDING SYSTEM VALUE
SELECT 1000 + n, 'bench-' || 1000 + n, 'chins', '', '{}' FROM generate_series(1, %(measures)s) AS n;

INSERT INTO kpis_definition
    (thread, measure_id, period, held, reason, closed_act, closed_reason, name, meaning, why, numerator, denominator,
     kind, multiplier, unit, places, better, months, source, suppress_below, owner, checked_by, breaks)
SELECT gen_random_uuid(), 1000 + n, daterange('2010-01-01', NULL), tstzrange('2010-01-01 00:00+00', NULL), '', '', '',
       'Bench measure ' || 1000 + n, 'Made for the bench', '', 'patients counted', 'patients registered',
       'proportion', 100, '%%', 1, 'up', 3, 'The bench', 5, '', '', false
FROM generate_series(1, %(measures)s) AS n;

INSERT INTO kpis_practicevalue
    (measure_id, practice_id, ends, months, numerator, denominator, suppressed, published, row_number)
SELECT 1000 + m, p, (date_trunc('quarter', %(today)s::date) - make_interval(months => 3 * (51 - q)) - interval '1 day')::date,
       3, 200 + (m * 7 + p * 13 + q * 29) %% 400, 1000 + (p * 17) %% 900, false, true, p
FROM generate_series(1, %(measures)s) AS m, generate_series(1, 51) AS q, generate_series(1, 6500) AS p
ORDER BY m, q, p;

ALTER TABLE kpis_practicevalue ENABLE TRIGGER USER;
TRUNCATE kit_work;
VACUUM ANALYZE kpis_practicevalue;
ANALYZE kpis_measure, kpis_definition
