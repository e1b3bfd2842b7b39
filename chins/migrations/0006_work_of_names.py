"""What pages read of coverage besides its numbers leaves work to do as well: names, boroughs, where a practice came from.

So a commissioner's coverage is up to date only when all of what is shown of it is (chins/coverage/kept.py).
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION chins_work_of_details() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'names and boroughs' FROM (
        SELECT array_agg(practice_id) AS practices, array_agg(day) AS days
        FROM (SELECT practice_id, min(lower(period)) AS day FROM changed GROUP BY 1) AS c
    ) AS c, chins_coverage_of_practices(c.practices, c.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION chins_work_of_chins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, reason)
    SELECT DISTINCT 'coverage', a.id, 'CHIN went to another commissioner'
    FROM before JOIN changed USING (id), unnest(ARRAY[before.commissioner_id, changed.commissioner_id]) AS a(id)
    WHERE before.commissioner_id <> changed.commissioner_id;
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, current_date, 'names of CHINs' FROM (
        SELECT array_agg(id) AS chins, array_agg(day) AS days
        FROM (SELECT id, (SELECT min(lower(t.period)) FROM chins_chinstate t WHERE t.chin_id = changed.id) AS day
              FROM before JOIN changed USING (id)
              WHERE (before.name, before.slug) IS DISTINCT FROM (changed.name, changed.slug)) AS c
    ) AS c, chins_coverage_of_chins(c.chins, c.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

-- Another commissioner of the practice, on other days, says of it that it went or came.
CREATE FUNCTION chins_work_of_neighbours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT DISTINCT ON (s.commissioner_id) 'coverage', s.commissioner_id, lower(s.period), 'where practices came from'
    FROM changed JOIN practices_practicestanding s ON s.practice_id = changed.practice_id AND upper_inf(s.held)
    WHERE s.commissioner_id <> changed.commissioner_id
    ORDER BY s.commissioner_id, lower(s.period);
    RETURN NULL;
END $$;
"""
TRIGGERS = "".join(
    f"""
CREATE TRIGGER {name}_{event.lower()} AFTER {event} ON {table}
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
    for name, table, function in (
        ("coverage_work", "practices_practicedetail", "chins_work_of_details"),
        ("coverage_work_beside", "practices_practicestanding", "chins_work_of_neighbours"),
    )
    for event in ("INSERT", "UPDATE")
)
UNDO = """
DROP FUNCTION chins_work_of_details() CASCADE;
DROP FUNCTION chins_work_of_neighbours() CASCADE;
CREATE OR REPLACE FUNCTION chins_work_of_chins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, reason)
    SELECT DISTINCT 'coverage', a.id, 'CHIN went to another commissioner'
    FROM before JOIN changed USING (id), unnest(ARRAY[before.commissioner_id, changed.commissioner_id]) AS a(id)
    WHERE before.commissioner_id <> changed.commissioner_id;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("chins", "0005_known_kinds_and_sectors")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO)]
