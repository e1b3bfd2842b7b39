"""A list size that comes late leaves work to do: its practice is priced at once."""

from django.db import migrations

# Of the few places that have no amount yet, however many list sizes came.
FUNCTION = """
CREATE FUNCTION lcs_work_of_list_sizes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, reason)
    SELECT 'amounts of services', s.id, 'list sizes'
    FROM lcs_service s
    WHERE s.state = 'open' AND s.tariff = 'per_head' AND s.rate IS NOT NULL AND EXISTS (
        SELECT FROM lcs_eligible e WHERE e.service_id = s.id AND e.amount IS NULL AND e.removed_on IS NULL
        AND EXISTS (SELECT FROM changed c WHERE c.practice_id = e.practice_id AND c.day = s.list_day)
    );
    RETURN NULL;
END $$;
"""
TRIGGERS = "".join(
    f"""
CREATE TRIGGER lcs_work_{event.lower()} AFTER {event} ON practices_listsize
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION lcs_work_of_list_sizes();
"""
    for event in ("INSERT", "UPDATE")
)


class Migration(migrations.Migration):
    dependencies = [
        ("lcs", "0006_lapses_decided"),
        ("practices", "0001_initial"),
        ("kit", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FUNCTION + TRIGGERS, "DROP FUNCTION lcs_work_of_list_sizes() CASCADE;")]
