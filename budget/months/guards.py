"""What the database holds months and years to, in its own language."""

MONTH_STILL_OPEN = """
    DECLARE
        its bigint;
        shut date;
    BEGIN
        SELECT commissioner_id INTO its FROM budget_line WHERE id = NEW.line_id;
        PERFORM pg_advisory_xact_lock_shared(hashtext('budget_period'), its::int);
        SELECT min(month) INTO shut FROM budget_period
            WHERE commissioner_id = its AND reopened_at IS NULL AND month >= NEW.month;
        IF shut IS NOT NULL THEN
            RAISE EXCEPTION '% is closed: what its report says stays.', to_char(NEW.month, 'FMMonth YYYY')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'months_month_open';
        END IF;
        RETURN NEW;
    END;
"""

PERCENTS_ADD_UP = """
    IF (SELECT sum(one) FROM unnest(NEW.percents) one) <> 100
       OR EXISTS (SELECT FROM unnest(NEW.percents) one WHERE one IS NULL OR one < 0) THEN
        RAISE EXCEPTION 'The twelve months come to 100%%, none of them below 0%%.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'months_phasing_adds_up';
    END IF;
    RETURN NEW;
"""

YEAR_CHOICE_DECIDED_ONCE = """
    IF OLD.state <> 'asked' OR (to_jsonb(NEW) - ARRAY['state', 'decided_by_id', 'decided_on', 'why'])
       IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'decided_by_id', 'decided_on', 'why']) THEN
        RAISE EXCEPTION 'What is asked for is decided once, and stays as it was asked.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'months_choice_decided_once';
    END IF;
    RETURN NEW;
"""
