"""Practices like a given one: a distance in plain numbers, worked out over thousands of practices by one statement.

The distance between two practices is the sum of what they differ by, one point for

- each percent by which the other's list is larger or smaller, of this one's list;
- each percentage point between how much their lists grew over a year, in percent;
- each percentage point of patients that would have to be of another age band for the two to have the same mix: half the
  sum of the differences between their shares of each band of AGE_BANDS.

What is not known of this practice is not compared. A practice of which something that is compared is not known is left
out, as it would otherwise look nearer than it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_before
from practices.models import AGE_BANDS, Commissioner, Practice
from practices.queries import practices_seen
from practices.querysets import OneOf, PracticeQuerySet

NEAREST = 10
PROGRAMME, REGISTER = "programme", "register"


class Like(NamedTuple):
    """An active practice with what is compared. growth: percent over a year. mix: percent of patients by AGE_BANDS.

    The gaps are those from the practice asked about, whose own are 0; None where that is not compared.
    """

    practice_id: int
    patients: int
    growth: float | None
    mix: list[float] | None
    size_gap: float
    growth_gap: float | None
    age_gap: float | None
    ods_code: str = ""
    name: str = ""
    place: str = ""

    @property
    def distance(self) -> float:
        return self.size_gap + (self.growth_gap or 0) + (self.age_gap or 0)


@dataclass(frozen=True, slots=True)
class Alike:
    """The practice itself, the nearest, and how many there are: all that are active, and those left out of them.

    The practice is None where it is not open on the day, or no list of it is held.
    """

    itself: Like | None
    nearest: Sequence[Like]
    others: int = 0
    left_out: int = 0


_TOTAL = " + ".join(f"ages[{place}]" for place in range(1, 2 * len(AGE_BANDS) + 1))
_MIX = ", ".join(f"(ages[{2 * n + 1}] + ages[{2 * n + 2}]) / aged" for n in range(len(AGE_BANDS)))
_APART = " + ".join(f"abs(mix[{n}] - (%(mix)s::float8[])[{n}])" for n in range(1, len(AGE_BANDS) + 1))
_KNOWN = """
    WITH seen AS MATERIALIZED ({seen}),
    known AS (
        SELECT id, patients,
               CASE WHEN before > 0 AND before_day < list_day THEN (patients - before) * 100::float8 / before END AS growth,
               CASE WHEN aged > 0 THEN ARRAY[{mix}] END AS mix
        FROM (SELECT *, ({total}) / 100::float8 AS aged FROM seen OFFSET 0) AS added
    )
"""
_ITSELF = f"{_KNOWN} SELECT id, patients, growth, mix, 0::float8, 0::float8, 0::float8 FROM known WHERE patients > 0"  # noqa: S608
_NEAREST = f"""
    {_KNOWN}, gap AS (
        SELECT id, patients, growth, mix, abs(patients - %(patients)s) * 100::float8 / %(patients)s AS size_gap,
               CASE WHEN %(growth)s::float8 IS NOT NULL THEN abs(growth - %(growth)s) END AS growth_gap,
               CASE WHEN %(mix)s::float8[] IS NOT NULL THEN ({_APART}) / 2 END AS age_gap
        FROM known WHERE id <> %(itself)s
    )
    SELECT id, patients, growth, mix, size_gap, growth_gap, age_gap,
           (SELECT count(*) FROM seen WHERE id <> %(itself)s) AS others, count(*) OVER () AS compared
    FROM gap
    WHERE patients IS NOT NULL AND (%(growth)s::float8 IS NULL OR growth IS NOT NULL)
          AND (%(mix)s::float8[] IS NULL OR mix IS NOT NULL)
    ORDER BY size_gap + coalesce(growth_gap, 0) + coalesce(age_gap, 0), id LIMIT {NEAREST}
"""  # noqa: S608 - names of this module


def alike(practice: Practice, user: Any, asat: AsAt, among: str = PROGRAMME) -> Alike:
    """The practices nearest to this one, of those the person may see: of the programme's commissioners, or of all."""
    mine = _rows(_ITSELF, _active(user, asat).filter(pk=practice.pk))
    if not mine:
        return Alike(None, ())
    itself = Like(*mine[0])
    asked = {"itself": itself.practice_id, "patients": itself.patients, "growth": itself.growth, "mix": itself.mix}
    others = _active(user, asat)
    if among == PROGRAMME:
        taking_part = Commissioner.objects.filter(in_programme=True).values_list("pk", flat=True)
        others = others.filter(OneOf("commissioner_id", list(taking_part)))
    rows = _rows(_NEAREST, others, **asked)
    found = [Like(*row[:7]) for row in rows]
    total, compared = rows[0][7:] if rows else (0, 0)
    return Alike(
        _named([itself], asat)[0]._replace(
            growth_gap=None if itself.growth is None else 0, age_gap=None if itself.mix is None else 0
        ),
        _named(found, asat),
        total,
        total - compared,
    )


def _active(user: Any, asat: AsAt) -> PracticeQuerySet:
    day, known = asat.day, asat.known_at
    return (
        practices_seen(user, asat)
        .filter(status="active")
        .with_list_size(day, known)
        .with_list_size(year_before(day), known, "before_")
        .with_ages(day, known)
    )


def _rows(statement: str, practices: PracticeQuerySet, **asked: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement over these practices. Their own parameters go by place, so they are named one by one."""
    columns = ("pk", "patients", "list_day", "before_patients", "before_list_day", "ages")
    sql, parameters = practices.order_by().values_list(*columns).query.sql_with_params()
    names = [f"seen_{place}" for place in range(len(parameters))]
    inner = sql % tuple(f"%({name})s" for name in names)
    seen = f"SELECT * FROM ({inner}) AS s(id, patients, list_day, before, before_day, ages)"  # noqa: S608
    whole = statement.format(seen=seen, mix=_MIX, total=_TOTAL)
    with connection.cursor() as cursor:
        cursor.execute(whole, dict(zip(names, parameters, strict=True)) | asked)
        return list(cursor.fetchall())


def _named(found: Sequence[Like], asat: AsAt) -> list[Like]:
    """With what they are called and whose they are on the day."""
    practices = Practice.objects.filter(pk__in=[one.practice_id for one in found]).with_details(asat.day, asat.known_at)
    rows = practices.with_standing(asat.day, asat.known_at).values_list(
        "pk",
        "ods_code",
        "name",
        "standing_on__commissioner__short_name",  # type: ignore[misc]  # annotated above
    )
    told = {pk: (code, name or code, place) for pk, code, name, place in rows}
    return [
        one._replace(**dict(zip(("ods_code", "name", "place"), told[one.practice_id], strict=True))) for one in found
    ]
