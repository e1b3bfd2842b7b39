"""What the database holds agreements to, in its own language."""

_TODAY = "(clock_timestamp() AT TIME ZONE 'Europe/London')::date"

AGREEMENT_OF_OWN_CHIN = """
    IF NOT EXISTS (SELECT FROM chins_chin WHERE id = NEW.chin_id AND commissioner_id = NEW.commissioner_id) THEN
        RAISE EXCEPTION 'The CHIN is of another commissioner than the agreement.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_agreement_own_chin';
    END IF;
    RETURN NEW;
"""

DOCUMENT_HAS_ITS_BYTES = """
    IF (SELECT encode(sha256(string_agg(data, '' ORDER BY number)), 'hex')
        FROM agreements_documentpiece WHERE of_id = NEW.id) IS DISTINCT FROM NEW.sha256
       OR (SELECT sum(octet_length(data)) FROM agreements_documentpiece WHERE of_id = NEW.id)
          IS DISTINCT FROM NEW.size_bytes
    THEN
        RAISE EXCEPTION 'The file did not arrive whole. Bring it again.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_document_has_its_bytes';
    END IF;
    RETURN NULL;
"""

# A new version waits for signatures that are under way, and they for it: nobody signs what has just been replaced.
VERSION_FITS = f"""
    DECLARE
        before agreements_version%ROWTYPE;
    BEGIN
        PERFORM FROM agreements_agreement WHERE id = NEW.agreement_id FOR UPDATE;
        IF NEW.from_day > {_TODAY} THEN
            RAISE EXCEPTION 'A version is of today or an earlier day.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_version_not_to_come';
        END IF;
        IF EXISTS (SELECT FROM agreements_agreement WHERE id = NEW.agreement_id AND ended_on IS NOT NULL) THEN
            RAISE EXCEPTION 'The agreement has ended, and takes no new version.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_version_of_what_goes_on';
        END IF;
        SELECT * INTO before FROM agreements_version WHERE agreement_id = NEW.agreement_id
            ORDER BY number DESC LIMIT 1;
        IF NEW.number < coalesce(before.number, 0) + 1 THEN
            RAISE EXCEPTION 'Somebody else has brought a new version meanwhile. Look at that first.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_version_once';
        END IF;
        IF NEW.number <> coalesce(before.number, 0) + 1 THEN
            RAISE EXCEPTION 'Versions are numbered one after the other.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_version_in_order';
        END IF;
        IF NEW.from_day < before.from_day THEN
            RAISE EXCEPTION 'A version does not begin before the one before it.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_version_days_in_order';
        END IF;
        IF NEW.sha256 IS DISTINCT FROM coalesce(
            (SELECT sha256 FROM agreements_document WHERE id = NEW.document_id),
            encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex')
        ) THEN
            RAISE EXCEPTION 'The SHA-256 is not the one of the text or file.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_version_own_fingerprint';
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608 - the day is a constant of ours

SIGNATURE_FITS = f"""
    DECLARE
        signed agreements_version%ROWTYPE;
        its agreements_agreement%ROWTYPE;
    BEGIN
        SELECT * INTO signed FROM agreements_version WHERE id = NEW.version_id;
        SELECT * INTO its FROM agreements_agreement WHERE id = signed.agreement_id FOR SHARE;
        IF NEW.sha256 IS DISTINCT FROM signed.sha256 THEN
            RAISE EXCEPTION 'What was signed is not what this version says. Read it again.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_signature_of_what_was_shown';
        END IF;
        IF NEW.scan_id IS NULL AND EXISTS (
            SELECT FROM agreements_version WHERE agreement_id = its.id AND number > signed.number
        ) THEN
            RAISE EXCEPTION 'There is a newer version meanwhile. Read it, and sign that.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_signature_of_the_newest';
        END IF;
        IF NEW.day > {_TODAY} THEN
            RAISE EXCEPTION 'It was signed today or on an earlier day.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_signature_not_to_come';
        END IF;
        IF NEW.day > its.ended_on THEN
            RAISE EXCEPTION 'The agreement has ended, and takes no signature after its last day.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_signature_before_the_end';
        END IF;
        IF NOT EXISTS (
            SELECT FROM agreements_party p
            WHERE p.agreement_id = its.id AND (p.id = NEW.party_id OR p.practice_id = NEW.practice_id)
        ) AND NOT EXISTS (
            SELECT FROM chins_membership m
            WHERE m.chin_id = its.chin_id AND m.practice_id = NEW.practice_id AND upper_inf(m.held)
        ) THEN
            RAISE EXCEPTION 'It is not a party to this agreement.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_signature_of_a_party';
        END IF;
        SELECT count(w.id) + 1 INTO NEW.nth
        FROM agreements_signature s LEFT JOIN agreements_withdrawal w ON w.signature_id = s.id
        WHERE s.version_id = NEW.version_id AND s.practice_id IS NOT DISTINCT FROM NEW.practice_id
          AND s.party_id IS NOT DISTINCT FROM NEW.party_id;
        RETURN NEW;
    END;
"""  # noqa: S608 - the day is a constant of ours

WITHDRAWAL_FITS = f"""
    IF NEW.day > {_TODAY} THEN
        RAISE EXCEPTION 'A signature is withdrawn from today or an earlier day.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_withdrawal_not_to_come';
    END IF;
    IF NEW.day < (SELECT day FROM agreements_signature WHERE id = NEW.signature_id) THEN
        RAISE EXCEPTION 'A signature is withdrawn on or after the day it was given.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_withdrawal_after_the_signature';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - the day is a constant of ours
