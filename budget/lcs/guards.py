"""What the database holds services to, in its own language."""

from budget.lcs.service_states import FIRST, TRANSITIONS

_ALLOWED = ", ".join(f"('{before}', '{after}')" for before, afters in TRANSITIONS.items() for after in afters)

# What is asked for is fixed with the approval; a rate or a share that was not stated may be stated once, later.
SERVICE_KEEPS_TO_ITS_ROUTE = f"""
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> '{FIRST}' THEN
                RAISE EXCEPTION 'A service begins as a draft.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_service_begins_as_a_draft';
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({_ALLOWED}) THEN
            RAISE EXCEPTION 'A service goes from draft to approved to open to ended, or is withdrawn before it opens.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_service_route';
        END IF;
        IF OLD.state IN ('ended', 'withdrawn') AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
            RAISE EXCEPTION 'A service that is over does not change.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_service_over';
        END IF;
        IF OLD.state IN ('approved', 'open') AND NEW.state <> 'draft' AND (
            (OLD.line_id, OLD.name, OLD.opens_on, OLD.tariff, OLD.approved_on, OLD.approved_by, OLD.approved_where, OLD.interests)
                IS DISTINCT FROM
            (NEW.line_id, NEW.name, NEW.opens_on, NEW.tariff, NEW.approved_on, NEW.approved_by, NEW.approved_where, NEW.interests)
            OR (OLD.rate IS NOT NULL AND (OLD.rate, OLD.list_day) IS DISTINCT FROM (NEW.rate, NEW.list_day))
            OR (OLD.rate IS NULL AND NEW.rate IS NOT NULL AND OLD.state <> 'open')
            OR (OLD.state = 'open' AND OLD.frozen_on IS DISTINCT FROM NEW.frozen_on)
        ) THEN
            RAISE EXCEPTION 'What is approved does not change. Take the approval back first; an open service stays as it is.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_service_stays_as_approved';
        END IF;
        IF NEW.state = 'open' AND OLD.state <> 'open' THEN
            IF EXISTS (
                SELECT FROM lcs_stage s WHERE s.service_id = NEW.id
                AND NOT EXISTS (SELECT FROM lcs_output o WHERE o.stage_id = s.id)
            ) OR NOT EXISTS (SELECT FROM lcs_stage s WHERE s.service_id = NEW.id) THEN
                RAISE EXCEPTION 'A service opens with at least one stage, each of which asks for something.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_service_asks_for_something';
            END IF;
            IF NOT EXISTS (SELECT FROM lcs_eligible e WHERE e.service_id = NEW.id AND e.removed_on IS NULL) THEN
                RAISE EXCEPTION 'A service opens with at least one eligible practice.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_service_has_practices';
            END IF;
        END IF;
        IF NEW.state = 'open' AND (
            SELECT (sum(s.share) <> 100 OR count(s.share) <> count(*)) AND count(s.share) > 0
            FROM lcs_stage s WHERE s.service_id = NEW.id
        ) AND OLD.state <> 'open' THEN
            RAISE EXCEPTION 'The shares of the stages come to 100%%, or none of them is stated.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_service_shares';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - the states are constants of ours

# A row that comes, goes or changes; {of} finds the service of a row (OLD or NEW) and {may} what may change all the same.
_OF_SERVICE = """
    DECLARE
        its text;
        row_of record;
    BEGIN
        row_of := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        SELECT s.state INTO its FROM {tables} FOR KEY SHARE OF s;
        IF its <> 'draft'{but} THEN
            RAISE EXCEPTION 'What a service asks for is changed while it is a draft.'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
        END IF;
        RETURN row_of;
    END;
"""
STAGE_OF_A_DRAFT = _OF_SERVICE.format(
    tables="lcs_service s WHERE s.id = row_of.service_id",
    name="lcs_stage_of_a_draft",
    but=""" AND NOT (
            its = 'open' AND TG_OP = 'UPDATE' AND OLD.share IS NULL
            AND (to_jsonb(NEW) - 'share') = (to_jsonb(OLD) - 'share')
        )""",
)
OUTPUT_OF_A_DRAFT = _OF_SERVICE.format(
    tables="lcs_service s JOIN lcs_stage g ON g.service_id = s.id WHERE g.id = row_of.stage_id",
    name="lcs_output_of_a_draft",
    but="",
)

# By statement, as a list may have thousands of rows.
ELIGIBLE_COME = """
    IF EXISTS (
        SELECT FROM come e JOIN lcs_service s ON s.id = e.service_id WHERE s.state IN ('ended', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'The list of a service that is over does not change.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_eligible_while_it_lasts';
    END IF;
    IF EXISTS (
        SELECT FROM come e JOIN lcs_service s ON s.id = e.service_id JOIN budget_line l ON l.id = s.line_id
        LEFT JOIN practices_practicestanding t
            ON t.practice_id = e.practice_id AND upper_inf(t.held) AND t.period @> e.added_on
        WHERE t.id IS NULL OR t.commissioner_id <> l.commissioner_id OR t.status = 'closed'
    ) THEN
        RAISE EXCEPTION 'A practice is eligible that is open, and this commissioner’s, on the day it is put on the list.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_eligible_own_open_practice';
    END IF;
    IF EXISTS (
        SELECT FROM come e JOIN lcs_eligible was ON was.service_id = e.service_id AND was.practice_id = e.practice_id
        WHERE was.id <> e.id AND was.removed_on > e.added_on
    ) THEN
        RAISE EXCEPTION 'A practice comes back to a list on or after the day it was taken off.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_eligible_comes_back_later';
    END IF;
    RETURN NULL;
"""
MORE_THAN_ENDED_OR_PRICED = """(
    OLD.removed_on IS NOT NULL
    OR (OLD.amount IS NOT NULL AND (OLD.amount, OLD.list_size) IS DISTINCT FROM (NEW.amount, NEW.list_size))
    OR (OLD.service_id, OLD.practice_id, OLD.added_on, OLD.why_added)
       IS DISTINCT FROM (NEW.service_id, NEW.practice_id, NEW.added_on, NEW.why_added)
)"""
ELIGIBLE_CHANGES = """
    RAISE EXCEPTION 'A place on the list is ended, and its amount stated once; nothing else of it changes.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_eligible_stays';
"""
ELIGIBLE_GOES = """
    IF NOT EXISTS (SELECT FROM lcs_service s WHERE s.id = OLD.service_id AND s.state IN ('draft', 'approved')) THEN
        RAISE EXCEPTION 'A practice is taken off the list of an open service with a reason; the list is not made anew.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_eligible_not_deleted';
    END IF;
    RETURN OLD;
"""
