"""What the database holds payments to, in its own language."""

from budget.payments.states import LINE_STEPS, LIVE, PAYABLE_STEPS, RUN_STEPS

_LIVE = ", ".join(f"'{state}'" for state in LIVE)
_PAYABLE_STEPS = ", ".join(f"('{before}', '{after}')" for before, after in PAYABLE_STEPS)
_RUN_STEPS = ", ".join(f"('{before}', '{after}')" for before, after in RUN_STEPS)
_LINE_STEPS = ", ".join(
    f"('{before}', '{after}', '{run}')" for (before, after), runs in LINE_STEPS.items() for run in runs
)


def control_in_sql(run: str) -> str:
    """The control hash of a run, in SQL: who is paid how much, of which line, by which reference; and the totals."""
    return f"""
        (SELECT encode(sha256(convert_to(
            coalesce(string_agg(concat_ws('|', l.reference, l.payee_reference, p.line_id, p.year, coalesce(p.chin_id, 0), l.amount),
                                E'\\n' ORDER BY l.reference COLLATE "C"), '')
            || E'\\n' || count(*) || '|' || coalesce(sum(l.amount), 0), 'UTF8')), 'hex')
         FROM payments_runline l JOIN payments_payable p ON p.id = l.payable_id
         WHERE l.run_id = {run} AND l.state <> 'out')
    """  # noqa: S608 - a column of ours


PAYABLE_BEGINS = """
    IF NEW.state <> 'owed' THEN
        RAISE EXCEPTION 'A sum is owed before it is anything else.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payable_begins_owed';
    END IF;
    RETURN NEW;
"""

PAYABLE_CHANGES = f"""
    DECLARE
        in_run text;
    BEGIN
        IF (to_jsonb(NEW) - ARRAY['state', 'paid_on', 'called_off_on', 'why'])
           IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'paid_on', 'called_off_on', 'why']) THEN
            RAISE EXCEPTION 'What is owed stays as it was vouched for. Call it off, and owe it anew.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payable_stays';
        END IF;
        IF OLD.state = NEW.state AND NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
        IF (OLD.state, NEW.state) NOT IN ({_PAYABLE_STEPS}) THEN
            RAISE EXCEPTION 'What is % does not become %.', replace(OLD.state, '_', ' '), replace(NEW.state, '_', ' ')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payable_steps';
        END IF;
        SELECT r.number INTO in_run FROM payments_runline l JOIN payments_run r ON r.id = l.run_id
            WHERE l.payable_id = NEW.id AND l.state IN ({_LIVE}) LIMIT 1;
        IF NEW.state = 'called_off' AND in_run IS NOT NULL THEN
            RAISE EXCEPTION 'It is in payment run %. Take it out of the run first, or wait until the run is confirmed.', in_run
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payable_not_in_a_run';
        END IF;
        IF (NEW.state = 'paid') <> EXISTS (
            SELECT FROM payments_runline WHERE payable_id = NEW.id AND state = 'paid'
        ) THEN
            RAISE EXCEPTION 'What is owed is paid by a line of a run, and by nothing else.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payable_paid_by_a_run';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - the states are constants of ours

VOUCHED_BEFORE = f"""
    IF EXISTS (
        SELECT FROM entered n
        WHERE (SELECT count(*) FROM payments_runline l WHERE l.payable_id = n.payable_id AND l.state IN ({_LIVE})) > 0
    ) THEN
        RAISE EXCEPTION 'Who vouches for it is known before it is in a run.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_vouching_before_a_run';
    END IF;
    RETURN NULL;
"""  # noqa: S608 - the states are constants of ours

PAYEE_KEPT = """
    DECLARE
        in_run text;
    BEGIN
        IF NEW.reference <> OLD.reference THEN
            SELECT r.number INTO in_run
                FROM payments_runline l
                JOIN payments_run r ON r.id = l.run_id
                JOIN payments_payable p ON p.id = l.payable_id
                WHERE p.payee_id = NEW.id AND l.state = 'waiting' LIMIT 1;
            IF in_run IS NOT NULL THEN
                RAISE EXCEPTION 'The payee’s reference stands in payment run %. Withdraw that run, or wait until it is confirmed.', in_run
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payee_reference_in_a_run';
            END IF;
        END IF;
        IF (NEW.kind, NEW.practice_id, NEW.federation_id, NEW.commissioner_id)
           IS DISTINCT FROM (OLD.kind, OLD.practice_id, OLD.federation_id, OLD.commissioner_id) THEN
            RAISE EXCEPTION 'A payee stays who it is. Add another.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payee_stays';
        END IF;
        RETURN NEW;
    END;
"""

RUN_BEGINS = """
    IF NEW.state <> 'prepared' THEN
        RAISE EXCEPTION 'A run is prepared before it is anything else.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_run_begins_prepared';
    END IF;
    RETURN NEW;
"""

RUN_CHANGES = f"""
    DECLARE
        its text[] := ARRAY['state', 'authorised_by_id', 'authorised_on', 'control', 'total', 'count',
                            'exported_on', 'confirmed_on', 'withdrawn_on', 'why'];
        paid_to text;
    BEGIN
        IF (to_jsonb(NEW) - its) IS DISTINCT FROM (to_jsonb(OLD) - its)
           OR (OLD.state, NEW.state) NOT IN ({_RUN_STEPS})
           OR (NEW.state NOT IN ('prepared', 'authorised')
               AND (NEW.control, NEW.total, NEW.count) IS DISTINCT FROM (OLD.control, OLD.total, OLD.count))
           OR (OLD.state = 'authorised' AND NEW.state <> 'prepared'
               AND (NEW.authorised_by_id, NEW.authorised_on) IS DISTINCT FROM (OLD.authorised_by_id, OLD.authorised_on))
           OR (OLD.state = 'exported' AND NEW.authorised_by_id IS DISTINCT FROM OLD.authorised_by_id) THEN
            RAISE EXCEPTION 'Payment run % is %: that can’t be done with it any more.', OLD.number, OLD.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_run_steps';
        END IF;
        IF NEW.state IN ('authorised', 'exported') AND OLD.state <> NEW.state THEN
            IF NEW.control <> {control_in_sql("NEW.id")} OR NEW.count = 0 OR NOT EXISTS (
                SELECT FROM payments_runline WHERE run_id = NEW.id AND state <> 'out'
                HAVING (count(*), sum(amount)) = (NEW.count, NEW.total)
            ) THEN
                RAISE EXCEPTION 'The lines of payment run % are not the ones that were shown. Look at it again.', NEW.number
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_run_control';
            END IF;
        END IF;
        IF NEW.state = 'authorised' THEN
            IF EXISTS (
                SELECT FROM payments_runline l JOIN payments_vouching v ON v.payable_id = l.payable_id
                WHERE l.run_id = NEW.id AND l.state = 'waiting' AND v.person_id = NEW.authorised_by_id
            ) THEN
                RAISE EXCEPTION 'Who entered or verified what is paid does not authorise its payment.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_run_authorised_by_who_did_not_vouch';
            END IF;
            IF EXISTS (
                SELECT FROM payments_runline
                WHERE run_id = NEW.id AND state = 'waiting' AND added_by_id = NEW.authorised_by_id
            ) THEN
                RAISE EXCEPTION 'Who added payments to a run does not authorise it.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_run_authorised_by_who_did_not_add';
            END IF;
            SELECT y.name INTO paid_to
                FROM payments_runline l
                JOIN payments_payable p ON p.id = l.payable_id
                JOIN payments_payee y ON y.id = p.payee_id
                JOIN chins_post t ON t.practice_id = y.practice_id OR t.federation_id = y.federation_id
                WHERE l.run_id = NEW.id AND l.state = 'waiting' AND (
                    EXISTS (SELECT FROM chins_postholding h WHERE h.post_id = t.id AND h.holder_id = NEW.authorised_by_id
                            AND upper_inf(h.held) AND h.period @> NEW.authorised_on)
                    OR EXISTS (SELECT FROM chins_deputy d WHERE d.post_id = t.id AND d.deputy_id = NEW.authorised_by_id
                               AND upper_inf(d.held) AND d.period @> NEW.authorised_on)
                ) LIMIT 1;
            IF paid_to IS NOT NULL THEN
                RAISE EXCEPTION 'Who holds a post at % does not authorise a payment to it.', paid_to
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_run_authorised_by_no_payee';
            END IF;
        END IF;
        IF NEW.state = 'exported' AND NOT EXISTS (
            SELECT FROM payments_export WHERE run_id = NEW.id AND kind = 'payment'
        ) THEN
            RAISE EXCEPTION 'A run is exported when its payment file is made.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_run_exported_as_a_file';
        END IF;
        IF NEW.state = 'confirmed' AND EXISTS (
            SELECT FROM payments_runline WHERE run_id = NEW.id AND state = 'waiting'
        ) THEN
            RAISE EXCEPTION 'A run is confirmed when the bank’s word on every line is in.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_run_confirmed_whole';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - the states are constants of ours

LINE_FITS = """
    DECLARE
        its record;
    BEGIN
        SELECT p.amount, p.state, y.reference, y.commissioner_id INTO its
            FROM payments_payable p JOIN payments_payee y ON y.id = p.payee_id
            WHERE p.id = NEW.payable_id FOR NO KEY UPDATE OF p FOR SHARE OF y;
        IF its.state <> 'owed' OR its.amount <> NEW.amount OR NEW.state <> 'waiting' THEN
            RAISE EXCEPTION 'A run pays what is owed, to the penny.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_runline_pays_what_is_owed';
        END IF;
        IF NOT EXISTS (
            SELECT FROM payments_run
            WHERE id = NEW.run_id AND commissioner_id = its.commissioner_id AND state IN ('prepared', 'authorised')
            FOR NO KEY UPDATE
        ) THEN
            RAISE EXCEPTION 'The run takes no more lines, or is another commissioner’s.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_runline_while_the_run_is_open';
        END IF;
        NEW.payee_reference := its.reference;
        RETURN NEW;
    END;
"""

LINE_CHANGES = f"""
    DECLARE
        run_is text;
        its text[] := ARRAY['state', 'outcome_on', 'reversed_on', 'reason', 'payment_id', 'contrary_id'];
    BEGIN
        IF (to_jsonb(NEW) - its) IS DISTINCT FROM (to_jsonb(OLD) - its) THEN
            RAISE EXCEPTION 'A line of a run stays as it was prepared.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_runline_stays';
        END IF;
        SELECT state INTO run_is FROM payments_run WHERE id = NEW.run_id FOR NO KEY UPDATE;
        IF (OLD.state, NEW.state, run_is) NOT IN ({_LINE_STEPS}) THEN
            RAISE EXCEPTION 'A line that is % does not become % while its run is %.', OLD.state, NEW.state, run_is
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_runline_steps';
        END IF;
        IF NEW.state IN ('paid', 'reversed') AND NOT EXISTS (
            SELECT FROM budget_entry e JOIN payments_payable p ON p.id = NEW.payable_id
            WHERE e.id = NEW.payment_id AND e.kind = 'payment' AND e.amount = NEW.amount AND e.line_id = p.line_id
                AND e.year = p.year AND e.chin_id IS NOT DISTINCT FROM p.chin_id
        ) THEN
            RAISE EXCEPTION 'What is paid is entered in the ledger, to the penny.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_runline_in_the_ledger';
        END IF;
        IF NEW.state = 'reversed' AND NOT EXISTS (
            SELECT FROM budget_entry WHERE id = NEW.contrary_id AND reverses_id = NEW.payment_id
        ) THEN
            RAISE EXCEPTION 'What came back is taken off in the ledger.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_runline_taken_off_in_the_ledger';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - the states are constants of ours

# What the bank did becomes what is owed; and a run whose lines change is not the one that was authorised.
LINE_TELLS = """
    IF TG_OP = 'INSERT' OR NEW.state = 'out' THEN
        UPDATE payments_run SET state = 'prepared', authorised_by_id = NULL, authorised_on = NULL
            WHERE id = NEW.run_id AND state = 'authorised';
    ELSIF NEW.state = 'paid' THEN
        UPDATE payments_payable SET state = 'paid', paid_on = NEW.outcome_on WHERE id = NEW.payable_id;
    ELSIF NEW.state = 'reversed' THEN
        UPDATE payments_payable SET state = 'back', paid_on = NULL WHERE id = NEW.payable_id;
        UPDATE payments_recovery SET state = 'received', settled_on = NEW.reversed_on, entry_id = NEW.contrary_id
            WHERE payable_id = NEW.payable_id AND state = 'asked';
    END IF;
    RETURN NULL;
"""

# Only what is paid is asked back: whole, as the ledger reverses a payment whole, so that no pound of it comes back twice.
RECOVERY_BEGINS = """
    DECLARE
        its payments_payable%ROWTYPE;
    BEGIN
        SELECT * INTO its FROM payments_payable WHERE id = NEW.payable_id FOR NO KEY UPDATE;
        IF NEW.state <> 'asked' THEN
            RAISE EXCEPTION 'Money is asked back before it is received.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_recovery_begins_asked';
        END IF;
        IF its.state <> 'paid' OR its.amount <> NEW.amount OR its.paid_on > NEW.asked_on THEN
            RAISE EXCEPTION 'What is paid is asked back, to the penny, and nothing else.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_recovery_of_what_is_paid';
        END IF;
        RETURN NEW;
    END;
"""

RECOVERY_CHANGES = """
    IF OLD.state <> 'asked' OR (to_jsonb(NEW) - ARRAY['state', 'settled_on', 'settled_by_id', 'why', 'entry_id'])
       IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'settled_on', 'settled_by_id', 'why', 'entry_id']) THEN
        IF OLD.state <> 'received' OR OLD.settled_by_id IS NOT NULL OR (to_jsonb(NEW) - ARRAY['settled_by_id', 'why'])
           IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['settled_by_id', 'why']) THEN
            RAISE EXCEPTION 'What is asked back is received or let go once, and stays as it was asked.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_recovery_settled_once';
        END IF;
    END IF;
    IF NEW.state = 'received' AND NOT EXISTS (
        SELECT FROM payments_runline
        WHERE payable_id = NEW.payable_id AND state = 'reversed' AND contrary_id = NEW.entry_id AND amount = NEW.amount
    ) THEN
        RAISE EXCEPTION 'What is received back is taken off in the ledger, to the penny.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_recovery_in_the_ledger';
    END IF;
    RETURN NEW;
"""

# A payment file leaves once, of a run that is authorised; what is written to the ledger has left.
EXPORT_FITS = """
    DECLARE
        run_is text;
    BEGIN
        IF NEW.run_id IS NULL THEN
            RETURN NEW;
        END IF;
        SELECT state INTO run_is FROM payments_run WHERE id = NEW.run_id FOR NO KEY UPDATE;
        IF (NEW.kind = 'payment' AND run_is <> 'authorised')
           OR (NEW.kind = 'journal' AND run_is NOT IN ('exported', 'confirmed')) THEN
            RAISE EXCEPTION 'A payment file is made of a run that is authorised, a journal of one that is exported; this one is %.', run_is
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_export_in_its_time';
        END IF;
        RETURN NEW;
    END;
"""
