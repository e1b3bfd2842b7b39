"""What the database itself refuses of QISTs."""

SUPPORTED_WHILE_SERVED = """
    IF TG_OP = 'UPDATE' AND (NEW.qist_id, NEW.practice_id, NEW.day, NEW.kind, NEW.what, NEW.agreed, NEW.by_id)
            IS DISTINCT FROM (OLD.qist_id, OLD.practice_id, OLD.day, OLD.kind, OLD.what, OLD.agreed, OLD.by_id) THEN
        RAISE EXCEPTION 'What was done for a practice is not changed: only what came of it is added.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'qists_support_never_changed';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM qists_serves s JOIN chins_membership m ON m.chin_id = s.chin_id
        WHERE s.qist_id = NEW.qist_id AND m.practice_id = NEW.practice_id AND upper_inf(s.held) AND upper_inf(m.held)
          AND s.period @> NEW.day AND m.period @> NEW.day
    ) THEN
        RAISE EXCEPTION 'On that day the QIST did not serve a CHIN that the practice was in.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'qists_support_while_served';
    END IF;
    RETURN NEW;
"""
REVIEWED_WHILE_THERE = """
    IF NOT EXISTS (SELECT FROM qists_qist q WHERE q.id = NEW.qist_id AND q.opens_on <= NEW.day) THEN
        RAISE EXCEPTION 'A QIST is reviewed after it began.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'qists_review_while_there';
    END IF;
    RETURN NEW;
"""
