"""What the database holds bodies and their meetings to, in its own language.

Decisions are those of a higher room, whose table is there by the time that a row is written.
"""

# Two who hang each other's body under their own meet at the lock.
BODY_NOT_BELOW_ITSELF = """
    BEGIN
        IF NEW.parent_id IS NOT NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('governance_body_tree'));
            IF EXISTS (
                WITH RECURSIVE above(id) AS (
                    SELECT NEW.parent_id
                    UNION
                    SELECT b.parent_id FROM governance_body b JOIN above a ON b.id = a.id WHERE b.parent_id IS NOT NULL
                )
                SELECT FROM above WHERE id = NEW.id
            ) THEN
                RAISE EXCEPTION 'A body does not report to one that reports to it.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_body_not_below_itself';
            END IF;
        END IF;
        IF TG_OP = 'UPDATE' AND (NEW.commissioner_id, NEW.chin_id) IS DISTINCT FROM (OLD.commissioner_id, OLD.chin_id) THEN
            RAISE EXCEPTION 'Whose a body is never changes. End it, and add another.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_body_stays_whose_it_is';
        END IF;
        IF NEW.chin_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM chins_chin WHERE id = NEW.chin_id AND commissioner_id = NEW.commissioner_id
        ) THEN
            RAISE EXCEPTION 'A CHIN’s body is also of the CHIN’s commissioner.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_body_of_the_chins_commissioner';
        END IF;
        RETURN NEW;
    END;
"""

# A day that has not come is told by the clock of the database, in London.
MEETING_KEEPS_TO_ITS_ROUTE = """
    DECLARE
        its governance_body%ROWTYPE;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.state IN ('held', 'cancelled') AND NEW.state <> OLD.state THEN
                RAISE EXCEPTION 'A meeting that was held or cancelled stays so.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_meeting_stays_over';
            ELSIF OLD.state = 'papers_out' AND NEW.state = 'planned' THEN
                RAISE EXCEPTION 'Papers that are out stay out.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_meeting_papers_stay_out';
            ELSIF NEW.body_id <> OLD.body_id
                OR (OLD.state IN ('held', 'cancelled') AND (to_jsonb(NEW) - 'minutes') <> (to_jsonb(OLD) - 'minutes'))
            THEN
                RAISE EXCEPTION 'Of a meeting that was held or cancelled only the minutes change, and of none whose it is.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_meeting_stays_as_it_was';
            END IF;
        END IF;
        IF NEW.state = 'held' AND NEW.day > (now() AT TIME ZONE 'Europe/London')::date THEN
            RAISE EXCEPTION 'A meeting is held on its day, not before.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_meeting_not_before_its_day';
        END IF;
        IF TG_OP = 'INSERT' OR NEW.day <> OLD.day THEN
            SELECT * INTO its FROM governance_body WHERE id = NEW.body_id FOR SHARE;
            IF its.ended_on < NEW.day THEN
                RAISE EXCEPTION 'The body has ended by then, and does not meet.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_meeting_of_a_body_that_is';
            END IF;
        END IF;
        RETURN NEW;
    END;
"""

# What is put on an agenda, and who holds or cancels the meeting, meet at the row of the meeting. Taking an item off, to another
# meeting or for good, stays possible: an item may be moved because of a conflict of interest while a meeting is held.
ITEM_OF_A_COMING_MEETING = """
    DECLARE
        its text;
        of_body bigint;
    BEGIN
        SELECT state, body_id INTO its, of_body FROM governance_meeting WHERE id = NEW.meeting_id FOR SHARE;
        IF TG_OP = 'INSERT' THEN
            IF its IN ('held', 'cancelled') THEN
                RAISE EXCEPTION 'The meeting was % already: its agenda takes no more items.', its
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_item_of_a_coming_meeting';
            END IF;
            IF NEW.taken_off THEN
                RAISE EXCEPTION 'An item is put on an agenda before it is taken off.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_item_begins_on_it';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.meeting_id <> OLD.meeting_id THEN
            RAISE EXCEPTION 'An item is moved by an item of the other meeting that takes its place.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_item_stays_with_its_meeting';
        ELSIF NEW.taken_off AND EXISTS (SELECT FROM decisions_decision WHERE item_id = NEW.id) THEN
            RAISE EXCEPTION 'The item has been decided on: it stays on this agenda.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_item_decided_stays';
        ELSIF OLD.taken_off THEN
            RAISE EXCEPTION 'What was moved or taken off an agenda does not change.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_item_stays_off';
        ELSIF its IN ('held', 'cancelled') AND (to_jsonb(NEW) - ARRAY['taken_off', 'moved_to_id', 'why_moved'])
            <> (to_jsonb(OLD) - ARRAY['taken_off', 'moved_to_id', 'why_moved'])
        THEN
            RAISE EXCEPTION 'The meeting was % already: its agenda stays as it was.', its
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_item_stays_as_it_was';
        END IF;
        IF NEW.moved_to_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM governance_item i JOIN governance_meeting m ON m.id = i.meeting_id
            WHERE i.id = NEW.moved_to_id AND m.body_id = of_body AND i.meeting_id <> NEW.meeting_id
            AND (i.kind, i.key, i.task) = (NEW.kind, NEW.key, NEW.task) AND NOT i.taken_off
        ) THEN
            RAISE EXCEPTION 'An item is moved to another meeting of the same body, as what it is.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_item_moved_as_it_is';
        END IF;
        RETURN NEW;
    END;
"""

# Who was there, of a meeting that was held; apologies come before it too. A seat is sat in by the holder of its post on the day of
# the meeting, or by a deputy, who is said to be one.
ATTENDANCE_FITS = """
    DECLARE
        its governance_meeting%ROWTYPE;
        sat governance_seat%ROWTYPE;
    BEGIN
        SELECT * INTO its FROM governance_meeting WHERE id = NEW.meeting_id FOR SHARE;
        IF TG_OP = 'UPDATE' AND NEW.meeting_id <> OLD.meeting_id THEN
            RAISE EXCEPTION 'Who was at a meeting is not moved to another.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_attendance_stays_with_its_meeting';
        ELSIF its.state = 'cancelled' THEN
            RAISE EXCEPTION 'The meeting was cancelled: nobody was there.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_attendance_not_of_a_cancelled_one';
        ELSIF its.state <> 'held' AND NEW.presence <> 'apologies' THEN
            RAISE EXCEPTION 'Before a meeting is held there are only apologies.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_attendance_of_a_held_one';
        END IF;
        IF NEW.seat_id IS NULL THEN
            IF NEW.as_deputy THEN
                RAISE EXCEPTION 'A deputy sits in a seat.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_attendance_deputy_has_a_seat';
            END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' AND (NEW.seat_id, NEW.person_id, NEW.as_deputy) IS NOT DISTINCT FROM
            (OLD.seat_id, OLD.person_id, OLD.as_deputy)
        THEN
            RETURN NEW;
        END IF;
        SELECT * INTO sat FROM governance_seat WHERE id = NEW.seat_id;
        IF sat.body_id <> its.body_id OR NOT sat.period @> its.day OR NOT upper_inf(sat.held) THEN
            RAISE EXCEPTION 'That is no seat of the body on the day of the meeting.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_attendance_seat_of_the_body';
        END IF;
        IF NEW.person_id IS NULL OR NOT (CASE WHEN NEW.as_deputy
            THEN EXISTS (
                SELECT FROM chins_deputy
                WHERE post_id = sat.post_id AND deputy_id = NEW.person_id AND period @> its.day AND upper_inf(held)
            )
            ELSE EXISTS (
                SELECT FROM chins_postholding
                WHERE post_id = sat.post_id AND holder_id = NEW.person_id AND period @> its.day AND upper_inf(held)
            )
        END) THEN
            RAISE EXCEPTION 'In a seat sits whoever held its post on the day of the meeting, or a deputy of theirs.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_attendance_by_the_holder';
        END IF;
        RETURN NEW;
    END;
"""

# Whoever decides locks the item, so that of the two who are first the other sees it.
ATTENDANCE_STAYS_WITH_A_DECISION = """
    DECLARE
        of_meeting bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.meeting_id ELSE NEW.meeting_id END;
    BEGIN
        PERFORM FROM governance_item WHERE meeting_id = of_meeting FOR SHARE;
        IF EXISTS (
            SELECT FROM decisions_decision d JOIN governance_item i ON i.id = d.item_id WHERE i.meeting_id = of_meeting
        ) THEN
            RAISE EXCEPTION 'The meeting has decided: who was there stays as the decision has it.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'governance_attendance_stays_with_a_decision';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END;
"""
