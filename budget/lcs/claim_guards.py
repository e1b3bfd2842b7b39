"""What the database holds claims to, in its own language."""

from budget.lcs.states import OWED, RULES, TO_ENTER, ClaimState, Event, steps


def _listed(*values: str) -> str:
    return ", ".join(f"'{value}'" for value in values)


_STEPS = ", ".join(f"({_listed(*step)})" for step in steps())
_SENDING = _listed(Event.SENT, Event.SENT_AGAIN)
WITH_REASON = [event for event, rule in RULES.items() if rule.reason]

CLAIM_OPENS = """
    RAISE EXCEPTION 'A claim begins open.' USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claim_begins_open';
"""

CLAIM_HAS_A_STEP = """
    IF NOT EXISTS (SELECT FROM lcs_claimstep WHERE claim_id = NEW.id) THEN
        RAISE EXCEPTION 'A claim is opened by a step.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claim_opened_by_a_step';
    END IF;
    RETURN NULL;
"""

# Asked before the guard is called, which costs next to nothing. What a step changes, its trigger changes: deeper down.
CLAIM_CHANGED_OTHERWISE = f"""(
    (NEW.stage_id, NEW.practice_id, NEW.opened_on) IS DISTINCT FROM (OLD.stage_id, OLD.practice_id, OLD.opened_on)
    OR (pg_trigger_depth() = 0 AND (NEW.state, NEW.sent_on, NEW.payable_on, NEW.paid_on)
        IS DISTINCT FROM (OLD.state, OLD.sent_on, OLD.payable_on, OLD.paid_on))
    OR (NEW.amount IS DISTINCT FROM OLD.amount AND OLD.state IN ({_listed(*OWED)}))
)"""
CLAIM_ONLY_BY_STEPS = f"""
    IF (NEW.stage_id, NEW.practice_id, NEW.opened_on) IS DISTINCT FROM (OLD.stage_id, OLD.practice_id, OLD.opened_on) THEN
        RAISE EXCEPTION 'Whose claim it is, for what, and when it was opened never change.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claim_stays_whose_it_is';
    ELSIF pg_trigger_depth() = 1 AND (NEW.state, NEW.sent_on, NEW.payable_on, NEW.paid_on)
          IS DISTINCT FROM (OLD.state, OLD.sent_on, OLD.payable_on, OLD.paid_on) THEN
        RAISE EXCEPTION 'The state of a claim is what its last step came to, and nothing else changes it.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claim_only_by_steps';
    ELSIF NEW.amount IS DISTINCT FROM OLD.amount AND OLD.state IN ({_listed(*OWED)}) THEN
        RAISE EXCEPTION 'What is payable stays of its amount.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claim_amount_stays';
    END IF;
    RETURN NEW;
"""

# By statement, as thousands may take a step at once. Two people who act at once meet at the row of the claim, before anything
# is asked. What is looked up of each step is looked up by itself, and planned each time: joined, or by a plan that was made
# while the tables were nearly empty, it would read a whole table for each of the thousands.
STEPS_TAKEN = f"""
    DECLARE
        wrong bigint;
        theirs bigint[] := ARRAY(SELECT DISTINCT claim_id FROM entered);
    BEGIN
        PERFORM FROM lcs_claim WHERE id = ANY(theirs) ORDER BY id FOR NO KEY UPDATE;
        IF EXISTS (SELECT FROM entered WHERE event = '{Event.OPENED}') THEN
            EXECUTE $sql$
                SELECT count(*) FROM entered e
                WHERE e.event = '{Event.OPENED}' AND (SELECT count(*) FROM lcs_claimstep s WHERE s.claim_id = e.claim_id) > 1
            $sql$ INTO wrong;
            IF wrong > 0 THEN
                RAISE EXCEPTION 'The claim is opened already.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claimstep_opened_once';
            END IF;
        END IF;
        IF EXISTS (SELECT FROM entered WHERE event <> '{Event.OPENED}') THEN
            EXECUTE $sql$
                SELECT count(*) FROM entered e
                WHERE e.event <> '{Event.OPENED}' AND e.before <> (SELECT c.state FROM lcs_claim c WHERE c.id = e.claim_id)
            $sql$ INTO wrong;
            IF wrong > 0 THEN
                RAISE EXCEPTION 'Somebody else was first: the claim has gone on meanwhile. Look at it again.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claimstep_from_where_it_is';
            END IF;
        END IF;
        IF EXISTS (SELECT FROM entered WHERE (event, before, after) NOT IN ({_STEPS})) THEN
            RAISE EXCEPTION 'That cannot happen to a claim as this one is.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claimstep_follows_the_route';
        END IF;
        IF EXISTS (SELECT FROM entered WHERE before <> after GROUP BY claim_id HAVING count(*) > 1) THEN
            RAISE EXCEPTION 'A claim takes one step at a time.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claimstep_one_at_a_time';
        END IF;
        IF EXISTS (SELECT FROM entered WHERE event = '{Event.PAYABLE}') THEN
            EXECUTE $sql$
                SELECT count(*) FROM entered e
                WHERE e.event = '{Event.PAYABLE}' AND (
                    SELECT count(*) FROM lcs_claim c JOIN lcs_output o ON o.stage_id = c.stage_id
                    LEFT JOIN lcs_answer a ON a.claim_id = c.id AND a.output_id = o.id AND a.state = 'accepted'
                    WHERE c.id = e.claim_id AND a.id IS NULL
                ) > 0
            $sql$ INTO wrong;
            IF wrong > 0 THEN
                RAISE EXCEPTION 'A claim is payable when all of its outputs are accepted.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claimstep_payable_when_all_is_accepted';
            END IF;
        END IF;
        IF EXISTS (SELECT FROM entered WHERE event = '{Event.PAID}') THEN
            EXECUTE $sql$
                SELECT count(*) FROM entered e
                WHERE e.event = '{Event.PAID}' AND (
                    SELECT count(*) FROM payments_payable p WHERE p.about = 'claim:' || e.claim_id AND p.state = 'paid'
                ) = 0
            $sql$ INTO wrong;
            IF wrong > 0 THEN
                RAISE EXCEPTION 'A claim is paid by a payment run, and by nothing else.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claimstep_paid_by_a_run';
            END IF;
        END IF;
        IF EXISTS (SELECT FROM entered WHERE event IN ('{Event.ASKED_BACK}', '{Event.RECEIVED_BACK}')) THEN
            EXECUTE $sql$
                SELECT count(*) FROM entered e
                WHERE e.event IN ('{Event.ASKED_BACK}', '{Event.RECEIVED_BACK}') AND (
                    SELECT count(*) FROM payments_recovery r JOIN payments_payable p ON p.id = r.payable_id
                    WHERE p.about = 'claim:' || e.claim_id
                    AND r.state = CASE e.event WHEN '{Event.ASKED_BACK}' THEN 'asked' ELSE 'received' END
                ) = 0
            $sql$ INTO wrong;
            IF wrong > 0 THEN
                RAISE EXCEPTION 'A payment is asked back, and received, where payments record it, and nowhere else.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_claimstep_asked_back_of_a_payment';
            END IF;
        END IF;
        IF EXISTS (SELECT FROM entered WHERE before <> after AND before <> '') THEN
            EXECUTE $sql$
                UPDATE lcs_claim c SET
                    state = e.after,
                    sent_on = CASE WHEN e.event IN ({_SENDING}) THEN e.day ELSE c.sent_on END,
                    payable_on = CASE WHEN e.event = '{Event.PAYABLE}' THEN e.day
                                      WHEN e.event IN ('{Event.TAKEN_BACK}', '{Event.CALLED_OFF}', '{Event.RECEIVED_BACK}') THEN NULL
                                      ELSE c.payable_on END,
                    paid_on = CASE WHEN e.event = '{Event.PAID}' THEN e.day
                                   WHEN e.event IN ('{Event.REVERSED}', '{Event.RECEIVED_BACK}') THEN NULL ELSE c.paid_on END
                FROM entered e WHERE e.claim_id = c.id AND e.before <> e.after AND e.before <> ''
            $sql$;
        END IF;
        RETURN NULL;
    END;
"""  # noqa: S608 - the table of steps and the states are constants of ours

_WRITTEN_WHILE_OPEN = f"""
    IF EXISTS (
        SELECT FROM {{changed}} n WHERE n.state = 'entered'
        AND (SELECT c.state FROM lcs_claim c WHERE c.id = n.claim_id) NOT IN ({_listed(*TO_ENTER)})
    ) THEN
        RAISE EXCEPTION 'What was sent in stays as it is, unless it is returned.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_answer_while_open';
    END IF;
"""  # noqa: S608 - constants of ours
_JUDGED_WHILE_SENT = f"""
    IF EXISTS (
        SELECT FROM {{changed}} n WHERE n.state <> 'entered' AND (
            SELECT c.state = '{ClaimState.SENT}' OR (n.state = 'returned' AND c.state = '{ClaimState.PAYABLE}')
            FROM lcs_claim c WHERE c.id = n.claim_id
        ) IS FALSE
    ) THEN
        RAISE EXCEPTION 'An output is accepted or returned while its claim waits to be verified.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_answer_judged_while_sent';
    END IF;
    IF EXISTS (
        SELECT FROM {{changed}} n WHERE n.state <> 'entered' AND n.judged_by_id IS NOT NULL AND (
            EXISTS (
                SELECT FROM lcs_answer own WHERE own.claim_id = n.claim_id AND own.entered_by_id = n.judged_by_id
            ) OR n.judged_by_id = (
                SELECT s.by_id FROM lcs_claimstep s
                WHERE s.claim_id = n.claim_id AND s.event IN ({_SENDING}) ORDER BY s.id DESC LIMIT 1
            )
        )
    ) THEN
        RAISE EXCEPTION 'What somebody entered or sent in is verified by somebody else.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_answer_verified_by_another';
    END IF;
"""  # noqa: S608 - constants of ours
ANSWERS_BEGIN = (_WRITTEN_WHILE_OPEN + _JUDGED_WHILE_SENT).format(changed="entered") + "RETURN NULL;"

# Row by row, but asked before the guard is called, which costs next to nothing.
ANSWER_STAYS_AS_IT_IS = """(
    (NEW.claim_id, NEW.output_id) IS DISTINCT FROM (OLD.claim_id, OLD.output_id)
    OR (OLD.state = 'accepted' AND NEW.state <> 'returned' AND NEW IS DISTINCT FROM OLD)
)"""
ANSWER_STAYS = """
    IF (NEW.claim_id, NEW.output_id) IS DISTINCT FROM (OLD.claim_id, OLD.output_id) THEN
        RAISE EXCEPTION 'What an answer is to never changes.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_answer_stays_where_it_is';
    END IF;
    RAISE EXCEPTION 'What is accepted stays as it is, unless it is returned.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'lcs_answer_accepted_stays';
"""
# Of those that changed at all, found by sorting or hashing: a join of the two would compare each with each.
_THOSE_CHANGED = "(SELECT * FROM entered EXCEPT SELECT * FROM were)"
ANSWERS_CHANGE = (_WRITTEN_WHILE_OPEN + _JUDGED_WHILE_SENT).format(changed=_THOSE_CHANGED) + "RETURN NULL;"
