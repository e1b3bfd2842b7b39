"""What the database holds the money of cases to, in its own language."""

from cc2h.cases.funding.states import CHANGES, HOLDS, TrancheState
from cc2h.cases.guards import listed
from cc2h.cases.states import FUNDED

_CHANGES = ", ".join(f"({listed(one.before, one.after)})" for one in CHANGES)
WITH_REASON = listed(*sorted({one.after for one in CHANGES if one.reason}))

PAYER_BELONGS = """
    IF NOT EXISTS (
        SELECT FROM cases_submission s JOIN cases_case c ON c.id = s.case_id
        JOIN budget_line l ON l.commissioner_id = c.commissioner_id
        WHERE s.id = NEW.submission_id AND l.id = NEW.line_id
    ) THEN
        RAISE EXCEPTION 'The line that pays is one of the case’s own commissioner.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_payer_own_commissioner';
    END IF;
    RETURN NEW;
"""

# Asked when all of it is there.
PAYER_ADDS_UP = """
    DECLARE
        shared numeric;
        asked numeric;
    BEGIN
        SELECT coalesce(sum(amount), 0) INTO shared FROM funding_share WHERE payer_id = NEW.id;
        SELECT s.asked INTO asked FROM cases_submission s WHERE s.id = NEW.submission_id;
        IF shared <> asked THEN
            RAISE EXCEPTION 'The years come to £%, and the case asks for £%.', to_char(shared, 'FM999,999,990.00'),
                to_char(asked, 'FM999,999,990.00')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_payer_adds_up';
        END IF;
        RETURN NULL;
    END;
"""

COMMITMENT_FITS = """
    IF NOT EXISTS (
        SELECT FROM budget_entry e
        JOIN funding_share h ON h.id = NEW.share_id JOIN funding_payer p ON p.id = h.payer_id
        JOIN cases_submission s ON s.id = p.submission_id JOIN cases_case c ON c.id = s.case_id
        WHERE e.id = NEW.entry_id AND e.kind = 'commitment' AND e.amount = h.amount AND e.year = h.year
          AND e.line_id = p.line_id AND e.chin_id IS NOT DISTINCT FROM CASE WHEN p.delegated THEN c.chin_id END
          AND EXISTS (SELECT FROM cases_casestep t WHERE t.case_id = c.id AND t.event = 'approved')
    ) THEN
        RAISE EXCEPTION 'What is committed for a case is what was approved, on the line and for the year that finance named.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_commitment_fits';
    END IF;
    RETURN NEW;
"""

# What a case has for a year: committed, less what was given back. Two who act at once meet at the row of the case.
WITHIN = f"""
    DECLARE
        had numeric;
        held numeric;
    BEGIN
        PERFORM 1 FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
        SELECT coalesce(sum(h.amount), 0) INTO had FROM funding_commitment m JOIN funding_share h ON h.id = m.share_id
        JOIN funding_payer p ON p.id = h.payer_id JOIN cases_submission s ON s.id = p.submission_id
        WHERE s.case_id = NEW.case_id AND h.year = NEW.year;
        SELECT had - coalesce(sum(amount), 0) INTO had FROM funding_giveback
        WHERE case_id = NEW.case_id AND year = NEW.year;
        SELECT coalesce(sum(amount), 0) INTO held FROM funding_tranche
        WHERE case_id = NEW.case_id AND year = NEW.year AND state IN ({listed(*HOLDS)});
        IF held > had THEN
            RAISE EXCEPTION 'That is more than the case has left for that year: £%.',
                to_char(greatest(had - held + NEW.amount, 0), 'FM999,999,990.00')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_within_what_is_committed';
        END IF;
        RETURN NULL;
    END;
"""  # noqa: S608 - constants of ours

TRANCHE_BEGINS = f"""
    IF NEW.state <> '{TrancheState.PLANNED}' THEN
        RAISE EXCEPTION 'A tranche begins as planned.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_tranche_begins_planned';
    END IF;
    IF NEW.condition_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM route_condition n JOIN route_outcome o ON o.id = n.outcome_id JOIN route_turn t ON t.id = o.turn_id
        JOIN cases_submission s ON s.id = t.passage_id WHERE n.id = NEW.condition_id AND s.case_id = NEW.case_id
    ) THEN
        RAISE EXCEPTION 'A tranche waits for a condition of its own case.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_tranche_own_condition';
    END IF;
    RETURN NEW;
"""

TRANCHE_CHANGES = f"""
    IF (NEW.case_id, NEW.number, NEW.year, NEW.amount) IS DISTINCT FROM (OLD.case_id, OLD.number, OLD.year, OLD.amount) THEN
        RAISE EXCEPTION 'The sum and the year of a tranche never change: drop it, and plan another.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_tranche_stays';
    ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({_CHANGES}) THEN
        RAISE EXCEPTION 'That can’t happen to a tranche as this one is.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_tranche_follows';
    ELSIF OLD.state <> '{TrancheState.PLANNED}' AND (NEW.payee_id, NEW.condition_id, NEW.what)
          IS DISTINCT FROM (OLD.payee_id, OLD.condition_id, OLD.what) THEN
        RAISE EXCEPTION 'What is released stays as it is.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_tranche_released_stays';
    END IF;
    IF NEW.state = '{TrancheState.RELEASED}' AND OLD.state = '{TrancheState.PLANNED}' THEN
        IF NOT EXISTS (SELECT FROM cases_case WHERE id = NEW.case_id AND state IN ({listed(*FUNDED)})) THEN
            RAISE EXCEPTION 'Money is released while the case is approved and goes on.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_tranche_of_an_approved_case';
        ELSIF EXISTS (
            SELECT FROM route_condition WHERE id = NEW.condition_id AND met_on IS NULL AND waived_on IS NULL
        ) THEN
            RAISE EXCEPTION 'The condition that it waits for is neither met nor waived.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_tranche_condition_met';
        END IF;
    END IF;
    RETURN NEW;
"""  # noqa: S608 - constants of ours

GIVEBACK_FITS = """
    IF NOT EXISTS (
        SELECT FROM budget_entry e JOIN funding_commitment m ON m.entry_id = e.reverses_id OR e.reverses_id IS NULL
        JOIN funding_share h ON h.id = m.share_id JOIN funding_payer p ON p.id = h.payer_id
        JOIN cases_submission s ON s.id = p.submission_id JOIN cases_case c ON c.id = s.case_id
        WHERE e.id = NEW.entry_id AND e.kind = 'commitment_reduced' AND e.amount = NEW.amount AND e.year = NEW.year
          AND h.year = NEW.year AND s.case_id = NEW.case_id AND e.line_id = p.line_id
          AND e.chin_id IS NOT DISTINCT FROM CASE WHEN p.delegated THEN c.chin_id END
    ) THEN
        RAISE EXCEPTION 'What is given back is taken off what was committed for the case.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_giveback_fits';
    END IF;
    RETURN NEW;
"""
