"""What the database holds the route to, in its own language."""

from cc2h.cases.guards import IN_GOVERNANCE_SQL, listed
from cc2h.cases.route.outcomes import APPROVING, BINDING, RULES, Part, Said, TurnState

_FITS = ", ".join(f"({listed(part, said)})" for said, rule in RULES.items() for part in rule.parts)
_AFTER = " ".join(f"WHEN '{said}' THEN '{rule.after}'" for said, rule in RULES.items())


def applies(stage: str, asked: str, purpose: str) -> str:
    """The condition that a stage is one for a sum and a purpose."""
    return f"""(
        CASE WHEN {purpose} = 'scale' THEN {stage}.scale ELSE {stage}.test END
        AND ({stage}.above IS NULL OR {asked} > {stage}.above)
        AND ({stage}.up_to IS NULL OR {asked} <= {stage}.up_to)
    )"""


# A version is made with its stages, and never changed: the next one follows it.
ROUTE_FOLLOWS = """
    DECLARE
        last route_route%ROWTYPE;
    BEGIN
        PERFORM FROM practices_commissioner WHERE id = NEW.commissioner_id FOR NO KEY UPDATE;
        SELECT * INTO last FROM route_route WHERE commissioner_id = NEW.commissioner_id ORDER BY number DESC LIMIT 1;
        IF NEW.number <> coalesce(last.number, 0) + 1 THEN
            RAISE EXCEPTION 'Somebody else has changed the route meanwhile. Look at it again.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_route_one_after_the_other';
        ELSIF NEW.from_day < last.from_day THEN
            RAISE EXCEPTION 'A later version of the route holds from the same day as the one before it, or from a later day.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_route_days_in_order';
        END IF;
        RETURN NEW;
    END;
"""

ROUTE_HAS_ITS_STAGES = """
    IF (SELECT count(*) FROM route_stage WHERE route_id = NEW.id) <> NEW.size THEN
        RAISE EXCEPTION 'A version of the route is made with all of its stages.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'route_route_whole';
    END IF;
    RETURN NULL;
"""

STAGE_BELONGS = """
    IF (SELECT count(*) FROM route_stage WHERE route_id = NEW.route_id)
       >= (SELECT size FROM route_route WHERE id = NEW.route_id) THEN
        RAISE EXCEPTION 'A version of the route stays as it was made. Make the next one.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'route_stage_with_its_route';
    END IF;
    RETURN NEW;
"""

# The rule in force at submission holds.
PASSAGE_FITS = """
    DECLARE
        in_force bigint;
    BEGIN
        SELECT r.id INTO in_force
        FROM cases_submission s JOIN cases_case c ON c.id = s.case_id
        JOIN route_route r ON r.commissioner_id = c.commissioner_id AND r.from_day <= s.day
        WHERE s.id = NEW.submission_id
        ORDER BY r.number DESC LIMIT 1;
        IF NEW.route_id IS DISTINCT FROM in_force THEN
            RAISE EXCEPTION 'A case takes the route that is in force on the day it is submitted.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_passage_in_force';
        END IF;
        RETURN NEW;
    END;
"""

TURN_OPENS = f"""
    DECLARE
        sent cases_submission%ROWTYPE;
        its cases_case%ROWTYPE;
        way route_passage%ROWTYPE;
        stage route_stage%ROWTYPE;
    BEGIN
        SELECT * INTO sent FROM cases_submission WHERE id = NEW.passage_id;
        SELECT * INTO its FROM cases_case WHERE id = sent.case_id FOR NO KEY UPDATE;
        SELECT * INTO way FROM route_passage WHERE submission_id = NEW.passage_id;
        SELECT * INTO stage FROM route_stage WHERE id = NEW.stage_id;
        IF stage.route_id <> way.route_id OR NOT {applies("stage", "sent.asked", "sent.purpose")} THEN
            RAISE EXCEPTION 'That is no stage of the route of this case.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_turn_on_the_route';
        ELSIF stage.part IN ({listed(*BINDING)}) AND its.state NOT IN ({IN_GOVERNANCE_SQL}) THEN
            RAISE EXCEPTION 'Nobody is asked about a case that is not in governance.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_turn_in_governance';
        ELSIF EXISTS (SELECT FROM cases_submission WHERE case_id = sent.case_id AND number > sent.number) THEN
            RAISE EXCEPTION 'The case has been submitted again since.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_turn_of_the_latest';
        ELSIF EXISTS (
            SELECT FROM route_stage s
            WHERE s.route_id = way.route_id AND s.position < stage.position AND s.part IN ({listed(*BINDING)})
              AND {applies("s", "sent.asked", "sent.purpose")}
              AND NOT EXISTS (
                  SELECT FROM route_turn t WHERE t.passage_id = NEW.passage_id AND t.stage_id = s.id AND t.state = 'passed'
              )
        ) THEN
            RAISE EXCEPTION 'An earlier stage of the route has not passed the case yet.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_turn_in_order';
        ELSIF stage.body_id IS NOT NULL AND NEW.body_id IS DISTINCT FROM stage.body_id
              OR NEW.body_id IS NOT NULL AND stage.body_id IS NULL AND (NOT stage.own_board OR NOT EXISTS (
                  SELECT FROM governance_body WHERE id = NEW.body_id AND chin_id = its.chin_id)) THEN
            RAISE EXCEPTION 'The body is not the one of the stage.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_turn_of_its_body';
        END IF;
        IF NEW.carried_from_id IS NULL THEN
            IF NEW.state <> 'open' OR NEW.closed_on IS NOT NULL OR NEW.deferred_until IS NOT NULL THEN
                RAISE EXCEPTION 'A stage begins by waiting for what is said.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'route_turn_begins_open';
            END IF;
        ELSIF NEW.state <> 'passed' OR NOT EXISTS (
            SELECT FROM route_outcome o JOIN route_turn t ON t.id = o.turn_id
            JOIN cases_submission before ON before.id = t.passage_id
            WHERE o.id = NEW.carried_from_id AND t.stage_id = NEW.stage_id AND t.state = 'passed'
              AND before.case_id = sent.case_id AND before.number < sent.number
              AND before.asked = sent.asked AND before.purpose = sent.purpose
        ) THEN
            RAISE EXCEPTION 'What was said before holds for the same stage, the same case and the same sum only.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_turn_carried';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - constants of ours

TURN_FOLLOWS = """
    IF pg_trigger_depth() = 1
       OR (NEW.passage_id, NEW.stage_id, NEW.body_id, NEW.opened_on, NEW.target_on, NEW.carried_from_id)
          IS DISTINCT FROM (OLD.passage_id, OLD.stage_id, OLD.body_id, OLD.opened_on, OLD.target_on, OLD.carried_from_id)
    THEN
        RAISE EXCEPTION 'What a stage came to is what was said there, and nothing else changes it.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'route_turn_only_by_outcomes';
    END IF;
    RETURN NEW;
"""

# Two who say something at the same moment meet at the row of the turn.
OUTCOME_FITS = f"""
    DECLARE
        turn route_turn%ROWTYPE;
        stage route_stage%ROWTYPE;
        sent cases_submission%ROWTYPE;
    BEGIN
        SELECT * INTO turn FROM route_turn WHERE id = NEW.turn_id FOR UPDATE;
        SELECT * INTO stage FROM route_stage WHERE id = turn.stage_id;
        SELECT * INTO sent FROM cases_submission WHERE id = turn.passage_id;
        IF turn.state <> 'open' THEN
            RAISE EXCEPTION 'Nothing more is said at this stage: it was answered, or is not needed any more.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_outcome_while_open';
        ELSIF (stage.part, NEW.said) NOT IN ({_FITS}) THEN
            RAISE EXCEPTION 'That is not for this stage to say.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_outcome_of_its_part';
        ELSIF NEW.day < turn.opened_on THEN
            RAISE EXCEPTION 'The case came to this stage on %, and nothing is said of it before that.',
                to_char(turn.opened_on, 'FMDD FMMonth YYYY')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_outcome_not_before';
        ELSIF stage.part = '{Part.DECIDE}' AND turn.body_id IS NOT NULL AND NEW.decision_id IS NULL THEN
            RAISE EXCEPTION 'This is for a body to decide, at a meeting.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_outcome_at_a_meeting';
        ELSIF NEW.decision_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM decisions_decision d JOIN governance_item i ON i.id = d.item_id
            JOIN governance_meeting m ON m.id = i.meeting_id JOIN cases_case c ON c.number = i.key
            WHERE d.id = NEW.decision_id AND i.kind = 'case' AND c.id = sent.case_id
              AND m.body_id = turn.body_id AND d.outcome = NEW.said AND d.day = NEW.day
        ) THEN
            RAISE EXCEPTION 'The body that is asked at this stage has decided no such thing of the case.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_outcome_as_decided';
        ELSIF stage.part IN ({listed(Part.CHECK, Part.ADVISE, Part.DECIDE)}) AND NEW.decision_id IS NULL AND (
            NEW.by_id = sent.by_id
            OR EXISTS (SELECT FROM cases_case WHERE id = sent.case_id AND put_forward_by_id = NEW.by_id)
            OR EXISTS (SELECT FROM cases_author WHERE case_id = sent.case_id AND person_id = NEW.by_id)
        ) THEN
            RAISE EXCEPTION 'Whoever put the case forward, wrote it or submitted it leaves it to others.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_outcome_of_another';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - constants of ours

TURN_HEARS = f"""
    UPDATE route_turn
    SET state = CASE NEW.said {_AFTER} END,
        closed_on = CASE WHEN NEW.said = '{Said.DEFERRED}' THEN NULL ELSE NEW.day END,
        deferred_until = NEW.until
    WHERE id = NEW.turn_id;
    RETURN NULL;
"""  # noqa: S608 - constants of ours

OUTCOME_HAS_ITS_CONDITIONS = f"""
    IF (NEW.said = '{Said.CONDITIONS}') <> EXISTS (SELECT FROM route_condition WHERE outcome_id = NEW.id) THEN
        RAISE EXCEPTION 'Conditions go with “approve with conditions”, at least one, and with nothing else.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'route_outcome_with_conditions';
    END IF;
    RETURN NULL;
"""

CONDITION_STAYS = """
    IF (NEW.outcome_id, NEW.text, NEW.due_on) IS DISTINCT FROM (OLD.outcome_id, OLD.text, OLD.due_on) THEN
        RAISE EXCEPTION 'A condition stays as it was set.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'route_condition_stays';
    END IF;
    RETURN NEW;
"""

CONDITION_WAIVED_BY_ANOTHER = """
    IF NEW.waived_by_id IS NOT NULL AND EXISTS (
        SELECT FROM route_outcome o JOIN route_turn t ON t.id = o.turn_id
        JOIN cases_submission s ON s.id = t.passage_id JOIN cases_case c ON c.id = s.case_id
        WHERE o.id = NEW.outcome_id AND (
            NEW.waived_by_id IN (s.by_id, c.put_forward_by_id)
            OR EXISTS (SELECT FROM cases_author a WHERE a.case_id = c.id AND a.person_id = NEW.waived_by_id)
        )
    ) THEN
        RAISE EXCEPTION 'Whoever put the case forward, wrote it or submitted it does not waive its conditions.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'route_condition_waived_by_another';
    END IF;
    RETURN NEW;
"""

# No money without approval: every stage that holds the case up has passed it, and one of them decided.
APPROVED_BY_ALL = f"""
    DECLARE
        sent cases_submission%ROWTYPE;
    BEGIN
        IF NEW.event NOT IN ('approved', 'scaled') THEN
            RETURN NEW;
        END IF;
        SELECT * INTO sent FROM cases_submission
        WHERE case_id = NEW.case_id AND purpose = CASE WHEN NEW.event = 'scaled' THEN 'scale' ELSE 'test' END
        ORDER BY number DESC LIMIT 1;
        IF EXISTS (
            SELECT FROM route_passage p JOIN route_stage s ON s.route_id = p.route_id
            WHERE p.submission_id = sent.id AND s.part IN ({listed(*BINDING)})
              AND {applies("s", "sent.asked", "sent.purpose")}
              AND NOT EXISTS (
                  SELECT FROM route_turn t WHERE t.passage_id = sent.id AND t.stage_id = s.id AND t.state = 'passed'
              )
        ) OR NOT EXISTS (
            SELECT FROM route_turn t JOIN route_stage s ON s.id = t.stage_id JOIN route_outcome o ON o.turn_id = t.id
            WHERE t.passage_id = sent.id AND s.part = '{Part.DECIDE}' AND o.said IN ({listed(*APPROVING)})
        ) THEN
            RAISE EXCEPTION 'A case is approved when every stage of its route has passed it, and who decides has approved it.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_approved_by_all';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - constants of ours

# Nobody is waited for about a case that is back with its CHIN, or over.
ROUND_ENDS = f"""
    IF NEW.before IN ({IN_GOVERNANCE_SQL}) AND NEW.after NOT IN ({IN_GOVERNANCE_SQL}, 'approved', 'scaled') THEN
        UPDATE route_turn t SET state = '{TurnState.VOID}', closed_on = greatest(NEW.day, t.opened_on)
        FROM cases_submission s
        WHERE s.id = t.passage_id AND s.case_id = NEW.case_id AND t.state = 'open';
    END IF;
    RETURN NULL;
"""  # noqa: S608 - constants of ours
