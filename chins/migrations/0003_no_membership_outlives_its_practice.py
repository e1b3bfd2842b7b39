"""A practice can't close under a membership, and a CHIN that closes waits for memberships on their way."""

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
    dependencies = [("chins", "0002_work_to_do_triggers")]

    operations = [migrations.RunSQL(CLOSING, UNDO)]
