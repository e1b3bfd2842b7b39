"""The coverage of any days and commissioners, from the dated rows, in one statement.

The days are one sorted array, and everything works on places in it (1 for the first day). A period becomes
the range of places it covers: width_bucket(d - 1, days) + 1 is the place of the first day not before d. Ranges
over days fool the planner (it expects one row and loops); ranges of small integers, joined on a practice, do not.
What some commissioners need is found step by step, each an array of ids: right after a bulk load the planner takes
every table for empty, and would put joins inside loops.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

COLUMNS = (
    "commissioner_id",
    "chin_id",
    "day",
    "status",
    "practices",
    "patients",
    "covered_practices",
    "covered_patients",
    "operational_practices",
    "operational_patients",
    "approved_practices",
    "approved_patients",
    "proposed_practices",
    "proposed_patients",
    "carried_forward",
    "without_list",
    "extract_day",
)

_PLACES = """int4range(
        width_bucket(lower({alias}.period) - 1, %(days)s::date[]) + 1,
        coalesce(width_bucket(upper({alias}.period) - 1, %(days)s::date[]), %(last)s) + 1)"""

# The practices whose rows are needed for some commissioners: their own; and, because a CHIN's population is its
# members' whoever commissions them, those of every commissioner with a practice in one of their CHINs (whose
# newest extract says which lists are carried forward).
_OURS = """
our_member AS MATERIALIZED (
    SELECT m.practice_id, m.period FROM chins_membership m
    WHERE {held_m}
      AND m.chin_id = ANY(ARRAY(SELECT id FROM chins_chin WHERE commissioner_id = ANY(%(commissioners)s)))
),
our_commissioner AS MATERIALIZED (
    SELECT unnest(%(commissioners)s::bigint[]) AS id
    UNION
    SELECT s.commissioner_id
    FROM practices_practicestanding s JOIN our_member m ON m.practice_id = s.practice_id AND m.period && s.period
    WHERE {held_s} AND s.practice_id = ANY(ARRAY(SELECT practice_id FROM our_member))
),
our_practice AS MATERIALIZED (
    SELECT DISTINCT s.practice_id AS id FROM practices_practicestanding s
    WHERE {held_s} AND s.commissioner_id = ANY(ARRAY(SELECT id FROM our_commissioner))
),
our_chin AS MATERIALIZED (
    SELECT id FROM chins_chin WHERE commissioner_id = ANY(%(commissioners)s)
    UNION
    SELECT m.chin_id FROM chins_membership m
    WHERE {held_m} AND m.practice_id = ANY(ARRAY(SELECT id FROM our_practice))
),"""
_OUR_PRACTICES = "AND {alias}.practice_id = ANY(ARRAY(SELECT id FROM our_practice))"
_OUR_CHINS = "AND {alias}.chin_id = ANY(ARRAY(SELECT id FROM our_chin))"

_ENGINE = """
WITH {ours}
standing AS MATERIALIZED (
    SELECT s.practice_id, s.commissioner_id, {places_s} AS places
    FROM practices_practicestanding s
    WHERE {held_s} AND s.status = 'active' {our_s}
),
state AS MATERIALIZED (
    SELECT t.chin_id, t.status, {places_t} AS places
    FROM chins_chinstate t
    WHERE {held_t} AND t.status IN ('operational', 'approved', 'proposed') {our_t}
),
placed AS MATERIALIZED (
    SELECT m.practice_id, m.chin_id, t.status, t.places * {places_m} AS places
    FROM chins_membership m JOIN state t USING (chin_id)
    WHERE {held_m} {our_m}
),
-- A practice's days for one commissioner, cut where it joins or leaves a CHIN or the CHIN changes its state.
spell AS MATERIALIZED (
    SELECT s.practice_id, s.commissioner_id, p.chin_id, p.status,
           lower(s.places * p.places) AS first, upper(s.places * p.places) - 1 AS last
    FROM standing s JOIN placed p USING (practice_id)
    WHERE s.places && p.places
    UNION ALL
    SELECT s.practice_id, s.commissioner_id, NULL, NULL, lower(gap), upper(gap) - 1
    FROM standing s
    LEFT JOIN (SELECT practice_id, range_agg(places) AS places FROM placed GROUP BY practice_id) p
        USING (practice_id)
    CROSS JOIN unnest(int4multirange(s.places) - coalesce(p.places, '{{}}')) AS gap
),
-- A list size counts from its own day until the practice's next one. Before the first there is no list:
-- the first segment begins at the first place, and `since` says from where on its value counts.
segment AS (
    SELECT practice_id, day, patients, before + 1 AS since,
           CASE WHEN row_number() OVER w = 1 THEN 1 ELSE before + 1 END AS first,
           coalesce(lead(before) OVER w, %(last)s) AS last
    FROM (SELECT practice_id, day, patients, recorded_at, width_bucket(day - 1, %(days)s::date[]) AS before
          FROM practices_listsize l WHERE {held_l} {our_l}) AS l
    WINDOW w AS (PARTITION BY practice_id ORDER BY {order_l})
),
piece AS MATERIALIZED (
    SELECT commissioner_id, chin_id, place, CASE WHEN place >= since THEN day END AS list_day,
           any_value(status) AS status, count(*)::int AS practices,
           coalesce(sum(patients) FILTER (WHERE place >= since), 0)::int AS patients
    FROM (
        SELECT s.commissioner_id, s.chin_id, s.status, g.day, g.patients, g.since,
               generate_series(greatest(s.first, g.first), least(s.last, g.last)) AS place
        FROM spell s
        LEFT JOIN segment g ON g.practice_id = s.practice_id
            AND g.first <= g.last AND g.first <= s.last AND g.last >= s.first
    ) AS spread
    GROUP BY 1, 2, 3, 4
),
newest AS MATERIALIZED (
    SELECT commissioner_id, place, max(list_day) AS day FROM piece GROUP BY 1, 2
),
of_commissioner AS (
    SELECT p.commissioner_id, p.place,
           sum(p.practices)::int AS practices, sum(p.patients) AS patients,
           coalesce(sum(p.practices) FILTER (WHERE p.status = 'operational'), 0)::int AS operational_practices,
           coalesce(sum(p.patients) FILTER (WHERE p.status = 'operational'), 0) AS operational_patients,
           coalesce(sum(p.practices) FILTER (WHERE p.status = 'approved'), 0)::int AS approved_practices,
           coalesce(sum(p.patients) FILTER (WHERE p.status = 'approved'), 0) AS approved_patients,
           coalesce(sum(p.practices) FILTER (WHERE p.status = 'proposed'), 0)::int AS proposed_practices,
           coalesce(sum(p.patients) FILTER (WHERE p.status = 'proposed'), 0) AS proposed_patients,
           coalesce(sum(p.practices) FILTER (WHERE p.list_day < n.day), 0)::int AS carried_forward,
           coalesce(sum(p.practices) FILTER (WHERE p.list_day IS NULL), 0)::int AS without_list,
           max(p.list_day) AS extract_day
    FROM piece p JOIN newest n USING (commissioner_id, place)
    GROUP BY 1, 2
),
of_chin AS (
    SELECT p.chin_id, p.place, any_value(p.status) AS status,
           sum(p.practices)::int AS practices, sum(p.patients) AS patients,
           coalesce(sum(p.practices) FILTER (WHERE p.list_day < n.day), 0)::int AS carried_forward,
           coalesce(sum(p.practices) FILTER (WHERE p.list_day IS NULL), 0)::int AS without_list,
           max(p.list_day) AS extract_day
    FROM piece p JOIN newest n USING (commissioner_id, place)
    WHERE p.chin_id IS NOT NULL
    GROUP BY 1, 2
    UNION ALL  -- a CHIN without a member
    SELECT t.chin_id, generate_series(lower(gap), upper(gap) - 1), t.status, 0, 0, 0, 0, NULL
    FROM state t
    LEFT JOIN (SELECT chin_id, range_agg(int4range(first, last + 1)) AS places FROM spell GROUP BY chin_id) s
        USING (chin_id)
    CROSS JOIN unnest(int4multirange(t.places) - coalesce(s.places, '{{}}')) AS gap
)
SELECT commissioner_id, NULL::bigint AS chin_id, (%(days)s::date[])[place] AS day, '' AS status, practices, patients,
       operational_practices + approved_practices + proposed_practices AS covered_practices,
       operational_patients + approved_patients + proposed_patients AS covered_patients,
       operational_practices, operational_patients, approved_practices, approved_patients,
       proposed_practices, proposed_patients, carried_forward, without_list, extract_day
FROM of_commissioner
WHERE (extract_day IS NOT NULL OR operational_practices + approved_practices + proposed_practices > 0)
      {these_commissioners}
UNION ALL
SELECT c.commissioner_id, r.chin_id, (%(days)s::date[])[place], r.status, r.practices, r.patients,
       r.practices, r.patients,
       CASE WHEN r.status = 'operational' THEN r.practices ELSE 0 END,
       CASE WHEN r.status = 'operational' THEN r.patients ELSE 0 END,
       CASE WHEN r.status = 'approved' THEN r.practices ELSE 0 END,
       CASE WHEN r.status = 'approved' THEN r.patients ELSE 0 END,
       CASE WHEN r.status = 'proposed' THEN r.practices ELSE 0 END,
       CASE WHEN r.status = 'proposed' THEN r.patients ELSE 0 END,
       r.carried_forward, r.without_list, r.extract_day
FROM of_chin r JOIN chins_chin c ON c.id = r.chin_id
{of_these_commissioners}
"""


def held(alias: str, known: datetime | None) -> str:
    """The condition that a dated row of `alias` is held now, or was held just before %(known)s."""
    if known is None:
        return f"upper_inf({alias}.held)"
    return f"{alias}.held @> (%(known)s - interval '1 microsecond')"


def list_held(alias: str, known: datetime | None) -> str:
    """The same for list sizes, which are not dated rows."""
    if known is None:
        return f"{alias}.superseded_at IS NULL"
    return f"{alias}.recorded_at < %(known)s AND ({alias}.superseded_at IS NULL OR {alias}.superseded_at >= %(known)s)"


def engine(
    days: Sequence[date], commissioner_ids: Sequence[int] | None, known: datetime | None = None
) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters for sorted, different `days` and some commissioners (None = all).

    Its rows have COLUMNS: one per commissioner (chin_id empty) and day of which something is known (a list
    size or a covered practice), and one per CHIN and day on which it is operational, approved or proposed.
    """
    some = commissioner_ids is not None
    aliases = {f"held_{a}": held(a, known) for a in "stm"} | {f"places_{a}": _PLACES.format(alias=a) for a in "stm"}
    statement = _ENGINE.format(
        **aliases,
        held_l=list_held("l", known),
        order_l="day" if known is None else "day, recorded_at",
        ours=_OURS.format(**aliases) if some else "",
        our_t=_OUR_CHINS.format(alias="t") if some else "",
        these_commissioners="AND commissioner_id = ANY(%(commissioners)s)" if some else "",
        of_these_commissioners="WHERE c.commissioner_id = ANY(%(commissioners)s)" if some else "",
        **{f"our_{a}": _OUR_PRACTICES.format(alias=a) if some else "" for a in "sml"},
    )
    parameters = {"days": list(days), "last": len(days), "commissioners": commissioner_ids, "known": known}
    return statement, parameters
