"""What the database holds interests, votes and decisions to, in its own language."""

_TODAY = "(clock_timestamp() AT TIME ZONE 'Europe/London')::date"

# Everybody who does something about an item meets at its row, so that what each has seen still holds.
_ITS_ROWS = """
        its governance_item%ROWTYPE;
        sitting governance_meeting%ROWTYPE;
"""
_READ_ITS_ROWS = """
        SELECT * INTO its FROM governance_item WHERE id = NEW.item_id FOR NO KEY UPDATE;
        SELECT * INTO sitting FROM governance_meeting WHERE id = its.meeting_id;
"""
_STILL_OPEN = """
        IF EXISTS (SELECT FROM decisions_decision WHERE item_id = NEW.item_id) THEN
            RAISE EXCEPTION 'The item has been decided on: %.', (
                SELECT coalesce((SELECT name FROM accounts_user WHERE id = d.by_id), 'the portal')
                       || ' recorded “' || d.label || '”'
                FROM decisions_decision d WHERE d.item_id = NEW.item_id)
                USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_before_the_decision';
        END IF;
        IF its.taken_off OR sitting.state = 'cancelled' THEN
            RAISE EXCEPTION 'The item is not on the agenda of a meeting any more.'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_on_an_agenda';
        END IF;
"""


def _latest(person: str) -> str:
    """How the person's conflict on the item is handled, as last recorded."""
    handled = f"decisions_handling h WHERE h.item_id = its.id AND h.person_id = {person}"
    return f"(SELECT h.how FROM {handled} ORDER BY h.id DESC LIMIT 1)"  # noqa: S608 - code of this module


def _barred(person: str) -> str:
    """Whether they take no part. A conflict that nobody has handled is no bar yet: that is asked apart."""
    return f"coalesce({_latest(person)} IN ('stays_silent', 'leaves'), false)"


def _declared(person: str) -> str:
    return f"EXISTS (SELECT FROM decisions_declaration d WHERE d.item_id = its.id AND d.person_id = {person})"


def _votes(person: str) -> str:
    """Those present in a voting seat, by a condition on the person of the row `a`."""
    return f"""
        governance_attendance a JOIN governance_seat s ON s.id = a.seat_id
        WHERE a.meeting_id = its.meeting_id AND a.presence = 'present' AND s.voting AND {person}
    """


def _chair_fits(table: str) -> str:
    """Whoever is in the chair for the item: the one who presides, or another member where that one is conflicted."""
    return f"""
        SELECT a.person_id INTO presides FROM governance_attendance a WHERE a.meeting_id = its.meeting_id AND a.presides;
        IF NOT EXISTS (
            SELECT FROM governance_attendance a
            WHERE a.meeting_id = its.meeting_id AND a.presence = 'present' AND a.seat_id IS NOT NULL
              AND a.person_id = NEW.chair_id
        ) THEN
            RAISE EXCEPTION 'Whoever takes the chair for an item has a seat on the body, and is there.'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_chair_is_there';
        END IF;
        IF presides <> NEW.chair_id AND NOT {_declared("presides")} THEN
            RAISE EXCEPTION 'Whoever took the chair of the meeting has no conflict on this item, and is in the chair for it.'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_chair_of_the_meeting';
        END IF;
        IF {_barred("NEW.chair_id")} THEN
            RAISE EXCEPTION 'Whoever stays silent on an item or leaves for it is not in the chair for it.'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_chair_takes_part';
        END IF;
    """  # noqa: S608 - code of this module


CONFIRMATION_FITS = f"""
    DECLARE
        any_true boolean := EXISTS (
            SELECT FROM decisions_interest
            WHERE person_id = NEW.person_id AND upper_inf(held) AND period @> NEW.day
        );
    BEGIN
        IF NEW.day > {_TODAY} THEN
            RAISE EXCEPTION 'It is confirmed today or was on an earlier day.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_confirmation_not_to_come';
        END IF;
        IF NEW.nothing AND any_true THEN
            RAISE EXCEPTION 'There are interests on the register on that day. Confirm that they are all, or end them first.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_confirmation_of_nothing';
        END IF;
        IF NOT NEW.nothing AND NOT any_true THEN
            RAISE EXCEPTION 'No interest is on the register on that day. Declare one, or say that there is nothing to declare.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_confirmation_of_something';
        END IF;
        RETURN NEW;
    END;
"""

DECLARATION_FITS = f"""
    DECLARE
        {_ITS_ROWS}
    BEGIN
        {_READ_ITS_ROWS}
        {_STILL_OPEN.format(table="decisions_declaration")}
        IF NEW.interest_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM decisions_interest WHERE id = NEW.interest_id AND person_id = NEW.person_id
        ) THEN
            RAISE EXCEPTION 'That is an interest of somebody else.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_declaration_own_interest';
        END IF;
        IF EXISTS (SELECT FROM decisions_vote WHERE item_id = NEW.item_id AND person_id = NEW.person_id) THEN
            RAISE EXCEPTION 'They have voted on the item already.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_declaration_before_the_vote';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - code of this module

HANDLING_FITS = f"""
    DECLARE
        {_ITS_ROWS}
        presides bigint;
    BEGIN
        {_READ_ITS_ROWS}
        {_STILL_OPEN.format(table="decisions_handling")}
        IF NOT {_declared("NEW.person_id")} THEN
            RAISE EXCEPTION 'They have no conflict on this item that would have to be handled.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_handling_of_a_conflict';
        END IF;
        IF NEW.chair_id = NEW.person_id THEN
            RAISE EXCEPTION 'Nobody says themselves how their own conflict is handled: the vice chair does, or another member.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_handling_not_of_oneself';
        END IF;
        IF EXISTS (SELECT FROM decisions_vote WHERE item_id = NEW.item_id AND person_id = NEW.person_id) THEN
            RAISE EXCEPTION 'They have voted on the item already.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_handling_before_the_vote';
        END IF;
        IF sitting.state = 'held' THEN
            {_chair_fits("decisions_handling")}
        ELSIF NOT EXISTS (
            SELECT FROM governance_seat s
            LEFT JOIN chins_postholding h ON h.post_id = s.post_id AND upper_inf(h.held) AND h.period @> sitting.day
            LEFT JOIN chins_deputy d ON d.post_id = s.post_id AND upper_inf(d.held) AND d.period @> sitting.day
            WHERE s.body_id = sitting.body_id AND upper_inf(s.held) AND s.period @> sitting.day
              AND s.part IN ('chair', 'vice_chair') AND NEW.chair_id IN (h.holder_id, d.deputy_id)
        ) THEN
            RAISE EXCEPTION 'Before the meeting its chair or vice chair says how a conflict is handled.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_handling_by_the_chair';
        END IF;
        IF NEW.how = 'item_moved' AND NOT EXISTS (
            SELECT FROM governance_meeting
            WHERE id = NEW.moved_to_id AND body_id = sitting.body_id AND day > sitting.day AND state IN ('planned', 'papers_out')
        ) THEN
            RAISE EXCEPTION 'An item is moved to a later meeting of the same body, which is still to be held.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_handling_moved_to_a_meeting_to_come';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - code of this module

VOTE_FITS = f"""
    DECLARE
        {_ITS_ROWS}
    BEGIN
        {_READ_ITS_ROWS}
        {_STILL_OPEN.format(table="decisions_vote")}
        IF sitting.day > {_TODAY} THEN
            RAISE EXCEPTION 'The meeting has not been held yet, so nobody has voted at it.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_vote_at_a_meeting_that_was';
        END IF;
        IF NOT EXISTS (SELECT FROM {_votes("a.person_id = NEW.person_id AND a.seat_id = NEW.seat_id")}) THEN
            RAISE EXCEPTION 'Only whoever was at the meeting in a voting seat of the body votes, and for that seat.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_vote_of_a_member';
        END IF;
        IF {_declared("NEW.person_id")} AND {_latest("NEW.person_id")} IS DISTINCT FROM 'stays_and_decides' THEN
            RAISE EXCEPTION 'Whoever has a conflict on the item votes only where the chair has said that they stay and decide.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_vote_as_handled';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - code of this module

DECISION_FITS = f"""
    DECLARE
        {_ITS_ROWS}
        presides bigint;
        needed smallint;
        could integer;
        cast_for integer;
        cast_against integer;
        not_cast integer;
        unhandled text;
    BEGIN
        {_READ_ITS_ROWS}
        {_STILL_OPEN.format(table="decisions_decision")}
        IF sitting.state <> 'held' OR sitting.day > {_TODAY} THEN
            RAISE EXCEPTION 'A body decides at a meeting that has been held. Enter who was there first.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_at_a_meeting_that_was';
        END IF;
        IF NEW.day <> sitting.day THEN
            RAISE EXCEPTION 'A decision is of the day of its meeting.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_of_the_day_of_its_meeting';
        END IF;
        SELECT string_agg(DISTINCT u.name, ', ' ORDER BY u.name) INTO unhandled
        FROM governance_attendance a JOIN accounts_user u ON u.id = a.person_id
        WHERE a.meeting_id = its.meeting_id AND a.presence = 'present' AND {_declared("a.person_id")}
          AND {_latest("a.person_id")} IS NULL;
        IF unhandled IS NOT NULL THEN
            RAISE EXCEPTION 'A conflict has not been handled yet: %. The chair says how it is, and then the body decides.', unhandled
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_conflicts_handled';
        END IF;
        IF EXISTS (
            SELECT FROM decisions_declaration d WHERE d.item_id = its.id AND {_latest("d.person_id")} = 'item_moved'
        ) THEN
            RAISE EXCEPTION 'The item was moved to a later meeting, and is decided on there.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_not_of_a_moved_item';
        END IF;
        {_chair_fits("decisions_decision")}
        SELECT count(*) FILTER (WHERE choice = 'for'), count(*) FILTER (WHERE choice = 'against'),
               count(*) FILTER (WHERE choice = 'abstains')
        INTO cast_for, cast_against, not_cast FROM decisions_vote WHERE item_id = its.id;
        IF NOT NEW.voted THEN
            IF its.task = 'decide' AND NEW.outcome NOT IN ({{unvoted}}) THEN
                RAISE EXCEPTION 'What a body decides takes a vote; without one it can only be deferred.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_takes_a_vote';
            END IF;
            IF cast_for + cast_against + not_cast > 0 THEN
                RAISE EXCEPTION 'This outcome takes no vote, and votes have been recorded.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_without_votes';
            END IF;
            RETURN NEW;
        END IF;
        SELECT quorum INTO needed FROM governance_terms
        WHERE body_id = sitting.body_id AND upper_inf(governance_terms.held) AND period @> sitting.day;
        IF needed IS NULL THEN
            RAISE EXCEPTION 'The body has no terms of reference on the day of the meeting, so nobody knows its quorum.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_under_terms';
        END IF;
        SELECT count(*) INTO could FROM {_votes("a.person_id IS NOT NULL")} AND NOT {_barred("a.person_id")};
        IF could < needed THEN
            RAISE EXCEPTION 'No quorum: % could vote on this item, and it takes %.', could, needed
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_with_a_quorum';
        END IF;
        IF (NEW.quorum, NEW.could_vote, NEW.votes_for, NEW.votes_against, NEW.abstained)
           IS DISTINCT FROM (needed, could, cast_for, cast_against, not_cast)
           OR cast_for + cast_against + not_cast <> (
               SELECT count(*) FROM decisions_vote v WHERE v.item_id = its.id AND EXISTS (
                   SELECT FROM {_votes("a.person_id = v.person_id AND a.seat_id = v.seat_id")}
                       AND NOT {_barred("a.person_id")}))
        THEN
            RAISE EXCEPTION 'What a decision says of its votes is what was voted. Look at the item again.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_counts_its_votes';
        END IF;
        IF NEW.casting THEN
            IF cast_for <> cast_against OR cast_for = 0 THEN
                RAISE EXCEPTION 'The chair has a casting vote only where as many voted for it as against it.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_casting_vote';
            END IF;
            IF NOT EXISTS (SELECT FROM {_votes("a.person_id = NEW.chair_id")}) THEN
                RAISE EXCEPTION 'Only a chair who votes has a casting vote.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_casting_vote_of_a_voter';
            END IF;
        ELSIF cast_for <= cast_against THEN
            RAISE EXCEPTION 'Not carried: % for, % against. Record what was carried instead.', cast_for, cast_against
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_decision_carried';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - code of this module


def decision_fits(unvoted: list[str]) -> str:
    """unvoted: the outcomes that an item to decide may have without a vote."""
    return DECISION_FITS.replace("{unvoted}", ", ".join(f"'{one}'" for one in unvoted))
