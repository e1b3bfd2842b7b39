"""What a funnel's page shows, kept by the content it was made of: thousands of values are read and judged once.

Values and dated records are never deleted and change once at most, when they are superseded or closed. So how many there
are, and how many still hold, tells any two states of them apart; names that can change go in by what they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db import connection

from cc2h.accounts.authority import authority_of
from cc2h.kit import charts
from cc2h.kit.asat import AsAt
from kpis.models import Measure

FORM = 1  # raise it when something else is kept, or made otherwise
KEPT_SECONDS = 86_400
DATED = (
    "practices_practicestanding",
    "practices_practicedetail",
    "practices_federationmembership",
    "practices_namesrelease",
    "chins_membership",
    "chins_chinstate",
    "kpis_definition",
)
_STATE = "SELECT concat_ws(' ', {})".format(
    ", ".join(
        [
            """(SELECT (count(*), sum(hashint8extended(id, 0)))::text FROM kpis_practicevalue
                WHERE measure_id = %(measure)s AND ends = %(ends)s AND superseded_at IS NULL)""",
            "(SELECT sum(hashtextextended(slug || ' ' || name, 0)) FROM chins_chin)",
            "(SELECT sum(hashtextextended(c::text, 0)) FROM practices_commissioner c)",
            *(
                f"(SELECT (count(*), count(*) FILTER (WHERE upper_inf(held)), max(id))::text FROM {table})"  # noqa: S608
                for table in DATED
            ),
        ]
    )
)


def key(measure: Measure, ends: date, user: Any, asat: AsAt, *asked: object) -> str:
    """Of everything that a page of these values rests on, and of what it was asked for."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"measure": measure.pk, "ends": ends})
        (state,) = cursor.fetchone()
    content = repr((FORM, charts.DRAWING, measure.pk, ends, asat.day, asat.today, authority_of(user), asked, state))
    return f"kpis.variation:{sha256(content.encode()).hexdigest()}"


def shown(key: str, make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """What is kept by the key, else what is made now. Its `chart` was stored with charts.keep, and comes back without rows."""
    found = cache.get(key)
    if found is not None:
        if found["chart"] is None:
            return dict(found)
        if chart := charts.still(found["chart"]):
            return {**found, "chart": chart}
    made = make()
    chart = made["chart"]
    cache.set(key, {**made, "chart": chart and replace(chart, rows=(), spec={})}, KEPT_SECONDS)
    return made
