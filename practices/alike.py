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

from django.core.exceptions import EmptyResultSet
from django.db import connection

from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_before
from practices.models import AGE_BANDS, Commissioner, Practice
from practices.queries import practices_seen
from practices.querysets import OneOf, PracticeQuerySet

NEAREST = 10
AT_FIRST = 2_000  # practices of nearly the same size that are looked at before all of them are
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
    """The practice itself, the nearest, and among how many others that are active.

    The practice is None where it is not open on the day, or no list of it is held.
    """

    itself: Like | None
    nearest: Sequence[Like]
    others: int = 0


_TOTAL = " + ".join(f"ages[{place}]" for place in range(1, 2 * len(AGE_BANDS) + 1))
_MIX = ", ".join(f"(ages[{2 * n + 1}] + ages[{2 * n + 2}]) / aged" for n in range(len(AGE_BANDS)))
_APART = " + ".join(f"abs(mix[{n}] - (%(mix)s::float8[])[{n}])" for n in range(1, len(AGE_BANDS) + 1))

# Of each practice its newest list by a day. Nearly every one has that of the newest day of all, which one join finds;
# only the others are asked one by one. As known on an earlier day, what was replaced since counts as well.
_NEWEST = """
    {name} AS MATERIALIZED (
        SELECT s.id, {columns}
        FROM {of} s
        LEFT JOIN practices_listsize l ON l.practice_id = s.id AND {held_l} AND l.day = (
            SELECT n.day FROM practices_listsize n WHERE {held_n} AND n.day <= %({name})s ORDER BY n.day DESC LIMIT 1)
        LEFT JOIN LATERAL (
            SELECT f.day, f.patients, f.ages FROM practices_listsize f
            WHERE l.id IS NULL AND f.practice_id = s.id AND {held_f} AND f.day <= %({name})s ORDER BY f.day DESC LIMIT 1
        ) AS f ON true
        {replaced}
    )
"""
_REPLACED = """
        LEFT JOIN (
            SELECT DISTINCT ON (practice_id) practice_id, day, patients, ages FROM replaced
            WHERE day <= %({name})s {aged} ORDER BY practice_id, day DESC
        ) AS r ON r.practice_id = s.id
"""
_WAS_REPLACED = """
    replaced AS MATERIALIZED (
        SELECT practice_id, day, patients, ages FROM practices_listsize
        WHERE superseded_at >= %(known)s AND recorded_at < %(known)s
    ),
"""
# The nearest are looked for among those of nearly the same size: a difference in size alone is already the distance.
_KNOWN = """
    WITH seen AS MATERIALIZED ({seen}), {replaced} {on_day},
    near AS MATERIALIZED (
        SELECT id, patients, day FROM on_day WHERE patients IS NOT NULL AND id IS DISTINCT FROM %(itself)s
        ORDER BY abs(patients - %(patients)s), id LIMIT %(most)s
    ), {year_before}, {with_ages},
    known AS MATERIALIZED (
        SELECT id, patients,
               CASE WHEN before > 0 AND before_day < day THEN (patients - before) * 100::float8 / before END AS growth,
               CASE WHEN aged > 0 THEN ARRAY[{mix}] END AS mix
        FROM (
            SELECT n.*, b.patients AS before, b.day AS before_day, a.ages, ({total}) / 100::float8 AS aged
            FROM near n JOIN year_before b USING (id) JOIN with_ages a USING (id) OFFSET 0
        ) AS added
    )
"""
_ITSELF = f"{_KNOWN} SELECT id, patients, growth, mix, 0::float8, 0::float8, 0::float8 FROM known WHERE patients > 0"  # noqa: S608
_NEAREST = f"""
    {_KNOWN}, gap AS (
        SELECT id, patients, growth, mix, abs(patients - %(patients)s) * 100::float8 / %(patients)s AS size_gap,
               CASE WHEN %(growth)s::float8 IS NOT NULL THEN abs(growth - %(growth)s) END AS growth_gap,
               CASE WHEN %(mix)s::float8[] IS NOT NULL THEN ({_APART}) / 2 END AS age_gap
        FROM known
    )
    SELECT id, patients, growth, mix, size_gap, growth_gap, age_gap,
           (SELECT count(*) FROM seen WHERE id <> %(itself)s) AS others, (SELECT max(size_gap) FROM gap) AS reach
    FROM gap
    WHERE (%(growth)s::float8 IS NULL OR growth IS NOT NULL) AND (%(mix)s::float8[] IS NULL OR mix IS NOT NULL)
    ORDER BY size_gap + coalesce(growth_gap, 0) + coalesce(age_gap, 0), id LIMIT {NEAREST}
"""  # noqa: S608 - names of this module


def _newest(name: str, of: str, *, known: bool, ages: bool = False) -> str:
    """The newest lists, by the day of the parameter `name`, of the practices in `of`; with `ages`, of those that tell them."""

    def held(alias: str) -> str:
        aged = f" AND {alias}.ages IS NOT NULL" if ages else ""
        return f"{alias}.superseded_at IS NULL{aged}" + (f" AND {alias}.recorded_at < %(known)s" if known else "")

    def column(what: str) -> str:
        found = f"coalesce(l.{what}, f.{what})"
        return (
            f"CASE WHEN r.day > coalesce(l.day, f.day, '-infinity') THEN r.{what} ELSE {found} END" if known else found
        )

    wanted = ("day", "ages") if ages else ("day", "patients")
    replaced = _REPLACED.format(name=name, aged="AND ages IS NOT NULL" if ages else "") if known else ""
    columns = ", ".join(f"{column(what)} AS {what}" for what in wanted)
    return _NEWEST.format(
        name=name, of=of, columns=columns, replaced=replaced, **{f"held_{alias}": held(alias) for alias in "lnf"}
    )


def alike(practice: Practice, user: Any, asat: AsAt, among: str = PROGRAMME) -> Alike:
    """The practices nearest to this one, of those the person may see: of the programme's commissioners, or of all."""
    mine = _rows(_ITSELF, _active(user, asat).filter(pk=practice.pk), asat, itself=None, patients=0, most=1)
    if not mine:
        return Alike(None, ())
    itself = Like(*mine[0])
    asked = {"itself": itself.practice_id, "patients": itself.patients, "growth": itself.growth, "mix": itself.mix}
    others = _active(user, asat)
    if among == PROGRAMME:
        taking_part = Commissioner.objects.filter(in_programme=True).values_list("pk", flat=True)
        others = others.filter(OneOf("commissioner_id", list(taking_part)))
    rows: list[tuple[Any, ...]] = []
    for most in (AT_FIRST, None):
        rows = _rows(_NEAREST, others, asat, most=most, **asked)
        found = [Like(*row[:7]) for row in rows]
        if len(found) == NEAREST and found[-1].distance <= rows[0][8]:
            break  # whoever was not looked at differs in size by more than that
    return Alike(
        _named([itself], asat)[0]._replace(
            growth_gap=None if itself.growth is None else 0, age_gap=None if itself.mix is None else 0
        ),
        _named(found, asat),
        rows[0][7] if rows else 0,
    )


def _active(user: Any, asat: AsAt) -> PracticeQuerySet:
    return practices_seen(user, asat).filter(status="active")


def _rows(statement: str, practices: PracticeQuerySet, asat: AsAt, **asked: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement over these practices. Their own parameters go by place, so they are named one by one."""
    try:
        sql, parameters = practices.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # Django sees that there can be none
        return []
    names = [f"seen_{place}" for place in range(len(parameters))]
    inner = sql % tuple(f"%({name})s" for name in names)
    known = asat.known_at is not None
    whole = statement.format(
        seen=f"SELECT * FROM ({inner}) AS s(id)",  # noqa: S608
        replaced=_WAS_REPLACED if known else "",
        on_day=_newest("on_day", "seen", known=known),
        year_before=_newest("year_before", "near", known=known),
        with_ages=_newest("with_ages", "near", known=known, ages=True),
        mix=_MIX,
        total=_TOTAL,
    )
    days = {"on_day": asat.day, "year_before": year_before(asat.day), "with_ages": asat.day, "known": asat.known_at}
    with connection.cursor() as cursor:
        cursor.execute(whole, dict(zip(names, parameters, strict=True)) | days | asked)
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
