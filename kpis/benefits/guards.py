"""What the database refuses of benefits, and what it leaves for the worker to do."""

import pgtrigger

CHIN_OF_ITS_COMMISSIONER = """
    IF NEW.chin_id IS NOT NULL AND NEW.commissioner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM chins_chin c WHERE c.id = NEW.chin_id AND c.commissioner_id = NEW.commissioner_id
    ) THEN
        RAISE EXCEPTION 'That CHIN is another commissioner’s.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'benefits_benefit_chin_of_its_commissioner';
    END IF;
    RETURN NEW;
"""

# Whoever changes what is planned, who owns it, or what is validated of it locks the benefit: of two at once the second
# sees what the first did.
OWNER_HAS_NOT_VALIDATED = """
    IF NEW.owner_id IS NOT NULL AND EXISTS (
        SELECT FROM benefits_validation v JOIN chins_postholding h ON h.holder_id = v.validated_by_id
        WHERE v.benefit_id = NEW.id AND upper_inf(v.held) AND upper_inf(v.period)
          AND h.post_id = NEW.owner_id AND upper_inf(h.held) AND h.period @> lower(v.period)
    ) THEN
        RAISE EXCEPTION 'Whoever validated a benefit does not own it: withdraw the validation, or choose another post.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'benefits_benefit_owner_has_not_validated';
    END IF;
    RETURN NEW;
"""

ENTERED_BY_ANOTHER = """
    PERFORM FROM benefits_benefit b WHERE b.id = NEW.benefit_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM benefits_validation v
        WHERE v.benefit_id = NEW.benefit_id AND upper_inf(v.held) AND upper_inf(v.period)
          AND v.validated_by_id = NEW.recorded_by_id
    ) THEN
        RAISE EXCEPTION 'Whoever validated a benefit does not change what is expected of it: somebody else does.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'benefits_entered_by_another';
    END IF;
    RETURN NEW;
"""

PLANNED_FIRST = """
    IF NOT EXISTS (
        SELECT FROM benefits_profile p WHERE p.benefit_id = NEW.benefit_id AND p.year = NEW.year AND upper_inf(p.held)
    ) THEN
        RAISE EXCEPTION 'The benefit has no profile for that financial year. Add the year to its profile first.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'benefits_planned_first';
    END IF;
    RETURN NEW;
"""

VALIDATED_BY_ANOTHER = """
    IF EXISTS (  -- what is withdrawn was validated by whom it was
        SELECT FROM benefits_validation v
        WHERE v.thread = NEW.thread AND v.benefit_id = NEW.benefit_id AND v.validated_by_id = NEW.validated_by_id
    ) THEN
        RETURN NEW;
    END IF;
    PERFORM FROM benefits_benefit b WHERE b.id = NEW.benefit_id FOR NO KEY UPDATE;
    IF make_date(NEW.year, 4, 1) + make_interval(months => 3 * NEW.last_quarter) > lower(NEW.period) THEN
        RAISE EXCEPTION 'A saving is validated once its quarters are over.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'benefits_validation_of_the_past';
    END IF;
    IF EXISTS (SELECT FROM benefits_benefit b WHERE b.id = NEW.benefit_id AND b.added_by_id = NEW.validated_by_id)
       OR EXISTS (SELECT FROM benefits_profile p
                  WHERE p.benefit_id = NEW.benefit_id AND p.recorded_by_id = NEW.validated_by_id)
       OR EXISTS (SELECT FROM benefits_forecast f
                  WHERE f.benefit_id = NEW.benefit_id AND f.recorded_by_id = NEW.validated_by_id)
    THEN
        RAISE EXCEPTION 'Whoever entered a benefit, its profile or its forecast does not validate it: somebody else does.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'benefits_validated_by_another';
    END IF;
    IF EXISTS (
        SELECT FROM benefits_benefit b JOIN chins_postholding h ON h.post_id = b.owner_id
        WHERE b.id = NEW.benefit_id AND h.holder_id = NEW.validated_by_id AND upper_inf(h.held)
          AND h.period @> lower(NEW.period)
    ) OR EXISTS (
        SELECT FROM benefits_benefit b JOIN chins_deputy d ON d.post_id = b.owner_id
        WHERE b.id = NEW.benefit_id AND d.deputy_id = NEW.validated_by_id AND upper_inf(d.held)
          AND d.period @> lower(NEW.period)
    ) THEN
        RAISE EXCEPTION 'The owner of a benefit does not validate it: somebody else does.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'benefits_validated_by_another';
    END IF;
    RETURN NEW;
"""

_LEAVE = """
    INSERT INTO kit_work (kind, key, from_day, reason) {select};
    RETURN NULL;
"""
OF_THE_YEAR = "SELECT DISTINCT 'benefits', c.year::text, NULL::date, 'benefits' FROM changed c"
OF_ITS_YEARS = """
    SELECT DISTINCT 'benefits', p.year::text, NULL::date, 'benefits'
    FROM changed c JOIN benefits_profile p ON p.benefit_id IN ({columns}) AND upper_inf(p.held)
"""


def before(name: str, operation: pgtrigger.Operation, func: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(name=name, operation=operation, when=pgtrigger.Before, func=func)


def leaves_work(select: str, *, deleted: bool = False) -> list[pgtrigger.Trigger]:
    """The financial years whose totals change by a statement are left for the worker, in the same transaction."""
    kinds = {"insert": (pgtrigger.Insert, "new"), "update": (pgtrigger.Update, "new")}
    if deleted:
        kinds["delete"] = (pgtrigger.Delete, "old")
    return [
        pgtrigger.Trigger(
            name=f"leaves_work_on_{name}",
            level=pgtrigger.Statement,
            operation=operation,
            when=pgtrigger.After,
            referencing=pgtrigger.Referencing(**{side: "changed"}),
            func=_LEAVE.format(select=select),
        )
        for name, (operation, side) in kinds.items()
    ]
