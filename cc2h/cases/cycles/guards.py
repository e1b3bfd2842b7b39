"""What the database holds cycles to, in its own language."""

from cc2h.cases.cycles.states import CHANGES, CycleState
from cc2h.cases.guards import listed
from cc2h.cases.states import FUNDED, CaseState

_CHANGES = ", ".join(f"({listed(*one)})" for one in CHANGES)

CYCLE_BEGINS = f"""
    IF NEW.state <> '{CycleState.PLAN}' THEN
        RAISE EXCEPTION 'A cycle begins with its plan.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_begins_with_a_plan';
    END IF;
    IF NOT EXISTS (SELECT FROM cases_case WHERE id = NEW.case_id AND state IN ({listed(*FUNDED)}) FOR NO KEY UPDATE) THEN
        RAISE EXCEPTION 'A cycle is of a case that is approved and goes on.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_of_an_approved_case';
    END IF;
    IF NEW.number <> 1 + (SELECT count(*) FROM cycles_cycle WHERE case_id = NEW.case_id) THEN
        RAISE EXCEPTION 'Somebody else has planned a cycle meanwhile. Look at it again.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_one_after_the_other';
    ELSIF EXISTS (SELECT FROM cycles_cycle WHERE case_id = NEW.case_id AND state <> '{CycleState.ACT}') THEN
        RAISE EXCEPTION 'The cycle before it is not over: conclude that first.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_after_the_one_before';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - constants of ours

CYCLE_CHANGES = f"""
    IF (NEW.case_id, NEW.number) IS DISTINCT FROM (OLD.case_id, OLD.number) THEN
        RAISE EXCEPTION 'Which cycle it is never changes.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_stays_which_it_is';
    ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({_CHANGES}) THEN
        RAISE EXCEPTION 'Somebody else was first: the cycle has gone on meanwhile. Look at it again.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_follows';
    ELSIF OLD.state <> '{CycleState.PLAN}' AND (NEW.title, NEW.question, NEW.who, NEW.place)
          IS DISTINCT FROM (OLD.title, OLD.question, OLD.who, OLD.place) THEN
        RAISE EXCEPTION 'The plan of a cycle stays as it was when it began.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_plan_stays';
    END IF;
    IF NEW.state = '{CycleState.DO}' AND OLD.state = '{CycleState.PLAN}' THEN
        IF NOT EXISTS (SELECT FROM cycles_prediction WHERE cycle_id = NEW.id) THEN
            RAISE EXCEPTION 'A cycle predicts something: say what you will measure, and the number you expect.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_predicts';
        END IF;
    ELSIF NEW.state = '{CycleState.STUDY}' AND OLD.state = '{CycleState.DO}' AND (
        NOT EXISTS (SELECT FROM cycles_study WHERE cycle_id = NEW.id) OR EXISTS (
            SELECT FROM cycles_prediction p WHERE p.cycle_id = NEW.id
            AND NOT EXISTS (SELECT FROM cycles_finding f WHERE f.prediction_id = p.id)
        )
    ) THEN
        RAISE EXCEPTION 'The study says of each prediction whether it held.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_studied_whole';
    ELSIF NEW.state = '{CycleState.ACT}' AND OLD.state = '{CycleState.STUDY}'
          AND NOT EXISTS (SELECT FROM cycles_conclusion WHERE cycle_id = NEW.id) THEN
        RAISE EXCEPTION 'A cycle ends with what follows from it.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_cycle_acted_on';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - constants of ours

PREDICTED_BEFORE = f"""
    IF NOT EXISTS (
        SELECT FROM cycles_cycle WHERE id = NEW.cycle_id AND state = '{CycleState.PLAN}' FOR NO KEY UPDATE
    ) THEN
        RAISE EXCEPTION 'A prediction is made before the cycle begins.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_prediction_made_before';
    END IF;
    RETURN NEW;
"""

# Readings from before the cycle are its baseline; none comes after the study, which was made of those it had.
READ_WHILE_DOING = f"""
    IF NOT EXISTS (
        SELECT FROM cycles_cycle c JOIN cycles_prediction p ON p.cycle_id = c.id
        WHERE p.id = NEW.prediction_id AND c.state IN ({listed(CycleState.PLAN, CycleState.DO)}) FOR NO KEY UPDATE OF c
    ) THEN
        RAISE EXCEPTION 'The cycle has been studied: its numbers stay as they were.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_reading_before_the_study';
    END IF;
    IF NEW.version <> 1 + coalesce(
        (SELECT max(version) FROM cycles_reading WHERE prediction_id = NEW.prediction_id AND day = NEW.day), 0
    ) THEN
        RAISE EXCEPTION 'Somebody else has entered that number meanwhile. Look at it again.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_reading_one_after_the_other';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - constants of ours

NOTED_WHILE_DOING = f"""
    IF NOT EXISTS (
        SELECT FROM cycles_cycle WHERE id = NEW.cycle_id AND state = '{CycleState.DO}' FOR NO KEY UPDATE
    ) THEN
        RAISE EXCEPTION 'What happens in a cycle is noted while it goes on.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_note_while_it_goes_on';
    END IF;
    RETURN NEW;
"""

DATES_FOLLOW = f"""
    IF NEW.number <> 1 + (SELECT count(*) FROM cycles_dates WHERE cycle_id = NEW.cycle_id) THEN
        RAISE EXCEPTION 'Somebody else has changed the days meanwhile. Look at it again.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_dates_one_after_the_other';
    ELSIF NOT EXISTS (
        SELECT FROM cycles_cycle WHERE id = NEW.cycle_id
        AND state IN ({listed(CycleState.PLAN, CycleState.DO)}) FOR NO KEY UPDATE
    ) THEN
        RAISE EXCEPTION 'The days of a cycle stay once it is studied.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_dates_before_the_study';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - constants of ours

STUDIED_WHILE_DOING = f"""
    IF NOT EXISTS (
        SELECT FROM cycles_cycle WHERE id = NEW.cycle_id AND state = '{CycleState.DO}' FOR NO KEY UPDATE
    ) THEN
        RAISE EXCEPTION 'A cycle is studied once, after it was done.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_study_after_doing';
    END IF;
    RETURN NEW;
"""

FOUND_OF_ITS_OWN = """
    IF NOT EXISTS (
        SELECT FROM cycles_study s JOIN cycles_prediction p ON p.cycle_id = s.cycle_id
        WHERE s.id = NEW.study_id AND p.id = NEW.prediction_id
    ) THEN
        RAISE EXCEPTION 'A study is of its own cycle’s predictions.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_finding_of_its_own';
    END IF;
    RETURN NEW;
"""

CONCLUDED_AFTER_STUDY = f"""
    IF NOT EXISTS (
        SELECT FROM cycles_cycle WHERE id = NEW.cycle_id AND state = '{CycleState.STUDY}' FOR NO KEY UPDATE
    ) THEN
        RAISE EXCEPTION 'What follows from a cycle is decided once it is studied.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_conclusion_after_the_study';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - constants of ours

PROPOSED_FITS = f"""
    IF NOT EXISTS (
        SELECT FROM cases_submission s JOIN cases_case c ON c.id = s.case_id
        JOIN budget_source o ON o.commissioner_id = c.commissioner_id
        WHERE s.id = NEW.submission_id AND s.purpose = 'scale' AND o.id = NEW.source_id
          AND c.state IN ({listed(CaseState.CONCLUDED, CaseState.SCALING)})
    ) THEN
        RAISE EXCEPTION 'What is to be scaled was tested, and is paid from a source of its own commissioner.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cycles_proposal_fits';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - constants of ours
