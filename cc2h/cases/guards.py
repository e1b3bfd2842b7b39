"""What the database holds cases to, in its own language."""

from cc2h.cases.states import IN_GOVERNANCE, RULES, CaseState, steps


def listed(*values: str) -> str:
    return ", ".join(f"'{value}'" for value in values)


_STEPS = ", ".join(f"({listed(*step)})" for step in steps())
WITH_REASON = [event for event, rule in RULES.items() if rule.reason]

CASE_BEGINS = f"""
    IF NEW.state <> '{CaseState.IDEA}' THEN
        RAISE EXCEPTION 'A case begins as an idea.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_case_begins_as_an_idea';
    END IF;
    RETURN NEW;
"""

CASE_HAS_A_STEP = """
    IF NOT EXISTS (SELECT FROM cases_casestep WHERE case_id = NEW.id) THEN
        RAISE EXCEPTION 'A case is put forward by a step.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_case_put_forward_by_a_step';
    END IF;
    RETURN NULL;
"""

CASE_ONLY_BY_STEPS = """
    IF (NEW.number, NEW.commissioner_id, NEW.chin_id) IS DISTINCT FROM (OLD.number, OLD.commissioner_id, OLD.chin_id) THEN
        RAISE EXCEPTION 'The number of a case and the CHIN it is of never change.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_case_stays_whose_it_is';
    ELSIF pg_trigger_depth() = 1 AND (NEW.state, NEW.since) IS DISTINCT FROM (OLD.state, OLD.since) THEN
        RAISE EXCEPTION 'The state of a case is what its last step came to, and nothing else changes it.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_case_only_by_steps';
    END IF;
    RETURN NEW;
"""

# Two people who act at once meet at the row of the case.
STEP_FITS = f"""
    DECLARE
        its cases_case%ROWTYPE;
    BEGIN
        SELECT * INTO its FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
        IF NEW.before = '' THEN
            IF EXISTS (SELECT FROM cases_casestep WHERE case_id = NEW.case_id) THEN
                RAISE EXCEPTION 'The idea is put forward already.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_casestep_put_forward_once';
            END IF;
        ELSIF NEW.before <> its.state THEN
            RAISE EXCEPTION 'Somebody else was first: the case has gone on meanwhile. Look at it again.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_casestep_from_where_it_is';
        END IF;
        IF (NEW.event, NEW.before, NEW.after) NOT IN ({_STEPS}) THEN
            RAISE EXCEPTION 'That cannot happen to a case as this one is.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_casestep_follows_the_route';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - the table of steps is a constant of ours

CASE_FOLLOWS = """
    UPDATE cases_case SET state = NEW.after, since = CASE WHEN NEW.before = NEW.after THEN since ELSE NEW.day END
    WHERE id = NEW.case_id AND (state <> NEW.after OR NEW.before = '');
    RETURN NULL;
"""

# What was sent in stays as it is: a section is written while the case is, and not after.
SAVED_FITS = f"""
    DECLARE
        its cases_case%ROWTYPE;
    BEGIN
        SELECT * INTO its FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
        IF its.state NOT IN ({listed(CaseState.IDEA, CaseState.SHAPING, CaseState.DRAFT, CaseState.RETURNED)}) THEN
            RAISE EXCEPTION 'What was submitted stays as it is, unless more is asked for.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_saved_while_written';
        END IF;
        IF NEW.number <> 1 + coalesce(
            (SELECT max(number) FROM cases_saved WHERE case_id = NEW.case_id AND section = NEW.section), 0
        ) THEN
            RAISE EXCEPTION 'Somebody else saved this section meanwhile.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_saved_one_after_the_other';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - constants of ours

SUBMISSION_FITS = f"""
    IF NEW.purpose = 'test' AND NOT EXISTS (
        SELECT FROM cases_case WHERE id = NEW.case_id AND state IN ({listed(CaseState.DRAFT, CaseState.RETURNED)})
    ) THEN
        RAISE EXCEPTION 'A case is submitted while it is a draft, or when more was asked for.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_submission_of_a_draft';
    END IF;
    RETURN NEW;
"""
IN_GOVERNANCE_SQL = listed(*IN_GOVERNANCE)
