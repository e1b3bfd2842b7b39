"""Every write that changes coverage leaves work to do, in its own transaction, also when it is bulk SQL.

One trigger per table and statement, over the rows it inserted or closed: for each commissioner affected one row,
from the earliest day affected.
"""

from django.db import migrations

FUNCTIONS = """
-- Whose practices these are, from these days on.
CREATE FUNCTION chins_coverage_of_practices(practices bigint[], days date[])
RETURNS TABLE (commissioner_id bigint, from_day date) LANGUAGE sql STABLE AS $$
    SELECT s.commissioner_id, min(changed.day)
    FROM unnest(practices, days) AS changed(practice_id, day)
    JOIN practices_practicestanding s ON s.practice_id = changed.practice_id AND upper_inf(s.held)
        AND coalesce(upper(s.period), 'infinity') > changed.day
    GROUP BY 1
$$;

-- These commissioners; and, because a CHIN's population is its members' whoever commissions them, those whose CHINs
-- their practices are in: a newer extract of the one makes lists in the other's CHIN count as carried forward.
CREATE FUNCTION chins_coverage_beside(commissioners bigint[], days date[])
RETURNS TABLE (commissioner_id bigint, from_day date) LANGUAGE sql STABLE AS $$
    SELECT * FROM unnest(commissioners, days)
    UNION ALL
    SELECT DISTINCT c.commissioner_id, changed.day
    FROM unnest(commissioners, days) AS changed(commissioner_id, day)
    JOIN practices_practicestanding s ON s.commissioner_id = changed.commissioner_id AND upper_inf(s.held)
    JOIN chins_membership m ON m.practice_id = s.practice_id AND upper_inf(m.held)
        AND coalesce(upper(m.period), 'infinity') > changed.day
    JOIN chins_chin c ON c.id = m.chin_id AND c.commissioner_id <> changed.commissioner_id
$$;

-- Whose coverage rests on these CHINs: their own commissioners' and those of their members.
CREATE FUNCTION chins_coverage_of_chins(chins bigint[], days date[])
RETURNS TABLE (commissioner_id bigint, from_day date) LANGUAGE sql STABLE AS $$
    SELECT c.commissioner_id, changed.day
    FROM unnest(chins, days) AS changed(chin_id, day) JOIN chins_chin c ON c.id = changed.chin_id
    UNION ALL
    SELECT DISTINCT s.commissioner_id, changed.day
    FROM unnest(chins, days) AS changed(chin_id, day)
    JOIN chins_membership m ON m.chin_id = changed.chin_id AND upper_inf(m.held)
        AND coalesce(upper(m.period), 'infinity') > changed.day
    JOIN practices_practicestanding s ON s.practice_id = m.practice_id AND upper_inf(s.held) AND s.period && m.period
$$;

CREATE FUNCTION chins_work_of_list_sizes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'list sizes' FROM (
        SELECT array_agg(p.commissioner_id) AS commissioners, array_agg(p.from_day) AS days FROM (
            SELECT array_agg(practice_id) AS practices, array_agg(day) AS days
            FROM (SELECT practice_id, min(day) AS day FROM changed GROUP BY 1) AS c
        ) AS c, chins_coverage_of_practices(c.practices, c.days) AS p
    ) AS own, chins_coverage_beside(own.commissioners, own.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_standings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'practices' FROM (
        SELECT b.* FROM (
            SELECT array_agg(commissioner_id) AS commissioners, array_agg(day) AS days
            FROM (SELECT commissioner_id, min(lower(period)) AS day FROM changed GROUP BY 1) AS c
        ) AS own, chins_coverage_beside(own.commissioners, own.days) AS b
        UNION ALL  -- the CHIN that the practice is in
        SELECT h.commissioner_id, lower(changed.period)
        FROM changed
        JOIN chins_membership m ON m.practice_id = changed.practice_id AND upper_inf(m.held)
            AND m.period && changed.period
        JOIN chins_chin h ON h.id = m.chin_id
    ) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_successions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'mergers' FROM (
        SELECT array_agg(practice_id) AS practices, array_agg(day) AS days FROM (
            SELECT practice_id, min(lower(period)) AS day
            FROM changed, unnest(ARRAY[predecessor_id, successor_id]) AS practice_id GROUP BY 1
        ) AS c
    ) AS c, chins_coverage_of_practices(c.practices, c.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_memberships() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'memberships' FROM (
        SELECT h.commissioner_id, lower(changed.period) AS from_day
        FROM changed JOIN chins_chin h ON h.id = changed.chin_id
        UNION ALL
        SELECT s.commissioner_id, lower(changed.period)
        FROM changed
        JOIN practices_practicestanding s ON s.practice_id = changed.practice_id AND upper_inf(s.held)
            AND s.period && changed.period
    ) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_states() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'states of CHINs' FROM (
        SELECT array_agg(chin_id) AS chins, array_agg(day) AS days
        FROM (SELECT chin_id, min(lower(period)) AS day FROM changed GROUP BY 1) AS c
    ) AS c, chins_coverage_of_chins(c.chins, c.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_chins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, reason)
    SELECT DISTINCT 'coverage', a.id, 'CHIN went to another commissioner'
    FROM before JOIN changed USING (id), unnest(ARRAY[before.commissioner_id, changed.commissioner_id]) AS a(id)
    WHERE before.commissioner_id <> changed.commissioner_id;
    RETURN NULL;
END $$;
"""

DATED = {
    "practices_listsize": "chins_work_of_list_sizes",
    "practices_practicestanding": "chins_work_of_standings",
    "practices_succession": "chins_work_of_successions",
    "chins_membership": "chins_work_of_memberships",
    "chins_chinstate": "chins_work_of_states",
}
TRIGGERS = "".join(
    f"""
CREATE TRIGGER coverage_work_{event.lower()} AFTER {event} ON {table}
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
    for table, function in DATED.items()
    for event in ("INSERT", "UPDATE")
) + (
    """
CREATE TRIGGER coverage_work_update AFTER UPDATE ON chins_chin
REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION chins_work_of_chins();
"""
)
UNDO = (
    "".join(f"DROP FUNCTION {function}() CASCADE;" for function in (*DATED.values(), "chins_work_of_chins"))
    + "DROP FUNCTION chins_coverage_of_practices, chins_coverage_beside, chins_coverage_of_chins;"
)


class Migration(migrations.Migration):
    dependencies = [("chins", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO)]
