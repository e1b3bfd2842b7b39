"""Whatever a roll-up rests on leaves work to do for the measures concerned, in its own transaction, also when it is bulk SQL."""

from django.db import migrations

# One row a measure and statement, from the earliest period affected. A change of the register is every measure's that has
# values of periods from its day on.
FUNCTIONS = """
CREATE FUNCTION kpis_work_of_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'kpis', measure_id, min(ends), 'values' FROM changed GROUP BY measure_id;
    RETURN NULL;
END $$;

CREATE FUNCTION kpis_work_of_definitions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, reason)
    SELECT DISTINCT 'kpis', c.measure_id, 'definitions' FROM changed c
    WHERE EXISTS (SELECT FROM kpis_practicevalue v WHERE v.measure_id = c.measure_id AND v.superseded_at IS NULL);
    RETURN NULL;
END $$;

CREATE FUNCTION kpis_work_from(first date, because text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'kpis', m.id, first, because FROM kpis_measure m
    WHERE first IS NOT NULL AND EXISTS (
        SELECT FROM kpis_practicevalue v WHERE v.measure_id = m.id AND v.superseded_at IS NULL AND v.ends >= first
    );
$$;

CREATE FUNCTION kpis_work_of_periods() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kpis_work_from((SELECT min(lower(period)) FROM changed), TG_ARGV[0]);
    RETURN NULL;
END $$;

CREATE FUNCTION kpis_work_of_list_sizes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kpis_work_from((SELECT min(day) FROM changed), 'list sizes');
    RETURN NULL;
END $$;

CREATE FUNCTION kpis_work_of_commissioners() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM before JOIN changed USING (id) WHERE before.in_programme <> changed.in_programme) THEN
        PERFORM kpis_work_from('0001-01-01', 'commissioners in the programme');
    END IF;
    RETURN NULL;
END $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION kpis_work_of_values, kpis_work_of_definitions, kpis_work_of_periods, kpis_work_of_list_sizes,
    kpis_work_of_commissioners, kpis_work_from CASCADE;
"""
WORK_OF = (
    ("kpis_practicevalue", "kpis_work_of_values()"),
    ("kpis_definition", "kpis_work_of_definitions()"),
    ("chins_membership", "kpis_work_of_periods('memberships')"),
    ("practices_practicestanding", "kpis_work_of_periods('practices')"),
    ("practices_listsize", "kpis_work_of_list_sizes()"),
)
TRIGGERS = "".join(
    f"""
CREATE TRIGGER kpis_work_{event.lower()} AFTER {event} ON {table}
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {function};
"""
    for table, function in WORK_OF
    for event in ("INSERT", "UPDATE")
) + (
    """
CREATE TRIGGER kpis_work_update AFTER UPDATE ON practices_commissioner
REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION kpis_work_of_commissioners();
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0002_library"),
        ("chins", "0002_body_members"),
        ("practices", "0001_initial"),
        ("kit", "0002_scan"),
    ]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, NO_FUNCTIONS)]
