"""Who is eligible, what each comes to, and the claims that open themselves: one statement each, however many practices.

The amount of a stage is its share of the practice's amount (budget.lcs.shares). A rate or a share that is not stated gives no
amount, which is not £0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from budget.lcs.models import Claim, Eligible, Service
from budget.lcs.shares import STAGES, part_in_sql
from budget.models import Line
from cc2h.kit.dated import recording
from cc2h.kit.days import LONDON

# The filter of a list: open practices of the commissioner on the day, of a CHIN or a federation where one is named.
_THOSE = """
    FROM practices_practicestanding t
    JOIN practices_practice p ON p.id = t.practice_id
    WHERE upper_inf(t.held) AND t.period @> %(day)s AND t.commissioner_id = %(commissioner)s AND t.status = 'active'
      AND (%(chin)s::bigint IS NULL OR EXISTS (
          SELECT FROM chins_membership m
          WHERE m.practice_id = p.id AND m.chin_id = %(chin)s AND upper_inf(m.held) AND m.period @> %(day)s))
      AND (%(federation)s::bigint IS NULL OR EXISTS (
          SELECT FROM practices_federationmembership f
          WHERE f.practice_id = p.id AND f.federation_id = %(federation)s AND upper_inf(f.held) AND f.period @> %(day)s))
"""
_COUNT = f"SELECT count(*) {_THOSE}"
_LIST = f"""
    INSERT INTO lcs_eligible (service_id, practice_id, added_on, why_added, why_removed)
    SELECT %(service)s, p.id, %(day)s, %(why)s, '' {_THOSE} ORDER BY p.ods_code
"""

# What each place on the list comes to, that has no amount yet; its claims for the stages that have begun, each with its
# first step; and by stage, what that is together.
_PRICED = f"""
    WITH place AS (
        SELECT e.id, e.practice_id, z.patients,
               CASE WHEN s.tariff = 'flat' THEN s.rate ELSE round(s.rate * z.patients, 2) END AS amount
        FROM lcs_eligible e
        JOIN lcs_service s ON s.id = e.service_id
        LEFT JOIN practices_listsize z
            ON s.tariff = 'per_head' AND z.practice_id = e.practice_id AND z.superseded_at IS NULL
            AND z.day = (SELECT list_day FROM lcs_service WHERE id = %(service)s)
        WHERE e.service_id = %(service)s AND e.removed_on IS NULL AND e.amount IS NULL
          AND (%(places)s::bigint[] IS NULL OR e.id = ANY(%(places)s))
    ),
    priced AS (
        UPDATE lcs_eligible e SET list_size = p.patients, amount = nullif(p.amount, 0)
        FROM place p WHERE p.id = e.id AND p.amount > 0
    ),
    opened AS (
        INSERT INTO lcs_claim (stage_id, practice_id, state, opened_on)
        SELECT g.id, p.practice_id, 'open', %(day)s
        FROM place p JOIN lcs_stage g ON g.service_id = %(service)s AND g.from_day <= %(day)s
        ORDER BY g.number, p.practice_id
        ON CONFLICT (stage_id, practice_id) DO NOTHING
        RETURNING id
    ),
    stepped AS (
        INSERT INTO lcs_claimstep (claim_id, event, before, after, day, at, on_behalf, why, by_id)
        SELECT id, 'opened', '', 'open', %(day)s, %(at)s, false, '', NULL FROM opened
    )
    SELECT g.id, g.number, g.name, g.year, count(*), count(*) FILTER (WHERE p.amount > 0 AND g.share IS NOT NULL),
           sum({part_in_sql("p.amount", "g.share", "g.before")}) FILTER (WHERE p.amount > 0)
    FROM place p JOIN {STAGES} g ON g.service_id = %(service)s
    WHERE NOT EXISTS (
        SELECT FROM lcs_claim c
        WHERE c.stage_id = g.id AND c.practice_id = p.practice_id AND c.state IN ('closed', 'payable', 'paid')
    )
    GROUP BY g.id, g.number, g.name, g.year ORDER BY g.number
"""  # noqa: S608 - parts of ours
_BEGUN = """
    WITH opened AS (
        INSERT INTO lcs_claim (stage_id, practice_id, state, opened_on)
        SELECT g.id, e.practice_id, 'open', %(day)s
        FROM lcs_service s
        JOIN lcs_stage g ON g.service_id = s.id AND g.from_day <= %(day)s
        JOIN lcs_eligible e ON e.service_id = s.id AND e.removed_on IS NULL AND e.added_on <= %(day)s
        WHERE s.state = 'open' AND NOT EXISTS (SELECT FROM lcs_claim c WHERE c.stage_id = g.id AND c.practice_id = e.practice_id)
        ORDER BY g.id, e.practice_id
        ON CONFLICT (stage_id, practice_id) DO NOTHING
        RETURNING id
    ),
    stepped AS (
        INSERT INTO lcs_claimstep (claim_id, event, before, after, day, at, on_behalf, why, by_id)
        SELECT id, 'opened', '', 'open', %(day)s, %(at)s, false, '', NULL FROM opened
    )
    SELECT count(*) FROM opened
"""
# What is still earmarked of a service by stage: of places on the list whose claim has not become a commitment or closed.
_EARMARKED = f"""
    SELECT g.id, g.number, g.name, g.year, count(*), count(*),
           sum({part_in_sql("e.amount", "g.share", "g.before")})
    FROM lcs_eligible e
    JOIN {STAGES} g ON g.service_id = e.service_id
    LEFT JOIN lcs_claim c ON c.stage_id = g.id AND c.practice_id = e.practice_id
    WHERE e.service_id = %(service)s AND e.removed_on IS NULL AND e.amount IS NOT NULL AND g.share IS NOT NULL
      AND (%(places)s::bigint[] IS NULL OR e.id = ANY(%(places)s))
      AND coalesce(c.state, 'open') NOT IN ('payable', 'paid', 'closed')
    GROUP BY g.id, g.number, g.name, g.year ORDER BY g.number
"""  # noqa: S608 - parts of ours
# Places whose list size was not known when they were priced, and is now.
_TO_PRICE = """
    SELECT e.id FROM lcs_eligible e
    JOIN lcs_service s ON s.id = e.service_id
    JOIN practices_listsize z ON z.practice_id = e.practice_id AND z.day = s.list_day AND z.superseded_at IS NULL
    WHERE s.id = %s AND s.state = 'open' AND s.tariff = 'per_head' AND e.removed_on IS NULL AND e.amount IS NULL
      AND round(s.rate * z.patients, 2) > 0
    ORDER BY e.id
"""
# What was closed because its practice was taken off goes on, unless it had been withdrawn before.
_REOPEN = """
    INSERT INTO lcs_claimstep (claim_id, event, before, after, day, at, on_behalf, why, by_id)
    SELECT c.id, 'reopened', 'closed', 'open', %(day)s, %(at)s, false, %(why)s, %(by)s
    FROM lcs_claim c
    JOIN lcs_stage g ON g.id = c.stage_id
    CROSS JOIN LATERAL (SELECT * FROM lcs_claimstep WHERE claim_id = c.id ORDER BY id DESC LIMIT 1) last
    WHERE g.service_id = %(service)s AND c.practice_id = %(practice)s AND c.state = 'closed'
      AND last.event = 'closed' AND last.before <> 'withdrawn' AND last.day = %(removed_on)s AND last.why = %(closed)s
    ORDER BY c.id
"""
# What is neither owed nor over is closed: a step of each, which its state follows.
_CLOSE = """
    INSERT INTO lcs_claimstep (claim_id, event, before, after, day, at, on_behalf, why, by_id)
    SELECT c.id, 'closed', c.state, 'closed', %(day)s, %(at)s, false, %(why)s, %(by)s
    FROM lcs_claim c JOIN lcs_stage g ON g.id = c.stage_id
    WHERE g.service_id = %(service)s AND c.state IN ('open', 'sent', 'returned', 'withdrawn')
      AND (%(practice)s::bigint IS NULL OR c.practice_id = %(practice)s)
    ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class OfStage:
    """Places on a list, as one stage has them. priced: of how many the amount is known; amount: of those together."""

    stage: int
    number: int
    name: str
    year: int
    places: int
    priced: int
    amount: Decimal | None


def how_many(commissioner: int, day: date, chin: int | None = None, federation: int | None = None) -> int:
    """How many practices the filter finds."""
    (found,) = _one(_COUNT, {"commissioner": commissioner, "day": day, "chin": chin, "federation": federation})
    return int(found)


def fill(service: Service, day: date, why: str, chin: int | None = None, federation: int | None = None) -> int:
    """Put those that the filter finds on the list; returns how many."""
    given: dict[str, Any] = {"service": service.pk, "day": day, "why": why, "chin": chin, "federation": federation}
    with connection.cursor() as cursor:
        cursor.execute(_LIST, given | {"commissioner": service.line.commissioner_id})
        return cursor.rowcount


def price(
    service: Service, day: date, *, places: Sequence[int] | None = None, at: datetime | None = None
) -> list[OfStage]:
    """State the amounts of places that have none, and open their claims. at: when that was recorded (None: now)."""
    return _of_stages(_PRICED, service, {"day": day, "at": at or datetime.now(LONDON)}, places)


def earmarked(service: Service, places: Sequence[int] | None = None) -> list[OfStage]:
    """By stage, what is still earmarked for these places, or all."""
    return _of_stages(_EARMARKED, service, {}, places)


def to_price(service: Service) -> list[int]:
    """The places on its list that have no amount yet and could have one."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_PRICE, [service.pk])
        return [pk for (pk,) in cursor.fetchall()]


def taken_off(why: str) -> str:
    """Why the claims of a practice are closed that is taken off."""
    return f"Taken off the list: {why}"[:500]


def reopen(service: Service, day: date, why: str, *, was: Eligible, by: int | None) -> int:
    """Claims go on that were closed when this place on the list ended; returns how many."""
    given = {"service": service.pk, "practice": was.practice_id, "removed_on": was.removed_on, "day": day, "by": by}
    words_of = {"why": why[:500], "closed": taken_off(was.why_removed)}
    with connection.cursor() as cursor:
        cursor.execute(_REOPEN, given | words_of | {"at": recording() or datetime.now(LONDON)})
        return cursor.rowcount


def needed(line: Line, year: int) -> Decimal:
    """What services that are open keep earmarked of the line for the year."""
    services = Service.objects.filter(line=line, state=Service.State.OPEN)
    stages = (one for service in services for one in earmarked(service))
    return sum((one.amount for one in stages if one.year == year and one.amount), Decimal(0))


def hold(service: Service, practice: int | None = None) -> None:
    """Nobody else changes its claims, or those of one practice, until the transaction ends.

    Claims are locked before balances, as they are where a claim is accepted.
    """
    claims = Claim.objects.filter(stage__service=service)
    claims = claims if practice is None else claims.filter(practice=practice)
    list(claims.order_by("pk").select_for_update(no_key=True, of=["self"]).values_list("pk"))


def open_begun(day: date, at: datetime | None = None) -> int:
    """Open the claims of every stage that has begun by the day and has not for somebody; returns how many."""
    (found,) = _one(_BEGUN, {"day": day, "at": at or datetime.now(LONDON)})
    return int(found)


def _one(sql: str, given: Mapping[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchone()


def _of_stages(sql: str, service: Service, given: Mapping[str, Any], places: Sequence[int] | None) -> list[OfStage]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {**given, "service": service.pk, "places": None if places is None else [*places]})
        return [OfStage(*row) for row in cursor.fetchall()]


def close(
    service: Service,
    day: date,
    why: str,
    *,
    by: int | None,
    practice: int | None = None,
    at: datetime | None = None,
) -> int:
    """Close the claims that are not owed, of the service or of one practice; returns how many."""
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "service": service.pk,
            "day": day,
            "at": at or recording() or datetime.now(LONDON),
            "why": why[:500],
        }
        cursor.execute(_CLOSE, given | {"by": by, "practice": practice})
        return cursor.rowcount
