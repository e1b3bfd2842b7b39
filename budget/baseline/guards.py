"""What the database holds the assessment to, in its own language."""

from budget.baseline.questions import SECTIONS

# What was said stays as it was said: a version follows the one before, in its round's time, through a link that is open.
SAVED_FITS = """
    DECLARE
        its baseline_assessment%ROWTYPE;
        link baseline_delegation%ROWTYPE;
        newest integer;
    BEGIN
        SELECT * INTO its FROM baseline_assessment WHERE id = NEW.assessment_id;
        IF NEW.day < its.opens THEN
            RAISE EXCEPTION 'The round has not opened yet.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'baseline_saved_while_open';
        END IF;
        SELECT coalesce(max(number), 0) INTO newest FROM baseline_saved
            WHERE (assessment_id, practice_id, section) = (NEW.assessment_id, NEW.practice_id, NEW.section);
        IF NEW.number <> newest + 1 THEN
            RAISE EXCEPTION 'Somebody else saved this section meanwhile.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'baseline_saved_in_turn';
        END IF;
        IF NEW.link_id IS NOT NULL THEN
            SELECT * INTO link FROM baseline_delegation WHERE id = NEW.link_id FOR SHARE;
            IF (link.assessment_id, link.practice_id, link.section)
               IS DISTINCT FROM (NEW.assessment_id, NEW.practice_id, NEW.section) THEN
                RAISE EXCEPTION 'The link is for another section.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'baseline_saved_by_its_link';
            END IF;
            IF link.withdrawn_on IS NOT NULL OR NEW.day > link.expires_on THEN
                RAISE EXCEPTION 'The link opens nothing any more.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'baseline_saved_by_an_open_link';
            END IF;
        END IF;
        RETURN NEW;
    END;
"""

SENT_WHOLE = f"""
    IF cardinality(NEW.versions) <> {len(SECTIONS)} OR (
        SELECT array_agg(id ORDER BY id) FROM (
            SELECT DISTINCT ON (section) id, done FROM baseline_saved
            WHERE assessment_id = NEW.assessment_id AND practice_id = NEW.practice_id ORDER BY section, number DESC
        ) newest WHERE done
    ) IS DISTINCT FROM (SELECT array_agg(v ORDER BY v) FROM unnest(NEW.versions) v) THEN
        RAISE EXCEPTION 'An assessment is sent in whole: each section done, and as it was saved last.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'baseline_submission_whole';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - a number of ours

LINK_ENDS_ONCE = """
    IF OLD.withdrawn_on IS NOT NULL OR (to_jsonb(NEW) - ARRAY['withdrawn_on', 'withdrawn_by_id'])
       IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['withdrawn_on', 'withdrawn_by_id']) THEN
        RAISE EXCEPTION 'A link is withdrawn once, and stays as it was made.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'baseline_delegation_ends_once';
    END IF;
    RETURN NEW;
"""
