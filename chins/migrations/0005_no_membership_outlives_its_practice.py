"""A practice can't close under a membership, and a CHIN that closes waits for memberships on their way."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

CLOSING = """
CREATE FUNCTION chins_practice_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM practices_practice WHERE id = NEW.practice_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM practices_practicestanding s JOIN chins_membership m ON m.practice_id = s.practice_id
            AND upper_inf(m.held) AND m.period && s.period
        WHERE s.practice_id = NEW.practice_id AND upper_inf(s.held) AND s.status = 'closed'
    ) THEN
        RAISE EXCEPTION 'A practice can''t be in a CHIN after it has closed.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_open_practice';
    END IF;
    RETURN NULL;
END $$;
-- at commit, so that one transaction may close the practice and end its membership in either order
CREATE CONSTRAINT TRIGGER chins_practice_closes AFTER INSERT ON practices_practicestanding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'closed' AND upper_inf(NEW.held))
    EXECUTE FUNCTION chins_practice_closes();
"""
UNDO = """
DROP TRIGGER chins_practice_closes ON practices_practicestanding;
DROP FUNCTION chins_practice_closes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("chins", "0004_chins_by_their_name"),
    ]

    operations = [
        migrations.RunSQL(CLOSING, UNDO),
        pgtrigger.migrations.RemoveTrigger(
            model_name="chinstate",
            name="membership_fits",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chinstate",
            trigger=pgtrigger.compiler.Trigger(
                name="membership_fits",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n    IF NOT upper_inf(NEW.held) THEN RETURN NULL; END IF;\n    PERFORM 1 FROM chins_chin WHERE id = NEW.chin_id FOR UPDATE;\n    IF EXISTS (\n        SELECT FROM chins_membership m\n        WHERE m.chin_id = NEW.chin_id AND upper_inf(m.held) AND EXISTS (\n            SELECT FROM practices_practicestanding s\n            WHERE s.practice_id = m.practice_id AND upper_inf(s.held) AND s.status = 'closed'\n              AND s.period && m.period)\n    ) THEN\n        RAISE EXCEPTION 'A practice can''t be in a CHIN after it has closed.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_open_practice';\n    END IF;\n    IF EXISTS (\n        SELECT FROM chins_membership m\n        WHERE m.chin_id = NEW.chin_id AND upper_inf(m.held) AND NOT (\n            coalesce((SELECT range_agg(s.period) FROM chins_chinstate s\n                      WHERE s.chin_id = m.chin_id AND upper_inf(s.held)\n                        AND s.status IN ('proposed', 'approved', 'operational')), '{}'::datemultirange)\n            @> m.period)\n    ) THEN\n        RAISE EXCEPTION 'A practice can be in a CHIN only while the CHIN is proposed, approved or operational.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_living_chin';\n    END IF;\n    RETURN NULL;\n",
                    hash="f7fc7e5d0c1e25efa8100303cf5a0ce9adaf9e1e",
                    operation="INSERT",
                    pgid="pgtrigger_membership_fits_56838",
                    table="chins_chinstate",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
