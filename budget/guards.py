"""What the database holds the ledger to, in its own language."""

from budget.kinds import EFFECTS, GIVING, EntryKind, stated_in_sql, sum_in_sql

_ALLOCATING = ", ".join(f"'{kind}'" for kind, effect in EFFECTS.items() if effect.allocated)
_GIVING = ", ".join(f"'{kind}'" for kind in GIVING)

ONLY_BY_ENTRIES = """
    RAISE EXCEPTION 'A balance is what its entries come to, and nothing else writes it.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_balance_only_by_entries';
"""

LINE_STAYS = """
    IF NEW.commissioner_id <> OLD.commissioner_id THEN
        RAISE EXCEPTION 'A line stays its commissioner’s.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_line_stays';
    END IF;
    IF (NEW.first_year, NEW.last_year) IS DISTINCT FROM (OLD.first_year, OLD.last_year) AND EXISTS (
        SELECT FROM budget_balance WHERE line_id = NEW.id AND (
            (year < NEW.first_year AND year >= OLD.first_year)
            OR (year > NEW.last_year AND (year <= OLD.last_year OR OLD.last_year IS NULL))
        )
    ) THEN
        RAISE EXCEPTION 'Something is entered on this line for a year in which it would not run.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_line_runs_where_it_has_entries';
    END IF;
    RETURN NEW;
"""

REQUEST_BEGINS = """
    IF NEW.state <> 'asked' THEN
        RAISE EXCEPTION 'Something is asked for before it is decided.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_request_begins_asked';
    END IF;
    RETURN NEW;
"""

REQUEST_DECIDED_ONCE = """
    IF OLD.state <> 'asked' OR (to_jsonb(NEW) - ARRAY['state', 'decided_by_id', 'decided_on', 'why'])
       IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'decided_by_id', 'decided_on', 'why']) THEN
        RAISE EXCEPTION 'What is asked for is decided once, and stays as it was asked.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_request_decided_once';
    END IF;
    RETURN NEW;
"""

# FOR SHARE: the line's years stay until the entry is there.
ENTRY_FITS = f"""
    DECLARE
        its budget_line%ROWTYPE;
        undone budget_entry%ROWTYPE;
    BEGIN
        SELECT * INTO its FROM budget_line WHERE id = NEW.line_id FOR SHARE;
        IF NEW.day > (clock_timestamp() AT TIME ZONE 'Europe/London')::date THEN
            RAISE EXCEPTION 'An entry is of today or an earlier day.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_not_to_come';
        END IF;
        IF NEW.kind IN ({_ALLOCATING}) AND NEW.kind <> '{EntryKind.CARRIED_IN}'
           AND (NEW.year < its.first_year OR NEW.year > its.last_year) THEN
            RAISE EXCEPTION 'The line does not run in that financial year.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_while_the_line_runs';
        END IF;
        IF NEW.chin_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM chins_chin WHERE id = NEW.chin_id AND commissioner_id = its.commissioner_id
        ) THEN
            RAISE EXCEPTION 'The CHIN is of another commissioner than the line.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_own_chin';
        END IF;
        IF (NEW.kind = '{EntryKind.PAYMENT_REVERSED}') AND NEW.reverses_id IS NULL THEN
            RAISE EXCEPTION 'A payment that is reversed is named.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_names_what_it_reverses';
        END IF;
        IF NEW.reverses_id IS NOT NULL THEN
            SELECT * INTO undone FROM budget_entry WHERE id = NEW.reverses_id;
            IF (undone.line_id, undone.year, undone.chin_id, undone.amount)
               IS DISTINCT FROM (NEW.line_id, NEW.year, NEW.chin_id, NEW.amount)
               OR (undone.kind, NEW.kind) NOT IN (
                   ('{EntryKind.PAYMENT}', '{EntryKind.PAYMENT_REVERSED}'),
                   ('{EntryKind.COMMITMENT}', '{EntryKind.COMMITMENT_REDUCED}'),
                   ('{EntryKind.EARMARK}', '{EntryKind.EARMARK_RELEASED}')
               ) THEN
                RAISE EXCEPTION 'An entry is reversed whole, on its own line, for its own year.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_reversed_whole';
            END IF;
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - the kinds are constants of ours

# Whoever closes a month waits for all who are entering, and the other way about: one lock a commissioner.
_LOCK = "hashtext('budget_period')"

# Of what one statement enters, asked before its balances are written: nobody closes a month until it has ended.
MONTHS_ARE_OPEN = f"""
    PERFORM pg_advisory_xact_lock_shared({_LOCK}, its.commissioner_id::int) FROM (
        SELECT DISTINCT l.commissioner_id FROM entered e JOIN budget_line l ON l.id = e.line_id
        ORDER BY l.commissioner_id
    ) its;
    SELECT to_char(too_early.day, 'FMMonth YYYY') || ' is closed'
           || CASE WHEN p.month = date_trunc('month', too_early.day)::date THEN '' ELSE
               ' with ' || to_char(p.month, 'FMMonth YYYY') END
           || ' since ' || to_char(p.closed_at AT TIME ZONE 'Europe/London', 'FMDD FMMonth YYYY') || ' (' || p.closed_as || ').'
        INTO refused
        FROM (
            SELECT l.commissioner_id, min(e.day) AS day
            FROM entered e JOIN budget_line l ON l.id = e.line_id GROUP BY l.commissioner_id
        ) too_early
        JOIN budget_period p ON p.commissioner_id = too_early.commissioner_id AND p.reopened_at IS NULL
             AND p.month >= date_trunc('month', too_early.day)::date
        ORDER BY p.commissioner_id, p.month LIMIT 1;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION '% It takes no entry: give a later day, or have it reopened.', refused
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_in_an_open_month';
    END IF;
"""  # noqa: S608 - the lock is a constant of ours

# Months close in order, after they have ended; what comes before the first that is closed is closed with it.
PERIOD_IN_ORDER = f"""
    DECLARE
        newest date;
    BEGIN
        PERFORM pg_advisory_xact_lock({_LOCK}, NEW.commissioner_id::int);
        IF (NEW.month + interval '1 month')::date > (clock_timestamp() AT TIME ZONE 'Europe/London')::date THEN
            RAISE EXCEPTION 'A month is closed after it has ended: % has not.', to_char(NEW.month, 'FMMonth YYYY')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_period_has_ended';
        END IF;
        SELECT max(month) INTO newest FROM budget_period
            WHERE commissioner_id = NEW.commissioner_id AND reopened_at IS NULL;
        IF newest >= NEW.month THEN
            RAISE EXCEPTION '% is closed already.', to_char(NEW.month, 'FMMonth YYYY')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_period_closed_once';
        ELSIF NEW.month <> (newest + interval '1 month')::date THEN
            RAISE EXCEPTION 'Months close in order: % is next.', to_char(newest + interval '1 month', 'FMMonth YYYY')
                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_period_in_order';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - the lock is a constant of ours

PERIOD_REOPENED_ONCE = f"""
    BEGIN
        PERFORM pg_advisory_xact_lock({_LOCK}, NEW.commissioner_id::int);
        IF OLD.reopened_at IS NOT NULL OR NEW.reopened_at IS NULL
           OR (to_jsonb(NEW) - ARRAY['reopened_at', 'reopened_by_id', 'reopened_as', 'why'])
              IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['reopened_at', 'reopened_by_id', 'reopened_as', 'why']) THEN
            RAISE EXCEPTION 'That a month was closed stays as it was; it is reopened once.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_period_reopened_once';
        END IF;
        IF EXISTS (
            SELECT FROM budget_period
            WHERE commissioner_id = NEW.commissioner_id AND reopened_at IS NULL AND month > NEW.month
        ) THEN
            RAISE EXCEPTION 'A later month is closed: the newest is reopened first.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_period_newest_first';
        END IF;
        RETURN NEW;
    END;
"""

# One statement may write a thousand entries: each balance is locked once, in one order, and written once.
# Of what is overcommitted a promise may become smaller or an earmark again, but nothing more is promised or given away.
BALANCES_FOLLOW = f"""
    {MONTHS_ARE_OPEN}
    IF EXISTS (
        SELECT FROM entered WHERE transfer IS NOT NULL GROUP BY transfer
        HAVING {sum_in_sql("allocated")} <> 0
    ) THEN
        RAISE EXCEPTION 'Money that moves has two sides of the same sum, written together.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_sides_agree';
    END IF;
    INSERT INTO budget_balance (line_id, year, chin_id)
        SELECT DISTINCT line_id, year, chin_id FROM entered ORDER BY line_id, year, chin_id
        ON CONFLICT DO NOTHING;
    PERFORM FROM budget_balance b
        WHERE EXISTS (
            SELECT FROM entered e
            WHERE e.line_id = b.line_id AND e.year = b.year AND e.chin_id IS NOT DISTINCT FROM b.chin_id
        )
        ORDER BY b.line_id, b.year, b.chin_id FOR NO KEY UPDATE;
    SELECT l.name INTO refused
        FROM entered e
        JOIN budget_balance b ON b.line_id = e.line_id AND b.year = e.year AND b.chin_id IS NOT DISTINCT FROM e.chin_id
        JOIN budget_line l ON l.id = e.line_id
        WHERE b.overcommitted
        GROUP BY b.id, l.name
        HAVING bool_or(e.kind = '{EntryKind.COMMITMENT}')
            OR bool_or(e.kind = '{EntryKind.EARMARK}') AND {sum_in_sql("earmarked", "e")} + {sum_in_sql("committed", "e")} > 0
        LIMIT 1;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION '% is overcommitted since its allocation was cut: it takes no new commitment.', refused
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_balance_overcommitted';
    END IF;
    SELECT l.name INTO refused
        FROM entered e
        JOIN budget_balance b ON b.line_id = e.line_id AND b.year = e.year AND b.chin_id IS NOT DISTINCT FROM e.chin_id
        JOIN budget_line l ON l.id = e.line_id
        WHERE b.overcommitted AND e.kind IN ({_GIVING}) LIMIT 1;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION '% is overcommitted since its allocation was cut: nothing is left of it to give away.', refused
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_balance_nothing_to_give';
    END IF;
    UPDATE budget_balance b SET
        allocated = now_is.allocated, earmarked = now_is.earmarked, committed = now_is.committed, paid = now_is.paid,
        overcommitted = (now_is.cut OR b.overcommitted) AND now_is.allocated < now_is.earmarked + now_is.committed
    FROM (
        SELECT was.id,
               CASE WHEN more.stated THEN coalesce(was.allocated, 0) + more.allocated ELSE was.allocated END AS allocated,
               was.earmarked + more.earmarked AS earmarked,
               was.committed + more.committed AS committed,
               was.paid + more.paid AS paid,
               more.cut
        FROM budget_balance was
        JOIN (
            SELECT line_id, year, chin_id, {stated_in_sql()} AS stated,
                   bool_or(kind = '{EntryKind.ALLOCATION_CUT}') AS cut,
                   {sum_in_sql("allocated")} AS allocated, {sum_in_sql("earmarked")} AS earmarked,
                   {sum_in_sql("committed")} AS committed, {sum_in_sql("paid")} AS paid
            FROM entered GROUP BY line_id, year, chin_id
        ) more ON more.line_id = was.line_id AND more.year = was.year AND more.chin_id IS NOT DISTINCT FROM was.chin_id
    ) now_is
    WHERE now_is.id = b.id;
    RETURN NULL;
"""  # noqa: S608 - the kinds are constants of ours
